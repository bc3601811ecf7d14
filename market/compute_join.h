/* compute_join.h - results of several calls in one table. See compute_run.h for the names. */
#ifndef TANDEM_MARKET_COMPUTE_JOIN_H
#define TANDEM_MARKET_COMPUTE_JOIN_H
#include "tandem/table.h"

/* Copies the variables of from, the result of the call `name`, into table, which gets the
 * dimensions symbol and bar with the first. suffix: behind each name, "_20"; "" for none. */
TD_MUST_USE td_status compute_join(td_table *table, const td_table *from, const char *name,
                                   const char *suffix, td_error *err);

#endif
