/* unit.c - the workers: take a unit, run it, hand in its result. */
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "sweep/recover.h"
#include "sweep/timeline.h"

typedef unsigned long long ull;

td_status unit_need(const sweep *run, const td_unit *unit, uint64_t *need, td_error *err)
{
    const uint64_t budget_bytes = budget_max(engine_budget(run->engine));
    size_t bytes = 0;
    td_units parts;
    td_status status = result_bytes(&run->layout, unit, &bytes, err);
    if (status) return status;
    if (bytes > budget_bytes)
        return td_fail(err, TD_E_NO_MEMORY,
                       "%s: the result of unit %llu needs %zu bytes, the budget is %llu bytes",
                       run->impl->op->name, (ull)unit->number, bytes, (ull)budget_bytes);
    *need = unit->host_bytes;
    if (unit->host_bytes > budget_bytes - bytes) {
        units_init(&parts, engine_allocator(run->engine));
        *need = 0;
        status = recover_fit(run, unit, budget_bytes - bytes, &parts, err);
        for (uint64_t i = 0; i < parts.count && !status; ++i)
            if (parts.unit[i].host_bytes > *need) *need = parts.unit[i].host_bytes;
        units_free(&parts);
    }
    *need += bytes;
    return status;
}

/* ---- Taking; under the lock ------------------------------------------------------------------ */

typedef enum take { TAKE_UNIT, TAKE_NONE, TAKE_LATER } take;

/* Takes the unit's planned bytes of the host and enters it, or says what it waits for. */
static bool unit_admit(sweep *run, sweep_slot *slot, sweep_place *place, uint64_t number)
{
    const td_unit *const unit = &run->units.unit[number];
    if (!place_admits(place, unit)) {
        snprintf(slot->waits, sizeof slot->waits, "memory of %.32s", device_name(place->device));
        return false;
    }
    if (place_leaves(run, place, unit)) {
        snprintf(slot->waits, sizeof slot->waits, "a faster device");
        return false;
    }
    if (!budget_try(engine_budget(run->engine), run->need[number])) {
        snprintf(slot->waits, sizeof slot->waits, "memory of the host");
        return false;
    }
    run->host_used += run->need[number];
    if (run->host_used > run->host_peak) run->host_peak = run->host_used;
    place_enter(place, unit);
    slot->place = place;
    return true;
}

static void give_host(sweep *run, uint64_t bytes)
{
    budget_give(engine_budget(run->engine), bytes);
    run->host_used -= bytes;
    run->gives += 1;
}

/* The dearest of the waiting units that fits there now. */
static bool unit_take_for(sweep *run, sweep_slot *slot, sweep_place *place, uint64_t *number)
{
    const uint64_t first = run->pending_first;
    for (uint64_t i = first; i < run->pending_count && i - first < SWEEP_SCAN_MAX; ++i) {
        const uint64_t candidate = run->pending[i];
        if (!unit_admit(run, slot, place, candidate)) continue;
        memmove(&run->pending[first + 1], &run->pending[first], (i - first) * sizeof *run->pending);
        run->pending_first += 1;
        run->cost_pending -= run->units.unit[candidate].cost;
        *number = candidate;
        return true;
    }
    return false;
}

static bool chosen_any_fit(const sweep *run)
{
    for (uint32_t i = 0; i < run->chosen_count; ++i)
        if (device_is_fit(run->chosen[i]->device)) return true;
    return false;
}

/* A unit for the slot's own device, else for another chosen one that has room. When all are out
 * of use a unit is taken all the same, and moves. */
static take unit_take(sweep *run, sweep_slot *slot, uint64_t *number)
{
    const bool any = chosen_any_fit(run);
    if (stop_requested(&run->stop) || run->pending_first == run->pending_count) return TAKE_NONE;
    snprintf(slot->waits, sizeof slot->waits, "results to be stored");
    if (run->queued_bytes > SWEEP_QUEUE_BYTES_MAX) return TAKE_LATER;
    for (uint32_t i = 0; i < run->chosen_count; ++i) {
        const uint32_t index = (slot->home + i) % run->chosen_count;
        sweep_place *const place = run->chosen[index];
        if (any && !device_is_fit(place->device)) continue;
        if (!unit_take_for(run, slot, place, number)) continue;
        slot->home = index;
        return TAKE_UNIT;
    }
    return TAKE_LATER;
}

/* ---- Running --------------------------------------------------------------------------------- */

/* The keeper looks in at every tick anyway, and a worker has better to do than to wake it for
 * each small result: it is woken when there is much for it, or when a runner waits for memory
 * that was given back here or that the result holds. */
static void unit_hand_in(sweep *run, sweep_slot *slot, sweep_finished *finished)
{
    const uint64_t number = finished->number;
    pthread_mutex_lock(&run->lock);
    give_host(run, run->need[number] - finished->bytes);
    place_leave(slot->place, &run->units.unit[number]);
    if (run->last) run->last->next = finished;
    else run->first = finished;
    run->last = finished;
    run->queued_bytes += finished->bytes;
    if (run->parked > 0 || run->queued_bytes >= SWEEP_WAKE_BYTES) {
        run->events += 1;
        pthread_cond_signal(&run->event);
    }
    pthread_mutex_unlock(&run->lock);
}

static void unit_give_up(sweep *run, sweep_slot *slot, uint64_t number)
{
    pthread_mutex_lock(&run->lock);
    give_host(run, run->need[number]);
    place_leave(slot->place, &run->units.unit[number]);
    pthread_mutex_unlock(&run->lock);
}

static void unit_run(sweep *run, sweep_slot *slot, uint64_t number)
{
    const td_unit *const unit = &run->units.unit[number];
    td_error err = TD_ERROR_INIT;
    sweep_finished *finished = NULL;
    size_t bytes = 0;
    td_status status = result_bytes(&run->layout, unit, &bytes, &err);
    if (!status) {
        finished = memory_take(engine_allocator(run->engine), sizeof *finished + bytes);
        if (!finished)
            status = td_fail(&err, TD_E_NO_MEMORY,
                             "%s: the result of unit %llu needs %zu bytes of a budget of %llu, and "
                             "the host has not as many",
                             run->impl->op->name, (ull)number, bytes,
                             (ull)budget_max(engine_budget(run->engine)));
    }
    if (!status) status = recover_unit(run, slot, unit, finished->data, &err);
    if (status) {
        memory_give(finished);
        unit_give_up(run, slot, number);
        sweep_fail(run, status, &err);
        return;
    }
    finished->number = number;
    finished->bytes = bytes;
    unit_hand_in(run, slot, finished);
}

void slot_idle_ends(sweep *run, sweep_slot *slot)
{
    if (run->options.trace && slot->parked > 0.0)
        timeline_add(run,
                     (td_trace_event){.kind = TD_TRACE_IDLE,
                                      .begin = slot->parked,
                                      .end = trace_now(),
                                      .worker = slot->worker,
                                      .stream = TIMELINE_NONE,
                                      .unit = TIMELINE_NO_UNIT},
                     NULL, slot->waits);
    slot->parked = 0.0;
}

static void unit_run_traced(sweep *run, sweep_slot *slot, uint64_t number)
{
    const double begin = run->options.trace ? trace_now() : 0.0;
    const td_unit *const unit = &run->units.unit[number];
    const td_device *const device = slot->place->device;
    const bool cpu = device_is_cpu(device);
    unit_run(run, slot, number);
    if (!run->options.trace) return;
    timeline_add(run,
                 (td_trace_event){.kind = TD_TRACE_UNIT,
                                  .begin = begin,
                                  .end = trace_now(),
                                  .worker = slot->worker,
                                  .stream = cpu ? TIMELINE_NONE : slot->number,
                                  .unit = number,
                                  .bytes = cpu ? unit->host_bytes : unit->device_bytes},
                 device, run->impl->op->name);
}

void unit_runner(void *context, uint64_t index, uint32_t worker)
{
    sweep_slot *const slot = context;
    sweep *const run = slot->run;
    uint64_t number = 0;
    take taken = TAKE_NONE;
    (void)index;
    pthread_mutex_lock(&run->lock);
    slot->state = SLOT_RUNNING;
    slot_idle_ends(run, slot);
    slot->worker = worker;
    while ((taken = unit_take(run, slot, &number)) == TAKE_UNIT) {
        pthread_mutex_unlock(&run->lock);
        unit_run_traced(run, slot, number);
        pthread_mutex_lock(&run->lock);
    }
    slot->state = taken == TAKE_LATER ? SLOT_PARKED : SLOT_ENDED;
    run->parked += taken == TAKE_LATER;
    if (taken == TAKE_LATER && run->options.trace) slot->parked = trace_now();
    slot->gives = run->gives;
    run->events += 1;
    pthread_cond_signal(&run->event);
    pthread_mutex_unlock(&run->lock);
}
