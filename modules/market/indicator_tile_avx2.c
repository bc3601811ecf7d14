/* indicator_tile_avx2.c - the moves of family_tile.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_tile.h"
