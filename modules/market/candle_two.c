/* candle_two.c - candlestick patterns of two bars: tables and rules. Steps: family_candle_two.h. */
#include "candle_table.h"

CANDLE_TABLE(
    cdlcounterattack, "CDLCOUNTERATTACK", "Counterattack", candle_bars_11, CANDLE_BOTH,
    "Two long bodies of opposite colours with equal closes. The sign is the newer's colour.")

CANDLE_TABLE_DEEP(cdldarkcloudcover, "CDLDARKCLOUDCOVER", "Dark cloud cover", candle_bars_11, 0.5,
                  CANDLE_DOWN,
                  "A long white body; then a black bar that opens above its high and closes within "
                  "its body, below its close less penetration times its length.")

CANDLE_TABLE(cdldojistar, "CDLDOJISTAR", "Doji star", candle_bars_11, CANDLE_BOTH,
             "A long body; then a doji whose body lies above a white one (-100) or below a black "
             "one (100).")

CANDLE_TABLE(cdlengulfing, "CDLENGULFING", "Engulfing pattern", candle_bars_2,
             "100 bullish, -100 bearish; 80 and -80 where one end of the two bodies is the same "
             "price; 0: not found",
             "A body of the opposite colour encloses the body before; one end may be the same "
             "price. TA-Lib before 0.6 gives 100 in both cases.")

CANDLE_TABLE(cdlhammer, "CDLHAMMER", "Hammer", candle_bars_11, CANDLE_UP,
             "A short body with a long lower and a very short upper shadow, which lies below or "
             "near the low before.")

CANDLE_TABLE(cdlhangingman, "CDLHANGINGMAN", "Hanging man", candle_bars_11, CANDLE_DOWN,
             "A short body with a long lower and a very short upper shadow, which lies above or "
             "near the high before.")

CANDLE_TABLE(cdlharami, "CDLHARAMI", "Harami", candle_bars_11,
             "100 after a black bar, -100 after a white one; 80 and -80 where one end of the two "
             "bodies is the same price; 0: not found",
             "A long body; then one that is not long, within it. TA-Lib before 0.6 knows no 80.")

CANDLE_TABLE(cdlharamicross, "CDLHARAMICROSS", "Harami cross", candle_bars_11,
             "100 after a black bar, -100 after a white one; 80 and -80 where one end of the two "
             "bodies is the same price; 0: not found",
             "A long body; then a doji within it. TA-Lib before 0.6 knows no 80.")

CANDLE_TABLE(cdlhomingpigeon, "CDLHOMINGPIGEON", "Homing pigeon", candle_bars_11, CANDLE_UP,
             "A long black body; then a black one that is not long, within it.")

CANDLE_TABLE(cdlinneck, "CDLINNECK", "In-neck", candle_bars_11, CANDLE_DOWN,
             "A long black body; then a white bar that opens below its low and closes at its close "
             "or above by no more than equal.")

CANDLE_TABLE(cdlonneck, "CDLONNECK", "On-neck", candle_bars_11, CANDLE_DOWN,
             "A long black body; then a white bar that opens below its low and closes equal to it.")

CANDLE_TABLE(cdlthrusting, "CDLTHRUSTING", "Thrusting", candle_bars_11, CANDLE_DOWN,
             "A long black body; then a white bar that opens below its low and closes above its "
             "close by more than equal, up to the middle of its body.")

CANDLE_TABLE(cdlpiercing, "CDLPIERCING", "Piercing line", candle_bars_11, CANDLE_UP,
             "A long black body; then a long white one that opens below its low and closes within "
             "its body, above the middle.")

CANDLE_TABLE(cdlinvertedhammer, "CDLINVERTEDHAMMER", "Inverted hammer", candle_bars_11, CANDLE_UP,
             "A short body with a long upper and a very short lower shadow, below the body before.")

CANDLE_TABLE(cdlshootingstar, "CDLSHOOTINGSTAR", "Shooting star", candle_bars_11, CANDLE_DOWN,
             "A short body with a long upper and a very short lower shadow, above the body before.")

CANDLE_TABLE(cdlkicking, "CDLKICKING", "Kicking", candle_bars_11, CANDLE_BOTH,
             "Two marubozu (long bodies with very short shadows) of opposite colours, the newer "
             "beyond the older with a gap between the bars. The sign is the newer's colour.")

CANDLE_TABLE(cdlkickingbylength, "CDLKICKINGBYLENGTH", "Kicking, by the longer marubozu",
             candle_bars_11, CANDLE_BOTH,
             "As kicking (market.cdlkicking), with the colour of the longer body as sign; of the "
             "older one where both are as long.")

CANDLE_TABLE(cdlmatchinglow, "CDLMATCHINGLOW", "Matching low", candle_bars_6, CANDLE_UP,
             "Two black bars with equal closes.")

CANDLE_TABLE(cdlseparatinglines, "CDLSEPARATINGLINES", "Separating lines", candle_bars_11,
             CANDLE_BOTH,
             "Two bars of opposite colours with equal opens; the newer is a belt hold (a long body "
             "that opens at its end), and its colour the sign.")
