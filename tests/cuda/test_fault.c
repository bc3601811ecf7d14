/* test_fault.c - every driver call that the CUDA backend makes fails once, with errors that it
 * survives and errors that lose the device, on the played driver. This shows the logic, not that
 * it runs on a GPU. */
#include <malloc.h>

#include "tests/cuda/cuda_test.h"

#define COUNT     3000u
#define CALLS_MAX 1000

typedef struct outcome {
    td_status status;
    td_error err;
    bool lost_stays; /* after a loss every call answered so, without a word to the driver */
    bool wrong;      /* all went well, and the answer is not right */
    bool half_open;  /* a function failed and yet gave something */
    char at[24];
} outcome;

static bool went(outcome *o, td_status status, const char *at)
{
    if (o->status) return false;
    o->status = status;
    if (status) snprintf(o->at, sizeof o->at, "%s", at);
    return status == TD_OK;
}

/* A copy in, two kernels, a copy on the device and out; large enough for two slots. */
static void unit_run(outcome *o, td_backend_device *device, td_stream *stream, uint32_t *values)
{
    const size_t bytes = (size_t)5 << 20;
    void *memory = NULL, *other = NULL;
    if (went(o, cuda_table->alloc(device, bytes, &memory, &o->err), "alloc"))
        (void)went(o, cuda_table->alloc(device, bytes, &other, &o->err), "alloc");
    if (!o->status)
        (void)went(o, cuda_table->copy(stream, memory, values, bytes, TD_TO_DEVICE, &o->err), "in");
    if (!o->status) memset(values, 0, bytes);
    for (int i = 0; i < 2 && !o->status; ++i)
        (void)went(o, probe_launch(stream, memory, COUNT, 3, &o->err), "launch");
    if (!o->status)
        (void)went(o, cuda_table->copy(stream, other, memory, bytes, TD_ON_DEVICE, &o->err), "on");
    if (!o->status)
        (void)went(o, cuda_table->copy(stream, values, other, bytes, TD_TO_HOST, &o->err), "out");
    cuda_table->free(device, memory, stream);
    cuda_table->free(device, other, stream);
    if (!o->status) (void)went(o, cuda_table->stream_wait(stream, &o->err), "wait");
}

/* A lost device says so at once, whatever it is asked. */
static bool lost_stays(td_backend_device *device, td_stream *stream)
{
    void *memory = NULL;
    td_stream *more = NULL;
    char byte = 0;
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_pool_stats stats = {.struct_size = sizeof stats};
    const uint64_t calls = state_now().calls;
    bool all = cuda_table->alloc(device, 1, &memory, &err) == TD_E_DEVICE_LOST;
    all = all && cuda_table->stream_open(device, &more, &err) == TD_E_DEVICE_LOST;
    all = all && cuda_table->copy(stream, &byte, &byte, 1, TD_TO_HOST, &err) == TD_E_DEVICE_LOST;
    all = all && cuda_table->copy(stream, &byte, &byte, 0, TD_TO_HOST, &err) == TD_E_DEVICE_LOST;
    all = all && probe_launch(stream, NULL, 1, 1, &err) == TD_E_DEVICE_LOST;
    all = all && cuda_table->stream_wait(stream, &err) == TD_E_DEVICE_LOST;
    all = all && cuda_table->pool_stats(device, &stats, &err) == TD_E_DEVICE_LOST;
    all = all && !cuda_table->has_kernel(device, "td_fill");
    all = all && cuda_table->device_describe(device, &info, NULL) == TD_OK && info.fit == 0;
    all = all && strstr(info.reason, "cuda:0: ") && info.memory_bytes_total > 0;
    all = all && err.native_code != 0 && strstr(err.message, "is lost and not used any more");
    cuda_table->trim(device);
    cuda_table->limit(device, 0);
    return all && calls == state_now().calls && !memory && !more;
}

static void record_count(void *context, const td_record *record)
{
    (void)record;
    *(uint32_t *)context += 1;
}

static outcome scenario(void)
{
    static uint32_t values[(5u << 20) / 4 + 1];
    td_backend_device *device = NULL;
    td_stream *stream = NULL;
    uint32_t records = 0;
    outcome o = {.status = TD_OK, .err = TD_ERROR_INIT, .lost_stays = true};
    for (uint32_t i = 0; i < COUNT; ++i)
        values[i] = i;
    if (went(&o, cuda_table->device_open(0, &device, &o.err), "device_open") &&
        went(&o, cuda_table->stream_open(device, &stream, &o.err), "stream_open")) {
        unit_run(&o, device, stream, values);
        cuda_table->stream_records(stream, record_count, &records);
    }
    o.half_open =
        (!strcmp(o.at, "device_open") && device) || (!strcmp(o.at, "stream_open") && stream);
    for (uint32_t i = 0; i < COUNT && !o.status; ++i)
        o.wrong = o.wrong || values[i] != (i * 2654435761u + i) * 2654435761u + i;
    if (o.status == TD_OK) o.wrong = o.wrong || records != 5;
    if (o.status == TD_E_DEVICE_LOST && stream) o.lost_stays = lost_stays(device, stream);
    cuda_table->stream_close(stream);
    cuda_table->device_close(device);
    return o;
}

/* Everything that was alive is gone, if only with the context. */
static void check_gone(uint64_t at)
{
    const fake_state now = state_now();
    if (now.contexts || now.memory || now.host_memory || now.streams || now.events || now.modules)
        CHECK_FAIL("call %" PRIu64 " fails: something stays alive", at);
    if (now.misuse) CHECK_FAIL("call %" PRIu64 " fails: %s", at, now.text);
    CHECK_INT(0, fake->depth());
}

static const char *const functions[] = {
    "cuDeviceGetCount",
    "cuDeviceGet",
    "cuDeviceGetName",
    "cuDeviceTotalMem",
    "cuDeviceGetAttribute",
    "cuDeviceGetPCIBusId",
    "cuDevicePrimaryCtxGetState",
    "cuDevicePrimaryCtxSetFlags",
    "cuDevicePrimaryCtxRetain",
    "cuDevicePrimaryCtxRelease",
    "cuCtxPushCurrent",
    "cuCtxPopCurrent",
    "cuModuleLoadData",
    "cuModuleUnload",
    "cuModuleGetFunction",
    "cuFuncGetAttribute",
    "cuFuncGetParamInfo",
    "cuMemAlloc",
    "cuMemFree",
    "cuMemHostAlloc",
    "cuMemFreeHost",
    "cuMemcpyHtoDAsync",
    "cuMemcpyDtoHAsync",
    "cuMemcpyDtoDAsync",
    "cuStreamCreate",
    "cuStreamDestroy",
    "cuStreamSynchronize",
    "cuEventCreate",
    "cuEventDestroy",
    "cuEventRecord",
    "cuEventQuery",
    "cuEventSynchronize",
    "cuEventElapsedTime",
    "cuLaunchKernel",
};

/* One run, whose call number at of the function fails. False: there is no such call. */
static bool fail_one(const char *function, uint64_t at, int result, td_status expected,
                     uint64_t *tolerated)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.bytes = (uint64_t)16 << 20; /* so that slabs are small, and there are two */
    snprintf(plan.function, sizeof plan.function, "%s", function);
    plan.fail_result = result;
    plan.fail_at = at;
    plan_set(&plan);
    const outcome o = scenario();
    check_gone(at);
    if (state_now().failures == 0) return false;
    if (o.wrong) CHECK_FAIL("%s %" PRIu64 " fails, unseen: the answer is wrong", function, at);
    if (o.half_open) CHECK_FAIL("%s %" PRIu64 " fails: %s gave something", function, at, o.at);
    if (!o.lost_stays) CHECK_FAIL("%s %" PRIu64 " fails: the loss is forgotten", function, at);
    *tolerated += o.status == TD_OK;
    if (o.status == TD_OK || strcmp(function, "cuDeviceGetCount") == 0) return true;
    if (o.status != expected || o.err.status != expected)
        CHECK_FAIL("%s %" PRIu64 " fails, at %s: %d: %s", function, at, o.at, (int)o.status,
                   o.err.message);
    CHECK_INT(result, o.err.native_code);
    CHECK_HAS("cuda:0", o.err.message);
    CHECK_HAS("CUDA_ERROR", o.err.message);
    return true;
}

/* How often the device is asked whether it is done depends on chance, so such a call is let off
 * after some tries. */
static void fail_each(int result, td_status expected)
{
    uint64_t tolerated = 0, failures = 0;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i) {
        const uint64_t calls_max = strcmp(functions[i], "cuEventQuery") == 0 ? 20 : CALLS_MAX;
        uint64_t at = 1;
        while (at < calls_max && fail_one(functions[i], at, result, expected, &tolerated))
            at += 1;
        if (at == 1 && strcmp(functions[i], "cuEventSynchronize") != 0)
            CHECK_FAIL("%s is never called", functions[i]);
        failures += at - 1;
    }
    printf("  error %d at %" PRIu64 " calls: the work was done all the same for %" PRIu64 "\n",
           result, failures, tolerated);
}

TEST(nothing_fails)
{
    plan_set(&(fake_plan)FAKE_PLAN_INIT);
    const outcome whole = scenario();
    CHECK_STATUS(TD_OK, whole.status, &whole.err);
    CHECK(!whole.wrong);
    check_clean();
}

TEST(every_call_runs_out_of_memory)
{
    fail_each(CUDA_ERROR_OUT_OF_MEMORY, TD_E_NO_DEVICE_MEMORY);
}

TEST(every_call_loses_the_device)
{
    fail_each(CUDA_ERROR_ILLEGAL_ADDRESS, TD_E_DEVICE_LOST);
}

TEST(every_launch_lacks_resources)
{
    uint64_t tolerated = 0, at = 1;
    while (at < CALLS_MAX && fail_one("cuLaunchKernel", at, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
                                      TD_E_UNSUPPORTED, &tolerated))
        at += 1;
    CHECK_INT(3, at); /* two launches */
    CHECK_INT(0, tolerated);
}

/* ---- Errors of work that is under way -------------------------------------------------------- */

TEST(work_that_fails_loses_the_device)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.async_result = CUDA_ERROR_LAUNCH_FAILED;
    plan.jitter_us = 200;
    uint64_t at = 1;
    for (; at < 100; ++at) {
        plan.async_at = at;
        plan_set(&plan);
        const outcome o = scenario();
        if (o.status == TD_OK) break;
        CHECK_STATUS(TD_E_DEVICE_LOST, o.status, &o.err);
        CHECK_INT(719, o.err.native_code);
        CHECK_HAS("CUDA_ERROR_LAUNCH_FAILED (719): unspecified launch failure", o.err.message);
        CHECK(o.lost_stays);
        check_gone(at);
    }
    /* Pieces of 1 MiB in, two kernels, one copy on the device, two slots out. */
    CHECK_INT(5 + 2 + 1 + 2 + 1, at);
}

/* A kernel reads host memory. Any call after it may be the one that tells. */
static void lose(rig *r, uint32_t *host)
{
    td_status status = probe_launch(r->stream, host, 128, 1, &r->err);
    if (!status) status = cuda_table->stream_wait(r->stream, &r->err);
    CHECK_STATUS(TD_E_DEVICE_LOST, status, &r->err);
}

TEST(kernel_with_a_wild_pointer)
{
    uint32_t values[128] = {0};
    rig r = rig_open(NULL);
    lose(&r, values);
    CHECK_INT(700, r.err.native_code);
    CHECK(lost_stays(r.device, r.stream));
    rig_close(&r);
    check_gone(0);
}

TEST(one_of_two_devices_is_lost)
{
    fake_plan plan = FAKE_PLAN_INIT;
    uint32_t values[128] = {0};
    td_backend_device *device = NULL;
    td_stream *stream = NULL;
    void *memory = NULL;
    plan.devices = 2;
    rig r = rig_open(&plan);
    CHECK_STATUS(TD_OK, cuda_table->device_open(1, &device, &r.err), &r.err);
    CHECK_STATUS(TD_OK, cuda_table->stream_open(device, &stream, &r.err), &r.err);
    lose(&r, values);
    CHECK_STATUS(TD_OK, cuda_table->alloc(device, sizeof values, &memory, &r.err), &r.err);
    CHECK_STATUS(TD_OK,
                 cuda_table->copy(stream, memory, values, sizeof values, TD_TO_DEVICE, &r.err),
                 &r.err);
    CHECK_STATUS(TD_OK, probe_launch(stream, memory, 128, 1, &r.err), &r.err);
    CHECK_STATUS(TD_OK, cuda_table->copy(stream, values, memory, sizeof values, TD_TO_HOST, &r.err),
                 &r.err);
    CHECK_STATUS(TD_OK, cuda_table->stream_wait(stream, &r.err), &r.err);
    for (uint32_t i = 0; i < 128; ++i)
        CHECK_INT(i, values[i]);
    cuda_table->free(device, memory, stream);
    cuda_table->stream_close(stream);
    cuda_table->device_close(device);
    rig_close(&r);
    check_gone(0);
}

/* ---- What errors mean ------------------------------------------------------------------------ */

TEST(errors_have_a_meaning)
{
    static const struct {
        int result;
        td_status status;
    } table[] = {
        {1, TD_E_INTERNAL},      {2, TD_E_NO_DEVICE_MEMORY}, {4, TD_E_DEVICE_LOST},
        {46, TD_E_DEVICE_LOST},  {100, TD_E_NO_DEVICE},      {101, TD_E_NO_DEVICE},
        {201, TD_E_INTERNAL},    {209, TD_E_UNSUPPORTED},    {214, TD_E_DEVICE_LOST},
        {218, TD_E_UNSUPPORTED}, {220, TD_E_DEVICE_LOST},    {222, TD_E_UNSUPPORTED},
        {226, TD_E_DEVICE_LOST}, {400, TD_E_INTERNAL},       {700, TD_E_DEVICE_LOST},
        {701, TD_E_UNSUPPORTED}, {702, TD_E_DEVICE_LOST},    {709, TD_E_DEVICE_LOST},
        {710, TD_E_DEVICE_LOST}, {714, TD_E_DEVICE_LOST},    {715, TD_E_DEVICE_LOST},
        {716, TD_E_DEVICE_LOST}, {717, TD_E_DEVICE_LOST},    {718, TD_E_DEVICE_LOST},
        {719, TD_E_DEVICE_LOST}, {801, TD_E_UNSUPPORTED},    {803, TD_E_NO_DEVICE},
        {806, TD_E_DEVICE_LOST}, {999, TD_E_DEVICE_LOST},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; ++i) {
        fake_plan plan = FAKE_PLAN_INIT;
        td_error err = TD_ERROR_INIT;
        snprintf(plan.function, sizeof plan.function, "cuStreamSynchronize");
        plan.fail_at = 1;
        plan.fail_result = table[i].result;
        rig r = rig_open(&plan);
        char *const memory = rig_alloc(&r, 100);
        rig_copy(&r, memory, memory + 50, 50, TD_ON_DEVICE);
        CHECK_STATUS(table[i].status, cuda_table->stream_wait(r.stream, &err), &err);
        CHECK_INT(table[i].result, err.native_code);
        cuda_table->free(r.device, memory, r.stream);
        rig_close(&r);
        check_gone(0);
    }
}

/* While nobody can tell whether work is done, its memory goes to nobody. */
TEST(memory_of_unknown_work_is_not_reused)
{
    fake_plan plan = FAKE_PLAN_INIT;
    void *memory = NULL;
    plan.jitter_us = 50000;
    rig r = rig_open(&plan);
    char *const first = rig_alloc(&r, 1000);
    rig_copy(&r, first, first + 500, 500, TD_ON_DEVICE);
    snprintf(plan.function, sizeof plan.function, "cuEventSynchronize");
    plan.fail_at = 1;
    plan.fail_count = 2;
    plan.fail_result = CUDA_ERROR_INVALID_HANDLE;
    plan_set(&plan);
    cuda_table->free(r.device, first, r.stream);
    cuda_table->limit(r.device, (uint64_t)2 << 20);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY,
                 cuda_table->alloc(r.device, (size_t)64 << 20, &memory, &r.err), &r.err);
    CHECK_STATUS(TD_E_DEVICE_LOST, cuda_table->stream_wait(r.stream, &r.err), &r.err);
    CHECK_HAS("the driver does not tell whether memory is still in use", r.err.message);
    rig_close(&r);
    check_gone(0);
}

int main(int argc, char **argv)
{
    /* Hundreds of devices come and go: their memory is kept rather than mapped anew. */
    (void)mallopt(M_MMAP_THRESHOLD, 256 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 1 << 30);
    return check_main(argc, argv,
                      (check_test[]){RUN(nothing_fails),
                                     RUN(every_call_runs_out_of_memory),
                                     RUN(every_call_loses_the_device),
                                     RUN(every_launch_lacks_resources),
                                     RUN(work_that_fails_loses_the_device),
                                     RUN(kernel_with_a_wild_pointer),
                                     RUN(one_of_two_devices_is_lost),
                                     RUN(errors_have_a_meaning),
                                     RUN(memory_of_unknown_work_is_not_reused),
                                     {0}});
}
