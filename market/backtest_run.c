/* backtest_run.c - see backtest_run.h: the steps of a whole backtest. */
#include "market/backtest_parts.h"

#include "core/op.h"
#include "io/netcdf_table.h"
#include "market/dates.h"
#include "market/table_csv.h"
#include "report/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Below so many bars of points and symbols a run takes 2 or 3 seconds: then its units are not kept,
 * for syncing them would be felt (measured at 3e9: 13 % of 4 s). */
#define CHECKPOINT_WORK 2e9

/* These come first in a CSV; the others follow in the order of the operation. */
static const char *const first_columns[] = {"total_return", "sharpe", "max_drawdown", "trades",
                                            NULL};

/* ---- Read ----------------------------------------------------------------------------------- */

static td_status make_benchmark(backtest_job *job, td_error *err)
{
    const backtest_config *config = job->config;
    if (!config->benchmark) return TD_OK;
    job->benchmark = calloc((size_t)job->pick.panel.bar_count + 1, sizeof *job->benchmark);
    if (!job->benchmark) return td_fail(err, TD_E_NO_MEMORY, "no memory for the benchmark");
    return benchmark_make(prices_panel(job->file), &job->pick, config->benchmark,
                          backtest_rule_number(&job->made, RULE_prices) == 1.0, job->benchmark,
                          err);
}

static td_status check_symbol(backtest_job *job, td_error *err)
{
    const backtest_config *config = job->config;
    panel_pick one = {TD_PANEL_INIT, NULL, NULL, 0};
    job->symbol = UINT64_MAX;
    if (!config->symbol) return TD_OK;
    for (uint64_t s = 0; s < job->pick.panel.symbol_count; ++s)
        if (strcmp(job->pick.panel.symbol[s], config->symbol) == 0) job->symbol = s;
    if (job->symbol != UINT64_MAX) return TD_OK;
    /* What is said of a symbol that is not there is said in one place. */
    const panel_choice choice = {config->symbol, NULL, NULL};
    const td_status status = panel_pick_make(&job->pick.panel, &choice, config->prices, &one, err);
    panel_pick_free(&one);
    return status ? status
                  : td_fail(err, TD_E_BAD_ARGUMENT, "symbol is \"%.60s\", must be one symbol",
                            config->symbol);
}

static double grid_points(const td_args *args)
{
    double points = 1.0;
    for (uint32_t i = 0; i < td_args_axis_count(args); ++i)
        points *= (double)td_args_axis_at(args, i)->count;
    return points;
}

static td_status check_size(const backtest_job *job, td_error *err)
{
    const td_op *op = td_args_op(job->made.args);
    const double symbols = job->made.portfolio ? 1.0 : (double)job->summary->symbols;
    double bytes = 0.0, outputs = 0.0;
    for (uint32_t i = 0; i < op->output_count; ++i) {
        if (!td_args_wants(job->made.args, op_output(op, i)->name)) continue;
        outputs += 1.0;
        /* The medians over the symbols stand beside the values. */
        bytes += (op_output(op, i)->dtype == TD_I32 ? 4.0 : 8.0) + 8.0 / symbols;
    }
    if (outputs == 0.0) return td_fail(err, TD_E_BAD_ARGUMENT, "measures is empty");
    return market_check_size(&job->config->place, grid_points(job->made.args) * symbols * outputs,
                             bytes / outputs,
                             "fewer values with --grid, fewer --symbols, or fewer --measures", err);
}

/* 0.10 is the value 0.1 of an axis of numbers. */
static bool is_value(const char *name, const double *number, const char *given)
{
    char *end = NULL;
    const double value = strtod(given, &end);
    return strcmp(name, given) == 0 || (number && *given && !*end && value == *number);
}

static td_status fail_at(const td_axis *axis, const char *given, td_error *err)
{
    char list[240] = "";
    size_t used = 0;
    for (uint64_t i = 0; i < axis->count && used < 160; ++i) {
        const int bytes =
            snprintf(list + used, sizeof list - used, "%s%.30s", i ? ", " : "", axis->text[i]);
        used += bytes > 0 ? (size_t)bytes : 0;
    }
    return td_fail(err, TD_E_OUT_OF_RANGE, "at: %.60s is not among the values of %s: %s%s", given,
                   axis->name, list, used < 160 ? "" : " ..");
}

/* "fast=10,slow=50" names axes and values of theirs: before hours are spent on them. */
static td_status check_at(const backtest_job *job, td_error *err)
{
    char given[128];
    for (const char *at = job->config->at; at && *at;) {
        const size_t more = strcspn(at, ",");
        snprintf(given, sizeof given, "%.*s", (int)(more < 120 ? more : 120), at);
        at += more + (at[more] == ',');
        char *equals = strchr(given, '=');
        if (equals) *equals = 0;
        const td_axis *axis = equals ? td_args_axis(job->made.args, given) : NULL;
        if (equals) *equals = '=';
        if (!axis)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "at has \"%.60s\", must be AXIS=VALUE of an axis that has a --grid",
                           given);
        bool found = false;
        for (uint64_t i = 0; i < axis->count && !found; ++i)
            found = is_value(axis->text[i], axis->number ? &axis->number[i] : NULL, equals + 1);
        if (!found) return fail_at(axis, given, err);
    }
    return TD_OK;
}

/* Indices and funds come with a volume of 0 throughout. At such a bar nothing is filled, so that
 * nothing ever would be: then the panel counts as one without volumes. */
static void drop_empty_volume(backtest_job *job)
{
    td_panel *panel = &job->pick.panel;
    const double *volume = panel->price[TD_VOLUME];
    const uint64_t count = panel->symbol_count * panel->bar_count;
    for (uint64_t i = 0; volume && i < count; ++i)
        if (volume[i] > 0) return;
    if (!volume || count == 0) return;
    panel->price[TD_VOLUME] = NULL;
    market_warn(job->steps.hooks, "%s has no volume above 0 anywhere: volumes are left aside",
                job->config->prices);
}

static td_status step_read(backtest_job *job, td_error *err)
{
    const backtest_config *config = job->config;
    td_status status = market_step_begin(&job->steps, "read", err);
    if (!status) status = prices_open(config->prices, &job->file, err);
    if (!status)
        status = panel_pick_make(prices_panel(job->file), &config->choice, config->prices,
                                 &job->pick, err);
    if (!status)
        status = backtest_text_make(config->strategy, config->strategy_count, &config->own,
                                    &job->text, err);
    if (status) return status;
    drop_empty_volume(job);
    job->summary->symbols = job->pick.panel.symbol_count;
    job->summary->bars = job->pick.panel.bar_count;
    job->call = (backtest_call){job->text,          config->grid,
                                config->grid_count, config->set,
                                config->set_count,  config->rule,
                                config->rule_count, config->measures,
                                config->by,         config->benchmark != NULL};
    status = backtest_call_make(job->engine, &job->call, &job->made, err);
    if (!status && backtest_rule_number(&job->made, RULE_prices) == 1.0 &&
        !job->pick.panel.price[TD_ADJUSTED])
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "prices is adjusted, and %s has no adjusted closes", config->prices);
    if (!status) status = check_symbol(job, err);
    if (!status) status = check_at(job, err);
    if (!status) status = make_benchmark(job, err);
    if (status) return status;
    job->inputs = (panel_inputs){.panel = &job->pick.panel, .benchmark = job->benchmark};
    job->summary->portfolio = job->made.portfolio;
    status = check_size(job, err);
    if (!status) status = panel_bind(job->made.args, &job->inputs, config->prices, err);
    if (!status) market_step_end(&job->steps, false);
    return status;
}

/* ---- Backtest ------------------------------------------------------------------------------- */

bool backtest_checkpoint(const backtest_config *config, char *out, size_t bytes)
{
    if (config->checkpoint) return snprintf(out, bytes, "%s", config->checkpoint) < (int)bytes;
    if (!config->output) return false;
    return snprintf(out, bytes, "%s.checkpoint", config->output) < (int)bytes;
}

/* Units are kept when it was asked for, when there are some already, or when the run is long. */
static td_status open_store(backtest_job *job, const td_store **out, td_error *err)
{
    char path[4096];
    struct stat info;
    const double work =
        grid_points(job->made.args) * (double)job->summary->symbols * (double)job->summary->bars;
    if (!backtest_checkpoint(job->config, path, sizeof path)) return TD_OK;
    if (!job->config->checkpoint && work < CHECKPOINT_WORK && stat(path, &info) != 0) return TD_OK;
    td_status status = store_open(path, &job->store, err);
    if (!status) status = store_run(job->store, "backtest", out, err);
    job->summary->kept = !status;
    return status;
}

static td_status step_backtest(backtest_job *job, td_error *err)
{
    const market_place *place = &job->config->place;
    const market_hooks *hooks = job->steps.hooks;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report *report = &job->summary->report;
    td_status status = market_step_begin(&job->steps, "backtest", err);
    if (!status) status = open_store(job, &options.store, err);
    if (status) return status;
    options.device = place->device;
    options.fallback = place->fallback;
    options.device_bytes_max = place->device_bytes_max;
    options.trace = place->trace;
    options.cancel = hooks ? hooks->cancel : NULL;
    options.progress = market_step_units;
    options.progress_context = &job->steps;
    if (hooks && hooks->plan) {
        status = td_plan(job->engine, job->made.args, &options, report, err);
        if (!status) hooks->plan(hooks->context, report);
        *report = (td_report)TD_REPORT_INIT;
    }
    if (!status) status = td_run(job->engine, job->made.args, &options, &job->table, report, err);
    if (!status) market_warn_table(hooks, job->table);
    if (!status) market_step_end(&job->steps, report->units_resumed > 0);
    return status;
}

/* ---- Write ---------------------------------------------------------------------------------- */

/* "fill=close,fee=0.0015": the rules that are not the defaults. */
static td_status add_rules(backtest_job *job, td_error *err)
{
    text list = TEXT_INIT;
    char value[64];
    for (uint32_t i = 0; i < RULE_COUNT; ++i) {
        const td_param *param = &rule_param[i];
        if (td_args_axis(job->made.args, param->name)) continue;
        const double now = backtest_rule_number(&job->made, i);
        const char *shown = backtest_rule_text(&job->made, i, value);
        const bool same = param->type == TD_CHOICE ? strcmp(shown, param->value.as.s) == 0
                          : param->type == TD_INT  ? now == (double)param->value.as.i
                                                   : now == param->value.as.f;
        if (same) continue;
        text_format(&list, "%s%s=%s", list.bytes ? "," : "", param->name, shown);
    }
    td_status status =
        list.status ? td_fail(err, list.status, "no memory for the rules")
                    : td_table_set_attribute(job->table, "rules", list.data ? list.data : "", err);
    text_free(&list);
    return status;
}

static td_status describe(backtest_job *job, td_error *err)
{
    const td_panel *panel = &job->pick.panel;
    const bool intraday = panel->zone && *panel->zone;
    char version[32], points[32], bars[32], begins[DATES_TEXT_MAX], ends[DATES_TEXT_MAX];
    snprintf(version, sizeof version, "%d.%d.%d", TD_VERSION_MAJOR, TD_VERSION_MINOR,
             TD_VERSION_PATCH);
    snprintf(points, sizeof points, "%.0f", grid_points(job->made.args));
    snprintf(bars, sizeof bars, "%" PRIu64, panel->bar_count);
    const char *const attribute[][2] = {
        {"title", "Backtest"},
        {"command", job->config->command},
        {"version", version},
        {"prices", job->config->prices},
        {"strategy", job->text},
        {"benchmark", job->config->benchmark},
        {"points", points},
        {"bars", bars},
        {"first_bar", date_text(panel->time[0], intraday, begins)},
        {"last_bar", date_text(panel->time[panel->bar_count - 1], intraday, ends)},
    };
    td_status status = add_rules(job, err);
    for (size_t i = 0; i < sizeof attribute / sizeof *attribute && !status; ++i)
        if (attribute[i][1])
            status = td_table_set_attribute(job->table, attribute[i][0], attribute[i][1], err);
    return status;
}

static bool on_rows(void *context, double done)
{
    const backtest_job *job = context;
    market_step_tell(&job->steps, done);
    return market_stopped(job->steps.hooks);
}

static uint32_t column_names(const td_table *table, const char *name[TABLE_CSV_VARS_MAX])
{
    td_var var;
    uint32_t count = 0;
    for (int i = 0; first_columns[i]; ++i)
        if (td_table_find_var(table, first_columns[i], &var)) name[count++] = var.name;
    for (uint32_t i = 0; td_table_var(table, i, &var) && count < TABLE_CSV_VARS_MAX; ++i) {
        bool taken = false;
        for (uint32_t k = 0; k < count && !taken; ++k)
            taken = strcmp(name[k], var.name) == 0;
        if (!taken) name[count++] = var.name;
    }
    return count;
}

static td_status step_write(backtest_job *job, td_error *err)
{
    const backtest_config *config = job->config;
    const char *name[TABLE_CSV_VARS_MAX];
    td_status status = describe(job, err);
    if (status || (!config->output && !config->csv)) return status;
    status = market_step_begin(&job->steps, "write", err);
    if (!status && config->output) status = netcdf_write(config->output, job->table, err);
    if (!status && config->csv) {
        const table_csv how = {config->csv, name, column_names(job->table, name), NULL, false,
                               on_rows,     job};
        status = table_csv_write(job->table, &how, &job->summary->csv_rows, err);
    }
    if (!status) market_step_end(&job->steps, false);
    return status;
}

/* ---- Rank ----------------------------------------------------------------------------------- */

static bool on_rank(void *context)
{
    const backtest_job *job = context;
    return market_stopped(job->steps.hooks);
}

static double median_at(const outcome *o, const char *measure, uint64_t point)
{
    const int m = outcome_find(o, measure);
    return m < 0 ? NAN : o->measure[m].median[point];
}

static void summarise(backtest_job *job)
{
    const outcome *o = job->o;
    backtest_summary *summary = job->summary;
    const outcome_measure *by = &o->measure[o->by];
    summary->points = o->point_count;
    summary->ranked = o->ranked;
    summary->thin = o->thin;
    snprintf(summary->by, sizeof summary->by, "%s", by->var.name);
    summary->best_count = (uint32_t)(o->ranked < BACKTEST_TOP ? o->ranked : BACKTEST_TOP);
    for (uint32_t i = 0; i < summary->best_count; ++i) {
        backtest_best *best = &summary->best[i];
        const uint64_t point = o->rank[i];
        outcome_label(o, point, best->point);
        best->by = by->median[point];
        best->total_return = median_at(o, "total_return", point);
        best->max_drawdown = median_at(o, "max_drawdown", point);
        best->trades = median_at(o, "trades", point);
    }
    for (int i = 0; i < 5; ++i) {
        /* Ranks run from the best on; quartiles from the least. */
        const uint64_t at = o->ranked ? (uint64_t)((double)(o->ranked - 1) * i / 4.0 + 0.5) : 0;
        const uint64_t place = by->less_is_better ? at : o->ranked - 1 - at;
        summary->quartile[i] = o->ranked ? by->median[o->rank[place]] : NAN;
    }
    summary->spread = outcome_spread(o, o->by);
    summary->luck = strcmp(by->var.name, "sharpe") == 0
                        ? outcome_expected_max(o->ranked, summary->spread)
                        : NAN;
}

/* "fast=10,slow=50", which check_at has found to be right: the best point but for these. */
static void find_point(backtest_job *job)
{
    const outcome *o = job->o;
    uint64_t index[TD_AXES_MAX];
    char value[OUTCOME_LABEL_MAX], given[128];
    job->point = o->rank[0];
    outcome_index(o, job->point, index);
    for (const char *at = job->config->at; at && *at;) {
        const size_t more = strcspn(at, ","), bytes = strcspn(at, "=,");
        snprintf(given, sizeof given, "%.*s", (int)(more < 120 ? more : 120), at);
        at += more + (at[more] == ',');
        for (uint32_t a = 0; a < o->axis_count && bytes < strlen(given); ++a) {
            if (strlen(o->axis[a].name) != bytes || strncmp(o->axis[a].name, given, bytes) != 0)
                continue;
            for (uint64_t i = 0; i < o->axis[a].count; ++i)
                if (is_value(outcome_coordinate(o, a, i, value),
                             o->axis[a].number ? &o->axis[a].number[i] : NULL, given + bytes + 1))
                    index[a] = i;
        }
    }
    job->point = outcome_point(o, index);
}

/* A rule that is an axis has no one value: NaN. */
static double either(double value, double instead)
{
    return isnan(value) ? instead : value;
}

static td_status step_rank(backtest_job *job, td_error *err)
{
    td_status status = market_step_begin(&job->steps, "rank", err);
    if (!status) status = outcome_open(job->table, job->config->by, on_rank, job, &job->o, err);
    if (status) return status;
    find_point(job);
    summarise(job);
    const panel_hold_rules rules = {
        .year = either(backtest_rule_number(&job->made, RULE_year), 252),
        .risk_free = either(backtest_rule_number(&job->made, RULE_risk_free), 0),
        .ddof = (int)either(backtest_rule_number(&job->made, RULE_ddof), 1),
        .log_returns = backtest_rule_number(&job->made, RULE_returns) == 1.0};
    status =
        panel_hold_medians(&job->pick.panel, backtest_rule_number(&job->made, RULE_prices) == 1.0,
                           &rules, &job->summary->hold, err);
    if (!status) market_step_end(&job->steps, false);
    return status;
}

/* ---- The whole ------------------------------------------------------------------------------ */

static void close_job(backtest_job *job, td_status status)
{
    look_free(&job->close_look);
    outcome_close(job->o);
    td_table_destroy(job->table);
    backtest_made_free(&job->made);
    panel_inputs_free(&job->inputs);
    /* The results are on disk: the checkpoint has done its work. Before that it is kept. */
    if (status) store_close(job->store);
    else if (job->store) store_remove(job->store);
    free(job->benchmark);
    free(job->text);
    panel_pick_free(&job->pick);
    prices_close(job->file);
}

td_status market_backtest(td_engine *engine, const backtest_config *config,
                          const market_hooks *hooks, backtest_summary *summary, td_error *err)
{
    static td_status (*const steps[])(backtest_job *, td_error *) = {
        step_read, step_backtest, step_write, step_rank, backtest_step_look, backtest_step_report,
    };
    backtest_job job = {
        .engine = engine, .config = config, .summary = summary, .steps = {.hooks = hooks}};
    *summary = (backtest_summary){.report = TD_REPORT_INIT};
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && !status; ++i)
        status = steps[i](&job, err);
    summary->step_count = job.steps.count;
    memcpy(summary->step, job.steps.step, sizeof summary->step);
    close_job(&job, status);
    return status;
}
