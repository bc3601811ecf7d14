/* rolling_plain.c - the steps of family_rolling.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_rolling.h"
