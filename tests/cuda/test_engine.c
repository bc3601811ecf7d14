/* test_engine.c - the CUDA backend under the engine, on the played driver: devices are listed and
 * tested, rqa.measures gives the CPU's answer to the last bit on one device and on two, with little
 * memory, and when calls fail or a device dies in the middle. This shows the logic, not that it
 * runs on a GPU. */
#include "tests/cuda/cuda_test.h"
#define SAMPLES 1200
#include "tests/rqa/backend_run.h"

static const setting wide_grid[] = {{"mode", "x:l2,xy:max"}, {"m", "1:3"},    {"tau", "1:2"},
                                    {"eps", "0.1:3:0.1"},    {"lmin", "2,4"}, {NULL, NULL}};
static const setting small_grid[] = {
    {"mode", "xy:l2"}, {"m", "1:2"}, {"eps", "0.5,1,2"}, {NULL, NULL}};

/* Only the engine opens the plug-in, so it is loaded and unloaded each time. */
static void steer(const fake_plan *plan)
{
    const fake_control *(*control)(void) = NULL;
    void *const symbol = symbol_of("libcuda.so.1", "fake_cuda_control");
    memcpy(&control, &symbol, sizeof control);
    fake = control();
    fake->set(plan);
}

static td_engine *engine_cuda(const fake_plan *plan)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    steer(plan);
    config.threads = 2;
    config.backends = "cuda,cpu";
    config.backend_path = CUDA_PLUGINS;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

/* The run on device gives the CPU's table; the report is of that run. */
static td_report run_equal(td_engine *engine, const recordings *data, const setting *settings,
                           const char *device, uint64_t bytes, td_fallback fallback)
{
    td_table *expected = NULL, *got = NULL;
    td_report report = TD_REPORT_INIT;
    td_error err = TD_ERROR_INIT;
    td_status status =
        run_on(engine, data, settings, "cpu", 0, TD_FALLBACK_CPU, &expected, NULL, &err);
    CHECK_STATUS(TD_OK, status, &err);
    status = run_on(engine, data, settings, device, bytes, fallback, &got, &report, &err);
    CHECK_STATUS(TD_OK, status, &err);
    tables_equal(expected, got);
    td_table_destroy(expected);
    td_table_destroy(got);
    return report;
}

/* ---- Listed ---------------------------------------------------------------------------------- */

TEST(devices_are_listed_and_fit)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_info backend = TD_BACKEND_INFO_INIT;
    plan.devices = 2;
    td_engine *engine = engine_cuda(&plan);
    CHECK(td_device_at(engine, 0) == td_device_find(engine, "cuda:0"));
    CHECK(td_device_at(engine, 1) == td_device_find(engine, "cuda:1"));
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 1), &info, &err), &err);
    CHECK_TEXT("cuda:1", info.name);
    CHECK_TEXT("0000:3b:00.0", info.pci);
    CHECK_INT(1, info.fit);
    CHECK_INT(1, info.preferred);
    CHECK(td_backend_at(engine, 0, &backend));
    CHECK_TEXT("cuda", backend.name);
    CHECK_INT(1, backend.usable);
    CHECK_INT(2, backend.device_count);
    CHECK_INT(2, fake->call_count("cuLaunchKernel")); /* the self-test of each */
    td_engine_destroy(engine);
    check_clean();
}

TEST(a_device_that_fails_its_self_test_is_not_fit)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    plan.async_at = 2; /* the kernel, after the copy to the device */
    plan.async_result = CUDA_ERROR_ILLEGAL_INSTRUCTION;
    td_engine *engine = engine_cuda(&plan);
    const td_device *const device = td_device_find(engine, "cuda:0");
    CHECK(device != NULL);
    CHECK_STATUS(TD_OK, td_device_describe(device, &info, &err), &err);
    CHECK_INT(0, info.fit);
    CHECK_HAS("715", info.reason);
    td_engine_destroy(engine);
    CHECK_INT(0, state_now().contexts);
}

TEST(an_old_driver_leaves_the_cpu)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_backend_info backend = TD_BACKEND_INFO_INIT;
    plan.version = 11080;
    td_engine *engine = engine_cuda(&plan);
    CHECK(td_device_at(engine, 0) == td_device_find(engine, "cpu"));
    CHECK(td_backend_at(engine, 0, &backend));
    CHECK_INT(0, backend.usable);
    CHECK_HAS("the NVIDIA driver is too old: it supports CUDA 11.8", backend.reason);
    td_engine_destroy(engine);
    check_clean();
}

/* ---- Results --------------------------------------------------------------------------------- */

TEST(results_are_the_cpus)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.jitter_us = 100;
    td_engine *engine = engine_cuda(&plan);
    const recordings data = tracks(4, 280);
    const td_report report = run_equal(engine, &data, wide_grid, "cuda:0", 0, TD_FALLBACK_NONE);
    CHECK_TEXT("cuda:0", report.device);
    CHECK_INT(0, report.units_moved);
    CHECK_INT(1, report.device_count);
    CHECK(report.devices[0].launches > 0 && report.devices[0].bytes_to_device > 0);
    CHECK(report.devices[0].bytes_to_host > 0 && report.devices[0].seconds_kernel > 0);
    CHECK(report.devices[0].busy > 0 && report.devices[0].busy <= 1.0);
    td_engine_destroy(engine);
    check_clean();
}

TEST(two_devices_share_the_work)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.devices = 2;
    plan.jitter_us = 100;
    td_engine *engine = engine_cuda(&plan);
    const recordings data = tracks(4, 280);
    const td_report report =
        run_equal(engine, &data, wide_grid, "cuda:0,cuda:1", (uint64_t)1 << 19, TD_FALLBACK_SPLIT);
    printf("  %u units, %u split, %u devices\n", report.units, report.units_split,
           report.device_count);
    CHECK_INT(2, report.device_count);
    CHECK(report.devices[0].units > 0 && report.devices[1].units > 0);
    td_engine_destroy(engine);
    check_clean();
}

/* Without float64 worth using, float32 with a guard band: the same counts. */
TEST(slow_float64_gives_the_same)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.capability = 86;
    td_engine *engine = engine_cuda(&plan);
    const recordings data = tracks(3, 250);
    const td_report report = run_equal(engine, &data, wide_grid, "cuda:0", 0, TD_FALLBACK_NONE);
    CHECK_TEXT("cuda:0", report.device);
    td_engine_destroy(engine);
    check_clean();
}

TEST(little_memory_makes_more_units)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_engine *engine = engine_cuda(&plan);
    const recordings data = tracks(4, 280);
    uint32_t units = 0;
    for (uint64_t bytes = 1u << 24; bytes >= 1u << 18; bytes /= 8) {
        const td_report report =
            run_equal(engine, &data, wide_grid, "cuda:0", bytes, TD_FALLBACK_SPLIT);
        CHECK(report.device_bytes_peak <= bytes);
        units = report.units + report.units_split;
    }
    CHECK(units > 1);
    td_engine_destroy(engine);
    check_clean();
}

/* Another process holds nearly all of the device. */
TEST(a_full_device_loses_nothing)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_engine *engine = engine_cuda(&plan);
    const recordings data = tracks(3, 200);
    CHECK(td_device_find(engine, "cuda:0") != NULL);
    plan.taken = plan.bytes - ((uint64_t)33 << 20);
    fake->set(&plan);
    (void)run_equal(engine, &data, wide_grid, "cuda:0", 0, TD_FALLBACK_CPU);
    td_engine_destroy(engine);
    check_clean();
}

/* ---- Failures -------------------------------------------------------------------------------- */

/* Call at of function answers result (or a piece of work does, when function is NULL): the CPU
 * does what is left, and the report says why. False: no such call. */
static bool rescue(const recordings *data, const char *function, uint64_t at, int result)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_engine *engine = engine_cuda(&plan);
    CHECK(td_device_find(engine, "cuda:0") != NULL); /* open and tested before anything fails */
    snprintf(plan.function, sizeof plan.function, "%s", function ? function : "");
    plan.fail_at = plan.async_at = at;
    plan.fail_result = result;
    plan.async_result = result;
    if (function) plan.async_at = 0;
    fake->set(&plan);
    const td_report report = run_equal(engine, data, small_grid, "cuda:0", 0, TD_FALLBACK_CPU);
    const fake_state now = state_now();
    td_engine_destroy(engine);
    const fake_state after = state_now();
    CHECK_INT(0, after.contexts + after.memory + after.host_memory + after.streams + after.events);
    const bool hit = function ? now.failures > 0 : now.done >= at;
    if (hit && report.units_retried + report.units_split + report.units_moved > 0)
        CHECK(report.note[0] != 0);
    return hit;
}

TEST(a_failure_in_the_middle_loses_nothing)
{
    static const struct {
        const char *function;
        int result;
    } kinds[] = {{NULL, CUDA_ERROR_ILLEGAL_ADDRESS},
                 {"cuMemAlloc", CUDA_ERROR_OUT_OF_MEMORY},
                 {"cuMemHostAlloc", CUDA_ERROR_OUT_OF_MEMORY},
                 {"cuLaunchKernel", CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES},
                 {"cuMemcpyHtoDAsync", CUDA_ERROR_ECC_UNCORRECTABLE},
                 {"cuMemcpyDtoHAsync", CUDA_ERROR_OUT_OF_MEMORY},
                 {"cuStreamSynchronize", CUDA_ERROR_LAUNCH_TIMEOUT},
                 {"cuEventCreate", CUDA_ERROR_OUT_OF_MEMORY},
                 {"cuStreamCreate", CUDA_ERROR_OUT_OF_MEMORY}};
    const recordings data = tracks(3, 100);
    uint64_t failed = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
        for (uint64_t at = 1; at < 40 && rescue(&data, kinds[i].function, at, kinds[i].result);
             ++at)
            failed += 1;
    printf("  %" PRIu64 " runs with a failure\n", failed);
    CHECK(failed > 20);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(devices_are_listed_and_fit),
                                     RUN(a_device_that_fails_its_self_test_is_not_fit),
                                     RUN(an_old_driver_leaves_the_cpu),
                                     RUN(results_are_the_cpus),
                                     RUN(two_devices_share_the_work),
                                     RUN(slow_float64_gives_the_same),
                                     RUN(little_memory_makes_more_units),
                                     RUN(a_full_device_loses_nothing),
                                     RUN(a_failure_in_the_middle_loses_nothing),
                                     {0}});
}
