/* table_csv.c - see table_csv.h. Coordinates become text once; a row then is copies and numbers. */
#include "market/table_csv.h"

#include "market/dates.h"
#include "market/digits.h"
#include "market/stream_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_EVERY 65536 /* rows */

/* Coordinates of one dimension as CSV fields, each with its comma, one behind the other. */
typedef struct column {
    char *text;
    size_t *first; /* [count + 1] into text */
    uint64_t count;
} column;

typedef struct writer {
    const table_csv *how;
    const td_table *table;
    digits *numbers;
    stream_file *file;
    td_var var[TABLE_CSV_VARS_MAX];
    uint32_t rank;
    td_dim dim[TD_TABLE_RANK_MAX];
    column column[TD_TABLE_RANK_MAX];
    uint64_t rows;
} writer;

/* ---- Coordinates ---------------------------------------------------------------------------- */

static bool counts(const td_dim *dim, const char *what)
{
    return dim->unit && dim->number && strncmp(dim->unit, what, strlen(what)) == 0;
}

static size_t coordinate_bytes(const td_dim *dim, uint64_t i)
{
    if (!dim->text) return DIGITS_TEXT_MAX + DATES_TEXT_MAX;
    return 2 * strlen(dim->text[i]) + 4; /* every character may be a quote */
}

static size_t put_field(const char *text, char *out)
{
    const size_t bytes = strlen(text);
    size_t at = 0;
    if (!strpbrk(text, ",\"\r\n")) {
        memcpy(out, text, bytes);
        return bytes;
    }
    out[at++] = '"';
    for (size_t i = 0; i < bytes; ++i) {
        if (text[i] == '"') out[at++] = '"';
        out[at++] = text[i];
    }
    out[at++] = '"';
    return at;
}

static size_t put_coordinate(const writer *w, const td_dim *dim, uint64_t i, char *out)
{
    char text[DATES_TEXT_MAX];
    if (dim->text) return put_field(dim->text[i], out);
    const double value = dim->number ? dim->number[i] : (double)i;
    if (counts(dim, "days since 1970-01-01"))
        return put_field(date_text((int64_t)value * DATES_DAY, false, text), out);
    if (counts(dim, "seconds since 1970-01-01"))
        return put_field(date_text((int64_t)value, true, text), out);
    return digits_write(w->numbers, value, out);
}

static td_status make_column(const writer *w, const td_dim *dim, column *c, td_error *err)
{
    size_t bytes = 1;
    for (uint64_t i = 0; i < dim->count; ++i)
        bytes += coordinate_bytes(dim, i) + 1;
    c->text = malloc(bytes);
    c->first = calloc((size_t)dim->count + 1, sizeof *c->first);
    c->count = dim->count;
    if (!c->text || !c->first)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the coordinates of %s", dim->name);
    for (uint64_t i = 0; i < dim->count; ++i) {
        char *at = c->text + c->first[i];
        const size_t used = put_coordinate(w, dim, i, at);
        at[used] = ',';
        c->first[i + 1] = c->first[i] + used + 1;
    }
    return TD_OK;
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static bool is_empty(const td_var *var, uint64_t at)
{
    switch (var->dtype) {
    case TD_F32: return isnan(((const float *)var->data)[at]);
    case TD_F64: return isnan(((const double *)var->data)[at]);
    case TD_I32: return ((const int32_t *)var->data)[at] == INT32_MIN;
    case TD_I64: return ((const int64_t *)var->data)[at] == INT64_MIN;
    case TD_U8: return false;
    }
    return false;
}

static size_t put_value(const writer *w, const td_var *var, uint64_t at, char *out)
{
    if (is_empty(var, at)) return digits_write(w->numbers, NAN, out);
    switch (var->dtype) {
    case TD_F32: return digits_write(w->numbers, (double)((const float *)var->data)[at], out);
    case TD_F64: return digits_write(w->numbers, ((const double *)var->data)[at], out);
    case TD_I32: return digits_write_whole(((const int32_t *)var->data)[at], out);
    case TD_I64: return digits_write_whole(((const int64_t *)var->data)[at], out);
    case TD_U8: return digits_write_whole(((const uint8_t *)var->data)[at], out);
    }
    return 0;
}

static bool leaves_out(const writer *w, uint64_t at)
{
    if (!w->how->leave_out_empty) return false;
    for (uint32_t v = 0; v < w->how->var_count; ++v)
        if (!is_empty(&w->var[v], at)) return false;
    return true;
}

static void put_row(writer *w, const uint64_t *index, uint64_t at)
{
    for (uint32_t d = 0; d < w->rank; ++d) {
        const column *c = &w->column[d];
        stream_add_bytes(w->file, c->text + c->first[index[d]],
                         c->first[index[d] + 1] - c->first[index[d]]);
    }
    char *out = stream_room(w->file, (size_t)w->how->var_count * (DIGITS_TEXT_MAX + 1));
    size_t used = 0;
    for (uint32_t v = 0; v < w->how->var_count; ++v) {
        used += put_value(w, &w->var[v], at, out + used);
        out[used++] = v + 1 < w->how->var_count ? ',' : '\n';
    }
    stream_used(w->file, used);
    w->rows += 1;
}

static td_status put_rows(writer *w, td_error *err)
{
    const table_csv *how = w->how;
    uint64_t index[TD_TABLE_RANK_MAX] = {0};
    for (uint64_t at = 0; at < w->var[0].count; ++at) {
        if (!leaves_out(w, at)) put_row(w, index, at);
        for (uint32_t d = w->rank; d-- > 0;) {
            index[d] += 1;
            if (index[d] < w->dim[d].count) break;
            index[d] = 0;
        }
        if (at % TELL_EVERY == 0 && how->tell &&
            how->tell(how->context, (double)at / (double)w->var[0].count))
            return td_fail(err, TD_E_CANCELLED, "%s: stopped while it was written", how->path);
    }
    return TD_OK;
}

static void put_header(writer *w)
{
    for (uint32_t d = 0; d < w->rank; ++d) {
        stream_add_field(w->file, w->how->heading ? w->how->heading[d] : w->dim[d].name);
        stream_add(w->file, ",");
    }
    for (uint32_t v = 0; v < w->how->var_count; ++v) {
        stream_add_field(w->file, w->var[v].name);
        stream_add(w->file, v + 1 < w->how->var_count ? "," : "\n");
    }
}

/* ---- The whole ------------------------------------------------------------------------------ */

static td_status find_vars(writer *w, td_error *err)
{
    const table_csv *how = w->how;
    if (how->var_count == 0 || how->var_count > TABLE_CSV_VARS_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %u variables, 1 to %d can be written",
                       how->path, how->var_count, TABLE_CSV_VARS_MAX);
    for (uint32_t v = 0; v < how->var_count; ++v) {
        if (!td_table_find_var(w->table, how->var[v], &w->var[v]))
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: there is no variable %s", how->path,
                           how->var[v]);
        if (w->var[v].rank != w->var[0].rank || w->var[v].count != w->var[0].count ||
            memcmp(w->var[v].dim, w->var[0].dim, w->var[0].rank * sizeof w->var[0].dim[0]) != 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %s and %s have different dimensions",
                           how->path, how->var[0], how->var[v]);
    }
    w->rank = w->var[0].rank;
    for (uint32_t d = 0; d < w->rank; ++d)
        if (!td_table_dim(w->table, w->var[0].dim[d], &w->dim[d]))
            return td_fail(err, TD_E_INTERNAL, "%s: a dimension is missing", how->path);
    return TD_OK;
}

td_status table_csv_write(const td_table *table, const table_csv *how, uint64_t *rows,
                          td_error *err)
{
    writer *w = calloc(1, sizeof *w);
    if (!w) return td_fail(err, TD_E_NO_MEMORY, "no memory to write %s", how->path);
    w->how = how;
    w->table = table;
    td_status status = digits_create(&w->numbers, err);
    if (!status) status = find_vars(w, err);
    for (uint32_t d = 0; d < w->rank && !status; ++d)
        status = make_column(w, &w->dim[d], &w->column[d], err);
    if (!status) status = stream_open(how->path, &w->file, err);
    if (!status) {
        put_header(w);
        status = put_rows(w, err);
        if (status) stream_discard(w->file);
        else status = stream_commit(w->file, err);
    }
    if (!status && rows) *rows = w->rows;
    for (uint32_t d = 0; d < w->rank; ++d) {
        free(w->column[d].text);
        free(w->column[d].first);
    }
    digits_destroy(w->numbers);
    free(w);
    return status;
}
