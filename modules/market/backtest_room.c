/* backtest_room.c - one worker's memory for a block of symbols and the series of a unit. */
#include "backtest_op.h"

#include <string.h>

#define ALIGN 64

/* The next piece of memory, or only its size. */
static void *take(char *memory, size_t *used, size_t bytes)
{
    void *piece = memory ? memory + *used : NULL;
    *used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    return piece;
}

static void place_prices(const backtest_state *state, char *memory, size_t *used,
                         backtest_room *room)
{
    const size_t series = state->bars * sizeof(vec);
    for (uint32_t i = 0; i < TD_PRICES; ++i)
        room->price[i] = state->in[i].data ? take(memory, used, series) : NULL;
    for (uint32_t i = 0; i < 3; ++i) {
        room->trade[i] = room->price[i];
        if (state->in[i].data && state->program->reads[i])
            room->trade[i] = take(memory, used, series);
    }
    room->alive = take(memory, used, state->bars + SIGNAL_PAD);
    room->tradable = take(memory, used, state->bars + SIGNAL_PAD);
    room->map_memory = take(memory, used, indicator_map_bytes(state->bars));
}

static bool reads_root(const program *p, program_root root)
{
    for (uint32_t s = 0; s < p->strategy_count; ++s)
        if (p->strategy[s].root[root].count > 0) return true;
    return false;
}

size_t backtest_room_place(const backtest_state *state, uint32_t need_count, bool curves,
                           void *memory, backtest_room *room)
{
    const size_t series = state->bars * sizeof(vec), gains = state->bars * sizeof(double);
    const uint32_t all = state->program->series_count;
    size_t used = 0;
    *room = (backtest_room){.state = state, .bars = state->bars, .need_count = need_count};
    place_prices(state, memory, &used, room);
    room->need = take(memory, &used, need_count * sizeof *room->need);
    room->place = take(memory, &used, all * sizeof *room->place);
    room->mark = take(memory, &used, all);
    room->series = take(memory, &used, need_count * series);
    if (need_count > 0) room->unread = take(memory, &used, TD_INDICATOR_OUTPUTS_MAX * series);
    room->memory_of_calls = take(memory, &used, state->state_bytes);
    room->memory_of_gaps = take(memory, &used, state->gap_bytes);
    for (uint32_t i = 0; i < 4; ++i)
        room->truth[i] = take(memory, &used, state->bars + SIGNAL_PAD);
    for (uint32_t i = 0; i < 5; ++i)
        if (reads_root(state->program, (program_root)(ROOT_ENTRY_LIMIT + i)))
            room->price_of[i] = take(memory, &used, series);
    room->root = take(memory, &used, ROOT_COUNT * sizeof *room->root);
    room->signal = take(memory, &used, sizeof *room->signal);
    if (curves) {
        room->equity = take(memory, &used, series);
        room->held = take(memory, &used, series);
        room->gains = take(memory, &used, gains);
        room->benchmark = take(memory, &used, gains);
        room->spare = take(memory, &used, gains);
    }
    return used;
}

void backtest_room_need(backtest_room *room, const td_range *axis)
{
    room->need_count = backtest_need(room->state, axis, room->mark, room->need);
    for (uint32_t i = 0; i < room->need_count; ++i)
        room->place[room->need[i]] = i;
}
