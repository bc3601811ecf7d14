/* opencl_copy.c - copies, and the staging ring that they go through.
 *
 * What comes from the host is copied into a ring of pinned memory first, piece by piece, so that
 * the caller may change its data when copy returns, and the device reads one piece while the host
 * writes the next. What goes to the host waits in the ring, and is handed to its target when its
 * place is needed again, or at stream_wait: a stream that is closed or lost writes to nobody. */
#include <string.h>
#include <sys/mman.h>

#include "backends/opencl/opencl_internal.h"

#define RING_ALIGN 64u

/* ---- The ring ---------------------------------------------------------------------------------
 */

/* Pinned where the driver has such memory; ordinary memory does the same, more slowly. On a CPU
 * there is no difference. */
static td_status ring_open(td_stream *stream, td_error *err)
{
    td_backend_device *const device = stream->device;
    const ocl_library *const cl = &device->cl;
    if (!(device->what.type & CL_DEVICE_TYPE_CPU)) {
        cl_int code = CL_SUCCESS;
        stream->pinned =
            cl->CreateBuffer(device->context, CL_MEM_READ_WRITE | CL_MEM_ALLOC_HOST_PTR,
                             OCL_RING_BYTES, NULL, &code);
        if (stream->pinned)
            stream->ring = cl->EnqueueMapBuffer(stream->queue, stream->pinned, CL_TRUE,
                                                CL_MAP_READ | CL_MAP_WRITE, 0, OCL_RING_BYTES, 0,
                                                NULL, NULL, &code);
        if (stream->ring && code == CL_SUCCESS) return TD_OK;
        if (stream->pinned) cl->ReleaseMemObject(stream->pinned);
        stream->pinned = NULL;
        stream->ring = NULL;
    }
    void *const made =
        mmap(NULL, OCL_RING_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stream->ring = made == MAP_FAILED ? NULL : made;
    if (stream->ring) return TD_OK;
    return backend_fail(err, TD_E_NO_MEMORY, "no %u bytes of host memory for copies",
                        OCL_RING_BYTES);
}

void ocl_ring_close(td_stream *stream)
{
    const ocl_library *const cl = &stream->device->cl;
    if (stream->ring_in_doubt) return;
    if (stream->pinned) {
        (void)cl->EnqueueUnmapMemObject(stream->queue, stream->pinned, stream->ring, 0, NULL, NULL);
        (void)cl->Finish(stream->queue);
        cl->ReleaseMemObject(stream->pinned);
    } else if (stream->ring) {
        (void)munmap(stream->ring, OCL_RING_BYTES);
    }
    stream->pinned = NULL;
    stream->ring = NULL;
}

static bool event_ended(td_stream *stream, cl_event event)
{
    cl_int state = CL_QUEUED;
    const cl_int code = stream->device->cl.GetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                                        sizeof state, &state, NULL);
    return code == CL_SUCCESS && state <= CL_COMPLETE;
}

/* Empties the oldest piece. */
static td_status ring_take(td_stream *stream, bool deliver, td_error *err)
{
    ocl_segment *const oldest = &stream->segments[stream->segment_first];
    td_status status = TD_OK;
    if (deliver) status = ocl_event_wait(stream->device, oldest->event, err);
    if (deliver && !status && oldest->target)
        memcpy(oldest->target, stream->ring + oldest->offset, oldest->bytes);
    if ((!deliver || status) && !event_ended(stream, oldest->event)) stream->ring_in_doubt = true;
    stream->device->cl.ReleaseEvent(oldest->event);
    stream->segment_first = (stream->segment_first + 1) % OCL_SEGMENTS_MAX;
    stream->segment_count -= 1;
    return status;
}

td_status ocl_ring_drain(td_stream *stream, bool deliver, td_error *err)
{
    td_status status = TD_OK;
    while (stream->segment_count > 0) {
        const td_status one = ring_take(stream, deliver && !status, err);
        if (!status) status = one;
    }
    stream->ring_head = 0;
    return status;
}

/* A place for bytes (a multiple of RING_ALIGN) if there is one now. */
static bool ring_place(td_stream *stream, size_t bytes, size_t *offset)
{
    if (stream->segment_count == 0) stream->ring_head = 0;
    if (stream->segment_count == OCL_SEGMENTS_MAX) return false;
    const size_t head = stream->ring_head;
    const size_t tail =
        stream->segment_count > 0 ? stream->segments[stream->segment_first].offset : OCL_RING_BYTES;
    *offset = head;
    if (head <= tail && stream->segment_count > 0) return bytes <= tail - head;
    if (bytes <= OCL_RING_BYTES - head) return true;
    *offset = 0;
    return stream->segment_count > 0 && bytes <= tail;
}

static td_status ring_reserve(td_stream *stream, size_t bytes, size_t *offset, td_error *err)
{
    td_status status = TD_OK;
    if (stream->ring_in_doubt) {
        const cl_int code = stream->device->cl.Finish(stream->queue);
        if (code != CL_SUCCESS) return ocl_stream_fail(stream, err, code, "clFinish");
        stream->ring_in_doubt = false;
    }
    if (!stream->ring) status = ring_open(stream, err);
    while (!status && !ring_place(stream, bytes, offset))
        status = ring_take(stream, true, err);
    return status;
}

/* ---- One piece --------------------------------------------------------------------------------
 */

/* Queues the piece; its event is the ring's and the records'. */
static td_status piece_queue(td_stream *stream, ocl_segment *piece, cl_mem memory, size_t at,
                             ocl_pending *what, td_error *err)
{
    const ocl_library *const cl = &stream->device->cl;
    char *const host = stream->ring + piece->offset;
    const cl_int code = what->kind == TD_RECORD_TO_DEVICE
                            ? cl->EnqueueWriteBuffer(stream->queue, memory, CL_FALSE, at,
                                                     piece->bytes, host, 0, NULL, &what->event)
                            : cl->EnqueueReadBuffer(stream->queue, memory, CL_FALSE, at,
                                                    piece->bytes, host, 0, NULL, &what->event);
    if (code != CL_SUCCESS)
        return ocl_stream_fail(stream, err, code,
                               what->kind == TD_RECORD_TO_DEVICE ? "clEnqueueWriteBuffer"
                                                                 : "clEnqueueReadBuffer");
    stream->busy = true;
    piece->event = what->event;
    const cl_int retained = cl->RetainEvent(piece->event); /* the ring's and the records' */
    if (retained != CL_SUCCESS) {
        if (cl->Finish(stream->queue) != CL_SUCCESS) stream->ring_in_doubt = true;
        cl->ReleaseEvent(what->event);
        return ocl_stream_fail(stream, err, retained, "clRetainEvent");
    }
    stream->segments[(stream->segment_first + stream->segment_count) % OCL_SEGMENTS_MAX] = *piece;
    stream->segment_count += 1;
    stream->ring_head = piece->offset + (piece->bytes + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
    return ocl_record_add(stream, what, err);
}

static td_status copy_staged(td_stream *stream, cl_mem memory, size_t offset, char *host,
                             size_t bytes, td_record_kind kind, td_error *err)
{
    for (size_t done = 0; done < bytes;) {
        const size_t left = bytes - done;
        ocl_segment piece = {.bytes = left < OCL_CHUNK_BYTES ? left : OCL_CHUNK_BYTES};
        ocl_pending what = {.kind = kind, .goes_on = done > 0, .bytes = piece.bytes};
        const size_t room = (piece.bytes + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
        td_status status = ring_reserve(stream, room, &piece.offset, err);
        if (status) return status;
        if (kind == TD_RECORD_TO_DEVICE)
            memcpy(stream->ring + piece.offset, host + done, piece.bytes);
        else piece.target = host + done;
        what.queued_ns = ocl_now_ns();
        status = piece_queue(stream, &piece, memory, offset + done, &what, err);
        if (status) return status;
        (void)stream->device->cl.Flush(stream->queue);
        done += piece.bytes;
    }
    return TD_OK;
}

static td_status copy_on_device(td_stream *stream, cl_mem from, size_t from_at, cl_mem to,
                                size_t to_at, size_t bytes, td_error *err)
{
    const ocl_library *const cl = &stream->device->cl;
    ocl_pending what = {.kind = TD_RECORD_ON_DEVICE, .bytes = bytes, .queued_ns = ocl_now_ns()};
    const cl_int code =
        cl->EnqueueCopyBuffer(stream->queue, from, to, from_at, to_at, bytes, 0, NULL, &what.event);
    if (code != CL_SUCCESS) return ocl_stream_fail(stream, err, code, "clEnqueueCopyBuffer");
    stream->busy = true;
    (void)cl->Flush(stream->queue);
    return ocl_record_add(stream, &what, err);
}

td_status ocl_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                   td_copy_way way, td_error *err)
{
    td_backend_device *const device = stream->device;
    cl_mem to = NULL, from = NULL;
    size_t to_at = 0, from_at = 0;
    td_status status = ocl_device_ready(device, err);
    if (status || bytes == 0) return status;
    if (way == TD_TO_DEVICE || way == TD_ON_DEVICE)
        status = ocl_memory_find(device, target, bytes, &to, &to_at, err);
    if (!status && (way == TD_TO_HOST || way == TD_ON_DEVICE))
        status = ocl_memory_find(device, source, bytes, &from, &from_at, err);
    if (status) return status;
    switch (way) {
    case TD_TO_DEVICE:
        return copy_staged(stream, to, to_at, (char *)source, bytes, TD_RECORD_TO_DEVICE, err);
    case TD_TO_HOST:
        return copy_staged(stream, from, from_at, target, bytes, TD_RECORD_TO_HOST, err);
    case TD_ON_DEVICE: return copy_on_device(stream, from, from_at, to, to_at, bytes, err);
    }
    return backend_fail(err, TD_E_BAD_ARGUMENT, "copy: way is %d, allowed 0 to 2", (int)way);
}
