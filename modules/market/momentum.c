/* momentum.c - gains, losses and rates of change: tables, formulas and sources. Steps:
 * family_momentum.h, momentum_strength.h. */
#include "indicator_table.h"
#include "window.h"

#define WILDER  "Wilder, New Concepts in Technical Trading Systems (1978)"
#define ACHELIS "Achelis, Technical Analysis from A to Z (2nd ed. 2000)"

static size_t two_sums(const double *param)
{
    return 2 * window_sum_bytes((uint64_t)param[0]);
}

/* ---- Rates of change ------------------------------------------------------------------------- */

#define BACK_PARAMS PERIOD(1, "timeperiod", 10, 1, "Bars back to the value compared with")
#define BACK(name, talib, title, unit, output_doc, doc)        \
    PARAMS(name, BACK_PARAMS)                                  \
    OUTPUTS(name, OUT(#name, output_doc, unit, "timeperiod,")) \
    INDICATOR_TABLE(name, talib, title, real, indicator_bars_n, indicator_bars_n, NULL, NULL, doc)
#define BACK_DOC                                                                          \
    " with n = timeperiod; 0 where x[t - n] is 0. First value at bar n. Source: " ACHELIS \
    ", Price Rate-of-Change."

BACK(mom, "MOM", "Momentum", "price", "Change over timeperiod bars",
     "mom[t] = x[t] - x[t - n] with n = timeperiod. First value at bar n. Unit: that of the input. "
     "Source: " ACHELIS ", Momentum.")
BACK(roc, "ROC", "Rate of change, per cent", "%", "Change over timeperiod bars, in per cent",
     "roc[t] = 100 (x[t] / x[t - n] - 1)" BACK_DOC)
BACK(rocp, "ROCP", "Rate of change, fraction", NULL, "Change over timeperiod bars, as a fraction",
     "rocp[t] = (x[t] - x[t - n]) / x[t - n]" BACK_DOC)
BACK(rocr, "ROCR", "Rate of change, ratio", NULL, "Ratio to the value timeperiod bars ago",
     "rocr[t] = x[t] / x[t - n]" BACK_DOC)
BACK(rocr100, "ROCR100", "Rate of change, ratio times 100", "%",
     "Ratio to the value timeperiod bars ago, times 100",
     "rocr100[t] = 100 x[t] / x[t - n]" BACK_DOC)

/* ---- Gains and losses ------------------------------------------------------------------------ */

static const char *const means[] = {"wilder", "cutler", NULL};

PARAMS(rsi, PERIOD(1, "timeperiod", 14, 2, "Changes in the means"),
       CHOICE(20, "mean", "wilder", means,
              "Means of gains and losses: wilder's (TA-Lib) or cutler's plain ones"))
OUTPUTS(rsi, OUT("rsi", "Relative strength index, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    rsi, "RSI", "Relative strength index", real, indicator_bars_n, indicator_bars_1, two_sums, NULL,
    "rsi = 100 g / (g + l), the same as 100 - 100 / (1 + g / l); g is the mean of the rises x[t] - "
    "x[t - 1] > 0, l that of the falls, counted positive, with 0 for bars of the other kind. First "
    "value at bar n = timeperiod. Without unit, 0 to 100; 0 where nothing moved (g + l < 1e-14), "
    "where "
    "other programs give 50, 100 or NaN.\n\n"
    "mean = wilder: the first g is the mean of the first n changes, then g[t] = g[t - 1] + "
    "(gain[t] - "
    "g[t - 1]) / n: TA-Lib, TradingView, backtrader's RSI. mean = cutler: plain means of the last "
    "n "
    "changes, so that a value does not depend on where the series begins: backtrader's "
    "RSI_SMA, pandas programs with rolling(n).mean(). A pandas ewm(alpha=1/n, adjust=False) is "
    "wilder's with another start; the two draw near by (1 - 1/n) a bar.\n\n"
    "Source: " WILDER ", pp. 63-70; Cutler's: Stocks & Commodities 9:2 (1991).")

PARAMS(cmo, PERIOD(1, "timeperiod", 14, 2, "Changes in the means"))
OUTPUTS(cmo, OUT("cmo", "Chande momentum oscillator, -100 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    cmo, "CMO", "Chande momentum oscillator", real, indicator_bars_n, indicator_bars_1,
    indicator_state_small, NULL,
    "cmo = 100 (g - l) / (g + l) with the means g and l of rises and falls of rsi (wilder): it is "
    "2 "
    "rsi - 100. First value at bar n = timeperiod. Without unit; 0 where nothing moved.\n\n"
    "Chande's own formula has plain sums of the last n changes in place of Wilder's means: that is "
    "2 "
    "rsi - 100 of rsi with mean = cutler, and what TradingView gives. This is TA-Lib's.\n\n"
    "Source: Chande and Kroll, The New Technical Trader (1994), chapter 5.")

PARAMS(imi, PERIOD(1, "timeperiod", 14, 2, "Bars in the sums"))
OUTPUTS(imi, OUT("imi", "Intraday momentum index, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    imi, "IMI", "Intraday momentum index", oc, indicator_bars_n_less_1, indicator_bars_0, two_sums,
    NULL,
    "imi = 100 u / (u + d), u the sum over the last n = timeperiod bars of close - open "
    "where that is positive, d the sum of open - close where that is. First value at bar "
    "n - 1. Without unit; NaN, as in TA-Lib, where no bar of the n moved (0 / 0).\n\n"
    "Source: Chande and Kroll, The New Technical Trader (1994), chapter 7.")

NO_PARAMS(bop)
OUTPUTS(bop, OUT("bop", "Balance of power, -1 to 1", NULL, ""))
INDICATOR_TABLE(bop, "BOP", "Balance of power", ohlc, indicator_bars_0, indicator_bars_0, NULL,
                NULL,
                "bop[t] = (close - open) / (high - low), 0 where high - low is below 1e-14. First "
                "value at bar 0. Without unit; not smoothed.\n\n"
                "Source: Livshin, Balance of Power, Stocks & Commodities 19:8 (2001).")

/* ---- Typical prices -------------------------------------------------------------------------- */

static size_t cci_bytes(const double *param)
{
    return (size_t)param[0] * sizeof(vec);
}

static size_t mfi_bytes(const double *param)
{
    return (2 * (size_t)param[0] + 2) * sizeof(vec);
}

PARAMS(cci, PERIOD(1, "timeperiod", 14, 2, "Bars in the means"))
OUTPUTS(cci, OUT("cci", "Commodity channel index", NULL, "timeperiod,"))
INDICATOR_TABLE(
    cci, "CCI", "Commodity channel index", hlc, indicator_bars_n_less_1, indicator_bars_0,
    cci_bytes, NULL,
    "cci[t] = (p[t] - m) / (0.015 d), p = (high + low + close) / 3, m the mean of the last n = "
    "timeperiod p, d the mean of |p - m| over the same bars. First value at bar n - 1. Without "
    "unit. 0 "
    "where p[t] = m or d = 0; of equal prices rounding may leave a mean that is not the price, and "
    "then the value is the quotient of two rounding errors, as in TA-Lib.\n\n"
    "Source: Lambert, Commodity Channel Index, Commodities Magazine (October 1980), pp. 40-41.")

PARAMS(mfi, PERIOD(1, "timeperiod", 14, 2, "Bars in the sums"))
OUTPUTS(mfi, OUT("mfi", "Money flow index, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    mfi, "MFI", "Money flow index", hlcv, indicator_bars_n, indicator_bars_1, mfi_bytes, NULL,
    "mfi = 100 u / (u + d); with p = (high + low + close) / 3, u is the sum of p volume over those "
    "of "
    "the last n = timeperiod bars with p above that of the bar before, d over those with p below. "
    "First "
    "value at bar n. Without unit, 0 to 100; 0 where u + d < 1, as in TA-Lib: prices and volumes "
    "should "
    "not be scaled to less. The sums are kept by adding and taking off, so they carry rounding of "
    "about 1e-16 of the largest flow.\n\n"
    "Source: Quong and Soudack, Volume-Weighted RSI: Money Flow, Stocks & Commodities 7:3 (1989).")

/* ---- Ultimate oscillator --------------------------------------------------------------------- */

static uint64_t ultosc_bars(const double *param)
{
    return (uint64_t)fmax(param[0], fmax(param[1], param[2]));
}

PARAMS(ultosc, PERIOD(1, "timeperiod1", 7, 1, "Bars of the first sums"),
       PERIOD(2, "timeperiod2", 14, 1, "Bars of the second sums"),
       PERIOD(3, "timeperiod3", 28, 1, "Bars of the third sums"))
OUTPUTS(ultosc, OUT("ultosc", "Ultimate oscillator, 0 to 100", NULL,
                    "timeperiod1,timeperiod2,timeperiod3,"))
INDICATOR_TABLE(ultosc, "ULTOSC", "Ultimate oscillator", hlc, ultosc_bars, ultosc_bars,
                indicator_state_small, NULL,
                "ultosc = 100 (4 a1 + 2 a2 + a3) / 7; a is the sum of close - min(low, close "
                "before) by the sum of "
                "the true ranges, over the shortest, the middle and the longest period, whatever "
                "order they are "
                "given in. A sum of ranges of 0 gives a = 0. First value at the bar of the longest "
                "period. Without "
                "unit, 0 to 100.\n\n"
                "Source: Williams, The Ultimate Oscillator, Stocks & Commodities 3:4 (1985).")
