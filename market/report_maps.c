/* report_maps.c - a measure over the parameters: heat maps of two axes, a line for one; and its
 * spread over the symbols. */
#include "market/report_page.h"
#include "report/fig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEFT      64.0
#define HEAD      30.0
#define BELOW     40.0
#define LEGEND    66.0
#define MAPS_MAX  6 /* measures that get a map */
#define PAIRS_MAX 3 /* pairs of axes for the measure that points are ranked by */
#define BINS      24
#define TIP_CELLS 1600

/* Measures worth a map, in this order, before all others. */
static const char *const first_measures[] = {
    "sharpe", "total_return", "max_drawdown", "trades", "win_rate", "profit_factor", NULL};

/* ---- Heat maps ------------------------------------------------------------------------------ */

static uint64_t thin(const td_dim *dim, uint64_t must, uint64_t *index, double *value)
{
    const uint64_t used = dim->count > HEAT_SIDE_MAX ? HEAT_SIDE_MAX : dim->count;
    for (uint64_t i = 0; i < used; ++i)
        index[i] = used == dim->count ? i : i * (dim->count - 1) / (used - 1);
    /* The best point's value is always among those that are drawn. */
    uint64_t near = 0;
    for (uint64_t i = 1; i < used; ++i)
        if (index[i] <= must) near = i;
    index[near] = must;
    for (uint64_t i = 0; i < used; ++i)
        value[i] = dim->number[index[i]];
    return used;
}

static void scale_heat(heat *h)
{
    double least = INFINITY, most = -INFINITY;
    for (uint64_t i = 0; i < h->columns * h->rows; ++i) {
        if (!isfinite(h->value[i])) {
            h->value[i] = NAN;
            continue;
        }
        least = fmin(least, h->value[i]);
        most = fmax(most, h->value[i]);
    }
    if (!(most >= least)) least = most = 0;
    /* Values of one sign need no middle; those far from 0 are shown without the way to it. */
    h->letter = least < 0 && most > 0 ? 'd' : 's';
    h->lo = least < 0 || least > 0.3 * most ? least : 0;
    h->hi = most;
    if (h->letter == 'd') h->hi = fmax(most, -least);
    else if (least < 0 && most > 0.3 * least) h->hi = 0;
    if (!(h->hi > h->lo)) h->hi = h->lo + 1;
}

static void fill_heat(const report_page *p, uint32_t which, uint32_t x, uint32_t y, heat *h)
{
    const outcome *o = p->in->o;
    uint64_t index[TD_AXES_MAX];
    outcome_index(o, p->best, index);
    const uint64_t best_x = index[x], best_y = index[y];
    memset(h, 0, sizeof *h);
    h->marked_column = h->marked_row = -1;
    h->columns = thin(&o->axis[x], best_x, h->column, h->column_value);
    h->rows = thin(&o->axis[y], best_y, h->row, h->row_value);
    h->column_title = h->column_symbol = o->axis[x].name;
    h->row_title = h->row_symbol = o->axis[y].name;
    for (uint64_t r = 0; r < h->rows; ++r) {
        for (uint64_t c = 0; c < h->columns; ++c) {
            index[x] = h->column[c];
            index[y] = h->row[r];
            h->value[r * h->columns + c] = o->measure[which].median[outcome_point(o, index)];
            if (h->column[c] == best_x) h->marked_column = (int64_t)c;
        }
        if (h->row[r] == best_y) h->marked_row = (int64_t)r;
    }
    h->cell_width = heat_cell_side(h->columns, 4, 30, 150, 280);
    h->cell_height = heat_cell_side(h->rows, 4, 30, 150, 280);
    scale_heat(h);
}

/* Many cells are drawn as runs of one colour, without tips: the page stays small. */
static void put_cells(svg *s, const heat *h)
{
    if (h->columns * h->rows <= TIP_CELLS) {
        heat_cells(s, h, true);
        return;
    }
    heat_runs(s, h);
    if (h->marked_column < 0 || h->marked_row < 0) return;
    const double x = h->cell_width * (double)h->marked_column;
    const double y = h->cell_height * (double)(h->rows - 1 - (uint64_t)h->marked_row);
    svg_rect(s, "halo", x - 1, y - 1, h->cell_width + 2, h->cell_height + 2);
    svg_rect(s, "ol", x - 1, y - 1, h->cell_width + 2, h->cell_height + 2);
}

static void put_heat(report_page *p, uint32_t which, uint32_t x, uint32_t y)
{
    svg s = {&p->out, false};
    char name[OUTCOME_LABEL_MAX], title[2 * OUTCOME_LABEL_MAX];
    heat *h = malloc(sizeof *h);
    if (!h) {
        p->out.status = TD_E_NO_MEMORY;
        return;
    }
    fill_heat(p, which, x, y, h);
    const double wide = h->cell_width * (double)h->columns;
    const double high = h->cell_height * (double)h->rows;
    const char *shown = report_title(p->in->o->measure[which].var.name, name);
    snprintf(title, sizeof title, "%s over %.60s and %.60s", shown, h->column_title, h->row_title);
    svg_begin(&s, fmax(LEFT + wide + LEGEND, 240), HEAD + fmax(high, 60) + BELOW, title);
    svg_text_cut(&s, "tt", SVG_START, 2, 15, shown, 28);
    svg_group(&s, LEFT, HEAD);
    put_cells(&s, h);
    axis_cells_x(&s, 0, high, h->cell_width, h->column_value, h->columns, h->column_title);
    axis_cells_y(&s, 0, 0, h->cell_height, h->row_value, h->rows, h->row_title);
    legend_bar(&s, h->letter, wide + 14, 0, fmax(high, 60), h->lo, h->hi);
    svg_group_end(&s);
    svg_end(&s);
    free(h);
}

/* ---- One axis ------------------------------------------------------------------------------- */

static void put_line(report_page *p, uint32_t which, uint32_t x)
{
    const outcome *o = p->in->o;
    const td_dim *dim = &o->axis[x];
    svg s = {&p->out, false};
    char name[OUTCOME_LABEL_MAX];
    uint64_t index[TD_AXES_MAX];
    double lo = INFINITY, hi = -INFINITY;
    outcome_index(o, p->best, index);
    const uint64_t best_at = index[x];
    for (uint64_t i = 0; i < dim->count; ++i) {
        index[x] = i;
        const double value = o->measure[which].median[outcome_point(o, index)];
        if (!isfinite(value)) continue;
        lo = fmin(lo, value);
        hi = fmax(hi, value);
    }
    if (!(hi >= lo)) return;
    scale_widen(&lo, &hi, 0.06);
    const scale sx = {dim->number[0], dim->number[dim->count - 1], LEFT, 430};
    const scale sy = {lo, hi, 200, HEAD};
    const char *shown = report_title(o->measure[which].var.name, name);
    svg_begin(&s, 450, 250, shown);
    svg_text_cut(&s, "tt", SVG_START, 2, 15, shown, 40);
    axis_y(&s, &sy, LEFT, 5, 430 - LEFT, NULL);
    axis_x(&s, &sx, 200, 6, 0, dim->name);
    svg_path(&s, "l0");
    bool pen = false;
    for (uint64_t i = 0; i < dim->count; ++i) {
        index[x] = i;
        const double value = o->measure[which].median[outcome_point(o, index)];
        if (!isfinite(value)) {
            pen = false;
            continue;
        }
        if (pen) svg_to(&s, scale_at(&sx, dim->number[i]), scale_at(&sy, value));
        else svg_move(&s, scale_at(&sx, dim->number[i]), scale_at(&sy, value));
        pen = true;
    }
    svg_path_end(&s, false);
    const double at = o->measure[which].median[p->best];
    if (isfinite(at))
        svg_mark(&s, "dot", 0, scale_at(&sx, dim->number[best_at]), scale_at(&sy, at), 4, "best");
    svg_end(&s);
}

/* ---- Which ---------------------------------------------------------------------------------- */

/* The measure that points are ranked by, then the usual ones, then the rest, each once. */
static uint32_t order_measures(const outcome *o, uint32_t *list, uint32_t most)
{
    uint32_t count = 0;
    bool taken[OUTCOME_MEASURES_MAX] = {false};
    list[count++] = o->by;
    taken[o->by] = true;
    for (int i = 0; first_measures[i] && count < most; ++i) {
        const int m = outcome_find(o, first_measures[i]);
        if (m < 0 || taken[m]) continue;
        list[count++] = (uint32_t)m;
        taken[m] = true;
    }
    for (uint32_t m = 0; m < o->measure_count && count < most; ++m)
        if (!taken[m]) list[count++] = m;
    return count;
}

/* Axes of numbers that rise, with two values or more. */
static uint32_t order_axes(const outcome *o, uint32_t *list)
{
    uint32_t count = 0;
    for (uint32_t a = 0; a < o->axis_count; ++a)
        if (o->axis[a].number && o->axis[a].count > 1) list[count++] = a;
    return count;
}

static void put_pairs(report_page *p, const uint32_t *over, uint32_t axes)
{
    uint32_t pairs = 0;
    text_add(&p->out, "<div class=\"three\">");
    for (uint32_t a = 0; a < axes; ++a)
        for (uint32_t b = a + 1; b < axes; ++b) {
            if ((a == 0 && b == 1) || pairs++ == PAIRS_MAX) continue;
            put_heat(p, p->in->o->by, over[b], over[a]);
        }
    text_add(&p->out, "</div>\n");
}

void report_maps(report_page *p)
{
    const outcome *o = p->in->o;
    uint32_t which[MAPS_MAX], over[TD_AXES_MAX];
    const uint32_t measures = order_measures(o, which, MAPS_MAX), axes = order_axes(o, over);
    char line[TEXT_FORMAT_MAX], label[OUTCOME_LABEL_MAX];
    report_section(p, "maps", "Parameters");
    if (axes == 0 || o->ranked == 0) {
        report_note(p, "No parameter was varied over several numbers: there is nothing to map.");
        report_section_end(p);
        return;
    }
    snprintf(line, sizeof line,
             "%sA hill that is broad can be trusted more than a peak that stands alone. The frame "
             "marks the best point%s%s.",
             o->symbol_count > 1 ? "Medians over the symbols. " : "",
             axes > 2 || axes < o->axis_count ? "; other axes stand where it does: " : "",
             axes > 2 || axes < o->axis_count ? outcome_label(o, p->best, label) : "");
    report_note(p, line);
    text_add(&p->out, "<div class=\"three\">");
    for (uint32_t i = 0; i < measures; ++i) {
        if (axes == 1) put_line(p, which[i], over[0]);
        else put_heat(p, which[i], over[1], over[0]);
    }
    text_add(&p->out, "</div>\n");
    if (axes > 2) {
        text_add(&p->out, "<h3>Other pairs of parameters</h3>\n");
        put_pairs(p, over, axes);
    }
    report_section_end(p);
}

/* ---- Over the symbols ----------------------------------------------------------------------- */

static void put_bins(report_page *p, uint32_t which)
{
    const td_var *var = &p->in->o->measure[which].var;
    svg s = {&p->out, false};
    char name[OUTCOME_LABEL_MAX], tip[160], a[SHOW_MAX], b[SHOW_MAX];
    const uint64_t all = outcome_sorted(p->in->o, which, p->best, p->value);
    uint64_t first = 0, end = all, bin[BINS] = {0}, most = 1;
    while (first < end && isinf(p->value[first]))
        first += 1;
    while (end > first && isinf(p->value[end - 1]))
        end -= 1;
    if (end - first < 2) return;
    /* The last percent on either side would stretch the scale; it is counted in the end bins. */
    double lo = outcome_quantile(p->value + first, end - first, 0.01);
    double hi = outcome_quantile(p->value + first, end - first, 0.99);
    scale_widen(&lo, &hi, 0.02);
    for (uint64_t i = first; i < end; ++i) {
        const uint32_t k = colour_step(p->value[i], lo, hi, BINS);
        bin[k] += 1;
        if (bin[k] > most) most = bin[k];
    }
    const bool share = report_is_share(var);
    const scale x = {share ? 100 * lo : lo, share ? 100 * hi : hi, 44, 330};
    const scale y = {0, (double)most, 150, HEAD};
    const char *shown = report_title(var->name, name);
    svg_begin(&s, 346, 190, shown);
    svg_text_cut(&s, "tt", SVG_START, 2, 15, shown, 30);
    axis_y(&s, &y, 44, 3, 286, NULL);
    for (uint32_t k = 0; k < BINS; ++k) {
        const double left = 44 + 286.0 * k / BINS, top = scale_at(&y, (double)bin[k]);
        snprintf(tip, sizeof tip, "%s to %s: %llu symbols",
                 report_show(a, var, lo + (hi - lo) * k / BINS),
                 report_show(b, var, lo + (hi - lo) * (k + 1) / BINS), (unsigned long long)bin[k]);
        if (bin[k]) svg_cell(&s, "bar2", left + 0.5, top, 286.0 / BINS - 1, 150 - top, tip);
    }
    axis_x(&s, &x, 150, 5, 0, share ? "%" : NULL);
    const double middle = outcome_quantile(p->value, all, 0.5);
    if (middle >= lo && middle <= hi)
        svg_line(&s, "ol", scale_at(&x, share ? 100 * middle : middle), HEAD,
                 scale_at(&x, share ? 100 * middle : middle), 150);
    svg_end(&s);
}

void report_spread(report_page *p)
{
    const outcome *o = p->in->o;
    uint32_t which[MAPS_MAX];
    const uint32_t measures = order_measures(o, which, MAPS_MAX);
    report_section(p, "spread", "Symbols");
    if (o->symbol_count < 2 || o->ranked == 0) {
        report_note(p, o->symbol ? "There is one symbol only."
                                 : "One portfolio holds all symbols: there is nothing to spread.");
        report_section_end(p);
        return;
    }
    report_note(p, "How each measure spreads over the symbols at the best point. The line is the "
                   "median; the end bars hold also what lies beyond.");
    text_add(&p->out, "<div class=\"three\">");
    for (uint32_t i = 0; i < measures; ++i)
        put_bins(p, which[i]);
    text_add(&p->out, "</div>\n");
    report_section_end(p);
}
