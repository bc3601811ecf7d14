/* main.c - tandem-device-bench: times a device, beside the CPU of the same machine.
 *
 *     tandem-device-bench --backend NAME [--device N] [--folder FOLDER] [--data FOLDER]
 *                         [--hold PROGRAM] [--json FILE] [--markdown FILE] [--table FILE]
 *                         [--name NAME] [--threads N] [--quick]
 *
 * The files are written after every row; until the last one they say that they are incomplete.
 * Exit code 0: all results were those of the CPU; 1: not; 2: wrong arguments; 77: no such device.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

double bench_now(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int value_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, uint32_t count)
{
    if (count == 0) return 0;
    qsort(values, count, sizeof *values, value_order);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static int usage(const char *what)
{
    fprintf(stderr,
            "tandem-device-bench: not understood: %s\n"
            "usage: tandem-device-bench --backend NAME [--device N] [--folder FOLDER]\n"
            "       [--data FOLDER] [--hold PROGRAM] [--json FILE] [--markdown FILE]\n"
            "       [--table FILE] [--name NAME] [--threads N] [--quick]\n",
            what);
    return 2;
}

static int read_options(int argc, char **argv, bench *b)
{
    for (int i = 1; i < argc; ++i) {
        const char *const name = argv[i], *const text = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(name, "--quick") == 0) {
            b->quick = true;
            continue;
        }
        if (!text) return usage(name);
        if (strcmp(name, "--backend") == 0) b->backend = text;
        else if (strcmp(name, "--device") == 0) b->device_index = strtoul(text, NULL, 10);
        else if (strcmp(name, "--folder") == 0) b->folder[0] = text;
        else if (strcmp(name, "--data") == 0) b->data = text;
        else if (strcmp(name, "--hold") == 0) b->hold = text;
        else if (strcmp(name, "--json") == 0) b->json = text;
        else if (strcmp(name, "--markdown") == 0) b->markdown = text;
        else if (strcmp(name, "--table") == 0) b->table = text;
        else if (strcmp(name, "--name") == 0) b->name = text;
        else if (strcmp(name, "--threads") == 0) b->threads = (uint32_t)strtoul(text, NULL, 10);
        else return usage(name);
        i += 1;
    }
    if (!b->backend || strchr(b->backend, '/')) return usage("--backend is needed");
    return 0;
}

static void read_machine(bench *b)
{
    struct utsname system;
    const time_t now = time(NULL);
    struct tm day;
    if (gmtime_r(&now, &day)) strftime(b->when, sizeof b->when, "%Y-%m-%d", &day);
    if (gethostname(b->host, sizeof b->host - 1) != 0) b->host[0] = 0;
    if (uname(&system) == 0)
        snprintf(b->system, sizeof b->system, "%.30s %.60s, %ld processors", system.sysname,
                 system.release, sysconf(_SC_NPROCESSORS_ONLN));
}

/* The plug-in's folder goes to folder[0], so that a second process finds the same. */
static td_status find_device(bench *b, td_error *err)
{
    static ops_device device;
    if (!b->folder[0]) {
        b->folder[0] = OPS_PLUGIN_FOLDER;
        b->folder[1] = OPS_TEST_PLUGIN_FOLDER;
    }
    const td_status status = ops_device_open(b->backend, b->folder, b->device_index, &device, err);
    if (status) return status;
    snprintf(b->device, sizeof b->device, "%s", device.info.name);
    b->info = device.info;
    b->folder[0] = strcmp(device.folder, b->folder[0]) == 0 ? b->folder[0] : b->folder[1];
    b->folder[1] = NULL;
    ops_device_close(&device);
    return TD_OK;
}

static td_status measure(bench *b, td_engine *engine, td_error *err)
{
    const td_device *const device = td_device_find(engine, b->device);
    const td_device *const cpu = td_device_find(engine, "cpu");
    if (!device) return td_fail(err, TD_E_NO_DEVICE, "the engine has no %s", b->device);
    b->info = (td_device_info)TD_DEVICE_INFO_INIT;
    b->cpu_info = (td_device_info)TD_DEVICE_INFO_INIT;
    td_status status = td_device_describe(device, &b->info, err);
    if (!status) status = td_device_describe(cpu, &b->cpu_info, err);
    if (!status && !b->info.fit)
        status = td_fail(err, TD_E_NO_DEVICE, "%s is not fit: %s", b->device, b->info.reason);
    b->rates = (td_device_rates)TD_DEVICE_RATES_INIT;
    if (!status) status = td_device_measure(engine, device, b->quick ? 0.1 : 3, &b->rates, err);
    return status;
}

static void say(const char *what)
{
    fprintf(stderr, "== %s\n", what);
}

static td_status bench_all(bench *b, td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    config.threads = b->threads;
    config.backends = b->backend;
    config.backend_path = b->folder[0];
    td_status status = td_engine_create(&config, &engine, err);
    if (status) return status;
    say("the device");
    status = measure(b, engine, err);
    if (status) goto out;
    bench_save(b);
    say("kernels");
    status = kernels_time(b, err);
    if (status) goto out;
    say("runs");
    runs_single(b, engine);
    runs_grid(b, engine);
    runs_study(b, engine);
    runs_market(b, engine);
    say("little memory");
    runs_budget(b, engine);
    runs_beside(b, engine);
    b->complete = true;
out:
    td_engine_destroy(engine);
    return status;
}

static bool write_to(const bench *b, const char *path, void (*write)(const bench *, FILE *))
{
    if (!path) return true;
    char part[PATH_MAX];
    if (snprintf(part, sizeof part, "%s.part", path) >= PATH_MAX) return false;
    FILE *const file = fopen(part, "w");
    if (!file) return false;
    write(b, file);
    const bool written = !ferror(file);
    return fclose(file) == 0 && written && rename(part, path) == 0;
}

bool bench_save(const bench *b)
{
    const bool json = write_to(b, b->json, write_json);
    const bool markdown = write_to(b, b->markdown, write_markdown);
    return write_to(b, b->table, write_table) && json && markdown;
}

int main(int argc, char **argv)
{
    static bench b; /* large */
    td_error err = TD_ERROR_INIT;
    const int wrong = read_options(argc, argv, &b);
    if (wrong) return wrong;
    read_machine(&b);
    td_status status = find_device(&b, &err);
    if (!status && !b.name) b.name = b.info.title;
    if (!status) status = bench_all(&b, &err);
    if (status) {
        fprintf(stderr, "tandem-device-bench: %s\n", err.message);
        return status == TD_E_NOT_FOUND || status == TD_E_NO_DEVICE ? 77 : 1;
    }
    if (!bench_save(&b)) {
        fprintf(stderr, "tandem-device-bench: the results cannot be written\n");
        return 1;
    }
    if (!b.table) write_table(&b, stdout);
    return b.failures ? 1 : 0;
}
