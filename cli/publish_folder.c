/* publish_folder.c - see publish_folder.h. */
#include "cli/publish_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAT_BYTES_MAX 1024
#define STAT_START     19 /* of the fields from the state on: proc(5) counts it as the 22nd */

bool publish_folder_path(uint32_t place, char *path, size_t size)
{
    const unsigned user = (unsigned)geteuid();
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int bytes = -1;
    if (place == 0 && runtime && runtime[0] == '/' && access(runtime, F_OK) == 0)
        bytes = snprintf(path, size, "%s/tandem", runtime);
    if (place == 1) bytes = snprintf(path, size, "/tmp/tandem-%u", user);
    if (place == 2) bytes = snprintf(path, size, "/run/user/%u/tandem", user);
    return bytes > 0 && (size_t)bytes < size;
}

int publish_folder_open(const char *path, bool make, char *why, size_t size)
{
    struct stat about;
    if (make && mkdir(path, 0700) != 0 && errno != EEXIST) {
        snprintf(why, size, "%s cannot be made: %s", path, strerror(errno));
        return -1;
    }
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        snprintf(why, size, "%s cannot be opened: %s", path, strerror(errno));
        return -1;
    }
    const char *wrong = NULL;
    if (fstat(folder, &about) != 0) wrong = strerror(errno);
    else if (about.st_uid != geteuid()) wrong = "it belongs to another user";
    else if (about.st_mode & (S_IRWXG | S_IRWXO))
        wrong = "others may enter it; its mode must be 700";
    if (!wrong) return folder;
    snprintf(why, size, "%s is not used: %s", path, wrong);
    close(folder);
    return -1;
}

/* The name of the program stands between the first and the last parenthesis and may hold any
 * character. */
static bool parse_stat(char *text, uint64_t *ticks)
{
    char *field = strrchr(text, ')');
    if (!field || field[1] != ' ') return false;
    field += 2;
    if (*field == 'Z' || *field == 'X' || *field == 'x') return false;
    for (int i = 0; i < STAT_START; ++i) {
        field = strchr(field, ' ');
        if (!field) return false;
        field += 1;
    }
    char *end = NULL;
    errno = 0;
    *ticks = strtoull(field, &end, 10);
    return end != field && errno == 0;
}

bool publish_process_start(int64_t pid, uint64_t *ticks)
{
    char path[64], text[STAT_BYTES_MAX];
    if (pid <= 0) return false;
    snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const ssize_t bytes = read(file, text, sizeof text - 1);
    close(file);
    if (bytes <= 0) return false;
    text[bytes] = 0;
    return parse_stat(text, ticks);
}
