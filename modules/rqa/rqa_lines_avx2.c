/* rqa_lines_avx2.c - the line kernels for AVX2: a vector of eight is two of four. */
#include "rqa_lines.h"

#if defined(__AVX2__)
#include <immintrin.h>
#include <math.h>

typedef struct v8 {
    __m256d low, high;
} v8;

static inline v8 v8_load(const double *p)
{
    return (v8){_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4)};
}

static inline v8 v8_all(double d)
{
    return (v8){_mm256_set1_pd(d), _mm256_set1_pd(d)};
}

static inline void v8_store(double *p, v8 v)
{
    _mm256_storeu_pd(p, v.low);
    _mm256_storeu_pd(p + 4, v.high);
}

static inline v8 v8_sub(v8 a, v8 b)
{
    return (v8){_mm256_sub_pd(a.low, b.low), _mm256_sub_pd(a.high, b.high)};
}

static inline v8 v8_mul(v8 a, v8 b)
{
    return (v8){_mm256_mul_pd(a.low, b.low), _mm256_mul_pd(a.high, b.high)};
}

static inline v8 v8_add(v8 a, v8 b)
{
    return (v8){_mm256_add_pd(a.low, b.low), _mm256_add_pd(a.high, b.high)};
}

static inline v8 v8_abs(v8 a)
{
    const __m256d sign = _mm256_set1_pd(-0.0);
    return (v8){_mm256_andnot_pd(sign, a.low), _mm256_andnot_pd(sign, a.high)};
}

static inline v8 v8_max(v8 a, v8 b)
{
    return (v8){_mm256_max_pd(a.low, b.low), _mm256_max_pd(a.high, b.high)};
}

/* The minimum is its second operand where the first is NaN. */
static inline v8 v8_known(v8 a)
{
    const __m256d infinite = _mm256_set1_pd(INFINITY);
    return (v8){_mm256_min_pd(a.low, infinite), _mm256_min_pd(a.high, infinite)};
}

static inline uint32_t v8_mask(v8 v, double bound)
{
    const __m256d all = _mm256_set1_pd(bound);
    const int low = _mm256_movemask_pd(_mm256_cmp_pd(v.low, all, _CMP_LE_OQ));
    const int high = _mm256_movemask_pd(_mm256_cmp_pd(v.high, all, _CMP_LE_OQ));
    return (uint32_t)(low | high << 4);
}

/* For each mask of four lanes, the lanes in it, in order: as pairs of 32-bit halves for a
 * permutation of doubles. */
#define LANE(n) 2 * (n), 2 * (n) + 1
static const int32_t lanes[16][8] __attribute__((aligned(32))) = {
    {0},
    {LANE(0)},
    {LANE(1)},
    {LANE(0), LANE(1)},
    {LANE(2)},
    {LANE(0), LANE(2)},
    {LANE(1), LANE(2)},
    {LANE(0), LANE(1), LANE(2)},
    {LANE(3)},
    {LANE(0), LANE(3)},
    {LANE(1), LANE(3)},
    {LANE(0), LANE(1), LANE(3)},
    {LANE(2), LANE(3)},
    {LANE(0), LANE(2), LANE(3)},
    {LANE(1), LANE(2), LANE(3)},
    {LANE(0), LANE(1), LANE(2), LANE(3)},
};

static inline void pack_four(const double *p, uint32_t mask, int32_t base, double *sum,
                             int32_t *place)
{
    const __m256i order = _mm256_load_si256((const __m256i *)lanes[mask]);
    const __m256i four = _mm256_castpd_si256(_mm256_loadu_pd(p));
    _mm256_storeu_si256((__m256i *)sum, _mm256_permutevar8x32_epi32(four, order));
    /* The even entries of order are twice the lane. */
    const __m256i even = _mm256_setr_epi32(0, 2, 4, 6, 0, 0, 0, 0);
    const __m256i twice = _mm256_permutevar8x32_epi32(order, even);
    const __m128i lane = _mm_srli_epi32(_mm256_castsi256_si128(twice), 1);
    _mm_storeu_si128((__m128i *)place, _mm_add_epi32(_mm_set1_epi32(base), lane));
}

static inline void v8_pack(const double *p, uint32_t mask, int32_t base, double *sum,
                           int32_t *place)
{
    const int low = __builtin_popcount(mask & 15);
    pack_four(p, mask & 15, base, sum, place);
    pack_four(p + 4, mask >> 4, base + 4, sum + low, place + low);
}

#include "rqa_lines_body.h"

static const rqa_isa isa = {"avx2", lines_diagonals, lines_rows};
const rqa_isa *const rqa_isa_avx2 = &isa;
#else
const rqa_isa *const rqa_isa_avx2 = NULL;
#endif
