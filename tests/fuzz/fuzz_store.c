/* fuzz_store.c - random bytes as a checkpoint file. It must be refused, or give units that were
 * kept: the seeds hold units that can be told from their number (see unit_is_right), and no
 * change of the bytes may bring forth another one. The bytes of the seeds have small pages, made
 * by "DRIVER --make PATH" and SQLite's VACUUM. */
#include "io/store_sqlite.h"
#include "tests/io/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_IDENTITY "{\"op\":\"rqa.measures\",\"eps\":[\"0.05\",\"0.051\"]}"
#define FUZZ_UNITS    12
#define FUZZ_VALUES   50

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static void require(bool truth)
{
    if (!truth) __builtin_trap();
}

static size_t unit_make(uint64_t number, td_unit *unit, double *value)
{
    const size_t count = (size_t)(number * 7 % FUZZ_VALUES);
    memset(unit, 0, sizeof *unit);
    unit->number = number;
    unit->axis[1].count = number + 1;
    unit->items.first = number * 3;
    unit->cost = (double)number / 2;
    for (size_t i = 0; i < count; ++i)
        value[i] = number % 2 ? 0.5 : (double)(i * i) / 7;
    return count * sizeof(double);
}

static td_status unit_is_right(void *visitor, const td_unit *unit, const void *data, size_t bytes,
                               td_error *err)
{
    td_unit want;
    double value[FUZZ_VALUES];
    unsigned *seen = visitor;
    (void)err;
    require(unit->number < FUZZ_UNITS);
    const size_t want_bytes = unit_make(unit->number, &want, value);
    require(bytes == want_bytes && memcmp(&want, unit, sizeof want) == 0);
    require(bytes == 0 || memcmp(value, data, bytes) == 0);
    *seen += 1;
    return TD_OK;
}

static td_status use_run(store_file *file, td_error *err)
{
    const td_store *store = NULL;
    unsigned seen = 0;
    td_status status = store_run(file, "measures", &store, err);
    if (!status) status = store->begin(store->context, FUZZ_IDENTITY, err);
    if (!status) status = store->load(store->context, unit_is_right, &seen, err);
    for (uint64_t number = 0; !status && number < FUZZ_UNITS; ++number) {
        td_unit unit;
        double value[FUZZ_VALUES];
        const size_t bytes = unit_make(number, &unit, value);
        status = store->keep(store->context, &unit, value, bytes, err);
    }
    if (!status) status = store->flush(store->context, err);
    return status;
}

static td_status use_file(const char *path, td_error *err)
{
    store_file *file = NULL;
    void *data = NULL;
    size_t bytes = 0;
    td_status status = store_open(path, &file, err);
    if (!status) status = store_get(file, "named", &data, &bytes, err);
    if (data) require(bytes == 6 && memcmp(data, "result", 6) == 0);
    if (!status) status = use_run(file, err);
    if (!status) status = store_put(file, "named", "result", 6, err);
    free(data);
    store_close(file);
    return status;
}

/* On a memory disk where there is one: nobody waits for these to be durable. */
static const char *fuzz_path(void)
{
    if (scratch_exists("/dev/shm")) setenv("TMPDIR", "/dev/shm", 0);
    return scratch("fuzz.ckpt");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    td_error err = TD_ERROR_INIT;
    if (*argc == 3 && strcmp((*argv)[1], "--make") == 0) exit((int)use_file((*argv)[2], &err));
    return 0;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    td_error err = TD_ERROR_INIT;
    const char *path = fuzz_path();
    FILE *file = fopen(path, "wb");
    require(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    const td_status status = use_file(path, &err);
    require(status == err.status);
    /* NO_MEMORY: what SQLite calls a definition that cannot be read (schema-cut). */
    require(status == TD_OK || status == TD_E_CORRUPT || status == TD_E_IO ||
            status == TD_E_BAD_ARGUMENT || status == TD_E_NO_MEMORY);
    require(!status || err.message[0]);
    unlink(path);
    return 0;
}
