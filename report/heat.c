/* heat.c - the values of a heat map: slices of the grid. */
#include "report/fig.h"

#include <math.h>

#define SIDE_LEAST 140.0 /* of a map of few cells, which are large then */
#define SIDE_MOST  240.0 /* of one of many cells, as long as they can be seen */

const char *const heat_title[HEAT_KINDS] = {"\xE2\x88\x92log\xE2\x82\x81\xE2\x82\x80 q",
                                            "\xCE\xB7\xC2\xB2", "Stability",
                                            "Cliff\xE2\x80\x99s \xCE\xB4"};

static const statistic heat_stat[HEAT_KINDS] = {STAT_Q, STAT_ETA2, STAT_STABILITY, STAT_DELTA};

static double heat_value(const measure *m, heat_kind kind, const place *at)
{
    const double value = column_at(&m->stat[heat_stat[kind]], at);
    if (kind != HEAT_Q) return value;
    return isnan(value) ? NAN : fmin(-log10(fmax(value, 1e-300)), 300);
}

/* At most HEAT_SIDE_MAX indices of an axis, evenly spaced, first and last among them. */
static uint64_t thin(const view *v, axis which, uint64_t *index, double *value)
{
    const uint64_t count = v->count[which];
    const uint64_t used = count > HEAT_SIDE_MAX ? HEAT_SIDE_MAX : count;
    for (uint64_t i = 0; i < used; ++i) {
        index[i] = used == count ? i : i * (count - 1) / (used - 1);
        value[i] = v->dim[which].number ? v->dim[which].number[index[i]] : (double)index[i];
    }
    return used;
}

static int64_t marked(const uint64_t *index, uint64_t count, uint64_t wanted)
{
    for (uint64_t i = 0; i < count; ++i)
        if (index[i] == wanted) return (int64_t)i;
    return -1;
}

/* Scales: shares run 0..1 unless all are small; q at least to where 0.05 lies. */
static void heat_scale(heat *h, heat_kind kind)
{
    double most = 0;
    for (uint64_t i = 0; i < h->columns * h->rows; ++i)
        if (fabs(h->value[i]) > most) most = fabs(h->value[i]);
    h->letter = kind == HEAT_DELTA ? 'd' : 's';
    h->lo = 0;
    if (kind == HEAT_STABILITY || kind == HEAT_DELTA) {
        h->hi = 1;
        return;
    }
    h->hi = kind == HEAT_Q ? fmax(most, 2) : fmax(most, 0.05);
}

double heat_cell_side(uint64_t count, double least, double most, double side_least,
                      double side_most)
{
    const double fits = floor(side_most / (double)count);
    const double wanted = fmax(most, floor(side_least / (double)count));
    return fmax(least, fmin(wanted, fits));
}

static void heat_start(const view *v, heat *h, axis x, axis y)
{
    static const char *const title[AXIS_COUNT] = {[AXIS_M] = "dimension m",
                                                  [AXIS_TAU] = "delay \xCF\x84",
                                                  [AXIS_EPS] = "threshold \xCE\xB5",
                                                  [AXIS_LMIN] = "\xE2\x84\x93min"};
    static const char *const symbol[AXIS_COUNT] = {[AXIS_M] = "m",
                                                   [AXIS_TAU] = "\xCF\x84",
                                                   [AXIS_EPS] = "\xCE\xB5",
                                                   [AXIS_LMIN] = "\xE2\x84\x93min"};
    h->columns = thin(v, x, h->column, h->column_value);
    h->rows = thin(v, y, h->row, h->row_value);
    h->column_title = title[x];
    h->row_title = title[y];
    h->column_symbol = symbol[x];
    h->row_symbol = symbol[y];
    h->marked_column = h->marked_row = -1;
    h->cell_width = heat_cell_side(h->columns, 4, 26, SIDE_LEAST, SIDE_MOST);
    h->cell_height = heat_cell_side(h->rows, 4, 26, SIDE_LEAST, SIDE_MOST);
}

static bool heat_plane(const view *v, uint32_t measure_index, const place *from, heat_kind kind,
                       heat *h, axis x, axis y)
{
    const measure *m = &v->measure[measure_index];
    place at = *from;
    heat_start(v, h, x, y);
    if (h->columns * h->rows < 2 || !m->stat[heat_stat[kind]].data) return false;
    for (uint64_t r = 0; r < h->rows; ++r) {
        for (uint64_t c = 0; c < h->columns; ++c) {
            at.at[x] = h->column[c];
            at.at[y] = h->row[r];
            h->value[r * h->columns + c] = heat_value(m, kind, &at);
            h->outlined[r * h->columns + c] = column_at(&m->stat[STAT_Q], &at) < 0.05;
        }
    }
    heat_scale(h, kind);
    return true;
}

bool heat_slice(const view *v, uint32_t measure_index, const place *at, heat_kind kind, heat *h)
{
    const bool embedding = view_has_map(v);
    const axis x = embedding ? AXIS_TAU : AXIS_EPS;
    const axis y =
        embedding || !v->measure[measure_index].value.has[AXIS_LMIN] ? AXIS_M : AXIS_LMIN;
    if (!heat_plane(v, measure_index, at, kind, h, x, y)) return false;
    h->marked_column = marked(h->column, h->columns, at->at[x]);
    h->marked_row = marked(h->row, h->rows, at->at[y]);
    return true;
}

bool heat_eps(const view *v, uint32_t measure_index, const place *at, heat_kind kind, heat *h)
{
    if (v->count[AXIS_EPS] < 2 || !view_has_map(v)) return false;
    return heat_plane(v, measure_index, at, kind, h, AXIS_EPS, AXIS_TAU);
}

bool heat_largest(const view *v, uint32_t measure_index, uint64_t mode, heat_kind kind, heat *h)
{
    const measure *m = &v->measure[measure_index];
    place at = {{0}};
    at.at[AXIS_MODE] = mode;
    if (!view_has_map(v)) return false;
    if (!heat_plane(v, measure_index, &at, kind, h, AXIS_TAU, AXIS_M)) return false;
    const uint64_t lengths = m->value.has[AXIS_LMIN] ? v->count[AXIS_LMIN] : 1;
    for (uint64_t i = 0; i < h->columns * h->rows; ++i) {
        double most = NAN;
        bool below = false;
        at.at[AXIS_TAU] = h->column[i % h->columns];
        at.at[AXIS_M] = h->row[i / h->columns];
        for (uint64_t k = 0; k < lengths * v->count[AXIS_EPS]; ++k) {
            at.at[AXIS_EPS] = k / lengths;
            at.at[AXIS_LMIN] = k % lengths;
            most = fmax(most, heat_value(m, kind, &at));
            below = below || column_at(&m->stat[STAT_Q], &at) < 0.05;
        }
        h->value[i] = most;
        h->outlined[i] = below;
    }
    heat_scale(h, kind);
    return true;
}
