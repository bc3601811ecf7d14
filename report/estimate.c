/* estimate.c - quantiles, confidence bands, the interval of an AUC. */
#include "report/estimate.h"

#include <math.h>
#include <stdlib.h>

#define HALVINGS 60 /* of an interval: more than a double can tell apart */
#define Z975     1.959963984540054

static int compare_doubles(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

uint64_t estimate_sort(double *value, uint64_t count)
{
    uint64_t used = 0;
    for (uint64_t i = 0; i < count; ++i)
        if (!isnan(value[i])) value[used++] = value[i];
    if (used) qsort(value, used, sizeof *value, compare_doubles);
    return used;
}

double estimate_quantile(const double *sorted, uint64_t count, double share)
{
    if (count == 0) return NAN;
    const double at = share * (double)(count - 1);
    const uint64_t low = (uint64_t)at;
    if (low + 1 >= count) return sorted[count - 1];
    return sorted[low] + (at - (double)low) * (sorted[low + 1] - sorted[low]);
}

/* Continued fraction of the incomplete beta function: Lentz's method; see Press et al.,
 * Numerical Recipes, 6.4, for the formula (DLMF 8.17.22). */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double f = d;
    for (int m = 1; m <= 300; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        f *= d * c;
        if (fabs(d * c - 1) < 1e-14) break;
    }
    return f;
}

/* lgamma keeps a sign in a global of the process; this one does not. */
static double log_gamma(double value)
{
    int sign;
    return lgamma_r(value, &sign);
}

static double incomplete_beta(double a, double b, double x)
{
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    const double front =
        exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double estimate_t975(double freedom)
{
    if (!(freedom >= 1)) return NAN;
    double lo = 0, hi = 16; /* 12.706 is the largest, for freedom 1 */
    for (int i = 0; i < HALVINGS; ++i) {
        const double t = (lo + hi) / 2;
        const double tail = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
        if (tail > 0.025) lo = t;
        else hi = t;
    }
    return (lo + hi) / 2;
}

mean_band estimate_mean(const double *value, uint64_t count)
{
    mean_band band = {0, NAN, NAN};
    double sum = 0, square = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(value[i])) continue;
        band.count += 1;
        sum += value[i];
    }
    if (band.count == 0) return band;
    band.mean = sum / (double)band.count;
    if (band.count < 2) return band;
    for (uint64_t i = 0; i < count; ++i)
        if (!isnan(value[i])) square += (value[i] - band.mean) * (value[i] - band.mean);
    const double n = (double)band.count;
    band.half = estimate_t975(n - 1) * sqrt(square / (n - 1) / n);
    return band;
}

static double auc_variance(double auc, double a, double b)
{
    const double others = (a + b) / 2 - 1;
    return auc * (1 - auc) * (1 + others * (1 - auc) / (2 - auc) + others * auc / (1 + auc)) /
           (a * b);
}

/* The AUC at which the observed one lies z standard errors away; end: 0 or 1. */
static double auc_limit(double auc, double end, double a, double b)
{
    double inside = auc, outside = end;
    for (int i = 0; i < HALVINGS; ++i) {
        const double try = (inside + outside) / 2;
        if (fabs(auc - try) <= Z975 * sqrt(auc_variance(try, a, b))) inside = try;
        else outside = try;
    }
    return (inside + outside) / 2;
}

interval estimate_auc_interval(double auc, uint64_t a, uint64_t b)
{
    if (isnan(auc) || a < 1 || b < 1) return (interval){NAN, NAN};
    return (interval){auc_limit(auc, 0, (double)a, (double)b),
                      auc_limit(auc, 1, (double)a, (double)b)};
}

double estimate_eta2(const double *value, const int32_t *group, uint64_t count, uint32_t groups)
{
    double all = 0, total = 0, between = 0;
    uint64_t used = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(value[i]) || group[i] < 0) continue;
        all += value[i];
        used += 1;
    }
    if (used == 0) return NAN;
    all /= (double)used;
    for (uint64_t i = 0; i < count; ++i)
        if (!isnan(value[i]) && group[i] >= 0) total += (value[i] - all) * (value[i] - all);
    for (uint32_t g = 0; g < groups; ++g) {
        double sum = 0;
        uint64_t of = 0;
        for (uint64_t i = 0; i < count; ++i) {
            if (isnan(value[i]) || group[i] != (int32_t)g) continue;
            sum += value[i];
            of += 1;
        }
        if (of) between += (sum / (double)of - all) * (sum - (double)of * all);
    }
    return total > 0 ? between / total : NAN;
}

/* Twice the rank of value[i] among those that count, less one: ties share the mean of theirs. */
static double twice_rank(const double *value, const double *other, uint64_t count, double of)
{
    uint64_t below = 0, same = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(value[i]) || isnan(other[i])) continue;
        below += value[i] < of;
        same += value[i] == of;
    }
    return (double)(2 * below + same);
}

double estimate_rank_correlation(const double *a, const double *b, uint64_t count, double *rank)
{
    uint64_t used = 0;
    double mean = 0, ab = 0, aa = 0, bb = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        rank[2 * used] = twice_rank(a, b, count, a[i]);
        rank[2 * used + 1] = twice_rank(b, a, count, b[i]);
        used += 1;
    }
    if (used < 3) return NAN;
    mean = (double)used; /* of twice the ranks less one: 1, 3, 5 .. */
    for (uint64_t i = 0; i < used; ++i) {
        const double x = rank[2 * i] - mean, y = rank[2 * i + 1] - mean;
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

double estimate_spread(uint64_t index)
{
    const double at = (double)(index % 1000000 + 1) * 0.6180339887498949;
    return at - floor(at);
}
