/* rqa_levels.c - exact limits for S, and the bucket table that finds a level without a search. */
#include "rqa_levels.h"

#include <math.h>

/* sqrt is correctly rounded, hence monotone: the set of S with sqrt(S) <= eps is everything up to
 * one largest double, a few units in the last place from eps * eps. */
static double limit_root(double eps, bool strict)
{
    double limit = eps * eps;
    if (!(limit <= 0x1.fffffffffffffp1023)) limit = 0x1.fffffffffffffp1023;
    while (limit >= 0 && (strict ? sqrt(limit) >= eps : sqrt(limit) > eps))
        limit = limit > 0 ? nextafter(limit, -1.0) : -1.0;
    if (limit < 0) return -1.0;
    for (;;) {
        const double next = nextafter(limit, INFINITY);
        if (isinf(next) || (strict ? sqrt(next) >= eps : sqrt(next) > eps)) return limit;
        limit = next;
    }
}

double rqa_limit(double eps, rqa_norm norm, bool strict)
{
    if (isnan(eps) || eps < 0) return -1.0;
    if (norm == RQA_L2) return limit_root(eps, strict);
    /* An infinite sum never recurs, whatever eps is. */
    if (isinf(eps)) return 0x1.fffffffffffffp1023;
    return strict ? nextafter(eps, -INFINITY) : eps;
}

size_t rqa_levels_bytes(uint32_t count)
{
    const size_t limits = ((size_t)count + 1) * sizeof(double);
    return (limits + 63) / 64 * 64 + RQA_BUCKETS_MAX * sizeof(uint16_t);
}

void rqa_levels_place(rqa_levels *levels, uint32_t count, void *memory)
{
    const size_t limits = (((size_t)count + 1) * sizeof(double) + 63) / 64 * 64;
    levels->count = count;
    levels->limit = memory;
    levels->guess = (uint16_t *)((char *)memory + limits);
}

/* Products with one positive factor and their truncation are monotone, so a limit in a lower
 * bucket is smaller than S and one in a higher bucket is larger. */
static uint32_t bucket_of(const rqa_levels *levels, double sum)
{
    double place = sum * levels->scale;
    place = place < levels->bucket_last ? place : levels->bucket_last;
    return place > 0 ? (uint32_t)place : 0;
}

static void levels_fill(rqa_levels *levels, uint32_t bucket_count)
{
    const double top = levels->count ? levels->limit[levels->count - 1] : 0;
    levels->bucket_last = bucket_count - 1;
    levels->scale = top > 0 ? bucket_count / top : 0;
    /* A top among the smallest numbers: one bucket for all is slow, but right. */
    if (!isfinite(levels->scale)) levels->scale = 0;
    levels->bucket_max = 0;
    uint32_t below = 0;
    for (uint32_t bucket = 0; bucket < bucket_count; ++bucket) {
        uint32_t here = 0;
        while (below + here < levels->count &&
               bucket_of(levels, levels->limit[below + here]) == bucket)
            here += 1;
        levels->guess[bucket] = (uint16_t)below;
        if (here > levels->bucket_max) levels->bucket_max = here;
        below += here;
    }
}

void rqa_levels_build(rqa_levels *levels)
{
    uint32_t bucket_count = 64;
    levels->limit[levels->count] = INFINITY;
    for (;; bucket_count *= 2) {
        levels_fill(levels, bucket_count);
        if (levels->bucket_max <= 1 || bucket_count >= RQA_BUCKETS_MAX) return;
    }
}
