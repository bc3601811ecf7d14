/* work.h - what every command that computes needs: engine, arguments, progress, cancellation. */
#ifndef TANDEM_CLI_WORK_H
#define TANDEM_CLI_WORK_H
#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/run_report.h"

#include "tandem/trace.h"

#include <jansson.h>

typedef struct cli_work {
    cli_call *cli;
    td_engine *engine;
    td_cancel *cancel;
    td_args *args;
    progress *bar;
    json_t *warnings;              /* array of texts, for --json */
    const td_op_impl *const *more; /* operations beside the built-in ones */
    char backends[96];
    uint64_t device_bytes_max; /* --device-memory */
    td_trace *trace;           /* --trace; NULL: none */
    td_status trace_status;    /* of writing it; work_trace_status gives it */
    td_error trace_error;
    json_t *timeline; /* what the trace added up to, for --json; NULL: no trace */
    json_t *plan;     /* --explain, for --json; NULL: not asked for */
} cli_work;

/* Starts the engine with the common flags and watches for signals and the time limit. more may
 * be NULL. work must be {0}; close it in every case. */
TD_MUST_USE td_status work_open(cli_work *work, cli_call *cli, const td_op_impl *const *more,
                                td_error *err);
/* Makes the arguments of an operation and sets every flag that its table gave. */
TD_MUST_USE td_status work_args(cli_work *work, const char *op, td_error *err);
/* The rate of the step "measures" is told in points of the grid. */
void work_measure(cli_work *work);
td_fallback work_fallback(const cli_work *work);
/* With --explain: tells the plan before the run. For a run on the engine itself work_explain makes
 * it; a study gives its own to work_show_plan. */
bool work_explains(const cli_work *work);
void work_show_plan(cli_work *work, const td_report *plan);
TD_MUST_USE td_status work_explain(cli_work *work, const td_run_options *options, td_error *err);
void work_options(cli_work *work, td_run_options *options); /* flags, progress, cancellation */
void work_warn(cli_work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The warnings of a table that a run made, and what a run retried, split or moved. Then, when
 * there is more to tell than that the CPU did it, and with --verbose: what each device did; what
 * names the run. */
void work_show_report(cli_work *work, const char *what, const td_table *table,
                      const td_report *report);
/* Ends the bar, writes the trace and what it adds up to, and says, for a run that was stopped,
 * whether by hand or by time. kept: what is finished is kept and the same command goes on from it.
 * That the trace could not be written is left to work_trace_status, to be asked when the results
 * are out: they are not lost for a trace. */
TD_MUST_USE td_status work_finish(cli_work *work, td_status status, bool kept, td_error *err);
TD_MUST_USE td_status work_trace_status(const cli_work *work, td_error *err);
void work_close(cli_work *work);
/* Prints the document on standard output; takes it. */
TD_MUST_USE td_status work_print_json(cli_call *cli, json_t *root, td_error *err);
/* A number as JSON has it: null when it is not finite. */
json_t *json_number_or_null(double value);

#endif
