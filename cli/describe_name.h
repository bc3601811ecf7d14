/* describe_name.h - what a name given to describe means: an operation, or a strategy. */
#ifndef TANDEM_CLI_DESCRIBE_NAME_H
#define TANDEM_CLI_DESCRIBE_NAME_H
#include "cli/cli.h"

/* The operation of this name; market. before an indicator may be left out, and RSI is rsi. NULL:
 * there is none. */
const td_op *describe_operation(const char *name);
/* A line for each strategy that comes with the program or lies in $TANDEM_STRATEGIES: its name and
 * the first line of its text. */
TD_MUST_USE td_status describe_strategies(paper *page, td_error *err);
/* The text of a strategy; TD_E_NOT_FOUND, when there is none, tells what a name may be. */
TD_MUST_USE td_status describe_strategy(paper *page, const char *name, td_error *err);

#endif
