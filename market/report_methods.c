/* report_methods.c - what each number means and under which rules it came about; the command, the
 * strategy and what is known of the data. */
#include "market/report_page.h"

#include <stdio.h>
#include <string.h>

static void put_term(report_page *p, const char *name, const char *words, const char *unit)
{
    char title[OUTCOME_LABEL_MAX];
    text_add(&p->out, "<dt>");
    text_escape(&p->out, report_title(name, title));
    text_add(&p->out, "</dt><dd>");
    text_escape(&p->out, words ? words : "");
    if (unit && *unit && strcmp(unit, "1") != 0) {
        text_add(&p->out, " <span class=\"quiet\">(");
        text_escape(&p->out, unit);
        text_add(&p->out, ")</span>");
    }
    text_add(&p->out, "</dd>\n");
}

static void put_rules(report_page *p)
{
    text_add(&p->out, "<h3>Rules</h3>\n<div class=\"scroll\"><table><thead><tr><th>Rule</th><th>"
                      "Value</th><th>Meaning</th></tr></thead><tbody>\n");
    for (uint32_t i = 0; i < p->in->rule_count; ++i) {
        const report_rule *one = &p->in->rule[i];
        text_add(&p->out, "<tr><th>");
        text_escape(&p->out, one->name);
        text_add(&p->out, one->given ? "</th><td><b>" : "</th><td>");
        text_escape(&p->out, one->value);
        text_add(&p->out, one->given ? "</b></td><td>" : "</td><td>");
        text_escape(&p->out, one->doc);
        text_add(&p->out, "</td></tr>\n");
    }
    text_add(&p->out, "</tbody></table></div>\n");
    report_note(p, "In bold: said in the call, which wins over what a strategy says in its text.");
}

void report_methods(report_page *p)
{
    const outcome *o = p->in->o;
    report_section(p, "methods", "Method");
    text_add(&p->out,
             "<p>A strategy sees a bar only when it is over: its expressions read this bar and "
             "earlier ones, and no step can read a later one. A signal is filled as the rule "
             "<b>fill</b> says. Stops and targets are looked for within the bar, where a gap fills "
             "at its open; when one bar holds both, the rule <b>worst</b> decides. A halted bar "
             "fills nothing. A position that is open at the end counts as a trade, closed at the "
             "last bar.</p>\n<h3>Measures</h3>\n<dl class=\"terms\">\n");
    for (uint32_t m = 0; m < o->measure_count; ++m)
        put_term(p, o->measure[m].var.name, o->measure[m].var.doc, o->measure[m].var.unit);
    text_add(&p->out, "</dl>\n");
    put_rules(p);
    text_add(&p->out,
             "<h3>Sources</h3>\n<ol class=\"refs\"><li>D. H. Bailey and M. L\xC3\xB3pez de Prado, "
             "\xE2\x80\x9CThe Deflated Sharpe Ratio: Correcting for Selection Bias, Backtest "
             "Overfitting and Non-Normality\xE2\x80\x9D, Journal of Portfolio Management 40(5), "
             "94\xE2\x80\x93"
             "107, 2014: the expected maximum of many Sharpe ratios.</li></ol>\n");
    report_section_end(p);
}

static void put_data(report_page *p)
{
    const market_report *in = p->in;
    text_add(&p->out, "<h3>Data</h3>\n<dl class=\"terms\">\n");
    if (in->source) put_term(p, "file", in->source, NULL);
    for (uint32_t i = 0; i < in->fact_count; ++i)
        put_term(p, in->fact[i].name, in->fact[i].text, NULL);
    text_add(&p->out, "</dl>\n");
}

void report_command(report_page *p)
{
    const market_report *in = p->in;
    report_section(p, "command", "Command");
    text_add(&p->out, "<pre>");
    text_escape(&p->out, in->command ? in->command : "");
    text_add(&p->out, "</pre>\n<h3>Strategy</h3>\n<pre>");
    text_escape(&p->out, in->strategy ? in->strategy : "");
    text_add(&p->out, "</pre>\n");
    if (in->source || in->fact_count) put_data(p);
    report_section_end(p);
}
