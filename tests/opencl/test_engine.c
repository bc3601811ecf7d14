/* The backend under the engine: listed and tested, never chosen by itself where it is this CPU,
 * the CPU's results to the last bit, with little memory and with calls that fail in the middle. */
#include "tests/opencl/fault_cl.h"
#include "tests/opencl/opencl_test.h"
#define SAMPLES 2400
#include "tests/rqa/backend_run.h"

static const setting wide_grid[] = {{"mode", "x:l2,xy:max"}, {"m", "1:4"},    {"tau", "1:3"},
                                    {"eps", "0.1:3:0.1"},    {"lmin", "2,4"}, {NULL, NULL}};
static const setting small_grid[] = {
    {"mode", "xy:l2"}, {"m", "1:2"}, {"eps", "0.5,1,2"}, {NULL, NULL}};

static td_engine *engine_opencl(void)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    (void)opencl_table(); /* skips where there is none */
    config.threads = 2;
    config.backends = "opencl,cpu";
    config.backend_path = OPENCL_PLUGIN_FOLDER;
    CHECK_OK(td_engine_create(&config, &engine, &err));
    return engine;
}

/* ---- Listed -----------------------------------------------------------------------------------
 */

TEST(the_device_is_listed_and_fit)
{
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_info backend = TD_BACKEND_INFO_INIT;
    const td_device *const device = td_device_find(engine, "opencl:0");
    CHECK(device != NULL);
    CHECK_OK(td_device_describe(device, &info, &err));
    CHECK_TEXT("opencl:0", info.name);
    CHECK_INT(1, info.fit);
    CHECK_INT(info.kind == TD_GPU, info.preferred);
    CHECK(info.memory_bytes_limit > 0);
    CHECK(td_backend_at(engine, 0, &backend));
    CHECK_TEXT("opencl", backend.name);
    CHECK(backend.usable == 1 && backend.device_count > 0);
    td_engine_destroy(engine);
}

TEST(its_rates_are_measured)
{
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_device_rates rates = TD_DEVICE_RATES_INIT;
    const td_device *const device = td_device_find(engine, "opencl:0");
    CHECK_OK(td_device_describe(device, &info, &err));
    CHECK_OK(td_device_measure(engine, device, 0.2, &rates, &err));
    printf("  start %.3f s, launch %.1f us, to %.2f, from %.2f, on it %.2f GB/s, "
           "float32 %.1f, float64 %.1f, int32 %.1f G/s\n",
           rates.startup_seconds, rates.launch_seconds * 1e6, rates.to_device / 1e9,
           rates.to_host / 1e9, rates.on_device / 1e9, rates.float32 / 1e9, rates.float64 / 1e9,
           rates.int32 / 1e9);
    CHECK(rates.launch_seconds > 0 && rates.to_device > 0 && rates.to_host > 0);
    CHECK(rates.on_device > 0 && rates.float32 > 0 && rates.int32 > 0);
    CHECK((rates.float64 > 0) == (info.float64_cost > 0));
    td_engine_destroy(engine);
}

/* ---- Results ----------------------------------------------------------------------------------
 */

TEST(results_are_the_cpus)
{
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *expected = NULL, *got = NULL;
    const recordings data = tracks(5, 400);
    CHECK_OK(run_on(engine, &data, wide_grid, "cpu", 0, TD_FALLBACK_CPU, &expected, NULL, &err));
    CHECK_OK(
        run_on(engine, &data, wide_grid, "opencl:0", 0, TD_FALLBACK_NONE, &got, &report, &err));
    tables_equal(expected, got);
    CHECK_TEXT("opencl:0", report.device);
    CHECK_INT(0, report.units_moved);
    CHECK_INT(1, report.device_count);
    CHECK(report.devices[0].launches > 0 && report.devices[0].bytes_to_device > 0);
    CHECK(report.devices[0].seconds_kernel > 0 && report.devices[0].busy <= 1.0);
    td_table_destroy(got);
    td_table_destroy(expected);
    td_engine_destroy(engine);
}

TEST(an_opencl_device_that_is_this_cpu_is_never_chosen)
{
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *got = NULL;
    const recordings data = tracks(5, 400);
    CHECK_OK(td_device_describe(td_device_find(engine, "opencl:0"), &info, &err));
    if (info.preferred) {
        td_engine_destroy(engine);
        SKIP("the first OpenCL device is no CPU");
    }
    CHECK_OK(run_on(engine, &data, wide_grid, "auto", 0, TD_FALLBACK_CPU, &got, &report, &err));
    CHECK_TEXT("cpu", report.device);
    td_table_destroy(got);
    td_engine_destroy(engine);
}

TEST(little_memory_makes_more_units)
{
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_table *expected = NULL;
    uint32_t units = 0;
    const recordings data = tracks(5, 400);
    CHECK_OK(run_on(engine, &data, wide_grid, "cpu", 0, TD_FALLBACK_CPU, &expected, NULL, &err));
    for (uint64_t bytes = 1u << 24; bytes >= 1u << 18; bytes /= 8) {
        td_report report = TD_REPORT_INIT;
        td_table *got = NULL;
        CHECK_OK(run_on(engine, &data, wide_grid, "opencl:0", bytes, TD_FALLBACK_SPLIT, &got,
                        &report, &err));
        tables_equal(expected, got);
        CHECK(report.device_bytes_peak <= bytes);
        printf("  %llu bytes: %u units, %u split\n", (unsigned long long)bytes, report.units,
               report.units_split);
        units = report.units + report.units_split;
        td_table_destroy(got);
    }
    CHECK(units > 1);
    td_table_destroy(expected);
    td_engine_destroy(engine);
}

/* ---- Failures ---------------------------------------------------------------------------------
 */

typedef struct faults {
    fault_arm_fn arm;
    fault_hits_fn hits;
    fault_live_fn live;
} faults;

static faults faults_take(void)
{
    faults found = {NULL, NULL, NULL};
    void *const library = dlopen(OPENCL_FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) SKIP("%s was not built", OPENCL_FAULT_LIBRARY);
    void *symbol = dlsym(library, "fault_arm");
    memcpy(&found.arm, &symbol, sizeof symbol);
    symbol = dlsym(library, "fault_hits");
    memcpy(&found.hits, &symbol, sizeof symbol);
    symbol = dlsym(library, "fault_live");
    memcpy(&found.live, &symbol, sizeof symbol);
    found.arm(NULL, 0, 0, 0);
    return found;
}

/* From call nth of function on (count of them) the device answers code: the CPU does what is left,
 * and the report says so. Answers whether anything failed. */
static bool rescue(const faults *fail, const recordings *data, const td_table *expected,
                   const char *function, long nth, long count, int code)
{
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *got = NULL;
    td_engine *engine = engine_opencl();
    CHECK(td_device_find(engine, "opencl:0") != NULL); /* open and tested before anything fails */
    fail->arm(function, nth, count, code);
    const td_status status =
        run_on(engine, data, small_grid, "opencl:0", 0, TD_FALLBACK_CPU, &got, &report, &err);
    const long hits = fail->hits();
    fail->arm(NULL, 0, 0, 0);
    if (status) CHECK_FAIL("%s %ld, code %d: %s", function, nth, code, err.message);
    tables_equal(expected, got);
    td_table_destroy(got);
    td_engine_destroy(engine);
    CHECK_INT(0, fail->live());
    /* The last clFinish is that of a stream which closes: nothing is left to be lost. */
    if (hits > 1 || (hits > 0 && strcmp(function, "clFinish") != 0 && count > 1)) {
        if (report.units_retried + report.units_split + report.units_moved == 0 || !report.note[0])
            CHECK_FAIL("%s %ld, code %d: %ld failures, and nothing is told", function, nth, code,
                       hits);
    }
    return hits > 0;
}

TEST(a_failure_in_the_middle_loses_nothing)
{
    static const struct {
        const char *function;
        int code;
    } kinds[] = {{"clEnqueueNDRangeKernel", -2 /* CL_DEVICE_NOT_AVAILABLE */},
                 {"clEnqueueNDRangeKernel", -5 /* CL_OUT_OF_RESOURCES */},
                 {"clEnqueueWriteBuffer", -36 /* CL_INVALID_COMMAND_QUEUE */},
                 {"clEnqueueReadBuffer", -4 /* CL_MEM_OBJECT_ALLOCATION_FAILURE */},
                 {"clFinish", -5 /* CL_OUT_OF_RESOURCES */},
                 {"clCreateSubBuffer", -4 /* CL_MEM_OBJECT_ALLOCATION_FAILURE */},
                 {"clCreateBuffer", -6 /* CL_OUT_OF_HOST_MEMORY */}};
    const faults fail = faults_take();
    td_engine *engine = engine_opencl();
    td_error err = TD_ERROR_INIT;
    td_table *expected = NULL;
    long failed = 0;
    const recordings data = tracks(3, 100);
    CHECK_OK(run_on(engine, &data, small_grid, "cpu", 0, TD_FALLBACK_CPU, &expected, NULL, &err));
    td_engine_destroy(engine);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i)
        for (int ever = 0; ever < 2; ++ever)
            for (long nth = 1; nth < 200; ++nth) {
                if (!rescue(&fail, &data, expected, kinds[i].function, nth, ever ? 1000000 : 1,
                            kinds[i].code))
                    break;
                failed += 1;
            }
    printf("  %ld runs with a failure\n", failed);
    CHECK(failed > 20);
    td_table_destroy(expected);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_failure_in_the_middle_loses_nothing),
                                     RUN(the_device_is_listed_and_fit),
                                     RUN(its_rates_are_measured),
                                     RUN(results_are_the_cpus),
                                     RUN(an_opencl_device_that_is_this_cpu_is_never_chosen),
                                     RUN(little_memory_makes_more_units),
                                     {0}});
}
