/* backtest_unit.c - runs one unit: for each TD_LANES symbols their series, for each point of its
 * part of the grid the signals, the accounts and what they are measured by. */
#include "backtest_op.h"

#include <math.h>

typedef struct unit_run {
    const backtest_state *state;
    const td_unit *unit;
    td_work *work;
    backtest_room room;
    backtest_results results;
} unit_run;

/* ---- Results ----------------------------------------------------------------------------- */

/* Returns of each bar of a lane; a broke account loses everything once. */
static void fill_gains(backtest_room *room, const machine_result *result, double cash,
                       uint32_t lane)
{
    double before = cash;
    for (uint64_t t = 0; t < room->tile.count[lane]; ++t) {
        const double equity = room->equity[t][lane];
        room->gains[t] = t < result->broke_bar[lane]    ? equity / before - 1
                         : t == result->broke_bar[lane] ? -1
                                                        : 0;
        before = equity;
    }
}

static void measure_lane(unit_run *run, const machine_rules *rules, const machine_result *result,
                         const uint64_t *index, uint32_t lane)
{
    backtest_room *room = &run->room;
    double value[MEASURE_COUNT];
    measure_input in = {.rules = rules,
                        .account = &result->account[lane],
                        .bars = room->tile.count[lane],
                        .sum = result->sum[lane],
                        .squares = result->squares[lane],
                        .worst = result->worst[lane],
                        .equity = result->equity[lane],
                        .held = result->held_bars[lane]};
    if (room->equity) {
        fill_gains(room, result, rules->cash, lane);
        in.gains = room->gains;
        in.spare = room->spare;
        if (backtest_benchmark_run(room, lane)) in.benchmark = room->benchmark;
    }
    measure_all(&in, run->state->wants, value);
    backtest_results_put(&run->results, index, room->item + lane - run->unit->items.first, value);
}

/* ---- Points ------------------------------------------------------------------------------ */

static void run_point(unit_run *run, const uint64_t *index)
{
    backtest_room *room = &run->room;
    const machine_curves curves = {room->equity, NULL};
    backtest_point point;
    machine_result result;
    backtest_point_make(run->state, index, &point);
    backtest_signals_run(room, &point);
    run->state->machine->run(&point.rules, &room->tile, &room->signals, &curves, NULL, &result);
    for (uint32_t l = 0; l < room->lanes; ++l)
        measure_lane(run, &point.rules, &result, index, l);
}

static td_status run_block(unit_run *run, uint64_t item, td_error *err)
{
    const td_range *axis = run->unit->axis;
    const uint64_t points = backtest_points(run->state, axis);
    backtest_tile_load(&run->room, item);
    backtest_series_run(&run->room);
    for (uint64_t i = 0; i < points; ++i) {
        uint64_t index[TD_AXES_MAX];
        if (td_work_cancelled(run->work))
            return td_fail(err, TD_E_CANCELLED, "market.backtest: cancelled");
        backtest_index(run->state, axis, i, index);
        run_point(run, index);
    }
    return TD_OK;
}

static td_status run_symbols(const backtest_state *state, const td_unit *unit, td_work *work,
                             td_result *result, td_error *err)
{
    unit_run run = {.state = state, .unit = unit, .work = work};
    uint8_t *mark = td_work_memory(work, state->program->series_count + 1);
    if (!mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for a unit");
    const uint32_t need = backtest_need(state, unit->axis, mark, NULL);
    const size_t bytes = backtest_room_place(state, need, state->needs_gains, NULL, &run.room);
    void *memory = td_work_memory(work, bytes);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes for a unit", bytes);
    backtest_room_place(state, need, state->needs_gains, memory, &run.room);
    backtest_room_need(&run.room, unit->axis);
    backtest_results_open(&run.results, state, unit, result);
    td_status status = TD_OK;
    for (uint64_t i = 0; !status && i < unit->items.count; i += TD_LANES)
        status = run_block(&run, unit->items.first + i, err);
    return status;
}

td_status backtest_run(const void *opaque, const td_unit *unit, td_work *work, td_result *result,
                       td_error *err)
{
    const backtest_state *state = opaque;
    return state->portfolio ? portfolio_run(state, unit, work, result, err)
                            : run_symbols(state, unit, work, result, err);
}
