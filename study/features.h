/* features.h - eye metrics of each recording, from the tables that event detection leaves.
 *
 * Events (All_Events.csv): ADQ_ID, EventType (fixation, saccade), Duration_ms, Amplitude_deg,
 * MaxVel. Regions of interest (All_ROI_Summary.csv): ADQ_ID, FixTime, RegressionCount.
 * Aggregation: fixation_duration_ms sums Duration_ms over fixations; saccade_amplitude_deg is the
 * mean of Amplitude_deg and saccade_peak_velocity_deg_s the largest MaxVel over saccades (NaN
 * without a saccade); regression_count and roi_time_s sum over regions. Empty fields are left out.
 *
 * ADQ_ID is a recording's id. Where one name stands for several recordings its rows cannot be
 * told apart, so none of them gets any: they are NaN and warned about. In such a study the rows
 * may carry the full id, SUBJECT/NAME. */
#ifndef TANDEM_STUDY_FEATURES_H
#define TANDEM_STUDY_FEATURES_H
#include "study/study.h"

typedef struct features features;

/* events, roi: paths, or NULL. TD_E_BAD_ARGUMENT: a column is missing. */
TD_MUST_USE td_status features_open(const study_input *input, const char *events,
                                    const char *roi, features **out, td_error *err);
void features_close(features *eyes);   /* NULL is fine */
/* Adds the variables to the table, which has the input's recordings in the same order, and
 * warnings about what was not found. */
TD_MUST_USE td_status features_add(const features *eyes, td_table *table, td_error *err);

#endif
