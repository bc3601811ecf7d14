/* market_run.h - what the runs of this folder share: where they compute, whom they tell. */
#ifndef TANDEM_MARKET_MARKET_RUN_H
#define TANDEM_MARKET_MARKET_RUN_H
#include "tandem/module.h"
#include "tandem/trace.h"

typedef struct market_place {
    const char *device;          /* as td_run_options has them */
    td_fallback fallback;
    uint64_t device_bytes_max;
    uint64_t host_bytes_max;     /* for results; 0: 80 % of what is free */
    td_trace *trace;
} market_place;

/* Any may be NULL. progress comes from any thread, one call at a time. */
typedef struct market_hooks {
    void (*progress)(void *context, const char *step, const td_progress *progress);
    void (*warn)(void *context, const char *line);
    void (*plan)(void *context, const td_report *plan);   /* told before the run */
    void *context;
    td_cancel *cancel;
} market_hooks;

#define MARKET_STEPS_MAX 8
typedef struct market_step {
    const char *name;
    double seconds;
    bool resumed;                /* what was kept from before was used */
} market_step;

/* Steps, one after the other, told to the hooks. Starts as {hooks}. */
typedef struct market_steps {
    const market_hooks *hooks;
    uint32_t count;
    market_step step[MARKET_STEPS_MAX];
    double started;
} market_steps;

/* TD_E_CANCELLED when it was asked for. */
TD_MUST_USE td_status market_step_begin(market_steps *steps, const char *name, td_error *err);
void market_step_tell(const market_steps *steps, double done);      /* 0 to 1 */
void market_step_end(market_steps *steps, bool resumed);
/* For td_run_options.progress: context is market_steps. */
void market_step_units(void *context, const td_progress *progress);
bool market_stopped(const market_hooks *hooks);
/* "warning: ..": a line to the hooks. */
void market_warn(const market_hooks *hooks, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The lines of a table's attribute "warnings". */
void market_warn_table(const market_hooks *hooks, const td_table *table);

/* TD_E_NO_MEMORY when count values of bytes each would not fit, with what to do: how names the
 * flags, "fewer values in --grid, fewer --symbols". */
TD_MUST_USE td_status market_check_size(const market_place *place, double count, double bytes,
                                        const char *how, td_error *err);

#endif
