/* run.c - td_run and td_plan: opens a run, plans it, has it kept, and closes it. */
#include <stdio.h>
#include <string.h>

#include "core/args.h"
#include "core/memory.h"
#include "core/trace.h"
#include "sweep/report.h"

#define KEEP_SHARE 8 /* scratch kept by all workers: this part of the budget */

typedef unsigned long long ull;

void sweep_fail(sweep *run, td_status status, const td_error *err)
{
    pthread_mutex_lock(&run->lock);
    if (!run->status) {
        run->status = status;
        if (err) run->error = *err;
    }
    atomic_store(&run->stop.now, true);
    run->events += 1;
    pthread_cond_signal(&run->event);
    pthread_mutex_unlock(&run->lock);
}

/* ---- Options --------------------------------------------------------------------------------- */

static td_status store_check(const td_store *store, td_error *err)
{
    if (!store) return TD_OK;
    if (store->struct_size < sizeof *store || !store->begin || !store->load || !store->keep ||
        !store->flush)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "options.store needs all of begin, load, keep and flush");
    return TD_OK;
}

td_status sweep_options(const td_run_options *options, td_run_options *out, td_error *err)
{
    td_run_options full = TD_RUN_OPTIONS_INIT;
    if (options) {
        const uint32_t known = options->struct_size;
        if (known < sizeof known)
            return td_fail(err, TD_E_BAD_ARGUMENT, "options are not set with TD_RUN_OPTIONS_INIT");
        memcpy(&full, options, known < sizeof full ? known : sizeof full);
        full.struct_size = sizeof full;
    }
    if (full.fallback != TD_FALLBACK_CPU && full.fallback != TD_FALLBACK_SPLIT &&
        full.fallback != TD_FALLBACK_NONE)
        return td_fail(err, TD_E_BAD_ARGUMENT, "options.fallback is %d, allowed 0 to 2",
                       (int)full.fallback);
    const td_status status = store_check(full.store, err);
    if (!status) *out = full;
    return status;
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void sync_init(sweep *run)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&run->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&run->event, &monotonic);
    pthread_condattr_destroy(&monotonic);
    run->synced = true;
}

static td_status open_plan(sweep *run, td_error *err)
{
    const td_op_impl *const impl = run->impl;
    const td_allocator *const allocator = engine_allocator(run->engine);
    td_status status = impl->open(run->engine, run->args, &run->state, &run->item_count, err);
    if (status) return status;
    run->opened = true;
    status = result_layout_init(&run->layout, impl->op, run->args, run->item_count, allocator, err);
    if (status) return status;
    status = choose_plan(run, err);
    if (status) return status;
    run->need = memory_array(allocator, run->units.count, sizeof *run->need);
    run->resumed = memory_take(allocator, run->units.count);
    if (!run->need || !run->resumed)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no host memory for a plan of %llu units",
                       impl->op->name, (ull)run->units.count);
    for (uint64_t i = 0; i < run->units.count; ++i)
        run->cost_total += run->units.unit[i].cost;
    return TD_OK;
}

/* Everything up to the plan. What it leaves is taken apart by sweep_close in any case. */
static td_status sweep_open(sweep *run, td_engine *engine, const td_args *args,
                            const td_run_options *options, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "engine is NULL");
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "args is NULL");
    if (args_engine(args) != engine)
        return td_fail(err, TD_E_BAD_ARGUMENT, "args belong to another engine");
    run->engine = engine;
    run->args = args;
    run->impl = args_impl(args);
    run->axis_count = td_args_axis_count(args);
    run->error = (td_error)TD_ERROR_INIT;
    units_init(&run->units, engine_allocator(engine));
    sync_init(run);
    if (pool_worker(engine_pool(engine)) != POOL_NO_WORKER)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: a run cannot be started from within a unit",
                       run->impl->op->name);
    td_status status = sweep_options(options, &run->options, err);
    if (!status) status = args_complete(args, err);
    if (!status) status = choose_named(run, err);
    return status ? status : open_plan(run, err);
}

static void sweep_close(sweep *run)
{
    memory_give(run->slot);
    memory_give(run->pending);
    for (uint32_t i = 0; run->launcher && i < run->crew.threads; ++i)
        launcher_close(&run->launcher[i]);
    place_free_all(run);
    memory_give(run->launcher);
    work_crew_free(&run->crew);
    if (!run->table_given) td_table_destroy(run->table);
    memory_give(run->resumed);
    memory_give(run->need);
    units_free(&run->units);
    result_layout_free(&run->layout);
    if (run->opened && run->impl->close) run->impl->close(run->state);
    if (!run->synced) return;
    pthread_cond_destroy(&run->event);
    pthread_mutex_destroy(&run->lock);
}

/* ---- Running --------------------------------------------------------------------------------- */

static td_status store_begin(sweep *run, td_error *err)
{
    char *identity = NULL;
    const td_store *const store = run->options.store;
    if (!store) return TD_OK;
    td_status status = args_identity(run->args, &identity, err);
    if (!status) status = store->begin(store->context, identity, err);
    td_free(run->engine, identity);
    return status;
}

static td_status make_table(sweep *run, const sweep_hook *hook, td_error *err)
{
    const td_status status =
        result_table(&run->layout, engine_allocator(run->engine), &run->table, err);
    if (status || !hook) return status;
    run->table_given = true;
    hook->planned(hook->context, run->table);
    return TD_OK;
}

/* Units that are still to be run, the dearest first: the long ones must not come last. */
static td_status make_pending(sweep *run, td_error *err)
{
    td_status status = units_order(&run->units, &run->pending, err);
    if (status) return status;
    for (uint64_t i = 0; i < run->units.count && !status; ++i) {
        const uint64_t number = run->pending[i];
        if (run->resumed[number]) continue;
        run->pending[run->pending_count++] = number;
        run->cost_pending += run->units.unit[number].cost;
        status = unit_need(run, &run->units.unit[number], &run->need[number], err);
    }
    return status;
}

static td_status make_workers(sweep *run, td_error *err)
{
    const td_allocator *const allocator = engine_allocator(run->engine);
    pool *const threads = engine_pool(run->engine);
    const uint32_t count = pool_threads(threads);
    const uint64_t keep = budget_max(engine_budget(run->engine)) / KEEP_SHARE / count;
    td_status status = work_crew_init(&run->crew, threads, allocator, &run->stop, keep, err);
    if (status) return status;
    run->launcher = memory_array(allocator, count, sizeof *run->launcher);
    run->slot = memory_array(allocator, count, sizeof *run->slot);
    if (!run->launcher || !run->slot)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no host memory for %u workers",
                       run->impl->op->name, count);
    for (uint32_t i = 0; i < count; ++i) {
        run->launcher[i].run = run;
        run->launcher[i].slot = i;
        run->slot[i].run = run;
        run->slot[i].number = i;
        run->slot[i].home = i % run->chosen_count;
    }
    run->slot_count = count < run->pending_count ? count : (uint32_t)run->pending_count;
    return TD_OK;
}

static td_status run_units(sweep *run, uint64_t deadline_ms, td_error *err)
{
    run->progress.units_total = run->units.count;
    run->progress.cost_total = run->cost_total;
    td_status status = store_begin(run, err);
    if (!status) status = keeper_resume(run, err);
    if (!status) status = make_pending(run, err);
    if (!status) status = make_workers(run, err);
    if (status) return status;
    keeper_run(run, deadline_ms);
    if (!run->status) return TD_OK;
    td_fail(err, run->status, "%s", run->error.message);
    if (err && err->struct_size >= sizeof *err) err->native_code = run->error.native_code;
    return run->status;
}

td_status sweep_execute(td_engine *engine, const td_args *args, const td_run_options *options,
                        const sweep_hook *hook, td_table **out, td_report *report, td_error *err)
{
    sweep run = {0};
    const uint64_t start_ms = keeper_now_ms();
    const double start = trace_now();
    uint64_t deadline_ms = UINT64_MAX;
    td_status status = sweep_open(&run, engine, args, options, err);
    if (status) goto out;
    run.stop.caller = run.options.cancel;
    run.stop.job = hook ? hook->cancel : NULL;
    if (run.options.timeout_ms > 0) deadline_ms = start_ms + run.options.timeout_ms;
    status = make_table(&run, hook, err);
    if (!status) status = run_units(&run, deadline_ms, err);
    if (!status && run.impl->finish) status = run.impl->finish(run.state, run.table, err);
    if (status) goto out;
    if (report) report_write(&run, trace_now() - start, report);
    if (out && !hook) {
        *out = run.table;
        run.table_given = true;
    }
out:
    sweep_close(&run);
    return status;
}

td_status td_run(td_engine *engine, const td_args *args, const td_run_options *options,
                 td_table **out, td_report *report, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_run: engine is NULL");
    engine_enter(engine);
    const td_status status = sweep_execute(engine, args, options, NULL, out, report, err);
    engine_leave(engine);
    return status;
}

td_status td_plan(td_engine *engine, const td_args *args, const td_run_options *options,
                  td_report *report, td_error *err)
{
    sweep run = {0};
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_plan: engine is NULL");
    engine_enter(engine);
    td_status status = sweep_open(&run, engine, args, options, err);
    for (uint64_t i = 0; i < run.units.count && !status; ++i)
        status = unit_need(&run, &run.units.unit[i], &run.need[i], err);
    if (!status && report) report_write_plan(&run, report);
    sweep_close(&run);
    engine_leave(engine);
    return status;
}
