/* candle_two_avx512.c - the steps of family_candle_two.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_candle_two.h"
