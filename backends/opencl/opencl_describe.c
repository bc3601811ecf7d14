/* opencl_describe.c - what is told of a device. */
#include <stdio.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

#define PCI_BYTES          32 /* of ocl_candidate.pci */
#define NUMBER(what, type) ocl_device_number(cl, device, what, sizeof(type))

static void describe_driver(const ocl_library *cl, const ocl_candidate *what, td_device_info *info)
{
    char platform[OCL_TEXT_MAX], driver[OCL_TEXT_MAX], version[OCL_TEXT_MAX];
    unsigned major = 0, minor = 0;
    ocl_platform_text(cl, what->platform, CL_PLATFORM_NAME, platform);
    ocl_device_text(cl, what->device, CL_DRIVER_VERSION, driver);
    ocl_device_text(cl, what->device, CL_DEVICE_VERSION, version);
    if (strcmp(platform, "Portable Computing Language") == 0)
        snprintf(platform, sizeof platform, "PoCL");
    if (sscanf(version, "OpenCL %3u.%2u", &major, &minor) != 2) major = minor = 0;
    snprintf(info->driver, sizeof info->driver, "%.40s %.30s, OpenCL %u.%u", platform, driver,
             major, minor);
}

/* Where it is on the bus, by the extension for that or the vendor's own. */
void ocl_device_pci(const ocl_library *cl, cl_device_id device, char *pci)
{
    cl_device_pci_bus_info_khr place = {0};
    pci[0] = 0;
    unsigned domain = 0, bus = 0, number = 0;
    if (ocl_device_extends(cl, device, "cl_khr_pci_bus_info") &&
        cl->GetDeviceInfo(device, CL_DEVICE_PCI_BUS_INFO_KHR, sizeof place, &place, NULL) ==
            CL_SUCCESS) {
        domain = place.pci_domain;
        bus = place.pci_bus;
        number = place.pci_device * 8 + place.pci_function;
    } else if (ocl_device_extends(cl, device, "cl_nv_device_attribute_query")) {
        /* CL_DEVICE_PCI_BUS_ID_NV, _SLOT_ID_NV (device * 8 + function), _DOMAIN_ID_NV */
        bus = (unsigned)NUMBER(0x4008, cl_uint);
        number = (unsigned)NUMBER(0x4009, cl_uint);
        domain = (unsigned)NUMBER(0x400a, cl_uint);
    } else if (ocl_device_extends(cl, device, "cl_amd_device_attribute_query")) {
        /* cl_device_topology_amd: type 1 (PCIe), 17 unused bytes, bus, device, function */
        unsigned char topology[24] = {0};
        if (cl->GetDeviceInfo(device, CL_DEVICE_TOPOLOGY_AMD, sizeof topology, topology, NULL) !=
                CL_SUCCESS ||
            topology[0] != 1)
            return;
        bus = topology[21];
        number = topology[22] * 8u + topology[23];
    } else {
        return;
    }
    snprintf(pci, PCI_BYTES, "%04x:%02x:%02x.%x", domain & 0xffffu, bus & 0xffu,
             (number >> 3) & 0x1fu, number & 7u);
}

/* float32 operations that one of float64 costs, by what vendors publish of their families:
 *   a CPU 2: half as many lanes
 *   NVIDIA 2 for compute capability 6.0, 7.0, 8.0, 9.0, 10.0 (the data centre's), 32 below 8.0,
 * else 64 AMD 2 for gfx906, gfx908, gfx90a and gfx94x (the data centre's), else 16 Intel and others
 * 16: between the families that have it at a quarter and at a 64th */
static uint32_t float64_cost(const ocl_library *cl, const ocl_candidate *what,
                             const td_device_info *info)
{
    static const char *const fast[] = {"gfx906", "gfx908", "gfx90a", "gfx94"};
    char name[OCL_TEXT_MAX];
    if (!what->float64) return 0;
    if (what->type & CL_DEVICE_TYPE_CPU) return 2;
    if (info->compute_major > 0) {
        const uint32_t version = info->compute_major * 10 + info->compute_minor;
        if (info->compute_major >= 6 && info->compute_major <= 10 && info->compute_minor == 0)
            return 2;
        return version < 80 ? 32 : 64;
    }
    ocl_device_text(cl, what->device, CL_DEVICE_NAME, name);
    for (size_t i = 0; i < sizeof fast / sizeof fast[0]; ++i)
        if (strncmp(name, fast[i], strlen(fast[i])) == 0) return 2;
    return 16;
}

static void describe_title(const ocl_library *cl, cl_device_id device, td_device_info *info)
{
    char title[OCL_TEXT_MAX] = {0};
    /* AMD's CL_DEVICE_NAME is the name of the chip's family: "gfx1030". */
    if (ocl_device_extends(cl, device, "cl_amd_device_attribute_query"))
        ocl_device_text(cl, device, CL_DEVICE_BOARD_NAME_AMD, title);
    if (!title[0]) ocl_device_text(cl, device, CL_DEVICE_NAME, title);
    snprintf(info->title, sizeof info->title, "%.127s", title);
}

uint64_t ocl_device_free_bytes(const td_backend_device *device)
{
    const ocl_library *const cl = &device->cl;
    const uint64_t held = atomic_load(&device->held_bytes);
    size_t kib[2] = {0}; /* in all, and the largest piece */
    size_t told = 0;
    if (ocl_device_extends(cl, device->what.device, "cl_amd_device_attribute_query") &&
        cl->GetDeviceInfo(device->what.device, CL_DEVICE_GLOBAL_FREE_MEMORY_AMD, sizeof kib, kib,
                          &told) == CL_SUCCESS &&
        told >= sizeof kib[0])
        return (uint64_t)kib[0] * 1024;
    return device->memory_bytes > held ? device->memory_bytes - held : 0;
}

/* The device's lock is held. */
static void describe_reason(const td_backend_device *device, td_device_info *info)
{
    const size_t size = sizeof info->reason;
    if (device->unfit_reason[0]) snprintf(info->reason, size, "%s", device->unfit_reason);
    else if (!info->fit) snprintf(info->reason, size, "%s", device->lost_reason);
    else if (info->kind == TD_CPU)
        snprintf(info->reason, size, "an OpenCL device that is this CPU: used only by name");
    else if (!info->preferred)
        snprintf(info->reason, size, "the same device as opencl:%zu, told twice: used only by name",
                 device->what.twin);
}

td_status ocl_device_describe(const td_backend_device *handle, td_device_info *info, td_error *err)
{
    td_backend_device *const own = (td_backend_device *)handle;
    const ocl_library *const cl = &handle->cl;
    const cl_device_id device = handle->what.device;
    const bool is_cpu = (handle->what.type & CL_DEVICE_TYPE_CPU) != 0;
    td_pool_stats stats = {.struct_size = sizeof stats};
    td_device_info full = {.struct_size = info->struct_size};
    (void)err;
    full.kind = is_cpu ? TD_CPU : TD_GPU;
    describe_title(cl, device, &full);
    describe_driver(cl, &handle->what, &full);
    memcpy(full.pci, handle->what.pci, sizeof full.pci);
    if (ocl_device_extends(cl, device, "cl_nv_device_attribute_query")) {
        full.compute_major = (uint32_t)NUMBER(CL_DEVICE_COMPUTE_CAPABILITY_MAJOR_NV, cl_uint);
        full.compute_minor = (uint32_t)NUMBER(CL_DEVICE_COMPUTE_CAPABILITY_MINOR_NV, cl_uint);
    }
    full.memory_bytes_total = handle->memory_bytes;
    full.memory_bytes_free = ocl_device_free_bytes(handle);
    full.units = (uint32_t)NUMBER(CL_DEVICE_MAX_COMPUTE_UNITS, cl_uint);
    full.clock_mhz = (uint32_t)NUMBER(CL_DEVICE_MAX_CLOCK_FREQUENCY, cl_uint);
    full.float64_cost = float64_cost(cl, &handle->what, &full);
    if (handle->pool) mempool_stats(handle->pool, &stats);
    full.memory_bytes_limit = stats.limit;
    full.preferred = is_cpu || handle->what.twin != handle->number ? 0 : 1;
    pthread_mutex_lock(&own->lock);
    full.fit = !handle->unfit_reason[0] && !atomic_load(&handle->lost);
    describe_reason(handle, &full);
    pthread_mutex_unlock(&own->lock);
    memcpy(info, &full, full.struct_size < sizeof full ? full.struct_size : sizeof full);
    return TD_OK;
}
