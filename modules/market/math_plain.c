/* math_plain.c - the steps of family_math.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_math.h"
