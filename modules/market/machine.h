/* machine.h - the account of one strategy at one point of the grid, for TD_LANES symbols at once.
 *
 * What is traded, when and at what price is told in docs/BACKTESTS.md. Here is the arithmetic; its
 * order is part of the contract: plain C, AVX2, AVX-512 and a device do the same operations in the
 * same order and give the same bits. Of one lane, at each of its own bars t = 0, 1 ..:
 *
 *   carry   (rules.carries, t > 0)  cash = cash + max(cash, 0) * interest_bar;
 *           borrowed = max(-shares, 0) * close[t - 1] * borrow_bar; cash = cash - borrowed
 *   trade   machine_fill.h: only where a signal, an order or a level asks for it
 *   mark    equity = cash + shares * close[t]; not above 0: the account is broke (see below)
 *           gain = equity / before - 1; sum = sum + gain; squares = squares + gain * gain
 *           peak = max(peak, equity); equity * low_peak < low * peak: low = equity, low_peak = peak
 *           (both the cash at first; worst = low / low_peak)
 *           best = the bar's high of a long position if above, its low of a short one if below
 *
 * before is the equity of the bar before, the cash at the first. An account that is broke gives
 * gain = -1 once, holds nothing and trades no more: gain = 0 from there.
 *
 * Where nothing asks for a trade the machine goes on in lanes (machine_body.h); the rest is scalar.
 * One file for each instruction set makes a machine_isa: machine_plain.c, _avx2.c, _avx512.c. */
#ifndef TANDEM_MODULES_MARKET_MACHINE_H
#define TANDEM_MODULES_MARKET_MACHINE_H
#include "backtest.h"
#include "indicator.h"

typedef enum machine_size {
    SIZE_FRACTION = 0, SIZE_CASH = 1, SIZE_SHARES = 2, SIZE_VOLATILITY = 3, SIZE_KELLY = 4
} machine_size;

/* The rules of rules.h at one point, made ready (machine_rules.c). */
typedef struct machine_rules {
    bool     at_close, long_ok, short_ok, profit_first;
    bool     has_stops;                /* any of the three below */
    bool     carries;                  /* interest or borrowing costs */
    bool     log_returns;
    uint32_t order_bars, max_bars, size_bars, ddof;
    double   stop_loss, take_profit, trailing_stop;
    machine_size size_by;
    double   size, lot;
    double   fee_buy, fee_sell, fee_min, fee_share, tax_sell;
    double   slippage, half_spread, slippage_volume, volume_max;
    double   borrow_bar, interest_bar; /* of one bar: the yearly rate / year */
    double   limit_move;
    double   cash, year, risk_free, tail;
} machine_rules;

/* number[RULE_COUNT]: choices by number. */
void machine_rules_make(const double *number, machine_rules *out);

/* The bars of TD_LANES symbols: each lane's own bars, side by side from bar 0 on. */
typedef struct machine_tile {
    uint64_t bars;                     /* of the longest lane */
    uint64_t count[TD_LANES];          /* of each */
    const vec *close;                  /* behind a lane's end: its last close */
    /* NaN where nothing can be traded, and behind a lane's end; NULL: not loaded. */
    const vec *open, *high, *low;
    const vec *volume;                 /* NULL: not loaded */
    const uint8_t *alive;              /* [bars] a bit for each lane that has this bar */
    const uint8_t *tradable;           /* [bars] likewise: trading was possible at its close */
} machine_tile;

/* What the roots of a strategy say, a bit for each lane; NULL: never. [bars + SIGNAL_PAD]. */
typedef struct machine_signals {
    const uint8_t *entry, *exit, *short_entry, *short_exit;
    /* Prices of orders in place of fills at the market; NULL: none; NaN: no order at that bar. */
    const vec *entry_limit, *entry_stop, *short_limit, *short_stop;
} machine_signals;

/* A position of one symbol, and what is under way for it. */
typedef struct machine_position {
    double   shares;                   /* below 0: short; 0: none */
    double   entry_price;              /* as filled, slippage in; a mean after additions */
    double   best;                     /* price since the entry */
    double   entered;                  /* shares */
    double   entry_value, entry_costs;
    double   exit_value;               /* of the shares that are gone already */
    double   costs;                    /* so far, those of the entry in */
    uint64_t entry_bar;
    uint32_t leaving;                  /* trade_reason of an exit that waits; TRADE_OPEN: none */
    /* An entry that waits: 1 to buy, -1 to sell short, 0 none. NaN: no such price; both NaN: at the
     * market. */
    int32_t  side;
    uint32_t bars_left;
    double   limit, stop;
} machine_position;

/* Money, and what was counted. */
typedef struct machine_account {
    double   cash;
    uint64_t trades, wins, losses;     /* trades: opened; wins and losses: closed with either */
    double   won, lost;                /* profits in money, losses as a number above 0 */
    double   gain_won, gain_lost;      /* likewise, by what the entry took: for Kelly */
    double   costs, traded;            /* fees and taxes and borrowing; value of all fills */
} machine_account;

/* Looks at trades as they are closed, for a trace. bars: own bars of the lane. */
typedef struct machine_recorder {
    void (*trade)(void *context, const backtest_trade *trade);
    void  *context;
} machine_recorder;

/* What one point did on the lanes. */
typedef struct machine_result {
    machine_account account[TD_LANES];
    double sum[TD_LANES], squares[TD_LANES];   /* of simple returns */
    double worst[TD_LANES];                    /* smallest equity / peak, at most 1 */
    double equity[TD_LANES];                   /* at the end; 0: broke */
    double held_bars[TD_LANES];                /* bars with a position at their close */
    uint64_t broke_bar[TD_LANES];              /* UINT64_MAX: never */
} machine_result;

/* What is wanted beside it; NULL: not wanted. [bars] each. */
typedef struct machine_curves {
    vec *equity;                       /* behind a lane's end: its last; from a broke bar on: 1 */
    vec *held;                         /* value of the shares at the close */
} machine_curves;

/* ---- Signals: the stack code of a root over all bars ----------------------------------------- */

#define SIGNAL_CHUNK 256               /* bars that a step computes before the next step */
#define SIGNAL_PAD   8                 /* bytes behind a stream of truths: it is read by words */

/* A step with its slots looked up at one point. */
typedef struct signal_step {
    uint32_t   op;                     /* step_op */
    uint32_t   lag;
    const vec *series;                 /* STEP_SERIES */
    double     number;                 /* STEP_NUMBER */
    uint32_t   memory;                 /* STEP_CROSS_*: counted over the root, from 0 */
} signal_step;

/* Room that signal_run works in, of one worker. */
typedef struct signal_room {
    vec     number[PROGRAM_DEPTH_MAX][SIGNAL_CHUNK];
    uint8_t truth[PROGRAM_DEPTH_MAX][SIGNAL_CHUNK];
    uint8_t below[SIGNAL_CHUNK], above[SIGNAL_CHUNK], equal[SIGNAL_CHUNK];
} signal_room;

typedef struct machine_isa {
    const char *name;
    /* A root of truths: one byte for each bar, 0 before the lookback and where a lane has no bar;
     * and SIGNAL_PAD bytes of 0 behind the last. */
    void (*truths)(const signal_step *step, uint32_t count, uint64_t bars, uint64_t lookback,
                   const uint8_t *alive, signal_room *room, uint8_t *out);
    /* Two roots, crosses_above(a, b) and crosses_below(a, b) of the same series, in one pass: the
     * same bits as by truths, in a third of the time. */
    void (*crossings)(const signal_step *a, const signal_step *b, uint64_t bars, uint64_t lookback,
                      const uint8_t *alive, uint8_t *above, uint8_t *below);
    /* A root of numbers, or the expression of a series. */
    void (*numbers)(const signal_step *step, uint32_t count, uint64_t bars, signal_room *room,
                    vec *out);
    /* recorder may be NULL. */
    void (*run)(const machine_rules *rules, const machine_tile *tile,
                const machine_signals *signals, const machine_curves *curves,
                const machine_recorder *recorder, machine_result *out);
} machine_isa;

/* The one of indicator_isa_best(). */
const machine_isa *machine_isa_best(void);
const machine_isa *machine_isa_at(indicator_isa isa);   /* NULL: not of this build or machine */

#endif
