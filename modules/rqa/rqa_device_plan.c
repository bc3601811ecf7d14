/* rqa_device_plan.c - what a unit on a device takes of memory, on both sides. */
#include "rqa_device.h"

#define SETS_MAX     4096
#define LIMITS_MAX   (UINT64_C(1) << 16) /* or as many as one set has */
#define SLOTS_MAX    (UINT64_C(1) << 28) /* of a batch; one set alone may need more */
#define PACKED_MAX   (UINT64_C(1) << 20)
#define STAGE_MAX    (UINT64_C(1) << 16)
#define INDEX_MAX    ((UINT64_C(1) << 31) - 1) /* kernels number things with 31 bits */
#define ALIGN_HOST   64
#define ALIGN_DEVICE 256

static uint64_t least_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t most_of(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t samples_of(const rqa_state *state, const td_unit *unit)
{
    const td_range *modes = &unit->axis[RQA_AXIS_MODE];
    bool reads[RQA_SIGNAL_COUNT] = {false};
    uint64_t columns = 0, samples = 0;
    for (uint64_t i = 0; i < modes->count; ++i)
        reads[state->mode[modes->first + i].signal] = true;
    for (int s = 0; s < RQA_SIGNAL_COUNT; ++s)
        columns += reads[s] ? (s == RQA_XY ? 2 : 1) : 0;
    for (uint64_t i = 0; i < unit->items.count; ++i)
        samples += state->count[unit->items.first + i] + RQA_PAD;
    return samples * columns;
}

/* Sets of the unit by number, and their counts: all (no more than SLOTS_MAX and one set need to be
 * told), and the largest. */
static void room_lines(const rqa_state *state, const td_unit *unit, rqa_room *room)
{
    const td_range *m = &unit->axis[RQA_AXIS_M], *tau = &unit->axis[RQA_AXIS_TAU];
    const uint64_t kinds = (uint64_t)state->wants_diagonals + state->wants_rows;
    const uint64_t each = kinds * unit->axis[RQA_AXIS_MODE].count;
    const uint64_t width = unit->axis[RQA_AXIS_EPS].count + 1;
    for (uint64_t i = 0; i < unit->items.count; ++i) {
        for (uint64_t j = 0; j < m->count; ++j) {
            for (uint64_t k = 0; k < tau->count; ++k) {
                const uint64_t n =
                    rqa_vector_count(state->count[unit->items.first + i],
                                     (uint64_t)state->axis[RQA_AXIS_M].number[m->first + j],
                                     (uint64_t)state->axis[RQA_AXIS_TAU].number[tau->first + k]);
                if (n < 2 || each == 0) continue;
                const uint64_t slots = (n + 1) * width;
                room->sets = least_of(room->sets + each, SETS_MAX);
                room->least = most_of(room->least, slots);
                if (n * n > RQA_NARROW_MAX) room->wide = most_of(room->wide, slots);
                if (room->slots < SLOTS_MAX) room->slots += least_of(each, SETS_MAX) * slots;
            }
        }
    }
    room->slots = most_of(least_of(room->slots, SLOTS_MAX), room->least);
}

static uint64_t device_part(uint64_t count, uint64_t size)
{
    return ((count ? count : 1) * size + ALIGN_DEVICE - 1) / ALIGN_DEVICE * ALIGN_DEVICE;
}

/* All but the counts of a batch; as float32 takes it, which is more than float64. */
static uint64_t device_fixed(const rqa_room *room)
{
    return device_part(room->samples, sizeof(double)) + device_part(room->samples, sizeof(float)) +
           device_part(room->jobs, sizeof(rqa_job)) +
           2 * device_part(room->limits, sizeof(double)) +
           device_part(room->sets, sizeof(int32_t)) + device_part(room->sets, 2 * sizeof(int32_t)) +
           device_part(room->packed, sizeof(int32_t)) +
           (room->wide ? device_part(room->wide, sizeof(int64_t)) : 0);
}

void rqa_room_measure(const rqa_state *state, const td_unit *unit, uint64_t device_bytes,
                      rqa_room *room)
{
    const uint64_t eps = unit->axis[RQA_AXIS_EPS].count;
    const uint64_t pieces = (eps + RQA_JOB_LEVELS_MAX - 1) / RQA_JOB_LEVELS_MAX;
    rqa_device device;
    void *scratch = NULL;
    *room = (rqa_room){.samples = samples_of(state, unit)};
    room_lines(state, unit, room);
    room->jobs = most_of(least_of(room->sets * pieces, SETS_MAX), pieces);
    room->limits = most_of(least_of(room->sets * eps, LIMITS_MAX), eps);
    room->packed = least_of(room->slots, PACKED_MAX);
    room->stage = least_of(most_of(room->samples, 1), STAGE_MAX);
    const uint64_t fixed = device_fixed(room);
    const uint64_t left = device_bytes > fixed ? (device_bytes - fixed) / sizeof(int32_t) : 0;
    room->slots = most_of(least_of(room->slots, left / 64 * 64), room->least);
    room->packed = least_of(room->packed, room->slots);
    room->device_bytes = device_fixed(room) + device_part(room->slots, sizeof(int32_t));
    room->counts =
        most_of(most_of(room->packed, room->least) * sizeof(int32_t), room->wide * sizeof(int64_t));
    device.room = *room;
    rqa_block_measure(&device.block, state, unit, true);
    room->host_bytes = rqa_device_place(&device, NULL, &scratch);
}

bool rqa_room_fits(const rqa_state *state, const td_unit *unit, const rqa_room *room)
{
    const uint64_t eps = unit->axis[RQA_AXIS_EPS].count;
    bool fits = room->slots <= INDEX_MAX && room->samples <= INDEX_MAX;
    for (uint64_t i = 0; i < unit->items.count; ++i)
        fits = fits && state->count[unit->items.first + i] < INDEX_MAX / (eps + 1);
    return fits;
}

/* ---- Host memory ----------------------------------------------------------------------------- */

static void *place_take(char *base, uint64_t *taken, uint64_t bytes)
{
    void *memory = base ? base + *taken : NULL;
    *taken += (bytes + ALIGN_HOST - 1) / ALIGN_HOST * ALIGN_HOST;
    return memory;
}

uint64_t rqa_device_place(rqa_device *device, char *base, void **scratch)
{
    const rqa_room *room = &device->room;
    uint64_t taken = 0;
    place_take(base, &taken, rqa_block_place(&device->block, NULL));
    *scratch = place_take(base, &taken, rqa_block_scratch(&device->block));
    device->set = place_take(base, &taken, room->sets * sizeof(rqa_set));
    device->job = place_take(base, &taken, room->jobs * sizeof(rqa_job));
    device->limit = place_take(base, &taken, room->limits * sizeof(double));
    device->guard = place_take(base, &taken, room->limits * 2 * sizeof(float));
    device->longest = place_take(base, &taken, room->sets * sizeof(int32_t));
    device->piece = place_take(base, &taken, room->sets * 2 * sizeof(int32_t));
    device->count = place_take(base, &taken, room->counts);
    device->stage = place_take(base, &taken, room->stage * sizeof(float));
    return taken;
}
