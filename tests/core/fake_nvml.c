/* fake_nvml.c - a library with NVML's names and made-up GPUs, to test what reads it without one.
 * FAKE_NVML tells what it plays: "none" (no driver), "empty" (no GPU), "blind" (a GPU that refuses
 * every question but its name), "mig" (a board cut into two instances); else two plain GPUs, of
 * which the second has only the older questions for memory and the limit of power. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

enum { OK = 0, NOT_SUPPORTED = 3, NOT_FOUND = 6, DRIVER_NOT_LOADED = 9 };

typedef struct rates {
    unsigned gpu, memory;
} rates;
typedef struct memory_v2 {
    unsigned version;
    unsigned long long total, reserved, free, used;
} memory_v2;
typedef struct memory_v1 {
    unsigned long long total, free, used;
} memory_v1;
typedef struct pci {
    char legacy[16];
    unsigned domain, bus, device, id, subsystem;
    char bus_id[32];
} pci;

/* Boards 0 and 1, and the instances 2 and 3 of board 0; asked counts up for moving values. */
typedef struct gpu {
    int number;
    unsigned asked;
} gpu;
static gpu gpus[4] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}};

static int plays(const char *part)
{
    const char *const told = getenv("FAKE_NVML");
    return told && strcmp(told, part) == 0;
}

PUBLIC int nvmlInit_v2(void);
PUBLIC int nvmlShutdown(void);
PUBLIC const char *nvmlErrorString(int code);
PUBLIC int nvmlSystemGetDriverVersion(char *text, unsigned length);
PUBLIC int nvmlDeviceGetCount_v2(unsigned *count);
PUBLIC int nvmlDeviceGetHandleByIndex_v2(unsigned index, gpu **out);
PUBLIC int nvmlDeviceGetName(gpu *device, char *text, unsigned length);
PUBLIC int nvmlDeviceGetPciInfo_v3(gpu *device, pci *out);
PUBLIC int nvmlDeviceGetUtilizationRates(gpu *device, rates *out);
PUBLIC int nvmlDeviceGetMemoryInfo_v2(gpu *device, memory_v2 *out);
PUBLIC int nvmlDeviceGetMemoryInfo(gpu *device, memory_v1 *out);
PUBLIC int nvmlDeviceGetTemperature(gpu *device, int sensor, unsigned *celsius);
PUBLIC int nvmlDeviceGetPowerUsage(gpu *device, unsigned *milliwatts);
PUBLIC int nvmlDeviceGetEnforcedPowerLimit(gpu *device, unsigned *milliwatts);
PUBLIC int nvmlDeviceGetPowerManagementLimit(gpu *device, unsigned *milliwatts);
PUBLIC int nvmlDeviceGetClockInfo(gpu *device, int which, unsigned *mhz);
PUBLIC int nvmlDeviceGetMaxClockInfo(gpu *device, int which, unsigned *mhz);
PUBLIC int nvmlDeviceGetMigMode(gpu *device, unsigned *now, unsigned *pending);
PUBLIC int nvmlDeviceGetMaxMigDeviceCount(gpu *device, unsigned *most);
PUBLIC int nvmlDeviceGetMigDeviceHandleByIndex(gpu *device, unsigned index, gpu **out);

int nvmlInit_v2(void)
{
    return plays("none") ? DRIVER_NOT_LOADED : OK;
}
int nvmlShutdown(void)
{
    return OK;
}

const char *nvmlErrorString(int code)
{
    return code == DRIVER_NOT_LOADED ? "Driver Not Loaded" : "Not Supported";
}

int nvmlSystemGetDriverVersion(char *text, unsigned length)
{
    snprintf(text, length, "580.00");
    return OK;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = plays("empty") ? 0 : plays("mig") || plays("blind") ? 1 : 2;
    return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, gpu **out)
{
    *out = &gpus[index & 1];
    return OK;
}

int nvmlDeviceGetName(gpu *device, char *text, unsigned length)
{
    snprintf(text, length, "Made-up GPU %d%s", device->number, device->number > 1 ? " MIG" : "");
    return OK;
}

int nvmlDeviceGetPciInfo_v3(gpu *device, pci *out)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    memset(out, 0, sizeof *out);
    out->bus = 0x3b + (unsigned)device->number;
    snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", out->bus);
    return OK;
}

int nvmlDeviceGetUtilizationRates(gpu *device, rates *out)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    out->gpu = (40 + 10 * device->asked++) % 101;
    out->memory = 25;
    return OK;
}

int nvmlDeviceGetMemoryInfo_v2(gpu *device, memory_v2 *out)
{
    if (plays("blind") || device->number == 1) return NOT_SUPPORTED;
    if (out->version != (sizeof *out | 2u << 24)) return NOT_SUPPORTED;
    out->total = 80ull << 30;
    out->reserved = 1ull << 30;
    out->used = 7ull << 30;
    out->free = out->total - out->reserved - out->used;
    return OK;
}

int nvmlDeviceGetMemoryInfo(gpu *device, memory_v1 *out)
{
    if (plays("blind")) return NOT_SUPPORTED;
    out->total = 80ull << 30;
    out->used = device->number == 1 ? 75ull << 30 : 8ull << 30;
    out->free = out->total - out->used;
    return OK;
}

int nvmlDeviceGetTemperature(gpu *device, int sensor, unsigned *celsius)
{
    if (plays("blind") || sensor != 0 || device->number > 1) return NOT_SUPPORTED;
    *celsius = 55;
    return OK;
}

int nvmlDeviceGetPowerUsage(gpu *device, unsigned *milliwatts)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    *milliwatts = 312500;
    return OK;
}

int nvmlDeviceGetEnforcedPowerLimit(gpu *device, unsigned *milliwatts)
{
    if (plays("blind") || device->number > 0) return NOT_SUPPORTED;
    *milliwatts = 700000;
    return OK;
}

int nvmlDeviceGetPowerManagementLimit(gpu *device, unsigned *milliwatts)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    *milliwatts = 650000;
    return OK;
}

int nvmlDeviceGetClockInfo(gpu *device, int which, unsigned *mhz)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    *mhz = which == 2 ? 2619 : 1755;
    return OK;
}

int nvmlDeviceGetMaxClockInfo(gpu *device, int which, unsigned *mhz)
{
    if (plays("blind") || device->number > 1) return NOT_SUPPORTED;
    *mhz = which == 2 ? 2619 : 1980;
    return OK;
}

int nvmlDeviceGetMigMode(gpu *device, unsigned *now, unsigned *pending)
{
    (void)device;
    *now = *pending = plays("mig") ? 1 : 0;
    return OK;
}

int nvmlDeviceGetMaxMigDeviceCount(gpu *device, unsigned *most)
{
    (void)device;
    *most = 7;
    return OK;
}

int nvmlDeviceGetMigDeviceHandleByIndex(gpu *device, unsigned index, gpu **out)
{
    (void)device;
    /* Instances 0 and 4 are there, those between are not. */
    if (index != 0 && index != 4) return NOT_FOUND;
    *out = &gpus[index == 0 ? 2 : 3];
    return OK;
}
