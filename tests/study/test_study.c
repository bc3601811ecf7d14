/* The whole pipeline on a small study: what the file holds, that it does not depend on threads,
 * stops and kills, and that wrong places are refused before anything is computed. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "study/stats.h"
#include "tests/study/sample.h"

#define CHECK_RUN(expected) CHECK_STATUS(expected, sample_run(), &study.err)

static bool checkpoint_is_left(void)
{
    return folder_has(folder_path("out.nc.checkpoint")) ||
           folder_has(folder_path("out.nc.checkpoint-wal"));
}

/* Runs it undisturbed and keeps the bytes of the file. */
static char *expected_bytes(size_t *bytes)
{
    sample_open(2);
    CHECK_RUN(TD_OK);
    CHECK(!checkpoint_is_left());
    char *data = folder_read(study.output, bytes);
    CHECK(data && *bytes > 1000);
    unlink(study.output);
    return data;
}

static void check_same_file(const char *expected, size_t bytes)
{
    size_t got = 0;
    char *data = folder_read(study.output, &got);
    CHECK(data != NULL);
    CHECK_INT(bytes, got);
    CHECK(memcmp(expected, data, bytes) == 0);
    free(data);
    CHECK(!checkpoint_is_left());
}

/* ---- What is in the file ------------------------------------------------------------------- */

TEST(the_file_has_names_and_labels)
{
    sample_write(30);
    sample_open(2);
    CHECK_RUN(TD_OK);
    sample_read();
    const td_table *table = study.table;
    td_dim dim;
    CHECK(td_table_find_dim(table, "pair", &dim));
    CHECK_INT(3, dim.count);
    CHECK_TEXT("ad - control", dim.text[0]);
    CHECK_TEXT("control - mci", dim.text[2]);
    CHECK(td_table_find_dim(table, "subject", &dim));
    CHECK_INT(12, dim.count);
    CHECK_TEXT("ad/s0", dim.text[0]); /* three groups have an s0 */
    CHECK(td_table_find_dim(table, "group", &dim));
    CHECK_TEXT("mci", dim.text[2]);
    CHECK_TEXT("control", td_table_text(table, "recording_group", NULL)[SAMPLE_COUNT / 3]);
    CHECK_TEXT("control/s0", td_table_text(table, "recording_subject", NULL)[SAMPLE_COUNT / 3]);
    CHECK_TEXT("2", td_table_text(table, "recording_task", NULL)[1]);
    CHECK_TEXT("ad/s0/a0q1.csv", td_table_text(table, "recording_path", NULL)[0]);
    CHECK_TEXT("mci", td_table_text(table, "subject_group", NULL)[11]);
    CHECK_TEXT("tandem rqa study in --modes x:l1,xy:l2 --m 1:3 --tau 1:2 --eps 0.05:0.2:0.05"
               " --lmin 2:3 --profile marwan --measures rr,det,l,lmax,ent",
               td_table_attribute(table, "command"));
    CHECK_TEXT("subject", td_table_attribute(table, "unit"));
    CHECK_TEXT("marwan", td_table_attribute(table, "profile"));
    CHECK_HAS("4 names of subjects occur in several groups (the first: s0)", study.warnings);
    CHECK_HAS("4 names of subjects", td_table_attribute(table, "warnings"));
    CHECK_INT(SAMPLE_COUNT, study.summary.recordings);
    CHECK_INT(12, study.summary.subjects);
    CHECK_INT(3, study.summary.groups);
    CHECK_INT(3 * 2 * 4 * 2, study.summary.combinations);
    CHECK_INT(6, study.summary.step_count); /* no report was asked for */
    uint64_t count;
    (void)sample_data("rr_anova_p", &count);
    CHECK_INT(2 * 3 * 2 * 4, count);
    (void)sample_data("det_auc", &count);
    CHECK_INT(3 * 2 * 3 * 2 * 4 * 2, count);
}

/* The mean over each subject's recordings of det, counted from the file. */
static void subject_means(const double *det, uint64_t tests, uint64_t test, double mean[12])
{
    for (int s = 0; s < 12; ++s) {
        double sum = 0;
        int count = 0;
        for (int task = 0; task < SAMPLE_TASKS; ++task) {
            const double one = det[(uint64_t)(s * SAMPLE_TASKS + task) * tests + test];
            if (isnan(one)) continue;
            sum += one;
            count += 1;
        }
        mean[s] = count ? sum / count : (double)NAN;
    }
}

TEST(statistics_are_on_subjects)
{
    uint64_t tests;
    stats_result expected;
    void *memory = NULL;
    double mean[12];
    int32_t group[12];
    sample_write(30);
    sample_open(2);
    CHECK_RUN(TD_OK);
    sample_read();
    (void)sample_data("det_anova_p", &tests);
    CHECK(posix_memalign(&memory, 64, stats_scratch_bytes(12)) == 0);
    stats_scratch *scratch = stats_scratch_make(memory, 12);
    for (int s = 0; s < 12; ++s)
        group[s] = s / 4;
    for (uint64_t test = 0; test < tests; ++test) {
        subject_means(sample_data("det", NULL), tests, test, mean);
        stats_compare(scratch, mean, 1, group, 12, 3, &expected);
        CHECK_NEAR(expected.anova_f, sample_data("det_anova_f", NULL)[test], 0);
        CHECK_NEAR(expected.kruskal_p, sample_data("det_kruskal_p", NULL)[test], 0);
        CHECK_NEAR(expected.eta2, sample_data("det_eta2", NULL)[test], 0);
        for (uint64_t i = 0; i < 3; ++i) {
            CHECK_NEAR(expected.group_mean[i],
                       sample_data("det_group_mean", NULL)[i * tests + test], 0);
            CHECK_NEAR(expected.group_sd[i], sample_data("det_group_sd", NULL)[i * tests + test],
                       0);
            CHECK_NEAR(expected.pair[i].mannwhitney_holm,
                       sample_data("det_mannwhitney_holm", NULL)[i * tests + test], 0);
            CHECK_NEAR(expected.pair[i].cliff_delta,
                       sample_data("det_cliff_delta", NULL)[i * tests + test], 0);
        }
    }
    free(memory);
}

static const char *const measures[] = {"rr", "det", "l", "lmax", "ent"};

static const double *statistic(int measure, const char *suffix, uint64_t *count)
{
    char name[64];
    snprintf(name, sizeof name, "%s_%s", measures[measure], suffix);
    return sample_data(name, count);
}

/* q of every test by its definition: the least of p(j) n / rank(j) over p(j) >= p. */
TEST(q_is_over_the_whole_study)
{
    static const char *const kinds[2][2] = {{"anova_p", "anova_q"}, {"kruskal_p", "kruskal_q"}};
    sample_write(30);
    sample_open(2);
    CHECK_RUN(TD_OK);
    sample_read();
    for (int kind = 0; kind < 2; ++kind) {
        double p[1024], q[1024];
        size_t n = 0;
        for (int m = 0; m < 5; ++m) {
            uint64_t count;
            const double *from = statistic(m, kinds[kind][0], &count);
            const double *to = statistic(m, kinds[kind][1], NULL);
            for (uint64_t i = 0; i < count; ++i) {
                CHECK(isnan(from[i]) == isnan(to[i]));
                if (isnan(from[i])) continue;
                CHECK(n < 1024);
                p[n] = from[i];
                q[n++] = to[i];
            }
        }
        CHECK(n > 200);
        for (size_t i = 0; i < n; ++i) {
            double least = 1.0;
            for (size_t j = 0; j < n; ++j) {
                size_t rank = 0;
                for (size_t k = 0; k < n; ++k)
                    rank += p[k] <= p[j];
                const double scaled = p[j] * (double)n / (double)rank;
                if (p[j] >= p[i] && scaled < least) least = scaled;
            }
            CHECK_NEAR(least, q[i], 1e-12);
        }
    }
}

/* At one point of det, (mode, m, tau, eps, lmin), by looking at every other point. */
static double stability_by_definition(const int at[5], const int size[5])
{
    uint64_t tests;
    const double *q = sample_data("det_anova_q", &tests);
    const double *mean = sample_data("det_group_mean", NULL);
    int here = 0, neighbours = 0, held = 0, high = 0, low = 0;
    for (int i = 0; i < 5; ++i)
        here = here * size[i] + at[i];
    for (int g = 0; g < 3; ++g) {
        if (isnan(mean[(uint64_t)g * tests + (uint64_t)here])) return NAN;
        if (mean[(uint64_t)g * tests + (uint64_t)here] >
            mean[(uint64_t)high * tests + (uint64_t)here])
            high = g;
        if (mean[(uint64_t)g * tests + (uint64_t)here] <
            mean[(uint64_t)low * tests + (uint64_t)here])
            low = g;
    }
    for (uint64_t other = 0; other < tests; ++other) {
        int place[5], rest = (int)other, far = 0;
        for (int i = 5; i-- > 0; rest /= size[i])
            place[i] = rest % size[i];
        for (int i = 0; i < 5; ++i)
            far += abs(place[i] - at[i]);
        if (far != 1 || place[0] != at[0]) continue;
        neighbours += 1;
        held += q[other] < 0.05 &&
                mean[(uint64_t)high * tests + other] > mean[(uint64_t)low * tests + other];
    }
    return (double)held / neighbours;
}

TEST(stability_looks_at_the_neighbours)
{
    const int size[5] = {2, 3, 2, 4, 2};
    int at[5], between = 0;
    sample_write(30);
    sample_open(2);
    CHECK_RUN(TD_OK);
    sample_read();
    const double *stability = sample_data("det_stability", NULL);
    for (int point = 0; point < 2 * 3 * 2 * 4 * 2; ++point) {
        for (int i = 5, rest = point; i-- > 0; rest /= size[i])
            at[i] = rest % size[i];
        CHECK_NEAR(stability_by_definition(at, size), stability[point], 1e-15);
        between += stability[point] > 0;
    }
    printf("  %d of 96 points have stable neighbours\n", between);
}

TEST(recordings_may_be_the_unit)
{
    uint64_t tests;
    sample_write(30);
    sample_open(2);
    study.config.by_recording = true;
    CHECK_RUN(TD_OK);
    CHECK_HAS("statistics count recordings, not subjects", study.warnings);
    sample_read();
    CHECK_TEXT("recording", td_table_attribute(study.table, "unit"));
    const double *rr = sample_data("rr", NULL);
    const double *mean = sample_data("rr_group_mean", &tests);
    tests /= 3;
    double sum = 0;
    for (int i = 0; i < SAMPLE_COUNT / 3; ++i)
        sum += rr[(uint64_t)i * tests];
    CHECK_NEAR(sum / (SAMPLE_COUNT / 3.0), mean[0], 1e-15);
}

TEST(statistics_can_be_left_out)
{
    td_var var;
    sample_write(30);
    sample_open(2);
    study.config.no_statistics = true;
    CHECK_RUN(TD_OK);
    sample_read();
    CHECK(td_table_find_var(study.table, "det", &var));
    CHECK(!td_table_find_var(study.table, "det_anova_p", &var));
    folder_remove(folder_path("in/ad"), 0);
    folder_remove(folder_path("in/mci"), 0);
    sample_open(2);
    CHECK_RUN(TD_OK);
    CHECK_HAS("statistics left out: 2 to 16 groups can be compared, and there is 1",
              study.warnings);
}

TEST(groups_of_one_subject_are_warned_about)
{
    td_var var;
    sample_write(30);
    for (int s = 1; s < SAMPLE_SUBJECTS; ++s)
        folder_remove(folder_path("in/ad/s%d", s), 0);
    sample_open(2);
    CHECK_RUN(TD_OK);
    CHECK_HAS("1 of 3 groups has one subject only (the first: ad): the analysis of variance is not",
              study.warnings);
    sample_read();
    CHECK(isnan(sample_data("det_anova_p", NULL)[0]));
    CHECK(td_table_find_var(study.table, "det_anova_p", &var));
    sample_open(2);
    study.config.by_recording = true; /* two recordings of that subject */
    CHECK_RUN(TD_OK);
    CHECK(!strstr(study.warnings, "only (the first"));
}

TEST(a_file_alone_is_a_study)
{
    sample_write(30);
    sample_open(1);
    snprintf(study.input, sizeof study.input, "%s", folder_path("in/ad/s1/a1q2.csv"));
    CHECK_RUN(TD_OK);
    sample_read();
    td_dim dim;
    CHECK(td_table_find_dim(study.table, "recording", &dim));
    CHECK_INT(1, dim.count);
    CHECK_TEXT("a1q2", dim.text[0]);
}

TEST(bad_recordings_are_listed)
{
    sample_write(30);
    folder_write("in/ad/s1/broken.csv", "x,y\n1,2\n3\n");
    sample_open(2);
    CHECK(sample_run() != TD_OK);
    CHECK_HAS("broken.csv:3", study.err.message);
    CHECK(!folder_has(study.output) && !checkpoint_is_left());
    study.config.skip_bad = true;
    CHECK_RUN(TD_OK);
    CHECK_INT(1, study.summary.skipped);
    CHECK_INT(SAMPLE_COUNT, study.summary.recordings);
    CHECK_HAS("left out: ad/s1/broken.csv:3: ", study.warnings);
}

TEST(eye_metrics_are_joined)
{
    sample_write(30);
    folder_write("events.csv", "ADQ_ID,EventType,Duration_ms,Amplitude_deg,MaxVel\n"
                               "a1q2,fixation,120,1,\na1q2,saccade,0,3,90\n");
    sample_open(2);
    study.config.events = folder_path("events.csv");
    CHECK_RUN(TD_OK);
    sample_read();
    CHECK_NEAR(120, sample_data("fixation_duration_ms", NULL)[3], 0);
    CHECK_NEAR(90, sample_data("saccade_peak_velocity_deg_s", NULL)[3], 0);
    CHECK(isnan(sample_data("saccade_count", NULL)[0]));
    CHECK_HAS("--events events.csv", td_table_attribute(study.table, "command"));
}

/* ---- The same file, whatever happens ------------------------------------------------------- */

TEST(threads_and_places_do_not_matter)
{
    size_t bytes = 0;
    char other[1024];
    sample_write(30);
    char *expected = expected_bytes(&bytes);
    sample_open(1);
    study.config.checkpoint = folder_path("elsewhere.db");
    CHECK_RUN(TD_OK);
    check_same_file(expected, bytes);
    CHECK(!folder_has(folder_path("elsewhere.db")));
    /* From another folder, with another name for the same one, over a file that is there. */
    CHECK(getcwd(other, sizeof other) != NULL);
    CHECK_INT(0, chdir(folder_root));
    sample_open(3);
    study.config.input = "./in/";
    const td_status status = sample_run();
    CHECK_INT(0, chdir(other));
    CHECK_STATUS(TD_OK, status, &study.err);
    check_same_file(expected, bytes);
    free(expected);
}

#define LONG 1000 /* samples: enough for several units */

TEST(a_stopped_study_goes_on)
{
    size_t bytes = 0;
    uint64_t resumed = 0, stops = 0;
    sample_write(LONG);
    char *expected = expected_bytes(&bytes);
    const uint64_t units[2] = {study.summary.measures.units, study.summary.statistics.units};
    CHECK(units[0] > 3 && units[1] > 3);
    for (int round = 0; round < 6; ++round) {
        folder_write("out.nc", "the old results");
        for (int again = 0; again < 2; ++again) {
            sample_open(1 + (uint32_t)round % 3);
            study.cancel_step = again ? "statistics" : "measures";
            study.cancel_after = check_random() % units[again];
            const td_status status = sample_run();
            if (status == TD_OK) break;
            CHECK_STATUS(TD_E_CANCELLED, status, &study.err);
            char *old = folder_read(study.output, NULL);
            CHECK_TEXT("the old results", old);
            free(old);
            stops += 1;
        }
        sample_open(2);
        CHECK_RUN(TD_OK);
        resumed += study.summary.measures.units_resumed + study.summary.statistics.units_resumed;
        check_same_file(expected, bytes);
    }
    free(expected);
    printf("  stopped %d times, %d units resumed\n", (int)stops, (int)resumed);
    CHECK(stops > 3 && resumed > 3);
}

TEST(a_killed_study_goes_on)
{
    size_t bytes = 0;
    int killed = 0;
    double seconds = 0;
    sample_write(LONG);
    char *expected = expected_bytes(&bytes);
    for (uint32_t i = 0; i < study.summary.step_count; ++i)
        seconds += study.summary.step[i].seconds;
    sample_close(); /* no threads across fork */
    for (int round = 0; round < 20; ++round) {
        const useconds_t after = (useconds_t)(check_random_unit() * 1.2e6 * seconds);
        int code = 0;
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            sample_open(2);
            _exit(sample_run() == TD_OK ? 0 : 1);
        }
        usleep(after);
        kill(child, SIGKILL);
        CHECK(waitpid(child, &code, 0) == child);
        killed += WIFSIGNALED(code);
        CHECK(WIFSIGNALED(code) || WEXITSTATUS(code) == 0);
        if (round % 4 != 3) continue; /* three kills, then a run to the end */
        sample_open(1 + (uint32_t)round % 2);
        CHECK_RUN(TD_OK);
        check_same_file(expected, bytes);
        sample_close();
        unlink(folder_path("out.nc"));
    }
    free(expected);
    printf("  killed %d times\n", killed);
    CHECK(killed > 0);
}

/* A limit on the size of files stands for a full disk: writes fail in the middle, in the
 * checkpoint, in the results or in the report. */
TEST(a_full_disk_loses_nothing)
{
    size_t bytes = 0;
    int failed = 0;
    sample_write(LONG);
    char *expected = expected_bytes(&bytes);
    sample_close();
    for (int round = 0; round < 12; ++round) {
        const rlim_t most = (rlim_t)(check_random_unit() * 4 * (double)bytes);
        int code = 0;
        folder_write("out.nc", "the old results");
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            const struct rlimit limit = {most, most};
            signal(SIGXFSZ, SIG_IGN);
            sample_open(2);
            if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(3);
            const td_status status = sample_run();
            _exit(status == TD_OK ? 0 : status == TD_E_IO ? 1 : 2);
        }
        CHECK(waitpid(child, &code, 0) == child);
        CHECK(WIFEXITED(code) && WEXITSTATUS(code) < 2);
        failed += WEXITSTATUS(code);
        if (WEXITSTATUS(code) == 1) {
            char *old = folder_read(folder_path("out.nc"), NULL);
            CHECK_TEXT("the old results", old);
            free(old);
        }
        if (round % 3 != 2) continue;
        sample_open(2);
        CHECK_RUN(TD_OK);
        check_same_file(expected, bytes);
        sample_close();
    }
    free(expected);
    printf("  failed %d times of 12\n", failed);
    CHECK(failed > 0);
}

TEST(another_study_does_not_take_the_checkpoint)
{
    sample_write(LONG);
    sample_open(1);
    study.cancel_step = "measures";
    CHECK_RUN(TD_E_CANCELLED);
    CHECK(checkpoint_is_left());
    sample_open(1);
    CHECK_STATUS(TD_OK, td_args_set_text(study.args, "eps", "0.05,0.1", &study.err), &study.err);
    CHECK_RUN(TD_E_BAD_ARGUMENT);
    CHECK_HAS("eps", study.err.message);
    CHECK(checkpoint_is_left());
    folder_write("out.nc.checkpoint", "not a checkpoint at all, but somebody's text");
    unlink(folder_path("out.nc.checkpoint-wal"));
    unlink(folder_path("out.nc.checkpoint-shm"));
    sample_open(1);
    CHECK_RUN(TD_E_CORRUPT);
    char *kept = folder_read(folder_path("out.nc.checkpoint"), NULL);
    CHECK_TEXT("not a checkpoint at all, but somebody's text", kept);
    free(kept);
}

/* ---- Places -------------------------------------------------------------------------------- */

static void refused(td_status status, const char *says)
{
    CHECK_STATUS(status, sample_run(), &study.err);
    CHECK_HAS(says, study.err.message);
    CHECK_INT(0, study.summary.measures.units);
    sample_open(1);
}

TEST(wrong_places_are_refused_first)
{
    sample_write(30);
    folder_write("list.csv", "path,group,subject\nin/ad/s0/a0q1.csv,g,s\n");
    folder_write("events.csv", "ADQ_ID,EventType,Duration_ms,Amplitude_deg,MaxVel\n");
    sample_open(1);
    study.config.output = "";
    refused(TD_E_BAD_ARGUMENT, "no file for the results");
    study.config.output = folder_path("none/out.nc");
    refused(TD_E_IO, "none");
    study.config.output = folder_root;
    refused(TD_E_BAD_ARGUMENT, "is a folder");
    study.config.output = folder_path("new/");
    refused(TD_E_BAD_ARGUMENT, "is a folder");
    study.config.output = "/proc/out.nc";
    refused(TD_E_IO, "/proc/out.nc");
    study.config.output = "/dev/null";
    refused(TD_E_BAD_ARGUMENT, "no ordinary file");
    study.config.input = study.config.output = folder_path("list.csv");
    refused(TD_E_BAD_ARGUMENT, "input and output name the same file");
    study.config.events = study.config.report = folder_path("events.csv");
    refused(TD_E_BAD_ARGUMENT, "events and report name the same file");
    study.config.report = folder_path("in/../out.nc");
    refused(TD_E_BAD_ARGUMENT, "output and report name the same file");
    study.config.checkpoint = study.output;
    refused(TD_E_BAD_ARGUMENT, "output and checkpoint name the same file");
    study.config.figures = folder_path("list.csv");
    refused(TD_E_BAD_ARGUMENT, "list.csv is no folder");
    study.config.figures = folder_path("none/figures");
    refused(TD_E_IO, "cannot be made");
    study.config.events = folder_path("no_events.csv");
    refused(TD_E_IO, "no_events.csv");
    study.config.input = folder_path("nothing");
    refused(TD_E_IO, "nothing");
    study.config.input = folder_path("in/ad");
    refused(TD_E_BAD_ARGUMENT, "GROUP/SUBJECT/FILE.csv");
    CHECK(!folder_has(study.output) && !checkpoint_is_left());
}

TEST(report_and_figures_are_written)
{
    sample_write(30);
    sample_open(2);
    study.config.report = folder_path("study.html");
    study.config.figures = folder_path("figures");
    study.config.command = "tandem rqa study in -o out.nc";
    CHECK_RUN(TD_OK);
    CHECK_INT(7, study.summary.step_count);
    char *html = folder_read(folder_path("study.html"), NULL);
    CHECK_HAS("tandem rqa study in -o out.nc", html);
    free(html);
    DIR *stream = opendir(folder_path("figures"));
    CHECK(stream != NULL);
    int figures = 0;
    for (const struct dirent *entry; (entry = readdir(stream));)
        figures += strstr(entry->d_name, ".svg") != NULL;
    closedir(stream);
    CHECK(figures > 3);
}

/* Thresholds in standard deviations become distances in the report, by the engine. */
TEST(examples_are_drawn_whatever_the_unit_of_thresholds)
{
    static const char *const units[] = {"absolute", "sd", "rate"};
    for (size_t i = 0; i < 3; ++i) {
        sample_write(30);
        sample_open(2);
        CHECK_STATUS(TD_OK, td_args_set_text(study.args, "eps_unit", units[i], &study.err),
                     &study.err);
        study.config.report = folder_path("study.html");
        CHECK_RUN(TD_OK);
        char *html = folder_read(folder_path("study.html"), NULL);
        CHECK(!strstr(html, "the thresholds are not distances"));
        const char *section = strstr(html, "id=\"plots\"");
        const char *end = section ? strstr(section, "</section>") : NULL;
        CHECK(end != NULL);
        int plots = 0;
        for (const char *at = section; at && (at = strstr(at, "<svg")) && at < end; ++at)
            plots += 1;
        CHECK_INT(3, plots);
        free(html);
    }
}

int main(int argc, char **argv)
{
    const int code =
        check_main(argc, argv,
                   (check_test[]){RUN(the_file_has_names_and_labels),
                                  RUN(statistics_are_on_subjects),
                                  RUN(q_is_over_the_whole_study),
                                  RUN(stability_looks_at_the_neighbours),
                                  RUN(recordings_may_be_the_unit),
                                  RUN(statistics_can_be_left_out),
                                  RUN(groups_of_one_subject_are_warned_about),
                                  RUN(a_file_alone_is_a_study),
                                  RUN(bad_recordings_are_listed),
                                  RUN(eye_metrics_are_joined),
                                  RUN(threads_and_places_do_not_matter),
                                  RUN(a_stopped_study_goes_on),
                                  RUN(a_killed_study_goes_on),
                                  RUN(a_full_disk_loses_nothing),
                                  RUN(another_study_does_not_take_the_checkpoint),
                                  RUN(wrong_places_are_refused_first),
                                  RUN(report_and_figures_are_written),
                                  RUN(examples_are_drawn_whatever_the_unit_of_thresholds),
                                  {0}});
    sample_close();
    folder_end();
    return code;
}
