/* scan.c - which recordings a study has: found in folders, listed in a manifest, or one file. */
#include "study/scan.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "io/csv.h"
#include "tandem/module.h"

static const char *const recording_endings[] = {".csv", ".csv.gz", ".csv.xz"};

typedef struct folder {
    char **name; /* sorted; hidden ones are not in it */
    size_t count;
} folder;

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "the host has no memory for the list of recordings");
}

/* Length of the name without a recording's ending; 0 when it has none. */
static size_t stem_length(const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < sizeof recording_endings / sizeof *recording_endings; ++i) {
        const size_t ending = strlen(recording_endings[i]);
        if (length > ending && strcasecmp(name + length - ending, recording_endings[i]) == 0)
            return length - ending;
    }
    return 0;
}

const char *scan_task(const char *name)
{
    const size_t length = strlen(name);
    size_t first = length;
    while (first > 0 && isdigit((unsigned char)name[first - 1]))
        first -= 1;
    size_t before = first;
    while (before > 0 && strchr("_- .", name[before - 1]))
        before -= 1;
    /* Bytes above 127 are parts of letters in UTF-8. */
    const unsigned char last = before > 0 ? (unsigned char)name[before - 1] : 0;
    return isalpha(last) || last >= 128 ? name + first : name + length;
}

bool scan_leave_out(scan *found, arena *texts, const char *path, uint64_t line, const char *message)
{
    if (found->left_out_count == found->left_out_room) {
        const size_t room = found->left_out_room ? 2 * found->left_out_room : 64;
        study_problem *grown = realloc(found->left_out, room * sizeof *grown);
        if (!grown) return false;
        found->left_out = grown;
        found->left_out_room = room;
    }
    char *where = arena_copy(texts, path, strlen(path));
    char *why = arena_copy(texts, message, strlen(message));
    if (!where || !why) return false;
    found->left_out[found->left_out_count++] = (study_problem){where, line, why};
    return true;
}

static td_status scan_add(scan *found, arena *texts, const scan_file *file, td_error *err)
{
    if (found->count == SCAN_FILES_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%.200s: more than %u recordings, which is the most",
                       file->path, SCAN_FILES_MAX);
    if (found->count == found->room) {
        const size_t room = found->room ? 2 * found->room : 256;
        scan_file *grown = realloc(found->file, room * sizeof *grown);
        if (!grown) return no_memory(err);
        found->file = grown;
        found->room = room;
    }
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    const size_t stem = stem_length(name);
    scan_file *added = &found->file[found->count];
    *added = *file;
    added->name = arena_copy(texts, name, stem ? stem : strlen(name));
    if (!added->name) return no_memory(err);
    if (!added->task) added->task = scan_task(added->name);
    found->count += 1;
    return TD_OK;
}

/* ---- Folders --------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void folder_close(folder *list)
{
    for (size_t i = 0; i < list->count; ++i)
        free(list->name[i]);
    free(list->name);
    *list = (folder){NULL, 0};
}

static td_status folder_list(DIR *stream, const char *path, folder *list, td_error *err)
{
    size_t room = 0;
    for (size_t seen = 0; seen <= SCAN_ENTRIES_MAX; ++seen) {
        errno = 0;
        const struct dirent *entry = readdir(stream);
        if (!entry && errno)
            return td_fail(err, TD_E_IO, "%.300s: cannot be read: %s", path, strerror(errno));
        if (!entry) return TD_OK;
        if (entry->d_name[0] == '.') continue;
        if (list->count == room) {
            room = room ? 2 * room : 64;
            char **grown = realloc(list->name, room * sizeof *grown);
            if (!grown) return no_memory(err);
            list->name = grown;
        }
        list->name[list->count] = strdup(entry->d_name);
        if (!list->name[list->count]) return no_memory(err);
        list->count += 1;
    }
    return td_fail(err, TD_E_OUT_OF_RANGE, "%.300s: more than %u names in one folder", path,
                   SCAN_ENTRIES_MAX);
}

static td_status folder_open(const char *path, folder *list, td_error *err)
{
    *list = (folder){NULL, 0};
    DIR *stream = opendir(path);
    if (!stream) return td_fail(err, TD_E_IO, "%.300s: cannot be read: %s", path, strerror(errno));
    td_status status = folder_list(stream, path, list, err);
    (void)closedir(stream);
    if (status) {
        folder_close(list);
        return status;
    }
    if (list->count > 1) qsort(list->name, list->count, sizeof *list->name, compare_names);
    return TD_OK;
}

static bool is_folder(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && S_ISDIR(what.st_mode);
}

/* What the walk through GROUP and SUBJECT knows on its way down. */
typedef struct walk {
    scan *found;
    arena *texts;
    const char *name[2]; /* the group and the subject */
    td_error *err;
} walk;

/* Looks at each name in a folder at depth 0 (groups), 1 (subjects) or 2 (recordings). */
static td_status walk_folder(walk *at, const char *path, const char *relative, int depth);

static td_status walk_file(walk *at, const char *path, const char *relative, int depth)
{
    if (depth < 2) {
        const bool kept = scan_leave_out(at->found, at->texts, relative, 0,
                                         "lies outside GROUP/SUBJECT/ and is no recording of the"
                                         " study");
        return kept ? TD_OK : no_memory(at->err);
    }
    const scan_file file = {
        .path = path, .relative = relative, .group = at->name[0], .subject = at->name[1]};
    return scan_add(at->found, at->texts, &file, at->err);
}

static td_status walk_entry(walk *at, const char *folder_path, const char *folder_relative,
                            const char *name, int depth)
{
    char *path = arena_print(at->texts, "%s/%s", folder_path, name);
    char *relative = *folder_relative ? arena_print(at->texts, "%s/%s", folder_relative, name)
                                      : arena_copy(at->texts, name, strlen(name));
    if (!path || !relative) return no_memory(at->err);
    if (!is_folder(path)) return stem_length(name) ? walk_file(at, path, relative, depth) : TD_OK;
    if (depth < 2) {
        at->name[depth] = strrchr(path, '/') + 1;
        return walk_folder(at, path, relative, depth + 1);
    }
    const bool kept = scan_leave_out(at->found, at->texts, relative, 0,
                                     "is a folder inside a subject's folder and was not read");
    return kept ? TD_OK : no_memory(at->err);
}

static td_status walk_folder(walk *at, const char *path, const char *relative, int depth)
{
    folder list;
    const size_t before = at->found->count;
    td_status status = folder_open(path, &list, at->err);
    for (size_t i = 0; !status && i < list.count; ++i)
        status = walk_entry(at, path, relative, list.name[i], depth);
    folder_close(&list);
    if (!status && depth == 2 && at->found->count == before &&
        !scan_leave_out(at->found, at->texts, relative, 0, "holds no recordings (*.csv)"))
        status = no_memory(at->err);
    return status;
}

/* depth: 0 for the folder of a study, 1 for that of a group, 2 for that of a subject. */
static td_status scan_depth(const char *path, int depth, arena *texts, scan *out, td_error *err)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length -= 1;
    char *root = arena_copy(texts, path, length);
    if (!root) return no_memory(err);
    walk at = {out, texts, {"", ""}, err};
    return walk_folder(&at, root, "", depth);
}

static td_status scan_folder(const char *path, arena *texts, scan *out, td_error *err)
{
    const td_status status = scan_depth(path, 0, texts, out, err);
    if (status || out->count) return status;
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%.200s: holds no recordings; expected GROUP/SUBJECT/FILE.csv (also .csv.gz,"
                   " .csv.xz), as in control/s01/s01q1.csv, or a manifest: a CSV file with the"
                   " columns path, group, subject, task",
                   path);
}

/* A study's folder, then one that holds recordings itself, then a group's. */
static td_status scan_any_folder(const char *path, arena *texts, scan *out, td_error *err)
{
    static const int depths[] = {0, 2, 1};
    for (size_t i = 0; i < sizeof depths / sizeof *depths; ++i) {
        out->left_out_count = 0;
        const td_status status = scan_depth(path, depths[i], texts, out, err);
        if (status || out->count) return status;
    }
    return td_fail(err, TD_E_BAD_ARGUMENT,
                   "%.200s: holds no recordings; expected files that end in .csv, .csv.gz or"
                   " .csv.xz: in it, in SUBJECT/ or in GROUP/SUBJECT/",
                   path);
}

/* ---- Manifests ------------------------------------------------------------------------------- */

static td_status manifest_text(const csv *file, const char *path, uint64_t row, uint32_t column,
                               arena *texts, char **out, td_error *err)
{
    const csv_text field = csv_field(file, row, column);
    size_t first = 0, last = field.bytes;
    while (first < last && isspace((unsigned char)field.data[first]))
        first += 1;
    while (last > first && isspace((unsigned char)field.data[last - 1]))
        last -= 1;
    if (memchr(field.data + first, 0, last - first))
        return td_fail(err, TD_E_CORRUPT, "%.300s:%llu: holds a zero byte", path,
                       (unsigned long long)csv_line(file, row));
    *out = arena_copy(texts, field.data + first, last - first);
    return *out ? TD_OK : no_memory(err);
}

static td_status manifest_row(const csv *file, const char *path, uint64_t row,
                              const uint32_t column[4], arena *texts, scan *out, td_error *err)
{
    char *text[4] = {NULL, NULL, NULL, NULL};
    for (int i = 0; i < 4; ++i) {
        if (column[i] == UINT32_MAX) continue;
        td_status status = manifest_text(file, path, row, column[i], texts, &text[i], err);
        if (status) return status;
    }
    for (int i = 0; i < 3; ++i)
        if (!*text[i])
            return td_fail(err, TD_E_CORRUPT, "%.300s:%llu: the %s is empty", path,
                           (unsigned long long)csv_line(file, row),
                           (const char *[]){"path", "group", "subject"}[i]);
    const char *slash = strrchr(path, '/');
    const char *full = text[0];
    if (slash && *full != '/')
        full = arena_print(texts, "%.*s%s", (int)(slash + 1 - path), path, text[0]);
    if (!full) return no_memory(err);
    const scan_file found = {
        .path = full, .relative = text[0], .group = text[1], .subject = text[2], .task = text[3]};
    return scan_add(out, texts, &found, err);
}

static td_status scan_manifest(const csv *file, const char *path, arena *texts, scan *out,
                               td_error *err)
{
    static const char *const names[4] = {"path", "group", "subject", "task"};
    uint32_t column[4];
    for (int i = 0; i < 4; ++i) {
        if (csv_find(file, names[i], &column[i])) continue;
        column[i] = UINT32_MAX;
        if (i < 3)
            return td_fail(err, TD_E_BAD_ARGUMENT,
                           "%.300s:1: a manifest needs the columns path,"
                           " group, subject (and task, if there are tasks); %s is missing",
                           path, names[i]);
    }
    const uint64_t rows = csv_row_count(file);
    if (rows == 0)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%.300s: the manifest lists no recordings", path);
    for (uint64_t row = 0; row < rows; ++row) {
        td_status status = manifest_row(file, path, row, column, texts, out, err);
        if (status) return status;
    }
    return TD_OK;
}

/* A table with a column "path" and no column "x" is a manifest, any other is a recording. */
static td_status scan_one_file(const char *path, arena *texts, scan *out, td_error *err)
{
    csv *file = NULL;
    uint32_t column;
    td_status status = csv_open(path, 0, &file, err);
    if (status) return status;
    if (csv_find(file, "path", &column) && !csv_find(file, "x", &column)) {
        status = scan_manifest(file, path, texts, out, err);
    } else {
        char *copy = arena_copy(texts, path, strlen(path));
        const scan_file one = {
            .path = copy, .relative = copy, .group = "", .subject = "", .task = ""};
        status = copy ? scan_add(out, texts, &one, err) : no_memory(err);
    }
    csv_close(file);
    return status;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const scan_file *)a)->relative, ((const scan_file *)b)->relative);
}

static td_status scan_path(const char *path, bool any, arena *texts, scan *out, td_error *err)
{
    scan found = {NULL, 0, 0, NULL, 0, 0};
    struct stat what;
    if (!path || !*path)
        return td_fail(err, TD_E_BAD_ARGUMENT, "input: no folder, manifest or recording is named");
    if (stat(path, &what) != 0)
        return td_fail(err, TD_E_IO, "%.300s: cannot be read: %s", path, strerror(errno));
    td_status status = TD_OK;
    if (!S_ISDIR(what.st_mode)) status = scan_one_file(path, texts, &found, err);
    else if (any) status = scan_any_folder(path, texts, &found, err);
    else status = scan_folder(path, texts, &found, err);
    if (status) {
        scan_close(&found);
        *out = found;
        return status;
    }
    qsort(found.file, found.count, sizeof *found.file, compare_files);
    for (size_t i = 1; i < found.count; ++i) {
        if (strcmp(found.file[i - 1].relative, found.file[i].relative) != 0) continue;
        status = td_fail(err, TD_E_BAD_ARGUMENT, "%.200s: lists %.200s twice", path,
                         found.file[i].relative);
        scan_close(&found);
        break;
    }
    *out = found;
    return status;
}

td_status scan_open(const char *path, arena *texts, scan *out, td_error *err)
{
    return scan_path(path, false, texts, out, err);
}

td_status scan_open_any(const char *path, arena *texts, scan *out, td_error *err)
{
    return scan_path(path, true, texts, out, err);
}

void scan_close(scan *found)
{
    free(found->file);
    free(found->left_out);
    *found = (scan){NULL, 0, 0, NULL, 0, 0};
}
