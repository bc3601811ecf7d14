/* cmd_bench.c - tandem bench: where the time goes, and how near that is to the machine's limits.
 *
 * The limit of a path is what one core adds and compares in a second, times the threads: each
 * term of each distance costs at least one addition and one comparison. All thresholds and
 * minimum lengths share the terms, and pairs that cannot recur any more are dropped, so the share
 * may be more than one. */
#include "cli/bench.h"

#include "core/engine.h"
#include "modules/rqa/rqa.h"
#include "modules/rqa/rqa_lines.h"
#include "study/study.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES          3
#define SECONDS_ENOUGH 2.0 /* a longer case is measured once */
#define SECONDS_QUICK  0.1

typedef struct bench_case {
    const char *name;
    uint64_t items, least, most;
    const char *mode, *m, *tau, *eps, *lmin;
} bench_case;

static const bench_case full_cases[] = {
    {"study grid", 305, 46, 480, "x:l1,xy:l2", "1:10", "1:10", "0.05:0.1:0.001", "2:3"},
    {"series grid, 5,000", 1, 5000, 5000, "x:l2", "1:10", "1:10", "0.02:0.34:0.02", "2:7"},
    {"single, 5,000", 1, 5000, 5000, "x:l2", "5", "3", "0.1", "2"},
    {"single, 20,000", 1, 20000, 20000, "x:l2", "5", "3", "0.1", "2"},
    {"single, 100,000", 1, 100000, 100000, "x:l2", "5", "3", "0.1", "2"},
};
static const bench_case quick_cases[] = {
    {"study grid", 30, 46, 480, "x:l1,xy:l2", "1:10", "1:10", "0.05:0.1:0.001", "2:3"},
    {"series grid, 1,000", 1, 1000, 1000, "x:l2", "1:10", "1:10", "0.02:0.34:0.02", "2:7"},
    {"single, 5,000", 1, 5000, 5000, "x:l2", "5", "3", "0.1", "2"},
    {"single, 20,000", 1, 20000, 20000, "x:l2", "5", "3", "0.1", "2"},
};

typedef struct bench {
    cli_work work;
    paper page;
    json_t *json;
    double peak[BENCH_PATHS];
    uint32_t threads;
    bool quick;
} bench;

/* ---- Limits ----------------------------------------------------------------------------- */

static void measure_limits(bench *b)
{
    const size_t bytes = (size_t)(b->quick ? 32 : 128) << 20;
    const double triad = bench_triad(b->work.engine, bytes);
    json_t *peaks = json_object();
    paper_add(&b->page, "Limits of this machine\n");
    paper_addf(&b->page, "  memory, triad, %u threads   %8.1f GB/s\n", b->threads, triad / 1e9);
    for (int p = 0; p < BENCH_PATHS; ++p) {
        b->peak[p] = bench_peak(bench_path[p]);
        if (b->peak[p] > 0.0) {
            paper_addf(&b->page, "  add + compare, %-7s one core %6.2f G/s\n", bench_path[p],
                       b->peak[p] / 1e9);
            json_object_set_new(peaks, bench_path[p], json_real(b->peak[p]));
        } else {
            paper_addf(&b->page, "  add + compare, %-7s not on this processor\n", bench_path[p]);
        }
    }
    json_object_set_new(b->json, "limits",
                        json_pack("{s:i, s:f, s:o}", "threads", (int)b->threads,
                                  "triad_bytes_per_second", triad, "peak_per_core", peaks));
}

/* ---- One case ---------------------------------------------------------------------------- */

static td_status make_args(bench *b, const bench_case *c, const char *path, const bench_data *data,
                           td_args **out, td_error *err)
{
    td_args *args = NULL;
    const char *const set[][2] = {{"mode", c->mode}, {"m", c->m},       {"tau", c->tau},
                                  {"eps", c->eps},   {"lmin", c->lmin}, {"isa", path}};
    td_status status = td_args_create(b->work.engine, "rqa.measures", &args, err);
    for (size_t i = 0; i < sizeof set / sizeof *set && !status; ++i)
        status = td_args_set_text(args, set[i][0], set[i][1], err);
    if (!status) status = td_args_bind_series(args, "recordings", &data->series, err);
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

/* Pairs of delay vectors over all recordings, modes, m and tau; terms counts every m of every
 * pair once for each column that the mode reads. */
static void count_work(const td_args *args, const bench_data *data, double *pairs, double *terms)
{
    const td_axis *mode = td_args_axis(args, "mode"), *m = td_args_axis(args, "m"),
                  *tau = td_args_axis(args, "tau");
    const double shared =
        (double)(td_args_axis(args, "eps")->count * td_args_axis(args, "lmin")->count);
    *pairs = *terms = 0.0;
    for (uint64_t i = 0; i < data->series.item_count; ++i)
        for (uint64_t t = 0; t < tau->count; ++t)
            for (uint64_t k = 0; k < m->count; ++k) {
                const double n =
                    (double)rqa_vector_count(data->offset[i + 1] - data->offset[i],
                                             (uint64_t)m->number[k], (uint64_t)tau->number[t]);
                const double one = 0.5 * n * (n - 1.0);
                /* A chain of m = 1..10 grows by a term a step; a single m = 5 needs all five. */
                const double steps = m->count > 1 ? 1.0 : m->number[k];
                for (uint64_t d = 0; d < mode->count; ++d) {
                    *pairs += n > 1.0 ? one * shared : 0.0;
                    *terms +=
                        n > 1.0 ? one * steps * (strncmp(mode->text[d], "xy", 2) ? 1 : 2) : 0.0;
                }
            }
}

static td_status time_case(bench *b, const td_args *args, double *seconds, td_error *err)
{
    double spent = 0.0;
    *seconds = 0.0;
    const double enough = b->quick ? SECONDS_QUICK : SECONDS_ENOUGH;
    for (int i = 0; i < TRIES && spent < enough; ++i) {
        td_table *table = NULL;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        options.cancel = b->work.cancel;
        const double start = bench_seconds();
        const td_status status = td_run(b->work.engine, args, &options, &table, NULL, err);
        const double took = bench_seconds() - start;
        td_table_destroy(table);
        if (status) return status;
        if (i == 0 || took < *seconds) *seconds = took;
        spent += took;
    }
    return TD_OK;
}

static void add_row(bench *b, const char *name, int path, double seconds, double pairs,
                    double terms)
{
    const double share = terms / seconds / (b->peak[path] * b->threads);
    paper_addf(&b->page, "  %-20s %-7s %9.3f s %12.3g %11.0f %%\n", name, bench_path[path], seconds,
               pairs / seconds, 100.0 * share);
    json_array_append_new(json_object_get(b->json, "cases"),
                          json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "name", name, "path",
                                    bench_path[path], "seconds", seconds, "pair_combinations",
                                    pairs, "pair_combinations_per_second", pairs / seconds,
                                    "share_of_peak", share));
}

static td_status run_case(bench *b, const bench_case *c, uint32_t number, uint32_t count,
                          td_error *err)
{
    bench_data data = {0};
    td_args *args = NULL;
    td_status status = bench_gaze(&data, c->items, c->least, c->most, err);
    for (int p = 0; p < BENCH_PATHS && !status; ++p) {
        const td_progress now = {.units_done = number,
                                 .units_total = count,
                                 .cost_done = number + p / (double)BENCH_PATHS,
                                 .cost_total = count};
        const rqa_isa *isa = NULL;
        double seconds = 0.0, pairs = 0.0, terms = 0.0;
        progress_update(b->work.bar, c->name, &now);
        if (rqa_isa_choose(bench_path[p], &isa, NULL) != TD_OK) continue;
        status = make_args(b, c, bench_path[p], &data, &args, err);
        if (!status) {
            count_work(args, &data, &pairs, &terms);
            status = time_case(b, args, &seconds, err);
        }
        if (!status) add_row(b, c->name, p, seconds, pairs, terms);
        td_args_destroy(args);
        args = NULL;
    }
    bench_data_free(&data);
    return status;
}

/* ---- A whole study ---------------------------------------------------------------------- */

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void on_step(void *context, const char *step, const td_progress *now)
{
    bench *b = context;
    progress_update(b->work.bar, step, now);
}

static td_status study_in(bench *b, const char *folder, const bench_data *data, td_error *err)
{
    char output[PATH_MAX + 16], report[PATH_MAX + 16], input[PATH_MAX + 16];
    td_args *args = NULL;
    study_summary summary = {0};
    const bench_case *c = &full_cases[0];
    snprintf(input, sizeof input, "%s/recordings", folder);
    snprintf(output, sizeof output, "%s/study.nc", folder);
    snprintf(report, sizeof report, "%s/study.html", folder);
    td_status status = TD_OK;
    if (mkdir(input, 0777) != 0) status = td_fail(err, TD_E_IO, "%s: %s", input, strerror(errno));
    if (!status) status = bench_write(data, input, err);
    if (!status) status = make_args(b, c, "auto", data, &args, err);
    const study_config config = {
        .input = input, .output = output, .report = report, .command = "tandem bench"};
    const study_hooks hooks = {on_step, NULL, b, b->work.cancel, NULL};
    if (!status) status = study_run(b->work.engine, args, &config, &hooks, &summary, err);
    td_args_destroy(args);
    if (status) return status;
    json_t *steps = json_object();
    double all = 0.0;
    paper_addf(&b->page, "\nA whole study, %u recordings, ", (unsigned)summary.recordings);
    paper_add_count(&b->page, summary.combinations);
    paper_add(&b->page, " combinations, 2 modes: where the time goes\n");
    for (uint32_t i = 0; i < summary.step_count; ++i)
        all += summary.step[i].seconds;
    for (uint32_t i = 0; i < summary.step_count; ++i) {
        paper_addf(&b->page, "  %-12s %8.3f s %5.1f %%\n", summary.step[i].name,
                   summary.step[i].seconds, 100.0 * summary.step[i].seconds / all);
        json_object_set_new(steps, summary.step[i].name, json_real(summary.step[i].seconds));
    }
    paper_addf(&b->page, "  %-12s %8.3f s\n", "all", all);
    json_object_set_new(b->json, "study_seconds", steps);
    return TD_OK;
}

static td_status run_study(bench *b, td_error *err)
{
    char folder[PATH_MAX];
    bench_data data = {0};
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/tandem-bench-XXXXXX", base && *base ? base : "/tmp");
    td_status status = bench_gaze(&data, b->quick ? 30 : 305, 46, 480, err);
    if (!status && !mkdtemp(folder))
        status = td_fail(err, TD_E_IO, "%s: %s", folder, strerror(errno));
    else if (!status) {
        status = study_in(b, folder, &data, err);
        nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    bench_data_free(&data);
    return status;
}

/* ---- The command ------------------------------------------------------------------------ */

static td_status run_all(bench *b, td_error *err)
{
    const bench_case *cases = b->quick ? quick_cases : full_cases;
    const uint32_t count = b->quick ? sizeof quick_cases / sizeof *quick_cases
                                    : sizeof full_cases / sizeof *full_cases;
    td_status status = TD_OK;
    measure_limits(b);
    json_object_set_new(b->json, "cases", json_array());
    paper_addf(&b->page, "\nMeasures, %u threads\n  %-20s %-7s %11s %12s %13s\n", b->threads,
               "case", "path", "seconds", "pairs x comb/s", "of the peak");
    for (uint32_t i = 0; i < count && !status; ++i)
        status = run_case(b, &cases[i], i, count, err);
    if (!status) status = run_study(b, err);
    paper_add(&b->page, "\nAbsolute times mislead on a machine that others use too: compare the "
                        "ratios of one run.\nOf the peak: terms of distances a second against "
                        "additions with a comparison a second.\n");
    return status;
}

td_status cmd_bench(cli_call *cli, td_error *err)
{
    static const td_op_impl *const more[] = {&stats_groups_impl, NULL};
    bench b = {0};
    b.quick = cli_bool(cli, "quick");
    b.json = json_object();
    td_status status = work_open(&b.work, cli, more, err);
    if (status) goto out;
    b.threads = pool_threads(engine_pool(b.work.engine));
    status = work_finish(&b.work, run_all(&b, err), false, err);
    if (status) goto out;
    if (cli->json) {
        status = work_print_json(cli, b.json, err);
        b.json = NULL;
    } else {
        status = cli_out(cli, &b.page, err);
    }
out:
    paper_free(&b.page);
    json_decref(b.json);
    work_close(&b.work);
    return status;
}
