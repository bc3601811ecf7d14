/* pool.c - the engine's threads.
 *
 * Work comes in groups: a function and a count of calls. A group is listed while it has calls
 * that nobody has begun; the list is ordered by nesting, deepest first, so that a part of a
 * running unit is helped before a new unit is begun. An index is taken with one atomic addition;
 * the lock is taken only to pick up and to leave a group. Idle workers sleep on one condition,
 * waiting threads on another. */
#include "core/pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "core/memory.h"

struct pool_group {
    pool *pool;
    pool_fn fn;
    void *context;
    uint64_t count;
    _Atomic uint64_t next;      /* the first index that nobody has taken; may run past count */
    uint32_t depth;             /* 1: started from outside; more: by a call of that depth - 1 */
    uint32_t running;           /* threads inside; under the lock */
    bool listed;                /* under the lock */
    pool_group *before, *after; /* under the lock */
};

typedef struct pool_thread {
    pool *pool;
    uint32_t number;
    pthread_t thread;
} pool_thread;

struct pool {
    td_allocator allocator;
    uint32_t threads;
    uint32_t started; /* threads that exist; less than threads only in pool_create */
    pthread_mutex_t lock;
    pthread_cond_t work;      /* a group was listed, or the pool stops */
    pthread_cond_t done;      /* a group's last call returned */
    pool_group *first;        /* deepest first */
    _Atomic uint32_t deepest; /* depth of first, 0 when nothing is listed */
    bool stopping;
    pool_thread thread[];
};

/* Which worker of which pool this thread is, and how deep the call is that it runs. */
static _Thread_local struct {
    const pool *pool;
    uint32_t worker, depth;
} pool_self;

/* ---- The list of groups; all under the lock ----------------------------------------------- */

static void group_list(pool_group *group)
{
    pool *const crew = group->pool;
    pool_group **at = &crew->first, *before = NULL;
    /* Behind those of the same depth: the first to come is the first to be served. */
    while (*at && (*at)->depth >= group->depth) {
        before = *at;
        at = &(*at)->after;
    }
    group->before = before;
    group->after = *at;
    if (*at) (*at)->before = group;
    *at = group;
    group->listed = true;
    atomic_store_explicit(&crew->deepest, crew->first->depth, memory_order_relaxed);
    if (group->count == 1) pthread_cond_signal(&crew->work);
    else pthread_cond_broadcast(&crew->work);
}

static void group_unlist(pool_group *group)
{
    pool *const crew = group->pool;
    if (!group->listed) return;
    if (group->before) group->before->after = group->after;
    else crew->first = group->after;
    if (group->after) group->after->before = group->before;
    group->before = group->after = NULL;
    group->listed = false;
    atomic_store_explicit(&crew->deepest, crew->first ? crew->first->depth : 0,
                          memory_order_relaxed);
}

/* ---- Running ------------------------------------------------------------------------------- */

/* Makes calls until there are none left to begin, or, for a helper, until a deeper group waits:
 * it has no calls of this group on its stack and can come back to it. */
static void group_calls(pool_group *group, uint32_t worker, bool helper)
{
    pool *const crew = group->pool;
    const uint32_t depth_before = pool_self.depth;
    pool_self.depth = group->depth;
    for (;;) {
        const uint64_t index = atomic_fetch_add_explicit(&group->next, 1, memory_order_relaxed);
        if (index >= group->count) break;
        group->fn(group->context, index, worker);
        if (helper && atomic_load_explicit(&crew->deepest, memory_order_relaxed) > group->depth)
            break;
    }
    pool_self.depth = depth_before;
}

static bool group_exhausted(const pool_group *group)
{
    return atomic_load_explicit(&group->next, memory_order_relaxed) >= group->count;
}

/* Under the lock. After the last thread has left an exhausted group, its owner may free it. */
static void group_leave(pool_group *group)
{
    if (group_exhausted(group)) group_unlist(group);
    group->running -= 1;
    if (group->running == 0 && !group->listed) pthread_cond_broadcast(&group->pool->done);
}

static bool group_finished(const pool_group *group)
{
    return group->running == 0 && !group->listed;
}

static void *worker_main(void *argument)
{
    const pool_thread *const self = argument;
    pool *const crew = self->pool;
    pool_self.pool = crew;
    pool_self.worker = self->number;
    pthread_mutex_lock(&crew->lock);
    for (;;) {
        pool_group *const group = crew->first;
        if (!group) {
            if (crew->stopping) break;
            pthread_cond_wait(&crew->work, &crew->lock);
            continue;
        }
        group->running += 1;
        pthread_mutex_unlock(&crew->lock);
        group_calls(group, self->number, true);
        pthread_mutex_lock(&crew->lock);
        group_leave(group);
    }
    pthread_mutex_unlock(&crew->lock);
    return NULL;
}

static void group_init(pool_group *group, pool *crew, uint64_t count, pool_fn fn, void *context)
{
    *group = (pool_group){.pool = crew, .fn = fn, .context = context, .count = count};
    group->depth = pool_self.pool == crew ? pool_self.depth + 1 : 1;
}

/* The calling worker takes part in a group that it waits for; others' groups it leaves alone. */
static void group_take_part(pool_group *group)
{
    pool *const crew = group->pool;
    if (pool_self.pool != crew) return;
    pthread_mutex_lock(&crew->lock);
    group->running += 1;
    pthread_mutex_unlock(&crew->lock);
    group_calls(group, pool_self.worker, false);
    pthread_mutex_lock(&crew->lock);
    group_leave(group);
    pthread_mutex_unlock(&crew->lock);
}

void pool_for(pool *crew, uint64_t count, pool_fn fn, void *context)
{
    pool_group group;
    if (count == 0) return;
    group_init(&group, crew, count, fn, context);
    /* One call by a worker is a plain call: nobody could help with it. */
    if (count > 1 || pool_self.pool != crew) {
        pthread_mutex_lock(&crew->lock);
        group_list(&group);
        pthread_mutex_unlock(&crew->lock);
    }
    group_take_part(&group);
    pthread_mutex_lock(&crew->lock);
    while (!group_finished(&group))
        pthread_cond_wait(&crew->done, &crew->lock);
    pthread_mutex_unlock(&crew->lock);
}

td_status pool_start(pool *crew, uint64_t count, pool_fn fn, void *context, pool_group **out,
                     td_error *err)
{
    pool_group *const group = memory_take(&crew->allocator, sizeof *group);
    if (!group)
        return td_fail(err, TD_E_NO_MEMORY, "a group of the thread pool needs %zu bytes",
                       sizeof *group);
    group_init(group, crew, count, fn, context);
    if (count > 0) {
        pthread_mutex_lock(&crew->lock);
        group_list(group);
        pthread_mutex_unlock(&crew->lock);
    }
    *out = group;
    return TD_OK;
}

bool pool_wait(pool_group *group, uint32_t timeout_ms)
{
    pool *const crew = group->pool;
    struct timespec until;
    int late = timeout_ms == 0 ? ETIMEDOUT : 0;
    if (timeout_ms > 0) group_take_part(group);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec += 1;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&crew->lock);
    while (!group_finished(group) && late == 0) {
        if (timeout_ms == POOL_FOREVER) pthread_cond_wait(&crew->done, &crew->lock);
        else late = pthread_cond_timedwait(&crew->done, &crew->lock, &until);
    }
    const bool finished = group_finished(group);
    pthread_mutex_unlock(&crew->lock);
    return finished;
}

void pool_withdraw(pool_group *group)
{
    pool *const crew = group->pool;
    pthread_mutex_lock(&crew->lock);
    /* Not beyond count: adding to next from here on must not wrap. */
    if (!group_exhausted(group))
        atomic_store_explicit(&group->next, group->count, memory_order_relaxed);
    group_unlist(group);
    if (group_finished(group)) pthread_cond_broadcast(&crew->done);
    pthread_mutex_unlock(&crew->lock);
}

void pool_group_destroy(pool_group *group)
{
    if (!group) return;
    pool_wait(group, POOL_FOREVER);
    memory_give(group);
}

/* ---- Life ---------------------------------------------------------------------------------- */

static size_t pool_bytes(uint32_t threads)
{
    return sizeof(pool) + threads * sizeof(pool_thread);
}

static void conditions_init(pool *crew)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&crew->work, NULL);
    pthread_cond_init(&crew->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

td_status pool_create(const td_allocator *allocator, uint32_t threads, pool **out, td_error *err)
{
    if (threads < 1 || threads > POOL_THREADS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "threads is %u, allowed 1 to %d", threads,
                       POOL_THREADS_MAX);
    pool *const made = memory_take(allocator, pool_bytes(threads));
    if (!made)
        return td_fail(err, TD_E_NO_MEMORY, "a pool of %u threads needs %zu bytes", threads,
                       pool_bytes(threads));
    made->allocator = memory_allocator(allocator);
    made->threads = threads;
    conditions_init(made);
    for (; made->started < threads; ++made->started) {
        pool_thread *const thread = &made->thread[made->started];
        *thread = (pool_thread){.pool = made, .number = made->started};
        const int code = pthread_create(&thread->thread, NULL, worker_main, thread);
        if (code != 0) {
            const uint32_t number = made->started;
            pool_destroy(made);
            return td_fail(err, TD_E_NO_MEMORY, "thread %u of %u cannot be started: error %d",
                           number + 1, threads, code);
        }
    }
    *out = made;
    return TD_OK;
}

void pool_destroy(pool *crew)
{
    if (!crew) return;
    pthread_mutex_lock(&crew->lock);
    crew->stopping = true;
    pthread_cond_broadcast(&crew->work);
    pthread_mutex_unlock(&crew->lock);
    for (uint32_t i = 0; i < crew->started; ++i)
        pthread_join(crew->thread[i].thread, NULL);
    pthread_cond_destroy(&crew->done);
    pthread_cond_destroy(&crew->work);
    pthread_mutex_destroy(&crew->lock);
    memory_give(crew);
}

uint32_t pool_threads(const pool *crew)
{
    return crew->threads;
}

uint32_t pool_worker(const pool *crew)
{
    return pool_self.pool == crew ? pool_self.worker : POOL_NO_WORKER;
}
