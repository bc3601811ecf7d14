/* backend_test.c - the plug-in that backend_test.h describes. It links nothing of Tandem. */
#include "backend_test.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PROBE_FACTOR 2654435761u
#define ARGS_MAX     16

struct td_backend_device {
    uint32_t index;
    bool lost;
    uint64_t used, cached;
};

typedef enum task_kind { TASK_COPY, TASK_LAUNCH } task_kind;

typedef struct task {
    struct task *next;
    task_kind kind;
    td_copy_way way;
    void *target;
    const void *source;
    size_t bytes;
    char kernel[32];
    uint32_t arg_count;
    void *buffer[ARGS_MAX];
    uint64_t value[ARGS_MAX];
    uint32_t groups;
    char *owned; /* the source, when it was copied */
} task;

#define RECORDS_MAX 1024

struct td_stream {
    td_backend_device *device;
    task *first, *last;
    bool broken; /* something failed on it: it may be waited for and closed */
    uint32_t record_count;
    td_record record[RECORDS_MAX];
};

/* One lock over everything here; the numbers it guards are the test's. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static backend_test_plan plan = {.devices = 1, .bytes = (uint64_t)1 << 30};
static backend_test_state state;
static struct td_backend_device devices[BACKEND_TEST_DEVICES];

static td_status fail(td_error *err, td_status status, const char *format, ...)
{
    va_list list;
    if (!err) return status;
    err->status = status;
    va_start(list, format);
    vsnprintf(err->message, sizeof err->message, format, list);
    va_end(list);
    return status;
}

/* ---- Steering -------------------------------------------------------------------------------- */

static void steer_set(const backend_test_plan *wanted)
{
    pthread_mutex_lock(&lock);
    plan = *wanted;
    if (plan.fail_count == 0) plan.fail_count = 1;
    memset(state.calls, 0, sizeof state.calls);
    state.failures = state.trims = state.limits = state.limit_bytes = 0;
    memset(state.sums, 0, sizeof state.sums);
    state.peak_bytes = state.live_bytes;
    for (uint32_t i = 0; i < BACKEND_TEST_DEVICES; ++i)
        devices[i].lost = false;
    pthread_mutex_unlock(&lock);
}

static void steer_get(backend_test_state *out)
{
    pthread_mutex_lock(&lock);
    *out = state;
    pthread_mutex_unlock(&lock);
}

__attribute__((visibility("default"))) const backend_test_steer *backend_test_control(void);
const backend_test_steer *backend_test_control(void)
{
    static const backend_test_steer steer = {steer_set, steer_get};
    return &steer;
}

static bool plan_hits(backend_test_call call, uint64_t number)
{
    return plan.fail_call == call && plan.fail_at > 0 && number >= plan.fail_at &&
           number - plan.fail_at < plan.fail_count;
}

/* Counts the call; under the lock. */
static td_status counted(td_backend_device *device, backend_test_call call, td_error *err)
{
    static const char *const names[] = {"alloc", "copy", "launch", "wait", "stream_open", "any"};
    const bool concerned =
        plan.fail_device == BACKEND_TEST_EVERY || plan.fail_device == device->index;
    bool hit = false;
    if (concerned) {
        hit = plan_hits(call, ++state.calls[call]);
        hit = plan_hits(CALL_ANY, ++state.calls[CALL_ANY]) || hit;
    }
    if (device->lost) return fail(err, TD_E_DEVICE_LOST, "test:%u is lost", device->index);
    if (!hit) return TD_OK;
    state.failures += 1;
    device->lost = plan.lose;
    return fail(err, plan.lose ? TD_E_DEVICE_LOST : plan.fail_status,
                "test:%u was told to fail at %s %llu", device->index, names[call],
                (unsigned long long)state.calls[call]);
}

/* ---- Devices and memory ---------------------------------------------------------------------- */

static size_t test_count(void)
{
    return plan.devices;
}

static td_status test_open(size_t index, td_backend_device **out, td_error *err)
{
    if (index >= BACKEND_TEST_DEVICES) return fail(err, TD_E_NOT_FOUND, "no device %zu", index);
    pthread_mutex_lock(&lock);
    devices[index] = (td_backend_device){.index = (uint32_t)index};
    state.live_devices += 1;
    pthread_mutex_unlock(&lock);
    *out = &devices[index];
    return TD_OK;
}

static void test_close(td_backend_device *device)
{
    (void)device;
    pthread_mutex_lock(&lock);
    state.live_devices -= 1;
    pthread_mutex_unlock(&lock);
}

static td_status test_describe(const td_backend_device *device, td_device_info *info, td_error *err)
{
    (void)err;
    pthread_mutex_lock(&lock);
    info->kind = TD_GPU;
    info->preferred = !plan.not_preferred;
    info->units = 1;
    snprintf(info->title, sizeof info->title, "A processor that poses as a device");
    info->memory_bytes_total = plan.bytes;
    info->memory_bytes_free = plan.bytes - device->used - device->cached;
    pthread_mutex_unlock(&lock);
    return TD_OK;
}

/* Each piece remembers its size in front of itself. */
#define HEAD 64

static td_status test_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err)
{
    char *memory = NULL;
    pthread_mutex_lock(&lock);
    td_status status = counted(device, CALL_ALLOC, err);
    if (!status && bytes > plan.bytes - device->used - device->cached)
        status = fail(err, TD_E_NO_DEVICE_MEMORY, "test:%u has %llu bytes, %zu are wanted",
                      device->index,
                      (unsigned long long)(plan.bytes - device->used - device->cached), bytes);
    if (!status && !(memory = malloc(HEAD + bytes)))
        status = fail(err, TD_E_NO_DEVICE_MEMORY, "no host memory to pose with");
    if (!status) {
        memset(memory + HEAD, 0xa5, bytes);
        memcpy(memory, &bytes, sizeof bytes);
        device->used += bytes;
        state.live_memory += 1;
        state.live_bytes += bytes;
        if (state.live_bytes > state.peak_bytes) state.peak_bytes = state.live_bytes;
        *out = memory + HEAD;
    }
    pthread_mutex_unlock(&lock);
    return status;
}

static void test_free(td_backend_device *device, void *memory, td_stream *after)
{
    size_t bytes = 0;
    (void)after;
    memcpy(&bytes, (char *)memory - HEAD, sizeof bytes);
    free((char *)memory - HEAD);
    pthread_mutex_lock(&lock);
    device->used -= bytes;
    if (plan.caches) device->cached += bytes;
    state.live_memory -= 1;
    state.live_bytes -= bytes;
    pthread_mutex_unlock(&lock);
}

static void test_trim(td_backend_device *device)
{
    pthread_mutex_lock(&lock);
    device->cached = 0;
    state.trims += 1;
    pthread_mutex_unlock(&lock);
}

static void test_limit(td_backend_device *device, uint64_t bytes)
{
    (void)device;
    pthread_mutex_lock(&lock);
    state.limits += 1;
    state.limit_bytes = bytes;
    pthread_mutex_unlock(&lock);
}

static td_status test_pool_stats(const td_backend_device *device, td_pool_stats *stats,
                                 td_error *err)
{
    (void)err;
    pthread_mutex_lock(&lock);
    stats->limit = plan.bytes;
    stats->used = device->used;
    stats->held = device->used + device->cached;
    stats->device_free = plan.bytes - stats->held;
    pthread_mutex_unlock(&lock);
    return TD_OK;
}

/* ---- Kernels --------------------------------------------------------------------------------- */

static void run_probe(const task *t)
{
    uint32_t *const x = t->buffer[0];
    for (uint32_t i = 0; i < (uint32_t)t->value[1]; ++i)
        x[i] = x[i] * PROBE_FACTOR + i;
}

static void run_sum(const task *t, int64_t extra)
{
    const double *const v = t->buffer[0];
    const uint64_t *const offset = t->buffer[1];
    const int64_t *const a = t->buffer[2], *const b = t->buffer[3];
    int64_t *out = t->buffer[4];
    for (uint64_t i = 0; i < t->value[5]; ++i)
        for (uint64_t j = 0; j < t->value[6]; ++j)
            for (uint64_t k = 0; k < t->value[7]; ++k) {
                int64_t sum = extra;
                for (uint64_t s = offset[i]; s < offset[i + 1]; ++s)
                    sum += (int64_t)v[s] * a[j] + (int64_t)(s - offset[i]) * b[k];
                *out++ = sum;
            }
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* 128 items of a group, 128 operations of an item in a round. */
static void run_bench(const task *t, double rate)
{
    const double ops = (double)t->groups * 128 * 128 * (double)(uint32_t)t->value[3];
    const double end = seconds_now() + ops / rate;
    while (seconds_now() < end)
        usleep(50);
}

static void task_run(const task *t, bool wrong)
{
    if (strncmp(t->kernel, "td_bench", 8) == 0) {
        pthread_mutex_lock(&lock);
        const double rate = plan.rate;
        pthread_mutex_unlock(&lock);
        run_bench(t, rate);
        return;
    }
    if (t->kind == TASK_COPY) memmove(t->target, t->source, t->bytes);
    else if (strcmp(t->kernel, "td_probe") == 0) run_probe(t);
    else run_sum(t, wrong ? 1 : 0);
    if (t->kind == TASK_LAUNCH && wrong && strcmp(t->kernel, "td_probe") == 0)
        ((uint32_t *)t->buffer[0])[0] += 1;
}

static bool test_has_kernel(const td_backend_device *device, const char *kernel)
{
    (void)device;
    if (strcmp(kernel, "td_probe") == 0) return true;
    if (strcmp(kernel, "td_bench_f32") == 0 || strcmp(kernel, "td_bench_i32") == 0)
        return plan.rate > 0.0;
    return !plan.no_kernel && strcmp(kernel, BACKEND_TEST_KERNEL) == 0;
}

/* ---- Streams --------------------------------------------------------------------------------- */

static td_status test_stream_open(td_backend_device *device, td_stream **out, td_error *err)
{
    pthread_mutex_lock(&lock);
    const td_status status = counted(device, CALL_STREAM, err);
    if (!status) state.live_streams += 1;
    pthread_mutex_unlock(&lock);
    if (status) return status;
    *out = calloc(1, sizeof **out);
    (*out)->device = device;
    return TD_OK;
}

static void stream_drop(td_stream *stream)
{
    while (stream->first) {
        task *const next = stream->first->next;
        free(stream->first->owned);
        free(stream->first);
        stream->first = next;
    }
    stream->last = NULL;
}

static void test_stream_close(td_stream *stream)
{
    stream_drop(stream);
    free(stream);
    pthread_mutex_lock(&lock);
    state.live_streams -= 1;
    pthread_mutex_unlock(&lock);
}

/* Runs the task, and keeps a record of it. */
static void stream_run(td_stream *stream, const task *t, bool wrong)
{
    const bool sum = t->kind == TASK_LAUNCH && strcmp(t->kernel, "test_sum") == 0;
    td_record record = {.struct_size = sizeof record, .begin = seconds_now(), .bytes = t->bytes};
    pthread_mutex_lock(&lock);
    const uint32_t slow = sum ? plan.slow_us[stream->device->index] : 0;
    const bool records = plan.records;
    pthread_mutex_unlock(&lock);
    if (slow > 0) usleep(slow);
    task_run(t, wrong);
    record.end = seconds_now();
    record.kind = t->kind == TASK_LAUNCH ? TD_RECORD_KERNEL : (td_record_kind)t->way;
    snprintf(record.name, sizeof record.name, "%s", t->kernel);
    if (records && stream->record_count < RECORDS_MAX)
        stream->record[stream->record_count++] = record;
}

static void test_stream_records(td_stream *stream, td_record_fn fn, void *context)
{
    for (uint32_t i = 0; i < stream->record_count; ++i)
        fn(context, &stream->record[i]);
    stream->record_count = 0;
}

/* Runs the task now, or keeps a copy of it until the stream is waited for: of what goes to the
 * device also a copy of the data, unless the table says that it is of ABI 1.0. */
static void stream_put(td_stream *stream, const task *t)
{
    pthread_mutex_lock(&lock);
    const bool deferred = plan.deferred, wrong = plan.wrong, old = plan.old_abi;
    pthread_mutex_unlock(&lock);
    if (!deferred) {
        stream_run(stream, t, wrong);
        return;
    }
    task *const copy = malloc(sizeof *copy);
    *copy = *t;
    copy->next = NULL;
    if (t->kind == TASK_COPY && t->way == TD_TO_DEVICE && !old) {
        copy->owned = malloc(t->bytes);
        memcpy(copy->owned, t->source, t->bytes);
        copy->source = copy->owned;
    }
    if (stream->last) stream->last->next = copy;
    else stream->first = copy;
    stream->last = copy;
}

/* A call on the stream; under no lock. */
static td_status stream_counted(td_stream *stream, backend_test_call call, td_error *err)
{
    if (stream->broken && call != CALL_WAIT)
        return fail(err, TD_E_INTERNAL, "a stream is used after a failure");
    pthread_mutex_lock(&lock);
    const td_status status = counted(stream->device, call, err);
    pthread_mutex_unlock(&lock);
    if (status) stream->broken = true;
    return status;
}

static td_status test_stream_wait(td_stream *stream, td_error *err)
{
    const td_status status = stream_counted(stream, CALL_WAIT, err);
    pthread_mutex_lock(&lock);
    const bool wrong = plan.wrong;
    pthread_mutex_unlock(&lock);
    for (const task *t = stream->first; t && !status; t = t->next)
        stream_run(stream, t, wrong);
    stream_drop(stream);
    return status;
}

static td_status test_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                           td_copy_way way, td_error *err)
{
    const task t = {
        .kind = TASK_COPY, .way = way, .target = target, .source = source, .bytes = bytes};
    const td_status status = stream_counted(stream, CALL_COPY, err);
    if (!status) stream_put(stream, &t);
    return status;
}

static td_status test_launch(td_stream *stream, const td_launch *launch, td_error *err)
{
    task t = {.kind = TASK_LAUNCH, .arg_count = launch->arg_count};
    const td_status status = stream_counted(stream, CALL_LAUNCH, err);
    if (status) return status;
    if (!test_has_kernel(stream->device, launch->kernel) || launch->arg_count > ARGS_MAX)
        return fail(err, TD_E_UNSUPPORTED, "no kernel %s", launch->kernel);
    snprintf(t.kernel, sizeof t.kernel, "%s", launch->kernel);
    for (uint32_t i = 0; i < launch->arg_count; ++i) {
        const td_launch_arg *const arg = &launch->args[i];
        if (arg->is_buffer) t.buffer[i] = (void *)arg->data;
        else memcpy(&t.value[i], arg->data, arg->bytes);
    }
    t.groups = launch->groups;
    pthread_mutex_lock(&lock);
    state.sums[stream->device->index] += strcmp(t.kernel, "test_sum") == 0;
    pthread_mutex_unlock(&lock);
    stream_put(stream, &t);
    return TD_OK;
}

/* ---- The table ------------------------------------------------------------------------------- */

static td_backend table = {
    .name = "test",
    .device_count = test_count,
    .device_open = test_open,
    .device_close = test_close,
    .device_describe = test_describe,
    .free = test_free,
    .stream_open = test_stream_open,
    .stream_close = test_stream_close,
    .stream_wait = test_stream_wait,
    .copy = test_copy,
    .launch = test_launch,
    .has_kernel = test_has_kernel,
    .trim = test_trim,
};

__attribute__((visibility("default"))) const td_backend *td_backend_open(uint32_t host_abi,
                                                                         td_error *err);
const td_backend *td_backend_open(uint32_t host_abi, td_error *err)
{
    pthread_mutex_lock(&lock);
    state.opens += 1;
    pthread_mutex_unlock(&lock);
    if (host_abi / 1000 != TD_BACKEND_ABI_MAJOR || plan.refuses) {
        fail(err, TD_E_NO_DEVICE, "the test plug-in was told to refuse");
        return NULL;
    }
    table.struct_size = plan.struct_size ? plan.struct_size : sizeof table;
    table.abi_major = plan.abi_major ? plan.abi_major : TD_BACKEND_ABI_MAJOR;
    table.abi_minor = plan.old_abi ? 0 : TD_BACKEND_ABI_MINOR;
    table.alloc = plan.hollow ? NULL : test_alloc;
    table.limit = plan.old_abi ? NULL : test_limit;
    table.pool_stats = plan.pool && !plan.old_abi ? test_pool_stats : NULL;
    table.stream_records = plan.records && !plan.old_abi ? test_stream_records : NULL;
    return &table;
}
