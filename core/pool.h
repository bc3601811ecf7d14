/* pool.h - the engine's threads: the only ones that compute. */
#ifndef TANDEM_CORE_POOL_H
#define TANDEM_CORE_POOL_H
#include "tandem/module.h"

typedef struct pool pool;

/* threads workers are started, 1 to POOL_THREADS_MAX. */
#define POOL_THREADS_MAX 1024
#define POOL_NO_WORKER UINT32_MAX   /* a thread that is no worker of the pool */
#define POOL_FOREVER UINT32_MAX     /* a timeout that never comes */

/* allocator NULL: malloc and free. */
TD_MUST_USE td_status pool_create(const td_allocator *allocator, uint32_t threads, pool **out,
                                  td_error *err);
void     pool_destroy(pool *pool);               /* waits for what runs; NULL is fine */
uint32_t pool_threads(const pool *pool);
/* The number of the calling thread among this pool's workers, or POOL_NO_WORKER. */
uint32_t pool_worker(const pool *pool);

/* Runs fn(context, i, worker) for every i in 0..count-1 and waits. worker is in 0..threads-1
 * and no two calls of one worker overlap, except that a call may itself call pool_for: then the
 * calling worker takes part under its own number, and while it waits for the others' last calls
 * it takes up nothing else. A thread that is no worker only waits: there is never more running
 * than there are workers. */
typedef void (*pool_fn)(void *context, uint64_t index, uint32_t worker);
void pool_for(pool *pool, uint64_t count, pool_fn fn, void *context);

/* The same, without waiting: the group must be waited for before the context goes away. A worker
 * that waits for a group takes part in it first, as in pool_for. */
typedef struct pool_group pool_group;
TD_MUST_USE td_status pool_start(pool *pool, uint64_t count, pool_fn fn, void *context,
                                 pool_group **out, td_error *err);
bool pool_wait(pool_group *group, uint32_t timeout_ms);  /* true when all calls have returned */
/* Calls that have not begun never will; those that run are still to be waited for. */
void pool_withdraw(pool_group *group);
void pool_group_destroy(pool_group *group);              /* waits; NULL is fine */

#endif
