/* rqa_count.h - from line histograms to the numbers that the measures are made of.
 *
 * For each threshold and each smallest length: how many lines, how many points they have, and the
 * entropy of their lengths. All counts are exact integers (below 2^53 in a double); the entropy is
 * ln N - (sum of c ln c) / N, summed from the longest length down. */
#ifndef TANDEM_RQA_COUNT_H
#define TANDEM_RQA_COUNT_H
#include "rqa.h"

#define RQA_LOG_TABLE 8192

/* c ln c for c < RQA_LOG_TABLE. */
typedef struct rqa_logs {
    double product[RQA_LOG_TABLE];
} rqa_logs;
void rqa_logs_fill(rqa_logs *logs);

/* One set of lines. lines[length * (level_count + 1) + level] holds differences along the levels,
 * as rqa_lines.h makes them; either narrow or wide is set. rqa_count clears what it has read. */
typedef struct rqa_histogram {
    int32_t *narrow;
    int64_t *wide;
    uint32_t level_count;
    int64_t longest;     /* no line is longer */
    uint32_t weight;     /* 2: the upper triangle stands for both */
    const int32_t *main; /* lines of the main diagonal by length; NULL: left out */
    int64_t main_longest;
    uint32_t main_level; /* the first level at which a distance of 0 recurs */
} rqa_histogram;

typedef struct rqa_sums {
    uint32_t min_count;
    const int64_t *min;   /* smallest lengths, ascending */
    bool entropies;       /* false: entropy is left alone */
    double *line, *point; /* out [min_count][level_count] */
    double *entropy;      /* out, in nats: NaN where there is no line */
    double *point_all;    /* out [level_count]: lines of any length */
    int32_t *longest;     /* out [level_count]: without the main diagonal; 0: none */
    double *work;         /* 4 * level_count */
} rqa_sums;

void rqa_count(rqa_histogram *histogram, const rqa_logs *logs, rqa_sums *sums);

#endif
