/* top_draw.c - from samples and runs to lines of text. What is shown depends on the room there is:
 * a device or run takes several lines where they fit, and one where they do not. */
#include "cli/top_line.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define LABEL_COLUMNS    13 /* "  statistics " */
#define PERCENT_WIDTH    6  /* " 100 %" */
#define MEMORY_WIDTH     30 /* "  1023.9 of 1024.0 GiB CRITICAL" less the blank before */
#define HISTORY_LEAST    8  /* cells; a shorter one says nothing */
#define HISTORY_MOST     512
#define WIDE_COLUMNS     110 /* from here on memory has a history, too */
#define SHORT_COLUMNS    60  /* below, a line holds what is wanted most */
#define SHORT_PRESSURE   17  /* columns from the memory of such a line to its pressure */
#define SHORT_REST       27
#define TEMPERATURE_WARM 75.0
#define TEMPERATURE_HOT  87.0
#define QUIET_SECONDS    10.0 /* without news of a run: then it is told */
#define SPEED_WIDTH      44   /* behind the history of a run's rate */

/* How many lines a device and a run take. */
typedef struct detail {
    uint32_t device, run;
    bool gaps; /* a blank line behind what takes several */
} detail;

/* ---- Numbers ---------------------------------------------------------------------------- */

static void show_number(double value, const char *unit, char *out, size_t size)
{
    if (isfinite(value)) snprintf(out, size, "%.0f%s", value, unit);
    else snprintf(out, size, "-");
}

/* "312 of 700 W", "312 W", "-" */
static void show_part(double value, double most, const char *unit, char *out, size_t size)
{
    if (isfinite(value) && isfinite(most)) snprintf(out, size, "%.0f of %.0f%s", value, most, unit);
    else show_number(value, unit, out, size);
}

static void show_percent(double share, char *out, size_t size)
{
    if (isfinite(share)) snprintf(out, size, " %3.0f %%", 100.0 * share);
    else snprintf(out, size, "   - %%");
}

static void show_time(double seconds, char *out, size_t size)
{
    if (!(seconds >= 0.0) || seconds > 1e9) {
        snprintf(out, size, "-");
        return;
    }
    const uint64_t all = (uint64_t)(seconds + 0.5), hours = all / 3600;
    if (hours)
        snprintf(out, size, "%" PRIu64 ":%02u:%02u", hours, (unsigned)(all / 60 % 60),
                 (unsigned)(all % 60));
    else snprintf(out, size, "%u:%02u", (unsigned)(all / 60), (unsigned)(all % 60));
}

/* 1234567 units as "1.23 M". */
static void show_rate(double rate, char *out, size_t size)
{
    static const char *const prefix[] = {"", " k", " M", " G", " T"};
    size_t step = 0;
    if (!isfinite(rate)) {
        snprintf(out, size, "- units/s");
        return;
    }
    while (rate >= 999.5 && step + 1 < sizeof prefix / sizeof *prefix) {
        rate /= 1000.0;
        step += 1;
    }
    const int digits = rate < 9.995 ? 2 : rate < 99.95 ? 1 : 0;
    snprintf(out, size, "%.*f%s units/s", digits, rate, prefix[step]);
}

/* "7.0 of 80.0 GiB" */
static void show_memory(const td_sample *now, bool narrow, char *out, size_t size)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    double used = (double)now->memory_bytes_used, total = (double)now->memory_bytes_total;
    size_t unit = 0;
    if (now->memory_bytes_total == 0) {
        snprintf(out, size, "-");
        return;
    }
    for (; total >= 9999.5 && unit < 4; ++unit) {
        used /= 1024.0;
        total /= 1024.0;
    }
    if (unit == 2 && total >= 1024.0) {
        used /= 1024.0;
        total /= 1024.0;
        unit = 3;
    }
    snprintf(out, size, narrow ? "%.1f/%.1f %s" : "%.1f of %.1f %s", used, total, units[unit]);
}

static void show_count(uint64_t count, char *out, size_t size)
{
    paper page = {0};
    paper_add_count(&page, count);
    snprintf(out, size, "%s", page.data ? page.data : "-");
    paper_free(&page);
}

/* ---- Parts of a device ------------------------------------------------------------------ */

static const td_sample *newest(const top_device *device)
{
    return &device->history[device->count - 1];
}

static double busy_share(const td_sample *sample)
{
    return sample->utilisation / 100.0;
}

static double memory_share(const td_sample *sample)
{
    if (sample->memory_bytes_total == 0) return NAN;
    return (double)sample->memory_bytes_used / (double)sample->memory_bytes_total;
}

static top_ink pressure_ink(const td_sample *sample)
{
    if (sample->memory_bytes_total == 0) return INK_DIM;
    switch (sample->pressure) {
    case TD_PRESSURE_LOW: return INK_CALM;
    case TD_PRESSURE_MEDIUM: return INK_WARM;
    case TD_PRESSURE_HIGH: return INK_HOT;
    case TD_PRESSURE_CRITICAL: return INK_ALARM;
    }
    return INK_PLAIN;
}

static void add_history(top_page *page, const top_device *device, top_ink ink,
                        double (*share)(const td_sample *), uint32_t cells)
{
    double value[HISTORY_MOST];
    if (cells > HISTORY_MOST) cells = HISTORY_MOST;
    const uint32_t count = device->count < cells ? device->count : cells;
    if (cells < HISTORY_LEAST) return;
    for (uint32_t i = 0; i < count; ++i)
        value[i] = share(&device->history[device->count - count + i]);
    top_line_history(page, ink, value, count, 1.0, cells);
}

static void add_percent(top_page *page, double share)
{
    char text[32];
    show_percent(share, text, sizeof text);
    top_line_text(page, INK_PLAIN, 0, text);
}

static void add_pressure(top_page *page, const td_sample *now)
{
    if (now->memory_bytes_total > 0)
        top_line_textf(page, pressure_ink(now), " %s", td_pressure_name(now->pressure));
}

static const char *degrees(const top_page *page)
{
    return page->style->utf8 ? " \xc2\xb0"
                               "C"
                             : " C";
}

static top_ink temperature_ink(double celsius)
{
    if (celsius >= TEMPERATURE_HOT) return INK_HOT;
    return celsius >= TEMPERATURE_WARM ? INK_WARM : INK_PLAIN;
}

static void add_fact(top_page *page, const char *name, top_ink ink, const char *value)
{
    top_line_textf(page, INK_DIM, "%s%s ", page->column > 2 ? "   " : "", name);
    top_line_text(page, ink, 0, value);
}

static void add_facts(top_page *page, const top_device *device)
{
    const td_sample *now = newest(device);
    char text[64];
    show_number(now->temperature, degrees(page), text, sizeof text);
    add_fact(page, "temp", temperature_ink(now->temperature), text);
    show_part(now->power, now->power_limit, " W", text, sizeof text);
    add_fact(page, "power", INK_PLAIN, text);
    show_part(now->clock, now->clock_max, " MHz", text, sizeof text);
    add_fact(page, "clock", INK_PLAIN, text);
    if (device->about.kind == TD_CPU) return;
    show_number(now->memory_clock, " MHz", text, sizeof text);
    add_fact(page, "memory", INK_PLAIN, text);
    if (page->style->columns < WIDE_COLUMNS) return;
    show_number(now->memory_utilisation, " %", text, sizeof text);
    add_fact(page, "bandwidth", INK_PLAIN, text);
}

/* ---- A device --------------------------------------------------------------------------- */

static uint32_t bar_cells(const top_page *page)
{
    const uint32_t columns = page->style->columns;
    const uint32_t cells = columns < SHORT_COLUMNS ? columns / 4 : columns / 4 + 4;
    if (cells > 36) return 36;
    const uint32_t taken = LABEL_COLUMNS + PERCENT_WIDTH;
    return cells + taken <= columns ? cells : columns > taken ? columns - taken : 1;
}

static void add_label(top_page *page, const char *name)
{
    top_line_to(page, 2);
    top_line_text(page, INK_DIM, LABEL_COLUMNS - 3, name);
    top_line_to(page, LABEL_COLUMNS);
}

static void add_title(top_page *page, const top_device *device, bool right)
{
    char text[64];
    top_line_textf(page, INK_BOLD, " %s", device->about.title);
    if (!right) return;
    if (device->about.kind == TD_GPU) snprintf(text, sizeof text, "%s", device->about.pci);
    else snprintf(text, sizeof text, "%" PRIu32 " cores", device->about.cores);
    top_line_right(page, INK_DIM, text);
}

static void draw_full(top_page *page, const top_device *device)
{
    const td_sample *now = newest(device);
    const uint32_t cells = bar_cells(page);
    const bool wide = page->style->columns >= WIDE_COLUMNS;
    const uint32_t histories = LABEL_COLUMNS + cells + PERCENT_WIDTH + MEMORY_WIDTH;
    char text[64];
    add_title(page, device, true);
    top_line_end(page);
    add_label(page, "busy");
    top_line_bar(page, INK_BAR, busy_share(now), cells);
    add_percent(page, busy_share(now));
    top_line_to(page, wide ? histories : page->column + 2);
    add_history(page, device, INK_BAR, busy_share, top_line_room(page));
    top_line_end(page);
    add_label(page, "memory");
    top_line_bar(page, pressure_ink(now), memory_share(now), cells);
    add_percent(page, memory_share(now));
    show_memory(now, false, text, sizeof text);
    if (page->style->columns < SHORT_COLUMNS) add_pressure(page, now);
    top_line_textf(page, INK_PLAIN, "  %s", text);
    if (page->style->columns >= SHORT_COLUMNS) add_pressure(page, now);
    if (wide) {
        top_line_to(page, histories);
        add_history(page, device, pressure_ink(now), memory_share, top_line_room(page));
    }
    top_line_end(page);
    top_line_to(page, 2);
    add_facts(page, device);
    top_line_end(page);
}

/* The facts of one line: what is most wanted first, since a narrow terminal cuts the rest. */
static void add_short_facts(top_page *page, const td_sample *now)
{
    const bool narrow = page->style->columns < SHORT_COLUMNS;
    const uint32_t begin = page->column;
    char text[64];
    show_memory(now, true, text, sizeof text);
    if (narrow) add_pressure(page, now);
    top_line_textf(page, INK_PLAIN, "  %s", text);
    if (!narrow) {
        top_line_to(page, begin + SHORT_PRESSURE);
        add_pressure(page, now);
        top_line_to(page, begin + SHORT_REST);
    }
    if (isfinite(now->temperature)) {
        show_number(now->temperature, degrees(page), text, sizeof text);
        top_line_text(page, INK_PLAIN, 0, "  ");
        top_line_text(page, temperature_ink(now->temperature), 0, text);
    }
    if (isfinite(now->power)) top_line_textf(page, INK_PLAIN, "  %.0f W", now->power);
}

static void draw_short(top_page *page, const top_device *device)
{
    const td_sample *now = newest(device);
    const uint32_t columns = page->style->columns;
    const uint32_t title = columns >= 100 ? 30 : columns >= SHORT_COLUMNS ? 20 : columns / 3;
    top_line_to(page, 1);
    top_line_text(page, INK_BOLD, title, device->about.title);
    top_line_to(page, title + 2);
    top_line_bar(page, INK_BAR, busy_share(now), columns >= SHORT_COLUMNS ? 10 : 4);
    add_percent(page, busy_share(now));
    add_short_facts(page, now);
    top_line_to(page, columns > WIDE_COLUMNS ? 95 : columns);
    add_history(page, device, INK_BAR, busy_share, top_line_room(page));
    top_line_end(page);
}

/* ---- A run ------------------------------------------------------------------------------ */

static double run_seconds_left(const publish_run *run, double now)
{
    const double left = run->seconds_left - (now - run->updated);
    return left > 0.0 ? left : isnan(left) ? left : 0.0;
}

static double run_rate_most(const publish_run *run)
{
    double most = 0.0;
    for (uint32_t i = 0; i < run->history_count; ++i)
        if (run->history[i] > most) most = run->history[i];
    return most;
}

static void add_units(top_page *page, const publish_run *run, double now)
{
    char done[32], total[32], running[32];
    show_count(run->units_done, done, sizeof done);
    show_count(run->units_total, total, sizeof total);
    show_count(run->units_running, running, sizeof running);
    top_line_textf(page, INK_PLAIN, "  %s of %s units", done, total);
    if (run->units_running) top_line_textf(page, INK_PLAIN, ", %s in flight", running);
    if (now - run->updated >= QUIET_SECONDS)
        top_line_textf(page, INK_WARM, ", silent %.0f s", now - run->updated);
}

static void add_run_title(top_page *page, const publish_run *run, uint32_t width)
{
    const uint32_t begin = page->column;
    top_line_text(page, INK_BOLD, width, run->command);
    const uint32_t used = page->column - begin;
    if (run->input[0] && used + 3 < width) {
        top_line_text(page, INK_PLAIN, 0, " ");
        top_line_text(page, INK_PLAIN, width - used - 1, run->input);
    }
}

static void draw_run_full(top_page *page, const publish_run *run, double now)
{
    char text[320], rate[48], ran[32], left[32];
    const uint32_t columns = page->style->columns, cells = bar_cells(page);
    snprintf(text, sizeof text, "pid %" PRId64 "%s%s", run->pid, run->devices[0] ? " on " : "",
             run->devices);
    const uint32_t behind = top_line_width(page, text) + 2;
    top_line_to(page, 1);
    add_run_title(page, run, columns > behind + 30 ? columns - behind - 2 : columns);
    top_line_right(page, INK_DIM, text);
    top_line_end(page);
    add_label(page, run->step[0] ? run->step : "done");
    top_line_bar(page, INK_CALM, run->share, cells);
    add_percent(page, run->share);
    add_units(page, run, now);
    top_line_end(page);
    show_rate(run->rate, rate, sizeof rate);
    show_time(now - run->begun, ran, sizeof ran);
    show_time(run_seconds_left(run, now), left, sizeof left);
    add_label(page, "speed");
    const uint32_t taken = LABEL_COLUMNS + SPEED_WIDTH;
    top_line_history(page, INK_CALM, run->history, run->history_count, run_rate_most(run),
                     columns > taken + cells ? columns - taken : cells);
    top_line_textf(page, INK_PLAIN, "  %s", rate);
    top_line_text(page, INK_DIM, 0, "   left ");
    top_line_text(page, INK_PLAIN, 0, left);
    top_line_text(page, INK_DIM, 0, "   ran ");
    top_line_text(page, INK_PLAIN, 0, ran);
    top_line_end(page);
}

static void draw_run_short(top_page *page, const publish_run *run, double now)
{
    char rate[48], left[32];
    const uint32_t columns = page->style->columns;
    const uint32_t title = columns >= 100 ? 40 : columns >= SHORT_COLUMNS ? 20 : columns / 3;
    show_rate(run->rate, rate, sizeof rate);
    show_time(run_seconds_left(run, now), left, sizeof left);
    top_line_to(page, 1);
    add_run_title(page, run, title);
    top_line_to(page, title + 2);
    top_line_bar(page, INK_CALM, run->share, columns >= SHORT_COLUMNS ? 10 : 4);
    add_percent(page, run->share);
    top_line_textf(page, INK_PLAIN, "  %s, %s left", rate, left);
    if (run->devices[0]) top_line_textf(page, INK_DIM, "  %s", run->devices);
    top_line_end(page);
}

/* ---- The page --------------------------------------------------------------------------- */

static void draw_head(top_page *page, const top_view *view)
{
    char text[128];
    top_line_text(page, INK_BOLD, 0, " tandem top");
    top_line_textf(page, INK_DIM, "   %s   every %g s", view->host, view->interval);
    snprintf(text, sizeof text, page->style->live ? "q quits   %s" : "%s", view->clock);
    top_line_right(page, INK_DIM, text);
    top_line_end(page);
}

static uint32_t lines_needed(const top_view *view, detail of)
{
    const uint32_t gap = of.gaps ? 1 : 0, device = of.device > 1 ? of.device + gap : of.device;
    const uint32_t runs = view->run_count ? view->run_count * (of.run + gap) : 1;
    /* The head, the rule above the runs, and the reason why there is no GPU. */
    return 2 + (view->note[0] ? 1 : 0) + gap + view->device_count * device + runs;
}

/* The first that fits; if none does, the shortest. */
static detail choose_detail(const top_view *view, uint32_t rows)
{
    static const detail ways[] = {{4, 3, true}, {4, 3, false}, {4, 1, false},
                                  {1, 3, true}, {1, 3, false}, {1, 1, false}};
    const size_t count = sizeof ways / sizeof *ways;
    for (size_t i = 0; i < count; ++i)
        if (rows == 0 || lines_needed(view, ways[i]) <= rows) return ways[i];
    return ways[count - 1];
}

static void draw_gap(top_page *page, detail of)
{
    if (of.gaps) top_line_end(page);
}

/* How many of count things of one line each are shown in room lines: all, or as many as leave a
 * line to tell how many are not. */
static uint32_t shown_of(uint32_t count, uint32_t room)
{
    if (count <= room) return count;
    return room > 0 ? room - 1 : 0;
}

static void draw_more(top_page *page, uint32_t count, const char *thing)
{
    if (count == 0) return;
    top_line_textf(page, INK_DIM, " and %" PRIu32 " more %s%s", count, thing,
                   count == 1 ? "" : "s");
    top_line_end(page);
}

static void draw_devices(top_page *page, const top_view *view, detail of, uint32_t room)
{
    const uint32_t shown = of.device > 1 ? view->device_count : shown_of(view->device_count, room);
    for (uint32_t i = 0; i < shown; ++i) {
        if (of.device > 1) {
            draw_full(page, &view->device[i]);
            draw_gap(page, of);
        } else {
            draw_short(page, &view->device[i]);
        }
    }
    draw_more(page, view->device_count - shown, "device");
}

static void draw_runs(top_page *page, const top_view *view, detail of, uint32_t room)
{
    char title[64];
    const uint32_t shown = of.run > 1 ? view->run_count : shown_of(view->run_count, room);
    snprintf(title, sizeof title, view->run_count > 1 ? "%" PRIu32 " runs" : "runs",
             view->run_count);
    top_line_rule(page, title);
    if (view->run_count == 0) {
        top_line_text(page, INK_DIM, 0, " no run of tandem is under way");
        top_line_end(page);
    }
    for (uint32_t i = 0; i < shown; ++i) {
        if (of.run > 1) draw_run_full(page, &view->run[i], view->now);
        else draw_run_short(page, &view->run[i], view->now);
        if (i + 1 < shown) draw_gap(page, of);
    }
    draw_more(page, view->run_count - shown, "run");
}

void top_draw(paper *out, const top_view *view, const top_style *style)
{
    top_page page = {out, style, 0, 0};
    const detail of = choose_detail(view, style->rows);
    draw_head(&page, view);
    if (view->note[0]) {
        top_line_textf(&page, INK_DIM, " no GPU: %s", view->note);
        top_line_end(&page);
    }
    draw_gap(&page, of);
    /* Where not everything fits, runs have half of what is left at least. */
    uint32_t rows = style->rows ? style->rows : UINT32_MAX, runs = view->run_count;
    rows -= page.row < rows ? page.row : rows;
    if (rows > 0) rows -= 1;
    if (runs == 0) runs = 1;
    if (runs > rows / 2) runs = rows / 2;
    const uint32_t room = rows - runs;
    draw_devices(&page, view, of, room);
    const uint32_t used = view->device_count < room ? view->device_count : room;
    draw_runs(&page, view, of, rows - used);
}
