/* plain_falling.c - the plain C build of every kernel, the items of a group in falling order. */
#define TD_REVERSE
#define PLAIN_ORDER kernel_falling_
#include "kernels/plain_order.h"
