/* test_memory.c - the n-th allocation fails, for every n: the right table or an error that says
 * so, and then nothing is left: no memory, no thread that waits for ever, no unit that is lost. */
#include "sweep_check.h"

typedef struct meter {
    _Atomic int64_t live, calls;
    int64_t fail_at, fail_count; /* calls fail_at .. fail_at + fail_count - 1 */
} meter;

static void *meter_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    meter *const m = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        if (memory) atomic_fetch_sub(&m->live, 1);
        free(memory);
        return NULL;
    }
    const int64_t call = atomic_fetch_add(&m->calls, 1) + 1;
    if (m->fail_at > 0 && call >= m->fail_at && call - m->fail_at < m->fail_count) return NULL;
    if (!memory) atomic_fetch_add(&m->live, 1);
    return realloc(memory, new_bytes);
}

/* What one attempt is: it may use everything, and must give back everything. */
typedef struct attempt {
    uint32_t threads;
    const char *backends;
    bool stored, job;
    sum_call call;
} attempt;

static td_status attempt_job(td_engine *engine, const td_args *args, const td_run_options *options,
                             td_error *err)
{
    td_job *job = NULL;
    td_status status = td_job_submit(engine, args, options, &job, err);
    if (!status) status = td_job_wait(job, UINT32_MAX, NULL, NULL, err);
    if (!status) check_closed_form(td_job_table(job), args);
    td_job_destroy(job);
    return status;
}

static td_status attempt_run(const attempt *a, td_engine *engine, const td_args *args,
                             memory_store *store, td_error *err)
{
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_table *table = NULL;
    if (a->stored) options.store = &store->store;
    if (a->job) return attempt_job(engine, args, &options, err);
    const td_status status = td_run(engine, args, &options, &table, NULL, err);
    CHECK_INT(status == TD_OK, table != NULL);
    if (table) check_closed_form(table, args);
    td_table_destroy(table);
    return status;
}

/* Answers the status of the first step that failed. */
static td_status attempt_once(const attempt *a, meter *m, sum_data *data, memory_store *store,
                              td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_args *args = NULL;
    sum_hooks_clear();
    config.threads = a->threads;
    config.backends = a->backends;
    config.backend_path = plugin_folder();
    config.allocator = (td_allocator){meter_resize, m};
    config.host_bytes_max = 1 << 20;
    config.ops = sum_ops;
    td_status status = td_engine_create(&config, &engine, err);
    if (!status) status = args_make_status(engine, data, &a->call, &args, err);
    if (!status) status = attempt_run(a, engine, args, store, err);
    if (engine) check_clean(engine);
    td_args_destroy(args);
    td_engine_destroy(engine);
    CHECK_INT(0, m->live);
    return status;
}

static void every_allocation(const attempt *a, int64_t fail_count)
{
    const backend_test_plan plan = {
        .devices = 1, .bytes = 1 << 20, .fail_device = BACKEND_TEST_EVERY};
    const backend_test_steer *const steer = plugin_steer();
    backend_test_state state;
    sum_data data = data_make(7, 12);
    memory_store *const store = malloc(sizeof *store);
    int64_t failed = 0;
    CHECK(steer != NULL);
    store_init(store);
    for (int64_t at = 1;; ++at) {
        td_error err = TD_ERROR_INIT;
        meter m = {.fail_at = at, .fail_count = fail_count};
        steer->set(&plan);
        store_free(store);
        store_init(store);
        const td_status status = attempt_once(a, &m, &data, store, &err);
        CHECK(status == TD_OK || status == TD_E_NO_MEMORY);
        if (status) CHECK(err.message[0] != 0);
        failed += status != TD_OK;
        steer->get(&state);
        CHECK_INT(0, state.live_memory);
        CHECK_INT(0, state.live_streams);
        if (m.calls < at) break;
        /* What was durable when memory ran out is found again. */
        if (a->stored && status && store->count > 0) {
            meter fine = {.fail_at = 0};
            store_crash(store);
            const size_t durable = store->count;
            CHECK_STATUS(TD_OK, attempt_once(a, &fine, &data, store, &err), &err);
            CHECK(hooks.cpu_runs + hooks.device_runs >= store->count - durable);
        }
    }
    CHECK(failed > 10);
    store_free(store);
    free(store);
    data_free(&data);
}

static const sum_call plain = {.a = "1:4", .b = "2,5", .f = "0.5,2"};
static const sum_call parted = {.a = "1:4", .b = "2,5", .f = "0.5,2", .parts = 3};

TEST(one_thread)
{
    every_allocation(&(attempt){1, "cpu", false, false, plain}, 1);
}

TEST(one_thread_for_ever)
{
    every_allocation(&(attempt){1, "cpu", false, false, plain}, INT64_MAX);
}

TEST(two_threads_with_parts)
{
    every_allocation(&(attempt){2, "cpu", false, false, parted}, 1);
    every_allocation(&(attempt){2, "cpu", false, false, parted}, 3);
}

TEST(with_a_store)
{
    every_allocation(&(attempt){1, "cpu", true, false, plain}, 1);
    every_allocation(&(attempt){2, "cpu", true, false, plain}, INT64_MAX);
}

TEST(on_a_device)
{
    every_allocation(&(attempt){1, "test", false, false, plain}, 1);
    every_allocation(&(attempt){2, "test", false, false, plain}, 4);
}

TEST(as_a_job)
{
    every_allocation(&(attempt){1, "cpu", false, true, plain}, 1);
    every_allocation(&(attempt){2, "cpu", false, true, parted}, INT64_MAX);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(one_thread),
                                     RUN(one_thread_for_ever),
                                     RUN(two_threads_with_parts),
                                     RUN(with_a_store),
                                     RUN(on_a_device),
                                     RUN(as_a_job),
                                     {0}});
}
