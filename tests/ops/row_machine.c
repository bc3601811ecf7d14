/* row_machine.c - market_machine against the CPU's machine: the same bits, whatever the rules. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "modules/market/machine.h"
#include "rows.h"

#define ROOTS      4
#define RULE_WORDS 28
#define OUTS       16
#define PRICES     5 /* open, high, low, close, volume */

typedef struct machine_case {
    int32_t points, symbols, blocks, bars, have;
    double *price[PRICES]; /* [symbol / 8][bar][symbol % 8] */
    uint8_t *tradable;
    int32_t *counts;
    uint32_t *bits; /* [point][root][word][symbol] */
    double *rules, *wanted, *got;
    machine_rules *rule; /* [point] */
    vec *tile;           /* [price][bar] of one block of symbols */
    uint8_t *alive, *open_here, *signal[ROOTS];
} machine_case;

/* ---- Input ----------------------------------------------------------------------------------- */

static bool one_in(ops_case *c, uint64_t count)
{
    return ops_random_below(c, count) == 0;
}

/* A walk with gaps, halts, bars without volume, and prices that are met exactly. */
static void fill_symbol(ops_case *c, machine_case *m, int32_t s)
{
    double last = 50 + 50 * ops_random_unit(c);
    m->counts[s] = one_in(c, 4) ? (int32_t)ops_random_below(c, (uint64_t)m->bars + 1) : m->bars;
    for (int32_t t = 0; t < m->bars; ++t) {
        const int64_t at = ((int64_t)(s / TD_LANES) * m->bars + t) * TD_LANES + s % TD_LANES;
        const bool gone = t >= m->counts[s], halted = one_in(c, 25);
        const double jump = one_in(c, 60) ? 0.6 + ops_random_unit(c) : 1;
        const double open = last * jump * (0.98 + 0.04 * ops_random_unit(c));
        const double close = one_in(c, 8) ? last : open * (0.95 + 0.1 * ops_random_unit(c));
        const double high = (open > close ? open : close) * (1 + 0.03 * ops_random_unit(c));
        const double low = (open < close ? open : close) * (1 - 0.03 * ops_random_unit(c));
        m->tradable[at] = !gone && !halted;
        m->price[0][at] = m->tradable[at] ? open : (double)NAN;
        m->price[1][at] = m->tradable[at] ? high : (double)NAN;
        m->price[2][at] = m->tradable[at] ? low : (double)NAN;
        m->price[3][at] = gone || halted ? last : close;
        m->price[4][at] = gone ? (double)NAN : one_in(c, 20) ? 0 : 1e5 * ops_random_unit(c);
        last = m->price[3][at];
    }
}

static double maybe(ops_case *c, double most)
{
    return one_in(c, 2) ? most * ops_random_unit(c) : 0;
}

static void fill_costs(ops_case *c, machine_rules *r)
{
    r->fee_buy = maybe(c, 0.01);
    r->fee_sell = maybe(c, 0.01);
    r->fee_min = one_in(c, 4) ? 5000 * ops_random_unit(c) : 0;
    r->fee_share = one_in(c, 4) ? 0.05 : 0;
    r->tax_sell = maybe(c, 0.005);
    r->slippage = maybe(c, 0.01);
    r->half_spread = one_in(c, 4) ? 0.05 : 0;
    r->slippage_volume = one_in(c, 4) ? 0.3 : 0;
    r->volume_max = one_in(c, 4) ? 0.2 : 0;
    r->borrow_bar = one_in(c, 3) ? 0.001 : 0;
    r->interest_bar = one_in(c, 3) ? 0.0005 : 0;
    r->carries = r->borrow_bar != 0 || r->interest_bar != 0;
    r->limit_move = one_in(c, 4) ? 0.1 : 0;
}

static void fill_rules(ops_case *c, machine_rules *r)
{
    *r = (machine_rules){.at_close = one_in(c, 2),
                         .long_ok = true,
                         .short_ok = true,
                         .profit_first = one_in(c, 2),
                         .order_bars = 1,
                         .size_bars = 5,
                         .ddof = 1,
                         .cash = 1e6,
                         .year = 252};
    r->stop_loss = maybe(c, 0.1);
    r->take_profit = maybe(c, 0.2);
    r->trailing_stop = maybe(c, 0.1);
    r->has_stops = r->stop_loss > 0 || r->take_profit > 0 || r->trailing_stop > 0;
    r->max_bars = one_in(c, 2) ? 1 + (uint32_t)ops_random_below(c, 20) : 0;
    r->size_by = (machine_size)ops_random_below(c, 5);
    switch (r->size_by) {
    case SIZE_FRACTION: r->size = one_in(c, 2) ? 1 : 2 * ops_random_unit(c); break;
    case SIZE_CASH: r->size = 2e6 * ops_random_unit(c); break;
    case SIZE_SHARES: r->size = 20000 * ops_random_unit(c); break;
    case SIZE_VOLATILITY: r->size = ops_random_unit(c); break;
    case SIZE_KELLY: r->size = 1; break;
    }
    r->lot = one_in(c, 3) ? 10 : 0;
    fill_costs(c, r);
}

static void pack_rules(const machine_rules *r, double *to)
{
    const double all[RULE_WORDS] = {INFINITY,         r->at_close,    r->profit_first,
                                    r->has_stops,     r->carries,     r->max_bars,
                                    r->size_bars,     r->stop_loss,   r->take_profit,
                                    r->trailing_stop, r->size_by,     r->size,
                                    r->lot,           r->fee_buy,     r->fee_sell,
                                    r->fee_min,       r->fee_share,   r->tax_sell,
                                    r->slippage,      r->half_spread, r->slippage_volume,
                                    r->volume_max,    r->borrow_bar,  r->interest_bar,
                                    r->limit_move,    r->cash,        sqrt(r->year),
                                    (double)NAN};
    memcpy(to, all, sizeof all);
}

static void fill(ops_case *c, machine_case *m)
{
    const int64_t words = (m->bars + 31) / 32, all = m->points * ROOTS * words * m->symbols;
    for (int32_t s = 0; s < m->symbols; ++s)
        fill_symbol(c, m, s);
    for (int32_t p = 0; p < m->points; ++p) {
        fill_rules(c, &m->rule[p]);
        pack_rules(&m->rule[p], m->rules + p * RULE_WORDS);
    }
    for (int64_t i = 0; i < all; ++i) /* about one bar in eight */
        m->bits[i] = (uint32_t)(ops_random(c) & ops_random(c) & ops_random(c) >> 32);
}

/* ---- The reference: the CPU's machine, block by block ------------------------------------------
 */

static void load_block(machine_case *m, int32_t block, machine_tile *tile)
{
    *tile = (machine_tile){.alive = m->alive, .tradable = m->open_here};
    const vec *column[PRICES];
    for (int i = 0; i < PRICES; ++i)
        column[i] = m->tile + (int64_t)i * m->bars;
    for (int l = 0; l < TD_LANES; ++l) {
        tile->count[l] = (uint64_t)m->counts[block * TD_LANES + l];
        if (tile->count[l] > tile->bars) tile->bars = tile->count[l];
    }
    for (int32_t t = 0; t < m->bars; ++t) {
        const int64_t at = ((int64_t)block * m->bars + t) * TD_LANES;
        m->alive[t] = m->open_here[t] = 0;
        for (int l = 0; l < TD_LANES; ++l) {
            for (int i = 0; i < PRICES; ++i)
                m->tile[(int64_t)i * m->bars + t][l] = m->price[i][at + l];
            if ((uint64_t)t < tile->count[l]) m->alive[t] |= (uint8_t)(1u << l);
            if (m->tradable[at + l]) m->open_here[t] |= (uint8_t)(1u << l);
        }
    }
    tile->open = column[0];
    tile->high = column[1];
    tile->low = column[2];
    tile->close = column[3];
    tile->volume = column[4];
}

static void load_signals(machine_case *m, int32_t point, int32_t block, const machine_tile *tile)
{
    const int64_t words = (m->bars + 31) / 32;
    for (int root = 0; root < ROOTS; ++root) {
        memset(m->signal[root], 0, (size_t)m->bars + 16);
        for (int32_t t = 0; (uint64_t)t < tile->bars; ++t)
            for (int l = 0; l < TD_LANES; ++l) {
                const uint32_t word =
                    m->bits[((point * ROOTS + root) * words + t / 32) * m->symbols +
                            block * TD_LANES + l];
                if ((uint64_t)t < tile->count[l])
                    m->signal[root][t] |= (uint8_t)((word >> t % 32 & 1) << l);
            }
    }
}

static void store(machine_case *m, int32_t point, int32_t block, const machine_result *r)
{
    for (int l = 0; l < TD_LANES; ++l) {
        const machine_account *a = &r->account[l];
        const double broke = r->broke_bar[l] == UINT64_MAX ? -1 : (double)r->broke_bar[l];
        const double all[OUTS] = {
            a->cash,     (double)a->trades, (double)a->wins, (double)a->losses,
            a->won,      a->lost,           a->gain_won,     a->gain_lost,
            a->costs,    a->traded,         r->sum[l],       r->squares[l],
            r->worst[l], r->equity[l],      r->held_bars[l], broke};
        for (int i = 0; i < OUTS; ++i)
            m->wanted[((int64_t)point * OUTS + i) * m->symbols + block * TD_LANES + l] = all[i];
    }
}

static void reference(machine_case *m)
{
    const machine_isa *const isa = machine_isa_best();
    const machine_curves none = {NULL, NULL};
    machine_tile tile;
    machine_result result;
    for (int32_t block = 0; block < m->blocks; ++block) {
        load_block(m, block, &tile);
        for (int32_t p = 0; p < m->points; ++p) {
            load_signals(m, p, block, &tile);
            const machine_signals signals = {.entry = m->signal[0],
                                             .exit = m->signal[1],
                                             .short_entry = m->signal[2],
                                             .short_exit = m->signal[3]};
            isa->run(&m->rule[p], &tile, &signals, &none, NULL, &result);
            store(m, p, block, &result);
        }
    }
}

/* ---- A case ---------------------------------------------------------------------------------- */

static td_status machine_host(machine_case *m, td_error *err)
{
    const uint64_t cells = (uint64_t)m->bars * (uint64_t)m->symbols, points = (uint64_t)m->points;
    const uint64_t words = (uint64_t)(m->bars + 31) / 32, symbols = (uint64_t)m->symbols;
    td_status status = TD_OK;
    for (int i = 0; i < PRICES && !status; ++i)
        status = ops_host(cells, 8, (void **)&m->price[i], err);
    for (int i = 0; i < ROOTS && !status; ++i)
        status = ops_host((uint64_t)m->bars + 16, 1, (void **)&m->signal[i], err);
    if (!status) status = ops_host(cells, 1, (void **)&m->tradable, err);
    if (!status) status = ops_host(symbols, 4, (void **)&m->counts, err);
    if (!status) status = ops_host(points * ROOTS * words * symbols, 4, (void **)&m->bits, err);
    if (!status) status = ops_host(points * RULE_WORDS, 8, (void **)&m->rules, err);
    if (!status) status = ops_host(points, sizeof *m->rule, (void **)&m->rule, err);
    if (!status) status = ops_host(points * OUTS * symbols, 8, (void **)&m->wanted, err);
    if (!status) status = ops_host(points * OUTS * symbols, 8, (void **)&m->got, err);
    if (!status) status = ops_host((uint64_t)m->bars, 1, (void **)&m->alive, err);
    if (!status) status = ops_host((uint64_t)m->bars, 1, (void **)&m->open_here, err);
    if (status) return status;
    m->tile = aligned_alloc(64, PRICES * (size_t)m->bars * sizeof(vec));
    return m->tile ? TD_OK : td_fail(err, TD_E_NO_MEMORY, "no memory for a tile");
}

static void machine_free(machine_case *m)
{
    for (int i = 0; i < PRICES; ++i)
        free(m->price[i]);
    for (int i = 0; i < ROOTS; ++i)
        free(m->signal[i]);
    free(m->tradable);
    free(m->counts);
    free(m->bits);
    free(m->rules);
    free(m->rule);
    free(m->wanted);
    free(m->got);
    free(m->alive);
    free(m->open_here);
    free(m->tile);
}

static td_status machine_launch(ops_case *c, machine_case *m, uint32_t groups, td_error *err)
{
    const uint64_t cells = (uint64_t)m->bars * (uint64_t)m->symbols, points = (uint64_t)m->points;
    const uint64_t words = (uint64_t)(m->bars + 31) / 32, symbols = (uint64_t)m->symbols;
    ops_buffer *b[10] = {NULL};
    td_status status = TD_OK;
    for (int i = 0; i < PRICES && !status; ++i)
        status = ops_memory(c, m->price[i], cells * 8, &b[i], err);
    if (!status) status = ops_memory(c, m->tradable, cells, &b[5], err);
    if (!status) status = ops_memory(c, m->counts, symbols * 4, &b[6], err);
    if (!status) status = ops_memory(c, m->bits, points * ROOTS * words * symbols * 4, &b[7], err);
    if (!status) status = ops_memory(c, m->rules, points * RULE_WORDS * 8, &b[8], err);
    if (!status) status = ops_memory(c, NULL, points * OUTS * symbols * 8, &b[9], err);
    if (!status)
        status = ops_launch(c, err, groups, "market_machine", b[0], b[1], b[2], b[3], b[4], b[5],
                            b[6], b[7], b[8], b[9], (int)m->have, (int)m->points, (int)m->symbols,
                            (int)m->bars);
    return status ? status : ops_get(c, m->got, b[9], err);
}

static td_status machine_case_run(ops_case *c, td_error *err)
{
    machine_case m = {.have = 15};
    char text[96];
    const uint32_t groups = 1 + (uint32_t)ops_random_below(c, ops_pick(c, 3, 40, 400));
    m.blocks = 1 + (int32_t)ops_random_below(c, ops_pick(c, 3, 20, 100));
    m.symbols = m.blocks * TD_LANES;
    m.bars = 1 + (int32_t)ops_random_below(c, ops_pick(c, 100, 400, 1250));
    m.points = 1 + (int32_t)ops_random_below(c, ops_pick(c, 4, 10, 64));
    td_status status = machine_host(&m, err);
    if (status) goto out;
    fill(c, &m);
    reference(&m);
    status = machine_launch(c, &m, groups, err);
    if (status) goto out;
    snprintf(text, sizeof text, "%d points, %d symbols, %d bars, %" PRIu32 " groups", m.points,
             m.symbols, m.bars, groups);
    ops_equal(c, text, TD_F64, m.wanted, m.got, (uint64_t)m.points * OUTS * (uint64_t)m.symbols);
out:
    machine_free(&m);
    return status;
}

td_status row_market_machine(ops_case *c, td_error *err)
{
    td_status status = TD_OK;
    const uint64_t cases = ops_pick(c, 4, 12, 12);
    for (uint64_t i = 0; i < cases && !status; ++i) {
        status = machine_case_run(c, err);
        ops_case_end(c);
    }
    return status;
}
