/* family_tile.h - finding NaN, and turning bars of eight series to vec and back: what
 * indicator_tile.c does most, for one instruction set. */
#ifndef TANDEM_MODULES_MARKET_FAMILY_TILE_H
#define TANDEM_MODULES_MARKET_FAMILY_TILE_H
#include <string.h>

#include "indicator_tile.h"
#include "vec.h"
#if defined(__AVX2__)
#include <immintrin.h>
#endif

#define SCAN_STEP 512 /* values between looks at what was found */

static bool has_nan(const double *values, uint64_t count)
{
    uint64_t i = 0;
    while (i + SCAN_STEP <= count) {
        vec_held any = vec_hold(vec_set(0));
        for (const uint64_t end = i + SCAN_STEP; i < end; i += TD_LANES) {
            vec v;
            memcpy(&v, values + i, sizeof v);
            any = vec_hold((vec)((vec_mask)vec_of(any) | vec_differ(v, v)));
        }
        if (vec_any((vec_mask)vec_of(any))) return true;
    }
    int bad = 0;
    for (; i < count; ++i) bad |= values[i] != values[i];
    return bad != 0;
}

#if VEC_512
/* Rows of eight become columns: pairs, then quarters, then halves. */
VEC_INLINE void turn(__m512d r[TD_LANES])
{
    __m512d p[TD_LANES], q[TD_LANES];
    for (int i = 0; i < 4; ++i) {
        p[2 * i] = _mm512_unpacklo_pd(r[2 * i], r[2 * i + 1]);
        p[2 * i + 1] = _mm512_unpackhi_pd(r[2 * i], r[2 * i + 1]);
    }
    for (int i = 0; i < 2; ++i) {
        q[4 * i] = _mm512_shuffle_f64x2(p[4 * i], p[4 * i + 2], 0x88);
        q[4 * i + 1] = _mm512_shuffle_f64x2(p[4 * i + 1], p[4 * i + 3], 0x88);
        q[4 * i + 2] = _mm512_shuffle_f64x2(p[4 * i], p[4 * i + 2], 0xdd);
        q[4 * i + 3] = _mm512_shuffle_f64x2(p[4 * i + 1], p[4 * i + 3], 0xdd);
    }
    for (int i = 0; i < 4; ++i) {
        r[i] = _mm512_shuffle_f64x2(q[i], q[i + 4], 0x88);
        r[i + 4] = _mm512_shuffle_f64x2(q[i], q[i + 4], 0xdd);
    }
}

static void gather(const double *const *lane, uint64_t count, vec *to)
{
    for (uint64_t t = 0; t < count; t += TD_LANES) {
        __m512d r[TD_LANES];
        for (int i = 0; i < TD_LANES; ++i) r[i] = _mm512_loadu_pd(lane[i] + t);
        turn(r);
        for (int i = 0; i < TD_LANES; ++i) to[t + (uint64_t)i] = (vec)r[i];
    }
}

static void scatter(const vec *from, uint64_t count, double *const *lane)
{
    for (uint64_t t = 0; t < count; t += TD_LANES) {
        __m512d r[TD_LANES];
        for (int i = 0; i < TD_LANES; ++i) r[i] = (__m512d)from[t + (uint64_t)i];
        turn(r);
        for (int i = 0; i < TD_LANES; ++i) _mm512_storeu_pd(lane[i] + t, r[i]);
    }
}
#elif defined(__AVX2__)
VEC_INLINE void turn(__m256d r[4])
{
    const __m256d a = _mm256_unpacklo_pd(r[0], r[1]), b = _mm256_unpackhi_pd(r[0], r[1]);
    const __m256d c = _mm256_unpacklo_pd(r[2], r[3]), d = _mm256_unpackhi_pd(r[2], r[3]);
    r[0] = _mm256_permute2f128_pd(a, c, 0x20);
    r[1] = _mm256_permute2f128_pd(b, d, 0x20);
    r[2] = _mm256_permute2f128_pd(a, c, 0x31);
    r[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

static void gather(const double *const *lane, uint64_t count, vec *to)
{
    double *const values = (double *)to;
    for (uint64_t t = 0; t < count; t += 4)
        for (int half = 0; half < TD_LANES; half += 4) {
            __m256d r[4];
            for (int i = 0; i < 4; ++i) r[i] = _mm256_loadu_pd(lane[half + i] + t);
            turn(r);
            for (uint64_t i = 0; i < 4; ++i)
                _mm256_storeu_pd(values + (t + i) * TD_LANES + half, r[i]);
        }
}

static void scatter(const vec *from, uint64_t count, double *const *lane)
{
    const double *const values = (const double *)from;
    for (uint64_t t = 0; t < count; t += 4)
        for (int half = 0; half < TD_LANES; half += 4) {
            __m256d r[4];
            for (uint64_t i = 0; i < 4; ++i)
                r[i] = _mm256_loadu_pd(values + (t + i) * TD_LANES + half);
            turn(r);
            for (int i = 0; i < 4; ++i) _mm256_storeu_pd(lane[half + i] + t, r[i]);
        }
}
#else
static void gather(const double *const *lane, uint64_t count, vec *to)
{
    for (uint64_t t = 0; t < count; ++t)
        for (int i = 0; i < TD_LANES; ++i) to[t][i] = lane[i][t];
}

static void scatter(const vec *from, uint64_t count, double *const *lane)
{
    for (uint64_t t = 0; t < count; ++t)
        for (int i = 0; i < TD_LANES; ++i) lane[i][t] = from[t][i];
}
#endif

const indicator_moves FAMILY(indicator_moves) = {has_nan, gather, scatter};

#endif
