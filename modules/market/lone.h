/* lone.h - steps that take the pieces of one long series straight from memory to memory. */
#ifndef TANDEM_MODULES_MARKET_LONE_H
#define TANDEM_MODULES_MARKET_LONE_H
#include <string.h>

#include "vec.h"

/* The head of such a step: INDICATOR_LONE(sma) { .. }. See indicator_lone_run. */
#define INDICATOR_LONE(name)                                                               \
    bool FAMILY(name##_lone)(const double *param, void *state, const double *const *in,    \
                             double *const *out, uint64_t count, const uint64_t *drop);    \
    bool FAMILY(name##_lone)(const double *param, void *state, const double *const *in,    \
                             double *const *out, uint64_t count, const uint64_t *drop)

/* Here vectors are as wide as GCC keeps in registers at its best, which on AVX-512 too is half of
 * what there is. */
#if defined(__AVX2__)
typedef __m256d lone;
#define LONE_LANES       4
#define LONE_ANY_NAN(a)  (_mm256_movemask_pd(_mm256_cmp_pd(a, a, _CMP_UNORD_Q)) != 0)
#elif defined(__SSE2__)
typedef __m128d lone;
#define LONE_LANES       2
#define LONE_ANY_NAN(a)  (_mm_movemask_pd(_mm_cmpunord_pd(a, a)) != 0)
#else
typedef double lone;
#define LONE_LANES       1
#define LONE_ANY_NAN(a)  isnan(a)
#endif
#define LONE_PAIR (2 * LONE_LANES) /* lanes of two vectors: neither waits for the other */

VEC_INLINE void lone_turn(lone r[LONE_LANES])
{
#if LONE_LANES == 4
    const lone a = _mm256_unpacklo_pd(r[0], r[1]), b = _mm256_unpackhi_pd(r[0], r[1]);
    const lone c = _mm256_unpacklo_pd(r[2], r[3]), d = _mm256_unpackhi_pd(r[2], r[3]);
    r[0] = _mm256_permute2f128_pd(a, c, 0x20);
    r[1] = _mm256_permute2f128_pd(b, d, 0x20);
    r[2] = _mm256_permute2f128_pd(a, c, 0x31);
    r[3] = _mm256_permute2f128_pd(b, d, 0x31);
#elif LONE_LANES == 2
    const lone a = _mm_unpacklo_pd(r[0], r[1]), b = _mm_unpackhi_pd(r[0], r[1]);
    r[0] = a;
    r[1] = b;
#else
    (void)r;
#endif
}

/* LONE_LANES bars from t on of as many lanes; behind the last bar it stands again. */
VEC_INLINE void lone_load(const double *const *in, uint64_t t, uint64_t count,
                          lone to[LONE_LANES])
{
    double rows[LONE_LANES][LONE_LANES];
    const bool whole = t + LONE_LANES <= count;
    for (uint64_t b = 0; !whole && b < LONE_LANES; ++b)
        for (int l = 0; l < LONE_LANES; ++l)
            rows[l][b] = in[l][t + b < count ? t + b : count - 1];
    for (int l = 0; l < LONE_LANES; ++l)
        memcpy(&to[l], whole ? in[l] + t : rows[l], sizeof to[l]);
    lone_turn(to);
}

/* Back, but nothing before a lane's drop or from count on, and NaN before bar n - 1, which has the
 * first value. No drop is more than n. */
VEC_INLINE void lone_store(lone from[LONE_LANES], uint64_t t, uint64_t count, uint64_t n,
                           const uint64_t *drop, double *const *out)
{
    double rows[LONE_LANES][LONE_LANES];
    const bool whole = t >= n && t + LONE_LANES <= count;
    lone_turn(from);
    for (int l = 0; l < LONE_LANES; ++l)
        memcpy(whole ? out[l] + t : rows[l], &from[l], sizeof from[l]);
    for (uint64_t b = t; !whole && b < t + LONE_LANES && b < count; ++b)
        for (int l = 0; l < LONE_LANES; ++l)
            if (b >= drop[l]) out[l][b] = b + 1 < n ? NAN : rows[l][b - t];
}

/* ---- Sums over n values, as window.h takes them, of two vectors ----------------------------- */

typedef struct lone_sum {
    lone     anchor, part;
    lone    *slot;          /* of bar k of the block: slot[2 * k] */
} lone_sum;

VEC_INLINE void lone_sum_turn(lone_sum *a, lone_sum *b, uint64_t n, lone x, lone y)
{
    lone sum_a = {0}, sum_b = {0};
    a->part = sum_a;
    b->part = sum_b;
    for (uint64_t k = n; k-- > 0;) {
        const lone old_a = a->slot[2 * k], old_b = b->slot[2 * k];
        a->slot[2 * k] = sum_a;
        b->slot[2 * k] = sum_b;
        sum_a += old_a - x;
        sum_b += old_b - y;
    }
    a->anchor = x;
    b->anchor = y;
}

VEC_INLINE lone lone_mean_next(lone_sum *w, uint64_t k, lone x, double inverse)
{
    w->part += x - w->anchor;
    const lone sum = w->part + w->slot[2 * k];
    w->slot[2 * k] = x;
    return w->anchor + sum * inverse;
}

#endif
