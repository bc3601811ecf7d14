/* indicator_tile_avx512.c - the moves of family_tile.h for one instruction set. */
#define FAMILY(name) name##_avx512
#include "family_tile.h"
