/* trace_file.c - see trace_file.h. */
#include "cli/trace_file.h"

#include "io/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LANES_MAX  64 /* threads that one track is spread over */
#define NESTED_MAX 8  /* events that lie in one another on a thread */

/* Tracks of a process, in the order in which they are shown. */
typedef enum track_kind {
    TRACK_WORKER = 0, /* of the host */
    TRACK_STORE = 1,
    TRACK_IDLE = 2,
    TRACK_STREAM = 3, /* of a device */
    TRACK_MEMORY = 4,
    TRACK_RESCUE = 5
} track_kind;

typedef struct track {
    const char *device; /* "": the host */
    track_kind kind;
    uint32_t number;
} track;

typedef struct lane {
    double end[NESTED_MAX];
    uint32_t depth;
    bool named;
} lane;

typedef struct writer {
    FILE *file;
    double start; /* of the first event */
    track at;
    bool any; /* at is set */
    uint32_t process;
    lane lanes[LANES_MAX];
    uint64_t memory; /* of the device, so far */
} writer;

/* ---- Where an event goes ---------------------------------------------------------------- */

static track track_of(const td_trace_event *e)
{
    const char *device = strcmp(e->device, "cpu") == 0 ? "" : e->device;
    switch (e->kind) {
    case TD_TRACE_TO_DEVICE:
    case TD_TRACE_TO_HOST:
    case TD_TRACE_ON_DEVICE:
    case TD_TRACE_KERNEL: return (track){device, TRACK_STREAM, e->stream};
    case TD_TRACE_ALLOC:
    case TD_TRACE_FREE: return (track){device, TRACK_MEMORY, 0};
    case TD_TRACE_RESCUE: return (track){device, TRACK_RESCUE, 0};
    case TD_TRACE_IDLE: return (track){"", TRACK_IDLE, 0};
    case TD_TRACE_STORE: return (track){"", TRACK_STORE, 0};
    case TD_TRACE_UNIT:
    case TD_TRACE_HOST:
    case TD_TRACE_WAIT: break;
    }
    return (track){"", TRACK_WORKER, e->worker};
}

static int compare_tracks(const track *a, const track *b)
{
    const int device = strcmp(a->device, b->device);
    if (device) return device;
    if (a->kind != b->kind) return a->kind < b->kind ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* By track, then time; what encloses another event comes before it, and memory is given back
 * before it is taken again. */
static int compare_events(const void *left, const void *right)
{
    const td_trace_event *a = *(const td_trace_event *const *)left;
    const td_trace_event *b = *(const td_trace_event *const *)right;
    const track ta = track_of(a), tb = track_of(b);
    const int tracks = compare_tracks(&ta, &tb);
    if (tracks) return tracks;
    if (a->begin < b->begin || a->begin > b->begin) return a->begin < b->begin ? -1 : 1;
    if (a->end < b->end || a->end > b->end) return a->end > b->end ? -1 : 1;
    const int kinds = (a->kind > b->kind) - (a->kind < b->kind);
    return ta.kind == TRACK_MEMORY ? -kinds : kinds;
}

/* The first lane where the event lies in another or beside all. The last one takes what has no
 * place: a viewer then cuts it off. */
static uint32_t choose_lane(writer *w, const td_trace_event *e)
{
    for (uint32_t i = 0; i < LANES_MAX; ++i) {
        lane *at = &w->lanes[i];
        while (at->depth > 0 && at->end[at->depth - 1] <= e->begin)
            at->depth -= 1;
        const bool fits = at->depth == 0 || e->end <= at->end[at->depth - 1];
        if (!fits || at->depth == NESTED_MAX) continue;
        at->end[at->depth++] = e->end;
        return i;
    }
    return LANES_MAX - 1;
}

/* Of all threads of a process its own: by kind, number and lane. */
static uint64_t thread_of(const track *at, uint32_t lane_number)
{
    return ((uint64_t)at->kind * 100000 + at->number % 10000) * LANES_MAX + lane_number + 1;
}

/* ---- JSON ------------------------------------------------------------------------------- */

static void write_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; ++text) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fprintf(file, "\\%c", c);
        else if (c < 0x20) fprintf(file, "\\u%04x", c);
        else fputc(c < 0x7f ? c : '?', file); /* a text that was cut may end within a letter */
    }
    fputc('"', file);
}

static double micros(const writer *w, double time)
{
    return 1e6 * (time - w->start);
}

static void write_meta(writer *w, const char *what, uint64_t thread, const char *name)
{
    fprintf(w->file, ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%" PRIu64 ",\"name\":\"%s\"", w->process,
            thread, what);
    fputs(",\"args\":{\"name\":", w->file);
    write_text(w->file, name);
    fputs("}}", w->file);
}

static void name_thread(writer *w, uint32_t number)
{
    static const char *const names[] = {"worker", "store", "waiting", "stream", "memory", "rescue"};
    char name[64], more[16] = "", count[16] = "";
    if (w->lanes[number].named) return;
    w->lanes[number].named = true;
    if (number > 0) snprintf(more, sizeof more, " (%u)", number + 1);
    const bool counted = w->at.kind == TRACK_WORKER || w->at.kind == TRACK_STREAM;
    if (counted && w->at.number != UINT32_MAX) snprintf(count, sizeof count, " %u", w->at.number);
    snprintf(name, sizeof name, "%s%s%s", names[w->at.kind], count, more);
    write_meta(w, "thread_name", thread_of(&w->at, number), name);
    fprintf(w->file,
            ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%" PRIu64 ",\"name\":\"thread_sort_index\""
            ",\"args\":{\"sort_index\":%" PRIu64 "}}",
            w->process, thread_of(&w->at, number), thread_of(&w->at, number));
}

static void begin_track(writer *w, const track *to)
{
    const bool process = !w->any || strcmp(w->at.device, to->device) != 0;
    /* Process 1 is the host, whether or not it has events; devices come behind it. */
    if (process) w->process = *to->device ? (w->process ? w->process + 1 : 2) : 1;
    w->at = *to;
    w->any = true;
    w->memory = 0;
    memset(w->lanes, 0, sizeof w->lanes);
    if (process) write_meta(w, "process_name", 0, *to->device ? to->device : "host");
}

static void write_args(writer *w, const td_trace_event *e)
{
    const char *before = "";
    fputs(",\"args\":{", w->file);
    if (e->unit != UINT64_MAX) {
        fprintf(w->file, "\"unit\":%" PRIu64, e->unit);
        before = ",";
    }
    if (e->bytes) {
        fprintf(w->file, "%s\"bytes\":%" PRIu64, before, e->bytes);
        before = ",";
    }
    if (e->device[0]) {
        fprintf(w->file, "%s\"device\":", before);
        write_text(w->file, e->device);
        before = ",";
    }
    if (e->kind == TD_TRACE_UNIT) {
        fprintf(w->file, "%s\"operation\":", before);
        write_text(w->file, e->name);
    }
    fputs("}}", w->file);
}

/* What stands on a bar of the timeline. */
static void write_name(writer *w, const td_trace_event *e)
{
    static const char *const kinds[] = {"unit",   "copy", "copy", "copy", "kernel", "memory",
                                        "memory", "host", "wait", "idle", "store",  "rescue"};
    char name[64];
    snprintf(name, sizeof name, "%.47s", e->name);
    if (e->kind == TD_TRACE_UNIT) snprintf(name, sizeof name, "unit %" PRIu64, e->unit);
    if (e->kind == TD_TRACE_HOST) snprintf(name, sizeof name, "host work");
    if (e->kind == TD_TRACE_WAIT) snprintf(name, sizeof name, "waits for %.15s", e->device);
    if (e->kind == TD_TRACE_STORE) snprintf(name, sizeof name, "store");
    fprintf(w->file, ",\"cat\":\"%s\",\"name\":", kinds[e->kind]);
    write_text(w->file, name);
}

static void write_counter(writer *w, const td_trace_event *e)
{
    if (e->kind == TD_TRACE_ALLOC) w->memory += e->bytes;
    else w->memory -= e->bytes < w->memory ? e->bytes : w->memory;
    fprintf(w->file,
            ",\n{\"ph\":\"C\",\"pid\":%u,\"ts\":%.3f,\"name\":\"device memory\""
            ",\"args\":{\"bytes\":%" PRIu64 "}}",
            w->process, micros(w, e->begin), w->memory);
}

static void write_event(writer *w, const td_trace_event *e)
{
    const track to = track_of(e);
    if (!w->any || compare_tracks(&to, &w->at) != 0) begin_track(w, &to);
    if (to.kind == TRACK_MEMORY) {
        write_counter(w, e);
        return;
    }
    const bool instant = to.kind == TRACK_RESCUE;
    const uint32_t number = instant ? 0 : choose_lane(w, e);
    name_thread(w, number);
    fprintf(w->file, ",\n{\"ph\":\"%s\",\"pid\":%u,\"tid\":%" PRIu64 ",\"ts\":%.3f",
            instant ? "i" : "X", w->process, thread_of(&to, number), micros(w, e->begin));
    if (instant) fputs(",\"s\":\"p\"", w->file);
    else fprintf(w->file, ",\"dur\":%.3f", e->end > e->begin ? 1e6 * (e->end - e->begin) : 0.0);
    write_name(w, e);
    write_args(w, e);
}

/* ---- The file --------------------------------------------------------------------------- */

static void write_all(writer *w, const td_trace_event *const *sorted, uint64_t count,
                      uint64_t dropped)
{
    fprintf(
        w->file,
        "{\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"program\":\"tandem\",\"events\":%" PRIu64
        ",\"dropped\":%" PRIu64 ",\"start_monotonic_seconds\":%.9f},\n\"traceEvents\":[\n",
        count, dropped, w->start);
    fputs("{\"ph\":\"M\",\"pid\":1,\"tid\":0,\"name\":\"process_sort_index\","
          "\"args\":{\"sort_index\":0}}",
          w->file);
    for (uint64_t i = 0; i < count; ++i)
        write_event(w, sorted[i]);
    fputs("\n]}\n", w->file);
}

static td_status write_part(const char *path, const char *part, writer *w,
                            const td_trace_event *const *sorted, uint64_t count, uint64_t dropped,
                            td_error *err)
{
    w->file = fopen(part, "we");
    if (!w->file) return file_fail(err, part, "make", errno);
    errno = 0;
    write_all(w, sorted, count, dropped);
    int code = ferror(w->file) ? (errno ? errno : EIO) : 0;
    if (fclose(w->file) != 0 && !code) code = errno;
    return code ? file_fail(err, path, "write", code) : TD_OK;
}

td_status trace_file_write(const char *path, const td_trace_event *event, uint64_t count,
                           uint64_t dropped, td_error *err)
{
    char *part = NULL, *target = NULL;
    writer *w = calloc(1, sizeof *w);
    const td_trace_event **sorted = calloc((size_t)count + 1, sizeof *sorted);
    td_status status = TD_OK;
    if (!w || !sorted) {
        status =
            td_fail(err, TD_E_NO_MEMORY, "no memory to write a trace of %" PRIu64 " events", count);
        goto out;
    }
    for (uint64_t i = 0; i < count; ++i) {
        sorted[i] = &event[i];
        if (i == 0 || event[i].begin < w->start) w->start = event[i].begin;
    }
    qsort(sorted, (size_t)count, sizeof *sorted, compare_events);
    status = file_part_begin(path, &part, &target, err);
    if (status) goto out;
    status = write_part(path, part, w, sorted, count, dropped, err);
    if (status) unlink(part);
    else status = file_part_commit(part, target, err);
out:
    free(part);
    free(target);
    free(sorted);
    free(w);
    return status;
}
