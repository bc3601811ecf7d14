/* cases.h - random launches of kernels, with what must come out of them by a reference in plain C.
 *
 * A case is made by the maker of its kernel: arguments, and buffers of exactly the bytes that the
 * kernel may touch, so that ASan sees a step outside. A buffer that the kernel writes is poisoned
 * before and has its expected content; one without must come out as it went in. */
#ifndef TANDEM_TEST_CASES_H
#define TANDEM_TEST_CASES_H
#include "kernels/kernels.h"

/* The tests' own kernels. */
const kernel_row *own_at(size_t index);              /* NULL past the end */
const kernel_row *own_find(const char *name);        /* NULL: no such */

#define CASE_VARIANTS 12             /* 0 is empty, 1 has one element, the others are random */

typedef struct kernel_case {
    const kernel_row *row;
    int      variant, groups;
    size_t   bytes[KERNEL_ARGS_MAX];
    void    *before[KERNEL_ARGS_MAX];        /* buffers only */
    void    *expected[KERNEL_ARGS_MAX];      /* NULL: as before */
    uint64_t value[KERNEL_ARGS_MAX];
} kernel_case;

/* False when the kernel has no maker. Random numbers come from check_random's seed. */
bool case_make(kernel_case *one, const kernel_row *row, int variant, uint64_t seed);
void case_free(kernel_case *one);

/* The buffers of one run. */
typedef struct case_run { void *buffer[KERNEL_ARGS_MAX]; } case_run;
typedef void (*case_group_fn)(const td_launch_arg *args, int group, int groups);
/* Runs all groups, in falling order when asked. */
void case_launch(const kernel_case *one, case_group_fn run_group, bool falling, case_run *out);
/* The arguments of a launch on fresh copies of the buffers. */
void case_args(const kernel_case *one, case_run *out, td_launch_arg *args);
void case_run_free(case_run *run);
/* True when all buffers are the same; else says where not. a may be NULL: what is expected. */
bool case_same(const kernel_case *one, const case_run *a, const case_run *b, char *text,
               size_t text_size);

#endif
