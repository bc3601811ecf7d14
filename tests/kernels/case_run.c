/* case_run.c - runs cases and compares what came out; see cases.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

/* At least one byte, so that every buffer has an address of its own. */
static void *copy_of(const void *data, size_t bytes)
{
    void *const copy = malloc(bytes ? bytes : 1);
    if (!copy) exit(1);
    if (bytes) memcpy(copy, data, bytes);
    return copy;
}

void case_args(const kernel_case *one, case_run *out, td_launch_arg *args)
{
    memset(out, 0, sizeof *out);
    for (uint32_t i = 0; i < one->row->arg_count; ++i) {
        const char kind = one->row->args[i];
        if (kind == 'b') out->buffer[i] = copy_of(one->before[i], one->bytes[i]);
        args[i].is_buffer = kind == 'b';
        args[i].data = kind == 'b' ? out->buffer[i] : &one->value[i];
        args[i].bytes = kind == 'l' || kind == 'd' || kind == 'b' ? 8 : 4;
    }
}

void case_launch(const kernel_case *one, case_group_fn run_group, bool falling, case_run *out)
{
    td_launch_arg args[KERNEL_ARGS_MAX];
    case_args(one, out, args);
    for (int i = 0; i < one->groups; ++i)
        run_group(args, falling ? one->groups - 1 - i : i, one->groups);
}

void case_run_free(case_run *run)
{
    for (int i = 0; i < KERNEL_ARGS_MAX; ++i)
        free(run->buffer[i]);
    memset(run, 0, sizeof *run);
}

void case_free(kernel_case *one)
{
    for (int i = 0; i < KERNEL_ARGS_MAX; ++i) {
        free(one->before[i]);
        free(one->expected[i]);
    }
    memset(one, 0, sizeof *one);
}

bool case_same(const kernel_case *one, const case_run *a, const case_run *b, char *text,
               size_t text_size)
{
    for (uint32_t i = 0; i < one->row->arg_count; ++i) {
        const unsigned char *const got = b->buffer[i];
        const unsigned char *wanted = a ? a->buffer[i] : one->expected[i];
        if (!wanted) wanted = one->before[i];
        if (one->row->args[i] != 'b' || memcmp(got, wanted, one->bytes[i]) == 0) continue;
        size_t at = 0;
        while (got[at] == wanted[at])
            at += 1;
        snprintf(text, text_size,
                 "%s, variant %d, %d groups: argument %u differs from byte %zu of %zu on: %02x, "
                 "not %02x",
                 one->row->name, one->variant, one->groups, i, at, one->bytes[i], got[at],
                 wanted[at]);
        return false;
    }
    return true;
}
