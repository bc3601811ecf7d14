/* turn.h - eight bars of eight series to eight vec and back, for one instruction set. */
#ifndef TANDEM_MODULES_MARKET_TURN_H
#define TANDEM_MODULES_MARKET_TURN_H
#include "vec.h"

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

/* Bars t .. t + 7 of each lane. */
VEC_INLINE void turn_load(const double *const *lane, uint64_t t, vec to[TD_LANES])
{
    __m512d r[TD_LANES];
    for (int i = 0; i < TD_LANES; ++i) r[i] = _mm512_loadu_pd(lane[i] + t);
    turn(r);
    for (int i = 0; i < TD_LANES; ++i) to[i] = (vec)r[i];
}

VEC_INLINE void turn_store(const vec from[TD_LANES], uint64_t t, double *const *lane)
{
    __m512d r[TD_LANES];
    for (int i = 0; i < TD_LANES; ++i) r[i] = (__m512d)from[i];
    turn(r);
    for (int i = 0; i < TD_LANES; ++i) _mm512_storeu_pd(lane[i] + t, r[i]);
}
#elif defined(__AVX2__)
/* Rows of four become columns. */
VEC_INLINE void turn(__m256d r[4])
{
    const __m256d a = _mm256_unpacklo_pd(r[0], r[1]), b = _mm256_unpackhi_pd(r[0], r[1]);
    const __m256d c = _mm256_unpacklo_pd(r[2], r[3]), d = _mm256_unpackhi_pd(r[2], r[3]);
    r[0] = _mm256_permute2f128_pd(a, c, 0x20);
    r[1] = _mm256_permute2f128_pd(b, d, 0x20);
    r[2] = _mm256_permute2f128_pd(a, c, 0x31);
    r[3] = _mm256_permute2f128_pd(b, d, 0x31);
}

/* Bars t .. t + 7 of each lane, by quarters of the square. */
VEC_INLINE void turn_load(const double *const *lane, uint64_t t, vec to[TD_LANES])
{
    double *const values = (double *)to;
    for (int bar = 0; bar < TD_LANES; bar += 4)
        for (int half = 0; half < TD_LANES; half += 4) {
            __m256d r[4];
            for (int i = 0; i < 4; ++i)
                r[i] = _mm256_loadu_pd(lane[half + i] + t + (uint64_t)bar);
            turn(r);
            for (int i = 0; i < 4; ++i)
                _mm256_storeu_pd(values + (bar + i) * TD_LANES + half, r[i]);
        }
}

VEC_INLINE void turn_store(const vec from[TD_LANES], uint64_t t, double *const *lane)
{
    const double *const values = (const double *)from;
    for (int bar = 0; bar < TD_LANES; bar += 4)
        for (int half = 0; half < TD_LANES; half += 4) {
            __m256d r[4];
            for (int i = 0; i < 4; ++i)
                r[i] = _mm256_loadu_pd(values + (bar + i) * TD_LANES + half);
            turn(r);
            for (int i = 0; i < 4; ++i)
                _mm256_storeu_pd(lane[half + i] + t + (uint64_t)bar, r[i]);
        }
}
#else
/* Bars t .. t + 7 of each lane. */
VEC_INLINE void turn_load(const double *const *lane, uint64_t t, vec to[TD_LANES])
{
    for (uint64_t b = 0; b < TD_LANES; ++b)
        for (int i = 0; i < TD_LANES; ++i) to[b][i] = lane[i][t + b];
}

VEC_INLINE void turn_store(const vec from[TD_LANES], uint64_t t, double *const *lane)
{
    for (uint64_t b = 0; b < TD_LANES; ++b)
        for (int i = 0; i < TD_LANES; ++i) lane[i][t + b] = from[b][i];
}
#endif

#endif
