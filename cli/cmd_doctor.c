/* cmd_doctor.c - tandem doctor: what works on this machine, what is missing, how to get it. */
#include "cli/doctor_device.h"
#include "cli/places.h"
#include "cli/work.h"

#include "core/budget.h"
#include "core/engine.h"
#include "modules/rqa/rqa_lines.h"

#include <errno.h>
#include <lzma.h>
#include <netcdf.h>
#include <png.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>
#include <zstd.h>

typedef struct doctor {
    paper page;
    json_t *list; /* {"name", "state", "text"} */
    uint32_t bad;
} doctor;

static const char *const state_names[] = {"ok", "note", "bad"};

static void add(doctor *d, finding state, const char *name, const char *words)
{
    json_array_append_new(d->list, json_pack("{s:s, s:s, s:s}", "name", name, "state",
                                             state_names[state], "text", words));
    paper_addf(&d->page, "%-6s%s", state == FINDING_GOOD ? "ok" : state_names[state], name);
    paper_pad(&d->page, 22);
    paper_wrap(&d->page, words, 22, 92);
    paper_add(&d->page, "\n");
    d->bad += state == FINDING_BAD;
}

static void add_found(void *context, finding state, const char *name, const char *words)
{
    add(context, state, name, words);
}

/* ---- The parts -------------------------------------------------------------------------- */

static void check_processor(doctor *d, td_engine *engine)
{
    paper words = {0};
    td_device_info info = TD_DEVICE_INFO_INIT;
    const rqa_isa *isa = NULL;
    const td_device *cpu = td_device_find(engine, "cpu");
    if (cpu && !td_device_describe(cpu, &info, NULL)) add(d, FINDING_GOOD, "processor", info.title);
    if (rqa_isa_choose("auto", &isa, NULL) == TD_OK) {
        static const char *const paths[] = {"plain", "avx2", "avx512"};
        paper_addf(&words, "%s is used; this processor has", isa->name);
        for (size_t i = 0; i < sizeof paths / sizeof *paths; ++i)
            if (rqa_isa_choose(paths[i], &isa, NULL) == TD_OK) paper_addf(&words, " %s", paths[i]);
        paper_add(&words, "; results are the same bits on each");
        if (words.data) add(d, FINDING_GOOD, "instructions", words.data);
        paper_free(&words);
    }
    paper_addf(&words, "%u of %ld processors", pool_threads(engine_pool(engine)),
               sysconf(_SC_NPROCESSORS_ONLN));
    if (words.data) add(d, FINDING_GOOD, "threads", words.data);
    paper_free(&words);
    paper_add_size(&words, info.memory_bytes_free);
    paper_add(&words, " free of ");
    paper_add_size(&words, info.memory_bytes_total);
    paper_add(&words, "; running units may use ");
    paper_add_size(&words, budget_max(engine_budget(engine)));
    if (words.data) add(d, FINDING_GOOD, "memory", words.data);
    paper_free(&words);
}

static void check_libraries(doctor *d)
{
    char words[512], hash[32], netcdf[64];
    const unsigned xx = XXH_versionNumber();
    snprintf(hash, sizeof hash, "%u.%u.%u", xx / 10000, xx / 100 % 100, xx % 100);
    snprintf(netcdf, sizeof netcdf, "%.*s", (int)strcspn(nc_inq_libvers(), " "), nc_inq_libvers());
    snprintf(words, sizeof words,
             "netCDF %s, SQLite %s, Jansson %s, liblzma %s, zlib %s, libpng %s, "
             "xxHash %s, Zstandard %s",
             netcdf, sqlite3_libversion(), jansson_version_str(), lzma_version_string(),
             zlibVersion(), png_get_libpng_ver(NULL), hash, ZSTD_versionString());
    add(d, FINDING_GOOD, "libraries", words);
}

static bool on_path(const char *program)
{
    const char *path = getenv("PATH");
    char file[4096];
    while (path && *path) {
        const size_t bytes = strcspn(path, ":");
        snprintf(file, sizeof file, "%.*s/%s", (int)bytes, path, program);
        if (access(file, X_OK) == 0) return true;
        path += bytes;
        path += *path == ':';
    }
    return false;
}

/* Programs that are no part of Tandem and make its results easier to use. */
static void check_programs(doctor *d)
{
    static const struct {
        const char *program, *package, *use;
    } helpers[] = {
        {"man", "man-db", "reads the manual page"},
        {"xdg-open", "xdg-utils", "opens a report from the shell"},
        {"ncdump", "netcdf-bin", "shows what a result file holds"},
        {"python3", "python3-xarray python3-netcdf4", "reads result files with xarray"},
    };
    paper have = {0};
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; ++i) {
        if (on_path(helpers[i].program)) {
            paper_addf(&have, "%s%s", have.bytes ? ", " : "", helpers[i].program);
            continue;
        }
        char words[256];
        snprintf(words, sizeof words, "%s (%s) is not here: apt-get install %s", helpers[i].program,
                 helpers[i].use, helpers[i].package);
        add(d, FINDING_NOTE, "helper", words);
    }
    if (have.data) add(d, FINDING_GOOD, "helpers", have.data);
    paper_free(&have);
}

static void check_folder(doctor *d)
{
    struct statvfs space;
    paper words = {0};
    char *folder = getcwd(NULL, 0);
    const char *shown = folder ? folder : "the current folder";
    if (access(".", W_OK) != 0) {
        paper_addf(&words, "%s: cannot be written: %s; give -o a path elsewhere", shown,
                   strerror(errno));
        if (words.data) add(d, FINDING_BAD, "folder", words.data);
    } else {
        paper_addf(&words, "%s: can be written", shown);
        if (statvfs(".", &space) == 0) {
            paper_add(&words, ", ");
            paper_add_size(&words, (uint64_t)space.f_bavail * space.f_frsize);
            paper_add(&words, " free");
        }
        if (words.data) add(d, FINDING_GOOD, "folder", words.data);
    }
    paper_free(&words);
    free(folder);
}

/* A recording of four equal samples: every pair recurs, so the recurrence rate is one. */
static void check_work(doctor *d, td_engine *engine)
{
    static const double x[] = {1.0, 1.0, 1.0, 1.0};
    static const uint64_t offset[] = {0, 4};
    const double *column[] = {x};
    const char *const names[] = {"x"}, *const items[] = {"constant"};
    const td_series series = {sizeof(td_series), 1, 1, offset, column, names, items};
    td_args *args = NULL;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    td_var rr;
    td_status status = td_args_create(engine, "rqa.measures", &args, &err);
    if (!status) status = td_args_bind_series(args, "recordings", &series, &err);
    if (!status) status = td_args_set_text(args, "mode", "x:l1", &err);
    if (!status) status = td_run(engine, args, NULL, &table, NULL, &err);
    if (status) {
        add(d, FINDING_BAD, "test run", err.message);
    } else if (!td_table_find_var(table, "rr", &rr) || rr.dtype != TD_F64 ||
               *(const double *)rr.data != 1.0) {
        add(d, FINDING_BAD, "test run", "a constant series gave a wrong recurrence rate");
    } else {
        add(d, FINDING_GOOD, "test run", "a recurrence analysis gave the right answer");
    }
    td_table_destroy(table);
    td_args_destroy(args);
}

/* ---- The command ------------------------------------------------------------------------ */

static void keep_log(void *context, int level, const char *line)
{
    paper *log = context;
    /* Why a backend is not used stands on a line of its own. */
    if (level == TD_LOG_INFO || strncmp(line, "backend ", 8) == 0) return;
    paper_addf(log, "%s%s", log->bytes ? "; " : "", line);
}

td_status cmd_doctor(cli_call *cli, td_error *err)
{
    doctor d = {{0}, json_array(), 0};
    paper log = {0};
    td_engine *engine = NULL;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = (uint32_t)cli_int(cli, "threads");
    config.log = keep_log;
    config.log_context = &log;
    td_status status = td_engine_create(&config, &engine, err);
    if (status) goto out;
    check_processor(&d, engine);
    doctor_devices(engine, add_found, &d);
    if (log.bytes) add(&d, FINDING_NOTE, "engine", log.data);
    check_libraries(&d);
    check_work(&d, engine);
    check_folder(&d);
    check_programs(&d);
    if (cli->json)
        status = work_print_json(cli, json_pack("{s:b, s:O}", "ok", d.bad == 0, "findings", d.list),
                                 err);
    else status = cli_out(cli, &d.page, err);
    if (!status && d.bad)
        status = td_fail(err, TD_E_UNSUPPORTED, "%u of the findings must be mended first", d.bad);
out:
    td_engine_destroy(engine);
    paper_free(&log);
    paper_free(&d.page);
    json_decref(d.list);
    return status;
}
