/* channel_plain.c - the steps of family_channel.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_channel.h"
