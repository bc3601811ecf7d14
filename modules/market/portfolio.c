/* portfolio.c - the days of a portfolio: at the open exits, then entries by rank; within the range
 * levels and orders; at the close signals, exits before entries. Symbols of one rank come in their
 * order in the panel. */
#include "portfolio.h"

#include <math.h>
#include <string.h>

#include "machine_lane.h"

#define DAY_SECONDS 86400

typedef struct trading {
    const portfolio_job *job;
    const machine_rules *rules; /* size is that of one position */
    machine_rules own;
    machine_account account;
    uint64_t bar, held_count, held_most;
    int rebalance;       /* 0 none, 1 daily .. 4 quarterly */
    double equity, most; /* for entries: as of the last prices known */
    double gross;
} trading;

/* ---- Symbols ----------------------------------------------------------------------------- */

static double at(const trading *w, const double *series, uint64_t bar, uint64_t symbol)
{
    return series ? series[bar * w->job->panel->width + symbol] : NAN;
}

static bool bit_at(const trading *w, const uint8_t *stream, uint64_t symbol)
{
    const uint64_t place = w->bar * w->job->panel->blocks + symbol / TD_LANES;
    return stream && (stream[place] >> symbol % TD_LANES & 1);
}

static machine_position *position_of(const trading *w, uint64_t symbol)
{
    return &w->job->desk.position[symbol];
}

/* Own bars of the symbol up to bar last; NaN: too few. */
static double volatility(const trading *w, uint64_t symbol, uint64_t last)
{
    const portfolio_panel *panel = w->job->panel;
    const double count = w->rules->size_bars;
    double sum = 0, squares = 0, found = 0, later = NAN;
    for (uint64_t b = last + 1; b-- > 0 && found < count;) {
        if (!(panel->alive[b * panel->blocks + symbol / TD_LANES] >> symbol % TD_LANES & 1))
            continue;
        const double close = at(w, panel->close, b, symbol);
        if (!isnan(later)) {
            const double gain = later / close - 1;
            sum += gain;
            squares += gain * gain;
            found += 1;
        }
        later = close;
    }
    if (found < count) return NAN;
    const double over = squares - sum * sum / count;
    return over > 0 ? sqrt(over / (count - 1)) * sqrt(w->rules->year) : 0;
}

static void freed(void *portfolio, uint64_t symbol);

static lane lane_of(trading *w, uint64_t symbol)
{
    const portfolio_panel *panel = w->job->panel;
    const portfolio_signals *s = w->job->signals;
    const uint64_t b = w->bar;
    lane x = {.rules = w->rules,
              .recorder = w->job->recorder,
              .account = &w->account,
              .position = position_of(w, symbol),
              .equity = &w->equity,
              .most = &w->most,
              .tried = (w->job->desk.mark[symbol] & PORTFOLIO_TRIED) != 0,
              .freed = freed,
              .portfolio = w};
    x.quote.bar = b;
    x.quote.symbol = symbol;
    x.quote.before = b > 0 ? at(w, panel->close, b - 1, symbol) : NAN;
    x.quote.volume = at(w, panel->volume, b, symbol);
    x.quote.volatility = NAN;
    if (w->rules->size_by == SIZE_VOLATILITY && b > 0)
        x.quote.volatility = volatility(w, symbol, b - 1);
    x.open = at(w, panel->open, b, symbol);
    x.high = at(w, panel->high, b, symbol);
    x.low = at(w, panel->low, b, symbol);
    x.close = bit_at(w, panel->tradable, symbol) ? at(w, panel->close, b, symbol) : NAN;
    for (int side = 0; side < 2; ++side) {
        x.limit[side] = at(w, s->price[2 * side], b, symbol);
        x.stop[side] = at(w, s->price[2 * side + 1], b, symbol);
        x.has_prices[side] = s->price[2 * side] || s->price[2 * side + 1];
    }
    return x;
}

static unsigned signals_of(const trading *w, uint64_t symbol)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < 4; ++i)
        if (bit_at(w, w->job->signals->truth[i], symbol)) bits |= 1u << i;
    return bits;
}

/* ---- Money ------------------------------------------------------------------------------- */

/* Equity and what is held, at the closes of bar b. */
static void value_at(trading *w, uint64_t b)
{
    const double *close = w->job->panel->close + b * w->job->panel->width;
    double value = 0, gross = 0;
    for (uint64_t i = 0; i < w->held_count; ++i) {
        const uint32_t symbol = w->job->desk.held[i];
        const double one = position_of(w, symbol)->shares * close[symbol];
        value += one;
        gross += fabs(one);
    }
    w->equity = w->account.cash + value;
    w->gross = gross;
}

/* What an entry may spend: cash that is no proceeds of short sales, while a place is free. */
static void allow(trading *w)
{
    const double room = w->equity - w->gross;
    w->most = room < w->account.cash ? room : w->account.cash;
    if (w->held_count >= w->held_most || !(w->most > 0)) w->most = 0;
}

static void held_update(trading *w, uint32_t symbol)
{
    uint32_t *held = w->job->desk.held;
    const machine_position *p = position_of(w, symbol);
    uint64_t i = 0;
    while (i < w->held_count && held[i] < symbol)
        ++i;
    const bool listed = i < w->held_count && held[i] == symbol;
    if (listed == (p->shares != 0)) return;
    if (listed) {
        memmove(held + i, held + i + 1, (w->held_count - i - 1) * sizeof *held);
        w->held_count -= 1;
        return;
    }
    memmove(held + i + 1, held + i, (w->held_count - i) * sizeof *held);
    held[i] = symbol;
    w->held_count += 1;
    w->gross += p->entry_value;
}

/* A position was closed: an order that opens one on the same bar has its place and its money. */
static void freed(void *portfolio, uint64_t symbol)
{
    trading *w = portfolio;
    held_update(w, (uint32_t)symbol);
    if (w->bar > 0) value_at(w, w->bar - 1);
    allow(w);
}

/* Keeps what a phase did with a symbol for those that come later in the bar. */
static void keep(trading *w, const lane *x, uint32_t symbol)
{
    if (x->fresh) w->job->desk.mark[symbol] |= PORTFOLIO_FRESH;
    if (x->tried) w->job->desk.mark[symbol] |= PORTFOLIO_TRIED;
    held_update(w, symbol);
}

static void carry(trading *w)
{
    const double cash = w->account.cash;
    w->account.cash = cash + (cash > 0 ? cash : 0) * w->rules->interest_bar;
    for (uint64_t i = 0; i < w->held_count; ++i) {
        machine_position *p = position_of(w, w->job->desk.held[i]);
        if (p->shares >= 0) continue;
        const double close = at(w, w->job->panel->close, w->bar - 1, w->job->desk.held[i]);
        const double paid = -p->shares * close * w->rules->borrow_bar;
        w->account.cash -= paid;
        w->account.costs += paid;
        p->costs += paid;
    }
    value_at(w, w->bar - 1);
}

/* ---- Entries that compete ---------------------------------------------------------------- */

static bool comes_before(const trading *w, uint32_t a, uint32_t b)
{
    const double x = w->job->desk.rank[a], y = w->job->desk.rank[b];
    if (x > y || (isnan(y) && !isnan(x))) return true;
    if (x < y || (isnan(x) && !isnan(y))) return false;
    return a < b;
}

/* Heap sort: no recursion and no worst case. The first comes first. */
static void sift(const trading *w, uint32_t *list, uint64_t from, uint64_t count)
{
    for (uint64_t i = from;;) {
        uint64_t child = 2 * i + 1;
        if (child >= count) return;
        if (child + 1 < count && comes_before(w, list[child], list[child + 1])) child += 1;
        if (!comes_before(w, list[i], list[child])) return;
        const uint32_t held = list[i];
        list[i] = list[child];
        list[child] = held;
        i = child;
    }
}

static void sort_waiting(const trading *w, uint64_t count)
{
    uint32_t *list = w->job->desk.waiting;
    for (uint64_t i = count / 2; i-- > 0;)
        sift(w, list, i, count);
    for (uint64_t n = count; n > 1; --n) {
        const uint32_t last = list[0];
        list[0] = list[n - 1];
        list[n - 1] = last;
        sift(w, list, 0, n - 1);
    }
}

/* ---- The phases of a bar ----------------------------------------------------------------- */

/* Symbols with a bar today that hold something or have an order, into waiting. */
static uint64_t list_active(trading *w)
{
    uint64_t count = 0;
    for (uint32_t s = 0; s < w->job->panel->symbols; ++s) {
        const machine_position *p = position_of(w, s);
        if ((p->shares != 0 || p->side != 0) && bit_at(w, w->job->panel->alive, s))
            w->job->desk.waiting[count++] = s;
    }
    return count;
}

static void open_phase(trading *w)
{
    uint32_t *list = w->job->desk.waiting;
    const uint64_t active = list_active(w);
    uint64_t count = 0;
    for (uint64_t i = 0; i < active; ++i) {
        lane x = lane_of(w, list[i]);
        lane_open_exit(&x);
        keep(w, &x, list[i]);
    }
    if (w->bar > 0) value_at(w, w->bar - 1);
    for (uint64_t i = 0; i < active; ++i) {
        const machine_position *p = position_of(w, list[i]);
        if (p->side != 0 && p->shares == 0 && lane_at_market(p)) list[count++] = list[i];
    }
    sort_waiting(w, count);
    for (uint64_t i = 0; i < count; ++i) {
        lane x = lane_of(w, list[i]);
        allow(w);
        /* One that finds no place is dropped; one that cannot be filled today waits. */
        if (w->most == 0) x.position->side = 0;
        else lane_open_entry(&x);
        keep(w, &x, list[i]);
    }
}

static void range_phase(trading *w)
{
    uint32_t *list = w->job->desk.waiting;
    const uint64_t active = list_active(w);
    for (uint64_t i = 0; i < active; ++i) {
        lane x = lane_of(w, list[i]);
        allow(w);
        lane_range(&x);
        keep(w, &x, list[i]);
    }
}

/* Exits of a held symbol at the close. True: it holds nothing now and may be entered by the same
 * signals, in the turn that its rank gives it; so a reversal has to find a place like others. */
static bool close_held(trading *w, uint32_t symbol, unsigned bits)
{
    lane x = lane_of(w, symbol);
    const machine_position *p = x.position;
    const int side = lane_wanted(bits);
    allow(w);
    lane_close_exit(&x);
    if (w->rules->at_close && p->shares * side < 0 && !x.has_prices[side < 0])
        lane_exit(&x, x.close, TRADE_REVERSED);
    const bool free = p->shares == 0;
    if (!free) lane_signals(&x, bits);
    keep(w, &x, symbol);
    return free;
}

/* Held symbols first: what they free can be used by the others, the best ranked first. */
static void close_phase(trading *w)
{
    const portfolio_panel *panel = w->job->panel;
    uint32_t *list = w->job->desk.waiting;
    uint64_t count = 0;
    for (uint32_t s = 0; s < panel->symbols; ++s) {
        if (!bit_at(w, panel->alive, s)) continue;
        const unsigned bits = signals_of(w, s);
        if (bits) w->job->desk.rank[s] = at(w, w->job->signals->price[4], w->bar, s);
        if ((position_of(w, s)->shares == 0 || close_held(w, s, bits)) && bits) list[count++] = s;
    }
    if (w->rules->at_close) value_at(w, w->bar);
    sort_waiting(w, count);
    for (uint64_t i = 0; i < count; ++i) {
        lane x = lane_of(w, list[i]);
        allow(w);
        lane_signals(&x, signals_of(w, list[i]));
        keep(w, &x, list[i]);
    }
}

/* ---- Rebalancing ------------------------------------------------------------------------- */

/* A number that is new in each period. 1970-01-01 was a Thursday; weeks begin on Mondays. */
static int64_t period_of(int64_t seconds, int rebalance)
{
    const int64_t day =
        seconds >= 0 ? seconds / DAY_SECONDS : -((DAY_SECONDS - 1 - seconds) / DAY_SECONDS);
    if (rebalance == 2) return (day + 3 + 7 * 1000000) / 7;
    /* The civil month of a day: Hinnant, "chrono-compatible low-level date algorithms". */
    const int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    const int64_t month = (yoe + era * 400) * 12 + mp; /* from March on */
    return rebalance == 3 ? month : (month + 2) / 3;
}

static bool is_rebalanced(const trading *w)
{
    const int64_t *time = w->job->state->time;
    if (w->rebalance == 0 || w->bar == 0) return false;
    if (w->rebalance == 1) return true;
    return period_of(time[w->bar], w->rebalance) != period_of(time[w->bar - 1], w->rebalance);
}

static void resize(trading *w, uint32_t symbol, double target, bool more)
{
    lane x = lane_of(w, symbol);
    machine_position *p = x.position;
    const double raw = w->rules->at_close ? x.close : x.open;
    if (!bit_at(w, w->job->panel->alive, symbol) || p->leaving != TRADE_OPEN) return;
    /* The entry took of this bar's volume what an order may. */
    if (w->rules->volume_max > 0 && p->entry_bar == w->bar) return;
    const double shares = target / raw - fabs(p->shares);
    if (more != (shares > 0) || !fill_allowed(w->rules, &x.quote, raw, more == (p->shares > 0)))
        return;
    if (more) fill_more(w->rules, &w->account, p, &x.quote, raw, shares, w->account.cash);
    else fill_less(w->rules, &w->account, p, &x.quote, raw, -shares, w->job->recorder);
}

/* Each position to the size of an entry; where sizes are not fractions, to their mean. Sales before
 * purchases. */
static void rebalance(trading *w)
{
    double target = w->equity * w->rules->size;
    if (w->held_count == 0) return;
    if (w->rules->size_by != SIZE_FRACTION) target = w->gross / (double)w->held_count;
    for (int more = 0; more < 2; ++more)
        for (uint64_t i = 0; i < w->held_count; ++i)
            resize(w, w->job->desk.held[i], target, more != 0);
}

/* ---- The whole --------------------------------------------------------------------------- */

static void trail(trading *w)
{
    const portfolio_panel *panel = w->job->panel;
    for (uint64_t i = 0; i < w->held_count; ++i) {
        const uint32_t s = w->job->desk.held[i];
        machine_position *p = position_of(w, s);
        const double high = at(w, panel->high, w->bar, s), low = at(w, panel->low, w->bar, s);
        const bool fresh = (w->job->desk.mark[s] & PORTFOLIO_FRESH) != 0;
        w->job->desk.mark[s] = 0;
        if (fresh || !bit_at(w, panel->alive, s)) continue;
        if (p->shares > 0 && high > p->best) p->best = high;
        if (p->shares < 0 && low < p->best) p->best = low;
    }
}

static void close_all(trading *w, trade_reason reason)
{
    for (uint64_t i = 0; i < w->held_count; ++i) {
        const uint32_t s = w->job->desk.held[i];
        const machine_quote quote = {.bar = w->bar, .symbol = s};
        fill_mark_open(&w->account, position_of(w, s), at(w, w->job->panel->close, w->bar, s),
                       reason, &quote, w->job->recorder);
        position_of(w, s)->shares = 0;
    }
    w->held_count = 0;
}

static void trade_bar(trading *w)
{
    if (w->rules->carries && w->bar > 0) carry(w);
    if (w->rules->at_close) {
        range_phase(w);
        close_phase(w);
        value_at(w, w->bar);
        if (is_rebalanced(w)) rebalance(w);
    } else {
        open_phase(w);
        if (w->bar > 0) value_at(w, w->bar - 1);
        if (is_rebalanced(w)) rebalance(w);
        range_phase(w);
        close_phase(w);
    }
    trail(w);
    value_at(w, w->bar);
}

static void mark_bar(trading *w, portfolio_result *out, double *before, double *peak)
{
    const portfolio_curves *curves = &w->job->curves;
    const double gain = w->equity / *before - 1;
    out->sum += gain;
    out->squares += gain * gain;
    if (w->equity > *peak) *peak = w->equity;
    if (w->equity < out->worst * *peak) out->worst = w->equity / *peak;
    out->exposure += w->equity > 0 ? w->gross / w->equity : 0;
    *before = w->equity;
    if (curves->equity) curves->equity[w->bar] = w->equity;
    if (curves->exposure)
        curves->exposure[w->bar] = w->equity > 0 ? (w->equity - w->account.cash) / w->equity : 0;
}

static void trading_start(trading *w, const portfolio_job *job)
{
    const backtest_state *state = job->state;
    const double most = backtest_rule(state, job->point, RULE_max_positions);
    *w = (trading){.job = job, .own = job->point->rules};
    w->rules = &w->own;
    w->held_most = most > 0 ? (uint64_t)most : job->panel->symbols;
    w->rebalance = (int)backtest_rule(state, job->point, RULE_rebalance);
    if (w->own.size_by == SIZE_FRACTION && w->own.size == 1)
        w->own.size = 1 / (double)(w->held_most > 0 ? w->held_most : 1);
    w->account.cash = w->equity = w->own.cash;
    for (uint64_t s = 0; s < job->panel->symbols; ++s)
        job->desk.position[s] = (machine_position){.limit = NAN, .stop = NAN};
    memset(job->desk.mark, 0, job->panel->width);
}

void portfolio_trade(const portfolio_job *job, portfolio_result *out)
{
    trading w;
    trading_start(&w, job);
    double before = w.own.cash, peak = before;
    bool broke = false;
    *out = (portfolio_result){.worst = 1};
    for (w.bar = 0; w.bar < job->panel->bars; ++w.bar) {
        if (broke) {
            if (job->curves.equity) job->curves.equity[w.bar] = 0;
            if (job->curves.exposure) job->curves.exposure[w.bar] = 0;
            continue;
        }
        trade_bar(&w);
        if (w.equity <= 0) {
            broke = true;
            close_all(&w, TRADE_BROKE);
            w.equity = w.gross = w.account.cash = 0;
        }
        mark_bar(&w, out, &before, &peak);
    }
    if (job->panel->bars > 0) {
        w.bar = job->panel->bars - 1;
        close_all(&w, TRADE_OPEN);
    }
    out->account = w.account;
    out->equity = before;
}
