/* kernels.h - the table of kernels, as C sees it: their names, their arguments, and the plain C
 * build of each, with the items of a group in rising or in falling order.
 *
 * A kernel is written once, in kernels/NAME.td, in the dialect of td_kernel.h, and listed once,
 * in kernels/list.h. From that come the plain C build (the table here), the OpenCL program (one
 * text) and the CUDA fat binary. */
#ifndef TANDEM_KERNELS_H
#define TANDEM_KERNELS_H
#include "tandem/backend.h"

#define KERNEL_ARGS_MAX 24

typedef struct kernel_row {
    const char *name;                /* "td_fill" */
    bool        float64;             /* needs a device with float64 */
    uint32_t    arg_count;
    char        args[KERNEL_ARGS_MAX + 1];   /* b buffer, i int32, u uint32, l int64, f, d */
    /* Runs group number group of groups. args as in td_launch; a buffer's data is on the host. */
    void (*rising)(const td_launch_arg *args, int group, int groups);
    void (*falling)(const td_launch_arg *args, int group, int groups);
} kernel_row;

const kernel_row *kernel_at(size_t index);           /* NULL past the end */
const kernel_row *kernel_find(const char *name);     /* NULL: no such */
/* True when count and kinds (by their sizes) of the arguments are the row's. */
bool kernel_args_fit(const kernel_row *row, const td_launch *launch);

#endif
