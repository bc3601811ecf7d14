/* rqa_threshold.h - thresholds for a wanted recurrence rate. */
#ifndef TANDEM_RQA_THRESHOLD_H
#define TANDEM_RQA_THRESHOLD_H
#include "rqa.h"

/* How many of the pairs i < j of n >= 2 vectors must recur at least, so that their share of all
 * pairs, as a double, is not below rate. */
uint64_t rqa_rate_rank(double rate, uint64_t n);

/* The smallest threshold on the distance that admits the sum S. */
double rqa_rate_threshold(double sum, rqa_norm norm, bool strict);

#endif
