/* test_volume.c - volume lines against their definitions, one bar after the other. */
#include "family_help.h"

static double flow_at(const bars *b, uint64_t t)
{
    const double range = b->high[t] - b->low[t];
    if (!(range > 0)) return 0;
    return (2 * b->close[t] - b->high[t] - b->low[t]) / range * b->volume[t];
}

static void ad_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double line = 0;
    (void)param;
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = line += flow_at(b, t);
}

/* The average of ad, from its first value on. */
static double adosc_average(const bars *b, uint64_t t, double n)
{
    double line = flow_at(b, 0), mean = line;
    for (uint64_t i = 1; i <= t; ++i) {
        line += flow_at(b, i);
        mean += (line - mean) * 2 / (n + 1);
    }
    return mean;
}

static void adosc_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    for (uint64_t t = 0; t < b->count; ++t) {
        const bool early = (double)t < fmax(param[0], param[1]) - 1;
        out[0][t] = early ? NAN : adosc_average(b, t, param[0]) - adosc_average(b, t, param[1]);
    }
}

static void obv_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double line = param[0] == 0 ? b->volume[0] : 0;
    for (uint64_t t = 0; t < b->count; ++t) {
        if (t && b->close[t] > b->close[t - 1]) line += b->volume[t];
        if (t && b->close[t] < b->close[t - 1]) line -= b->volume[t];
        out[0][t] = line;
    }
}

TEST(accumulation_distribution)
{
    family_check("ad", (double[4]){0}, ad_reference, 1e-8, BARS_KINDS);
}

/* Differences of sums of millions: 1e-4 is 1e-11 of them. */
TEST(chaikin_oscillator)
{
    static const double periods[][2] = {{3, 10}, {10, 3}, {2, 2}, {5, 40}};
    for (int i = 0; i < 4; ++i)
        family_check("adosc", (double[4]){periods[i][0], periods[i][1]}, adosc_reference, 1e-5,
                     BARS_KINDS);
}

TEST(on_balance_volume)
{
    for (int start = 0; start < 2; ++start)
        family_check("obv", (double[4]){start}, obv_reference, 0, BARS_KINDS);
}

/* Closing at the high moves all of the volume in, at the low all of it out, halfway none. */
TEST(where_it_closes)
{
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    b = (bars){.count = 4,
               .high = {2, 2, 2, 1},
               .low = {1, 1, 1, 2},
               .close = {2, 1, 1.5, 1.5},
               .volume = {10, 4, 100, 7}};
    family_of("ad", (double[4]){0}, &b, out);
    CHECK_NEAR(10, out[0][0], 0);
    CHECK_NEAR(6, out[0][1], 0);
    CHECK_NEAR(6, out[0][2], 0);
    CHECK_NEAR(6, out[0][3], 0); /* a high below the low tells nothing */
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(accumulation_distribution),
                                     RUN(chaikin_oscillator),
                                     RUN(on_balance_volume),
                                     RUN(where_it_closes),
                                     {0}});
}
