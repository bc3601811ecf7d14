/* indicator_op.c - every indicator as an operation: grids over its parameters, all symbols, results
 * with names. One implementation serves all: td_args_op tells which.
 *
 * A unit is some symbols and a part of the grid. Its symbols are loaded once and every point of the
 * part takes them from there. */
#include <string.h>

#include "indicator_inputs.h"
#include "indicator_table.h"

#define UNIT_VALUES_MAX ((uint64_t)2 << 20) /* of one unit, over all points and outputs */
#define UNIT_POINTS_MAX ((uint64_t)4096)
#define UNIT_STATE_MAX  ((uint64_t)64 << 20) /* bytes that its points may remember, in all */
#define GRID_MAX        ((uint64_t)1 << 24)  /* points that are checked one by one */
#define BARS_MAX        ((uint64_t)UINT32_MAX)

typedef struct op_state {
    td_engine *engine;
    const indicator *it;
    td_gaps gaps;
    indicator_isa isa;
    uint64_t symbols, bars;
    uint32_t axis_count;
    const td_axis *axis[TD_AXES_MAX];
    uint32_t param_of[TD_AXES_MAX]; /* number of the axis' parameter in param[] */
    double fixed[TD_INDICATOR_PARAMS_MAX];
    const double *in[TD_INDICATOR_INPUTS_MAX];
    int64_t stride[TD_INDICATOR_INPUTS_MAX][2];
    uint64_t state_bytes; /* of the point that remembers most */
} op_state;

/* ---- Numbers --------------------------------------------------------------------------------- */

static double choice_number(const td_param *param, const char *text)
{
    double number = 0;
    for (uint32_t i = 0; param->choices[i]; ++i)
        if (strcmp(param->choices[i], text) == 0) number = i;
    return number;
}

static double axis_value(const op_state *state, uint32_t axis, uint64_t index)
{
    const td_axis *const a = state->axis[axis];
    if (a->number) return a->number[index];
    return choice_number(&state->it->op->params[state->param_of[axis]], a->text[index]);
}

/* Numbers of point number `point` of a block of the grid, the last axis running fastest. */
static void point_numbers(const op_state *state, const td_range *axis, uint64_t point,
                          uint64_t index[TD_AXES_MAX], double *param)
{
    memcpy(param, state->fixed, sizeof state->fixed);
    for (uint32_t a = state->axis_count; a-- > 0;) {
        index[a] = point % axis[a].count;
        point /= axis[a].count;
        param[state->param_of[a]] = axis_value(state, a, axis[a].first + index[a]);
    }
}

static uint64_t point_count(const op_state *state, const td_range *axis)
{
    uint64_t count = 1;
    for (uint32_t a = 0; a < state->axis_count; ++a)
        count = count > UINT64_MAX / axis[a].count ? UINT64_MAX : count * axis[a].count;
    return count;
}

static td_status check_points(op_state *state, const td_args *args, td_error *err)
{
    const td_unit whole = td_unit_whole(args, state->symbols);
    const uint64_t count = point_count(state, whole.axis);
    uint64_t index[TD_AXES_MAX];
    double param[TD_INDICATOR_PARAMS_MAX];
    if (count > GRID_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the grid has %llu points, allowed are %llu",
                       state->it->op->name, (unsigned long long)count,
                       (unsigned long long)GRID_MAX);
    for (uint64_t i = 0; i < count; ++i) {
        point_numbers(state, whole.axis, i, index, param);
        const td_status status = indicator_check(state->it, param, err);
        if (status) return status;
        const uint64_t bytes = state->it->state_bytes ? state->it->state_bytes(param) : 0;
        if (bytes > state->state_bytes) state->state_bytes = bytes;
    }
    return TD_OK;
}

static void read_params(op_state *state, const td_args *args)
{
    const td_op *const op = state->it->op;
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *const param = &op->params[i];
        if (param->flags & TD_PARAM_SWEEP) {
            state->param_of[state->axis_count] = i;
            state->axis[state->axis_count++] = td_args_axis(args, param->name);
            continue;
        }
        const td_value value = td_args_get(args, param->name);
        const double number = param->type == TD_CHOICE  ? choice_number(param, value.as.s)
                              : param->type == TD_FLOAT ? value.as.f
                                                        : (double)value.as.i;
        if (param->number == INDICATOR_GAPS) state->gaps = (td_gaps)(int)number;
        else state->fixed[i] = number;
    }
}

/* ---- Data ------------------------------------------------------------------------------------ */

static td_status read_input(op_state *state, const td_args *args, uint32_t i, td_error *err)
{
    const td_op *const op = state->it->op;
    const td_array *const array = td_args_array(args, op->inputs[i].name);
    if (!array)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: input %s is not bound", op->name,
                       op->inputs[i].name);
    if (array->buffer)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: input %s lies on a device, must be on the host",
                       op->name, op->inputs[i].name);
    const uint64_t symbols = (uint64_t)array->shape[0], bars = (uint64_t)array->shape[1];
    if (i == 0) {
        state->symbols = symbols;
        state->bars = bars;
    }
    if (symbols != state->symbols || bars != state->bars)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: input %s has %llu symbols and %llu bars, input %s has %llu and %llu",
                       op->name, op->inputs[i].name, (unsigned long long)symbols,
                       (unsigned long long)bars, op->inputs[0].name,
                       (unsigned long long)state->symbols, (unsigned long long)state->bars);
    const bool dense = array->stride[0] == 0 && array->stride[1] == 0;
    state->stride[i][0] = dense ? array->shape[1] : array->stride[0];
    state->stride[i][1] = dense ? 1 : array->stride[1];
    if (state->stride[i][1] < 0 || (state->stride[i][1] == 0 && bars > 1))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: input %s: the stride of bars is %lld, must be "
                       "1 or more",
                       op->name, op->inputs[i].name, (long long)state->stride[i][1]);
    state->in[i] = array->data;
    return TD_OK;
}

static void op_close(void *opaque)
{
    op_state *const state = opaque;
    if (state) td_free(state->engine, state);
}

static td_status op_open(td_engine *engine, const td_args *args, void **out, uint64_t *item_count,
                         td_error *err)
{
    static const char prefix[] = "market.";
    const char *const name = td_args_op(args)->name;
    td_status status = TD_OK;
    op_state *const state = td_alloc(engine, sizeof *state);
    if (!state) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its state", name);
    state->engine = engine;
    state->isa = indicator_isa_best();
    status = indicator_named(name + sizeof(prefix) - 1, &state->it, err);
    for (uint32_t i = 0; !status && i < state->it->input_count; ++i)
        status = read_input(state, args, i, err);
    if (!status && state->bars > BARS_MAX)
        status = td_fail(err, TD_E_OUT_OF_RANGE, "%s: %llu bars, allowed are %llu", name,
                         (unsigned long long)state->bars, (unsigned long long)BARS_MAX);
    if (!status) {
        read_params(state, args);
        status = check_points(state, args, err);
    }
    if (status) {
        op_close(state);
        return status;
    }
    *out = state;
    *item_count = state->symbols;
    return TD_OK;
}

/* ---- Units ----------------------------------------------------------------------------------- */

static uint64_t times(uint64_t a, uint64_t b)
{
    return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

static uint64_t power_of_two(uint64_t bytes)
{
    uint64_t power = 4096;
    while (power < bytes && power <= UINT64_MAX / 2)
        power *= 2;
    return power;
}

static uint64_t unit_points(const op_state *state, const td_unit *unit)
{
    return point_count(state, unit->axis);
}

/* Jobs, their states, and the tile. The reach of no indicator is more than its memory or its
 * lookback, both bounded by the longest period. */
static void unit_measure(const op_state *state, td_unit *unit)
{
    const uint64_t points = unit_points(state, unit);
    const uint64_t each = sizeof(indicator_job) + 256 + state->state_bytes;
    const uint64_t reach =
        state->bars < 2 * INDICATOR_PERIOD_MAX ? state->bars : 2 * INDICATOR_PERIOD_MAX;
    const uint64_t tile = (reach + 512) * 2 * (TD_INDICATOR_INPUTS_MAX + TD_INDICATOR_OUTPUTS_MAX);
    unit->host_bytes = power_of_two(times(points, each) + tile * sizeof(vec) +
                                    indicator_map_bytes(state->bars) + 4096);
    unit->cost = (double)points * (double)unit->items.count * (double)(state->bars + 1);
}

static bool unit_is_small(const op_state *state, const td_unit *unit)
{
    const uint64_t points = unit_points(state, unit);
    const uint64_t values = times(times(points, unit->items.count),
                                  times(state->bars + 1, state->it->op->output_count));
    return values <= UNIT_VALUES_MAX && points <= UNIT_POINTS_MAX &&
           times(points, state->state_bytes) <= UNIT_STATE_MAX;
}

/* Halves: symbols down to TD_LANES, then the longest axis. False: it cannot be cut. */
static bool unit_cut(const op_state *state, const td_unit *unit, td_unit half[2])
{
    half[0] = half[1] = *unit;
    td_range *cut[2] = {&half[0].items, &half[1].items};
    if (unit->items.count <= TD_LANES) {
        uint32_t longest = 0;
        for (uint32_t a = 1; a < state->axis_count; ++a)
            if (unit->axis[a].count > unit->axis[longest].count) longest = a;
        if (state->axis_count == 0 || unit->axis[longest].count < 2) return false;
        cut[0] = &half[0].axis[longest];
        cut[1] = &half[1].axis[longest];
    }
    uint64_t first = cut[0]->count / 2;
    if (unit->items.count > TD_LANES) first = (first + TD_LANES - 1) / TD_LANES * TD_LANES;
    cut[1]->first += first;
    cut[1]->count -= first;
    cut[0]->count = first;
    return true;
}

/* Depth: of halvings, at most the bits of a count for each axis and the items. */
static td_status plan_cut(const op_state *state, const td_unit *unit, uint64_t host_bytes,
                          td_units *units, td_error *err)
{
    td_unit half[2];
    td_unit measured = *unit;
    unit_measure(state, &measured);
    if ((unit_is_small(state, unit) && measured.host_bytes <= host_bytes) ||
        !unit_cut(state, unit, half))
        return td_units_add(units, &measured, err);
    const td_status status = plan_cut(state, &half[0], host_bytes, units, err);
    return status ? status : plan_cut(state, &half[1], host_bytes, units, err);
}

static td_status op_plan(const void *opaque, uint64_t host_bytes, uint64_t device_bytes,
                         td_units *units, td_error *err)
{
    const op_state *const state = opaque;
    td_unit whole = {.items = {0, state->symbols}};
    (void)device_bytes;
    for (uint32_t a = 0; a < state->axis_count; ++a)
        whole.axis[a] = (td_range){0, state->axis[a]->count};
    if (state->symbols == 0) return TD_OK;
    return plan_cut(state, &whole, host_bytes, units, err);
}

static td_status op_split(const void *opaque, const td_unit *unit, td_units *units, td_error *err)
{
    const op_state *const state = opaque;
    td_unit half[2];
    if (!unit_cut(state, unit, half))
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: one point of %d symbols cannot be cut",
                       state->it->op->name, TD_LANES);
    for (int i = 0; i < 2; ++i) {
        unit_measure(state, &half[i]);
        const td_status status = td_units_add(units, &half[i], err);
        if (status) return status;
    }
    return TD_OK;
}

/* ---- Running --------------------------------------------------------------------------------- */

typedef struct op_run {
    const op_state *state;
    const td_unit *unit;
    uint64_t points;
    double *param; /* [point][TD_INDICATOR_PARAMS_MAX] */
    indicator_job *jobs;
    indicator_source source[TD_INDICATOR_INPUTS_MAX];
    td_block block[TD_INDICATOR_OUTPUTS_MAX];
    bool wanted[TD_INDICATOR_OUTPUTS_MAX];
} op_run;

/* The lanes of an output at one point of the grid; symbols count from the unit's first. */
static void point_target(const op_run *run, uint32_t output, const uint64_t *index, uint64_t symbol,
                         indicator_target *target)
{
    const td_block *const block = &run->block[output];
    const td_dtype dtype = run->state->it->op->outputs[output].dtype;
    const size_t size = dtype == TD_F64 ? sizeof(double) : sizeof(int32_t);
    *target = (indicator_target){.dtype = dtype, .stride = 1};
    if (!run->wanted[output]) return;
    int64_t at = (int64_t)symbol * block->stride[0];
    for (uint32_t a = 0; a < run->state->axis_count; ++a)
        at += (int64_t)index[a] * block->stride[a + 1];
    target->stride = (uint64_t)block->stride[block->rank - 1];
    for (uint64_t l = 0; l < TD_LANES && symbol + l < run->unit->items.count; ++l)
        target->lane[l] = (char *)block->data + (size_t)(at + (int64_t)l * block->stride[0]) * size;
}

static void block_sources(op_run *run, uint64_t symbol)
{
    const op_state *const state = run->state;
    const uint64_t first = run->unit->items.first + symbol;
    for (uint32_t i = 0; i < state->it->input_count; ++i) {
        run->source[i].stride = (uint64_t)state->stride[i][1];
        for (uint64_t l = 0; l < TD_LANES; ++l) {
            const bool there = symbol + l < run->unit->items.count;
            const int64_t at = (int64_t)(there ? first + l : first) * state->stride[i][0];
            run->source[i].lane[l] = state->in[i] + at;
        }
    }
}

static td_status run_symbols(op_run *run, uint64_t symbol, void *memory)
{
    uint64_t index[TD_AXES_MAX] = {0}, bars[TD_LANES];
    const op_state *const state = run->state;
    for (uint32_t l = 0; l < TD_LANES; ++l)
        bars[l] = state->bars;
    block_sources(run, symbol);
    for (uint64_t p = 0; p < run->points; ++p) {
        double *const param = run->param + p * TD_INDICATOR_PARAMS_MAX;
        point_numbers(state, run->unit->axis, p, index, param);
        run->jobs[p].it = state->it;
        run->jobs[p].param = param;
        for (uint32_t i = 0; i < state->it->input_count; ++i)
            run->jobs[p].in[i] = &run->source[i];
        for (uint32_t j = 0; j < state->it->op->output_count; ++j)
            point_target(run, j, index, symbol, &run->jobs[p].out[j]);
    }
    indicator_block(run->jobs, (uint32_t)run->points, state->gaps, state->isa, bars, NULL, memory);
    return TD_OK;
}

static td_status op_run_cpu(const void *opaque, const td_unit *unit, td_work *work,
                            td_result *result, td_error *err)
{
    const op_state *const state = opaque;
    op_run run = {.state = state, .unit = unit, .points = unit_points(state, unit)};
    size_t bytes = 0;
    uint64_t index[TD_AXES_MAX];
    if (state->bars == 0) return TD_OK;
    run.param = td_work_memory(work, run.points * TD_INDICATOR_PARAMS_MAX * sizeof *run.param);
    run.jobs = td_work_memory(work, run.points * sizeof *run.jobs);
    if (!run.param || !run.jobs)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %llu points", state->it->op->name,
                       (unsigned long long)run.points);
    for (uint32_t j = 0; j < state->it->op->output_count; ++j)
        run.wanted[j] = td_result_block(result, j, &run.block[j]);
    for (uint64_t p = 0; p < run.points; ++p) {
        run.jobs[p] = (indicator_job){.it = state->it};
        run.jobs[p].param = run.param + p * TD_INDICATOR_PARAMS_MAX;
        point_numbers(state, unit->axis, p, index, run.param + p * TD_INDICATOR_PARAMS_MAX);
    }
    const td_status status =
        indicator_block_bytes(run.jobs, (uint32_t)run.points, state->bars, &bytes, err);
    if (status) return status;
    void *const memory = td_work_memory(work, bytes);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "%s: a block of symbols needs %zu bytes",
                       state->it->op->name, bytes);
    for (uint64_t symbol = 0; symbol < unit->items.count; symbol += TD_LANES) {
        if (td_work_cancelled(work)) return td_fail(err, TD_E_CANCELLED, "cancelled");
        run_symbols(&run, symbol, memory);
    }
    return TD_OK;
}

/* ---- One of each ----------------------------------------------------------------------------- */

#define INDICATOR(name, family)                                                    \
    extern const td_op indicator_##name##_op;                                      \
    extern const td_op_impl indicator_##name##_impl;                               \
    const td_op_impl indicator_##name##_impl = {.struct_size = sizeof(td_op_impl), \
                                                .op = &indicator_##name##_op,      \
                                                .open = op_open,                   \
                                                .plan = op_plan,                   \
                                                .split = op_split,                 \
                                                .run_cpu = op_run_cpu,             \
                                                .close = op_close};
#include "indicator_list.h"
