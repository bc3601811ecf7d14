/* candle_more_avx2.c - the steps of family_candle_more.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_candle_more.h"
