/* names.c - numbering texts in natural order. */
#include "report/names.h"

#include <stdlib.h>
#include <string.h>

typedef struct named {
    const char *string;
    int32_t class_;
    uint64_t index;
} named;

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

int names_compare(const char *a, const char *b)
{
    const char *x = a, *y = b;
    while (*x && *y) {
        if (!digit(*x) || !digit(*y)) {
            if (*x != *y) return (unsigned char)*x < (unsigned char)*y ? -1 : 1;
            x += 1;
            y += 1;
            continue;
        }
        while (*x == '0')
            x += 1;
        while (*y == '0')
            y += 1;
        size_t wide = 0, other = 0;
        while (digit(x[wide]))
            wide += 1;
        while (digit(y[other]))
            other += 1;
        if (wide != other) return wide < other ? -1 : 1;
        const int order = strncmp(x, y, wide);
        if (order) return order < 0 ? -1 : 1;
        x += wide;
        y += other;
    }
    if (*x || *y) return *x ? 1 : -1;
    const int order = strcmp(a, b); /* 01 and 1 are different names */
    return order < 0 ? -1 : order > 0;
}

static int named_compare(const void *a, const void *b)
{
    const named *left = a, *right = b;
    if (left->class_ != right->class_) return left->class_ < right->class_ ? -1 : 1;
    const int order = names_compare(left->string, right->string);
    if (order) return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

td_status names_number(const char *const *string, const int32_t *class_of, uint64_t count,
                       int32_t *number_of, const char **name, uint64_t *different, td_error *err)
{
    size_t bytes = 0;
    td_status status = td_bytes(count, sizeof(named), &bytes, err);
    if (status) return status;
    named *list = malloc(bytes ? bytes : 1);
    if (!list)
        return td_fail(err, TD_E_NO_MEMORY, "report: no memory for %llu names",
                       (unsigned long long)count);
    for (uint64_t i = 0; i < count; ++i)
        list[i] = (named){string[i] ? string[i] : "", class_of ? class_of[i] : 0, i};
    qsort(list, count, sizeof *list, named_compare);
    uint64_t used = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const bool fresh = i == 0 || list[i].class_ != list[i - 1].class_ ||
                           strcmp(list[i].string, list[i - 1].string) != 0;
        if (fresh) name[used++] = list[i].string;
        number_of[list[i].index] = (int32_t)(used - 1);
    }
    *different = used;
    free(list);
    return TD_OK;
}
