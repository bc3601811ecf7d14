/* args.c - the arguments of a call: their life, and what operations and sweep/ read of them.
 * Setting is in args_set.c, binding of data in args_bind.c. */
#include "core/args.h"

#include <string.h>

#include "core/args_internal.h"
#include "core/decimal.h"
#include "core/engine.h"
#include "core/memory.h"

/* ---- Making -------------------------------------------------------------------------------- */

static td_status args_no_memory(const td_op *op, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for the arguments", op->name);
}

static td_status args_allocate(td_engine *engine, const td_op_impl *impl, td_args **out,
                               td_error *err)
{
    const td_allocator *allocator = engine_allocator(engine);
    const td_op *op = impl->op;
    td_args *args = memory_take(allocator, sizeof(*args));
    if (!args) return args_no_memory(op, err);
    args->engine = engine;
    args->impl = impl;
    args->op = op;
    args->value = memory_array(allocator, op->param_count, sizeof(*args->value));
    args->text = memory_array(allocator, op->param_count, sizeof(*args->text));
    args->bound = memory_array(allocator, op->input_count, sizeof(*args->bound));
    args->wanted = memory_array(allocator, op->output_count, sizeof(*args->wanted));
    if (!args->value || !args->text || !args->bound || !args->wanted) {
        td_args_destroy(args);
        return args_no_memory(op, err);
    }
    for (uint32_t i = 0; i < op->param_count; ++i) {
        if (!op_param_sweeps(op_param(op, i))) continue;
        const uint32_t axis = args->axis_count++;
        args->axis_param[axis] = i;
        args->axis[axis].name = op_param(op, i)->name;
        args->axis[axis].type = op_param(op, i)->type;
    }
    *out = args;
    return TD_OK;
}

static td_status args_put_defaults(td_args *args, td_error *err)
{
    const td_op *op = args->op;
    for (uint32_t i = 0; i < op->output_count; ++i)
        args->wanted[i] = !(op_output(op, i)->flags & TD_PORT_EXTRA);
    for (uint32_t i = 0; i < op->param_count; ++i) {
        const td_param *param = op_param(op, i);
        if (op_param_sweeps(param)) {
            const td_status status = td_args_set(args, param->name, param->value, err);
            if (status) return status;
        } else {
            args->value[i] = param->value;
            args->value[i].type = param->type;
            if (param->type == TD_TEXT && !param->value.as.s) args->value[i].as.s = "";
        }
    }
    return TD_OK;
}

static td_status args_make(td_engine *engine, const td_op_impl *impl, td_args **out, td_error *err)
{
    td_args *args = NULL;
    td_status status = args_allocate(engine, impl, &args, err);
    if (status) return status;
    status = args_put_defaults(args, err);
    if (status) {
        td_args_destroy(args);
        return status;
    }
    *out = args;
    return TD_OK;
}

td_status td_args_create(td_engine *engine, const char *op_name, td_args **out, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_create: engine is NULL");
    if (!op_name) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_create: op_name is NULL");
    const td_op_impl *impl = engine_find_impl(engine, op_name);
    if (!impl) return engine_unknown_op(engine, op_name, err);
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_create: out is NULL");
    return args_make(engine, impl, out, err);
}

td_status td_args_create_op(td_engine *engine, const td_op_impl *impl, td_args **out, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_create_op: engine is NULL");
    const td_status status = op_check(impl, TD_E_BAD_ARGUMENT, err);
    if (status) return status;
    if (!impl->open)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: is only described and cannot be run",
                       impl->op->name);
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_args_create_op: out is NULL");
    return args_make(engine, impl, out, err);
}

void td_args_destroy(td_args *args)
{
    if (!args) return;
    args_labels_free(args);
    for (uint32_t i = 0; args->text && i < args->op->param_count; ++i)
        memory_give(args->text[i]);
    for (uint32_t i = 0; i < args->axis_count; ++i)
        grid_axis_free(engine_allocator(args->engine), &args->grid[i]);
    memory_give(args->wanted);
    memory_give(args->bound);
    memory_give((void *)args->text);
    memory_give(args->value);
    memory_give(args);
}

static td_status args_copy_axis(td_args *copy, uint32_t index, const grid_axis *grid, td_error *err)
{
    const td_allocator *allocator = engine_allocator(copy->engine);
    grid_axis mine = {grid->count, NULL, NULL};
    mine.text = memory_texts(allocator, (const char *const *)grid->text, grid->count);
    if (grid->number) mine.number = memory_array(allocator, grid->count, sizeof(double));
    if (!mine.text || (grid->number && !mine.number)) {
        grid_axis_free(allocator, &mine);
        return args_no_memory(copy->op, err);
    }
    if (grid->number) memcpy(mine.number, grid->number, grid->count * sizeof(double));
    args_put_axis(copy, index, mine);
    return TD_OK;
}

td_status args_copy(const td_args *args, td_args **out, td_error *err)
{
    const td_op *op = args->op;
    td_args *copy = NULL;
    td_status status = args_allocate(args->engine, args->impl, &copy, err);
    if (status) return status;
    memcpy(copy->bound, args->bound, op->input_count * sizeof(*args->bound));
    memcpy(copy->wanted, args->wanted, op->output_count * sizeof(*args->wanted));
    memcpy(copy->value, args->value, op->param_count * sizeof(*args->value));
    for (uint32_t i = 0; i < op->param_count && !status; ++i) {
        if (!args->text[i]) continue;
        copy->text[i] = memory_text(engine_allocator(args->engine), args->text[i]);
        if (!copy->text[i]) status = args_no_memory(op, err);
        copy->value[i].as.s = copy->text[i];
    }
    for (uint32_t i = 0; i < args->axis_count && !status; ++i)
        status = args_copy_axis(copy, i, &args->grid[i], err);
    if (!status) status = args_labels_copy(copy, args, err);
    if (status) {
        td_args_destroy(copy);
        return status;
    }
    *out = copy;
    return TD_OK;
}

/* ---- Axes ---------------------------------------------------------------------------------- */

uint32_t args_find_axis(const td_args *args, uint32_t param)
{
    for (uint32_t i = 0; i < args->axis_count; ++i)
        if (args->axis_param[i] == param) return i;
    return UINT32_MAX;
}

void args_put_axis(td_args *args, uint32_t index, grid_axis grid)
{
    td_axis *axis = &args->axis[index];
    grid_axis_free(engine_allocator(args->engine), &args->grid[index]);
    args->grid[index] = grid;
    axis->count = grid.count;
    axis->number = grid.number;
    axis->text = (const char *const *)grid.text;
}

/* ---- Reading ------------------------------------------------------------------------------- */

td_engine *args_engine(const td_args *args)
{
    return args->engine;
}

const td_op_impl *args_impl(const td_args *args)
{
    return args->impl;
}

const td_op *td_args_op(const td_args *args)
{
    return args->op;
}

uint32_t td_args_axis_count(const td_args *args)
{
    return args->axis_count;
}

const td_axis *td_args_axis_at(const td_args *args, uint32_t index)
{
    return index < args->axis_count ? &args->axis[index] : NULL;
}

const td_axis *td_args_axis(const td_args *args, const char *param)
{
    const uint32_t index = args_find_axis(args, op_find_param(args->op, param));
    return index == UINT32_MAX ? NULL : &args->axis[index];
}

/* For a sweepable parameter, the first value of its axis; an empty text for no such parameter. */
td_value td_args_get(const td_args *args, const char *param)
{
    const uint32_t number = op_find_param(args->op, param);
    if (number == UINT32_MAX) return td_text("");
    const uint32_t index = args_find_axis(args, number);
    if (index == UINT32_MAX) return args->value[number];

    const td_axis *axis = &args->axis[index];
    td_value value = {axis->type, {0}};
    switch (axis->type) {
    case TD_INT: value.as.i = (int64_t)axis->number[0]; break;
    case TD_FLOAT: value.as.f = axis->number[0]; break;
    case TD_BOOL: value.as.b = axis->text[0][0] == 't'; break;
    case TD_TEXT:
    case TD_CHOICE: value.as.s = axis->text[0]; break;
    }
    return value;
}

const td_series *td_args_series(const td_args *args, const char *port)
{
    const uint32_t index = op_find_input(args->op, port);
    return index != UINT32_MAX && args->bound[index].has_series ? &args->bound[index].series : NULL;
}

const td_array *td_args_array(const td_args *args, const char *port)
{
    const uint32_t index = op_find_input(args->op, port);
    return index != UINT32_MAX && args->bound[index].has_array ? &args->bound[index].array : NULL;
}

bool td_args_wants(const td_args *args, const char *output)
{
    const uint32_t index = op_find_output(args->op, output);
    return index != UINT32_MAX && args->wanted[index];
}

td_status args_complete(const td_args *args, td_error *err)
{
    for (uint32_t i = 0; i < args->op->input_count; ++i) {
        const td_port *port = op_input(args->op, i);
        if (args->bound[i].has_series || args->bound[i].has_array) continue;
        if (port->flags & TD_PORT_OPTIONAL) continue;
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: input %s is not bound; bind it with %s",
                       args->op->name, port->name,
                       port->flags & TD_PORT_RAGGED ? "td_args_bind_series" : "td_args_bind");
    }
    return args_dense_check(args, err);
}
