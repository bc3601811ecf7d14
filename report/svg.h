/* svg.h - the small layer under the figures: elements, scales, axes, legends.
 *
 * Coordinates are pixels of the drawing at its natural size. Classes stand for colours and type:
 * see colour_style. Text that is given here is escaped. */
#ifndef TANDEM_REPORT_SVG_H
#define TANDEM_REPORT_SVG_H
#include "report/colour.h"
#include "report/text.h"

typedef struct svg {
    text *out;
    bool  single;     /* a file of its own: size, paper and style inside; else part of a page */
} svg;

void svg_begin(svg *s, double width, double height, const char *title);
void svg_end(svg *s);
void svg_group(svg *s, double x, double y);      /* moves what follows, until svg_group_end */
void svg_group_end(svg *s);

void svg_rect(svg *s, const char *class_, double x, double y, double width, double height);
/* tip: shown when the pointer rests on it. */
void svg_cell(svg *s, const char *class_, double x, double y, double width, double height,
              const char *tip);
void svg_line(svg *s, const char *class_, double x1, double y1, double x2, double y2);
/* A mark of a group: circle, triangle, square, diamond in turn. r: about its radius. */
void svg_mark(svg *s, const char *class_, uint32_t shape, double x, double y, double r,
              const char *tip);
/* Opens a path, to be filled by svg_move and svg_to, and closed by svg_path_end. */
void svg_path(svg *s, const char *class_);
void svg_move(svg *s, double x, double y);
void svg_to(svg *s, double x, double y);
void svg_path_end(svg *s, bool closed);

typedef enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END } svg_anchor;
void svg_text(svg *s, const char *class_, svg_anchor anchor, double x, double y,
              const char *string);
/* Runs upwards; for the title of a y axis. */
void svg_text_up(svg *s, const char *class_, double x, double y, const char *string);
/* At most characters_max characters are shown, all of them in the tip. */
void svg_text_cut(svg *s, const char *class_, svg_anchor anchor, double x, double y,
                  const char *string, size_t characters_max);
/* Width of a text in the type of the figures, an estimate. */
double svg_text_width(const char *string);

/* ---- Scales and axes (axis.c) ---------------------------------------------------------------- */

/* Data lo..hi lies at pixels from..to; from may be more than to. */
typedef struct scale { double lo, hi, from, to; } scale;
double scale_at(const scale *s, double value);

#define TICKS_MAX 16
/* Steps of 1, 2 or 5 times a power of ten inside lo..hi, about wanted of them. */
typedef struct ticks { uint32_t count; int decimals; double at[TICKS_MAX]; } ticks;
void ticks_make(ticks *t, double lo, double hi, uint32_t wanted);
/* Widens lo..hi by a part of itself, and to a real range when it is none. */
void scale_widen(double *lo, double *hi, double part);

/* x axis below, y axis at the left; grid: lines across the drawing over that length. */
void axis_x(svg *s, const scale *x, double y, uint32_t wanted, double grid, const char *title);
void axis_y(svg *s, const scale *y, double x, uint32_t wanted, double grid, const char *title);
/* An axis of a grid: cells of one width with the axis's own values. label_every: 0 to choose. */
void axis_cells_x(svg *s, double x, double y, double cell, const double *value, uint64_t count,
                  const char *title);
void axis_cells_y(svg *s, double x, double y, double cell, const double *value, uint64_t count,
                  const char *title);
/* A vertical bar with the colours of letter 's' (lo..hi) or 'd' (-hi..hi), ticks at its right. */
void legend_bar(svg *s, char letter, double x, double y, double height, double lo, double hi);

#endif
