/* launcher_record.c - what a launcher did: seconds, spans and events of a trace. */
#include <stdio.h>

#include "sweep/timeline.h"

static void launcher_span(td_launcher *launcher, busy_span span)
{
    busy_span *const last =
        launcher->span_count > 0 ? &launcher->span[launcher->span_count - 1] : NULL;
    if (last && span.begin >= last->begin && span.begin <= last->end + LAUNCHER_GAP) {
        if (span.end > last->end) last->end = span.end;
        return;
    }
    if (launcher->span_count == LAUNCHER_SPANS)
        place_work_add(launcher->run, launcher->place, &launcher->work, launcher->span,
                       &launcher->span_count);
    launcher->span[launcher->span_count++] = span;
}

void launcher_record(void *context, const td_record *record)
{
    static const td_trace_kind kinds[] = {TD_TRACE_TO_DEVICE, TD_TRACE_TO_HOST, TD_TRACE_ON_DEVICE,
                                          TD_TRACE_KERNEL};
    static const char *const names[] = {"to device", "to host", "on device", "kernel"};
    td_launcher *const launcher = context;
    if ((unsigned)record->kind > TD_RECORD_KERNEL || !(record->end >= record->begin)) return;
    const double seconds = record->end - record->begin;
    if (record->kind == TD_RECORD_KERNEL) launcher->work.seconds_kernel += seconds;
    else launcher->work.seconds_copy += seconds;
    launcher_span(launcher, (busy_span){record->begin, record->end});
    timeline_add(launcher->run,
                 (td_trace_event){.kind = kinds[record->kind],
                                  .begin = record->begin,
                                  .end = record->end,
                                  .worker = launcher->worker,
                                  .stream = launcher->slot,
                                  .unit = launcher->unit,
                                  .bytes = record->bytes},
                 launcher->place->device, record->name[0] ? record->name : names[record->kind]);
}

void launcher_host_begins(td_launcher *launcher)
{
    if (launcher->run->options.trace) launcher->host_since = trace_now();
}

void launcher_host_ends(td_launcher *launcher)
{
    if (!launcher->run->options.trace || launcher->host_since <= 0.0) return;
    const double now = trace_now();
    if (now - launcher->host_since > LAUNCHER_GAP)
        timeline_add(launcher->run,
                     (td_trace_event){.kind = TD_TRACE_HOST,
                                      .begin = launcher->host_since,
                                      .end = now,
                                      .worker = launcher->worker,
                                      .stream = launcher->slot,
                                      .unit = launcher->unit},
                     launcher->place->device, launcher->run->impl->op->name);
    launcher->host_since = 0.0;
}
