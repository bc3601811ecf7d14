/* test_absent.c - a machine without a driver: the plug-in loads, says why it cannot be used, and
 * the engine goes on with the CPU. */
#include <dlfcn.h>

#include "tandem/backend.h"
#include "tests/check.h"

static void skip_with_a_driver(void)
{
    void *const library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    dlclose(library);
    SKIP("this machine has libcuda.so.1");
}

TEST(backend_without_a_driver)
{
    td_backend_open_fn open = NULL;
    td_error err = TD_ERROR_INIT;
    skip_with_a_driver();
    void *const library = dlopen(CUDA_PLUGINS "/tandem-backend-cuda.so", RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL); /* it links nothing of CUDA */
    void *const symbol = dlsym(library, "td_backend_open");
    memcpy(&open, &symbol, sizeof open);
    for (int i = 0; i < 2; ++i) { /* again, because nothing is kept of a failure */
        err = (td_error)TD_ERROR_INIT;
        CHECK(!open(TD_BACKEND_ABI, &err));
        CHECK_INT(TD_E_NO_DEVICE, err.status);
        CHECK_HAS("no NVIDIA driver: libcuda.so.1 cannot be opened: ", err.message);
        CHECK(!open(TD_BACKEND_ABI, NULL));
    }
    printf("  %s\n", err.message);
    dlclose(library);
}

TEST(engine_without_a_driver)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_backend_info info = TD_BACKEND_INFO_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    skip_with_a_driver();
    config.backends = "cuda,cpu";
    config.backend_path = CUDA_PLUGINS;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK(td_device_at(engine, 0) == td_device_find(engine, "cpu"));
    CHECK(!td_device_find(engine, "cuda:0"));
    CHECK(td_backend_at(engine, 0, &info));
    CHECK_TEXT("cuda", info.name);
    CHECK_INT(0, info.usable);
    CHECK_HAS("no NVIDIA driver", info.reason);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(backend_without_a_driver), RUN(engine_without_a_driver), {0}});
}
