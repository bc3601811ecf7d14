/* market_flags.c - flags of the market commands: which part of a panel, what is computed on it, and
 * the rules of a backtest, which are those of the library (modules/market/rules.h) by group. */
#include "cli/flag_table.h"
#include "cli/market_flags.h"

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
/* clang-format on */
