/* volatility_plain.c - the steps of family_volatility.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_volatility.h"
