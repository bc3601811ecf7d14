/* opencl_device.c - a device: opened, asked its known question, lost, closed. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

/* A device that cannot do the work is opened all the same, so that it is listed with its reason:
 * whatever is asked of it then answers TD_E_UNSUPPORTED with that. */
static void device_unfit(td_backend_device *device, const char *reason)
{
    snprintf(device->unfit_reason, sizeof device->unfit_reason, "%.180s", reason);
}

static td_status device_prepare(td_backend_device *device, td_error *err)
{
    const ocl_library *const cl = &device->cl;
    const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM,
                                                (cl_context_properties)device->what.platform, 0};
    cl_int code = CL_SUCCESS;
    device->memory_bytes =
        ocl_device_number(cl, device->what.device, CL_DEVICE_GLOBAL_MEM_SIZE, sizeof(cl_ulong));
    device->memory_piece_bytes =
        ocl_device_number(cl, device->what.device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, sizeof(cl_ulong));
    const uint64_t bits =
        ocl_device_number(cl, device->what.device, CL_DEVICE_MEM_BASE_ADDR_ALIGN, sizeof(cl_uint));
    device->alignment = bits / 8 > POOL_GRAIN ? bits / 8 : POOL_GRAIN;
    if (device->memory_bytes < 100 || device->memory_piece_bytes == 0)
        return backend_fail(err, TD_E_UNSUPPORTED,
                            "its driver does not tell how much memory it has");
    device->context = cl->CreateContext(properties, 1, &device->what.device, NULL, NULL, &code);
    if (!device->context) return ocl_fail(err, code, OCL_AT_SETUP, "clCreateContext");
    device->queue = cl->CreateCommandQueue(device->context, device->what.device, 0, &code);
    if (!device->queue) return ocl_fail(err, code, OCL_AT_SETUP, "clCreateCommandQueue");
    td_status status = ocl_memory_open(device, err);
    if (!status) status = ocl_program_open(device, true, err);
    if (!status) status = ocl_check(device, err);
    if (status == TD_E_UNSUPPORTED && device->program_cached) {
        /* The text decides, not what was once made of it. */
        ocl_program_close(device);
        status = ocl_program_open(device, false, err);
        if (!status) status = ocl_check(device, err);
    }
    return status;
}

td_status ocl_device_open(size_t index, td_backend_device **out, td_error *err)
{
    td_error why = TD_ERROR_INIT;
    char left_out[OCL_TEXT_MAX];
    ocl_candidate *found = NULL;
    size_t count = 0;
    td_status status = TD_OK;
    td_backend_device *const made = calloc(1, sizeof *made);
    if (!made) return backend_fail(err, TD_E_NO_MEMORY, "no host memory for a device");
    pthread_mutex_init(&made->lock, NULL);
    status = ocl_library_open(&made->cl, err);
    if (status) goto out;
    found = calloc(OCL_DEVICES_MAX, sizeof *found);
    if (!found) {
        status = backend_fail(err, TD_E_NO_MEMORY, "no host memory for the list of devices");
        goto out;
    }
    count = ocl_choose(&made->cl, found, left_out);
    if (index >= count) {
        status =
            backend_fail(err, TD_E_NOT_FOUND, "OpenCL device %zu: there are %zu", index, count);
        goto out;
    }
    made->what = found[index];
    made->number = index;
    if (made->what.reason[0]) {
        device_unfit(made, made->what.reason);
    } else {
        /* Want of the host's memory may pass: that is no verdict about the device. */
        status = device_prepare(made, &why);
        if (status == TD_E_NO_MEMORY) {
            (void)backend_fail_native(err, status, why.native_code, "%s", why.message);
            goto out;
        }
        if (status) device_unfit(made, why.message);
        status = TD_OK;
    }
    *out = made;
out:
    free(found);
    if (status) ocl_device_close(made);
    return status;
}

void ocl_device_close(td_backend_device *device)
{
    if (!device) return;
    const ocl_library *const cl = &device->cl;
    ocl_program_close(device);
    ocl_memory_close(device);
    if (device->queue) cl->ReleaseCommandQueue(device->queue);
    if (device->context) cl->ReleaseContext(device->context);
    ocl_library_close(&device->cl);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

/* ---- Loss -------------------------------------------------------------------------------------
 */

static void device_lose(td_backend_device *device, const char *reason)
{
    pthread_mutex_lock(&device->lock);
    if (!atomic_load(&device->lost)) {
        snprintf(device->lost_reason, sizeof device->lost_reason, "%.180s", reason);
        atomic_store(&device->lost, true);
    }
    pthread_mutex_unlock(&device->lock);
}

td_status ocl_device_fail(td_backend_device *device, td_error *err, cl_int code, ocl_place place,
                          const char *format, ...)
{
    td_error full = TD_ERROR_INIT;
    char what[320];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    const td_status status = ocl_fail(&full, code, place, "%s", what);
    if (status == TD_E_DEVICE_LOST) device_lose(device, full.message);
    return backend_fail_native(err, status, code, "%s", full.message);
}

td_status ocl_device_ready(td_backend_device *device, td_error *err)
{
    char reason[192];
    if (device->unfit_reason[0])
        return backend_fail(err, TD_E_UNSUPPORTED, "%s", device->unfit_reason);
    if (!atomic_load(&device->lost)) return TD_OK;
    pthread_mutex_lock(&device->lock);
    memcpy(reason, device->lost_reason, sizeof reason);
    pthread_mutex_unlock(&device->lock);
    return backend_fail(err, TD_E_DEVICE_LOST, "the device was lost: %s", reason);
}
