/* paper.c - see paper.h. */
#include "cli/paper.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool paper_reserve(paper *page, size_t more)
{
    if (page->failed) return false;
    const size_t need = page->bytes + more + 1;
    if (need <= page->capacity) return true;
    size_t capacity = page->capacity ? page->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(page->data, capacity);
    if (!data) {
        page->failed = true;
        return false;
    }
    page->data = data;
    page->capacity = capacity;
    return true;
}

void paper_add_bytes(paper *page, const char *part, size_t bytes)
{
    if (!paper_reserve(page, bytes)) return;
    memcpy(page->data + page->bytes, part, bytes);
    page->bytes += bytes;
    page->data[page->bytes] = 0;
}

void paper_add(paper *page, const char *part)
{
    paper_add_bytes(page, part, strlen(part));
}

void paper_addf(paper *page, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int bytes = vsnprintf(NULL, 0, format, args);
    if (bytes >= 0 && paper_reserve(page, (size_t)bytes)) {
        vsnprintf(page->data + page->bytes, (size_t)bytes + 1, format, again);
        page->bytes += (size_t)bytes;
    }
    va_end(again);
    va_end(args);
}

/* Characters since the last line break; a byte that continues a UTF-8 character is none. */
static size_t paper_column(const paper *page)
{
    size_t column = 0;
    for (size_t i = page->bytes; i > 0 && page->data[i - 1] != '\n'; --i)
        column += ((unsigned char)page->data[i - 1] & 0xc0) != 0x80;
    return column;
}

void paper_pad(paper *page, size_t column)
{
    size_t at = paper_column(page);
    do {
        paper_add_bytes(page, " ", 1);
        at += 1;
    } while (at < column);
}

void paper_wrap(paper *page, const char *part, size_t indent, size_t width)
{
    bool first = true;
    while (*part) {
        const size_t bytes = strcspn(part, " \n");
        if (bytes > 0) {
            if (!first && paper_column(page) + 1 + bytes > width) {
                paper_add_bytes(page, "\n", 1);
                for (size_t i = 0; i < indent; ++i)
                    paper_add_bytes(page, " ", 1);
            } else if (!first) {
                paper_add_bytes(page, " ", 1);
            }
            paper_add_bytes(page, part, bytes);
            first = false;
        }
        part += bytes;
        part += strspn(part, " \n");
    }
}

void paper_add_word(paper *page, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "%+,-./:=@_";
    if (*word && word[strspn(word, plain)] == 0) {
        paper_add(page, word);
        return;
    }
    paper_add(page, "'");
    for (const char *c = word; *c; ++c) {
        if (*c == '\'') paper_add(page, "'\\''");
        else paper_add_bytes(page, c, 1);
    }
    paper_add(page, "'");
}

void paper_add_count(paper *page, uint64_t count)
{
    char digits[24];
    const int bytes = snprintf(digits, sizeof digits, "%" PRIu64, count);
    for (int i = 0; i < bytes; ++i) {
        if (i > 0 && (bytes - i) % 3 == 0) paper_add_bytes(page, ",", 1);
        paper_add_bytes(page, digits + i, 1);
    }
}

void paper_add_size(paper *page, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024.0 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024.0;
        unit += 1;
    }
    paper_addf(page, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

td_status paper_check(const paper *page, td_error *err)
{
    if (page->failed) return td_fail(err, TD_E_NO_MEMORY, "no memory for the text to print");
    return TD_OK;
}

void paper_free(paper *page)
{
    free(page->data);
    *page = (paper){0};
}

bool word_in_list(const char *list, const char *word)
{
    const size_t bytes = strlen(word);
    for (const char *at = list; at; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, bytes) == 0 && (at[bytes] == ',' || at[bytes] == 0)) return true;
    }
    return false;
}
