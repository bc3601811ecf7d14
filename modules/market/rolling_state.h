/* rolling_state.h - what family_rolling.h and its tables share: numbers of choices, and windows. */
#ifndef TANDEM_MODULES_MARKET_ROLLING_STATE_H
#define TANDEM_MODULES_MARKET_ROLLING_STATE_H
#include "statistic_state.h"

/* In the order of the tables. */
enum { RANK_PANDAS = 0, RANK_EXCEL = 1, RANK_MIDDLE = 2 };
enum { QUANTILE_LINEAR = 0, QUANTILE_LOWER = 1, QUANTILE_HIGHER = 2, QUANTILE_MIDPOINT = 3 };
enum { ROLLING_RETURNS = 0, ROLLING_VALUES = 1 };

/* The sorted windows of all lanes. */
static inline size_t quantile_bytes(uint64_t n) { return (size_t)n * sizeof(vec); }

#endif
