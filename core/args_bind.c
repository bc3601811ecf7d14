/* args_bind.c - binding data to the inputs of a call. Views are copied, data never. */
#include <string.h>

#include "core/args_internal.h"
#include "core/array.h"
#include "tandem/table.h"

static td_status bind_find(const td_args *args, const char *port, uint32_t *input, td_error *err)
{
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "args is NULL");
    *input = op_find_input(args->op, port);
    return *input == UINT32_MAX ? op_unknown(args->op, "input", port, err) : TD_OK;
}

static td_status series_fault(const td_args *args, const char *port, const char *what,
                              td_error *err)
{
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s: %s", args->op->name, port, what);
}

static td_status series_check_offsets(const td_args *args, const char *port,
                                      const td_series *series, td_error *err)
{
    size_t bytes = 0;
    if (!series->offset) return series_fault(args, port, "offset is NULL", err);
    if (series->item_count >= UINT64_MAX / sizeof(uint64_t))
        return series_fault(args, port, "item_count is larger than memory", err);
    if (series->offset[0] != 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s: offset 0 is %llu, must be 0",
                       args->op->name, port, (unsigned long long)series->offset[0]);
    for (uint64_t i = 0; i < series->item_count; ++i)
        if (series->offset[i + 1] < series->offset[i])
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "%s: series %s: offset %llu is %llu, below the "
                           "one before it, %llu",
                           args->op->name, port, (unsigned long long)i + 1,
                           (unsigned long long)series->offset[i + 1],
                           (unsigned long long)series->offset[i]);
    return td_bytes(series->offset[series->item_count], sizeof(double), &bytes, err);
}

static td_status series_check_columns(const td_args *args, const char *port,
                                      const td_series *series, td_error *err)
{
    const uint64_t samples = series->offset[series->item_count];
    if (series->column_count == 0 || series->column_count > ARGS_COLUMNS_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s has %u columns, allowed 1 to %d",
                       args->op->name, port, series->column_count, ARGS_COLUMNS_MAX);
    if (!series->column) return series_fault(args, port, "column is NULL", err);
    for (uint32_t i = 0; i < series->column_count; ++i) {
        if (!series->column[i] && samples > 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s: column %u is NULL",
                           args->op->name, port, i);
        if (series->column_name && !series->column_name[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s: the name of column %u is NULL",
                           args->op->name, port, i);
    }
    for (uint64_t i = 0; series->item_name && i < series->item_count; ++i)
        if (!series->item_name[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: series %s: the name of item %llu is NULL",
                           args->op->name, port, (unsigned long long)i);
    return TD_OK;
}

td_status td_args_bind_series(td_args *args, const char *port, const td_series *series,
                              td_error *err)
{
    const td_series fresh = TD_SERIES_INIT;
    td_series known = fresh;
    uint32_t input = 0;
    td_status status = bind_find(args, port, &input, err);
    if (status) return status;
    if (!(op_input(args->op, input)->flags & TD_PORT_RAGGED))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: input %s is a dense array; bind it with "
                       "td_args_bind",
                       args->op->name, port);
    if (!series) return series_fault(args, port, "is NULL", err);
    if (series->struct_size < sizeof(known))
        return series_fault(args, port, "no struct_size; set it with TD_SERIES_INIT", err);
    memcpy(&known, series, sizeof(known));
    known.struct_size = (uint32_t)sizeof(known);
    status = series_check_offsets(args, port, &known, err);
    if (!status) status = series_check_columns(args, port, &known, err);
    if (status) return status;
    args->bound[input].series = known;
    args->bound[input].has_series = true;
    return TD_OK;
}

static const char *dtype_name(td_dtype dtype)
{
    switch (dtype) {
    case TD_F32: return "f32";
    case TD_F64: return "f64";
    case TD_I32: return "i32";
    case TD_I64: return "i64";
    case TD_U8: return "u8";
    }
    return "unknown";
}

td_status td_args_bind(td_args *args, const char *port, const td_array *array, td_error *err)
{
    td_array known;
    uint32_t input = 0;
    td_status status = bind_find(args, port, &input, err);
    if (status) return status;

    const td_port *wanted = op_input(args->op, input);
    const char *op_name = args->op->name;
    if (wanted->flags & TD_PORT_RAGGED)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: input %s is ragged; bind it with "
                       "td_args_bind_series",
                       op_name, port);
    status = array_read(array, port, &known, err);
    if (status) return status;
    if (known.dtype != wanted->dtype)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: input %s is %s, must be %s", op_name, port,
                       dtype_name(known.dtype), dtype_name(wanted->dtype));
    const uint32_t rank = op_shape_rank(wanted->shape);
    if (known.rank != rank)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: input %s has %u dimensions, must have %u: %s",
                       op_name, port, known.rank, rank, rank ? wanted->shape : "a single value");
    args->bound[input].array = known;
    args->bound[input].has_array = true;
    return TD_OK;
}
