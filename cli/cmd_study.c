/* cmd_study.c - tandem rqa study: a whole study, from a folder to a file and a report. */
#include "cli/places.h"
#include "cli/work.h"

#include "study/study.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const td_op_impl *const study_ops[] = {&stats_groups_impl, NULL};

static void on_progress(void *context, const char *step, const td_progress *now)
{
    cli_work *work = context;
    progress_update(work->bar, step, now);
}

static void on_warning(void *context, const char *line)
{
    cli_work *work = context;
    work_warn(work, "%s", line);
}

static void on_plan(void *context, const td_report *plan)
{
    work_show_plan(context, plan);
}

static void read_config(const cli_call *cli, const char *command, char *checkpoint,
                        size_t checkpoint_size, study_config *config)
{
    const char *unit = cli_text(cli, "unit");
    *config = (study_config){0};
    config->input = cli->word[0];
    config->columns = cli_text(cli, "columns");
    config->events = cli_text(cli, "events");
    config->roi = cli_text(cli, "roi");
    config->output = cli_text(cli, "output");
    config->report = cli_text(cli, "report");
    config->figures = cli_text(cli, "figures");
    config->checkpoint = cli_text(cli, "checkpoint");
    config->command = command;
    config->skip_bad = cli_bool(cli, "skip_bad");
    config->by_recording = unit && strcmp(unit, "recording") == 0;
    config->no_statistics = !cli_bool(cli, "statistics");
    snprintf(checkpoint, checkpoint_size, "%s%s",
             config->checkpoint ? config->checkpoint
             : config->output   ? config->output
                                : "",
             config->checkpoint ? "" : ".checkpoint");
}

/* A result is never written in the place of what it is made from. */
static td_status check_recordings(const study_config *config, const char *checkpoint, td_error *err)
{
    const char *const flags[] = {"output", "report", "checkpoint"};
    const char *const paths[] = {config->output, config->report, checkpoint};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i)
        if (place_is_recording(paths[i], config->input))
            return td_fail(err, TD_E_BAD_ARGUMENT, "--%s %s is one of the recordings in %s",
                           flags[i], paths[i], config->input);
    return TD_OK;
}

static td_status check_config(const study_config *config, const char *checkpoint, td_error *err)
{
    if (!config->output)
        return td_fail(err, TD_E_BAD_ARGUMENT, "-o is missing: name the file for the results");
    td_status status = place_check_file("output", config->output, err);
    if (!status) status = place_check_file("report", config->report, err);
    if (!status) status = place_check_file("checkpoint", checkpoint, err);
    if (!status && config->report && strcmp(config->report, config->output) == 0)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "--output and --report name the same file %s",
                         config->output);
    if (!status && !place_exists(config->input))
        status = td_fail(err, TD_E_IO, "%s: there is no such folder or file", config->input);
    if (!status) status = check_recordings(config, checkpoint, err);
    if (!status) status = place_make_folder("figures", config->figures, err);
    return status;
}

/* ---- What is printed at the end --------------------------------------------------------- */

/* ", 1 group", ", 10,200 combinations" */
static void add_counted(paper *page, const char *before, uint64_t count, const char *word)
{
    paper_add(page, before);
    paper_add_count(page, count);
    paper_addf(page, " %s%s", word, count == 1 ? "" : "s");
}

static td_status print_text(cli_work *work, const study_config *config,
                            const study_summary *summary, td_error *err)
{
    paper page = {0};
    double seconds = 0.0;
    add_counted(&page, "", summary->recordings, "recording");
    add_counted(&page, " of ", summary->subjects, "subject");
    add_counted(&page, " in ", summary->groups, "group");
    add_counted(&page, ", ", summary->combinations, "combination");
    add_counted(&page, " in ", td_args_axis(work->args, "mode")->count, "mode");
    if (summary->skipped) {
        add_counted(&page, ", ", summary->skipped, "file");
        paper_add(&page, " left out");
    }
    if (summary->duplicates) {
        add_counted(&page, ", ", summary->duplicates, "name");
        paper_add(&page, summary->duplicates == 1 ? " that occurs twice" : " that occur twice");
    }
    if (summary->warnings) add_counted(&page, ", ", summary->warnings, "warning");
    paper_add(&page, "\n");
    for (uint32_t i = 0; i < summary->step_count; ++i) {
        const study_step *step = &summary->step[i];
        paper_addf(&page, "  %-12s%8.2f s%s\n", step->name, step->seconds,
                   step->resumed ? "  (kept from before)" : "");
        seconds += step->seconds;
    }
    paper_addf(&page, "  %-12s%8.2f s\n", "all", seconds);
    if (summary->measures.units_resumed)
        paper_addf(&page, "  %u of %u units of the measures were kept from before\n",
                   summary->measures.units_resumed, summary->measures.units);
    paper_addf(&page, "results: %s\n", config->output);
    if (config->report) paper_addf(&page, "report:  %s\n", config->report);
    if (config->figures) paper_addf(&page, "figures: %s\n", config->figures);
    return cli_out(work->cli, &page, err);
}

static td_status print_json(cli_work *work, const study_config *config,
                            const study_summary *summary, td_error *err)
{
    json_t *steps = json_array();
    for (uint32_t i = 0; i < summary->step_count; ++i)
        json_array_append_new(steps, json_pack("{s:s, s:f, s:b}", "name", summary->step[i].name,
                                               "seconds", summary->step[i].seconds, "resumed",
                                               (int)summary->step[i].resumed));
    json_t *root = json_pack(
        "{s:s, s:s?, s:s?, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:O, s:s}", "output",
        config->output, "report", config->report, "figures", config->figures, "recordings",
        (json_int_t)summary->recordings, "subjects", (json_int_t)summary->subjects, "groups",
        (json_int_t)summary->groups, "combinations", (json_int_t)summary->combinations, "skipped",
        (json_int_t)summary->skipped, "duplicates", (json_int_t)summary->duplicates, "steps", steps,
        "measures", run_report_json(&summary->measures), "statistics",
        run_report_json(&summary->statistics), "warnings", work->warnings, "command",
        config->command);
    if (root && work->plan) json_object_set(root, "plan", work->plan);
    if (root && work->timeline) json_object_set(root, "trace", work->timeline);
    return work_print_json(work->cli, root, err);
}

/* A wrong argument, such as another grid than that of the checkpoint, or a file that is none, is
 * wrong again when the same command is run again; and what another process has open is not ours
 * to go on with. */
static bool can_go_on(td_status status, const td_error *err)
{
    if (status == TD_E_IO && err->native_code == EWOULDBLOCK) return false;
    return status != TD_E_BAD_ARGUMENT && status != TD_E_OUT_OF_RANGE && status != TD_E_CORRUPT;
}

td_status cmd_study(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    paper command = {0};
    study_config config;
    study_summary summary = {0};
    char checkpoint[PATH_MAX];
    cli_add_command(&command, cli->argc, cli->argv);
    td_status status = paper_check(&command, err);
    if (status) goto out;
    read_config(cli, command.data, checkpoint, sizeof checkpoint, &config);
    status = work_open(&work, cli, study_ops, err);
    if (status) goto out;
    status = work_args(&work, "rqa.measures", err);
    if (status) goto out;
    status = check_config(&config, checkpoint, err);
    if (status) goto out;
    config.device = cli_text(cli, "device");
    config.fallback = work_fallback(&work);
    config.device_bytes_max = work.device_bytes_max;
    config.trace = work.trace;
    work_measure(&work);
    const study_hooks hooks = {on_progress, on_warning, &work, work.cancel,
                               work_explains(&work) ? on_plan : NULL};
    status = study_run(work.engine, work.args, &config, &hooks, &summary, err);
    if (!status) {
        work_show_report(&work, "measures", NULL, &summary.measures);
        if (summary.statistics.units)
            work_show_report(&work, "statistics", NULL, &summary.statistics);
    }
    status = work_finish(&work, status, can_go_on(status, err) && place_exists(checkpoint), err);
    if (!status)
        status = cli->json ? print_json(&work, &config, &summary, err)
                           : print_text(&work, &config, &summary, err);
    if (!status) status = work_trace_status(&work, err);
out:
    work_close(&work);
    paper_free(&command);
    return status;
}
