/* monitor_nvml.c - GPUs as NVIDIA's management library (NVML) tells them.
 *
 * The library comes with the driver and is opened when a monitor is made; nothing is linked. The
 * few declarations that are needed are made here, after the NVML API Reference Guide (sections
 * "Initialization and Cleanup", "System Queries", "Device Queries", "Multi Instance GPU"); their
 * layout is fixed by the numbers in the names. NVML sees every GPU of the machine, whatever
 * CUDA_VISIBLE_DEVICES says: a monitor is to show who else is at work. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "core/memory.h"
#include "core/monitor_source.h"
#include "tandem/module.h"

#define NVML_LIBRARY      "libnvidia-ml.so.1"
#define NVML_OK           0
#define NVML_ON           1 /* of MIG mode */
#define NVML_TEMPERATURE  0 /* the sensor of the GPU itself */
#define NVML_CLOCK_SM     1
#define NVML_CLOCK_MEMORY 2
#define NVML_MEMORY_V2    ((unsigned)(sizeof(nvml_memory_v2) | 2u << 24))

typedef struct nvml_handle nvml_handle; /* the library's */

typedef struct nvml_rates {
    unsigned gpu, memory; /* percent */
} nvml_rates;

typedef struct nvml_memory {
    unsigned long long total, free, used;
} nvml_memory;

/* In the first version what the driver keeps for itself counts as used. */
typedef struct nvml_memory_v2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
} nvml_memory_v2;

typedef struct nvml_pci {
    char legacy[16];
    unsigned domain, bus, device, id, subsystem;
    char bus_id[32];
} nvml_pci;

typedef struct nvml_functions {
    int (*init)(void);
    int (*shutdown)(void);
    const char *(*error_text)(int code);
    int (*driver_version)(char *text, unsigned length);
    int (*count)(unsigned *count);
    int (*handle)(unsigned index, nvml_handle **out);
    /* What follows may be missing in an old library, and be refused by a device. */
    int (*name)(nvml_handle *device, char *text, unsigned length);
    int (*pci)(nvml_handle *device, nvml_pci *out);
    int (*utilisation)(nvml_handle *device, nvml_rates *out);
    int (*memory)(nvml_handle *device, nvml_memory *out);
    int (*memory_v2)(nvml_handle *device, nvml_memory_v2 *out);
    int (*temperature)(nvml_handle *device, int sensor, unsigned *celsius);
    int (*power)(nvml_handle *device, unsigned *milliwatts);
    int (*power_enforced)(nvml_handle *device, unsigned *milliwatts);
    int (*power_limit)(nvml_handle *device, unsigned *milliwatts);
    int (*clock)(nvml_handle *device, int which, unsigned *mhz);
    int (*clock_max)(nvml_handle *device, int which, unsigned *mhz);
    int (*mig_mode)(nvml_handle *device, unsigned *now, unsigned *pending);
    int (*mig_count)(nvml_handle *device, unsigned *most);
    int (*mig_handle)(nvml_handle *device, unsigned index, nvml_handle **out);
} nvml_functions;

typedef struct nvml_gpu {
    nvml_handle *device; /* what is listed: a GPU, or an instance of one */
    nvml_handle *board;  /* the GPU that it is, or is a part of */
} nvml_gpu;

struct monitor_nvml {
    void *library;
    nvml_functions call;
    char driver[80];
    uint32_t count;
    nvml_gpu gpu[MONITOR_GPUS_MAX];
};

/* ---- Opening --------------------------------------------------------------------------------- */

/* POSIX has dlsym give functions as data; copying the bits is the way without a cast. */
static bool find(void *library, const char *name, void *function, size_t size)
{
    void *const symbol = dlsym(library, name);
    memcpy(function, &symbol, size);
    return symbol != NULL;
}

#define FIND(member, name) find(nvml->library, name, &nvml->call.member, sizeof nvml->call.member)

static bool find_functions(monitor_nvml *nvml)
{
    const bool whole = FIND(init, "nvmlInit_v2") && FIND(shutdown, "nvmlShutdown") &&
                       FIND(count, "nvmlDeviceGetCount_v2") &&
                       FIND(handle, "nvmlDeviceGetHandleByIndex_v2") &&
                       FIND(error_text, "nvmlErrorString");
    (void)FIND(driver_version, "nvmlSystemGetDriverVersion");
    (void)FIND(name, "nvmlDeviceGetName");
    (void)FIND(pci, "nvmlDeviceGetPciInfo_v3");
    (void)FIND(utilisation, "nvmlDeviceGetUtilizationRates");
    (void)FIND(memory, "nvmlDeviceGetMemoryInfo");
    (void)FIND(memory_v2, "nvmlDeviceGetMemoryInfo_v2");
    (void)FIND(temperature, "nvmlDeviceGetTemperature");
    (void)FIND(power, "nvmlDeviceGetPowerUsage");
    (void)FIND(power_enforced, "nvmlDeviceGetEnforcedPowerLimit");
    (void)FIND(power_limit, "nvmlDeviceGetPowerManagementLimit");
    (void)FIND(clock, "nvmlDeviceGetClockInfo");
    (void)FIND(clock_max, "nvmlDeviceGetMaxClockInfo");
    (void)FIND(mig_mode, "nvmlDeviceGetMigMode");
    (void)FIND(mig_count, "nvmlDeviceGetMaxMigDeviceCount");
    (void)FIND(mig_handle, "nvmlDeviceGetMigDeviceHandleByIndex");
    return whole;
}

static void list_add(monitor_nvml *nvml, nvml_handle *device, nvml_handle *board)
{
    if (nvml->count < MONITOR_GPUS_MAX) nvml->gpu[nvml->count++] = (nvml_gpu){device, board};
}

/* True when the board is cut into instances, which are listed in its place. */
static bool list_instances(monitor_nvml *nvml, nvml_handle *board)
{
    const nvml_functions *const call = &nvml->call;
    unsigned now = 0, pending = 0, most = 0;
    nvml_handle *instance = NULL;
    if (!call->mig_mode || !call->mig_count || !call->mig_handle) return false;
    if (call->mig_mode(board, &now, &pending) != NVML_OK || now != NVML_ON) return false;
    if (call->mig_count(board, &most) != NVML_OK) return false;
    /* Numbers need not be without gaps. */
    for (unsigned i = 0; i < most && i < MONITOR_GPUS_MAX; ++i)
        if (call->mig_handle(board, i, &instance) == NVML_OK) list_add(nvml, instance, board);
    return true;
}

static void list_gpus(monitor_nvml *nvml, char note[MONITOR_NOTE_MAX])
{
    unsigned count = 0;
    const int failed = nvml->call.count(&count);
    if (failed != NVML_OK) {
        snprintf(note, MONITOR_NOTE_MAX, "NVML tells no GPUs: %.200s",
                 nvml->call.error_text(failed));
        return;
    }
    for (unsigned i = 0; i < count && i < MONITOR_GPUS_MAX; ++i) {
        nvml_handle *board = NULL;
        /* One that the user may not see, or that fell off the bus, is left out. */
        if (nvml->call.handle(i, &board) != NVML_OK) continue;
        if (!list_instances(nvml, board)) list_add(nvml, board, board);
    }
    if (nvml->count == 0) snprintf(note, MONITOR_NOTE_MAX, "NVML finds no GPU that it may read");
}

td_status monitor_nvml_open(const char *path, monitor_nvml **out, char note[MONITOR_NOTE_MAX],
                            td_error *err)
{
    const td_allocator plain = memory_allocator(NULL);
    const char *const name = path ? path : NVML_LIBRARY;
    *out = NULL;
    note[0] = 0;
    void *const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *reason = dlerror();
        const size_t length = strlen(name);
        /* The loader begins with the name, too. */
        if (reason && strncmp(reason, name, length) == 0 && reason[length] == ':')
            reason += length + 1 + strspn(reason + length + 1, " ");
        snprintf(note, MONITOR_NOTE_MAX, "%.60s cannot be opened: %.160s", name,
                 reason ? reason : "no reason given");
        return TD_OK;
    }
    monitor_nvml *nvml = memory_take(&plain, sizeof *nvml);
    if (!nvml) {
        dlclose(library);
        return td_fail(err, TD_E_NO_MEMORY, "monitor: no memory for the list of GPUs");
    }
    nvml->library = library;
    if (!find_functions(nvml)) {
        snprintf(note, MONITOR_NOTE_MAX, "%.100s is too old, or is no NVML", name);
        goto refuse;
    }
    const int failed = nvml->call.init();
    if (failed != NVML_OK) {
        snprintf(note, MONITOR_NOTE_MAX, "NVML does not start: %.200s",
                 nvml->call.error_text(failed));
        goto refuse;
    }
    if (!nvml->call.driver_version ||
        nvml->call.driver_version(nvml->driver, sizeof nvml->driver) != NVML_OK)
        nvml->driver[0] = 0;
    list_gpus(nvml, note);
    *out = nvml;
    return TD_OK;
refuse:
    dlclose(library);
    memory_give(nvml);
    return TD_OK;
}

void monitor_nvml_close(monitor_nvml *nvml)
{
    if (!nvml) return;
    (void)nvml->call.shutdown();
    dlclose(nvml->library);
    memory_give(nvml);
}

uint32_t monitor_nvml_count(const monitor_nvml *nvml)
{
    return nvml ? nvml->count : 0;
}

/* ---- Telling -----------------------------------------------------------------------------------
 */

void monitor_nvml_describe(const monitor_nvml *nvml, uint32_t index, td_monitor_device *out)
{
    const nvml_gpu *const gpu = &nvml->gpu[index];
    const nvml_functions *const call = &nvml->call;
    nvml_pci pci;
    memset(&pci, 0, sizeof pci);
    out->kind = TD_GPU;
    if (!call->name || call->name(gpu->device, out->title, sizeof out->title) != NVML_OK)
        snprintf(out->title, sizeof out->title, "GPU %u", (unsigned)index);
    out->title[sizeof out->title - 1] = 0;
    /* The library writes eight digits of the domain, the rest of the world four. */
    if (call->pci && call->pci(gpu->board, &pci) == NVML_OK)
        snprintf(out->pci, sizeof out->pci, "%04x:%02x:%02x.0", pci.domain, pci.bus, pci.device);
    if (nvml->driver[0]) snprintf(out->driver, sizeof out->driver, "driver %.79s", nvml->driver);
}

static void sample_memory(const nvml_functions *call, nvml_handle *device, td_sample *out)
{
    nvml_memory_v2 v2;
    nvml_memory v1;
    memset(&v2, 0, sizeof v2);
    v2.version = NVML_MEMORY_V2;
    if (call->memory_v2 && call->memory_v2(device, &v2) == NVML_OK) {
        /* What is reserved cannot be had either. */
        out->memory_bytes_total = v2.total;
        out->memory_bytes_used = v2.used + v2.reserved;
    } else if (call->memory && call->memory(device, &v1) == NVML_OK) {
        out->memory_bytes_total = v1.total;
        out->memory_bytes_used = v1.used;
    }
}

void monitor_nvml_sample(const monitor_nvml *nvml, uint32_t index, td_sample *out)
{
    const nvml_gpu *const gpu = &nvml->gpu[index];
    const nvml_functions *const call = &nvml->call;
    nvml_rates rates = {0, 0};
    unsigned value = 0;
    /* Of an instance NVML tells no utilisation; it stays unknown. */
    if (call->utilisation && call->utilisation(gpu->device, &rates) == NVML_OK) {
        out->utilisation = rates.gpu;
        out->memory_utilisation = rates.memory;
    }
    sample_memory(call, gpu->device, out);
    if (call->temperature && call->temperature(gpu->board, NVML_TEMPERATURE, &value) == NVML_OK)
        out->temperature = value;
    if (call->power && call->power(gpu->board, &value) == NVML_OK) out->power = value / 1000.0;
    /* The lower of all limits that hold; else the one that was set. */
    if ((call->power_enforced && call->power_enforced(gpu->board, &value) == NVML_OK) ||
        (call->power_limit && call->power_limit(gpu->board, &value) == NVML_OK))
        out->power_limit = value / 1000.0;
    if (call->clock && call->clock(gpu->board, NVML_CLOCK_SM, &value) == NVML_OK)
        out->clock = value;
    if (call->clock_max && call->clock_max(gpu->board, NVML_CLOCK_SM, &value) == NVML_OK)
        out->clock_max = value;
    if (call->clock && call->clock(gpu->board, NVML_CLOCK_MEMORY, &value) == NVML_OK)
        out->memory_clock = value;
}
