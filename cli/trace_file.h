/* trace_file.h - a trace as a file that Perfetto and chrome://tracing open: Chrome's trace-event
 * JSON.
 *
 * Processes are the host and each device; the host's threads are workers, the store and what
 * workers waited for, a device's threads are its streams. Where events of one thread overlap
 * without one lying in the other, the later goes to a thread "worker 1 (2)". Device memory is a
 * counter, the sum of what was taken and given back; retries, splits and moves are instants. Times
 * are microseconds from the first event. */
#ifndef TANDEM_CLI_TRACE_FILE_H
#define TANDEM_CLI_TRACE_FILE_H
#include "tandem/module.h"
#include "tandem/trace.h"

/* Writes event after event, beside the old file, and then replaces it. dropped is kept in the
 * file. TD_E_IO, TD_E_NO_MEMORY. */
TD_MUST_USE td_status trace_file_write(const char *path, const td_trace_event *event,
                                       uint64_t count, uint64_t dropped, td_error *err);

#endif
