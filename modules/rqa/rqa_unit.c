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
static td_status axis_sort(rqa_block *block, rqa_axis axis, ranked *out, td_error *err)
{
    const td_range *range = &block->unit->axis[axis];
    const double *number = block->state->axis[axis].number + range->first;
    if (!out) return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: no memory to sort an axis");
    for (uint64_t i = 0; i < range->count; ++i)
        out[i] = (ranked){number[i], (uint32_t)i};
    ranked_sort(out, range->count);
    return TD_OK;
}

static td_status block_sort(rqa_block *block, td_error *err)
{
    ranked *eps = td_work_memory(block->work, block->eps_count * sizeof *eps);
    ranked *lmin = td_work_memory(block->work, block->lmin_count * sizeof *lmin);
    td_status status = axis_sort(block, RQA_AXIS_EPS, eps, err);
    if (!status) status = axis_sort(block, RQA_AXIS_LMIN, lmin, err);
    if (status) return status;
    for (uint32_t i = 0; i < block->eps_count; ++i) {
        block->eps[i] = eps[i].value;
        block->eps_at[i] = eps[i].place;
    }
    for (uint32_t i = 0; i < block->lmin_count; ++i) {
        block->lmin[i] = block->vmin[i] = (int64_t)lmin[i].value;
        block->lmin_at[i] = lmin[i].place;
    }
    if (block->state->vmin > 0) block->vmin[0] = block->state->vmin;
    return TD_OK;
}

static td_status block_open(rqa_block *block, td_result *result, td_error *err)
{
    const uint64_t bytes = rqa_block_place(block, NULL);
    char *memory = td_work_memory(block->work, bytes);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: no %llu bytes for a unit",
                       (unsigned long long)bytes);
    rqa_block_place(block, memory);
    if (block->lines) memset(block->lines, 0, block->line_slots * sizeof *block->lines);
    if (block->wide) memset(block->wide, 0, block->line_slots * sizeof *block->wide);
    uint64_t longest = 0;
    for (uint64_t i = 0; i < block->unit->items.count; ++i) {
        const uint64_t count = block->state->count[block->unit->items.first + i];
        longest = count > longest ? count : longest;
    }
    memset(block->main, 0, (longest + 1) * sizeof *block->main);
    block->levels_item = block->levels_mode = UINT64_MAX;
    for (uint32_t i = 0; i < RQA_OUT_COUNT; ++i)
        block->has[i] = td_result_block(result, i, &block->out[i]);
    return block_sort(block, err);
}

static td_status item_run(rqa_block *block, uint64_t item, td_error *err)
{
    const rqa_state *state = block->state;
    const td_range *modes = &block->unit->axis[RQA_AXIS_MODE];
    const td_range *taus = &block->unit->axis[RQA_AXIS_TAU];
    td_status status = TD_OK;
    for (uint64_t mode = 0; mode < modes->count; ++mode) {
        for (uint64_t tau = 0; !status && tau < taus->count; ++tau) {
            rqa_cell cell = {item,
                             mode,
                             tau,
                             NULL,
                             state->mode[modes->first + mode],
                             (uint64_t)state->axis[RQA_AXIS_TAU].number[taus->first + tau],
                             tau > 0 && block->m_min == 1};
            cell.samples = rqa_samples_of(state, item, cell.mode.signal);
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
    rqa_block_measure(&block, state, unit);
    block.work = work;
    td_status status = block_open(&block, result, err);
    for (uint64_t i = 0; !status && i < unit->items.count; ++i)
        status = item_run(&block, unit->items.first + i, err);
    return status;
}
