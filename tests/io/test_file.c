/* Whole files: the old one or the new one, never a part. */
#include "io/file.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static td_error err = TD_ERROR_INIT;

static void check_file(const char *path, const char *text)
{
    size_t bytes = 0;
    char *data = scratch_get(path, &bytes);
    CHECK_TEXT(text, data);
    CHECK_INT(strlen(text), bytes);
    free(data);
}

TEST(writes_and_reads_back)
{
    void *data = NULL;
    size_t bytes = 9;
    CHECK_STATUS(TD_OK, file_write(scratch("a"), "one\0two", 7, &err), &err);
    CHECK_STATUS(TD_OK, file_read(scratch("a"), 7, &data, &bytes, &err), &err);
    CHECK(bytes == 7 && memcmp(data, "one\0two", 8) == 0);
    free(data);
    CHECK_STATUS(TD_OK, file_write(scratch("a"), NULL, 0, &err), &err);
    CHECK_STATUS(TD_OK, file_read(scratch("a"), 0, &data, &bytes, &err), &err);
    CHECK(bytes == 0 && *(char *)data == 0);
    free(data);
    CHECK(!scratch_exists(scratch("a.part")));
}

TEST(bounds_what_it_reads)
{
    void *data = &err;
    size_t bytes = 9;
    CHECK_STATUS(TD_OK, file_write(scratch("a"), "12345678", 8, &err), &err);
    CHECK_STATUS(TD_E_IO, file_read(scratch("a"), 7, &data, &bytes, &err), &err);
    CHECK_HAS("a: has 8 bytes, at most 7 are read", err.message);
    CHECK(data == &err && bytes == 9);
    CHECK_STATUS(TD_E_IO, file_read("/dev/zero", 100000, &data, &bytes, &err), &err);
    CHECK_TEXT("/dev/zero: is longer than 100000 bytes", err.message);
    CHECK_STATUS(TD_OK, file_read(scratch("a"), UINT64_MAX, &data, &bytes, &err), &err);
    CHECK_INT(8, bytes);
    free(data);
    CHECK_STATUS(TD_E_IO, file_read(scratch("none"), 7, &data, &bytes, &err), &err);
    CHECK_INT(ENOENT, err.native_code);
    CHECK_STATUS(TD_E_IO, file_read(scratch_folder, 7, &data, &bytes, &err), &err);
}

TEST(reads_what_does_not_tell_its_size)
{
    char command[900];
    void *data = NULL;
    size_t bytes = 0;
    snprintf(command, sizeof command, "mkfifo %s && (head -c 300000 /dev/zero > %s) &",
             scratch("pipe"), scratch("pipe"));
    if (system(command) != 0) SKIP("cannot make a pipe");
    for (int i = 0; i < 500 && !scratch_exists(scratch("pipe")); ++i)
        usleep(10000);
    CHECK_STATUS(TD_OK, file_read(scratch("pipe"), 300000, &data, &bytes, &err), &err);
    CHECK_INT(300000, bytes);
    free(data);
}

TEST(replaces_what_a_link_points_to)
{
    struct stat info;
    CHECK_STATUS(TD_OK, file_write(scratch("target"), "old", 3, &err), &err);
    CHECK_INT(0, symlink("target", scratch("link")));
    CHECK_STATUS(TD_OK, file_write(scratch("link"), "new", 3, &err), &err);
    CHECK_INT(0, lstat(scratch("link"), &info));
    CHECK(S_ISLNK(info.st_mode));
    check_file(scratch("target"), "new");
}

TEST(writes_to_devices_as_they_are)
{
    struct stat info;
    CHECK_STATUS(TD_OK, file_write("/dev/null", "x", 1, &err), &err);
    CHECK_INT(0, stat("/dev/null", &info));
    CHECK(S_ISCHR(info.st_mode));
    if (scratch_exists("/dev/full")) {
        CHECK_STATUS(TD_E_IO, file_write("/dev/full", "x", 1, &err), &err);
        CHECK_TEXT("/dev/full: cannot write: No space left on device", err.message);
        CHECK_INT(ENOSPC, err.native_code);
    }
    CHECK_STATUS(TD_E_IO, file_write(scratch_folder, "x", 1, &err), &err);
    CHECK_HAS("is no regular file", err.message);
    CHECK_STATUS(TD_E_IO, file_write(scratch("none/a"), "x", 1, &err), &err);
    CHECK_HAS("No such file or directory", err.message);
}

TEST(leaves_the_old_file_when_it_fails)
{
    int how = 0;
    char *large = calloc(1, 1 << 20);
    CHECK(large != NULL);
    CHECK_STATUS(TD_OK, file_write(scratch("kept"), "old", 3, &err), &err);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){70000, 70000}) != 0) _exit(1);
        const td_status status = file_write(scratch("kept"), large, 1 << 20, &err);
        _exit(status == TD_E_IO && err.native_code == EFBIG && strstr(err.message, "File too large")
                  ? 0
                  : 2);
    }
    CHECK_INT(pid, waitpid(pid, &how, 0));
    CHECK(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    check_file(scratch("kept"), "old");
    CHECK(!scratch_exists(scratch("kept.part")));
    free(large);
}

TEST(works_beside_the_working_folder)
{
    char here[1024];
    CHECK(getcwd(here, sizeof here) != NULL);
    CHECK_INT(0, chdir(scratch_folder));
    const td_status status = file_write("plain", "x", 1, &err);
    CHECK_INT(0, chdir(here));
    CHECK_STATUS(TD_OK, status, &err);
    check_file(scratch("plain"), "x");
}

int main(int argc, char **argv)
{
    scratch(""); /* made here, so that children of a fork share it */
    return check_main(argc, argv,
                      (check_test[]){RUN(writes_and_reads_back),
                                     RUN(bounds_what_it_reads),
                                     RUN(reads_what_does_not_tell_its_size),
                                     RUN(replaces_what_a_link_points_to),
                                     RUN(writes_to_devices_as_they_are),
                                     RUN(leaves_the_old_file_when_it_fails),
                                     RUN(works_beside_the_working_folder),
                                     {0}});
}
