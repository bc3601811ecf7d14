/* window.h - sums and extremes of the last n values, for steps of indicators.
 *
 * A sum that is kept by adding the new value and taking off the old one drifts, keeps what a large
 * value left behind after it is gone, and leaves a flat price with means that tremble. Here nothing
 * is ever taken off. Time is cut into blocks of n bars; a window is the end of one block and the
 * beginning of the next, so it is suffix[k] of the block before plus a running part of this one
 * (van Herk, 1992, does this for extremes). Values are taken relative to the first of their block,
 * the anchor, which lies in every window that ends in the block: hence the anchor's distance to the
 * mean is at most sqrt(n) standard deviations, sums of squares lose little, and equal values have
 * the mean itself and the variance 0. It takes n vec of memory and no look back at the inputs.
 *
 *     window_sum w = window_sum_open(state, n);        (state zeroed at bar 0)
 *     for (t = first; t < end; ++t) { sum = window_sum_next(&w, x[t]); ... }
 *     window_sum_close(&w, state);
 *
 * A value is of use from the n-th on; those before tell of fewer values. */
#ifndef TANDEM_MODULES_MARKET_WINDOW_H
#define TANDEM_MODULES_MARKET_WINDOW_H
#include "vec.h"

/* ---- Sum ------------------------------------------------------------------------------------ */

/* At the place k of the block slot holds: before it is read the sum of the last values of the block
 * before, from k + 1 on; after it the block's own value. */
typedef struct window_sum {
    vec_held anchor, part;
    vec     *slot;
    uint64_t k, n;
} window_sum;

/* Bytes of state, a multiple of 64. */
static inline size_t window_sum_bytes(uint64_t n) { return (size_t)(n + 3) * sizeof(vec); }

VEC_INLINE window_sum window_sum_open(void *state, uint64_t n)
{
    vec *const memory = state;
    window_sum w = {vec_hold(memory[0]), vec_hold(memory[1]), memory + 3, 0, n};
    w.k = *(const uint64_t *)(const void *)(memory + 2);
    return w;
}

VEC_INLINE void window_sum_close(const window_sum *w, void *state)
{
    vec *const memory = state;
    memory[0] = vec_of(w->anchor);
    memory[1] = vec_of(w->part);
    *(uint64_t *)(void *)(memory + 2) = w->k;
}

/* k is kept plus 1, so that 0 is a window that has seen nothing. */
VEC_INLINE void window_sum_turn(window_sum *w, vec value)
{
    vec_held held = vec_hold(vec_set(0));
    for (uint64_t k = w->k ? w->n : 0; k-- > 0;) {
        const vec old = w->slot[k], sum = vec_of(held);
        w->slot[k] = sum;
        held = vec_hold(sum + (old - value));
    }
    w->anchor = vec_hold(value);
    w->part = vec_hold(vec_set(0));
    w->k = 1;
}

/* The sum over the last n values of value - anchor. */
VEC_INLINE vec window_sum_next(window_sum *w, vec value)
{
    if (w->k == 0 || w->k == w->n + 1) window_sum_turn(w, value);
    vec *const slot = &w->slot[w->k - 1];
    const vec part = vec_of(w->part) + (value - vec_of(w->anchor));
    const vec sum = part + *slot;
    w->part = vec_hold(part);
    *slot = value;
    w->k += 1;
    return sum;
}

/* The mean of the last n values; inverse is 1 / n. */
VEC_INLINE vec window_mean_next(window_sum *w, vec value, vec inverse)
{
    const vec sum = window_sum_next(w, value);
    return vec_of(w->anchor) + sum * inverse;
}

/* ---- Two sums over the same values ----------------------------------------------------------- */

/* other: the sum of squares, or of values times their place. It has slots of its own, behind. */
typedef struct window_pair {
    vec_held anchor, part, other;
    vec     *slot;
    uint64_t k, n;
} window_pair;

static inline size_t window_pair_bytes(uint64_t n) { return (size_t)(2 * n + 4) * sizeof(vec); }

VEC_INLINE window_pair window_pair_open(void *state, uint64_t n)
{
    vec *const memory = state;
    window_pair w = {
        vec_hold(memory[0]), vec_hold(memory[1]), vec_hold(memory[2]), memory + 4, 0, n};
    w.k = *(const uint64_t *)(const void *)(memory + 3);
    return w;
}

VEC_INLINE void window_pair_close(const window_pair *w, void *state)
{
    vec *const memory = state;
    memory[0] = vec_of(w->anchor);
    memory[1] = vec_of(w->part);
    memory[2] = vec_of(w->other);
    *(uint64_t *)(void *)(memory + 3) = w->k;
}

VEC_INLINE void window_squares_turn(window_pair *w, vec value)
{
    vec_held sum = vec_hold(vec_set(0)), squares = sum;
    for (uint64_t k = w->k ? w->n : 0; k-- > 0;) {
        const vec distance = w->slot[k] - value;
        w->slot[k] = vec_of(sum);
        w->slot[w->n + k] = vec_of(squares);
        sum = vec_hold(vec_of(sum) + distance);
        squares = vec_hold(vec_of(squares) + distance * distance);
    }
    w->anchor = vec_hold(value);
    w->part = w->other = vec_hold(vec_set(0));
    w->k = 1;
}

/* Sums over the last n values of value - anchor, and of its square. */
VEC_INLINE vec window_squares_next(window_pair *w, vec value, vec *squares)
{
    if (w->k == 0 || w->k == w->n + 1) window_squares_turn(w, value);
    vec *const slot = &w->slot[w->k - 1];
    const vec distance = value - vec_of(w->anchor);
    const vec part = vec_of(w->part) + distance;
    const vec other = vec_of(w->other) + distance * distance;
    const vec sum = part + slot[0];
    *squares = other + slot[w->n];
    w->part = vec_hold(part);
    w->other = vec_hold(other);
    slot[0] = value;
    w->k += 1;
    return sum;
}

VEC_INLINE void window_places_turn(window_pair *w, vec value)
{
    vec_held sum = vec_hold(vec_set(0)), places = sum;
    for (uint64_t k = w->k ? w->n : 0; k-- > 0;) {
        const vec distance = w->slot[k] - value;
        w->slot[k] = vec_of(sum);
        w->slot[w->n + k] = vec_of(places);
        sum = vec_hold(vec_of(sum) + distance);
        places = vec_hold(vec_of(places) + distance * vec_set((double)k - (double)w->n));
    }
    w->anchor = vec_hold(value);
    w->part = w->other = vec_hold(vec_set(0));
    w->k = 1;
}

/* Sums over the last n values of value - anchor, and of that times its place, the newest n. */
VEC_INLINE vec window_places_next(window_pair *w, vec value, vec *places)
{
    if (w->k == 0 || w->k == w->n + 1) window_places_turn(w, value);
    const uint64_t k = w->k - 1;
    vec *const slot = &w->slot[k];
    const vec distance = value - vec_of(w->anchor);
    const vec part = vec_of(w->part) + distance;
    const vec other = vec_of(w->other) + distance * vec_set((double)k);
    const vec sum = part + slot[0];
    *places = other + slot[w->n] + sum * vec_set((double)(w->n - k));
    w->part = vec_hold(part);
    w->other = vec_hold(other);
    slot[0] = value;
    w->k += 1;
    return sum;
}

/* ---- Smallest and largest ------------------------------------------------------------------- */

typedef struct window_extreme {
    vec_held part;
    vec     *slot;
    uint64_t k, n;
} window_extreme;

static inline size_t window_extreme_bytes(uint64_t n) { return (size_t)(n + 2) * sizeof(vec); }

VEC_INLINE window_extreme window_extreme_open(void *state, uint64_t n)
{
    vec *const memory = state;
    window_extreme w = {vec_hold(memory[0]), memory + 2, 0, n};
    w.k = *(const uint64_t *)(const void *)(memory + 1);
    return w;
}

VEC_INLINE void window_extreme_close(const window_extreme *w, void *state)
{
    vec *const memory = state;
    memory[0] = vec_of(w->part);
    *(uint64_t *)(void *)(memory + 1) = w->k;
}

#define WINDOW_EXTREME(name, better)                                                       \
    VEC_INLINE vec window_##name##_next(window_extreme *w, vec value)                      \
    {                                                                                      \
        if (w->k == 0 || w->k == w->n + 1) {                                               \
            vec_held sofar = vec_hold(value);                                              \
            for (uint64_t k = w->k ? w->n : 0; k-- > 0;) {                                 \
                const vec old = w->slot[k];                                                \
                w->slot[k] = vec_of(sofar);                                                \
                sofar = vec_hold(better(vec_of(sofar), old));                              \
            }                                                                              \
            if (!w->k) w->slot[w->n - 1] = value;                                          \
            w->part = vec_hold(value);                                                     \
            w->k = 1;                                                                      \
        }                                                                                  \
        vec *const slot = &w->slot[w->k - 1];                                              \
        const vec part = better(vec_of(w->part), value);                                   \
        const vec result = better(part, *slot);                                            \
        w->part = vec_hold(part);                                                          \
        *slot = value;                                                                     \
        w->k += 1;                                                                         \
        return result;                                                                     \
    }
WINDOW_EXTREME(max, vec_max)
WINDOW_EXTREME(min, vec_min)
#undef WINDOW_EXTREME

#endif
