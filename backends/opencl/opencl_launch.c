/* opencl_launch.c - launches: a stream's own kernel objects, their arguments, the queue. */
#include <stdio.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

#define GROUPS_MAX 2147483647u /* a group's number is an int in kernels */

/* Setting an argument changes the kernel object, so every stream has objects of its own. */
static td_status kernel_take(td_stream *stream, const ocl_kernel *kernel, cl_kernel *out,
                             td_error *err)
{
    td_backend_device *const device = stream->device;
    const size_t number = (size_t)(kernel - device->kernels);
    cl_int code = CL_SUCCESS;
    if (!stream->kernels[number]) {
        stream->kernels[number] = device->cl.CreateKernel(device->program, kernel->name, &code);
        if (!stream->kernels[number])
            return ocl_device_fail(device, err, code, OCL_AT_QUEUE, "clCreateKernel %s",
                                   kernel->name);
    }
    *out = stream->kernels[number];
    return TD_OK;
}

static td_status argument_set(td_stream *stream, cl_kernel object, const ocl_kernel *kernel,
                              cl_uint index, const td_launch_arg *arg, td_error *err)
{
    td_backend_device *const device = stream->device;
    cl_mem memory = NULL;
    size_t offset = 0;
    cl_int code = CL_SUCCESS;
    if (!arg->is_buffer) {
        code = device->cl.SetKernelArg(object, index, arg->bytes, arg->data);
    } else if (!arg->data) {
        code = device->cl.SetKernelArg(object, index, sizeof memory, NULL); /* an empty buffer */
    } else {
        const td_status status = ocl_memory_find(device, arg->data, 0, &memory, &offset, err);
        if (status) return status;
        if (offset != 0)
            return backend_fail(err, TD_E_BAD_ARGUMENT,
                                "kernel %s: argument %u is %zu bytes within memory, and must be "
                                "its start",
                                kernel->name, index, offset);
        code = device->cl.SetKernelArg(object, index, sizeof memory, &memory);
    }
    if (code == CL_SUCCESS) return TD_OK;
    return ocl_device_fail(device, err, code, OCL_AT_QUEUE, "kernel %s, argument %u", kernel->name,
                           index);
}

static bool argument_fits(const td_launch_arg *arg, char kind)
{
    const uint32_t bytes = kind == 'l' || kind == 'd' ? 8 : 4;
    if (kind == 'b' || arg->is_buffer) return kind == 'b' && arg->is_buffer;
    return arg->data && arg->bytes == bytes;
}

static td_status launch_check(const td_backend_device *device, const td_launch *launch,
                              const ocl_kernel **kernel, td_error *err)
{
    const ocl_kernel *const found = ocl_kernel_find(device, launch->kernel);
    if (!found || !found->args)
        return backend_fail(err, TD_E_UNSUPPORTED, "there is no kernel %.60s", launch->kernel);
    if (launch->arg_count != strlen(found->args))
        return backend_fail(err, TD_E_BAD_ARGUMENT, "kernel %s: %u arguments, it has %zu",
                            launch->kernel, launch->arg_count, strlen(found->args));
    for (uint32_t i = 0; i < launch->arg_count; ++i)
        if (!argument_fits(&launch->args[i], found->args[i]))
            return backend_fail(err, TD_E_BAD_ARGUMENT,
                                "kernel %s: argument %u is of another kind (its list: %s)",
                                launch->kernel, i, found->args);
    if (launch->groups < 1 || launch->groups > GROUPS_MAX)
        return backend_fail(err, TD_E_OUT_OF_RANGE, "kernel %s: %u groups, allowed 1 to %u",
                            launch->kernel, launch->groups, GROUPS_MAX);
    *kernel = found;
    return TD_OK;
}

td_status ocl_launch(td_stream *stream, const td_launch *launch, td_error *err)
{
    td_backend_device *const device = stream->device;
    const ocl_kernel *kernel = NULL;
    cl_kernel object = NULL;
    char what[96];
    td_status status = ocl_device_ready(device, err);
    if (!status) status = launch_check(device, launch, &kernel, err);
    if (!status) status = kernel_take(stream, kernel, &object, err);
    for (uint32_t i = 0; !status && i < launch->arg_count; ++i)
        status = argument_set(stream, object, kernel, i, &launch->args[i], err);
    if (status) return status;
    const size_t items = kernel->group * (size_t)launch->groups;
    ocl_pending pending = {
        .kind = TD_RECORD_KERNEL, .name = kernel->name, .queued_ns = ocl_now_ns()};
    const cl_int code = device->cl.EnqueueNDRangeKernel(stream->queue, object, 1, NULL, &items,
                                                        &kernel->group, 0, NULL, &pending.event);
    if (code != CL_SUCCESS) {
        snprintf(what, sizeof what, "kernel %s, %u groups", kernel->name, launch->groups);
        return ocl_stream_fail(stream, err, code, what);
    }
    stream->busy = true;
    (void)device->cl.Flush(stream->queue);
    return ocl_record_add(stream, &pending, err);
}
