/* fake_study.h - a study that never was: recordings, measures whose groups differ smoothly over
 * the grid, statistics computed from them by study/stats.h, eye metrics, and bad names. The same
 * each time. */
#ifndef TANDEM_TESTS_FAKE_STUDY_H
#define TANDEM_TESTS_FAKE_STUDY_H
#include "tests/check.h"

#include "report/report.h"
#include "study/stats.h"
#include "tandem/module.h"
#include "tandem/table.h"

typedef struct fake_options {
    uint32_t groups, subjects, tasks;     /* subjects of each group */
    uint32_t m, tau, eps, lmin;           /* values on each axis */
    bool     statistics, features, nasty; /* nasty: names with markup and broken UTF-8 */
    bool     lengthy;                     /* names of groups that are too long for figures */
} fake_options;
#define FAKE_FULL {3, 20, 5, 10, 10, 51, 2, true, true, false, false}
#define FAKE_SMALL {3, 6, 3, 3, 4, 5, 2, true, true, false, false}

#define FAKE_TEXT 64
#define FAKE_MEASURES 5
static const char *const fake_measure[FAKE_MEASURES] = {"rr", "det", "l", "lmax", "ent"};
static const char *const fake_mode[2] = {"x:l1", "xy:l2"};

typedef struct fake_study {
    fake_options  o;
    uint32_t      recordings, people;
    char        (*text)[FAKE_TEXT];       /* all names, in one piece */
    const char  **name, **group, **subject, **task, **person, **person_group, **group_name, **pair;
    uint64_t     *offset;
    double       *x, *y;
    const double *column[2];
    td_series     series;
    td_table     *table;
    report_input  input;
} fake_study;

#define FAKE_TRY(call)                                                                     \
    do {                                                                                   \
        td_error fake_err = TD_ERROR_INIT;                                                 \
        (void)fake_err;                                                                    \
        const td_status fake_status = (call);                                              \
        if (fake_status) {                                                                 \
            printf("%s:%d: %s\n", __FILE__, __LINE__, td_status_name(fake_status));        \
            exit(1);                                                                       \
        }                                                                                  \
    } while (0)

static inline void *fake_memory(size_t bytes)
{
    void *memory = calloc(1, bytes ? bytes : 1);
    if (!memory) exit(1);
    return memory;
}

/* A number from 0 to 1 that only its arguments tell, and one about 0 with a spread of 1. */
static inline double fake_unit(uint64_t a, uint64_t b)
{
    uint64_t z = a * 0x9e3779b97f4a7c15u + b * 0xd1b54a32d192ed03u + 0x632be59bd9b4e019u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static inline double fake_normal(uint64_t a, uint64_t b)
{
    double sum = 0;
    for (uint64_t i = 0; i < 12; ++i) sum += fake_unit(a * 12 + i, b);
    return sum - 6;
}

/* ---- Names ----------------------------------------------------------------------------------- */

static inline const char *fake_group_name(const fake_options *o, uint32_t group)
{
    static const char *const plain[] = {"ad", "control", "mci", "ftd", "dlb"};
    static const char *const nasty[] = {"<script>alert(1)</script>", "\"a\" & 'b'",
                                        "bad \xff\xc3( utf", "</style>", "-->"};
    static const char *const lengthy[] = {"people with Alzheimer's disease, mild",
                                          "healthy controls of the same age", "mci",
                                          "frontotemporal dementia", "dementia with Lewy bodies"};
    if (o->lengthy) return lengthy[group];
    return o->nasty ? nasty[group] : plain[group];
}

static inline void fake_names(fake_study *f)
{
    const fake_options *o = &f->o;
    const uint32_t people = o->groups * o->subjects, n = people * o->tasks;
    const uint32_t pairs = o->groups * (o->groups - 1) / 2;
    f->text = fake_memory((size_t)(2 * n + people + 16 + pairs) * FAKE_TEXT);
    const char **list = fake_memory((4 * (size_t)n + 2 * people + 16 + pairs) * sizeof *list);
    char(*at)[FAKE_TEXT] = f->text;
    f->name = list;
    f->group = f->name + n;
    f->subject = f->group + n;
    f->task = f->subject + n;
    f->person = f->task + n;
    f->person_group = f->person + people;
    f->group_name = f->person_group + people;
    f->pair = f->group_name + 16;
    for (uint32_t g = 0; g < o->groups; ++g) f->group_name[g] = fake_group_name(o, g);
    uint32_t used = 0;
    for (uint32_t a = 0; a < o->groups; ++a)
        for (uint32_t b = a + 1; b < o->groups; ++b, ++at) {
            snprintf(*at, FAKE_TEXT, "%s - %s", f->group_name[a], f->group_name[b]);
            f->pair[used++] = *at;
        }
    for (uint32_t p = 0; p < people; ++p, ++at) {
        snprintf(*at, FAKE_TEXT, "%s%u", o->nasty ? "<b>&" : f->group_name[p / o->subjects],
                 p % o->subjects + 1);
        f->person[p] = *at;
        f->person_group[p] = f->group_name[p / o->subjects];
    }
    for (uint32_t i = 0; i < n; ++i) {
        const uint32_t p = i / o->tasks;
        snprintf(at[0], FAKE_TEXT, "%.40sq%u", f->person[p], i % o->tasks + 1);
        snprintf(at[1], FAKE_TEXT, "%s%u", o->nasty ? "<i>" : "q", i % o->tasks + 1);
        f->name[i] = at[0];
        f->task[i] = at[1];
        f->subject[i] = f->person[p];
        f->group[i] = f->person_group[p];
        at += 2;
    }
    f->recordings = n;
    f->people = people;
}

/* ---- Recordings: fixations with jumps between them ------------------------------------------- */

static inline void fake_series(fake_study *f)
{
    uint64_t total = 0;
    f->offset = fake_memory((f->recordings + 1) * sizeof *f->offset);
    for (uint32_t i = 0; i < f->recordings; ++i) {
        total += 70 + (uint64_t)(260 * fake_unit(i, 71) * fake_unit(i, 72));
        f->offset[i + 1] = total;
    }
    f->x = fake_memory(total * sizeof *f->x);
    f->y = fake_memory(total * sizeof *f->y);
    for (uint32_t i = 0; i < f->recordings; ++i) {
        /* The same way over the page again and again, with detours: lines in its plot. */
        double x = 0.5, y = 0.5;
        uint64_t stop = 0, stay = 0;
        for (uint64_t s = f->offset[i]; s < f->offset[i + 1]; ++s) {
            if (stay == 0) {
                stop += 1 + (fake_unit(s, 5) < 0.08);
                stay = 6 + (fake_unit(s, 6) < 0.2);
            }
            stay -= 1;
            x += 0.7 * (0.12 + 0.2 * (double)(stop % 4) - x);
            y += 0.7 * (0.25 + 0.5 * (double)(stop / 2 % 2) - y);
            f->x[s] = x + 0.006 * fake_normal(s, 8);
            f->y[s] = y + 0.006 * fake_normal(s, 9);
        }
    }
    f->column[0] = f->x;
    f->column[1] = f->y;
    f->series = (td_series){sizeof(td_series), 2, f->recordings, f->offset, f->column, NULL,
                            f->name};
}

/* ---- The table ------------------------------------------------------------------------------- */

static inline void fake_dim(fake_study *f, const char *name, const double *number, bool whole,
                            const char *const *words, uint64_t count)
{
    const td_dim dim = {name, NULL, NULL, count, number, whole, words};
    FAKE_TRY(td_table_add_dim(f->table, &dim, &fake_err));
}

static inline void fake_axis(fake_study *f, const char *name, uint32_t count, double first,
                             double step, bool whole)
{
    double number[256];
    char line[32];
    for (uint32_t i = 0; i < count; ++i) {
        snprintf(line, sizeof line, "%.3f", first + step * i);
        number[i] = strtod(line, NULL);
    }
    fake_dim(f, name, number, whole, NULL, count);
}

static inline double *fake_var(fake_study *f, const char *name, const char *dims)
{
    FAKE_TRY(td_table_add_var(f->table, name, "made up", NULL, TD_F64, dims, &fake_err));
    return td_table_data(f->table, name);
}

static inline bool fake_has_lmin(uint32_t measure)
{
    return measure != 0 && measure != 3;
}

/* How far the groups are apart at a place of the grid: a hill with its top off the middle. */
static inline double fake_hill(const fake_options *o, uint32_t measure, uint32_t mode,
                               uint64_t point, bool has_lmin)
{
    const uint32_t lmin = has_lmin ? (uint32_t)(point % o->lmin) : 0;
    const uint64_t rest = has_lmin ? point / o->lmin : point;
    const double eps = (double)(rest % o->eps) / o->eps;
    const double tau = (double)(rest / o->eps % o->tau) / o->tau;
    const double m = (double)(rest / o->eps / o->tau) / o->m;
    const double a = m - 0.25 - 0.06 * measure, b = tau - 0.3 - 0.25 * mode;
    const double c = eps - 0.35 - 0.08 * measure;
    const double top[FAKE_MEASURES] = {0.55, 0.98, 0.56, 0.35, 0.82};
    return top[measure] * (mode ? 1 : 0.65) * (lmin ? 0.93 : 1) *
           exp(-6 * a * a - 9 * b * b - 5 * c * c);
}

static inline double fake_value(const fake_options *o, uint32_t measure, uint32_t mode, uint32_t i,
                                double hill, double wiggle)
{
    static const double base[FAKE_MEASURES] = {0.08, 0.66, 4.1, 19, 1.9};
    static const double size[FAKE_MEASURES] = {0.02, 0.07, 0.8, 5, 0.35};
    const uint32_t person = i / o->tasks, task = i % o->tasks, group = person / o->subjects;
    const double of_group = group == 0 ? 1 : group == 1 ? -0.75 : 0.1;
    const double person_part = fake_normal(person, 131 + 7 * measure) * 0.75;
    const double task_part = 0.22 * (task - 0.5 * (o->tasks - 1)) * (group == 0 ? 1.2 : 0.6);
    const double own = fake_normal((uint64_t)i * 2 + mode, 51 + measure) * 0.55;
    return base[measure] +
           size[measure] * (of_group * hill + person_part + 0.5 * task_part + own + wiggle);
}

static inline void fake_measures(fake_study *f)
{
    const fake_options *o = &f->o;
    for (uint32_t k = 0; k < FAKE_MEASURES; ++k) {
        const bool long_one = fake_has_lmin(k);
        double *data = fake_var(f, fake_measure[k],
                                long_one ? "recording,mode,m,tau,eps,lmin"
                                         : "recording,mode,m,tau,eps");
        const uint64_t points = (uint64_t)o->m * o->tau * o->eps * (long_one ? o->lmin : 1);
        double *hill = fake_memory(points * sizeof *hill);
        for (uint32_t mode = 0; mode < 2; ++mode) {
            for (uint64_t p = 0; p < points; ++p) hill[p] = fake_hill(o, k, mode, p, long_one);
            for (uint32_t i = 0; i < f->recordings; ++i) {
                double *to = data + ((uint64_t)i * 2 + mode) * points;
                const double still = fake_value(o, k, mode, i, 0, 0);
                const double steep = fake_value(o, k, mode, i, 1, 0) - still;
                for (uint64_t p = 0; p < points; ++p) to[p] = still + steep * hill[p];
            }
        }
        free(hill);
    }
}

typedef struct fake_stats {
    double *f, *p, *q, *h, *kp, *kq, *eta2, *stability, *mw, *holm, *delta, *auc, *mean, *sd;
} fake_stats;

static inline double *fake_stat(fake_study *f, uint32_t measure, const char *suffix,
                                const char *front)
{
    char name[64], dims[80];
    snprintf(name, sizeof name, "%s_%s", fake_measure[measure], suffix);
    snprintf(dims, sizeof dims, "%smode,m,tau,eps%s", front,
             fake_has_lmin(measure) ? ",lmin" : "");
    return fake_var(f, name, dims);
}

static inline fake_stats fake_stat_vars(fake_study *f, uint32_t k)
{
    return (fake_stats){
        fake_stat(f, k, "anova_f", ""), fake_stat(f, k, "anova_p", ""),
        fake_stat(f, k, "anova_q", ""), fake_stat(f, k, "kruskal_h", ""),
        fake_stat(f, k, "kruskal_p", ""), fake_stat(f, k, "kruskal_q", ""),
        fake_stat(f, k, "eta2", ""), fake_stat(f, k, "stability", ""),
        fake_stat(f, k, "mannwhitney_p", "pair,"), fake_stat(f, k, "mannwhitney_holm", "pair,"),
        fake_stat(f, k, "cliff_delta", "pair,"), fake_stat(f, k, "auc", "pair,"),
        fake_stat(f, k, "group_mean", "group,"), fake_stat(f, k, "group_sd", "group,")};
}

/* One combination of one measure and mode: a subject's value is the mean of its recordings. */
static inline void fake_compare(fake_study *f, stats_scratch *scratch, const double *data,
                                uint64_t all, uint64_t at, const int32_t *group, fake_stats *to)
{
    double value[512];
    stats_result r;
    for (uint32_t p = 0; p < f->people; ++p) {
        value[p] = 0;
        for (uint32_t t = 0; t < f->o.tasks; ++t)
            value[p] += data[((uint64_t)p * f->o.tasks + t) * all + at] / f->o.tasks;
    }
    stats_compare(scratch, value, 1, group, f->people, f->o.groups, &r);
    to->f[at] = r.anova_f;
    to->p[at] = r.anova_p;
    to->eta2[at] = r.eta2;
    to->h[at] = r.kruskal_h;
    to->kp[at] = r.kruskal_p;
    for (uint32_t i = 0; i < f->o.groups * (f->o.groups - 1) / 2; ++i) {
        to->mw[i * all + at] = r.pair[i].mannwhitney_p;
        to->holm[i * all + at] = r.pair[i].mannwhitney_holm;
        to->delta[i * all + at] = r.pair[i].cliff_delta;
        to->auc[i * all + at] = r.pair[i].auc;
    }
    for (uint32_t g = 0; g < f->o.groups; ++g) {
        to->mean[g * all + at] = r.group_mean[g];
        to->sd[g * all + at] = r.group_sd[g];
    }
}

static inline void fake_stability(const fake_options *o, const fake_stats *s, uint64_t all,
                                  bool long_one)
{
    const int64_t lengths = long_one ? o->lmin : 1;
    const int64_t size[4] = {o->m, o->tau, o->eps, lengths};
    for (uint64_t p = 0; p < all; ++p) {
        uint64_t rest = p, step = 1;
        int near = 0, agree = 0;
        for (int a = 3; a >= 0; --a) {
            const int64_t at = (int64_t)(rest % (uint64_t)size[a]);
            for (int64_t way = -1; way <= 1; way += 2) {
                if (at + way < 0 || at + way >= size[a]) continue;
                near += 1;
                agree += s->q[(int64_t)p + way * (int64_t)step] < 0.05;
            }
            rest /= (uint64_t)size[a];
            step *= (uint64_t)size[a];
        }
        s->stability[p] = near ? (double)agree / near : NAN;
    }
}

static inline void fake_statistics(fake_study *f)
{
    const fake_options *o = &f->o;
    fake_stats s[FAKE_MEASURES];
    uint64_t all[FAKE_MEASURES], total = 0, done = 0;
    void *memory = NULL;
    if (posix_memalign(&memory, 64, stats_scratch_bytes(f->people))) exit(1);
    stats_scratch *scratch = stats_scratch_make(memory, f->people);
    int32_t *group = fake_memory(f->people * sizeof *group);
    for (uint32_t p = 0; p < f->people; ++p) group[p] = (int32_t)(p / o->subjects);
    for (uint32_t k = 0; k < FAKE_MEASURES; ++k) {
        all[k] = 2ull * o->m * o->tau * o->eps * (fake_has_lmin(k) ? o->lmin : 1);
        total += all[k];
        s[k] = fake_stat_vars(f, k);
        const double *data = td_table_data(f->table, fake_measure[k]);
        for (uint64_t at = 0; at < all[k]; ++at)
            fake_compare(f, scratch, data, all[k], at, group, &s[k]);
    }
    double *p = fake_memory(2 * total * sizeof *p), *q = p + total;
    stats_ordered *order = fake_memory(total * sizeof *order);
    for (int kind = 0; kind < 2; ++kind) {
        for (uint32_t k = done = 0; k < FAKE_MEASURES; done += all[k++])
            memcpy(p + done, kind ? s[k].kp : s[k].p, all[k] * sizeof *p);
        stats_benjamini_hochberg(p, total, order, q);
        for (uint32_t k = done = 0; k < FAKE_MEASURES; done += all[k++])
            memcpy(kind ? s[k].kq : s[k].q, q + done, all[k] * sizeof *q);
    }
    for (uint32_t k = 0; k < FAKE_MEASURES; ++k)
        fake_stability(o, &s[k], all[k], fake_has_lmin(k));
    free(order);
    free(p);
    free(group);
    free(memory);
}

static inline void fake_features(fake_study *f)
{
    static const struct { const char *name; double base, size; } list[] = {
        {"fixation_duration_ms", 5200, 1400}, {"fixation_count", 18, 5},
        {"saccade_amplitude_deg", 2.9, 0.7},  {"saccade_peak_velocity_deg_s", 140, 28},
        {"saccade_count", 22, 6},             {"regression_count", 13, 5},
        {"roi_time_s", 10, 3}};
    for (size_t k = 0; k < sizeof list / sizeof list[0]; ++k) {
        double *data = fake_var(f, list[k].name, "recording");
        for (uint32_t i = 0; i < f->recordings; ++i) {
            const uint32_t person = i / f->o.tasks;
            data[i] = list[k].base + list[k].size * (0.5 * fake_normal(person, 200 + k) +
                                                     0.6 * fake_normal(i, 300 + k));
            if (data[i] < 0) data[i] = 0;
        }
    }
}

static inline void fake_quality(fake_study *f)
{
    double *samples = fake_var(f, "samples", "recording");
    double *missing = fake_var(f, "nan_samples", "recording");
    double *constant = fake_var(f, "constant", "recording,mode");
    for (uint32_t i = 0; i < f->recordings; ++i) {
        samples[i] = (double)(f->offset[i + 1] - f->offset[i]);
        missing[i] = fake_unit(i, 90) < 0.04 ? floor(1 + 9 * fake_unit(i, 91)) : 0;
        constant[2 * i] = constant[2 * i + 1] = 0;
    }
    FAKE_TRY(td_table_add_text(f->table, "recording_group", NULL, "recording", f->group,
                               &fake_err));
    FAKE_TRY(td_table_add_text(f->table, "recording_subject", NULL, "recording", f->subject,
                               &fake_err));
    FAKE_TRY(td_table_add_text(f->table, "recording_task", NULL, "recording", f->task, &fake_err));
}

static inline void fake_attributes(fake_study *f)
{
    static const char *const pairs[][2] = {
        {"version", "0.1.0"}, {"profile", "gaze"}, {"unit", "subject"},
        {"title", "Reading study, generated"},
        {"command", "tandem rqa study recordings --modes x:l1,xy:l2 --m 1:10 --tau 1:10 "
                    "--eps 0.05:0.1:0.001 --lmin 2:3 --profile gaze -o study.nc "
                    "--report study.html"},
        {"warnings", "ad7q3: fewer than two delay vectors at 4 combinations\n"
                     "control2q1: 12 samples are missing"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; ++i)
        FAKE_TRY(td_table_set_attribute(f->table, pairs[i][0],
                                        f->o.nasty && i >= 3 ? "<script>alert('2')</script>\n\xfe\""
                                                             : pairs[i][1],
                                        &fake_err));
}

static inline fake_study *fake_open(fake_options o)
{
    static const report_problem plain[] = {
        {"recordings/ad/ad4/ad4q2.csv", "column y is missing", 1},
        {"recordings/mci/m11/m11q5.csv", "\"abc\" is no number in column x", 207}};
    static const report_problem nasty[] = {
        {"dir/<script>alert(3)</script>.csv", "bad \xff byte & \"quote\"", 3}};
    static const char *const duplicate[] = {"m6q1: mci/mci_group_6 and mci/mci_group_jojo"};
    static const char *const nasty_duplicate[] = {"<img src=x onerror=alert(4)>"};
    fake_study *f = fake_memory(sizeof *f);
    f->o = o;
    fake_names(f);
    fake_series(f);
    FAKE_TRY(td_table_create(NULL, &f->table, &fake_err));
    fake_dim(f, "recording", NULL, false, f->name, f->recordings);
    fake_dim(f, "mode", NULL, false, fake_mode, 2);
    fake_axis(f, "m", o.m, 1, 1, true);
    fake_axis(f, "tau", o.tau, 1, 1, true);
    fake_axis(f, "eps", o.eps, 0.05, 0.001, false);
    fake_axis(f, "lmin", o.lmin, 2, 1, true);
    fake_measures(f);
    fake_quality(f);
    if (o.features) fake_features(f);
    if (o.statistics && o.groups > 1) {
        fake_dim(f, "group", NULL, false, f->group_name, o.groups);
        fake_dim(f, "pair", NULL, false, f->pair, o.groups * (o.groups - 1) / 2);
        fake_statistics(f);
    }
    fake_attributes(f);
    f->input = (report_input){f->table, &f->series, NULL, o.nasty ? nasty : plain,
                              o.nasty ? 1 : 2, o.nasty ? nasty_duplicate : duplicate, 1, NULL};
    return f;
}

static inline void fake_close(fake_study *f)
{
    td_table_destroy(f->table);
    free(f->y);
    free(f->x);
    free(f->offset);
    free(f->name);
    free(f->text);
    free(f);
}

#endif
