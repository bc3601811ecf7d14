/* momentum_trend.c - Wilder's directional movement: tables, formulas and sources. Steps:
 * momentum_directional.h. */
#include "indicator_table.h"

#define WILDER "Source: Wilder, New Concepts in Technical Trading Systems (1978), pp. 35-47."

#define MOVES                                                                                   \
    "+DM = high[t] - high[t - 1] where that is above 0 and above low[t - 1] - low[t], else 0; " \
    "-DM = "                                                                                    \
    "low[t - 1] - low[t] where that is above 0 and above high[t] - high[t - 1], else 0. "
#define SUMS                                                                                       \
    "Their sums, with n = timeperiod: the bars 1 .. n - 1, then S[t] = S[t - 1] - S[t - 1] / n + " \
    "DM[t]. "
#define CONVENTIONS                                                                            \
    "\n\nThe first sum is over n - 1 bars, as in TA-Lib; Wilder's worksheets and TradingView " \
    "begin "                                                                                   \
    "with n. The two draw near by (1 - 1/n) a bar.\n\n" WILDER
#define INDEX "DX = 100 |+DI - -DI| / (+DI + -DI), the DI as in plus_di and minus_di. "

static uint64_t movement_bars(const double *param)
{
    return param[0] > 1 ? (uint64_t)param[0] - 1 : 1;
}

static uint64_t adx_bars(const double *param)
{
    return 2 * (uint64_t)param[0] - 1;
}

static uint64_t adxr_bars(const double *param)
{
    return 3 * (uint64_t)param[0] - 2;
}

/* Four sums and the past n - 1 means. */
static size_t adxr_bytes(const double *param)
{
    return ((size_t)param[0] + 3) * sizeof(vec);
}

#define SIDE_PARAMS  PERIOD(1, "timeperiod", 14, 1, "Bars of the sums; 1: not summed")
#define TREND_PARAMS PERIOD(1, "timeperiod", 14, 2, "Bars of the sums and of the mean")

PARAMS(plus_dm, SIDE_PARAMS)
OUTPUTS(plus_dm,
        OUT("plus_dm", "Upward movement over about timeperiod bars", "price", "timeperiod,"))
INDICATOR_TABLE(plus_dm, "PLUS_DM", "Plus directional movement", hl, movement_bars,
                indicator_bars_1, indicator_state_small, NULL,
                MOVES SUMS "First value at bar n - 1 (bar 1 where n is 1). Unit: that of the "
                           "prices." CONVENTIONS)

PARAMS(minus_dm, SIDE_PARAMS)
OUTPUTS(minus_dm,
        OUT("minus_dm", "Downward movement over about timeperiod bars", "price", "timeperiod,"))
INDICATOR_TABLE(minus_dm, "MINUS_DM", "Minus directional movement", hl, movement_bars,
                indicator_bars_1, indicator_state_small, NULL,
                MOVES SUMS "First value at bar n - 1 (bar 1 where n is 1). Unit: that of the "
                           "prices." CONVENTIONS)

PARAMS(plus_di, SIDE_PARAMS)
OUTPUTS(plus_di, OUT("plus_di", "Upward movement as a share of the true range", "%", "timeperiod,"))
INDICATOR_TABLE(plus_di, "PLUS_DI", "Plus directional indicator", hlc, indicator_bars_n,
                indicator_bars_1, indicator_state_small, NULL,
                "+DI = 100 S(+DM) / S(trange). " MOVES SUMS
                "First value at bar n; 0 where the ranges are 0. Unit: per cent; with n = 1, as in "
                "TA-Lib, a fraction." CONVENTIONS)

PARAMS(minus_di, SIDE_PARAMS)
OUTPUTS(minus_di,
        OUT("minus_di", "Downward movement as a share of the true range", "%", "timeperiod,"))
INDICATOR_TABLE(minus_di, "MINUS_DI", "Minus directional indicator", hlc, indicator_bars_n,
                indicator_bars_1, indicator_state_small, NULL,
                "-DI = 100 S(-DM) / S(trange). " MOVES SUMS
                "First value at bar n; 0 where the ranges are 0. Unit: per cent; with n = 1, as in "
                "TA-Lib, a fraction." CONVENTIONS)

PARAMS(dx, PERIOD(1, "timeperiod", 14, 2, "Bars of the sums"))
OUTPUTS(dx, OUT("dx", "Directional movement index, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(dx, "DX", "Directional movement index", hlc, indicator_bars_n, indicator_bars_1,
                indicator_state_small, NULL,
                INDEX
                "First value at bar n = timeperiod. Without unit, 0 to 100. Where there is no "
                "range or no movement, the value of the bar before stays (0 at "
                "first). " MOVES SUMS CONVENTIONS)

PARAMS(adx, TREND_PARAMS)
OUTPUTS(adx, OUT("adx", "Average directional movement index, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    adx, "ADX", "Average directional movement index", hlc, adx_bars, indicator_bars_1,
    indicator_state_small, NULL,
    "adx[t] = (adx[t - 1] (n - 1) + DX[t]) / n with n = timeperiod, and a n-th of the sum "
    "of the DX of the bars n .. 2 n - 1 at first. " INDEX
    "A bar without range or movement counts 0 in that sum and leaves later values as they "
    "are. First value at bar 2 n - 1. Without unit, 0 to 100; not rounded. " MOVES SUMS CONVENTIONS)

PARAMS(adxr, TREND_PARAMS)
OUTPUTS(adxr, OUT("adxr", "Mean of two ADX, 0 to 100", NULL, "timeperiod,"))
INDICATOR_TABLE(
    adxr, "ADXR", "Average directional movement index rating", hlc, adxr_bars, indicator_bars_1,
    adxr_bytes, NULL,
    "adxr[t] = (adx[t] + adx[t - (n - 1)]) / 2 with n = timeperiod. First value at bar "
    "3 n - 2. Without unit, 0 to 100. Wilder's book takes the ADX of n bars ago, TA-Lib "
    "and this n - 1.\n\n" WILDER)
