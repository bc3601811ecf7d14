/* report.c - what a run tells about itself. */
#include "sweep/report.h"

#include <stdio.h>
#include <string.h>

#include "core/table_internal.h"

void report_rescued(sweep *run, report_rescue *rescue, report_kind kind, const td_unit *part,
                    const td_device *device, const td_error *reason)
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
                 (unsigned long long)part->number, device_name(device), reason->message);
    pthread_mutex_unlock(&run->lock);
}

void report_done(sweep *run, const td_device *device, const td_unit *part)
{
    const device_list *const list = engine_devices(run->engine);
    pthread_mutex_lock(&run->lock);
    for (size_t i = 0; i < DEVICES_MAX; ++i)
        if (device_list_at(list, i) == device) run->tally.cost[i] += part->cost;
    pthread_mutex_unlock(&run->lock);
}

void report_unit(sweep *run, td_launcher *launcher)
{
    pthread_mutex_lock(&run->lock);
    run->tally.seconds_copy += launcher->seconds_copy;
    run->tally.seconds_kernel += launcher->seconds_kernel;
    pthread_mutex_unlock(&run->lock);
    launcher->seconds_copy = launcher->seconds_kernel = 0.0;
}

/* The device with most of the cost; the chosen one when nothing ran. */
static const char *device_of_most(const sweep *run)
{
    const device_list *const list = engine_devices(run->engine);
    const char *name = device_name(run->chosen);
    double most = 0.0;
    for (size_t i = 0; i < DEVICES_MAX && device_list_at(list, i); ++i) {
        if (run->tally.cost[i] <= most) continue;
        most = run->tally.cost[i];
        name = device_name(device_list_at(list, i));
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
    full.device_bytes_peak = atomic_load(&run->device_count.peak);
    full.host_bytes_peak = run->host_peak;
    full.seconds_total = seconds_total;
    full.seconds_copy = tally->seconds_copy;
    full.seconds_kernel = tally->seconds_kernel;
    full.warnings = table_warning_count(run->table);
    snprintf(full.device, sizeof full.device, "%s", device_of_most(run));
    snprintf(full.note, sizeof full.note, "%s", tally->note);
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
    if (!device_is_cpu(run->chosen)) {
        full.device_bytes_peak = sum_of_largest(run, threads, false);
        if (full.device_bytes_peak > run->device_bytes) full.device_bytes_peak = run->device_bytes;
    }
    snprintf(full.device, sizeof full.device, "%s", device_name(run->chosen));
    report_copy(&full, report);
}
