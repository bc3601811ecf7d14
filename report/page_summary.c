/* page_summary.c - the summary in plain sentences. */
#include "report/estimate.h"
#include "report/page.h"

#include <math.h>
#include <stdio.h>

static void put_fact(text *out, const char *value, const char *name)
{
    text_format(out, "<div><dt>%s</dt><dd>%s</dd></div>", name, value);
}

/* "3 groups", "1 mode" */
static void put_count(text *out, uint64_t count, const char *name)
{
    char number[SHOW_MAX], counted[32];
    snprintf(counted, sizeof counted, "%s%s", name, count == 1 ? "" : "s");
    put_fact(out, show_count(number, count), counted);
}

static uint64_t combinations(const view *v)
{
    return v->count[AXIS_M] * v->count[AXIS_TAU] * v->count[AXIS_EPS] * v->count[AXIS_LMIN];
}

void page_facts(page *p)
{
    const view *v = &p->v;
    text_add(&p->out, "<dl class=\"facts\">");
    put_count(&p->out, v->recordings, "recording");
    if (v->subjects) put_count(&p->out, v->subjects, "subject");
    if (v->groups) put_count(&p->out, v->groups, "group");
    put_count(&p->out, combinations(v), "combination");
    put_count(&p->out, v->count[AXIS_MODE], "mode");
    if (v->tests) put_count(&p->out, v->tests, "test");
    text_add(&p->out, "</dl>\n");
}

static void put_group_list(page *p)
{
    const view *v = &p->v;
    char number[SHOW_MAX];
    for (uint64_t g = 0; g < v->groups; ++g) {
        if (g) text_add(&p->out, g + 1 == v->groups ? " and " : ", ");
        text_escape(&p->out, v->group_name[g]);
        text_format(&p->out, " (%s)",
                    show_count(number, v->subjects ? v->subjects_in[g] : v->recordings_in[g]));
    }
}

static void put_what(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    char number[SHOW_MAX], mode[VIEW_LABEL_MAX];
    text_format(out, "<p>%s recording%s", show_count(number, v->recordings),
                page_plural(v->recordings));
    if (v->subjects)
        text_format(out, " of %s subject%s", show_count(number, v->subjects),
                    page_plural(v->subjects));
    if (v->groups) {
        text_format(out, " in %s group%s: ", show_count(number, v->groups), page_plural(v->groups));
        put_group_list(p);
    }
    text_format(out,
                ". Each was embedded and thresholded at %s combination%s of "
                "dimension m, delay \xCF\x84, threshold \xCE\xB5 and least line length "
                "\xE2\x84\x93<sub>min</sub>, for ",
                show_count(number, combinations(v)), page_plural(combinations(v)));
    for (uint64_t i = 0; i < v->count[AXIS_MODE]; ++i) {
        if (i) text_add(out, i + 1 == v->count[AXIS_MODE] ? " and " : ", ");
        text_escape(out, view_mode_label(v, i, mode));
    }
    text_add(out, ". The measures are ");
    for (uint32_t i = 0; i < v->measure_count; ++i) {
        if (i) text_add(out, i + 1 == v->measure_count ? " and " : ", ");
        text_escape(out, v->measure[i].title);
        text_add(out, " (");
        text_escape(out, v->measure[i].label);
        text_add(out, ")");
    }
    text_add(out, ".</p>\n");
}

/* The pair with the smallest corrected p; then the one whose AUC is farthest from a half. */
static int64_t clearest_pair(const view *v, const measure *m, const place *from)
{
    place at = *from;
    int64_t found = -1;
    double least = INFINITY, most = -1;
    if (!m->stat[STAT_AUC].data || !m->stat[STAT_AUC].has[AXIS_PAIR]) return -1;
    for (uint64_t i = 0; i < v->count[AXIS_PAIR]; ++i) {
        at.at[AXIS_PAIR] = i;
        const double p = column_at(&m->stat[STAT_HOLM], &at);
        const double away = fabs(column_at(&m->stat[STAT_AUC], &at) - 0.5);
        if (isnan(p) || isnan(away) || p > least || (p == least && away <= most)) continue;
        least = p;
        most = away;
        found = (int64_t)i;
    }
    return found;
}

static void put_pair_sentence(page *p, const best *b)
{
    const view *v = &p->v;
    const measure *m = &v->measure[b->measure];
    const int64_t pair = clearest_pair(v, m, &b->at);
    if (pair < 0) return;
    place at = b->at;
    at.at[AXIS_PAIR] = (uint64_t)pair;
    char a[SHOW_MAX], lo[SHOW_MAX], hi[SHOW_MAX], name[VIEW_LABEL_MAX];
    const pair_size size = page_pair(p, m, &at, (uint64_t)pair);
    const double auc = column_at(&m->stat[STAT_AUC], &at);
    const interval range = estimate_auc_interval(auc, size.count_a, size.count_b);
    text_add(&p->out, "<p>The pair that is told apart best is ");
    text_escape(&p->out, view_name(v, AXIS_PAIR, (uint64_t)pair, name));
    text_format(&p->out, ": AUC %s with a 95 %% interval of %s to %s, ", show_fixed(a, auc, 2),
                show_fixed(lo, range.lo, 2), show_fixed(hi, range.hi, 2));
    text_format(&p->out,
                "Cliff\xE2\x80\x99s \xCE\xB4 %s, Mann-Whitney p %s after Holm\xE2\x80\x99s "
                "correction.",
                show_fixed(a, column_at(&m->stat[STAT_DELTA], &at), 2),
                show_p(lo, column_at(&m->stat[STAT_HOLM], &at)));
    if (size.a < v->groups && auc != 0.5) {
        text_add(&p->out, " The larger values are mostly those of ");
        text_escape(&p->out, v->group_name[auc > 0.5 || size.b >= v->groups ? size.a : size.b]);
        text_add(&p->out, ".");
    }
    text_add(&p->out, "</p>\n");
}

static void put_means_sentence(page *p, const best *b)
{
    const view *v = &p->v;
    const measure *m = &v->measure[b->measure];
    char name[VIEW_LABEL_MAX], mean[SHOW_MAX], sd[SHOW_MAX];
    snprintf(name, sizeof name, "%.100s_group_mean", m->name);
    const column means = view_column(v, name);
    snprintf(name, sizeof name, "%.100s_group_sd", m->name);
    const column sds = view_column(v, name);
    if (!means.data || !means.has[AXIS_GROUP]) return;
    place at = b->at;
    text_add(&p->out, "<p>Mean and standard deviation: ");
    for (uint64_t g = 0; g < v->groups; ++g) {
        at.at[AXIS_GROUP] = g;
        if (g) text_add(&p->out, ", ");
        text_escape(&p->out, v->group_name[g]);
        text_format(&p->out, " %s \xC2\xB1 %s", show_significant(mean, column_at(&means, &at), 3),
                    show_significant(sd, column_at(&sds, &at), 2));
    }
    text_add(&p->out, ".</p>\n");
}

static void put_finding_facts(page *p, const best *b)
{
    char number[SHOW_MAX];
    text_add(&p->out, "<dl class=\"facts\">");
    put_fact(&p->out, show_significant(number, b->stat[STAT_F], 3), "F");
    put_fact(&p->out, show_p(number, b->stat[STAT_P]), "p");
    put_fact(&p->out, show_p(number, b->stat[STAT_Q]), "q, all tests considered");
    put_fact(&p->out, show_fixed(number, b->stat[STAT_ETA2], 2), "\xCE\xB7\xC2\xB2");
    if (!isnan(b->stat[STAT_STABILITY])) {
        char share[SHOW_MAX + 4];
        snprintf(share, sizeof share, "%s %%",
                 show_fixed(number, 100 * b->stat[STAT_STABILITY], 0));
        put_fact(&p->out, share, "of neighbours agree");
    }
    text_add(&p->out, "</dl>");
}

static void put_finding(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    const best *b = &v->best[v->best_of_all];
    const measure *m = &v->measure[b->measure];
    char mode[VIEW_LABEL_MAX], point[VIEW_LABEL_MAX], number[SHOW_MAX], total[SHOW_MAX];
    const bool found = b->stat[STAT_Q] < 0.05;
    text_add(out, "<div class=\"finding\"><div><p class=\"lead\">");
    text_add(out, found ? "The groups differ most clearly in <b>"
                        : "No combination tells the groups apart at q &lt; 0.05. The nearest to it "
                          "is <b>");
    text_escape(out, m->title);
    text_add(out, " (");
    text_escape(out, m->label);
    text_add(out, ")</b>, mode ");
    text_escape(out, view_mode_label(v, b->at.at[AXIS_MODE], mode));
    text_add(out, ", at ");
    text_escape(out, view_point_label(v, &m->value, &b->at, point));
    text_add(out, ".</p>");
    put_means_sentence(p, b);
    put_pair_sentence(p, b);
    text_format(out, "<p>Of %s tests, ", show_count(total, v->tests));
    text_format(out, "%s (%s %%) have q &lt; 0.05.</p>\n", show_count(number, v->tests_below),
                show_fixed(total, 100.0 * (double)v->tests_below / (double)v->tests, 1));
    if (!isnan(page_length_eta2(p)))
        text_add(out, "<p>Read this together with <a href=\"#length-warning\">what limits it</a>: "
                      "the groups\xE2\x80\x99 recordings are not equally long.</p>\n");
    text_add(out, "</div>\n");
    put_finding_facts(p, b);
    text_add(out, "</div>\n");
}

void page_summary(page *p)
{
    text_add(&p->out, "<section id=\"summary\">\n<h2>Summary</h2>\n");
    if (p->v.has_statistics) put_finding(p);
    put_what(p);
    page_limits(p);
    page_section_end(p);
}
