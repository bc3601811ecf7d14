/* study_statistics.c - comparing the groups at every point of the grid.
 *
 * A measure over (recording, mode, m, tau, eps, lmin) is the matrix that "stats.groups" takes, as
 * it lies: a row for each recording, a test for each combination. Only integers are converted. */
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
#define DOC_BYTES  256u

/* One measure as a matrix. */
typedef struct matrix {
    const char *name;
    td_var var;
    char dims[DIMS_BYTES]; /* the variable's less recording: "mode,m,tau,eps" */
    uint64_t tests;
    double *converted; /* the values, if they are integers in the table */
} matrix;

/* How an output of the operation becomes a variable of the table. */
typedef struct target {
    const char *output, *suffix, *front, *doc;
} target;

static const target targets[] = {
    {"anova_f", "_anova_f", "", "F of the one-way analysis of variance"},
    {"anova_p", "_anova_p", "", "P-value of the analysis of variance"},
    {"eta2", "_eta2", "", "Eta squared: share of the variance that the groups explain"},
    {"kruskal_h", "_kruskal_h", "", "H of Kruskal and Wallis, corrected for ties"},
    {"kruskal_p", "_kruskal_p", "", "P-value of the Kruskal-Wallis test"},
    {"mannwhitney_p", "_mannwhitney_p", "pair", "Two-sided p-value of the Mann-Whitney U test"},
    {"mannwhitney_holm", "_mannwhitney_holm", "pair",
     "P-value of the Mann-Whitney U test after Holm's correction over the pairs"},
    {"cliff_delta", "_cliff_delta", "pair",
     "Cliff's delta: P(first group larger) - P(second group larger)"},
    {"auc", "_auc", "pair", "Area under the ROC curve of the first group over the second"},
    {"group_mean", "_group_mean", "group", "Mean over the group"},
    {"group_sd", "_group_sd", "group", "Standard deviation over the group, with n - 1"},
};
#define TARGET_COUNT (sizeof targets / sizeof *targets)

/* ---- The matrix ---------------------------------------------------------------------------- */

static td_status matrix_open(const td_table *table, const char *name, matrix *of, td_error *err)
{
    td_dim dim;
    size_t used = 0;
    *of = (matrix){.name = name, .tests = 1};
    if (!td_table_find_var(table, name, &of->var)) return TD_OK;
    for (uint32_t i = 0; i < of->var.rank; ++i) {
        (void)td_table_dim(table, of->var.dim[i], &dim);
        if ((i == 0) != (strcmp(dim.name, "recording") == 0))
            return td_fail(err, TD_E_INTERNAL, "%s: recording is not its first dimension", name);
        if (i == 0) continue;
        const int length =
            snprintf(of->dims + used, sizeof of->dims - used, "%s%s", i > 1 ? "," : "", dim.name);
        used += length > 0 && (size_t)length < sizeof of->dims - used ? (size_t)length : 0;
        of->tests *= dim.count;
    }
    if (of->var.dtype == TD_F64) return TD_OK;
    if (of->var.dtype != TD_I32)
        return td_fail(err, TD_E_INTERNAL, "%s: is neither f64 nor i32", name);
    of->converted = malloc(of->var.count * sizeof(double));
    if (!of->converted)
        return td_fail(err, TD_E_NO_MEMORY, "statistics: no memory for %" PRIu64 " values of %s",
                       of->var.count, name);
    const int32_t *from = of->var.data;
    for (uint64_t i = 0; i < of->var.count; ++i)
        of->converted[i] = from[i] == INT32_MIN ? NAN : (double)from[i];
    return TD_OK;
}

/* ---- The run ------------------------------------------------------------------------------- */

/* Progress over all measures, in tests. */
typedef struct overall {
    const statistics_call *call;
    uint64_t done, total; /* tests of the measures before this one; of all */
    uint64_t units_done, units_resumed;
} overall;

static void on_progress(void *context, const td_progress *progress)
{
    overall *all = context;
    if (!all->call->progress) return;
    const td_progress sum = {
        .units_done = all->units_done + progress->units_done,
        .units_total = all->units_done + progress->units_total,
        .units_resumed = all->units_resumed + progress->units_resumed,
        .cost_done = (double)all->done + progress->cost_done,
        .cost_total = (double)all->total,
        .units_running = progress->units_running,
        .devices = progress->devices,
    };
    all->call->progress(all->call->progress_context, &sum);
}

static td_status bind_all(td_args *args, const statistics_call *call, const matrix *of,
                          const int32_t *subject, td_error *err)
{
    const labels *who = call->who;
    const int64_t rows = (int64_t)who->recordings;
    td_array value = TD_ARRAY_INIT, label = TD_ARRAY_INIT;
    char range[32];
    value.dtype = TD_F64;
    value.rank = 2;
    value.shape[0] = rows;
    value.shape[1] = (int64_t)of->tests;
    value.data = of->converted ? of->converted : (void *)(uintptr_t)of->var.data;
    label.dtype = TD_I32;
    label.rank = 1;
    label.shape[0] = rows;
    td_status status = td_args_bind(args, "value", &value, err);
    label.data = (void *)(uintptr_t)subject;
    if (!status) status = td_args_bind(args, "subject", &label, err);
    label.data = who->group_of;
    if (!status) status = td_args_bind(args, "group", &label, err);
    (void)snprintf(range, sizeof range, "0:%u", who->pairs - 1);
    if (!status) status = td_args_sweep(args, "pair", who->pairs > 1 ? range : "0", err);
    (void)snprintf(range, sizeof range, "0:%" PRIu64, who->groups - 1);
    if (!status) status = td_args_sweep(args, "level", range, err);
    return status;
}

static void sum_reports(td_report *sum, const td_report *one)
{
    sum->units += one->units;
    sum->units_retried += one->units_retried;
    sum->units_split += one->units_split;
    sum->units_moved += one->units_moved;
    sum->units_resumed += one->units_resumed;
    sum->warnings += one->warnings;
    sum->seconds_total += one->seconds_total;
    if (one->host_bytes_peak > sum->host_bytes_peak) sum->host_bytes_peak = one->host_bytes_peak;
    memcpy(sum->device, one->device, sizeof sum->device);
    if (!sum->note[0]) memcpy(sum->note, one->note, sizeof sum->note);
}

static td_status run_measure(overall *all, td_args *args, const matrix *of, td_table **out,
                             td_report *report, td_error *err)
{
    char name[NAME_BYTES];
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report one = TD_REPORT_INIT;
    options.cancel = all->call->cancel;
    options.trace = all->call->trace;
    options.progress = on_progress;
    options.progress_context = all;
    (void)snprintf(name, sizeof name, "statistics-%s", of->name);
    td_status status = TD_OK;
    if (all->call->store) status = store_run(all->call->store, name, &options.store, err);
    if (!status) status = td_run(all->call->engine, args, &options, out, &one, err);
    if (status) return status;
    sum_reports(report, &one);
    all->done += of->tests;
    all->units_done += one.units;
    all->units_resumed += one.units_resumed;
    return TD_OK;
}

/* ---- Into the table ------------------------------------------------------------------------ */

/* The operation's outputs have the test first; the table has pair or group in front. */
static td_status take_output(const target *to, const td_table *from, const matrix *of,
                             td_table *table, td_error *err)
{
    char name[NAME_BYTES], dims[DIMS_BYTES], doc[DOC_BYTES];
    td_var var;
    (void)snprintf(name, sizeof name, "%s%s", of->name, to->suffix);
    (void)snprintf(doc, sizeof doc, "%s: %s", to->doc, of->name);
    (void)snprintf(dims, sizeof dims, "%s%s%.400s", to->front, *to->front && *of->dims ? "," : "",
                   of->dims);
    if (!td_table_find_var(from, to->output, &var) || var.dtype != TD_F64)
        return td_fail(err, TD_E_INTERNAL, "stats.groups: gave no %s", to->output);
    const bool is_value = strcmp(to->front, "group") == 0;
    td_status status =
        td_table_add_var(table, name, doc, is_value ? of->var.unit : NULL, TD_F64, dims, err);
    if (status) return status;
    const uint64_t wide = of->tests ? var.count / of->tests : 0;
    const double *source = var.data;
    double *data = td_table_data(table, name);
    for (uint64_t other = 0; other < wide; ++other)
        for (uint64_t test = 0; test < of->tests; ++test)
            data[other * of->tests + test] = source[test * wide + other];
    return TD_OK;
}

static td_status add_measure(overall *all, td_table *table, const matrix *of,
                             const int32_t *subject, td_report *report, td_error *err)
{
    td_args *args = NULL;
    td_table *compared = NULL;
    td_status status = td_args_create(all->call->engine, "stats.groups", &args, err);
    if (!status) status = bind_all(args, all->call, of, subject, err);
    if (!status) status = run_measure(all, args, of, &compared, report, err);
    for (size_t i = 0; i < TARGET_COUNT && !status; ++i)
        status = take_output(&targets[i], compared, of, table, err);
    td_table_destroy(compared);
    td_args_destroy(args);
    return status;
}

/* Tests of all measures, for the progress. */
static uint64_t count_tests(const td_table *table)
{
    uint64_t tests = 0;
    td_dim recording;
    if (!td_table_find_dim(table, "recording", &recording) || recording.count == 0) return 0;
    for (int i = 0; i < MEASURE_COUNT; ++i) {
        td_var var;
        if (td_table_find_var(table, measure_list[i], &var)) tests += var.count / recording.count;
    }
    return tests;
}

td_status statistics_add(const statistics_call *call, td_table *table, td_report *report,
                         td_error *err)
{
    overall all = {.call = call, .total = count_tests(table)};
    const labels *who = call->who;
    int32_t *own = malloc(who->recordings * sizeof *own);
    td_status status = own ? TD_OK : td_fail(err, TD_E_NO_MEMORY, "statistics: no memory");
    for (uint64_t i = 0; i < who->recordings && own; ++i)
        own[i] = call->by_recording ? (int32_t)i : who->subject_of[i];
    *report = (td_report)TD_REPORT_INIT;
    for (int i = 0; i < MEASURE_COUNT && !status; ++i) {
        matrix of;
        status = matrix_open(table, measure_list[i], &of, err);
        if (!status && of.var.count) status = add_measure(&all, table, &of, own, report, err);
        free(of.converted);
    }
    free(own);
    if (!status) status = statistics_add_q(table, err);
    if (!status) status = statistics_add_stability(table, err);
    return status;
}
