/* view.c - resolving the table of a study: axes, measures, groups, subjects and tasks. */
#include "report/view.h"

#include "report/measures.h"
#include "report/names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const axis_name[AXIS_COUNT] = {"recording", "mode", "m",     "tau",
                                                  "eps",       "lmin", "group", "pair"};
static const char *const stat_suffix[STAT_COUNT] = {
    "anova_f", "anova_p",   "anova_q",       "kruskal_h",        "kruskal_p",   "kruskal_q",
    "eta2",    "stability", "mannwhitney_p", "mannwhitney_holm", "cliff_delta", "auc"};

double column_at(const column *c, const place *at)
{
    if (!c->data) return NAN;
    uint64_t index = 0;
    for (int i = 0; i < AXIS_COUNT; ++i)
        index += at->at[i] * c->stride[i];
    switch (c->dtype) {
    case TD_F32: return ((const float *)c->data)[index];
    case TD_F64: return ((const double *)c->data)[index];
    case TD_I32: {
        const int32_t value = ((const int32_t *)c->data)[index];
        return value == INT32_MIN ? NAN : value;
    }
    case TD_I64: {
        const int64_t value = ((const int64_t *)c->data)[index];
        return value == INT64_MIN ? NAN : (double)value;
    }
    case TD_U8: return ((const uint8_t *)c->data)[index];
    }
    return NAN;
}

column view_column(const view *v, const char *name)
{
    column c = {0};
    td_var var;
    if (!td_table_find_var(v->input->table, name, &var) || !var.data) return c;
    uint64_t stride = 1;
    for (uint32_t i = var.rank; i-- > 0;) {
        td_dim dim;
        if (!td_table_dim(v->input->table, var.dim[i], &dim)) return (column){0};
        int which = 0;
        while (which < AXIS_COUNT && strcmp(axis_name[which], dim.name) != 0)
            which += 1;
        if (which == AXIS_COUNT && dim.count != 1) return (column){0}; /* not of a study */
        if (which < AXIS_COUNT) {
            c.has[which] = true;
            c.stride[which] = stride;
        }
        stride *= dim.count;
    }
    if (stride == 0) return (column){0};
    c.dtype = var.dtype;
    c.data = var.data;
    return c;
}

bool view_next(const view *v, const column *c, place *at)
{
    static const axis order[4] = {AXIS_LMIN, AXIS_EPS, AXIS_TAU, AXIS_M};
    for (int i = 0; i < 4; ++i) {
        const axis a = order[i];
        if (!c->has[a]) continue;
        if (++at->at[a] < v->count[a]) return true;
        at->at[a] = 0;
    }
    return false;
}

static void find_measures(view *v)
{
    td_var var;
    for (uint32_t i = 0; td_table_var(v->input->table, i, &var); ++i) {
        if (v->measure_count == VIEW_MEASURES_MAX) return;
        const column c = view_column(v, var.name);
        if (!c.data || !c.has[AXIS_RECORDING] || !c.has[AXIS_MODE] || !c.has[AXIS_M]) continue;
        measure *m = &v->measure[v->measure_count];
        const measure_words words = measure_words_of(&var);
        *m = (measure){.name = var.name,
                       .label = words.label,
                       .title = words.title,
                       .meaning = words.meaning,
                       .value = c};
        for (int s = 0; s < STAT_COUNT; ++s) {
            char name[256];
            snprintf(name, sizeof name, "%s_%s", var.name, stat_suffix[s]);
            m->stat[s] = view_column(v, name);
        }
        v->measure_count += 1;
    }
}

/* Ten arrays of the recordings' count in one piece; the counts come from the table. */
static td_status take_memory(view *v, td_error *err)
{
    const uint64_t n = v->recordings;
    size_t bytes = 0;
    td_status status = td_bytes(
        n + 1, 3 * sizeof(char *) + 5 * sizeof(int32_t) + 2 * sizeof(uint64_t), &bytes, err);
    if (status) return status;
    char *at = v->memory = calloc(1, bytes);
    if (!at)
        return td_fail(err, TD_E_NO_MEMORY, "report: no memory for %llu recordings",
                       (unsigned long long)n);
    v->group_name = (const char **)at;
    v->task_name = v->group_name + n + 1;
    v->subject_name = v->task_name + n + 1;
    v->subjects_in = (uint64_t *)(v->subject_name + n + 1);
    v->recordings_in = v->subjects_in + n + 1;
    v->group_of = (int32_t *)(v->recordings_in + n + 1);
    v->task_of = v->group_of + n + 1;
    v->subject_of = v->task_of + n + 1;
    v->subject_group = v->subject_of + n + 1;
    v->tally = (uint32_t *)(v->subject_group + n + 1);
    return TD_OK;
}

/* The groups in the order of the table's own axis; what is in no group of it has none. */
static void groups_of_axis(view *v, const char *const *group)
{
    const td_dim *dim = &v->dim[AXIS_GROUP];
    v->groups = dim->count;
    for (uint64_t g = 0; g < v->groups; ++g)
        v->group_name[g] = dim->text[g];
    for (uint64_t i = 0; i < v->recordings; ++i) {
        v->group_of[i] = -1;
        for (uint64_t g = 0; g < v->groups && v->group_of[i] < 0; ++g)
            if (strcmp(group[i], dim->text[g]) == 0) v->group_of[i] = (int32_t)g;
    }
}

static td_status resolve_labels(view *v, td_error *err)
{
    const td_table *table = v->input->table;
    const char *const *group = td_table_text(table, "recording_group", NULL);
    const char *const *subject = td_table_text(table, "recording_subject", NULL);
    const char *const *task = td_table_text(table, "recording_task", NULL);
    const td_dim *axis_of_groups = &v->dim[AXIS_GROUP];
    td_status status = TD_OK;
    for (uint64_t i = 0; i < v->recordings; ++i)
        v->group_of[i] = v->task_of[i] = v->subject_of[i] = -1;
    if (group && axis_of_groups->text && axis_of_groups->count <= v->recordings)
        groups_of_axis(v, group);
    else if (group)
        status =
            names_number(group, NULL, v->recordings, v->group_of, v->group_name, &v->groups, err);
    if (!status && task)
        status = names_number(task, NULL, v->recordings, v->task_of, v->task_name, &v->tasks, err);
    if (!status && subject)
        status = names_number(subject, v->group_of, v->recordings, v->subject_of, v->subject_name,
                              &v->subjects, err);
    if (status) return status;
    for (uint64_t i = 0; i < v->recordings; ++i)
        if (subject) v->subject_group[v->subject_of[i]] = v->group_of[i];
    for (uint64_t i = 0; i < v->recordings; ++i)
        if (v->group_of[i] >= 0) v->recordings_in[v->group_of[i]] += 1;
    for (uint64_t s = 0; s < v->subjects; ++s)
        if (v->subject_group[s] >= 0) v->subjects_in[v->subject_group[s]] += 1;
    return TD_OK;
}

static td_status resolve_axes(view *v, td_error *err)
{
    for (int i = 0; i < AXIS_COUNT; ++i) {
        const bool there = td_table_find_dim(v->input->table, axis_name[i], &v->dim[i]);
        if (!there) v->dim[i] = (td_dim){0};
        v->count[i] = there ? v->dim[i].count : 1;
    }
    if (!v->dim[AXIS_RECORDING].name || v->dim[AXIS_RECORDING].count == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "report: the table has no recordings");
    if (v->dim[AXIS_RECORDING].count > INT32_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "report: %llu recordings, allowed %d",
                       (unsigned long long)v->dim[AXIS_RECORDING].count, INT32_MAX);
    v->recordings = v->dim[AXIS_RECORDING].count;
    return TD_OK;
}

td_status view_open(view *v, const report_input *input, td_error *err)
{
    *v = (view){.input = input, .best_of_all = -1};
    if (!input || !input->table)
        return td_fail(err, TD_E_BAD_ARGUMENT, "report: there is no table");
    td_status status = resolve_axes(v, err);
    if (status) goto out;
    find_measures(v);
    if (v->measure_count == 0) {
        status = td_fail(err, TD_E_BAD_ARGUMENT,
                         "report: the table has no measure over recording, mode and m");
        goto out;
    }
    if ((status = take_memory(v, err))) goto out;
    if ((status = resolve_labels(v, err))) goto out;
    v->samples = view_column(v, "samples");
    v->nan_samples = view_column(v, "nan_samples");
    v->constant = view_column(v, "constant");
    v->by_recording = strcmp(view_attribute(v, "unit", "subject"), "recording") == 0;
    status = view_find_best(v, err);
out:
    if (status) view_close(v);
    return status;
}

void view_close(view *v)
{
    free(v->best);
    free(v->memory);
    *v = (view){.best_of_all = -1};
}

const char *view_attribute(const view *v, const char *name, const char *instead)
{
    const char *value = td_table_attribute(v->input->table, name);
    return value && *value ? value : instead;
}
