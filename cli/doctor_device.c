/* doctor_device.c - see doctor_device.h. */
#include "cli/doctor_device.h"

#include "cli/paper.h"
#include "tandem/monitor.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *kernel, *gpu;
} gpu_runs[] = {
#define GPU_RUN(kernel, gpu) {#kernel, gpu},
#include "cli/gpu_runs.h"
};
#define GPU_RUNS (sizeof gpu_runs / sizeof *gpu_runs)

/* ---- Backends --------------------------------------------------------------------------- */

static bool find_backend(const td_engine *engine, const char *name, td_backend_info *info)
{
    for (size_t i = 0; td_backend_at(engine, i, info); ++i)
        if (strcmp(info->name, name) == 0) return true;
    return false;
}

/* The driver of the backend's first device: they share it. */
static void find_driver(const td_engine *engine, const char *backend, char *text, size_t size)
{
    const td_device *device = NULL;
    const size_t bytes = strlen(backend);
    for (size_t i = 0; (device = td_device_at(engine, i)); ++i) {
        td_device_info info = TD_DEVICE_INFO_INIT;
        if (td_device_describe(device, &info, NULL)) continue;
        if (strncmp(info.name, backend, bytes) != 0 || info.name[bytes] != ':') continue;
        snprintf(text, size, ", %s", info.driver);
        return;
    }
}

/* Built, driver there, devices: the first of them that is missing is what to mend. */
static void check_backend(const td_engine *engine, const char *name, const char *title,
                          const char *not_built, doctor_add add, void *context)
{
    td_backend_info info = TD_BACKEND_INFO_INIT;
    char words[512], driver[128] = "";
    if (!find_backend(engine, name, &info)) {
        add(context, FINDING_NOTE, title, not_built);
        return;
    }
    find_driver(engine, name, driver, sizeof driver);
    if (!info.usable) snprintf(words, sizeof words, "built, and not usable here: %s", info.reason);
    else if (!info.device_count) snprintf(words, sizeof words, "built; it found no device");
    else
        snprintf(words, sizeof words, "%u device%s%s", info.device_count,
                 info.device_count == 1 ? "" : "s", driver);
    add(context, info.usable && info.device_count ? FINDING_GOOD : FINDING_NOTE, title, words);
}

/* Plug-ins beside the two that are ours. */
static void check_others(const td_engine *engine, doctor_add add, void *context)
{
    td_backend_info info = TD_BACKEND_INFO_INIT;
    for (size_t i = 0; td_backend_at(engine, i, &info); ++i) {
        char words[640];
        if (strcmp(info.name, "cuda") == 0 || strcmp(info.name, "opencl") == 0) continue;
        snprintf(words, sizeof words, "%s, %s", info.name,
                 info.usable      ? info.path
                 : info.reason[0] ? info.reason
                                  : "not usable");
        add(context, info.usable ? FINDING_GOOD : FINDING_NOTE, "backend", words);
    }
}

/* ---- Devices ---------------------------------------------------------------------------- */

static void check_each(const td_engine *engine, doctor_add add, void *context, uint32_t *gpus)
{
    const td_device *device = NULL;
    for (size_t i = 0; (device = td_device_at(engine, i)); ++i) {
        td_device_info info = TD_DEVICE_INFO_INIT;
        paper words = {0};
        if (td_device_describe(device, &info, NULL) || strcmp(info.name, "cpu") == 0) continue;
        paper_addf(&words, "%s, %s, ", info.name, info.title);
        paper_add_size(&words, info.memory_bytes_total);
        if (info.reason[0]) paper_addf(&words, "; %s%s", info.fit ? "" : "not fit: ", info.reason);
        else if (!info.fit) paper_add(&words, "; not fit: it failed its test");
        if (words.data) add(context, info.fit ? FINDING_GOOD : FINDING_NOTE, "device", words.data);
        paper_free(&words);
        *gpus += info.kind == TD_GPU && info.fit;
    }
}

/* NVIDIA's management library tells what GPUs are doing: `tandem top` reads it. */
static void check_monitor(doctor_add add, void *context)
{
    td_monitor_device device = TD_MONITOR_DEVICE_INIT;
    td_monitor *monitor = NULL;
    td_error err = TD_ERROR_INIT;
    char words[640];
    if (td_monitor_create(NULL, &monitor, &err)) {
        add(context, FINDING_NOTE, "NVML", err.message);
        return;
    }
    const uint32_t gpus = td_monitor_device_count(monitor) - 1; /* the CPU is the last */
    const char *note = td_monitor_note(monitor);
    if (gpus > 0 && td_monitor_describe(monitor, 0, &device, NULL) == TD_OK)
        snprintf(words, sizeof words, "tells of %u GPU%s, %s", gpus, gpus == 1 ? "" : "s",
                 device.driver);
    else
        snprintf(words, sizeof words, "not here: %.400s; tandem top shows the CPU",
                 *note ? note : "it tells of no GPU");
    add(context, gpus > 0 ? FINDING_GOOD : FINDING_NOTE, "NVML", words);
    td_monitor_destroy(monitor);
}

static void check_kernels(doctor_add add, void *context)
{
    paper ran = {0}, not_yet = {0};
    for (size_t i = 0; i < GPU_RUNS; ++i) {
        if (gpu_runs[i].gpu)
            paper_addf(&ran, "%s%s (%s)", ran.bytes ? ", " : "", gpu_runs[i].kernel,
                       gpu_runs[i].gpu);
        else paper_addf(&not_yet, "%s%s", not_yet.bytes ? ", " : "", gpu_runs[i].kernel);
    }
    if (ran.data) {
        paper words = {0};
        paper_addf(&words, "checked on a GPU: %s", ran.data);
        if (words.data) add(context, FINDING_GOOD, "kernels", words.data);
        paper_free(&words);
    }
    if (not_yet.data) {
        paper words = {0};
        paper_addf(&words, "not yet run on a GPU: %s", not_yet.data);
        if (words.data) add(context, FINDING_NOTE, "kernels", words.data);
        paper_free(&words);
    }
    paper_free(&ran);
    paper_free(&not_yet);
}

void doctor_devices(const td_engine *engine, doctor_add add, void *context)
{
    uint32_t gpus = 0;
    check_backend(engine, "cuda", "CUDA",
                  "not in this build: it is built where the CUDA toolkit's nvcc is found", add,
                  context);
    check_backend(engine, "opencl", "OpenCL",
                  "not in this build: it is built where OpenCL's headers are found "
                  "(opencl-c-headers, ocl-icd-opencl-dev)",
                  add, context);
    check_others(engine, add, context);
    check_monitor(add, context);
    check_each(engine, add, context, &gpus);
    if (gpus == 0)
        add(context, FINDING_NOTE, "GPU",
            "none that can be used; all work runs on the CPU, with the same results");
    check_kernels(add, context);
}
