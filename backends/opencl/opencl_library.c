/* opencl_library.c - see opencl_library.h. */
#include "backends/opencl/opencl_library.h"

#include <dlfcn.h>
#include <string.h>

#include "backends/common/fail.h"

#define OCL_LIBRARY "libOpenCL.so.1"

/* POSIX has dlsym give functions as data; copying the bits is the way without a cast. */
static bool symbol_take(void *handle, const char *name, void *function, size_t bytes)
{
    void *const symbol = dlsym(handle, name);
    memcpy(function, &symbol, bytes);
    return symbol != NULL;
}

td_status ocl_library_open(ocl_library *library, td_error *err)
{
    ocl_library found = {0};
    const char *missing = NULL;
    found.handle = dlopen(OCL_LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!found.handle)
        return backend_fail(err, TD_E_NO_DEVICE, "no OpenCL: %s cannot be opened", OCL_LIBRARY);
#define OCL_X(name)                                                             \
    if (!symbol_take(found.handle, "cl" #name, &found.name, sizeof found.name)) \
        missing = "cl" #name;
    OCL_FUNCTIONS(OCL_X)
#undef OCL_X
    (void)symbol_take(found.handle, "clGetDeviceAndHostTimer", &found.GetDeviceAndHostTimer,
                      sizeof found.GetDeviceAndHostTimer);
    if (missing) {
        dlclose(found.handle);
        return backend_fail(err, TD_E_NO_DEVICE, "%s has no %s: OpenCL 1.2 is needed", OCL_LIBRARY,
                            missing);
    }
    *library = found;
    return TD_OK;
}

void ocl_library_close(ocl_library *library)
{
    if (library->handle) dlclose(library->handle);
    library->handle = NULL;
}
