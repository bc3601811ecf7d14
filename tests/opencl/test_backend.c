/* The plug-in's table, used as the host uses it: what it tells, memory, copies, streams, records.
 */
#include <pthread.h>
#include <unistd.h>

#include "tests/opencl/opencl_test.h"

#define MIB (1u << 20)

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* ---- What it tells ----------------------------------------------------------------------------
 */

TEST(table_is_whole)
{
    const td_backend *const cl = opencl_table();
    CHECK_TEXT("opencl", cl->name);
    CHECK_INT(TD_BACKEND_ABI_MAJOR, cl->abi_major);
    CHECK(cl->launch && cl->has_kernel && cl->trim && cl->limit && cl->pool_stats);
    CHECK(cl->stream_records != NULL);
    CHECK(!cl->gemm && !cl->fft);
}

TEST(another_abi_is_refused)
{
    td_error err = TD_ERROR_INIT;
    const td_backend_open_fn entry = plugin_entry();
    CHECK(entry((TD_BACKEND_ABI_MAJOR + 1) * 1000, &err) == NULL);
    CHECK_HAS("ABI", err.message);
}

TEST(every_device_is_described)
{
    const td_backend *const cl = opencl_table();
    for (size_t i = 0; i < cl->device_count(); ++i) {
        td_error err = TD_ERROR_INIT;
        td_device_info info = TD_DEVICE_INFO_INIT;
        td_backend_device *device = NULL;
        CHECK_OK(cl->device_open(i, &device, &err));
        CHECK_OK(cl->device_describe(device, &info, &err));
        printf("  %zu: %s, %s, %s, fit %u, preferred %u, %s\n", i, info.title, info.driver,
               info.pci, info.fit, info.preferred, info.reason);
        CHECK(info.title[0] && info.driver[0]);
        CHECK_HAS("OpenCL", info.driver);
        CHECK(info.fit || info.reason[0]);
        if (info.fit) {
            CHECK(info.memory_bytes_total > 0 && info.units > 0);
            CHECK(info.memory_bytes_limit <= info.memory_bytes_total / 10 * 8 + 100);
            CHECK(info.float64_cost == 0 || (info.float64_cost >= 2 && info.float64_cost <= 64));
        }
        if (info.kind == TD_CPU) {
            CHECK_INT(0, info.preferred);
            CHECK_HAS("used only by name", info.reason);
        }
        cl->device_close(device);
    }
}

TEST(a_device_past_the_end_is_not_found)
{
    const td_backend *const cl = opencl_table();
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    CHECK_STATUS(TD_E_NOT_FOUND, cl->device_open(cl->device_count(), &device, &err), &err);
    CHECK(device == NULL);
}

/* What a caller knows of a struct may be less than all. */
TEST(a_smaller_struct_is_not_written_past)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_device_info info;
    memset(&info, 0x5a, sizeof info);
    info.struct_size = offsetof(td_device_info, preferred);
    CHECK_OK(cl->device_describe(device, &info, &err));
    CHECK_INT(0x5a5a5a5a, info.preferred);
    CHECK_INT(offsetof(td_device_info, preferred), info.struct_size);
    CHECK(info.title[0] != 0);
    cl->device_close(device);
}

/* ---- Memory -----------------------------------------------------------------------------------
 */

TEST(memory_has_a_limit_and_figures)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_pool_stats stats = {.struct_size = sizeof stats};
    void *a = NULL, *b = NULL, *c = NULL;
    cl->limit(device, 32 * MIB);
    CHECK_OK(cl->pool_stats(device, &stats, &err));
    CHECK_INT(32 * MIB, stats.limit);
    CHECK_OK(cl->alloc(device, 20 * MIB, &a, &err));
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, cl->alloc(device, 20 * MIB, &b, &err), &err);
    CHECK_HAS("limit", err.message);
    CHECK(b == NULL);
    CHECK_OK(cl->alloc(device, 1, &b, &err));
    CHECK_OK(cl->alloc(device, 0, &c, &err));
    CHECK(a != b && b != c);
    CHECK_OK(cl->pool_stats(device, &stats, &err));
    CHECK(stats.used >= 20 * MIB && stats.held <= 32 * MIB && stats.failures == 1);
    cl->free(device, a, NULL);
    cl->free(device, b, NULL);
    cl->free(device, c, NULL);
    cl->free(device, NULL, NULL);
    cl->trim(device);
    CHECK_OK(cl->pool_stats(device, &stats, &err));
    CHECK_INT(0, stats.used);
    CHECK_INT(0, stats.held);
    CHECK(stats.used_peak >= 20 * MIB && stats.trims > 0);
    cl->limit(device, 0);
    CHECK_OK(cl->pool_stats(device, &stats, &err));
    CHECK(stats.limit > 32 * MIB);
    cl->device_close(device);
}

TEST(a_piece_too_large_is_named)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    void *memory = NULL;
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, cl->alloc(device, (size_t)1 << 46, &memory, &err), &err);
    CHECK_HAS("CL_DEVICE_MAX_MEM_ALLOC_SIZE", err.message);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, cl->alloc(device, SIZE_MAX, &memory, &err), &err);
    CHECK(memory == NULL);
    cl->device_close(device);
}

/* ---- Copies -----------------------------------------------------------------------------------
 */

static void random_bytes(unsigned char *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; ++i)
        data[i] = (unsigned char)(check_random() >> 56);
}

/* Random pieces at random offsets, against a copy on the host; sources are spoiled at once. */
TEST(copies_of_any_size_and_offset)
{
    enum { BYTES = 300007, ROUNDS = 200 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL, *other = NULL;
    unsigned char *const mirror = malloc(BYTES), *const piece = malloc(BYTES);
    unsigned char *const got = malloc(BYTES);
    CHECK(mirror && piece && got);
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, BYTES, &memory, &err));
    CHECK_OK(cl->alloc(device, BYTES, &other, &err));
    random_bytes(mirror, BYTES);
    memcpy(piece, mirror, BYTES);
    CHECK_OK(cl->copy(stream, memory, piece, BYTES, TD_TO_DEVICE, &err));
    memset(piece, 0xEE, BYTES);
    for (int i = 0; i < ROUNDS; ++i) {
        const size_t at = check_random() % BYTES;
        const size_t most = i % 3 ? 97 : BYTES;
        const size_t bytes = check_random() % (BYTES - at < most ? BYTES - at + 1 : most);
        random_bytes(piece, bytes);
        memcpy(mirror + at, piece, bytes);
        CHECK_OK(cl->copy(stream, (char *)memory + at, piece, bytes, TD_TO_DEVICE, &err));
        memset(piece, 0xEE, bytes);
    }
    CHECK_OK(cl->copy(stream, other, memory, BYTES - 1, TD_ON_DEVICE, &err));
    CHECK_OK(cl->copy(stream, (char *)other + BYTES - 1, (char *)memory + BYTES - 1, 1,
                      TD_ON_DEVICE, &err));
    CHECK_OK(cl->copy(stream, got, other, 1001, TD_TO_HOST, &err));
    CHECK_OK(cl->copy(stream, got + 1001, (char *)other + 1001, BYTES - 1001, TD_TO_HOST, &err));
    CHECK_OK(cl->stream_wait(stream, &err));
    CHECK(memcmp(got, mirror, BYTES) == 0);
    cl->free(device, memory, stream);
    cl->free(device, other, stream);
    cl->stream_close(stream);
    cl->device_close(device);
    free(mirror);
    free(piece);
    free(got);
}

/* More pieces than the ring counts, none of them waited for. */
TEST(copies_in_many_small_pieces)
{
    enum { PIECES = 3000, BYTES = PIECES * 7 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    unsigned char *const source = malloc(BYTES), *const got = calloc(1, BYTES);
    CHECK(source && got);
    random_bytes(source, BYTES);
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, BYTES, &memory, &err));
    for (size_t at = 0; at < BYTES; at += 7) {
        CHECK_OK(cl->copy(stream, (char *)memory + at, source + at, 7, TD_TO_DEVICE, &err));
        CHECK_OK(cl->copy(stream, got + at, (char *)memory + at, 7, TD_TO_HOST, &err));
    }
    CHECK_OK(cl->stream_wait(stream, &err));
    CHECK(memcmp(source, got, BYTES) == 0);
    cl->free(device, memory, stream);
    cl->stream_close(stream);
    cl->device_close(device);
    free(source);
    free(got);
}

/* More than the staging ring holds, several times around, both ways at once. */
TEST(copies_larger_than_the_ring)
{
    enum { BYTES = 37 * MIB + 13 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    unsigned char *const source = malloc(BYTES), *const got = calloc(1, BYTES);
    CHECK(source && got);
    random_bytes(source, BYTES);
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, BYTES, &memory, &err));
    for (size_t half = 0; half < 2; ++half) {
        const size_t at = half * (BYTES / 2), bytes = half ? BYTES - BYTES / 2 : BYTES / 2;
        CHECK_OK(cl->copy(stream, (char *)memory + at, source + at, bytes, TD_TO_DEVICE, &err));
        CHECK_OK(cl->copy(stream, got + at, (char *)memory + at, bytes, TD_TO_HOST, &err));
    }
    CHECK_OK(cl->stream_wait(stream, &err));
    CHECK(memcmp(source, got, BYTES) == 0);
    cl->free(device, memory, stream);
    cl->stream_close(stream);
    cl->device_close(device);
    free(source);
    free(got);
}

TEST(copies_outside_of_memory_are_refused)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    char host[64] = {0};
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, 10, &memory, &err));
    CHECK_STATUS(TD_E_OUT_OF_RANGE, cl->copy(stream, memory, host, 11, TD_TO_DEVICE, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, cl->copy(stream, host, (char *)memory + 5, 6, TD_TO_HOST, &err),
                 &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, cl->copy(stream, host, (char *)memory - 1, 1, TD_TO_HOST, &err),
                 &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, cl->copy(stream, host, host, 1, TD_ON_DEVICE, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cl->copy(stream, memory, host, 1, (td_copy_way)9, &err), &err);
    CHECK_OK(cl->copy(stream, memory, host, 0, TD_TO_DEVICE, &err));
    CHECK_OK(cl->copy(stream, memory, host, 10, TD_TO_DEVICE, &err));
    CHECK_OK(cl->stream_wait(stream, &err));
    cl->free(device, memory, stream);
    cl->stream_close(stream);
    cl->device_close(device);
}

/* A stream that is closed without a wait writes to nobody. */
TEST(a_closed_stream_delivers_nothing)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    unsigned char host[64];
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, sizeof host, &memory, &err));
    memset(host, 1, sizeof host);
    CHECK_OK(cl->copy(stream, memory, host, sizeof host, TD_TO_DEVICE, &err));
    memset(host, 2, sizeof host);
    CHECK_OK(cl->copy(stream, host, memory, sizeof host, TD_TO_HOST, &err));
    cl->stream_close(stream);
    for (size_t i = 0; i < sizeof host; ++i)
        CHECK_INT(2, host[i]);
    cl->free(device, memory, NULL);
    cl->device_close(device);
}

/* ---- Launches ---------------------------------------------------------------------------------
 */

static td_status fill(const td_backend *cl, td_stream *stream, void *memory, uint32_t value,
                      int64_t count, uint32_t groups, td_error *err)
{
    const td_launch_arg args[3] = {
        {memory, 0, true}, {&value, sizeof value, false}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, groups, "td_fill", 3, args};
    return cl->launch(stream, &launch, err);
}

TEST(bad_launches_are_refused)
{
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    const uint32_t value = 1;
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, 4096, &memory, &err));
    const td_launch_arg args[3] = {
        {memory, 0, true}, {&value, sizeof value, false}, {&value, sizeof value, false}};
    td_launch launch = {sizeof launch, 1, "td_none", 3, args};
    CHECK(!cl->has_kernel(device, "td_none") && cl->has_kernel(device, "td_fill"));
    CHECK_STATUS(TD_E_UNSUPPORTED, cl->launch(stream, &launch, &err), &err);
    launch.kernel = "td_fill";
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cl->launch(stream, &launch, &err), &err); /* a short int64 */
    launch.arg_count = 2;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cl->launch(stream, &launch, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, fill(cl, stream, memory, 1, 1, 0, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, fill(cl, stream, memory, 1, 1, UINT32_MAX, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, fill(cl, stream, (char *)memory + 4, 1, 1, 1, &err), &err);
    CHECK_OK(fill(cl, stream, memory, 1, 1024, 1, &err));
    CHECK_OK(cl->stream_wait(stream, &err));
    cl->free(device, memory, stream);
    cl->stream_close(stream);
    cl->device_close(device);
}

/* What one stream frees, another gets; it must not see what the first still writes. */
TEST(freed_memory_waits_for_its_stream)
{
    enum { COUNT = 4 * MIB, ROUNDS = 20 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *a = NULL, *b = NULL;
    uint32_t *const got = malloc(COUNT * 4u);
    CHECK(got != NULL);
    CHECK_OK(cl->stream_open(device, &a, &err));
    CHECK_OK(cl->stream_open(device, &b, &err));
    cl->limit(device, COUNT * 4u + MIB);
    for (uint32_t i = 0; i < ROUNDS; ++i) {
        void *first = NULL, *second = NULL;
        CHECK_OK(cl->alloc(device, COUNT * 4u, &first, &err));
        for (uint32_t k = 0; k < 4; ++k)
            CHECK_OK(fill(cl, a, first, 0xAAAAAAAAu, COUNT, 7, &err));
        cl->free(device, first, a);
        CHECK_OK(cl->alloc(device, COUNT * 4u, &second, &err));
        CHECK_OK(fill(cl, b, second, i, COUNT, 5, &err));
        CHECK_OK(cl->copy(b, got, second, COUNT * 4u, TD_TO_HOST, &err));
        CHECK_OK(cl->stream_wait(b, &err));
        for (uint32_t k = 0; k < COUNT; ++k)
            if (got[k] != i) CHECK_FAIL("round %u, value %u: %u", i, k, got[k]);
        cl->free(device, second, b);
    }
    cl->stream_close(a);
    cl->stream_close(b);
    cl->device_close(device);
    free(got);
}

/* ---- Records ----------------------------------------------------------------------------------
 */

typedef struct seen_records {
    size_t count, kernels, to_device, to_host, on_device;
    uint64_t bytes_to_device, bytes_to_host;
    double first, last;
    bool sane;
} seen_records;

static void see(void *context, const td_record *record)
{
    seen_records *const seen = context;
    if (record->begin > record->end || record->begin < seen->last - 1e-3) seen->sane = false;
    if (seen->count == 0) seen->first = record->begin;
    seen->last = record->end;
    seen->count += 1;
    seen->kernels += record->kind == TD_RECORD_KERNEL && strcmp(record->name, "td_fill") == 0;
    seen->to_device += record->kind == TD_RECORD_TO_DEVICE;
    seen->to_host += record->kind == TD_RECORD_TO_HOST;
    seen->on_device += record->kind == TD_RECORD_ON_DEVICE;
    if (record->kind == TD_RECORD_TO_DEVICE) seen->bytes_to_device += record->bytes;
    if (record->kind == TD_RECORD_TO_HOST) seen->bytes_to_host += record->bytes;
}

/* Also more than the events that a stream keeps at a time. */
TEST(records_tell_what_ran_when)
{
    enum { BYTES = 9 * MIB, LAUNCHES = 1500 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL, *other = NULL;
    char *const host = calloc(1, BYTES);
    CHECK(host != NULL);
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, BYTES, &memory, &err));
    CHECK_OK(cl->alloc(device, BYTES, &other, &err));
    for (int round = 0; round < 2; ++round) {
        seen_records seen = {.sane = true};
        const double start = now();
        CHECK_OK(cl->copy(stream, memory, host, BYTES, TD_TO_DEVICE, &err));
        for (int i = 0; i < LAUNCHES; ++i)
            CHECK_OK(fill(cl, stream, memory, 7, 1000, 1, &err));
        CHECK_OK(cl->copy(stream, other, memory, BYTES, TD_ON_DEVICE, &err));
        CHECK_OK(cl->copy(stream, host, other, BYTES, TD_TO_HOST, &err));
        CHECK_OK(cl->stream_wait(stream, &err));
        const double end = now();
        cl->stream_records(stream, see, &seen);
        CHECK(seen.sane);
        CHECK_INT(LAUNCHES + 3, seen.count);
        CHECK_INT(LAUNCHES, seen.kernels);
        CHECK(seen.to_device == 1 && seen.to_host == 1 && seen.on_device == 1);
        CHECK_INT(BYTES, seen.bytes_to_device);
        CHECK_INT(BYTES, seen.bytes_to_host);
        CHECK(seen.first >= start && seen.last <= end);
        cl->stream_records(stream, see, &seen);
        CHECK_INT(LAUNCHES + 3, seen.count);
    }
    cl->free(device, memory, stream);
    cl->free(device, other, stream);
    cl->stream_close(stream);
    cl->device_close(device);
    free(host);
}

/* ---- Threads ----------------------------------------------------------------------------------
 */

typedef struct worker {
    const td_backend *cl;
    td_backend_device *device;
    uint32_t number;
    char failed[256];
} worker;

static td_status worker_round(worker *own, td_stream *stream, uint32_t round, td_error *err)
{
    enum { COUNT = 20000 };
    const uint32_t value = own->number * 1000 + round, count = COUNT - round * 17;
    uint32_t *const host = malloc(COUNT * sizeof *host);
    void *memory = NULL;
    const td_launch_arg args[2] = {{NULL, 0, true}, {&count, sizeof count, false}};
    td_launch_arg set[2];
    td_launch launch = {sizeof launch, 3, "td_probe", 2, set};
    td_status status = own->cl->alloc(own->device, COUNT * sizeof *host, &memory, err);
    memcpy(set, args, sizeof set);
    set[0].data = memory;
    if (!status) status = fill(own->cl, stream, memory, value, COUNT, 9, err);
    if (!status) status = own->cl->launch(stream, &launch, err);
    if (!status)
        status = own->cl->copy(stream, host, memory, COUNT * sizeof *host, TD_TO_HOST, err);
    if (!status) status = own->cl->stream_wait(stream, err);
    for (uint32_t i = 0; !status && i < COUNT; ++i) {
        const uint32_t wanted = i < count ? value * 2654435761u + i : value;
        if (host[i] == wanted || own->failed[0]) continue;
        snprintf(own->failed, sizeof own->failed, "thread %u round %u value %u: %u, wanted %u",
                 own->number, round, i, host[i], wanted);
    }
    own->cl->free(own->device, memory, stream);
    free(host);
    return status;
}

static void *worker_run(void *context)
{
    worker *const own = context;
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    td_status status = own->cl->stream_open(own->device, &stream, &err);
    for (uint32_t round = 0; !status && round < 40; ++round)
        status = worker_round(own, stream, round, &err);
    if (status) snprintf(own->failed, sizeof own->failed, "%.200s", err.message);
    own->cl->stream_close(stream);
    return NULL;
}

TEST(many_streams_and_threads)
{
    enum { THREADS = 6 };
    const td_backend *const cl = opencl_table();
    td_backend_device *const device = opencl_device(cl);
    td_error err = TD_ERROR_INIT;
    td_pool_stats stats = {.struct_size = sizeof stats};
    pthread_t threads[THREADS];
    worker workers[THREADS];
    for (uint32_t i = 0; i < THREADS; ++i) {
        workers[i] = (worker){cl, device, i, {0}};
        CHECK(pthread_create(&threads[i], NULL, worker_run, &workers[i]) == 0);
    }
    for (uint32_t i = 0; i < THREADS; ++i)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < THREADS; ++i)
        CHECK_TEXT("", workers[i].failed);
    CHECK_OK(cl->pool_stats(device, &stats, &err));
    CHECK_INT(0, stats.used);
    CHECK(stats.reuses > 0);
    cl->device_close(device);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(table_is_whole),
                                     RUN(another_abi_is_refused),
                                     RUN(every_device_is_described),
                                     RUN(a_device_past_the_end_is_not_found),
                                     RUN(a_smaller_struct_is_not_written_past),
                                     RUN(memory_has_a_limit_and_figures),
                                     RUN(a_piece_too_large_is_named),
                                     RUN(copies_of_any_size_and_offset),
                                     RUN(copies_in_many_small_pieces),
                                     RUN(copies_larger_than_the_ring),
                                     RUN(copies_outside_of_memory_are_refused),
                                     RUN(a_closed_stream_delivers_nothing),
                                     RUN(bad_launches_are_refused),
                                     RUN(freed_memory_waits_for_its_stream),
                                     RUN(records_tell_what_ran_when),
                                     RUN(many_streams_and_threads),
                                     {0}});
}
