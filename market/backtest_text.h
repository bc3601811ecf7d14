/* backtest_text.h - the strategies of a run as one text, from names, files and expressions. */
#ifndef TANDEM_MARKET_BACKTEST_TEXT_H
#define TANDEM_MARKET_BACKTEST_TEXT_H
#include "tandem/module.h"

/* A strategy given by expressions alone; NULL: not given. */
typedef struct backtest_inline {
    const char *entry, *exit, *short_entry, *short_exit;
    const char *const *param;        /* "fast=10": its parameters */
    uint32_t param_count;
} backtest_inline;

#define BACKTEST_INLINE_NAME "inline"

/* Joins them, each behind a line [name]. Every one is compiled by itself first, so that an error
 * tells its own file and line. TD_E_BAD_ARGUMENT: none is given, one is given twice, a text is
 * wrong; TD_E_NOT_FOUND: no strategy of that name. free(*text). */
TD_MUST_USE td_status backtest_text_make(const char *const *strategy, uint32_t count,
                                         const backtest_inline *own, char **text, td_error *err);

#endif
