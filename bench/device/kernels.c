/* kernels.c - kernels that stand alone, one launch at a time, by the device's own clock where the
 * plug-in tells it. Inputs take turns, so that no launch finds its own input in a cache. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define TURNS     3   /* sets of buffers */
#define GROUP     128 /* items: TD_GROUP of the kernels */
#define BENCH_OPS 128 /* operations of an item in a round, see kernels/bench.td */

typedef struct load {
    const char *name;
    uint64_t count; /* elements, or rounds of td_bench_f32, f64, i32 */
    uint32_t groups;
    size_t bytes_in[2];       /* of its buffers; 0: none */
    double bytes, operations; /* of one launch */
    char operation_type;
} load;

typedef struct clock_sum {
    double seconds;
    uint32_t kernels;
} clock_sum;

static void record_add(void *context, const td_record *record)
{
    clock_sum *const sum = context;
    if (record->kind != TD_RECORD_KERNEL) return;
    sum->seconds += record->end - record->begin;
    sum->kernels += 1;
}

static td_status load_launch(ops_case *c, const load *l, ops_buffer *const *buffer, td_error *err)
{
    const int64_t count = (int64_t)l->count;
    if (strcmp(l->name, "td_fill") == 0)
        return ops_launch(c, err, l->groups, l->name, buffer[0], 7u, count);
    if (strcmp(l->name, "td_probe") == 0)
        return ops_launch(c, err, l->groups, l->name, buffer[0], (unsigned)l->count);
    if (strcmp(l->name, "td_widen") == 0 || strcmp(l->name, "td_bench_copy") == 0)
        return ops_launch(c, err, l->groups, l->name, buffer[0], buffer[1], count);
    if (strcmp(l->name, "td_bench_i32") == 0)
        return ops_launch(c, err, l->groups, l->name, buffer[0], 1664525u, 1013904223u,
                          (int)l->count);
    return ops_launch(c, err, l->groups, l->name, buffer[0], 0.5, 1.0, (int)l->count);
}

/* One launch, timed. */
static td_status load_once(ops_case *c, const load *l, ops_buffer *const *buffer, double *seconds,
                           bool *device_clock, td_error *err)
{
    const td_backend *const backend = &c->device->backend;
    clock_sum sum = {0, 0};
    if (backend->stream_records) backend->stream_records(c->device->stream, record_add, &sum);
    sum = (clock_sum){0, 0};
    const double begin = bench_now();
    td_status status = load_launch(c, l, buffer, err);
    if (!status) status = ops_wait(c, err);
    *seconds = bench_now() - begin;
    if (status) return status;
    if (backend->stream_records) backend->stream_records(c->device->stream, record_add, &sum);
    *device_clock = sum.kernels == 1;
    if (*device_clock) *seconds = sum.seconds;
    return TD_OK;
}

static td_status load_time(bench *b, ops_case *c, const load *l, td_error *err)
{
    const uint32_t repeats = b->quick ? 5 : 15;
    double seconds[BENCH_REPEATS_MAX];
    ops_buffer *buffer[TURNS][2] = {{NULL, NULL}};
    bench_kernel *const row = &b->kernel[b->kernel_count];
    td_status status = TD_OK;
    if (b->kernel_count == BENCH_KERNELS_MAX)
        return td_fail(err, TD_E_INTERNAL, "more than %d kernels", BENCH_KERNELS_MAX);
    for (int turn = 0; turn < TURNS && !status; ++turn)
        for (int k = 0; k < 2 && !status; ++k)
            if (l->bytes_in[k]) status = ops_memory(c, NULL, l->bytes_in[k], &buffer[turn][k], err);
    memset(row, 0, sizeof *row);
    /* The first rounds make the clocks rise and are not counted. */
    for (uint32_t i = 0; i < repeats + TURNS && !status; ++i) {
        double once = 0;
        status = load_once(c, l, buffer[i % TURNS], &once, &row->device_clock, err);
        if (i >= TURNS) seconds[i - TURNS] = once;
    }
    ops_case_end(c);
    if (status) return status;
    snprintf(row->name, sizeof row->name, "%s", l->name);
    snprintf(row->size, sizeof row->size, "n %" PRIu64 ", %" PRIu32 " groups", l->count, l->groups);
    row->launches = repeats;
    row->seconds = bench_median(seconds, repeats);
    row->bytes = l->bytes;
    row->operations = l->operations;
    row->operation_type = l->operation_type;
    b->kernel_count += 1;
    return TD_OK;
}

static uint32_t groups_for(const bench *b, uint64_t items)
{
    const uint64_t needed = (items + GROUP - 1) / GROUP;
    const uint64_t most = (uint64_t)(b->info.units ? b->info.units : 16) * 16;
    return (uint32_t)(needed < most ? needed : most);
}

static load arithmetic(const bench *b, const char *name, size_t size, char type)
{
    const uint64_t rounds = b->quick ? 10 : 4000;
    const uint32_t groups = groups_for(b, UINT64_MAX / 2);
    load l = {name, rounds, groups, {(size_t)groups * GROUP * size, 0}, 0, 0, type};
    l.bytes = (double)l.bytes_in[0];
    l.operations = (double)groups * GROUP * BENCH_OPS * (double)rounds;
    return l;
}

td_status kernels_time(bench *b, td_error *err)
{
    const uint64_t n = b->quick ? 1u << 18 : 1u << 26;
    const double whole = (double)n;
    const uint32_t g = groups_for(b, n);
    const load loads[] = {
        {"td_fill", n, g, {n * 4, 0}, whole * 4, 0, 0},
        {"td_probe", n, g, {n * 4, 0}, whole * 8, whole * 2, 'i'},
        {"td_widen", n, g, {n * 4, n * 8}, whole * 24, 0, 0},
        {"td_bench_copy", n / 4, groups_for(b, n / 4), {n * 4, n * 4}, whole * 8, 0, 0},
        arithmetic(b, "td_bench_f32", 4, 'f'),
        arithmetic(b, "td_bench_i32", 4, 'i'),
        arithmetic(b, "td_bench_f64", 8, 'd'),
    };
    static ops_case c;
    ops_run counts = {OPS_LARGE, 1, 0, 0, 0, 0};
    ops_device device = {.name = ""};
    td_status status = ops_device_open(b->backend, b->folder, b->device_index, &device, err);
    if (status) return status;
    memset(&c, 0, sizeof c);
    c.run = &counts;
    c.device = &device;
    for (size_t i = 0; i < sizeof loads / sizeof loads[0] && !status; ++i) {
        c.row = loads[i].name;
        if (device.backend.has_kernel && !device.backend.has_kernel(device.device, loads[i].name))
            continue; /* float64 where there is none */
        status = load_time(b, &c, &loads[i], err);
        if (!status) bench_save(b);
    }
    ops_device_close(&device);
    return status;
}
