/* rqa_levels.h - thresholds, and the level of a distance among them.
 *
 * Everything below compares a sum S of terms, not a distance: for l2 the root is never taken.
 * rqa_limit turns a threshold on the distance into the largest S that still recurs, exactly, so
 * that S <= limit gives the same answer as sqrt(S) <= eps (or < eps). The level of S is the index
 * of the smallest limit that admits it: one number says at which of all thresholds S recurs. */
#ifndef TANDEM_RQA_LEVELS_H
#define TANDEM_RQA_LEVELS_H
#include "rqa.h"

#define RQA_LEVELS_MAX  4096 /* thresholds in one pass */
#define RQA_BUCKETS_MAX 8192

typedef struct rqa_levels {
    uint32_t count;      /* thresholds */
    uint32_t bucket_max; /* the most thresholds that share a bucket */
    double scale;        /* bucket of S: (int)min(S * scale, bucket_last) */
    double bucket_last;
    double *limit;   /* count + 1, ascending; the last is infinite */
    uint16_t *guess; /* RQA_BUCKETS_MAX: how many limits lie in lower buckets */
} rqa_levels;

/* The largest S that recurs at eps: S <= rqa_limit(..) if and only if the distance that S stands
 * for is <= eps, or < eps when strict. Negative when nothing recurs; eps may be NaN (nothing). */
double rqa_limit(double eps, rqa_norm norm, bool strict);

/* Bytes of limit and guess, and laying them out in memory of that size (64-byte aligned). */
size_t rqa_levels_bytes(uint32_t count);
void rqa_levels_place(rqa_levels *levels, uint32_t count, void *memory);
/* Builds the table from levels->limit, of which count must be ascending. */
void rqa_levels_build(rqa_levels *levels);

/* The level of S >= 0, count when no threshold admits it. */
static inline uint32_t rqa_level(const rqa_levels *levels, double sum)
{
    double place = sum * levels->scale;
    place = place < levels->bucket_last ? place : levels->bucket_last;
    uint32_t level = levels->guess[(int32_t)place];
    while (sum > levels->limit[level])
        level += 1;
    return level;
}

#endif
