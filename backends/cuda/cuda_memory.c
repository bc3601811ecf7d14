/* cuda_memory.c - device memory: the pool of backends/common over the driver. */
#include <stdint.h>
#include <string.h>

#include "backends/cuda/cuda_internal.h"

/* cuMemAlloc maps pages of 2 MiB and takes long; small blocks share slabs of 32 MiB. */
#define SLAB_GRAIN ((uint64_t)2 << 20)
#define SLAB_BYTES ((uint64_t)32 << 20)
/* 80 % of the device: the rest is for the context, cuBLAS, cuFFT and the desktop. */
#define LIMIT_SHARE(total) ((total) / 5 * 4)

/* ---- The pool's driver: called in the device's context, or of a lost device ------------------ */

static td_status slab_take(void *context, uint64_t bytes, void **handle, uint64_t *address,
                           td_error *err)
{
    td_backend_device *const device = context;
    CUdeviceptr memory = 0;
    (void)handle;
    const CUresult result = cuda_driver_get()->cuMemAlloc(&memory, (size_t)bytes);
    if (result)
        return cuda_fail(device, result, err, "cuMemAlloc of %llu bytes",
                         (unsigned long long)bytes);
    *address = memory;
    return TD_OK;
}

static void slab_give(void *context, void *handle, uint64_t address, uint64_t bytes)
{
    td_backend_device *const device = context;
    (void)handle;
    (void)bytes;
    if (cuda_is_lost(device)) return;
    const CUresult result = cuda_driver_get()->cuMemFree((CUdeviceptr)address);
    /* It tells of earlier work that broke the context; the next call answers so. */
    if (result) (void)cuda_fail(device, result, NULL, "cuMemFree");
}

static uint64_t device_unused(void *context)
{
    td_backend_device *const device = context;
    size_t unused = 0, total = 0;
    if (cuda_is_lost(device)) return 0;
    const CUresult result = cuda_driver_get()->cuMemGetInfo(&unused, &total);
    if (result) (void)cuda_fail(device, result, NULL, "cuMemGetInfo");
    return result ? 0 : unused;
}

void cuda_wait_or_lose(td_backend_device *device, CUevent event, CUstream stream)
{
    const cuda_driver *const cu = cuda_driver_get();
    CUresult result = CUDA_SUCCESS;
    for (int i = 0; i < 2; ++i) {
        result = event ? cu->cuEventSynchronize(event) : cu->cuStreamSynchronize(stream);
        if (result == CUDA_SUCCESS) return;
        (void)cuda_fail(device, result, NULL, "waiting for the end of work");
        if (cuda_is_lost(device)) return;
    }
    cuda_lose(device, result, "the driver does not tell whether memory is still in use");
}

/* Without an event to mark the place, the place is waited for. */
static pool_mark *stream_mark(void *context, td_stream *after)
{
    td_backend_device *const device = context;
    CUevent event = NULL;
    if (cuda_is_lost(device)) return NULL;
    pthread_mutex_lock(&after->lock);
    if (after->dirty && cuda_event_take(device, &event, NULL) == TD_OK) {
        const CUresult result = cuda_driver_get()->cuEventRecord(event, after->stream);
        if (result) {
            (void)cuda_fail(device, result, NULL, "cuEventRecord");
            cuda_event_give(device, event);
            event = NULL;
        }
    }
    if (after->dirty && !event && !cuda_is_lost(device))
        cuda_wait_or_lose(device, NULL, after->stream);
    pthread_mutex_unlock(&after->lock);
    return event;
}

static bool mark_passed(void *context, pool_mark *mark)
{
    td_backend_device *const device = context;
    if (cuda_is_lost(device)) return true;
    const CUresult result = cuda_driver_get()->cuEventQuery((CUevent)mark);
    if (result == CUDA_ERROR_NOT_READY) return false;
    if (result) (void)cuda_fail(device, result, NULL, "cuEventQuery");
    /* A strange answer is not a yes: the block waits on. */
    return result == CUDA_SUCCESS || cuda_is_lost(device);
}

static void mark_await(void *context, pool_mark *mark)
{
    td_backend_device *const device = context;
    if (cuda_is_lost(device)) return;
    cuda_wait_or_lose(device, (CUevent)mark, NULL);
}

static void mark_forget(void *context, pool_mark *mark)
{
    cuda_event_give(context, (CUevent)mark);
}

td_status cuda_pool_open(td_backend_device *device, td_error *err)
{
    const pool_driver driver = {device,      slab_take,   slab_give,  device_unused,
                                stream_mark, mark_passed, mark_await, mark_forget};
    const uint64_t limit = LIMIT_SHARE(device->info.memory_bytes_total);
    const pool_config config = {.limit = limit > SLAB_GRAIN ? limit : SLAB_GRAIN,
                                .slab_bytes = SLAB_BYTES,
                                .slab_grain = SLAB_GRAIN};
    return mempool_create(&driver, &config, &device->pool, err);
}

/* ---- From outside ---------------------------------------------------------------------------- */

td_status cuda_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err)
{
    uint64_t address = 0;
    td_status status = cuda_enter(device, err);
    if (status) return status;
    status = mempool_alloc(device->pool, bytes, &address, err);
    cuda_leave();
    if (status) return status;
    *out = (void *)(uintptr_t)address;
    return TD_OK;
}

void cuda_free(td_backend_device *device, void *memory, td_stream *after)
{
    if (!memory) return;
    const bool entered = cuda_enter_or_lose(device);
    (void)mempool_free(device->pool, (uintptr_t)memory, after);
    if (entered) cuda_leave();
}

void cuda_trim(td_backend_device *device)
{
    const bool entered = cuda_enter_or_lose(device);
    mempool_trim(device->pool);
    if (entered) cuda_leave();
}

void cuda_limit(td_backend_device *device, uint64_t bytes)
{
    const bool entered = cuda_enter_or_lose(device);
    mempool_limit(device->pool, bytes);
    if (entered) cuda_leave();
}

td_status cuda_pool_stats(const td_backend_device *device, td_pool_stats *stats, td_error *err)
{
    /* The figures are the pool's, and it looks which freed blocks are done with first. */
    td_backend_device *const asked = (td_backend_device *)device;
    const td_status status = cuda_enter(asked, err);
    mempool_stats(device->pool, stats);
    if (!status) cuda_leave();
    return status;
}
