/* rqa_lines.c - walks all lines of a cell: in one go when it is small, else in parts that idle
 * workers take up. A part counts into integers of its own and adds them to the block's; sums of
 * integers do not depend on the order. */
#include <math.h>
#include <string.h>

#include "rqa_block.h"

/* Steps (a position at one m) between two looks at the request to stop: a few milliseconds. */
#define STEPS_PER_LOOK (UINT64_C(1) << 22)
/* Positions that may go into int32 counts before those must be added to the wide ones. */
#define POSITIONS_MAX (UINT64_C(1) << 30)

typedef struct line_walk {
    rqa_block *block;
    const rqa_cell *cell;
    bool vertical;
    uint64_t first, last; /* lines first..last-1 */
} line_walk;

/* The chain of the block, on memory of its own. */
static void chain_bind(const rqa_block *block, rqa_chain *chain, int32_t *lines, rqa_run *stack)
{
    const int32_t level_count = (int32_t)block->eps_count;
    for (uint32_t m = 0; m < block->chain_count; ++m) {
        chain[m] = block->chain[m];
        chain[m].longest = 0;
        chain[m].top = chain[m].next = 0;
        if (!chain[m].levels) continue;
        chain[m].lines = lines + block->slot[m];
        chain[m].stack = stack + (size_t)block->m_at[m + 1] * ((size_t)level_count + 2);
        chain[m].stack[0] = (rqa_run){level_count, 0};
    }
}

static uint64_t line_length(const line_walk *walk, uint64_t line)
{
    const uint64_t count = walk->cell->samples->count;
    return walk->vertical ? count : count - line;
}

/* Lines first..last-1, a handful at a time. */
static td_status lines_some(const line_walk *walk, rqa_lines *lines, uint64_t first, uint64_t last,
                            td_work *work, td_error *err)
{
    const rqa_isa *isa = walk->block->state->isa;
    while (first < last) {
        const uint64_t steps = line_length(walk, first) * lines->chain_count;
        uint64_t count = STEPS_PER_LOOK / (steps + 1) + 1;
        count = count < last - first ? count : last - first;
        if (td_work_cancelled(work)) return td_fail(err, TD_E_CANCELLED, "rqa.measures: cancelled");
        if (walk->vertical) isa->rows(lines, first, count);
        else isa->diagonals(lines, first, count);
        first += count;
    }
    return TD_OK;
}

static rqa_lines lines_make(const line_walk *walk, rqa_chain *chain, rqa_tile *tile)
{
    const rqa_cell *cell = walk->cell;
    rqa_lines lines = {cell->samples->x,
                       cell->samples->y,
                       cell->samples->count,
                       cell->tau,
                       cell->mode.norm,
                       0,
                       walk->block->chain_count,
                       chain,
                       tile};
    lines.window = walk->vertical ? walk->block->state->window_vertical : 0;
    return lines;
}

/* ---- Parts ----------------------------------------------------------------------------------- */

/* Adds a part's counts to the block's and clears them. */
static void part_give(const rqa_block *block, rqa_chain *chain, int64_t *longest)
{
    const size_t width = (size_t)block->eps_count + 1;
    for (uint32_t m = 0; m < block->chain_count; ++m) {
        if (!chain[m].levels) continue;
        const size_t used = ((size_t)chain[m].longest + 1) * width;
        int64_t *wide = block->wide + block->slot[m];
        for (size_t i = 0; i < used; ++i)
            if (chain[m].lines[i])
                __atomic_fetch_add(&wide[i], (int64_t)chain[m].lines[i], __ATOMIC_RELAXED);
        memset(chain[m].lines, 0, used * sizeof(int32_t));
        longest[m] = chain[m].longest > longest[m] ? chain[m].longest : longest[m];
        chain[m].longest = 0;
    }
}

/* The first line of a part: as many positions for each. On diagonals, which get shorter, that is
 * where the triangle behind is (1 - part / count) of the whole. */
static uint64_t part_first(const line_walk *walk, uint64_t part)
{
    const uint32_t count = walk->block->part_count;
    const uint64_t lines = walk->last - walk->first;
    if (part == 0 || part == count) return part ? walk->last : walk->first;
    const double share = (double)part / count;
    const double place = walk->vertical ? share : 1 - sqrt(1 - share);
    const uint64_t line = (uint64_t)(place * (double)lines);
    return walk->first + (line < lines ? line : lines);
}

static td_status part_run(void *context, uint64_t index, td_work *work, td_error *err)
{
    const line_walk *walk = context;
    const rqa_block *block = walk->block;
    rqa_chain chain[RQA_M_MAX];
    int32_t *counts = NULL;
    rqa_run *stack = NULL;
    rqa_tile *tile = NULL;
    const uint64_t bytes = rqa_part_place(block, NULL, &counts, &stack, &tile);
    char *memory = td_work_memory(work, bytes);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: no %llu bytes for line counts",
                       (unsigned long long)bytes);
    rqa_part_place(block, memory, &counts, &stack, &tile);
    memset(counts, 0, block->line_slots * sizeof *counts);
    chain_bind(block, chain, counts, stack);
    rqa_lines lines = lines_make(walk, chain, tile);
    int64_t *longest = block->part_longest + index * block->m_max;
    memset(longest, 0, block->m_max * sizeof *longest);
    const uint64_t last = part_first(walk, index + 1);
    uint64_t line = part_first(walk, index);
    while (line < last) {
        const uint64_t fit = POSITIONS_MAX / line_length(walk, line);
        const uint64_t stop = last - line > fit ? line + fit : last;
        const td_status status = lines_some(walk, &lines, line, stop, work, err);
        if (status) return status;
        part_give(block, chain, longest);
        line = stop;
    }
    return TD_OK;
}

static td_status lines_parted(line_walk *walk, td_error *err)
{
    rqa_block *block = walk->block;
    td_status status = td_work_parts(block->work, block->part_count, part_run, walk, err);
    if (status) return status;
    for (uint32_t m = 0; m < block->chain_count; ++m) {
        int64_t longest = 0;
        for (uint32_t part = 0; part < block->part_count; ++part) {
            const int64_t here = block->part_longest[(size_t)part * block->m_max + m];
            longest = here > longest ? here : longest;
        }
        block->chain[m].longest = longest;
    }
    return TD_OK;
}

/* ---- All lines ------------------------------------------------------------------------------- */

td_status rqa_lines_run(rqa_block *block, const rqa_cell *cell, bool vertical, td_error *err)
{
    const uint64_t window = block->state->window_diagonal;
    /* Lines past the vectors of the smallest wanted m have no points. */
    uint32_t m = 1;
    while (m < block->chain_count && !block->chain[m - 1].levels)
        m += 1;
    const uint64_t last = rqa_vector_count(cell->samples->count, m, cell->tau);
    const uint64_t first = vertical ? 0 : window > 1 ? window : 1;
    line_walk walk = {block, cell, vertical, first, last};
    for (uint32_t i = 0; i < block->chain_count; ++i)
        block->chain[i].longest = 0;
    if (first >= last) return TD_OK;
    if (block->part_count > 1) return lines_parted(&walk, err);
    chain_bind(block, block->chain, block->lines, block->stack);
    rqa_lines lines = lines_make(&walk, block->chain, block->tile);
    return lines_some(&walk, &lines, first, last, block->work, err);
}
