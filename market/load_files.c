/* load_files.c - see load_files.h. */
#include "market/load_files.h"

#include "market/load.h"

#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static td_status no_memory(const char *path, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for the list of files", path);
}

static bool ends_with(const char *name, size_t bytes, const char *ending)
{
    const size_t more = strlen(ending);
    return bytes > more && strncasecmp(name + bytes - more, ending, more) == 0;
}

static bool is_csv_name(const char *name)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".zstd"};
    size_t bytes = strlen(name);
    for (size_t i = 0; i < sizeof packed / sizeof *packed; ++i)
        if (ends_with(name, bytes, packed[i])) {
            bytes -= strlen(packed[i]);
            break;
        }
    return name[0] != '.' && (ends_with(name, bytes, ".csv") || ends_with(name, bytes, ".txt") ||
                              ends_with(name, bytes, ".tsv"));
}

/* Takes path, which is the list's from now on or freed. */
static td_status add_path(load_files *files, char *path, const struct stat *info,
                          const char *output, td_error *err)
{
    struct stat other;
    td_status status = TD_OK;
    if (stat(output, &other) == 0 && other.st_dev == info->st_dev && other.st_ino == info->st_ino) {
        status =
            td_fail(err, TD_E_BAD_ARGUMENT, "%s: the output is this file, it would be lost", path);
        goto out;
    }
    if (files->count == MARKET_LOAD_FILES_MAX) {
        status = td_fail(err, TD_E_OUT_OF_RANGE, "%s: there are more than %u files", path,
                         MARKET_LOAD_FILES_MAX);
        goto out;
    }
    if (files->count == files->room) {
        const uint64_t room = files->room ? files->room * 2 : 64;
        char **grown = realloc(files->path, room * sizeof *grown);
        if (!grown) {
            status = no_memory(path, err);
            goto out;
        }
        files->path = grown;
        files->room = room;
    }
    files->path[files->count++] = path;
    files->bytes += S_ISREG(info->st_mode) ? (uint64_t)info->st_size : 0;
    path = NULL;
out:
    free(path);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static td_status add_folder(load_files *files, const char *folder, const char *output,
                            td_error *err)
{
    const uint64_t before = files->count;
    td_status status = TD_OK;
    const size_t bytes = strlen(folder);
    const char *slash = bytes && folder[bytes - 1] == '/' ? "" : "/";
    DIR *entries = opendir(folder);
    if (!entries) return file_fail(err, folder, "open", errno);
    for (struct dirent *entry = readdir(entries); entry && !status; entry = readdir(entries)) {
        struct stat info;
        char *path = NULL;
        if (!is_csv_name(entry->d_name)) continue;
        if (asprintf(&path, "%s%s%s", folder, slash, entry->d_name) < 0)
            status = no_memory(folder, err);
        else if (stat(path, &info) != 0) {
            status = file_fail(err, path, "open", errno);
            free(path);
        } else if (S_ISDIR(info.st_mode)) free(path);
        else status = add_path(files, path, &info, output, err);
    }
    closedir(entries);
    if (status) return status;
    if (files->count == before)
        return td_fail(err, TD_E_NOT_FOUND,
                       "%s: there is no file in this folder that ends in .csv, .txt or .tsv, "
                       "packed as .gz, .xz or .zst or not",
                       folder);
    qsort(files->path + before, files->count - before, sizeof *files->path, by_path);
    return TD_OK;
}

td_status load_files_add(load_files *files, const char *path, const char *output, td_error *err)
{
    struct stat info;
    for (uint64_t i = 0; i < files->count; ++i)
        if (strcmp(files->path[i], path) == 0)
            return td_fail(err, TD_E_BAD_ARGUMENT, "%s: this file is given twice", path);
    if (stat(path, &info) != 0) return file_fail(err, path, "open", errno);
    if (S_ISDIR(info.st_mode)) return add_folder(files, path, output, err);
    char *copy = strdup(path);
    return copy ? add_path(files, copy, &info, output, err) : no_memory(path, err);
}

void load_files_free(load_files *files)
{
    for (uint64_t i = 0; i < files->count; ++i)
        free(files->path[i]);
    free(files->path);
    *files = (load_files){0};
}
