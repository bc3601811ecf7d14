/* machine_body.h - the machine on TD_LANES symbols, for the instruction set of the including file:
 * machine_plain.c, machine_avx2.c, machine_avx512.c. The arithmetic is that of machine.h. */
#ifndef TANDEM_MODULES_MARKET_MACHINE_BODY_H
#define TANDEM_MODULES_MARKET_MACHINE_BODY_H
#include "lanes.h"
#include "machine_lane.h"

typedef struct machine {
    vec cash, shares, before, sum, squares, peak, held_bars, borrowed, ends;
    vec worst, worst_peak;      /* the deepest drawdown: its equity, and the peak before it */
    vec best, fall, rise;       /* levels: low <= fall or high >= rise asks for a trade */
    vec fall_fixed, rise_fixed; /* without the trailing stop */
    const machine_rules *rules;
    const machine_tile *tile;
    const machine_signals *signals;
    const machine_curves *curves;
    const machine_recorder *recorder;
    machine_account account[TD_LANES];
    machine_position position[TD_LANES];
    uint64_t due[TD_LANES], due_first; /* bars at which max_bars ends a position */
    uint64_t broke_bar[TD_LANES];
    uint8_t longs, shorts, busy, broke;
    lane blank; /* of which each lane that may trade is made */
} machine;

/* ---- Bars at which nothing is traded --------------------------------------------------------- */

typedef enum hot_kind {
    HOT_PLAIN = 0, /* long or short or nothing, and no levels */
    HOT_STOPS = 1, /* levels that stay where they are */
    HOT_FULL = 2,  /* and trailing stops, carry, curves */
    HOT_MARK = 3   /* one bar that was traded at: as HOT_FULL, carried and looked at already */
} hot_kind;

/* Lanes whose range reached a level. */
VEC_INLINE uint8_t levels_met(const machine *m, uint64_t t)
{
    return lanes_at_most(m->tile->low[t], m->fall) | lanes_at_most(m->rise, m->tile->high[t]);
}

VEC_INLINE void hot_trail(machine *m, uint64_t t)
{
    const machine_rules *rules = m->rules;
    const vec none = vec_set(0);
    const vec_mask is_long = m->shares > none, is_short = m->shares < none;
    const vec up = vec_max(m->tile->high[t], m->best), down = vec_min(m->tile->low[t], m->best);
    m->best = vec_select(is_short, down, up);
    const vec under = m->best * vec_set(1 - rules->trailing_stop);
    const vec over = m->best * vec_set(1 + rules->trailing_stop);
    m->fall = vec_select(is_long, vec_max(under, m->fall_fixed), m->fall_fixed);
    m->rise = vec_select(is_short, vec_min(over, m->rise_fixed), m->rise_fixed);
}

/* Interest and borrowing of the night before bar t, for lanes that have the bar. */
VEC_INLINE void hot_carry(machine *m, uint64_t t)
{
    const uint8_t lanes = m->tile->alive[t] & (uint8_t)~m->broke;
    const vec none = vec_set(0);
    const vec_mask here = lanes_mask(lanes);
    const vec earned = vec_max(m->cash, none) * vec_set(m->rules->interest_bar);
    const vec cash = m->cash + earned;
    const vec shorted = vec_max(none - m->shares, none);
    const vec paid = shorted * m->tile->close[t - 1] * vec_set(m->rules->borrow_bar);
    m->cash = vec_select(here, cash - paid, m->cash);
    m->borrowed = vec_select(here, m->borrowed + paid, m->borrowed);
}

/* Marks bars t .. end - 1, as far as no account is broke and from bar wary on no level is reached;
 * answers the first bar that is not marked. */
VEC_INLINE uint64_t hot_bars(machine *m, uint64_t t, uint64_t end, uint64_t wary,
                             const hot_kind kind)
{
    const bool full = kind == HOT_FULL, more = kind >= HOT_FULL;
    const uint64_t first = t;
    const vec one = vec_set(1), none = vec_set(0);
    const vec *const close = m->tile->close;
    const bool carries = full && m->rules->carries;
    const bool stops = kind == HOT_STOPS || (full && m->rules->has_stops);
    const bool trails = more && m->rules->trailing_stop > 0;
    vec before = m->before, sum = m->sum, squares = m->squares, peak = m->peak, worst = m->worst;
    vec worst_peak = m->worst_peak;
    for (; t < end; ++t) {
        if (stops && t >= wary && levels_met(m, t)) break;
        if (carries && t > 0) {
            const vec cash = m->cash, borrowed = m->borrowed;
            hot_carry(m, t);
            if (lanes_at_most(m->cash + m->shares * close[t], none)) {
                m->cash = cash;
                m->borrowed = borrowed;
                break;
            }
        }
        const vec equity = m->cash + m->shares * close[t];
        const vec top = vec_max(equity, peak);
        if (kind != HOT_MARK && lanes_at_most(equity, none)) break;
        const uint8_t lower = lanes_less(equity * worst_peak, worst * top);
        worst = lanes_choose(lower, equity, worst);
        worst_peak = lanes_choose(lower, top, worst_peak);
        peak = top;
        const vec gain = equity / before - one;
        sum = sum + gain;
        squares = squares + gain * gain;
        before = equity;
        if (trails) hot_trail(m, t);
        if (more && m->curves->equity) m->curves->equity[t] = equity;
        if (more && m->curves->held) m->curves->held[t] = m->shares * close[t];
    }
    m->before = before;
    m->sum = sum;
    m->squares = squares;
    m->peak = peak;
    m->worst = worst;
    m->worst_peak = worst_peak;
    const vec bars =
        vec_min(vec_set((double)t), m->ends) - vec_min(vec_set((double)first), m->ends);
    m->held_bars = vec_select(m->shares != none, m->held_bars + bars, m->held_bars);
    return t;
}

/* Whether bars need no more than HOT_STOPS: then a bar that was traded at is marked like the
 * others. */
VEC_INLINE bool is_simple(const machine *m)
{
    return !m->rules->carries && m->rules->trailing_stop <= 0 && !m->curves->equity &&
           !m->curves->held;
}

static uint64_t hot_simple(machine *m, uint64_t t, uint64_t end, uint64_t wary)
{
    return m->rules->has_stops ? hot_bars(m, t, end, wary, HOT_STOPS)
                               : hot_bars(m, t, end, wary, HOT_PLAIN);
}

static uint64_t hot_run(machine *m, uint64_t t, uint64_t end)
{
    if (!is_simple(m)) return hot_bars(m, t, end, t, HOT_FULL);
    /* An account without shares is worth what it was: nothing moves. */
    return m->longs | m->shorts ? hot_simple(m, t, end, t) : end;
}

/* ---- Where something is asked for ------------------------------------------------------------ */

VEC_INLINE uint64_t bytes_at(const uint8_t *stream, uint64_t t)
{
    uint64_t word = 0;
    if (stream) memcpy(&word, stream + t, sizeof word);
    return word;
}

/* Of the signals of eight bars those that lanes in their present state heed. */
VEC_INLINE uint64_t asked(const machine *m, uint64_t t)
{
    const uint64_t every = UINT64_C(0x0101010101010101);
    const machine_signals *s = m->signals;
    const uint8_t held = m->longs | m->shorts, flat = (uint8_t) ~(held | m->broke);
    uint64_t word = (bytes_at(s->entry, t) & every * (uint8_t)(flat | m->shorts)) |
                    (bytes_at(s->exit, t) & every * m->longs);
    if (s->short_entry) word |= bytes_at(s->short_entry, t) & every * (uint8_t)(flat | m->longs);
    if (s->short_exit) word |= bytes_at(s->short_exit, t) & every * m->shorts;
    return word;
}

/* The first bar from t on at which a lane may trade for another reason than a level. */
static uint64_t next_event(const machine *m, uint64_t t)
{
    uint64_t end = m->tile->bars;
    if (t >= end || m->busy & m->tile->alive[t]) return t;
    if (m->due_first < end) end = m->due_first > t ? m->due_first : t;
    for (; t < end; t += 8) {
        const uint64_t word = asked(m, t);
        if (!word) continue;
        t += (uint64_t)__builtin_ctzll(word) / 8;
        return t < end ? t : end;
    }
    return end;
}

static uint8_t events_at(machine *m, uint64_t t)
{
    const uint8_t alive = m->tile->alive[t];
    uint8_t lanes = (uint8_t)asked(m, t) | m->busy;
    if (m->rules->has_stops) lanes |= levels_met(m, t);
    for (unsigned l = 0; m->due_first <= t && l < TD_LANES; ++l)
        if (m->due[l] <= t) lanes |= (uint8_t)(1u << l);
    return lanes & alive & (uint8_t)~m->broke;
}

/* ---- One lane -------------------------------------------------------------------------------- */

static void due_update(machine *m)
{
    uint64_t first = UINT64_MAX;
    for (unsigned l = 0; l < TD_LANES; ++l)
        if (m->due[l] < first) first = m->due[l];
    m->due_first = first;
}

static void lane_levels_store(machine *m, unsigned l)
{
    const machine_rules *rules = m->rules;
    const machine_position *p = &m->position[l];
    if (!rules->has_stops) return;
    m->fall[l] = m->fall_fixed[l] = -INFINITY;
    m->rise[l] = m->rise_fixed[l] = INFINITY;
    if (p->shares == 0) return;
    machine_rules fixed = *rules;
    fixed.trailing_stop = 0;
    const lane_levels stay = lane_levels_of(&fixed, p), now = lane_levels_of(rules, p);
    m->best[l] = p->best;
    if (p->shares > 0) {
        m->fall_fixed[l] = stay.loss;
        m->fall[l] = now.loss;
        m->rise[l] = m->rise_fixed[l] = stay.profit;
    } else {
        m->rise_fixed[l] = stay.loss;
        m->rise[l] = now.loss;
        m->fall[l] = m->fall_fixed[l] = stay.profit;
    }
}

static void lane_store(machine *m, unsigned l, uint64_t t)
{
    const machine_position *p = &m->position[l];
    const uint8_t bit = (uint8_t)(1u << l), other = (uint8_t)~bit;
    /* Whole vectors are written, since they are read next: a part would have to reach memory. */
    m->cash = lanes_choose(bit, vec_set(m->account[l].cash), m->cash);
    m->shares = lanes_choose(bit, vec_set(p->shares), m->shares);
    m->longs = (m->longs & other) | (p->shares > 0 ? bit : 0);
    m->shorts = (m->shorts & other) | (p->shares < 0 ? bit : 0);
    m->busy = (m->busy & other) | (p->leaving != TRADE_OPEN || p->side != 0 ? bit : 0);
    lane_levels_store(m, l);
    if (m->rules->max_bars == 0) return;
    m->due[l] = UINT64_MAX;
    if (p->shares != 0) m->due[l] = p->entry_bar + m->rules->max_bars - !m->rules->at_close;
    /* It stays due as long as the exit waits, which keeps the lane busy anyway. */
    if (m->due[l] <= t || m->due[l] >= m->tile->count[l]) m->due[l] = UINT64_MAX;
    due_update(m);
}

/* The volatility in a year of the closes up to bar last, by the sample's deviation; NaN: too few.
 */
static double lane_volatility(const machine *m, unsigned l, uint64_t last)
{
    const uint64_t count = m->rules->size_bars;
    const vec *close = m->tile->close;
    double sum = 0, squares = 0;
    if (last < count) return NAN;
    for (uint64_t t = last - count + 1; t <= last; ++t)
        sum = sum + (close[t][l] / close[t - 1][l] - 1);
    const double mean = sum / (double)count;
    for (uint64_t t = last - count + 1; t <= last; ++t) {
        const double off = close[t][l] / close[t - 1][l] - 1 - mean;
        squares = squares + off * off;
    }
    return sqrt(squares / (double)(count - 1)) * sqrt(m->rules->year);
}

static void lane_drain(machine *m, unsigned l)
{
    m->account[l].cash = m->cash[l];
    m->position[l].best = m->best[l];
    if (!m->rules->carries) return;
    m->account[l].costs += m->borrowed[l];
    m->position[l].costs += m->borrowed[l];
    m->borrowed[l] = 0;
}

static double price_at(const vec *series, uint64_t t, unsigned l)
{
    return series ? series[t][l] : NAN;
}

/* What is the same for all lanes and bars. */
static void lane_begin(machine *m)
{
    const machine_signals *s = m->signals;
    m->blank = (lane){.rules = m->rules, .recorder = m->recorder};
    m->blank.quote.volatility = m->blank.quote.volume = NAN;
    m->blank.open = m->blank.high = m->blank.low = m->blank.close = NAN;
    for (int side = 0; side < 2; ++side)
        m->blank.limit[side] = m->blank.stop[side] = NAN;
    m->blank.has_prices[0] = s->entry_limit || s->entry_stop;
    m->blank.has_prices[1] = s->short_limit || s->short_stop;
}

static void lane_orders(const machine *m, unsigned l, uint64_t t, lane *x)
{
    const machine_signals *s = m->signals;
    x->limit[0] = price_at(s->entry_limit, t, l);
    x->stop[0] = price_at(s->entry_stop, t, l);
    x->limit[1] = price_at(s->short_limit, t, l);
    x->stop[1] = price_at(s->short_stop, t, l);
}

static void lane_fill(machine *m, unsigned l, uint64_t t, lane *x)
{
    const machine_tile *tile = m->tile;
    *x = m->blank;
    x->account = &m->account[l];
    x->position = &m->position[l];
    x->quote.bar = t;
    x->quote.symbol = l;
    x->quote.before = t > 0 ? tile->close[t - 1][l] : 0;
    if (tile->volume) x->quote.volume = tile->volume[t][l];
    if (tile->open) x->open = tile->open[t][l];
    if (tile->high) x->high = tile->high[t][l];
    if (tile->low) x->low = tile->low[t][l];
    if (tile->tradable[t] >> l & 1) x->close = tile->close[t][l];
    if (x->has_prices[0] || x->has_prices[1]) lane_orders(m, l, t, x);
}

static unsigned lane_bits(const machine_signals *s, uint64_t t, unsigned l)
{
    unsigned bits = 0;
    if (s->entry && s->entry[t] >> l & 1) bits |= LANE_ENTRY;
    if (s->exit && s->exit[t] >> l & 1) bits |= LANE_EXIT;
    if (s->short_entry && s->short_entry[t] >> l & 1) bits |= LANE_SHORT_ENTRY;
    if (s->short_exit && s->short_exit[t] >> l & 1) bits |= LANE_SHORT_EXIT;
    return bits;
}

static void lane_trade(machine *m, unsigned l, uint64_t t, uint8_t *fresh)
{
    lane x;
    lane_drain(m, l);
    lane_fill(m, l, t, &x);
    /* Of the bars before, with fill=close too: orders within this bar do not know its close. */
    if (m->rules->size_by == SIZE_VOLATILITY && t > 0)
        x.quote.volatility = lane_volatility(m, l, t - 1);
    lane_bar(&x, lane_bits(m->signals, t, l));
    if (x.fresh) *fresh |= (uint8_t)(1u << l);
    lane_store(m, l, t);
}

/* Closed at the last price, without costs; what is owed beyond is written off. */
static void lane_break(machine *m, unsigned l, uint64_t t)
{
    lane_drain(m, l);
    const machine_quote quote = {.bar = t, .symbol = l};
    fill_mark_open(&m->account[l], &m->position[l], m->tile->close[t][l], TRADE_BROKE, &quote,
                   m->recorder);
    m->account[l].cash = m->position[l].shares = 0;
    m->position[l].leaving = TRADE_OPEN;
    m->position[l].side = 0;
    m->broke |= (uint8_t)(1u << l);
    m->broke_bar[l] = t;
    lane_store(m, l, t);
}

/* ---- The whole ------------------------------------------------------------------------------- */

/* Answers the lanes that opened a position at the close. */
static uint8_t trade_bar(machine *m, uint64_t t)
{
    uint8_t fresh = 0;
    if (m->rules->carries && t > 0) hot_carry(m, t);
    for (unsigned lanes = events_at(m, t); lanes; lanes &= lanes - 1)
        lane_trade(m, (unsigned)__builtin_ctz(lanes), t, &fresh);
    return fresh;
}

static void mark_bar(machine *m, uint64_t t, uint8_t fresh)
{
    const uint8_t gone =
        lanes_at_most(m->cash + m->shares * m->tile->close[t], vec_set(0)) & (uint8_t)~m->broke;
    for (unsigned lanes = gone; lanes; lanes &= lanes - 1)
        lane_break(m, (unsigned)__builtin_ctz(lanes), t);
    hot_bars(m, t, t + 1, t, HOT_MARK);
    for (unsigned lanes = gone; lanes; lanes &= lanes - 1) {
        const unsigned l = (unsigned)__builtin_ctz(lanes);
        m->cash[l] = m->before[l] = 1; /* of which no further return is made */
    }
    for (unsigned lanes = fresh & (uint8_t)~gone; lanes; lanes &= lanes - 1)
        lane_levels_store(m, (unsigned)__builtin_ctz(lanes));
}

/* Trades at bar t and marks it, with those behind it where that can be done in one go; answers the
 * first bar that is not marked. */
static uint64_t event_bars(machine *m, uint64_t t)
{
    const uint8_t fresh = trade_bar(m, t);
    if (is_simple(m)) {
        const uint64_t end = m->longs | m->shorts ? next_event(m, t + 1) : t + 1;
        const uint64_t marked = hot_simple(m, t, end, t + 1);
        if (marked > t) return marked;
    }
    mark_bar(m, t, fresh);
    return t + 1;
}

static void machine_start(machine *m)
{
    m->cash = m->before = m->peak = vec_set(m->rules->cash);
    m->shares = m->sum = m->squares = m->held_bars = m->borrowed = m->best = vec_set(0);
    m->worst = m->worst_peak = vec_set(m->rules->cash);
    m->fall = m->fall_fixed = vec_set(-INFINITY);
    m->rise = m->rise_fixed = vec_set(INFINITY);
    m->due_first = UINT64_MAX;
    m->longs = m->shorts = m->busy = m->broke = 0;
    for (unsigned l = 0; l < TD_LANES; ++l) {
        m->ends[l] = (double)m->tile->count[l];
        m->account[l] = (machine_account){.cash = m->rules->cash};
        m->position[l] = (machine_position){.limit = NAN, .stop = NAN};
        m->due[l] = m->broke_bar[l] = UINT64_MAX;
    }
}

static void machine_finish(machine *m, machine_result *out)
{
    for (unsigned l = 0; l < TD_LANES; ++l) {
        const uint64_t count = m->tile->count[l];
        const bool broke = m->broke >> l & 1;
        lane_drain(m, l);
        if (count > 0) {
            const machine_quote quote = {.bar = count - 1, .symbol = l};
            fill_mark_open(&m->account[l], &m->position[l], m->tile->close[count - 1][l],
                           TRADE_OPEN, &quote, m->recorder);
        }
        out->account[l] = m->account[l];
        out->sum[l] = m->sum[l];
        out->squares[l] = m->squares[l];
        out->worst[l] = m->worst[l] / m->worst_peak[l];
        out->equity[l] = broke ? 0 : m->before[l];
        out->held_bars[l] = m->held_bars[l];
        out->broke_bar[l] = m->broke_bar[l];
    }
}

static void MACHINE(run)(const machine_rules *rules, const machine_tile *tile,
                         const machine_signals *signals, const machine_curves *curves,
                         const machine_recorder *recorder, machine_result *out)
{
    machine m = {
        .rules = rules, .tile = tile, .signals = signals, .curves = curves, .recorder = recorder};
    machine_start(&m);
    lane_begin(&m);
    for (uint64_t t = 0; t < tile->bars;) {
        const uint64_t next = next_event(&m, t);
        if (t < next) t = hot_run(&m, t, next);
        if (t < tile->bars) t = event_bars(&m, t);
    }
    machine_finish(&m, out);
}

#endif
