/* report_summary.c - what was found, and how far it can be trusted; the best points as a table. */
#include "market/report_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TOP_POINTS  25
#define FEW_TRADES  30.0 /* of a symbol: a mean of fewer tells little */
#define SHORT_YEARS 2.0
#define SURE        0.95 /* a deflated Sharpe ratio that is asked for */

static double median_at(const report_page *p, const char *measure, uint64_t point)
{
    const int m = outcome_find(p->in->o, measure);
    return m < 0 ? NAN : p->in->o->measure[m].median[point];
}

static void put_fact(report_page *p, const char *measure, double value, const char *name)
{
    char shown[SHOW_MAX];
    const int m = outcome_find(p->in->o, measure);
    if (isnan(value)) return;
    td_var var = {.name = measure, .dtype = TD_F64};
    if (m >= 0) var = p->in->o->measure[m].var;
    text_format(&p->out, "<div><dt>%s</dt><dd>%s</dd></div>", name,
                report_show(shown, &var, value));
}

static void put_finding_facts(report_page *p)
{
    const bool many = p->in->o->symbol_count > 1;
    text_add(&p->out, "<dl class=\"facts\">");
    put_fact(p, "sharpe", median_at(p, "sharpe", p->best), many ? "median Sharpe" : "Sharpe");
    put_fact(p, "total_return", median_at(p, "total_return", p->best),
             many ? "median total return" : "total return");
    put_fact(p, "max_drawdown", median_at(p, "max_drawdown", p->best),
             many ? "median drawdown" : "largest drawdown");
    put_fact(p, "trades", median_at(p, "trades", p->best),
             many ? "trades of the median symbol" : "trades");
    put_fact(p, "sharpe", p->in->hold.sharpe, many ? "median Sharpe, held" : "Sharpe, held");
    put_fact(p, "total_return", p->in->hold.total_return,
             many ? "median return, held" : "return, held");
    text_add(&p->out, "</dl>");
}

/* "between -0.2 and 0.9 for half of the 500 symbols" */
static void put_range(report_page *p)
{
    const outcome *o = p->in->o;
    char lo[SHOW_MAX], hi[SHOW_MAX], number[SHOW_MAX];
    const uint64_t count = outcome_sorted(o, o->by, p->best, p->value);
    if (count < 4) return;
    const td_var *var = &o->measure[o->by].var;
    text_format(&p->out, " It lies between %s and %s for half of the %s symbols that have a value.",
                report_show(lo, var, outcome_quantile(p->value, count, 0.25)),
                report_show(hi, var, outcome_quantile(p->value, count, 0.75)),
                show_count(number, count));
}

static void put_lead(report_page *p)
{
    const outcome *o = p->in->o;
    const outcome_measure *by = &o->measure[o->by];
    char number[SHOW_MAX], value[SHOW_MAX], title[OUTCOME_LABEL_MAX], label[OUTCOME_LABEL_MAX];
    text *out = &p->out;
    text_add(out, "<p class=\"lead\">");
    if (o->ranked == 0) {
        text_add(out, "No point has a value: nothing was traded.</p>");
        return;
    }
    if (o->point_count > 1) {
        text_format(out, "Of %s points tried, <b>", show_count(number, o->point_count));
        text_escape(out, outcome_label(o, p->best, label));
        text_format(out, "</b> has the best %s", o->symbol_count > 1 ? "median " : "");
    } else {
        text_format(out, "The one point that was tried has the %s",
                    o->symbol_count > 1 ? "median " : "");
    }
    text_escape(out, report_title(by->var.name, title));
    text_format(out, ": <b>%s</b>.", report_show(value, &by->var, by->median[p->best]));
    put_range(p);
    if (p->in->hold.sharpe > median_at(p, "sharpe", p->best))
        text_add(out, " <b>Buying and holding did better</b>, by the Sharpe ratio.");
    text_add(out, "</p>");
}

/* More than luck is expected to show; but how well is it known? */
static void put_deflated(report_page *p, double best, double expected)
{
    const market_report *in = p->in;
    const double bars = (double)in->panel->bar_count;
    const double error = outcome_sharpe_error(best, bars, in->year);
    const double sure = outcome_deflated(best, expected, error);
    char value[SHOW_MAX], known[SHOW_MAX], years[SHOW_MAX], chance[SHOW_MAX];
    text_format(
        &p->out,
        "The best point\xE2\x80\x99s %s is more than that; but over %s years a Sharpe ratio is "
        "known to \xC2\xB1%s only (its standard error: Lo, 2002). ",
        show_fixed(value, best, 2), show_fixed(years, bars / in->year, 1),
        show_fixed(known, error, 2));
    text_format(&p->out,
                "The probability that it is truly above such luck is %s: %s. Neighbouring points "
                "trade alike, so they are fewer tries than they count, and spread less; and a "
                "market that rose lifts every point, so compare with holding.",
                show_fixed(chance, sure, 2),
                sure < SURE ? "<b>not enough to believe it</b>, for which 0.95 is asked"
                            : "enough, where 0.95 is asked");
}

/* The best of many is flattered by being the best: how much luck alone would show. */
static void put_luck(report_page *p)
{
    const outcome *o = p->in->o;
    const outcome_measure *by = &o->measure[o->by];
    char value[SHOW_MAX], luck[SHOW_MAX], spread[SHOW_MAX], number[SHOW_MAX];
    text *out = &p->out;
    if (o->ranked < 2 || strcmp(by->var.name, "sharpe") != 0) return;
    const double deviation = outcome_spread(o, o->by);
    const double expected = outcome_expected_max(o->ranked, deviation);
    const double best = by->median[p->best];
    text_format(out,
                "<p>The best of many tries is flattered by being the best. The points\xE2\x80\x99 "
                "Sharpe ratios spread with a standard deviation of %s; ",
                show_fixed(spread, deviation, 2));
    text_format(out,
                "of %s independent strategies without any edge that spread as much, the luckiest "
                "would be expected to show %s. ",
                show_count(number, o->ranked), show_fixed(luck, expected, 2));
    if (best <= expected)
        text_format(out, "The best point\xE2\x80\x99s %s is <b>no more than that luck</b>.",
                    show_fixed(value, best, 2));
    else put_deflated(p, best, expected);
    text_add(out, " (Bailey and L\xC3\xB3pez de Prado, 2014.)</p>\n");
}

static const char *rule_text(const report_page *p, const char *name)
{
    for (uint32_t i = 0; i < p->in->rule_count; ++i)
        if (strcmp(p->in->rule[i].name, name) == 0) return p->in->rule[i].value;
    return "";
}

static bool is_zero(const report_page *p, const char *name)
{
    const char *value = rule_text(p, name);
    return *value && strspn(value, "0.-") == strlen(value);
}

static void put_hold(report_page *p)
{
    const outcome *o = p->in->o;
    const double got = median_at(p, "total_return", p->best), held = p->in->hold.total_return;
    char a[SHOW_MAX], b[SHOW_MAX];
    const int m = outcome_find(o, "total_return");
    if (m < 0 || isnan(got) || isnan(held)) return;
    text_format(&p->out,
                "<p>Buying%s and holding to the end, without costs, gave %s%s; the best "
                "point gave %s.</p>\n",
                o->symbol_count > 1 ? " each symbol" : "", report_show(a, &o->measure[m].var, held),
                o->symbol_count > 1 ? " in the median" : "",
                report_show(b, &o->measure[m].var, got));
}

static void warn_open(report_page *p, bool *open)
{
    text_add(&p->out, *open ? "<li>" : "<ul class=\"warn\"><li>");
    *open = true;
}

static void put_warnings(report_page *p)
{
    const market_report *in = p->in;
    char number[SHOW_MAX];
    bool open = false;
    const double trades = median_at(p, "trades", p->best);
    const double years = (double)in->panel->bar_count / in->year;
    if (is_zero(p, "fee") && is_zero(p, "slippage") && is_zero(p, "spread")) {
        warn_open(p, &open);
        text_add(&p->out, "<b>No costs.</b> Neither fees nor slippage were set: every trade is "
                          "better here than it can be.</li>");
    }
    if (trades < FEW_TRADES) {
        warn_open(p, &open);
        text_format(&p->out,
                    "<b>Few trades.</b> The median symbol has %s at the best point: its "
                    "averages hang on single trades.</li>",
                    show_fixed(number, trades, 0));
    }
    if (years < SHORT_YEARS) {
        warn_open(p, &open);
        text_format(&p->out,
                    "<b>A short time.</b> The bars cover %s years of %g bars: one kind of "
                    "market, perhaps.</li>",
                    show_fixed(number, years, 1), floor(in->year));
    }
    const char *lines = td_table_attribute(in->o->table, "warnings");
    while (lines && *lines) {
        char line[TEXT_FORMAT_MAX];
        const size_t bytes = strcspn(lines, "\n");
        snprintf(line, sizeof line, "%.*s", (int)(bytes < 900 ? bytes : 900), lines);
        if (bytes) {
            warn_open(p, &open);
            text_escape(&p->out, line);
            text_add(&p->out, "</li>");
        }
        lines += bytes + (lines[bytes] == '\n');
    }
    if (open) text_add(&p->out, "</ul>\n");
}

void report_summary(report_page *p)
{
    report_section(p, "summary", "Summary");
    text_add(&p->out, "<div class=\"finding\"><div>");
    put_lead(p);
    put_luck(p);
    put_hold(p);
    text_add(&p->out, "</div>\n");
    put_finding_facts(p);
    text_add(&p->out, "</div>\n");
    put_warnings(p);
    report_note(p,
                "A panel holds the symbols that it was given. Where those that left the exchange "
                "are missing, results are better than they could have been.");
    report_section_end(p);
}

/* ---- The best points ------------------------------------------------------------------------ */

static void put_head(report_page *p)
{
    const outcome *o = p->in->o;
    char title[OUTCOME_LABEL_MAX];
    text_add(&p->out, "<div class=\"scroll\"><table class=\"best sortable\"><thead><tr><th "
                      "class=\"n\">#</th>");
    for (uint32_t a = 0; a < o->axis_count; ++a) {
        text_add(&p->out, o->axis[a].text ? "<th>" : "<th class=\"n\">");
        text_escape(&p->out, o->axis[a].name);
        text_add(&p->out, "</th>");
    }
    for (uint32_t m = 0; m < o->measure_count; ++m) {
        text_add(&p->out, "<th class=\"n\" title=\"");
        text_escape(&p->out, o->measure[m].var.doc);
        text_add(&p->out, "\">");
        text_escape(&p->out, report_title(o->measure[m].var.name, title));
        text_add(&p->out, "</th>");
    }
    text_add(&p->out, "</tr></thead><tbody>\n");
}

static void put_number_cell(report_page *p, double key, const char *shown)
{
    char plain[SHOW_MAX];
    if (isfinite(key))
        text_format(&p->out, "<td class=\"n\" data-v=\"%s\">", show_shortest(plain, key));
    else text_add(&p->out, "<td class=\"n\" data-v=\"\">");
    text_escape(&p->out, shown);
    text_add(&p->out, "</td>");
}

static void put_row(report_page *p, uint64_t place)
{
    const outcome *o = p->in->o;
    const uint64_t point = o->rank[place];
    uint64_t index[TD_AXES_MAX];
    char shown[SHOW_MAX], label[OUTCOME_LABEL_MAX];
    outcome_index(o, point, index);
    text_add(&p->out, place == 0 ? "<tr class=\"first\">" : "<tr>");
    put_number_cell(p, (double)(place + 1), show_count(shown, place + 1));
    for (uint32_t a = 0; a < o->axis_count; ++a) {
        outcome_coordinate(o, a, index[a], label);
        if (o->axis[a].number) {
            put_number_cell(p, o->axis[a].number[index[a]], label);
        } else {
            text_add(&p->out, "<td class=\"w\">");
            text_escape(&p->out, label);
            text_add(&p->out, "</td>");
        }
    }
    for (uint32_t m = 0; m < o->measure_count; ++m) {
        const double value = o->measure[m].median[point];
        put_number_cell(p, value, report_show(shown, &o->measure[m].var, value));
    }
    text_add(&p->out, "</tr>\n");
}

/* Their medians would be those of the few symbols that they happen to trade. */
static void put_thin_note(report_page *p)
{
    const outcome *o = p->in->o;
    char number[SHOW_MAX], title[OUTCOME_LABEL_MAX], line[TEXT_FORMAT_MAX];
    if (o->thin == 0) return;
    snprintf(line, sizeof line,
             "%s point%s not ranked: fewer than half of the symbols have a %s there, mostly for "
             "want of a trade.",
             show_count(number, o->thin), o->thin == 1 ? " is" : "s are",
             report_title(o->measure[o->by].var.name, title));
    report_note(p, line);
}

void report_table(report_page *p)
{
    const outcome *o = p->in->o;
    const uint64_t shown = o->ranked < TOP_POINTS ? o->ranked : TOP_POINTS;
    char title[OUTCOME_LABEL_MAX], line[TEXT_FORMAT_MAX];
    report_section(p, "points", "Best points");
    if (o->ranked == 0) {
        report_note(p, "No point has a value.");
    } else {
        put_head(p);
        for (uint64_t i = 0; i < shown; ++i)
            put_row(p, i);
        text_add(&p->out, "</tbody></table></div>\n");
        snprintf(line, sizeof line, "%s by %s%s. The result file and the CSV hold every point%s.",
                 o->symbol_count > 1 ? "Each number is the median over the symbols; ranked"
                                     : "Ranked",
                 report_title(o->measure[o->by].var.name, title),
                 o->measure[o->by].less_is_better ? ", less is better" : "",
                 o->symbol_count > 1 ? " of every symbol" : "");
        report_note(p, line);
        put_thin_note(p);
    }
    report_section_end(p);
}
