/* volatility_avx512.c - the steps of family_volatility.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_volatility.h"
