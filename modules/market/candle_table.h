/* candle_table.h - what the tables of candlestick patterns share. */
#ifndef TANDEM_MODULES_MARKET_CANDLE_TABLE_H
#define TANDEM_MODULES_MARKET_CANDLE_TABLE_H
#include "indicator_table.h"

/* Lookbacks: bars that the means need, and the bars of the pattern before its newest. */
uint64_t candle_bars_2(const double *param);
uint64_t candle_bars_3(const double *param);
uint64_t candle_bars_5(const double *param);
uint64_t candle_bars_6(const double *param);
uint64_t candle_bars_7(const double *param);
uint64_t candle_bars_8(const double *param);
uint64_t candle_bars_10(const double *param);
uint64_t candle_bars_11(const double *param);
uint64_t candle_bars_12(const double *param);
uint64_t candle_bars_13(const double *param);
uint64_t candle_bars_14(const double *param);

#define CANDLE_WORDS                                                                       \
    "\n\nWords: a bar is white when close >= open, else black. Its body lies between open and " \
    "close; it is long when larger than the mean of the 10 bodies before it, short when smaller, " \
    "a doji when at most 0.1 of the mean of the 10 ranges (high - low) before it. A shadow is " \
    "long when longer than the bar's own body, very long at more than twice it, short below half " \
    "of the mean of both shadows of the 10 bars before, very short below 0.1 of the mean of the " \
    "10 ranges before. Near, far and equal are 0.2, 0.6 and 0.05 of the mean of the 5 ranges " \
    "before. These are TA-Lib's default settings; other programs set others, or none. Means are " \
    "added afresh for each bar: where two numbers are equal but for rounding, TA-Lib's running " \
    "sums may decide otherwise. Unit: none; 0 is no pattern.\n\n"                          \
    "Source: Nison, Japanese Candlestick Charting Techniques (1991); Morris, Candlestick "  \
    "Charting Explained (1992); "

/* signs: what the numbers mean, "100 bullish". rule: of which bars it is made. */
#define CANDLE_TABLE_OF(name, talib, title, bars, signs, rule, axes)                       \
    OUTPUTS(name, OUT_I32(#name, signs, NULL, axes))                                       \
    INDICATOR_TABLE_SPAN(name, talib, title, ohlc, bars, NULL, NULL, NULL, bars,           \
                         rule CANDLE_WORDS "TA-Lib's " talib ".")
#define CANDLE_TABLE(name, talib, title, bars, signs, rule)                                \
    NO_PARAMS(name) CANDLE_TABLE_OF(name, talib, title, bars, signs, rule, "")
/* With TA-Lib's parameter penetration. */
#define CANDLE_TABLE_DEEP(name, talib, title, bars, deep, signs, rule)                     \
    PARAMS(name, REAL(1, "penetration", deep, 0, 3e37, 0.1, NULL,                          \
                      "Part of the long body's length into which the newest close must go")) \
    CANDLE_TABLE_OF(name, talib, title, bars, signs, rule, "penetration,")

#define CANDLE_UP   "100: found, bullish; 0: not"
#define CANDLE_DOWN "-100: found, bearish; 0: not"
#define CANDLE_BOTH "100: found, bullish; -100: found, bearish; 0: not"
#define CANDLE_IS   "100: found; 0: not"
#define CANDLE_OWN  "100: found, white; -100: found, black; 0: not"

#endif
