/* rqa_device_read.c - from the counts that a device made to measures. Only the rows up to the
 * longest line of a set are read; those of many small sets are packed together first, as a copy
 * costs more than what it carries. */
#include "rqa_device.h"

#define PACK_GROUPS_MAX 4096
#define ITEMS_OF_GROUP  128

/* Counts of the set that may not be 0. */
static uint64_t set_used(const rqa_device *device, uint32_t number)
{
    const int32_t longest = device->longest[number];
    return longest > 0 ? ((uint64_t)longest + 1) * (device->block.eps_count + 1) : 0;
}

static void set_write(rqa_device *device, uint32_t number, int32_t *narrow, int64_t *wide)
{
    const rqa_set *set = &device->set[number];
    const rqa_cell cell = rqa_cell_of(&device->block, set->item, set->mode_at, set->tau_at);
    const rqa_histogram h = {.narrow = narrow,
                             .wide = wide,
                             .level_count = device->block.eps_count,
                             .longest = device->longest[number],
                             .main_level = set->main_level};
    if (set->rows) rqa_cell_vertical(&device->block, &cell, set->m, h);
    else rqa_cell_diagonal(&device->block, &cell, set->m, h);
}

/* A set that is read by itself. */
static td_status read_one(rqa_device *device, uint32_t number, td_error *err)
{
    const rqa_set *set = &device->set[number];
    const uint64_t used = set_used(device, number);
    td_status status = TD_OK;
    if (set->wide) {
        status = td_launcher_get(device->launcher, device->count, device->total, 0,
                                 used * sizeof(int64_t), err);
        if (!status) set_write(device, number, NULL, device->count);
        return status;
    }
    status = td_launcher_get(device->launcher, device->count, device->lines,
                             set->lines * sizeof(int32_t), used * sizeof(int32_t), err);
    if (!status) set_write(device, number, device->count, NULL);
    return status;
}

/* Sets first..last-1, some of which have no line. */
static td_status read_packed(rqa_device *device, uint32_t first, uint32_t last, td_error *err)
{
    td_status status = TD_OK;
    int32_t pieces = 0, total = 0;
    for (uint32_t i = first; i < last; ++i) {
        const uint64_t used = set_used(device, i);
        if (used == 0) continue;
        device->piece[2 * pieces] = total;
        device->piece[2 * pieces + 1] = (int32_t)device->set[i].lines;
        pieces += 1;
        total += (int32_t)used;
    }
    if (pieces > 0) {
        const uint32_t groups = ((uint32_t)total + ITEMS_OF_GROUP - 1) / ITEMS_OF_GROUP;
        const td_kernel_arg args[] = {rqa_memory(device->lines), rqa_memory(device->pieces),
                                      rqa_memory(device->packed), rqa_value(&pieces),
                                      rqa_value(&total)};
        status = td_launcher_put(device->launcher, device->pieces, 0, device->piece,
                                 2 * (size_t)pieces * sizeof(int32_t), err);
        if (!status)
            status = td_launcher_launch(device->launcher, "rqa_pack",
                                        groups < PACK_GROUPS_MAX ? groups : PACK_GROUPS_MAX, args,
                                        5, err);
        if (!status)
            status = td_launcher_get(device->launcher, device->count, device->packed, 0,
                                     (size_t)total * sizeof(int32_t), err);
    }
    int32_t *count = device->count;
    for (uint32_t i = first; !status && i < last; ++i) {
        set_write(device, i, count, NULL);
        count += set_used(device, i);
    }
    return status;
}

td_status rqa_batch_read(rqa_device *device, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t first = 0; !status && first < device->set_count;) {
        uint64_t total = 0;
        uint32_t last = first;
        while (last < device->set_count && !device->set[last].wide &&
               total + set_used(device, last) <= device->room.packed) {
            total += set_used(device, last);
            last += 1;
        }
        if (td_launcher_cancelled(device->launcher))
            return td_fail(err, TD_E_CANCELLED, "rqa.measures: cancelled");
        if (last > first) status = read_packed(device, first, last, err);
        else status = read_one(device, last++, err);
        first = last;
    }
    return status;
}
