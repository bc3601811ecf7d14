/* cmd_recommend.c - tandem rqa recommend: delay and dimension for each recording. */
#include "cli/inputs.h"
#include "cli/places.h"

#include "core/cancel.h"
#include "io/file.h"
#include "modules/rqa/rqa.h"
#include "report/report.h"

#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct tau_choice {
    uint32_t tau_mi, tau_acf, tau, m;
    bool found;
} tau_choice;

typedef struct advice {
    cli_work *work;
    study_input *input;
    tau_choice *choice;
    double *signal; /* of the longest recording */
    rqa_embedding curves;
} advice;

/* ---- One recording ---------------------------------------------------------------------- */

static td_status read_signal(const advice *a, uint64_t item, const char *name, td_error *err)
{
    const td_series *series = &a->input->series;
    const uint64_t first = series->offset[item], count = series->offset[item + 1] - first;
    if (strcmp(name, "x") != 0 && series->column_count < 2)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "signal %s needs a column y, not every recording "
                       "has one",
                       name);
    const double *x = series->column[0] + first;
    const double *y = series->column_count > 1 ? series->column[1] + first : NULL;
    for (uint64_t i = 0; i < count; ++i) {
        if (strcmp(name, "y") == 0) a->signal[i] = y[i];
        else if (strcmp(name, "amplitude") == 0) a->signal[i] = sqrt(x[i] * x[i] + y[i] * y[i]);
        else a->signal[i] = x[i];
    }
    return TD_OK;
}

static td_status write_figure(const advice *a, const char *folder, const char *id, td_error *err)
{
    char path[PATH_MAX];
    char *svg = NULL;
    size_t bytes = 0;
    const int used = snprintf(path, sizeof path, "%s/%s.svg", folder, id);
    if (used < 0 || (size_t)used >= sizeof path)
        return td_fail(err, TD_E_IO, "%s: the path of the figure is too long", folder);
    /* An id may hold its subject, SUBJECT/NAME: one folder gets all figures. */
    for (char *c = path + strlen(folder) + 1; *c; ++c)
        if (*c == '/') *c = '-';
    td_status status = report_embedding_svg(&a->curves, id, &svg, &bytes, err);
    if (!status) status = file_write(path, svg, bytes, err);
    free(svg);
    return status;
}

/* A recording that is too short or constant has no recommendation: that is told, not fatal. */
static td_status advise(advice *a, uint64_t item, td_error *err)
{
    const cli_call *cli = a->work->cli;
    const char *folder = cli_text(cli, "figures"), *id = a->input->recording[item].id;
    const uint64_t *offset = a->input->series.offset;
    td_error reason = TD_ERROR_INIT;
    td_status status = read_signal(a, item, cli_text(cli, "signal"), err);
    if (status) return status;
    status = rqa_recommend(a->work->engine, a->signal, offset[item + 1] - offset[item], &a->curves,
                           &reason);
    if (status == TD_E_NO_MEMORY) return td_fail(err, status, "%s: %s", id, reason.message);
    if (status) {
        work_warn(a->work, "%s: %s", id, reason.message);
        return TD_OK;
    }
    a->choice[item] =
        (tau_choice){a->curves.tau_mi, a->curves.tau_acf, a->curves.tau, a->curves.m, true};
    return folder ? write_figure(a, folder, id, err) : TD_OK;
}

static td_status advise_all(advice *a, td_error *err)
{
    const uint64_t count = a->input->series.item_count;
    for (uint64_t i = 0; i < count; ++i) {
        if (cancel_requested(a->work->cancel)) return td_fail(err, TD_E_CANCELLED, "stopped");
        const td_status status = advise(a, i, err);
        if (status) return status;
        const td_progress now = {.units_done = i + 1,
                                 .units_total = count,
                                 .cost_done = (double)(i + 1),
                                 .cost_total = (double)count};
        progress_update(a->work->bar, "recordings", &now);
    }
    return TD_OK;
}

/* ---- The table -------------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint32_t field_of(const tau_choice *choice, int field)
{
    const uint32_t value[] = {choice->tau_mi, choice->tau_acf, choice->tau, choice->m};
    return value[field];
}

/* Over the recordings that have it; NaN when none does. */
static double median(const advice *a, int field, double *scratch)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < a->input->series.item_count; ++i)
        if (a->choice[i].found && field_of(&a->choice[i], field))
            scratch[count++] = field_of(&a->choice[i], field);
    if (count == 0) return NAN;
    qsort(scratch, count, sizeof *scratch, by_value);
    return 0.5 * (scratch[(count - 1) / 2] + scratch[count / 2]);
}

static void add_number(paper *page, double value)
{
    if (isnan(value) || value == 0.0) paper_addf(page, "%10s", "-");
    else paper_addf(page, "%10g", value);
}

static td_status print_text(const advice *a, double *scratch, td_error *err)
{
    paper page = {0};
    paper_addf(&page, "%-24s%10s%10s%10s%10s%10s\n", "recording", "samples", "tau (MI)",
               "tau (ACF)", "tau", "m (FNN)");
    for (uint64_t i = 0; i < a->input->series.item_count; ++i) {
        const uint64_t *offset = a->input->series.offset;
        paper_addf(&page, "%-24s%10" PRIu64, a->input->recording[i].id, offset[i + 1] - offset[i]);
        for (int f = 0; f < 4; ++f)
            add_number(&page, a->choice[i].found ? field_of(&a->choice[i], f) : NAN);
        paper_add(&page, "\n");
    }
    paper_addf(&page, "%-34s", "median");
    for (int f = 0; f < 4; ++f)
        add_number(&page, median(a, f, scratch));
    paper_add(&page, "\n");
    return cli_out(a->work->cli, &page, err);
}

static json_t *json_field(const tau_choice *choice, int field)
{
    const uint32_t value = choice->found ? field_of(choice, field) : 0;
    return value ? json_integer(value) : json_null();
}

static td_status print_json(const advice *a, double *scratch, td_error *err)
{
    json_t *list = json_array(), *middle = json_object();
    static const char *const name[] = {"tau_mi", "tau_acf", "tau", "m"};
    for (uint64_t i = 0; i < a->input->series.item_count; ++i) {
        const study_recording *recording = &a->input->recording[i];
        const uint64_t *offset = a->input->series.offset;
        json_t *row =
            json_pack("{s:s, s:s, s:I}", "recording", recording->id, "path", recording->path,
                      "samples", (json_int_t)(offset[i + 1] - offset[i]));
        for (int f = 0; f < 4; ++f)
            json_object_set_new(row, name[f], json_field(&a->choice[i], f));
        json_array_append_new(list, row);
    }
    for (int f = 0; f < 4; ++f)
        json_object_set_new(middle, name[f], json_number_or_null(median(a, f, scratch)));
    return work_print_json(a->work->cli,
                           json_pack("{s:o, s:o, s:O}", "recordings", list, "median", middle,
                                     "warnings", a->work->warnings),
                           err);
}

/* ---- The command ------------------------------------------------------------------------ */

static td_status make_room(advice *a, const cli_call *cli, td_error *err)
{
    const td_series *series = &a->input->series;
    uint64_t longest = 1;
    for (uint64_t i = 0; i < series->item_count; ++i)
        if (series->offset[i + 1] - series->offset[i] > longest)
            longest = series->offset[i + 1] - series->offset[i];
    a->curves.lag_count = (uint32_t)cli_int(cli, "max_lag");
    a->curves.dim_count = (uint32_t)cli_int(cli, "max_dim");
    a->choice = calloc(series->item_count + 1, sizeof *a->choice);
    /* The signal's memory serves for the medians too. */
    a->signal = malloc((longest + series->item_count) * sizeof *a->signal);
    a->curves.mutual_information = calloc(RQA_LAGS_MAX + 1, sizeof(double));
    a->curves.autocorrelation = calloc(RQA_LAGS_MAX + 1, sizeof(double));
    a->curves.false_neighbours = calloc(RQA_DIMS_MAX + 1, sizeof(double));
    if (a->choice && a->signal && a->curves.mutual_information && a->curves.autocorrelation &&
        a->curves.false_neighbours)
        return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY, "no memory for %" PRIu64 " samples", longest);
}

td_status cmd_recommend(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    advice a = {0};
    a.work = &work;
    td_status status = place_make_folder("figures", cli_text(cli, "figures"), err);
    if (!status) status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    status = study_input_open_any(cli->word[0], cli_text(cli, "columns"), cli_bool(cli, "skip_bad"),
                                  STUDY_NEAREST, NULL, &a.input, err);
    if (status) goto out;
    for (uint64_t i = 0; i < a.input->skipped_count; ++i)
        work_warn(&work, "left out %s:%" PRIu64 ": %s", a.input->skipped[i].path,
                  a.input->skipped[i].line, a.input->skipped[i].message);
    status = make_room(&a, cli, err);
    if (status) goto out;
    status = work_finish(&work, advise_all(&a, err), false, err);
    if (!status) status = cli->json ? print_json(&a, a.signal, err) : print_text(&a, a.signal, err);
out:
    free(a.curves.mutual_information);
    free(a.curves.autocorrelation);
    free(a.curves.false_neighbours);
    free(a.signal);
    free(a.choice);
    study_input_close(a.input);
    work_close(&work);
    return status;
}
