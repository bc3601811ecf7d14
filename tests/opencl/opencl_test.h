/* opencl_test.h - what the tests of this backend share: the plug-in, opened as the host does, and
 * its first device. Where there is no OpenCL at all a test is skipped; TANDEM_NEED_OPENCL=1 makes
 * that a failure. Caches, the driver's and ours, lie in the build folder. */
#ifndef TANDEM_OPENCL_TEST_H
#define TANDEM_OPENCL_TEST_H
#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tandem/backend.h"
#include "tests/check.h"
#include "tests/opencl/leaks.h"

#define OPENCL_PLUGIN  OPENCL_PLUGIN_FOLDER "/tandem-backend-opencl.so"
#define CHECK_OK(call) CHECK_STATUS(TD_OK, (call), &err)

static inline void opencl_caches(void)
{
    (void)mkdir(OPENCL_CACHE, 0700);
    (void)mkdir(OPENCL_CACHE "/pocl", 0700);
    setenv("XDG_CACHE_HOME", OPENCL_CACHE, 1);
    setenv("POCL_CACHE_DIR", OPENCL_CACHE "/pocl", 1);
}

static inline td_backend_open_fn plugin_entry(void)
{
    td_backend_open_fn entry = NULL;
    const char *const need = getenv("TANDEM_NEED_OPENCL");
    opencl_caches();
    if (access(OPENCL_PLUGIN, F_OK) != 0 && (!need || strcmp(need, "1") != 0))
        SKIP("%s was not built", OPENCL_PLUGIN);
    void *const library = dlopen(OPENCL_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    if (!library) CHECK_FAIL("%s", dlerror());
    void *const symbol = dlsym(library, "td_backend_open");
    memcpy(&entry, &symbol, sizeof entry);
    CHECK(entry != NULL);
    return entry;
}

static inline const td_backend *opencl_table(void)
{
    td_error err = TD_ERROR_INIT;
    const td_backend *const table = plugin_entry()(TD_BACKEND_ABI, &err);
    const char *const need = getenv("TANDEM_NEED_OPENCL");
    if (table) return table;
    CHECK(err.message[0] != 0);
    if (need && strcmp(need, "1") == 0) CHECK_FAIL("OpenCL is needed: %s", err.message);
    SKIP("%s", err.message);
}

static inline td_backend_device *opencl_device(const td_backend *table)
{
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    CHECK(table->device_count() > 0);
    CHECK_OK(table->device_open(0, &device, &err));
    return device;
}

#endif
