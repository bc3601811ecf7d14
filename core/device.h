/* device.h - devices of all backends, and memory on them. The CPU is the last one. */
#ifndef TANDEM_CORE_DEVICE_H
#define TANDEM_CORE_DEVICE_H
#include "tandem/backend.h"
#include "tandem/module.h"

#define DEVICE_PLUGINS_MAX 16
#define DEVICES_MAX 64

/* ---- The list: the engine's ---------------------------------------------------------------- */

typedef struct device_list device_list;

/* Only the CPU is opened and tested here. TD_E_NO_MEMORY, TD_E_NO_DEVICE when even the CPU fails
 * its self-test. Copies what it needs of config. Uses td_alloc and engine_log of the engine. */
TD_MUST_USE td_status device_list_create(td_engine *engine, const td_engine_config *config,
                                         device_list **out, td_error *err);
void       device_list_destroy(device_list *list);                 /* NULL is fine */

/* Once, whoever asks first and however many at a time: loads tandem-backend-NAME.so for every
 * NAME of config.backends (NULL: all that are found, in the order of their names, so that cuda
 * comes before opencl), from config.backend_path (NULL: see device_plugin.c), opens and tests
 * their devices. What does not load is logged; it is never an error. */
void       device_list_load(device_list *list);
/* Whether that was done; and how long it took, in seconds (0 before). */
bool       device_list_loaded(const device_list *list);
double     device_list_load_seconds(const device_list *list);
/* The preferred ones in the order of their backends, then those that are not, the CPU last; NULL
 * past the end. Loads. */
td_device *device_list_at(const device_list *list, size_t index);
td_device *device_list_find(const device_list *list, const char *name);  /* loads, but for "cpu" */
td_device *device_list_cpu(const device_list *list);                     /* never loads */

/* The backend that is always there; backends/cpu defines it. It has no alloc and no free: host
 * memory comes from the engine's allocator. */
extern const td_backend cpu_backend;

/* ---- One device ------------------------------------------------------------------------------ */

td_engine         *device_engine(const td_device *device);
const td_backend  *device_backend(const td_device *device);
td_backend_device *device_handle(const td_device *device);
const char        *device_name(const td_device *device);
/* Below DEVICES_MAX, its own and for ever. */
uint32_t device_number(const td_device *device);
/* False: it is used only when it is named. */
bool device_is_preferred(const td_device *device);
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

/* Bytes that runs may still take: what the pool may take and has, or DEVICE_FREE_PERCENT of what
 * is free. UINT64_MAX: the device does not tell, or is the CPU. */
#define DEVICE_FREE_PERCENT 80
uint64_t device_bytes_available(const td_device *device);
/* A run that takes at most bytes_max (0: no limit) begins and ends to use the device. While all
 * that use it have a limit, the pool keeps to the sum of them. */
void     device_run_begins(td_device *device, uint64_t bytes_max);
void     device_run_ends(td_device *device, uint64_t bytes_max);

/* td_device_measure, without its checks. What is kept from a measurement at least as long answers
 * at once; two threads that ask for one device measure it once. A loss retires the device. */
TD_MUST_USE td_status device_measure(td_device *device, double seconds, td_device_rates *rates,
                                     td_error *err);

/* ---- Plug-ins: device_plugin.c ------------------------------------------------------------- */

typedef struct device_plugin {
    void      *library;          /* of dlopen; NULL for one that did not load */
    td_backend backend;          /* a copy: functions that an older plug-in lacks are NULL */
    double     seconds;          /* that loading took */
    td_backend_info info;        /* usable and device_count are set when its devices are open */
} device_plugin;

/* Fills found with at most DEVICE_PLUGINS_MAX plug-ins, loaded or not (then info.reason says why),
 * and answers how many. backends and path as in td_engine_config. */
size_t device_plugins_load(td_engine *engine, const char *backends, const char *path,
                           device_plugin *found);
void device_plugin_unload(device_plugin *plugin);

#endif
