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

#endif
