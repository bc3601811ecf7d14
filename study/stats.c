/* stats.c - comparing groups of numbers. */
#include "study/stats.h"

#include <math.h>
#include <stdlib.h>

#include "study/pvalue.h"
#include "study/ranks.h"

#define EXACT_MAX 8u /* SciPy takes the exact distribution when a sample is as small as that */

struct stats_scratch {
    ranked *value, *spare; /* the values without NaN, to be sorted */
    ranks counts;
    ranks_exact exact;
    double p[STATS_PAIRS_MAX], adjusted[STATS_PAIRS_MAX];
};

static size_t round_up(size_t bytes)
{
    return (bytes + 63) & ~(size_t)63;
}

size_t stats_scratch_bytes(uint32_t count)
{
    /* U is at most small * large, and small + large at most count. */
    const size_t exact = (size_t)EXACT_MAX * count + 1;
    return round_up(sizeof(stats_scratch)) + 2 * round_up(count * sizeof(ranked)) +
           round_up(exact * sizeof(ranks_wide));
}

stats_scratch *stats_scratch_make(void *memory, uint32_t count)
{
    stats_scratch *scratch = memory;
    char *at = (char *)memory + round_up(sizeof *scratch);
    const size_t values = round_up(count * sizeof(ranked));
    scratch->value = (ranked *)at;
    scratch->spare = (ranked *)(at + values);
    scratch->exact = (ranks_exact){0, 0, (ranks_wide *)(at + 2 * values)};
    return scratch;
}

/* ---- Means and variances --------------------------------------------------------------------- */

/* Sums are taken in the order of the values; squares in a second pass, about the mean. */
typedef struct moments {
    uint32_t count;
    double mean, squares, least, most;
} moments;

static void take_moments(const ranked *value, uint32_t count, uint32_t group_count, moments *group)
{
    for (uint32_t g = 0; g < group_count; ++g)
        group[g] = (moments){0, 0.0, 0.0, INFINITY, -INFINITY};
    for (uint32_t i = 0; i < count; ++i) {
        moments *of = &group[value[i].group];
        of->count += 1;
        of->mean += value[i].value;
        of->least = value[i].value < of->least ? value[i].value : of->least;
        of->most = value[i].value > of->most ? value[i].value : of->most;
    }
    for (uint32_t g = 0; g < group_count; ++g) {
        /* The mean of equal values must be that value, or rounding would make up a variance. */
        if (group[g].least == group[g].most) group[g].mean = group[g].least;
        else group[g].mean /= group[g].count;
    }
    for (uint32_t i = 0; i < count; ++i) {
        moments *of = &group[value[i].group];
        const double distance = value[i].value - of->mean;
        of->squares += distance * distance;
    }
}

static void compare_means(const moments *group, uint32_t group_count, stats_result *out)
{
    double sum = 0.0, within = 0.0, between = 0.0;
    uint32_t count = 0, fewest = UINT32_MAX;
    for (uint32_t g = 0; g < group_count; ++g) {
        const uint32_t n = group[g].count;
        out->group_mean[g] = n ? group[g].mean : NAN;
        out->group_sd[g] = n > 1 ? sqrt(group[g].squares / (n - 1)) : NAN;
        count += n;
        fewest = n < fewest ? n : fewest;
        within += group[g].squares;
        if (n) sum += group[g].mean * n;
    }
    out->anova_f = out->anova_p = out->eta2 = NAN;
    if (fewest < 2 || group_count < 2 || !(within > 0.0)) return;
    const double mean = sum / count;
    for (uint32_t g = 0; g < group_count; ++g) {
        const double distance = group[g].mean - mean;
        between += group[g].count * distance * distance;
    }
    const double freedom_between = group_count - 1, freedom_within = count - group_count;
    out->anova_f = (between / freedom_between) / (within / freedom_within);
    out->anova_p = pvalue_f(out->anova_f, freedom_between, freedom_within);
    out->eta2 = between / (between + within);
}

/* ---- Ranks ----------------------------------------------------------------------------------- */

/* Kruskal, Wallis (1952), about the mean rank so that nothing cancels. A group's rank sum is its
 * wins over the other groups and the ranks 1 .. n within itself. */
static void compare_rank_sums(const ranks *counts, uint32_t group_count, stats_result *out)
{
    double count = 0.0, sum = 0.0;
    out->kruskal_h = out->kruskal_p = NAN;
    for (uint32_t g = 0; g < group_count; ++g) {
        if (counts->count[g] < 2) return;
        count += counts->count[g];
    }
    for (uint32_t a = 0; a < group_count; ++a) {
        uint64_t wins2 = 0;
        for (uint32_t b = 0; b < group_count; ++b)
            wins2 += a == b ? 0 : counts->wins2[a][b];
        const double n = counts->count[a];
        const double distance = (double)wins2 / 2 / n + (n + 1) / 2 - (count + 1) / 2;
        sum += n * distance * distance;
    }
    const double untied = 1.0 - (double)counts->ties / (count * count * count - count);
    if (group_count < 2 || !(untied > 0.0)) return;
    out->kruskal_h = 12.0 / (count * (count + 1)) * sum / untied;
    out->kruskal_p = pvalue_chi_squared(out->kruskal_h, group_count - 1);
}

static double mannwhitney_normal(double n1, double n2, double u, double ties)
{
    const double n = n1 + n2;
    const double sd = sqrt(n1 * n2 / 12 * ((n + 1) - ties / (n * (n - 1))));
    /* All equal: sd is 0, and z minus infinity gives p = 1. */
    return pvalue_normal((u - n1 * n2 / 2 - 0.5) / sd);
}

static void compare_pair(stats_scratch *scratch, uint32_t a, uint32_t b, uint32_t pair,
                         stats_pair *out)
{
    const ranks *counts = &scratch->counts;
    const uint32_t n1 = counts->count[a], n2 = counts->count[b];
    *out = (stats_pair){NAN, NAN, NAN, NAN};
    if (n1 < 2 || n2 < 2) return;
    const uint64_t won = counts->wins2[a][b], lost = counts->wins2[b][a];
    const uint64_t larger = won > lost ? won : lost;
    const uint64_t ties = counts->pair_ties[pair];
    double p;
    if (ties == 0 && (n1 <= EXACT_MAX || n2 <= EXACT_MAX))
        p = ranks_exact_tail(&scratch->exact, n1, n2, larger / 2);
    else p = mannwhitney_normal(n1, n2, (double)larger / 2, (double)ties);
    const double all = (double)n1 * n2;
    out->mannwhitney_p = 2 * p < 1.0 ? 2 * p : 1.0;
    out->auc = (double)won / 2 / all;
    out->cliff_delta = ((double)won - (double)lost) / 2 / all;
}

static void compare_pairs(stats_scratch *scratch, uint32_t group_count, stats_result *out)
{
    double *p = scratch->p, *adjusted = scratch->adjusted;
    uint32_t pair = 0;
    for (uint32_t a = 0; a < group_count; ++a) {
        for (uint32_t b = a + 1; b < group_count; ++b, ++pair) {
            compare_pair(scratch, a, b, pair, &out->pair[pair]);
            p[pair] = out->pair[pair].mannwhitney_p;
        }
    }
    stats_holm(p, pair, adjusted);
    for (uint32_t i = 0; i < pair; ++i)
        out->pair[i].mannwhitney_holm = adjusted[i];
}

void stats_compare(stats_scratch *scratch, const double *value, size_t stride, const int32_t *group,
                   uint32_t count, uint32_t group_count, stats_result *out)
{
    moments of_group[STATS_GROUPS_MAX];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
        const double one = value[i * stride];
        scratch->value[kept] = (ranked){one, group[i]};
        kept += !isnan(one);
    }
    take_moments(scratch->value, kept, group_count, of_group);
    compare_means(of_group, group_count, out);
    ranks_sort(scratch->value, scratch->spare, kept);
    ranks_count(scratch->value, kept, group_count, &scratch->counts);
    compare_rank_sums(&scratch->counts, group_count, out);
    compare_pairs(scratch, group_count, out);
}

/* ---- Many tests ------------------------------------------------------------------------------ */

void stats_holm(const double *p, uint32_t count, double *adjusted)
{
    uint32_t order[STATS_PAIRS_MAX], kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
        adjusted[i] = NAN;
        if (isnan(p[i])) continue;
        uint32_t at = kept++;
        for (; at > 0 && p[i] < p[order[at - 1]]; --at)
            order[at] = order[at - 1];
        order[at] = i;
    }
    double highest = 0.0;
    for (uint32_t i = 0; i < kept; ++i) {
        const double scaled = p[order[i]] * (kept - i);
        highest = scaled > highest ? scaled : highest;
        adjusted[order[i]] = highest < 1.0 ? highest : 1.0;
    }
}

static int compare_ordered(const void *a, const void *b)
{
    const stats_ordered *left = a, *right = b;
    if (left->p != right->p) return left->p < right->p ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

void stats_benjamini_hochberg(const double *p, uint64_t count, stats_ordered *order, double *q)
{
    uint64_t kept = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(p[i])) q[i] = NAN;
        else order[kept++] = (stats_ordered){p[i], i};
    }
    if (kept > 1) qsort(order, kept, sizeof *order, compare_ordered);
    double lowest = 1.0;
    for (uint64_t i = kept; i-- > 0;) {
        const double scaled = order[i].p * (double)kept / (double)(i + 1);
        lowest = scaled < lowest ? scaled : lowest;
        q[order[i].index] = lowest;
    }
}
