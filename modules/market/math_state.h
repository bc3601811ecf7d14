/* math_state.h - what the steps of family_math.h remember: the extreme of a window and its bar. */
#ifndef TANDEM_MODULES_MARKET_MATH_STATE_H
#define TANDEM_MODULES_MARKET_MATH_STATE_H
#include "window.h"

/* A window_extreme that knows the first bar at which its extreme stands, and what TA-Lib tells of
 * it: the bar that was told last, as long as it is in the window. */
typedef struct extreme_bar {
    vec part, part_bar;          /* of this block of bars */
    vec told, told_bar;
    vec *slot;                   /* values, then bars */
    uint64_t k, n;
} extreme_bar;

static inline size_t extreme_bar_bytes(uint64_t n) { return (size_t)(2 * n + 5) * sizeof(vec); }

VEC_INLINE extreme_bar extreme_bar_open(void *state, uint64_t n)
{
    vec *const memory = state;
    extreme_bar w = {memory[0], memory[1], memory[2], memory[3], memory + 5, 0, n};
    w.k = *(const uint64_t *)(const void *)(memory + 4);
    return w;
}

VEC_INLINE void extreme_bar_close(const extreme_bar *w, void *state)
{
    vec *const memory = state;
    memory[0] = w->part;
    memory[1] = w->part_bar;
    memory[2] = w->told;
    memory[3] = w->told_bar;
    *(uint64_t *)(void *)(memory + 4) = w->k;
}

/* Values are compared by >=; for the smallest the caller gives them with the other sign. */
VEC_INLINE void extreme_bar_turn(extreme_bar *w, vec value, vec bar)
{
    vec sofar = value, sofar_bar = bar;
    for (uint64_t k = w->k ? w->n : 0; k-- > 0;) {
        const vec old = w->slot[k], old_bar = w->slot[w->n + k];
        w->slot[k] = sofar;
        w->slot[w->n + k] = sofar_bar;
        const vec_mask older = old >= sofar;
        sofar = vec_select(older, old, sofar);
        sofar_bar = vec_select(older, old_bar, sofar_bar);
    }
    for (uint64_t k = 0; !w->k && k < w->n; ++k) {
        w->slot[k] = value;
        w->slot[w->n + k] = bar;
    }
    w->part = value;
    w->part_bar = bar;
    w->k = 1;
}

/* Takes in the value of bar t; told and told_bar are of use from bar n - 1 on. */
VEC_INLINE void extreme_bar_next(extreme_bar *w, vec value, uint64_t t)
{
    const vec bar = vec_set((double)t);
    if (w->k == 0 || w->k == w->n + 1) extreme_bar_turn(w, value, bar);
    vec *const slot = &w->slot[w->k - 1];
    const vec_mask newer = value > w->part;
    w->part = vec_select(newer, value, w->part);
    w->part_bar = vec_select(newer, bar, w->part_bar);
    const vec_mask older = slot[0] >= w->part;
    const vec most = vec_select(older, slot[0], w->part);
    const vec most_bar = vec_select(older, slot[w->n], w->part_bar);
    slot[0] = value;
    slot[w->n] = bar;
    w->k += 1;
    if (t + 1 < w->n) return;
    const vec_mask gone = (w->told_bar + vec_set((double)w->n) <= bar) |
                          (vec_set((double)t) == vec_set((double)w->n - 1));
    const vec_mask taken = ~gone & (value >= w->told);
    w->told = vec_select(gone, most, vec_select(taken, value, w->told));
    w->told_bar = vec_select(gone, most_bar, vec_select(taken, bar, w->told_bar));
}

#endif
