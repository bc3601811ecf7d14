/* scratch.h - a folder for one test program's files, removed when the program ends. */
#ifndef TANDEM_SCRATCH_H
#define TANDEM_SCRATCH_H
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_folder[256];
static long scratch_owner;

static inline int scratch_remove_one(const char *path, const struct stat *info, int kind,
                                     struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void scratch_remove(void)
{
    /* A forked child that exits must not take the folder away. */
    if (scratch_folder[0] && scratch_owner == (long)getpid())
        nftw(scratch_folder, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the folder; one of eight buffers that take turns. */
static inline const char *scratch(const char *name)
{
    static char path[8][512];
    static unsigned turn;
    if (!scratch_folder[0]) {
        const char *base = getenv("TMPDIR");
        snprintf(scratch_folder, sizeof scratch_folder, "%.200s/tandem-test-XXXXXX",
                 base && *base ? base : "/tmp");
        if (!mkdtemp(scratch_folder)) {
            perror(scratch_folder);
            exit(1);
        }
        scratch_owner = (long)getpid();
        atexit(scratch_remove);
    }
    turn = (turn + 1) % 8;
    snprintf(path[turn], sizeof path[turn], "%.255s/%.200s", scratch_folder, name);
    return path[turn];
}

static inline void scratch_put(const char *name, const void *data, size_t bytes)
{
    FILE *file = fopen(scratch(name), "wb");
    if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) {
        perror(name);
        exit(1);
    }
}

/* The whole file with a 0 behind it, or NULL; free it. */
static inline char *scratch_get(const char *path, size_t *bytes)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file) return NULL;
    if (fstat(fileno(file), &info) != 0) exit(1);
    char *data = malloc((size_t)info.st_size + 1);
    if (!data || fread(data, 1, (size_t)info.st_size, file) != (size_t)info.st_size) exit(1);
    fclose(file);
    data[info.st_size] = 0;
    if (bytes) *bytes = (size_t)info.st_size;
    return data;
}

static inline int scratch_exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

#endif
