/* rqa_cell.c - one recording, mode and tau: thresholds, lines, counts, measures of every m. */
#include <math.h>
#include <string.h>

#include "rqa_block.h"
#include "rqa_select.h"
#include "rqa_threshold.h"

static bool block_stop(const void *of)
{
    const rqa_block *block = of;
    return block->device ? td_launcher_cancelled(block->device) : td_work_cancelled(block->work);
}

/* ---- Thresholds ------------------------------------------------------------------------------ */

static void levels_make(rqa_block *block, const rqa_cell *cell, uint32_t place)
{
    rqa_levels *levels = &block->levels[place];
    const double *used = block->eps_used + (size_t)place * block->eps_count;
    for (uint32_t k = 0; k < block->eps_count; ++k)
        levels->limit[k] = rqa_limit(used[k], cell->mode.norm, block->state->strict);
    rqa_levels_build(levels);
}

/* eps as it is or in standard deviations: the same for every m and tau. */
static void levels_plain(rqa_block *block, const rqa_cell *cell)
{
    if (block->levels_item == cell->item && block->levels_mode == cell->mode_at) return;
    const double unit = block->state->eps_unit == RQA_SD ? cell->samples->deviation : 1;
    for (uint32_t k = 0; k < block->eps_count; ++k)
        block->eps_used[k] = block->eps[k] * unit;
    levels_make(block, cell, 0);
    block->levels_item = cell->item;
    block->levels_mode = cell->mode_at;
}

static td_status levels_of_rate(rqa_block *block, const rqa_cell *cell, uint32_t m, td_error *err)
{
    const uint32_t place = (uint32_t)block->m_at[m];
    double *used = block->eps_used + (size_t)place * block->eps_count;
    const rqa_pairs pairs = {cell->samples, cell->mode.norm, m, cell->tau};
    const uint64_t n = rqa_vector_count(cell->samples->count, m, cell->tau);
    for (uint32_t k = 0; k < block->eps_count; ++k)
        block->rank[k] = rqa_rate_rank(block->eps[k], n);
    if (!rqa_select(&pairs, block->rank, block->eps_count, used, block->select, block_stop, block))
        return td_fail(err, TD_E_CANCELLED, "rqa.measures: cancelled");
    for (uint32_t k = 0; k < block->eps_count; ++k)
        used[k] = rqa_rate_threshold(used[k], cell->mode.norm, block->state->strict);
    levels_make(block, cell, place);
    return TD_OK;
}

static const double *eps_used_of(const rqa_block *block, uint32_t m)
{
    const bool rate = block->state->eps_unit == RQA_RATE;
    return block->eps_used + (rate ? (size_t)block->m_at[m] * block->eps_count : 0);
}

static const rqa_levels *levels_of(const rqa_block *block, uint32_t m)
{
    return &block->levels[block->state->eps_unit == RQA_RATE ? block->m_at[m] : 0];
}

/* ---- The chain ------------------------------------------------------------------------------- */

static bool cell_has(const rqa_block *block, const rqa_cell *cell, uint32_t m)
{
    return block->m_at[m] >= 0 && !(m == 1 && cell->skip_one) &&
           rqa_vector_count(cell->samples->count, m, cell->tau) >= 2;
}

/* Levels for every m of the cell; the bound of an m is the largest limit from there on, because S
 * grows from m to m + 1 while limits (in the unit rate) may grow too. */
static td_status chain_make(rqa_block *block, const rqa_cell *cell, td_error *err)
{
    const bool rate = block->state->eps_unit == RQA_RATE;
    uint64_t slot = 0;
    block->chain_count = 0;
    if (!rate) levels_plain(block, cell);
    for (uint32_t m = 1; m <= block->m_max; ++m) {
        rqa_chain *chain = &block->chain[m - 1];
        chain->levels = NULL;
        if (!cell_has(block, cell, m)) continue;
        if (rate) {
            const td_status status = levels_of_rate(block, cell, m, err);
            if (status) return status;
        }
        chain->levels = levels_of(block, m);
        block->chain_count = m;
        block->slot[m - 1] = slot;
        slot += (rqa_vector_count(cell->samples->count, m, cell->tau) + 1) * (block->eps_count + 1);
    }
    double bound = -1;
    for (uint32_t m = block->chain_count; m > 0; --m) {
        rqa_chain *chain = &block->chain[m - 1];
        if (chain->levels && chain->levels->limit[block->eps_count - 1] > bound)
            bound = chain->levels->limit[block->eps_count - 1];
        chain->bound = bound;
    }
    return TD_OK;
}

/* ---- The main diagonal ----------------------------------------------------------------------- */

/* Its lines by length, for every level that admits a distance of 0: one of length n, unless
 * samples that are no numbers break it. Gives the points, and the longest in *longest. */
static uint64_t main_fill(rqa_block *block, const rqa_cell *cell, uint32_t m, uint64_t n,
                          uint64_t *longest)
{
    const double *x = cell->samples->x;
    uint64_t points = 0, run = 0;
    *longest = 0;
    if (cell->samples->nan_count == 0) {
        block->main[n] = 1;
        *longest = n;
        return n;
    }
    for (uint64_t i = 0; i <= n; ++i) {
        bool known = i < n;
        for (uint64_t lag = 0; known && lag < m; ++lag)
            known = !isnan(x[i + lag * cell->tau]);
        if (known) {
            run += 1;
            continue;
        }
        if (run > 0) block->main[run] += 1;
        *longest = run > *longest ? run : *longest;
        points += run;
        run = 0;
    }
    return points;
}

uint32_t rqa_main_level(const rqa_levels *levels)
{
    uint32_t level = 0;
    while (level < levels->count && levels->limit[level] < 0)
        level += 1;
    return level;
}

/* ---- Counting -------------------------------------------------------------------------------- */

static rqa_histogram histogram_of(const rqa_block *block, uint32_t m)
{
    const rqa_chain *chain = &block->chain[m - 1];
    rqa_histogram h = {.level_count = block->eps_count,
                       .longest = chain->longest,
                       .main_level = rqa_main_level(chain->levels)};
    if (block->part_count > 1) h.wide = block->wide + block->slot[m - 1];
    else h.narrow = block->lines + block->slot[m - 1];
    return h;
}

void rqa_cell_diagonal(rqa_block *block, const rqa_cell *cell, uint32_t m, rqa_histogram h)
{
    const rqa_state *state = block->state;
    const uint64_t n = rqa_vector_count(cell->samples->count, m, cell->tau);
    const bool with_main = state->window_diagonal == 0;
    uint64_t longest = 0, main_points = 0;
    if (with_main || state->window_rate == 0) main_points = main_fill(block, cell, m, n, &longest);
    h.weight = with_main ? 2 : 1;
    if (with_main) {
        h.main = block->main;
        h.main_longest = (int64_t)longest;
    }
    block->sums.min_count = block->lmin_count;
    block->sums.min = block->lmin;
    block->sums.entropies = state->wants[RQA_OUT_ENT];
    rqa_count(&h, &state->logs, &block->sums);
    memset(block->main, 0, (longest + 1) * sizeof *block->main);
    rqa_write_diagonal(block, cell, m, n, main_points, h.main_level);
}

void rqa_cell_vertical(rqa_block *block, const rqa_cell *cell, uint32_t m, rqa_histogram h)
{
    h.weight = 1;
    block->sums.min_count = block->vmin_count;
    block->sums.min = block->vmin;
    block->sums.entropies = block->state->wants[RQA_OUT_VENT];
    rqa_count(&h, &block->state->logs, &block->sums);
    rqa_write_vertical(block, cell, m);
}

td_status rqa_cell_prepare(rqa_block *block, const rqa_cell *cell, td_error *err)
{
    const td_status status = chain_make(block, cell, err);
    for (uint32_t m = 1; !status && m <= block->m_max; ++m) {
        if (block->m_at[m] < 0 || (m == 1 && cell->skip_one)) continue;
        if (cell_has(block, cell, m)) rqa_write_eps(block, cell, m, eps_used_of(block, m));
        else rqa_write_missing(block, cell, m);
    }
    return status;
}

td_status rqa_cell_run(rqa_block *block, const rqa_cell *cell, td_error *err)
{
    const rqa_state *state = block->state;
    td_status status = rqa_cell_prepare(block, cell, err);
    if (!status && state->wants_diagonals) {
        status = rqa_lines_run(block, cell, false, err);
        for (uint32_t m = 1; !status && m <= block->chain_count; ++m)
            if (block->chain[m - 1].levels)
                rqa_cell_diagonal(block, cell, m, histogram_of(block, m));
    }
    if (!status && state->wants_rows) {
        status = rqa_lines_run(block, cell, true, err);
        for (uint32_t m = 1; !status && m <= block->chain_count; ++m)
            if (block->chain[m - 1].levels)
                rqa_cell_vertical(block, cell, m, histogram_of(block, m));
    }
    if (!status && cell->skip_one) rqa_write_repeat(block, cell);
    return status;
}
