/* sweep_op.h - the operation that the tests of sweep/ run, and what they check it with.
 *
 * "test.sum" is integer arithmetic over ragged items, so that any two ways to the same number
 * must agree bit by bit. With n samples v[0 .. n-1] in an item:
 *
 *     sum(item, a, b)   = sum over s of v[s] * a + s * b          int64
 *     mean(item, a, f)  = a * (sum of v) * f / n, NaN for n = 0    float64
 *     count(item)       = n                                        int32
 *     mark(c, b)        = 7 * (number of c) + b, modulo 256        uint8, lies in every unit
 *     half(a)           = a / 2                                    float32, only when asked for
 *
 * Units are items_per_unit items by a_per_unit values of a; a unit splits in halves of its items,
 * then of a, then of b. It runs on the CPU, with or without parts, and by the kernel test_sum. */
#ifndef TANDEM_TEST_SWEEP_OP_H
#define TANDEM_TEST_SWEEP_OP_H
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "../check.h"
#include "backend_test.h"
#include "tandem/module.h"
#include "tandem/table.h"

/* What a test may hang into the operation. Reset by sum_hooks_clear. */
typedef struct sum_hooks {
    void (*on_unit)(const td_unit *unit);          /* before each run, by the worker */
    td_status (*on_cpu)(const td_unit *unit, td_error *err);     /* not TD_OK: run_cpu gives it */
    td_status (*on_device)(const td_unit *unit, td_error *err);
    td_estimate weight;                            /* what a unit of cost 1 takes */
    td_status fail_open, fail_plan, fail_finish;
    td_status fail_device_plan;                    /* of the plan for a device */
    void (*spoil)(td_units *units);                /* after plan has filled them */
    bool cannot_split, split_badly, wait_for_cancel;
    uint64_t plan_host_bytes, plan_device_bytes;   /* what plan was given */
    _Atomic int64_t opened, closed, finished;
    _Atomic uint32_t cpu_runs, device_runs, splits;
    _Atomic uint32_t scratch_faults;               /* scratch that was not the part's own */
} sum_hooks;
static sum_hooks hooks;

static inline void sum_hooks_clear(void) { memset(&hooks, 0, sizeof hooks); }

static const char *const sum_choices[] = {"x", "y", "z", NULL};
#define SUM_INT(n, text, fl, def, lo, hi)                                                  \
    {.name = n, .doc = text, .number = __COUNTER__ + 1, .type = TD_INT, .flags = fl,       \
     .value = {TD_INT, {.i = def}}, .min = {TD_INT, {.i = lo}}, .max = {TD_INT, {.i = hi}},\
     .step = {TD_INT, {.i = 1}}}
static const td_param sum_params[] = {
    SUM_INT("a", "Weight of the values.", TD_PARAM_SWEEP, 1, 0, 1000),
    SUM_INT("b", "Weight of the places.", TD_PARAM_SWEEP, 1, 0, 1000),
    {.name = "c", .doc = "A choice.", .number = __COUNTER__ + 1, .type = TD_CHOICE,
     .flags = TD_PARAM_SWEEP, .value = {TD_CHOICE, {.s = "x"}}, .choices = sum_choices},
    {.name = "f", .doc = "A factor.", .unit = "px", .number = __COUNTER__ + 1, .type = TD_FLOAT,
     .flags = TD_PARAM_SWEEP, .value = {TD_FLOAT, {.f = 0.5}}, .min = {TD_FLOAT, {.f = 0}},
     .max = {TD_FLOAT, {.f = 10}}, .step = {TD_FLOAT, {.f = 0.1}}},
    SUM_INT("items_per_unit", "Items of a unit.", 0, 2, 1, 1000),
    SUM_INT("a_per_unit", "Values of a of a unit.", 0, 2, 1, 1000),
    SUM_INT("point_bytes", "Planned host bytes of one item at one a and b.", 0, 0, 0, 1 << 30),
    SUM_INT("parts", "Parts of a unit that others may help with.", 0, 0, 0, 100),
};
static const td_port sum_inputs[] = {
    {.name = "items", .doc = "Whole numbers.", .dtype = TD_F64, .flags = TD_PORT_RAGGED,
     .shape = "item"},
};
static const td_port sum_outputs[] = {
    {.name = "sum", .doc = "The sum.", .unit = "px", .dtype = TD_I64, .shape = "item,a,b"},
    {.name = "mean", .doc = "The mean.", .dtype = TD_F64, .shape = "item,a,f"},
    {.name = "count", .doc = "Samples.", .dtype = TD_I32, .shape = "item"},
    {.name = "mark", .doc = "A mark.", .dtype = TD_U8, .shape = "c,b"},
    {.name = "half", .doc = "Half of a.", .dtype = TD_F32, .flags = TD_PORT_EXTRA, .shape = "a"},
};
static const td_op sum_op = {
    .struct_size = sizeof(td_op), .param_size = sizeof(td_param), .port_size = sizeof(td_port),
    .since = TD_VERSION, .name = "test.sum", .title = "Sum", .doc = "Sums.", .item_name = "item",
    .params = sum_params, .inputs = sum_inputs, .outputs = sum_outputs,
    .param_count = sizeof sum_params / sizeof *sum_params, .input_count = 1, .output_count = 5,
};

typedef struct sum_state {
    td_engine *engine;
    const td_args *args;
    const td_series *items;
    const td_axis *a, *b, *c, *f;
} sum_state;

static inline td_status sum_open(td_engine *engine, const td_args *args, void **state,
                                 uint64_t *item_count, td_error *err)
{
    if (hooks.fail_open) return td_fail(err, hooks.fail_open, "open was told to fail");
    sum_state *const s = td_alloc(engine, sizeof *s);
    if (!s) return td_fail(err, TD_E_NO_MEMORY, "no memory to open");
    s->engine = engine;
    s->args = args;
    s->items = td_args_series(args, "items");
    s->a = td_args_axis(args, "a");
    s->b = td_args_axis(args, "b");
    s->c = td_args_axis(args, "c");
    s->f = td_args_axis(args, "f");
    *item_count = s->items->item_count;
    *state = s;
    atomic_fetch_add(&hooks.opened, 1);
    return TD_OK;
}

static inline void sum_close(void *state)
{
    const sum_state *const s = state;
    atomic_fetch_add(&hooks.closed, 1);
    td_free(s->engine, state);
}

/* Planned memory of a block, in every respect proportional to its points. */
static inline void sum_weigh(const sum_state *s, td_unit *unit)
{
    const uint64_t points = unit->items.count * unit->axis[0].count * unit->axis[1].count;
    const uint64_t samples = s->items->offset[unit->items.first + unit->items.count] -
                             s->items->offset[unit->items.first];
    unit->host_bytes = points * (uint64_t)td_args_get(s->args, "point_bytes").as.i;
    unit->device_bytes = points * 8 + samples * 8 + (unit->items.count + 1) * 8 +
                         (unit->axis[0].count + unit->axis[1].count) * 8;
    unit->cost = (double)(points + samples);
}

static inline uint64_t sum_min(uint64_t a, uint64_t b) { return a < b ? a : b; }

static inline td_status sum_plan(const void *state, uint64_t host_bytes, uint64_t device_bytes,
                                 td_units *units, td_error *err)
{
    const sum_state *const s = state;
    const uint64_t items = (uint64_t)td_args_get(s->args, "items_per_unit").as.i;
    const uint64_t values = (uint64_t)td_args_get(s->args, "a_per_unit").as.i;
    /* Runs that share an engine plan at one time. */
    __atomic_store_n(&hooks.plan_host_bytes, host_bytes, __ATOMIC_RELAXED);
    __atomic_store_n(&hooks.plan_device_bytes, device_bytes, __ATOMIC_RELAXED);
    if (hooks.fail_device_plan && device_bytes != UINT64_MAX)
        return td_fail(err, hooks.fail_device_plan, "the device's plan was told to fail");
    if (hooks.fail_plan) return td_fail(err, hooks.fail_plan, "plan was told to fail");
    for (uint64_t i = 0; i < s->items->item_count; i += items)
        for (uint64_t j = 0; j < s->a->count; j += values) {
            td_unit unit = td_unit_whole(s->args, s->items->item_count);
            unit.items = (td_range){i, sum_min(items, s->items->item_count - i)};
            unit.axis[0] = (td_range){j, sum_min(values, s->a->count - j)};
            sum_weigh(s, &unit);
            const td_status status = td_units_add(units, &unit, err);
            if (status) return status;
        }
    if (hooks.spoil) hooks.spoil(units);
    return TD_OK;
}

static inline td_status sum_split(const void *state, const td_unit *unit, td_units *units,
                                  td_error *err)
{
    td_unit half[2] = {*unit, *unit};
    size_t range = 0;
    if (unit->items.count > 1) range = offsetof(td_unit, items);
    else if (unit->axis[0].count > 1) range = offsetof(td_unit, axis[0]);
    else if (unit->axis[1].count > 1) range = offsetof(td_unit, axis[1]);
    if (range == 0 || hooks.cannot_split) return td_fail(err, TD_E_OUT_OF_RANGE, "one point");
    atomic_fetch_add(&hooks.splits, 1);
    td_range *const one = (td_range *)((char *)&half[0] + range);
    td_range *const two = (td_range *)((char *)&half[1] + range);
    one->count = one->count / 2;
    two->first += one->count;
    two->count -= one->count;
    if (hooks.split_badly) two->count -= 1;
    for (int i = 0; i < 2; ++i) {
        if (two->count == 0) break;
        sum_weigh(state, &half[i]);
        const td_status status = td_units_add(units, &half[i], err);
        if (status) return status;
    }
    return TD_OK;
}

/* ---- Results --------------------------------------------------------------------------------- */

static inline int64_t sum_of(const sum_state *s, uint64_t item, int64_t a, int64_t b)
{
    int64_t sum = 0;
    const uint64_t first = s->items->offset[item], end = s->items->offset[item + 1];
    for (uint64_t i = first; i < end; ++i)
        sum += (int64_t)s->items->column[0][i] * a + (int64_t)(i - first) * b;
    return sum;
}

static inline double mean_of(const sum_state *s, uint64_t item, double a, double f)
{
    const uint64_t n = s->items->offset[item + 1] - s->items->offset[item];
    return n == 0 ? (double)NAN : a * (double)sum_of(s, item, 1, 0) * f / (double)n;
}

/* All outputs but sum. */
static inline void sum_rest(const sum_state *s, const td_unit *unit, td_result *result)
{
    td_block block;
    const td_range items = unit->items, a = unit->axis[0], b = unit->axis[1];
    const td_range c = unit->axis[2], f = unit->axis[3];
    if (td_result_block(result, 1, &block))
        for (uint64_t i = 0; i < items.count; ++i)
            for (uint64_t j = 0; j < a.count; ++j)
                for (uint64_t k = 0; k < f.count; ++k)
                    ((double *)block.data)[(int64_t)i * block.stride[0] +
                                           (int64_t)j * block.stride[1] +
                                           (int64_t)k * block.stride[2]] =
                        mean_of(s, items.first + i, s->a->number[a.first + j],
                                s->f->number[f.first + k]);
    if (td_result_block(result, 2, &block))
        for (uint64_t i = 0; i < items.count; ++i)
            ((int32_t *)block.data)[(int64_t)i * block.stride[0]] =
                (int32_t)(s->items->offset[items.first + i + 1] -
                          s->items->offset[items.first + i]);
    if (td_result_block(result, 3, &block))
        for (uint64_t i = 0; i < c.count; ++i)
            for (uint64_t j = 0; j < b.count; ++j)
                ((uint8_t *)block.data)[(int64_t)i * block.stride[0] +
                                        (int64_t)j * block.stride[1]] =
                    (uint8_t)(7 * (c.first + i) + (uint64_t)s->b->number[b.first + j]);
    if (td_result_block(result, 4, &block))
        for (uint64_t j = 0; j < a.count; ++j)
            ((float *)block.data)[(int64_t)j * block.stride[0]] =
                (float)s->a->number[a.first + j] / 2.0f;
}

static inline int64_t *sum_cell(const td_block *block, uint64_t i, uint64_t j, uint64_t k)
{
    return (int64_t *)block->data + (int64_t)i * block->stride[0] + (int64_t)j * block->stride[1] +
           (int64_t)k * block->stride[2];
}

/* One part: every parts-th point of the block. Its scratch must be its own while it runs. */
typedef struct sum_share {
    const sum_state *state;
    const td_unit *unit;
    const td_block *block;
    uint64_t parts;
    const uint64_t *outer;       /* the unit's own scratch */
} sum_share;

#define SUM_SCRATCH 1000

static inline td_status sum_part(void *context, uint64_t index, td_work *work, td_error *err)
{
    const sum_share *const share = context;
    const td_unit *const unit = share->unit;
    const uint64_t points = unit->items.count * unit->axis[0].count * unit->axis[1].count;
    uint64_t *const scratch = td_work_memory(work, SUM_SCRATCH * sizeof *scratch);
    if (!scratch) return td_fail(err, TD_E_NO_MEMORY, "no scratch for part %d", (int)index);
    for (uint64_t i = 0; i < SUM_SCRATCH; ++i)
        scratch[i] = index * SUM_SCRATCH + i;
    for (uint64_t p = index; p < points; p += share->parts) {
        const uint64_t k = p % unit->axis[1].count, rest = p / unit->axis[1].count;
        const uint64_t j = rest % unit->axis[0].count, i = rest / unit->axis[0].count;
        *sum_cell(share->block, i, j, k) =
            sum_of(share->state, unit->items.first + i,
                   (int64_t)share->state->a->number[unit->axis[0].first + j],
                   (int64_t)share->state->b->number[unit->axis[1].first + k]);
    }
    for (uint64_t i = 0; i < SUM_SCRATCH; ++i)
        if (scratch[i] != index * SUM_SCRATCH + i || share->outer[i] != ~i)
            atomic_fetch_add(&hooks.scratch_faults, 1);
    return TD_OK;
}

static inline td_status sum_run_cpu(const void *state, const td_unit *unit, td_work *work,
                                    td_result *result, td_error *err)
{
    const sum_state *const s = state;
    td_block block;
    td_status status = TD_OK;
    uint64_t *const outer = td_work_memory(work, SUM_SCRATCH * sizeof *outer);
    if (!outer) return td_fail(err, TD_E_NO_MEMORY, "no scratch for the unit");
    for (uint64_t i = 0; i < SUM_SCRATCH; ++i)
        outer[i] = ~i;
    atomic_fetch_add(&hooks.cpu_runs, 1);
    if (hooks.on_unit) hooks.on_unit(unit);
    if (hooks.on_cpu) status = hooks.on_cpu(unit, err);
    if (status) return status;
    while (hooks.wait_for_cancel) {
        const struct timespec nap = {0, 1000000};
        if (td_work_cancelled(work)) return td_fail(err, TD_E_CANCELLED, "cancelled");
        nanosleep(&nap, NULL);
    }
    if (td_result_block(result, 0, &block)) {
        const uint64_t wanted = (uint64_t)td_args_get(s->args, "parts").as.i;
        sum_share share = {s, unit, &block, wanted ? wanted : 1, outer};
        if (wanted) status = td_work_parts(work, wanted, sum_part, &share, err);
        else status = sum_part(&share, 0, work, err);
    }
    if (!status) sum_rest(s, unit, result);
    return status;
}

static inline td_status sum_launch(const sum_state *s, const td_unit *unit, td_launcher *device,
                                   uint64_t *offset, int64_t *ab, td_memory **memory, td_error *err)
{
    const uint64_t items = unit->items.count, na = unit->axis[0].count, nb = unit->axis[1].count;
    const uint64_t *const from = s->items->offset + unit->items.first;
    const size_t bytes[5] = {(from[items] - from[0]) * 8, (items + 1) * 8, na * 8, nb * 8,
                             items * na * nb * 8};
    const void *const data[4] = {s->items->column[0] + from[0], offset, ab, ab + na};
    td_status status = TD_OK;
    for (uint64_t i = 0; i <= items; ++i)
        offset[i] = from[i] - from[0];
    for (uint64_t j = 0; j < na; ++j)
        ab[j] = (int64_t)s->a->number[unit->axis[0].first + j];
    for (uint64_t k = 0; k < nb; ++k)
        ab[na + k] = (int64_t)s->b->number[unit->axis[1].first + k];
    for (int i = 0; i < 5 && !status; ++i) {
        status = td_launcher_alloc(device, bytes[i] ? bytes[i] : 8, &memory[i], err);
        if (!status && i < 4)
            status = td_launcher_put(device, memory[i], 0, data[i], bytes[i], err);
    }
    if (status) return status;
    const td_kernel_arg args[8] = {
        {NULL, 0, memory[0]}, {NULL, 0, memory[1]}, {NULL, 0, memory[2]}, {NULL, 0, memory[3]},
        {NULL, 0, memory[4]}, {&items, 8, NULL},    {&na, 8, NULL},       {&nb, 8, NULL}};
    return td_launcher_launch(device, BACKEND_TEST_KERNEL, (uint32_t)items, args, 8, err);
}

static inline td_status sum_run_device(const void *state, const td_unit *unit, td_launcher *device,
                                       td_result *result, td_error *err)
{
    const sum_state *const s = state;
    const uint64_t items = unit->items.count, na = unit->axis[0].count, nb = unit->axis[1].count;
    td_memory *memory[5] = {NULL};
    td_block block;
    td_status status = TD_OK;
    uint64_t *const offset = td_alloc(s->engine, (items + 1) * 8);
    int64_t *const ab = td_alloc(s->engine, (na + nb) * 8);
    int64_t *const out = td_alloc(s->engine, items * na * nb * 8);
    atomic_fetch_add(&hooks.device_runs, 1);
    if (hooks.on_unit) hooks.on_unit(unit);
    if (hooks.on_device) status = hooks.on_device(unit, err);
    if (status) goto out;
    if (!offset || !ab || !out) {
        status = td_fail(err, TD_E_NO_MEMORY, "no host memory beside the device");
        goto out;
    }
    status = sum_launch(s, unit, device, offset, ab, memory, err);
    if (!status) status = td_launcher_get(device, out, memory[4], 0, items * na * nb * 8, err);
    if (!status) status = td_launcher_wait(device, err);
    if (status) goto out;
    if (td_result_block(result, 0, &block))
        for (uint64_t i = 0; i < items; ++i)
            for (uint64_t j = 0; j < na; ++j)
                for (uint64_t k = 0; k < nb; ++k)
                    *sum_cell(&block, i, j, k) = out[(i * na + j) * nb + k];
    sum_rest(s, unit, result);
out:
    td_free(s->engine, out);
    td_free(s->engine, ab);
    td_free(s->engine, offset);
    return status;
}

static inline void sum_estimate(const void *state, const td_unit *unit,
                                const td_device_info *device, td_estimate *estimate)
{
    (void)state;
    (void)device;
    estimate->cpu_seconds += hooks.weight.cpu_seconds * unit->cost;
    estimate->host_seconds += hooks.weight.host_seconds * unit->cost;
    estimate->float32 += hooks.weight.float32 * unit->cost;
    estimate->float64 += hooks.weight.float64 * unit->cost;
    estimate->bytes_to_device += hooks.weight.bytes_to_device * unit->cost;
    estimate->bytes_to_host += hooks.weight.bytes_to_host * unit->cost;
    estimate->launches += 1;
}

static inline td_status sum_finish(const void *state, td_table *table, td_error *err)
{
    const sum_state *const s = state;
    const int32_t *const count = td_table_data(table, "count");
    atomic_fetch_add(&hooks.finished, 1);
    if (hooks.fail_finish) return td_fail(err, hooks.fail_finish, "finish was told to fail");
    for (uint64_t i = 0; count && i < s->items->item_count; ++i) {
        /* The whole table is there: nothing reads as missing. */
        if (count[i] < 0) return td_fail(err, TD_E_INTERNAL, "item %d is missing", (int)i);
        if (count[i] > 0) continue;
        const td_status status = td_table_warn(table, err, "item %d is empty", (int)i);
        if (status) return status;
    }
    return TD_OK;
}

static const char *const sum_kernels[] = {BACKEND_TEST_KERNEL, NULL};
static const td_op_impl sum_impl = {
    .struct_size = sizeof(td_op_impl), .op = &sum_op, .kernels = sum_kernels, .open = sum_open,
    .plan = sum_plan, .split = sum_split, .run_cpu = sum_run_cpu, .run_device = sum_run_device,
    .finish = sum_finish, .close = sum_close, .estimate = sum_estimate,
};
static const td_op_impl *const sum_ops[] = {&sum_impl, NULL};

#endif
