/* text.c - see text.h. */
#include "core/text.h"

#include <string.h>

#define TEXT_QUOTE_BYTES 48

void text_quote(const char *text, size_t length, char quote[TEXT_QUOTE_MAX])
{
    size_t take = length;
    if (take > TEXT_QUOTE_BYTES) {
        take = TEXT_QUOTE_BYTES;
        while (take > 0 && ((unsigned char)text[take] & 0xc0u) == 0x80u)
            take -= 1;
    }
    char *next = quote;
    *next++ = '"';
    for (size_t i = 0; i < take; ++i) {
        const unsigned char byte = (unsigned char)text[i];
        *next++ = byte < 0x20 || byte == 0x7f ? '?' : (char)byte;
    }
    if (take < length) next = (char *)memcpy(next, "...", 3) + 3;
    *next++ = '"';
    *next = 0;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: the rows of the classic table, with one more for swaps. */
uint32_t text_distance(const char *a, const char *b)
{
    uint32_t rows[3][TEXT_NEAR_MAX + 1];
    const size_t na = strnlen(a, TEXT_NEAR_MAX + 1), nb = strnlen(b, TEXT_NEAR_MAX + 1);
    if (na > TEXT_NEAR_MAX || nb > TEXT_NEAR_MAX) return UINT32_MAX;
    for (size_t j = 0; j <= nb; ++j)
        rows[0][j] = (uint32_t)j;
    for (size_t i = 1; i <= na; ++i) {
        uint32_t *row = rows[i % 3];
        const uint32_t *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= nb; ++j) {
            const uint32_t change = a[i - 1] != b[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], above2[j - 2] + 1);
        }
    }
    return rows[na % 3][nb];
}

bool text_nearer(const char *word, const char *candidate, uint32_t *best)
{
    const size_t length = strlen(candidate);
    const uint32_t allowed = length <= 2 ? 1 : length <= 5 ? 2 : 3;
    const uint32_t distance = text_distance(word, candidate);
    if (distance > allowed || distance >= length || distance >= *best) return false;
    *best = distance;
    return true;
}
