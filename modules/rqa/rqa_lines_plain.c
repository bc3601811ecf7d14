/* rqa_lines_plain.c - the line kernels in portable C; the compiler may vectorise the loops. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

typedef struct v8 {
    double lane[8];
} v8;

#define EACH for (int i = 0; i < 8; ++i)

static inline v8 v8_load(const double *p)
{
    v8 v;
    EACH v.lane[i] = p[i];
    return v;
}
static inline v8 v8_all(double d)
{
    v8 v;
    EACH v.lane[i] = d;
    return v;
}
static inline void v8_store(double *p, v8 v)
{
    EACH p[i] = v.lane[i];
}
static inline v8 v8_sub(v8 a, v8 b)
{
    EACH a.lane[i] -= b.lane[i];
    return a;
}
static inline v8 v8_mul(v8 a, v8 b)
{
    EACH a.lane[i] *= b.lane[i];
    return a;
}
static inline v8 v8_add(v8 a, v8 b)
{
    EACH a.lane[i] += b.lane[i];
    return a;
}
static inline v8 v8_abs(v8 a)
{
    EACH a.lane[i] = fabs(a.lane[i]);
    return a;
}

static inline v8 v8_max(v8 a, v8 b)
{
    EACH a.lane[i] = a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i];
    return a;
}

static inline v8 v8_known(v8 a)
{
    EACH a.lane[i] = a.lane[i] < INFINITY ? a.lane[i] : INFINITY;
    return a;
}

static inline uint32_t v8_mask(v8 v, double bound)
{
    uint32_t mask = 0;
    EACH mask |= (uint32_t)(v.lane[i] <= bound) << i;
    return mask;
}

static inline void v8_pack(const double *p, uint32_t mask, int32_t base, double *sum,
                           int32_t *place)
{
    for (; mask; mask &= mask - 1, ++sum, ++place) {
        const int lane = __builtin_ctz(mask);
        *sum = p[lane];
        *place = base + lane;
    }
}

#include "rqa_lines_body.h"

static const rqa_isa isa = {"plain", lines_diagonals, lines_rows};
const rqa_isa *const rqa_isa_plain = &isa;
