/* opencl.c - the OpenCL backend: its table of functions, and whether it can be used at all.
 *
 * There is no state beside the devices and streams that are open: the library is opened for each
 * question, which costs nothing once it is loaded. */
#include <stdlib.h>

#include "backends/opencl/opencl_internal.h"

#define OCL_EXPORT __attribute__((visibility("default")))

OCL_EXPORT const td_backend *td_backend_open(uint32_t host_abi, td_error *err);

static size_t devices_count(char *left_out, td_error *err)
{
    ocl_library cl = {0};
    ocl_candidate *found = NULL;
    size_t count = 0;
    left_out[0] = 0;
    if (ocl_library_open(&cl, err)) return 0;
    found = calloc(OCL_DEVICES_MAX, sizeof *found);
    if (found) count = ocl_choose(&cl, found, left_out);
    if (found && count == 0)
        (void)backend_fail(err, TD_E_NO_DEVICE, "no OpenCL device%s%s", left_out[0] ? ": " : "",
                           left_out);
    if (!found) (void)backend_fail(err, TD_E_NO_MEMORY, "no host memory for the list of devices");
    free(found);
    ocl_library_close(&cl);
    return count;
}

static size_t opencl_device_count(void)
{
    char left_out[OCL_TEXT_MAX];
    return devices_count(left_out, NULL);
}

const td_backend *td_backend_open(uint32_t host_abi, td_error *err)
{
    static const td_backend table = {
        .struct_size = sizeof table,
        .abi_major = TD_BACKEND_ABI_MAJOR,
        .abi_minor = TD_BACKEND_ABI_MINOR,
        .name = "opencl",
        .device_count = opencl_device_count,
        .device_open = ocl_device_open,
        .device_close = ocl_device_close,
        .device_describe = ocl_device_describe,
        .alloc = ocl_alloc,
        .free = ocl_free,
        .stream_open = ocl_stream_open,
        .stream_close = ocl_stream_close,
        .stream_wait = ocl_stream_wait,
        .copy = ocl_copy,
        .launch = ocl_launch,
        .has_kernel = ocl_has_kernel,
        .trim = ocl_trim,
        .limit = ocl_limit,
        .pool_stats = ocl_pool_stats,
        .stream_records = ocl_stream_records,
    };
    char left_out[OCL_TEXT_MAX];
    if (host_abi / 1000 != TD_BACKEND_ABI_MAJOR) {
        (void)backend_fail(err, TD_E_UNSUPPORTED, "the host has backend ABI %u, this plug-in %d",
                           host_abi, TD_BACKEND_ABI);
        return NULL;
    }
    return devices_count(left_out, err) > 0 ? &table : NULL;
}
