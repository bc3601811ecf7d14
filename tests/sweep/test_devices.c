/* test_devices.c - several devices in one run: dealing, loss of one of them, how many units are on
 * each at a time, and what the report tells of each. */
#include "device_scene.h"
#include "sweep/sweep.h"

static const sum_call many_call = {
    .a = "1:4", .b = "2,5", .f = "0.5,2", .items_per_unit = 1, .a_per_unit = 1};
#define MANY_UNITS 28

static const td_report_device *device_of(const td_report *report, const char *name)
{
    for (uint32_t i = 0; i < report->device_count; ++i)
        if (strcmp(report->devices[i].name, name) == 0) return &report->devices[i];
    return NULL;
}

static uint64_t units_of(const td_report *report, const char *name)
{
    const td_report_device *const device = device_of(report, name);
    return device ? device->units : 0;
}

/* ---- Two that work --------------------------------------------------------------------------- */

TEST(two_devices_share_a_run)
{
    for (uint32_t threads = 2; threads <= 4; ++threads) {
        scene s;
        td_report report = TD_REPORT_INIT;
        backend_test_plan plan = plan_of(2, 1 << 20);
        scene_open(&s, threads, &plan, &many_call);
        plan.slow_us[0] = plan.slow_us[1] = 3000;
        steer->set(&plan);
        s.options.device = "test:0,test:1";
        td_table *const table = run_well(s.engine, s.args, &s.options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(2, report.device_count);
        CHECK_TEXT("test:0", report.devices[0].name);
        CHECK_TEXT("test:1", report.devices[1].name);
        CHECK_INT(MANY_UNITS, units_of(&report, "test:0") + units_of(&report, "test:1"));
        CHECK(units_of(&report, "test:0") > 4 && units_of(&report, "test:1") > 4);
        CHECK_INT(0, report.units_retried + report.units_split + report.units_moved);
        CHECK_INT(0, hooks.cpu_runs);
        td_table_destroy(table);
        scene_close(&s);
    }
}

TEST(a_slow_device_gets_less_of_it)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(2, 1 << 20);
    scene_open(&s, 2, &plan, &many_call);
    plan.slow_us[0] = 40000;
    plan.slow_us[1] = 2000;
    steer->set(&plan);
    s.options.device = "test:0,test:1";
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK(units_of(&report, "test:1") > 2 * units_of(&report, "test:0"));
    CHECK(device_of(&report, "test:1")->cost_share > device_of(&report, "test:0")->cost_share);
    CHECK_TEXT("test:1", report.device);
    CHECK_INT(0, report.units_moved);
    td_table_destroy(table);
    scene_close(&s);
}

static td_status take_a_while(const td_unit *unit, td_error *err)
{
    (void)unit;
    (void)err;
    usleep(1000);
    return TD_OK;
}

TEST(the_cpu_may_be_one_of_them)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 2, &plan, &many_call);
    plan.slow_us[0] = 1000;
    steer->set(&plan);
    s.options.device = "cpu,test:0";
    hooks.on_cpu = take_a_while;
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_INT(2, report.device_count);
    CHECK_TEXT("cpu", report.devices[1].name); /* the last, wherever it was named */
    CHECK_INT(MANY_UNITS, units_of(&report, "cpu") + units_of(&report, "test:0"));
    CHECK_INT(units_of(&report, "cpu"), hooks.cpu_runs);
    td_table_destroy(table);
    scene_close(&s);
}

/* ---- Failures on one of two --------------------------------------------------------------------
 */

typedef struct trial {
    backend_test_call call;
    td_status status;
    td_fallback policy;
    uint32_t threads;
} trial;

/* Answers false when the failure came too late to happen. */
static bool fail_once(const trial *t, uint64_t at)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *table = NULL;
    backend_test_state state;
    backend_test_plan plan = plan_of(2, 1 << 20);
    plan.records = at % 2 == 0;
    scene_open(&s, t->threads, &plan, &small_call);
    plan.fail_call = t->call;
    plan.fail_at = at;
    plan.fail_status = t->status;
    plan.lose = t->status == TD_E_DEVICE_LOST;
    plan.fail_device = 0;
    plan.deferred = at % 3 == 0;
    steer->set(&plan);
    s.options.device = "test:0,test:1";
    s.options.fallback = t->policy;
    const td_status status = td_run(s.engine, s.args, &s.options, &table, &report, &err);
    steer->get(&state);
    const bool moves = t->status == TD_E_DEVICE_LOST;
    if (state.failures == 0 || t->policy == TD_FALLBACK_CPU ||
        (!moves && t->policy == TD_FALLBACK_SPLIT)) {
        CHECK_STATUS(TD_OK, status, &err);
        check_same_tables(s.right, table);
        CHECK_INT(0, hooks.cpu_runs);
        CHECK_INT(state.failures > 0, report.note[0] != 0);
        if (moves && state.failures > 0) {
            CHECK_INT(1, device_of(&report, "test:0")->lost);
            CHECK(report.units_moved > 0 && report.units_moved <= t->threads);
        }
        if (!moves) CHECK_INT(state.failures > 0, report.units_retried);
        const td_report_device *const other = device_of(&report, "test:1");
        if (other) CHECK_INT(0, other->lost);
    } else {
        CHECK_STATUS(t->status, status, &err);
        CHECK(table == NULL);
    }
    td_table_destroy(table);
    scene_close(&s);
    return state.failures > 0;
}

TEST(one_of_two_fails_at_every_place)
{
    static const backend_test_call calls[] = {CALL_ALLOC,  CALL_COPY, CALL_LAUNCH,
                                              CALL_STREAM, CALL_WAIT, CALL_ANY};
    static const td_status kinds[] = {TD_E_DEVICE_LOST, TD_E_NO_DEVICE_MEMORY};
    for (size_t c = 0; c < sizeof calls / sizeof *calls; ++c)
        for (int k = 0; k < 2; ++k)
            for (int policy = TD_FALLBACK_CPU; policy <= TD_FALLBACK_NONE; ++policy) {
                const trial one = {calls[c], kinds[k], (td_fallback)policy, 1};
                const trial three = {calls[c], kinds[k], (td_fallback)policy, 3};
                uint64_t at = 1;
                while (fail_once(&one, at))
                    at += 1;
                CHECK(at > 1);
                for (at = 1; at < 60 && fail_once(&three, at); at += 5) {}
            }
}

TEST(both_lost_leaves_the_cpu)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(2, 1 << 20);
    scene_open(&s, 3, &plan, &many_call);
    plan.fail_call = CALL_LAUNCH;
    plan.fail_at = 5;
    plan.fail_count = UINT64_MAX;
    plan.lose = true;
    steer->set(&plan);
    s.options.device = "test:0,test:1";
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_TEXT("cpu", report.device);
    CHECK(hooks.cpu_runs > 0);
    td_table_destroy(table);
    scene_close(&s);
}

/* A device that is not preferred does not help out; nobody asked for it. */
TEST(a_device_that_is_not_preferred_takes_no_moved_unit)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(2, 1 << 20);
    plan.not_preferred = true;
    scene_open(&s, 2, &plan, &small_call);
    plan.fail_call = CALL_LAUNCH;
    plan.fail_at = 1;
    plan.lose = true;
    plan.fail_device = 0;
    steer->set(&plan);
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_TEXT("cpu", report.device);
    CHECK_INT(0, units_of(&report, "test:1"));
    td_table_destroy(table);
    scene_close(&s);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

TEST(want_of_memory_lets_fewer_units_in)
{
    /* The plan says less than a unit takes: three at a time do not fit, one does. */
    const sum_call call = {.a = "1:8", .b = "0:9", .items_per_unit = 1, .a_per_unit = 1};
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_state state;
    backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 3, &plan, &call);
    plan.slow_us[0] = 1000;
    plan.bytes = 300;
    steer->set(&plan);
    /* Of 300 bytes; the floor of the plan lets all in at first. */
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_INT(7 * 8, report.units);
    CHECK(report.units_retried > 0);
    CHECK_HAS("are wanted", report.note);
    steer->get(&state);
    CHECK(state.peak_bytes <= 300);
    CHECK(device_of(&report, "test:0")->in_flight_max > 1);
    /* The first ones to meet each other, and those let in again later: not one after the other. */
    CHECK(report.units_retried < 7 * 8 / 2);
    td_table_destroy(table);
    scene_close(&s);
}

TEST(a_limit_is_told_to_the_pool_and_taken_back)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_state state;
    const backend_test_plan plan = plan_of(2, 1 << 20);
    scene_open(&s, 3, &plan, &many_call);
    s.options.device = "test:0,test:1";
    s.options.device_bytes_max = 300;
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    steer->get(&state);
    CHECK_INT(4, state.limits);
    CHECK_INT(0, state.limit_bytes);
    CHECK_INT(256, hooks.plan_device_bytes);
    /* The run's own count is kept to exactly: what is given back counts until it is. */
    for (uint32_t i = 0; i < report.device_count; ++i)
        CHECK(report.devices[i].bytes_peak <= 300);
    td_table_destroy(table);
    scene_close(&s);
}

/* A run as far as places need one. */
typedef struct bench {
    td_engine *engine;
    sweep *run;
} bench;

static void bench_open(bench *b, uint32_t devices, const char *names)
{
    td_error err = TD_ERROR_INIT;
    const backend_test_plan plan = plan_of(devices, 1 << 20);
    steer = plugin_steer();
    steer->set(&plan);
    b->engine = engine_make(4, 0, "test");
    b->run = calloc(1, sizeof *b->run);
    b->run->engine = b->engine;
    b->run->options = (td_run_options)TD_RUN_OPTIONS_INIT;
    b->run->options.device = names;
    pthread_mutex_init(&b->run->lock, NULL);
    CHECK_STATUS(TD_OK, choose_named(b->run, &err), &err);
}

static void bench_close(bench *b)
{
    place_free_all(b->run);
    pthread_mutex_destroy(&b->run->lock);
    free(b->run);
    td_engine_destroy(b->engine);
}

TEST(the_number_of_units_falls_and_rises_again)
{
    bench b;
    const td_unit unit = {.device_bytes = 100, .cost = 1.0};
    bench_open(&b, 1, "test:0");
    sweep_place *const place = b.run->chosen[0];
    CHECK_INT((1 << 20) / 100 * 80, place->bytes_max);
    for (int i = 0; i < 4; ++i) {
        CHECK(place_admits(place, &unit));
        place_enter(place, &unit);
    }
    CHECK(!place_admits(place, &unit)); /* as many as there are workers */
    place_squeezed(b.run, place);
    CHECK_INT(3, place->allowed);
    place_leave(place, &unit);
    CHECK(!place_admits(place, &unit));
    place_squeezed(b.run, place);
    place_squeezed(b.run, place);
    CHECK_INT(2, place->allowed);
    place_leave(place, &unit);
    place_leave(place, &unit);
    CHECK(place_admits(place, &unit));
    place_leave(place, &unit);
    place_squeezed(b.run, place);
    CHECK_INT(1, place->allowed);
    CHECK(place_admits(place, &unit)); /* one always is */
    for (int i = 0; i < 3 * PLACE_CALM; ++i) {
        CHECK_INT(1 + i / PLACE_CALM, place->allowed);
        place_done(b.run, place, &unit, (busy_span){i, i + 0.5});
    }
    CHECK_INT(4, place->allowed);
    bench_close(&b);
}

TEST(what_is_free_is_read_again)
{
    bench b;
    backend_test_plan plan = plan_of(1, 1 << 20);
    const td_unit unit = {.device_bytes = 100000, .cost = 1.0};
    bench_open(&b, 1, "test:0");
    sweep_place *const place = b.run->chosen[0];
    plan.bytes = 1 << 17; /* others took the rest */
    steer->set(&plan);
    place_enter(place, &unit);
    CHECK(place_admits(place, &unit));
    place_enter(place, &unit);
    place_squeezed(b.run, place);
    CHECK_INT((1 << 17) / 100 * 80, place->bytes_now);
    place->allowed = 4;
    place_leave(place, &unit);
    CHECK(!place_admits(place, &unit));
    for (int i = 0; i < 8 * PLACE_CALM; ++i)
        place_done(b.run, place, &unit, (busy_span){i, i + 0.5});
    CHECK_INT(place->bytes_max, place->bytes_now);
    CHECK(place_admits(place, &unit));
    bench_close(&b);
}

TEST(a_unit_is_left_to_a_device_that_ends_it_earlier)
{
    bench b;
    const td_unit unit = {.device_bytes = 1, .cost = 10.0};
    bench_open(&b, 2, "test:0,test:1");
    sweep_place *const slow = b.run->chosen[0], *const fast = b.run->chosen[1];
    b.run->cost_pending = 10.0;
    CHECK(!place_leaves(b.run, slow, &unit)); /* nothing is known yet */
    slow->cost = 1.0;
    slow->seconds = 1.0; /* 10 s for this unit */
    CHECK(!place_leaves(b.run, slow, &unit));
    fast->cost = 10.0;
    fast->seconds = 1.0;                      /* 1 s for what waits, 1 s for this one */
    CHECK(!place_leaves(b.run, slow, &unit)); /* but it does nothing just now */
    place_enter(fast, &unit);
    CHECK(place_leaves(b.run, slow, &unit));
    CHECK(!place_leaves(b.run, fast, &unit));
    b.run->cost_pending = 91.0; /* 9.1 s and 1 s: the slow one is sooner */
    CHECK(!place_leaves(b.run, slow, &unit));
    b.run->cost_pending = 89.0;
    CHECK(place_leaves(b.run, slow, &unit));
    place_enter(fast, &unit); /* two at a time */
    b.run->cost_pending = 170.0;
    CHECK(place_leaves(b.run, slow, &unit));
    device_retire(fast->device, "the test says so");
    CHECK(!place_leaves(b.run, slow, &unit));
    bench_close(&b);
}

/* ---- Several runs at one time ---------------------------------------------------------------- */

typedef struct runner {
    const scene *s;
    uint32_t number;
    pthread_t thread;
} runner;

static void *run_three_times(void *context)
{
    static const char *const devices[] = {"test:0,test:1", "test:1", "test:1,cpu,test:0"};
    const runner *const r = context;
    for (uint32_t i = 0; i < 3; ++i) {
        td_error err = TD_ERROR_INIT;
        td_report report = TD_REPORT_INIT;
        td_table *table = NULL;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        options.device = devices[(r->number + i) % 3];
        if (i == 1) options.device_bytes_max = 1000;
        CHECK_STATUS(TD_OK, td_run(r->s->engine, r->s->args, &options, &table, &report, &err),
                     &err);
        check_same_tables(r->s->right, table);
        td_table_destroy(table);
    }
    return NULL;
}

/* They know nothing of each other's units, and there is not memory for all. */
TEST(runs_share_devices_that_are_too_small_for_all)
{
    scene s;
    runner runners[3];
    backend_test_plan plan = plan_of(2, 1 << 20);
    plan.pool = true;
    plan.records = true;
    scene_open(&s, 3, &plan, &many_call);
    plan.bytes = 1000;
    plan.slow_us[0] = 300;
    plan.slow_us[1] = 100;
    steer->set(&plan);
    for (uint32_t i = 0; i < 3; ++i) {
        runners[i] = (runner){.s = &s, .number = i};
        CHECK_INT(0, pthread_create(&runners[i].thread, NULL, run_three_times, &runners[i]));
    }
    for (uint32_t i = 0; i < 3; ++i)
        pthread_join(runners[i].thread, NULL);
    scene_close(&s);
}

/* ---- What the report tells ------------------------------------------------------------------- */

/* The same numbers whether the device tells of its work or the host's clock is read, and whether
 * puts are waited for (ABI 1.0) or not. */
TEST(work_is_counted_with_records_and_without)
{
    for (int way = 0; way < 6; ++way) {
        scene s;
        td_report report = TD_REPORT_INIT;
        backend_test_plan plan = plan_of(1, 1 << 20);
        plan.records = way % 3 == 0;
        plan.old_abi = way % 3 == 2;
        plan.deferred = way >= 3;
        scene_open(&s, 2, &plan, &small_call);
        plan.slow_us[0] = 4000;
        steer->set(&plan);
        td_table *const table = run_well(s.engine, s.args, &s.options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(1, report.device_count);
        const td_report_device *const d = &report.devices[0];
        const uint64_t samples = s.data.offset[7];
        CHECK_INT(SMALL_UNITS, d->units);
        CHECK_INT(SMALL_UNITS, d->launches);
        CHECK_NEAR(1.0, d->cost_share, 0.0);
        /* Values; offsets of 2, 2, 2 and 1 items; four of a and two of b each. */
        CHECK_INT(8 * (samples + 11 + 4 * 6), d->bytes_to_device);
        CHECK_INT(8 * 7 * 4 * 2, d->bytes_to_host);
        CHECK(d->seconds_kernel >= 4 * 0.004 && d->seconds_kernel < 2.0);
        CHECK(d->seconds_copy > 0.0 && d->seconds_copy < 2.0);
        CHECK_NEAR(d->seconds_kernel, report.seconds_kernel, 0.0);
        CHECK_NEAR(d->seconds_copy, report.seconds_copy, 0.0);
        CHECK(d->busy > 0.0 && d->busy <= 1.0);
        /* Each unit's kernel takes 4 ms, two at a time: busy for 8 ms at least. */
        CHECK(d->busy * report.seconds_total > 0.007);
        CHECK(d->in_flight_max >= 1 && d->in_flight_max <= 2);
        CHECK(d->bytes_peak > 0 && d->bytes_peak == report.device_bytes_peak);
        CHECK_INT(0, d->lost);
        td_table_destroy(table);
        scene_close(&s);
    }
}

TEST(the_cpus_work_is_told_too)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    const backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 2, &plan, &small_call);
    s.options.device = "cpu";
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    CHECK_INT(1, report.device_count);
    const td_report_device *const d = &report.devices[0];
    CHECK_TEXT("cpu", d->name);
    CHECK_INT(SMALL_UNITS, d->units);
    CHECK_NEAR(1.0, d->cost_share, 0.0);
    CHECK(d->seconds_kernel <= 0.0 && d->seconds_copy <= 0.0);
    CHECK_INT(0, d->launches + d->bytes_to_device + d->bytes_to_host);
    CHECK(d->busy > 0.0 && d->busy <= 1.0);
    td_table_destroy(table);
    scene_close(&s);
}

/* ---- Resume on another device ---------------------------------------------------------------- */

static td_cancel *halfway;

static void stop_halfway(void *context, const td_progress *progress)
{
    (void)context;
    if (progress->units_done >= MANY_UNITS / 2) td_cancel_request(halfway);
}

/* Begun on one, cancelled halfway, and finished on the other: both plan the same units here. */
TEST(a_run_begun_on_one_device_is_finished_on_another)
{
    static const char *const names[][2] = {
        {"test:0", "cpu"}, {"cpu", "test:0"}, {"test:0,test:1", "test:1"}, {"cpu", "test:1,cpu"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i) {
        scene s;
        td_error err = TD_ERROR_INIT;
        td_report report = TD_REPORT_INIT;
        td_table *table = NULL;
        memory_store store;
        const backend_test_plan plan = plan_of(2, 1 << 20);
        scene_open(&s, 2, &plan, &many_call);
        store_init(&store);
        CHECK_STATUS(TD_OK, td_cancel_create(s.engine, &halfway, &err), &err);
        s.options.store = &store.store;
        s.options.device = names[i][0];
        s.options.cancel = halfway;
        s.options.progress = stop_halfway;
        const td_status status = td_run(s.engine, s.args, &s.options, &table, NULL, &err);
        CHECK(status == TD_OK || status == TD_E_CANCELLED);
        td_table_destroy(table);
        const uint64_t kept = store.count;
        CHECK(kept >= MANY_UNITS / 2);
        sum_hooks_clear();
        s.options.device = names[i][1];
        s.options.cancel = NULL;
        table = run_well(s.engine, s.args, &s.options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(kept, report.units_resumed);
        CHECK_INT(MANY_UNITS - kept, hooks.cpu_runs + hooks.device_runs);
        CHECK_INT(MANY_UNITS, store.count);
        td_table_destroy(table);
        td_cancel_destroy(halfway);
        store_free(&store);
        scene_close(&s);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(two_devices_share_a_run),
                                     RUN(a_slow_device_gets_less_of_it),
                                     RUN(the_cpu_may_be_one_of_them),
                                     RUN(one_of_two_fails_at_every_place),
                                     RUN(both_lost_leaves_the_cpu),
                                     RUN(a_device_that_is_not_preferred_takes_no_moved_unit),
                                     RUN(want_of_memory_lets_fewer_units_in),
                                     RUN(a_limit_is_told_to_the_pool_and_taken_back),
                                     RUN(the_number_of_units_falls_and_rises_again),
                                     RUN(what_is_free_is_read_again),
                                     RUN(a_unit_is_left_to_a_device_that_ends_it_earlier),
                                     RUN(runs_share_devices_that_are_too_small_for_all),
                                     RUN(work_is_counted_with_records_and_without),
                                     RUN(the_cpus_work_is_told_too),
                                     RUN(a_run_begun_on_one_device_is_finished_on_another),
                                     {0}});
}
