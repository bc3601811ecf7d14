/* statistic_state.h - what the steps of family_statistic.h remember: sums of two series. */
#ifndef TANDEM_MODULES_MARKET_STATISTIC_STATE_H
#define TANDEM_MODULES_MARKET_STATISTIC_STATE_H
#include "window.h"

/* As window_pair, of x and y: their sums, squares and products. In slot stand five series of n. */
typedef struct window_joint {
    vec      x0, y0;                     /* anchors */
    vec      x, y, xx, yy, xy;           /* sums of this block */
    vec     *slot;
    uint64_t k, n;
} window_joint;

typedef struct joint_sums { vec x, y, xx, yy, xy; } joint_sums;

static inline size_t window_joint_bytes(uint64_t n) { return (size_t)(5 * n + 8) * sizeof(vec); }

VEC_INLINE window_joint window_joint_open(void *state, uint64_t n)
{
    vec *const m = state;
    window_joint w = {m[0], m[1], m[2], m[3], m[4], m[5], m[6], m + 8, 0, n};
    w.k = *(const uint64_t *)(const void *)(m + 7);
    return w;
}

VEC_INLINE void window_joint_close(const window_joint *w, void *state)
{
    vec *const m = state;
    const vec kept[7] = {w->x0, w->y0, w->x, w->y, w->xx, w->yy, w->xy};
    for (int i = 0; i < 7; ++i) m[i] = kept[i];
    *(uint64_t *)(void *)(m + 7) = w->k;
}

VEC_INLINE void window_joint_turn(window_joint *w, vec x, vec y)
{
    const uint64_t n = w->n;
    joint_sums s = {vec_set(0), vec_set(0), vec_set(0), vec_set(0), vec_set(0)};
    for (uint64_t k = w->k ? n : 0; k-- > 0;) {
        vec *const slot = &w->slot[k];
        const vec a = slot[0] - x, b = slot[n] - y;
        slot[0] = s.x;
        slot[n] = s.y;
        slot[2 * n] = s.xx;
        slot[3 * n] = s.yy;
        slot[4 * n] = s.xy;
        s.x += a;
        s.y += b;
        s.xx += a * a;
        s.yy += b * b;
        s.xy += a * b;
    }
    w->x0 = x;
    w->y0 = y;
    w->x = w->y = w->xx = w->yy = w->xy = vec_set(0);
    w->k = 1;
}

/* Sums over the last n pairs of their distances from the anchors, their squares and products. */
VEC_INLINE joint_sums window_joint_next(window_joint *w, vec x, vec y)
{
    if (w->k == 0 || w->k == w->n + 1) window_joint_turn(w, x, y);
    const uint64_t n = w->n;
    vec *const slot = &w->slot[w->k - 1];
    const vec a = x - w->x0, b = y - w->y0;
    w->x += a;
    w->y += b;
    w->xx += a * a;
    w->yy += b * b;
    w->xy += a * b;
    const joint_sums s = {w->x + slot[0], w->y + slot[n], w->xx + slot[2 * n],
                          w->yy + slot[3 * n], w->xy + slot[4 * n]};
    slot[0] = x;
    slot[n] = y;
    w->k += 1;
    return s;
}

#endif
