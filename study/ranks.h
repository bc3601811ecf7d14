/* ranks.h - what all rank tests of one set of values share: one sort, one walk over its ties. */
#ifndef TANDEM_STUDY_RANKS_H
#define TANDEM_STUDY_RANKS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "study/stats.h"

typedef struct ranked { double value; int32_t group; } ranked;

/* Sorts count values, none of them NaN; spare has as many entries. */
void ranks_sort(ranked *value, ranked *spare, uint32_t count);

/* Exact integers: doubled, so that a tie's half is a whole. */
typedef struct ranks {
    uint32_t count[STATS_GROUPS_MAX];
    uint64_t wins2[STATS_GROUPS_MAX][STATS_GROUPS_MAX]; /* 2 (a > b) + (a = b): U of a, doubled */
    uint64_t pair_ties[STATS_PAIRS_MAX];                /* sum of t^3 - t over a pair's ties */
    uint64_t ties;                                      /* the same over all groups */
} ranks;

/* Counts over sorted values; group_count is at most STATS_GROUPS_MAX. */
void ranks_count(const ranked *sorted, uint32_t count, uint32_t group_count, ranks *out);

__extension__ typedef unsigned __int128 ranks_wide;

/* The exact distribution of U for two samples without ties, the smaller of at most 8 values. */
typedef struct ranks_exact {
    uint32_t    small, large;    /* what cumulative is for; 0: nothing yet */
    ranks_wide *cumulative;      /* small * large + 1 counts of arrangements with U <= u */
} ranks_exact;

/* P(U >= u), 0 <= u <= a * b; keeps the distribution for the next call with these sizes. */
double ranks_exact_tail(ranks_exact *exact, uint32_t a, uint32_t b, uint64_t u);

#endif
