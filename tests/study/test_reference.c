/* The published study, recomputed: its measures at five points of the grid, its eye metrics and its
 * means, from the folder of recordings through the file to the export. Needs TANDEM_DATA. */
#include "io/csv.h"
#include "tests/study/sample.h"

static char data_path[2048];

static const char *data(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *data(const char *format, ...)
{
    char name[512];
    const char *root = getenv("TANDEM_DATA");
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    snprintf(data_path, sizeof data_path, "%s/gaze/%s", root ? root : "", name);
    return data_path;
}

/* The study at a grid that holds the five points; the result is read into study.table. */
static void run_study(bool by_recording)
{
    if (!folder_has(data("recordings"))) SKIP("no data at TANDEM_DATA");
    folder_begin();
    sample_open(0);
    const char *const set[][2] = {{"m", "1:3"},
                                  {"tau", "1,4"},
                                  {"eps", "0.05,0.055,0.1"},
                                  {"lmin", "2:3"},
                                  {"profile", "gaze"}};
    for (size_t i = 0; i < sizeof set / sizeof *set; ++i)
        CHECK_STATUS(TD_OK, td_args_set_text(study.args, set[i][0], set[i][1], &study.err),
                     &study.err);
    snprintf(study.input, sizeof study.input, "%s", data("recordings"));
    char events[2048], roi[2048];
    snprintf(events, sizeof events, "%s", data("All_Events.csv"));
    snprintf(roi, sizeof roi, "%s", data("All_ROI_Summary.csv"));
    study.config.events = events;
    study.config.roi = roi;
    study.config.by_recording = by_recording;
    CHECK_STATUS(TD_OK, sample_run(), &study.err);
    study.config.events = study.config.roi = NULL;
    sample_read();
}

static void field(const csv *file, uint64_t row, const char *name, char *out, size_t size)
{
    uint32_t column;
    if (!csv_find(file, name, &column)) CHECK_FAIL("no column %s", name);
    const csv_text text = csv_field(file, row, column);
    snprintf(out, size, "%.*s", (int)text.bytes, text.data);
}

static double number(const csv *file, uint64_t row, const char *name)
{
    uint32_t column;
    double value;
    if (!csv_find(file, name, &column)) CHECK_FAIL("no column %s", name);
    CHECK_STATUS(TD_OK, csv_number(file, row, column, &value, &study.err), &study.err);
    return value;
}

/* The row of the export with this recording and mode, or UINT64_MAX. */
static uint64_t find_row(const csv *file, const char *recording, const char *mode)
{
    char text[64];
    for (uint64_t row = 0; row < csv_row_count(file); ++row) {
        field(file, row, "recording", text, sizeof text);
        if (strcmp(text, recording) != 0) continue;
        field(file, row, "mode", text, sizeof text);
        if (strcmp(text, mode) == 0) return row;
    }
    return UINT64_MAX;
}

static csv *open_export(const study_point *point, bool features)
{
    csv *file = NULL;
    char *text = NULL;
    size_t bytes = 0;
    CHECK_STATUS(TD_OK, study_export(study.table, point, features, &text, &bytes, &study.err),
                 &study.err);
    CHECK_STATUS(TD_OK, csv_open_memory("export", text, bytes, 0, &file, &study.err), &study.err);
    free(text);
    return file;
}

/* Rows of one of their files that were compared; the doubled m6 is left out. */
static int compare_file(const csv *ours, const char *point, const char *group)
{
    csv *theirs = NULL;
    int rows = 0;
    CHECK_STATUS(TD_OK,
                 csv_open(data("reference/%s/rqa_%s.csv", point, group), 0, &theirs, &study.err),
                 &study.err);
    for (uint64_t row = 0; row < csv_row_count(theirs); ++row) {
        char name[96];
        field(theirs, row, "filename", name, sizeof name);
        name[strcspn(name, "_.")] = 0;
        const uint64_t x = find_row(ours, name, "x:l1"), xy = find_row(ours, name, "xy:l2");
        if (x == UINT64_MAX) continue;
        CHECK_NEAR(number(theirs, row, "RR-1D-x"), number(ours, x, "rr"), 1e-9);
        CHECK_NEAR(number(theirs, row, "DET-1D-x"), number(ours, x, "det"), 1e-9);
        CHECK_NEAR(number(theirs, row, "ENT-1D-x"), number(ours, x, "ent"), 1e-9);
        CHECK_NEAR(number(theirs, row, "RR-2D-xy"), number(ours, xy, "rr"), 1e-9);
        CHECK_NEAR(number(theirs, row, "DET-2D-xy"), number(ours, xy, "det"), 1e-9);
        CHECK_NEAR(number(theirs, row, "ENT-2D-xy"), number(ours, xy, "ent"), 1e-9);
        rows += 1;
    }
    csv_close(theirs);
    return rows;
}

TEST(five_points_of_the_grid_agree)
{
    static const struct {
        const char *name;
        study_point point;
    } five[] = {
        {"m1_tau1_eps0.05_lmin2", {"1", "1", "0.05", "2"}},
        {"m1_tau1_eps0.1_lmin3", {"1", "1", "0.1", "3"}},
        {"m2_tau1_eps0.055_lmin2", {"2", "1", "0.055", "2"}},
        {"m3_tau1_eps0.05_lmin2", {"3", "1", "0.05", "2"}},
        {"m1_tau4_eps0.05_lmin2", {"1", "4", "0.05", "2"}},
    };
    run_study(false);
    for (size_t i = 0; i < sizeof five / sizeof *five; ++i) {
        csv *ours = open_export(&five[i].point, false);
        CHECK_INT(610, csv_row_count(ours));
        CHECK_INT(100, compare_file(ours, five[i].name, "control"));
        CHECK_INT(100, compare_file(ours, five[i].name, "ad"));
        CHECK_INT(95, compare_file(ours, five[i].name, "mci"));
        csv_close(ours);
    }
}

TEST(the_joined_table_agrees)
{
    static const char *const pairs[][2] = {
        {"FixDurSum", "fixation_duration_ms"},
        {"FixCount", "fixation_count"},
        {"SaccAmpMean", "saccade_amplitude_deg"},
        {"SaccMaxVelPeak", "saccade_peak_velocity_deg_s"},
        {"SaccCount", "saccade_count"},
        {"RegCountSum", "regression_count"},
        {"ROIFixDurSum", "roi_time_s"},
        {"RR-2D-xy", "rr"},
        {"DET-2D-xy", "det"},
        {"ENT-2D-xy", "ent"},
    };
    csv *theirs = NULL;
    int rows = 0;
    run_study(false);
    const study_point point = {"1", "1", "0.05", "2"};
    csv *ours = open_export(&point, true);
    CHECK_STATUS(TD_OK,
                 csv_open(data("reference/m1_tau1_eps0.05_lmin2/"
                               "All_Subjects_RQA_EyeMetrics_Filled.csv"),
                          0, &theirs, &study.err),
                 &study.err);
    for (uint64_t row = 0; row < csv_row_count(theirs); ++row) {
        char name[64], task[16], q[16];
        field(theirs, row, "ID", name, sizeof name);
        const uint64_t at = find_row(ours, name, "xy:l2");
        if (at == UINT64_MAX) continue;
        for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i)
            CHECK_NEAR(number(theirs, row, pairs[i][0]), number(ours, at, pairs[i][1]), 1e-9);
        field(theirs, row, "q", q, sizeof q);
        field(ours, at, "task", task, sizeof task);
        CHECK_TEXT(q, task);
        rows += 1;
    }
    csv_close(theirs);
    csv_close(ours);
    CHECK_INT(295, rows);
}

/* Element of a group's mean or sd at m 1, tau 1, eps 0.05, lmin 2 in the mode xy:l2. */
static double group_value(const char *name, uint64_t group)
{
    td_var var;
    td_dim dim;
    uint64_t at = group, mode = 1;
    if (!td_table_find_var(study.table, name, &var)) CHECK_FAIL("no %s", name);
    for (uint32_t i = 1; i < var.rank; ++i) {
        CHECK(td_table_dim(study.table, var.dim[i], &dim));
        at = at * dim.count + (i == 1 ? mode : 0);
    }
    return ((const double *)var.data)[at];
}

/* Their group means count recordings, the doubled m6 included: 105 of mci. */
TEST(group_means_agree)
{
    static const char *const measures[] = {"rr", "det", "ent"};
    static const char *const names[] = {"AD", "Control", "MCI"};
    char *text, *line, name[64];
    run_study(true);
    text = folder_read(data("reference/m1_tau1_eps0.05_lmin2/group_stats_output.csv"), NULL);
    CHECK(text != NULL);
    int rows = 0;
    for (line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        uint64_t group = 0;
        while (group < 3 && strncmp(line, names[group], strlen(names[group])) != 0)
            group += 1;
        if (group == 3) continue;
        rows += 1;
        const char *at = strchr(line, ',');
        for (int i = 0; i < 3; ++i) { /* count, mean, std, min, 25 %, 50 %, 75 %, max */
            char *end = NULL;
            CHECK_NEAR(group == 2 ? 105 : 100, strtod(at + 1, &end), 0);
            const double mean = strtod(end + 1, &end), sd = strtod(end + 1, &end);
            snprintf(name, sizeof name, "%s_group_mean", measures[i]);
            CHECK_NEAR(mean, group_value(name, group), 1e-9);
            snprintf(name, sizeof name, "%s_group_sd", measures[i]);
            CHECK_NEAR(sd, group_value(name, group), 1e-9);
            at = end;
            for (int skip = 0; skip < 5; ++skip)
                at = strchr(at + 1, ',');
            if (!at) break;
        }
    }
    free(text);
    CHECK_INT(3, rows);
}

/* Mean and sd over the recordings of one group, number and task: more than one for m6 alone. */
static void mean_of_named(const csv *ours, const char *name, const char *measure, double *mean,
                          double *sd)
{
    double value[4], sum = 0, squares = 0;
    int count = 0;
    for (uint64_t row = 0; row < csv_row_count(ours); ++row) {
        char text[64];
        field(ours, row, "mode", text, sizeof text);
        if (strcmp(text, "xy:l2") != 0) continue;
        field(ours, row, "recording", text, sizeof text);
        const char *slash = strrchr(text, '/');
        if (strcmp(slash ? slash + 1 : text, name) != 0) continue;
        CHECK(count < 4);
        value[count++] = number(ours, row, measure);
    }
    for (int i = 0; i < count; ++i)
        sum += value[i];
    *mean = sum / count;
    for (int i = 0; i < count; ++i)
        squares += (value[i] - *mean) * (value[i] - *mean);
    *sd = count > 1 ? sqrt(squares / (count - 1)) : (double)NAN;
}

TEST(means_of_each_task_agree)
{
    static const char *const measures[] = {"rr", "det", "ent"};
    int rows = 0;
    run_study(false);
    const study_point point = {"1", "1", "0.05", "2"};
    csv *ours = open_export(&point, false);
    char *text =
        folder_read(data("reference/m1_tau1_eps0.05_lmin2/multi_level_stats_output.csv"), NULL);
    CHECK(text != NULL);
    for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n")) {
        char group[32], name[64];
        int folder, task, used = 0;
        if (sscanf(line, "%31[A-Za-z],%d,%d%n", group, &folder, &task, &used) != 3) continue;
        const char *prefix = group[0] == 'A' ? "ad" : group[0] == 'M' ? "m" : "n";
        snprintf(name, sizeof name, "%s%dq%d", prefix, folder, task);
        const char *at = line + used;
        for (int i = 0; i < 3; ++i) {
            double mean, sd;
            char *end = NULL;
            mean_of_named(ours, name, measures[i], &mean, &sd);
            CHECK_NEAR(strtod(at + 1, &end), mean, 1e-9);
            const bool has_sd = end[0] == ',' && end[1] != ',' && end[1] != 0;
            CHECK_INT(!isnan(sd), has_sd);
            if (has_sd) CHECK_NEAR(strtod(end + 1, NULL), sd, 1e-9);
            at = strchr(end + 1, ',');
            if (!at) break;
        }
        rows += 1;
    }
    free(text);
    csv_close(ours);
    CHECK_INT(300, rows);
}

int main(int argc, char **argv)
{
    const int code = check_main(argc, argv,
                                (check_test[]){RUN(five_points_of_the_grid_agree),
                                               RUN(the_joined_table_agrees),
                                               RUN(group_means_agree),
                                               RUN(means_of_each_task_agree),
                                               {0}});
    sample_close();
    folder_end();
    return code;
}
