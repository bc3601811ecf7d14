/* cuda_staging.c - copies between ordinary host memory and the device, through pinned memory.
 *
 * The device reads and writes pinned memory by itself, while the host goes on; of ordinary memory
 * the driver makes such copies inside its own calls, one after another and waiting. So a stream
 * has a ring of up to 4 slots of 4 MiB of pinned memory:
 *   - On PCIe 5 x16 (about 50 GB/s) 4 MiB take 80 us: eight times the 10 us or so that starting
 *     a copy costs, so the bus is busy; 16 times smaller slots would halve its speed.
 *   - One slot is filled while the bus empties another; the third and fourth let copies in both
 *     directions and a late thread not stop it. More would only be pinned, and pinned memory is
 *     taken from everybody.
 *   - Slots are taken when first needed: whoever copies little has one. Closed streams give them
 *     back to the device, which keeps 16 (64 MiB), for pinning costs milliseconds.
 * One core fills slots at its own speed (about 10 GB/s), below that of the bus: several streams
 * add up. Small copies share a slot. To the device, a piece of 1 MiB starts as soon as it is in the
 * slot, so that filling and emptying overlap within a slot too.
 *
 * When the driver refuses pinned memory, a slot is ordinary memory: the same code, slower copies.
 * Each refusal is counted, and the device's description says so.
 *
 * Slots are used, and passed, in the order of the ring; so are deliveries. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

#define PIECE_BYTES ((size_t)1 << 20)
#define PIECE_ALIGN ((size_t)64) /* a cache line: no two pieces share one */

/* ---- Slots ----------------------------------------------------------------------------------- */

static td_status slot_make(td_backend_device *device, cuda_slot *slot, td_error *err)
{
    void *memory = NULL;
    cuda_slot made = {0};
    td_status status = cuda_event_take(device, &made.passed, err);
    if (status) return status;
    const CUresult result = cuda_driver_get()->cuMemHostAlloc(&memory, CUDA_SLOT_BYTES, 0);
    if (result) {
        status = cuda_fail(device, result, err, "cuMemHostAlloc of %zu bytes", CUDA_SLOT_BYTES);
        if (status == TD_E_DEVICE_LOST) goto fail;
        memory = malloc(CUDA_SLOT_BYTES);
        if (!memory) {
            status = backend_fail(err, TD_E_NO_MEMORY, "cuda:%zu: no host memory to copy through",
                                  device->index);
            goto fail;
        }
        atomic_fetch_add(&device->pageable, 1);
    }
    made.memory = memory;
    made.pinned = result == CUDA_SUCCESS;
    *slot = made;
    return TD_OK;
fail:
    cuda_event_give(device, made.passed);
    return status;
}

static td_status slot_take(td_backend_device *device, cuda_slot *slot, td_error *err)
{
    bool found = false;
    pthread_mutex_lock(&device->lock);
    if (device->slot_count > 0) {
        *slot = device->slot[--device->slot_count];
        found = true;
    }
    pthread_mutex_unlock(&device->lock);
    return found ? TD_OK : slot_make(device, slot, err);
}

void cuda_slot_free(td_backend_device *device, cuda_slot *slot)
{
    const cuda_driver *const cu = cuda_driver_get();
    if (!slot->pinned) free(slot->memory);
    else if (!cuda_is_lost(device)) cu->cuMemFreeHost(slot->memory);
    cuda_event_give(device, slot->passed);
    *slot = (cuda_slot){0};
}

static void slot_give(td_backend_device *device, cuda_slot *slot)
{
    slot->used = 0;
    slot->sealed = false;
    pthread_mutex_lock(&device->lock);
    const bool kept = slot->pinned && device->slot_count < CUDA_SLOTS_KEPT;
    if (kept) device->slot[device->slot_count++] = *slot;
    pthread_mutex_unlock(&device->lock);
    if (!kept) cuda_slot_free(device, slot);
}

void cuda_stage_close(td_stream *stream)
{
    for (uint32_t i = 0; i < stream->slot_count; ++i)
        slot_give(stream->device, &stream->slot[i]);
    stream->slot_count = 0;
}

/* ---- Deliveries ------------------------------------------------------------------------------ */

static void delivery_do_first(td_stream *stream)
{
    const cuda_delivery *const first = &stream->delivery[stream->delivery_first];
    memcpy(first->target, stream->slot[first->slot].memory + first->offset, first->bytes);
    stream->delivery_first = (stream->delivery_first + 1) % CUDA_DELIVERIES_MAX;
    stream->delivery_count -= 1;
}

/* The copies of a slot have passed: what it holds for the host goes there, and it is empty. */
static void slot_drain(td_stream *stream, uint32_t index)
{
    while (stream->delivery_count > 0 && stream->delivery[stream->delivery_first].slot == index)
        delivery_do_first(stream);
    stream->slot[index].used = 0;
    stream->slot[index].sealed = false;
}

void cuda_stage_deliver(td_stream *stream)
{
    while (stream->delivery_count > 0)
        delivery_do_first(stream);
    for (uint32_t i = 0; i < stream->slot_count; ++i) {
        stream->slot[i].used = 0;
        stream->slot[i].sealed = false;
    }
}

/* ---- The ring -------------------------------------------------------------------------------- */

/* Puts the slot's event behind what uses it. */
static td_status slot_seal(td_stream *stream, td_error *err)
{
    cuda_slot *const slot = &stream->slot[stream->slot_at];
    const CUresult result = cuda_driver_get()->cuEventRecord(slot->passed, stream->stream);
    if (result) return cuda_fail(stream->device, result, err, "cuEventRecord");
    slot->sealed = true;
    return TD_OK;
}

/* Goes on to an empty slot: the oldest if it has passed, else a new one, else the oldest when it
 * has. A new one may stand only between the last and the first place. */
static td_status ring_advance(td_stream *stream, td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    td_status status = slot_seal(stream, err);
    if (status) return status;
    const uint32_t next = (stream->slot_at + 1) % stream->slot_count;
    cuda_slot *const oldest = &stream->slot[next];
    CUresult result = oldest->sealed ? cu->cuEventQuery(oldest->passed) : CUDA_SUCCESS;
    if (result == CUDA_ERROR_NOT_READY && next == 0 && stream->slot_count < CUDA_SLOTS) {
        status = slot_take(stream->device, &stream->slot[stream->slot_count], err);
        if (status) return status;
        stream->slot_at = stream->slot_count++;
        return TD_OK;
    }
    if (result == CUDA_ERROR_NOT_READY) result = cu->cuEventSynchronize(oldest->passed);
    if (result) return cuda_fail(stream->device, result, err, "waiting for a copy");
    slot_drain(stream, next);
    stream->slot_at = next;
    return TD_OK;
}

/* A piece of at most wanted bytes of the ring. */
static td_status ring_take(td_stream *stream, size_t wanted, size_t *offset, size_t *got,
                           td_error *err)
{
    td_status status = TD_OK;
    if (stream->slot_count == 0) {
        status = slot_take(stream->device, &stream->slot[0], err);
        if (status) return status;
        stream->slot_count = 1;
        stream->slot_at = 0;
    }
    if (stream->slot[stream->slot_at].used >= CUDA_SLOT_BYTES) {
        status = ring_advance(stream, err);
        if (status) return status;
    }
    cuda_slot *const slot = &stream->slot[stream->slot_at];
    const size_t room = CUDA_SLOT_BYTES - slot->used;
    *offset = slot->used;
    *got = wanted < room ? wanted : room;
    slot->used += (*got + PIECE_ALIGN - 1) / PIECE_ALIGN * PIECE_ALIGN;
    return TD_OK;
}

/* ---- The two ways ---------------------------------------------------------------------------- */

td_status cuda_stage_in(td_stream *stream, CUdeviceptr target, const char *source, size_t bytes,
                        td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    while (bytes > 0) {
        size_t offset = 0, got = 0;
        const td_status status =
            ring_take(stream, bytes < PIECE_BYTES ? bytes : PIECE_BYTES, &offset, &got, err);
        if (status) return status;
        char *const piece = stream->slot[stream->slot_at].memory + offset;
        memcpy(piece, source, got);
        const CUresult result = cu->cuMemcpyHtoDAsync(target, piece, got, stream->stream);
        if (result)
            return cuda_fail(stream->device, result, err, "copying %zu bytes to the device", got);
        target += got;
        source += got;
        bytes -= got;
    }
    return TD_OK;
}

static td_status stage_out_pieces(td_stream *stream, char *target, CUdeviceptr source, size_t bytes,
                                  td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    while (bytes > 0) {
        size_t offset = 0, got = 0;
        td_status status = TD_OK;
        if (stream->delivery_count == CUDA_DELIVERIES_MAX) status = cuda_stream_settle(stream, err);
        stream->dirty = true;
        if (!status) status = ring_take(stream, bytes, &offset, &got, err);
        if (status) return status;
        char *const piece = stream->slot[stream->slot_at].memory + offset;
        const CUresult result = cu->cuMemcpyDtoHAsync(piece, source, got, stream->stream);
        if (result)
            return cuda_fail(stream->device, result, err, "copying %zu bytes to the host", got);
        const uint32_t place =
            (stream->delivery_first + stream->delivery_count) % CUDA_DELIVERIES_MAX;
        stream->delivery[place] = (cuda_delivery){target, stream->slot_at, offset, got};
        stream->delivery_count += 1;
        target += got;
        source += got;
        bytes -= got;
    }
    return TD_OK;
}

/* After a failure nothing is delivered to target any more: its owner may free it at once. */
td_status cuda_stage_out(td_stream *stream, char *target, CUdeviceptr source, size_t bytes,
                         td_error *err)
{
    const td_status status = stage_out_pieces(stream, target, source, bytes, err);
    if (!status) return TD_OK;
    while (stream->delivery_count > 0) {
        const uint32_t last =
            (stream->delivery_first + stream->delivery_count - 1) % CUDA_DELIVERIES_MAX;
        const char *const given = stream->delivery[last].target;
        if (given < target || given >= target + bytes) break;
        stream->delivery_count -= 1;
    }
    return status;
}
