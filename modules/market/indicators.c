/* indicators.c - td_indicators: several calls on a panel in memory, a block of symbols at a time. A
 * lone long series is cut into pieces that lie in the lanes side by side, for the indicators that
 * forget (struct indicator, span). */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "indicator_inputs.h"

#define CALLS_MAX   4096
#define PIECE_BARS  8192 /* of a series that is cut: about so many, in a lane */
#define PIECE_SPANS 8    /* and so many spans: of each, one is computed twice */
#define PAGE_BYTES  4096
#define BARS_MAX    ((uint64_t)UINT32_MAX)

/* ---- Numbers --------------------------------------------------------------------------------- */

td_status indicator_named(const char *name, const indicator **out, td_error *err)
{
    if (!name) return td_fail(err, TD_E_BAD_ARGUMENT, "an indicator's name is NULL");
    *out = indicator_find(name);
    if (*out) return TD_OK;
    return td_fail(err, TD_E_NOT_FOUND,
                   "there is no indicator \"%.64s\"; names are those of the operations without "
                   "\"market.\", as sma",
                   name);
}

double indicator_default(const td_param *param)
{
    double number = 0;
    if (param->type == TD_INT) return (double)param->value.as.i;
    if (param->type == TD_FLOAT) return param->value.as.f;
    for (uint32_t i = 0; param->type == TD_CHOICE && param->choices[i]; ++i)
        if (strcmp(param->choices[i], param->value.as.s) == 0) number = i;
    return number;
}

td_status indicator_numbers(const indicator *it, const double *given,
                            double param[TD_INDICATOR_PARAMS_MAX], td_error *err)
{
    for (uint32_t i = 0; i < indicator_param_count(it); ++i)
        param[i] = given ? given[i] : indicator_default(&it->op->params[i]);
    return indicator_check(it, param, err);
}

td_status td_indicator_lookback(const char *name, const double *param, uint64_t *bars,
                                td_error *err)
{
    double numbers[TD_INDICATOR_PARAMS_MAX];
    const indicator *it = NULL;
    td_status status = indicator_named(name, &it, err);
    if (!status) status = indicator_numbers(it, param, numbers, err);
    if (status) return status;
    if (!bars) return td_fail(err, TD_E_BAD_ARGUMENT, "td_indicator_lookback: bars is NULL");
    *bars = it->lookback(numbers);
    return TD_OK;
}

/* ---- The pass -------------------------------------------------------------------------------- */

typedef struct pass_call {
    const indicator *it;
    double param[TD_INDICATOR_PARAMS_MAX];
    const double *in[TD_INDICATOR_INPUTS_MAX];
    double *out[TD_INDICATOR_OUTPUTS_MAX];
    uint64_t piece, span;  /* bars of a piece; 0: not cut */
    uint64_t groups, rest; /* of TD_LANES pieces; bars of the pieces of what is left behind them */
    _Atomic bool gaps;     /* a piece met NaN: to be computed again, whole */
} pass_call;

typedef struct pass {
    td_engine *engine;
    td_gaps gaps;
    td_layout layout;
    indicator_isa isa;
    uint64_t symbols, bars;
    pass_call *call;
    uint32_t call_count, cut_count; /* those that are cut stand first */
    uint32_t first, end;            /* calls of the blocks that are being run */
} pass;

static const char *price_name(uint32_t price)
{
    static const char *const names[TD_PRICES] = {"open",  "high",   "low",
                                                 "close", "volume", "adjusted"};
    return price < TD_PRICES ? names[price] : "?";
}

static td_status call_input(const td_panel *panel, const td_indicator_call *given, pass_call *call,
                            uint32_t i, td_error *err)
{
    const indicator *const it = call->it;
    bool any = false;
    uint32_t reals = 0;
    for (uint32_t k = 0; k < it->input_count; ++k) {
        any = any || given->in[k];
        reals += it->input[k] == IN_REAL;
    }
    call->in[i] = given->in[i];
    if (call->in[i]) return TD_OK;
    if (it->input[i] == IN_REAL && (any || reals > 1))
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: its input %s is not given", it->op->name,
                       it->op->inputs[i].name);
    const uint32_t price = it->input[i] == IN_REAL ? TD_CLOSE : (uint32_t)it->input[i];
    call->in[i] = panel->price[price];
    if (call->in[i]) return TD_OK;
    return td_fail(err, TD_E_BAD_ARGUMENT, "%s: needs the price %s, which the panel does not have",
                   it->op->name, price_name(price));
}

/* Whether a call on few long series is cut, and how. */
static void call_cut(const pass *run, pass_call *call)
{
    if (run->layout != TD_BY_SYMBOL || run->symbols >= TD_LANES || !call->it->span) return;
    const uint64_t span = call->it->span(call->param);
    if (span == 0 || span > run->bars / (PIECE_SPANS * TD_LANES)) return;
    uint64_t spans = PIECE_BARS / span;
    if (spans < PIECE_SPANS) spans = PIECE_SPANS;
    const uint64_t bars = run->bars - span; /* those in front are given by the first piece */
    const uint64_t groups = bars / (spans * span * TD_LANES);
    if (groups == 0) return;
    spans = bars / (groups * span * TD_LANES);
    /* A page apart, all lanes would fall into one corner of the cache. */
    if (spans > PIECE_SPANS && spans * span * sizeof(double) % PAGE_BYTES == 0) spans -= 1;
    call->span = span;
    call->piece = spans * span;
    call->groups = groups;
    const uint64_t left = bars - groups * TD_LANES * call->piece;
    call->rest = (left + TD_LANES * span - 1) / (TD_LANES * span) * span;
}

static td_status pass_calls(pass *run, const td_panel *panel, const td_indicator_call *given,
                            td_error *err)
{
    for (uint32_t i = 0; i < run->call_count; ++i) {
        pass_call fresh = {.it = NULL};
        pass_call *call = &run->call[i];
        td_status status = indicator_named(given[i].name, &fresh.it, err);
        if (!status) status = indicator_numbers(fresh.it, given[i].param, fresh.param, err);
        for (uint32_t k = 0; !status && k < fresh.it->input_count; ++k)
            status = call_input(panel, &given[i], &fresh, k, err);
        if (status) return status;
        memcpy(fresh.out, given[i].out, sizeof fresh.out);
        call_cut(run, &fresh);
        if (fresh.piece) {
            memcpy(call, &run->call[run->cut_count], sizeof *call);
            call = &run->call[run->cut_count++];
        }
        memcpy(call, &fresh, sizeof *call);
    }
    return TD_OK;
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

/* Where bar 0 of each lane of a block lies. A lane without a symbol reads the first one's. */
static void block_lanes(const pass *run, uint64_t block, const double *base, bool reads,
                        const double *lane[TD_LANES], uint64_t *stride)
{
    const uint64_t first = block * TD_LANES;
    *stride = run->layout == TD_BY_LANES ? TD_LANES : 1;
    for (uint64_t l = 0; l < TD_LANES; ++l) {
        const bool there = first + l < run->symbols;
        if (run->layout == TD_BY_LANES) lane[l] = base + first * run->bars + l;
        else if (there || reads) lane[l] = base + (there ? first + l : first) * run->bars;
        else lane[l] = NULL;
    }
}

/* One source for each series, however many calls read it. */
static const indicator_source *pass_source(const pass *run, uint64_t block, const double *base,
                                           const double **known, indicator_source *source,
                                           uint32_t *count)
{
    uint32_t i = 0;
    while (i < *count && known[i] != base)
        i += 1;
    if (i < *count) return &source[i];
    known[i] = base;
    block_lanes(run, block, base, true, source[i].lane, &source[i].stride);
    *count += 1;
    return &source[i];
}

static td_status run_block(void *context, uint64_t block, td_work *work, td_error *err)
{
    const pass *const run = context;
    const uint32_t count = run->end - run->first;
    const size_t inputs = (size_t)count * TD_INDICATOR_INPUTS_MAX;
    indicator_job *const jobs = td_work_memory(work, count * sizeof *jobs);
    indicator_source *const source = td_work_memory(work, inputs * sizeof *source);
    const double **const known = td_work_memory(work, inputs * sizeof *known);
    uint64_t bars[TD_LANES];
    uint32_t sources = 0;
    size_t bytes = 0;
    if (!jobs || !source || !known)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for %u calls", count);
    for (uint32_t l = 0; l < TD_LANES; ++l)
        bars[l] = run->bars;
    for (uint32_t i = 0; i < count; ++i) {
        pass_call *const call = &run->call[run->first + i];
        memset(&jobs[i], 0, sizeof jobs[i]);
        jobs[i].it = call->it;
        jobs[i].param = call->param;
        for (uint32_t k = 0; k < call->it->input_count; ++k)
            jobs[i].in[k] = pass_source(run, block, call->in[k], known, source, &sources);
        for (uint32_t j = 0; j < call->it->op->output_count; ++j) {
            const double *lane[TD_LANES] = {NULL};
            jobs[i].out[j].dtype = TD_F64;
            jobs[i].out[j].stride = 1;
            if (call->out[j])
                block_lanes(run, block, call->out[j], false, lane, &jobs[i].out[j].stride);
            memcpy(jobs[i].out[j].lane, lane, sizeof lane);
        }
    }
    const td_status status = indicator_block_bytes(jobs, count, run->bars, &bytes, err);
    if (status) return status;
    void *const memory = td_work_memory(work, bytes);
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "a block of symbols needs %zu bytes", bytes);
    indicator_block(jobs, count, run->gaps, run->isa, bars, NULL, memory);
    return TD_OK;
}

/* ---- Pieces ---------------------------------------------------------------------------------- */

/* Blocks of TD_LANES pieces in a series. A piece reads from a multiple of the span and gives the
 * bars behind its first span; the first piece gives those too. */
static uint64_t piece_blocks(const pass_call *call)
{
    return call->groups + (call->rest > 0);
}

static void piece_job(const pass *run, const pass_call *call, uint64_t symbol, uint64_t block,
                      indicator_job *job, indicator_source *source, uint64_t *bars, uint64_t *drop)
{
    const uint64_t piece = block < call->groups ? call->piece : call->rest;
    for (uint64_t l = 0; l < TD_LANES; ++l) {
        const uint64_t from = block * TD_LANES * call->piece + l * piece;
        const uint64_t left = from + call->span < run->bars ? run->bars - from : 0;
        const uint64_t at = symbol * run->bars + from;
        bars[l] = left < piece + call->span ? left : piece + call->span;
        drop[l] = from == 0 ? 0 : call->span;
        for (uint32_t k = 0; k < call->it->input_count; ++k)
            source[k].lane[l] = bars[l] ? call->in[k] + at : NULL;
        for (uint32_t j = 0; j < call->it->op->output_count; ++j)
            job->out[j].lane[l] = bars[l] && call->out[j] ? call->out[j] + at : NULL;
    }
    for (uint32_t j = 0; j < call->it->op->output_count; ++j) {
        job->out[j].stride = 1;
        job->out[j].dtype = TD_F64;
    }
    for (uint32_t k = 0; k < call->it->input_count; ++k) {
        source[k].stride = 1;
        job->in[k] = &source[k];
    }
}

/* Straight from memory to memory. */
static bool run_lone(const pass *run, const pass_call *call, const indicator_job *job,
                     const uint64_t *drop, void *memory)
{
    const uint64_t count = call->piece + call->span;
    double *out[TD_LANES];
    for (uint64_t l = 0; l < TD_LANES; ++l)
        out[l] = job->out[0].lane[l];
    memset(memory, 0, call->it->state_bytes(call->param));
    return call->it->lone[run->isa](call->param, memory, job->in[0]->lane, out, count, drop);
}

static td_status run_piece(void *context, uint64_t index, td_work *work, td_error *err)
{
    const pass *const run = context;
    indicator_source source[TD_INDICATOR_INPUTS_MAX];
    uint64_t bars[TD_LANES], drop[TD_LANES];
    uint32_t c = 0;
    size_t bytes = 0;
    while (index >= run->symbols * piece_blocks(&run->call[c]))
        index -= run->symbols * piece_blocks(&run->call[c++]);
    pass_call *const call = &run->call[c];
    const uint64_t blocks = piece_blocks(call);
    indicator_job job = {.it = call->it, .param = call->param};
    piece_job(run, call, index / blocks, index % blocks, &job, source, bars, drop);
    const td_status status = indicator_block_bytes(&job, 1, call->piece + call->span, &bytes, err);
    if (status) return status;
    void *const memory = td_work_memory(work, bytes);
    if (!memory) return td_fail(err, TD_E_NO_MEMORY, "a piece of a series needs %zu bytes", bytes);
    const bool lone = call->it->lone && call->out[0] && index % blocks < call->groups;
    if (lone ? !run_lone(run, call, &job, drop, memory)
             : !indicator_block(&job, 1, run->gaps, run->isa, bars, drop, memory))
        atomic_store(&call->gaps, true);
    return TD_OK;
}

static td_status run_pieces(pass *run, td_error *err)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < run->cut_count; ++i)
        count += run->symbols * piece_blocks(&run->call[i]);
    td_status status = td_engine_parts(run->engine, count, run_piece, run, err);
    for (uint32_t i = 0; i < run->cut_count && !status; ++i) {
        run->first = i;
        run->end = i + 1;
        if (atomic_load(&run->call[i].gaps))
            status = td_engine_parts(run->engine, 1, run_block, run, err);
    }
    return status;
}

/* ---- The call -------------------------------------------------------------------------------- */

static td_status check_panel(const td_panel *panel, td_layout layout, td_gaps gaps, td_error *err)
{
    if (!panel || panel->struct_size < sizeof *panel)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_indicators: the panel is NULL or has no struct_size; set it with "
                       "TD_PANEL_INIT");
    if (layout != TD_BY_SYMBOL && layout != TD_BY_LANES)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_indicators: layout is %d, allowed 0 and 1",
                       (int)layout);
    if ((int)gaps < 0 || gaps > TD_GAPS_FILL)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_indicators: gaps is %d, allowed 0 to 2",
                       (int)gaps);
    if (panel->bar_count > BARS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "td_indicators: %llu bars, allowed are %llu",
                       (unsigned long long)panel->bar_count, (unsigned long long)BARS_MAX);
    return TD_OK;
}

td_status td_indicators(td_engine *engine, const td_panel *panel, td_layout layout, td_gaps gaps,
                        const td_indicator_call *calls, uint32_t call_count, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_indicators: engine is NULL");
    td_status status = check_panel(panel, layout, gaps, err);
    if (status) return status;
    if (call_count > CALLS_MAX || (call_count && !calls))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "td_indicators: %u calls, allowed 0 to %d, not at NULL", call_count,
                       CALLS_MAX);
    pass run = {.engine = engine, .gaps = gaps, .layout = layout, .call_count = call_count};
    run.symbols = panel->symbol_count;
    run.bars = panel->bar_count;
    run.isa = indicator_isa_best();
    run.call = td_alloc(engine, call_count * sizeof *run.call + 1);
    if (!run.call) return td_fail(err, TD_E_NO_MEMORY, "td_indicators: no memory for its calls");
    status = pass_calls(&run, panel, calls, err);
    if (run.symbols == 0 || run.bars == 0) run.cut_count = run.call_count = 0;
    if (!status && run.cut_count) status = run_pieces(&run, err);
    run.first = run.cut_count;
    run.end = run.call_count;
    if (!status && run.first < run.end)
        status =
            td_engine_parts(engine, (run.symbols + TD_LANES - 1) / TD_LANES, run_block, &run, err);
    td_free(engine, run.call);
    return status;
}
