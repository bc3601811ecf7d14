/* stop.h - whether a run should end early: what every worker of it polls. */
#ifndef TANDEM_SWEEP_STOP_H
#define TANDEM_SWEEP_STOP_H
#include <stdatomic.h>

#include "core/cancel.h"

typedef struct sweep_stop {
    _Atomic bool now;            /* an error, a timeout, or a cancel that the run has seen */
    const td_cancel *caller;     /* of td_run_options, or NULL */
    const td_cancel *job;        /* of td_job_cancel, or NULL */
} sweep_stop;

static inline bool stop_cancelled(const sweep_stop *stop)
{
    return cancel_requested(stop->caller) || cancel_requested(stop->job);
}

static inline bool stop_requested(const sweep_stop *stop)
{
    return atomic_load_explicit(&stop->now, memory_order_relaxed) || stop_cancelled(stop);
}

#endif
