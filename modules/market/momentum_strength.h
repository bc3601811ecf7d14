/* momentum_strength.h - gains against losses: RSI, CMO, IMI: the steps. Tables: momentum.c. */
#ifndef TANDEM_MODULES_MARKET_MOMENTUM_STRENGTH_H
#define TANDEM_MODULES_MARKET_MOMENTUM_STRENGTH_H
#include "range.h"
#include "window.h"

#define STRENGTH_CUTLER 1      /* of RSI's parameter "mean" */

/* Means of gains and losses. */
typedef struct strength {
    vec gain, loss;
} strength;

/* 100 gain / (gain + loss), 0 where nothing moved. */
VEC_INLINE vec strength_rsi(const strength *s)
{
    return vec_set(100) * range_ratio(s->gain, s->gain + s->loss);
}

/* Takes in a change before the means are there: the n-th of them, counted from 1, makes them. */
VEC_INLINE void strength_begin(strength *s, vec change, uint64_t number, uint64_t n)
{
    const vec zero = vec_set(0), count = vec_set((double)n);
    s->gain += vec_max(change, zero);
    s->loss += vec_max(-change, zero);
    if (number != n) return;
    s->gain /= count;
    s->loss /= count;
}

/* Wilder's mean: no division in the chain, and equal changes leave it exactly as it is. */
VEC_INLINE void strength_next(strength *s, vec change, vec share)
{
    const vec zero = vec_set(0);
    s->gain += (vec_max(change, zero) - s->gain) * share;
    s->loss += (vec_max(-change, zero) - s->loss) * share;
}

/* The same, rounded as TA-Lib does. */
VEC_INLINE void strength_divide(strength *s, vec change, uint64_t n)
{
    const vec zero = vec_set(0), count = vec_set((double)n), less = vec_set((double)n - 1);
    s->gain = (s->gain * less + vec_max(change, zero)) / count;
    s->loss = (s->loss * less + vec_max(-change, zero)) / count;
}

VEC_INLINE void strength_wilder(const double *param, void *state, const vec *const *in,
                                vec *const *out, uint64_t first, uint64_t end)
{
    const uint64_t n = (uint64_t)param[0];
    const vec share = vec_set(1.0 / param[0]);
    const vec *const x = in[0];
    strength *const kept = state;
    strength s = *kept;
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end && t <= n; ++t) {
        strength_begin(&s, x[t] - x[t - 1], t, n);
        out[0][t] = t == n ? strength_rsi(&s) : vec_nan();
    }
    vec_held gain = vec_hold(s.gain), loss = vec_hold(s.loss);
    for (; t < end; ++t) {
        s = (strength){vec_of(gain), vec_of(loss)};
        strength_next(&s, x[t] - x[t - 1], share);
        out[0][t] = strength_rsi(&s);
        gain = vec_hold(s.gain);
        loss = vec_hold(s.loss);
    }
    *kept = (strength){vec_of(gain), vec_of(loss)};
}

/* The ratio of two sums over the last n of two series of numbers that are not negative. The windows
 * take nothing off, so a sum of zeros is 0. */
typedef struct strength_window {
    window_sum up, down;
    vec        count;
    char      *up_state, *down_state;
} strength_window;

VEC_INLINE strength_window strength_window_open(void *state, uint64_t n)
{
    strength_window w;
    w.up_state = state;
    w.down_state = w.up_state + window_sum_bytes(n);
    w.up = window_sum_open(w.up_state, n);
    w.down = window_sum_open(w.down_state, n);
    w.count = vec_set((double)n);
    return w;
}

VEC_INLINE strength strength_window_next(strength_window *w, vec change)
{
    const vec zero = vec_set(0);
    const vec up = window_sum_next(&w->up, vec_max(change, zero));
    const vec down = window_sum_next(&w->down, vec_max(-change, zero));
    return (strength){up + vec_of(w->up.anchor) * w->count,
                      down + vec_of(w->down.anchor) * w->count};
}

VEC_INLINE void strength_window_close(const strength_window *w)
{
    window_sum_close(&w->up, w->up_state);
    window_sum_close(&w->down, w->down_state);
}

VEC_INLINE void strength_cutler(const double *param, void *state, const vec *const *in,
                                vec *const *out, uint64_t first, uint64_t end)
{
    const uint64_t n = (uint64_t)param[0];
    strength_window w = strength_window_open(state, n);
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end; ++t) {
        const strength s = strength_window_next(&w, in[0][t] - in[0][t - 1]);
        out[0][t] = strength_rsi(&s);
    }
    strength_window_close(&w);
    vec_blank(out[0], first, end, n);
}

INDICATOR_RUN(rsi)
{
    if (param[1] == STRENGTH_CUTLER) strength_cutler(param, state, in, out, first, end);
    else strength_wilder(param, state, in, out, first, end);
}

/* The difference of the means cancels: they are rounded as TA-Lib's are. */
INDICATOR_RUN(cmo)
{
    const uint64_t n = (uint64_t)param[0];
    const vec *const x = in[0];
    strength *const kept = state;
    strength s = *kept;
    uint64_t t = vec_blank(out[0], first, end, 1);
    for (; t < end; ++t) {
        const vec change = x[t] - x[t - 1];
        if (t <= n) strength_begin(&s, change, t, n);
        else strength_divide(&s, change, n);
        const vec value = vec_set(100) * range_ratio(s.gain - s.loss, s.gain + s.loss);
        out[0][t] = t < n ? vec_nan() : value;
    }
    *kept = s;
}

INDICATOR_RUN(imi)
{
    const uint64_t n = (uint64_t)param[0];
    strength_window w = strength_window_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const strength s = strength_window_next(&w, in[1][t] - in[0][t]);
        out[0][t] = vec_set(100) * (s.gain / (s.gain + s.loss));
    }
    strength_window_close(&w);
    vec_blank(out[0], first, end, n - 1);
}

#endif
