/* candle_more_avx512.c - the steps of family_candle_more.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_candle_more.h"
