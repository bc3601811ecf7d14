/* Where OpenCL is missing or useless the plug-in says so in one clear line, and nothing else
 * happens. Which libOpenCL.so.1 is found is settled when a program starts: this one starts itself
 * again, with other folders to look in, and the child writes what the plug-in answered. */
#include <sys/wait.h>

#include "tests/opencl/fault_cl.h"
#include "tests/opencl/opencl_test.h"

#define CHILD "TANDEM_TEST_MISSING_CHILD"

static int child(void)
{
    td_error err = TD_ERROR_INIT;
    td_backend_open_fn entry = NULL;
    void *const library = dlopen(OPENCL_PLUGIN, RTLD_NOW | RTLD_LOCAL);
    void *const symbol = library ? dlsym(library, "td_backend_open") : NULL;
    memcpy(&entry, &symbol, sizeof entry);
    const bool usable = entry && entry(TD_BACKEND_ABI, &err);
    printf("%s|%s\n", usable ? "usable" : td_status_name(err.status), err.message);
    return 0;
}

static void answer_in(const char *folder, char *text, size_t size)
{
    int ends[2];
    (void)plugin_entry(); /* skips where it was not built */
    CHECK(pipe(ends) == 0);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        setenv("LD_LIBRARY_PATH", folder, 1);
        setenv(CHILD, "1", 1);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl("/proc/self/exe", "child", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got = 1; got > 0 && used + 1 < size; used += got > 0 ? (size_t)got : 0)
        got = read(ends[0], text + used, size - used - 1);
    text[used] = 0;
    close(ends[0]);
    int status = 0;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(without_the_library)
{
    char text[1024];
    answer_in(OPENCL_BROKEN_FOLDER, text, sizeof text);
    CHECK_HAS("NO_DEVICE|no OpenCL: libOpenCL.so.1 cannot be opened", text);
}

TEST(with_a_library_that_lacks_functions)
{
    char text[1024];
    answer_in(OPENCL_EMPTY_FOLDER, text, sizeof text);
    CHECK_HAS("NO_DEVICE|libOpenCL.so.1 has no cl", text);
    CHECK_HAS("OpenCL 1.2 is needed", text);
}

int main(int argc, char **argv)
{
    if (getenv(CHILD)) return child();
    return check_main(
        argc, argv,
        (check_test[]){RUN(without_the_library), RUN(with_a_library_that_lacks_functions), {0}});
}
