/* rqa_unit.c - runs one unit: every recording, mode and tau of its block, a cell at a time. */
#include <string.h>

#include "rqa_block.h"

typedef struct ranked {
    double value;
    uint32_t place;
} ranked;

/* Shell's sort: in place, and one pass over values that are in order, as they mostly are. */
static void ranked_sort(ranked *values, uint64_t count)
{
    uint64_t gap = 1;
    while (gap < count / 3)
        gap = gap * 3 + 1;
    for (; gap > 0; gap /= 3) {
        for (uint64_t i = gap; i < count; ++i) {
            const ranked held = values[i];
            uint64_t j = i;
            for (; j >= gap && values[j - gap].value > held.value; j -= gap)
                values[j] = values[j - gap];
            values[j] = held;
        }
    }
}

/* The values of an axis within the block, ascending, each with its place in the grid's order. */
static void axis_sort(const rqa_block *block, rqa_axis axis, ranked *out)
{
    const td_range *range = &block->unit->axis[axis];
    const double *number = block->state->axis[axis].number + range->first;
    for (uint64_t i = 0; i < range->count; ++i)
        out[i] = (ranked){number[i], (uint32_t)i};
    ranked_sort(out, range->count);
}

static void block_sort(rqa_block *block, ranked *values)
{
    axis_sort(block, RQA_AXIS_EPS, values);
    for (uint32_t i = 0; i < block->eps_count; ++i) {
        block->eps[i] = values[i].value;
        block->eps_at[i] = values[i].place;
    }
    axis_sort(block, RQA_AXIS_LMIN, values);
    for (uint32_t i = 0; i < block->lmin_count; ++i) {
        block->lmin[i] = block->vmin[i] = (int64_t)values[i].value;
        block->lmin_at[i] = values[i].place;
    }
    if (block->state->vmin > 0) block->vmin[0] = block->state->vmin;
}

uint64_t rqa_block_scratch(const rqa_block *block)
{
    const uint32_t most =
        block->eps_count > block->lmin_count ? block->eps_count : block->lmin_count;
    return most * sizeof(ranked);
}

void rqa_block_open(rqa_block *block, char *memory, void *scratch, td_result *result)
{
    uint64_t longest = 0;
    rqa_block_place(block, memory);
    if (block->lines) memset(block->lines, 0, block->line_slots * sizeof *block->lines);
    if (block->wide) memset(block->wide, 0, block->line_slots * sizeof *block->wide);
    for (uint64_t i = 0; i < block->unit->items.count; ++i) {
        const uint64_t count = block->state->count[block->unit->items.first + i];
        longest = count > longest ? count : longest;
    }
    memset(block->main, 0, (longest + 1) * sizeof *block->main);
    block->levels_item = block->levels_mode = UINT64_MAX;
    for (uint32_t i = 0; i < RQA_OUT_COUNT; ++i)
        block->has[i] = td_result_block(result, i, &block->out[i]);
    block_sort(block, scratch);
}

rqa_cell rqa_cell_of(const rqa_block *block, uint64_t item, uint64_t mode_at, uint64_t tau_at)
{
    const rqa_state *state = block->state;
    const td_range *axis = block->unit->axis;
    rqa_cell cell = {item,
                     mode_at,
                     tau_at,
                     NULL,
                     state->mode[axis[RQA_AXIS_MODE].first + mode_at],
                     (uint64_t)state->axis[RQA_AXIS_TAU].number[axis[RQA_AXIS_TAU].first + tau_at],
                     tau_at > 0 && block->m_min == 1};
    cell.samples = rqa_samples_of(state, item, cell.mode.signal);
    return cell;
}

static td_status item_run(rqa_block *block, uint64_t item, td_error *err)
{
    const td_range *axis = block->unit->axis;
    td_status status = TD_OK;
    for (uint64_t mode = 0; mode < axis[RQA_AXIS_MODE].count; ++mode) {
        for (uint64_t tau = 0; !status && tau < axis[RQA_AXIS_TAU].count; ++tau) {
            const rqa_cell cell = rqa_cell_of(block, item, mode, tau);
            status = rqa_cell_run(block, &cell, err);
        }
    }
    if (!status) rqa_write_item(block, item);
    return status;
}

td_status rqa_run_cpu(const void *state, const td_unit *unit, td_work *work, td_result *result,
                      td_error *err)
{
    rqa_block block;
    memset(&block, 0, sizeof block);
    rqa_block_measure(&block, state, unit, false);
    block.work = work;
    const uint64_t bytes = rqa_block_place(&block, NULL);
    char *memory = td_work_memory(work, bytes);
    void *scratch = td_work_memory(work, rqa_block_scratch(&block));
    if (!memory || !scratch)
        return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: no %llu bytes for a unit",
                       (unsigned long long)bytes);
    rqa_block_open(&block, memory, scratch, result);
    td_status status = TD_OK;
    for (uint64_t i = 0; !status && i < unit->items.count; ++i)
        status = item_run(&block, unit->items.first + i, err);
    return status;
}
