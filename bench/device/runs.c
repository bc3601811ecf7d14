/* runs.c - whole runs on the CPU, then on the device, compared bit by bit; those of rqa.measures.
 */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "core/device.h"

#define TRACE_EVENTS   (1u << 20)
#define REPEAT_SECONDS 6.0 /* then a call is not repeated any more */
#define TERM_OPS       3.0 /* difference, size or square, sum */

/* ---- One call ---------------------------------------------------------------------------------
 */

static td_status call_args(td_engine *engine, const bench_call *call, bench_data *data,
                           td_args **out, td_error *err)
{
    static const char *const names[] = {"x", "y"};
    data->column[0] = data->x;
    data->column[1] = data->y;
    const td_series series = {sizeof series, 2,     data->count, data->offset,
                              data->column,  names, NULL};
    td_args *args = NULL;
    td_status status = td_args_create(engine, "rqa.measures", &args, err);
    for (size_t i = 0; !status && call->settings[i][0]; ++i)
        status = td_args_set_text(args, call->settings[i][0], call->settings[i][1], err);
    for (const char *p = call->outputs; !status && p && *p;) {
        char name[32] = "";
        const size_t length = strcspn(p, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, p);
        status = td_args_output(args, name, true, err);
        p += length + (p[length] == ',');
    }
    if (!status) status = td_args_bind_series(args, "recordings", &series, err);
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

static bool same(const td_var *a, const td_var *b, uint64_t i)
{
    if (a->dtype == TD_F64) {
        const double x = ((const double *)a->data)[i], y = ((const double *)b->data)[i];
        return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
    }
    if (a->dtype == TD_U8) return ((const uint8_t *)a->data)[i] == ((const uint8_t *)b->data)[i];
    return ((const int32_t *)a->data)[i] == ((const int32_t *)b->data)[i];
}

static bool tables_equal(const td_table *wanted, const td_table *got, char *difference, size_t size)
{
    td_var a, b;
    uint64_t compared = 0;
    for (uint32_t v = 0; td_table_var(wanted, v, &a); ++v) {
        if (!td_table_find_var(got, a.name, &b) || a.count != b.count || a.dtype != b.dtype) {
            snprintf(difference, size, "%s is not there in the same shape", a.name);
            return false;
        }
        for (uint64_t i = 0; i < a.count; ++i) {
            if (same(&a, &b, i)) continue;
            snprintf(difference, size, "%s differs at %" PRIu64 " of %" PRIu64, a.name, i, a.count);
            return false;
        }
        compared += a.count;
    }
    if (compared == 0) snprintf(difference, size, "there is nothing to compare");
    return compared > 0;
}

/* ---- The kernels of a run, from its trace ------------------------------------------------------
 */

static bench_kernel *kernel_of(bench *b, const char *name, const char *size)
{
    for (uint32_t i = 0; i < b->kernel_count; ++i)
        if (strcmp(b->kernel[i].name, name) == 0 && strcmp(b->kernel[i].size, size) == 0)
            return &b->kernel[i];
    if (b->kernel_count == BENCH_KERNELS_MAX) return NULL;
    bench_kernel *const made = &b->kernel[b->kernel_count++];
    memset(made, 0, sizeof *made);
    snprintf(made->name, sizeof made->name, "%s", name);
    snprintf(made->size, sizeof made->size, "%s", size);
    made->device_clock = made->whole_run = true;
    return made;
}

static void kernels_add(bench *b, const td_trace *trace, const char *size, double operations)
{
    td_trace_event event = TD_TRACE_EVENT_INIT;
    for (uint64_t i = 0; td_trace_at(trace, i, &event); ++i) {
        if (event.kind != TD_TRACE_KERNEL) continue;
        bench_kernel *const row = kernel_of(b, event.name, size);
        if (!row) return;
        row->launches += 1;
        row->seconds += event.end - event.begin;
        if (strncmp(event.name, "rqa_one", 7) != 0 && strncmp(event.name, "rqa_many", 8) != 0)
            continue;
        row->operations = operations;
        row->operation_type = strstr(event.name, "f64") ? 'd' : 'f';
    }
}

/* ---- Timing -----------------------------------------------------------------------------------
 */

/* At most *repeats runs, of which it answers how many; the last one's table stays in *table. */
static td_status time_runs(td_engine *engine, const td_args *args, td_run_options *options,
                           uint32_t *repeats, double *seconds, td_report *best, td_table **table,
                           td_error *err)
{
    double least = INFINITY, total = 0;
    uint32_t done = 0;
    while (done < *repeats && total < REPEAT_SECONDS) {
        td_report report = TD_REPORT_INIT;
        td_table_destroy(*table);
        *table = NULL;
        const double begin = bench_now();
        const td_status status = td_run(engine, args, options, table, &report, err);
        const double took = seconds[done++] = bench_now() - begin;
        if (status) return status;
        total += took;
        if (took < least) {
            least = took;
            *best = report;
        }
    }
    *repeats = done;
    return TD_OK;
}

/* One more run on the device, with a trace, for its kernels. */
static td_status time_kernels(bench *b, td_engine *engine, const bench_call *call,
                              const td_args *args, td_run_options *options, td_error *err)
{
    double seconds = 0;
    uint32_t once = 1;
    td_report ignored = TD_REPORT_INIT;
    td_table *table = NULL;
    td_status status = td_trace_create(engine, TRACE_EVENTS, &options->trace, err);
    if (status) return status;
    status = time_runs(engine, args, options, &once, &seconds, &ignored, &table, err);
    if (!status) kernels_add(b, options->trace, call->name, call->operations);
    td_trace_destroy(options->trace);
    options->trace = NULL;
    td_table_destroy(table);
    return status;
}

/* What the engine says when it may choose. */
static td_status time_choice(td_engine *engine, const td_args *args, bench_run *row, td_error *err)
{
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report report = TD_REPORT_INIT;
    const td_status status = td_plan(engine, args, &options, &report, err);
    snprintf(row->choice, sizeof row->choice, "%s", report.choice);
    return status;
}

static td_status time_both(bench *b, td_engine *engine, const bench_call *call, const td_args *args,
                           bench_run *row, td_error *err)
{
    double seconds[BENCH_REPEATS_MAX];
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report ignored = TD_REPORT_INIT;
    td_table *wanted = NULL, *got = NULL;
    uint32_t repeats = call->repeats < BENCH_REPEATS_MAX ? call->repeats : BENCH_REPEATS_MAX;
    uint32_t once = 1, again = repeats;
    options.device = "cpu";
    td_status status = time_runs(engine, args, &options, &repeats, seconds, &ignored, &wanted, err);
    if (status) goto out;
    row->cpu = bench_median(seconds, repeats);
    row->cpu_best = seconds[0];
    bench_save(b);
    options.device = b->device;
    options.device_bytes_max = call->budget;
    options.fallback = call->fallback;
    status = time_runs(engine, args, &options, &once, &row->device_first, &row->report, &got, err);
    if (!status)
        status = time_runs(engine, args, &options, &again, seconds, &row->report, &got, err);
    if (status) goto out;
    row->device = bench_median(seconds, again);
    row->device_best = seconds[0];
    row->equal = tables_equal(wanted, got, row->difference, sizeof row->difference);
    status = time_choice(engine, args, row, err);
    if (!status && call->trace_kernels) status = time_kernels(b, engine, call, args, &options, err);
out:
    td_table_destroy(wanted);
    td_table_destroy(got);
    return status;
}

/* A new row, written down as begun; NULL when there is no room. */
static bench_run *row_begin(bench *b, const char *name)
{
    if (b->run_count == BENCH_ROWS_MAX) return NULL;
    bench_run *const row = &b->run[b->run_count++];
    memset(row, 0, sizeof *row);
    row->report = (td_report)TD_REPORT_INIT;
    snprintf(row->name, sizeof row->name, "%s", name);
    snprintf(row->difference, sizeof row->difference, "not finished");
    bench_save(b);
    return row;
}

static void row_end(bench *b, const bench_run *row)
{
    b->failures += !row->equal && !row->skipped;
    bench_save(b);
    fprintf(stderr, "%-52s cpu %9.4f s   device %9.4f s   %s%s\n", row->name, row->cpu, row->device,
            row->equal || row->skipped ? "" : "FAIL: ", row->equal ? "equal" : row->difference);
}

void run_time_args(bench *b, td_engine *engine, const bench_call *call, const td_args *args,
                   td_status status, td_error *err)
{
    bench_run *const row = row_begin(b, call->name);
    if (!row) return;
    row->combinations = call->combinations;
    row->published = call->published;
    if (call->published_note)
        snprintf(row->published_note, sizeof row->published_note, "%s", call->published_note);
    if (!status) status = time_both(b, engine, call, args, row, err);
    if (status) {
        row->equal = false; /* all of a row counts, its last run for the kernels too */
        snprintf(row->difference, sizeof row->difference, "%.180s", err->message);
    }
    if (row->equal) row->difference[0] = 0;
    row_end(b, row);
}

void run_time(bench *b, td_engine *engine, const bench_call *call, bench_data *data)
{
    td_error err = TD_ERROR_INIT;
    td_args *args = NULL;
    const td_status status = call_args(engine, call, data, &args, &err);
    run_time_args(b, engine, call, args, status, &err);
    td_args_destroy(args);
}

/* A row without a run. */
static void run_skip(bench *b, const char *name, bool failed, const char *reason)
{
    bench_run *const row = row_begin(b, name);
    if (!row) return;
    row->skipped = !failed;
    snprintf(row->difference, sizeof row->difference, "%s%.160s",
             failed ? "" : "skipped: ", reason);
    row_end(b, row);
}

/* ---- The runs ---------------------------------------------------------------------------------
 */

/* Of all pairs of diagonals of the recordings, m 1 to m_last by tau 1 to tau_last (or one of each),
 * in so many columns of all modes together: each m adds up its terms from the first on. */
static double diagonal_operations(const bench_data *data, uint32_t m_first, uint32_t m_last,
                                  uint32_t tau_first, uint32_t tau_last, double columns)
{
    double sum = 0;
    for (uint64_t i = 0; i < data->count; ++i)
        for (uint32_t m = m_first; m <= m_last; ++m)
            for (uint32_t tau = tau_first; tau <= tau_last; ++tau) {
                const double n =
                    (double)(data->offset[i + 1] - data->offset[i]) - (double)(m - 1) * (double)tau;
                if (n > 1) sum += n * (n - 1) / 2 * m * columns * TERM_OPS;
            }
    return sum;
}

static void study_of(bench *b, td_engine *engine, bench_data *data, bool kernels)
{
    static const char *const settings[][2] = {
        {"mode", "x:l1,xy:l2"}, {"m", "1:10"},       {"tau", "1:10"}, {"eps", "0.05:0.1:0.001"},
        {"lmin", "2:3"},        {"profile", "gaze"}, {NULL, NULL}};
    char name[128];
    snprintf(name, sizeof name, "study: %s", data->title);
    const bench_call call = {.name = name,
                             .settings = settings,
                             .combinations = 10200,
                             .repeats = b->quick ? 1 : 7,
                             .fallback = TD_FALLBACK_CPU,
                             .trace_kernels = kernels,
                             .operations = diagonal_operations(data, 1, 10, 1, 10, 3)};
    run_time(b, engine, &call, data);
}

void runs_study(bench *b, td_engine *engine)
{
    td_error err = TD_ERROR_INIT;
    bench_data data = {.count = 0};
    if (data_made(b->quick ? 20 : 305, &data, &err) == TD_OK) study_of(b, engine, &data, true);
    data_destroy(&data);
    if (b->data && !b->quick && data_recordings(b->data, &data, &err) == TD_OK) {
        study_of(b, engine, &data, false);
        data_destroy(&data);
    }
}

void runs_single(bench *b, td_engine *engine)
{
    static const struct {
        uint64_t count;
        double published;
    } series[] = {{5321, 0.0021}, {21185, 0.0105}, {100237, 0.217}};
    static const char *const settings[][2] = {
        {"m", "3"}, {"tau", "6"}, {"eps", "1.2"}, {"profile", "accrqa"}, {NULL, NULL}};
    td_error err = TD_ERROR_INIT;
    for (size_t i = 0; i < sizeof series / sizeof series[0]; ++i) {
        for (int vertical = 0; vertical < 2; ++vertical) {
            bench_data data = {.count = 0};
            char name[96];
            const uint64_t count = b->quick ? series[i].count / 20 : series[i].count;
            if (data_roessler(count, &data, &err)) return;
            snprintf(name, sizeof name, "N = %" PRIu64 ", m 3, tau 6, eps 1.2%s", count,
                     vertical ? ", vertical lines too" : "");
            /* Rows are twice as many pairs as the diagonals above the main one. */
            const double operations = diagonal_operations(&data, 3, 3, 6, 6, 1);
            const bench_call call = {.name = name,
                                     .settings = settings,
                                     .combinations = 1,
                                     .outputs = vertical ? "lam,tt,vmax,vent" : NULL,
                                     .repeats = b->quick ? 1 : 9,
                                     .published = vertical || b->quick ? 0 : series[i].published,
                                     .published_note =
                                         "AccRQA, published, one combination on an H100",
                                     .fallback = TD_FALLBACK_CPU,
                                     .trace_kernels = true,
                                     .operations = operations * (vertical ? 3 : 1)};
            run_time(b, engine, &call, &data);
            data_destroy(&data);
        }
    }
}

void runs_grid(bench *b, td_engine *engine)
{
    static const char *const settings[][2] = {{"m", "1:10"},         {"tau", "1:10"},
                                              {"eps", "0.4:2:0.1"},  {"lmin", "2:7"},
                                              {"profile", "accrqa"}, {NULL, NULL}};
    td_error err = TD_ERROR_INIT;
    bench_data data = {.count = 0};
    char name[96];
    const uint64_t count = b->quick ? 300 : 5000;
    if (data_roessler(count, &data, &err)) return;
    snprintf(name, sizeof name, "grid: N = %" PRIu64 ", 10 m x 10 tau x 17 eps x 6 lmin", count);
    const bench_call call = {
        .name = name,
        .settings = settings,
        .combinations = 10200,
        .repeats = b->quick ? 1 : 7,
        .published = b->quick ? 0 : 0.0021 * 1700,
        .published_note = "2.1 ms that AccRQA publishes for one of 5,321 points, times the 1,700 "
                          "combinations of m, tau and eps: arithmetic, not a measurement",
        .fallback = TD_FALLBACK_CPU,
        .trace_kernels = true,
        .operations = diagonal_operations(&data, 1, 10, 1, 10, 1)};
    run_time(b, engine, &call, &data);
    data_destroy(&data);
}

/* Few bytes for many thresholds: planned units are cut smaller, and nothing is lost. */
void runs_budget(bench *b, td_engine *engine)
{
    static const char *const settings[][2] = {
        {"m", "1:4"}, {"tau", "6"}, {"eps", "0.4:2:0.1"}, {"lmin", "2"}, {NULL, NULL}};
    static const uint64_t budgets[] = {1u << 20, 16u << 20};
    td_error err = TD_ERROR_INIT;
    bench_data data = {.count = 0};
    const uint64_t count = b->quick ? 2000 : 50000;
    if (data_roessler(count, &data, &err)) return;
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; ++i) {
        char name[96];
        snprintf(name, sizeof name, "budget of %" PRIu64 " MiB, N = %" PRIu64, budgets[i] >> 20,
                 count);
        const bench_call call = {.name = name,
                                 .settings = settings,
                                 .combinations = 68,
                                 .repeats = b->quick ? 1 : 3,
                                 .budget = budgets[i],
                                 .fallback = TD_FALLBACK_CPU};
        run_time(b, engine, &call, &data);
    }
    data_destroy(&data);
}

/* ---- Beside another process -------------------------------------------------------------------
 */

typedef struct holder {
    pid_t process;
    int to, from;
} holder;

/* Starts b->hold and reads its line: how much it holds, or why it does not. */
static bool holder_start(const bench *b, holder *h, char *line, size_t size)
{
    int to[2], from[2];
    char index[16];
    snprintf(index, sizeof index, "%zu", b->device_index);
    if (pipe(to) != 0) return false;
    if (pipe(from) != 0) return false;
    h->process = fork();
    if (h->process < 0) return false;
    if (h->process == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execl(b->hold, b->hold, b->backend, index, b->folder[0], (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    h->to = to[1];
    h->from = from[0];
    FILE *const stream = fdopen(h->from, "r");
    const bool said = stream && fgets(line, (int)size, stream) != NULL;
    if (stream) fclose(stream);
    else close(h->from);
    line[strcspn(line, "\n")] = 0;
    return said && strncmp(line, "holds ", 6) == 0;
}

/* It ends when its input does. */
static void holder_stop(holder *h)
{
    if (h->process <= 0) return;
    close(h->to);
    waitpid(h->process, NULL, 0);
}

void runs_beside(bench *b, td_engine *engine)
{
    holder h = {0, -1, -1};
    char line[160] = "it said nothing";
    if (!b->hold) return;
    /* What the pool keeps from earlier runs would be enough for this one. */
    for (size_t i = 0; td_device_at(engine, i); ++i)
        device_trim((td_device *)td_device_at(engine, i));
    if (holder_start(b, &h, line, sizeof line)) {
        static const char *const settings[][2] = {
            {"m", "1:4"}, {"tau", "1:6"}, {"eps", "0.4:2:0.1"}, {"lmin", "2"}, {NULL, NULL}};
        td_error err = TD_ERROR_INIT;
        bench_data data = {.count = 0};
        if (data_roessler(b->quick ? 1000 : 20000, &data, &err) == TD_OK) {
            char name[96];
            snprintf(name, sizeof name, "beside a process that %s", line);
            const bench_call call = {.name = name,
                                     .settings = settings,
                                     .combinations = 408,
                                     .repeats = b->quick ? 1 : 3,
                                     .fallback = TD_FALLBACK_CPU};
            run_time(b, engine, &call, &data);
            data_destroy(&data);
        }
    } else {
        run_skip(b, "beside a process that holds the memory", strcmp(line, BENCH_EXCLUSIVE) != 0,
                 line);
    }
    holder_stop(&h);
}
