/* publish.c - see publish.h: connection, columns and values. */
#include "market/publish_parts.h"

#include "io/netcdf_table.h"
#include "io/postgres_url.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEND_BYTES        (1u << 18)
#define MICROSECONDS      INT64_C(1000000)
#define INTEGER_BYTES_MAX 20

td_status publish_column(publishing *to, const char *name, pg_type type, td_error *err)
{
    if (to->column_count == PG_COLUMNS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: more than %d columns", to->request->input,
                       PG_COLUMNS_MAX);
    postgres_column *column = &to->column[to->column_count];
    const int bytes = snprintf(column->name, sizeof column->name, "%s", name);
    if (bytes < 1 || (size_t)bytes >= sizeof column->name)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: \"%.60s\" is no name of a column",
                       to->request->input, name);
    column->type = type;
    to->column_count += 1;
    return TD_OK;
}

td_status publish_begin(publishing *to, td_error *err)
{
    return postgres_put_begin(to->pg, to->table, to->request->mode, to->column, to->column_count,
                              err);
}

void publish_row(publishing *to)
{
    pg_put_tuple(&to->rows, to->column_count);
    to->row_count += 1;
    to->pending += 1;
}

static td_status does_not_fit(const publishing *to, uint32_t index, const char *value,
                              td_error *err)
{
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "row %" PRIu64 ": %s does not fit column %s, which is of type %s", to->row_count,
                   value, to->column[index].name, pg_type_sql(to->column[index].type));
}

td_status publish_number(publishing *to, uint32_t index, double value, td_error *err)
{
    char text[40];
    if (pg_put_number(&to->rows, to->column[index].type, value)) return TD_OK;
    snprintf(text, sizeof text, "%.17g", value);
    /* Whole numbers may be texts there: 5930 as a symbol. */
    if (to->column[index].type == PG_TEXT && pg_put_text(&to->rows, text, strlen(text)))
        return TD_OK;
    return does_not_fit(to, index, text, err);
}

td_status publish_time(publishing *to, uint32_t index, int64_t seconds, td_error *err)
{
    char text[40];
    if (seconds > -INT64_MAX / MICROSECONDS && seconds < INT64_MAX / MICROSECONDS &&
        pg_put_time(&to->rows, to->column[index].type, seconds * MICROSECONDS))
        return TD_OK;
    snprintf(text, sizeof text, "the time %" PRId64, seconds);
    return does_not_fit(to, index, text, err);
}

td_status publish_text(publishing *to, uint32_t index, const char *text, td_error *err)
{
    char shown[80], *end = NULL;
    const size_t bytes = strlen(text);
    const pg_type type = to->column[index].type;
    if (type == PG_TEXT && pg_put_text(&to->rows, text, bytes)) return TD_OK;
    /* Symbols may be numbers there. */
    const double value = strtod(text, &end);
    if (pg_type_is_number(type) && bytes > 0 && bytes < INTEGER_BYTES_MAX &&
        strspn(text, "0123456789") == bytes && text[0] != '0' &&
        pg_put_number(&to->rows, type, value))
        return TD_OK;
    snprintf(shown, sizeof shown, "\"%.60s\"", text);
    return does_not_fit(to, index, shown, err);
}

td_status publish_send(publishing *to, td_error *err)
{
    if (to->rows.bytes < SEND_BYTES && !to->rows.failed) return TD_OK;
    const td_status status = postgres_put_rows(to->pg, &to->rows, to->pending, err);
    to->pending = 0;
    return status;
}

static bool on_step(void *context, uint64_t rows, uint64_t bytes)
{
    const publishing *to = context;
    (void)bytes;
    return !to->request->step || to->request->step(to->request->context, rows, to->rows_total);
}

/* The rows of the file; the panel is tried first, for a panel is also a table. */
static td_status publish_file(publishing *to, market_published *out, td_error *err)
{
    prices *held = NULL;
    td_table *table = NULL;
    td_error first = TD_ERROR_INIT;
    td_status status = prices_open(to->request->input, &held, &first);
    out->panel = !status;
    if (!status) {
        status = publish_panel(to, prices_panel(held), err);
    } else if (status == TD_E_CORRUPT) {
        status = netcdf_read(to->request->input, &table, err);
        if (!status) status = publish_table(to, table, out, err);
    } else {
        status = td_fail(err, status, "%s", first.message);
    }
    prices_close(held);
    td_table_destroy(table);
    return status;
}

static td_status publish_end(publishing *to, market_published *out, td_error *err)
{
    td_status status = TD_OK;
    out->bytes = 0;
    if (to->row_count == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: holds no values", to->request->input);
    status = postgres_put_rows(to->pg, &to->rows, to->pending, err);
    if (!status) status = postgres_put_end(to->pg, err);
    out->rows = to->row_count;
    out->columns = to->column_count;
    snprintf(out->where, sizeof out->where, "%s, table %s", postgres_name(to->pg), to->table);
    return status;
}

td_status market_publish(const market_publish_request *request, market_published *out,
                         td_error *err)
{
    publishing to = {.request = request};
    market_published made = {.rows = 0};
    postgres_url url = {NULL, NULL, NULL, NULL};
    const postgres_hooks hooks = {on_step, &to};
    td_status status = postgres_url_split(request->url, &url, err);
    if (status) return status;
    to.table = request->table ? request->table : url.table;
    if (!to.table || url.query)
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "%s: a table to write is needed: --table NAME, or ?table=NAME in the URL",
                         url.plain);
    if (!status) to.column = calloc(PG_COLUMNS_MAX, sizeof *to.column);
    if (!status && !to.column) status = td_fail(err, TD_E_NO_MEMORY, "no memory for columns");
    if (!status) status = postgres_open(url.connect, &hooks, &to.pg, err);
    if (!status) status = publish_file(&to, &made, err);
    if (!status) status = publish_end(&to, &made, err);
    if (!status) *out = made;
    postgres_close(to.pg);
    pg_bytes_free(&to.rows);
    free(to.column);
    postgres_url_free(&url);
    return status;
}
