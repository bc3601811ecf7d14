/* load.c - see load.h. */
#include "market/load.h"

#include "core/budget.h"
#include "io/postgres_url.h"
#include "market/load_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SOURCE_BYTES 4096 /* of the attribute */
#define MEMORY_PART  0.8

typedef struct loader {
    const market_load_request *request;
    market_load *out;
    load_files files;
    uint64_t file_bytes, bytes_before; /* on the disk: of this file, and of those before it */
    char source[SOURCE_BYTES];
} loader;

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static bool tell(const market_load_request *request, const char *what, uint64_t done,
                 uint64_t total)
{
    return !request->step || request->step(request->context, what, done, total);
}

/* Bytes of the text that are read stand for as large a part of the file, packed or not. */
static bool on_read(void *context, uint64_t done, uint64_t total)
{
    const loader *l = context;
    const double part = total ? (double)done / (double)total : 1.0;
    const uint64_t bytes = l->bytes_before + (uint64_t)(part * (double)l->file_bytes);
    return tell(l->request, "read", bytes, l->files.bytes);
}

/* "krx.csv sp500.csv ..", as much as there is room for; no password. */
static td_status make_source(loader *l, td_error *err)
{
    size_t used = 0;
    for (uint32_t i = 0; i < l->request->input_count; ++i) {
        char *shown = market_source_shown(l->request->input[i]);
        if (!shown) return td_fail(err, TD_E_NO_MEMORY, "no memory for the names of inputs");
        const size_t bytes = strlen(shown);
        if (used + bytes + 8 > sizeof l->source) {
            snprintf(l->source + used, sizeof l->source - used, " ..");
            free(shown);
            return TD_OK;
        }
        used += (size_t)snprintf(l->source + used, sizeof l->source - used, "%s%s", i ? " " : "",
                                 shown);
        free(shown);
    }
    return TD_OK;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static td_status read_files(loader *l, const price_zone *zone, td_error *err)
{
    price_csv_options options = l->request->csv;
    td_status status = TD_OK;
    options.zone = zone;
    options.progress = on_read;
    options.context = l;
    for (uint64_t i = 0; !status && i < l->files.count; ++i) {
        struct stat info;
        const char *path = l->files.path[i];
        l->file_bytes = stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
        if (!on_read(l, 0, 1)) return td_fail(err, TD_E_CANCELLED, "%s: stopped before it", path);
        status = price_csv_load(l->out->collected, path, &options, &l->out->csv, err);
        l->bytes_before += l->file_bytes;
        l->out->files += 1;
    }
    return status;
}

static bool on_fetch(void *context, uint64_t rows, uint64_t bytes)
{
    (void)bytes;
    return tell(context, "fetch", rows, 0);
}

static td_status fetch_tables(loader *l, const price_zone *zone, td_error *err)
{
    const market_load_request *request = l->request;
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < request->input_count; ++i) {
        market_postgres_found found;
        if (!postgres_is_url(request->input[i])) continue;
        const market_postgres_request one = {.url = request->input[i],
                                             .table = request->table,
                                             .query = request->query,
                                             .map = request->csv.map,
                                             .zone = zone,
                                             .step = on_fetch,
                                             .context = (void *)(uintptr_t)request};
        status = market_load_postgres(&one, l->out->collected, &found, err);
        if (status) break;
        l->out->servers += 1;
        l->out->fetched += found.rows;
    }
    return status;
}

static td_status read_all(loader *l, td_error *err)
{
    const market_load_request *request = l->request;
    price_zone *zone = NULL;
    td_status status = TD_OK;
    const double start = now();
    if (request->input_count == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "there are no files to load");
    if (request->zone) status = price_zone_open(request->zone, &zone, err);
    for (uint32_t i = 0; !status && i < request->input_count; ++i)
        if (!postgres_is_url(request->input[i]))
            status = load_files_add(&l->files, request->input[i], request->output, err);
    if (!status) status = price_rows_create(&l->out->collected, err);
    if (!status) status = fetch_tables(l, zone, err);
    if (!status) status = read_files(l, zone, err);
    price_zone_close(zone);
    l->out->seconds_read = now() - start;
    if (!status && price_rows_count(l->out->collected) == 0)
        status = td_fail(err, TD_E_CORRUPT, "%.300s: there is no row of prices%s", l->source,
                         l->out->csv.bad ? " that can be read" : "");
    return status;
}

/* ---- The panel ------------------------------------------------------------------------------- */

static td_status check_memory(const loader *l, td_error *err)
{
    size_t bytes = 0;
    uint64_t most = l->request->host_bytes_max;
    td_status status = price_rows_panel_bytes(l->out->collected, &bytes, err);
    if (status) return status;
    if (most == 0) most = (uint64_t)(MEMORY_PART * (double)budget_available(""));
    /* Twice: the file is written from a copy. 0: what is available cannot be told. */
    if (most == 0 || bytes <= most / 2) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY,
                   "the panel of %" PRIu64 " symbols and %" PRIu64
                   " times needs %.1f GiB to be made, allowed are %.1f GiB: load fewer symbols, or "
                   "times that they share",
                   price_rows_symbols(l->out->collected), price_rows_times(l->out->collected),
                   2.0 * (double)bytes / 0x1p30, (double)most / 0x1p30);
}

static void take_totals(loader *l, const td_panel *panel)
{
    market_load *out = l->out;
    out->symbols = panel->symbol_count;
    out->times = panel->bar_count;
    out->fields = price_rows_fields(out->collected);
    if (panel->bar_count == 0) return;
    out->first = panel->time[0];
    out->last = panel->time[panel->bar_count - 1];
    snprintf(out->zone, sizeof out->zone, "%s", panel->zone ? panel->zone : "");
}

static const char *layout_name(const price_csv_findings *found)
{
    static const char *const names[] = {"", "long", "single", "wide"};
    const char *name = NULL;
    for (uint32_t i = PRICE_LAYOUT_LONG; i <= PRICE_LAYOUT_WIDE; ++i)
        if (found->files[i]) name = name ? "mixed" : names[i];
    return name ? name : "table";
}

static td_status write_panel(const loader *l, const td_panel *panel, td_error *err)
{
    static const char *const kept[] = {"refused", "the first was kept", "the last was kept",
                                       "their mean was taken"};
    const market_load *out = l->out;
    char files[32], rows[32], bad[32], doubled[200], version[32];
    snprintf(files, sizeof files, "%" PRIu64, out->files);
    snprintf(rows, sizeof rows, "%" PRIu64, out->csv.rows + out->fetched);
    snprintf(bad, sizeof bad, "%" PRIu64, out->csv.bad);
    snprintf(version, sizeof version, "%d.%d.%d", TD_VERSION_MAJOR, TD_VERSION_MINOR,
             TD_VERSION_PATCH);
    if (out->rows.duplicates == 0) snprintf(doubled, sizeof doubled, "none");
    else
        snprintf(doubled, sizeof doubled,
                 "%" PRIu64 " rows doubled earlier ones, %" PRIu64 " with other prices: %s",
                 out->rows.duplicates, out->rows.differing, kept[l->request->duplicates]);
    const price_attribute all[] = {{"source", l->source},       {"source_files", files},
                                   {"source_rows", rows},       {"layout", layout_name(&out->csv)},
                                   {"duplicates", doubled},     {"bad_rows", bad},
                                   {"tandem_version", version}, {"command", l->request->command}};
    const uint32_t count = sizeof all / sizeof *all - !l->request->command;
    return prices_write(l->request->output, panel, all, count, err);
}

td_status market_load_run(const market_load_request *request, market_load *out, td_error *err)
{
    loader all = {.request = request, .out = out}, *l = &all;
    prices *made = NULL;
    double start = 0.0;
    td_status status = make_source(l, err);
    if (!status) status = read_all(l, err);
    if (!status) status = check_memory(l, err);
    start = now();
    if (!status)
        status = prices_from_rows(out->collected, request->duplicates, &made, &out->rows, err);
    if (status) goto out;
    take_totals(l, prices_panel(made));
    out->seconds_build = now() - start;
    start = now();
    if (!tell(request, "write", 0, 1)) {
        status = td_fail(err, TD_E_CANCELLED, "%s: stopped before it was written", request->output);
        goto out;
    }
    status = write_panel(l, prices_panel(made), err);
    out->seconds_write = now() - start;
    if (!status) (void)tell(request, "write", 1, 1);
out:
    prices_close(made);
    load_files_free(&l->files);
    return status;
}

void market_load_free(market_load *load)
{
    price_rows_destroy(load->collected);
    load->collected = NULL;
}
