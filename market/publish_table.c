/* publish_table.c - a labelled table as long rows: coordinates, labels, variables. */
#include "market/publish_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DAY_SECONDS 86400

typedef struct label {
    const char *const *text;
    uint32_t dim; /* of long_table.dim */
} label;

typedef struct long_table {
    const td_table *table;
    td_var *var; /* [var_count] */
    uint32_t var_count;
    uint32_t rank;
    td_dim dim[TD_TABLE_RANK_MAX];
    uint32_t dim_number[TD_TABLE_RANK_MAX]; /* of the table */
    uint64_t row_count;
    label *label; /* [label_count] */
    uint32_t label_count;
} long_table;

/* ---- What is written ---------------------------------------------------------------------- */

static bool same_dims(const td_var *a, const td_var *b)
{
    if (a->rank != b->rank) return false;
    return a->rank == 0 || memcmp(a->dim, b->dim, a->rank * sizeof *a->dim) == 0;
}

/* The variables that lie over the dimensions that most of them lie over; the first such. */
static void pick_most(long_table *all, const td_var *vars, uint32_t count)
{
    uint32_t best = 0, best_count = 0;
    for (uint32_t i = 0; i < count; ++i) {
        uint32_t same = 0;
        for (uint32_t k = 0; k < count; ++k)
            same += same_dims(&vars[i], &vars[k]);
        if (same <= best_count) continue;
        best = i;
        best_count = same;
    }
    for (uint32_t k = 0; k < count; ++k)
        if (same_dims(&vars[best], &vars[k])) all->var[all->var_count++] = vars[k];
}

static td_status pick_named(long_table *all, const char *names, const char *input, td_error *err)
{
    while (*names) {
        char name[POSTGRES_NAME_ROOM];
        const size_t bytes = strcspn(names, ",");
        td_var var;
        if (bytes == 0 || bytes >= sizeof name || all->var_count == PG_COLUMNS_MAX)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "vars is \"%.80s\", allowed are names with commas between them", names);
        memcpy(name, names, bytes);
        name[bytes] = 0;
        if (!td_table_find_var(all->table, name, &var))
            return td_fail(err, TD_E_NOT_FOUND, "%s: has no variable \"%s\"", input, name);
        if (all->var_count && !same_dims(&all->var[0], &var))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s has other dimensions than %s", input,
                           name, all->var[0].name);
        all->var[all->var_count++] = var;
        names += bytes + (names[bytes] == ',');
    }
    return TD_OK;
}

static td_status pick_vars(long_table *all, const char *names, const char *input, td_error *err)
{
    const uint32_t count = td_table_var_count(all->table);
    td_var *vars = NULL;
    td_status status = TD_OK;
    if (count == 0 || count > PG_COLUMNS_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: has %u variables, allowed are 1 to %d", input,
                       count, PG_COLUMNS_MAX);
    all->var = calloc(PG_COLUMNS_MAX, sizeof *all->var);
    vars = calloc(count, sizeof *vars);
    if (!all->var || !vars) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for variables");
        goto out;
    }
    for (uint32_t i = 0; i < count; ++i)
        if (!td_table_var(all->table, i, &vars[i])) vars[i].rank = 0;
    if (names) status = pick_named(all, names, input, err);
    else pick_most(all, vars, count);
out:
    free(vars);
    return status;
}

/* Texts over one of the dimensions: group, exchange, name. */
static td_status pick_labels(long_table *all, td_error *err)
{
    const char *name = NULL, *doc = NULL;
    uint32_t count = 0, dim = 0;
    while (td_table_text_at(all->table, count, &name, &doc, &dim))
        count += 1;
    all->label = calloc(count + 1, sizeof *all->label);
    if (!all->label) return td_fail(err, TD_E_NO_MEMORY, "no memory for labels");
    for (uint32_t i = 0; i < count; ++i) {
        if (!td_table_text_at(all->table, i, &name, &doc, &dim)) continue;
        for (uint32_t d = 0; d < all->rank; ++d)
            if (all->dim_number[d] == dim)
                all->label[all->label_count++] = (label){td_table_text(all->table, name, NULL), d};
    }
    return TD_OK;
}

static td_status pick_dims(long_table *all, const char *input, td_error *err)
{
    const td_var *var = &all->var[0];
    all->rank = var->rank;
    all->row_count = var->count;
    for (uint32_t i = 0; i < var->rank; ++i) {
        all->dim_number[i] = var->dim[i];
        if (!td_table_dim(all->table, var->dim[i], &all->dim[i]))
            return td_fail(err, TD_E_INTERNAL, "%s: %s lacks a dimension", input, var->name);
    }
    return pick_labels(all, err);
}

/* ---- Columns ------------------------------------------------------------------------------ */

static bool counts(const td_dim *dim, const char *what)
{
    return dim->unit && dim->number && strncmp(dim->unit, what, strlen(what)) == 0;
}

static pg_type dim_type(const td_dim *dim)
{
    if (dim->text) return PG_TEXT;
    if (counts(dim, "days since 1970-01-01")) return PG_DATE;
    if (counts(dim, "seconds since 1970-01-01")) return PG_TIMESTAMPTZ;
    return dim->number && !dim->whole ? PG_FLOAT8 : PG_INT8;
}

static pg_type var_type(td_dtype dtype)
{
    switch (dtype) {
    case TD_F32: return PG_FLOAT4;
    case TD_F64: return PG_FLOAT8;
    case TD_I32: return PG_INT4;
    case TD_I64: return PG_INT8;
    case TD_U8: return PG_INT2;
    }
    return PG_FLOAT8;
}

static td_status add_columns(publishing *to, const long_table *all, td_error *err)
{
    const char *name = NULL, *doc = NULL;
    uint32_t dim = 0;
    td_status status = TD_OK;
    for (uint32_t i = 0; i < all->rank && !status; ++i)
        status = publish_column(to, all->dim[i].name, dim_type(&all->dim[i]), err);
    for (uint32_t i = 0; td_table_text_at(all->table, i, &name, &doc, &dim) && !status; ++i)
        for (uint32_t d = 0; d < all->rank && !status; ++d)
            if (all->dim_number[d] == dim) status = publish_column(to, name, PG_TEXT, err);
    for (uint32_t i = 0; i < all->var_count && !status; ++i)
        status = publish_column(to, all->var[i].name, var_type(all->var[i].dtype), err);
    return status;
}

/* ---- Rows --------------------------------------------------------------------------------- */

static double var_value(const td_var *var, uint64_t i)
{
    switch (var->dtype) {
    case TD_F32: return (double)((const float *)var->data)[i];
    case TD_F64: return ((const double *)var->data)[i];
    case TD_I32: {
        const int32_t value = ((const int32_t *)var->data)[i];
        return value == INT32_MIN ? NAN : (double)value;
    }
    case TD_I64: {
        const int64_t value = ((const int64_t *)var->data)[i];
        return value == INT64_MIN ? NAN : (double)value;
    }
    case TD_U8: return (double)((const uint8_t *)var->data)[i];
    }
    return NAN;
}

static bool is_empty(const long_table *all, uint64_t row)
{
    for (uint32_t v = 0; v < all->var_count; ++v)
        if (!isnan(var_value(&all->var[v], row))) return false;
    return true;
}

static td_status add_coordinate(publishing *to, uint32_t column, const td_dim *dim, uint64_t i,
                                td_error *err)
{
    if (dim->text) return publish_text(to, column, dim->text[i], err);
    if (!dim->number) return publish_number(to, column, (double)i, err);
    const double value = dim->number[i];
    if (counts(dim, "days since 1970-01-01"))
        return publish_time(to, column, (int64_t)value * DAY_SECONDS, err);
    if (counts(dim, "seconds since 1970-01-01"))
        return publish_time(to, column, (int64_t)value, err);
    return publish_number(to, column, value, err);
}

static td_status add_row(publishing *to, const long_table *all, uint64_t row,
                         const uint64_t index[TD_TABLE_RANK_MAX], td_error *err)
{
    uint32_t column = 0;
    td_status status = TD_OK;
    publish_row(to);
    for (uint32_t d = 0; d < all->rank && !status; ++d)
        status = add_coordinate(to, column++, &all->dim[d], index[d], err);
    for (uint32_t i = 0; i < all->label_count && !status; ++i)
        status = publish_text(to, column++, all->label[i].text[index[all->label[i].dim]], err);
    for (uint32_t v = 0; v < all->var_count && !status; ++v)
        status = publish_number(to, column++, var_value(&all->var[v], row), err);
    return status ? status : publish_send(to, err);
}

static void count_on(const long_table *all, uint64_t index[TD_TABLE_RANK_MAX])
{
    for (uint32_t d = all->rank; d-- > 0;) {
        if (++index[d] < all->dim[d].count) return;
        index[d] = 0;
    }
}

td_status publish_table(publishing *to, const td_table *table, market_published *out, td_error *err)
{
    const char *input = to->request->input;
    long_table all = {.table = table};
    uint64_t index[TD_TABLE_RANK_MAX] = {0};
    td_status status = pick_vars(&all, to->request->vars, input, err);
    if (!status) status = pick_dims(&all, input, err);
    if (!status) status = add_columns(to, &all, err);
    to->rows_total = all.row_count;
    if (!status) status = publish_begin(to, err);
    for (uint64_t row = 0; row < all.row_count && !status; ++row) {
        if (!is_empty(&all, row)) status = add_row(to, &all, row, index, err);
        count_on(&all, index);
    }
    out->vars_left_out = to->request->vars ? 0 : td_table_var_count(table) - all.var_count;
    free(all.label);
    free(all.var);
    return status;
}
