/* backtest_parts.h - what the files of a whole backtest share: backtest_run.c walks the steps,
 * backtest_pages.c looks at one point and writes the report. */
#ifndef TANDEM_MARKET_BACKTEST_PARTS_H
#define TANDEM_MARKET_BACKTEST_PARTS_H
#include "io/prices.h"
#include "io/store_sqlite.h"
#include "market/backtest_look.h"
#include "market/backtest_run.h"

typedef struct backtest_job {
    td_engine *engine;
    const backtest_config *config;
    backtest_summary *summary;
    market_steps steps;
    prices *file;
    panel_pick pick;
    double *benchmark;               /* [bar]; NULL: none */
    char *text;                      /* of the strategies */
    backtest_call call;
    backtest_made made;
    panel_inputs inputs;
    store_file *store;
    td_table *table;
    outcome *o;
    /* The point that is looked at closely. */
    uint64_t point;
    uint64_t symbol;
    look close_look;
} backtest_job;

bool backtest_wants_look(const backtest_config *config);
TD_MUST_USE td_status backtest_step_look(backtest_job *job, td_error *err);
TD_MUST_USE td_status backtest_step_report(backtest_job *job, td_error *err);

#endif
