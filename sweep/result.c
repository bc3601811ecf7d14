/* result.c - what units give: dense blocks of the wanted outputs, and the table they fill. */
#include "sweep/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/args.h"
#include "core/memory.h"
#include "core/op.h"
#include "core/table_internal.h"

#define RESULT_ALIGN 64

/* ---- The layout ------------------------------------------------------------------------------ */

static bool same_name(const char *name, size_t length, const char *other)
{
    return other && strlen(other) == length && memcmp(name, other, length) == 0;
}

/* The dimension of a dense input of that name; it is noted when it is first met. */
static td_status layout_dense(result_layout *layout, const char *name, size_t length, uint32_t *dim,
                              td_error *err)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < layout->dense_count; ++i) {
        *dim = RESULT_DENSE + i;
        if (layout->dense[i].length == length && memcmp(layout->dense[i].name, name, length) == 0)
            return TD_OK;
    }
    const td_status status = args_dense_count(layout->args, name, length, &count, err);
    if (status) return status;
    if (layout->dense_count == RESULT_DENSE_MAX)
        return td_fail(err, TD_E_INTERNAL, "%s: outputs have more than %d dimensions of inputs",
                       layout->op->name, RESULT_DENSE_MAX);
    *dim = RESULT_DENSE + layout->dense_count;
    layout->dense[layout->dense_count++] = (result_dense){name, length, {0, count}};
    return TD_OK;
}

static td_status layout_dim(result_layout *layout, const char *name, size_t length, uint32_t *dim,
                            td_error *err)
{
    const uint32_t axis_count = td_args_axis_count(layout->args);
    for (uint32_t i = 0; i < axis_count; ++i) {
        *dim = i;
        if (same_name(name, length, td_args_axis_at(layout->args, i)->name)) return TD_OK;
    }
    *dim = RESULT_ITEMS;
    if (same_name(name, length, layout->op->item_name)) return TD_OK;
    return layout_dense(layout, name, length, dim, err);
}

static td_status layout_var(result_layout *layout, uint32_t output, result_var *var, td_error *err)
{
    const td_port *const port = op_output(layout->op, output);
    const char *next = port->shape, *name = NULL;
    size_t length = 0;
    *var = (result_var){.output = output, .dtype = port->dtype};
    var->element = td_dtype_bytes(port->dtype);
    while (next && op_shape_next(&next, &name, &length)) {
        if (var->rank == TD_TABLE_RANK_MAX)
            return td_fail(err, TD_E_INTERNAL, "%s: output %s has more than %d dimensions",
                           layout->op->name, port->name, TD_TABLE_RANK_MAX);
        const td_status status = layout_dim(layout, name, length, &var->dim[var->rank], err);
        if (status) return status;
        var->rank += 1;
    }
    return TD_OK;
}

td_status result_layout_init(result_layout *layout, const td_op *op, const td_args *args,
                             uint64_t item_count, const td_allocator *allocator, td_error *err)
{
    *layout = (result_layout){.args = args, .op = op, .item_count = item_count};
    layout->var = memory_array(allocator, op->output_count, sizeof *layout->var);
    if (!layout->var)
        return td_fail(err, TD_E_NO_MEMORY, "%s: %u outputs need %zu bytes each", op->name,
                       op->output_count, sizeof *layout->var);
    for (uint32_t i = 0; i < op->output_count; ++i) {
        if (!td_args_wants(args, op_output(op, i)->name)) continue;
        const td_status status = layout_var(layout, i, &layout->var[layout->var_count], err);
        if (status) return status;
        layout->var_count += 1;
    }
    if (layout->var_count == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: no output is wanted, ask for at least one",
                       op->name);
    return TD_OK;
}

void result_layout_free(result_layout *layout)
{
    memory_give(layout->var);
    *layout = (result_layout){0};
}

/* ---- The table ------------------------------------------------------------------------------- */

static bool layout_uses(const result_layout *layout, uint32_t dim)
{
    for (uint32_t v = 0; v < layout->var_count; ++v)
        for (uint32_t d = 0; d < layout->var[v].rank; ++d)
            if (layout->var[v].dim[d] == dim) return true;
    return false;
}

/* With the coordinates that the caller gave it, or without any. */
static td_status dim_label(const result_layout *layout, const char *name, size_t length,
                           td_dim *dim, td_error *err)
{
    const uint64_t count = dim->count;
    if (!args_label(layout->args, name, length, dim) || dim->count == count) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %.*s has %llu values, its labels are %llu",
                   layout->op->name, (int)length, name, (unsigned long long)count,
                   (unsigned long long)dim->count);
}

static td_status table_add_dense(const result_layout *layout, const result_dense *dense,
                                 td_table *table, td_error *err)
{
    char name[OP_NAME_MAX + 1];
    td_dim dim = {.count = dense->all.count};
    const td_status status = dim_label(layout, dense->name, dense->length, &dim, err);
    if (status) return status;
    snprintf(name, sizeof name, "%.*s", (int)dense->length, dense->name);
    dim.name = name;
    return td_table_add_dim(table, &dim, err);
}

static td_status table_add_items(const result_layout *layout, td_table *table, td_error *err)
{
    const td_op *const op = layout->op;
    td_dim dim = {.name = op->item_name, .count = layout->item_count};
    const td_status status = dim_label(layout, dim.name, strlen(dim.name), &dim, err);
    if (status) return status;
    dim.name = op->item_name;
    if (dim.text || dim.number) return td_table_add_dim(table, &dim, err);
    for (uint32_t i = 0; i < op->input_count; ++i) {
        const td_port *const port = op_input(op, i);
        if (!(port->flags & TD_PORT_RAGGED)) continue;
        const td_series *const series = td_args_series(layout->args, port->name);
        if (!series) continue;
        if (series->item_count == layout->item_count) dim.text = series->item_name;
        break;
    }
    return td_table_add_dim(table, &dim, err);
}

static td_status table_add_axis(const result_layout *layout, uint32_t index, td_table *table,
                                td_error *err)
{
    const td_axis *const axis = td_args_axis_at(layout->args, index);
    const td_param *const param = op_param(layout->op, op_find_param(layout->op, axis->name));
    td_dim dim = {.name = axis->name, .doc = param->doc, .unit = param->unit, .count = axis->count};
    if (axis->type == TD_INT || axis->type == TD_FLOAT) dim.number = axis->number;
    else dim.text = axis->text;
    dim.whole = axis->type == TD_INT;
    return td_table_add_dim(table, &dim, err);
}

/* The names of a variable's dimensions as td_table_add_var takes them: as the port has them. */
static td_status table_add_output(const result_layout *layout, const result_var *var,
                                  td_table *table, td_error *err)
{
    const td_port *const port = op_output(layout->op, var->output);
    return td_table_add_var(table, port->name, port->doc, port->unit, port->dtype,
                            port->shape ? port->shape : "", err);
}

td_status result_table(const result_layout *layout, const td_allocator *allocator, td_table **out,
                       td_error *err)
{
    td_table *table = NULL;
    const uint32_t axis_count = td_args_axis_count(layout->args);
    td_status status = td_table_create(allocator, &table, err);
    if (!status && layout_uses(layout, RESULT_ITEMS)) status = table_add_items(layout, table, err);
    for (uint32_t i = 0; i < axis_count && !status; ++i)
        if (layout_uses(layout, i)) status = table_add_axis(layout, i, table, err);
    for (uint32_t i = 0; i < layout->dense_count && !status; ++i)
        status = table_add_dense(layout, &layout->dense[i], table, err);
    for (uint32_t i = 0; i < layout->var_count && !status; ++i)
        status = table_add_output(layout, &layout->var[i], table, err);
    if (status) {
        td_table_destroy(table);
        return status;
    }
    *out = table;
    return TD_OK;
}

/* ---- A unit's data --------------------------------------------------------------------------- */

static const td_range *var_range(const result_layout *layout, const result_var *var, uint32_t d,
                                 const td_unit *unit)
{
    if (var->dim[d] == RESULT_ITEMS) return &unit->items;
    if (var->dim[d] >= RESULT_DENSE) return &layout->dense[var->dim[d] - RESULT_DENSE].all;
    return &unit->axis[var->dim[d]];
}

static td_status var_bytes(const result_layout *layout, const result_var *var, const td_unit *unit,
                           size_t *bytes, td_error *err)
{
    *bytes = var->element;
    for (uint32_t d = 0; d < var->rank; ++d) {
        const td_status status =
            td_bytes(*bytes, var_range(layout, var, d, unit)->count, bytes, err);
        if (status) return status;
    }
    if (*bytes > SIZE_MAX - RESULT_ALIGN)
        return td_fail(err, TD_E_NO_MEMORY, "a block of %zu bytes is too large", *bytes);
    *bytes = (*bytes + RESULT_ALIGN - 1) / RESULT_ALIGN * RESULT_ALIGN;
    return TD_OK;
}

td_status result_bytes(const result_layout *layout, const td_unit *unit, size_t *bytes,
                       td_error *err)
{
    size_t all = 0, one = 0;
    for (uint32_t v = 0; v < layout->var_count; ++v) {
        const td_status status = var_bytes(layout, &layout->var[v], unit, &one, err);
        if (status) return status;
        if (__builtin_add_overflow(all, one, &all))
            return td_fail(err, TD_E_NO_MEMORY, "%s: the results of unit %llu do not fit",
                           layout->op->name, (unsigned long long)unit->number);
    }
    *bytes = all;
    return TD_OK;
}

/* Where variable v starts in a unit's data. The sizes were checked when the unit was planned. */
static size_t var_offset(const result_layout *layout, uint32_t v, const td_unit *unit)
{
    size_t all = 0, one = 0;
    for (uint32_t i = 0; i < v; ++i) {
        if (var_bytes(layout, &layout->var[i], unit, &one, NULL)) return 0;
        all += one;
    }
    return all;
}

/* The part's block of variable v, inside the dense block of the whole unit. */
static void var_block(const result_layout *layout, uint32_t v, const td_unit *unit,
                      const td_unit *part, char *data, td_block *block)
{
    const result_var *const var = &layout->var[v];
    int64_t stride = 1, first = 0;
    *block = (td_block){.rank = var->rank};
    for (uint32_t d = var->rank; d-- > 0;) {
        const td_range *const whole = var_range(layout, var, d, unit), *const own = var_range(
                                                                           layout, var, d, part);
        block->shape[d] = own->count;
        block->stride[d] = stride;
        first += (int64_t)(own->first - whole->first) * stride;
        stride *= (int64_t)whole->count;
    }
    block->data = data + var_offset(layout, v, unit) + (size_t)first * var->element;
}

bool td_result_block(td_result *result, uint32_t index, td_block *block)
{
    for (uint32_t v = 0; v < result->layout->var_count; ++v) {
        if (result->layout->var[v].output != index) continue;
        var_block(result->layout, v, result->unit, result->part, result->data, block);
        return true;
    }
    return false;
}

td_status result_paste(const result_layout *layout, const td_unit *unit, void *data,
                       td_table *table, td_error *err)
{
    for (uint32_t v = 0; v < layout->var_count; ++v) {
        const result_var *const var = &layout->var[v];
        uint64_t first[TD_TABLE_RANK_MAX] = {0};
        td_block block;
        for (uint32_t d = 0; d < var->rank; ++d)
            first[d] = var_range(layout, var, d, unit)->first;
        var_block(layout, v, unit, unit, data, &block);
        const td_status status = table_paste(table, v, first, &block, err);
        if (status) return status;
    }
    return TD_OK;
}

/* ---- Missing values -------------------------------------------------------------------------- */

static void row_clear(td_dtype dtype, char *row, uint64_t count)
{
    switch (dtype) {
    case TD_F32:
        for (uint64_t i = 0; i < count; ++i)
            ((float *)(void *)row)[i] = NAN;
        return;
    case TD_F64:
        for (uint64_t i = 0; i < count; ++i)
            ((double *)(void *)row)[i] = (double)NAN;
        return;
    case TD_I32:
        for (uint64_t i = 0; i < count; ++i)
            ((int32_t *)(void *)row)[i] = INT32_MIN;
        return;
    case TD_I64:
        for (uint64_t i = 0; i < count; ++i)
            ((int64_t *)(void *)row)[i] = INT64_MIN;
        return;
    case TD_U8: memset(row, 0, count); return;
    }
}

/* The last dimension lies together; the others are counted through like the digits of a number. */
static void block_clear(const result_var *var, const td_block *block)
{
    uint64_t at[TD_TABLE_RANK_MAX] = {0};
    const uint32_t outer = block->rank > 0 ? block->rank - 1 : 0;
    const uint64_t row = block->rank > 0 ? block->shape[outer] : 1;
    for (;;) {
        int64_t offset = 0;
        uint32_t d = outer;
        for (uint32_t i = 0; i < outer; ++i)
            offset += (int64_t)at[i] * block->stride[i];
        row_clear(var->dtype, (char *)block->data + offset * (int64_t)var->element, row);
        while (d > 0 && ++at[d - 1] == block->shape[d - 1])
            at[--d] = 0;
        if (d == 0) return;
    }
}

void result_clear(td_result *result)
{
    const result_layout *const layout = result->layout;
    for (uint32_t v = 0; v < layout->var_count; ++v) {
        td_block block;
        var_block(layout, v, result->unit, result->part, result->data, &block);
        block_clear(&layout->var[v], &block);
    }
}
