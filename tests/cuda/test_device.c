/* test_device.c - opening, describing and refusing devices of the CUDA backend, on the played
 * driver. This shows the backend's logic, not that it runs on a GPU. */
#include "tests/cuda/cuda_test.h"

#define GIB ((uint64_t)1 << 30)

TEST(driver_too_old_is_refused)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_error err = TD_ERROR_INIT;
    if (!fake) { /* the backend opens once: this must be the first test */
        const fake_control *(*control)(void) = NULL;
        void *const symbol = symbol_of("libcuda.so.1", "fake_cuda_control");
        memcpy(&control, &symbol, sizeof control);
        fake = control();
    }
    plan.version = CUDA_VERSION / 1000 * 1000 - 1000 + 40;
    fake->set(&plan);
    CHECK(!open_function()(TD_BACKEND_ABI, &err));
    CHECK_INT(TD_E_UNSUPPORTED, err.status);
    CHECK_HAS("the NVIDIA driver is too old: it supports CUDA ", err.message);
    CHECK_HAS(".4", err.message);
    CHECK_HAS("this build needs CUDA ", err.message);
    CHECK_HAS("install driver ", err.message);
    printf("  %s\n", err.message);
    CHECK_INT(0, (long long)fake->call_count("cuInit"));

    plan.version = CUDA_VERSION;
    plan.devices = 0;
    fake->set(&plan);
    CHECK(!open_function()(TD_BACKEND_ABI, &err));
    CHECK_INT(TD_E_NO_DEVICE, err.status);
    CHECK_INT(100, (long long)err.native_code);
    CHECK_HAS("cuInit: CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device", err.message);

    CHECK(!open_function()(TD_BACKEND_ABI + 1000, &err));
    CHECK_INT(TD_E_UNSUPPORTED, err.status);
    CHECK_HAS("backend ABI", err.message);
}

TEST(driver_of_a_later_version_is_fine)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan_set(&plan);
    CHECK_TEXT("cuda", cuda_table->name);
    CHECK_INT(TD_BACKEND_ABI_MINOR, cuda_table->abi_minor);
    CHECK_INT(sizeof(td_backend), cuda_table->struct_size);
    CHECK_INT(1, cuda_table->device_count());
    plan.devices = 3;
    plan_set(&plan);
    CHECK_INT(3, cuda_table->device_count());
}

TEST(device_tells_what_it_is)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    plan.bytes = 10 * GIB;
    plan.taken = 3 * GIB;
    rig r = rig_open(&plan);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_INT(TD_GPU, info.kind);
    CHECK_TEXT("cuda:0", info.name);
    CHECK_TEXT("A processor that poses as a GPU", info.title);
    CHECK_TEXT("0000:3a:00.0", info.pci);
    CHECK_HAS("CUDA ", info.driver);
    CHECK_TEXT("", info.reason);
    CHECK_INT(1, info.fit);
    CHECK_INT(1, info.preferred);
    CHECK_INT(9, info.compute_major);
    CHECK_INT(0, info.compute_minor);
    CHECK_INT(132, info.units);
    CHECK_INT(1980, info.clock_mhz);
    CHECK_INT(2619, info.memory_clock_mhz);
    CHECK_INT(5120, info.memory_bus_bits);
    CHECK_INT(2, info.float64_cost);
    CHECK_INT(10 * GIB, info.memory_bytes_total);
    CHECK_INT(7 * GIB, info.memory_bytes_free);
    CHECK_INT(8 * GIB, info.memory_bytes_limit);
    cuda_table->limit(r.device, GIB);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_INT(GIB, info.memory_bytes_limit);
    cuda_table->limit(r.device, 0);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_INT(8 * GIB, info.memory_bytes_limit);
    rig_close(&r);
    check_clean();
}

static void cost_check(int capability, uint32_t cost)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    plan.capability = capability;
    rig r = rig_open(&plan);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_INT(cost, info.float64_cost);
    rig_close(&r);
}

TEST(device_float64_cost)
{
    cost_check(75, 32);
    cost_check(80, 2);
    cost_check(86, 64);
    cost_check(89, 64);
    cost_check(90, 2);
    cost_check(120, 64);
    cost_check(135, 7); /* not in the table: the driver's own figure */
    check_clean();
}

TEST(device_instance_has_its_uuid)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    plan.mig = true;
    rig r = rig_open(&plan);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_TEXT("A processor that poses as a GPU MIG 1g.10gb "
               "(MIG-00102030-4050-6070-8090-a0b0c0d0e0f0)",
               info.title);
    rig_close(&r);
    check_clean();
}

TEST(device_without_code_is_refused)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_backend_device *device = NULL;
    td_error err = TD_ERROR_INIT;
    plan.capability = 61;
    plan_set(&plan);
    CHECK_STATUS(TD_E_UNSUPPORTED, cuda_table->device_open(0, &device, &err), &err);
    CHECK_HAS("compute capability 6.1, the kernels need 7.5 or later", err.message);
    CHECK(!device);
    CHECK_STATUS(TD_E_NOT_FOUND, cuda_table->device_open(1, &device, &err), &err);
    CHECK(!device);
    check_clean();
}

TEST(device_is_opened_twice)
{
    td_backend_device *other = NULL;
    rig r = rig_open(NULL);
    CHECK_STATUS(TD_OK, cuda_table->device_open(0, &other, &r.err), &r.err);
    CHECK_INT(1, state_now().contexts); /* the primary one serves both */
    /* Its flags are its first user's. */
    CHECK_INT(1, (long long)fake->call_count("cuDevicePrimaryCtxSetFlags"));
    cuda_table->device_close(other);
    char *const memory = rig_alloc(&r, 100);
    cuda_table->free(r.device, memory, NULL);
    rig_close(&r);
    check_clean();
}

TEST(kernels_are_found_by_name)
{
    rig r = rig_open(NULL);
    CHECK(cuda_table->has_kernel(r.device, "td_probe"));
    CHECK(cuda_table->has_kernel(r.device, "td_fill"));
    CHECK(!cuda_table->has_kernel(r.device, "td_nothing"));
    CHECK(!cuda_table->has_kernel(r.device, ""));
    CHECK(!cuda_table->has_kernel(r.device, NULL));
    char name[300];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    CHECK(!cuda_table->has_kernel(r.device, name));
    const uint64_t asked = fake->call_count("cuModuleGetFunction");
    CHECK(cuda_table->has_kernel(r.device, "td_probe"));
    CHECK_INT(asked, fake->call_count("cuModuleGetFunction")); /* it is remembered */
    rig_close(&r);
    check_clean();
}

TEST(tuned_twin_is_taken)
{
    fake_plan plan = FAKE_PLAN_INIT;
    uint32_t values[256];
    snprintf(plan.tuned, sizeof plan.tuned, "td_probe");
    rig r = rig_open(&plan);
    char *const memory = rig_alloc(&r, sizeof values);
    for (uint32_t i = 0; i < 256; ++i)
        values[i] = i;
    rig_copy(&r, memory, values, sizeof values, TD_TO_DEVICE);
    CHECK_STATUS(TD_OK, probe_launch(r.stream, memory, 256, 2, &r.err), &r.err);
    rig_copy(&r, values, memory, sizeof values, TD_TO_HOST);
    rig_wait(&r);
    for (uint32_t i = 0; i < 256; ++i)
        CHECK_INT(i * 2654435761u + i, values[i]);
    CHECK_INT(1, state_now().tuned);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(driver_too_old_is_refused),
                                     RUN(driver_of_a_later_version_is_fine),
                                     RUN(device_tells_what_it_is),
                                     RUN(device_float64_cost),
                                     RUN(device_instance_has_its_uuid),
                                     RUN(device_without_code_is_refused),
                                     RUN(device_is_opened_twice),
                                     RUN(kernels_are_found_by_name),
                                     RUN(tuned_twin_is_taken),
                                     {0}});
}
