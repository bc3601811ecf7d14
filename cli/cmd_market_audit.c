/* cmd_market_audit.c - tandem market audit: what is wrong with prices, and a mended file. */
#include "cli/places.h"
#include "cli/work.h"

#include "core/cancel.h"
#include "market/audit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_ROOM 32

/* ---- Flags -------------------------------------------------------------------------------- */

static td_status read_flags(const cli_call *cli, market_audit_request *request, td_error *err)
{
    const audit_options fresh = AUDIT_OPTIONS_INIT;
    audit_options *options = &request->options;
    *options = fresh;
    options->move_limit = cli_float(cli, "move_limit");
    options->calendar_share = cli_float(cli, "calendar_share");
    options->history_share = cli_float(cli, "history_share");
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind)
        if (!audit_policy_find(cli_text(cli, audit_rules[kind].name), &options->policy[kind]))
            return td_fail(err, TD_E_INTERNAL, "the flag --%s has a policy that does not exist",
                           audit_rules[kind].name);
    request->input = cli->word[0];
    request->calendar_path = cli_text(cli, "calendar");
    request->examples = (uint32_t)cli_int(cli, "examples");
    request->output = cli_text(cli, "output");
    request->csv = cli_text(cli, "csv");
    return TD_OK;
}

static td_status check_places(const market_audit_request *request, td_error *err)
{
    td_status status = place_check_file("output", request->output, err);
    if (!status) status = place_check_file("csv", request->csv, err);
    if (status) return status;
    if (place_same(request->csv, request->input) || place_same(request->csv, request->output) ||
        place_same(request->csv, request->calendar_path))
        return td_fail(err, TD_E_BAD_ARGUMENT, "--csv %s is a file that is read or written too",
                       request->csv);
    if (place_same(request->output, request->input))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "--output %s is the input: the prices as they came would be lost",
                       request->output);
    if (place_same(request->output, request->calendar_path))
        return td_fail(err, TD_E_BAD_ARGUMENT, "--output %s is the calendar", request->output);
    return TD_OK;
}

static void warn_unused(const cli_call *cli, const market_audit_request *request)
{
    if (request->output) return;
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind)
        if (request->options.policy[kind] != AUDIT_KEEP)
            cli_warn(cli, "--%s %s changes nothing without --output", audit_rules[kind].name,
                     audit_policy_name(request->options.policy[kind]));
}

/* ---- For people --------------------------------------------------------------------------- */

static void add_value(paper *page, const audit_finding *finding)
{
    const double value = finding->value, reference = finding->reference;
    char text[NUMBER_ROOM];
    switch (finding->kind) {
    case AUDIT_MOVES: paper_addf(page, "%+.1f %% from %.10g", 100.0 * value, reference); break;
    case AUDIT_SPLITS:
        if (value < 1.0) snprintf(text, sizeof text, "%.10g:1", 1.0 / value);
        else snprintf(text, sizeof text, "1:%.10g", value);
        paper_addf(page, "looks like %s, the close went to %.4g times what it was", text,
                   reference);
        break;
    case AUDIT_SHORT: paper_addf(page, "%.1f %% of the trading days", 100.0 * value); break;
    case AUDIT_HIGH_BELOW_LOW: paper_addf(page, "high %.10g, low %.10g", value, reference); break;
    case AUDIT_OUTSIDE_RANGE:
        paper_addf(page, "%.10g, the bound is %.10g", value, reference);
        break;
    case AUDIT_HALTS:
    case AUDIT_GAPS:
    case AUDIT_OFF_CALENDAR:
    case AUDIT_ZERO_VOLUME:
    case AUDIT_NOT_POSITIVE:
    case AUDIT_MISSING:
        paper_addf(page, "%s %.10g", audit_rules[finding->kind].value, value);
        break;
    }
}

static void add_examples(paper *page, const market_audit *audit, unsigned kind)
{
    for (uint32_t i = 0; i < audit->example_count[kind]; ++i) {
        const market_audit_example *example = &audit->example[kind][i];
        paper_addf(page, "    %s", example->symbol);
        paper_pad(page, 16);
        paper_add(page, example->time);
        paper_add(page, "  ");
        add_value(page, &example->finding);
        paper_add(page, "\n");
    }
}

/* A count that ends at a column. */
static void add_right(paper *page, uint64_t value, unsigned width)
{
    paper count = {0};
    paper_add_count(&count, value);
    paper_addf(page, "%*s", (int)width, count.failed ? "" : count.data);
    page->failed |= count.failed;
    paper_free(&count);
}

static void add_head(paper *page, const market_audit *audit, const char *input)
{
    const td_panel *panel = prices_panel(audit->prices);
    const bool intraday = panel->zone && panel->zone[0];
    char first[DATES_TEXT_MAX] = "", last[DATES_TEXT_MAX] = "";
    paper_addf(page, "%s: ", input);
    paper_add_count(page, audit->report.symbols);
    paper_add(page, " symbols x ");
    paper_add_count(page, audit->report.bars);
    paper_add(page, " bars, ");
    paper_add_count(page, audit->report.rows);
    paper_add(page, " rows");
    if (panel->bar_count)
        paper_addf(page, ", %s to %s", date_text(panel->time[0], intraday, first),
                   date_text(panel->time[panel->bar_count - 1], intraday, last));
    paper_add(page, "\n");
    paper_add_count(page, audit->report.trading_days);
    paper_addf(page, " trading days, %s\n\n",
               audit->calendar ? "as the calendar says" : "taken from the prices");
}

/* What can only be seen while rows become a panel, as the loader has written it down. */
static const char *const loaded[] = {"duplicates", "bad_rows"};
#define LOADED (sizeof loaded / sizeof *loaded)

static void add_loaded(paper *page, const market_audit *audit)
{
    for (size_t i = 0; i < LOADED; ++i) {
        const char *text = prices_attribute(audit->prices, loaded[i]);
        if (text) paper_addf(page, "When it was loaded: %s: %s\n", loaded[i], text);
    }
}

static void add_table(paper *page, const market_audit *audit, const audit_options *options)
{
    paper_addf(page, "%-22s%12s%10s  %s\n", "fault", "rows", "symbols",
               audit->is_mended ? "policy       changed" : "policy");
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind) {
        paper_addf(page, "%-22s", audit_rules[kind].title);
        add_right(page, audit->report.found[kind].rows, 12);
        add_right(page, audit->report.found[kind].symbols, 10);
        paper_addf(page, "  %s", audit_policy_name(options->policy[kind]));
        if (audit->is_mended) {
            paper_pad(page, 52);
            add_right(page, audit->mended.changed[kind].rows, 12);
        }
        paper_add(page, "\n");
        add_examples(page, audit, kind);
    }
    if (audit->report.move_min < 0.0 || audit->report.move_max > 0.0)
        paper_addf(page, "\nMoves of the close lie between %+.1f %% and %+.1f %%.\n",
                   100.0 * audit->report.move_min, 100.0 * audit->report.move_max);
}

static void add_tail(paper *page, const market_audit *audit, const market_audit_request *request)
{
    if (request->csv) paper_addf(page, "Findings: %s\n", request->csv);
    if (!audit->is_mended) return;
    paper_addf(page, "Mended: %s, ", request->output);
    paper_add_count(page, audit->mended.symbols_after);
    paper_add(page, " symbols x ");
    paper_add_count(page, audit->bars_after);
    paper_add(page, " bars, ");
    paper_add_count(page, audit->mended.rows_after);
    paper_add(page, " rows\n");
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *count_json(audit_count count)
{
    return json_pack("{s:I, s:I}", "rows", (json_int_t)count.rows, "symbols",
                     (json_int_t)count.symbols);
}

static json_t *examples_json(const market_audit *audit, unsigned kind)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < audit->example_count[kind]; ++i) {
        const market_audit_example *example = &audit->example[kind][i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o}", "symbol", example->symbol, "time",
                            example->time, "value", json_number_or_null(example->finding.value),
                            "reference", json_number_or_null(example->finding.reference)));
    }
    return list;
}

static json_t *audit_json(const market_audit *audit, const market_audit_request *request)
{
    json_t *root = json_object(), *faults = json_object();
    const audit_report *report = &audit->report;
    json_object_set_new(root, "input", json_string(request->input));
    json_object_set_new(root, "symbols", json_integer((json_int_t)report->symbols));
    json_object_set_new(root, "bars", json_integer((json_int_t)report->bars));
    json_object_set_new(root, "rows", json_integer((json_int_t)report->rows));
    json_object_set_new(root, "trading_days", json_integer((json_int_t)report->trading_days));
    json_object_set_new(root, "absent_days", json_integer((json_int_t)report->absent_days));
    json_object_set_new(root, "move_min", json_number_or_null(report->move_min));
    json_object_set_new(root, "move_max", json_number_or_null(report->move_max));
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind) {
        json_t *fault = count_json(report->found[kind]);
        json_object_set_new(fault, "policy",
                            json_string(audit_policy_name(request->options.policy[kind])));
        if (audit->is_mended)
            json_object_set_new(fault, "changed", count_json(audit->mended.changed[kind]));
        json_object_set_new(fault, "examples", examples_json(audit, kind));
        json_object_set_new(faults, audit_rules[kind].name, fault);
    }
    json_object_set_new(root, "faults", faults);
    for (size_t i = 0; i < LOADED; ++i) {
        const char *text = prices_attribute(audit->prices, loaded[i]);
        if (text) json_object_set_new(root, loaded[i], json_string(text));
    }
    if (request->csv) json_object_set_new(root, "csv", json_string(request->csv));
    if (!audit->is_mended) return root;
    json_object_set_new(root, "output", json_string(request->output));
    json_object_set_new(root, "symbols_after",
                        json_integer((json_int_t)audit->mended.symbols_after));
    json_object_set_new(root, "bars_after", json_integer((json_int_t)audit->bars_after));
    json_object_set_new(root, "rows_after", json_integer((json_int_t)audit->mended.rows_after));
    return root;
}

/* ---- The command -------------------------------------------------------------------------- */

static bool on_step(void *context, const char *what, uint64_t done, uint64_t total)
{
    const cli_work *work = context;
    const td_progress now = {.units_done = done,
                             .units_total = total,
                             .cost_done = (double)done,
                             .cost_total = (double)total};
    progress_update(work->bar, what, &now);
    return !cancel_requested(work->cancel);
}

static td_status print_audit(cli_call *cli, const market_audit *audit,
                             const market_audit_request *request, td_error *err)
{
    char day[DATES_TEXT_MAX];
    paper page = {0};
    if (audit->report.absent_days)
        cli_warn(cli,
                 "%" PRIu64 " trading days of the calendar are not in %s at all, the first is %s",
                 audit->report.absent_days, request->input,
                 date_text(audit->report.absent_first, false, day));
    if (cli->json) return work_print_json(cli, audit_json(audit, request), err);
    add_head(&page, audit, request->input);
    add_table(&page, audit, &request->options);
    add_loaded(&page, audit);
    add_tail(&page, audit, request);
    return cli_out(cli, &page, err);
}

td_status cmd_market_audit(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    market_audit audit = {.prices = NULL};
    market_audit_request request = {.step = on_step, .context = &work};
    td_status status = read_flags(cli, &request, err);
    if (!status) status = check_places(&request, err);
    if (status) return status;
    warn_unused(cli, &request);
    status = work_open(&work, cli, NULL, err);
    if (!status) status = market_audit_run(&request, &audit, err);
    status = work_finish(&work, status, false, err);
    if (!status) status = print_audit(cli, &audit, &request, err);
    market_audit_free(&audit);
    work_close(&work);
    return status;
}
