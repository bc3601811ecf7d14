/* momentum_directional.h - Wilder's directional movement: the steps. Tables: momentum_trend.c.
 *
 * Here and in the rest of the family a Wilder mean divides in the chain of its values, as TA-Lib
 * does: differences of such means cancel, so another rounding would show. */
#ifndef TANDEM_MODULES_MARKET_MOMENTUM_DIRECTIONAL_H
#define TANDEM_MODULES_MARKET_MOMENTUM_DIRECTIONAL_H
#include "range.h"

/* Wilder's sums of directional movement and true range over about n bars. */
typedef struct directional {
    vec plus, minus, range;
} directional;

/* sum - sum / n + value; the first n - 1 values are summed. */
VEC_INLINE vec directional_sum(vec sum, vec value, vec n, int settled)
{
    return settled ? sum - sum / n + value : sum + value;
}

/* Takes in bar t, 1 or more. */
VEC_INLINE void directional_next(directional *d, const vec *const *in, uint64_t t, uint64_t n)
{
    const vec count = vec_set((double)n);
    vec plus, minus;
    range_moves(in, t, &plus, &minus);
    d->plus = directional_sum(d->plus, plus, count, t >= n);
    d->minus = directional_sum(d->minus, minus, count, t >= n);
    d->range = directional_sum(d->range, range_true(in, t), count, t >= n);
}

/* 100 |+DI - -DI| / (+DI + -DI); other where there is no movement. */
VEC_INLINE vec directional_index(const directional *d, vec other)
{
    const vec hundred = vec_set(100);
    const vec plus = hundred * (d->plus / d->range), minus = hundred * (d->minus / d->range);
    const vec sum = minus + plus;
    const vec index = hundred * (vec_abs(minus - plus) / sum);
    return vec_select(range_is_zero(d->range) | range_is_zero(sum), other, index);
}

INDICATOR_RUN(dx)
{
    const uint64_t n = (uint64_t)param[0];
    vec *const kept = state;
    directional d = {kept[0], kept[1], kept[2]};
    vec index = kept[3];
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end && t < n; ++t) {
        directional_next(&d, in, t, n);
        out[0][t] = vec_nan();
    }
    for (; t < end; ++t) {
        directional_next(&d, in, t, n);
        index = directional_index(&d, index);
        out[0][t] = index;
    }
    kept[0] = d.plus;
    kept[1] = d.minus;
    kept[2] = d.range;
    kept[3] = index;
}

/* The mean of the index: of the first n, then Wilder's. A bar without movement does not count. */
typedef struct directional_mean {
    directional d;
    vec         mean;
} directional_mean;

VEC_INLINE vec directional_mean_next(directional_mean *m, const vec *const *in, uint64_t t,
                                     uint64_t n)
{
    const vec count = vec_set((double)n), less = vec_set((double)(n - 1)), none = vec_set(-1);
    directional_next(&m->d, in, t, n);
    if (t < n) return vec_nan();
    const vec index = directional_index(&m->d, none);
    const vec_mask still = vec_less(index, vec_set(0));
    if (t < 2 * n) {
        m->mean += vec_select(still, vec_set(0), index);
        if (t < 2 * n - 1) return vec_nan();
        m->mean /= count;
    } else
        m->mean = vec_select(still, m->mean, (m->mean * less + index) / count);
    return m->mean;
}

INDICATOR_RUN(adx)
{
    const uint64_t n = (uint64_t)param[0];
    directional_mean *const kept = state;
    directional_mean m = *kept;
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end && t < 2 * n; ++t) out[0][t] = directional_mean_next(&m, in, t, n);
    for (; t < end; ++t) out[0][t] = directional_mean_next(&m, in, t, n);
    *kept = m;
}

/* Behind the mean the last n - 1 of its values; that of bar t at t % (n - 1). */
INDICATOR_RUN(adxr)
{
    const uint64_t n = (uint64_t)param[0], lookback = 3 * n - 2;
    directional_mean *const kept = state;
    vec *const past = (vec *)(kept + 1);
    directional_mean m = *kept;
    uint64_t t = vec_blank(out[0], first, end, 1);
    uint64_t place = t % (n - 1);
    for (; t < end; ++t) {
        const vec mean = directional_mean_next(&m, in, t, n);
        out[0][t] = t < lookback ? vec_nan() : (mean + past[place]) / vec_set(2);
        past[place] = mean;
        place = place + 1 == n - 1 ? 0 : place + 1;
    }
    *kept = m;
}

/* ---- One side ---------------------------------------------------------------------------- */

VEC_INLINE vec directional_side(const vec *const *in, uint64_t t, int is_plus)
{
    vec plus, minus;
    range_moves(in, t, &plus, &minus);
    return is_plus ? plus : minus;
}

/* The movement; a single bar's when n is 1. */
VEC_INLINE void directional_movement(const double *param, void *state, const vec *const *in,
                                     vec *const *out, uint64_t first, uint64_t end, int is_plus)
{
    const uint64_t n = (uint64_t)param[0];
    const vec count = vec_set(param[0]);
    vec *const kept = state;
    vec sum = *kept;
    uint64_t t = vec_blank(out[0], first, end, 1);
    if (n == 1) {
        for (; t < end; ++t) out[0][t] = directional_side(in, t, is_plus);
        return;
    }
    for (; t < end && t < n; ++t) {
        sum += directional_side(in, t, is_plus);
        out[0][t] = t == n - 1 ? sum : vec_nan();
    }
    for (; t < end; ++t) {
        sum = sum - sum / count + directional_side(in, t, is_plus);
        out[0][t] = sum;
    }
    *kept = sum;
}

/* The movement as a share of the true range. */
VEC_INLINE void directional_share(const double *param, void *state, const vec *const *in,
                                  vec *const *out, uint64_t first, uint64_t end, int is_plus)
{
    const uint64_t n = (uint64_t)param[0];
    const vec count = vec_set(param[0]), hundred = vec_set(100);
    vec *const kept = state;
    vec sum = kept[0], range = kept[1];
    uint64_t t = vec_blank(out[0], first, end, 1);
    if (n == 1) {
        for (; t < end; ++t)
            out[0][t] = range_ratio(directional_side(in, t, is_plus), range_true(in, t));
        return;
    }
    for (; t < end && t < n; ++t) {
        sum += directional_side(in, t, is_plus);
        range += range_true(in, t);
        out[0][t] = vec_nan();
    }
    for (; t < end; ++t) {
        sum = sum - sum / count + directional_side(in, t, is_plus);
        range = range - range / count + range_true(in, t);
        out[0][t] = hundred * range_ratio(sum, range);
    }
    kept[0] = sum;
    kept[1] = range;
}

INDICATOR_RUN(plus_dm)  { directional_movement(param, state, in, out, first, end, 1); }
INDICATOR_RUN(minus_dm) { directional_movement(param, state, in, out, first, end, 0); }
INDICATOR_RUN(plus_di)  { directional_share(param, state, in, out, first, end, 1); }
INDICATOR_RUN(minus_di) { directional_share(param, state, in, out, first, end, 0); }

#endif
