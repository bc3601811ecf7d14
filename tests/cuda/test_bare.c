/* test_bare.c - a machine with a driver and without cuBLAS and cuFFT: everything else works, and
 * the two services say which library is missing. */
#include "tests/cuda/cuda_test.h"

static void refused(td_status status, const td_error *err, const char *name)
{
    CHECK_STATUS(TD_E_UNSUPPORTED, status, err);
    CHECK_HAS(name, err->message);
    CHECK_HAS(" cannot be opened: ", err->message);
}

static bool is_there(const char *name)
{
    void *const library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library) dlclose(library);
    return library != NULL;
}

TEST(services_without_their_libraries)
{
    if (access("/usr/local/cuda/lib64/libcublas.so", F_OK) == 0 || is_there("libcublas.so.13") ||
        is_there("libcublas.so.12"))
        SKIP("this machine has cuBLAS");
    rig r = rig_open(NULL);
    char *const memory = rig_alloc(&r, 64);
    td_array a = TD_ARRAY_INIT;
    a.rank = 2;
    a.shape[0] = a.shape[1] = 2;
    a.data = memory;
    for (int i = 0; i < 2; ++i) { /* again: nothing is kept of a failure */
        refused(cuda_table->gemm(r.stream, &a, &a, &a, &r.err), &r.err, "libcublas.so.");
        refused(cuda_table->fft(r.stream, &a, -1, &r.err), &r.err, "libcufft.so.");
    }
    CHECK_STATUS(TD_OK, probe_launch(r.stream, memory, 4, 1, &r.err), &r.err);
    rig_wait(&r);
    cuda_table->free(r.device, memory, r.stream);
    rig_close(&r);
    check_clean();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(services_without_their_libraries), {0}});
}
