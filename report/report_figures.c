/* report_figures.c - the figures of the report as files of their own. */
#include "report/examples.h"
#include "report/measures.h"
#include "report/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct gallery {
    page p;
    report_figure_fn give;
    void *context;
    td_error *err;
} gallery;

/* Hands the drawing that was begun in the text over, and makes the text empty again. */
static td_status hand_over(gallery *g, const char *kind, const char *name)
{
    char full[2 * VIEW_LABEL_MAX];
    char *drawing = NULL;
    size_t bytes = 0;
    td_status status = text_take(&g->p.out, &drawing, &bytes, g->err);
    if (status) return status;
    snprintf(full, sizeof full, "%s%s%s", kind, *name ? "-" : "", name);
    if (bytes) status = g->give(g->context, full, drawing, bytes, g->err);
    free(drawing);
    return status;
}

static td_status best_figures(gallery *g, const best *b)
{
    const view *v = &g->p.v;
    svg s = {&g->p.out, true};
    char name[VIEW_LABEL_MAX];
    plot_words words;
    td_status status = TD_OK;
    if (!b->there) return TD_OK;
    view_slug(v, b->measure, b->at.at[AXIS_MODE], name);
    const subject_plot plot = page_plot_of(v, b, &words);
    fig_heat(&s, v, b, -1);
    if ((status = hand_over(g, "heatmap", name))) return status;
    fig_thresholds(&s, v, b);
    if ((status = hand_over(g, "thresholds", name))) return status;
    fig_pairs(&s, v, b, -1);
    if ((status = hand_over(g, "pairs", name))) return status;
    fig_boxes(&s, v, &plot, g->p.value);
    if ((status = hand_over(g, "groups", name))) return status;
    if (v->tasks < 2) return TD_OK;
    fig_trend(&s, v, &plot, g->p.value);
    return hand_over(g, "trend", name);
}

static td_status eye_figures(gallery *g)
{
    const view *v = &g->p.v;
    svg s = {&g->p.out, true};
    char name[VIEW_LABEL_MAX];
    td_status status = TD_OK;
    for (const feature_words *f = feature_list; f->name && !status && v->groups; ++f) {
        const column c = view_column(v, f->name);
        const subject_plot plot = {c, {{0}}, f->label, f->unit, NULL};
        if (!c.data) continue;
        fig_boxes(&s, v, &plot, g->p.value);
        status = hand_over(g, "eye", view_clean(f->name, name));
    }
    return status;
}

/* The group's name as part of a file's; with its number where another group's reads the same. */
static const char *group_slug(const view *v, uint64_t group, char out[VIEW_LABEL_MAX])
{
    char other[VIEW_LABEL_MAX];
    bool taken = false;
    view_clean(v->groups ? v->group_name[group] : "recording", out);
    for (uint64_t g = 0; g < v->groups; ++g)
        taken = taken || (g != group && strcmp(view_clean(v->group_name[g], other), out) == 0);
    if (!taken) return out;
    snprintf(other, sizeof other, "%.100s-%llu", out, (unsigned long long)group + 1);
    return memcpy(out, other, sizeof other);
}

static td_status example_figures(gallery *g)
{
    const view *v = &g->p.v;
    const best at = examples_point(v);
    svg s = {&g->p.out, true};
    td_status status = TD_OK;
    if (examples_why_not(v)) return TD_OK;
    double *distance = malloc(sizeof *distance * EXAMPLE_SIDE_MAX * EXAMPLE_SIDE_MAX);
    if (!distance) return td_fail(g->err, TD_E_NO_MEMORY, "report: no memory for a plot");
    for (uint64_t i = 0; i < (v->groups ? v->groups : 1) && !status; ++i) {
        char name[VIEW_LABEL_MAX], recording[VIEW_LABEL_MAX], point[VIEW_LABEL_MAX];
        char title[VIEW_LABEL_MAX + 200];
        example e;
        if (!examples_make(v, &at, i, g->p.value, &e, distance)) continue;
        snprintf(title, sizeof title, "%.120s %.120s", v->groups ? v->group_name[i] : "",
                 view_name(v, AXIS_RECORDING, e.recording, recording));
        fig_recurrence(&s, distance, e.size, e.threshold, 420, title,
                       view_point_label(v, &v->measure[at.measure].value, &at.at, point));
        status = hand_over(g, "recurrence", group_slug(v, i, name));
    }
    free(distance);
    return status;
}

static td_status all_figures(gallery *g)
{
    const view *v = &g->p.v;
    svg s = {&g->p.out, true};
    td_status status = TD_OK;
    if (v->samples.data) {
        fig_samples(&s, v);
        if ((status = hand_over(g, "samples", ""))) return status;
    }
    fig_overview(&s, v);
    if ((status = hand_over(g, "overview", ""))) return status;
    for (uint32_t i = 0; i < v->best_count && !status; ++i)
        status = best_figures(g, &v->best[i]);
    if (!status) status = eye_figures(g);
    if (!status) status = example_figures(g);
    return status;
}

td_status report_figures(const report_input *input, report_figure_fn figure, void *context,
                         td_error *err)
{
    gallery g = {.p = {.out = TEXT_INIT}, .give = figure, .context = context, .err = err};
    if (!figure) return td_fail(err, TD_E_BAD_ARGUMENT, "report: nobody takes the figures");
    td_status status = view_open(&g.p.v, input, err);
    if (status) return status;
    g.p.value = calloc(g.p.v.recordings, PAGE_ROOM * sizeof *g.p.value);
    if (g.p.value) status = all_figures(&g);
    else status = td_fail(err, TD_E_NO_MEMORY, "report: no memory for the recordings");
    text_free(&g.p.out);
    free(g.p.value);
    view_close(&g.p.v);
    return status;
}
