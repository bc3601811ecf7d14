/* pool_blocks.c - see pool_blocks.h. */
#include "backends/common/pool_blocks.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_FIRST 64u

/* ---- Nodes ----------------------------------------------------------------------------------- */

static block *node_take(blocks *all)
{
    block *const node = all->spare;
    if (!node) return calloc(1, sizeof *node);
    all->spare = node->next;
    memset(node, 0, sizeof *node);
    return node;
}

static void node_give(blocks *all, block *node)
{
    node->next = all->spare;
    all->spare = node;
}

/* ---- Bins of free blocks --------------------------------------------------------------------- */

/* Sizes of one bin differ by less than a quarter. */
static uint32_t bin_of(uint64_t bytes)
{
    const uint64_t grains = bytes / POOL_GRAIN;
    const uint32_t power = 63u - (uint32_t)__builtin_clzll(grains);
    const uint32_t quarter = power >= 2 ? (uint32_t)(grains >> (power - 2)) & 3u
                                        : (uint32_t)(grains << (2 - power)) & 3u;
    return power * 4 + quarter;
}

static void bin_insert(blocks *all, block *node)
{
    const uint32_t bin = bin_of(node->bytes);
    node->state = BLOCK_FREE;
    node->previous = NULL;
    node->next = all->bin[bin];
    if (node->next) node->next->previous = node;
    all->bin[bin] = node;
    all->bin_filled[bin / 64] |= (uint64_t)1 << bin % 64;
}

static void bin_remove(blocks *all, block *node)
{
    const uint32_t bin = bin_of(node->bytes);
    if (node->next) node->next->previous = node->previous;
    if (node->previous) node->previous->next = node->next;
    else all->bin[bin] = node->next;
    if (!all->bin[bin]) all->bin_filled[bin / 64] &= ~((uint64_t)1 << bin % 64);
}

/* The smallest block of the list that has bytes. */
static block *bin_best(block *first, uint64_t bytes)
{
    block *best = NULL;
    for (block *node = first; node; node = node->next) {
        if (node->bytes < bytes || (best && node->bytes >= best->bytes)) continue;
        best = node;
        if (best->bytes == bytes) break;
    }
    return best;
}

block *blocks_fit(const blocks *all, uint64_t bytes)
{
    const uint32_t first = bin_of(bytes);
    block *const same = bin_best(all->bin[first], bytes);
    if (same) return same;
    /* Any block of a later bin is large enough; the first such bin has the smallest. */
    for (uint32_t word = (first + 1) / 64; word < BLOCKS_WORDS; ++word) {
        uint64_t filled = all->bin_filled[word];
        if (word == (first + 1) / 64) filled &= ~(uint64_t)0 << (first + 1) % 64;
        if (filled) return bin_best(all->bin[word * 64 + (uint32_t)__builtin_ctzll(filled)], bytes);
    }
    return NULL;
}

uint64_t blocks_largest(const blocks *all)
{
    uint64_t largest = 0;
    for (uint32_t word = BLOCKS_WORDS; word-- > 0;) {
        const uint64_t filled = all->bin_filled[word];
        if (!filled) continue;
        const uint32_t bin = word * 64 + 63u - (uint32_t)__builtin_clzll(filled);
        for (const block *node = all->bin[bin]; node; node = node->next)
            if (node->bytes > largest) largest = node->bytes;
        break;
    }
    return largest;
}

/* ---- The hash table of blocks that are handed out -------------------------------------------- */

static uint64_t table_place(const blocks *all, uint64_t address)
{
    return (address / POOL_GRAIN * 0x9e3779b97f4a7c15u >> 32) & (all->table_size - 1);
}

/* Without memory for a larger table the chains grow longer: slow, not wrong. */
static bool table_grow(blocks *all)
{
    const uint64_t old_size = all->table_size, size = old_size ? old_size * 2 : TABLE_FIRST;
    block **const old = all->table;
    block **const table = calloc(size, sizeof(block *));
    if (!table) return old_size > 0;
    all->table = table;
    all->table_size = size;
    for (uint64_t i = 0; i < old_size; ++i) {
        for (block *node = old[i], *next = NULL; node; node = next) {
            next = node->chain;
            const uint64_t place = table_place(all, node->address);
            node->chain = table[place];
            table[place] = node;
        }
    }
    free(old);
    return true;
}

static void table_insert(blocks *all, block *node)
{
    const uint64_t place = table_place(all, node->address);
    node->chain = all->table[place];
    all->table[place] = node;
    all->table_count += 1;
}

static void table_remove(blocks *all, block *node)
{
    block **link = &all->table[table_place(all, node->address)];
    while (*link != node)
        link = &(*link)->chain;
    *link = node->chain;
    all->table_count -= 1;
}

block *blocks_at(const blocks *all, uint64_t address)
{
    if (all->table_size == 0) return NULL;
    block *node = all->table[table_place(all, address)];
    while (node && node->address != address)
        node = node->chain;
    return node;
}

/* ---- Slabs ----------------------------------------------------------------------------------- */

bool blocks_add(blocks *all, void *handle, uint64_t address, uint64_t bytes)
{
    slab *const added = calloc(1, sizeof *added);
    block *const whole = node_take(all);
    if (!added || !whole) {
        free(added);
        if (whole) node_give(all, whole);
        return false;
    }
    *added = (slab){
        .next = all->slabs, .handle = handle, .address = address, .bytes = bytes, .first = whole};
    if (all->slabs) all->slabs->previous = added;
    all->slabs = added;
    whole->address = address;
    whole->bytes = bytes;
    whole->slab = added;
    bin_insert(all, whole);
    all->held += bytes;
    return true;
}

void blocks_remove(blocks *all, slab *gone)
{
    for (block *node = gone->first, *after = NULL; node; node = after) {
        after = node->after;
        if (node->state == BLOCK_FREE) {
            bin_remove(all, node);
        } else {
            table_remove(all, node);
            all->used -= node->bytes;
        }
        node_give(all, node);
    }
    if (gone->next) gone->next->previous = gone->previous;
    if (gone->previous) gone->previous->next = gone->next;
    else all->slabs = gone->next;
    all->held -= gone->bytes;
    free(gone);
}

bool blocks_slab_is_free(const slab *which)
{
    return which->first->state == BLOCK_FREE && !which->first->after;
}

slab *blocks_slab_of(const blocks *all, uint64_t address)
{
    slab *found = all->slabs;
    while (found && (address < found->address || address - found->address >= found->bytes))
        found = found->next;
    return found;
}

/* ---- Handing out and taking back ------------------------------------------------------------- */

bool blocks_use(blocks *all, block *fit, uint64_t bytes)
{
    if (all->table_count >= all->table_size && !table_grow(all)) return false;
    if (fit->bytes > bytes) {
        block *const rest = node_take(all);
        if (!rest) return false;
        bin_remove(all, fit);
        rest->address = fit->address + bytes;
        rest->bytes = fit->bytes - bytes;
        rest->slab = fit->slab;
        rest->before = fit;
        rest->after = fit->after;
        if (rest->after) rest->after->before = rest;
        fit->after = rest;
        fit->bytes = bytes;
        bin_insert(all, rest);
    } else {
        bin_remove(all, fit);
    }
    fit->state = BLOCK_USED;
    fit->next = fit->previous = NULL;
    table_insert(all, fit);
    all->used += bytes;
    return true;
}

/* Takes the block that lies after node into node. */
static void block_join(blocks *all, block *node)
{
    block *const gone = node->after;
    node->bytes += gone->bytes;
    node->after = gone->after;
    if (node->after) node->after->before = node;
    node_give(all, gone);
}

void blocks_release(blocks *all, block *node)
{
    table_remove(all, node);
    all->used -= node->bytes;
    if (node->after && node->after->state == BLOCK_FREE) {
        bin_remove(all, node->after);
        block_join(all, node);
    }
    if (node->before && node->before->state == BLOCK_FREE) {
        node = node->before;
        bin_remove(all, node);
        block_join(all, node);
    }
    bin_insert(all, node);
}

void blocks_clear(blocks *all)
{
    while (all->slabs)
        blocks_remove(all, all->slabs);
    for (block *node = all->spare, *next = NULL; node; node = next) {
        next = node->next;
        free(node);
    }
    free(all->table);
    memset(all, 0, sizeof *all);
}
