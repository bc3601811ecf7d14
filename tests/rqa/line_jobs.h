/* line_jobs.h - the line kernels launched one by one in plain C, on jobs of a test, and the plain
 * loops that say what they must give. Memory that the kernels do not own is guarded. */
#ifndef TANDEM_TEST_LINE_JOBS_H
#define TANDEM_TEST_LINE_JOBS_H
#include "kernels/kernels.h"
#include "modules/rqa/rqa_guard.h"
#include "modules/rqa/rqa_job.h"
#include "modules/rqa/rqa_lines.h"

#include "../check.h"

#define JOBS_MAX  64
#define GUARD     64 /* slots before and after what a kernel may write */
#define POISON_32 ((int32_t)0xA5A5A5A5)

/* One recording with its thresholds, and the set of lines that is wanted of it. */
typedef struct line_set {
    rqa_samples samples;
    rqa_norm norm;
    int m, tau, rows, window, first; /* window: of rows; first: the first diagonal */
    int levels;
    double *limit; /* ascending */
} line_set;

static inline int set_vectors(const line_set *set)
{
    return (int)rqa_vector_count(set->samples.count, (uint64_t)set->m, (uint64_t)set->tau);
}

/* The sum S as the formula says it, NaN where a sample is. */
static inline double set_sum(const line_set *set, int i, int j)
{
    double sum = 0;
    for (int lag = 0; lag < set->m; ++lag) {
        for (int part = 0; part < (set->samples.y ? 2 : 1); ++part) {
            const double *x = part ? set->samples.y : set->samples.x;
            const double d = fabs(x[i + lag * set->tau] - x[j + lag * set->tau]);
            if (isnan(d)) return NAN;
            if (set->norm == RQA_L1) sum += d;
            else if (set->norm == RQA_L2) sum += d * d;
            else sum = d > sum ? d : sum;
        }
    }
    return sum;
}

/* lines[r * (levels + 1) + e]: differences along e of how many lines have length r. */
static inline void set_count(const line_set *set, int32_t *lines, int *longest)
{
    const int n = set_vectors(set), width = set->levels + 1;
    *longest = 0;
    for (int line = set->rows ? 0 : set->first; line < n; ++line) {
        const int end = set->rows ? n : n - line;
        for (int e = 0; e < set->levels; ++e) {
            int run = 0;
            for (int p = 0; p <= end; ++p) {
                const bool out = p == end || (set->rows && abs(p - line) < set->window);
                if (!out && set_sum(set, p, set->rows ? line : p + line) <= set->limit[e]) {
                    run += 1;
                    continue;
                }
                if (run > 0) {
                    lines[run * width + e] += 1;
                    lines[run * width + e + 1] -= 1;
                    *longest = run > *longest ? run : *longest;
                }
                run = 0;
            }
        }
    }
}

/* ---- The jobs of some sets, as a launch takes them ------------------------------------------- */

typedef struct launch_set {
    rqa_job job[JOBS_MAX];
    int job_count, groups;
    double *samples;
    float *rounded;
    double *limit;
    float *guard;
    int32_t *lines, *longest; /* with GUARD slots on both sides */
    int slots, sets, sample_count, limit_count;
} launch_set;

static inline void launch_job(launch_set *l, const line_set *set, int stretch, int from, int levels,
                              int x, int lines, int number)
{
    const int n = set_vectors(set), first = set->rows ? 0 : set->first;
    const int stretches = (n - (set->rows ? 0 : first) + stretch - 1) / stretch;
    rqa_job *job = &l->job[l->job_count++];
    *job = (rqa_job){.group = l->groups,
                     .blocks = (n - first + RQA_JOB_LINES - 1) / RQA_JOB_LINES,
                     .stretch = stretch,
                     .x = x,
                     .y = set->samples.y ? (int)set->samples.count : 0,
                     .norm = set->norm,
                     .m = set->m,
                     .tau = set->tau,
                     .first = first,
                     .last = n,
                     .count = n,
                     .rows = set->rows,
                     .window = set->window,
                     .limit = l->limit_count + from,
                     .levels = levels,
                     .lines = (uint32_t)(lines + from),
                     .width = set->levels + 1,
                     .longest = number};
    l->groups += job->blocks * stretches;
}

/* levels_max: how many thresholds a job may have. Sets without lines are left out. */
static inline launch_set launch_make(const line_set *set, int count, int stretch, int levels_max)
{
    launch_set l;
    memset(&l, 0, sizeof l);
    int sample_room = 1, limit_room = 1, slots = 0;
    for (int i = 0; i < count; ++i) {
        sample_room += 2 * (int)set[i].samples.count;
        limit_room += set[i].levels;
        slots += (set_vectors(&set[i]) + 1) * (set[i].levels + 1);
    }
    l.samples = malloc(sizeof(double) * (size_t)sample_room);
    l.rounded = malloc(sizeof(float) * (size_t)sample_room);
    l.limit = malloc(sizeof(double) * (size_t)limit_room);
    l.guard = malloc(2 * sizeof(float) * (size_t)limit_room);
    l.slots = slots;
    l.sets = count;
    l.lines = malloc(sizeof(int32_t) * (size_t)(slots + 2 * GUARD));
    l.longest = malloc(sizeof(int32_t) * (size_t)(count + 2 * GUARD));
    for (int i = 0, lines = 0; i < count; ++i) {
        const line_set *s = &set[i];
        const int n = (int)s->samples.count, x = l.sample_count;
        const rqa_scale scale = rqa_scale_of(&s->samples);
        memcpy(l.samples + x, s->samples.x, sizeof(double) * (size_t)n);
        rqa_scale_fill(s->samples.x, (uint64_t)n, scale.centre_x, scale.exponent, l.rounded + x);
        if (s->samples.y) {
            memcpy(l.samples + x + n, s->samples.y, sizeof(double) * (size_t)n);
            rqa_scale_fill(s->samples.y, (uint64_t)n, scale.centre_y, scale.exponent,
                           l.rounded + x + n);
        }
        l.sample_count += n * (s->samples.y ? 2 : 1);
        memcpy(l.limit + l.limit_count, s->limit, sizeof(double) * (size_t)s->levels);
        rqa_guards_fill(s->limit, (uint32_t)s->levels, s->norm,
                        (uint32_t)(s->m * (s->samples.y ? 2 : 1)), &scale,
                        l.guard + 2 * (size_t)l.limit_count);
        const int vectors = set_vectors(s);
        for (int from = 0; from < s->levels && vectors > (s->rows ? 0 : s->first);
             from += levels_max)
            launch_job(&l, s, stretch, from,
                       s->levels - from < levels_max ? s->levels - from : levels_max, x, lines, i);
        l.limit_count += s->levels;
        lines += (vectors + 1) * (s->levels + 1);
    }
    return l;
}

static inline void launch_free(launch_set *l)
{
    free(l->samples);
    free(l->rounded);
    free(l->limit);
    free(l->guard);
    free(l->lines);
    free(l->longest);
}

static inline void guarded_clear(int32_t *memory, int count)
{
    for (int i = 0; i < count + 2 * GUARD; ++i)
        memory[i] = i < GUARD || i >= count + GUARD ? POISON_32 : 0;
}

static inline void guarded_check(const int32_t *memory, int count, const char *what)
{
    for (int i = 0; i < GUARD; ++i)
        if (memory[i] != POISON_32 || memory[count + GUARD + i] != POISON_32)
            CHECK_FAIL("%s: a guard was written to", what);
}

/* Launches groups in pieces of at most `wave`, and leaves lines and longest. */
static inline void launch_run(launch_set *l, bool one, bool f32, bool falling, int wave)
{
    const char *name =
        f32 ? (one ? "rqa_one_f32" : "rqa_many_f32") : (one ? "rqa_one_f64" : "rqa_many_f64");
    const kernel_row *row = kernel_find(name);
    CHECK(row != NULL);
    guarded_clear(l->lines, l->slots);
    guarded_clear(l->longest, l->sets);
    for (int first = 0; first < l->groups; first += wave) {
        const int groups = l->groups - first < wave ? l->groups - first : wave;
        const int32_t jobs = l->job_count, group_first = first;
        const td_launch_arg in32[] = {
            {l->rounded, 0, true},         {l->samples, 0, true}, {l->job, 0, true},
            {l->guard, 0, true},           {l->limit, 0, true},   {l->lines + GUARD, 0, true},
            {l->longest + GUARD, 0, true}, {&jobs, 4, false},     {&group_first, 4, false}};
        const td_launch_arg in64[] = {in32[1], in32[2], in32[4], in32[5],
                                      in32[6], in32[7], in32[8]};
        const td_launch launch = {sizeof launch, (uint32_t)groups, name, f32 ? 9 : 7,
                                  f32 ? in32 : in64};
        CHECK(kernel_args_fit(row, &launch));
        for (int g = 0; g < groups; ++g) {
            const int group = falling ? groups - 1 - g : g;
            (falling ? row->falling : row->rising)(launch.args, group, groups);
        }
    }
    guarded_check(l->lines, l->slots, name);
    guarded_check(l->longest, l->sets, name);
}

/* Compares what a launch left with the plain loops' counts. */
static inline void launch_compare(const launch_set *l, const line_set *set, const int32_t *expected,
                                  const int *longest, const char *what)
{
    int at = 0;
    for (int i = 0; i < l->sets; ++i) {
        const int width = set[i].levels + 1;
        if (l->longest[GUARD + i] != longest[i])
            CHECK_FAIL("%s: set %d: longest %d, expected %d", what, i, (int)l->longest[GUARD + i],
                       longest[i]);
        for (int r = 0; r <= set_vectors(&set[i]); ++r, at += width)
            for (int e = 0; e < width; ++e)
                if (l->lines[GUARD + at + e] != expected[at + e])
                    CHECK_FAIL("%s: set %d (norm %d, m %d, tau %d, n %d, rows %d, %d levels): "
                               "lines[%d][%d] is %d, expected %d",
                               what, i, (int)set[i].norm, set[i].m, set[i].tau,
                               (int)set[i].samples.count, set[i].rows, set[i].levels, r, e,
                               (int)l->lines[GUARD + at + e], (int)expected[at + e]);
    }
}

/* All sets in every way: both arithmetics, both orders, several stretches, waves and pieces of
 * the threshold axis. */
static inline void sets_check(const line_set *set, int count, const char *what)
{
    int slots = 0, at = 0, longest[JOBS_MAX];
    bool one = true;
    for (int i = 0; i < count; ++i) {
        slots += (set_vectors(&set[i]) + 1) * (set[i].levels + 1);
        one = one && set[i].levels == 1;
    }
    int32_t *expected = calloc((size_t)slots + 1, sizeof *expected);
    for (int i = 0; i < count; ++i) {
        set_count(&set[i], expected + at, &longest[i]);
        at += (set_vectors(&set[i]) + 1) * (set[i].levels + 1);
    }
    const int stretches[] = {1, 2, 3 + (int)(check_random() % 40), 64, 4096};
    for (size_t s = 0; s < sizeof stretches / sizeof stretches[0]; ++s) {
        const int pieces = s % 2 ? RQA_JOB_LEVELS_MAX : 1 + (int)(check_random() % 62);
        int most = 1;
        for (int i = 0; i < count; ++i)
            most = set[i].levels > most ? set[i].levels : most;
        const int room = (most + JOBS_MAX / count - 1) / (JOBS_MAX / count);
        launch_set l = launch_make(set, count, stretches[s], pieces > room ? pieces : room);
        for (int way = 0; way < 8; ++way) {
            if ((way & 1) && !one) continue;
            launch_run(&l, way & 1, way & 2, way & 4, 1 + (int)(check_random() % 1000));
            launch_compare(&l, set, expected, longest, what);
        }
        launch_free(&l);
    }
    free(expected);
}

#endif
