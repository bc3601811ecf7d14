/* stream_file.c - see stream_file.h. */
#include "market/stream_file.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM ((size_t)1 << 20)
#define MOST ((size_t)1 << 16) /* that stream_room gives at once */

struct stream_file {
    char *path, *part, *target; /* part: NULL for a device or pipe */
    char *data;
    size_t bytes;
    int fd;
    int failed; /* errno of the first write that failed */
};

static void stream_free(stream_file *file)
{
    if (!file) return;
    if (file->fd >= 0) (void)close(file->fd);
    free(file->path);
    free(file->part);
    free(file->target);
    free(file->data);
    free(file);
}

td_status stream_open(const char *path, stream_file **out, td_error *err)
{
    struct stat info;
    td_status status = TD_OK;
    stream_file *file = calloc(1, sizeof *file);
    if (!file) return td_fail(err, TD_E_NO_MEMORY, "no memory to write %s", path);
    file->fd = -1;
    file->path = strdup(path);
    file->data = malloc(ROOM);
    if (!file->path || !file->data) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory to write %s", path);
        goto out;
    }
    const bool device = stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
    if (!device) status = file_part_begin(path, &file->part, &file->target, err);
    if (status) goto out;
    file->fd = device ? open(path, O_WRONLY | O_CLOEXEC)
                      : open(file->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) status = file_fail(err, path, "write", errno);
out:
    if (status) stream_free(file);
    else *out = file;
    return status;
}

static void stream_flush(stream_file *file)
{
    for (size_t at = 0; at < file->bytes && !file->failed;) {
        const ssize_t wrote = write(file->fd, file->data + at, file->bytes - at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) file->failed = errno;
        else at += (size_t)wrote;
    }
    file->bytes = 0;
}

char *stream_room(stream_file *file, size_t bytes)
{
    if (bytes > MOST) return NULL;
    if (file->bytes + bytes > ROOM) stream_flush(file);
    return file->data + file->bytes;
}

void stream_used(stream_file *file, size_t bytes)
{
    file->bytes += bytes;
}

void stream_add_bytes(stream_file *file, const char *data, size_t bytes)
{
    while (bytes > 0) {
        const size_t now = bytes < MOST ? bytes : MOST;
        memcpy(stream_room(file, now), data, now);
        file->bytes += now;
        data += now;
        bytes -= now;
    }
}

void stream_add(stream_file *file, const char *text)
{
    stream_add_bytes(file, text, strlen(text));
}

void stream_add_field(stream_file *file, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        stream_add(file, text);
        return;
    }
    stream_add(file, "\"");
    for (const char *c = text; *c; ++c)
        stream_add_bytes(file, *c == '"' ? "\"\"" : c, *c == '"' ? 2 : 1);
    stream_add(file, "\"");
}

td_status stream_commit(stream_file *file, td_error *err)
{
    td_status status = TD_OK;
    stream_flush(file);
    if (close(file->fd) != 0 && !file->failed) file->failed = errno;
    file->fd = -1;
    if (file->failed) {
        status = file_fail(err, file->path, "write", file->failed);
        if (file->part) (void)unlink(file->part);
    } else if (file->part) {
        status = file_part_commit(file->part, file->target, err);
    }
    stream_free(file);
    return status;
}

void stream_discard(stream_file *file)
{
    if (!file) return;
    if (file->part) (void)unlink(file->part);
    stream_free(file);
}
