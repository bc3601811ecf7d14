/* places.c - see places.h. */
#include "cli/places.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool place_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool place_is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

bool place_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

/* "a/b.nc" lies in "a", "b.nc" in ".". */
static td_status folder_of(const char *flag, const char *path, char *out, size_t size,
                           td_error *err)
{
    const char *slash = strrchr(path, '/');
    const size_t bytes = slash ? slash == path ? 1 : (size_t)(slash - path) : 1;
    if (bytes >= size)
        return td_fail(err, TD_E_BAD_ARGUMENT, "--%s: a path of %zu characters is too long", flag,
                       strlen(path));
    memcpy(out, slash ? path : ".", bytes);
    out[bytes] = 0;
    return TD_OK;
}

bool place_same(const char *a, const char *b)
{
    char folder_a[PATH_MAX], folder_b[PATH_MAX];
    struct stat info_a, info_b;
    if (!a || !b) return false;
    const bool is_a = stat(a, &info_a) == 0, is_b = stat(b, &info_b) == 0;
    if (is_a && is_b) return info_a.st_dev == info_b.st_dev && info_a.st_ino == info_b.st_ino;
    if (is_a || is_b) return false;
    const char *last_a = strrchr(a, '/'), *last_b = strrchr(b, '/');
    return strcmp(last_a ? last_a + 1 : a, last_b ? last_b + 1 : b) == 0 &&
           !folder_of("", a, folder_a, sizeof folder_a, NULL) &&
           !folder_of("", b, folder_b, sizeof folder_b, NULL) && place_same(folder_a, folder_b);
}

bool place_is_recording(const char *path, const char *folder)
{
    static const char *const endings[] = {".csv", ".csv.gz", ".csv.xz"};
    char real[PATH_MAX], root[PATH_MAX];
    if (!path || !folder || !place_is_file(path) || !place_is_folder(folder)) return false;
    if (!realpath(path, real) || !realpath(folder, root)) return false;
    const size_t bytes = strlen(root), length = strlen(real);
    const bool below =
        strcmp(root, "/") == 0 || (strncmp(real, root, bytes) == 0 && real[bytes] == '/');
    for (size_t i = 0; below && i < sizeof endings / sizeof *endings; ++i) {
        const size_t ending = strlen(endings[i]);
        if (length > ending && strcmp(real + length - ending, endings[i]) == 0) return true;
    }
    return false;
}

td_status place_check_file(const char *flag, const char *path, td_error *err)
{
    char folder[PATH_MAX];
    if (!path) return TD_OK;
    td_status status = folder_of(flag, path, folder, sizeof folder, err);
    if (status) return status;
    if (place_is_folder(path))
        return td_fail(err, TD_E_IO, "--%s %s: is a folder; name a file in it", flag, path);
    if (!place_exists(folder))
        return td_fail(err, TD_E_IO, "--%s %s: there is no folder %s; make it first", flag, path,
                       folder);
    if (!place_is_folder(folder))
        return td_fail(err, TD_E_IO, "--%s %s: %s is no folder", flag, path, folder);
    if (access(folder, W_OK) != 0)
        return td_fail(err, TD_E_IO, "--%s %s: cannot write into the folder %s: %s", flag, path,
                       folder, strerror(errno));
    return TD_OK;
}

td_status place_make_folder(const char *flag, const char *path, td_error *err)
{
    if (!path || place_is_folder(path)) return TD_OK;
    if (mkdir(path, 0777) == 0) return TD_OK;
    return td_fail(err, TD_E_IO, "--%s %s: cannot make the folder: %s", flag, path,
                   strerror(errno));
}
