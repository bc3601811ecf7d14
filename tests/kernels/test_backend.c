/* test_backend.c - the plug-ins plain, falling and threads keep the contract of tandem/backend.h:
 * others test with them, so what they promise is tested first. */
#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <unistd.h>

#include "backend_plain.h"
#include "tests/check.h"

#define FACTOR   2654435761u
#define ELEMENTS 1000
#define THREADS  4
#define NAMES    3

static const char *const names[] = {"plain", "falling", "threads"};

/* The plug-in stays loaded until the program ends. */
static const td_backend *load(const char *name)
{
    char path[PATH_MAX] = "", *slash;
    td_backend_open_fn open_fn = NULL;
    td_error err = TD_ERROR_INIT;
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 64);
    CHECK(length > 0);
    path[length] = 0;
    slash = strrchr(path, '/');
    snprintf(slash, 64, "/plugins/tandem-backend-%s.so", name);
    void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) CHECK_FAIL("%s", dlerror());
    void *const symbol = dlsym(library, "td_backend_open");
    memcpy(&open_fn, &symbol, sizeof open_fn);
    CHECK(open_fn);
    CHECK(!open_fn((TD_BACKEND_ABI_MAJOR + 1) * 1000, &err));
    CHECK_STATUS(TD_E_UNSUPPORTED, err.status, &err);
    const td_backend *const backend = open_fn(TD_BACKEND_ABI, &err);
    CHECK(backend && backend->struct_size == sizeof(td_backend));
    CHECK_TEXT(name, backend->name);
    return backend;
}

typedef struct place {
    const td_backend *backend;
    td_backend_device *device;
    td_stream *stream;
} place;

static place place_open(const char *name)
{
    place here = {.backend = load(name)};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, here.backend->device_open(0, &here.device, &err), &err);
    CHECK_STATUS(TD_OK, here.backend->stream_open(here.device, &here.stream, &err), &err);
    return here;
}

static void place_close(place *here)
{
    here->backend->stream_close(here->stream);
    here->backend->device_close(here->device);
}

static void unset_all(void)
{
    static const char *const variables[] = {"DEVICES", "MEMORY", "FLOAT64_COST",
                                            "CACHE",   "FAIL",   "FAIL_DEVICE"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; ++i) {
        char name[64];
        snprintf(name, sizeof name, "TANDEM_PLAIN_%s", variables[i]);
        unsetenv(name);
        snprintf(name, sizeof name, "TANDEM_FALLING_%s", variables[i]);
        unsetenv(name);
        snprintf(name, sizeof name, "TANDEM_THREADS_%s", variables[i]);
        unsetenv(name);
    }
}

static td_status probe(const place *here, void *memory, uint32_t count, uint32_t groups,
                       td_error *err)
{
    const td_launch_arg args[] = {{memory, sizeof memory, true}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, groups, "td_probe", 2, args};
    return here->backend->launch(here->stream, &launch, err);
}

/* Copies there, launches, copies back; the answer is there after the wait and not before. */
static void ask(const place *here)
{
    const td_backend *const b = here->backend;
    uint32_t x[ELEMENTS], y[ELEMENTS], asked[ELEMENTS];
    unsigned char poison[sizeof x];
    void *memory = NULL;
    td_error err = TD_ERROR_INIT;
    for (int i = 0; i < ELEMENTS; ++i)
        asked[i] = x[i] = (uint32_t)check_random();
    memset(y, 0, sizeof y);
    CHECK_STATUS(TD_OK, b->alloc(here->device, sizeof x, &memory, &err), &err);
    CHECK((uintptr_t)memory % PLAIN_ALIGN == 0);
    CHECK_STATUS(TD_OK, b->copy(here->stream, poison, memory, sizeof x, TD_TO_HOST, &err), &err);
    CHECK_STATUS(TD_OK, b->copy(here->stream, memory, x, sizeof x, TD_TO_DEVICE, &err), &err);
    memset(x, 0, sizeof x);
    CHECK_STATUS(TD_OK, probe(here, memory, ELEMENTS, 0, &err), &err); /* no groups: nothing */
    CHECK_STATUS(TD_OK, probe(here, memory, ELEMENTS, 3, &err), &err);
    CHECK_STATUS(TD_OK, b->copy(here->stream, y, memory, sizeof y, TD_TO_HOST, &err), &err);
    CHECK_STATUS(TD_OK, probe(here, memory, ELEMENTS, 1, &err), &err); /* after the copy */
    CHECK(memcmp(y, x, sizeof y) == 0);
    CHECK_STATUS(TD_OK, b->stream_wait(here->stream, &err), &err);
    for (uint32_t i = 0; i < ELEMENTS; ++i)
        CHECK(y[i] == asked[i] * FACTOR + i);
    for (size_t i = 0; i < sizeof poison; ++i)
        CHECK(poison[i] == poison[0]);
    CHECK_INT(strcmp(b->name, "falling") == 0 ? 0x5A : 0xA5, poison[0]);
    b->free(here->device, memory, here->stream);
}

TEST(answers_a_known_question)
{
    unset_all();
    for (size_t i = 0; i < NAMES; ++i) {
        place here = place_open(names[i]);
        ask(&here);
        place_close(&here);
    }
}

TEST(describes_itself)
{
    unset_all();
    setenv("TANDEM_PLAIN_DEVICES", "3", 1);
    setenv("TANDEM_PLAIN_MEMORY", "1000000", 1);
    setenv("TANDEM_PLAIN_FLOAT64_COST", "0", 1);
    place here = place_open("plain");
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_device *none = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_INT(3, here.backend->device_count());
    CHECK_STATUS(TD_E_NOT_FOUND, here.backend->device_open(3, &none, &err), &err);
    CHECK_STATUS(TD_OK, here.backend->device_describe(here.device, &info, &err), &err);
    CHECK(info.kind == TD_GPU && info.preferred && info.fit && info.float64_cost == 0);
    CHECK_INT(1000000, info.memory_bytes_total);
    CHECK_INT(800000, info.memory_bytes_limit);
    CHECK(here.backend->has_kernel(here.device, "td_bench_f32"));
    CHECK(!here.backend->has_kernel(here.device, "td_bench_f64"));
    CHECK(!here.backend->has_kernel(here.device, "td_bench_f16"));
    place_close(&here);
    unset_all();
}

TEST(keeps_memory_within_its_limit)
{
    unset_all();
    setenv("TANDEM_PLAIN_MEMORY", "10000", 1);
    setenv("TANDEM_PLAIN_CACHE", "1", 1);
    place here = place_open("plain");
    td_pool_stats stats = {.struct_size = sizeof stats};
    td_error err = TD_ERROR_INIT;
    void *a = NULL, *b = NULL, *c = NULL;
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 5000, &a, &err), &err);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, here.backend->alloc(here.device, 3001, &b, &err), &err);
    CHECK(b == NULL);
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 3000, &b, &err), &err);
    here.backend->free(here.device, a, NULL);
    CHECK_STATUS(TD_OK, here.backend->pool_stats(here.device, &stats, &err), &err);
    CHECK_INT(8000, stats.limit);
    CHECK_INT(3000, stats.used);
    CHECK_INT(8000, stats.used_peak);
    CHECK_INT(8000, stats.held);
    CHECK_INT(5000, stats.largest_free);
    CHECK(stats.allocs == 2 && stats.failures == 1 && stats.reuses == 0);
    CHECK_NEAR(0, stats.fragmentation, 0);
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 5000, &a, &err), &err); /* reused */
    here.backend->free(here.device, a, NULL);
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 4000, &c, &err), &err); /* trims */
    CHECK_STATUS(TD_OK, here.backend->pool_stats(here.device, &stats, &err), &err);
    CHECK(stats.reuses == 1 && stats.trims == 1);
    CHECK_INT(7000, stats.held);
    here.backend->limit(here.device, 7500);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, here.backend->alloc(here.device, 600, &a, &err), &err);
    here.backend->limit(here.device, 0);
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 600, &a, &err), &err);
    here.backend->free(here.device, a, NULL);
    here.backend->free(here.device, b, NULL);
    here.backend->free(here.device, c, NULL);
    here.backend->trim(here.device);
    CHECK_STATUS(TD_OK, here.backend->pool_stats(here.device, &stats, &err), &err);
    CHECK(stats.used == 0 && stats.held == 0);
    place_close(&here);
    unset_all();
}

TEST(refuses_what_does_not_fit)
{
    unset_all();
    place here = place_open("plain");
    const td_backend *const b = here.backend;
    td_error err = TD_ERROR_INIT;
    uint32_t count = 4, data[4] = {0};
    char *memory = NULL;
    CHECK_STATUS(TD_OK, b->alloc(here.device, 16, (void **)&memory, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, probe(&here, data, 4, 1, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, probe(&here, memory + 4, 1, 1, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, probe(&here, memory, 4, 1u << 31, &err), &err);
    const td_launch_arg one[] = {{memory, 8, true}};
    const td_launch few = {sizeof few, 1, "td_probe", 1, one};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, b->launch(here.stream, &few, &err), &err);
    const td_launch_arg swapped[] = {{&count, 4, false}, {memory, 8, true}};
    const td_launch wrong = {sizeof wrong, 1, "td_probe", 2, swapped};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, b->launch(here.stream, &wrong, &err), &err);
    const td_launch missing = {sizeof missing, 1, "td_no_kernel", 1, one};
    CHECK_STATUS(TD_E_UNSUPPORTED, b->launch(here.stream, &missing, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, b->copy(here.stream, memory + 8, data, 16, TD_TO_DEVICE, &err),
                 &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, b->copy(here.stream, data, data, 16, TD_TO_HOST, &err), &err);
    CHECK_STATUS(TD_OK, b->copy(here.stream, memory + 8, data, 8, TD_TO_DEVICE, &err), &err);
    CHECK_STATUS(TD_OK, b->copy(here.stream, memory, memory + 8, 8, TD_ON_DEVICE, &err), &err);
    b->free(here.device, memory, NULL);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, b->copy(here.stream, data, memory, 4, TD_TO_HOST, &err), &err);
    place_close(&here);
}

/* ASan sees such a write where it happens; without it the plug-in sees it when memory is freed. */
TEST(finds_a_write_past_the_end)
{
#if defined(__SANITIZE_ADDRESS__)
    SKIP("ASan would end the program");
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    SKIP("ASan would end the program");
#endif
#endif
    unset_all();
    place here = place_open("falling");
    td_error err = TD_ERROR_INIT;
    void *memory = NULL;
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 40, &memory, &err), &err);
    CHECK_STATUS(TD_OK, probe(&here, memory, 11, 1, &err), &err);
    here.backend->free(here.device, memory, NULL);
    CHECK_STATUS(TD_E_INTERNAL, here.backend->alloc(here.device, 40, &memory, &err), &err);
    CHECK_HAS("past the end", err.message);
    place_close(&here);
}

TEST(fails_when_told)
{
    unset_all();
    setenv("TANDEM_PLAIN_FAIL", "alloc:2", 1);
    place here = place_open("plain");
    td_error err = TD_ERROR_INIT;
    void *a = NULL, *b = NULL;
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 8, &a, &err), &err);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, here.backend->alloc(here.device, 8, &b, &err), &err);
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 8, &b, &err), &err);
    place_close(&here);                           /* with memory in use: it goes with the device */
    setenv("TANDEM_PLAIN_FAIL", "any:3:lost", 1); /* the stream is number 1 */
    here = place_open("plain");
    CHECK_STATUS(TD_OK, here.backend->alloc(here.device, 8, &a, &err), &err);
    CHECK_STATUS(TD_E_DEVICE_LOST, probe(&here, a, 2, 1, &err), &err);
    CHECK_STATUS(TD_E_DEVICE_LOST, here.backend->stream_wait(here.stream, &err), &err);
    CHECK_STATUS(TD_E_DEVICE_LOST, here.backend->alloc(here.device, 8, &b, &err), &err);
    here.backend->free(here.device, a, here.stream);
    place_close(&here);
    setenv("TANDEM_PLAIN_FAIL_DEVICE", "1", 1);
    here = place_open("plain");
    ask(&here);
    place_close(&here);
    unset_all();
}

static void take_record(void *context, const td_record *record)
{
    td_record **const next = context;
    *(*next)++ = *record;
}

TEST(tells_what_it_did)
{
    unset_all();
    place here = place_open("plain");
    td_record records[16], *next = records;
    ask(&here);
    here.backend->stream_records(here.stream, take_record, &next);
    CHECK_INT(6, next - records);
    CHECK(records[0].kind == TD_RECORD_TO_HOST && records[1].kind == TD_RECORD_TO_DEVICE);
    CHECK(records[3].kind == TD_RECORD_KERNEL && records[4].bytes == ELEMENTS * 4);
    CHECK_TEXT("td_probe", records[3].name);
    for (int i = 0; i < 6; ++i) {
        CHECK(records[i].end >= records[i].begin && records[i].begin > 0);
        CHECK(i == 0 || records[i].begin >= records[i - 1].end);
    }
    here.backend->stream_records(here.stream, take_record, &next);
    CHECK_INT(6, next - records);
    place_close(&here);
}

/* A thread must not CHECK, so it counts what is wrong. */
typedef struct worker {
    pthread_t thread;
    const place *shared;
    int wrong;
} worker;

static void *work(void *data)
{
    worker *const self = data;
    const td_backend *const b = self->shared->backend;
    place here = *self->shared;
    if (b->stream_open(here.device, &here.stream, NULL)) {
        self->wrong += 1;
        return NULL;
    }
    for (int round = 0; round < (strcmp(b->name, "threads") == 0 ? 5 : 200); ++round) {
        uint32_t x[ELEMENTS] = {0}, y[ELEMENTS];
        void *memory = NULL;
        if (b->alloc(here.device, sizeof x, &memory, NULL) ||
            b->copy(here.stream, memory, x, sizeof x, TD_TO_DEVICE, NULL) ||
            probe(&here, memory, ELEMENTS, 2, NULL) ||
            b->copy(here.stream, y, memory, sizeof y, TD_TO_HOST, NULL) ||
            b->stream_wait(here.stream, NULL))
            self->wrong += 1;
        else
            for (uint32_t i = 0; i < ELEMENTS; ++i)
                self->wrong += y[i] != i;
        b->free(here.device, memory, here.stream);
    }
    b->stream_close(here.stream);
    return NULL;
}

TEST(serves_many_threads)
{
    unset_all();
    for (size_t i = 0; i < NAMES; ++i) {
        const place here = place_open(names[i]);
        worker workers[THREADS];
        for (int t = 0; t < THREADS; ++t) {
            workers[t] = (worker){.shared = &here};
            CHECK_INT(0, pthread_create(&workers[t].thread, NULL, work, &workers[t]));
        }
        for (int t = 0; t < THREADS; ++t)
            pthread_join(workers[t].thread, NULL);
        for (int t = 0; t < THREADS; ++t)
            CHECK_INT(0, workers[t].wrong);
        place_close((place[]){here});
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(answers_a_known_question),
                                     RUN(describes_itself),
                                     RUN(keeps_memory_within_its_limit),
                                     RUN(refuses_what_does_not_fit),
                                     RUN(finds_a_write_past_the_end),
                                     RUN(fails_when_told),
                                     RUN(tells_what_it_did),
                                     RUN(serves_many_threads),
                                     {0}});
}
