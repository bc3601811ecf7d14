/* cmd_run.c - tandem rqa run: the measures of single recordings, on the engine, printed. */
#include "cli/inputs.h"
#include "cli/rows.h"

#include "io/csv.h"
#include "tandem/table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABELS 5 /* the export's first columns: recording,group,subject,task,mode */
#define AXES   4

static const char *const axis_names[AXES] = {"m", "tau", "eps", "lmin"};

typedef struct run_grid {
    const td_axis *axis[AXES];
    uint64_t points;
} run_grid;

/* One export behind the other: its label columns, the point's coordinates, its measures. */
static td_status add_point(paper *page, const run_grid *grid, const uint64_t at[AXES],
                           const char *data, size_t bytes, td_error *err)
{
    csv *rows = NULL;
    td_status status = csv_open_memory("the result", data, bytes, 0, &rows, err);
    if (status) return status;
    for (uint64_t r = 0; r < csv_row_count(rows); ++r) {
        for (uint32_t c = 0; c < csv_column_count(rows); ++c) {
            const csv_text field = csv_field(rows, r, c);
            if (c == LABELS)
                for (int a = 0; a < AXES; ++a)
                    paper_addf(page, ",%s", grid->axis[a] ? grid->axis[a]->text[at[a]] : "");
            if (c) paper_add(page, ",");
            rows_add_field(page, field.data, field.bytes);
        }
        paper_add(page, "\n");
    }
    csv_close(rows);
    return TD_OK;
}

static void add_header(paper *page, const char *data)
{
    const char *end = data;
    for (int i = 0; i < LABELS; ++i)
        end = strchr(end, ',') + 1;
    paper_add_bytes(page, data, (size_t)(end - data));
    paper_add(page, "m,tau,eps,lmin,");
    paper_add_bytes(page, end, strcspn(end, "\n") + 1);
}

static td_status add_grid(paper *page, const td_table *table, const run_grid *grid, td_error *err)
{
    for (uint64_t p = 0; p < grid->points; ++p) {
        uint64_t at[AXES] = {0}, rest = p;
        const char *text[AXES] = {NULL};
        for (int a = AXES; a-- > 0;) {
            const uint64_t count = grid->axis[a] ? grid->axis[a]->count : 1;
            at[a] = rest % count;
            rest /= count;
            if (grid->axis[a]) text[a] = grid->axis[a]->text[at[a]];
        }
        const study_point point = {text[0], text[1], text[2], text[3]};
        char *data = NULL;
        size_t bytes = 0;
        td_status status = study_export(table, &point, false, &data, &bytes, err);
        if (!status && p == 0) add_header(page, data);
        if (!status) status = add_point(page, grid, at, data, bytes, err);
        free(data);
        if (status) return status;
    }
    return paper_check(page, err);
}

/* The result as CSV: the export's columns for one point, the axes too for a grid. */
static td_status make_csv(const cli_work *work, const td_table *table, paper *page, td_error *err)
{
    run_grid grid = {{NULL}, 1};
    for (int a = 0; a < AXES; ++a) {
        grid.axis[a] = td_args_axis(work->args, axis_names[a]);
        grid.points *= grid.axis[a] ? grid.axis[a]->count : 1;
    }
    if (grid.points > 1) return add_grid(page, table, &grid, err);
    char *data = NULL;
    size_t bytes = 0;
    const td_status status = study_export(table, NULL, false, &data, &bytes, err);
    if (!status) paper_add_bytes(page, data, bytes);
    free(data);
    return status ? status : paper_check(page, err);
}

static td_status print_json(cli_work *work, const paper *text, const td_report *report,
                            td_error *err)
{
    json_t *root = NULL;
    const td_status status = rows_json(text->data, text->bytes, &root, err);
    if (status) return status;
    json_object_set_new(root, "run", run_report_json(report));
    if (work->plan) json_object_set(root, "plan", work->plan);
    if (work->timeline) json_object_set(root, "trace", work->timeline);
    json_object_set(root, "warnings", work->warnings);
    return work_print_json(work->cli, root, err);
}

static td_status print_result(cli_work *work, paper *text, const td_report *report, td_error *err)
{
    cli_call *cli = work->cli;
    if (cli->json) return print_json(work, text, report, err);
    if (cli_bool(cli, "csv") || !isatty(STDOUT_FILENO)) return cli_out(cli, text, err);
    paper page = {0};
    const td_status status = rows_readable(&page, text->data, text->bytes, err);
    if (!status) return cli_out(cli, &page, err);
    paper_free(&page);
    return status;
}

td_status cmd_run(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    inputs in = {0};
    td_table *table = NULL;
    paper text = {0};
    td_report report = TD_REPORT_INIT;
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_status status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    status = work_args(&work, "rqa.measures", err);
    if (status) goto out;
    status = inputs_open(&in, cli, work.args, err);
    if (status) goto out;
    inputs_warn(&in, &work);
    status = td_args_bind_series(work.args, "recordings", &in.series, err);
    if (status) goto out;
    work_measure(&work);
    work_options(&work, &options);
    status = work_explain(&work, &options, err);
    if (!status) status = td_run(work.engine, work.args, &options, &table, &report, err);
    if (!status) work_show_report(&work, "measures", table, &report);
    status = work_finish(&work, status, false, err);
    if (status) goto out;
    status = make_csv(&work, table, &text, err);
    if (status) goto out;
    status = print_result(&work, &text, &report, err);
    if (!status) status = work_trace_status(&work, err);
out:
    paper_free(&text);
    td_table_destroy(table);
    inputs_close(&in);
    work_close(&work);
    return status;
}
