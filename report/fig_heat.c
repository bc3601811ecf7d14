/* fig_heat.c - drawing heat maps: one by one, over thresholds, by pair, and all at a glance. */
#include "report/fig.h"

#include <math.h>
#include <stdio.h>

#define LEFT   46.0  /* room for the labels of rows */
#define BELOW  38.0  /* and of columns */
#define LEGEND 56.0  /* room for the bar at the right */
#define HEAD   30.0  /* room for the title */
#define WIDE   336.0 /* at least, so that the title has room */
#define LETTER 8.0   /* about, in a title */

/* Which step of the scale a value has; the number of steps where there is no value. */
static uint32_t cell_step(const heat *h, double value)
{
    if (h->letter == 's')
        return isnan(value) ? COLOUR_LEVELS : colour_step(value, h->lo, h->hi, COLOUR_LEVELS);
    return isnan(value) ? COLOUR_SIGNED : colour_step(value, -h->hi, h->hi, COLOUR_SIGNED);
}

static const char *step_class(const heat *h, uint32_t step, char out[8])
{
    const uint32_t steps = h->letter == 's' ? COLOUR_LEVELS : COLOUR_SIGNED;
    if (step >= steps) snprintf(out, 8, "na");
    else snprintf(out, 8, "%c%u", h->letter, step % 100);
    return out;
}

void heat_size(const heat *h, bool labels, double *width, double *height)
{
    *width = h->cell_width * (double)h->columns + (labels ? LEFT + LEGEND : 0);
    if (labels) *width = fmax(*width, WIDE);
    *height = h->cell_height * (double)h->rows + (labels ? HEAD + BELOW : 0);
}

static double cell_x(const heat *h, uint64_t c)
{
    return h->cell_width * (double)c;
}

/* Row 0, the smallest, is the lowest. */
static double cell_y(const heat *h, uint64_t r)
{
    return h->cell_height * (double)(h->rows - 1 - r);
}

/* The border between cells inside and outside of what is outlined. */
static void put_outline(svg *s, const heat *h)
{
    bool open = false;
    for (uint64_t r = 0; r < h->rows; ++r) {
        for (uint64_t c = 0; c < h->columns; ++c) {
            const bool here = h->outlined[r * h->columns + c];
            const bool right = c + 1 < h->columns && h->outlined[r * h->columns + c + 1] != here;
            const bool above = r + 1 < h->rows && h->outlined[(r + 1) * h->columns + c] != here;
            if (!right && !above) continue;
            if (!open) svg_path(s, "sig");
            open = true;
            const double x = cell_x(h, c), y = cell_y(h, r);
            if (right) {
                svg_move(s, x + h->cell_width, y);
                svg_to(s, x + h->cell_width, y + h->cell_height);
            }
            if (above) {
                svg_move(s, x, y);
                svg_to(s, x + h->cell_width, y);
            }
        }
    }
    if (open) svg_path_end(s, false);
}

static void put_mark(svg *s, const heat *h)
{
    if (h->marked_column < 0 || h->marked_row < 0) return;
    const double x = cell_x(h, (uint64_t)h->marked_column), y = cell_y(h, (uint64_t)h->marked_row);
    svg_rect(s, "halo", x - 1, y - 1, h->cell_width + 2, h->cell_height + 2);
    svg_rect(s, "ol", x - 1, y - 1, h->cell_width + 2, h->cell_height + 2);
}

void heat_cells(svg *s, const heat *h, bool tips)
{
    char class_[8], tip[160], x[SHOW_MAX], y[SHOW_MAX], value[SHOW_MAX];
    text_add(s->out, "<g class=\"heat\" shape-rendering=\"crispEdges\">");
    for (uint64_t r = 0; r < h->rows; ++r) {
        for (uint64_t c = 0; c < h->columns; ++c) {
            const double at = h->value[r * h->columns + c];
            if (tips)
                snprintf(tip, sizeof tip, "%s %s, %s %s: %s", h->row_symbol,
                         show_shortest(y, h->row_value[r]), h->column_symbol,
                         show_shortest(x, h->column_value[c]),
                         isnan(at) ? "not defined" : show_significant(value, at, 4));
            svg_cell(s, step_class(h, cell_step(h, at), class_), cell_x(h, c), cell_y(h, r),
                     h->cell_width, h->cell_height, tips ? tip : NULL);
        }
    }
    text_add(s->out, "</g>");
    put_outline(s, h);
    put_mark(s, h);
}

/* The runs of one colour, as one path; nothing where there are none. */
static void put_step(svg *s, const heat *h, const uint8_t *steps, uint32_t step)
{
    char class_[8];
    bool open = false;
    for (uint64_t r = 0; r < h->rows; ++r) {
        const uint8_t *row = steps + r * h->columns;
        for (uint64_t c = 0; c < h->columns;) {
            const uint64_t from = c;
            while (c < h->columns && row[c] == step)
                c += 1;
            if (c == from) {
                c += 1;
                continue;
            }
            if (!open) svg_path(s, step_class(h, step, class_));
            open = true;
            text_format(s->out, "M%u %uh%uv1h-%uz", (unsigned)from, (unsigned)(h->rows - 1 - r),
                        (unsigned)(c - from), (unsigned)(c - from));
        }
    }
    if (open) svg_path_end(s, false);
}

/* Coordinates count cells, so they are short. */
void heat_runs(svg *s, const heat *h)
{
    uint8_t steps[HEAT_SIDE_MAX * HEAT_SIDE_MAX];
    char wide[SHOW_MAX], high[SHOW_MAX];
    const uint32_t last = h->letter == 's' ? COLOUR_LEVELS : COLOUR_SIGNED;
    for (uint64_t i = 0; i < h->columns * h->rows; ++i)
        steps[i] = (uint8_t)cell_step(h, h->value[i]);
    text_format(s->out,
                "<g class=\"heat\" shape-rendering=\"crispEdges\" transform=\"scale(%s %s)\">",
                show_shortest(wide, h->cell_width), show_shortest(high, h->cell_height));
    for (uint32_t step = 0; step <= last; ++step)
        put_step(s, h, steps, step);
    text_add(s->out, "</g>");
    put_outline(s, h);
}

/* A map with title, axes and legend, its corner at the origin. */
static void put_panel(svg *s, const heat *h, const char *title)
{
    const double wide = h->cell_width * (double)h->columns;
    const double high = h->cell_height * (double)h->rows;
    svg_text_cut(s, "tt", SVG_START, LEFT, 15, title,
                 (size_t)((fmax(LEFT + wide + LEGEND, WIDE) - LEFT) / LETTER));
    svg_group(s, LEFT, HEAD);
    heat_cells(s, h, true);
    axis_cells_x(s, 0, high, h->cell_width, h->column_value, h->columns, h->column_title);
    axis_cells_y(s, 0, 0, h->cell_height, h->row_value, h->rows, h->row_title);
    legend_bar(s, h->letter, wide + 14, 0, fmax(high, 60), h->lo, h->hi);
    svg_group_end(s);
}

static void figure_title(const view *v, const best *b, const char *what,
                         char out[3 * VIEW_LABEL_MAX])
{
    char mode[VIEW_LABEL_MAX];
    snprintf(out, 3 * VIEW_LABEL_MAX, "%s, %s: %s", v->measure[b->measure].label,
             view_mode_label(v, b->at.at[AXIS_MODE], mode), what);
}

void fig_heat(svg *s, const view *v, const best *b, int part)
{
    static const char *const name[HEAT_PARTS] = {
        "\xE2\x88\x92log\xE2\x82\x81\xE2\x82\x80 q of the analysis of variance",
        "\xCE\xB7\xC2\xB2, share of variance explained", "Stability among neighbours"};
    char title[3 * VIEW_LABEL_MAX];
    heat h;
    double wide, high;
    if (!heat_slice(v, b->measure, &b->at, HEAT_Q, &h)) return;
    heat_size(&h, true, &wide, &high);
    high = fmax(high, HEAD + BELOW + 60);
    const double head = part < 0 ? 32 : 0;
    figure_title(v, b, part < 0 ? "effect over the grid" : name[part], title);
    svg_begin(s, part < 0 ? HEAT_PARTS * wide + 10 : wide, high + head, title);
    if (part < 0) svg_text(s, "tt", SVG_START, LEFT, 18, title);
    for (int i = 0; i < HEAT_PARTS; ++i) {
        if (part >= 0 && part != i) continue;
        if (!heat_slice(v, b->measure, &b->at, (heat_kind)i, &h)) continue;
        svg_group(s, part < 0 ? i * wide : 0, head);
        put_panel(s, &h, name[i]);
        svg_group_end(s);
    }
    svg_end(s);
}

bool fig_pairs(svg *s, const view *v, const best *b, int64_t pair)
{
    char title[3 * VIEW_LABEL_MAX], name[VIEW_LABEL_MAX];
    heat h;
    double wide, high;
    place at = b->at;
    const uint64_t pairs = v->count[AXIS_PAIR];
    if (!heat_slice(v, b->measure, &at, HEAT_DELTA, &h)) return false;
    heat_size(&h, true, &wide, &high);
    high = fmax(high, HEAD + BELOW + 60);
    const double head = pair < 0 ? 32 : 0;
    figure_title(v, b, "Cliff\xE2\x80\x99s \xCE\xB4 of each pair", title);
    svg_begin(s, pair < 0 ? (double)pairs * wide + 10 : wide, high + head, title);
    if (pair < 0) svg_text(s, "tt", SVG_START, LEFT, 18, title);
    for (uint64_t i = 0; i < pairs; ++i) {
        if (pair >= 0 && (uint64_t)pair != i) continue;
        at.at[AXIS_PAIR] = i;
        if (!heat_slice(v, b->measure, &at, HEAT_DELTA, &h)) continue;
        svg_group(s, pair < 0 ? (double)i * wide : 0, head);
        put_panel(s, &h, view_name(v, AXIS_PAIR, i, name));
        svg_group_end(s);
    }
    svg_end(s);
    return true;
}
