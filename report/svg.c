/* svg.c - elements of a figure. */
#include "report/svg.h"

#include <string.h>

static void put(svg *s, const char *name, double value)
{
    text_format(s->out, " %s=\"", name);
    text_coordinate(s->out, value);
    text_add(s->out, "\"");
}

void svg_begin(svg *s, double width, double height, const char *title)
{
    text_add(s->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fig\" role=\"img\"");
    put(s, "width", width);
    put(s, "height", height);
    text_add(s->out, " viewBox=\"0 0 ");
    text_coordinate(s->out, width);
    text_add(s->out, " ");
    text_coordinate(s->out, height);
    text_add(s->out, "\" aria-label=\"");
    text_escape(s->out, title);
    text_add(s->out, "\">");
    if (!s->single) return;
    text_add(s->out, "<title>");
    text_escape(s->out, title);
    text_add(s->out, "</title><style>");
    colour_style(s->out, false);
    text_add(s->out, "</style>");
    svg_rect(s, "bg", 0, 0, width, height);
}

void svg_end(svg *s)
{
    text_add(s->out, "</svg>\n");
}

void svg_group(svg *s, double x, double y)
{
    text_add(s->out, "<g transform=\"translate(");
    text_coordinate(s->out, x);
    text_add(s->out, " ");
    text_coordinate(s->out, y);
    text_add(s->out, ")\">");
}

void svg_group_end(svg *s)
{
    text_add(s->out, "</g>");
}

static void rect_open(svg *s, const char *class_, double x, double y, double width, double height)
{
    text_format(s->out, "<rect class=\"%s\"", class_);
    put(s, "x", x);
    put(s, "y", y);
    put(s, "width", width);
    put(s, "height", height);
}

static void close_with_tip(svg *s, const char *element, const char *tip)
{
    if (!tip) {
        text_add(s->out, "/>");
        return;
    }
    text_add(s->out, "><title>");
    text_escape(s->out, tip);
    text_format(s->out, "</title></%s>", element);
}

void svg_rect(svg *s, const char *class_, double x, double y, double width, double height)
{
    rect_open(s, class_, x, y, width, height);
    text_add(s->out, "/>");
}

void svg_cell(svg *s, const char *class_, double x, double y, double width, double height,
              const char *tip)
{
    rect_open(s, class_, x, y, width, height);
    close_with_tip(s, "rect", tip);
}

void svg_line(svg *s, const char *class_, double x1, double y1, double x2, double y2)
{
    text_format(s->out, "<line class=\"%s\"", class_);
    put(s, "x1", x1);
    put(s, "y1", y1);
    put(s, "x2", x2);
    put(s, "y2", y2);
    text_add(s->out, "/>");
}

void svg_mark(svg *s, const char *class_, uint32_t shape, double x, double y, double r,
              const char *tip)
{
    /* Corners of triangle, square and diamond, in units of r: about the circle's area. */
    static const double corner[3][8] = {{0, -1.3, 1.15, 0.75, -1.15, 0.75, 0, -1.3},
                                        {-0.88, -0.88, 0.88, -0.88, 0.88, 0.88, -0.88, 0.88},
                                        {0, -1.3, 1.3, 0, 0, 1.3, -1.3, 0}};
    if (shape % 4 == 0) {
        text_format(s->out, "<circle class=\"%s\"", class_);
        put(s, "cx", x);
        put(s, "cy", y);
        put(s, "r", r);
        close_with_tip(s, "circle", tip);
        return;
    }
    text_format(s->out, "<path class=\"%s\" d=\"", class_);
    for (uint32_t i = 0; i < 4; ++i) {
        text_add(s->out, i ? "L" : "M");
        text_coordinate(s->out, x + r * corner[shape % 4 - 1][2 * i]);
        text_add(s->out, " ");
        text_coordinate(s->out, y + r * corner[shape % 4 - 1][2 * i + 1]);
    }
    text_add(s->out, "Z\"");
    close_with_tip(s, "path", tip);
}

void svg_path(svg *s, const char *class_)
{
    text_format(s->out, "<path class=\"%s\" d=\"", class_);
}

static void point(svg *s, char letter, double x, double y)
{
    text_add_bytes(s->out, &letter, 1);
    text_coordinate(s->out, x);
    text_add(s->out, " ");
    text_coordinate(s->out, y);
}

void svg_move(svg *s, double x, double y)
{
    point(s, 'M', x, y);
}

void svg_to(svg *s, double x, double y)
{
    point(s, 'L', x, y);
}

void svg_path_end(svg *s, bool closed)
{
    text_add(s->out, closed ? "Z\"/>" : "\"/>");
}

static void text_open(svg *s, const char *class_, svg_anchor anchor)
{
    static const char *const anchors[3] = {"", " text-anchor=\"middle\"", " text-anchor=\"end\""};
    text_format(s->out, "<text class=\"%s\"%s", class_, anchors[anchor]);
}

void svg_text(svg *s, const char *class_, svg_anchor anchor, double x, double y, const char *string)
{
    text_open(s, class_, anchor);
    put(s, "x", x);
    put(s, "y", y);
    text_add(s->out, ">");
    text_escape(s->out, string);
    text_add(s->out, "</text>");
}

void svg_text_cut(svg *s, const char *class_, svg_anchor anchor, double x, double y,
                  const char *string, size_t characters_max)
{
    text_open(s, class_, anchor);
    put(s, "x", x);
    put(s, "y", y);
    text_add(s->out, ">");
    if (text_characters(string) > characters_max) {
        text_add(s->out, "<title>");
        text_escape(s->out, string);
        text_add(s->out, "</title>");
    }
    text_escape_cut(s->out, string, characters_max);
    text_add(s->out, "</text>");
}

void svg_text_up(svg *s, const char *class_, double x, double y, const char *string)
{
    text_open(s, class_, SVG_MIDDLE);
    text_add(s->out, " transform=\"translate(");
    text_coordinate(s->out, x);
    text_add(s->out, " ");
    text_coordinate(s->out, y);
    text_add(s->out, ") rotate(-90)\">");
    text_escape(s->out, string);
    text_add(s->out, "</text>");
}

double svg_text_width(const char *string)
{
    return 6.7 * (double)text_characters(string);
}
