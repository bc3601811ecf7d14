/* candle_one_avx512.c - the steps of family_candle_one.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_candle_one.h"
