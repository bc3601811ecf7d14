/* fig_embedding.c - the figure of a recommended embedding: three curves and what was chosen. */
#include "modules/rqa/rqa.h"
#include "report/report.h"
#include "report/svg.h"

#include <math.h>
#include <stdio.h>

typedef struct curve {
    const double *value;
    uint32_t count, first; /* value[i] belongs to first + i */
    const char *title, *x_title;
    uint32_t chosen; /* 0: none */
    double level;    /* a dashed line there; NaN: none */
    bool percent;
} curve;

#define PANEL_WIDTH  280.0
#define PANEL_HEIGHT 170.0

static void value_range(const curve *c, double *lo, double *hi)
{
    *lo = isnan(c->level) ? INFINITY : c->level;
    *hi = isnan(c->level) ? -INFINITY : c->level;
    for (uint32_t i = 0; i < c->count; ++i) {
        if (!isfinite(c->value[i])) continue;
        *lo = fmin(*lo, c->value[i]);
        *hi = fmax(*hi, c->value[i]);
    }
    if (!(*lo <= *hi)) *lo = *hi = 0;
    *lo = fmin(*lo, 0);
    scale_widen(lo, hi, 0.06);
    if (*lo < 0 && *lo > -0.07 * *hi) *lo = 0;
}

static void put_curve(svg *s, const curve *c, const scale *x, const scale *y, double multiply)
{
    bool drawing = false;
    svg_path(s, "line");
    for (uint32_t i = 0; i < c->count; ++i) {
        const bool there = isfinite(c->value[i]);
        if (!there) {
            drawing = false;
            continue;
        }
        const double at = scale_at(x, c->first + i), up = scale_at(y, c->value[i] * multiply);
        if (drawing) svg_to(s, at, up);
        else svg_move(s, at, up);
        drawing = true;
    }
    svg_path_end(s, false);
    if (c->count > 40) return;
    for (uint32_t i = 0; i < c->count; ++i)
        if (isfinite(c->value[i]))
            svg_mark(s, "dot", 0, scale_at(x, c->first + i), scale_at(y, c->value[i] * multiply),
                     2.2, NULL);
}

static void panel(svg *s, const curve *c)
{
    const double multiply = c->percent ? 100 : 1;
    double lo, hi;
    value_range(c, &lo, &hi);
    const uint32_t last = c->first + (c->count > 1 ? c->count - 1 : 1);
    const scale x = {c->first, last, 0, PANEL_WIDTH};
    const scale y = {lo * multiply, hi * multiply, PANEL_HEIGHT, 0};
    svg_text(s, "tt", SVG_START, 0, -14, c->title);
    axis_y(s, &y, 0, 5, PANEL_WIDTH, NULL);
    axis_x(s, &x, PANEL_HEIGHT, c->count <= 12 ? c->count - 1 + (c->count == 1) : 6, 0, c->x_title);
    if (!isnan(c->level)) {
        const double at = scale_at(&y, c->level * multiply);
        svg_line(s, "sig", 0, at, PANEL_WIDTH, at);
    }
    put_curve(s, c, &x, &y, multiply);
    if (c->chosen < c->first || c->chosen - c->first >= c->count) return;
    const double value = c->value[c->chosen - c->first];
    if (!isfinite(value)) return;
    char label[32];
    const double at = scale_at(&x, c->chosen);
    svg_line(s, "l1", at, PANEL_HEIGHT, at, 0);
    svg_mark(s, "g1", 0, at, scale_at(&y, value * multiply), 4.5, NULL);
    snprintf(label, sizeof label, "%u", c->chosen);
    const bool flip = at > PANEL_WIDTH - 30;
    svg_text(s, "tt", flip ? SVG_END : SVG_START, at + (flip ? -7 : 7), 12, label);
}

td_status report_embedding_svg(const struct rqa_embedding *embedding, const char *title,
                               char **svg_out, size_t *bytes, td_error *err)
{
    if (!embedding || !embedding->mutual_information || !embedding->autocorrelation ||
        !embedding->false_neighbours)
        return td_fail(err, TD_E_BAD_ARGUMENT, "embedding figure: the curves are missing");
    const curve curves[3] = {
        {embedding->mutual_information, embedding->lag_count + 1, 0, "Mutual information (bits)",
         "lag (samples)", embedding->tau_mi, NAN, false},
        {embedding->autocorrelation, embedding->lag_count + 1, 0, "Autocorrelation",
         "lag (samples)", embedding->tau_acf, 0, false},
        {embedding->false_neighbours, embedding->dim_count, 1, "False nearest neighbours (%)",
         "embedding dimension m", embedding->m, 0.01, true},
    };
    text out = TEXT_INIT;
    svg s = {&out, true};
    char line[96];
    svg_begin(&s, 3 * (PANEL_WIDTH + 60) + 20, PANEL_HEIGHT + 138, title);
    svg_text_cut(&s, "tt", SVG_START, 50, 26, title, 120);
    snprintf(line, sizeof line, "recommended: \xCF\x84 = %u, m = %u", embedding->tau, embedding->m);
    svg_text(&s, "ts", SVG_START, 50, 44, line);
    for (uint32_t i = 0; i < 3; ++i) {
        svg_group(&s, 50 + i * (PANEL_WIDTH + 60), 88);
        panel(&s, &curves[i]);
        svg_group_end(&s);
    }
    svg_end(&s);
    return text_take(&out, svg_out, bytes, err);
}
