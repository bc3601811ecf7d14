/* rqa_lines_avx512.c - the line kernels for AVX-512 (F, BW, DQ, VL, VBMI, VBMI2). */
#include "rqa_lines.h"

#if defined(__AVX512F__) && defined(__AVX512VL__) && defined(__AVX512DQ__)
#include <immintrin.h>
#include <math.h>

typedef __m512d v8;

static inline v8 v8_load(const double *p)
{
    return _mm512_loadu_pd(p);
}
static inline v8 v8_all(double d)
{
    return _mm512_set1_pd(d);
}
static inline void v8_store(double *p, v8 v)
{
    _mm512_storeu_pd(p, v);
}
static inline v8 v8_sub(v8 a, v8 b)
{
    return _mm512_sub_pd(a, b);
}
static inline v8 v8_mul(v8 a, v8 b)
{
    return _mm512_mul_pd(a, b);
}
static inline v8 v8_add(v8 a, v8 b)
{
    return _mm512_add_pd(a, b);
}
static inline v8 v8_abs(v8 a)
{
    return _mm512_abs_pd(a);
}
static inline v8 v8_max(v8 a, v8 b)
{
    return _mm512_max_pd(a, b);
}

/* The minimum is its second operand where the first is NaN. */
static inline v8 v8_known(v8 a)
{
    return _mm512_min_pd(a, _mm512_set1_pd(INFINITY));
}

static inline uint32_t v8_mask(v8 v, double bound)
{
    return _mm512_cmp_pd_mask(v, _mm512_set1_pd(bound), _CMP_LE_OQ);
}

/* Compressing to a register and storing all of it: the form that compresses to memory is many
 * times slower on some processors. */
static inline void v8_pack(const double *p, uint32_t mask, int32_t base, double *sum,
                           int32_t *place)
{
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i at = _mm256_add_epi32(_mm256_set1_epi32(base), lane);
    _mm512_storeu_pd(sum, _mm512_maskz_compress_pd((__mmask8)mask, _mm512_loadu_pd(p)));
    _mm256_storeu_si256((__m256i *)place, _mm256_maskz_compress_epi32((__mmask8)mask, at));
}

#include "rqa_lines_body.h"

static const rqa_isa isa = {"avx512", lines_diagonals, lines_rows};
const rqa_isa *const rqa_isa_avx512 = &isa;
#else
const rqa_isa *const rqa_isa_avx512 = NULL;
#endif
