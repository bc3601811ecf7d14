/* Tables as netCDF-4 files: back and forth, the same bytes, and what happens when the disk is
 * full or the file is another one. "t_io_netcdf write PATH" makes the table that test_netcdf.py
 * looks at. */
#include "io/netcdf_table.h"
#include "tandem/module.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <errno.h>
#include <netcdf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static td_error err = TD_ERROR_INIT;

/* The linker sends fallocate here, so that a file system that has none can be played. */
static bool no_fallocate;
int __real_fallocate(int fd, int mode, off_t offset, off_t bytes);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t bytes);
int __wrap_fallocate(int fd, int mode, off_t offset, off_t bytes)
{
    if (!no_fallocate) return __real_fallocate(fd, mode, offset, bytes);
    errno = EOPNOTSUPP;
    return -1;
}

/* ---- A table with one of everything ---------------------------------------------------------- */

#define RECORDINGS 3
static const char *const recordings[] = {"n1q1", "m6q2 (1)", "\xc3\xa4\x64\x35q3"};
static const char *const groups[] = {"control", "mci", ""};
static const double epsilons[] = {0.05, 0.051, 0.057, 0.1};
static const double lags[] = {1, 2};
static const double large[] = {-5000000000.0, 9007199254740992.0};

static td_status add_dims(td_table *table)
{
    const td_dim dims[] = {
        {"recording", "the recording's file", NULL, RECORDINGS, NULL, false, recordings},
        {"eps", "threshold", "px", 4, epsilons, false, NULL},
        {"tau", "delay", "samples", 2, lags, true, NULL},
        {"big", NULL, NULL, 2, large, true, NULL},
        {"step", NULL, NULL, 5, NULL, false, NULL},
    };
    for (size_t i = 0; i < sizeof dims / sizeof dims[0]; ++i)
        if (td_table_add_dim(table, &dims[i], &err)) return err.status;
    return TD_OK;
}

static td_status add_vars(td_table *table)
{
    static const struct {
        const char *name, *doc, *unit, *dims;
        td_dtype dtype;
    } vars[] = {
        {"det", "share of points in lines", NULL, "recording,tau,eps", TD_F64},
        {"speed", NULL, "px/s", "eps,recording", TD_F32},
        {"points", "recurrence points", "points", "recording", TD_I64},
        {"lmax", NULL, NULL, "tau,step", TD_I32},
        {"flag", "a \"quoted\" word", NULL, "step", TD_U8},
        {"total", NULL, NULL, "", TD_F64},
        {"deep", NULL, NULL, "recording,eps,tau,big,step,recording,eps,tau,big", TD_I32},
    };
    for (size_t i = 0; i < sizeof vars / sizeof vars[0]; ++i)
        if (td_table_add_var(table, vars[i].name, vars[i].doc, vars[i].unit, vars[i].dtype,
                             vars[i].dims, &err))
            return err.status;
    return TD_OK;
}

static void fill(td_table *table)
{
    double *det = td_table_data(table, "det");
    float *speed = td_table_data(table, "speed");
    int64_t *points = td_table_data(table, "points");
    int32_t *lmax = td_table_data(table, "lmax"), *deep = td_table_data(table, "deep");
    uint8_t *flag = td_table_data(table, "flag");
    /* The last element of each stays what is not there yet. */
    for (int i = 0; i < 23; ++i)
        det[i] = i + 0.1;
    for (int i = 0; i < 11; ++i)
        speed[i] = (float)i / 3;
    for (int i = 0; i < 2; ++i)
        points[i] = (1ll << 60) + i;
    for (int i = 0; i < 9; ++i)
        lmax[i] = -i;
    for (int i = 0; i < 5760; ++i)
        deep[i] = i;
    for (int i = 0; i < 5; ++i)
        flag[i] = (uint8_t)(i * 60);
    *(double *)td_table_data(table, "total") = -0.0;
}

static td_table *make_table(void)
{
    td_table *table = NULL;
    if (td_table_create(NULL, &table, &err) || add_dims(table) || add_vars(table) ||
        td_table_add_text(table, "group", "of the subject", "recording", groups, &err) ||
        td_table_add_text(table, "task", NULL, "recording", recordings, &err) ||
        td_table_set_attribute(table, "command", "tandem rqa study \xe2\x80\x9cx\" -o y", &err) ||
        td_table_set_attribute(table, "empty", "", &err) ||
        td_table_set_attribute(table, "profile", "gaze", &err)) {
        td_table_destroy(table);
        CHECK_FAIL("%s", err.message);
    }
    fill(table);
    return table;
}

/* ---- Equal tables ---------------------------------------------------------------------------- */

static const char *or_none(const char *text)
{
    return text ? text : "(none)";
}

static void check_dims(const td_table *a, const td_table *b)
{
    td_dim x, y;
    CHECK_INT(td_table_dim_count(a), td_table_dim_count(b));
    for (uint32_t i = 0; td_table_dim(a, i, &x); ++i) {
        CHECK(td_table_dim(b, i, &y));
        CHECK_TEXT(x.name, y.name);
        CHECK_TEXT(or_none(x.doc), or_none(y.doc));
        CHECK_TEXT(or_none(x.unit), or_none(y.unit));
        CHECK_INT(x.count, y.count);
        CHECK_INT(x.whole, y.whole);
        CHECK(!x.number == !y.number && !x.text == !y.text);
        for (uint64_t k = 0; k < x.count; ++k) {
            if (x.number) CHECK(x.number[k] == y.number[k]);
            if (x.text) CHECK_TEXT(x.text[k], y.text[k]);
        }
    }
}

static void check_vars(const td_table *a, const td_table *b)
{
    td_var x, y;
    CHECK_INT(td_table_var_count(a), td_table_var_count(b));
    for (uint32_t i = 0; td_table_var(a, i, &x); ++i) {
        CHECK(td_table_var(b, i, &y));
        CHECK_TEXT(x.name, y.name);
        CHECK_TEXT(or_none(x.doc), or_none(y.doc));
        CHECK_TEXT(or_none(x.unit), or_none(y.unit));
        CHECK_INT(x.dtype, y.dtype);
        CHECK_INT(x.rank, y.rank);
        CHECK(memcmp(x.dim, y.dim, x.rank * sizeof x.dim[0]) == 0);
        CHECK_INT(x.count, y.count);
        CHECK(memcmp(x.data, y.data, x.count * td_dtype_bytes(x.dtype)) == 0);
    }
}

static void check_equal(const td_table *a, const td_table *b)
{
    const char *name = NULL, *doc = NULL, *other = NULL, *words = NULL;
    uint32_t dim = 0, over = 0, i = 0;
    check_dims(a, b);
    check_vars(a, b);
    for (i = 0; td_table_text_at(a, i, &name, &doc, &dim); ++i) {
        uint64_t count = 0, same = 0;
        CHECK(td_table_text_at(b, i, &other, &words, &over));
        CHECK_TEXT(name, other);
        CHECK_TEXT(or_none(doc), or_none(words));
        CHECK_INT(dim, over);
        const char *const *x = td_table_text(a, name, &count);
        const char *const *y = td_table_text(b, name, &same);
        CHECK_INT(count, same);
        for (uint64_t k = 0; k < count; ++k)
            CHECK_TEXT(x[k], y[k]);
    }
    CHECK(!td_table_text_at(b, i, &other, &words, &over));
    for (i = 0; td_table_attribute_at(a, i, &name, &doc); ++i) {
        CHECK(td_table_attribute_at(b, i, &other, &words));
        CHECK_TEXT(name, other);
        CHECK_TEXT(doc, words);
    }
    CHECK(!td_table_attribute_at(b, i, &other, &words));
}

static void check_round_trip(const td_table *table)
{
    td_table *back = NULL;
    CHECK_STATUS(TD_OK, netcdf_write(scratch("a.nc"), table, &err), &err);
    CHECK(!scratch_exists(scratch("a.nc.part")));
    CHECK_STATUS(TD_OK, netcdf_read(scratch("a.nc"), &back, &err), &err);
    check_equal(table, back);
    td_table_destroy(back);
}

TEST(comes_back_as_it_was)
{
    td_table *table = make_table();
    check_round_trip(table);
    td_table_destroy(table);
}

TEST(takes_an_empty_table_and_empty_dimensions)
{
    td_table *table = NULL;
    const td_dim none = {"none", NULL, NULL, 0, epsilons, false, NULL};
    const td_dim plain = {"plain", NULL, NULL, 0, NULL, false, NULL};
    const td_dim two = {"two", NULL, NULL, 2, lags, true, NULL};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    check_round_trip(table);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &two, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &plain, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "v", NULL, NULL, TD_F32, "two,plain", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_text(table, "t", NULL, "plain", groups, &err), &err);
    check_round_trip(table);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &none, &err), &err);
    CHECK_STATUS(TD_OK, netcdf_write(scratch("a.nc"), table, &err), &err);
    td_table_destroy(table);
}

TEST(takes_long_attributes_and_many_texts)
{
    td_table *table = make_table();
    const uint64_t count = 5000;
    char *words = malloc(300001), *names = malloc(count * 24);
    const char **text = malloc(count * sizeof *text);
    CHECK(words && names && text);
    memset(words, 'w', 300000);
    words[300000] = 0;
    for (uint64_t i = 0; i < count; ++i) {
        snprintf(names + 24 * i, 24, "subject %" PRIu64, check_random() % 1000000);
        text[i] = names + 24 * i;
    }
    const td_dim dim = {"subject", words, "u", count, NULL, false, text};
    CHECK_STATUS(TD_OK, td_table_set_attribute(table, "warnings", words, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
    check_round_trip(table);
    td_table_destroy(table);
    free(text);
    free(names);
    free(words);
}

/* ---- The same bytes -------------------------------------------------------------------------- */

static void check_same_bytes(const char *a, const char *b)
{
    size_t a_bytes = 0, b_bytes = 1;
    char *x = scratch_get(a, &a_bytes), *y = scratch_get(b, &b_bytes);
    CHECK(x && y);
    CHECK_INT(a_bytes, b_bytes);
    for (size_t i = 0; i < a_bytes; ++i)
        if (x[i] != y[i]) CHECK_FAIL("byte %zu differs", i);
    free(y);
    free(x);
}

TEST(writes_the_same_bytes_at_any_time)
{
    td_table *table = make_table(), *again = NULL;
    CHECK_STATUS(TD_OK, netcdf_write(scratch("one.nc"), table, &err), &err);
    CHECK_STATUS(TD_OK, netcdf_read(scratch("one.nc"), &again, &err), &err);
    /* Memory that was used before, and the clock's next second. */
    for (int i = 0; i < 100; ++i) {
        void *dirt = malloc(4096 + 64 * (size_t)i);
        if (dirt) memset(dirt, 0xa5, 4096);
        free(dirt);
    }
    const time_t first = time(NULL);
    while (time(NULL) == first)
        usleep(20000);
    CHECK_STATUS(TD_OK, netcdf_write(scratch("another name.nc"), again, &err), &err);
    check_same_bytes(scratch("one.nc"), scratch("another name.nc"));
    td_table_destroy(again);
    td_table_destroy(table);
}

/* ---- The disk -------------------------------------------------------------------------------- */

static td_table *make_large(uint64_t count)
{
    td_table *table = NULL;
    const td_dim dim = {"i", NULL, NULL, count, NULL, false, NULL};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "a", NULL, NULL, TD_F64, "i", &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "b", NULL, NULL, TD_F64, "i", &err), &err);
    for (uint64_t i = 0; i < count; ++i) {
        ((double *)td_table_data(table, "a"))[i] = (double)i;
        ((double *)td_table_data(table, "b"))[i] = -(double)i;
    }
    return table;
}

/* In a child, so that limits, mounts and crashes at exit stay there. The child's last act is a
 * normal exit, which runs HDF5's own clean-up. */
static void check_child(int (*child)(const td_table *table, long long value), const td_table *table,
                        long long value)
{
    int how = 0;
    fflush(stdout);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) exit(child(table, value));
    CHECK_INT(pid, waitpid(pid, &how, 0));
    if (!WIFEXITED(how)) CHECK_FAIL("the child was killed by signal %d", WTERMSIG(how));
    if (WEXITSTATUS(how) == 77) SKIP("this needs a mount, and so the right to make one");
    CHECK_INT(0, WEXITSTATUS(how));
}

static int write_refused(const char *path, const td_table *table, const char *message)
{
    char part[800];
    const td_status status = netcdf_write(path, table, &err);
    snprintf(part, sizeof part, "%s.part", path);
    if (status == TD_E_IO && strstr(err.message, message) && strstr(err.message, path) &&
        !scratch_exists(part))
        return 0;
    printf("  status %d, %s\n", (int)status, err.message);
    return 1;
}

static int limited(const td_table *table, long long bytes)
{
    const struct rlimit limit = {(rlim_t)bytes, (rlim_t)bytes};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
    return write_refused(scratch("full.nc"), table, "File too large");
}

TEST(leaves_the_old_file_when_a_limit_is_reached)
{
    static const long long limits[] = {0, 1, 100, 4096, 100000, 1600000, 3200000, 3210000};
    td_table *table = make_large(200000);
    scratch_put("full.nc", "the old one", 11);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; ++i) {
        check_child(limited, table, limits[i]);
        char *old = scratch_get(scratch("full.nc"), NULL);
        CHECK_TEXT("the old one", old);
        free(old);
    }
    td_table_destroy(table);
}

/* A small file system of the child's own. value: kilobytes free; negative: and no fallocate. */
static int on_full_disk(const td_table *table, long long value)
{
    char folder[600], path[700], option[64];
    td_table *back = NULL;
    no_fallocate = value < 0;
    snprintf(option, sizeof option, "size=%lldk", value < 0 ? -value : value);
    snprintf(folder, sizeof folder, "%s", scratch("disk"));
    snprintf(path, sizeof path, "%s/a.nc", folder);
    if (unshare(CLONE_NEWNS) != 0) return 77;
    mkdir(folder, 0777);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return 77;
    if (mount("none", folder, "tmpfs", 0, option) != 0) return 77;
    FILE *file = fopen(path, "w");
    if (!file || fputs("old", file) < 0 || fclose(file) != 0) return 1;
    if (write_refused(path, table, "No space left on device")) return 1;
    char *old = scratch_get(path, NULL);
    if (!old || strcmp(old, "old") != 0) return 2;
    free(old);
    /* The library must still be fit for use. */
    td_table *small = make_large(1000);
    if (netcdf_write(path, small, &err) && !strstr(err.message, "No space")) return 3;
    if (!err.status && (netcdf_read(path, &back, &err) != TD_OK)) return 4;
    td_table_destroy(back);
    td_table_destroy(small);
    return 0;
}

TEST(leaves_the_old_file_when_the_disk_is_full)
{
    td_table *table = make_large(200000);
    for (long long kilobytes = 12; kilobytes < 3130; kilobytes += 167) {
        check_child(on_full_disk, table, kilobytes);
        check_child(on_full_disk, table, -kilobytes);
    }
    td_table_destroy(table);
}

TEST(works_without_fallocate)
{
    td_table *table = make_table();
    no_fallocate = true;
    check_round_trip(table);
    no_fallocate = false;
    td_table_destroy(table);
}

TEST(takes_no_more_disk_than_it_needs)
{
    td_table *table = make_large(1000);
    struct stat info;
    CHECK_STATUS(TD_OK, netcdf_write(scratch("trim.nc"), table, &err), &err);
    CHECK_INT(0, stat(scratch("trim.nc"), &info));
    CHECK(info.st_size < 32768);
    CHECK(info.st_blocks * 512 < 65536);
    td_table_destroy(table);
}

TEST(says_where_it_cannot_write)
{
    td_table *table = make_large(10);
    CHECK_STATUS(TD_E_IO, netcdf_write(scratch("absent/a.nc"), table, &err), &err);
    CHECK_HAS("absent/a.nc: cannot write: No such file or directory", err.message);
    CHECK_STATUS(TD_E_IO, netcdf_write("/dev/null", table, &err), &err);
    CHECK_HAS("/dev/null: is no regular file", err.message);
    CHECK_INT(0, symlink("target.nc", scratch("link.nc")));
    scratch_put("target.nc", "old", 3);
    CHECK_STATUS(TD_OK, netcdf_write(scratch("link.nc"), table, &err), &err);
    td_table *back = NULL;
    CHECK_STATUS(TD_OK, netcdf_read(scratch("target.nc"), &back, &err), &err);
    check_equal(table, back);
    td_table_destroy(back);
    /* A name like a URL is a name. */
    char here[1024];
    CHECK(getcwd(here, sizeof here) != NULL);
    CHECK_INT(0, chdir(scratch_folder));
    CHECK_INT(0, mkdir("http:", 0777));
    const td_status wrote = netcdf_write("http://a.nc", table, &err);
    const td_status read = netcdf_read("http://a.nc", &back, &err);
    CHECK_INT(0, chdir(here));
    CHECK_STATUS(TD_OK, wrote, &err);
    CHECK_STATUS(TD_OK, read, &err);
    td_table_destroy(back);
    td_table_destroy(table);
}

/* ---- Other files ----------------------------------------------------------------------------- */

static void check_refused(const char *path, td_status status, const char *message)
{
    td_table *table = NULL;
    CHECK_STATUS(status, netcdf_read(path, &table, &err), &err);
    CHECK(table == NULL);
    CHECK_HAS(message, err.message);
    CHECK_HAS(path, err.message);
}

TEST(refuses_files_of_other_kinds)
{
    check_refused(scratch("absent.nc"), TD_E_IO, "No such file");
    check_refused("/", TD_E_IO, "is no regular file");
    scratch_put("empty.nc", "", 0);
    check_refused(scratch("empty.nc"), TD_E_CORRUPT, "is no netCDF-4 file");
    scratch_put("text.nc", "recording,rr\nn1,0.5\n", 20);
    check_refused(scratch("text.nc"), TD_E_CORRUPT, "is no netCDF-4 file");
}

TEST(refuses_files_that_were_cut)
{
    td_table *table = make_table();
    size_t bytes = 0;
    CHECK_STATUS(TD_OK, netcdf_write(scratch("whole.nc"), table, &err), &err);
    char *data = scratch_get(scratch("whole.nc"), &bytes);
    CHECK(data != NULL);
    for (size_t i = 0; i < 40; ++i) {
        const size_t cut = check_random() % bytes;
        scratch_put("cut.nc", data, cut);
        check_refused(scratch("cut.nc"), TD_E_CORRUPT, "");
    }
    free(data);
    td_table_destroy(table);
}

/* What stands in the file that other makes, for refuses_other_layouts. */
typedef int (*make_fn)(int nc, int dim);

static int make_group(int nc, int dim)
{
    int group = 0;
    (void)dim;
    return nc_def_grp(nc, "inner", &group);
}
static int make_chunks(int nc, int dim)
{
    int var = 0;
    const size_t chunk = 2;
    const int code = nc_def_var(nc, "v", NC_DOUBLE, 1, &dim, &var);
    return code ? code : nc_def_var_chunking(nc, var, NC_CHUNKED, &chunk);
}
static int make_short(int nc, int dim)
{
    int var = 0;
    return nc_def_var(nc, "v", NC_SHORT, 1, &dim, &var);
}
static int make_huge(int nc, int dim)
{
    int dims[2] = {dim, 0}, var = 0;
    int code = nc_def_dim(nc, "huge", (size_t)1 << 31, &dims[1]);
    if (!code) code = nc_def_var(nc, "v", NC_DOUBLE, 2, dims, &var);
    return code ? code : nc_def_var_fill(nc, var, NC_NOFILL, NULL);
}
static int make_huge_axis(int nc, int dim)
{
    int var = 0;
    const int code = nc_def_dim(nc, "huge", (size_t)1 << 40, &dim);
    return code ? code : nc_def_var(nc, "huge", NC_STRING, 1, &dim, &var);
}
static int make_bad_axis(int nc, int dim)
{
    int other = 0, var = 0;
    const int code = nc_def_dim(nc, "y", 3, &other);
    (void)dim;
    return code ? code : nc_def_var(nc, "x", NC_DOUBLE, 1, &other, &var);
}
static int make_flat_axis(int nc, int dim)
{
    int var = 0;
    (void)dim;
    return nc_def_var(nc, "x", NC_DOUBLE, 0, NULL, &var);
}
static int make_deep(int nc, int dim)
{
    int dims[TD_TABLE_RANK_MAX + 1], var = 0;
    for (int i = 0; i <= TD_TABLE_RANK_MAX; ++i)
        dims[i] = dim;
    return nc_def_var(nc, "v", NC_DOUBLE, TD_TABLE_RANK_MAX + 1, dims, &var);
}
static int make_number(int nc, int dim)
{
    const double value = 1;
    (void)dim;
    return nc_put_att_double(nc, NC_GLOBAL, "version", NC_DOUBLE, 1, &value);
}
static int make_type(int nc, int dim)
{
    nc_type type = 0;
    (void)dim;
    return nc_def_opaque(nc, 4, "mine", &type);
}
static int make_comma(int nc, int dim)
{
    int var = 0;
    const int code = nc_def_dim(nc, "a,b", 3, &dim);
    return code ? code : nc_def_var(nc, "v", NC_DOUBLE, 1, &dim, &var);
}

TEST(refuses_other_layouts)
{
    static const struct {
        make_fn make;
        const char *message;
    } cases[] = {{make_group, "has groups or types"},
                 {make_chunks, "\"v\" is laid out in chunks"},
                 {make_short, "\"v\" has an unknown type"},
                 {make_huge, "\"v\" is larger than the file"},
                 {make_huge_axis, "\"huge\" is larger than the file"},
                 {make_bad_axis, "\"x\" is over another dimension"},
                 {make_flat_axis, "\"x\" is no list"},
                 {make_deep, "too many dimensions"},
                 {make_number, "\"version\" is no text"},
                 {make_type, "has groups or types"},
                 {make_comma, "the table has no dimension"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        int nc = 0, dim = 0;
        CHECK_INT(0, nc_create(scratch("other.nc"), NC_NETCDF4 | NC_CLOBBER, &nc));
        CHECK_INT(0, nc_def_dim(nc, "x", 3, &dim));
        CHECK_INT(0, cases[i].make(nc, dim));
        CHECK_INT(0, nc_close(nc));
        check_refused(scratch("other.nc"), TD_E_CORRUPT, cases[i].message);
    }
    int nc = 0;
    CHECK_INT(0, nc_create(scratch("classic.nc"), NC_CLOBBER, &nc));
    CHECK_INT(0, nc_close(nc));
    check_refused(scratch("classic.nc"), TD_E_CORRUPT, "is of an older format");
}

/* ---- Threads --------------------------------------------------------------------------------- */

static void *write_often(void *context)
{
    td_error mine = TD_ERROR_INIT;
    td_table *table = make_large(1000), *back = NULL;
    for (int i = 0; i < 20; ++i) {
        if (netcdf_write(context, table, &mine) || netcdf_read(context, &back, &mine)) break;
        td_table_destroy(back);
        back = NULL;
    }
    td_table_destroy(table);
    return mine.status ? context : NULL;
}

TEST(may_be_called_from_many_threads)
{
    pthread_t thread[3];
    void *failed[3];
    char path[3][600];
    for (int i = 0; i < 3; ++i) {
        snprintf(path[i], sizeof path[i], "%s%d", scratch("thread.nc"), i);
        CHECK_INT(0, pthread_create(&thread[i], NULL, write_often, path[i]));
    }
    for (int i = 0; i < 3; ++i)
        pthread_join(thread[i], &failed[i]);
    for (int i = 0; i < 3; ++i)
        CHECK(failed[i] == NULL);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "write") == 0) {
        td_table *table = make_table();
        const td_status status = netcdf_write(argv[2], table, &err);
        if (status) fprintf(stderr, "%s\n", err.message);
        td_table_destroy(table);
        return (int)status;
    }
    scratch(""); /* made here, so that children of a fork share it */
    return check_main(argc, argv,
                      (check_test[]){RUN(comes_back_as_it_was),
                                     RUN(takes_an_empty_table_and_empty_dimensions),
                                     RUN(takes_long_attributes_and_many_texts),
                                     RUN(writes_the_same_bytes_at_any_time),
                                     RUN(leaves_the_old_file_when_a_limit_is_reached),
                                     RUN(leaves_the_old_file_when_the_disk_is_full),
                                     RUN(works_without_fallocate),
                                     RUN(takes_no_more_disk_than_it_needs),
                                     RUN(says_where_it_cannot_write),
                                     RUN(refuses_files_of_other_kinds),
                                     RUN(refuses_files_that_were_cut),
                                     RUN(refuses_other_layouts),
                                     RUN(may_be_called_from_many_threads),
                                     {0}});
}
