/* measures.h - what the measures and eye metrics are called, and what they mean. */
#ifndef TANDEM_REPORT_MEASURES_H
#define TANDEM_REPORT_MEASURES_H
#include "tandem/tandem.h"

typedef struct measure_words { const char *label, *title, *meaning; } measure_words;
/* Known names have words here; others are shown with the table's own documentation. */
measure_words measure_words_of(const td_var *var);

typedef struct feature_words { const char *name, *label, *unit; } feature_words;
/* The eye metrics that a report shows, ended by a NULL name. */
extern const feature_words feature_list[];

#endif
