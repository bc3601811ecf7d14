/* backtest.h - "market.backtest": strategies over a panel, for a whole grid.
 *
 * The axes of a grid are the strategy's own parameters, so the operation is made for a call:
 * backtest_op_create gives an operation whose sweepable parameters are the axes that are named, and
 * whose other parameters are the rules of rules.h. Without axes it is the "market.backtest" of the
 * library.
 *
 *   parameters  strategy: the text of one strategy or several; set: "fast=12,slow=50"; those of
 *               rules.h; the axes; "strategy_name" is an axis where the text has several
 *   inputs      close; open, high, low, volume, adjusted ("symbol,bar", optional where no rule and
 *               no expression reads them); time ("bar", seconds); benchmark ("bar", a level,
 *               optional)
 *   outputs     measures over (axes.., symbol), or over (axes..) for a portfolio: measures.h */
#ifndef TANDEM_MODULES_MARKET_BACKTEST_H
#define TANDEM_MODULES_MARKET_BACKTEST_H
#include "program.h"

#include "tandem/tandem.h"

typedef struct backtest_setup {
    const char        *text;             /* of the strategies */
    const char *const *axis;             /* names of the axes in the order of the results */
    uint32_t           axis_count;       /* at most 7, or 6 when the text has several strategies */
    bool               portfolio;        /* account=portfolio */
} backtest_setup;

/* TD_E_BAD_ARGUMENT: the text, or an axis that a strategy does not have (names it and those that
 * there are). Destroy after the arguments and tables that were made with it. */
TD_MUST_USE td_status backtest_op_create(const backtest_setup *setup, td_op_impl **out,
                                         td_error *err);
void backtest_op_destroy(td_op_impl *impl);      /* NULL is fine */

/* ---- One point looked at closely: trades and curves, never made for a whole grid ------------- */

typedef enum trade_reason {
    TRADE_OPEN = 0,      /* still held at the end */
    TRADE_SIGNAL = 1, TRADE_STOP_LOSS = 2, TRADE_TAKE_PROFIT = 3, TRADE_TRAILING_STOP = 4,
    TRADE_MAX_BARS = 5, TRADE_REVERSED = 6, TRADE_REBALANCED = 7, TRADE_BROKE = 8
} trade_reason;
const char *trade_reason_name(trade_reason reason);    /* "stop_loss" */

typedef struct backtest_trade {
    uint64_t     symbol;
    uint64_t     entry_bar, exit_bar;    /* of the panel; exit_bar of an open one: the last bar */
    bool         is_short;
    trade_reason reason;
    double       shares;                 /* positive */
    double       entry_price, exit_price;        /* as filled, with slippage */
    double       costs;                  /* fees and taxes of both fills, and borrowing, in money */
    double       profit;                 /* in money, after costs */
    double       gain;                   /* profit by what the entry took, fees in */
} backtest_trade;

typedef struct backtest_trace {
    uint64_t        bar_count;
    double         *equity;              /* [bar] of the panel; before the first bar: the cash */
    double         *exposure;            /* [bar] value held by equity, short ones negative */
    double         *benchmark;           /* [bar] cash in the benchmark; NULL: there is none */
    backtest_trade *trade;               /* by entry */
    uint64_t        trade_count;
} backtest_trace;

/* args: of an operation that backtest_op_create made, all bound. index: a value of each axis of
 * args. symbol: UINT64_MAX for a portfolio. */
TD_MUST_USE td_status backtest_trace_create(const td_args *args, const uint64_t *index,
                                            uint64_t symbol, backtest_trace **out, td_error *err);
void backtest_trace_destroy(backtest_trace *trace);    /* NULL is fine */

#endif
