/* timeline.h - what a run tells its trace. Without a trace nothing is done. */
#ifndef TANDEM_SWEEP_TIMELINE_H
#define TANDEM_SWEEP_TIMELINE_H
#include "core/trace.h"
#include "sweep/sweep.h"

#define TIMELINE_NONE UINT32_MAX     /* no worker, no stream */
#define TIMELINE_NO_UNIT UINT64_MAX

/* The event, with the name of the device (NULL: none) and its own name. */
void timeline_add(const sweep *run, td_trace_event event, const td_device *device,
                  const char *name);

#endif
