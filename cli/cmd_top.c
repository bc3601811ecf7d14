/* cmd_top.c - tandem top: what the devices of this machine do, and how far runs are. */
#include "cli/top.h"

#include "cli/cli.h"
#include "cli/top_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ONCE_SECONDS  0.2  /* between the two samples of a single look */
#define AFTER_SECONDS 0.01 /* a sample is looked for so long after it was due */
#define HISTORY_MAX   1024 /* samples kept of each device: no line is longer */
#define DEVICES_MAX   4096

typedef struct top {
    cli_call *cli;
    td_monitor *monitor;
    top_screen *screen;
    top_device *device;
    td_sample *sample; /* HISTORY_MAX of each device */
    publish_run *run;
    uint32_t device_count, run_count;
    bool live;
    uint64_t newest; /* number of the last device's newest sample */
    double due;      /* when the next is to be there */
    double period, interval;
    char host[256], note[512];
} top;

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- Devices and runs ------------------------------------------------------------------- */

static td_status describe_devices(top *t, td_error *err)
{
    t->device_count = td_monitor_device_count(t->monitor);
    if (t->device_count == 0 || t->device_count > DEVICES_MAX)
        return td_fail(err, TD_E_INTERNAL, "the monitor has %u devices", t->device_count);
    t->device = calloc(t->device_count, sizeof *t->device);
    t->sample = calloc((size_t)t->device_count * HISTORY_MAX, sizeof *t->sample);
    t->run = calloc(PUBLISH_FILES_MAX, sizeof *t->run);
    if (!t->device || !t->sample || !t->run)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the samples");
    for (uint32_t i = 0; i < t->device_count; ++i) {
        td_monitor_device *about = &t->device[i].about;
        *about = (td_monitor_device)TD_MONITOR_DEVICE_INIT;
        const td_status status = td_monitor_describe(t->monitor, i, about, err);
        if (status) return status;
        top_text_clean(about->title, about->title, sizeof about->title);
        top_text_clean(about->pci, about->pci, sizeof about->pci);
        top_text_clean(about->driver, about->driver, sizeof about->driver);
        t->device[i].history = t->sample + (size_t)i * HISTORY_MAX;
    }
    top_text_clean(td_monitor_note(t->monitor), t->note, sizeof t->note);
    return TD_OK;
}

static td_status top_begin(top *t, bool once, td_error *err)
{
    td_monitor_config config = TD_MONITOR_CONFIG_INIT;
    char host[sizeof t->host] = "";
    t->interval = cli_float(t->cli, "interval");
    t->period = once ? ONCE_SECONDS : t->interval;
    config.period_ms = (uint32_t)lround(1000.0 * t->period);
    config.capacity = HISTORY_MAX;
    if (gethostname(host, sizeof host - 1) != 0) snprintf(host, sizeof host, "-");
    top_text_clean(host, t->host, sizeof t->host);
    td_status status = td_monitor_create(&config, &t->monitor, err);
    if (!status) status = describe_devices(t, err);
    return status;
}

/* Reads what is new. The CPU is sampled last, so its newest sample tells how new all are. */
static void top_read(top *t)
{
    for (uint32_t i = 0; i < t->device_count; ++i) {
        top_device *device = &t->device[i];
        td_sample *samples = t->sample + (size_t)i * HISTORY_MAX;
        for (uint32_t s = 0; s < HISTORY_MAX; ++s)
            samples[s].struct_size = sizeof *samples;
        const uint64_t kept = device->count ? samples[device->count - 1].number + 1 : 0;
        const uint64_t first = kept >= HISTORY_MAX / 2 ? kept - HISTORY_MAX / 2 : 0;
        device->count = td_monitor_read(t->monitor, i, first, samples, HISTORY_MAX);
    }
    const top_device *last = &t->device[t->device_count - 1];
    t->newest = last->count ? last->history[last->count - 1].number : 0;
    t->due = (last->count ? last->history[last->count - 1].time : 0.0) + t->period + AFTER_SECONDS;
    t->run_count = top_runs_read(t->run, PUBLISH_FILES_MAX);
}

static bool all_sampled(const top *t)
{
    for (uint32_t i = 0; i < t->device_count; ++i)
        if (t->device[i].count == 0) return false;
    return true;
}

/* Waits for a sample newer than the newest, or for an event. */
static top_event top_wait(top *t)
{
    for (;;) {
        double left = t->due - clock_seconds(CLOCK_MONOTONIC);
        if (left < AFTER_SECONDS) left = AFTER_SECONDS;
        const top_event event = top_screen_wait(t->screen, left);
        if (event != TOP_TIME) return event;
        const uint64_t before = t->newest;
        if (td_monitor_wait(t->monitor, before, 0)) return TOP_TIME;
        /* It is late: a driver may take its time. */
        t->due = clock_seconds(CLOCK_MONOTONIC) + 2.0 * AFTER_SECONDS;
    }
}

/* ---- What is printed -------------------------------------------------------------------- */

static void make_view(const top *t, char *clock, size_t size, top_view *view)
{
    const time_t now = time(NULL);
    struct tm local;
    if (!localtime_r(&now, &local) || !strftime(clock, size, "%H:%M:%S", &local)) clock[0] = 0;
    *view = (top_view){t->device,  t->device_count, t->run, t->run_count,
                       t->note,    t->host,         clock,  clock_seconds(CLOCK_MONOTONIC),
                       t->interval};
}

static td_status print_json(top *t, const top_view *view, td_error *err)
{
    json_t *root = top_json(view, clock_seconds(CLOCK_REALTIME));
    char *line = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15)) : NULL;
    paper page = {0};
    json_decref(root);
    if (!line) return td_fail(err, TD_E_NO_MEMORY, "no memory for the JSON line");
    paper_addf(&page, "%s\n", line);
    free(line);
    t->cli->document_printed = true;
    return cli_out(t->cli, &page, err);
}

static td_status show(top *t, td_error *err)
{
    char clock[32];
    top_view view;
    paper page = {0};
    top_style style = {0};
    if (!all_sampled(t)) return TD_OK;
    make_view(t, clock, sizeof clock, &view);
    if (t->cli->json) return print_json(t, &view, err);
    style.utf8 = top_screen_utf8();
    style.colour = top_screen_colour();
    style.live = t->live;
    top_screen_size(&style.columns, &style.rows);
    if (!t->live) style.rows = 0;
    top_draw(&page, &view, &style);
    if (!t->live) return cli_out(t->cli, &page, err);
    td_status status = paper_check(&page, err);
    if (!status) status = top_screen_show(t->screen, &page, err);
    paper_free(&page);
    return status;
}

/* ---- The loop --------------------------------------------------------------------------- */

/* The first sample does not know how busy a device is: lines and single looks begin with the
 * second, while the live screen shows at once what there is. */
static td_status top_loop(top *t, uint64_t count, td_error *err)
{
    top_read(t);
    td_status status = t->live ? show(t, err) : TD_OK;
    for (uint64_t shown = 0; !status && !t->cli->pipe_closed && (count == 0 || shown < count);) {
        const top_event event = top_wait(t);
        if (event == TOP_QUIT && t->live) return TD_OK;
        if (event == TOP_QUIT || event == TOP_KILLED)
            return td_fail(err, TD_E_CANCELLED, "stopped by a signal");
        if (event == TOP_TIME) {
            top_read(t);
            shown += 1;
        } else if (!t->live) {
            continue;
        }
        status = show(t, err);
    }
    return status;
}

td_status cmd_top(cli_call *cli, td_error *err)
{
    top t = {0};
    uint64_t count = (uint64_t)cli_int(cli, "count");
    const bool lasting = cli->json || top_screen_fits();
    const bool once = cli_bool(cli, "once") || !lasting || (cli->json && count == 1);
    t.cli = cli;
    t.live = !once && !cli->json;
    if (once) count = 1;
    td_status status = top_begin(&t, once, err);
    if (!status) status = top_screen_open(t.live, &t.screen, err);
    if (!status) status = top_loop(&t, count, err);
    top_screen_close(t.screen);
    td_monitor_destroy(t.monitor);
    free(t.device);
    free(t.sample);
    free(t.run);
    return status;
}
