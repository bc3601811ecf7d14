/* cuda.c - the CUDA backend's table: what tandem-backend-cuda.so gives the host.
 *
 * The plug-in speaks to the CUDA driver alone (libcuda.so.1, opened at run time): it builds with
 * cuda.h and nvcc, without a driver, and without one td_backend_open says so. Its files:
 *
 *   cuda.c           the table, and what is refused before anything starts
 *   cuda_driver.c    the driver: dlopen, versions, start
 *   cuda_error.c     what the driver's errors mean; when a device is lost
 *   cuda_device.c    devices, their descriptions, contexts, the module of kernels, events
 *   cuda_memory.c    device memory: backends/common/pool.c over the driver
 *   cuda_stream.c    streams, waiting, copies
 *   cuda_staging.c   the ring of pinned memory that copies go through
 *   cuda_record.c    when the device did what
 *   cuda_launch.c    kernels: found, checked, launched
 *   cuda_library.c   what the two services share:
 *   cuda_blas.c      gemm by cuBLAS, loaded when first used
 *   cuda_fft.c       fft by cuFFT, loaded when first used
 *   cuda_kernels.S   the fat binary of all kernels (kernels/CMakeLists.txt makes it)
 *
 * Rules. Every driver call is checked; what fails goes through cuda_fail. A sticky error loses the
 * device: each later call answers TD_E_DEVICE_LOST without asking the driver, and free and close
 * only forget; the context goes with the last user. Any thread may call anything: a stream has a
 * lock, the pool has one, a device has one for its small lists. Locks are taken in the order
 * stream, pool, device, and none is held while another thread could be waited for, but a stream's
 * own while it waits.
 *
 * tests/cuda runs all this against a driver that is played by the CPU (fake_driver.c). That shows
 * the logic - order, ownership, errors, limits -, not that it runs on a GPU.
 * Not yet run on a GPU. */
#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

static const td_backend table = {
    .struct_size = sizeof table,
    .abi_major = TD_BACKEND_ABI_MAJOR,
    .abi_minor = TD_BACKEND_ABI_MINOR,
    .name = "cuda",
    .device_count = cuda_device_count,
    .device_open = cuda_device_open,
    .device_close = cuda_device_close,
    .device_describe = cuda_device_describe,
    .alloc = cuda_alloc,
    .free = cuda_free,
    .stream_open = cuda_stream_open,
    .stream_close = cuda_stream_close,
    .stream_wait = cuda_stream_wait,
    .copy = cuda_copy,
    .launch = cuda_launch,
    .gemm = cuda_gemm,
    .fft = cuda_fft,
    .has_kernel = cuda_has_kernel,
    .trim = cuda_trim,
    .limit = cuda_limit,
    .pool_stats = cuda_pool_stats,
    .stream_records = cuda_stream_records,
};

__attribute__((visibility("default"))) const td_backend *td_backend_open(uint32_t host_abi,
                                                                         td_error *err);

const td_backend *td_backend_open(uint32_t host_abi, td_error *err)
{
    if (host_abi / 1000 != TD_BACKEND_ABI_MAJOR) {
        (void)backend_fail(err, TD_E_UNSUPPORTED,
                           "the CUDA backend has backend ABI %d, this program has %u",
                           TD_BACKEND_ABI_MAJOR, host_abi / 1000);
        return NULL;
    }
    return cuda_driver_open(err) ? &table : NULL;
}
