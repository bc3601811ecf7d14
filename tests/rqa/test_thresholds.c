/* test_thresholds.c - eps in standard deviations and as a wanted rate, against plain sorting; and
 * the functions of rqa.h. */
#include "measures.h"
#include "modules/rqa/rqa.h"
#include "reference.h"

#define COUNT_MAX 900

static double series_x[COUNT_MAX], series_y[COUNT_MAX];

static int double_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int series_make(int count, double holes, int kind)
{
    for (int i = 0; i < count; ++i) {
        series_x[i] = kind ? floor(check_random_unit() * 6) * 0.1 : check_random_unit();
        series_y[i] = sin(i * 0.2) + 0.1 * check_random_unit();
        if (check_random_unit() < holes) series_x[i] = NAN;
    }
    return count;
}

static const struct {
    const char *name;
    char signal;
    int norm;
    rqa_mode mode;
} modes[] = {{"x:l2", 'x', 2, {RQA_X, RQA_L2}},
             {"xy:l1", 'b', 1, {RQA_XY, RQA_L1}},
             {"xy:l2", 'b', 2, {RQA_XY, RQA_L2}},
             {"y:max", 'y', 0, {RQA_Y, RQA_MAX}},
             {"amplitude:l1", 'a', 1, {RQA_AMPLITUDE, RQA_L1}}};
#define MODE_COUNT 5

static ref_call call_of(int mode, int count, int m, int tau)
{
    ref_call call = {series_x,
                     series_y,
                     count,
                     modes[mode].signal,
                     modes[mode].norm,
                     m,
                     tau,
                     2,
                     0,
                     0,
                     false,
                     1,
                     1,
                     1,
                     false,
                     false};
    return call;
}

/* ---- Rates ----------------------------------------------------------------------------------- */

/* All distances of pairs i < j that are numbers, ascending. */
static int distances(const ref_call *call, double *out)
{
    const int n = call->count - (call->m - 1) * call->tau;
    int found = 0;
    for (int i = 0; i < n; ++i)
        for (int j = i + 1; j < n; ++j) {
            const double d = ref_distance(call, i, j);
            if (!isnan(d)) out[found++] = d;
        }
    qsort(out, (size_t)found, sizeof *out, double_order);
    return found;
}

/* The smallest distance d with (pairs <= d) / (all pairs) >= rate; the largest one there is when
 * none will do, and 0 for a rate of 0. */
static double rate_expected(const double *sorted, int found, int n, double rate)
{
    const double all = (double)n * (n - 1) / 2;
    if (found == 0) return rate > 0 ? NAN : 0;
    if (rate <= 0) return 0;
    for (int i = 0; i < found; ++i)
        if ((i + 1) / all >= rate) return sorted[i];
    return sorted[found - 1];
}

static void rate_check(td_engine *engine, int mode, int count, int m, int tau, double rate)
{
    static double sorted[COUNT_MAX * COUNT_MAX / 2];
    const ref_call call = call_of(mode, count, m, tau);
    const int found = distances(&call, sorted);
    const double wanted = rate_expected(sorted, found, count - (m - 1) * tau, rate);
    const rqa_track track = {series_x, series_y, (uint64_t)count};
    double actual = -1;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK,
                 rqa_threshold(engine, &track, modes[mode].mode, (uint64_t)m, (uint64_t)tau, rate,
                               RQA_RATE, &actual, &err),
                 &err);
    if (!(actual == wanted) && !(isnan(actual) && isnan(wanted)))
        CHECK_FAIL("mode %s m %d tau %d rate %.17g: expected %.17g, got %.17g", modes[mode].name, m,
                   tau, rate, wanted, actual);
}

TEST(rate_selects_the_exact_distance)
{
    td_engine *engine = engine_of(1, 0);
    static const double rates[] = {0, 1e-9, 0.01, 0.05, 0.1, 0.5, 0.999, 1};
    for (int round = 0; round < 60; ++round) {
        const int count = series_make(round == 0 ? COUNT_MAX : 3 + (int)(check_random() % 90),
                                      round % 4 ? 0 : 0.1, round & 1);
        const int m = 1 + round % 3, tau = 1 + round % 2;
        if (count - (m - 1) * tau < 2) continue;
        rate_check(engine, round % MODE_COUNT, count, m, tau, rates[round % 8]);
        rate_check(engine, (round + 1) % MODE_COUNT, count, m, tau, check_random_unit());
    }
    for (int i = 0; i < 10; ++i)
        series_x[i] = NAN;
    rate_check(engine, 0, 10, 1, 1, 0.5);
    rate_check(engine, 0, 10, 1, 1, 0);
    td_engine_destroy(engine);
}

static void rate_run(td_engine *engine, int mode, int count, const char *strict)
{
    const recordings data = {1, {0, (uint64_t)count}, series_x, series_y, NULL};
    const setting settings[] = {
        {"mode", modes[mode].name}, {"m", "1,3,2"},     {"tau", "2,1"}, {"eps", "0.1,0.02,0.3"},
        {"eps_unit", "rate"},       {"strict", strict}, {NULL, NULL}};
    static const double ms[] = {1, 3, 2}, taus[] = {2, 1}, rates[] = {0.1, 0.02, 0.3};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    uint64_t at[6] = {0};
    for (at[2] = 0; at[2] < 3; ++at[2])
        for (at[3] = 0; at[3] < 2; ++at[3])
            for (at[4] = 0; at[4] < 3; ++at[4]) {
                ref_call call = call_of(mode, count, (int)ms[at[2]], (int)taus[at[3]]);
                call.strict = strict[0] == 't';
                call.eps = value_of(table, "eps_used", at);
                const ref_measures r = ref_run(&call);
                CHECK_NEAR(r.rr, value_of(table, "rr", at), 0);
                CHECK_NEAR(r.det, value_of(table, "det", at), 0);
                CHECK_NEAR(r.lam, value_of(table, "lam", at), 0);
                CHECK_INT(r.lmax, whole_of(table, "lmax", at));
                CHECK(r.rr >= rates[at[4]]);
                if (call.eps == 0) continue; /* nothing is smaller */
                call.eps = nextafter(call.eps, 0);
                CHECK(ref_run(&call).rr < rates[at[4]]);
            }
    td_table_destroy(table);
}

TEST(rates_of_a_grid_are_met_and_no_smaller_threshold_meets_them)
{
    td_engine *engine = engine_of(2, 0);
    for (int round = 0; round < 10; ++round) {
        const int count = series_make(50 + (int)(check_random() % 60), 0, round & 1);
        rate_run(engine, round % MODE_COUNT, count, round & 2 ? "true" : "false");
    }
    td_engine_destroy(engine);
}

/* ---- Standard deviations --------------------------------------------------------------------- */

static double deviation(const double *x, int count)
{
    double sum = 0, squares = 0;
    int known = 0;
    for (int i = 0; i < count; ++i)
        if (isfinite(x[i])) sum += x[i], known += 1;
    for (int i = 0; i < count; ++i)
        if (isfinite(x[i])) squares += (x[i] - sum / known) * (x[i] - sum / known);
    return sqrt(squares / known);
}

TEST(eps_in_standard_deviations)
{
    static const uint64_t at_x[6] = {0}, at_y[6] = {0, 1}, at_xy[6] = {0, 2};
    const int count = series_make(200, 0, 0);
    for (int i = 0; i < count; ++i)
        series_x[i] += 1e6;
    const recordings data = {1, {0, (uint64_t)count}, series_x, series_y, NULL};
    const setting settings[] = {
        {"mode", "x:l1,y:l1,xy:l2"}, {"eps", "0.5"}, {"eps_unit", "sd"}, {NULL, NULL}};
    td_engine *engine = engine_of(1, 0);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, MEASURES_ALL, &table, &err), &err);
    const double dx = deviation(series_x, count), dy = deviation(series_y, count);
    CHECK_NEAR(0.5 * dx, value_of(table, "eps_used", at_x), 1e-12);
    CHECK_NEAR(0.5 * dy, value_of(table, "eps_used", at_y), 1e-12);
    CHECK_NEAR(0.5 * sqrt(dx * dx + dy * dy), value_of(table, "eps_used", at_xy), 1e-12);
    ref_call call = call_of(0, count, 1, 1);
    call.norm = 1;
    call.eps = value_of(table, "eps_used", at_x);
    CHECK_NEAR(ref_run(&call).rr, value_of(table, "rr", at_x), 0);
    td_table_destroy(table);
    td_engine_destroy(engine);
}

/* ---- rqa.h ----------------------------------------------------------------------------------- */

TEST(distance_and_vector_count)
{
    const int count = series_make(40, 0.1, 0);
    const rqa_track track = {series_x, series_y, (uint64_t)count};
    for (int mode = 0; mode < MODE_COUNT; ++mode)
        for (int i = 0; i < 300; ++i) {
            const int m = 1 + i % 4, tau = 1 + i % 3, n = count - (m - 1) * tau;
            const ref_call call = call_of(mode, count, m, tau);
            const int a = (int)(check_random() % (uint64_t)n),
                      b = (int)(check_random() % (uint64_t)n);
            CHECK_NEAR(ref_distance(&call, a, b),
                       rqa_distance(&track, modes[mode].mode, (uint64_t)m, (uint64_t)tau,
                                    (uint64_t)a, (uint64_t)b),
                       0);
        }
    CHECK_INT(10, rqa_vector_count(10, 1, 100));
    CHECK_INT(4, rqa_vector_count(10, 3, 3));
    CHECK_INT(0, rqa_vector_count(10, 6, 2));
    CHECK_INT(0, rqa_vector_count(10, 64, UINT64_MAX));
    CHECK_INT(0, rqa_vector_count(0, 1, 1));
}

TEST(modes_by_name)
{
    static const char *const bad[] = {"",     "x",    "x:",   ":l1",  "x:l1 ",
                                      "z:l1", "x:l4", "xyl1", "xy:L1"};
    td_error err = TD_ERROR_INIT;
    rqa_mode mode = {RQA_X, RQA_L1};
    CHECK_STATUS(TD_OK, rqa_mode_parse("amplitude:max", &mode, &err), &err);
    CHECK_INT(RQA_AMPLITUDE, mode.signal);
    CHECK_INT(RQA_MAX, mode.norm);
    CHECK_STATUS(TD_OK, rqa_mode_parse("xy:l2", &mode, &err), &err);
    CHECK_INT(RQA_XY, mode.signal);
    CHECK_INT(RQA_L2, mode.norm);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; ++i)
        CHECK_INT(TD_E_BAD_ARGUMENT, rqa_mode_parse(bad[i], &mode, &err));
}

TEST(threshold_checks_its_range)
{
    const rqa_track track = {series_x, series_y, 40};
    td_engine *engine = engine_of(1, 0);
    td_error err = TD_ERROR_INIT;
    double d = -1;
    CHECK_INT(TD_E_OUT_OF_RANGE,
              rqa_threshold(engine, &track, modes[0].mode, 1, 1, -1, RQA_ABSOLUTE, &d, &err));
    CHECK_INT(TD_E_OUT_OF_RANGE,
              rqa_threshold(engine, &track, modes[0].mode, 1, 1, NAN, RQA_SD, &d, &err));
    CHECK_INT(TD_E_OUT_OF_RANGE,
              rqa_threshold(engine, &track, modes[0].mode, 1, 1, 1.1, RQA_RATE, &d, &err));
    CHECK_INT(TD_E_OUT_OF_RANGE,
              rqa_threshold(engine, &track, modes[0].mode, 0, 1, 1, RQA_SD, &d, &err));
    CHECK_NEAR(-1, d, 0);
    CHECK_STATUS(TD_OK,
                 rqa_threshold(engine, &track, modes[0].mode, 1, 1, 0.25, RQA_ABSOLUTE, &d, &err),
                 &err);
    CHECK_NEAR(0.25, d, 0);
    CHECK_STATUS(
        TD_OK, rqa_threshold(engine, &track, modes[0].mode, 30, 2, 0.25, RQA_RATE, &d, &err), &err);
    CHECK(isnan(d));
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(rate_selects_the_exact_distance),
                       RUN(rates_of_a_grid_are_met_and_no_smaller_threshold_meets_them),
                       RUN(eps_in_standard_deviations),
                       RUN(distance_and_vector_count),
                       RUN(modes_by_name),
                       RUN(threshold_checks_its_range),
                       {0}});
}
