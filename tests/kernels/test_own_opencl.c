/* test_own_opencl.c - the group primitives, atomics and integer doubles in OpenCL C, on every
 * OpenCL device that is here (PoCL makes the processor one): the same results as the reference. The
 * library is opened while running; without it, its headers or a device the test is skipped. */
#include <dlfcn.h>

#include "cases.h"
#include "tests/check.h"

#if defined(__has_include)
#if __has_include(<CL/cl.h>)
#define OWN_OPENCL 1
#endif
#endif

#ifdef OWN_OPENCL
/* What OpenCL's own libraries keep until the program ends is not ours to free. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpocl\nleak:libLLVM\nleak:libclang\nleak:libOpenCL\nleak:libhwloc\n";
}

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#define GROUP       128
#define DEVICES_MAX 8
#define TEXT_BYTES  4096

/* clang-format off */
#define CALLS(X)                                                                              \
    X(clGetPlatformIDs) X(clGetDeviceIDs) X(clGetDeviceInfo) X(clCreateContext)               \
    X(clCreateCommandQueue) X(clCreateProgramWithSource) X(clBuildProgram)                    \
    X(clGetProgramBuildInfo) X(clCreateKernel) X(clSetKernelArg) X(clEnqueueNDRangeKernel)    \
    X(clCreateBuffer) X(clEnqueueReadBuffer) X(clReleaseMemObject) X(clReleaseKernel)         \
    X(clReleaseProgram) X(clReleaseCommandQueue) X(clReleaseContext)
/* clang-format on */
static struct calls {
#define CALL(name) __typeof__(&name) name;
    CALLS(CALL)
#undef CALL
} cl;

/* False when the library or one of its functions is not there. */
static bool load(void)
{
    void *const library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    bool whole = library != NULL;
#define CALL(name)                                  \
    if (whole) {                                    \
        void *const symbol = dlsym(library, #name); \
        memcpy(&cl.name, &symbol, sizeof symbol);   \
        whole = symbol != NULL;                     \
    }
    CALLS(CALL)
#undef CALL
    return whole;
}

static void keep_caches_in_build(void)
{
    char folder[TEXT_BYTES];
    const char *const build = getenv("TANDEM_BUILD");
    snprintf(folder, sizeof folder, "%s/tests/pocl_cache", build ? build : ".");
    if (build) setenv("POCL_CACHE_DIR", folder, 0);
}

typedef struct place {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
} place;

static place place_open(cl_device_id device, bool float64)
{
    const char *const text = "#include \"tests/kernels/own_all.td\"\n";
    const char *const source = getenv("TANDEM_SOURCE");
    char options[TEXT_BYTES], log[TEXT_BYTES] = "";
    place here = {.device = device};
    cl_int code = 0;
    snprintf(options, sizeof options, "-cl-std=CL1.2 %s -I %s -I %s/kernels -I %s/tests/kernels",
             float64 ? "" : "-DTD_NO_F64", source, source, source);
    here.context = cl.clCreateContext(NULL, 1, &device, NULL, NULL, &code);
    CHECK_INT(CL_SUCCESS, code);
    here.queue = cl.clCreateCommandQueue(here.context, device, 0, &code);
    CHECK_INT(CL_SUCCESS, code);
    here.program =
        cl.clCreateProgramWithSource(here.context, 1, (const char *[]){text}, NULL, &code);
    CHECK_INT(CL_SUCCESS, code);
    code = cl.clBuildProgram(here.program, 1, &device, options, NULL, NULL);
    if (code) {
        cl.clGetProgramBuildInfo(here.program, device, CL_PROGRAM_BUILD_LOG, sizeof log - 1, log,
                                 NULL);
        CHECK_FAIL("build failed with %d: %s", code, log);
    }
    return here;
}

static void place_close(place *here)
{
    cl.clReleaseProgram(here->program);
    cl.clReleaseCommandQueue(here->queue);
    cl.clReleaseContext(here->context);
}

/* Fills the buffers of run with what the device made of them. */
static void run_case(const place *here, const kernel_case *one, case_run *run)
{
    td_launch_arg args[KERNEL_ARGS_MAX];
    cl_mem memory[KERNEL_ARGS_MAX] = {NULL};
    cl_int code = 0;
    const size_t items = (size_t)one->groups * GROUP, group = GROUP;
    cl_kernel kernel = cl.clCreateKernel(here->program, one->row->name, &code);
    CHECK_INT(CL_SUCCESS, code);
    case_args(one, run, args);
    for (cl_uint i = 0; i < one->row->arg_count; ++i) {
        if (args[i].is_buffer && one->bytes[i] > 0) {
            memory[i] = cl.clCreateBuffer(here->context, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR,
                                          one->bytes[i], run->buffer[i], &code);
            CHECK_INT(CL_SUCCESS, code);
        }
        CHECK_INT(CL_SUCCESS, args[i].is_buffer
                                  ? cl.clSetKernelArg(kernel, i, sizeof(cl_mem), &memory[i])
                                  : cl.clSetKernelArg(kernel, i, args[i].bytes, args[i].data));
    }
    CHECK_INT(CL_SUCCESS, cl.clEnqueueNDRangeKernel(here->queue, kernel, 1, NULL, &items, &group, 0,
                                                    NULL, NULL));
    for (cl_uint i = 0; i < one->row->arg_count; ++i) {
        if (!memory[i]) continue;
        CHECK_INT(CL_SUCCESS, cl.clEnqueueReadBuffer(here->queue, memory[i], CL_TRUE, 0,
                                                     one->bytes[i], run->buffer[i], 0, NULL, NULL));
        cl.clReleaseMemObject(memory[i]);
    }
    cl.clReleaseKernel(kernel);
}

/* One wrong kernel, whose results are not looked at: oclgrind has to say what is wrong with it. */
static void run_race(cl_device_id device, uint64_t seed)
{
    place here = place_open(device, false);
    kernel_case one;
    case_run run;
    CHECK(case_make(&one, own_find("own_race_neighbour"), 2, seed));
    run_case(&here, &one, &run);
    case_run_free(&run);
    case_free(&one);
    place_close(&here);
}

/* oclgrind is a thousand times slower than a device. */
static int variant_count(void)
{
    return getenv("TANDEM_OWN_SMALL") ? 3 : CASE_VARIANTS;
}

static void check_device(cl_device_id device, bool float64, uint64_t seed)
{
    char text[TEXT_BYTES] = "";
    place here = place_open(device, float64);
    const kernel_row *row;
    for (size_t i = 0; (row = own_at(i)) != NULL; ++i) {
        if (strncmp(row->name, "own_race", 8) == 0 || (row->float64 && !float64)) continue;
        for (int variant = 0; variant < variant_count(); ++variant) {
            kernel_case one;
            case_run run;
            CHECK(case_make(&one, row, variant, seed));
            run_case(&here, &one, &run);
            const bool right = case_same(&one, NULL, &run, text, sizeof text);
            case_run_free(&run);
            case_free(&one);
            if (!right) CHECK_FAIL("%s", text);
        }
    }
    place_close(&here);
}

static void each_device(bool race)
{
    const uint64_t seed = check_seed_value;
    cl_platform_id platforms[DEVICES_MAX];
    cl_device_id devices[DEVICES_MAX];
    cl_uint platform_count = 0, device_count = 0, done = 0;
    keep_caches_in_build();
    if (!getenv("TANDEM_SOURCE")) SKIP("TANDEM_SOURCE does not say where the sources are");
    if (!load()) SKIP("libOpenCL.so.1 cannot be opened");
    cl.clGetPlatformIDs(DEVICES_MAX, platforms, &platform_count);
    for (cl_uint p = 0; p < platform_count && p < DEVICES_MAX; ++p) {
        if (cl.clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, DEVICES_MAX, devices,
                              &device_count))
            continue;
        for (cl_uint d = 0; d < device_count && d < DEVICES_MAX; ++d, ++done) {
            cl_device_fp_config doubles = 0;
            char name[256] = "";
            cl.clGetDeviceInfo(devices[d], CL_DEVICE_NAME, sizeof name - 1, name, NULL);
            cl.clGetDeviceInfo(devices[d], CL_DEVICE_DOUBLE_FP_CONFIG, sizeof doubles, &doubles,
                               NULL);
            printf("  %s, float64 %s\n", name, doubles ? "yes" : "no");
            if (race) run_race(devices[d], seed);
            if (!race && !(doubles && getenv("TANDEM_OWN_SMALL")))
                check_device(devices[d], false, seed);
            if (!race && doubles) check_device(devices[d], true, seed);
        }
    }
    if (done == 0) SKIP("no OpenCL device");
}
#else
static void each_device(bool race)
{
    (void)race;
    SKIP("built without the headers of OpenCL");
}
#endif

TEST(group_primitives_in_opencl)
{
    each_device(false);
}

TEST(race)
{
    each_device(true);
}

/* "race" alone: test_own_oclgrind.sh asks for it. */
int main(int argc, char **argv)
{
    const bool wrong = argc > 1 && strcmp(argv[1], "race") == 0;
    return check_main(argc, argv,
                      wrong ? (check_test[]){RUN(race), {0}}
                            : (check_test[]){RUN(group_primitives_in_opencl), {0}});
}
