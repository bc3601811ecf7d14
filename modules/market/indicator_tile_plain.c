/* indicator_tile_plain.c - the moves of family_tile.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_tile.h"
