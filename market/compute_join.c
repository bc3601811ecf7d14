/* compute_join.c - see compute_join.h. */
#include "market/compute_join.h"

#include "tandem/module.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 128

static bool is_shared(const td_dim *dim)
{
    return strcmp(dim->name, "symbol") == 0 || strcmp(dim->name, "bar") == 0;
}

/* "symbol,sma_timeperiod,bar": dimensions of one value are left out. */
static td_status add_dims(td_table *table, const td_table *from, const td_var *var,
                          const char *name, char shape[TD_TABLE_RANK_MAX * NAME_MAX_BYTES],
                          td_error *err)
{
    size_t at = 0;
    shape[0] = 0;
    for (uint32_t d = 0; d < var->rank; ++d) {
        char renamed[NAME_MAX_BYTES];
        td_dim dim, there;
        if (!td_table_dim(from, var->dim[d], &dim))
            return td_fail(err, TD_E_INTERNAL, "%s: a dimension is missing", name);
        if (!is_shared(&dim)) {
            if (dim.count == 1) continue;
            snprintf(renamed, sizeof renamed, "%.60s_%.60s", name, dim.name);
            dim.name = renamed;
        }
        if (!td_table_find_dim(table, dim.name, &there)) {
            const td_status status = td_table_add_dim(table, &dim, err);
            if (status) return status;
        }
        at += (size_t)snprintf(shape + at, NAME_MAX_BYTES, "%s%s", at ? "," : "", dim.name);
    }
    return TD_OK;
}

td_status compute_join(td_table *table, const td_table *from, const char *name, const char *suffix,
                       td_error *err)
{
    char shape[TD_TABLE_RANK_MAX * NAME_MAX_BYTES], to[2 * NAME_MAX_BYTES];
    char call[2 * NAME_MAX_BYTES];
    td_var var, there;
    snprintf(call, sizeof call, "%.60s%.60s", name, suffix);
    for (uint32_t i = 0; td_table_var(from, i, &var); ++i) {
        td_status status = add_dims(table, from, &var, call, shape, err);
        if (status) return status;
        snprintf(to, sizeof to, "%.60s%.60s", var.name, suffix);
        if (td_table_find_var(table, to, &there))
            snprintf(to, sizeof to, "%.120s_%.60s", call, var.name);
        if (td_table_find_var(table, to, &there))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s stands twice with the same parameters",
                           name);
        status = td_table_add_var(table, to, var.doc, var.unit, var.dtype, shape, err);
        if (status) return status;
        memcpy(td_table_data(table, to), var.data, (size_t)var.count * td_dtype_bytes(var.dtype));
    }
    return TD_OK;
}
