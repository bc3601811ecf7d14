/* rolling_avx512.c - the steps of family_rolling.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_rolling.h"
