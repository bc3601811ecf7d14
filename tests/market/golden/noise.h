/* noise.h - where values may differ from golden ones, and why; nowhere else.
 *
 * golden_noises: functions that subtract what is nearly equal, by the unit in which that leaves
 * noise. golden_ties: candlestick patterns on series in decimals, by bars that a tie decides. */
#ifndef TANDEM_TESTS_MARKET_GOLDEN_NOISE_H
#define TANDEM_TESTS_MARKET_GOLDEN_NOISE_H
#include "golden.h"

static const golden_noise golden_noises[] = {
    {"ACCBANDS", GOLDEN_PRICE}, {"AVGDEV", GOLDEN_PRICE}, {"BBANDS", GOLDEN_BAND},
    {"LINEARREG_ANGLE", GOLDEN_PRICE}, {"LINEARREG_SLOPE", GOLDEN_PRICE},
    {"STDDEV", GOLDEN_ROOT}, {"VAR", GOLDEN_SQUARE}, {NULL, GOLDEN_EXACT}};

static const golden_tie golden_ties[] = {
    {"CDLADVANCEBLOCK", "tenths", 1}, {"CDLDRAGONFLYDOJI", "tenths", 1}, {NULL, NULL, 0}};

#endif
