/* momentum_range.h - where the price stands in the range of the last bars, and when that range was
 * made: the steps. Tables: momentum_range.c. */
#ifndef TANDEM_MODULES_MARKET_MOMENTUM_RANGE_H
#define TANDEM_MODULES_MARKET_MOMENTUM_RANGE_H
#include "window.h"

/* ---- The bar of the largest value -------------------------------------------------------- */

/* As window_extreme of window.h, with the bar; of equal values the latest counts. */
typedef struct window_place {
    vec      part, part_at;
    vec     *slot, *slot_at;
    uint64_t k, n;
} window_place;

VEC_INLINE window_place window_place_open(void *state, uint64_t n)
{
    vec *const memory = state;
    window_place w = {memory[0], memory[1], memory + 3, memory + 3 + n, 0, n};
    w.k = *(const uint64_t *)(const void *)(memory + 2);
    return w;
}

VEC_INLINE void window_place_close(const window_place *w, void *state)
{
    vec *const memory = state;
    memory[0] = w->part;
    memory[1] = w->part_at;
    *(uint64_t *)(void *)(memory + 2) = w->k;
}

/* A block is over: each slot gets the largest value behind its own. */
VEC_INLINE void window_place_turn(window_place *w)
{
    vec best = vec_set(-INFINITY), best_at = vec_set(0);
    for (uint64_t k = w->n; k-- > 0;) {
        const vec old = w->k ? w->slot[k] : best, old_at = w->slot_at[k];
        const vec_mask larger = vec_more(old, best);
        w->slot[k] = best;
        w->slot_at[k] = best_at;
        best = vec_select(larger, old, best);
        best_at = vec_select(larger, old_at, best_at);
    }
    w->part = vec_set(-INFINITY);
    w->part_at = vec_set(0);
    w->k = 1;
}

VEC_INLINE vec window_place_next(window_place *w, vec value, vec at)
{
    if (w->k == 0 || w->k == w->n + 1) window_place_turn(w);
    vec *const slot = &w->slot[w->k - 1], *const slot_at = &w->slot_at[w->k - 1];
    const vec_mask larger = vec_at_least(value, w->part);
    w->part = vec_select(larger, value, w->part);
    w->part_at = vec_select(larger, at, w->part_at);
    const vec result = vec_select(vec_more(*slot, w->part), *slot_at, w->part_at);
    *slot = value;
    *slot_at = at;
    w->k += 1;
    return result;
}

/* ---- Aroon ------------------------------------------------------------------------------- */

typedef struct aroon {
    window_place high, low;
    vec         *high_state, *low_state;
} aroon;

VEC_INLINE aroon aroon_open(void *state, uint64_t n)
{
    aroon a;
    a.high_state = state;
    a.low_state = a.high_state + 2 * (n + 1) + 3;
    a.high = window_place_open(a.high_state, n + 1);
    a.low = window_place_open(a.low_state, n + 1);
    return a;
}

VEC_INLINE void aroon_close(const aroon *a)
{
    window_place_close(&a->high, a->high_state);
    window_place_close(&a->low, a->low_state);
}

INDICATOR_RUN(aroon)
{
    const vec n = vec_set(param[0]), by = vec_set(100.0 / param[0]);
    aroon a = aroon_open(state, (uint64_t)param[0]);
    for (uint64_t t = first; t < end; ++t) {
        const vec now = vec_set((double)t);
        const vec low = window_place_next(&a.low, -in[1][t], now);
        const vec high = window_place_next(&a.high, in[0][t], now);
        out[0][t] = by * (n - (now - low));
        out[1][t] = by * (n - (now - high));
    }
    aroon_close(&a);
    vec_blank(out[0], first, end, (uint64_t)param[0]);
    vec_blank(out[1], first, end, (uint64_t)param[0]);
}

INDICATOR_RUN(aroonosc)
{
    const vec by = vec_set(100.0 / param[0]);
    aroon a = aroon_open(state, (uint64_t)param[0]);
    for (uint64_t t = first; t < end; ++t) {
        const vec now = vec_set((double)t);
        const vec low = window_place_next(&a.low, -in[1][t], now);
        const vec high = window_place_next(&a.high, in[0][t], now);
        out[0][t] = by * (high - low);
    }
    aroon_close(&a);
    vec_blank(out[0], first, end, (uint64_t)param[0]);
}

/* ---- Place in the range ------------------------------------------------------------------ */

typedef struct range_window {
    window_extreme high, low;
    char          *high_state, *low_state;
} range_window;

VEC_INLINE range_window range_window_open(void *state, uint64_t n)
{
    range_window w;
    w.high_state = state;
    w.low_state = w.high_state + window_extreme_bytes(n);
    w.high = window_extreme_open(w.high_state, n);
    w.low = window_extreme_open(w.low_state, n);
    return w;
}

VEC_INLINE void range_window_close(const range_window *w)
{
    window_extreme_close(&w->high, w->high_state);
    window_extreme_close(&w->low, w->low_state);
}

/* Lane's %K: 0 at the lowest low, 100 at the highest high, 0 where they are equal. */
VEC_INLINE vec range_window_k(range_window *w, vec high, vec low, vec close)
{
    const vec highest = window_max_next(&w->high, high), lowest = window_min_next(&w->low, low);
    const vec part = (highest - lowest) / vec_set(100);
    return vec_select(vec_differ(part, vec_set(0)), (close - lowest) / part, vec_set(0));
}

INDICATOR_RUN(willr)
{
    const uint64_t n = (uint64_t)param[0];
    const vec part = vec_set(-100), zero = vec_set(0);
    range_window w = range_window_open(state, n);
    for (uint64_t t = first; t < end; ++t) {
        const vec highest = window_max_next(&w.high, in[0][t]);
        const vec range = (highest - window_min_next(&w.low, in[1][t])) / part;
        out[0][t] = vec_select(vec_differ(range, zero), (highest - in[2][t]) / range, zero);
    }
    range_window_close(&w);
    vec_blank(out[0], first, end, n - 1);
}

#endif
