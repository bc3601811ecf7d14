/* data.c - series to measure on: made up here, or read from files without a library. */
#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench.h"

#define PARTS           4    /* Runge-Kutta steps in a sample */
#define SKIP            2000 /* samples before the attractor is reached */
#define FILES_MAX       100000
#define DEPTH_MAX       4
#define LINE_MAX_BYTES  4096
#define SAMPLES_AT_ONCE 65536

void data_destroy(bench_data *data)
{
    free(data->offset);
    free(data->x);
    free(data->y);
    memset(data, 0, sizeof *data);
}

static td_status data_room(uint64_t items, uint64_t samples, bench_data *out, td_error *err)
{
    void *offset = NULL, *x = NULL, *y = NULL;
    td_status status = ops_host(items + 1, sizeof(uint64_t), &offset, err);
    if (!status) status = ops_host(samples, sizeof(double), &x, err);
    if (!status) status = ops_host(samples, sizeof(double), &y, err);
    if (status) {
        free(offset);
        free(x);
        return status;
    }
    out->count = items;
    out->offset = offset;
    out->x = x;
    out->y = y;
    return TD_OK;
}

/* ---- Roessler ---------------------------------------------------------------------------------
 */

static void roessler_slope(const double *at, double *slope)
{
    slope[0] = -at[1] - at[2];
    slope[1] = at[0] + 0.2 * at[1];
    slope[2] = 0.2 + at[2] * (at[0] - 5.7);
}

/* The classical Runge-Kutta method. */
static void roessler_step(double *at, double h)
{
    double a[3], b[3], c[3], d[3], next[3];
    roessler_slope(at, a);
    for (int i = 0; i < 3; ++i)
        next[i] = at[i] + h / 2 * a[i];
    roessler_slope(next, b);
    for (int i = 0; i < 3; ++i)
        next[i] = at[i] + h / 2 * b[i];
    roessler_slope(next, c);
    for (int i = 0; i < 3; ++i)
        next[i] = at[i] + h * c[i];
    roessler_slope(next, d);
    for (int i = 0; i < 3; ++i)
        at[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
}

td_status data_roessler(uint64_t count, bench_data *out, td_error *err)
{
    double at[3] = {1, 1, 1};
    const td_status status = data_room(1, count, out, err);
    if (status) return status;
    for (uint64_t sample = 0; sample < count + SKIP; ++sample) {
        for (int part = 0; part < PARTS; ++part)
            roessler_step(at, 0.2 / PARTS);
        if (sample < SKIP) continue;
        out->x[sample - SKIP] = at[0];
        out->y[sample - SKIP] = at[1];
    }
    out->offset[1] = count;
    snprintf(out->title, sizeof out->title, "Roessler, %" PRIu64 " samples", count);
    return TD_OK;
}

/* ---- Made-up gaze ------------------------------------------------------------------------------
 */

static double made_unit(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double made_normal(uint64_t *state)
{
    const double a = made_unit(state), b = made_unit(state);
    return sqrt(-2 * log(1 - a)) * cos(6.283185307179586 * b);
}

static double clipped(double value)
{
    return floor(fmin(fmax(value, 0), 1) * 1e6) / 1e6;
}

/* Fixations with jitter that remembers half of itself, at places of a page: the model of
 * examples/make_gaze.py in few lines. */
static void made_fill(double *x, double *y, uint64_t count, double jitter, uint64_t *state)
{
    double stray[2] = {0, 0}, place[2] = {0.5, 0.5};
    uint64_t left = 0;
    for (uint64_t i = 0; i < count; ++i) {
        if (left == 0) {
            left = 2 + (uint64_t)(-2.5 * log(1 - made_unit(state)));
            place[0] = 0.1 + 0.8 * made_unit(state);
            place[1] = 0.1 + 0.2 * floor(4 * made_unit(state)) + 0.03 * made_unit(state);
        }
        left -= 1;
        for (int k = 0; k < 2; ++k)
            stray[k] = 0.5 * stray[k] + jitter * made_normal(state);
        x[i] = clipped(place[0] + stray[0]);
        y[i] = clipped(place[1] + stray[1]);
    }
}

td_status data_made(uint64_t count, bench_data *out, td_error *err)
{
    static const double mean[] = {130, 200, 230}, jitter[] = {0.010, 0.014, 0.019};
    uint64_t state = 1, samples = 0;
    void *length = NULL;
    td_status status = ops_host(count, sizeof(uint64_t), &length, err);
    if (status) return status;
    uint64_t *const lengths = length;
    for (uint64_t i = 0; i < count; ++i) {
        const double want = mean[i % 3] * exp(0.45 * made_normal(&state));
        lengths[i] = (uint64_t)fmin(fmax(want, 46), 693);
        samples += lengths[i];
    }
    status = data_room(count, samples, out, err);
    for (uint64_t i = 0; !status && i < count; ++i) {
        const uint64_t first = out->offset[i];
        made_fill(out->x + first, out->y + first, lengths[i], jitter[i % 3], &state);
        out->offset[i + 1] = first + lengths[i];
    }
    if (!status)
        snprintf(out->title, sizeof out->title,
                 "%" PRIu64 " made-up recordings, %" PRIu64 " samples", count, samples);
    free(length);
    return status;
}

/* ---- Real recordings --------------------------------------------------------------------------
 */

typedef struct reader {
    char **path;
    uint64_t path_count, samples, room;
} reader;

/* Field number index of a line: where it starts. */
static const char *field(const char *line, int index)
{
    for (; index > 0 && line; --index) {
        line = strchr(line, ',');
        if (line) line += 1;
    }
    return line;
}

static int column_of(const char *header, const char *name)
{
    const size_t length = strlen(name);
    for (int i = 0; i < 64; ++i) {
        const char *const at = field(header, i);
        if (!at) return -1;
        if (strncmp(at, name, length) == 0 && strcspn(at, ",\r\n") == length) return i;
    }
    return -1;
}

static double number_at(const char *line, int column)
{
    const char *const at = field(line, column);
    char *end = NULL;
    if (!at) return NAN;
    const double value = strtod(at, &end);
    return end == at ? NAN : value;
}

static bool data_grow(bench_data *out, reader *r)
{
    const uint64_t room = r->room + SAMPLES_AT_ONCE;
    double *const x = realloc(out->x, room * sizeof *x);
    if (x) out->x = x;
    double *const y = x ? realloc(out->y, room * sizeof *y) : NULL;
    if (y) out->y = y;
    if (y) r->room = room;
    return y != NULL;
}

static td_status recording_read(const char *path, bench_data *out, reader *r, td_error *err)
{
    char line[LINE_MAX_BYTES];
    td_status status = TD_OK;
    FILE *const file = fopen(path, "r");
    if (!file) return td_fail(err, TD_E_IO, "%s cannot be read", path);
    const char *const header = fgets(line, sizeof line, file);
    const int x = header ? column_of(header, "x") : -1, y = header ? column_of(header, "y") : -1;
    if (x < 0 || y < 0) status = td_fail(err, TD_E_CORRUPT, "%s has no columns x and y", path);
    while (!status && fgets(line, sizeof line, file)) {
        if (r->samples == r->room && !data_grow(out, r)) {
            status = td_fail(err, TD_E_NO_MEMORY, "no memory for the recordings");
            break;
        }
        out->x[r->samples] = number_at(line, x);
        out->y[r->samples] = number_at(line, y);
        r->samples += 1;
    }
    fclose(file);
    return status;
}

/* The CSV files below a folder. */
static void collect(reader *r, const char *folder, int depth)
{
    struct dirent *entry = NULL;
    DIR *const stream = opendir(folder);
    if (!stream) return;
    while (r->path_count < FILES_MAX && (entry = readdir(stream)) != NULL) {
        struct stat info;
        char path[PATH_MAX];
        const size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.') continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= PATH_MAX) continue;
        if (stat(path, &info) != 0) continue;
        if (S_ISDIR(info.st_mode)) {
            if (depth < DEPTH_MAX) collect(r, path, depth + 1);
        } else if (length > 4 && strcmp(entry->d_name + length - 4, ".csv") == 0) {
            char **const grown = realloc(r->path, (r->path_count + 1) * sizeof *grown);
            if (!grown) break;
            r->path = grown;
            r->path[r->path_count] = strdup(path);
            r->path_count += r->path[r->path_count] != NULL;
        }
    }
    closedir(stream);
}

static int path_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

td_status data_recordings(const char *folder, bench_data *out, td_error *err)
{
    reader r = {NULL, 0, 0, 0};
    char place[PATH_MAX];
    void *offset = NULL;
    td_status status = TD_OK;
    snprintf(place, sizeof place, "%s/gaze/recordings", folder);
    collect(&r, place, 0);
    if (r.path_count == 0)
        status = td_fail(err, TD_E_NOT_FOUND, "there are no recordings in %s", place);
    if (r.path_count > 0) qsort(r.path, r.path_count, sizeof *r.path, path_order);
    if (!status) status = ops_host(r.path_count + 1, sizeof(uint64_t), &offset, err);
    out->offset = offset;
    for (uint64_t i = 0; !status && i < r.path_count; ++i) {
        status = recording_read(r.path[i], out, &r, err);
        out->offset[i + 1] = r.samples;
    }
    out->count = r.path_count;
    snprintf(out->title, sizeof out->title, "%" PRIu64 " real recordings, %" PRIu64 " samples",
             out->count, r.samples);
    for (uint64_t i = 0; i < r.path_count; ++i)
        free(r.path[i]);
    free(r.path);
    if (status) data_destroy(out);
    return status;
}
