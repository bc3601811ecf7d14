/* fig_recurrence.c - recurrence plots: thresholded as runs of black, or distances as colours. */
#include "report/fig.h"
#include "report/report.h"

#include <math.h>
#include <stdlib.h>

/* The largest distance, for the scale of an unthresholded plot; 1 where there is none. */
static double largest(const double *distance, uint64_t count)
{
    double most = 0;
    for (uint64_t i = 0; i < count; ++i)
        if (isfinite(distance[i]) && distance[i] > most) most = distance[i];
    return most > 0 ? most : 1;
}

/* Key of a pixel's colour: -1 is paper; 0 is black in a thresholded plot, else a colour step. */
static int pixel_key(double distance, double threshold, double most)
{
    if (isnan(distance)) return -1;
    if (!isnan(threshold)) return distance <= threshold ? 0 : -1;
    return (int)colour_step(distance, 0, most, COLOUR_LEVELS);
}

/* One path for each colour: rows of runs. Row 0 is the lowest, as recurrence plots are drawn. */
static void put_runs(svg *s, const double *distance, uint32_t size, double threshold, int key,
                     double most)
{
    for (uint32_t row = 0; row < size; ++row) {
        const double *line = distance + (size_t)row * size;
        for (uint32_t from = 0; from < size;) {
            if (pixel_key(line[from], threshold, most) != key) {
                from += 1;
                continue;
            }
            uint32_t to = from + 1;
            while (to < size && pixel_key(line[to], threshold, most) == key)
                to += 1;
            text_format(s->out, "M%u %uh%uv1h-%uz", from, size - 1 - row, to - from, to - from);
            from = to;
        }
    }
}

static void put_pixels(svg *s, const double *distance, uint32_t size, double threshold)
{
    const double most = largest(distance, (uint64_t)size * size);
    const int keys = isnan(threshold) ? COLOUR_LEVELS : 1;
    for (int key = 0; key < keys; ++key) {
        if (isnan(threshold)) text_format(s->out, "<path class=\"s%d\" d=\"", key);
        else text_add(s->out, "<path class=\"dot\" d=\"");
        put_runs(s, distance, size, threshold, key, most);
        text_add(s->out, "\"/>");
    }
}

void fig_recurrence(svg *s, const double *distance, uint32_t size, double threshold, double side,
                    const char *title, const char *subtitle)
{
    const double left = 52, top = subtitle ? 44 : 30;
    const scale x = {0, size, left, left + side}, y = {0, size, top + side, top};
    const bool coloured = isnan(threshold);
    svg_begin(s, left + side + (coloured ? 74 : 14), top + side + 44, title);
    svg_text_cut(s, "tt", SVG_START, left, 16, title, (size_t)(side / 7.6));
    if (subtitle) svg_text_cut(s, "ts", SVG_START, left, 33, subtitle, (size_t)(side / 5.6));
    text_add(s->out, "<g shape-rendering=\"crispEdges\" transform=\"translate(");
    text_coordinate(s->out, left);
    text_add(s->out, " ");
    text_coordinate(s->out, top);
    char number[SHOW_MAX];
    text_format(s->out, ") scale(%s)\">", show_shortest(number, side / size));
    put_pixels(s, distance, size, threshold);
    text_add(s->out, "</g>");
    svg_path(s, "ax");
    svg_move(s, left, top);
    svg_to(s, left + side, top);
    svg_to(s, left + side, top + side);
    svg_to(s, left, top + side);
    svg_path_end(s, true);
    axis_x(s, &x, top + side, 5, 0, "i (samples)");
    axis_y(s, &y, left, 5, 0, "j (samples)");
    if (coloured) {
        const double most = largest(distance, (uint64_t)size * size);
        svg_text(s, "ts", SVG_START, left + side + 12, top + 8, "distance");
        legend_bar(s, 's', left + side + 14, top + 20, side - 20, 0, most);
    }
    svg_end(s);
}

td_status report_recurrence_svg(const double *distance, uint32_t size, double threshold,
                                const char *title, char **svg_out, size_t *bytes, td_error *err)
{
    if (!distance || size < 1 || size > REPORT_PLOT_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "recurrence plot: %u delay vectors, allowed 1 to %d",
                       size, REPORT_PLOT_MAX);
    text out = TEXT_INIT;
    svg s = {&out, true};
    fig_recurrence(&s, distance, size, threshold,
                   size > 1200  ? 1200
                   : size < 420 ? 420
                                : size,
                   title, NULL);
    return text_take(&out, svg_out, bytes, err);
}

void report_recurrence_pixels(const double *distance, uint32_t size, double threshold,
                              uint8_t *pixels)
{
    const uint64_t count = (uint64_t)size * size;
    const double most = largest(distance, count);
    for (uint32_t row = 0; row < size; ++row) {
        for (uint32_t i = 0; i < size; ++i) {
            const int key = pixel_key(distance[(size_t)row * size + i], threshold, most);
            uint32_t rgb = 0xFFFFFF;
            if (key >= 0)
                rgb = isnan(threshold) ? colour_sequential((double)key / (COLOUR_LEVELS - 1), false)
                                       : 0x000000;
            uint8_t *pixel = pixels + 3 * ((size_t)(size - 1 - row) * size + i);
            pixel[0] = (uint8_t)(rgb >> 16);
            pixel[1] = (uint8_t)(rgb >> 8);
            pixel[2] = (uint8_t)rgb;
        }
    }
}
