/* test_plan.c - what a small memory budget may cost: units are cut so that they and their results
 * fit, and no finer, since every cut along m or eps computes distances again. */
#include "modules/rqa/rqa_op.h"

#include "measures.h"

#define SAMPLES 3000
#define MIB     (UINT64_C(1) << 20)

static double walk_x[SAMPLES], walk_y[SAMPLES];

static recordings walk_of(uint64_t samples)
{
    const recordings data = {1, {0, samples}, walk_x, walk_y, NULL};
    for (uint64_t i = 1; i < samples; ++i) {
        walk_x[i] = walk_x[i - 1] + check_random_unit() - 0.5;
        walk_y[i] = walk_y[i - 1] + check_random_unit() - 0.5;
    }
    return data;
}

/* The plan's own idea of the work, told before the first unit runs; then the run is stopped. */
typedef struct glance {
    td_cancel *cancel;
    td_progress progress;
} glance;

static void glance_take(void *context, const td_progress *progress)
{
    glance *g = context;
    g->progress = *progress;
    td_cancel_request(g->cancel);
}

static td_progress plan_of(const recordings *data, const setting *settings, uint64_t host_bytes)
{
    td_engine *engine = engine_of(2, host_bytes);
    td_args *args = NULL;
    td_error err = TD_ERROR_INIT;
    glance g = {.cancel = NULL};
    td_run_options options = TD_RUN_OPTIONS_INIT;
    CHECK_STATUS(TD_OK, td_cancel_create(engine, &g.cancel, &err), &err);
    CHECK_STATUS(TD_OK, measures_args(engine, data, settings, NULL, &args, &err), &err);
    options.cancel = g.cancel;
    options.progress = glance_take;
    options.progress_context = &g;
    CHECK_INT(TD_E_CANCELLED, td_run(engine, args, &options, NULL, NULL, &err));
    td_args_destroy(args);
    td_cancel_destroy(g.cancel);
    td_engine_destroy(engine);
    return g.progress;
}

static const setting wide[] = {{"mode", "x:l1"},        {"m", "1:10"},   {"tau", "1:4"},
                               {"eps", "0.5:1.5:0.02"}, {"lmin", "2,3"}, {NULL, NULL}};

/* Working memory of this grid is 6 MB for each tau when it is not cut. */
TEST(a_small_budget_does_not_cut_to_dust)
{
    const recordings data = walk_of(SAMPLES);
    const double whole = plan_of(&data, wide, 0).cost_total;
    const struct {
        uint64_t bytes;
        double factor;
    } cases[] = {{64 * MIB, 1.1}, {16 * MIB, 1.7}, {4 * MIB, 4}, {2 * MIB, 8}, {MIB, 16}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; ++i) {
        const td_progress plan = plan_of(&data, wide, cases[i].bytes);
        printf("  %2d MiB: %d units, %.1f times the work\n", (int)(cases[i].bytes / MIB),
               (int)plan.units_total, plan.cost_total / whole);
        CHECK(plan.cost_total < cases[i].factor * whole);
    }
}

/* Cutting m does not help where eps times lmin is what there is too much of. */
TEST(many_thresholds_and_lengths_do_not_cut_m)
{
    const recordings data = walk_of(50);
    const setting many[] = {
        {"m", "1:3"}, {"eps", "0.001:2:0.001"}, {"lmin", "2:1000"}, {NULL, NULL}};
    CHECK_INT(2, plan_of(&data, many, 4096 * MIB).units_total);
}

static td_table *table_of(const recordings *data, const setting *settings, uint64_t host_bytes)
{
    td_engine *engine = engine_of(2, host_bytes);
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, measures_run(engine, data, settings, MEASURES_ALL, &table, &err), &err);
    td_engine_destroy(engine);
    return table;
}

static void tables_equal(const td_table *a, const td_table *b)
{
    td_var va, vb;
    CHECK_INT(td_table_var_count(a), td_table_var_count(b));
    for (uint32_t i = 0; td_table_var(a, i, &va); ++i) {
        CHECK(td_table_find_var(b, va.name, &vb));
        CHECK_INT(va.count, vb.count);
        const size_t size = va.dtype == TD_F64 ? 8 : va.dtype == TD_U8 ? 1 : 4;
        if (memcmp(va.data, vb.data, va.count * size)) CHECK_FAIL("%s differs", va.name);
    }
}

/* The results of this grid are 9 MB, and next to no work. */
TEST(results_are_cut_to_fit_the_budget)
{
    const recordings data = walk_of(60);
    const setting many[] = {{"mode", "x:l1,y:l2,xy:max"}, {"m", "1:8"},     {"tau", "1:4"},
                            {"eps", "0.5:1.5:0.01"},      {"lmin", "2:12"}, {NULL, NULL}};
    td_table *whole = table_of(&data, many, 0);
    for (uint64_t bytes = MIB; bytes <= 8 * MIB; bytes *= 2) {
        td_table *here = table_of(&data, many, bytes);
        tables_equal(whole, here);
        td_table_destroy(here);
    }
    td_table_destroy(whole);
}

/* One recording is cut into parts that idle workers take up, or not when memory is short. */
TEST(parts_give_way_to_memory)
{
    const recordings data = walk_of(SAMPLES);
    const setting parted[] = {
        {"mode", "xy:l2"}, {"m", "1:8"}, {"tau", "3"}, {"eps", "0.5,1,2"}, {NULL, NULL}};
    td_table *whole = table_of(&data, parted, 0);
    for (uint64_t bytes = MIB; bytes <= 4 * MIB; bytes *= 2) {
        td_table *here = table_of(&data, parted, bytes);
        tables_equal(whole, here);
        td_table_destroy(here);
    }
    td_table_destroy(whole);
}

/* Line counts are int32 within a part, and of a long recording one part would count too much. */
TEST(long_recordings_always_have_parts)
{
    static rqa_state state;
    for (uint64_t count = 30000; count <= 200000; count += 500) {
        for (int rows = 0; rows < 2; ++rows) {
            state.wants_diagonals = rows == 0;
            state.wants_rows = rows == 1;
            for (uint64_t slots = 1; slots < UINT64_C(1) << 40; slots *= 3) {
                const uint32_t parts = rqa_part_count(&state, count, 1, slots);
                if (parts < 2)
                    CHECK_FAIL("%d samples, %g slots: %u part", (int)count, (double)slots, parts);
            }
        }
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_small_budget_does_not_cut_to_dust),
                                     RUN(many_thresholds_and_lengths_do_not_cut_m),
                                     RUN(results_are_cut_to_fit_the_budget),
                                     RUN(parts_give_way_to_memory),
                                     RUN(long_recordings_always_have_parts),
                                     {0}});
}
