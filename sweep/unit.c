/* unit.c - the workers: take a unit, run it, hand in its result. */
#include <string.h>

#include "core/memory.h"
#include "sweep/recover.h"

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

/* Takes the unit's planned bytes, on host and device, or answers false. A unit alone on the
 * device is let through whatever it says: if it is too large, it will be split. */
static bool unit_admit(sweep *run, uint64_t number)
{
    const td_unit *const unit = &run->units.unit[number];
    const bool device = !device_is_cpu(run->chosen);
    if (device && run->device_running > 0 &&
        (unit->device_bytes > run->device_bytes ||
         run->device_used > run->device_bytes - unit->device_bytes))
        return false;
    if (!budget_try(engine_budget(run->engine), run->need[number])) return false;
    run->host_used += run->need[number];
    if (run->host_used > run->host_peak) run->host_peak = run->host_used;
    if (device) {
        run->device_used += unit->device_bytes;
        run->device_running += 1;
    }
    return true;
}

static void unit_leave_device(sweep *run, uint64_t number)
{
    if (device_is_cpu(run->chosen)) return;
    run->device_used -= run->units.unit[number].device_bytes;
    run->device_running -= 1;
}

static void give_host(sweep *run, uint64_t bytes)
{
    budget_give(engine_budget(run->engine), bytes);
    run->host_used -= bytes;
    run->gives += 1;
}

/* The dearest of the waiting units that fits now. */
static take unit_take(sweep *run, uint64_t *number)
{
    const uint64_t first = run->pending_first;
    if (stop_requested(&run->stop) || first == run->pending_count) return TAKE_NONE;
    if (run->queued_bytes > SWEEP_QUEUE_BYTES_MAX) return TAKE_LATER;
    for (uint64_t i = first; i < run->pending_count && i - first < SWEEP_SCAN_MAX; ++i) {
        const uint64_t candidate = run->pending[i];
        if (!unit_admit(run, candidate)) continue;
        memmove(&run->pending[first + 1], &run->pending[first], (i - first) * sizeof *run->pending);
        run->pending_first += 1;
        *number = candidate;
        return TAKE_UNIT;
    }
    return TAKE_LATER;
}

/* ---- Running --------------------------------------------------------------------------------- */

/* The keeper looks in at every tick anyway, and a worker has better to do than to wake it for
 * each small result: it is woken when there is much for it, or when a runner waits for memory
 * that was given back here or that the result holds. */
static void unit_hand_in(sweep *run, sweep_finished *finished)
{
    const uint64_t number = finished->number;
    pthread_mutex_lock(&run->lock);
    give_host(run, run->need[number] - finished->bytes);
    unit_leave_device(run, number);
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

static void unit_give_up(sweep *run, uint64_t number)
{
    pthread_mutex_lock(&run->lock);
    give_host(run, run->need[number]);
    unit_leave_device(run, number);
    pthread_mutex_unlock(&run->lock);
}

static void unit_run(sweep *run, uint32_t worker, uint64_t number)
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
    if (!status) status = recover_unit(run, worker, unit, finished->data, &err);
    if (status) {
        memory_give(finished);
        unit_give_up(run, number);
        sweep_fail(run, status, &err);
        return;
    }
    finished->number = number;
    finished->bytes = bytes;
    unit_hand_in(run, finished);
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
    while ((taken = unit_take(run, &number)) == TAKE_UNIT) {
        pthread_mutex_unlock(&run->lock);
        unit_run(run, worker, number);
        pthread_mutex_lock(&run->lock);
    }
    slot->state = taken == TAKE_LATER ? SLOT_PARKED : SLOT_ENDED;
    run->parked += taken == TAKE_LATER;
    slot->gives = run->gives;
    run->events += 1;
    pthread_cond_signal(&run->event);
    pthread_mutex_unlock(&run->lock);
}
