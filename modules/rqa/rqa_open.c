/* rqa_open.c - reads the arguments, and lays the recordings out as the modes read them. */
#include <math.h>
#include <string.h>

#include "rqa_op.h"

static const char *const axis_names[RQA_AXIS_COUNT] = {"mode", "m", "tau", "eps", "lmin"};

static td_status open_alloc(td_engine *engine, uint64_t count, uint64_t size, void *out,
                            td_error *err)
{
    size_t bytes = 0;
    td_status status = td_bytes(count, size, &bytes, err);
    if (status) return status;
    void *memory = td_alloc(engine, bytes ? bytes : 1);
    if (!memory)
        return td_fail(err, TD_E_NO_MEMORY,
                       "rqa.measures: no %zu bytes for the "
                       "recordings",
                       bytes);
    memcpy(out, &memory, sizeof memory);
    return TD_OK;
}

static td_status open_axes(rqa_state *state, const td_args *args, td_error *err)
{
    for (int a = 0; a < RQA_AXIS_COUNT; ++a) {
        const td_axis *axis = td_args_axis(args, axis_names[a]);
        if (!axis) return td_fail(err, TD_E_INTERNAL, "rqa.measures: no axis %s", axis_names[a]);
        state->axis[a] = *axis;
    }
    const td_axis *modes = &state->axis[RQA_AXIS_MODE];
    td_status status = open_alloc(state->engine, modes->count, sizeof(rqa_mode), &state->mode, err);
    for (uint64_t i = 0; !status && i < modes->count; ++i)
        status = rqa_mode_parse(modes->text[i], &state->mode[i], err);
    return status;
}

/* -1 leaves a window to the profile. RR leaves out what diagonal lines do, once that is said. */
static void open_windows(rqa_state *state, const td_args *args, const rqa_profile *profile)
{
    const int64_t diagonal = td_args_get(args, "theiler_diagonal").as.i;
    const int64_t vertical = td_args_get(args, "theiler_vertical").as.i;
    state->window_rate = diagonal < 0 ? profile->window_rate : (uint64_t)diagonal;
    state->window_diagonal = diagonal < 0 ? profile->window_diagonal : (uint64_t)diagonal;
    state->window_vertical = vertical < 0 ? profile->window_vertical : (uint64_t)vertical;
    state->whole_rate = profile->whole_rate;
    state->entropy_scale = profile->binary ? 1 / log(2.0) : 1;
}

static rqa_eps_unit eps_unit_of(const char *name)
{
    return strcmp(name, "sd") == 0 ? RQA_SD : strcmp(name, "rate") == 0 ? RQA_RATE : RQA_ABSOLUTE;
}

static rqa_float float_of(const char *name)
{
    return strcmp(name, "float64") == 0   ? RQA_FLOAT_64
           : strcmp(name, "float32") == 0 ? RQA_FLOAT_32
                                          : RQA_FLOAT_AUTO;
}

static td_status open_params(rqa_state *state, const td_args *args, td_error *err)
{
    const rqa_profile *profile = rqa_profile_find(td_args_get(args, "profile").as.s);
    const td_axis *eps = &state->axis[RQA_AXIS_EPS];
    if (!profile) return td_fail(err, TD_E_INTERNAL, "rqa.measures: the profile is unknown");
    open_windows(state, args, profile);
    state->eps_unit = eps_unit_of(td_args_get(args, "eps_unit").as.s);
    state->strict = td_args_get(args, "strict").as.b;
    state->vmin = td_args_get(args, "vmin").as.i;
    state->device_float = float_of(td_args_get(args, "device_float").as.s);
    for (uint64_t i = 0; state->eps_unit == RQA_RATE && i < eps->count; ++i)
        if (eps->number[i] > 1)
            return td_fail(err, TD_E_OUT_OF_RANGE,
                           "rqa.measures: eps is %s, allowed 0 to 1 when "
                           "eps_unit is rate",
                           eps->text[i]);
    for (uint32_t i = 0; i < RQA_OUT_COUNT; ++i)
        state->wants[i] = td_args_wants(args, rqa_measures_op.outputs[i].name);
    for (uint32_t i = RQA_OUT_RR; i <= RQA_OUT_DIV; ++i)
        state->wants_diagonals |= state->wants[i];
    for (uint32_t i = RQA_OUT_LAM; i <= RQA_OUT_VENT; ++i)
        state->wants_rows |= state->wants[i];
    return rqa_isa_choose(td_args_get(args, "isa").as.s, &state->isa, err);
}

/* The column of that name; by place where columns have no names. NULL: there is none. */
static const double *column_find(const td_series *series, const char *name, uint32_t place)
{
    if (!series->column_name) return place < series->column_count ? series->column[place] : NULL;
    for (uint32_t i = 0; i < series->column_count; ++i)
        if (strcmp(series->column_name[i], name) == 0) return series->column[i];
    return NULL;
}

static td_status column_missing(const rqa_state *state, uint64_t mode, const char *column,
                                td_error *err)
{
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "rqa.measures: mode %s reads the column %s, and the "
                   "recordings have none of that name",
                   state->axis[RQA_AXIS_MODE].text[mode], column);
}

static td_status open_signal(rqa_state *state, const td_series *series, const rqa_track *columns,
                             rqa_signal signal, td_error *err)
{
    const uint64_t items = state->item_count, all = series->offset[items];
    const uint64_t each = signal == RQA_XY ? 2 : 1;
    if (all > UINT64_MAX / 64 || items > UINT64_MAX / 64 / RQA_PAD)
        return td_fail(err, TD_E_NO_MEMORY, "rqa.measures: the recordings exceed any memory");
    td_status status =
        open_alloc(state->engine, items, sizeof(rqa_samples), &state->signal[signal], err);
    if (!status)
        status = open_alloc(state->engine, (all + items * RQA_PAD) * each, sizeof(double),
                            &state->memory[signal], err);
    if (status) return status;
    double *next = state->memory[signal];
    for (uint64_t i = 0; i < items; ++i) {
        const uint64_t first = series->offset[i], count = state->count[i];
        const rqa_track track = {columns->x ? columns->x + first : NULL,
                                 columns->y ? columns->y + first : NULL, count};
        rqa_samples *samples = &state->signal[signal][i];
        samples->x = next;
        samples->y = next + (count + RQA_PAD) * (each - 1);
        next += (count + RQA_PAD) * each;
        rqa_samples_fill(samples, &track, signal);
    }
    return TD_OK;
}

static td_status open_signals(rqa_state *state, const td_series *series, td_error *err)
{
    const rqa_track columns = {column_find(series, "x", 0), column_find(series, "y", 1), 0};
    for (uint64_t i = 0; i < state->axis[RQA_AXIS_MODE].count; ++i) {
        const rqa_signal signal = state->mode[i].signal;
        if (rqa_reads_x(signal) && !columns.x) return column_missing(state, i, "x", err);
        if (rqa_reads_y(signal) && !columns.y) return column_missing(state, i, "y", err);
        if (state->signal[signal]) continue;
        const td_status status = open_signal(state, series, &columns, signal, err);
        if (status) return status;
    }
    return TD_OK;
}

/* A sample counts once, whichever of the columns in use is not finite there. */
static void open_nan_count(rqa_state *state)
{
    for (uint64_t i = 0; i < state->item_count; ++i) {
        for (uint64_t s = 0; s < state->count[i]; ++s) {
            bool missing = false;
            for (int signal = 0; signal < RQA_SIGNAL_COUNT; ++signal)
                missing |= state->signal[signal] && isnan(state->signal[signal][i].x[s]);
            state->nan_count[i] += missing;
        }
    }
}

static td_status open_items(rqa_state *state, const td_series *series, td_error *err)
{
    const uint64_t items = series->item_count;
    state->item_count = items;
    state->item_name = series->item_name;
    td_status status = open_alloc(state->engine, items, sizeof(uint64_t), &state->count, err);
    if (!status)
        status = open_alloc(state->engine, items, sizeof(uint64_t), &state->nan_count, err);
    for (uint64_t i = 0; !status && i < items; ++i) {
        state->count[i] = series->offset[i + 1] - series->offset[i];
        if (state->count[i] <= RQA_COUNT_MAX) continue;
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "rqa.measures: recording %llu (%s) has %llu "
                       "samples, allowed 0 to %llu",
                       (unsigned long long)i, series->item_name ? series->item_name[i] : "no name",
                       (unsigned long long)state->count[i], (unsigned long long)RQA_COUNT_MAX);
    }
    if (!status) status = open_signals(state, series, err);
    if (!status) open_nan_count(state);
    return status;
}

td_status rqa_open(td_engine *engine, const td_args *args, void **out, uint64_t *item_count,
                   td_error *err)
{
    const td_series *series = td_args_series(args, "recordings");
    rqa_state *state = NULL;
    if (!series)
        return td_fail(err, TD_E_BAD_ARGUMENT, "rqa.measures: the input recordings is not bound");
    td_status status = open_alloc(engine, 1, sizeof *state, &state, err);
    if (status) return status;
    state->engine = engine;
    status = open_axes(state, args, err);
    if (!status) status = open_params(state, args, err);
    if (!status) status = open_items(state, series, err);
    if (status) {
        rqa_close(state);
        return status;
    }
    rqa_logs_fill(&state->logs);
    state->whole = td_unit_whole(args, state->item_count);
    *out = state;
    *item_count = state->item_count;
    return TD_OK;
}

void rqa_close(void *memory)
{
    rqa_state *state = memory;
    if (!state) return;
    td_engine *engine = state->engine;
    for (int signal = 0; signal < RQA_SIGNAL_COUNT; ++signal) {
        td_free(engine, state->memory[signal]);
        td_free(engine, state->signal[signal]);
    }
    td_free(engine, state->nan_count);
    td_free(engine, state->count);
    td_free(engine, state->mode);
    td_free(engine, state);
}
