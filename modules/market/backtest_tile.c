/* backtest_tile.c - TD_LANES symbols as the machine wants them: own bars side by side, prices
 * scaled where that is asked for, and what cannot be traded made NaN. */
#include "backtest_op.h"

#include <math.h>
#include <string.h>

static void load_prices(backtest_room *room, uint64_t item)
{
    const backtest_state *state = room->state;
    const indicator_source *close = &room->source[TD_CLOSE];
    uint64_t counts[TD_LANES] = {0};
    for (uint32_t p = 0; p < TD_PRICES; ++p) {
        const backtest_input *in = &state->in[p];
        room->source[p] = (indicator_source){.stride = (uint64_t)in->stride[1]};
        for (uint32_t l = 0; in->data && l < room->lanes; ++l)
            room->source[p].lane[l] = in->data + (int64_t)(item + l) * in->stride[0];
    }
    for (uint32_t l = 0; l < room->lanes; ++l)
        counts[l] = state->bars;
    indicator_map_begin(&room->map, TD_GAPS_SKIP, state->isa, &close, 1, counts, room->map_memory);
    room->tile.bars = 0;
    memset(room->tile.count, 0, sizeof room->tile.count);
    if (!indicator_map_next(&room->map)) return;
    room->tile.bars = room->map.count;
    for (uint32_t l = 0; l < room->lanes; ++l)
        room->tile.count[l] = room->map.steps[l];
    for (uint32_t p = 0; p < TD_PRICES; ++p) {
        double last[TD_LANES] = {0};
        if (state->in[p].data)
            indicator_load(&room->map, state->isa, &room->source[p], 0, room->tile.bars, last,
                           room->price[p]);
    }
}

/* All four prices of a bar by adjusted / close; a bar whose adjusted price is missing by what the
 * bar before was, so that it is no jump. */
static void adjust(backtest_room *room)
{
    vec *const close = room->price[TD_CLOSE];
    double by[TD_LANES];
    for (unsigned l = 0; l < TD_LANES; ++l)
        by[l] = 1;
    for (uint64_t t = 0; t < room->tile.bars; ++t)
        for (unsigned l = 0; l < TD_LANES; ++l) {
            const double adjusted = room->price[TD_ADJUSTED][t][l];
            const double now = adjusted / close[t][l];
            const bool known = adjusted > 0 && now > 0 && !isinf(now);
            if (known) by[l] = now;
            for (uint32_t p = TD_OPEN; p <= TD_LOW; ++p)
                if (room->price[p]) room->price[p][t][l] *= by[l];
            close[t][l] = known ? adjusted : close[t][l] * by[l];
        }
}

/* Lanes of bar t at which trading was open. */
static uint8_t open_lanes(const backtest_room *room, uint64_t t, bool ranges)
{
    uint8_t lanes = room->alive[t];
    for (unsigned l = 0; l < TD_LANES; ++l) {
        const uint8_t bit = (uint8_t)(1u << l);
        bool halted = ranges;
        for (uint32_t p = TD_OPEN; p <= TD_LOW; ++p)
            if (room->price[p] && room->price[p][t][l] != 0) halted = false;
        if (room->price[TD_VOLUME] && room->price[TD_VOLUME][t][l] == 0) halted = true;
        if (halted) lanes &= (uint8_t)~bit;
    }
    return lanes;
}

/* Trades see NaN where nothing can be traded. Expressions see a price at every bar: the close where
 * there is no other, as on halted bars, whose 0 is none. */
static void trade_prices(backtest_room *room, uint64_t t)
{
    const vec close = room->price[TD_CLOSE][t];
    for (uint32_t p = TD_OPEN; p <= TD_LOW; ++p) {
        if (!room->price[p]) continue;
        vec seen = room->price[p][t], traded = seen;
        for (unsigned l = 0; l < TD_LANES; ++l) {
            const bool shut = !(room->tradable[t] >> l & 1);
            if (shut) traded[l] = NAN;
            if (isnan(seen[l]) || (shut && seen[l] == 0)) seen[l] = close[l];
        }
        if (room->price[p] != room->trade[p]) room->price[p][t] = seen;
        room->trade[p][t] = traded;
    }
}

/* Bars at which each lane has one. */
static void find_alive(backtest_room *room)
{
    for (uint64_t t = 0; t < room->tile.bars; ++t) {
        uint8_t lanes = 0;
        for (unsigned l = 0; l < TD_LANES; ++l)
            lanes |= (uint8_t)((t < room->tile.count[l]) << l);
        room->alive[t] = lanes;
    }
}

void backtest_tile_load(backtest_room *room, uint64_t item)
{
    const backtest_state *state = room->state;
    const uint64_t left = state->symbols - item;
    room->item = item;
    room->lanes = left < TD_LANES ? (uint32_t)left : TD_LANES;
    load_prices(room, item);
    if (state->adjusted) adjust(room);
    find_alive(room);
    const bool ranges = room->price[TD_OPEN] || room->price[TD_HIGH] || room->price[TD_LOW];
    vec *const volume = room->price[TD_VOLUME];
    for (uint64_t t = 0; volume && t < room->tile.bars; ++t)
        for (unsigned l = 0; l < TD_LANES; ++l)
            if (isnan(volume[t][l])) volume[t][l] = 0;
    if (!ranges && !volume) memcpy(room->tradable, room->alive, room->tile.bars);
    for (uint64_t t = 0; (ranges || volume) && t < room->tile.bars; ++t) {
        room->tradable[t] = open_lanes(room, t, ranges);
        trade_prices(room, t);
    }
    room->tile.close = room->price[TD_CLOSE];
    room->tile.open = room->trade[TD_OPEN];
    room->tile.high = room->trade[TD_HIGH];
    room->tile.low = room->trade[TD_LOW];
    room->tile.volume = volume;
    room->tile.alive = room->alive;
    room->tile.tradable = room->tradable;
    for (uint32_t r = 0; r < ROOT_COUNT; ++r)
        room->root[r].fresh = false;
}

bool backtest_benchmark_run(backtest_room *room, uint32_t lane)
{
    const backtest_input *in = &room->state->in[BACKTEST_IN_BENCHMARK];
    double before = NAN;
    if (!in->data) return false;
    for (uint64_t t = 0; t < room->tile.count[lane]; ++t) {
        const uint64_t bar = indicator_map_bar(&room->map, lane, t);
        const double level = in->data[(int64_t)bar * in->stride[1]];
        room->benchmark[t] = before > 0 && level > 0 ? level / before - 1 : 0;
        if (level > 0) before = level;
    }
    return true;
}
