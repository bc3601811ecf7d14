/* work_trace.h - --trace: the trace of a command, its file, and what it adds up to. */
#ifndef TANDEM_CLI_WORK_TRACE_H
#define TANDEM_CLI_WORK_TRACE_H
#include "cli/work.h"

/* Makes work->trace when --trace was given, after a look at whether its file can be written. */
TD_MUST_USE td_status trace_open(cli_work *work, td_error *err);
/* Writes the file; tells on standard error, unless quiet, the slowest units, kernels and copies
 * and where devices waited; and the same as work->timeline. Nothing without a trace. After a
 * failed run too: then a trace is wanted most. */
td_status trace_close(cli_work *work, td_error *err);

#endif
