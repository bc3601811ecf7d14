/* text.c - the growing text: growth, escaping. */
#include "report/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_grow(text *out, size_t more)
{
    if (out->status) return false;
    if (more > TEXT_BYTES_MAX - out->bytes - 1) {
        out->status = TD_E_OUT_OF_RANGE;
        return false;
    }
    const size_t need = out->bytes + more + 1;
    if (need <= out->room) return true;
    size_t room = out->room ? out->room : 4096;
    while (room < need)
        room *= 2;
    char *data = realloc(out->data, room);
    if (!data) {
        out->status = TD_E_NO_MEMORY;
        return false;
    }
    out->data = data;
    out->room = room;
    return true;
}

void text_add_bytes(text *out, const char *bytes, size_t count)
{
    if (!text_grow(out, count)) return;
    if (count) memcpy(out->data + out->bytes, bytes, count);
    out->bytes += count;
    out->data[out->bytes] = 0;
}

void text_add(text *out, const char *string)
{
    text_add_bytes(out, string, strlen(string));
}

void text_format(text *out, const char *format, ...)
{
    char line[TEXT_FORMAT_MAX];
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof line) {
        if (!out->status) out->status = TD_E_INTERNAL;
        return;
    }
    text_add_bytes(out, line, (size_t)length);
}

/* Bytes of the UTF-8 character at s, 1 to 4, or 0 where there is none that XML 1.0 allows
 * (broken or overlong sequences, surrogates, controls, U+FFFE and U+FFFF). */
static size_t character_bytes(const unsigned char *s)
{
    if (s[0] < 0x80) return s[0] >= 0x20 || s[0] == '\t' || s[0] == '\n' || s[0] == '\r';
    const size_t bytes = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
    uint32_t code = s[0] & (0xFFu >> (bytes + 1));
    for (size_t i = 1; i < bytes; ++i) {
        if ((s[i] & 0xC0) != 0x80) return 0;
        code = code << 6 | (s[i] & 0x3Fu);
    }
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[bytes] || code > 0x10FFFF) return 0;
    if ((code >= 0xD800 && code <= 0xDFFF) || code == 0xFFFE || code == 0xFFFF) return 0;
    return bytes;
}

size_t text_characters(const char *string)
{
    size_t count = 0;
    for (const unsigned char *s = (const unsigned char *)string; s && *s; ++count) {
        const size_t bytes = character_bytes(s);
        s += bytes ? bytes : 1;
    }
    return count;
}

static void escape_one(text *out, const unsigned char *s, size_t bytes)
{
    if (bytes == 0) text_add(out, "\xEF\xBF\xBD");
    else if (*s == '&') text_add(out, "&amp;");
    else if (*s == '<') text_add(out, "&lt;");
    else if (*s == '>') text_add(out, "&gt;");
    else if (*s == '"') text_add(out, "&quot;");
    else if (*s == '\'') text_add(out, "&#39;");
    else text_add_bytes(out, (const char *)s, bytes);
}

void text_escape(text *out, const char *string)
{
    for (const unsigned char *s = (const unsigned char *)string; s && *s;) {
        const size_t bytes = character_bytes(s);
        escape_one(out, s, bytes);
        s += bytes ? bytes : 1;
    }
}

void text_json(text *out, const char *string)
{
    text_add(out, "\"");
    for (const unsigned char *s = (const unsigned char *)string; s && *s;) {
        const size_t bytes = character_bytes(s);
        if (bytes == 0 && *s >= 0x80) text_add(out, "\xEF\xBF\xBD");
        else if (*s < 0x20 || strchr("\"\\<>&", *s)) text_format(out, "\\u%04x", *s);
        else text_add_bytes(out, (const char *)s, bytes);
        s += bytes ? bytes : 1;
    }
    text_add(out, "\"");
}

void text_escape_cut(text *out, const char *string, size_t characters_max)
{
    if (text_characters(string) <= characters_max) {
        text_escape(out, string);
        return;
    }
    const unsigned char *s = (const unsigned char *)string;
    for (size_t i = 1; i < characters_max; ++i) {
        const size_t bytes = character_bytes(s);
        escape_one(out, s, bytes);
        s += bytes ? bytes : 1;
    }
    text_add(out, "\xE2\x80\xA6");
}

void text_coordinate(text *out, double value)
{
    char line[SHOW_MAX];
    show_plain(line, value, 2);
    size_t length = strlen(line);
    if (strchr(line, '.')) {
        while (line[length - 1] == '0')
            length -= 1;
        if (line[length - 1] == '.') length -= 1;
    }
    if (length == 2 && line[0] == '-' && line[1] == '0') text_add(out, "0");
    else text_add_bytes(out, line, length);
}

td_status text_take(text *out, char **string, size_t *bytes, td_error *err)
{
    if (!out->status) text_add_bytes(out, "", 0);
    if (out->status) {
        const td_status status = out->status;
        text_free(out);
        if (status == TD_E_NO_MEMORY) return td_fail(err, status, "report: no memory for the text");
        if (status == TD_E_OUT_OF_RANGE)
            return td_fail(err, status, "report: the text is larger than %zu bytes allowed",
                           TEXT_BYTES_MAX);
        return td_fail(err, status, "report: a line longer than %d bytes", TEXT_FORMAT_MAX);
    }
    *string = out->data;
    if (bytes) *bytes = out->bytes;
    *out = (text)TEXT_INIT;
    return TD_OK;
}

void text_free(text *out)
{
    free(out->data);
    *out = (text)TEXT_INIT;
}
