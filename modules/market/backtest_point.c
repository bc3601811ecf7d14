/* backtest_point.c - a strategy and its rules at one point of the grid. */
#include "backtest_op.h"

#include <string.h>

double backtest_rule(const backtest_state *state, const backtest_point *point, rule which)
{
    const program *p = state->program;
    const uint32_t number = point->strategy->rule[which];
    if (number == PROGRAM_NONE) return state->number[which];
    const program_slot *slot = &p->slot[point->strategy->slot_first + number];
    return p->number_table[program_entry(slot, point->index, state->program_axis_count)];
}

void backtest_point_make(const backtest_state *state, const uint64_t *index, backtest_point *out)
{
    double number[RULE_COUNT];
    memset(out, 0, sizeof *out);
    if (state->strategy_axis != UINT32_MAX)
        out->number = state->strategy_of[index[state->strategy_axis]];
    out->strategy = &state->program->strategy[out->number];
    for (uint32_t a = 0; a < state->program_axis_count; ++a)
        out->index[a] = index[state->program_axis[a]];
    for (uint32_t r = 0; r < RULE_COUNT; ++r)
        number[r] = backtest_rule(state, out, (rule)r);
    machine_rules_make(number, &out->rules);
}

uint64_t backtest_points(const backtest_state *state, const td_range *axis)
{
    uint64_t count = 1;
    for (uint32_t a = 0; a < state->axis_count; ++a)
        count = count > UINT64_MAX / axis[a].count ? UINT64_MAX : count * axis[a].count;
    return count;
}

void backtest_index(const backtest_state *state, const td_range *axis, uint64_t point,
                    uint64_t index[TD_AXES_MAX])
{
    for (uint32_t a = state->axis_count; a-- > 0;) {
        index[a] = axis[a].first + point % axis[a].count;
        point /= axis[a].count;
    }
}
