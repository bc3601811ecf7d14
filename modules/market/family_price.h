/* family_price.h - one price of a bar's prices: the steps. Tables: price.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_PRICE_H
#define TANDEM_MODULES_MARKET_FAMILY_PRICE_H
#include "window.h"

#define PRICE_RUN(name, expression)                                                        \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        for (uint64_t t = first; t < end; ++t) out[0][t] = expression;                     \
    }

PRICE_RUN(avgprice, (in[0][t] + in[1][t] + in[2][t] + in[3][t]) * vec_set(0.25))
PRICE_RUN(medprice, (in[0][t] + in[1][t]) * vec_set(0.5))
PRICE_RUN(typprice, (in[0][t] + in[1][t] + in[2][t]) / vec_set(3))
PRICE_RUN(wclprice, (in[0][t] + in[1][t] + in[2][t] * vec_set(2)) * vec_set(0.25))

INDICATOR_RUN(avgdev)
{
    const uint64_t n = (uint64_t)param[0];
    const vec inverse = vec_set(1.0 / param[0]);
    window_sum w = window_sum_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec mean = window_mean_next(&w, in[0][t], inverse);
        vec sum = vec_set(0);
        for (uint64_t k = 0; k < n && t + 1 >= n; ++k) sum += vec_abs(in[0][t - k] - mean);
        out[0][t] = sum * inverse;
    }
    window_sum_close(&w, state);
    vec_blank(out[0], first, end, n - 1);
}

#endif
