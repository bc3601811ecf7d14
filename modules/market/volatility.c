/* volatility.c - true ranges: tables, formulas and sources. Steps: family_volatility.h. */
#include "indicator_table.h"

#define WILDER "Wilder, New Concepts in Technical Trading Systems (1978)"

static const char *const first_ranges[] = {"none", "high_low", NULL};

#define FIRST_RANGE(doc) CHOICE(20, "first_range", "none", first_ranges, doc)

static uint64_t trange_bars(const double *param)
{
    return param[0] != 0 ? 0 : 1;
}

static uint64_t atr_bars(const double *param)
{
    return (uint64_t)param[0] - (param[1] != 0 ? 1 : 0);
}

PARAMS(trange, FIRST_RANGE("What bar 0, which has no close before it, is given: none (TA-Lib) or "
                           "high_low, its high less its low"))
OUTPUTS(trange, OUT("trange", "True range of the bar", "price", ""))
INDICATOR_TABLE(
    trange, "TRANGE", "True range", hlc, trange_bars, indicator_bars_1, NULL, NULL,
    "trange[t] = max(high[t] - low[t], |high[t] - close[t - 1]|, |low[t] - close[t - 1]|). First "
    "value at bar 1. Unit: that of the prices.\n\n"
    "first_range = high_low gives bar 0 high - low, as pandas programs that take a maximum over "
    "columns with NaN do, and TradingView's ta.tr(true).\n\n"
    "Source: " WILDER ", p. 21.")

#define ATR_PARAMS                                                                             \
    PERIOD(1, "timeperiod", 14, 1, "Bars of the mean"),                                        \
        FIRST_RANGE("Whether bar 0, which has no close before it, is in the first mean: none " \
                    "(TA-Lib) starts at bar 1, high_low counts bar 0 with its high less its low")

#define ATR_DOC                                                                                    \
    "atr[t] = atr[t - 1] + (trange[t] - atr[t - 1]) / n with n = timeperiod, and the mean of the " \
    "first n true ranges as its first value. "
#define ATR_FIRST                                                                                 \
    "first_range: TA-Lib's first mean is over the bars 1 .. n, so its first value stands at bar " \
    "n. "                                                                                         \
    "Wilder's own worksheet, TradingView's ta.atr and others give bar 0 the range high - low: "   \
    "the "                                                                                        \
    "mean is over 0 .. n - 1 and stands at n - 1. The two draw near by (1 - 1/n) a bar.\n\n"

PARAMS(atr, ATR_PARAMS)
OUTPUTS(atr, OUT("atr", "Wilder's mean of the true ranges", "price", "timeperiod,"))
INDICATOR_TABLE(atr, "ATR", "Average true range", hlc, atr_bars, indicator_bars_1,
                indicator_state_small, NULL,
                ATR_DOC "Unit: that of the prices. timeperiod 1 is the true range.\n\n" ATR_FIRST
                        "Source: " WILDER ", pp. 21-23.")

PARAMS(natr, ATR_PARAMS)
OUTPUTS(natr, OUT("natr", "Average true range by the close", "%", "timeperiod,"))
INDICATOR_TABLE(natr, "NATR", "Normalized average true range", hlc, atr_bars, indicator_bars_1,
                indicator_state_small, NULL,
                "natr[t] = 100 atr[t] / close[t]. " ATR_DOC
                "Unit: per cent of the close. A close of 0 gives 0 (where TA-Lib 0.6.4 leaves what "
                "the memory held). With timeperiod 1 TA-Lib gives "
                "the true range in prices, not in per cent, and so does this.\n\n" ATR_FIRST
                "Source: Forman, Cross-Market Evaluations with Normalized Average True Range, "
                "Stocks & Commodities 24:6 (2006), pp. 60-63.")
