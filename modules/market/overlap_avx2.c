/* overlap_avx2.c - the steps of family_overlap.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_overlap.h"
