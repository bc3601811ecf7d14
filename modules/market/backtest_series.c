/* backtest_series.c - the series of a unit on the symbols that are loaded, and what the strategy's
 * roots say of them at a point. */
#include "backtest_op.h"

#include <math.h>
#include <string.h>

const vec *backtest_series_at(const backtest_room *room, uint32_t series)
{
    const program_series *s = &room->state->program->series[series];
    if (s->kind == SERIES_PRICE) return room->price[s->price];
    return room->series + (uint64_t)room->place[series] * room->bars;
}

/* ---- Series ------------------------------------------------------------------------------ */

/* Bars in front of which an input may have no value: indicators see series that begin with one. */
static uint64_t call_front(const program *p, const program_call *call, uint64_t bars)
{
    uint64_t front = 0;
    for (uint32_t i = 0; i < call->indicator->input_count; ++i) {
        const uint64_t lookback = p->series[call->input[i]].lookback;
        if (lookback > front) front = lookback;
    }
    return front < bars ? front : bars;
}

static void fill_front(vec *out, uint64_t front, td_dtype dtype)
{
    const double nothing = dtype == TD_I32 ? 0 : NAN;
    for (uint64_t t = 0; t < front; ++t)
        for (int lane = 0; lane < TD_LANES; ++lane)
            out[t][lane] = nothing;
}

/* Outputs of whole numbers are 0 where they have no value. */
static void zero_gaps(vec *out, uint64_t bars)
{
    for (uint64_t t = 0; t < bars; ++t)
        for (int lane = 0; lane < TD_LANES; ++lane)
            if (isnan(out[t][lane])) out[t][lane] = 0;
}

/* Inputs that may be NaN, each lane at bars of its own: as TD_GAPS_SKIP says. Where none is NaN
 * this is a search for one, and then what run_call does. */
static void run_gaps(backtest_room *room, const program_call *call, const vec *const *in,
                     vec *const *out, uint64_t bars)
{
    const indicator *it = call->indicator;
    indicator_job job = {.it = it, .param = call->param};
    indicator_source source[TD_INDICATOR_INPUTS_MAX];
    uint64_t counts[TD_LANES];
    for (uint32_t l = 0; l < TD_LANES; ++l)
        counts[l] = bars;
    for (uint32_t i = 0; i < it->input_count; ++i) {
        source[i].stride = TD_LANES;
        for (uint32_t l = 0; l < TD_LANES; ++l)
            source[i].lane[l] = (const double *)(const void *)in[i] + l;
        job.in[i] = &source[i];
    }
    for (uint32_t j = 0; j < it->op->output_count; ++j) {
        job.out[j] = (indicator_target){.stride = TD_LANES, .dtype = TD_F64};
        for (uint32_t l = 0; l < TD_LANES; ++l)
            job.out[j].lane[l] = (double *)(void *)out[j] + l;
    }
    indicator_block(&job, 1, TD_GAPS_SKIP, room->state->isa, counts, NULL, room->memory_of_gaps);
    for (uint32_t j = 0; j < it->op->output_count; ++j)
        if (it->op->outputs[j].dtype == TD_I32) zero_gaps(out[j], bars);
}

/* All outputs of a call at once; those that the unit does not read go where nobody looks. */
static void run_call(backtest_room *room, const program_call *call)
{
    const backtest_state *state = room->state;
    const indicator *it = call->indicator;
    const uint64_t front = call_front(state->program, call, room->tile.bars);
    const vec *in[TD_INDICATOR_INPUTS_MAX] = {NULL};
    vec *out[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
    for (uint32_t i = 0; i < it->input_count; ++i)
        in[i] = backtest_series_at(room, call->input[i]) + front;
    for (uint32_t j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j) {
        const uint32_t series = j < it->op->output_count ? call->output[j] : PROGRAM_NONE;
        out[j] = series != PROGRAM_NONE && room->mark[series]
                     ? room->series + (uint64_t)room->place[series] * room->bars
                     : room->unread + j * room->bars;
        if (j < it->op->output_count) fill_front(out[j], front, it->op->outputs[j].dtype);
        out[j] += front;
    }
    const uint64_t bars = room->tile.bars - front;
    if (bars == 0) return;
    if (!backtest_reads_numbers(state->program, call)) {
        run_gaps(room, call, in, out, bars);
        return;
    }
    if (state->state_bytes > 0) memset(room->memory_of_calls, 0, state->state_bytes);
    it->run[state->isa](call->param, room->memory_of_calls, in, out, 0, bars);
}

static bool is_first_output(const backtest_room *room, uint32_t series)
{
    const program *p = room->state->program;
    const program_call *call = &p->call[p->series[series].call];
    for (uint32_t j = 0; j < call->indicator->op->output_count; ++j)
        if (call->output[j] != PROGRAM_NONE && call->output[j] < series &&
            room->mark[call->output[j]])
            return false;
    return true;
}

static void run_code(backtest_room *room, uint32_t series)
{
    const backtest_state *state = room->state;
    const program *p = state->program;
    const program_code code = p->series[series].code;
    signal_step step[PROGRAM_STEPS_MAX];
    for (uint32_t i = 0; i < code.count; ++i) {
        const program_step *from = &p->step[code.first + i];
        step[i] = (signal_step){.op = from->op, .lag = from->lag, .memory = from->memory};
        if (from->op == STEP_NUMBER) step[i].number = p->constant[from->slot];
        if (from->op == STEP_SERIES) step[i].series = backtest_series_at(room, from->slot);
    }
    state->machine->numbers(step, code.count, room->tile.bars, room->signal,
                            room->series + (uint64_t)room->place[series] * room->bars);
}

void backtest_series_run(backtest_room *room)
{
    const program *p = room->state->program;
    if (room->tile.bars == 0) return;
    for (uint32_t i = 0; i < room->need_count; ++i) {
        const program_series *s = &p->series[room->need[i]];
        if (s->kind == SERIES_CODE) run_code(room, room->need[i]);
        else if (is_first_output(room, room->need[i])) run_call(room, &p->call[s->call]);
    }
}

/* ---- Roots ------------------------------------------------------------------------------- */

/* The steps of a root with their slots looked up; false: they are those that ran last. */
static bool resolve(backtest_room *room, const backtest_point *point, program_root root,
                    uint64_t *lookback)
{
    const backtest_state *state = room->state;
    const program *p = state->program;
    const program_code code = point->strategy->root[root];
    backtest_root *now = &room->root[root];
    bool changed = !now->fresh || now->count != code.count;
    *lookback = 0;
    for (uint32_t i = 0; i < code.count; ++i) {
        const program_step *from = &p->step[code.first + i];
        signal_step to = {.op = from->op, .lag = from->lag, .memory = from->memory};
        if (from->op == STEP_NUMBER || from->op == STEP_SERIES) {
            const program_slot *slot = &p->slot[point->strategy->slot_first + from->slot];
            const uint64_t entry = program_entry(slot, point->index, state->program_axis_count);
            if (from->op == STEP_NUMBER) to.number = p->number_table[entry];
            else {
                const uint32_t series = p->series_table[entry];
                const uint64_t front = p->series[series].lookback + from->lag;
                to.series = backtest_series_at(room, series);
                if (front > *lookback) *lookback = front;
            }
        }
        const signal_step *old = &now->step[i];
        changed = changed || old->op != to.op || old->lag != to.lag || old->series != to.series ||
                  old->number != to.number || old->memory != to.memory;
        now->step[i] = to;
    }
    now->count = code.count;
    now->fresh = true;
    return changed;
}

static const uint8_t *run_truths(backtest_room *room, const backtest_point *point,
                                 program_root root)
{
    uint64_t lookback = 0;
    if (point->strategy->root[root].count == 0) return NULL;
    if (resolve(room, point, root, &lookback))
        room->state->machine->truths(room->root[root].step, room->root[root].count, room->tile.bars,
                                     lookback, room->alive, room->signal, room->truth[root]);
    return room->truth[root];
}

static const vec *run_numbers(backtest_room *room, const backtest_point *point, program_root root)
{
    uint64_t lookback = 0;
    vec *const out = room->price_of[root - ROOT_ENTRY_LIMIT];
    if (point->strategy->root[root].count == 0) return NULL;
    if (resolve(room, point, root, &lookback))
        room->state->machine->numbers(room->root[root].step, room->root[root].count,
                                      room->tile.bars, room->signal, out);
    return out;
}

static bool is_cross(const backtest_root *root)
{
    return root->count == 3 && root->step[0].op == STEP_SERIES && root->step[1].op == STEP_SERIES &&
           (root->step[2].op == STEP_CROSS_ABOVE || root->step[2].op == STEP_CROSS_BELOW);
}

/* Whether two roots are the two crossings of the same series. */
static bool is_cross_pair(const backtest_root *x, const backtest_root *y)
{
    if (!is_cross(x) || !is_cross(y) || x->step[2].op == y->step[2].op) return false;
    for (int i = 0; i < 2; ++i)
        if (x->step[i].series != y->step[i].series || x->step[i].lag != y->step[i].lag)
            return false;
    return true;
}

/* An entry and its exit, together where that is one pass. */
static void run_sides(backtest_room *room, const backtest_point *point, program_root in,
                      program_root out, const uint8_t **entry, const uint8_t **exit)
{
    const program_strategy *strategy = point->strategy;
    const backtest_root *x = &room->root[in], *y = &room->root[out];
    uint64_t lookback = 0, other = 0;
    if (strategy->root[in].count == 3 && strategy->root[out].count == 3) {
        const bool first = resolve(room, point, in, &lookback);
        const bool second = resolve(room, point, out, &other);
        if (is_cross_pair(x, y)) {
            const bool above = x->step[2].op == STEP_CROSS_ABOVE;
            if (first || second)
                room->state->machine->crossings(&x->step[0], &x->step[1], room->tile.bars, lookback,
                                                room->alive, room->truth[above ? in : out],
                                                room->truth[above ? out : in]);
            *entry = room->truth[in];
            *exit = room->truth[out];
            return;
        }
        /* Not run yet: they must not be taken for what was. */
        room->root[in].fresh = room->root[in].fresh && !first;
        room->root[out].fresh = room->root[out].fresh && !second;
    }
    *entry = run_truths(room, point, in);
    *exit = run_truths(room, point, out);
}

void backtest_signals_run(backtest_room *room, const backtest_point *point)
{
    machine_signals *s = &room->signals;
    *s = (machine_signals){0};
    if (point->rules.long_ok) {
        run_sides(room, point, ROOT_ENTRY, ROOT_EXIT, &s->entry, &s->exit);
        s->entry_limit = run_numbers(room, point, ROOT_ENTRY_LIMIT);
        s->entry_stop = run_numbers(room, point, ROOT_ENTRY_STOP);
    }
    if (point->rules.short_ok) {
        run_sides(room, point, ROOT_SHORT_ENTRY, ROOT_SHORT_EXIT, &s->short_entry, &s->short_exit);
        s->short_limit = run_numbers(room, point, ROOT_SHORT_LIMIT);
        s->short_stop = run_numbers(room, point, ROOT_SHORT_STOP);
    }
}

const vec *backtest_rank_run(backtest_room *room, const backtest_point *point)
{
    return run_numbers(room, point, ROOT_RANK);
}
