/* market_load_flags.h - the table of market_load_flags.c, which own_flags.c lists. */
#ifndef TANDEM_CLI_MARKET_LOAD_FLAGS_H
#define TANDEM_CLI_MARKET_LOAD_FLAGS_H
#include "tandem/tandem.h"

extern const td_op market_load_op;

#endif
