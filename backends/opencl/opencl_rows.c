/* opencl_rows.c - the arguments of every kernel, from the list that all targets share. Drivers do
 * not all check them: PoCL reads past a value that is too short. */
#include <string.h>

#include "backends/opencl/opencl_internal.h"

typedef struct ocl_row {
    const char *name;
    char args[OCL_ARGS_MAX + 1];
} ocl_row;

/* clang-format off */
#define B(type, name) 'b'
#define I(name) 'i'
#define U(name) 'u'
#define L(name) 'l'
#define F(name) 'f'
#define D(name) 'd'
#define TD_ROW(name, needs, ...) {#name, {__VA_ARGS__}},
static const ocl_row ocl_rows[] = {
#include "kernels/list.h"
};
#undef B
#undef I
#undef U
#undef L
#undef F
#undef D
/* clang-format on */

const char *ocl_row_args(const char *kernel)
{
    for (size_t i = 0; i < sizeof ocl_rows / sizeof ocl_rows[0]; ++i)
        if (strcmp(ocl_rows[i].name, kernel) == 0) return ocl_rows[i].args;
    return NULL;
}
