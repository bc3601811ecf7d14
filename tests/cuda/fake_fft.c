/* fake_fft.c - the functions of cuFFT that the CUDA backend calls, by the plain sum on the played
 * driver. Not a GPU's cuFFT. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cuda/fake_internal.h"

#define PLANS_MAX    64
#define INVALID_PLAN 1
#define INVALID_SIZE 8
#define C2C          0x29
#define Z2Z          0x69
#define LENGTH_MAX   4096

typedef struct plan {
    bool used;
    int type;
    long long count, batch;
    CUstream stream;
} plan;

typedef struct transform {
    plan plan;
    void *data;
    int direction;
} transform;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of plans */
static plan plans[PLANS_MAX];

int cufftCreate(int *out);
int cufftDestroy(int which);
int cufftSetStream(int which, CUstream stream);
int cufftMakePlanMany64(int which, int rank, long long *n, long long *in_embed, long long in_stride,
                        long long in_distance, long long *out_embed, long long out_stride,
                        long long out_distance, int type, long long batch, size_t *work_bytes);
int cufftExecC2C(int which, void *in, void *out, int direction);
int cufftExecZ2Z(int which, void *in, void *out, int direction);
int fake_fft_plans(void); /* alive now */

FAKE_EXPORT int cufftCreate(int *out)
{
    int found = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PLANS_MAX && found < 0; ++i)
        if (!plans[i].used) found = i;
    if (found >= 0) plans[found] = (plan){.used = true};
    pthread_mutex_unlock(&lock);
    *out = found;
    return found >= 0 ? 0 : 2;
}

FAKE_EXPORT int cufftDestroy(int which)
{
    pthread_mutex_lock(&lock);
    const bool known = which >= 0 && which < PLANS_MAX && plans[which].used;
    if (known) plans[which].used = false;
    pthread_mutex_unlock(&lock);
    return known ? 0 : INVALID_PLAN;
}

FAKE_EXPORT int fake_fft_plans(void)
{
    int alive = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PLANS_MAX; ++i)
        alive += plans[i].used;
    pthread_mutex_unlock(&lock);
    return alive;
}

FAKE_EXPORT int cufftSetStream(int which, CUstream stream)
{
    plans[which].stream = stream;
    return 0;
}

FAKE_EXPORT int cufftMakePlanMany64(int which, int rank, long long *n, long long *in_embed,
                                    long long in_stride, long long in_distance,
                                    long long *out_embed, long long out_stride,
                                    long long out_distance, int type, long long batch,
                                    size_t *work_bytes)
{
    if (rank != 1 || in_embed || out_embed || in_stride != 1 || out_stride != 1)
        return INVALID_SIZE;
    if (in_distance != *n || out_distance != *n || *n > LENGTH_MAX) return INVALID_SIZE;
    plans[which].type = type;
    plans[which].count = *n;
    plans[which].batch = batch;
    *work_bytes = 0;
    return 0;
}

static double read_at(const transform *t, long long at)
{
    return t->plan.type == Z2Z ? ((const double *)t->data)[at]
                               : (double)((const float *)t->data)[at];
}

static void write_at(const transform *t, long long at, double value)
{
    if (t->plan.type == Z2Z) ((double *)t->data)[at] = value;
    else ((float *)t->data)[at] = (float)value;
}

static void row_run(const transform *t, long long first, double *real, double *imaginary)
{
    const long long n = t->plan.count;
    for (long long k = 0; k < n; ++k) {
        real[k] = imaginary[k] = 0.0;
        for (long long i = 0; i < n; ++i) {
            const double angle = t->direction * 2.0 * M_PI * (double)(i * k % n) / (double)n;
            const double x = read_at(t, first + 2 * i), y = read_at(t, first + 2 * i + 1);
            real[k] += x * cos(angle) - y * sin(angle);
            imaginary[k] += x * sin(angle) + y * cos(angle);
        }
    }
    for (long long k = 0; k < n; ++k) {
        write_at(t, first + 2 * k, real[k]);
        write_at(t, first + 2 * k + 1, imaginary[k]);
    }
}

static void transform_run(void *data)
{
    const transform *const t = data;
    if (!t) return;
    double *const parts = malloc(2 * (size_t)t->plan.count * sizeof *parts);
    for (long long row = 0; row < t->plan.batch; ++row)
        row_run(t, row * 2 * t->plan.count, parts, parts + t->plan.count);
    free(parts);
}

static int transform_push(int which, int type, void *in, void *out, int direction)
{
    if (plans[which].type != type || in != out || !plans[which].stream) return INVALID_PLAN;
    transform *const copy = malloc(sizeof *copy);
    *copy = (transform){plans[which], in, direction};
    return (int)fake_cuda_push(plans[which].stream, transform_run, copy);
}

FAKE_EXPORT int cufftExecC2C(int which, void *in, void *out, int direction)
{
    return transform_push(which, C2C, in, out, direction);
}

FAKE_EXPORT int cufftExecZ2Z(int which, void *in, void *out, int direction)
{
    return transform_push(which, Z2Z, in, out, direction);
}
