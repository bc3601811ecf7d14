/* page_limits.c - what limits the findings, in plain sentences: first what may explain them. */
#include "report/estimate.h"
#include "report/page.h"

#include <math.h>

#define LENGTH_ETA2_MIN 0.06 /* a medium effect after Cohen (1988): worth a warning */
#define RANKED_MAX      5000 /* observations whose ranks are correlated: it takes their square */

/* Median length of a group's observations; length is spoilt. */
static double group_median(const view *v, uint64_t group, double *length)
{
    const place nowhere = {{0}};
    view_unit_values(v, &v->samples, &nowhere, -1, length);
    for (uint64_t u = 0; u < view_units(v); ++u)
        if (view_unit_group(v, u) != (int32_t)group) length[u] = NAN;
    return estimate_quantile(length, estimate_sort(length, view_units(v)), 0.5);
}

static void put_length_medians(page *p, double *length)
{
    const view *v = &p->v;
    char number[SHOW_MAX];
    for (uint64_t g = 0; g < v->groups; ++g) {
        const double median = group_median(v, g, length);
        if (g) text_add(&p->out, g + 1 == v->groups ? " and " : ", ");
        text_format(&p->out, "%s samples in ", show_shortest(number, round(median * 10) / 10));
        text_escape(&p->out, v->group_name[g]);
    }
}

double page_length_eta2(page *p)
{
    const view *v = &p->v;
    const place nowhere = {{0}};
    if (!v->samples.data || v->groups < 2) return NAN;
    view_unit_values(v, &v->samples, &nowhere, -1, p->value);
    const double eta2 =
        estimate_eta2(p->value, view_unit_groups(v), view_units(v), (uint32_t)v->groups);
    return eta2 >= LENGTH_ETA2_MIN ? eta2 : NAN;
}

/* Longer recordings give other measures (the main diagonal alone makes RR one in n). Where the
 * groups' recordings are not equally long, that may be all there is to a difference. */
static void put_length_limit(page *p)
{
    const view *v = &p->v;
    const uint64_t units = view_units(v);
    const double eta2 = page_length_eta2(p); /* leaves the lengths in p->value */
    double *length = p->value, *value = p->value + v->recordings;
    char number[SHOW_MAX], mode[VIEW_LABEL_MAX];
    if (isnan(eta2)) return;
    const best *b = &v->best[v->best_of_all];
    const measure *m = &v->measure[b->measure];
    view_unit_values(v, &m->value, &b->at, -1, value);
    const double correlation =
        units > RANKED_MAX ? NAN
                           : estimate_rank_correlation(length, value, units, value + v->recordings);
    text_add(&p->out, "<li id=\"length-warning\"><b>The groups\xE2\x80\x99 recordings are not "
                      "equally long:</b> the median ");
    text_add(&p->out, v->by_recording || !v->subjects ? "length is "
                                                      : "of the subjects\xE2\x80\x99 mean "
                                                        "lengths is ");
    put_length_medians(p, length);
    text_format(&p->out, " (\xCE\xB7\xC2\xB2 %s). ", show_fixed(number, eta2, 2));
    text_add(&p->out, "Recurrence measures depend on the length of a recording, so a difference "
                      "may be one of length, in part or in whole.");
    if (!isnan(correlation)) {
        text_add(&p->out, " The rank correlation of length with ");
        text_escape(&p->out, m->label);
        text_add(&p->out, ", ");
        text_escape(&p->out, view_mode_label(v, b->at.at[AXIS_MODE], mode));
        text_format(&p->out, ", at the best combination is %s.",
                    show_fixed(number, correlation, 2));
    }
    text_add(&p->out, "</li>");
}

static uint64_t smallest_group(const view *v)
{
    uint64_t least = UINT64_MAX;
    for (uint64_t g = 0; g < v->groups; ++g) {
        const uint64_t size =
            v->by_recording || !v->subjects ? v->recordings_in[g] : v->subjects_in[g];
        if (size < least) least = size;
    }
    return least;
}

static void put_data_limits(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    char number[SHOW_MAX];
    place at = {{0}};
    uint64_t with_nan = 0;
    for (uint64_t i = 0; i < v->recordings && v->nan_samples.data; ++i) {
        at.at[AXIS_RECORDING] = i;
        with_nan += column_at(&v->nan_samples, &at) > 0;
    }
    if (with_nan)
        text_format(out, "<li>%s recording%s missing samples; those never recur.</li>",
                    show_count(number, with_nan), with_nan == 1 ? " has" : "s have");
    if (v->input->skipped_count)
        text_format(out, "<li>%s file%s could not be read and %s left out.</li>",
                    show_count(number, v->input->skipped_count),
                    page_plural(v->input->skipped_count),
                    v->input->skipped_count == 1 ? "was" : "were");
    if (v->input->duplicate_count)
        text_format(out, "<li>%s recording name%s more than once; all were kept, apart.</li>",
                    show_count(number, v->input->duplicate_count),
                    v->input->duplicate_count == 1 ? " occurs" : "s occur");
}

void page_limits(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    char number[SHOW_MAX];
    text_add(out, "<h3>What limits this</h3>\n<ul>");
    if (v->has_statistics) {
        put_length_limit(p);
        text_add(out,
                 "<li>The combination was chosen because it is the best of many, so its effect "
                 "is likely to be overstated. It is a hypothesis for new data, not an "
                 "estimate.</li>");
        text_format(out,
                    "<li>The smallest group has %s %s; intervals of an AUC are wide at such "
                    "sizes.</li>",
                    show_count(number, smallest_group(v)),
                    v->by_recording || !v->subjects ? "recordings" : "subjects");
        text_add(out, "<li>Neighbouring combinations see nearly the same recurrences, so the tests "
                      "are far from independent; q controls the false discovery rate under "
                      "positive dependence only.</li>");
    } else {
        text_add(out, "<li>No groups were compared, so nothing is said about differences.</li>");
    }
    if (v->by_recording)
        text_add(out,
                 "<li><b>Recordings, not subjects, are the observations here.</b> Recordings of "
                 "one person are not independent, so p and q are too small.</li>");
    put_data_limits(p);
    text_add(out, "</ul>\n");
}
