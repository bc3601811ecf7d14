/* postgres_read.c - rows out of a server: COPY (SELECT ..) TO STDOUT in one read-only transaction.
 */
#include "io/postgres.h"

#ifdef TANDEM_HAS_POSTGRES
#include "io/postgres_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT_ROOM 128
#define STEP_ROWS 65536 /* rows between two calls of step when data never has to be waited for */

/* What is read, for errors: a query may be long, and is the caller's own. */
static const char *what_of(const postgres_source *source, char room[WHAT_ROOM])
{
    if (!source->table) return "run the query";
    snprintf(room, WHAT_ROOM, "read table %s", source->table);
    return room;
}

/* The source as a SELECT of its own, without what ends a query. */
static td_status add_select(sql_text *sql, const postgres_source *source, td_error *err)
{
    if (!source->table == !source->query)
        return td_fail(err, TD_E_BAD_ARGUMENT, "either a table or a query is to be read");
    if (source->table) {
        sql_add(sql, "SELECT * FROM ");
        return sql_add_table(sql, source->table, err);
    }
    size_t bytes = strlen(source->query);
    while (bytes > 0 && strchr("; \t\r\n", source->query[bytes - 1]))
        bytes -= 1;
    if (bytes == 0) return td_fail(err, TD_E_BAD_ARGUMENT, "the query is empty");
    char *copy = strndup(source->query, bytes);
    if (copy) sql_add(sql, copy);
    else sql->failed = true;
    free(copy);
    return TD_OK;
}

static td_status begin(postgres *pg, td_error *err)
{
    if (pg->in_transaction) return TD_OK;
    const td_status status =
        postgres_run(pg, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", NULL,
                     "start", NULL, err);
    pg->in_transaction = !status;
    return status;
}

/* The server's own name of a type that is none of ours. */
static td_status name_type(postgres *pg, const PGresult *described, int index,
                           postgres_column *column, td_error *err)
{
    char sql[WHAT_ROOM];
    PGresult *answer = NULL;
    snprintf(sql, sizeof sql, "SELECT pg_catalog.format_type(%" PRIu32 ", %d)",
             (uint32_t)PQftype(described, index), PQfmod(described, index));
    const td_status status = postgres_run(pg, sql, NULL, "ask for a type", &answer, err);
    if (status) return status;
    if (PQntuples(answer) == 1)
        snprintf(column->sql_type, sizeof column->sql_type, "%s", PQgetvalue(answer, 0, 0));
    PQclear(answer);
    return TD_OK;
}

static td_status take_columns(postgres *pg, const PGresult *described, const char *what,
                              postgres_column *columns, uint32_t columns_max, uint32_t *count,
                              td_error *err)
{
    const int fields = PQnfields(described);
    if (fields < 1)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: cannot %s: it gives no rows", pg->name, what);
    if ((uint32_t)fields > columns_max)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: cannot %s: %d columns, allowed are %" PRIu32,
                       pg->name, what, fields, columns_max);
    for (int i = 0; i < fields; ++i) {
        postgres_column *column = &columns[i];
        column->type = pg_type_of(PQftype(described, i));
        snprintf(column->name, sizeof column->name, "%s", PQfname(described, i));
        snprintf(column->sql_type, sizeof column->sql_type, "%s", pg_type_sql(column->type));
        if (column->type != PG_OTHER) continue;
        const td_status status = name_type(pg, described, i, column, err);
        if (status) return status;
    }
    *count = (uint32_t)fields;
    return TD_OK;
}

/* Waits for the last of what was sent. */
static td_status last_result(postgres *pg, const char *what, PGresult **out, td_error *err)
{
    PGresult *last = NULL, *next = NULL;
    td_status status = postgres_result(pg, &next, err);
    while (!status && next) {
        PQclear(last);
        last = next;
        next = NULL;
        status = postgres_result(pg, &next, err);
    }
    if (!status && PQresultStatus(last) != PGRES_COMMAND_OK)
        status = postgres_fail(pg, last, what, err);
    if (status) PQclear(last);
    else *out = last;
    return status;
}

td_status postgres_columns(postgres *pg, const char *sql, const char *what,
                           postgres_column *columns, uint32_t columns_max, uint32_t *count,
                           td_error *err)
{
    PGresult *prepared = NULL, *described = NULL;
    td_status status = TD_OK;
    if (!PQsendPrepare(pg->connection, "", sql, 0, NULL)) return postgres_fail(pg, NULL, what, err);
    status = last_result(pg, what, &prepared, err);
    if (status) goto out;
    if (!PQsendDescribePrepared(pg->connection, "")) {
        status = postgres_fail(pg, NULL, what, err);
        goto out;
    }
    status = last_result(pg, what, &described, err);
    if (status) goto out;
    status = take_columns(pg, described, what, columns, columns_max, count, err);
out:
    PQclear(described);
    PQclear(prepared);
    return status;
}

td_status postgres_describe(postgres *pg, const postgres_source *source, postgres_column *columns,
                            uint32_t columns_max, uint32_t *count, td_error *err)
{
    char room[WHAT_ROOM];
    sql_text sql = {0};
    td_status status = add_select(&sql, source, err);
    if (!status) status = sql_check(&sql, err);
    if (!status) status = begin(pg, err);
    if (!status)
        status =
            postgres_columns(pg, sql.data, what_of(source, room), columns, columns_max, count, err);
    sql_free(&sql);
    return status;
}

/* ---- The rows ----------------------------------------------------------------------------- */

typedef struct reading {
    postgres *pg;
    pg_copy *copy;
    pg_field *fields;
    postgres_row_fn take;
    void *context;
    const char *what;
} reading;

/* Names the server in front of what is wrong with its bytes or with a row. */
static td_status name_error(const reading *read, td_status status, td_error *err)
{
    char held[sizeof err->message];
    if (!err || !status) return status;
    snprintf(held, sizeof held, "%s", err->message);
    return td_fail(err, status, "%s: cannot %s: %s", read->pg->name, read->what, held);
}

static td_status take_piece(reading *read, const char *data, size_t bytes, td_error *err)
{
    bool got = true;
    td_status status = pg_copy_feed(read->copy, data, bytes, err);
    read->pg->bytes += bytes;
    while (!status && got) {
        status = pg_copy_next(read->copy, read->fields, &got, err);
        if (status || !got) break;
        status = read->take(read->context, read->fields, pg_copy_rows(read->copy), err);
    }
    read->pg->rows = pg_copy_rows(read->copy);
    return name_error(read, status, err);
}

static td_status take_all(reading *read, td_error *err)
{
    postgres *pg = read->pg;
    uint64_t stepped = 0;
    td_status status = TD_OK;
    for (;;) {
        char *data = NULL;
        const int bytes = PQgetCopyData(pg->connection, &data, 1);
        if (bytes == -1) return TD_OK;
        if (bytes == -2) return postgres_fail(pg, NULL, read->what, err);
        if (bytes == 0 || pg->rows - stepped >= STEP_ROWS) {
            status = postgres_wait(pg, false, err);
            stepped = pg->rows;
        }
        if (!status && bytes == 0 && !PQconsumeInput(pg->connection))
            status = postgres_fail(pg, NULL, read->what, err);
        if (!status && bytes > 0) status = take_piece(read, data, (size_t)bytes, err);
        PQfreemem(data);
        if (status) return status;
    }
}

/* What the server says at the end: all rows were sent, or why not. */
static td_status check_end(reading *read, td_error *err)
{
    PGresult *last = NULL;
    const td_status status = last_result(read->pg, read->what, &last, err);
    PQclear(last);
    if (status) return status;
    if (pg_copy_ended(read->copy)) return TD_OK;
    return td_fail(err, TD_E_CORRUPT, "%s: cannot %s: the rows end without their mark",
                   read->pg->name, read->what);
}

static td_status add_copy(sql_text *sql, const postgres_source *source,
                          const char *const *expression, uint32_t count, td_error *err)
{
    sql_add(sql, "COPY (SELECT ");
    for (uint32_t i = 0; i < count; ++i) {
        if (i) sql_add(sql, ", ");
        sql_add(sql, expression[i]);
    }
    /* On a line of its own the query may end with a comment. */
    sql_add(sql, " FROM (\n");
    const td_status status = add_select(sql, source, err);
    sql_add(sql, "\n) AS tandem_source) TO STDOUT (FORMAT BINARY)");
    return status ? status : sql_check(sql, err);
}

td_status postgres_read(postgres *pg, const postgres_source *source, const char *const *expression,
                        uint32_t count, postgres_row_fn take, void *context, td_error *err)
{
    char room[WHAT_ROOM];
    reading read = {.pg = pg, .take = take, .context = context, .what = what_of(source, room)};
    sql_text sql = {0};
    td_status status = add_copy(&sql, source, expression, count, err);
    if (status) goto out;
    status = pg_copy_create(count, &read.copy, err);
    if (status) goto out;
    read.fields = calloc(count, sizeof *read.fields);
    if (!read.fields) status = td_fail(err, TD_E_NO_MEMORY, "no memory to read from a server");
    if (!status) status = begin(pg, err);
    if (!status) status = postgres_run(pg, sql.data, NULL, read.what, NULL, err);
    if (!status) status = take_all(&read, err);
    if (!status) status = check_end(&read, err);
    if (!status) status = postgres_run(pg, "COMMIT", NULL, "end", NULL, err);
    pg->in_transaction = false;
out:
    free(read.fields);
    pg_copy_destroy(read.copy);
    sql_free(&sql);
    return status;
}
#endif
