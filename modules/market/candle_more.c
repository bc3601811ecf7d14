/* candle_more.c - candlestick patterns of four and more bars: tables and rules. Steps:
 * family_candle_more.h. */
#include "candle_table.h"

CANDLE_TABLE(cdl3blackcrows, "CDL3BLACKCROWS", "Three black crows", candle_bars_13, CANDLE_DOWN,
             "A white bar; then three black ones with very short lower shadows and falling closes, "
             "the first closing below the white bar's high, the others opening within the body "
             "before.")

CANDLE_TABLE(cdl3linestrike, "CDL3LINESTRIKE", "Three-line strike", candle_bars_8, CANDLE_BOTH,
             "Three bars of one colour with closes that rise (white) or fall (black), each opening "
             "within or near the body before; then one of the other colour that opens beyond the "
             "last close and closes beyond the first open. The sign is the colour of the three.")

CANDLE_TABLE(
    cdlbreakaway, "CDLBREAKAWAY", "Breakaway", candle_bars_14, CANDLE_BOTH,
    "A long body; one of its colour beyond it (black below, white above); two bars that go "
    "on with high and low, the fourth of that colour too; then one of the other colour that "
    "closes in the gap between the first two. The sign is the last bar's colour.")

CANDLE_TABLE(cdlconcealbabyswall, "CDLCONCEALBABYSWALL", "Concealing baby swallow", candle_bars_13,
             CANDLE_UP,
             "Four black bars: two with very short shadows; one whose body lies below the second, "
             "with an upper shadow that reaches into that body; and one whose range encloses the "
             "third's.")

CANDLE_TABLE(
    cdlladderbottom, "CDLLADDERBOTTOM", "Ladder bottom", candle_bars_14, CANDLE_UP,
    "Three black bars with falling opens and closes; a black one with an upper shadow; then "
    "a white one that opens above its open and closes above its high.")

CANDLE_TABLE_DEEP(
    cdlmathold, "CDLMATHOLD", "Mat hold", candle_bars_14, 0.5, CANDLE_UP,
    "A long white body; a short black one above it; two short ones, falling, that come "
    "back into the first body but not deeper than penetration times its length; then a "
    "white bar that opens above the close before and closes above the highs of the "
    "three.")

CANDLE_TABLE(cdlrisefall3methods, "CDLRISEFALL3METHODS", "Rising or falling three methods",
             candle_bars_14, CANDLE_BOTH,
             "A long body; three short ones of the other colour, against it, which hold within its "
             "range; then a long one of the first colour that opens beyond the close before and "
             "closes beyond the first close. The sign is the first bar's colour.")

#define HIKKAKE_SIGNS                                                                        \
    "100: found, bullish; -100: found, bearish; 200, -200: confirmed within three bars; 0: " \
    "neither"
#define HIKKAKE_CONFIRM                                                                         \
    " A close above the inside bar's high (below its low) within the next three bars confirms " \
    "it, once, unless another such pattern comes before."

CANDLE_TABLE(cdlhikkake, "CDLHIKKAKE", "Hikkake", candle_bars_5, HIKKAKE_SIGNS,
             "A bar inside the one before; then one with a lower high and a lower low (100) or a "
             "higher high and a higher low (-100): a false break out." HIKKAKE_CONFIRM)

CANDLE_TABLE(cdlhikkakemod, "CDLHIKKAKEMOD", "Modified hikkake", candle_bars_10, HIKKAKE_SIGNS,
             "Two bars, each inside the one before, the first of them closing near its low (high); "
             "then one with a lower high and a lower low (100) or a higher high and a higher low "
             "(-100)." HIKKAKE_CONFIRM)
