/* test_study.c - the grid of the real study on some of its recordings, against the plain
 * reference at randomly chosen points. */
#include "measures.h"
#include "reference.h"

#define SAMPLES_MAX 8000

static const char *const files[] = {"control/control_group_1/n1q1.csv", "mci/mci_group_6/m6q2.csv",
                                    "ad/ad_group_10/ad10q3.csv"};
#define FILE_COUNT 3

static double series_x[SAMPLES_MAX], series_y[SAMPLES_MAX];

static void point_check(const recordings *data, const td_table *t, const uint64_t *at)
{
    const uint64_t first = data->offset[at[0]];
    char eps[16];
    snprintf(eps, sizeof eps, "0.%03d", 50 + (int)at[4]);
    const ref_call call = {series_x + first,
                           series_y + first,
                           (int)(data->offset[at[0] + 1] - first),
                           at[1] ? 'b' : 'x',
                           at[1] ? 2 : 1,
                           (int)at[2] + 1,
                           (int)at[3] + 1,
                           (int)at[5] + 2,
                           0,
                           strtod(eps, NULL),
                           false,
                           0,
                           0,
                           0,
                           true,
                           true};
    const ref_measures r = ref_run(&call);
    CHECK_NEAR(r.rr, value_of(t, "rr", at), 0);
    CHECK_NEAR(r.det, value_of(t, "det", at), 0);
    CHECK_NEAR(r.l, value_of(t, "l", at), 0);
    CHECK_NEAR(r.ent, value_of(t, "ent", at), 1e-12);
    CHECK_INT(r.lmax, whole_of(t, "lmax", at));
}

TEST(the_grid_of_the_study_at_random_points)
{
    recordings data = {0, {0}, series_x, series_y, NULL};
    const setting settings[] = {
        {"mode", "x:l1,xy:l2"}, {"m", "1:10"},       {"tau", "1:10"}, {"eps", "0.05:0.1:0.001"},
        {"lmin", "2:3"},        {"profile", "gaze"}, {NULL, NULL}};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    if (!getenv("TANDEM_DATA")) SKIP("TANDEM_DATA is not set");
    for (int i = 0; i < FILE_COUNT; ++i)
        file_read(&data, series_x, series_y, SAMPLES_MAX, files[i]);
    td_engine *engine = engine_of(2, 0);
    CHECK_STATUS(TD_OK, measures_run(engine, &data, settings, NULL, &table, &err), &err);
    (void)data_of(table, "det", FILE_COUNT * 2 * 10200);
    for (int i = 0; i < 400; ++i) {
        const uint64_t at[6] = {check_random() % FILE_COUNT, check_random() % 2,
                                check_random() % 10,         check_random() % 10,
                                check_random() % 51,         check_random() % 2};
        point_check(&data, table, at);
    }
    td_table_destroy(table);
    td_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(the_grid_of_the_study_at_random_points), {0}});
}
