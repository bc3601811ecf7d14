/* own_flags.c - the flags that belong to the command line itself, described like any operation:
 * help, completion, man page and reference read these tables and those of the library alike. */
#include "cli/flag_table.h"
#include "cli/market_audit_flags.h"
#include "cli/market_flags.h"
#include "cli/market_load_flags.h"

#include "modules/rqa/rqa.h"
#include "report/report.h"

/* clang-format off */
static const char *const fallback_choices[] = {"cpu", "split", "none", NULL};
static const char *const signal_choices[] = {"x", "y", "amplitude", NULL};

static const td_param common_params[] = {
    INT_PARAM("threads", 1, NULL, 0, 0, 0, 1024,
        "CPU threads; 0 is one for each core. Results do not depend on it."),
    INT_PARAM("memory", 2, "MiB", TD_PARAM_ADVANCED, 0, 0, INT64_C(1) << 40,
        "Memory that running units may use; 0 is 80 % of what is available."),
    TEXT_PARAM("device", 3, NULL, 0, NULL,
        "Device to run on, as `tandem devices` names it, or several with commas between them; the "
        "engine chooses unless told, or told `auto`."),
    CHOICE_PARAM("fallback", 4, TD_PARAM_ADVANCED, "cpu", fallback_choices,
        "What to do when a device has too little memory, or is lost: split the work, then move it "
        "to another device, be it named or not, and last to the CPU; only split it; or fail."),
    FLOAT_PARAM("timeout", 5, "s", 0, 0.0, 0.0, 1e8,
        "Stop cleanly after this time, with exit code 124; 0 is no limit."),
    BOOL_PARAM("json", 6, "Print the result as one JSON document on standard output."),
    BOOL_PARAM("quiet", 7, "No progress and no warnings on standard error; errors remain."),
    BOOL_PARAM("verbose", 8, "Also show what the engine logs."),
};
OWN_OP(common, "tandem.common", "Common flags", "Flags that most commands take.");

static const td_param place_params[] = {
    TEXT_PARAM("device_memory", 1, NULL, 0, NULL,
        "Memory that the run may use of each device, as in 512MiB or 4GiB; what is free, less a "
        "reserve, unless told."),
    BOOL_PARAM("explain", 2, "Tell before the run why its device was chosen: what each was thought "
        "to take."),
    TEXT_PARAM("trace", 3, "file", TD_PARAM_ADVANCED, NULL,
        "Write a timeline of units, copies, kernels and device memory, as JSON that Perfetto and "
        "chrome://tracing open, and tell what was slowest and what devices waited for."),
};
OWN_OP(place, "tandem.place", "Place", "Where the work runs, and what is told of that.");

static const td_param measures_params[] = {
    TEXT_PARAM("measures", 1, "rr,det,l,lmax,ent", 0, NULL,
        "Measures to compute: names with commas between them, or `all`."),
};
OWN_OP(measures, "tandem.measures", "Measures", "Which outputs of an operation are computed.");

static const td_param output_params[] = {
    TEXT_PARAM("output", 1, "file", 0, NULL, "File to write; -o for short."),
};
OWN_OP(output, "tandem.output", "Output", "Where the result goes.");

static const td_param export_params[] = {
    BOOL_PARAM("features", 1, "Add the columns of the enrichment step: fixations, saccades, time "
        "on regions."),
};
OWN_OP(export, "tandem.export", "Export", "What an export holds.");

static const td_param run_params[] = {
    BOOL_PARAM("csv", 1, "Print CSV with 17 digits also on a terminal; elsewhere it is the "
        "default."),
};
OWN_OP(run, "tandem.run", "Form of the result", "How the measures are printed.");

static const td_param plot_params[] = {
    INT_PARAM("size", 1, "px", 0, 1000, 16, REPORT_PLOT_MAX,
        "Largest width and height of the plot; a longer series is drawn in blocks."),
    BOOL_PARAM("unthresholded", 2, "Draw the distances as colours, without a threshold."),
};
OWN_OP(plot, "tandem.plot", "Plot", "How a recurrence plot is drawn.");

static const td_param recommend_params[] = {
    CHOICE_PARAM("signal", 1, 0, "x", signal_choices, "The signal to look at."),
    INT_PARAM("max_lag", 2, "samples", 0, 100, 1, RQA_LAGS_MAX, "Highest lag looked at."),
    INT_PARAM("max_dim", 3, NULL, 0, 10, 1, RQA_DIMS_MAX, "Highest dimension looked at."),
    TEXT_PARAM("figures", 4, "folder", 0, NULL, "Write one SVG figure a recording into this "
        "folder."),
};
OWN_OP(recommend, "tandem.recommend", "Embedding", "How the embedding is looked for.");

static const td_param bench_params[] = {
    BOOL_PARAM("quick", 1, "Small inputs: a few seconds in all."),
};
OWN_OP(bench, "tandem.bench", "Benchmark", "What is measured.");

static const td_param devices_params[] = {
    BOOL_PARAM("bench", 1, "Measure what each device does in a second: copies each way and on the "
        "device, launches, float32, float64 and int32 operations, and the share of the data "
        "sheet's."),
    FLOAT_PARAM("seconds", 2, "s", 0, 1.0, 0.02, 60.0, "How long each device is measured."),
};
OWN_OP(devices, "tandem.devices", "Devices", "What is told of the devices.");

static const td_param top_params[] = {
    BOOL_PARAM("once", 1, "Print what is there now, and end."),
    FLOAT_PARAM("interval", 2, "s", 0, 1.0, 0.1, 60.0, "Time from one sample to the next."),
    INT_PARAM("count", 3, NULL, 0, 0, 0, 1000000000,
        "End after so many samples; 0 goes on until it is stopped."),
};
OWN_OP(top, "tandem.top", "Watching", "How often it is looked, and for how long.");

static const td_param describe_params[] = {
    BOOL_PARAM("markdown", 1, "Print Markdown, as the reference pages are written."),
};
OWN_OP(describe, "tandem.describe", "Form of the description", "How an operation is described.");
/* clang-format on */

const td_op *const cli_ops[] = {
    &measures_op,    &output_op,    &export_op,       &run_op,
    &plot_op,        &recommend_op, &bench_op,        &top_op,
    &describe_op,    &place_op,     &devices_op,      &common_op,
    &panel_op,       &point_op,     &compute_op,      &strategy_op,
    &roots_op,       &orders_op,    &stops_op,        &size_op,
    &costs_op,       &account_op,   &ratios_op,       &outcomes_op,
    &backtest_op,    &look_op,      &market_audit_op, &market_publish_op,
    &market_load_op, NULL,
};
