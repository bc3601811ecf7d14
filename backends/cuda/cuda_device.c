/* cuda_device.c - devices: which there are, what they are, and the context that work runs in.
 *
 * The driver numbers the devices, so CUDA_VISIBLE_DEVICES (numbers, UUIDs, MIG-UUIDs) is respected
 * by asking it alone. An instance of a divided GPU (MIG) is a device like any other: its memory,
 * multiprocessors and UUID are the instance's; the UUID is put into its title, since the
 * instances of one GPU share everything else that a person could tell them by. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

/* The fat binary has code for compute capability 7.5 and later (kernels/CMakeLists.txt). */
#define COMPUTE_MAJOR_MIN 7
#define COMPUTE_MINOR_MIN 5

/* From cuda_kernels.S. */
extern const unsigned char cuda_kernels[] __attribute__((visibility("hidden")));

size_t cuda_device_count(void)
{
    int count = 0;
    /* The table with this function is given out only after the driver was opened. */
    if (cuda_driver_get()->cuDeviceGetCount(&count) != CUDA_SUCCESS || count < 0) return 0;
    return (size_t)count;
}

/* ---- What a device is ------------------------------------------------------------------------ */

/* How many float32 operations fit into the time of one of float64: CUDA C++ Programming Guide,
 * "Throughput of Native Arithmetic Instructions", results per clock and multiprocessor of 32-bit
 * add and multiply, divided by those of 64-bit. A capability that is not here is asked of the
 * driver. 0: not known. */
static uint32_t float64_cost_of(int major, int minor)
{
    static const struct {
        int major, minor;
        uint32_t cost;
    } table[] = {{7, 5, 32}, {8, 0, 2}, {8, 6, 64}, {8, 7, 64},
                 {8, 9, 64}, {9, 0, 2}, {10, 0, 2}, {12, 0, 64}};
    for (size_t i = 0; i < sizeof table / sizeof *table; ++i)
        if (table[i].major == major && table[i].minor == minor) return table[i].cost;
    return 0;
}

/* What the driver does not tell stays 0, as td_device_info has it, unless the device is lost. */
static td_status attribute(td_backend_device *device, CUdevice_attribute which, bool needed,
                           uint32_t *value, td_error *err)
{
    int asked = 0;
    const CUresult result = cuda_driver_get()->cuDeviceGetAttribute(&asked, which, device->device);
    if (result && (needed || cuda_is_sticky(result)))
        return cuda_fail(device, result, err, "cuDeviceGetAttribute %d", (int)which);
    *value = !result && asked > 0 ? (uint32_t)asked : 0;
    return TD_OK;
}

static td_status describe_numbers(td_backend_device *device, td_error *err)
{
    td_device_info *const info = &device->info;
    uint32_t clock_khz = 0, memory_khz = 0, ratio = 0;
    const struct {
        CUdevice_attribute which;
        bool needed;
        uint32_t *value;
    } wanted[] = {
        {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, true, &info->compute_major},
        {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, true, &info->compute_minor},
        {CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X, true, &device->groups_max},
        {CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, true, &info->units},
        {CU_DEVICE_ATTRIBUTE_CLOCK_RATE, false, &clock_khz},
        {CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, false, &memory_khz},
        {CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, false, &info->memory_bus_bits},
        {CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO, false, &ratio},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i) {
        const td_status status =
            attribute(device, wanted[i].which, wanted[i].needed, wanted[i].value, err);
        if (status) return status;
    }
    info->clock_mhz = clock_khz / 1000;
    info->memory_clock_mhz = memory_khz / 1000;
    info->float64_cost = float64_cost_of((int)info->compute_major, (int)info->compute_minor);
    if (info->float64_cost == 0) info->float64_cost = ratio;
    return TD_OK;
}

/* For an instance of a divided GPU: " (MIG-8d2f...)" behind the name. */
static td_status describe_instance(td_backend_device *device, td_error *err)
{
    char *const title = device->info.title;
    const size_t length = strlen(title), size = sizeof device->info.title;
    CUuuid uuid = {{0}};
    char text[48];
    int at = 0;
    if (!strstr(title, " MIG ")) return TD_OK;
    const CUresult result = cuda_driver_get()->cuDeviceGetUuid_v2(&uuid, device->device);
    if (result) return cuda_fail(device, result, err, "cuDeviceGetUuid");
    for (int i = 0; i < 16; ++i)
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%02x",
                       i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                       (unsigned)(unsigned char)uuid.bytes[i]);
    snprintf(title + length, size - length, " (MIG-%s)", text);
    return TD_OK;
}

static td_status describe_fixed(td_backend_device *device, td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    td_device_info *const info = &device->info;
    size_t total = 0;
    *info = (td_device_info)TD_DEVICE_INFO_INIT;
    info->kind = TD_GPU;
    info->preferred = 1;
    snprintf(info->name, sizeof info->name, "cuda:%zu", device->index);
    snprintf(info->driver, sizeof info->driver, "%s", cu->text);
    CUresult result = cu->cuDeviceGetName(info->title, (int)sizeof info->title, device->device);
    if (result) return cuda_fail(device, result, err, "cuDeviceGetName");
    info->title[sizeof info->title - 1] = 0;
    result = cu->cuDeviceTotalMem(&total, device->device);
    if (result) return cuda_fail(device, result, err, "cuDeviceTotalMem");
    info->memory_bytes_total = total;
    result = cu->cuDeviceGetPCIBusId(info->pci, (int)sizeof info->pci, device->device);
    if (cuda_is_sticky(result)) return cuda_fail(device, result, err, "cuDeviceGetPCIBusId");
    if (result) info->pci[0] = 0; /* a device need not be on such a bus */
    info->pci[sizeof info->pci - 1] = 0;
    for (char *c = info->pci; *c; ++c)
        *c = (char)tolower((unsigned char)*c);
    const td_status status = describe_instance(device, err);
    return status ? status : describe_numbers(device, err);
}

td_status cuda_device_describe(const td_backend_device *device, td_device_info *info, td_error *err)
{
    td_pool_stats stats = {.struct_size = sizeof stats};
    td_device_info full = device->info;
    const uint64_t pageable = atomic_load(&device->pageable);
    const td_status status = cuda_pool_stats(device, &stats, err);
    if (status && status != TD_E_DEVICE_LOST) return status;
    full.memory_bytes_free = stats.device_free;
    full.memory_bytes_limit = stats.limit;
    full.fit = !cuda_is_lost(device);
    if (!full.fit) {
        snprintf(full.reason, sizeof full.reason, "%.190s", device->lost_text);
    } else if (pageable > 0) {
        snprintf(full.reason, sizeof full.reason,
                 "pinned host memory was refused %llu times: copies are slower than they could be",
                 (unsigned long long)pageable);
    }
    if (info->struct_size > 0 && info->struct_size < sizeof full) {
        full.struct_size = info->struct_size;
        memcpy(info, &full, info->struct_size);
    } else {
        *info = full;
    }
    return TD_OK;
}

/* ---- Opening and closing --------------------------------------------------------------------- */

static td_status device_context(td_backend_device *device, td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    unsigned flags = 0;
    int active = 0;
    /* A waiting thread sleeps: the cores are wanted for other units. When the context is in use
     * already, its flags stay as its user has set them (the driver would change them for him too);
     * waits may spin then: slower, not wrong. */
    CUresult result = cu->cuDevicePrimaryCtxGetState(device->device, &flags, &active);
    if (result) return cuda_fail(device, result, err, "cuDevicePrimaryCtxGetState");
    if (!active)
        result = cu->cuDevicePrimaryCtxSetFlags(device->device, CU_CTX_SCHED_BLOCKING_SYNC);
    if (result && result != CUDA_ERROR_PRIMARY_CONTEXT_ACTIVE)
        return cuda_fail(device, result, err, "cuDevicePrimaryCtxSetFlags");
    result = cu->cuDevicePrimaryCtxRetain(&device->context, device->device);
    if (result) {
        device->context = NULL;
        return cuda_fail(device, result, err, "cuDevicePrimaryCtxRetain");
    }
    return TD_OK;
}

static td_status device_module(td_backend_device *device, td_error *err)
{
    td_status status = cuda_enter(device, err);
    if (status) return status;
    const CUresult result = cuda_driver_get()->cuModuleLoadData(&device->module, cuda_kernels);
    if (result) {
        device->module = NULL;
        status = cuda_fail(device, result, err, "loading the kernels for compute capability %u.%u",
                           device->info.compute_major, device->info.compute_minor);
    }
    cuda_leave();
    return status;
}

td_status cuda_device_open(size_t index, td_backend_device **out, td_error *err)
{
    const size_t count = cuda_device_count();
    if (index >= count)
        return backend_fail(err, TD_E_NOT_FOUND, "cuda:%zu: there are %zu devices", index, count);
    td_backend_device *const device = calloc(1, sizeof *device);
    if (!device || pthread_mutex_init(&device->lock, NULL)) {
        free(device);
        return backend_fail(err, TD_E_NO_MEMORY, "cuda:%zu: no host memory", index);
    }
    device->index = index;
    td_status status = TD_OK;
    const CUresult result = cuda_driver_get()->cuDeviceGet(&device->device, (int)index);
    if (result) status = cuda_fail(device, result, err, "cuDeviceGet");
    if (!status) status = describe_fixed(device, err);
    const uint32_t major = device->info.compute_major, minor = device->info.compute_minor;
    if (!status && major * 10 + minor < COMPUTE_MAJOR_MIN * 10 + COMPUTE_MINOR_MIN)
        status = backend_fail(err, TD_E_UNSUPPORTED,
                              "cuda:%zu: %s has compute capability %u.%u, the kernels need %d.%d "
                              "or later",
                              index, device->info.title, major, minor, COMPUTE_MAJOR_MIN,
                              COMPUTE_MINOR_MIN);
    if (!status) status = device_context(device, err);
    if (!status) status = device_module(device, err);
    if (!status) status = cuda_pool_open(device, err);
    if (status) {
        cuda_device_close(device);
        return status;
    }
    *out = device;
    return TD_OK;
}

/* Of a lost device nothing is given back piece by piece: its context goes as a whole. */
void cuda_device_close(td_backend_device *device)
{
    if (!device) return;
    const cuda_driver *const cu = cuda_driver_get();
    const bool entered = device->context && cuda_enter_or_lose(device);
    mempool_destroy(device->pool);
    for (uint32_t i = 0; i < device->slot_count; ++i)
        cuda_slot_free(device, &device->slot[i]);
    if (entered) {
        for (uint32_t i = 0; i < device->event_count; ++i)
            cu->cuEventDestroy(device->event[i]);
        if (device->module) cu->cuModuleUnload(device->module);
        cuda_leave();
    }
    if (device->context) cu->cuDevicePrimaryCtxRelease(device->device);
    pthread_mutex_destroy(&device->lock);
    free(device);
}

/* ---- The context, and events ----------------------------------------------------------------- */

td_status cuda_enter(td_backend_device *device, td_error *err)
{
    if (cuda_is_lost(device)) return cuda_fail_lost(device, err);
    const CUresult result = cuda_driver_get()->cuCtxPushCurrent(device->context);
    return result ? cuda_fail(device, result, err, "cuCtxPushCurrent") : TD_OK;
}

bool cuda_enter_or_lose(td_backend_device *device)
{
    td_error err = TD_ERROR_INIT;
    for (int i = 0; i < 2; ++i) {
        if (cuda_enter(device, &err) == TD_OK) return true;
        if (cuda_is_lost(device)) return false;
    }
    cuda_lose(device, (CUresult)err.native_code, "its context cannot be entered");
    return false;
}

void cuda_leave(void)
{
    CUcontext left = NULL;
    /* What could fail here was reported by the work before it, or will be by the next push. */
    (void)cuda_driver_get()->cuCtxPopCurrent(&left);
}

td_status cuda_event_take(td_backend_device *device, CUevent *event, td_error *err)
{
    CUevent taken = NULL;
    pthread_mutex_lock(&device->lock);
    if (device->event_count > 0) taken = device->event[--device->event_count];
    pthread_mutex_unlock(&device->lock);
    if (!taken) {
        const CUresult result = cuda_driver_get()->cuEventCreate(&taken, CU_EVENT_BLOCKING_SYNC);
        if (result) return cuda_fail(device, result, err, "cuEventCreate");
    }
    *event = taken;
    return TD_OK;
}

void cuda_event_give(td_backend_device *device, CUevent event)
{
    if (!event) return;
    pthread_mutex_lock(&device->lock);
    const bool kept = device->event_count < CUDA_EVENTS_KEPT;
    if (kept) device->event[device->event_count++] = event;
    pthread_mutex_unlock(&device->lock);
    if (!kept && !cuda_is_lost(device)) cuda_driver_get()->cuEventDestroy(event);
}
