/* rqa_signal.h - the samples of one recording, as one mode reads them.
 *
 * A sample that is not finite, in any column that the mode reads, becomes NaN in all of them, so
 * that it recurs with nothing in every norm. */
#ifndef TANDEM_RQA_SIGNAL_H
#define TANDEM_RQA_SIGNAL_H
#include "rqa.h"

typedef struct rqa_samples {
    double *x, *y; /* RQA_PAD NaN follow the last sample; y is NULL for one signal */
    uint64_t count;
    uint64_t nan_count;
    double deviation; /* population standard deviation over finite samples; for xy the root
                         of the summed variances; NaN when there is none */
    bool constant;    /* there are finite samples, and all are the same */
} rqa_samples;

static inline bool rqa_reads_x(rqa_signal signal)
{
    return signal != RQA_Y;
}
static inline bool rqa_reads_y(rqa_signal signal)
{
    return signal != RQA_X;
}

/* Fills samples->x and ->y, which have room for count + RQA_PAD, and what is told of them. */
void rqa_samples_fill(rqa_samples *samples, const rqa_track *track, rqa_signal signal);

#endif
