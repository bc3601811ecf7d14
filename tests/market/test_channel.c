/* test_channel.c - VWAP, Donchian, Keltner, Supertrend and Ichimoku against plain references. */
#include "one_symbol.h"

#define H(t) it->price[TD_HIGH][t]
#define L(t) it->price[TD_LOW][t]
#define C(t) it->price[TD_CLOSE][t]
#define V(t) it->price[TD_VOLUME][t]

/* ---- VWAP ------------------------------------------------------------------------------------ */

static double vwap_reference(const one_symbol *it, uint64_t t, const double *param)
{
    const uint64_t n = param[0] > 0 ? (uint64_t)param[0] : t + 1;
    double money = 0, volume = 0;
    if (t + 1 < n) return NAN;
    for (uint64_t k = t + 1 - n; k <= t; ++k) {
        const double price = param[1] == 0   ? (H(k) + L(k) + C(k)) / 3
                             : param[1] == 1 ? (H(k) + L(k)) / 2
                                             : C(k);
        money += price * V(k);
        volume += V(k);
    }
    return volume > 0 ? money / volume : NAN;
}

TEST(vwap_equals_reference)
{
    static one_symbol it;
    static const double n[] = {0, 1, 4, 20, 300};
    for (int i = 0; i < 5; ++i)
        for (int price = 0; price < 3; ++price) {
            const double param[] = {n[i], price};
            one_make(&it, ONE_BARS);
            one_run(&it, "vwap", param, NULL, NULL);
            one_compare(&it, 0, vwap_reference, param);
        }
}

/* ---- Extremes -------------------------------------------------------------------------------- */

static double highest(const one_symbol *it, uint64_t t, uint64_t n)
{
    double value = H(t);
    for (uint64_t k = t + 1 - n; k < t; ++k)
        value = fmax(value, H(k));
    return value;
}

static double lowest(const one_symbol *it, uint64_t t, uint64_t n)
{
    double value = L(t);
    for (uint64_t k = t + 1 - n; k < t; ++k)
        value = fmin(value, L(k));
    return value;
}

static bool donchian_is_there(uint64_t t, const double *param)
{
    return t + 1 >= (uint64_t)(param[0] + param[1]);
}

static double donchian_upper(const one_symbol *it, uint64_t t, const double *param)
{
    if (!donchian_is_there(t, param)) return NAN;
    return highest(it, t - (uint64_t)param[1], (uint64_t)param[0]);
}

static double donchian_lower(const one_symbol *it, uint64_t t, const double *param)
{
    if (!donchian_is_there(t, param)) return NAN;
    return lowest(it, t - (uint64_t)param[1], (uint64_t)param[0]);
}

static double donchian_middle(const one_symbol *it, uint64_t t, const double *param)
{
    return (donchian_upper(it, t, param) + donchian_lower(it, t, param)) / 2;
}

TEST(donchian_equals_reference)
{
    static one_symbol it;
    static const double n[] = {1, 2, 20, 55}, delay[] = {0, 1, 30};
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < 3; ++j) {
            const double param[] = {n[i], delay[j]};
            one_make(&it, ONE_BARS);
            one_run(&it, "donchian", param, NULL, NULL);
            one_compare(&it, 0, donchian_upper, param);
            one_compare(&it, 1, donchian_middle, param);
            one_compare(&it, 2, donchian_lower, param);
        }
}

/* ---- Ichimoku -------------------------------------------------------------------------------- */

static double middle(const one_symbol *it, uint64_t t, double n)
{
    return (highest(it, t, (uint64_t)n) + lowest(it, t, (uint64_t)n)) / 2;
}

static bool ichimoku_is_there(uint64_t t, const double *param)
{
    return t + 1 >= (uint64_t)(fmax(fmax(param[0], param[1]), param[2]) + param[3]);
}

static double tenkan(const one_symbol *it, uint64_t t, const double *param)
{
    return ichimoku_is_there(t, param) ? middle(it, t, param[0]) : NAN;
}

static double kijun(const one_symbol *it, uint64_t t, const double *param)
{
    return ichimoku_is_there(t, param) ? middle(it, t, param[1]) : NAN;
}

static double senkou_a(const one_symbol *it, uint64_t t, const double *param)
{
    const uint64_t then = t - (uint64_t)param[3];
    if (!ichimoku_is_there(t, param)) return NAN;
    return (middle(it, then, param[0]) + middle(it, then, param[1])) / 2;
}

static double senkou_b(const one_symbol *it, uint64_t t, const double *param)
{
    return ichimoku_is_there(t, param) ? middle(it, t - (uint64_t)param[3], param[2]) : NAN;
}

TEST(ichimoku_equals_reference)
{
    static one_symbol it;
    static const double params[][4] = {
        {9, 26, 52, 26}, {9, 26, 52, 25}, {5, 3, 4, 0}, {1, 1, 1, 1}, {60, 20, 30, 7}};
    for (int i = 0; i < 5; ++i) {
        one_make(&it, ONE_BARS);
        one_run(&it, "ichimoku", params[i], NULL, NULL);
        one_compare(&it, 0, tenkan, params[i]);
        one_compare(&it, 1, kijun, params[i]);
        one_compare(&it, 2, senkou_a, params[i]);
        one_compare(&it, 3, senkou_b, params[i]);
    }
}

/* ---- Keltner --------------------------------------------------------------------------------- */

static double true_range(const one_symbol *it, uint64_t t)
{
    return fmax(H(t), C(t - 1)) - fmin(L(t), C(t - 1));
}

/* Of x[first .. t], exponential; share: of the distance. Begins with the mean of n or with one. */
static double ema(const double *x, uint64_t first, uint64_t t, uint64_t n, double share,
                  bool from_first)
{
    double mean = 0;
    uint64_t k = first;
    if (from_first) mean = x[k++];
    else
        for (; k < first + n; ++k)
            mean += x[k] / (double)n;
    for (; k <= t; ++k)
        mean = mean * (1 - share) + x[k] * share;
    return mean;
}

static double plain_mean(const double *x, uint64_t t, uint64_t n)
{
    double sum = 0;
    for (uint64_t k = t + 1 - n; k <= t; ++k)
        sum += x[k];
    return sum / (double)n;
}

/* The band `side` (1, 0, -1) at bar t. */
static double keltner(const one_symbol *it, uint64_t t, const double *param, double side)
{
    double price[ONE_BARS], range[ONE_BARS];
    const uint64_t n = (uint64_t)param[0], width_n = (uint64_t)param[2];
    const bool sma = param[3] == 1, typical = param[4] == 1, first = param[6] == 1;
    const bool plain = param[5] == 2, wilder = param[5] == 0;
    if (t + 1 < n || t + plain < width_n) return NAN;
    for (uint64_t k = 0; k <= t; ++k) {
        price[k] = typical ? (H(k) + L(k) + C(k)) / 3 : C(k);
        range[k] = plain || k == 0 ? H(k) - L(k) : true_range(it, k);
    }
    const double centre =
        sma ? plain_mean(price, t, n) : ema(price, 0, t, n, 2 / (param[0] + 1), first);
    const double share = wilder ? 1 / param[2] : 2 / (param[2] + 1);
    const double width =
        plain ? plain_mean(range, t, width_n) : ema(range, 1, t, width_n, share, first && !wilder);
    return centre + side * param[1] * width;
}

static double keltner_upper(const one_symbol *it, uint64_t t, const double *param)
{
    return keltner(it, t, param, 1);
}

static double keltner_middle(const one_symbol *it, uint64_t t, const double *param)
{
    return keltner(it, t, param, 0);
}

static double keltner_lower(const one_symbol *it, uint64_t t, const double *param)
{
    return keltner(it, t, param, -1);
}

TEST(keltner_equals_reference)
{
    static one_symbol it;
    static const double n[][2] = {{20, 10}, {1, 1}, {5, 30}};
    for (int i = 0; i < 3; ++i)
        for (int choice = 0; choice < 24; ++choice) {
            const double param[] = {n[i][0],        1.5,        n[i][1],       choice % 2,
                                    choice / 2 % 2, choice / 8, choice / 4 % 2};
            one_make(&it, 300);
            one_run(&it, "keltner", param, NULL, NULL);
            one_compare(&it, 0, keltner_upper, param);
            one_compare(&it, 1, keltner_middle, param);
            one_compare(&it, 2, keltner_lower, param);
        }
}

/* ---- Supertrend ------------------------------------------------------------------------------ */

/* One bar after the other, as it is told in words. */
static void supertrend(const one_symbol *it, const double *param, double *line, double *direction)
{
    const uint64_t n = (uint64_t)param[0], begin = param[2] == 0 ? 1 : 0, ready = begin + n - 1;
    double range[ONE_BARS], upper = 0, lower = 0;
    bool rising = param[3] == 1;
    for (uint64_t t = 0; t < it->count; ++t) {
        range[t] = t ? true_range(it, t) : H(t) - L(t);
        line[t] = NAN;
        direction[t] = 0;
        if (t < ready) continue;
        const double width = param[1] * ema(range, begin, t, n, 1 / param[0], false);
        const double above = (H(t) + L(t)) / 2 + width, below = (H(t) + L(t)) / 2 - width;
        if (t == ready || above < upper || C(t - 1) > upper) upper = above;
        if (t == ready || below > lower || C(t - 1) < lower) lower = below;
        if (t > ready && rising && C(t) < lower) rising = false;
        else if (t > ready && !rising && C(t) > upper) rising = true;
        line[t] = rising ? lower : upper;
        direction[t] = rising ? 1 : -1;
    }
}

TEST(supertrend_equals_reference)
{
    static one_symbol it;
    static double line[ONE_BARS], direction[ONE_BARS];
    static const double n[] = {1, 10, 37}, times[] = {0.5, 1, 3};
    int turns = 0;
    for (int i = 0; i < 36; ++i) {
        const double param[] = {n[i % 3], times[i / 3 % 3], i / 9 % 2, i / 18};
        one_make(&it, ONE_BARS);
        one_run(&it, "supertrend", param, NULL, NULL);
        supertrend(&it, param, line, direction);
        for (uint64_t t = 0; t < it.count; ++t) {
            CHECK_NEAR(line[t], it.out[0][t], 1e-9 * fabs(line[t]));
            CHECK_NEAR(direction[t], it.out[1][t], 0);
            turns += t && it.out[1][t] != it.out[1][t - 1];
        }
    }
    CHECK(turns > 100);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(vwap_equals_reference),
                                     RUN(donchian_equals_reference),
                                     RUN(ichimoku_equals_reference),
                                     RUN(keltner_equals_reference),
                                     RUN(supertrend_equals_reference),
                                     {0}});
}
