/* candle_three_avx512.c - the steps of family_candle_three.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_candle_three.h"
