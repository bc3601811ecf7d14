/* rolling.c - ranks, quantiles, correlation, beta and z-scores over the last bars: tables, formulas
 * and sources. Steps: family_rolling.h. */
#include "indicator_table.h"
#include "rolling_state.h"

static size_t joint_state(const double *param)
{
    return window_joint_bytes((uint64_t)param[0]);
}

static size_t pair_state(const double *param)
{
    return window_pair_bytes((uint64_t)param[0]);
}

static size_t quantile_state(const double *param)
{
    return quantile_bytes((uint64_t)param[0]);
}

/* ---- Order ----------------------------------------------------------------------------------- */

static const char *const rank_kinds[] = {"pandas", "excel", "middle", NULL};
static const char *const quantile_kinds[] = {"linear", "lower", "higher", "midpoint", NULL};

PARAMS(rolling_rank, PERIOD(1, "timeperiod", 100, 2, "Bars in the window"),
       CHOICE(2, "kind", "pandas", rank_kinds,
              "pandas: rank / n; excel: (rank - 1) / (n - 1); middle: (rank - 0.5) / n"))
OUTPUTS(rolling_rank, OUT("rolling_rank", "Rank of the newest value, 0 to 1", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(
    rolling_rank, NULL, "Rank of the newest value in the window", real, indicator_bars_n_less_1,
    indicator_bars_n_less_1, NULL, NULL, indicator_bars_n,
    "rank = values of the last n = timeperiod that are below the newest, and half of (those equal "
    "to "
    "it, itself among them, plus 1): equal values share the mean of their ranks. First value at "
    "bar n - 1.\n\n"
    "Packages differ: pandas' rolling().rank(pct=True) gives rank / n, more than 0 and at most 1; "
    "Excel's PERCENTRANK.INC gives (rank - 1) / (n - 1), 0 to 1 (without ties); "
    "scipy's percentileofscore(kind='mean') is (rank - 0.5) / n.\n\n"
    "Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, American Statistician 50 "
    "(1996), for the three positions.")

PARAMS(rolling_quantile, PERIOD(1, "timeperiod", 20, 1, "Bars in the window"),
       REAL(2, "q", 0.5, 0, 1, 0.05, NULL, "Share of the values that lie below; 0.5: the median"),
       CHOICE(3, "interpolation", "linear", quantile_kinds,
              "Between two values: linear; or the lower, the higher, or their midpoint"))
OUTPUTS(rolling_quantile,
        OUT("rolling_quantile", "Quantile q of the last timeperiod values", NULL, "timeperiod,q,"))
INDICATOR_TABLE_SPAN(
    rolling_quantile, NULL, "Quantile of the last values", real, indicator_bars_n_less_1,
    indicator_bars_n, quantile_state, NULL, indicator_bars_n,
    "The value at place q (n - 1) of the last n = timeperiod values in order, counted from 0; "
    "between two places the straight line between them, as numpy and pandas by default "
    "(type 7 of Hyndman and Fan). First value at bar n - 1. Unit: that of the input. A window is "
    "kept sorted: a bar takes log n comparisons and moves up to n values.\n\n"
    "Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, American Statistician 50 "
    "(1996).")

/* ---- Means and deviations -------------------------------------------------------------------- */

static td_status zscore_check(const double *param, td_error *err)
{
    if (param[0] > param[1]) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "market.rolling_zscore: timeperiod is %.0f and ddof %.0f, timeperiod must be "
                   "the larger",
                   param[0], param[1]);
}

PARAMS(rolling_zscore, PERIOD(1, "timeperiod", 20, 2, "Bars in the window"),
       WHOLE(2, "ddof", 1, 0, 1, NULL,
             "Taken from the count in the variance: 1 (pandas), 0 (numpy, TA-Lib's STDDEV)"))
OUTPUTS(rolling_zscore,
        OUT("rolling_zscore", "Deviations of the newest value from the mean", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(
    rolling_zscore, NULL, "Deviations from the rolling mean", real, indicator_bars_n_less_1,
    indicator_bars_0, pair_state, zscore_check, indicator_bars_n,
    "(x[t] - mean) / deviation, of the last n = timeperiod values, the newest among them; the "
    "deviation is the root of the sum of squares about the mean by n - ddof. First value at bar "
    "n - 1. NaN where all values are the same.\n\n"
    "Packages differ in ddof: pandas' std() has 1, numpy's and scipy's zscore 0.\n\n"
    "Source: Kendall and Stuart, The Advanced Theory of Statistics 1 (4th ed. 1977), chapter 2.")

/* ---- Two series ------------------------------------------------------------------------------ */

static const char *const rolling_values[] = {"returns", "values", NULL};

static uint64_t joint_bars(const double *param)
{
    return (uint64_t)param[0] - (param[1] == ROLLING_RETURNS ? 0 : 1);
}

#define OF(value)                          \
    CHOICE(2, "of", value, rolling_values, \
           "What of the series: simple returns from bar to bar, or the values themselves")

PARAMS(rolling_correlation, PERIOD(1, "timeperiod", 20, 2, "Values in the window"), OF("values"))
OUTPUTS(rolling_correlation,
        OUT("rolling_correlation", "Pearson's coefficient, -1 to 1", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(
    rolling_correlation, NULL, "Rolling correlation", real2, joint_bars, indicator_bars_1,
    joint_state, NULL, indicator_bars_n,
    "Pearson's correlation coefficient of the last n = timeperiod values of real0 and real1, or of "
    "their last n simple returns x[t] / x[t - 1] - 1. First value at bar n - 1 (n). NaN where one "
    "of the series does not change within the window, as pandas' rolling().corr(); TA-Lib's CORREL "
    "gives 0 there, and correlates values only. NaN too while a return after a price of 0 is in "
    "the window.\n\n"
    "Source: Kendall and Stuart, The Advanced Theory of Statistics 2 (4th ed. 1979), chapter 26.")

PARAMS(rolling_beta, PERIOD(1, "timeperiod", 60, 2, "Values in the window"), OF("returns"))
OUTPUTS(rolling_beta, OUT("rolling_beta", "Slope of real0 on real1", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(
    rolling_beta, NULL, "Rolling beta", real2, joint_bars, indicator_bars_1, joint_state, NULL,
    indicator_bars_n,
    "Covariance of real0 (the asset) and real1 (the market) by the variance of real1, over their "
    "last n = timeperiod simple returns x[t] / x[t - 1] - 1, or values. First value at bar n "
    "(n - 1). NaN where real1 does not change within the window, or a return is after a price of "
    "0.\n\n"
    "Packages differ: TA-Lib's BETA takes the market first, 5 returns, and gives 0 where the "
    "market "
    "does not change. ddof is no matter: it cancels.\n\n"
    "Source: Sharpe, Capital Asset Prices, Journal of Finance 19 (1964).")
