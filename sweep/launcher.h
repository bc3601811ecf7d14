/* launcher.h - a device and a stream for run_device, and what it did with them.
 *
 * put is not waited for: a backend has taken the data when its copy returns. (One of ABI 1.0 had
 * no such duty; it is waited for.) get waits. What copies and kernels took is told by the device,
 * where its backend has stream_records; else it is read off the host's clock. */
#ifndef TANDEM_SWEEP_LAUNCHER_H
#define TANDEM_SWEEP_LAUNCHER_H
#include "core/device.h"
#include "core/engine.h"
#include "sweep/place.h"
#include "tandem/module.h"

#define LAUNCH_ARGS_MAX 64
#define LAUNCHER_SPANS  64           /* then they are handed in */
#define LAUNCHER_GAP    20e-6        /* seconds; so short a pause between two pieces is none */

struct td_launcher {
    struct sweep *run;
    uint32_t slot;                   /* its number is the stream's, in a trace */
    uint32_t worker;                 /* that runs the unit */
    uint64_t unit;
    sweep_place *place;              /* where the stream is */
    td_stream *stream;
    td_device_info info;
    td_memory *memory;               /* a list of what is allocated */
    double launched;                 /* when the first launch since the last wait began; 0: none */
    double host_since;               /* when run_device got the word again; only for a trace */
    char kernel[48];                 /* the last that was launched */
    place_work work;                 /* not yet handed in */
    uint32_t span_count;
    busy_span span[LAUNCHER_SPANS];
};

/* Opens a stream there for a unit, or keeps the one that is open from the unit before. */
TD_MUST_USE td_status launcher_open(td_launcher *launcher, sweep_place *place, uint32_t worker,
                                    uint64_t unit, td_error *err);
/* Waits for the stream, frees all memory of the unit and hands in what was done, however the unit
 * ended. status is what run_device gave: a failed wait replaces success, so that no result is used
 * before it is there. */
TD_MUST_USE td_status launcher_end(td_launcher *launcher, td_status status, td_error *err);
void launcher_close(td_launcher *launcher);

/* A piece of work that has ended: counted, and told to the trace (launcher_record.c). */
void launcher_record(void *launcher, const td_record *record);
/* run_device gets the word, and gives it back: its own time goes to the trace. */
void launcher_host_begins(td_launcher *launcher);
void launcher_host_ends(td_launcher *launcher);

#endif
