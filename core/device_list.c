/* device_list.c - the engine's devices: the CPU from the start, the others when one is asked for.
 */
#include <stdio.h>
#include <string.h>

#include "core/device_internal.h"
#include "core/engine.h"
#include "core/memory.h"
#include "core/trace.h"

#define CPU_NUMBER (DEVICES_MAX - 1)

struct device_list {
    td_engine *engine;
    char *backends, *path; /* of the configuration; NULL as there */
    pthread_mutex_t loading;
    _Atomic bool loaded; /* what follows is written before, and read after it is set */
    double load_seconds;
    size_t plugin_count, count;
    device_plugin plugin[DEVICE_PLUGINS_MAX];
    td_device *order[DEVICES_MAX];
    td_device device[DEVICES_MAX]; /* the last place is the CPU's */
};

/* ---- Loading --------------------------------------------------------------------------------- */

/* Keeps the first reason why the backend has not all its devices. */
static void plugin_reason(device_plugin *plugin, const char *name, const char *reason)
{
    if (plugin->info.reason[0]) return;
    snprintf(plugin->info.reason, sizeof plugin->info.reason, "%.60s: %.180s", name, reason);
}

static void plugin_add_devices(device_list *list, device_plugin *plugin)
{
    const size_t count = plugin->backend.device_count();
    for (size_t i = 0; i < count; ++i) {
        td_device *const device = &list->device[list->count];
        td_error err = TD_ERROR_INIT;
        if (list->count >= CPU_NUMBER) {
            engine_log(list->engine, TD_LOG_WARN, "backend %s: only %d devices are used",
                       plugin->backend.name, CPU_NUMBER);
            break;
        }
        device_init(device, list->engine, &plugin->backend, false, i);
        device->number = (uint32_t)list->count;
        device->startup_seconds = plugin->seconds;
        if (device_open(device, i, &err)) {
            engine_log(list->engine, TD_LOG_WARN, "device %s does not open: %s", device->name,
                       err.message);
            plugin_reason(plugin, device->name, err.message);
            device_close(device);
            *device = (td_device){0};
            continue;
        }
        if (!device_is_fit(device)) plugin_reason(plugin, device->name, err.message);
        list->count += 1;
        plugin->info.device_count += 1;
    }
    if (count == 0) snprintf(plugin->info.reason, sizeof plugin->info.reason, "it has no device");
    plugin->info.usable = plugin->info.device_count > 0;
}

static void list_order(device_list *list)
{
    size_t place = 0;
    for (uint32_t wanted = 2; wanted-- > 0;)
        for (size_t i = 0; i < list->count; ++i)
            if (device_is_preferred(&list->device[i]) == (wanted == 1))
                list->order[place++] = &list->device[i];
    list->order[place] = &list->device[CPU_NUMBER];
}

void device_list_load(device_list *list)
{
    if (atomic_load(&list->loaded)) return;
    pthread_mutex_lock(&list->loading);
    if (!atomic_load(&list->loaded)) {
        const double start = trace_now();
        list->plugin_count =
            device_plugins_load(list->engine, list->backends, list->path, list->plugin);
        for (size_t i = 0; i < list->plugin_count; ++i)
            if (list->plugin[i].library) plugin_add_devices(list, &list->plugin[i]);
        list_order(list);
        list->load_seconds = trace_now() - start;
        atomic_store(&list->loaded, true);
    }
    pthread_mutex_unlock(&list->loading);
}

bool device_list_loaded(const device_list *list)
{
    return atomic_load(&list->loaded);
}

double device_list_load_seconds(const device_list *list)
{
    return device_list_loaded(list) ? list->load_seconds : 0.0;
}

/* ---- Life ------------------------------------------------------------------------------------ */

td_status device_list_create(td_engine *engine, const td_engine_config *config, device_list **out,
                             td_error *err)
{
    const td_allocator *const allocator = engine_allocator(engine);
    td_error own = TD_ERROR_INIT;
    device_list *const list = td_alloc(engine, sizeof *list);
    if (!list)
        return td_fail(err, TD_E_NO_MEMORY, "the list of devices needs %zu bytes", sizeof *list);
    td_device *const cpu = &list->device[CPU_NUMBER];
    list->engine = engine;
    pthread_mutex_init(&list->loading, NULL);
    device_init(cpu, engine, &cpu_backend, true, 0);
    cpu->number = CPU_NUMBER;
    if (config->backends) list->backends = memory_text(allocator, config->backends);
    if (config->backend_path) list->path = memory_text(allocator, config->backend_path);
    const bool copied =
        !list->backends == !config->backends && !list->path == !config->backend_path;
    if (!copied || device_open(cpu, 0, &own) || !device_is_fit(cpu)) {
        device_list_destroy(list);
        /* The memory of the CPU is the engine's: only for want of it can the self-test fail. */
        return td_fail(err, TD_E_NO_MEMORY, "no host memory for the self-test of the CPU");
    }
    *out = list;
    return TD_OK;
}

void device_list_destroy(device_list *list)
{
    if (!list) return;
    for (size_t i = 0; i < list->count; ++i)
        device_close(&list->device[i]);
    device_close(&list->device[CPU_NUMBER]);
    for (size_t i = 0; i < list->plugin_count; ++i)
        device_plugin_unload(&list->plugin[i]);
    memory_give(list->backends);
    memory_give(list->path);
    pthread_mutex_destroy(&list->loading);
    td_free(list->engine, list);
}

/* ---- Looking --------------------------------------------------------------------------------- */

td_device *device_list_cpu(const device_list *list)
{
    return (td_device *)&list->device[CPU_NUMBER];
}

td_device *device_list_at(const device_list *list, size_t index)
{
    device_list_load((device_list *)list);
    return index <= list->count ? list->order[index] : NULL;
}

td_device *device_list_find(const device_list *list, const char *name)
{
    td_device *device = device_list_cpu(list);
    if (strcmp(name, device_name(device)) == 0) return device;
    for (size_t i = 0; (device = device_list_at(list, i)) != NULL; ++i)
        if (strcmp(device_name(device), name) == 0) return device;
    return NULL;
}

const td_device *td_device_at(const td_engine *engine, size_t index)
{
    return engine ? device_list_at(engine_devices(engine), index) : NULL;
}

const td_device *td_device_find(const td_engine *engine, const char *name)
{
    return engine && name ? device_list_find(engine_devices(engine), name) : NULL;
}

bool td_backend_at(const td_engine *engine, size_t index, td_backend_info *info)
{
    if (!engine || !info || info->struct_size < sizeof info->struct_size) return false;
    device_list *const list = engine_devices(engine);
    device_list_load(list);
    if (index >= list->plugin_count) return false;
    const uint32_t known = info->struct_size;
    const td_backend_info *const full = &list->plugin[index].info;
    memcpy(info, full, known < sizeof *full ? known : sizeof *full);
    info->struct_size = known;
    return true;
}
