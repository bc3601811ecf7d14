/* csv.c - one pass over the whole text in memory; fields are offsets into it. See csv.h. */
#include "io/csv.h"

#include "io/csv_parts.h"
#include "io/file.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CSV_SHOWN_BYTES 40 /* of a field's text in a message */

typedef struct csv_span {
    uint32_t start, bytes;
} csv_span; /* start: from the row's start */
typedef struct csv_row {
    uint64_t start, line;
} csv_row;

struct csv {
    char *name;
    char *text; /* ours to change; ends with a 0 byte */
    size_t bytes;
    locale_t c_locale;
    uint32_t column_count;
    char **column_name; /* one block: the pointers, then the names */
    csv_row *row;
    csv_span *field; /* row_count * column_count */
    uint64_t row_count, row_room;
};

typedef struct scan {
    csv *csv;
    char *at, *end;
    uint64_t line; /* of at */
    char separator;
    bool stop[256]; /* what ends an unquoted field */
} scan;

/* ---- Errors ---------------------------------------------------------------------------------- */

static td_status corrupt(const csv *c, uint64_t line, const char *what, td_error *err)
{
    return td_fail(err, TD_E_CORRUPT, "%s:%llu: %s", c->name, (unsigned long long)line, what);
}

static td_status no_memory(const csv *c, td_error *err)
{
    return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its %zu bytes", c->name, c->bytes);
}

/* ---- Fields and lines ------------------------------------------------------------------------ */

static uint64_t count_lines(const char *text, const char *end)
{
    uint64_t lines = 0;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        ++lines;
        ++text;
    }
    return lines;
}

/* From a quote to the one that closes it. Doubled quotes become one in place, so the text may
 * get shorter than what it stood in. */
static td_status scan_quoted(scan *s, char **text, size_t *bytes, td_error *err)
{
    char *first = s->at + 1, *from = first, *to = first;
    for (;;) {
        char *quote = memchr(from, '"', (size_t)(s->end - from));
        if (!quote) return corrupt(s->csv, s->line, "a quote that begins here never ends", err);
        const size_t part = (size_t)(quote - from);
        if (to != from) memmove(to, from, part);
        to += part;
        from = quote + 1;
        if (*from != '"' || from == s->end) break;
        *to++ = '"';
        ++from;
    }
    *text = first;
    *bytes = (size_t)(to - first);
    if (memchr(first, 0, *bytes)) return corrupt(s->csv, s->line, "has a zero byte", err);
    const uint64_t lines = count_lines(first, to);
    s->at = from;
    s->line += lines;
    if (s->at < s->end && !s->stop[(uint8_t)*s->at])
        return corrupt(s->csv, s->line, "has text behind a closing quote", err);
    return TD_OK;
}

static td_status scan_field(scan *s, char **text, size_t *bytes, td_error *err)
{
    td_status status = TD_OK;
    if (*s->at == '"') {
        status = scan_quoted(s, text, bytes, err);
        if (status) return status;
    } else {
        char *at = s->at;
        while (!s->stop[(uint8_t)*at])
            ++at;
        *text = s->at;
        *bytes = (size_t)(at - s->at);
        s->at = at;
    }
    if (*s->at == 0 && s->at < s->end) return corrupt(s->csv, s->line, "has a zero byte", err);
    return TD_OK;
}

/* Past the line's end: LF, CRLF, or the end of the file. More than one CR is what a careless
 * conversion leaves; one without LF is more likely a file that is cut in other ways than ours. */
static td_status scan_line_end(scan *s, td_error *err)
{
    while (*s->at == '\r')
        ++s->at;
    if (s->at == s->end) return TD_OK;
    if (*s->at != '\n')
        return corrupt(s->csv, s->line, "has a CR without LF; lines end with LF or CRLF", err);
    ++s->at;
    ++s->line;
    return TD_OK;
}

/* Skips lines with nothing but spaces. */
static void skip_blank_lines(scan *s)
{
    for (;;) {
        char *at = s->at;
        while (*at == ' ')
            ++at;
        while (*at == '\r')
            ++at;
        if (*at != '\n') {
            if (at == s->end) s->at = at;
            return;
        }
        s->at = at + 1;
        ++s->line;
    }
}

/* ---- The header ------------------------------------------------------------------------------ */

/* The one that stands most often in the header, quoted text left out; of equals the first. */
static char find_separator(const scan *s)
{
    static const char kinds[] = {',', ';', '\t'};
    size_t count[sizeof kinds] = {0}, best = 0;
    bool quoted = false;
    for (const char *at = s->at; at < s->end && (quoted || *at != '\n'); ++at) {
        if (*at == '"') quoted = !quoted;
        for (size_t i = 0; i < sizeof kinds; ++i)
            count[i] += !quoted && *at == kinds[i];
    }
    for (size_t i = 1; i < sizeof kinds; ++i)
        if (count[i] > count[best]) best = i;
    return kinds[best];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static char *copy_trimmed(char *to, const char *text, size_t bytes)
{
    while (bytes > 0 && is_blank(text[0]))
        ++text, --bytes;
    while (bytes > 0 && is_blank(text[bytes - 1]))
        --bytes;
    memcpy(to, text, bytes);
    to[bytes] = 0;
    return to + bytes + 1;
}

static td_status keep_names(csv *c, char *const *text, const size_t *bytes, td_error *err)
{
    size_t room = c->column_count * sizeof(char *);
    for (uint32_t i = 0; i < c->column_count; ++i)
        room += bytes[i] + 1;
    c->column_name = malloc(room);
    if (!c->column_name) return no_memory(c, err);
    char *to = (char *)(c->column_name + c->column_count);
    for (uint32_t i = 0; i < c->column_count; ++i) {
        c->column_name[i] = to;
        to = copy_trimmed(to, text[i], bytes[i]);
    }
    return TD_OK;
}

static td_status scan_header(scan *s, td_error *err)
{
    td_status status = TD_OK;
    csv *c = s->csv;
    uint32_t count = 0;
    char **text = malloc(CSV_COLUMNS_MAX * sizeof *text);
    size_t *bytes = malloc(CSV_COLUMNS_MAX * sizeof *bytes);
    if (!text || !bytes) {
        status = no_memory(c, err);
        goto out;
    }
    for (;;) {
        if (count == CSV_COLUMNS_MAX) {
            status = td_fail(err, TD_E_CORRUPT, "%s:%llu: has more than %d columns", c->name,
                             (unsigned long long)s->line, CSV_COLUMNS_MAX);
            goto out;
        }
        status = scan_field(s, &text[count], &bytes[count], err);
        if (status) goto out;
        ++count;
        if (*s->at != s->separator) break;
        ++s->at;
    }
    c->column_count = count;
    status = keep_names(c, text, bytes, err);
    if (status) goto out;
    status = scan_line_end(s, err);
out:
    free(bytes);
    free(text);
    return status;
}

/* ---- The rows -------------------------------------------------------------------------------- */

static td_status rows_reserve(csv *c, uint64_t rows, td_error *err)
{
    size_t row_bytes = 0, field_bytes = 0;
    if (rows > SIZE_MAX / sizeof(csv_span) / c->column_count) return no_memory(c, err);
    if (td_bytes(rows, sizeof(csv_row), &row_bytes, err)) return TD_E_NO_MEMORY;
    if (td_bytes(rows * c->column_count, sizeof(csv_span), &field_bytes, err))
        return TD_E_NO_MEMORY;
    csv_row *row = realloc(c->row, row_bytes);
    if (!row) return no_memory(c, err);
    c->row = row;
    csv_span *field = realloc(c->field, field_bytes);
    if (!field) return no_memory(c, err);
    c->field = field;
    c->row_room = rows;
    return TD_OK;
}

static td_status ragged(const scan *s, uint64_t line, uint64_t count, td_error *err)
{
    return td_fail(err, TD_E_CORRUPT, "%s:%llu: has %llu field%s, the header has %u", s->csv->name,
                   (unsigned long long)line, (unsigned long long)count, count == 1 ? "" : "s",
                   s->csv->column_count);
}

static td_status scan_row(scan *s, td_error *err)
{
    csv *c = s->csv;
    char *first = s->at;
    const uint64_t line = s->line;
    csv_span *span = c->field + c->row_count * c->column_count;
    uint64_t count = 0;
    for (;;) {
        char *text = NULL;
        size_t bytes = 0;
        const td_status status = scan_field(s, &text, &bytes, err);
        if (status) return status;
        if ((uint64_t)(s->at - first) > UINT32_MAX)
            return corrupt(c, line, "is longer than 4 GiB", err);
        if (count < c->column_count) {
            span[count].start = (uint32_t)(text - first);
            span[count].bytes = (uint32_t)bytes;
        }
        ++count;
        if (*s->at != s->separator) break;
        ++s->at;
    }
    if (count != c->column_count) return ragged(s, line, count, err);
    c->row[c->row_count].start = (uint64_t)(first - c->text);
    c->row[c->row_count].line = line;
    c->row_count += 1;
    return scan_line_end(s, err);
}

static td_status scan_rows(scan *s, td_error *err)
{
    csv *c = s->csv;
    const char *first = s->at;
    td_status status = rows_reserve(c, 64, err);
    for (skip_blank_lines(s); !status && s->at < s->end; skip_blank_lines(s)) {
        if (c->row_count == c->row_room) {
            /* What is left is guessed from the rows so far, so that large files grow once. */
            const double done = (double)(s->at - first), left = (double)(s->end - s->at);
            const double guess = (double)c->row_count * (1.0 + left / done) * 1.02;
            const uint64_t least = c->row_room + c->row_room / 2, most = c->row_room * 64;
            uint64_t rows = (uint64_t)guess + 16;
            rows = rows < least ? least : rows > most ? most : rows;
            status = rows_reserve(c, rows, err);
            if (status) break;
        }
        status = scan_row(s, err);
    }
    return status;
}

static td_status scan_all(csv *c, td_error *err)
{
    scan s = {c, c->text, c->text + c->bytes, 1, ',', {false}};
    const uint8_t *b = (const uint8_t *)c->text;
    if (c->bytes >= 2 && ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return corrupt(c, 1, "is UTF-16; only UTF-8 is read", err);
    if (c->bytes >= 3 && b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf) s.at += 3;
    skip_blank_lines(&s);
    if (s.at == s.end) return td_fail(err, TD_E_CORRUPT, "%s:1: is empty", c->name);
    s.separator = find_separator(&s);
    s.stop[(uint8_t)s.separator] = s.stop['\n'] = s.stop['\r'] = s.stop[0] = true;
    const td_status status = scan_header(&s, err);
    return status ? status : scan_rows(&s, err);
}

/* ---- Opening and closing --------------------------------------------------------------------- */

/* Takes text over, also when it fails. */
static td_status open_text(const char *name, char *text, size_t bytes, csv **out, td_error *err)
{
    td_status status = TD_OK;
    csv *c = calloc(1, sizeof *c);
    if (!c) {
        free(text);
        return td_fail(err, TD_E_NO_MEMORY, "%s: no memory", name);
    }
    c->text = text;
    c->bytes = bytes;
    c->name = strdup(name);
    c->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c->name || !c->c_locale) {
        status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory", name);
        goto out;
    }
    status = scan_all(c, err);
    if (status) goto out;
    *out = c;
    c = NULL;
out:
    csv_close(c);
    return status;
}

/* Unpacks what is packed and goes on. Takes data over, also when it fails. */
static td_status open_data(const char *name, void *data, size_t bytes, uint64_t bytes_max,
                           csv **out, td_error *err)
{
    if (!csv_is_packed(data, bytes)) return open_text(name, data, bytes, out, err);
    char *text = NULL;
    size_t text_bytes = 0;
    const td_status status = csv_unpack(name, data, bytes, bytes_max, &text, &text_bytes, err);
    free(data);
    return status ? status : open_text(name, text, text_bytes, out, err);
}

td_status csv_open(const char *path, uint64_t bytes_max, csv **out, td_error *err)
{
    void *data = NULL;
    size_t bytes = 0;
    if (bytes_max == 0) bytes_max = CSV_BYTES_MAX;
    const td_status status = file_read(path, bytes_max, &data, &bytes, err);
    return status ? status : open_data(path, data, bytes, bytes_max, out, err);
}

td_status csv_open_memory(const char *name, const void *data, size_t bytes, uint64_t bytes_max,
                          csv **out, td_error *err)
{
    if (bytes_max == 0) bytes_max = CSV_BYTES_MAX;
    if (bytes > bytes_max)
        return td_fail(err, TD_E_CORRUPT, "%s: has %zu bytes, at most %llu are read", name, bytes,
                       (unsigned long long)bytes_max);
    char *copy = malloc(bytes + 1);
    if (!copy) return td_fail(err, TD_E_NO_MEMORY, "%s: no memory for %zu bytes", name, bytes);
    if (bytes > 0) memcpy(copy, data, bytes);
    copy[bytes] = 0;
    return open_data(name, copy, bytes, bytes_max, out, err);
}

void csv_close(csv *c)
{
    if (!c) return;
    if (c->c_locale) freelocale(c->c_locale);
    free(c->field);
    free(c->row);
    free(c->column_name);
    free(c->text);
    free(c->name);
    free(c);
}

/* ---- Asking ---------------------------------------------------------------------------------- */

uint64_t csv_row_count(const csv *c)
{
    return c->row_count;
}
uint32_t csv_column_count(const csv *c)
{
    return c->column_count;
}
const char *csv_column_name(const csv *c, uint32_t column)
{
    return c->column_name[column];
}
uint64_t csv_line(const csv *c, uint64_t row)
{
    return c->row[row].line;
}

bool csv_find(const csv *c, const char *name, uint32_t *column)
{
    for (uint32_t i = 0; i < c->column_count; ++i) {
        if (strcmp(c->column_name[i], name) == 0) return *column = i, true;
    }
    for (uint32_t i = 0; i < c->column_count; ++i) {
        if (strcasecmp(c->column_name[i], name) == 0) return *column = i, true;
    }
    return false;
}

csv_text csv_field(const csv *c, uint64_t row, uint32_t column)
{
    const csv_span *span = c->field + row * c->column_count + column;
    return (csv_text){c->text + c->row[row].start + span->start, span->bytes};
}

/* What people take for numbers, and what to write instead; "" where there is nothing to say. */
static const char *number_hint(const char *text)
{
    const char *at = text + strspn(text, " \t");
    at += *at == '+' || *at == '-';
    const size_t word = strcspn(at, " \t");
    if ((word == 3 && strncasecmp(at, "inf", 3) == 0) ||
        (word == 8 && strncasecmp(at, "infinity", 8) == 0))
        return "; infinities are not allowed, NaN or an empty field marks a missing sample";
    const size_t before = strspn(at, "0123456789");
    if (before == 0 || at[before] != ',') return "";
    at += before + 1;
    const size_t behind = strspn(at, "0123456789");
    const char *rest = at + behind;
    const bool whole = !rest[strspn(rest, "eE+-0123456789 \t")];
    return behind && whole ? "; decimal commas are not read: write 1.5, not 1,5" : "";
}

static td_status no_number(const csv *c, uint64_t row, uint32_t column, csv_text text,
                           td_error *err)
{
    char shown[CSV_SHOWN_BYTES + 1];
    const size_t count = text.bytes < CSV_SHOWN_BYTES ? text.bytes : CSV_SHOWN_BYTES;
    for (size_t i = 0; i < count; ++i)
        shown[i] = (uint8_t)text.data[i] < ' ' || text.data[i] == 127 ? '?' : text.data[i];
    shown[count] = 0;
    return td_fail(err, TD_E_CORRUPT, "%s:%llu: column %.64s: \"%s\"%s is no finite number%s",
                   c->name, (unsigned long long)csv_line(c, row), c->column_name[column], shown,
                   count < text.bytes ? ".." : "", number_hint(shown));
}

td_status csv_number(const csv *c, uint64_t row, uint32_t column, double *out, td_error *err)
{
    const csv_text text = csv_field(c, row, column);
    if (csv_number_parse(text.data, text.bytes, c->c_locale, out)) return TD_OK;
    return no_number(c, row, column, text, err);
}

td_status csv_numbers(const csv *c, uint32_t column, double *out, td_error *err)
{
    for (uint64_t row = 0; row < c->row_count; ++row) {
        const td_status status = csv_number(c, row, column, &out[row], err);
        if (status) return status;
    }
    return TD_OK;
}
