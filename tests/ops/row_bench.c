/* row_bench.c - the kernels that measure a device give an exact result, too: eight chains an item,
 * each a multiply and an add at a time, never fused. A device that fuses them is found out here. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define GROUP  128 /* items: TD_GROUP of the kernels */
#define CHAINS 8
#define STEPS  8 /* of each chain in a round */

td_status row_bench_copy(ops_case *c, td_error *err)
{
    const uint64_t counts[] = {1, 129, ops_pick(c, 700, 100000, 8000000)};
    td_status status = TD_OK;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0] && !status; ++i) {
        const uint32_t groups = 1 + (uint32_t)ops_random_below(c, ops_pick(c, 4, 64, 1000));
        const uint64_t bytes = counts[i] * 16;
        void *wanted = NULL, *got = NULL;
        ops_buffer *in = NULL, *out = NULL;
        char text[64];
        status = ops_host(bytes, 1, &wanted, err);
        if (!status) status = ops_host(bytes, 1, &got, err);
        if (!status) {
            ops_random_fill(c, wanted, bytes);
            status = ops_memory(c, wanted, bytes, &in, err);
        }
        if (!status) status = ops_memory(c, NULL, bytes, &out, err);
        if (!status)
            status = ops_launch(c, err, groups, "td_bench_copy", in, out, (int64_t)counts[i]);
        if (!status) status = ops_get(c, got, out, err);
        if (!status) {
            snprintf(text, sizeof text, "n %" PRIu64 " x 16 bytes, %u groups", counts[i], groups);
            ops_equal(c, text, TD_U8, wanted, got, bytes);
        }
        free(wanted);
        free(got);
    }
    return status;
}

/* The loops of the kernel, in its order, for one type. volatile keeps the compiler from taking a
 * multiply and an add together, whatever its flags are. */
#define BENCH_REFERENCE(type, name)                                                 \
    static void name(type *out, uint64_t items, type factor, type term, int rounds) \
    {                                                                               \
        for (uint64_t item = 0; item < items; ++item) {                             \
            type chain[CHAINS];                                                     \
            for (int k = 0; k < CHAINS; ++k) {                                      \
                chain[k] = (type)item + (type)k;                                    \
                for (int step = 0; step < rounds * STEPS; ++step) {                 \
                    volatile type product = chain[k] * factor;                      \
                    chain[k] = product + term;                                      \
                }                                                                   \
            }                                                                       \
            out[item] = ((chain[0] + chain[1]) + (chain[2] + chain[3])) +           \
                        ((chain[4] + chain[5]) + (chain[6] + chain[7]));            \
        }                                                                           \
    }
BENCH_REFERENCE(float, bench_f32)
BENCH_REFERENCE(double, bench_f64)
BENCH_REFERENCE(uint32_t, bench_u32)

/* bytes of a value of the kernel; 4 is float or unsigned, told apart by the kernel's name. */
static td_status bench_case(ops_case *c, uint32_t groups, int rounds, size_t bytes, td_error *err)
{
    const uint64_t items = (uint64_t)groups * GROUP;
    const bool whole = strcmp(c->row, "td_bench_i32") == 0;
    /* Near 1 the bits of a fused and of a rounded product differ soon. */
    const float factor = (float)(0.4 + 0.5 * ops_random_unit(c)), term = (float)ops_random_unit(c);
    const double wide = 0.4 + 0.5 * ops_random_unit(c), wide_term = ops_random_unit(c);
    const uint32_t odd = (uint32_t)ops_random(c) | 1u, add = (uint32_t)ops_random(c);
    void *wanted = NULL, *got = NULL;
    ops_buffer *out = NULL;
    char text[64];
    td_status status = ops_host(items, bytes, &wanted, err);
    if (!status) status = ops_host(items, bytes, &got, err);
    if (!status) status = ops_memory(c, NULL, items * bytes, &out, err);
    if (status) goto out;
    if (whole) status = ops_launch(c, err, groups, c->row, out, odd, add, rounds);
    else if (bytes == 8) status = ops_launch(c, err, groups, c->row, out, wide, wide_term, rounds);
    else status = ops_launch(c, err, groups, c->row, out, (double)factor, (double)term, rounds);
    if (!status) status = ops_get(c, got, out, err);
    if (status) goto out;
    if (whole) bench_u32(wanted, items, odd, add, rounds);
    else if (bytes == 8) bench_f64(wanted, items, wide, wide_term, rounds);
    else bench_f32(wanted, items, factor, term, rounds);
    snprintf(text, sizeof text, "%u groups, %d rounds", groups, rounds);
    ops_equal(c, text, whole ? TD_I32 : bytes == 8 ? TD_F64 : TD_F32, wanted, got, items);
out:
    free(wanted);
    free(got);
    return status;
}

static td_status bench_row(ops_case *c, size_t bytes, td_error *err)
{
    td_status status = bench_case(c, 1, 0, bytes, err);
    if (!status) status = bench_case(c, 1, 1, bytes, err);
    if (!status)
        status = bench_case(c, 1 + (uint32_t)ops_random_below(c, ops_pick(c, 3, 40, 400)),
                            2 + (int)ops_random_below(c, ops_pick(c, 2, 30, 60)), bytes, err);
    return status;
}

td_status row_bench_f32(ops_case *c, td_error *err)
{
    return bench_row(c, sizeof(float), err);
}

td_status row_bench_f64(ops_case *c, td_error *err)
{
    return bench_row(c, sizeof(double), err);
}

td_status row_bench_i32(ops_case *c, td_error *err)
{
    return bench_row(c, sizeof(uint32_t), err);
}
