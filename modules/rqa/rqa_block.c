/* rqa_block.c - how much memory a unit needs, and where each piece of it lies. */
#include "rqa_block.h"

#include "rqa_select.h"

static uint64_t round_up(uint64_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

/* Takes bytes from base at *taken; NULL while only counting. */
static void *take(char *base, uint64_t *taken, uint64_t bytes)
{
    void *memory = base ? base + *taken : NULL;
    *taken += round_up(bytes);
    return memory;
}

static uint64_t longest_item(const rqa_state *state, const td_unit *unit)
{
    uint64_t most = 0;
    for (uint64_t i = 0; i < unit->items.count; ++i) {
        const uint64_t count = state->count[unit->items.first + i];
        most = count > most ? count : most;
    }
    return most;
}

static uint64_t least_tau(const rqa_state *state, const td_unit *unit)
{
    const double *tau = state->axis[RQA_AXIS_TAU].number + unit->axis[RQA_AXIS_TAU].first;
    double least = tau[0];
    for (uint64_t i = 1; i < unit->axis[RQA_AXIS_TAU].count; ++i)
        least = tau[i] < least ? tau[i] : least;
    return (uint64_t)least;
}

/* A row of eps_count + 1 for every length up to n, for every m. */
static uint64_t line_slots(const rqa_block *block)
{
    const uint64_t count = longest_item(block->state, block->unit);
    const uint64_t tau = least_tau(block->state, block->unit);
    uint64_t slots = 0;
    for (uint32_t m = 1; m <= block->m_max; ++m)
        if (block->m_at[m] >= 0)
            slots += (rqa_vector_count(count, m, tau) + 1) * (block->eps_count + 1);
    return slots;
}

/* With its parts, each of which has memory of its own. */
static uint64_t block_bytes(rqa_block *block)
{
    int32_t *lines = NULL;
    rqa_run *stack = NULL;
    rqa_tile *tile = NULL;
    const uint64_t bytes = rqa_block_place(block, NULL);
    if (block->part_count == 1) return bytes;
    return bytes + block->part_count * rqa_part_place(block, NULL, &lines, &stack, &tile);
}

/* As many parts as are quick, and fewer where those would not fit the bytes that the unit may
 * work in: to cut it smaller would cost far more than idle workers do. Running it with the bytes
 * that were planned gives the same number again. */
static void choose_parts(rqa_block *block)
{
    const uint64_t count = longest_item(block->state, block->unit);
    const uint32_t least = count > RQA_WHOLE_MAX ? 2 : 1;
    block->part_count = rqa_part_count(block->state, count, block->m_max, block->line_slots);
    while (block->part_count > least && block_bytes(block) > block->unit->host_bytes)
        block->part_count = block->part_count / 2 > least ? block->part_count / 2 : least;
}

void rqa_block_measure(rqa_block *block, const rqa_state *state, const td_unit *unit,
                       bool on_device)
{
    const td_range *m = &unit->axis[RQA_AXIS_M];
    block->state = state;
    block->unit = unit;
    block->eps_count = (uint32_t)unit->axis[RQA_AXIS_EPS].count;
    block->lmin_count = (uint32_t)unit->axis[RQA_AXIS_LMIN].count;
    block->vmin_count = state->vmin > 0 ? 1 : block->lmin_count;
    block->m_count = (uint32_t)m->count;
    block->m_min = RQA_M_MAX;
    block->m_max = 0;
    for (uint32_t i = 0; i <= RQA_M_MAX; ++i)
        block->m_at[i] = -1;
    for (uint64_t i = 0; i < m->count; ++i) {
        const uint32_t value = (uint32_t)state->axis[RQA_AXIS_M].number[m->first + i];
        block->m_at[value] = (int32_t)i;
        block->m_max = value > block->m_max ? value : block->m_max;
        block->m_min = value < block->m_min ? value : block->m_min;
    }
    block->on_device = on_device;
    block->part_count = 1;
    block->line_slots = on_device ? 0 : line_slots(block);
    if (!on_device) choose_parts(block);
}

static void place_sums(rqa_block *block, char *base, uint64_t *taken)
{
    const uint64_t row = block->eps_count * sizeof(double);
    rqa_sums *sums = &block->sums;
    sums->line = take(base, taken, block->lmin_count * row);
    sums->point = take(base, taken, block->lmin_count * row);
    sums->entropy = take(base, taken, block->lmin_count * row);
    sums->point_all = take(base, taken, row);
    sums->work = take(base, taken, 5 * row);
    sums->longest = take(base, taken, block->eps_count * sizeof(int32_t));
}

uint64_t rqa_block_place(rqa_block *block, char *base)
{
    const bool rate = block->state->eps_unit == RQA_RATE;
    const uint64_t eps = block->eps_count, levels = rate ? block->m_count : 1;
    const uint64_t level_bytes = round_up(rqa_levels_bytes(block->eps_count));
    uint64_t taken = 0;
    block->eps = take(base, &taken, eps * sizeof(double));
    block->eps_at = take(base, &taken, eps * sizeof(uint32_t));
    block->lmin = take(base, &taken, block->lmin_count * sizeof(int64_t));
    block->vmin = take(base, &taken, block->lmin_count * sizeof(int64_t));
    block->lmin_at = take(base, &taken, block->lmin_count * sizeof(uint32_t));
    block->eps_used = take(base, &taken, levels * eps * sizeof(double));
    char *level_memory = take(base, &taken, levels * level_bytes);
    for (uint64_t i = 0; base && i < levels; ++i)
        rqa_levels_place(&block->levels[i], block->eps_count, level_memory + i * level_bytes);
    place_sums(block, base, &taken);
    block->main =
        take(base, &taken, (longest_item(block->state, block->unit) + 1) * sizeof(int32_t));
    block->rank = take(base, &taken, rate ? eps * sizeof(uint64_t) : 0);
    block->select = take(base, &taken, rate ? rqa_select_bytes(block->eps_count) : 0);
    if (block->part_count > 1) {
        block->wide = take(base, &taken, block->line_slots * sizeof(int64_t));
        block->part_longest =
            take(base, &taken, (uint64_t)block->part_count * block->m_max * sizeof(int64_t));
        block->lines = NULL;
        return taken;
    }
    block->wide = NULL;
    block->part_longest = NULL;
    block->lines = NULL;
    if (block->on_device) return taken;
    return taken + rqa_part_place(block, base ? base + taken : NULL, &block->lines, &block->stack,
                                  &block->tile);
}

uint64_t rqa_part_place(const rqa_block *block, char *base, int32_t **lines, rqa_run **stack,
                        rqa_tile **tile)
{
    uint64_t taken = 0;
    *lines = take(base, &taken, block->line_slots * sizeof(int32_t));
    *stack =
        take(base, &taken, (uint64_t)block->m_count * (block->eps_count + 2) * sizeof(rqa_run));
    *tile = take(base, &taken, sizeof(rqa_tile));
    return taken;
}

uint64_t rqa_unit_bytes(const rqa_state *state, const td_unit *unit)
{
    rqa_block block;
    rqa_block_measure(&block, state, unit, false);
    return block_bytes(&block);
}
