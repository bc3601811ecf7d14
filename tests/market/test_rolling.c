/* test_rolling.c - ranks, quantiles, z-scores, correlation and beta against plain references. */
#include "one_symbol.h"

static uint64_t bars_of(const double *param)
{
    return (uint64_t)param[0];
}

static double at(const one_symbol *it, uint64_t t)
{
    return it->price[TD_CLOSE][t];
}

/* ---- Order ----------------------------------------------------------------------------------- */

static double rank_reference(const one_symbol *it, uint64_t t, const double *param)
{
    const uint64_t n = bars_of(param);
    double below = 0, same = 0;
    if (t + 1 < n) return NAN;
    for (uint64_t k = t + 1 - n; k <= t; ++k) {
        below += at(it, k) < at(it, t);
        same += at(it, k) == at(it, t);
    }
    const double rank = below + (same + 1) / 2;
    if (param[1] == 1) return (rank - 1) / ((double)n - 1);
    return param[1] == 2 ? (rank - 0.5) / (double)n : rank / (double)n;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile_reference(const one_symbol *it, uint64_t t, const double *param)
{
    double window[ONE_BARS];
    const uint64_t n = bars_of(param);
    if (t + 1 < n) return NAN;
    memcpy(window, &it->price[TD_CLOSE][t + 1 - n], n * sizeof(double));
    qsort(window, n, sizeof(double), by_value);
    const double place = param[1] * (double)(n - 1), low = floor(place), high = ceil(place);
    const double a = window[(uint64_t)low], b = window[(uint64_t)high];
    if (param[2] == 1) return a;
    if (param[2] == 2) return b;
    if (param[2] == 3) return (a + b) / 2;
    return a + (b - a) * (place - low);
}

TEST(rank_equals_reference)
{
    static one_symbol it;
    static const double n[] = {2, 3, 20, 101, 699};
    for (int i = 0; i < 5; ++i)
        for (int kind = 0; kind < 3; ++kind) {
            const double param[] = {n[i], kind};
            one_make(&it, ONE_BARS);
            one_run(&it, "rolling_rank", param, NULL, NULL);
            one_compare(&it, 0, rank_reference, param);
        }
}

TEST(quantile_equals_reference)
{
    static one_symbol it;
    static const double n[] = {1, 2, 7, 100, 700}, q[] = {0, 0.25, 0.5, 0.95, 1};
    for (int i = 0; i < 5; ++i)
        for (int j = 0; j < 5; ++j)
            for (int kind = 0; kind < 4; ++kind) {
                const double param[] = {n[i], q[j], kind};
                one_make(&it, ONE_BARS);
                one_run(&it, "rolling_quantile", param, NULL, NULL);
                one_compare(&it, 0, quantile_reference, param);
            }
}

/* ---- Means and deviations -------------------------------------------------------------------- */

typedef struct moments {
    double mean[2], square[2], product;
} moments;

/* Of two series of n values, in two passes. */
static moments moments_of(const double *x, const double *y, uint64_t n)
{
    moments m = {{0, 0}, {0, 0}, 0};
    for (uint64_t k = 0; k < n; ++k) {
        m.mean[0] += x[k] / (double)n;
        m.mean[1] += y[k] / (double)n;
    }
    for (uint64_t k = 0; k < n; ++k) {
        const double a = x[k] - m.mean[0], b = y[k] - m.mean[1];
        m.square[0] += a * a;
        m.square[1] += b * b;
        m.product += a * b;
    }
    return m;
}

static bool all_same(const double *x, uint64_t n)
{
    for (uint64_t k = 1; k < n; ++k)
        if (x[k] != x[0]) return false;
    return true;
}

static double zscore_reference(const one_symbol *it, uint64_t t, const double *param)
{
    const uint64_t n = bars_of(param);
    if (t + 1 < n) return NAN;
    const double *const x = &it->price[TD_CLOSE][t + 1 - n];
    const moments m = moments_of(x, x, n);
    if (all_same(x, n)) return NAN;
    return (at(it, t) - m.mean[0]) / sqrt(m.square[0] / ((double)n - param[1]));
}

/* High and low, or their returns, of the last n; false before there are as many. */
static bool pair_window(const one_symbol *it, uint64_t t, const double *param, double *x, double *y)
{
    const uint64_t n = bars_of(param);
    const bool returns = param[1] == 0;
    if (t + 1 < n + returns) return false;
    for (uint64_t k = 0; k < n; ++k) {
        const uint64_t b = t + 1 - n + k;
        x[k] = it->price[TD_HIGH][b] / (returns ? it->price[TD_HIGH][b - 1] : 1) - returns;
        y[k] = it->price[TD_LOW][b] / (returns ? it->price[TD_LOW][b - 1] : 1) - returns;
    }
    return true;
}

static double correlation_reference(const one_symbol *it, uint64_t t, const double *param)
{
    double x[ONE_BARS], y[ONE_BARS];
    const uint64_t n = bars_of(param);
    if (!pair_window(it, t, param, x, y)) return NAN;
    const moments m = moments_of(x, y, n);
    if (all_same(x, n) || all_same(y, n)) return NAN;
    return m.product / sqrt(m.square[0] * m.square[1]);
}

static double beta_reference(const one_symbol *it, uint64_t t, const double *param)
{
    double x[ONE_BARS], y[ONE_BARS];
    if (!pair_window(it, t, param, x, y)) return NAN;
    const moments m = moments_of(x, y, bars_of(param));
    return all_same(y, bars_of(param)) ? NAN : m.product / m.square[1];
}

TEST(zscore_equals_reference)
{
    static one_symbol it;
    static const double n[] = {2, 5, 20, 333};
    for (int i = 0; i < 4; ++i)
        for (int ddof = 0; ddof < 2; ++ddof) {
            const double param[] = {n[i], ddof};
            one_make(&it, ONE_BARS);
            one_run(&it, "rolling_zscore", param, NULL, NULL);
            one_compare(&it, 0, zscore_reference, param);
        }
}

TEST(correlation_and_beta_equal_reference)
{
    static one_symbol it;
    static const double n[] = {3, 20, 250};
    for (int i = 0; i < 3; ++i)
        for (int of = 0; of < 2; ++of) {
            const double param[] = {n[i], of};
            one_make(&it, ONE_BARS);
            one_run(&it, "rolling_correlation", param, it.price[TD_HIGH], it.price[TD_LOW]);
            one_compare(&it, 0, correlation_reference, param);
            one_run(&it, "rolling_beta", param, it.price[TD_HIGH], it.price[TD_LOW]);
            one_compare(&it, 0, beta_reference, param);
        }
}

/* ---- Faults ---------------------------------------------------------------------------------- */

/* A wrong tick of 1e12 leaves nothing behind once it is out of the window; a price that stands
 * still has no deviation, however the bars before it were. */
TEST(nothing_is_left_behind)
{
    static one_symbol it, clean;
    const double n[] = {10, 1}, of[] = {10, 1};
    one_make(&it, 300);
    for (uint64_t t = 150; t < 200; ++t)
        for (int i = 0; i < 4; ++i)
            it.price[i][t] = 0.1;
    clean = it;
    for (int i = 0; i < 4; ++i)
        it.price[i][50] = 1e12;
    one_run(&it, "rolling_zscore", n, NULL, NULL);
    one_run(&clean, "rolling_zscore", n, NULL, NULL);
    for (uint64_t t = 61; t < 300; ++t)
        CHECK_NEAR(clean.out[0][t], it.out[0][t], 1e-9);
    for (uint64_t t = 160; t < 200; ++t)
        CHECK(isnan(it.out[0][t]));
    one_run(&it, "rolling_correlation", of, it.price[TD_HIGH], it.price[TD_LOW]);
    one_run(&clean, "rolling_correlation", of, clean.price[TD_HIGH], clean.price[TD_LOW]);
    for (uint64_t t = 61; t < 300; ++t)
        CHECK_NEAR(clean.out[0][t], it.out[0][t], 1e-9);
    for (uint64_t t = 160; t < 200; ++t)
        CHECK(isnan(it.out[0][t]));
}

/* Returns after a price of 0 are infinite: NaN while they are in the window, and not for longer. */
TEST(price_of_zero_is_forgotten)
{
    static one_symbol it;
    const double param[] = {5, 0};
    const char *const names[] = {"rolling_correlation", "rolling_beta"};
    one_make(&it, 200);
    it.price[TD_HIGH][100] = it.price[TD_LOW][100] = 0;
    for (int i = 0; i < 2; ++i) {
        one_run(&it, names[i], param, it.price[TD_HIGH], it.price[TD_LOW]);
        for (uint64_t t = 101; t <= 105; ++t)
            CHECK(isnan(it.out[0][t]));
        CHECK(isfinite(it.out[0][106]));
    }
}

TEST(wrong_parameters_are_refused)
{
    uint64_t bars = 0;
    td_error err = TD_ERROR_INIT;
    const double rank[] = {1, 0}, q[] = {20, 1.5, 0}, ddof[] = {20, 2}, kind[] = {20, 0.5, 4};
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("rolling_rank", rank, &bars, &err), &err);
    CHECK_HAS("timeperiod", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("rolling_quantile", q, &bars, &err),
                 &err);
    CHECK_HAS("q is 1.5", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("rolling_zscore", ddof, &bars, &err),
                 &err);
    CHECK_HAS("ddof", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("rolling_quantile", kind, &bars, &err),
                 &err);
    CHECK_HAS("interpolation", err.message);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(rank_equals_reference),
                                     RUN(quantile_equals_reference),
                                     RUN(zscore_equals_reference),
                                     RUN(correlation_and_beta_equal_reference),
                                     RUN(nothing_is_left_behind),
                                     RUN(price_of_zero_is_forgotten),
                                     RUN(wrong_parameters_are_refused),
                                     {0}});
}
