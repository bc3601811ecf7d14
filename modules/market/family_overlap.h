/* family_overlap.h - moving averages and bands: the steps. Tables and formulas: overlap.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_OVERLAP_H
#define TANDEM_MODULES_MARKET_FAMILY_OVERLAP_H
#include "window.h"

INDICATOR_RUN(sma)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1.0 / param[0]);
    window_sum w = window_sum_open(state, n);
    for (uint64_t t = first; t < end; ++t)
        out[0][t] = window_mean_next(&w, in[0][t], inverse);
    window_sum_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

#endif
