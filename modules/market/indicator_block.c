/* indicator_block.c - many calls on one block of symbols: bars are loaded a stretch at a time, so
 * that they, the states and the results stay in the cache while every call takes its turn. */
#include <math.h>
#include <string.h>

#include "indicator_tile.h"

#define CHUNK       128 /* bars of a stretch, or the longest reach if that is more */
#define SOURCES_MAX 64  /* of calls that run together */

typedef struct block_call {
    const indicator_job *job;
    void *state;
    size_t state_bytes;
    uint32_t source[TD_INDICATOR_INPUTS_MAX]; /* numbers among the group's */
} block_call;

/* Calls that run together, and the sources they read. */
typedef struct block_group {
    const uint64_t *drop;
    indicator_isa isa;
    uint64_t reach, chunk; /* bars kept, and bars loaded at a time */
    uint32_t call_count, source_count;
    block_call *call;
    const indicator_source *source[SOURCES_MAX];
    const vec *in[SOURCES_MAX]; /* step 0, were it there; see at_step */
    vec *buffer[SOURCES_MAX];   /* NULL: read where it lies */
    double last[SOURCES_MAX][TD_LANES];
    vec *result[TD_INDICATOR_OUTPUTS_MAX];
} block_group;

/* ---- Sizes ----------------------------------------------------------------------------------- */

static uint64_t job_reach(const indicator_job *job)
{
    return job->it->reach ? job->it->reach(job->param) : job->it->lookback(job->param);
}

/* A call that has no value in so many bars is not run; where no value is a 0 it is. */
static bool job_is_mute(const indicator_job *job, uint64_t bar_count)
{
    const td_op *const op = job->it->op;
    for (uint32_t j = 0; j < op->output_count; ++j)
        if (op->outputs[j].dtype != TD_F64) return false;
    return job->it->lookback(job->param) >= bar_count;
}

static size_t job_state_bytes(const indicator_job *job, uint64_t bar_count)
{
    if (!job->it->state_bytes || job_is_mute(job, bar_count)) return 0;
    return (job->it->state_bytes(job->param) + 63) / 64 * 64;
}

static uint64_t jobs_reach(const indicator_job *jobs, uint32_t count, uint64_t bar_count)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < count; ++i)
        if (!job_is_mute(&jobs[i], bar_count) && job_reach(&jobs[i]) > most)
            most = job_reach(&jobs[i]);
    return most < bar_count ? most : bar_count;
}

static size_t calls_bytes(uint32_t count)
{
    return (count * sizeof(block_call) + 63) / 64 * 64;
}

td_status indicator_block_bytes(const indicator_job *jobs, uint32_t count, uint64_t bar_count,
                                size_t *bytes, td_error *err)
{
    const uint64_t reach = jobs_reach(jobs, count, bar_count);
    const uint64_t chunk = reach > CHUNK ? reach : CHUNK;
    uint64_t sources = 0, total = 0;
    for (uint32_t i = 0; i < count; ++i) {
        total += job_state_bytes(&jobs[i], bar_count);
        sources += jobs[i].it->input_count;
    }
    if (sources > SOURCES_MAX) sources = SOURCES_MAX;
    total += indicator_map_bytes(bar_count) + calls_bytes(count);
    total += (sources * (reach + chunk) + TD_INDICATOR_OUTPUTS_MAX * chunk) * sizeof(vec);
    return td_bytes(total, 1, bytes, err);
}

/* ---- One group ------------------------------------------------------------------------------- */

/* Where step 0 would be of a buffer that begins with a later one. Steps read and write only what
 * there is; integers, since the address itself may lie in front of the memory. */
static vec *at_step(vec *buffer, uint64_t step)
{
    return (vec *)((uintptr_t)buffer - (uintptr_t)step * sizeof(vec));
}

/* A series of all lanes that lies as a step wants it. */
static vec *in_place(void *const *lane, uint64_t stride, td_dtype dtype)
{
    double *const first = lane[0];
    if (!first || stride != TD_LANES || dtype != TD_F64) return NULL;
    if ((uintptr_t)first % sizeof(vec) != 0) return NULL;
    for (int l = 1; l < TD_LANES; ++l)
        if (lane[l] != (void *)(first + l)) return NULL;
    return (vec *)(void *)first;
}

static bool all_lanes_whole(const indicator_map *map)
{
    bool all = map->direct;
    for (int l = 0; l < TD_LANES; ++l)
        all = all && map->steps[l] == map->count;
    return all;
}

static void load_sources(block_group *group, const indicator_map *map, uint64_t first, uint64_t end)
{
    const uint64_t kept = first < group->reach ? first : group->reach;
    const uint64_t before = first == 0 ? 0 : group->chunk; /* steps of the stretch before */
    for (uint32_t i = 0; i < group->source_count; ++i) {
        vec *const buffer = group->buffer[i];
        if (!buffer) continue;
        /* The steps that are kept end where the buffer's first part, of reach vec, ends. */
        vec *const fresh = buffer + group->reach;
        memmove(fresh - kept, fresh + before - kept, kept * sizeof(vec));
        indicator_load(map, group->isa, group->source[i], first, end, group->last[i], fresh);
        group->in[i] = at_step(fresh, first);
    }
}

static void run_call(block_group *group, const indicator_map *map, const block_call *call,
                     uint64_t first, uint64_t end)
{
    const indicator_job *const job = call->job;
    const uint32_t outputs = job->it->op->output_count;
    const vec *in[TD_INDICATOR_INPUTS_MAX] = {NULL};
    vec *out[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
    bool stored[TD_INDICATOR_OUTPUTS_MAX] = {false};
    for (uint32_t i = 0; i < job->it->input_count; ++i)
        in[i] = group->in[call->source[i]];
    for (uint32_t j = 0; j < outputs; ++j) {
        const indicator_target *const target = &job->out[j];
        out[j] =
            all_lanes_whole(map) ? in_place(target->lane, target->stride, target->dtype) : NULL;
        stored[j] = out[j] != NULL;
        if (!stored[j]) out[j] = at_step(group->result[j], first);
    }
    job->it->run[group->isa](job->param, call->state, in, out, first, end);
    for (uint32_t j = 0; j < outputs; ++j)
        if (!stored[j])
            indicator_store(map, group->isa, group->result[j], first, end, group->drop,
                            &job->out[j]);
}

/* Buffers for the sources that do not lie as steps want them. */
static void place_sources(block_group *group, const indicator_map *map, vec *memory)
{
    for (uint32_t i = 0; i < group->source_count; ++i) {
        void *lane[TD_LANES];
        memcpy(lane, group->source[i]->lane, sizeof lane);
        group->in[i] =
            all_lanes_whole(map) ? in_place(lane, group->source[i]->stride, TD_F64) : NULL;
        group->buffer[i] = group->in[i] ? NULL : memory + i * (group->reach + group->chunk);
    }
}

static void run_rounds(block_group *group, indicator_map *map, vec *memory)
{
    for (uint32_t c = 0; c < group->call_count; ++c)
        for (uint32_t j = 0; j < group->call[c].job->it->op->output_count; ++j)
            if (!map->direct || job_is_mute(group->call[c].job, map->longest))
                indicator_blank(map, &group->call[c].job->out[j]);
    while (indicator_map_next(map)) {
        place_sources(group, map, memory);
        for (uint32_t c = 0; c < group->call_count; ++c)
            if (group->call[c].state && !job_is_mute(group->call[c].job, map->count))
                memset(group->call[c].state, 0, group->call[c].state_bytes);
        for (uint64_t first = 0; first < map->count; first += group->chunk) {
            const uint64_t left = map->count - first;
            const uint64_t end = first + (left < group->chunk ? left : group->chunk);
            load_sources(group, map, first, end);
            for (uint32_t c = 0; c < group->call_count; ++c)
                if (!job_is_mute(group->call[c].job, map->count))
                    run_call(group, map, &group->call[c], first, end);
        }
    }
}

/* ---- Which calls run together ---------------------------------------------------------------- */

/* Number of the source in the group, which takes it in when it is new; SOURCES_MAX: no room. */
static uint32_t group_source(block_group *group, const indicator_source *source)
{
    uint32_t i = 0;
    while (i < group->source_count && group->source[i] != source)
        i += 1;
    if (i == group->source_count && i < SOURCES_MAX) group->source[group->source_count++] = source;
    return i;
}

static bool same_inputs(const indicator_job *a, const indicator_job *b)
{
    return a->it->input_count == b->it->input_count &&
           memcmp(a->in, b->in, a->it->input_count * sizeof a->in[0]) == 0;
}

/* Takes the job in, or answers false when its sources have no room. */
static bool group_add(block_group *group, const indicator_job *job, uint64_t bar_count,
                      unsigned char **memory)
{
    block_call *const call = &group->call[group->call_count];
    const uint32_t before = group->source_count;
    *call = (block_call){.job = job};
    for (uint32_t i = 0; i < job->it->input_count; ++i) {
        call->source[i] = group_source(group, job->in[i]);
        if (call->source[i] < SOURCES_MAX) continue;
        group->source_count = before;
        return false;
    }
    call->state_bytes = job_state_bytes(job, bar_count);
    call->state = call->state_bytes ? *memory : NULL;
    *memory += call->state_bytes;
    group->call_count += 1;
    return true;
}

typedef struct block_run {
    const indicator_job *jobs;
    uint32_t count;
    td_gaps gaps;
    const uint64_t *bar_count;
    uint64_t longest;
    unsigned char *map, *call, *tile, *state; /* parts of the memory */
} block_run;

static void group_clear(block_group *group, const block_run *run)
{
    group->call = (block_call *)(void *)run->call;
    group->call_count = group->source_count = 0;
}

static bool group_run(block_group *group, const block_run *run, bool only_direct)
{
    indicator_map map;
    vec *const tile = (vec *)(void *)run->tile;
    indicator_map_begin(&map, run->gaps, group->isa, group->source, group->source_count,
                        run->bar_count, run->map);
    if (only_direct && !map.direct) return false;
    for (uint32_t j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        group->result[j] = tile + j * group->chunk;
    run_rounds(group, &map, tile + TD_INDICATOR_OUTPUTS_MAX * group->chunk);
    return true;
}

/* The jobs of first .. end - 1 with gaps somewhere: those that read the same series together. */
static void run_apart(block_group *group, const block_run *run, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; ++i) {
        unsigned char *memory = run->state;
        uint32_t before = first;
        while (before < i && !same_inputs(&run->jobs[before], &run->jobs[i]))
            before += 1;
        if (before < i) continue;
        group_clear(group, run);
        for (uint32_t k = i; k < end; ++k)
            if (same_inputs(&run->jobs[k], &run->jobs[i]) &&
                !group_add(group, &run->jobs[k], run->longest, &memory))
                break;
        group_run(group, run, false);
    }
}

bool indicator_block(const indicator_job *jobs, uint32_t count, td_gaps gaps, indicator_isa isa,
                     const uint64_t bar_count[TD_LANES], const uint64_t *drop, void *memory)
{
    block_group group = {.drop = drop, .isa = isa};
    block_run run = {.jobs = jobs, .count = count, .gaps = gaps, .bar_count = bar_count};
    for (uint32_t l = 0; l < TD_LANES; ++l)
        if (bar_count[l] > run.longest) run.longest = bar_count[l];
    group.reach = jobs_reach(jobs, count, run.longest);
    group.chunk = group.reach > CHUNK ? group.reach : CHUNK;
    run.call = memory;
    run.map = run.call + calls_bytes(count);
    run.state = run.map + indicator_map_bytes(run.longest);
    run.tile = run.state;
    for (uint32_t i = 0; i < count; ++i)
        run.tile += job_state_bytes(&jobs[i], run.longest);
    for (uint32_t first = 0, end = 0; first < count; first = end) {
        unsigned char *state = run.state;
        group_clear(&group, &run);
        while (end < count && group_add(&group, &jobs[end], run.longest, &state))
            end += 1;
        if (group_run(&group, &run, true)) continue;
        if (drop) return false;
        run_apart(&group, &run, first, end);
    }
    return true;
}
