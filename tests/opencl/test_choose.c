/* Which devices are fit, what is told of them, and in which order: PoCL's device posing as others.
 * Numbers of questions are CL/cl.h's and CL/cl_ext.h's. */
#include "tests/opencl/fault_cl.h"
#include "tests/opencl/opencl_test.h"

#define ASK_TYPE         0x1000u
#define ASK_UNITS        0x1002u
#define ASK_GROUP        0x1004u
#define ASK_ALLOC_MAX    0x1010u
#define ASK_ALIGN        0x1019u
#define ASK_LOCAL        0x1023u
#define ASK_LITTLE       0x1026u
#define ASK_AVAILABLE    0x1027u
#define ASK_COMPILER     0x1028u
#define ASK_NAME         0x102Bu
#define ASK_PROFILE      0x102Eu
#define ASK_VERSION      0x102Fu
#define ASK_EXTENSIONS   0x1030u
#define ASK_DOUBLE       0x1032u
#define ASK_NV_MAJOR     0x4000u
#define ASK_NV_MINOR     0x4001u
#define ASK_NV_BUS       0x4008u
#define ASK_NV_SLOT      0x4009u
#define ASK_NV_DOMAIN    0x400Au
#define ASK_AMD_TOPOLOGY 0x4037u
#define ASK_AMD_BOARD    0x4038u
#define ASK_AMD_FREE     0x4039u
#define TYPE_CPU         ((uint64_t)1 << 1)
#define TYPE_GPU         ((uint64_t)1 << 2)
#define TYPE_CUSTOM      ((uint64_t)1 << 4)
#define BASE_EXTENSIONS  "cl_khr_global_int32_base_atomics cl_khr_fp64"

typedef struct place {
    const td_backend *cl;
    fault_pose_fn pose;
    fault_arm_fn arm;
} place;

static void take(void *library, const char *name, void *function)
{
    void *const symbol = dlsym(library, name);
    CHECK(symbol != NULL);
    memcpy(function, &symbol, sizeof symbol);
}

static place posing(void)
{
    place on = {NULL, NULL, NULL};
    void *const library = dlopen(OPENCL_FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) SKIP("%s was not built", OPENCL_FAULT_LIBRARY);
    take(library, "fault_pose", &on.pose);
    take(library, "fault_arm", &on.arm);
    on.pose(0, NULL, 0);
    on.arm(NULL, 0, 0, 0);
    on.cl = opencl_table();
    return on;
}

static td_device_info described(const place *on)
{
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_device *device = NULL;
    CHECK_OK(on->cl->device_open(0, &device, &err));
    CHECK_OK(on->cl->device_describe(device, &info, &err));
    on->cl->device_close(device);
    return info;
}

static void pose_u32(const place *on, unsigned what, uint32_t value)
{
    on->pose(what, &value, sizeof value);
}
static void pose_u64(const place *on, unsigned what, uint64_t value)
{
    on->pose(what, &value, sizeof value);
}
static void pose_text(const place *on, unsigned what, const char *text)
{
    on->pose(what, text, strlen(text) + 1);
}

static void check_reason(const place *on, const char *reason)
{
    const td_device_info info = described(on);
    on->pose(0, NULL, 0);
    CHECK_INT(0, info.fit);
    CHECK_HAS(reason, info.reason);
}

TEST(what_a_device_lacks_is_its_reason)
{
    const place on = posing();
    CHECK_INT(1, described(&on).fit);
    pose_u32(&on, ASK_AVAILABLE, 0);
    check_reason(&on, "not available");
    pose_u32(&on, ASK_COMPILER, 0);
    check_reason(&on, "no compiler");
    pose_u32(&on, ASK_LITTLE, 0);
    check_reason(&on, "big-endian");
    pose_u64(&on, ASK_GROUP, 64);
    check_reason(&on, "at most 64 work-items, 128 are needed");
    pose_u64(&on, ASK_LOCAL, 16384);
    check_reason(&on, "16384 bytes of local memory");
    pose_text(&on, ASK_PROFILE, "EMBEDDED_PROFILE");
    check_reason(&on, "EMBEDDED_PROFILE");
    pose_text(&on, ASK_VERSION, "OpenCL 1.1 old");
    check_reason(&on, "it has OpenCL 1.1, 1.2 is needed");
    pose_text(&on, ASK_VERSION, "nonsense");
    check_reason(&on, "1.2 is needed");
    pose_text(&on, ASK_EXTENSIONS, "cl_khr_global_int32_base_atomics_not cl_khr_fp64");
    check_reason(&on, "atomic");
}

TEST(a_custom_device_is_left_out)
{
    td_error err = TD_ERROR_INIT;
    const place on = posing();
    pose_u64(&on, ASK_TYPE, TYPE_CUSTOM);
    CHECK_INT(0, on.cl->device_count());
    CHECK(plugin_entry()(TD_BACKEND_ABI, &err) == NULL);
    on.pose(0, NULL, 0);
    CHECK_INT(TD_E_NO_DEVICE, err.status);
    CHECK_HAS("is a custom device", err.message);
    on.arm("clGetPlatformIDs", 1, 1, -1001 /* CL_PLATFORM_NOT_FOUND_KHR */);
    CHECK(plugin_entry()(TD_BACKEND_ABI, &err) == NULL);
    on.arm(NULL, 0, 0, 0);
    CHECK_TEXT("no OpenCL device", err.message);
}

TEST(a_gpu_is_preferred_and_a_cpu_is_not)
{
    const place on = posing();
    pose_u64(&on, ASK_TYPE, TYPE_GPU);
    td_device_info info = described(&on);
    on.pose(0, NULL, 0);
    CHECK_INT(TD_GPU, info.kind);
    CHECK_INT(1, info.fit);
    CHECK_INT(1, info.preferred);
    CHECK_TEXT("", info.reason);
    CHECK_INT(16, info.float64_cost);
    pose_u64(&on, ASK_TYPE, TYPE_CPU);
    info = described(&on);
    on.pose(0, NULL, 0);
    CHECK_INT(TD_CPU, info.kind);
    CHECK_INT(0, info.preferred);
    CHECK_INT(2, info.float64_cost);
    CHECK_HAS("this CPU", info.reason);
}

TEST(a_device_that_is_told_twice_is_preferred_once)
{
    td_error err = TD_ERROR_INIT;
    fault_twice_fn twice = NULL;
    td_backend_device *device = NULL;
    td_device_info info = TD_DEVICE_INFO_INIT;
    const place on = posing();
    take(dlopen(OPENCL_FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL), "fault_twice", &twice);
    const size_t count = on.cl->device_count();
    pose_u64(&on, ASK_TYPE, TYPE_GPU);
    twice(true);
    CHECK_INT(2 * count, on.cl->device_count());
    CHECK_INT(1, described(&on).preferred);
    CHECK_OK(on.cl->device_open(1, &device, &err));
    twice(false);
    on.pose(0, NULL, 0);
    CHECK_OK(on.cl->device_describe(device, &info, &err));
    on.cl->device_close(device);
    CHECK_INT(1, info.fit);
    CHECK_INT(0, info.preferred);
    CHECK_HAS("the same device as opencl:0", info.reason);
}

TEST(without_float64_its_kernels_are_absent)
{
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    const place on = posing();
    pose_u64(&on, ASK_DOUBLE, 0);
    CHECK_OK(on.cl->device_open(0, &device, &err));
    const bool f32 = on.cl->has_kernel(device, "td_bench_f32");
    const bool f64 = on.cl->has_kernel(device, "td_bench_f64");
    on.cl->device_close(device);
    CHECK_INT(0, described(&on).float64_cost);
    CHECK_INT(1, described(&on).fit);
    on.pose(0, NULL, 0);
    CHECK(f32 && !f64);
}

TEST(nvidia_devices_are_described)
{
    static const struct {
        uint32_t major, minor, cost;
    } families[] = {{6, 1, 32}, {7, 0, 2}, {7, 5, 32}, {8, 0, 2},  {8, 6, 64},
                    {8, 9, 64}, {9, 0, 2}, {10, 0, 2}, {12, 0, 64}};
    const place on = posing();
    for (size_t i = 0; i < sizeof families / sizeof *families; ++i) {
        pose_u64(&on, ASK_TYPE, TYPE_GPU);
        pose_text(&on, ASK_EXTENSIONS, BASE_EXTENSIONS " cl_nv_device_attribute_query");
        pose_u32(&on, ASK_NV_MAJOR, families[i].major);
        pose_u32(&on, ASK_NV_MINOR, families[i].minor);
        pose_u32(&on, ASK_NV_BUS, 0x3b);
        pose_u32(&on, ASK_NV_SLOT, 0);
        pose_u32(&on, ASK_NV_DOMAIN, 0);
        const td_device_info info = described(&on);
        on.pose(0, NULL, 0);
        CHECK_INT(families[i].major, info.compute_major);
        CHECK_INT(families[i].minor, info.compute_minor);
        CHECK_INT(families[i].cost, info.float64_cost);
        CHECK_TEXT("0000:3b:00.0", info.pci);
    }
}

TEST(amd_devices_are_described)
{
    unsigned char topology[24] = {1};
    const uint64_t free_kib[2] = {123456, 1000};
    const place on = posing();
    topology[21] = 0x0a;
    topology[22] = 3;
    topology[23] = 1;
    for (int fast = 0; fast < 2; ++fast) {
        pose_u64(&on, ASK_TYPE, TYPE_GPU);
        pose_text(&on, ASK_EXTENSIONS, BASE_EXTENSIONS " cl_amd_device_attribute_query");
        pose_text(&on, ASK_NAME, fast ? "gfx90a:sramecc+" : "gfx1030");
        pose_text(&on, ASK_AMD_BOARD, " Some Board ");
        on.pose(ASK_AMD_TOPOLOGY, topology, sizeof topology);
        on.pose(ASK_AMD_FREE, free_kib, sizeof free_kib);
        const td_device_info info = described(&on);
        on.pose(0, NULL, 0);
        CHECK_TEXT("Some Board", info.title);
        CHECK_TEXT("0000:0a:03.1", info.pci);
        CHECK_INT(123456 * 1024, info.memory_bytes_free);
        CHECK_INT(fast ? 2 : 16, info.float64_cost);
    }
}

/* The largest piece is the driver's word, and an allocation above it is refused by name. */
TEST(the_largest_piece_is_respected)
{
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    void *memory = NULL;
    const place on = posing();
    pose_u64(&on, ASK_ALLOC_MAX, 3 << 20);
    CHECK_OK(on.cl->device_open(0, &device, &err));
    on.pose(0, NULL, 0);
    CHECK_STATUS(TD_E_NO_DEVICE_MEMORY, on.cl->alloc(device, (3 << 20) + 1, &memory, &err), &err);
    CHECK_HAS("CL_DEVICE_MAX_MEM_ALLOC_SIZE, 3145728 bytes", err.message);
    CHECK_OK(on.cl->alloc(device, 3 << 20, &memory, &err));
    on.cl->free(device, memory, NULL);
    CHECK_OK(on.cl->alloc(device, 1000, &memory, &err));
    on.cl->free(device, memory, NULL);
    on.cl->device_close(device);
}

/* Devices differ in where a buffer may start within another; NVIDIA asks for 512 bytes. */
TEST(memory_starts_where_the_device_wants_it)
{
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    void *memory[20] = {NULL};
    const place on = posing();
    pose_u32(&on, ASK_ALIGN, 4096 * 8);
    CHECK_OK(on.cl->device_open(0, &device, &err));
    on.pose(0, NULL, 0);
    for (size_t i = 0; i < 20; ++i) {
        CHECK_OK(on.cl->alloc(device, 1 + check_random() % 9000, &memory[i], &err));
        CHECK_INT(0, (uintptr_t)memory[i] % 4096);
    }
    for (size_t i = 0; i < 20; ++i)
        on.cl->free(device, memory[i], NULL);
    on.cl->device_close(device);
    pose_u32(&on, ASK_ALIGN, 8192 * 8);
    check_reason(&on, "multiples of 8192 bytes");
}

/* A GPU's staging memory is the driver's, pinned and mapped: the same copies go through it. */
TEST(copies_go_through_pinned_memory)
{
    enum { BYTES = 21 * 1048576 + 77 };
    td_error err = TD_ERROR_INIT;
    td_backend_device *device = NULL;
    td_stream *stream = NULL;
    void *memory = NULL;
    unsigned char *const source = malloc(BYTES), *const got = calloc(1, BYTES);
    const place on = posing();
    CHECK(source && got);
    for (size_t i = 0; i < BYTES; ++i)
        source[i] = (unsigned char)(check_random() >> 56);
    pose_u64(&on, ASK_TYPE, TYPE_GPU);
    CHECK_OK(on.cl->device_open(0, &device, &err));
    on.pose(0, NULL, 0);
    CHECK_OK(on.cl->stream_open(device, &stream, &err));
    CHECK_OK(on.cl->alloc(device, BYTES, &memory, &err));
    CHECK_OK(on.cl->copy(stream, memory, source, BYTES, TD_TO_DEVICE, &err));
    CHECK_OK(on.cl->copy(stream, got, memory, BYTES, TD_TO_HOST, &err));
    CHECK_OK(on.cl->stream_wait(stream, &err));
    CHECK(memcmp(source, got, BYTES) == 0);
    on.cl->free(device, memory, stream);
    on.cl->stream_close(stream);
    on.cl->device_close(device);
    free(source);
    free(got);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(what_a_device_lacks_is_its_reason),
                                     RUN(a_custom_device_is_left_out),
                                     RUN(a_gpu_is_preferred_and_a_cpu_is_not),
                                     RUN(a_device_that_is_told_twice_is_preferred_once),
                                     RUN(without_float64_its_kernels_are_absent),
                                     RUN(nvidia_devices_are_described),
                                     RUN(amd_devices_are_described),
                                     RUN(the_largest_piece_is_respected),
                                     RUN(memory_starts_where_the_device_wants_it),
                                     RUN(copies_go_through_pinned_memory),
                                     {0}});
}
