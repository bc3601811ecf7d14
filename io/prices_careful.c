/* prices_careful.c - the fields of one row, whatever their form, and what is wrong with them. */
#include "io/csv_parts.h"
#include "io/prices_parts.h"
#include "io/prices_scan.h"
#include "io/prices_when.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define NUMBER_BYTES_MAX 511

static const char number_allowed[] =
    "allowed are decimals such as 1234.5, in quotes also \"1,234.5\", and empty or NaN for none";

static bool is_missing(const char *text, size_t bytes)
{
    static const char *const words[] = {"", "nan", "na", "n/a", "#n/a", "null", "none", "-", "--"};
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i)
        if (strlen(words[i]) == bytes && strncasecmp(words[i], text, bytes) == 0) return true;
    return false;
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

/* Takes commas out that stand between groups of three digits: 1,234,567.8. False: they do not. */
static bool take_commas(char *text)
{
    char *to = text + (*text == '-' || *text == '+');
    const char *from = to;
    size_t group = digits(from);
    bool fits = group >= 1 && group <= 3;
    while (fits && from[group] == ',') {
        memmove(to, from, group);
        to += group;
        from += group + 1;
        group = digits(from);
        fits = group == 3;
    }
    memmove(to, from, strlen(from) + 1);
    return fits && !strchr(to, ',');
}

static const char *read_number(const price_scan *scan, const price_field *field, double *out)
{
    char text[NUMBER_BYTES_MAX + 1];
    if (is_missing(field->text, field->bytes)) {
        *out = NAN;
        return NULL;
    }
    if (field->bytes > NUMBER_BYTES_MAX || memchr(field->text, 0, field->bytes))
        return "is no number";
    memcpy(text, field->text, field->bytes);
    text[field->bytes] = 0;
    if (strchr(text, ',')) {
        if (scan->delimiter == ';')
            return "is a number with a comma between semicolons, which may be a decimal point";
        if (!take_commas(text)) return "is no number: its commas do not stand at thousands";
    }
    return csv_number_parse(text, strlen(text), scan->c_locale, out) ? NULL : "is no number";
}

/* ---- Times ----------------------------------------------------------------------------------- */

static const char *read_time(const price_scan *scan, int64_t *time, const char **allowed,
                             uint32_t *column)
{
    const price_header *header = &scan->header;
    const price_field *field = &scan->split.field[header->time];
    price_when when;
    *column = header->time;
    *allowed = price_when_allowed;
    const char *why = price_when_parse(field->text, field->bytes, scan->options->order, &when);
    if (why) return why;
    if (header->clock != UINT32_MAX) {
        int32_t seconds = 0;
        const price_field *clock = &scan->split.field[header->clock];
        *allowed = NULL;
        if (when.has_clock) return "has a time of day, which has a column of its own";
        *column = header->clock;
        why = price_clock_parse(clock->text, clock->bytes, &seconds);
        if (why) return why;
        when.local += seconds;
        when.has_clock = true;
        *column = header->time;
    }
    if (!scan->instants) {
        *allowed = "tell a zone to read all of them as times: --zone UTC";
        if (when.local % PRICES_DAY_SECONDS != 0)
            return "is a time of day where the rows before have dates";
        *time = when.local;
        return NULL;
    }
    *allowed = NULL;
    if (!when.has_clock) return "is a date where other rows have times of day";
    if (when.has_offset) {
        *time = when.local - when.offset;
        return NULL;
    }
    *allowed = "tell it, as in --zone Asia/Seoul";
    if (!scan->options->zone) return "is a time of an unknown zone";
    *allowed = NULL;
    return price_zone_utc(scan->options->zone, when.local, time);
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static const char *read_symbol(const price_field *field)
{
    if (field->bytes == 0) return "is empty: the row has no symbol";
    if (field->bytes > PRICES_SYMBOL_BYTES_MAX) return "is no symbol: it has more than 255 bytes";
    if (memchr(field->text, 0, field->bytes)) return "is no symbol: it holds a zero byte";
    return prices_is_utf8(field->text, field->bytes) ? NULL : "is no symbol: it is no UTF-8 text";
}

td_status price_scan_careful(price_scan *scan, price_row *row, const char **why,
                             const char **allowed, uint32_t *column, td_error *err)
{
    const price_header *header = &scan->header;
    const price_line *split = &scan->split;
    *column = UINT32_MAX;
    if (split->count != header->count) {
        *why = split->count < header->count ? "has fewer fields than the header"
                                            : "has more fields than the header";
        return TD_OK;
    }
    for (uint32_t i = 0; i < header->count; ++i) {
        const uint8_t role = header->role[i];
        double *to = NULL;
        *column = i;
        if (role == PRICE_ROLE_SYMBOL) *why = read_symbol(&split->field[i]);
        if (role == PRICE_ROLE_TIME) *why = read_time(scan, &row->time, allowed, column);
        if (role == PRICE_ROLE_CELL) to = &scan->cell[i];
        if (role >= PRICE_ROLE_PRICE) to = &row->price[role - PRICE_ROLE_PRICE];
        if (to) {
            *allowed = number_allowed;
            *why = read_number(scan, &split->field[i], to);
        }
        if (*why) return TD_OK;
    }
    /* Last, so that a row that is bad makes no symbol. */
    if (header->symbol == UINT32_MAX) return TD_OK;
    const price_field *symbol = &split->field[header->symbol];
    return price_rows_symbol(scan->rows, symbol->text, symbol->bytes, &row->symbol, err);
}
