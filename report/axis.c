/* axis.c - scales, ticks, axes and legends. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>

double scale_at(const scale *s, double value)
{
    return s->from + (value - s->lo) / (s->hi - s->lo) * (s->to - s->from);
}

void scale_widen(double *lo, double *hi, double part)
{
    const double size = fabs(*lo) > fabs(*hi) ? fabs(*lo) : fabs(*hi);
    double more = (*hi - *lo) * part;
    if (!(*hi - *lo > size * 1e-9)) more = size > 0 ? size * 0.1 : 1;
    *lo -= more;
    *hi += more;
}

void ticks_make(ticks *t, double lo, double hi, uint32_t wanted)
{
    *t = (ticks){0};
    if (!(hi > lo) || !isfinite(hi - lo) || wanted < 1) return;
    if (wanted > TICKS_MAX / 2) wanted = TICKS_MAX / 2;
    const double rough = (hi - lo) / wanted;
    const double power = floor(log10(rough));
    const double unit = pow(10, power), share = rough / unit;
    const double factor = share < 1.5 ? 1 : share < 3 ? 2 : share < 7 ? 5 : 10;
    const double step = factor * unit;
    t->decimals = (int)fmax(0, -(factor == 10 ? power + 1 : power));
    const double first = ceil(lo / step - 1e-9);
    for (uint32_t i = 0; i < TICKS_MAX; ++i) {
        const double at = (first + i) * step;
        if (at > hi + step * 1e-9) return;
        t->at[i] = fabs(at) < step * 1e-9 ? 0 : at;
        t->count = i + 1;
    }
}

static const char *tick_text(char out[SHOW_MAX], const ticks *t, uint32_t index)
{
    if (t->decimals > 6 || fabs(t->at[index]) >= 1e6) return show_significant(out, t->at[index], 2);
    return show_fixed(out, t->at[index], t->decimals);
}

void axis_x(svg *s, const scale *x, double y, uint32_t wanted, double grid, const char *title)
{
    ticks t;
    char label[SHOW_MAX];
    ticks_make(&t, x->lo, x->hi, wanted);
    for (uint32_t i = 0; i < t.count; ++i) {
        const double at = scale_at(x, t.at[i]);
        if (grid > 0) svg_line(s, "gr", at, y - grid, at, y);
        svg_line(s, "ax", at, y, at, y + 4);
        svg_text(s, "tl", SVG_MIDDLE, at, y + 16, tick_text(label, &t, i));
    }
    svg_line(s, "ax", x->from, y, x->to, y);
    if (title) svg_text(s, "ts", SVG_MIDDLE, (x->from + x->to) / 2, y + 33, title);
}

void axis_y(svg *s, const scale *y, double x, uint32_t wanted, double grid, const char *title)
{
    ticks t;
    char label[SHOW_MAX];
    size_t widest = 0;
    ticks_make(&t, y->lo, y->hi, wanted);
    for (uint32_t i = 0; i < t.count; ++i) {
        const double at = scale_at(y, t.at[i]);
        if (grid > 0) svg_line(s, "gr", x, at, x + grid, at);
        svg_text(s, "tl", SVG_END, x - 7, at + 4, tick_text(label, &t, i));
        const size_t wide = text_characters(label);
        if (wide > widest) widest = wide;
    }
    if (grid <= 0) svg_line(s, "ax", x, y->from, x, y->to);
    if (title) svg_text_up(s, "ts", x - 15 - 6.4 * (double)widest, (y->from + y->to) / 2, title);
}

/* Labels for every step-th cell, so that they do not touch: room pixels each. */
static uint64_t label_step(double cell, uint64_t count, double room)
{
    static const uint64_t steps[] = {1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; ++i)
        if (cell * (double)steps[i] >= room) return steps[i];
    return count;
}

static double widest_value(const double *value, uint64_t count)
{
    char label[SHOW_MAX];
    double widest = 0;
    for (uint64_t i = 0; i < count; ++i)
        widest = fmax(widest, svg_text_width(show_shortest(label, value[i])));
    return widest;
}

void axis_cells_x(svg *s, double x, double y, double cell, const double *value, uint64_t count,
                  const char *title)
{
    char label[SHOW_MAX];
    const uint64_t step = label_step(cell, count, widest_value(value, count) + 6);
    for (uint64_t i = 0; i < count; i += step)
        svg_text(s, "tl", SVG_MIDDLE, x + ((double)i + 0.5) * cell, y + 14,
                 show_shortest(label, value[i]));
    if (title) svg_text(s, "ts", SVG_MIDDLE, x + cell * (double)count / 2, y + 31, title);
}

void axis_cells_y(svg *s, double x, double y, double cell, const double *value, uint64_t count,
                  const char *title)
{
    char label[SHOW_MAX];
    const uint64_t step = label_step(cell, count, 13);
    for (uint64_t i = 0; i < count; i += step)
        svg_text(s, "tl", SVG_END, x - 6, y + ((double)(count - i) - 0.5) * cell + 4,
                 show_shortest(label, value[i]));
    if (title)
        svg_text_up(s, "ts", x - 14 - widest_value(value, count), y + cell * (double)count / 2,
                    title);
}

void legend_bar(svg *s, char letter, double x, double y, double height, double lo, double hi)
{
    const uint32_t steps = letter == 's' ? COLOUR_LEVELS : COLOUR_SIGNED;
    const scale value = {letter == 's' ? lo : -hi, hi, y + height, y};
    char class_[16], label[SHOW_MAX];
    ticks t;
    for (uint32_t i = 0; i < steps; ++i) {
        snprintf(class_, sizeof class_, "%c%u", letter, i);
        /* Half a pixel of overlap hides the seams. */
        svg_rect(s, class_, x, y + height * (1 - (i + 1.0) / steps), 9,
                 height / steps + (i ? 0.5 : 0));
    }
    ticks_make(&t, value.lo, value.hi, height > 110 ? 5 : 3);
    for (uint32_t i = 0; i < t.count; ++i) {
        const double at = scale_at(&value, t.at[i]);
        svg_line(s, "ax", x + 9, at, x + 12, at);
        svg_text(s, "tl", SVG_START, x + 15, at + 4, tick_text(label, &t, i));
    }
}
