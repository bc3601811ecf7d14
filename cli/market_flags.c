/* market_flags.c - flags of the market commands: which part of a panel, what is computed on it, and
 * the rules of a backtest, which are those of the library (modules/market/rules.h) by group. */
#include "cli/market_flags.h"
#include "cli/flag_table.h"

#include "modules/market/program.h"

/* clang-format off */
static const char *const gaps_choices[] = {"skip", "propagate", "fill", NULL};

static const td_param panel_params[] = {
    TEXT_PARAM("symbols", 1, "LIST|FILE", 0, NULL,
        "Symbols to take: names with commas between them, or a file with one in each line; all "
        "unless told."),
    TEXT_PARAM("from", 2, "DATE", 0, NULL,
        "First day, as in 2024-06-01, 2024-06 or 2024; the first of the panel unless told."),
    TEXT_PARAM("to", 3, "DATE", 0, NULL,
        "Last day, which is in; the last of the panel unless told."),
};
OWN_OP(panel, "tandem.panel", "Part of the panel", "Which symbols and bars are taken.");

static const td_param point_params[] = {
    TEXT_PARAM("grid", 1, "NAME=GRID", 0, NULL,
        "Makes a parameter an axis: a list 5,10,20, a range 5:30:5 (both ends are in), or a "
        "mixture."),
    TEXT_PARAM("set", 2, "NAME=VALUE", 0, NULL, "Gives a parameter one value."),
};
OWN_OP(point, "tandem.point", "Parameters", "Values of parameters, by name.");

static const td_param compute_params[] = {
    CHOICE_PARAM("gaps", 1, 0, "skip", gaps_choices,
        "Bars where an input has no value: skip computes on the others; propagate gives none "
        "within reach; fill takes the value before."),
    TEXT_PARAM("csv", 2, "file", 0, NULL,
        "Write the values as CSV, with the columns symbol, parameters, date and outputs; bars "
        "without any value are left out."),
};
OWN_OP(compute, "tandem.compute", "Values", "How indicators are computed, and where values go.");

static const td_param strategy_params[] = {
    TEXT_PARAM("strategy", 1, "NAME|FILE", 0, NULL,
        "A strategy that comes with the program, or a file; given again, each is a value of the "
        "axis strategy_name."),
    TEXT_PARAM("param", 2, "NAME=VALUE", 0, NULL,
        "A parameter of --entry, --exit, --short-entry and --short-exit, with its value; --grid "
        "may make it an axis."),
};
OWN_OP(strategy, "tandem.strategy", "Strategy", "What is traded by.");

static const td_param roots_params[] = {
    TEXT_PARAM("entry", 1, "EXPRESSION", 0, NULL,
        "Buy where this is true, as in \"crosses_above(sma(close, fast), sma(close, slow))\"."),
    TEXT_PARAM("exit", 2, "EXPRESSION", 0, NULL, "Sell where this is true."),
    TEXT_PARAM("short_entry", 3, "EXPRESSION", 0, NULL, "Sell short where this is true."),
    TEXT_PARAM("short_exit", 4, "EXPRESSION", 0, NULL, "Buy back where this is true."),
};
OWN_OP(roots, "tandem.roots", "Strategy by expressions", "A strategy without a file.");

/* The rules of the library by group: each table is a stretch of rule_param. */
#define RULES_OP(var, name, title, doc, first, last) \
    const td_op var##_op = {sizeof(td_op), sizeof(td_param), sizeof(td_port), TD_VERSION, \
        name, title, doc, NULL, &rule_param[RULE_##first], NULL, NULL, \
        RULE_##last - RULE_##first + 1, 0, 0, 0.0}
RULES_OP(orders, "tandem.orders", "Orders", "When and how signals are filled.", fill, worst);
RULES_OP(stops, "tandem.stops", "Stops", "What closes a position by itself.", stop_loss, max_bars);
RULES_OP(size, "tandem.size", "Size", "How much is bought.", size_by, size_bars);
RULES_OP(costs, "tandem.costs", "Costs", "What trading costs.", fee, limit_move);
RULES_OP(account, "tandem.account", "Account", "Whose money it is.", account, prices);
RULES_OP(ratios, "tandem.ratios", "Conventions of measures", "How measures count.", year, tail);

static const td_param outcomes_params[] = {
    TEXT_PARAM("measures", 1, NULL, 0, NULL,
        "Measures to compute: names with commas between them, or `all`."),
};
OWN_OP(outcomes, "tandem.outcomes", "Measures", "Which measures of a backtest are computed.");

static const td_param backtest_params[] = {
    TEXT_PARAM("benchmark", 1, "SYMBOL|equal|FILE", 0, NULL,
        "A level to compare with: a symbol of the panel, `equal` for the mean of the panel's "
        "returns, or a CSV file with the columns date and close."),
    TEXT_PARAM("best", 2, "MEASURE", 0, NULL,
        "Rank points by this measure's median over the symbols; sharpe unless told."),
    TEXT_PARAM("csv", 3, "file", 0, NULL,
        "Write a row for each point and symbol: the axes, symbol, total_return, sharpe, "
        "max_drawdown, trades, then the other measures."),
    TEXT_PARAM("report", 4, "file", 0, NULL, "Write the report, one HTML file."),
    TEXT_PARAM("checkpoint", 5, "file", TD_PARAM_ADVANCED, NULL,
        "Where finished work is kept until the end; OUTPUT.checkpoint unless told, for runs that "
        "take more than some seconds."),
};
OWN_OP(backtest, "tandem.backtest", "Results", "What is compared with, and where results go.");

static const td_param look_params[] = {
    TEXT_PARAM("at", 1, "AXIS=VALUE,..", 0, NULL,
        "The point whose trades and curves are told; the best one unless told."),
    TEXT_PARAM("symbol", 2, "SYMBOL", 0, NULL,
        "The symbol whose bars and trades the report draws, and that the three files below hold "
        "alone; unless told the report takes the one in the middle, and files hold all."),
    TEXT_PARAM("trades", 3, "file", 0, NULL, "Write the trades of the point as CSV."),
    TEXT_PARAM("equity", 4, "file", 0, NULL, "Write equity and exposure of the point, bar by bar, "
        "as CSV."),
    TEXT_PARAM("monthly", 5, "file", 0, NULL,
        "Write the returns of the point's months, of the mean of all accounts, as CSV."),
};
OWN_OP(look, "tandem.look", "One point closely", "What is told of one point.");
/* clang-format on */
