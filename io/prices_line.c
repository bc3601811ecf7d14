/* prices_line.c - see prices_line.h. This is the careful way: it sees quotes, breaks of lines
 * inside them, and says what is wrong. */
#include "io/prices_line.h"

#include "io/prices_csv.h"

#include <stdlib.h>
#include <string.h>

#define LINE_ROOM_FIRST 64u

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool add_field(price_line *line, const char *text, size_t bytes, bool quoted)
{
    if (line->count == line->room) {
        const uint32_t room = line->room ? line->room * 2 : LINE_ROOM_FIRST;
        price_field *grown = realloc(line->field, room * sizeof *grown);
        if (!grown) return false;
        line->field = grown;
        line->room = room;
    }
    line->field[line->count++] = (price_field){text, bytes, quoted};
    return true;
}

static void trim(const char **text, size_t *bytes)
{
    while (*bytes > 0 && is_blank(**text)) {
        *text += 1;
        *bytes -= 1;
    }
    while (*bytes > 0 && is_blank((*text)[*bytes - 1]))
        *bytes -= 1;
}

/* The end of the quoted field whose text starts at; NULL: it never ends. */
static const char *quoted_end(const char *at, const char *end)
{
    while (at < end) {
        at = memchr(at, '"', (size_t)(end - at));
        if (!at) return NULL;
        if (at + 1 == end || at[1] != '"') return at;
        at += 2;
    }
    return NULL;
}

/* Copies a quoted text with each "" as ", into room that is never moved: fields point into it. */
static size_t unquote(const char *text, size_t bytes, char *to)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; ++i) {
        to[count++] = text[i];
        if (text[i] == '"') ++i;
    }
    return count;
}

static uint64_t breaks(const char *text, size_t bytes)
{
    uint64_t count = 0;
    for (size_t i = 0; i < bytes; ++i)
        count += text[i] == '\n';
    return count;
}

/* All unquoted texts of a row fit into as many bytes as the row has. */
static bool make_room(price_line *line, size_t bytes)
{
    if (bytes <= line->unquoted_room) return true;
    char *grown = realloc(line->unquoted, bytes);
    if (!grown) return false;
    line->unquoted = grown;
    line->unquoted_room = bytes;
    return true;
}

/* Where the row ends: behind its last byte, at the line's end or the text's. A quote that never
 * ends takes the line it is in. */
static const char *row_end(const char *at, const char *end, char delimiter, const char **why)
{
    bool first = true; /* of a field: a quote elsewhere is a character */
    for (const char *from = at; at < end && *at != '\n'; ++at) {
        if (*at == '"' && first) {
            const char *close = quoted_end(at + 1, end);
            if (!close) {
                const char *line = memchr(from, '\n', (size_t)(end - from));
                *why = "has a quote that never ends";
                return line ? line : end;
            }
            at = close;
        }
        first = *at == delimiter || (first && is_blank(*at));
    }
    return at;
}

static const char *take_quoted(price_line *line, const char *at, const char *end, char delimiter,
                               char **unquoted, const char **why)
{
    const char *close = quoted_end(at + 1, end);
    const char *next = close + 1;
    const size_t bytes = unquote(at + 1, (size_t)(close - at - 1), *unquoted);
    while (next < end && *next != delimiter && is_blank(*next))
        ++next;
    if (next < end && *next != delimiter) *why = "has text behind a closing quote";
    if (!add_field(line, *unquoted, bytes, true)) return NULL;
    *unquoted += bytes;
    return next;
}

td_status price_line_split(price_line *line, const char **at, const char *end, char delimiter,
                           uint64_t *lines, const char **why, td_error *err)
{
    *why = NULL;
    line->count = 0;
    const char *from = *at, *stop = row_end(from, end, delimiter, why);
    *at = stop < end ? stop + 1 : stop;
    *lines += 1;
    if (*why) return TD_OK;
    *lines += breaks(from, (size_t)(stop - from));
    if (stop > from && stop[-1] == '\r') --stop;
    if (!make_room(line, (size_t)(stop - from) + 1)) goto no_memory;
    char *unquoted = line->unquoted;
    for (;;) {
        const char *text = from;
        while (text < stop && *text != delimiter && is_blank(*text))
            ++text;
        if (text < stop && *text == '"') {
            from = take_quoted(line, text, stop, delimiter, &unquoted, why);
            if (!from) goto no_memory;
        } else {
            const char *next = memchr(from, delimiter, (size_t)(stop - from));
            if (!next) next = stop;
            size_t bytes = (size_t)(next - from);
            text = from;
            trim(&text, &bytes);
            if (!add_field(line, text, bytes, false)) goto no_memory;
            from = next;
        }
        if (*why || from == stop) return TD_OK;
        ++from;
        if (line->count < PRICES_COLUMNS_MAX) continue;
        *why = "has more than 65,536 fields";
        return TD_OK;
    }
no_memory:
    return td_fail(err, TD_E_NO_MEMORY, "no memory for a line of a CSV file");
}

void price_line_free(price_line *line)
{
    free(line->field);
    free(line->unquoted);
    *line = (price_line){0};
}
