/* measure_list.h - the variables of a study's table that are measures or eye metrics, in the order
 * in which they are shown. Those that a table lacks are passed over. */
#ifndef TANDEM_STUDY_MEASURE_LIST_H
#define TANDEM_STUDY_MEASURE_LIST_H

#define MEASURE_COUNT 10
#define EYE_METRIC_COUNT 7
extern const char *const measure_list[MEASURE_COUNT];
extern const char *const eye_metric_list[EYE_METRIC_COUNT];

#endif
