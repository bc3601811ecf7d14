/* row_panel.c - indicators on a device against the CPU's steps: the same bits. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "modules/market/indicator.h"
#include "rows.h"

#define JOB_WORDS 12
#define JOB_OUT   5
#define PARAMS    12
#define INPUTS    3 /* series 0, 1 and 2: high, low, close */
#define JOBS_MAX  6

typedef struct panel_case {
    const indicator *it;
    const char *kernel;
    int32_t symbols, bars, jobs, outputs;
    int32_t word[JOBS_MAX * JOB_WORDS];
    double param[JOBS_MAX * PARAMS];
    double *wanted, *got; /* [series][symbol / 8][bar][symbol % 8]; the inputs first */
} panel_case;

static double *cell(const panel_case *p, double *series, int32_t number, int32_t t, int32_t symbol)
{
    const int64_t block = (int64_t)number * (p->symbols / TD_LANES) + symbol / TD_LANES;
    return series + (block * p->bars + t) * TD_LANES + symbol % TD_LANES;
}

/* A walk with equal neighbours, flat stretches and a jump. */
static void fill_prices(ops_case *c, panel_case *p)
{
    for (int32_t s = 0; s < p->symbols; ++s) {
        double last = 100 * (0.1 + ops_random_unit(c));
        for (int32_t t = 0; t < p->bars; ++t) {
            const bool flat = (t / 40) % 5 == 4;
            if (!flat && ops_random_below(c, 6)) last *= 0.97 + 0.06 * ops_random_unit(c);
            if (ops_random_below(c, 200) == 0) last *= 5;
            const double up = flat ? 1 : 1 + 0.03 * ops_random_unit(c);
            *cell(p, p->wanted, 0, t, s) = last * up;
            *cell(p, p->wanted, 1, t, s) = last / up;
            *cell(p, p->wanted, 2, t, s) = last;
        }
    }
}

/* Each job its own numbers, within the table's ranges; matype stays the first. */
static void fill_jobs(ops_case *c, panel_case *p)
{
    const uint32_t count = indicator_param_count(p->it);
    int32_t next = INPUTS;
    for (int32_t j = 0; j < p->jobs; ++j) {
        double *const param = p->param + j * PARAMS;
        int32_t *const word = p->word + j * JOB_WORDS;
        for (uint32_t i = 0; i < count; ++i) {
            const td_param *const row = &p->it->op->params[i];
            const bool seed = strcmp(row->name, "seed") == 0 || strcmp(row->name, "ddof") == 0 ||
                              strcmp(row->name, "first_range") == 0;
            if (row->type == TD_FLOAT) param[i] = 3 * ops_random_unit(c);
            else if (row->type == TD_CHOICE) param[i] = seed ? (double)ops_random_below(c, 2) : 0;
            else if (seed) param[i] = (double)ops_random_below(c, 2);
            else param[i] = (double)(row->min.as.i + (int64_t)ops_random_below(c, 40));
        }
        param[PARAMS - 2] = (double)NAN;
        param[PARAMS - 1] = 1.0 / param[0];
        for (uint32_t i = 0; i < p->it->input_count; ++i)
            word[i] = p->it->input_count == 1 ? 2 : (int32_t)i;
        for (int32_t i = 0; i < p->outputs; ++i)
            word[JOB_OUT + i] = next++;
    }
}

/* The step of this machine's best instruction set, eight symbols at a time. */
static td_status reference(panel_case *p, td_error *err)
{
    const indicator_run run = p->it->run[indicator_isa_best()];
    const vec *in[TD_INDICATOR_INPUTS_MAX];
    vec *out[TD_INDICATOR_OUTPUTS_MAX];
    for (int32_t j = 0; j < p->jobs; ++j) {
        const double *const param = p->param + j * PARAMS;
        const int32_t *const word = p->word + j * JOB_WORDS;
        const size_t bytes = p->it->state_bytes ? p->it->state_bytes(param) : 64;
        void *const state = aligned_alloc(64, bytes);
        if (!state) return td_fail(err, TD_E_NO_MEMORY, "no memory for a state");
        for (int32_t s = 0; s < p->symbols; s += TD_LANES) {
            for (uint32_t i = 0; i < p->it->input_count; ++i)
                in[i] = (const vec *)(const void *)cell(p, p->wanted, word[i], 0, s);
            for (int32_t i = 0; i < p->outputs; ++i)
                out[i] = (vec *)(void *)cell(p, p->wanted, word[JOB_OUT + i], 0, s);
            memset(state, 0, bytes);
            run(param, state, in, out, 0, (uint64_t)p->bars);
        }
        free(state);
    }
    return TD_OK;
}

static td_status panel_launch(ops_case *c, panel_case *p, int32_t series, uint32_t groups,
                              td_error *err)
{
    const size_t bytes = (size_t)series * (size_t)p->bars * (size_t)p->symbols * 8;
    ops_buffer *values = NULL, *jobs = NULL, *params = NULL;
    td_status status = ops_memory(c, p->got, bytes, &values, err);
    if (!status) status = ops_memory(c, p->word, sizeof p->word, &jobs, err);
    if (!status) status = ops_memory(c, p->param, sizeof p->param, &params, err);
    if (!status)
        status = ops_launch(c, err, groups, p->kernel, values, jobs, params, (int)p->jobs,
                            (int)p->symbols, (int)p->bars);
    return status ? status : ops_get(c, p->got, values, err);
}

static td_status panel_case_run(ops_case *c, const char *kernel, td_error *err)
{
    panel_case p = {.kernel = kernel, .it = indicator_find(kernel + strlen("market_"))};
    char text[96];
    if (!p.it) return td_fail(err, TD_E_INTERNAL, "%s has no indicator of its name", kernel);
    const uint32_t groups = 1 + (uint32_t)ops_random_below(c, ops_pick(c, 3, 40, 400));
    p.symbols = TD_LANES * (1 + (int32_t)ops_random_below(c, ops_pick(c, 3, 20, 100)));
    p.bars = 1 + (int32_t)ops_random_below(c, ops_pick(c, 150, 600, 1250));
    p.jobs = 1 + (int32_t)ops_random_below(c, JOBS_MAX);
    p.outputs = (int32_t)p.it->op->output_count;
    const int32_t series = INPUTS + p.jobs * p.outputs;
    const uint64_t cells = (uint64_t)series * (uint64_t)p.bars * (uint64_t)p.symbols;
    td_status status = ops_host(cells, 8, (void **)&p.got, err);
    p.wanted = aligned_alloc(64, cells * 8); /* the steps take whole vectors */
    if (!status && !p.wanted) status = td_fail(err, TD_E_NO_MEMORY, "no memory for series");
    if (status) goto out;
    fill_prices(c, &p);
    fill_jobs(c, &p);
    memset(p.got, 0x5a, cells * 8);
    memcpy(p.got, p.wanted, INPUTS * (size_t)p.bars * (size_t)p.symbols * 8);
    status = reference(&p, err);
    if (!status) status = panel_launch(c, &p, series, groups, err);
    if (status) goto out;
    snprintf(text, sizeof text, "%d jobs, %d symbols, %d bars, %" PRIu32 " groups", p.jobs,
             p.symbols, p.bars, groups);
    ops_equal(c, text, TD_F64, p.wanted, p.got, cells);
out:
    free(p.wanted);
    free(p.got);
    return status;
}

static td_status panel_row(ops_case *c, const char *kernel, td_error *err)
{
    td_status status = TD_OK;
    const uint64_t cases = ops_pick(c, 2, 6, 6);
    for (uint64_t i = 0; i < cases && !status; ++i) {
        status = panel_case_run(c, kernel, err);
        ops_case_end(c);
    }
    return status;
}

td_status row_market_sma(ops_case *c, td_error *err)
{
    return panel_row(c, "market_sma", err);
}
td_status row_market_ema(ops_case *c, td_error *err)
{
    return panel_row(c, "market_ema", err);
}
td_status row_market_macd(ops_case *c, td_error *err)
{
    return panel_row(c, "market_macd", err);
}
td_status row_market_bbands(ops_case *c, td_error *err)
{
    return panel_row(c, "market_bbands", err);
}
td_status row_market_rsi(ops_case *c, td_error *err)
{
    return panel_row(c, "market_rsi", err);
}
td_status row_market_atr(ops_case *c, td_error *err)
{
    return panel_row(c, "market_atr", err);
}
td_status row_market_max(ops_case *c, td_error *err)
{
    return panel_row(c, "market_max", err);
}
td_status row_market_min(ops_case *c, td_error *err)
{
    return panel_row(c, "market_min", err);
}
td_status row_market_mom(ops_case *c, td_error *err)
{
    return panel_row(c, "market_mom", err);
}
