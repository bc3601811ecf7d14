/* rqa_guard.h - samples and thresholds for the line kernels in float32 (kernels/rqa_lines.td).
 *
 * The kernels compare S32, the sum S of a pair computed in float32 from samples that were centred,
 * scaled by a power of two and rounded, with two numbers for each limit, below and above:
 *
 *     S32 <= below  only where  S <= limit           S32 > above  only where  S > limit
 *
 * S being the sum that the CPU computes in float64. What falls between is computed again in
 * float64, so a wide guard costs time and never a result. rqa_guard.c derives the width. */
#ifndef TANDEM_RQA_GUARD_H
#define TANDEM_RQA_GUARD_H
#include "rqa_signal.h"

/* A sample becomes (x - centre) * 2^-exponent, at most 1 in size. Both columns of a recording
 * share the exponent, since S adds them up. grid: all of that are whole multiples of 2^-grid, and
 * no rounding made them so; RQA_NO_GRID where it would have to be finer than float32. */
#define RQA_NO_GRID 24
typedef struct rqa_scale {
    double centre_x, centre_y;
    int exponent, grid;
} rqa_scale;

rqa_scale rqa_scale_of(const rqa_samples *samples);

/* to[i] = the float32 of from[i], NaN for NaN. */
void rqa_scale_fill(const double *from, uint64_t count, double centre, int exponent, float *to);

/* guard[2 e] and guard[2 e + 1] become below and above of limit[e], which ascend. terms: how many
 * are added up in S, 1 to 2 * RQA_M_MAX. */
void rqa_guards_fill(const double *limit, uint32_t count, rqa_norm norm, uint32_t terms,
                     const rqa_scale *scale, float *guard);

#endif
