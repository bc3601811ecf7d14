/* cuda_product.c - the table's kernels, their CUDA text, as functions that one thread of a group
 * runs. */
#include "cuda_threads.h"

#define PLAIN_LIST  "kernels/list.h"
#define PLAIN_TEXT  "kernels/all.td"
#define PLAIN_ORDER kernel_cuda_product_
#define PLAIN_TAIL(group, groups)

#define TD_ROW(name, needs, ...) \
    void PLAIN_JOIN(PLAIN_ORDER, name)(const td_launch_arg *args, int group, int groups);
#define PLAIN_JOIN_(a, b) a##b
#define PLAIN_JOIN(a, b)  PLAIN_JOIN_(a, b)
#include "kernels/list.h"
#undef PLAIN_JOIN_
#undef PLAIN_JOIN

/* Where a group stands is told by blockIdx and gridDim. */
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "kernels/plain_order.h"

cuda_group_fn cuda_product_find(const char *name)
{
#define TD_ROW(row, needs, ...) \
    if (strcmp(name, #row) == 0) return PLAIN_JOIN(PLAIN_ORDER, row);
#include "kernels/list.h"
    return NULL;
}
