/* publish.c - see publish.h. */
#include "cli/publish.h"

#include "cli/publish_folder.h"
#include "cli/signals.h"
#include "cli/top_text.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WRITE_SECONDS  0.25
#define WINDOW_SECONDS 4.0 /* over which the rate is told */
#define MARKS_MAX      32  /* more than are written within a window */
#define NAME_BYTES_MAX 32
#define WHY_BYTES_MAX  (PATH_MAX + 128)

typedef struct mark {
    double time;
    uint64_t units;
} mark;

struct publish {
    publish_run run;
    bool opened, failed;
    int folder;
    char name[NAME_BYTES_MAX], temporary[NAME_BYTES_MAX];
    char path[PATH_MAX]; /* of the file, for a sudden end */
    char why[WHY_BYTES_MAX];
    double written;
    /* Of the step. */
    double step_begun, step_cost; /* the cost that was done when it began is no work of this run */
    double history_due;
    mark ring[MARKS_MAX];
    uint32_t mark_count; /* made so far */
};

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

publish *publish_create(const char *command, const char *input)
{
    publish *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->folder = -1;
    p->run.pid = getpid();
    p->run.begun = seconds_now();
    top_text_clean(command, p->run.command, sizeof p->run.command);
    top_text_clean(input ? input : "", p->run.input, sizeof p->run.input);
    return p;
}

static void open_folder(publish *p)
{
    char path[PATH_MAX] = "";
    p->opened = true;
    if (publish_folder_path(0, path, sizeof path) || publish_folder_path(1, path, sizeof path))
        p->folder = publish_folder_open(path, true, p->why, sizeof p->why);
    p->failed = p->folder < 0;
    if (p->failed) return;
    if (!publish_process_start(p->run.pid, &p->run.started)) {
        snprintf(p->why, sizeof p->why, "/proc/self/stat does not tell when this process began");
        p->failed = true;
        return;
    }
    snprintf(p->name, sizeof p->name, "%ld.json", (long)p->run.pid);
    snprintf(p->temporary, sizeof p->temporary, ".%ld.tmp", (long)p->run.pid);
    const int bytes = snprintf(p->path, sizeof p->path, "%s/%s", path, p->name);
    if (bytes > 0 && (size_t)bytes < sizeof p->path) signals_file(p->path);
}

/* ---- What is told ----------------------------------------------------------------------- */

static void begin_step(publish *p, const char *step, const td_progress *now, double time)
{
    top_text_clean(step, p->run.step, sizeof p->run.step);
    p->step_begun = time;
    p->step_cost = now->cost_done;
    p->history_due = time + 1.0;
    p->run.history_count = 0;
    p->run.rate = NAN;
    p->mark_count = 0;
}

static void history_add(publish_run *run, double rate)
{
    if (run->history_count == PUBLISH_HISTORY_MAX) {
        run->history_count -= 1;
        memmove(run->history, run->history + 1, run->history_count * sizeof *run->history);
    }
    run->history[run->history_count++] = rate;
}

/* Units since the oldest mark of the window. */
static void tell_rate(publish *p, uint64_t units, double time)
{
    const uint32_t kept = p->mark_count < MARKS_MAX ? p->mark_count : MARKS_MAX;
    const mark *oldest = NULL;
    for (uint32_t i = 1; i <= kept; ++i) {
        const mark *at = &p->ring[(p->mark_count - i) % MARKS_MAX];
        if (oldest && time - at->time > WINDOW_SECONDS) break;
        oldest = at;
    }
    if (oldest && time > oldest->time && units >= oldest->units)
        p->run.rate = (double)(units - oldest->units) / (time - oldest->time);
    p->ring[p->mark_count++ % MARKS_MAX] = (mark){time, units};
    for (int i = 0; i < PUBLISH_HISTORY_MAX && time >= p->history_due; ++i) {
        if (isfinite(p->run.rate)) history_add(&p->run, p->run.rate);
        p->history_due += 1.0;
    }
    if (time >= p->history_due) p->history_due = time + 1.0;
}

static uint64_t count_of(uint64_t count)
{
    return count < PUBLISH_COUNT_MAX ? count : PUBLISH_COUNT_MAX;
}

static void take(publish *p, const td_progress *now, double time)
{
    publish_run *run = &p->run;
    const double seconds = time - p->step_begun, cost = now->cost_done - p->step_cost;
    double share = 0.0;
    if (now->cost_total > 0.0) share = now->cost_done / now->cost_total;
    else if (now->units_total) share = (double)now->units_done / (double)now->units_total;
    run->share = share > 0.0 ? share < 1.0 ? share : 1.0 : 0.0;
    run->seconds_left = NAN;
    if (seconds > 0.0 && cost > 0.0 && now->cost_total >= now->cost_done)
        run->seconds_left = (now->cost_total - now->cost_done) * seconds / cost;
    run->units_done = count_of(now->units_done);
    run->units_total = count_of(now->units_total);
    run->units_resumed = count_of(now->units_resumed);
    run->units_running = count_of(now->units_running);
    top_text_clean(now->devices ? now->devices : "", run->devices, sizeof run->devices);
    run->updated = time;
    tell_rate(p, run->units_done, time);
}

/* ---- The file --------------------------------------------------------------------------- */

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static char *run_json(const publish_run *run)
{
    json_t *history = json_array();
    for (uint32_t i = 0; i < run->history_count; ++i)
        json_array_append_new(history, number(run->history[i]));
    json_t *root = json_pack(
        "{s:i, s:I, s:I, s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:o, s:o, s:I, s:I, s:I, s:I, s:o}",
        "version", PUBLISH_VERSION, "pid", (json_int_t)run->pid, "started",
        (json_int_t)run->started, "command", run->command, "input", run->input, "step", run->step,
        "devices", run->devices, "begun", run->begun, "updated", run->updated, "share", run->share,
        "rate", number(run->rate), "seconds_left", number(run->seconds_left), "units_done",
        (json_int_t)run->units_done, "units_total", (json_int_t)run->units_total, "units_resumed",
        (json_int_t)run->units_resumed, "units_running", (json_int_t)run->units_running, "history",
        history);
    char *text = root ? json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(root);
    return text;
}

static bool write_all(int file, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        const ssize_t bytes = write(file, text, left);
        if (bytes < 0 && errno == EINTR) continue;
        if (bytes <= 0) return false;
        text += bytes;
        left -= (size_t)bytes;
    }
    return true;
}

static void write_file(publish *p)
{
    char *text = run_json(&p->run);
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    const int file = text ? openat(p->folder, p->temporary, flags, 0600) : -1;
    bool good = file >= 0 && write_all(file, text);
    if (file >= 0 && close(file) != 0) good = false;
    if (good) good = renameat(p->folder, p->temporary, p->folder, p->name) == 0;
    if (!good) {
        snprintf(p->why, sizeof p->why, "%s cannot be written: %s", p->path,
                 text ? strerror(errno) : "no memory");
        p->failed = true;
        if (file >= 0) (void)unlinkat(p->folder, p->temporary, 0);
    }
    free(text);
}

void publish_update(publish *p, const char *step, const td_progress *now)
{
    if (!p || p->failed) return;
    const double time = seconds_now();
    char clean[sizeof p->run.step];
    top_text_clean(step, clean, sizeof clean);
    const bool begins = !p->opened || strcmp(p->run.step, clean) != 0;
    if (!p->opened) open_folder(p);
    if (p->failed || (!begins && time - p->written < WRITE_SECONDS)) return;
    if (begins) begin_step(p, step, now, time);
    take(p, now, time);
    write_file(p);
    p->written = time;
}

const char *publish_problem(const publish *p)
{
    return p && p->failed ? p->why : NULL;
}

void publish_end(publish *p)
{
    if (!p) return;
    signals_file(NULL);
    if (p->folder >= 0) {
        (void)unlinkat(p->folder, p->name, 0);
        close(p->folder);
    }
    free(p);
}
