/* page_best.c - the table of the best combinations, with effect sizes and their intervals. */
#include "report/estimate.h"
#include "report/page.h"

#include <math.h>

static void put_head(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    char name[VIEW_LABEL_MAX];
    static const char *const column_name[] = {
        "measure", "mode", "m", "\xCF\x84",         "\xCE\xB5", "\xE2\x84\x93<sub>min</sub>",
        "F",       "p",    "q", "\xCE\xB7\xC2\xB2", "stability"};
    text_add(out,
             "<div class=\"scroll\"><table class=\"best sortable\" id=\"best-table\"><thead><tr>");
    for (size_t i = 0; i < sizeof column_name / sizeof column_name[0]; ++i)
        text_format(out, "<th%s>%s</th>", i < 2 ? "" : " class=\"n\"", column_name[i]);
    for (uint64_t i = 0; i < v->count[AXIS_PAIR] && v->dim[AXIS_PAIR].count; ++i) {
        text_add(out, "<th class=\"n p\">");
        text_escape_cut(out, view_name(v, AXIS_PAIR, i, name), 40);
        text_add(out, "<br>AUC, \xCE\xB4, Holm p</th>");
    }
    text_add(out, "</tr></thead><tbody>\n");
}

/* data-v is what the script sorts by. */
static void put_value(text *out, double sort, const char *shown)
{
    char exact[SHOW_MAX];
    text_format(out, "<td class=\"n\" data-v=\"%s\">%s</td>",
                isnan(sort) ? "" : show_shortest(exact, sort), shown);
}

static void put_point(page *p, const best *b)
{
    const view *v = &p->v;
    char name[VIEW_LABEL_MAX];
    for (int a = AXIS_M; a <= AXIS_LMIN; ++a) {
        const bool has = v->measure[b->measure].value.has[a] && v->dim[a].number;
        const double value = has ? v->dim[a].number[b->at.at[a]] : NAN;
        put_value(&p->out, value, has ? view_name(v, (axis)a, b->at.at[a], name) : "\xE2\x80\x93");
    }
}

static void put_pair(page *p, const best *b, uint64_t pair)
{
    const measure *m = &p->v.measure[b->measure];
    text *out = &p->out;
    char a[SHOW_MAX], lo[SHOW_MAX], hi[SHOW_MAX];
    place at = b->at;
    at.at[AXIS_PAIR] = pair;
    const double auc = column_at(&m->stat[STAT_AUC], &at);
    const pair_size size = page_pair(p, m, &at, pair);
    const interval range = estimate_auc_interval(auc, size.count_a, size.count_b);
    text_format(out, "<td class=\"n\" data-v=\"%s\">", isnan(auc) ? "" : show_shortest(a, auc));
    text_format(out, "%s (%s\xE2\x80\x93%s)", show_fixed(a, auc, 2), show_fixed(lo, range.lo, 2),
                show_fixed(hi, range.hi, 2));
    text_format(out, "<small>\xCE\xB4 %s \xC2\xB7 p %s</small></td>",
                show_fixed(a, column_at(&m->stat[STAT_DELTA], &at), 2),
                show_p(lo, column_at(&m->stat[STAT_HOLM], &at)));
}

static void put_row(page *p, const best *b)
{
    const view *v = &p->v;
    text *out = &p->out;
    char label[VIEW_LABEL_MAX], number[SHOW_MAX];
    text_add(out, b == &v->best[v->best_of_all] ? "<tr class=\"first\"><th scope=\"row\">"
                                                : "<tr><th scope=\"row\">");
    text_escape(out, v->measure[b->measure].label);
    text_add(out, "</th><td class=\"w\">");
    text_escape(out, view_mode_label(v, b->at.at[AXIS_MODE], label));
    text_add(out, "</td>");
    put_point(p, b);
    put_value(out, b->stat[STAT_F], show_significant(number, b->stat[STAT_F], 3));
    put_value(out, b->stat[STAT_P], show_p(number, b->stat[STAT_P]));
    put_value(out, b->stat[STAT_Q], show_p(number, b->stat[STAT_Q]));
    put_value(out, b->stat[STAT_ETA2], show_fixed(number, b->stat[STAT_ETA2], 3));
    put_value(out, b->stat[STAT_STABILITY], show_fixed(number, b->stat[STAT_STABILITY], 2));
    for (uint64_t i = 0; i < v->count[AXIS_PAIR] && v->dim[AXIS_PAIR].count; ++i)
        put_pair(p, b, i);
    text_add(out, "</tr>\n");
}

void page_best(page *p)
{
    const char *why = page_why_no_statistics(p);
    page_section(p, "best", "The best combinations");
    if (why) {
        page_note(p, why);
        page_section_end(p);
        return;
    }
    text_add(&p->out, "<p>For each measure and mode, the combination with the smallest p of the "
                      "analysis of variance. The tinted row is the smallest of all.</p>\n");
    put_head(p);
    for (uint32_t i = 0; i < p->v.best_count; ++i)
        if (p->v.best[i].there) put_row(p, &p->v.best[i]);
    text_add(&p->out, "</tbody></table></div>\n");
    page_note(p,
              "q: p after Benjamini and Hochberg over every test of the study. \xCE\xB7\xC2\xB2: "
              "share of variance explained. Stability: share of neighbouring combinations at "
              "which the effect holds. AUC: chance that a subject of the group named first has "
              "the larger value, ties counted half; below 0.5 it mostly has the smaller one. Its "
              "95 % interval, in brackets: the variance of Hanley and McNeil (1982) with both "
              "sample sizes "
              "replaced by their mean, solved as a score interval (Newcombe 2006, method 5), "
              "for this combination alone, without allowance for its choice. \xCE\xB4: "
              "Cliff\xE2\x80\x99s delta. Holm p: Mann-Whitney, corrected over the pairs.");
    page_section_end(p);
}
