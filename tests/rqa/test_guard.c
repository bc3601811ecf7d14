/* test_guard.c - float32 with a guard band: what it decides is right for values made to mislead it,
 * also where a device flushes small numbers to zero, and it decides nearly all. */
#include <float.h>

#include "line_jobs.h"

#define COUNT 70

static double ulps(double value, int steps)
{
    for (; steps > 0; --steps)
        value = nextafter(value, INFINITY);
    for (; steps < 0; ++steps)
        value = nextafter(value, -INFINITY);
    return value;
}

/* Each kind of recording that float32 cannot hold, by number. */
#define KINDS 13
static double sample_of(int kind, int i)
{
    const double unit = check_random_unit() - 0.5, whole = (double)(check_random() % 9);
    switch (kind) {
    case 0: return 1e15 + 0.125 * whole; /* small steps far from 0 */
    case 1: return 1e-300 * unit;        /* squares vanish */
    case 2: return 0x1p-1074 * whole;    /* subnormal */
    case 3: return 1.7e308 * (2 * unit); /* differences may be infinite */
    case 4: return 1e150 * unit;         /* squares near the end of the range */
    case 5: return i == 7 ? 1e9 : unit;  /* one outlier takes the scale */
    case 6: return 0.1 * whole;          /* ties that are no ties to the last bit */
    case 7: return whole;                /* ties */
    case 8: return 1 + 0x1p-52 * whole;  /* float32 sees one value */
    case 10: return 960 * (2 * unit) - fmod(960 * (2 * unit), 0.25); /* a grid, too fine for l2 */
    case 11: return i == 3 ? 0x1p-60 : whole; /* a grid but for one, which rounding hides */
    case 12: return 1e6 + 0.5 * whole + (i == 5 ? 0x1p-30 : 0);
    default: return 1e-160 * unit + 1e-165 * whole; /* squares are subnormal */
    }
}

static line_set guard_set(int kind, int levels)
{
    line_set set;
    memset(&set, 0, sizeof set);
    set.samples.count = COUNT;
    set.samples.x = malloc(sizeof(double) * COUNT);
    for (int i = 0; i < COUNT; ++i)
        set.samples.x[i] = sample_of(kind, i);
    if (check_random() % 2) {
        set.samples.y = malloc(sizeof(double) * COUNT);
        for (int i = 0; i < COUNT; ++i)
            set.samples.y[i] = sample_of(kind, i);
    }
    set.norm = (rqa_norm)(check_random() % 3);
    set.m = 1 + (int)(check_random() % 6);
    set.tau = 1 + (int)(check_random() % 3);
    set.rows = (int)(check_random() % 2);
    set.first = 1;
    set.levels = levels;
    set.limit = malloc(sizeof(double) * (size_t)levels);
    return set;
}

static void guard_free(line_set *set)
{
    free(set->samples.x);
    free(set->samples.y);
    free(set->limit);
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Limits at sums that there are, and one or two units in the last place beside them. */
static void limits_mislead(line_set *set)
{
    const uint64_t n = (uint64_t)set_vectors(set);
    for (int e = 0; e < set->levels; ++e) {
        double sum = INFINITY;
        for (int tries = 0; tries < 50 && !(sum <= DBL_MAX); ++tries)
            sum = set_sum(set, (int)(check_random() % n), (int)(check_random() % n));
        if (!(sum <= DBL_MAX)) sum = 1;
        set->limit[e] = fmin(ulps(sum, (int)(check_random() % 5) - 2), DBL_MAX);
        if (set->limit[e] < 0) set->limit[e] = -1;
    }
    qsort(set->limit, (size_t)set->levels, sizeof(double), compare_doubles);
}

TEST(values_made_to_mislead_float32)
{
    for (int round = 0; round < 40; ++round) {
        line_set set = guard_set(round % KINDS, 1 + (int)(check_random() % 20));
        limits_mislead(&set);
        char what[32];
        snprintf(what, sizeof what, "kind %d", round % KINDS);
        sets_check(&set, 1, what);
        guard_free(&set);
    }
}

/* ---- The promise itself ---------------------------------------------------------------------- */

/* S32 as the kernels add it up, all terms. */
static float sum32_of(const line_set *set, const float *x, const float *y, int i, int j)
{
    float sum = 0;
    for (int lag = 0; lag < set->m; ++lag) {
        for (int part = 0; part < (set->samples.y ? 2 : 1); ++part) {
            const float *s = part ? y : x;
            const float d = s[i + lag * set->tau] - s[j + lag * set->tau];
            if (set->norm == RQA_L2) sum += d * d;
            else if (set->norm == RQA_L1) sum += fabsf(d);
            else sum = fabsf(d) > sum ? fabsf(d) : sum;
        }
    }
    return sum;
}

/* Answers the share of pairs and limits that the guards leave open. */
static double guard_check(const line_set *set)
{
    float x[COUNT], y[COUNT], *guard = malloc(2 * sizeof(float) * (size_t)set->levels);
    const rqa_scale scale = rqa_scale_of(&set->samples);
    const int n = set_vectors(set), terms = set->m * (set->samples.y ? 2 : 1);
    double open = 0, all = 0;
    rqa_scale_fill(set->samples.x, COUNT, scale.centre_x, scale.exponent, x);
    if (set->samples.y) rqa_scale_fill(set->samples.y, COUNT, scale.centre_y, scale.exponent, y);
    rqa_guards_fill(set->limit, (uint32_t)set->levels, set->norm, (uint32_t)terms, &scale, guard);
    for (int i = 0; i < COUNT; ++i)
        if (!(fabsf(x[i]) <= 1))
            CHECK_FAIL("%a became %a (centre %a, exponent %d)", set->samples.x[i], (double)x[i],
                       scale.centre_x, scale.exponent);
    for (int i = 0; i < n; ++i) {
        for (int j = 0; j < n; ++j) {
            const float sum32 = sum32_of(set, x, y, i, j);
            const double sum = set_sum(set, i, j);
            for (int e = 0; e < set->levels; ++e) {
                const float below = guard[2 * e], above = guard[2 * e + 1];
                if (e > 0) CHECK(below >= guard[2 * e - 2] && above >= guard[2 * e - 1]);
                if (sum32 <= below && !(sum <= set->limit[e]))
                    CHECK_FAIL("%a <= below %a, but %a > %a", (double)sum32, (double)below, sum,
                               set->limit[e]);
                if (sum32 > above && sum <= set->limit[e])
                    CHECK_FAIL("%a > above %a, but %a <= %a", (double)sum32, (double)above, sum,
                               set->limit[e]);
                open += sum32 > below && sum32 <= above;
                all += 1;
            }
        }
    }
    free(guard);
    return open / all;
}

TEST(guards_keep_their_promise)
{
    for (int round = 0; round < 400; ++round) {
        line_set set = guard_set(round % KINDS, 8);
        limits_mislead(&set);
        guard_check(&set);
        guard_free(&set);
    }
}

/* Ordinary data: hardly a pair is computed twice. */
TEST(guards_are_narrow)
{
    double open = 0;
    for (int round = 0; round < 100; ++round) {
        line_set set = guard_set(7, 20);
        for (int i = 0; i < COUNT; ++i) {
            set.samples.x[i] = 20 + check_random_unit();
            if (set.samples.y) set.samples.y[i] = 30 * check_random_unit();
        }
        for (int e = 0; e < 20; ++e)
            set.limit[e] = rqa_limit(0.05 * (e + 1), set.norm, false);
        open += guard_check(&set) / 100;
        guard_free(&set);
    }
    printf("  left open: %.2g of all pairs and limits\n", open);
    CHECK(open < 1e-4);
}

/* Whole numbers, of which many sums are equal to a threshold: no pair is computed twice, where the
 * largest sum is not too large. */
TEST(whole_numbers_are_decided_at_once)
{
    for (int round = 0; round < 60; ++round) {
        line_set set = guard_set(round % 2 ? 7 : 0, 12);
        if (round % 3 == 0)
            for (int i = 0; i < COUNT; ++i)
                set.samples.x[i] = 0x1p-20 * (double)(check_random() % 9) - 0x1p10;
        for (int e = 0; e < 12; ++e)
            set.limit[e] = rqa_limit(e / 4.0, set.norm, e % 2);
        qsort(set.limit, 12, sizeof(double), compare_doubles);
        const double open = guard_check(&set);
        if (round % 3 || !set.samples.y) CHECK(open == 0);
        guard_free(&set);
    }
}

#if defined(__SSE2__)
/* Bits of the control register: results and operands that are subnormal become 0. */
#define FLUSH 0x8040u

/* The kernels on a device that flushes: float32 is all the floating-point that they use. */
TEST(devices_that_flush_small_numbers)
{
    for (int round = 0; round < 30; ++round) {
        line_set set = guard_set(round % KINDS, 1 + (int)(check_random() % 8));
        limits_mislead(&set);
        const int slots = (set_vectors(&set) + 1) * (set.levels + 1);
        int32_t *expected = calloc((size_t)slots, sizeof *expected);
        int longest = 0;
        set_count(&set, expected, &longest);
        launch_set l = launch_make(&set, 1, 16, RQA_JOB_LEVELS_MAX);
        const unsigned control = __builtin_ia32_stmxcsr();
        __builtin_ia32_ldmxcsr(control | FLUSH);
        launch_run(&l, false, true, round % 2, 100);
        __builtin_ia32_ldmxcsr(control);
        launch_compare(&l, &set, expected, &longest, "flushed");
        launch_free(&l);
        guard_free(&set);
        free(expected);
    }
}
#else
TEST(devices_that_flush_small_numbers)
{
    SKIP("this processor is not told to flush");
}
#endif

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(values_made_to_mislead_float32),
                                     RUN(guards_keep_their_promise),
                                     RUN(guards_are_narrow),
                                     RUN(whole_numbers_are_decided_at_once),
                                     RUN(devices_that_flush_small_numbers),
                                     {0}});
}
