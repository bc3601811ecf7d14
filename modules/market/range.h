/* range.h - what the bars' ranges tell, for the steps of several families: true range, directional
 * movement, money flow. in[0] is the high, in[1] the low, in[2] the close, in[3] the volume. */
#ifndef TANDEM_MODULES_MARKET_RANGE_H
#define TANDEM_MODULES_MARKET_RANGE_H
#include "vec.h"

/* Below this TA-Lib takes a number for 0, so as not to divide by what rounding left over. */
#define RANGE_ZERO 1e-14

VEC_INLINE vec_mask range_is_zero(vec a)
{
    return vec_less(vec_abs(a), vec_set(RANGE_ZERO));
}

/* a / b, 0 where b is 0 or as good as 0. */
VEC_INLINE vec range_ratio(vec a, vec b)
{
    return vec_select(range_is_zero(b), vec_set(0), a / b);
}

/* The largest of high - low and the distances of the high and the low to the close before (Wilder
 * 1978, p. 21). t is 1 or more. */
VEC_INLINE vec range_true(const vec *const *in, uint64_t t)
{
    const vec high = in[0][t], low = in[1][t], before = in[2][t - 1];
    return vec_max(vec_max(high - low, vec_abs(high - before)), vec_abs(low - before));
}

/* Wilder's directional movement: what of the bar lies outside the bar before, on the side on which
 * more of it does (Wilder 1978, p. 36). */
VEC_INLINE void range_moves(const vec *const *in, uint64_t t, vec *plus, vec *minus)
{
    const vec zero = vec_set(0);
    const vec up = in[0][t] - in[0][t - 1], down = in[1][t - 1] - in[1][t];
    *plus = vec_select(vec_more(up, zero) & vec_more(up, down), up, zero);
    *minus = vec_select(vec_more(down, zero) & vec_more(down, up), down, zero);
}

/* Chaikin's share of the bar's volume: all of it where it closes at the high, all of it taken off
 * where it closes at the low; 0 where the high is not above the low. */
VEC_INLINE vec range_flow(const vec *const *in, uint64_t t)
{
    const vec high = in[0][t], low = in[1][t], close = in[2][t];
    const vec range = high - low;
    const vec flow = ((close - low) - (high - close)) / range * in[3][t];
    return vec_select(vec_more(range, vec_set(0)), flow, vec_set(0));
}

#endif
