/* market_flags.h - the tables of market_flags.c, which own_flags.c lists. */
#ifndef TANDEM_CLI_MARKET_FLAGS_H
#define TANDEM_CLI_MARKET_FLAGS_H
#include "tandem/tandem.h"

extern const td_op panel_op, point_op, compute_op, strategy_op, roots_op, orders_op, stops_op,
    size_op, costs_op, account_op, ratios_op, outcomes_op, backtest_op, look_op;

#endif
