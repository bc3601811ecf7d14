/* The operation "stats.groups" on the engine: the same as comparing test by test, whatever the
 * number of threads; labels that cannot be; and how fast a whole study is compared. */
#include "study/stats.h"
#include "study/study.h"
#include "tandem/module.h"
#include "tests/check.h"

static const td_op_impl *const ops[] = {&stats_groups_impl, NULL};
static td_error err;
static td_engine *engine;
static td_args *args;
static td_table *table;

static void close_all(void)
{
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    table = NULL;
    args = NULL;
    engine = NULL;
    err = (td_error)TD_ERROR_INIT;
}

static void open_engine_of(uint32_t threads, uint64_t host_bytes)
{
    close_all();
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = threads;
    config.host_bytes_max = host_bytes;
    config.backends = "cpu";
    config.ops = ops;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK_STATUS(TD_OK, td_args_create(engine, "stats.groups", &args, &err), &err);
}

static void open_engine(uint32_t threads)
{
    open_engine_of(threads, 0);
}

static td_status bind(const double *value, const int32_t *subject, const int32_t *group,
                      int64_t observations, int64_t tests)
{
    td_array array = TD_ARRAY_INIT;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = observations;
    array.shape[1] = tests;
    array.data = (void *)(uintptr_t)value;
    td_status status = td_args_bind(args, "value", &array, &err);
    array = (td_array)TD_ARRAY_INIT;
    array.dtype = TD_I32;
    array.rank = 1;
    array.shape[0] = observations;
    array.data = (void *)(uintptr_t)subject;
    if (!status) status = td_args_bind(args, "subject", &array, &err);
    array.data = (void *)(uintptr_t)group;
    if (!status) status = td_args_bind(args, "group", &array, &err);
    return status;
}

static td_status run(void)
{
    td_table_destroy(table);
    table = NULL;
    err = (td_error)TD_ERROR_INIT;
    return td_run(engine, args, NULL, &table, NULL, &err);
}

static const double *output(const char *name)
{
    td_var var;
    if (!td_table_find_var(table, name, &var)) CHECK_FAIL("no output %s", name);
    return var.data;
}

#define OBSERVATIONS 60
#define SUBJECTS     20
#define TESTS        1300
#define GROUPS       4
static double value[OBSERVATIONS * TESTS];
static int32_t subject[OBSERVATIONS], group[OBSERVATIONS];

/* Every seventh value is missing, some are tied. */
static void make_values(void)
{
    for (int i = 0; i < OBSERVATIONS; ++i) {
        subject[i] = (i * 7) % SUBJECTS;
        group[i] = subject[i] % GROUPS;
        for (int test = 0; test < TESTS; ++test)
            value[i * TESTS + test] = check_random() % 7 == 0 ? (double)NAN
                                      : test % 2              ? (double)(check_random() % 8)
                                                 : check_random_unit() + 0.1 * group[i];
    }
}

/* The mean of each subject, added in the order of the observations. */
static void means_of(int test, double *mean, int32_t *in)
{
    for (int s = 0; s < SUBJECTS; ++s) {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < OBSERVATIONS; ++i) {
            if (subject[i] != s) continue;
            in[s] = group[i];
            if (isnan(value[i * TESTS + test])) continue;
            sum += value[i * TESTS + test];
            count += 1;
        }
        mean[s] = count ? sum / count : (double)NAN;
    }
}

TEST(the_engine_gives_what_each_test_gives)
{
    double mean[SUBJECTS];
    int32_t in[SUBJECTS];
    stats_result expected;
    void *memory = NULL;
    make_values();
    open_engine(2);
    CHECK_STATUS(TD_OK, bind(value, subject, group, OBSERVATIONS, TESTS), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "pair", "0:5", &err), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "level", "3,0", &err), &err);
    CHECK_STATUS(TD_OK, run(), &err);
    CHECK(posix_memalign(&memory, 64, stats_scratch_bytes(SUBJECTS)) == 0);
    stats_scratch *scratch = stats_scratch_make(memory, SUBJECTS);
    for (int test = 0; test < TESTS; ++test) {
        means_of(test, mean, in);
        stats_compare(scratch, mean, 1, in, SUBJECTS, GROUPS, &expected);
        CHECK_NEAR(expected.anova_f, output("anova_f")[test], 0);
        CHECK_NEAR(expected.anova_p, output("anova_p")[test], 0);
        CHECK_NEAR(expected.eta2, output("eta2")[test], 0);
        CHECK_NEAR(expected.kruskal_h, output("kruskal_h")[test], 0);
        CHECK_NEAR(expected.kruskal_p, output("kruskal_p")[test], 0);
        for (int pair = 0; pair < 6; ++pair) {
            const stats_pair *one = &expected.pair[pair];
            CHECK_NEAR(one->mannwhitney_p, output("mannwhitney_p")[test * 6 + pair], 0);
            CHECK_NEAR(one->mannwhitney_holm, output("mannwhitney_holm")[test * 6 + pair], 0);
            CHECK_NEAR(one->cliff_delta, output("cliff_delta")[test * 6 + pair], 0);
            CHECK_NEAR(one->auc, output("auc")[test * 6 + pair], 0);
        }
        CHECK_NEAR(expected.group_mean[3], output("group_mean")[test * 2], 0);
        CHECK_NEAR(expected.group_sd[0], output("group_sd")[test * 2 + 1], 0);
    }
    free(memory);
}

TEST(threads_do_not_matter)
{
    static double kept[TESTS];
    make_values();
    for (uint32_t threads = 1; threads <= 3; ++threads) {
        open_engine(threads);
        CHECK_STATUS(TD_OK, bind(value, subject, group, OBSERVATIONS, TESTS), &err);
        CHECK_STATUS(TD_OK, run(), &err);
        if (threads == 1) memcpy(kept, output("anova_p"), sizeof kept);
        CHECK(memcmp(kept, output("anova_p"), sizeof kept) == 0);
    }
}

/* Units are smaller where memory is short: each observation a subject, as in studies of
 * recordings. */
TEST(a_small_budget_gives_the_same)
{
    static const uint64_t budgets[] = {0, UINT64_C(1) << 20, UINT64_C(1) << 18};
    static double first[TESTS];
    make_values();
    for (int i = 0; i < OBSERVATIONS; ++i)
        subject[i] = i;
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; ++i) {
        open_engine_of(2, budgets[i]);
        CHECK_STATUS(TD_OK, bind(value, subject, group, OBSERVATIONS, TESTS), &err);
        CHECK_STATUS(TD_OK, td_args_sweep(args, "pair", "0:5", &err), &err);
        CHECK_STATUS(TD_OK, run(), &err);
        if (i == 0) memcpy(first, output("kruskal_p"), sizeof first);
        CHECK(memcmp(first, output("kruskal_p"), sizeof first) == 0);
    }
    close_all();
}

TEST(labels_that_cannot_be_are_refused)
{
    const int32_t gap[4] = {0, 2, 0, 2}, both[4] = {0, 1, 0, 1}, one[4] = {0, 0, 0, 0};
    const int32_t mixed[4] = {0, 0, 1, 1}, minus[4] = {0, -1, 0, 1}, high[4] = {0, 16, 0, 16};
    const double four[4] = {1, 2, 3, 4};
    open_engine(1);
    CHECK_STATUS(TD_OK, bind(four, gap, both, 4, 1), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, run(), &err);
    CHECK_HAS("subject 1 has no observation", err.message);
    CHECK_STATUS(TD_OK, bind(four, both, mixed, 4, 1), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, run(), &err);
    CHECK_HAS("subject 0 is in the groups 0 and 1", err.message);
    CHECK_STATUS(TD_OK, bind(four, both, one, 4, 1), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, run(), &err);
    CHECK_HAS("one group", err.message);
    CHECK_STATUS(TD_OK, bind(four, minus, both, 4, 1), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, run(), &err);
    CHECK_HAS("subject[1] is -1", err.message);
    CHECK_STATUS(TD_OK, bind(four, both, high, 4, 1), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, run(), &err);
    CHECK_HAS("group[1] is 16", err.message);
    CHECK_STATUS(TD_OK, bind(four, both, both, 4, 1), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "pair", "0:1", &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, run(), &err);
    CHECK_HAS("pair is 1, allowed 0 to 0", err.message);
    CHECK_STATUS(TD_OK, bind(four, both, both, 1, 4), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, run(), &err);
}

/* 81,600 tests on 61 subjects in three groups: the whole study, with all it costs but the file. */
TEST(a_whole_study_is_compared_in_no_time)
{
    enum { STUDY_TESTS = 81600, STUDY_SUBJECTS = 61 };
    double *many = malloc(sizeof(double) * STUDY_TESTS * STUDY_SUBJECTS);
    int32_t who[STUDY_SUBJECTS], in[STUDY_SUBJECTS];
    CHECK(many);
    for (size_t i = 0; i < (size_t)STUDY_TESTS * STUDY_SUBJECTS; ++i)
        many[i] = check_random_unit();
    for (int i = 0; i < STUDY_SUBJECTS; ++i) {
        who[i] = i;
        in[i] = i % 3;
    }
    open_engine(0);
    CHECK_STATUS(TD_OK, bind(many, who, in, STUDY_SUBJECTS, STUDY_TESTS), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "pair", "0:2", &err), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "level", "0:2", &err), &err);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    CHECK_STATUS(TD_OK, run(), &err);
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double seconds =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    printf("  %d tests in %.3f s\n", STUDY_TESTS, seconds);
    free(many);
    /* A tight bound would fail on a busy machine and under sanitizers; this one catches a slip
     * into another order of magnitude. The benchmarks measure. */
    CHECK(seconds < 30.0);
    int below = 0;
    for (int i = 0; i < STUDY_TESTS; ++i)
        below += output("anova_p")[i] < 0.05;
    CHECK(below > 3600 && below < 4560); /* 5 % of them, since there is no effect */
}

int main(int argc, char **argv)
{
    const int code = check_main(argc, argv,
                                (check_test[]){RUN(the_engine_gives_what_each_test_gives),
                                               RUN(threads_do_not_matter),
                                               RUN(a_small_budget_gives_the_same),
                                               RUN(labels_that_cannot_be_are_refused),
                                               RUN(a_whole_study_is_compared_in_no_time),
                                               {0}});
    close_all();
    return code;
}
