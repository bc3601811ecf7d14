/* compute_run.h - indicators over a panel: from prices.nc to a table, a netCDF file, a CSV.
 *
 * A call is text: "rsi", "sma:timeperiod=20", "bbands:timeperiod=5:50:5:matype=ema",
 * "correl:real0=high:real1=low": the name, then parameters (each a grid where the operation allows
 * one) and inputs by their names. One call keeps the dimensions of its operation (symbol, its
 * parameters, bar). Of several calls the results stand in one table over (symbol, bar); there a
 * parameter with more than one value is a dimension CALL_PARAMETER, an output whose name is taken
 * is CALL_OUTPUT, and those of an indicator that is called twice end with its values: sma_20. */
#ifndef TANDEM_MARKET_COMPUTE_RUN_H
#define TANDEM_MARKET_COMPUTE_RUN_H
#include "market/market_run.h"
#include "market/panel_pick.h"

#define COMPUTE_CALLS_MAX 256

typedef struct compute_config {
    const char *prices;              /* the panel's file */
    const char *const *call;
    uint32_t call_count;
    const char *const *set;          /* "timeperiod=20": for every call that has the parameter */
    uint32_t set_count;
    const char *gaps;                /* skip, propagate, fill; NULL: as the operations have it */
    panel_choice choice;
    const char *output, *csv;        /* NULL: not written */
    const char *command;
    market_place place;
} compute_config;

typedef struct compute_summary {
    uint64_t symbols, bars, csv_rows;
    td_report report;                /* of the longest call */
    uint32_t step_count;
    market_step step[MARKET_STEPS_MAX];
} compute_summary;

/* *table may be NULL; else it is the caller's. Reads prices, computes, writes what is asked for. */
TD_MUST_USE td_status compute_run(td_engine *engine, const compute_config *config,
                                  const market_hooks *hooks, compute_summary *summary,
                                  td_table **table, td_error *err);

#endif
