/* report.c - what a run tells about itself. */
#include "sweep/report.h"

#include <stdio.h>
#include <string.h>

#include "core/table_internal.h"
#include "sweep/timeline.h"

void report_rescued(sweep *run, report_rescue *rescue, report_kind kind, const td_unit *part,
                    const sweep_place *place, const td_error *reason)
{
    sweep_tally *const tally = &run->tally;
    pthread_mutex_lock(&run->lock);
    if (!(rescue->kinds & (unsigned)kind)) {
        tally->retried += kind == REPORT_RETRIED;
        tally->split += kind == REPORT_SPLIT;
        tally->moved += kind == REPORT_MOVED;
        rescue->kinds |= (unsigned)kind;
    }
    if (!tally->note[0])
        snprintf(tally->note, sizeof tally->note, "unit %llu on %s: %.150s",
                 (unsigned long long)part->number, device_name(place->device), reason->message);
    pthread_mutex_unlock(&run->lock);
    if (!run->options.trace) return;
    const double now = trace_now();
    timeline_add(run,
                 (td_trace_event){.kind = TD_TRACE_RESCUE,
                                  .begin = now,
                                  .end = now,
                                  .worker = TIMELINE_NONE,
                                  .stream = TIMELINE_NONE,
                                  .unit = part->number,
                                  .bytes = part->device_bytes},
                 place->device,
                 kind == REPORT_RETRIED ? "retry" : (kind == REPORT_SPLIT ? "split" : "move"));
}

/* ---- Devices --------------------------------------------------------------------------------- */

static double cost_done(const sweep *run)
{
    double sum = 0.0;
    for (size_t i = 0; i < DEVICES_MAX; ++i)
        sum += run->place[i].cost;
    return sum;
}

static void report_device(const sweep_place *place, double cost, double seconds,
                          td_report_device *out)
{
    *out = (td_report_device){.units = place->units};
    snprintf(out->name, sizeof out->name, "%s", device_name(place->device));
    if (cost > 0.0) out->cost_share = place->cost / cost;
    if (seconds > 0.0) out->busy = busy_seconds(&place->busy) / seconds;
    if (out->busy > 1.0) out->busy = 1.0;
    out->seconds_copy = place->work.seconds_copy;
    out->seconds_kernel = place->work.seconds_kernel;
    out->bytes_to_device = place->work.bytes_to_device;
    out->bytes_to_host = place->work.bytes_to_host;
    out->bytes_peak = atomic_load(&place->memory.peak);
    out->launches = place->work.launches;
    out->in_flight_max = place->running_max;
    out->lost = place->fit_before && !device_is_fit(place->device);
}

static bool place_worked(const sweep_place *place)
{
    if (!place->device) return false;
    return place->units > 0 || place->running_max > 0;
}

/* Places are in the order of the devices' numbers, in which the CPU is the last. */
static void report_devices(const sweep *run, double seconds, td_report *full)
{
    const sweep_place *const cpu = &run->place[device_number(run->cpu)];
    const double cost = cost_done(run);
    for (size_t i = 0; i < DEVICES_MAX; ++i) {
        const sweep_place *const place = &run->place[i];
        if (!place_worked(place)) continue;
        full->seconds_copy += place->work.seconds_copy;
        full->seconds_kernel += place->work.seconds_kernel;
        const uint64_t peak = atomic_load(&place->memory.peak);
        if (peak > full->device_bytes_peak) full->device_bytes_peak = peak;
        const uint32_t room = TD_REPORT_DEVICES_MAX - (place != cpu && place_worked(cpu));
        if (full->device_count < room)
            report_device(place, cost, seconds, &full->devices[full->device_count++]);
    }
}

/* The device with most of the cost; the first chosen one when nothing ran. */
static const char *device_of_most(const sweep *run)
{
    const char *name = device_name(run->chosen[0]->device);
    double most = 0.0;
    for (size_t i = 0; i < DEVICES_MAX; ++i) {
        if (run->place[i].cost <= most) continue;
        most = run->place[i].cost;
        name = device_name(run->place[i].device);
    }
    return name;
}

static void report_copy(const td_report *full, td_report *report)
{
    const uint32_t known = report->struct_size;
    const size_t bytes = known < sizeof *full ? known : sizeof *full;
    if (bytes > sizeof known)
        memcpy((char *)report + sizeof known, (const char *)full + sizeof known,
               bytes - sizeof known);
}

void report_write(const sweep *run, double seconds_total, td_report *report)
{
    const sweep_tally *const tally = &run->tally;
    td_report full = TD_REPORT_INIT;
    full.units = (uint32_t)run->units.count;
    full.units_retried = tally->retried;
    full.units_split = tally->split;
    full.units_moved = tally->moved;
    full.units_resumed = (uint32_t)run->progress.units_resumed;
    full.host_bytes_peak = run->host_peak;
    full.seconds_total = seconds_total;
    report_devices(run, seconds_total, &full);
    full.warnings = table_warning_count(run->table);
    snprintf(full.device, sizeof full.device, "%s", device_of_most(run));
    snprintf(full.note, sizeof full.note, "%s", tally->note);
    snprintf(full.choice, sizeof full.choice, "%s", run->choice);
    report_copy(&full, report);
}

/* Adds up the count largest values; there are few threads and many units. */
static uint64_t sum_of_largest(const sweep *run, uint32_t count, bool host)
{
    uint64_t largest[POOL_THREADS_MAX] = {0}, sum = 0;
    if (count > POOL_THREADS_MAX) count = POOL_THREADS_MAX;
    for (uint64_t u = 0; u < run->units.count; ++u) {
        uint64_t value = host ? run->need[u] : run->units.unit[u].device_bytes;
        uint32_t i = count;
        /* largest falls; the new value sinks to its place and the least one falls out. */
        for (; i > 0 && largest[i - 1] < value; --i)
            if (i < count) largest[i] = largest[i - 1];
        if (i < count) largest[i] = value;
    }
    for (uint32_t i = 0; i < count; ++i)
        if (__builtin_add_overflow(sum, largest[i], &sum)) return UINT64_MAX;
    return sum;
}

void report_write_plan(const sweep *run, td_report *report)
{
    const uint64_t budget_bytes = budget_max(engine_budget(run->engine));
    const uint32_t threads = pool_threads(engine_pool(run->engine));
    td_report full = TD_REPORT_INIT;
    full.units = (uint32_t)run->units.count;
    full.host_bytes_peak = sum_of_largest(run, threads, true);
    if (full.host_bytes_peak > budget_bytes) full.host_bytes_peak = budget_bytes;
    const sweep_place *const first = run->chosen[0];
    if (!device_is_cpu(first->device)) {
        full.device_bytes_peak = sum_of_largest(run, threads, false);
        if (full.device_bytes_peak > first->bytes_max) full.device_bytes_peak = first->bytes_max;
    }
    snprintf(full.device, sizeof full.device, "%s", device_name(first->device));
    snprintf(full.choice, sizeof full.choice, "%s", run->choice);
    report_copy(&full, report);
}
