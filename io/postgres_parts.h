/* postgres_parts.h - what the files of the PostgreSQL connection share; needs libpq. */
#ifndef TANDEM_IO_POSTGRES_PARTS_H
#define TANDEM_IO_POSTGRES_PARTS_H
#include "io/postgres.h"
#include "io/postgres_url.h"

#include <libpq-fe.h>

#define POSTGRES_WAIT_MS 100

struct postgres {
    PGconn *connection;
    postgres_hooks hooks;
    char *name;             /* of the server, without a password */
    char *secret[2];        /* the URL's passwords, to be taken out of messages */
    uint64_t rows, bytes;   /* moved so far, for hooks */
    bool in_transaction, broken;
};

/* Waits until the socket can be read (or also written) or POSTGRES_WAIT_MS are over, and asks step.
 * TD_E_CANCELLED: it said stop; the server is told. */
TD_MUST_USE td_status postgres_wait(postgres *pg, bool write, td_error *err);
/* Runs one statement and waits for its last result; out may be NULL. param: $1, or NULL. what tells
 * the error what was done: "read", "make table \"x\"". */
TD_MUST_USE td_status postgres_run(postgres *pg, const char *sql, const char *param,
                                   const char *what, PGresult **out, td_error *err);
/* The next result of what was sent, when it is there; NULL: there is none any more. */
TD_MUST_USE td_status postgres_result(postgres *pg, PGresult **out, td_error *err);
/* The error of a result, or of the connection when result is NULL. */
td_status postgres_fail(postgres *pg, const PGresult *result, const char *what, td_error *err);
/* The columns of a statement. */
TD_MUST_USE td_status postgres_columns(postgres *pg, const char *sql, const char *what,
                                       postgres_column *columns, uint32_t columns_max,
                                       uint32_t *count, td_error *err);

#endif
