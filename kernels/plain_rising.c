/* plain_rising.c - the plain C build of every kernel, the items of a group in rising order. */
#define PLAIN_ORDER kernel_rising_
#include "kernels/plain_order.h"
