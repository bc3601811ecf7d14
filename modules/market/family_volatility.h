/* family_volatility.h - true ranges: the steps. Tables and formulas: volatility.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_VOLATILITY_H
#define TANDEM_MODULES_MARKET_FAMILY_VOLATILITY_H
#include "range.h"

INDICATOR_RUN(trange)
{
    const int from_first = param[0] != 0;
    uint64_t t = first;
    if (t == 0 && t < end) {
        out[0][t] = from_first ? in[0][t] - in[1][t] : vec_nan();
        t += 1;
    }
    for (; t < end; ++t) out[0][t] = range_true(in, t);
}

VEC_INLINE vec volatility_next(vec_held *held, vec range, vec share)
{
    const vec mean = vec_of(*held), next = mean + (range - mean) * share;
    *held = vec_hold(next);
    return next;
}

/* Wilder's mean of true ranges. A mean that equals the range stays exactly as it is. */
VEC_INLINE void volatility_atr(const double *param, void *state, const vec *const *in,
                               vec *const *out, uint64_t first, uint64_t end, int normal)
{
    const vec share = vec_set(1.0 / param[0]), zero = vec_set(0), hundred = vec_set(100);
    const uint64_t begin = param[1] != 0 ? 0 : 1;
    const uint64_t ready = begin + (uint64_t)param[0] - 1;
    /* TA-Lib's NATR of one bar is the range itself, not a share of the close. */
    const int by_close = normal && param[0] > 1;
    vec *const mean_kept = state;
    vec mean = *mean_kept;
    uint64_t t = vec_blank(out[0], first, end, begin);
    for (; t < end && t <= ready; ++t) {
        mean += t ? range_true(in, t) : in[0][t] - in[1][t];
        if (t == ready) mean /= vec_set(param[0]);
        const vec value = by_close ? range_ratio(mean, in[2][t]) * hundred : mean;
        out[0][t] = t == ready ? value : vec_nan();
    }
    vec_held held = vec_hold(mean);
    if (by_close)
        for (; t < end; ++t) {
            const vec close = in[2][t];
            const vec next = volatility_next(&held, range_true(in, t), share);
            out[0][t] = vec_select(range_is_zero(close), zero, next / close * hundred);
        }
    else
        for (; t < end; ++t) out[0][t] = volatility_next(&held, range_true(in, t), share);
    *mean_kept = vec_of(held);
}

INDICATOR_RUN(atr)
{
    volatility_atr(param, state, in, out, first, end, 0);
}

INDICATOR_RUN(natr)
{
    volatility_atr(param, state, in, out, first, end, 1);
}

#endif
