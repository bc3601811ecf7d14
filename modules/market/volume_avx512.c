/* volume_avx512.c - the steps of family_volume.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_volume.h"
