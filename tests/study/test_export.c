/* The export of one point: columns, digits, quoting, and how a point is found. Also the table of
 * parameters of a study. */
#include "study/study.h"
#include "tandem/module.h"
#include "tandem/table.h"
#include "tests/check.h"

static td_error err;
static td_table *table;
static char *text;

static void close_all(void)
{
    td_table_destroy(table);
    free(text);
    table = NULL;
    text = NULL;
    err = (td_error)TD_ERROR_INIT;
}

static void add_dim(const char *name, uint64_t count, const double *number,
                    const char *const *texts)
{
    const td_dim dim = {.name = name, .count = count, .number = number, .text = texts};
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
}

static void *add_var(const char *name, td_dtype dtype, const char *dims)
{
    CHECK_STATUS(TD_OK, td_table_add_var(table, name, "words", NULL, dtype, dims, &err), &err);
    return td_table_data(table, name);
}

/* Two recordings, two modes, m 1, tau 1 2, eps 0.05 0.051, lmin 2 3; every value is its place. */
static void make_table(void)
{
    static const double m[] = {1}, tau[] = {1, 2}, eps[] = {0.05, 0.051}, lmin[] = {2, 3};
    static const char *const recording[] = {"a\"b", "c,d"}, *const mode[] = {"x:l1", "xy:l2"};
    static const char *const group[] = {"g one", " g2"};
    close_all();
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    add_dim("recording", 2, NULL, recording);
    add_dim("mode", 2, NULL, mode);
    add_dim("m", 1, m, NULL);
    add_dim("tau", 2, tau, NULL);
    add_dim("eps", 2, eps, NULL);
    add_dim("lmin", 2, lmin, NULL);
    double *det = add_var("det", TD_F64, "recording,mode,m,tau,eps,lmin");
    int32_t *lmax = add_var("lmax", TD_I32, "recording,mode,m,tau,eps");
    double *rr = add_var("rr", TD_F64, "recording,mode,m,tau,eps");
    for (int i = 0; i < 32; ++i)
        det[i] = i + 0.1;
    for (int i = 0; i < 16; ++i) {
        rr[i] = i / 3.0;
        lmax[i] = i;
    }
    det[0] = NAN;
    lmax[8] = INT32_MIN;
    (void)add_var("samples", TD_I32, "recording");
    CHECK_STATUS(TD_OK, td_table_add_text(table, "recording_group", NULL, "recording", group, &err),
                 &err);
}

static td_status export(const char *tau, const char *eps, const char *lmin, bool features)
{
    size_t bytes = 0;
    const study_point point = {NULL, tau, eps, lmin};
    free(text);
    text = NULL;
    err = (td_error)TD_ERROR_INIT;
    const td_status status = study_export(table, &point, features, &text, &bytes, &err);
    if (!status) CHECK_INT(strlen(text), bytes);
    return status;
}

TEST(rows_are_recordings_and_modes)
{
    make_table();
    CHECK_STATUS(TD_OK, export("1", "0.05", "2", false), &err);
    CHECK_TEXT("recording,group,subject,task,mode,rr,det,lmax\n"
               "\"a\"\"b\",g one,,,x:l1,0,nan,0\n"
               "\"a\"\"b\",g one,,,xy:l2,1.3333333333333333,8.0999999999999996,4\n"
               "\"c,d\",\" g2\",,,x:l1,2.6666666666666665,16.100000000000001,nan\n"
               "\"c,d\",\" g2\",,,xy:l2,4,24.100000000000001,12\n",
               text);
    CHECK_STATUS(TD_OK, export("2", "0.051", "3", false), &err);
    CHECK_HAS("xy:l2,5,31.100000000000001,15\n", text);
}

TEST(points_are_compared_as_decimals)
{
    make_table();
    CHECK_STATUS(TD_OK, export("2.0", "5.1e-2", "03", false), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, export("2", "0.0510000001", "3", false), &err);
    CHECK_HAS("eps: 0.0510000001 is not in the table, which has 0.05, 0.051", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export(NULL, "0.05", "2", false), &err);
    CHECK_HAS("tau: the table has 2 values, choose one: 1, 2", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export("1", "", "2", false), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export("1", "0.05x", "2", false), &err);
    CHECK_HAS("\"0.05x\" is no number", err.message);
    CHECK(text == NULL);
}

TEST(long_axes_are_shortened_in_messages)
{
    double eps[51];
    static const char *const recording[] = {"a"};
    close_all();
    for (int i = 0; i < 51; ++i)
        eps[i] = (50 + i) / 1000.0;
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    add_dim("recording", 1, NULL, recording);
    add_dim("eps", 51, eps, NULL);
    ((double *)add_var("rr", TD_F64, "recording,eps"))[7] = 0.5;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, export(NULL, "1", NULL, false), &err);
    CHECK_HAS("which has 0.05, 0.051, 0.052, 0.053, 0.054, 0.055, 0.056, 0.057 .. 0.1",
              err.message);
    CHECK_STATUS(TD_OK, export(NULL, "0.057", NULL, false), &err); /* a table without modes */
    CHECK_TEXT("recording,group,subject,task,mode,rr\na,,,,,0.5\n", text);
}

TEST(eye_metrics_are_appended)
{
    make_table();
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export("1", "0.05", "2", true), &err);
    CHECK_HAS("no eye metrics", err.message);
    ((double *)add_var("roi_time_s", TD_F64, "recording"))[1] = 2.5;
    ((double *)add_var("fixation_count", TD_F64, "recording"))[1] = 7;
    CHECK_STATUS(TD_OK, export("1", "0.05", "2", true), &err);
    CHECK_HAS(",mode,rr,det,lmax,fixation_count,roi_time_s\n", text);
    CHECK_HAS("xy:l2,4,24.100000000000001,12,7,2.5\n", text);
    CHECK_HAS("xy:l2,1.3333333333333333,8.0999999999999996,4,nan,nan\n", text);
}

TEST(other_tables_are_refused)
{
    close_all();
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export(NULL, NULL, NULL, false), &err);
    CHECK_HAS("no named recordings", err.message);
    static const char *const recording[] = {"a"};
    add_dim("recording", 1, NULL, recording);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, export(NULL, NULL, NULL, false), &err);
    CHECK_HAS("no measure of recordings", err.message);
}

TEST(the_table_of_parameters_is_sound)
{
    static const char *const names[] = {"input",    "columns", "events",    "roi",
                                        "output",   "report",  "figures",   "checkpoint",
                                        "skip_bad", "unit",    "statistics"};
    CHECK_TEXT("rqa.study", study_op.name);
    CHECK_INT(sizeof names / sizeof *names, study_op.param_count);
    for (uint32_t i = 0; i < study_op.param_count; ++i) {
        const td_param *param = &study_op.params[i];
        CHECK_TEXT(names[i], param->name);
        CHECK_INT(i + 1, param->number); /* numbers are for ever */
        CHECK(param->doc[strlen(param->doc) - 1] == '.');
        CHECK(param->type != TD_CHOICE || param->choices[0]);
    }
    CHECK_TEXT("subject", study_op.params[9].choices[0]);
    CHECK_TEXT("stats.groups", stats_groups_impl.op->name);
}

int main(int argc, char **argv)
{
    const int code = check_main(argc, argv,
                                (check_test[]){RUN(rows_are_recordings_and_modes),
                                               RUN(points_are_compared_as_decimals),
                                               RUN(long_axes_are_shortened_in_messages),
                                               RUN(eye_metrics_are_appended),
                                               RUN(other_tables_are_refused),
                                               RUN(the_table_of_parameters_is_sound),
                                               {0}});
    close_all();
    return code;
}
