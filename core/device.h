/* device.h - devices of all backends, and memory on them. The CPU is the last one. */
#ifndef TANDEM_CORE_DEVICE_H
#define TANDEM_CORE_DEVICE_H
#include "tandem/backend.h"
#include "tandem/module.h"

#define DEVICE_PLUGINS_MAX 16
#define DEVICES_MAX 64

/* ---- The list: the engine's ---------------------------------------------------------------- */

typedef struct device_list device_list;

/* Loads tandem-backend-NAME.so for every NAME of config->backends (NULL: all that are found, by
 * name) from config->backend_path (NULL: the folder of the library or program and its subfolder
 * backends), opens and tests their devices, and puts the CPU last. What does not load is logged;
 * the only failure is TD_E_NO_MEMORY. Uses td_alloc and engine_log of the engine, no more. */
TD_MUST_USE td_status device_list_create(td_engine *engine, const td_engine_config *config,
                                         device_list **out, td_error *err);
void       device_list_destroy(device_list *list);                 /* NULL is fine */
td_device *device_list_at(const device_list *list, size_t index);  /* NULL past the end */
td_device *device_list_find(const device_list *list, const char *name);  /* NULL: no such */

/* The backend that is always there; backends/cpu defines it. It has no alloc and no free: host
 * memory comes from the engine's allocator. */
extern const td_backend cpu_backend;

/* ---- One device ------------------------------------------------------------------------------ */

td_engine         *device_engine(const td_device *device);
const td_backend  *device_backend(const td_device *device);
td_backend_device *device_handle(const td_device *device);
const char        *device_name(const td_device *device);
bool device_is_cpu(const td_device *device);
bool device_is_fit(const td_device *device);
/* After a loss or a failed self-test: no unit is given to it again. Safe from any thread. */
void device_retire(td_device *device, const char *reason);
/* Whether it can launch all of them; kernels ends with NULL. False when kernels is NULL. */
bool device_has_kernels(const td_device *device, const char *const *kernels);

/* The self-test: memory that comes back as it went there, and, if the device has the kernel
 * td_probe, one launch of it: td_probe(buffer of uint32_t x, uint32_t count), one group, does
 * x[i] = x[i] * DEVICE_PROBE_FACTOR + i for i < count. TD_E_DEVICE_LOST for a wrong answer. */
#define DEVICE_PROBE_KERNEL "td_probe"
#define DEVICE_PROBE_FACTOR 2654435761u
TD_MUST_USE td_status device_probe(td_device *device, td_error *err);

/* Counted memory: peak and current bytes, and the limit that the caller set (0: none). Answers
 * TD_E_NO_DEVICE_MEMORY past the limit without asking the backend. */
TD_MUST_USE td_status device_alloc(td_device *device, size_t bytes, void **out, td_error *err);
void     device_free(td_device *device, void *memory, size_t bytes, td_stream *after);
void     device_limit(td_device *device, uint64_t bytes_max);
uint64_t device_bytes_used(const td_device *device);
uint64_t device_bytes_peak(const td_device *device);
void     device_trim(td_device *device);

/* ---- Plug-ins: device_plugin.c ------------------------------------------------------------- */

typedef struct device_plugin {
    void      *library;          /* of dlopen; NULL for the backend that is linked in */
    td_backend backend;          /* a copy: functions that an older plug-in lacks are NULL */
} device_plugin;

/* Fills found with at most DEVICE_PLUGINS_MAX backends and answers how many. */
size_t device_plugins_load(td_engine *engine, const td_engine_config *config,
                           device_plugin *found);
void device_plugin_unload(device_plugin *plugin);

#endif
