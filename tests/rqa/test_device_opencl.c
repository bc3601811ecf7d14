/* test_device_opencl.c - rqa.measures on an OpenCL device, and with little of its memory: the CPU's
 * results to the last bit. */
#include "device_run.h"
#include "tests/opencl/leaks.h"

/* NULL: there is no such device. */
static td_engine *engine_opencl(void)
{
    td_engine *engine = engine_with("opencl,cpu", "backends");
    if (td_device_find(engine, "opencl:0")) return engine;
    td_engine_destroy(engine);
    return NULL;
}

static void opencl_check(uint64_t bytes, td_fallback fallback)
{
    td_engine *engine = engine_opencl();
    if (!engine) SKIP("there is no OpenCL device");
    tracks_make(4000, 0);
    const recordings data = recordings_make(6, 600);
    const call c = {engine, &data, wide_grid, MEASURES_ALL};
    td_table *expected = on_cpu(&c);
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, td_device_describe(td_device_find(engine, "opencl:0"), &info, &err), &err);
    if (info.float64_cost > 0) check_device(&c, expected, "opencl:0", "float64", bytes, fallback);
    check_device(&c, expected, "opencl:0", "float32", bytes, fallback);
    td_table_destroy(expected);
    td_engine_destroy(engine);
}

TEST(opencl_is_the_cpu_too)
{
    opencl_check(0, TD_FALLBACK_NONE);
}

TEST(with_little_memory_too)
{
    opencl_check(UINT64_C(1) << 20, TD_FALLBACK_SPLIT);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(opencl_is_the_cpu_too), RUN(with_little_memory_too), {0}});
}
