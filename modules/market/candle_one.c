/* candle_one.c - candlestick patterns of one bar: tables and rules. Steps: family_candle_one.h. */
#include "candle_table.h"

#define BARS(n)                                   \
    uint64_t candle_bars_##n(const double *param) \
    {                                             \
        (void)param;                              \
        return n;                                 \
    }
BARS(2)
BARS(3)
BARS(5)
BARS(6)
BARS(7)
BARS(8)
BARS(10)
BARS(11)
BARS(12)
BARS(13)
BARS(14)

CANDLE_TABLE(cdlbelthold, "CDLBELTHOLD", "Belt hold", candle_bars_10, CANDLE_BOTH,
             "A long body that opens at its end: white with a very short lower shadow, or black "
             "with a very short upper one.")

CANDLE_TABLE(cdlclosingmarubozu, "CDLCLOSINGMARUBOZU", "Closing marubozu", candle_bars_10,
             CANDLE_BOTH,
             "A long body that closes at its end: white with a very short upper shadow, or black "
             "with a very short lower one.")

CANDLE_TABLE(cdldoji, "CDLDOJI", "Doji", candle_bars_10, CANDLE_IS,
             "A doji: open and close are nearly the same. It says nothing of a direction.")

CANDLE_TABLE(cdldragonflydoji, "CDLDRAGONFLYDOJI", "Dragonfly doji", candle_bars_10, CANDLE_IS,
             "A doji with a very short upper shadow and a lower one that is not very short.")

CANDLE_TABLE(cdlgravestonedoji, "CDLGRAVESTONEDOJI", "Gravestone doji", candle_bars_10, CANDLE_IS,
             "A doji with a very short lower shadow and an upper one that is not very short.")

CANDLE_TABLE(cdlhighwave, "CDLHIGHWAVE", "High-wave candle", candle_bars_10, CANDLE_OWN,
             "A short body with a very long shadow on both sides. The sign is the bar's colour, "
             "not a direction.")

CANDLE_TABLE(cdllongleggeddoji, "CDLLONGLEGGEDDOJI", "Long-legged doji", candle_bars_10, CANDLE_IS,
             "A doji with one or two long shadows.")

CANDLE_TABLE(cdllongline, "CDLLONGLINE", "Long line", candle_bars_10, CANDLE_BOTH,
             "A long body with short shadows on both sides.")

CANDLE_TABLE(cdlmarubozu, "CDLMARUBOZU", "Marubozu", candle_bars_10, CANDLE_BOTH,
             "A long body with very short shadows on both sides.")

CANDLE_TABLE(cdlrickshawman, "CDLRICKSHAWMAN", "Rickshaw man", candle_bars_10, CANDLE_IS,
             "A doji with two long shadows whose body lies near the middle of the range.")

CANDLE_TABLE(cdlshortline, "CDLSHORTLINE", "Short line", candle_bars_10, CANDLE_OWN,
             "A short body with short shadows on both sides. The sign is the bar's colour.")

CANDLE_TABLE(cdlspinningtop, "CDLSPINNINGTOP", "Spinning top", candle_bars_10, CANDLE_OWN,
             "A short body whose shadows are both longer than it. The sign is the bar's colour, "
             "not a direction.")

CANDLE_TABLE(cdltakuri, "CDLTAKURI", "Takuri: dragonfly doji with a very long shadow",
             candle_bars_10, CANDLE_UP,
             "A doji with a very short upper shadow and a very long lower one.")
