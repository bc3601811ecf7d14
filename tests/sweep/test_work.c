/* test_work.c - what a running unit may use: scratch, parts, parts of parts, cancellation. */
#include "sweep/work.h"

#include "sweep_check.h"

static _Atomic uint64_t part_calls, part_faults;

static void sleep_us(long us)
{
    const struct timespec time = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&time, NULL);
}

typedef struct crew_scene {
    pool *pool;
    sweep_stop stop;
    work_crew crew;
} crew_scene;

static void crew_open(crew_scene *s, uint32_t threads, size_t keep_max)
{
    td_error err = TD_ERROR_INIT;
    memset(s, 0, sizeof *s);
    part_calls = part_faults = 0;
    CHECK_STATUS(TD_OK, pool_create(NULL, threads, &s->pool, &err), &err);
    CHECK_STATUS(TD_OK, work_crew_init(&s->crew, s->pool, NULL, &s->stop, keep_max, &err), &err);
}

static void crew_close(crew_scene *s)
{
    work_crew_free(&s->crew);
    pool_destroy(s->pool);
}

/* Runs body as a unit on some worker. */
typedef struct unit_call {
    crew_scene *scene;
    void (*body)(struct unit_call *call, td_work *work);
    uint64_t count, fail_from, number;
    bool slowly;
    td_status status;
    td_error error;
} unit_call;

static void unit_main(void *context, uint64_t index, uint32_t worker)
{
    unit_call *const call = (unit_call *)context + index;
    td_work *const work = work_at(&call->scene->crew, worker, 0);
    call->error = (td_error)TD_ERROR_INIT;
    call->body(call, work);
    work_reset(work);
}

static void run_body(unit_call *call)
{
    pool_for(call->scene->pool, 1, unit_main, call);
}

/* ---- Scratch --------------------------------------------------------------------------------- */

static void scratch_body(unit_call *call, td_work *work)
{
    char *pieces[200];
    size_t sizes[200];
    for (int i = 0; i < 200; ++i) {
        sizes[i] = (size_t)(call->number * 7919 + (uint64_t)i * 131) % 3000;
        pieces[i] = td_work_memory(work, sizes[i]);
        if (!pieces[i] || (uintptr_t)pieces[i] % 64 != 0) call->status = TD_E_INTERNAL;
        else memset(pieces[i], i, sizes[i]);
    }
    for (int i = 0; i < 200; ++i)
        for (size_t j = 0; j < sizes[i]; ++j)
            if (pieces[i][j] != (char)i) call->status = TD_E_INTERNAL;
    if (td_work_memory(work, SIZE_MAX) || td_work_memory(work, SIZE_MAX - 64) ||
        td_work_memory(work, SIZE_MAX / 2))
        call->status = TD_E_INTERNAL;
}

TEST(scratch_is_aligned_apart_and_reused)
{
    crew_scene s;
    crew_open(&s, 1, (size_t)1 << 20);
    for (uint64_t i = 0; i < 50; ++i) {
        unit_call call = {.scene = &s, .body = scratch_body, .number = i};
        run_body(&call);
        CHECK_STATUS(TD_OK, call.status, &call.error);
        /* From the second unit on, one piece serves them all. */
        if (i > 0) CHECK(work_at(&s.crew, 0, 0)->taken <= (size_t)1 << 20);
    }
    crew_close(&s);
}

static void *kept_first;
static size_t kept_taken;

static void keep_body(unit_call *call, td_work *work)
{
    kept_first = td_work_memory(work, call->count);
    kept_taken = work->taken;
}

TEST(what_is_kept_between_units_is_bounded)
{
    crew_scene s;
    crew_open(&s, 1, 100000);
    unit_call call = {.scene = &s, .body = keep_body, .count = 80000};
    run_body(&call);
    void *const before = kept_first;
    CHECK(work_at(&s.crew, 0, 0)->taken >= 80000);
    run_body(&call);
    CHECK(kept_first == before);
    call.count = 200000;
    run_body(&call);
    CHECK(kept_first != NULL);
    CHECK_INT(0, work_at(&s.crew, 0, 0)->taken);
    /* The next unit takes what it needs, not what the large one needed. */
    call.count = 100;
    run_body(&call);
    CHECK(kept_taken < 100000);
    crew_close(&s);
}

static td_status small_part(void *context, uint64_t index, td_work *work, td_error *err)
{
    (void)context;
    (void)index;
    (void)err;
    return td_work_memory(work, 1000) && work->taken < 100000 ? TD_OK : TD_E_INTERNAL;
}

static void small_body(unit_call *call, td_work *work)
{
    call->status = td_work_parts(work, 1000, small_part, call, &call->error);
}

TEST(scratch_of_a_part_ends_with_the_part)
{
    crew_scene s;
    crew_open(&s, 2, (size_t)1 << 20);
    unit_call call = {.scene = &s, .body = small_body};
    run_body(&call);
    CHECK_STATUS(TD_OK, call.status, &call.error);
    crew_close(&s);
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static td_status failing_part(void *context, uint64_t index, td_work *work, td_error *err)
{
    const unit_call *const call = context;
    (void)work;
    atomic_fetch_add(&part_calls, 1);
    if (index < call->fail_from) return TD_OK;
    /* The second that fails has begun before the first fails, and ends after it. */
    if (call->slowly) sleep_us(index == call->fail_from ? 300 : 900);
    return td_fail(err, index % 2 ? TD_E_CORRUPT : TD_E_IO, "part %d failed", (int)index);
}

static void failing_body(unit_call *call, td_work *work)
{
    call->status = td_work_parts(work, call->count, failing_part, call, &call->error);
}

TEST(the_lowest_part_that_failed_is_told)
{
    for (uint32_t threads = 1; threads <= 4; ++threads)
        for (uint64_t from = 0; from <= 40; ++from) {
            char message[32];
            crew_scene s;
            crew_open(&s, threads, 0);
            unit_call call = {.scene = &s,
                              .body = failing_body,
                              .count = 40,
                              .fail_from = from,
                              .slowly = from % 3 == 0};
            run_body(&call);
            snprintf(message, sizeof message, "part %d failed", (int)from);
            if (from < 40) CHECK_TEXT(message, call.error.message);
            const td_status wanted = from == 40 ? TD_OK : from % 2 ? TD_E_CORRUPT : TD_E_IO;
            CHECK_STATUS(wanted, call.status, &call.error);
            CHECK(part_calls > from || from == 40);
            /* Those above are left out once it is known; others may have begun by then. */
            if (threads == 1) CHECK_INT(from < 40 ? from + 1 : 40, part_calls);
            crew_close(&s);
        }
}

/* An operation that was built when td_error ended with its status: what lies behind is not ours. */
static void short_error_body(unit_call *call, td_work *work)
{
    call->error.struct_size = offsetof(td_error, native_code);
    call->error.native_code = 4711;
    call->status = td_work_parts(work, call->count, failing_part, call, &call->error);
}

TEST(a_shorter_error_is_not_written_past_its_end)
{
    crew_scene s;
    crew_open(&s, 2, 0);
    unit_call call = {.scene = &s, .body = short_error_body, .count = 3};
    run_body(&call);
    CHECK_INT(TD_E_IO, call.status);
    CHECK_INT(TD_E_IO, call.error.status);
    CHECK_INT(4711, call.error.native_code);
    crew_close(&s);
}

#define DEEP_SCRATCH 500

/* Every level fills scratch of its own and finds it as it was when its parts have returned. */
static td_status deep_part(void *context, uint64_t index, td_work *work, td_error *err)
{
    unit_call *const call = context;
    const uint64_t mark = ((uint64_t)work->worker << 40) + ((uint64_t)work->level << 32) + index;
    uint64_t *const scratch = td_work_memory(work, DEEP_SCRATCH * sizeof *scratch);
    td_status status = TD_OK;
    if (!scratch) return td_fail(err, TD_E_NO_MEMORY, "no scratch");
    for (uint64_t i = 0; i < DEEP_SCRATCH; ++i)
        scratch[i] = mark + i;
    if (work->level < WORK_LEVELS - 1) status = td_work_parts(work, 5, deep_part, call, err);
    else atomic_fetch_add(&part_calls, 1);
    for (uint64_t i = 0; i < DEEP_SCRATCH; ++i)
        if (scratch[i] != mark + i) atomic_fetch_add(&part_faults, 1);
    return status;
}

static void deep_body(unit_call *call, td_work *work)
{
    call->status = deep_part(call, call->number, work, &call->error);
}

TEST(parts_of_parts_have_scratch_of_their_own)
{
    for (uint32_t threads = 1; threads <= 8; threads *= 2)
        for (int round = 0; round < 20; ++round) {
            crew_scene s;
            unit_call calls[6];
            crew_open(&s, threads, 100000);
            for (uint64_t i = 0; i < 6; ++i)
                calls[i] = (unit_call){.scene = &s, .body = deep_body, .number = i};
            pool_for(s.pool, 6, unit_main, calls);
            for (int i = 0; i < 6; ++i)
                CHECK_STATUS(TD_OK, calls[i].status, &calls[i].error);
            CHECK_INT(0, part_faults);
            CHECK_INT(6 * 125, part_calls);
            crew_close(&s);
        }
}

static td_status too_deep(void *context, uint64_t index, td_work *work, td_error *err)
{
    (void)index;
    return td_work_parts(work, 2, too_deep, context, err);
}

static void too_deep_body(unit_call *call, td_work *work)
{
    call->status = too_deep(call, 0, work, &call->error);
}

TEST(parts_that_nest_too_deep_are_an_error)
{
    crew_scene s;
    crew_open(&s, 2, 0);
    unit_call call = {.scene = &s, .body = too_deep_body};
    run_body(&call);
    CHECK_STATUS(TD_E_INTERNAL, call.status, &call.error);
    CHECK_HAS("nest 4 deep, allowed are 3", call.error.message);
    crew_close(&s);
}

static td_status stopping_part(void *context, uint64_t index, td_work *work, td_error *err)
{
    unit_call *const call = context;
    (void)err;
    atomic_fetch_add(&part_calls, 1);
    if (index == 3) atomic_store(&call->scene->stop.now, true);
    return index >= 3 && !td_work_cancelled(work) ? TD_E_INTERNAL : TD_OK;
}

static void stopping_body(unit_call *call, td_work *work)
{
    if (td_work_cancelled(work) || td_work_threads(work) != 1) call->status = TD_E_INTERNAL;
    else call->status = td_work_parts(work, 1000, stopping_part, call, &call->error);
}

TEST(parts_end_when_the_run_stops)
{
    crew_scene s;
    crew_open(&s, 1, 0);
    unit_call call = {.scene = &s, .body = stopping_body};
    run_body(&call);
    CHECK_STATUS(TD_E_CANCELLED, call.status, &call.error);
    CHECK_INT(4, part_calls);
    crew_close(&s);
}

/* ---- Missing values -------------------------------------------------------------------------- */

/* Writes rubbish everywhere and fails, then writes nothing: what is left must be missing. */
static _Atomic int lazy_runs;

static td_status lazy_cpu(const void *state, const td_unit *unit, td_work *work, td_result *result,
                          td_error *err)
{
    td_block block;
    (void)state;
    (void)unit;
    (void)work;
    const bool first = atomic_fetch_add(&lazy_runs, 1) == 0;
    for (uint32_t i = 0; first && i < 5; ++i) {
        if (!td_result_block(result, i, &block)) continue;
        /* The whole unit, so its blocks are dense. */
        size_t count = 1;
        for (uint32_t d = 0; d < block.rank; ++d)
            count *= block.shape[d];
        const size_t bytes[] = {8, 8, 4, 1, 4};
        memset(block.data, 0x11, count * bytes[i]);
    }
    return first ? td_fail(err, TD_E_NO_MEMORY, "the first try") : TD_OK;
}

TEST(what_a_unit_does_not_write_is_missing)
{
    td_op_impl lazy = sum_impl;
    td_error err = TD_ERROR_INIT;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_var var;
    lazy.run_cpu = lazy_cpu;
    lazy.finish = NULL;
    const td_op_impl *const ops[] = {&lazy, NULL};
    const sum_call call = {
        .a = "1:3", .b = "1,2", .f = "1,2", .items_per_unit = 9, .a_per_unit = 9};
    sum_hooks_clear();
    lazy_runs = 0;
    sum_data data = data_make(4, 5);
    config.threads = 1;
    config.backends = "cpu";
    config.ops = ops;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    td_args *const args = args_make(engine, &data, &call);
    CHECK_STATUS(TD_OK, td_args_output(args, "half", true, &err), &err);
    td_table *const table = run_well(engine, args, NULL, NULL);
    CHECK(lazy_runs > 2);
    CHECK(td_table_find_var(table, "sum", &var) && var.count == 24);
    for (uint64_t i = 0; i < var.count; ++i)
        CHECK(((const int64_t *)var.data)[i] == INT64_MIN);
    CHECK(td_table_find_var(table, "mean", &var) && var.count == 24);
    for (uint64_t i = 0; i < var.count; ++i)
        CHECK(isnan(((const double *)var.data)[i]));
    CHECK(td_table_find_var(table, "count", &var) && var.count == 4);
    for (uint64_t i = 0; i < var.count; ++i)
        CHECK(((const int32_t *)var.data)[i] == INT32_MIN);
    CHECK(td_table_find_var(table, "mark", &var) && var.count == 2);
    for (uint64_t i = 0; i < var.count; ++i)
        CHECK_INT(0, ((const uint8_t *)var.data)[i]);
    CHECK(td_table_find_var(table, "half", &var) && var.count == 3);
    for (uint64_t i = 0; i < var.count; ++i)
        CHECK(isnan(((const float *)var.data)[i]));
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(scratch_is_aligned_apart_and_reused),
                                     RUN(what_is_kept_between_units_is_bounded),
                                     RUN(scratch_of_a_part_ends_with_the_part),
                                     RUN(the_lowest_part_that_failed_is_told),
                                     RUN(a_shorter_error_is_not_written_past_its_end),
                                     RUN(parts_of_parts_have_scratch_of_their_own),
                                     RUN(parts_that_nest_too_deep_are_an_error),
                                     RUN(parts_end_when_the_run_stops),
                                     RUN(what_a_unit_does_not_write_is_missing),
                                     {0}});
}
