/* price_plain.c - the steps of family_price.h for one instruction set. */
#define FAMILY(name) name##_plain
#include "family_price.h"
