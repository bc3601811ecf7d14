/* test_library.c - gemm and fft of the CUDA backend over played libraries: operand order, steps,
 * types, when they are loaded, what is refused. This shows the logic, not that it runs on a GPU. */
#include <dlfcn.h>

#include "tests/cuda/cuda_test.h"

#if CUDA_VERSION >= 13000
#define BLAS_NAME "libcublas.so.13"
#define FFT_NAME  "libcufft.so.12"
#else
#define BLAS_NAME "libcublas.so.12"
#define FFT_NAME  "libcufft.so.11"
#endif

static bool is_loaded(const char *name)
{
    void *const library = dlopen(name, RTLD_NOW | RTLD_NOLOAD);
    if (library) dlclose(library);
    return library != NULL;
}

static td_array array_of(void *data, td_dtype dtype, uint32_t rank, const int64_t *shape)
{
    td_array array = TD_ARRAY_INIT;
    array.dtype = dtype;
    array.rank = rank;
    array.data = data;
    for (uint32_t i = 0; i < rank; ++i)
        array.shape[i] = shape[i];
    return array;
}

static td_array matrix_of(void *data, td_dtype dtype, int64_t rows, int64_t columns)
{
    return array_of(data, dtype, 2, (int64_t[]){rows, columns});
}

TEST(libraries_are_loaded_when_used)
{
    rig r = rig_open(NULL);
    double one[2] = {1.0, 0.0};
    char *const memory = rig_alloc(&r, 3 * sizeof one);
    CHECK(!is_loaded(BLAS_NAME));
    CHECK(!is_loaded(FFT_NAME));
    rig_copy(&r, memory, one, sizeof one, TD_TO_DEVICE);
    td_array a = matrix_of(memory, TD_F64, 1, 1), c = matrix_of(memory + 16, TD_F64, 1, 1);
    CHECK_STATUS(TD_OK, cuda_table->gemm(r.stream, &a, &a, &c, &r.err), &r.err);
    CHECK(is_loaded(BLAS_NAME));
    CHECK(!is_loaded(FFT_NAME));
    td_array data = matrix_of(memory, TD_F64, 1, 2);
    CHECK_STATUS(TD_OK, cuda_table->fft(r.stream, &data, -1, &r.err), &r.err);
    CHECK(is_loaded(FFT_NAME));
    rig_wait(&r);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

/* ---- gemm ------------------------------------------------------------------------------------ */

static double value_at(const void *data, td_dtype dtype, int64_t at)
{
    return dtype == TD_F64 ? ((const double *)data)[at] : (double)((const float *)data)[at];
}

/* Whole numbers, so that every order of adding gives the same. */
static void numbers_random(void *data, td_dtype dtype, int64_t count)
{
    for (int64_t i = 0; i < count; ++i) {
        const int value = (int)(check_random() % 19) - 9;
        if (dtype == TD_F64) ((double *)data)[i] = value;
        else ((float *)data)[i] = (float)value;
    }
}

static void product_check(rig *r, td_dtype dtype, int64_t m, int64_t n, int64_t k)
{
    const size_t size = dtype == TD_F64 ? 8 : 4;
    void *const a = calloc((size_t)(m * k) + 1, size), *const b = calloc((size_t)(k * n) + 1, size);
    void *const c = calloc((size_t)(m * n) + 1, size);
    char *const on_a = rig_alloc(r, (size_t)(m * k) * size);
    char *const on_b = rig_alloc(r, (size_t)(k * n) * size);
    char *const on_c = rig_alloc(r, (size_t)(m * n) * size); /* poisoned: it must not be read */
    td_array arrays[] = {matrix_of(on_a, dtype, m, k), matrix_of(on_b, dtype, k, n),
                         matrix_of(on_c, dtype, m, n)};
    arrays[0].stride[0] = k; /* the same, said */
    arrays[0].stride[1] = 1;
    numbers_random(a, dtype, m * k);
    numbers_random(b, dtype, k * n);
    rig_copy(r, on_a, a, (size_t)(m * k) * size, TD_TO_DEVICE);
    rig_copy(r, on_b, b, (size_t)(k * n) * size, TD_TO_DEVICE);
    CHECK_STATUS(TD_OK, cuda_table->gemm(r->stream, &arrays[0], &arrays[1], &arrays[2], &r->err),
                 &r->err);
    rig_copy(r, c, on_c, (size_t)(m * n) * size, TD_TO_HOST);
    rig_wait(r);
    for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
            double sum = 0.0;
            for (int64_t l = 0; l < k; ++l)
                sum += value_at(a, dtype, i * k + l) * value_at(b, dtype, l * n + j);
            CHECK_NEAR(sum, value_at(c, dtype, i * n + j), 0.0);
        }
    }
    cuda_table->free(r->device, on_a, r->stream);
    cuda_table->free(r->device, on_b, r->stream);
    cuda_table->free(r->device, on_c, r->stream);
    free(a);
    free(b);
    free(c);
}

TEST(gemm_multiplies_row_after_row)
{
    fake_plan plan = FAKE_PLAN_INIT;
    plan.jitter_us = 200;
    rig r = rig_open(&plan);
    const int64_t sizes[][3] = {{1, 1, 1}, {2, 3, 4},    {7, 1, 5},
                                {1, 9, 2}, {33, 17, 65}, {5, 6, 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        product_check(&r, TD_F32, sizes[i][0], sizes[i][1], sizes[i][2]);
        product_check(&r, TD_F64, sizes[i][0], sizes[i][1], sizes[i][2]);
    }
    rig_close(&r);
    check_clean();
}

TEST(gemm_refuses_what_it_cannot)
{
    rig r = rig_open(NULL);
    char *const p = rig_alloc(&r, 4096);
    td_array a = matrix_of(p, TD_F32, 2, 3), b = matrix_of(p, TD_F32, 3, 4);
    td_array c = matrix_of(p, TD_F32, 2, 4), bad = c;
    bad.shape[1] = 5;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    bad = c;
    bad.dtype = TD_F64;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    bad = c;
    bad.dtype = TD_I32;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    bad = c;
    bad.stride[0] = 5;
    bad.stride[1] = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    CHECK_HAS("c has gaps", r.err.message);
    bad = c;
    bad.data = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    bad = c;
    bad.rank = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &bad, &r.err), &r.err);
    a.shape[0] = c.shape[0] = (int64_t)1 << 31;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, cuda_table->gemm(r.stream, &a, &b, &c, &r.err), &r.err);
    a.shape[0] = c.shape[0] = -1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->gemm(r.stream, &a, &b, &c, &r.err), &r.err);
    a.shape[0] = c.shape[0] = 0; /* nothing to do */
    CHECK_STATUS(TD_OK, cuda_table->gemm(r.stream, &a, &b, &c, &r.err), &r.err);
    cuda_table->free(r.device, p, NULL);
    rig_close(&r);
    check_clean();
}

/* ---- fft ------------------------------------------------------------------------------------- */

static void transform_check(rig *r, td_dtype dtype, int64_t rows, int64_t n)
{
    const size_t size = dtype == TD_F64 ? 8 : 4, bytes = (size_t)(rows * n * 2) * size;
    void *const before = malloc(bytes), *const once = malloc(bytes), *const back = malloc(bytes);
    char *const memory = rig_alloc(r, bytes);
    td_array data = array_of(memory, dtype, 3, (int64_t[]){rows, n, 2});
    numbers_random(before, dtype, rows * n * 2);
    rig_copy(r, memory, before, bytes, TD_TO_DEVICE);
    CHECK_STATUS(TD_OK, cuda_table->fft(r->stream, &data, -1, &r->err), &r->err);
    rig_copy(r, once, memory, bytes, TD_TO_HOST);
    CHECK_STATUS(TD_OK, cuda_table->fft(r->stream, &data, 1, &r->err), &r->err);
    rig_copy(r, back, memory, bytes, TD_TO_HOST);
    rig_wait(r);
    const double tolerance = (dtype == TD_F64 ? 1e-11 : 1e-3) * (double)n;
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t k = 0; k < n; ++k) {
            double real = 0.0, imaginary = 0.0;
            for (int64_t i = 0; i < n; ++i) {
                const double angle = -2.0 * M_PI * (double)(i * k % n) / (double)n;
                const double x = value_at(before, dtype, (row * n + i) * 2);
                const double y = value_at(before, dtype, (row * n + i) * 2 + 1);
                real += x * cos(angle) - y * sin(angle);
                imaginary += x * sin(angle) + y * cos(angle);
            }
            CHECK_NEAR(real, value_at(once, dtype, (row * n + k) * 2), tolerance);
            CHECK_NEAR(imaginary, value_at(once, dtype, (row * n + k) * 2 + 1), tolerance);
        }
    }
    for (int64_t i = 0; i < rows * n * 2; ++i) /* there and back: n times as large */
        CHECK_NEAR((double)n * value_at(before, dtype, i), value_at(back, dtype, i), tolerance);
    cuda_table->free(r->device, memory, r->stream);
    free(before);
    free(once);
    free(back);
}

TEST(fft_transforms_row_after_row)
{
    int (*plans)(void) = NULL;
    rig r = rig_open(NULL);
    const int64_t sizes[][2] = {{1, 1}, {3, 8}, {5, 8}, {2, 64}, {1, 101}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        transform_check(&r, TD_F32, sizes[i][0], sizes[i][1]);
        transform_check(&r, TD_F64, sizes[i][0], sizes[i][1]);
    }
    void *const symbol = symbol_of(FFT_NAME, "fake_fft_plans");
    memcpy(&plans, &symbol, sizeof plans);
    CHECK_INT(8, plans()); /* ten were made: a stream keeps eight */
    transform_check(&r, TD_F64, 1, 101);
    CHECK_INT(8, plans());
    rig_close(&r);
    CHECK_INT(0, plans());
    check_clean();
}

TEST(fft_refuses_what_it_cannot)
{
    rig r = rig_open(NULL);
    char *const p = rig_alloc(&r, 4096);
    td_array data = array_of(p, TD_F32, 2, (int64_t[]){4, 2});
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->fft(r.stream, &data, 0, &r.err), &r.err);
    data.shape[1] = 3;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->fft(r.stream, &data, 1, &r.err), &r.err);
    data = array_of(p, TD_F32, 1, (int64_t[]){2});
    CHECK_STATUS(TD_E_BAD_ARGUMENT, cuda_table->fft(r.stream, &data, 1, &r.err), &r.err);
    data = array_of(p, TD_F32, 2, (int64_t[]){1 << 20, 2}); /* the played library has a limit */
    CHECK_STATUS(TD_E_UNSUPPORTED, cuda_table->fft(r.stream, &data, 1, &r.err), &r.err);
    CHECK_INT(8, r.err.native_code);
    CHECK_HAS("cuFFT: cufftMakePlanMany64 answers 8", r.err.message);
    cuda_table->free(r.device, p, NULL);
    rig_close(&r);
    check_clean();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(libraries_are_loaded_when_used),
                                     RUN(gemm_multiplies_row_after_row),
                                     RUN(gemm_refuses_what_it_cannot),
                                     RUN(fft_transforms_row_after_row),
                                     RUN(fft_refuses_what_it_cannot),
                                     {0}});
}
