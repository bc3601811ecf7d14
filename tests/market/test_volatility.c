/* test_volatility.c - true ranges against Wilder's definitions, one bar after the other. */
#include "family_help.h"

/* Range of a bar; that of bar 0 only where it counts. */
static double range_at(const bars *b, uint64_t t)
{
    return t ? bars_range(b, t) : b->high[0] - b->low[0];
}

static void trange_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = t == 0 && param[0] == 0 ? NAN : range_at(b, t);
}

static void atr_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0], begin = param[1] == 0 ? 1 : 0;
    double mean = 0;
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = begin; t < b->count; ++t) {
        if (t < begin + n) mean += range_at(b, t) / param[0];
        else mean = (mean * (param[0] - 1) + range_at(b, t)) / param[0];
        if (t >= begin + n - 1) out[0][t] = mean;
    }
}

static void natr_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    atr_reference(param, b, out);
    for (uint64_t t = 0; t < b->count && param[0] > 1; ++t)
        if (!isnan(out[0][t])) out[0][t] = b->close[t] == 0 ? 0 : 100 * out[0][t] / b->close[t];
}

TEST(true_range)
{
    for (int first = 0; first < 2; ++first)
        family_check("trange", (double[]){first, 0, 0, 0}, trange_reference, 0, BARS_KINDS);
}

TEST(average_true_range)
{
    static const double periods[] = {1, 2, 5, 14, 50};
    for (int i = 0; i < 5; ++i)
        for (int first = 0; first < 2; ++first) {
            const double param[4] = {periods[i], first};
            family_check("atr", param, atr_reference, 1e-12, BARS_KINDS);
            family_check("natr", param, natr_reference, 1e-12, BARS_KINDS);
        }
}

/* A mean that is the range stays exactly as it is. */
TEST(equal_ranges)
{
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    b.count = 100;
    for (uint64_t t = 0; t < b.count; ++t) {
        b.open[t] = b.close[t] = 0.0625;
        b.high[t] = 0.125;
        b.low[t] = 0.0;
    }
    family_of("atr", (double[]){14, 0}, &b, out);
    CHECK(isnan(out[0][13]));
    for (uint64_t t = 14; t < b.count; ++t)
        CHECK(out[0][t] == 0.125);
    family_of("atr", (double[]){14, 1}, &b, out);
    CHECK(isnan(out[0][12]));
    CHECK(out[0][13] == 0.125);
}

TEST(lookbacks)
{
    uint64_t count = 0;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, td_indicator_lookback("atr", (double[]){14, 0}, &count, &err), &err);
    CHECK_INT(14, count);
    CHECK_STATUS(TD_OK, td_indicator_lookback("natr", (double[]){14, 1}, &count, &err), &err);
    CHECK_INT(13, count);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("atr", (double[]){0, 0}, &count, &err),
                 &err);
    CHECK_HAS("timeperiod", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("atr", (double[]){14, 2}, &count, &err),
                 &err);
    CHECK_HAS("first_range", err.message);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){
            RUN(true_range), RUN(average_true_range), RUN(equal_ranges), RUN(lookbacks), {0}});
}
