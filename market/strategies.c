/* strategies.c - see strategies.h. */
#include "market/strategies.h"

#include "core/text.h"
#include "io/file.h"
#include "modules/market/program.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDERS_MAX 16
#define STEM_MAX    200 /* bytes of a strategy's name */

typedef struct folders {
    char path[FOLDERS_MAX][PATH_MAX];
    uint32_t count;
} folders;

typedef struct name_list {
    char **name;
    uint32_t count, room;
} name_list;

/* ---- Folders -------------------------------------------------------------------------------- */

static void folders_add(folders *list, const char *path, size_t length)
{
    if (length == 0 || length >= PATH_MAX || list->count == FOLDERS_MAX) return;
    memcpy(list->path[list->count], path, length);
    list->path[list->count++][length] = 0;
}

/* PROGRAM/../share/tandem/strategies, so that an installation can be moved. */
static void folders_add_own(folders *list)
{
    char path[PATH_MAX], full[PATH_MAX + 40];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length < 1) return;
    path[length] = 0;
    char *const slash = strrchr(path, '/');
    if (!slash) return;
    *slash = 0;
    snprintf(full, sizeof(full), "%s/../share/tandem/strategies", path);
    folders_add(list, full, strlen(full));
}

static folders *folders_make(td_error *err)
{
    folders *const list = calloc(1, sizeof(*list));
    if (!list) {
        td_fail(err, TD_E_NO_MEMORY, "no memory for the folders of strategies");
        return NULL;
    }
    const char *own = getenv("TANDEM_STRATEGIES");
    while (own && *own) {
        const size_t length = strcspn(own, ":");
        folders_add(list, own, length);
        own += length + (own[length] == ':');
    }
    folders_add_own(list);
#ifdef TANDEM_STRATEGIES_SOURCE
    folders_add(list, TANDEM_STRATEGIES_SOURCE, strlen(TANDEM_STRATEGIES_SOURCE));
#endif
#ifdef TANDEM_STRATEGIES_INSTALL
    folders_add(list, TANDEM_STRATEGIES_INSTALL, strlen(TANDEM_STRATEGIES_INSTALL));
#endif
    return list;
}

/* ---- Names ---------------------------------------------------------------------------------- */

static bool has_suffix(const char *name)
{
    const size_t length = strlen(name), suffix = strlen(STRATEGIES_SUFFIX);
    return length > suffix && strcmp(name + length - suffix, STRATEGIES_SUFFIX) == 0;
}

static td_status names_add(name_list *list, const char *file, td_error *err)
{
    const size_t length = strlen(file) - strlen(STRATEGIES_SUFFIX);
    if (list->count == list->room) {
        const uint32_t room = list->room ? list->room * 2 : 64;
        char **const grown = realloc(list->name, room * sizeof(grown[0]));
        if (!grown) return td_fail(err, TD_E_NO_MEMORY, "no memory for the names of strategies");
        list->name = grown;
        list->room = room;
    }
    char *const copy = malloc(length + 1);
    if (!copy) return td_fail(err, TD_E_NO_MEMORY, "no memory for the names of strategies");
    memcpy(copy, file, length);
    copy[length] = 0;
    list->name[list->count++] = copy;
    return TD_OK;
}

static td_status names_read(name_list *list, const char *path, td_error *err)
{
    DIR *const folder = opendir(path);
    const struct dirent *entry = NULL;
    td_status status = TD_OK;
    if (!folder) return TD_OK; /* a folder that is not there holds none */
    for (uint32_t i = 0; i < STRATEGIES_MAX && !status && (entry = readdir(folder)) != NULL; ++i)
        if (has_suffix(entry->d_name)) status = names_add(list, entry->d_name, err);
    closedir(folder);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strategy_names_free(char **names, uint32_t count)
{
    for (uint32_t i = 0; i < count; ++i)
        free(names[i]);
    free(names);
}

td_status strategy_names(char ***names, uint32_t *count, td_error *err)
{
    name_list list = {NULL, 0, 0};
    uint32_t kept = 0;
    folders *const where = folders_make(err);
    if (!where) return TD_E_NO_MEMORY;
    td_status status = TD_OK;
    for (uint32_t f = 0; f < where->count && !status; ++f)
        status = names_read(&list, where->path[f], err);
    free(where);
    if (status) {
        strategy_names_free(list.name, list.count);
        return status;
    }
    if (list.count > 0) qsort(list.name, list.count, sizeof(list.name[0]), by_name);
    for (uint32_t i = 0; i < list.count; ++i) {
        if (kept > 0 && strcmp(list.name[kept - 1], list.name[i]) == 0) free(list.name[i]);
        else list.name[kept++] = list.name[i];
    }
    *names = list.name;
    *count = kept;
    return TD_OK;
}

/* ---- Text ----------------------------------------------------------------------------------- */

void strategy_free(strategy_source *source)
{
    free(source->name);
    free(source->path);
    free(source->text);
    memset(source, 0, sizeof(*source));
}

static td_status read_source(const char *path, strategy_source *out, td_error *err)
{
    strategy_source made = {NULL, NULL, NULL};
    void *data = NULL;
    size_t bytes = 0;
    const char *const slash = strrchr(path, '/'), *const file = slash ? slash + 1 : path;
    const size_t length = strlen(file) - (has_suffix(file) ? strlen(STRATEGIES_SUFFIX) : 0);
    td_status status = file_read(path, PROGRAM_BYTES_MAX, &data, &bytes, err);
    if (status) return status;
    made.text = data;
    made.name = strndup(file, length);
    made.path = strdup(path);
    if (!made.name || !made.path)
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for strategy %s", path);
    else if (strlen(made.text) != bytes)
        status = td_fail(err, TD_E_CORRUPT, "%s: a 0 byte in the text, expected UTF-8 text", path);
    if (status) strategy_free(&made);
    else *out = made;
    return status;
}

/* Where a missing strategy was looked for, and what may have been meant. */
static td_status fail_missing(const char *which, const folders *where, td_error *err)
{
    char quote[TEXT_QUOTE_MAX], list[300];
    char **names = NULL;
    uint32_t count = 0, best = UINT32_MAX;
    const char *near = NULL;
    size_t used = 0;
    td_status status = strategy_names(&names, &count, err);
    if (status) return status;
    text_quote(which, strlen(which), quote);
    list[0] = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (text_nearer(which, names[i], &best)) near = names[i];
        if (used + strlen(names[i]) + 8 < sizeof(list))
            used +=
                (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "", names[i]);
    }
    if (near)
        status = td_fail(err, TD_E_NOT_FOUND,
                         "no strategy %s, is \"%s\" meant?; tandem "
                         "describe strategies lists them",
                         quote, near);
    else if (count > 0)
        status = td_fail(err, TD_E_NOT_FOUND,
                         "no strategy %s; there are %s%s, and files by path; tandem describe "
                         "strategies lists them",
                         quote, list, strlen(list) + 64 > sizeof(list) ? " .." : "");
    else
        status = td_fail(err, TD_E_NOT_FOUND, "no strategy %s: no %s files in %s", quote,
                         STRATEGIES_SUFFIX, where->count ? where->path[0] : "any folder");
    strategy_names_free(names, count);
    return status;
}

td_status strategy_find(const char *which, strategy_source *out, td_error *err)
{
    char path[PATH_MAX + STEM_MAX + 16];
    if (strchr(which, '/') || has_suffix(which)) return read_source(which, out, err);
    folders *const where = folders_make(err);
    if (!where) return TD_E_NO_MEMORY;
    td_status status = TD_E_NOT_FOUND;
    bool found = false;
    for (uint32_t f = 0; f < where->count && !found && strlen(which) <= STEM_MAX; ++f) {
        snprintf(path, sizeof(path), "%s/%s%s", where->path[f], which, STRATEGIES_SUFFIX);
        found = *which && access(path, F_OK) == 0;
        if (found) status = read_source(path, out, err);
    }
    if (!found) status = fail_missing(which, where, err);
    free(where);
    return status;
}
