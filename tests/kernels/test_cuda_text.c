/* test_cuda_text.c - the CUDA text of every kernel, run by 128 threads of this machine: the same
 * results as plain C's. What only CUDA's text has, shuffles and true barriers, is run here; no GPU
 * is. Under TSan it finds races between items of a group. */
#include "cases.h"
#include "cuda_threads.h"
#include "tests/check.h"

#define TEXT_BYTES 512
#define VARIANTS   6 /* threads and barriers are slow */

static void check_case(const kernel_row *row, cuda_group_fn run_group, int variant, uint64_t seed)
{
    kernel_case one;
    case_run plain, cuda;
    td_launch_arg args[KERNEL_ARGS_MAX];
    char text[TEXT_BYTES] = "";
    CHECK(run_group);
    if (!case_make(&one, row, variant, seed))
        CHECK_FAIL("%s has no maker: write one in tests/kernels/case_make.c", row->name);
    case_launch(&one, row->rising, false, &plain);
    case_args(&one, &cuda, args);
    const bool ran = cuda_run(args, run_group, one.groups);
    const bool right = case_same(&one, NULL, &cuda, text, sizeof text) &&
                       case_same(&one, &plain, &cuda, text, sizeof text);
    case_run_free(&plain);
    case_run_free(&cuda);
    case_free(&one);
    if (!ran) SKIP("%d threads cannot be had here", CUDA_GROUP);
    if (!right) CHECK_FAIL("%s", text);
}

TEST(kernels_of_the_table)
{
    const uint64_t seed = check_seed_value;
    const kernel_row *row;
    for (size_t i = 0; (row = kernel_at(i)) != NULL; ++i) {
        if (strncmp(row->name, "rqa_", 4) == 0 || strncmp(row->name, "market_", 7) == 0)
            continue; /* tests/rqa and tests/ops have their input */
        for (int variant = 0; variant < VARIANTS; ++variant)
            check_case(row, cuda_product_find(row->name), variant, seed);
    }
}

TEST(group_primitives_by_shuffles)
{
    const uint64_t seed = check_seed_value;
    const kernel_row *row;
    for (size_t i = 0; (row = own_at(i)) != NULL; ++i) {
        if (strncmp(row->name, "own_race", 8) == 0) continue;
        for (int variant = 0; variant < VARIANTS; ++variant)
            check_case(row, cuda_own_find(row->name), variant, seed);
    }
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(kernels_of_the_table), RUN(group_primitives_by_shuffles), {0}});
}
