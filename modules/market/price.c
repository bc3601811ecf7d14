/* price.c - one price of a bar's prices: tables, formulas and sources. Steps: family_price.h. */
#include "indicator_table.h"

NO_PARAMS(avgprice)
OUTPUTS(avgprice, OUT("avgprice", "Mean of the bar's four prices", NULL, ""))
INDICATOR_TABLE_SPAN(avgprice, "AVGPRICE", "Average price", ohlc, indicator_bars_0,
                     indicator_bars_0, NULL, NULL, indicator_one,
                     "(open + high + low + close) / 4. First value at bar 0. Unit: that of the "
                     "prices. Source: Achelis, Technical Analysis from A to Z (2000), p. 363.")

NO_PARAMS(medprice)
OUTPUTS(medprice, OUT("medprice", "Middle of the bar's range", NULL, ""))
INDICATOR_TABLE_SPAN(medprice, "MEDPRICE", "Median price", hl, indicator_bars_0, indicator_bars_0,
                     NULL, NULL, indicator_one,
                     "(high + low) / 2. First value at bar 0. Unit: that of the prices. Source: "
                     "Achelis (2000), p. 182.")

NO_PARAMS(typprice)
OUTPUTS(typprice, OUT("typprice", "Mean of high, low and close", NULL, ""))
INDICATOR_TABLE_SPAN(typprice, "TYPPRICE", "Typical price", hlc, indicator_bars_0, indicator_bars_0,
                     NULL, NULL, indicator_one,
                     "(high + low + close) / 3. First value at bar 0. Unit: that of the prices. "
                     "Source: Achelis (2000), p. 323.")

NO_PARAMS(wclprice)
OUTPUTS(wclprice, OUT("wclprice", "Mean in which the close counts twice", NULL, ""))
INDICATOR_TABLE_SPAN(wclprice, "WCLPRICE", "Weighted close price", hlc, indicator_bars_0,
                     indicator_bars_0, NULL, NULL, indicator_one,
                     "(high + low + 2 close) / 4. First value at bar 0. Unit: that of the prices. "
                     "Source: Achelis (2000), p. 353.")

PARAMS(avgdev, PERIOD(1, "timeperiod", 14, 2, "Bars of the mean and the deviation"))
OUTPUTS(avgdev, OUT("avgdev", "Mean distance from the mean", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(avgdev, "AVGDEV", "Average deviation", real, indicator_bars_n_less_1, NULL,
                     indicator_state_sum, NULL, indicator_bars_n,
                     "Mean of |x[i] - mean of the last n values| over the last n values; n = "
                     "timeperiod. Takes n steps a bar. First value at bar n - 1. Unit: that of the "
                     "input. Source: the mean absolute deviation, Kendall and Stuart, The Advanced "
                     "Theory of Statistics 1 (1977), section 2.17.")
