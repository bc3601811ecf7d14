/* Programs on disk: used again, never believed when they are not whole, no trouble where there is
 * no folder. The library that counts calls tells what was built from text. */
#include <dirent.h>
#include <fcntl.h>

#include "tests/opencl/fault_cl.h"
#include "tests/opencl/opencl_test.h"

#define CACHE_TEST   OPENCL_CACHE "/cache-test"
#define CACHE_FOLDER CACHE_TEST "/tandem/opencl"

typedef struct counts {
    long from_text, from_binary;
} counts;

/* The counting library goes first, so that the plug-in gets it. */
static const td_backend *counted_table(fault_arm_fn *arm, fault_calls_fn *calls)
{
    const td_backend *table = NULL;
    void *const library = dlopen(OPENCL_FAULT_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!library) SKIP("%s was not built", OPENCL_FAULT_LIBRARY);
    void *symbol = dlsym(library, "fault_arm");
    memcpy(arm, &symbol, sizeof symbol);
    symbol = dlsym(library, "fault_calls");
    memcpy(calls, &symbol, sizeof symbol);
    table = opencl_table();
    (*arm)(NULL, 0, 0, 0);
    CHECK(table->device_count() > 0);
    CHECK((*calls)("clGetPlatformIDs") > 0); /* else the plug-in has another library */
    return table;
}

/* Opens the first device, launches a kernel and looks at its answer. */
static counts open_and_launch(const char *cache_home)
{
    fault_arm_fn arm = NULL;
    fault_calls_fn calls = NULL;
    td_error err = TD_ERROR_INIT;
    td_stream *stream = NULL;
    void *memory = NULL;
    uint32_t got[100] = {0};
    const uint32_t value = 12345;
    const int64_t count = 100;
    const td_backend *const cl = counted_table(&arm, &calls);
    setenv("XDG_CACHE_HOME", cache_home, 1);
    td_backend_device *const device = opencl_device(cl);
    const counts made = {calls("clCreateProgramWithSource"), calls("clCreateProgramWithBinary")};
    CHECK_OK(cl->stream_open(device, &stream, &err));
    CHECK_OK(cl->alloc(device, sizeof got, &memory, &err));
    const td_launch_arg args[3] = {
        {memory, 0, true}, {&value, sizeof value, false}, {&count, sizeof count, false}};
    const td_launch launch = {sizeof launch, 1, "td_fill", 3, args};
    CHECK_OK(cl->launch(stream, &launch, &err));
    CHECK_OK(cl->copy(stream, got, memory, sizeof got, TD_TO_HOST, &err));
    CHECK_OK(cl->stream_wait(stream, &err));
    for (int i = 0; i < 100; ++i)
        CHECK_INT(value, got[i]);
    cl->free(device, memory, stream);
    cl->stream_close(stream);
    cl->device_close(device);
    return made;
}

/* The path of the only file in the cache, or of the first; answers how many there are. */
static size_t cache_files(char *path, size_t size, bool remove)
{
    DIR *const folder = opendir(CACHE_FOLDER);
    struct dirent *entry = NULL;
    size_t count = 0;
    while (folder && (entry = readdir(folder)) != NULL) {
        char full[4096];
        if (entry->d_name[0] == '.') continue;
        snprintf(full, sizeof full, "%s/%s", CACHE_FOLDER, entry->d_name);
        if (remove) unlink(full);
        if (count == 0 && path) snprintf(path, size, "%s", full);
        count += 1;
    }
    if (folder) closedir(folder);
    return count;
}

static void fresh_cache(void)
{
    opencl_caches();
    (void)mkdir(CACHE_TEST, 0700);
    (void)cache_files(NULL, 0, true);
}

TEST(the_second_time_nothing_is_built_from_text)
{
    char path[4096];
    struct stat told;
    fresh_cache();
    counts made = open_and_launch(CACHE_TEST);
    CHECK_INT(1, made.from_text);
    CHECK_INT(0, made.from_binary);
    CHECK_INT(1, cache_files(path, sizeof path, false));
    CHECK(stat(path, &told) == 0);
    CHECK_INT(0600, told.st_mode & 0777);
    CHECK(stat(CACHE_FOLDER, &told) == 0);
    CHECK_INT(0700, told.st_mode & 0777);
    made = open_and_launch(CACHE_TEST);
    CHECK_INT(0, made.from_text);
    CHECK_INT(1, made.from_binary);
    CHECK_INT(1, cache_files(NULL, 0, false));
}

static void file_read(const char *path, unsigned char **data, size_t *bytes)
{
    FILE *const file = fopen(path, "rb");
    CHECK(file != NULL);
    CHECK(fseek(file, 0, SEEK_END) == 0);
    *bytes = (size_t)ftell(file);
    rewind(file);
    *data = malloc(*bytes + 1);
    CHECK(*data && fread(*data, 1, *bytes, file) == *bytes);
    fclose(file);
}

static void file_write(const char *path, const unsigned char *data, size_t bytes)
{
    FILE *const file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(fwrite(data, 1, bytes, file) == bytes);
    CHECK(fclose(file) == 0);
}

/* Cut short, grown, any bit turned, the whole of another key: each is built anew, and is right the
 * time after. */
TEST(a_spoiled_file_is_not_believed)
{
    enum { KINDS = 12 };
    char path[4096];
    unsigned char *whole = NULL, *spoiled = NULL;
    size_t bytes = 0;
    fresh_cache();
    (void)open_and_launch(CACHE_TEST);
    CHECK_INT(1, cache_files(path, sizeof path, false));
    file_read(path, &whole, &bytes);
    spoiled = malloc(bytes + 1);
    CHECK(spoiled != NULL);
    for (int kind = 0; kind < KINDS; ++kind) {
        size_t length = bytes;
        memcpy(spoiled, whole, bytes);
        spoiled[bytes] = 0;
        if (kind == 0) length = 0;
        else if (kind == 1) length = bytes - 1;
        else if (kind == 2) length = bytes + 1;
        else if (kind == 3) length = check_random() % bytes;
        else if (kind == 4) spoiled[40] ^= 1; /* in the key */
        else if (kind == 5) spoiled[16] ^= 1; /* in its length */
        else if (kind == 6) memset(spoiled + 16, 0xff, 16);
        else spoiled[check_random() % bytes] ^= (unsigned char)(1u << (check_random() % 8));
        file_write(path, spoiled, length);
        counts made = open_and_launch(CACHE_TEST);
        if (made.from_text != 1) CHECK_FAIL("kind %d was believed", kind);
        made = open_and_launch(CACHE_TEST);
        CHECK_INT(0, made.from_text);
    }
    free(whole);
    free(spoiled);
}

TEST(a_file_that_others_may_write_is_not_believed)
{
    char path[4096];
    fresh_cache();
    (void)open_and_launch(CACHE_TEST);
    CHECK_INT(1, cache_files(path, sizeof path, false));
    CHECK(chmod(path, 0666) == 0);
    CHECK_INT(1, open_and_launch(CACHE_TEST).from_text);
    CHECK_INT(0, open_and_launch(CACHE_TEST).from_text);
}

/* Whole, of the right key, and not what the driver made: it is asked, and then built from text. */
TEST(a_binary_that_the_driver_refuses_is_built_anew)
{
    fault_arm_fn arm = NULL;
    fault_calls_fn calls = NULL;
    td_error err = TD_ERROR_INIT;
    td_device_info info = TD_DEVICE_INFO_INIT;
    td_backend_device *device = NULL;
    fresh_cache();
    (void)open_and_launch(CACHE_TEST);
    const td_backend *const cl = counted_table(&arm, &calls);
    setenv("XDG_CACHE_HOME", CACHE_TEST, 1);
    arm("clCreateProgramWithBinary", 1, 1, -42 /* CL_INVALID_BINARY */);
    CHECK_OK(cl->device_open(0, &device, &err));
    CHECK_INT(1, calls("clCreateProgramWithBinary"));
    CHECK_INT(1, calls("clCreateProgramWithSource"));
    CHECK_OK(cl->device_describe(device, &info, &err));
    CHECK_INT(1, info.fit);
    cl->device_close(device);
}

/* A folder that cannot be made or written costs time, no more. */
TEST(without_a_folder_nothing_is_kept)
{
    opencl_caches();
    CHECK_INT(1, open_and_launch("/proc/nowhere").from_text);
    CHECK_INT(1, open_and_launch("/proc/nowhere").from_text);
    (void)mkdir(OPENCL_CACHE "/file-home", 0700);
    file_write(OPENCL_CACHE "/file-home/tandem", (const unsigned char *)"x", 1);
    CHECK_INT(1, open_and_launch(OPENCL_CACHE "/file-home").from_text);
}

/* The oldest go when all files together are too large; what is not ours stays. */
TEST(the_cache_is_bounded)
{
    enum { FILES = 5 };
    char path[4096];
    struct stat told;
    fresh_cache();
    (void)open_and_launch(CACHE_TEST); /* makes the folder */
    (void)cache_files(NULL, 0, true);
    for (int i = 0; i < FILES; ++i) {
        const struct timespec times[2] = {{1000000 + i, 0}, {1000000 + i, 0}};
        snprintf(path, sizeof path, "%s/old%d.clbin", CACHE_FOLDER, i);
        const int file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
        CHECK(file >= 0 && ftruncate(file, 60 << 20) == 0 && futimens(file, times) == 0);
        close(file);
    }
    file_write(CACHE_FOLDER "/other.txt", (const unsigned char *)"x", 1);
    file_write(CACHE_FOLDER "/new-left", (const unsigned char *)"x", 1);
    CHECK_INT(1, open_and_launch(CACHE_TEST).from_text);
    for (int i = 0; i < FILES; ++i) {
        snprintf(path, sizeof path, "%s/old%d.clbin", CACHE_FOLDER, i);
        CHECK_INT(i == 0 ? -1 : 0, stat(path, &told));
    }
    CHECK(stat(CACHE_FOLDER "/other.txt", &told) == 0);
    CHECK_INT(0, open_and_launch(CACHE_TEST).from_text);
    fresh_cache();
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(the_second_time_nothing_is_built_from_text),
                                     RUN(a_spoiled_file_is_not_believed),
                                     RUN(a_file_that_others_may_write_is_not_believed),
                                     RUN(a_binary_that_the_driver_refuses_is_built_anew),
                                     RUN(without_a_folder_nothing_is_kept),
                                     RUN(the_cache_is_bounded),
                                     {0}});
}
