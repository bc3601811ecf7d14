/* test_gpu_runs.c - the table of kernels that ran on a GPU has every kernel, and no other; the
 * README names those that no GPU has run, and no other. */
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

TEST(the_readme_names_what_no_gpu_has_run)
{
    static char text[1 << 17];
    char path[512], name[80];
    const char *const source = getenv("TANDEM_SOURCE");
    snprintf(path, sizeof path, "%s/README.md", source ? source : ".");
    FILE *const file = fopen(path, "r");
    CHECK(file != NULL);
    const size_t bytes = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    CHECK(bytes > 0);
    for (size_t i = 0; i < RUNS; ++i) {
        snprintf(name, sizeof name, "`%s`", runs[i].kernel);
        if ((strstr(text, name) != NULL) != (runs[i].gpu == NULL))
            CHECK_FAIL("README.md: %s is %s", name,
                       runs[i].gpu ? "named, and a GPU has run it" : "not named");
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(every_kernel_has_a_row),
                                     RUN(a_gpu_has_a_name),
                                     RUN(the_readme_names_what_no_gpu_has_run),
                                     {0}});
}
