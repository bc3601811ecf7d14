/* view_best.c - where each measure tells the groups apart best, and values of observations. */
#include "report/view.h"

#include <math.h>
#include <stdlib.h>

static bool better(double p, double eta2, const best *than)
{
    if (!than->there) return true;
    if (p != than->stat[STAT_P]) return p < than->stat[STAT_P];
    return eta2 > than->stat[STAT_ETA2];
}

static void find_one(view *v, best *b, const measure *m)
{
    place at = {{0}};
    at.at[AXIS_MODE] = b->at.at[AXIS_MODE];
    do {
        const double p = column_at(&m->stat[STAT_P], &at);
        if (isnan(p)) continue;
        v->tests += 1;
        v->tests_below += column_at(&m->stat[STAT_Q], &at) < 0.05;
        const double eta2 = column_at(&m->stat[STAT_ETA2], &at);
        if (!better(p, eta2, b)) continue;
        b->there = true;
        b->at = at;
        b->stat[STAT_P] = p;
        b->stat[STAT_ETA2] = eta2;
    } while (view_next(v, &m->stat[STAT_P], &at));
    if (!b->there) return;
    for (int s = 0; s < STAT_MANNWHITNEY; ++s)
        b->stat[s] = column_at(&m->stat[s], &b->at);
}

td_status view_find_best(view *v, td_error *err)
{
    const uint64_t modes = v->count[AXIS_MODE];
    size_t bytes = 0;
    td_status status = td_bytes(modes * VIEW_MEASURES_MAX, sizeof *v->best, &bytes, err);
    if (status) return status;
    v->best = calloc(1, bytes ? bytes : 1);
    if (!v->best) return td_fail(err, TD_E_NO_MEMORY, "report: no memory for the combinations");
    for (uint32_t m = 0; m < v->measure_count; ++m) {
        for (uint64_t mode = 0; mode < modes; ++mode) {
            best *b = &v->best[v->best_count++];
            *b = (best){.measure = m};
            b->at.at[AXIS_MODE] = mode;
            if (v->measure[m].stat[STAT_P].data) find_one(v, b, &v->measure[m]);
            if (!b->there) continue;
            v->has_statistics = true;
            if (v->best_of_all < 0 ||
                better(b->stat[STAT_P], b->stat[STAT_ETA2], &v->best[v->best_of_all]))
                v->best_of_all = v->best_count - 1;
        }
    }
    return TD_OK;
}

bool view_has_map(const view *v)
{
    return v->count[AXIS_M] > 1 || v->count[AXIS_TAU] > 1;
}

const best *view_best(const view *v, uint32_t measure_index, uint64_t mode)
{
    return &v->best[measure_index * v->count[AXIS_MODE] + mode];
}

/* ---- Observations
 * -------------------------------------------------------------------------------- */

uint64_t view_units(const view *v)
{
    return v->by_recording || v->subjects == 0 ? v->recordings : v->subjects;
}

int32_t view_unit_group(const view *v, uint64_t unit)
{
    return view_unit_groups(v)[unit];
}

const int32_t *view_unit_groups(const view *v)
{
    return v->by_recording || v->subjects == 0 ? v->group_of : v->subject_group;
}

const char *view_unit_name(const view *v, uint64_t unit)
{
    if (!v->by_recording && v->subjects) return v->subject_name[unit];
    return v->dim[AXIS_RECORDING].text ? v->dim[AXIS_RECORDING].text[unit] : "";
}

void view_unit_values(const view *v, const column *c, const place *at, int64_t task, double *out)
{
    const bool single = v->by_recording || v->subjects == 0;
    const uint64_t units = view_units(v);
    place here = *at;
    for (uint64_t u = 0; u < units; ++u) {
        out[u] = 0;
        v->tally[u] = 0;
    }
    for (uint64_t i = 0; i < v->recordings; ++i) {
        if (task >= 0 && v->task_of[i] != task) continue;
        here.at[AXIS_RECORDING] = i;
        const double value = column_at(c, &here);
        const uint64_t u = single ? i : (uint64_t)v->subject_of[i];
        if (!isfinite(value)) continue;
        out[u] += value;
        v->tally[u] += 1;
    }
    for (uint64_t u = 0; u < units; ++u)
        out[u] = v->tally[u] ? out[u] / v->tally[u] : NAN;
}
