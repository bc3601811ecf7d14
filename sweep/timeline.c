/* timeline.c - what a run tells its trace. */
#include "sweep/timeline.h"

#include <stdio.h>

void timeline_add(const sweep *run, td_trace_event event, const td_device *device, const char *name)
{
    if (!run->options.trace) return;
    event.struct_size = sizeof event;
    if (device) snprintf(event.device, sizeof event.device, "%.15s", device_name(device));
    snprintf(event.name, sizeof event.name, "%.47s", name);
    trace_add(run->options.trace, &event);
}
