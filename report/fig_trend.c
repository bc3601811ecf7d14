/* fig_trend.c - a measure from task to task: the mean of each group with its 95 % band. */
#include "report/estimate.h"
#include "report/fig.h"

#include <math.h>
#include <stdio.h>

#define WIDTH     216.0
#define HEIGHT    236.0
#define LEFT      42.0
#define TOP       48.0
#define BOTTOM    58.0
#define TASKS_MAX 60 /* that are drawn */

typedef struct trend {
    uint64_t tasks;
    mean_band at[TASKS_MAX];
} trend;

static void trend_of(const view *v, const subject_plot *p, uint64_t group, double *value, trend *t)
{
    const uint64_t units = view_units(v);
    t->tasks = v->tasks > TASKS_MAX ? TASKS_MAX : v->tasks;
    for (uint64_t task = 0; task < t->tasks; ++task) {
        view_unit_values(v, &p->value, &p->at, (int64_t)task, value);
        for (uint64_t u = 0; u < units; ++u)
            if (view_unit_group(v, u) != (int32_t)group) value[u] = NAN;
        t->at[task] = estimate_mean(value, units);
    }
}

static void trend_range(const trend *t, double *lo, double *hi)
{
    for (uint64_t i = 0; i < t->tasks; ++i) {
        const mean_band *b = &t->at[i];
        const double half = isnan(b->half) ? 0 : b->half;
        if (isnan(b->mean)) continue;
        *lo = fmin(*lo, b->mean - half);
        *hi = fmax(*hi, b->mean + half);
    }
}

static void put_band(svg *s, const trend *t, const scale *x, const scale *y, uint32_t group)
{
    char class_[16];
    uint64_t known = 0;
    for (uint64_t i = 0; i < t->tasks; ++i)
        known += !isnan(t->at[i].half);
    if (known < 2) return;
    snprintf(class_, sizeof class_, "band g%u", group % COLOUR_GROUPS);
    svg_path(s, class_);
    bool first = true;
    for (uint64_t i = 0; i < 2 * t->tasks; ++i) {
        const uint64_t task = i < t->tasks ? i : 2 * t->tasks - 1 - i;
        const mean_band *b = &t->at[task];
        if (isnan(b->half)) continue;
        const double at = scale_at(x, (double)task);
        const double up = scale_at(y, b->mean + (i < t->tasks ? b->half : -b->half));
        if (first) svg_move(s, at, up);
        else svg_to(s, at, up);
        first = false;
    }
    svg_path_end(s, true);
}

static void put_means(svg *s, const view *v, const trend *t, const scale *x, const scale *y,
                      uint32_t group)
{
    char class_[16], tip[400], mean[SHOW_MAX], half[SHOW_MAX];
    bool first = true;
    snprintf(class_, sizeof class_, "l%u", group % COLOUR_GROUPS);
    svg_path(s, class_);
    for (uint64_t i = 0; i < t->tasks; ++i) {
        if (isnan(t->at[i].mean)) continue;
        if (first) svg_move(s, scale_at(x, (double)i), scale_at(y, t->at[i].mean));
        else svg_to(s, scale_at(x, (double)i), scale_at(y, t->at[i].mean));
        first = false;
    }
    if (first) svg_move(s, scale_at(x, 0), y->from);
    svg_path_end(s, false);
    snprintf(class_, sizeof class_, "g%u", group % COLOUR_GROUPS);
    for (uint64_t i = 0; i < t->tasks; ++i) {
        if (isnan(t->at[i].mean)) continue;
        snprintf(tip, sizeof tip, "%.120s, task %.120s: %s \xC2\xB1 %s (n = %llu)",
                 v->group_name[group], v->task_name[i], show_significant(mean, t->at[i].mean, 4),
                 show_significant(half, t->at[i].half, 2), (unsigned long long)t->at[i].count);
        svg_mark(s, class_, group, scale_at(x, (double)i), scale_at(y, t->at[i].mean), 3.2, tip);
    }
}

static void put_task_axis(svg *s, const view *v, const scale *x, double y, uint64_t tasks)
{
    const double step = (x->to - x->from) / (double)(tasks > 1 ? tasks - 1 : 1);
    const uint64_t every = step >= 26 ? 1 : (uint64_t)ceil(26 / step);
    for (uint64_t i = 0; i < tasks; i += every) {
        svg_line(s, "ax", scale_at(x, (double)i), y, scale_at(x, (double)i), y + 4);
        svg_text_cut(s, "tl", SVG_MIDDLE, scale_at(x, (double)i), y + 16,
                     *v->task_name[i] ? v->task_name[i] : "\xE2\x80\x93",
                     (size_t)fmax(3, step * (double)every / 6.4));
    }
    svg_text(s, "ts", SVG_MIDDLE, (x->from + x->to) / 2, y + 34, "task");
}

void fig_trend(svg *s, const view *v, const subject_plot *p, double *value)
{
    double lo = INFINITY, hi = -INFINITY;
    trend t;
    for (uint64_t g = 0; g < v->groups; ++g) {
        trend_of(v, p, g, value, &t);
        trend_range(&t, &lo, &hi);
    }
    if (!(lo <= hi)) lo = hi = 0;
    scale_widen(&lo, &hi, 0.06);
    const uint64_t tasks = v->tasks > TASKS_MAX ? TASKS_MAX : v->tasks;
    const scale y = {lo, hi, HEIGHT - BOTTOM, TOP};
    const scale x = {0, tasks > 1 ? (double)(tasks - 1) : 1, LEFT + 10, WIDTH - 14};
    svg_begin(s, WIDTH, HEIGHT, p->title);
    svg_text_cut(s, "tt", SVG_START, 2, 14, p->title, (size_t)(WIDTH / 7.2));
    if (p->subtitle) svg_text_cut(s, "ts", SVG_START, 2, 30, p->subtitle, (size_t)(WIDTH / 6));
    axis_y(s, &y, LEFT, 5, WIDTH - LEFT - 6, p->unit);
    put_task_axis(s, v, &x, HEIGHT - BOTTOM, tasks);
    for (uint64_t g = 0; g < v->groups; ++g) {
        trend_of(v, p, g, value, &t);
        put_band(s, &t, &x, &y, (uint32_t)g);
    }
    for (uint64_t g = 0; g < v->groups; ++g) {
        trend_of(v, p, g, value, &t);
        put_means(s, v, &t, &x, &y, (uint32_t)g);
    }
    svg_end(s);
}
