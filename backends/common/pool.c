/* pool.c - when memory is taken, kept, waited for and given back. See pool.h. */
#include "backends/common/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/common/pool_blocks.h"

#define SHARERS_MIN 4 /* blocks that fit into a shared slab */
#define MIB(bytes)  ((double)(bytes) / 1048576.0)

struct mempool {
    pthread_mutex_t lock;
    pthread_cond_t arrived; /* a block that somebody waited for is free */
    pool_driver driver;
    pool_config config;
    blocks all;
    uint64_t limit;
    block *awaited_first, *awaited_last; /* freed, their marks not yet seen to have passed */
    uint64_t awaited_count;
    uint64_t in_waiting; /* taken out of that list by a thread that waits */
    uint64_t used_peak, held_peak, allocs, reuses, trims, failures;
};

/* ---- Life ------------------------------------------------------------------------------------ */

td_status mempool_create(const pool_driver *driver, const pool_config *config, mempool **out,
                         td_error *err)
{
    mempool *made = NULL;
    if (config->limit == 0 || config->slab_bytes == 0 || config->slab_grain == 0 ||
        config->slab_grain % POOL_GRAIN != 0)
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "memory pool: limit, slab_bytes and slab_grain must not be 0, and "
                            "slab_grain a multiple of %u",
                            POOL_GRAIN);
    made = calloc(1, sizeof *made);
    if (!made)
        return backend_fail(err, TD_E_NO_MEMORY, "memory pool: no %zu bytes of host memory",
                            sizeof *made);
    if (pthread_mutex_init(&made->lock, NULL)) goto no_lock;
    if (pthread_cond_init(&made->arrived, NULL)) goto no_condition;
    made->driver = *driver;
    made->config = *config;
    made->limit = config->limit;
    *out = made;
    return TD_OK;
no_condition:
    pthread_mutex_destroy(&made->lock);
no_lock:
    free(made);
    return backend_fail(err, TD_E_NO_MEMORY, "memory pool: no host memory for a lock");
}

static void slab_give(mempool *pool, slab *which)
{
    pool->driver.give(pool->driver.context, which->handle, which->address, which->bytes);
    blocks_remove(&pool->all, which);
}

void mempool_destroy(mempool *pool)
{
    if (!pool) return;
    for (block *node = pool->awaited_first; node; node = node->next)
        pool->driver.forget(pool->driver.context, node->mark);
    while (pool->all.slabs)
        slab_give(pool, pool->all.slabs);
    blocks_clear(&pool->all);
    pthread_cond_destroy(&pool->arrived);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* ---- Blocks that wait for a mark ------------------------------------------------------------- */

static void awaited_push(mempool *pool, block *node, pool_mark *mark)
{
    node->state = BLOCK_AWAITED;
    node->mark = mark;
    node->next = NULL;
    node->previous = pool->awaited_last;
    if (pool->awaited_last) pool->awaited_last->next = node;
    else pool->awaited_first = node;
    pool->awaited_last = node;
    pool->awaited_count += 1;
}

static void awaited_remove(mempool *pool, block *node)
{
    if (node->next) node->next->previous = node->previous;
    else pool->awaited_last = node->previous;
    if (node->previous) node->previous->next = node->next;
    else pool->awaited_first = node->next;
    pool->awaited_count -= 1;
}

static void awaited_end(mempool *pool, block *node)
{
    pool->driver.forget(pool->driver.context, node->mark);
    node->mark = NULL;
    blocks_release(&pool->all, node);
}

/* Frees the blocks whose marks have passed. */
static void awaited_reap(mempool *pool)
{
    for (block *node = pool->awaited_first, *next = NULL; node; node = next) {
        next = node->next;
        if (!pool->driver.passed(pool->driver.context, node->mark)) continue;
        awaited_remove(pool, node);
        awaited_end(pool, node);
    }
}

/* Waits for the oldest mark, or for a thread that waits for one; the lock is open meanwhile.
 * False: there is nothing to wait for. */
static bool awaited_wait(mempool *pool)
{
    block *const node = pool->awaited_first;
    if (!node) {
        if (pool->in_waiting == 0) return false;
        pthread_cond_wait(&pool->arrived, &pool->lock);
        return true;
    }
    awaited_remove(pool, node);
    pool->in_waiting += 1;
    pthread_mutex_unlock(&pool->lock);
    pool->driver.await(pool->driver.context, node->mark);
    pthread_mutex_lock(&pool->lock);
    pool->in_waiting -= 1;
    awaited_end(pool, node);
    pthread_cond_broadcast(&pool->arrived);
    return true;
}

/* ---- Slabs ----------------------------------------------------------------------------------- */

static bool pool_trim_locked(mempool *pool)
{
    bool gave = false;
    awaited_reap(pool);
    for (slab *at = pool->all.slabs, *next = NULL; at; at = next) {
        next = at->next;
        if (!blocks_slab_is_free(at)) continue;
        slab_give(pool, at);
        gave = true;
    }
    pool->trims += gave;
    return gave;
}

static uint64_t round_up(uint64_t bytes, uint64_t grain)
{
    return bytes > UINT64_MAX - grain ? UINT64_MAX / grain * grain
                                      : (bytes + grain - 1) / grain * grain;
}

static td_status slab_take(mempool *pool, uint64_t bytes, td_error *err)
{
    void *handle = NULL;
    uint64_t address = 0;
    if (bytes > pool->limit || pool->all.held > pool->limit - bytes)
        return backend_fail(err, TD_E_NO_DEVICE_MEMORY, "the limit is reached");
    if (pool->config.slab_max > 0 && bytes > pool->config.slab_max)
        return backend_fail(err, TD_E_NO_DEVICE_MEMORY,
                            "the device has no more than %.1f MiB in one piece",
                            MIB(pool->config.slab_max));
    const td_status status = pool->driver.take(pool->driver.context, bytes, &handle, &address, err);
    if (status) return status;
    if (!blocks_add(&pool->all, handle, address, bytes)) {
        pool->driver.give(pool->driver.context, handle, address, bytes);
        return backend_fail(err, TD_E_NO_MEMORY, "memory pool: no host memory for a slab");
    }
    if (pool->all.held > pool->held_peak) pool->held_peak = pool->all.held;
    return TD_OK;
}

/* For a small block a slab with room for others; else one of just the size, else of just the
 * bytes. Large blocks that shared slabs would leave pieces over that nothing fits into. */
static td_status pool_grow(mempool *pool, uint64_t bytes, td_error *err)
{
    const uint64_t own = round_up(bytes, pool->config.slab_grain);
    const uint64_t shared = round_up(pool->config.slab_bytes, pool->config.slab_grain);
    td_status status = TD_E_NO_DEVICE_MEMORY;
    if (own <= shared / SHARERS_MIN) status = slab_take(pool, shared, err);
    if (status == TD_E_NO_DEVICE_MEMORY) status = slab_take(pool, own, err);
    if (status == TD_E_NO_DEVICE_MEMORY && bytes < own) status = slab_take(pool, bytes, err);
    return status;
}

/* ---- Handing out and taking back ------------------------------------------------------------- */

/* Every step that can make room, the cheap ones first. NULL: *status and err say why. */
static block *pool_make_room(mempool *pool, uint64_t bytes, td_status *status, td_error *err)
{
    block *fit = NULL;
    awaited_reap(pool);
    if ((fit = blocks_fit(&pool->all, bytes))) return fit;
    *status = pool_grow(pool, bytes, err);
    if (*status == TD_OK) return blocks_fit(&pool->all, bytes);
    if (*status != TD_E_NO_DEVICE_MEMORY) return NULL;
    /* Others may free more meanwhile: one round for each block that waits now is enough. */
    for (uint64_t rounds = pool->awaited_count + pool->in_waiting; rounds > 0; --rounds) {
        if (!awaited_wait(pool)) break;
        if ((fit = blocks_fit(&pool->all, bytes))) return fit;
    }
    if ((fit = blocks_fit(&pool->all, bytes))) return fit;
    (void)pool_trim_locked(pool);
    *status = pool_grow(pool, bytes, err);
    return *status == TD_OK ? blocks_fit(&pool->all, bytes) : NULL;
}

static td_status pool_fail(mempool *pool, uint64_t bytes, td_status status, const td_error *why,
                           td_error *err)
{
    const uint64_t unused = pool->driver.unused ? pool->driver.unused(pool->driver.context) : 0;
    pool->failures += 1;
    if (status != TD_E_NO_DEVICE_MEMORY)
        return backend_fail_native(err, status, why->native_code, "%s", why->message);
    return backend_fail_native(
        err, status, why->native_code,
        "no device memory: %.1f MiB asked, %.1f MiB used, %.1f MiB held (largest free piece %.1f "
        "MiB), limit %.1f MiB, %.1f MiB free on the device: %.200s",
        MIB(bytes), MIB(pool->all.used), MIB(pool->all.held), MIB(blocks_largest(&pool->all)),
        MIB(pool->limit), MIB(unused), why->message);
}

td_status mempool_alloc(mempool *pool, uint64_t bytes, uint64_t *address, td_error *err)
{
    td_error why = TD_ERROR_INIT;
    td_status status = TD_OK;
    const uint64_t rounded = round_up(bytes > 0 ? bytes : 1, POOL_GRAIN);
    pthread_mutex_lock(&pool->lock);
    block *fit = blocks_fit(&pool->all, rounded);
    const bool reused = fit != NULL;
    if (!fit) fit = pool_make_room(pool, rounded, &status, &why);
    if (fit && !blocks_use(&pool->all, fit, rounded)) {
        fit = NULL;
        status = backend_fail(&why, TD_E_NO_MEMORY, "memory pool: no host memory for a block");
    }
    if (fit) {
        *address = fit->address;
        pool->allocs += 1;
        pool->reuses += reused;
        if (pool->all.used > pool->used_peak) pool->used_peak = pool->all.used;
        status = TD_OK;
    } else {
        status = pool_fail(pool, bytes, status, &why, err);
    }
    pthread_mutex_unlock(&pool->lock);
    return status;
}

bool mempool_free(mempool *pool, uint64_t address, td_stream *after)
{
    /* Outside the lock: it may ask the driver. The block is the caller's until the lock is held. */
    pool_mark *mark = after ? pool->driver.mark(pool->driver.context, after) : NULL;
    pthread_mutex_lock(&pool->lock);
    block *const node = blocks_at(&pool->all, address);
    const bool known = node && node->state == BLOCK_USED;
    if (known && mark) {
        awaited_push(pool, node, mark);
        mark = NULL;
    } else if (known) {
        blocks_release(&pool->all, node);
    }
    pthread_mutex_unlock(&pool->lock);
    if (mark) pool->driver.forget(pool->driver.context, mark);
    return known;
}

bool mempool_find(mempool *pool, uint64_t address, pool_place *place)
{
    pthread_mutex_lock(&pool->lock);
    const slab *const found = blocks_slab_of(&pool->all, address);
    if (found) *place = (pool_place){found->handle, address - found->address, found->bytes};
    pthread_mutex_unlock(&pool->lock);
    return found != NULL;
}

/* ---- Limits and figures ---------------------------------------------------------------------- */

void mempool_trim(mempool *pool)
{
    pthread_mutex_lock(&pool->lock);
    (void)pool_trim_locked(pool);
    pthread_mutex_unlock(&pool->lock);
}

void mempool_limit(mempool *pool, uint64_t bytes)
{
    pthread_mutex_lock(&pool->lock);
    pool->limit = bytes > 0 ? bytes : pool->config.limit;
    if (pool->all.held > pool->limit) (void)pool_trim_locked(pool);
    pthread_mutex_unlock(&pool->lock);
}

void mempool_stats(mempool *pool, td_pool_stats *stats)
{
    td_pool_stats full = {.struct_size = stats->struct_size};
    pthread_mutex_lock(&pool->lock);
    awaited_reap(pool);
    full.limit = pool->limit;
    full.used = pool->all.used;
    full.used_peak = pool->used_peak;
    full.held = pool->all.held;
    full.held_peak = pool->held_peak;
    full.largest_free = blocks_largest(&pool->all);
    full.device_free = pool->driver.unused ? pool->driver.unused(pool->driver.context) : 0;
    full.allocs = pool->allocs;
    full.reuses = pool->reuses;
    full.trims = pool->trims;
    full.failures = pool->failures;
    pthread_mutex_unlock(&pool->lock);
    if (full.held > full.used)
        full.fragmentation = 1.0 - (double)full.largest_free / (double)(full.held - full.used);
    memcpy(stats, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
}
