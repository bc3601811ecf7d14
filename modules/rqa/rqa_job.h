/* rqa_job.h - what the kernels of kernels/rqa_lines.td are told: one job for each set of lines and
 * piece of the threshold axis. The order of the fields is the kernels'; all have 32 bits. */
#ifndef TANDEM_RQA_JOB_H
#define TANDEM_RQA_JOB_H
#include <stdint.h>

#define RQA_JOB_LINES      128 /* lines of a group: TD_GROUP of kernels/td_kernel.h */
#define RQA_JOB_LEVELS_MAX 63  /* thresholds of a job */

typedef struct rqa_job {
    int32_t group;   /* its first group; jobs ascend in it */
    int32_t blocks;  /* groups side by side over one stretch: lines / RQA_JOB_LINES, rounded up */
    int32_t stretch; /* positions, 1 to 2^26 - 2 */
    int32_t x, y;    /* first sample of x; from a sample of x to that of y, 0: there is no y */
    int32_t norm, m, tau;
    int32_t first, last;  /* lines first..last-1: diagonals, or rows */
    int32_t count;        /* delay vectors */
    int32_t rows, window; /* rows: 1; their positions nearer than window to the row are left out */
    int32_t limit, levels;
    uint32_t lines; /* where its counts begin: [length][width], columns 0..levels are added to */
    int32_t width, longest;
    int32_t reserved[2];
} rqa_job;

_Static_assert(sizeof(rqa_job) == 20 * 4, "the kernels read 20 words");

#endif
