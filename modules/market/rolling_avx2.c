/* rolling_avx2.c - the steps of family_rolling.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_rolling.h"
