/* backtest_need.c - the series that a block of the grid reads. */
#include "backtest_op.h"

#include <string.h>

/* All entries of a slot over the block. */
static void mark_slot(const backtest_state *state, const program_slot *slot, const td_range *axis,
                      uint8_t *mark)
{
    const program *p = state->program;
    uint64_t index[TD_AXES_MAX] = {0};
    for (uint32_t a = 0; a < state->program_axis_count; ++a)
        index[a] = axis[state->program_axis[a]].first;
    for (bool more = true; more;) {
        mark[p->series_table[program_entry(slot, index, state->program_axis_count)]] = 1;
        more = false;
        for (uint32_t a = 0; a < state->program_axis_count && !more; ++a) {
            const td_range *range = &axis[state->program_axis[a]];
            if (slot->stride[a] == 0) continue;
            more = ++index[a] < range->first + range->count;
            if (!more) index[a] = range->first;
        }
    }
}

static void mark_strategy(const backtest_state *state, uint32_t number, const td_range *axis,
                          uint8_t *mark)
{
    const program_strategy *strategy = &state->program->strategy[number];
    for (uint32_t i = 0; i < strategy->slot_count; ++i) {
        const program_slot *slot = &state->program->slot[strategy->slot_first + i];
        if (slot->is_series) mark_slot(state, slot, axis, mark);
    }
}

/* What a series is computed from. */
static void mark_sources(const program *p, const program_series *series, uint8_t *mark)
{
    if (series->kind == SERIES_CALL) {
        const program_call *call = &p->call[series->call];
        for (uint32_t i = 0; i < call->indicator->input_count; ++i)
            mark[call->input[i]] = 1;
    }
    if (series->kind == SERIES_CODE)
        for (uint32_t i = 0; i < series->code.count; ++i) {
            const program_step *step = &p->step[series->code.first + i];
            if (step->op == STEP_SERIES) mark[step->slot] = 1;
        }
}

uint32_t backtest_need(const backtest_state *state, const td_range *axis, uint8_t *mark,
                       uint32_t *need)
{
    const program *p = state->program;
    uint32_t count = 0;
    if (p->series_count > 0) memset(mark, 0, p->series_count);
    if (state->strategy_axis == UINT32_MAX) mark_strategy(state, 0, axis, mark);
    else {
        const td_range *range = &axis[state->strategy_axis];
        for (uint64_t i = 0; i < range->count; ++i)
            mark_strategy(state, state->strategy_of[range->first + i], axis, mark);
    }
    for (uint32_t i = p->series_count; i-- > 0;)
        if (mark[i]) mark_sources(p, &p->series[i], mark);
    for (uint32_t i = 0; i < p->series_count; ++i) {
        if (!mark[i] || p->series[i].kind == SERIES_PRICE) continue;
        if (need) need[count] = i;
        count += 1;
    }
    return count;
}

bool backtest_reads_numbers(const program *p, const program_call *call)
{
    for (uint32_t i = 0; i < call->indicator->input_count; ++i) {
        const program_series *s = &p->series[call->input[i]];
        if (s->kind != SERIES_PRICE || s->price == TD_ADJUSTED) return false;
    }
    return true;
}
