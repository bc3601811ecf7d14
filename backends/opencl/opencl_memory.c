/* opencl_memory.c - device memory with addresses.
 *
 * OpenCL has no addresses that a program could count with, so each slab of the pool reserves a
 * range of the process's address space of its own size, which nobody may touch: an address is
 * unique, (memory + offset) works, and using one on the host by mistake faults at once. A block of
 * a slab is a sub-buffer: kernels get memory that starts where the block starts. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "backends/opencl/opencl_internal.h"

#define SLAB_BYTES    (16u << 20)
#define SLAB_GRAIN    (64u << 10)
#define ALIGNMENT_MAX 4096u /* bytes: the reserved ranges start at pages */
#define LIMIT_PERCENT 80u
#define TOUCH_BYTES   16u
#define BUFFERS_FIRST 64u

/* ---- The pool's driver ------------------------------------------------------------------------
 */

/* Many drivers take memory only when it is first used: a fill shows at once that there is none. */
static cl_int slab_touch(td_backend_device *device, cl_mem memory)
{
    static const unsigned char nothing[TOUCH_BYTES];
    const cl_int code = device->cl.EnqueueFillBuffer(device->queue, memory, nothing, sizeof nothing,
                                                     0, sizeof nothing, 0, NULL, NULL);
    return code == CL_SUCCESS ? device->cl.Finish(device->queue) : code;
}

static td_status slab_take(void *context, uint64_t bytes, void **handle, uint64_t *address,
                           td_error *err)
{
    td_backend_device *const device = context;
    cl_int code = CL_SUCCESS;
    cl_mem memory = NULL;
    void *const range =
        mmap(NULL, (size_t)bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (range == MAP_FAILED)
        return backend_fail(err, TD_E_NO_MEMORY, "no %llu bytes of address space",
                            (unsigned long long)bytes);
    memory =
        device->cl.CreateBuffer(device->context, CL_MEM_READ_WRITE, (size_t)bytes, NULL, &code);
    if (memory) code = slab_touch(device, memory);
    if (!memory || code != CL_SUCCESS) {
        if (memory) device->cl.ReleaseMemObject(memory);
        munmap(range, (size_t)bytes);
        return ocl_device_fail(device, err, code, OCL_AT_MEMORY, "clCreateBuffer of %llu bytes",
                               (unsigned long long)bytes);
    }
    atomic_fetch_add(&device->held_bytes, bytes);
    *handle = memory;
    *address = (uint64_t)(uintptr_t)range;
    return TD_OK;
}

static void slab_give(void *context, void *handle, uint64_t address, uint64_t bytes)
{
    td_backend_device *const device = context;
    device->cl.ReleaseMemObject(handle);
    munmap((void *)(uintptr_t)address, (size_t)bytes);
    atomic_fetch_sub(&device->held_bytes, bytes);
}

static uint64_t slab_unused(void *context)
{
    return ocl_device_free_bytes(context);
}

static pool_mark *mark_make(void *context, td_stream *after)
{
    td_backend_device *const device = context;
    cl_event event = NULL;
    if (!after->busy || atomic_load(&device->lost)) return NULL;
    if (device->cl.EnqueueMarkerWithWaitList(after->queue, 0, NULL, &event) != CL_SUCCESS) {
        (void)device->cl.Finish(after->queue);
        return NULL;
    }
    (void)device->cl.Flush(after->queue);
    return event;
}

static bool mark_passed(void *context, pool_mark *mark)
{
    td_backend_device *const device = context;
    cl_int state = CL_COMPLETE;
    if (atomic_load(&device->lost)) return true;
    /* What ended with an error has passed as well, and so has what cannot be asked any more. */
    const cl_int code = device->cl.GetEventInfo(mark, CL_EVENT_COMMAND_EXECUTION_STATUS,
                                                sizeof state, &state, NULL);
    return code != CL_SUCCESS || state <= CL_COMPLETE;
}

static void mark_await(void *context, pool_mark *mark)
{
    td_backend_device *const device = context;
    cl_event event = mark;
    if (!atomic_load(&device->lost)) (void)device->cl.WaitForEvents(1, &event);
}

static void mark_forget(void *context, pool_mark *mark)
{
    td_backend_device *const device = context;
    device->cl.ReleaseEvent(mark);
}

td_status ocl_memory_open(td_backend_device *device, td_error *err)
{
    const pool_driver driver = {device,    slab_take,   slab_give,  slab_unused,
                                mark_make, mark_passed, mark_await, mark_forget};
    pool_config config = {.limit = device->memory_bytes / 100 * LIMIT_PERCENT,
                          .slab_bytes = SLAB_BYTES,
                          .slab_grain = SLAB_GRAIN,
                          .slab_max = device->memory_piece_bytes};
    if (device->alignment > ALIGNMENT_MAX)
        return backend_fail(err, TD_E_UNSUPPORTED,
                            "buffers must start at multiples of %llu bytes, %u are the most",
                            (unsigned long long)device->alignment, ALIGNMENT_MAX);
    return mempool_create(&driver, &config, &device->pool, err);
}

void ocl_memory_close(td_backend_device *device)
{
    for (size_t i = 0; i < device->buffer_count; ++i)
        device->cl.ReleaseMemObject(device->buffers[i].memory);
    free(device->buffers);
    mempool_destroy(device->pool);
}

/* ---- Buffers by address -----------------------------------------------------------------------
 */

/* The number of buffers that start at or before address. The lock is held. */
static size_t buffers_upto(const td_backend_device *device, uint64_t address)
{
    size_t low = 0, high = device->buffer_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (device->buffers[middle].address <= address) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool buffers_add(td_backend_device *device, const ocl_buffer *buffer)
{
    bool added = false;
    pthread_mutex_lock(&device->lock);
    if (device->buffer_count == device->buffer_room) {
        const size_t room = device->buffer_room > 0 ? device->buffer_room * 2 : BUFFERS_FIRST;
        ocl_buffer *const grown = realloc(device->buffers, room * sizeof *grown);
        if (!grown) goto out;
        device->buffers = grown;
        device->buffer_room = room;
    }
    const size_t place = buffers_upto(device, buffer->address);
    memmove(&device->buffers[place + 1], &device->buffers[place],
            (device->buffer_count - place) * sizeof *device->buffers);
    device->buffers[place] = *buffer;
    device->buffer_count += 1;
    added = true;
out:
    pthread_mutex_unlock(&device->lock);
    return added;
}

static bool buffers_take(td_backend_device *device, uint64_t address, ocl_buffer *taken)
{
    bool found = false;
    pthread_mutex_lock(&device->lock);
    const size_t upto = buffers_upto(device, address);
    if (upto > 0 && device->buffers[upto - 1].address == address) {
        *taken = device->buffers[upto - 1];
        memmove(&device->buffers[upto - 1], &device->buffers[upto],
                (device->buffer_count - upto) * sizeof *device->buffers);
        device->buffer_count -= 1;
        found = true;
    }
    pthread_mutex_unlock(&device->lock);
    return found;
}

td_status ocl_memory_find(td_backend_device *device, const void *address, size_t bytes,
                          cl_mem *memory, size_t *offset, td_error *err)
{
    const uint64_t wanted = (uint64_t)(uintptr_t)address;
    ocl_buffer found = {0};
    pthread_mutex_lock(&device->lock);
    const size_t upto = buffers_upto(device, wanted);
    if (upto > 0) found = device->buffers[upto - 1];
    pthread_mutex_unlock(&device->lock);
    const uint64_t at = wanted - found.address;
    if (!found.memory || at > found.bytes || bytes > found.bytes - at)
        return backend_fail(err, TD_E_OUT_OF_RANGE,
                            "%zu bytes at %p are not within memory of this device", bytes, address);
    *memory = found.memory;
    *offset = (size_t)at;
    return TD_OK;
}

/* ---- Handing out and taking back --------------------------------------------------------------
 */

static td_status buffer_make(td_backend_device *device, uint64_t address, uint64_t bytes,
                             cl_mem *out, td_error *err)
{
    pool_place place = {0};
    cl_int code = CL_SUCCESS;
    if (!mempool_find(device->pool, address, &place))
        return backend_fail(err, TD_E_INTERNAL, "memory pool: a block without a slab");
    const cl_buffer_region region = {(size_t)place.offset, (size_t)bytes};
    *out = device->cl.CreateSubBuffer(place.handle, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION,
                                      &region, &code);
    if (*out) return TD_OK;
    return ocl_device_fail(device, err, code, OCL_AT_MEMORY, "clCreateSubBuffer of %llu bytes",
                           (unsigned long long)bytes);
}

td_status ocl_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err)
{
    ocl_buffer made = {.bytes = bytes};
    const uint64_t wanted = bytes > 0 ? bytes : 1;
    td_status status = ocl_device_ready(device, err);
    if (status) return status;
    if (wanted > device->memory_piece_bytes)
        return backend_fail(err, TD_E_NO_DEVICE_MEMORY,
                            "%zu bytes in one piece: the device gives at most "
                            "CL_DEVICE_MAX_MEM_ALLOC_SIZE, %llu bytes",
                            bytes, (unsigned long long)device->memory_piece_bytes);
    /* Every block is a multiple of the alignment, so every block starts at one. */
    const uint64_t rounded =
        (wanted + device->alignment - 1) / device->alignment * device->alignment;
    status = mempool_alloc(device->pool, rounded, &made.address, err);
    if (status) return status;
    status = buffer_make(device, made.address, rounded, &made.memory, err);
    if (!status && !buffers_add(device, &made)) {
        device->cl.ReleaseMemObject(made.memory);
        status = backend_fail(err, TD_E_NO_MEMORY, "no host memory for the list of buffers");
    }
    if (status) {
        (void)mempool_free(device->pool, made.address, NULL);
        return status;
    }
    *out = (void *)(uintptr_t)made.address;
    return TD_OK;
}

void ocl_free(td_backend_device *device, void *memory, td_stream *after)
{
    ocl_buffer taken = {0};
    if (!memory || !buffers_take(device, (uint64_t)(uintptr_t)memory, &taken)) return;
    /* What is queued keeps the buffer; the pool keeps the block until that has ended. */
    device->cl.ReleaseMemObject(taken.memory);
    (void)mempool_free(device->pool, taken.address, after);
}

void ocl_trim(td_backend_device *device)
{
    if (device->pool) mempool_trim(device->pool);
}

void ocl_limit(td_backend_device *device, uint64_t bytes)
{
    if (device->pool)
        mempool_limit(device->pool, bytes > device->memory_bytes ? device->memory_bytes : bytes);
}

td_status ocl_pool_stats(const td_backend_device *device, td_pool_stats *stats, td_error *err)
{
    if (!device->pool)
        return backend_fail(err, TD_E_UNSUPPORTED, "it has no pool: %s", device->unfit_reason);
    mempool_stats(device->pool, stats);
    return TD_OK;
}
