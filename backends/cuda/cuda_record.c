/* cuda_record.c - when the device did what, on the host's clock.
 *
 * An event stands before and behind every copy and kernel. The device's clock is tied to the
 * host's by a base event at an idle moment, between two looks at CLOCK_MONOTONIC. Clocks drift, and
 * the driver gives times between events as float milliseconds (at 8 s: steps of 1 us), so the base
 * is taken anew at a wait when it is older than that.
 *
 * A driver call that fails here is an error of the copy or launch: nothing is dropped silently. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "backends/cuda/cuda_internal.h"

#define BASE_SECONDS_MAX  8.0
#define BASE_TRIES        3
#define BASE_SECONDS_GOOD 50e-6 /* between the two looks at the clock */
#define SPINS_MAX         20000 /* a few ms; then the wait sleeps */

static double seconds_now(void)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- The base -------------------------------------------------------------------------------- */

/* Asks rather than sleeps: waking up would take longer than what is measured. *before becomes the
 * last moment at which the device had not come by. Streams share the device's queues, so that it
 * may come by long after it was asked to; and when it was slept for, it came by just now. */
static CUresult event_spin(CUevent event, double *before)
{
    const cuda_driver *const cu = cuda_driver_get();
    for (int i = 0; i < SPINS_MAX; ++i) {
        const double now = seconds_now();
        const CUresult result = cu->cuEventQuery(event);
        if (result != CUDA_ERROR_NOT_READY) return result;
        *before = now;
    }
    const CUresult result = cu->cuEventSynchronize(event);
    *before = seconds_now();
    return result;
}

static td_status base_take(td_stream *stream, td_error *err)
{
    for (int i = 0; i < BASE_TRIES; ++i) {
        double before = seconds_now();
        CUresult result = cuda_driver_get()->cuEventRecord(stream->base, stream->stream);
        if (!result) result = event_spin(stream->base, &before);
        if (result) return cuda_fail(stream->device, result, err, "reading the device's clock");
        const double after = seconds_now();
        stream->base_seconds = 0.5 * (before + after);
        if (after - before < BASE_SECONDS_GOOD) break;
    }
    return TD_OK;
}

td_status cuda_record_open(td_stream *stream, td_error *err)
{
    const td_status status = cuda_event_take(stream->device, &stream->base, err);
    return status ? status : base_take(stream, err);
}

void cuda_record_drop(td_stream *stream, cuda_timer *timer)
{
    cuda_event_give(stream->device, timer->begin);
    cuda_event_give(stream->device, timer->end);
    *timer = (cuda_timer){NULL, NULL};
}

void cuda_record_close(td_stream *stream)
{
    for (; stream->timed_count > 0; --stream->timed_count) {
        cuda_record_drop(stream, &stream->timed[stream->timed_first].timer);
        stream->timed_first = (stream->timed_first + 1) % CUDA_TIMERS_MAX;
    }
    cuda_event_give(stream->device, stream->base);
    stream->base = NULL;
}

/* ---- Times ----------------------------------------------------------------------------------- */

static td_status seconds_of(td_stream *stream, CUevent event, double *seconds, td_error *err)
{
    float milliseconds = 0.0f;
    const CUresult result =
        cuda_driver_get()->cuEventElapsedTime(&milliseconds, stream->base, event);
    if (result) return cuda_fail(stream->device, result, err, "cuEventElapsedTime");
    *seconds = stream->base_seconds + 1e-3 * (double)milliseconds;
    return TD_OK;
}

static void record_keep(td_stream *stream, const td_record *record)
{
    if (stream->record_count == CUDA_RECORDS_MAX) {
        stream->record_first = (stream->record_first + 1) % CUDA_RECORDS_MAX;
        stream->record_count -= 1;
    }
    stream->record[(stream->record_first + stream->record_count) % CUDA_RECORDS_MAX] = *record;
    stream->record_count += 1;
}

/* The oldest piece of work, which has ended, becomes a record. */
static td_status timed_settle_first(td_stream *stream, td_error *err)
{
    cuda_timed *const first = &stream->timed[stream->timed_first];
    td_record record = {.struct_size = sizeof record, .kind = first->kind, .bytes = first->bytes};
    snprintf(record.name, sizeof record.name, "%s", first->name);
    td_status status = seconds_of(stream, first->timer.begin, &record.begin, err);
    if (!status) status = seconds_of(stream, first->timer.end, &record.end, err);
    if (status) return status;
    cuda_record_drop(stream, &first->timer);
    stream->timed_first = (stream->timed_first + 1) % CUDA_TIMERS_MAX;
    stream->timed_count -= 1;
    record_keep(stream, &record);
    return TD_OK;
}

td_status cuda_record_settle(td_stream *stream, td_error *err)
{
    td_status status = TD_OK;
    while (!status && stream->timed_count > 0)
        status = timed_settle_first(stream, err);
    if (!status && seconds_now() - stream->base_seconds > BASE_SECONDS_MAX)
        status = base_take(stream, err);
    return status;
}

/* A full ring waits for its oldest piece: that also bounds what a stream has queued. */
static td_status timed_make_room(td_stream *stream, td_error *err)
{
    if (stream->timed_count < CUDA_TIMERS_MAX) return TD_OK;
    const CUresult result =
        cuda_driver_get()->cuEventSynchronize(stream->timed[stream->timed_first].timer.end);
    if (result) return cuda_fail(stream->device, result, err, "waiting for earlier work");
    return timed_settle_first(stream, err);
}

td_status cuda_record_begin(td_stream *stream, cuda_timer *timer, td_error *err)
{
    td_status status = timed_make_room(stream, err);
    if (!status) status = cuda_event_take(stream->device, &timer->begin, err);
    if (!status) status = cuda_event_take(stream->device, &timer->end, err);
    if (status) return status;
    const CUresult result = cuda_driver_get()->cuEventRecord(timer->begin, stream->stream);
    return result ? cuda_fail(stream->device, result, err, "cuEventRecord") : TD_OK;
}

td_status cuda_record_end(td_stream *stream, cuda_timer *timer, td_record_kind kind,
                          const char *name, uint64_t bytes, td_error *err)
{
    const CUresult result = cuda_driver_get()->cuEventRecord(timer->end, stream->stream);
    if (result) return cuda_fail(stream->device, result, err, "cuEventRecord");
    cuda_timed *const timed =
        &stream->timed[(stream->timed_first + stream->timed_count) % CUDA_TIMERS_MAX];
    *timed = (cuda_timed){.timer = *timer, .kind = kind, .bytes = bytes};
    snprintf(timed->name, sizeof timed->name, "%s", name);
    stream->timed_count += 1;
    *timer = (cuda_timer){NULL, NULL};
    return TD_OK;
}

void cuda_stream_records(td_stream *stream, td_record_fn fn, void *context)
{
    pthread_mutex_lock(&stream->lock);
    for (; stream->record_count > 0; --stream->record_count) {
        fn(context, &stream->record[stream->record_first]);
        stream->record_first = (stream->record_first + 1) % CUDA_RECORDS_MAX;
    }
    pthread_mutex_unlock(&stream->lock);
}
