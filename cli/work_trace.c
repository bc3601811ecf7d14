/* work_trace.c - see work_trace.h. */
#include "cli/work_trace.h"

#include "cli/places.h"
#include "cli/trace_file.h"
#include "cli/trace_sum.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX  (UINT64_C(1) << 20)
#define SLOWEST_MAX 5
#define KERNELS_MAX 8

typedef struct trace_data {
    td_trace_event *event;
    uint64_t count, dropped;
} trace_data;

/* The trace is no file that the command reads or writes: it is written last, in their place. */
static td_status check_path(const cli_call *cli, const char *path, td_error *err)
{
    static const char *const others[] = {"output", "report", "checkpoint", "events", "roi"};
    const td_status status = place_check_file("trace", path, err);
    if (status) return status;
    if (place_exists(path) && !place_is_file(path))
        return td_fail(err, TD_E_IO, "--trace %s: is no file", path);
    for (uint32_t i = 0; i < cli->word_count; ++i)
        if (place_same(path, cli->word[i]) || place_is_recording(path, cli->word[i]))
            return td_fail(err, TD_E_BAD_ARGUMENT, "--trace %s is the same file as a recording",
                           path);
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i)
        if (place_same(path, cli_text(cli, others[i])))
            return td_fail(err, TD_E_BAD_ARGUMENT, "--trace and --%s name the same file %s",
                           others[i], path);
    return TD_OK;
}

td_status trace_open(cli_work *work, td_error *err)
{
    const char *path = cli_text(work->cli, "trace");
    if (!path) return TD_OK;
    const td_status status = check_path(work->cli, path, err);
    return status ? status : td_trace_create(work->engine, EVENTS_MAX, &work->trace, err);
}

static td_status read_trace(const td_trace *trace, trace_data *data, td_error *err)
{
    const td_trace_event none = TD_TRACE_EVENT_INIT;
    data->count = td_trace_count(trace);
    data->dropped = td_trace_dropped(trace);
    data->event = malloc((size_t)(data->count + 1) * sizeof *data->event);
    if (!data->event)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for the %" PRIu64 " events of the trace",
                       data->count);
    for (uint64_t i = 0; i < data->count; ++i) {
        data->event[i] = none;
        (void)td_trace_at(trace, i, &data->event[i]);
    }
    return TD_OK;
}

/* ---- The slowest ------------------------------------------------------------------------ */

static json_t *event_json(const td_trace_event *e)
{
    json_t *one = json_pack("{s:s, s:s, s:f, s:I}", "name", e->name, "device", e->device, "seconds",
                            e->end - e->begin, "bytes", (json_int_t)e->bytes);
    if (one && e->unit != UINT64_MAX)
        json_object_set_new(one, "unit", json_integer((json_int_t)e->unit));
    return one;
}

/* A row that all lists share: seconds, what, where, unit, bytes. */
static void add_event(paper *page, const td_trace_event *e)
{
    paper_addf(page, "  %10.6f s  %s", e->end - e->begin, e->name);
    paper_pad(page, 36);
    paper_addf(page, "%s", e->device);
    paper_pad(page, 48);
    if (e->unit != UINT64_MAX) paper_addf(page, "unit %" PRIu64, e->unit);
    if (e->bytes) {
        paper_pad(page, 62);
        paper_add_size(page, e->bytes);
    }
    paper_add(page, "\n");
}

static void add_slowest(paper *page, json_t *root, const char *what, const trace_data *data,
                        unsigned kinds)
{
    const td_trace_event *slowest[SLOWEST_MAX];
    const uint32_t count = trace_slowest(data->event, data->count, kinds, SLOWEST_MAX, slowest);
    json_t *list = json_array();
    if (count) paper_addf(page, "slowest %s\n", what);
    for (uint32_t i = 0; i < count; ++i) {
        add_event(page, slowest[i]);
        json_array_append_new(list, event_json(slowest[i]));
    }
    json_object_set_new(root, what, list);
}

static void add_kernels(paper *page, json_t *root, const trace_data *data)
{
    trace_kernel kernel[TRACE_KERNELS_MAX];
    const uint32_t count = trace_kernels(data->event, data->count, kernel);
    json_t *list = json_array();
    if (count) paper_add(page, "kernels\n");
    for (uint32_t i = 0; i < count; ++i) {
        const trace_kernel *k = &kernel[i];
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I, s:f, s:f}", "name", k->name, "device",
                                        k->device, "launches", (json_int_t)k->launches, "seconds",
                                        k->seconds, "longest", k->longest));
        if (i >= KERNELS_MAX) continue;
        paper_addf(page, "  %10.6f s  %s", k->seconds, k->name);
        paper_pad(page, 36);
        paper_addf(page, "%s", k->device);
        paper_pad(page, 48);
        paper_add_count(page, k->launches);
        paper_addf(page, " launch%s, the longest %.6f s\n", k->launches == 1 ? "" : "es",
                   k->longest);
    }
    json_object_set_new(root, "kernels", list);
}

/* ---- Where devices waited --------------------------------------------------------------- */

static json_t *share_json(const char *device, const trace_share *share)
{
    json_t *parts = json_object();
    for (int part = 0; part < TRACE_PARTS; ++part)
        json_object_set_new(parts, trace_part_name[part], json_real(share->part[part]));
    return json_pack("{s:s, s:f, s:o}", "name", device, "seconds", share->end - share->begin,
                     "parts", parts);
}

static void add_share(paper *page, const char *device, const trace_share *share)
{
    const double seconds = share->end - share->begin;
    paper_addf(page, "%s, in the %.3f s of its run\n", device, seconds);
    for (int part = 0; part < TRACE_PARTS; ++part)
        if (share->part[part] > 0.0)
            paper_addf(page, "  %10.6f s %5.1f %%  %s\n", share->part[part],
                       100.0 * share->part[part] / seconds, trace_part_doc[part]);
}

static td_status add_shares(paper *page, json_t *root, const trace_data *data, td_error *err)
{
    const char *device[TRACE_DEVICES_MAX];
    const uint32_t count = trace_devices(data->event, data->count, device);
    json_t *list = json_array();
    td_status status = TD_OK;
    for (uint32_t i = 0; i < count && !status; ++i) {
        trace_share share;
        if (!trace_sum(data->event, data->count, device[i], &share)) {
            status = td_fail(err, TD_E_NO_MEMORY, "no memory to add up the trace");
        } else if (share.end > share.begin) {
            add_share(page, device[i], &share);
            json_array_append_new(list, share_json(device[i], &share));
        }
    }
    json_object_set_new(root, "devices", list);
    return status;
}

/* ---- The end ---------------------------------------------------------------------------- */

static td_status tell(cli_work *work, const char *path, const trace_data *data, td_error *err)
{
    paper page = {0};
    json_t *root = json_pack("{s:s, s:I, s:I}", "file", path, "events", (json_int_t)data->count,
                             "dropped", (json_int_t)data->dropped);
    paper_addf(&page, "trace: %s, ", path);
    paper_add_count(&page, data->count);
    paper_addf(&page, " event%s; open it at ui.perfetto.dev or chrome://tracing\n",
               data->count == 1 ? "" : "s");
    add_slowest(&page, root, "units", data, 1u << TD_TRACE_UNIT);
    add_kernels(&page, root, data);
    add_slowest(&page, root, "launches", data, 1u << TD_TRACE_KERNEL);
    add_slowest(&page, root, "copies", data, TRACE_COPIES);
    td_status status = add_shares(&page, root, data, err);
    if (!status) status = paper_check(&page, err);
    if (!status && !work->cli->quiet) progress_text(work->bar, page.data);
    if (!status && data->dropped)
        work_warn(work,
                  "the trace has room for %" PRIu64 " events: %" PRIu64 " later ones are lost",
                  data->count, data->dropped);
    paper_free(&page);
    work->timeline = root;
    return status;
}

td_status trace_close(cli_work *work, td_error *err)
{
    const char *path = cli_text(work->cli, "trace");
    trace_data data = {0};
    if (!work->trace) return TD_OK;
    td_status status = read_trace(work->trace, &data, err);
    if (!status) status = trace_file_write(path, data.event, data.count, data.dropped, err);
    if (!status) status = tell(work, path, &data, err);
    free(data.event);
    td_trace_destroy(work->trace);
    work->trace = NULL;
    return status;
}
