/* device_bench.c - see device_bench.h. */
#include "cli/device_bench.h"

#include "cli/sheet.h"
#include "core/cancel.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#define LABELS       12
#define VALUES_END   37
#define TICK_SECONDS 0.1

/* ---- Measuring: on a thread of its own, so that progress can be shown ---------------------- */

typedef struct measuring {
    td_engine *engine;
    const td_device *device;
    double seconds;
    td_device_rates rates;
    td_status status;
    td_error err;
    pthread_mutex_t lock;
    pthread_cond_t event;
    bool done;
} measuring;

static void *measure(void *context)
{
    measuring *m = context;
    m->status = td_device_measure(m->engine, m->device, m->seconds, &m->rates, &m->err);
    pthread_mutex_lock(&m->lock);
    m->done = true;
    pthread_cond_signal(&m->event);
    pthread_mutex_unlock(&m->lock);
    return NULL;
}

static void show_progress(cli_work *work, measuring *m, const char *name)
{
    double spent = 0.0;
    pthread_mutex_lock(&m->lock);
    while (!m->done) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)(TICK_SECONDS * 1e9);
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&m->event, &m->lock, &until);
        spent += TICK_SECONDS;
        td_progress now = {0};
        now.cost_done = spent < m->seconds ? spent : m->seconds;
        now.cost_total = m->seconds;
        progress_update(work->bar, name, &now);
    }
    pthread_mutex_unlock(&m->lock);
}

static td_status measure_shown(cli_work *work, measuring *m, const char *name, td_error *err)
{
    pthread_t thread;
    pthread_mutex_init(&m->lock, NULL);
    pthread_cond_init(&m->event, NULL);
    const int code = pthread_create(&thread, NULL, measure, m);
    if (code == 0) {
        show_progress(work, m, name);
        pthread_join(thread, NULL);
    }
    pthread_cond_destroy(&m->event);
    pthread_mutex_destroy(&m->lock);
    if (code) return td_fail(err, TD_E_NO_MEMORY, "no thread to measure %s on", name);
    if (cancel_requested(work->cancel)) return td_fail(err, TD_E_CANCELLED, "stopped");
    return TD_OK;
}

/* ---- What is told ----------------------------------------------------------------------- */

static void add_value(paper *page, const char *label, double value, const char *unit)
{
    static const struct {
        double at_least;
        const char *prefix;
    } prefixes[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0.0, ""}};
    size_t i = 0;
    char text[48];
    while (value < prefixes[i].at_least)
        i += 1;
    const double shown = prefixes[i].at_least > 0.0 ? value / prefixes[i].at_least : value;
    const int bytes = snprintf(text, sizeof text,
                               shown < 10.0    ? "%.2f %s%s"
                               : shown < 100.0 ? "%.1f %s%s"
                                               : "%.0f %s%s",
                               shown, prefixes[i].prefix, unit);
    paper_pad(page, LABELS);
    paper_add(page, label);
    paper_pad(page, bytes < VALUES_END ? (size_t)(VALUES_END - bytes) : 0);
    paper_add(page, text);
}

static void add_seconds(paper *page, const char *label, double seconds)
{
    char text[48];
    const int bytes = seconds < 1e-3 ? snprintf(text, sizeof text, "%.1f us", 1e6 * seconds)
                                     : snprintf(text, sizeof text, "%.1f ms", 1e3 * seconds);
    if (seconds <= 0.0) return;
    paper_pad(page, LABELS);
    paper_add(page, label);
    paper_pad(page, bytes < VALUES_END ? (size_t)(VALUES_END - bytes) : 0);
    paper_addf(page, "%s\n", text);
}

/* A rate and, when the sheet says something, its share of that. */
static void add_rate(paper *page, const char *label, double rate, const char *unit, double limit,
                     const char *how, bool *shares)
{
    if (rate <= 0.0) return;
    add_value(page, label, rate, unit);
    if (limit > 0.0) {
        paper_addf(page, "%7.1f %% of %.4g %s%s = %s", 100.0 * rate / limit,
                   limit >= 1e12 ? limit / 1e12 : limit / 1e9, limit >= 1e12 ? "T" : "G", unit,
                   how);
        *shares = true;
    }
    paper_add(page, "\n");
}

static void add_rates(paper *page, const td_device_info *info, const td_device_rates *rates,
                      const sheet_limits *sheet, bool *shares)
{
    char memory[96], f32[96], f64[96], i32[96];
    snprintf(memory, sizeof memory, "2 x %u MHz x %u bits / 8", info->memory_clock_mhz,
             info->memory_bus_bits);
    snprintf(f32, sizeof f32, "%u lanes x %u units x %u MHz", sheet->lanes32, info->units,
             info->clock_mhz);
    snprintf(f64, sizeof f64, "%u lanes x %u units x %u MHz", sheet->lanes64, info->units,
             info->clock_mhz);
    snprintf(i32, sizeof i32, "2 x %u lanes x %u units x %u MHz", sheet->lanes_int, info->units,
             info->clock_mhz);
    add_seconds(page, "start-up", rates->startup_seconds);
    add_seconds(page, "launch", rates->launch_seconds);
    add_rate(page, "to device", rates->to_device, "B/s", 0.0, "", shares);
    add_rate(page, "to host", rates->to_host, "B/s", 0.0, "", shares);
    add_rate(page, "on device", rates->on_device, "B/s", sheet->memory_bytes, memory, shares);
    add_rate(page, "float32", rates->float32, "op/s", sheet->float32, f32, shares);
    add_rate(page, "float64", rates->float64, "op/s", sheet->float64, f64, shares);
    add_rate(page, "int32", rates->int32, "op/s", sheet->int32, i32, shares);
}

/* What was not measured, or what no sheet tells, is null. */
static json_t *rate_json(double rate)
{
    return rate > 0.0 ? json_real(rate) : json_null();
}

static json_t *share_json(double rate, double limit)
{
    return rate > 0.0 && limit > 0.0 ? json_real(rate / limit) : json_null();
}

static void add_json(json_t *one, const td_device_rates *r, const sheet_limits *sheet)
{
    json_object_set_new(
        one, "rates",
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "startup_seconds",
                  rate_json(r->startup_seconds), "launch_seconds", rate_json(r->launch_seconds),
                  "to_device_bytes_per_second", rate_json(r->to_device), "to_host_bytes_per_second",
                  rate_json(r->to_host), "on_device_bytes_per_second", rate_json(r->on_device),
                  "float32_per_second", rate_json(r->float32), "float64_per_second",
                  rate_json(r->float64), "int32_per_second", rate_json(r->int32)));
    json_object_set_new(one, "sheet",
                        json_pack("{s:o, s:o, s:o, s:o}", "memory_bytes_per_second",
                                  rate_json(sheet->memory_bytes), "float32_unfused_per_second",
                                  rate_json(sheet->float32), "float64_unfused_per_second",
                                  rate_json(sheet->float64), "int32_per_second",
                                  rate_json(sheet->int32)));
    json_object_set_new(one, "share",
                        json_pack("{s:o, s:o, s:o, s:o}", "on_device",
                                  share_json(r->on_device, sheet->memory_bytes), "float32",
                                  share_json(r->float32, sheet->float32), "float64",
                                  share_json(r->float64, sheet->float64), "int32",
                                  share_json(r->int32, sheet->int32)));
}

td_status device_bench(cli_work *work, const td_device *device, const td_device_info *info,
                       paper *page, json_t *one, bool *shares, td_error *err)
{
    measuring m = {.engine = work->engine, .device = device};
    m.seconds = cli_float(work->cli, "seconds");
    m.rates = (td_device_rates)TD_DEVICE_RATES_INIT;
    m.err = (td_error)TD_ERROR_INIT;
    const sheet_limits sheet = sheet_of(info);
    const td_status status = measure_shown(work, &m, info->name, err);
    if (status) return status;
    if (m.status) {
        paper_pad(page, LABELS);
        paper_addf(page, "not measured: %s\n", m.err.message);
        json_object_set_new(one, "error", json_string(m.err.message));
        return TD_OK;
    }
    add_rates(page, info, &m.rates, &sheet, shares);
    add_json(one, &m.rates, &sheet);
    return TD_OK;
}

void device_bench_note(paper *page)
{
    paper_add(page, "\n");
    paper_wrap(page,
               "Shares are of what the data sheet's arithmetic gives for this device's clocks. A "
               "sheet counts a fused multiply-add as two operations, twice the floating-point "
               "figures here: a multiply and an add are two instructions, so that every device "
               "gives the same bits.",
               0, 96);
    paper_add(page, "\n");
}
