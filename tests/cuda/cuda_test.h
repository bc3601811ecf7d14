/* cuda_test.h - what the tests of the CUDA backend share: the plug-in, the played driver's
 * steering, and a device with a stream. */
#ifndef TANDEM_TESTS_CUDA_TEST_H
#define TANDEM_TESTS_CUDA_TEST_H
#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#include "tandem/backend.h"
#include "tests/check.h"
#include "tests/cuda/fake_cuda.h"

#define CUDA_PLUGIN CUDA_PLUGINS "/tandem-backend-cuda.so"

/* Once opened, for the life of the program. */
static const td_backend *cuda_table;
static const fake_control *fake;

static inline void *symbol_of(const char *library, const char *name)
{
    void *const opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    void *const symbol = opened ? dlsym(opened, name) : NULL;
    if (!symbol) {
        const char *const reason = dlerror();
        CHECK_FAIL("%s, %s: %s", library, name, reason ? reason : "no reason given");
    }
    return symbol;
}

static inline td_backend_open_fn open_function(void)
{
    td_backend_open_fn open = NULL;
    void *const symbol = symbol_of(CUDA_PLUGIN, "td_backend_open");
    memcpy(&open, &symbol, sizeof open);
    return open;
}

/* Steers the driver, and opens the backend if that was not done. */
static inline void plan_set(const fake_plan *plan)
{
    const fake_control *(*control)(void) = NULL;
    if (!fake) {
        void *const symbol = symbol_of("libcuda.so.1", "fake_cuda_control");
        memcpy(&control, &symbol, sizeof control);
        fake = control();
    }
    fake->set(plan);
    if (!cuda_table) {
        td_error err = TD_ERROR_INIT;
        const fake_plan plain = FAKE_PLAN_INIT;
        fake->set(&plain);
        cuda_table = open_function()(TD_BACKEND_ABI, &err);
        if (!cuda_table) CHECK_FAIL("the backend does not open: %s", err.message);
        fake->set(plan);
    }
}

static inline fake_state state_now(void)
{
    fake_state state;
    fake->get(&state);
    return state;
}

/* Nothing is alive, nothing was left for the driver to clear, nothing strange was asked. */
static inline void check_clean(void)
{
    const fake_state now = state_now();
    CHECK_TEXT("", now.text);
    CHECK_INT(0, now.misuse);
    CHECK_INT(0, now.contexts);
    CHECK_INT(0, now.memory);
    CHECK_INT(0, now.host_memory);
    CHECK_INT(0, now.streams);
    CHECK_INT(0, now.events);
    CHECK_INT(0, now.modules);
    CHECK_INT(0, now.reclaimed);
    CHECK_INT(0, fake->depth());
}

typedef struct rig { /* one device, one stream */
    td_backend_device *device;
    td_stream *stream;
    td_error err;
} rig;

static inline rig rig_open(const fake_plan *plan)
{
    const fake_plan plain = FAKE_PLAN_INIT;
    rig r = {NULL, NULL, TD_ERROR_INIT};
    plan_set(plan ? plan : &plain);
    CHECK_STATUS(TD_OK, cuda_table->device_open(0, &r.device, &r.err), &r.err);
    CHECK_STATUS(TD_OK, cuda_table->stream_open(r.device, &r.stream, &r.err), &r.err);
    CHECK_INT(0, fake->depth());
    return r;
}

static inline void rig_close(rig *r)
{
    cuda_table->stream_close(r->stream);
    cuda_table->device_close(r->device);
    *r = (rig){NULL, NULL, TD_ERROR_INIT};
}

static inline char *rig_alloc(rig *r, size_t bytes)
{
    void *memory = NULL;
    CHECK_STATUS(TD_OK, cuda_table->alloc(r->device, bytes, &memory, &r->err), &r->err);
    CHECK(memory != NULL);
    return memory;
}

static inline void rig_copy(rig *r, void *target, const void *source, size_t bytes, td_copy_way way)
{
    CHECK_STATUS(TD_OK, cuda_table->copy(r->stream, target, source, bytes, way, &r->err), &r->err);
}

static inline void rig_wait(rig *r)
{
    CHECK_STATUS(TD_OK, cuda_table->stream_wait(r->stream, &r->err), &r->err);
}

/* td_probe: x[i] = x[i] * 2654435761 + i. */
static inline td_status probe_launch(td_stream *stream, void *memory, uint32_t count,
                                     uint32_t groups, td_error *err)
{
    const td_launch_arg args[] = {{memory, 0, true}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, groups, "td_probe", 2, args};
    return cuda_table->launch(stream, &launch, err);
}

static inline void bytes_random(void *target, size_t bytes)
{
    unsigned char *const at = target;
    uint64_t value = check_random();
    for (size_t i = 0; i < bytes; ++i) {
        if (i % 8 == 0) value = value * 6364136223846793005u + 1442695040888963407u;
        at[i] = (unsigned char)(value >> i % 8 * 8);
    }
}

#endif
