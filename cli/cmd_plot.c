/* cmd_plot.c - tandem rqa plot: a recurrence plot as PNG or SVG.
 *
 * A series with more delay vectors than pixels is drawn in blocks: with a threshold a pixel holds
 * its block's smallest distance, so that it is black when any pair in it recurs; without one it
 * holds the mean of the distances that are numbers. */
#include "cli/inputs.h"
#include "cli/places.h"

#include "core/cancel.h"
#include "core/engine.h"
#include "io/file.h"
#include "io/png_image.h"
#include "modules/rqa/rqa.h"
#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_BYTES_MAX 512

typedef struct plot {
    cli_work *work;
    rqa_track track;
    rqa_mode mode;
    uint64_t m, tau, vectors;
    uint32_t size;    /* pixels a side */
    double threshold; /* in units of distance; NaN: unthresholded */
    double *distance; /* size * size */
    atomic_uint rows_done;
    const char *name; /* the path of the recording */
    char title[TITLE_BYTES_MAX];
} plot;

/* ---- The matrix ------------------------------------------------------------------------- */

static uint64_t block_first(const plot *p, uint64_t pixel)
{
    return pixel * p->vectors / p->size;
}

static double block_value(const plot *p, uint64_t row, uint64_t column)
{
    const uint64_t i_end = block_first(p, row + 1), j_end = block_first(p, column + 1);
    double least = NAN, sum = 0.0;
    uint64_t count = 0;
    for (uint64_t i = block_first(p, row); i < i_end; ++i) {
        for (uint64_t j = block_first(p, column); j < j_end; ++j) {
            const double distance = rqa_distance(&p->track, p->mode, p->m, p->tau, i, j);
            if (isnan(distance)) continue;
            if (!(least <= distance)) least = distance;
            sum += distance;
            count += 1;
        }
    }
    if (count == 0) return NAN;
    return isnan(p->threshold) ? sum / (double)count : least;
}

/* Distances are symmetric: a row of blocks fills its own column too. */
static void fill_row(void *context, uint64_t row, uint32_t worker)
{
    plot *p = context;
    (void)worker;
    for (uint64_t column = row; column < p->size; ++column) {
        if (cancel_requested(p->work->cancel)) return;
        const double value = block_value(p, row, column);
        p->distance[row * p->size + column] = value;
        p->distance[column * p->size + row] = value;
    }
    const uint64_t done = atomic_fetch_add(&p->rows_done, 1) + 1;
    /* Row r has size - r blocks; rows end nearly in their order. */
    const double left = (double)(p->size - done), size = (double)p->size;
    const td_progress now = {.units_done = done,
                             .units_total = p->size,
                             .cost_done = size * size - left * left,
                             .cost_total = size * size};
    progress_update(p->work->bar, "distances", &now);
}

/* ---- Flags ------------------------------------------------------------------------------ */

/* One word of what the user gave, else the first of the table's default. */
static void one_value(const cli_call *cli, const char *param, char *out, size_t size)
{
    const char *value = cli_text(cli, param);
    snprintf(out, size, "%.*s", (int)strcspn(value ? value : "", ","), value ? value : "");
}

static rqa_eps_unit eps_unit(const cli_call *cli)
{
    const char *unit = cli_text(cli, "eps_unit");
    if (unit && strcmp(unit, "sd") == 0) return RQA_SD;
    if (unit && strcmp(unit, "rate") == 0) return RQA_RATE;
    return RQA_ABSOLUTE;
}

static td_status read_flags(plot *p, const cli_call *cli, td_error *err)
{
    char mode[FLAG_NAME_MAX];
    one_value(cli, "mode", mode, sizeof mode);
    td_status status = rqa_mode_parse(mode, &p->mode, err);
    if (status) return status;
    p->m = (uint64_t)cli_int(cli, "m");
    p->tau = (uint64_t)cli_int(cli, "tau");
    p->vectors = rqa_vector_count(p->track.count, p->m, p->tau);
    if (!p->track.y && p->mode.signal != RQA_X)
        return td_fail(err, TD_E_BAD_ARGUMENT, "%s: mode %s needs a column y, the file has x only",
                       cli->word[0], mode);
    if (p->vectors < 2)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "%s: %" PRIu64 " samples give %" PRIu64 " delay "
                       "vectors with m %" PRIu64 " and tau %" PRIu64 ", needed are 2",
                       cli->word[0], p->track.count, p->vectors, p->m, p->tau);
    const uint64_t size = (uint64_t)cli_int(cli, "size");
    p->size = (uint32_t)(p->vectors < size ? p->vectors : size);
    p->threshold = NAN;
    const double eps = cli_float(cli, "eps");
    if (!cli_bool(cli, "unthresholded"))
        status = rqa_threshold(p->work->engine, &p->track, p->mode, p->m, p->tau, eps,
                               eps_unit(cli), &p->threshold, err);
    const char *name = strrchr(p->name, '/');
    int used = snprintf(p->title, sizeof p->title, "%.200s, %s, m=%" PRIu64 ", tau=%" PRIu64,
                        name ? name + 1 : p->name, mode, p->m, p->tau);
    if (!isnan(p->threshold))
        used += snprintf(p->title + used, sizeof p->title - (size_t)used, ", eps=%g", p->threshold);
    if (p->size < p->vectors)
        snprintf(p->title + used, sizeof p->title - (size_t)used, ", a pixel is %.1f samples",
                 (double)p->vectors / p->size);
    return status;
}

/* ---- The picture ------------------------------------------------------------------------ */

static bool ends_with(const char *path, const char *ending)
{
    const size_t bytes = strlen(path), tail = strlen(ending);
    return bytes > tail && strcasecmp(path + bytes - tail, ending) == 0;
}

static td_status check_output(const char *output, td_error *err)
{
    if (!output)
        return td_fail(err, TD_E_BAD_ARGUMENT, "-o is missing: name the picture, a .png or .svg");
    if (!ends_with(output, ".png") && !ends_with(output, ".svg"))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "output is \"%s\", allowed are names that end in "
                       ".png or .svg",
                       output);
    return place_check_file("output", output, err);
}

static td_status write_svg(const plot *p, const char *output, td_error *err)
{
    char *svg = NULL;
    size_t bytes = 0;
    td_status status =
        report_recurrence_svg(p->distance, p->size, p->threshold, p->title, &svg, &bytes, err);
    if (!status) status = file_write(output, svg, bytes, err);
    free(svg);
    return status;
}

static td_status write_png(const plot *p, const char *output, td_error *err)
{
    uint8_t *pixels = malloc(3 * (size_t)p->size * p->size);
    if (!pixels) return td_fail(err, TD_E_NO_MEMORY, "no memory for %u pixels a side", p->size);
    report_recurrence_pixels(p->distance, p->size, p->threshold, pixels);
    const td_status status = png_write(output, pixels, p->size, p->size, 3, err);
    free(pixels);
    return status;
}

static td_status draw(plot *p, const char *output, td_error *err)
{
    p->distance = malloc((size_t)p->size * p->size * sizeof *p->distance);
    if (!p->distance)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for %u pixels a side", p->size);
    pool_for(engine_pool(p->work->engine), p->size, fill_row, p);
    if (cancel_requested(p->work->cancel)) return td_fail(err, TD_E_CANCELLED, "stopped");
    return ends_with(output, ".svg") ? write_svg(p, output, err) : write_png(p, output, err);
}

static td_status print_plot(const plot *p, cli_call *cli, td_error *err)
{
    const char *output = cli_text(cli, "output");
    if (cli->json)
        return work_print_json(cli,
                               json_pack("{s:s, s:I, s:I, s:o}", "output", output, "vectors",
                                         (json_int_t)p->vectors, "size", (json_int_t)p->size,
                                         "threshold", json_number_or_null(p->threshold)),
                               err);
    paper page = {0};
    paper_addf(&page, "%s: %u pixels a side, %s\n", output, p->size, p->title);
    return cli_out(cli, &page, err);
}

td_status cmd_plot(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    inputs in = {0};
    plot p = {0};
    const char *output = cli_text(cli, "output");
    p.work = &work;
    td_status status = check_output(output, err);
    if (!status) status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    status = inputs_open(&in, cli, NULL, err);
    if (status) goto out;
    if (in.series.item_count != 1) {
        status = td_fail(err, TD_E_BAD_ARGUMENT, "%s: holds %" PRIu64 " recordings; name one file",
                         cli->word[0], in.series.item_count);
        goto out;
    }
    p.name = in.name[0];
    p.track = (rqa_track){in.column[0], in.column[1], in.series.offset[1]};
    status = read_flags(&p, cli, err);
    if (status) goto out;
    status = work_finish(&work, draw(&p, output, err), false, err);
    if (!status) status = print_plot(&p, cli, err);
out:
    free(p.distance);
    inputs_close(&in);
    work_close(&work);
    return status;
}
