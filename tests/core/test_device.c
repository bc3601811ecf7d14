/* test_device.c - plug-ins good and bad, devices that fail, counted memory, buffers, copies. */
#include <sys/stat.h>

#include "device_check.h"

/* ---- The CPU --------------------------------------------------------------------------------- */

TEST(the_cpu_is_always_there_and_last)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_engine *const engine = engine_with("cpu", "/nowhere");
    CHECK(td_device_at(engine, 0) != NULL);
    CHECK(td_device_at(engine, 1) == NULL);
    CHECK(td_device_find(engine, "cpu") == td_device_at(engine, 0));
    CHECK(td_device_find(engine, "cuda:0") == NULL);
    CHECK(td_device_find(engine, NULL) == NULL);
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 0), &info, &err), &err);
    CHECK_TEXT("cpu", info.name);
    CHECK_INT(TD_CPU, info.kind);
    CHECK_INT(1, info.fit);
    CHECK(info.title[0] != 0);
    CHECK(info.memory_bytes_total > 0 && info.memory_bytes_free <= info.memory_bytes_total);
    CHECK_TEXT("", log_text);
    td_engine_destroy(engine);
}

TEST(describe_writes_only_what_the_caller_knows)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info;
    td_engine *const engine = engine_with("cpu", "/nowhere");
    memset(&info, 0x55, sizeof info);
    info.struct_size = offsetof(td_device_info, title);
    CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, 0), &info, &err), &err);
    CHECK_TEXT("cpu", info.name);
    CHECK_INT(0x55, info.title[0]);
    CHECK_INT(offsetof(td_device_info, title), info.struct_size);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_describe(NULL, &info, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_device_describe(td_device_at(engine, 0), NULL, &err), &err);
    td_engine_destroy(engine);
}

/* ---- Plug-ins -------------------------------------------------------------------------------- */

TEST(a_plug_in_brings_its_devices)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    const backend_test_plan plan = plan_of(3);
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test,cpu", plugin_folder());
    for (size_t i = 0; i < 3; ++i) {
        char name[16];
        snprintf(name, sizeof name, "test:%zu", i);
        CHECK(td_device_find(engine, name) == td_device_at(engine, i));
        CHECK_STATUS(TD_OK, td_device_describe(td_device_at(engine, i), &info, &err), &err);
        CHECK_TEXT(name, info.name);
        CHECK_INT(TD_GPU, info.kind);
        CHECK_INT(1, info.fit);
        CHECK_INT(1 << 20, info.memory_bytes_total);
    }
    CHECK(device_is_cpu(td_device_at(engine, 3)));
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(all_that_are_found_are_loaded_when_none_is_named)
{
    const backend_test_plan plan = plan_of(1);
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with(NULL, plugin_folder());
    CHECK(td_device_find(engine, "test:0") != NULL);
    CHECK_HAS("tandem-backend-empty.so: it has no td_backend_open", log_text);
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(what_does_not_load_is_logged)
{
    const backend_test_plan plan = plan_of(1);
    steer(&plan);
    td_engine *engine = engine_with("nosuch,empty,Bad-Name,,test,test", plugin_folder());
    CHECK_HAS("backend nosuch is not found", log_text);
    CHECK_HAS("tandem-backend-empty.so: it has no td_backend_open", log_text);
    CHECK_HAS("backend \"Bad-Name\"", log_text);
    CHECK(td_device_find(engine, "test:0") == td_device_at(engine, 0));
    CHECK(device_is_cpu(td_device_at(engine, 1)));
    td_engine_destroy(engine);
    engine = engine_with("test", "/nowhere");
    CHECK_HAS("backend test is not found", log_text);
    CHECK(device_is_cpu(td_device_at(engine, 0)));
    td_engine_destroy(engine);
}

TEST(a_file_that_is_no_library_is_logged)
{
    char folder[] = "/tmp/tandem-device-XXXXXX", path[128], command[128];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/tandem-backend-junk.so", folder);
    FILE *const file = fopen(path, "w");
    CHECK(file != NULL);
    fputs("this is no library\n", file);
    fclose(file);
    td_engine *const engine = engine_with(NULL, folder);
    CHECK_HAS("backend junk is not used", log_text);
    CHECK_HAS("it does not load", log_text);
    CHECK(device_is_cpu(td_device_at(engine, 0)));
    td_engine_destroy(engine);
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    CHECK_INT(0, system(command));
}

static void is_refused(backend_test_plan plan, const char *reason)
{
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    CHECK_HAS(reason, log_text);
    CHECK(device_is_cpu(td_device_at(engine, 0)));
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(a_plug_in_of_another_major_abi_is_refused)
{
    backend_test_plan plan = plan_of(1);
    plan.abi_major = TD_BACKEND_ABI_MAJOR + 1;
    is_refused(plan, "it has backend ABI 2.1, this program has 1.1");
    plan = plan_of(1);
    plan.refuses = true;
    is_refused(plan, "the test plug-in was told to refuse");
    plan = plan_of(1);
    plan.hollow = true;
    is_refused(plan, "a needed function is missing");
    plan = plan_of(1);
    plan.struct_size = 8;
    is_refused(plan, "is too small");
    plan.struct_size = offsetof(td_backend, stream_wait);
    is_refused(plan, "a needed function is missing");
}

TEST(an_older_plug_in_lacks_functions_at_the_end)
{
    static const char *const probe[] = {DEVICE_PROBE_KERNEL, NULL};
    backend_test_plan plan = plan_of(1);
    plan.struct_size = offsetof(td_backend, gemm);
    steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_device *const device = device_of(engine, "test:0");
    CHECK(device_is_fit(device));
    CHECK(device_backend(device)->has_kernel == NULL && device_backend(device)->trim == NULL);
    CHECK(!device_has_kernels(device, probe));
    device_trim(device);
    td_engine_destroy(engine);
}

/* ---- The self-test --------------------------------------------------------------------------- */

TEST(a_device_that_fails_its_self_test_is_not_fit)
{
    static const backend_test_call kinds[] = {CALL_ALLOC, CALL_COPY, CALL_LAUNCH, CALL_WAIT,
                                              CALL_STREAM};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; ++k) {
        for (uint64_t at = 1;; ++at) {
            backend_test_state state;
            td_device_info info = TD_DEVICE_INFO_INIT;
            td_error err = TD_ERROR_INIT;
            backend_test_plan plan = plan_of(1);
            plan.fail_call = kinds[k];
            plan.fail_at = at;
            plan.fail_status = TD_E_DEVICE_LOST;
            plan.lose = at % 2 == 0;
            const backend_test_steer *const s = steer(&plan);
            td_engine *const engine = engine_with("test", plugin_folder());
            s->get(&state);
            td_device *const device = device_of(engine, "test:0");
            CHECK_INT(state.failures == 0, device_is_fit(device));
            CHECK_STATUS(TD_OK, td_device_describe(device, &info, &err), &err);
            CHECK_INT(state.failures == 0, info.fit);
            if (state.failures > 0) CHECK_HAS("test:0 is taken out of use", log_text);
            td_engine_destroy(engine);
            nothing_is_live(s);
            if (state.failures == 0) {
                CHECK(at > 1);
                break;
            }
        }
    }
}

TEST(a_device_that_computes_wrongly_is_not_fit)
{
    backend_test_plan plan = plan_of(1);
    plan.wrong = true;
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    CHECK(!device_is_fit(device_of(engine, "test:0")));
    CHECK_HAS("fails its self-test (kernel td_probe): value 0 is", log_text);
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(a_deferring_device_passes_the_self_test)
{
    backend_test_plan plan = plan_of(1);
    plan.deferred = true;
    steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    CHECK(device_is_fit(device_of(engine, "test:0")));
    td_engine_destroy(engine);
}

/* ---- Counted memory -------------------------------------------------------------------------- */

TEST(memory_is_counted_and_limited)
{
    const backend_test_plan plan = plan_of(1);
    td_error err = TD_ERROR_INIT;
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_device *const device = device_of(engine, "test:0");
    void *one = NULL, *two = NULL;
    backend_test_state before, after;
    CHECK_INT(0, device_bytes_used(device));
    device_limit(device, 10000);
    CHECK_STATUS(TD_OK, device_alloc(device, 6000, &one, &err), &err);
    s->get(&before);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, device_alloc(device, 4001, &two, &err), &err);
    CHECK_HAS("limit of 10000", err.message);
    s->get(&after);
    CHECK_INT(before.calls[CALL_ALLOC], after.calls[CALL_ALLOC]);
    CHECK(two == NULL);
    CHECK_STATUS(TD_OK, device_alloc(device, 4000, &two, &err), &err);
    CHECK_INT(10000, device_bytes_used(device));
    device_free(device, one, 6000, NULL);
    device_free(device, two, 4000, NULL);
    device_free(device, NULL, 4000, NULL);
    CHECK_INT(0, device_bytes_used(device));
    CHECK_INT(10000, device_bytes_peak(device));
    device_limit(device, 0);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, device_alloc(device, (1 << 20) + 1, &one, &err), &err);
    CHECK_INT(0, device_bytes_used(device));
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(retiring_is_for_ever_and_logged_once)
{
    const backend_test_plan plan = plan_of(1);
    td_error err = TD_ERROR_INIT;
    steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_device *const device = device_of(engine, "test:0");
    td_buffer *buffer = NULL;
    device_retire(device, "first reason");
    device_retire(device, "second reason");
    CHECK(!device_is_fit(device));
    CHECK_HAS("first reason", log_text);
    CHECK(!strstr(log_text, "second reason"));
    CHECK_STATUS(TD_E_NO_DEVICE, td_buffer_create(device, 8, &buffer, &err), &err);
    td_engine_destroy(engine);
}

/* While all runs have a limit the pool keeps to their sum; else it has its own. */
TEST(the_pool_is_told_the_limits_of_runs)
{
    const backend_test_plan plan = plan_of(1);
    backend_test_state state;
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_device *const device = device_of(engine, "test:0");
    s->set(&plan);
    device_run_begins(device, 0);
    device_run_ends(device, 0);
    s->get(&state);
    CHECK_INT(0, state.limits);
    static const struct {
        bool begins;
        uint64_t bytes, limit;
    } steps[] = {
        {true, 1000, 1000}, {true, 500, 1500}, {true, 0, 0},
        {false, 1000, 0},   {false, 0, 500},   {false, 500, 0},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; ++i) {
        if (steps[i].begins) device_run_begins(device, steps[i].bytes);
        else device_run_ends(device, steps[i].bytes);
        s->get(&state);
        CHECK_INT(steps[i].limit, state.limit_bytes);
    }
    td_engine_destroy(engine);
}

TEST(what_is_available_is_what_the_pool_may_take_and_has)
{
    backend_test_plan plan = plan_of(1);
    td_error err = TD_ERROR_INIT;
    void *memory = NULL;
    plan.caches = true;
    for (int pooled = 0; pooled < 2; ++pooled) {
        plan.pool = pooled;
        steer(&plan);
        td_engine *const engine = engine_with("test", plugin_folder());
        td_device *const device = device_of(engine, "test:0");
        device_trim(device);
        CHECK_INT((1 << 20) / 100 * 80, device_bytes_available(device));
        CHECK_STATUS(TD_OK, device_alloc(device, 1 << 19, &memory, &err), &err);
        CHECK_INT((1 << 19) / 100 * 80, device_bytes_available(device));
        device_free(device, memory, 1 << 19, NULL);
        /* What the pool keeps is there for the next; one that has no pool only tells what is free.
         */
        CHECK_INT((1 << 19) / 100 * 80 + pooled * (1 << 19), device_bytes_available(device));
        CHECK(device_bytes_available(device_list_cpu(engine_devices(engine))) == UINT64_MAX);
        td_engine_destroy(engine);
    }
}

/* ---- Copies ---------------------------------------------------------------------------------- */

typedef struct random_view {
    td_array array;
    td_buffer *buffer;
    int32_t *host; /* what array views on the host, or a mirror of the buffer */
    size_t elements;
} random_view;

/* A view of the shape with random strides, some of them negative when on the host. */
static random_view view_make(const td_device *device, uint32_t rank, const int64_t *shape)
{
    td_error err = TD_ERROR_INIT;
    random_view view = {.array = TD_ARRAY_INIT};
    int64_t pitch = 1, low = 0, high = 0;
    view.array.dtype = TD_I32;
    view.array.rank = rank;
    const bool dense = check_random() % 3 == 0;
    for (uint32_t i = rank; i-- > 0;) {
        view.array.shape[i] = shape[i];
        if (dense) continue;
        view.array.stride[i] = pitch * (int64_t)(1 + check_random() % 2);
        pitch = view.array.stride[i] * shape[i];
        if (!device && check_random() % 3 == 0) view.array.stride[i] *= -1;
        const int64_t reach = view.array.stride[i] * (shape[i] - 1);
        low += reach < 0 ? reach : 0;
        high += reach > 0 ? reach : 0;
    }
    for (uint32_t i = 0; dense && i < rank; ++i)
        high = (high + 1) * shape[i] - 1;
    view.elements = (size_t)(high - low + 1);
    view.host = malloc(view.elements * sizeof *view.host);
    for (size_t i = 0; i < view.elements; ++i)
        view.host[i] = (int32_t)check_random();
    if (!device) {
        view.array.data = view.host - low;
        return view;
    }
    CHECK_STATUS(TD_OK, td_buffer_create(device, view.elements * 4, &view.buffer, &err), &err);
    view.array.buffer = view.buffer;
    td_array from = TD_ARRAY_INIT, to = TD_ARRAY_INIT;
    from.dtype = to.dtype = TD_I32;
    from.rank = to.rank = 1;
    from.shape[0] = to.shape[0] = (int64_t)view.elements;
    from.data = view.host;
    to.buffer = view.buffer;
    CHECK_STATUS(TD_OK, td_copy(&from, &to, &err), &err);
    return view;
}

/* Brings what lies in the buffer to the mirror. */
static void view_fetch(random_view *view)
{
    td_error err = TD_ERROR_INIT;
    td_array from = TD_ARRAY_INIT, to = TD_ARRAY_INIT;
    if (!view->buffer) return;
    from.dtype = to.dtype = TD_I32;
    from.rank = to.rank = 1;
    from.shape[0] = to.shape[0] = (int64_t)view->elements;
    to.data = view->host;
    from.buffer = view->buffer;
    CHECK_STATUS(TD_OK, td_copy(&from, &to, &err), &err);
}

static size_t view_place(const random_view *view, const int64_t *at)
{
    const td_array *const a = &view->array;
    const int32_t *const first = view->buffer ? view->host : (const int32_t *)a->data;
    int64_t offset = first - view->host, dense = 1;
    bool given = false;
    for (uint32_t i = 0; i < a->rank; ++i)
        given = given || a->stride[i] != 0;
    for (uint32_t i = a->rank; i-- > 0;) {
        offset += at[i] * (given ? a->stride[i] : dense);
        dense *= a->shape[i];
    }
    return (size_t)offset;
}

static void copy_once(const td_device *source_device, const td_device *target_device)
{
    td_error err = TD_ERROR_INIT;
    int64_t shape[4], at[4] = {0};
    const uint32_t rank = (uint32_t)(check_random() % 5);
    for (uint32_t i = 0; i < rank; ++i)
        shape[i] = 1 + (int64_t)(check_random() % 4);
    random_view from = view_make(source_device, rank, shape);
    random_view to = view_make(target_device, rank, shape);
    int32_t *const before = malloc(to.elements * sizeof *before);
    memcpy(before, to.host, to.elements * sizeof *before);
    CHECK_STATUS(TD_OK, td_copy(&from.array, &to.array, &err), &err);
    view_fetch(&to);
    for (;;) {
        uint32_t d = rank;
        CHECK_INT(from.host[view_place(&from, at)], to.host[view_place(&to, at)]);
        before[view_place(&to, at)] = to.host[view_place(&to, at)];
        while (d > 0 && ++at[d - 1] == shape[d - 1])
            at[--d] = 0;
        if (d == 0) break;
    }
    /* What lies between the elements is as it was. */
    CHECK(memcmp(before, to.host, to.elements * sizeof *before) == 0);
    free(before);
    td_buffer_destroy(from.buffer);
    td_buffer_destroy(to.buffer);
    free(from.host);
    free(to.host);
}

TEST(any_view_is_copied_to_any_other)
{
    backend_test_plan plan = plan_of(2);
    plan.deferred = true;
    const backend_test_steer *const s = steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    const td_device *const places[] = {NULL, td_device_at(engine, 0), td_device_at(engine, 1),
                                       td_device_find(engine, "cpu")};
    for (int round = 0; round < 40; ++round)
        for (int i = 0; i < 16; ++i)
            copy_once(places[i / 4], places[i % 4]);
    td_engine_destroy(engine);
    nothing_is_live(s);
}

TEST(copies_that_cannot_be_are_refused)
{
    td_error err = TD_ERROR_INIT;
    const backend_test_plan plan = plan_of(1);
    steer(&plan);
    td_engine *const engine = engine_with("test", plugin_folder());
    td_buffer *buffer = NULL;
    int32_t data[8] = {0};
    td_array a = TD_ARRAY_INIT, b = TD_ARRAY_INIT;
    CHECK_STATUS(TD_OK, td_buffer_create(td_device_at(engine, 0), 16, &buffer, &err), &err);
    a.dtype = b.dtype = TD_I32;
    a.rank = b.rank = 1;
    a.shape[0] = b.shape[0] = 4;
    a.data = data;
    b.buffer = buffer;
    CHECK_STATUS(TD_OK, td_copy(&a, &b, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_copy(NULL, &b, &err), &err);
    b.data = data;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_copy(&a, &b, &err), &err);
    b.data = NULL;
    b.buffer = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_copy(&a, &b, &err), &err);
    b.buffer = buffer;
    a.shape[0] = b.shape[0] = 5;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    CHECK_HAS("covers 20 bytes of a buffer that has 16", err.message);
    a.shape[0] = 4;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    b.shape[0] = 3;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_copy(&a, &b, &err), &err);
    b.shape[0] = 4;
    b.dtype = TD_F32;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_copy(&a, &b, &err), &err);
    b.dtype = TD_I32;
    b.stride[0] = -1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    b.stride[0] = INT64_MAX;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    b.stride[0] = 0;
    a.shape[0] = b.shape[0] = -1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    a.shape[0] = b.shape[0] = 0;
    CHECK_STATUS(TD_OK, td_copy(&a, &b, &err), &err);
    a.rank = b.rank = 3; /* nothing, though the product of the others does not fit */
    for (int i = 1; i < 3; ++i)
        a.shape[i] = b.shape[i] = INT64_C(1) << 62;
    CHECK_STATUS(TD_OK, td_copy(&a, &b, &err), &err);
    a.rank = b.rank = TD_RANK_MAX + 1;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_copy(&a, &b, &err), &err);
    td_buffer_destroy(buffer);
    td_buffer_destroy(NULL);
    td_engine_destroy(engine);
}

TEST(a_copy_that_fails_says_so_and_leaks_nothing)
{
    td_error err = TD_ERROR_INIT;
    for (uint64_t at = 1;; ++at) {
        backend_test_plan plan = plan_of(1);
        backend_test_state state;
        const backend_test_steer *const s = steer(&plan);
        td_engine *const engine = engine_with("test", plugin_folder());
        td_buffer *buffer = NULL;
        int32_t data[8] = {1, 2, 3, 4, 5, 6, 7, 8};
        td_array a = TD_ARRAY_INIT, b = TD_ARRAY_INIT;
        a.dtype = b.dtype = TD_I32;
        a.rank = b.rank = 1;
        a.shape[0] = b.shape[0] = 4;
        a.stride[0] = b.stride[0] = 2;
        a.data = data;
        plan.fail_call = CALL_ANY;
        plan.fail_at = at;
        plan.lose = true;
        s->set(&plan);
        td_status status = td_buffer_create(td_device_at(engine, 0), 32, &buffer, &err);
        b.buffer = buffer;
        if (!status) status = td_copy(&a, &b, &err);
        s->get(&state);
        CHECK_STATUS(state.failures ? TD_E_DEVICE_LOST : TD_OK, status, &err);
        if (state.failures && at > 1) CHECK(!device_is_fit(td_device_at(engine, 0)));
        td_buffer_destroy(buffer);
        td_engine_destroy(engine);
        nothing_is_live(s);
        if (state.failures == 0) break;
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(the_cpu_is_always_there_and_last),
                                     RUN(describe_writes_only_what_the_caller_knows),
                                     RUN(a_plug_in_brings_its_devices),
                                     RUN(all_that_are_found_are_loaded_when_none_is_named),
                                     RUN(what_does_not_load_is_logged),
                                     RUN(a_file_that_is_no_library_is_logged),
                                     RUN(a_plug_in_of_another_major_abi_is_refused),
                                     RUN(an_older_plug_in_lacks_functions_at_the_end),
                                     RUN(a_device_that_fails_its_self_test_is_not_fit),
                                     RUN(a_device_that_computes_wrongly_is_not_fit),
                                     RUN(a_deferring_device_passes_the_self_test),
                                     RUN(memory_is_counted_and_limited),
                                     RUN(retiring_is_for_ever_and_logged_once),
                                     RUN(the_pool_is_told_the_limits_of_runs),
                                     RUN(what_is_available_is_what_the_pool_may_take_and_has),
                                     RUN(any_view_is_copied_to_any_other),
                                     RUN(copies_that_cannot_be_are_refused),
                                     RUN(a_copy_that_fails_says_so_and_leaks_nothing),
                                     {0}});
}
