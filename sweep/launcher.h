/* launcher.h - a device and a stream for run_device, and what it did with them. */
#ifndef TANDEM_SWEEP_LAUNCHER_H
#define TANDEM_SWEEP_LAUNCHER_H
#include <stdatomic.h>

#include "core/device.h"
#include "core/engine.h"
#include "sweep/stop.h"
#include "tandem/module.h"

#define LAUNCH_ARGS_MAX 64

/* Memory of all launchers of one run on devices, and the limit that its options set. */
typedef struct launcher_count {
    uint64_t max;                    /* 0: none but the device's own */
    _Atomic uint64_t used, peak;
} launcher_count;

struct td_launcher {
    td_engine *engine;
    td_device *device;
    td_stream *stream;
    td_device_info info;
    const sweep_stop *stop;          /* of the run */
    launcher_count *count;
    td_memory *memory;               /* a list of what is allocated */
    bool launched;                   /* since the last wait */
    double seconds_copy;             /* in copies */
    double seconds_kernel;           /* in launches, and in waiting for them */
};

/* Opens a stream on the device, or keeps the one that is open there from the unit before. */
TD_MUST_USE td_status launcher_open(td_launcher *launcher, td_device *device, td_error *err);
/* Waits for the stream and frees all memory of the unit, however the unit ended. status is what
 * run_device gave: a failed wait replaces success, so that no result is used before it is there. */
TD_MUST_USE td_status launcher_end(td_launcher *launcher, td_status status, td_error *err);
void launcher_close(td_launcher *launcher);

#endif
