/* machine_lane.h - one bar of one symbol in full: orders at the open, levels and orders within the
 * bar's range, signals at the close. docs/BACKTESTS.md tells the rules in words.
 *
 * Called only at bars where something may be traded; at any other bar it would change nothing. */
#ifndef TANDEM_MODULES_MARKET_MACHINE_LANE_H
#define TANDEM_MODULES_MARKET_MACHINE_LANE_H
#include "machine_fill.h"

/* Signals of a bar, as bits. */
#define LANE_ENTRY       1u
#define LANE_EXIT        2u
#define LANE_SHORT_ENTRY 4u
#define LANE_SHORT_EXIT  8u

typedef struct lane {
    const machine_rules *rules;
    const machine_recorder *recorder;
    machine_account *account;
    machine_position *position;
    machine_quote quote;
    double open, high, low, close; /* NaN where nothing can be traded at it */
    double limit[2], stop[2];      /* prices of orders that signals of this bar place: [0] to buy,
                                      [1] to sell short */
    bool has_prices[2];            /* such orders stand in place of those at the market */
    bool fresh;                    /* set by an entry at the close: the range before it is past */
    bool tried;                    /* set by an exit that the bar's volume did not carry */
    /* Of a portfolio: its equity, and what an entry may spend; NULL: an account of this symbol.
     * freed brings both up to date when what was held is closed. */
    const double *equity, *most;
    void (*freed)(void *portfolio, uint64_t symbol);
    void *portfolio;
} lane;

/* ---- Fills ----------------------------------------------------------------------------------- */

static inline bool lane_exit(lane *x, double raw, trade_reason reason)
{
    machine_position *p = x->position;
    if (x->tried) return false;
    if (!fill_allowed(x->rules, &x->quote, raw, p->shares < 0)) {
        p->leaving = reason;
        return false;
    }
    x->tried = !fill_exit(x->rules, x->account, p, &x->quote, raw, reason, x->recorder);
    if (!x->tried && x->freed) x->freed(x->portfolio, x->quote.symbol);
    return !x->tried;
}

/* An order that is filled, closing what is held on the other side first. False: it waits on. */
static inline bool lane_enter(lane *x, int side, double raw, fill_kind kind)
{
    machine_position *p = x->position;
    if (p->shares * side < 0 && !lane_exit(x, raw, TRADE_REVERSED)) return false;
    if (!fill_allowed(x->rules, &x->quote, raw, side > 0)) return false;
    const double equity = x->equity ? *x->equity : x->account->cash;
    const double most = x->most ? *x->most : equity;
    p->side = 0;
    fill_entry(x->rules, x->account, p, &x->quote, raw, side > 0, kind, equity, most);
    return true;
}

/* ---- At the open ----------------------------------------------------------------------------- */

static inline bool lane_at_market(const machine_position *p)
{
    return isnan(p->limit) && isnan(p->stop);
}

static inline void lane_open_exit(lane *x)
{
    machine_position *p = x->position;
    if (x->rules->at_close || p->shares == 0) return;
    if (p->leaving != TRADE_OPEN) lane_exit(x, x->open, (trade_reason)p->leaving);
    else if (p->side != 0 && lane_at_market(p)) lane_exit(x, x->open, TRADE_REVERSED);
}

static inline void lane_open_entry(lane *x)
{
    machine_position *p = x->position;
    if (p->side == 0 || x->rules->at_close || p->shares != 0 || !lane_at_market(p)) return;
    lane_enter(x, p->side, x->open, FILL_MARKET);
}

/* ---- Orders with a price --------------------------------------------------------------------- */

/* At the open: a price that was passed overnight is filled at the open. */
static inline void lane_order_gap(lane *x)
{
    machine_position *p = x->position;
    if (p->side == 0 || lane_at_market(p)) return;
    const bool buys = p->side > 0;
    if (buys ? x->open >= p->stop : x->open <= p->stop)
        lane_enter(x, p->side, x->open, FILL_MARKET);
    else if (buys ? x->open <= p->limit : x->open >= p->limit)
        lane_enter(x, p->side, x->open, FILL_LIMIT);
}

/* Within the range; with both prices in it the stop, which is the worse. */
static inline bool lane_order_range(lane *x)
{
    machine_position *p = x->position;
    if (p->side == 0 || lane_at_market(p)) return false;
    const bool buys = p->side > 0;
    if (buys ? x->high >= p->stop : x->low <= p->stop)
        return lane_enter(x, p->side, p->stop, FILL_MARKET);
    if (buys ? x->low <= p->limit : x->high >= p->limit)
        return lane_enter(x, p->side, p->limit, FILL_LIMIT);
    return false;
}

/* ---- Levels ---------------------------------------------------------------------------------- */

typedef struct lane_levels {
    double loss, profit;
    bool trails;
} lane_levels;

/* Prices at which the position is closed; a level that there is not is infinitely far. */
static inline lane_levels lane_levels_of(const machine_rules *rules, const machine_position *p)
{
    lane_levels at;
    if (p->shares > 0) {
        const double trail = p->best * (1 - rules->trailing_stop);
        at.loss = rules->stop_loss > 0 ? p->entry_price * (1 - rules->stop_loss) : -INFINITY;
        at.profit = rules->take_profit > 0 ? p->entry_price * (1 + rules->take_profit) : INFINITY;
        at.trails = rules->trailing_stop > 0 && trail > at.loss;
        if (at.trails) at.loss = trail;
    } else {
        const double trail = p->best * (1 + rules->trailing_stop);
        at.loss = rules->stop_loss > 0 ? p->entry_price * (1 + rules->stop_loss) : INFINITY;
        at.profit = rules->take_profit > 0 ? p->entry_price * (1 - rules->take_profit) : -INFINITY;
        at.trails = rules->trailing_stop > 0 && trail < at.loss;
        if (at.trails) at.loss = trail;
    }
    return at;
}

/* inside: the position was opened within this bar's range, so that its open is past, and a profit
 * counts only where the rules take the better case. */
static inline void lane_stops(lane *x, bool inside)
{
    machine_position *p = x->position;
    if (!x->rules->has_stops || p->shares == 0) return;
    const bool is_long = p->shares > 0;
    const lane_levels at = lane_levels_of(x->rules, p);
    const trade_reason loss = at.trails ? TRADE_TRAILING_STOP : TRADE_STOP_LOSS;
    if (!inside) {
        if (is_long ? x->open <= at.loss : x->open >= at.loss) {
            lane_exit(x, x->open, loss);
            return;
        }
        if (is_long ? x->open >= at.profit : x->open <= at.profit) {
            lane_exit(x, x->open, TRADE_TAKE_PROFIT);
            return;
        }
    }
    const bool lost = is_long ? x->low <= at.loss : x->high >= at.loss;
    const bool won = (is_long ? x->high >= at.profit : x->low <= at.profit) &&
                     (!inside || x->rules->profit_first);
    if (lost && !(won && x->rules->profit_first)) lane_exit(x, at.loss, loss);
    else if (won) lane_exit(x, at.profit, TRADE_TAKE_PROFIT);
}

/* ---- Signals at the close -------------------------------------------------------------------- */

static inline void lane_leave(lane *x, trade_reason reason)
{
    if (x->rules->at_close) lane_exit(x, x->close, reason);
    else x->position->leaving = reason;
}

/* An order in the place of any that stands. */
static inline void lane_place(lane *x, int side)
{
    machine_position *p = x->position;
    const int index = side < 0;
    if (x->has_prices[index]) {
        p->limit = x->limit[index];
        p->stop = x->stop[index];
        p->side = lane_at_market(p) ? 0 : side;
        p->bars_left = x->rules->order_bars;
        return;
    }
    p->limit = p->stop = NAN;
    if (!x->rules->at_close) {
        p->side = side;
        return;
    }
    p->side = 0;
    lane_enter(x, side, x->close, FILL_MARKET);
    x->fresh = p->shares * side > 0;
}

static inline bool lane_is_due(const lane *x)
{
    const uint64_t held = x->quote.bar - x->position->entry_bar + (x->rules->at_close ? 0 : 1);
    return x->rules->max_bars > 0 && held >= x->rules->max_bars;
}

/* The side that signals ask for: 1 long, -1 short, 0 neither. */
static inline int lane_wanted(unsigned signals)
{
    const bool longs = (signals & LANE_ENTRY) && !(signals & LANE_EXIT);
    const bool shorts = (signals & LANE_SHORT_ENTRY) && !(signals & LANE_SHORT_EXIT);
    return (int)longs - (int)shorts;
}

static inline void lane_signals(lane *x, unsigned signals)
{
    machine_position *p = x->position;
    const int side = lane_wanted(signals);
    if (p->shares == 0) {
        const unsigned against = p->side > 0 ? LANE_EXIT : LANE_SHORT_EXIT;
        if (p->side != 0 && (signals & against)) p->side = 0;
        if (side != 0) lane_place(x, side);
        return;
    }
    const bool is_long = p->shares > 0;
    const bool turns = p->shares * side < 0;
    const bool ends = (signals & (is_long ? LANE_EXIT : LANE_SHORT_EXIT)) != 0;
    const bool at_price = x->has_prices[is_long];
    if (!turns || at_price) {
        if (ends) lane_leave(x, TRADE_SIGNAL);
        else if (lane_is_due(x)) lane_leave(x, TRADE_MAX_BARS);
    }
    if (turns) lane_place(x, side);
}

/* ---- The whole bar --------------------------------------------------------------------------- */

/* Within the bar, after what is done at its open. */
static inline void lane_range(lane *x)
{
    lane_order_gap(x);
    lane_stops(x, false);
    if (lane_order_range(x)) lane_stops(x, true);
    machine_position *p = x->position;
    if (p->side != 0 && !lane_at_market(p) && --p->bars_left == 0) p->side = 0;
}

/* An exit that waits for a close that can be traded at. */
static inline void lane_close_exit(lane *x)
{
    machine_position *p = x->position;
    if (x->rules->at_close && p->shares != 0 && p->leaving != TRADE_OPEN)
        lane_exit(x, x->close, (trade_reason)p->leaving);
}

static inline void lane_at_close(lane *x, unsigned signals)
{
    lane_close_exit(x);
    lane_signals(x, signals);
}

static inline void lane_bar(lane *x, unsigned signals)
{
    lane_open_exit(x);
    lane_open_entry(x);
    lane_range(x);
    lane_at_close(x, signals);
}

#endif
