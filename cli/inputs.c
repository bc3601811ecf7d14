/* inputs.c - see inputs.h. */
#include "cli/inputs.h"

#include "cli/places.h"

#include <stdlib.h>
#include <string.h>

static const char *const column_names[] = {"x", "y"};

static td_status no_memory(td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "no memory for the recordings");
}

/* The files one after the other in one set of columns. */
static td_status join(inputs *in, cli_call *cli, td_error *err)
{
    uint64_t items = 0, samples = 0;
    uint32_t columns = 2;
    for (uint32_t f = 0; f < in->file_count; ++f) {
        const td_series *series = &in->file[f]->series;
        items += series->item_count;
        samples += series->offset[series->item_count];
        if (series->column_count < columns) columns = series->column_count;
    }
    in->offset = calloc(items + 1, sizeof *in->offset);
    in->name = calloc(items + 1, sizeof *in->name);
    if (!in->offset || !in->name) return no_memory(err);
    for (uint32_t c = 0; c < columns; ++c) {
        in->column[c] = malloc((samples + 1) * sizeof *in->column[c]);
        if (!in->column[c]) return no_memory(err);
        in->column_view[c] = in->column[c];
    }
    uint64_t item = 0, base = 0;
    for (uint32_t f = 0; f < in->file_count; ++f) {
        const td_series *series = &in->file[f]->series;
        const uint64_t count = series->offset[series->item_count];
        const bool whole = series->item_count == 1 && !place_is_folder(cli->word[f]);
        for (uint64_t i = 0; i < series->item_count; ++i) {
            in->name[item] = whole ? cli->word[f] : in->file[f]->recording[i].path;
            in->offset[++item] = base + series->offset[i + 1];
        }
        for (uint32_t c = 0; c < columns; ++c)
            memcpy(in->column[c] + base, series->column[c], count * sizeof(double));
        base += count;
    }
    const td_series joined = {sizeof(td_series), columns,      items,   in->offset,
                              in->column_view,   column_names, in->name};
    in->series = joined;
    return TD_OK;
}

td_status inputs_open(inputs *in, cli_call *cli, const td_args *args, td_error *err)
{
    char text[STUDY_MODE_BYTES];
    const char *reads_y = args ? study_mode_with_y(args, text) : NULL;
    const study_numbers numbers = study_numbers_of(cli_text(cli, "profile"));
    in->file = calloc(cli->word_count, sizeof *in->file);
    if (!in->file) return no_memory(err);
    for (uint32_t i = 0; i < cli->word_count; ++i) {
        for (uint32_t j = 0; j < i; ++j)
            if (strcmp(cli->word[i], cli->word[j]) == 0)
                return td_fail(err, TD_E_BAD_ARGUMENT, "%s is given twice", cli->word[i]);
        const td_status status = study_input_open_any(cli->word[i], cli_text(cli, "columns"), false,
                                                      numbers, reads_y, &in->file[i], err);
        if (status) return status;
        in->file_count += 1;
    }
    return join(in, cli, err);
}

void inputs_warn(const inputs *in, cli_work *work)
{
    for (uint32_t f = 0; f < in->file_count; ++f)
        for (uint64_t i = 0; i < in->file[f]->skipped_count; ++i)
            work_warn(work, "left out %s: %s", in->file[f]->skipped[i].path,
                      in->file[f]->skipped[i].message);
}

void inputs_close(inputs *in)
{
    for (uint32_t i = 0; i < in->file_count; ++i)
        study_input_close(in->file[i]);
    free(in->file);
    free(in->offset);
    free(in->name);
    free(in->column[0]);
    free(in->column[1]);
}
