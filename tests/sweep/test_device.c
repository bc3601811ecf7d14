/* test_device.c - runs on a device that fails, at every place where it can: the answer is the
 * CPU's bit by bit or an error, the report says what was done, and nothing is left behind. */
#include "device_scene.h"

/* ---- A device that works --------------------------------------------------------------------- */

TEST(a_fit_device_does_the_work_and_gives_the_same_bits)
{
    for (int deferred = 0; deferred < 2; ++deferred)
        for (uint32_t threads = 1; threads <= 3; ++threads) {
            scene s;
            td_report report = TD_REPORT_INIT;
            backend_test_state state;
            backend_test_plan plan = plan_of(1, 1 << 20);
            plan.deferred = deferred;
            scene_open(&s, threads, &plan, &small_call);
            td_table *const table = run_well(s.engine, s.args, &s.options, &report);
            check_same_tables(s.right, table);
            CHECK_INT(SMALL_UNITS, hooks.device_runs);
            CHECK_INT(0, hooks.cpu_runs);
            CHECK_TEXT("test:0", report.device);
            CHECK_INT(0, report.units_retried + report.units_split + report.units_moved);
            CHECK(report.seconds_copy > 0.0 && report.seconds_kernel > 0.0);
            steer->get(&state);
            CHECK(report.device_bytes_peak > 0);
            /* Memory is counted from before it is taken until after it is given back. */
            if (threads == 1) CHECK_INT(state.peak_bytes, report.device_bytes_peak);
            CHECK(report.device_bytes_peak >= state.peak_bytes);
            CHECK_INT(SMALL_UNITS, state.calls[CALL_LAUNCH]);
            CHECK(state.calls[CALL_STREAM] <= threads);
            td_table_destroy(table);
            scene_close(&s);
        }
}

TEST(the_device_that_is_named_is_used)
{
    static const char *const names[] = {"test:0", "test:2", "cpu"};
    for (int i = 0; i < 3; ++i) {
        scene s;
        td_error err = TD_ERROR_INIT;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        const backend_test_plan plan = plan_of(3, 1 << 20);
        scene_open(&s, 2, &plan, &small_call);
        options.device = names[i];
        CHECK_STATUS(TD_OK, td_plan(s.engine, s.args, &options, &report, &err), &err);
        CHECK_TEXT(names[i], report.device);
        CHECK((report.device_bytes_peak > 0) == (i < 2));
        /* 80 % of what is free, down to a power of two. */
        CHECK(hooks.plan_device_bytes == (i < 2 ? 1 << 19 : UINT64_MAX));
        td_table *const table = run_well(s.engine, s.args, &options, &report);
        check_same_tables(s.right, table);
        CHECK_TEXT(names[i], report.device);
        CHECK_INT(0, report.units_moved);
        CHECK_INT(i == 2 ? SMALL_UNITS : 0, hooks.cpu_runs);
        td_table_destroy(table);
        scene_close(&s);
    }
}

TEST(a_device_without_the_kernels_is_not_chosen_and_left_when_named)
{
    for (int named = 0; named < 2; ++named) {
        scene s;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        backend_test_plan plan = plan_of(1, 1 << 20);
        plan.no_kernel = true;
        scene_open(&s, 2, &plan, &small_call);
        options.device = named ? "test:0" : NULL;
        td_table *const table = run_well(s.engine, s.args, &options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(named ? SMALL_UNITS : 0, report.units_moved);
        CHECK_TEXT("cpu", report.device);
        if (named) CHECK_HAS("test:0 has not the kernels of test.sum", report.note);
        td_table_destroy(table);
        scene_close(&s);
    }
}

/* ---- Every place where it can fail ----------------------------------------------------------- */

typedef struct fault {
    backend_test_call call;
    td_status status; /* of the failing call; DEVICE_LOST: the device stays lost */
    uint64_t count;   /* that many calls fail, one after the other */
} fault;

static const fault faults[] = {
    {CALL_ALLOC, TD_E_NO_DEVICE_MEMORY, 1},
    {CALL_ALLOC, TD_E_NO_DEVICE_MEMORY, 2},
    {CALL_ALLOC, TD_E_NO_DEVICE_MEMORY, UINT64_MAX},
    {CALL_LAUNCH, TD_E_NO_DEVICE_MEMORY, 1},
    {CALL_LAUNCH, TD_E_NO_DEVICE_MEMORY, 2},
    {CALL_LAUNCH, TD_E_NO_DEVICE_MEMORY, UINT64_MAX},
    {CALL_COPY, TD_E_NO_DEVICE_MEMORY, 1},
    {CALL_STREAM, TD_E_NO_DEVICE_MEMORY, 1},
    {CALL_WAIT, TD_E_NO_DEVICE_MEMORY, 1},
    {CALL_ANY, TD_E_NO_DEVICE_MEMORY, 3},
    {CALL_ALLOC, TD_E_DEVICE_LOST, 1},
    {CALL_COPY, TD_E_DEVICE_LOST, 1},
    {CALL_LAUNCH, TD_E_DEVICE_LOST, 1},
    {CALL_WAIT, TD_E_DEVICE_LOST, 1},
    {CALL_STREAM, TD_E_DEVICE_LOST, 1},
    {CALL_ANY, TD_E_DEVICE_LOST, 1},
    {CALL_LAUNCH, TD_E_UNSUPPORTED, 1},
    {CALL_ALLOC, TD_E_BAD_ARGUMENT, 1},
    {CALL_COPY, TD_E_INTERNAL, 1},
    {CALL_LAUNCH, TD_E_OUT_OF_RANGE, 1},
};

/* What the rules say becomes of a run in which this fault happened. */
static bool fault_is_survived(const fault *f, td_fallback policy)
{
    if (policy == TD_FALLBACK_NONE) return false;
    switch (f->status) {
    case TD_E_NO_DEVICE_MEMORY:
        /* One or two failures are outlived by the retry, or by the parts; for ever needs a move. */
        return f->count != UINT64_MAX || policy == TD_FALLBACK_CPU;
    case TD_E_DEVICE_LOST:
    case TD_E_UNSUPPORTED: return policy == TD_FALLBACK_CPU;
    default: return false;
    }
}

static void check_report(const fault *f, const td_report *report)
{
    CHECK_INT(SMALL_UNITS, report->units);
    CHECK(report->note[0] != 0);
    CHECK_HAS("test:0", report->note);
    if (f->status == TD_E_NO_DEVICE_MEMORY) CHECK(report->units_retried > 0);
    else CHECK_INT(0, report->units_retried);
    if (f->status == TD_E_NO_DEVICE_MEMORY && f->count == 1) {
        CHECK_INT(1, report->units_retried);
        CHECK_INT(0, report->units_split + report->units_moved);
    }
    if (f->count == UINT64_MAX) CHECK(report->units_moved > 0 && report->units_split > 0);
    if (f->status == TD_E_DEVICE_LOST || f->status == TD_E_UNSUPPORTED) {
        CHECK(report->units_moved > 0);
        CHECK_INT(0, report->units_split);
    }
}

/* Answers false when the fault came too late to happen. */
static bool fault_once(const fault *f, uint64_t at, td_fallback policy, uint32_t threads,
                       uint32_t devices)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_table *table = NULL;
    backend_test_state state;
    backend_test_plan plan = plan_of(devices, 1 << 20);
    scene_open(&s, threads, &plan, &small_call);
    plan.fail_call = f->call;
    plan.fail_at = at;
    plan.fail_count = f->count;
    plan.fail_status = f->status;
    plan.lose = f->status == TD_E_DEVICE_LOST;
    plan.fail_device = 0;
    plan.deferred = at % 2 == 0;
    steer->set(&plan);
    options.fallback = policy;
    options.device = "test:0";
    const td_status status = td_run(s.engine, s.args, &options, &table, &report, &err);
    steer->get(&state);
    if (state.failures == 0) {
        CHECK_STATUS(TD_OK, status, &err);
        CHECK_INT(0, report.units_retried + report.units_split + report.units_moved);
        CHECK_TEXT("", report.note);
    } else if (fault_is_survived(f, policy)) {
        CHECK_STATUS(TD_OK, status, &err);
        check_report(f, &report);
        if (devices > 1 && f->count != UINT64_MAX) CHECK_INT(0, hooks.cpu_runs);
    } else {
        CHECK_STATUS(f->status, status, &err);
        CHECK(table == NULL && report.units == 0);
        CHECK(err.message[0] != 0);
    }
    if (table) check_same_tables(s.right, table);
    td_device *const device = device_list_find(engine_devices(s.engine), "test:0");
    CHECK_INT(!(plan.lose && state.failures > 0), device_is_fit(device));
    td_table_destroy(table);
    scene_close(&s);
    return state.failures > 0;
}

static void every_fault(td_fallback policy, uint32_t threads, uint32_t devices)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; ++i) {
        uint64_t at = 1;
        while (fault_once(&faults[i], at, policy, threads, devices))
            at += 1;
        CHECK(at > 1);
        /* With one worker the number of calls is known: four units, five pieces of memory. */
        if (faults[i].call == CALL_ALLOC) CHECK_INT(5 * SMALL_UNITS + 1, at);
        if (faults[i].call == CALL_LAUNCH) CHECK_INT(SMALL_UNITS + 1, at);
    }
}

TEST(every_failure_under_fallback_cpu)
{
    every_fault(TD_FALLBACK_CPU, 1, 1);
}
TEST(every_failure_under_fallback_cpu_with_another_device)
{
    every_fault(TD_FALLBACK_CPU, 1, 2);
}
TEST(every_failure_under_fallback_split)
{
    every_fault(TD_FALLBACK_SPLIT, 1, 1);
}
TEST(every_failure_under_fallback_none)
{
    every_fault(TD_FALLBACK_NONE, 1, 1);
}

/* Which unit fails is chance now; what becomes of the run is not. */
TEST(every_failure_with_three_threads)
{
    static const td_fallback policies[] = {TD_FALLBACK_CPU, TD_FALLBACK_SPLIT, TD_FALLBACK_NONE};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; ++i) {
        /* Two failures in a row may meet two units here, and then both are only retried. */
        if (faults[i].status == TD_E_NO_DEVICE_MEMORY && faults[i].count != 1) continue;
        for (uint64_t at = 1; at <= 30; at += 4)
            if (!fault_once(&faults[i], at, policies[i % 3], 3, 1)) break;
    }
}

/* ---- Too little memory ----------------------------------------------------------------------- */

TEST(a_unit_is_split_until_it_fits_the_device)
{
    const sum_call call = {.a = "1:8", .b = "0:9", .items_per_unit = 7, .a_per_unit = 8};
    for (uint64_t bytes = 6000; bytes >= 128; bytes = bytes * 2 / 3) {
        scene s;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        backend_test_plan plan = plan_of(1, 1 << 20);
        scene_open(&s, 1, &plan, &call);
        plan.bytes = bytes;
        steer->set(&plan);
        options.device = "test:0";
        td_table *const table = run_well(s.engine, s.args, &options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(1, report.units);
        CHECK(report.device_bytes_peak <= bytes);
        CHECK_INT(bytes < 5000, report.units_split);
        CHECK_INT(report.units_split, report.units_retried);
        if (bytes < 5000) CHECK_HAS("are wanted", report.note);
        td_table_destroy(table);
        scene_close(&s);
    }
}

/* Not even the smallest part finds room: what moves is the unit, not all its parts. */
TEST(a_unit_that_never_fits_moves_in_one_piece)
{
    for (uint32_t devices = 1; devices <= 2; ++devices) {
        scene s;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        backend_test_plan plan = plan_of(devices, 1 << 20);
        scene_open(&s, 1, &plan, &small_call);
        plan.fail_call = CALL_ALLOC;
        plan.fail_at = 1;
        plan.fail_count = UINT64_MAX;
        plan.fail_status = TD_E_NO_DEVICE_MEMORY;
        plan.fail_device = 0;
        steer->set(&plan);
        options.device = "test:0";
        td_table *const table = run_well(s.engine, s.args, &options, &report);
        check_same_tables(s.right, table);
        CHECK_INT(SMALL_UNITS, report.units_retried);
        CHECK_INT(SMALL_UNITS, report.units_split);
        CHECK_INT(SMALL_UNITS, report.units_moved);
        CHECK_INT(devices == 1 ? SMALL_UNITS : 0, hooks.cpu_runs);
        for (uint32_t i = 0; i < report.device_count; ++i)
            if (strcmp(report.devices[i].name, "test:0") != 0)
                CHECK_INT(SMALL_UNITS, report.devices[i].units);
        td_table_destroy(table);
        scene_close(&s);
    }
}

TEST(the_runs_own_limit_is_kept)
{
    static const td_fallback policies[] = {TD_FALLBACK_CPU, TD_FALLBACK_SPLIT};
    for (int i = 0; i < 4; ++i) {
        scene s;
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        const backend_test_plan plan = plan_of(1, 1 << 20);
        scene_open(&s, 3, &plan, &small_call);
        options.device = "test:0";
        options.fallback = policies[i % 2];
        options.device_bytes_max = i < 2 ? 400 : 8;
        const td_status status = td_run(s.engine, s.args, &options, &table, &report, &err);
        if (i == 3) {
            CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, status, &err);
            CHECK_HAS("pass the run's limit of 8 bytes", err.message);
        } else {
            CHECK_STATUS(TD_OK, status, &err);
            check_same_tables(s.right, table);
            CHECK(report.device_bytes_peak <= options.device_bytes_max);
            CHECK_INT(i == 2 ? SMALL_UNITS : 0, report.units_moved);
        }
        td_table_destroy(table);
        scene_close(&s);
    }
}

TEST(a_trimmed_pool_lets_the_retry_through)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_state state;
    backend_test_plan plan = plan_of(1, 1 << 20);
    plan.caches = true;
    scene_open(&s, 1, &plan, &small_call);
    plan.bytes = 600;
    steer->set(&plan);
    td_device *const device = device_list_find(engine_devices(s.engine), "test:0");
    device_trim(device);
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    steer->get(&state);
    CHECK(report.units_retried > 0 && state.trims > report.units_retried);
    CHECK_INT(0, report.units_split + report.units_moved);
    td_table_destroy(table);
    scene_close(&s);
}

TEST(units_that_do_not_fit_together_wait_for_each_other)
{
    const sum_call call = {.a = "1:8", .b = "0:9", .items_per_unit = 1, .a_per_unit = 8};
    scene s;
    td_report report = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    const backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 3, &plan, &call);
    /* One unit needs 640 bytes for its result and at most 256 more: two never fit. */
    options.device = "test:0";
    options.device_bytes_max = 1000;
    td_table *const table = run_well(s.engine, s.args, &options, &report);
    check_same_tables(s.right, table);
    CHECK_INT(7, report.units);
    CHECK_INT(0, report.units_retried + report.units_split + report.units_moved);
    td_table_destroy(table);
    scene_close(&s);
}

/* ---- Lost and unfit devices ------------------------------------------------------------------ */

TEST(a_lost_device_stays_out_and_other_runs_move)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    const backend_test_plan plan = plan_of(2, 1 << 20);
    scene_open(&s, 2, &plan, &small_call);
    device_retire(device_list_find(engine_devices(s.engine), "test:0"), "the test says so");
    options.device = "test:0,test:1";
    td_table *table = run_well(s.engine, s.args, &options, &report);
    CHECK_TEXT("test:1", report.device);
    CHECK_INT(0, report.units_moved);
    check_same_tables(s.right, table);
    td_table_destroy(table);
    table = NULL;
    options.device = "test:0";
    options.fallback = TD_FALLBACK_SPLIT;
    CHECK_STATUS(TD_E_NO_DEVICE, td_run(s.engine, s.args, &options, &table, &report, &err), &err);
    CHECK_HAS("test:0 is out of use", err.message);
    options.fallback = TD_FALLBACK_CPU;
    table = run_well(s.engine, s.args, &options, &report);
    check_same_tables(s.right, table);
    CHECK_INT(SMALL_UNITS, report.units_moved);
    CHECK_TEXT("test:1", report.device);
    CHECK_HAS("out of use", report.note);
    td_table_destroy(table);
    scene_close(&s);
}

TEST(all_devices_lost_leaves_the_cpu)
{
    scene s;
    td_report report = TD_REPORT_INIT;
    backend_test_plan plan = plan_of(3, 1 << 20);
    scene_open(&s, 2, &plan, &small_call);
    plan.fail_call = CALL_LAUNCH;
    plan.fail_at = 1;
    plan.fail_count = UINT64_MAX;
    plan.lose = true;
    steer->set(&plan);
    td_table *const table = run_well(s.engine, s.args, &s.options, &report);
    check_same_tables(s.right, table);
    CHECK_TEXT("cpu", report.device);
    CHECK_INT(SMALL_UNITS, report.units_moved);
    td_table_destroy(table);
    scene_close(&s);
}

static td_device *lost_device;

static void lose_device(const td_unit *unit)
{
    (void)unit;
    device_retire(lost_device, "the test says so");
}

/* The unit in which the device is lost ends well; the next one finds it out of use. */
TEST(a_device_lost_between_units_is_a_loss_where_none_may_move)
{
    static const td_fallback policies[] = {TD_FALLBACK_CPU, TD_FALLBACK_SPLIT, TD_FALLBACK_NONE};
    for (int i = 0; i < 3; ++i) {
        scene s;
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        const backend_test_plan plan = plan_of(1, 1 << 20);
        scene_open(&s, 1, &plan, &small_call);
        lost_device = device_list_find(engine_devices(s.engine), "test:0");
        hooks.on_unit = lose_device;
        options.fallback = policies[i];
        options.device = "test:0";
        const td_status status = td_run(s.engine, s.args, &options, &table, &report, &err);
        CHECK_STATUS(i == 0 ? TD_OK : TD_E_DEVICE_LOST, status, &err);
        CHECK_INT(1, hooks.device_runs);
        CHECK_INT(i == 0 ? SMALL_UNITS - 1 : 0, hooks.cpu_runs);
        CHECK_INT(i == 0 ? SMALL_UNITS - 1 : 0, report.units_moved);
        if (table) check_same_tables(s.right, table);
        else CHECK_HAS("test:0 was lost, and no other is allowed", err.message);
        td_table_destroy(table);
        scene_close(&s);
    }
}

static td_status fail_on_device(const td_unit *unit, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "%d items find no host memory", (int)unit->items.count);
}

TEST(want_of_host_memory_beside_a_device_splits)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    const backend_test_plan plan = plan_of(1, 1 << 20);
    scene_open(&s, 1, &plan, &small_call);
    hooks.on_device = fail_on_device;
    CHECK_STATUS(TD_E_NO_MEMORY, td_run(s.engine, s.args, &s.options, &table, NULL, &err), &err);
    CHECK_HAS("1 items find no host memory", err.message);
    CHECK_HAS("of a budget", err.message);
    CHECK(hooks.splits > 0);
    CHECK_INT(0, hooks.cpu_runs);
    scene_close(&s);
}

/* ---- Misuse of the launcher ------------------------------------------------------------------ */

static int misuse_kind;
static td_status misuse_status;
static td_error misuse_error;

/* Not misuse: the memory on the host may be used again as soon as a copy returns. */
static td_status put_and_get(td_launcher *device, td_memory *memory, td_error *err)
{
    char data[32], back[32] = {0};
    memset(data, 7, sizeof data);
    td_status status = td_launcher_put(device, memory, 0, data, sizeof data, err);
    memset(data, 9, sizeof data);
    if (!status) status = td_launcher_get(device, back, memory, 0, sizeof back, err);
    for (size_t i = 0; i < sizeof back && !status; ++i)
        if (back[i] != 7) status = td_fail(err, TD_E_INTERNAL, "byte %zu is %d", i, back[i]);
    return status;
}

static td_status misuse_run(const void *state, const td_unit *unit, td_launcher *device,
                            td_result *result, td_error *err)
{
    char data[64] = {0};
    td_memory *memory = NULL;
    td_kernel_arg args[65] = {{data, 8, NULL}};
    td_error *const e = &misuse_error;
    td_status status = td_launcher_alloc(device, 32, &memory, err);
    if (status) return status;
    switch (misuse_kind) {
    case 0: misuse_status = td_launcher_put(device, memory, 0, data, 33, e); break;
    case 1: misuse_status = td_launcher_get(device, data, memory, 30, 3, e); break;
    case 2: misuse_status = td_launcher_put(device, memory, SIZE_MAX, data, 2, e); break;
    case 3: misuse_status = td_launcher_put(device, NULL, 0, data, 1, e); break;
    case 4: misuse_status = td_launcher_launch(device, "nosuch", 1, args, 1, e); break;
    case 5: misuse_status = td_launcher_launch(device, BACKEND_TEST_KERNEL, 1, args, 65, e); break;
    case 6: misuse_status = td_launcher_launch(device, BACKEND_TEST_KERNEL, 1, args, 2, e); break;
    case 7: misuse_status = td_launcher_put(device, memory, 32, data, 0, e); break;
    default: misuse_status = put_and_get(device, memory, e); break;
    }
    return sum_run_device(state, unit, device, result, err);
}

TEST(a_wrong_call_of_the_launcher_is_an_error)
{
    static const td_status wanted[] = {
        TD_E_OUT_OF_RANGE,
        TD_E_OUT_OF_RANGE,
        TD_E_OUT_OF_RANGE,
        TD_E_BAD_ARGUMENT,
        TD_E_UNSUPPORTED,
        TD_E_OUT_OF_RANGE,
        TD_E_BAD_ARGUMENT,
        TD_OK,
        TD_OK,
    };
    td_op_impl misused = sum_impl;
    misused.run_device = misuse_run;
    const td_op_impl *const ops[] = {&misused, NULL};
    for (misuse_kind = 0; misuse_kind < 9; ++misuse_kind) {
        td_engine_config config = TD_ENGINE_CONFIG_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        td_error err = TD_ERROR_INIT;
        td_engine *engine = NULL;
        backend_test_plan plan = plan_of(1, 1 << 20);
        sum_hooks_clear();
        sum_data data = data_make(7, 12);
        plan.deferred = true;
        steer = plugin_steer();
        steer->set(&plan);
        misuse_error = (td_error)TD_ERROR_INIT;
        config.threads = 1;
        config.backends = "test";
        config.backend_path = plugin_folder();
        config.ops = ops;
        CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
        td_args *const args = args_make(engine, &data, &small_call);
        options.device = "test:0";
        td_table *const table = run_well(engine, args, &options, NULL);
        CHECK_STATUS(wanted[misuse_kind], misuse_status, &misuse_error);
        check_closed_form(table, args);
        CHECK_INT(0, device_bytes_used(device_list_at(engine_devices(engine), 0)));
        td_table_destroy(table);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(a_fit_device_does_the_work_and_gives_the_same_bits),
                       RUN(the_device_that_is_named_is_used),
                       RUN(a_device_without_the_kernels_is_not_chosen_and_left_when_named),
                       RUN(every_failure_under_fallback_cpu),
                       RUN(every_failure_under_fallback_cpu_with_another_device),
                       RUN(every_failure_under_fallback_split),
                       RUN(every_failure_under_fallback_none),
                       RUN(every_failure_with_three_threads),
                       RUN(a_unit_is_split_until_it_fits_the_device),
                       RUN(a_unit_that_never_fits_moves_in_one_piece),
                       RUN(the_runs_own_limit_is_kept),
                       RUN(a_trimmed_pool_lets_the_retry_through),
                       RUN(units_that_do_not_fit_together_wait_for_each_other),
                       RUN(a_lost_device_stays_out_and_other_runs_move),
                       RUN(all_devices_lost_leaves_the_cpu),
                       RUN(a_device_lost_between_units_is_a_loss_where_none_may_move),
                       RUN(want_of_host_memory_beside_a_device_splits),
                       RUN(a_wrong_call_of_the_launcher_is_an_error),
                       {0}});
}
