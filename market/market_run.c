/* market_run.c - see market_run.h. */
#include "market/market_run.h"

#include "core/cancel.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_BYTES  1024
#define MEMORY_PART 0.8 /* of what is free may hold results */

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

bool market_stopped(const market_hooks *hooks)
{
    return hooks && hooks->cancel && cancel_requested(hooks->cancel);
}

void market_step_units(void *context, const td_progress *progress)
{
    const market_steps *steps = context;
    const market_hooks *hooks = steps->hooks;
    if (hooks && hooks->progress)
        hooks->progress(hooks->context, steps->step[steps->count].name, progress);
}

void market_step_tell(const market_steps *steps, double done)
{
    const td_progress progress = {
        .units_done = done >= 1.0, .units_total = 1, .cost_done = done, .cost_total = 1.0};
    market_step_units((void *)steps, &progress);
}

td_status market_step_begin(market_steps *steps, const char *name, td_error *err)
{
    if (market_stopped(steps->hooks))
        return td_fail(err, TD_E_CANCELLED, "stopped before the step \"%s\"", name);
    if (steps->count == MARKET_STEPS_MAX) return td_fail(err, TD_E_INTERNAL, "too many steps");
    steps->step[steps->count] = (market_step){name, 0.0, false};
    steps->started = now();
    market_step_tell(steps, 0.0);
    return TD_OK;
}

void market_step_end(market_steps *steps, bool resumed)
{
    market_step_tell(steps, 1.0);
    steps->step[steps->count].seconds = now() - steps->started;
    steps->step[steps->count].resumed = resumed;
    steps->count += 1;
}

void market_warn(const market_hooks *hooks, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list list;
    if (!hooks || !hooks->warn) return;
    va_start(list, format);
    if (vsnprintf(line, sizeof line, format, list) < 0) line[0] = 0;
    va_end(list);
    hooks->warn(hooks->context, line);
}

void market_warn_table(const market_hooks *hooks, const td_table *table)
{
    const char *lines = table ? td_table_attribute(table, "warnings") : NULL;
    while (lines && *lines) {
        const size_t bytes = strcspn(lines, "\n");
        if (bytes) market_warn(hooks, "%.*s", (int)(bytes < 900 ? bytes : 900), lines);
        lines += bytes + (lines[bytes] == '\n');
    }
}

static double free_bytes(void)
{
    const long pages = sysconf(_SC_AVPHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    double bytes = pages > 0 && page > 0 ? (double)pages * (double)page : 0.0;
    char line[128];
    FILE *file = fopen("/proc/meminfo", "re");
    /* What the kernel would give up for it counts as free too. */
    while (file && fgets(line, sizeof line, file)) {
        unsigned long long kib = 0;
        if (sscanf(line, "MemAvailable: %llu kB", &kib) == 1) bytes = 1024.0 * (double)kib;
    }
    if (file) (void)fclose(file);
    return bytes;
}

td_status market_check_size(const market_place *place, double count, double bytes, const char *how,
                            td_error *err)
{
    const double most =
        place->host_bytes_max ? (double)place->host_bytes_max : MEMORY_PART * free_bytes();
    const double gib = 1024.0 * 1024.0 * 1024.0;
    if (count * bytes <= most || most <= 0) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY,
                   "the result would have %.4g values, %.3g GiB, and %.3g GiB may be used; ask for "
                   "%s",
                   count, count * bytes / gib, most / gib, how);
}
