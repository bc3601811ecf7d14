/* cuda_blas.c - matrix products by cuBLAS, which is loaded when the first one is asked for.
 *
 * The toolkit's headers may be absent, so the few functions and values that are needed are
 * declared here, from the cuBLAS Library documentation (cublasHandle_t is a pointer, enums are
 * ints). Its matrices lie column after column: a row-major matrix is its own transpose there, and
 * c = a b becomes c' = b' a', so the operands change places and nothing is transposed. Pedantic
 * mode: no TF32, no reduced precision inside. */
#include <dlfcn.h>
#include <limits.h>
#include <string.h>

#include "backends/common/fail.h"
#include "backends/cuda/cuda_internal.h"

#if CUDA_VERSION >= 13000
#define BLAS_LIBRARY "libcublas.so.13"
#else
#define BLAS_LIBRARY "libcublas.so.12"
#endif

enum { BLAS_SUCCESS = 0, BLAS_ALLOC_FAILED = 3, BLAS_ARCH_MISMATCH = 8, BLAS_NOT_SUPPORTED = 15 };
enum { BLAS_OP_N = 0 };
enum { BLAS_PEDANTIC_MATH = 2 };

typedef struct blas_library {
    void *library;
    int (*create)(void **handle);
    int (*destroy)(void *handle);
    int (*set_stream)(void *handle, CUstream stream);
    int (*set_math_mode)(void *handle, int mode);
    int (*sgemm)(void *handle, int op_a, int op_b, int m, int n, int k, const float *alpha,
                 const float *a, int lda, const float *b, int ldb, const float *beta, float *c,
                 int ldc);
    int (*dgemm)(void *handle, int op_a, int op_b, int m, int n, int k, const double *alpha,
                 const double *a, int lda, const double *b, int ldb, const double *beta, double *c,
                 int ldc);
} blas_library;

/* One for the process, as the driver is; written once, under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static blas_library blas;

static bool blas_bind(void *library, blas_library *bound, td_error *err)
{
    const struct {
        const char *name;
        void *place;
    } wanted[] = {
        {"cublasCreate_v2", &bound->create},        {"cublasDestroy_v2", &bound->destroy},
        {"cublasSetStream_v2", &bound->set_stream}, {"cublasSetMathMode", &bound->set_math_mode},
        {"cublasSgemm_v2", &bound->sgemm},          {"cublasDgemm_v2", &bound->dgemm},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; ++i) {
        void *const symbol = dlsym(library, wanted[i].name);
        if (!symbol) {
            (void)backend_fail(err, TD_E_UNSUPPORTED, BLAS_LIBRARY " has no %s", wanted[i].name);
            return false;
        }
        memcpy(wanted[i].place, &symbol, sizeof symbol);
    }
    bound->library = library;
    return true;
}

static bool blas_open(td_error *err)
{
    pthread_mutex_lock(&lock);
    if (!blas.library) {
        blas_library bound = {.library = NULL};
        void *const library = cuda_library_open(BLAS_LIBRARY, err);
        if (library && blas_bind(library, &bound, err)) blas = bound;
    }
    const bool usable = blas.library != NULL;
    pthread_mutex_unlock(&lock);
    return usable;
}

static td_status blas_fail(td_stream *stream, int code, const char *what, td_error *err)
{
    const td_status status =
        cuda_library_failed(stream, err, code, "cuBLAS: %s answers %d", what, code);
    if (status != TD_E_INTERNAL) return status;
    const td_status meant = code == BLAS_ALLOC_FAILED ? TD_E_NO_DEVICE_MEMORY
                            : code == BLAS_ARCH_MISMATCH || code == BLAS_NOT_SUPPORTED
                                ? TD_E_UNSUPPORTED
                                : TD_E_INTERNAL;
    if (err) err->status = meant;
    return meant;
}

/* One handle for each stream: a handle serves one thread and one stream at a time. */
static td_status blas_handle(td_stream *stream, td_error *err)
{
    void *handle = NULL;
    if (stream->blas) return TD_OK;
    int code = blas.create(&handle);
    if (code) return blas_fail(stream, code, "cublasCreate", err);
    code = blas.set_stream(handle, stream->stream);
    if (!code) code = blas.set_math_mode(handle, BLAS_PEDANTIC_MATH);
    if (code) {
        (void)blas.destroy(handle);
        return blas_fail(stream, code, "setting up a handle", err);
    }
    stream->blas = handle;
    return TD_OK;
}

void cuda_blas_close(td_stream *stream)
{
    if (stream->blas && !cuda_is_lost(stream->device)) (void)blas.destroy(stream->blas);
    stream->blas = NULL;
}

/* ---- The product ----------------------------------------------------------------------------- */

static td_status gemm_check(const td_stream *stream, const td_array *a, const td_array *b,
                            const td_array *c, td_error *err)
{
    td_status status = cuda_array_check(stream, a, "a", 2, 2, err);
    if (!status) status = cuda_array_check(stream, b, "b", 2, 2, err);
    if (!status) status = cuda_array_check(stream, c, "c", 2, 2, err);
    if (status) return status;
    if (a->dtype != b->dtype || a->dtype != c->dtype || a->shape[1] != b->shape[0] ||
        c->shape[0] != a->shape[0] || c->shape[1] != b->shape[1])
        return backend_fail(err, TD_E_BAD_ARGUMENT,
                            "cuda:%zu: gemm: c is not a times b by shape or type",
                            stream->device->index);
    if (a->shape[0] > INT_MAX || a->shape[1] > INT_MAX || b->shape[1] > INT_MAX)
        return backend_fail(err, TD_E_OUT_OF_RANGE, "cuda:%zu: gemm: a side is longer than %d",
                            stream->device->index, INT_MAX);
    return TD_OK;
}

static int gemm_do(td_stream *stream, const td_array *a, const td_array *b, td_array *c)
{
    const int m = (int)a->shape[0], k = (int)a->shape[1], n = (int)b->shape[1];
    const int a_step = k > 0 ? k : 1; /* cuBLAS wants no step of 0, even of nothing */
    const float one = 1.0f, zero = 0.0f;
    const double one_64 = 1.0, zero_64 = 0.0;
    if (a->dtype == TD_F32)
        return blas.sgemm(stream->blas, BLAS_OP_N, BLAS_OP_N, n, m, k, &one, b->data, n, a->data,
                          a_step, &zero, c->data, n);
    return blas.dgemm(stream->blas, BLAS_OP_N, BLAS_OP_N, n, m, k, &one_64, b->data, n, a->data,
                      a_step, &zero_64, c->data, n);
}

static td_status gemm_locked(td_stream *stream, const td_array *a, const td_array *b, td_array *c,
                             td_error *err)
{
    cuda_timer timer = {NULL, NULL};
    td_status status = blas_handle(stream, err);
    if (status) return status;
    stream->dirty = true;
    status = cuda_record_begin(stream, &timer, err);
    if (!status) {
        const int code = gemm_do(stream, a, b, c);
        if (code) status = blas_fail(stream, code, "gemm", err);
    }
    if (!status) status = cuda_record_end(stream, &timer, TD_RECORD_KERNEL, "cublas gemm", 0, err);
    if (status) cuda_record_drop(stream, &timer);
    return status;
}

td_status cuda_gemm(td_stream *stream, const td_array *a, const td_array *b, td_array *c,
                    td_error *err)
{
    td_status status = gemm_check(stream, a, b, c, err);
    if (!status) status = cuda_enter(stream->device, err);
    if (status) return status;
    if (!blas_open(err)) {
        status = TD_E_UNSUPPORTED;
    } else if (c->shape[0] > 0 && c->shape[1] > 0) {
        pthread_mutex_lock(&stream->lock);
        status = gemm_locked(stream, a, b, c, err);
        pthread_mutex_unlock(&stream->lock);
    }
    cuda_leave();
    return status;
}
