/* Every allocation fails once: the n-th, for every n until a whole scene succeeds. Each time the
 * answer is TD_E_NO_MEMORY, outputs are as they were, and nothing is left behind. */
#include "core/args.h"
#include "core/grid.h"
#include "core/memory.h"
#include "core/table_internal.h"
#include "tests/core/sample.h"

static sample_memory memory;
static bool told; /* the engine has logged something */

/* A scene does its work, takes away what it made, and answers the first status that failed. */
typedef td_status (*scene_fn)(const td_allocator *allocator, td_error *err);

#define FAULTS_MAX 5000

/* What lacks memory to look for backends is logged and left out, and the scene goes on. */
static void play(scene_fn scene, long long faults_least)
{
    const td_allocator allocator = sample_allocator(&memory);
    for (long long n = 1;; ++n) {
        td_error err = TD_ERROR_INIT;
        CHECK(n < FAULTS_MAX);
        atomic_store(&memory.calls, 0);
        atomic_store(&memory.fail_at, n);
        told = false;
        const td_status status = scene(&allocator, &err);
        CHECK_INT(0, atomic_load(&memory.pieces));
        CHECK_INT(0, atomic_load(&memory.bytes));
        CHECK_INT(0, atomic_load(&memory.wrong));
        if (atomic_load(&memory.calls) < n) { /* no call failed: the scene is over */
            CHECK_STATUS(TD_OK, status, &err);
            CHECK(n - 1 >= faults_least && !told);
            printf("  %lld allocations failed in turn\n", n - 1);
            break;
        }
        if (told && status == TD_OK) continue;
        CHECK_STATUS(TD_E_NO_MEMORY, status, &err);
        CHECK(err.message[0] != 0);
    }
    atomic_store(&memory.fail_at, 0);
}

/* ---- Engine ---------------------------------------------------------------------------------- */

static void hear(void *context, int level, const char *line)
{
    (void)level;
    *(bool *)context = line[0] != 0;
}

static td_status scene_engine(const td_allocator *allocator, td_error *err)
{
    td_engine *engine = NULL;
    td_cancel *cancel = NULL;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = 2;
    config.ops = sample_ops;
    config.allocator = *allocator;
    config.log = hear;
    config.log_context = &told;
    td_status status = td_engine_create(&config, &engine, err);
    CHECK((status == TD_OK) == (engine != NULL));
    if (!status) {
        CHECK_STATUS(TD_OK, td_device_describe(td_device_find(engine, "cpu"), &info, err), err);
        CHECK(info.fit);
        status = td_cancel_create(engine, &cancel, err);
        CHECK((status == TD_OK) == (cancel != NULL));
    }
    td_cancel_destroy(cancel);
    td_engine_destroy(engine);
    return status;
}

TEST(engine)
{
    play(scene_engine, 3);
}

/* ---- Arguments: the engine's memory is whole, only that of the calls fails ------------------- */

static td_status use_args(td_engine *engine, td_error *err)
{
    td_args *args = NULL, *copy = NULL;
    char *text = NULL;
    td_status status = td_args_create(engine, "sample.grid", &args, err);
    CHECK((status == TD_OK) == (args != NULL));
    if (!status) {
        status = td_args_sweep(args, "eps", "0.05:0.1:0.01", err);
        CHECK_INT(status ? 1 : 6, td_args_axis(args, "eps")->count);
    }
    if (!status) {
        status = td_args_set_text(args, "modes", "x:l1,xy:l2", err);
        CHECK_INT(status ? 1 : 2, td_args_axis(args, "modes")->count);
    }
    if (!status) {
        status = td_args_set(args, "m", td_int(5), err);
        CHECK_TEXT(status ? "1" : "5", td_args_axis(args, "m")->text[0]);
    }
    if (!status) {
        status = td_args_set(args, "label", td_text("mine"), err);
        CHECK_TEXT(status ? "n/a\t\\" : "mine", td_args_get(args, "label").as.s);
    }
    if (!status) {
        status = args_copy(args, &copy, err);
        CHECK((status == TD_OK) == (copy != NULL));
    }
    if (!status) {
        status = args_identity(copy, &text, err);
        CHECK((status == TD_OK) == (text != NULL));
    }
    td_free(engine, text);
    td_args_destroy(copy);
    td_args_destroy(args);
    return status;
}

static td_status scene_args(const td_allocator *allocator, td_error *err)
{
    const long long fail_at = atomic_load(&memory.fail_at);
    td_engine *engine = NULL;
    atomic_store(&memory.fail_at, 0);
    CHECK_STATUS(TD_OK, sample_engine(allocator, &engine, err), err);
    atomic_store(&memory.calls, 0);
    atomic_store(&memory.fail_at, fail_at);
    const td_status status = use_args(engine, err);
    td_engine_destroy(engine);
    return status;
}

TEST(args)
{
    play(scene_args, 30);
}

/* ---- Axes ------------------------------------------------------------------------------------ */

static td_status scene_grid(const td_allocator *allocator, td_error *err)
{
    static const char *const texts[] = {"1:10", "0.1:0.2,7", "x:l1,y:l1"};
    td_status status = TD_OK;
    for (size_t i = 0; i < 3 && !status; ++i) {
        grid_axis axis = {77, NULL, NULL};
        status = grid_parse(allocator, "sample.grid", &sample_params[i], texts[i], &axis, err);
        if (status) CHECK(axis.count == 77 && !axis.number && !axis.text);
        if (!status) grid_axis_free(allocator, &axis);
    }
    return status;
}

TEST(grid)
{
    play(scene_grid, 12);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static td_status fill_table(td_table *table, const char *suffix, td_error *err)
{
    static const double numbers[3] = {1, 2, 3};
    static const char *const texts[3] = {"a", "b", "c"};
    const td_dim dims[2] = {{"m", "Doc.", "px", 3, numbers, true, NULL},
                            {"recording", NULL, NULL, 3, NULL, false, texts}};
    char name[16];
    td_status status = TD_OK;
    for (uint32_t i = 0; i < 2 && !status; ++i) {
        status = td_table_add_dim(table, &dims[i], err);
        CHECK_INT(status ? i : i + 1, td_table_dim_count(table));
    }
    for (uint32_t i = 0; i < 3 && !status; ++i) {
        snprintf(name, sizeof(name), "v%u%s", i, suffix);
        status = td_table_add_var(table, name, "Doc.", "px", TD_F64, "recording,m", err);
        CHECK_INT(status ? i : i + 1, td_table_var_count(table));
    }
    snprintf(name, sizeof(name), "t%s", suffix);
    if (!status) status = td_table_add_text(table, name, "Doc.", "recording", texts, err);
    if (!status) status = td_table_set_attribute(table, "profile", suffix, err);
    if (!status) status = td_table_set_attribute(table, "profile", "again", err);
    if (status == TD_OK) CHECK_TEXT("again", td_table_attribute(table, "profile"));
    for (uint32_t i = 0; i < 2 && !status; ++i) {
        status = td_table_warn(table, err, "line %u%s", i, suffix);
        CHECK_INT(status ? i : i + 1, table_warning_count(table));
    }
    return status;
}

static td_status scene_table(const td_allocator *allocator, td_error *err)
{
    td_table *table = NULL, *source = NULL;
    td_status status = td_table_create(allocator, &table, err);
    CHECK((status == TD_OK) == (table != NULL));
    if (!status) status = fill_table(table, "_a", err);
    if (!status) status = td_table_create(allocator, &source, err);
    if (!status) status = fill_table(source, "_b", err);
    if (!status) {
        status = td_table_merge(table, source, err);
        CHECK_INT(status ? 3 : 6, td_table_var_count(table));
        CHECK_INT(status ? 3 : 0, td_table_var_count(source));
        CHECK_INT(status ? 2 : 4, table_warning_count(table));
        CHECK_TEXT(status ? "line 0_a\nline 1_a" : "line 0_a\nline 1_a\nline 0_b\nline 1_b",
                   td_table_attribute(table, "warnings"));
    }
    td_table_destroy(source);
    td_table_destroy(table);
    return status;
}

TEST(table)
{
    play(scene_table, 50);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(engine), RUN(args), RUN(grid), RUN(table), {0}});
}
