/* measure.c - the formulas of measures.h. Sums go from the first bar to the last. */
#include "measure.h"

#include <math.h>
#include <string.h>

/* Of a sum of squares less n * mean^2 no more digits are right than this: below it the returns are
 * all the same, and there is no ratio to a deviation. */
#define SPREAD_LEAST 1e-12

bool measure_needs_gains(const bool *wants, bool log_returns)
{
    static const measure from_sums[] = {
        MEASURE_total_return, MEASURE_annual_return, MEASURE_volatility, MEASURE_sharpe,
        MEASURE_max_drawdown, MEASURE_win_rate,      MEASURE_exposure,   MEASURE_trades,
        MEASURE_calmar,       MEASURE_profit_factor, MEASURE_expectancy, MEASURE_costs};
    bool needs[MEASURE_COUNT];
    for (uint32_t i = 0; i < MEASURE_COUNT; ++i)
        needs[i] = true;
    for (size_t i = 0; i < sizeof from_sums / sizeof *from_sums; ++i)
        needs[from_sums[i]] = false;
    needs[MEASURE_volatility] = needs[MEASURE_sharpe] = log_returns;
    for (uint32_t i = 0; i < MEASURE_COUNT; ++i)
        if (wants[i] && needs[i]) return true;
    return false;
}

static double ratio(double a, double b)
{
    return b != 0 ? a / b : NAN;
}

/* ---- From sums ------------------------------------------------------------------------------- */

static double spread(double sum, double squares, double count, double less)
{
    const double mean = sum / count, over = squares - count * mean * mean;
    /* The logarithm of losing everything has no deviation. */
    if (!(count > less) || !isfinite(squares)) return NAN;
    return over > squares * SPREAD_LEAST ? sqrt(over / (count - less)) : 0;
}

static void from_sums(const measure_input *in, double sum, double squares, double *out)
{
    const machine_rules *rules = in->rules;
    const double n = (double)in->bars, free_bar = rules->risk_free / rules->year;
    const double sd = spread(sum, squares, n, rules->ddof), growth = in->equity / rules->cash;
    const machine_account *a = in->account;
    const double trades = (double)a->trades;
    out[MEASURE_total_return] = growth - 1;
    out[MEASURE_volatility] = sd * sqrt(rules->year);
    out[MEASURE_sharpe] = ratio(sum / n - free_bar, sd) * sqrt(rules->year);
    out[MEASURE_max_drawdown] = in->worst - 1;
    out[MEASURE_win_rate] = ratio((double)a->wins, trades);
    out[MEASURE_exposure] = in->held / n;
    out[MEASURE_trades] = trades;
    out[MEASURE_profit_factor] = ratio(a->won, a->lost);
    out[MEASURE_expectancy] = ratio(a->won - a->lost, trades);
    out[MEASURE_costs] = a->costs;
}

/* ---- From the returns of each bar ---------------------------------------------------------------
 */

static void from_equity(const measure_input *in, double *out)
{
    double equity = in->rules->cash, peak = equity, sum = 0;
    uint64_t under = 0, longest = 0;
    for (uint64_t t = 0; t < in->bars; ++t) {
        equity = equity * (1 + in->gains[t]);
        sum += equity;
        under = equity < peak ? under + 1 : 0;
        peak = equity > peak ? equity : peak;
        longest = under > longest ? under : longest;
    }
    const double n = (double)in->bars;
    out[MEASURE_max_drawdown_bars] = (double)longest;
    out[MEASURE_turnover] = ratio(in->account->traded / 2, sum / n) * in->rules->year / n;
}

static void from_moments(const measure_input *in, double *out)
{
    const double n = (double)in->bars, free_bar = in->rules->risk_free / in->rules->year;
    const double root = sqrt(in->rules->year);
    double sum = 0, up = 0, down = 0, fall = 0, second = 0, third = 0, fourth = 0;
    for (uint64_t t = 0; t < in->bars; ++t) {
        const double over = in->gains[t] - free_bar;
        sum += in->gains[t];
        if (over > 0) up += over;
        else down -= over;
        if (over < 0) fall += over * over;
    }
    const double mean = sum / n;
    for (uint64_t t = 0; t < in->bars; ++t) {
        const double off = in->gains[t] - mean, square = off * off;
        second += square;
        third += square * off;
        fourth += square * square;
    }
    const double variance = second / n;
    out[MEASURE_sortino] = ratio(mean - free_bar, sqrt(fall / n)) * root;
    out[MEASURE_omega] = ratio(up, down);
    out[MEASURE_skew] = ratio(third / n, variance * sqrt(variance));
    out[MEASURE_kurtosis] = ratio(fourth / n, variance * variance) - 3;
}

/* The k-th smallest, and all smaller ones in front of it (Hoare's selection, the middle of three as
 * the pivot). */
static double select_kth(double *values, uint64_t count, uint64_t k)
{
    uint64_t low = 0, high = count - 1;
    while (low < high) {
        const double a = values[low], b = values[low + (high - low) / 2], c = values[high];
        const double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        uint64_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot)
                ++i;
            while (values[j] > pivot)
                --j;
            if (i >= j) break;
            const double held = values[i];
            values[i++] = values[j];
            values[j--] = held;
        }
        /* Right of j all are at least the pivot, up to j at most. */
        if (k <= j && j < high) high = j;
        else if (k > j) low = j + 1;
        else break;
    }
    return values[k];
}

/* Linear between the two nearest, as numpy.quantile. */
static double quantile(double *values, uint64_t count, double share)
{
    const double at = share * (double)(count - 1), below = floor(at);
    const uint64_t k = (uint64_t)below;
    const double first = select_kth(values, count, k);
    if (k + 1 >= count || at == below) return first;
    double next = values[k + 1];
    for (uint64_t i = k + 2; i < count; ++i)
        if (values[i] < next) next = values[i];
    return first + (next - first) * (at - below);
}

static void from_quantiles(const measure_input *in, double *out)
{
    double sum = 0, count = 0;
    memcpy(in->spare, in->gains, in->bars * sizeof *in->spare);
    const double var = quantile(in->spare, in->bars, in->rules->tail);
    for (uint64_t t = 0; t < in->bars; ++t)
        if (in->gains[t] <= var) {
            sum += in->gains[t];
            count += 1;
        }
    out[MEASURE_var] = var;
    out[MEASURE_cvar] = ratio(sum, count);
    const double high = quantile(in->spare, in->bars, 0.95);
    const double low = quantile(in->spare, in->bars, 0.05);
    out[MEASURE_tail_ratio] = ratio(fabs(high), fabs(low));
}

/* ---- Against a benchmark ----------------------------------------------------------------- */

static double capture(const measure_input *in, bool up)
{
    double own = 1, other = 1, count = 0;
    for (uint64_t t = 0; t < in->bars; ++t) {
        if (up ? !(in->benchmark[t] > 0) : !(in->benchmark[t] < 0)) continue;
        own *= 1 + in->gains[t];
        other *= 1 + in->benchmark[t];
        count += 1;
    }
    if (count == 0) return NAN;
    return ratio(pow(own, in->rules->year / count) - 1, pow(other, in->rules->year / count) - 1);
}

static void from_benchmark(const measure_input *in, double *out)
{
    const double n = (double)in->bars, free_bar = in->rules->risk_free / in->rules->year;
    double own = 0, other = 0, both = 0, square = 0, apart = 0, apart_square = 0;
    for (uint64_t t = 0; t < in->bars; ++t) {
        own += in->gains[t];
        other += in->benchmark[t];
    }
    own /= n;
    other /= n;
    for (uint64_t t = 0; t < in->bars; ++t) {
        const double o = in->benchmark[t] - other, d = in->gains[t] - in->benchmark[t];
        both += (in->gains[t] - own) * o;
        square += o * o;
        apart += d;
        apart_square += d * d;
    }
    const double beta = ratio(both, square);
    out[MEASURE_beta] = beta;
    out[MEASURE_alpha] = (own - free_bar - beta * (other - free_bar)) * in->rules->year;
    out[MEASURE_information_ratio] =
        ratio(apart / n, spread(apart, apart_square, n, in->rules->ddof)) * sqrt(in->rules->year);
    out[MEASURE_up_capture] = capture(in, true);
    out[MEASURE_down_capture] = capture(in, false);
}

/* ---- All --------------------------------------------------------------------------------- */

static void to_logarithms(const measure_input *in, double *sum, double *squares)
{
    *sum = *squares = 0;
    for (uint64_t t = 0; t < in->bars; ++t) {
        const double gain = log1p(in->gains[t]);
        in->gains[t] = gain;
        *sum += gain;
        *squares += gain * gain;
    }
}

void measure_all(const measure_input *in, const bool *wants, double *out)
{
    double sum = in->sum, squares = in->squares;
    for (uint32_t i = 0; i < MEASURE_COUNT; ++i)
        out[i] = NAN;
    out[MEASURE_trades] = out[MEASURE_max_drawdown_bars] = 0;
    if (in->bars == 0) return;
    if (in->gains) {
        from_equity(in, out);
        if (in->benchmark) from_benchmark(in, out);
        if (in->rules->log_returns) to_logarithms(in, &sum, &squares);
        from_moments(in, out);
        if (wants[MEASURE_var] || wants[MEASURE_cvar] || wants[MEASURE_tail_ratio])
            from_quantiles(in, out);
    }
    from_sums(in, sum, squares, out);
    if (!wants[MEASURE_annual_return] && !wants[MEASURE_calmar]) return;
    const double growth = in->equity / in->rules->cash;
    out[MEASURE_annual_return] = pow(growth, in->rules->year / (double)in->bars) - 1;
    out[MEASURE_calmar] = ratio(out[MEASURE_annual_return], fabs(out[MEASURE_max_drawdown]));
}
