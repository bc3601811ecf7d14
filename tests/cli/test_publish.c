/* test_publish.c - what runs publish, and what `tandem top` makes of the files it finds. */
#include "cli/publish.h"
#include "cli/publish_folder.h"
#include "cli/top.h"
#include "cli/top_text.h"

#include "tests/check.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char home[256], folder_path[320];
static publish_run runs[PUBLISH_FILES_MAX];

/* A fresh folder for XDG_RUNTIME_DIR; nothing of this user's real runs is touched. */
static void make_home(void)
{
    snprintf(home, sizeof home, "/tmp/tandem-test-XXXXXX");
    CHECK(mkdtemp(home));
    CHECK(setenv("XDG_RUNTIME_DIR", home, 1) == 0);
    snprintf(folder_path, sizeof folder_path, "%s/tandem", home);
}

static uint32_t files_left(void)
{
    uint32_t count = 0;
    DIR *list = opendir(folder_path);
    const struct dirent *entry = NULL;
    while (list && (entry = readdir(list)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (list) closedir(list);
    return count;
}

static void write_file(const char *name, const char *data, size_t bytes)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    FILE *file = fopen(path, "w");
    CHECK(file);
    CHECK(fwrite(data, 1, bytes, file) == bytes);
    CHECK(fclose(file) == 0);
}

static void drop_home(void)
{
    char path[700];
    DIR *list = opendir(folder_path);
    const struct dirent *entry = NULL;
    while (list && (entry = readdir(list))) {
        snprintf(path, sizeof path, "%s/%s", folder_path, entry->d_name);
        unlink(path);
    }
    if (list) closedir(list);
    rmdir(folder_path);
    rmdir(home);
}

static int open_folder(void)
{
    char why[512];
    const int folder = publish_folder_open(folder_path, true, why, sizeof why);
    CHECK(folder >= 0);
    return folder;
}

static uint32_t read_runs(void)
{
    const int folder = open_folder();
    const uint32_t count = top_runs_read_folder(folder, runs, 0, PUBLISH_FILES_MAX);
    close(folder);
    return count;
}

static uint64_t own_start(void)
{
    uint64_t ticks = 0;
    CHECK(publish_process_start(getpid(), &ticks));
    return ticks;
}

static void nap(double seconds)
{
    const struct timespec time = {(time_t)seconds,
                                  (long)(1e9 * (seconds - (double)(time_t)seconds))};
    nanosleep(&time, NULL);
}

/* ---- Publishing ------------------------------------------------------------------------- */

TEST(a_run_is_read_as_it_was_published)
{
    make_home();
    const td_progress first = {.units_total = 100, .cost_total = 50.0};
    const td_progress half = {.units_done = 40,
                              .units_total = 100,
                              .units_resumed = 3,
                              .cost_done = 25.0,
                              .cost_total = 50.0,
                              .units_running = 2,
                              .devices = "cuda:0,cpu"};
    publish *p = publish_create("rqa study", "some\nwhere");
    CHECK(p);
    CHECK_INT(0, files_left());
    publish_update(p, "measures", &first);
    CHECK(!publish_problem(p));
    CHECK_INT(1, read_runs());
    CHECK_NEAR(0.0, runs[0].share, 0.0);
    CHECK(isnan(runs[0].rate) && isnan(runs[0].seconds_left));
    publish_update(p, "measures", &half);
    CHECK_INT(1, read_runs());
    CHECK_INT(0, runs[0].units_done); /* too soon after the first */
    nap(1.1);
    publish_update(p, "measures", &half);
    CHECK_INT(1, read_runs());
    CHECK_INT(getpid(), runs[0].pid);
    CHECK_INT(own_start(), runs[0].started);
    CHECK_TEXT("rqa study", runs[0].command);
    CHECK_TEXT("some?where", runs[0].input);
    CHECK_TEXT("measures", runs[0].step);
    CHECK_TEXT("cuda:0,cpu", runs[0].devices);
    CHECK_INT(40, runs[0].units_done);
    CHECK_INT(100, runs[0].units_total);
    CHECK_INT(3, runs[0].units_resumed);
    CHECK_INT(2, runs[0].units_running);
    CHECK_NEAR(0.5, runs[0].share, 1e-9);
    CHECK(runs[0].rate > 5.0 && runs[0].rate < 40.0);
    CHECK(runs[0].seconds_left > 0.9 && runs[0].seconds_left < 10.0);
    CHECK_INT(1, runs[0].history_count);
    CHECK(runs[0].begun <= runs[0].updated);
    publish_update(p, "statistics", &first);
    CHECK_INT(1, read_runs()); /* a step is told at once */
    CHECK_TEXT("statistics", runs[0].step);
    CHECK_INT(0, runs[0].history_count);
    publish_end(p);
    CHECK_INT(0, files_left());
    drop_home();
}

TEST(a_file_is_private)
{
    struct stat about;
    char path[400];
    const td_progress now = {.units_total = 1};
    make_home();
    const mode_t mask = umask(0);
    publish *p = publish_create("rqa run", NULL);
    publish_update(p, "measures", &now);
    umask(mask);
    CHECK(stat(folder_path, &about) == 0);
    CHECK_INT(0700, about.st_mode & 07777);
    snprintf(path, sizeof path, "%s/%ld.json", folder_path, (long)getpid());
    CHECK(stat(path, &about) == 0);
    CHECK_INT(0600, about.st_mode & 07777);
    publish_end(p);
    drop_home();
}

static void expect_problem(const char *part)
{
    const td_progress now = {.units_total = 1};
    publish *p = publish_create("rqa run", NULL);
    CHECK(p);
    publish_update(p, "measures", &now);
    publish_update(p, "statistics", &now);
    CHECK_HAS(part, publish_problem(p));
    publish_end(p);
}

TEST(a_folder_that_cannot_be_trusted_is_not_used)
{
    char other[400];
    make_home();
    CHECK(mkdir(folder_path, 0755) == 0);
    CHECK(chmod(folder_path, 0755) == 0);
    expect_problem("its mode must be 700");
    CHECK_INT(0, files_left());
    CHECK(rmdir(folder_path) == 0);
    snprintf(other, sizeof other, "%s/elsewhere", home);
    CHECK(mkdir(other, 0700) == 0);
    CHECK(symlink(other, folder_path) == 0);
    expect_problem("cannot be opened");
    CHECK(rmdir(other) == 0); /* still empty */
    CHECK(unlink(folder_path) == 0);
    const int file = open(folder_path, O_CREAT | O_WRONLY, 0700);
    CHECK(file >= 0);
    close(file);
    expect_problem("cannot be opened");
    CHECK(unlink(folder_path) == 0);
    if (geteuid() == 0) {
        CHECK(mkdir(folder_path, 0700) == 0);
        CHECK(chown(folder_path, 12345, 12345) == 0);
        expect_problem("it belongs to another user");
    }
    drop_home();
}

/* ---- Reading ---------------------------------------------------------------------------- */

/* A file's text, with one value replaced. */
static size_t make_text(char *out, size_t size, const char *key, const char *value)
{
    static const char *const pairs[][2] = {{"version", "1"},           {"pid", NULL},
                                           {"started", NULL},          {"command", "\"rqa run\""},
                                           {"input", "\"a.csv\""},     {"step", "\"measures\""},
                                           {"devices", "\"cpu\""},     {"begun", "5.5"},
                                           {"updated", "6"},           {"share", "0.5"},
                                           {"rate", "null"},           {"seconds_left", "null"},
                                           {"units_done", "1"},        {"units_total", "2"},
                                           {"units_resumed", "0"},     {"units_running", "1"},
                                           {"history", "[1,null,2.5]"}};
    size_t used = (size_t)snprintf(out, size, "{");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i) {
        char number[32];
        const char *text = pairs[i][1];
        snprintf(number, sizeof number, "%" PRIu64,
                 i == 1   ? (uint64_t)getpid()
                 : i == 2 ? own_start()
                          : 0);
        if (!text) text = number;
        if (key && strcmp(key, pairs[i][0]) == 0) text = value;
        if (!text) continue;
        used += (size_t)snprintf(out + used, size - used, "%s\"%s\":%s", used > 1 ? "," : "",
                                 pairs[i][0], text);
    }
    used += (size_t)snprintf(out + used, size - used, "}");
    CHECK(used < size);
    return used;
}

TEST(files_that_are_wrong_are_none)
{
    static const char *const wrong[][2] = {{"version", "2"},
                                           {"version", "\"1\""},
                                           {"pid", "0"},
                                           {"pid", "-1"},
                                           {"pid", "1e3"},
                                           {"pid", "99999999999"},
                                           {"command", "7"},
                                           {"command", NULL},
                                           {"input", "null"},
                                           {"step", "[]"},
                                           {"devices", "{}"},
                                           {"begun", "-1"},
                                           {"begun", "null"},
                                           {"updated", "1e11"},
                                           {"share", "1.5"},
                                           {"share", "-0.1"},
                                           {"share", "null"},
                                           {"rate", "-1"},
                                           {"rate", "1e300"},
                                           {"rate", "\"fast\""},
                                           {"seconds_left", "-2"},
                                           {"units_done", "-1"},
                                           {"units_done", "0.5"},
                                           {"units_total", "9007199254740993"},
                                           {"units_running", "true"},
                                           {"history", "7"},
                                           {"history", "[\"a\"]"},
                                           {"history", "[-1]"},
                                           {"history", NULL},
                                           {"started", "-5"}};
    static publish_run run;
    char text[4096];
    size_t bytes = make_text(text, sizeof text, NULL, NULL);
    CHECK(top_runs_parse(text, bytes, &run));
    CHECK_INT(3, run.history_count);
    CHECK(isnan(run.history[1]));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
        bytes = make_text(text, sizeof text, wrong[i][0], wrong[i][1]);
        if (top_runs_parse(text, bytes, &run))
            CHECK_FAIL("%s %s was taken", wrong[i][0], wrong[i][1] ? wrong[i][1] : "missing");
    }
    bytes = make_text(text, sizeof text, NULL, NULL);
    for (size_t cut = 0; cut < bytes; ++cut)
        CHECK(!top_runs_parse(text, cut, &run));
    CHECK(!top_runs_parse("[]", 2, &run));
    CHECK(!top_runs_parse("{\"version\":1,\"version\":1}", 25, &run));
}

TEST(any_bytes_are_read_safely)
{
    static publish_run run;
    char text[4096];
    const size_t bytes = make_text(text, sizeof text, NULL, NULL);
    for (int i = 0; i < 20000; ++i) {
        char copy[4096];
        memcpy(copy, text, bytes);
        for (uint64_t k = check_random() % 4 + 1; k > 0; --k)
            copy[check_random() % bytes] = (char)check_random();
        if (!top_runs_parse(copy, bytes, &run)) continue;
        CHECK(run.pid > 0 && run.share >= 0.0 && run.share <= 1.0);
        CHECK(run.history_count <= PUBLISH_HISTORY_MAX);
        for (const char *c = run.input; *c; ++c)
            CHECK((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
    const size_t deep = 60000;
    char *nested = malloc(deep);
    CHECK(nested);
    memset(nested, '[', deep);
    CHECK(!top_runs_parse(nested, deep, &run));
    free(nested);
}

TEST(texts_are_cut_and_cleaned)
{
    static publish_run run;
    char text[8192], value[3000] = "\"\\u001b[2J\\u0000";
    /* A zero within a text is none of ours: jansson refuses it. */
    strcat(value, "\"");
    size_t bytes = make_text(text, sizeof text, "input", value);
    CHECK(!top_runs_parse(text, bytes, &run));
    bytes = make_text(text, sizeof text, "input", "\"\\u001b[2J\\u0085\\u202e\xc3\xa4\"");
    CHECK(top_runs_parse(text, bytes, &run));
    CHECK_TEXT("?[2J??\xc3\xa4", run.input);
    memset(value, 0, sizeof value);
    value[0] = '"';
    for (int i = 0; i < 1000; ++i)
        strcat(value, "\xc3\xa4");
    strcat(value, "\"");
    bytes = make_text(text, sizeof text, "input", value);
    CHECK(top_runs_parse(text, bytes, &run));
    CHECK_INT(254, strlen(run.input)); /* whole characters: 127 of two bytes */
}

TEST(only_live_runs_are_shown_and_dead_files_go)
{
    char text[4096], name[64], other[64], start[32];
    make_home();
    close(open_folder());
    snprintf(name, sizeof name, "%ld.json", (long)getpid());
    size_t bytes = make_text(text, sizeof text, NULL, NULL);
    write_file(name, text, bytes);
    CHECK_INT(1, read_runs());

    /* A process that had this number before. */
    snprintf(start, sizeof start, "%" PRIu64, own_start() - 1);
    bytes = make_text(text, sizeof text, "started", start);
    write_file(name, text, bytes);
    CHECK_INT(0, read_runs());
    CHECK_INT(0, files_left());

    /* One that was killed, and that nobody has waited for. */
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    CHECK(child > 0);
    uint64_t ticks = 0;
    CHECK(publish_process_start(child, &ticks));
    CHECK(kill(child, SIGKILL) == 0);
    siginfo_t info;
    CHECK(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT) == 0);
    snprintf(other, sizeof other, "%ld.json", (long)child);
    write_file(other, text, bytes);
    snprintf(other, sizeof other, ".%ld.tmp", (long)child);
    write_file(other, text, bytes);
    CHECK_INT(2, files_left());
    CHECK_INT(0, read_runs());
    CHECK_INT(0, files_left());
    CHECK(waitpid(child, NULL, 0) == child);
    drop_home();
}

TEST(what_is_no_status_file_is_left_alone)
{
    static const char *const names[] = {"0.json", "01.json",  "-1.json", "1.json.bak",
                                        "notes",  "1e3.json", ".json",   "99999999999.json",
                                        ".tmp",   "+1.json"};
    char text[4096], name[64], path[400];
    make_home();
    close(open_folder());
    const size_t bytes = make_text(text, sizeof text, NULL, NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
        write_file(names[i], text, bytes);
    CHECK_INT(0, read_runs());
    CHECK_INT((int)(sizeof names / sizeof *names), files_left());

    /* A live process' file: too long, a link, another's number, a folder, a pipe, empty. */
    snprintf(name, sizeof name, "%ld.json", (long)getpid());
    snprintf(path, sizeof path, "%s/%s", folder_path, name);
    char *long_text = malloc(PUBLISH_BYTES_MAX + 1);
    CHECK(long_text);
    memset(long_text, ' ', PUBLISH_BYTES_MAX + 1);
    memcpy(long_text, text, bytes);
    write_file(name, long_text, PUBLISH_BYTES_MAX + 1);
    CHECK_INT(0, read_runs());
    write_file(name, long_text, PUBLISH_BYTES_MAX);
    CHECK_INT(1, read_runs());
    free(long_text);
    CHECK(unlink(path) == 0 && symlink("notes", path) == 0);
    CHECK_INT(0, read_runs());
    CHECK(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    CHECK_INT(0, read_runs());
    CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0);
    CHECK_INT(0, read_runs());
    CHECK(rmdir(path) == 0);
    write_file(name, "", 0);
    CHECK_INT(0, read_runs());
    snprintf(name, sizeof name, "%ld.json", (long)getppid());
    write_file(name, text, bytes);
    CHECK_INT(0, read_runs());
    drop_home();
}

/* ---- Text ------------------------------------------------------------------------------- */

TEST(text_is_cleaned_in_place_and_cut_between_characters)
{
    static const struct {
        const char *text, *clean;
        size_t size;
    } cases[] = {{"plain", "plain", 32},
                 {"plain", "pla", 4},
                 {"\xc3\xa4\xc3\xb6", "\xc3\xa4", 4},
                 {"a\xff"
                  "b\xc3",
                  "a?b?", 32},
                 {"\xc0\xaf", "??", 32},
                 {"\xed\xa0\x80", "???", 32},
                 {"\xf4\x90\x80\x80", "????", 32},
                 {"\xc2\x9b"
                  "0m",
                  "?0m", 32},
                 {"\xe2\x80\x8bz", "?z", 32},
                 {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 32},
                 {"", "", 1}};
    char room[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        top_text_clean(cases[i].text, room, cases[i].size);
        CHECK_TEXT(cases[i].clean, room);
        snprintf(room, sizeof room, "%s", cases[i].text);
        top_text_clean(room, room, cases[i].size);
        CHECK_TEXT(cases[i].clean, room);
    }
    CHECK_INT(2, top_text_columns(0x6f22));
    CHECK_INT(1, top_text_columns('a'));
    CHECK_INT(0, top_text_columns(0x301));
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(a_run_is_read_as_it_was_published),
                                     RUN(a_file_is_private),
                                     RUN(a_folder_that_cannot_be_trusted_is_not_used),
                                     RUN(files_that_are_wrong_are_none),
                                     RUN(any_bytes_are_read_safely),
                                     RUN(texts_are_cut_and_cleaned),
                                     RUN(only_live_runs_are_shown_and_dead_files_go),
                                     RUN(what_is_no_status_file_is_left_alone),
                                     RUN(text_is_cleaned_in_place_and_cut_between_characters),
                                     {0}});
}
