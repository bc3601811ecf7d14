/* overlap.c - moving averages and bands: tables, formulas and sources. Steps: family_overlap.h. */
#include "indicator_table.h"

PARAMS(sma, PERIOD(1, "timeperiod", 30, 2, "Bars in the mean"))
OUTPUTS(sma, OUT("sma", "Mean of the last timeperiod values", NULL, "timeperiod,"))
INDICATOR_TABLE_SPAN(sma, "SMA", "Simple moving average", real, indicator_bars_n_less_1,
                indicator_bars_0, indicator_state_sum, NULL, indicator_bars_n,
                "sma[t] = (x[t - n + 1] + .. + x[t]) / n with n = timeperiod. First value at bar "
                "n - 1. Unit: that of the input. Equal values have exactly themselves as mean. "
                "Source: Murphy, Technical Analysis of the Financial Markets (1999), p. 196.")
