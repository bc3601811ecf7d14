/* volume.c - volume and where in its range the bar closed: tables. Steps: family_volume.h. */
#include "indicator_table.h"

#define FLOW                                                                                    \
    "m[t] = ((close - low) - (high - close)) / (high - low) * volume, 0 where the high is not " \
    "above "                                                                                    \
    "the low; ad[t] = m[0] + .. + m[t]. "
#define CHAIKIN                                                                                  \
    "Source: Achelis, Technical Analysis from A to Z (2nd ed. 2000), Accumulation/Distribution " \
    "and "                                                                                       \
    "Chaikin Oscillator."

NO_PARAMS(ad)
OUTPUTS(ad, OUT("ad", "Accumulation/distribution line", "units traded", ""))
INDICATOR_TABLE(ad, "AD", "Chaikin accumulation/distribution line", hlcv, indicator_bars_0,
                indicator_bars_0, indicator_state_small, NULL,
                FLOW
                "First value at bar 0. Unit: that of the volume. The line has no origin of its "
                "own: only its changes tell something.\n\n" CHAIKIN)

static uint64_t adosc_bars(const double *param)
{
    return (uint64_t)(param[0] > param[1] ? param[0] : param[1]) - 1;
}

PARAMS(adosc, PERIOD(1, "fastperiod", 3, 2, "Bars of the fast exponential average"),
       PERIOD(2, "slowperiod", 10, 2, "Bars of the slow exponential average"))
OUTPUTS(adosc, OUT("adosc", "Fast less slow average of the line", "units traded",
                   "fastperiod,slowperiod,"))
INDICATOR_TABLE(
    adosc, "ADOSC", "Chaikin accumulation/distribution oscillator", hlcv, adosc_bars,
    indicator_bars_0, indicator_state_small, NULL,
    FLOW
    "adosc = ema(ad, fastperiod) - ema(ad, slowperiod), ema[t] = k ad[t] + (1 - k) ema[t - 1], "
    "k = 2 / (n + 1). Both averages begin with ad[0] (not with a mean, as TA-Lib's other "
    "exponential averages do), and values are given from bar max(fastperiod, slowperiod) - 1 "
    "on. fastperiod above slowperiod is allowed and turns the sign. Unit: that of the "
    "volume.\n\n" CHAIKIN)

static const char *const obv_starts[] = {"volume", "zero", NULL};
PARAMS(obv, CHOICE(20, "start", "volume", obv_starts,
                   "Value of bar 0: its volume (TA-Lib) or zero (TradingView)"))
OUTPUTS(obv, OUT("obv", "On balance volume", "units traded", ""))
INDICATOR_TABLE(obv, "OBV", "On balance volume", real_volume, indicator_bars_0, indicator_bars_1,
                indicator_state_small, NULL,
                "obv[t] = obv[t - 1] + volume[t] where the price is above that of the bar before, "
                "- volume[t] where it is below, the same where it is equal. First value at bar 0. "
                "Unit: that of the volume.\n\n"
                "start: bar 0 has nothing to compare with. TA-Lib gives it its volume, TradingView "
                "zero; all values differ by that.\n\n"
                "Source: Granville, Granville's New Key to Stock Market Profits (1963).")
