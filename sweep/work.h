/* work.h - a worker's place in a run: scratch memory, help from others, the request to stop. */
#ifndef TANDEM_SWEEP_WORK_H
#define TANDEM_SWEEP_WORK_H
#include "core/pool.h"
#include "sweep/stop.h"
#include "tandem/module.h"

/* A unit runs at level 0, its parts at level 1, parts of parts at level 2, ... A worker is at
 * one place of each level at most, so each level of each worker has scratch of its own. */
#define WORK_LEVELS 4

typedef struct work_chunk work_chunk;
typedef struct work_crew work_crew;

struct td_work {
    work_crew *crew;
    uint32_t worker, level;
    work_chunk *chunk;           /* the newest first; taken from until it is full */
    size_t taken;                /* bytes in all chunks */
    size_t wanted;               /* size of the next first chunk */
};

struct work_crew {
    pool *pool;
    const td_allocator *allocator;
    const sweep_stop *stop;
    uint32_t threads;
    size_t keep_max;             /* scratch of one place that outlives a unit, in bytes */
    td_work *work;               /* threads times WORK_LEVELS */
};

TD_MUST_USE td_status work_crew_init(work_crew *crew, pool *pool, const td_allocator *allocator,
                                     const sweep_stop *stop, size_t keep_max, td_error *err);
void     work_crew_free(work_crew *crew);
td_work *work_at(work_crew *crew, uint32_t worker, uint32_t level);
/* Ends the life of all scratch memory of this place; keeps up to keep_max bytes for the next. */
void     work_reset(td_work *work);

#endif
