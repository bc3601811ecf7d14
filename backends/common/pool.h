/* pool.h - the memory pool of a device, for every plug-in.
 *
 * Drivers give memory slowly and in large pieces. The pool takes slabs from the driver, cuts
 * blocks out of them (best fit, neighbours that are free grow together again) and keeps slabs for
 * the next time until it is trimmed or pressed. It never touches the memory: it counts addresses.
 * A driver without addresses (OpenCL) makes some up for each slab and asks mempool_find what lies
 * behind one.
 *
 * Memory that is freed "after" a stream may still be written by work that the stream has queued,
 * and nobody knows which stream the next owner will use. So such a block waits for a mark on that
 * stream and is handed out again only when the mark has passed.
 *
 * When nothing fits, in this order: blocks whose marks have passed; a new slab; waiting for the
 * marks that have not passed; giving whole free slabs back and one more try at a new slab; then
 * TD_E_NO_DEVICE_MEMORY, with what was asked, used, held, allowed and free on the device.
 *
 * Every function but create and destroy may be called by many threads at once. */
#ifndef TANDEM_BACKENDS_POOL_H
#define TANDEM_BACKENDS_POOL_H
#include "tandem/backend.h"

#define POOL_GRAIN 256u /* bytes: blocks are aligned to it and multiples of it */

typedef struct mempool mempool;
typedef void pool_mark; /* the plug-in's own: an event */

typedef struct pool_driver {
    void *context;
    /* A slab of bytes, at an address that is a multiple of POOL_GRAIN, not 0, and overlaps no
     * other; handle may stay NULL. TD_E_NO_DEVICE_MEMORY makes the pool try to make room; any
     * other status ends the allocation with it. take, give, passed, unused and forget may be
     * called under the pool's lock: they must not call the pool. */
    td_status (*take)(void *context, uint64_t bytes, void **handle, uint64_t *address,
                      td_error *err);
    void (*give)(void *context, void *handle, uint64_t address, uint64_t bytes);
    /* Free bytes on the device beside the pool, for messages and statistics. NULL: not known. */
    uint64_t (*unused)(void *context);
    /* A mark behind all that the stream has queued; NULL when it has nothing to wait for. */
    pool_mark *(*mark)(void *context, td_stream *after);
    bool (*passed)(void *context, pool_mark *mark); /* asks only */
    void (*await)(void *context, pool_mark *mark);  /* returns when it has passed */
    void (*forget)(void *context, pool_mark *mark); /* it is not used again */
} pool_driver;

typedef struct pool_config {
    uint64_t limit;      /* bytes that the pool may hold: mempool_limit(pool, 0) */
    uint64_t slab_bytes; /* of a slab for small blocks; a large block has its own */
    uint64_t slab_grain; /* slabs are multiples of it, and of POOL_GRAIN */
    uint64_t slab_max;   /* the driver's largest slab; 0: any */
} pool_config;

/* The driver is copied. TD_E_NO_MEMORY (host), TD_E_BAD_ARGUMENT for a config of zeros. */
TD_MUST_USE td_status mempool_create(const pool_driver *driver, const pool_config *config,
                                     mempool **out, td_error *err);
/* Gives every slab back, whatever is in use; NULL is fine. */
void mempool_destroy(mempool *pool);

/* bytes 0 is one grain. TD_E_NO_DEVICE_MEMORY, TD_E_NO_MEMORY (host), or what take answers. */
TD_MUST_USE td_status mempool_alloc(mempool *pool, uint64_t bytes, uint64_t *address,
                                    td_error *err);
/* address is of mempool_alloc, else nothing is done (false). after NULL: no work uses it any more.
 */
bool mempool_free(mempool *pool, uint64_t address, td_stream *after);

/* Where an address inside a slab lies. */
typedef struct pool_place {
    void *handle;    /* that take gave */
    uint64_t offset; /* in the slab */
    uint64_t slab_bytes;
} pool_place;
bool mempool_find(mempool *pool, uint64_t address, pool_place *place);

void mempool_trim(mempool *pool);                  /* gives back the slabs that are wholly free */
void mempool_limit(mempool *pool, uint64_t bytes); /* 0: the limit of the config; trims if above */
/* Fills all but struct_size, as far as struct_size says that there is room. */
void mempool_stats(mempool *pool, td_pool_stats *stats);

#endif
