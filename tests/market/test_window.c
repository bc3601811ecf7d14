/* Windows: sums that do not drift, keep nothing of what has left, and are exact on equal values. */
#include "indicator_help.h"

#define BARS 50000

typedef double (*exact_fn)(const double *x, int t, int n);

static double exact_mean(const double *x, int t, int n)
{
    long double sum = 0;
    for (int k = 0; k < n; ++k)
        sum += x[t - k];
    return (double)(sum / n);
}

static double exact_deviation(const double *x, int t, int n)
{
    long double mean = 0, sum = 0;
    for (int k = 0; k < n; ++k)
        mean += x[t - k];
    mean /= n;
    for (int k = 0; k < n; ++k)
        sum += (x[t - k] - mean) * (x[t - k] - mean);
    return (double)sqrtl(sum / n);
}

static double exact_slope(const double *x, int t, int n)
{
    long double sum = 0;
    for (int k = 0; k < n; ++k)
        sum += ((n - 1) / 2.0L - k) * x[t - k];
    return (double)(sum * 12 / ((long double)n * ((long double)n * n - 1)));
}

static double exact_largest(const double *x, int t, int n)
{
    double most = x[t];
    for (int k = 1; k < n; ++k)
        most = fmax(most, x[t - k]);
    return most;
}

static void run(td_engine *engine, const char *name, double n, const double *in, double *out)
{
    td_panel panel = TD_PANEL_INIT;
    const double param[] = {n, 1, 0};
    td_error err = TD_ERROR_INIT;
    panel.symbol_count = 1;
    panel.bar_count = BARS;
    const td_indicator_call call = {.name = name, .param = param, .in = {in}, .out = {out}};
    CHECK_STATUS(TD_OK, td_indicators(engine, &panel, TD_BY_SYMBOL, TD_GAPS_SKIP, &call, 1, &err),
                 &err);
}

/* Relative to the exact value, and to nothing of what was there before. */
static void near_exact(const char *name, exact_fn exact, int n, const double *in, double tolerance)
{
    td_engine *const engine = made_engine(1);
    double *const out = malloc(BARS * sizeof(double));
    run(engine, name, n, in, out);
    for (int t = n - 1; t < BARS; t += 1 + t / 200) {
        const double expected = exact(in, t, n);
        if (fabs(out[t] - expected) > tolerance * fabs(expected))
            CHECK_FAIL("%s of %d: bar %d: expected %.17g, got %.17g", name, n, t, expected, out[t]);
    }
    free(out);
    td_engine_destroy(engine);
}

/* Volumes of 1e15 between those of a few units, and prices that rise a thousandfold. */
TEST(sums_do_not_drift)
{
    double *const volume = malloc(BARS * sizeof(double)), *const price =
                                                              malloc(BARS * sizeof(double));
    for (int t = 0; t < BARS; ++t) {
        const bool huge = check_random() % 97 == 0;
        volume[t] = (huge ? 1e15 : 10) * (1 + check_random_unit());
        price[t] = pow(1000, (double)t / BARS) * (1 + 0.1 * check_random_unit());
    }
    for (int n = 2; n < 300; n = n * 3 + 1) {
        /* Where the anchor is the one large value, distances are n times the mean. */
        near_exact("sma", exact_mean, n, volume, 1e-14 * n);
        near_exact("sma", exact_mean, n, price, 1e-13);
        near_exact("stddev", exact_deviation, n, price, 1e-11);
        near_exact("linearreg_slope", exact_slope, n, price, 1e-7);
        near_exact("max", exact_largest, n, volume, 0);
    }
    free(volume);
    free(price);
}

TEST(equal_values_have_themselves_as_mean)
{
    td_engine *const engine = made_engine(1);
    double *const in = malloc(BARS * sizeof(double)), *const out = malloc(BARS * sizeof(double));
    for (int t = 0; t < BARS; ++t)
        in[t] = t < 1000 ? 1e15 * check_random_unit() : 0.1;
    run(engine, "sma", 37, in, out);
    for (int t = 1000 + 37; t < BARS; ++t)
        CHECK(out[t] == 0.1);
    run(engine, "wma", 37, in, out);
    for (int t = 1000 + 37; t < BARS; ++t)
        CHECK(out[t] == 0.1);
    run(engine, "var", 37, in, out);
    for (int t = 1000 + 37; t < BARS; ++t)
        CHECK(out[t] == 0);
    run(engine, "linearreg_slope", 37, in, out);
    for (int t = 1000 + 37; t < BARS; ++t)
        CHECK(out[t] == 0);
    free(in);
    free(out);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(sums_do_not_drift), RUN(equal_values_have_themselves_as_mean), {0}});
}
