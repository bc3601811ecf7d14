/* choose.c - which devices units are dealt to, and why.
 *
 * Named devices are taken as they are named. Else ("auto"), for an operation that runs on devices
 * and can estimate, the fastest way is looked for; but work that the CPU does sooner than a driver
 * starts is done by the CPU at once, and no backend is loaded for it. So looking for a device takes
 * no longer than the work that might gain from it: a wrong guess costs twice the time at most. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sweep/choose_cost.h"

#define STARTUP_SECONDS  0.3  /* what starting a driver takes, about; less work stays on the CPU */
#define SMALL_SECONDS    0.05 /* the same when backends are loaded: measuring takes as long */
#define UNITS_PER_DEVICE 4    /* at least, or a further device is not worth its trouble */

/* ---- The explanation ------------------------------------------------------------------------- */

static void choice_add(sweep *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void choice_add(sweep *run, const char *format, ...)
{
    const size_t length = strlen(run->choice), room = sizeof run->choice - length;
    va_list list;
    if (room < 8) return;
    if (length > 0) snprintf(run->choice + length, room, "; ");
    const size_t start = strlen(run->choice);
    va_start(list, format);
    if (vsnprintf(run->choice + start, sizeof run->choice - start, format, list) < 0)
        run->choice[start] = 0;
    va_end(list);
}

/* ---- Names ----------------------------------------------------------------------------------- */

static td_status device_unknown(const device_list *list, const char *name, size_t length,
                                td_error *err)
{
    char names[256] = "";
    size_t used = 0;
    for (size_t i = 0; device_list_at(list, i) && used < sizeof names - 1; ++i) {
        const int more = snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "",
                                  device_name(device_list_at(list, i)));
        used += more > 0 ? (size_t)more : 0;
    }
    return td_fail(err, TD_E_NOT_FOUND, "there is no device \"%.*s\"; there are %s",
                   (int)(length < 64 ? length : 64), name, names);
}

static td_status choose_name(sweep *run, const char *name, size_t length, td_error *err)
{
    char text[sizeof((td_device_info *)0)->name];
    const device_list *const list = engine_devices(run->engine);
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : 0), name);
    td_device *const device = device_list_find(list, text);
    if (!device || length >= sizeof text) return device_unknown(list, name, length, err);
    if (device_list_loaded(list) && !place_of(run, device)->device) place_init_all(run);
    if (place_of(run, device)->chosen)
        return td_fail(err, TD_E_BAD_ARGUMENT, "options.device names %s twice", text);
    if (run->chosen_count == SWEEP_CHOSEN_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "options.device names more than %d devices",
                       SWEEP_CHOSEN_MAX);
    if (!device_is_fit(device) && run->options.fallback != TD_FALLBACK_CPU)
        return td_fail(err, TD_E_NO_DEVICE, "device %s is out of use", text);
    place_choose(run, device);
    return TD_OK;
}

static bool choose_is_auto(const sweep *run)
{
    return !run->options.device || strcmp(run->options.device, "auto") == 0;
}

td_status choose_named(sweep *run, td_error *err)
{
    const char *name = run->options.device;
    run->cpu = device_list_cpu(engine_devices(run->engine));
    place_init_all(run);
    if (choose_is_auto(run)) return TD_OK;
    for (;;) {
        const size_t length = strcspn(name, ",");
        const td_status status = choose_name(run, name, length, err);
        if (status) return status;
        if (!name[length]) break;
        name += length + 1;
    }
    choice_add(run, "%.200s: asked for by name", run->options.device);
    return TD_OK;
}

/* ---- Plans ----------------------------------------------------------------------------------- */

static td_status make_plan(const sweep *run, uint64_t device_bytes, td_units *units, td_error *err)
{
    const td_unit region = td_unit_whole(run->args, run->item_count);
    units_init(units, engine_allocator(run->engine));
    return plan_make(run->impl, run->state, &region, run->axis_count,
                     budget_max(engine_budget(run->engine)), device_bytes, units, err);
}

static bool device_can(const sweep *run, const td_device *device)
{
    return !device_is_cpu(device) && run->impl->run_device &&
           device_has_kernels(device, run->impl->kernels);
}

/* What every chosen device that can run the operation may hold; UINT64_MAX when there is none. */
static uint64_t chosen_bytes(const sweep *run)
{
    uint64_t bytes = UINT64_MAX;
    for (uint32_t i = 0; i < run->chosen_count; ++i) {
        const sweep_place *const place = run->chosen[i];
        if (device_can(run, place->device) && place->bytes_max < bytes) bytes = place->bytes_max;
    }
    return bytes;
}

static void choose_cpu(sweep *run)
{
    place_choose(run, run->cpu);
}

/* A device that could hold no unit at all is as one that runs out of memory at the first. */
static td_status plan_named(sweep *run, td_error *err)
{
    td_error own = TD_ERROR_INIT;
    td_status status = make_plan(run, chosen_bytes(run), &run->units, &own);
    if (status == TD_E_NO_DEVICE_MEMORY && run->options.fallback == TD_FALLBACK_CPU) {
        choice_add(run, "cpu: %.200s", own.message);
        snprintf(run->tally.note, sizeof run->tally.note, "the plan on %.60s: %.110s",
                 run->options.device, own.message);
        units_free(&run->units);
        place_free_all(run);
        run->chosen_count = 0;
        choose_cpu(run);
        return make_plan(run, UINT64_MAX, &run->units, err);
    }
    if (status) td_fail(err, status, "%s", own.message);
    return status;
}

/* ---- The fastest way ------------------------------------------------------------------------- */

typedef struct candidate {
    td_device *device;
    double seconds;
    uint64_t bytes;
} candidate;

typedef struct contest {
    uint32_t count;
    candidate candidate[DEVICES_MAX];
    candidate best;
    td_units units; /* the best one's plan */
} contest;

/* Takes part if it can do the work; else the explanation says why not. */
static void contest_enter(sweep *run, contest *c, td_device *device)
{
    td_error err = TD_ERROR_INIT;
    td_units units;
    candidate entry = {device, (double)INFINITY, place_bytes(run, device)};
    if (!device_is_preferred(device)) return;
    if (!device_is_fit(device)) {
        choice_add(run, "%s: out of use", device_name(device));
        return;
    }
    /* Asked last: a backend may have to build its program to know. */
    if (!device_can(run, device)) return;
    td_status status = make_plan(run, entry.bytes, &units, &err);
    if (!status) status = cost_on_device(run, &units, device, &entry.seconds, &err);
    if (status || isinf(entry.seconds)) {
        choice_add(run, "%s: %.100s", device_name(device),
                   status ? err.message : "it lacks a rate that this needs");
        units_free(&units);
        return;
    }
    c->candidate[c->count++] = entry;
    if (c->best.device && c->best.seconds <= entry.seconds) {
        units_free(&units);
        return;
    }
    units_free(&c->units);
    c->units = units;
    c->best = entry;
}

/* Of one backend and one title. That one of them is slower just now, because others use it, is seen
 * when units are dealt. */
static bool candidate_is_equal(const candidate *one, const candidate *best)
{
    td_device_info a = TD_DEVICE_INFO_INIT, b = TD_DEVICE_INFO_INIT;
    if (one->device == best->device) return true;
    if (device_backend(one->device) != device_backend(best->device)) return false;
    if (td_device_describe(one->device, &a, NULL) || td_device_describe(best->device, &b, NULL))
        return false;
    return strcmp(a.title, b.title) == 0;
}

/* The best device, and those like it if there is enough for all. */
static void choose_group(sweep *run, const contest *c)
{
    uint64_t room = c->units.count / UNITS_PER_DEVICE;
    if (room > SWEEP_CHOSEN_MAX) room = SWEEP_CHOSEN_MAX;
    place_choose(run, c->best.device);
    for (uint32_t i = 0; i < c->count && run->chosen_count < room; ++i)
        if (c->candidate[i].device != c->best.device &&
            candidate_is_equal(&c->candidate[i], &c->best))
            place_choose(run, c->candidate[i].device);
}

static td_status choose_devices(sweep *run, contest *c, double cpu_seconds, td_error *err)
{
    const uint64_t planned = c->best.bytes;
    choose_group(run, c);
    const uint32_t count = run->chosen_count;
    char others[40] = "";
    if (count > 1) snprintf(others, sizeof others, " each of %u equal ones", count);
    choice_add(run, "%s%s: %.3g s thought, cpu %.3g s on %u threads", device_name(c->best.device),
               others, c->best.seconds / count, cpu_seconds,
               pool_threads(engine_pool(run->engine)));
    units_free(&run->units);
    run->units = c->units;
    units_init(&c->units, engine_allocator(run->engine));
    /* The smallest of them counts, and what is free may have changed. */
    if (chosen_bytes(run) >= planned) return TD_OK;
    units_free(&run->units);
    return make_plan(run, chosen_bytes(run), &run->units, err);
}

static td_status choose_fastest(sweep *run, double cpu_seconds, td_error *err)
{
    const device_list *const list = engine_devices(run->engine);
    td_device *device = NULL;
    td_status status = TD_OK;
    contest *const c = td_alloc(run->engine, sizeof *c);
    if (!c) return td_fail(err, TD_E_NO_MEMORY, "no host memory to choose a device");
    units_init(&c->units, engine_allocator(run->engine));
    device_list_load((device_list *)list);
    place_init_all(run);
    for (size_t i = 0; (device = device_list_at(list, i)) != run->cpu; ++i)
        contest_enter(run, c, device);
    if (c->best.device && c->best.seconds < cpu_seconds) {
        status = choose_devices(run, c, cpu_seconds, err);
    } else {
        choose_cpu(run);
        choice_add(run, "cpu: %.3g s thought on %u threads", cpu_seconds,
                   pool_threads(engine_pool(run->engine)));
        for (uint32_t i = 0; i < c->count; ++i)
            choice_add(run, "%s: %.3g s", device_name(c->candidate[i].device),
                       c->candidate[i].seconds);
        if (list && device_list_at(list, 0) == run->cpu) choice_add(run, "no other device is here");
    }
    units_free(&c->units);
    td_free(run->engine, c);
    return status;
}

static td_status choose_auto(sweep *run, td_error *err)
{
    const td_op_impl *const impl = run->impl;
    const bool loaded = device_list_loaded(engine_devices(run->engine));
    const uint32_t threads = pool_threads(engine_pool(run->engine));
    const td_status status = make_plan(run, UINT64_MAX, &run->units, err);
    if (status) return status;
    if (!impl->run_device || !impl->kernels || !impl->estimate) {
        choose_cpu(run);
        choice_add(run, "cpu: %s",
                   !impl->run_device ? "the operation runs on no other device"
                                     : "the operation cannot tell what it takes");
        return TD_OK;
    }
    const double seconds = cost_on_cpu(run, &run->units);
    if (seconds >= (loaded ? SMALL_SECONDS : STARTUP_SECONDS))
        return choose_fastest(run, seconds, err);
    choose_cpu(run);
    choice_add(run, "cpu: %.3g s thought on %u threads, under the %g s that %s", seconds, threads,
               loaded ? SMALL_SECONDS : STARTUP_SECONDS,
               loaded ? "comparing devices takes" : "a driver takes to start");
    return TD_OK;
}

td_status choose_plan(sweep *run, td_error *err)
{
    return choose_is_auto(run) ? choose_auto(run, err) : plan_named(run, err);
}
