/* opencl_choose.c - which OpenCL devices can do the work, and which of them is the best.
 *
 * The score, the one place where devices are compared:
 *
 *     score = rank * 1e12 + units * MHz * lanes * share + min(GiB, 1000) / 1000
 *
 *   rank    2 for a GPU, 1 for an accelerator, 0 for a CPU: always decides first
 *   units   compute units, MHz their clock at most
 *   lanes   float32 operations of a unit in one clock, as vendors count units: 128 NVIDIA (a
 *           multiprocessor), 64 AMD, 8 Intel GPUs (an execution unit), 8 a core of a CPU, else 32
 *   share   1/2 when the device shares the host's memory, which is narrower; else 1
 *   GiB     of memory: decides between equals
 *
 * It orders, no more: what a device really does in a second is measured elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

#define VENDOR_NVIDIA 0x10deu
#define VENDOR_AMD    0x1002u
#define VENDOR_INTEL  0x8086u

/* ---- Asking -----------------------------------------------------------------------------------
 */

static void text_trim(char *text)
{
    size_t length = strlen(text);
    const size_t blanks = strspn(text, " \t");
    while (length > blanks && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length -= 1;
    memmove(text, text + blanks, length - blanks);
    text[length - blanks] = 0;
}

void ocl_device_text(const ocl_library *cl, cl_device_id device, cl_device_info what, char *text)
{
    char *full = NULL;
    size_t bytes = 0;
    text[0] = 0;
    if (cl->GetDeviceInfo(device, what, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0) return;
    full = calloc(bytes + 1, 1);
    if (full && cl->GetDeviceInfo(device, what, bytes, full, NULL) == CL_SUCCESS) {
        snprintf(text, OCL_TEXT_MAX, "%s", full);
        text_trim(text);
    }
    free(full);
}

void ocl_platform_text(const ocl_library *cl, cl_platform_id platform, cl_platform_info what,
                       char *text)
{
    char *full = NULL;
    size_t bytes = 0;
    text[0] = 0;
    if (cl->GetPlatformInfo(platform, what, 0, NULL, &bytes) != CL_SUCCESS || bytes == 0) return;
    full = calloc(bytes + 1, 1);
    if (full && cl->GetPlatformInfo(platform, what, bytes, full, NULL) == CL_SUCCESS) {
        snprintf(text, OCL_TEXT_MAX, "%s", full);
        text_trim(text);
    }
    free(full);
}

cl_ulong ocl_device_number(const ocl_library *cl, cl_device_id device, cl_device_info what,
                           size_t bytes)
{
    /* Devices that the library serves are little-endian, and so is a host that has them. */
    cl_ulong value = 0;
    size_t told = 0;
    if (bytes > sizeof value) return 0;
    if (cl->GetDeviceInfo(device, what, bytes, &value, &told) != CL_SUCCESS) return 0;
    return told == bytes ? value : 0;
}

bool ocl_device_extends(const ocl_library *cl, cl_device_id device, const char *extension)
{
    const size_t length = strlen(extension);
    char *full = NULL;
    size_t bytes = 0;
    bool has = false;
    if (cl->GetDeviceInfo(device, CL_DEVICE_EXTENSIONS, 0, NULL, &bytes) != CL_SUCCESS)
        return false;
    full = calloc(bytes + 1, 1);
    if (full && cl->GetDeviceInfo(device, CL_DEVICE_EXTENSIONS, bytes, full, NULL) == CL_SUCCESS) {
        for (const char *at = full; !has && (at = strstr(at, extension)) != NULL; at += length)
            has = (at == full || at[-1] == ' ') && (at[length] == ' ' || at[length] == 0);
    }
    free(full);
    return has;
}

/* ---- Fit --------------------------------------------------------------------------------------
 */

#define NUMBER(what, type) ocl_device_number(cl, device, what, sizeof(type))

/* "OpenCL 1.2 ..." as 102; 0 when it is not such a text. */
static unsigned version_read(const char *text)
{
    unsigned major = 0, minor = 0;
    if (sscanf(text, "OpenCL %3u.%2u", &major, &minor) != 2) return 0;
    return major * 100 + minor;
}

static unsigned candidate_version(const ocl_library *cl, const ocl_candidate *candidate)
{
    char text[OCL_TEXT_MAX];
    ocl_device_text(cl, candidate->device, CL_DEVICE_VERSION, text);
    const unsigned device = version_read(text);
    ocl_platform_text(cl, candidate->platform, CL_PLATFORM_VERSION, text);
    const unsigned platform = version_read(text);
    return device < platform ? device : platform;
}

static void candidate_judge(const ocl_library *cl, ocl_candidate *candidate)
{
    const cl_device_id device = candidate->device;
    char *const reason = candidate->reason;
    const size_t size = sizeof candidate->reason;
    const cl_ulong group = NUMBER(CL_DEVICE_MAX_WORK_GROUP_SIZE, size_t);
    const cl_ulong local = NUMBER(CL_DEVICE_LOCAL_MEM_SIZE, cl_ulong);
    const cl_ulong single = NUMBER(CL_DEVICE_SINGLE_FP_CONFIG, cl_device_fp_config);
    const unsigned version = candidate->version;
    char profile[OCL_TEXT_MAX];
    ocl_device_text(cl, device, CL_DEVICE_PROFILE, profile);
    if (!NUMBER(CL_DEVICE_AVAILABLE, cl_bool)) {
        snprintf(reason, size, "its driver says that it is not available");
    } else if (version < 102) {
        snprintf(reason, size, "it has OpenCL %u.%u, 1.2 is needed", version / 100, version % 100);
    } else if (strcmp(profile, "FULL_PROFILE") != 0) {
        snprintf(reason, size, "it has the profile %.40s, the full one is needed", profile);
    } else if (!NUMBER(CL_DEVICE_COMPILER_AVAILABLE, cl_bool)) {
        snprintf(reason, size, "its driver has no compiler");
    } else if (!NUMBER(CL_DEVICE_ENDIAN_LITTLE, cl_bool)) {
        snprintf(reason, size, "it is big-endian");
    } else if (!ocl_device_extends(cl, device, "cl_khr_global_int32_base_atomics")) {
        snprintf(reason, size, "it has no atomic addition (cl_khr_global_int32_base_atomics)");
    } else if (group < OCL_GROUP) {
        snprintf(reason, size, "its groups have at most %llu work-items, %u are needed",
                 (unsigned long long)group, OCL_GROUP);
    } else if (local < OCL_LOCAL_BYTES) {
        snprintf(reason, size, "it has %llu bytes of local memory, %u are needed",
                 (unsigned long long)local, OCL_LOCAL_BYTES);
    } else if (!(single & CL_FP_ROUND_TO_NEAREST) || !(single & CL_FP_INF_NAN)) {
        snprintf(reason, size, "its float32 does not round to nearest, or has no infinity and NaN");
    }
}

/* What the standard asks of float64, and we need. */
static bool device_has_float64(const ocl_library *cl, cl_device_id device)
{
    const cl_ulong needed = CL_FP_ROUND_TO_NEAREST | CL_FP_INF_NAN | CL_FP_DENORM;
    const cl_ulong has = NUMBER(CL_DEVICE_DOUBLE_FP_CONFIG, cl_device_fp_config);
    return (has & needed) == needed && ocl_device_extends(cl, device, "cl_khr_fp64");
}

static double candidate_score(const ocl_library *cl, const ocl_candidate *candidate)
{
    const cl_device_id device = candidate->device;
    const cl_ulong vendor = NUMBER(CL_DEVICE_VENDOR_ID, cl_uint);
    const double units = (double)NUMBER(CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint);
    const double clock = (double)NUMBER(CL_DEVICE_MAX_CLOCK_FREQUENCY, cl_uint);
    const double memory = (double)NUMBER(CL_DEVICE_GLOBAL_MEM_SIZE, cl_ulong) / 0x1p30;
    const double share = NUMBER(CL_DEVICE_HOST_UNIFIED_MEMORY, cl_bool) ? 0.5 : 1.0;
    double rank = 1.0, lanes = 32.0;
    if (candidate->type & CL_DEVICE_TYPE_GPU) rank = 2.0;
    else if (candidate->type & CL_DEVICE_TYPE_CPU) rank = 0.0;
    if (candidate->type & CL_DEVICE_TYPE_CPU || vendor == VENDOR_INTEL) lanes = 8.0;
    else if (vendor == VENDOR_NVIDIA) lanes = 128.0;
    else if (vendor == VENDOR_AMD) lanes = 64.0;
    return rank * 1e12 + units * clock * lanes * share + (memory < 1000 ? memory : 1000) / 1000;
}

/* ---- The list ---------------------------------------------------------------------------------
 */

/* Fit ones first, by score; the order in which drivers tell them decides between equals. */
static bool candidate_before(const ocl_candidate *a, const ocl_candidate *b)
{
    const bool a_fit = a->reason[0] == 0, b_fit = b->reason[0] == 0;
    return a_fit != b_fit ? a_fit : a->score > b->score;
}

static void candidate_insert(ocl_candidate *found, size_t count, const ocl_candidate *candidate)
{
    size_t place = count;
    while (place > 0 && candidate_before(candidate, &found[place - 1])) {
        found[place] = found[place - 1];
        place -= 1;
    }
    found[place] = *candidate;
}

static size_t platform_choose(const ocl_library *cl, cl_platform_id platform, ocl_candidate *found,
                              size_t count, char *left_out)
{
    cl_device_id devices[OCL_DEVICES_MAX];
    cl_uint told = 0;
    if (cl->GetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, OCL_DEVICES_MAX, devices, &told) !=
        CL_SUCCESS)
        return count;
    for (cl_uint i = 0; i < told && i < OCL_DEVICES_MAX && count < OCL_DEVICES_MAX; ++i) {
        const cl_device_id device = devices[i];
        ocl_candidate candidate = {.platform = platform, .device = device};
        candidate.type = NUMBER(CL_DEVICE_TYPE, cl_device_type);
        if (candidate.type & CL_DEVICE_TYPE_CUSTOM) {
            char name[OCL_TEXT_MAX];
            ocl_device_text(cl, device, CL_DEVICE_NAME, name);
            snprintf(left_out, OCL_TEXT_MAX, "%.100s is a custom device: it runs no programs",
                     name);
            continue;
        }
        candidate.version = candidate_version(cl, &candidate);
        candidate_judge(cl, &candidate);
        candidate.float64 = device_has_float64(cl, device);
        candidate.score = candidate_score(cl, &candidate);
        ocl_device_pci(cl, device, candidate.pci);
        candidate_insert(found, count, &candidate);
        count += 1;
    }
    return count;
}

/* Two drivers may tell of one device, and one driver may be registered twice: to work on both
 * would be to work on one with half the memory. */
static void twins_find(ocl_candidate *found, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        found[i].twin = i;
        for (size_t j = 0; j < i && found[i].twin == i; ++j)
            if (found[i].device == found[j].device ||
                (found[i].pci[0] && strcmp(found[i].pci, found[j].pci) == 0))
                found[i].twin = found[j].twin;
    }
}

size_t ocl_choose(const ocl_library *cl, ocl_candidate *found, char *left_out)
{
    cl_platform_id platforms[OCL_PLATFORMS_MAX];
    cl_uint told = 0;
    size_t count = 0;
    left_out[0] = 0;
    if (cl->GetPlatformIDs(OCL_PLATFORMS_MAX, platforms, &told) != CL_SUCCESS) return 0;
    for (cl_uint i = 0; i < told && i < OCL_PLATFORMS_MAX; ++i)
        count = platform_choose(cl, platforms[i], found, count, left_out);
    twins_find(found, count);
    return count;
}
