/* Eye metrics: every row of the published study, and what happens to rows that fit nobody. */
#include "study/features.h"

#include "io/csv.h"
#include "study/measure_list.h"
#include "study/study.h"
#include "tandem/table.h"
#include "tests/study/folder.h"

static td_error err;
static study_input *input;
static features *eyes;
static td_table *table;

static void close_all(void)
{
    td_table_destroy(table);
    features_close(eyes);
    study_input_close(input);
    table = NULL;
    eyes = NULL;
    input = NULL;
}

/* Reads the folder and joins the events and regions; the table has the recordings. */
static td_status join(const char *folder, const char *events, const char *roi)
{
    close_all();
    err = (td_error)TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, study_input_open(folder, NULL, false, &input, &err), &err);
    td_status status = features_open(input, events, roi, &eyes, &err);
    if (status) return status;
    const td_dim dim = {
        .name = "recording", .count = input->series.item_count, .text = input->series.item_name};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_dim(table, &dim, &err), &err);
    return features_add(eyes, table, &err);
}

static double value(const char *name, uint64_t recording)
{
    td_var var;
    if (!td_table_find_var(table, name, &var)) CHECK_FAIL("no variable %s", name);
    return ((const double *)var.data)[recording];
}

static const char *warnings(void)
{
    const char *lines = td_table_attribute(table, "warnings");
    return lines ? lines : "";
}

#define EVENTS "ADQ_ID,EventType,Duration_ms,Amplitude_deg,MaxVel,Group\n"

static void small_folder(void)
{
    folder_begin();
    folder_write("a/s1/r1.csv", "x,y\n1,2\n");
    folder_write("a/s2/r2.csv", "x,y\n1,2\n");
    folder_write("a/s2/same.csv", "x,y\n1,2\n");
    folder_write("b/s3/same.csv", "x,y\n1,2\n");
}

TEST(events_are_summed_counted_and_averaged)
{
    small_folder();
    folder_write("events.csv", EVENTS "r1,fixation,100.5,9,,a\nr1,Fixation,,9,,a\n"
                                      "r1,saccade,0,2,30,a\nr1,saccade,0,,50,a\n"
                                      "r1,saccade,0,5,,a\nr1,blink,77,7,7,a\n"
                                      "r2,fixation,1,1,,a\n");
    folder_write("roi.csv", "ADQ_ID,ROI,FixTime,RegressionCount\nr1,k,0.5,2\nr1,l,,3\n");
    CHECK_STATUS(TD_OK, join(folder_root, folder_path("events.csv"), folder_path("roi.csv")), &err);
    CHECK_NEAR(100.5, value("fixation_duration_ms", 0), 0);
    CHECK_NEAR(2, value("fixation_count", 0), 0);
    CHECK_NEAR(3.5, value("saccade_amplitude_deg", 0), 0);
    CHECK_NEAR(50, value("saccade_peak_velocity_deg_s", 0), 0);
    CHECK_NEAR(3, value("saccade_count", 0), 0);
    CHECK_NEAR(5, value("regression_count", 0), 0);
    CHECK_NEAR(0.5, value("roi_time_s", 0), 0);
    CHECK_NEAR(0, value("saccade_count", 1), 0); /* events, but no saccade */
    CHECK(isnan(value("saccade_amplitude_deg", 1)));
    CHECK(isnan(value("saccade_peak_velocity_deg_s", 1)));
    CHECK(isnan(value("roi_time_s", 1))); /* in no region's table */
    CHECK(isnan(value("fixation_count", 2)));
    CHECK_HAS("events.csv: 2 of 4 recordings have no row in it", warnings());
    CHECK_HAS("roi.csv: 3 of 4 recordings have no row in it", warnings());
    CHECK(!strstr(warnings(), folder_root));
}

TEST(rows_of_a_shared_name_go_to_nobody)
{
    small_folder();
    folder_write("events.csv", EVENTS "same,fixation,1,1,,a\nr1,fixation,2,1,,a\n"
                                      "same,saccade,1,1,1,b\nwho,fixation,3,1,,b\n");
    CHECK_STATUS(TD_OK, join(folder_root, folder_path("events.csv"), NULL), &err);
    CHECK_NEAR(1, value("fixation_count", 0), 0);
    CHECK(isnan(value("fixation_count", 2)) && isnan(value("fixation_count", 3)));
    CHECK_HAS("2 rows carry a name that several recordings share (the first: same)", warnings());
    CHECK_HAS("1 rows belong to no recording of this study (the first: who)", warnings());
    td_var var;
    CHECK(!td_table_find_var(table, "roi_time_s", &var)); /* not asked for */
    folder_write("events.csv", EVENTS "s2/same,fixation,1,1,,a\ns3/same,fixation,5,1,,b\n");
    CHECK_STATUS(TD_OK, join(folder_root, folder_path("events.csv"), NULL), &err);
    CHECK_NEAR(1, value("fixation_duration_ms", 2), 0);
    CHECK_NEAR(5, value("fixation_duration_ms", 3), 0);
}

TEST(bad_tables_are_refused)
{
    small_folder();
    CHECK(join(folder_root, folder_path("none.csv"), NULL) == TD_E_IO);
    CHECK_HAS("none.csv", err.message);
    folder_write("events.csv", "ADQ_ID,EventType,Duration_ms,MaxVel\nr1,fixation,1,1\n");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, join(folder_root, folder_path("events.csv"), NULL), &err);
    CHECK_HAS("events.csv:1: has no column \"Amplitude_deg\"", err.message);
    folder_write("events.csv", EVENTS "r1,fixation,long,1,,a\n");
    CHECK_STATUS(TD_E_CORRUPT, join(folder_root, folder_path("events.csv"), NULL), &err);
    CHECK_HAS("events.csv:2", err.message);
    folder_write("roi.csv", "ADQ_ID,FixTime\nr1,1\n");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, join(folder_root, NULL, folder_path("roi.csv")), &err);
}

/* The study's own columns, in the order of eye_metric_list. */
static const char *const theirs[EYE_METRIC_COUNT] = {"FixDurSum",      "FixCount",  "SaccAmpMean",
                                                     "SaccMaxVelPeak", "SaccCount", "RegCountSum",
                                                     "ROIFixDurSum"};

static uint64_t find_recording(const char *id)
{
    for (uint64_t i = 0; i < input->series.item_count; ++i)
        if (strcmp(input->recording[i].id, id) == 0) return i;
    return UINT64_MAX;
}

TEST(every_row_of_the_published_study_agrees)
{
    char path[3][1024];
    const char *data = getenv("TANDEM_DATA");
    if (!data) SKIP("no TANDEM_DATA");
    snprintf(path[0], sizeof path[0], "%s/gaze/All_Events.csv", data);
    snprintf(path[1], sizeof path[1], "%s/gaze/All_ROI_Summary.csv", data);
    snprintf(path[2], sizeof path[2], "%s/gaze/recordings", data);
    if (!folder_has(path[0])) SKIP("no data at TANDEM_DATA");
    CHECK_STATUS(TD_OK, join(path[2], path[0], path[1]), &err);
    CHECK_HAS("several recordings share (the first: m6q1)", warnings());
    CHECK_HAS("All_Events.csv: 10 of 305 recordings have no row in it", warnings());
    snprintf(path[0], sizeof path[0],
             "%s/gaze/reference/m1_tau1_eps0.05_lmin2/"
             "All_Subjects_RQA_EyeMetrics_Filled.csv",
             data);
    csv *file = NULL;
    CHECK_STATUS(TD_OK, csv_open(path[0], 0, &file, &err), &err);
    int rows = 0, doubled = 0;
    for (uint64_t row = 0; row < csv_row_count(file); ++row) {
        char id[64];
        uint32_t column;
        CHECK(csv_find(file, "ID", &column));
        const csv_text text = csv_field(file, row, column);
        snprintf(id, sizeof id, "%.*s", (int)text.bytes, text.data);
        const uint64_t at = find_recording(id);
        if (at == UINT64_MAX) doubled += 1;
        else rows += 1;
        for (int i = 0; i < EYE_METRIC_COUNT && at != UINT64_MAX; ++i) {
            double expected;
            CHECK(csv_find(file, theirs[i], &column));
            CHECK_STATUS(TD_OK, csv_number(file, row, column, &expected, &err), &err);
            CHECK_NEAR(expected, value(eye_metric_list[i], at), 1e-9);
        }
    }
    csv_close(file);
    CHECK_INT(295, rows); /* the ten rows of the doubled m6 pool two recordings' events */
    CHECK_INT(10, doubled);
}

int main(int argc, char **argv)
{
    const int code = check_main(argc, argv,
                                (check_test[]){RUN(events_are_summed_counted_and_averaged),
                                               RUN(rows_of_a_shared_name_go_to_nobody),
                                               RUN(bad_tables_are_refused),
                                               RUN(every_row_of_the_published_study_agrees),
                                               {0}});
    close_all();
    folder_end();
    return code;
}
