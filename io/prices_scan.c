/* prices_scan.c - walks over the rows of a CSV text of prices: the fast way where a row has the
 * common form, else the careful one, which also says what is wrong. */
#include "io/prices_scan.h"

#include "io/prices_parts.h"
#include "io/prices_when.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 40 /* of a quote in a message */
#define NAME_BYTES  32

/* ---- Messages -------------------------------------------------------------------------------- */

/* "FILE:LINE", or with a column "FILE:LINE: column 5 (close): \"12x\"". */
static void say_where(const price_scan *scan, uint64_t line, uint32_t column, char *text,
                      size_t room)
{
    const price_field *field = column < scan->split.count ? &scan->split.field[column] : NULL;
    char value[VALUE_BYTES], name[NAME_BYTES];
    if (!field || column >= scan->header.count) {
        snprintf(text, room, "%.160s:%llu: the row", scan->name, (unsigned long long)line);
        return;
    }
    prices_quote(field->text, field->bytes, value, sizeof value);
    prices_quote(scan->header.name[column], strlen(scan->header.name[column]), name, sizeof name);
    snprintf(text, room, "%.160s:%llu: column %u (%s): \"%s\"", scan->name,
             (unsigned long long)line, column + 1, name, value);
}

static void note_bad(price_scan *scan, const char *message)
{
    price_csv_findings *findings = scan->findings;
    findings->bad += 1;
    if (findings->bad_listed == PRICES_BAD_LISTED_MAX) return;
    snprintf(findings->bad_list[findings->bad_listed++], sizeof findings->bad_list[0], "%s",
             message);
}

/* A row that cannot be read: an error, or left out and told. */
static td_status bad_row(price_scan *scan, uint64_t line, uint32_t column, const char *why,
                         const char *allowed, td_error *err)
{
    char where[300], message[PRICES_BAD_BYTES];
    say_where(scan, line, column, where, sizeof where);
    snprintf(message, sizeof message, "%s %s%s%s", where, why, allowed ? "; " : "",
             allowed ? allowed : "");
    if (!scan->options->skip_bad) return td_fail(err, TD_E_CORRUPT, "%s", message);
    note_bad(scan, message);
    return TD_OK;
}

/* ---- The header ------------------------------------------------------------------------------ */

char price_scan_delimiter(const char *at, const char *end)
{
    static const char marks[3] = {',', ';', '\t'};
    size_t count[3] = {0, 0, 0};
    bool quoted = false;
    for (; at < end && *at != '\n'; ++at) {
        if (*at == '"') quoted = !quoted;
        for (uint32_t i = 0; i < 3 && !quoted; ++i)
            count[i] += *at == marks[i];
    }
    uint32_t best = 0;
    for (uint32_t i = 1; i < 3; ++i)
        if (count[i] > count[best]) best = i;
    return marks[best];
}

static void list_ignored(price_scan *scan)
{
    price_csv_findings *findings = scan->findings;
    const price_header *header = &scan->header;
    for (uint32_t i = 0; i < header->count; ++i) {
        char name[sizeof findings->ignored_list[0]] = {0};
        bool there = false;
        if (header->role[i] != PRICE_ROLE_NONE) continue;
        const char *full = *header->name[i] ? header->name[i] : "(no name)";
        prices_quote(full, strlen(full), name, sizeof name);
        for (uint32_t k = 0; k < findings->ignored && !there; ++k)
            there = strcmp(findings->ignored_list[k], name) == 0;
        if (there) continue;
        if (findings->ignored == PRICES_IGNORED_MAX) findings->ignored_more = true;
        else memcpy(findings->ignored_list[findings->ignored++], name, sizeof name);
    }
}

static td_status name_error(const price_scan *scan, uint64_t line, td_error *err)
{
    const td_error why = err ? *err : (td_error)TD_ERROR_INIT;
    return td_fail(err, why.status, "%.160s:%llu: %.300s", scan->name, (unsigned long long)line,
                   why.message);
}

static td_status wide_symbols(price_scan *scan, td_error *err)
{
    const price_header *header = &scan->header;
    td_error own = TD_ERROR_INIT;
    scan->column_symbol = calloc((size_t)header->count + 1, sizeof *scan->column_symbol);
    scan->cell = calloc((size_t)header->count + 1, sizeof *scan->cell);
    uint8_t *seen = NULL;
    td_status status = TD_OK;
    if (!scan->column_symbol || !scan->cell) goto no_memory;
    for (uint32_t i = 1; !status && i < header->count; ++i) {
        status = price_rows_symbol(scan->rows, header->name[i], strlen(header->name[i]),
                                   &scan->column_symbol[i], &own);
        if (status)
            status = td_fail(err, status, "%.160s:%llu: column %u: %.300s", scan->name,
                             (unsigned long long)scan->line, i + 1, own.message);
    }
    if (status) goto out;
    seen = calloc((size_t)price_rows_symbols(scan->rows) + 1, 1);
    if (!seen) goto no_memory;
    for (uint32_t i = 1; !status && i < header->count; ++i) {
        if (seen[scan->column_symbol[i]])
            status = td_fail(err, TD_E_CORRUPT,
                             "%.160s:%llu: column %u: the symbol \"%.250s\" has a column already",
                             scan->name, (unsigned long long)scan->line, i + 1, header->name[i]);
        seen[scan->column_symbol[i]] = 1;
    }
    goto out;
no_memory:
    status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its columns", scan->name);
out:
    free(seen);
    return status;
}

static td_status read_header(price_scan *scan, const char *stem, td_error *err)
{
    char where[200];
    const char *why = NULL;
    /* Blank lines in front are none. */
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at)) {
        if (*scan->at == '\n') scan->line += 1;
        scan->at += 1;
    }
    if (scan->at == scan->end)
        return td_fail(err, TD_E_CORRUPT, "%s: is empty: a header line and rows are expected",
                       scan->name);
    scan->delimiter = price_scan_delimiter(scan->at, scan->end);
    const uint64_t line = scan->line;
    td_status status = price_line_split(&scan->split, &scan->at, scan->end, scan->delimiter,
                                        &scan->line, &why, err);
    if (status) return status;
    snprintf(where, sizeof where, "%.160s:%llu", scan->name, (unsigned long long)line);
    if (why) return td_fail(err, TD_E_CORRUPT, "%s: the header %s", where, why);
    return price_header_read(&scan->split, where, stem, scan->options, &scan->header, err);
}

/* ---- What times are -------------------------------------------------------------------------- */

static bool field_instant(const price_scan *scan, price_when *when)
{
    const price_line *split = &scan->split;
    const price_header *header = &scan->header;
    if (header->time >= split->count) return false;
    const price_field *field = &split->field[header->time];
    if (price_when_parse(field->text, field->bytes, scan->options->order, when)) return false;
    if (header->clock < split->count) {
        int32_t seconds = 0;
        const price_field *clock = &split->field[header->clock];
        if (price_clock_parse(clock->text, clock->bytes, &seconds)) return false;
        when->has_clock = true;
        when->local += seconds;
    }
    return when->has_clock;
}

/* Looks at the first rows, without a word about those that are bad. */
static td_status peek_times(price_scan *scan, td_error *err)
{
    const char *at = scan->at, *why = NULL;
    uint64_t line = 0;
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < PRICES_PEEK_ROWS && at < scan->end; ++i) {
        price_when when;
        status = price_line_split(&scan->split, &at, scan->end, scan->delimiter, &line, &why, err);
        if (status || why || !field_instant(scan, &when)) continue;
        if (!scan->options->zone && when.local % PRICES_DAY_SECONDS == 0) continue;
        scan->instants = true;
        break;
    }
    if (status) return status;
    const price_zone *zone = scan->options->zone;
    status = price_rows_zone(scan->rows,
                             !scan->instants ? NULL
                             : zone          ? price_zone_name(zone)
                                             : "UTC",
                             err);
    if (!status || !err) return status;
    const td_error own = *err;
    return td_fail(err, TD_E_CORRUPT, "%.160s: %.300s", scan->name, own.message);
}

td_status price_scan_begin(price_scan *scan, const char *stem, td_error *err)
{
    scan->line = 1;
    scan->report = scan->at + (scan->end - scan->at < (ptrdiff_t)SCAN_REPORT_BYTES
                                   ? scan->end - scan->at
                                   : (ptrdiff_t)SCAN_REPORT_BYTES);
    scan->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!scan->c_locale)
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for a locale", scan->name);
    td_status status = read_header(scan, stem, err);
    if (!status) status = price_rows_source(scan->rows, scan->name, &scan->source, err);
    if (status) return status;
    if (scan->header.layout == PRICE_LAYOUT_WIDE) status = wide_symbols(scan, err);
    if (!status && scan->header.layout == PRICE_LAYOUT_SINGLE) {
        status = price_rows_symbol(scan->rows, stem, strlen(stem), &scan->symbol, err);
        if (status) return name_error(scan, 1, err);
    }
    if (status) return status;
    list_ignored(scan);
    scan->findings->files[scan->header.layout] += 1;
    return peek_times(scan, err);
}

void price_scan_end(price_scan *scan)
{
    if (scan->c_locale) freelocale(scan->c_locale);
    price_header_close(&scan->header);
    price_line_free(&scan->split);
    free(scan->column_symbol);
    free(scan->cell);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static td_status add_row(price_scan *scan, price_row *row, uint64_t line, td_error *err)
{
    td_status status = TD_OK;
    row->line = line;
    scan->findings->rows += 1;
    if (scan->header.layout != PRICE_LAYOUT_WIDE) {
        status = price_rows_add(scan->rows, row, err);
        return status ? name_error(scan, line, err) : TD_OK;
    }
    /* An empty cell is no row: the symbol has no bar there. */
    for (uint32_t i = 1; !status && i < scan->header.count; ++i) {
        if (isnan(scan->cell[i])) continue;
        row->symbol = scan->column_symbol[i];
        row->price[scan->header.field] = scan->cell[i];
        status = price_rows_add(scan->rows, row, err);
    }
    return status ? name_error(scan, line, err) : TD_OK;
}

static bool is_blank_row(const price_line *split)
{
    for (uint32_t i = 0; i < split->count; ++i)
        if (split->field[i].bytes > 0) return false;
    return split->count <= 1;
}

static td_status careful_row(price_scan *scan, price_row *row, td_error *err)
{
    const char *why = NULL, *allowed = NULL;
    uint32_t column = UINT32_MAX;
    const uint64_t line = scan->line;
    td_status status = price_line_split(&scan->split, &scan->at, scan->end, scan->delimiter,
                                        &scan->line, &why, err);
    if (status) return status;
    if (!why && is_blank_row(&scan->split)) return TD_OK;
    if (!why) status = price_scan_careful(scan, row, &why, &allowed, &column, err);
    if (status) return status;
    return why ? bad_row(scan, line, column, why, allowed, err) : add_row(scan, row, line, err);
}

static td_status report(price_scan *scan, td_error *err)
{
    const price_csv_options *options = scan->options;
    const size_t left = (size_t)(scan->end - scan->at);
    scan->report = scan->at + (left < SCAN_REPORT_BYTES ? left : SCAN_REPORT_BYTES);
    if (!options->progress || options->progress(options->context, (uint64_t)(scan->at - scan->data),
                                                (uint64_t)(scan->end - scan->data)))
        return TD_OK;
    return td_fail(err, TD_E_CANCELLED, "%s: stopped in line %llu", scan->name,
                   (unsigned long long)scan->line);
}

td_status price_scan_rows(price_scan *scan, td_error *err)
{
    price_row row = {.symbol = scan->symbol, .source = scan->source, .fields = scan->header.fields};
    td_status status = TD_OK;
    while (!status && scan->at < scan->end) {
        const char *next =
            scan->options->careful ? NULL : price_scan_fast(scan, &row, &status, err);
        if (status) return name_error(scan, scan->line, err);
        if (next) {
            scan->at = next;
            status = add_row(scan, &row, scan->line++, err);
        } else {
            status = careful_row(scan, &row, err);
        }
        if (!status && scan->at >= scan->report) status = report(scan, err);
    }
    return status;
}
