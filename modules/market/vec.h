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
#if !VEC_512 && defined(__AVX2__)
#include <immintrin.h>
#elif !VEC_512 && defined(__SSE2__)
#include <emmintrin.h>
#endif

/* What a comparison gives: all bits of a lane set, or none. */
typedef int64_t vec_mask __attribute__((vector_size(TD_LANES * sizeof(int64_t))));

#define VEC_INLINE static inline __attribute__((always_inline, unused))

/* Before a loop over an array of vectors that is to stay in registers; clang needs no word. */
#if defined(__clang__)
#define VEC_UNROLL
#else
#define VEC_UNROLL _Pragma("GCC unroll 8")
#endif

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

/* The compiler's own way; for machines that are not named above. */
VEC_INLINE vec vec_choose(vec_mask mask, vec a, vec b)
{
    return (vec)((mask & (vec_mask)a) | (~mask & (vec_mask)b));
}

/* GCC takes a vec that is wider than the machine's registers apart lane by lane where it compares
 * or chooses, which costs up to ten times the arithmetic: so it is cut into registers by hand.
 * vec_hold and vec_of are written as GCC understands that nothing passes through memory: by a
 * pointer to the parts, not by a union. */
#if VEC_512
typedef vec vec_part;
#define VEC_PARTS 1
#elif defined(__AVX2__)
typedef __m256d vec_part;
#define VEC_PARTS (TD_LANES / 4)
#define VEC_PART(half, quarter) half
#elif defined(__SSE2__)
typedef __m128d vec_part;
#define VEC_PARTS (TD_LANES / 2)
#define VEC_PART(half, quarter) quarter
#else
typedef vec vec_part;
#define VEC_PARTS 1
#endif

/* A vec that a loop carries from bar to bar is best held in parts: GCC keeps one that is wider than
 * the registers in memory and waits for it at every bar. Take it out, compute, hold the result. */
typedef struct vec_held {
    vec_part part[VEC_PARTS];
} vec_held;

VEC_INLINE vec_held vec_hold(vec a)
{
    vec_held held;
    for (int i = 0; i < VEC_PARTS; ++i) held.part[i] = ((const vec_part *)&a)[i];
    return held;
}

VEC_INLINE vec vec_of(vec_held held)
{
    vec a;
    for (int i = 0; i < VEC_PARTS; ++i) ((vec_part *)&a)[i] = held.part[i];
    return a;
}

/* VEC_OF_TWO(name, result, lane, half, quarter): a function of two vec, by its formula and by its
 * instructions on AVX2 and SSE2. */
#if VEC_PARTS > 1
#define VEC_OF_TWO(name, result, lane, half, quarter)                                      \
    VEC_INLINE result vec_##name(vec a, vec b)                                             \
    {                                                                                      \
        vec_held x = vec_hold(a);                                                          \
        const vec_held y = vec_hold(b);                                                    \
        for (int i = 0; i < VEC_PARTS; ++i)                                                \
            x.part[i] = VEC_PART(half, quarter)(x.part[i], y.part[i]);                     \
        return (result)vec_of(x);                                                          \
    }
#else
#define VEC_OF_TWO(name, result, lane, half, quarter)                                      \
    VEC_INLINE result vec_##name(vec a, vec b) { return lane(a, b); }
#endif

#if VEC_512
#define VEC_LANE_MAX(a, b) (vec)_mm512_max_pd((__m512d)(a), (__m512d)(b))
#define VEC_LANE_MIN(a, b) (vec)_mm512_min_pd((__m512d)(a), (__m512d)(b))
#else
#define VEC_LANE_MAX(a, b) vec_choose((a) > (b), a, b)
#define VEC_LANE_MIN(a, b) vec_choose((a) < (b), a, b)
#endif
#define VEC_LANE_LESS(a, b)     ((a) < (b))
#define VEC_LANE_MORE(a, b)     ((a) > (b))
#define VEC_LANE_AT_LEAST(a, b) ((a) >= (b))
#define VEC_LANE_DIFFER(a, b)   ((a) != (b))
#define VEC_HALF_LESS(a, b)     _mm256_cmp_pd(a, b, _CMP_LT_OQ)
#define VEC_HALF_MORE(a, b)     _mm256_cmp_pd(a, b, _CMP_GT_OQ)
#define VEC_HALF_AT_LEAST(a, b) _mm256_cmp_pd(a, b, _CMP_GE_OQ)
#define VEC_HALF_DIFFER(a, b)   _mm256_cmp_pd(a, b, _CMP_NEQ_UQ)

/* a > b ? a : b: the second when they are equal (of 0 and -0 too) or when either is NaN. */
VEC_OF_TWO(max, vec, VEC_LANE_MAX, _mm256_max_pd, _mm_max_pd)
/* a < b ? a : b: likewise. */
VEC_OF_TWO(min, vec, VEC_LANE_MIN, _mm256_min_pd, _mm_min_pd)
/* < > >= !=: the same as the operators, and faster on AVX2 and SSE2. With NaN only != is true. */
VEC_OF_TWO(less, vec_mask, VEC_LANE_LESS, VEC_HALF_LESS, _mm_cmplt_pd)
VEC_OF_TWO(more, vec_mask, VEC_LANE_MORE, VEC_HALF_MORE, _mm_cmpgt_pd)
VEC_OF_TWO(at_least, vec_mask, VEC_LANE_AT_LEAST, VEC_HALF_AT_LEAST, _mm_cmpge_pd)
VEC_OF_TWO(differ, vec_mask, VEC_LANE_DIFFER, VEC_HALF_DIFFER, _mm_cmpneq_pd)

/* mask ? a : b, lane by lane, whatever the bits are. */
VEC_INLINE vec vec_select(vec_mask mask, vec a, vec b)
{
#if VEC_512
    return (vec)_mm512_mask_blend_pd(_mm512_movepi64_mask((__m512i)mask), (__m512d)b, (__m512d)a);
#elif VEC_PARTS > 1
    const vec_held m = vec_hold((vec)mask), x = vec_hold(a);
    vec_held y = vec_hold(b);
    for (int i = 0; i < VEC_PARTS; ++i) {
        const vec_part kept = VEC_PART(_mm256_andnot_pd, _mm_andnot_pd)(m.part[i], y.part[i]);
        y.part[i] = VEC_PART(_mm256_and_pd, _mm_and_pd)(m.part[i], x.part[i]);
        y.part[i] = VEC_PART(_mm256_or_pd, _mm_or_pd)(y.part[i], kept);
    }
    return vec_of(y);
#else
    return vec_choose(mask, a, b);
#endif
}

/* Clears the sign, of NaN too. */
VEC_INLINE vec vec_abs(vec a)
{
#if VEC_PARTS > 1
    const vec_part sign = VEC_PART(_mm256_set1_pd, _mm_set1_pd)(-0.0);
    vec_held x = vec_hold(a);
    for (int i = 0; i < VEC_PARTS; ++i)
        x.part[i] = VEC_PART(_mm256_andnot_pd, _mm_andnot_pd)(sign, x.part[i]);
    return vec_of(x);
#else
    return (vec)((vec_mask)a & INT64_MAX);
#endif
}

/* Correctly rounded. The result for numbers below 0 is a NaN of either sign. */
VEC_INLINE vec vec_sqrt(vec a)
{
#if VEC_512
    return (vec)_mm512_sqrt_pd((__m512d)a);
#elif VEC_PARTS > 1
    vec_held x = vec_hold(a);
    for (int i = 0; i < VEC_PARTS; ++i)
        x.part[i] = VEC_PART(_mm256_sqrt_pd, _mm_sqrt_pd)(x.part[i]);
    return vec_of(x);
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
#elif VEC_PARTS > 1
    const vec_held m = vec_hold((vec)mask);
    int any = 0;
    for (int i = 0; i < VEC_PARTS; ++i)
        any |= VEC_PART(_mm256_movemask_pd, _mm_movemask_pd)(m.part[i]);
    return any != 0;
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
