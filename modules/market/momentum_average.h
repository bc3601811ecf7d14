/* momentum_average.h - differences of moving averages, and averages of %K: the steps. Tables:
 * momentum_average.c. */
#ifndef TANDEM_MODULES_MARKET_MOMENTUM_AVERAGE_H
#define TANDEM_MODULES_MARKET_MOMENTUM_AVERAGE_H
#include "average.h"
#include "momentum_range.h"
#include "momentum_strength.h"

#define SEED_FIRST 1           /* of indicator_seeds */

/* ---- MACD -------------------------------------------------------------------------------- */

typedef struct macd_setup {
    uint64_t fast, slow, signal;       /* bars */
    double   fast_k, slow_k;
    int      seed;
} macd_setup;

typedef struct macd_means {
    vec fast, slow, signal;
} macd_means;

VEC_INLINE void macd_write(vec *const *out, uint64_t t, vec macd, vec signal)
{
    out[0][t] = macd;
    out[1][t] = signal;
    out[2][t] = macd - signal;
}

/* Means of the first values; those of the fast and the slow average end at the same bar. The bar to
 * go on from. */
VEC_INLINE uint64_t macd_begin(const macd_setup *s, macd_means *m, const vec *in, vec *const *out,
                               uint64_t first, uint64_t end)
{
    const uint64_t ready = s->slow + s->signal - 2;
    const vec fast_k = vec_set(s->fast_k), slow_k = vec_set(s->slow_k);
    uint64_t t = first;
    if (s->seed == SEED_FIRST) {
        if (t || t == end) return t;
        m->fast = m->slow = in[0];
        macd_write(out, t, m->fast - m->slow, m->signal);
        return t + 1;
    }
    for (; t < end && t <= ready; ++t) {
        const uint64_t own = t + s->fast - s->slow;
        if (t + s->fast >= s->slow) average_ema_by(&m->fast, in[t], own, s->fast, fast_k);
        average_ema_by(&m->slow, in[t], t, s->slow, slow_k);
        if (t + 1 >= s->slow)
            average_ema(&m->signal, m->fast - m->slow, t + 1 - s->slow, s->signal);
        if (t == ready) macd_write(out, t, m->fast - m->slow, m->signal);
        else macd_write(out, t, vec_nan(), vec_nan());
    }
    return t;
}

VEC_INLINE void macd_steps(const macd_setup *s, void *state, const vec *in, vec *const *out,
                           uint64_t first, uint64_t end)
{
    const vec fast_k = vec_set(s->fast_k), slow_k = vec_set(s->slow_k);
    const vec signal_k = vec_set(2.0 / ((double)s->signal + 1));
    macd_means *const kept = state;
    macd_means m = *kept;
    uint64_t t = macd_begin(s, &m, in, out, first, end);
    /* An average of one bar is the value, without the rounding of the formula. */
    const int follow = s->signal == 1;
    vec_held held_fast = vec_hold(m.fast), held_slow = vec_hold(m.slow);
    vec_held held_signal = vec_hold(m.signal);
    for (; t < end; ++t) {
        const vec x = in[t], fast = vec_of(held_fast), slow = vec_of(held_slow);
        const vec faster = (x - fast) * fast_k + fast, slower = (x - slow) * slow_k + slow;
        const vec macd = faster - slower, mean = vec_of(held_signal);
        const vec signal = follow ? macd : (macd - mean) * signal_k + mean;
        macd_write(out, t, macd, signal);
        held_fast = vec_hold(faster);
        held_slow = vec_hold(slower);
        held_signal = vec_hold(signal);
    }
    *kept = (macd_means){vec_of(held_fast), vec_of(held_slow), vec_of(held_signal)};
}

INDICATOR_RUN(macd)
{
    const double fast = fmin(param[0], param[1]), slow = fmax(param[0], param[1]);
    const macd_setup s = {(uint64_t)fast,   (uint64_t)slow,   (uint64_t)param[2],
                          2.0 / (fast + 1), 2.0 / (slow + 1), (int)param[3]};
    macd_steps(&s, state, in[0], out, first, end);
}

INDICATOR_RUN(macdfix)
{
    const macd_setup s = {12, 26, (uint64_t)param[0], 0.15, 0.075, (int)param[1]};
    macd_steps(&s, state, in[0], out, first, end);
}

/* ---- Averages of any type ---------------------------------------------------------------- */

/* Both begin with the series; by_slow: as a share of the slow one, in per cent. */
VEC_INLINE void average_oscillator(const double *param, void *state, const vec *in, vec *out,
                                   uint64_t first, uint64_t end, int by_slow)
{
    const average_pair p = average_pair_of(average_choose(param[2], param[0]),
                                           average_choose(param[2], param[1]));
    char *const fast_state = state, *const slow_state = fast_state + average_choice_bytes(&p.fast);
    const vec zero = vec_set(0), hundred = vec_set(100);
    for (uint64_t t = first; t < end; ++t) {
        const vec fast = average_choice_next(&p.fast, fast_state, in[t], t);
        const vec slow = average_choice_next(&p.slow, slow_state, in[t], t);
        if (!by_slow) out[t] = fast - slow;
        else out[t] = vec_select(range_is_zero(slow), zero, (fast - slow) / slow * hundred);
    }
    vec_blank(out, first, end, p.slow.bars);
}

INDICATOR_RUN(apo) { average_oscillator(param, state, in[0], out[0], first, end, 0); }
INDICATOR_RUN(ppo) { average_oscillator(param, state, in[0], out[0], first, end, 1); }

/* The averages begin so late that both have their first value at the same bar. */
INDICATOR_RUN(macdext)
{
    const average_pair p = average_pair_of(average_choose(param[1], param[0]),
                                           average_choose(param[3], param[2]));
    const average_choice signal = average_choose(param[5], param[4]);
    const uint64_t bars = p.fast.bars > p.slow.bars ? p.fast.bars : p.slow.bars;
    const uint64_t fast_first = bars - p.fast.bars, slow_first = bars - p.slow.bars;
    char *const fast_state = state, *const slow_state = fast_state + average_choice_bytes(&p.fast);
    char *const signal_state = slow_state + average_choice_bytes(&p.slow);
    for (uint64_t t = first; t < end; ++t) {
        vec fast = vec_set(0), slow = vec_set(0), mean = vec_set(0);
        const vec x = in[0][t];
        if (t >= fast_first) fast = average_choice_next(&p.fast, fast_state, x, t - fast_first);
        if (t >= slow_first) slow = average_choice_next(&p.slow, slow_state, x, t - slow_first);
        const vec macd = fast - slow;
        if (t >= bars) mean = average_choice_next(&signal, signal_state, macd, t - bars);
        macd_write(out, t, macd, mean);
    }
    for (int j = 0; j < 3; ++j) vec_blank(out[j], first, end, bars + signal.bars);
}

/* ---- TRIX -------------------------------------------------------------------------------- */

/* state: three means, and the last one of the bar before. */
INDICATOR_RUN(trix)
{
    const uint64_t n = (uint64_t)param[0];
    const int from_first = param[1] == SEED_FIRST;
    const uint64_t age = from_first || n == 1 ? n : 0, later = from_first ? 0 : n - 1;
    const vec k = vec_set(2.0 / (param[0] + 1)), zero = vec_set(0), hundred = vec_set(100);
    vec *const m = state;
    for (uint64_t t = first; t < end; ++t) {
        vec value = in[0][t];
        const vec before = m[3];
        for (uint64_t i = 0; i < 3 && t >= i * later; ++i) {
            if (n == 1 || (from_first && t == 0)) m[i] = value;
            value = average_ema_by(&m[i], value, t - i * later + age, n, k);
        }
        m[3] = value;
        const vec change = (value / before - vec_set(1)) * hundred;
        out[0][t] = vec_select(vec_differ(before, zero), change, zero);
    }
    vec_blank(out[0], first, end, 3 * later + 1);
}

/* ---- Stochastics ------------------------------------------------------------------------- */

INDICATOR_RUN(stoch)
{
    const uint64_t n = (uint64_t)param[0];
    const average_choice k = average_choose(param[2], param[1]);
    const average_choice d = average_choose(param[4], param[3]);
    char *const k_state = (char *)state + 2 * window_extreme_bytes(n);
    char *const d_state = k_state + average_choice_bytes(&k);
    const uint64_t k_first = n - 1, d_first = k_first + k.bars;
    range_window w = range_window_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        vec slow_k = range_window_k(&w, in[0][t], in[1][t], in[2][t]), slow_d = slow_k;
        if (t >= k_first) slow_k = average_choice_next(&k, k_state, slow_k, t - k_first);
        if (t >= d_first) slow_d = average_choice_next(&d, d_state, slow_k, t - d_first);
        out[0][t] = slow_k;
        out[1][t] = slow_d;
    }
    range_window_close(&w);
    for (int j = 0; j < 2; ++j) vec_blank(out[j], first, end, d_first + d.bars);
}

INDICATOR_RUN(stochf)
{
    const uint64_t n = (uint64_t)param[0];
    const average_choice d = average_choose(param[2], param[1]);
    char *const d_state = (char *)state + 2 * window_extreme_bytes(n);
    range_window w = range_window_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec k = range_window_k(&w, in[0][t], in[1][t], in[2][t]);
        out[0][t] = k;
        out[1][t] = t >= n - 1 ? average_choice_next(&d, d_state, k, t - (n - 1)) : k;
    }
    range_window_close(&w);
    for (int j = 0; j < 2; ++j) vec_blank(out[j], first, end, n - 1 + d.bars);
}

/* RSI rounded as TA-Lib does: a range of equal values must be found to be 0. */
VEC_INLINE vec stochrsi_rsi(strength *s, vec change, uint64_t t, uint64_t n)
{
    if (t <= n) strength_begin(s, change, t, n);
    else strength_divide(s, change, n);
    return strength_rsi(s);
}

/* state: the means of gains and losses, the window over RSI, the average. */
INDICATOR_RUN(stochrsi)
{
    const uint64_t n = (uint64_t)param[0], k_count = (uint64_t)param[1];
    const average_choice d = average_choose(param[3], param[2]);
    strength *const kept = state;
    strength s = *kept;
    char *const w_state = (char *)(kept + 1);
    char *const d_state = w_state + 2 * window_extreme_bytes(k_count);
    const uint64_t k_first = n + k_count - 1;
    range_window w = range_window_open(w_state, k_count);
    uint64_t t = first;
    if (t == 0 && t < end) out[0][0] = out[1][0] = vec_nan(), t += 1;
    for (; t < end; ++t) {
        const vec rsi = stochrsi_rsi(&s, in[0][t] - in[0][t - 1], t, n);
        vec k = rsi;
        if (t >= n) k = range_window_k(&w, rsi, rsi, rsi);
        out[0][t] = k;
        out[1][t] = t >= k_first ? average_choice_next(&d, d_state, k, t - k_first) : k;
    }
    range_window_close(&w);
    *kept = s;
    for (int j = 0; j < 2; ++j) vec_blank(out[j], first, end, k_first + d.bars);
}

#endif
