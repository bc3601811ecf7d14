/* page_data.c - the numbers that the script draws from: a JSON text in the page.
 *
 * Each statistic of a measure and mode is one text of two characters a value, counting in base 64
 * from 0 to 4094 between lo and hi; 4095 is not defined. Order: lmin, eps, m, tau. That keeps
 * 81,600 values in 163 kB, exact to a four-thousandth of their range. */
#include "report/page.h"

#include <math.h>
#include <stdlib.h>

#define VALUES_MAX 120000u /* of one statistic; longer eps axes are thinned evenly to fit */
#define CODES      4094

typedef struct shown {
    const char *key, *name;
    statistic stat;
    bool is_log;
} shown;

static const shown shown_list[] = {
    {"eta2", "\xCE\xB7\xC2\xB2 (share of variance)", STAT_ETA2, false},
    {"q", "\xE2\x88\x92log\xE2\x82\x81\xE2\x82\x80 q, analysis of variance", STAT_Q, true},
    {"kq", "\xE2\x88\x92log\xE2\x82\x81\xE2\x82\x80 q, Kruskal\xE2\x80\x93Wallis", STAT_KRUSKAL_Q,
     true},
    {"stability", "Stability", STAT_STABILITY, false},
};
#define SHOWN (sizeof shown_list / sizeof shown_list[0])

static void put_numbers(text *out, const view *v, axis which, uint64_t count, uint64_t step)
{
    char number[SHOW_MAX];
    text_add(out, "[");
    for (uint64_t i = 0; i < count; i += step) {
        const double value = v->dim[which].number ? v->dim[which].number[i] : (double)i;
        text_format(out, "%s%s", i ? "," : "", show_shortest(number, value));
    }
    text_add(out, "]");
}

static double value_of(const measure *m, const shown *s, const place *at)
{
    const double value = column_at(&m->stat[s->stat], at);
    if (!s->is_log || isnan(value)) return value;
    return fmin(-log10(fmax(value, 1e-300)), 300);
}

/* Where the values of a statistic end, over all measures and modes: one scale for all. */
static double top_of(const view *v, const shown *s)
{
    double top = s->is_log ? 2 : 0.05;
    for (uint32_t i = 0; i < v->measure_count; ++i) {
        const column *c = &v->measure[i].stat[s->stat];
        if (!c->data) continue;
        for (uint64_t mode = 0; mode < v->count[AXIS_MODE]; ++mode) {
            place at = {{0}};
            at.at[AXIS_MODE] = mode;
            do
                top = fmax(top, value_of(&v->measure[i], s, &at));
            while (view_next(v, c, &at));
        }
    }
    return s->stat == STAT_STABILITY ? 1 : top;
}

static void put_values(text *out, const view *v, const measure *m, uint64_t mode, const shown *s,
                       double top, uint64_t eps_step)
{
    static const char letter[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const uint64_t lengths = m->value.has[AXIS_LMIN] ? v->count[AXIS_LMIN] : 1;
    place at = {{0}};
    at.at[AXIS_MODE] = mode;
    text_add(out, "\"");
    for (uint64_t k = 0; k < lengths; ++k) {
        at.at[AXIS_LMIN] = k;
        for (uint64_t e = 0; e < v->count[AXIS_EPS]; e += eps_step) {
            at.at[AXIS_EPS] = e;
            for (uint64_t i = 0; i < v->count[AXIS_M] * v->count[AXIS_TAU]; ++i) {
                at.at[AXIS_M] = i / v->count[AXIS_TAU];
                at.at[AXIS_TAU] = i % v->count[AXIS_TAU];
                const double value = value_of(m, s, &at);
                const uint32_t code =
                    isnan(value) ? CODES + 1 : (uint32_t)lround(fmax(value, 0) / top * CODES);
                const char two[2] = {letter[code / 64], letter[code % 64]};
                text_add_bytes(out, two, 2);
            }
        }
    }
    text_add(out, "\"");
}

static void put_measure(page *p, uint32_t index, const double *top, uint64_t eps_step)
{
    const view *v = &p->v;
    const measure *m = &v->measure[index];
    text *out = &p->out;
    text_add(out, index ? ",\n{\"label\":" : "\n{\"label\":");
    text_json(out, m->label);
    text_add(out, ",\"title\":");
    text_json(out, m->title);
    text_format(out, ",\"lmin\":%s,\"modes\":[", m->value.has[AXIS_LMIN] ? "true" : "false");
    for (uint64_t mode = 0; mode < v->count[AXIS_MODE]; ++mode) {
        const best *b = view_best(v, index, mode);
        text_format(out, "%s{\"best\":[%llu,%llu,%llu,%llu]", mode ? "," : "",
                    (unsigned long long)b->at.at[AXIS_M], (unsigned long long)b->at.at[AXIS_TAU],
                    (unsigned long long)(b->at.at[AXIS_EPS] / eps_step),
                    (unsigned long long)b->at.at[AXIS_LMIN]);
        for (size_t s = 0; s < SHOWN; ++s) {
            if (!m->stat[shown_list[s].stat].data) continue;
            text_format(out, ",\"%s\":", shown_list[s].key);
            put_values(out, v, m, mode, &shown_list[s], top[s], eps_step);
        }
        text_add(out, "}");
    }
    text_add(out, "]}");
}

static void put_axes(page *p, uint64_t eps_step)
{
    const view *v = &p->v;
    text *out = &p->out;
    char label[VIEW_LABEL_MAX];
    text_add(out, "\"m\":");
    put_numbers(out, v, AXIS_M, v->count[AXIS_M], 1);
    text_add(out, ",\"tau\":");
    put_numbers(out, v, AXIS_TAU, v->count[AXIS_TAU], 1);
    text_add(out, ",\"eps\":");
    put_numbers(out, v, AXIS_EPS, v->count[AXIS_EPS], eps_step);
    text_add(out, ",\"lmin\":");
    put_numbers(out, v, AXIS_LMIN, v->count[AXIS_LMIN], 1);
    text_add(out, ",\"modes\":[");
    for (uint64_t i = 0; i < v->count[AXIS_MODE]; ++i) {
        text_add(out, i ? "," : "");
        text_json(out, view_mode_label(v, i, label));
    }
    text_add(out, "]");
}

bool page_grid_data(page *p)
{
    const view *v = &p->v;
    text *out = &p->out;
    double top[SHOWN];
    char number[SHOW_MAX];
    const uint64_t plane = v->count[AXIS_M] * v->count[AXIS_TAU];
    const uint64_t others = plane * v->count[AXIS_LMIN] * v->best_count;
    if (!v->has_statistics || plane < 2 || plane > 2500 || others > VALUES_MAX / 2) return false;
    const uint64_t eps_most = VALUES_MAX / others;
    const uint64_t step = (v->count[AXIS_EPS] + eps_most - 1) / eps_most;
    text_add(out, "<script type=\"application/json\" id=\"grid\">{");
    put_axes(p, step);
    text_add(out, ",\"shown\":[");
    for (size_t s = 0; s < SHOWN; ++s) {
        top[s] = top_of(v, &shown_list[s]);
        text_format(out, "%s{\"key\":\"%s\",\"name\":", s ? "," : "", shown_list[s].key);
        text_json(out, shown_list[s].name);
        text_format(out, ",\"log\":%s,\"top\":%s}", shown_list[s].is_log ? "true" : "false",
                    show_shortest(number, top[s]));
    }
    text_format(out, "],\"first\":[%u,%u],\"measures\":[", v->best[v->best_of_all].measure,
                (unsigned)v->best[v->best_of_all].at.at[AXIS_MODE]);
    for (uint32_t i = 0; i < v->measure_count; ++i)
        put_measure(p, i, top, step);
    text_add(out, "]}</script>");
    return true;
}
