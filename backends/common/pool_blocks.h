/* pool_blocks.h - slabs cut into blocks: what pool.c decides about, without locks or a driver.
 *
 * A slab's blocks lie in a list by address, without gaps. A block that is free is also in a bin
 * of free blocks of about its size: four bins for each power of two, so that the best fit is the
 * smallest of one short list. A block that is used or awaited is in a hash table by address. */
#ifndef TANDEM_BACKENDS_POOL_BLOCKS_H
#define TANDEM_BACKENDS_POOL_BLOCKS_H
#include "backends/common/pool.h"

#define BLOCKS_BINS  256u
#define BLOCKS_WORDS (BLOCKS_BINS / 64u)

typedef enum block_state { BLOCK_FREE, BLOCK_USED, BLOCK_AWAITED } block_state;

typedef struct slab slab;
typedef struct block {
    uint64_t address, bytes;
    slab *slab;
    struct block *before, *after;  /* its neighbours by address */
    struct block *next, *previous; /* of its bin, hash chain, or the pool's awaited ones */
    struct block *chain;           /* of the hash table */
    pool_mark *mark;               /* of BLOCK_AWAITED */
    block_state state;
} block;

struct slab {
    slab *next, *previous;
    void *handle;
    uint64_t address, bytes;
    block *first;
};

typedef struct blocks {
    slab *slabs;
    block *bin[BLOCKS_BINS];
    uint64_t bin_filled[BLOCKS_WORDS]; /* a bit for each bin that is not empty */
    block **table;                     /* by address; table_size is a power of two */
    uint64_t table_size, table_count;
    block *spare; /* nodes for the next time, through next */
    uint64_t used, held;
} blocks;

/* A slab as one free block. False: no host memory, and nothing has changed. */
bool blocks_add(blocks *all, void *handle, uint64_t address, uint64_t bytes);
/* The slab is forgotten with all its blocks. */
void blocks_remove(blocks *all, slab *which);
bool blocks_slab_is_free(const slab *which);
/* The smallest free block of at least bytes (a multiple of POOL_GRAIN), or NULL. */
block *blocks_fit(const blocks *all, uint64_t bytes);
/* Cuts bytes off a free block and hands them out. False: no host memory. */
bool blocks_use(blocks *all, block *fit, uint64_t bytes);
block *blocks_at(const blocks *all, uint64_t address); /* used or awaited; NULL: none */
/* Back to the free ones; it grows together with free neighbours. Needs no memory. */
void blocks_release(blocks *all, block *node);
slab *blocks_slab_of(const blocks *all, uint64_t address);
uint64_t blocks_largest(const blocks *all);
void blocks_clear(blocks *all); /* frees the nodes and the table */

#endif
