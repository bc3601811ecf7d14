/* momentum_plain.c - the steps of family_momentum.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_momentum.h"
