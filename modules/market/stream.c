/* stream.c - indicators bar by bar: the same steps as for a whole panel, one bar at a time.
 *
 * Symbols of a block of TD_LANES share a state as long as the same bars exist for all of them.
 * Where a gap sets some of them back, the state is copied: each part goes on with its own lanes,
 * the others in it are along for the ride. So symbols without gaps cost an eighth each, and none is
 * ever more than one state. */
#include <math.h>
#include <string.h>

#include "indicator_inputs.h"

#define HISTORY_SPARE 64 /* bars behind those that are kept, at least, before they are moved */
#define SYMBOLS_MAX   ((uint64_t)1 << 32)

/* Symbols of one block that have seen the same number of bars. */
typedef struct stream_cell {
    struct stream_cell *next;
    uint8_t lanes;         /* bits; the cell's own */
    uint64_t steps;        /* bars taken in since the start of the series */
    uint64_t place;        /* of the next bar in the histories */
    unsigned char *memory; /* state, then a history for each input */
} stream_cell;

struct td_stream {
    td_engine *engine;
    const indicator *it;
    double param[TD_INDICATOR_PARAMS_MAX];
    td_gaps gaps;
    indicator_isa isa;
    uint64_t symbols, blocks;
    uint64_t reach, room; /* bars kept, and bars that a history holds */
    size_t state_bytes, cell_bytes;
    stream_cell **cell; /* of each block */
    double *last;       /* [symbol][input]: of TD_GAPS_FILL */
    double *result;     /* [output][symbol], until the bar is done */
};

/* ---- Cells ----------------------------------------------------------------------------------- */

static stream_cell *cell_create(const td_stream *stream)
{
    stream_cell *const cell = td_alloc(stream->engine, sizeof *cell);
    if (!cell) return NULL;
    cell->memory = td_alloc(stream->engine, stream->cell_bytes);
    if (cell->memory) return cell;
    td_free(stream->engine, cell);
    return NULL;
}

static void cell_destroy(const td_stream *stream, stream_cell *cell)
{
    td_free(stream->engine, cell->memory);
    td_free(stream->engine, cell);
}

static vec *cell_history(const td_stream *stream, const stream_cell *cell, uint32_t input)
{
    return (vec *)(void *)(cell->memory + stream->state_bytes) + input * stream->room;
}

/* Takes some of a cell's lanes into one of their own, behind it. */
static td_status cell_split(td_stream *stream, stream_cell *cell, uint8_t lanes, td_error *err)
{
    stream_cell *const own = cell_create(stream);
    if (!own)
        return td_fail(err, TD_E_NO_MEMORY, "%s: a stream's state needs %zu bytes",
                       stream->it->op->name, stream->cell_bytes);
    memcpy(own->memory, cell->memory, stream->cell_bytes);
    own->lanes = lanes;
    own->steps = cell->steps;
    own->place = cell->place;
    own->next = cell->next;
    cell->next = own;
    cell->lanes = (uint8_t)(cell->lanes & ~lanes);
    return TD_OK;
}

static void cell_restart(const td_stream *stream, stream_cell *cell)
{
    memset(cell->memory, 0, stream->state_bytes);
    cell->steps = cell->place = 0;
}

/* ---- One bar --------------------------------------------------------------------------------- */

/* The value of an input that a symbol's step takes: its own, or the one that stands in. */
static double bar_value(const td_stream *stream, const double *const *in, uint64_t symbol,
                        uint32_t input)
{
    const double value = in[input][symbol];
    if (stream->gaps != TD_GAPS_FILL || !isnan(value)) return value;
    return stream->last[symbol * stream->it->input_count + input];
}

/* Lanes of the block for which the bar exists. */
static uint8_t bar_lanes(const td_stream *stream, const double *const *in, uint64_t block)
{
    uint8_t lanes = 0;
    for (uint64_t l = 0; l < TD_LANES && block * TD_LANES + l < stream->symbols; ++l) {
        bool there = true;
        for (uint32_t i = 0; i < stream->it->input_count; ++i)
            there = there && !isnan(bar_value(stream, in, block * TD_LANES + l, i));
        lanes = (uint8_t)(lanes | there << l);
    }
    return lanes;
}

static void keep_last(td_stream *stream, const double *const *in)
{
    const uint32_t inputs = stream->it->input_count;
    for (uint64_t s = 0; s < stream->symbols; ++s)
        for (uint32_t i = 0; i < inputs; ++i)
            if (!isnan(in[i][s])) stream->last[s * inputs + i] = in[i][s];
}

/* Puts the bar behind the others of each history; lanes of others take the first own one's. */
static void cell_take(td_stream *stream, stream_cell *cell, const double *const *in, uint64_t block)
{
    uint32_t model = 0;
    while (!(cell->lanes >> model & 1))
        model += 1;
    if (cell->place == stream->room) {
        for (uint32_t i = 0; i < stream->it->input_count; ++i) {
            vec *const history = cell_history(stream, cell, i);
            memmove(history, history + stream->room - stream->reach, stream->reach * sizeof(vec));
        }
        cell->place = stream->reach;
    }
    for (uint32_t i = 0; i < stream->it->input_count; ++i) {
        vec *const now = cell_history(stream, cell, i) + cell->place;
        for (uint32_t l = 0; l < TD_LANES; ++l)
            (*now)[l] =
                bar_value(stream, in, block * TD_LANES + (cell->lanes >> l & 1 ? l : model), i);
    }
}

static void cell_step(td_stream *stream, stream_cell *cell, const double *const *in, uint64_t block)
{
    const uint64_t t = cell->steps;
    vec result[TD_INDICATOR_OUTPUTS_MAX];
    const vec *from[TD_INDICATOR_INPUTS_MAX] = {NULL};
    vec *to[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
    cell_take(stream, cell, in, block);
    /* Step 0 may lie in front of what is kept: integers, since that is no address of ours. */
    for (uint32_t i = 0; i < stream->it->input_count; ++i)
        from[i] = (const vec *)((uintptr_t)(cell_history(stream, cell, i) + cell->place) -
                                (uintptr_t)t * sizeof(vec));
    for (uint32_t j = 0; j < stream->it->op->output_count; ++j)
        to[j] = (vec *)((uintptr_t)&result[j] - (uintptr_t)t * sizeof(vec));
    stream->it->run[stream->isa](stream->param, cell->memory, from, to, t, t + 1);
    cell->steps += 1;
    cell->place += 1;
    for (uint32_t j = 0; j < stream->it->op->output_count; ++j)
        for (uint32_t l = 0; l < TD_LANES; ++l)
            if (cell->lanes >> l & 1)
                stream->result[j * stream->symbols + block * TD_LANES + l] = result[j][l];
}

/* Parts the cells of a block whose lanes do not agree about the bar. Splits alone may fail, and
 * leave every series as it is. */
static td_status block_part(td_stream *stream, uint64_t block, uint8_t there, td_error *err)
{
    for (stream_cell *cell = stream->cell[block]; cell; cell = cell->next) {
        const uint8_t out = (uint8_t)(cell->lanes & ~there);
        if (out == 0 || out == cell->lanes) continue;
        const td_status status = cell_split(stream, cell, out, err);
        if (status) return status;
    }
    return TD_OK;
}

static void block_step(td_stream *stream, const double *const *in, uint64_t block, uint8_t there)
{
    for (stream_cell *cell = stream->cell[block]; cell; cell = cell->next) {
        if (cell->lanes & there) cell_step(stream, cell, in, block);
        else if (stream->gaps == TD_GAPS_PROPAGATE && cell->steps) cell_restart(stream, cell);
    }
}

/* ---- The stream ------------------------------------------------------------------------------ */

static td_status stream_measure(td_stream *stream, td_error *err)
{
    const indicator *const it = stream->it;
    const uint64_t inputs = it->input_count;
    stream->reach = it->reach ? it->reach(stream->param) : it->lookback(stream->param);
    stream->room = 2 * stream->reach + HISTORY_SPARE;
    stream->state_bytes = it->state_bytes ? (it->state_bytes(stream->param) + 63) / 64 * 64 : 0;
    const td_status status = td_bytes(stream->room * inputs, sizeof(vec), &stream->cell_bytes, err);
    stream->cell_bytes += stream->state_bytes + 64;
    return status;
}

static td_status stream_memory(td_stream *stream, td_error *err)
{
    td_engine *const engine = stream->engine;
    const uint32_t inputs = stream->it->input_count, outputs = stream->it->op->output_count;
    stream->blocks = (stream->symbols + TD_LANES - 1) / TD_LANES;
    stream->cell = td_alloc(engine, stream->blocks * sizeof(stream_cell *) + 1);
    stream->last = td_alloc(engine, stream->symbols * inputs * sizeof(double) + 1);
    stream->result = td_alloc(engine, stream->symbols * outputs * sizeof(double) + 1);
    bool all = stream->cell && stream->last && stream->result;
    for (uint64_t i = 0; all && i < stream->symbols * inputs; ++i)
        stream->last[i] = NAN;
    for (uint64_t b = 0; all && b < stream->blocks; ++b) {
        const uint64_t left = stream->symbols - b * TD_LANES;
        stream->cell[b] = cell_create(stream);
        all = stream->cell[b] != NULL;
        if (all) stream->cell[b]->lanes = (uint8_t)(left < TD_LANES ? (1U << left) - 1 : 255);
    }
    if (all) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for a stream of %llu symbols",
                   stream->it->op->name, (unsigned long long)stream->symbols);
}

td_status td_stream_create(td_engine *engine, const char *name, const double *param,
                           uint64_t symbol_count, td_gaps gaps, td_stream **out, td_error *err)
{
    td_stream fresh = {.engine = engine, .gaps = gaps, .symbols = symbol_count};
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_stream_create: engine is NULL");
    td_status status = indicator_named(name, &fresh.it, err);
    if (!status) status = indicator_numbers(fresh.it, param, fresh.param, err);
    if (status) return status;
    if (symbol_count < 1 || symbol_count > SYMBOLS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_stream_create: %llu symbols, allowed 1 to %llu",
                       (unsigned long long)symbol_count, (unsigned long long)SYMBOLS_MAX);
    if ((int)gaps < 0 || gaps > TD_GAPS_FILL)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_stream_create: gaps is %d, allowed 0 to 2",
                       (int)gaps);
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_stream_create: out is NULL");
    fresh.isa = indicator_isa_best();
    status = stream_measure(&fresh, err);
    if (status) return status;
    td_stream *const stream = td_alloc(engine, sizeof *stream);
    if (!stream) return td_fail(err, TD_E_NO_MEMORY, "td_stream_create: no memory");
    *stream = fresh;
    status = stream_memory(stream, err);
    if (status) td_stream_destroy(stream);
    else *out = stream;
    return status;
}

static td_status check_append(const td_stream *stream, const double *const *in, td_error *err)
{
    if (!stream) return td_fail(err, TD_E_BAD_ARGUMENT, "td_stream_append: stream is NULL");
    if (!in) return td_fail(err, TD_E_BAD_ARGUMENT, "td_stream_append: in is NULL");
    for (uint32_t i = 0; i < stream->it->input_count; ++i)
        if (!in[i])
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: its input %s is NULL", stream->it->op->name,
                           stream->it->op->inputs[i].name);
    return TD_OK;
}

td_status td_stream_append(td_stream *stream, const double *const *in, double *const *out,
                           td_error *err)
{
    td_status status = check_append(stream, in, err);
    if (status) return status;
    const uint32_t outputs = stream->it->op->output_count;
    for (uint64_t b = 0; b < stream->blocks && !status; ++b)
        status = block_part(stream, b, bar_lanes(stream, in, b), err);
    if (status) return status;
    for (uint64_t i = 0; i < stream->symbols * outputs; ++i)
        stream->result[i] = NAN;
    for (uint64_t b = 0; b < stream->blocks; ++b)
        block_step(stream, in, b, bar_lanes(stream, in, b));
    if (stream->gaps == TD_GAPS_FILL) keep_last(stream, in);
    for (uint32_t j = 0; out && j < outputs; ++j)
        if (out[j])
            memcpy(out[j], stream->result + j * stream->symbols, stream->symbols * sizeof(double));
    return TD_OK;
}

void td_stream_destroy(td_stream *stream)
{
    if (!stream) return;
    for (uint64_t b = 0; stream->cell && b < stream->blocks; ++b)
        for (stream_cell *cell = stream->cell[b], *next = NULL; cell; cell = next) {
            next = cell->next;
            cell_destroy(stream, cell);
        }
    td_free(stream->engine, stream->result);
    td_free(stream->engine, stream->last);
    td_free(stream->engine, stream->cell);
    td_free(stream->engine, stream);
}
