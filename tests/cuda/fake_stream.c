/* fake_stream.c - the played driver: streams as threads, events, copies, kernels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/cuda/fake_internal.h"

/* ---- Running --------------------------------------------------------------------------------- */

static bool memory_is_ours(CUcontext context, const void *memory)
{
    return !memory || fake_block_find(context->memory, memory, 0);
}

/* Buffers must be of the device: what else is read there is an illegal address. */
static bool buffers_are_ours(CUcontext context, const fake_task *task)
{
    const kernel_row *const row = task->function->row;
    for (uint32_t i = 0; i < row->arg_count; ++i)
        if (row->args[i] == 'b' && !memory_is_ours(context, (void *)(uintptr_t)task->value[i]))
            return false;
    return true;
}

static void launch_run(const fake_task *task)
{
    const kernel_row *const row = task->function->row;
    td_launch_arg args[KERNEL_ARGS_MAX];
    for (uint32_t i = 0; i < row->arg_count; ++i) {
        const bool buffer = row->args[i] == 'b';
        args[i].is_buffer = buffer;
        args[i].data = buffer ? (const void *)(uintptr_t)task->value[i] : &task->value[i];
        args[i].bytes = strchr("bld", row->args[i]) ? 8 : 4;
    }
    for (unsigned group = 0; group < task->groups; ++group)
        row->rising(args, (int)group, (int)task->groups);
}

/* Whether it may run; a failure that the plan has for it makes the context useless. Locked. */
static bool task_may_run(CUstream stream, const fake_task *task)
{
    CUcontext const context = stream->context;
    if (context->sticky) return false;
    if (task->kind == FAKE_RECORD) return true;
    fake_now.done += 1;
    if (fake_planned.async_at > 0 && fake_now.done == fake_planned.async_at)
        context->sticky = (CUresult)fake_planned.async_result;
    else if (task->kind == FAKE_LAUNCH && !buffers_are_ours(context, task))
        context->sticky = CUDA_ERROR_ILLEGAL_ADDRESS;
    return context->sticky == CUDA_SUCCESS;
}

/* Locked, but opens the lock while the work runs. */
static void task_run(CUstream stream, fake_task *task)
{
    const unsigned jitter = fake_planned.jitter_us;
    const bool runs = task_may_run(stream, task);
    pthread_mutex_unlock(&fake_lock);
    if (jitter > 0) usleep((unsigned)rand_r(&stream->seed) % jitter);
    if (runs && task->kind == FAKE_COPY) memmove(task->target, task->source, task->bytes);
    if (runs && task->kind == FAKE_LAUNCH) launch_run(task);
    if (task->kind == FAKE_CALL) task->fn(runs ? task->data : NULL);
    pthread_mutex_lock(&fake_lock);
    if (task->kind == FAKE_CALL) free(task->data);
    if (task->kind != FAKE_RECORD) return;
    clock_gettime(CLOCK_MONOTONIC, &task->event->time);
    task->event->completed += 1;
    fake_event_free(task->event);
}

static void *stream_thread(void *argument)
{
    CUstream const stream = argument;
    pthread_mutex_lock(&fake_lock);
    for (;;) {
        while (!stream->first && !stream->closing)
            pthread_cond_wait(&fake_moved, &fake_lock);
        fake_task *const task = stream->first;
        if (!task) break;
        stream->first = task->next;
        task_run(stream, task);
        free(task);
        stream->ended += 1;
        pthread_cond_broadcast(&fake_moved);
    }
    pthread_mutex_unlock(&fake_lock);
    return NULL;
}

static void task_push(CUstream stream, const fake_task *wanted)
{
    fake_task *const task = calloc(1, sizeof *task);
    *task = *wanted;
    task->next = NULL;
    if (stream->first) stream->last->next = task;
    else stream->first = task;
    stream->last = task;
    stream->queued += 1;
    pthread_cond_broadcast(&fake_moved);
}

FAKE_EXPORT CUresult fake_cuda_push(CUstream stream, void (*fn)(void *data), void *data)
{
    pthread_mutex_lock(&fake_lock);
    task_push(stream, &(fake_task){.kind = FAKE_CALL, .fn = fn, .data = data});
    return fake_leave(CUDA_SUCCESS);
}

/* ---- Streams --------------------------------------------------------------------------------- */

FAKE_EXPORT CUresult cuStreamCreate(CUstream *stream, unsigned int flags)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && flags != CU_STREAM_NON_BLOCKING) result = CUDA_ERROR_INVALID_VALUE;
    if (result) return fake_leave(result);
    CUstream const made = calloc(1, sizeof *made);
    made->context = context;
    made->seed = (unsigned)fake_now.calls;
    made->next = context->streams;
    if (pthread_create(&made->thread, NULL, stream_thread, made)) {
        free(made);
        return fake_leave(CUDA_ERROR_OPERATING_SYSTEM);
    }
    context->streams = made;
    fake_now.streams += 1;
    *stream = made;
    return fake_leave(CUDA_SUCCESS);
}

void fake_stream_end(CUstream stream)
{
    CUstream *link = &stream->context->streams;
    while (*link != stream)
        link = &(*link)->next;
    *link = stream->next;
    stream->closing = true;
    fake_now.streams -= 1;
    pthread_cond_broadcast(&fake_moved);
    pthread_mutex_unlock(&fake_lock);
    pthread_join(stream->thread, NULL);
    pthread_mutex_lock(&fake_lock);
    free(stream);
}

FAKE_EXPORT CUresult cuStreamDestroy(CUstream stream)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (!result) fake_stream_end(stream);
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuStreamQuery(CUstream stream)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    return fake_leave(stream->ended < stream->queued ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuStreamSynchronize(CUstream stream)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    while (stream->ended < stream->queued)
        pthread_cond_wait(&fake_moved, &fake_lock);
    return fake_leave(context->sticky);
}

/* ---- Events ---------------------------------------------------------------------------------- */

FAKE_EXPORT CUresult cuEventCreate(CUevent *event, unsigned int flags)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && flags != CU_EVENT_BLOCKING_SYNC) result = CUDA_ERROR_INVALID_VALUE;
    if (result) return fake_leave(result);
    CUevent const made = calloc(1, sizeof *made);
    made->context = context;
    made->next = context->events;
    context->events = made;
    fake_now.events += 1;
    *event = made;
    return fake_leave(CUDA_SUCCESS);
}

/* When it was destroyed and nothing queued will touch it. */
void fake_event_free(CUevent event)
{
    if (!event->destroyed || event->completed < event->recorded) return;
    CUevent *link = &event->context->events;
    while (*link != event)
        link = &(*link)->next;
    *link = event->next;
    fake_now.events -= 1;
    free(event);
}

FAKE_EXPORT CUresult cuEventDestroy(CUevent event)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    if (event->destroyed) fake_misuse("an event is destroyed twice");
    event->destroyed = true;
    fake_event_free(event);
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuEventRecord(CUevent event, CUstream stream)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    if (event->destroyed) fake_misuse("a destroyed event is recorded");
    event->recorded += 1;
    task_push(stream, &(fake_task){.kind = FAKE_RECORD, .event = event});
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuEventQuery(CUevent event)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    return fake_leave(event->completed < event->recorded ? CUDA_ERROR_NOT_READY : CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuEventSynchronize(CUevent event)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    const uint64_t wanted = event->recorded;
    while (event->completed < wanted)
        pthread_cond_wait(&fake_moved, &fake_lock);
    return fake_leave(context->sticky);
}

FAKE_EXPORT CUresult cuEventElapsedTime(float *milliseconds, CUevent begin, CUevent end)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    if (begin->recorded == 0 || end->recorded == 0) return fake_leave(CUDA_ERROR_INVALID_HANDLE);
    if (begin->completed < begin->recorded || end->completed < end->recorded)
        return fake_leave(CUDA_ERROR_NOT_READY);
    *milliseconds = (float)(1e3 * (double)(end->time.tv_sec - begin->time.tv_sec) +
                            1e-6 * (double)(end->time.tv_nsec - begin->time.tv_nsec));
    return fake_leave(CUDA_SUCCESS);
}

/* ---- Copies and kernels ---------------------------------------------------------------------- */

/* Host memory is looked at when the copy runs, as a device would: who changes it before that sees
 * what he did. on_device: which of the two must lie in the device's memory. */
static CUresult copy_push(const char *function, void *target, const void *source, size_t bytes,
                          CUstream stream, bool target_device, bool source_device)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(function, &context);
    if (result) return fake_leave(result);
    if ((target_device && !fake_block_find(context->memory, target, bytes)) ||
        (source_device && !fake_block_find(context->memory, source, bytes))) {
        fake_misuse("%s outside of the device's memory", function);
        return fake_leave(CUDA_ERROR_INVALID_VALUE);
    }
    task_push(stream,
              &(fake_task){.kind = FAKE_COPY, .target = target, .source = source, .bytes = bytes});
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuMemcpyHtoDAsync(CUdeviceptr target, const void *source, size_t bytes,
                                       CUstream stream)
{
    return copy_push(__func__, (void *)(uintptr_t)target, source, bytes, stream, true, false);
}

FAKE_EXPORT CUresult cuMemcpyDtoHAsync(void *target, CUdeviceptr source, size_t bytes,
                                       CUstream stream)
{
    return copy_push(__func__, target, (void *)(uintptr_t)source, bytes, stream, false, true);
}

FAKE_EXPORT CUresult cuMemcpyDtoDAsync(CUdeviceptr target, CUdeviceptr source, size_t bytes,
                                       CUstream stream)
{
    return copy_push(__func__, (void *)(uintptr_t)target, (void *)(uintptr_t)source, bytes, stream,
                     true, true);
}

FAKE_EXPORT CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                                    unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                    unsigned int block_z, unsigned int shared_bytes,
                                    CUstream stream, void **args, void **extra)
{
    CUcontext context = NULL;
    fake_task task = {.kind = FAKE_LAUNCH, .function = function, .groups = grid_x};
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    if (grid_x == 0 || grid_x > FAKE_GRID_MAX || grid_y != 1 || grid_z != 1 || block_x != 128 ||
        block_y != 1 || block_z != 1 || shared_bytes != 0 || extra)
        return fake_leave(CUDA_ERROR_INVALID_VALUE);
    /* Values are taken now: the caller's may be gone when the kernel runs. */
    for (uint32_t i = 0; i < function->row->arg_count; ++i)
        memcpy(&task.value[i], args[i], strchr("bld", function->row->args[i]) ? 8 : 4);
    fake_now.tuned += function->tuned;
    task_push(stream, &task);
    return fake_leave(CUDA_SUCCESS);
}
