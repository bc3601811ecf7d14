/* test_edges.c - short, constant and broken recordings, warnings, and arguments that are wrong. */
#include "measures.h"

static void expect_missing(const td_table *t, const uint64_t *at)
{
    static const char *const floats[] = {"rr",  "det", "l",    "ent",     "div",
                                         "lam", "tt",  "vent", "eps_used"};
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; ++i)
        CHECK(isnan(value_of(t, floats[i], at)));
    CHECK_INT(INT32_MIN, whole_of(t, "lmax", at));
    CHECK_INT(INT32_MIN, whole_of(t, "vmax", at));
}

static const char *warnings_of(const td_table *table)
{
    const char *text = td_table_attribute(table, "warnings");
    return text ? text : "";
}

TEST(fewer_than_two_vectors_are_missing_and_counted)
{
    static const double x[] = {1, 1, 2, 1, 2, 3, 0.5, 0.25, 0.125, 4};
    static const char *const names[] = {"none", "one", "two", "three", "four"};
    const recordings data = {5, {0, 0, 1, 3, 6, 10}, x, NULL, names};
    const setting settings[] = {{"mode", "x:l1"}, {"m", "1,2"},    {"tau", "1,2,100000"},
                                {"eps", "0,1"},   {"lmin", "1,2"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    static const uint64_t counts[] = {0, 1, 2, 3, 4}, taus[] = {1, 2, 100000};
    int missing = 0;
    uint64_t at[6] = {0};
    for (at[0] = 0; at[0] < 5; ++at[0])
        for (at[2] = 0; at[2] < 2; ++at[2])
            for (at[3] = 0; at[3] < 3; ++at[3]) {
                const bool enough = counts[at[0]] >= 2 + at[2] * taus[at[3]];
                missing += !enough;
                if (enough) CHECK(!isnan(value_of(table, "rr", at)));
                else expect_missing(table, at);
            }
    char wanted[128];
    snprintf(wanted, sizeof wanted,
             "%d of 30 combinations of recording, m and tau have fewer than "
             "two delay vectors: none, one, two, three, four",
             missing);
    if (!strstr(warnings_of(table), wanted))
        CHECK_FAIL("\"%s\" is not in \"%s\"", wanted, warnings_of(table));
    td_table_destroy(table);
    td_engine_destroy(engine);
}

static td_table *run_one(td_engine *engine, const double *x, uint64_t count,
                         const setting *settings)
{
    const recordings data = {1, {0, count}, x, NULL, NULL};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    return table;
}

TEST(no_point_recurs)
{
    static const double x[] = {0, 10, 30, 70, 150, 310};
    static const uint64_t at[6] = {0};
    const setting settings[] = {{"mode", "x:l2"}, {"eps", "1"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = run_one(engine, x, 6, settings);
    CHECK_NEAR(0, value_of(table, "rr", at), 0);
    CHECK_INT(0, whole_of(table, "lmax", at));
    CHECK_INT(0, whole_of(table, "vmax", at));
    static const char *const ratios[] = {"det", "l", "ent", "div", "lam", "tt", "vent"};
    for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; ++i)
        CHECK(isnan(value_of(table, ratios[i], at)));
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(points_but_no_line)
{
    /* Only samples 0 and 3 are alike: single points. */
    static const double x[] = {0, 10, 30, 0, 70, 150};
    static const uint64_t at[6] = {0};
    const setting settings[] = {{"mode", "x:l2"}, {"eps", "1"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = run_one(engine, x, 6, settings);
    CHECK_NEAR(2.0 / 30, value_of(table, "rr", at), 0);
    CHECK_INT(1, whole_of(table, "lmax", at));
    CHECK_NEAR(1, value_of(table, "div", at), 0);
    CHECK_NEAR(0, value_of(table, "det", at), 0);
    CHECK_NEAR(0, value_of(table, "lam", at), 0);
    CHECK(isnan(value_of(table, "l", at)));
    CHECK(isnan(value_of(table, "ent", at)));
    CHECK(isnan(value_of(table, "tt", at)));
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(eps_zero_and_strict)
{
    static const double x[] = {1, 2, 1, 2, 1, 2};
    uint64_t at[6] = {0};
    const setting plain[] = {{"mode", "x:l2"}, {"eps", "0,1"}, {NULL, NULL}};
    const setting strict[] = {
        {"mode", "x:l2"}, {"eps", "0,1"}, {"strict", "true"}, {"profile", "accrqa"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = run_one(engine, x, 6, plain);
    CHECK_NEAR(12.0 / 30, value_of(table, "rr", at), 0);
    at[4] = 1;
    CHECK_NEAR(1, value_of(table, "rr", at), 0);
    td_table_destroy(table);
    table = run_one(engine, x, 6, strict);
    CHECK_NEAR(0.5, value_of(table, "rr", at), 0);
    at[4] = 0; /* nothing is nearer than 0, not even a point to itself */
    CHECK_NEAR(0, value_of(table, "rr", at), 0);
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(samples_that_are_no_numbers_are_counted_and_constants_flagged)
{
    static const double x[] = {1, NAN, 1, 1, INFINITY, 1, 0, 1, 2, 3};
    static const double y[] = {NAN, 0, 0, 0, 0, 0, 5, 5, 5, 5};
    static const char *const names[] = {"holes", "still"};
    const recordings data = {2, {0, 6, 10}, x, y, names};
    const setting settings[] = {{"mode", "x:l1,y:l1,xy:max,amplitude:l2"}, {NULL, NULL}};
    static const uint8_t constant[2][4] = {{1, 1, 1, 1}, {0, 1, 0, 0}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, NULL, &table, &err), &err);
    const int32_t *samples = data_of(table, "samples", 2), *nan = data_of(table, "nan_samples", 2);
    const uint8_t *flags = data_of(table, "constant", 8);
    CHECK_INT(6, samples[0]);
    CHECK_INT(4, samples[1]);
    CHECK_INT(3, nan[0]);
    CHECK_INT(0, nan[1]);
    for (int i = 0; i < 8; ++i)
        CHECK_INT(constant[i / 4][i % 4], flags[i]);
    CHECK(strstr(warnings_of(table), "3 samples of 1 recording are not finite numbers"));
    CHECK(strstr(warnings_of(table), "2 recordings are constant in mode y:l1: holes, still"));
    CHECK(strstr(warnings_of(table), "1 recording is constant in mode x:l1: holes"));
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(no_recordings_give_an_empty_table_or_an_error_but_no_crash)
{
    const recordings data = {0, {0}, NULL, NULL, NULL};
    const setting settings[] = {{"mode", "x:l1"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    const td_status status = measures_run(engine, &data, settings, NULL, &table, &err);
    CHECK(status == TD_OK ? table != NULL : err.message[0] != 0);
    td_table_destroy(table);
    td_engine_destroy(engine);
}

/* More thresholds than one pass takes: the grid is cut between them. */
TEST(thousands_of_thresholds)
{
    static const double x[] = {0, 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
    const setting settings[] = {{"mode", "x:l2"}, {"eps", "0.001:10:0.001"}, {NULL, NULL}};
    td_engine *engine = engine_of(2, 0);
    td_table *table = run_one(engine, x, 16, settings);
    const double *rr = data_of(table, "rr", 10000);
    for (int k = 0; k < 10000; ++k) {
        int points = 0;
        for (int i = 0; i < 16; ++i)
            for (int j = 0; j < 16; ++j)
                points += i != j && fabs(x[i] - x[j]) <= (k + 1) / 1000.0;
        CHECK_NEAR(points / 240.0, rr[k], 0);
    }
    td_table_destroy(table);
    td_engine_destroy(engine);
}

/* ---- Wrong arguments
 * ----------------------------------------------------------------------------- */

static void expect_error(const recordings *data, const char *name, const char *value,
                         td_status wanted, const char *words)
{
    const setting settings[] = {{name, value}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(wanted, measures_run(engine, data, settings, NULL, &table, &err), &err);
    if (!strstr(err.message, words)) CHECK_FAIL("\"%s\" not in \"%s\"", words, err.message);
    td_table_destroy(table);
    td_engine_destroy(engine);
}

TEST(wrong_arguments_name_the_range)
{
    static const double x[] = {1, 2, 3, 4};
    const recordings data = {1, {0, 4}, x, NULL, NULL};
    expect_error(&data, "eps", "-0.1", TD_E_OUT_OF_RANGE, "eps");
    expect_error(&data, "eps", "nan", TD_E_OUT_OF_RANGE, "allowed 0 to");
    expect_error(&data, "lmin", "0", TD_E_OUT_OF_RANGE, "lmin");
    expect_error(&data, "m", "0", TD_E_OUT_OF_RANGE, "m");
    expect_error(&data, "m", "65", TD_E_OUT_OF_RANGE, "64");
    expect_error(&data, "tau", "0", TD_E_OUT_OF_RANGE, "tau");
    expect_error(&data, "mode", "x:l3", TD_E_OUT_OF_RANGE, "mode");
    expect_error(&data, "profile", "other", TD_E_OUT_OF_RANGE, "profile");
    expect_error(&data, "theiler_diagonal", "-2", TD_E_OUT_OF_RANGE, "theiler_diagonal");
}

TEST(a_mode_names_the_column_it_lacks)
{
    static const double x[] = {1, 2, 3, 4};
    const recordings data = {1, {0, 4}, x, NULL, NULL};
    expect_error(&data, "mode", "xy:l2", TD_E_BAD_ARGUMENT, "mode xy:l2 reads the column y");
    expect_error(&data, "mode", "amplitude:l1", TD_E_BAD_ARGUMENT, "amplitude:l1");
}

TEST(a_rate_is_at_most_one)
{
    static const double x[] = {1, 2, 3, 4};
    const recordings data = {1, {0, 4}, x, NULL, NULL};
    const setting settings[] = {{"eps_unit", "rate"}, {"eps", "0.5,1.5"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, measures_run(engine, &data, settings, NULL, &table, &err),
                 &err);
    CHECK(strstr(err.message, "1.5"));
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(fewer_than_two_vectors_are_missing_and_counted),
                       RUN(no_point_recurs),
                       RUN(points_but_no_line),
                       RUN(eps_zero_and_strict),
                       RUN(samples_that_are_no_numbers_are_counted_and_constants_flagged),
                       RUN(no_recordings_give_an_empty_table_or_an_error_but_no_crash),
                       RUN(thousands_of_thresholds),
                       RUN(wrong_arguments_name_the_range),
                       RUN(a_mode_names_the_column_it_lacks),
                       RUN(a_rate_is_at_most_one),
                       {0}});
}
