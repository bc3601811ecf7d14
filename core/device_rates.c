/* device_rates.c - what a device does in a second, measured: copies of a growing size each way, and
 * the kernels td_bench_* (kernels/bench.td says what work they are). A kernel that a device has
 * not is left at 0. The CPU launches nothing: only its copies are measured, by one core. */
#include <string.h>

#include "core/device_internal.h"
#include "core/engine.h"
#include "core/memory.h"
#include "core/trace.h"

#define MEASURE_SECONDS_MIN 0.02
#define MEASURE_SECONDS_MAX 60.0
#define COPY_BYTES_MIN      ((size_t)1 << 16)
#define COPY_BYTES_MAX      ((size_t)1 << 28)
#define COPY_BYTES_SECOND   ((double)((uint64_t)1 << 28)) /* of memory for a second of measuring */
#define TRIES_MAX           1000                          /* of one size */
#define TRIES_MIN           4 /* of all sizes: one alone may have met a busy machine */
#define PARTS               8 /* of the time: a launch, three copies, a kernel copy, three rates */
#define GROUP_ITEMS         128 /* of the kernels: TD_GROUP */
#define GROUPS_PER_UNIT     16
#define UNITS_UNKNOWN       8
#define ROUND_OPS           128.0 /* of an item of a td_bench kernel: TD_BENCH_OPS */
#define ROUNDS_MIN          8
#define ROUNDS_MAX          (1 << 20)

typedef struct measure {
    td_device *device;
    const td_backend *backend;
    td_stream *stream;
    void *memory;
    size_t bytes; /* of memory and host */
    char *host;
    td_device_rates rates;
} measure;

/* ---- Copies ---------------------------------------------------------------------------------- */

/* One copy, waited for; what it took. */
static td_status copy_once(measure *m, td_copy_way way, size_t bytes, double *seconds,
                           td_error *err)
{
    const size_t half = m->bytes / 2;
    char *const memory = m->memory;
    void *target = way == TD_TO_HOST ? (void *)m->host : (void *)memory;
    const void *source = way == TD_TO_DEVICE ? (const void *)m->host : (const void *)memory;
    if (way == TD_ON_DEVICE) {
        source = memory + half;
        bytes = bytes < half ? bytes : half;
    }
    const double start = trace_now();
    td_status status = m->backend->copy(m->stream, target, source, bytes, way, err);
    if (!status) status = m->backend->stream_wait(m->stream, err);
    *seconds = trace_now() - start;
    return status;
}

/* Copies of a growing size until the time is used or memory is; the best bytes per second of the
 * largest size, since smaller ones may never leave a cache. */
static td_status measure_copies(measure *m, td_copy_way way, double seconds, double *rate,
                                td_error *err)
{
    const double end = trace_now() + seconds;
    const size_t bytes_max = way == TD_ON_DEVICE ? m->bytes / 2 : m->bytes;
    int tries = 0;
    for (size_t bytes = COPY_BYTES_MIN; bytes <= bytes_max; bytes *= 2) {
        const bool last = bytes > bytes_max / 2;
        for (int i = 0; i < (last ? TRIES_MAX : 2); ++i) {
            double took = 0.0;
            const td_status status = copy_once(m, way, bytes, &took, err);
            if (status) return status;
            if (took > 0.0 && ((double)bytes / took > *rate || i == 0))
                *rate = (double)bytes / took;
            /* The first of a size may be the first to touch its pages. */
            if (++tries >= TRIES_MIN && i > 0 && trace_now() >= end) return TD_OK;
        }
    }
    return TD_OK;
}

/* ---- Launches -------------------------------------------------------------------------------- */

/* td_launch of count arguments, waited for. TD_E_UNSUPPORTED when there is no such kernel. */
static td_status launch_once(measure *m, const char *kernel, uint32_t groups,
                             const td_launch_arg *args, uint32_t count, double *seconds,
                             td_error *err)
{
    const char *const kernels[] = {kernel, NULL};
    const td_launch launch = {sizeof launch, groups, kernel, count, args};
    if (!device_has_kernels(m->device, kernels))
        return td_fail(err, TD_E_UNSUPPORTED, "device %s has no kernel %s", device_name(m->device),
                       kernel);
    const double start = trace_now();
    td_status status = m->backend->launch(m->stream, &launch, err);
    if (!status) status = m->backend->stream_wait(m->stream, err);
    *seconds = trace_now() - start;
    return status;
}

/* The best of several launches that have nothing to do. */
static td_status measure_launch(measure *m, double seconds, td_error *err)
{
    const uint32_t none = 0;
    const td_launch_arg args[2] = {{m->memory, 0, true}, {&none, sizeof none, false}};
    const double end = trace_now() + seconds;
    for (int i = 0; i < TRIES_MAX; ++i) {
        double took = 0.0;
        const td_status status = launch_once(m, DEVICE_PROBE_KERNEL, 1, args, 2, &took, err);
        if (status) return status;
        /* The first one may load code; it counts only when it is the only one. */
        if (i <= 1 || took < m->rates.launch_seconds) m->rates.launch_seconds = took;
        if (i >= TRIES_MIN && trace_now() >= end) return TD_OK;
    }
    return TD_OK;
}

/* One launch of td_bench_copy over so many bytes; its rate, read and written, if it is better or
 * the first of its size. */
static td_status kernel_copy_once(measure *m, void *other, size_t bytes, bool first, td_error *err)
{
    const int64_t count = (int64_t)(bytes / 16);
    const uint32_t groups = (uint32_t)(bytes / 16 / GROUP_ITEMS);
    const td_launch_arg args[3] = {
        {m->memory, 0, true}, {other, 0, true}, {&count, sizeof count, false}};
    double took = 0.0;
    const td_status status = launch_once(m, "td_bench_copy", groups, args, 3, &took, err);
    const double rate = took > 0.0 ? 2.0 * (double)bytes / took : 0.0;
    if (!status && (first || rate > m->rates.on_device)) m->rates.on_device = rate;
    return status;
}

static td_status measure_kernel_copy(measure *m, double seconds, td_error *err)
{
    const size_t half = m->bytes / 2;
    /* A launch cannot count into memory: what is read and what is written are two pieces. */
    void *other = NULL;
    int tries = 0;
    td_status status = device_alloc(m->device, half, &other, err);
    if (!status) status = kernel_copy_once(m, other, COPY_BYTES_MIN, true, err); /* loads code */
    const double end = trace_now() + seconds;
    for (size_t bytes = COPY_BYTES_MIN; !status && bytes <= half; bytes *= 2)
        for (int i = 0; i < (bytes > half / 2 ? TRIES_MAX : 2) && !status; ++i) {
            status = kernel_copy_once(m, other, bytes, i == 0, err);
            if (++tries >= TRIES_MIN && i > 0 && trace_now() >= end) goto out;
        }
out:
    device_free(m->device, other, half, m->stream);
    return status;
}

/* As many groups as keep the device busy and have room for what they give. */
static td_status ops_groups(const measure *m, size_t element, uint32_t *groups, td_error *err)
{
    td_device_info info = TD_DEVICE_INFO_INIT;
    const td_status status = td_device_describe(m->device, &info, err);
    if (status) return status;
    const size_t room = m->bytes / element / GROUP_ITEMS;
    *groups = (info.units > 0 ? info.units : UNITS_UNKNOWN) * GROUPS_PER_UNIT;
    if (*groups > room) *groups = (uint32_t)room;
    return TD_OK;
}

/* Operations per second of one of the arithmetic kernels, with more and more rounds. The first
 * launch may have to load or build code: it is made twice, and the time runs from the second. */
static td_status measure_ops(measure *m, const char *kernel, const td_launch_arg *factors,
                             size_t element, double seconds, double *rate, td_error *err)
{
    double end = 0.0;
    uint32_t groups = 0;
    td_status status = ops_groups(m, element, &groups, err);
    for (int32_t rounds = 0; !status && rounds <= ROUNDS_MAX; rounds = rounds ? 2 * rounds : 1) {
        const td_launch_arg args[4] = {
            {m->memory, 0, true}, factors[0], factors[1], {&rounds, sizeof rounds, false}};
        double took = 0.0;
        status = launch_once(m, kernel, groups, args, 4, &took, err);
        if (rounds == 0) end = trace_now() + seconds;
        const double ops = (double)groups * GROUP_ITEMS * ROUND_OPS * rounds;
        if (!status && took > 0.0 && ops / took > *rate) *rate = ops / took;
        if (trace_now() >= end && rounds >= ROUNDS_MIN) break;
    }
    return status;
}

static td_status measure_all_ops(measure *m, double seconds, td_error *err)
{
    const float half = 0.5f, one = 1.0f;
    const double half64 = 0.5, one64 = 1.0;
    const uint32_t odd = 1664525u, term = 1013904223u;
    const td_launch_arg f32[2] = {{&half, sizeof half, false}, {&one, sizeof one, false}};
    const td_launch_arg f64[2] = {{&half64, sizeof half64, false}, {&one64, sizeof one64, false}};
    const td_launch_arg i32[2] = {{&odd, sizeof odd, false}, {&term, sizeof term, false}};
    td_device_rates *const r = &m->rates;
    td_status status = measure_ops(m, "td_bench_f32", f32, 4, seconds, &r->float32, err);
    if (!status || status == TD_E_UNSUPPORTED)
        status = measure_ops(m, "td_bench_f64", f64, 8, seconds, &r->float64, err);
    if (!status || status == TD_E_UNSUPPORTED)
        status = measure_ops(m, "td_bench_i32", i32, 4, seconds, &r->int32, err);
    return status == TD_E_UNSUPPORTED ? TD_OK : status;
}

/* ---- All of it ------------------------------------------------------------------------------- */

/* Memory on both sides: less on a device that has not as much as the time asks for. */
static td_status measure_memory(measure *m, double seconds, td_error *err)
{
    const uint64_t available = device_bytes_available(m->device) / 4;
    td_status status = TD_OK;
    size_t bytes = COPY_BYTES_MAX;
    while (bytes > 2 * COPY_BYTES_MIN && (double)bytes > seconds * COPY_BYTES_SECOND)
        bytes /= 2;
    while (bytes > 2 * COPY_BYTES_MIN && bytes > available)
        bytes /= 2;
    for (;; bytes /= 2) {
        status = device_alloc(m->device, bytes, &m->memory, err);
        if (status != TD_E_NO_DEVICE_MEMORY || bytes <= 2 * COPY_BYTES_MIN) break;
    }
    if (status) return status;
    m->bytes = bytes;
    m->host = td_alloc(device_engine(m->device), bytes);
    if (!m->host)
        return td_fail(err, TD_E_NO_MEMORY, "no %zu bytes of host memory to measure with", bytes);
    memset(m->host, 1, bytes); /* so that all its pages are there */
    return TD_OK;
}

static td_status measure_kernels(measure *m, double seconds, td_error *err)
{
    td_status status = measure_launch(m, seconds, err);
    if (!status) status = measure_kernel_copy(m, seconds, err);
    if (!status || status == TD_E_UNSUPPORTED) status = measure_all_ops(m, seconds, err);
    return status == TD_E_UNSUPPORTED ? TD_OK : status;
}

static td_status measure_run(measure *m, double seconds, td_error *err)
{
    const double part = seconds / PARTS;
    td_status status = m->backend->stream_open(device_handle(m->device), &m->stream, err);
    if (status) {
        m->stream = NULL;
        return status;
    }
    status = measure_memory(m, seconds, err);
    if (!status) status = measure_copies(m, TD_TO_DEVICE, part, &m->rates.to_device, err);
    if (!status) status = measure_copies(m, TD_TO_HOST, part, &m->rates.to_host, err);
    if (!status && !device_is_cpu(m->device)) status = measure_kernels(m, part, err);
    if (!status && m->rates.on_device <= 0.0) {
        status = measure_copies(m, TD_ON_DEVICE, part, &m->rates.on_device, err);
        m->rates.on_device *= 2.0;
    }
    if (status) (void)m->backend->stream_wait(m->stream, NULL);
    device_free(m->device, m->memory, m->bytes, m->stream);
    m->backend->stream_close(m->stream);
    td_free(device_engine(m->device), m->host);
    return status;
}

td_status device_measure(td_device *device, double seconds, td_device_rates *rates, td_error *err)
{
    td_error own = TD_ERROR_INIT;
    td_status status = TD_OK;
    pthread_mutex_lock(&device->measuring);
    if (device->measured_seconds < seconds) {
        measure m = {.device = device, .backend = device->backend};
        m.rates = (td_device_rates)TD_DEVICE_RATES_INIT;
        m.rates.startup_seconds = device->startup_seconds;
        status = measure_run(&m, seconds, &own);
        if (!status) {
            device->rates = m.rates;
            device->measured_seconds = seconds;
        }
    }
    if (!status) *rates = device->rates;
    pthread_mutex_unlock(&device->measuring);
    if (status == TD_E_DEVICE_LOST) device_retire(device, own.message);
    if (!status) return TD_OK;
    td_fail(err, status, "%s", own.message);
    if (err && err->struct_size >= sizeof *err) err->native_code = own.native_code;
    return status;
}

td_status td_device_measure(td_engine *engine, const td_device *device, double seconds,
                            td_device_rates *rates, td_error *err)
{
    td_device_rates full = TD_DEVICE_RATES_INIT;
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_device_measure: engine is NULL");
    if (!device || device_engine(device) != engine)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_device_measure: device is %s",
                       device ? "another engine's" : "NULL");
    if (!(seconds >= MEASURE_SECONDS_MIN && seconds <= MEASURE_SECONDS_MAX))
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_device_measure: %g seconds, allowed %g to %g",
                       seconds, MEASURE_SECONDS_MIN, MEASURE_SECONDS_MAX);
    if (!rates || rates->struct_size < sizeof rates->struct_size)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_device_measure: rates is NULL or not set with TD_DEVICE_RATES_INIT");
    if (!device_is_fit(device))
        return td_fail(err, TD_E_NO_DEVICE, "device %s is out of use", device_name(device));
    const td_status status = device_measure((td_device *)device, seconds, &full, err);
    if (status) return status;
    const uint32_t known = rates->struct_size;
    memcpy(rates, &full, known < sizeof full ? known : sizeof full);
    rates->struct_size = known;
    return TD_OK;
}
