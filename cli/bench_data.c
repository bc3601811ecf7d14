/* bench_data.c - made-up gaze recordings, the same on every machine and call. */
#include "cli/bench.h"

#include "cli/places.h"
#include "io/file.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_BYTES 32
#define TASKS      5

/* splitmix64 (Steele, Lea, Flood 2014), mapped to 0..1. */
static double next_unit(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* A fixation lasts 5 to 40 samples and trembles by 0.01; then the gaze jumps. */
static void fill(double *x, double *y, uint64_t count, uint64_t seed)
{
    uint64_t state = seed, left = 0;
    double at_x = 0.5, at_y = 0.5;
    for (uint64_t i = 0; i < count; ++i) {
        if (left == 0) {
            left = 5 + (uint64_t)(36.0 * next_unit(&state));
            at_x = next_unit(&state);
            at_y = next_unit(&state);
        }
        left -= 1;
        x[i] = at_x + 0.02 * (next_unit(&state) - 0.5);
        y[i] = at_y + 0.02 * (next_unit(&state) - 0.5);
    }
}

td_status bench_gaze(bench_data *data, uint64_t items, uint64_t least, uint64_t most, td_error *err)
{
    static const char *const names[] = {"x", "y"};
    uint64_t state = 20260101;
    data->offset = calloc(items + 1, sizeof *data->offset);
    data->names = calloc(items, NAME_BYTES);
    data->name = calloc(items, sizeof *data->name);
    if (!data->offset || !data->names || !data->name) goto no_memory;
    for (uint64_t i = 0; i < items; ++i) {
        /* Squared, so that most recordings are short, as in real studies. */
        const double u = next_unit(&state);
        data->offset[i + 1] = data->offset[i] + least + (uint64_t)((double)(most - least) * u * u);
        data->name[i] = data->names + i * NAME_BYTES;
        snprintf(data->names + i * NAME_BYTES, NAME_BYTES, "s%" PRIu64 "q%" PRIu64, i / TASKS + 1,
                 i % TASKS + 1);
    }
    for (int c = 0; c < 2; ++c) {
        data->column[c] = malloc((data->offset[items] + 1) * sizeof(double));
        if (!data->column[c]) goto no_memory;
        data->view[c] = data->column[c];
    }
    for (uint64_t i = 0; i < items; ++i)
        fill(data->column[0] + data->offset[i], data->column[1] + data->offset[i],
             data->offset[i + 1] - data->offset[i], 1000 + i);
    data->series =
        (td_series){sizeof(td_series), 2, items, data->offset, data->view, names, data->name};
    return TD_OK;
no_memory:
    return td_fail(err, TD_E_NO_MEMORY, "no memory for %" PRIu64 " recordings", items);
}

void bench_data_free(bench_data *data)
{
    free(data->offset);
    free(data->column[0]);
    free(data->column[1]);
    free(data->names);
    free(data->name);
    *data = (bench_data){0};
}

static td_status write_one(const bench_data *data, uint64_t item, const char *folder, td_error *err)
{
    static const char *const groups[] = {"a", "b", "c"};
    char path[PATH_MAX];
    paper page = {0};
    const char *group = groups[item / TASKS % 3];
    snprintf(path, sizeof path, "%s/%s", folder, group);
    td_status status = place_make_folder("folder", path, err);
    snprintf(path, sizeof path, "%s/%s/s%" PRIu64, folder, group, item / TASKS + 1);
    if (!status) status = place_make_folder("folder", path, err);
    paper_add(&page, "x,y\n");
    for (uint64_t i = data->offset[item]; i < data->offset[item + 1]; ++i)
        paper_addf(&page, "%.17g,%.17g\n", data->column[0][i], data->column[1][i]);
    snprintf(path, sizeof path, "%s/%s/s%" PRIu64 "/%s.csv", folder, group, item / TASKS + 1,
             data->name[item]);
    if (!status) status = paper_check(&page, err);
    if (!status) status = file_write(path, page.data, page.bytes, err);
    paper_free(&page);
    return status;
}

td_status bench_write(const bench_data *data, const char *folder, td_error *err)
{
    td_status status = TD_OK;
    for (uint64_t i = 0; i < data->series.item_count && !status; ++i)
        status = write_one(data, i, folder, err);
    return status;
}
