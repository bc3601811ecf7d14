/* report_candles.c - the trades of one symbol on its bars: a still of the last ones, the numbers
 * that the script zooms in, and the trades as a table. */
#include "market/report_page.h"

#include "market/dates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BARS_MAX   6000 /* that the page carries: some 300 kB */
#define STILL_BARS 120
#define ROWS_MAX   200
#define WIDE       1080.0
#define LEFT       66.0
#define RIGHT      1066.0
#define TOP        12.0
#define LOW        360.0

typedef struct bars {
    const double *open, *high, *low, *close;
    uint64_t first, count; /* of the panel: what the page carries */
} bars;

static const double *price_of(const report_page *p, td_price which)
{
    const td_panel *panel = p->in->panel;
    const double *close = panel->price[TD_CLOSE];
    const double *price = panel->price[which] ? panel->price[which] : close;
    return price ? price + p->in->symbol * panel->bar_count : NULL;
}

/* A halted bar of open, high and low 0 is drawn as its close. */
static double shown_price(const bars *b, const double *price, uint64_t t)
{
    return price[t] > 0 ? price[t] : b->close[t];
}

static bool find_bars(const report_page *p, bars *b)
{
    const uint64_t count = p->in->panel->bar_count;
    *b = (bars){price_of(p, TD_OPEN),
                price_of(p, TD_HIGH),
                price_of(p, TD_LOW),
                price_of(p, TD_CLOSE),
                0,
                count};
    if (!b->close) return false;
    while (b->first < count && isnan(b->close[b->first]))
        b->first += 1;
    if (count - b->first > BARS_MAX) b->first = count - BARS_MAX;
    b->count = count - b->first;
    return b->count > 1;
}

/* "-1234567.5" as "-1,234,567.5". */
static void group_thousands(char number[SHOW_MAX])
{
    const size_t sign = strcspn(number, "0123456789"), digits = strspn(number + sign, "0123456789");
    char grouped[SHOW_MAX];
    size_t at = 0;
    if (digits < 4 || strlen(number) + digits / 3 >= sizeof grouped) return;
    for (size_t i = 0; number[i]; ++i) {
        grouped[at++] = number[i];
        const size_t left = sign + digits - i - 1; /* digits behind this one */
        if (i >= sign && i + 1 < sign + digits && left % 3 == 0) grouped[at++] = ',';
    }
    grouped[at] = 0;
    memcpy(number, grouped, at + 1);
}

/* Prices and money: six digits, or all in front of the point; without zeros at the end. */
static const char *show_price(char out[SHOW_MAX], double price)
{
    const double size = fabs(price);
    if (size >= 1e3 && size < 1e15) show_fixed(out, price, size < 1e4 ? 2 : size < 1e5 ? 1 : 0);
    else show_significant(out, price, 6);
    size_t bytes = strlen(out);
    if (strspn(out, "-0123456789.\xE2\x88\x92") != bytes) return out;
    while (strchr(out, '.') && out[bytes - 1] == '0')
        out[--bytes] = 0;
    if (out[bytes - 1] == '.') out[--bytes] = 0;
    if (size >= 1e3 && size < 1e15) group_thousands(out);
    return out;
}

/* ---- The still ------------------------------------------------------------------------------ */

static void put_candle(svg *s, const bars *b, uint64_t t, double x, double width, const scale *y)
{
    const double o = shown_price(b, b->open, t), c = b->close[t];
    const double high = scale_at(y, shown_price(b, b->high, t));
    const double low = scale_at(y, shown_price(b, b->low, t));
    const char *class_ = c >= o ? "up" : "down";
    const double top = scale_at(y, fmax(o, c)), bottom = scale_at(y, fmin(o, c));
    svg_line(s, class_, x, high, x, low);
    svg_rect(s, class_, x - 0.35 * width, top, 0.7 * width, fmax(bottom - top, 0.8));
}

static void put_trade(svg *s, const backtest_trade *one, uint64_t first, const scale *x,
                      const scale *y)
{
    char tip[160], number[SHOW_MAX];
    const uint64_t last = first + (uint64_t)x->hi;
    if (one->exit_bar < first || one->entry_bar > last) return;
    snprintf(tip, sizeof tip, "%s at %s", one->is_short ? "sold short" : "bought",
             show_price(number, one->entry_price));
    if (one->entry_bar >= first)
        svg_mark(s, "in", 1, scale_at(x, (double)(one->entry_bar - first)),
                 scale_at(y, one->entry_price), 6, tip);
    snprintf(tip, sizeof tip, "closed at %s: %s", show_price(number, one->exit_price),
             trade_reason_name(one->reason));
    if (one->exit_bar <= last)
        svg_mark(s, "out", 3, scale_at(x, (double)(one->exit_bar - first)),
                 scale_at(y, one->exit_price), 5, tip);
}

static void put_still(report_page *p, const bars *b)
{
    const backtest_trace *trace = p->in->trace;
    const uint64_t end = p->in->panel->bar_count;
    const uint64_t count = b->count < STILL_BARS ? b->count : STILL_BARS, first = end - count;
    double lo = INFINITY, hi = -INFINITY;
    char text_[DATES_TEXT_MAX];
    svg s = {&p->out, false};
    for (uint64_t t = first; t < end; ++t) {
        if (isnan(b->close[t])) continue;
        lo = fmin(lo, shown_price(b, b->low, t));
        hi = fmax(hi, shown_price(b, b->high, t));
    }
    if (!(hi >= lo)) return;
    scale_widen(&lo, &hi, 0.05);
    const scale x = {0, (double)(count - 1), LEFT + 8, RIGHT - 8}, y = {lo, hi, LOW, TOP};
    const double width = (RIGHT - LEFT - 16) / (double)count;
    svg_begin(&s, WIDE, LOW + 30, "Bars and trades");
    axis_y(&s, &y, LEFT, 6, RIGHT - LEFT, NULL);
    for (uint64_t t = first; t < end; ++t)
        if (!isnan(b->close[t])) put_candle(&s, b, t, scale_at(&x, (double)(t - first)), width, &y);
    for (uint64_t i = 0; i < trace->trade_count; ++i)
        if (trace->trade[i].symbol == p->in->symbol || !p->in->o->symbol)
            put_trade(&s, &trace->trade[i], first, &x, &y);
    svg_text(&s, "tl", SVG_START, LEFT, LOW + 18,
             date_text(p->in->panel->time[first], p->intraday, text_));
    svg_text(&s, "tl", SVG_END, RIGHT, LOW + 18,
             date_text(p->in->panel->time[end - 1], p->intraday, text_));
    svg_end(&s);
}

/* ---- The numbers for the script ------------------------------------------------------------- */

/* Seven significant digits: a price on a screen. */
static void put_json_number(text *out, double value)
{
    char number[SHOW_MAX];
    if (!isfinite(value)) {
        text_add(out, "null");
        return;
    }
    const double digits = value == 0 ? 6 : 6 - floor(log10(fabs(value)));
    const double unit = pow(10, fmin(fmax(digits, -300), 300));
    text_add(out, show_shortest(number, round(value * unit) / unit));
}

static void put_json_prices(report_page *p, const char *name, const bars *b, const double *price)
{
    text_format(&p->out, "\"%s\":[", name);
    for (uint64_t t = b->first; t < b->first + b->count; ++t) {
        if (t > b->first) text_add(&p->out, ",");
        put_json_number(&p->out, isnan(b->close[t]) ? NAN : shown_price(b, price, t));
    }
    text_add(&p->out, "],\n");
}

static void put_json(report_page *p, const bars *b)
{
    const backtest_trace *trace = p->in->trace;
    char text_[DATES_TEXT_MAX];
    bool first = true;
    text_add(&p->out, "<script type=\"application/json\" id=\"bars\">{\"date\":[");
    for (uint64_t t = b->first; t < b->first + b->count; ++t)
        text_format(&p->out, "%s\"%s\"", t > b->first ? "," : "",
                    date_text(p->in->panel->time[t], p->intraday, text_));
    text_add(&p->out, "],\n");
    put_json_prices(p, "open", b, b->open);
    put_json_prices(p, "high", b, b->high);
    put_json_prices(p, "low", b, b->low);
    put_json_prices(p, "close", b, b->close);
    text_add(&p->out, "\"trades\":[");
    for (uint64_t i = 0; i < trace->trade_count; ++i) {
        const backtest_trade *one = &trace->trade[i];
        if (one->symbol != p->in->symbol || one->exit_bar < b->first) continue;
        const uint64_t in = one->entry_bar > b->first ? one->entry_bar - b->first : 0;
        text_format(&p->out, "%s[%llu,%llu,%d,\"%s\",", first ? "" : ",", (unsigned long long)in,
                    (unsigned long long)(one->exit_bar - b->first), one->is_short ? 1 : 0,
                    trade_reason_name(one->reason));
        put_json_number(&p->out, one->entry_price);
        text_add(&p->out, ",");
        put_json_number(&p->out, one->exit_price);
        text_add(&p->out, ",");
        put_json_number(&p->out, one->gain);
        text_add(&p->out, "]");
        first = false;
    }
    text_add(&p->out, "]}</script>\n");
}

/* ---- The table ------------------------------------------------------------------------------ */

static void put_trade_row(report_page *p, uint64_t number, const backtest_trade *one)
{
    char a[DATES_TEXT_MAX], b[DATES_TEXT_MAX], n[SHOW_MAX], key[SHOW_MAX];
    const int64_t *time = p->in->panel->time;
    const td_var share = {.name = "total_return", .dtype = TD_F64};
    text *out = &p->out;
    text_format(out, "<tr><td class=\"n\" data-v=\"%llu\">%llu</td>", (unsigned long long)number,
                (unsigned long long)number);
    if (!p->in->o->symbol) {
        text_add(out, "<td>");
        text_escape(out, p->in->panel->symbol[one->symbol]);
        text_add(out, "</td>");
    }
    text_format(out, "<td>%s</td><td class=\"w\">%s</td><td class=\"w\">%s</td>",
                one->is_short ? "short" : "long", date_text(time[one->entry_bar], p->intraday, a),
                date_text(time[one->exit_bar], p->intraday, b));
    const uint64_t held = one->exit_bar - one->entry_bar;
    text_format(out, "<td class=\"n\" data-v=\"%llu\">%llu</td>", (unsigned long long)held,
                (unsigned long long)held);
    const double numbers[] = {one->entry_price, one->exit_price, one->costs, one->profit};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
        if (!isfinite(numbers[i])) {
            text_add(out, "<td class=\"n\" data-v=\"\"></td>");
            continue;
        }
        text_format(out, "<td class=\"n\" data-v=\"%s\">", show_shortest(key, numbers[i]));
        text_format(out, "%s</td>", show_price(n, numbers[i]));
    }
    text_format(out, "<td class=\"n\" data-v=\"%s\">",
                isfinite(one->gain) ? show_shortest(key, one->gain) : "");
    text_format(out, "%s</td><td>%s</td></tr>\n", report_show(n, &share, one->gain),
                trade_reason_name(one->reason));
}

static void put_trades(report_page *p)
{
    const backtest_trace *trace = p->in->trace;
    char line[TEXT_FORMAT_MAX], a[SHOW_MAX], b[SHOW_MAX];
    const uint64_t skip = trace->trade_count > ROWS_MAX ? trace->trade_count - ROWS_MAX : 0;
    if (trace->trade_count == 0) {
        report_note(p, "There were no trades.");
        return;
    }
    text_format(&p->out,
                "<div class=\"scroll\"><table class=\"sortable best\"><thead><tr><th "
                "class=\"n\">#</th>%s<th>Side</th><th>Entry</th><th>Exit</th><th "
                "class=\"n\">Bars</th><th class=\"n\">Entry price</th>"
                "<th class=\"n\">Exit price</th>"
                "<th class=\"n\">Costs</th><th class=\"n\">Profit</th><th class=\"n\">Gain</th>"
                "<th>Closed by</th></tr></thead><tbody>\n",
                p->in->o->symbol ? "" : "<th>Symbol</th>");
    for (uint64_t i = skip; i < trace->trade_count; ++i)
        put_trade_row(p, i + 1, &trace->trade[i]);
    text_add(&p->out, "</tbody></table></div>\n");
    if (skip) {
        snprintf(line, sizeof line, "The last %s of %s trades.", show_count(a, ROWS_MAX),
                 show_count(b, trace->trade_count));
        report_note(p, line);
    }
}

static const char form[] =
    "<form id=\"zoom\"><label>First bar<input type=\"range\" name=\"first\" min=\"0\" max=\"1\" "
    "value=\"0\"></label><label>Bars shown<input type=\"range\" name=\"count\" min=\"20\" "
    "max=\"400\" value=\"120\"></label><button type=\"button\" name=\"back\">Trade before"
    "</button><button type=\"button\" name=\"next\">Next trade</button></form>\n";

void report_candles(report_page *p)
{
    const market_report *in = p->in;
    bars b;
    report_section(p, "trades", "Trades");
    if (!in->trace || !find_bars(p, &b)) {
        report_note(p, "No symbol was looked at closely.");
        report_section_end(p);
        return;
    }
    text_add(&p->out, "<p>Symbol <b>");
    text_escape(&p->out, in->panel->symbol[in->symbol]);
    text_add(&p->out,
             "</b>, at the point of the curves above. Triangles are entries, diamonds exits.</p>\n"
             "<div class=\"chart\">");
    text_add(&p->out, form);
    text_add(&p->out, "<div class=\"wide\" id=\"candles\">");
    put_still(p, &b);
    text_add(&p->out, "</div></div>\n");
    put_json(p, &b);
    if (b.count == BARS_MAX && b.first > 0)
        report_note(p, "The chart holds the last bars only, so that this page stays small.");
    put_trades(p);
    report_section_end(p);
}
