/* study_run.c - a whole study, step by step: read, measures, merge, enrich, statistics, write,
 * report. Everything that can fail for a wrong name or a bad file fails before the measures. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/cancel.h"
#include "io/file.h"
#include "io/netcdf_table.h"
#include "io/store_sqlite.h"
#include "report/report.h"
#include "study/command.h"
#include "study/features.h"
#include "study/labels.h"
#include "study/places.h"
#include "study/statistics.h"
#include "study/study.h"
#include "tandem/module.h"

#define LINE_BYTES 1024u

typedef struct run {
    td_engine *engine;
    td_args *args;
    const study_config *config;
    const study_hooks *hooks;
    study_summary *summary;
    arena texts;
    const char *checkpoint;
    study_input *input;
    labels *who;
    features *eyes;
    store_file *store;
    td_table *table;
    const char *step;
    double started;
} run;

/* ---- Steps, progress, warnings ------------------------------------------------------------- */

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void tell_progress(run *at, uint64_t done, uint64_t total)
{
    const td_progress progress = {.units_done = done,
                                  .units_total = total,
                                  .cost_done = (double)done,
                                  .cost_total = (double)total};
    if (at->hooks && at->hooks->progress)
        at->hooks->progress(at->hooks->context, at->step, &progress);
}

static td_status begin_step(run *at, const char *name, td_error *err)
{
    if (at->hooks && cancel_requested(at->hooks->cancel))
        return td_fail(err, TD_E_CANCELLED, "the study was stopped before the step \"%s\"", name);
    at->step = name;
    at->started = now();
    tell_progress(at, 0, 1);
    return TD_OK;
}

static void end_step(run *at, bool resumed)
{
    tell_progress(at, 1, 1);
    if (at->summary->step_count == STUDY_STEPS_MAX) return;
    at->summary->step[at->summary->step_count++] =
        (study_step){at->step, now() - at->started, resumed};
}

static void on_units(void *context, const td_progress *progress)
{
    const run *at = context;
    if (at->hooks && at->hooks->progress)
        at->hooks->progress(at->hooks->context, at->step, progress);
}

/* To the caller at once, and into the table, so that whoever reads the file later knows too. */
static td_status warn(run *at, td_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static td_status warn(run *at, td_error *err, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list list;
    va_start(list, format);
    if (vsnprintf(line, sizeof line, format, list) < 0) line[0] = 0;
    va_end(list);
    return td_table_warn(at->table, err, "%s", line);
}

/* The table's attribute has a line for each warning. */
static void tell_warnings(run *at)
{
    const char *lines = td_table_attribute(at->table, "warnings");
    while (lines && *lines) {
        char line[LINE_BYTES];
        const size_t length = strcspn(lines, "\n");
        (void)snprintf(line, sizeof line, "%.*s",
                       (int)(length < LINE_BYTES ? length : LINE_BYTES - 1), lines);
        if (length) {
            at->summary->warnings += 1;
            if (at->hooks && at->hooks->warn) at->hooks->warn(at->hooks->context, line);
        }
        lines += length + (lines[length] == '\n');
    }
}

/* ---- The steps ----------------------------------------------------------------------------- */

static td_status step_read(run *at, td_error *err)
{
    const study_config *config = at->config;
    char mode[STUDY_MODE_BYTES];
    td_status status = begin_step(at, "read", err);
    if (!status) status = places_check(config, &at->texts, &at->checkpoint, err);
    if (!status)
        status = study_input_open_as(config->input, config->columns, config->skip_bad,
                                     study_numbers_of(td_args_get(at->args, "profile").as.s),
                                     study_mode_with_y(at->args, mode), &at->input, err);
    if (!status) status = labels_open(at->input, &at->who, err);
    if (!status) status = features_open(at->input, config->events, config->roi, &at->eyes, err);
    if (!status) status = td_args_bind_series(at->args, "recordings", &at->input->series, err);
    if (!status) status = store_open(at->checkpoint, &at->store, err);
    if (status) return status;
    at->summary->recordings = at->input->series.item_count;
    at->summary->subjects = at->who->subjects;
    at->summary->groups = at->who->groups;
    at->summary->skipped = at->input->skipped_count;
    at->summary->duplicates = at->input->duplicate_count;
    at->summary->combinations = 1;
    for (uint32_t i = 0; i < td_args_axis_count(at->args); ++i) {
        const td_axis *axis = td_args_axis_at(at->args, i);
        if (strcmp(axis->name, "mode") != 0) at->summary->combinations *= axis->count;
    }
    end_step(at, false);
    return TD_OK;
}

/* What the run would be, for who asks to be told before it starts. */
static td_status tell_plan(const run *at, const td_run_options *options, td_error *err)
{
    td_report plan = TD_REPORT_INIT;
    if (!at->hooks || !at->hooks->plan) return TD_OK;
    const td_status status = td_plan(at->engine, at->args, options, &plan, err);
    if (!status) at->hooks->plan(at->hooks->context, &plan);
    return status;
}

static td_status step_measures(run *at, td_error *err)
{
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_status status = begin_step(at, "measures", err);
    if (!status) status = store_run(at->store, "measures", &options.store, err);
    options.device = at->config->device;
    options.fallback = at->config->fallback;
    options.device_bytes_max = at->config->device_bytes_max;
    options.trace = at->config->trace;
    options.cancel = at->hooks ? at->hooks->cancel : NULL;
    options.progress = on_units;
    options.progress_context = at;
    at->summary->measures = (td_report)TD_REPORT_INIT;
    if (!status) status = tell_plan(at, &options, err);
    if (!status)
        status = td_run(at->engine, at->args, &options, &at->table, &at->summary->measures, err);
    if (!status) end_step(at, at->summary->measures.units_resumed > 0);
    return status;
}

static td_status warn_of_input(run *at, td_error *err)
{
    td_status status = TD_OK;
    for (uint64_t i = 0; i < at->input->skipped_count && !status; ++i) {
        const study_problem *one = &at->input->skipped[i];
        char place[32] = "";
        if (one->line) (void)snprintf(place, sizeof place, ":%" PRIu64, one->line);
        status = warn(at, err, "left out: %s%s: %s", one->path, place, one->message);
    }
    for (uint64_t i = 0; i < at->input->duplicate_count && !status; ++i)
        status = warn(at, err, "one name for several recordings, kept apart: %s",
                      at->input->duplicate[i]);
    if (!status && at->who->shared_names)
        status = warn(at, err,
                      "%" PRIu64 " names of subjects occur in several groups (the first:"
                      " %s); they are taken for different persons",
                      at->who->shared_names, at->who->shared_name);
    return status;
}

static td_status step_merge(run *at, td_error *err)
{
    td_status status = begin_step(at, "merge", err);
    if (!status) status = labels_add(at->who, at->input, at->table, err);
    if (!status) status = command_describe(at->engine, at->args, at->config, at->table, err);
    if (!status) status = warn_of_input(at, err);
    if (!status) end_step(at, false);
    return status;
}

static td_status step_enrich(run *at, td_error *err)
{
    td_status status = begin_step(at, "enrich", err);
    if (!status) status = features_add(at->eyes, at->table, err);
    if (!status) end_step(at, false);
    return status;
}

/* Without a spread inside each group nothing can be compared. */
static td_status warn_of_small_groups(run *at, td_error *err)
{
    const labels *who = at->who;
    const uint64_t units = at->config->by_recording ? who->recordings : who->subjects;
    const int32_t *group = at->config->by_recording ? who->group_of : who->group_of_subject;
    const char *word = at->config->by_recording ? "recording" : "subject";
    const char *first = "";
    uint64_t small = 0;
    for (uint64_t g = 0; g < who->groups; ++g) {
        uint64_t count = 0;
        for (uint64_t i = 0; i < units; ++i)
            count += group[i] == (int32_t)g;
        if (count >= 2) continue;
        if (small++ == 0) first = who->group_name[g];
    }
    if (small == 0) return TD_OK;
    return warn(at, err,
                "%" PRIu64 " of %" PRIu64 " groups %s one %s only (the first: %s): the analysis of"
                " variance is not defined, for it needs 2 or more in every group; a pair needs 2"
                " or more in both",
                small, who->groups, small == 1 ? "has" : "have", word, first);
}

static td_status step_statistics(run *at, td_error *err)
{
    const statistics_call call = {
        .engine = at->engine,
        .who = at->who,
        .store = at->store,
        .by_recording = at->config->by_recording,
        .cancel = at->hooks ? at->hooks->cancel : NULL,
        .trace = at->config->trace,
        .progress = on_units,
        .progress_context = at,
    };
    at->summary->statistics = (td_report)TD_REPORT_INIT;
    if (at->config->no_statistics) return TD_OK;
    if (at->who->pairs == 0)
        return warn(at, err,
                    "statistics left out: 2 to %u groups can be compared, and there %s %" PRIu64,
                    STATS_GROUPS_MAX, at->who->groups == 1 ? "is" : "are", at->who->groups);
    td_status status = begin_step(at, "statistics", err);
    if (!status && at->config->by_recording)
        status = warn(at, err,
                      "statistics count recordings, not subjects: recordings of one person"
                      " are not independent, so p-values come out too small");
    if (!status) status = warn_of_small_groups(at, err);
    if (!status) status = statistics_add(&call, at->table, &at->summary->statistics, err);
    if (!status) end_step(at, at->summary->statistics.units_resumed > 0);
    return status;
}

static td_status step_write(run *at, td_error *err)
{
    td_status status = begin_step(at, "write", err);
    if (!status) status = netcdf_write(at->config->output, at->table, err);
    if (!status) end_step(at, false);
    return status;
}

/* ---- The report ---------------------------------------------------------------------------- */

static td_status on_figure(void *context, const char *name, const char *svg, size_t bytes,
                           td_error *err)
{
    const run *at = context;
    arena texts = {NULL};
    const char *path = arena_print(&texts, "%s/%s.svg", at->config->figures, name);
    td_status status = path ? file_write(path, svg, bytes, err)
                            : td_fail(err, TD_E_NO_MEMORY, "no memory for the name of a figure");
    arena_free(&texts);
    return status;
}

static td_status write_report(run *at, const report_input *input, td_error *err)
{
    char *html = NULL;
    size_t bytes = 0;
    if (!at->config->report || !*at->config->report) return TD_OK;
    td_status status = report_html(input, &html, &bytes, err);
    if (!status) status = file_write(at->config->report, html, bytes, err);
    free(html);
    return status;
}

static td_status step_report(run *at, td_error *err)
{
    const study_input *in = at->input;
    const bool figures = at->config->figures && *at->config->figures;
    const char *command = at->config->command;
    if (!figures && !(at->config->report && *at->config->report)) return TD_OK;
    td_status status = begin_step(at, "report", err);
    if (status) return status;
    report_problem *skipped = calloc(in->skipped_count + 1, sizeof *skipped);
    if (!skipped) return td_fail(err, TD_E_NO_MEMORY, "no memory for the report");
    for (uint64_t i = 0; i < in->skipped_count; ++i)
        skipped[i] = (report_problem){.path = in->skipped[i].path,
                                      .message = in->skipped[i].message,
                                      .line = in->skipped[i].line};
    const report_input input = {
        .table = at->table,
        .series = &in->series,
        .command = command ? command : td_table_attribute(at->table, "command"),
        .skipped = skipped,
        .skipped_count = in->skipped_count,
        .duplicate = in->duplicate,
        .duplicate_count = in->duplicate_count,
        .engine = at->engine,
    };
    status = write_report(at, &input, err);
    if (!status && figures) status = report_figures(&input, on_figure, at, err);
    free(skipped);
    if (!status) end_step(at, false);
    return status;
}

/* ---- The whole ----------------------------------------------------------------------------- */

td_status study_run(td_engine *engine, td_args *args, const study_config *config,
                    const study_hooks *hooks, study_summary *summary, td_error *err)
{
    static td_status (*const steps[])(run *, td_error *) = {
        step_read, step_measures, step_merge, step_enrich, step_statistics, step_write, step_report,
    };
    study_summary own;
    run at = {.engine = engine,
              .args = args,
              .config = config,
              .hooks = hooks,
              .summary = summary ? summary : &own};
    *at.summary = (study_summary){.measures = TD_REPORT_INIT, .statistics = TD_REPORT_INIT};
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !status; ++i)
        status = steps[i](&at, err);
    if (at.table) tell_warnings(&at);
    /* The results are on disk: the checkpoint has done its work. Before that it is kept. */
    if (status) store_close(at.store);
    else store_remove(at.store);
    td_table_destroy(at.table);
    features_close(at.eyes);
    labels_close(at.who);
    study_input_close(at.input);
    arena_free(&at.texts);
    return status;
}
