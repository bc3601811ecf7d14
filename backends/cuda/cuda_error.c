/* cuda_error.c - see cuda_error.h. The only place where errors of the driver get a meaning. */
#include "backends/cuda/cuda_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

bool cuda_is_sticky(CUresult result)
{
    /* Not a switch over the enum: toolkits differ in the values that they name. */
    switch ((int)result) {
    case 4:   /* DEINITIALIZED: the driver is shutting down */
    case 46:  /* DEVICE_UNAVAILABLE: taken by another process, or fallen off the bus */
    case 214: /* ECC_UNCORRECTABLE */
    case 220: /* NVLINK_UNCORRECTABLE */
    case 226: /* CONTAINED: an error in memory, kept from spreading */
    case 700: /* ILLEGAL_ADDRESS */
    case 702: /* LAUNCH_TIMEOUT: the display's watchdog */
    case 709: /* CONTEXT_IS_DESTROYED */
    case 710: /* ASSERT */
    case 714: /* HARDWARE_STACK_ERROR */
    case 715: /* ILLEGAL_INSTRUCTION */
    case 716: /* MISALIGNED_ADDRESS */
    case 717: /* INVALID_ADDRESS_SPACE */
    case 718: /* INVALID_PC */
    case 719: /* LAUNCH_FAILED */
    case 721: /* TENSOR_MEMORY_LEAK */
    case 805: /* MPS_CONNECTION_FAILED */
    case 806: /* MPS_RPC_FAILURE */
    case 810: /* MPS_CLIENT_TERMINATED */
    case 911: /* EXTERNAL_DEVICE */
    case 999: /* UNKNOWN: what a GPU that fell off the bus often answers */ return true;
    default: return false;
    }
}

td_status cuda_status(CUresult result)
{
    if (cuda_is_sticky(result)) return TD_E_DEVICE_LOST;
    switch ((int)result) {
    case 0: return TD_OK;
    case 2: return TD_E_NO_DEVICE_MEMORY; /* OUT_OF_MEMORY */
    case 701:                             /* LAUNCH_OUT_OF_RESOURCES */
    case 720:                             /* COOPERATIVE_LAUNCH_TOO_LARGE */
    case 912: /* INVALID_CLUSTER_SIZE */ return TD_E_OUT_OF_RANGE;
    case 3:   /* NOT_INITIALIZED */
    case 34:  /* STUB_LIBRARY */
    case 100: /* NO_DEVICE */
    case 101: /* INVALID_DEVICE */
    case 102: /* DEVICE_NOT_LICENSED */
    case 802: /* SYSTEM_NOT_READY */
    case 803: /* SYSTEM_DRIVER_MISMATCH */
    case 807: /* MPS_SERVER_NOT_READY */
    case 808: /* MPS_MAX_CLIENTS_REACHED */
    case 809: /* MPS_MAX_CONNECTIONS_REACHED */ return TD_E_NO_DEVICE;
    case 36:  /* CALL_REQUIRES_NEWER_DRIVER */
    case 200: /* INVALID_IMAGE */
    case 209: /* NO_BINARY_FOR_GPU */
    case 215: /* UNSUPPORTED_LIMIT */
    case 218: /* INVALID_PTX */
    case 221: /* JIT_COMPILER_NOT_FOUND */
    case 222: /* UNSUPPORTED_PTX_VERSION */
    case 223: /* JIT_COMPILATION_DISABLED */
    case 500: /* NOT_FOUND: a kernel that the fat binary does not have */
    case 800: /* NOT_PERMITTED */
    case 801: /* NOT_SUPPORTED */
    case 804: /* COMPAT_NOT_SUPPORTED_ON_DEVICE */ return TD_E_UNSUPPORTED;
    default: return TD_E_INTERNAL; /* INVALID_VALUE, INVALID_HANDLE ...: our mistake */
    }
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
