/* job.c - a run on a thread of its own. The thread is a keeper: it computes nothing. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "core/args.h"
#include "core/memory.h"
#include "sweep/sweep.h"

#define JOB_FOREVER UINT32_MAX /* a timeout_ms that never comes */

struct td_job {
    td_engine *engine; /* the thread's: the job may outlive it */
    td_args *args;     /* the thread's */
    td_run_options options;
    char *device; /* options.device, copied */
    td_cancel *cancel;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    /* Under the lock. */
    td_job_state state;
    td_status status;
    td_error error;
    td_report report;
    td_table *table;
};

static void job_planned(void *context, td_table *table)
{
    td_job *const job = context;
    pthread_mutex_lock(&job->lock);
    job->table = table;
    pthread_mutex_unlock(&job->lock);
}

static void job_set_running(td_job *job)
{
    pthread_mutex_lock(&job->lock);
    job->state = TD_JOB_RUNNING;
    pthread_mutex_unlock(&job->lock);
}

static void *job_main(void *context)
{
    td_job *const job = context;
    td_error err = TD_ERROR_INIT;
    td_report report = TD_REPORT_INIT;
    const sweep_hook hook = {job, job_planned, job->cancel};
    job_set_running(job);
    const td_status status =
        sweep_execute(job->engine, job->args, &job->options, &hook, NULL, &report, &err);
    td_args_destroy(job->args);
    job->args = NULL;
    engine_leave(job->engine);
    pthread_mutex_lock(&job->lock);
    job->status = status;
    job->error = err;
    job->report = report;
    job->state = status ? TD_JOB_FAILED : TD_JOB_DONE;
    pthread_cond_broadcast(&job->ended);
    pthread_mutex_unlock(&job->lock);
    return NULL;
}

/* What a job owns when no thread runs. */
static void job_free(td_job *job)
{
    td_args_destroy(job->args);
    td_table_destroy(job->table);
    td_cancel_destroy(job->cancel);
    memory_give(job->device);
    pthread_cond_destroy(&job->ended);
    pthread_mutex_destroy(&job->lock);
    memory_give(job);
}

static void job_sync_init(td_job *job)
{
    pthread_condattr_t monotonic;
    pthread_mutex_init(&job->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static td_status job_fill(td_job *job, const td_args *args, const td_run_options *options,
                          td_error *err)
{
    td_status status = sweep_options(options, &job->options, err);
    if (status) return status;
    if (job->options.device) {
        job->device = memory_text(engine_allocator(job->engine), job->options.device);
        if (!job->device) return td_fail(err, TD_E_NO_MEMORY, "no host memory for a job");
        job->options.device = job->device;
    }
    status = td_cancel_create(job->engine, &job->cancel, err);
    if (!status) status = args_copy(args, &job->args, err);
    return status;
}

td_status td_job_submit(td_engine *engine, const td_args *args, const td_run_options *options,
                        td_job **out, td_error *err)
{
    if (!engine) return td_fail(err, TD_E_BAD_ARGUMENT, "td_job_submit: engine is NULL");
    if (!args) return td_fail(err, TD_E_BAD_ARGUMENT, "td_job_submit: args is NULL");
    if (args_engine(args) != engine)
        return td_fail(err, TD_E_BAD_ARGUMENT, "td_job_submit: args belong to another engine");
    if (!out) return td_fail(err, TD_E_BAD_ARGUMENT, "td_job_submit: out is NULL");
    td_job *const job = memory_take(engine_allocator(engine), sizeof *job);
    if (!job) return td_fail(err, TD_E_NO_MEMORY, "a job needs %zu bytes", sizeof *job);
    job->engine = engine;
    job->error = (td_error)TD_ERROR_INIT;
    job_sync_init(job);
    const td_status status = job_fill(job, args, options, err);
    if (status) {
        job_free(job);
        return status;
    }
    engine_enter(engine);
    const int code = pthread_create(&job->thread, NULL, job_main, job);
    if (code != 0) {
        engine_leave(engine);
        job_free(job);
        return td_fail(err, TD_E_NO_MEMORY, "the thread of a job cannot be started: error %d",
                       code);
    }
    *out = job;
    return TD_OK;
}

static bool job_ended(const td_job *job)
{
    return job->state == TD_JOB_DONE || job->state == TD_JOB_FAILED;
}

/* Under the lock. */
static void job_wait_until(td_job *job, uint32_t timeout_ms)
{
    struct timespec until;
    int late = timeout_ms == 0 ? ETIMEDOUT : 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec += 1;
        until.tv_nsec -= 1000000000;
    }
    while (!job_ended(job) && late == 0) {
        if (timeout_ms == JOB_FOREVER) pthread_cond_wait(&job->ended, &job->lock);
        else late = pthread_cond_timedwait(&job->ended, &job->lock, &until);
    }
}

static void report_give(const td_report *full, td_report *report)
{
    const uint32_t known = report->struct_size;
    memcpy(report, full, known < sizeof *full ? known : sizeof *full);
    report->struct_size = known;
}

td_status td_job_wait(td_job *job, uint32_t timeout_ms, td_job_state *state, td_report *report,
                      td_error *err)
{
    td_status status = TD_OK;
    if (!job) return td_fail(err, TD_E_BAD_ARGUMENT, "td_job_wait: job is NULL");
    pthread_mutex_lock(&job->lock);
    job_wait_until(job, timeout_ms);
    if (state) *state = job->state;
    if (job->state == TD_JOB_FAILED) {
        status = td_fail(err, job->status, "%s", job->error.message);
        if (err && err->struct_size >= sizeof *err) err->native_code = job->error.native_code;
    }
    if (job->state == TD_JOB_DONE && report && report->struct_size >= sizeof report->struct_size)
        report_give(&job->report, report);
    pthread_mutex_unlock(&job->lock);
    return status;
}

const td_table *td_job_table(const td_job *job)
{
    td_job *const own = (td_job *)job;
    if (!job) return NULL;
    pthread_mutex_lock(&own->lock);
    const td_table *const table = own->table;
    pthread_mutex_unlock(&own->lock);
    return table;
}

void td_job_cancel(td_job *job)
{
    if (job) td_cancel_request(job->cancel);
}

void td_job_destroy(td_job *job)
{
    if (!job) return;
    td_job_cancel(job);
    pthread_join(job->thread, NULL);
    job_free(job);
}
