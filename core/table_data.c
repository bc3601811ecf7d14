/* table_data.c - slices of a table's data, in and out, while other threads do the same. */
#include <string.h>

#include "core/table_internal.h"

void *td_table_data(td_table *table, const char *var)
{
    if (!table) return NULL;
    table_lock(table);
    const uint32_t index = table_find_var(table, var);
    void *data = index == UINT32_MAX ? NULL : table_var_at(table, index)->data;
    table_unlock(table);
    return data;
}

/* A box of elements in two places: dense in the table, strided in the caller's memory. */
typedef struct table_box {
    uint32_t rank;
    size_t size; /* bytes of an element */
    uint64_t count[TD_TABLE_RANK_MAX];
    int64_t inner[TD_TABLE_RANK_MAX]; /* strides in the table, in elements */
    int64_t outer[TD_TABLE_RANK_MAX]; /* strides in the caller's memory */
    char *table;                      /* the first element in each */
    char *caller;
} table_box;

/* Lays the box out in the table. TD_E_OUT_OF_RANGE when it sticks out. */
static td_status box_place(const td_table *table, const table_var *var, const uint64_t *first,
                           const uint64_t *count, table_box *box, td_error *err)
{
    uint64_t reach = 1, offset = 0;
    box->rank = var->view.rank;
    box->size = td_dtype_bytes(var->view.dtype);
    for (uint32_t i = box->rank; i > 0; --i) {
        const uint32_t d = i - 1;
        const td_dim *dim = &table_dim_at(table, var->view.dim[d])->view;
        if (first[d] > dim->count || count[d] > dim->count - first[d])
            return td_fail(err, TD_E_OUT_OF_RANGE,
                           "%s: %llu values of %s from %llu, but there are "
                           "%llu",
                           var->name, (unsigned long long)count[d], dim->name,
                           (unsigned long long)first[d], (unsigned long long)dim->count);
        box->count[d] = count[d];
        box->inner[d] = (int64_t)reach;
        offset += first[d] * reach;
        reach *= dim->count;
    }
    box->table = (char *)var->data + offset * box->size;
    return TD_OK;
}

static uint64_t box_elements(const table_box *box)
{
    uint64_t elements = 1;
    for (uint32_t i = 0; i < box->rank; ++i)
        elements *= box->count[i];
    return elements;
}

/* Joins dimensions that follow each other without a gap in both places, and drops those of one
 * value, so that rows are as long as they can be: a block of a grid is mostly few of them. */
static void box_flatten(table_box *box)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < box->rank; ++i) {
        const int64_t count = (int64_t)box->count[i];
        if (count == 1) continue;
        if (kept > 0 && box->inner[kept - 1] == count * box->inner[i] &&
            box->outer[kept - 1] == count * box->outer[i]) {
            kept -= 1;
            box->count[kept] *= box->count[i];
        } else {
            box->count[kept] = box->count[i];
        }
        box->inner[kept] = box->inner[i];
        box->outer[kept] = box->outer[i];
        kept += 1;
    }
    box->rank = kept;
}

/* A row of the last dimension; in: from the caller's memory to the table, else out. */
static void box_row(const table_box *box, char *table, char *caller, uint64_t row, bool in)
{
    const int64_t size = (int64_t)box->size;
    const int64_t inner = box->rank ? box->inner[box->rank - 1] * size : size;
    const int64_t outer = box->rank ? box->outer[box->rank - 1] * size : size;
    if (inner == size && outer == size) {
        memcpy(in ? table : caller, in ? caller : table, row * box->size);
        return;
    }
    for (int64_t i = 0; i < (int64_t)row; ++i) {
        char *one = table + i * inner, *other = caller + i * outer;
        memcpy(in ? one : other, in ? other : one, box->size);
    }
}

static void box_copy(table_box *box, bool in)
{
    uint64_t place[TD_TABLE_RANK_MAX] = {0};
    const uint64_t elements = box_elements(box);
    box_flatten(box);
    const uint64_t row = box->rank ? box->count[box->rank - 1] : 1;
    const uint32_t outer = box->rank ? box->rank - 1 : 0;
    const int64_t size = (int64_t)box->size;

    for (uint64_t done = 0; done < elements; done += row) {
        int64_t here = 0, there = 0;
        for (uint32_t i = 0; i < outer; ++i) {
            here += (int64_t)place[i] * box->inner[i];
            there += (int64_t)place[i] * box->outer[i];
        }
        box_row(box, box->table + here * size, box->caller + there * size, row, in);
        for (uint32_t i = outer; i > 0; --i) {
            if (++place[i - 1] < box->count[i - 1]) break;
            place[i - 1] = 0;
        }
    }
}

static td_status read_locked(const td_table *table, const char *var, const uint64_t *first,
                             const uint64_t *count, void *out, size_t out_bytes, td_error *err)
{
    table_box box = {0};
    const uint32_t index = table_find_var(table, var);
    int64_t reach = 1;
    if (index == UINT32_MAX)
        return td_fail(err, TD_E_NOT_FOUND, "the table has no variable %s", var);
    const table_var *entry = table_var_at(table, index);
    if (entry->view.rank > 0 && (!first || !count))
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s is NULL", var, first ? "count" : "first");
    const td_status status = box_place(table, entry, first, count, &box, err);
    if (status) return status;
    const uint64_t bytes = box_elements(&box) * box.size;
    if (out_bytes < bytes)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: out has %llu bytes, the slice needs %llu", var,
                       (unsigned long long)out_bytes, (unsigned long long)bytes);
    if (bytes == 0) return TD_OK;
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "%s: out is NULL", var);
    for (uint32_t i = box.rank; i > 0; --i) {
        box.outer[i - 1] = reach;
        reach *= (int64_t)box.count[i - 1];
    }
    box.caller = out;
    box_copy(&box, false);
    return TD_OK;
}

td_status td_table_read(const td_table *table, const char *var, const uint64_t *first,
                        const uint64_t *count, void *out, size_t out_bytes, td_error *err)
{
    if (!table) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_read: table is NULL");
    if (!var) return td_fail(err, TD_E_BAD_ARGUMENT, "td_table_read: var is NULL");
    table_lock(table);
    const td_status status = read_locked(table, var, first, count, out, out_bytes, err);
    table_unlock(table);
    return status;
}

td_status table_paste(td_table *table, uint32_t var, const uint64_t *first, const td_block *block,
                      td_error *err)
{
    table_box box = {0};
    td_status status = TD_OK;
    table_lock(table);
    if (var >= table->vars.count)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "the table has no variable %u", var);
    else if (block->rank != table_var_at(table, var)->view.rank)
        status = td_fail(err, TD_E_BAD_ARGUMENT, "%s: a block has %u dimensions, must have %u",
                         table_var_at(table, var)->name, block->rank,
                         table_var_at(table, var)->view.rank);
    if (!status)
        status = box_place(table, table_var_at(table, var), first, block->shape, &box, err);
    if (!status && box_elements(&box) > 0) {
        for (uint32_t i = 0; i < box.rank; ++i)
            box.outer[i] = block->stride[i];
        box.caller = block->data;
        box_copy(&box, true);
    }
    table_unlock(table);
    return status;
}
