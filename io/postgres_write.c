/* postgres_write.c - rows into a server: COPY .. FROM STDIN in one transaction. */
#include "io/postgres.h"

#ifdef TANDEM_HAS_POSTGRES
#include "io/postgres_parts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHAT_ROOM 128

static td_status table_exists(postgres *pg, const char *quoted, bool *exists, td_error *err)
{
    PGresult *answer = NULL;
    const td_status status = postgres_run(pg, "SELECT pg_catalog.to_regclass($1)", quoted,
                                          "ask for a table", &answer, err);
    if (status) return status;
    *exists = PQntuples(answer) == 1 && !PQgetisnull(answer, 0, 0);
    PQclear(answer);
    return TD_OK;
}

static td_status make_table(postgres *pg, const char *quoted, const postgres_column *columns,
                            uint32_t count, td_error *err)
{
    char what[WHAT_ROOM];
    sql_text sql = {0};
    snprintf(what, sizeof what, "make table %s", quoted);
    sql_add(&sql, "CREATE TABLE ");
    sql_add(&sql, quoted);
    sql_add(&sql, " (");
    for (uint32_t i = 0; i < count; ++i) {
        if (i) sql_add(&sql, ", ");
        sql_add_name(&sql, columns[i].name, strlen(columns[i].name));
        sql_add(&sql, " ");
        sql_add(&sql, pg_type_sql(columns[i].type));
    }
    sql_add(&sql, ")");
    td_status status = sql_check(&sql, err);
    if (!status) status = postgres_run(pg, sql.data, NULL, what, NULL, err);
    sql_free(&sql);
    return status;
}

static td_status match_column(const postgres *pg, const char *quoted, const postgres_column *there,
                              uint32_t there_count, postgres_column *column, td_error *err)
{
    for (uint32_t i = 0; i < there_count; ++i) {
        if (strcmp(there[i].name, column->name) != 0) continue;
        if (there[i].type == PG_OTHER)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "%s: cannot write table %s: column %s is of type %s, allowed are "
                           "numbers, texts, dates and timestamps",
                           pg->name, quoted, column->name, there[i].sql_type);
        *column = there[i];
        return TD_OK;
    }
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: cannot write table %s: it has no column %s (%s)",
                   pg->name, quoted, column->name, pg_type_sql(column->type));
}

/* Columns take the types that the table has. */
static td_status match_table(postgres *pg, const char *quoted, postgres_column *columns,
                             uint32_t count, td_error *err)
{
    char what[WHAT_ROOM];
    uint32_t there_count = 0;
    sql_text sql = {0};
    postgres_column *there = calloc(PG_COLUMNS_MAX, sizeof *there);
    td_status status = TD_OK;
    snprintf(what, sizeof what, "write table %s", quoted);
    sql_add(&sql, "SELECT * FROM ");
    sql_add(&sql, quoted);
    if (!there) status = td_fail(err, TD_E_NO_MEMORY, "no memory for the columns of a table");
    if (!status) status = sql_check(&sql, err);
    if (!status)
        status = postgres_columns(pg, sql.data, what, there, PG_COLUMNS_MAX, &there_count, err);
    for (uint32_t i = 0; i < count && !status; ++i)
        status = match_column(pg, quoted, there, there_count, &columns[i], err);
    free(there);
    sql_free(&sql);
    return status;
}

static td_status empty_table(postgres *pg, const char *quoted, td_error *err)
{
    char what[WHAT_ROOM];
    sql_text sql = {0};
    snprintf(what, sizeof what, "empty table %s", quoted);
    sql_add(&sql, "TRUNCATE TABLE ");
    sql_add(&sql, quoted);
    td_status status = sql_check(&sql, err);
    if (!status) status = postgres_run(pg, sql.data, NULL, what, NULL, err);
    sql_free(&sql);
    return status;
}

static td_status prepare_table(postgres *pg, const char *quoted, postgres_mode mode,
                               postgres_column *columns, uint32_t count, td_error *err)
{
    bool exists = true;
    td_status status = TD_OK;
    if (mode != POSTGRES_APPEND) status = table_exists(pg, quoted, &exists, err);
    if (status) return status;
    if (exists && mode == POSTGRES_CREATE)
        return td_fail(
            err, TD_E_BAD_ARGUMENT,
            "%s: table %s is there already: say whether it is to be replaced, or appended "
            "to",
            pg->name, quoted);
    if (!exists) return make_table(pg, quoted, columns, count, err);
    status = match_table(pg, quoted, columns, count, err);
    if (!status && mode == POSTGRES_REPLACE) status = empty_table(pg, quoted, err);
    return status;
}

static td_status start_copy(postgres *pg, const char *quoted, const postgres_column *columns,
                            uint32_t count, td_error *err)
{
    char what[WHAT_ROOM];
    sql_text sql = {0};
    snprintf(what, sizeof what, "write table %s", quoted);
    sql_add(&sql, "COPY ");
    sql_add(&sql, quoted);
    sql_add(&sql, " (");
    for (uint32_t i = 0; i < count; ++i) {
        if (i) sql_add(&sql, ", ");
        sql_add_name(&sql, columns[i].name, strlen(columns[i].name));
    }
    sql_add(&sql, ") FROM STDIN (FORMAT BINARY)");
    td_status status = sql_check(&sql, err);
    if (!status) status = postgres_run(pg, sql.data, NULL, what, NULL, err);
    sql_free(&sql);
    return status;
}

static td_status send_bytes(postgres *pg, pg_bytes *rows, td_error *err)
{
    if (rows->failed) return td_fail(err, TD_E_NO_MEMORY, "no memory for rows to send");
    if (rows->bytes > INT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%zu bytes of rows at a time are too many",
                       rows->bytes);
    int sent = 0;
    while ((sent = PQputCopyData(pg->connection, (const char *)rows->data, (int)rows->bytes)) ==
           0) {
        const td_status status = postgres_wait(pg, true, err);
        if (status) return status;
    }
    if (sent < 0) return postgres_fail(pg, NULL, "send rows", err);
    pg->bytes += rows->bytes;
    rows->bytes = 0;
    /* What libpq holds back must not grow: it goes out before more is taken. */
    while ((sent = PQflush(pg->connection)) == 1) {
        const td_status status = postgres_wait(pg, true, err);
        if (status) return status;
        if (!PQconsumeInput(pg->connection)) break;
    }
    if (sent < 0) return postgres_fail(pg, NULL, "send rows", err);
    return TD_OK;
}

td_status postgres_put_begin(postgres *pg, const char *table, postgres_mode mode,
                             postgres_column *columns, uint32_t count, td_error *err)
{
    sql_text quoted = {0};
    pg_bytes header = {NULL, 0, 0, false};
    td_status status = TD_OK;
    if (count == 0 || count > PG_COLUMNS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%u columns, allowed are 1 to %d", count,
                       PG_COLUMNS_MAX);
    status = sql_add_table(&quoted, table, err);
    if (!status) status = sql_check(&quoted, err);
    if (!status) status = postgres_run(pg, "BEGIN", NULL, "start", NULL, err);
    if (status) goto out;
    pg->in_transaction = true;
    status = prepare_table(pg, quoted.data, mode, columns, count, err);
    if (!status) status = start_copy(pg, quoted.data, columns, count, err);
    pg_put_header(&header);
    if (!status) status = send_bytes(pg, &header, err);
out:
    pg_bytes_free(&header);
    sql_free(&quoted);
    return status;
}

td_status postgres_put_rows(postgres *pg, pg_bytes *rows, uint64_t row_count, td_error *err)
{
    if (rows->bytes == 0 && !rows->failed) return TD_OK;
    const td_status status = send_bytes(pg, rows, err);
    if (!status) pg->rows += row_count;
    return status;
}

/* The server's word on the rows: what it says when one breaks a rule of the table. */
static td_status finish_copy(postgres *pg, td_error *err)
{
    PGresult *result = NULL;
    td_status status = TD_OK;
    int sent = 0;
    while ((sent = PQputCopyEnd(pg->connection, NULL)) == 0) {
        status = postgres_wait(pg, true, err);
        if (status) return status;
    }
    if (sent < 0) return postgres_fail(pg, NULL, "send rows", err);
    for (;;) {
        status = postgres_result(pg, &result, err);
        if (status || !result) return status;
        if (PQresultStatus(result) != PGRES_COMMAND_OK)
            status = postgres_fail(pg, result, "write the rows", err);
        PQclear(result);
        if (status) return status;
    }
}

td_status postgres_put_end(postgres *pg, td_error *err)
{
    pg_bytes trailer = {NULL, 0, 0, false};
    pg_put_trailer(&trailer);
    td_status status = send_bytes(pg, &trailer, err);
    pg_bytes_free(&trailer);
    if (!status) status = finish_copy(pg, err);
    if (!status)
        status = postgres_run(pg, "COMMIT", NULL,
                              "commit (whether the rows are there is not known)", NULL, err);
    pg->in_transaction = false;
    return status;
}
#endif
