/* statistic.c - deviations, regressions and what two series share: tables, formulas and sources.
 * Steps: family_statistic.h. */
#include "indicator_table.h"
#include "statistic_state.h"

#define NUMBER_MAX 3e37

static size_t pair_state(const double *param)
{
    return window_pair_bytes((uint64_t)param[0]);
}
static size_t joint_state(const double *param)
{
    return window_joint_bytes((uint64_t)param[0]);
}

/* ---- Deviations ------------------------------------------------------------------------------ */

static td_status var_check(const double *param, td_error *err)
{
    if (param[2] < param[0]) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "market.var: timeperiod is %.0f, allowed more than ddof, %.0f bars", param[0],
                   param[2]);
}
#define DDOF                       \
    WHOLE(                         \
        20, "ddof", 0, 0, 1, NULL, \
        "Taken from the count: 0 is the population's variance (TA-Lib), 1 the sample's (pandas)")
#define SAMPLE                                                                                  \
    "ddof=0 as TA-Lib, ddof=1 as pandas' rolling. Equal values have exactly 0. First value at " \
    "bar n - 1, n = timeperiod. "

PARAMS(var, PERIOD(1, "timeperiod", 5, 1, "Bars"),
       REAL_FIXED(2, "nbdev", 1, -NUMBER_MAX, NUMBER_MAX, NULL,
                  "Deviations; TA-Lib has it and does not use it"),
       DDOF)
OUTPUTS(var, OUT("var", "Variance of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(
    var, "VAR", "Variance", real, indicator_bars_n_less_1, indicator_bars_0, pair_state, var_check,
    indicator_bars_n,
    "Sum of squared distances from the mean of the last n values, by n - ddof. " SAMPLE
    "Unit: that of the input, squared. Source: Kendall and Stuart, The "
    "Advanced Theory of Statistics 1 (1977), chapter 2.")

PARAMS(stddev, PERIOD(1, "timeperiod", 5, 2, "Bars"),
       REAL(2, "nbdev", 1, -NUMBER_MAX, NUMBER_MAX, 0.5, NULL, "The deviation is multiplied by it"),
       DDOF)
OUTPUTS(stddev, OUT("stddev", "nbdev standard deviations", NULL, "timeperiod,nbdev,"))
INDICATOR_TABLE_SPAN(stddev, "STDDEV", "Standard deviation", real, indicator_bars_n_less_1,
                     indicator_bars_0, pair_state, NULL, indicator_bars_n,
                     "nbdev times the root of the variance; 0 where that is below 1e-14, as "
                     "TA-Lib. " SAMPLE "Unit: that of the input. Source: as var.")

/* ---- Regression ------------------------------------------------------------------------------ */

#define LINE_TABLE(name, talib, title, unit, doc)                                                  \
    PARAMS(name, PERIOD(1, "timeperiod", 14, 2, "Bars of the line"))                               \
    OUTPUTS(name, OUT(#name, title, unit, "timeperiod,"))                                          \
    INDICATOR_TABLE_SPAN(name, talib, title, real, indicator_bars_n_less_1, indicator_bars_0,      \
                         pair_state, NULL, indicator_bars_n,                                       \
                         "The line b + m i of least squares through the last n values, i = 0 .. n" \
                         " - 1, n = timeperiod: " doc                                              \
                         " First value at bar n - 1. Source: Draper and Smith, Applied "           \
                         "Regression Analysis (1998), chapter 1.")

LINE_TABLE(linearreg, "LINEARREG", "Linear regression", NULL,
           "b + m (n - 1), its value at the newest bar. Unit: that of the input.")
LINE_TABLE(linearreg_angle, "LINEARREG_ANGLE", "Linear regression angle", "degrees",
           "the angle of m, atan(m). Unit: degrees, of input units a bar.")
LINE_TABLE(linearreg_intercept, "LINEARREG_INTERCEPT", "Linear regression intercept", NULL,
           "b, its value at the oldest bar. Unit: that of the input.")
LINE_TABLE(linearreg_slope, "LINEARREG_SLOPE", "Linear regression slope", NULL,
           "m. Unit: that of the input, a bar.")
LINE_TABLE(tsf, "TSF", "Time series forecast", NULL,
           "b + m n, its value at the bar to come. Unit: that of the input.")

/* ---- Two series ------------------------------------------------------------------------------ */

PARAMS(correl, PERIOD(1, "timeperiod", 30, 1, "Bars"))
OUTPUTS(correl, OUT("correl", "Correlation coefficient", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(correl, "CORREL", "Pearson's correlation coefficient", real2,
                     indicator_bars_n_less_1, indicator_bars_0, joint_state, NULL, indicator_bars_n,
                     "Sum of products of the distances from the means of the last n values, by the "
                     "root of the product of the sums of their squares; 0 where that product is "
                     "below 1e-14, as TA-Lib. Prices, not returns, are correlated. First value at "
                     "bar n - 1, n = timeperiod. -1 to 1. Source: Kendall and Stuart 2 (1979), "
                     "chapter 26.")

PARAMS(beta, PERIOD(1, "timeperiod", 5, 1, "Returns"))
OUTPUTS(beta, OUT("beta", "Slope of real1's returns on real0's", NULL, "timeperiod,"))
INDICATOR_TABLE(beta, "BETA", "Beta", real2, indicator_bars_n, indicator_bars_1, joint_state, NULL,
                "Covariance of the last n simple returns of real0 and real1 by the variance of "
                "those of real0 (the market, then); 0 where n^2 times that variance is below "
                "1e-14, and a return after a price of 0 counts as 0, as TA-Lib. First value at bar "
                "n, n = timeperiod. Source: Sharpe, Capital Asset Prices, Journal of Finance 19 "
                "(1964).")
