/* ops_case.c - what a row does on its device, and how it tells what came out. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ops.h"

#define GUARD_BYTES 512 /* behind each buffer */

/* ---- Random numbers: splitmix64 ---------------------------------------------------------------
 */

static uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t ops_random(ops_case *c)
{
    return mixed(c->random += 0x9e3779b97f4a7c15u);
}

uint64_t ops_random_below(ops_case *c, uint64_t end)
{
    return ops_random(c) % end;
}

double ops_random_unit(ops_case *c)
{
    return (double)(ops_random(c) >> 11) * 0x1p-53;
}

void ops_random_fill(ops_case *c, void *data, size_t bytes)
{
    unsigned char *to = data;
    while (bytes > 0) {
        const uint64_t value = ops_random(c);
        const size_t part = bytes < sizeof value ? bytes : sizeof value;
        memcpy(to, &value, part);
        to += part;
        bytes -= part;
    }
}

uint64_t ops_pick(const ops_case *c, uint64_t small, uint64_t normal, uint64_t large)
{
    return c->run->size == OPS_SMALL ? small : c->run->size == OPS_DEFAULT ? normal : large;
}

td_status ops_host(uint64_t count, size_t size, void **out, td_error *err)
{
    size_t bytes = 0;
    const td_status status = td_bytes(count ? count : 1, size, &bytes, err);
    if (status) return status;
    *out = calloc(1, bytes);
    if (!*out) return td_fail(err, TD_E_NO_MEMORY, "no %zu bytes for the reference", bytes);
    return TD_OK;
}

/* ---- Reports ----------------------------------------------------------------------------------
 */

static void report(const ops_case *c, const char *size, const char *how, const char *format,
                   va_list args)
{
    char text[400];
    vsnprintf(text, sizeof text, format, args);
    printf("%-8s %-18s %-44s %-7s %s\n", c->device->name, c->row, size, how, text);
}

#define REPORT(how, counter)                \
    do {                                    \
        va_list args;                       \
        va_start(args, format);             \
        report(c, size, how, format, args); \
        va_end(args);                       \
        c->run->counter += 1;               \
    } while (0)

void ops_pass(ops_case *c, const char *size, const char *format, ...)
{
    REPORT("pass", passed);
}

void ops_fail(ops_case *c, const char *size, const char *format, ...)
{
    REPORT("FAIL", failed);
}

void ops_skip(ops_case *c, const char *size, const char *format, ...)
{
    REPORT("skipped", skipped);
}

static size_t type_bytes(td_dtype type)
{
    switch (type) {
    case TD_F32:
    case TD_I32: return 4;
    case TD_F64:
    case TD_I64: return 8;
    case TD_U8: return 1;
    }
    return 1;
}

static void value_text(td_dtype type, const void *values, uint64_t at, char *text, size_t size)
{
    switch (type) {
    case TD_F32: snprintf(text, size, "%.9g", (double)((const float *)values)[at]); return;
    case TD_F64: snprintf(text, size, "%.17g", ((const double *)values)[at]); return;
    case TD_I32: snprintf(text, size, "%" PRId32, ((const int32_t *)values)[at]); return;
    case TD_I64: snprintf(text, size, "%" PRId64, ((const int64_t *)values)[at]); return;
    case TD_U8: snprintf(text, size, "%u", ((const uint8_t *)values)[at]); return;
    }
}

void ops_equal(ops_case *c, const char *size, td_dtype type, const void *wanted, const void *got,
               uint64_t count)
{
    const size_t each = type_bytes(type);
    const unsigned char *const a = wanted, *const b = got;
    uint64_t different = 0, first = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (memcmp(a + i * each, b + i * each, each) == 0) continue;
        if (different == 0) first = i;
        different += 1;
    }
    if (different == 0) {
        ops_pass(c, size, "equal");
        return;
    }
    char should[48], is[48];
    value_text(type, wanted, first, should, sizeof should);
    value_text(type, got, first, is, sizeof is);
    ops_fail(c, size, "%" PRIu64 " of %" PRIu64 " differ; number %" PRIu64 " is %s, should be %s",
             different, count, first, is, should);
}

/* ---- Memory -----------------------------------------------------------------------------------
 */

static void poison_fill(const ops_buffer *buffer, size_t first, unsigned char *to, size_t bytes)
{
    size_t i = 0;
    while (i < bytes) {
        const uint64_t word = mixed(buffer->poison + (first + i) / 8);
        const size_t within = (first + i) % 8;
        const size_t part = bytes - i < 8 - within ? bytes - i : 8 - within;
        memcpy(to + i, (const unsigned char *)&word + within, part);
        i += part;
    }
}

/* A launch gets the start of what alloc gave, so the guard stands behind only. */
td_status ops_put(ops_case *c, ops_buffer *to, const void *from, td_error *err)
{
    const size_t all = to->bytes + GUARD_BYTES;
    void *block = NULL;
    td_status status = ops_host(all, 1, &block, err);
    if (status) return status;
    poison_fill(to, 0, block, all);
    if (from && to->bytes) memcpy(block, from, to->bytes);
    status = c->device->backend.copy(c->device->stream, to->memory, block, all, TD_TO_DEVICE, err);
    free(block);
    return status;
}

td_status ops_memory(ops_case *c, const void *from, size_t bytes, ops_buffer **out, td_error *err)
{
    if (c->buffer_count == OPS_BUFFERS_MAX)
        return td_fail(err, TD_E_INTERNAL, "a row takes %d buffers at most", OPS_BUFFERS_MAX);
    ops_buffer *const made = &c->buffer[c->buffer_count];
    made->bytes = bytes;
    made->poison = ops_random(c);
    td_status status =
        c->device->backend.alloc(c->device->device, bytes + GUARD_BYTES, &made->memory, err);
    if (status) return status;
    c->buffer_count += 1;
    status = ops_put(c, made, from, err);
    if (status == TD_OK) *out = made;
    return status;
}

td_status ops_get(ops_case *c, void *to, ops_buffer *from, td_error *err)
{
    unsigned char guard[GUARD_BYTES], wanted[GUARD_BYTES];
    const td_backend *const backend = &c->device->backend;
    td_stream *const stream = c->device->stream;
    td_status status = TD_OK;
    if (from->bytes) status = backend->copy(stream, to, from->memory, from->bytes, TD_TO_HOST, err);
    if (!status)
        status = backend->copy(stream, guard, (const char *)from->memory + from->bytes,
                               sizeof guard, TD_TO_HOST, err);
    if (!status) status = backend->stream_wait(stream, err);
    if (status) return status;
    poison_fill(from, from->bytes, wanted, sizeof wanted);
    for (size_t i = 0; i < sizeof guard; ++i)
        if (guard[i] != wanted[i])
            return td_fail(err, TD_E_CORRUPT, "byte %zu behind a buffer of %zu was written to", i,
                           from->bytes);
    return TD_OK;
}

void ops_case_end(ops_case *c)
{
    for (unsigned i = c->buffer_count; i > 0; --i)
        c->device->backend.free(c->device->device, c->buffer[i - 1].memory, c->device->stream);
    c->buffer_count = 0;
}

/* ---- Launches ---------------------------------------------------------------------------------
 */

typedef union arg_value {
    int32_t i;
    uint32_t u;
    int64_t l;
    float f;
    double d;
} arg_value;

static td_launch_arg arg_next(char kind, va_list *args, arg_value *value)
{
    td_launch_arg arg = {value, 0, false};
    switch (kind) {
    case 'b':
        arg.data = va_arg(*args, ops_buffer *)->memory;
        arg.is_buffer = true;
        break;
    case 'i':
        value->i = va_arg(*args, int);
        arg.bytes = sizeof value->i;
        break;
    case 'u':
        value->u = va_arg(*args, unsigned);
        arg.bytes = sizeof value->u;
        break;
    case 'l':
        value->l = va_arg(*args, int64_t);
        arg.bytes = sizeof value->l;
        break;
    case 'f':
        value->f = (float)va_arg(*args, double);
        arg.bytes = sizeof value->f;
        break;
    default:
        value->d = va_arg(*args, double);
        arg.bytes = sizeof value->d;
        break;
    }
    return arg;
}

td_status ops_launch(ops_case *c, td_error *err, uint32_t groups, const char *kernel, ...)
{
    const kernel_row *const row = kernel_find(kernel);
    td_launch_arg arg[KERNEL_ARGS_MAX];
    arg_value value[KERNEL_ARGS_MAX];
    if (!row) return td_fail(err, TD_E_NOT_FOUND, "no kernel %s in the table", kernel);
    const td_launch launch = {sizeof launch, groups, kernel, row->arg_count, arg};
    va_list args;
    va_start(args, kernel);
    for (uint32_t i = 0; i < row->arg_count; ++i)
        arg[i] = arg_next(row->args[i], &args, &value[i]);
    va_end(args);
    return c->device->backend.launch(c->device->stream, &launch, err);
}

td_status ops_wait(ops_case *c, td_error *err)
{
    return c->device->backend.stream_wait(c->device->stream, err);
}
