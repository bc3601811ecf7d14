/* page_plots.c - example recurrence plots, one for each group. */
#include "report/examples.h"
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>

static void put_example(page *p, const best *at, uint64_t group, double *distance)
{
    const view *v = &p->v;
    svg s = {&p->out, false};
    example e;
    char title[VIEW_LABEL_MAX + 300], subtitle[200], number[SHOW_MAX], name[VIEW_LABEL_MAX];
    if (!examples_make(v, at, group, p->value, &e, distance)) return;
    snprintf(title, sizeof title, "%.120s%s%.120s", v->groups ? v->group_name[group] : "",
             v->groups ? " \xC2\xB7 " : "", view_name(v, AXIS_RECORDING, e.recording, name));
    int length = snprintf(subtitle, sizeof subtitle, "%s %s", v->measure[at->measure].label,
                          show_significant(number, e.value, 3));
    if (e.size < e.vectors)
        snprintf(subtitle + length, sizeof subtitle - (size_t)length, ", first %u of %llu vectors",
                 e.size, (unsigned long long)e.vectors);
    fig_recurrence(&s, distance, e.size, e.threshold, 268, title, subtitle);
}

void page_plots(page *p)
{
    const view *v = &p->v;
    const best at = examples_point(v);
    const char *why = examples_why_not(v);
    char caption[700], mode[VIEW_LABEL_MAX], point[VIEW_LABEL_MAX];
    double *distance = NULL;
    page_section(p, "plots", "Recurrence plots of one recording in each group");
    if (why) {
        page_note(p, why);
        goto out;
    }
    distance = malloc(sizeof *distance * EXAMPLE_SIDE_MAX * EXAMPLE_SIDE_MAX);
    if (!distance) {
        p->out.status = TD_E_NO_MEMORY;
        goto out;
    }
    page_figure_begin(p, "three");
    for (uint64_t g = 0; g < (v->groups ? v->groups : 1); ++g)
        put_example(p, &at, g, distance);
    snprintf(
        caption, sizeof caption,
        "Dots are where two moments of the recording are at the same place: %s, %s. Of each group, "
        "the recording whose %s is the nearest to the group\xE2\x80\x99s median%s.",
        view_mode_label(v, at.at.at[AXIS_MODE], mode),
        view_point_label(v, &v->measure[at.measure].value, &at.at, point),
        v->measure[at.measure].label,
        v->best_of_all >= 0 ? ", at the best combination of all"
                            : ", at the first combination of the grid");
    page_figure_end(p, caption);
out:
    free(distance);
    page_section_end(p);
}
