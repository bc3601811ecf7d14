/* test_momentum_average.c - MACD, price oscillators, TRIX and stochastics against plain averages:
 * each value of an average is made anew from all values before it. */
#include "family_help.h"

enum { SMA, EMA, WMA, DEMA, TEMA, TRIMA, KAMA, MAMA, T3 };

/* ---- Averages of a series that begins at x[0] --------------------------------------------------
 */

/* An exponential average of the whole series; NaN where x is, and before the first mean. first:
 * begin with the first value. */
static void ema_fill(const double *x, uint64_t count, double n, bool first, double *out)
{
    double mean = 0, seen = 0;
    for (uint64_t t = 0; t < count; ++t) {
        out[t] = NAN;
        if (isnan(x[t])) continue;
        seen += 1;
        if (first && seen == 1) mean = x[t];
        else if (!first && seen <= n) mean += x[t] / n;
        else mean += (x[t] - mean) * 2 / (n + 1);
        if (first || seen >= n) out[t] = mean;
    }
}

/* A mean with weights 1 .. n, or 1 .. 1, or up to the middle and down. */
static double weighted_at(const double *x, uint64_t t, int n, int type)
{
    double sum = 0, weights = 0;
    for (int i = 0; i < n; ++i) {
        double weight = 1;
        if (type == WMA) weight = i + 1;
        if (type == TRIMA) weight = i + 1 < n - i ? i + 1 : n - i;
        sum += weight * x[t - (uint64_t)(n - 1 - i)];
        weights += weight;
    }
    return sum / weights;
}

static void kama_fill(const double *x, uint64_t count, int n, double *out)
{
    double mean = count >= (uint64_t)n ? x[n - 1] : 0;
    for (uint64_t t = 0; t < count; ++t) {
        double path = 0;
        out[t] = NAN;
        if (t < (uint64_t)n) continue;
        for (int i = 0; i < n; ++i)
            path += fabs(x[t - (uint64_t)i] - x[t - (uint64_t)i - 1]);
        const double change = x[t] - x[t - (uint64_t)n];
        const double straight = path < 1e-14 || path <= change ? 1 : fabs(change) / path;
        const double k = straight * (2.0 / 3 - 2.0 / 31) + 2.0 / 31;
        out[t] = mean += k * k * (x[t] - mean);
    }
}

/* e[0] = ema(x), e[1] = ema(ema(x)) .. */
static void staged_fill(const double *x, uint64_t count, int n, int type, double *out)
{
    static double e[6][BARS_MAX];
    for (int i = 0; i < 6; ++i)
        ema_fill(i ? e[i - 1] : x, count, n, false, e[i]);
    const double v = 0.7;
    for (uint64_t t = 0; t < count; ++t) {
        if (type == EMA) out[t] = e[0][t];
        if (type == DEMA) out[t] = 2 * e[0][t] - e[1][t];
        if (type == TEMA) out[t] = 3 * e[0][t] - 3 * e[1][t] + e[2][t];
        if (type == T3)
            out[t] = -v * v * v * e[5][t] + 3 * v * v * (1 + v) * e[4][t] -
                     3 * v * (1 + v) * (1 + v) * e[3][t] + (1 + v) * (1 + v) * (1 + v) * e[2][t];
    }
}

/* Any average but MAMA; NaN before its first value. */
static void average_fill(const double *x, uint64_t count, int n, int type, double *out)
{
    if (n == 1) memcpy(out, x, count * sizeof *x);
    else if (type == KAMA) kama_fill(x, count, n, out);
    else if (type == SMA || type == WMA || type == TRIMA)
        for (uint64_t t = 0; t < count; ++t)
            out[t] = t + 1 < (uint64_t)n ? NAN : weighted_at(x, t, n, type);
    else staged_fill(x, count, n, type, out);
}

/* Of a series that begins with NaN. */
static void average_behind(const double *x, uint64_t count, int n, int type, double *out)
{
    uint64_t begin = 0;
    while (begin < count && isnan(x[begin]))
        out[begin++] = NAN;
    average_fill(x + begin, count - begin, n, type, out + begin);
}

static uint64_t first_value(const double *x, uint64_t count)
{
    uint64_t t = 0;
    while (t < count && isnan(x[t]))
        t += 1;
    return t;
}

/* ---- Oscillators of two averages ---------------------------------------------------------------
 */

static void both_fill(const double *param, const bars *b, double *fast, double *slow)
{
    const int few = (int)fmin(param[0], param[1]), many = (int)fmax(param[0], param[1]);
    average_fill(b->close, b->count, few, (int)param[2], fast);
    average_fill(b->close, b->count, many, (int)param[2], slow);
}

static void apo_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double fast[BARS_MAX], slow[BARS_MAX];
    both_fill(param, b, fast, slow);
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = fast[t] - slow[t];
}

static void ppo_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double fast[BARS_MAX], slow[BARS_MAX];
    both_fill(param, b, fast, slow);
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = fabs(slow[t]) < 1e-14 ? 0 : 100 * (fast[t] - slow[t]) / slow[t];
}

/* Sums of running sums carry the rounding of all bars before, as TA-Lib's do. */
static double tolerance(int type)
{
    return type == WMA || type == TRIMA ? 1e-7 : 1e-10;
}

TEST(price_oscillators)
{
    static const double periods[][2] = {{12, 26}, {2, 3}, {9, 4}, {5, 5}};
    for (int i = 0; i < 4; ++i)
        for (int type = SMA; type <= T3; ++type) {
            const double param[4] = {periods[i][0], periods[i][1], type};
            if (type == MAMA) continue;
            family_check("apo", param, apo_reference, tolerance(type), BARS_KINDS);
            family_check("ppo", param, ppo_reference, tolerance(type), BARS_KINDS);
        }
}

/* ---- MACD --------------------------------------------------------------------------------------
 */

/* The signal and the difference; NaN in all before the signal has a value. */
static void signal_fill(const bars *b, int n, int type, bool first, double (*out)[BARS_MAX])
{
    if (first) ema_fill(out[0], b->count, n, true, out[1]);
    else average_behind(out[0], b->count, n, type, out[1]);
    for (uint64_t t = 0; t < b->count; ++t) {
        out[2][t] = out[0][t] - out[1][t];
        if (isnan(out[1][t])) out[0][t] = NAN;
    }
}

/* The fast average begins with the bar that makes its first value stand at the slow one's. */
static void macd_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double fast[BARS_MAX], slow[BARS_MAX];
    const double few = fmin(param[0], param[1]), many = fmax(param[0], param[1]);
    const bool first = param[3] == 1;
    const uint64_t wait = first ? 0 : (uint64_t)(many - few);
    ema_fill(b->close, b->count, many, first, slow);
    for (uint64_t t = 0; t < b->count && t < wait; ++t)
        fast[t] = NAN;
    if (wait < b->count) ema_fill(b->close + wait, b->count - wait, few, first, fast + wait);
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = fast[t] - slow[t];
    signal_fill(b, (int)param[2], EMA, first, out);
}

TEST(macd)
{
    static const double params[][4] = {{12, 26, 9, 0}, {26, 12, 9, 0}, {2, 2, 1, 0}, {3, 8, 1, 0},
                                       {12, 26, 9, 1}, {5, 2, 1, 1},   {2, 50, 3, 0}};
    for (int i = 0; i < 7; ++i)
        family_check("macd", params[i], macd_reference, 1e-10, BARS_KINDS);
}

/* With 0.15 and 0.075 both averages are a bit faster than those of 12 and 26 bars. */
static void macdfix_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    double fast = 0, slow = 0;
    const bool first = param[1] == 1;
    for (uint64_t t = 0; t < b->count; ++t) {
        const double x = b->close[t];
        if (first && t == 0) fast = slow = x;
        else {
            if (first || t >= 26) fast += (x - fast) * 0.15;
            else if (t >= 14) fast += x / 12;
            if (first || t >= 26) slow += (x - slow) * 0.075;
            else slow += x / 26;
        }
        out[0][t] = first || t >= 25 ? fast - slow : NAN;
    }
    signal_fill(b, (int)param[0], EMA, first, out);
}

TEST(macd_fixed)
{
    static const double params[][4] = {{9, 0}, {1, 0}, {9, 1}, {30, 0}};
    for (int i = 0; i < 4; ++i)
        family_check("macdfix", params[i], macdfix_reference, 1e-10, BARS_KINDS);
}

static void macdext_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double mean[2][BARS_MAX], whole[2][BARS_MAX];
    const bool swapped = param[0] > param[2];
    const int n[2] = {(int)param[swapped ? 2 : 0], (int)param[swapped ? 0 : 2]};
    const int type[2] = {(int)param[swapped ? 3 : 1], (int)param[swapped ? 1 : 3]};
    uint64_t first[2], both;
    static bars longest;
    bars_make(&longest, BARS_FLAT, BARS_MAX); /* long enough to have a first value */
    for (int i = 0; i < 2; ++i) {
        average_fill(longest.close, longest.count, n[i], type[i], whole[i]);
        first[i] = first_value(whole[i], longest.count);
    }
    both = first[0] > first[1] ? first[0] : first[1];
    for (int i = 0; i < 2; ++i) {
        const uint64_t wait = both - first[i];
        for (uint64_t t = 0; t < b->count && t < wait; ++t)
            mean[i][t] = NAN;
        if (wait < b->count)
            average_fill(b->close + wait, b->count - wait, n[i], type[i], mean[i] + wait);
    }
    for (uint64_t t = 0; t < b->count; ++t)
        out[0][t] = mean[0][t] - mean[1][t];
    signal_fill(b, (int)param[4], (int)param[5], false, out);
}

TEST(macd_of_any_averages)
{
    static const double params[][6] = {{12, SMA, 26, SMA, 9, SMA},   {12, EMA, 26, EMA, 9, EMA},
                                       {26, EMA, 12, WMA, 9, T3},    {5, T3, 10, SMA, 4, KAMA},
                                       {3, TRIMA, 4, TEMA, 2, DEMA}, {5, KAMA, 9, TRIMA, 1, EMA}};
    for (int i = 0; i < 6; ++i)
        family_check("macdext", params[i], macdext_reference, tolerance(WMA), BARS_KINDS);
}

/* ---- TRIX --------------------------------------------------------------------------------------
 */

static void trix_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double e[3][BARS_MAX];
    for (int i = 0; i < 3; ++i)
        ema_fill(i ? e[i - 1] : b->close, b->count, param[0], param[1] == 1, e[i]);
    out[0][0] = NAN;
    for (uint64_t t = 1; t < b->count; ++t)
        out[0][t] = e[2][t - 1] == 0 ? 0 : 100 * (e[2][t] - e[2][t - 1]) / e[2][t - 1];
}

/* Prices through 0 are left out: a change by what is nearly 0 has few digits. */
TEST(trix)
{
    for (double n = 1; n < 31; n = 2 * n + 1)
        for (int seed = 0; seed < 2; ++seed) {
            family_check("trix", (double[4]){n, seed}, trix_reference, 1e-9, 1);
        }
}

/* ---- Stochastics -------------------------------------------------------------------------------
 */

/* NaN before the first; of the series high, low, close. */
static void k_fill(const double *high, const double *low, const double *close, uint64_t count,
                   uint64_t n, double *out)
{
    for (uint64_t t = 0; t < count; ++t) {
        out[t] = NAN;
        if (t + 1 < n || isnan(close[t + 1 - n])) continue;
        double most = high[t], least = low[t];
        for (uint64_t i = t + 1 - n; i < t; ++i) {
            most = fmax(most, high[i]);
            least = fmin(least, low[i]);
        }
        out[t] = most == least ? 0 : 100 * (close[t] - least) / (most - least);
    }
}

static void blank_before(double *out, const double *last, uint64_t count)
{
    for (uint64_t t = 0; t < count; ++t)
        if (isnan(last[t])) out[t] = NAN;
}

static void stoch_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double k[BARS_MAX];
    k_fill(b->high, b->low, b->close, b->count, (uint64_t)param[0], k);
    average_behind(k, b->count, (int)param[1], (int)param[2], out[0]);
    average_behind(out[0], b->count, (int)param[3], (int)param[4], out[1]);
    blank_before(out[0], out[1], b->count);
}

static void stochf_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    k_fill(b->high, b->low, b->close, b->count, (uint64_t)param[0], out[0]);
    average_behind(out[0], b->count, (int)param[1], (int)param[2], out[1]);
    blank_before(out[0], out[1], b->count);
}

TEST(stochastics)
{
    static const double slow[][5] = {{5, 3, SMA, 3, SMA},
                                     {1, 1, SMA, 1, SMA},
                                     {14, 3, EMA, 5, WMA},
                                     {50, 2, DEMA, 3, T3},
                                     {3, 4, TRIMA, 2, SMA}};
    for (int i = 0; i < 5; ++i) {
        const double fast[4] = {slow[i][0], slow[i][3], slow[i][4]};
        family_check("stoch", slow[i], stoch_reference, tolerance(WMA), BARS_KINDS);
        family_check("stochf", fast, stochf_reference, tolerance(WMA), BARS_KINDS);
    }
}

/* Of the values of the indicator "rsi", which has a test of its own. */
static void stochrsi_reference(const double *param, const bars *b, double (*out)[BARS_MAX])
{
    static double rsi[OUTPUTS_MAX][BARS_MAX];
    const double rsi_param[4] = {param[0], 0};
    family_of("rsi", rsi_param, b, rsi);
    k_fill(rsi[0], rsi[0], rsi[0], b->count, (uint64_t)param[1], out[0]);
    average_behind(out[0], b->count, (int)param[2], (int)param[3], out[1]);
    blank_before(out[0], out[1], b->count);
}

/* A walk alone: where RSI stays as it is but for rounding, its place in its range is anything. */
TEST(stochastic_rsi)
{
    static const double params[][4] = {{14, 5, 3, SMA}, {14, 14, 3, EMA}, {2, 1, 1, SMA}};
    for (int i = 0; i < 3; ++i)
        family_check("stochrsi", params[i], stochrsi_reference, 1e-8, 1);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(price_oscillators),
                                     RUN(macd),
                                     RUN(macd_fixed),
                                     RUN(macd_of_any_averages),
                                     RUN(trix),
                                     RUN(stochastics),
                                     RUN(stochastic_rsi),
                                     {0}});
}
