/* study_stability.c - what the statistics of a study tell only as a whole: the correction for many
 * tests, and whether an effect holds at the neighbouring points of the grid. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/measure_list.h"
#include "study/statistics.h"
#include "tandem/module.h"

#define NAME_BYTES 96u
#define DIMS_BYTES 512u

static bool find(const td_table *table, const char *measure, const char *suffix, td_var *var)
{
    char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "%s%s", measure, suffix);
    return td_table_find_var(table, name, var);
}

/* "mode,m,tau,eps": the dimensions of a variable. */
static void list_dims(const td_table *table, const td_var *var, char dims[DIMS_BYTES])
{
    size_t used = 0;
    dims[0] = 0;
    for (uint32_t i = 0; i < var->rank; ++i) {
        td_dim dim;
        (void)td_table_dim(table, var->dim[i], &dim);
        const int length = snprintf(dims + used, DIMS_BYTES - used, "%s%s", i ? "," : "", dim.name);
        used += length > 0 && (size_t)length < DIMS_BYTES - used ? (size_t)length : 0;
    }
}

/* A new variable over the dimensions of like; its data in *out. */
static td_status add_like(td_table *table, const td_var *like, const char *measure,
                          const char *suffix, const char *doc, double **out, td_error *err)
{
    char name[NAME_BYTES], dims[DIMS_BYTES], words[256];
    list_dims(table, like, dims);
    (void)snprintf(name, sizeof name, "%s%s", measure, suffix);
    (void)snprintf(words, sizeof words, "%s: %s", doc, measure);
    td_status status = td_table_add_var(table, name, words, NULL, TD_F64, dims, err);
    if (!status) *out = td_table_data(table, name);
    return status;
}

/* ---- Many tests ---------------------------------------------------------------------------- */

static td_status correct(td_table *table, const char *p_suffix, const char *q_suffix,
                         const char *doc, td_error *err)
{
    uint64_t count = 0, at = 0;
    td_var var;
    for (int i = 0; i < MEASURE_COUNT; ++i)
        if (find(table, measure_list[i], p_suffix, &var)) count += var.count;
    double *p = malloc((count ? count : 1) * sizeof *p);
    stats_ordered *order = malloc((count ? count : 1) * sizeof *order);
    td_status status = TD_OK;
    if (!p || !order)
        status =
            td_fail(err, TD_E_NO_MEMORY, "statistics: no memory for %" PRIu64 " p-values", count);
    for (int i = 0; i < MEASURE_COUNT && !status; ++i) {
        if (!find(table, measure_list[i], p_suffix, &var)) continue;
        memcpy(p + at, var.data, var.count * sizeof *p);
        at += var.count;
    }
    if (!status) stats_benjamini_hochberg(p, count, order, p);
    at = 0;
    for (int i = 0; i < MEASURE_COUNT && !status; ++i) {
        double *q = NULL;
        if (!find(table, measure_list[i], p_suffix, &var)) continue;
        status = add_like(table, &var, measure_list[i], q_suffix, doc, &q, err);
        if (!status) memcpy(q, p + at, var.count * sizeof *q);
        at += var.count;
    }
    free(order);
    free(p);
    return status;
}

td_status statistics_add_q(td_table *table, td_error *err)
{
    td_status status = correct(table, "_anova_p", "_anova_q",
                               "P-value of the analysis of variance"
                               " after Benjamini and Hochberg over all tests of the study",
                               err);
    if (status) return status;
    return correct(table, "_kruskal_p", "_kruskal_q",
                   "P-value of the Kruskal-Wallis test after"
                   " Benjamini and Hochberg over all tests of the study",
                   err);
}

/* ---- Stability ----------------------------------------------------------------------------- */

/* The points of one measure and how to step to their neighbours. */
typedef struct points {
    const double *q, *mean; /* mean[group * count + point] */
    uint64_t count, groups;
    uint32_t axes;
    uint64_t length[TD_TABLE_RANK_MAX], step[TD_TABLE_RANK_MAX];
} points;

/* Steps along the mode lead to another question, not to a neighbour. */
static void points_open(const td_table *table, const td_var *q, const td_var *mean, points *of)
{
    uint64_t step = 1;
    *of = (points){.q = q->data, .mean = mean->data, .count = q->count};
    of->groups = q->count ? mean->count / q->count : 0;
    for (uint32_t i = q->rank; i-- > 0;) {
        td_dim dim;
        (void)td_table_dim(table, q->dim[i], &dim);
        if (strcmp(dim.name, "mode") != 0) {
            of->length[of->axes] = dim.count;
            of->step[of->axes++] = step;
        }
        step *= dim.count;
    }
}

/* Does the effect hold at the point, with group high above group low? */
static bool holds(const points *of, uint64_t point, uint64_t high, uint64_t low)
{
    return of->q[point] < STABILITY_Q &&
           of->mean[high * of->count + point] > of->mean[low * of->count + point];
}

static double stability_at(const points *of, uint64_t point)
{
    uint64_t high = 0, low = 0, neighbours = 0, held = 0;
    for (uint64_t g = 0; g < of->groups; ++g) {
        const double mean = of->mean[g * of->count + point];
        if (isnan(mean)) return NAN;
        if (mean > of->mean[high * of->count + point]) high = g;
        if (mean < of->mean[low * of->count + point]) low = g;
    }
    for (uint32_t i = 0; i < of->axes; ++i) {
        const uint64_t place = point / of->step[i] % of->length[i];
        if (place > 0) {
            neighbours += 1;
            held += holds(of, point - of->step[i], high, low);
        }
        if (place + 1 < of->length[i]) {
            neighbours += 1;
            held += holds(of, point + of->step[i], high, low);
        }
    }
    return neighbours ? (double)held / (double)neighbours : NAN;
}

td_status statistics_add_stability(td_table *table, td_error *err)
{
    for (int i = 0; i < MEASURE_COUNT; ++i) {
        td_var q, mean;
        points of;
        double *out = NULL;
        if (!find(table, measure_list[i], "_anova_q", &q) ||
            !find(table, measure_list[i], "_group_mean", &mean))
            continue;
        points_open(table, &q, &mean, &of);
        td_status status = add_like(table, &q, measure_list[i], "_stability",
                                    "Share of the neighbouring points of the grid at which the"
                                    " effect holds",
                                    &out, err);
        if (status) return status;
        for (uint64_t point = 0; point < of.count; ++point)
            out[point] = stability_at(&of, point);
    }
    return TD_OK;
}
