/* Finding and reading the recordings of a study: layouts, names, and every kind of bad input. */
#include "study/decimals.h"
#include "study/scan.h"
#include "study/study.h"
#include "tests/study/folder.h"

static study_input *input;
static td_error err;

static td_status open_it(const char *path, const char *columns, bool skip_bad)
{
    study_input_close(input);
    input = NULL;
    err = (td_error)TD_ERROR_INIT;
    return study_input_open(path, columns, skip_bad, &input, &err);
}

static void open_ok(bool skip_bad)
{
    CHECK_STATUS(TD_OK, open_it(folder_root, NULL, skip_bad), &err);
}

/* The folder must be refused, and the message must say each of the two things. */
static void refused(td_status status, const char *what, const char *which)
{
    CHECK_STATUS(status, open_it(folder_root, NULL, false), &err);
    CHECK(!input);
    CHECK_HAS(what, err.message);
    CHECK_HAS(which, err.message);
}

static void good_folder(void)
{
    folder_begin();
    folder_write("control/s1/n1q1.csv", "ms,x,y\n1,0.25,0.5\n2,0.75,1\n");
    folder_write("control/s1/n1q2.csv", "x,y\n1,2\n");
    folder_write("ad/s7/ad7q10.csv", "x,y\n3,4\n5,6\n7,8\n");
}

TEST(folders_are_read_in_order)
{
    good_folder();
    folder_write("control/.hidden/n9q1.csv", "broken");
    folder_write("control/s1/.n1q3.csv", "broken");
    folder_write("control/s1/notes.txt", "not a recording");
    open_ok(false);
    CHECK_INT(3, input->series.item_count);
    CHECK_INT(2, input->series.column_count);
    CHECK_TEXT("x", input->series.column_name[0]);
    CHECK_TEXT("y", input->series.column_name[1]);
    CHECK_TEXT("ad7q10", input->recording[0].id);
    CHECK_TEXT("ad", input->recording[0].group);
    CHECK_TEXT("s7", input->recording[0].subject);
    CHECK_TEXT("10", input->recording[0].task);
    CHECK_TEXT("ad/s7/ad7q10.csv", input->recording[0].relative);
    CHECK_TEXT(folder_path("ad/s7/ad7q10.csv"), input->recording[0].path);
    CHECK_TEXT("n1q1", input->series.item_name[1]);
    CHECK_INT(3, input->series.offset[1]);
    CHECK_INT(6, input->series.offset[3]);
    CHECK_NEAR(0.75, input->series.column[0][4], 0);
    CHECK_NEAR(8.0, input->series.column[1][2], 0);
    CHECK_INT(0, input->skipped_count);
    CHECK_INT(0, input->duplicate_count);
}

TEST(tasks_come_from_the_end_of_names)
{
    CHECK_TEXT("3", scan_task("n1q3"));
    CHECK_TEXT("12", scan_task("trial_12"));
    CHECK_TEXT("2", scan_task("Aufgabe - 2"));
    CHECK_TEXT("4", scan_task("\xc3\xa4"
                              "4"));
    CHECK_TEXT("", scan_task("n1q3_raw"));
    CHECK_TEXT("", scan_task("2021"));
    CHECK_TEXT("", scan_task("2021_3"));
    CHECK_TEXT("", scan_task(""));
}

TEST(duplicate_names_are_kept_apart)
{
    folder_begin();
    folder_write("mci/mci_6/m6q1.csv", "x,y\n1,1\n");
    folder_write("mci/mci_jojo/m6q1.csv", "x,y\n2,2\n");
    folder_write("mci/mci_jojo/m6q2.csv", "x,y\n3,3\n");
    folder_write("ad/s1/a.csv", "x,y\n4,4\n");
    folder_write("mci/s1/a.csv", "x,y\n5,5\n");
    folder_write("mci/s2/a.csv", "x,y\n6,6\n");
    open_ok(false);
    CHECK_INT(6, input->series.item_count);
    CHECK_TEXT("ad/s1/a", input->recording[0].id);
    CHECK_TEXT("mci_6/m6q1", input->recording[1].id);
    CHECK_TEXT("mci_jojo/m6q1", input->recording[2].id);
    CHECK_TEXT("m6q2", input->recording[3].id);
    CHECK_TEXT("mci/s1/a", input->recording[4].id);
    CHECK_TEXT("s2/a", input->recording[5].id);
    CHECK_TEXT("1", input->recording[2].task);
    CHECK_INT(2, input->duplicate_count);
    CHECK_TEXT("a: ad/s1, mci/s1 and mci/s2", input->duplicate[0]);
    CHECK_TEXT("m6q1: mci/mci_6 and mci/mci_jojo", input->duplicate[1]);
}

TEST(columns_are_found_by_name)
{
    folder_begin();
    folder_write("a/s/one.csv", "\xef\xbb\xbf"
                                "GazePointX_normalized;GazePointY_normalized\r\n"
                                "0.5;0.25\r\n");
    folder_write("a/s/two.csv", "time,gaze_x,gaze_y\n0,1,2\n");
    folder_write("a/s/six.csv", "Y,X\n\"7\",\"8\"\n");
    open_ok(false);
    CHECK_NEAR(0.5, input->series.column[0][0], 0);
    CHECK_NEAR(8.0, input->series.column[0][1], 0);
    CHECK_NEAR(7.0, input->series.column[1][1], 0);
    CHECK_NEAR(2.0, input->series.column[1][2], 0);
    CHECK_STATUS(TD_OK, open_it(folder_path("a/s/two.csv"), " time , gaze_y ", false), &err);
    CHECK_NEAR(0.0, input->series.column[0][0], 0);
    CHECK_NEAR(2.0, input->series.column[1][0], 0);
    CHECK_TEXT("two", input->recording[0].id);
    CHECK_TEXT("", input->recording[0].group);
    CHECK_TEXT("", input->recording[0].task);
    CHECK_STATUS(TD_OK, open_it(folder_path("a/s/two.csv"), "time", false), &err);
    CHECK_INT(1, input->series.column_count);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_it(folder_path("a/s/two.csv"), "time,z", false), &err);
    CHECK_HAS("no column \"z\"", err.message);
    CHECK_HAS("time, gaze_x, gaze_y", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_it(folder_path("a/s/two.csv"), "a,b,c", false), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_it(folder_path("a/s/two.csv"), ",b", false), &err);
}

TEST(one_column_is_x)
{
    folder_begin();
    folder_write("one.csv", "pupil\n1\n\n2\nnan\n");
    CHECK_STATUS(TD_OK, open_it(folder_path("one.csv"), NULL, false), &err);
    CHECK_INT(1, input->series.column_count);
    CHECK_TEXT("x", input->series.column_name[0]);
    CHECK_INT(3, input->series.offset[1]);
    CHECK(isnan(input->series.column[0][2]));
    folder_write("none.csv", "0.5\n0.25\n");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_it(folder_path("none.csv"), NULL, false), &err);
    CHECK_HAS("first line is the number 0.5", err.message);
    folder_write("half/s/a.csv", "x,y\n1,2\n");
    folder_write("half/s/b.csv", "x\n3\n");
    CHECK_STATUS(TD_OK, open_it(folder_path("half/s/b.csv"), NULL, false), &err);
    unlink(folder_path("one.csv"));
    unlink(folder_path("none.csv"));
    open_ok(false); /* not all have y, so there is none */
    CHECK_INT(1, input->series.column_count);
}

TEST(manifests_name_what_folders_cannot)
{
    good_folder();
    folder_write("list.csv", "subject,path,group,task\r\n"
                             "P 1,control/s1/n1q1.csv,old,reading\r\n"
                             "\"P,2\", ad/s7/ad7q10.csv ,young,\r\n");
    CHECK_STATUS(TD_OK, open_it(folder_path("list.csv"), NULL, false), &err);
    CHECK_INT(2, input->series.item_count);
    CHECK_TEXT("ad/s7/ad7q10.csv", input->recording[0].relative);
    CHECK_TEXT("P,2", input->recording[0].subject);
    CHECK_TEXT("", input->recording[0].task); /* the manifest's word, though it is empty */
    CHECK_TEXT("reading", input->recording[1].task);
    CHECK_TEXT("old", input->recording[1].group);
    folder_write("list.csv", "path,group,subject\ncontrol/s1/n1q1.csv,a,b\n");
    CHECK_STATUS(TD_OK, open_it(folder_path("list.csv"), NULL, false), &err);
    CHECK_TEXT("1", input->recording[0].task);
    const struct {
        const char *text, *says;
    } bad[] = {
        {"path,group\nx,y\n", "subject is missing"},
        {"path,group,subject\n", "lists no recordings"},
        {"path,group,subject\n,a,b\n", "list.csv:2: the path is empty"},
        {"path,group,subject\ncontrol/s1/n1q1.csv,a,\n", "list.csv:2: the subject is empty"},
        {"path,group,subject\nnone.csv,a,b\n", "none.csv"},
        {"path,group,subject\ncontrol/s1/n1q1.csv,a,b\ncontrol/s1/n1q1.csv,c,d\n", "twice"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        folder_write("list.csv", bad[i].text);
        CHECK(open_it(folder_path("list.csv"), NULL, false) != TD_OK);
        CHECK_HAS(bad[i].says, err.message);
    }
}

TEST(bad_files_are_named_with_their_line)
{
    static const unsigned char garbage[] = {0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7};
    const struct {
        const char *text, *says;
    } bad[] = {
        {"", "bad.csv"},
        {"x,y\n", "bad.csv:1: has a header and no samples"},
        {"x,y\n1,2\n3\n", "bad.csv:3"},
        {"x,y\n1,2\n3,4,5\n", "bad.csv:3"},
        {"x,y\n1,2\n3,abc\n", "bad.csv:3"},
        {"x,y\n1,inf\n", "bad.csv:2"},
        {"x,y\n1,\"2\n", "bad.csv"},
        {"time,pupil\n1,2\n", "bad.csv:1: no columns x,y"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        good_folder();
        folder_write("control/s2/bad.csv", bad[i].text);
        CHECK(open_it(folder_root, NULL, false) != TD_OK);
        CHECK_HAS(bad[i].says, err.message);
        open_ok(true);
        CHECK_INT(3, input->series.item_count);
        CHECK_INT(1, input->skipped_count);
        CHECK_TEXT("control/s2/bad.csv", input->skipped[0].path);
        CHECK(input->skipped[0].message[0] != 0 && input->skipped[0].message[0] != ' ');
        CHECK(!strstr(input->skipped[0].message, "bad.csv"));
    }
    folder_write("control/s2/bad.csv", "x,y\n1,2\n3,abc\n");
    open_ok(true);
    CHECK_INT(3, input->skipped[0].line);
    good_folder();
    folder_write_bytes("control/s2/bad.csv.gz", garbage, sizeof garbage);
    refused(TD_E_CORRUPT, "bad.csv.gz", "");
    unlink(folder_path("control/s2/bad.csv.gz"));
    CHECK_INT(0, symlink("/nowhere/at/all", folder_path("control/s2/bad.csv")));
    refused(TD_E_IO, "bad.csv", "");
    open_ok(true);
    CHECK_INT(1, input->skipped_count);
    folder_begin();
    folder_write("a/b/c.csv", "x,y\n1,z\n");
    CHECK(open_it(folder_root, NULL, true) != TD_OK);
    CHECK_HAS("no recording could be read", err.message);
}

TEST(nan_and_empty_fields_are_samples)
{
    folder_begin();
    folder_write("a/b/c.csv", "x,y\n,1\nNaN,NA\n 2 ,nan\n");
    open_ok(false);
    CHECK_INT(3, input->series.offset[1]);
    CHECK(isnan(input->series.column[0][0]) && isnan(input->series.column[0][1]));
    CHECK(isnan(input->series.column[1][1]) && isnan(input->series.column[1][2]));
    CHECK_NEAR(2.0, input->series.column[0][2], 0);
}

/* The bits are those of pandas 1.5.3; the nearest double of the first four is another. */
TEST(numbers_can_be_read_as_pandas_does)
{
    static const struct {
        const char *text;
        double value;
    } known[] = {
        {"0.19395800000000002", 0x1.8d39da16616b5p-3},
        {"-1.1062699999999999", -0x1.1b3482be8bc17p+0},
        {"0.22232100000000002", 0x1.c7503b81b64ep-3},
        {"0.29810299999999995", 0x1.3141e9af5ba2ap-2},
        {"12345678901234567890", 0x1.56a95319d63e1p+63},
        {"00000000000000000012", 0.0}, /* zeros in front count as digits */
        {"3.5e-310", 0x0.0406de80b2597p-1022},
        {"1.7976931348623157e308", 0x1.fffffffffffffp+1023},
        {"367.0", 367.0},
        {"1e5", 1e5},
        {"+0.25", 0.25},
        {".5", 0.5},
        {"-3.", -3.0},
    };
    const size_t count = sizeof known / sizeof *known;
    for (size_t i = 0; i < count; ++i)
        CHECK_NEAR(known[i].value, decimals_as_pandas(known[i].text, strlen(known[i].text)), 0);
    for (size_t i = 0; i < 4; ++i)
        CHECK(known[i].value != strtod(known[i].text, NULL));
    CHECK(isnan(decimals_as_pandas("", 0)) && isnan(decimals_as_pandas("1x", 2)));
    CHECK(isinf(decimals_as_pandas("1e400", 5)));
    folder_begin();
    folder_write("a/b/c.csv", "x,y\n 0.19395800000000002 ,nan\n,1\n");
    CHECK_STATUS(TD_OK, open_it(folder_root, NULL, false), &err);
    CHECK_NEAR(0.19395800000000002, input->series.column[0][0], 0);
    study_input_close(input);
    input = NULL;
    CHECK_STATUS(
        TD_OK,
        study_input_open_as(folder_root, NULL, false, study_numbers_of("gaze"), NULL, &input, &err),
        &err);
    CHECK_NEAR(known[0].value, input->series.column[0][0], 0);
    CHECK(isnan(input->series.column[0][1]) && isnan(input->series.column[1][0]));
    CHECK_INT(STUDY_NEAREST, study_numbers_of("marwan"));
    CHECK_INT(STUDY_NEAREST, study_numbers_of(NULL));
}

TEST(a_file_without_the_y_that_a_mode_reads_is_a_bad_one)
{
    good_folder();
    folder_write("control/s1/n1q3.csv", "ms,x\n1,2\n");
    open_ok(false); /* nothing reads y */
    CHECK_INT(4, input->series.item_count);
    CHECK_INT(1, input->series.column_count);
    for (int skip = 0; skip < 2; ++skip) {
        study_input_close(input);
        input = NULL;
        CHECK_STATUS(
            skip ? TD_OK : TD_E_BAD_ARGUMENT,
            study_input_open_as(folder_root, NULL, skip, STUDY_NEAREST, "mode xy:l2", &input, &err),
            &err);
        if (!skip) CHECK_HAS("n1q3.csv:1: has no column y, which mode xy:l2 reads", err.message);
        if (!skip) CHECK_HAS("it has ms, x", err.message);
    }
    CHECK_INT(3, input->series.item_count);
    CHECK_INT(2, input->series.column_count);
    CHECK_INT(1, input->skipped_count);
    CHECK_TEXT("control/s1/n1q3.csv", input->skipped[0].path);
    CHECK_INT(1, input->skipped[0].line);
}

TEST(a_column_that_occurs_twice_is_refused)
{
    good_folder();
    folder_write("control/s1/n1q3.csv", "ms,ms,x,y\n1,1,2,3\n"); /* nobody reads ms */
    open_ok(false);
    folder_write("control/s1/n1q3.csv", "y,x,y\n1,2,3\n");
    refused(TD_E_CORRUPT, "n1q3.csv:1: has the column \"y\" twice", "");
}

TEST(other_layouts_are_explained)
{
    CHECK_STATUS(TD_E_IO, open_it("/nowhere/at/all", NULL, false), &err);
    CHECK_HAS("/nowhere/at/all", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_it("", NULL, false), &err);
    folder_begin();
    refused(TD_E_BAD_ARGUMENT, "GROUP/SUBJECT/FILE.csv", "manifest");
    folder_write("a.csv", "x,y\n1,2\n");
    folder_write("g/b.csv", "x,y\n1,2\n");
    refused(TD_E_BAD_ARGUMENT, "GROUP/SUBJECT/FILE.csv", "control/s01");
    folder_write("g/s/c.csv", "x,y\n1,2\n");
    folder_write("g/s/deep/d.csv", "x,y\n1,2\n");
    folder_write("g/empty/readme.txt", "nothing");
    open_ok(false);
    CHECK_INT(1, input->series.item_count);
    CHECK_INT(4, input->skipped_count);
    CHECK_TEXT("a.csv", input->skipped[0].path);
    CHECK_TEXT("g/b.csv", input->skipped[1].path);
    CHECK_TEXT("g/empty", input->skipped[2].path);
    CHECK_TEXT("g/s/deep", input->skipped[3].path);
}

TEST(loops_of_links_end)
{
    good_folder();
    CHECK_INT(0, symlink(folder_root, folder_path("loop")));
    CHECK_INT(0, symlink(".", folder_path("control/here")));
    CHECK_INT(0, symlink(folder_path("control/s1"), folder_path("ad/s1")));
    open_ok(false);
    CHECK_INT(5, input->series.item_count); /* the linked subject counts as one */
    CHECK_INT(2, input->duplicate_count);
    folder_begin();
    CHECK_INT(0, symlink("self", folder_path("self")));
    refused(TD_E_BAD_ARGUMENT, "holds no recordings", "");
}

TEST(compressed_recordings_are_read)
{
    const char *text = "x,y\n1,2\n3,4\n";
    char command[2048];
    folder_begin();
    folder_write("a/b/one.csv", text);
    folder_write("a/b/two.csv", text);
    snprintf(command, sizeof command, "gzip %s && xz %s", folder_path("a/b/one.csv"),
             folder_path("a/b/two.csv"));
    if (system(command) != 0) SKIP("gzip or xz is not installed");
    open_ok(false);
    CHECK_INT(2, input->series.item_count);
    CHECK_TEXT("one", input->recording[0].id);
    CHECK_TEXT("two", input->recording[1].id);
    CHECK_NEAR(4.0, input->series.column[1][3], 0);
}

TEST(the_real_study_is_read)
{
    char path[1024];
    const char *data = getenv("TANDEM_DATA");
    snprintf(path, sizeof path, "%s/gaze/recordings", data ? data : "");
    if (!data || !folder_has(path)) SKIP("no data at TANDEM_DATA");
    const clock_t start = clock();
    CHECK_STATUS(TD_OK, open_it(path, NULL, false), &err);
    printf("  read in %.3f s\n", (double)(clock() - start) / CLOCKS_PER_SEC);
    CHECK_INT(305, input->series.item_count);
    CHECK_INT(56423, input->series.offset[305]);
    CHECK_INT(5, input->duplicate_count);
    CHECK_TEXT("m6q1: mci/mci_group_6 and mci/mci_group_jojo", input->duplicate[0]);
    for (uint64_t i = 0; i < 305; ++i)
        CHECK(strlen(input->recording[i].task) == 1);
}

static td_status open_any(const char *path)
{
    study_input_close(input);
    input = NULL;
    err = (td_error)TD_ERROR_INIT;
    return study_input_open_any(path, NULL, false, STUDY_NEAREST, NULL, &input, &err);
}

TEST(any_folder_with_recordings_can_be_read)
{
    good_folder();
    CHECK_STATUS(TD_OK, open_any(folder_root), &err);
    CHECK_INT(3, input->series.item_count);
    CHECK_TEXT("ad", input->recording[0].group);
    CHECK_STATUS(TD_OK, open_any(folder_path("control")), &err);
    CHECK_INT(2, input->series.item_count);
    CHECK_TEXT("", input->recording[1].group);
    CHECK_TEXT("s1", input->recording[1].subject);
    CHECK_TEXT(folder_path("control/s1/n1q2.csv"), input->recording[1].path);
    CHECK_INT(0, input->skipped_count);
    CHECK_STATUS(TD_OK, open_any(folder_path("control/s1/")), &err);
    CHECK_INT(2, input->series.item_count);
    CHECK_TEXT("n1q1", input->recording[0].id);
    CHECK_TEXT("", input->recording[0].subject);
    CHECK_INT(0, input->skipped_count);
    CHECK_STATUS(TD_OK, open_any(folder_path("ad/s7/ad7q10.csv")), &err);
    CHECK_INT(1, input->series.item_count);
    /* Files that lie in the folder itself come before a folder below. */
    folder_write("ad/s7/old/ad7q9.csv", "x,y\n3,4\n");
    CHECK_STATUS(TD_OK, open_any(folder_path("ad/s7")), &err);
    CHECK_INT(1, input->series.item_count);
    CHECK_INT(1, input->skipped_count);
    folder_begin();
    folder_write("notes.txt", "none");
    CHECK_STATUS(TD_E_BAD_ARGUMENT, open_any(folder_root), &err);
    CHECK_HAS("in it, in SUBJECT/ or in GROUP/SUBJECT/", err.message);
}

int main(int argc, char **argv)
{
    const int code =
        check_main(argc, argv,
                   (check_test[]){RUN(folders_are_read_in_order),
                                  RUN(tasks_come_from_the_end_of_names),
                                  RUN(duplicate_names_are_kept_apart),
                                  RUN(columns_are_found_by_name),
                                  RUN(one_column_is_x),
                                  RUN(manifests_name_what_folders_cannot),
                                  RUN(bad_files_are_named_with_their_line),
                                  RUN(nan_and_empty_fields_are_samples),
                                  RUN(numbers_can_be_read_as_pandas_does),
                                  RUN(a_file_without_the_y_that_a_mode_reads_is_a_bad_one),
                                  RUN(a_column_that_occurs_twice_is_refused),
                                  RUN(other_layouts_are_explained),
                                  RUN(any_folder_with_recordings_can_be_read),
                                  RUN(loops_of_links_end),
                                  RUN(compressed_recordings_are_read),
                                  RUN(the_real_study_is_read),
                                  {0}});
    study_input_close(input);
    folder_end();
    return code;
}
