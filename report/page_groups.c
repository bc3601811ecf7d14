/* page_groups.c - values by group and by task at the best combinations, and eye metrics. */
#include "report/estimate.h"
#include "report/measures.h"
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PLOTS_ACROSS 5

static void put_key(page *p, const char *more)
{
    const view *v = &p->v;
    svg s = {&p->out, false};
    char class_[16];
    text_add(&p->out, "<ul class=\"key\">");
    for (uint64_t g = 0; g < v->groups; ++g) {
        text_add(&p->out, "<li><svg width=\"12\" height=\"12\" aria-hidden=\"true\">");
        snprintf(class_, sizeof class_, "g%u", (uint32_t)g % COLOUR_GROUPS);
        svg_mark(&s, class_, (uint32_t)g, 6, 6, 4, NULL);
        text_add(&p->out, "</svg>");
        text_escape(&p->out, v->group_name[g]);
        text_add(&p->out, "</li>");
    }
    text_format(&p->out, "<li class=\"quiet\">%s</li></ul>\n", more);
}

subject_plot page_plot_of(const view *v, const best *b, plot_words *words)
{
    char mode[VIEW_LABEL_MAX];
    const measure *m = &v->measure[b->measure];
    snprintf(words->title, sizeof words->title, "%s \xC2\xB7 %s", m->label,
             view_mode_label(v, b->at.at[AXIS_MODE], mode));
    view_point_label(v, &m->value, &b->at, words->point);
    return (subject_plot){m->value, b->at, words->title, words->point, NULL};
}

/* Small plots side by side, at most PLOTS_ACROSS in a row. */
static void put_grid(page *p, uint32_t across)
{
    text_format(&p->out, "<figure><div class=\"grid\" style=\"--n:%u\">",
                across < 3              ? 3
                : across > PLOTS_ACROSS ? PLOTS_ACROSS
                                        : across);
}

/* Mode after mode, so that a row of plots is one mode and a column one measure. */
static const best *grid_order(const view *v, uint32_t index)
{
    return view_best(v, index % v->measure_count, index / v->measure_count);
}

void page_groups(page *p)
{
    const char *why = page_why_no_statistics(p);
    const view *v = &p->v;
    svg s = {&p->out, false};
    plot_words words;
    page_section(p, "groups", "Groups at the best combinations");
    if (why) {
        page_note(p, why);
        page_section_end(p);
        return;
    }
    put_key(p, v->by_recording ? "one mark for each recording" : "one mark for each subject");
    put_grid(p, v->measure_count);
    for (uint32_t i = 0; i < v->best_count; ++i) {
        const best *b = grid_order(v, i);
        if (!b->there) continue;
        const subject_plot plot = page_plot_of(v, b, &words);
        fig_boxes(&s, v, &plot, p->value);
    }
    page_figure_end(p,
                    "Boxes run from quartile to quartile, the line is the median, whiskers reach "
                    "the last value within 1.5 box heights. Marks are moved sideways only to be "
                    "seen. A subject\xE2\x80\x99s value is the mean over its recordings.");
    page_section_end(p);
}

void page_trend(page *p)
{
    const char *why = page_why_no_statistics(p);
    const view *v = &p->v;
    svg s = {&p->out, false};
    plot_words words;
    page_section(p, "trend", "From task to task");
    if (!why && v->tasks < 2)
        why = "There is nothing to show here: the recordings belong to fewer than two tasks.";
    if (why) {
        page_note(p, why);
        page_section_end(p);
        return;
    }
    put_key(p, "mean and 95 % band");
    put_grid(p, v->measure_count);
    for (uint32_t i = 0; i < v->best_count; ++i) {
        const best *b = grid_order(v, i);
        if (!b->there) continue;
        const subject_plot plot = page_plot_of(v, b, &words);
        fig_trend(&s, v, &plot, p->value);
    }
    page_figure_end(p, "Mean over the observations of each group that have the task, at the best "
                       "combination of each measure and mode. Bands: 95 % confidence of that mean, "
                       "Student\xE2\x80\x99s t over observations, task by task.");
    page_section_end(p);
}

/* ---- Eye metrics
 * --------------------------------------------------------------------------------- */

static void put_eye_row(page *p, const feature_words *words, const column *c)
{
    const view *v = &p->v;
    text *out = &p->out;
    char low[SHOW_MAX], middle[SHOW_MAX], high[SHOW_MAX];
    const place at = {{0}};
    text_format(out, "<tr><th scope=\"row\">%s%s%s%s</th>", words->label, words->unit ? " (" : "",
                words->unit ? words->unit : "", words->unit ? ")" : "");
    for (uint64_t g = 0; g < v->groups; ++g) {
        view_unit_values(v, c, &at, -1, p->value);
        for (uint64_t u = 0; u < view_units(v); ++u)
            if (view_unit_group(v, u) != (int32_t)g) p->value[u] = NAN;
        const uint64_t count = estimate_sort(p->value, view_units(v));
        text_format(out, "<td class=\"n\">%s<small>%s to %s, n %llu</small></td>",
                    show_significant(middle, estimate_quantile(p->value, count, 0.5), 4),
                    show_significant(low, estimate_quantile(p->value, count, 0.25), 4),
                    show_significant(high, estimate_quantile(p->value, count, 0.75), 4),
                    (unsigned long long)count);
    }
    text_add(out, "</tr>\n");
}

static void put_eye_table(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    text_add(out, "<div class=\"scroll\"><table id=\"eye-table\"><thead><tr><th>metric</th>");
    for (uint64_t g = 0; g < v->groups; ++g) {
        text_add(out, "<th class=\"n\">");
        text_escape(out, v->group_name[g]);
        text_add(out, "</th>");
    }
    text_add(out, "</tr></thead><tbody>\n");
    for (const feature_words *f = feature_list; f->name; ++f) {
        const column c = view_column(v, f->name);
        if (c.data) put_eye_row(p, f, &c);
    }
    text_add(out, "</tbody></table></div>\n");
}

void page_eye(page *p)
{
    const view *v = &p->v;
    svg s = {&p->out, false};
    bool any = false;
    page_section(p, "eye", "Eye metrics");
    for (const feature_words *f = feature_list; f->name; ++f)
        any = any || view_column(v, f->name).data != NULL;
    if (!any || v->groups < 1) {
        page_note(p, any ? "There is nothing to show here: the recordings belong to no group."
                         : "There is nothing to show here: no events or regions of interest were "
                           "joined to the recordings.");
        page_section_end(p);
        return;
    }
    text_add(&p->out, "<p>Median over the observations of each group, with quartiles below. A "
                      "subject\xE2\x80\x99s value is the mean over its recordings. These are "
                      "descriptions: no test was made.</p>\n");
    put_eye_table(p);
    put_grid(p, PLOTS_ACROSS - 1);
    for (const feature_words *f = feature_list; f->name; ++f) {
        const column c = view_column(v, f->name);
        const subject_plot plot = {c, {{0}}, f->label, f->unit, NULL};
        if (c.data) fig_boxes(&s, v, &plot, p->value);
    }
    page_figure_end(p, NULL);
    page_section_end(p);
}
