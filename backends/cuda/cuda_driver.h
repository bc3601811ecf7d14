/* cuda_driver.h - NVIDIA's driver, found at run time. Nothing of CUDA is linked: on a machine
 * without a driver the plug-in loads, says so and is left out. */
#ifndef TANDEM_CUDA_DRIVER_H
#define TANDEM_CUDA_DRIVER_H
#include <cuda.h>

#include "tandem/backend.h"

/* clang-format off */
/* Every function of the driver that the plug-in calls. cuda.h maps names to versions by macros
 * (cuMemAlloc is cuMemAlloc_v2): field, type and symbol all go through the same macro. The UUID of
 * an instance of a divided GPU is told by the second version alone, which cuda.h of CUDA 12 does
 * not map to. */
#define CUDA_FUNCTIONS(X)                                                                     \
    X(cuInit) X(cuDriverGetVersion) X(cuGetErrorName) X(cuGetErrorString)                     \
    X(cuDeviceGetCount) X(cuDeviceGet) X(cuDeviceGetName) X(cuDeviceGetUuid_v2)               \
    X(cuDeviceTotalMem) X(cuDeviceGetAttribute) X(cuDeviceGetPCIBusId)                        \
    X(cuDevicePrimaryCtxGetState) X(cuDevicePrimaryCtxSetFlags) X(cuDevicePrimaryCtxRetain)   \
    X(cuDevicePrimaryCtxRelease) X(cuCtxPushCurrent) X(cuCtxPopCurrent)                       \
    X(cuModuleLoadData) X(cuModuleUnload) X(cuModuleGetFunction)                              \
    X(cuFuncGetAttribute) X(cuFuncGetParamInfo)                                               \
    X(cuMemGetInfo) X(cuMemAlloc) X(cuMemFree) X(cuMemHostAlloc) X(cuMemFreeHost)             \
    X(cuMemcpyHtoDAsync) X(cuMemcpyDtoHAsync) X(cuMemcpyDtoDAsync)                            \
    X(cuStreamCreate) X(cuStreamDestroy) X(cuStreamQuery) X(cuStreamSynchronize)              \
    X(cuEventCreate) X(cuEventDestroy) X(cuEventRecord) X(cuEventQuery)                       \
    X(cuEventSynchronize) X(cuEventElapsedTime) X(cuLaunchKernel)
/* clang-format on */

typedef struct cuda_driver {
    void *library;
    int version;   /* of CUDA, that the driver supports: 13000 is 13.0 */
    char text[96]; /* "CUDA 13.0, driver 580.95.05"; without the driver's own number if not told */
#define CUDA_FIELD(name) __typeof__(&name) name;
    CUDA_FUNCTIONS(CUDA_FIELD)
#undef CUDA_FIELD
} cuda_driver;

/* Opens libcuda.so.1 the first time, asks it for its version and starts it. It stays open while
 * the process lives: a driver that is unloaded under its own threads crashes. NULL, and a later
 * call tries again:
 *   TD_E_NO_DEVICE    there is no driver, or it finds no device
 *   TD_E_UNSUPPORTED  it is too old for the toolkit that built this plug-in */
const cuda_driver *cuda_driver_open(td_error *err);
/* What cuda_driver_open gave; only after it succeeded. */
const cuda_driver *cuda_driver_get(void);

#endif
