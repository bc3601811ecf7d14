/* store_units.c - the td_store of one run: its units as rows. */
#include "io/store_parts.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define BLOCK_WORDS    (2 * TD_AXES_MAX + 2 + 3) /* ranges, items, host, device, cost */
#define BLOCK_BYTES    (8 * BLOCK_WORDS)
#define DATA_BYTES_MAX 1000000000u /* SQLite's limit of a row, less some */

struct store_runs {
    store_runs *next;
    store_file *file;
    td_store store;
    int64_t id;    /* of its row; 0: not begun */
    uint64_t seed; /* of its checksums: a hash of the name */
    char name[];
};

/* ---- Rows ------------------------------------------------------------------------------------ */

static uint8_t *put_word(uint8_t *to, uint64_t word)
{
    for (int i = 0; i < 8; ++i)
        to[i] = (uint8_t)(word >> (8 * i));
    return to + 8;
}

static uint64_t get_word(const uint8_t *from)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; ++i)
        word |= (uint64_t)from[i] << (8 * i);
    return word;
}

/* Little-endian on every machine. */
static void block_put(uint8_t block[BLOCK_BYTES], const td_unit *unit)
{
    uint64_t cost = 0;
    memcpy(&cost, &unit->cost, sizeof cost);
    for (int i = 0; i < TD_AXES_MAX; ++i) {
        block = put_word(block, unit->axis[i].first);
        block = put_word(block, unit->axis[i].count);
    }
    block = put_word(block, unit->items.first);
    block = put_word(block, unit->items.count);
    block = put_word(block, unit->host_bytes);
    block = put_word(block, unit->device_bytes);
    put_word(block, cost);
}

static void block_get(const uint8_t *block, td_unit *unit)
{
    for (int i = 0; i < TD_AXES_MAX; ++i, block += 16) {
        unit->axis[i].first = get_word(block);
        unit->axis[i].count = get_word(block + 8);
    }
    unit->items.first = get_word(block);
    unit->items.count = get_word(block + 8);
    unit->host_bytes = get_word(block + 16);
    unit->device_bytes = get_word(block + 24);
    const uint64_t cost = get_word(block + 32);
    memcpy(&unit->cost, &cost, sizeof cost);
}

/* Of what is stored: the number, the ranges, the size of the data and the packed data. */
static int64_t unit_hash(const store_runs *run, uint64_t number, const uint8_t *block,
                         uint64_t count, const void *data, size_t bytes)
{
    uint8_t words[16];
    put_word(put_word(words, number), count);
    const XXH64_hash_t head = XXH64(block, BLOCK_BYTES, XXH64(words, sizeof words, run->seed));
    return (int64_t)XXH64(data, bytes, head);
}

/* ---- td_store -------------------------------------------------------------------------------- */

static int64_t identity_hash(const store_runs *run, const char *identity)
{
    return (int64_t)XXH64(identity, strlen(identity), run->seed);
}

static td_status add_run(store_runs *run, const char *identity, td_error *err)
{
    sqlite3_stmt *add = NULL;
    td_status status = store_change(run->file, err);
    if (!status) status = store_prepare(run->file, STORE_RUN_ADD, &add, err);
    if (status) return status;
    sqlite3_bind_text(add, 1, run->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(add, 2, identity, -1, SQLITE_STATIC);
    sqlite3_bind_int64(add, 3, identity_hash(run, identity));
    status = store_step(run->file, add, err);
    if (status) return status;
    const int64_t id = sqlite3_last_insert_rowid(run->file->db);
    status = store_commit(run->file, err);
    if (!status) run->id = id;
    return status;
}

static td_status check_run(store_runs *run, sqlite3_stmt *row, const char *identity, td_error *err)
{
    const char *was = (const char *)sqlite3_column_text(row, 1);
    const char *path = run->file->path;
    if (!was || sqlite3_column_int64(row, 2) != identity_hash(run, was))
        return td_fail(err, TD_E_CORRUPT,
                       "%s: the checkpoint is damaged: run \"%s\" fails its "
                       "checksum",
                       path, run->name);
    if (strcmp(was, identity) != 0) return store_identity_differs(path, identity, was, err);
    run->id = sqlite3_column_int64(row, 0);
    return TD_OK;
}

static td_status run_begin(void *context, const char *identity, td_error *err)
{
    store_runs *run = context;
    sqlite3_stmt *find = NULL;
    td_status status = store_prepare(run->file, STORE_RUN_FIND, &find, err);
    if (status) return status;
    sqlite3_bind_text(find, 1, run->name, -1, SQLITE_STATIC);
    const int code = sqlite3_step(find);
    if (code == SQLITE_ROW) status = check_run(run, find, identity, err);
    else if (code != SQLITE_DONE) status = store_failed(run->file, "read", err);
    sqlite3_reset(find);
    sqlite3_clear_bindings(find);
    if (!status && code == SQLITE_DONE) status = add_run(run, identity, err);
    return status;
}

/* *good is false when the row is not what was kept. */
static td_status read_row(const store_runs *run, sqlite3_stmt *row, td_unit *unit,
                          const void **data, size_t *bytes, bool *good, td_error *err)
{
    *good = false;
    memset(unit, 0, sizeof *unit);
    unit->number = (uint64_t)sqlite3_column_int64(row, 0);
    const uint8_t *block = sqlite3_column_blob(row, 1);
    if (!block || sqlite3_column_bytes(row, 1) != BLOCK_BYTES) return TD_OK;
    const uint64_t count = (uint64_t)sqlite3_column_int64(row, 2);
    const void *packed = sqlite3_column_blob(row, 4);
    const size_t packed_bytes = (size_t)sqlite3_column_bytes(row, 4);
    if (count > DATA_BYTES_MAX ||
        sqlite3_column_int64(row, 3) !=
            unit_hash(run, unit->number, block, count, packed, packed_bytes))
        return TD_OK;
    block_get(block, unit);
    *bytes = count;
    return store_pack_open(run->file->pack, run->file->path, packed, packed_bytes, count, data,
                           good, err);
}

static td_status run_load(void *context,
                          td_status (*visit)(void *visitor, const td_unit *unit, const void *data,
                                             size_t bytes, td_error *err),
                          void *visitor, td_error *err)
{
    store_runs *run = context;
    int code = SQLITE_ROW;
    sqlite3_stmt *all = NULL;
    td_status status = store_prepare(run->file, STORE_UNIT_ALL, &all, err);
    if (status) return status;
    sqlite3_bind_int64(all, 1, run->id);
    while (!status && (code = sqlite3_step(all)) == SQLITE_ROW) {
        td_unit unit;
        const void *data = NULL;
        size_t bytes = 0;
        bool good = false;
        status = read_row(run, all, &unit, &data, &bytes, &good, err);
        if (good) status = visit(visitor, &unit, data, bytes, err);
        else run->file->bad_rows += 1;
    }
    if (!status && code != SQLITE_DONE) status = store_failed(run->file, "read", err);
    sqlite3_reset(all);
    return status;
}

static td_status run_keep(void *context, const td_unit *unit, const void *data, size_t bytes,
                          td_error *err)
{
    store_runs *run = context;
    uint8_t block[BLOCK_BYTES];
    if (run->id == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: run \"%s\" was not begun", run->file->path,
                       run->name);
    if (bytes > DATA_BYTES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: a unit has %zu bytes, allowed %u",
                       run->file->path, bytes, DATA_BYTES_MAX);
    sqlite3_stmt *add = NULL;
    td_status status = store_change(run->file, err);
    if (!status) status = store_prepare(run->file, STORE_UNIT_ADD, &add, err);
    if (status) return status;
    const void *packed = NULL;
    const size_t packed_bytes = store_pack_make(run->file->pack, data, bytes, &packed);
    block_put(block, unit);
    sqlite3_bind_int64(add, 1, run->id);
    sqlite3_bind_int64(add, 2, (int64_t)unit->number);
    sqlite3_bind_blob(add, 3, block, BLOCK_BYTES, SQLITE_STATIC);
    sqlite3_bind_int64(add, 4, (int64_t)bytes);
    sqlite3_bind_int64(add, 5, unit_hash(run, unit->number, block, bytes, packed, packed_bytes));
    sqlite3_bind_blob64(add, 6, bytes > 0 ? packed : "", packed_bytes, SQLITE_STATIC);
    return store_step(run->file, add, err);
}

static td_status run_flush(void *context, td_error *err)
{
    store_runs *run = context;
    return store_commit(run->file, err);
}

/* ---- The list of runs ------------------------------------------------------------------------ */

td_status store_run(store_file *file, const char *run_name, const td_store **out, td_error *err)
{
    for (store_runs *run = file->runs; run; run = run->next) {
        if (strcmp(run->name, run_name) == 0) return *out = &run->store, TD_OK;
    }
    const size_t bytes = strlen(run_name) + 1;
    store_runs *run = calloc(1, sizeof *run + bytes);
    if (!run) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", file->path);
    memcpy(run->name, run_name, bytes);
    run->file = file;
    run->seed = XXH64(run_name, bytes, 0);
    run->store = (td_store){sizeof(td_store), run, run_begin, run_load, run_keep, run_flush};
    run->next = file->runs;
    file->runs = run;
    *out = &run->store;
    return TD_OK;
}

void store_runs_free(store_runs *runs)
{
    while (runs) {
        store_runs *next = runs->next;
        free(runs);
        runs = next;
    }
}
