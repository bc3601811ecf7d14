/* fake_blas.c - the functions of cuBLAS that the CUDA backend calls, by plain loops on the played
 * driver. Matrices lie column after column, as in the real one; so that operand order and steps
 * are shown to be right. Not a GPU's cuBLAS. */
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/fake_internal.h"

#define INVALID_VALUE 7

typedef struct handle {
    CUstream stream;
    int mode;
} handle;

typedef struct product {
    int m, n, k, step_a, step_b, step_c;
    bool wide;
    double alpha, beta;
    const void *a, *b;
    void *c;
} product;

int cublasCreate_v2(void **out);
int cublasDestroy_v2(void *given);
int cublasSetStream_v2(void *given, CUstream stream);
int cublasSetMathMode(void *given, int mode);
int cublasSgemm_v2(void *given, int op_a, int op_b, int m, int n, int k, const float *alpha,
                   const float *a, int lda, const float *b, int ldb, const float *beta, float *c,
                   int ldc);
int cublasDgemm_v2(void *given, int op_a, int op_b, int m, int n, int k, const double *alpha,
                   const double *a, int lda, const double *b, int ldb, const double *beta,
                   double *c, int ldc);

FAKE_EXPORT int cublasCreate_v2(void **out)
{
    *out = calloc(1, sizeof(handle));
    return *out ? 0 : 3;
}

FAKE_EXPORT int cublasDestroy_v2(void *given)
{
    free(given);
    return 0;
}

FAKE_EXPORT int cublasSetStream_v2(void *given, CUstream stream)
{
    ((handle *)given)->stream = stream;
    return 0;
}

FAKE_EXPORT int cublasSetMathMode(void *given, int mode)
{
    ((handle *)given)->mode = mode;
    return mode == 2 ? 0 : INVALID_VALUE; /* pedantic is all that is wanted */
}

static double element(const void *data, bool wide, long at)
{
    return wide ? ((const double *)data)[at] : (double)((const float *)data)[at];
}

static void product_run(void *data)
{
    const product *const p = data;
    if (!p) return;
    for (long j = 0; j < p->n; ++j) {
        for (long i = 0; i < p->m; ++i) {
            double sum = 0.0;
            for (long l = 0; l < p->k; ++l)
                sum += element(p->a, p->wide, i + l * p->step_a) *
                       element(p->b, p->wide, l + j * p->step_b);
            const long at = i + j * p->step_c;
            /* beta 0: c is not read, as the documentation promises. */
            const double old = p->beta == 0.0 ? 0.0 : p->beta * element(p->c, p->wide, at);
            if (p->wide) ((double *)p->c)[at] = p->alpha * sum + old;
            else ((float *)p->c)[at] = (float)(p->alpha * sum + old);
        }
    }
}

static int product_push(handle *given, int op_a, int op_b, const product *wanted)
{
    const product *const p = wanted;
    if (op_a != 0 || op_b != 0 || given->mode != 2 || !given->stream) return INVALID_VALUE;
    if (p->step_a < (p->m > 1 ? p->m : 1) || p->step_b < (p->k > 1 ? p->k : 1) ||
        p->step_c < (p->m > 1 ? p->m : 1))
        return INVALID_VALUE;
    product *const copy = malloc(sizeof *copy);
    *copy = *wanted;
    return (int)fake_cuda_push(given->stream, product_run, copy);
}

FAKE_EXPORT int cublasSgemm_v2(void *given, int op_a, int op_b, int m, int n, int k,
                               const float *alpha, const float *a, int lda, const float *b, int ldb,
                               const float *beta, float *c, int ldc)
{
    const product wanted = {m, n, k, lda, ldb, ldc, false, (double)*alpha, (double)*beta, a, b, c};
    return product_push(given, op_a, op_b, &wanted);
}

FAKE_EXPORT int cublasDgemm_v2(void *given, int op_a, int op_b, int m, int n, int k,
                               const double *alpha, const double *a, int lda, const double *b,
                               int ldb, const double *beta, double *c, int ldc)
{
    const product wanted = {m, n, k, lda, ldb, ldc, true, *alpha, *beta, a, b, c};
    return product_push(given, op_a, op_b, &wanted);
}
