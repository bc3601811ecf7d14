/* rqa_select.h - the k-th smallest of all pair distances, exactly, in bounded memory.
 *
 * The sums S (see rqa_lines.h) of all pairs i < j are not negative, so their bit patterns order as
 * they do. Five passes each fix some bits of the answer from a histogram of the next digit; pairs
 * are kept while they are few and computed again when they are many. */
#ifndef TANDEM_RQA_SELECT_H
#define TANDEM_RQA_SELECT_H
#include "rqa_signal.h"

typedef struct rqa_pairs {
    const rqa_samples *samples;
    rqa_norm norm;
    uint64_t m, tau;
} rqa_pairs;

/* Bytes of working memory for that many ranks at once. */
size_t rqa_select_bytes(uint32_t rank_count);

/* sum[i] becomes the rank[i]-th smallest S, counted from 1; rank 0 gives 0; a rank past the last
 * pair that is a number gives the largest S, and NaN when there is no such pair. rank ascends.
 * stop, asked now and then, ends the work early with false. */
TD_MUST_USE bool rqa_select(const rqa_pairs *pairs, const uint64_t *rank, uint32_t rank_count,
                            double *sum, void *memory, bool (*stop)(const void *), const void *of);

#endif
