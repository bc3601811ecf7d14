/* opencl_stream.c - a stream: one queue that works in order. */
#include <stdlib.h>

#include "backends/opencl/opencl_internal.h"

td_status ocl_stream_fail(td_stream *stream, td_error *err, cl_int code, const char *what)
{
    /* Either the command asked for too much, or the context died of an earlier one: then the
     * queue cannot finish either. */
    const bool lost =
        code == CL_OUT_OF_RESOURCES && stream->device->cl.Finish(stream->queue) != CL_SUCCESS;
    return ocl_device_fail(stream->device, err, code, lost ? OCL_AT_WAIT : OCL_AT_QUEUE, "%s",
                           what);
}

td_status ocl_stream_open(td_backend_device *device, td_stream **out, td_error *err)
{
    cl_int code = CL_SUCCESS;
    td_status status = ocl_device_ready(device, err);
    if (status) return status;
    td_stream *const made = calloc(1, sizeof *made);
    if (!made) return backend_fail(err, TD_E_NO_MEMORY, "no host memory for a stream");
    made->device = device;
    made->pending = calloc(OCL_EVENTS_MAX, sizeof *made->pending);
    made->segments = calloc(OCL_SEGMENTS_MAX, sizeof *made->segments);
    made->kernels = calloc(device->kernel_count, sizeof(cl_kernel));
    if (!made->pending || !made->segments || !made->kernels) {
        status = backend_fail(err, TD_E_NO_MEMORY, "no host memory for a stream");
        goto out;
    }
    made->queue = device->cl.CreateCommandQueue(device->context, device->what.device,
                                                CL_QUEUE_PROFILING_ENABLE, &code);
    if (!made->queue) {
        status = ocl_device_fail(device, err, code, OCL_AT_SETUP, "clCreateCommandQueue");
        goto out;
    }
    ocl_record_clock(made);
    *out = made;
out:
    if (status) ocl_stream_close(made);
    return status;
}

void ocl_stream_close(td_stream *stream)
{
    if (!stream) return;
    td_backend_device *const device = stream->device;
    /* What is still under way may use the ring, even after a loss, as far as anybody knows.
     * Nothing is delivered: nobody waited for it. */
    const bool idle = stream->queue && device->cl.Finish(stream->queue) == CL_SUCCESS;
    (void)ocl_ring_drain(stream, false, NULL);
    if (idle) stream->ring_in_doubt = false;
    ocl_record_drop(stream);
    ocl_ring_close(stream);
    for (uint32_t i = 0; stream->kernels && i < device->kernel_count; ++i)
        if (stream->kernels[i]) device->cl.ReleaseKernel(stream->kernels[i]);
    if (stream->queue) device->cl.ReleaseCommandQueue(stream->queue);
    free(stream->kernels);
    free(stream->segments);
    free(stream->pending);
    free(stream->records);
    free(stream);
}

td_status ocl_stream_wait(td_stream *stream, td_error *err)
{
    td_backend_device *const device = stream->device;
    td_status status = ocl_device_ready(device, err);
    if (!status) {
        const cl_int code = device->cl.Finish(stream->queue);
        if (code != CL_SUCCESS)
            status = ocl_device_fail(device, err, code, OCL_AT_WAIT, "clFinish");
    }
    if (!status) status = ocl_record_harvest(stream, 0, err);
    /* After a failure nothing is delivered, and nothing is kept for a later call. */
    const td_status drained = ocl_ring_drain(stream, !status, status ? NULL : err);
    if (status) ocl_record_drop(stream);
    if (!status) status = drained;
    stream->busy = false;
    return status;
}
