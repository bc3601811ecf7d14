/* top_line.c - see top_line.h. */
#include "cli/top_line.h"

#include "cli/top_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define TEXT_BYTES_MAX 1024
#define LEVELS         8

/* A page that is full takes no more. */
static bool is_full(const top_page *page)
{
    return page->style->rows > 0 && page->row >= page->style->rows;
}

uint32_t top_line_room(const top_page *page)
{
    if (is_full(page) || page->column >= page->style->columns) return 0;
    return page->style->columns - page->column;
}

static void ink_on(top_page *page, top_ink ink)
{
    static const char *const codes[] = {"",         "\033[1m",  "\033[2m",  "\033[36m",
                                        "\033[32m", "\033[33m", "\033[31m", "\033[1;31m"};
    if (page->style->colour) paper_add(page->paper, codes[ink]);
}

static void ink_off(top_page *page, top_ink ink)
{
    if (page->style->colour && ink != INK_PLAIN) paper_add(page->paper, "\033[0m");
}

/* ---- Text ------------------------------------------------------------------------------- */

/* The next character as it is shown: where there is no UTF-8, a '?' for all but ASCII. */
static size_t next_shown(const top_page *page, const char **at, uint32_t *columns, char shown[8])
{
    uint32_t number = 0;
    size_t bytes = top_text_next(*at, strlen(*at), &number);
    if (bytes == 0) return 0;
    *columns = top_text_columns(number);
    if (number < 0x80 || page->style->utf8) {
        memcpy(shown, *at, bytes);
        *at += bytes;
        return bytes;
    }
    *at += bytes;
    shown[0] = '?';
    return *columns ? 1 : 0;
}

static const char *cut_mark(const top_page *page)
{
    return page->style->utf8 ? "\xe2\x80\xa6" : "~";
}

uint32_t top_line_width(const top_page *page, const char *text)
{
    char clean[TEXT_BYTES_MAX], shown[8];
    const char *at = clean;
    uint32_t all = 0, columns = 0;
    top_text_clean(text, clean, sizeof clean);
    while (*at) {
        if (next_shown(page, &at, &columns, shown) || columns == 0) all += columns;
        columns = 0;
    }
    return all;
}

void top_line_text(top_page *page, top_ink ink, uint32_t width, const char *text)
{
    char clean[TEXT_BYTES_MAX], shown[8];
    const char *at = clean;
    uint32_t room = top_line_room(page), used = 0;
    top_text_clean(text, clean, sizeof clean);
    if (width > 0 && width < room) room = width;
    if (room == 0 || !*clean) return;
    const bool cut = top_line_width(page, clean) > room;
    if (cut) room -= 1;
    ink_on(page, ink);
    while (*at) {
        uint32_t columns = 0;
        const size_t bytes = next_shown(page, &at, &columns, shown);
        if (used + columns > room) break;
        paper_add_bytes(page->paper, shown, bytes);
        used += columns;
    }
    if (cut) {
        paper_add(page->paper, cut_mark(page));
        used += 1;
    }
    ink_off(page, ink);
    page->column += used;
}

void top_line_textf(top_page *page, top_ink ink, const char *format, ...)
{
    char text[TEXT_BYTES_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    top_line_text(page, ink, 0, text);
}

void top_line_to(top_page *page, uint32_t column)
{
    if (column > page->style->columns) column = page->style->columns;
    for (; page->column < column && !is_full(page); ++page->column)
        paper_add(page->paper, " ");
}

void top_line_right(top_page *page, top_ink ink, const char *text)
{
    const uint32_t width = top_line_width(page, text);
    if (top_line_room(page) < width + 1 || width == 0) return;
    top_line_to(page, page->style->columns - width);
    top_line_text(page, ink, 0, text);
}

/* ---- Bars and histories ----------------------------------------------------------------- */

void top_line_bar(top_page *page, top_ink ink, double share, uint32_t cells)
{
    static const char *const parts[] = {"",
                                        "\xe2\x96\x8f",
                                        "\xe2\x96\x8e",
                                        "\xe2\x96\x8d",
                                        "\xe2\x96\x8c",
                                        "\xe2\x96\x8b",
                                        "\xe2\x96\x8a",
                                        "\xe2\x96\x89"};
    const bool utf8 = page->style->utf8;
    if (cells > top_line_room(page)) cells = top_line_room(page);
    if (cells == 0) return;
    if (!(share > 0.0)) share = 0.0;
    if (share > 1.0) share = 1.0;
    const uint32_t eighths = (uint32_t)lround(share * cells * LEVELS);
    uint32_t full = eighths / LEVELS, at = 0;
    ink_on(page, ink);
    for (; at < full; ++at)
        paper_add(page->paper, utf8 ? "\xe2\x96\x88" : "#");
    if (utf8 && eighths % LEVELS) {
        paper_add(page->paper, parts[eighths % LEVELS]);
        at += 1;
    }
    ink_off(page, ink);
    if (at < cells) ink_on(page, INK_DIM);
    const bool track = at < cells;
    for (; at < cells; ++at)
        paper_add(page->paper, utf8 ? "\xe2\x96\x91" : ".");
    if (track) ink_off(page, INK_DIM);
    page->column += cells;
}

void top_line_history(top_page *page, top_ink ink, const double *value, uint32_t count, double most,
                      uint32_t cells)
{
    static const char *const blocks[LEVELS] = {"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83",
                                               "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86",
                                               "\xe2\x96\x87", "\xe2\x96\x88"};
    static const char *const signs[LEVELS] = {"_", ".", ":", "-", "=", "+", "*", "#"};
    if (cells > top_line_room(page)) cells = top_line_room(page);
    if (cells == 0) return;
    if (count > cells) {
        value += count - cells;
        count = cells;
    }
    ink_on(page, ink);
    for (uint32_t i = 0; i < cells; ++i) {
        const double share =
            i < cells - count || !(most > 0.0) ? NAN : value[i - (cells - count)] / most;
        if (isnan(share)) {
            paper_add(page->paper, " ");
            continue;
        }
        const double level = share <= 0.0 ? 0.0 : share >= 1.0 ? LEVELS - 1 : share * LEVELS;
        paper_add(page->paper, (page->style->utf8 ? blocks : signs)[(uint32_t)level % LEVELS]);
    }
    ink_off(page, ink);
    page->column += cells;
}

void top_line_rule(top_page *page, const char *title)
{
    const char *dash = page->style->utf8 ? "\xe2\x94\x80" : "-";
    const uint32_t lead = 2;
    if (top_line_room(page) == 0) return;
    ink_on(page, INK_DIM);
    for (uint32_t i = 0; i < lead && top_line_room(page) > 0; ++i, ++page->column)
        paper_add(page->paper, dash);
    ink_off(page, INK_DIM);
    top_line_textf(page, INK_PLAIN, " %s ", title);
    ink_on(page, INK_DIM);
    for (; top_line_room(page) > 0; ++page->column)
        paper_add(page->paper, dash);
    ink_off(page, INK_DIM);
    top_line_end(page);
}

void top_line_end(top_page *page)
{
    if (is_full(page)) return;
    paper_add(page->paper, "\n");
    page->row += 1;
    page->column = 0;
}
