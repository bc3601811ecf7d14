/* trace.h - how core/ and sweep/ write into a trace. */
#ifndef TANDEM_CORE_TRACE_H
#define TANDEM_CORE_TRACE_H
#include "tandem/trace.h"

#define TRACE_CAPACITY_MAX ((uint64_t)1 << 24)

/* Seconds of CLOCK_MONOTONIC: the clock of all events, and of a backend's records. */
double trace_now(void);
/* Keeps a copy of the event, or counts it as dropped. Any thread; trace NULL: nothing is done. */
void trace_add(td_trace *trace, const td_trace_event *event);

#endif
