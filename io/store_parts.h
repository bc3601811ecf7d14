/* store_parts.h - what store_sqlite.c is made of; store_sqlite.h is the interface. */
#ifndef TANDEM_IO_STORE_PARTS_H
#define TANDEM_IO_STORE_PARTS_H
#include "io/store_sqlite.h"

#include <sqlite3.h>

typedef struct store_lock store_lock;
typedef struct store_pack store_pack;

typedef enum store_query {
    STORE_BEGIN,
    STORE_COMMIT,
    STORE_ROLLBACK,
    STORE_RUN_FIND,
    STORE_RUN_ADD,
    STORE_UNIT_ADD,
    STORE_UNIT_ALL,
    STORE_RESULT_ADD,
    STORE_RESULT_FIND,
    STORE_QUERIES
} store_query;

typedef struct store_runs store_runs;

struct store_file {
    char *path; /* of the real file, symbolic links followed */
    store_lock *lock;
    sqlite3 *db;
    sqlite3_stmt *query[STORE_QUERIES];
    store_runs *runs; /* a list */
    store_pack *pack;
    uint64_t bad_rows;
    bool broken; /* a write failed: nothing more is durable */
};

/* ---- store_sqlite.c ---- */
/* Fills err from what SQLite last said; verb: "write", "read". */
td_status store_failed(store_file *file, const char *verb, td_error *err);
/* The statement, reset and without values; owned by the file. */
TD_MUST_USE td_status store_prepare(store_file *file, store_query query, sqlite3_stmt **out,
                                    td_error *err);
/* Starts a transaction unless there is one; ends it. After a failure the file is broken. */
TD_MUST_USE td_status store_change(store_file *file, td_error *err);
TD_MUST_USE td_status store_commit(store_file *file, td_error *err);
/* Runs a statement that changes something and gives no rows. */
TD_MUST_USE td_status store_step(store_file *file, sqlite3_stmt *statement, td_error *err);

/* ---- store_units.c ---- */
void store_runs_free(store_runs *runs);

/* ---- store_pack.c ---- */
TD_MUST_USE td_status store_pack_create(const char *path, store_pack **out, td_error *err);
void store_pack_destroy(store_pack *pack); /* NULL is fine */
/* The data, packed when that is smaller, and how many bytes that is. Borrowed until the next
 * call; cannot fail. */
size_t store_pack_make(store_pack *pack, const void *data, size_t bytes, const void **out);
/* The count bytes that data was made from, aligned for doubles, borrowed until the next call.
 * *good is false when it was not. TD_E_NO_MEMORY is the only failure. */
TD_MUST_USE td_status store_pack_open(store_pack *pack, const char *path, const void *data,
                                      size_t bytes, size_t count, const void **out, bool *good,
                                      td_error *err);

/* ---- store_lock.c ---- */
/* Takes PATH.lock or fails with TD_E_IO, naming who has it. A lock dies with its process. */
TD_MUST_USE td_status store_lock_take(const char *path, store_lock **out, td_error *err);
void store_lock_give(store_lock *lock); /* NULL is fine */

/* ---- store_identity.c ---- */
/* TD_E_BAD_ARGUMENT, naming the first key whose value differs: "PATH: the checkpoint belongs to
 * another study: eps is 0.05 .. 0.1 (51 values), was 0.05". Both are JSON texts. */
td_status store_identity_differs(const char *path, const char *now, const char *was, td_error *err);

#endif
