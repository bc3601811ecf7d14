/* statistic_avx512.c - the steps of family_statistic.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_statistic.h"
