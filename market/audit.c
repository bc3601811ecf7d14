/* audit.c - see audit.h: a file of prices in, findings and a mended file out. */
#include "market/audit.h"

#include "market/stream_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_ROOM 256

typedef struct auditing {
    const market_audit_request *request;
    market_audit *out;
    const td_panel *panel;
    stream_file *csv;
    const char *what; /* the step that is under way */
    bool no_memory;
} auditing;

static bool is_intraday(const td_panel *panel)
{
    return panel->zone && panel->zone[0];
}

/* ---- Findings ----------------------------------------------------------------------------- */

/* finding may be held against nothing: an empty field. */
static void add_number(stream_file *csv, double value)
{
    char text[40];
    snprintf(text, sizeof text, ",%.17g", value);
    stream_add(csv, isnan(value) ? "," : text);
}

static void add_row(auditing *audit, const audit_finding *finding, const char *time)
{
    stream_file *csv = audit->csv;
    const audit_policy policy = audit->request->options.policy[finding->kind];
    stream_add(csv, audit_rules[finding->kind].name);
    stream_add(csv, ",");
    stream_add_field(csv, audit->panel->symbol[finding->symbol]);
    stream_add(csv, ",");
    stream_add(csv, time);
    add_number(csv, finding->value);
    add_number(csv, finding->reference);
    stream_add(csv, ",");
    stream_add(csv, audit_policy_name(policy));
    stream_add(csv, "\n");
}

/* One of each symbol, so that a few tell of many. */
static bool wants_example(const market_audit *out, const audit_finding *finding)
{
    const uint32_t count = out->example_count[finding->kind];
    if (count == out->examples_max) return false;
    return count == 0 || out->example[finding->kind][count - 1].finding.symbol != finding->symbol;
}

static bool on_finding(void *context, const audit_finding *finding)
{
    auditing *audit = context;
    market_audit *out = audit->out;
    const unsigned kind = finding->kind;
    char time[DATES_TEXT_MAX] = "";
    const bool wanted = wants_example(out, finding);
    if (!audit->csv && !wanted) return true;
    if (audit->panel->bar_count)
        date_text(audit->panel->time[finding->bar], is_intraday(audit->panel), time);
    if (audit->csv) add_row(audit, finding, time);
    if (!wanted) return true;
    if (!out->example[kind]) {
        out->example[kind] = calloc(out->examples_max, sizeof *out->example[kind]);
        audit->no_memory = !out->example[kind];
        if (audit->no_memory) return false;
    }
    market_audit_example *example = &out->example[kind][out->example_count[kind]++];
    example->finding = *finding;
    example->symbol = audit->panel->symbol[finding->symbol];
    memcpy(example->time, time, sizeof time);
    return true;
}

static bool on_step(void *context, uint64_t done)
{
    const auditing *audit = context;
    const market_audit_request *request = audit->request;
    return !request->step ||
           request->step(request->context, audit->what, done, audit->panel->symbol_count);
}

static td_status find_all(auditing *audit, const audit_options *options, td_error *err)
{
    const audit_hooks hooks = {on_finding, on_step, audit};
    const char *path = audit->request->csv;
    td_status status = path ? stream_open(path, &audit->csv, err) : TD_OK;
    if (status) return status;
    if (audit->csv) stream_add(audit->csv, "fault,symbol,time,value,reference,policy\n");
    audit->what = "audit";
    status = audit_run(audit->panel, options, &hooks, &audit->out->report, err);
    if (audit->no_memory) status = td_fail(err, TD_E_NO_MEMORY, "no memory for examples");
    if (status) stream_discard(audit->csv);
    else if (audit->csv) status = stream_commit(audit->csv, err);
    audit->csv = NULL;
    return status;
}

/* ---- The mended panel --------------------------------------------------------------------- */

typedef struct mended_panel {
    td_panel panel;
    double *price[TD_PRICES];
    uint8_t *excluded, *used; /* by symbol; by bar: a symbol has a price there */
    const char **symbol;
    int64_t *time;
} mended_panel;

static void mended_free(mended_panel *mended)
{
    for (unsigned p = 0; p < TD_PRICES; ++p)
        free(mended->price[p]);
    free(mended->excluded);
    free(mended->used);
    free(mended->symbol);
    free(mended->time);
    memset(mended, 0, sizeof *mended);
}

static td_status mended_room(const td_panel *panel, mended_panel *mended, td_error *err)
{
    size_t bytes = 0;
    bool full = false;
    td_status status = td_bytes(panel->symbol_count, panel->bar_count, &bytes, err);
    if (!status) status = td_bytes(bytes, sizeof(double), &bytes, err);
    if (status) return status;
    for (unsigned p = 0; p < TD_PRICES; ++p) {
        if (!panel->price[p]) continue;
        mended->price[p] = malloc(bytes ? bytes : 1);
        full |= !mended->price[p];
    }
    mended->excluded = calloc(panel->symbol_count + 1, 1);
    mended->used = calloc(panel->bar_count + 1, 1);
    mended->symbol = calloc(panel->symbol_count + 1, sizeof *mended->symbol);
    mended->time = calloc(panel->bar_count + 1, sizeof *mended->time);
    full |= !mended->excluded || !mended->used || !mended->symbol || !mended->time;
    if (!full) return TD_OK;
    return td_fail(err, TD_E_NO_MEMORY,
                   "no memory for a mended panel of %" PRIu64 " symbols x %" PRIu64 " bars",
                   panel->symbol_count, panel->bar_count);
}

static void note_used(const td_panel *panel, mended_panel *mended)
{
    for (unsigned p = 0; p < TD_PRICES; ++p)
        for (uint64_t s = 0; mended->price[p] && s < panel->symbol_count; ++s)
            for (uint64_t t = 0; t < panel->bar_count; ++t)
                if (!isnan(mended->price[p][s * panel->bar_count + t])) mended->used[t] = 1;
}

/* Moves what stays together: symbols that are not excluded, bars that somebody has. */
static void close_ranks(const td_panel *panel, mended_panel *mended)
{
    uint64_t symbols = 0, bars = 0;
    note_used(panel, mended);
    for (uint64_t t = 0; t < panel->bar_count; ++t)
        if (mended->used[t]) mended->time[bars++] = panel->time[t];
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        if (!mended->excluded[s]) mended->symbol[symbols++] = panel->symbol[s];
    for (unsigned p = 0; p < TD_PRICES; ++p) {
        uint64_t at = 0;
        for (uint64_t s = 0; mended->price[p] && s < panel->symbol_count; ++s)
            for (uint64_t t = 0; !mended->excluded[s] && t < panel->bar_count; ++t)
                if (mended->used[t])
                    mended->price[p][at++] = mended->price[p][s * panel->bar_count + t];
        mended->panel.price[p] = mended->price[p];
    }
    mended->panel.struct_size = sizeof mended->panel;
    mended->panel.symbol_count = symbols;
    mended->panel.bar_count = bars;
    mended->panel.symbol = mended->symbol;
    mended->panel.time = mended->time;
    mended->panel.zone = panel->zone;
}

/* ---- Attributes --------------------------------------------------------------------------- */

#define OWN_ATTRIBUTES (AUDIT_KINDS + 3)
#define NAME_ROOM      48

typedef struct audit_attributes {
    price_attribute *list;
    uint32_t count;
    char name[OWN_ATTRIBUTES][NAME_ROOM];
    char *text[OWN_ATTRIBUTES];
    uint32_t own;
} audit_attributes;

static void attributes_free(audit_attributes *all)
{
    for (uint32_t i = 0; i < all->own; ++i)
        free(all->text[i]);
    free(all->list);
}

/* Adds a line to what an earlier audit has left under the name. */
static td_status attribute_add(audit_attributes *all, const prices *source, const char *name,
                               const char *line, td_error *err)
{
    const uint32_t i = all->own;
    snprintf(all->name[i], NAME_ROOM, "audit_%s", name);
    const char *before = prices_attribute(source, all->name[i]);
    const size_t room = (before ? strlen(before) + 1 : 0) + strlen(line) + 1;
    all->text[i] = malloc(room);
    if (!all->text[i]) return td_fail(err, TD_E_NO_MEMORY, "no memory for attributes");
    snprintf(all->text[i], room, "%s%s%s", before ? before : "", before ? "\n" : "", line);
    all->own += 1;
    return TD_OK;
}

static td_status attributes_of_faults(const auditing *audit, audit_attributes *all, td_error *err)
{
    const market_audit *out = audit->out;
    td_status status = TD_OK;
    for (unsigned kind = 0; kind < AUDIT_KINDS && !status; ++kind) {
        char line[LINE_ROOM];
        const audit_count found = out->report.found[kind], changed = out->mended.changed[kind];
        snprintf(line, sizeof line,
                 "policy %s, found %" PRIu64 " rows in %" PRIu64 " symbols, changed %" PRIu64
                 " rows in %" PRIu64 " symbols",
                 audit_policy_name(audit->request->options.policy[kind]), found.rows, found.symbols,
                 changed.rows, changed.symbols);
        status = attribute_add(all, out->prices, audit_rules[kind].name, line, err);
    }
    return status;
}

static td_status attributes_of_run(const auditing *audit, audit_attributes *all, td_error *err)
{
    const market_audit *out = audit->out;
    const audit_options *options = &audit->request->options;
    char line[LINE_ROOM];
    snprintf(line, sizeof line, "move_limit %g, calendar_share %g, history_share %g, calendar %s",
             options->move_limit, options->calendar_share, options->history_share,
             out->calendar ? "given" : "of the panel");
    td_status status = attribute_add(all, out->prices, "limits", line, err);
    snprintf(line, sizeof line,
             "%" PRIu64 " rows of %" PRIu64 " symbols before, %" PRIu64 " rows of %" PRIu64
             " symbols after",
             out->mended.rows_before, out->report.symbols, out->mended.rows_after,
             out->mended.symbols_after);
    if (!status) status = attribute_add(all, out->prices, "rows", line, err);
    if (!status) status = attribute_add(all, out->prices, "source", audit->request->input, err);
    return status;
}

static bool is_own(const audit_attributes *all, const char *name)
{
    for (uint32_t i = 0; i < all->own; ++i)
        if (strcmp(all->name[i], name) == 0) return true;
    return false;
}

static td_status attributes_make(const auditing *audit, audit_attributes *all, td_error *err)
{
    const prices *source = audit->out->prices;
    const char *name = NULL, *text = NULL;
    uint32_t there = 0;
    td_status status = attributes_of_faults(audit, all, err);
    if (!status) status = attributes_of_run(audit, all, err);
    if (status) return status;
    while (prices_attribute_at(source, there, &name, &text))
        there += 1;
    all->list = calloc(there + OWN_ATTRIBUTES, sizeof *all->list);
    if (!all->list) return td_fail(err, TD_E_NO_MEMORY, "no memory for attributes");
    /* The writer gives the zone itself, from the panel. */
    for (uint32_t i = 0; prices_attribute_at(source, i, &name, &text); ++i)
        if (!is_own(all, name) && strcmp(name, "zone") != 0)
            all->list[all->count++] = (price_attribute){name, text};
    for (uint32_t i = 0; i < all->own; ++i)
        all->list[all->count++] = (price_attribute){all->name[i], all->text[i]};
    return TD_OK;
}

static td_status mend_all(auditing *audit, const audit_options *options, td_error *err)
{
    const audit_hooks hooks = {NULL, on_step, audit};
    const char *path = audit->request->output;
    market_audit *out = audit->out;
    mended_panel mended = {.excluded = NULL};
    audit_attributes attributes = {.list = NULL};
    audit->what = "mend";
    td_status status = mended_room(audit->panel, &mended, err);
    if (!status)
        status = audit_mend(audit->panel, options, &hooks, mended.price, mended.excluded,
                            &out->mended, err);
    if (status) goto out;
    close_ranks(audit->panel, &mended);
    if (mended.panel.symbol_count == 0 || mended.panel.bar_count == 0)
        status =
            td_fail(err, TD_E_BAD_ARGUMENT, "%s: the policies leave nothing of %" PRIu64 " symbols",
                    path, audit->panel->symbol_count);
    if (!status) status = attributes_make(audit, &attributes, err);
    if (!status) status = prices_write(path, &mended.panel, attributes.list, attributes.count, err);
    out->bars_after = mended.panel.bar_count;
    out->is_mended = !status;
out:
    attributes_free(&attributes);
    mended_free(&mended);
    return status;
}

/* ---- All ---------------------------------------------------------------------------------- */

static td_status read_calendar(auditing *audit, audit_options *options, td_error *err)
{
    market_audit *out = audit->out;
    const char *path = audit->request->calendar_path;
    if (!path) return TD_OK;
    if (is_intraday(audit->panel))
        return td_fail(err, TD_E_BAD_ARGUMENT,
                       "%s: a calendar of dates fits daily bars alone; %s has times in the zone %s",
                       path, audit->request->input, audit->panel->zone);
    const td_status status = market_calendar_read(path, &out->calendar, &out->calendar_count, err);
    options->calendar = out->calendar;
    options->calendar_count = out->calendar_count;
    return status;
}

td_status market_audit_run(const market_audit_request *request, market_audit *out, td_error *err)
{
    auditing audit = {.request = request, .out = out, .what = "audit"};
    audit_options options = request->options;
    out->examples_max = request->examples < MARKET_AUDIT_EXAMPLES_MAX ? request->examples
                                                                      : MARKET_AUDIT_EXAMPLES_MAX;
    td_status status = audit_check(&options, err);
    if (!status) status = prices_open(request->input, &out->prices, err);
    if (status) return status;
    audit.panel = prices_panel(out->prices);
    status = read_calendar(&audit, &options, err);
    if (!status) status = find_all(&audit, &options, err);
    if (!status && request->output) status = mend_all(&audit, &options, err);
    return status;
}

void market_audit_free(market_audit *audit)
{
    for (unsigned kind = 0; kind < AUDIT_KINDS; ++kind)
        free(audit->example[kind]);
    free(audit->calendar);
    prices_close(audit->prices);
    memset(audit, 0, sizeof *audit);
}
