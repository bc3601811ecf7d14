/* machine_fill.h - one order filled: price, size, costs and the books. The only place where money
 * changes hands, for accounts of one symbol and for portfolios.
 *
 * The order of operations is part of machine.h's contract. Inlined into each instruction set. */
#ifndef TANDEM_MODULES_MARKET_MACHINE_FILL_H
#define TANDEM_MODULES_MARKET_MACHINE_FILL_H
#include "machine.h"

#include <math.h>

/* What is known of the bar at which an order is filled. */
typedef struct machine_quote {
    uint64_t bar;
    uint64_t symbol;   /* for the recorder */
    double before;     /* the last close before it; not above 0: there is none */
    double volume;     /* NaN: not known */
    double volatility; /* of the symbol in a year, where size_by asks for it; NaN: not known */
} machine_quote;

/* How an order came about. */
typedef enum fill_kind { FILL_MARKET = 0, FILL_LIMIT = 1 } fill_kind;

/* Whether the bar's trading was open at this price, and the price limit lets a buyer in. */
static inline bool fill_allowed(const machine_rules *rules, const machine_quote *quote, double raw,
                                bool buys)
{
    if (!(raw > 0)) return false;
    if (rules->limit_move <= 0 || !(quote->before > 0)) return true;
    if (buys) return raw < quote->before * (1 + rules->limit_move);
    return raw > quote->before * (1 - rules->limit_move);
}

static inline double fill_worse(const machine_rules *rules, double raw, bool buys, double rate)
{
    const double price =
        buys ? raw * (1 + rate) + rules->half_spread : raw * (1 - rate) - rules->half_spread;
    return price > 0 ? price : 0;
}

/* The price of so many shares. An order at a limit is never filled worse than it says. */
static inline double fill_price(const machine_rules *rules, const machine_quote *quote, double raw,
                                bool buys, fill_kind kind, double shares)
{
    double rate = rules->slippage;
    if (kind == FILL_LIMIT) return raw;
    if (rules->slippage_volume > 0 && quote->volume > 0)
        rate = rate + rules->slippage_volume * (shares / quote->volume);
    return fill_worse(rules, raw, buys, rate);
}

static inline double fill_fee(const machine_rules *rules, double value, double shares, bool buys)
{
    double fee = value * (buys ? rules->fee_buy : rules->fee_sell);
    if (rules->fee_share > 0) fee = fee + shares * rules->fee_share;
    if (fee < rules->fee_min) fee = rules->fee_min;
    return buys ? fee : fee + value * rules->tax_sell;
}

/* At most so many shares of this bar. */
static inline double fill_volume_cap(const machine_rules *rules, const machine_quote *quote,
                                     double shares)
{
    if (rules->volume_max <= 0) return shares;
    const double most = quote->volume > 0 ? quote->volume * rules->volume_max : 0;
    return shares < most ? shares : most;
}

/* Shares that so much money buys, costs in; sells short, costs aside. */
static inline double fill_affordable(const machine_rules *rules, double budget, double price,
                                     bool buys)
{
    if (!(budget > 0)) return 0;
    if (!buys) return budget / price;
    const double shares = budget / (price * (1 + rules->fee_buy) + rules->fee_share);
    if (shares * (price * rules->fee_buy + rules->fee_share) >= rules->fee_min) return shares;
    return budget > rules->fee_min ? (budget - rules->fee_min) / price : 0;
}

/* The share of equity that Kelly's formula bets: W - (1 - W) / R, with the share of gains W and the
 * ratio of the mean gain to the mean loss R, of the closed trades. 1 until there are enough. */
static inline double fill_kelly(const machine_rules *rules, const machine_account *account)
{
    const double closed = (double)(account->wins + account->losses);
    if (account->wins + account->losses < rules->size_bars) return 1;
    if (account->wins == 0) return 0;
    const double won = (double)account->wins / closed;
    if (account->losses == 0) return won;
    const double ratio = (account->gain_won / (double)account->wins) /
                         (account->gain_lost / (double)account->losses);
    const double bet = won - (1 - won) / ratio;
    return bet > 0 ? bet : 0;
}

/* Money that an entry may take. most: what there is of it; equity: of the whole account. */
static inline double fill_budget(const machine_rules *rules, const machine_account *account,
                                 const machine_quote *quote, double equity, double most)
{
    double budget = most;
    switch (rules->size_by) {
    case SIZE_FRACTION: budget = equity * rules->size; break;
    case SIZE_CASH: budget = rules->size; break;
    case SIZE_SHARES: break;
    case SIZE_VOLATILITY:
        budget = quote->volatility > 0 ? equity * (rules->size / quote->volatility) : 0;
        break;
    case SIZE_KELLY: budget = equity * (fill_kelly(rules, account) * rules->size); break;
    }
    return budget < most ? budget : most;
}

static inline double fill_size(const machine_rules *rules, const machine_quote *quote,
                               double budget, double price, bool buys)
{
    double shares = fill_affordable(rules, budget, price, buys);
    if (rules->size_by == SIZE_SHARES && shares > rules->size) shares = rules->size;
    shares = fill_volume_cap(rules, quote, shares);
    if (rules->lot > 0) shares = floor(shares / rules->lot) * rules->lot;
    return shares;
}

/* Opens a position. equity: of the account; most: what may be spent of it. False: nothing was
 * bought (no money for a lot, no volume). The caller has asked fill_allowed. */
static inline bool fill_entry(const machine_rules *rules, machine_account *account,
                              machine_position *position, const machine_quote *quote, double raw,
                              bool buys, fill_kind kind, double equity, double most)
{
    const double budget = fill_budget(rules, account, quote, equity, most);
    double price = fill_price(rules, quote, raw, buys, kind, 0);
    if (!(price > 0)) return false;
    double shares = fill_size(rules, quote, budget, price, buys);
    if (rules->slippage_volume > 0 && kind == FILL_MARKET) {
        price = fill_price(rules, quote, raw, buys, kind, shares);
        if (price > 0) shares = fill_size(rules, quote, budget, price, buys);
    }
    if (!(shares > 0) || !(price > 0)) return false;
    const double value = shares * price;
    const double fee = fill_fee(rules, value, shares, buys);
    account->cash = buys ? account->cash - (value + fee) : account->cash + (value - fee);
    if (buys && account->cash < 0) account->cash = 0; /* rounding */
    account->costs += fee;
    account->traded += value;
    account->trades += 1;
    position->shares = buys ? shares : -shares;
    position->entry_price = position->best = price;
    position->entered = shares;
    position->entry_value = value;
    position->entry_costs = position->costs = fee;
    position->exit_value = 0;
    position->entry_bar = quote->bar;
    position->leaving = TRADE_OPEN;
    position->side = 0;
    return true;
}

/* Counts a trade whose shares are all gone, or marked, and tells the recorder. */
static inline void fill_settle(machine_account *account, const machine_position *position,
                               bool is_short, trade_reason reason, const machine_quote *quote,
                               const machine_recorder *recorder)
{
    const double moved = is_short ? position->entry_value - position->exit_value
                                  : position->exit_value - position->entry_value;
    const double profit = moved - position->costs;
    const double gain = profit / (position->entry_value + position->entry_costs);
    if (profit > 0) {
        account->wins += 1;
        account->won += profit;
        account->gain_won += gain;
    } else {
        account->losses += 1;
        account->lost -= profit;
        account->gain_lost -= gain;
    }
    if (!recorder) return;
    const backtest_trade trade = {.symbol = quote->symbol,
                                  .entry_bar = position->entry_bar,
                                  .exit_bar = quote->bar,
                                  .is_short = is_short,
                                  .reason = reason,
                                  .shares = position->entered,
                                  .entry_price = position->entry_price,
                                  .exit_price = position->exit_value / position->entered,
                                  .costs = position->costs,
                                  .profit = profit,
                                  .gain = gain};
    recorder->trade(recorder->context, &trade);
}

/* Sells what is held, or buys back what was sold short; where the volume does not carry all of it
 * the rest waits, and false is answered. The caller has asked fill_allowed. */
static inline bool fill_exit(const machine_rules *rules, machine_account *account,
                             machine_position *position, const machine_quote *quote, double raw,
                             trade_reason reason, const machine_recorder *recorder)
{
    const bool is_short = position->shares < 0;
    const double held = fabs(position->shares);
    const double shares = fill_volume_cap(rules, quote, held);
    if (!(shares > 0)) {
        position->leaving = reason;
        return false;
    }
    const double price = fill_price(rules, quote, raw, is_short, FILL_MARKET, shares);
    const double value = shares * price;
    const double fee = fill_fee(rules, value, shares, is_short);
    const bool owes = account->cash < 0; /* of a portfolio, after short positions that lost */
    account->cash = is_short ? account->cash - (value + fee) : account->cash + (value - fee);
    if (!is_short && !owes && account->cash < 0) account->cash = 0; /* a fee above the value */
    account->costs += fee;
    account->traded += value;
    position->costs += fee;
    position->exit_value += value;
    if (shares < held) {
        position->shares = is_short ? shares - held : held - shares;
        position->leaving = reason;
        return false;
    }
    position->shares = 0;
    position->leaving = TRADE_OPEN;
    fill_settle(account, position, is_short, reason, quote, recorder);
    return true;
}

/* Values an open position at the last close, without costs: it is a trade like the others. */
static inline void fill_mark_open(machine_account *account, machine_position *position,
                                  double close, trade_reason reason, const machine_quote *quote,
                                  const machine_recorder *recorder)
{
    if (position->shares == 0) return;
    position->exit_value += fabs(position->shares) * close;
    fill_settle(account, position, position->shares < 0, reason, quote, recorder);
}

/* ---- Rebalancing: a position made larger or smaller ---------------------------------------------
 */

/* Buys, or sells short, so many shares more; fewer where most does not pay them. */
static inline void fill_more(const machine_rules *rules, machine_account *account,
                             machine_position *position, const machine_quote *quote, double raw,
                             double shares, double most)
{
    const bool buys = position->shares > 0;
    double price = fill_price(rules, quote, raw, buys, FILL_MARKET, shares);
    if (!(price > 0)) return;
    const double payable = fill_affordable(rules, most, price, buys);
    if (payable < shares) shares = payable;
    shares = fill_volume_cap(rules, quote, shares);
    if (rules->lot > 0) shares = floor(shares / rules->lot) * rules->lot;
    if (!(shares > 0)) return;
    const double value = shares * price;
    const double fee = fill_fee(rules, value, shares, buys);
    account->cash = buys ? account->cash - (value + fee) : account->cash + (value - fee);
    if (buys && account->cash < 0) account->cash = 0;
    account->costs += fee;
    account->traded += value;
    position->shares = buys ? position->shares + shares : position->shares - shares;
    position->entered += shares;
    position->entry_value += value;
    position->entry_costs += fee;
    position->costs += fee;
    position->entry_price = position->entry_value / position->entered;
}

static inline void fill_share_of(machine_position *position, double share)
{
    position->shares *= share;
    position->entered *= share;
    position->entry_value *= share;
    position->entry_costs *= share;
    position->exit_value *= share;
    position->costs *= share;
}

/* Closes so many shares of a position, as a trade of their own that has its share of the costs. */
static inline void fill_less(const machine_rules *rules, machine_account *account,
                             machine_position *position, const machine_quote *quote, double raw,
                             double shares, const machine_recorder *recorder)
{
    machine_position part = *position;
    shares = fill_volume_cap(rules, quote, shares);
    if (rules->lot > 0) shares = floor(shares / rules->lot) * rules->lot;
    const double held = fabs(position->shares), share = shares / held;
    if (!(share > 0) || share >= 1) return;
    const bool is_short = position->shares < 0;
    fill_share_of(&part, share);
    fill_share_of(position, 1 - share);
    /* To the bit: a part that is above the bar's volume by rounding would not be closed. */
    part.shares = is_short ? -shares : shares;
    position->shares = is_short ? shares - held : held - shares;
    account->trades += 1;
    fill_exit(rules, account, &part, quote, raw, TRADE_REBALANCED, recorder);
}

#endif
