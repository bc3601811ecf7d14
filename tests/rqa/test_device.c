/* test_device.c - rqa.measures on a device gives what it gives on the CPU, to the last bit of every
 * output: over random grids, with little memory, with memory that runs out in the middle. The
 * devices are plug-ins that run the kernels in plain C. */
#include "device_run.h"

static td_engine *engine_plain(void)
{
    return engine_with("plain,falling,cpu", "tests/plugins");
}

/* ---- Random grids ---------------------------------------------------------------------------- */

static const char *one_of(const char *const *choices, uint64_t count)
{
    return choices[check_random() % count];
}

static void grid_make(setting *s, bool rate)
{
    static const char *const modes[] = {"x:l1", "x:l2,y:max", "xy:l2", "xy:max,amplitude:l1",
                                        "amplitude:l2,xy:l1,x:max"};
    static const char *const ms[] = {"1", "1:3", "2,5", "4", "3:1:-1"};
    static const char *const taus[] = {"1", "1:3", "2,7", "30"};
    static const char *const eps[] = {"1",         "0.3,0.1,2",     "0:2:0.1",
                                      "0.5:3:0.5", "0.02:1.5:0.02", "1,2,3"};
    static const char *const rates[] = {"0.1", "0,0.05,0.5", "1", "0.01:0.2:0.01"};
    static const char *const units[] = {"absolute", "sd"};
    static const char *const profiles[] = {"marwan", "crqa", "pyunicorn", "accrqa", "gaze"};
    static const char *const windows[] = {"-1", "0", "1", "4", "300"};
    const setting all[] = {{"mode", one_of(modes, 5)},
                           {"m", one_of(ms, 4)},
                           {"tau", one_of(taus, 4)},
                           {"eps", rate ? one_of(rates, 4) : one_of(eps, 6)},
                           {"lmin", check_random() % 2 ? "2" : "5,2"},
                           {"vmin", check_random() % 2 ? "0" : "3"},
                           {"eps_unit", rate ? "rate" : one_of(units, 2)},
                           {"profile", one_of(profiles, 5)},
                           {"theiler_diagonal", one_of(windows, 5)},
                           {"theiler_vertical", one_of(windows, 5)},
                           {"strict", check_random() % 2 ? "true" : "false"},
                           {NULL, NULL}};
    memcpy(s, all, sizeof all);
}

static void grids_run(int rounds, bool rate)
{
    static const char *const outputs[] = {MEASURES_ALL, NULL, "lam,vmax", "eps_used"};
    td_engine *engine = engine_plain();
    for (int round = 0; round < rounds; ++round) {
        setting settings[12];
        const int kind = (int)(check_random() % 6);
        tracks_make(2000, kind);
        const recordings data = recordings_make(1 + check_random() % 6, 160);
        grid_make(settings, rate);
        const call c = {engine, &data, settings, outputs[check_random() % 4]};
        td_table *expected = on_cpu(&c);
        check_device(&c, expected, "plain:0", "float64", 0, TD_FALLBACK_NONE);
        check_device(&c, expected, "falling:0", "float64", 0, TD_FALLBACK_NONE);
        check_device(&c, expected, "plain:0", "float32", 0, TD_FALLBACK_NONE);
        check_device(&c, expected, "falling:0", "float32", 0, TD_FALLBACK_NONE);
        td_table_destroy(expected);
    }
    td_engine_destroy(engine);
}

TEST(random_grids_are_the_cpus)
{
    grids_run(25, false);
}

TEST(thresholds_by_rate_are_the_cpus)
{
    grids_run(8, true);
}

/* ---- Real recordings ------------------------------------------------------------------------- */

TEST(the_grid_of_the_study)
{
    static const char *const files[] = {"control/control_group_1/n1q1.csv",
                                        "mci/mci_group_6/m6q2.csv", "ad/ad_group_10/ad10q3.csv"};
    const setting settings[] = {
        {"mode", "x:l1,xy:l2"}, {"m", "1:10"},       {"tau", "1:10"}, {"eps", "0.05:0.1:0.001"},
        {"lmin", "2:3"},        {"profile", "gaze"}, {NULL, NULL}};
    recordings data = {0, {0}, track_x, track_y, NULL};
    if (!getenv("TANDEM_DATA")) SKIP("TANDEM_DATA is not set");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; ++i)
        file_read(&data, track_x, track_y, SAMPLES, files[i]);
    td_engine *engine = engine_plain();
    const call c = {engine, &data, settings, MEASURES_ALL};
    td_table *expected = on_cpu(&c);
    check_device(&c, expected, "plain:0", "float32", 0, TD_FALLBACK_NONE);
    check_device(&c, expected, "falling:0", "float64", 0, TD_FALLBACK_NONE);
    td_table_destroy(expected);
    td_engine_destroy(engine);
}

/* ---- Floats ---------------------------------------------------------------------------------- */

/* float64 where it is quick, float32 where it is slow or there is none; asked for where there is
 * none, the CPU does the work. */
TEST(floats_are_chosen_by_the_device)
{
    static const char *const costs[] = {"0", "1", "2", "4", "5", "64"};
    tracks_make(200, 0);
    const recordings data = {2, {0, 90, 200}, track_x, track_y, NULL};
    const setting settings[] = {{"mode", "xy:l2"}, {"m", "1:3"}, {"eps", "0.5,1,2"}, {NULL, NULL}};
    for (size_t i = 0; i < sizeof costs / sizeof costs[0]; ++i) {
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        td_error err = TD_ERROR_INIT;
        setenv("TANDEM_PLAIN_FLOAT64_COST", costs[i], 1);
        td_engine *engine = engine_plain();
        const call c = {engine, &data, settings, MEASURES_ALL};
        td_table *expected = on_cpu(&c);
        check_device(&c, expected, "plain:0", "auto", 0, TD_FALLBACK_NONE);
        check_device(&c, expected, "plain:0", "float32", 0, TD_FALLBACK_NONE);
        const td_status status =
            call_run(&c, "plain:0", "float64", 0, TD_FALLBACK_CPU, &table, &report, &err);
        unsetenv("TANDEM_PLAIN_FLOAT64_COST");
        CHECK_STATUS(TD_OK, status, &err);
        tables_equal(expected, table, "float64");
        CHECK_INT(i == 0 ? report.units : 0, report.units_moved);
        td_table_destroy(table);
        td_table_destroy(expected);
        td_engine_destroy(engine);
    }
}

/* ---- Memory ---------------------------------------------------------------------------------- */

TEST(little_memory_makes_smaller_batches)
{
    td_engine *engine = engine_plain();
    tracks_make(4000, 0);
    const recordings data = recordings_make(8, 500);
    const call c = {engine, &data, wide_grid, MEASURES_ALL};
    td_table *expected = on_cpu(&c);
    for (uint64_t bytes = 1 << 24; bytes >= 1 << 18; bytes /= 4) {
        const td_report report =
            check_device(&c, expected, "plain:0", "float32", bytes, TD_FALLBACK_SPLIT);
        CHECK(report.device_bytes_peak <= bytes);
        CHECK(report.units > 0);
    }
    td_table_destroy(expected);
    td_engine_destroy(engine);
}

/* Many stretches and groups; in the wide build of this test, waves. */
TEST(a_long_recording_is_counted_in_stretches)
{
    td_engine *engine = engine_plain();
    tracks_make(SAMPLES, 0);
    const recordings data = {1, {0, 3000}, track_x, track_y, NULL};
    const setting many[] = {{"mode", "x:l1"}, {"m", "2"}, {"eps", "0.2,0.5"}, {NULL, NULL}};
    const setting one[] = {{"mode", "xy:max"}, {"m", "1"}, {"eps", "2"}, {NULL, NULL}};
    for (int i = 0; i < 2; ++i) {
        const call c = {engine, &data, i ? one : many, MEASURES_ALL};
        td_table *expected = on_cpu(&c);
        check_device(&c, expected, "plain:0", "float64", 0, TD_FALLBACK_NONE);
        check_device(&c, expected, "falling:0", "float32", 0, TD_FALLBACK_NONE);
        td_table_destroy(expected);
    }
    td_engine_destroy(engine);
}

/* Call number k of a kind fails, for every k: the result is the CPU's whatever was tried. */
static void fail_each(const char *kind, const char *loses)
{
    const recordings data = {3, {0, 90, 200, 260}, track_x, track_y, NULL};
    const setting settings[] = {{"mode", "xy:l2"}, {"m", "1:2"}, {"eps", "0.5,1,2"}, {NULL, NULL}};
    uint32_t rescued = 1;
    int k = 1;
    for (; rescued > 0; ++k) {
        char text[64];
        td_table *table = NULL;
        td_report report = TD_REPORT_INIT;
        td_error err = TD_ERROR_INIT;
        snprintf(text, sizeof text, "%s:%d%s", kind, k, loses);
        setenv("TANDEM_PLAIN_FAIL", text, 1);
        td_engine *engine = engine_plain();
        const call c = {engine, &data, settings, MEASURES_ALL};
        td_table *expected = on_cpu(&c);
        const td_status status =
            call_run(&c, "plain:0", "float32", 0, TD_FALLBACK_CPU, &table, &report, &err);
        unsetenv("TANDEM_PLAIN_FAIL");
        rescued = 0;
        if (status == TD_OK) {
            tables_equal(expected, table, text);
            rescued = report.units_retried + report.units_split + report.units_moved;
            td_table_destroy(table);
        } else if (k > 6) {
            CHECK_FAIL("%s: %s", text, err.message);
        } else {
            rescued = 1; /* the device did not pass its own test */
        }
        td_table_destroy(expected);
        td_engine_destroy(engine);
        CHECK(k < 200);
    }
    printf("  %s%s: %d calls\n", kind, loses, k - 1);
}

TEST(memory_that_runs_out_loses_nothing)
{
    tracks_make(300, 0);
    fail_each("alloc", "");
}

TEST(a_device_that_is_lost_loses_nothing)
{
    tracks_make(300, 0);
    fail_each("launch", ":lost");
    fail_each("copy", ":lost");
}

/* A run that would take a minute is stopped in the middle of its launches. */
TEST(a_run_can_be_stopped)
{
    tracks_make(SAMPLES, 0);
    const recordings data = {1, {0, SAMPLES}, track_x, track_y, NULL};
    const setting settings[] = {{"mode", "xy:l2"}, {"m", "1:10"}, {"eps", "1:50"}, {NULL, NULL}};
    td_engine *engine = engine_plain();
    td_args *args = NULL;
    td_job *job = NULL;
    td_job_state state = TD_JOB_QUEUED;
    td_error err = TD_ERROR_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    struct timespec start, end;
    options.device = "plain:0";
    CHECK_STATUS(TD_OK, measures_args(engine, &data, settings, NULL, &args, &err), &err);
    CHECK_STATUS(TD_OK, td_job_submit(engine, args, &options, &job, &err), &err);
    CHECK_STATUS(TD_OK, td_job_wait(job, 300, &state, NULL, &err), &err);
    CHECK_INT(TD_JOB_RUNNING, state);
    clock_gettime(CLOCK_MONOTONIC, &start);
    td_job_cancel(job);
    CHECK_INT(TD_E_CANCELLED, td_job_wait(job, UINT32_MAX, &state, NULL, &err));
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double seconds =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    printf("  after %.2f s\n", seconds);
    CHECK(seconds < 20);
    td_job_destroy(job);
    td_args_destroy(args);
    td_engine_destroy(engine);
}

/* The host's memory: allocation number k fails, for every k since the run began. */
typedef struct faulty {
    uint64_t left; /* 0: none fails */
} faulty;

static void *faulty_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    faulty *f = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        free(memory);
        return NULL;
    }
    const uint64_t left = __atomic_load_n(&f->left, __ATOMIC_RELAXED);
    if (left > 0 && __atomic_sub_fetch(&f->left, 1, __ATOMIC_RELAXED) == 0) return NULL;
    return realloc(memory, new_bytes);
}

TEST(host_memory_that_runs_out_is_told)
{
    tracks_make(300, 0);
    const recordings data = {2, {0, 90, 200}, track_x, track_y, NULL};
    const setting settings[] = {{"mode", "xy:l2"}, {"m", "1:2"}, {"eps", "0.5,1,2"}, {NULL, NULL}};
    const char *build = getenv("TANDEM_BUILD");
    char path[512];
    uint64_t k = 1, failed = 0;
    snprintf(path, sizeof path, "%s/tests/plugins", build ? build : ".");
    for (bool reached = true; reached; ++k) {
        faulty f = {0};
        td_engine_config config = TD_ENGINE_CONFIG_INIT;
        td_engine *engine = NULL;
        td_table *table = NULL;
        td_error err = TD_ERROR_INIT;
        config.threads = 1;
        config.backends = "plain,cpu";
        config.backend_path = path;
        config.allocator = (td_allocator){faulty_resize, &f};
        CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
        const call c = {engine, &data, settings, MEASURES_ALL};
        td_table *expected = on_cpu(&c);
        CHECK(td_device_find(engine, "plain:0") != NULL);
        f.left = k;
        const td_status status =
            call_run(&c, "plain:0", "float32", 0, TD_FALLBACK_SPLIT, &table, NULL, &err);
        reached = f.left == 0;
        f.left = 0;
        if (status == TD_OK) tables_equal(expected, table, "after a failed allocation");
        else CHECK_INT(TD_E_NO_MEMORY, status);
        failed += status != TD_OK;
        td_table_destroy(table);
        td_table_destroy(expected);
        td_engine_destroy(engine);
        CHECK(k < 2000);
    }
    printf("  %d allocations, %d of them failed the run\n", (int)k - 2, (int)failed);
    CHECK(failed > 0);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(random_grids_are_the_cpus),
                                     RUN(thresholds_by_rate_are_the_cpus),
                                     RUN(the_grid_of_the_study),
                                     RUN(floats_are_chosen_by_the_device),
                                     RUN(little_memory_makes_smaller_batches),
                                     RUN(a_long_recording_is_counted_in_stretches),
                                     RUN(memory_that_runs_out_loses_nothing),
                                     RUN(a_device_that_is_lost_loses_nothing),
                                     RUN(a_run_can_be_stopped),
                                     RUN(host_memory_that_runs_out_is_told),
                                     {0}});
}
