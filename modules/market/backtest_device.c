/* backtest_device.c - runs one unit on a device: its prices and series; then its points. */
#include "backtest_device.h"

#include <math.h>
#include <string.h>

/* ---- Memory -----------------------------------------------------------------------------------
 */

#define ALIGN 64

static void *take(char *memory, size_t *used, uint64_t bytes)
{
    void *piece = memory ? memory + *used : NULL;
    *used += (bytes + ALIGN - 1) / ALIGN * ALIGN;
    return piece;
}

/* Lays the host's tables out; memory NULL: only counts. */
static size_t host_place(device_run *run, char *memory, const device_sizes *sizes)
{
    const program *p = run->state->program;
    size_t used = 0;
    run->jobs = take(memory, &used, p->call_count * DEVICE_JOB_WORDS * sizeof(int32_t));
    run->params = take(memory, &used, p->call_count * DEVICE_PARAMS * sizeof(double));
    run->tradable = take(memory, &used, run->bars * TD_LANES);
    run->counts = take(memory, &used, run->symbols * sizeof(int32_t));
    run->code = take(memory, &used, (p->step_count + 1) * DEVICE_STEP_WORDS * sizeof(int32_t));
    run->roots = take(memory, &used, 2 * DEVICE_ROOTS * sizeof(int32_t));
    run->slots =
        take(memory, &used, run->batch_points * (sizes->slots + DEVICE_ROOTS) * sizeof(int32_t));
    run->numbers = take(memory, &used, run->batch_points * (sizes->slots + 1) * sizeof(double));
    run->rules = take(memory, &used, run->batch_points * DEVICE_RULES * sizeof(double));
    run->out = take(memory, &used, run->batch_points * DEVICE_OUTS * run->symbols * sizeof(double));
    return used;
}

static td_status device_take(device_run *run, td_memory **memory, uint64_t bytes, td_error *err)
{
    return td_launcher_alloc(run->launcher, bytes ? bytes : 1, memory, err);
}

static td_status memory_open(device_run *run, const device_sizes *sizes, td_error *err)
{
    const program *p = run->state->program;
    const uint64_t cells = run->symbols * run->bars, points = run->batch_points;
    td_status status = device_take(run, &run->d_series, run->series.rows * cells * 8, err);
    for (int i = 0; !status && i < DEVICE_TRADED; ++i)
        status = device_take(run, &run->d_traded[i], cells * 8, err);
    if (!status) status = device_take(run, &run->d_tradable, cells, err);
    if (!status) status = device_take(run, &run->d_counts, run->symbols * 4, err);
    if (!status)
        status = device_take(run, &run->d_jobs, p->call_count * DEVICE_JOB_WORDS * 4ull, err);
    if (!status)
        status = device_take(run, &run->d_params, p->call_count * DEVICE_PARAMS * 8ull, err);
    if (!status)
        status =
            device_take(run, &run->d_code, (p->step_count + 1) * DEVICE_STEP_WORDS * 4ull, err);
    if (!status) status = device_take(run, &run->d_roots, 2 * DEVICE_ROOTS * 4, err);
    if (!status)
        status = device_take(run, &run->d_slots, points * (sizes->slots + DEVICE_ROOTS) * 4, err);
    if (!status) status = device_take(run, &run->d_numbers, points * (sizes->slots + 1) * 8, err);
    if (!status) status = device_take(run, &run->d_rules, points * DEVICE_RULES * 8, err);
    if (!status)
        status = device_take(run, &run->d_bits,
                             points * DEVICE_ROOTS * sizes->words * run->symbols * 4, err);
    if (!status)
        status = device_take(run, &run->d_out, points * DEVICE_OUTS * run->symbols * 8, err);
    return status;
}

/* ---- Prices and what the host computes of them -------------------------------------------------
 */

static td_status put_block(device_run *run, td_memory *to, uint64_t row, uint64_t block,
                           const vec *from, td_error *err)
{
    const uint64_t bytes = run->bars * sizeof(vec);
    if (!from) return TD_OK;
    return td_launcher_put(run->launcher, to, (row * run->blocks + block) * bytes, from, bytes,
                           err);
}

static td_status put_tradable(device_run *run, uint64_t block, td_error *err)
{
    const backtest_room *room = &run->room;
    memset(run->tradable, 0, run->bars * TD_LANES);
    for (uint64_t t = 0; t < room->tile.bars; ++t)
        for (uint32_t l = 0; l < TD_LANES; ++l)
            run->tradable[t * TD_LANES + l] = room->tradable[t] >> l & 1;
    return td_launcher_put(run->launcher, run->d_tradable, block * run->bars * TD_LANES,
                           run->tradable, run->bars * TD_LANES, err);
}

static td_status put_traded(device_run *run, uint64_t block, td_error *err)
{
    const machine_tile *tile = &run->room.tile;
    const vec *const traded[DEVICE_TRADED] = {tile->open, tile->high, tile->low, tile->close,
                                              tile->volume};
    td_status status = TD_OK;
    for (int i = 0; !status && i < DEVICE_TRADED; ++i)
        status = put_block(run, run->d_traded[i], 0, block, traded[i], err);
    return status ? status : put_tradable(run, block, err);
}

static td_status put_series(device_run *run, uint64_t block, td_error *err)
{
    const program *p = run->state->program;
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < p->series_count; ++i)
        if (run->series.row[i] < run->series.host_rows)
            status = put_block(run, run->d_series, run->series.row[i], block,
                               backtest_series_at(&run->room, i), err);
    return status;
}

static td_status put_symbols(device_run *run, td_error *err)
{
    td_status status = TD_OK;
    for (uint64_t block = 0; !status && block < run->blocks; ++block) {
        if (td_launcher_cancelled(run->launcher))
            return td_fail(err, TD_E_CANCELLED, "market.backtest: cancelled");
        backtest_tile_load(&run->room, run->unit->items.first + block * TD_LANES);
        backtest_series_run(&run->room);
        for (uint32_t l = 0; l < TD_LANES; ++l)
            run->counts[block * TD_LANES + l] =
                l < run->room.lanes ? (int32_t)run->room.tile.count[l] : 0;
        status = put_traded(run, block, err);
        if (!status) status = put_series(run, block, err);
    }
    if (!status)
        status =
            td_launcher_put(run->launcher, run->d_counts, 0, run->counts, run->symbols * 4, err);
    return status;
}

/* ---- Series by kernels -------------------------------------------------------------------------
 */

static void job_fill(const device_run *run, uint32_t number, int32_t *job, double *param)
{
    const program_call *call = &run->state->program->call[number];
    uint32_t spare = run->series.scratch[number];
    memset(job, 0, DEVICE_JOB_WORDS * sizeof *job);
    for (uint32_t i = 0; i < call->indicator->input_count; ++i)
        job[i] = (int32_t)run->series.row[call->input[i]];
    for (uint32_t j = 0; j < call->indicator->op->output_count; ++j) {
        const uint32_t series = call->output[j];
        const bool read = series != PROGRAM_NONE && run->series.row[series] != PROGRAM_NONE;
        job[DEVICE_JOB_OUT + j] = (int32_t)(read ? run->series.row[series] : spare++);
    }
    memcpy(param, call->param, TD_INDICATOR_PARAMS_MAX * sizeof *param);
    param[DEVICE_NONE] = (double)NAN;
    param[DEVICE_NONE + 1] = 1.0 / param[0];
}

/* All calls of one kernel: what the host sent is all that they read. */
static td_status launch_jobs(device_run *run, const char *kernel, td_error *err)
{
    const program *p = run->state->program;
    int32_t jobs = 0;
    for (uint32_t i = 0; i < p->call_count; ++i) {
        if (run->series.scratch[i] == PROGRAM_NONE) continue;
        if (strcmp(device_kernel_of(&p->call[i]), kernel) != 0) continue;
        job_fill(run, i, run->jobs + jobs * DEVICE_JOB_WORDS, run->params + jobs * DEVICE_PARAMS);
        jobs += 1;
    }
    if (jobs == 0) return TD_OK;
    const int32_t symbols = (int32_t)run->symbols, bars = (int32_t)run->bars;
    const td_kernel_arg args[] = {{NULL, 0, run->d_series},         {NULL, 0, run->d_jobs},
                                  {NULL, 0, run->d_params},         {&jobs, sizeof jobs, NULL},
                                  {&symbols, sizeof symbols, NULL}, {&bars, sizeof bars, NULL}};
    const uint64_t groups = ((uint64_t)jobs * run->symbols + DEVICE_GROUP - 1) / DEVICE_GROUP;
    td_status status = td_launcher_put(run->launcher, run->d_jobs, 0, run->jobs,
                                       (size_t)jobs * DEVICE_JOB_WORDS * 4, err);
    if (!status)
        status = td_launcher_put(run->launcher, run->d_params, 0, run->params,
                                 (size_t)jobs * DEVICE_PARAMS * 8, err);
    if (status) return status;
    return td_launcher_launch(run->launcher, kernel, (uint32_t)groups, args, 6, err);
}

static td_status launch_series(device_run *run, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t k = 0; !status && backtest_kernels[k]; ++k)
        status = launch_jobs(run, backtest_kernels[k], err);
    return status;
}

/* ---- The unit ----------------------------------------------------------------------------------
 */

static td_status room_open(device_run *run, void **memory, td_error *err)
{
    const backtest_state *state = run->state;
    const program *p = state->program;
    uint32_t host_count = 0;
    uint8_t *const mark = td_alloc(state->engine, p->series_count + 1);
    if (!mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for a unit");
    const uint32_t need = backtest_need(state, run->unit->axis, mark, NULL);
    td_free(state->engine, mark);
    const size_t room = backtest_room_place(state, need, false, NULL, &run->room);
    *memory = td_alloc(state->engine, room + device_series_bytes(p));
    if (!*memory)
        return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes for a unit", room);
    backtest_room_place(state, need, false, *memory, &run->room);
    backtest_room_need(&run->room, run->unit->axis);
    device_series_make(p, run->room.mark, run->room.need, run->room.need_count,
                       (char *)*memory + room, &run->series, &host_count);
    run->room.need_count = host_count;
    return TD_OK;
}

static td_status unit_run(device_run *run, void **room, td_error *err)
{
    td_status status = room_open(run, room, err);
    if (status) return status;
    const device_sizes sizes = device_sizes_of(run->state, run->unit, run->series.rows);
    run->batch_points = sizes.batch_points;
    const size_t bytes = host_place(run, NULL, &sizes);
    run->memory = td_alloc(run->state->engine, bytes);
    if (!run->memory)
        return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no %zu bytes for a unit", bytes);
    host_place(run, run->memory, &sizes);
    status = memory_open(run, &sizes, err);
    if (!status) status = put_symbols(run, err);
    if (!status) status = launch_series(run, err);
    if (!status) status = device_points_run(run, err);
    return status;
}

td_status backtest_run_device(const void *opaque, const td_unit *unit, td_launcher *device,
                              td_result *result, td_error *err)
{
    const backtest_state *state = opaque;
    const char *refusal = device_refuses(state);
    device_run run = {.state = state, .unit = unit, .launcher = device, .bars = state->bars};
    void *room = NULL;
    if (refusal) return td_fail(err, TD_E_UNSUPPORTED, "market.backtest: %s", refusal);
    run.blocks = (unit->items.count + TD_LANES - 1) / TD_LANES;
    run.symbols = run.blocks * TD_LANES;
    backtest_results_open(&run.results, state, unit, result);
    const td_status status = unit_run(&run, &room, err);
    td_free(state->engine, run.memory);
    td_free(state->engine, room);
    return status;
}
