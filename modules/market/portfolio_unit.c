/* portfolio_unit.c - the points of a unit, each a portfolio: signals of all symbols first, brought
 * to the panel's calendar, then the trading of each point. */
#include "portfolio.h"

#include <math.h>
#include <string.h>

#define ALIGN 64

static void *take(char *memory, size_t *used, size_t bytes)
{
    void *piece = memory ? memory + *used : NULL;
    *used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    return piece;
}

static bool reads_root(const program *p, uint32_t root)
{
    for (uint32_t s = 0; s < p->strategy_count; ++s)
        if (p->strategy[s].root[root].count > 0) return true;
    return false;
}

static void place_panel(const backtest_state *state, char *memory, size_t *used,
                        portfolio_panel *panel)
{
    const uint64_t blocks = (state->symbols + TD_LANES - 1) / TD_LANES;
    *panel = (portfolio_panel){.bars = state->bars,
                               .symbols = state->symbols,
                               .blocks = blocks,
                               .width = blocks * TD_LANES};
    const size_t numbers = panel->bars * panel->width * sizeof(double);
    double **const price[] = {&panel->open, &panel->high, &panel->low, &panel->close,
                              &panel->volume};
    for (uint32_t i = 0; i <= TD_VOLUME; ++i)
        if (state->in[i].data) *price[i] = take(memory, used, numbers);
    panel->alive = take(memory, used, panel->bars * blocks);
    panel->tradable = take(memory, used, panel->bars * blocks);
}

static void place_signals(const backtest_state *state, char *memory, size_t *used,
                          const portfolio_panel *panel, portfolio_signals *out)
{
    portfolio_signals one;
    memset(&one, 0, sizeof one);
    for (uint32_t i = 0; i < 4; ++i)
        if (reads_root(state->program, ROOT_ENTRY + i))
            one.truth[i] = take(memory, used, panel->bars * panel->blocks);
    for (uint32_t i = 0; i < 5; ++i)
        if (reads_root(state->program, ROOT_ENTRY_LIMIT + i))
            one.price[i] = take(memory, used, panel->bars * panel->width * sizeof(double));
    if (out) *out = one;
}

size_t portfolio_room_place(const backtest_state *state, uint64_t points, void *memory,
                            portfolio_room *room)
{
    size_t used = 0, one = 0;
    const size_t bars = state->bars * sizeof(double);
    *room = (portfolio_room){.signals = NULL};
    place_panel(state, memory, &used, &room->panel);
    const size_t width = room->panel.width;
    room->desk.position = take(memory, &used, width * sizeof(machine_position));
    room->desk.rank = take(memory, &used, width * sizeof(double));
    room->desk.held = take(memory, &used, width * sizeof(uint32_t));
    room->desk.waiting = take(memory, &used, width * sizeof(uint32_t));
    room->desk.mark = take(memory, &used, width);
    double **const series[] = {&room->equity, &room->exposure, &room->gains, &room->benchmark,
                               &room->spare};
    for (size_t i = 0; i < sizeof series / sizeof *series; ++i)
        *series[i] = take(memory, &used, bars);
    room->signals = take(memory, &used, points * sizeof *room->signals);
    if (!memory) {
        place_signals(state, NULL, &one, &room->panel, NULL);
        return used + points * one;
    }
    for (uint64_t i = 0; i < points; ++i)
        place_signals(state, memory, &used, &room->panel, &room->signals[i]);
    return used;
}

size_t portfolio_bytes(const backtest_state *state, uint64_t points)
{
    portfolio_room room;
    return portfolio_room_place(state, points, NULL, &room);
}

/* ---- From blocks of symbols to the calendar ---------------------------------------------- */

static void put_numbers(const portfolio_panel *panel, const backtest_room *block, const vec *from,
                        double *to)
{
    if (!to) return;
    for (uint32_t l = 0; l < block->lanes; ++l)
        for (uint64_t t = 0; t < block->tile.count[l]; ++t)
            to[indicator_map_bar(&block->map, l, t) * panel->width + block->item + l] =
                from ? from[t][l] : NAN;
}

static void put_bits(const portfolio_panel *panel, const backtest_room *block, const uint8_t *from,
                     uint8_t *to)
{
    const uint64_t place = block->item / TD_LANES;
    if (!from || !to) return;
    for (uint32_t l = 0; l < block->lanes; ++l)
        for (uint64_t t = 0; t < block->tile.count[l]; ++t)
            if (from[t] >> l & 1)
                to[indicator_map_bar(&block->map, l, t) * panel->blocks + place] |=
                    (uint8_t)(1u << l);
}

static void fill_nan(double *values, uint64_t count)
{
    for (uint64_t i = 0; values && i < count; ++i)
        values[i] = NAN;
}

static void put_block(portfolio_room *room, backtest_room *block)
{
    const portfolio_panel *panel = &room->panel;
    put_numbers(panel, block, block->tile.close, panel->close);
    put_numbers(panel, block, block->tile.open, panel->open);
    put_numbers(panel, block, block->tile.high, panel->high);
    put_numbers(panel, block, block->tile.low, panel->low);
    put_numbers(panel, block, block->tile.volume, panel->volume);
    put_bits(panel, block, block->alive, panel->alive);
    put_bits(panel, block, block->tradable, panel->tradable);
}

static void put_signals(const portfolio_room *room, backtest_room *block,
                        const backtest_point *point, portfolio_signals *to)
{
    const portfolio_panel *panel = &room->panel;
    backtest_signals_run(block, point);
    const machine_signals *s = &block->signals;
    const uint8_t *const truth[] = {s->entry, s->exit, s->short_entry, s->short_exit};
    const vec *const price[] = {s->entry_limit, s->entry_stop, s->short_limit, s->short_stop,
                                backtest_rank_run(block, point)};
    for (uint32_t i = 0; i < 4; ++i)
        put_bits(panel, block, truth[i], to->truth[i]);
    for (uint32_t i = 0; i < 5; ++i)
        put_numbers(panel, block, price[i], to->price[i]);
}

/* A strategy of several may lack a root that others have: it has none, not one that is NaN. */
static void drop_roots(const backtest_point *point, portfolio_signals *signals)
{
    for (uint32_t i = 0; i < 5; ++i)
        if (point->strategy->root[ROOT_ENTRY_LIMIT + i].count == 0) signals->price[i] = NULL;
}

static void clear(portfolio_room *room, uint64_t points)
{
    const portfolio_panel *panel = &room->panel;
    const uint64_t numbers = panel->bars * panel->width, bytes = panel->bars * panel->blocks;
    double *const price[] = {panel->open, panel->high, panel->low, panel->close, panel->volume};
    for (uint32_t i = 0; i < 5; ++i)
        fill_nan(price[i], numbers);
    memset(panel->alive, 0, bytes);
    memset(panel->tradable, 0, bytes);
    for (uint64_t i = 0; i < points; ++i) {
        for (uint32_t k = 0; k < 4; ++k)
            if (room->signals[i].truth[k]) memset(room->signals[i].truth[k], 0, bytes);
        for (uint32_t k = 0; k < 5; ++k)
            fill_nan(room->signals[i].price[k], numbers);
    }
}

void portfolio_load(portfolio_room *room, backtest_room *block, const td_range *axis,
                    uint64_t points)
{
    const backtest_state *state = block->state;
    const portfolio_panel *panel = &room->panel;
    backtest_point point;
    uint64_t index[TD_AXES_MAX];
    clear(room, points);
    for (uint64_t item = 0; item < state->symbols; item += TD_LANES) {
        backtest_tile_load(block, item);
        backtest_series_run(block);
        put_block(room, block);
        for (uint64_t i = 0; i < points; ++i) {
            backtest_index(state, axis, i, index);
            backtest_point_make(state, index, &point);
            put_signals(room, block, &point, &room->signals[i]);
        }
    }
    for (uint64_t i = 0; i < points; ++i) {
        backtest_index(state, axis, i, index);
        backtest_point_make(state, index, &point);
        drop_roots(&point, &room->signals[i]);
    }
    for (uint64_t b = 1; b < panel->bars; ++b)
        for (uint64_t s = 0; s < panel->symbols; ++s) {
            double *now = &panel->close[b * panel->width + s];
            if (isnan(*now)) *now = now[-(int64_t)panel->width];
        }
}

/* ---- A unit ------------------------------------------------------------------------------ */

static bool benchmark_gains(const backtest_state *state, double *out)
{
    const backtest_input *in = &state->in[BACKTEST_IN_BENCHMARK];
    double before = NAN;
    if (!in->data) return false;
    for (uint64_t b = 0; b < state->bars; ++b) {
        const double level = in->data[(int64_t)b * in->stride[1]];
        out[b] = before > 0 && level > 0 ? level / before - 1 : 0;
        if (level > 0) before = level;
    }
    return true;
}

static void measure_point(const backtest_state *state, portfolio_room *room,
                          const machine_rules *rules, const portfolio_result *result, double *value)
{
    measure_input in = {.rules = rules,
                        .account = &result->account,
                        .bars = state->bars,
                        .sum = result->sum,
                        .squares = result->squares,
                        .worst = result->worst,
                        .equity = result->equity,
                        .held = result->exposure};
    double before = rules->cash;
    for (uint64_t b = 0; b < state->bars; ++b) {
        room->gains[b] = before > 0 ? room->equity[b] / before - 1 : 0;
        before = room->equity[b];
    }
    if (state->needs_gains) {
        in.gains = room->gains;
        in.spare = room->spare;
        if (benchmark_gains(state, room->benchmark)) in.benchmark = room->benchmark;
    }
    measure_all(&in, state->wants, value);
}

static void write_point(const backtest_state *state, const td_unit *unit, const uint64_t *index,
                        td_result *result, const double *value)
{
    for (uint32_t m = 0; m < MEASURE_COUNT; ++m) {
        td_block block;
        int64_t offset = 0;
        if (!td_result_block(result, m, &block)) continue;
        for (uint32_t a = 0; a < state->axis_count; ++a)
            offset += (int64_t)(index[a] - unit->axis[a].first) * block.stride[a];
        if (state->op->outputs[m].dtype == TD_I32)
            ((int32_t *)block.data)[offset] = (int32_t)value[m];
        else ((double *)block.data)[offset] = value[m];
    }
}

td_status portfolio_run(const backtest_state *state, const td_unit *unit, td_work *work,
                        td_result *result, td_error *err)
{
    backtest_room block;
    portfolio_room room;
    const uint64_t points = backtest_points(state, unit->axis);
    uint8_t *mark = td_work_memory(work, state->program->series_count + 1);
    if (!mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for a unit");
    const uint32_t need = backtest_need(state, unit->axis, mark, NULL);
    const size_t bytes = backtest_room_place(state, need, false, NULL, &block);
    const size_t more = portfolio_room_place(state, points, NULL, &room);
    char *memory = td_work_memory(work, bytes + more);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes for a unit",
                       bytes + more);
    backtest_room_place(state, need, false, memory, &block);
    backtest_room_need(&block, unit->axis);
    portfolio_room_place(state, points, memory + bytes, &room);
    portfolio_load(&room, &block, unit->axis, points);
    for (uint64_t i = 0; i < points; ++i) {
        uint64_t index[TD_AXES_MAX];
        backtest_point point;
        portfolio_result traded;
        double value[MEASURE_COUNT];
        if (td_work_cancelled(work))
            return td_fail(err, TD_E_CANCELLED, "market.backtest: cancelled");
        backtest_index(state, unit->axis, i, index);
        backtest_point_make(state, index, &point);
        const portfolio_job job = {.state = state,
                                   .panel = &room.panel,
                                   .signals = &room.signals[i],
                                   .point = &point,
                                   .desk = room.desk,
                                   .curves = {room.equity, room.exposure}};
        portfolio_trade(&job, &traded);
        measure_point(state, &room, &point.rules, &traded, value);
        write_point(state, unit, index, result, value);
    }
    return TD_OK;
}
