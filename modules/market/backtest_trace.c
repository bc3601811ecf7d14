/* backtest_trace.c - one point looked at closely. The same machine runs as for a grid; here
 * somebody writes down what it does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "portfolio.h"

#define ALIGN 64

const char *trade_reason_name(trade_reason reason)
{
    switch (reason) {
    case TRADE_OPEN: return "open";
    case TRADE_SIGNAL: return "signal";
    case TRADE_STOP_LOSS: return "stop_loss";
    case TRADE_TAKE_PROFIT: return "take_profit";
    case TRADE_TRAILING_STOP: return "trailing_stop";
    case TRADE_MAX_BARS: return "max_bars";
    case TRADE_REVERSED: return "reversed";
    case TRADE_REBALANCED: return "rebalanced";
    case TRADE_BROKE: return "broke";
    }
    return "unknown";
}

/* ---- What the machine tells ---------------------------------------------------------------------
 */

typedef struct notes {
    backtest_trace *trace;
    uint64_t room;
    uint64_t only; /* the symbol, counted as the machine does; UINT64_MAX: all */
    bool failed;   /* no memory */
} notes;

static void note_trade(void *context, const backtest_trade *trade)
{
    notes *n = context;
    backtest_trace *trace = n->trace;
    if (n->failed || (n->only != UINT64_MAX && trade->symbol != n->only)) return;
    if (trace->trade_count == n->room) {
        const uint64_t room = n->room ? n->room * 2 : 64;
        backtest_trade *more = realloc(trace->trade, room * sizeof *more);
        if (!more) {
            n->failed = true;
            return;
        }
        trace->trade = more;
        n->room = room;
    }
    trace->trade[trace->trade_count++] = *trade;
}

static int compare_entry(const void *a, const void *b)
{
    const backtest_trade *x = a, *y = b;
    if (x->entry_bar != y->entry_bar) return x->entry_bar < y->entry_bar ? -1 : 1;
    if (x->symbol != y->symbol) return x->symbol < y->symbol ? -1 : 1;
    return x->exit_bar < y->exit_bar ? -1 : x->exit_bar > y->exit_bar;
}

/* ---- One symbol -------------------------------------------------------------------------- */

/* Curves of a lane's own bars onto the panel's: a bar that the symbol does not have is as the last.
 */
static void spread_curves(const backtest_room *room, uint32_t lane, const machine_result *result,
                          double cash, backtest_trace *trace)
{
    uint64_t t = 0;
    double equity = cash, exposure = 0;
    for (uint64_t b = 0; b < trace->bar_count; ++b) {
        if (t < room->tile.count[lane] && indicator_map_bar(&room->map, lane, t) == b) {
            const bool broke = t >= result->broke_bar[lane];
            equity = broke ? 0 : room->equity[t][lane];
            exposure = broke ? 0 : room->held[t][lane] / equity;
            t += 1;
        }
        trace->equity[b] = equity;
        trace->exposure[b] = exposure;
    }
}

static td_status trace_symbol(const backtest_state *state, const uint64_t *index, uint64_t symbol,
                              backtest_room *room, notes *n, td_error *err)
{
    const uint32_t lane = (uint32_t)(symbol % TD_LANES);
    const machine_curves curves = {room->equity, room->held};
    const machine_recorder recorder = {note_trade, n};
    backtest_trace *trace = n->trace;
    backtest_point point;
    machine_result result;
    n->only = lane;
    backtest_tile_load(room, symbol - lane);
    backtest_series_run(room);
    backtest_point_make(state, index, &point);
    backtest_signals_run(room, &point);
    state->machine->run(&point.rules, &room->tile, &room->signals, &curves, &recorder, &result);
    if (n->failed) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for trades");
    for (uint64_t i = 0; i < trace->trade_count; ++i) {
        backtest_trade *trade = &trace->trade[i];
        trade->symbol = symbol;
        trade->entry_bar = indicator_map_bar(&room->map, lane, trade->entry_bar);
        trade->exit_bar = indicator_map_bar(&room->map, lane, trade->exit_bar);
    }
    spread_curves(room, lane, &result, point.rules.cash, trace);
    return TD_OK;
}

/* ---- A portfolio ------------------------------------------------------------------------- */

static td_status trace_portfolio(const backtest_state *state, const uint64_t *index,
                                 const td_range *axis, portfolio_room *room, backtest_room *block,
                                 notes *n, td_error *err)
{
    const machine_recorder recorder = {note_trade, n};
    backtest_point point;
    portfolio_result result;
    n->only = UINT64_MAX;
    portfolio_load(room, block, axis, 1);
    backtest_point_make(state, index, &point);
    const portfolio_job job = {.state = state,
                               .panel = &room->panel,
                               .signals = &room->signals[0],
                               .point = &point,
                               .recorder = &recorder,
                               .desk = room->desk,
                               .curves = {n->trace->equity, n->trace->exposure}};
    portfolio_trade(&job, &result);
    if (n->failed) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for trades");
    return TD_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

static void trace_benchmark(const backtest_state *state, double cash, backtest_trace *trace)
{
    const backtest_input *in = &state->in[BACKTEST_IN_BENCHMARK];
    double first = NAN, level = NAN;
    for (uint64_t b = 0; b < state->bars; ++b) {
        const double now = in->data[(int64_t)b * in->stride[1]];
        if (now > 0) level = now;
        if (isnan(first)) first = level;
        trace->benchmark[b] = isnan(first) ? cash : cash * (level / first);
    }
}

static td_status trace_alloc(const backtest_state *state, backtest_trace **out, td_error *err)
{
    const size_t count = state->bars > 0 ? state->bars : 1;
    backtest_trace *trace = calloc(1, sizeof *trace);
    bool good = trace != NULL;
    if (good) {
        trace->bar_count = state->bars;
        trace->equity = calloc(count, sizeof(double));
        trace->exposure = calloc(count, sizeof(double));
        if (state->in[BACKTEST_IN_BENCHMARK].data) trace->benchmark = calloc(count, sizeof(double));
        good = trace->equity && trace->exposure &&
               (trace->benchmark || !state->in[BACKTEST_IN_BENCHMARK].data);
    }
    *out = trace;
    return good ? TD_OK : td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for its curves");
}

static td_status trace_check(const backtest_state *state, const uint64_t *index, uint64_t symbol,
                             td_error *err)
{
    for (uint32_t a = 0; a < state->axis_count; ++a)
        if (index[a] >= state->whole.axis[a].count)
            return td_fail(err, TD_E_OUT_OF_RANGE,
                           "market.backtest: index of %s is %llu, allowed 0 to %llu",
                           td_args_axis_at(state->args, a)->name, (unsigned long long)index[a],
                           (unsigned long long)state->whole.axis[a].count - 1);
    if (state->portfolio ? symbol == UINT64_MAX : symbol < state->symbols) return TD_OK;
    if (state->portfolio)
        return td_fail(err, TD_E_OUT_OF_RANGE, "market.backtest: a portfolio has no symbol %llu",
                       (unsigned long long)symbol);
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "market.backtest: symbol is %llu, the panel has %llu of them",
                   (unsigned long long)symbol, (unsigned long long)state->symbols);
}

static td_status trace_run(const backtest_state *state, const uint64_t *index, uint64_t symbol,
                           backtest_trace *trace, td_error *err)
{
    backtest_room block;
    portfolio_room room;
    td_range axis[TD_AXES_MAX];
    notes n = {.trace = trace};
    td_status status = TD_OK;
    for (uint32_t a = 0; a < TD_AXES_MAX; ++a)
        axis[a] = (td_range){a < state->axis_count ? index[a] : 0, 1};
    uint8_t *mark = calloc((size_t)state->program->series_count + 1, 1);
    if (!mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for a trace");
    const uint32_t need = backtest_need(state, axis, mark, NULL);
    const size_t bytes = backtest_room_place(state, need, true, NULL, &block);
    const size_t more = state->portfolio ? portfolio_room_place(state, 1, NULL, &room) : 0;
    char *memory = aligned_alloc(ALIGN, (bytes + more + ALIGN - 1) / ALIGN * ALIGN + ALIGN);
    if (!memory)
        status =
            td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes for a trace", bytes + more);
    if (!status) {
        memset(memory, 0, bytes + more);
        backtest_room_place(state, need, true, memory, &block);
        backtest_room_need(&block, axis);
        if (state->portfolio) {
            portfolio_room_place(state, 1, memory + bytes, &room);
            status = trace_portfolio(state, index, axis, &room, &block, &n, err);
        } else status = trace_symbol(state, index, symbol, &block, &n, err);
    }
    free(memory);
    free(mark);
    return status;
}

td_status backtest_trace_create(const td_args *args, const uint64_t *index, uint64_t symbol,
                                backtest_trace **out, td_error *err)
{
    void *opened = NULL;
    backtest_trace *trace = NULL;
    uint64_t items = 0;
    td_status status = backtest_open(NULL, args, &opened, &items, err);
    const backtest_state *state = opened;
    if (!status) status = trace_check(state, index, symbol, err);
    if (!status) status = trace_alloc(state, &trace, err);
    if (!status) status = trace_run(state, index, symbol, trace, err);
    if (!status) {
        backtest_point point;
        backtest_point_make(state, index, &point);
        if (trace->benchmark) trace_benchmark(state, point.rules.cash, trace);
        if (trace->trade_count > 0)
            qsort(trace->trade, trace->trade_count, sizeof *trace->trade, compare_entry);
        *out = trace;
        trace = NULL;
    }
    backtest_trace_destroy(trace);
    backtest_close(opened);
    return status;
}

void backtest_trace_destroy(backtest_trace *trace)
{
    if (!trace) return;
    free(trace->trade);
    free(trace->benchmark);
    free(trace->exposure);
    free(trace->equity);
    free(trace);
}
