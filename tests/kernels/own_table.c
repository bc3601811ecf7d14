/* own_table.c - the tests' kernels as rows. */
#include <string.h>

#include "cases.h"
#define PLAIN_LIST "tests/kernels/own_list.h"
#include "kernels/plain.h"

static const kernel_row rows[] = {
#define TD_ROW(name, needs, ...)            \
    {#name,                                 \
     PLAIN_NEEDS_##needs,                   \
     PLAIN_COUNT(__VA_ARGS__),              \
     {PLAIN_EACH(PLAIN_KIND, __VA_ARGS__)}, \
     kernel_rising_##name,                  \
     kernel_falling_##name},
#include "own_list.h"
};

const kernel_row *own_at(size_t index)
{
    return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

const kernel_row *own_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; ++i)
        if (strcmp(rows[i].name, name) == 0) return &rows[i];
    return NULL;
}
