/* test_momentum_trend.c - directional movement and places in a range against the books' formulas.
 */
#include "family_help.h"

/* ---- Wilder's directional movement ------------------------------------------------------------
 */

static double movement(const bars *b, uint64_t t, bool plus)
{
    const double up = b->high[t] - b->high[t - 1], down = b->low[t - 1] - b->low[t];
    if (plus) return up > 0 && up > down ? up : 0;
    return down > 0 && down > up ? down : 0;
}

typedef enum summed { PLUS, MINUS, RANGE } summed;

/* The sum at bar t: of the bars 1 .. n - 1, then less an n-th of itself each bar. */
static double sum_at(const bars *b, uint64_t t, double n, summed what)
{
    double sum = 0;
    for (uint64_t i = n > 1 ? 1 : t; i <= t; ++i) {
        const double value = what == RANGE ? bars_range(b, i) : movement(b, i, what == PLUS);
        sum = (double)i < n || n == 1 ? sum + value : sum - sum / n + value;
    }
    return sum;
}

static double share_at(const bars *b, uint64_t t, double n, summed what)
{
    const double range = sum_at(b, t, n, RANGE), scale = n > 1 ? 100 : 1;
    return range < 1e-14 ? 0 : scale * sum_at(b, t, n, what) / range;
}

/* NaN where nothing moved. */
static double index_at(const bars *b, uint64_t t, double n)
{
    const double plus = share_at(b, t, n, PLUS), minus = share_at(b, t, n, MINUS);
    return plus + minus < 1e-14 ? NAN : 100 * fabs(plus - minus) / (plus + minus);
}

static void side_fill(const double *param, const bars *b, double *out, summed what, bool share)
{
    const uint64_t n = (uint64_t)param[0], begin = share || n == 1 ? n : n - 1;
    for (uint64_t t = 0; t < b->count; ++t) {
        if (t < begin) out[t] = NAN;
        else out[t] = share ? share_at(b, t, param[0], what) : sum_at(b, t, param[0], what);
    }
}

static void plus_dm_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    side_fill(param, b, out[0], PLUS, false);
}
static void minus_dm_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    side_fill(param, b, out[0], MINUS, false);
}
static void plus_di_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    side_fill(param, b, out[0], PLUS, true);
}
static void minus_di_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    side_fill(param, b, out[0], MINUS, true);
}

static void dx_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double last = 0;
    for (uint64_t t = 0; t < b->count; ++t) {
        const double index = (double)t < param[0] ? NAN : index_at(b, t, param[0]);
        if (!isnan(index)) last = index;
        out[0][t] = (double)t < param[0] ? NAN : last;
    }
}

static void adx_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const double n = param[0];
    double mean = 0;
    for (uint64_t t = 0; t < b->count; ++t) {
        const double index = (double)t < n ? NAN : index_at(b, t, n);
        if (!isnan(index))
            mean = (double)t < 2 * n ? mean + index / n : (mean * (n - 1) + index) / n;
        out[0][t] = (double)t < 2 * n - 1 ? NAN : mean;
    }
}

static void adxr_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double adx[1][BARS_MAX];
    const uint64_t n = (uint64_t)param[0];
    adx_reference(param, b, adx);
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = t < 3 * n - 2 ? NAN : (adx[0][t] + adx[0][t - (n - 1)]) / 2;
}

TEST(directional_movement)
{
    static const double periods[] = {1, 2, 3, 14, 30};
    for (int i = 0; i < 5; ++i) {
        const double param[4] = {periods[i]};
        family_check("plus_dm", param, plus_dm_reference, 1e-11, BARS_KINDS);
        family_check("minus_dm", param, minus_dm_reference, 1e-11, BARS_KINDS);
        family_check("plus_di", param, plus_di_reference, 1e-11, BARS_KINDS);
        family_check("minus_di", param, minus_di_reference, 1e-11, BARS_KINDS);
        if (periods[i] < 2) continue;
        family_check("dx", param, dx_reference, 1e-10, BARS_KINDS);
        family_check("adx", param, adx_reference, 1e-10, BARS_KINDS);
        family_check("adxr", param, adxr_reference, 1e-10, BARS_KINDS);
    }
}

/* ---- Places in a range ------------------------------------------------------------------------
 */

/* Bars since the highest high or the lowest low of t - n .. t; the latest of equal ones. */
static double since(const bars *b, uint64_t t, uint64_t n, bool high)
{
    uint64_t best = t;
    for (uint64_t i = t; i + n >= t && i <= t; --i)
        if (high ? b->high[i] > b->high[best] : b->low[i] < b->low[best]) best = i;
    return (double)(t - best);
}

static void aroon_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0];
    family_nan(out, 2, 0, b->count);
    for (uint64_t t = n; t < b->count; ++t)
        for (int high = 0; high < 2; ++high)
            out[high][t] = 100 * (param[0] - since(b, t, n, high)) / param[0];
}

static void aroonosc_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double both[2][BARS_MAX];
    aroon_reference(param, b, both);
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = both[1][t] - both[0][t];
}

static void willr_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    const uint64_t n = (uint64_t)param[0];
    family_nan(out, 1, 0, b->count);
    for (uint64_t t = n - 1; t < b->count; ++t) {
        const double high = b->high[t - (uint64_t)since(b, t, n - 1, true)];
        const double low = b->low[t - (uint64_t)since(b, t, n - 1, false)];
        out[0][t] = high == low ? 0 : -100 * (high - b->close[t]) / (high - low);
    }
}

TEST(places_in_a_range)
{
    static const double periods[] = {2, 3, 14, 60};
    for (int i = 0; i < 4; ++i) {
        const double param[4] = {periods[i]};
        family_check("aroon", param, aroon_reference, 1e-12, BARS_KINDS);
        family_check("aroonosc", param, aroonosc_reference, 1e-12, BARS_KINDS);
        family_check("willr", param, willr_reference, 1e-11, BARS_KINDS);
    }
}

/* Of equal highs the latest counts. */
TEST(aroon_ties)
{
    static bars b;
    double out[OUTPUTS_MAX][BARS_MAX];
    b = (bars){.count = 5, .high = {3, 5, 5, 4, 4}, .low = {1, 2, 1, 2, 2}};
    family_of("aroon", (double[4]){4}, &b, out);
    CHECK_NEAR(50, out[1][4], 0);
    CHECK_NEAR(50, out[0][4], 0);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(directional_movement), RUN(places_in_a_range), RUN(aroon_ties), {0}});
}
