/* backend_plain.c - the plug-ins that backend_plain.h describes: one source, compiled thrice.
 * They link the kernels and nothing else of Tandem. */
#include "backend_plain.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef BACKEND_THREADS
#include "cuda_threads.h"
#else
#include "kernels/kernels.h"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define GUARD_BYTES 0 /* ASan sees the very write */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARD_BYTES 0
#endif
#endif
#ifndef GUARD_BYTES
#define GUARD_BYTES 64
#endif
#define GUARD 0x3C
/* A variable, for compilers warn of loops and fills of no bytes. */
static const size_t guard_bytes = GUARD_BYTES;

typedef enum plain_call {
    CALL_ALLOC = 0,
    CALL_COPY = 1,
    CALL_LAUNCH = 2,
    CALL_WAIT = 3,
    CALL_STREAM = 4,
    CALL_ANY = 5,
    CALL_KINDS = 6
} plain_call;
static const char *const call_names[CALL_KINDS] = {"alloc", "copy",   "launch",
                                                   "wait",  "stream", "any"};

typedef struct piece {
    struct piece *next;
    size_t bytes;
    char *memory;
} piece;

struct td_backend_device {
    pthread_mutex_t lock; /* over everything here */
    size_t index;
    uint64_t total, limit;
    uint32_t float64_cost;
    bool caches, lost, broken;
    plain_call fail_call;
    uint64_t fail_at; /* 0: never */
    bool fail_loses;
    uint64_t calls[CALL_KINDS];
    piece *used, *kept;
    td_pool_stats stats;
};

/* A copy to the host that waits for stream_wait; the bytes follow. */
typedef struct arrival {
    struct arrival *next;
    void *target;
    size_t bytes;
    char data[];
} arrival;

typedef struct note {
    struct note *next;
    td_record record;
} note;

struct td_stream {
    td_backend_device *device;
    arrival *first, **last;
    note *notes, **notes_last;
};

static td_status fail(td_error *err, td_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static td_status fail(td_error *err, td_status status, const char *format, ...)
{
    va_list list;
    if (!err) return status;
    err->status = status;
    err->native_code = 0;
    va_start(list, format);
    vsnprintf(err->message, sizeof err->message, format, list);
    va_end(list);
    return status;
}

static const char *env(const char *name)
{
    char whole[64];
    snprintf(whole, sizeof whole, PLAIN_ENV "%s", name);
    return getenv(whole);
}

static uint64_t env_number(const char *name, uint64_t otherwise)
{
    const char *const text = env(name);
    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* ---- Devices --------------------------------------------------------------------------------- */

static size_t plain_count(void)
{
    const uint64_t count = env_number("DEVICES", 1);
    return count < PLAIN_DEVICES_MAX ? (size_t)count : PLAIN_DEVICES_MAX;
}

static void read_failure(td_backend_device *device)
{
    const char *const text = env("FAIL");
    const char *const colon = text ? strchr(text, ':') : NULL;
    if (!colon || env_number("FAIL_DEVICE", device->index) != device->index) return;
    for (int call = 0; call < CALL_KINDS; ++call) {
        const size_t length = strlen(call_names[call]);
        if ((size_t)(colon - text) != length || strncmp(text, call_names[call], length) != 0)
            continue;
        device->fail_call = (plain_call)call;
        device->fail_at = strtoull(colon + 1, NULL, 10);
        device->fail_loses = strstr(colon + 1, ":lost") != NULL;
    }
}

static uint64_t default_limit(const td_backend_device *device)
{
    return device->total / 5 * 4;
}

static td_status plain_open(size_t index, td_backend_device **out, td_error *err)
{
    td_backend_device *device = NULL;
    if (index >= plain_count())
        return fail(err, TD_E_NOT_FOUND, PLAIN_NAME ":%zu: there are %zu", index, plain_count());
    device = calloc(1, sizeof *device);
    if (!device) return fail(err, TD_E_NO_MEMORY, PLAIN_NAME ":%zu: no host memory", index);
    pthread_mutex_init(&device->lock, NULL);
    device->index = index;
    device->total = env_number("MEMORY", (uint64_t)1 << 30);
    device->limit = default_limit(device);
    device->float64_cost = (uint32_t)env_number("FLOAT64_COST", 2);
    device->caches = env_number("CACHE", 0) != 0;
    device->stats.struct_size = sizeof device->stats;
    read_failure(device);
    *out = device;
    return TD_OK;
}

static void pieces_free(piece **list)
{
    while (*list) {
        piece *const one = *list;
        *list = one->next;
        free(one->memory);
        free(one);
    }
}

static void plain_close(td_backend_device *device)
{
    if (!device) return;
    pieces_free(&device->used);
    pieces_free(&device->kept);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

static td_status plain_describe(const td_backend_device *device, td_device_info *info,
                                td_error *err)
{
    td_backend_device *const self = (td_backend_device *)(uintptr_t)device;
    (void)err;
    pthread_mutex_lock(&self->lock);
    info->kind = TD_GPU;
    snprintf(info->name, sizeof info->name, PLAIN_NAME ":%zu", device->index);
    snprintf(info->title, sizeof info->title, "This processor as a device, items " PLAIN_NAME);
    snprintf(info->driver, sizeof info->driver, "the kernels in plain C");
    info->memory_bytes_total = device->total;
    info->memory_bytes_free = device->total - device->stats.held;
    info->memory_bytes_limit = device->limit;
    info->fit = !device->lost;
    info->preferred = 1;
    info->units = 1;
    info->float64_cost = device->float64_cost;
    pthread_mutex_unlock(&self->lock);
    return TD_OK;
}

/* Counts the call; under the lock. TD_OK unless the device is lost, broken or told to fail now. */
static td_status counted(td_backend_device *device, plain_call call, td_error *err)
{
    bool hit = false;
    device->calls[call] += 1;
    device->calls[CALL_ANY] += 1;
    if (device->fail_at > 0)
        hit = (device->fail_call == call || device->fail_call == CALL_ANY) &&
              device->calls[device->fail_call] == device->fail_at;
    if (hit && device->fail_loses) device->lost = true;
    if (device->lost) return fail(err, TD_E_DEVICE_LOST, PLAIN_NAME ":%zu is lost", device->index);
    if (device->broken)
        return fail(err, TD_E_INTERNAL,
                    PLAIN_NAME ":%zu: a kernel or copy wrote past the end of "
                               "its memory",
                    device->index);
    if (!hit) return TD_OK;
    return fail(err, call == CALL_ALLOC ? TD_E_NO_DEVICE_MEMORY : TD_E_INTERNAL,
                PLAIN_NAME ":%zu was told to fail at %s %" PRIu64, device->index, call_names[call],
                device->fail_at);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

static void fill_derived(const td_backend_device *device, td_pool_stats *stats)
{
    const uint64_t spare = stats->held - stats->used;
    stats->limit = device->limit;
    stats->device_free = device->total - stats->held;
    stats->largest_free = 0;
    for (const piece *one = device->kept; one; one = one->next)
        if (one->bytes > stats->largest_free) stats->largest_free = one->bytes;
    stats->fragmentation = spare ? 1 - (double)stats->largest_free / (double)spare : 0;
}

/* Gives kept memory back; under the lock. */
static void drop_kept(td_backend_device *device)
{
    for (const piece *one = device->kept; one; one = one->next)
        device->stats.held -= one->bytes;
    if (device->kept) device->stats.trims += 1;
    pieces_free(&device->kept);
}

/* A kept piece of this very size, or NULL. */
static piece *piece_reuse(td_backend_device *device, size_t bytes)
{
    for (piece **at = &device->kept; *at; at = &(*at)->next) {
        piece *const one = *at;
        if (one->bytes != bytes) continue;
        *at = one->next;
        device->stats.reuses += 1;
        return one;
    }
    return NULL;
}

/* A new piece, or NULL when there is no host memory. */
static piece *piece_new(td_backend_device *device, size_t bytes)
{
    piece *one = calloc(1, sizeof *one);
    if (!one) return NULL;
    one->bytes = bytes;
    if (posix_memalign((void **)&one->memory, PLAIN_ALIGN, bytes + guard_bytes)) {
        free(one);
        return NULL;
    }
    device->stats.held += bytes;
    return one;
}

static bool fits(const td_backend_device *device, uint64_t held, size_t bytes)
{
    const uint64_t most = device->limit < device->total ? device->limit : device->total;
    return held <= most && bytes <= most - held;
}

static td_status alloc_locked(td_backend_device *device, size_t bytes, void **out, td_error *err)
{
    td_pool_stats *const stats = &device->stats;
    piece *one = NULL;
    const td_status status = counted(device, CALL_ALLOC, err);
    if (status) return status;
    one = piece_reuse(device, bytes);
    if (!one && !fits(device, stats->held, bytes)) drop_kept(device);
    if (!one && fits(device, stats->held, bytes)) one = piece_new(device, bytes);
    if (!one) {
        stats->failures += 1;
        return fail(err, TD_E_NO_DEVICE_MEMORY,
                    PLAIN_NAME ":%zu: %zu bytes asked for, %" PRIu64 " of %" PRIu64 " in use",
                    device->index, bytes, stats->used, device->limit);
    }
    memset(one->memory, PLAIN_POISON, bytes);
    memset(one->memory + bytes, GUARD, guard_bytes);
    one->next = device->used;
    device->used = one;
    stats->allocs += 1;
    stats->used += bytes;
    if (stats->used > stats->used_peak) stats->used_peak = stats->used;
    if (stats->held > stats->held_peak) stats->held_peak = stats->held;
    *out = one->memory;
    return TD_OK;
}

static td_status plain_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err)
{
    if (bytes == 0) bytes = 1; /* as memory that has an address */
    pthread_mutex_lock(&device->lock);
    const td_status status = alloc_locked(device, bytes, out, err);
    pthread_mutex_unlock(&device->lock);
    return status;
}

static bool guard_whole(const piece *one)
{
    for (size_t i = 0; i < guard_bytes; ++i)
        if (one->memory[one->bytes + i] != GUARD) return false;
    return true;
}

/* Launches and copies are done when their calls return, so memory is free at once. */
static void plain_free(td_backend_device *device, void *memory, td_stream *after)
{
    (void)after;
    pthread_mutex_lock(&device->lock);
    for (piece **at = &device->used; memory && *at; at = &(*at)->next) {
        piece *one = *at;
        if (one->memory != memory) continue;
        *at = one->next;
        if (!guard_whole(one)) device->broken = true;
        device->stats.used -= one->bytes;
        one->next = NULL;
        if (device->caches) {
            one->next = device->kept;
            device->kept = one;
        } else {
            device->stats.held -= one->bytes;
            pieces_free(&one);
        }
        break;
    }
    pthread_mutex_unlock(&device->lock);
}

static void plain_trim(td_backend_device *device)
{
    pthread_mutex_lock(&device->lock);
    drop_kept(device);
    pthread_mutex_unlock(&device->lock);
}

static void plain_limit(td_backend_device *device, uint64_t bytes)
{
    pthread_mutex_lock(&device->lock);
    device->limit = bytes ? bytes : default_limit(device);
    if (device->stats.held > device->limit) drop_kept(device);
    pthread_mutex_unlock(&device->lock);
}

static td_status plain_stats(const td_backend_device *device, td_pool_stats *stats, td_error *err)
{
    td_backend_device *const self = (td_backend_device *)(uintptr_t)device;
    const uint32_t size = stats->struct_size;
    td_pool_stats whole;
    (void)err;
    pthread_mutex_lock(&self->lock);
    whole = self->stats;
    fill_derived(self, &whole);
    pthread_mutex_unlock(&self->lock);
    whole.struct_size = size;
    memcpy(stats, &whole, size < sizeof whole ? size : sizeof whole);
    return TD_OK;
}

/* The piece that holds bytes from here; under the lock. NULL: none. */
static const piece *piece_around(const td_backend_device *device, const void *memory, size_t bytes)
{
    const uintptr_t at = (uintptr_t)memory;
    for (const piece *one = device->used; one; one = one->next) {
        const uintptr_t first = (uintptr_t)one->memory;
        if (at >= first && at - first <= one->bytes && bytes <= one->bytes - (at - first))
            return one;
    }
    return NULL;
}

/* ---- Streams --------------------------------------------------------------------------------- */

static td_status plain_stream_open(td_backend_device *device, td_stream **out, td_error *err)
{
    td_stream *stream = NULL;
    pthread_mutex_lock(&device->lock);
    const td_status status = counted(device, CALL_STREAM, err);
    pthread_mutex_unlock(&device->lock);
    if (status) return status;
    stream = calloc(1, sizeof *stream);
    if (!stream) return fail(err, TD_E_NO_MEMORY, PLAIN_NAME ": no memory for a stream");
    stream->device = device;
    stream->last = &stream->first;
    stream->notes_last = &stream->notes;
    *out = stream;
    return TD_OK;
}

/* Fills the targets of copies to the host, or only forgets them. */
static void arrive(td_stream *stream, bool deliver)
{
    while (stream->first) {
        arrival *const one = stream->first;
        stream->first = one->next;
        if (deliver) memcpy(one->target, one->data, one->bytes);
        free(one);
    }
    stream->last = &stream->first;
}

static void plain_records(td_stream *stream, td_record_fn fn, void *context)
{
    while (stream->notes) {
        note *const one = stream->notes;
        stream->notes = one->next;
        if (fn) fn(context, &one->record);
        free(one);
    }
    stream->notes_last = &stream->notes;
}

static void plain_stream_close(td_stream *stream)
{
    if (!stream) return;
    arrive(stream, false);
    plain_records(stream, NULL, NULL);
    free(stream);
}

static td_status plain_wait(td_stream *stream, td_error *err)
{
    pthread_mutex_lock(&stream->device->lock);
    const td_status status = counted(stream->device, CALL_WAIT, err);
    pthread_mutex_unlock(&stream->device->lock);
    arrive(stream, !status);
    return status;
}

/* A note that finds no memory is left out: records are for looking at only. */
static void take_note(td_stream *stream, td_record_kind kind, const char *name, uint64_t bytes,
                      double begin)
{
    note *const one = calloc(1, sizeof *one);
    if (!one) return;
    one->record.struct_size = sizeof one->record;
    one->record.kind = kind;
    snprintf(one->record.name, sizeof one->record.name, "%s", name);
    one->record.bytes = bytes;
    one->record.begin = begin;
    one->record.end = now();
    *stream->notes_last = one;
    stream->notes_last = &one->next;
}

static td_status copy_to_host(td_stream *stream, void *target, const void *source, size_t bytes,
                              td_error *err)
{
    arrival *const one = malloc(sizeof *one + bytes);
    if (!one) return fail(err, TD_E_NO_MEMORY, PLAIN_NAME ": no memory to copy %zu bytes", bytes);
    one->next = NULL;
    one->target = target;
    one->bytes = bytes;
    memcpy(one->data, source, bytes);
    *stream->last = one;
    stream->last = &one->next;
    return TD_OK;
}

static td_status plain_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                            td_copy_way way, td_error *err)
{
    static const td_record_kind kinds[] = {TD_RECORD_TO_DEVICE, TD_RECORD_TO_HOST,
                                           TD_RECORD_ON_DEVICE};
    td_backend_device *const device = stream->device;
    const double begin = now();
    bool inside = true;
    pthread_mutex_lock(&device->lock);
    td_status status = counted(device, CALL_COPY, err);
    if (way != TD_TO_HOST) inside = piece_around(device, target, bytes) != NULL;
    if (way != TD_TO_DEVICE) inside = inside && piece_around(device, source, bytes) != NULL;
    pthread_mutex_unlock(&device->lock);
    if (status) return status;
    if (!inside)
        return fail(err, TD_E_OUT_OF_RANGE,
                    PLAIN_NAME ": a copy of %zu bytes leaves the memory "
                               "that was allocated",
                    bytes);
    if (bytes == 0) return TD_OK;
    if (way == TD_TO_HOST) status = copy_to_host(stream, target, source, bytes, err);
    else memmove(target, source, bytes);
    if (!status) take_note(stream, kinds[way], "", bytes, begin);
    return status;
}

/* ---- Launches -------------------------------------------------------------------------------- */

static bool device_has(const td_backend_device *device, const kernel_row *row)
{
    return row && (device->float64_cost || !row->float64);
}

static bool plain_has_kernel(const td_backend_device *device, const char *kernel)
{
    return device_has(device, kernel_find(kernel));
}

/* Under the lock: what a launch may not be. */
static td_status launch_check(const td_backend_device *device, const kernel_row *row,
                              const td_launch *launch, td_error *err)
{
    if (!device_has(device, row))
        return fail(err, TD_E_UNSUPPORTED, PLAIN_NAME ": there is no kernel %s", launch->kernel);
    if (!kernel_args_fit(row, launch))
        return fail(err, TD_E_BAD_ARGUMENT,
                    PLAIN_NAME ": %s takes %u arguments of kinds %s, and "
                               "was given %u that do not fit",
                    row->name, row->arg_count, row->args, launch->arg_count);
    if (launch->groups > INT32_MAX)
        return fail(err, TD_E_OUT_OF_RANGE, PLAIN_NAME ": %s: %u groups, allowed 0 to %d",
                    row->name, launch->groups, INT32_MAX);
    for (uint32_t i = 0; i < row->arg_count; ++i) {
        const void *const memory = launch->args[i].data;
        const piece *const one =
            row->args[i] == 'b' && memory ? piece_around(device, memory, 1) : NULL;
        if (row->args[i] == 'b' && memory && (!one || one->memory != memory))
            return fail(err, TD_E_BAD_ARGUMENT,
                        PLAIN_NAME ": argument %u of %s is not memory of "
                                   "this device",
                        i, row->name);
    }
    return TD_OK;
}

#ifdef BACKEND_THREADS
static td_status run_groups(const kernel_row *row, const td_launch_arg *args, int groups,
                            td_error *err)
{
    if (cuda_run(args, cuda_product_find(row->name), groups)) return TD_OK;
    return fail(err, TD_E_INTERNAL, PLAIN_NAME ": %d threads cannot be had", CUDA_GROUP);
}
#else
static td_status run_groups(const kernel_row *row, const td_launch_arg *args, int groups,
                            td_error *err)
{
    (void)err;
    for (int i = 0; i < groups; ++i) {
#ifdef BACKEND_FALLING
        row->falling(args, groups - 1 - i, groups);
#else
        row->rising(args, i, groups);
#endif
    }
    return TD_OK;
}
#endif

static td_status plain_launch(td_stream *stream, const td_launch *launch, td_error *err)
{
    td_backend_device *const device = stream->device;
    const kernel_row *const row = kernel_find(launch->kernel);
    const double begin = now();
    pthread_mutex_lock(&device->lock);
    td_status status = counted(device, CALL_LAUNCH, err);
    if (!status) status = launch_check(device, row, launch, err);
    pthread_mutex_unlock(&device->lock);
    if (status) return status;
    status = run_groups(row, launch->args, (int)launch->groups, err);
    if (status) return status;
    take_note(stream, TD_RECORD_KERNEL, row->name, 0, begin);
    return TD_OK;
}

/* ---- The table ------------------------------------------------------------------------------- */

static const td_backend backend = {
    .struct_size = sizeof(td_backend),
    .abi_major = TD_BACKEND_ABI_MAJOR,
    .abi_minor = TD_BACKEND_ABI_MINOR,
    .name = PLAIN_NAME,
    .device_count = plain_count,
    .device_open = plain_open,
    .device_close = plain_close,
    .device_describe = plain_describe,
    .alloc = plain_alloc,
    .free = plain_free,
    .stream_open = plain_stream_open,
    .stream_close = plain_stream_close,
    .stream_wait = plain_wait,
    .copy = plain_copy,
    .launch = plain_launch,
    .has_kernel = plain_has_kernel,
    .trim = plain_trim,
    .limit = plain_limit,
    .pool_stats = plain_stats,
    .stream_records = plain_records,
};

__attribute__((visibility("default"))) const td_backend *td_backend_open(uint32_t host_abi,
                                                                         td_error *err);
const td_backend *td_backend_open(uint32_t host_abi, td_error *err)
{
    if (host_abi / 1000 != TD_BACKEND_ABI_MAJOR) {
        fail(err, TD_E_UNSUPPORTED, PLAIN_NAME ": the host speaks ABI %u.%u, this is %d.%d",
             host_abi / 1000, host_abi % 1000, TD_BACKEND_ABI_MAJOR, TD_BACKEND_ABI_MINOR);
        return NULL;
    }
    return &backend;
}
