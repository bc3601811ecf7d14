/* test_gpu_runs.c - the table of kernels that ran on a GPU has every kernel, and no other. */
#include <stddef.h>

#include "../check.h"

static const char *const kernels[] = {
#define TD_ROW(name, needs, ...) #name,
#include "kernels/list.h"
};

static const struct {
    const char *kernel, *gpu;
} runs[] = {
#define GPU_RUN(kernel, gpu) {#kernel, gpu},
#include "cli/gpu_runs.h"
};

#define KERNELS (sizeof kernels / sizeof *kernels)
#define RUNS    (sizeof runs / sizeof *runs)

TEST(every_kernel_has_a_row)
{
    for (size_t k = 0; k < KERNELS; ++k) {
        size_t found = 0;
        for (size_t i = 0; i < RUNS; ++i)
            found += strcmp(runs[i].kernel, kernels[k]) == 0;
        if (found != 1) CHECK_FAIL("%s has %zu rows in cli/gpu_runs.h", kernels[k], found);
    }
    CHECK_INT(KERNELS, RUNS);
}

TEST(a_gpu_has_a_name)
{
    for (size_t i = 0; i < RUNS; ++i)
        CHECK(!runs[i].gpu || strlen(runs[i].gpu) > 2);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(every_kernel_has_a_row), RUN(a_gpu_has_a_name), {0}});
}
