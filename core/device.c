/* device.c - the engine's devices: opened and tested once, counted, and taken out of use. */
#include "core/device.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/engine.h"

struct td_device {
    td_engine *engine;
    const td_backend *backend;
    td_backend_device *handle;
    bool cpu;
    char name[64]; /* "cuda:0", "cpu" */
    _Atomic bool fit;
    _Atomic uint64_t used, peak, limit;
};

struct device_list {
    td_engine *engine;
    size_t plugin_count, count;
    device_plugin plugin[DEVICE_PLUGINS_MAX + 1]; /* the last one is the CPU */
    td_device device[DEVICES_MAX];
};

/* ---- The list -------------------------------------------------------------------------------- */

/* Answers what the self-test did. */
static td_status device_add(device_list *list, const td_backend *backend, size_t index, bool cpu)
{
    td_error err = TD_ERROR_INIT;
    td_device *const device = &list->device[list->count];
    device->engine = list->engine;
    device->backend = backend;
    device->cpu = cpu;
    if (cpu) snprintf(device->name, sizeof device->name, "%s", backend->name);
    else snprintf(device->name, sizeof device->name, "%.40s:%zu", backend->name, index);
    if (backend->device_open(index, &device->handle, &err)) {
        engine_log(list->engine, TD_LOG_WARN, "device %s does not open: %s", device->name,
                   err.message);
        return TD_E_NO_DEVICE;
    }
    list->count += 1;
    atomic_store(&device->fit, true);
    const td_status status = device_probe(device, &err);
    if (status) device_retire(device, err.message);
    return status;
}

/* The last place in the list is kept for the CPU. */
static void backend_add(device_list *list, const td_backend *backend)
{
    const size_t count = backend->device_count();
    for (size_t i = 0; i < count; ++i) {
        if (list->count >= DEVICES_MAX - 1) {
            engine_log(list->engine, TD_LOG_WARN, "backend %s: only %d devices are used",
                       backend->name, DEVICES_MAX - 1);
            return;
        }
        (void)device_add(list, backend, i, false);
    }
}

td_status device_list_create(td_engine *engine, const td_engine_config *config, device_list **out,
                             td_error *err)
{
    device_list *const list = td_alloc(engine, sizeof *list);
    if (!list)
        return td_fail(err, TD_E_NO_MEMORY, "the list of devices needs %zu bytes", sizeof *list);
    list->engine = engine;
    list->plugin_count = device_plugins_load(engine, config, list->plugin);
    for (size_t i = 0; i < list->plugin_count; ++i)
        backend_add(list, &list->plugin[i].backend);
    list->plugin[list->plugin_count].backend = cpu_backend;
    /* The memory of the CPU is the engine's: only for want of it can the self-test fail. */
    if (device_add(list, &list->plugin[list->plugin_count].backend, 0, true)) {
        device_list_destroy(list);
        return td_fail(err, TD_E_NO_MEMORY, "no host memory for the self-test of the CPU");
    }
    *out = list;
    return TD_OK;
}

void device_list_destroy(device_list *list)
{
    if (!list) return;
    for (size_t i = 0; i < list->count; ++i)
        list->device[i].backend->device_close(list->device[i].handle);
    for (size_t i = 0; i < list->plugin_count; ++i)
        device_plugin_unload(&list->plugin[i]);
    td_free(list->engine, list);
}

td_device *device_list_at(const device_list *list, size_t index)
{
    return index < list->count ? (td_device *)&list->device[index] : NULL;
}

td_device *device_list_find(const device_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; ++i)
        if (strcmp(list->device[i].name, name) == 0) return (td_device *)&list->device[i];
    return NULL;
}

const td_device *td_device_at(const td_engine *engine, size_t index)
{
    return device_list_at(engine_devices(engine), index);
}

const td_device *td_device_find(const td_engine *engine, const char *name)
{
    return name ? device_list_find(engine_devices(engine), name) : NULL;
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
bool device_is_cpu(const td_device *device)
{
    return device->cpu;
}
bool device_is_fit(const td_device *device)
{
    return atomic_load(&device->fit);
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
    snprintf(full.name, sizeof full.name, "%s", device->name);
    full.fit = device_is_fit(device);
    full.struct_size = known;
    memcpy(info, &full, known < sizeof full ? known : sizeof full);
    return TD_OK;
}

void device_retire(td_device *device, const char *reason)
{
    if (atomic_exchange(&device->fit, false))
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
