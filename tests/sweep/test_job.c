/* test_job.c - jobs: submitted, asked, read while they run, cancelled and destroyed at any time. */
#include "sweep_check.h"

static void sleep_us(long us)
{
    const struct timespec time = {us / 1000000, us % 1000000 * 1000};
    nanosleep(&time, NULL);
}

static const sum_call usual = {
    .a = "1:6", .b = "2,5", .f = "0.5,2", .items_per_unit = 1, .a_per_unit = 3};

typedef struct scene {
    sum_data data;
    td_engine *engine;
    td_args *args;
} scene;

static void scene_open(scene *s, uint32_t threads)
{
    sum_hooks_clear();
    *s = (scene){.data = data_make(8, 12)};
    s->engine = engine_make(threads, 0, "cpu");
    s->args = args_make(s->engine, &s->data, &usual);
}

static void scene_close(scene *s)
{
    check_clean(s->engine);
    td_args_destroy(s->args);
    td_engine_destroy(s->engine);
    data_free(&s->data);
}

static td_job *submit(scene *s, const td_run_options *options)
{
    td_error err = TD_ERROR_INIT;
    td_job *job = NULL;
    CHECK_STATUS(TD_OK, td_job_submit(s->engine, s->args, options, &job, &err), &err);
    return job;
}

TEST(a_job_runs_and_keeps_its_table)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_job_state state = TD_JOB_QUEUED;
    td_report report = TD_REPORT_INIT;
    scene_open(&s, 2);
    td_job *const job = submit(&s, NULL);
    CHECK_STATUS(TD_OK, td_job_wait(job, UINT32_MAX, &state, &report, &err), &err);
    CHECK_INT(TD_JOB_DONE, state);
    CHECK_INT(16, report.units);
    CHECK_TEXT("cpu", report.device);
    check_closed_form(td_job_table(job), s.args);
    /* It may be asked again. */
    CHECK_STATUS(TD_OK, td_job_wait(job, 0, NULL, NULL, NULL), &err);
    td_job_destroy(job);
    td_job_destroy(NULL);
    td_job_cancel(NULL);
    CHECK(td_job_table(NULL) == NULL);
    scene_close(&s);
}

TEST(a_job_copies_its_arguments_and_options)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    char device[8] = "cpu";
    td_run_options options = TD_RUN_OPTIONS_INIT;
    scene_open(&s, 2);
    options.device = device;
    td_job *const job = submit(&s, &options);
    memset(device, 'x', sizeof device - 1);
    CHECK_STATUS(TD_OK, td_args_sweep(s.args, "a", "9", &err), &err);
    CHECK_STATUS(TD_OK, td_job_wait(job, UINT32_MAX, NULL, NULL, &err), &err);
    CHECK_INT(6, dim_count(td_job_table(job), "a"));
    td_job_destroy(job);
    scene_close(&s);
}

TEST(a_failed_job_tells_its_error)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_job_state state = TD_JOB_QUEUED;
    td_report report = TD_REPORT_INIT;
    scene_open(&s, 2);
    hooks.fail_plan = TD_E_OUT_OF_RANGE;
    td_job *const job = submit(&s, NULL);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_job_wait(job, UINT32_MAX, &state, &report, &err), &err);
    CHECK_INT(TD_JOB_FAILED, state);
    CHECK_TEXT("plan was told to fail", err.message);
    CHECK_INT(0, report.units);
    CHECK(td_job_table(job) == NULL);
    td_job_destroy(job);
    scene_close(&s);
}

TEST(wrong_submissions_are_refused)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_job *job = NULL;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    scene_open(&s, 1);
    td_engine *const other = engine_make(1, 0, "cpu");
    options.fallback = (td_fallback)7;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_submit(NULL, s.args, NULL, &job, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_submit(s.engine, NULL, NULL, &job, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_submit(other, s.args, NULL, &job, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_submit(s.engine, s.args, NULL, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_submit(s.engine, s.args, &options, &job, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_job_wait(NULL, 0, NULL, NULL, &err), &err);
    CHECK(job == NULL);
    td_engine_destroy(other);
    scene_close(&s);
}

TEST(a_cancelled_job_ends_soon)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_job_state state = TD_JOB_QUEUED;
    scene_open(&s, 2);
    hooks.wait_for_cancel = true;
    td_job *const job = submit(&s, NULL);
    while (hooks.cpu_runs == 0)
        sleep_us(200);
    CHECK_STATUS(TD_OK, td_job_wait(job, 5, &state, NULL, &err), &err);
    CHECK_INT(TD_JOB_RUNNING, state);
    td_job_cancel(job);
    CHECK_STATUS(TD_E_CANCELLED, td_job_wait(job, UINT32_MAX, &state, NULL, &err), &err);
    CHECK_INT(TD_JOB_FAILED, state);
    CHECK_HAS("cancelled after 0 of 16 units", err.message);
    td_job_destroy(job);
    scene_close(&s);
}

TEST(destroying_a_job_cancels_it)
{
    for (long us = 0; us < 3000; us += 300) {
        scene s;
        scene_open(&s, 2);
        hooks.wait_for_cancel = us / 300 % 2 == 0;
        td_job *const job = submit(&s, NULL);
        sleep_us(us);
        td_job_destroy(job);
        CHECK_INT(hooks.opened, hooks.closed);
        scene_close(&s);
    }
}

/* ---- Jobs beside each other ------------------------------------------------------------------ */

/* A job that waits behind another one must not wait for it when it is cancelled. */
TEST(a_queued_job_is_cancelled_while_another_holds_all_workers)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    scene_open(&s, 2);
    hooks.wait_for_cancel = true;
    td_job *const first = submit(&s, NULL);
    while (hooks.cpu_runs < 2)
        sleep_us(200);
    td_job *const second = submit(&s, NULL);
    CHECK_STATUS(TD_OK, td_job_wait(second, 20, NULL, NULL, &err), &err);
    td_job_cancel(second);
    CHECK_STATUS(TD_E_CANCELLED, td_job_wait(second, UINT32_MAX, NULL, NULL, &err), &err);
    CHECK_INT(2, hooks.cpu_runs);
    td_job_destroy(first);
    td_job_destroy(second);
    scene_close(&s);
}

TEST(many_jobs_end_in_any_order)
{
    for (int round = 0; round < 10; ++round) {
        scene s;
        td_job *jobs[12];
        scene_open(&s, 1 + (uint32_t)round % 3);
        for (int i = 0; i < 12; ++i)
            jobs[i] = submit(&s, NULL);
        for (int i = 0; i < 12; ++i) {
            td_error err = TD_ERROR_INIT;
            td_job *const job = jobs[(i * 5 + round) % 12];
            const uint64_t fate = check_random() % 3;
            if (fate == 0) td_job_cancel(job);
            if (fate != 2) {
                const td_status status = td_job_wait(job, UINT32_MAX, NULL, NULL, &err);
                CHECK(status == TD_OK || (fate == 0 && status == TD_E_CANCELLED));
                if (!status) check_closed_form(td_job_table(job), s.args);
            }
            td_job_destroy(job);
        }
        scene_close(&s);
    }
}

/* ---- Seen from other threads ----------------------------------------------------------------- */

typedef struct watcher {
    td_job *job;
    const td_args *args;
    pthread_t thread;
    bool wrong;
    uint64_t reads, missing;
} watcher;

/* What is read while the job runs is missing or right. */
static void *watcher_main(void *context)
{
    watcher *const self = context;
    const sum_state s = {.items = td_args_series(self->args, "items")};
    td_job_state state = TD_JOB_QUEUED;
    while (state == TD_JOB_QUEUED || state == TD_JOB_RUNNING) {
        if (td_job_wait(self->job, 0, &state, NULL, NULL)) self->wrong = true;
        const td_table *const table = td_job_table(self->job);
        if (!table) continue;
        for (uint64_t i = 0; i < 8; ++i) {
            const uint64_t first[3] = {i, 4, 1}, count[3] = {1, 1, 1};
            int64_t value = 0;
            if (td_table_read(table, "sum", first, count, &value, sizeof value, NULL))
                self->wrong = true;
            else if (value == INT64_MIN) self->missing += 1;
            else if (value != sum_of(&s, i, 5, 5)) self->wrong = true;
            self->reads += 1;
        }
    }
    return NULL;
}

static void slow_unit(const td_unit *unit)
{
    (void)unit;
    sleep_us(1000);
}

TEST(a_table_is_read_while_it_fills)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    watcher watchers[3];
    scene_open(&s, 2);
    hooks.on_unit = slow_unit;
    td_job *const job = submit(&s, NULL);
    for (int i = 0; i < 3; ++i) {
        watchers[i] = (watcher){.job = job, .args = s.args};
        CHECK_INT(0, pthread_create(&watchers[i].thread, NULL, watcher_main, &watchers[i]));
    }
    CHECK_STATUS(TD_OK, td_job_wait(job, UINT32_MAX, NULL, NULL, &err), &err);
    for (int i = 0; i < 3; ++i) {
        pthread_join(watchers[i].thread, NULL);
        CHECK(!watchers[i].wrong);
        CHECK(watchers[i].reads > watchers[i].missing);
    }
    check_closed_form(td_job_table(job), s.args);
    td_job_destroy(job);
    scene_close(&s);
}

/* What the store could not make durable must not show as if it were. */
static void durable_shows(uint64_t fail_at)
{
    scene s;
    td_error err = TD_ERROR_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_var var;
    memory_store *const store = malloc(sizeof *store);
    scene_open(&s, 2);
    store_init(store);
    store->fail_at = fail_at;
    store->fail_status = TD_E_IO;
    options.store = &store->store;
    td_job *const job = submit(&s, &options);
    CHECK_STATUS(TD_E_IO, td_job_wait(job, UINT32_MAX, NULL, NULL, &err), &err);
    CHECK(td_table_find_var(td_job_table(job), "sum", &var));
    uint64_t durable = 0, shown = 0;
    for (size_t i = 0; i < store->count; ++i)
        durable += store->entry[i].durable;
    for (uint64_t i = 0; i < var.count; ++i)
        shown += ((const int64_t *)var.data)[i] != INT64_MIN;
    /* A unit is one item, three of a and both of b. */
    CHECK_INT(durable * 6, shown);
    td_job_destroy(job);
    store_free(store);
    free(store);
    scene_close(&s);
}

TEST(a_table_shows_only_what_is_durable)
{
    /* begin, load, 16 times keep, flush */
    for (uint64_t at = 3; at <= 19; ++at)
        durable_shows(at);
}

/* ---- The end of the engine ------------------------------------------------------------------- */

TEST(an_engine_waits_for_its_jobs_and_a_job_outlives_it)
{
    for (long us = 0; us < 2000; us += 200) {
        scene s;
        td_error err = TD_ERROR_INIT;
        scene_open(&s, 2);
        hooks.on_unit = slow_unit;
        td_job *const job = submit(&s, NULL);
        sleep_us(us);
        td_args_destroy(s.args);
        td_engine_destroy(s.engine);
        CHECK_STATUS(TD_OK, td_job_wait(job, UINT32_MAX, NULL, NULL, &err), &err);
        CHECK_INT(16, hooks.cpu_runs);
        CHECK_INT(8, dim_count(td_job_table(job), "item"));
        td_job_destroy(job);
        CHECK_INT(hooks.opened, hooks.closed);
        data_free(&s.data);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_job_runs_and_keeps_its_table),
                                     RUN(a_job_copies_its_arguments_and_options),
                                     RUN(a_failed_job_tells_its_error),
                                     RUN(wrong_submissions_are_refused),
                                     RUN(a_cancelled_job_ends_soon),
                                     RUN(destroying_a_job_cancels_it),
                                     RUN(a_queued_job_is_cancelled_while_another_holds_all_workers),
                                     RUN(many_jobs_end_in_any_order),
                                     RUN(a_table_is_read_while_it_fills),
                                     RUN(a_table_shows_only_what_is_durable),
                                     RUN(an_engine_waits_for_its_jobs_and_a_job_outlives_it),
                                     {0}});
}
