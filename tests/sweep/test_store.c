/* test_store.c - what is durable is never lost and never computed twice: resume after any end. */
#include "sweep_check.h"

/* One scene: arguments with eight units, the right table, and a store. */
typedef struct scene {
    sum_data data;
    td_engine *engine;
    td_args *args;
    td_table *right;
    td_cancel *cancel;
    memory_store *store;
    td_run_options options;
} scene;

#define UNITS 8

static void scene_open(scene *s, uint32_t threads)
{
    const sum_call call = {
        .a = "1:6", .b = "2,5", .f = "0.5,2", .items_per_unit = 2, .a_per_unit = 3};
    const td_run_options fresh = TD_RUN_OPTIONS_INIT;
    td_error err = TD_ERROR_INIT;
    sum_hooks_clear();
    memset(s, 0, sizeof *s);
    s->data = data_make(7, 12);
    s->engine = engine_make(threads, 0, "cpu");
    s->args = args_make(s->engine, &s->data, &call);
    s->right = run_well(s->engine, s->args, NULL, NULL);
    check_closed_form(s->right, s->args);
    CHECK_STATUS(TD_OK, td_cancel_create(s->engine, &s->cancel, &err), &err);
    s->store = malloc(sizeof *s->store);
    store_init(s->store);
    s->options = fresh;
    s->options.store = &s->store->store;
    sum_hooks_clear();
}

static void scene_close(scene *s)
{
    CHECK(!s->store->threads_mixed);
    check_clean(s->engine);
    store_free(s->store);
    free(s->store);
    td_cancel_destroy(s->cancel);
    td_table_destroy(s->right);
    td_args_destroy(s->args);
    td_engine_destroy(s->engine);
    data_free(&s->data);
}

/* Runs to the end with what the store has, and checks that only the rest was computed. */
static void resume_well(scene *s)
{
    td_report report = TD_REPORT_INIT;
    const size_t had = s->store->count;
    store_crash(s->store);
    const size_t durable = s->store->count;
    CHECK(durable <= had);
    sum_hooks_clear();
    s->store->keeps = 0;
    td_table *const table = run_well(s->engine, s->args, &s->options, &report);
    check_same_tables(s->right, table);
    CHECK_INT(UNITS, report.units);
    CHECK_INT(durable, report.units_resumed);
    CHECK_INT(UNITS - durable, hooks.cpu_runs);
    CHECK_INT(UNITS - durable, s->store->keeps);
    CHECK_INT(UNITS, s->store->count);
    CHECK_INT(1, hooks.finished);
    for (size_t i = 0; i < s->store->count; ++i)
        CHECK(s->store->entry[i].durable);
    td_table_destroy(table);
}

/* ---- Any subset ------------------------------------------------------------------------------ */

TEST(any_subset_of_units_is_resumed)
{
    scene s;
    scene_open(&s, 2);
    resume_well(&s);
    for (unsigned mask = 0; mask < 1u << UNITS; ++mask) {
        for (size_t i = s.store->count; i-- > 0;)
            if (!(mask >> s.store->entry[i].unit.number & 1)) store_drop(s.store, i);
        resume_well(&s);
    }
    scene_close(&s);
}

typedef struct progress_seen {
    memory_store *store;
    td_progress last;
    bool wrong;
} progress_seen;

/* What is told as done must be durable. */
static void progress_call(void *context, const td_progress *progress)
{
    progress_seen *const seen = context;
    uint64_t durable = 0;
    for (size_t i = 0; i < seen->store->count; ++i)
        durable += seen->store->entry[i].durable;
    if (progress->units_done > durable) seen->wrong = true;
    seen->last = *progress;
}

TEST(only_durable_units_are_told_as_done)
{
    scene s;
    scene_open(&s, 3);
    progress_seen seen = {.store = s.store};
    s.options.progress = progress_call;
    s.options.progress_context = &seen;
    resume_well(&s);
    CHECK(!seen.wrong);
    CHECK_INT(UNITS, seen.last.units_done);
    CHECK_INT(0, seen.last.units_resumed);
    store_drop(s.store, 3);
    resume_well(&s);
    CHECK(!seen.wrong);
    CHECK_INT(UNITS, seen.last.units_done);
    CHECK_INT(UNITS - 1, seen.last.units_resumed);
    CHECK_NEAR(seen.last.cost_total, seen.last.cost_done, 1e-9);
    scene_close(&s);
}

TEST(units_are_flushed_in_batches)
{
    scene s;
    scene_open(&s, 1);
    resume_well(&s);
    /* Eight units of microseconds each are one batch of 100 ms, or two on a busy machine. */
    CHECK(s.store->flushes >= 1 && s.store->flushes < UNITS);
    scene_close(&s);
}

/* ---- What is stored is not trusted ----------------------------------------------------------- */

TEST(units_that_are_not_of_the_plan_are_computed_anew)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    scene_open(&s, 2);
    resume_well(&s);
    store_entry *const e = s.store->entry;
    e[0].unit.number = UNITS + 100;
    e[1].unit.number = UINT64_MAX;
    e[2].unit.items.count += 1;
    e[3].unit.axis[0].first += 1;
    e[4].bytes -= 1;
    e[5].unit.axis[3].count -= 1;
    e[6].unit.number = e[7].unit.number;
    /* They are read, but this store must not mind a unit that it has, in some form, already. */
    s.store->replaces = true;
    sum_hooks_clear();
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_INT(1, report.units_resumed);
    CHECK_INT(UNITS - 1, hooks.cpu_runs);
    td_table_destroy(table);
    scene_close(&s);
}

TEST(another_identity_is_refused)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    scene_open(&s, 2);
    resume_well(&s);
    CHECK_HAS("test.sum", s.store->identity);
    CHECK_STATUS(TD_OK, td_args_sweep(s.args, "a", "1:5,7", &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(s.engine, s.args, &s.options, &table, NULL, &err), &err);
    CHECK_HAS("belongs to another run", err.message);
    CHECK(table == NULL);
    CHECK_INT(UNITS, s.store->count);
    scene_close(&s);
}

/* ---- Every way to end ------------------------------------------------------------------------ */

TEST(a_store_that_fails_at_any_call_loses_nothing_durable)
{
    for (uint32_t threads = 1; threads <= 3; threads += 2)
        for (uint64_t at = 1;; ++at) {
            scene s;
            td_error err = TD_ERROR_INIT;
            td_table *table = NULL;
            scene_open(&s, threads);
            s.store->fail_at = at;
            s.store->fail_status = TD_E_IO;
            const td_status status = td_run(s.engine, s.args, &s.options, &table, NULL, &err);
            const bool failed = s.store->calls >= at;
            CHECK_STATUS(failed ? TD_E_IO : TD_OK, status, &err);
            if (failed) {
                CHECK_TEXT("the store was told to fail", err.message);
                CHECK(table == NULL);
                /* After its first failure it is left alone. */
                CHECK_INT(at, s.store->calls);
                CHECK_INT(0, hooks.finished);
                resume_well(&s);
            }
            td_table_destroy(table);
            scene_close(&s);
            if (!failed) {
                /* begin, load, eight times keep, flush */
                CHECK(at > 11);
                break;
            }
        }
}

static td_cancel *the_cancel;
static _Atomic int64_t event_at;

static void cancel_some(const td_unit *unit)
{
    (void)unit;
    if (atomic_fetch_sub(&event_at, 1) == 1) td_cancel_request(the_cancel);
}

TEST(a_run_cancelled_at_any_unit_is_resumed)
{
    for (uint32_t threads = 1; threads <= 3; ++threads)
        for (int64_t at = 1; at <= UNITS; ++at) {
            scene s;
            td_error err = TD_ERROR_INIT;
            td_table *table = NULL;
            scene_open(&s, threads);
            the_cancel = s.cancel;
            event_at = at;
            hooks.on_unit = cancel_some;
            s.options.cancel = s.cancel;
            const td_status status = td_run(s.engine, s.args, &s.options, &table, NULL, &err);
            CHECK(status == TD_E_CANCELLED || (status == TD_OK && at + threads > UNITS));
            /* Every unit that ran to its end is durable, those begun before the request too. */
            CHECK_INT(hooks.cpu_runs, s.store->count);
            for (size_t i = 0; i < s.store->count; ++i)
                CHECK(s.store->entry[i].durable);
            CHECK_INT(status == TD_OK, table != NULL);
            td_table_destroy(table);
            s.options.cancel = NULL;
            resume_well(&s);
            scene_close(&s);
        }
}

static td_status fail_some(const td_unit *unit, td_error *err)
{
    (void)unit;
    if (atomic_fetch_sub(&event_at, 1) != 1) return TD_OK;
    return td_fail(err, TD_E_INTERNAL, "this unit was told to fail");
}

TEST(what_was_finished_before_a_failure_is_durable)
{
    for (int64_t at = 1; at <= UNITS; ++at) {
        scene s;
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        scene_open(&s, 1);
        event_at = at;
        hooks.on_cpu = fail_some;
        CHECK_STATUS(TD_E_INTERNAL, td_run(s.engine, s.args, &s.options, &table, NULL, &err), &err);
        CHECK_INT(at - 1, s.store->count);
        resume_well(&s);
        scene_close(&s);
    }
}

/* ---- Split units ----------------------------------------------------------------------------- */

static td_status no_memory_for_large(const td_unit *unit, td_error *err)
{
    if (unit->items.count * unit->axis[0].count * unit->axis[1].count <= 2) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "too large");
}

TEST(a_unit_that_was_split_is_stored_whole)
{
    scene s, whole;
    td_report report = TD_REPORT_INIT;
    scene_open(&whole, 1);
    resume_well(&whole);
    scene_open(&s, 1);
    data_free(&s.data);
    td_args_destroy(s.args);
    /* The same data in both, so that what is stored can be compared. */
    const sum_call call = {
        .a = "1:6", .b = "2,5", .f = "0.5,2", .items_per_unit = 2, .a_per_unit = 3};
    s.args = args_make(s.engine, &whole.data, &call);
    hooks.on_cpu = no_memory_for_large;
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(whole.right, table);
    CHECK_INT(UNITS, report.units_split);
    CHECK_INT(UNITS, s.store->count);
    for (size_t i = 0; i < UNITS; ++i)
        for (size_t j = 0; j < UNITS; ++j) {
            const store_entry *const a = &s.store->entry[i], *const b = &whole.store->entry[j];
            if (a->unit.number != b->unit.number) continue;
            CHECK_INT(b->bytes, a->bytes);
            CHECK(memcmp(a->data, b->data, a->bytes) == 0);
        }
    td_table_destroy(table);
    td_args_destroy(s.args);
    s.args = NULL;
    s.data = data_make(1, 1);
    scene_close(&s);
    scene_close(&whole);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(any_subset_of_units_is_resumed),
                                     RUN(only_durable_units_are_told_as_done),
                                     RUN(units_are_flushed_in_batches),
                                     RUN(units_that_are_not_of_the_plan_are_computed_anew),
                                     RUN(another_identity_is_refused),
                                     RUN(a_store_that_fails_at_any_call_loses_nothing_durable),
                                     RUN(a_run_cancelled_at_any_unit_is_resumed),
                                     RUN(what_was_finished_before_a_failure_is_durable),
                                     RUN(a_unit_that_was_split_is_stored_whole),
                                     {0}});
}
