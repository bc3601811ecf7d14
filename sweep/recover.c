/* recover.c - what happens to a unit that fails: the one place that decides it. */
#include "sweep/recover.h"

#include "sweep/report.h"
#include "sweep/timeline.h"

typedef unsigned long long ull;

/* One planned unit on its way through all that may happen to it. */
typedef struct recovery {
    sweep *run;
    const td_unit *unit;
    char *data;
    sweep_slot *slot;
    sweep_place *home; /* where it was first */
    td_work *work;
    td_launcher *launcher;
    report_rescue rescue;
} recovery;

/* ---- Splitting ------------------------------------------------------------------------------- */

/* Asks the operation to split. TD_E_OUT_OF_RANGE: it cannot; TD_E_NO_MEMORY: no room to try. */
static td_status unit_split(const sweep *run, const td_unit *unit, uint32_t depth, td_units *parts,
                            td_error *err)
{
    td_status status = TD_OK;
    const bool allowed = run->options.fallback != TD_FALLBACK_NONE;
    if (!run->impl->split || !allowed || depth >= RECOVER_DEPTH_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "unit %llu cannot be split", (ull)unit->number);
    status = run->impl->split(run->state, unit, parts, err);
    if (!status && parts->count < 2)
        status = td_fail(err, TD_E_OUT_OF_RANGE, "unit %llu was split into %llu parts",
                         (ull)unit->number, (ull)parts->count);
    if (!status) status = units_check(run->impl->op->name, parts, unit, run->axis_count, err);
    for (uint64_t i = 0; i < parts->count; ++i)
        parts->unit[i].number = unit->number;
    return status;
}

static td_status fit_failed(const sweep *run, const td_unit *unit, uint64_t room, td_error *err)
{
    const uint64_t budget_bytes = budget_max(engine_budget(run->engine));
    return td_fail(err, TD_E_NO_MEMORY,
                   "%s: unit %llu needs %llu bytes and %llu for its result, the budget is %llu "
                   "bytes, and it cannot be split further",
                   run->impl->op->name, (ull)unit->number, (ull)unit->host_bytes,
                   (ull)(budget_bytes - room), (ull)budget_bytes);
}

static td_status fit_part(const sweep *run, const td_unit *unit, uint64_t room, uint32_t depth,
                          td_units *parts, td_error *err)
{
    td_units inner;
    td_error own = TD_ERROR_INIT;
    if (unit->host_bytes <= room) return td_units_add(parts, unit, err);
    units_init(&inner, parts->allocator);
    td_status status = unit_split(run, unit, depth, &inner, &own);
    if (status == TD_E_OUT_OF_RANGE) status = fit_failed(run, unit, room, err);
    else if (status) td_fail(err, status, "%s", own.message);
    for (uint64_t i = 0; i < inner.count && !status; ++i)
        status = fit_part(run, &inner.unit[i], room, depth + 1, parts, err);
    units_free(&inner);
    return status;
}

td_status recover_fit(const sweep *run, const td_unit *unit, uint64_t room, td_units *parts,
                      td_error *err)
{
    const td_status status = fit_part(run, unit, room, 0, parts, err);
    for (uint64_t i = 0; i < parts->count; ++i)
        parts->unit[i].number = unit->number;
    return status;
}

/* ---- One attempt ----------------------------------------------------------------------------- */

/* The planned unit is where its part is run. */
static void unit_moves(recovery *r, sweep_place *place)
{
    pthread_mutex_lock(&r->run->lock);
    if (r->slot->place != place) {
        place_leave(r->slot->place, r->unit);
        place_enter(place, r->unit);
        r->slot->place = place;
    }
    pthread_mutex_unlock(&r->run->lock);
}

static td_status attempt_on_cpu(recovery *r, const td_unit *part, td_result *result, td_error *err)
{
    result_clear(result);
    const td_status status = r->run->impl->run_cpu(r->run->state, part, r->work, result, err);
    work_reset(r->work);
    return status;
}

static td_status attempt_on_device(recovery *r, sweep_place *place, const td_unit *part,
                                   td_result *result, td_error *err)
{
    const td_op_impl *const impl = r->run->impl;
    if (!impl->run_device || !device_has_kernels(place->device, impl->kernels))
        return td_fail(err, TD_E_UNSUPPORTED, "device %s has not the kernels of %s",
                       device_name(place->device), impl->op->name);
    td_status status = launcher_open(r->launcher, place, r->slot->worker, part->number, err);
    if (status) return status;
    result_clear(result);
    launcher_host_begins(r->launcher);
    status = impl->run_device(r->run->state, part, r->launcher, result, err);
    return launcher_end(r->launcher, status, err);
}

static td_status attempt(recovery *r, sweep_place *place, const td_unit *part, td_error *err)
{
    td_result result = {&r->run->layout, r->unit, part, r->data};
    const double begin = trace_now();
    const td_status status = device_is_cpu(place->device)
                                 ? attempt_on_cpu(r, part, &result, err)
                                 : attempt_on_device(r, place, part, &result, err);
    if (!status) place_done(r->run, place, part, (busy_span){begin, trace_now()});
    return status;
}

/* An attempt, and the second one that a trimmed pool may let through. */
static td_status attempt_twice(recovery *r, sweep_place *place, const td_unit *part, td_error *err)
{
    td_device *const device = place->device;
    unit_moves(r, place);
    td_status status = attempt(r, place, part, err);
    if (device_is_cpu(device)) return status;
    if (status == TD_E_NO_DEVICE_MEMORY) place_squeezed(r->run, place);
    if (status == TD_E_NO_DEVICE_MEMORY && r->run->options.fallback != TD_FALLBACK_NONE) {
        report_rescued(r->run, &r->rescue, REPORT_RETRIED, part, place, err);
        device_trim(device);
        status = attempt(r, place, part, err);
    }
    if (status == TD_E_DEVICE_LOST) device_retire(device, err->message);
    return status;
}

/* ---- The devices in turn --------------------------------------------------------------------- */

static uint64_t place_bit(const sweep_place *place)
{
    return (uint64_t)1 << device_number(place->device);
}

static bool place_try(sweep_place *place, uint64_t *tried)
{
    if ((*tried & place_bit(place)) || !device_is_fit(place->device)) return false;
    *tried |= place_bit(place);
    return true;
}

static bool place_may_leave(const recovery *r, const sweep_place *place)
{
    return r->run->options.fallback == TD_FALLBACK_CPU && !device_is_cpu(place->device);
}

static bool place_can(const sweep *run, const sweep_place *place)
{
    return device_is_fit(place->device) && !device_is_cpu(place->device) && run->impl->run_device &&
           device_has_kernels(place->device, run->impl->kernels);
}

/* Where the unit was first, then other chosen devices with the kernels, then preferred ones, last
 * the CPU. tried has a bit for each device. A unit of the CPU's never goes anywhere else. */
static sweep_place *place_next(recovery *r, uint64_t *tried)
{
    sweep *const run = r->run;
    sweep_place *const cpu = place_of(run, run->cpu);
    if (r->home == cpu || place_try(r->home, tried)) return r->home;
    for (uint32_t i = 0; i < run->chosen_count; ++i)
        if (place_can(run, run->chosen[i]) && place_try(run->chosen[i], tried))
            return run->chosen[i];
    for (size_t i = 0; i < DEVICES_MAX; ++i) {
        sweep_place *const place = &run->place[i];
        if (place->device && device_is_preferred(place->device) && place_can(run, place) &&
            place_try(place, tried))
            return place;
    }
    return cpu;
}

static bool splitting_helps(td_status status)
{
    return status == TD_E_NO_DEVICE_MEMORY || status == TD_E_NO_MEMORY;
}

static bool moving_helps(td_status status)
{
    return status == TD_E_NO_DEVICE_MEMORY || status == TD_E_DEVICE_LOST ||
           status == TD_E_UNSUPPORTED || status == TD_E_NO_DEVICE;
}

/* How a part came about. */
typedef struct part_way {
    uint32_t depth; /* of splits */
    uint64_t tried; /* devices that the unit has left behind, a bit for each */
    bool first;     /* nothing of what was split is done yet: that may still move in one piece */
} part_way;

static td_status part_run(recovery *r, const td_unit *part, part_way way, td_error *err);

/* *split: the part was split, and what is returned is the end of it. The parts start where it was
 * split. When the first of them finds no room there, however small it is cut, the others would
 * not either: then it counts as not split, and moves in one piece. */
static td_status part_split(recovery *r, const sweep_place *place, const td_unit *part,
                            part_way way, bool *split, td_error *err)
{
    td_units parts;
    td_error own = TD_ERROR_INIT;
    units_init(&parts, engine_allocator(r->run->engine));
    td_status status = unit_split(r->run, part, way.depth, &parts, &own);
    *split = status != TD_E_OUT_OF_RANGE && status != TD_E_NO_MEMORY;
    if (!*split) goto out;
    if (status) {
        td_fail(err, status, "%s", own.message);
        goto out;
    }
    report_rescued(r->run, &r->rescue, REPORT_SPLIT, part, place, err);
    way.depth += 1;
    way.tried &= ~place_bit(place);
    way.first = place_may_leave(r, place);
    for (uint64_t i = 0; i < parts.count && !status; ++i) {
        status = part_run(r, &parts.unit[i], way, err);
        *split = !(way.first && moving_helps(status));
        way.first = false;
    }
out:
    units_free(&parts);
    return status;
}

static td_status part_failed(const recovery *r, const td_unit *part, td_status status,
                             td_error *err)
{
    const int64_t code = err->native_code;
    if (status == TD_E_NO_MEMORY)
        td_fail(err, status,
                "%s: no host memory for unit %llu, which was planned with %llu bytes of a budget "
                "of %llu: %s",
                r->run->impl->op->name, (ull)part->number, (ull)part->host_bytes,
                (ull)budget_max(engine_budget(r->run->engine)), err->message);
    err->native_code = code;
    return status;
}

static td_status part_run(recovery *r, const td_unit *part, part_way way, td_error *err)
{
    const td_fallback policy = r->run->options.fallback;
    const bool moved_before = way.tried != 0;
    td_status status = TD_OK;
    for (;;) {
        sweep_place *const place = place_next(r, &way.tried);
        bool split = false;
        if (stop_requested(&r->run->stop)) return td_fail(err, TD_E_CANCELLED, "cancelled");
        if (place != r->home && policy != TD_FALLBACK_CPU)
            /* It was fit when the run began: another unit saw how it was lost. */
            return td_fail(err, TD_E_DEVICE_LOST, "device %s was lost, and no other is allowed",
                           device_name(r->home->device));
        /* The device was lost while other units ran, or before the run: this one moves too. */
        if (place != r->home && status == TD_OK && !moved_before) {
            td_fail(err, TD_E_NO_DEVICE, "it is out of use");
            report_rescued(r->run, &r->rescue, REPORT_MOVED, part, r->home, err);
        }
        status = attempt_twice(r, place, part, err);
        if (!status) return TD_OK;
        if (splitting_helps(status) && policy != TD_FALLBACK_NONE) {
            const td_status parts = part_split(r, place, part, way, &split, err);
            if (split) return parts;
        }
        if (!moving_helps(status) || !place_may_leave(r, place))
            return part_failed(r, part, status, err);
        if (way.first) return status;
        report_rescued(r->run, &r->rescue, REPORT_MOVED, part, place, err);
    }
}

td_status recover_unit(sweep *run, sweep_slot *slot, const td_unit *unit, char *data, td_error *err)
{
    recovery r = {.run = run, .unit = unit, .data = data, .slot = slot, .home = slot->place};
    const uint64_t budget_bytes = budget_max(engine_budget(run->engine));
    td_units parts;
    size_t bytes = 0;
    td_status status = result_bytes(&run->layout, unit, &bytes, err);
    if (status) return status;
    r.work = work_at(&run->crew, slot->worker, 0);
    r.launcher = &run->launcher[slot->number];
    units_init(&parts, engine_allocator(run->engine));
    if (unit->host_bytes <= budget_bytes - bytes) {
        status = part_run(&r, unit, (part_way){0}, err);
        goto out;
    }
    status = recover_fit(run, unit, budget_bytes - bytes, &parts, err);
    if (status) goto out;
    td_fail(err, TD_E_NO_MEMORY, "%llu bytes are more than the budget of %llu",
            (ull)unit->host_bytes, (ull)budget_bytes);
    report_rescued(run, &r.rescue, REPORT_SPLIT, unit, r.home, err);
    for (uint64_t i = 0; i < parts.count && !status; ++i)
        status = part_run(&r, &parts.unit[i], (part_way){0}, err);
out:
    units_free(&parts);
    return status;
}
