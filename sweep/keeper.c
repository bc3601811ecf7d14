/* keeper.c - the thread that called td_run: it starts the runners, takes what they hand in, lets
 * the store keep it, pastes it into the table when it is durable, and tells the progress. It
 * computes nothing itself, so a slow disk holds up no worker. */
#include <stdio.h>
#include <time.h>

#include "core/memory.h"
#include "sweep/sweep.h"
#include "sweep/timeline.h"

#define DEVICES_TEXT_MAX 256 /* names of a run's devices, as the progress tells them */

typedef unsigned long long ull;

typedef struct keeper {
    sweep *run;
    sweep_finished *first, *last; /* kept in the store, not yet flushed */
    uint64_t batch_bytes;
    uint64_t batch_ms;    /* when the first of them was kept */
    uint64_t deadline_ms; /* UINT64_MAX: none */
    uint64_t retry_ms;    /* when parked runners were last started for no reason */
    bool store_failed;
} keeper;

uint64_t keeper_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- Results: keep, flush, paste, tell ------------------------------------------------------- */

static void progress_tell(sweep *run)
{
    const td_run_options *const options = &run->options;
    char devices[DEVICES_TEXT_MAX] = "";
    size_t used = 0;
    if (!options->progress) return;
    for (uint32_t i = 0; i < run->chosen_count && used < sizeof devices; ++i)
        used += (size_t)snprintf(devices + used, sizeof devices - used, "%s%s", i > 0 ? "," : "",
                                 device_name(run->chosen[i]->device));
    pthread_mutex_lock(&run->lock);
    run->progress.units_running = 0;
    for (uint32_t i = 0; i < DEVICES_MAX; ++i)
        run->progress.units_running += run->place[i].running;
    pthread_mutex_unlock(&run->lock);
    run->progress.devices = devices;
    options->progress(options->progress_context, &run->progress);
    run->progress.devices = NULL;
}

static void progress_count(sweep *run, uint64_t number)
{
    run->progress.units_done += 1;
    run->progress.cost_done += run->units.unit[number].cost;
}

/* The memory of results is given back here, whatever became of them. */
static void batch_release(keeper *k)
{
    sweep *const run = k->run;
    uint64_t bytes = 0;
    while (k->first) {
        sweep_finished *const next = k->first->next;
        bytes += k->first->bytes;
        memory_give(k->first);
        k->first = next;
    }
    k->last = NULL;
    k->batch_bytes = 0;
    pthread_mutex_lock(&run->lock);
    run->queued_bytes -= bytes;
    run->host_used -= bytes;
    run->gives += 1;
    budget_give(engine_budget(run->engine), bytes);
    pthread_mutex_unlock(&run->lock);
}

static void batch_flush(keeper *k)
{
    sweep *const run = k->run;
    const td_store *const store = run->options.store;
    td_error err = TD_ERROR_INIT;
    td_status status = TD_OK;
    if (!k->first) return;
    if (store && !k->store_failed) {
        const double begin = trace_now();
        status = store->flush(store->context, &err);
        timeline_add(run,
                     (td_trace_event){.kind = TD_TRACE_STORE,
                                      .begin = begin,
                                      .end = trace_now(),
                                      .worker = TIMELINE_NONE,
                                      .stream = TIMELINE_NONE,
                                      .unit = TIMELINE_NO_UNIT,
                                      .bytes = k->batch_bytes},
                     NULL, "flush");
        k->store_failed = status != TD_OK;
    }
    /* What is not durable is not done: it must not show in the table or the progress. */
    if (!k->store_failed) {
        for (sweep_finished *f = k->first; f && !status; f = f->next) {
            status =
                result_paste(&run->layout, &run->units.unit[f->number], f->data, run->table, &err);
            if (!status) progress_count(run, f->number);
        }
        progress_tell(run);
    }
    batch_release(k);
    if (status) sweep_fail(run, status, &err);
}

static void batch_add(keeper *k, sweep_finished *finished)
{
    finished->next = NULL;
    if (k->last) k->last->next = finished;
    else k->first = finished;
    k->last = finished;
    if (k->batch_bytes == 0) k->batch_ms = keeper_now_ms();
    k->batch_bytes += finished->bytes;
}

static bool batch_due(const keeper *k)
{
    return k->first && (k->batch_bytes >= SWEEP_BATCH_BYTES_MAX ||
                        keeper_now_ms() - k->batch_ms >= SWEEP_BATCH_MS);
}

static void results_take(keeper *k, sweep_finished *list)
{
    sweep *const run = k->run;
    const td_store *const store = run->options.store;
    while (list) {
        sweep_finished *const finished = list;
        td_error err = TD_ERROR_INIT;
        list = list->next;
        if (store && !k->store_failed) {
            const td_status status = store->keep(store->context, &run->units.unit[finished->number],
                                                 finished->data, finished->bytes, &err);
            if (status) {
                k->store_failed = true;
                sweep_fail(run, status, &err);
            }
        }
        batch_add(k, finished);
        if (batch_due(k)) batch_flush(k);
    }
}

/* ---- Runners --------------------------------------------------------------------------------- */

static void slot_unpark(sweep *run, sweep_slot *slot, slot_state next)
{
    pthread_mutex_lock(&run->lock);
    if (slot->state == SLOT_PARKED) run->parked -= 1;
    slot->state = next;
    if (next == SLOT_ENDED) slot_idle_ends(run, slot);
    pthread_mutex_unlock(&run->lock);
}

static void slot_start(sweep *run, sweep_slot *slot)
{
    td_error err = TD_ERROR_INIT;
    pool_group_destroy(slot->group);
    slot->group = NULL;
    slot_unpark(run, slot, SLOT_STARTED);
    const td_status status =
        pool_start(engine_pool(run->engine), 1, unit_runner, slot, &slot->group, &err);
    if (!status) return;
    slot_unpark(run, slot, SLOT_ENDED);
    sweep_fail(run, status, &err);
}

/* A runner that the pool has not begun when the last unit is taken has nothing to come for. */
static bool slot_withdraw(sweep *run, sweep_slot *slot)
{
    pool_withdraw(slot->group);
    if (!pool_wait(slot->group, 0)) return false; /* it has begun after all, and will end */
    slot_unpark(run, slot, SLOT_ENDED);
    return true;
}

/* Starts runners that were never started, and those that found nothing which fitted, once
 * memory was given back (by this run; others are asked at every tick). The pool has no call for
 * these slots, so they are the keeper's. Answers whether any runner is left. */
static bool slots_start(keeper *k)
{
    sweep *const run = k->run;
    const bool tick = keeper_now_ms() - k->retry_ms >= SWEEP_TICK_MS;
    bool left = false;
    if (tick) k->retry_ms = keeper_now_ms();
    for (uint32_t i = 0; i < run->slot_count; ++i) {
        sweep_slot *const slot = &run->slot[i];
        pthread_mutex_lock(&run->lock);
        const slot_state state = slot->state;
        const bool more = run->pending_first < run->pending_count && !stop_requested(&run->stop);
        const bool again = tick || slot->gives != run->gives;
        pthread_mutex_unlock(&run->lock);
        if (state == SLOT_ENDED) continue;
        if (state == SLOT_STARTED && !more && slot_withdraw(run, slot)) continue;
        if (state == SLOT_IDLE || state == SLOT_PARKED) {
            if (!more) {
                slot_unpark(run, slot, SLOT_ENDED);
                continue;
            }
            if (state == SLOT_IDLE || again) slot_start(run, slot);
        }
        left = true;
    }
    return left;
}

/* ---- The loop -------------------------------------------------------------------------------- */

/* The message is made at the end, when it is known how far the run came. */
static void limits_watch(const keeper *k)
{
    sweep *const run = k->run;
    if (atomic_load(&run->stop.now)) return;
    if (stop_cancelled(&run->stop)) sweep_fail(run, TD_E_CANCELLED, NULL);
    else if (keeper_now_ms() >= k->deadline_ms) sweep_fail(run, TD_E_TIMEOUT, NULL);
}

/* Under the lock. Sleeps until there has been an event since the seen one: something was handed
 * in, or a runner returned; or until a limit or the batch comes due. */
static void wait_for_event(const keeper *k, uint64_t seen)
{
    sweep *const run = k->run;
    const uint64_t now = keeper_now_ms();
    uint64_t until_ms = now + SWEEP_TICK_MS;
    struct timespec until;
    if (k->deadline_ms < until_ms) until_ms = k->deadline_ms > now ? k->deadline_ms : now + 1;
    if (k->first && k->batch_ms + SWEEP_BATCH_MS < until_ms)
        until_ms = k->batch_ms + SWEEP_BATCH_MS;
    until.tv_sec = (time_t)(until_ms / 1000);
    until.tv_nsec = (long)(until_ms % 1000) * 1000000;
    int late = 0;
    while (run->events == seen && late == 0)
        late = pthread_cond_timedwait(&run->event, &run->lock, &until);
}

/* A run that is whole was not cancelled and not late, whatever was asked of it meanwhile. */
static void check_whole(sweep *run)
{
    const char *const name = run->impl->op->name;
    const ull done = run->progress.units_done, all = run->units.count;
    td_error *const err = &run->error;
    const bool ended = run->status == TD_E_CANCELLED || run->status == TD_E_TIMEOUT;
    if (done == all) {
        if (ended) run->status = TD_OK;
        return;
    }
    if (run->status == TD_OK)
        run->status = stop_cancelled(&run->stop) ? TD_E_CANCELLED : TD_E_INTERNAL;
    if (run->status == TD_E_CANCELLED)
        td_fail(err, TD_E_CANCELLED, "%s: cancelled after %llu of %llu units", name, done, all);
    else if (run->status == TD_E_TIMEOUT)
        td_fail(err, TD_E_TIMEOUT, "%s: the limit of %u ms was reached after %llu of %llu units",
                name, run->options.timeout_ms, done, all);
    else if (run->status == TD_E_INTERNAL && !err->message[0])
        td_fail(err, TD_E_INTERNAL, "%s: %llu of %llu units were left over", name, all - done, all);
}

void keeper_run(sweep *run, uint64_t deadline_ms)
{
    keeper k = {.run = run, .deadline_ms = deadline_ms, .retry_ms = keeper_now_ms()};
    bool left = true;
    while (left) {
        pthread_mutex_lock(&run->lock);
        const uint64_t seen = run->events;
        pthread_mutex_unlock(&run->lock);
        limits_watch(&k);
        left = slots_start(&k);
        pthread_mutex_lock(&run->lock);
        if (!run->first && left) wait_for_event(&k, seen);
        sweep_finished *const list = run->first;
        run->first = run->last = NULL;
        const bool parked = run->parked > 0;
        pthread_mutex_unlock(&run->lock);
        if (list) left = true;
        results_take(&k, list);
        /* Without a store nothing is gained by waiting; a parked runner waits for this memory. */
        if (!run->options.store || parked || batch_due(&k)) batch_flush(&k);
    }
    batch_flush(&k);
    for (uint32_t i = 0; i < run->slot_count; ++i) {
        pool_group_destroy(run->slot[i].group);
        run->slot[i].group = NULL;
    }
    check_whole(run);
}

/* ---- Resume ---------------------------------------------------------------------------------- */

/* A unit counts as found when it is one of the plan: same number, same block, right size. */
static td_status resume_visit(void *visitor, const td_unit *unit, const void *data, size_t bytes,
                              td_error *err)
{
    sweep *const run = visitor;
    size_t wanted = 0;
    if (unit->number >= run->units.count || run->resumed[unit->number]) return TD_OK;
    const td_unit *const planned = &run->units.unit[unit->number];
    if (!unit_same_block(planned, unit, run->axis_count)) return TD_OK;
    td_status status = result_bytes(&run->layout, planned, &wanted, err);
    if (status) return status;
    if (bytes != wanted) return TD_OK;
    status = result_paste(&run->layout, planned, (void *)data, run->table, err);
    if (status) return status;
    run->resumed[unit->number] = 1;
    run->progress.units_resumed += 1;
    progress_count(run, unit->number);
    return TD_OK;
}

td_status keeper_resume(sweep *run, td_error *err)
{
    const td_store *const store = run->options.store;
    td_status status = TD_OK;
    if (store) status = store->load(store->context, resume_visit, run, err);
    if (!status) progress_tell(run);
    return status;
}
