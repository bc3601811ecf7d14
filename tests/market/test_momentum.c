/* test_momentum.c - gains, losses and rates of change against the books' formulas, one bar after
 * the other. Directional movement, ranges and averages: test_momentum_trend.c,
 * test_momentum_average.c. */
#include "family_help.h"

/* ---- Rates of change ------------------------------------------------------------------------- */

static void back_fill(const double *param, const bars *b, double *out,
                      double (*rate)(double, double))
{
    const uint64_t n = (uint64_t)param[0];
    for (uint64_t t = 0; t < b->count; ++t)
        out[t] = t < n ? NAN : rate(b->close[t], b->close[t - n]);
}

static double rate_mom(double now, double then)
{
    return now - then;
}
static double rate_roc(double now, double then)
{
    return then == 0 ? 0 : 100 * (now - then) / then;
}
static double rate_rocp(double now, double then)
{
    return then == 0 ? 0 : (now - then) / then;
}
static double rate_rocr(double now, double then)
{
    return then == 0 ? 0 : now / then;
}
static double rate_rocr100(double now, double then)
{
    return then == 0 ? 0 : 100 * now / then;
}

#define BACK_REFERENCE(name)                                                                 \
    static void name##_reference(const double *param, const bars *b, double(*out)[BARS_MAX]) \
    {                                                                                        \
        back_fill(param, b, out[0], rate_##name);                                            \
    }
BACK_REFERENCE(mom)
BACK_REFERENCE(roc)
BACK_REFERENCE(rocp)
BACK_REFERENCE(rocr)
BACK_REFERENCE(rocr100)

TEST(rates_of_change)
{
    for (double n = 1; n < 40; n *= 3) {
        const double param[4] = {n};
        family_check("mom", param, mom_reference, 0, BARS_KINDS);
        family_check("roc", param, roc_reference, 1e-12, BARS_KINDS);
        family_check("rocp", param, rocp_reference, 0, BARS_KINDS);
        family_check("rocr", param, rocr_reference, 0, BARS_KINDS);
        family_check("rocr100", param, rocr100_reference, 1e-12, BARS_KINDS);
    }
}

/* ---- Gains and losses ------------------------------------------------------------------------ */

/* Means of gains and losses at bar t, n or more: Wilder's from the beginning, or Cutler's plain. */
static void means_at(const bars *b, uint64_t t, double n, bool plain, double *gain, double *loss)
{
    const uint64_t count = (uint64_t)n;
    *gain = *loss = 0;
    for (uint64_t i = plain ? t - count + 1 : 1; i <= t; ++i) {
        const double change = b->close[i] - b->close[i - 1];
        const double up = change > 0 ? change : 0, down = change < 0 ? -change : 0;
        const bool first = plain || i <= count;
        *gain = first ? *gain + up / n : (*gain * (n - 1) + up) / n;
        *loss = first ? *loss + down / n : (*loss * (n - 1) + down) / n;
    }
}

static void rsi_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double gain, loss;
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = (uint64_t)param[0]; t < b->count; ++t) {
        means_at(b, t, param[0], param[1] == 1, &gain, &loss);
        out[0][t] = gain + loss < 1e-14 ? 0 : 100 - 100 / (1 + gain / loss);
    }
}

static void cmo_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double gain, loss;
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = (uint64_t)param[0]; t < b->count; ++t) {
        means_at(b, t, param[0], false, &gain, &loss);
        out[0][t] = gain + loss < 1e-14 ? 0 : 100 * (gain - loss) / (gain + loss);
    }
}

static void imi_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0];
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = n - 1; t < b->count; ++t) {
        double up = 0, down = 0;
        for (uint64_t i = t - n + 1; i <= t; ++i) {
            up += fmax(b->close[i] - b->open[i], 0);
            down += fmax(b->open[i] - b->close[i], 0);
        }
        out[0][t] = 100 * up / (up + down);
    }
}

TEST(strength)
{
    static const double periods[] = {2, 3, 14, 60};
    for (int i = 0; i < 4; ++i) {
        family_check("rsi", (double[4]){periods[i], 0}, rsi_reference, 1e-11, BARS_KINDS);
        family_check("rsi", (double[4]){periods[i], 1}, rsi_reference, 1e-11, BARS_KINDS);
        family_check("cmo", (double[4]){periods[i]}, cmo_reference, 1e-11, BARS_KINDS);
        family_check("imi", (double[4]){periods[i]}, imi_reference, 1e-11, BARS_KINDS);
    }
}

/* The worked example that charting sites print, to two decimals. */
TEST(published_rsi)
{
    static const double closes[] = {44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955,
                                    45.4245, 45.8433, 46.0826, 45.8931, 46.0328, 45.6140, 46.2820,
                                    46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122,
                                    46.2521, 45.7137, 46.4515, 45.7835, 45.3548, 44.0288, 44.1783,
                                    44.2181, 44.5672, 43.4205, 42.6628, 43.1314};
    static const double expected[] = {70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93,
                                      63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46,
                                      41.87, 45.46, 37.30, 33.08, 37.77};
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    b.count = sizeof closes / sizeof closes[0];
    memcpy(b.close, closes, sizeof closes);
    family_of("rsi", (double[4]){14, 0}, &b, out);
    CHECK(isnan(out[0][13]));
    for (int i = 0; i < 19; ++i)
        CHECK_NEAR(expected[i], out[0][14 + i], 0.0051);
}

/* ---- Bars by themselves ---------------------------------------------------------------------- */

static void bop_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    (void)param;
    for (uint64_t t = 0; t < b->count; ++t) {
        const double range = b->high[t] - b->low[t];
        out[0][t] = range < 1e-14 ? 0 : (b->close[t] - b->open[t]) / range;
    }
}

static double typical(const bars *b, uint64_t t)
{
    return (b->high[t] + b->low[t] + b->close[t]) / 3;
}

static void cci_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0];
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = n - 1; t < b->count; ++t) {
        double mean = 0, spread = 0;
        for (uint64_t i = t - n + 1; i <= t; ++i)
            mean += typical(b, i) / param[0];
        for (uint64_t i = t - n + 1; i <= t; ++i)
            spread += fabs(typical(b, i) - mean) / param[0];
        out[0][t] = spread < 1e-12 ? 0 : (typical(b, t) - mean) / (0.015 * spread);
    }
}

static void mfi_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0];
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = n; t < b->count; ++t) {
        double up = 0, down = 0;
        for (uint64_t i = t - n + 1; i <= t; ++i) {
            const double change = typical(b, i) - typical(b, i - 1);
            if (change > 0) up += typical(b, i) * b->volume[i];
            if (change < 0) down += typical(b, i) * b->volume[i];
        }
        out[0][t] = up + down < 1 ? 0 : 100 * up / (up + down);
    }
}

TEST(single_bars_and_typical_prices)
{
    static const double periods[] = {2, 5, 14, 40};
    family_check("bop", (double[4]){0}, bop_reference, 0, BARS_KINDS);
    for (int i = 0; i < 4; ++i) {
        /* Of flat prices the book's 0 / 0 is not asked here: their mean is rounded. */
        family_check("cci", (double[4]){periods[i]}, cci_reference, 1e-9, 1);
        family_check("mfi", (double[4]){periods[i]}, mfi_reference, 1e-9, BARS_KINDS);
    }
}

/* Prices that have no rounding: away from their mean by 0. */
TEST(flat_cci)
{
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    bars_make(&b, BARS_FLAT, 60);
    family_of("cci", (double[4]){14}, &b, out);
    for (uint64_t t = 13; t < 60; ++t)
        CHECK(out[0][t] == 0);
}

/* ---- Ultimate oscillator --------------------------------------------------------------------- */

static double pressure_ratio(const bars *b, uint64_t t, uint64_t n)
{
    double pressure = 0, range = 0;
    for (uint64_t i = t - n + 1; i <= t; ++i) {
        pressure += b->close[i] - fmin(b->low[i], b->close[i - 1]);
        range += bars_range(b, i);
    }
    return range < 1e-14 ? 0 : pressure / range;
}

static void ultosc_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double n[3] = {param[0], param[1], param[2]};
    for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 2; ++j)
            if (n[j] > n[j + 1]) {
                const double larger = n[j];
                n[j] = n[j + 1];
                n[j + 1] = larger;
            }
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = (uint64_t)n[2]; t < b->count; ++t)
        out[0][t] =
            100 *
            (4 * pressure_ratio(b, t, (uint64_t)n[0]) + 2 * pressure_ratio(b, t, (uint64_t)n[1]) +
             pressure_ratio(b, t, (uint64_t)n[2])) /
            7;
}

TEST(ultimate_oscillator)
{
    static const double periods[][4] = {{7, 14, 28}, {28, 7, 14}, {1, 1, 1}, {2, 50, 1}};
    for (int i = 0; i < 4; ++i)
        family_check("ultosc", periods[i], ultosc_reference, 1e-9, BARS_KINDS);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(rates_of_change),
                                     RUN(strength),
                                     RUN(published_rsi),
                                     RUN(single_bars_and_typical_prices),
                                     RUN(flat_cci),
                                     RUN(ultimate_oscillator),
                                     {0}});
}
