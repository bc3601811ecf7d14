/* top_runs.c - reads what the runs of this user publish. The files are outside input like any
 * other: bounded, checked, and never followed through links. */
#include "cli/top.h"

#include "cli/publish_folder.h"
#include "cli/top_text.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 4096 /* of a folder that are looked at */
#define PID_MAX     (1 << 30)
#define SECONDS_MAX 1e10
#define RATE_MAX    1e15

/* ---- One file --------------------------------------------------------------------------- */

static bool read_text(const json_t *root, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_string(value)) return false;
    top_text_clean(json_string_value(value), out, size);
    return true;
}

static bool read_count(const json_t *root, const char *key, uint64_t most, uint64_t *out)
{
    const json_t *value = json_object_get(root, key);
    if (!json_is_integer(value)) return false;
    const json_int_t number = json_integer_value(value);
    if (number < 0 || (uint64_t)number > most) return false;
    *out = (uint64_t)number;
    return true;
}

static bool in_range(double number, double most)
{
    return number >= 0.0 && number <= most;
}

static bool read_number(const json_t *value, double most, bool may_miss, double *out)
{
    *out = NAN;
    if (may_miss && json_is_null(value)) return true;
    if (!json_is_number(value)) return false;
    *out = json_number_value(value);
    return in_range(*out, most);
}

static bool read_history(const json_t *list, publish_run *out)
{
    if (!json_is_array(list) || json_array_size(list) > PUBLISH_HISTORY_MAX) return false;
    out->history_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < out->history_count; ++i)
        if (!read_number(json_array_get(list, i), RATE_MAX, true, &out->history[i])) return false;
    return true;
}

static bool read_run(const json_t *root, publish_run *out)
{
    uint64_t version = 0, pid = 0;
    const bool good =
        read_count(root, "version", PUBLISH_VERSION, &version) && version == PUBLISH_VERSION &&
        read_count(root, "pid", PID_MAX, &pid) && pid > 0 &&
        read_count(root, "started", INT64_MAX, &out->started) &&
        read_text(root, "command", out->command, sizeof out->command) &&
        read_text(root, "input", out->input, sizeof out->input) &&
        read_text(root, "step", out->step, sizeof out->step) &&
        read_text(root, "devices", out->devices, sizeof out->devices) &&
        read_number(json_object_get(root, "begun"), SECONDS_MAX, false, &out->begun) &&
        read_number(json_object_get(root, "updated"), SECONDS_MAX, false, &out->updated) &&
        read_number(json_object_get(root, "share"), 1.0, false, &out->share) &&
        read_number(json_object_get(root, "rate"), RATE_MAX, true, &out->rate) &&
        read_number(json_object_get(root, "seconds_left"), INFINITY, true, &out->seconds_left) &&
        read_count(root, "units_done", PUBLISH_COUNT_MAX, &out->units_done) &&
        read_count(root, "units_total", PUBLISH_COUNT_MAX, &out->units_total) &&
        read_count(root, "units_resumed", PUBLISH_COUNT_MAX, &out->units_resumed) &&
        read_count(root, "units_running", PUBLISH_COUNT_MAX, &out->units_running) &&
        read_history(json_object_get(root, "history"), out);
    out->pid = (int64_t)pid;
    return good;
}

bool top_runs_parse(const char *data, size_t bytes, publish_run *out)
{
    json_t *root = json_loadb(data, bytes, JSON_REJECT_DUPLICATES, NULL);
    *out = (publish_run){0};
    const bool good = json_is_object(root) && read_run(root, out);
    json_decref(root);
    return good;
}

static bool read_file(int folder, const char *name, char *data, size_t *bytes)
{
    struct stat about;
    size_t used = 0;
    bool good = false;
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const int file = openat(folder, name, flags);
    if (file < 0) return false;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
        about.st_size > 0 && about.st_size <= PUBLISH_BYTES_MAX) {
        ssize_t part = 0;
        while (used < PUBLISH_BYTES_MAX &&
               (part = read(file, data + used, PUBLISH_BYTES_MAX - used)) > 0)
            used += (size_t)part;
        good = part >= 0;
    }
    close(file);
    *bytes = used;
    return good;
}

/* ---- A folder --------------------------------------------------------------------------- */

/* "123.json", or ".123.tmp" of one that was killed while it wrote. */
static bool name_parse(const char *name, int64_t *pid, bool *temporary)
{
    char again[64];
    *temporary = name[0] == '.';
    const char *digits = name + *temporary;
    char *end = NULL;
    if (*digits < '1' || *digits > '9') return false;
    *pid = strtoll(digits, &end, 10);
    if (*pid > PID_MAX) return false;
    snprintf(again, sizeof again, *temporary ? ".%" PRId64 ".tmp" : "%" PRId64 ".json", *pid);
    return strcmp(again, name) == 0;
}

static bool is_known(const publish_run *runs, uint32_t count, int64_t pid)
{
    for (uint32_t i = 0; i < count; ++i)
        if (runs[i].pid == pid) return true;
    return false;
}

/* Adds the run of a file, if it is one and lives. */
static uint32_t read_entry(int folder, const char *name, char *data, publish_run *out,
                           uint32_t count, uint32_t room)
{
    int64_t pid = 0;
    uint64_t started = 0;
    size_t bytes = 0;
    bool temporary = false;
    if (!name_parse(name, &pid, &temporary)) return count;
    const bool lives = publish_process_start(pid, &started);
    if (!lives) (void)unlinkat(folder, name, 0);
    if (!lives || temporary || count >= room || is_known(out, count, pid)) return count;
    publish_run *run = &out[count];
    if (!read_file(folder, name, data, &bytes) || !top_runs_parse(data, bytes, run)) return count;
    if (run->pid != pid) return count;
    if (run->started == started) return count + 1;
    (void)unlinkat(folder, name, 0);
    return count;
}

static int by_age(const void *a, const void *b)
{
    const publish_run *left = a, *right = b;
    if (left->begun != right->begun) return left->begun < right->begun ? -1 : 1;
    return left->pid < right->pid ? -1 : left->pid > right->pid;
}

uint32_t top_runs_read_folder(int folder, publish_run *out, uint32_t count, uint32_t room)
{
    char *data = malloc(PUBLISH_BYTES_MAX);
    const int copy = data ? openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
    const struct dirent *entry = NULL;
    if (room > PUBLISH_FILES_MAX) room = PUBLISH_FILES_MAX;
    for (int i = 0; list && i < ENTRIES_MAX && (entry = readdir(list)); ++i)
        count = read_entry(folder, entry->d_name, data, out, count, room);
    if (list) closedir(list);
    else if (copy >= 0) close(copy);
    free(data);
    qsort(out, count, sizeof *out, by_age);
    return count;
}

uint32_t top_runs_read(publish_run *out, uint32_t room)
{
    char path[PATH_MAX], why[PATH_MAX + 128];
    uint32_t count = 0;
    for (uint32_t place = 0; place < PUBLISH_PLACES; ++place) {
        if (!publish_folder_path(place, path, sizeof path)) continue;
        const int folder = publish_folder_open(path, false, why, sizeof why);
        if (folder < 0) continue;
        count = top_runs_read_folder(folder, out, count, room);
        close(folder);
    }
    return count;
}
