/* cmd_devices.c - tandem devices: what is here, what is not and why, and with --bench how fast. */
#include "cli/device_bench.h"
#include "cli/work.h"

#include <string.h>

#define INDENT 12
#define VALUES 24 /* column of what a label names */

/* ---- One device ------------------------------------------------------------------------- */

static void add_label(paper *page, const char *label)
{
    paper_pad(page, INDENT);
    paper_add(page, label);
    paper_pad(page, VALUES);
}

static void add_memory(paper *page, const td_device_info *info)
{
    add_label(page, "memory");
    paper_add_size(page, info->memory_bytes_free);
    paper_add(page, " free of ");
    paper_add_size(page, info->memory_bytes_total);
    if (info->memory_bytes_limit) {
        paper_add(page, "; runs may take ");
        paper_add_size(page, info->memory_bytes_limit);
        paper_add(page, " together");
    }
    paper_add(page, "\n");
}

/* "132 units at 1980 MHz, memory 5120 bits wide at 2619 MHz": as much as the driver tells. */
static void add_hardware(paper *page, const td_device_info *info)
{
    paper line = {0};
    if (info->compute_major)
        paper_addf(&line, ", compute capability %u.%u", info->compute_major, info->compute_minor);
    if (info->units) paper_addf(&line, ", %u unit%s", info->units, info->units == 1 ? "" : "s");
    if (info->units && info->clock_mhz) paper_addf(&line, " at %u MHz", info->clock_mhz);
    if (info->memory_bus_bits && info->memory_clock_mhz)
        paper_addf(&line, ", memory %u bits wide at %u MHz", info->memory_bus_bits,
                   info->memory_clock_mhz);
    if (info->float64_cost > 1)
        paper_addf(&line, ", one float64 costs %u float32", info->float64_cost);
    if (line.bytes > 2) {
        add_label(page, "hardware");
        paper_wrap(page, line.data + 2, VALUES, 96);
        paper_add(page, "\n");
    }
    paper_free(&line);
}

static void add_use(paper *page, const td_device_info *info)
{
    if (info->fit && info->preferred) return;
    add_label(page, info->fit ? "use" : "not fit");
    paper_wrap(page,
               info->reason[0] ? info->reason
               : info->fit     ? "only by name: with --device"
                               : "it failed its test",
               VALUES, 96);
    paper_add(page, "\n");
}

static void add_device(paper *page, const td_device_info *info)
{
    paper_add(page, info->name);
    paper_pad(page, INDENT);
    paper_addf(page, "%s\n", info->title);
    add_memory(page, info);
    if (info->driver[0]) {
        add_label(page, "driver");
        paper_addf(page, "%s\n", info->driver);
    }
    add_hardware(page, info);
    if (info->pci[0]) {
        add_label(page, "PCI");
        paper_addf(page, "%s\n", info->pci);
    }
    if (strcmp(info->name, "cpu") != 0) add_use(page, info);
}

/* What a device does not tell is null. */
static json_t *known(uint64_t number)
{
    return number ? json_integer((json_int_t)number) : json_null();
}

static json_t *device_json(const td_device_info *info)
{
    return json_pack(
        "{s:s, s:s, s:s, s:I, s:I, s:o, s:b, s:b, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o}",
        "name", info->name, "title", info->title, "kind", info->kind == TD_GPU ? "gpu" : "cpu",
        "memory_bytes_total", (json_int_t)info->memory_bytes_total, "memory_bytes_free",
        (json_int_t)info->memory_bytes_free, "memory_bytes_limit", known(info->memory_bytes_limit),
        "fit", (int)info->fit, "preferred",
        (int)(info->preferred || strcmp(info->name, "cpu") == 0), "reason", info->reason, "driver",
        info->driver, "pci", info->pci, "compute_major", known(info->compute_major),
        "compute_minor", info->compute_major ? json_integer(info->compute_minor) : json_null(),
        "units", known(info->units), "clock_mhz", known(info->clock_mhz), "memory_clock_mhz",
        known(info->memory_clock_mhz), "memory_bus_bits", known(info->memory_bus_bits),
        "float64_cost", known(info->float64_cost));
}

/* ---- Backends --------------------------------------------------------------------------- */

static json_t *backends_json(const td_engine *engine)
{
    json_t *list = json_array();
    td_backend_info info = TD_BACKEND_INFO_INIT;
    for (size_t i = 0; td_backend_at(engine, i, &info); ++i)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:b, s:i, s:s}", "name", info.name, "path",
                                        info.path, "usable", (int)info.usable, "devices",
                                        (int)info.device_count, "reason", info.reason));
    return list;
}

static void add_backends(paper *page, const td_engine *engine)
{
    td_backend_info info = TD_BACKEND_INFO_INIT;
    bool first = true;
    for (size_t i = 0; td_backend_at(engine, i, &info); ++i) {
        if (info.usable && info.device_count) continue;
        paper_add(page, first ? "\nnot here\n" : "");
        first = false;
        paper_addf(page, "%s", info.name);
        paper_pad(page, INDENT);
        paper_wrap(page, info.reason[0] ? info.reason : "it found no device", INDENT, 96);
        paper_add(page, "\n");
    }
}

/* ---- The command ------------------------------------------------------------------------ */

/* --device picks what is shown. */
static bool is_shown(const cli_call *cli, const char *name)
{
    const char *wanted = cli_text(cli, "device");
    return !wanted || strcmp(wanted, "auto") == 0 || word_in_list(wanted, name);
}

static td_status add_all(cli_work *work, paper *page, json_t *list, td_error *err)
{
    const bool bench = cli_bool(work->cli, "bench");
    const td_device *device = NULL;
    bool shares = false;
    for (size_t i = 0; (device = td_device_at(work->engine, i)); ++i) {
        td_device_info info = TD_DEVICE_INFO_INIT;
        td_status status = td_device_describe(device, &info, err);
        if (status) return status;
        if (!is_shown(work->cli, info.name)) continue;
        json_t *one = device_json(&info);
        json_array_append_new(list, one);
        add_device(page, &info);
        if (bench && info.fit) status = device_bench(work, device, &info, page, one, &shares, err);
        if (status) return status;
    }
    if (shares) device_bench_note(page);
    return TD_OK;
}

td_status cmd_devices(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    paper page = {0};
    json_t *list = json_array();
    td_status status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    status = add_all(&work, &page, list, err);
    /* A list alone needs no word of how long it took. */
    if (status || cli_bool(cli, "bench")) status = work_finish(&work, status, false, err);
    if (status) goto out;
    if (cli->json) {
        status = work_print_json(
            cli, json_pack("{s:O, s:o}", "devices", list, "backends", backends_json(work.engine)),
            err);
    } else {
        add_backends(&page, work.engine);
        status = cli_out(cli, &page, err);
    }
out:
    paper_free(&page);
    json_decref(list);
    work_close(&work);
    return status;
}
