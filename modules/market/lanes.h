/* lanes.h - between masks of vec.h and bytes with a bit for each lane. */
#ifndef TANDEM_MODULES_MARKET_LANES_H
#define TANDEM_MODULES_MARKET_LANES_H
#include <string.h>

#include "vec.h"

#if defined(__SSE2__) && !VEC_512
#include <immintrin.h>
#endif

VEC_INLINE uint8_t lanes_bits(vec_mask mask)
{
#if VEC_512
    return (uint8_t)_mm512_movepi64_mask((__m512i)mask);
#elif defined(__AVX2__)
    __m256d half[2];
    memcpy(half, &mask, sizeof half);
    return (uint8_t)(_mm256_movemask_pd(half[0]) | _mm256_movemask_pd(half[1]) << 4);
#elif defined(__SSE2__)
    __m128d part[4];
    memcpy(part, &mask, sizeof part);
    return (uint8_t)(_mm_movemask_pd(part[0]) | _mm_movemask_pd(part[1]) << 2 |
                     _mm_movemask_pd(part[2]) << 4 | _mm_movemask_pd(part[3]) << 6);
#else
    unsigned bits = 0;
    for (unsigned l = 0; l < TD_LANES; ++l) bits |= (unsigned)(mask[l] & 1) << l;
    return (uint8_t)bits;
#endif
}

/* LANES_COMPARE(name, operator, how): lanes_name(a, b) has a bit for each lane at which a operator
 * b is true, straight from the comparison; false with NaN. */
#if VEC_512
#define LANES_COMPARE(name, operator, how)                                                 \
    VEC_INLINE uint8_t lanes_##name(vec a, vec b)                                          \
    {                                                                                      \
        return (uint8_t)_mm512_cmp_pd_mask((__m512d)a, (__m512d)b, how);                   \
    }
#elif defined(__AVX2__)
#define LANES_COMPARE(name, operator, how)                                                 \
    VEC_INLINE uint8_t lanes_##name(vec a, vec b)                                          \
    {                                                                                      \
        __m256d x[2], y[2];                                                                \
        memcpy(x, &a, sizeof x);                                                           \
        memcpy(y, &b, sizeof y);                                                           \
        return (uint8_t)(_mm256_movemask_pd(_mm256_cmp_pd(x[0], y[0], how)) |              \
                         _mm256_movemask_pd(_mm256_cmp_pd(x[1], y[1], how)) << 4);         \
    }
#else
#define LANES_COMPARE(name, operator, how)                                                 \
    VEC_INLINE uint8_t lanes_##name(vec a, vec b) { return lanes_bits(a operator b); }
#endif
LANES_COMPARE(less, <, _CMP_LT_OQ)
LANES_COMPARE(at_most, <=, _CMP_LE_OQ)
LANES_COMPARE(equal, ==, _CMP_EQ_OQ)

VEC_INLINE bool lanes_any(vec_mask mask) { return lanes_bits(mask) != 0; }

VEC_INLINE vec_mask lanes_mask(uint8_t bits)
{
#if VEC_512
    return (vec_mask)_mm512_movm_epi64(bits);
#else
    const vec_mask bit = {1, 2, 4, 8, 16, 32, 64, 128};
    const int64_t b = bits;
    const vec_mask all = {b, b, b, b, b, b, b, b};
    return (all & bit) == bit;
#endif
}

/* The lanes of a whose bits are set, the others of b. */
VEC_INLINE vec lanes_choose(uint8_t bits, vec a, vec b)
{
#if VEC_512
    return (vec)_mm512_mask_blend_pd(bits, (__m512d)b, (__m512d)a);
#else
    return vec_select(lanes_mask(bits), a, b);
#endif
}

#endif
