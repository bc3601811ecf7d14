/* fake_driver.c - the played driver: steering, devices, contexts, memory, modules. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/fake_internal.h"

#define FATBIN_MAGIC  0xBA55ED50u /* that nvcc -fatbin writes first */
#define NAMES_MAX     64
#define CONTEXT_DEPTH 8

pthread_mutex_t fake_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t fake_moved = PTHREAD_COND_INITIALIZER;
fake_plan fake_planned = FAKE_PLAN_INIT;
fake_state fake_now;

static struct CUctx_st contexts[FAKE_DEVICES_MAX];
static struct {
    char name[40];
    uint64_t calls;
} names[NAMES_MAX];
static __thread CUcontext stack[CONTEXT_DEPTH];
static __thread int stack_depth;
static bool started;

/* ---- Steering -------------------------------------------------------------------------------- */

static void control_set(const fake_plan *plan)
{
    pthread_mutex_lock(&fake_lock);
    fake_planned = *plan;
    if (fake_planned.fail_count == 0) fake_planned.fail_count = 1;
    fake_now.calls = fake_now.named = fake_now.failures = fake_now.done = fake_now.tuned = 0;
    fake_now.reclaimed = fake_now.misuse = 0;
    fake_now.text[0] = 0;
    memset(names, 0, sizeof names);
    pthread_mutex_unlock(&fake_lock);
}

static void control_get(fake_state *state)
{
    pthread_mutex_lock(&fake_lock);
    *state = fake_now;
    pthread_mutex_unlock(&fake_lock);
}

static int control_depth(void)
{
    return stack_depth;
}

static uint64_t control_calls(const char *function)
{
    uint64_t calls = 0;
    pthread_mutex_lock(&fake_lock);
    for (int i = 0; i < NAMES_MAX; ++i)
        if (strcmp(names[i].name, function) == 0) calls = names[i].calls;
    pthread_mutex_unlock(&fake_lock);
    return calls;
}

FAKE_EXPORT const fake_control *fake_cuda_control(void)
{
    static const fake_control control = {control_set, control_get, control_depth, control_calls};
    return &control;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *const text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

__attribute__((constructor)) static void plan_from_environment(void)
{
    const char *const fail = getenv("FAKE_CUDA_FAIL");
    unsigned long long at = 0;
    int result = 0;
    fake_planned.devices = (int)number_from("FAKE_CUDA_DEVICES", 1);
    fake_planned.bytes = number_from("FAKE_CUDA_BYTES", (uint64_t)1 << 30);
    fake_planned.version = (int)number_from("FAKE_CUDA_VERSION", CUDA_VERSION);
    fake_planned.capability = (int)number_from("FAKE_CUDA_CAPABILITY", 90);
    fake_planned.compute_mode = (int)number_from("FAKE_CUDA_MODE", 0);
    fake_planned.fail_count = 1;
    if (fake_planned.devices > FAKE_DEVICES_MAX) fake_planned.devices = FAKE_DEVICES_MAX;
    if (fail && sscanf(fail, "%39[^:]:%llu:%d", fake_planned.function, &at, &result) == 3) {
        fake_planned.fail_at = at;
        fake_planned.fail_result = result;
    }
}

void fake_misuse(const char *format, ...)
{
    va_list list;
    if (fake_now.misuse++ > 0) return;
    va_start(list, format);
    vsnprintf(fake_now.text, sizeof fake_now.text, format, list);
    va_end(list);
}

static void name_count(const char *name)
{
    for (int i = 0; i < NAMES_MAX; ++i) {
        if (names[i].name[0] && strcmp(names[i].name, name) != 0) continue;
        snprintf(names[i].name, sizeof names[i].name, "%s", name);
        names[i].calls += 1;
        return;
    }
}

CUresult fake_enter(const char *function)
{
    char name[40];
    const size_t length = strlen(function);
    const bool versioned = length > 3 && strncmp(function + length - 3, "_v", 2) == 0;
    snprintf(name, sizeof name, "%.*s", (int)(versioned ? length - 3 : length), function);
    pthread_mutex_lock(&fake_lock);
    name_count(name);
    fake_now.calls += 1;
    const bool any = strcmp(fake_planned.function, "any") == 0;
    if (!any && strcmp(fake_planned.function, name) != 0) return CUDA_SUCCESS;
    const uint64_t number = any ? fake_now.calls : ++fake_now.named;
    if (fake_planned.fail_at == 0 || number < fake_planned.fail_at ||
        number - fake_planned.fail_at >= fake_planned.fail_count)
        return CUDA_SUCCESS;
    fake_now.failures += 1;
    return (CUresult)fake_planned.fail_result;
}

CUresult fake_enter_current(const char *function, CUcontext *current)
{
    const CUresult result = fake_enter(function);
    if (result) return result;
    if (stack_depth == 0) {
        fake_misuse("%s without a context", function);
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    *current = stack[stack_depth - 1];
    return (*current)->sticky;
}

CUresult fake_leave(CUresult result)
{
    pthread_mutex_unlock(&fake_lock);
    return result;
}

/* ---- Devices --------------------------------------------------------------------------------- */

FAKE_EXPORT CUresult cuInit(unsigned int flags)
{
    CUresult result = fake_enter(__func__);
    if (!result && flags != 0) result = CUDA_ERROR_INVALID_VALUE;
    if (!result) result = (CUresult)fake_planned.init_result;
    if (!result && fake_planned.devices == 0) result = CUDA_ERROR_NO_DEVICE;
    started = started || !result;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDriverGetVersion(int *version)
{
    const CUresult result = fake_enter(__func__);
    if (!result) *version = fake_planned.version;
    return fake_leave(result);
}

static const struct {
    int result;
    const char *name, *text;
} errors[] = {
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
};

FAKE_EXPORT CUresult cuGetErrorName(CUresult error, const char **text)
{
    *text = NULL;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; ++i)
        if (errors[i].result == (int)error) *text = errors[i].name;
    return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

FAKE_EXPORT CUresult cuGetErrorString(CUresult error, const char **text)
{
    *text = NULL;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; ++i)
        if (errors[i].result == (int)error) *text = errors[i].text;
    return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/* Enters, and checks that the driver was started and the device exists. */
static CUresult device_enter(const char *function, int device)
{
    const CUresult result = fake_enter(function);
    if (result) return result;
    if (!started) fake_misuse("%s before cuInit", function);
    if (!started) return CUDA_ERROR_NOT_INITIALIZED;
    return device >= 0 && device < fake_planned.devices ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

FAKE_EXPORT CUresult cuDeviceGetCount(int *count)
{
    const CUresult result = fake_enter(__func__);
    if (!result) *count = fake_planned.devices;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    const CUresult result = device_enter(__func__, ordinal);
    if (!result) *device = ordinal;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice device)
{
    const CUresult result = device_enter(__func__, device);
    if (!result)
        snprintf(name, (size_t)length, "A processor that poses as a GPU%s",
                 fake_planned.mig ? " MIG 1g.10gb" : "");
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceGetUuid_v2(CUuuid *uuid, CUdevice device)
{
    const CUresult result = device_enter(__func__, device);
    for (int i = 0; !result && i < 16; ++i)
        uuid->bytes[i] = (char)(i * 16 + device);
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceTotalMem(size_t *bytes, CUdevice device)
{
    const CUresult result = device_enter(__func__, device);
    if (!result) *bytes = fake_planned.bytes;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute which, CUdevice device)
{
    CUresult result = device_enter(__func__, device);
    if (result) return fake_leave(result);
    switch ((int)which) {
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: *value = fake_planned.capability / 10; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: *value = fake_planned.capability % 10; break;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 132; break;
    case CU_DEVICE_ATTRIBUTE_CLOCK_RATE: *value = 1980000; break;
    case CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE: *value = 2619000; break;
    case CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH: *value = 5120; break;
    case CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO: *value = 7; break;
    case CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X: *value = FAKE_GRID_MAX; break;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_MODE: *value = fake_planned.compute_mode; break;
    default: result = CUDA_ERROR_INVALID_VALUE;
    }
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDeviceGetPCIBusId(char *text, int length, CUdevice device)
{
    const CUresult result = device_enter(__func__, device);
    if (!result) snprintf(text, (size_t)length, "0000:%02X:00.0", 0x3A + device);
    return fake_leave(result);
}

/* ---- Contexts -------------------------------------------------------------------------------- */

FAKE_EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned int *flags, int *active)
{
    const CUresult result = device_enter(__func__, device);
    if (!result) {
        *flags = 0;
        *active = contexts[device].users > 0;
    }
    return fake_leave(result);
}

/* A real one changes the flags of a context in use, too, and its users wait otherwise from then. */
FAKE_EXPORT CUresult cuDevicePrimaryCtxSetFlags(CUdevice device, unsigned int flags)
{
    CUresult result = device_enter(__func__, device);
    if (!result && contexts[device].users > 0)
        fake_misuse("the flags of a context in use are changed");
    if (!result && flags != CU_CTX_SCHED_BLOCKING_SYNC) result = CUDA_ERROR_INVALID_VALUE;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
    const CUresult result = device_enter(__func__, device);
    if (!result) {
        *context = &contexts[device];
        (*context)->device = device;
        if ((*context)->users++ == 0) fake_now.contexts += 1;
    }
    return fake_leave(result);
}

static void blocks_free(fake_block **first, uint64_t *alive, uint64_t *bytes)
{
    while (*first) {
        fake_block *const gone = *first;
        *first = gone->next;
        *alive -= 1;
        *bytes -= gone->bytes;
        fake_now.reclaimed += 1;
        free(gone->memory);
        free(gone);
    }
}

static void module_free(CUmodule module)
{
    while (module->functions) {
        CUfunction const gone = module->functions;
        module->functions = gone->next;
        free(gone);
    }
    fake_now.modules -= 1;
    free(module);
}

/* With the last user everything in the context goes, as the driver does it. */
static void context_clear(CUcontext context)
{
    while (context->streams) {
        fake_now.reclaimed += 1;
        fake_stream_end(context->streams);
    }
    while (context->events) {
        CUevent const gone = context->events;
        context->events = gone->next;
        fake_now.reclaimed += 1;
        fake_now.events -= 1;
        free(gone);
    }
    while (context->modules) {
        CUmodule const gone = context->modules;
        context->modules = gone->next;
        fake_now.reclaimed += 1;
        module_free(gone);
    }
    blocks_free(&context->memory, &fake_now.memory, &fake_now.device_bytes);
    blocks_free(&context->host, &fake_now.host_memory, &fake_now.pinned_bytes);
    context->used = 0;
    context->sticky = CUDA_SUCCESS;
    fake_now.contexts -= 1;
}

FAKE_EXPORT CUresult cuDevicePrimaryCtxRelease(CUdevice device)
{
    /* Releases even when it was told to fail, so that one test leaves nothing to the next. */
    CUresult result = device_enter(__func__, device);
    if (contexts[device].users == 0) {
        fake_misuse("a context is released too often");
        result = CUDA_ERROR_INVALID_CONTEXT;
    } else if (--contexts[device].users == 0) {
        context_clear(&contexts[device]);
    }
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuCtxPushCurrent(CUcontext context)
{
    const CUresult result = fake_enter(__func__);
    if (result) return fake_leave(result);
    if (stack_depth == CONTEXT_DEPTH || context->users == 0) {
        fake_misuse("a dead context, or too many, on the stack");
        return fake_leave(CUDA_ERROR_INVALID_CONTEXT);
    }
    stack[stack_depth++] = context;
    return fake_leave(CUDA_SUCCESS);
}

/* Pops even when it was told to fail: what a real one leaves behind then, nobody knows. */
FAKE_EXPORT CUresult cuCtxPopCurrent(CUcontext *context)
{
    const CUresult result = fake_enter(__func__);
    if (stack_depth == 0) {
        fake_misuse("a context is popped from an empty stack");
        return fake_leave(CUDA_ERROR_INVALID_CONTEXT);
    }
    *context = stack[--stack_depth];
    return fake_leave(result);
}

/* ---- Modules --------------------------------------------------------------------------------- */

FAKE_EXPORT CUresult cuModuleLoadData(CUmodule *module, const void *image)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    uint32_t magic = 0;
    if (result) return fake_leave(result);
    memcpy(&magic, image, sizeof magic);
    if (magic != FATBIN_MAGIC) return fake_leave(CUDA_ERROR_INVALID_IMAGE);
    *module = calloc(1, sizeof **module);
    (*module)->context = context;
    (*module)->next = context->modules;
    context->modules = *module;
    fake_now.modules += 1;
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuModuleUnload(CUmodule module)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    CUmodule *link = &context->modules;
    while (*link != module)
        link = &(*link)->next;
    *link = module->next;
    module_free(module);
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule module, const char *name)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    char twin[64];
    if (result) return fake_leave(result);
    snprintf(twin, sizeof twin, "%s_tuned", fake_planned.tuned);
    const bool tuned = fake_planned.tuned[0] && strcmp(name, twin) == 0;
    const kernel_row *const row = kernel_find(tuned ? fake_planned.tuned : name);
    if (!row) return fake_leave(CUDA_ERROR_NOT_FOUND);
    CUfunction made = calloc(1, sizeof *made);
    *made = (struct CUfunc_st){module->functions, row, tuned};
    module->functions = made;
    *function = made;
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuFuncGetAttribute(int *value, CUfunction_attribute which, CUfunction function)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && (which != CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK || !function->row))
        result = CUDA_ERROR_INVALID_VALUE;
    if (!result) *value = 128;
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuFuncGetParamInfo(CUfunction function, size_t index, size_t *offset,
                                        size_t *bytes)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && index >= function->row->arg_count) result = CUDA_ERROR_INVALID_VALUE;
    if (!result) {
        *bytes = strchr("bld", function->row->args[index]) ? 8 : 4;
        *offset = index * 8;
    }
    return fake_leave(result);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

fake_block *fake_block_find(fake_block *first, const void *memory, size_t bytes)
{
    const char *const at = memory;
    for (fake_block *block = first; block; block = block->next)
        if (at >= block->memory && at <= block->memory + block->bytes &&
            bytes <= (size_t)(block->memory + block->bytes - at))
            return block;
    return NULL;
}

static char *block_add(fake_block **first, size_t bytes, uint64_t *alive, uint64_t *total)
{
    fake_block *const block = calloc(1, sizeof *block);
    *block = (fake_block){*first, aligned_alloc(256, (bytes + 255) / 256 * 256), bytes};
    memset(block->memory, 0xA5, bytes);
    *first = block;
    *alive += 1;
    *total += bytes;
    return block->memory;
}

static size_t block_remove(fake_block **first, const void *memory, uint64_t *alive, uint64_t *total)
{
    for (fake_block **link = first; *link; link = &(*link)->next) {
        fake_block *const gone = *link;
        if (gone->memory != memory) continue;
        const size_t bytes = gone->bytes;
        *link = gone->next;
        *alive -= 1;
        *total -= bytes;
        free(gone->memory);
        free(gone);
        return bytes;
    }
    fake_misuse("memory is freed that was not allocated");
    return 0;
}

FAKE_EXPORT CUresult cuMemGetInfo(size_t *unused, size_t *total)
{
    CUcontext context = NULL;
    const CUresult result = fake_enter_current(__func__, &context);
    if (result) return fake_leave(result);
    *total = fake_planned.bytes;
    *unused = fake_planned.bytes - fake_planned.taken - context->used;
    return fake_leave(CUDA_SUCCESS);
}

FAKE_EXPORT CUresult cuMemAlloc(CUdeviceptr *memory, size_t bytes)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && bytes == 0) result = CUDA_ERROR_INVALID_VALUE;
    if (!result && context->used + fake_planned.taken + bytes > fake_planned.bytes)
        result = CUDA_ERROR_OUT_OF_MEMORY;
    if (!result) {
        *memory =
            (uintptr_t)block_add(&context->memory, bytes, &fake_now.memory, &fake_now.device_bytes);
        context->used += bytes;
    }
    return fake_leave(result);
}

static bool context_is_busy(CUcontext context)
{
    for (CUstream stream = context->streams; stream; stream = stream->next)
        if (stream->ended < stream->queued) return true;
    return false;
}

FAKE_EXPORT CUresult cuMemFree(CUdeviceptr memory)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    while (!result && context_is_busy(context)) /* the driver waits for the device first */
        pthread_cond_wait(&fake_moved, &fake_lock);
    if (!result) {
        const size_t bytes = block_remove(&context->memory, (void *)(uintptr_t)memory,
                                          &fake_now.memory, &fake_now.device_bytes);
        context->used -= bytes;
        if (bytes == 0) result = CUDA_ERROR_INVALID_VALUE;
    }
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuMemHostAlloc(void **memory, size_t bytes, unsigned int flags)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result && flags != 0) result = CUDA_ERROR_INVALID_VALUE;
    if (!result)
        *memory = block_add(&context->host, bytes, &fake_now.host_memory, &fake_now.pinned_bytes);
    return fake_leave(result);
}

FAKE_EXPORT CUresult cuMemFreeHost(void *memory)
{
    CUcontext context = NULL;
    CUresult result = fake_enter_current(__func__, &context);
    if (!result &&
        block_remove(&context->host, memory, &fake_now.host_memory, &fake_now.pinned_bytes) == 0)
        result = CUDA_ERROR_INVALID_VALUE;
    return fake_leave(result);
}
