/* test_order.c - every kernel in plain C, items and groups rising and falling, on fresh input and
 * poisoned output: both orders give the same bits, and those of the reference. What differs between
 * the orders is a race; three kernels that have one show that the method finds it. */
#include "cases.h"
#include "tests/check.h"

#define NAME_MAX_TEXT 512

static void check_both_orders(const kernel_row *row, int variant, uint64_t seed)
{
    kernel_case one;
    case_run rising, falling;
    char text[NAME_MAX_TEXT] = "";
    if (!case_make(&one, row, variant, seed))
        CHECK_FAIL("%s has no maker: write one in tests/kernels/case_make.c", row->name);
    case_launch(&one, row->rising, false, &rising);
    case_launch(&one, row->falling, true, &falling);
    const bool right = case_same(&one, NULL, &rising, text, sizeof text) &&
                       case_same(&one, &rising, &falling, text, sizeof text);
    case_run_free(&rising);
    case_run_free(&falling);
    case_free(&one);
    if (!right) CHECK_FAIL("%s", text);
}

/* Kernels whose names begin so are launched by tests/rqa or tests/ops/row_*.c, in both orders
 * too, beside the processor's own code or a reference. */
static bool is_elsewhere(const char *name)
{
    return strncmp(name, "rqa_", 4) == 0 || strncmp(name, "market_", 7) == 0;
}

TEST(kernels_in_both_orders)
{
    const uint64_t seed = check_seed_value;
    size_t count = 0;
    const kernel_row *row;
    for (size_t i = 0; (row = kernel_at(i)) != NULL; ++i) {
        if (is_elsewhere(row->name)) continue;
        for (int variant = 0; variant < CASE_VARIANTS; ++variant)
            check_both_orders(row, variant, seed);
        count += 1;
    }
    CHECK(count >= 7);
}

TEST(group_primitives_and_atomics_in_both_orders)
{
    const uint64_t seed = check_seed_value;
    const kernel_row *row;
    for (size_t i = 0; (row = own_at(i)) != NULL; ++i) {
        if (strncmp(row->name, "own_race", 8) == 0) continue;
        for (int variant = 0; variant < CASE_VARIANTS; ++variant)
            check_both_orders(row, variant, seed);
    }
}

/* How many of the variants come out different in the two orders. */
static int differences(const char *name, uint64_t seed)
{
    int count = 0;
    for (int variant = 1; variant < CASE_VARIANTS; ++variant) {
        kernel_case one;
        case_run rising, falling;
        char text[NAME_MAX_TEXT];
        CHECK(own_find(name) && case_make(&one, own_find(name), variant, seed));
        case_launch(&one, one.row->rising, false, &rising);
        case_launch(&one, one.row->falling, true, &falling);
        count += !case_same(&one, &rising, &falling, text, sizeof text);
        case_run_free(&rising);
        case_run_free(&falling);
        case_free(&one);
    }
    return count;
}

TEST(races_are_found)
{
    const uint64_t seed = check_seed_value;
    CHECK(differences("own_race_neighbour", seed) == CASE_VARIANTS - 1);
    CHECK(differences("own_race_unset", seed) == CASE_VARIANTS - 1);
    CHECK(differences("own_race_groups", seed) >= 1);
    CHECK(differences("own_sum_f32", seed) == 0);
}

/* The text of a file of tests/rqa that names the kernel as a string. */
static bool named_in_tests(const char *name)
{
    char command[512];
    const char *const source = getenv("TANDEM_SOURCE");
    if (!source) SKIP("TANDEM_SOURCE does not say where the sources are");
    snprintf(command, sizeof command,
             "cd '%s' && grep -qs '\"%s\"' tests/rqa/*.[ch] tests/ops/row_*.c", source, name);
    return system(command) == 0;
}

TEST(what_is_tested_elsewhere_is)
{
    const kernel_row *row;
    for (size_t i = 0; (row = kernel_at(i)) != NULL; ++i)
        if (is_elsewhere(row->name) && !named_in_tests(row->name))
            CHECK_FAIL("%s: no file of tests/rqa or tests/ops names it", row->name);
    CHECK(!named_in_tests("rqa_no_such_kernel"));
}

TEST(the_table)
{
    const kernel_row *const fill = kernel_find("td_fill");
    const uint32_t value = 1;
    const int64_t count = 0;
    td_launch_arg args[3] = {{NULL, 8, true}, {&value, 4, false}, {&count, 8, false}};
    td_launch launch = {sizeof launch, 1, "td_fill", 3, args};
    CHECK(fill && !kernel_find("td_fil") && !kernel_find("") && !kernel_find(NULL));
    CHECK_TEXT("bul", fill->args);
    CHECK(!fill->float64 && kernel_find("td_bench_f64")->float64);
    CHECK(kernel_args_fit(fill, &launch));
    args[2].bytes = 4;
    CHECK(!kernel_args_fit(fill, &launch));
    args[2].bytes = 8;
    args[0].is_buffer = false;
    CHECK(!kernel_args_fit(fill, &launch));
    args[0].is_buffer = true;
    args[1].data = NULL;
    CHECK(!kernel_args_fit(fill, &launch));
    args[1].data = &value;
    launch.arg_count = 2;
    CHECK(!kernel_args_fit(fill, &launch));
    for (size_t i = 0; kernel_at(i); ++i) {
        CHECK(kernel_find(kernel_at(i)->name) == kernel_at(i));
        CHECK_INT(kernel_at(i)->arg_count, strlen(kernel_at(i)->args));
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(the_table),
                                     RUN(kernels_in_both_orders),
                                     RUN(group_primitives_and_atomics_in_both_orders),
                                     RUN(races_are_found),
                                     RUN(what_is_tested_elsewhere_is),
                                     {0}});
}
