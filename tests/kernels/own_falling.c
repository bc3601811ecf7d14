/* own_falling.c - the tests' kernels in plain C, items falling. */
#define TD_REVERSE
#define PLAIN_LIST  "tests/kernels/own_list.h"
#define PLAIN_TEXT  "tests/kernels/own_all.td"
#define PLAIN_ORDER kernel_falling_
#include "kernels/plain_order.h"
