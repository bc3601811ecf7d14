/* examples.c - choosing and computing the example recurrence plots. */
#include "report/examples.h"

#include "modules/rqa/rqa.h"
#include "report/estimate.h"

#include <math.h>
#include <string.h>

best examples_point(const view *v)
{
    if (v->best_of_all >= 0) return v->best[v->best_of_all];
    return (best){0};
}

static bool absolute(const view *v)
{
    char unit[VIEW_LABEL_MAX];
    return strcmp(view_setting(v, "eps_unit", "absolute", unit), "absolute") == 0;
}

const char *examples_why_not(const view *v)
{
    const td_series *series = v->input->series;
    if (!series || series->column_count < 1)
        return "There is nothing to show here: the report was made from the table alone, without "
               "the recordings.";
    if (!v->dim[AXIS_M].number || !v->dim[AXIS_TAU].number || !v->dim[AXIS_EPS].number ||
        !v->dim[AXIS_MODE].text)
        return "There is nothing to show here: the grid lacks m, tau, eps or mode.";
    if (!absolute(v) && !v->input->engine)
        return "There is nothing to show here: the thresholds are not distances.";
    return NULL;
}

/* The series of a recording: of the same number, and name where both have one. */
static bool find_track(const view *v, uint64_t recording, rqa_track *track)
{
    const td_series *series = v->input->series;
    if (recording >= series->item_count) return false;
    const char *const *name = v->dim[AXIS_RECORDING].text;
    if (series->item_name && name && strcmp(series->item_name[recording], name[recording]) != 0)
        return false;
    const uint64_t first = series->offset[recording];
    track->count = series->offset[recording + 1] - first;
    track->x = series->column[0] + first;
    track->y = series->column_count > 1 ? series->column[1] + first : NULL;
    return true;
}

/* The recording of the group that is nearest to the median of those that can be drawn; ties go
 * to the first. v->recordings for none. */
static uint64_t typical(const view *v, const best *at, uint64_t group, double *value)
{
    const column *c = &v->measure[at->measure].value;
    place here = at->at;
    uint64_t used = 0, found = v->recordings;
    for (uint64_t i = 0; i < v->recordings; ++i) {
        here.at[AXIS_RECORDING] = i;
        if (v->groups && v->group_of[i] != (int32_t)group) continue;
        value[used++] = column_at(c, &here);
    }
    used = estimate_sort(value, used);
    const double middle = estimate_quantile(value, used, 0.5);
    double least = INFINITY;
    for (uint64_t i = 0; i < v->recordings; ++i) {
        here.at[AXIS_RECORDING] = i;
        if (v->groups && v->group_of[i] != (int32_t)group) continue;
        const double away = fabs(column_at(c, &here) - middle);
        if (!(away < least)) continue;
        least = away;
        found = i;
    }
    return found;
}

bool examples_make(const view *v, const best *at, uint64_t group, double *value, example *out,
                   double *distance)
{
    rqa_track track;
    rqa_mode mode;
    char word[VIEW_LABEL_MAX];
    const uint64_t m = (uint64_t)v->dim[AXIS_M].number[at->at.at[AXIS_M]];
    const uint64_t tau = (uint64_t)v->dim[AXIS_TAU].number[at->at.at[AXIS_TAU]];
    const double eps = v->dim[AXIS_EPS].number[at->at.at[AXIS_EPS]];
    place here = at->at;
    out->recording = typical(v, at, group, value);
    if (out->recording == v->recordings || !find_track(v, out->recording, &track)) return false;
    if (rqa_mode_parse(v->dim[AXIS_MODE].text[at->at.at[AXIS_MODE]], &mode, NULL)) return false;
    if (!track.y && mode.signal != RQA_X) return false;
    out->vectors = rqa_vector_count(track.count, m, tau);
    if (out->vectors < 2) return false;
    out->threshold = eps;
    if (!absolute(v)) {
        const bool sd = strcmp(view_setting(v, "eps_unit", "", word), "sd") == 0;
        const rqa_eps_unit unit = sd ? RQA_SD : RQA_RATE;
        if (rqa_threshold(v->input->engine, &track, mode, m, tau, eps, unit, &out->threshold, NULL))
            return false;
    }
    if (strcmp(view_setting(v, "strict", "false", word), "true") == 0)
        out->threshold = nextafter(out->threshold, -INFINITY);
    out->size = out->vectors > EXAMPLE_SIDE_MAX ? EXAMPLE_SIDE_MAX : (uint32_t)out->vectors;
    for (uint32_t i = 0; i < out->size; ++i)
        for (uint32_t j = i; j < out->size; ++j)
            distance[(size_t)i * out->size + j] = distance[(size_t)j * out->size + i] =
                rqa_distance(&track, mode, m, tau, i, j);
    here.at[AXIS_RECORDING] = out->recording;
    out->value = column_at(&v->measure[at->measure].value, &here);
    return true;
}
