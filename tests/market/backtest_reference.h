/* backtest_reference.h - the rules of docs/BACKTESTS.md for one symbol, one bar at a time, as plain
 * as they are told there. It shares no code with the machine: prices, signals and rules go in,
 * trades and the equity of each bar come out. */
#ifndef TANDEM_TESTS_BACKTEST_REFERENCE_H
#define TANDEM_TESTS_BACKTEST_REFERENCE_H
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "modules/market/backtest.h"

#define REF_BARS   400
#define REF_TRADES 1000

typedef struct ref_input {
    int count;
    double open[REF_BARS], high[REF_BARS], low[REF_BARS], close[REF_BARS], volume[REF_BARS];
    bool has_volume;
    bool entry[REF_BARS], exit[REF_BARS], short_entry[REF_BARS], short_exit[REF_BARS];
    bool long_prices, short_prices; /* entries are orders at these, NaN: none */
    double long_limit[REF_BARS], long_stop[REF_BARS], short_limit[REF_BARS], short_stop[REF_BARS];
    double rule[RULE_COUNT];
} ref_input;

typedef struct ref_output {
    int trade_count;
    backtest_trade trade[REF_TRADES];
    double equity[REF_BARS];
    double costs, traded, cash;
    bool broke;
} ref_output;

typedef struct ref_account {
    const ref_input *in;
    ref_output *out;
    int t;
    double cash, shares; /* shares below 0: short */
    double entry_price, best, first_shares, entry_value, entry_fee, exit_value, costs;
    int entry_bar;
    int wants_out; /* a trade_reason, 0: no */
    int order;     /* 1 buy, -1 sell short, 0 none */
    bool order_at_price;
    double order_limit, order_stop;
    int order_bars;
    bool sold_part; /* today */
    double gain_won, gain_lost;
    int wins, losses;
} ref_account;

static double ref_rule(const ref_account *a, rule which)
{
    return a->in->rule[which];
}

static bool ref_halted(const ref_input *in, int t)
{
    if (in->has_volume && in->volume[t] == 0) return true;
    return in->open[t] == 0 && in->high[t] == 0 && in->low[t] == 0;
}

static bool ref_may_trade(const ref_account *a, double price, bool buy)
{
    const double most = ref_rule(a, RULE_limit_move);
    if (ref_halted(a->in, a->t) || !(price > 0)) return false;
    if (most == 0 || a->t == 0) return true;
    const double last = a->in->close[a->t - 1];
    return buy ? price < last * (1 + most) : price > last * (1 - most);
}

static double ref_slipped(const ref_account *a, double price, bool buy, double shares)
{
    double rate = ref_rule(a, RULE_slippage);
    if (ref_rule(a, RULE_slippage_volume) > 0 && a->in->has_volume)
        rate += ref_rule(a, RULE_slippage_volume) * shares / a->in->volume[a->t];
    price = buy ? price * (1 + rate) + ref_rule(a, RULE_spread) / 2
                : price * (1 - rate) - ref_rule(a, RULE_spread) / 2;
    return price > 0 ? price : 0;
}

static double ref_commission(const ref_account *a, double value, double shares, bool buy)
{
    double rate = ref_rule(a, buy ? RULE_fee_buy : RULE_fee_sell);
    if (rate < 0) rate = ref_rule(a, RULE_fee);
    double fee = value * rate + shares * ref_rule(a, RULE_fee_share);
    if (fee < ref_rule(a, RULE_fee_min)) fee = ref_rule(a, RULE_fee_min);
    return fee;
}

static void ref_record(ref_account *a, trade_reason reason, bool is_short)
{
    const double profit =
        (is_short ? a->entry_value - a->exit_value : a->exit_value - a->entry_value) - a->costs;
    const double gain = profit / (a->entry_value + a->entry_fee);
    backtest_trade *trade = &a->out->trade[a->out->trade_count++];
    *trade = (backtest_trade){.entry_bar = (uint64_t)a->entry_bar,
                              .exit_bar = (uint64_t)a->t,
                              .is_short = is_short,
                              .reason = reason,
                              .shares = a->first_shares,
                              .entry_price = a->entry_price,
                              .costs = a->costs,
                              .exit_price = a->exit_value / a->first_shares,
                              .profit = profit,
                              .gain = gain};
    if (profit > 0) {
        a->wins++;
        a->gain_won += gain;
    } else {
        a->losses++;
        a->gain_lost -= gain;
    }
}

/* Everything that is held goes, or as much as the volume carries. */
static bool ref_get_out(ref_account *a, double price, trade_reason reason)
{
    const bool is_short = a->shares < 0;
    double shares = fabs(a->shares);
    if (a->sold_part) return false;
    a->wants_out = reason;
    if (!ref_may_trade(a, price, is_short)) return false;
    const double volume_max = ref_rule(a, RULE_volume_max);
    if (volume_max > 0)
        shares = fmin(shares, a->in->has_volume ? volume_max * a->in->volume[a->t] : 0);
    if (shares <= 0) {
        a->sold_part = true;
        return false;
    }
    const double filled = ref_slipped(a, price, is_short, shares), value = filled * shares;
    const double fee = ref_commission(a, value, shares, is_short) +
                       (is_short ? 0 : value * ref_rule(a, RULE_tax_sell));
    if (is_short) a->cash -= value + fee;
    else a->cash = fmax(a->cash + value - fee, 0);
    a->exit_value += value;
    a->costs += fee;
    a->out->costs += fee;
    a->out->traded += value;
    if (shares < fabs(a->shares)) {
        a->shares += is_short ? shares : -shares;
        a->sold_part = true;
        return false;
    }
    a->shares = 0;
    a->wants_out = 0;
    ref_record(a, reason, is_short);
    return true;
}

static double ref_volatility(const ref_account *a)
{
    const int last = a->t - 1; /* an order within the range does not know the close */
    const int n = (int)ref_rule(a, RULE_size_bars);
    double r[REF_BARS], mean = 0, var = 0;
    if (last < n) return NAN;
    for (int i = 0; i < n; i++) {
        r[i] = a->in->close[last - i] / a->in->close[last - i - 1] - 1;
        mean += r[i] / n;
    }
    for (int i = 0; i < n; i++)
        var += (r[i] - mean) * (r[i] - mean) / (n - 1);
    return sqrt(var * ref_rule(a, RULE_year));
}

static double ref_money(const ref_account *a)
{
    const double size = ref_rule(a, RULE_size);
    double money = a->cash;
    switch ((int)ref_rule(a, RULE_size_by)) {
    case 0: money = a->cash * size; break;
    case 1: money = size; break;
    case 3: {
        const double volatility = ref_volatility(a);
        money = volatility > 0 ? a->cash * size / volatility : 0;
        break;
    }
    case 4: {
        double bet = 1;
        if (a->wins + a->losses >= ref_rule(a, RULE_size_bars)) {
            const double w = (double)a->wins / (a->wins + a->losses);
            bet = w;
            if (a->losses && a->wins)
                bet = w - (1 - w) / ((a->gain_won / a->wins) / (a->gain_lost / a->losses));
            bet = fmax(bet, 0);
        }
        money = a->cash * bet * size;
        break;
    }
    default: break;
    }
    return fmin(money, a->cash);
}

static double ref_shares(const ref_account *a, double money, double price, bool buy)
{
    double shares = money / price;
    if (money <= 0) return 0;
    if (buy) {
        /* Commission is either in proportion or the least one; the dearer counts. */
        double rate = ref_rule(a, RULE_fee_buy);
        if (rate < 0) rate = ref_rule(a, RULE_fee);
        const double proportional = money / (price + price * rate + ref_rule(a, RULE_fee_share));
        const double least = (money - ref_rule(a, RULE_fee_min)) / price;
        shares = fmax(fmin(proportional, least), 0);
    }
    if (ref_rule(a, RULE_size_by) == 2) shares = fmin(shares, ref_rule(a, RULE_size));
    if (ref_rule(a, RULE_volume_max) > 0)
        shares = fmin(shares,
                      a->in->has_volume ? ref_rule(a, RULE_volume_max) * a->in->volume[a->t] : 0);
    if (ref_rule(a, RULE_lot) > 0)
        shares = floor(shares / ref_rule(a, RULE_lot)) * ref_rule(a, RULE_lot);
    return shares;
}

/* True when the order is done with, whether or not it bought anything. */
static bool ref_get_in(ref_account *a, int side, double price, bool at_limit)
{
    const bool buy = side > 0;
    if (a->shares * side < 0 && !ref_get_out(a, price, TRADE_REVERSED)) return false;
    if (!ref_may_trade(a, price, buy)) return false;
    a->order = 0;
    const double money = ref_money(a);
    double filled = at_limit ? price : ref_slipped(a, price, buy, 0);
    if (filled <= 0) return true;
    double shares = ref_shares(a, money, filled, buy);
    if (!at_limit && ref_rule(a, RULE_slippage_volume) > 0) {
        filled = ref_slipped(a, price, buy, shares);
        if (filled <= 0) return true;
        shares = ref_shares(a, money, filled, buy);
    }
    if (!(shares > 0)) return true;
    const double value = shares * filled;
    const double fee =
        ref_commission(a, value, shares, buy) + (buy ? 0 : value * ref_rule(a, RULE_tax_sell));
    a->cash = buy ? fmax(a->cash - value - fee, 0) : a->cash + value - fee;
    a->shares = side * shares;
    a->entry_price = a->best = filled;
    a->first_shares = shares;
    a->entry_value = value;
    a->entry_fee = a->costs = fee;
    a->exit_value = 0;
    a->entry_bar = a->t;
    a->wants_out = 0;
    a->out->costs += fee;
    a->out->traded += value;
    return true;
}

static void ref_stops(ref_account *a, bool entered_inside)
{
    const double loss = ref_rule(a, RULE_stop_loss), gain = ref_rule(a, RULE_take_profit);
    const double trail = ref_rule(a, RULE_trailing_stop);
    const int side = a->shares > 0 ? 1 : -1;
    const bool lucky = ref_rule(a, RULE_worst) == 1;
    const double open = a->in->open[a->t], high = a->in->high[a->t], low = a->in->low[a->t];
    if (a->shares == 0 || ref_halted(a->in, a->t)) return;
    double bad = side > 0 ? -INFINITY : INFINITY, good = -bad;
    trade_reason reason = TRADE_STOP_LOSS;
    if (loss > 0) bad = a->entry_price * (1 - side * loss);
    if (gain > 0) good = a->entry_price * (1 + side * gain);
    if (trail > 0 && side * a->best * (1 - side * trail) > side * bad) {
        bad = a->best * (1 - side * trail);
        reason = TRADE_TRAILING_STOP;
    }
    if (!entered_inside && side * open <= side * bad) ref_get_out(a, open, reason);
    else if (!entered_inside && side * open >= side * good) ref_get_out(a, open, TRADE_TAKE_PROFIT);
    else {
        const bool is_bad = side > 0 ? low <= bad : high >= bad;
        bool is_good = side > 0 ? high >= good : low <= good;
        if (entered_inside && !lucky) is_good = false;
        if (is_bad && is_good) {
            if (lucky) ref_get_out(a, good, TRADE_TAKE_PROFIT);
            else ref_get_out(a, bad, reason);
        } else if (is_bad) ref_get_out(a, bad, reason);
        else if (is_good) ref_get_out(a, good, TRADE_TAKE_PROFIT);
    }
}

static void ref_orders_inside(ref_account *a)
{
    const double open = a->in->open[a->t], high = a->in->high[a->t], low = a->in->low[a->t];
    const int side = a->order;
    const bool live = side != 0 && a->order_at_price && !ref_halted(a->in, a->t);
    if (live) {
        if (side * open >= side * a->order_stop) ref_get_in(a, side, open, false);
        else if (side * open <= side * a->order_limit) ref_get_in(a, side, open, true);
    }
    ref_stops(a, false);
    if (live && a->order != 0) {
        bool done = false;
        if (side > 0 ? high >= a->order_stop : low <= a->order_stop)
            done = ref_get_in(a, side, a->order_stop, false);
        else if (side > 0 ? low <= a->order_limit : high >= a->order_limit)
            done = ref_get_in(a, side, a->order_limit, true);
        if (done) ref_stops(a, true);
    }
    if (a->order != 0 && a->order_at_price && --a->order_bars == 0) a->order = 0;
}

static void ref_new_order(ref_account *a, int side, bool *at_close)
{
    const bool priced = side > 0 ? a->in->long_prices : a->in->short_prices;
    *at_close = false;
    if (priced) {
        a->order_limit = side > 0 ? a->in->long_limit[a->t] : a->in->short_limit[a->t];
        a->order_stop = side > 0 ? a->in->long_stop[a->t] : a->in->short_stop[a->t];
        a->order = isnan(a->order_limit) && isnan(a->order_stop) ? 0 : side;
        a->order_at_price = true;
        a->order_bars = (int)ref_rule(a, RULE_order_bars);
    } else if (ref_rule(a, RULE_fill) == 1) {
        a->order = 0;
        ref_get_in(a, side, a->in->close[a->t], false);
        *at_close = a->shares * side > 0;
    } else {
        a->order = side;
        a->order_at_price = false;
    }
}

static void ref_leave(ref_account *a, trade_reason reason)
{
    if (ref_rule(a, RULE_fill) == 1) ref_get_out(a, a->in->close[a->t], reason);
    else a->wants_out = reason;
}

/* What the signals of this close ask for; answers whether a position was opened at it. */
static bool ref_signals(ref_account *a)
{
    const ref_input *in = a->in;
    const bool at_close = ref_rule(a, RULE_fill) == 1;
    const int direction = (int)ref_rule(a, RULE_direction), t = a->t;
    const bool long_exit = direction != 1 && in->exit[t],
               short_exit = direction != 0 && in->short_exit[t];
    bool buy = direction != 1 && in->entry[t] && !long_exit;
    bool sell = direction != 0 && in->short_entry[t] && !short_exit;
    bool opened = false;
    if (buy && sell) buy = sell = false;
    if (a->shares == 0) {
        if ((a->order > 0 && long_exit) || (a->order < 0 && short_exit)) a->order = 0;
        if (buy) ref_new_order(a, 1, &opened);
        else if (sell) ref_new_order(a, -1, &opened);
        return opened;
    }
    const int side = a->shares > 0 ? 1 : -1;
    const bool turn = side > 0 ? sell : buy, out = side > 0 ? long_exit : short_exit;
    const bool priced = side > 0 ? in->short_prices : in->long_prices;
    const int max_bars = (int)ref_rule(a, RULE_max_bars);
    const bool old = max_bars > 0 && t - a->entry_bar + (at_close ? 0 : 1) >= max_bars;
    if (!turn || priced) {
        if (out) ref_leave(a, TRADE_SIGNAL);
        else if (old) ref_leave(a, TRADE_MAX_BARS);
    }
    if (turn) ref_new_order(a, -side, &opened);
    return opened;
}

static void ref_bar(ref_account *a)
{
    const ref_input *in = a->in;
    const int t = a->t;
    const bool at_close = ref_rule(a, RULE_fill) == 1;
    a->sold_part = false;
    if (t > 0) {
        a->cash += fmax(a->cash, 0) * ref_rule(a, RULE_interest) / ref_rule(a, RULE_year);
        const double paid = fmax(-a->shares, 0) * in->close[t - 1] * ref_rule(a, RULE_borrow) /
                            ref_rule(a, RULE_year);
        a->cash -= paid;
        a->costs += paid;
        a->out->costs += paid;
    }
    if (!at_close && a->shares != 0) {
        if (a->wants_out) ref_get_out(a, in->open[t], (trade_reason)a->wants_out);
        else if (a->order != 0 && !a->order_at_price) ref_get_out(a, in->open[t], TRADE_REVERSED);
    }
    if (!at_close && a->shares == 0 && a->order != 0 && !a->order_at_price)
        ref_get_in(a, a->order, in->open[t], false);
    ref_orders_inside(a);
    if (at_close && a->shares != 0 && a->wants_out)
        ref_get_out(a, in->close[t], (trade_reason)a->wants_out);
    const bool opened = ref_signals(a);
    if (a->shares != 0 && !opened && !ref_halted(in, t))
        a->best = a->shares > 0 ? fmax(a->best, in->high[t]) : fmin(a->best, in->low[t]);
}

static void ref_run(const ref_input *in, ref_output *out)
{
    ref_account a = {.in = in, .out = out, .cash = in->rule[RULE_cash]};
    memset(out, 0, sizeof *out);
    for (a.t = 0; a.t < in->count; a.t++) {
        if (!out->broke) ref_bar(&a);
        const double equity = a.cash + a.shares * in->close[a.t];
        out->equity[a.t] = out->broke ? 0 : equity;
        if (out->broke || equity > 0) continue;
        out->broke = true;
        out->equity[a.t] = 0;
        if (a.shares != 0) {
            a.exit_value += fabs(a.shares) * in->close[a.t];
            ref_record(&a, TRADE_BROKE, a.shares < 0);
        }
        a.cash = a.shares = 0;
    }
    a.t = in->count - 1;
    if (a.shares != 0) {
        a.exit_value += fabs(a.shares) * in->close[a.t];
        ref_record(&a, TRADE_OPEN, a.shares < 0);
    }
    out->cash = a.cash;
}

#endif
