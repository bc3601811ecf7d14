/* candle_three_plain.c - the steps of family_candle_three.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_candle_three.h"
