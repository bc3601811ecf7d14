/* statistic_plain.c - the steps of family_statistic.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_statistic.h"
