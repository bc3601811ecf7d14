/* json.c - see json.h. */
#include "core/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"

json_writer json_begin(char *text, size_t size)
{
    const json_writer writer = {text, text ? size : 0, 0, 0, 0, false};
    return writer;
}

static void json_put(json_writer *writer, const char *text, size_t length)
{
    if (writer->length < writer->size) {
        const size_t room = writer->size - writer->length;
        memcpy(writer->text + writer->length, text, length < room ? length : room);
    }
    writer->length += length;
}

/* A text that is cut short is cut between characters. */
size_t json_end(json_writer *writer)
{
    if (writer->size > 0) {
        size_t end = writer->length;
        if (end > writer->size - 1) {
            end = writer->size - 1;
            while (end > 0 && ((unsigned char)writer->text[end] & 0xc0u) == 0x80u)
                end -= 1;
        }
        writer->text[end] = 0;
    }
    return writer->length;
}

static void json_comma(json_writer *writer)
{
    const uint64_t bit = UINT64_C(1) << (writer->depth % JSON_DEPTH_MAX);
    if (!writer->after_key && (writer->filled & bit)) json_put(writer, ",", 1);
    writer->filled |= bit;
    writer->after_key = false;
}

void json_open(json_writer *writer, char bracket)
{
    json_comma(writer);
    json_put(writer, &bracket, 1);
    writer->depth += 1;
    writer->filled &= ~(UINT64_C(1) << (writer->depth % JSON_DEPTH_MAX));
}

void json_close(json_writer *writer, char bracket)
{
    writer->depth -= 1;
    json_put(writer, &bracket, 1);
}

/* Bytes of the well-formed UTF-8 character at text, or 0. Table 3-7 of the Unicode standard. */
static size_t utf8_length(const unsigned char *text)
{
    const unsigned char first = text[0];
    size_t length = 0;
    unsigned char least = 0x80, most = 0xbf; /* of the second byte */
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf) length = 2;
    else if (first >= 0xe0 && first <= 0xef) length = 3;
    else if (first >= 0xf0 && first <= 0xf4) length = 4;
    else return 0;
    if (first == 0xe0) least = 0xa0;
    if (first == 0xed) most = 0x9f;
    if (first == 0xf0) least = 0x90;
    if (first == 0xf4) most = 0x8f;
    if (text[1] < least || text[1] > most) return 0;
    for (size_t i = 2; i < length; ++i)
        if ((text[i] & 0xc0u) != 0x80u) return 0;
    return length;
}

static void json_put_text(json_writer *writer, const char *text)
{
    char escape[8];
    json_put(writer, "\"", 1);
    for (const char *next = text; *next;) {
        const unsigned char byte = (unsigned char)*next;
        const size_t length = utf8_length((const unsigned char *)next);
        if (length == 0) {
            json_put(writer, "\\ufffd", 6);
            next += 1;
            continue;
        }
        if (byte == '"' || byte == '\\') json_put(writer, "\\", 1);
        if (byte < 0x20 || byte == 0x7f) {
            snprintf(escape, sizeof(escape), "\\u%04x", byte);
            json_put(writer, byte == '\n' ? "\\n" : escape, byte == '\n' ? 2 : 6);
        } else {
            json_put(writer, next, length);
        }
        next += length;
    }
    json_put(writer, "\"", 1);
}

void json_key(json_writer *writer, const char *key)
{
    json_comma(writer);
    json_put_text(writer, key);
    json_put(writer, ":", 1);
    writer->after_key = true;
}

void json_text(json_writer *writer, const char *text)
{
    json_comma(writer);
    if (text) json_put_text(writer, text);
    else json_put(writer, "null", 4);
}

void json_number(json_writer *writer, double value)
{
    char text[NUMBER_TEXT_MAX] = "null";
    json_comma(writer);
    if (isfinite(value)) number_text(value, text);
    json_put(writer, text, strlen(text));
}

void json_int(json_writer *writer, int64_t value)
{
    char text[24];
    json_comma(writer);
    const int length = snprintf(text, sizeof(text), "%lld", (long long)value);
    json_put(writer, text, (size_t)length);
}

void json_bool(json_writer *writer, bool value)
{
    json_comma(writer);
    json_put(writer, value ? "true" : "false", value ? 4 : 5);
}
