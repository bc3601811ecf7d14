/* file.c - see file.h. */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_CHUNK_BYTES ((size_t)1 << 30) /* one read or write; Linux takes 2 GiB - 4096 */
#define FILE_FIRST_BYTES ((size_t)1 << 16) /* first buffer for what does not tell its size */

td_status file_fail(td_error *err, const char *path, const char *verb, int code)
{
    char text[128];
    const char *why = strerror_r(code, text, sizeof text);
    const td_status kind = code == ENOMEM ? TD_E_NO_MEMORY : TD_E_IO;
    const td_status status = td_fail(err, kind, "%s: cannot %s: %s", path, verb, why);
    if (err) err->native_code = code;
    return status;
}

static td_status write_all(int fd, const char *path, const void *data, size_t bytes, td_error *err)
{
    const char *at = data;
    while (bytes > 0) {
        const size_t chunk = bytes < FILE_CHUNK_BYTES ? bytes : FILE_CHUNK_BYTES;
        const ssize_t wrote = write(fd, at, chunk);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return file_fail(err, path, "write", errno);
        at += wrote;
        bytes -= (size_t)wrote;
    }
    return TD_OK;
}

/* A device, pipe or socket: there is nothing to rename. */
static td_status write_stream(const char *path, const void *data, size_t bytes, td_error *err)
{
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path, "open for writing", errno);
    td_status status = write_all(fd, path, data, bytes, err);
    if (close(fd) != 0 && !status) status = file_fail(err, path, "write", errno);
    return status;
}

static td_status write_part(const char *part, const void *data, size_t bytes, td_error *err)
{
    const int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return file_fail(err, part, "make", errno);
    td_status status = write_all(fd, part, data, bytes, err);
    if (close(fd) != 0 && !status) status = file_fail(err, part, "write", errno);
    if (status) unlink(part);
    return status;
}

td_status file_write(const char *path, const void *data, size_t bytes, td_error *err)
{
    td_status status = TD_OK;
    char *part = NULL, *target = NULL;
    struct stat info;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode))
        return write_stream(path, data, bytes, err);
    status = file_part_begin(path, &part, &target, err);
    if (status) goto out;
    status = write_part(part, data, bytes, err);
    if (status) goto out;
    status = file_part_commit(part, target, err);
out:
    free(part);
    free(target);
    return status;
}

td_status file_part_begin(const char *path, char **part, char **target, td_error *err)
{
    struct stat info;
    char *real = NULL, *beside = NULL;
    if (stat(path, &info) == 0) {
        if (!S_ISREG(info.st_mode))
            return td_fail(err, TD_E_IO, "%s: is no regular file, so it cannot be replaced", path);
        real = realpath(path, NULL);
    } else {
        real = strdup(path);
    }
    if (!real) return file_fail(err, path, "resolve", errno);
    const size_t bytes = strlen(real) + sizeof ".part";
    beside = malloc(bytes);
    if (!beside) {
        free(real);
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its name", path);
    }
    snprintf(beside, bytes, "%s.part", real);
    *part = beside;
    *target = real;
    return TD_OK;
}

/* The folder that path is in. *fd is -1 for one that may be written but not read, which cannot
 * be synced. */
static td_status open_folder(const char *path, int *fd, td_error *err)
{
    const char *slash = strrchr(path, '/');
    char *folder = !slash          ? strdup(".")
                   : slash == path ? strdup("/")
                                   : strndup(path, (size_t)(slash - path));
    if (!folder) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its folder", path);
    td_status status = TD_OK;
    *fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*fd < 0 && errno != EACCES) status = file_fail(err, folder, "open to sync", errno);
    free(folder);
    return status;
}

/* Some network file systems cannot sync a folder, and need not. */
static td_status sync_folder(int fd, const char *path, td_error *err)
{
    if (fd < 0 || fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP) return TD_OK;
    return file_fail(err, path, "sync the folder of", errno);
}

/* The data must be on the disk before the name is, or a loss of power leaves an empty file. All
 * that can fail for other reasons than the disk is done before the old file goes. */
td_status file_part_commit(const char *part, const char *target, td_error *err)
{
    int folder = -1, fd = -1;
    td_status status = open_folder(target, &folder, err);
    if (status) goto out;
    fd = open(part, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        status = file_fail(err, part, "open to sync", errno);
        goto out;
    }
    if (fsync(fd) != 0) {
        status = file_fail(err, part, "sync", errno);
        goto out;
    }
    if (rename(part, target) != 0) {
        status = file_fail(err, target, "replace", errno);
        goto out;
    }
    status = sync_folder(folder, target, err);
out:
    if (fd >= 0) close(fd);
    if (folder >= 0) close(folder);
    if (status) unlink(part);
    return status;
}

/* Room for one byte more than the limit, which tells a file that is too long, and for the 0. */
static td_status read_grow(char **data, size_t *room, uint64_t bytes_max, const char *path,
                           td_error *err)
{
    const size_t most = bytes_max > SIZE_MAX - 2 ? SIZE_MAX : (size_t)bytes_max + 2;
    const size_t next = *room > most / 2 ? most : *room * 2;
    char *grown = realloc(*data, next);
    if (!grown) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %zu bytes", path, next);
    *data = grown;
    *room = next;
    return TD_OK;
}

static td_status read_all(int fd, const char *path, uint64_t bytes_max, char **data, size_t *bytes,
                          size_t room, td_error *err)
{
    for (;;) {
        if (*bytes > bytes_max)
            return td_fail(err, TD_E_IO, "%s: is longer than %llu bytes", path,
                           (unsigned long long)bytes_max);
        if (*bytes + 1 >= room) {
            const td_status status = read_grow(data, &room, bytes_max, path, err);
            if (status) return status;
        }
        const size_t free_bytes = room - *bytes - 1;
        const ssize_t got =
            read(fd, *data + *bytes, free_bytes < FILE_CHUNK_BYTES ? free_bytes : FILE_CHUNK_BYTES);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_fail(err, path, "read", errno);
        if (got == 0) return TD_OK;
        *bytes += (size_t)got;
    }
}

td_status file_read(const char *path, uint64_t bytes_max, void **out, size_t *bytes, td_error *err)
{
    td_status status = TD_OK;
    char *data = NULL;
    size_t count = 0, room = FILE_FIRST_BYTES;
    struct stat info;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return file_fail(err, path, "open", errno);
    if (fstat(fd, &info) != 0) {
        status = file_fail(err, path, "read", errno);
        goto out;
    }
    if (S_ISREG(info.st_mode)) {
        const uint64_t size = (uint64_t)info.st_size;
        if (size > bytes_max || size > SIZE_MAX - 2) {
            status = td_fail(err, TD_E_IO, "%s: has %llu bytes, at most %llu are read", path,
                             (unsigned long long)size, (unsigned long long)bytes_max);
            goto out;
        }
        room = (size_t)size + 2;
    }
    data = malloc(room);
    if (!data) {
        status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %zu bytes", path, room);
        goto out;
    }
    status = read_all(fd, path, bytes_max, &data, &count, room, err);
    if (status) goto out;
    data[count] = 0;
    *out = data;
    *bytes = count;
    data = NULL;
out:
    free(data);
    close(fd);
    return status;
}
