/* family_momentum.h - how fast and how steadily prices move: the steps. Tables and formulas:
 * momentum.c, momentum_trend.c, momentum_range.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_MOMENTUM_H
#define TANDEM_MODULES_MARKET_FAMILY_MOMENTUM_H
#include "momentum_average.h"
#include "momentum_directional.h"
#include "momentum_range.h"
#include "momentum_strength.h"
#include "range.h"

/* ---- Against the value n bars ago -------------------------------------------------------- */

#define MOMENTUM_BACK(name, value)                                                         \
    INDICATOR_RUN(name)                                                                    \
    {                                                                                      \
        const uint64_t n = (uint64_t)param[0];                                             \
        const vec zero = vec_set(0);                                                       \
        uint64_t t = vec_blank(out[0], first, end, n);                                     \
        for (; t < end; ++t) {                                                             \
            const vec now = in[0][t], then = in[0][t - n];                                 \
            out[0][t] = vec_select(vec_differ(then, zero), value, zero);                   \
        }                                                                                  \
    }
MOMENTUM_BACK(roc, (now / then - vec_set(1)) * vec_set(100))
MOMENTUM_BACK(rocp, (now - then) / then)
MOMENTUM_BACK(rocr, now / then)
MOMENTUM_BACK(rocr100, now / then * vec_set(100))
#undef MOMENTUM_BACK

INDICATOR_RUN(mom)
{
    const uint64_t n = (uint64_t)param[0];
    uint64_t t = vec_blank(out[0], first, end, n);
    for (; t < end; ++t) out[0][t] = in[0][t] - in[0][t - n];
}

INDICATOR_RUN(bop)
{
    const vec zero = vec_set(0), least = vec_set(RANGE_ZERO);
    for (uint64_t t = first; t < end; ++t) {
        const vec range = in[1][t] - in[2][t];
        out[0][t] = vec_select(vec_less(range, least), zero, (in[3][t] - in[0][t]) / range);
    }
}

/* ---- Typical prices ---------------------------------------------------------------------- */

VEC_INLINE vec momentum_typical(const vec *const *in, uint64_t t)
{
    return (in[0][t] + in[1][t] + in[2][t]) / vec_set(3);
}

/* state: the last n typical prices; that of bar t at t % n. Both sums are taken anew at each bar,
 * in the order of the places as TA-Lib does: of equal prices rounding can leave a mean that is not
 * the price, and then the quotient of two rounding errors is the value. */
INDICATOR_RUN(cci)
{
    const uint64_t n = (uint64_t)param[0];
    const vec count = vec_set(param[0]), zero = vec_set(0), scale = vec_set(0.015);
    vec *const past = state;
    uint64_t place = first % n;
    for (uint64_t t = first; t < end; ++t) {
        const vec typical = momentum_typical(in, t);
        vec sum = zero, spread = zero;
        past[place] = typical;
        place = place + 1 == n ? 0 : place + 1;
        for (uint64_t k = 0; k < n; ++k) sum += past[k];
        const vec mean = sum / count, away = typical - mean;
        for (uint64_t k = 0; k < n; ++k) spread += vec_abs(past[k] - mean);
        const vec value = away / (scale * (spread / count));
        out[0][t] = vec_select(vec_differ(away, zero) & vec_differ(spread, zero), value, zero);
    }
    vec_blank(out[0], first, end, n - 1);
}

/* state: sums of flows up and down, then the last n of each. */
INDICATOR_RUN(mfi)
{
    const uint64_t n = (uint64_t)param[0];
    const vec zero = vec_set(0), hundred = vec_set(100);
    vec *const kept = state, *const ups = kept + 2, *const downs = ups + n;
    vec up = kept[0], down = kept[1];
    uint64_t t = vec_blank(out[0], first, end, 1);
    uint64_t place = t ? (t - 1) % n : 0;
    for (; t < end; ++t) {
        const vec typical = momentum_typical(in, t), before = momentum_typical(in, t - 1);
        const vec flow = typical * in[3][t];
        const vec rise = vec_select(vec_more(typical, before), flow, zero);
        const vec fall = vec_select(vec_less(typical, before), flow, zero);
        up = up - ups[place] + rise;
        down = down - downs[place] + fall;
        ups[place] = rise;
        downs[place] = fall;
        place = place + 1 == n ? 0 : place + 1;
        const vec total = up + down;
        out[0][t] = vec_select(vec_less(total, vec_set(1)), zero, hundred * (up / total));
    }
    kept[0] = up;
    kept[1] = down;
    vec_blank(out[0], first, end, n);
}

/* ---- Ultimate oscillator ----------------------------------------------------------------- */

/* Buying pressure and true range of bar t, 1 or more. */
VEC_INLINE void momentum_pressure(const vec *const *in, uint64_t t, vec *pressure, vec *range)
{
    const vec close = in[2][t];
    *pressure = close - vec_min(in[1][t], in[2][t - 1]);
    *range = range_true(in, t);
}

/* The smallest, middle and largest period. */
VEC_INLINE void momentum_sort(const double *param, uint64_t n[3])
{
    const double a = param[0], b = param[1], c = param[2];
    const double least = fmin(a, fmin(b, c)), most = fmax(a, fmax(b, c));
    n[0] = (uint64_t)least;
    n[1] = (uint64_t)(a + b + c - least - most);
    n[2] = (uint64_t)most;
}

INDICATOR_RUN(ultosc)
{
    uint64_t n[3];
    vec *const kept = state;
    vec sum[3] = {kept[0], kept[1], kept[2]}, range[3] = {kept[3], kept[4], kept[5]};
    momentum_sort(param, n);
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end; ++t) {
        vec pressure, span, value = vec_set(0);
        momentum_pressure(in, t, &pressure, &span);
        for (int i = 0; i < 3; ++i) {
            if (t + n[i] < n[2] + 1) continue;
            sum[i] += pressure;
            range[i] += span;
        }
        if (t < n[2]) {
            out[0][t] = vec_nan();
            continue;
        }
        for (int i = 0; i < 3; ++i) {
            value += vec_set((double)(4 >> i)) * range_ratio(sum[i], range[i]);
            momentum_pressure(in, t - n[i] + 1, &pressure, &span);
            sum[i] -= pressure;
            range[i] -= span;
        }
        out[0][t] = vec_set(100) * (value / vec_set(7));
    }
    for (int i = 0; i < 3; ++i) {
        kept[i] = sum[i];
        kept[3 + i] = range[i];
    }
}

#endif
