/* test_choose.c - which devices a run is dealt to: by name, and by what it is thought to take. */
#include "device_scene.h"

/* Seven items by four values of a, one of each in a unit. */
static const sum_call many_call = {
    .a = "1:4", .b = "2,5", .f = "0.5,2", .items_per_unit = 1, .a_per_unit = 1};
#define MANY_UNITS 28

static void keep_progress(void *context, const td_progress *progress)
{
    *(td_progress *)context = *progress;
}

/* The CPU would take so long by itself, a device of rate 1e9 so long for its arithmetic. */
static void weigh(const scene *s, double cpu_seconds, double device_seconds)
{
    td_progress whole = {0};
    td_run_options options = TD_RUN_OPTIONS_INIT;
    options.device = "cpu";
    sum_hooks_clear();
    /* The cost of everything is what a run tells of it. */
    options.progress = keep_progress;
    options.progress_context = &whole;
    td_table_destroy(run_well(s->engine, s->args, &options, NULL));
    CHECK(whole.cost_total > 0.0);
    const double threads = pool_threads(engine_pool(s->engine));
    hooks.weight.cpu_seconds = cpu_seconds * threads / whole.cost_total;
    /* A quarter of the measured rate is reckoned with. */
    hooks.weight.float32 = device_seconds * 1e9 / 4 / whole.cost_total;
}

static backend_test_plan fast_plan(uint32_t devices)
{
    backend_test_plan plan = plan_of(devices, 1 << 22);
    plan.rate = 1e9;
    return plan;
}

static uint64_t opens(void)
{
    backend_test_state state;
    steer->get(&state);
    return state.opens;
}

/* The run and its plan choose the same, and the answer is the same. */
static void chooses(const scene *s, const char *device, td_report *report)
{
    td_error err = TD_ERROR_INIT;
    td_report plan = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    *report = (td_report)TD_REPORT_INIT;
    options.device = check_random() % 2 ? "auto" : NULL;
    CHECK_STATUS(TD_OK, td_plan(s->engine, s->args, &options, &plan, &err), &err);
    td_table *const table = run_well(s->engine, s->args, &options, report);
    check_same_tables(s->right, table);
    CHECK_TEXT(device, report->device);
    CHECK_TEXT(device, plan.device);
    CHECK(plan.choice[0] != 0 && strlen(plan.choice) < sizeof plan.choice);
    CHECK_INT(0, report->units_retried + report->units_split + report->units_moved);
    td_table_destroy(table);
}

TEST(small_work_stays_on_the_cpu_and_loads_nothing)
{
    scene s;
    td_report report;
    const backend_test_plan plan = fast_plan(1);
    scene_open_asleep(&s, 2, &plan, &small_call);
    weigh(&s, 0.1, 0.0001);
    const uint64_t before = opens();
    chooses(&s, "cpu", &report);
    CHECK_HAS("cpu: 0.1 s thought on 2 threads, under the 0.3 s that a driver takes to start",
              report.choice);
    CHECK_INT(before, opens());
    CHECK(!device_list_loaded(engine_devices(s.engine)));
    CHECK_INT(1, report.device_count);
    CHECK_TEXT("cpu", report.devices[0].name);
    scene_close(&s);
}

TEST(work_that_a_device_does_sooner_goes_there)
{
    scene s;
    td_report report;
    const backend_test_plan plan = fast_plan(1);
    scene_open_asleep(&s, 2, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    chooses(&s, "test:0", &report);
    CHECK_HAS("test:0: ", report.choice);
    CHECK_HAS(" s thought, cpu 30 s on 2 threads", report.choice);
    CHECK_INT(SMALL_UNITS, hooks.device_runs);
    scene_close(&s);
}

TEST(work_that_a_device_would_do_later_stays)
{
    scene s;
    td_report report;
    const backend_test_plan plan = fast_plan(1);
    scene_open_asleep(&s, 2, &plan, &small_call);
    weigh(&s, 1.0, 60.0);
    chooses(&s, "cpu", &report);
    CHECK_HAS("cpu: 1 s thought on 2 threads; test:0: ", report.choice);
    CHECK(device_list_loaded(engine_devices(s.engine)));
    CHECK_INT(0, hooks.device_runs);
    /* What host and copies take counts too. */
    weigh(&s, 1.0, 0.0);
    chooses(&s, "test:0", &report);
    weigh(&s, 1.0, 0.0);
    hooks.weight.host_seconds = 2.0 * hooks.weight.cpu_seconds;
    chooses(&s, "cpu", &report);
    weigh(&s, 1.0, 0.0);
    hooks.weight.bytes_to_host = 1e13;
    chooses(&s, "cpu", &report);
    scene_close(&s);
}

TEST(with_drivers_loaded_less_is_enough)
{
    scene s;
    td_report report;
    const backend_test_plan plan = fast_plan(1);
    scene_open(&s, 2, &plan, &small_call);
    weigh(&s, 0.2, 0.0001);
    chooses(&s, "test:0", &report);
    weigh(&s, 0.02, 0.0001);
    chooses(&s, "cpu", &report);
    CHECK_HAS("under the 0.05 s that comparing devices takes", report.choice);
    scene_close(&s);
}

TEST(what_cannot_be_used_is_said)
{
    scene s;
    td_report report;
    backend_test_plan plan = fast_plan(1);
    scene_open(&s, 2, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    hooks.weight.float64 = 1.0;
    chooses(&s, "cpu", &report);
    CHECK_HAS("test:0: it lacks a rate that this needs", report.choice);
    weigh(&s, 30.0, 0.5);
    device_retire(device_list_find(engine_devices(s.engine), "test:0"), "the test says so");
    chooses(&s, "cpu", &report);
    CHECK_HAS("test:0: out of use", report.choice);
    scene_close(&s);
    plan.not_preferred = true;
    scene_open(&s, 2, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    chooses(&s, "cpu", &report);
    CHECK_INT(0, hooks.device_runs);
    scene_close(&s);
    plan = fast_plan(0);
    scene_open(&s, 2, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    chooses(&s, "cpu", &report);
    CHECK_HAS("no other device is here", report.choice);
    scene_close(&s);
}

TEST(a_plan_that_fails_on_a_device_leaves_the_cpu)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_report report;
    const backend_test_plan plan = fast_plan(1);
    scene_open(&s, 2, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    hooks.fail_device_plan = TD_E_NO_DEVICE_MEMORY;
    chooses(&s, "cpu", &report);
    CHECK_HAS("test:0: the device's plan was told to fail", report.choice);
    /* Named, it is as if memory ran out. */
    report = (td_report)TD_REPORT_INIT;
    td_table *table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_TEXT("cpu", report.device);
    CHECK_HAS("the plan on test:0: the device's plan was told to fail", report.note);
    td_table_destroy(table);
    table = NULL;
    s.options.fallback = TD_FALLBACK_SPLIT;
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, td_run(s.engine, s.args, &s.options, &table, NULL, &err),
                 &err);
    hooks.fail_device_plan = TD_E_INTERNAL;
    s.options.fallback = TD_FALLBACK_CPU;
    CHECK_STATUS(TD_E_INTERNAL, td_run(s.engine, s.args, &s.options, &table, NULL, &err), &err);
    CHECK(table == NULL);
    scene_close(&s);
}

TEST(equal_devices_share_what_is_enough_for_all)
{
    scene s;
    td_report report;
    backend_test_plan plan = fast_plan(3);
    scene_open(&s, 4, &plan, &many_call);
    plan.slow_us[0] = plan.slow_us[1] = plan.slow_us[2] = 2000;
    steer->set(&plan);
    weigh(&s, 30.0, 0.5);
    td_run_options options = TD_RUN_OPTIONS_INIT;
    report = (td_report)TD_REPORT_INIT;
    td_table *table = run_well(s.engine, s.args, &options, &report);
    check_same_tables(s.right, table);
    CHECK_HAS(" each of 3 equal ones: ", report.choice);
    CHECK_INT(MANY_UNITS, report.units);
    CHECK_INT(3, report.device_count);
    double share = 0.0;
    for (uint32_t i = 0; i < report.device_count; ++i) {
        CHECK(report.devices[i].units > 0 && report.devices[i].launches > 0);
        share += report.devices[i].cost_share;
    }
    CHECK_NEAR(1.0, share, 1e-12);
    td_table_destroy(table);
    scene_close(&s);
    /* Four units are not enough for two. */
    scene_open(&s, 4, &plan, &small_call);
    weigh(&s, 30.0, 0.5);
    report = (td_report)TD_REPORT_INIT;
    table = run_well(s.engine, s.args, &options, &report);
    CHECK_INT(1, report.device_count);
    CHECK(!strstr(report.choice, "equal ones"));
    td_table_destroy(table);
    scene_close(&s);
}

TEST(an_operation_that_cannot_tell_stays_on_the_cpu)
{
    td_op_impl silent = sum_impl, bound = sum_impl;
    silent.estimate = NULL;
    bound.run_device = NULL;
    for (int i = 0; i < 2; ++i) {
        const td_op_impl *const ops[] = {i == 0 ? &silent : &bound, NULL};
        td_engine_config config = TD_ENGINE_CONFIG_INIT;
        td_error err = TD_ERROR_INIT;
        td_report report = TD_REPORT_INIT;
        td_engine *engine = NULL;
        const backend_test_plan plan = fast_plan(1);
        sum_hooks_clear();
        sum_data data = data_make(7, 12);
        steer = plugin_steer();
        steer->set(&plan);
        const uint64_t before = opens();
        config.threads = 1;
        config.backend_path = plugin_folder();
        config.ops = ops;
        CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
        td_args *const args = args_make(engine, &data, &small_call);
        td_table *const table = run_well(engine, args, NULL, &report);
        check_closed_form(table, args);
        CHECK_HAS(i == 0 ? "cpu: the operation cannot tell what it takes"
                         : "cpu: the operation runs on no other device",
                  report.choice);
        CHECK_INT(before, opens());
        td_table_destroy(table);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(names_are_checked)
{
    static const struct {
        const char *device;
        td_status status;
        const char *says;
    } cases[] = {
        {"test:0,test:9", TD_E_NOT_FOUND, "no device \"test:9\"; there are test:0, test:1, cpu"},
        {"test:0,test:0", TD_E_BAD_ARGUMENT, "names test:0 twice"},
        {"cpu,test:1,cpu", TD_E_BAD_ARGUMENT, "names cpu twice"},
        {"", TD_E_NOT_FOUND, "no device \"\""},
        {"test:0,", TD_E_NOT_FOUND, "no device \"\""},
        {",test:0", TD_E_NOT_FOUND, "no device \"\""},
        {"test:0, test:1", TD_E_NOT_FOUND, "no device \" test:1\""},
        {"auto,test:0", TD_E_NOT_FOUND, "no device \"auto\""},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "a",
         TD_E_NOT_FOUND, "aaaa\"; there are"},
    };
    scene s;
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    const backend_test_plan plan = fast_plan(2);
    scene_open(&s, 2, &plan, &small_call);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        s.options.device = cases[i].device;
        CHECK_STATUS(cases[i].status, td_run(s.engine, s.args, &s.options, &table, NULL, &err),
                     &err);
        CHECK_HAS(cases[i].says, err.message);
        CHECK(table == NULL);
    }
    scene_close(&s);
}

TEST(named_devices_need_not_be_preferred)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = fast_plan(2);
    plan.not_preferred = true;
    scene_open(&s, 2, &plan, &small_call);
    s.options.device = "test:1";
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_TEXT("test:1", report.device);
    CHECK_TEXT("test:1: asked for by name", report.choice);
    td_table_destroy(table);
    scene_close(&s);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(small_work_stays_on_the_cpu_and_loads_nothing),
                                     RUN(work_that_a_device_does_sooner_goes_there),
                                     RUN(work_that_a_device_would_do_later_stays),
                                     RUN(with_drivers_loaded_less_is_enough),
                                     RUN(what_cannot_be_used_is_said),
                                     RUN(a_plan_that_fails_on_a_device_leaves_the_cpu),
                                     RUN(equal_devices_share_what_is_enough_for_all),
                                     RUN(an_operation_that_cannot_tell_stays_on_the_cpu),
                                     RUN(names_are_checked),
                                     RUN(named_devices_need_not_be_preferred),
                                     {0}});
}
