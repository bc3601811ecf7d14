/* row_rqa.c - the line kernels of recurrence plots against plain loops over the whole matrix: every
 * count of every length and threshold, exactly. rqa_pack against one loop. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "tests/rqa/line_jobs.h"

#define SETS_MAX  12
#define WAVES_MAX 1000

typedef struct lines_try {
    bool one, f32;
    int sets, length_max, levels_max;
} lines_try;

/* ---- Input ------------------------------------------------------------------------------------
 */

/* Walks, small integers whose distances meet the thresholds, noise, a constant. */
static td_status samples_fill(ops_case *c, int kind, int count, double **out, td_error *err)
{
    void *room = NULL;
    double at = 0;
    const td_status status = ops_host((uint64_t)count + RQA_PAD, sizeof(double), &room, err);
    if (status) return status;
    double *const x = *out = room;
    for (int i = 0; i < count; ++i) {
        at += ops_random_unit(c) - 0.5;
        x[i] = kind == 0   ? at
               : kind == 1 ? (double)ops_random_below(c, 7)
               : kind == 2 ? ops_random_unit(c) * 3
                           : 1.25;
    }
    return TD_OK;
}

static int limit_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Some are exactly a distance that there is, or just below, some stand twice, some are below 0. */
static void limits_fill(ops_case *c, line_set *set)
{
    const int n = set_vectors(set);
    for (int e = 0; e < set->levels; ++e) {
        set->limit[e] = ops_random_below(c, 8) ? ops_random_unit(c) * 4 : 0;
        if (ops_random_below(c, 16) == 0) set->limit[e] = -1;
        if (n > 1 && ops_random_below(c, 3) == 0) {
            const double sum = set_sum(set, (int)ops_random_below(c, (uint64_t)n),
                                       (int)ops_random_below(c, (uint64_t)n));
            /* Just below a sum that there is: float32 cannot tell the two apart. */
            if (isfinite(sum)) set->limit[e] = ops_random_below(c, 2) ? sum : nextafter(sum, -1);
        }
        if (e > 0 && ops_random_below(c, 6) == 0) set->limit[e] = set->limit[e - 1];
    }
    qsort(set->limit, (size_t)set->levels, sizeof(double), limit_order);
}

static td_status set_fill(ops_case *c, const lines_try *how, line_set *set, td_error *err)
{
    const int kind = ops_random_below(c, 16) ? (int)ops_random_below(c, 3) : 3;
    const int least = how->length_max < 10 ? 1 : how->length_max / 2;
    const int count = least + (int)ops_random_below(c, (uint64_t)(how->length_max - least));
    void *limit = NULL;
    memset(set, 0, sizeof *set);
    td_status status = samples_fill(c, kind, count, &set->samples.x, err);
    if (!status && ops_random_below(c, 2))
        status = samples_fill(c, kind, count, &set->samples.y, err);
    if (status) return status;
    set->samples.count = (uint64_t)count;
    for (int i = 0; i < count && ops_random_below(c, 3) == 0; i += 20) {
        set->samples.x[i] = NAN;
        if (set->samples.y) set->samples.y[i] = NAN;
    }
    set->norm = (rqa_norm)ops_random_below(c, 3);
    set->m = 1 + (int)ops_random_below(c, 5);
    set->tau = 1 + (int)ops_random_below(c, 4);
    set->rows = (int)ops_random_below(c, 2);
    set->window = set->rows ? (int)ops_random_below(c, 9) : 0;
    set->first = set->rows ? 1 : 1 + (int)ops_random_below(c, 5);
    set->levels = how->one ? 1 : 1 + (int)ops_random_below(c, (uint64_t)how->levels_max);
    status = ops_host((uint64_t)set->levels, sizeof(double), &limit, err);
    set->limit = limit;
    if (!status) limits_fill(c, set);
    return status;
}

static void sets_free(line_set *set)
{
    for (int i = 0; i < SETS_MAX; ++i) {
        free(set[i].samples.x);
        free(set[i].samples.y);
        free(set[i].limit);
    }
}

/* ---- Launches ---------------------------------------------------------------------------------
 */

typedef struct lines_memory {
    ops_buffer *samples, *bits, *jobs, *guards, *limits, *lines, *longest;
} lines_memory;

static td_status lines_memory_make(ops_case *c, const launch_set *l, lines_memory *m, td_error *err)
{
    const size_t samples = (size_t)l->sample_count, limits = (size_t)l->limit_count;
    const size_t slots = (size_t)l->slots * 4, longest = (size_t)l->sets * 4;
    void *zeros = NULL;
    td_status status = ops_host(slots + longest, 1, &zeros, err);
    if (!status) status = ops_memory(c, l->rounded, samples * 4, &m->samples, err);
    if (!status) status = ops_memory(c, l->samples, samples * 8, &m->bits, err);
    if (!status)
        status = ops_memory(c, l->job, (size_t)l->job_count * sizeof l->job[0], &m->jobs, err);
    if (!status) status = ops_memory(c, l->guard, limits * 8, &m->guards, err);
    if (!status) status = ops_memory(c, l->limit, limits * 8, &m->limits, err);
    if (!status) status = ops_memory(c, zeros, slots, &m->lines, err);
    if (!status) status = ops_memory(c, zeros, longest, &m->longest, err);
    free(zeros);
    return status;
}

/* The groups in waves, as the operation launches them. */
static td_status lines_launch(ops_case *c, const launch_set *l, const lines_memory *m, bool f32,
                              int wave, td_error *err)
{
    td_status status = TD_OK;
    for (int first = 0; first < l->groups && !status; first += wave) {
        const uint32_t groups = (uint32_t)(l->groups - first < wave ? l->groups - first : wave);
        status = f32 ? ops_launch(c, err, groups, c->row, m->samples, m->bits, m->jobs, m->guards,
                                  m->limits, m->lines, m->longest, l->job_count, first)
                     : ops_launch(c, err, groups, c->row, m->bits, m->jobs, m->limits, m->lines,
                                  m->longest, l->job_count, first);
    }
    return status;
}

/* What came out, beside what plain loops count: lines, and behind them the longest of each set. */
static td_status lines_compare(ops_case *c, const line_set *set, const launch_set *l,
                               const lines_memory *m, const char *text, td_error *err)
{
    const uint64_t count = (uint64_t)l->slots + (uint64_t)l->sets;
    void *room = NULL, *got = NULL;
    td_status status = ops_host(count, 4, &room, err);
    if (!status) status = ops_host(count, 4, &got, err);
    if (!status) status = ops_get(c, got, m->lines, err);
    if (!status) status = ops_get(c, (int32_t *)got + l->slots, m->longest, err);
    if (status) goto out;
    int32_t *const wanted = room, *at = wanted;
    for (int i = 0; i < l->sets; ++i) {
        set_count(&set[i], at, (int *)&wanted[l->slots + i]);
        at += (set_vectors(&set[i]) + 1) * (set[i].levels + 1);
    }
    ops_equal(c, text, TD_I32, wanted, got, count);
out:
    free(room);
    free(got);
    return status;
}

static td_status lines_case(ops_case *c, const lines_try *how, td_error *err)
{
    line_set set[SETS_MAX];
    launch_set l;
    lines_memory memory;
    char text[64];
    const int stretch = 1 + (int)ops_random_below(c, ops_random_below(c, 2) ? 40 : 4000);
    const int wave = 1 + (int)ops_random_below(c, WAVES_MAX);
    /* JOBS_MAX jobs are the most, so the threshold axis may not be cut too fine. */
    const int fine = (how->levels_max * how->sets + JOBS_MAX - 1) / JOBS_MAX;
    const int levels = fine + (int)ops_random_below(c, (uint64_t)(RQA_JOB_LEVELS_MAX - fine) + 1);
    td_status status = TD_OK;
    memset(set, 0, sizeof set);
    memset(&l, 0, sizeof l);
    for (int i = 0; i < how->sets && !status; ++i)
        status = set_fill(c, how, &set[i], err);
    if (status) goto out;
    l = launch_make(set, how->sets, stretch, levels);
    status = lines_memory_make(c, &l, &memory, err);
    if (!status) status = lines_launch(c, &l, &memory, how->f32, wave, err);
    snprintf(text, sizeof text, "%d sets to n %d, %d jobs, %d groups", how->sets, how->length_max,
             l.job_count, l.groups);
    if (!status) status = lines_compare(c, set, &l, &memory, text, err);
    ops_case_end(c);
out:
    launch_free(&l);
    sets_free(set);
    return status;
}

/* Short recordings, many thresholds, and lines that take more than one group. */
static td_status lines_row(ops_case *c, bool one, bool f32, td_error *err)
{
    const int longest = (int)ops_pick(c, 320, 1200, 8000);
    const lines_try tries[] = {
        {one, f32, 6, 6, 4},
        {one, f32, (int)ops_pick(c, 3, 10, 12), (int)ops_pick(c, 40, 200, 700), 12},
        {one, f32, 2, (int)ops_pick(c, 30, 120, 400), 130},
        {one, f32, 1, longest, (int)ops_pick(c, 2, 4, 4)},
    };
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0] && !status; ++i)
        status = lines_case(c, &tries[i], err);
    return status;
}

td_status row_rqa_many_f32(ops_case *c, td_error *err)
{
    return lines_row(c, false, true, err);
}

td_status row_rqa_one_f32(ops_case *c, td_error *err)
{
    return lines_row(c, true, true, err);
}

td_status row_rqa_many_f64(ops_case *c, td_error *err)
{
    return lines_row(c, false, false, err);
}

td_status row_rqa_one_f64(ops_case *c, td_error *err)
{
    return lines_row(c, true, false, err);
}

/* ---- Packing ----------------------------------------------------------------------------------
 */

td_status row_rqa_pack(ops_case *c, td_error *err)
{
    const uint64_t source = ops_pick(c, 500, 100000, 20000000);
    const uint64_t pieces = ops_pick(c, 7, 500, 20000), most = source / pieces;
    const uint32_t groups = 1 + (uint32_t)ops_random_below(c, ops_pick(c, 4, 64, 1000));
    ops_buffer *lines = NULL, *places = NULL, *packed = NULL;
    void *from = NULL, *wanted = NULL, *got = NULL, *room = NULL;
    char text[64];
    uint64_t count = 0;
    td_status status = ops_host(source, 4, &from, err);
    if (!status) status = ops_host(pieces * 2, 4, &room, err);
    if (!status) status = ops_host(source, 4, &wanted, err);
    if (!status) status = ops_host(source, 4, &got, err);
    if (status) goto out;
    int32_t *const piece = room;
    ops_random_fill(c, from, source * 4);
    for (uint64_t i = 0; i < pieces; ++i) {
        const uint64_t length = 1 + ops_random_below(c, most);
        const uint64_t start = ops_random_below(c, source - length);
        piece[2 * i] = (int32_t)count;
        piece[2 * i + 1] = (int32_t)start;
        memcpy((int32_t *)wanted + count, (const int32_t *)from + start, length * 4);
        count += length;
    }
    status = ops_memory(c, from, source * 4, &lines, err);
    if (!status) status = ops_memory(c, piece, pieces * 8, &places, err);
    if (!status) status = ops_memory(c, NULL, count * 4, &packed, err);
    if (!status)
        status = ops_launch(c, err, groups, c->row, lines, places, packed, (int)pieces, (int)count);
    if (!status) status = ops_get(c, got, packed, err);
    if (status) goto out;
    snprintf(text, sizeof text, "%" PRIu64 " pieces, n %" PRIu64, pieces, count);
    ops_equal(c, text, TD_I32, wanted, got, count);
out:
    free(from);
    free(wanted);
    free(got);
    free(room);
    return status;
}
