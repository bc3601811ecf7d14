/* candle_two_plain.c - the steps of family_candle_two.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_candle_two.h"
