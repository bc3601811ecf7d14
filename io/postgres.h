/* postgres.h - a PostgreSQL server: rows of a table or query out of it, rows of a table into it,
 * both by COPY in its binary format, both in one transaction.
 *
 * Connections are libpq's: it reads PGPASSWORD, .pgpass, service files and the TLS settings of the
 * URL as it does for psql. Passwords stand in no error, name or attribute. Without libpq
 * (TANDEM_HAS_POSTGRES) postgres_open answers TD_E_UNSUPPORTED.
 *
 * Errors tell the server, what was done, and the server's own message. TD_E_NOT_FOUND: no such
 * table or database; TD_E_BAD_ARGUMENT: what the server takes for wrong in a query or in values;
 * TD_E_IO: no connection, or it broke; TD_E_CANCELLED: step said so, and the server was told to
 * stop. After an error only postgres_close is allowed; the server forgets what was not
 * committed. */
#ifndef TANDEM_IO_POSTGRES_H
#define TANDEM_IO_POSTGRES_H
#include "io/postgres_copy.h"

#define POSTGRES_NAME_ROOM 256    /* of a column's name and its 0 */

typedef struct postgres postgres;    /* belongs to one thread at a time */

/* Called at least every 0.2 s while something is waited for: false stops. May be NULL. */
typedef struct postgres_hooks {
    bool (*step)(void *context, uint64_t rows, uint64_t bytes);
    void *context;
} postgres_hooks;

typedef struct postgres_column {
    char name[POSTGRES_NAME_ROOM];
    char sql_type[POSTGRES_NAME_ROOM];    /* as the server calls it: "numeric(12,2)", "boolean" */
    pg_type type;
} postgres_column;

/* url as libpq takes it, without table= and query=: see postgres_url.h. Waits for 10 seconds for
 * each host, or as long as connect_timeout or PGCONNECT_TIMEOUT say. */
TD_MUST_USE td_status postgres_open(const char *url, const postgres_hooks *hooks, postgres **out,
                                    td_error *err);
void postgres_close(postgres *pg);    /* NULL is fine; rolls back what is not committed */
const char *postgres_name(const postgres *pg);    /* "postgresql://user@host:5432/database" */

/* ---- Out of the server -------------------------------------------------------------------- */

/* One of the two is given. A query is a single one that gives rows; it runs read-only. */
typedef struct postgres_source {
    const char *table;    /* as sql_add_table takes it */
    const char *query;
} postgres_source;

/* The columns of a table or query, at most columns_max. */
TD_MUST_USE td_status postgres_describe(postgres *pg, const postgres_source *source,
                                        postgres_column *columns, uint32_t columns_max,
                                        uint32_t *count, td_error *err);
/* Takes a row of what postgres_read reads; row counts from 1. Fields are valid during the call. */
typedef td_status (*postgres_row_fn)(void *context, const pg_field *fields, uint64_t row,
                                     td_error *err);
/* Reads expressions (SQL, over the columns of the source: quoted names) of all rows. One read is
 * allowed, after any postgres_describe of the same connection: both see the same data. */
TD_MUST_USE td_status postgres_read(postgres *pg, const postgres_source *source,
                                    const char *const *expression, uint32_t count,
                                    postgres_row_fn take, void *context, td_error *err);

/* ---- Into the server ---------------------------------------------------------------------- */

typedef enum postgres_mode {
    POSTGRES_CREATE  = 0,    /* the table must not be there */
    POSTGRES_REPLACE = 1,    /* its rows go, its definition stays; made when it is not there */
    POSTGRES_APPEND  = 2     /* it must be there */
} postgres_mode;

/* Begins a transaction: makes or empties the table as mode says, and starts the COPY. columns: name
 * and type as they shall be; where the table is there, type becomes what it has, and columns that
 * are missing there are an error. Rows are then encoded with these types. */
TD_MUST_USE td_status postgres_put_begin(postgres *pg, const char *table, postgres_mode mode,
                                         postgres_column *columns, uint32_t count, td_error *err);
/* Sends tuples (pg_put_tuple ..) and empties *rows. row_count: how many they are. */
TD_MUST_USE td_status postgres_put_rows(postgres *pg, pg_bytes *rows, uint64_t row_count,
                                        td_error *err);
/* Ends the COPY and commits. Only then anybody sees the rows. */
TD_MUST_USE td_status postgres_put_end(postgres *pg, td_error *err);

#endif
