/* vec.h - arithmetic on TD_LANES symbols at once, with the same bits on every instruction set.
 *
 * + - * / and comparisons are written with the compiler's vector operators; here is what they do
 * not say. All functions are inlined into the files that are compiled for an instruction set: a vec
 * is never passed by value between objects. Nothing here fuses, approximates or reorders.
 *
 * A family of indicators is a body header that three files include:
 *
 *     NAME_plain.c     #define FAMILY(name) name##_plain     #include "family_NAME.h"
 *     NAME_avx2.c      #define FAMILY(name) name##_avx2      ..
 *     NAME_avx512.c    #define FAMILY(name) name##_avx512    ..
 *
 * and a fourth, NAME.c, with its tables (indicator_table.h). */
#ifndef TANDEM_MODULES_MARKET_VEC_H
#define TANDEM_MODULES_MARKET_VEC_H
#include <math.h>

#include "indicator.h"

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
#define VEC_512 1
#else
#define VEC_512 0
#endif

/* What a comparison gives: all bits of a lane set, or none. */
typedef int64_t vec_mask __attribute__((vector_size(TD_LANES * sizeof(int64_t))));

#define VEC_INLINE static inline __attribute__((always_inline, unused))

/* The head of a step: INDICATOR_RUN(sma) { .. }. See indicator_run. */
#define INDICATOR_RUN(name)                                                                \
    void FAMILY(name)(const double *param, void *state, const vec *const *in,              \
                      vec *const *out, uint64_t first, uint64_t end);                      \
    void FAMILY(name)(const double *param __attribute__((unused)),                         \
                      void *state __attribute__((unused)), const vec *const *in,           \
                      vec *const *out, uint64_t first, uint64_t end)

VEC_INLINE vec vec_set(double value)
{
    return (vec){value, value, value, value, value, value, value, value};
}

VEC_INLINE vec vec_nan(void) { return vec_set(NAN); }

/* mask ? a : b, lane by lane, whatever the bits are. */
VEC_INLINE vec vec_select(vec_mask mask, vec a, vec b)
{
#if VEC_512
    return (vec)_mm512_mask_blend_pd(_mm512_movepi64_mask((__m512i)mask), (__m512d)b, (__m512d)a);
#else
    return (vec)((mask & (vec_mask)a) | (~mask & (vec_mask)b));
#endif
}

/* a > b ? a : b: the second when they are equal (of 0 and -0 too) or when either is NaN. */
VEC_INLINE vec vec_max(vec a, vec b)
{
#if VEC_512
    return (vec)_mm512_max_pd((__m512d)a, (__m512d)b);
#else
    vec result;
    for (int i = 0; i < TD_LANES; ++i) result[i] = a[i] > b[i] ? a[i] : b[i];
    return result;
#endif
}

/* a < b ? a : b: likewise. */
VEC_INLINE vec vec_min(vec a, vec b)
{
#if VEC_512
    return (vec)_mm512_min_pd((__m512d)a, (__m512d)b);
#else
    vec result;
    for (int i = 0; i < TD_LANES; ++i) result[i] = a[i] < b[i] ? a[i] : b[i];
    return result;
#endif
}

/* Clears the sign, of NaN too. */
VEC_INLINE vec vec_abs(vec a)
{
    return (vec)((vec_mask)a & INT64_MAX);
}

/* Correctly rounded. The result for numbers below 0 is a NaN of either sign. */
VEC_INLINE vec vec_sqrt(vec a)
{
#if VEC_512
    return (vec)_mm512_sqrt_pd((__m512d)a);
#else
    vec result;
    for (int i = 0; i < TD_LANES; ++i) result[i] = __builtin_sqrt(a[i]);
    return result;
#endif
}

/* True where any lane is. */
VEC_INLINE int vec_any(vec_mask mask)
{
#if VEC_512
    return _mm512_movepi64_mask((__m512i)mask) != 0;
#else
    int64_t any = 0;
    for (int i = 0; i < TD_LANES; ++i) any |= mask[i];
    return any != 0;
#endif
}

/* A function of libm, lane by lane: the same bits on every instruction set. */
#define VEC_MAP(function, a)                                                               \
    __extension__({                                                                        \
        const vec map_a = (a);                                                             \
        vec map_result;                                                                    \
        for (int map_i = 0; map_i < TD_LANES; ++map_i)                                     \
            map_result[map_i] = function(map_a[map_i]);                                    \
        map_result;                                                                        \
    })

/* NaN into out[first .. end - 1] as far as that is before the lookback; the bar to go on from. */
VEC_INLINE uint64_t vec_blank(vec *out, uint64_t first, uint64_t end, uint64_t lookback)
{
    for (; first < end && first < lookback; ++first) out[first] = vec_nan();
    return first;
}

#endif
