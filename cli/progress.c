/* progress.c - see progress.h. */
#include "cli/progress.h"

#include "cli/publish.h"
#include "cli/signals.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.1
#define LINE_SECONDS   5.0
#define BAR_CELLS_MAX  40
#define STEP_BYTES_MAX 32
#define LINE_BYTES_MAX 512

struct progress {
    pthread_mutex_t lock;
    progress_style style;
    bool shown; /* a bar stands on the terminal */
    bool colour;
    double started, drawn;
    char step[STEP_BYTES_MAX];
    double step_started; /* time and cost of the first report of this step: what was */
    double step_cost;    /* resumed is no work of this run */
    uint64_t step_units;
    td_progress now;
    char measured[STEP_BYTES_MAX];
    double count;
    const char *thing;
    publish *publish; /* NULL: nobody else is told */
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

progress_style progress_choose(bool quiet)
{
    const char *term = getenv("TERM");
    if (quiet) return PROGRESS_NONE;
    if (!isatty(STDERR_FILENO) || !term || !*term || strcmp(term, "dumb") == 0)
        return PROGRESS_LINES;
    return PROGRESS_BAR;
}

progress *progress_start(progress_style style)
{
    progress *bar = calloc(1, sizeof *bar);
    if (!bar) return NULL;
    if (pthread_mutex_init(&bar->lock, NULL) != 0) {
        free(bar);
        return NULL;
    }
    const char *plain = getenv("NO_COLOR");
    bar->style = style;
    bar->colour = style == PROGRESS_BAR && !(plain && *plain);
    bar->started = seconds_now();
    bar->drawn = style == PROGRESS_LINES ? bar->started : bar->started - REDRAW_SECONDS;
    return bar;
}

void progress_measure(progress *bar, const char *step, double count, const char *thing)
{
    if (!bar) return;
    pthread_mutex_lock(&bar->lock);
    snprintf(bar->measured, sizeof bar->measured, "%s", step);
    bar->count = count;
    bar->thing = thing;
    pthread_mutex_unlock(&bar->lock);
}

/* ---- What a line says ------------------------------------------------------------------- */

static double step_done(const progress *bar)
{
    const td_progress *now = &bar->now;
    double done = 0.0;
    if (now->cost_total > 0.0) done = now->cost_done / now->cost_total;
    else if (now->units_total) done = (double)now->units_done / (double)now->units_total;
    return done < 0.0 ? 0.0 : done > 1.0 ? 1.0 : done;
}

/* 1234567 as "1.23 M". */
static void show_rate(double rate, char *out, size_t size)
{
    static const char *const prefix[] = {"", " k", " M", " G", " T"};
    size_t step = 0;
    while (rate >= 1000.0 && step + 1 < sizeof prefix / sizeof *prefix) {
        rate /= 1000.0;
        step += 1;
    }
    snprintf(out, size,
             rate < 10.0    ? "%.2f%s"
             : rate < 100.0 ? "%.1f%s"
                            : "%.0f%s",
             rate, prefix[step]);
}

static void show_left(double seconds, char *out, size_t size)
{
    /* Costs that are added one by one may end a rounding above their total. */
    if (seconds < 0.5) snprintf(out, size, "0 s left");
    else if (seconds < 100.0) snprintf(out, size, "%.0f s left", seconds);
    else if (seconds < 6000.0) snprintf(out, size, "%.0f min left", seconds / 60.0);
    else snprintf(out, size, "%.1f h left", seconds / 3600.0);
}

/* Rate and time left, from the work of this run only; empty while there is none. */
static void show_speed(const progress *bar, double now, char *out, size_t size)
{
    const double seconds = now - bar->step_started;
    const double cost = bar->now.cost_done - bar->step_cost;
    char rate[32], left[32];
    out[0] = 0;
    if (seconds <= 0.0 || cost <= 0.0 || bar->now.cost_total <= 0.0) return;
    const bool things = bar->thing && strcmp(bar->measured, bar->step) == 0;
    const double done = things ? bar->count * cost / bar->now.cost_total
                               : (double)(bar->now.units_done - bar->step_units);
    show_rate(done / seconds, rate, sizeof rate);
    show_left((bar->now.cost_total - bar->now.cost_done) * seconds / cost, left, sizeof left);
    snprintf(out, size, ", %s %s/s, %s", rate, things ? bar->thing : "units", left);
}

static int terminal_columns(void)
{
    struct winsize size = {0};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 80;
    return size.ws_col;
}

static void draw_bar(progress *bar, double now)
{
    char speed[128], tail[192], line[LINE_BYTES_MAX];
    const double done = step_done(bar);
    const int columns = terminal_columns() - 1;
    show_speed(bar, now, speed, sizeof speed);
    snprintf(tail, sizeof tail, " %3.0f %%%s", 100.0 * done, speed);
    int cells = columns - (int)strlen(bar->step) - (int)strlen(tail) - 3;
    if (cells > BAR_CELLS_MAX) cells = BAR_CELLS_MAX;
    char track[BAR_CELLS_MAX + 1] = {0};
    for (int i = 0; i < cells; ++i)
        track[i] = i < (int)(done * cells) ? '#' : '.';
    const int room = columns - (int)strlen(bar->step) - (cells > 0 ? cells + 3 : 0);
    snprintf(line, sizeof line, "\r\033[K%s%s%s%s%s%.*s", bar->step, cells > 0 ? " [" : "",
             bar->colour && cells > 0 ? "\033[36m" : "", track,
             cells > 0 ? bar->colour ? "\033[0m]" : "]" : "", room > 0 ? room : 0, tail);
    fputs(line, stderr);
    fflush(stderr);
    bar->shown = true;
    signals_bar(true);
}

static void erase_bar(progress *bar)
{
    if (!bar->shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    bar->shown = false;
    signals_bar(false);
}

/* ---- Reports ---------------------------------------------------------------------------- */

void progress_update(progress *bar, const char *step, const td_progress *report)
{
    if (!bar) return;
    pthread_mutex_lock(&bar->lock);
    const double now = seconds_now();
    if (strncmp(bar->step, step, sizeof bar->step - 1) != 0) {
        snprintf(bar->step, sizeof bar->step, "%s", step);
        bar->step_started = now;
        bar->step_cost = report->cost_done;
        bar->step_units = report->units_done;
    }
    bar->now = *report;
    publish_update(bar->publish, step, report);
    if (bar->style == PROGRESS_BAR && now - bar->drawn >= REDRAW_SECONDS) {
        draw_bar(bar, now);
        bar->drawn = now;
    } else if (bar->style == PROGRESS_LINES && now - bar->drawn >= LINE_SECONDS) {
        char speed[128];
        show_speed(bar, now, speed, sizeof speed);
        fprintf(stderr, "%s: %.0f %%%s\n", bar->step, 100.0 * step_done(bar), speed);
        bar->drawn = now;
    }
    pthread_mutex_unlock(&bar->lock);
}

static void write_above(progress *bar, const char *text, const char *end)
{
    if (!bar) {
        fprintf(stderr, "%s%s", text, end);
        return;
    }
    pthread_mutex_lock(&bar->lock);
    erase_bar(bar);
    fprintf(stderr, "%s%s", text, end);
    pthread_mutex_unlock(&bar->lock);
}

void progress_publish(progress *bar, const char *command, const char *input)
{
    if (bar && !bar->publish) bar->publish = publish_create(command, input);
}

const char *progress_problem(const progress *bar)
{
    return bar ? publish_problem(bar->publish) : NULL;
}

void progress_line(progress *bar, const char *line)
{
    write_above(bar, line, "\n");
}

void progress_text(progress *bar, const char *text)
{
    write_above(bar, text, "");
}

void progress_state(progress *bar, const char **step, double *done)
{
    *step = bar ? bar->step : "";
    *done = bar ? step_done(bar) : 0.0;
}

void progress_end(progress *bar, bool success)
{
    if (!bar) return;
    publish_end(bar->publish);
    erase_bar(bar);
    if (bar->style == PROGRESS_LINES && success)
        fprintf(stderr, "done in %.2f s\n", seconds_now() - bar->started);
    pthread_mutex_destroy(&bar->lock);
    free(bar);
}
