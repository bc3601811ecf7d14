/* store_sqlite.c - opening, making, locking and closing the file. See store_sqlite.h. */
#include "io/store_parts.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define STORE_APPLICATION  0x54414e44 /* "TAND", in the header of the file */
#define STORE_VERSION      1
#define STORE_PAGE_BYTES   32768 /* measured best for rows of 1 to 40 KB */
#define HEADER_BYTES       100   /* of every SQLite database */
#define HEADER_VERSION     60    /* offsets in it, numbers big-endian */
#define HEADER_APPLICATION 68

/* What the file holds, and nothing else: one that has more was not made here. By name. */
static const char *const store_schema[] = {
    "CREATE TABLE result(name TEXT PRIMARY KEY, hash INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE TABLE run(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "identity TEXT NOT NULL, hash INTEGER NOT NULL)",
    "CREATE TABLE unit(id INTEGER PRIMARY KEY, run INTEGER NOT NULL, number INTEGER NOT NULL, "
    "block BLOB NOT NULL, bytes INTEGER NOT NULL, hash INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE UNIQUE INDEX unit_place ON unit(run, number, block)",
};
#define SCHEMA_COUNT (sizeof store_schema / sizeof store_schema[0])

static const char *const store_sql[STORE_QUERIES] = {
    [STORE_BEGIN] = "BEGIN IMMEDIATE",
    [STORE_COMMIT] = "COMMIT",
    [STORE_ROLLBACK] = "ROLLBACK",
    [STORE_RUN_FIND] = "SELECT id, identity, hash FROM run WHERE name = ?1",
    [STORE_RUN_ADD] = "INSERT INTO run(name, identity, hash) VALUES(?1, ?2, ?3)",
    [STORE_UNIT_ADD] =
        "INSERT OR REPLACE INTO unit(run, number, block, bytes, hash, data) VALUES(?,?,?,?,?,?)",
    [STORE_UNIT_ALL] =
        "SELECT number, block, bytes, hash, data FROM unit WHERE run = ?1 ORDER BY id",
    [STORE_RESULT_ADD] = "INSERT OR REPLACE INTO result(name, hash, data) VALUES(?1, ?2, ?3)",
    [STORE_RESULT_FIND] = "SELECT hash, data FROM result WHERE name = ?1",
};

/* ---- Errors ---------------------------------------------------------------------------------- */

td_status store_failed(store_file *file, const char *verb, td_error *err)
{
    const int code = sqlite3_errcode(file->db) & 0xff, system = sqlite3_system_errno(file->db);
    const char *why = sqlite3_errmsg(file->db);
    switch (code) {
    case SQLITE_NOMEM:
        /* SQLite also says so when the text of a table's definition cannot be read. */
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory to %s it, or it is damaged", file->path,
                       verb);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return td_fail(err, TD_E_CORRUPT, "%s: the checkpoint is damaged: %s", file->path, why);
    case SQLITE_FULL: return file_fail(err, file->path, verb, ENOSPC);
    case SQLITE_BUSY:
        return td_fail(err, TD_E_IO, "%s: the checkpoint is in use by another process", file->path);
    default: break;
    }
    if (system != 0) return file_fail(err, file->path, verb, system);
    return td_fail(err, TD_E_IO, "%s: cannot %s: %s", file->path, verb, why);
}

/* ---- Statements ------------------------------------------------------------------------------ */

td_status store_prepare(store_file *file, store_query query, sqlite3_stmt **out, td_error *err)
{
    sqlite3_stmt **statement = &file->query[query];
    if (!*statement && sqlite3_prepare_v3(file->db, store_sql[query], -1, SQLITE_PREPARE_PERSISTENT,
                                          statement, NULL) != 0)
        return store_failed(file, "use", err);
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
    *out = *statement;
    return TD_OK;
}

td_status store_step(store_file *file, sqlite3_stmt *statement, td_error *err)
{
    td_status status = TD_OK;
    if (sqlite3_step(statement) != SQLITE_DONE) {
        status = store_failed(file, "write", err);
        file->broken = true;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

static td_status run_query(store_file *file, store_query query, td_error *err)
{
    sqlite3_stmt *statement = NULL;
    const td_status status = store_prepare(file, query, &statement, err);
    return status ? status : store_step(file, statement, err);
}

td_status store_change(store_file *file, td_error *err)
{
    if (file->broken) return td_fail(err, TD_E_IO, "%s: a write has failed before", file->path);
    if (!sqlite3_get_autocommit(file->db)) return TD_OK;
    return run_query(file, STORE_BEGIN, err);
}

td_status store_commit(store_file *file, td_error *err)
{
    if (file->broken) return td_fail(err, TD_E_IO, "%s: a write has failed before", file->path);
    if (sqlite3_get_autocommit(file->db)) return TD_OK;
    return run_query(file, STORE_COMMIT, err);
}

/* ---- Is it ours? ----------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* By its first bytes, before SQLite sees it: SQLite might repair what is not ours to change. */
static td_status check_header(const char *path, td_error *err)
{
    uint8_t head[HEADER_BYTES] = {0};
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path, "open", errno);
    const ssize_t got = read(fd, head, sizeof head);
    const int code = errno;
    close(fd);
    if (got < 0) return file_fail(err, path, "read", code);
    if (got < HEADER_BYTES || memcmp(head, "SQLite format 3", 16) != 0)
        return td_fail(err, TD_E_CORRUPT, "%s: is there already and is no checkpoint", path);
    if (big_endian(head + HEADER_APPLICATION) != STORE_APPLICATION)
        return td_fail(err, TD_E_CORRUPT, "%s: is an SQLite database of another program", path);
    if (big_endian(head + HEADER_VERSION) != STORE_VERSION)
        return td_fail(err, TD_E_CORRUPT, "%s: is a checkpoint of version %u, this is %d", path,
                       big_endian(head + HEADER_VERSION), STORE_VERSION);
    return TD_OK;
}

/* Tables, views and triggers that are not ours could make our statements do other things. */
static td_status check_schema(store_file *file, td_error *err)
{
    size_t count = 0;
    sqlite3_stmt *rows = NULL;
    int code = sqlite3_prepare_v2(file->db,
                                  "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL "
                                  "ORDER BY name",
                                  -1, &rows, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(rows);
        if (code != SQLITE_ROW) break;
        const char *sql = (const char *)sqlite3_column_text(rows, 0);
        if (!sql || count >= SCHEMA_COUNT || strcmp(sql, store_schema[count]) != 0) {
            count = SCHEMA_COUNT + 1;
            break;
        }
        ++count;
    }
    const bool failed = code != SQLITE_ROW && code != SQLITE_DONE;
    const td_status status = failed ? store_failed(file, "read", err) : TD_OK;
    sqlite3_finalize(rows);
    if (status) return status;
    if (count != SCHEMA_COUNT)
        return td_fail(err, TD_E_CORRUPT, "%s: has other tables than a checkpoint", file->path);
    return TD_OK;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static td_status execute(store_file *file, const char *sql, td_error *err)
{
    if (sqlite3_exec(file->db, sql, NULL, NULL, NULL) == SQLITE_OK) return TD_OK;
    return store_failed(file, "open", err);
}

/* path as SQLite must see it: not a URL, not ":memory:". */
static td_status open_database(store_file *file, const char *path, td_error *err)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
    char *local = sqlite3_mprintf("%s%s", path[0] == '/' ? "" : "./", path);
    if (!local) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", path);
    const int code = sqlite3_open_v2(local, &file->db, flags, NULL);
    sqlite3_free(local);
    if (!file->db) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", path);
    if (code != SQLITE_OK) return store_failed(file, "open", err);
    sqlite3_extended_result_codes(file->db, 1);
    sqlite3_db_config(file->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(file->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return TD_OK;
}

static void close_database(store_file *file)
{
    for (int i = 0; i < STORE_QUERIES; ++i) {
        sqlite3_finalize(file->query[i]);
        file->query[i] = NULL;
    }
    sqlite3_close(file->db);
    file->db = NULL;
}

static void unlink_beside(const char *path, const char *ending)
{
    char *name = sqlite3_mprintf("%s%s", path, ending);
    if (name) unlink(name);
    sqlite3_free(name);
}

/* The tables are made in a part that is then renamed, so that the name never stands for less
 * than a whole checkpoint. A log that an earlier file of this name left must not be played into
 * the new one. */
static td_status make_file(store_file *file, const char *part, td_error *err)
{
    char *sql = NULL;
    unlink(part);
    unlink_beside(part, "-journal");
    td_status status = open_database(file, part, err);
    if (status) goto out;
    sql = sqlite3_mprintf("PRAGMA page_size=%d; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                          "BEGIN; PRAGMA application_id=%d; PRAGMA user_version=%d;"
                          "%s;%s;%s;%s; COMMIT;",
                          STORE_PAGE_BYTES, STORE_APPLICATION, STORE_VERSION, store_schema[0],
                          store_schema[1], store_schema[2], store_schema[3]);
    status =
        sql ? execute(file, sql, err) : td_fail(err, TD_E_NO_MEMORY, "%s: no memory", file->path);
out:
    sqlite3_free(sql);
    close_database(file);
    if (status) {
        unlink(part);
        return status;
    }
    unlink_beside(file->path, "-wal");
    unlink_beside(file->path, "-shm");
    unlink_beside(file->path, "-journal");
    return file_part_commit(part, file->path, err);
}

/* Exclusive locking keeps the index of the log in memory: there is no -shm file. */
static td_status set_up(store_file *file, td_error *err)
{
    td_status status = execute(file,
                               "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                               "PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON;"
                               "PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;",
                               err);
    if (status) return status;
    sqlite3_wal_autocheckpoint(file->db, 0);
    return check_schema(file, err);
}

td_status store_open(const char *path, store_file **out, td_error *err)
{
    struct stat info;
    char *part = NULL;
    td_status status = TD_OK;
    store_file *file = calloc(1, sizeof *file);
    if (!file) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", path);
    status = file_part_begin(path, &part, &file->path, err);
    if (status) goto out;
    /* What is not ours gets no lock file beside it either. */
    if (stat(file->path, &info) == 0) status = check_header(file->path, err);
    if (status) goto out;
    status = store_lock_take(file->path, &file->lock, err);
    if (status) goto out;
    status =
        stat(file->path, &info) == 0 ? check_header(file->path, err) : make_file(file, part, err);
    if (status) goto out;
    status = store_pack_create(file->path, &file->pack, err);
    if (status) goto out;
    status = open_database(file, file->path, err);
    if (status) goto out;
    status = set_up(file, err);
    if (status) goto out;
    *out = file;
    file = NULL;
out:
    free(part);
    store_close(file);
    return status;
}

/* ---- Closing --------------------------------------------------------------------------------- */

static void store_free(store_file *file)
{
    store_runs_free(file->runs);
    store_pack_destroy(file->pack);
    store_lock_give(file->lock);
    free(file->path);
    free(file);
}

void store_close(store_file *file)
{
    if (!file) return;
    if (file->db) close_database(file);
    store_free(file);
}

void store_remove(store_file *file)
{
    if (!file) return;
    sqlite3_db_config(file->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    close_database(file);
    /* The log first: one that outlives its file would be played into the next of that name. */
    unlink_beside(file->path, "-wal");
    unlink_beside(file->path, "-shm");
    unlink(file->path);
    store_free(file);
}

uint64_t store_bad_rows(const store_file *file)
{
    return file->bad_rows;
}

/* ---- Named results --------------------------------------------------------------------------- */

static int64_t result_hash(const char *name, const void *data, size_t bytes)
{
    const XXH64_hash_t seed = XXH64(name, strlen(name), 0);
    return (int64_t)XXH64(data, bytes, seed);
}

td_status store_put(store_file *file, const char *name, const void *data, size_t bytes,
                    td_error *err)
{
    sqlite3_stmt *add = NULL;
    td_status status = store_change(file, err);
    if (!status) status = store_prepare(file, STORE_RESULT_ADD, &add, err);
    if (status) return status;
    sqlite3_bind_text(add, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 2, result_hash(name, data, bytes));
    sqlite3_bind_blob64(add, 3, bytes > 0 ? data : "", bytes, SQLITE_STATIC);
    status = store_step(file, add, err);
    return status ? status : store_commit(file, err);
}

td_status store_get(store_file *file, const char *name, void **data, size_t *bytes, td_error *err)
{
    void *copy = NULL;
    size_t count = 0;
    sqlite3_stmt *find = NULL;
    td_status status = store_prepare(file, STORE_RESULT_FIND, &find, err);
    if (status) return status;
    sqlite3_bind_text(find, 1, name, -1, SQLITE_STATIC);
    const int code = sqlite3_step(find);
    if (code == SQLITE_ROW) {
        const void *blob = sqlite3_column_blob(find, 1);
        count = (size_t)sqlite3_column_bytes(find, 1);
        if (sqlite3_column_int64(find, 0) != result_hash(name, blob, count)) {
            file->bad_rows += 1;
        } else {
            copy = malloc(count + 1);
            if (!copy) status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory", file->path);
            else if (count > 0) memcpy(copy, blob, count);
        }
    } else if (code != SQLITE_DONE) {
        status = store_failed(file, "read", err);
    }
    sqlite3_reset(find);
    sqlite3_clear_bindings(find);
    if (status) return status;
    *data = copy;
    *bytes = copy ? count : 0;
    return TD_OK;
}
