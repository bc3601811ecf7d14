/* cmd_market_load.c - tandem market load: files of prices into one panel. */
#include "cli/places.h"
#include "cli/work.h"

#include "core/cancel.h"
#include "io/postgres_url.h"
#include "market/dates.h"
#include "market/load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 5 /* bad rows and duplicates that are told in words */

/* ---- Flags -------------------------------------------------------------------------------- */

/* The place of a choice in its list. */
static int choice(const cli_call *cli, const char *param, const char *const *list)
{
    const char *text = cli_text(cli, param);
    int at = 0;
    while (list[at + 1] && text && strcmp(list[at], text) != 0)
        ++at;
    return at;
}

static void read_flags(const cli_call *cli, const char *command, market_load_request *request)
{
    static const char *const layouts[] = {"auto", "long", "single", "wide", NULL};
    static const char *const orders[] = {"refuse", "dmy", "mdy", NULL};
    static const char *const policies[] = {"error", "first", "last", "mean", NULL};
    static const char *const fields[] = {"auto",  "open",   "high",     "low",
                                         "close", "volume", "adjusted", NULL};
    request->input = cli->word;
    request->input_count = cli->word_count;
    request->output = cli_text(cli, "output");
    request->table = cli_text(cli, "table");
    request->query = cli_text(cli, "query");
    request->zone = cli_text(cli, "zone");
    request->command = command;
    request->duplicates = (price_duplicates)choice(cli, "duplicates", policies);
    request->host_bytes_max = (uint64_t)cli_int(cli, "memory") << 20;
    request->csv.map = cli_text(cli, "map");
    request->csv.layout = (price_layout)choice(cli, "layout", layouts);
    request->csv.order = (price_order)choice(cli, "dates", orders);
    request->csv.field = choice(cli, "field", fields) - 1;
    request->csv.skip_bad = cli_bool(cli, "skip_bad");
}

static td_status check_places(const market_load_request *request, td_error *err)
{
    bool servers = false;
    if (!request->output)
        return td_fail(err, TD_E_BAD_ARGUMENT, "-o is missing: name the file for the prices");
    td_status status = place_check_file("output", request->output, err);
    if (status) return status;
    for (uint32_t i = 0; i < request->input_count; ++i) {
        const char *input = request->input[i];
        if (postgres_is_url(input)) servers = true;
        else if (!place_exists(input))
            return td_fail(err, TD_E_IO, "%s: there is no such file or folder", input);
        else if (place_same(request->output, input))
            return td_fail(err, TD_E_BAD_ARGUMENT, "--output %s is an input: it would be lost",
                           request->output);
    }
    if (!servers && (request->table || request->query))
        return td_fail(
            err, TD_E_BAD_ARGUMENT,
            "--%s goes with a server, postgresql://USER@HOST/DATABASE, and none is given",
            request->table ? "table" : "query");
    return TD_OK;
}

/* The call as a shell takes it back, without the passwords of URLs. */
static void add_command(paper *page, const cli_call *cli)
{
    paper_add(page, PROGRAM);
    for (int i = 1; i < cli->argc; ++i) {
        char *shown = market_source_shown(cli->argv[i]);
        paper_add(page, " ");
        if (shown) paper_add_word(page, shown);
        else page->failed = true;
        free(shown);
    }
}

/* ---- For people --------------------------------------------------------------------------- */

static void add_counted(paper *page, uint64_t count, const char *word)
{
    paper_add_count(page, count);
    paper_addf(page, " %s%s", word, count == 1 ? "" : "s");
}

static double megabytes_a_second(const market_load *load)
{
    return load->seconds_read > 0.0 ? (double)load->csv.bytes / 1e6 / load->seconds_read : 0.0;
}

static void add_sources(paper *page, const market_load *load)
{
    static const char *const layouts[] = {NULL, "long file", "file", "wide file"};
    const char *before = "";
    for (uint32_t i = PRICE_LAYOUT_LONG; i <= PRICE_LAYOUT_WIDE; ++i) {
        if (load->csv.files[i] == 0) continue;
        paper_add(page, before);
        add_counted(page, load->csv.files[i], layouts[i]);
        if (i == PRICE_LAYOUT_SINGLE) paper_add(page, " of one symbol");
        before = ", ";
    }
    if (load->servers) {
        paper_add(page, before);
        add_counted(page, load->fetched, "row");
        paper_add(page, " of ");
        add_counted(page, load->servers, "table");
    }
    if (load->files)
        paper_addf(page, ", %.1f MB of text, %.0f MB/s", (double)load->csv.bytes / 1e6,
                   megabytes_a_second(load));
    paper_add(page, "\n");
}

static void add_duplicates(paper *page, const market_load *load, const char *policy)
{
    const price_findings *found = &load->rows;
    if (found->duplicates == 0) return;
    add_counted(page, found->duplicates, "row");
    paper_add(page,
              found->duplicates == 1 ? " doubled an earlier one, " : " doubled earlier ones, ");
    paper_add_count(page, found->differing);
    paper_addf(page, " with other prices (--duplicates %s):\n", policy);
    for (uint32_t i = 0; i < found->listed && i < SHOWN_MAX; ++i) {
        const price_duplicate *one = &found->list[i];
        char time[DATES_TEXT_MAX];
        paper_addf(page, "  %s %s: %s:%" PRIu64 " and %s:%" PRIu64 "%s\n", one->symbol,
                   date_text(one->time, *load->zone, time), one->source_before, one->line_before,
                   one->source, one->line, one->differs ? "" : ", the same");
    }
}

static void add_bad(paper *page, const price_csv_findings *found)
{
    if (found->bad == 0) return;
    add_counted(page, found->bad, "row");
    paper_add(page, " left out:\n");
    for (uint32_t i = 0; i < found->bad_listed && i < SHOWN_MAX; ++i)
        paper_addf(page, "  %s\n", found->bad_list[i]);
}

static void add_ignored(paper *page, const price_csv_findings *found)
{
    if (found->ignored == 0) return;
    paper_add(page, "columns left out: ");
    for (uint32_t i = 0; i < found->ignored; ++i)
        paper_addf(page, "%s%s", i ? ", " : "", found->ignored_list[i]);
    paper_add(page, found->ignored_more ? ", ..\n" : "\n");
}

static td_status print_text(cli_call *cli, const market_load_request *request,
                            const market_load *load, td_error *err)
{
    paper page = {0};
    char first[DATES_TEXT_MAX], last[DATES_TEXT_MAX];
    const bool intraday = *load->zone;
    add_counted(&page, load->rows.rows, "row");
    paper_add(&page, " of ");
    add_counted(&page, load->symbols, "symbol");
    paper_add(&page, " at ");
    add_counted(&page, load->times, intraday ? "time" : "date");
    paper_addf(&page, ", %s to %s", date_text(load->first, intraday, first),
               date_text(load->last, intraday, last));
    if (intraday) paper_addf(&page, ", zone %s", load->zone);
    paper_add(&page, "\n");
    add_sources(&page, load);
    paper_add(&page, "prices:");
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (load->fields & PRICE_BIT(k)) paper_addf(&page, " %s", price_names[k]);
    paper_add(&page, "\n");
    add_ignored(&page, &load->csv);
    add_duplicates(&page, load, cli_text(cli, "duplicates"));
    add_bad(&page, &load->csv);
    paper_addf(&page, "panel: %s\n", request->output);
    return cli_out(cli, &page, err);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *duplicates_json(const market_load *load)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < load->rows.listed; ++i) {
        const price_duplicate *one = &load->rows.list[i];
        char time[DATES_TEXT_MAX];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:I, s:s, s:I, s:b}", "symbol", one->symbol, "time",
                      date_text(one->time, *load->zone, time), "source", one->source, "line",
                      (json_int_t)one->line, "source_before", one->source_before, "line_before",
                      (json_int_t)one->line_before, "differs", (int)one->differs));
    }
    return list;
}

static void set_count(json_t *root, const char *name, uint64_t value)
{
    json_object_set_new(root, name, json_integer((json_int_t)value));
}

static td_status print_json(cli_call *cli, const market_load_request *request,
                            const market_load *load, td_error *err)
{
    char first[DATES_TEXT_MAX], last[DATES_TEXT_MAX];
    json_t *root = json_object(), *fields = json_array(), *bad = json_array(),
           *ignored = json_array();
    json_object_set_new(root, "output", json_string(request->output));
    set_count(root, "files", load->files);
    set_count(root, "rows", load->rows.rows);
    set_count(root, "symbols", load->symbols);
    set_count(root, "times", load->times);
    json_object_set_new(root, "first", json_string(date_text(load->first, *load->zone, first)));
    json_object_set_new(root, "last", json_string(date_text(load->last, *load->zone, last)));
    json_object_set_new(root, "zone", *load->zone ? json_string(load->zone) : json_null());
    for (uint32_t k = 0; k < TD_PRICES; ++k)
        if (load->fields & PRICE_BIT(k)) json_array_append_new(fields, json_string(price_names[k]));
    for (uint32_t i = 0; i < load->csv.bad_listed; ++i)
        json_array_append_new(bad, json_string(load->csv.bad_list[i]));
    for (uint32_t i = 0; i < load->csv.ignored; ++i)
        json_array_append_new(ignored, json_string(load->csv.ignored_list[i]));
    json_object_set_new(root, "prices", fields);
    json_object_set_new(root, "ignored", ignored);
    set_count(root, "duplicates", load->rows.duplicates);
    set_count(root, "duplicates_differing", load->rows.differing);
    json_object_set_new(root, "duplicates_first", duplicates_json(load));
    set_count(root, "bad", load->csv.bad);
    json_object_set_new(root, "bad_first", bad);
    set_count(root, "bytes", load->csv.bytes);
    set_count(root, "fetched", load->fetched);
    json_object_set_new(root, "seconds_read", json_real(load->seconds_read));
    json_object_set_new(root, "seconds_build", json_real(load->seconds_build));
    json_object_set_new(root, "seconds_write", json_real(load->seconds_write));
    return work_print_json(cli, root, err);
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

td_status cmd_market_load(cli_call *cli, td_error *err)
{
    cli_work work = {0};
    paper command = {0};
    market_load_request request = {.step = on_step, .context = &work};
    market_load *load = calloc(1, sizeof *load);
    add_command(&command, cli);
    td_status status = paper_check(&command, err);
    if (!status && !load) status = td_fail(err, TD_E_NO_MEMORY, "no memory");
    if (status) goto out;
    read_flags(cli, command.data, &request);
    status = check_places(&request, err);
    if (status) goto out;
    status = work_open(&work, cli, NULL, err);
    if (!status) {
        status = market_load_run(&request, load, err);
        status = work_finish(&work, status, false, err);
    }
    if (!status)
        status =
            cli->json ? print_json(cli, &request, load, err) : print_text(cli, &request, load, err);
    work_close(&work);
out:
    if (load) market_load_free(load);
    free(load);
    paper_free(&command);
    return status;
}
