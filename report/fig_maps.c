/* fig_maps.c - many small maps in one drawing: the effect over thresholds, and all measures. */
#include "report/fig.h"

#include <math.h>
#include <stdio.h>

#define PANELS_MAX    15 /* values of m that are drawn; more are thinned evenly */
#define PANEL_COLUMNS 5
#define LEFT          54.0
#define LEGEND        60.0
#define LETTER        7.6 /* about, in a title */

/* The largest value of many maps, so that they share one scale. */
static double shared_top(const view *v, const best *b, const uint64_t *m, uint64_t panels)
{
    heat h;
    double top = 0.05;
    place at = b->at;
    for (uint64_t i = 0; i < panels; ++i) {
        at.at[AXIS_M] = m[i];
        if (heat_eps(v, b->measure, &at, HEAT_ETA2, &h)) top = fmax(top, h.hi);
    }
    return top;
}

static uint64_t choose_panels(uint64_t count, uint64_t wanted, uint64_t *m)
{
    const uint64_t used = count > PANELS_MAX ? PANELS_MAX : count;
    for (uint64_t i = 0; i < used; ++i) {
        m[i] = used == count ? i : i * (count - 1) / (used - 1);
        const bool nearest = used < count && m[i] < wanted &&
                             (i + 1 == used || (i + 1) * (count - 1) / (used - 1) > wanted);
        if (nearest) m[i] = wanted; /* the best one is always shown */
    }
    return used;
}

static void threshold_panel(svg *s, const view *v, const best *b, const heat *h, uint64_t m,
                            bool first, bool last)
{
    char title[VIEW_LABEL_MAX + 8], name[VIEW_LABEL_MAX];
    const double high = h->cell_height * (double)h->rows;
    snprintf(title, sizeof title, "m %s", view_name(v, AXIS_M, m, name));
    svg_text(s, m == b->at.at[AXIS_M] ? "tt" : "ts", SVG_START, 0, -6, title);
    heat_runs(s, h);
    if (first) axis_cells_y(s, 0, 0, h->cell_height, h->row_value, h->rows, "delay \xCF\x84");
    if (last)
        axis_cells_x(s, 0, high, h->cell_width, h->column_value, h->columns, "threshold \xCE\xB5");
}

bool fig_thresholds(svg *s, const view *v, const best *b)
{
    uint64_t m[PANELS_MAX];
    char title[3 * VIEW_LABEL_MAX], mode[VIEW_LABEL_MAX];
    heat h;
    place at = b->at;
    const uint64_t panels = choose_panels(v->count[AXIS_M], at.at[AXIS_M], m);
    if (!heat_eps(v, b->measure, &at, HEAT_ETA2, &h)) return false;
    const double top = shared_top(v, b, m, panels);
    const double cell = heat_cell_side(h.columns, 2, 20, 90, 166);
    const double cell_y = heat_cell_side(h.rows, 3, 14, 60, 100);
    const uint64_t across = panels < PANEL_COLUMNS ? panels : PANEL_COLUMNS;
    const uint64_t down = (panels + across - 1) / across;
    const double step_x = cell * (double)h.columns + 16, step_y = cell_y * (double)h.rows + 26;
    snprintf(title, sizeof title, "%s, %s: \xCE\xB7\xC2\xB2 over \xCE\xB5 and \xCF\x84 for each m",
             v->measure[b->measure].label, view_mode_label(v, at.at[AXIS_MODE], mode));
    svg_begin(s,
              fmax(LEFT + step_x * (double)across + LEGEND,
                   LEFT + LETTER * (double)text_characters(title)),
              46 + step_y * (double)down + 24, title);
    svg_text(s, "tt", SVG_START, LEFT, 15, title);
    for (uint64_t i = 0; i < panels; ++i) {
        at.at[AXIS_M] = m[i];
        if (!heat_eps(v, b->measure, &at, HEAT_ETA2, &h)) continue;
        h.hi = top;
        h.cell_width = cell;
        h.cell_height = cell_y;
        svg_group(s, LEFT + step_x * (double)(i % across), 46 + step_y * (double)(i / across));
        threshold_panel(s, v, b, &h, m[i], i % across == 0, i + across >= panels);
        svg_group_end(s);
    }
    legend_bar(s, 's', LEFT + step_x * (double)across, 46, fmax(60, step_y * (double)down - 26), 0,
               top);
    svg_end(s);
    return true;
}

/* ---- All measures and modes
 * ---------------------------------------------------------------------- */

static double overview_top(const view *v, heat *h)
{
    double top = 0.05;
    for (uint32_t i = 0; i < v->best_count; ++i)
        if (heat_largest(v, v->best[i].measure, v->best[i].at.at[AXIS_MODE], HEAT_ETA2, h))
            top = fmax(top, h->hi);
    return top;
}

static void overview_panel(svg *s, const view *v, const best *b, heat *h, bool first, bool last)
{
    const double high = h->cell_height * (double)h->rows;
    h->marked_column = h->marked_row = -1;
    for (uint64_t i = 0; b->there && i < h->columns; ++i)
        if (h->column[i] == b->at.at[AXIS_TAU]) h->marked_column = (int64_t)i;
    for (uint64_t i = 0; b->there && i < h->rows; ++i)
        if (h->row[i] == b->at.at[AXIS_M]) h->marked_row = (int64_t)i;
    heat_cells(s, h, true);
    axis_cells_y(s, 0, 0, h->cell_height, h->row_value, first ? h->rows : 0, first ? "m" : NULL);
    axis_cells_x(s, 0, high, h->cell_width, h->column_value, last ? h->columns : 0,
                 last ? "\xCF\x84" : NULL);
    (void)v;
}

static double widest_label(const view *v)
{
    double widest = 0;
    for (uint32_t m = 0; m < v->measure_count; ++m)
        widest = fmax(widest, LETTER * (double)text_characters(v->measure[m].label));
    return widest;
}

bool fig_overview(svg *s, const view *v)
{
    char label[VIEW_LABEL_MAX];
    heat h;
    if (!v->has_statistics || !heat_largest(v, 0, 0, HEAT_ETA2, &h)) return false;
    const double top = overview_top(v, &h);
    const uint64_t modes = v->count[AXIS_MODE];
    const double room = 720.0 / v->measure_count - 20;
    const double cell_x = heat_cell_side(h.columns, 2, 14, 60, fmax(room, 60));
    const double cell_y = heat_cell_side(h.rows, 2, 14, 50, 130);
    const double left = 150;
    const double step_x = fmax(cell_x * (double)h.columns, widest_label(v)) + 20;
    const double step_y = cell_y * (double)h.rows + 20;
    svg_begin(s, left + step_x * v->measure_count + LEGEND, 34 + step_y * (double)modes + 26,
              "Largest \xCE\xB7\xC2\xB2 over \xCE\xB5 and \xE2\x84\x93min, by measure and mode");
    for (uint32_t m = 0; m < v->measure_count; ++m)
        svg_text(s, "tt", SVG_START, left + step_x * m, 20, v->measure[m].label);
    for (uint64_t mode = 0; mode < modes; ++mode) {
        svg_text_cut(s, "tx", SVG_START, 0, 34 + step_y * (double)mode + 11,
                     view_mode_label(v, mode, label), 16);
        for (uint32_t m = 0; m < v->measure_count; ++m) {
            if (!heat_largest(v, m, mode, HEAT_ETA2, &h)) continue;
            h.hi = top;
            h.cell_width = cell_x;
            h.cell_height = cell_y;
            svg_group(s, left + step_x * m, 34 + step_y * (double)mode);
            overview_panel(s, v, view_best(v, m, mode), &h, m == 0, mode + 1 == modes);
            svg_group_end(s);
        }
    }
    legend_bar(s, 's', left + step_x * v->measure_count, 34,
               fmin(160, fmax(60, step_y * (double)modes - 20)), 0, top);
    svg_end(s);
    return true;
}
