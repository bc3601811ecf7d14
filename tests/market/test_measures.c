/* test_measures.c - every measure against its formula, written again as plainly as it is told, on
 * random returns; and what is undefined. */
#include "modules/market/measure.h"
#include "tests/check.h"

#define BARS 500

static machine_rules rules;
static machine_account account;
static double gains[BARS], benchmark[BARS], spare[BARS], copy[BARS];
static bool all[MEASURE_COUNT];

static double unit(void)
{
    return check_random_unit();
}

static void make(int n, measure_input *in)
{
    rules = (machine_rules){.cash = 1e6, .year = 252, .ddof = 1, .risk_free = 0.02, .tail = 0.05};
    account = (machine_account){
        .trades = 12, .wins = 7, .losses = 5, .won = 300, .lost = 120, .costs = 17, .traded = 4e6};
    *in = (measure_input){.rules = &rules,
                          .account = &account,
                          .bars = (uint64_t)n,
                          .worst = 1,
                          .equity = 1e6,
                          .held = n / 2.0,
                          .gains = gains,
                          .benchmark = benchmark,
                          .spare = spare};
    double peak = 1e6;
    for (int i = 0; i < n; i++) {
        copy[i] = gains[i] = unit() < 0.2 ? 0 : 0.04 * (unit() - 0.49);
        benchmark[i] = i ? 0.03 * (unit() - 0.49) : 0;
        in->sum += gains[i];
        in->squares += gains[i] * gains[i];
        in->equity *= 1 + gains[i];
        peak = fmax(peak, in->equity);
        in->worst = fmin(in->worst, in->equity / peak);
    }
    for (int m = 0; m < MEASURE_COUNT; m++)
        all[m] = true;
}

static double mean(const double *x, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] / n;
    return sum;
}

/* The k-th central moment. */
static double moment(const double *x, int n, int k)
{
    const double m = mean(x, n);
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += pow(x[i] - m, k) / n;
    return sum;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *x, int n, double q)
{
    double sorted[BARS];
    memcpy(sorted, x, (size_t)n * sizeof *x);
    qsort(sorted, (size_t)n, sizeof *sorted, by_size);
    const double at = q * (n - 1);
    const int k = (int)at;
    return k + 1 < n ? sorted[k] + (at - k) * (sorted[k + 1] - sorted[k]) : sorted[k];
}

static double growth(const double *x, int n, int sign)
{
    double product = 1;
    int count = 0;
    for (int i = 0; i < n; i++)
        if (benchmark[i] * sign > 0) {
            product *= 1 + x[i];
            count++;
        }
    return pow(product, 252.0 / count) - 1;
}

#define IS(name, value) CHECK_NEAR(value, out[MEASURE_##name], 1e-9 * fmax(1, fabs(value)))

static void check_returns(const double *r, int n, const double *out)
{
    const double rate = 0.02 / 252, sd = sqrt(moment(r, n, 2) * n / (n - 1));
    double down = 0, over = 0, under = 0, tail = 0, tails = 0;
    for (int i = 0; i < n; i++) {
        down += pow(fmin(r[i] - rate, 0), 2) / n;
        over += fmax(r[i] - rate, 0);
        under += fmax(rate - r[i], 0);
        if (r[i] <= quantile(r, n, 0.05)) {
            tail += r[i];
            tails += 1;
        }
    }
    IS(volatility, sd * sqrt(252));
    IS(sharpe, (mean(r, n) - rate) / sd * sqrt(252));
    IS(sortino, (mean(r, n) - rate) / sqrt(down) * sqrt(252));
    IS(omega, over / under);
    IS(var, quantile(r, n, 0.05));
    IS(cvar, tail / tails);
    IS(skew, moment(r, n, 3) / pow(moment(r, n, 2), 1.5));
    IS(kurtosis, moment(r, n, 4) / pow(moment(r, n, 2), 2) - 3);
    IS(tail_ratio, fabs(quantile(r, n, 0.95)) / fabs(quantile(r, n, 0.05)));
}

static void check_equity(const measure_input *in, int n, const double *out)
{
    double equity = 1e6, peak = 1e6, mean_equity = 0;
    int run = 0, longest = 0;
    for (int i = 0; i < n; i++) {
        equity *= 1 + copy[i];
        mean_equity += equity / n;
        run = equity < peak ? run + 1 : 0;
        peak = fmax(peak, equity);
        longest = run > longest ? run : longest;
    }
    const double yearly = pow(equity / 1e6, 252.0 / n) - 1;
    IS(total_return, equity / 1e6 - 1);
    IS(annual_return, yearly);
    IS(max_drawdown, in->worst - 1);
    IS(calmar, yearly / (1 - in->worst));
    CHECK_INT(longest, out[MEASURE_max_drawdown_bars]);
    IS(turnover, 2e6 / mean_equity * 252 / n);
    IS(win_rate, 7.0 / 12);
    IS(profit_factor, 2.5);
    IS(expectancy, 15.0);
    IS(costs, 17.0);
    IS(exposure, 0.5);
    CHECK_INT(12, out[MEASURE_trades]);
}

static void check_benchmark(int n, const double *out)
{
    const double rate = 0.02 / 252, m = mean(copy, n), o = mean(benchmark, n);
    double both = 0, square = 0, apart[BARS];
    for (int i = 0; i < n; i++) {
        both += (copy[i] - m) * (benchmark[i] - o);
        square += pow(benchmark[i] - o, 2);
        apart[i] = copy[i] - benchmark[i];
    }
    IS(beta, both / square);
    IS(alpha, (m - rate - both / square * (o - rate)) * 252);
    IS(information_ratio, mean(apart, n) / sqrt(moment(apart, n, 2) * n / (n - 1)) * sqrt(252));
    IS(up_capture, growth(copy, n, 1) / growth(benchmark, n, 1));
    IS(down_capture, growth(copy, n, -1) / growth(benchmark, n, -1));
}

TEST(measures_are_their_formulas)
{
    for (int i = 0; i < 200; i++) {
        const int n = 30 + (int)(unit() * (BARS - 30));
        double out[MEASURE_COUNT];
        measure_input in;
        make(n, &in);
        measure_all(&in, all, out);
        check_returns(copy, n, out);
        check_equity(&in, n, out);
        check_benchmark(n, out);
    }
}

TEST(logarithms_are_of_the_same_returns)
{
    double out[MEASURE_COUNT], logs[BARS];
    measure_input in;
    make(BARS, &in);
    rules.log_returns = true;
    for (int i = 0; i < BARS; i++)
        logs[i] = log(1 + copy[i]);
    measure_all(&in, all, out);
    check_returns(logs, BARS, out);
    check_equity(&in, BARS, out);
    check_benchmark(BARS, out);
}

TEST(what_is_undefined_is_nan)
{
    double out[MEASURE_COUNT];
    measure_input in;
    make(50, &in);
    memset(gains, 0, sizeof gains);
    account = (machine_account){.trades = 0};
    in.sum = in.squares = 0;
    in.worst = 1;
    in.equity = 1e6;
    measure_all(&in, all, out);
    const measure nan[] = {MEASURE_win_rate,   MEASURE_profit_factor, MEASURE_expectancy,
                           MEASURE_calmar,     MEASURE_skew,          MEASURE_kurtosis,
                           MEASURE_tail_ratio, MEASURE_sharpe};
    for (size_t i = 0; i < sizeof nan / sizeof *nan; i++)
        CHECK(isnan(out[nan[i]]));
    IS(total_return, 0.0);
    IS(volatility, 0.0);
    IS(max_drawdown, 0.0);
    CHECK_INT(0, out[MEASURE_trades]);
    in.bars = 0;
    measure_all(&in, all, out);
    CHECK(isnan(out[MEASURE_total_return]) && isnan(out[MEASURE_exposure]));
    CHECK_INT(0, out[MEASURE_trades]);
}

/* The same return at every bar has no deviation, whatever rounding leaves of it. */
TEST(equal_returns_have_no_sharpe)
{
    double out[MEASURE_COUNT];
    measure_input in;
    make(300, &in);
    in.gains = NULL;
    in.benchmark = NULL;
    in.sum = in.squares = 0;
    for (int i = 0; i < 300; i++) {
        in.sum += 1e-4;
        in.squares += 1e-8;
    }
    measure_all(&in, all, out);
    CHECK(isnan(out[MEASURE_sharpe]));
    IS(volatility, 0.0);
}

/* An account that is broke loses everything: its logarithm has no deviation, and it is not 0. */
TEST(losing_everything_has_no_log_volatility)
{
    double out[MEASURE_COUNT];
    measure_input in;
    make(50, &in);
    rules.log_returns = true;
    gains[30] = -1;
    for (int i = 31; i < 50; i++)
        gains[i] = 0;
    in.equity = 0;
    measure_all(&in, all, out);
    rules.log_returns = false;
    CHECK(isnan(out[MEASURE_volatility]));
    CHECK(isnan(out[MEASURE_sharpe]));
    IS(total_return, -1.0);
}

TEST(gains_are_stored_only_where_they_are_read)
{
    bool wants[MEASURE_COUNT] = {false};
    wants[MEASURE_sharpe] = wants[MEASURE_total_return] = wants[MEASURE_calmar] = true;
    CHECK(!measure_needs_gains(wants, false));
    CHECK(measure_needs_gains(wants, true));
    wants[MEASURE_sortino] = true;
    CHECK(measure_needs_gains(wants, false));
}

int main(int argc, char **argv)
{
    const check_test tests[] = {RUN(measures_are_their_formulas),
                                RUN(logarithms_are_of_the_same_returns),
                                RUN(what_is_undefined_is_nan),
                                RUN(equal_returns_have_no_sharpe),
                                RUN(losing_everything_has_no_log_volatility),
                                RUN(gains_are_stored_only_where_they_are_read),
                                {0}};
    return check_main(argc, argv, tests);
}
