/* cuda_error.c - see cuda_error.h. The only place where errors of the driver get a meaning. */
#include "backends/cuda/cuda_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

/* Numbers, not names: toolkits differ in the names that they know. What is not here is our mistake
 * (INVALID_VALUE, INVALID_HANDLE ...): TD_E_INTERNAL. */
/* clang-format off */
static const struct { int result; td_status status; } meanings[] = {
    {0,   TD_OK},
    {2,   TD_E_NO_DEVICE_MEMORY},    /* OUT_OF_MEMORY */
    {4,   TD_E_DEVICE_LOST},         /* DEINITIALIZED: the driver is shutting down */
    {46,  TD_E_DEVICE_LOST},         /* DEVICE_UNAVAILABLE: taken, or fallen off the bus */
    {214, TD_E_DEVICE_LOST},         /* ECC_UNCORRECTABLE */
    {220, TD_E_DEVICE_LOST},         /* NVLINK_UNCORRECTABLE */
    {226, TD_E_DEVICE_LOST},         /* CONTAINED: an error in memory, kept from spreading */
    {700, TD_E_DEVICE_LOST},         /* ILLEGAL_ADDRESS */
    {702, TD_E_DEVICE_LOST},         /* LAUNCH_TIMEOUT: the display's watchdog */
    {709, TD_E_DEVICE_LOST},         /* CONTEXT_IS_DESTROYED */
    {710, TD_E_DEVICE_LOST},         /* ASSERT */
    {714, TD_E_DEVICE_LOST},         /* HARDWARE_STACK_ERROR */
    {715, TD_E_DEVICE_LOST},         /* ILLEGAL_INSTRUCTION */
    {716, TD_E_DEVICE_LOST},         /* MISALIGNED_ADDRESS */
    {717, TD_E_DEVICE_LOST},         /* INVALID_ADDRESS_SPACE */
    {718, TD_E_DEVICE_LOST},         /* INVALID_PC */
    {719, TD_E_DEVICE_LOST},         /* LAUNCH_FAILED */
    {721, TD_E_DEVICE_LOST},         /* TENSOR_MEMORY_LEAK */
    {805, TD_E_DEVICE_LOST},         /* MPS_CONNECTION_FAILED */
    {806, TD_E_DEVICE_LOST},         /* MPS_RPC_FAILURE */
    {810, TD_E_DEVICE_LOST},         /* MPS_CLIENT_TERMINATED */
    {911, TD_E_DEVICE_LOST},         /* EXTERNAL_DEVICE */
    {999, TD_E_DEVICE_LOST},         /* UNKNOWN: what a GPU off the bus often answers */
    {3,   TD_E_NO_DEVICE},           /* NOT_INITIALIZED */
    {34,  TD_E_NO_DEVICE},           /* STUB_LIBRARY */
    {100, TD_E_NO_DEVICE},           /* NO_DEVICE */
    {101, TD_E_NO_DEVICE},           /* INVALID_DEVICE */
    {102, TD_E_NO_DEVICE},           /* DEVICE_NOT_LICENSED */
    {802, TD_E_NO_DEVICE},           /* SYSTEM_NOT_READY */
    {803, TD_E_NO_DEVICE},           /* SYSTEM_DRIVER_MISMATCH */
    {807, TD_E_NO_DEVICE},           /* MPS_SERVER_NOT_READY */
    {808, TD_E_NO_DEVICE},           /* MPS_MAX_CLIENTS_REACHED */
    {809, TD_E_NO_DEVICE},           /* MPS_MAX_CONNECTIONS_REACHED */
    {36,  TD_E_UNSUPPORTED},         /* CALL_REQUIRES_NEWER_DRIVER */
    {200, TD_E_UNSUPPORTED},         /* INVALID_IMAGE */
    {209, TD_E_UNSUPPORTED},         /* NO_BINARY_FOR_GPU */
    {215, TD_E_UNSUPPORTED},         /* UNSUPPORTED_LIMIT */
    {218, TD_E_UNSUPPORTED},         /* INVALID_PTX */
    {221, TD_E_UNSUPPORTED},         /* JIT_COMPILER_NOT_FOUND */
    {222, TD_E_UNSUPPORTED},         /* UNSUPPORTED_PTX_VERSION */
    {223, TD_E_UNSUPPORTED},         /* JIT_COMPILATION_DISABLED */
    {500, TD_E_UNSUPPORTED},         /* NOT_FOUND: a kernel that the fat binary does not have */
    {800, TD_E_UNSUPPORTED},         /* NOT_PERMITTED */
    {801, TD_E_UNSUPPORTED},         /* NOT_SUPPORTED */
    {804, TD_E_UNSUPPORTED},         /* COMPAT_NOT_SUPPORTED_ON_DEVICE */
    /* The device is too small for the kernel, and another one may not be. TD_E_OUT_OF_RANGE would
     * say that the caller's arguments are wrong, and then nobody else is asked. */
    {701, TD_E_UNSUPPORTED},         /* LAUNCH_OUT_OF_RESOURCES */
    {720, TD_E_UNSUPPORTED},         /* COOPERATIVE_LAUNCH_TOO_LARGE */
    {912, TD_E_UNSUPPORTED},         /* INVALID_CLUSTER_SIZE */
};
/* clang-format on */

td_status cuda_status(CUresult result)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; ++i)
        if (meanings[i].result == (int)result) return meanings[i].status;
    return TD_E_INTERNAL;
}

bool cuda_is_sticky(CUresult result)
{
    return cuda_status(result) == TD_E_DEVICE_LOST;
}

/* The first reason stays. */
static void device_lose(td_backend_device *device, CUresult result, const char *text)
{
    pthread_mutex_lock(&device->lock);
    if (!atomic_load(&device->lost)) {
        device->lost_code = result;
        snprintf(device->lost_text, sizeof device->lost_text, "%s", text);
        atomic_store(&device->lost, true);
    }
    pthread_mutex_unlock(&device->lock);
}

td_status cuda_fail(td_backend_device *device, CUresult result, td_error *err, const char *format,
                    ...)
{
    char what[160], text[320];
    const char *name = NULL, *meaning = NULL;
    const cuda_driver *const cu = cuda_driver_get();
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    cu->cuGetErrorName(result, &name);
    cu->cuGetErrorString(result, &meaning);
    snprintf(text, sizeof text, "cuda:%zu: %s: %s (%d): %s", device->index, what,
             name ? name : "unknown error", (int)result, meaning ? meaning : "no text");
    if (cuda_is_sticky(result)) device_lose(device, result, text);
    return backend_fail_native(err, cuda_status(result), result, "%s", text);
}

void cuda_lose(td_backend_device *device, CUresult result, const char *what)
{
    char text[320];
    const char *name = NULL;
    cuda_driver_get()->cuGetErrorName(result, &name);
    snprintf(text, sizeof text, "cuda:%zu: %s: %s (%d)", device->index, what,
             name ? name : "unknown error", (int)result);
    device_lose(device, result, text);
}

td_status cuda_fail_lost(const td_backend_device *device, td_error *err)
{
    /* Written before lost was set, and never again. */
    return backend_fail_native(err, TD_E_DEVICE_LOST, device->lost_code,
                               "cuda:%zu is lost and not used any more: %s", device->index,
                               device->lost_text);
}
