/* cuda_fft.c - Fourier transforms by cuFFT, which is loaded when the first one is asked for.
 *
 * Declared here from the cuFFT API Reference, as cuda_blas.c does: cufftHandle and the enums are
 * ints. A plan holds work memory on the device that the pool does not count, and takes
 * milliseconds to make: a stream keeps the 8 it used last. */
#include <dlfcn.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

#if CUDA_VERSION >= 13000
#define FFT_LIBRARY "libcufft.so.12"
#else
#define FFT_LIBRARY "libcufft.so.11"
#endif

enum { FFT_SUCCESS = 0, FFT_ALLOC_FAILED = 2, FFT_INVALID_SIZE = 8, FFT_NOT_SUPPORTED = 16 };
enum { FFT_C2C = 0x29, FFT_Z2Z = 0x69 };

typedef struct fft_library {
    void *library;
    int (*create)(int *plan);
    int (*destroy)(int plan);
    int (*set_stream)(int plan, CUstream stream);
    int (*make_plan_many)(int plan, int rank, long long *n, long long *in_embed,
                          long long in_stride, long long in_distance, long long *out_embed,
                          long long out_stride, long long out_distance, int type, long long batch,
                          size_t *work_bytes);
    int (*exec_c2c)(int plan, void *in, void *out, int direction);
    int (*exec_z2z)(int plan, void *in, void *out, int direction);
} fft_library;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static fft_library fft; /* one for the process; written once, under the lock */

static bool fft_bind(void *library, fft_library *bound, td_error *err)
{
    const struct {
        const char *name;
        void *place;
    } wanted[] = {
        {"cufftCreate", &bound->create},        {"cufftDestroy", &bound->destroy},
        {"cufftSetStream", &bound->set_stream}, {"cufftMakePlanMany64", &bound->make_plan_many},
        {"cufftExecC2C", &bound->exec_c2c},     {"cufftExecZ2Z", &bound->exec_z2z},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i) {
        void *const symbol = dlsym(library, wanted[i].name);
        if (!symbol) {
            (void)backend_fail(err, TD_E_UNSUPPORTED, FFT_LIBRARY " has no %s", wanted[i].name);
            return false;
        }
        memcpy(wanted[i].place, &symbol, sizeof symbol);
    }
    bound->library = library;
    return true;
}

static bool fft_open(td_error *err)
{
    pthread_mutex_lock(&lock);
    if (!fft.library) {
        fft_library bound = {.library = NULL};
        void *const library = cuda_library_open(FFT_LIBRARY, err);
        if (library && fft_bind(library, &bound, err)) fft = bound;
    }
    const bool usable = fft.library != NULL;
    pthread_mutex_unlock(&lock);
    return usable;
}

static td_status fft_fail(td_stream *stream, int code, const char *what, td_error *err)
{
    const td_status status =
        cuda_library_failed(stream, err, code, "cuFFT: %s answers %d", what, code);
    if (status != TD_E_INTERNAL) return status;
    const td_status meant = code == FFT_ALLOC_FAILED ? TD_E_NO_DEVICE_MEMORY
                            : code == FFT_NOT_SUPPORTED || code == FFT_INVALID_SIZE
                                ? TD_E_UNSUPPORTED
                                : TD_E_INTERNAL;
    if (err) err->status = meant;
    return meant;
}

/* ---- Plans ----------------------------------------------------------------------------------- */

static void plan_drop(td_stream *stream, cuda_plan *plan)
{
    if (plan->used && !cuda_is_lost(stream->device)) (void)fft.destroy(plan->handle);
    plan->used = false;
}

void cuda_fft_close(td_stream *stream)
{
    for (uint32_t i = 0; i < CUDA_PLANS_MAX; ++i)
        plan_drop(stream, &stream->plan[i]);
}

static td_status plan_make(td_stream *stream, cuda_plan *plan, td_error *err)
{
    long long count = plan->count;
    size_t work_bytes = 0;
    int code = fft.create(&plan->handle);
    if (code) return fft_fail(stream, code, "cufftCreate", err);
    plan->used = true;
    /* No embedding: dense rows, one behind the other. */
    code = fft.make_plan_many(plan->handle, 1, &count, NULL, 1, count, NULL, 1, count,
                              plan->dtype == TD_F32 ? FFT_C2C : FFT_Z2Z, plan->batch, &work_bytes);
    if (!code) code = fft.set_stream(plan->handle, stream->stream);
    if (!code) return TD_OK;
    plan_drop(stream, plan);
    return fft_fail(stream, code, "cufftMakePlanMany64", err);
}

/* The one that fits, or a new one in the place of the one unused for longest. */
static td_status plan_find(td_stream *stream, td_dtype dtype, int64_t count, int64_t batch,
                           cuda_plan **out, td_error *err)
{
    cuda_plan *oldest = &stream->plan[0];
    for (uint32_t i = 0; i < CUDA_PLANS_MAX; ++i) {
        cuda_plan *const plan = &stream->plan[i];
        if (plan->used && plan->dtype == dtype && plan->count == count && plan->batch == batch) {
            plan->last_use = ++stream->plan_clock;
            *out = plan;
            return TD_OK;
        }
        if (!plan->used) oldest = plan;
        else if (oldest->used && plan->last_use < oldest->last_use) oldest = plan;
    }
    if (oldest->used) {
        /* Its work memory may still be in use. */
        const td_status status = cuda_stream_settle(stream, err);
        if (status) return status;
        plan_drop(stream, oldest);
    }
    *oldest = (cuda_plan){
        .dtype = dtype, .count = count, .batch = batch, .last_use = ++stream->plan_clock};
    *out = oldest;
    return plan_make(stream, oldest, err);
}

/* ---- The transform --------------------------------------------------------------------------- */

static td_status fft_locked(td_stream *stream, td_array *data, int64_t count, int64_t batch,
                            int direction, td_error *err)
{
    cuda_timer timer = {NULL, NULL};
    cuda_plan *plan = NULL;
    td_status status = plan_find(stream, data->dtype, count, batch, &plan, err);
    if (status) return status;
    stream->dirty = true;
    status = cuda_record_begin(stream, &timer, err);
    if (!status) {
        const int code = data->dtype == TD_F32
                             ? fft.exec_c2c(plan->handle, data->data, data->data, direction)
                             : fft.exec_z2z(plan->handle, data->data, data->data, direction);
        if (code) status = fft_fail(stream, code, "the transform", err);
    }
    if (!status) status = cuda_record_end(stream, &timer, TD_RECORD_KERNEL, "cufft", 0, err);
    if (status) cuda_record_drop(stream, &timer);
    return status;
}

td_status cuda_fft(td_stream *stream, td_array *data, int direction, td_error *err)
{
    td_status status = cuda_array_check(stream, data, "data", 2, TD_RANK_MAX, err);
    if (status) return status;
    const int64_t count = data->shape[data->rank - 2];
    int64_t batch = 1;
    for (uint32_t i = 0; i + 2 < data->rank; ++i)
        batch *= data->shape[i];
    if (data->shape[data->rank - 1] != 2 || (direction != -1 && direction != 1))
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "cuda:%zu: fft: the last dimension is %lld, not 2, or the direction "
                            "%d is neither -1 nor 1",
                            stream->device->index, (long long)data->shape[data->rank - 1],
                            direction);
    status = cuda_enter(stream->device, err);
    if (status) return status;
    if (!fft_open(err)) {
        status = TD_E_UNSUPPORTED;
    } else if (count > 0 && batch > 0) {
        pthread_mutex_lock(&stream->lock);
        status = fft_locked(stream, data, count, batch, direction, err);
        pthread_mutex_unlock(&stream->lock);
    }
    cuda_leave();
    return status;
}
