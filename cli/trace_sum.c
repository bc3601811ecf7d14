/* trace_sum.c - see trace_sum.h. */
#include "cli/trace_sum.h"

#include <stdlib.h>
#include <string.h>

#define OPERATIONS_MAX 16

const char *const trace_part_name[TRACE_PARTS] = {
    "kernels", "copies", "host", "memory", "store", "yield", "start", "gaps", "tail",
};
const char *const trace_part_doc[TRACE_PARTS] = {
    "computed",
    "copied, and no kernel ran beside it",
    "waited for the host, which prepared or read results",
    "waited for memory",
    "waited for results to be stored",
    "left the work to a faster device",
    "had nothing yet, before its first work",
    "had nothing queued, between launches",
    "had nothing left, while others still worked",
};

static bool is_work(const td_trace_event *event)
{
    return event->kind == TD_TRACE_KERNEL || (TRACE_COPIES >> event->kind & 1u);
}

static bool is_on(const td_trace_event *event, const char *device)
{
    return strncmp(event->device, device, sizeof event->device) == 0;
}

static double length(const td_trace_event *event)
{
    return event->end > event->begin ? event->end - event->begin : 0.0;
}

/* ---- Lists ------------------------------------------------------------------------------ */

uint32_t trace_devices(const td_trace_event *event, uint64_t count,
                       const char *name[TRACE_DEVICES_MAX])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const td_trace_event *e = &event[i];
        if (!is_work(e) && e->kind != TD_TRACE_UNIT) continue;
        if (!e->device[0] || strcmp(e->device, "cpu") == 0) continue;
        uint32_t at = 0;
        while (at < found && strcmp(name[at], e->device) != 0)
            at += 1;
        if (at == found && found < TRACE_DEVICES_MAX) name[found++] = e->device;
    }
    return found;
}

uint32_t trace_slowest(const td_trace_event *event, uint64_t count, unsigned kinds, uint32_t most,
                       const td_trace_event *slowest[])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const td_trace_event *e = &event[i];
        if (!(kinds >> e->kind & 1u)) continue;
        uint32_t at = found < most ? found : most;
        if (at == most && (most == 0 || length(e) <= length(slowest[most - 1]))) continue;
        /* The list falls; what is shorter moves down and the last one falls out. */
        for (at = at == most ? most - 1 : at; at > 0 && length(slowest[at - 1]) < length(e); --at)
            slowest[at] = slowest[at - 1];
        slowest[at] = e;
        found += found < most;
    }
    return found;
}

static int by_seconds(const void *left, const void *right)
{
    const trace_kernel *a = left, *b = right;
    if (a->seconds > b->seconds || a->seconds < b->seconds) return a->seconds > b->seconds ? -1 : 1;
    return strcmp(a->name, b->name);
}

uint32_t trace_kernels(const td_trace_event *event, uint64_t count,
                       trace_kernel kernel[TRACE_KERNELS_MAX])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const td_trace_event *e = &event[i];
        if (e->kind != TD_TRACE_KERNEL) continue;
        uint32_t at = 0;
        while (at < found &&
               (strcmp(kernel[at].name, e->name) != 0 || strcmp(kernel[at].device, e->device) != 0))
            at += 1;
        if (at == TRACE_KERNELS_MAX) continue;
        if (at == found) kernel[found++] = (trace_kernel){e->name, e->device, 0, 0.0, 0.0};
        kernel[at].launches += 1;
        kernel[at].seconds += length(e);
        if (length(e) > kernel[at].longest) kernel[at].longest = length(e);
    }
    qsort(kernel, found, sizeof *kernel, by_seconds);
    return found;
}

/* ---- Where a device waited -------------------------------------------------------------- */

static uint32_t operations_on(const td_trace_event *event, uint64_t count, const char *device,
                              const char *operation[OPERATIONS_MAX])
{
    uint32_t found = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (event[i].kind != TD_TRACE_UNIT || !is_on(&event[i], device)) continue;
        uint32_t at = 0;
        while (at < found && strcmp(operation[at], event[i].name) != 0)
            at += 1;
        if (at == found && found < OPERATIONS_MAX) operation[found++] = event[i].name;
    }
    return found;
}

/* False: the device has no events. */
static bool find_run(const td_trace_event *event, uint64_t count, const char *device,
                     trace_share *out)
{
    const char *operation[OPERATIONS_MAX];
    const uint32_t operations = operations_on(event, count, device, operation);
    bool any = false;
    for (uint64_t i = 0; i < count; ++i) {
        const td_trace_event *e = &event[i];
        bool counts = is_work(e) && is_on(e, device);
        for (uint32_t k = 0; k < operations && e->kind == TD_TRACE_UNIT; ++k)
            counts = counts || strcmp(e->name, operation[k]) == 0;
        if (!counts) continue;
        if (!any || e->begin < out->begin) out->begin = e->begin;
        if (!any || e->end > out->end) out->end = e->end;
        any = true;
    }
    return any;
}

/* The part that an event stands for on a device; TRACE_PARTS: none. */
static uint32_t part_of(const td_trace_event *e, const char *device)
{
    static const char memory[] = "memory of ";
    if (e->kind == TD_TRACE_KERNEL) return is_on(e, device) ? TRACE_PART_KERNEL : TRACE_PARTS;
    if (is_work(e)) return is_on(e, device) ? TRACE_PART_COPY : TRACE_PARTS;
    if (e->kind == TD_TRACE_HOST) return is_on(e, device) ? TRACE_PART_HOST : TRACE_PARTS;
    if (e->kind != TD_TRACE_IDLE) return TRACE_PARTS;
    if (strncmp(e->name, memory, sizeof memory - 1) == 0) {
        const char *whose = e->name + sizeof memory - 1;
        return strcmp(whose, device) == 0 || strcmp(whose, "the host") == 0 ? TRACE_PART_MEMORY
                                                                            : TRACE_PARTS;
    }
    if (strcmp(e->name, "results to be stored") == 0) return TRACE_PART_STORE;
    return strcmp(e->name, "a faster device") == 0 ? TRACE_PART_YIELD : TRACE_PARTS;
}

typedef struct edge {
    double time;
    uint32_t part;
    int32_t step; /* +1: begins, -1: ends */
} edge;

static int by_time(const void *left, const void *right)
{
    const edge *a = left, *b = right;
    return (a->time > b->time) - (a->time < b->time);
}

static uint64_t make_edges(const td_trace_event *event, uint64_t count, const char *device,
                           const trace_share *run, edge *edges)
{
    uint64_t made = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const uint32_t part = part_of(&event[i], device);
        const double begin = event[i].begin > run->begin ? event[i].begin : run->begin;
        const double end = event[i].end < run->end ? event[i].end : run->end;
        if (part == TRACE_PARTS || !(end > begin)) continue;
        edges[made++] = (edge){begin, part, 1};
        edges[made++] = (edge){end, part, -1};
    }
    qsort(edges, made, sizeof *edges, by_time);
    return made;
}

static uint32_t part_now(const int64_t active[TRACE_PARTS], double time, double first, double last)
{
    for (uint32_t part = 0; part < TRACE_PART_START; ++part)
        if (active[part] > 0) return part;
    if (time < first) return TRACE_PART_START;
    return time < last ? TRACE_PART_GAP : TRACE_PART_TAIL;
}

static void add_up(const edge *edges, uint64_t count, trace_share *out)
{
    int64_t active[TRACE_PARTS] = {0};
    double first = out->end, last = out->begin, now = out->begin;
    for (uint64_t i = 0; i < count; ++i) {
        if (edges[i].part > TRACE_PART_COPY) continue;
        if (edges[i].time < first) first = edges[i].time;
        if (edges[i].time > last) last = edges[i].time;
    }
    for (uint64_t i = 0; i < count; ++i) {
        out->part[part_now(active, now, first, last)] += edges[i].time - now;
        active[edges[i].part] += edges[i].step;
        now = edges[i].time;
    }
    out->part[part_now(active, now, first, last)] += out->end - now;
}

bool trace_sum(const td_trace_event *event, uint64_t count, const char *device, trace_share *out)
{
    *out = (trace_share){0};
    if (!find_run(event, count, device, out)) return true;
    edge *edges = calloc((size_t)count * 2 + 1, sizeof *edges);
    if (!edges) return false;
    const uint64_t made = make_edges(event, count, device, out, edges);
    add_up(edges, made, out);
    free(edges);
    return true;
}
