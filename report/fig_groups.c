/* fig_groups.c - values by group: boxes with a mark for each subject; lengths of recordings. */
#include "report/estimate.h"
#include "report/fig.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH     216.0
#define HEIGHT    236.0
#define LEFT      42.0
#define TOP       48.0
#define BOTTOM    44.0
#define LABEL_MAX 24  /* characters of a group's name; all of them in the tip */
#define MARKS_MAX 400 /* of one group; then the box alone speaks */

typedef struct frame {
    scale y;
    double step;
} frame;

static void group_range(const double *value, uint64_t count, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(value[i])) continue;
        *lo = fmin(*lo, value[i]);
        *hi = fmax(*hi, value[i]);
    }
    if (!(*lo <= *hi)) *lo = *hi = 0;
    const bool positive = *lo >= 0;
    scale_widen(lo, hi, 0.07);
    if (positive && *lo < 0) *lo = 0;
}

/* Box from quartile to quartile, whiskers to the last value within 1.5 of its height (Tukey). */
static void put_box(svg *s, const frame *f, double x, uint32_t group, const double *sorted,
                    uint64_t count)
{
    char box[16], line[16];
    const double low = estimate_quantile(sorted, count, 0.25);
    const double middle = estimate_quantile(sorted, count, 0.5);
    const double high = estimate_quantile(sorted, count, 0.75);
    double least = low, most = high;
    for (uint64_t i = 0; i < count; ++i) {
        if (sorted[i] >= low - 1.5 * (high - low)) least = fmin(least, sorted[i]);
        if (sorted[i] <= high + 1.5 * (high - low)) most = fmax(most, sorted[i]);
    }
    const double half = fmin(22, f->step * 0.3);
    snprintf(box, sizeof box, "box g%u", group % COLOUR_GROUPS);
    snprintf(line, sizeof line, "l%u", group % COLOUR_GROUPS);
    const double top = scale_at(&f->y, high), bottom = scale_at(&f->y, low);
    svg_line(s, line, x, scale_at(&f->y, most), x, top);
    svg_line(s, line, x, bottom, x, scale_at(&f->y, least));
    svg_rect(s, box, x - half, top, 2 * half, bottom - top);
    svg_rect(s, line, x - half, top, 2 * half, bottom - top);
    svg_line(s, "ol", x - half, scale_at(&f->y, middle), x + half, scale_at(&f->y, middle));
}

static void put_subjects(svg *s, const view *v, const frame *f, double x, uint32_t group,
                         const double *value)
{
    char class_[16], tip[320], number[SHOW_MAX];
    const double room = fmin(30, f->step * 0.42);
    snprintf(class_, sizeof class_, "pt g%u", group % COLOUR_GROUPS);
    uint64_t drawn = 0;
    for (uint64_t u = 0; u < view_units(v) && drawn < MARKS_MAX; ++u) {
        if (view_unit_group(v, u) != (int32_t)group || isnan(value[u])) continue;
        const char *name = view_unit_name(v, u);
        const double aside = (estimate_spread(drawn) * 2 - 1) * room;
        snprintf(tip, sizeof tip, "%.240s: %s", name, show_significant(number, value[u], 4));
        svg_mark(s, class_, group, x + aside, scale_at(&f->y, value[u]), 2.7, tip);
        drawn += 1;
    }
}

/* What lies above the plot: title and a quieter line. */
static void put_head(svg *s, const subject_plot *p, double width)
{
    svg_text_cut(s, "tt", SVG_START, 2, 14, p->title, (size_t)(width / 7.2));
    if (p->subtitle) svg_text_cut(s, "ts", SVG_START, 2, 30, p->subtitle, (size_t)(width / 6));
}

void fig_boxes(svg *s, const view *v, const subject_plot *p, double *value)
{
    char label[VIEW_LABEL_MAX + 32];
    double lo, hi;
    const uint64_t groups = v->groups ? v->groups : 1, units = view_units(v);
    const double width = fmax(WIDTH, LEFT + 10 + 52 * (double)groups);
    view_unit_values(v, &p->value, &p->at, -1, value);
    group_range(value, units, &lo, &hi);
    const frame f = {{lo, hi, HEIGHT - BOTTOM, TOP}, (width - LEFT - 6) / (double)groups};
    svg_begin(s, width, HEIGHT, p->title);
    put_head(s, p, width);
    axis_y(s, &f.y, LEFT, 5, width - LEFT - 6, p->unit);
    for (uint64_t g = 0; g < v->groups; ++g) {
        const double x = LEFT + f.step * ((double)g + 0.5);
        put_subjects(s, v, &f, x, (uint32_t)g, value);
        svg_text_cut(s, "tx", SVG_MIDDLE, x, HEIGHT - BOTTOM + 18, v->group_name[g],
                     (size_t)fmax(4, f.step / 6.4));
    }
    for (uint64_t g = 0; g < v->groups; ++g) {
        /* Sorting spoils the order that names need, so each group is gathered anew. */
        view_unit_values(v, &p->value, &p->at, -1, value);
        for (uint64_t u = 0; u < units; ++u)
            if (view_unit_group(v, u) != (int32_t)g) value[u] = NAN;
        const uint64_t count = estimate_sort(value, units);
        const double x = LEFT + f.step * ((double)g + 0.5);
        if (count >= 3) put_box(s, &f, x, (uint32_t)g, value, count);
        snprintf(label, sizeof label, "n = %llu", (unsigned long long)count);
        svg_text(s, "tl", SVG_MIDDLE, x, HEIGHT - BOTTOM + 34, label);
    }
    svg_end(s);
}

/* ---- Lengths of the recordings
 * -------------------------------------------------------------------- */

/* Room for the names of the groups. */
static double samples_left(const view *v)
{
    double widest = 0;
    for (uint64_t g = 0; g < v->groups; ++g)
        widest = fmax(widest, svg_text_width(v->group_name[g]));
    return fmax(84, fmin(widest, LABEL_MAX * svg_text_width("0")) + 20);
}

void fig_samples(svg *s, const view *v)
{
    const uint64_t groups = v->groups ? v->groups : 1;
    const double row = 46, left = samples_left(v), width = 676 + left;
    double most = 0;
    place at = {{0}};
    for (uint64_t i = 0; i < v->recordings; ++i) {
        at.at[AXIS_RECORDING] = i;
        most = fmax(most, column_at(&v->samples, &at));
    }
    const scale x = {0, most > 0 ? most * 1.03 : 1, left, width - 16};
    const double base = 22 + row * (double)groups;
    svg_begin(s, width, base + 42, "Samples of each recording, by group");
    axis_x(s, &x, base, 7, base - 16, "samples of a recording");
    for (uint64_t g = 0; g < v->groups; ++g)
        svg_text_cut(s, "tx", SVG_END, left - 14, 22 + row * ((double)g + 0.5) + 4,
                     v->group_name[g], LABEL_MAX);
    for (uint64_t i = 0; i < v->recordings && i < 5000; ++i) {
        char class_[16], tip[320], number[SHOW_MAX];
        const int32_t g = v->group_of[i] < 0 ? 0 : v->group_of[i];
        at.at[AXIS_RECORDING] = i;
        const double count = column_at(&v->samples, &at);
        if (isnan(count)) continue;
        const char *name = v->dim[AXIS_RECORDING].text ? v->dim[AXIS_RECORDING].text[i] : "";
        const double y = 22 + row * ((double)g + 0.18 + 0.64 * estimate_spread(i));
        snprintf(class_, sizeof class_, "pt g%u", (uint32_t)g % COLOUR_GROUPS);
        snprintf(tip, sizeof tip, "%.240s: %s", name, show_shortest(number, count));
        svg_mark(s, class_, (uint32_t)g, scale_at(&x, count), y, 2.4, tip);
    }
    svg_end(s);
}
