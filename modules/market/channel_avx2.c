/* channel_avx2.c - the steps of family_channel.h for one instruction set. */
#define FAMILY(name) name##_avx2
#include "family_channel.h"
