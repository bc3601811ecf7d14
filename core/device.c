/* device.c - one device: opened and tested once, its memory counted, taken out of use. */
#include "core/device.h"

#include <stdio.h>
#include <string.h>

#include "core/device_internal.h"
#include "core/engine.h"
#include "core/trace.h"

/* ---- Life ------------------------------------------------------------------------------------ */

void device_init(td_device *device, td_engine *engine, const td_backend *backend, bool cpu,
                 size_t index)
{
    device->engine = engine;
    device->backend = backend;
    device->cpu = cpu;
    device->rates = (td_device_rates)TD_DEVICE_RATES_INIT;
    if (cpu) snprintf(device->name, sizeof device->name, "%s", backend->name);
    else snprintf(device->name, sizeof device->name, "%.40s:%zu", backend->name, index);
    pthread_mutex_init(&device->lock, NULL);
    pthread_mutex_init(&device->measuring, NULL);
}

/* The backend's word; one from before there was such a word prefers what is no CPU. */
static uint32_t device_preference(const td_device *device)
{
    td_device_info info = TD_DEVICE_INFO_INIT;
    if (device->cpu) return 1;
    if (device->backend->device_describe(device->handle, &info, NULL)) return 0;
    return device->backend->abi_minor < 1 ? info.kind == TD_GPU : info.preferred;
}

td_status device_open(td_device *device, size_t index, td_error *err)
{
    const double start = trace_now();
    if (device->backend->device_open(index, &device->handle, err)) {
        device->handle = NULL;
        return TD_E_NO_DEVICE;
    }
    atomic_store(&device->fit, true);
    device->preferred = device_preference(device);
    if (device_probe(device, err)) device_retire(device, err->message);
    device->startup_seconds += trace_now() - start;
    return TD_OK;
}

void device_close(td_device *device)
{
    if (device->handle) device->backend->device_close(device->handle);
    device->handle = NULL;
    pthread_mutex_destroy(&device->measuring);
    pthread_mutex_destroy(&device->lock);
}

/* ---- One device ------------------------------------------------------------------------------ */

td_engine *device_engine(const td_device *device)
{
    return device->engine;
}
const td_backend *device_backend(const td_device *device)
{
    return device->backend;
}
td_backend_device *device_handle(const td_device *device)
{
    return device->handle;
}
const char *device_name(const td_device *device)
{
    return device->name;
}
uint32_t device_number(const td_device *device)
{
    return device->number;
}
bool device_is_preferred(const td_device *device)
{
    return device->preferred != 0;
}
bool device_is_cpu(const td_device *device)
{
    return device->cpu;
}
bool device_is_fit(const td_device *device)
{
    return atomic_load(&device->fit);
}

/* What the core knows better than the backend. */
static void device_complete(const td_device *device, td_device_info *info)
{
    td_device *const own = (td_device *)device;
    td_pool_stats stats = {.struct_size = sizeof stats};
    snprintf(info->name, sizeof info->name, "%s", device->name);
    info->preferred = device->preferred;
    pthread_mutex_lock(&own->lock);
    info->fit = device_is_fit(device);
    if (!info->fit) snprintf(info->reason, sizeof info->reason, "%s", device->reason);
    pthread_mutex_unlock(&own->lock);
    if (info->memory_bytes_limit == 0 && device->backend->pool_stats &&
        !device->backend->pool_stats(device->handle, &stats, NULL))
        info->memory_bytes_limit = stats.limit;
}

td_status td_device_describe(const td_device *device, td_device_info *info, td_error *err)
{
    td_device_info full = TD_DEVICE_INFO_INIT;
    if (!device) return td_fail(err, TD_E_BAD_ARGUMENT, "td_device_describe: device is NULL");
    if (!info || info->struct_size < sizeof info->struct_size)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_device_describe: info is NULL or not set with TD_DEVICE_INFO_INIT");
    const uint32_t known = info->struct_size;
    const td_status status = device->backend->device_describe(device->handle, &full, err);
    if (status) return status;
    device_complete(device, &full);
    full.struct_size = known;
    memcpy(info, &full, known < sizeof full ? known : sizeof full);
    return TD_OK;
}

void device_retire(td_device *device, const char *reason)
{
    pthread_mutex_lock(&device->lock);
    const bool first = atomic_exchange(&device->fit, false);
    if (first)
        snprintf(device->reason, sizeof device->reason, "%.*s", (int)sizeof device->reason - 1,
                 reason);
    pthread_mutex_unlock(&device->lock);
    if (first)
        engine_log(device->engine, TD_LOG_WARN, "device %s is taken out of use: %s", device->name,
                   reason);
}

bool device_has_kernels(const td_device *device, const char *const *kernels)
{
    const td_backend *const backend = device->backend;
    if (!kernels || !backend->launch || !backend->has_kernel) return false;
    for (; *kernels; ++kernels)
        if (!backend->has_kernel(device->handle, *kernels)) return false;
    return true;
}

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Counts bytes in, unless that goes past the limit. */
static bool device_count_in(td_device *device, uint64_t bytes)
{
    const uint64_t limit = atomic_load(&device->limit);
    uint64_t used = atomic_load(&device->used);
    do {
        if (limit > 0 && (bytes > limit || used > limit - bytes)) return false;
    } while (!atomic_compare_exchange_weak(&device->used, &used, used + bytes));
    return true;
}

static void device_count_peak(td_device *device)
{
    const uint64_t used = atomic_load(&device->used);
    uint64_t peak = atomic_load(&device->peak);
    while (peak < used && !atomic_compare_exchange_weak(&device->peak, &peak, used)) {}
}

td_status device_alloc(td_device *device, size_t bytes, void **out, td_error *err)
{
    void *memory = NULL;
    td_status status = TD_OK;
    if (!device_count_in(device, bytes))
        return td_fail(err, TD_E_NO_DEVICE_MEMORY,
                       "device %s: %zu bytes beside %llu in use pass the limit of %llu bytes",
                       device->name, bytes, (unsigned long long)atomic_load(&device->used),
                       (unsigned long long)atomic_load(&device->limit));
    if (!device->cpu) {
        status = device->backend->alloc(device->handle, bytes, &memory, err);
    } else if (!(memory = td_alloc(device->engine, bytes > 0 ? bytes : 1))) {
        status = td_fail(err, TD_E_NO_DEVICE_MEMORY, "device %s: no %zu bytes of host memory",
                         device->name, bytes);
    }
    if (status) {
        atomic_fetch_sub(&device->used, bytes);
        return status;
    }
    device_count_peak(device);
    *out = memory;
    return TD_OK;
}

void device_free(td_device *device, void *memory, size_t bytes, td_stream *after)
{
    if (!memory) return;
    if (device->cpu) td_free(device->engine, memory);
    else device->backend->free(device->handle, memory, after);
    atomic_fetch_sub(&device->used, bytes);
}

void device_limit(td_device *device, uint64_t bytes_max)
{
    atomic_store(&device->limit, bytes_max);
}

uint64_t device_bytes_used(const td_device *device)
{
    return atomic_load(&device->used);
}
uint64_t device_bytes_peak(const td_device *device)
{
    return atomic_load(&device->peak);
}

void device_trim(td_device *device)
{
    if (device->backend->trim) device->backend->trim(device->handle);
}

/* ---- What runs may take ---------------------------------------------------------------------- */

uint64_t device_bytes_available(const td_device *device)
{
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_pool_stats stats = {.struct_size = sizeof stats};
    const td_backend *const backend = device->backend;
    if (device->cpu) return UINT64_MAX;
    if (backend->pool_stats && !backend->pool_stats(device->handle, &stats, NULL) &&
        stats.limit > 0) {
        const uint64_t kept = stats.held > stats.used ? stats.held - stats.used : 0;
        const uint64_t left = stats.limit > stats.used ? stats.limit - stats.used : 0;
        const uint64_t there = kept + stats.device_free / 100 * DEVICE_FREE_PERCENT;
        return left < there ? left : there;
    }
    if (backend->device_describe(device->handle, &info, NULL)) return UINT64_MAX;
    if (info.memory_bytes_total == 0 && info.memory_bytes_free == 0) return UINT64_MAX;
    return info.memory_bytes_free / 100 * DEVICE_FREE_PERCENT;
}

/* The pool holds what it was given back, so its own limit is needed to keep a run's. While any
 * run has none, the pool has its usual one. Under the lock, so that the last word is the last. */
static void device_limit_pool(td_device *device)
{
    const bool limited = device->runs > 0 && device->runs_limited == device->runs;
    if (device->backend->limit)
        device->backend->limit(device->handle, limited ? device->runs_bytes : 0);
}

void device_run_begins(td_device *device, uint64_t bytes_max)
{
    pthread_mutex_lock(&device->lock);
    device->runs += 1;
    device->runs_limited += bytes_max > 0;
    if (__builtin_add_overflow(device->runs_bytes, bytes_max, &device->runs_bytes))
        device->runs_bytes = UINT64_MAX;
    if (bytes_max > 0 || device->runs_limited > 0) device_limit_pool(device);
    pthread_mutex_unlock(&device->lock);
}

void device_run_ends(td_device *device, uint64_t bytes_max)
{
    pthread_mutex_lock(&device->lock);
    device->runs -= 1;
    device->runs_limited -= bytes_max > 0;
    device->runs_bytes = device->runs_limited > 0 ? device->runs_bytes - bytes_max : 0;
    if (bytes_max > 0 || device->runs_limited > 0) device_limit_pool(device);
    pthread_mutex_unlock(&device->lock);
}
