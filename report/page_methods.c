/* page_methods.c - definitions, method, honest notes, sources; the command and the versions. */
#include "report/page.h"

#include <stdio.h>
#include <string.h>

static void put_definitions(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    text_add(
        out,
        "<h3>Recurrence</h3>\n<p>From a recording, delay vectors of m values are taken, \xCF\x84 "
        "samples apart. Two of them recur when their distance, in the norm of the mode, is at "
        "most \xCE\xB5. Recurrences that follow each other lie on lines of the recurrence "
        "plot, diagonal where a piece of the path is walked again, vertical where the gaze "
        "stays; the measures count those lines [1]. Missing samples never recur.</p>\n"
        "<dl class=\"terms\">");
    for (uint32_t i = 0; i < v->measure_count; ++i) {
        if (!v->measure[i].meaning) continue;
        text_add(out, "<dt>");
        text_escape(out, v->measure[i].label);
        text_add(out, "</dt><dd>");
        text_escape(out, v->measure[i].meaning);
        text_add(out, "</dd>");
    }
    text_add(out, "</dl>\n<p>Programs differ in conventions (main diagonal, logarithm, denominator "
                  "of RR). Those of this study are the profile <code>");
    text_escape(out, view_attribute(v, "profile", "not recorded"));
    text_add(out, "</code>.</p>\n");
}

static void put_statistics(page *p)
{
    text_add(&p->out, "<h3>Comparison of the groups</h3>\n");
    if (!p->v.has_statistics) {
        page_note(p, page_why_no_statistics(p));
        return;
    }
    text_add(&p->out,
             p->v.by_recording
                 ? "<p>The observations are <b>recordings</b>, as was asked for, although "
                   "recordings of one person are not independent.</p>\n"
                 : "<p>The observations are subjects: the mean over a subject\xE2\x80\x99s "
                   "recordings, since recordings of one person are not independent.</p>\n");
    text_add(
        &p->out,
        "<p>At each combination: one-way analysis of variance with \xCE\xB7\xC2\xB2, and the "
        "test of Kruskal and Wallis [5]; for each pair of groups the test of Mann and Whitney "
        "[6] with Holm\xE2\x80\x99s correction over the pairs [3], Cliff\xE2\x80\x99s \xCE\xB4 "
        "[4] and the area under the ROC curve (AUC = (\xCE\xB4 + 1) / 2). p-values of all "
        "measures, modes and combinations are corrected together for the false discovery rate "
        "[2], which gives q. Stability is the share of a combination\xE2\x80\x99s neighbours "
        "on the grid, one step away along m, \xCF\x84, \xCE\xB5 or \xE2\x84\x93min, at which "
        "q &lt; 0.05 too and the same groups have the highest and the lowest mean.</p>\n"
        "<p>Intervals of an AUC use the variance of Hanley and McNeil [7] for the exponential "
        "model with both sample sizes replaced by their mean, solved as a score interval [8]: "
        "unlike estimate \xC2\xB1 1.96 standard errors it stays within 0 and 1 and does not "
        "vanish at either end. Bands of the trends are 95 % intervals of a mean by "
        "Student\xE2\x80\x99s t. Quantiles are linear between order statistics.</p>\n"
        "<h3>How to read this with care</h3>\n<ul>"
        "<li>Tests over a grid are not independent: neighbouring combinations see nearly the "
        "same recurrences. Many small q-values are not many findings.</li>"
        "<li>The best combination was chosen after looking. Its F, \xCE\xB7\xC2\xB2 and AUC are "
        "optimistic, and its intervals do not allow for the choice. Only new recordings, at "
        "a combination fixed beforehand, can confirm it.</li>"
        "<li>Trust an effect that holds over a region of the maps more than a single high "
        "cell.</li>"
        "<li>A difference between groups is not a diagnosis: an AUC says how often two people "
        "are put in the right order, not what a cut-off would get right.</li></ul>\n");
}

static void put_sources(page *p)
{
    text_add(
        &p->out,
        "<h3>Sources</h3>\n<ol class=\"refs\">"
        "<li>N. Marwan, M. C. Romano, M. Thiel, J. Kurths. Recurrence plots for the analysis of "
        "complex systems. <i>Physics Reports</i> 438 (2007) 237\xE2\x80\x93"
        "329.</li>"
        "<li>Y. Benjamini, Y. Hochberg. Controlling the false discovery rate: a practical and "
        "powerful approach to multiple testing. <i>J. R. Stat. Soc. B</i> 57 (1995) "
        "289\xE2\x80\x93"
        "300.</li>"
        "<li>S. Holm. A simple sequentially rejective multiple test procedure. <i>Scand. J. "
        "Statist.</i> 6 (1979) 65\xE2\x80\x93"
        "70.</li>"
        "<li>N. Cliff. Dominance statistics: ordinal analyses to answer ordinal questions. "
        "<i>Psychological Bulletin</i> 114 (1993) 494\xE2\x80\x93"
        "509.</li>"
        "<li>W. H. Kruskal, W. A. Wallis. Use of ranks in one-criterion variance analysis. "
        "<i>J. Am. Stat. Assoc.</i> 47 (1952) 583\xE2\x80\x93"
        "621.</li>"
        "<li>H. B. Mann, D. R. Whitney. On a test of whether one of two random variables is "
        "stochastically larger than the other. <i>Ann. Math. Statist.</i> 18 (1947) "
        "50\xE2\x80\x93"
        "60.</li>"
        "<li>J. A. Hanley, B. J. McNeil. The meaning and use of the area under a receiver "
        "operating characteristic (ROC) curve. <i>Radiology</i> 143 (1982) "
        "29\xE2\x80\x93"
        "36.</li>"
        "<li>R. G. Newcombe. Confidence intervals for an effect size measure based on the "
        "Mann-Whitney statistic. Part 2. <i>Statistics in Medicine</i> 25 (2006) "
        "559\xE2\x80\x93"
        "573.</li></ol>\n");
}

void page_methods(page *p)
{
    page_section(p, "methods", "Method and definitions");
    put_definitions(p);
    put_statistics(p);
    put_sources(p);
    page_section_end(p);
}

/* ---- The command ------------------------------------------------------------------------- */

static void put_axis(page *p, axis which, const char *symbol)
{
    const view *v = &p->v;
    text *out = &p->out;
    char name[VIEW_LABEL_MAX], number[SHOW_MAX];
    const uint64_t count = v->count[which];
    if (!v->dim[which].name) return;
    text_format(out, "<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td><td>", symbol,
                show_count(number, count));
    text_escape(out, view_name(v, which, 0, name));
    if (count > 1) {
        text_add(out, count > 2 ? " \xE2\x80\xA6 " : ", ");
        text_escape(out, view_name(v, which, count - 1, name));
    }
    text_add(out, "</td></tr>\n");
}

void page_command(page *p)
{
    text *out = &p->out;
    const char *name, *value;
    const char *command = p->v.input->command;
    page_section(p, "command", "The exact command");
    if (!command || !*command) command = view_attribute(&p->v, "command", NULL);
    text_add(out, "<pre id=\"command-line\">");
    text_escape(out, command ? command : "(not recorded)");
    text_add(out, "</pre>\n<div class=\"scroll\"><table><thead><tr><th>axis</th>"
                  "<th class=\"n\">values</th><th>from and to</th></tr></thead><tbody>\n");
    put_axis(p, AXIS_MODE, "mode");
    put_axis(p, AXIS_M, "m");
    put_axis(p, AXIS_TAU, "\xCF\x84");
    put_axis(p, AXIS_EPS, "\xCE\xB5");
    put_axis(p, AXIS_LMIN, "\xE2\x84\x93<sub>min</sub>");
    text_add(out, "</tbody></table></div>\n<div class=\"scroll\"><table id=\"attributes\"><thead>"
                  "<tr><th>recorded with the results</th><th></th></tr></thead><tbody>\n");
    for (uint32_t i = 0; td_table_attribute_at(p->v.input->table, i, &name, &value); ++i) {
        if (strcmp(name, "warnings") == 0 || strcmp(name, "command") == 0) continue;
        text_add(out, "<tr><th scope=\"row\">");
        text_escape_cut(out, name, 60);
        text_add(out, "</th><td>");
        text_escape_cut(out, value, 2000);
        text_add(out, "</td></tr>\n");
    }
    text_add(out, "</tbody></table></div>\n");
    page_section_end(p);
}
