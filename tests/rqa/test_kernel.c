/* test_kernel.c - the line kernels against plain loops over the matrix, exactly: random sets,
 * ties, samples that are no numbers, every way to cut. */
#include "line_jobs.h"

static double *samples_new(int count)
{
    return malloc(sizeof(double) * ((size_t)count + RQA_PAD));
}

/* kind 0: a random walk; 1: small integers, with ties; 2: noise; 3: constant. */
static void samples_make(double *x, int count, int kind)
{
    double at = 0;
    for (int i = 0; i < count; ++i) {
        at += check_random_unit() - 0.5;
        x[i] = kind == 0   ? at
               : kind == 1 ? (double)(check_random() % 7)
               : kind == 2 ? check_random_unit() * 3
                           : 1.25;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Thresholds around the distances that there are, some of them exactly such a one, some twice. */
static void limits_make(line_set *set, int kind)
{
    const int n = set_vectors(set);
    for (int e = 0; e < set->levels; ++e) {
        double eps = check_random_unit() * 4;
        if (kind == 1) eps = (double)(check_random() % 12);
        if (check_random() % 8 == 0) eps = 0;
        double limit = rqa_limit(eps, set->norm, check_random() % 4 == 0);
        if (n > 1 && check_random() % 3 == 0) {
            const double sum = set_sum(set, (int)(check_random() % (uint64_t)n),
                                       (int)(check_random() % (uint64_t)n));
            if (sum < 1e300) limit = sum;
        }
        set->limit[e] = limit;
        if (e > 0 && check_random() % 6 == 0) set->limit[e] = set->limit[e - 1];
    }
    qsort(set->limit, (size_t)set->levels, sizeof(double), compare_doubles);
}

static line_set set_make(int count, int levels)
{
    line_set set;
    memset(&set, 0, sizeof set);
    const int kind = (int)(check_random() % 16) == 0 ? 3 : (int)(check_random() % 3);
    set.samples.count = (uint64_t)count;
    set.samples.x = samples_new(count);
    samples_make(set.samples.x, count, kind);
    if (check_random() % 2) {
        set.samples.y = samples_new(count);
        samples_make(set.samples.y, count, kind);
    }
    if (check_random() % 2) {
        for (int i = 0; i < count; ++i) {
            if (check_random() % 20) continue;
            set.samples.x[i] = NAN;
            if (set.samples.y) set.samples.y[i] = NAN;
        }
    }
    set.norm = (rqa_norm)(check_random() % 3);
    set.m = 1 + (int)(check_random() % 5);
    set.tau = 1 + (int)(check_random() % 4);
    set.rows = (int)(check_random() % 2);
    set.window = set.rows && check_random() % 2 ? (int)(check_random() % 9) : 0;
    set.first = set.rows || check_random() % 2 ? 1 : 1 + (int)(check_random() % 5);
    set.levels = levels;
    set.limit = malloc(sizeof(double) * (size_t)levels);
    limits_make(&set, kind);
    return set;
}

static void set_free(line_set *set)
{
    free(set->samples.x);
    free(set->samples.y);
    free(set->limit);
}

static void sets_of(int rounds, int count_max, int length_max, int levels_max, bool one,
                    const char *what)
{
    for (int round = 0; round < rounds; ++round) {
        line_set set[JOBS_MAX];
        const int count = 1 + (int)(check_random() % (uint64_t)count_max);
        for (int i = 0; i < count; ++i)
            set[i] = set_make(1 + (int)(check_random() % (uint64_t)length_max),
                              one ? 1 : 1 + (int)(check_random() % (uint64_t)levels_max));
        sets_check(set, count, what);
        for (int i = 0; i < count; ++i)
            set_free(&set[i]);
    }
}

TEST(random_sets_are_counted_exactly)
{
    sets_of(12, 6, 90, 12, false, "random");
}

TEST(one_threshold_is_counted_exactly)
{
    sets_of(12, 6, 150, 1, true, "one threshold");
}

TEST(recordings_of_a_few_samples)
{
    sets_of(60, 8, 6, 4, false, "short");
}

TEST(lines_over_several_groups)
{
    sets_of(2, 2, 300, 8, false, "groups");
}

/* As many as a job has, one more, and more than two jobs have. */
TEST(many_thresholds)
{
    const int levels[] = {2, 17, 51, 62, 63, 64, 130};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; ++i) {
        line_set set = set_make(60, levels[i]);
        sets_check(&set, 1, "many thresholds");
        set_free(&set);
    }
}

/* A constant signal: the longest lines there are, through every stretch. */
TEST(a_constant_signal_is_one_line)
{
    line_set set = set_make(200, 3);
    for (uint64_t i = 0; i < 200; ++i) {
        set.samples.x[i] = 5;
        if (set.samples.y) set.samples.y[i] = -3;
    }
    set.limit[0] = -1;
    set.limit[1] = 0;
    set.limit[2] = 1e300;
    sets_check(&set, 1, "constant");
    set_free(&set);
}

/* What rqa_pack puts together lies where its pieces say. */
TEST(rows_are_packed_in_order)
{
    const kernel_row *row = kernel_find("rqa_pack");
    for (int round = 0; round < 40; ++round) {
        int32_t lines[2000], packed[2000 + 2 * GUARD], pieces[2 * 50];
        const int32_t count = 1 + (int32_t)(check_random() % 50);
        int32_t total = 0, at = 0;
        for (int i = 0; i < 2000; ++i)
            lines[i] = (int32_t)check_random();
        for (int i = 0; i < count; ++i) {
            pieces[2 * i] = total;
            pieces[2 * i + 1] = at;
            total += 1 + (int32_t)(check_random() % 20);
            at += 20 + (int32_t)(check_random() % 20);
        }
        guarded_clear(packed, total);
        const td_launch_arg args[] = {{lines, 0, true},
                                      {pieces, 0, true},
                                      {packed + GUARD, 0, true},
                                      {&count, 4, false},
                                      {&total, 4, false}};
        const int groups = 1 + (int)(check_random() % 4);
        for (int g = 0; g < groups; ++g)
            (round % 2 ? row->falling : row->rising)(args, g, groups);
        guarded_check(packed, total, "rqa_pack");
        for (int p = 0; p < count; ++p)
            for (int i = pieces[2 * p]; i < (p + 1 < count ? pieces[2 * p + 2] : total); ++i)
                CHECK_INT(lines[pieces[2 * p + 1] + i - pieces[2 * p]], packed[GUARD + i]);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(random_sets_are_counted_exactly),
                                     RUN(one_threshold_is_counted_exactly),
                                     RUN(recordings_of_a_few_samples),
                                     RUN(lines_over_several_groups),
                                     RUN(many_thresholds),
                                     RUN(a_constant_signal_is_one_line),
                                     RUN(rows_are_packed_in_order),
                                     {0}});
}
