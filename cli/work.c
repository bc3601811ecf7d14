/* work.c - see work.h. */
#include "cli/work.h"

#include "cli/signals.h"
#include "cli/work_device.h"
#include "cli/work_trace.h"
#include "core/op.h"
#include "io/postgres_url.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WARN_BYTES_MAX 1024

static void on_log(void *context, int level, const char *line)
{
    cli_work *work = context;
    char shown[WARN_BYTES_MAX];
    /* That a GPU's plug-in finds no driver is no news to who has no GPU; who asks for a device by
     * its name is told why it is not there. */
    if (strncmp(line, "backend ", 8) == 0) level = TD_LOG_INFO;
    if (work->cli->quiet || (level == TD_LOG_INFO && !work->cli->verbose)) return;
    snprintf(shown, sizeof shown, "%s: %s", level == TD_LOG_INFO ? "engine" : "warning", line);
    progress_line(work->bar, shown);
}

td_status work_open(cli_work *work, cli_call *cli, const td_op_impl *const *more, td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    work->cli = cli;
    work->bar = progress_start(progress_choose(cli->quiet));
    work->warnings = json_array();
    if (!work->warnings || !work->bar)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the progress");
    /* Of a URL without its password. */
    char *input = cli->word_count ? postgres_url_plain(cli->word[0]) : NULL;
    progress_publish(work->bar, cli->command->name, input);
    free(input);
    config.threads = (uint32_t)cli_int(cli, "threads");
    config.backends = device_backends(cli_text(cli, "device"), work->backends);
    config.host_bytes_max = (uint64_t)cli_int(cli, "memory") << 20;
    config.log = on_log;
    config.log_context = work;
    config.ops = more;
    td_status status = device_memory(cli, &work->device_bytes_max, err);
    if (!status) status = td_engine_create(&config, &work->engine, err);
    if (!status) status = device_check(work->engine, cli_text(cli, "device"), err);
    if (!status) status = trace_open(work, err);
    if (!status) status = td_cancel_create(work->engine, &work->cancel, err);
    if (!status) signals_watch(work->cancel, cli_float(cli, "timeout"));
    return status;
}

/* "rr,det" or "all": asks for exactly these measures; outputs that are no measures stay. */
static td_status set_measures(cli_work *work, const td_op *op, const char *list, td_error *err)
{
    const bool all = strcmp(list, "all") == 0;
    for (const char *at = list; at && !all;) {
        char name[FLAG_NAME_MAX];
        const size_t bytes = strcspn(at, ",");
        snprintf(name, sizeof name, "%.*s", (int)(bytes < 60 ? bytes : 60), at);
        bool known = false;
        for (uint32_t i = 0; i < op->output_count && !known; ++i)
            known =
                op_output_is_measure(op_output(op, i)) && strcmp(op_output(op, i)->name, name) == 0;
        if (!known) {
            paper allowed = {0};
            const cli_flag *flag = flags_find(&work->cli->flags, "measures", 8);
            if (flag) flag_add_measures(&allowed, flag, ", ");
            const td_status status =
                td_fail(err, TD_E_OUT_OF_RANGE, "measures has \"%s\", allowed %s, all", name,
                        allowed.data ? allowed.data : "");
            paper_free(&allowed);
            return status;
        }
        at = at[bytes] ? at + bytes + 1 : NULL;
    }
    for (uint32_t i = 0; i < op->output_count; ++i) {
        const td_port *output = op_output(op, i);
        if (!op_output_is_measure(output)) continue;
        const td_status status =
            td_args_output(work->args, output->name, all || word_in_list(list, output->name), err);
        if (status) return status;
    }
    return TD_OK;
}

td_status work_args(cli_work *work, const char *op_name, td_error *err)
{
    const cli_call *cli = work->cli;
    td_status status = td_args_create(work->engine, op_name, &work->args, err);
    if (status) return status;
    for (uint32_t i = 0; i < cli->flags.count && !status; ++i) {
        const cli_flag *flag = &cli->flags.item[i];
        if (!flag->value || strcmp(flag->op->name, op_name) != 0) continue;
        status = td_args_set_text(work->args, flag->param->name, flag->value, err);
    }
    const char *measures = cli_text(cli, "measures");
    if (!status && measures) status = set_measures(work, op_find(op_name), measures, err);
    if (status) error_drop_prefix(err, op_name);
    return status;
}

/* Points of the grid; a mode is no combination. */
static double combinations(const td_args *args)
{
    double count = 1.0;
    for (uint32_t i = 0; i < td_args_axis_count(args); ++i) {
        const td_axis *axis = td_args_axis_at(args, i);
        if (strcmp(axis->name, "mode") != 0) count *= (double)axis->count;
    }
    return count;
}

void work_measure(cli_work *work)
{
    progress_measure(work->bar, "measures", combinations(work->args), "combinations");
}

static void on_progress(void *context, const td_progress *now)
{
    cli_work *work = context;
    progress_update(work->bar, "measures", now);
}

void work_options(cli_work *work, td_run_options *options)
{
    options->device = cli_text(work->cli, "device");
    options->fallback = work_fallback(work);
    options->device_bytes_max = work->device_bytes_max;
    options->trace = work->trace;
    options->cancel = work->cancel;
    options->progress = on_progress;
    options->progress_context = work;
}

void work_warn(cli_work *work, const char *format, ...)
{
    char line[WARN_BYTES_MAX] = "warning: ";
    const size_t head = strlen(line);
    va_list args;
    va_start(args, format);
    vsnprintf(line + head, sizeof line - head, format, args);
    va_end(args);
    json_array_append_new(work->warnings, json_string(line + head));
    if (!work->cli->quiet) progress_line(work->bar, line);
}

/* "of 12 units 1 was tried again, 3 were moved to another device: unit 5 on cuda:0: ..." */
static void warn_of_rescue(cli_work *work, const td_report *report)
{
    const struct {
        uint32_t count;
        const char *done;
    } kinds[] = {{report->units_retried, "tried again"},
                 {report->units_split, "split"},
                 {report->units_moved, "moved to another device"}};
    paper line = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
        if (kinds[i].count)
            paper_addf(&line, "%s%u %s %s", line.bytes ? ", " : "", kinds[i].count,
                       kinds[i].count == 1 ? "was" : "were", kinds[i].done);
    if (line.data)
        work_warn(work, "of %u unit%s %s: %s", report->units, report->units == 1 ? "" : "s",
                  line.data, report->note);
    /* Not even a plan could be made there. */
    else work_warn(work, "%s ran all of it: %s", report->device, report->note);
    paper_free(&line);
}

void work_show_report(cli_work *work, const char *what, const td_table *table,
                      const td_report *report)
{
    const char *lines = table ? td_table_attribute(table, "warnings") : NULL;
    while (lines && *lines) {
        const size_t bytes = strcspn(lines, "\n");
        if (bytes) work_warn(work, "%.*s", (int)(bytes < 900 ? bytes : 900), lines);
        lines += bytes;
        lines += *lines == '\n';
    }
    if (report->note[0]) warn_of_rescue(work, report);
    if (!work->cli->quiet) {
        paper page = {0};
        if (work->cli->verbose || run_report_matters(report)) run_report_add(&page, what, report);
        else run_report_add_line(&page, what, report);
        if (page.data) progress_text(work->bar, page.data);
        paper_free(&page);
    }
}

td_status work_finish(cli_work *work, td_status status, bool kept, td_error *err)
{
    const char *step = NULL;
    double done = 0.0;
    char where[96] = "";
    progress_state(work->bar, &step, &done);
    if (*step) snprintf(where, sizeof where, " at %.0f %% of step \"%s\"", 100.0 * done, step);
    const char *problem = work->cli->verbose ? progress_problem(work->bar) : NULL;
    if (problem) {
        char line[WARN_BYTES_MAX];
        snprintf(line, sizeof line, "engine: not shown by %s top: %s", PROGRAM, problem);
        progress_line(work->bar, line);
    }
    progress_end(work->bar, !status);
    work->bar = NULL;
    signals_unwatch();
    work->cli->resumable = status && kept;
    work->trace_error = (td_error)TD_ERROR_INIT;
    work->trace_status = trace_close(work, status ? NULL : &work->trace_error);
    if (status != TD_E_CANCELLED) return status;
    if (signals_timed_out() && !signals_caught())
        return td_fail(err, TD_E_TIMEOUT, "the time limit of %g s was reached%s",
                       cli_float(work->cli, "timeout"), where);
    return td_fail(err, TD_E_CANCELLED, "stopped%s", where);
}

td_status work_trace_status(const cli_work *work, td_error *err)
{
    if (work->trace_status && err) *err = work->trace_error;
    return work->trace_status;
}

void work_close(cli_work *work)
{
    signals_unwatch();
    progress_end(work->bar, false);
    work->bar = NULL;
    td_args_destroy(work->args);
    td_trace_destroy(work->trace);
    td_cancel_destroy(work->cancel);
    td_engine_destroy(work->engine);
    json_decref(work->warnings);
    json_decref(work->plan);
    json_decref(work->timeline);
}

json_t *json_number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

td_status work_print_json(cli_call *cli, json_t *root, td_error *err)
{
    char *dump = root ? json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
    td_status status = TD_OK;
    if (!dump) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for the JSON document");
    } else {
        paper page = {0};
        paper_addf(&page, "%s\n", dump);
        cli->document_printed = true;
        status = cli_out(cli, &page, err);
    }
    free(dump);
    json_decref(root);
    return status;
}
