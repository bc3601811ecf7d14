/* own_rising.c - the tests' kernels in plain C, items rising. */
#define PLAIN_LIST  "tests/kernels/own_list.h"
#define PLAIN_TEXT  "tests/kernels/own_all.td"
#define PLAIN_ORDER kernel_rising_
#include "kernels/plain_order.h"
