/* momentum_range.c - where the price stands in the range of the last bars: tables, formulas and
 * sources. Steps: momentum_range.h, momentum_average.h. */
#include "average.h"
#include "indicator_table.h"
#include "window.h"

#define LANE                                                                                 \
    "Source: Lane, Lane's Stochastics, Stocks & Commodities 2:3 (1984), pp. 87-90; Murphy, " \
    "Technical "                                                                             \
    "Analysis of the Financial Markets (1999), p. 246."
#define K_DOC                                                                                   \
    "fast %K = 100 (close - L) / (H - L), H the highest high and L the lowest low of the last " \
    "fastk_period bars; 0 where H = L (other programs: NaN, 50 or 100). "

/* ---- Aroon ----------------------------------------------------------------------------------- */

/* Two windows of n + 1 places, of a value and a bar each. */
static size_t aroon_bytes(const double *param)
{
    return 2 * (2 * ((size_t)param[0] + 1) + 3) * sizeof(vec);
}

#define AROON_DOC                                                                                 \
    "up = 100 (n - bars since the highest high) / n, down = 100 (n - bars since the lowest low) " \
    "/ n, "                                                                                       \
    "over the n + 1 bars t - n .. t with n = timeperiod; of equal ones the latest counts, as in " \
    "TA-Lib. "
#define CHANDE "Source: Chande, Time Price Oscillator, Stocks & Commodities 13:9 (1995)."

PARAMS(aroon, PERIOD(1, "timeperiod", 14, 2, "Bars to look back"))
OUTPUTS(aroon, OUT("aroondown", "How recent the lowest low is, 0 to 100", NULL, "timeperiod,"),
        OUT("aroonup", "How recent the highest high is, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(aroon, "AROON", "Aroon", hl, indicator_bars_n, indicator_bars_0, aroon_bytes, NULL,
                AROON_DOC "First value at bar n. Without unit, 0 to 100.\n\n" CHANDE)

PARAMS(aroonosc, PERIOD(1, "timeperiod", 14, 2, "Bars to look back"))
OUTPUTS(aroonosc, OUT("aroonosc", "Aroon up less Aroon down, -100 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(aroonosc, "AROONOSC", "Aroon oscillator", hl, indicator_bars_n, indicator_bars_0,
                aroon_bytes, NULL,
                "aroonosc = up - down. " AROON_DOC "First value at bar n. Without unit, -100 to "
                "100.\n\n" CHANDE)

/* ---- Williams -------------------------------------------------------------------------------- */

static size_t willr_bytes(const double *param)
{
    return 2 * window_extreme_bytes((uint64_t)param[0]);
}

PARAMS(willr, PERIOD(1, "timeperiod", 14, 2, "Bars in the range"))
OUTPUTS(willr, OUT("willr", "Williams' %R, -100 to 0", NULL, "timeperiod,"))
INDICATOR_TABLE(
    willr, "WILLR", "Williams' %R", hlc, indicator_bars_n_less_1, indicator_bars_0, willr_bytes,
    NULL,
    "willr = -100 (H - close) / (H - L), H the highest high and L the lowest low of the "
    "last n = timeperiod bars; 0 where H = L. First value at bar n - 1. Without unit, -100 "
    "to 0.\n\n"
    "Source: Williams, How I Made One Million Dollars Last Year Trading Commodities "
    "(1973).")

/* ---- Stochastics ----------------------------------------------------------------------------- */

static uint64_t stoch_bars(const double *param)
{
    return (uint64_t)param[0] - 1 + average_choose(param[2], param[1]).bars +
           average_choose(param[4], param[3]).bars;
}

static size_t stoch_bytes(const double *param)
{
    const average_choice k = average_choose(param[2], param[1]);
    const average_choice d = average_choose(param[4], param[3]);
    return willr_bytes(param) + average_choice_bytes(&k) + average_choice_bytes(&d);
}

static uint64_t stochf_bars(const double *param)
{
    return (uint64_t)param[0] - 1 + average_choose(param[2], param[1]).bars;
}

static size_t stochf_bytes(const double *param)
{
    const average_choice d = average_choose(param[2], param[1]);
    return willr_bytes(param) + average_choice_bytes(&d);
}

/* The means of RSI are two more. */
static uint64_t stochrsi_bars(const double *param)
{
    return (uint64_t)param[0] + stochf_bars(param + 1);
}

static size_t stochrsi_bytes(const double *param)
{
    return 2 * sizeof(vec) + stochf_bytes(param + 1);
}

PARAMS(stoch, PERIOD(1, "fastk_period", 5, 1, "Bars in the range"),
       PERIOD(2, "slowk_period", 3, 1, "Bars of the average of %K"),
       MATYPE(3, "slowk_matype", "Average of %K"),
       PERIOD(4, "slowd_period", 3, 1, "Bars of the average that is %D"),
       MATYPE(5, "slowd_matype", "Average that is %D"))
#define STOCH_AXES "fastk_period,slowk_period,slowk_matype,slowd_period,slowd_matype,"
OUTPUTS(stoch, OUT("slowk", "Averaged %K, 0 to 100", NULL, STOCH_AXES),
        OUT("slowd", "Average of slowk, 0 to 100", NULL, STOCH_AXES))
INDICATOR_TABLE(
    stoch, "STOCH", "Stochastic", hlc, stoch_bars, indicator_bars_0, stoch_bytes, NULL,
    "slowk is the average of fast %K, slowd that of slowk. " K_DOC
    "First value of both where slowd has one. Without unit. slowk_period 1 does not "
    "average: that is stochf. TradingView's ta.stoch is fast %K alone; Lane's own %D is "
    "the ratio of sums of three bars, not the mean of three ratios.\n\n" LANE)

PARAMS(stochf, PERIOD(1, "fastk_period", 5, 1, "Bars in the range"),
       PERIOD(2, "fastd_period", 3, 1, "Bars of the average that is %D"),
       MATYPE(3, "fastd_matype", "Average that is %D"))
#define STOCHF_AXES "fastk_period,fastd_period,fastd_matype,"
OUTPUTS(stochf, OUT("fastk", "%K, 0 to 100", NULL, STOCHF_AXES),
        OUT("fastd", "Average of fastk, 0 to 100", NULL, STOCHF_AXES))
INDICATOR_TABLE(stochf, "STOCHF", "Stochastic, fast", hlc, stochf_bars, indicator_bars_0,
                stochf_bytes, NULL,
                "fastk is fast %K, fastd its average. " K_DOC
                "First value of both where fastd has one. Without unit.\n\n" LANE)

PARAMS(stochrsi, PERIOD(1, "timeperiod", 14, 2, "Changes in the means of RSI"),
       PERIOD(2, "fastk_period", 5, 1, "Bars in the range"),
       PERIOD(3, "fastd_period", 3, 1, "Bars of the average that is %D"),
       MATYPE(4, "fastd_matype", "Average that is %D"))
#define STOCHRSI_AXES "timeperiod,fastk_period,fastd_period,fastd_matype,"
OUTPUTS(stochrsi, OUT("fastk", "%K of RSI, 0 to 100", NULL, STOCHRSI_AXES),
        OUT("fastd", "Average of fastk, 0 to 100", NULL, STOCHRSI_AXES))
INDICATOR_TABLE(
    stochrsi, "STOCHRSI", "Stochastic relative strength index", real, stochrsi_bars,
    indicator_bars_1, stochrsi_bytes, NULL,
    "stochf of rsi(timeperiod), Wilder's, in place of high, low and close: fastk = 100 "
    "(rsi - L) / (H - L), L and H the lowest and the highest rsi of the last fastk_period "
    "bars, 0 where they are equal; fastd its average. First value at bar timeperiod + "
    "fastk_period - 1 and the bars of the average. Without unit. Chande and Kroll give "
    "0 to 1, unaveraged.\n\n"
    "Source: Chande and Kroll, The New Technical Trader (1994), chapter 5.")
