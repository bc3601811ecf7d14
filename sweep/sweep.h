/* sweep.h - one run: what its files share.
 *
 *   run.c      opens a run, plans it, closes it; td_run and td_plan
 *   choose.c   which devices units are dealt to, and why; choose_cost.c what they would take
 *   keeper.c   the caller's thread: stores, pastes, tells progress, notices cancel and timeout
 *   unit.c     the workers: take a unit for a device, run it, hand in its result
 *   place.c    the devices of the run: what each may hold, how fast it is
 *   recover.c  retry, split, move, fall back: decided here and nowhere else
 *   launcher.c a unit's stream on a device; launcher_record.c what it did there, and for how long
 *   timeline.c what all of them tell the trace
 *
 * A worker that waits for a device computes nothing meanwhile. So a device needs a worker for each
 * unit that is to be on it: with fewer workers than devices, the last devices only help others out.
 *
 * There is one lock. Workers hold it to take and to hand in a unit, the keeper to take what was
 * handed in; nobody holds it while computing, storing or calling back. */
#ifndef TANDEM_SWEEP_SWEEP_H
#define TANDEM_SWEEP_SWEEP_H
#include <pthread.h>

#include "core/engine.h"
#include "sweep/launcher.h"
#include "sweep/place.h"
#include "sweep/plan.h"
#include "sweep/result.h"
#include "sweep/stop.h"
#include "sweep/work.h"

#define SWEEP_SCAN_MAX 64                        /* waiting units looked at for one that fits */
#define SWEEP_QUEUE_BYTES_MAX ((uint64_t)64 << 20)  /* of results handed in; then none is begun */
#define SWEEP_WAKE_BYTES ((uint64_t)1 << 20)     /* of results handed in: the keeper is woken */
#define SWEEP_BATCH_BYTES_MAX ((uint64_t)32 << 20)  /* of results kept; then they are flushed */
#define SWEEP_BATCH_MS 100                       /* and so long after the first of them */
#define SWEEP_CHOSEN_MAX TD_REPORT_DEVICES_MAX   /* devices of one run */
#define SWEEP_TICK_MS 50                         /* how often cancel and timeout are looked at */

typedef struct sweep sweep;

/* The result of a unit on its way from the worker to the table. */
typedef struct sweep_finished {
    struct sweep_finished *next;
    uint64_t number;
    size_t bytes;                /* of data; still counted in the budget */
    char pad[40];
    char data[];
} sweep_finished;
_Static_assert(sizeof(sweep_finished) == 64, "the data behind it is aligned");

/* A runner is a call on the pool that runs units until there are none, or none that fits. */
typedef enum slot_state {
    SLOT_IDLE = 0,               /* not started, or started again when memory was given back */
    SLOT_STARTED = 1,            /* the pool has it */
    SLOT_RUNNING = 2,
    SLOT_PARKED = 3,             /* returned: what waits did not fit just now */
    SLOT_ENDED = 4               /* returned: nothing waits, or the run stops */
} slot_state;

typedef struct sweep_slot {
    sweep *run;
    pool_group *group;           /* the keeper's */
    slot_state state;            /* the runner's while it runs, else the keeper's */
    uint64_t gives;              /* of the run, when this runner was parked */
    uint32_t number;             /* its own */
    uint32_t worker;             /* that ran it last */
    uint32_t home;               /* of run->chosen: asked first, it has the stream */
    sweep_place *place;          /* where its unit is; under the lock */
    double parked;               /* when; only for a trace */
    char waits[48];              /* for what: "memory of cuda:0" */
} sweep_slot;

/* What the report will say. */
typedef struct sweep_tally {
    uint32_t retried, split, moved;
    char note[192];
} sweep_tally;

struct sweep {
    /* Set before the first unit runs. */
    td_engine *engine;
    const td_op_impl *impl;
    const td_args *args;
    td_run_options options;
    uint32_t axis_count;
    bool opened;
    void *state;                 /* the operation's */
    uint64_t item_count;
    td_device *cpu;
    sweep_place place[DEVICES_MAX];  /* by the device's number */
    sweep_place *chosen[SWEEP_CHOSEN_MAX];  /* that units are dealt to, the first one preferred */
    uint32_t chosen_count;
    char choice[512];            /* why these */
    result_layout layout;
    td_units units;
    uint64_t *need;              /* bytes of the budget: the unit's, and its result's */
    td_table *table;
    bool table_given;            /* to the job, which destroys it */
    double cost_total;

    /* Each worker's own. */
    work_crew crew;
    td_launcher *launcher;       /* one for each slot */

    sweep_stop stop;
    bool synced;                 /* lock and event are there */
    pthread_mutex_t lock;
    pthread_cond_t event;        /* for the keeper: events has grown */

    /* Under the lock. */
    uint64_t *pending;           /* numbers of units that wait, from pending_first on */
    uint64_t pending_first, pending_count;
    double cost_pending;         /* of those that wait */
    sweep_finished *first, *last;
    uint64_t events;             /* what the keeper is woken for: see unit_hand_in */
    uint32_t parked;             /* runners that returned and wait for memory */
    uint64_t queued_bytes;       /* handed in and not yet released */
    uint64_t host_used, host_peak;
    uint64_t gives;              /* how often memory was given back to the budget */
    sweep_slot *slot;
    uint32_t slot_count;
    td_status status;            /* the first failure */
    td_error error;
    sweep_tally tally;

    /* The keeper's own. */
    uint8_t *resumed;            /* for each unit: found in the store */
    td_progress progress;
};

/* Ends the run with its first failure; later ones are dropped. err may be NULL. Takes the lock. */
void sweep_fail(sweep *run, td_status status, const td_error *err);

/* ---- unit.c ---------------------------------------------------------------------------------- */

/* The number of bytes of the budget that a unit needs. A unit that the whole budget does not hold
 * is planned as the largest of the parts it will be split into; TD_E_NO_MEMORY if it cannot be. */
TD_MUST_USE td_status unit_need(const sweep *run, const td_unit *unit, uint64_t *need,
                                td_error *err);
/* A runner that was parked starts again, or ends: the trace is told what it waited for. */
void slot_idle_ends(sweep *run, sweep_slot *slot);
/* A pool_fn over sweep_slots. */
void unit_runner(void *context, uint64_t index, uint32_t worker);

/* ---- keeper.c -------------------------------------------------------------------------------- */

/* Runs all pending units; answers when every runner has ended. The failure is in run->status. */
void keeper_run(sweep *run, uint64_t deadline_ms);
/* Pastes the units that the store holds, and tells of them. */
TD_MUST_USE td_status keeper_resume(sweep *run, td_error *err);
uint64_t keeper_now_ms(void);

/* ---- choose.c -------------------------------------------------------------------------------- */

/* What can be told before the data is read: readies run->place, reads options.device. Names that
 * are not there give TD_E_NOT_FOUND, one that is there twice TD_E_BAD_ARGUMENT, one that is out of
 * use TD_E_NO_DEVICE unless units may move. */
TD_MUST_USE td_status choose_named(sweep *run, td_error *err);
/* Makes the plan, for the devices that were named or that it finds to be the fastest. */
TD_MUST_USE td_status choose_plan(sweep *run, td_error *err);

/* ---- run.c ----------------------------------------------------------------------------------- */

/* How a job looks into its run. */
typedef struct sweep_hook {
    void *context;
    /* The table is there, and is the hook's from now on; it may be read while it fills. */
    void (*planned)(void *context, td_table *table);
    const td_cancel *cancel;
} sweep_hook;

/* td_run; with a hook, *out stays as it is. */
TD_MUST_USE td_status sweep_execute(td_engine *engine, const td_args *args,
                                    const td_run_options *options, const sweep_hook *hook,
                                    td_table **out, td_report *report, td_error *err);
/* The part of options that the caller knows, over the defaults; checks it. */
TD_MUST_USE td_status sweep_options(const td_run_options *options, td_run_options *out,
                                    td_error *err);

#endif
