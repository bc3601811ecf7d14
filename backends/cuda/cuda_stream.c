/* cuda_stream.c - streams: opening, waiting, closing, and which copy goes which way. */
#include <stdint.h>
#include <stdlib.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

td_status cuda_stream_open(td_backend_device *device, td_stream **out, td_error *err)
{
    td_status status = cuda_enter(device, err);
    if (status) return status;
    td_stream *stream = calloc(1, sizeof *stream);
    if (!stream || pthread_mutex_init(&stream->lock, NULL)) {
        free(stream);
        cuda_leave();
        return backend_fail(err, TD_E_NO_MEMORY, "cuda:%zu: no host memory for a stream",
                            device->index);
    }
    stream->device = device;
    /* Not ordered with the default stream, which others in this process may use. */
    const CUresult result =
        cuda_driver_get()->cuStreamCreate(&stream->stream, CU_STREAM_NON_BLOCKING);
    if (result) {
        stream->stream = NULL;
        status = cuda_fail(device, result, err, "cuStreamCreate");
    }
    if (!status) status = cuda_record_open(stream, err);
    cuda_leave();
    if (status) {
        cuda_stream_close(stream);
        return status;
    }
    *out = stream;
    return TD_OK;
}

/* What was not waited for is finished, and delivered to nobody: its targets may be gone. */
void cuda_stream_close(td_stream *stream)
{
    if (!stream) return;
    td_backend_device *const device = stream->device;
    const cuda_driver *const cu = cuda_driver_get();
    const bool entered = cuda_enter_or_lose(device);
    if (entered && stream->stream && stream->dirty) cuda_wait_or_lose(device, NULL, stream->stream);
    cuda_blas_close(stream);
    cuda_fft_close(stream);
    cuda_record_close(stream);
    cuda_stage_close(stream);
    if (entered && stream->stream && !cuda_is_lost(device)) {
        const CUresult result = cu->cuStreamDestroy(stream->stream);
        if (result) (void)cuda_fail(device, result, NULL, "cuStreamDestroy");
    }
    if (entered) cuda_leave();
    pthread_mutex_destroy(&stream->lock);
    free(stream);
}

td_status cuda_stream_settle(td_stream *stream, td_error *err)
{
    const CUresult result = cuda_driver_get()->cuStreamSynchronize(stream->stream);
    if (result) return cuda_fail(stream->device, result, err, "waiting for a stream");
    stream->dirty = false;
    cuda_stage_deliver(stream);
    return cuda_record_settle(stream, err);
}

td_status cuda_stream_wait(td_stream *stream, td_error *err)
{
    td_status status = cuda_enter(stream->device, err);
    if (status) return status;
    pthread_mutex_lock(&stream->lock);
    if (stream->dirty) status = cuda_stream_settle(stream, err);
    pthread_mutex_unlock(&stream->lock);
    cuda_leave();
    return status;
}

/* ---- Copies ---------------------------------------------------------------------------------- */

static td_status copy_on_device(td_stream *stream, CUdeviceptr target, CUdeviceptr source,
                                size_t bytes, td_error *err)
{
    const CUresult result =
        cuda_driver_get()->cuMemcpyDtoDAsync(target, source, bytes, stream->stream);
    return result ? cuda_fail(stream->device, result, err, "copying %zu bytes on the device", bytes)
                  : TD_OK;
}

static td_status copy_way_of(td_stream *stream, void *target, const void *source, size_t bytes,
                             td_copy_way way, td_error *err)
{
    switch (way) {
    case TD_TO_DEVICE: return cuda_stage_in(stream, (uintptr_t)target, source, bytes, err);
    case TD_TO_HOST: return cuda_stage_out(stream, target, (uintptr_t)source, bytes, err);
    case TD_ON_DEVICE:
        return copy_on_device(stream, (uintptr_t)target, (uintptr_t)source, bytes, err);
    }
    return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: %d is no way to copy",
                        stream->device->index, (int)way);
}

static td_record_kind kind_of(td_copy_way way)
{
    return way == TD_TO_DEVICE ? TD_RECORD_TO_DEVICE
           : way == TD_TO_HOST ? TD_RECORD_TO_HOST
                               : TD_RECORD_ON_DEVICE;
}

td_status cuda_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                    td_copy_way way, td_error *err)
{
    cuda_timer timer = {NULL, NULL};
    td_status status = TD_OK;
    if (bytes == 0)
        return cuda_is_lost(stream->device) ? cuda_fail_lost(stream->device, err) : TD_OK;
    if (!target || !source)
        return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: a copy of %zu bytes %s NULL",
                            stream->device->index, bytes, target ? "from" : "to");
    status = cuda_enter(stream->device, err);
    if (status) return status;
    pthread_mutex_lock(&stream->lock);
    stream->dirty = true;
    status = cuda_record_begin(stream, &timer, err);
    if (!status) status = copy_way_of(stream, target, source, bytes, way, err);
    if (!status) status = cuda_record_end(stream, &timer, kind_of(way), "", bytes, err);
    if (status) cuda_record_drop(stream, &timer);
    pthread_mutex_unlock(&stream->lock);
    cuda_leave();
    return status;
}
