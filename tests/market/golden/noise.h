/* noise.h - functions that subtract what is nearly equal, by the unit in which that leaves noise. */
#ifndef TANDEM_TESTS_MARKET_GOLDEN_NOISE_H
#define TANDEM_TESTS_MARKET_GOLDEN_NOISE_H
#include "golden.h"

static const golden_noise golden_noises[] = {
    {"SMA", GOLDEN_PRICE}, {NULL, GOLDEN_EXACT}};

#endif
