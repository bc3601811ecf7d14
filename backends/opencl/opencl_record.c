/* opencl_record.c - what ran when, on the host's clock.
 *
 * Commands are timed by the device. Its clock stands to the host's at an offset that is measured
 * when a stream opens and mended by every command: none starts before it was queued, none ends
 * after it was seen to have ended. So the offset cannot drift away, however long a stream lives. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/opencl/opencl_internal.h"

#define CLOCK_ROUNDS  3
#define RECORDS_FIRST 64u

int64_t ocl_now_ns(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- The device's clock -----------------------------------------------------------------------
 */

static bool event_time(const ocl_library *cl, cl_event event, cl_profiling_info what, int64_t *ns)
{
    cl_ulong value = 0;
    if (cl->GetEventProfilingInfo(event, what, sizeof value, &value, NULL) != CL_SUCCESS)
        return false;
    *ns = (int64_t)value;
    return value > 0;
}

/* One question: the device's time, and how far it can be from the middle of the host's. */
static bool clock_ask(td_stream *stream, int64_t *offset, int64_t *width)
{
    const ocl_library *const cl = &stream->device->cl;
    cl_event event = NULL;
    cl_ulong device_ns = 0, host_ns = 0;
    int64_t ended = 0;
    bool known = false;
    /* The loader has every function; a driver from before one has nothing behind it. */
    const bool has_timer = cl->GetDeviceAndHostTimer && stream->device->what.version >= 201;
    const int64_t before = ocl_now_ns();
    if (has_timer &&
        cl->GetDeviceAndHostTimer(stream->device->what.device, &device_ns, &host_ns) ==
            CL_SUCCESS &&
        device_ns > 0) {
        ended = (int64_t)device_ns;
        known = true;
    } else if (cl->EnqueueMarkerWithWaitList(stream->queue, 0, NULL, &event) == CL_SUCCESS) {
        known = cl->WaitForEvents(1, &event) == CL_SUCCESS &&
                event_time(cl, event, CL_PROFILING_COMMAND_END, &ended);
        cl->ReleaseEvent(event);
    }
    const int64_t after = ocl_now_ns();
    *offset = before + (after - before) / 2 - ended;
    *width = after - before;
    return known;
}

void ocl_record_clock(td_stream *stream)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < CLOCK_ROUNDS; ++i) {
        int64_t offset = 0, width = 0;
        if (!clock_ask(stream, &offset, &width)) return;
        if (width >= best) continue;
        best = width;
        stream->clock_offset_ns = offset;
    }
}

/* The command's begin and end on the host's clock; by the host's own times if the device tells
 * none. */
static void times_take(td_stream *stream, const ocl_pending *what, int64_t *begin, int64_t *end)
{
    const ocl_library *const cl = &stream->device->cl;
    const int64_t now = ocl_now_ns();
    int64_t from = 0, to = 0;
    *begin = what->queued_ns;
    *end = now;
    if (!event_time(cl, what->event, CL_PROFILING_COMMAND_START, &from)) return;
    if (!event_time(cl, what->event, CL_PROFILING_COMMAND_END, &to)) return;
    if (to < from) return;
    const int64_t least = what->queued_ns - from, most = now - to;
    if (stream->clock_offset_ns < least) stream->clock_offset_ns = least;
    if (stream->clock_offset_ns > most) stream->clock_offset_ns = most;
    from += stream->clock_offset_ns;
    to += stream->clock_offset_ns;
    if (from > *begin) *begin = from;
    if (to < *end) *end = to;
    if (*end < *begin) *end = *begin;
}

/* ---- Records ----------------------------------------------------------------------------------
 */

static td_record *record_room(td_stream *stream)
{
    if (stream->record_count == OCL_RECORDS_MAX) return NULL;
    if (stream->record_count == stream->record_room) {
        const size_t room = stream->record_room > 0 ? stream->record_room * 2 : RECORDS_FIRST;
        td_record *const grown = realloc(stream->records, room * sizeof *grown);
        if (!grown) return NULL; /* a record less: the work itself is done */
        stream->records = grown;
        stream->record_room = room;
    }
    return &stream->records[stream->record_count];
}

static void record_make(td_stream *stream, const ocl_pending *what)
{
    int64_t begin = 0, end = 0;
    td_record *record = NULL;
    times_take(stream, what, &begin, &end);
    if (what->goes_on && stream->record_count > 0) {
        record = &stream->records[stream->record_count - 1];
        record->bytes += what->bytes;
        record->end = (double)end * 1e-9;
        return;
    }
    record = record_room(stream);
    if (!record) return;
    *record = (td_record){.struct_size = sizeof *record, .kind = what->kind, .bytes = what->bytes};
    if (what->name) snprintf(record->name, sizeof record->name, "%s", what->name);
    record->begin = (double)begin * 1e-9;
    record->end = (double)end * 1e-9;
    stream->record_count += 1;
}

td_status ocl_event_wait(td_backend_device *device, cl_event event, td_error *err)
{
    cl_int state = CL_COMPLETE;
    cl_int code = device->cl.WaitForEvents(1, &event);
    if (code == CL_SUCCESS || code == CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST) {
        /* The event knows better than the wait what went wrong. */
        const cl_int asked = device->cl.GetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                                     sizeof state, &state, NULL);
        if (code == CL_SUCCESS) code = asked;
        if (state < 0) code = state;
    }
    if (code == CL_SUCCESS) return TD_OK;
    return ocl_device_fail(device, err, code, OCL_AT_WAIT, "a command that was queued");
}

td_status ocl_record_harvest(td_stream *stream, size_t keep, td_error *err)
{
    td_status first = TD_OK;
    while (stream->pending_count > keep) {
        ocl_pending *const oldest = &stream->pending[stream->pending_first];
        const td_status status = ocl_event_wait(stream->device, oldest->event, first ? NULL : err);
        if (!first) first = status;
        if (!status) record_make(stream, oldest);
        stream->device->cl.ReleaseEvent(oldest->event);
        stream->pending_first = (stream->pending_first + 1) % OCL_EVENTS_MAX;
        stream->pending_count -= 1;
        if (first == TD_E_DEVICE_LOST) {
            ocl_record_drop(stream); /* nothing of it will ever end */
            break;
        }
    }
    return first;
}

td_status ocl_record_add(td_stream *stream, const ocl_pending *what, td_error *err)
{
    td_status status = TD_OK;
    if (stream->pending_count == OCL_EVENTS_MAX)
        status = ocl_record_harvest(stream, OCL_EVENTS_MAX - 1, err);
    if (status) {
        stream->device->cl.ReleaseEvent(what->event);
        return status;
    }
    stream->pending[(stream->pending_first + stream->pending_count) % OCL_EVENTS_MAX] = *what;
    stream->pending_count += 1;
    return TD_OK;
}

void ocl_record_drop(td_stream *stream)
{
    for (; stream->pending_count > 0; --stream->pending_count) {
        stream->device->cl.ReleaseEvent(stream->pending[stream->pending_first].event);
        stream->pending_first = (stream->pending_first + 1) % OCL_EVENTS_MAX;
    }
}

void ocl_stream_records(td_stream *stream, td_record_fn fn, void *context)
{
    for (size_t i = 0; i < stream->record_count; ++i)
        fn(context, &stream->records[i]);
    stream->record_count = 0;
}
