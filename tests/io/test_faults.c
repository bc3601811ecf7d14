/* Every allocation fails in its turn: the answer is NO_MEMORY, nothing leaks (under a sanitizer
 * this is seen), outputs are untouched, and the next try works. The linker sends malloc and its
 * like here; SQLite's are reached through its own hook. */
#include "io/csv.h"
#include "io/file.h"
#include "io/netcdf_table.h"
#include "io/png_image.h"
#include "io/store_sqlite.h"
#include "tests/check.h"
#include "tests/io/fault_vfs.h"
#include "tests/io/scratch.h"

#include <errno.h>
#include <sqlite3.h>
#include <zlib.h>

#define TRIES_MAX 20000

static td_error err = TD_ERROR_INIT;

/* ---- The faults ------------------------------------------------------------------------------ */

static long alloc_left = -1; /* allocations until one fails; -1: never */

static bool alloc_fails(void)
{
    if (alloc_left < 0 || alloc_left-- > 0) return false;
    alloc_left = -1;
    errno = ENOMEM;
    return true;
}

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    return alloc_fails() ? NULL : __real_malloc(bytes);
}
void *__wrap_calloc(size_t count, size_t bytes)
{
    return alloc_fails() ? NULL : __real_calloc(count, bytes);
}
void *__wrap_realloc(void *memory, size_t bytes)
{
    return alloc_fails() ? NULL : __real_realloc(memory, bytes);
}
char *__wrap_strdup(const char *text)
{
    return alloc_fails() ? NULL : __real_strdup(text);
}
char *__wrap_strndup(const char *text, size_t bytes)
{
    return alloc_fails() ? NULL : __real_strndup(text, bytes);
}

static sqlite3_mem_methods sqlite_real;
static void *sqlite_malloc(int bytes)
{
    return alloc_fails() ? NULL : sqlite_real.xMalloc(bytes);
}
static void *sqlite_realloc(void *memory, int bytes)
{
    return alloc_fails() ? NULL : sqlite_real.xRealloc(memory, bytes);
}

/* Runs the action with its first, second, .. allocation failing, until none did. */
static void check_every(td_status (*action)(void))
{
    long at = 0, failed = 0;
    td_status status = TD_OK;
    for (; at < TRIES_MAX; ++at) {
        err = (td_error)TD_ERROR_INIT;
        alloc_left = at;
        status = action();
        const bool reached = alloc_left < 0;
        alloc_left = -1;
        if (!reached) break;
        failed += status != TD_OK;
        if (status != TD_OK && status != TD_E_NO_MEMORY)
            CHECK_FAIL("allocation %ld: expected NO_MEMORY, got %s: %s", at, td_status_name(status),
                       err.message);
        CHECK(status == err.status);
    }
    CHECK_STATUS(TD_OK, status, &err);
    CHECK(failed > 0 && at < TRIES_MAX);
    printf("  %ld allocations, %ld failed\n", at, failed);
}

/* ---- What is tried --------------------------------------------------------------------------- */

static char table_text[40000];
static uint8_t table_packed[40000];
static size_t table_bytes, packed_bytes;

static void make_text(void)
{
    char *at = table_text + sprintf(table_text, "x,y,\"a \"\"name\"\"\"\n");
    for (int i = 0; i < 2000; ++i)
        at += sprintf(at, "%d,%d.5,t\n", i, -i);
    table_bytes = (size_t)(at - table_text);
    z_stream z;
    memset(&z, 0, sizeof z);
    CHECK_INT(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    z.next_in = (Bytef *)table_text;
    z.avail_in = (uInt)table_bytes;
    z.next_out = table_packed;
    z.avail_out = sizeof table_packed;
    CHECK_INT(Z_STREAM_END, deflate(&z, Z_FINISH));
    packed_bytes = z.total_out;
    deflateEnd(&z);
}

static td_status read_csv(const void *data, size_t bytes)
{
    csv *file = NULL;
    double *value = NULL;
    td_status status = csv_open_memory("a.csv", data, bytes, 0, &file, &err);
    if (status) return file ? TD_E_INTERNAL : status;
    value = __real_malloc(csv_row_count(file) * sizeof *value);
    status = csv_numbers(file, 1, value, &err);
    if (!status && (csv_row_count(file) != 2000 || value[1999] != -1999.5)) status = TD_E_INTERNAL;
    free(value);
    csv_close(file);
    return status;
}

static td_status read_plain(void)
{
    return read_csv(table_text, table_bytes);
}
static td_status read_packed(void)
{
    return read_csv(table_packed, packed_bytes);
}

TEST(csv_reader)
{
    make_text();
    check_every(read_plain);
    check_every(read_packed);
}

static td_status write_and_read(void)
{
    void *data = NULL;
    size_t bytes = 0;
    td_status status = file_write(scratch("a"), table_text, 1000, &err);
    if (!status) status = file_read(scratch("a"), 1000, &data, &bytes, &err);
    free(data);
    return status;
}

TEST(whole_files)
{
    check_every(write_and_read);
}

static td_status encode(void)
{
    uint8_t *data = NULL;
    size_t bytes = 0;
    const td_status status =
        png_encode((const uint8_t *)table_text, 100, 100, 1, &data, &bytes, &err);
    if (status && data) return TD_E_INTERNAL;
    free(data);
    return status;
}

TEST(pictures)
{
    check_every(encode);
}

static td_status count_unit(void *visitor, const td_unit *unit, const void *data, size_t bytes,
                            td_error *error)
{
    (void)unit;
    (void)error;
    *(int *)visitor += bytes == 30000 && memcmp(data, table_text, bytes) == 0;
    return TD_OK;
}

static td_status use_store(const char *path)
{
    store_file *file = NULL;
    const td_store *store = NULL;
    td_unit unit;
    void *data = NULL;
    size_t bytes = 0;
    int found = 0;
    memset(&unit, 0, sizeof unit);
    td_status status = store_open(path, &file, &err);
    if (!status) status = store_run(file, "r", &store, &err);
    if (!status) status = store->begin(store->context, "{\"a\":1}", &err);
    for (unit.number = 0; !status && unit.number < 5; ++unit.number)
        status = store->keep(store->context, &unit, table_text, 30000, &err);
    if (!status) status = store->flush(store->context, &err);
    if (!status) status = store_put(file, "named", "abc", 3, &err);
    if (!status) status = store_get(file, "named", &data, &bytes, &err);
    if (!status) status = store->load(store->context, count_unit, &found, &err);
    if (!status && (found != 5 || bytes != 3)) status = TD_E_INTERNAL;
    free(data);
    store_close(file);
    return status;
}

static td_status new_store(void)
{
    unlink(scratch("new.ckpt"));
    unlink(scratch("new.ckpt-wal"));
    return use_store(scratch("new.ckpt"));
}
static td_status old_store(void)
{
    return use_store(scratch("old.ckpt"));
}

TEST(checkpoints)
{
    CHECK_STATUS(TD_OK, old_store(), &err);
    check_every(old_store);
    check_every(new_store);
}

static td_status other_identity(void)
{
    store_file *file = NULL;
    const td_store *store = NULL;
    td_status status = store_open(scratch("old.ckpt"), &file, &err);
    if (!status) status = store_run(file, "r", &store, &err);
    if (!status) status = store->begin(store->context, "{\"a\":2}", &err);
    store_close(file);
    if (status != TD_E_BAD_ARGUMENT) return status;
    err.status = TD_OK;
    return strstr(err.message, "was ") ? TD_OK : TD_E_INTERNAL;
}

TEST(checkpoint_of_another_study)
{
    CHECK_STATUS(TD_OK, old_store(), &err);
    check_every(other_identity);
}

/* Only our own allocations and the table's fail here, not those of the library. */
static td_table *sample;
static td_status write_table(void)
{
    return netcdf_write(scratch("a.nc"), sample, &err);
}
static td_status read_table(void)
{
    td_table *table = NULL;
    const td_status status = netcdf_read(scratch("a.nc"), &table, &err);
    if (status && table) return TD_E_INTERNAL;
    td_table_destroy(table);
    return status;
}

TEST(tables)
{
    static const char *const text[] = {"one", "two"};
    static const double number[] = {1, 2, 3};
    const td_dim words = {"w", "doc", "u", 2, NULL, false, text};
    const td_dim numbers = {"n", NULL, NULL, 3, number, true, NULL};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &sample, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(sample, &words, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(sample, &numbers, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(sample, "v", "d", "u", TD_F64, "w,n", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_text(sample, "t", "d", "w", text, &err), &err);
    CHECK_STATUS(TD_OK, td_table_set_attribute(sample, "a", "b", &err), &err);
    check_every(write_table);
    check_every(read_table);
    td_table_destroy(sample);
}

int main(int argc, char **argv)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_real);
    sqlite3_mem_methods faulty = sqlite_real;
    faulty.xMalloc = sqlite_malloc;
    faulty.xRealloc = sqlite_realloc;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    fault_install();
    fault_no_sync = 1;
    scratch("");
    return check_main(argc, argv,
                      (check_test[]){RUN(csv_reader),
                                     RUN(whole_files),
                                     RUN(pictures),
                                     RUN(checkpoints),
                                     RUN(checkpoint_of_another_study),
                                     RUN(tables),
                                     {0}});
}
