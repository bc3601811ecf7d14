/* candle_three.c - candlestick patterns of three bars: tables and rules. Steps:
 * family_candle_three.h. */
#include "candle_table.h"

CANDLE_TABLE(cdl2crows, "CDL2CROWS", "Two crows", candle_bars_12, CANDLE_DOWN,
             "A long white body; a black one above it; then a black bar that opens within the "
             "second body and closes within the first.")

CANDLE_TABLE(cdl3inside, "CDL3INSIDE", "Three inside up or down", candle_bars_12, CANDLE_BOTH,
             "A long body; one that is not long, within it; then a bar of the other colour that "
             "closes beyond the first open.")

CANDLE_TABLE(cdl3outside, "CDL3OUTSIDE", "Three outside up or down", candle_bars_3, CANDLE_BOTH,
             "A body; one of the other colour that encloses it; then a close further on. The sign "
             "is the second bar's colour.")

CANDLE_TABLE(
    cdl3starsinsouth, "CDL3STARSINSOUTH", "Three stars in the south", candle_bars_12, CANDLE_UP,
    "Three black bars: a long body with a long lower shadow; a smaller body that opens "
    "above the first close, within its high, and trades below that close but not below its "
    "low, with a lower shadow; then a short body without shadows within the second's range.")

CANDLE_TABLE(
    cdl3whitesoldiers, "CDL3WHITESOLDIERS", "Three advancing white soldiers", candle_bars_12,
    CANDLE_UP,
    "Three white bars with very short upper shadows and rising closes, each opening within "
    "or near the body before and none far shorter than the one before; the last one "
    "not short.")

CANDLE_TABLE_DEEP(
    cdlabandonedbaby, "CDLABANDONEDBABY", "Abandoned baby", candle_bars_12, 0.3, CANDLE_BOTH,
    "A long body; a doji with gaps to both sides, shadows included; then a body of the "
    "other colour, not short, that closes deeper in the first body than penetration "
    "times its length. The sign is the last bar's colour.")

CANDLE_TABLE(
    cdladvanceblock, "CDLADVANCEBLOCK", "Advance block", candle_bars_12, CANDLE_DOWN,
    "Three white bars with rising closes, each opening within or near the body before; the "
    "first long with a short upper shadow; and the rise tires: the second far shorter than "
    "the first and the third not longer than near it, or the third far shorter than the "
    "second, or each shorter than the one before with an upper shadow that is not short, or "
    "the third shorter than the second with a long upper shadow.")

#define STAR_DOWN                                                                           \
    "that lies above it; then a long black body that closes deeper in the first body than " \
    "penetration times its length."
#define STAR_UP                                                                             \
    "that lies below it; then a long white body that closes deeper in the first body than " \
    "penetration times its length."

CANDLE_TABLE_DEEP(cdleveningdojistar, "CDLEVENINGDOJISTAR", "Evening doji star", candle_bars_12,
                  0.3, CANDLE_DOWN, "A long white body; a doji " STAR_DOWN)

CANDLE_TABLE_DEEP(cdleveningstar, "CDLEVENINGSTAR", "Evening star", candle_bars_12, 0.3,
                  CANDLE_DOWN, "A long white body; a body that is not long and " STAR_DOWN)

CANDLE_TABLE_DEEP(cdlmorningdojistar, "CDLMORNINGDOJISTAR", "Morning doji star", candle_bars_12,
                  0.3, CANDLE_UP, "A long black body; a doji " STAR_UP)

CANDLE_TABLE_DEEP(cdlmorningstar, "CDLMORNINGSTAR", "Morning star", candle_bars_12, 0.3, CANDLE_UP,
                  "A long black body; a body that is not long and " STAR_UP)

CANDLE_TABLE(
    cdlgapsidesidewhite, "CDLGAPSIDESIDEWHITE", "Side-by-side white lines after a gap",
    candle_bars_7, CANDLE_BOTH,
    "Two white bodies, both above (100) or both below (-100) the body before them, of nearly "
    "the same length and with equal opens.")

CANDLE_TABLE(
    cdlidentical3crows, "CDLIDENTICAL3CROWS", "Identical three crows", candle_bars_12, CANDLE_DOWN,
    "Three black bars with very short lower shadows and falling closes, each opening equal "
    "to the close before.")

CANDLE_TABLE(
    cdlstalledpattern, "CDLSTALLEDPATTERN", "Stalled pattern", candle_bars_12, CANDLE_DOWN,
    "Three white bars with rising closes: a long body; a long one with a very short upper "
    "shadow that opens within or near the first; then a short one that rides on the second's "
    "shoulder: it opens no lower than its own length and near below the second close.")

CANDLE_TABLE(
    cdlsticksandwich, "CDLSTICKSANDWICH", "Stick sandwich", candle_bars_7, CANDLE_UP,
    "A black bar; a white one that stays above its close; then a black one that closes equal "
    "to the first.")

CANDLE_TABLE(
    cdltasukigap, "CDLTASUKIGAP", "Tasuki gap", candle_bars_7, CANDLE_BOTH,
    "A body beyond the one before (white above, black below); then one of the other colour "
    "and nearly its length, that opens within it and closes in the gap. The sign is the "
    "second bar's colour.")

CANDLE_TABLE(cdltristar, "CDLTRISTAR", "Tristar", candle_bars_12, CANDLE_BOTH,
             "Three doji, told by the ranges before the first; the middle one above the first and "
             "higher than the last (-100), or below the first and lower than the last (100).")

CANDLE_TABLE(
    cdlunique3river, "CDLUNIQUE3RIVER", "Unique three river bottom", candle_bars_12, CANDLE_UP,
    "A long black body; a black bar that closes above its close, opens no higher than its "
    "open and trades below its low; then a short white body that opens above the second low.")

CANDLE_TABLE(cdlupsidegap2crows, "CDLUPSIDEGAP2CROWS", "Upside gap two crows", candle_bars_12,
             CANDLE_DOWN,
             "A long white body; a black one above it that is not long; then a black body that "
             "encloses the second and closes above the first.")

CANDLE_TABLE(
    cdlxsidegap3methods, "CDLXSIDEGAP3METHODS", "Upside or downside gap three methods",
    candle_bars_2, CANDLE_BOTH,
    "Two bodies of one colour, the second beyond the first (white above, black below); then "
    "one of the other colour that opens within the second and closes within the first. The "
    "sign is the first bar's colour.")
