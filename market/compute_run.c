/* compute_run.c - see compute_run.h. */
#include "market/compute_run.h"

#include "core/op.h"
#include "io/netcdf_table.h"
#include "io/prices.h"
#include "market/compute_call.h"
#include "market/compute_join.h"
#include "market/table_csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX_BYTES 64

typedef struct run {
    td_engine *engine;
    const compute_config *config;
    compute_summary *summary;
    market_steps steps;
    prices *file;
    panel_pick pick;
    compute_call *call; /* call_count of them */
    td_table *table;
} run;

/* ---- Read ----------------------------------------------------------------------------------- */

/* What the indicators do have. */
static td_status fail_set(const run *at, const char *given, size_t bytes, td_error *err)
{
    char list[240] = "";
    size_t used = 0;
    for (uint32_t c = 0; c < at->config->call_count; ++c) {
        char name[OP_NAME_MAX];
        snprintf(name, sizeof name, "market.%.50s", at->call[c].name);
        const td_op *op = td_op_find(at->engine, name);
        for (uint32_t i = 0; op && i < op->param_count && used + 64 < sizeof list; ++i) {
            const int more = snprintf(list + used, sizeof list - used, "%s%.40s of %.16s",
                                      used ? ", " : "", op_param(op, i)->name, at->call[c].name);
            used += more > 0 ? (size_t)more : 0;
        }
    }
    return td_fail(
        err, TD_E_BAD_ARGUMENT, "none of the indicators has a parameter %.*s; there %s %s",
        (int)(bytes < 60 ? bytes : 60), given, used ? "are" : "is", used ? list : "none");
}

static td_status check_set(const run *at, td_error *err)
{
    for (uint32_t i = 0; i < at->config->set_count; ++i) {
        const char *text = at->config->set[i];
        const size_t bytes = strcspn(text, "=");
        bool used = false;
        for (uint32_t c = 0; c < at->config->call_count && !used; ++c) {
            char name[OP_NAME_MAX], param[OP_NAME_MAX];
            snprintf(name, sizeof name, "market.%.50s", at->call[c].name);
            snprintf(param, sizeof param, "%.*s", (int)(bytes < 60 ? bytes : 60), text);
            const td_op *op = td_op_find(at->engine, name);
            used = !op || op_find_param(op, param) != UINT32_MAX;
        }
        if (!used) return fail_set(at, text, bytes, err);
    }
    return TD_OK;
}

static td_status step_read(run *at, td_error *err)
{
    const compute_config *config = at->config;
    td_status status = market_step_begin(&at->steps, "read", err);
    at->call = calloc((size_t)config->call_count + 1, sizeof *at->call);
    if (!status && !at->call) status = td_fail(err, TD_E_NO_MEMORY, "no memory for the calls");
    for (uint32_t i = 0; i < config->call_count && !status; ++i)
        status = call_parse(config->call[i], &at->call[i], err);
    if (!status) status = check_set(at, err);
    if (!status) status = prices_open(config->prices, &at->file, err);
    if (!status)
        status = panel_pick_make(prices_panel(at->file), &config->choice, config->prices, &at->pick,
                                 err);
    if (status) return status;
    at->summary->symbols = at->pick.panel.symbol_count;
    at->summary->bars = at->pick.panel.bar_count;
    market_step_end(&at->steps, false);
    return TD_OK;
}

/* ---- Compute -------------------------------------------------------------------------------- */

static double result_values(const run *at, const td_args *args)
{
    double count = (double)at->summary->symbols * (double)at->summary->bars;
    for (uint32_t i = 0; i < td_args_axis_count(args); ++i)
        count *= (double)td_args_axis_at(args, i)->count;
    return count * td_args_op(args)->output_count;
}

static td_status compute_one(run *at, const compute_call *call, td_table **out, td_error *err)
{
    const compute_config *config = at->config;
    panel_inputs inputs = {.panel = &at->pick.panel};
    panel_role role[CALL_ROLES_MAX];
    td_args *args = NULL;
    td_report report = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_status status = call_args(at->engine, call, config->set, config->set_count, config->gaps,
                                 &inputs, role, config->prices, &args, err);
    if (status) goto out;
    status = market_check_size(&config->place, result_values(at, args),
                               config->call_count > 1 ? 16.0 : 8.0,
                               "fewer values of a parameter, fewer --symbols, or a shorter time "
                               "with --from and --to",
                               err);
    if (status) goto out;
    options.device = config->place.device;
    options.fallback = config->place.fallback;
    options.device_bytes_max = config->place.device_bytes_max;
    options.trace = config->place.trace;
    options.cancel = at->steps.hooks ? at->steps.hooks->cancel : NULL;
    options.progress = market_step_units;
    options.progress_context = &at->steps;
    if (at->steps.hooks && at->steps.hooks->plan) {
        status = td_plan(at->engine, args, &options, &report, err);
        if (status) goto out;
        at->steps.hooks->plan(at->steps.hooks->context, &report);
        report = (td_report)TD_REPORT_INIT;
    }
    status = td_run(at->engine, args, &options, out, &report, err);
    if (!status && report.seconds_total >= at->summary->report.seconds_total)
        at->summary->report = report;
    if (!status) market_warn_table(at->steps.hooks, *out);
out:
    td_args_destroy(args);
    panel_inputs_free(&inputs);
    return status;
}

static td_status describe(run *at, td_error *err)
{
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", TD_VERSION_MAJOR, TD_VERSION_MINOR,
             TD_VERSION_PATCH);
    const char *const attribute[][2] = {{"title", "Indicators"},
                                        {"command", at->config->command},
                                        {"version", version},
                                        {"prices", at->config->prices}};
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof attribute / sizeof *attribute && !status; ++i)
        if (attribute[i][1])
            status = td_table_set_attribute(at->table, attribute[i][0], attribute[i][1], err);
    return status;
}

/* "_20_2" for an indicator that stands in several calls: the values that it was given. */
static const char *suffix_of(const run *at, uint32_t index, char out[SUFFIX_BYTES])
{
    const compute_call *call = &at->call[index];
    uint32_t same = 0;
    size_t bytes = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < at->config->call_count; ++i)
        same += strcmp(at->call[i].name, call->name) == 0;
    if (same < 2) return out;
    for (uint32_t i = 0; i < call->setting_count && bytes + 1 < SUFFIX_BYTES; ++i) {
        const int more = snprintf(out + bytes, SUFFIX_BYTES - bytes, "_%s", call->setting[i].value);
        bytes += more > 0 ? (size_t)more : 0;
    }
    for (char *c = out; *c; ++c)
        if (*c == ':' || *c == ',' || *c == '-') *c = '_';
    return out;
}

static td_status step_compute(run *at, td_error *err)
{
    char suffix[SUFFIX_BYTES];
    td_status status = market_step_begin(&at->steps, "compute", err);
    if (!status && at->config->call_count == 1)
        status = compute_one(at, &at->call[0], &at->table, err);
    else if (!status) status = td_table_create(NULL, &at->table, err);
    for (uint32_t i = 0; at->config->call_count > 1 && i < at->config->call_count && !status; ++i) {
        td_table *one = NULL;
        status = compute_one(at, &at->call[i], &one, err);
        if (!status)
            status = compute_join(at->table, one, at->call[i].name, suffix_of(at, i, suffix), err);
        td_table_destroy(one);
    }
    if (!status) status = describe(at, err);
    if (!status) market_step_end(&at->steps, false);
    return status;
}

/* ---- Write ---------------------------------------------------------------------------------- */

static bool on_rows(void *context, double done)
{
    const run *at = context;
    market_step_tell(&at->steps, done);
    return market_stopped(at->steps.hooks);
}

/* Columns symbol, parameters, date, then the outputs, which must have the same dimensions. */
static td_status write_csv(run *at, td_error *err)
{
    const char *name[TABLE_CSV_VARS_MAX], *heading[TD_TABLE_RANK_MAX];
    td_var var = {0}, first = {0};
    uint32_t count = 0;
    if (!td_table_var(at->table, 0, &first))
        return td_fail(err, TD_E_INTERNAL, "%s: there is nothing to write", at->config->csv);
    for (uint32_t i = 0; td_table_var(at->table, i, &var); ++i) {
        if (count == TABLE_CSV_VARS_MAX || var.rank != first.rank ||
            memcmp(var.dim, first.dim, first.rank * sizeof *first.dim) != 0)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "csv: %s and %s have different dimensions; a CSV holds the grid of one "
                           "indicator, or several indicators at one point each",
                           first.name, var.name);
        name[count++] = var.name;
    }
    for (uint32_t d = 0; d < first.rank; ++d) {
        td_dim dim;
        heading[d] = "";
        if (td_table_dim(at->table, first.dim[d], &dim))
            heading[d] = strcmp(dim.name, "bar") == 0 ? "date" : dim.name;
    }
    const table_csv how = {at->config->csv, name, count, heading, true, on_rows, at};
    return table_csv_write(at->table, &how, &at->summary->csv_rows, err);
}

static td_status step_write(run *at, td_error *err)
{
    const compute_config *config = at->config;
    if (!config->output && !config->csv) return TD_OK;
    td_status status = market_step_begin(&at->steps, "write", err);
    if (!status && config->output) status = netcdf_write(config->output, at->table, err);
    if (!status && config->csv) status = write_csv(at, err);
    if (!status) market_step_end(&at->steps, false);
    return status;
}

td_status compute_run(td_engine *engine, const compute_config *config, const market_hooks *hooks,
                      compute_summary *summary, td_table **table, td_error *err)
{
    run at = {.engine = engine, .config = config, .summary = summary, .steps = {.hooks = hooks}};
    *summary = (compute_summary){.report = TD_REPORT_INIT};
    if (config->call_count == 0 || config->call_count > COMPUTE_CALLS_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%u indicators, allowed 1 to %d", config->call_count,
                       COMPUTE_CALLS_MAX);
    td_status status = step_read(&at, err);
    if (!status) status = step_compute(&at, err);
    if (!status) status = step_write(&at, err);
    summary->step_count = at.steps.count;
    memcpy(summary->step, at.steps.step, sizeof summary->step);
    if (!status && table) {
        *table = at.table;
        at.table = NULL;
    }
    td_table_destroy(at.table);
    for (uint32_t i = 0; at.call && i < config->call_count; ++i)
        call_free(&at.call[i]);
    free(at.call);
    panel_pick_free(&at.pick);
    prices_close(at.file);
    return status;
}
