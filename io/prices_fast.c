/* prices_fast.c - rows of the common form: no quotes, no blanks, dates of fixed width, plain
 * decimals. Anything else is left to the careful way, which reads the row again from its start, so
 * this file has no messages and no second opinion: what it accepts, the other accepts with the same
 * value.
 *
 * The text ends with a line break, which no loop here passes, so none looks at the text's end. */
#include "io/csv_parts.h"
#include "io/prices_parts.h"
#include "io/prices_scan.h"

#include <math.h>
#include <string.h>

#define FAST_DIGITS_MAX 19 /* whose integer fits 64 bits */

static inline uint32_t digit(char c)
{
    return (uint32_t)(unsigned char)c - '0';
}

static inline bool at_end(const char *p, char delimiter)
{
    return *p == delimiter || *p == '\n' || *p == '\r';
}

static inline const char *fast_number(const char *p, char delimiter, double *out)
{
    const bool minus = *p == '-';
    uint64_t value = 0;
    p += minus;
    const char *first = p;
    for (uint32_t d = digit(*p); d < 10; d = digit(*++p))
        value = value * 10 + d;
    size_t count = (size_t)(p - first), behind = 0;
    const bool point = *p == '.';
    if (point) {
        first = ++p;
        for (uint32_t d = digit(*p); d < 10; d = digit(*++p))
            value = value * 10 + d;
        behind = (size_t)(p - first);
        count += behind;
    }
    if (count > FAST_DIGITS_MAX || !at_end(p, delimiter)) return NULL;
    if (count == 0) {
        if (minus || point) return NULL;
        *out = NAN;
        return p;
    }
    const double number = behind ? csv_number_divide(value, (uint32_t)behind) : (double)value;
    *out = minus ? -number : number;
    return p;
}

static bool new_month(price_scan *scan, uint32_t year, uint32_t month)
{
    scan->month_days = year < 1 ? 0 : prices_month_days((int32_t)year, month);
    if (scan->month_days == 0) return false;
    scan->month = year * 100 + month;
    scan->month_first = prices_days((int32_t)year, month, 1);
    return true;
}

/* "2024-01-31" with -, / or . in both places, or "20240131". */
static inline const char *fast_date(price_scan *scan, const char *p, int64_t *time)
{
    uint32_t number[3] = {0, 0, 0};
    const char mark = p[0] == '\n' || p[1] == '\n' || p[2] == '\n' || p[3] == '\n' ? 0 : p[4];
    static const uint8_t width[3] = {4, 2, 2};
    const bool marked = mark == '-' || mark == '/' || mark == '.';
    for (uint32_t i = 0; i < 3; ++i) {
        for (uint32_t k = 0; k < width[i]; ++k) {
            const uint32_t d = digit(*p);
            if (d > 9) return NULL;
            number[i] = number[i] * 10 + d;
            ++p;
        }
        if (!marked || i == 2) continue;
        if (*p != mark) return NULL;
        ++p;
    }
    const uint32_t month = number[0] * 100 + number[1];
    if (month != scan->month && (number[1] > 12 || !new_month(scan, number[0], number[1])))
        return NULL;
    if (number[2] < 1 || number[2] > scan->month_days || !at_end(p, scan->delimiter)) return NULL;
    *time = (scan->month_first + number[2] - 1) * PRICES_DAY_SECONDS;
    return p;
}

/* The end of a field without a quote; NULL: it has one. */
static inline const char *skip(const char *p, char delimiter)
{
    for (; !at_end(p, delimiter); ++p)
        if (*p == '"') return NULL;
    return p;
}

static inline const char *fast_symbol(const char *p, char delimiter, size_t *bytes)
{
    const char *first = p;
    unsigned char all = 0;
    for (; !at_end(p, delimiter); ++p) {
        if (*p == '"' || *p == 0) return NULL;
        all |= (unsigned char)*p;
    }
    if (p == first || *first == ' ' || p[-1] == ' ' || *first == '\t' || p[-1] == '\t') return NULL;
    *bytes = (size_t)(p - first);
    /* Without a message: the careful way has it. */
    if (*bytes > PRICES_SYMBOL_BYTES_MAX) return NULL;
    return all < 0x80 || prices_is_utf8(first, *bytes) ? p : NULL;
}

static inline const char *next_field(const char *p, char delimiter, bool last)
{
    if (!last) return *p == delimiter ? p + 1 : NULL;
    if (*p == '\r') ++p;
    return *p == '\n' ? p + 1 : NULL;
}

static const char *fast_wide(price_scan *scan, price_row *row)
{
    const uint32_t count = scan->header.count;
    const char delimiter = scan->delimiter;
    const char *p = fast_date(scan, scan->at, &row->time);
    for (uint32_t i = 1; p && i < count; ++i) {
        p = next_field(p, delimiter, false);
        if (p) p = fast_number(p, delimiter, &scan->cell[i]);
    }
    return p ? next_field(p, delimiter, true) : NULL;
}

const char *price_scan_fast(price_scan *scan, price_row *row, td_status *failed, td_error *err)
{
    if (scan->instants || scan->header.clock != UINT32_MAX) return NULL;
    if (scan->header.layout == PRICE_LAYOUT_WIDE) return fast_wide(scan, row);
    const uint8_t *role = scan->header.role;
    const uint32_t count = scan->header.count;
    const char delimiter = scan->delimiter;
    const char *p = scan->at, *symbol = NULL;
    size_t symbol_bytes = 0;
    for (uint32_t i = 0; i < count; ++i) {
        if (role[i] >= PRICE_ROLE_PRICE)
            p = fast_number(p, delimiter, &row->price[role[i] - PRICE_ROLE_PRICE]);
        else if (role[i] == PRICE_ROLE_TIME) p = fast_date(scan, p, &row->time);
        else if (role[i] == PRICE_ROLE_SYMBOL) {
            symbol = p;
            p = fast_symbol(p, delimiter, &symbol_bytes);
        } else p = skip(p, delimiter);
        if (p) p = next_field(p, delimiter, i + 1 == count);
        if (!p) return NULL;
    }
    /* Last, so that a row that is bad makes no symbol. */
    if (symbol) *failed = price_rows_symbol(scan->rows, symbol, symbol_bytes, &row->symbol, err);
    return p;
}
