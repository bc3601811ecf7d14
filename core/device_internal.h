/* device_internal.h - a device from within: what core/device*.c share. */
#ifndef TANDEM_CORE_DEVICE_INTERNAL_H
#define TANDEM_CORE_DEVICE_INTERNAL_H
#include <pthread.h>
#include <stdatomic.h>

#include "core/device.h"

struct td_device {
    td_engine *engine;
    const td_backend *backend;
    td_backend_device *handle;
    bool cpu;
    uint32_t number;                 /* its place in device_list; never changes */
    char name[64];                   /* "cuda:0", "cpu" */
    uint32_t preferred;
    double startup_seconds;          /* of its backend's loading, and its own opening and test */
    _Atomic bool fit;
    _Atomic uint64_t used, peak, limit;

    pthread_mutex_t lock;            /* over what follows */
    char reason[192];                /* why it is not fit; empty while it is */
    uint32_t runs, runs_limited;     /* that use it now, and those of them with a limit */
    uint64_t runs_bytes;             /* sum of the limits */

    pthread_mutex_t measuring;       /* one at a time; over what follows */
    double measured_seconds;         /* that the kept rates were measured for; 0: never */
    td_device_rates rates;
};

/* Readies a device of the list that is not open yet. */
void device_init(td_device *device, td_engine *engine, const td_backend *backend, bool cpu,
                 size_t index);
/* Opens and tests it. TD_E_NO_DEVICE when it does not open: then it must not be listed. What the
 * self-test found is in its fitness and in err. */
TD_MUST_USE td_status device_open(td_device *device, size_t index, td_error *err);
void device_close(td_device *device);

#endif
