/* write.c - what was measured, as JSON, as a page of Markdown and as a short table. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "bench.h"

/* ---- JSON -------------------------------------------------------------------------------------
 */

static void json_text(FILE *file, const char *name, const char *text)
{
    fprintf(file, "\"%s\": \"", name);
    for (; *text; ++text) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fprintf(file, "\\%c", c);
        else if (c < 32) fprintf(file, "\\u%04x", c);
        else fputc(c, file);
    }
    fputc('"', file);
}

static void json_machine(const bench *b, FILE *file)
{
    fprintf(file, "  \"machine\": {\n    ");
    json_text(file, "device", b->device);
    fprintf(file, ",\n    ");
    json_text(file, "title", b->info.title);
    fprintf(file, ",\n    ");
    json_text(file, "driver", b->info.driver);
    fprintf(file,
            ",\n    \"memory_bytes\": %" PRIu64 ", \"units\": %" PRIu32
            ", \"float64_cost\": %" PRIu32 ",\n    ",
            b->info.memory_bytes_total, b->info.units, b->info.float64_cost);
    json_text(file, "cpu", b->cpu_info.title);
    fprintf(file, ",\n    ");
    json_text(file, "host", b->host);
    fprintf(file, ",\n    ");
    json_text(file, "system", b->system);
    fprintf(file, ",\n    ");
    json_text(file, "date", b->when);
    fprintf(file,
            "\n  },\n  \"rates\": {\"startup_seconds\": %.9g, \"launch_seconds\": %.9g, "
            "\"to_device\": %.9g, \"to_host\": %.9g, \"on_device\": %.9g, \"float32\": %.9g, "
            "\"float64\": %.9g, \"int32\": %.9g},\n",
            b->rates.startup_seconds, b->rates.launch_seconds, b->rates.to_device, b->rates.to_host,
            b->rates.on_device, b->rates.float32, b->rates.float64, b->rates.int32);
}

static void json_run(const bench_run *r, FILE *file)
{
    fprintf(file, "    {");
    json_text(file, "name", r->name);
    fprintf(file,
            ", \"combinations\": %" PRIu64 ", \"cpu\": %.9g, \"cpu_best\": %.9g, "
            "\"device\": %.9g, \"device_best\": %.9g, \"device_first\": %.9g, "
            "\"published\": %.9g, \"equal\": %s, \"skipped\": %s, ",
            r->combinations, r->cpu, r->cpu_best, r->device, r->device_best, r->device_first,
            r->published, r->equal ? "true" : "false", r->skipped ? "true" : "false");
    json_text(file, "difference", r->difference);
    fprintf(file,
            ", \"units\": %" PRIu32 ", \"retried\": %" PRIu32 ", \"split\": %" PRIu32
            ", \"moved\": %" PRIu32 ", ",
            r->report.units, r->report.units_retried, r->report.units_split, r->report.units_moved);
    json_text(file, "note", r->report.note);
    fprintf(file, ", ");
    json_text(file, "choice", r->choice);
    fprintf(file, ", \"devices\": [");
    for (uint32_t i = 0; i < r->report.device_count && i < TD_REPORT_DEVICES_MAX; ++i) {
        const td_report_device *const d = &r->report.devices[i];
        fprintf(file, "%s{", i ? ", " : "");
        json_text(file, "name", d->name);
        fprintf(file,
                ", \"units\": %" PRIu64 ", \"cost_share\": %.9g, \"seconds_copy\": %.9g, "
                "\"seconds_kernel\": %.9g, \"busy\": %.9g, \"bytes_to_device\": %" PRIu64
                ", \"bytes_to_host\": %" PRIu64 ", \"bytes_peak\": %" PRIu64
                ", \"launches\": %" PRIu64 "}",
                d->units, d->cost_share, d->seconds_copy, d->seconds_kernel, d->busy,
                d->bytes_to_device, d->bytes_to_host, d->bytes_peak, d->launches);
    }
    fprintf(file, "]}");
}

void write_json(const bench *b, FILE *file)
{
    fprintf(file, "{\n");
    json_machine(b, file);
    fprintf(file, "  \"kernels\": [\n");
    for (uint32_t i = 0; i < b->kernel_count; ++i) {
        const bench_kernel *const k = &b->kernel[i];
        fprintf(file, "    {");
        json_text(file, "name", k->name);
        fprintf(file, ", ");
        json_text(file, "size", k->size);
        fprintf(file,
                ", \"launches\": %" PRIu64 ", \"seconds\": %.9g, \"device_clock\": %s, "
                "\"bytes\": %.9g, \"operations\": %.9g}%s\n",
                k->launches, k->seconds, k->device_clock ? "true" : "false", k->bytes,
                k->operations, i + 1 < b->kernel_count ? "," : "");
    }
    fprintf(file, "  ],\n  \"runs\": [\n");
    for (uint32_t i = 0; i < b->run_count; ++i) {
        json_run(&b->run[i], file);
        fprintf(file, "%s\n", i + 1 < b->run_count ? "," : "");
    }
    fprintf(file, "  ],\n  \"complete\": %s,\n  \"failures\": %" PRIu32 "\n}\n",
            b->complete ? "true" : "false", b->failures);
}

/* ---- Numbers as text ---------------------------------------------------------------------------
 */

typedef struct number_text {
    char text[32];
} number_text;

static number_text seconds_text(double seconds)
{
    number_text out;
    if (!(seconds > 0)) snprintf(out.text, sizeof out.text, "-");
    else if (seconds < 1e-3) snprintf(out.text, sizeof out.text, "%.3g us", seconds * 1e6);
    else if (seconds < 1) snprintf(out.text, sizeof out.text, "%.3g ms", seconds * 1e3);
    else snprintf(out.text, sizeof out.text, "%.3g s", seconds);
    return out;
}

static number_text rate_text(double rate, const char *unit)
{
    number_text out;
    if (!(rate > 0)) snprintf(out.text, sizeof out.text, "-");
    else if (rate < 1e12) snprintf(out.text, sizeof out.text, "%.3g G%s", rate / 1e9, unit);
    else snprintf(out.text, sizeof out.text, "%.3g T%s", rate / 1e12, unit);
    return out;
}

static number_text share_text(double part, double whole)
{
    number_text out;
    if (!(part > 0 && whole > 0)) snprintf(out.text, sizeof out.text, "-");
    else snprintf(out.text, sizeof out.text, "%.0f %%", 100 * part / whole);
    return out;
}

static number_text times_text(double slow, double fast)
{
    number_text out;
    if (!(slow > 0 && fast > 0)) snprintf(out.text, sizeof out.text, "-");
    else snprintf(out.text, sizeof out.text, "%.3g", slow / fast);
    return out;
}

static double limit_of(const bench *b, char type)
{
    return type == 'f'   ? b->rates.float32
           : type == 'd' ? b->rates.float64
           : type == 'i' ? b->rates.int32
                         : 0;
}

/* ---- Markdown ----------------------------------------------------------------------------------
 */

static void markdown_rates(const bench *b, FILE *file)
{
    const td_device_rates *const r = &b->rates;
    fprintf(file, "## What the device does\n\n");
    fprintf(file,
            "Measured, no data sheet: start-up %s, an empty launch %s, copies to the device "
            "%s, to the host %s, on the device %s (read and written); ",
            seconds_text(r->startup_seconds).text, seconds_text(r->launch_seconds).text,
            rate_text(r->to_device, "B/s").text, rate_text(r->to_host, "B/s").text,
            rate_text(r->on_device, "B/s").text);
    fprintf(file, "operations per second, none fused: float32 %s, float64 %s, int32 %s.\n\n",
            rate_text(r->float32, "").text, rate_text(r->float64, "").text,
            rate_text(r->int32, "").text);
}

static void markdown_kernels(const bench *b, FILE *file)
{
    fprintf(file, "## Kernels\n\nAlone: median of one launch, inputs take turns. Share: of the "
                  "measured copy on the device, and of the measured arithmetic.\n\n"
                  "| kernel | size | time | clock | bytes/s | share | operations/s | share |\n"
                  "|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < b->kernel_count; ++i) {
        const bench_kernel *const k = &b->kernel[i];
        if (k->whole_run) continue;
        fprintf(file, "| `%s` | %s | %s | %s | %s | %s | %s | %s |\n", k->name, k->size,
                seconds_text(k->seconds).text, k->device_clock ? "device" : "host",
                rate_text(k->bytes / k->seconds, "B/s").text,
                k->operations > 0 ? "-"
                                  : share_text(k->bytes / k->seconds, b->rates.on_device).text,
                k->operations > 0 ? rate_text(k->operations / k->seconds, "").text : "-",
                share_text(k->operations / k->seconds, limit_of(b, k->operation_type)).text);
    }
    fprintf(file, "\nWithin runs: all launches of one run, by the device's clock. Operations: the "
                  "most that there can be; sums that are above all thresholds are left early.\n\n"
                  "| run | kernel | launches | time | operations/s | share |\n"
                  "|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < b->kernel_count; ++i) {
        const bench_kernel *const k = &b->kernel[i];
        if (!k->whole_run) continue;
        const double rate = k->operations / k->seconds;
        fprintf(file, "| %s | `%s` | %" PRIu64 " | %s | %s | %s |\n", k->size, k->name, k->launches,
                seconds_text(k->seconds).text, rate_text(rate, "").text,
                share_text(rate, limit_of(b, k->operation_type)).text);
    }
}

static void markdown_runs(const bench *b, FILE *file)
{
    fprintf(file, "\n## Runs\n\nMedian seconds of whole runs, from bound data to the table of "
                  "measures; the device's first run is apart. Results are compared bit by bit.\n\n"
                  "| run | CPU | device, first | device | CPU / device | kernels | copies | device "
                  "busy | published | published / device | results |\n"
                  "|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < b->run_count; ++i) {
        const bench_run *const r = &b->run[i];
        double copy = 0, kernel = 0, busy = 0;
        for (uint32_t d = 0; d < r->report.device_count && d < TD_REPORT_DEVICES_MAX; ++d) {
            if (strcmp(r->report.devices[d].name, b->device) != 0) continue;
            copy = r->report.devices[d].seconds_copy;
            kernel = r->report.devices[d].seconds_kernel;
            busy = r->report.devices[d].busy;
        }
        fprintf(file, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s%s%s |\n", r->name,
                seconds_text(r->cpu).text, seconds_text(r->device_first).text,
                seconds_text(r->device).text, times_text(r->cpu, r->device).text,
                seconds_text(kernel).text, seconds_text(copy).text, share_text(busy, 1).text,
                seconds_text(r->published).text, times_text(r->published, r->device).text,
                r->equal ? "equal" : r->difference, r->report.note[0] ? "; " : "", r->report.note);
    }
    fprintf(file, "\n");
    for (uint32_t i = 0; i < b->run_count; ++i) {
        const bench_run *const r = &b->run[i];
        if (r->published > 0 && (i == 0 || strcmp(r->published_note, b->run[i - 1].published_note)))
            fprintf(file, "Published for \"%s\": %s.\n", r->name, r->published_note);
    }
    for (uint32_t i = 0; i < b->run_count; ++i) {
        const td_report *const r = &b->run[i].report;
        if (r->units_retried + r->units_split + r->units_moved == 0) continue;
        fprintf(file,
                "\"%s\": %" PRIu32 " units, %" PRIu32 " retried, %" PRIu32 " split, %" PRIu32
                " moved.\n",
                b->run[i].name, r->units, r->units_retried, r->units_split, r->units_moved);
    }
}

static void markdown_choices(const bench *b, FILE *file)
{
    fprintf(file, "\n## What `--device auto` says\n\n");
    for (uint32_t i = 0; i < b->run_count; ++i)
        if (b->run[i].choice[0]) fprintf(file, "- %s: %s\n", b->run[i].name, b->run[i].choice);
}

void write_markdown(const bench *b, FILE *file)
{
    fprintf(file, "# %s\n\n", b->name);
    fprintf(file,
            "Written by `bench/device/run` on %s. Device `%s`: %s, %s, %" PRIu64 " MiB, %" PRIu32
            " units. CPU: %s. %s.\n\n",
            b->when, b->device, b->info.title, b->info.driver, b->info.memory_bytes_total >> 20,
            b->info.units, b->cpu_info.title, b->system);
    if (!b->complete)
        fprintf(file, "**Incomplete: the measurement was cut off; what is here was measured "
                      "before.**\n\n");
    if (b->quick)
        fprintf(file, "**Tiny sizes (`--quick`): this shows that the program runs, not how fast "
                      "anything is.**\n\n");
    if (b->info.kind == TD_CPU || b->info.preferred == 0)
        fprintf(file, "**No GPU: the device is this machine's own processor%s%s.**\n\n",
                b->info.reason[0] ? ", " : "", b->info.reason);
    markdown_rates(b, file);
    markdown_kernels(b, file);
    markdown_runs(b, file);
    markdown_choices(b, file);
}

void write_table(const bench *b, FILE *file)
{
    fprintf(file, "%-58s %10s %10s %8s %10s %s\n", "run", "cpu", "device", "ratio", "published",
            "results");
    for (uint32_t i = 0; i < b->run_count; ++i) {
        const bench_run *const r = &b->run[i];
        fprintf(file, "%-58.58s %10s %10s %8s %10s %s\n", r->name, seconds_text(r->cpu).text,
                seconds_text(r->device).text, times_text(r->cpu, r->device).text,
                seconds_text(r->published).text, r->equal ? "equal" : r->difference);
    }
    if (!b->complete) fprintf(file, "INCOMPLETE: cut off here\n");
}
