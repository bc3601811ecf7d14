/* opencl_library.h - libOpenCL.so.1, opened at run time, and the functions taken from it.
 *
 * Built against the API of OpenCL 1.2; what is newer is asked for at run time and may be NULL. */
#ifndef TANDEM_BACKENDS_OPENCL_LIBRARY_H
#define TANDEM_BACKENDS_OPENCL_LIBRARY_H
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <CL/cl_ext.h>

#include "tandem/tandem.h"

/* clNAME of the library is the member NAME of ocl_library. */
#define OCL_FUNCTIONS(X)       \
    X(GetPlatformIDs)          \
    X(GetPlatformInfo)         \
    X(GetDeviceIDs)            \
    X(GetDeviceInfo)           \
    X(CreateContext)           \
    X(ReleaseContext)          \
    X(CreateCommandQueue)      \
    X(ReleaseCommandQueue)     \
    X(CreateBuffer)            \
    X(CreateSubBuffer)         \
    X(ReleaseMemObject)        \
    X(CreateProgramWithSource) \
    X(CreateProgramWithBinary) \
    X(ReleaseProgram)          \
    X(BuildProgram)            \
    X(GetProgramInfo)          \
    X(GetProgramBuildInfo)     \
    X(CreateKernel)            \
    X(ReleaseKernel)           \
    X(SetKernelArg)            \
    X(GetKernelInfo)           \
    X(GetKernelWorkGroupInfo)  \
    X(WaitForEvents)           \
    X(GetEventInfo)            \
    X(RetainEvent)             \
    X(ReleaseEvent)            \
    X(GetEventProfilingInfo)   \
    X(Flush)                   \
    X(Finish)                  \
    X(EnqueueReadBuffer)       \
    X(EnqueueWriteBuffer)      \
    X(EnqueueCopyBuffer)       \
    X(EnqueueFillBuffer)       \
    X(EnqueueMapBuffer)        \
    X(EnqueueUnmapMemObject)   \
    X(EnqueueNDRangeKernel)    \
    X(EnqueueMarkerWithWaitList)

typedef cl_int(CL_API_CALL *ocl_timer_fn)(cl_device_id device, cl_ulong *device_ns,
                                          cl_ulong *host_ns);

typedef struct ocl_library {
    void *handle;
#define OCL_X(name) __typeof__(&cl##name) name;
    OCL_FUNCTIONS(OCL_X)
#undef OCL_X
    ocl_timer_fn GetDeviceAndHostTimer; /* OpenCL 2.1; else NULL */
} ocl_library;

/* TD_E_NO_DEVICE when the library cannot be opened or lacks a function. The library is never
 * unloaded again: drivers behind it keep threads and handlers that outlive their last use. */
TD_MUST_USE td_status ocl_library_open(ocl_library *library, td_error *err);
void ocl_library_close(ocl_library *library);

#endif
