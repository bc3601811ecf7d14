/* overlap_plain.c - the steps of family_overlap.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_overlap.h"
