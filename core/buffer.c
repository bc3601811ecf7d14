/* buffer.c - memory on a device as the caller sees it, and copies between any two arrays.
 *
 * An array that is dense, row after row, is copied as it lies. Any other goes through a dense
 * piece of host memory; one on a device through a host image of all that its strides span. */
#include <string.h>

#include "core/device.h"
#include "core/engine.h"
#include "core/memory.h"
#include "tandem/table.h"

struct td_buffer {
    td_device *device;
    size_t bytes;
    void *memory;
};

td_status td_buffer_create(const td_device *device, size_t bytes, td_buffer **out, td_error *err)
{
    td_buffer *buffer = NULL;
    td_status status = TD_OK;
    if (!device) return td_fail(err, TD_E_BAD_ARGUMENT, "td_buffer_create: device is NULL");
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_buffer_create: out is NULL");
    if (!device_is_fit(device))
        return td_fail(err, TD_E_NO_DEVICE, "td_buffer_create: device %s is out of use",
                       device_name(device));
    buffer = memory_take(engine_allocator(device_engine(device)), sizeof *buffer);
    if (!buffer)
        return td_fail(err, TD_E_NO_MEMORY, "td_buffer_create: no %zu bytes of host memory",
                       sizeof *buffer);
    buffer->device = (td_device *)device;
    buffer->bytes = bytes;
    status = device_alloc(buffer->device, bytes, &buffer->memory, err);
    if (status) {
        memory_give(buffer);
        return status;
    }
    *out = buffer;
    return TD_OK;
}

void td_buffer_destroy(td_buffer *buffer)
{
    if (!buffer) return;
    device_free(buffer->device, buffer->memory, buffer->bytes, NULL);
    memory_give(buffer);
}

/* ---- What a view covers ---------------------------------------------------------------------- */

/* A checked view: strides made explicit, counted in elements from its first element. */
typedef struct extent {
    const td_array *array;
    uint32_t rank;
    int64_t shape[TD_RANK_MAX], stride[TD_RANK_MAX];
    size_t element; /* bytes of one */
    size_t count;   /* elements in all */
    size_t span;    /* bytes from its first to past its last, for a buffer */
    bool dense;
} extent;

static bool array_strides_given(const td_array *array)
{
    for (uint32_t i = 0; i < array->rank; ++i)
        if (array->stride[i] != 0) return true;
    return false;
}

static td_status extent_shape(const td_array *array, const char *which, extent *out, td_error *err)
{
    size_t bytes = 0;
    out->count = 1;
    for (uint32_t i = 0; i < array->rank; ++i) {
        if (array->shape[i] < 0)
            return td_fail(err, TD_E_OUT_OF_RANGE, "td_copy: %s has shape %lld in dimension %u",
                           which, (long long)array->shape[i], i);
        const td_status status = td_bytes(out->count, (uint64_t)array->shape[i], &bytes, err);
        if (status) return status;
        out->count = bytes;
        out->shape[i] = array->shape[i];
    }
    return td_bytes(out->count, out->element, &bytes, err);
}

/* Bytes that the strides span; a buffer has nothing before its first element. */
static td_status extent_span(const td_array *array, const char *which, extent *out, td_error *err)
{
    uint64_t last = 0;
    int64_t dense = 1;
    const bool given = array_strides_given(array);
    out->dense = true;
    for (uint32_t i = array->rank; i-- > 0;) {
        const int64_t stride = given ? array->stride[i] : dense;
        uint64_t reach = 0;
        out->stride[i] = stride;
        if (stride != dense && array->shape[i] > 1) out->dense = false;
        /* Unsigned: without elements the product may not fit, and is not used. */
        dense = (int64_t)((uint64_t)dense * (uint64_t)array->shape[i]);
        if (out->count == 0) continue;
        if (array->buffer && stride < 0)
            return td_fail(err, TD_E_OUT_OF_RANGE,
                           "td_copy: %s has stride %lld in dimension %u; in a buffer 0 or more is "
                           "allowed",
                           which, (long long)stride, i);
        const uint64_t step = stride < 0 ? 0 - (uint64_t)stride : (uint64_t)stride;
        if (__builtin_mul_overflow(step, (uint64_t)array->shape[i] - 1, &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return td_fail(err, TD_E_OUT_OF_RANGE, "td_copy: the strides of %s do not fit", which);
    }
    if (out->count == 0) return TD_OK;
    if (last == UINT64_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_copy: the strides of %s do not fit", which);
    return td_bytes(last + 1, out->element, &out->span, err);
}

static td_status extent_make(const td_array *array, const char *which, extent *out, td_error *err)
{
    td_status status = TD_OK;
    *out = (extent){.array = array};
    if (!array || array->struct_size < sizeof *array)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_copy: %s is NULL or not set with TD_ARRAY_INIT",
                       which);
    out->element = td_dtype_bytes(array->dtype);
    out->rank = array->rank;
    if (out->element == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_copy: %s has dtype %d, which there is not",
                       which, (int)array->dtype);
    if (array->rank > TD_RANK_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_copy: %s has rank %u, allowed 0 to %d", which,
                       array->rank, TD_RANK_MAX);
    status = extent_shape(array, which, out, err);
    if (!status) status = extent_span(array, which, out, err);
    if (status || out->count == 0) return status;
    if (!array->data == !array->buffer)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_copy: %s needs data or a buffer, not %s", which,
                       array->data ? "both" : "neither");
    if (array->buffer && out->span > array->buffer->bytes)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "td_copy: %s covers %zu bytes of a buffer that has %zu", which, out->span,
                       array->buffer->bytes);
    return TD_OK;
}

static td_status extents_match(const extent *source, const extent *target, td_error *err)
{
    if (source->array->dtype != target->array->dtype)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_copy: source has dtype %d, target %d",
                       (int)source->array->dtype, (int)target->array->dtype);
    if (source->rank != target->rank)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_copy: source has rank %u, target %u",
                       source->rank, target->rank);
    for (uint32_t i = 0; i < source->rank; ++i)
        if (source->shape[i] != target->shape[i])
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "td_copy: in dimension %u source has %lld elements, target %lld", i,
                           (long long)source->shape[i], (long long)target->shape[i]);
    return TD_OK;
}

/* ---- Moving bytes ---------------------------------------------------------------------------- */

/* One copy to or from a buffer, waited for. A lost device is taken out of use at once. */
static td_status buffer_copy(const td_buffer *buffer, void *to, const void *from, size_t bytes,
                             td_copy_way way, td_error *err)
{
    td_error own = TD_ERROR_INIT;
    td_error *const told = err ? err : &own;
    const td_backend *const backend = device_backend(buffer->device);
    td_stream *stream = NULL;
    td_status status = backend->stream_open(device_handle(buffer->device), &stream, told);
    if (status) goto out;
    status = backend->copy(stream, to, from, bytes, way, told);
    if (!status) status = backend->stream_wait(stream, told);
out:
    if (stream) backend->stream_close(stream);
    if (status == TD_E_DEVICE_LOST) device_retire(buffer->device, told->message);
    return status;
}

/* Between a strided array at base and dense elements; index counts the elements row by row. */
static void strided_move(const extent *view, char *base, char *dense, bool to_dense)
{
    int64_t at[TD_RANK_MAX] = {0};
    for (size_t i = 0; i < view->count; ++i) {
        int64_t offset = 0;
        for (uint32_t d = 0; d < view->rank; ++d)
            offset += at[d] * view->stride[d];
        char *const element = base + offset * (int64_t)view->element;
        if (to_dense) memcpy(dense + i * view->element, element, view->element);
        else memcpy(element, dense + i * view->element, view->element);
        for (uint32_t d = view->rank; d-- > 0;) {
            if (++at[d] < view->shape[d]) break;
            at[d] = 0;
        }
    }
}

/* The elements of a view, dense, in host memory. */
static td_status extent_read(const extent *view, char *dense, td_error *err)
{
    const td_array *const array = view->array;
    char *image = NULL;
    td_status status = TD_OK;
    if (!array->buffer && view->dense) {
        memcpy(dense, array->data, view->count * view->element);
    } else if (!array->buffer) {
        strided_move(view, array->data, dense, true);
    } else if (view->dense) {
        status =
            buffer_copy(array->buffer, dense, array->buffer->memory, view->span, TD_TO_HOST, err);
    } else {
        image = td_alloc(device_engine(array->buffer->device), view->span);
        if (!image)
            return td_fail(err, TD_E_NO_MEMORY, "td_copy: no %zu bytes of host memory", view->span);
        status =
            buffer_copy(array->buffer, image, array->buffer->memory, view->span, TD_TO_HOST, err);
        if (!status) strided_move(view, image, dense, true);
        memory_give(image);
    }
    return status;
}

static td_status extent_write(const extent *view, char *dense, td_error *err)
{
    const td_array *const array = view->array;
    char *image = NULL;
    td_status status = TD_OK;
    if (!array->buffer && view->dense) {
        memcpy(array->data, dense, view->count * view->element);
    } else if (!array->buffer) {
        strided_move(view, array->data, dense, false);
    } else if (view->dense) {
        status =
            buffer_copy(array->buffer, array->buffer->memory, dense, view->span, TD_TO_DEVICE, err);
    } else {
        /* What lies between the elements is the caller's: it is read and written back. */
        image = td_alloc(device_engine(array->buffer->device), view->span);
        if (!image)
            return td_fail(err, TD_E_NO_MEMORY, "td_copy: no %zu bytes of host memory", view->span);
        status =
            buffer_copy(array->buffer, image, array->buffer->memory, view->span, TD_TO_HOST, err);
        if (!status) {
            strided_move(view, image, dense, false);
            status = buffer_copy(array->buffer, array->buffer->memory, image, view->span,
                                 TD_TO_DEVICE, err);
        }
        memory_give(image);
    }
    return status;
}

/* True when it was one of the ways that need no host memory between. */
static bool copy_direct(const extent *source, const extent *target, td_status *status,
                        td_error *err)
{
    const td_array *const from = source->array, *const to = target->array;
    const size_t bytes = source->count * source->element;
    if (!source->dense || !target->dense) return false;
    if (from->buffer && to->buffer) {
        if (from->buffer->device != to->buffer->device) return false;
        *status = buffer_copy(to->buffer, to->buffer->memory, from->buffer->memory, bytes,
                              TD_ON_DEVICE, err);
    } else if (from->buffer) {
        *status = buffer_copy(from->buffer, to->data, from->buffer->memory, bytes, TD_TO_HOST, err);
    } else if (to->buffer) {
        *status = buffer_copy(to->buffer, to->buffer->memory, from->data, bytes, TD_TO_DEVICE, err);
    } else {
        memmove(to->data, from->data, bytes);
        *status = TD_OK;
    }
    return true;
}

td_status td_copy(const td_array *source, const td_array *target, td_error *err)
{
    extent from, to;
    char *dense = NULL;
    td_status status = extent_make(source, "source", &from, err);
    if (!status) status = extent_make(target, "target", &to, err);
    if (!status) status = extents_match(&from, &to, err);
    if (status || from.count == 0) return status;
    if (copy_direct(&from, &to, &status, err)) return status;
    const size_t bytes = from.count * from.element;
    const td_buffer *const near = source->buffer ? source->buffer : target->buffer;
    const td_allocator *const allocator =
        near ? engine_allocator(device_engine(near->device)) : NULL;
    dense = memory_take(allocator, bytes);
    if (!dense) return td_fail(err, TD_E_NO_MEMORY, "td_copy: no %zu bytes of host memory", bytes);
    status = extent_read(&from, dense, err);
    if (!status) status = extent_write(&to, dense, err);
    memory_give(dense);
    return status;
}
