/* add_operation.c - an operation of one's own, from its table to its results, in one program. It is
 * what docs/HACKING.md walks through, built and run as a test so that the page stays true.
 *
 * example.drift: how far a signal moves within a lag, mean |x[i + lag] - x[i]|, for every recording
 * and every lag of a grid. */
#include "tandem/module.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- The table: the one place where the parameter is described ------------------------------ */

/* clang-format off */
static const td_param params[] = {
    {.name = "lag", .doc = "Distance between the two samples that are compared.", .unit = "samples",
     .number = 1, .type = TD_INT, .flags = TD_PARAM_SWEEP, .value = {TD_INT, {.i = 1}},
     .min = {TD_INT, {.i = 1}}, .max = {TD_INT, {.i = 100000}}, .step = {TD_INT, {.i = 1}}},
};
static const td_port inputs[] = {
    {.name = "recordings", .doc = "Signals; the column x is read.", .dtype = TD_F64,
     .flags = TD_PORT_RAGGED, .shape = "recording"},
};
static const td_port outputs[] = {
    {.name = "drift", .doc = "Mean absolute difference over the lag.", .dtype = TD_F64,
     .shape = "recording,lag"},
};
static const td_op drift_op = {
    .struct_size = sizeof(td_op), .param_size = sizeof(td_param), .port_size = sizeof(td_port),
    .since = TD_VERSION, .name = "example.drift", .title = "Drift",
    .doc = "Mean of |x[i + lag] - x[i]|. NaN where a recording is not longer than the lag.",
    .item_name = "recording", .params = params, .inputs = inputs, .outputs = outputs,
    .param_count = 1, .input_count = 1, .output_count = 1, .tolerance = 0,
};
/* clang-format on */

/* ---- The implementation: units of one recording and every lag ------------------------------- */

typedef struct drift_state {
    td_engine *engine;
    const td_args *args;
    const td_series *series;
    const td_axis *lag;
} drift_state;

static td_status drift_open(td_engine *engine, const td_args *args, void **out,
                            uint64_t *item_count, td_error *err)
{
    drift_state *state = td_alloc(engine, sizeof *state);
    if (!state) return td_fail(err, TD_E_NO_MEMORY, "example.drift: no memory for its state");
    state->engine = engine;
    state->args = args;
    state->series = td_args_series(args, "recordings");
    state->lag = td_args_axis(args, "lag");
    *item_count = state->series->item_count;
    *out = state;
    return TD_OK;
}

static td_status drift_plan(const void *opened, uint64_t host_bytes, uint64_t device_bytes,
                            td_units *units, td_error *err)
{
    const drift_state *state = opened;
    (void)host_bytes;
    (void)device_bytes;
    for (uint64_t item = 0; item < state->series->item_count; ++item) {
        td_unit unit = td_unit_whole(state->args, state->series->item_count);
        const uint64_t samples = state->series->offset[item + 1] - state->series->offset[item];
        unit.items = (td_range){item, 1};
        unit.cost = (double)samples * (double)state->lag->count;
        const td_status status = td_units_add(units, &unit, err);
        if (status) return status;
    }
    return TD_OK;
}

static double drift(const double *x, uint64_t count, uint64_t lag)
{
    double sum = 0;
    if (count <= lag) return NAN;
    for (uint64_t i = 0; i + lag < count; ++i)
        sum += fabs(x[i + lag] - x[i]);
    return sum / (double)(count - lag);
}

static td_status drift_run(const void *opened, const td_unit *unit, td_work *work,
                           td_result *result, td_error *err)
{
    const drift_state *state = opened;
    td_block block;
    if (!td_result_block(result, 0, &block)) return TD_OK;
    if (td_work_cancelled(work)) return td_fail(err, TD_E_CANCELLED, "example.drift: cancelled");
    double *out = block.data;
    for (uint64_t i = 0; i < unit->items.count; ++i) {
        const uint64_t first = state->series->offset[unit->items.first + i];
        const uint64_t count = state->series->offset[unit->items.first + i + 1] - first;
        const double *x = state->series->column[0] + first;
        for (uint64_t j = 0; j < unit->axis[0].count; ++j) {
            const uint64_t lag = (uint64_t)state->lag->number[unit->axis[0].first + j];
            out[(int64_t)i * block.stride[0] + (int64_t)j * block.stride[1]] = drift(x, count, lag);
        }
    }
    return TD_OK;
}

static void drift_close(void *opened)
{
    drift_state *state = opened;
    if (state) td_free(state->engine, state);
}

static const td_op_impl drift_impl = {
    .struct_size = sizeof(td_op_impl),
    .op = &drift_op,
    .open = drift_open,
    .plan = drift_plan,
    .run_cpu = drift_run,
    .close = drift_close,
};

/* ---- Running it ----------------------------------------------------------------------------- */

/* A ramp moves by lag; a zigzag of period 2 moves by 1 at odd lags and by 0 at even ones. */
static const double samples[] = {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 0, 1, 0, 1};
static const double expected[2][3] = {{1, 2, 3}, {1, 0, 1}};

static td_status run(td_engine *engine, td_args *args, td_table **table, td_error *err)
{
    static const uint64_t offset[] = {0, 8, 14};
    const double *const columns[] = {samples};
    const char *const column_names[] = {"x"}, *const names[] = {"ramp", "zigzag"};
    td_series series = TD_SERIES_INIT;
    series.column_count = 1;
    series.item_count = 2;
    series.offset = offset;
    series.column = columns;
    series.column_name = column_names;
    series.item_name = names;
    td_status status = td_args_sweep(args, "lag", "1:3", err);
    if (!status) status = td_args_bind_series(args, "recordings", &series, err);
    if (!status) status = td_run(engine, args, NULL, table, NULL, err);
    return status;
}

static int show(const td_table *table)
{
    td_var drift_var;
    int wrong = 0;
    if (!td_table_find_var(table, "drift", &drift_var) || drift_var.count != 6) return 1;
    const double *value = drift_var.data;
    for (int i = 0; i < 6; ++i) {
        printf("%s lag %d: %g\n", i < 3 ? "ramp" : "zigzag", i % 3 + 1, value[i]);
        wrong += value[i] != expected[i / 3][i % 3];
    }
    return wrong;
}

int main(void)
{
    const td_op_impl *const ops[] = {&drift_impl, NULL};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_args *args = NULL;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    int wrong = 1;
    config.ops = ops;
    if (td_engine_create(&config, &engine, &err)) goto out;
    if (td_args_create(engine, "example.drift", &args, &err)) goto out;
    if (run(engine, args, &table, &err)) goto out;
    wrong = show(table);
out:
    if (err.status) fprintf(stderr, "%s\n", err.message);
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    return wrong != 0;
}
