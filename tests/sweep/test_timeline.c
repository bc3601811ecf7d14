/* test_timeline.c - what a run tells its trace: every unit, copy, kernel and piece of memory, who
 * waited and for what. */
#include "core/trace.h"
#include "device_scene.h"

static td_trace *trace_make(const scene *s, uint64_t capacity)
{
    td_error err = TD_ERROR_INIT;
    td_trace *trace = NULL;
    CHECK_STATUS(TD_OK, td_trace_create(s->engine, capacity, &trace, &err), &err);
    return trace;
}

/* The number of events of a kind; name NULL: any. */
static uint64_t events_of(const td_trace *trace, td_trace_kind kind, const char *name)
{
    td_trace_event event = TD_TRACE_EVENT_INIT;
    uint64_t count = 0;
    for (uint64_t i = 0; td_trace_at(trace, i, &event); ++i)
        count += event.kind == kind && (!name || strcmp(event.name, name) == 0);
    return count;
}

/* The unit's own event on this worker that was under way then. */
static bool within_its_unit(const td_trace *trace, const td_trace_event *inner)
{
    td_trace_event event = TD_TRACE_EVENT_INIT;
    for (uint64_t i = 0; td_trace_at(trace, i, &event); ++i)
        if (event.kind == TD_TRACE_UNIT && event.unit == inner->unit &&
            event.worker == inner->worker && event.begin <= inner->begin && inner->end <= event.end)
            return true;
    return false;
}

static void check_events(const td_trace *trace, double begin, double end)
{
    td_trace_event event = TD_TRACE_EVENT_INIT;
    for (uint64_t i = 0; td_trace_at(trace, i, &event); ++i) {
        CHECK(begin <= event.begin && event.begin <= event.end && event.end <= end);
        CHECK(event.name[0] != 0);
        const bool of_device = (event.kind >= TD_TRACE_TO_DEVICE && event.kind <= TD_TRACE_WAIT);
        if (!of_device) continue;
        CHECK_TEXT("test:0", event.device);
        CHECK(event.stream < 3 && event.worker < 3);
        CHECK(within_its_unit(trace, &event));
    }
}

TEST(everything_that_is_done_is_told)
{
    for (int way = 0; way < 4; ++way) {
        scene s;
        memory_store store;
        backend_test_plan plan = plan_of(1, 1 << 20);
        plan.records = way % 2 == 0;
        plan.deferred = way >= 2;
        scene_open(&s, 3, &plan, &small_call);
        td_trace *const trace = trace_make(&s, 10000);
        store_init(&store);
        s.options.store = &store.store;
        s.options.trace = trace;
        const double begin = trace_now();
        td_table *const table = run_well(s.engine, s.args, &s.options, NULL);
        check_events(trace, begin, trace_now());
        CHECK_INT(SMALL_UNITS, events_of(trace, TD_TRACE_UNIT, "test.sum"));
        CHECK_INT(SMALL_UNITS, events_of(trace, TD_TRACE_KERNEL, BACKEND_TEST_KERNEL));
        CHECK_INT(SMALL_UNITS, events_of(trace, TD_TRACE_KERNEL, NULL));
        CHECK_INT(SMALL_UNITS, events_of(trace, TD_TRACE_TO_HOST, NULL));
        CHECK_INT(5 * SMALL_UNITS, events_of(trace, TD_TRACE_ALLOC, NULL));
        CHECK_INT(5 * SMALL_UNITS, events_of(trace, TD_TRACE_FREE, NULL));
        /* No sample, no copy of the values: an item may be empty, two are not at once. */
        const uint64_t puts = events_of(trace, TD_TRACE_TO_DEVICE, NULL);
        CHECK(puts >= 3 * SMALL_UNITS && puts <= 4 * SMALL_UNITS);
        CHECK(events_of(trace, TD_TRACE_WAIT, NULL) >= SMALL_UNITS);
        CHECK(events_of(trace, TD_TRACE_STORE, "flush") > 0);
        CHECK_INT(0, events_of(trace, TD_TRACE_RESCUE, NULL));
        CHECK_INT(0, td_trace_dropped(trace));
        td_table_destroy(table);
        td_trace_destroy(trace);
        store_free(&store);
        scene_close(&s);
    }
}

TEST(rescues_are_told)
{
    scene s;
    backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 1, &plan, &small_call);
    td_trace *const trace = trace_make(&s, 10000);
    td_report report = TD_REPORT_INIT;
    plan.fail_call = CALL_ALLOC;
    plan.fail_at = 1;
    plan.fail_count = UINT64_MAX;
    plan.fail_status = TD_E_NO_DEVICE_MEMORY;
    steer->set(&plan);
    s.options.trace = trace;
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    CHECK(events_of(trace, TD_TRACE_RESCUE, "retry") >= report.units_retried);
    CHECK(events_of(trace, TD_TRACE_RESCUE, "split") >= report.units_split);
    CHECK(events_of(trace, TD_TRACE_RESCUE, "move") >= report.units_moved);
    CHECK(report.units_moved > 0 && report.units_split > 0);
    td_table_destroy(table);
    td_trace_destroy(trace);
    scene_close(&s);
}

/* One unit at a time fits: the other workers are idle, and it is said for want of what. */
TEST(who_waits_says_for_what)
{
    const sum_call call = {.a = "1:8", .b = "0:9", .items_per_unit = 1, .a_per_unit = 8};
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(1, 1 << 20);
    plan.slow_us[0] = 3000;
    scene_open(&s, 3, &plan, &call);
    td_trace *const trace = trace_make(&s, 10000);
    s.options.device_bytes_max = 1000;
    s.options.trace = trace;
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    CHECK_INT(1, report.devices[0].in_flight_max);
    CHECK(events_of(trace, TD_TRACE_IDLE, "memory of test:0") >= 2);
    CHECK_INT(events_of(trace, TD_TRACE_IDLE, NULL),
              events_of(trace, TD_TRACE_IDLE, "memory of test:0"));
    td_table_destroy(table);
    td_trace_destroy(trace);
    scene_close(&s);
}

static td_status think(const td_unit *unit, td_error *err)
{
    (void)unit;
    (void)err;
    usleep(1000);
    return TD_OK;
}

TEST(the_hosts_own_time_is_told)
{
    scene s;
    const backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 2, &plan, &small_call);
    td_trace *const trace = trace_make(&s, 10000);
    hooks.on_device = think;
    s.options.trace = trace;
    td_table *const table = run_well(s.engine, s.args, &s.options, NULL);
    CHECK(events_of(trace, TD_TRACE_HOST, "test.sum") >= SMALL_UNITS);
    td_table_destroy(table);
    td_trace_destroy(trace);
    scene_close(&s);
}

TEST(the_cpus_units_are_told_and_a_full_trace_harms_nothing)
{
    scene s;
    const backend_test_plan plan = plan_of(1, 1 << 20);
    td_trace_event event = TD_TRACE_EVENT_INIT;
    scene_open(&s, 2, &plan, &small_call);
    td_trace *const trace = trace_make(&s, SMALL_UNITS - 1);
    s.options.device = "cpu";
    s.options.trace = trace;
    td_table *const table = run_well(s.engine, s.args, &s.options, NULL);
    check_same_tables(s.right, table);
    CHECK_INT(SMALL_UNITS - 1, td_trace_count(trace));
    CHECK(td_trace_dropped(trace) >= 1);
    CHECK(td_trace_at(trace, 0, &event));
    CHECK_TEXT("cpu", event.device);
    CHECK_INT(TD_TRACE_UNIT, event.kind);
    CHECK(event.stream == UINT32_MAX && event.worker < 2);
    td_table_destroy(table);
    td_trace_destroy(trace);
    scene_close(&s);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(everything_that_is_done_is_told),
                                     RUN(rescues_are_told),
                                     RUN(who_waits_says_for_what),
                                     RUN(the_hosts_own_time_is_told),
                                     RUN(the_cpus_units_are_told_and_a_full_trace_harms_nothing),
                                     {0}});
}
