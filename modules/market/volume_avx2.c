/* volume_avx2.c - the steps of family_volume.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_volume.h"
