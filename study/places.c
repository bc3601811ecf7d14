/* places.c - can a study write where it is told to? */
#include "study/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tandem/module.h"

#define PLACES_MAX 6

/* A file of the study, by its true name, so that two names of one file are found out. */
typedef struct place {
    const char *what, *name;
    const char *real;
    bool written;
} place;

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for the names of files");
}

static bool given(const char *name)
{
    return name && *name;
}

/* The folder that the file is in: "." for a bare name. */
static char *parent_of(arena *texts, const char *name)
{
    const char *slash = strrchr(name, '/');
    if (!slash) return arena_copy(texts, ".", 1);
    return arena_copy(texts, name, slash == name ? 1 : (size_t)(slash - name));
}

/* realpath of the folder and the last name; a link at the end is followed when it is there. */
static td_status resolve(arena *texts, place *one, td_error *err)
{
    if (one->written && one->name[strlen(one->name) - 1] == '/')
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: %.300s is a folder; the name of a file is"
                       " expected",
                       one->what, one->name);
    char *whole = realpath(one->name, NULL);
    if (whole) {
        one->real = arena_copy(texts, whole, strlen(whole));
        free(whole);
        return one->real ? TD_OK : no_memory(err);
    }
    const char *slash = strrchr(one->name, '/');
    char *parent = parent_of(texts, one->name);
    if (!parent) return no_memory(err);
    char *folder = realpath(parent, NULL);
    if (!folder)
        return td_fail(err, TD_E_IO, "%s: %.300s: the folder %.100s is not there: %s", one->what,
                       one->name, parent, strerror(errno));
    one->real = arena_print(texts, "%s/%s", folder, slash ? slash + 1 : one->name);
    free(folder);
    return one->real ? TD_OK : no_memory(err);
}

/* By making a file: permissions alone do not tell of read-only disks and quotas. */
static td_status probe_folder(arena *texts, const char *what, const char *name, const char *folder,
                              td_error *err)
{
    char *probe = arena_print(texts, "%s/.tandem-XXXXXX", folder);
    if (!probe) return no_memory(err);
    const int file = mkstemp(probe);
    if (file < 0)
        return td_fail(err, TD_E_IO, "%s: %.300s: cannot be written: %s", what, name,
                       strerror(errno));
    (void)close(file);
    (void)unlink(probe);
    return TD_OK;
}

static td_status check_written(arena *texts, const place *one, td_error *err)
{
    struct stat known;
    const bool there = stat(one->name, &known) == 0;
    if (there && S_ISDIR(known.st_mode))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: %.300s is a folder; the name of a file is"
                       " expected",
                       one->what, one->name);
    if (there && !S_ISREG(known.st_mode))
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: %.300s is no ordinary file", one->what,
                       one->name);
    char *folder = parent_of(texts, one->real);
    if (!folder) return no_memory(err);
    return probe_folder(texts, one->what, one->name, folder, err);
}

static td_status check_figures(arena *texts, const char *name, td_error *err)
{
    struct stat known;
    if (mkdir(name, 0777) != 0 && errno != EEXIST)
        return td_fail(err, TD_E_IO, "figures: %.300s: the folder cannot be made: %s", name,
                       strerror(errno));
    if (stat(name, &known) != 0 || !S_ISDIR(known.st_mode))
        return td_fail(err, TD_E_BAD_ARGUMENT, "figures: %.300s is no folder", name);
    return probe_folder(texts, "figures", name, name, err);
}

static td_status check_different(const place *list, int count, td_error *err)
{
    for (int a = 0; a < count; ++a)
        for (int b = 0; b < count; ++b)
            if (a != b && list[b].written && strcmp(list[a].real, list[b].real) == 0)
                return td_fail(err, TD_E_BAD_ARGUMENT, "%s and %s name the same file: %.300s",
                               list[a].what, list[b].what, list[b].name);
    return TD_OK;
}

td_status places_check(const study_config *config, arena *texts, const char **checkpoint,
                       td_error *err)
{
    if (!given(config->input))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "input: no folder or manifest of recordings is"
                       " named");
    if (!given(config->output))
        return td_fail(err, TD_E_BAD_ARGUMENT, "output: no file for the results is named");
    const char *kept = given(config->checkpoint)
                           ? config->checkpoint
                           : arena_print(texts, "%s.checkpoint", config->output);
    if (!kept) return no_memory(err);
    const place all[PLACES_MAX] = {
        {"input", config->input, NULL, false},  {"events", config->events, NULL, false},
        {"roi", config->roi, NULL, false},      {"output", config->output, NULL, true},
        {"report", config->report, NULL, true}, {"checkpoint", kept, NULL, true},
    };
    place list[PLACES_MAX];
    int count = 0;
    td_status status = TD_OK;
    for (int i = 0; i < PLACES_MAX && !status; ++i) {
        if (!given(all[i].name)) continue;
        list[count] = all[i];
        status = resolve(texts, &list[count++], err);
    }
    if (!status) status = check_different(list, count, err);
    for (int i = 0; i < count && !status; ++i)
        if (list[i].written) status = check_written(texts, &list[i], err);
    if (!status && given(config->figures)) status = check_figures(texts, config->figures, err);
    if (!status) *checkpoint = kept;
    return status;
}
