/* Checkpoints: what was flushed is there again, whatever happened in between. */
#include "io/store_sqlite.h"
#include "tests/check.h"
#include "tests/io/fault_vfs.h"
#include "tests/io/scratch.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define UNITS_MAX    4096
#define DATA_DOUBLES 6000

static td_error err = TD_ERROR_INIT;

/* ---- Units that can be told again from their number ------------------------------------------ */

static uint64_t mix(uint64_t z)
{
    z += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    return z ^ (z >> 27);
}

static size_t unit_doubles(uint64_t number)
{
    return number % 7 == 0 ? 0 : number % 5 == 0 ? number % 11 : mix(number) % DATA_DOUBLES;
}

static td_unit unit_make(uint64_t number, double *data)
{
    td_unit unit;
    memset(&unit, 0, sizeof unit);
    unit.number = number;
    for (uint64_t i = 0; i < TD_AXES_MAX; ++i) {
        unit.axis[i].first = mix(number + i) % 100;
        unit.axis[i].count = i + 1;
    }
    unit.items.first = number;
    unit.items.count = UINT64_MAX;
    unit.host_bytes = mix(number);
    unit.device_bytes = 7;
    unit.cost = (double)number / 3;
    /* A third of them is easy to pack, the others are noise. */
    for (size_t i = 0; i < unit_doubles(number); ++i)
        data[i] = (double)mix(number * 10000 + (number % 3 == 0 ? i / 100 : i));
    return unit;
}

typedef struct seen {
    uint64_t count, wrong;
    uint8_t there[UNITS_MAX];
} seen;

static td_status visit(void *visitor, const td_unit *unit, const void *data, size_t bytes,
                       td_error *error)
{
    static double want[DATA_DOUBLES];
    seen *s = visitor;
    (void)error;
    s->count += 1;
    if (unit->number >= UNITS_MAX || (uintptr_t)data % sizeof(double) != 0) {
        s->wrong += 1;
        return TD_OK;
    }
    const td_unit same = unit_make(unit->number, want);
    s->wrong += memcmp(&same, unit, sizeof same) != 0 || s->there[unit->number] ||
                bytes != unit_doubles(unit->number) * sizeof(double) ||
                (bytes > 0 && memcmp(want, data, bytes) != 0);
    s->there[unit->number] = 1;
    return TD_OK;
}

static td_status keep(const td_store *store, uint64_t number)
{
    static double data[DATA_DOUBLES];
    const td_unit unit = unit_make(number, data);
    return store->keep(store->context, &unit, data, unit_doubles(number) * sizeof(double), &err);
}

static const td_store *begin(store_file *file, const char *run, const char *identity)
{
    const td_store *store = NULL;
    CHECK_STATUS(TD_OK, store_run(file, run, &store, &err), &err);
    CHECK_STATUS(TD_OK, store->begin(store->context, identity, &err), &err);
    return store;
}

static store_file *open_file(const char *name)
{
    store_file *file = NULL;
    CHECK_STATUS(TD_OK, store_open(scratch(name), &file, &err), &err);
    return file;
}

static void check_units(const td_store *store, uint64_t first, uint64_t count)
{
    static seen s;
    memset(&s, 0, sizeof s);
    CHECK_STATUS(TD_OK, store->load(store->context, visit, &s, &err), &err);
    CHECK_INT(0, s.wrong);
    CHECK_INT(count, s.count);
    for (uint64_t i = first; i < first + count; ++i)
        if (!s.there[i]) CHECK_FAIL("unit %" PRIu64 " is not there", i);
}

/* ---- Keeping and finding --------------------------------------------------------------------- */

TEST(finds_what_was_kept)
{
    store_file *file = open_file("a.ckpt");
    const td_store *store = begin(file, "measures", "{\"a\":1}");
    check_units(store, 0, 0);
    for (uint64_t i = 0; i < 100; ++i) {
        CHECK_STATUS(TD_OK, keep(store, i), &err);
        if (i % 10 == 9) CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    }
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    check_units(store, 0, 100);
    store_close(file);
    CHECK(!scratch_exists(scratch("a.ckpt-wal")) && !scratch_exists(scratch("a.ckpt.lock")));
    file = open_file("a.ckpt");
    store = begin(file, "measures", "{\"a\":1}");
    check_units(store, 0, 100);
    /* The same unit again is still one. */
    CHECK_STATUS(TD_OK, keep(store, 5), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    check_units(store, 0, 100);
    CHECK_INT(0, store_bad_rows(file));
    store_remove(file);
    CHECK(!scratch_exists(scratch("a.ckpt")) && !scratch_exists(scratch("a.ckpt-wal")));
    CHECK(!scratch_exists(scratch("a.ckpt-shm")) && !scratch_exists(scratch("a.ckpt.lock")));
    store_close(NULL);
    store_remove(NULL);
}

TEST(keeps_parts_of_a_unit_apart)
{
    store_file *file = open_file("parts.ckpt");
    const td_store *store = begin(file, "r", "1");
    td_unit unit;
    seen s;
    memset(&unit, 0, sizeof unit);
    for (uint64_t i = 0; i < 3; ++i) {
        unit.axis[2].first = i;
        CHECK_STATUS(TD_OK, store->keep(store->context, &unit, &i, sizeof i, &err), &err);
    }
    memset(&s, 0, sizeof s);
    CHECK_STATUS(TD_OK, store->load(store->context, visit, &s, &err), &err);
    CHECK_INT(3, s.count);
    store_remove(file);
}

TEST(drops_what_was_not_flushed)
{
    store_file *file = open_file("drop.ckpt");
    const td_store *store = begin(file, "r", "1");
    CHECK_STATUS(TD_OK, keep(store, 1), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    CHECK_STATUS(TD_OK, keep(store, 2), &err);
    store_close(file);
    file = open_file("drop.ckpt");
    check_units(begin(file, "r", "1"), 1, 1);
    store_remove(file);
}

TEST(keeps_runs_apart)
{
    store_file *file = open_file("runs.ckpt");
    const td_store *a = begin(file, "measures", "1"), *b = begin(file, "statistics", "2"),
                   *c = NULL;
    CHECK_STATUS(TD_OK, store_run(file, "measures", &c, &err), &err);
    CHECK(a == c && a != b);
    for (uint64_t i = 0; i < 20; ++i)
        CHECK_STATUS(TD_OK, keep(i < 10 ? a : b, i), &err);
    CHECK_STATUS(TD_OK, a->flush(a->context, &err), &err);
    check_units(a, 0, 10);
    check_units(b, 10, 10);
    store_close(file);
    file = open_file("runs.ckpt");
    check_units(begin(file, "statistics", "2"), 10, 10);
    CHECK_STATUS(TD_OK, store_run(file, "never begun", &c, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, keep(c, 1), &err);
    CHECK_HAS("run \"never begun\" was not begun", err.message);
    store_remove(file);
}

static td_status refuse(void *visitor, const td_unit *unit, const void *data, size_t bytes,
                        td_error *error)
{
    int *left = visitor;
    (void)unit;
    (void)data;
    (void)bytes;
    return --*left > 0 ? TD_OK : td_fail(error, TD_E_CANCELLED, "enough");
}

TEST(stops_loading_when_the_visitor_fails)
{
    store_file *file = open_file("visit.ckpt");
    const td_store *store = begin(file, "r", "1");
    for (uint64_t i = 0; i < 3; ++i)
        CHECK_STATUS(TD_OK, keep(store, i), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    int left = 2;
    CHECK_STATUS(TD_E_CANCELLED, store->load(store->context, refuse, &left, &err), &err);
    CHECK_TEXT("enough", err.message);
    CHECK_INT(0, left);
    check_units(store, 0, 3);
    store_remove(file);
}

TEST(keeps_named_results)
{
    store_file *file = open_file("named.ckpt");
    void *data = &file;
    size_t bytes = 9;
    CHECK_STATUS(TD_OK, store_get(file, "none", &data, &bytes, &err), &err);
    CHECK(data == NULL && bytes == 0);
    CHECK_STATUS(TD_OK, store_put(file, "table", "abc", 3, &err), &err);
    CHECK_STATUS(TD_OK, store_put(file, "empty", NULL, 0, &err), &err);
    CHECK_STATUS(TD_OK, store_put(file, "table", "defg", 4, &err), &err);
    store_close(file);
    file = open_file("named.ckpt");
    CHECK_STATUS(TD_OK, store_get(file, "table", &data, &bytes, &err), &err);
    CHECK(bytes == 4 && memcmp(data, "defg", 4) == 0);
    free(data);
    CHECK_STATUS(TD_OK, store_get(file, "empty", &data, &bytes, &err), &err);
    CHECK(data != NULL && bytes == 0);
    free(data);
    store_remove(file);
}

/* ---- Another study --------------------------------------------------------------------------- */

TEST(names_the_first_difference)
{
    static const char *const cases[][3] = {
        {"{\"op\":\"rqa\",\"eps\":[\"0.05\"]}", "{\"op\":\"rqa\",\"eps\":[\"0.06\"]}",
         "eps[0] is 0.06, was 0.05"},
        {"{\"eps\":[\"0.05\",\"0.051\",\"0.1\"]}", "{\"eps\":[\"0.05\"]}",
         "eps is 0.05, was 0.05 .. 0.1 (3 values)"},
        {"{\"p\":{\"profile\":\"gaze\",\"x\":1}}", "{\"p\":{\"profile\":\"marwan\",\"x\":2}}",
         "profile is marwan, was gaze"},
        {"{\"a\":1,\"m\":true}", "{\"a\":1}", "m is absent, was true"},
        {"{\"a\":1}", "{\"a\":1,\"theiler\":0.5}", "theiler is 0.5, was absent"},
        {"{\"v\":1}", "{\"v\":\"1\"}", "v is 1, was 1"},
        {"{\"v\":{}}", "{\"v\":[]}", "v is [], was {}"},
        {"[1,{\"k\":2}]", "[1,{\"k\":3}]", "k is 3, was 2"},
        {"no json", "{}", "identity is {}, was no json"},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "identity is {\"b\":2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        store_file *file = open_file("other.ckpt");
        const td_store *store = begin(file, "r", cases[i][0]);
        CHECK_STATUS(TD_OK, keep(store, 1), &err);
        CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
        store_close(file);
        file = open_file("other.ckpt");
        CHECK_STATUS(TD_OK, store_run(file, "r", &store, &err), &err);
        CHECK_STATUS(TD_E_BAD_ARGUMENT, store->begin(store->context, cases[i][1], &err), &err);
        CHECK_HAS("other.ckpt: the checkpoint belongs to another study: ", err.message);
        CHECK_HAS(cases[i][2], err.message);
        CHECK_HAS("or delete the checkpoint", err.message);
        check_units(begin(file, "r", cases[i][0]), 1, 1);
        store_remove(file);
    }
}

TEST(shortens_long_differences)
{
    char now[4000], was[4000];
    store_file *file = open_file("long.ckpt");
    const td_store *store = NULL;
    snprintf(now, sizeof now, "{\"k\":\"%.3000d\"}", 1);
    snprintf(was, sizeof was, "{\"k\":[[[\"%.3000d\"]],{}]}", 2);
    begin(file, "r", was);
    CHECK_STATUS(TD_OK, store_run(file, "r", &store, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, store->begin(store->context, now, &err), &err);
    CHECK_HAS("00.., was", err.message);
    store_remove(file);
}

/* ---- Wrong files ----------------------------------------------------------------------------- */

static void check_untouched(const char *name, td_status status, const char *message)
{
    store_file *file = NULL;
    size_t before = 0, after = 1;
    char *was = scratch_get(scratch(name), &before);
    CHECK_STATUS(status, store_open(scratch(name), &file, &err), &err);
    CHECK(file == NULL);
    CHECK_HAS(message, err.message);
    char *is = scratch_get(scratch(name), &after);
    CHECK_INT(before, after);
    CHECK(memcmp(was, is, before) == 0);
    free(was);
    free(is);
    char beside[64];
    snprintf(beside, sizeof beside, "%s.lock", name);
    CHECK(!scratch_exists(scratch(beside)));
}

static void make_database(const char *name, const char *sql)
{
    sqlite3 *db = NULL;
    CHECK_INT(SQLITE_OK, sqlite3_open(scratch(name), &db));
    CHECK_INT(SQLITE_OK, sqlite3_exec(db, sql, NULL, NULL, NULL));
    CHECK_INT(SQLITE_OK, sqlite3_close(db));
}

TEST(leaves_other_files_alone)
{
    scratch_put("text.ckpt", "milliseconds,x,y\n", 17);
    check_untouched("text.ckpt", TD_E_CORRUPT, "is there already and is no checkpoint");
    scratch_put("empty.ckpt", "", 0);
    check_untouched("empty.ckpt", TD_E_CORRUPT, "is there already and is no checkpoint");
    scratch_put("head.ckpt", "SQLite format 3", 16);
    check_untouched("head.ckpt", TD_E_CORRUPT, "is there already and is no checkpoint");
    make_database("other.db", "CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    check_untouched("other.db", TD_E_CORRUPT, "is an SQLite database of another program");
    store_close(open_file("newer.ckpt"));
    make_database("newer.ckpt", "PRAGMA user_version=2");
    check_untouched("newer.ckpt", TD_E_CORRUPT, "is a checkpoint of version 2, this is 1");
    store_file *file = NULL;
    CHECK_STATUS(TD_E_IO, store_open(scratch_folder, &file, &err), &err);
    CHECK_STATUS(TD_E_IO, store_open(scratch("absent/a.ckpt"), &file, &err), &err);
    CHECK_HAS("No such file or directory", err.message);
}

TEST(refuses_other_tables)
{
    static const char *const sql[] = {
        "CREATE TABLE more(a)",
        "DROP TABLE result",
        "DROP INDEX unit_place",
        "CREATE TRIGGER t AFTER INSERT ON unit BEGIN DELETE FROM run; END",
        "DROP TABLE result; CREATE VIEW result AS SELECT 1 AS name, 2 AS hash, 3 AS data",
        "ALTER TABLE unit ADD COLUMN more"};
    for (size_t i = 0; i < sizeof sql / sizeof sql[0]; ++i) {
        store_file *file = open_file("tables.ckpt");
        store_close(file);
        make_database("tables.ckpt", sql[i]);
        CHECK_STATUS(TD_E_CORRUPT, store_open(scratch("tables.ckpt"), &file, &err), &err);
        CHECK_HAS("has other tables than a checkpoint", err.message);
        CHECK(!scratch_exists(scratch("tables.ckpt.lock")));
        CHECK_INT(0, unlink(scratch("tables.ckpt")));
    }
}

TEST(does_not_play_in_an_old_log)
{
    store_file *file = open_file("log.ckpt");
    const td_store *store = begin(file, "r", "1");
    CHECK_STATUS(TD_OK, keep(store, 1), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    size_t bytes = 0;
    char *log = scratch_get(scratch("log.ckpt-wal"), &bytes);
    CHECK(log && bytes > 0);
    store_remove(file);
    scratch_put("log.ckpt-wal", log, bytes);
    free(log);
    file = open_file("log.ckpt");
    check_units(begin(file, "r", "2"), 0, 0);
    store_remove(file);
}

/* ---- Damage ---------------------------------------------------------------------------------- */

/* Turns one bit in the first place where the file has these bytes. */
static void damage(const char *name, const void *part, size_t bytes)
{
    size_t size = 0;
    char *data = scratch_get(scratch(name), &size);
    char *at = memmem(data, size, part, bytes);
    CHECK(at != NULL);
    at[bytes / 2] = (char)(at[bytes / 2] ^ 4);
    scratch_put(name, data, size);
    free(data);
}

TEST(leaves_out_damaged_units)
{
    static double data[DATA_DOUBLES];
    store_file *file = open_file("damage.ckpt");
    const td_store *store = begin(file, "r", "1");
    for (uint64_t i = 0; i < 40; ++i)
        CHECK_STATUS(TD_OK, keep(store, i), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    CHECK_STATUS(TD_OK, store_put(file, "named", "some other result", 17, &err), &err);
    store_close(file);
    unit_make(13, data);
    damage("damage.ckpt", data + 100, 256);
    unit_make(34, data);
    damage("damage.ckpt", data + 7, 64);
    damage("damage.ckpt", "some other result", 17);
    file = open_file("damage.ckpt");
    store = begin(file, "r", "1");
    seen s;
    memset(&s, 0, sizeof s);
    CHECK_STATUS(TD_OK, store->load(store->context, visit, &s, &err), &err);
    CHECK_INT(38, s.count);
    CHECK_INT(0, s.wrong);
    CHECK(!s.there[13] && !s.there[34]);
    CHECK_INT(2, store_bad_rows(file));
    void *named = NULL;
    size_t bytes = 0;
    CHECK_STATUS(TD_OK, store_get(file, "named", &named, &bytes, &err), &err);
    CHECK(named == NULL);
    CHECK_INT(3, store_bad_rows(file));
    /* Computed again, they take the place of the damaged ones. */
    CHECK_STATUS(TD_OK, keep(store, 13), &err);
    CHECK_STATUS(TD_OK, keep(store, 34), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    store_close(file);
    file = open_file("damage.ckpt");
    check_units(begin(file, "r", "1"), 0, 40);
    CHECK_INT(0, store_bad_rows(file));
    store_remove(file);
}

TEST(does_not_trust_a_damaged_identity)
{
    store_file *file = open_file("identity.ckpt");
    const td_store *store = NULL;
    begin(file, "r", "{\"a long identity\":1234567890}");
    store_close(file);
    damage("identity.ckpt", "a long identity", 15);
    file = open_file("identity.ckpt");
    CHECK_STATUS(TD_OK, store_run(file, "r", &store, &err), &err);
    CHECK_STATUS(TD_E_CORRUPT,
                 store->begin(store->context, "{\"a long identity\":1234567890}", &err), &err);
    CHECK_HAS("the checkpoint is damaged", err.message);
    store_close(file);
}

/* Any byte turned anywhere: an error or fewer units, never a wrong one. */
TEST(survives_damage_anywhere)
{
    store_file *file = open_file("any.ckpt");
    const td_store *store = begin(file, "r", "1");
    for (uint64_t i = 0; i < 15; ++i)
        CHECK_STATUS(TD_OK, keep(store, i), &err);
    CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
    store_close(file);
    size_t size = 0;
    char *whole = scratch_get(scratch("any.ckpt"), &size);
    CHECK(whole != NULL);
    for (int round = 0; round < 150; ++round) {
        size_t at = check_random() % size;
        /* Half of them in what is not data: the ends of pages and the first one. */
        if (round % 2) at = check_random() % (size / 32768) * 32768 + check_random() % 200;
        const char was = whole[at];
        whole[at] = (char)(was ^ (1 << check_random() % 8));
        scratch_put("any.ckpt", whole, round % 10 == 0 ? at : size);
        whole[at] = was;
        seen s;
        memset(&s, 0, sizeof s);
        td_status status = store_open(scratch("any.ckpt"), &file, &err);
        if (status) {
            CHECK(status == TD_E_CORRUPT || status == TD_E_IO);
            continue;
        }
        status = store_run(file, "r", &store, &err);
        if (!status) status = store->begin(store->context, "1", &err);
        if (!status) status = store->load(store->context, visit, &s, &err);
        store_close(file);
        CHECK(status == TD_OK || status == TD_E_CORRUPT || status == TD_E_IO ||
              status == TD_E_BAD_ARGUMENT);
        CHECK_INT(0, s.wrong);
        CHECK(s.count <= 15);
    }
    free(whole);
}

/* ---- Locks ----------------------------------------------------------------------------------- */

TEST(names_who_holds_the_file)
{
    char holder[64];
    int ready[2], how = 0;
    char byte = 0;
    store_file *file = NULL;
    CHECK_INT(0, pipe(ready));
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        if (store_open(scratch("held.ckpt"), &file, &err) != TD_OK) _exit(1);
        if (write(ready[1], "x", 1) != 1) _exit(1);
        pause();
        _exit(0);
    }
    CHECK_INT(1, read(ready[0], &byte, 1));
    const td_status status = store_open(scratch("held.ckpt"), &file, &err);
    kill(pid, SIGKILL);
    waitpid(pid, &how, 0);
    CHECK_STATUS(TD_E_IO, status, &err);
    snprintf(holder, sizeof holder, "the checkpoint is in use by process %ld on ", (long)pid);
    CHECK_HAS(holder, err.message);
    CHECK_INT(EWOULDBLOCK, err.native_code);
    /* The lock file is still there and stops nobody. */
    CHECK(scratch_exists(scratch("held.ckpt.lock")));
    file = open_file("held.ckpt");
    store_file *second = NULL;
    CHECK_STATUS(TD_E_IO, store_open(scratch("held.ckpt"), &second, &err), &err);
    store_remove(file);
    close(ready[0]);
    close(ready[1]);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

typedef struct shared {
    volatile uint64_t flushed;
} shared;

static void keep_for_ever(shared *common)
{
    store_file *file = NULL;
    const td_store *store = NULL;
    if (store_open(scratch("kill.ckpt"), &file, &err)) _exit(1);
    if (store_run(file, "r", &store, &err) || store->begin(store->context, "1", &err)) _exit(1);
    for (uint64_t i = common->flushed; i < UNITS_MAX; ++i) {
        if (keep(store, i)) _exit(1);
        if (mix(i) % 4 != 0) continue;
        if (store->flush(store->context, &err)) _exit(1);
        common->flushed = i + 1;
    }
    _exit(0);
}

TEST(loses_nothing_flushed_when_killed)
{
    static seen s;
    shared *common =
        mmap(NULL, sizeof *common, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(common != MAP_FAILED);
    common->flushed = 0;
    for (int round = 0; round < 30; ++round) {
        int how = 0;
        fflush(stdout);
        const pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) keep_for_ever(common);
        usleep((useconds_t)(check_random() % 60000));
        kill(pid, SIGKILL);
        CHECK_INT(pid, waitpid(pid, &how, 0));
        CHECK(WIFSIGNALED(how) || WEXITSTATUS(how) == 0);
        store_file *file = open_file("kill.ckpt");
        const td_store *store = begin(file, "r", "1");
        memset(&s, 0, sizeof s);
        CHECK_STATUS(TD_OK, store->load(store->context, visit, &s, &err), &err);
        CHECK_INT(0, s.wrong);
        CHECK_INT(0, store_bad_rows(file));
        CHECK(s.count >= common->flushed);
        for (uint64_t i = 0; i < common->flushed; ++i)
            CHECK(s.there[i]);
        store_close(file);
    }
    printf("  %llu units were flushed\n", (unsigned long long)common->flushed);
    CHECK(common->flushed > 0);
    munmap(common, sizeof *common);
}

/* ---- Full and failing disks ------------------------------------------------------------------ */

/* Keeps units until something fails; *flushed are safe. What fails must fail again. */
static td_status keep_until_failure(const char *path, uint64_t *flushed)
{
    store_file *file = NULL;
    const td_store *store = NULL;
    td_status status = store_open(path, &file, &err);
    if (!status) status = store_run(file, "r", &store, &err);
    if (!status) status = store->begin(store->context, "1", &err);
    for (uint64_t i = *flushed; !status && i < 60; ++i) {
        status = keep(store, i);
        if (!status && i % 3 == 0) {
            status = store->flush(store->context, &err);
            if (!status) *flushed = i + 1;
        }
    }
    if (status && store &&
        (store->flush(store->context, NULL) == TD_OK ||
         store_put(file, "x", "y", 1, NULL) == TD_OK))
        status = TD_E_INTERNAL;
    store_close(file);
    return status;
}

static bool flushed_is_there(const char *path, uint64_t flushed)
{
    static seen s;
    store_file *file = NULL;
    const td_store *store = NULL;
    memset(&s, 0, sizeof s);
    td_status status = store_open(path, &file, &err);
    if (!status) status = store_run(file, "r", &store, &err);
    if (!status) status = store->begin(store->context, "1", &err);
    if (!status) status = store->load(store->context, visit, &s, &err);
    store_close(file);
    bool there = !status && s.wrong == 0 && s.count >= flushed;
    for (uint64_t i = 0; i < flushed; ++i)
        there = there && s.there[i];
    if (!there)
        printf("  status %d %s, %llu of %llu\n", (int)status, err.message,
               (unsigned long long)s.count, (unsigned long long)flushed);
    return there;
}

static int child_status(pid_t pid)
{
    int how = 0;
    if (pid < 0 || waitpid(pid, &how, 0) != pid || !WIFEXITED(how)) return -1;
    return WEXITSTATUS(how);
}

TEST(survives_a_limit_on_file_size)
{
    for (rlim_t limit = 0; limit < 2500000; limit = limit * 3 / 2 + 30000) {
        shared *common =
            mmap(NULL, sizeof *common, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        CHECK(common != MAP_FAILED);
        common->flushed = 0;
        unlink(scratch("limit.ckpt"));
        fflush(stdout);
        const pid_t pid = fork();
        if (pid == 0) {
            uint64_t flushed = 0;
            signal(SIGXFSZ, SIG_IGN);
            if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){limit, limit}) != 0) _exit(1);
            const td_status status = keep_until_failure(scratch("limit.ckpt"), &flushed);
            common->flushed = flushed;
            _exit(status == TD_E_IO && strstr(err.message, "limit.ckpt") ? 0 : 2);
        }
        CHECK_INT(0, child_status(pid));
        CHECK(common->flushed > 0 || limit < 1000000);
        CHECK(flushed_is_there(scratch("limit.ckpt"), common->flushed));
        munmap(common, sizeof *common);
    }
}

static int on_full_disk(int kilobytes)
{
    char folder[600], path[700], option[64];
    uint64_t flushed = 0;
    snprintf(option, sizeof option, "size=%dk", kilobytes);
    snprintf(folder, sizeof folder, "%s", scratch("disk"));
    snprintf(path, sizeof path, "%s/full.ckpt", folder);
    if (unshare(CLONE_NEWNS) != 0) return 77;
    mkdir(folder, 0777);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return 77;
    if (mount("none", folder, "tmpfs", 0, option) != 0) return 77;
    if (keep_until_failure(path, &flushed) != TD_E_IO) return 1;
    if (!strstr(err.message, "No space left on device")) return 2;
    if (mount("none", folder, "tmpfs", MS_REMOUNT, "size=100m") != 0) return 3;
    if (!flushed_is_there(path, flushed)) return 4;
    if (keep_until_failure(path, &flushed) != TD_OK || flushed < 50) return 5;
    return flushed_is_there(path, flushed) ? 0 : 6;
}

TEST(survives_a_full_disk)
{
    for (int kilobytes = 40; kilobytes < 1500; kilobytes = kilobytes * 3 / 2) {
        fflush(stdout);
        const pid_t pid = fork();
        if (pid == 0) _exit(on_full_disk(kilobytes));
        const int status = child_status(pid);
        if (status == 77) SKIP("this needs a mount, and so the right to make one");
        if (status) printf("  at %d KB\n", kilobytes);
        CHECK_INT(0, status);
    }
}

/* Every write and sync of SQLite fails in its turn, and all after it. */
TEST(survives_every_failing_write)
{
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE};
    long at = 0;
    bool failed = true;
    fault_install();
    fault_no_sync = 1;
    for (; failed && at < 10000; ++at) {
        uint64_t flushed = 0;
        unlink(scratch("fault.ckpt"));
        fault_plan(at, codes[at % 2]);
        const td_status status = keep_until_failure(scratch("fault.ckpt"), &flushed);
        failed = fault_count > at;
        CHECK(!failed || at > 2000 || status == TD_E_IO || status == TD_OK);
        CHECK(failed || (status == TD_OK && flushed > 50));
        fault_plan(-1, 0);
        CHECK(flushed_is_there(scratch("fault.ckpt"), flushed));
    }
    CHECK(at > 100 && at < 10000);
    printf("  %ld changes\n", at);
    fault_no_sync = 0;
}

TEST(syncs_before_it_says_so)
{
    fault_install();
    fault_plan(-1, 0);
    store_file *file = open_file("sync.ckpt");
    CHECK_INT(0, fault_unsynced);
    const td_store *store = begin(file, "r", "1");
    CHECK_INT(0, fault_unsynced);
    int written = 0;
    for (uint64_t i = 0; i < 50; ++i) {
        CHECK_STATUS(TD_OK, keep(store, i), &err);
        written += fault_unsynced > 0;
        if (i % 5) continue;
        CHECK_STATUS(TD_OK, store->flush(store->context, &err), &err);
        CHECK_INT(0, fault_unsynced);
    }
    CHECK_STATUS(TD_OK, store_put(file, "x", "y", 1, &err), &err);
    CHECK_INT(0, fault_unsynced);
    printf("  %ld changes, %d units spilled early\n", fault_count, written);
    store_remove(file);
    CHECK_INT(0, fault_unsynced);
}

int main(int argc, char **argv)
{
    scratch(""); /* made here, so that children of a fork share it */
    return check_main(argc, argv,
                      (check_test[]){RUN(finds_what_was_kept),
                                     RUN(keeps_parts_of_a_unit_apart),
                                     RUN(drops_what_was_not_flushed),
                                     RUN(keeps_runs_apart),
                                     RUN(stops_loading_when_the_visitor_fails),
                                     RUN(keeps_named_results),
                                     RUN(names_the_first_difference),
                                     RUN(shortens_long_differences),
                                     RUN(leaves_other_files_alone),
                                     RUN(refuses_other_tables),
                                     RUN(does_not_play_in_an_old_log),
                                     RUN(leaves_out_damaged_units),
                                     RUN(does_not_trust_a_damaged_identity),
                                     RUN(survives_damage_anywhere),
                                     RUN(names_who_holds_the_file),
                                     RUN(loses_nothing_flushed_when_killed),
                                     RUN(survives_a_limit_on_file_size),
                                     RUN(survives_a_full_disk),
                                     RUN(survives_every_failing_write),
                                     RUN(syncs_before_it_says_so),
                                     {0}});
}
