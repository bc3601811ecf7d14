/* cmd_market_compute.c - tandem market compute: indicators over a panel, to a file or printed. */
#include "cli/market_work.h"
#include "cli/places.h"

#include "core/number.h"
#include "market/compute_run.h"
#include "market/dates.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PRINTED_SYMBOLS_MAX 50
#define PRINTED_VALUES_MAX  64 /* columns of the last values */

/* ---- The last values ------------------------------------------------------------------------ */

/* One value of a variable at a symbol and a bar, all axes at their first value. */
static double value_at(const td_table *table, const td_var *var, uint64_t symbol, uint64_t bar)
{
    uint64_t at = 0;
    for (uint32_t d = 0; d < var->rank; ++d) {
        td_dim dim;
        if (!td_table_dim(table, var->dim[d], &dim)) return NAN;
        at *= dim.count;
        if (strcmp(dim.name, "symbol") == 0) at += symbol;
        if (strcmp(dim.name, "bar") == 0) at += bar;
    }
    if (var->dtype == TD_F64) return ((const double *)var->data)[at];
    return var->dtype == TD_I32 ? (double)((const int32_t *)var->data)[at] : NAN;
}

/* The last bar at which any variable of numbers has a value. */
static uint64_t last_bar(const td_table *table, uint64_t symbol, uint64_t bars)
{
    td_var var;
    for (uint64_t bar = bars; bar-- > 0;)
        for (uint32_t i = 0; td_table_var(table, i, &var); ++i)
            if (var.dtype == TD_F64 && !isnan(value_at(table, &var, symbol, bar))) return bar;
    return bars ? bars - 1 : 0;
}

static const char *bar_text(const td_dim *bar, uint64_t index, char text[DATES_TEXT_MAX])
{
    const bool intraday = bar->unit && strncmp(bar->unit, "seconds", 7) == 0;
    const double number = bar->number ? bar->number[index] : 0.0;
    return date_text((int64_t)number * (intraday ? 1 : DATES_DAY), intraday, text);
}

static bool has_grid(const td_table *table)
{
    td_dim dim;
    for (uint32_t i = 0; td_table_dim(table, i, &dim); ++i)
        if (strcmp(dim.name, "symbol") != 0 && strcmp(dim.name, "bar") != 0 && dim.count > 1)
            return true;
    return false;
}

static td_status check_printed(const td_table *table, const td_dim *symbol, td_error *err)
{
    if (symbol->count > PRINTED_SYMBOLS_MAX)
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%" PRIu64 " symbols are too many to print: name a file with -o or --csv, "
                       "or up to %d with --symbols",
                       symbol->count, PRINTED_SYMBOLS_MAX);
    if (has_grid(table))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "a grid is not printed: name a file with -o or --csv");
    return TD_OK;
}

static void add_text_rows(paper *page, const td_table *table, const td_dim *symbol,
                          const td_dim *bar)
{
    char when[DATES_TEXT_MAX], number[NUMBER_TEXT_MAX];
    size_t widest = strlen("symbol");
    td_var var;
    for (uint64_t s = 0; s < symbol->count; ++s)
        if (strlen(symbol->text[s]) > widest) widest = strlen(symbol->text[s]);
    paper_add(page, "symbol");
    paper_pad(page, widest + 2);
    paper_add(page, "date");
    for (uint32_t i = 0; i < PRINTED_VALUES_MAX && td_table_var(table, i, &var); ++i) {
        paper_pad(page, widest + 2 + 12 + 16u * i);
        paper_add(page, var.name);
    }
    paper_add(page, "\n");
    for (uint64_t s = 0; s < symbol->count; ++s) {
        const uint64_t last = last_bar(table, s, bar->count);
        paper_add(page, symbol->text[s]);
        paper_pad(page, widest + 2);
        paper_add(page, bar_text(bar, last, when));
        for (uint32_t i = 0; i < PRINTED_VALUES_MAX && td_table_var(table, i, &var); ++i) {
            const double value = value_at(table, &var, s, last);
            /* Ten digits are enough to look at; files have them all. */
            snprintf(number, sizeof number, "%.10g", value);
            paper_pad(page, widest + 2 + 12 + 16u * i);
            paper_add(page, isnan(value) ? "-" : number);
        }
        paper_add(page, "\n");
    }
}

static json_t *last_json(const td_table *table, const td_dim *symbol, const td_dim *bar)
{
    json_t *rows = json_array();
    char when[DATES_TEXT_MAX];
    td_var var;
    if (symbol->count > PRINTED_SYMBOLS_MAX || has_grid(table)) return rows;
    for (uint64_t s = 0; s < symbol->count; ++s) {
        const uint64_t last = last_bar(table, s, bar->count);
        json_t *row =
            json_pack("{s:s, s:s}", "symbol", symbol->text[s], "date", bar_text(bar, last, when));
        for (uint32_t i = 0; row && td_table_var(table, i, &var); ++i)
            json_object_set_new(row, var.name, json_number_or_null(value_at(table, &var, s, last)));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* ---- The command ---------------------------------------------------------------------------- */

static td_status print_json(cli_work *work, const compute_config *config,
                            const compute_summary *summary, const td_table *table, td_error *err)
{
    td_dim symbol, bar;
    json_t *root = json_pack(
        "{s:s?, s:s?, s:I, s:I, s:o, s:o, s:O, s:s}", "output", config->output, "csv", config->csv,
        "symbols", (json_int_t)summary->symbols, "bars", (json_int_t)summary->bars, "steps",
        market_steps_json(summary->step, summary->step_count), "run",
        run_report_json(&summary->report), "warnings", work->warnings, "command", config->command);
    if (root && td_table_find_dim(table, "symbol", &symbol) &&
        td_table_find_dim(table, "bar", &bar))
        json_object_set_new(root, "last", last_json(table, &symbol, &bar));
    if (root && work->timeline) json_object_set(root, "trace", work->timeline);
    return work_print_json(work->cli, root, err);
}

static td_status print_text(cli_work *work, const compute_config *config,
                            const compute_summary *summary, const td_table *table, td_error *err)
{
    paper page = {0};
    td_dim symbol, bar;
    const bool has = td_table_find_dim(table, "symbol", &symbol) &&
                     td_table_find_dim(table, "bar", &bar) && symbol.text;
    if (!config->output && !config->csv && has) {
        add_text_rows(&page, table, &symbol, &bar);
        return cli_out(work->cli, &page, err);
    }
    paper_add_count(&page, summary->symbols);
    paper_addf(&page, " symbol%s, ", summary->symbols == 1 ? "" : "s");
    paper_add_count(&page, summary->bars);
    paper_addf(&page, " bars, %u indicator%s\n", config->call_count,
               config->call_count == 1 ? "" : "s");
    market_add_steps(&page, summary->step, summary->step_count);
    if (config->output) paper_addf(&page, "results: %s\n", config->output);
    if (config->csv) {
        paper_addf(&page, "CSV:     %s, ", config->csv);
        paper_add_count(&page, summary->csv_rows);
        paper_addf(&page, " row%s\n", summary->csv_rows == 1 ? "" : "s");
    }
    return cli_out(work->cli, &page, err);
}

static td_status check_table(const compute_config *config, const td_table *table, td_error *err)
{
    td_dim symbol;
    if (config->output || config->csv) return TD_OK;
    if (!td_table_find_dim(table, "symbol", &symbol)) return TD_OK;
    return check_printed(table, &symbol, err);
}

/* --grid and --set are one for an operation: a parameter that is no axis refuses many values. */
static td_status read_config(cli_call *cli, const char *command, const char **set,
                             compute_config *config, td_error *err)
{
    const uint32_t room = (uint32_t)cli->argc;
    uint32_t count = market_values(cli, "set", set, room);
    count += market_values(cli, "grid", set + count, room - count);
    *config = (compute_config){.prices = cli->word[0],
                               .call = cli->word + 1,
                               .call_count = cli->word_count - 1,
                               .set = set,
                               .set_count = count,
                               .gaps = cli_given(cli, "gaps"),
                               .choice = market_choice_of(cli),
                               .output = cli_text(cli, "output"),
                               .csv = cli_text(cli, "csv"),
                               .command = command};
    const char *const flag[] = {"PRICES", "output", "csv", "trace"};
    const char *const path[] = {config->prices, config->output, config->csv,
                                cli_text(cli, "trace")};
    return market_check_places(flag, path, 4, err);
}

td_status cmd_market_compute(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    paper command = {0};
    compute_config config = {0};
    compute_summary summary = {0};
    td_table *table = NULL;
    const char **set = calloc((size_t)cli->argc + 1, sizeof *set);
    cli_add_command(&command, cli->argc, cli->argv);
    td_status status = set ? paper_check(&command, err)
                           : td_fail(err, TD_E_NO_MEMORY, "no memory for the arguments");
    if (!status) status = read_config(cli, command.data, set, &config, err);
    if (!status) status = work_open(&work, cli, NULL, err);
    if (status) goto out;
    config.place = market_place_of(&work);
    const market_hooks hooks = market_hooks_of(&work);
    status = compute_run(work.engine, &config, &hooks, &summary, &table, err);
    if (!status) work_show_report(&work, "compute", NULL, &summary.report);
    status = work_finish(&work, status, false, err);
    if (!status) status = check_table(&config, table, err);
    if (!status)
        status = cli->json ? print_json(&work, &config, &summary, table, err)
                           : print_text(&work, &config, &summary, table, err);
    if (!status) status = work_trace_status(&work, err);
out:
    td_table_destroy(table);
    work_close(&work);
    paper_free(&command);
    free(set);
    return status;
}
