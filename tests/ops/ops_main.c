/* ops_main.c - tandem-ops: every kernel and operation, on every device that is there, against plain
 * C, with fresh input. No framework and no library, so that it runs on a bare machine.
 *
 *     tandem-ops [--backend NAME]... [--kernel NAME]... [--small | --large] [--seed N]
 *                [--device N] [--folder FOLDER]... [--threads N] [--list]
 *
 * Without --backend all plug-ins that are there are tried; one that has no device on this machine
 * is skipped, with its reason. Exit code 0: all passed; 1: a failure, or nothing ran; 2: wrong
 * arguments; 77: a backend that was named has no device here. TANDEM_NEED_NAME=1 in the environment
 * (TANDEM_NEED_OPENCL=1) makes that a failure. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ops.h"
#include "tests/opencl/leaks.h"

#define NAMES_MAX   256
#define KERNELS_MAX 10000 /* a bound for the walk over the table */

typedef struct options {
    const char *backend[NAMES_MAX], *only[NAMES_MAX];
    const char *folder[OPS_FOLDERS_MAX + 1];
    size_t backend_count, only_count, folder_count, device;
    bool list;
    ops_run run;
} options;

static const char *const all_backends[] = {"plain", "falling", "opencl", "cuda"};

/* ---- Arguments --------------------------------------------------------------------------------
 */

static int usage(const char *problem, const char *what)
{
    fprintf(stderr, "tandem-ops: %s %s\n", problem, what);
    fprintf(stderr, "usage: tandem-ops [--backend NAME]... [--kernel NAME]... [--small | --large] "
                    "[--seed N]\n                  [--device N] [--folder FOLDER]... [--threads N] "
                    "[--list]\n");
    return 2;
}

static bool keep(const char **list, size_t *count, size_t room, const char *text)
{
    if (*count == room || strlen(text) >= PATH_MAX / 2) return false;
    list[(*count)++] = text;
    return true;
}

static bool number(const char *text, uint64_t most, uint64_t *value)
{
    char *end = NULL;
    if (*text < '0' || *text > '9') return false;
    *value = strtoull(text, &end, 0);
    return *end == 0 && *value <= most;
}

/* An option with a value. */
static bool take(options *o, const char *name, const char *text)
{
    uint64_t value = 0;
    if (strcmp(name, "--backend") == 0) {
        if (strlen(text) >= OPS_NAME_MAX || strchr(text, '/')) return false;
        return keep(o->backend, &o->backend_count, NAMES_MAX, text);
    }
    if (strcmp(name, "--kernel") == 0) return keep(o->only, &o->only_count, NAMES_MAX, text);
    if (strcmp(name, "--folder") == 0)
        return keep(o->folder, &o->folder_count, OPS_FOLDERS_MAX, text);
    if (strcmp(name, "--seed") == 0) return number(text, UINT64_MAX, &o->run.seed);
    if (strcmp(name, "--device") == 0 && number(text, 1000, &value)) {
        o->device = (size_t)value;
        return true;
    }
    if (strcmp(name, "--threads") == 0 && number(text, 1000, &value)) {
        o->run.threads = (uint32_t)value;
        return true;
    }
    return false;
}

static int read_options(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--small") == 0) o->run.size = OPS_SMALL;
        else if (strcmp(argv[i], "--large") == 0) o->run.size = OPS_LARGE;
        else if (strcmp(argv[i], "--list") == 0) o->list = true;
        else if (i + 1 == argc) return usage("not understood:", argv[i]);
        else if (!take(o, argv[i], argv[i + 1])) return usage("not understood:", argv[i]);
        else i += 1;
    }
    if (o->folder_count == 0) {
        o->folder[0] = OPS_PLUGIN_FOLDER;
        o->folder[1] = OPS_TEST_PLUGIN_FOLDER;
    }
    for (size_t i = 0; i < o->only_count; ++i)
        if (!kernel_find(o->only[i]) && !ops_row_find(ops_operation_rows, o->only[i]))
            return usage("there is no kernel or operation", o->only[i]);
    return 0;
}

static int list_rows(void)
{
    for (size_t i = 0; i < KERNELS_MAX && kernel_at(i); ++i)
        printf("kernel     %-20s %s\n", kernel_at(i)->name,
               ops_row_find(ops_kernel_rows, kernel_at(i)->name) ? "" : "has no row");
    for (const ops_row *row = ops_operation_rows; row->name; ++row)
        printf("operation  %s\n", row->name);
    return 0;
}

/* ---- Running ----------------------------------------------------------------------------------
 */

static bool is_wanted(const options *o, const char *name)
{
    for (size_t i = 0; i < o->only_count; ++i)
        if (strcmp(o->only[i], name) == 0) return true;
    return o->only_count == 0;
}

/* Each row starts from the seed and its name, so that one row alone sees the same input. */
static uint64_t row_seed(uint64_t seed, const char *name)
{
    uint64_t hash = seed ^ 0xcbf29ce484222325u;
    for (; *name; ++name)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static void run_row(options *o, ops_device *device, const char *name, const ops_row *row)
{
    static ops_case c; /* too large for the stack of a small machine */
    td_error err = TD_ERROR_INIT;
    memset(&c, 0, sizeof c);
    c.run = &o->run;
    c.device = device;
    c.row = name;
    c.random = row_seed(o->run.seed, name);
    if (!row) {
        ops_fail(&c, "", "this kernel has no row in tests/ops");
        return;
    }
    const unsigned before = o->run.passed + o->run.failed + o->run.skipped;
    const td_status status = row->run(&c, &err);
    ops_case_end(&c);
    if (status)
        ops_fail(&c, "", "%s (%s, native code %" PRId64 ")", err.message, td_status_name(status),
                 err.native_code);
    else if (o->run.passed + o->run.failed + o->run.skipped == before)
        ops_fail(&c, "", "the row reported nothing");
}

static void run_kernels(options *o, ops_device *device)
{
    for (size_t i = 0; i < KERNELS_MAX && kernel_at(i); ++i) {
        const kernel_row *const kernel = kernel_at(i);
        if (!is_wanted(o, kernel->name)) continue;
        if (device->backend.has_kernel &&
            !device->backend.has_kernel(device->device, kernel->name)) {
            ops_case c = {.run = &o->run, .device = device, .row = kernel->name};
            /* Only what needs float64 may be missing, and only where there is none. */
            if (kernel->float64 && device->info.float64_cost == 0)
                ops_skip(&c, "", "the device has no float64");
            else ops_fail(&c, "", "the backend does not have this kernel");
            continue;
        }
        run_row(o, device, kernel->name, ops_row_find(ops_kernel_rows, kernel->name));
    }
    for (const ops_row *row = ops_kernel_rows; row->name; ++row)
        if (!kernel_find(row->name)) {
            o->run.failed += 1;
            printf("%-8s %-18s %-44s FAIL    a row without a kernel\n", device->name, row->name,
                   "");
        }
}

static bool is_needed(const char *backend)
{
    char name[OPS_NAME_MAX + 16];
    snprintf(name, sizeof name, "TANDEM_NEED_%s", backend);
    for (char *p = name; *p; ++p)
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 'a' + 'A');
    const char *const value = getenv(name);
    return value && *value && strcmp(value, "0") != 0;
}

/* False when the backend was named and has no device here. */
static bool run_backend(options *o, const char *name)
{
    ops_device device = {.name = ""};
    td_error err = TD_ERROR_INIT;
    const td_status status = ops_device_open(name, o->folder, o->device, &device, &err);
    if (status) {
        const bool absent = status == TD_E_NOT_FOUND || status == TD_E_NO_DEVICE;
        const bool failed = !absent || is_needed(name);
        printf("%-8s %-18s %-44s %-7s %s\n", name, "", "", failed ? "FAIL" : "skipped",
               err.message);
        o->run.failed += failed;
        o->run.skipped += !failed;
        return failed || o->backend_count == 0;
    }
    printf("%-8s %s: %s\n", name, device.info.title, device.info.driver);
    run_kernels(o, &device);
    for (const ops_row *row = ops_operation_rows; row->name; ++row)
        if (is_wanted(o, row->name)) run_row(o, &device, row->name, row);
    ops_device_close(&device);
    return true;
}

int main(int argc, char **argv)
{
    struct timespec now = {0, 0};
    options o = {.run = {.size = OPS_DEFAULT}};
    bool all_there = true;
    clock_gettime(CLOCK_REALTIME, &now);
    o.run.seed = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    setvbuf(stdout, NULL, _IOLBF, 0);
    const int wrong = read_options(argc, argv, &o);
    if (wrong) return wrong;
    if (o.list) return list_rows();
    printf("tandem-ops --seed %" PRIu64 "%s\n", o.run.seed,
           o.run.size == OPS_SMALL   ? " --small"
           : o.run.size == OPS_LARGE ? " --large"
                                     : "");
    const char *const *const names = o.backend_count ? o.backend : all_backends;
    const size_t count =
        o.backend_count ? o.backend_count : sizeof all_backends / sizeof all_backends[0];
    for (size_t i = 0; i < count; ++i)
        all_there = run_backend(&o, names[i]) && all_there;
    printf("%u passed, %u failed, %u skipped\n", o.run.passed, o.run.failed, o.run.skipped);
    if (o.run.failed) return 1;
    if (!all_there) return 77;
    return o.run.passed ? 0 : 1;
}
