/* row_basic.c - td_fill, td_probe and td_widen against one line of plain C each. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "rows.h"

#define CASES 5

/* Sizes around the edges of a group, and one that takes all groups many rounds. */
static uint64_t case_count(ops_case *c, int number)
{
    const uint64_t edges[CASES - 1] = {0, 1, 127 + ops_random_below(c, 3), 1000};
    if (number < CASES - 1) return edges[number];
    const uint64_t most = ops_pick(c, 3000, 1000000, 50000000);
    return most + ops_random_below(c, most / 10);
}

static uint32_t case_groups(ops_case *c)
{
    return 1 + (uint32_t)ops_random_below(c, ops_pick(c, 4, 64, 1000));
}

static void case_text(char *text, size_t size, uint64_t count, uint32_t groups)
{
    snprintf(text, size, "n %" PRIu64 ", %" PRIu32 " groups", count, groups);
}

static td_status fill_case(ops_case *c, uint64_t count, td_error *err)
{
    const uint32_t value = (uint32_t)ops_random(c), groups = case_groups(c);
    void *wanted = NULL, *got = NULL;
    ops_buffer *target = NULL;
    char text[64];
    td_status status = ops_host(count, 4, &wanted, err);
    if (!status) status = ops_host(count, 4, &got, err);
    if (!status) status = ops_memory(c, NULL, count * 4, &target, err);
    if (!status) status = ops_launch(c, err, groups, "td_fill", target, value, (int64_t)count);
    if (!status) status = ops_get(c, got, target, err);
    if (status) goto out;
    for (uint64_t i = 0; i < count; ++i)
        ((uint32_t *)wanted)[i] = value;
    case_text(text, sizeof text, count, groups);
    ops_equal(c, text, TD_I32, wanted, got, count);
out:
    free(wanted);
    free(got);
    return status;
}

td_status row_fill(ops_case *c, td_error *err)
{
    td_status status = TD_OK;
    for (int i = 0; i < CASES && !status; ++i)
        status = fill_case(c, case_count(c, i), err);
    return status;
}

static td_status probe_case(ops_case *c, uint64_t count, td_error *err)
{
    const uint32_t groups = case_groups(c);
    void *x = NULL, *got = NULL;
    ops_buffer *buffer = NULL;
    char text[64];
    td_status status = ops_host(count, 4, &x, err);
    if (!status) status = ops_host(count, 4, &got, err);
    if (status) goto out;
    ops_random_fill(c, x, count * 4);
    status = ops_memory(c, x, count * 4, &buffer, err);
    if (!status) status = ops_launch(c, err, groups, "td_probe", buffer, (unsigned)count);
    if (!status) status = ops_get(c, got, buffer, err);
    if (status) goto out;
    for (uint64_t i = 0; i < count; ++i)
        ((uint32_t *)x)[i] = ((uint32_t *)x)[i] * 2654435761u + (uint32_t)i;
    case_text(text, sizeof text, count, groups);
    ops_equal(c, text, TD_I32, x, got, count);
out:
    free(x);
    free(got);
    return status;
}

td_status row_probe(ops_case *c, td_error *err)
{
    td_status status = TD_OK;
    for (int i = 0; i < CASES && !status; ++i)
        status = probe_case(c, case_count(c, i), err);
    return status;
}

/* Twice, so that the second launch meets the zeros of the first. */
static td_status widen_case(ops_case *c, uint64_t count, td_error *err)
{
    const uint32_t groups = case_groups(c);
    void *part = NULL, *total = NULL, *got = NULL;
    ops_buffer *parts = NULL, *totals = NULL;
    char text[64];
    td_status status = ops_host(count, 4, &part, err);
    if (!status) status = ops_host(count, 8, &total, err);
    if (!status) status = ops_host(count, 8, &got, err);
    if (status) goto out;
    ops_random_fill(c, part, count * 4);
    for (uint64_t i = 0; i < count; ++i)
        ((int64_t *)total)[i] = (int64_t)(ops_random(c) >> 2);
    status = ops_memory(c, part, count * 4, &parts, err);
    if (!status) status = ops_memory(c, total, count * 8, &totals, err);
    for (int i = 0; i < 2 && !status; ++i)
        status = ops_launch(c, err, groups, "td_widen", parts, totals, (int64_t)count);
    if (!status) status = ops_get(c, got, totals, err);
    if (status) goto out;
    for (uint64_t i = 0; i < count; ++i)
        ((int64_t *)total)[i] += ((const int32_t *)part)[i];
    case_text(text, sizeof text, count, groups);
    ops_equal(c, text, TD_I64, total, got, count);
    memset(total, 0, count * 4);
    status = ops_get(c, got, parts, err);
    if (status) goto out;
    case_text(text, sizeof text, count, groups);
    ops_equal(c, text, TD_I32, total, got, count);
out:
    free(part);
    free(total);
    free(got);
    return status;
}

td_status row_widen(ops_case *c, td_error *err)
{
    td_status status = TD_OK;
    for (int i = 0; i < CASES && !status; ++i)
        status = widen_case(c, case_count(c, i), err);
    return status;
}
