/* volume_plain.c - the steps of family_volume.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_volume.h"
