/* test_stream.c - copies, kernels, waiting, records and memory of the CUDA backend, on the played
 * driver, whose streams run late and at random. This shows the logic, not that it runs on a GPU. */
#include <math.h>

#include "kernels/kernels.h"
#include "tests/cuda/cuda_test.h"

#define SLOT  ((size_t)4 << 20) /* CUDA_SLOT_BYTES: of the ring that copies go through */
#define PIECE ((size_t)1 << 20)

static fake_plan late_plan(void)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.jitter_us = 300;
    return plan;
}

/* ---- Copies ---------------------------------------------------------------------------------- */

/* There, on the device to another place, and back; the source is overwritten at once. */
static void round_trip(rig *r, size_t bytes)
{
    char *const wanted = malloc(bytes + 1), *const moved = malloc(bytes + 1);
    char *const a = rig_alloc(r, bytes + 300), *const b = rig_alloc(r, bytes + 300);
    bytes_random(wanted, bytes);
    memcpy(moved, wanted, bytes);
    moved[bytes] = 0x77;
    rig_copy(r, a + 255, moved, bytes, TD_TO_DEVICE);
    memset(moved, 0, bytes);
    rig_copy(r, b + 3, a + 255, bytes, TD_ON_DEVICE);
    rig_copy(r, moved, b + 3, bytes, TD_TO_HOST);
    rig_wait(r);
    const bool same = memcmp(moved, wanted, bytes) == 0 && moved[bytes] == 0x77;
    cuda_table->free(r->device, a, r->stream);
    cuda_table->free(r->device, b, r->stream);
    free(wanted);
    free(moved);
    if (!same) CHECK_FAIL("%zu bytes came back changed", bytes);
}

TEST(copies_of_odd_sizes)
{
    const size_t sizes[] = {0,
                            1,
                            3,
                            63,
                            64,
                            65,
                            1000,
                            PIECE - 1,
                            PIECE,
                            PIECE + 1,
                            SLOT - 1,
                            SLOT,
                            SLOT + 1,
                            3 * SLOT + 17,
                            4 * SLOT,
                            4 * SLOT + 1,
                            9 * SLOT + 12345};
    const fake_plan plan = late_plan();
    rig r = rig_open(&plan);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i)
        round_trip(&r, sizes[i]);
    CHECK(state_now().pinned_bytes <= 4 * SLOT); /* the ring is bounded */
    rig_close(&r);
    check_clean();
}

TEST(copies_at_random)
{
    const fake_plan plan = late_plan();
    rig r = rig_open(&plan);
    for (int i = 0; i < 40; ++i)
        round_trip(&r, check_random() % (i % 8 == 0 ? 6 * SLOT : 3000));
    rig_close(&r);
    check_clean();
}

/* Many small copies before one wait: they share slots, and more than the ring of deliveries. */
TEST(copies_small_and_many)
{
    enum { COUNT = 3000 };
    static uint32_t back[COUNT];
    rig r = rig_open(NULL);
    char *const memory = rig_alloc(&r, COUNT * sizeof(uint32_t));
    for (uint32_t i = 0; i < COUNT; ++i) {
        uint32_t value = i * 2654435761u;
        rig_copy(&r, memory + i * sizeof value, &value, sizeof value, TD_TO_DEVICE);
        rig_copy(&r, &back[i], memory + i * sizeof value, sizeof value, TD_TO_HOST);
    }
    rig_wait(&r);
    for (uint32_t i = 0; i < COUNT; ++i)
        CHECK_INT(i * 2654435761u, back[i]);
    CHECK_INT(SLOT, state_now().pinned_bytes); /* one slot was enough */
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

TEST(copies_that_are_refused)
{
    rig r = rig_open(NULL);
    char byte = 1;
    char *const memory = rig_alloc(&r, 10);
    CHECK_STATUS(TD_E_BAD_ARGUMENT,
                 cuda_table->copy(r.stream, NULL, &byte, 1, TD_TO_DEVICE, &r.err), &r.err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT,
                 cuda_table->copy(r.stream, memory, &byte, 1, (td_copy_way)9, &r.err), &r.err);
    CHECK_STATUS(TD_OK, cuda_table->copy(r.stream, NULL, NULL, 0, TD_TO_HOST, &r.err), &r.err);
    rig_wait(&r);
    cuda_table->free(r.device, memory, NULL);
    rig_close(&r);
    check_clean();
}

/* A stream that is closed without a wait writes to no target: it may be gone. */
TEST(close_without_wait_delivers_nothing)
{
    const fake_plan plan = late_plan();
    rig r = rig_open(&plan);
    char *const memory = rig_alloc(&r, 100), *const target = malloc(100);
    rig_copy(&r, memory, target, 0, TD_TO_DEVICE);
    rig_copy(&r, target, memory, 100, TD_TO_HOST);
    free(target); /* ASan would see a late write */
    rig_close(&r);
    check_clean();
}

/* A copy that failed in its middle writes nothing later: its target may be gone. */
TEST(failed_copy_delivers_nothing)
{
    fake_plan plan = late_plan();
    rig r = rig_open(&plan);
    const size_t bytes = 2 * SLOT + 100;
    char *const memory = rig_alloc(&r, bytes), *const target = malloc(bytes);
    char kept[8] = {0};
    bytes_random(target, bytes);
    rig_copy(&r, memory, target, bytes, TD_TO_DEVICE);
    rig_copy(&r, kept, memory, sizeof kept, TD_TO_HOST); /* this one stays */
    snprintf(plan.function, sizeof plan.function, "cuMemcpyDtoHAsync");
    plan.fail_at = 2;
    plan.fail_result = CUDA_ERROR_OUT_OF_MEMORY;
    fake->set(&plan);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY,
                 cuda_table->copy(r.stream, target, memory, bytes, TD_TO_HOST, &r.err), &r.err);
    char first[8];
    memcpy(first, target, sizeof first);
    memset(target, 0x11, bytes);
    rig_wait(&r);
    CHECK(memcmp(kept, first, sizeof kept) == 0);
    for (size_t i = 0; i < bytes; ++i)
        CHECK_INT(0x11, target[i]);
    free(target);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

/* Without pinned memory the copies go through ordinary memory, and the device says so. */
TEST(pinned_memory_is_refused)
{
    fake_plan plan = late_plan();
    td_device_info info = TD_DEVICE_INFO_INIT;
    snprintf(plan.function, sizeof plan.function, "cuMemHostAlloc");
    plan.fail_at = 1;
    plan.fail_count = 1000;
    plan.fail_result = CUDA_ERROR_OUT_OF_MEMORY;
    rig r = rig_open(&plan);
    round_trip(&r, 9 * SLOT + 77);
    CHECK_INT(0, state_now().pinned_bytes);
    CHECK_STATUS(TD_OK, cuda_table->device_describe(r.device, &info, &r.err), &r.err);
    CHECK_HAS("pinned host memory was refused", info.reason);
    CHECK_INT(1, info.fit);
    rig_close(&r);
    check_clean();
}

/* ---- Kernels --------------------------------------------------------------------------------- */

TEST(kernels_run_in_order)
{
    enum { COUNT = 5000 };
    static uint32_t values[COUNT], wanted[COUNT];
    const fake_plan plan = late_plan();
    rig r = rig_open(&plan);
    char *const memory = rig_alloc(&r, sizeof values);
    for (uint32_t i = 0; i < COUNT; ++i)
        wanted[i] = values[i] = i ^ 0x5555u;
    rig_copy(&r, memory, values, sizeof values, TD_TO_DEVICE);
    for (int round = 0; round < 20; ++round) {
        CHECK_STATUS(TD_OK, probe_launch(r.stream, memory, COUNT, 7, &r.err), &r.err);
        for (uint32_t i = 0; i < COUNT; ++i)
            wanted[i] = wanted[i] * 2654435761u + i;
    }
    rig_copy(&r, values, memory, sizeof values, TD_TO_HOST);
    rig_wait(&r);
    CHECK(memcmp(values, wanted, sizeof values) == 0);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

static td_status launch_args(rig *r, const char *kernel, uint32_t groups, uint32_t count,
                             const td_launch_arg *args)
{
    const td_launch launch = {sizeof launch, groups, kernel, count, args};
    r->err = (td_error)TD_ERROR_INIT;
    return cuda_table->launch(r->stream, &launch, &r->err);
}

TEST(launches_that_are_refused)
{
    rig r = rig_open(NULL);
    char *const memory = rig_alloc(&r, 512);
    const uint32_t count = 128;
    const uint64_t wide = 128;
    const td_launch_arg good[] = {{memory, 0, true}, {&count, sizeof count, false}};
    const td_launch_arg bad[] = {{memory, 0, true}, {&wide, sizeof wide, false}};
    const td_launch_arg swapped[] = {good[1], good[0]};
    const td_launch_arg empty[] = {{memory, 0, true}, {NULL, sizeof count, false}};
    CHECK_STATUS(TD_OK, launch_args(&r, "td_probe", 1, 2, good), &r.err);
    CHECK_STATUS(TD_OK, launch_args(&r, "td_probe", 0, 2, good), &r.err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, launch_args(&r, "td_probe", FAKE_GRID_MAX + 1, 2, good),
                 &r.err);
    CHECK_HAS("1000001 groups, the device launches 1 to 1000000", r.err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, launch_args(&r, "td_probe", 1, 1, good), &r.err);
    CHECK_HAS("td_probe has 2 arguments, 1 are given", r.err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, launch_args(&r, "td_probe", 1, 2, bad), &r.err);
    CHECK_HAS("argument 1 of kernel td_probe has 4 bytes, 8 are given", r.err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, launch_args(&r, "td_probe", 1, 2, swapped), &r.err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, launch_args(&r, "td_probe", 1, 2, empty), &r.err);
    CHECK_STATUS(TD_E_UNSUPPORTED, launch_args(&r, "td_nothing", 1, 2, good), &r.err);
    CHECK_INT(500, r.err.native_code);
    CHECK_HAS("td_nothing", r.err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, launch_args(&r, NULL, 1, 2, good), &r.err);
    rig_wait(&r);
    CHECK_INT(1, fake->call_count("cuLaunchKernel"));
    cuda_table->free(r.device, memory, NULL);
    rig_close(&r);
    check_clean();
}

/* ---- Memory after a stream ------------------------------------------------------------------- */

/* A block that is freed after a stream comes back to nobody before the stream is done with it. */
TEST(memory_is_kept_while_in_use)
{
    enum { BYTES = 1 << 20 };
    static unsigned char kept[BYTES], given[BYTES];
    fake_plan plan = late_plan();
    plan.jitter_us = 20000;
    rig r = rig_open(&plan);
    td_stream *other = NULL;
    CHECK_STATUS(TD_OK, cuda_table->stream_open(r.device, &other, &r.err), &r.err);
    cuda_table->limit(r.device, (uint64_t)4 << 20); /* room for two: the third must wait */
    for (int round = 0; round < 10; ++round) {
        char *const a = rig_alloc(&r, 2 * BYTES);
        memset(given, round + 1, BYTES);
        rig_copy(&r, a, given, BYTES, TD_TO_DEVICE);
        rig_copy(&r, kept, a, BYTES, TD_TO_HOST);
        cuda_table->free(r.device, a, r.stream);
        char *const b = rig_alloc(&r, 3 * BYTES); /* overlaps a, whatever the pool does */
        memset(given, 0xEE, BYTES);
        CHECK_STATUS(TD_OK, cuda_table->copy(other, b, given, BYTES, TD_TO_DEVICE, &r.err), &r.err);
        rig_wait(&r);
        for (int i = 0; i < BYTES; i += 4093)
            CHECK_INT(round + 1, kept[i]);
        cuda_table->free(r.device, b, other);
    }
    cuda_table->stream_close(other);
    rig_close(&r);
    check_clean();
}

TEST(memory_under_pressure)
{
    fake_plan plan = FAKE_PLAN_INIT;
    td_pool_stats stats = {.struct_size = sizeof stats};
    void *memory = NULL, *part[8] = {NULL};
    plan.bytes = (uint64_t)100 << 20;
    rig r = rig_open(&plan);
    for (int i = 0; i < 8; ++i)
        part[i] = rig_alloc(&r, (size_t)10 << 20);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY,
                 cuda_table->alloc(r.device, (size_t)10 << 20, &memory, &r.err), &r.err);
    CHECK_HAS("10.0 MiB asked, 80.0 MiB used", r.err.message);
    CHECK_HAS("limit 80.0 MiB", r.err.message);
    CHECK(!memory);
    cuda_table->limit(r.device, (uint64_t)200 << 20); /* now the device itself has no more */
    plan.taken = (uint64_t)15 << 20;
    fake->set(&plan);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY,
                 cuda_table->alloc(r.device, (size_t)10 << 20, &memory, &r.err), &r.err);
    CHECK_INT(2, r.err.native_code);
    CHECK_HAS("CUDA_ERROR_OUT_OF_MEMORY", r.err.message);
    CHECK_STATUS(TD_OK, cuda_table->pool_stats(r.device, &stats, &r.err), &r.err);
    CHECK_INT(2, stats.failures);
    CHECK_INT((uint64_t)80 << 20, stats.used);
    CHECK_INT((uint64_t)5 << 20, stats.device_free);
    for (int i = 0; i < 8; ++i)
        cuda_table->free(r.device, part[i], r.stream);
    memory = rig_alloc(&r, (size_t)70 << 20); /* after slabs were given back */
    cuda_table->free(r.device, memory, r.stream);
    cuda_table->trim(r.device);
    CHECK_INT(0, state_now().device_bytes);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, cuda_table->alloc(r.device, SIZE_MAX, &memory, &r.err),
                 &r.err);
    rig_close(&r);
    check_clean();
}

/* ---- Records --------------------------------------------------------------------------------- */

typedef struct told {
    uint32_t count;
    td_record record[16];
} told;

static void told_add(void *context, const td_record *record)
{
    told *const t = context;
    if (t->count < 16) t->record[t->count] = *record;
    t->count += 1;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

TEST(records_tell_what_was_done)
{
    static uint32_t values[1000];
    const fake_plan plan = late_plan();
    told t = {0};
    rig r = rig_open(&plan);
    char *const memory = rig_alloc(&r, 2 * sizeof values);
    const double before = seconds_now();
    rig_copy(&r, memory, values, sizeof values, TD_TO_DEVICE);
    CHECK_STATUS(TD_OK, probe_launch(r.stream, memory, 1000, 8, &r.err), &r.err);
    rig_copy(&r, memory + sizeof values, memory, sizeof values, TD_ON_DEVICE);
    rig_copy(&r, values, memory, 40, TD_TO_HOST);
    cuda_table->stream_records(r.stream, told_add, &t);
    CHECK_INT(0, t.count); /* nothing is known before the wait */
    rig_wait(&r);
    const double after = seconds_now();
    cuda_table->stream_records(r.stream, told_add, &t);
    CHECK_INT(4, t.count);
    const td_record_kind kinds[] = {TD_RECORD_TO_DEVICE, TD_RECORD_KERNEL, TD_RECORD_ON_DEVICE,
                                    TD_RECORD_TO_HOST};
    const uint64_t bytes[] = {sizeof values, 0, sizeof values, 40};
    /* The base lies in the middle of the two looks at the clock, less than a millisecond apart
     * unless the machine is busy. */
    double last = before - 0.05;
    for (int i = 0; i < 4; ++i) {
        const td_record *const one = &t.record[i];
        CHECK_INT(sizeof *one, one->struct_size);
        CHECK_INT(kinds[i], one->kind);
        CHECK_INT(bytes[i], one->bytes);
        CHECK_TEXT(i == 1 ? "td_probe" : "", one->name);
        CHECK(one->begin >= last && one->end >= one->begin);
        last = one->end - 1e-6; /* float milliseconds */
    }
    CHECK(last <= after + 0.05);
    cuda_table->stream_records(r.stream, told_add, &t);
    CHECK_INT(4, t.count); /* told once */
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

/* The device comes to a new stream late, as it does when others fill its queues: what is recorded
 * after that is still told where it was on the host's clock. */
TEST(records_of_a_stream_that_started_late)
{
    fake_plan late = FAKE_PLAN_INIT;
    const fake_plan prompt = FAKE_PLAN_INIT;
    int early = 0;
    rig r = rig_open(&prompt);
    char *const memory = rig_alloc(&r, 400);
    for (int i = 0; i < 8; ++i) {
        td_stream *stream = NULL;
        told t = {0};
        late.jitter_us = 30000 + 4999 * (unsigned)i; /* each time another delay */
        plan_set(&late);
        CHECK_STATUS(TD_OK, cuda_table->stream_open(r.device, &stream, &r.err), &r.err);
        plan_set(&prompt);
        const double before = seconds_now();
        CHECK_STATUS(TD_OK, probe_launch(stream, memory, 100, 1, &r.err), &r.err);
        CHECK_STATUS(TD_OK, cuda_table->stream_wait(stream, &r.err), &r.err);
        cuda_table->stream_records(stream, told_add, &t);
        CHECK_INT(1, t.count);
        early += t.record[0].begin < before - 5e-3;
        cuda_table->stream_close(stream);
    }
    /* A busy machine may keep the host from looking; not most of the time. */
    if (early > 3) CHECK_FAIL("%d of 8 streams are told too early", early);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

TEST(records_are_bounded)
{
    told t = {0};
    rig r = rig_open(NULL);
    char *const memory = rig_alloc(&r, 64);
    for (int i = 0; i < 5000; ++i)
        rig_copy(&r, memory, memory + 32, 16, TD_ON_DEVICE);
    rig_wait(&r);
    cuda_table->stream_records(r.stream, told_add, &t);
    CHECK_INT(2048, t.count); /* CUDA_RECORDS_MAX: the latest */
    CHECK(state_now().events < 1200);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

/* ---- Threads --------------------------------------------------------------------------------- */

typedef struct worker {
    td_backend_device *device;
    uint64_t seed;
    char wrong[200];
} worker;

static td_status worker_unit(worker *w, td_stream *stream, uint32_t count, uint32_t *values,
                             td_error *err)
{
    void *memory = NULL;
    td_status status = cuda_table->alloc(w->device, count * sizeof *values, &memory, err);
    if (status) return status;
    for (uint32_t i = 0; i < count; ++i)
        values[i] = i + (uint32_t)w->seed;
    status = cuda_table->copy(stream, memory, values, count * sizeof *values, TD_TO_DEVICE, err);
    memset(values, 0, count * sizeof *values);
    if (!status) status = probe_launch(stream, memory, count, 3, err);
    if (!status)
        status = cuda_table->copy(stream, values, memory, count * sizeof *values, TD_TO_HOST, err);
    cuda_table->free(w->device, memory, stream);
    if (!status) status = cuda_table->stream_wait(stream, err);
    for (uint32_t i = 0; i < count && !status; ++i)
        if (values[i] != (i + (uint32_t)w->seed) * 2654435761u + i) status = TD_E_CORRUPT;
    return status;
}

static void *worker_run(void *argument)
{
    worker *const w = argument;
    uint32_t *const values = malloc(300000 * sizeof *values);
    td_stream *stream = NULL;
    td_error err = TD_ERROR_INIT;
    td_status status = TD_OK;
    for (int i = 0; i < 30 && !status; ++i) {
        w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
        if (!stream) status = cuda_table->stream_open(w->device, &stream, &err);
        if (!status)
            status = worker_unit(w, stream, (uint32_t)(w->seed >> 40) % 300000 + 1, values, &err);
        if (i % 7 == 6 || status) {
            cuda_table->stream_close(stream);
            stream = NULL;
        }
    }
    cuda_table->stream_close(stream);
    if (status) snprintf(w->wrong, sizeof w->wrong, "%d: %.180s", (int)status, err.message);
    free(values);
    return NULL;
}

TEST(many_threads_and_streams)
{
    enum { WORKERS = 6 };
    pthread_t thread[WORKERS];
    worker w[WORKERS];
    fake_plan plan = late_plan();
    plan.bytes = (uint64_t)8 << 20; /* a limit of 6.4 MiB for up to 7 MiB: waits and trims */
    rig r = rig_open(&plan);
    for (int i = 0; i < WORKERS; ++i) {
        w[i] = (worker){r.device, check_random(), {0}};
        CHECK_INT(0, pthread_create(&thread[i], NULL, worker_run, &w[i]));
    }
    for (int i = 0; i < WORKERS; ++i)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < WORKERS; ++i) {
        /* What does not fit beside the others is an honest answer here. */
        if (strstr(w[i].wrong, "no device memory")) continue;
        CHECK_TEXT("", w[i].wrong);
    }
    rig_close(&r);
    check_clean();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(copies_of_odd_sizes),
                                     RUN(copies_at_random),
                                     RUN(copies_small_and_many),
                                     RUN(copies_that_are_refused),
                                     RUN(close_without_wait_delivers_nothing),
                                     RUN(failed_copy_delivers_nothing),
                                     RUN(pinned_memory_is_refused),
                                     RUN(kernels_run_in_order),
                                     RUN(launches_that_are_refused),
                                     RUN(memory_is_kept_while_in_use),
                                     RUN(memory_under_pressure),
                                     RUN(records_tell_what_was_done),
                                     RUN(records_of_a_stream_that_started_late),
                                     RUN(records_are_bounded),
                                     RUN(many_threads_and_streams),
                                     {0}});
}
