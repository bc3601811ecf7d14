/* opencl_program.c - the program of all kernels: from the cache, or built from its text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/opencl/opencl_internal.h"

#define KEY_MAX    4096
#define BINARY_MAX (64u << 20)
#define LOG_SHOWN  300
#define NAMES_MAX  (OCL_KERNELS_MAX * 48u)

/* No fast-math of any kind. Whether there is float64 is our choice, not the compiler's. */
static const char *program_options(const td_backend_device *device)
{
    return device->what.float64 ? "-cl-std=CL1.2 -DTD_HAS_F64=1" : "-cl-std=CL1.2 -DTD_NO_F64=1";
}

/* All that the binary depends on, a line each. False: too long to name, so not cached. */
static bool program_key(const td_backend_device *device, char *key, size_t size)
{
    static const cl_device_info asked[] = {CL_DEVICE_NAME, CL_DEVICE_VENDOR, CL_DEVICE_VERSION,
                                           CL_DRIVER_VERSION, CL_DEVICE_OPENCL_C_VERSION};
    char text[OCL_TEXT_MAX];
    uint64_t kernels[2], check[2];
    size_t bytes = 0, used = 0;
    const char *const source = ocl_kernels_text(&bytes);
    ocl_hash(source, bytes, kernels);
    ocl_hash(ocl_check_text, strlen(ocl_check_text), check);
    int length = snprintf(key, size, "kernels %zu %016llx%016llx\ncheck %016llx%016llx\n%s\n",
                          bytes, (unsigned long long)kernels[0], (unsigned long long)kernels[1],
                          (unsigned long long)check[0], (unsigned long long)check[1],
                          program_options(device));
    if (length < 0 || (size_t)length >= size) return false;
    used = (size_t)length;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0] + 2; ++i) {
        if (i == 0) ocl_platform_text(&device->cl, device->what.platform, CL_PLATFORM_NAME, text);
        else if (i == 1)
            ocl_platform_text(&device->cl, device->what.platform, CL_PLATFORM_VERSION, text);
        else ocl_device_text(&device->cl, device->what.device, asked[i - 2], text);
        length = snprintf(key + used, size - used, "%s\n", text);
        if (length < 0 || (size_t)length >= size - used) return false;
        used += (size_t)length;
    }
    return true;
}

/* ---- Building ---------------------------------------------------------------------------------
 */

/* "build failed: the beginning of the compiler's log" */
static td_status build_fail(td_backend_device *device, cl_program program, cl_int code,
                            td_error *err)
{
    char *log = NULL;
    size_t bytes = 0;
    const ocl_library *const cl = &device->cl;
    if (code != CL_BUILD_PROGRAM_FAILURE)
        return ocl_device_fail(device, err, code, OCL_AT_SETUP, "clBuildProgram");
    (void)cl->GetProgramBuildInfo(program, device->what.device, CL_PROGRAM_BUILD_LOG, 0, NULL,
                                  &bytes);
    if (bytes > 0) log = calloc(bytes + 1, 1);
    if (log)
        (void)cl->GetProgramBuildInfo(program, device->what.device, CL_PROGRAM_BUILD_LOG, bytes,
                                      log, NULL);
    const td_status status =
        backend_fail_native(err, TD_E_UNSUPPORTED, code, "its compiler refuses the kernels: %.*s",
                            LOG_SHOWN, log && log[0] ? log : "no reason given");
    free(log);
    return status;
}

static td_status program_from_text(td_backend_device *device, cl_program *out, td_error *err)
{
    const ocl_library *const cl = &device->cl;
    const char *texts[2] = {NULL, ocl_check_text};
    size_t lengths[2] = {0, strlen(ocl_check_text)};
    cl_int code = CL_SUCCESS;
    texts[0] = ocl_kernels_text(&lengths[0]);
    cl_program made = cl->CreateProgramWithSource(device->context, 2, texts, lengths, &code);
    if (!made) return ocl_device_fail(device, err, code, OCL_AT_SETUP, "clCreateProgramWithSource");
    code = cl->BuildProgram(made, 1, &device->what.device, program_options(device), NULL, NULL);
    if (code != CL_SUCCESS) {
        const td_status status = build_fail(device, made, code, err);
        cl->ReleaseProgram(made);
        return status;
    }
    *out = made;
    return TD_OK;
}

/* NULL when there is none, or the driver does not take it any more. */
static cl_program program_from_cache(td_backend_device *device, const char *key)
{
    const ocl_library *const cl = &device->cl;
    unsigned char *binary = NULL;
    size_t bytes = 0;
    cl_int code = CL_SUCCESS, taken = CL_SUCCESS;
    if (!ocl_cache_get(key, &binary, &bytes)) return NULL;
    const unsigned char *given = binary;
    cl_program made = cl->CreateProgramWithBinary(device->context, 1, &device->what.device, &bytes,
                                                  &given, &taken, &code);
    if (made && (code != CL_SUCCESS || taken != CL_SUCCESS ||
                 cl->BuildProgram(made, 1, &device->what.device, program_options(device), NULL,
                                  NULL) != CL_SUCCESS)) {
        cl->ReleaseProgram(made);
        made = NULL;
    }
    free(binary);
    return made;
}

static void program_to_cache(td_backend_device *device, const char *key, cl_program program)
{
    const ocl_library *const cl = &device->cl;
    unsigned char *binary = NULL;
    size_t bytes = 0;
    if (cl->GetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof bytes, &bytes, NULL) !=
            CL_SUCCESS ||
        bytes == 0 || bytes > BINARY_MAX)
        return;
    binary = malloc(bytes);
    if (binary && cl->GetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof binary, &binary, NULL) ==
                      CL_SUCCESS)
        ocl_cache_put(key, binary, bytes);
    free(binary);
}

/* ---- Its kernels ------------------------------------------------------------------------------
 */

/* False: the device has too little for this one kernel, which then does not exist on it. */
static bool kernel_look(const td_backend_device *device, cl_kernel object, ocl_kernel *kernel)
{
    const ocl_library *const cl = &device->cl;
    const cl_device_id id = device->what.device;
    const cl_ulong local_max =
        ocl_device_number(cl, id, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(cl_ulong));
    size_t wanted[3] = {0}, most = 0;
    cl_ulong local = 0;
    cl_uint arg_count = 0;
    kernel->args = ocl_row_args(kernel->name);
    if (cl->GetKernelInfo(object, CL_KERNEL_NUM_ARGS, sizeof arg_count, &arg_count, NULL) !=
            CL_SUCCESS ||
        cl->GetKernelWorkGroupInfo(object, id, CL_KERNEL_COMPILE_WORK_GROUP_SIZE, sizeof wanted,
                                   wanted, NULL) != CL_SUCCESS ||
        cl->GetKernelWorkGroupInfo(object, id, CL_KERNEL_WORK_GROUP_SIZE, sizeof most, &most,
                                   NULL) != CL_SUCCESS ||
        cl->GetKernelWorkGroupInfo(object, id, CL_KERNEL_LOCAL_MEM_SIZE, sizeof local, &local,
                                   NULL) != CL_SUCCESS)
        return false;
    kernel->group = wanted[0] > 0 ? wanted[0] : OCL_GROUP;
    if (kernel->args && strlen(kernel->args) != arg_count) return false;
    return kernel->group <= most && local <= local_max;
}

static td_status kernels_list(td_backend_device *device, td_error *err)
{
    const ocl_library *const cl = &device->cl;
    size_t bytes = 0;
    td_status status = TD_OK;
    char *names = NULL;
    cl_int code = cl->GetProgramInfo(device->program, CL_PROGRAM_KERNEL_NAMES, 0, NULL, &bytes);
    if (code != CL_SUCCESS || bytes == 0 || bytes > NAMES_MAX)
        return ocl_device_fail(device, err,
                               code != CL_SUCCESS ? code : CL_INVALID_PROGRAM_EXECUTABLE,
                               OCL_AT_SETUP, "the names of the kernels");
    names = calloc(bytes + 1, 1);
    device->kernels = calloc(OCL_KERNELS_MAX, sizeof *device->kernels);
    if (!names || !device->kernels) {
        status = backend_fail(err, TD_E_NO_MEMORY, "no host memory for the kernels' names");
        goto out;
    }
    code = cl->GetProgramInfo(device->program, CL_PROGRAM_KERNEL_NAMES, bytes, names, NULL);
    if (code != CL_SUCCESS)
        status = ocl_device_fail(device, err, code, OCL_AT_SETUP, "the names of the kernels");
    for (char *at = names, *next = NULL; !status && *at; at = next) {
        ocl_kernel *const kernel = &device->kernels[device->kernel_count];
        const size_t length = strcspn(at, ";");
        next = at + length + (at[length] != 0);
        at[length] = 0;
        if (length == 0 || length >= sizeof kernel->name) continue;
        if (device->kernel_count == OCL_KERNELS_MAX) break;
        memcpy(kernel->name, at, length + 1);
        cl_kernel object = cl->CreateKernel(device->program, kernel->name, &code);
        /* One kernel that the driver cannot do is absent; the others are there. */
        if (!object && ocl_status(code, OCL_AT_SETUP) == TD_E_UNSUPPORTED) continue;
        if (!object) {
            status =
                ocl_device_fail(device, err, code, OCL_AT_SETUP, "clCreateKernel %s", kernel->name);
            break;
        }
        device->kernel_count += kernel_look(device, object, kernel);
        cl->ReleaseKernel(object);
    }
out:
    free(names);
    return status;
}

td_status ocl_program_open(td_backend_device *device, bool cached, td_error *err)
{
    char key[KEY_MAX];
    const bool named = program_key(device, key, sizeof key);
    td_status status = TD_OK;
    if (named && cached) device->program = program_from_cache(device, key);
    device->program_cached = device->program != NULL;
    if (device->program) {
        if (kernels_list(device, NULL) == TD_OK && ocl_kernel_find(device, OCL_CHECK_KERNEL))
            return TD_OK;
        ocl_program_close(device); /* the driver took it, and cannot use it */
        device->program_cached = false;
    }
    status = program_from_text(device, &device->program, err);
    if (!status && named) program_to_cache(device, key, device->program);
    return status ? status : kernels_list(device, err);
}

void ocl_program_close(td_backend_device *device)
{
    if (device->program) device->cl.ReleaseProgram(device->program);
    device->program = NULL;
    free(device->kernels);
    device->kernels = NULL;
    device->kernel_count = 0;
}

const ocl_kernel *ocl_kernel_find(const td_backend_device *device, const char *name)
{
    for (uint32_t i = 0; i < device->kernel_count; ++i)
        if (strcmp(device->kernels[i].name, name) == 0) return &device->kernels[i];
    return NULL;
}

bool ocl_has_kernel(const td_backend_device *device, const char *kernel)
{
    const ocl_kernel *const found =
        device->unfit_reason[0] ? NULL : ocl_kernel_find(device, kernel);
    return found && found->args;
}
