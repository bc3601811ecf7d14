/* cuda_launch.c - kernels: found in the fat binary by name, checked, launched.
 *
 * A tuned twin of the kernel NAME is a kernel NAME_tuned with the same arguments; where the fat
 * binary has one, it is launched instead. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

#define TUNED_SUFFIX "_tuned"

/* ---- Finding --------------------------------------------------------------------------------- */

static bool function_cached(td_backend_device *device, const char *kernel, cuda_function *out)
{
    bool found = false;
    pthread_mutex_lock(&device->lock);
    for (uint32_t i = 0; i < device->function_count && !found; ++i) {
        found = strcmp(device->function[i].name, kernel) == 0;
        if (found) *out = device->function[i];
    }
    pthread_mutex_unlock(&device->lock);
    return found;
}

static void function_keep(td_backend_device *device, const cuda_function *function)
{
    cuda_function unused;
    if (function_cached(device, function->name, &unused)) return;
    pthread_mutex_lock(&device->lock);
    /* Two threads may keep one twice: the first is found. */
    if (device->function_count < CUDA_FUNCTIONS_MAX)
        device->function[device->function_count++] = *function;
    pthread_mutex_unlock(&device->lock);
}

/* How many arguments, and the bytes of each: the driver would read past a list that is too short.
 */
static td_status function_args(td_backend_device *device, cuda_function *function, td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    size_t offset = 0, bytes = 0;
    for (uint32_t i = 0; i <= CUDA_ARGS_MAX; ++i) {
        const CUresult result = cu->cuFuncGetParamInfo(function->function, i, &offset, &bytes);
        if (result == CUDA_ERROR_INVALID_VALUE) { /* there is no such argument */
            function->arg_count = i;
            return TD_OK;
        }
        if (result) return cuda_fail(device, result, err, "arguments of %s", function->name);
        if (i < CUDA_ARGS_MAX) function->arg_bytes[i] = (uint32_t)bytes;
    }
    return backend_fail(err, TD_E_UNSUPPORTED, "cuda:%zu: kernel %s has more than %u arguments",
                        device->index, function->name, CUDA_ARGS_MAX);
}

static td_status function_ask(td_backend_device *device, const char *kernel,
                              cuda_function *function, td_error *err)
{
    const cuda_driver *const cu = cuda_driver_get();
    char tuned[CUDA_NAME_MAX + sizeof TUNED_SUFFIX];
    int threads = 0;
    *function = (cuda_function){.function = NULL};
    snprintf(function->name, sizeof function->name, "%s", kernel);
    snprintf(tuned, sizeof tuned, "%s" TUNED_SUFFIX, kernel);
    CUresult result = cu->cuModuleGetFunction(&function->function, device->module, tuned);
    if (result == CUDA_ERROR_NOT_FOUND)
        result = cu->cuModuleGetFunction(&function->function, device->module, kernel);
    if (result) return cuda_fail(device, result, err, "kernel %s", kernel);
    result = cu->cuFuncGetAttribute(&threads, CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK,
                                    function->function);
    if (result) return cuda_fail(device, result, err, "limits of kernel %s", kernel);
    function->threads_max = threads > 0 ? (uint32_t)threads : 0;
    return function_args(device, function, err);
}

/* In the device's context. */
static td_status function_find(td_backend_device *device, const char *kernel,
                               cuda_function *function, td_error *err)
{
    if (!kernel || strlen(kernel) >= CUDA_NAME_MAX)
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "cuda:%zu: a kernel's name has 1 to %u characters", device->index,
                            CUDA_NAME_MAX - 1);
    if (function_cached(device, kernel, function)) return TD_OK;
    const td_status status = function_ask(device, kernel, function, err);
    if (!status) function_keep(device, function);
    return status;
}

bool cuda_has_kernel(const td_backend_device *device, const char *kernel)
{
    td_backend_device *const asked = (td_backend_device *)device; /* it remembers what it found */
    cuda_function function;
    if (cuda_enter(asked, NULL)) return false;
    const bool found = function_find(asked, kernel, &function, NULL) == TD_OK;
    cuda_leave();
    return found;
}

/* ---- Launching ------------------------------------------------------------------------------- */

static td_status launch_check(const td_backend_device *device, const td_launch *launch,
                              const cuda_function *function, td_error *err)
{
    if (launch->arg_count != function->arg_count || (launch->arg_count > 0 && !launch->args))
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "cuda:%zu: kernel %s has %u arguments, %u are given", device->index,
                            launch->kernel, function->arg_count, launch->arg_count);
    for (uint32_t i = 0; i < launch->arg_count; ++i) {
        const td_launch_arg *const arg = &launch->args[i];
        const uint32_t bytes = arg->is_buffer ? (uint32_t)sizeof(CUdeviceptr) : arg->bytes;
        if (bytes == function->arg_bytes[i] && (arg->is_buffer || arg->data)) continue;
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "cuda:%zu: argument %u of kernel %s has %u bytes, %u are given",
                            device->index, i, launch->kernel, function->arg_bytes[i],
                            arg->is_buffer || arg->data ? bytes : 0);
    }
    if (launch->groups > device->groups_max)
        return backend_fail(err, TD_E_OUT_OF_RANGE,
                            "cuda:%zu: kernel %s: %u groups, the device launches 1 to %u",
                            device->index, launch->kernel, launch->groups, device->groups_max);
    if (function->threads_max < CUDA_GROUP)
        return backend_fail(err, TD_E_UNSUPPORTED,
                            "cuda:%zu: kernel %s: a group has %u items, the device runs %u of it",
                            device->index, launch->kernel, CUDA_GROUP, function->threads_max);
    return TD_OK;
}

/* The driver takes a pointer to each argument's value; a buffer's value is its address. */
static CUresult launch_do(td_stream *stream, const td_launch *launch, const cuda_function *function)
{
    CUdeviceptr address[CUDA_ARGS_MAX];
    void *value[CUDA_ARGS_MAX];
    for (uint32_t i = 0; i < launch->arg_count; ++i) {
        address[i] = (uintptr_t)launch->args[i].data;
        value[i] = launch->args[i].is_buffer ? &address[i] : (void *)launch->args[i].data;
    }
    return cuda_driver_get()->cuLaunchKernel(function->function, launch->groups, 1, 1, CUDA_GROUP,
                                             1, 1, 0, stream->stream, value, NULL);
}

static td_status launch_locked(td_stream *stream, const td_launch *launch,
                               const cuda_function *function, td_error *err)
{
    cuda_timer timer = {NULL, NULL};
    stream->dirty = true;
    td_status status = cuda_record_begin(stream, &timer, err);
    if (!status) {
        const CUresult result = launch_do(stream, launch, function);
        if (result)
            status = cuda_fail(stream->device, result, err, "launching %s with %u groups",
                               launch->kernel, launch->groups);
    }
    if (!status) status = cuda_record_end(stream, &timer, TD_RECORD_KERNEL, launch->kernel, 0, err);
    if (status) cuda_record_drop(stream, &timer);
    return status;
}

td_status cuda_launch(td_stream *stream, const td_launch *launch, td_error *err)
{
    td_backend_device *const device = stream->device;
    cuda_function function;
    td_status status = cuda_enter(device, err);
    if (status) return status;
    status = function_find(device, launch->kernel, &function, err);
    if (!status) status = launch_check(device, launch, &function, err);
    if (!status && launch->groups > 0) {
        pthread_mutex_lock(&stream->lock);
        status = launch_locked(stream, launch, &function, err);
        pthread_mutex_unlock(&stream->lock);
    }
    cuda_leave();
    return status;
}
