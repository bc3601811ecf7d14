/* market_machine.td - accounts: what a strategy's signals come to in money, for each point of a
 * grid and each symbol, with costs, stops and sizes.
 *
 * The rules in words are docs/BACKTESTS.md; the order of the operations is the contract of
 * modules/market/machine.h, machine_fill.h and machine_lane.h. Here is the same arithmetic, one
 * item to a point and a symbol, each step one IEEE operation on doubles: the results are the CPU's
 * bits. Orders at a limit or stop price, portfolios, trade lists and curves are the CPU's alone.
 *
 *   prices    as the series of market_panel.td; NaN in open, high and low where nothing can be
 *             traded. Which there are says have: bit 0 open, 1 high, 2 low, 3 volume
 *   tradable  likewise: 1 where trading was possible at the close
 *   counts    [symbol] bars
 *   bits      of market_signals
 *   rules     [point][MARKET_RULES]
 *   out       [point][MARKET_OUTS][symbol]: what it earned, as the CPU's machine_result has it */
#ifdef TD_HAS_F64
#define MARKET_RULES 28
#define RULE_INF        0    /* an infinite number */
#define RULE_CLOSE      1    /* fill at the close; else at the next open */
#define RULE_PROFIT     2    /* where a bar holds both, the profit is taken */
#define RULE_STOPS      3    /* there is any level */
#define RULE_CARRY      4    /* interest or borrowing costs */
#define RULE_BARS       5    /* max_bars */
#define RULE_SIZE_BARS  6
#define RULE_LOSS       7
#define RULE_TAKE       8
#define RULE_TRAIL      9
#define RULE_SIZE_BY    10   /* 0 fraction, 1 cash, 2 shares, 3 volatility, 4 Kelly */
#define RULE_SIZE       11
#define RULE_LOT        12
#define RULE_FEE_BUY    13
#define RULE_FEE_SELL   14
#define RULE_FEE_MIN    15
#define RULE_FEE_SHARE  16
#define RULE_TAX        17
#define RULE_SLIP       18
#define RULE_SPREAD     19   /* half of it */
#define RULE_SLIP_VOL   20
#define RULE_VOL_MAX    21
#define RULE_BORROW     22   /* of one bar, as the next */
#define RULE_INTEREST   23
#define RULE_MOVE       24
#define RULE_CASH       25
#define RULE_YEAR_ROOT  26   /* square root of the bars in a year */
#define RULE_NAN        27   /* no number */

#define MARKET_OUTS 16
#define MARKET_ENTRY       1u
#define MARKET_EXIT        2u
#define MARKET_SHORT_ENTRY 4u
#define MARKET_SHORT_EXIT  8u

/* The account and its position; the bar that it is at. */
typedef struct market_book {
    TD_GLOBAL const double *rule;
    double cash, shares, costs, traded, won, lost, gain_won, gain_lost, borrowed;
    double entry_price, best, entry_value, entry_costs, exit_value, own_costs;
    double fall, rise;                  /* levels that ask for a trade; infinitely far: none */
    td_i32 trades, wins, losses, entry_bar, leaving, side, broke_bar;
    double open, high, low, close;      /* of the bar; NaN where nothing can be traded */
    double last, volume, volatility;    /* the close before; of the bar; of a year */
    td_i32 bar, fresh, tried;
} market_book;

/* ---- One order ------------------------------------------------------------------------ */

TD_FN int market_allowed(const market_book *b, const double raw, const int buys)
{
    const double move = b->rule[RULE_MOVE];
    if (!(raw > 0.0)) return 0;
    if (move <= 0.0 || !(b->last > 0.0)) return 1;
    if (buys) return raw < b->last * (1.0 + move);
    return raw > b->last * (1.0 - move);
}

TD_FN double market_price(const market_book *b, const double raw, const int buys,
                          const double shares)
{
    double rate = b->rule[RULE_SLIP];
    if (b->rule[RULE_SLIP_VOL] > 0.0 && b->volume > 0.0)
        rate = rate + b->rule[RULE_SLIP_VOL] * (shares / b->volume);
    const double price = buys ? raw * (1.0 + rate) + b->rule[RULE_SPREAD]
                              : raw * (1.0 - rate) - b->rule[RULE_SPREAD];
    return price > 0.0 ? price : 0.0;
}

TD_FN double market_fee(const market_book *b, const double value, const double shares,
                        const int buys)
{
    double fee = value * (buys ? b->rule[RULE_FEE_BUY] : b->rule[RULE_FEE_SELL]);
    if (b->rule[RULE_FEE_SHARE] > 0.0) fee = fee + shares * b->rule[RULE_FEE_SHARE];
    if (fee < b->rule[RULE_FEE_MIN]) fee = b->rule[RULE_FEE_MIN];
    return buys ? fee : fee + value * b->rule[RULE_TAX];
}

TD_FN double market_volume_cap(const market_book *b, const double shares)
{
    if (b->rule[RULE_VOL_MAX] <= 0.0) return shares;
    const double most = b->volume > 0.0 ? b->volume * b->rule[RULE_VOL_MAX] : 0.0;
    return shares < most ? shares : most;
}

TD_FN double market_affordable(const market_book *b, const double budget, const double price,
                               const int buys)
{
    if (!(budget > 0.0)) return 0.0;
    if (!buys) return budget / price;
    const double fee = b->rule[RULE_FEE_BUY], each = b->rule[RULE_FEE_SHARE];
    const double shares = budget / (price * (1.0 + fee) + each);
    if (shares * (price * fee + each) >= b->rule[RULE_FEE_MIN]) return shares;
    return budget > b->rule[RULE_FEE_MIN] ? (budget - b->rule[RULE_FEE_MIN]) / price : 0.0;
}

TD_FN double market_kelly(const market_book *b)
{
    const double closed = (double)(b->wins + b->losses);
    if (closed < b->rule[RULE_SIZE_BARS]) return 1.0;
    if (b->wins == 0) return 0.0;
    const double won = (double)b->wins / closed;
    if (b->losses == 0) return won;
    const double ratio = (b->gain_won / (double)b->wins) / (b->gain_lost / (double)b->losses);
    const double bet = won - (1.0 - won) / ratio;
    return bet > 0.0 ? bet : 0.0;
}

TD_FN double market_budget(const market_book *b, const double equity)
{
    const td_i32 by = (td_i32)b->rule[RULE_SIZE_BY];
    const double size = b->rule[RULE_SIZE];
    double budget = equity;
    if (by == 0) budget = equity * size;
    else if (by == 1) budget = size;
    else if (by == 3) budget = b->volatility > 0.0 ? equity * (size / b->volatility) : 0.0;
    else if (by == 4) budget = equity * (market_kelly(b) * size);
    return budget < equity ? budget : equity;
}

TD_FN double market_size(const market_book *b, const double budget, const double price,
                         const int buys)
{
    double shares = market_affordable(b, budget, price, buys);
    if (b->rule[RULE_SIZE_BY] == 2.0 && shares > b->rule[RULE_SIZE]) shares = b->rule[RULE_SIZE];
    shares = market_volume_cap(b, shares);
    if (b->rule[RULE_LOT] > 0.0)
        shares = TD_FLOOR_F64(shares / b->rule[RULE_LOT]) * b->rule[RULE_LOT];
    return shares;
}

TD_FN void market_open_position(market_book *b, const double raw, const int buys)
{
    const double budget = market_budget(b, b->cash);
    double price = market_price(b, raw, buys, 0.0);
    double shares = price > 0.0 ? market_size(b, budget, price, buys) : 0.0;
    if (price > 0.0 && b->rule[RULE_SLIP_VOL] > 0.0) {
        price = market_price(b, raw, buys, shares);
        if (price > 0.0) shares = market_size(b, budget, price, buys);
    }
    if (shares > 0.0 && price > 0.0) {
        const double value = shares * price, fee = market_fee(b, value, shares, buys);
        b->cash = buys ? b->cash - (value + fee) : b->cash + (value - fee);
        if (buys && b->cash < 0.0) b->cash = 0.0;
        b->costs += fee;
        b->traded += value;
        b->trades += 1;
        b->shares = buys ? shares : -shares;
        b->entry_price = b->best = price;
        b->entry_value = value;
        b->entry_costs = b->own_costs = fee;
        b->exit_value = 0.0;
        b->entry_bar = b->bar;
        b->leaving = 0;
        b->side = 0;
    }
}

TD_FN void market_settle(market_book *b, const int is_short)
{
    const double moved = is_short ? b->entry_value - b->exit_value : b->exit_value - b->entry_value;
    const double profit = moved - b->own_costs;
    const double gain = profit / (b->entry_value + b->entry_costs);
    if (profit > 0.0) {
        b->wins += 1;
        b->won += profit;
        b->gain_won += gain;
    } else {
        b->losses += 1;
        b->lost -= profit;
        b->gain_lost -= gain;
    }
}

/* Closes what is held; 0: the bar's volume did not carry all of it. */
TD_FN int market_close_position(market_book *b, const double raw, const td_i32 reason)
{
    const int is_short = b->shares < 0.0;
    const double held = is_short ? -b->shares : b->shares;
    const double shares = market_volume_cap(b, held);
    if (!(shares > 0.0)) {
        b->leaving = reason;
        return 0;
    }
    const double value = shares * market_price(b, raw, is_short, shares);
    const double fee = market_fee(b, value, shares, is_short);
    b->cash = is_short ? b->cash - (value + fee) : b->cash + (value - fee);
    if (!is_short && b->cash < 0.0) b->cash = 0.0;
    b->costs += fee;
    b->traded += value;
    b->own_costs += fee;
    b->exit_value += value;
    if (shares < held) {
        b->shares = is_short ? shares - held : held - shares;
        b->leaving = reason;
        return 0;
    }
    b->shares = 0.0;
    b->leaving = 0;
    market_settle(b, is_short);
    return 1;
}

/* At the last price, without costs. */
TD_FN void market_mark_open(market_book *b, const double close)
{
    if (b->shares != 0.0) {
        b->exit_value += (b->shares < 0.0 ? -b->shares : b->shares) * close;
        market_settle(b, b->shares < 0.0);
    }
}

/* ---- One bar -------------------------------------------------------------------------- */

TD_FN int market_leave(market_book *b, const double raw, const td_i32 reason)
{
    if (b->tried) return 0;
    if (!market_allowed(b, raw, b->shares < 0.0)) {
        b->leaving = reason;
        return 0;
    }
    b->tried = !market_close_position(b, raw, reason);
    return !b->tried;
}

TD_FN void market_enter(market_book *b, const td_i32 side, const double raw)
{
    const int gone = b->shares * (double)side < 0.0 ? market_leave(b, raw, 6) : 1;
    if (gone && market_allowed(b, raw, side > 0)) {
        b->side = 0;
        market_open_position(b, raw, side > 0);
    }
}

/* Prices at which the position is closed. */
TD_FN void market_levels(market_book *b)
{
    const double loss = b->rule[RULE_LOSS], take = b->rule[RULE_TAKE], trail = b->rule[RULE_TRAIL];
    const double far = b->rule[RULE_INF], price = b->entry_price;
    b->fall = -far;
    b->rise = far;
    if (b->rule[RULE_STOPS] != 0.0 && b->shares > 0.0) {
        b->fall = loss > 0.0 ? price * (1.0 - loss) : -far;
        b->rise = take > 0.0 ? price * (1.0 + take) : far;
        const double under = b->best * (1.0 - trail);
        if (trail > 0.0 && under > b->fall) b->fall = under;
    } else if (b->rule[RULE_STOPS] != 0.0 && b->shares < 0.0) {
        b->rise = loss > 0.0 ? price * (1.0 + loss) : far;
        b->fall = take > 0.0 ? price * (1.0 - take) : -far;
        const double over = b->best * (1.0 + trail);
        if (trail > 0.0 && over < b->rise) b->rise = over;
    }
}

/* What is lost and won at: of a long position below and above, of a short one the other way. The
 * levels are those of the position as it stands: it may have been opened at this bar. */
TD_FN void market_stops(market_book *b)
{
    if (b->rule[RULE_STOPS] == 0.0 || b->shares == 0.0) return;
    market_levels(b);
    const int is_long = b->shares > 0.0;
    const double at_loss = is_long ? b->fall : b->rise, at_profit = is_long ? b->rise : b->fall;
    const int gap_loss = is_long ? b->open <= at_loss : b->open >= at_loss;
    const int gap_profit = is_long ? b->open >= at_profit : b->open <= at_profit;
    const int lost = is_long ? b->low <= at_loss : b->high >= at_loss;
    const int won = is_long ? b->high >= at_profit : b->low <= at_profit;
    if (gap_loss) market_leave(b, b->open, 2);
    else if (gap_profit) market_leave(b, b->open, 3);
    else if (lost && !(won && b->rule[RULE_PROFIT] != 0.0)) market_leave(b, at_loss, 2);
    else if (won) market_leave(b, at_profit, 3);
}

TD_FN void market_place(market_book *b, const td_i32 side)
{
    b->side = side;
    if (b->rule[RULE_CLOSE] != 0.0) {
        b->side = 0;
        market_enter(b, side, b->close);
        b->fresh = b->shares * (double)side > 0.0;
    }
}

TD_FN void market_wish_to_leave(market_book *b, const td_i32 reason)
{
    if (b->rule[RULE_CLOSE] != 0.0) market_leave(b, b->close, reason);
    else b->leaving = reason;
}

TD_FN int market_due(const market_book *b)
{
    const td_i32 held = b->bar - b->entry_bar + (b->rule[RULE_CLOSE] != 0.0 ? 0 : 1);
    return b->rule[RULE_BARS] > 0.0 && (double)held >= b->rule[RULE_BARS];
}

TD_FN void market_heed(market_book *b, const td_u32 signals)
{
    int longs = (signals & MARKET_ENTRY) && !(signals & MARKET_EXIT);
    int shorts = (signals & MARKET_SHORT_ENTRY) && !(signals & MARKET_SHORT_EXIT);
    if (longs && shorts) longs = shorts = 0;
    if (b->shares == 0.0) {
        const td_u32 against = b->side > 0 ? MARKET_EXIT : MARKET_SHORT_EXIT;
        if (b->side != 0 && (signals & against)) b->side = 0;
        if (longs || shorts) market_place(b, longs ? 1 : -1);
        return;
    }
    const int is_long = b->shares > 0.0, turns = is_long ? shorts : longs;
    if (turns) market_place(b, is_long ? -1 : 1);
    else if (signals & (is_long ? MARKET_EXIT : MARKET_SHORT_EXIT)) market_wish_to_leave(b, 1);
    else if (market_due(b)) market_wish_to_leave(b, 5);
}

/* At the open, within the range, at the close. */
TD_FN void market_bar(market_book *b, const td_u32 signals)
{
    const int at_close = b->rule[RULE_CLOSE] != 0.0;
    b->fresh = b->tried = 0;
    if (!at_close && b->shares != 0.0) {
        if (b->leaving != 0) market_leave(b, b->open, b->leaving);
        else if (b->side != 0) market_leave(b, b->open, 6);
    }
    if (!at_close && b->side != 0 && b->shares == 0.0) market_enter(b, b->side, b->open);
    market_stops(b);
    if (at_close && b->shares != 0.0 && b->leaving != 0) market_leave(b, b->close, b->leaving);
    market_heed(b, signals);
}

/* ---- The walk ------------------------------------------------------------------------- */

/* Prices of one symbol. step: from one bar to the next. */
typedef struct market_tape {
    TD_GLOBAL const double *open, *high, *low, *close, *volume;
    TD_GLOBAL const td_u8 *tradable;
    td_i64 step;
    td_i32 have;
} market_tape;

TD_FN double market_volatility(const market_book *b, const market_tape *tape, const td_i32 last)
{
    const td_i32 count = (td_i32)b->rule[RULE_SIZE_BARS];
    double sum = 0.0, squares = 0.0;
    if (last < count) return b->rule[RULE_NAN];
    for (td_i32 t = last - count + 1; t <= last; ++t)
        sum = sum +
              (tape->close[t * tape->step] / tape->close[(t - 1) * tape->step] - 1.0);
    const double mean = sum / (double)count;
    for (td_i32 t = last - count + 1; t <= last; ++t) {
        const double off =
            tape->close[t * tape->step] / tape->close[(t - 1) * tape->step] - 1.0 - mean;
        squares = squares + off * off;
    }
    return TD_SQRT_F64(squares / (double)(count - 1)) * b->rule[RULE_YEAR_ROOT];
}

TD_FN double market_read(const market_book *b, TD_GLOBAL const double *prices, const td_i64 place,
                         const int have)
{
    return have ? prices[place] : b->rule[RULE_NAN];
}

TD_FN void market_quote(market_book *b, const market_tape *tape)
{
    const td_i32 t = b->bar;
    const td_i64 place = t * tape->step;
    b->last = t > 0 ? tape->close[place - tape->step] : 0.0;
    b->open = market_read(b, tape->open, place, tape->have & 1);
    b->high = market_read(b, tape->high, place, tape->have & 2);
    b->low = market_read(b, tape->low, place, tape->have & 4);
    b->volume = market_read(b, tape->volume, place, tape->have & 8);
    b->close = market_read(b, tape->close, place, tape->tradable[place]);
    b->volatility = b->rule[RULE_NAN];
    if (b->rule[RULE_SIZE_BY] == 3.0 && t > 0)
        b->volatility = market_volatility(b, tape, t - 1);
}

/* Does anything ask for a trade at this bar? At another one market_bar would change nothing. */
TD_FN int market_asked(const market_book *b, const market_tape *tape, const td_u32 signals)
{
    const td_i64 place = b->bar * tape->step;
    const td_i32 late = b->rule[RULE_CLOSE] != 0.0 ? 0 : 1;
    td_u32 heeded = MARKET_ENTRY | MARKET_SHORT_ENTRY;
    if (b->shares > 0.0) heeded = MARKET_EXIT | MARKET_SHORT_ENTRY;
    if (b->shares < 0.0) heeded = MARKET_SHORT_EXIT | MARKET_ENTRY;
    if ((signals & heeded) || b->leaving != 0 || b->side != 0) return 1;
    if (b->rule[RULE_STOPS] != 0.0 && (tape->have & 6) == 6 &&
        (tape->low[place] <= b->fall || tape->high[place] >= b->rise))
        return 1;
    return b->shares != 0.0 && b->rule[RULE_BARS] > 0.0 &&
           (double)(b->bar - b->entry_bar + late) >= b->rule[RULE_BARS];
}

TD_FN void market_carry(market_book *b, const double close_before)
{
    const double earned = (b->cash > 0.0 ? b->cash : 0.0) * b->rule[RULE_INTEREST];
    const double cash = b->cash + earned;
    const double shorted = 0.0 - b->shares > 0.0 ? 0.0 - b->shares : 0.0;
    const double paid = shorted * close_before * b->rule[RULE_BORROW];
    b->cash = cash - paid;
    b->borrowed = b->borrowed + paid;
}

TD_FN void market_drain(market_book *b)
{
    b->costs += b->borrowed;
    b->own_costs += b->borrowed;
    b->borrowed = 0.0;
}

/* The trailing stop follows the bar's range. */
TD_FN void market_trail(market_book *b, const double high, const double low)
{
    const double up = high > b->best ? high : b->best, down = low < b->best ? low : b->best;
    b->best = b->shares < 0.0 ? down : up;
    market_levels(b);
}

/* low and low_peak: the deepest drawdown, its equity and the peak before it. */
typedef struct market_curve { double before, sum, squares, peak, low, low_peak; } market_curve;

TD_FN void market_mark(market_curve *c, const double equity)
{
    const double gain = equity / c->before - 1.0;
    c->sum = c->sum + gain;
    c->squares = c->squares + gain * gain;
    if (equity > c->peak) c->peak = equity;
    if (equity * c->low_peak < c->low * c->peak) {
        c->low = equity;
        c->low_peak = c->peak;
    }
    c->before = equity;
}

TD_FN void market_break(market_book *b, const double close)
{
    market_drain(b);
    market_mark_open(b, close);
    b->cash = b->shares = 0.0;
    b->leaving = b->side = 0;
    b->broke_bar = b->bar;
    market_levels(b);
}

TD_FN void market_day(market_book *b, market_curve *c, const market_tape *tape,
                      const td_u32 signals)
{
    const td_i64 place = b->bar * tape->step;
    const double close = tape->close[place];
    int gone = 0;
    b->fresh = 0;
    if (b->broke_bar < 0) {
        if (b->rule[RULE_CARRY] != 0.0 && b->bar > 0)
            market_carry(b, tape->close[place - tape->step]);
        if (market_asked(b, tape, signals)) {
            market_drain(b);
            market_quote(b, tape);
            market_bar(b, signals);
            market_levels(b);
        }
        gone = b->cash + b->shares * close <= 0.0;
        if (gone) market_break(b, close);
    }
    market_mark(c, b->cash + b->shares * close);
    if (b->rule[RULE_TRAIL] > 0.0 && (tape->have & 6) == 6)
        market_trail(b, tape->high[place], tape->low[place]);
    if (gone) b->cash = c->before = 1.0;
    else if (b->fresh) {
        b->best = b->entry_price;
        market_levels(b);
    }
}

TD_FN void market_out(const market_book *b, const market_curve *c, const td_i32 held,
                      TD_GLOBAL double *out, const td_i64 symbols)
{
    out[0] = b->cash;
    out[symbols] = (double)b->trades;
    out[2 * symbols] = (double)b->wins;
    out[3 * symbols] = (double)b->losses;
    out[4 * symbols] = b->won;
    out[5 * symbols] = b->lost;
    out[6 * symbols] = b->gain_won;
    out[7 * symbols] = b->gain_lost;
    out[8 * symbols] = b->costs;
    out[9 * symbols] = b->traded;
    out[10 * symbols] = c->sum;
    out[11 * symbols] = c->squares;
    out[12 * symbols] = c->low / c->low_peak;
    out[13 * symbols] = b->broke_bar >= 0 ? 0.0 : c->before;
    out[14 * symbols] = (double)held;
    out[15 * symbols] = (double)b->broke_bar;
}

TD_FN void market_start(market_book *b, market_curve *c, TD_GLOBAL const double *rule)
{
    b->rule = rule;
    b->cash = c->before = c->peak = rule[RULE_CASH];
    b->shares = b->costs = b->traded = b->won = b->lost = b->gain_won = b->gain_lost = 0.0;
    b->borrowed = b->best = b->entry_price = b->entry_value = b->entry_costs = 0.0;
    b->exit_value = b->own_costs = c->sum = c->squares = 0.0;
    c->low = c->low_peak = rule[RULE_CASH];
    b->trades = b->wins = b->losses = b->entry_bar = b->leaving = b->side = 0;
    b->broke_bar = -1;
    b->bar = 0;
    market_levels(b);
}

TD_KERNEL void market_machine(TD_GLOBAL const double *TD_RESTRICT open,
                              TD_GLOBAL const double *TD_RESTRICT high,
                              TD_GLOBAL const double *TD_RESTRICT low,
                              TD_GLOBAL const double *TD_RESTRICT close,
                              TD_GLOBAL const double *TD_RESTRICT volume,
                              TD_GLOBAL const td_u8 *TD_RESTRICT tradable,
                              TD_GLOBAL const td_i32 *TD_RESTRICT counts,
                              TD_GLOBAL const td_u32 *TD_RESTRICT bits,
                              TD_GLOBAL const double *TD_RESTRICT rules,
                              TD_GLOBAL double *TD_RESTRICT out, const td_i32 have,
                              const td_i32 point_count, const td_i32 symbol_count,
                              const td_i32 bar_count TD_ARGS_END)
{
    TD_PHASE
        const td_i64 items = (td_i64)point_count * symbol_count;
        const td_i64 words = (bar_count + 31) / 32;
        for (td_i64 item = TD_GID; item < items; item += TD_STRIDE) {
            const td_i64 point = (td_u32)item / (td_u32)symbol_count;
            const td_i32 symbol = (td_i32)(item - point * symbol_count);
            const td_i32 count = counts[symbol];
            const td_i64 begin = market_begin(symbol, bar_count);
            const market_tape tape = {open + begin, high + begin, low + begin, close + begin,
                                      volume + begin, tradable + begin, MARKET_LANES, have};
            market_book b;
            market_curve c;
            td_u32 entry = 0, leave = 0, short_entry = 0, short_leave = 0;
            td_i32 held = 0;
            market_start(&b, &c, rules + point * MARKET_RULES);
            for (td_i32 t = 0; t < count; ++t) {
                const td_u32 at = (td_u32)t & 31u;
                TD_GLOBAL const td_u32 *const row =
                    bits + (point * 4 * words + t / 32) * symbol_count + symbol;
                if (at == 0) {
                    entry = row[0];
                    leave = row[words * symbol_count];
                    short_entry = row[2 * words * symbol_count];
                    short_leave = row[3 * words * symbol_count];
                }
                b.bar = t;
                market_day(&b, &c, &tape,
                           (entry >> at & 1u) | (leave >> at & 1u) << 1 |
                               (short_entry >> at & 1u) << 2 | (short_leave >> at & 1u) << 3);
                held += b.shares != 0.0;
            }
            market_drain(&b);
            if (count > 0) market_mark_open(&b, tape.close[(td_i64)(count - 1) * tape.step]);
            market_out(&b, &c, held, out + point * MARKET_OUTS * symbol_count + symbol,
                       symbol_count);
        }
    TD_PHASE_END
}
#endif
