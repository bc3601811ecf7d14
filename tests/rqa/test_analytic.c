/* test_analytic.c - series whose measures are known in closed form, and laws that any series
 * obeys. */
#include "measures.h"
#include "modules/rqa/rqa_count.h"
#include "reference.h"

#define COUNT_MAX 3000

static double series_x[COUNT_MAX], series_y[COUNT_MAX];

static td_table *run_x(td_engine *engine, int count, const setting *settings)
{
    const recordings data = {1, {0, (uint64_t)count}, series_x, series_y, NULL};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    return table;
}

static const uint64_t origin[6] = {0};

/* ---- Closed forms ---------------------------------------------------------------------------- */

/* Everything recurs: the diagonals have the lengths 1..n-1, one of each. */
TEST(constant_series)
{
    const int n = 50;
    for (int i = 0; i < n; ++i)
        series_x[i] = 0.7;
    const setting settings[] = {{"mode", "x:l2"}, {"eps", "0"}, {"lmin", "2"}, {NULL, NULL}};
    const setting whole[] = {
        {"mode", "x:l2"}, {"eps", "0"}, {"lmin", "2"}, {"profile", "accrqa"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *t = run_x(engine, n, settings);
    CHECK_NEAR(1, value_of(t, "rr", origin), 0);
    CHECK_NEAR(1 - 1.0 / (n * (n - 1) / 2), value_of(t, "det", origin), 1e-15);
    CHECK_NEAR((n * (n - 1) / 2 - 1.0) / (n - 2), value_of(t, "l", origin), 1e-13);
    CHECK_NEAR(log(n - 2), value_of(t, "ent", origin), 1e-13);
    CHECK_INT(n - 1, whole_of(t, "lmax", origin));
    td_table_destroy(t);
    t = run_x(engine, n, whole);
    CHECK_NEAR(1, value_of(t, "lam", origin), 0);
    CHECK_NEAR(n, value_of(t, "tt", origin), 0);
    CHECK_INT(n, whole_of(t, "vmax", origin));
    CHECK_NEAR(0, value_of(t, "vent", origin), 0);
    td_table_destroy(t);
    td_engine_destroy(engine);
}

/* A ramp: |i - j| <= w recurs. Rows at the ends are shorter. */
TEST(ramp)
{
    const int n = 40, w = 3;
    for (int i = 0; i < n; ++i)
        series_x[i] = i;
    const setting settings[] = {
        {"mode", "x:l1"}, {"eps", "3"}, {"lmin", "2"}, {"profile", "accrqa"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *t = run_x(engine, n, settings);
    const double points = n + 2.0 * ((n - 1) + (n - 2) + (n - 3));
    CHECK_NEAR(points / (n * n), value_of(t, "rr", origin), 1e-15);
    CHECK_NEAR(1, value_of(t, "det", origin), 0);
    CHECK_NEAR(points / (2 * w + 1), value_of(t, "l", origin), 1e-13);
    CHECK_INT(n - 1, whole_of(t, "lmax", origin));
    CHECK_INT(2 * w + 1, whole_of(t, "vmax", origin));
    CHECK_NEAR(points / n, value_of(t, "tt", origin), 1e-13);
    /* Seven diagonals: one of n, and two each of n - 1, n - 2, n - 3. */
    CHECK_NEAR(-(log(1.0 / 7) + 6 * log(2.0 / 7)) / 7, value_of(t, "ent", origin), 1e-13);
    td_table_destroy(t);
    td_engine_destroy(engine);
}

/* Period p: diagonals at multiples of p, nothing else. */
TEST(periodic_series)
{
    const int n = 60, p = 7;
    for (int i = 0; i < n; ++i)
        series_x[i] = i % p * 10;
    const setting settings[] = {
        {"mode", "x:max"}, {"eps", "1"}, {"m", "1,3"}, {"tau", "2"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *t = run_x(engine, n, settings);
    for (uint64_t i = 0; i < 2; ++i) {
        const uint64_t at[6] = {0, 0, i};
        const int vectors = n - (i ? 4 : 0);
        double points = 0;
        for (int k = p; k < vectors; k += p)
            points += 2.0 * (vectors - k);
        CHECK_NEAR(points / ((double)vectors * (vectors - 1)), value_of(t, "rr", at), 1e-15);
        CHECK_INT(vectors - p, whole_of(t, "lmax", at));
        CHECK_NEAR(1.0 / (vectors - p), value_of(t, "div", at), 0);
        CHECK_NEAR(0, value_of(t, "lam", at), 0);
        CHECK_INT(1, whole_of(t, "vmax", at));
    }
    td_table_destroy(t);
    td_engine_destroy(engine);
}

/* Independent uniform samples: a pair recurs with p = 2 eps - eps^2, a diagonal is a row of
 * independent trials, so that DET = 1 - (1 - p)^2 and L = (2 - p) / (1 - p) for lmin 2. */
TEST(independent_samples)
{
    const int n = 3000;
    const double eps = 0.2, p = 2 * eps - eps * eps;
    for (int i = 0; i < n; ++i)
        series_x[i] = check_random_unit();
    const setting settings[] = {{"mode", "x:l2"}, {"eps", "0.2"}, {NULL, NULL}};
    td_engine *engine = engine_of(2, 0);
    td_table *t = run_x(engine, n, settings);
    CHECK_NEAR(p, value_of(t, "rr", origin), 0.02);
    CHECK_NEAR(1 - (1 - p) * (1 - p), value_of(t, "det", origin), 0.03);
    CHECK_NEAR((2 - p) / (1 - p), value_of(t, "l", origin), 0.1);
    td_table_destroy(t);
    td_engine_destroy(engine);
}

/* ---- Laws ------------------------------------------------------------------------------------ */

static void series_random(int count)
{
    const bool smooth = check_random() & 1;
    for (int i = 0; i < count; ++i) {
        series_x[i] = smooth ? sin(i * 0.17) : check_random_unit();
        series_y[i] = check_random_unit();
        if (check_random() % 50 == 0) series_x[i] = NAN;
    }
}

static const setting law_grid[] = {{"mode", "x:l1,xy:l2,y:max"}, {"m", "1:4"},    {"tau", "1,3"},
                                   {"eps", "0:0.5:0.05"},        {"lmin", "1,2"}, {NULL, NULL}};

/* lmin 1 keeps all lines, hence all points: det = 1 and, with L and RR, N L = points. */
TEST(lines_of_any_length_hold_all_points)
{
    td_engine *engine = engine_of(1, 0);
    for (int round = 0; round < 4; ++round) {
        series_random(150);
        td_table *t = run_x(engine, 150, law_grid);
        uint64_t at[6] = {0};
        for (at[1] = 0; at[1] < 3; ++at[1])
            for (at[2] = 0; at[2] < 4; ++at[2])
                for (at[4] = 0; at[4] < 11; ++at[4]) {
                    const double det = value_of(t, "det", at), lam = value_of(t, "lam", at);
                    const bool none = value_of(t, "rr", at) == 0;
                    CHECK_NEAR(none ? NAN : 1, det, 0);
                    CHECK_NEAR(none ? NAN : 1, lam, 0);
                }
        td_table_destroy(t);
    }
    td_engine_destroy(engine);
}

/* More threshold, more points; more dimensions, fewer (at the same number of vectors: compared as
 * counts, which the larger dimension has fewer of in any case). */
TEST(points_nest_in_eps_and_m)
{
    td_engine *engine = engine_of(1, 0);
    for (int round = 0; round < 4; ++round) {
        series_random(150);
        td_table *t = run_x(engine, 150, law_grid);
        uint64_t at[6] = {0};
        for (at[1] = 0; at[1] < 3; ++at[1])
            for (at[3] = 0; at[3] < 2; ++at[3]) {
                double below_m[11];
                for (at[2] = 0; at[2] < 4; ++at[2]) {
                    const double n = 150 - (double)at[2] * (at[3] ? 3 : 1);
                    double before = 0;
                    for (at[4] = 0; at[4] < 11; ++at[4]) {
                        const double points = rint(value_of(t, "rr", at) * n * (n - 1));
                        CHECK(points >= before);
                        if (at[2] > 0) CHECK(points <= below_m[at[4]]);
                        below_m[at[4]] = before = points;
                    }
                }
            }
        td_table_destroy(t);
    }
    td_engine_destroy(engine);
}

static void tables_same(const td_table *a, const td_table *b, double scale_eps)
{
    static const char *const floats[] = {"rr", "det", "l", "ent", "div", "lam", "tt", "vent"};
    td_var va, vb;
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; ++i) {
        CHECK(td_table_find_var(a, floats[i], &va) && td_table_find_var(b, floats[i], &vb));
        CHECK(memcmp(va.data, vb.data, va.count * sizeof(double)) == 0);
    }
    CHECK(td_table_find_var(a, "lmax", &va) && td_table_find_var(b, "lmax", &vb));
    CHECK(memcmp(va.data, vb.data, va.count * sizeof(int32_t)) == 0);
    CHECK(td_table_find_var(a, "eps_used", &va) && td_table_find_var(b, "eps_used", &vb));
    const double *ea = va.data, *eb = vb.data;
    for (uint64_t i = 0; i < va.count; ++i)
        CHECK_NEAR(ea[i] * scale_eps, eb[i], 0);
}

/* max, and l1 and l2 with one term, do not depend on the order of terms, so time may run
 * backwards to the same bits. */
TEST(time_reversal_changes_nothing)
{
    const setting settings[] = {{"mode", "x:max,xy:max"}, {"m", "1:4"},    {"tau", "1,3"},
                                {"eps", "0:0.5:0.05"},    {"lmin", "1,2"}, {NULL, NULL}};
    const int n = 160;
    td_engine *engine = engine_of(1, 0);
    series_random(n);
    td_table *forward = run_x(engine, n, settings);
    for (int i = 0; i < n / 2; ++i) {
        const double x = series_x[i], y = series_y[i];
        series_x[i] = series_x[n - 1 - i];
        series_y[i] = series_y[n - 1 - i];
        series_x[n - 1 - i] = x;
        series_y[n - 1 - i] = y;
    }
    td_table *backward = run_x(engine, n, settings);
    tables_same(forward, backward, 1);
    td_table_destroy(forward);
    td_table_destroy(backward);
    td_engine_destroy(engine);
}

/* Powers of two scale without rounding. */
TEST(scaling_by_a_power_of_two_changes_nothing)
{
    const setting scaled[] = {{"mode", "x:l1,xy:l2,y:max"},
                              {"m", "1:4"},
                              {"tau", "1,3"},
                              {"eps", "0,0.0625,0.125,0.5"},
                              {NULL, NULL}};
    const setting plain[] = {{"mode", "x:l1,xy:l2,y:max"},
                             {"m", "1:4"},
                             {"tau", "1,3"},
                             {"eps", "0,0.25,0.5,2"},
                             {NULL, NULL}};
    const int n = 160;
    td_engine *engine = engine_of(1, 0);
    series_random(n);
    td_table *before = run_x(engine, n, plain);
    for (int i = 0; i < n; ++i)
        series_x[i] *= 0.25, series_y[i] *= 0.25;
    td_table *after = run_x(engine, n, scaled);
    tables_same(before, after, 0.25);
    td_table_destroy(before);
    td_table_destroy(after);
    td_engine_destroy(engine);
}

/* ---- Counting -------------------------------------------------------------------------------- */

/* Counts beyond the table of logarithms, in both widths. */
TEST(entropy_of_large_counts)
{
    static rqa_logs logs;
    int32_t narrow[4 * 2] = {0};
    int64_t wide[4 * 2] = {0};
    double line[2], point[2], entropy[2], all[1], work[5];
    int32_t longest[1];
    const int64_t min[] = {1, 2};
    const double a = 100000, b = 30000, c = 5000;
    rqa_logs_fill(&logs);
    rqa_sums sums = {2, min, true, line, point, entropy, all, longest, work};
    for (int width = 0; width < 2; ++width) {
        rqa_histogram h = {width ? NULL : narrow, width ? wide : NULL, 1, 3, 1, NULL, 0, 0};
        if (width) wide[2] = 100000, wide[4] = 30000, wide[6] = 5000;
        else narrow[2] = 100000, narrow[4] = 30000, narrow[6] = 5000;
        rqa_count(&h, &logs, &sums);
        const double n = a + b + c;
        CHECK_NEAR(-(a / n * log(a / n) + b / n * log(b / n) + c / n * log(c / n)), entropy[0],
                   1e-12);
        CHECK_NEAR(-(b / (b + c) * log(b / (b + c)) + c / (b + c) * log(c / (b + c))), entropy[1],
                   1e-12);
        CHECK_NEAR(a + 2 * b + 3 * c, all[0], 0);
        CHECK_INT(3, longest[0]);
    }
    for (int i = 0; i < 8; ++i)
        CHECK(narrow[i] == 0 && wide[i] == 0);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(constant_series),
                                     RUN(ramp),
                                     RUN(periodic_series),
                                     RUN(independent_samples),
                                     RUN(lines_of_any_length_hold_all_points),
                                     RUN(points_nest_in_eps_and_m),
                                     RUN(time_reversal_changes_nothing),
                                     RUN(scaling_by_a_power_of_two_changes_nothing),
                                     RUN(entropy_of_large_counts),
                                     {0}});
}
