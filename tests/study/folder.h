/* folder.h - a folder for a test's files, made for it and removed after it. */
#ifndef TANDEM_TESTS_FOLDER_H
#define TANDEM_TESTS_FOLDER_H
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

static char folder_root[512];
static char folder_name[4][1024];
static unsigned folder_turn;

static inline void folder_remove(const char *path, int depth)
{
    DIR *stream = depth < 8 ? opendir(path) : NULL;
    for (const struct dirent *entry; stream && (entry = readdir(stream));) {
        char below[2048];
        struct stat what;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const int length = snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof below) continue;
        if (lstat(below, &what) == 0 && S_ISDIR(what.st_mode)) folder_remove(below, depth + 1);
        else unlink(below);
    }
    if (stream) closedir(stream);
    rmdir(path);
}

static inline void folder_end(void)
{
    if (folder_root[0]) folder_remove(folder_root, 0);
    folder_root[0] = 0;
}

/* A fresh, empty folder; the one before is removed. */
static inline void folder_begin(void)
{
    const char *base = getenv("TMPDIR");
    folder_end();
    snprintf(folder_root, sizeof folder_root, "%s/tandem-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(folder_root)) CHECK_FAIL("mkdtemp: %s", strerror(errno));
}

/* The path of a name in the folder; good for the next three calls. */
static inline const char *folder_path(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static inline const char *folder_path(const char *format, ...)
{
    char name[512];
    va_list list;
    va_start(list, format);
    vsnprintf(name, sizeof name, format, list);
    va_end(list);
    char *path = folder_name[folder_turn++ % 4];
    snprintf(path, sizeof folder_name[0], "%s/%s", folder_root, name);
    return path;
}

/* Writes bytes into a file, making the folders that its name has. */
static inline void folder_write_bytes(const char *name, const void *data, size_t bytes)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder_root, name);
    for (char *slash = path + strlen(folder_root) + 1; (slash = strchr(slash, '/')); ++slash) {
        *slash = 0;
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "wb");
    if (!file) CHECK_FAIL("%s: %s", path, strerror(errno));
    fwrite(data, 1, bytes, file);
    fclose(file);
}

static inline void folder_write(const char *name, const char *text)
{
    folder_write_bytes(name, text, strlen(text));
}

/* The whole file, ended with a 0; free it. NULL when it is not there. */
static inline char *folder_read(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *data = malloc((size_t)size + 1);
    const size_t got = data ? fread(data, 1, (size_t)size, file) : 0;
    fclose(file);
    if (!data || got != (size_t)size) CHECK_FAIL("cannot read %s", path);
    data[got] = 0;
    if (bytes) *bytes = got;
    return data;
}

static inline bool folder_has(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0;
}

#endif
