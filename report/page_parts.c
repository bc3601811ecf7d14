/* page_parts.c - the page's frame and its small pieces. */
#include "report/page.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *id, *name;
} contents[] = {
    {"summary", "Summary"},        {"quality", "Data"},    {"space", "Parameter space"},
    {"best", "Best combinations"}, {"groups", "Groups"},   {"trend", "Tasks"},
    {"plots", "Recurrence plots"}, {"eye", "Eye metrics"}, {"methods", "Method"},
    {"command", "Command"},
};

static void put_bar(page *p)
{
    text *out = &p->out;
    text_add(out, "<div class=\"bar\"><div><nav aria-label=\"Contents\">");
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; ++i)
        text_format(out, "<a href=\"#%s\">%s</a>", contents[i].id, contents[i].name);
    text_add(out, "</nav><button id=\"theme\" type=\"button\">Dark</button></div></div>\n");
}

void page_begin(page *p)
{
    text *out = &p->out;
    const char *title = view_attribute(&p->v, "title", "Recurrence study");
    text_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
                  "<title>");
    text_escape(out, title);
    text_add(out, "</title>\n<style>");
    page_style(out);
    text_add(out, "</style>\n</head>\n<body>\n");
    put_bar(p);
    text_add(out, "<header class=\"head\"><p class=\"eyebrow\">Tandem \xC2\xB7 recurrence "
                  "quantification</p>\n<h1>");
    text_escape(out, title);
    text_add(out, "</h1>\n");
    page_facts(p);
    text_add(out, "</header>\n<main>\n");
}

void page_end(page *p)
{
    text_add(&p->out, "</main>\n<footer class=\"foot\">Made by Tandem ");
    text_escape(&p->out, view_attribute(&p->v, "version", "(version not recorded)"));
    text_add(&p->out, ". This page is one file: it loads nothing and sends nothing.</footer>\n"
                      "<div id=\"tip\" role=\"status\"></div>\n<script>");
    page_script(&p->out);
    text_add(&p->out, "</script>\n</body>\n</html>\n");
}

void page_section(page *p, const char *id, const char *title)
{
    text_format(&p->out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

void page_section_end(page *p)
{
    text_add(&p->out, "</section>\n");
}

void page_note(page *p, const char *plain)
{
    text_add(&p->out, "<p class=\"note\">");
    text_escape(&p->out, plain);
    text_add(&p->out, "</p>\n");
}

void page_figure_begin(page *p, const char *class_)
{
    text_format(&p->out, "<figure><div class=\"%s\">", class_);
}

void page_figure_end(page *p, const char *caption)
{
    text_add(&p->out, "</div>");
    if (caption) {
        text_add(&p->out, "<figcaption>");
        text_escape(&p->out, caption);
        text_add(&p->out, "</figcaption>");
    }
    text_add(&p->out, "</figure>\n");
}

const char *page_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

const char *page_why_no_statistics(const page *p)
{
    if (p->v.has_statistics) return NULL;
    if (p->v.groups < 2)
        return "There is nothing to show here: the recordings are in fewer than two groups, so no "
               "groups were compared.";
    return "There is nothing to show here: this study was made without group statistics, or none "
           "of its tests is defined.";
}

pair_size page_pair(page *p, const measure *m, const place *at, uint64_t pair)
{
    const view *v = &p->v;
    pair_size size = {0, 1, 0, 0};
    /* Pairs stand in the order (0,1) (0,2) .. (1,2) .. */
    for (uint64_t i = 0; i < pair && size.a + 1 < v->groups; ++i) {
        size.b += 1;
        if (size.b < v->groups) continue;
        size.a += 1;
        size.b = size.a + 1;
    }
    view_unit_values(v, &m->value, at, -1, p->value);
    for (uint64_t u = 0; u < view_units(v); ++u) {
        if (isnan(p->value[u])) continue;
        size.count_a += view_unit_group(v, u) == (int32_t)size.a;
        size.count_b += view_unit_group(v, u) == (int32_t)size.b;
    }
    return size;
}
