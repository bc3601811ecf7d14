/* test_run.c - runs on the CPU: the closed form, whatever the units, parts and threads. */
#include <unistd.h>

#include "sweep_check.h"

static const uint32_t thread_counts[] = {1, 2, 3, 8};

static void text_random(char *text, size_t size, int most)
{
    const int first = (int)(check_random() % 50);
    const int count = 1 + (int)(check_random() % (uint64_t)most);
    snprintf(text, size, "%d:%d", first, first + count - 1);
}

/* ---- The closed form ------------------------------------------------------------------------- */

TEST(random_sweeps_give_the_closed_form)
{
    for (int round = 0; round < 60; ++round) {
        char a[32], b[32];
        sum_hooks_clear();
        text_random(a, sizeof a, 7);
        text_random(b, sizeof b, 4);
        const sum_call call = {.a = a,
                               .b = b,
                               .c = check_random() % 2 ? "z,x" : NULL,
                               .f = check_random() % 2 ? "0.1:0.5:0.1,2" : NULL,
                               .items_per_unit = 1 + (int64_t)(check_random() % 5),
                               .a_per_unit = 1 + (int64_t)(check_random() % 5),
                               .parts = (int64_t)(check_random() % 6)};
        td_report report = TD_REPORT_INIT;
        sum_data data = data_make(1 + check_random() % 12, 20);
        td_engine *const engine = engine_make(1 + (uint32_t)(check_random() % 4), 0, "cpu");
        td_args *const args = args_make(engine, &data, &call);
        td_table *const table = run_well(engine, args, NULL, &report);
        check_closed_form(table, args);
        CHECK_INT(1, hooks.finished);
        CHECK_INT(hooks.cpu_runs, report.units);
        CHECK_INT(0, report.units_split + report.units_moved + report.units_retried);
        CHECK_TEXT("cpu", report.device);
        CHECK_TEXT("", report.note);
        CHECK(report.seconds_total > 0.0);
        td_table_destroy(table);
        check_clean(engine);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(threads_parts_and_units_change_no_bit)
{
    sum_data data = data_make(23, 40);
    td_table *first = NULL;
    td_args *first_args = NULL;
    td_engine *first_engine = NULL;
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; ++t)
        for (int64_t parts = 0; parts < 8; parts += 3)
            for (int64_t items = 1; items < 30; items += 9) {
                sum_hooks_clear();
                const sum_call call = {.a = "0:8",
                                       .b = "1,5,9",
                                       .f = "0.25,0.7",
                                       .parts = parts,
                                       .items_per_unit = items,
                                       .a_per_unit = 1 + parts};
                td_engine *const engine = engine_make(thread_counts[t], 0, "cpu");
                td_args *const args = args_make(engine, &data, &call);
                td_table *const table = run_well(engine, args, NULL, NULL);
                check_clean(engine);
                if (!first) {
                    check_closed_form(table, args);
                    first = table;
                    first_args = args;
                    first_engine = engine;
                    continue;
                }
                check_same_tables(first, table);
                td_table_destroy(table);
                td_args_destroy(args);
                td_engine_destroy(engine);
            }
    td_table_destroy(first);
    td_args_destroy(first_args);
    td_engine_destroy(first_engine);
    data_free(&data);
}

/* A sweep is the single runs side by side. */
TEST(a_sweep_of_one_is_a_run)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    sum_data data = data_make(6, 15);
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call whole = {.a = "3:7", .b = "10,20"};
    td_args *const args = args_make(engine, &data, &whole);
    td_table *const table = run_well(engine, args, NULL, NULL);
    for (uint64_t j = 0; j < 5; ++j)
        for (uint64_t k = 0; k < 2; ++k) {
            td_args *one_args = NULL;
            CHECK_STATUS(TD_OK, td_args_create(engine, "test.sum", &one_args, &err), &err);
            CHECK_STATUS(TD_OK, td_args_set(one_args, "a", td_int((int64_t)j + 3), &err), &err);
            CHECK_STATUS(TD_OK, td_args_set(one_args, "b", td_int(k ? 20 : 10), &err), &err);
            CHECK_STATUS(TD_OK, td_args_bind_series(one_args, "items", &data.series, &err), &err);
            td_table *const one = run_well(engine, one_args, NULL, NULL);
            const uint64_t first[3] = {0, j, k}, origin[3] = {0, 0, 0}, count[3] = {6, 1, 1};
            int64_t here[6], there[6];
            CHECK_STATUS(TD_OK, td_table_read(table, "sum", first, count, here, sizeof here, &err),
                         &err);
            CHECK_STATUS(TD_OK, td_table_read(one, "sum", origin, count, there, sizeof there, &err),
                         &err);
            CHECK(memcmp(here, there, sizeof here) == 0);
            td_table_destroy(one);
            td_args_destroy(one_args);
        }
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

/* ---- The table ------------------------------------------------------------------------------- */

TEST(the_table_is_labelled)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_dim dim;
    td_var var;
    sum_data data = data_make(5, 9);
    td_engine *const engine = engine_make(1, 0, "cpu");
    const sum_call call = {.a = "2,4", .b = "7", .c = "y,z", .f = "0.05:0.07:0.01"};
    td_args *const args = args_make(engine, &data, &call);
    CHECK_STATUS(TD_OK, td_args_output(args, "half", true, &err), &err);
    td_table *table = run_well(engine, args, NULL, NULL);
    CHECK_INT(5, td_table_dim_count(table));
    CHECK_INT(5, td_table_var_count(table));
    CHECK(td_table_find_dim(table, "item", &dim));
    CHECK_INT(5, dim.count);
    CHECK_TEXT("item-3", dim.text[3]);
    CHECK(td_table_find_dim(table, "a", &dim));
    CHECK(dim.whole && dim.number[1] == 4.0);
    CHECK_TEXT("Weight of the values.", dim.doc);
    CHECK(td_table_find_dim(table, "b", &dim));
    CHECK_INT(1, dim.count);
    CHECK(td_table_find_dim(table, "c", &dim));
    CHECK_TEXT("z", dim.text[1]);
    CHECK(td_table_find_dim(table, "f", &dim));
    CHECK(!dim.whole && dim.number[1] == 0.06 && dim.count == 3);
    CHECK_TEXT("px", dim.unit);
    CHECK(td_table_find_var(table, "sum", &var));
    CHECK_TEXT("px", var.unit);
    CHECK_TEXT("The sum.", var.doc);
    CHECK_INT(TD_I64, var.dtype);
    check_closed_form(table, args);
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

TEST(only_what_is_wanted_is_in_the_table)
{
    static const char *const outputs[] = {"sum", "mean", "count", "mark", "half"};
    sum_data data = data_make(5, 9);
    data.series.item_name = NULL;
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call call = {.a = "2:9", .b = "7,8", .c = "y,z", .f = "0.5,1"};
    for (unsigned mask = 0; mask < 32; ++mask) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_dim dim;
        td_args *const args = args_make(engine, &data, &call);
        for (unsigned i = 0; i < 5; ++i)
            CHECK_STATUS(TD_OK, td_args_output(args, outputs[i], mask >> i & 1, &err), &err);
        const td_status status = td_run(engine, args, NULL, &table, NULL, &err);
        CHECK_STATUS(mask ? TD_OK : TD_E_BAD_ARGUMENT, status, &err);
        for (unsigned i = 0; i < 5 && table; ++i) {
            td_var var;
            CHECK_INT(mask >> i & 1, td_table_find_var(table, outputs[i], &var));
        }
        if (table) {
            check_closed_form(table, args);
            CHECK_INT((mask & 7) != 0, td_table_find_dim(table, "item", &dim));
            if (mask & 7) CHECK(dim.text == NULL && dim.number == NULL);
            CHECK_INT((mask & 8) != 0, td_table_find_dim(table, "c", &dim));
            CHECK_INT((mask & 2) != 0, td_table_find_dim(table, "f", &dim));
        }
        td_table_destroy(table);
        td_args_destroy(args);
        check_clean(engine);
    }
    td_engine_destroy(engine);
    data_free(&data);
}

TEST(empty_items_are_missing_and_warned_of)
{
    sum_hooks_clear();
    td_report report = TD_REPORT_INIT;
    sum_data data = data_make(4, 0);
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call call = {.a = "2:3"};
    td_args *const args = args_make(engine, &data, &call);
    td_table *const table = run_well(engine, args, NULL, &report);
    check_closed_form(table, args);
    CHECK_INT(4, report.warnings);
    CHECK_HAS("item 2 is empty", td_table_attribute(table, "warnings"));
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

TEST(no_items_are_an_empty_table)
{
    sum_hooks_clear();
    td_report report = TD_REPORT_INIT;
    sum_data data = data_make(0, 0);
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call call = {.a = "2:3"};
    td_args *const args = args_make(engine, &data, &call);
    td_table *const table = run_well(engine, args, NULL, &report);
    CHECK_INT(0, report.units);
    CHECK_INT(0, dim_count(table, "item"));
    CHECK_INT(1, hooks.finished);
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

/* ---- Plans and progress ---------------------------------------------------------------------- */

TEST(a_plan_tells_units_and_bytes)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT, small;
    sum_data data = data_make(10, 9);
    td_engine *const engine = engine_make(2, 1500000, "cpu");
    const sum_call call = {.a = "1:4", .items_per_unit = 2, .a_per_unit = 4, .point_bytes = 1000};
    td_args *const args = args_make(engine, &data, &call);
    CHECK_STATUS(TD_OK, td_plan(engine, args, NULL, &report, &err), &err);
    CHECK_INT(5, report.units);
    CHECK_TEXT("cpu", report.device);
    /* A power of two, so that a resumed run with a little more or less memory plans the same. */
    CHECK_INT(1 << 20, hooks.plan_host_bytes);
    CHECK(hooks.plan_device_bytes == UINT64_MAX);
    /* Two units at a time: eight points of 1000 bytes, and a little for the results. */
    CHECK(report.host_bytes_peak >= 16000 && report.host_bytes_peak < 18000);
    CHECK_INT(0, report.device_bytes_peak);
    CHECK_INT(0, hooks.cpu_runs);
    /* A caller with an older, shorter report gets what it knows. */
    memset(&small, 0x55, sizeof small);
    small.struct_size = offsetof(td_report, units_split);
    CHECK_STATUS(TD_OK, td_plan(engine, args, NULL, &small, &err), &err);
    CHECK_INT(5, small.units);
    CHECK_INT(0x55555555, small.units_split);
    CHECK_INT(offsetof(td_report, units_split), small.struct_size);
    check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

typedef struct progress_seen {
    td_progress last;
    uint64_t calls, running_max;
    bool wrong;
} progress_seen;

static void progress_call(void *context, const td_progress *progress)
{
    progress_seen *const seen = context;
    if (seen->calls > 0 && progress->units_done < seen->last.units_done) seen->wrong = true;
    if (progress->units_done > progress->units_total) seen->wrong = true;
    if (progress->cost_done > progress->cost_total) seen->wrong = true;
    if (progress->units_running + progress->units_done > progress->units_total) seen->wrong = true;
    if (!progress->devices || strcmp(progress->devices, "cpu") != 0) seen->wrong = true;
    if (progress->units_running > seen->running_max) seen->running_max = progress->units_running;
    seen->last = *progress;
    seen->calls += 1;
}

TEST(progress_ends_with_everything_done)
{
    sum_hooks_clear();
    progress_seen seen = {.wrong = false};
    td_run_options options = TD_RUN_OPTIONS_INIT;
    sum_data data = data_make(20, 9);
    td_engine *const engine = engine_make(3, 0, "cpu");
    const sum_call call = {.a = "1:10"};
    td_args *const args = args_make(engine, &data, &call);
    options.progress = progress_call;
    options.progress_context = &seen;
    td_table_destroy(run_well(engine, args, &options, NULL));
    CHECK(!seen.wrong && seen.calls > 1);
    CHECK(seen.running_max <= 3);
    CHECK_INT(0, seen.last.units_running);
    CHECK_INT(50, seen.last.units_total);
    CHECK_INT(50, seen.last.units_done);
    CHECK_INT(0, seen.last.units_resumed);
    CHECK_NEAR(seen.last.cost_total, seen.last.cost_done, 1e-9 * seen.last.cost_total);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

/* ---- The budget ------------------------------------------------------------------------------ */

static _Atomic int64_t budget_now, budget_most;

static td_status budget_watch(const td_unit *unit, td_error *err)
{
    const struct timespec nap = {0, 200000};
    (void)err;
    const int64_t now =
        atomic_fetch_add(&budget_now, (int64_t)unit->host_bytes) + (int64_t)unit->host_bytes;
    int64_t most = atomic_load(&budget_most);
    while (most < now && !atomic_compare_exchange_weak(&budget_most, &most, now)) {}
    nanosleep(&nap, NULL);
    atomic_fetch_sub(&budget_now, (int64_t)unit->host_bytes);
    return TD_OK;
}

TEST(running_units_never_pass_the_budget)
{
    static const uint64_t budgets[] = {5000, 9000, 20000, 100000};
    for (size_t i = 0; i < sizeof budgets / sizeof *budgets; ++i) {
        sum_hooks_clear();
        td_report report = TD_REPORT_INIT;
        sum_data data = data_make(24, 30);
        td_engine *const engine = engine_make(8, budgets[i], "cpu");
        const sum_call call = {
            .a = "1:4", .items_per_unit = 3, .a_per_unit = 1, .point_bytes = 1000};
        td_args *const args = args_make(engine, &data, &call);
        budget_now = budget_most = 0;
        hooks.on_cpu = budget_watch;
        td_table *const table = run_well(engine, args, NULL, &report);
        check_closed_form(table, args);
        CHECK(budget_most <= (int64_t)budgets[i]);
        CHECK(report.host_bytes_peak <= budgets[i] && report.host_bytes_peak >= 3000);
        CHECK_INT(0, report.units_split);
        check_clean(engine);
        td_table_destroy(table);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(a_unit_larger_than_the_budget_is_split)
{
    sum_hooks_clear();
    td_report report = TD_REPORT_INIT;
    sum_data data = data_make(16, 30);
    td_engine *const engine = engine_make(3, 10000, "cpu");
    const sum_call call = {.a = "1:4", .items_per_unit = 8, .a_per_unit = 2, .point_bytes = 1000};
    td_args *const args = args_make(engine, &data, &call);
    budget_now = budget_most = 0;
    hooks.on_cpu = budget_watch;
    td_table *const table = run_well(engine, args, NULL, &report);
    check_closed_form(table, args);
    CHECK_INT(4, report.units);
    CHECK_INT(4, report.units_split);
    CHECK_INT(0, report.units_moved);
    CHECK_HAS("budget of 10000", report.note);
    CHECK(budget_most <= 10000);
    check_clean(engine);
    td_table_destroy(table);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

TEST(a_unit_that_fits_in_no_way_names_bytes_and_budget)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *table = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    sum_data data = data_make(16, 30);
    td_engine *const engine = engine_make(3, 10000, "cpu");
    sum_call call = {.a = "1:4", .items_per_unit = 8, .a_per_unit = 2, .point_bytes = 20000};
    td_args *args = args_make(engine, &data, &call);
    CHECK_STATUS(TD_E_NO_MEMORY, td_run(engine, args, NULL, &table, NULL, &err), &err);
    CHECK_HAS("needs 20000 bytes", err.message);
    CHECK_HAS("the budget is 10000 bytes", err.message);
    CHECK_STATUS(TD_E_NO_MEMORY, td_plan(engine, args, NULL, &report, &err), &err);
    td_args_destroy(args);
    call.point_bytes = 1000;
    args = args_make(engine, &data, &call);
    options.fallback = TD_FALLBACK_NONE;
    CHECK_STATUS(TD_E_NO_MEMORY, td_run(engine, args, &options, &table, NULL, &err), &err);
    CHECK_INT(0, hooks.cpu_runs);
    check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

static _Atomic int wrong_numbers;

static td_status no_memory_for_large(const td_unit *unit, td_error *err)
{
    /* A part has the number of the planned unit that it is of: four items by three a, of six. */
    if (unit->number != unit->items.first / 4 * 2 + unit->axis[0].first / 3)
        atomic_fetch_add(&wrong_numbers, 1);
    const uint64_t points = unit->items.count * unit->axis[0].count * unit->axis[1].count;
    return points > 2 ? td_fail(err, TD_E_NO_MEMORY, "%d points are too many", (int)points) : TD_OK;
}

TEST(a_unit_without_host_memory_is_split)
{
    static const td_fallback policies[] = {TD_FALLBACK_CPU, TD_FALLBACK_SPLIT, TD_FALLBACK_NONE};
    for (int i = 0; i < 6; ++i) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        sum_data data = data_make(9, 10);
        td_engine *const engine = engine_make(2, 0, "cpu");
        const sum_call call = {.a = "1:6", .items_per_unit = 4, .a_per_unit = 3, .parts = 2};
        td_args *const args = args_make(engine, &data, &call);
        hooks.on_cpu = no_memory_for_large;
        hooks.cannot_split = i >= 3;
        options.fallback = policies[i % 3];
        const td_status status = td_run(engine, args, &options, &table, &report, &err);
        if (i < 2) {
            CHECK_STATUS(TD_OK, status, &err);
            check_closed_form(table, args);
            CHECK_INT(6, report.units);
            CHECK_INT(6, report.units_split);
            CHECK_HAS("points are too many", report.note);
            CHECK_INT(0, wrong_numbers);
        } else {
            CHECK_STATUS(TD_E_NO_MEMORY, status, &err);
            CHECK_HAS("planned with 0 bytes of a budget", err.message);
            CHECK(table == NULL && report.units == 0);
        }
        check_clean(engine);
        td_table_destroy(table);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(a_split_that_does_not_cover_is_an_internal_error)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    sum_data data = data_make(9, 10);
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call call = {.a = "1:6", .items_per_unit = 4, .a_per_unit = 3};
    td_args *const args = args_make(engine, &data, &call);
    hooks.on_cpu = no_memory_for_large;
    hooks.split_badly = true;
    CHECK_STATUS(TD_E_INTERNAL, td_run(engine, args, NULL, &table, NULL, &err), &err);
    CHECK_HAS("leave out", err.message);
    check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

/* ---- Failures -------------------------------------------------------------------------------- */

static _Atomic int64_t fail_at;
static td_status fail_status;

static td_status fail_some(const td_unit *unit, td_error *err)
{
    (void)unit;
    if (atomic_fetch_sub(&fail_at, 1) != 1) return TD_OK;
    return td_fail(err, fail_status, "this unit was told to fail");
}

TEST(the_first_failure_ends_the_run)
{
    static const td_status statuses[] = {TD_E_BAD_ARGUMENT, TD_E_OUT_OF_RANGE, TD_E_NOT_FOUND,
                                         TD_E_INTERNAL,     TD_E_UNSUPPORTED,  TD_E_IO};
    for (int at = 1; at <= 9; ++at) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        sum_data data = data_make(16, 10);
        td_engine *const engine = engine_make(1 + (uint32_t)at % 3, 0, "cpu");
        const sum_call call = {.a = "1"};
        td_args *const args = args_make(engine, &data, &call);
        fail_at = at;
        fail_status = statuses[at % 6];
        hooks.on_cpu = fail_some;
        const td_status status = td_run(engine, args, NULL, &table, &report, &err);
        CHECK_STATUS(at <= 8 ? fail_status : TD_OK, status, &err);
        if (at <= 8) {
            CHECK_TEXT("this unit was told to fail", err.message);
            CHECK(table == NULL && report.units == 0);
            CHECK_INT(0, hooks.finished);
        }
        check_clean(engine);
        td_table_destroy(table);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(what_fails_beside_the_units_is_told_too)
{
    for (int i = 0; i < 3; ++i) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        sum_data data = data_make(6, 10);
        td_engine *const engine = engine_make(2, 0, "cpu");
        const sum_call call = {.a = "1"};
        td_args *const args = args_make(engine, &data, &call);
        td_status *const which[] = {&hooks.fail_open, &hooks.fail_plan, &hooks.fail_finish};
        *which[i] = TD_E_CORRUPT;
        CHECK_STATUS(TD_E_CORRUPT, td_run(engine, args, NULL, &table, NULL, &err), &err);
        CHECK_HAS("was told to fail", err.message);
        CHECK(table == NULL);
        check_clean(engine);
        td_args_destroy(args);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

TEST(arguments_are_checked)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_store store = {sizeof store, NULL, store_begin, NULL, store_keep, store_flush};
    sum_data data = data_make(6, 10);
    td_engine *const engine = engine_make(2, 0, "cpu"), *const other = engine_make(1, 0, "cpu");
    const sum_call call = {.a = "1"};
    td_args *const args = args_make(engine, &data, &call);
    td_args *unbound = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(NULL, args, NULL, &table, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, NULL, NULL, &table, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(other, args, NULL, &table, NULL, &err), &err);
    CHECK_HAS("another engine", err.message);
    options.device = "cuda:7";
    CHECK_STATUS(TD_E_NOT_FOUND, td_run(engine, args, &options, &table, NULL, &err), &err);
    CHECK_HAS("there is no device \"cuda:7\"; there are cpu", err.message);
    options.device = "cpu";
    options.fallback = (td_fallback)9;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, &options, &table, NULL, &err), &err);
    options.fallback = TD_FALLBACK_NONE;
    options.store = &store;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, &options, &table, NULL, &err), &err);
    options.struct_size = 0;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, &options, &table, NULL, &err), &err);
    CHECK_STATUS(TD_OK, td_args_create(engine, "test.sum", &unbound, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, unbound, NULL, &table, NULL, &err), &err);
    CHECK(table == NULL);
    /* An older caller knows a shorter struct: the store behind its end is not looked at. */
    options.struct_size = offsetof(td_run_options, store);
    CHECK_STATUS(TD_OK, td_run(engine, args, &options, NULL, NULL, NULL), &err);
    check_clean(engine);
    td_args_destroy(unbound);
    td_args_destroy(args);
    td_engine_destroy(engine);
    td_engine_destroy(other);
    data_free(&data);
}

static td_engine *inner_engine;
static td_args *inner_args;
static td_status inner_status;

static td_status run_within(const td_unit *unit, td_error *err)
{
    (void)unit;
    (void)err;
    inner_status = td_run(inner_engine, inner_args, NULL, NULL, NULL, NULL);
    return TD_OK;
}

TEST(a_run_within_a_unit_is_refused)
{
    sum_hooks_clear();
    sum_data data = data_make(1, 10);
    const sum_call call = {.a = "1"};
    inner_engine = engine_make(1, 0, "cpu");
    inner_args = args_make(inner_engine, &data, &call);
    hooks.on_cpu = run_within;
    td_table_destroy(run_well(inner_engine, inner_args, NULL, NULL));
    CHECK_INT(TD_E_BAD_ARGUMENT, inner_status);
    td_args_destroy(inner_args);
    td_engine_destroy(inner_engine);
    data_free(&data);
}

/* ---- Limits of time -------------------------------------------------------------------------- */

TEST(a_run_that_takes_too_long_ends)
{
    sum_hooks_clear();
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    sum_data data = data_make(6, 10);
    td_engine *const engine = engine_make(2, 0, "cpu");
    const sum_call call = {.a = "1"};
    td_args *const args = args_make(engine, &data, &call);
    hooks.wait_for_cancel = true;
    options.timeout_ms = 30;
    CHECK_STATUS(TD_E_TIMEOUT, td_run(engine, args, &options, &table, NULL, &err), &err);
    CHECK_HAS("limit of 30 ms was reached after 0 of 3 units", err.message);
    CHECK(table == NULL);
    check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

static td_cancel *the_cancel;
static _Atomic int64_t cancel_at;

static void cancel_some(const td_unit *unit)
{
    (void)unit;
    if (atomic_fetch_sub(&cancel_at, 1) == 1) td_cancel_request(the_cancel);
}

TEST(a_cancelled_run_begins_no_more_units)
{
    for (int64_t at = 1; at <= 9; ++at) {
        sum_hooks_clear();
        td_error err = TD_ERROR_INIT;
        td_table *table = NULL;
        td_run_options options = TD_RUN_OPTIONS_INIT;
        sum_data data = data_make(16, 10);
        td_engine *const engine = engine_make(1, 0, "cpu");
        const sum_call call = {.a = "1"};
        td_args *const args = args_make(engine, &data, &call);
        CHECK_STATUS(TD_OK, td_cancel_create(engine, &the_cancel, &err), &err);
        cancel_at = at;
        hooks.on_unit = cancel_some;
        options.cancel = the_cancel;
        const td_status status = td_run(engine, args, &options, &table, NULL, &err);
        /* In the last of eight units it comes too late: the run is whole. */
        CHECK_STATUS(at < 8 ? TD_E_CANCELLED : TD_OK, status, &err);
        CHECK_INT(at < 8 ? at : 8, hooks.cpu_runs);
        if (at < 8) CHECK_HAS("of 8 units", err.message);
        check_clean(engine);
        td_table_destroy(table);
        td_args_destroy(args);
        td_cancel_destroy(the_cancel);
        td_engine_destroy(engine);
        data_free(&data);
    }
}

/* ---- Many runs at once ----------------------------------------------------------------------- */

typedef struct racer {
    td_engine *engine;
    sum_data *data;
    pthread_t thread;
    td_status status;
    td_table *table;
} racer;

static void *racer_main(void *context)
{
    racer *const self = context;
    const sum_call call = {.a = "0:5", .b = "1,2", .point_bytes = 1000, .parts = 3};
    td_args *args = NULL;
    self->status = args_make_status(self->engine, self->data, &call, &args, NULL);
    if (!self->status) self->status = td_run(self->engine, args, NULL, &self->table, NULL, NULL);
    td_args_destroy(args);
    return NULL;
}

TEST(runs_share_one_engine_and_its_budget)
{
    sum_hooks_clear();
    racer racers[5];
    sum_data data = data_make(12, 30);
    data_series(&data);
    td_engine *const engine = engine_make(3, 20000, "cpu");
    for (int i = 0; i < 5; ++i) {
        racers[i] = (racer){.engine = engine, .data = &data};
        CHECK_INT(0, pthread_create(&racers[i].thread, NULL, racer_main, &racers[i]));
    }
    for (int i = 0; i < 5; ++i)
        pthread_join(racers[i].thread, NULL);
    const sum_call call = {.a = "0:5", .b = "1,2"};
    td_args *const args = args_make(engine, &data, &call);
    for (int i = 0; i < 5; ++i) {
        CHECK_INT(TD_OK, racers[i].status);
        check_closed_form(racers[i].table, args);
        td_table_destroy(racers[i].table);
    }
    check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    data_free(&data);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(random_sweeps_give_the_closed_form),
                                     RUN(threads_parts_and_units_change_no_bit),
                                     RUN(a_sweep_of_one_is_a_run),
                                     RUN(the_table_is_labelled),
                                     RUN(only_what_is_wanted_is_in_the_table),
                                     RUN(empty_items_are_missing_and_warned_of),
                                     RUN(no_items_are_an_empty_table),
                                     RUN(a_plan_tells_units_and_bytes),
                                     RUN(progress_ends_with_everything_done),
                                     RUN(running_units_never_pass_the_budget),
                                     RUN(a_unit_larger_than_the_budget_is_split),
                                     RUN(a_unit_that_fits_in_no_way_names_bytes_and_budget),
                                     RUN(a_unit_without_host_memory_is_split),
                                     RUN(a_split_that_does_not_cover_is_an_internal_error),
                                     RUN(the_first_failure_ends_the_run),
                                     RUN(what_fails_beside_the_units_is_told_too),
                                     RUN(arguments_are_checked),
                                     RUN(a_run_within_a_unit_is_refused),
                                     RUN(a_run_that_takes_too_long_ends),
                                     RUN(a_cancelled_run_begins_no_more_units),
                                     RUN(runs_share_one_engine_and_its_budget),
                                     {0}});
}
