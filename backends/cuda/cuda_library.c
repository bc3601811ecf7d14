/* cuda_library.c - what cuBLAS and cuFFT have in common: being found, arrays, failures. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

void *cuda_library_open(const char *name, td_error *err)
{
    char path[256], reason[200] = "";
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library) return library;
    const char *const text = dlerror();
    snprintf(reason, sizeof reason, "%s", text ? text : "no reason given");
    snprintf(path, sizeof path, "/usr/local/cuda/lib64/%s", name);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        (void)backend_fail(err, TD_E_UNSUPPORTED, "%s cannot be opened: %s", name, reason);
    return library;
}

static bool array_is_dense(const td_array *array)
{
    int64_t step = 1;
    bool all_zero = true;
    for (uint32_t i = 0; i < array->rank; ++i)
        all_zero = all_zero && array->stride[i] == 0;
    if (all_zero) return true;
    for (uint32_t i = array->rank; i-- > 0;) {
        if (array->stride[i] != step && array->shape[i] > 1) return false;
        step *= array->shape[i];
    }
    return true;
}

td_status cuda_array_check(const td_stream *stream, const td_array *array, const char *name,
                           uint32_t rank_min, uint32_t rank_max, td_error *err)
{
    const size_t index = stream->device->index;
    if (!array || array->rank < rank_min || array->rank > rank_max)
        return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: %s has %u dimensions, not %u to %u",
                            index, name, array ? array->rank : 0, rank_min, rank_max);
    if (array->dtype != TD_F32 && array->dtype != TD_F64)
        return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: %s is neither float32 nor float64",
                            index, name);
    uint64_t count = 1;
    for (uint32_t i = 0; i < array->rank; ++i) {
        if (array->shape[i] < 0 ||
            __builtin_mul_overflow(count, (uint64_t)array->shape[i], &count) || count > INT64_MAX)
            return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: the shape of %s is not possible",
                                index, name);
    }
    if (!array_is_dense(array))
        return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: %s has gaps", index, name);
    if (count > 0 && !array->data)
        return backend_fail(err, TD_E_BAD_ARGUMENT, "cuda:%zu: %s has no data", index, name);
    return TD_OK;
}

td_status cuda_library_failed(td_stream *stream, td_error *err, int64_t code, const char *format,
                              ...)
{
    char what[200];
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    /* The library may have met a sticky error of the driver, which the stream still shows. */
    const CUresult result = cuda_driver_get()->cuStreamQuery(stream->stream);
    if (cuda_is_sticky(result)) return cuda_fail(stream->device, result, err, "%.150s", what);
    return backend_fail_native(err, TD_E_INTERNAL, code, "cuda:%zu: %s", stream->device->index,
                               what);
}
