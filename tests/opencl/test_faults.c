/* What is answered when a call of OpenCL fails: for every call that a whole run makes, and every
 * kind of failure, either the right answer or a status that says so, and nothing is left behind. */
#include "tests/opencl/fault_cl.h"
#include "tests/opencl/opencl_test.h"

#define CL_NOT_AVAILABLE  (-2)
#define CL_NO_MEMORY      (-4)
#define CL_NO_RESOURCES   (-5)
#define CL_NO_HOST_MEMORY (-6)
#define CL_BUILD_FAILED   (-11)
#define CL_EVENTS_FAILED  (-14)
#define CL_QUEUE_INVALID  (-36)
#define CL_UNKNOWN        (-12345)
#define EVER              1000000000L
#define COUNT             5000

static const int every_code[] = {CL_NOT_AVAILABLE,  CL_NO_MEMORY,     CL_NO_RESOURCES,
                                 CL_NO_HOST_MEMORY, CL_EVENTS_FAILED, CL_QUEUE_INVALID,
                                 CL_UNKNOWN};

typedef struct place {
    const td_backend *cl;
    fault_arm_fn arm;
    fault_calls_fn calls;
    fault_hits_fn hits;
    fault_live_fn live;
    fault_lie_fn lie;
    fault_pose_fn pose;
} place;

static void take(void *library, const char *name, void *function)
{
    void *const symbol = dlsym(library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

static place faulty(void)
{
    place on = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    void *const library = dlopen(OPENCL_FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) SKIP("%s was not built", OPENCL_FAULT_LIBRARY);
    take(library, "fault_arm", &on.arm);
    take(library, "fault_calls", &on.calls);
    take(library, "fault_hits", &on.hits);
    take(library, "fault_live", &on.live);
    take(library, "fault_lie", &on.lie);
    take(library, "fault_pose", &on.pose);
    on.pose(0, NULL, 0);
    on.arm(NULL, 0, 0, 0);
    on.lie(false);
    on.cl = opencl_table();
    CHECK(on.calls("clGetPlatformIDs") > 0); /* else the plug-in has another library */
    return on;
}

/* ---- One whole run ----------------------------------------------------------------------------
 */

typedef struct trip {
    td_backend_device *device;
    td_stream *stream;
    void *memory, *other;
    uint32_t *host;
} trip;

static td_status trip_open(const place *on, trip *one, td_error *err)
{
    *one = (trip){NULL, NULL, NULL, NULL, NULL};
    td_status status = on->cl->device_open(0, &one->device, err);
    if (!status) status = on->cl->stream_open(one->device, &one->stream, err);
    if (!status) status = on->cl->alloc(one->device, COUNT * 4, &one->memory, err);
    if (!status) status = on->cl->alloc(one->device, COUNT * 4, &one->other, err);
    one->host = calloc(COUNT, 4);
    CHECK(one->host != NULL);
    return status;
}

static td_status trip_probe(const place *on, const trip *one, td_error *err)
{
    const uint32_t count = COUNT;
    const td_launch_arg args[2] = {{one->memory, 0, true}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, 3, "td_probe", 2, args};
    return on->cl->launch(one->stream, &launch, err);
}

/* There, a kernel, aside, back; the answer is right when the status is TD_OK. */
static td_status trip_go(const place *on, const trip *one, td_error *err)
{
    const size_t bytes = COUNT * 4;
    for (uint32_t i = 0; i < COUNT; ++i)
        one->host[i] = i * 7;
    td_status status = on->cl->copy(one->stream, one->memory, one->host, bytes, TD_TO_DEVICE, err);
    memset(one->host, 0, bytes);
    if (!status) status = trip_probe(on, one, err);
    if (!status)
        status = on->cl->copy(one->stream, one->other, one->memory, bytes, TD_ON_DEVICE, err);
    if (!status) status = on->cl->copy(one->stream, one->host, one->other, bytes, TD_TO_HOST, err);
    if (!status) status = on->cl->stream_wait(one->stream, err);
    for (uint32_t i = 0; !status && i < COUNT; ++i)
        if (one->host[i] != i * 7 * 2654435761u + i)
            CHECK_FAIL("value %u is %u, and nothing was said", i, one->host[i]);
    return status;
}

static void trip_close(const place *on, trip *one)
{
    if (one->memory) on->cl->free(one->device, one->memory, one->stream);
    if (one->other) on->cl->free(one->device, one->other, one->stream);
    if (one->stream) on->cl->stream_close(one->stream);
    if (one->device) on->cl->device_close(one->device);
    free(one->host);
}

static bool status_is_known(td_status status)
{
    return status == TD_OK || status == TD_E_NO_MEMORY || status == TD_E_NO_DEVICE_MEMORY ||
           status == TD_E_NO_DEVICE || status == TD_E_DEVICE_LOST || status == TD_E_UNSUPPORTED ||
           status == TD_E_NOT_FOUND;
}

/* Fails calls nth .. nth + count - 1 of function. False: so many calls are not made. */
static bool fault_once(const place *on, const char *function, long nth, long count, int code)
{
    td_error err = TD_ERROR_INIT;
    trip one;
    on->arm(function, nth, count, code);
    td_status status = trip_open(on, &one, &err);
    if (!status) status = trip_go(on, &one, &err);
    trip_close(on, &one);
    const long hits = on->hits(), live = on->live();
    on->arm(NULL, 0, 0, 0);
    if (!status_is_known(status))
        CHECK_FAIL("call %ld, code %d: %s: %s", nth, code, td_status_name(status), err.message);
    if (status && !err.message[0]) CHECK_FAIL("call %ld, code %d: no message", nth, code);
    if (live != 0) CHECK_FAIL("call %ld, code %d: %ld objects are left", nth, code, live);
    return hits > 0;
}

/* Under a sanitizer a third of the codes is enough. */
static bool code_is_due(size_t code, long nth)
{
    const char *const sanitize = getenv("TANDEM_SANITIZE");
    /* The same call again and again: one kind of failure each is enough. */
    if (nth > 6 && nth % 7 != (long)code) return false;
    return !sanitize || !sanitize[0] || (nth + (long)code) % 3 == 0;
}

TEST(every_call_may_fail_once)
{
    const place on = faulty();
    /* What is asked about devices and platforms is many calls of one kind: below. */
    static const char *const functions[] = {"clCreateContext",
                                            "clCreateCommandQueue",
                                            "clCreateBuffer",
                                            "clCreateSubBuffer",
                                            "clCreateProgramWithBinary",
                                            "clBuildProgram",
                                            "clGetProgramInfo",
                                            "clCreateKernel",
                                            "clSetKernelArg",
                                            "clGetKernelInfo",
                                            "clGetKernelWorkGroupInfo",
                                            "clWaitForEvents",
                                            "clGetEventInfo",
                                            "clRetainEvent",
                                            "clGetEventProfilingInfo",
                                            "clFlush",
                                            "clFinish",
                                            "clEnqueueReadBuffer",
                                            "clEnqueueWriteBuffer",
                                            "clEnqueueCopyBuffer",
                                            "clEnqueueFillBuffer",
                                            "clEnqueueNDRangeKernel",
                                            "clEnqueueMarkerWithWaitList",
                                            "clGetPlatformIDs",
                                            "clGetDeviceIDs",
                                            "clGetPlatformInfo"};
    long failed = 0;
    CHECK(!fault_once(&on, "clNothing", 1, 1, CL_NO_MEMORY));
    for (size_t f = 0; f < sizeof functions / sizeof *functions; ++f)
        for (size_t c = 0; c < sizeof every_code / sizeof *every_code; ++c)
            for (long nth = 1; nth < 100; ++nth) {
                if (!code_is_due(c, nth)) continue;
                if (!fault_once(&on, functions[f], nth, 1, every_code[c])) break;
                failed += 1;
            }
    printf("  %ld failures, each alone\n", failed);
    CHECK(failed > 100);
}

TEST(every_call_may_fail_from_then_on)
{
    const place on = faulty();
    long nth = 1;
    for (; nth < 5000; ++nth)
        if (!fault_once(&on, NULL, nth, EVER, every_code[nth % 7])) break;
    printf("  %ld calls\n", nth - 1);
    CHECK(nth > 100 && nth < 5000);
}

/* The ring of a GPU is the driver's memory, mapped: other calls, which may fail too. */
TEST(calls_for_a_gpu_may_fail)
{
    static const char *const functions[] = {"clCreateBuffer",          "clEnqueueMapBuffer",
                                            "clEnqueueUnmapMemObject", "clFinish",
                                            "clEnqueueWriteBuffer",    "clEnqueueReadBuffer"};
    const uint64_t gpu = 1u << 2; /* CL_DEVICE_TYPE_GPU */
    const place on = faulty();
    long failed = 0;
    on.pose(0x1000 /* CL_DEVICE_TYPE */, &gpu, sizeof gpu);
    CHECK(!fault_once(&on, "clNothing", 1, 1, CL_NO_MEMORY));
    for (size_t f = 0; f < sizeof functions / sizeof *functions; ++f)
        for (long nth = 1; nth < 100; ++nth) {
            if (!fault_once(&on, functions[f], nth, 1, every_code[(size_t)nth % 7])) break;
            failed += 1;
        }
    on.pose(0, NULL, 0);
    printf("  %ld failures, each alone\n", failed);
    CHECK(failed > 15);
}

/* ---- What is answered -------------------------------------------------------------------------
 */

/* A fault of memory: the pool tries again, and says so only when that fails too. */
TEST(memory_that_is_not_there)
{
    static const int codes[] = {CL_NO_MEMORY, CL_NO_RESOURCES, CL_NO_HOST_MEMORY};
    const place on = faulty();
    for (size_t i = 0; i < 3; ++i) {
        td_error err = TD_ERROR_INIT;
        trip one;
        void *memory = NULL;
        CHECK_OK(trip_open(&on, &one, &err));
        on.arm("clCreateBuffer", 1, 1, codes[i]);
        CHECK_OK(on.cl->alloc(one.device, 20 << 20, &memory, &err));
        CHECK_INT(1, on.hits());
        on.cl->free(one.device, memory, NULL);
        on.cl->trim(one.device);
        on.arm("clEnqueueFillBuffer", 1, EVER, codes[i]); /* taken only when it is used */
        CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, on.cl->alloc(one.device, 20 << 20, &memory, &err),
                     &err);
        CHECK_INT(codes[i], err.native_code);
        on.arm(NULL, 0, 0, 0);
        CHECK_OK(trip_go(&on, &one, &err));
        trip_close(&on, &one);
        CHECK_INT(0, on.live());
    }
}

/* Too much asked of the device is no loss while its queue still works; after a fault it does not.
 */
TEST(a_launch_without_resources)
{
    const place on = faulty();
    td_error err = TD_ERROR_INIT;
    trip one;
    CHECK_OK(trip_open(&on, &one, &err));
    on.arm("clEnqueueNDRangeKernel", 1, 1, CL_NO_RESOURCES);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, trip_go(&on, &one, &err), &err);
    CHECK_INT(CL_NO_RESOURCES, err.native_code);
    CHECK_HAS("CL_OUT_OF_RESOURCES", err.message);
    CHECK_HAS("td_probe", err.message);
    on.arm(NULL, 0, 0, 0);
    CHECK_OK(trip_go(&on, &one, &err));
    on.arm(NULL, 0, 0, 0);
    trip_close(&on, &one);
    CHECK_INT(0, on.live());
}

TEST(a_lost_device_answers_at_once)
{
    static const struct {
        const char *function;
        int code;
    } losses[] = {{"clFinish", CL_NO_RESOURCES},
                  {"clFinish", CL_QUEUE_INVALID},
                  {"clEnqueueNDRangeKernel", CL_NOT_AVAILABLE},
                  {"clEnqueueWriteBuffer", CL_QUEUE_INVALID},
                  {"clEnqueueCopyBuffer", CL_UNKNOWN},
                  {"clWaitForEvents", CL_EVENTS_FAILED}};
    const place on = faulty();
    for (size_t i = 0; i < sizeof losses / sizeof *losses; ++i) {
        td_error err = TD_ERROR_INIT;
        td_device_info info = TD_DEVICE_INFO_INIT;
        td_stream *stream = NULL;
        void *memory = NULL;
        trip one;
        CHECK_OK(trip_open(&on, &one, &err));
        on.arm(losses[i].function, 1, EVER, losses[i].code);
        CHECK_STATUS(TD_E_DEVICE_LOST, trip_go(&on, &one, &err), &err);
        CHECK_INT(losses[i].code, err.native_code);
        on.arm(NULL, 0, 0, 0);
        CHECK_STATUS(TD_E_DEVICE_LOST, on.cl->alloc(one.device, 1, &memory, &err), &err);
        CHECK_STATUS(TD_E_DEVICE_LOST, on.cl->stream_open(one.device, &stream, &err), &err);
        CHECK_STATUS(TD_E_DEVICE_LOST, on.cl->stream_wait(one.stream, &err), &err);
        CHECK_STATUS(TD_E_DEVICE_LOST, trip_probe(&on, &one, &err), &err);
        CHECK_STATUS(TD_E_DEVICE_LOST,
                     on.cl->copy(one.stream, one.memory, one.host, 4, TD_TO_DEVICE, &err), &err);
        CHECK_HAS("was lost", err.message);
        on.cl->free(one.device, one.memory, one.stream);
        one.memory = NULL;
        CHECK_INT(0, on.calls("clFinish") + on.calls("clEnqueueMarkerWithWaitList") +
                         on.calls("clCreateBuffer") + on.calls("clEnqueueNDRangeKernel"));
        CHECK_OK(on.cl->device_describe(one.device, &info, &err));
        CHECK_INT(0, info.fit);
        CHECK(info.reason[0] != 0);
        trip_close(&on, &one);
        CHECK_INT(0, on.live());
    }
}

/* ---- Devices that are not fit -----------------------------------------------------------------
 */

/* Answers how many programs were built from their text. */
static long check_unfit(const place *on, const char *reason)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_device *device = NULL;
    td_stream *stream = NULL;
    void *memory = NULL;
    CHECK_OK(on->cl->device_open(0, &device, &err));
    CHECK_OK(on->cl->device_describe(device, &info, &err));
    CHECK_INT(0, info.fit);
    CHECK_HAS(reason, info.reason);
    CHECK(info.title[0] != 0);
    CHECK_STATUS(TD_E_UNSUPPORTED, on->cl->stream_open(device, &stream, &err), &err);
    CHECK_HAS(reason, err.message);
    CHECK_STATUS(TD_E_UNSUPPORTED, on->cl->alloc(device, 1, &memory, &err), &err);
    CHECK(!on->cl->has_kernel(device, "td_fill"));
    on->cl->trim(device);
    on->cl->limit(device, 1);
    on->cl->device_close(device);
    const long built = on->calls("clCreateProgramWithSource");
    on->arm(NULL, 0, 0, 0);
    CHECK_INT(0, on->live());
    return built;
}

TEST(a_wrong_answer_makes_it_unfit)
{
    const place on = faulty();
    on.lie(true);
    on.arm("clNothing", 1, 1, CL_NO_MEMORY); /* counts from here */
    const long built = check_unfit(&on, "fails its self-test: wrong answers for");
    on.lie(false);
    CHECK_INT(1, built); /* what the cache had was doubted first */
}

TEST(a_compiler_that_refuses_makes_it_unfit)
{
    const place on = faulty();
    setenv("XDG_CACHE_HOME", "/proc/nowhere", 1);
    on.arm("clBuildProgram", 1, EVER, CL_BUILD_FAILED);
    (void)check_unfit(&on, "its compiler refuses the kernels");
    opencl_caches();
}

/* One kernel that the driver cannot make is absent, and the others are there. */
TEST(a_kernel_that_cannot_be_made_is_absent)
{
    static const char *const names[] = {"td_fill",       "td_probe",     "td_widen",
                                        "td_bench_copy", "td_bench_f32", "td_bench_i32"};
    const place on = faulty();
    size_t absent = 0;
    for (long nth = 1; nth <= 12; ++nth) {
        td_error err = TD_ERROR_INIT;
        td_backend_device *device = NULL;
        size_t has = 0;
        on.arm("clCreateKernel", nth, 1, -46 /* CL_INVALID_KERNEL_NAME */);
        CHECK_OK(on.cl->device_open(0, &device, &err));
        CHECK_INT(1, on.hits());
        on.arm(NULL, 0, 0, 0);
        for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
            has += on.cl->has_kernel(device, names[i]);
        on.cl->device_close(device);
        CHECK(has + 1 >= sizeof names / sizeof *names);
        absent += has + 1 == sizeof names / sizeof *names;
    }
    CHECK(absent > 0);
    CHECK_INT(0, on.live());
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(memory_that_is_not_there),
                                     RUN(a_launch_without_resources),
                                     RUN(a_lost_device_answers_at_once),
                                     RUN(a_wrong_answer_makes_it_unfit),
                                     RUN(a_compiler_that_refuses_makes_it_unfit),
                                     RUN(a_kernel_that_cannot_be_made_is_absent),
                                     RUN(every_call_may_fail_once),
                                     RUN(every_call_may_fail_from_then_on),
                                     RUN(calls_for_a_gpu_may_fail),
                                     {0}});
}
