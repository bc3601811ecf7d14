/* rqa_lines.h - line histograms of a recurrence plot, for all thresholds and a chain of m at once.
 *
 * The matrix is never stored. A line of it (a diagonal, or a row for vertical lines) is walked in
 * tiles. For m = 1 the sum S of terms is computed for all positions; from m to m + 1 S only grows,
 * so positions whose S exceeds the bound are dropped for good, and one more term is added to the
 * rest. Each S that is left gets its level (rqa_levels.h), and a monotone stack over the levels
 * yields the maximal runs of all thresholds in one pass: a run of length r that exists for the
 * thresholds lo..hi-1 is counted as lines[r][lo] += 1, lines[r][hi] -= 1.
 *
 * The same functions are built three times, for plain C, AVX2 and AVX-512; all three give the
 * same integers. */
#ifndef TANDEM_RQA_LINES_H
#define TANDEM_RQA_LINES_H
#include "rqa_levels.h"

#define RQA_PAD       16   /* NaN samples that must follow the last sample of x and y */
#define RQA_TILE      1024 /* positions of a line that are worked on at a time */
#define RQA_M_MAX     64
#define RQA_COUNT_MAX (UINT64_C(1) << 30) /* samples of a recording: positions are int32 */

typedef struct rqa_run {
    int32_t level, start;
} rqa_run;

/* One m of the chain. */
typedef struct rqa_chain {
    double bound;             /* an S above it cannot recur at this m or any later one */
    const rqa_levels *levels; /* NULL: the lines of this m are not wanted */
    int32_t *lines;           /* [length][levels->count + 1]; rows 0..longest possible */
    int64_t longest;          /* in and out: no row above it has been touched */
    rqa_run *stack;           /* levels->count + 2 of them */
    int32_t top;              /* state between tiles: open runs, 0 between lines */
    int32_t next;             /* and the position that would continue them */
} rqa_chain;

/* Working memory of one thread, a few cache lines more than L1 holds anyway. */
typedef struct rqa_tile {
    double sum[RQA_TILE];        /* S in place; above the bound where a position was dropped */
    double packed[RQA_TILE + 8]; /* S of the positions that recur, without gaps */
    int32_t place[RQA_TILE + 8];
    uint16_t level[RQA_TILE + 8];
    uint32_t block[RQA_TILE / 8 + 1]; /* of 8 positions each, with something left in them */
    uint64_t bits[RQA_TILE / 64];
} rqa_tile;

typedef struct rqa_lines {
    const double *x, *y; /* y NULL: one signal; both with RQA_PAD NaN samples behind */
    uint64_t count;      /* samples, at most RQA_COUNT_MAX */
    uint64_t tau;
    rqa_norm norm;
    uint64_t window;      /* points with |i - j| < window are left out */
    uint32_t chain_count; /* the highest m; chain[m - 1] */
    rqa_chain *chain;
    rqa_tile *tile;
} rqa_lines;

/* Adds the lines of diagonals first..first+count-1 (upper triangle, first >= 1 and >= window), or
 * of rows (both sides of the main diagonal). Counts are int32: the caller must not let more than
 * 2^31 positions go into one set of lines. */
typedef struct rqa_isa {
    const char *name;
    void (*diagonals)(rqa_lines *lines, uint64_t first, uint64_t count);
    void (*rows)(rqa_lines *lines, uint64_t first, uint64_t count);
} rqa_isa;

/* NULL where the compiler could not build it. */
extern const rqa_isa *const rqa_isa_plain, *const rqa_isa_avx2, *const rqa_isa_avx512;

/* name: "auto", "plain", "avx2" or "avx512". TD_E_UNSUPPORTED if this processor has no such. */
TD_MUST_USE td_status rqa_isa_choose(const char *name, const rqa_isa **out, td_error *err);

#endif
