/* page_space.c - where in the space of parameters the groups separate. */
#include "report/page.h"

#include <math.h>
#include <stdio.h>

/* A choice of the explorer; the script fills it. */
static void put_choice(text *out, const char *name, const char *label)
{
    text_format(out, "<label>%s<select name=\"%s\"></select></label>", label, name);
}

static void put_explorer(page *p)
{
    text *out = &p->out;
    const size_t before = out->bytes;
    text_add(out, "<div class=\"explorer\" id=\"explorer\"><form>");
    put_choice(out, "measure", "Measure");
    put_choice(out, "mode", "Mode");
    put_choice(out, "stat", "Shown");
    put_choice(out, "lmin", "Least line \xE2\x84\x93min");
    text_add(out,
             "<label class=\"eps\"><span>Threshold \xCE\xB5 <b id=\"eps-value\"></b></span>"
             "<input type=\"range\" name=\"eps\" min=\"0\" value=\"0\"></label></form>"
             "<div class=\"views\"><div id=\"map\"></div><div id=\"profile\"></div></div>"
             "<output id=\"readout\" aria-live=\"polite\"></output>"
             "<p class=\"note\">Choose a cell to see it against \xCE\xB5 at the right. The dashed "
             "line surrounds cells with q &lt; 0.05 in the analysis of variance.</p>");
    if (!page_grid_data(p)) {
        /* Too much, or nothing to draw: the stills below tell the same. */
        if (!out->status) {
            out->bytes = before;
            out->data[before] = 0;
        }
        return;
    }
    text_add(out, "</div>\n");
}

static void put_overview(page *p)
{
    svg s = {&p->out, false};
    heat h;
    if (!heat_largest(&p->v, 0, 0, HEAT_ETA2, &h)) return;
    text_add(&p->out, "<h3>All measures at a glance</h3>\n");
    page_figure_begin(p, "wide");
    fig_overview(&s, &p->v);
    page_figure_end(p,
                    "\xCE\xB7\xC2\xB2, the share of variance between observations that the groups "
                    "explain, over delay \xCF\x84 (across) and dimension m (up). Each cell is the "
                    "largest value over the hidden axes \xCE\xB5 and \xE2\x84\x93min. The dashed "
                    "line surrounds cells in which some combination has q < 0.05; the frame is "
                    "where p is smallest.");
}

static void put_still_summary(page *p, const best *b)
{
    const view *v = &p->v;
    text *out = &p->out;
    char label[VIEW_LABEL_MAX], q[SHOW_MAX], eta[SHOW_MAX];
    text_add(out, "<summary><b>");
    text_escape(out, v->measure[b->measure].label);
    text_add(out, "</b><span>");
    text_escape(out, view_mode_label(v, b->at.at[AXIS_MODE], label));
    text_format(out, "</span><span class=\"quiet\">best q %s, \xCE\xB7\xC2\xB2 %s at ",
                show_p(q, b->stat[STAT_Q]), show_fixed(eta, b->stat[STAT_ETA2], 2));
    text_escape(out, view_point_label(v, &v->measure[b->measure].value, &b->at, label));
    text_add(out, "</span></summary>\n");
}

static void put_still(page *p, const best *b)
{
    const view *v = &p->v;
    svg s = {&p->out, false};
    char slug[VIEW_LABEL_MAX], label[VIEW_LABEL_MAX], caption[600];
    heat h;
    if (!b->there || !heat_slice(v, b->measure, &b->at, HEAT_ETA2, &h)) return;
    const bool first = b == &v->best[v->best_of_all];
    text_format(&p->out, "<details%s id=\"map-%s\">", first ? " open" : "",
                view_slug(v, b->measure, b->at.at[AXIS_MODE], slug));
    put_still_summary(p, b);
    text_add(&p->out, "<div>");
    page_figure_begin(p, "three");
    for (int i = 0; i < HEAT_PARTS; ++i)
        fig_heat(&s, v, b, i);
    snprintf(caption, sizeof caption,
             "The slice over %s at the best of the other axes: %s. The frame is the "
             "best combination; the dashed line surrounds q < 0.05.",
             view_has_map(v) ? "m and \xCF\x84" : "\xCE\xB5 and \xE2\x84\x93min",
             view_point_label(v, &v->measure[b->measure].value, &b->at, label));
    page_figure_end(p, caption);
    if (heat_eps(v, b->measure, &b->at, HEAT_ETA2, &h)) {
        page_figure_begin(p, "wide");
        fig_thresholds(&s, v, b);
        page_figure_end(p, "The same effect against the threshold: \xCE\xB7\xC2\xB2 over \xCE\xB5 "
                           "(across) and \xCF\x84 (up), one map for each m, at the best "
                           "\xE2\x84\x93min.");
    }
    text_add(&p->out, "</div></details>\n");
}

static void put_pairs(page *p)
{
    const view *v = &p->v;
    const best *b = &v->best[v->best_of_all];
    svg s = {&p->out, false};
    heat h;
    char caption[600], label[VIEW_LABEL_MAX], mode[VIEW_LABEL_MAX];
    if (!heat_slice(v, b->measure, &b->at, HEAT_DELTA, &h)) return;
    text_add(&p->out, "<h3>Which way the groups differ</h3>\n");
    page_figure_begin(p, "three");
    for (uint64_t i = 0; i < v->count[AXIS_PAIR]; ++i)
        fig_pairs(&s, v, b, (int64_t)i);
    snprintf(caption, sizeof caption,
             "Cliff\xE2\x80\x99s \xCE\xB4 of %s, %s, at %s: orange where the group named first has "
             "the larger values, blue where it has the smaller ones.",
             v->measure[b->measure].label, view_mode_label(v, b->at.at[AXIS_MODE], mode),
             view_point_label(v, &v->measure[b->measure].value, &b->at, label));
    page_figure_end(p, caption);
}

void page_space(page *p)
{
    const char *why = page_why_no_statistics(p);
    page_section(p, "space", "Where the groups separate");
    if (why) {
        page_note(p, why);
        page_section_end(p);
        return;
    }
    put_explorer(p);
    put_overview(p);
    heat h;
    if (heat_slice(&p->v, 0, &p->v.best[0].at, HEAT_ETA2, &h))
        text_add(&p->out, "<h3>Each measure and mode</h3>\n");
    else
        page_note(p, "The grid has one combination of m, \xCF\x84 and \xCE\xB5, so there is "
                     "nothing to map.");
    for (uint32_t i = 0; i < p->v.best_count; ++i)
        put_still(p, &p->v.best[i]);
    put_pairs(p);
    page_section_end(p);
}
