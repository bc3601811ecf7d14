/* rqa_device.c - runs one unit on a device: its samples, its batches, its measures. */
#include "rqa_device.h"

#include <string.h>

/* ---- The device's memory --------------------------------------------------------------------- */

static td_status take(rqa_device *device, td_memory **memory, uint64_t count, uint64_t size,
                      td_error *err)
{
    return td_launcher_alloc(device->launcher, (count ? count : 1) * size, memory, err);
}

static td_status memory_open(rqa_device *device, td_error *err)
{
    const rqa_room *room = &device->room;
    td_status status = take(device, &device->samples, room->samples, sizeof(double), err);
    if (!status && device->float32)
        status = take(device, &device->rounded, room->samples, sizeof(float), err);
    if (!status) status = take(device, &device->jobs, room->jobs, sizeof(rqa_job), err);
    if (!status) status = take(device, &device->limits, room->limits, sizeof(double), err);
    if (!status && device->float32)
        status = take(device, &device->guards, room->limits, 2 * sizeof(float), err);
    if (!status) status = take(device, &device->longests, room->sets, sizeof(int32_t), err);
    if (!status) status = take(device, &device->pieces, room->sets, 2 * sizeof(int32_t), err);
    if (!status) status = take(device, &device->packed, room->packed, sizeof(int32_t), err);
    if (!status) status = take(device, &device->lines, room->slots, sizeof(int32_t), err);
    if (!status && room->wide)
        status = take(device, &device->total, room->wide, sizeof(int64_t), err);
    return status;
}

/* ---- Samples --------------------------------------------------------------------------------- */

static bool unit_reads(const rqa_device *device, rqa_signal signal)
{
    const td_range *modes = &device->block.unit->axis[RQA_AXIS_MODE];
    bool reads = false;
    for (uint64_t i = 0; i < modes->count; ++i)
        reads |= device->block.state->mode[modes->first + i].signal == signal;
    return reads;
}

/* The recordings of a unit lie one behind the other, as open laid them. */
static uint64_t signal_samples(const rqa_device *device, rqa_signal signal)
{
    const td_range *items = &device->block.unit->items;
    uint64_t count = 0;
    for (uint64_t i = 0; i < items->count; ++i)
        count += device->block.state->count[items->first + i] + RQA_PAD;
    return signal == RQA_XY ? 2 * count : count;
}

static td_status stage_put(rqa_device *device, uint64_t place, uint64_t count, td_error *err)
{
    return td_launcher_put(device->launcher, device->rounded, place * sizeof(float), device->stage,
                           count * sizeof(float), err);
}

/* The rounded samples of a signal, through the stage. Each column goes on where the last ended. */
static td_status signal_round(rqa_device *device, rqa_signal signal, td_error *err)
{
    const td_range *items = &device->block.unit->items;
    uint64_t place = (uint64_t)device->sample_first[signal], held = 0;
    for (uint64_t i = 0; i < items->count; ++i) {
        const rqa_samples *samples = rqa_samples_of(device->block.state, items->first + i, signal);
        const rqa_scale scale = rqa_scale_of(samples);
        for (int column = 0; column < (samples->y ? 2 : 1); ++column) {
            const double *from = column ? samples->y : samples->x;
            const double centre = column ? scale.centre_y : scale.centre_x;
            for (uint64_t left = samples->count + RQA_PAD; left > 0;) {
                const uint64_t room = device->room.stage - held;
                const uint64_t count = left < room ? left : room;
                rqa_scale_fill(from, count, centre, scale.exponent, device->stage + held);
                from += count;
                left -= count;
                held += count;
                if (held < device->room.stage) continue;
                const td_status status = stage_put(device, place, held, err);
                if (status) return status;
                place += held;
                held = 0;
            }
        }
    }
    return held ? stage_put(device, place, held, err) : TD_OK;
}

static td_status samples_put(rqa_device *device, td_error *err)
{
    const uint64_t first = device->block.unit->items.first;
    uint64_t place = 0;
    td_status status = TD_OK;
    for (int s = 0; !status && s < RQA_SIGNAL_COUNT; ++s) {
        const rqa_signal signal = (rqa_signal)s;
        if (!unit_reads(device, signal)) continue;
        const uint64_t count = signal_samples(device, signal);
        device->sample_first[s] = (int64_t)place;
        status = td_launcher_put(device->launcher, device->samples, place * sizeof(double),
                                 rqa_samples_of(device->block.state, first, signal)->x,
                                 count * sizeof(double), err);
        if (!status && device->float32) status = signal_round(device, signal, err);
        place += count;
    }
    return status;
}

/* ---- Batches --------------------------------------------------------------------------------- */

static td_status batch_run(rqa_device *device, td_error *err)
{
    td_status status = TD_OK;
    if (device->set_count > 0) status = rqa_batch_count(device, err);
    if (!status) status = rqa_batch_read(device, err);
    device->set_count = device->limit_count = 0;
    device->slot_count = 0;
    device->limit_item = UINT64_MAX;
    return status;
}

/* The limits of one m of the cell in hand: written once where several sets share them. In float32
 * each m has its own, since the guards depend on it. */
static void limits_add(rqa_device *device, const rqa_cell *cell, uint32_t m)
{
    const rqa_block *block = &device->block;
    const rqa_levels *levels = block->chain[m - 1].levels;
    const bool own = device->float32 || block->state->eps_unit == RQA_RATE;
    const uint64_t key = own ? (uint64_t)cell->tau_at * (RQA_M_MAX + 1) + m : 0;
    if (device->limit_item == cell->item && device->limit_mode == cell->mode_at &&
        device->limit_m == key)
        return;
    device->limit_item = cell->item;
    device->limit_mode = cell->mode_at;
    device->limit_m = key;
    memcpy(device->limit + device->limit_count, levels->limit, block->eps_count * sizeof(double));
    if (device->float32) {
        if (device->scale_samples != cell->samples) device->scale = rqa_scale_of(cell->samples);
        device->scale_samples = cell->samples;
        rqa_guards_fill(levels->limit, block->eps_count, cell->mode.norm,
                        m * (cell->samples->y ? 2 : 1), &device->scale,
                        device->guard + 2 * (size_t)device->limit_count);
    }
    device->limit_count += block->eps_count;
}

static bool batch_has_room(const rqa_device *device, uint64_t slots, bool wide)
{
    const rqa_room *room = &device->room;
    const uint64_t eps = device->block.eps_count;
    const uint64_t pieces = (eps + RQA_JOB_LEVELS_MAX - 1) / RQA_JOB_LEVELS_MAX;
    if (device->set_count > 0 && (wide || device->set[0].wide)) return false;
    return device->set_count < room->sets && (device->set_count + 1) * pieces <= room->jobs &&
           device->limit_count + eps <= room->limits && device->slot_count + slots <= room->slots;
}

static td_status set_add(rqa_device *device, const rqa_cell *cell, uint32_t m, bool rows,
                         td_error *err)
{
    const rqa_block *block = &device->block;
    const uint64_t n = rqa_vector_count(cell->samples->count, m, cell->tau);
    const uint64_t slots = (n + 1) * (block->eps_count + 1);
    const uint64_t window = block->state->window_diagonal;
    const uint64_t first = rows ? 0 : window > 1 ? window : 1;
    const bool wide = n * n > RQA_NARROW_MAX;
    td_status status = TD_OK;
    if (!batch_has_room(device, slots, wide)) status = batch_run(device, err);
    if (status) return status;
    limits_add(device, cell, m);
    device->set[device->set_count++] =
        (rqa_set){.item = cell->item,
                  .mode_at = (uint32_t)cell->mode_at,
                  .tau_at = (uint32_t)cell->tau_at,
                  .m = m,
                  .main_level = rqa_main_level(block->chain[m - 1].levels),
                  .lines = (uint32_t)device->slot_count,
                  .limit = device->limit_count - block->eps_count,
                  .first = (int32_t)(first < n ? first : n),
                  .last = (int32_t)n,
                  .vectors = (int32_t)n,
                  .rows = rows,
                  .wide = wide};
    device->slot_count += slots;
    return TD_OK;
}

static td_status cell_add(rqa_device *device, const rqa_cell *cell, td_error *err)
{
    rqa_block *block = &device->block;
    td_status status = rqa_cell_prepare(block, cell, err);
    for (uint32_t m = 1; !status && m <= block->chain_count; ++m) {
        if (!block->chain[m - 1].levels) continue;
        if (block->state->wants_diagonals) status = set_add(device, cell, m, false, err);
        if (!status && block->state->wants_rows) status = set_add(device, cell, m, true, err);
    }
    return status;
}

/* ---- The unit -------------------------------------------------------------------------------- */

typedef td_status (*cell_fn)(rqa_device *device, const rqa_cell *cell, td_error *err);

static td_status cells_each(rqa_device *device, cell_fn fn, td_error *err)
{
    const td_unit *unit = device->block.unit;
    td_status status = TD_OK;
    for (uint64_t i = 0; i < unit->items.count; ++i) {
        for (uint64_t mode = 0; mode < unit->axis[RQA_AXIS_MODE].count; ++mode) {
            for (uint64_t tau = 0; !status && tau < unit->axis[RQA_AXIS_TAU].count; ++tau) {
                const rqa_cell cell = rqa_cell_of(&device->block, unit->items.first + i, mode, tau);
                status = fn(device, &cell, err);
            }
        }
    }
    return status;
}

static td_status cell_repeat(rqa_device *device, const rqa_cell *cell, td_error *err)
{
    (void)err;
    if (cell->skip_one) rqa_write_repeat(&device->block, cell);
    return TD_OK;
}

static td_status unit_run(rqa_device *device, td_error *err)
{
    const td_range *items = &device->block.unit->items;
    td_status status = memory_open(device, err);
    if (!status) status = samples_put(device, err);
    if (!status) status = cells_each(device, cell_add, err);
    if (!status) status = batch_run(device, err);
    if (!status) status = cells_each(device, cell_repeat, err);
    for (uint64_t i = 0; !status && i < items->count; ++i)
        rqa_write_item(&device->block, items->first + i);
    return status;
}

td_status rqa_run_device(const void *memory, const td_unit *unit, td_launcher *launcher,
                         td_result *result, td_error *err)
{
    const rqa_state *state = memory;
    rqa_device device;
    void *scratch = NULL;
    memset(&device, 0, sizeof device);
    rqa_block_measure(&device.block, state, unit, true);
    rqa_room_measure(state, unit, unit->device_bytes, &device.room);
    if (!rqa_room_fits(state, unit, &device.room))
        return td_fail(err, TD_E_UNSUPPORTED,
                       "rqa.measures: a device numbers at most 2^31 samples and line counts");
    const uint64_t bytes = rqa_device_place(&device, NULL, &scratch);
    char *host = td_alloc(state->engine, bytes);
    if (!host)
        return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: no %llu bytes beside a device",
                       (unsigned long long)bytes);
    rqa_device_place(&device, host, &scratch);
    rqa_block_open(&device.block, host, scratch, result);
    device.launcher = device.block.device = launcher;
    device.float32 = rqa_use_float32(state, td_launcher_info(launcher));
    device.limit_item = UINT64_MAX;
    const td_status status = unit_run(&device, err);
    td_free(state->engine, host);
    return status;
}
