/* rqa_device_lines.c - the lines of a batch: from sets to jobs, and from jobs to launches. */
#include <string.h>
#include <time.h>

#include "rqa_device.h"

/* Groups for each multiprocessor of a device, so that it is full several times over and its end is
 * even; and how many of those there are where nobody tells. */
#define GROUPS_OF_UNIT 64
#define UNITS_USUAL    128
#define STRETCH_MIN    64
#define STRETCH_MAX    2048
#define GROUPS_MAX     (UINT64_C(1) << 30)
#define FILL_GROUPS    4096
#define ITEMS_OF_GROUP 128

/* A launch is as long as takes a device this many seconds: short, so that a run stops soon and a
 * screen on the same device keeps moving, and long beside what a launch costs. */
#define LAUNCH_SECONDS_MIN   0.02
#define LAUNCH_SECONDS_MAX   0.1
#define LAUNCH_POSITIONS_MIN (LAUNCH_POSITIONS_MAX / 2048)
#define LAUNCH_POSITIONS_MAX ((double)RQA_NARROW_MAX)

const char *const rqa_kernels[] = {
    "td_fill", "td_widen", "rqa_many_f32", "rqa_one_f32", "rqa_pack", NULL,
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- Jobs ------------------------------------------------------------------------------------ */

static uint64_t divided_up(uint64_t a, uint64_t b)
{
    return (a + b - 1) / b;
}

/* Positions of a line of the set, at most. */
static uint64_t set_reach(const rqa_set *set)
{
    return (uint64_t)(set->vectors - (set->rows ? 0 : set->first));
}

static uint64_t set_groups(const rqa_set *set, uint64_t stretch)
{
    if (set->first >= set->last) return 0;
    return divided_up((uint64_t)(set->last - set->first), RQA_JOB_LINES) *
           divided_up(set_reach(set), stretch);
}

/* As long as leaves enough groups: what a stretch costs twice are the lines that pass its end. */
static void stretch_choose(rqa_device *device)
{
    double positions = 0;
    for (uint32_t i = 0; i < device->set_count; ++i) {
        const rqa_set *set = &device->set[i];
        if (set->first < set->last)
            positions += (double)(set->last - set->first) * (double)set_reach(set);
    }
    const uint32_t units = td_launcher_info(device->launcher)->units;
    const double groups = (double)GROUPS_OF_UNIT * (units ? units : UNITS_USUAL);
    const double wanted = positions / (groups * RQA_JOB_LINES);
    device->stretch = STRETCH_MIN;
    while (device->stretch < STRETCH_MAX && device->stretch < wanted)
        device->stretch *= 2;
}

/* Where the samples of a recording begin, counted in the device's memory. */
static int64_t sample_place(const rqa_device *device, uint64_t item, rqa_signal signal)
{
    const rqa_state *state = device->block.state;
    const double *first = rqa_samples_of(state, device->block.unit->items.first, signal)->x;
    return device->sample_first[signal] + (rqa_samples_of(state, item, signal)->x - first);
}

static void job_add(rqa_device *device, uint32_t number, uint32_t from, uint32_t levels)
{
    const rqa_set *set = &device->set[number];
    const rqa_cell cell = rqa_cell_of(&device->block, set->item, set->mode_at, set->tau_at);
    const rqa_samples *samples = cell.samples;
    const uint64_t window = set->rows ? device->block.state->window_vertical : 0;
    device->job[device->job_count++] = (rqa_job){
        .group = (int32_t)device->group_count,
        .blocks = (int32_t)divided_up((uint64_t)(set->last - set->first), RQA_JOB_LINES),
        .stretch = (int32_t)device->stretch,
        .x = (int32_t)sample_place(device, set->item, cell.mode.signal),
        .y = samples->y ? (int32_t)(samples->y - samples->x) : 0,
        .norm = (int32_t)cell.mode.norm,
        .m = (int32_t)set->m,
        .tau = (int32_t)cell.tau,
        .first = set->first,
        .last = set->last,
        .count = set->vectors,
        .rows = set->rows,
        .window = (int32_t)(window < (uint64_t)set->vectors ? window : (uint64_t)set->vectors),
        .limit = (int32_t)(set->limit + from),
        .levels = (int32_t)levels,
        .lines = set->lines + from,
        .width = (int32_t)device->block.eps_count + 1,
        .longest = (int32_t)number};
    device->group_count += (uint32_t)set_groups(set, device->stretch);
}

/* Pieces of the threshold axis that are as long as each other, as far as that goes. */
static td_status jobs_make(rqa_device *device, td_error *err)
{
    const uint32_t eps = device->block.eps_count;
    const uint32_t pieces = (uint32_t)divided_up(eps, RQA_JOB_LEVELS_MAX);
    uint64_t groups = 0;
    stretch_choose(device);
    device->job_count = device->group_count = 0;
    for (uint32_t i = 0; i < device->set_count; ++i)
        groups += set_groups(&device->set[i], device->stretch) * pieces;
    if (groups > GROUPS_MAX)
        return td_fail(err, TD_E_UNSUPPORTED, "rqa.measures: %llu groups of lines, allowed %llu",
                       (unsigned long long)groups, (unsigned long long)GROUPS_MAX);
    for (uint32_t i = 0; i < device->set_count; ++i) {
        if (device->set[i].first >= device->set[i].last) continue;
        for (uint32_t p = 0; p < pieces; ++p) {
            const uint32_t from = (uint32_t)((uint64_t)eps * p / pieces);
            const uint32_t to = (uint32_t)((uint64_t)eps * (p + 1) / pieces);
            job_add(device, i, from, to - from);
        }
    }
    return TD_OK;
}

/* ---- Launches -------------------------------------------------------------------------------- */

static uint32_t fill_groups(uint64_t count)
{
    const uint64_t groups = divided_up(count, ITEMS_OF_GROUP);
    return groups < FILL_GROUPS ? (uint32_t)groups : FILL_GROUPS;
}

static td_status clear(rqa_device *device, td_memory *memory, uint64_t words, td_error *err)
{
    const uint32_t zero = 0;
    const int64_t count = (int64_t)words;
    const td_kernel_arg args[] = {rqa_memory(memory), rqa_value(&zero), {&count, 8, NULL}};
    return td_launcher_launch(device->launcher, "td_fill", fill_groups(words), args, 3, err);
}

static td_status widen(rqa_device *device, td_error *err)
{
    const int64_t count = (int64_t)device->slot_count;
    const td_kernel_arg args[] = {
        rqa_memory(device->lines), rqa_memory(device->total), {&count, 8, NULL}};
    return td_launcher_launch(device->launcher, "td_widen", fill_groups(device->slot_count), args,
                              3, err);
}

static td_status launch(rqa_device *device, uint32_t first, uint32_t groups, td_error *err)
{
    const bool one = device->block.eps_count == 1;
    const int32_t job_count = (int32_t)device->job_count, group_first = (int32_t)first;
    const td_kernel_arg jobs = rqa_memory(device->jobs), limits = rqa_memory(device->limits);
    const td_kernel_arg lines = rqa_memory(device->lines), longest = rqa_memory(device->longests);
    if (device->float32) {
        const td_kernel_arg args[] = {rqa_memory(device->rounded),
                                      rqa_memory(device->samples),
                                      jobs,
                                      rqa_memory(device->guards),
                                      limits,
                                      lines,
                                      longest,
                                      rqa_value(&job_count),
                                      rqa_value(&group_first)};
        return td_launcher_launch(device->launcher, one ? "rqa_one_f32" : "rqa_many_f32", groups,
                                  args, 9, err);
    }
    const td_kernel_arg args[] = {
        rqa_memory(device->samples), jobs, limits, lines, longest, rqa_value(&job_count),
        rqa_value(&group_first)};
    return td_launcher_launch(device->launcher, one ? "rqa_one_f64" : "rqa_many_f64", groups, args,
                              7, err);
}

/* Positions of the first launch, of which nothing is known yet: a millisecond of a large device. */
static double launch_first(const rqa_device *device)
{
    const double usual = LAUNCH_POSITIONS_MAX / 1024;
    const double positions = td_launcher_info(device->launcher)->units * usual;
    const double least = 8 * usual, most = LAUNCH_POSITIONS_MAX / 4;
    return positions < least ? least : positions > most ? most : positions;
}

/* The next launch takes as many positions as this one's time suggests. */
static void launch_learn(rqa_device *device, double seconds)
{
    double *positions = &device->launch_positions;
    if (seconds < LAUNCH_SECONDS_MIN && *positions <= LAUNCH_POSITIONS_MAX / 2) *positions *= 2;
    if (seconds > LAUNCH_SECONDS_MAX && *positions > LAUNCH_POSITIONS_MIN) *positions /= 2;
}

static td_status launch_all(rqa_device *device, td_error *err)
{
    const double positions_of_group = (double)device->stretch * RQA_JOB_LINES;
    const bool wide = device->set_count > 0 && device->set[0].wide;
    double counted = 0; /* positions since the narrow counts were last cleared */
    td_status status = TD_OK;
    if (device->launch_positions == 0) device->launch_positions = launch_first(device);
    for (uint32_t first = 0; !status && first < device->group_count;) {
        const uint32_t left = device->group_count - first;
        const double fit = device->launch_positions / positions_of_group;
        const uint32_t groups = fit < 1 ? 1 : fit < left ? (uint32_t)fit : left;
        const double positions = groups * positions_of_group;
        if (td_launcher_cancelled(device->launcher))
            return td_fail(err, TD_E_CANCELLED, "rqa.measures: cancelled");
        if (wide && counted + positions > (double)RQA_NARROW_MAX) {
            status = widen(device, err);
            counted = 0;
        }
        const double start = seconds_now();
        if (!status) status = launch(device, first, groups, err);
        if (!status && groups < left) status = td_launcher_wait(device->launcher, err);
        if (groups < left) launch_learn(device, seconds_now() - start);
        counted += positions;
        first += groups;
    }
    if (!status && wide) status = widen(device, err);
    return status;
}

td_status rqa_batch_count(rqa_device *device, td_error *err)
{
    td_launcher *const launcher = device->launcher;
    const size_t job_bytes = sizeof(rqa_job), sets = device->set_count;
    td_status status = jobs_make(device, err);
    if (!status)
        status = td_launcher_put(launcher, device->jobs, 0, device->job,
                                 device->job_count * job_bytes, err);
    if (!status)
        status = td_launcher_put(launcher, device->limits, 0, device->limit,
                                 device->limit_count * sizeof(double), err);
    if (!status && device->float32)
        status = td_launcher_put(launcher, device->guards, 0, device->guard,
                                 2 * device->limit_count * sizeof(float), err);
    if (!status) status = clear(device, device->longests, sets, err);
    if (!status) status = clear(device, device->lines, device->slot_count, err);
    if (!status && device->set[0].wide)
        status = clear(device, device->total, 2 * device->slot_count, err);
    if (!status) status = launch_all(device, err);
    if (!status)
        status = td_launcher_get(launcher, device->longest, device->longests, 0,
                                 sets * sizeof(int32_t), err);
    return status;
}
