/* backtest_look.h - one point of a backtest looked at closely: the accounts of all symbols, their
 * mean, their trades and curves as files. */
#ifndef TANDEM_MARKET_BACKTEST_LOOK_H
#define TANDEM_MARKET_BACKTEST_LOOK_H
#include "market/market_run.h"
#include "market/panel_pick.h"
#include "modules/market/backtest.h"

typedef struct look_setup {
    const td_args *args;             /* of backtest_call_point, bound */
    const uint64_t *index;           /* of its axes */
    const td_panel *panel;
    bool portfolio, adjusted;
    uint64_t symbol;                 /* kept for the report; files hold this one alone if only */
    bool only;
    double cash;
    const char *trades, *equity, *monthly;   /* CSV files; NULL: not written */
    const market_steps *steps;       /* told how far it is; asked whether to stop */
} look_setup;

typedef struct look {
    uint64_t traced;                 /* accounts in the mean */
    double *equity;                  /* [bar] mean of equity / cash */
    double *hold;                    /* [bar] mean of holding the same symbols */
    double *chosen;                  /* [bar] of the chosen symbol; NULL for a portfolio */
    backtest_trace *trace;           /* of the chosen symbol, or of the portfolio */
    uint64_t trades;
} look;

/* Files appear as a whole or not at all:
 *   trades   symbol,side,entry,exit,bars,shares,entry_price,exit_price,costs,profit,gain,reason
 *   equity   symbol,date,equity,exposure (a portfolio: without the symbol)
 *   monthly  year,month,return: of the mean */
TD_MUST_USE td_status look_make(const look_setup *setup, look *out, td_error *err);
void look_free(look *look);          /* {0} is fine */

#endif
