/* backtest_run.h - a whole backtest: from prices.nc and strategies to a netCDF file, a CSV and a
 * report.
 *
 * The steps: read (the panel, the strategies), backtest (the operation "market.backtest" on the
 * engine; finished units are kept in a checkpoint, and the same call goes on from there), write
 * (netCDF), CSV, rank, look (one point closely: trades and curves), report. Everything that can
 * fail for a wrong name or a bad file fails before the second step.
 *
 * The result is one table, also as netCDF-4: total_return, sharpe, max_drawdown, trades .. over
 * (axes, symbol), or over the axes for a portfolio; attributes title, command, version, prices,
 * strategy (the text), rules ("fee=0.0015,.."), points, bars, first_bar, last_bar. */
#ifndef TANDEM_MARKET_BACKTEST_RUN_H
#define TANDEM_MARKET_BACKTEST_RUN_H
#include "market/backtest_args.h"
#include "market/backtest_text.h"
#include "market/market_run.h"
#include "market/outcome.h"
#include "market/panel_pick.h"

#define BACKTEST_TOP 10

typedef struct backtest_config {
    const char *prices;              /* the panel's file */
    const char *const *strategy;     /* names or files */
    uint32_t strategy_count;
    backtest_inline own;
    const char *const *grid;         /* "fast=5:30:5" */
    uint32_t grid_count;
    const char *const *set;          /* "fast=12" */
    uint32_t set_count;
    const backtest_rule_value *rule; /* rules that the caller gives */
    uint32_t rule_count;
    panel_choice choice;
    const char *measures;            /* names, or "all"; NULL: the usual ones */
    const char *benchmark;           /* see benchmark_make; NULL: none */
    const char *by;                  /* points are ranked by this measure; NULL: sharpe */
    const char *at;                  /* "fast=10,slow=50": the point that is looked at closely;
                                        NULL: the best one */
    const char *symbol;              /* that is looked at closely; NULL: the one in the middle */
    const char *output;              /* netCDF; NULL: not written */
    const char *csv, *report, *trades, *equity, *monthly;
    const char *checkpoint;          /* NULL: OUTPUT.checkpoint, for runs that take seconds */
    const char *command;
    market_place place;
} backtest_config;

typedef struct backtest_best {
    char point[OUTCOME_LABEL_MAX];
    double by, total_return, max_drawdown, trades;   /* medians; NaN: not computed */
} backtest_best;

typedef struct backtest_summary {
    uint64_t points, ranked, thin;   /* see outcome */
    uint64_t symbols, bars, csv_rows;
    bool portfolio, kept;            /* kept: a checkpoint was written */
    char by[64];
    uint32_t best_count;
    backtest_best best[BACKTEST_TOP];
    double quartile[5];              /* of the points' medians: least, 1/4, median, 3/4, largest */
    double spread, luck;             /* see outcome_spread, outcome_expected_max; by sharpe only */
    panel_hold hold;                 /* medians over the symbols of buying and holding */
    uint64_t look_trades;            /* of the point that was looked at */
    td_report report;
    uint32_t step_count;
    market_step step[MARKET_STEPS_MAX];
} backtest_summary;

TD_MUST_USE td_status market_backtest(td_engine *engine, const backtest_config *config,
                                      const market_hooks *hooks, backtest_summary *summary,
                                      td_error *err);
/* Where the run would keep finished units; out has room for bytes. False: nowhere. */
bool backtest_checkpoint(const backtest_config *config, char *out, size_t bytes);

#endif
