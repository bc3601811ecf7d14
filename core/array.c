/* array.c - see array.h. */
#include "core/array.h"

#include <string.h>

#include "tandem/module.h"
#include "tandem/table.h"

size_t td_dtype_bytes(td_dtype dtype)
{
    switch (dtype) {
    case TD_F32:
    case TD_I32: return 4;
    case TD_F64:
    case TD_I64: return 8;
    case TD_U8: return 1;
    }
    return 0;
}

static td_status array_check_shape(const td_array *array, const char *what, td_error *err)
{
    uint64_t count = 1;
    size_t bytes = 0;
    bool empty = false;
    for (uint32_t i = 0; i < array->rank; ++i) {
        if (array->shape[i] < 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: shape %u is %lld, allowed 0 or more", what,
                           i, (long long)array->shape[i]);
        empty |= array->shape[i] == 0;
    }
    for (uint32_t i = 0; i < array->rank && !empty; ++i) {
        const td_status status = td_bytes(count, (uint64_t)array->shape[i], &bytes, err);
        if (status) return status;
        count = bytes;
    }
    if (empty) return TD_OK;
    return td_bytes(count, td_dtype_bytes(array->dtype), &bytes, err);
}

td_status array_read(const td_array *given, const char *what, td_array *out, td_error *err)
{
    const td_array fresh = TD_ARRAY_INIT;
    td_array array = fresh;
    if (!given) return td_fail(err, TD_E_BAD_ARGUMENT, "%s is NULL", what);
    if (given->struct_size < sizeof(td_array))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: struct_size is %u; set the struct with "
                       "TD_ARRAY_INIT",
                       what, given->struct_size);
    memcpy(&array, given, sizeof(array));
    array.struct_size = (uint32_t)sizeof(array);
    if (td_dtype_bytes(array.dtype) == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: dtype %d is unknown", what, (int)array.dtype);
    if (array.rank > TD_RANK_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: rank is %u, allowed 0 to %d", what, array.rank,
                       TD_RANK_MAX);
    const td_status status = array_check_shape(&array, what, err);
    if (status) return status;
    if (array.data && array.buffer)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: has both data and a buffer", what);
    if (!array.data && !array.buffer && array_count(&array) > 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: has neither data nor a buffer", what);
    *out = array;
    return TD_OK;
}

uint64_t array_count(const td_array *array)
{
    uint64_t count = 1;
    for (uint32_t i = 0; i < array->rank; ++i)
        if (array->shape[i] == 0) return 0;
    for (uint32_t i = 0; i < array->rank; ++i)
        count *= (uint64_t)array->shape[i];
    return count;
}

void array_strides(const td_array *array, int64_t stride[TD_RANK_MAX])
{
    bool dense = true;
    int64_t reach = 1;
    for (uint32_t i = 0; i < array->rank; ++i)
        dense &= array->stride[i] == 0;
    for (uint32_t i = array->rank; i > 0; --i) {
        stride[i - 1] = dense ? reach : array->stride[i - 1];
        /* Unsigned: of an array without elements the product may not fit, and is not used. */
        if (dense) reach = (int64_t)((uint64_t)reach * (uint64_t)array->shape[i - 1]);
    }
}

void array_visit(const td_array *array, array_visit_fn visit, void *context)
{
    const size_t size = td_dtype_bytes(array->dtype);
    const uint64_t count = array_count(array);
    int64_t stride[TD_RANK_MAX] = {0}, place[TD_RANK_MAX] = {0};
    const char *data = array->data;
    uint64_t row = 1; /* elements of a visit */
    uint32_t outer = array->rank;

    array_strides(array, stride);
    while (outer > 0 && stride[outer - 1] == (int64_t)row) {
        outer -= 1;
        row *= (uint64_t)array->shape[outer];
    }
    for (uint64_t done = 0; done < count; done += row) {
        int64_t offset = 0;
        for (uint32_t i = 0; i < outer; ++i)
            offset += place[i] * stride[i];
        visit(context, data + offset * (int64_t)size, (size_t)row * size);
        for (uint32_t i = outer; i > 0; --i) {
            if (++place[i - 1] < array->shape[i - 1]) break;
            place[i - 1] = 0;
        }
    }
}
