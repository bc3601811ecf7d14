/* top_text.c - see top_text.h. */
#include "cli/top_text.h"

#include <stdbool.h>
#include <string.h>

#define NUMBER_MAX 0x10ffffu

typedef struct span {
    uint32_t first, last;
} span;

static bool is_in(uint32_t number, const span *spans, size_t count)
{
    for (size_t i = 0; i < count; ++i)
        if (number >= spans[i].first && number <= spans[i].last) return true;
    return false;
}

size_t top_text_next(const char *text, size_t bytes, uint32_t *number)
{
    const unsigned char *c = (const unsigned char *)text;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (bytes == 0) return 0;
    const size_t length = c[0] < 0x80             ? 1
                          : (c[0] & 0xe0) == 0xc0 ? 2
                          : (c[0] & 0xf0) == 0xe0 ? 3
                          : (c[0] & 0xf8) == 0xf0 ? 4
                                                  : 0;
    if (length == 0 || length > bytes) return 0;
    uint32_t value = length == 1 ? c[0] : c[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; ++i) {
        if ((c[i] & 0xc0) != 0x80) return 0;
        value = value << 6 | (c[i] & 0x3f);
    }
    if (value < least[length] || value > NUMBER_MAX) return 0;
    if (value >= 0xd800 && value <= 0xdfff) return 0;
    *number = value;
    return length;
}

/* Control characters, and those that are not seen but change how others are shown. */
static bool is_unsafe(uint32_t number)
{
    static const span unsafe[] = {{0, 0x1f},          {0x7f, 0x9f},         {0xad, 0xad},
                                  {0x61c, 0x61c},     {0x180e, 0x180e},     {0x200b, 0x200f},
                                  {0x2028, 0x202e},   {0x2060, 0x206f},     {0xfe00, 0xfe0f},
                                  {0xfeff, 0xfeff},   {0xfff0, 0xfffb},     {0xe000, 0xf8ff},
                                  {0xe0000, 0xe0fff}, {0xf0000, NUMBER_MAX}};
    return is_in(number, unsafe, sizeof unsafe / sizeof *unsafe);
}

void top_text_clean(const char *text, char *out, size_t size)
{
    size_t left = strlen(text), used = 0;
    if (size == 0) return;
    while (left > 0) {
        uint32_t number = 0;
        const size_t length = top_text_next(text, left, &number);
        const bool good = length > 0 && !is_unsafe(number);
        const size_t shown = good ? length : 1, taken = length ? length : 1;
        if (used + shown >= size) break;
        if (good) memmove(out + used, text, length);
        else out[used] = '?';
        used += shown;
        text += taken;
        left -= taken;
    }
    out[used] = 0;
}

uint32_t top_text_columns(uint32_t number)
{
    static const span none[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},
                                {0x610, 0x61a},   {0x64b, 0x65f},   {0x1ab0, 0x1aff},
                                {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe20, 0xfe2f}};
    static const span wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},
                                {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
                                {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
                                {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd}};
    if (is_in(number, none, sizeof none / sizeof *none)) return 0;
    return is_in(number, wide, sizeof wide / sizeof *wide) ? 2 : 1;
}
