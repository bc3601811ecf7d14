/* opencl_error.c - see opencl_error.h. */
#include "backends/opencl/opencl_error.h"

#include <stdarg.h>
#include <stdio.h>

#include "backends/common/fail.h"

typedef struct ocl_code {
    cl_int code;
    td_status status;
    const char *name;
} ocl_code;

/* Of extensions and of drivers, which CL/cl.h of 1.2 does not name. */
#define CL_PLATFORM_NOT_FOUND_KHR_CODE (-1001)
#define CL_NVIDIA_ILLEGAL_ACCESS       (-9999)

#define ROW(code, status)          \
    {                              \
        code, TD_E_##status, #code \
    }
static const ocl_code ocl_codes[] = {
    ROW(CL_DEVICE_NOT_FOUND, NO_DEVICE),
    ROW(CL_DEVICE_NOT_AVAILABLE, DEVICE_LOST),
    ROW(CL_COMPILER_NOT_AVAILABLE, UNSUPPORTED),
    ROW(CL_MEM_OBJECT_ALLOCATION_FAILURE, NO_DEVICE_MEMORY),
    ROW(CL_OUT_OF_RESOURCES, NO_DEVICE_MEMORY),
    ROW(CL_OUT_OF_HOST_MEMORY, NO_MEMORY),
    ROW(CL_PROFILING_INFO_NOT_AVAILABLE, UNSUPPORTED),
    ROW(CL_MEM_COPY_OVERLAP, BAD_ARGUMENT),
    ROW(CL_BUILD_PROGRAM_FAILURE, UNSUPPORTED),
    ROW(CL_MAP_FAILURE, NO_MEMORY),
    ROW(CL_MISALIGNED_SUB_BUFFER_OFFSET, INTERNAL),
    ROW(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, DEVICE_LOST),
    ROW(CL_COMPILE_PROGRAM_FAILURE, UNSUPPORTED),
    ROW(CL_LINKER_NOT_AVAILABLE, UNSUPPORTED),
    ROW(CL_LINK_PROGRAM_FAILURE, UNSUPPORTED),
    ROW(CL_INVALID_VALUE, INTERNAL),
    ROW(CL_INVALID_DEVICE_TYPE, INTERNAL),
    ROW(CL_INVALID_PLATFORM, NO_DEVICE),
    ROW(CL_INVALID_DEVICE, DEVICE_LOST),
    ROW(CL_INVALID_CONTEXT, DEVICE_LOST),
    ROW(CL_INVALID_QUEUE_PROPERTIES, UNSUPPORTED),
    ROW(CL_INVALID_COMMAND_QUEUE, DEVICE_LOST),
    ROW(CL_INVALID_MEM_OBJECT, INTERNAL),
    ROW(CL_INVALID_BINARY, CORRUPT),
    ROW(CL_INVALID_BUILD_OPTIONS, UNSUPPORTED),
    ROW(CL_INVALID_PROGRAM, INTERNAL),
    ROW(CL_INVALID_PROGRAM_EXECUTABLE, UNSUPPORTED),
    ROW(CL_INVALID_KERNEL_NAME, UNSUPPORTED),
    ROW(CL_INVALID_KERNEL_DEFINITION, UNSUPPORTED),
    ROW(CL_INVALID_KERNEL, INTERNAL),
    ROW(CL_INVALID_ARG_INDEX, BAD_ARGUMENT),
    ROW(CL_INVALID_ARG_VALUE, BAD_ARGUMENT),
    ROW(CL_INVALID_ARG_SIZE, BAD_ARGUMENT),
    ROW(CL_INVALID_KERNEL_ARGS, BAD_ARGUMENT),
    ROW(CL_INVALID_WORK_DIMENSION, INTERNAL),
    ROW(CL_INVALID_WORK_GROUP_SIZE, UNSUPPORTED),
    ROW(CL_INVALID_WORK_ITEM_SIZE, UNSUPPORTED),
    ROW(CL_INVALID_GLOBAL_OFFSET, INTERNAL),
    ROW(CL_INVALID_EVENT_WAIT_LIST, INTERNAL),
    ROW(CL_INVALID_EVENT, INTERNAL),
    ROW(CL_INVALID_OPERATION, UNSUPPORTED),
    ROW(CL_INVALID_BUFFER_SIZE, NO_DEVICE_MEMORY),
    ROW(CL_INVALID_GLOBAL_WORK_SIZE, OUT_OF_RANGE),
    ROW(CL_INVALID_PROPERTY, UNSUPPORTED),
    ROW(CL_INVALID_COMPILER_OPTIONS, UNSUPPORTED),
    {CL_PLATFORM_NOT_FOUND_KHR_CODE, TD_E_NO_DEVICE, "CL_PLATFORM_NOT_FOUND_KHR"},
    {CL_NVIDIA_ILLEGAL_ACCESS, TD_E_DEVICE_LOST, "illegal access to a buffer (NVIDIA)"},
};
#undef ROW

static td_status code_status(cl_int code, const char **name)
{
    for (size_t i = 0; i < sizeof ocl_codes / sizeof ocl_codes[0]; ++i) {
        if (ocl_codes[i].code != code) continue;
        *name = ocl_codes[i].name;
        return ocl_codes[i].status;
    }
    *name = "an unknown code";
    return TD_E_DEVICE_LOST;
}

td_status ocl_status(cl_int code, ocl_place place)
{
    const char *name = NULL;
    if (code == CL_SUCCESS) return TD_OK;
    if (place == OCL_AT_MEMORY && code == CL_OUT_OF_HOST_MEMORY) return TD_E_NO_DEVICE_MEMORY;
    if (place == OCL_AT_WAIT && code == CL_OUT_OF_RESOURCES) return TD_E_DEVICE_LOST;
    if (place == OCL_AT_SETUP && code == CL_DEVICE_NOT_AVAILABLE) return TD_E_NO_DEVICE;
    return code_status(code, &name);
}

const char *ocl_code_name(cl_int code)
{
    const char *name = "CL_SUCCESS";
    if (code != CL_SUCCESS) (void)code_status(code, &name);
    return name;
}

td_status ocl_fail(td_error *err, cl_int code, ocl_place place, const char *format, ...)
{
    char what[320];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    return backend_fail_native(err, ocl_status(code, place), code, "%s: %s (%d)", what,
                               ocl_code_name(code), (int)code);
}
