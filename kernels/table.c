/* table.c - list.h as the table that kernels.h declares. */
#include "kernels/kernels.h"

#include <string.h>

#include "kernels/plain.h"

static const kernel_row rows[] = {
#define TD_ROW(name, needs, ...)            \
    {#name,                                 \
     PLAIN_NEEDS_##needs,                   \
     PLAIN_COUNT(__VA_ARGS__),              \
     {PLAIN_EACH(PLAIN_KIND, __VA_ARGS__)}, \
     kernel_rising_##name,                  \
     kernel_falling_##name},
#include "kernels/list.h"
};

const kernel_row *kernel_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

const kernel_row *kernel_find(const char *name)
{
    for (size_t i = 0; name && i < sizeof rows / sizeof *rows; ++i)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}

bool kernel_args_fit(const kernel_row *row, const td_launch *launch)
{
    if (launch->arg_count != row->arg_count || !launch->args) return false;
    for (uint32_t i = 0; i < row->arg_count; ++i) {
        const td_launch_arg *const arg = &launch->args[i];
        const char kind = row->args[i];
        if (arg->is_buffer != (kind == 'b')) return false;
        if (kind == 'b') continue; /* its size is the caller's; NULL is an empty buffer */
        if (!arg->data || arg->bytes != (kind == 'l' || kind == 'd' ? 8u : 4u)) return false;
    }
    return true;
}
