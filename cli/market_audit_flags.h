/* market_audit_flags.h - the tables of market_audit_flags.c, which own_flags.c lists. */
#ifndef TANDEM_CLI_MARKET_AUDIT_FLAGS_H
#define TANDEM_CLI_MARKET_AUDIT_FLAGS_H
#include "tandem/tandem.h"

extern const td_op market_audit_op, market_publish_op;

#endif
