/* report_page.c - the frame of a backtest's page and its small pieces. */
#include "market/report_page.h"

#include "market/dates.h"
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *id, *name;
} contents[] = {
    {"summary", "Summary"}, {"points", "Best points"}, {"maps", "Parameters"},
    {"spread", "Symbols"},  {"curves", "Equity"},      {"months", "Months"},
    {"trades", "Trades"},   {"methods", "Method"},     {"command", "Command"},
};

static const char style[] =
    ".months td{text-align:right;padding:5px 9px;white-space:nowrap}"
    ".months th{padding:5px 9px 5px 0}.months thead th{text-align:right}"
    ".months .y{font-weight:600;border-left:1px solid var(--rule)}"
    /* Gains teal, losses orange, as the candles are; tints leave the ink readable on both papers.
     */
    ".u1{background:rgba(0,158,115,.10)}.u2{background:rgba(0,158,115,.18)}"
    ".u3{background:rgba(0,158,115,.28)}.u4{background:rgba(0,158,115,.40)}"
    ".v1{background:rgba(213,94,0,.10)}.v2{background:rgba(213,94,0,.18)}"
    ".v3{background:rgba(213,94,0,.28)}.v4{background:rgba(213,94,0,.40)}"
    ".up{fill:var(--g2);stroke:var(--g2)}.down{fill:var(--g1);stroke:var(--g1)}"
    ".held{fill:var(--g0);fill-opacity:.10;stroke:none}.heldshort{fill:var(--g3);fill-opacity:.14;"
    "stroke:none}"
    ".in{fill:var(--g0);stroke:var(--paper)}.out{fill:var(--ink);stroke:var(--paper)}"
    ".bar2{fill:var(--g0);fill-opacity:.75}"
    ".drop{fill:var(--g1);fill-opacity:.16;stroke:none}"
    ".keyline{display:inline-block;width:18px;height:0;border-top:3px solid}"
    ".k0{border-color:var(--g0)}.k1{border-color:var(--g1)}.k2{border-color:var(--g2)}"
    ".k3{border-color:var(--g3)}"
    ".chart{background:var(--card);border:1px solid var(--rule);border-radius:12px;"
    "padding:16px 18px 12px;margin:0 0 1.4rem}"
    ".chart form{display:none;flex-wrap:wrap;gap:10px 18px;align-items:end;margin:0 0 10px}"
    ".js .chart form{display:flex}"
    ".chart label{display:flex;flex-direction:column;gap:3px;font-size:.8rem;color:var(--quiet);"
    "flex:1;min-width:190px}"
    ".chart input{width:100%;accent-color:var(--accent)}"
    "td.gain{color:var(--ink)}";

void report_style(text *out)
{
    page_style(out);
    text_add(out, style);
}

static void put_fact(text *out, const char *value, const char *name)
{
    text_add(out, "<div><dt>");
    text_escape(out, name);
    text_add(out, "</dt><dd>");
    text_escape(out, value);
    text_add(out, "</dd></div>");
}

static void put_facts(report_page *p)
{
    const market_report *in = p->in;
    const td_panel *panel = in->panel;
    char number[SHOW_MAX], begins[DATES_TEXT_MAX], ends[DATES_TEXT_MAX];
    text_add(&p->out, "<dl class=\"facts\">");
    put_fact(&p->out, show_count(number, in->o->point_count),
             in->o->point_count == 1 ? "point tried" : "points tried");
    put_fact(&p->out, show_count(number, panel->symbol_count),
             panel->symbol_count == 1 ? "symbol" : "symbols");
    put_fact(&p->out, show_count(number, panel->bar_count), "bars");
    if (panel->bar_count) {
        put_fact(&p->out, date_text(panel->time[0], p->intraday, begins), "from");
        put_fact(&p->out, date_text(panel->time[panel->bar_count - 1], p->intraday, ends), "to");
    }
    text_add(&p->out, "</dl>\n");
}

void report_begin(report_page *p)
{
    text *out = &p->out;
    text_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
                  "<title>");
    text_escape(out, p->in->title);
    text_add(out, "</title>\n<style>");
    report_style(out);
    text_add(out, "</style>\n</head>\n<body>\n<div class=\"bar\"><div><nav "
                  "aria-label=\"Contents\">");
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; ++i)
        text_format(out, "<a href=\"#%s\">%s</a>", contents[i].id, contents[i].name);
    text_add(out, "</nav><button id=\"theme\" type=\"button\">Dark</button></div></div>\n"
                  "<header class=\"head\"><p class=\"eyebrow\">Tandem \xC2\xB7 backtest</p>\n<h1>");
    text_escape(out, p->in->title);
    text_add(out, "</h1>\n");
    put_facts(p);
    text_add(out, "</header>\n<main>\n");
}

void report_end(report_page *p)
{
    text_format(&p->out,
                "</main>\n<footer class=\"foot\">Made by Tandem %d.%d.%d. This page is one file: "
                "it loads nothing and sends nothing. It tells what was, under rules that are "
                "simpler than any market; it is no advice.</footer>\n"
                "<div id=\"tip\" role=\"status\"></div>\n<script>",
                TD_VERSION_MAJOR, TD_VERSION_MINOR, TD_VERSION_PATCH);
    report_script(&p->out);
    text_add(&p->out, "</script>\n</body>\n</html>\n");
}

void report_section(report_page *p, const char *id, const char *title)
{
    text_format(&p->out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, title);
}

void report_section_end(report_page *p)
{
    text_add(&p->out, "</section>\n");
}

void report_note(report_page *p, const char *plain)
{
    text_add(&p->out, "<p class=\"note\">");
    text_escape(&p->out, plain);
    text_add(&p->out, "</p>\n");
}

/* Fractions of 1 are shown in per cent. Ratios, counts, bars and money are not fractions. */
bool report_is_share(const td_var *var)
{
    static const char *const shares[] = {
        "total_return", "annual_return", "volatility", "max_drawdown", "var",          "cvar",
        "win_rate",     "exposure",      "alpha",      "up_capture",   "down_capture", NULL};
    if (var->unit && (strcmp(var->unit, "1") == 0 || strcmp(var->unit, "fraction") == 0))
        return true;
    if (var->unit) return false;
    for (int i = 0; shares[i]; ++i)
        if (strcmp(shares[i], var->name) == 0) return true;
    return false;
}

const char *report_show(char out[SHOW_MAX], const td_var *var, double value)
{
    char number[SHOW_MAX];
    if (isnan(value) || isinf(value)) return show_significant(out, value, 3);
    if (report_is_share(var)) {
        const double percent = 100.0 * value;
        show_fixed(number, percent, fabs(percent) < 10 ? 2 : fabs(percent) < 1000 ? 1 : 0);
        snprintf(out, SHOW_MAX, "%.40s\xC2\xA0%%", number);
        return out;
    }
    if (var->dtype == TD_I32 || var->dtype == TD_I64) {
        if (value == floor(value)) return show_fixed(out, value, 0);
        return show_fixed(out, value, 1);
    }
    return show_significant(out, value, 3);
}

const char *report_title(const char *name, char out[OUTCOME_LABEL_MAX])
{
    snprintf(out, OUTCOME_LABEL_MAX, "%s", name);
    for (char *c = out; *c; ++c)
        if (*c == '_') *c = ' ';
    return out;
}

td_status market_report_html(const market_report *in, char **html, size_t *bytes, td_error *err)
{
    report_page p = {.in = in, .out = TEXT_INIT};
    const uint64_t symbols = in->o->symbol_count, bars = in->panel->bar_count;
    const uint64_t room = (symbols > bars ? symbols : bars) + 1;
    p.value = calloc((size_t)room, 2 * sizeof *p.value);
    if (!p.value) return td_fail(err, TD_E_NO_MEMORY, "report: no memory");
    p.best = in->o->rank[0];
    p.intraday = in->panel->zone && *in->panel->zone;
    report_begin(&p);
    report_summary(&p);
    report_table(&p);
    report_maps(&p);
    report_spread(&p);
    report_curves(&p);
    report_months(&p);
    report_candles(&p);
    report_methods(&p);
    report_command(&p);
    report_end(&p);
    const td_status status = text_take(&p.out, html, bytes, err);
    text_free(&p.out);
    free(p.value);
    return status;
}
