/* run_report.c - see run_report.h. */
#include "cli/run_report.h"

#include "cli/cli.h"

#include <string.h>

bool run_report_matters(const td_report *report)
{
    if (report->units_retried || report->units_split || report->units_moved) return true;
    for (uint32_t i = 0; i < report->device_count; ++i)
        if (strcmp(report->devices[i].name, "cpu") != 0) return true;
    return false;
}

/* ---- For people ------------------------------------------------------------------------- */

/* Seconds, percent and bytes, each ending at its column of the table. */
enum {
    COLUMN_UNITS = 20,
    COLUMN_SHARE = 28,
    COLUMN_BUSY = 36,
    COLUMN_KERNEL = 48,
    COLUMN_COPY = 60,
    COLUMN_IN = 73,
    COLUMN_OUT = 86,
    COLUMN_PEAK = 99
};

static void add_right(paper *page, size_t column, const char *text)
{
    const size_t bytes = strlen(text);
    paper_pad(page, column > bytes ? column - bytes : 0);
    paper_add(page, text);
}

static void add_percent(paper *page, size_t column, double share)
{
    paper text = {0};
    paper_addf(&text, share < 0.0995 && share > 0.0 ? "%.1f %%" : "%.0f %%", 100.0 * share);
    add_right(page, column, text.data ? text.data : "");
    paper_free(&text);
}

static void add_seconds(paper *page, size_t column, double seconds)
{
    paper text = {0};
    paper_addf(&text, seconds < 10.0 ? "%.3f s" : "%.1f s", seconds);
    add_right(page, column, text.data ? text.data : "");
    paper_free(&text);
}

static void add_bytes(paper *page, size_t column, uint64_t bytes)
{
    paper text = {0};
    paper_add_size(&text, bytes);
    add_right(page, column, text.data ? text.data : "");
    paper_free(&text);
}

static void add_device(paper *page, const td_report_device *device)
{
    paper units = {0};
    paper_addf(page, "  %s", device->name);
    paper_add_count(&units, device->units);
    add_right(page, COLUMN_UNITS, units.data ? units.data : "");
    paper_free(&units);
    add_percent(page, COLUMN_SHARE, device->cost_share);
    add_percent(page, COLUMN_BUSY, device->busy);
    /* The CPU has no kernels and copies of its own: what it does is all computing. */
    if (device->launches || device->bytes_to_device || device->bytes_peak) {
        add_seconds(page, COLUMN_KERNEL, device->seconds_kernel);
        add_seconds(page, COLUMN_COPY, device->seconds_copy);
        add_bytes(page, COLUMN_IN, device->bytes_to_device);
        add_bytes(page, COLUMN_OUT, device->bytes_to_host);
        add_bytes(page, COLUMN_PEAK, device->bytes_peak);
    }
    if (device->lost) paper_add(page, "  lost");
    paper_add(page, "\n");
}

/* Without the end of the line. */
static void add_heading(paper *page, const char *what, const td_report *report)
{
    paper_addf(page, "%s: ", what);
    paper_add_count(page, report->units);
    paper_addf(page, " unit%s in %.2f s", report->units == 1 ? "" : "s", report->seconds_total);
    if (report->units_resumed) paper_addf(page, ", %u kept from before", report->units_resumed);
    if (report->units_retried) paper_addf(page, ", %u tried again", report->units_retried);
    if (report->units_split) paper_addf(page, ", %u split", report->units_split);
    if (report->units_moved) paper_addf(page, ", %u moved", report->units_moved);
}

void run_report_add_line(paper *page, const char *what, const td_report *report)
{
    add_heading(page, what, report);
    paper_addf(page, ", on %s\n", report->device);
}

void run_report_add(paper *page, const char *what, const td_report *report)
{
    static const struct {
        size_t column;
        const char *title;
    } titles[] = {{COLUMN_UNITS, "units"},    {COLUMN_SHARE, "work"},  {COLUMN_BUSY, "busy"},
                  {COLUMN_KERNEL, "kernels"}, {COLUMN_COPY, "copies"}, {COLUMN_IN, "to device"},
                  {COLUMN_OUT, "to host"},    {COLUMN_PEAK, "memory"}};
    bool others = false;
    add_heading(page, what, report);
    paper_add(page, "\n");
    for (uint32_t i = 0; i < report->device_count; ++i)
        others = others || strcmp(report->devices[i].name, "cpu") != 0;
    if (report->device_count) paper_add(page, "  device");
    for (size_t i = 0; i < (others ? 8 : 3) && report->device_count; ++i)
        add_right(page, titles[i].column, titles[i].title);
    if (report->device_count) paper_add(page, "\n");
    for (uint32_t i = 0; i < report->device_count; ++i)
        add_device(page, &report->devices[i]);
}

void run_plan_add(paper *page, const td_report *plan)
{
    paper_addf(page, "plan: %s, ", plan->device);
    paper_add_count(page, plan->units);
    paper_addf(page, " unit%s, ", plan->units == 1 ? "" : "s");
    paper_add_size(page, plan->host_bytes_peak);
    paper_add(page, " of the host");
    if (plan->device_bytes_peak) {
        paper_add(page, ", ");
        paper_add_size(page, plan->device_bytes_peak);
        paper_add(page, " of a device");
    }
    paper_add(page, "\n");
    for (const char *at = plan->choice; *at;) {
        const char *end = strstr(at, "; ");
        const size_t bytes = end ? (size_t)(end - at) : strlen(at);
        char line[sizeof plan->choice];
        memcpy(line, at, bytes);
        line[bytes] = 0;
        paper_add(page, "  ");
        paper_wrap(page, line, 4, 96);
        paper_add(page, "\n");
        at += bytes + (end ? 2 : 0);
    }
}

/* ---- JSON ------------------------------------------------------------------------------- */

static json_t *devices_json(const td_report *report)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < report->device_count; ++i) {
        const td_report_device *d = &report->devices[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:I, s:f, s:f, s:f, s:f, s:I, s:I, s:I, s:I, s:i, s:b}", "name",
                      d->name, "units", (json_int_t)d->units, "work_share", d->cost_share,
                      "utilisation", d->busy, "seconds_kernel", d->seconds_kernel, "seconds_copy",
                      d->seconds_copy, "bytes_to_device", (json_int_t)d->bytes_to_device,
                      "bytes_to_host", (json_int_t)d->bytes_to_host, "bytes_peak",
                      (json_int_t)d->bytes_peak, "launches", (json_int_t)d->launches,
                      "in_flight_max", (int)d->in_flight_max, "lost", (int)d->lost));
    }
    return list;
}

json_t *run_report_json(const td_report *report)
{
    json_t *root = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:s, s:s, s:s, s:o}", "units",
        (json_int_t)report->units, "units_resumed", (json_int_t)report->units_resumed,
        "units_retried", (json_int_t)report->units_retried, "units_split",
        (json_int_t)report->units_split, "units_moved", (json_int_t)report->units_moved, "warnings",
        (json_int_t)report->warnings, "host_bytes_peak", (json_int_t)report->host_bytes_peak,
        "device_bytes_peak", (json_int_t)report->device_bytes_peak, "seconds",
        report->seconds_total, "seconds_kernel", report->seconds_kernel, "seconds_copy",
        report->seconds_copy, "device", report->device, "choice", report->choice, "note",
        report->note, "devices", devices_json(report));
    return root;
}

json_t *run_plan_json(const td_report *plan)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:s}", "device", plan->device, "units",
                     (json_int_t)plan->units, "host_bytes_peak", (json_int_t)plan->host_bytes_peak,
                     "device_bytes_peak", (json_int_t)plan->device_bytes_peak, "choice",
                     plan->choice);
}
