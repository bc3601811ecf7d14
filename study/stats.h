/* stats.h - comparing groups of numbers: analysis of variance, rank tests, effect sizes, and
 * corrections for many tests. Conventions are those of SciPy (scipy.stats.f_oneway, kruskal,
 * mannwhitneyu with method "auto"), so that numbers can be compared.
 *
 * Edges, everywhere the same:
 *   NaN values are left out. A group that then has fewer than two values makes NaN of the tests
 *   that it takes part in: all pairs with it, ANOVA and Kruskal-Wallis as a whole; its sd is NaN.
 *   F, its p and eta squared are NaN when no group has any variance.
 *   When all values are equal, Kruskal-Wallis is NaN; Mann-Whitney gives p = 1, as SciPy does,
 *   Cliff's delta 0 and AUC 0.5. */
#ifndef TANDEM_STUDY_STATS_H
#define TANDEM_STUDY_STATS_H
#include <stddef.h>
#include <stdint.h>

#define STATS_GROUPS_MAX 16u
#define STATS_PAIRS_MAX  (STATS_GROUPS_MAX * (STATS_GROUPS_MAX - 1) / 2)
#define STATS_VALUES_MAX 65536u   /* values of one test: exact counts of U then stay below 2^128 */

typedef struct stats_pair {
    double mannwhitney_p;     /* two-sided: exact if a sample has at most 8 values and nothing is
                                 tied, else normal with tie and continuity correction */
    double mannwhitney_holm;  /* after Holm (1979) over the pairs of this test that have a p */
    double cliff_delta;       /* P(a > b) - P(a < b), -1 to 1 */
    double auc;               /* P(a > b) + P(a = b) / 2 */
} stats_pair;

typedef struct stats_result {
    double anova_f, anova_p, eta2;     /* eta2: share of the variance that the groups explain */
    double kruskal_h, kruskal_p;       /* corrected for ties */
    double group_mean[STATS_GROUPS_MAX];
    double group_sd[STATS_GROUPS_MAX]; /* with n - 1 */
    stats_pair pair[STATS_PAIRS_MAX];  /* (0,1) (0,2) .. (1,2) .. */
} stats_result;

/* Memory that tests work in, made once for many. */
typedef struct stats_scratch stats_scratch;
/* Bytes for tests of at most count values; count is at most STATS_VALUES_MAX. */
size_t         stats_scratch_bytes(uint32_t count);
/* memory: that many bytes, 64-byte aligned; the scratch is a part of it. */
stats_scratch *stats_scratch_make(void *memory, uint32_t count);

/* Compares the groups: value[i * stride] belongs to group[i], 0 .. group_count - 1; count and
 * group_count within their bounds, group_count at least 1. */
void stats_compare(stats_scratch *scratch, const double *value, size_t stride,
                   const int32_t *group, uint32_t count, uint32_t group_count, stats_result *out);

/* Holm's step-down over count <= STATS_PAIRS_MAX p-values; NaN stays NaN and does not count. */
void stats_holm(const double *p, uint32_t count, double *adjusted);

/* Benjamini and Hochberg (1995): q[i] of p[i]; NaN stays NaN and does not count. q may be p; order
 * has count entries to work in. */
typedef struct stats_ordered { double p; uint64_t index; } stats_ordered;
void stats_benjamini_hochberg(const double *p, uint64_t count, stats_ordered *order, double *q);

#endif
