/* family_channel.h - channels, bands and clouds that TA-Lib does not have: the steps. Tables and
 * formulas: channel.c. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_CHANNEL_H
#define TANDEM_MODULES_MARKET_FAMILY_CHANNEL_H
#include "channel_state.h"
#include "range.h"

#define AFTER(state, bytes) ((void *)((char *)(state) + (bytes)))

/* ---- Volume-weighted mean price -------------------------------------------------------------- */

VEC_INLINE vec vwap_price(const vec *const *in, uint64_t t, int kind)
{
    if (kind == VWAP_CLOSE) return in[2][t];
    if (kind == VWAP_MEDIAN) return (in[0][t] + in[1][t]) / vec_set(2);
    return (in[0][t] + in[1][t] + in[2][t]) / vec_set(3);
}

/* 0 / 0 is the NaN of a window in which nothing was traded. */
INDICATOR_RUN(vwap)
{
    const uint64_t n = (uint64_t)param[0];
    const int kind = (int)param[1];
    if (n == 0) {
        vec *const sums = state;
        for (uint64_t t = first; t < end; ++t) {
            sums[0] += vwap_price(in, t, kind) * in[3][t];
            sums[1] += in[3][t];
            out[0][t] = sums[0] / sums[1];
        }
        return;
    }
    void *const behind = AFTER(state, window_sum_bytes(n));
    window_sum money = window_sum_open(state, n), volume = window_sum_open(behind, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec paid = window_sum_next(&money, vwap_price(in, t, kind) * in[3][t]);
        const vec traded = window_sum_next(&volume, in[3][t]);
        const vec count = vec_set(param[0]);
        out[0][t] = (vec_of(money.anchor) * count + paid) /
                    (vec_of(volume.anchor) * count + traded);
    }
    window_sum_close(&money, state);
    window_sum_close(&volume, behind);
    vec_blank(out[0], first, end, n - 1);
}

/* ---- Highest and lowest ---------------------------------------------------------------------- */

typedef struct extremes {
    window_extreme high, low;
    void          *state, *behind;
} extremes;

VEC_INLINE extremes extremes_open(void *state, uint64_t n)
{
    void *const behind = AFTER(state, window_extreme_bytes(n));
    return (extremes){window_extreme_open(state, n), window_extreme_open(behind, n), state, behind};
}

VEC_INLINE void extremes_close(const extremes *e)
{
    window_extreme_close(&e->high, e->state);
    window_extreme_close(&e->low, e->behind);
}

/* The middle of the last n bars. */
VEC_INLINE vec extremes_middle(extremes *e, vec high, vec low)
{
    const vec highest = window_max_next(&e->high, high), lowest = window_min_next(&e->low, low);
    return (highest + lowest) / vec_set(2);
}

INDICATOR_RUN(donchian)
{
    const uint64_t n = (uint64_t)param[0], delay = (uint64_t)param[1], bars = n - 1 + delay;
    extremes e = extremes_open(state, n);
    for (uint64_t t = first > delay ? first : delay; t < end; ++t) {
        const vec upper = window_max_next(&e.high, in[0][t - delay]);
        const vec lower = window_min_next(&e.low, in[1][t - delay]);
        out[0][t] = upper;
        out[1][t] = (upper + lower) / vec_set(2);
        out[2][t] = lower;
    }
    extremes_close(&e);
    for (int j = 0; j < 3; ++j) vec_blank(out[j], first, end, bars);
}

/* The spans of the cloud wait in a ring of delay places each. */
INDICATOR_RUN(ichimoku)
{
    const uint64_t n[3] = {(uint64_t)param[0], (uint64_t)param[1], (uint64_t)param[2]};
    const uint64_t delay = (uint64_t)param[3];
    const uint64_t longest = n[0] > n[1] ? (n[0] > n[2] ? n[0] : n[2]) : n[1] > n[2] ? n[1] : n[2];
    void *const state1 = AFTER(state, extremes_bytes(n[0]));
    void *const state2 = AFTER(state1, extremes_bytes(n[1]));
    vec *const ring = AFTER(state2, extremes_bytes(n[2]));
    extremes e0 = extremes_open(state, n[0]), e1 = extremes_open(state1, n[1]);
    extremes e2 = extremes_open(state2, n[2]);
    for (uint64_t t = first; t < end; ++t) {
        const vec high = in[0][t], low = in[1][t];
        const vec tenkan = extremes_middle(&e0, high, low), kijun = extremes_middle(&e1, high, low);
        const vec span_a = (tenkan + kijun) / vec_set(2), span_b = extremes_middle(&e2, high, low);
        out[0][t] = tenkan;
        out[1][t] = kijun;
        out[2][t] = span_a;
        out[3][t] = span_b;
        if (delay == 0) continue;
        vec *const place = &ring[2 * (t % delay)];
        out[2][t] = place[0];
        out[3][t] = place[1];
        place[0] = span_a;
        place[1] = span_b;
    }
    extremes_close(&e0);
    extremes_close(&e1);
    extremes_close(&e2);
    for (int j = 0; j < 4; ++j) vec_blank(out[j], first, end, longest - 1 + delay);
}

/* ---- Bands of the mean range ----------------------------------------------------------------- */

/* An exponential mean that moves by k of the distance, after the mean of n values (or the first
 * value alone). age: values before this one. */
VEC_INLINE vec channel_ema(vec *mean, vec value, uint64_t age, uint64_t n, vec k, int from_first)
{
    if (from_first && age == 0) *mean = value;
    else if (from_first || age >= n) *mean += (value - *mean) * k;
    else {
        *mean += value;
        if (age == n - 1) *mean /= vec_set((double)n);
    }
    return *mean;
}

INDICATOR_RUN(keltner)
{
    const uint64_t n = (uint64_t)param[0], width_n = (uint64_t)param[2];
    const int centre = (int)param[3], of = (int)param[4], kind = (int)param[5];
    const int from_first = param[6] != 0;
    const vec times = vec_set(param[1]), k = vec_set(2 / (param[0] + 1));
    const vec width_k = vec_set(kind == KELTNER_ATR ? 1 / param[2] : 2 / (param[2] + 1));
    const vec inverse = vec_set(1 / param[0]), width_inverse = vec_set(1 / param[2]);
    const uint64_t width_bars = kind == KELTNER_RANGE ? width_n - 1 : width_n;
    keltner_state *const kept = state;
    void *const sum_state = AFTER(state, sizeof *kept);
    void *const range_state = AFTER(sum_state, window_sum_bytes(n));
    window_sum sum = window_sum_open(sum_state, n), range = window_sum_open(range_state, width_n);
    for (uint64_t t = first; t < end; ++t) {
        const vec typical = (in[0][t] + in[1][t] + in[2][t]) / vec_set(3);
        const vec price = of == KELTNER_OF_TYPICAL ? typical : in[2][t];
        const vec middle = centre == KELTNER_SMA
                               ? window_mean_next(&sum, price, inverse)
                               : channel_ema(&kept->mean, price, t, n, k, from_first);
        vec width = vec_set(0);
        if (kind == KELTNER_RANGE)
            width = window_mean_next(&range, in[0][t] - in[1][t], width_inverse);
        else if (t)
            width = channel_ema(&kept->width, range_true(in, t), t - 1, width_n, width_k,
                                from_first && kind == KELTNER_EMA_RANGE);
        out[0][t] = middle + times * width;
        out[1][t] = middle;
        out[2][t] = middle - times * width;
    }
    window_sum_close(&sum, sum_state);
    window_sum_close(&range, range_state);
    for (int j = 0; j < 3; ++j)
        vec_blank(out[j], first, end, n - 1 > width_bars ? n - 1 : width_bars);
}

INDICATOR_RUN(supertrend)
{
    const uint64_t n = (uint64_t)param[0], begin = param[2] != 0 ? 0 : 1, ready = begin + n - 1;
    const vec times = vec_set(param[1]), share = vec_set(1 / param[0]), zero = vec_set(0);
    supertrend_state s = *(const supertrend_state *)state;
    uint64_t t = first;
    for (; t < end && t < ready; ++t) {
        out[0][t] = vec_nan();
        out[1][t] = zero;
        if (t >= begin) s.range += t ? range_true(in, t) : in[0][t] - in[1][t];
    }
    for (; t < end; ++t) {
        const vec range = t ? range_true(in, t) : in[0][t] - in[1][t];
        const vec middle = (in[0][t] + in[1][t]) / vec_set(2), close = in[2][t];
        if (t == ready) {
            s.range = (s.range + range) / vec_set(param[0]);
            s.upper = middle + times * s.range;
            s.lower = middle - times * s.range;
            s.rising = param[3] != 0 ? ~(vec_mask){0} : (vec_mask){0};
        } else {
            s.range += (range - s.range) * share;
            const vec upper = middle + times * s.range, lower = middle - times * s.range;
            const vec before = in[2][t - 1];
            s.upper = vec_select((upper < s.upper) | (before > s.upper), upper, s.upper);
            s.lower = vec_select((lower > s.lower) | (before < s.lower), lower, s.lower);
            s.rising = (s.rising & ~(close < s.lower)) | (~s.rising & (close > s.upper));
        }
        out[0][t] = vec_select(s.rising, s.lower, s.upper);
        out[1][t] = vec_select(s.rising, vec_set(1), vec_set(-1));
    }
    *(supertrend_state *)state = s;
}

#endif
