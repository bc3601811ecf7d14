/* cmd_market_backtest.c - tandem market backtest: strategies over a panel, to files and a report.
 */
#include "cli/market_work.h"
#include "cli/places.h"

#include "core/number.h"
#include "market/backtest_run.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the flags say, with the lists that the configuration points into. */
typedef struct call {
    backtest_config config;
    const char **strategy, **param, **grid, **set;
    backtest_rule_value rule[RULE_COUNT];
    char checkpoint[PATH_MAX];
    bool has_checkpoint;
} call;

static void free_call(call *c)
{
    free(c->strategy);
    free(c->param);
    free(c->grid);
    free(c->set);
}

static uint32_t list_of(const cli_call *cli, const char *param, const char ***list)
{
    *list = calloc((size_t)cli->argc + 1, sizeof **list);
    return *list ? market_values(cli, param, *list, (uint32_t)cli->argc) : 0;
}

static void read_files(const cli_call *cli, backtest_config *config)
{
    config->output = cli_text(cli, "output");
    config->csv = cli_text(cli, "csv");
    config->report = cli_text(cli, "report");
    config->trades = cli_text(cli, "trades");
    config->equity = cli_text(cli, "equity");
    config->monthly = cli_text(cli, "monthly");
    config->checkpoint = cli_text(cli, "checkpoint");
}

static td_status read_config(const cli_call *cli, const char *command, call *c, td_error *err)
{
    backtest_config *config = &c->config;
    config->prices = cli->word[0];
    config->strategy_count = list_of(cli, "strategy", &c->strategy);
    config->own.param_count = list_of(cli, "param", &c->param);
    config->grid_count = list_of(cli, "grid", &c->grid);
    config->set_count = list_of(cli, "set", &c->set);
    if (!c->strategy || !c->param || !c->grid || !c->set)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the arguments");
    config->strategy = c->strategy;
    config->own.param = c->param;
    config->grid = c->grid;
    config->set = c->set;
    config->own.entry = cli_text(cli, "entry");
    config->own.exit = cli_text(cli, "exit");
    config->own.short_entry = cli_text(cli, "short_entry");
    config->own.short_exit = cli_text(cli, "short_exit");
    config->rule = c->rule;
    for (uint32_t i = 0; i < RULE_COUNT; ++i) {
        const char *value = cli_given(cli, rule_param[i].name);
        if (value) c->rule[config->rule_count++] = (backtest_rule_value){rule_param[i].name, value};
    }
    config->choice = market_choice_of(cli);
    config->measures = cli_text(cli, "measures");
    config->benchmark = cli_text(cli, "benchmark");
    config->by = cli_text(cli, "best");
    config->at = cli_text(cli, "at");
    config->symbol = cli_text(cli, "symbol");
    config->command = command;
    read_files(cli, config);
    c->has_checkpoint = backtest_checkpoint(config, c->checkpoint, sizeof c->checkpoint);
    return TD_OK;
}

static td_status check_places(const cli_call *cli, const call *c, td_error *err)
{
    const backtest_config *config = &c->config;
    const char *const flag[] = {"PRICES", "output",  "csv",        "report", "trades",
                                "equity", "monthly", "checkpoint", "trace"};
    const char *const path[] = {config->prices,        config->output,
                                config->csv,           config->report,
                                config->trades,        config->equity,
                                config->monthly,       c->has_checkpoint ? c->checkpoint : NULL,
                                cli_text(cli, "trace")};
    return market_check_places(flag, path, sizeof path / sizeof *path, err);
}

/* ---- What is printed at the end --------------------------------------------------------- */

static void add_number(paper *page, double value, bool share)
{
    char text[64];
    if (!share && value >= 1000 && value < 1e15) {
        paper_add_count(page, (uint64_t)(value + 0.5));
        return;
    }
    if (isnan(value)) snprintf(text, sizeof text, "-");
    else if (share) snprintf(text, sizeof text, "%.1f %%", 100.0 * value);
    else if (isinf(value)) snprintf(text, sizeof text, value < 0 ? "-inf" : "inf");
    else snprintf(text, sizeof text, "%.3g", value);
    paper_add(page, text);
}

static void add_best(paper *page, const backtest_summary *summary)
{
    size_t wide = strlen("point");
    if (summary->best_count == 0) {
        paper_add(page, "no point has a value: nothing was traded\n");
        return;
    }
    for (uint32_t i = 0; i < summary->best_count; ++i)
        if (strlen(summary->best[i].point) > wide) wide = strlen(summary->best[i].point);
    const bool is_sharpe = strcmp(summary->by, "sharpe") == 0;
    paper_addf(page, "best points by %s%s:\n  point", summary->portfolio ? "" : "median ",
               summary->by);
    const char *const heading[] = {is_sharpe ? "sharpe" : summary->by, "total return", "drawdown",
                                   "trades"};
    for (size_t h = 0; h < 4; ++h) {
        paper_pad(page, 2 + wide + 2 + 15 * h);
        paper_addf(page, "%.14s", heading[h]);
    }
    paper_add(page, "\n");
    for (uint32_t i = 0; i < summary->best_count; ++i) {
        const backtest_best *best = &summary->best[i];
        const double value[] = {best->by, best->total_return, best->max_drawdown, best->trades};
        paper_addf(page, "  %s", *best->point ? best->point : "-");
        for (size_t h = 0; h < 4; ++h) {
            paper_pad(page, 2 + wide + 2 + 15 * h);
            add_number(page, value[h], h == 1 || h == 2);
        }
        paper_add(page, "\n");
    }
}

/* The best of many is flattered by being the best. */
static void add_honesty(paper *page, const backtest_summary *summary)
{
    static const char *const name[] = {"least", "1/4", "median", "3/4", "largest"};
    if (summary->thin) {
        paper_add(page, "left out above: ");
        paper_add_count(page, summary->thin);
        paper_addf(page,
                   " point%s, where fewer than half of the symbols have a %s, mostly for want of a "
                   "trade\n",
                   summary->thin == 1 ? "" : "s", summary->by);
    }
    if (!summary->portfolio && summary->best_count && summary->best[0].trades < 1.0)
        paper_addf(page,
                   "half of the symbols never trade at the best point: its %s is the others'\n",
                   summary->by);
    if (summary->ranked > 1) {
        paper_addf(page, "%s of %s points: ", summary->by, summary->thin ? "these" : "all");
        for (int i = 0; i < 5; ++i) {
            paper_addf(page, "%s%s ", i ? ", " : "", name[i]);
            add_number(page, summary->quartile[i], false);
        }
        paper_add(page, "\n");
    }
    if (summary->ranked > 1 && !isnan(summary->luck)) {
        paper_add(page, "the best of ");
        paper_add_count(page, summary->ranked);
        paper_addf(page,
                   " is flattered: as many independent strategies without an edge, spread alike "
                   "(sd %.2g), would show %.2g at best\n",
                   summary->spread, summary->luck);
    }
    if (!isnan(summary->hold.total_return)) {
        paper_add(page, "bought and held, without costs: total return ");
        add_number(page, summary->hold.total_return, true);
        paper_add(page, ", sharpe ");
        add_number(page, summary->hold.sharpe, false);
        paper_add(page, ", drawdown ");
        add_number(page, summary->hold.max_drawdown, true);
        paper_add(page, " (medians over the symbols)\n");
    }
}

static void add_files(paper *page, const backtest_config *config, const backtest_summary *summary)
{
    const char *const what[] = {"results", "CSV", "report", "trades", "equity", "monthly"};
    const char *const path[] = {config->output, config->csv,    config->report,
                                config->trades, config->equity, config->monthly};
    for (size_t i = 0; i < sizeof path / sizeof *path; ++i) {
        if (!path[i]) continue;
        paper_addf(page, "%s:", what[i]);
        paper_pad(page, 9);
        paper_add(page, path[i]);
        if (i == 1) {
            paper_add(page, ", ");
            paper_add_count(page, summary->csv_rows);
            paper_addf(page, " row%s", summary->csv_rows == 1 ? "" : "s");
        }
        paper_add(page, "\n");
    }
}

static td_status print_text(cli_work *work, const backtest_config *config,
                            const backtest_summary *summary, td_error *err)
{
    paper page = {0};
    paper_add_count(&page, summary->points);
    paper_addf(&page, " point%s, ", summary->points == 1 ? "" : "s");
    paper_add_count(&page, summary->symbols);
    paper_addf(&page, " symbol%s%s, ", summary->symbols == 1 ? "" : "s",
               summary->portfolio ? " in one portfolio" : "");
    paper_add_count(&page, summary->bars);
    paper_add(&page, " bars\n");
    add_best(&page, summary);
    add_honesty(&page, summary);
    market_add_steps(&page, summary->step, summary->step_count);
    if (summary->report.units_resumed)
        paper_addf(&page, "  %u of %u units were kept from before\n", summary->report.units_resumed,
                   summary->report.units);
    add_files(&page, config, summary);
    return cli_out(work->cli, &page, err);
}

static json_t *best_json(const backtest_summary *summary)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < summary->best_count; ++i) {
        const backtest_best *best = &summary->best[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:o, s:o, s:o, s:o}", "point", best->point, "value",
                                        json_number_or_null(best->by), "total_return",
                                        json_number_or_null(best->total_return), "max_drawdown",
                                        json_number_or_null(best->max_drawdown), "trades",
                                        json_number_or_null(best->trades)));
    }
    return list;
}

static json_t *hold_json(const backtest_summary *summary)
{
    return json_pack("{s:o, s:o, s:o}", "total_return",
                     json_number_or_null(summary->hold.total_return), "sharpe",
                     json_number_or_null(summary->hold.sharpe), "max_drawdown",
                     json_number_or_null(summary->hold.max_drawdown));
}

static td_status print_json(cli_work *work, const backtest_config *config,
                            const backtest_summary *summary, td_error *err)
{
    json_t *spread = json_array();
    for (int i = 0; i < 5; ++i)
        json_array_append_new(spread, json_number_or_null(summary->quartile[i]));
    json_t *root = json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?}", "output", config->output,
                             "csv", config->csv, "report", config->report, "trades", config->trades,
                             "equity", config->equity, "monthly", config->monthly);
    json_t *rest = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:O, s:s}",
        "points", (json_int_t)summary->points, "points_with_value",
        (json_int_t)(summary->ranked + summary->thin), "points_ranked", (json_int_t)summary->ranked,
        "symbols", (json_int_t)summary->symbols, "bars", (json_int_t)summary->bars, "portfolio",
        (int)summary->portfolio, "by", summary->by, "best", best_json(summary), "quartiles", spread,
        "spread", json_number_or_null(summary->spread), "expected_best_by_luck",
        json_number_or_null(summary->luck), "hold", hold_json(summary), "steps",
        market_steps_json(summary->step, summary->step_count), "run",
        run_report_json(&summary->report), "warnings", work->warnings, "command", config->command);
    if (root && rest) json_object_update(root, rest);
    json_decref(rest);
    if (root && work->plan) json_object_set(root, "plan", work->plan);
    if (root && work->timeline) json_object_set(root, "trace", work->timeline);
    return work_print_json(work->cli, root, err);
}

/* A wrong argument is wrong again when the same command is run again; and what another process has
 * open is not ours to go on with. */
static bool can_go_on(td_status status, const td_error *err)
{
    if (status == TD_E_IO && err->native_code == EWOULDBLOCK) return false;
    return status != TD_E_BAD_ARGUMENT && status != TD_E_OUT_OF_RANGE && status != TD_E_CORRUPT &&
           status != TD_E_NOT_FOUND;
}

td_status cmd_market_backtest(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    paper command = {0};
    call c = {.config = {0}};
    backtest_summary summary = {0};
    cli_add_command(&command, cli->argc, cli->argv);
    td_status status = paper_check(&command, err);
    if (!status) status = read_config(cli, command.data, &c, err);
    if (!status) status = check_places(cli, &c, err);
    if (!status) status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    c.config.place = market_place_of(&work);
    const market_hooks hooks = market_hooks_of(&work);
    status = market_backtest(work.engine, &c.config, &hooks, &summary, err);
    if (status) error_drop_prefix(err, "market.backtest");
    else work_show_report(&work, "backtest", NULL, &summary.report);
    status =
        work_finish(&work, status,
                    can_go_on(status, err) && c.has_checkpoint && place_exists(c.checkpoint), err);
    if (!status)
        status = cli->json ? print_json(&work, &c.config, &summary, err)
                           : print_text(&work, &c.config, &summary, err);
    if (!status) status = work_trace_status(&work, err);
out:
    work_close(&work);
    paper_free(&command);
    free_call(&c);
    return status;
}
