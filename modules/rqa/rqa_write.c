/* rqa_write.c - measures from counts, into the unit's blocks of the outputs. */
#include <math.h>
#include <stdint.h>

#include "rqa_block.h"

/* Where one cell's values of an output begin; they go on along eps and, where there is lmin, it. */
typedef struct spot {
    double *f64; /* one of the two, NULL when the output is not wanted */
    int32_t *i32;
    int64_t eps, lmin; /* strides in elements */
} spot;

static spot spot_of(const rqa_block *block, const rqa_cell *cell, uint32_t m, rqa_output output)
{
    spot s = {NULL, NULL, 0, 0};
    if (!block->has[output]) return s;
    const td_block *out = &block->out[output];
    const int64_t *stride = out->stride;
    const int64_t at = (int64_t)(cell->item - block->unit->items.first) * stride[0] +
                       (int64_t)cell->mode_at * stride[1] + block->m_at[m] * stride[2] +
                       (int64_t)cell->tau_at * stride[3];
    s.eps = stride[4];
    s.lmin = out->rank > 5 ? stride[5] : 0;
    if (output == RQA_OUT_LMAX || output == RQA_OUT_VMAX) s.i32 = (int32_t *)out->data + at;
    else s.f64 = (double *)out->data + at;
    return s;
}

static void write_points(const rqa_block *block, spot s, const double *value)
{
    for (uint32_t k = 0; s.f64 && k < block->eps_count; ++k)
        s.f64[block->eps_at[k] * s.eps] = value[k];
}

/* part / whole for each threshold and smallest length; with one value for all lmin where there is
 * one vmin only. A whole of NULL: part alone, times scale. */
static void write_lines(const rqa_block *block, spot s, uint32_t min_count, const double *part,
                        const double *whole, bool whole_by_min, double scale)
{
    if (!s.f64) return;
    for (uint32_t i = 0; i < block->lmin_count; ++i) {
        const size_t row = (size_t)(min_count > 1 ? i : 0) * block->eps_count;
        double *out = s.f64 + block->lmin_at[i] * s.lmin;
        const double *over = whole ? whole + (whole_by_min ? row : 0) : NULL;
        for (uint32_t k = 0; k < block->eps_count; ++k)
            out[block->eps_at[k] * s.eps] = over ? part[row + k] / over[k] : part[row + k] * scale;
    }
}

static void write_longest(const rqa_block *block, spot s)
{
    for (uint32_t k = 0; s.i32 && k < block->eps_count; ++k)
        s.i32[block->eps_at[k] * s.eps] = block->sums.longest[k];
}

/* How many points RR is over: all, or those with |i - j| >= window. */
static double rate_whole(const rqa_state *state, uint64_t n)
{
    const uint64_t w = state->window_rate;
    if (state->whole_rate || w == 0) return (double)n * (double)n;
    return n > w ? (double)(n - w) * (double)(n - w + 1) : 0;
}

static void write_rate(rqa_block *block, const rqa_cell *cell, uint32_t m, uint64_t n,
                       double main_points, uint32_t main_level)
{
    const rqa_state *state = block->state;
    const bool counted = state->window_diagonal == 0, wanted = state->window_rate == 0;
    const double whole = rate_whole(state, n);
    double *rate = block->sums.work;
    for (uint32_t k = 0; k < block->eps_count; ++k) {
        const double on_main = k >= main_level ? main_points : 0;
        const double all = block->sums.point_all[k];
        const double apart = counted ? all - on_main : 2 * all;
        rate[k] = (apart + (wanted ? on_main : 0)) / whole;
    }
    write_points(block, spot_of(block, cell, m, RQA_OUT_RR), rate);
}

void rqa_write_diagonal(rqa_block *block, const rqa_cell *cell, uint32_t m, uint64_t n,
                        uint64_t main_points, uint32_t main_level)
{
    const rqa_sums *sums = &block->sums;
    double *work = sums->work;
    write_rate(block, cell, m, n, (double)main_points, main_level);
    write_lines(block, spot_of(block, cell, m, RQA_OUT_DET), sums->min_count, sums->point,
                sums->point_all, false, 1);
    write_lines(block, spot_of(block, cell, m, RQA_OUT_L), sums->min_count, sums->point, sums->line,
                true, 1);
    write_lines(block, spot_of(block, cell, m, RQA_OUT_ENT), sums->min_count, sums->entropy, NULL,
                false, block->state->entropy_scale);
    write_longest(block, spot_of(block, cell, m, RQA_OUT_LMAX));
    for (uint32_t k = 0; k < block->eps_count; ++k)
        work[k] = sums->longest[k] ? 1.0 / sums->longest[k] : NAN;
    write_points(block, spot_of(block, cell, m, RQA_OUT_DIV), work);
}

void rqa_write_vertical(rqa_block *block, const rqa_cell *cell, uint32_t m)
{
    const rqa_sums *sums = &block->sums;
    write_lines(block, spot_of(block, cell, m, RQA_OUT_LAM), sums->min_count, sums->point,
                sums->point_all, false, 1);
    write_lines(block, spot_of(block, cell, m, RQA_OUT_TT), sums->min_count, sums->point,
                sums->line, true, 1);
    write_lines(block, spot_of(block, cell, m, RQA_OUT_VENT), sums->min_count, sums->entropy, NULL,
                false, block->state->entropy_scale);
    write_longest(block, spot_of(block, cell, m, RQA_OUT_VMAX));
}

void rqa_write_eps(rqa_block *block, const rqa_cell *cell, uint32_t m, const double *eps_used)
{
    write_points(block, spot_of(block, cell, m, RQA_OUT_EPS_USED), eps_used);
}

/* The outputs over points and lines: all but those over recordings. */
static void each_value(rqa_block *block, const rqa_cell *cell, uint32_t m, int64_t from)
{
    for (rqa_output o = RQA_OUT_RR; o <= RQA_OUT_EPS_USED; ++o) {
        const spot s = spot_of(block, cell, m, o);
        if (!s.f64 && !s.i32) continue;
        const uint32_t min_count = s.lmin ? block->lmin_count : 1;
        const int64_t back = from * block->out[o].stride[3];
        for (uint32_t k = 0; k < block->eps_count; ++k) {
            for (uint32_t i = 0; i < min_count; ++i) {
                const int64_t at = k * s.eps + i * s.lmin;
                if (s.f64) s.f64[at] = from ? s.f64[at - back] : NAN;
                else s.i32[at] = from ? s.i32[at - back] : INT32_MIN;
            }
        }
    }
}

void rqa_write_missing(rqa_block *block, const rqa_cell *cell, uint32_t m)
{
    each_value(block, cell, m, 0);
}

void rqa_write_repeat(rqa_block *block, const rqa_cell *cell)
{
    each_value(block, cell, 1, (int64_t)cell->tau_at);
}

void rqa_write_item(rqa_block *block, uint64_t item)
{
    const rqa_state *state = block->state;
    const int64_t at = (int64_t)(item - block->unit->items.first);
    const uint64_t first = block->unit->axis[RQA_AXIS_MODE].first;
    const td_block *samples = &block->out[RQA_OUT_SAMPLES];
    const td_block *missing = &block->out[RQA_OUT_NAN_SAMPLES];
    const td_block *constant = &block->out[RQA_OUT_CONSTANT];
    if (block->has[RQA_OUT_SAMPLES])
        ((int32_t *)samples->data)[at * samples->stride[0]] = (int32_t)state->count[item];
    if (block->has[RQA_OUT_NAN_SAMPLES])
        ((int32_t *)missing->data)[at * missing->stride[0]] = (int32_t)state->nan_count[item];
    if (!block->has[RQA_OUT_CONSTANT]) return;
    for (uint64_t i = 0; i < block->unit->axis[RQA_AXIS_MODE].count; ++i)
        ((uint8_t *)constant->data)[at * constant->stride[0] + (int64_t)i * constant->stride[1]] =
            rqa_samples_of(state, item, state->mode[first + i].signal)->constant;
}
