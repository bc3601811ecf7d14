/* report_curves.c - equity and drawdown of the best point against holding, and its months. */
#include "market/report_page.h"

#include "market/dates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDE       1080.0
#define LEFT       62.0
#define RIGHT      1066.0
#define EQUITY_TOP 14.0
#define EQUITY_LOW 300.0
#define DROP_TOP   330.0
#define DROP_LOW   440.0
#define BUCKETS    700 /* a curve of more bars is drawn by the least and most of each bucket */
#define LABELS     12  /* dates at the axis, about */
#define YEARS_MAX  60  /* rows of months */

/* ---- The axis of time ----------------------------------------------------------------------- */

typedef enum stride { STRIDE_DAY, STRIDE_MONTH, STRIDE_QUARTER, STRIDE_YEAR } stride;

/* Whether another day, month, quarter or year begins at bar t. */
static bool begins(const td_panel *panel, uint64_t t, stride by)
{
    if (t == 0) return false;
    const date a = date_of(panel->time[t - 1]), b = date_of(panel->time[t]);
    switch (by) {
    case STRIDE_DAY: return a.day != b.day || a.month != b.month || a.year != b.year;
    case STRIDE_MONTH: return a.month != b.month || a.year != b.year;
    case STRIDE_QUARTER: return (a.month - 1) / 3 != (b.month - 1) / 3 || a.year != b.year;
    case STRIDE_YEAR: return a.year != b.year;
    }
    return false;
}

static void label_of(const td_panel *panel, uint64_t t, stride by, char out[DATES_TEXT_MAX])
{
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const date d = date_of(panel->time[t]);
    if (by == STRIDE_YEAR) snprintf(out, DATES_TEXT_MAX, "%d", d.year);
    else if (by == STRIDE_DAY) date_text(panel->time[t], false, out);
    else snprintf(out, DATES_TEXT_MAX, "%s %d", month[(d.month - 1) % 12], d.year);
}

/* The finest stride with at most LABELS labels, thinned where years are many. */
static void put_dates(svg *s, const td_panel *panel, const scale *x, double top, double low)
{
    stride by = STRIDE_DAY;
    uint64_t count = 0, seen = 0;
    for (;; by = (stride)(by + 1)) {
        count = 0;
        for (uint64_t t = 1; t < panel->bar_count; ++t)
            count += begins(panel, t, by);
        if (count <= LABELS || by == STRIDE_YEAR) break;
    }
    const uint64_t every = count / LABELS + 1;
    double last = -100;
    for (uint64_t t = 1; t < panel->bar_count; ++t) {
        char label[DATES_TEXT_MAX];
        if (!begins(panel, t, by) || seen++ % every) continue;
        const double at = scale_at(x, (double)t);
        if (at - last < 76 || at > RIGHT - 20) continue;
        label_of(panel, t, by, label);
        svg_line(s, "gr", at, top, at, low);
        svg_text(s, "tl", SVG_MIDDLE, at, low + 16, label);
        last = at;
    }
    svg_line(s, "ax", x->from, low, x->to, low);
}

/* ---- Curves --------------------------------------------------------------------------------- */

/* The first, least, most and last value of each bucket keep the look of a curve of any length. */
static void put_curve(svg *s, const char *class_, const double *level, uint64_t count,
                      const scale *x, const scale *y)
{
    const uint64_t per = count / BUCKETS + 1;
    bool pen = false;
    svg_path(s, class_);
    for (uint64_t first = 0; first < count; first += per) {
        const uint64_t end = first + per < count ? first + per : count;
        uint64_t least = first, most = first;
        bool some = false;
        for (uint64_t t = first; t < end; ++t) {
            if (!isfinite(level[t])) continue;
            if (!some) least = most = t;
            if (level[t] < level[least]) least = t;
            if (level[t] > level[most]) most = t;
            some = true;
        }
        if (!some) {
            pen = false;
            continue;
        }
        const uint64_t at[2] = {least < most ? least : most, least < most ? most : least};
        for (int i = 0; i < (at[0] == at[1] ? 1 : 2); ++i) {
            const double px = scale_at(x, (double)at[i]), py = scale_at(y, level[at[i]]);
            if (pen) svg_to(s, px, py);
            else svg_move(s, px, py);
            pen = true;
        }
    }
    svg_path_end(s, false);
}

/* Falls from the highest level so far, in per cent, 0 or less. */
static void make_drops(const double *level, uint64_t count, double *out)
{
    double peak = NAN;
    for (uint64_t t = 0; t < count; ++t) {
        peak = isnan(peak) || level[t] > peak ? level[t] : peak;
        out[t] = peak > 0 ? 100.0 * (level[t] / peak - 1.0) : NAN;
    }
}

static void widen(const double *level, uint64_t count, double *lo, double *hi)
{
    for (uint64_t t = 0; t < count; ++t) {
        if (!isfinite(level[t])) continue;
        *lo = fmin(*lo, level[t]);
        *hi = fmax(*hi, level[t]);
    }
}

static void put_key(report_page *p)
{
    char drop[SHOW_MAX], gain[SHOW_MAX];
    const td_var share = {.name = "total_return", .dtype = TD_F64};
    text_add(&p->out, "<ul class=\"key\">");
    for (uint32_t c = 0; c < REPORT_CURVES_MAX; ++c) {
        const report_curve *curve = &p->in->curve[c];
        if (!curve->level) continue;
        const panel_hold made = level_hold_of(curve->level, p->in->panel->bar_count,
                                              &(panel_hold_rules){.year = p->in->year, .ddof = 1});
        text_format(&p->out, "<li><span class=\"keyline k%u\"></span>", c);
        text_escape(&p->out, curve->name);
        text_format(&p->out, ": %s, largest drawdown %s</li>",
                    report_show(gain, &share, made.total_return),
                    report_show(drop, &share, made.max_drawdown));
    }
    text_add(&p->out, "</ul>\n");
}

static void put_chart(report_page *p)
{
    const market_report *in = p->in;
    const uint64_t bars = in->panel->bar_count;
    svg s = {&p->out, false};
    char class_[8];
    double lo = INFINITY, hi = -INFINITY, low = 0, none = 0;
    for (uint32_t c = 0; c < REPORT_CURVES_MAX; ++c) {
        if (!in->curve[c].level) continue;
        widen(in->curve[c].level, bars, &lo, &hi);
        make_drops(in->curve[c].level, bars, p->value);
        widen(p->value, bars, &low, &none);
    }
    if (!(hi >= lo)) return;
    scale_widen(&lo, &hi, 0.04);
    scale_widen(&low, &none, 0.02);
    const scale x = {0, (double)(bars - 1), LEFT, RIGHT};
    const scale y = {lo, hi, EQUITY_LOW, EQUITY_TOP}, d = {low, 0, DROP_LOW, DROP_TOP};
    svg_begin(&s, WIDE, 466, "Equity, and drawdown below it");
    axis_y(&s, &y, LEFT, 6, RIGHT - LEFT, "equity, 1 at the start");
    axis_y(&s, &d, LEFT, 4, RIGHT - LEFT, "drawdown, %");
    put_dates(&s, in->panel, &x, EQUITY_TOP, DROP_LOW);
    for (uint32_t c = REPORT_CURVES_MAX; c-- > 0;) {
        if (!in->curve[c].level) continue;
        snprintf(class_, sizeof class_, "l%u", c % COLOUR_GROUPS);
        put_curve(&s, class_, in->curve[c].level, bars, &x, &y);
        make_drops(in->curve[c].level, bars, p->value);
        if (c < 2) put_curve(&s, class_, p->value, bars, &x, &d);
    }
    svg_end(&s);
}

void report_curves(report_page *p)
{
    static const char chosen_here[] = " This point was chosen on these same bars.";
    const market_report *in = p->in;
    char line[TEXT_FORMAT_MAX], label[OUTCOME_LABEL_MAX], number[SHOW_MAX];
    report_section(p, "curves", "Equity");
    if (!in->curve[0].level || in->panel->bar_count < 2) {
        report_note(p, "There is no curve: nothing was traded, or there are too few bars.");
        report_section_end(p);
        return;
    }
    put_key(p);
    text_add(&p->out, "<figure><div class=\"wide\">");
    put_chart(p);
    text_add(&p->out, "</div></figure>\n");
    outcome_label(in->o, in->point, label);
    const bool is_best = in->point == p->best;
    if (in->o->symbol)
        snprintf(line, sizeof line,
                 "%s%s%s. The first curve is the mean of the accounts of %s symbols, each with the "
                 "same cash at the start and never rebalanced; a symbol's account is cash before "
                 "its first bar.%s",
                 is_best ? "The best point" : "The point that was asked for", *label ? ": " : "",
                 label, show_count(number, in->traced), is_best ? chosen_here : "");
    else
        snprintf(line, sizeof line, "%s%s%s: one portfolio.%s",
                 is_best ? "The best point" : "The point that was asked for", *label ? ": " : "",
                 label, is_best ? chosen_here : "");
    report_note(p, line);
    report_section_end(p);
}

/* ---- Months --------------------------------------------------------------------------------- */

static const char *tint(double gain)
{
    static const char *const up[] = {"u1", "u2", "u3", "u4"}, *const down[] = {"v1", "v2", "v3",
                                                                               "v4"};
    const double size = fabs(gain);
    const int step = size < 0.01 ? 0 : size < 0.03 ? 1 : size < 0.06 ? 2 : 3;
    if (isnan(gain) || size < 0.0005) return "";
    return gain > 0 ? up[step] : down[step];
}

static void put_gain(report_page *p, double gain, bool is_year)
{
    char number[SHOW_MAX];
    text_format(&p->out, "<td class=\"%s%s\">", tint(gain), is_year ? " y" : "");
    if (!isnan(gain)) text_add(&p->out, show_fixed(number, 100 * gain, 1));
    text_add(&p->out, "</td>");
}

/* The returns of the months of one year from the level at the end of the month before; level is
 * moved on to the end of the year. */
static uint64_t put_year(report_page *p, uint64_t first, double *level)
{
    const market_report *in = p->in;
    const double *equity = in->curve[0].level;
    const int year = date_of(in->panel->time[first]).year;
    double gain[12], before = *level, month_start = *level;
    uint64_t t = first;
    for (int m = 0; m < 12; ++m)
        gain[m] = NAN;
    for (; t < in->panel->bar_count; ++t) {
        const date d = date_of(in->panel->time[t]);
        if (d.year != year) break;
        if (t > first && begins(in->panel, t, STRIDE_MONTH)) month_start = *level;
        if (isfinite(equity[t])) *level = equity[t];
        gain[d.month - 1] = month_start > 0 ? *level / month_start - 1.0 : NAN;
    }
    text_format(&p->out, "<tr><th>%d</th>", year);
    for (int m = 0; m < 12; ++m)
        put_gain(p, gain[m], false);
    put_gain(p, before > 0 ? *level / before - 1.0 : NAN, true);
    text_add(&p->out, "</tr>\n");
    return t;
}

void report_months(report_page *p)
{
    static const char *const month[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const market_report *in = p->in;
    uint64_t t = 0;
    double level = 1.0;
    report_section(p, "months", "Months");
    if (!in->curve[0].level || in->panel->bar_count < 2) {
        report_note(p, "There is no curve, so there are no months.");
        report_section_end(p);
        return;
    }
    text_add(&p->out, "<div class=\"scroll\"><table class=\"months\"><thead><tr><th></th>");
    for (int m = 0; m < 12; ++m)
        text_format(&p->out, "<th>%s</th>", month[m]);
    text_add(&p->out, "<th class=\"y\">Year</th></tr></thead><tbody>\n");
    for (int rows = 0; t < in->panel->bar_count && rows < YEARS_MAX; ++rows)
        t = put_year(p, t, &level);
    text_add(&p->out, "</tbody></table></div>\n");
    report_note(p, "Returns of the first curve in each month, in per cent.");
    if (t < in->panel->bar_count) report_note(p, "Later years are left out of this table.");
    report_section_end(p);
}
