/* backtest_device_batch.c - the points of a unit on a device: their tables, signals, accounts, and
 * the measures that the host makes of them. */
#include "backtest_device.h"

#include <math.h>
#include <string.h>

/* ---- Tables of a batch -------------------------------------------------------------------------
 */

/* The steps of the roots of a strategy, one behind the other. */
static uint32_t code_fill(device_run *run, const program_strategy *strategy)
{
    const program *p = run->state->program;
    uint32_t count = 0;
    for (uint32_t r = 0; r < DEVICE_ROOTS; ++r) {
        const program_code code = strategy->root[ROOT_ENTRY + r];
        run->roots[2 * r] = (int32_t)count;
        run->roots[2 * r + 1] = (int32_t)code.count;
        for (uint32_t i = 0; i < code.count; ++i) {
            const program_step *from = &p->step[code.first + i];
            int32_t *const to = run->code + DEVICE_STEP_WORDS * count++;
            to[0] = (int32_t)from->op;
            to[1] = (int32_t)from->slot;
            to[2] = (int32_t)from->lag;
            to[3] = (int32_t)from->memory;
        }
    }
    return count;
}

/* Bars in front of which a root does not hold; a side that may not be held never enters. */
static uint64_t warm_of(const device_run *run, const backtest_point *point, uint32_t root)
{
    const backtest_state *state = run->state;
    const program *p = state->program;
    const program_code code = point->strategy->root[root];
    const bool is_short = root == ROOT_SHORT_ENTRY || root == ROOT_SHORT_EXIT;
    uint64_t warm = 0;
    if (is_short ? !point->rules.short_ok : !point->rules.long_ok) return state->bars;
    for (uint32_t i = 0; i < code.count; ++i) {
        const program_step *step = &p->step[code.first + i];
        if (step->op != STEP_SERIES) continue;
        const program_slot *slot = &p->slot[point->strategy->slot_first + step->slot];
        const uint32_t series =
            p->series_table[program_entry(slot, point->index, state->program_axis_count)];
        const uint64_t front = p->series[series].lookback + step->lag;
        if (front > warm) warm = front;
    }
    return warm < state->bars ? warm : state->bars;
}

static void slots_fill(device_run *run, const backtest_point *point, int32_t *slots,
                       double *numbers)
{
    const backtest_state *state = run->state;
    const program *p = state->program;
    const uint32_t count = point->strategy->slot_count;
    numbers[0] = (double)NAN;
    for (uint32_t i = 0; i < count; ++i) {
        const program_slot *slot = &p->slot[point->strategy->slot_first + i];
        const uint64_t entry = program_entry(slot, point->index, state->program_axis_count);
        slots[i] = slot->is_series ? (int32_t)run->series.row[p->series_table[entry]] : 0;
        numbers[i + 1] = slot->is_series ? 0 : p->number_table[entry];
    }
    for (uint32_t r = 0; r < DEVICE_ROOTS; ++r)
        slots[count + r] = (int32_t)warm_of(run, point, r);
}

static void rules_fill(const machine_rules *r, double *to)
{
    const double all[DEVICE_RULES] = {INFINITY,         r->at_close,    r->profit_first,
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

static td_status tables_put(device_run *run, uint32_t steps, uint32_t slot_count, uint64_t points,
                            td_error *err)
{
    td_launcher *const to = run->launcher;
    td_status status = td_launcher_put(to, run->d_code, 0, run->code,
                                       (steps + 1) * (size_t)DEVICE_STEP_WORDS * 4, err);
    if (!status)
        status = td_launcher_put(to, run->d_roots, 0, run->roots, 2 * DEVICE_ROOTS * 4, err);
    if (!status)
        status = td_launcher_put(to, run->d_slots, 0, run->slots,
                                 points * (slot_count + DEVICE_ROOTS) * 4, err);
    if (!status)
        status = td_launcher_put(to, run->d_numbers, 0, run->numbers, points * (slot_count + 1) * 8,
                                 err);
    if (!status)
        status = td_launcher_put(to, run->d_rules, 0, run->rules, points * DEVICE_RULES * 8, err);
    return status;
}

/* ---- Launches ---------------------------------------------------------------------------- */

static uint32_t groups_of(uint64_t items)
{
    const uint64_t groups = (items + DEVICE_GROUP - 1) / DEVICE_GROUP;
    return groups < 1u << 20 ? (uint32_t)groups : 1u << 20;
}

static td_status launch_points(device_run *run, uint32_t slot_count, uint64_t points, td_error *err)
{
    const machine_tile *tile = &run->room.tile;
    const int32_t symbols = (int32_t)run->symbols, bars = (int32_t)run->bars;
    const int32_t count = (int32_t)points, slots = (int32_t)slot_count;
    const int32_t have =
        (tile->open ? 1 : 0) | (tile->high ? 2 : 0) | (tile->low ? 4 : 0) | (tile->volume ? 8 : 0);
    const td_kernel_arg signals[] = {{NULL, 0, run->d_series},  {NULL, 0, run->d_code},
                                     {NULL, 0, run->d_roots},   {NULL, 0, run->d_slots},
                                     {NULL, 0, run->d_numbers}, {NULL, 0, run->d_bits},
                                     {&count, 4, NULL},         {&symbols, 4, NULL},
                                     {&bars, 4, NULL},          {&slots, 4, NULL}};
    const td_kernel_arg machine[] = {{NULL, 0, run->d_traded[0]},
                                     {NULL, 0, run->d_traded[1]},
                                     {NULL, 0, run->d_traded[2]},
                                     {NULL, 0, run->d_traded[3]},
                                     {NULL, 0, run->d_traded[4]},
                                     {NULL, 0, run->d_tradable},
                                     {NULL, 0, run->d_counts},
                                     {NULL, 0, run->d_bits},
                                     {NULL, 0, run->d_rules},
                                     {NULL, 0, run->d_out},
                                     {&have, 4, NULL},
                                     {&count, 4, NULL},
                                     {&symbols, 4, NULL},
                                     {&bars, 4, NULL}};
    td_status status =
        td_launcher_launch(run->launcher, "market_signals",
                           groups_of(points * DEVICE_ROOTS * run->symbols), signals, 10, err);
    if (!status)
        status = td_launcher_launch(run->launcher, "market_machine",
                                    groups_of(points * run->symbols), machine, 14, err);
    if (status) return status;
    return td_launcher_get(run->launcher, run->out, run->d_out, 0,
                           points * DEVICE_OUTS * run->symbols * 8, err);
}

/* ---- Measures ---------------------------------------------------------------------------- */

static void measure_symbol(device_run *run, const machine_rules *rules, const uint64_t *index,
                           const double *out, uint64_t symbol)
{
    const uint64_t apart = run->symbols;
    const double *const at = out + symbol;
    double value[MEASURE_COUNT];
    const machine_account account = {
        .cash = at[0],
        .trades = (uint64_t)at[apart],
        .wins = (uint64_t)at[2 * apart],
        .losses = (uint64_t)at[3 * apart],
        .won = at[4 * apart],
        .lost = at[5 * apart],
        .gain_won = at[6 * apart],
        .gain_lost = at[7 * apart],
        .costs = at[8 * apart],
        .traded = at[9 * apart],
    };
    const measure_input in = {.rules = rules,
                              .account = &account,
                              .bars = (uint64_t)run->counts[symbol],
                              .sum = at[10 * apart],
                              .squares = at[11 * apart],
                              .worst = at[12 * apart],
                              .equity = at[13 * apart],
                              .held = at[14 * apart]};
    measure_all(&in, run->state->wants, value);
    backtest_results_put(&run->results, index, symbol, value);
}

/* Points first .. first + count - 1 of a part of the grid with one strategy. */
static td_status batch_run(device_run *run, const td_range *axis, uint64_t first, uint64_t count,
                           td_error *err)
{
    const backtest_state *state = run->state;
    uint64_t index[TD_AXES_MAX];
    backtest_point point;
    uint32_t steps = 0;
    for (uint64_t i = 0; i < count; ++i) {
        backtest_index(state, axis, first + i, index);
        backtest_point_make(state, index, &point);
        const uint32_t slots = point.strategy->slot_count;
        if (i == 0) steps = code_fill(run, point.strategy);
        slots_fill(run, &point, run->slots + i * (slots + DEVICE_ROOTS),
                   run->numbers + i * (slots + 1));
        rules_fill(&point.rules, run->rules + i * DEVICE_RULES);
    }
    const uint32_t slots = point.strategy->slot_count;
    td_status status = tables_put(run, steps, slots, count, err);
    if (!status) status = launch_points(run, slots, count, err);
    for (uint64_t i = 0; !status && i < count; ++i) {
        if (td_launcher_cancelled(run->launcher))
            return td_fail(err, TD_E_CANCELLED, "market.backtest: cancelled");
        backtest_index(state, axis, first + i, index);
        backtest_point_make(state, index, &point);
        for (uint64_t s = 0; s < run->unit->items.count; ++s)
            measure_symbol(run, &point.rules, index, run->out + i * DEVICE_OUTS * run->symbols, s);
    }
    return status;
}

td_status device_points_run(device_run *run, td_error *err)
{
    const backtest_state *state = run->state;
    const bool many = state->strategy_axis != UINT32_MAX;
    const uint64_t strategies = many ? run->unit->axis[state->strategy_axis].count : 1;
    td_range axis[TD_AXES_MAX];
    td_status status = TD_OK;
    memcpy(axis, run->unit->axis, sizeof axis);
    for (uint64_t s = 0; s < strategies; ++s) {
        if (many)
            axis[state->strategy_axis] =
                (td_range){run->unit->axis[state->strategy_axis].first + s, 1};
        const uint64_t points = backtest_points(state, axis);
        for (uint64_t first = 0; !status && first < points; first += run->batch_points) {
            const uint64_t left = points - first;
            status = batch_run(run, axis, first,
                               left < run->batch_points ? left : run->batch_points, err);
        }
    }
    return status;
}
