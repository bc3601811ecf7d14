/* cycle_plain.c - the steps of family_cycle.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_cycle.h"
