/* device.h - devices of all backends, and memory on them. The CPU is the last one. */
#ifndef TANDEM_CORE_DEVICE_H
#define TANDEM_CORE_DEVICE_H
#include "tandem/backend.h"
#include "tandem/module.h"

const td_backend  *device_backend(const td_device *device);
td_backend_device *device_handle(const td_device *device);
const char        *device_name(const td_device *device);
bool device_is_cpu(const td_device *device);
bool device_is_fit(const td_device *device);
/* After a loss or a failed self-test: no unit is given to it again. Safe from any thread. */
void device_retire(td_device *device, const char *reason);
bool device_has_kernels(const td_device *device, const char *const *kernels);

/* Counted memory: peak and current bytes, and the limit that the caller set (0: none). Answers
 * TD_E_NO_DEVICE_MEMORY past the limit without asking the backend. */
TD_MUST_USE td_status device_alloc(td_device *device, size_t bytes, void **out, td_error *err);
void     device_free(td_device *device, void *memory, size_t bytes, td_stream *after);
void     device_limit(td_device *device, uint64_t bytes_max);
uint64_t device_bytes_peak(const td_device *device);
void     device_trim(td_device *device);

#endif
