/* sample.h - a small made-up study and the calls that run it, for the tests of the pipeline. */
#ifndef TANDEM_TESTS_SAMPLE_H
#define TANDEM_TESTS_SAMPLE_H
#include "io/netcdf_table.h"
#include "study/study.h"
#include "tandem/module.h"
#include "tandem/table.h"
#include "tests/study/folder.h"

static const td_op_impl *const sample_ops[] = {&stats_groups_impl, NULL};
static const char *const sample_groups[] = {"ad", "control", "mci"};
#define SAMPLE_SUBJECTS 4     /* of each group */
#define SAMPLE_TASKS    2
#define SAMPLE_COUNT    (3 * SAMPLE_SUBJECTS * SAMPLE_TASKS)

/* What a run is made of; sample_close frees it. */
typedef struct sample {
    td_engine    *engine;
    td_args      *args;
    td_cancel    *cancel;
    study_config  config;
    study_hooks   hooks;
    study_summary summary;
    td_error      err;
    td_table     *table;        /* of the output, after sample_read */
    char input[1024], output[1024];
    char warnings[8192];
    const char *cancel_step;    /* "measures" or "statistics"; NULL: never */
    uint64_t cancel_after;      /* units of that step */
} sample;

static sample study;

static inline void sample_close(void)
{
    td_table_destroy(study.table);
    td_args_destroy(study.args);
    td_cancel_destroy(study.cancel);
    td_engine_destroy(study.engine);
    study = (sample){0};
}

/* Random walks of samples or somewhat more, a little wider from group to group; the same for the
 * same seed. */
static inline void sample_write(int samples)
{
    static char text[1 << 18];
    folder_begin();
    for (int g = 0; g < 3; ++g) {
        for (int s = 0; s < SAMPLE_SUBJECTS; ++s) {
            for (int task = 1; task <= SAMPLE_TASKS; ++task) {
                char name[128];
                size_t used = (size_t)snprintf(text, sizeof text, "ms,x,y\r\n");
                double x = 0.5, y = 0.5;
                const int count = samples + (int)(check_random() % 40);
                for (int i = 0; i < count; ++i) {
                    x += (0.05 + 0.007 * g) * (check_random_unit() - 0.5);
                    y += (0.05 + 0.007 * g) * (check_random_unit() - 0.5);
                    used += (size_t)snprintf(text + used, sizeof text - used, "%d,%.9f,%.9f\r\n",
                                             i * 10, x, y);
                }
                snprintf(name, sizeof name, "in/%s/s%d/%c%dq%d.csv", sample_groups[g], s,
                         sample_groups[g][0], s, task);
                folder_write(name, text);
            }
        }
    }
}

static inline void sample_progress(void *context, const char *step, const td_progress *progress)
{
    (void)context;
    if (study.cancel_step && strcmp(step, study.cancel_step) == 0 &&
        progress->units_done >= study.cancel_after)
        td_cancel_request(study.cancel);
}

static inline void sample_warn(void *context, const char *line)
{
    (void)context;
    const size_t used = strlen(study.warnings);
    snprintf(study.warnings + used, sizeof study.warnings - used, "%s\n", line);
}

/* An engine, arguments with a small grid, and a configuration: out.nc from in/. */
static inline void sample_open(uint32_t threads)
{
    sample_close();
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = threads;
    config.backends = "cpu";
    config.ops = sample_ops;
    study.err = (td_error)TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, td_engine_create(&config, &study.engine, &study.err), &study.err);
    CHECK_STATUS(TD_OK, td_cancel_create(study.engine, &study.cancel, &study.err), &study.err);
    CHECK_STATUS(TD_OK, td_args_create(study.engine, "rqa.measures", &study.args, &study.err),
                 &study.err);
    const char *const set[][2] = {{"mode", "x:l1,xy:l2"}, {"m", "1:3"}, {"tau", "1:2"},
                                  {"eps", "0.05:0.2:0.05"}, {"lmin", "2:3"}};
    for (size_t i = 0; i < sizeof set / sizeof *set; ++i)
        CHECK_STATUS(TD_OK, td_args_set_text(study.args, set[i][0], set[i][1], &study.err),
                     &study.err);
    snprintf(study.input, sizeof study.input, "%s/in", folder_root);
    snprintf(study.output, sizeof study.output, "%s/out.nc", folder_root);
    study.config.input = study.input;
    study.config.output = study.output;
    study.hooks = (study_hooks){sample_progress, sample_warn, NULL, study.cancel, NULL};
}

static inline td_status sample_run(void)
{
    study.err = (td_error)TD_ERROR_INIT;
    study.warnings[0] = 0;
    return study_run(study.engine, study.args, &study.config, &study.hooks, &study.summary,
                     &study.err);
}

static inline void sample_read(void)
{
    td_table_destroy(study.table);
    study.table = NULL;
    CHECK_STATUS(TD_OK, netcdf_read(study.output, &study.table, &study.err), &study.err);
}

static inline const double *sample_data(const char *name, uint64_t *count)
{
    td_var var;
    if (!td_table_find_var(study.table, name, &var)) CHECK_FAIL("no variable %s", name);
    if (var.dtype != TD_F64) CHECK_FAIL("%s is not f64", name);
    if (count) *count = var.count;
    return var.data;
}

#endif
