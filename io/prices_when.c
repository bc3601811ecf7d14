/* prices_when.c - dates and times as files of prices write them. A form that two readers could take
 * for two days is refused, not guessed. */
#include "io/prices_when.h"

#include "io/prices_parts.h"

#include <string.h>

#define YEAR_MAX 9999

const char *const price_when_allowed =
    "allowed are 2024-01-31, 2024/01/31, 2024.01.31, 20240131, 31.01.2024, each with 09:30[:00] "
    "and an offset, and seconds or milliseconds since 1970";

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const cursor *c)
{
    return c->at < c->end ? *c->at : 0;
}

/* Up to most digits; how many there were. */
static uint32_t digits(cursor *c, uint32_t most, uint32_t *value)
{
    uint32_t count = 0;
    *value = 0;
    for (; count < most && is_digit(peek(c)); ++count)
        *value = *value * 10 + (uint32_t)(*c->at++ - '0');
    return count;
}

static const char *date_of(uint32_t year, uint32_t month, uint32_t day, int64_t *local)
{
    if (month < 1 || month > 12 || year < 1 || year > YEAR_MAX) return "is no date";
    if (day < 1 || day > prices_month_days((int32_t)year, month))
        return "is no date: the month has no such day";
    *local = prices_days((int32_t)year, month, day) * PRICES_DAY_SECONDS;
    return NULL;
}

/* ---- Time of day ----------------------------------------------------------------------------- */

static const char *clock_of(uint32_t hour, uint32_t minute, uint32_t second, int64_t *seconds)
{
    if (hour > 23 || minute > 59 || second > 59) return "has a time of day that no clock shows";
    *seconds = (int64_t)hour * 3600 + minute * 60 + second;
    return NULL;
}

/* ".000": bars stand at whole seconds. */
static const char *fraction(cursor *c)
{
    if (peek(c) != '.' && peek(c) != ',') return NULL;
    c->at += 1;
    if (!is_digit(peek(c))) return "is no time";
    for (; is_digit(peek(c)); ++c->at)
        if (*c->at != '0') return "is no whole second, which bars are counted in";
    return NULL;
}

static const char *offset(cursor *c, price_when *out)
{
    uint32_t hour = 0, minute = 0;
    if (peek(c) == ' ' && c->end - c->at > 1) c->at += 1;
    out->has_offset = true;
    out->offset = 0;
    if (c->end - c->at == 3 && memcmp(c->at, "UTC", 3) == 0) {
        c->at = c->end;
        return NULL;
    }
    const char sign = *c->at++;
    if (sign == 'Z' || sign == 'z') return c->at == c->end ? NULL : "is no time";
    if (sign != '+' && sign != '-') return "is no time";
    if (digits(c, 2, &hour) != 2) return "is no time: its offset is not such as +09:00";
    if (peek(c) == ':') c->at += 1;
    if (c->at < c->end && digits(c, 2, &minute) != 2)
        return "is no time: its offset is not such as +09:00";
    if (c->at != c->end || hour > 15 || minute > 59)
        return "is no time: its offset is not such as +09:00";
    out->offset = (int32_t)(hour * 3600 + minute * 60);
    if (sign == '-') out->offset = -out->offset;
    return NULL;
}

/* "09:30", "09:30:00.000", then maybe an offset. */
static const char *clock_and_offset(cursor *c, price_when *out)
{
    uint32_t hour = 0, minute = 0, second = 0;
    int64_t seconds = 0;
    if (digits(c, 2, &hour) == 0 || peek(c) != ':') return "is no time";
    c->at += 1;
    if (digits(c, 2, &minute) != 2) return "is no time";
    if (peek(c) == ':') {
        c->at += 1;
        if (digits(c, 2, &second) != 2) return "is no time";
    }
    const char *why = fraction(c);
    if (!why) why = clock_of(hour, minute, second, &seconds);
    if (why) return why;
    out->has_clock = true;
    out->local += seconds;
    return c->at == c->end ? NULL : offset(c, out);
}

const char *price_clock_parse(const char *text, size_t bytes, int32_t *out)
{
    price_when when = {0, 0, false, false};
    cursor c = {text, text + bytes};
    uint32_t value = 0;
    int64_t seconds = 0;
    const char *why = NULL;
    if (memchr(text, ':', bytes)) {
        why = clock_and_offset(&c, &when);
        if (!why && when.has_offset)
            why = "is a time of day with an offset, which goes with a date";
        seconds = when.local;
    } else {
        const uint32_t count = digits(&c, 6, &value);
        if (count < 3 || c.at != c.end) why = "is no time of day, such as 09:30 or 093000";
        else if (count < 5) why = clock_of(value / 100, value % 100, 0, &seconds);
        else why = clock_of(value / 10000, value / 100 % 100, value % 100, &seconds);
    }
    if (!why) *out = (int32_t)seconds;
    return why;
}

/* ---- Digits alone ---------------------------------------------------------------------------- */

static const char *epoch(uint64_t value, uint64_t unit, bool minus, price_when *out)
{
    if (value % unit != 0) return "is no whole second, which bars are counted in";
    const int64_t seconds = (int64_t)(value / unit);
    out->local = minus ? -seconds : seconds;
    out->has_clock = out->has_offset = true;
    return out->local < PRICES_TIME_MIN || out->local > PRICES_TIME_MAX ? "is no time" : NULL;
}

static const char *compact(const char *text, size_t bytes, price_when *out)
{
    uint32_t part[6] = {0, 0, 0, 0, 0, 0};
    cursor c = {text, text + bytes};
    int64_t seconds = 0;
    digits(&c, 4, &part[0]);
    for (uint32_t i = 1; i < 6 && c.at < c.end; ++i)
        digits(&c, 2, &part[i]);
    const char *why = date_of(part[0], part[1], part[2], &out->local);
    if (!why) why = clock_of(part[3], part[4], part[5], &seconds);
    if (why) return why;
    out->local += seconds;
    out->has_clock = bytes > 8;
    return NULL;
}

/* Digits only, or with ".0" behind, as floats are written. */
static const char *number_alone(const char *text, size_t bytes, price_when *out)
{
    const bool minus = text[0] == '-';
    uint64_t value = 0;
    size_t count = 0;
    const char *first = text + minus;
    cursor c = {first, text + bytes};
    for (; is_digit(peek(&c)) && count < 19; ++count)
        value = value * 10 + (uint64_t)(*c.at++ - '0');
    const char *why = fraction(&c);
    if (why) return why;
    if (c.at != c.end) return "is no time";
    if (!minus && (count == 8 || count == 12 || count == 14)) return compact(first, count, out);
    if (count == 9 || count == 10) return epoch(value, 1, minus, out);
    if (count == 13) return epoch(value, 1000, minus, out);
    if (count == 16) return epoch(value, 1000000, minus, out);
    if (count == 19) return epoch(value, 1000000000, minus, out);
    return "is no time";
}

/* ---- Dates with separators ------------------------------------------------------------------- */

/* The day, the month and the year when the year is last. */
static const char *year_last(uint32_t first, uint32_t second, uint32_t year, char mark,
                             price_order order, int64_t *local)
{
    if (mark == '.' || order == PRICE_ORDER_DMY) return date_of(year, second, first, local);
    if (order == PRICE_ORDER_MDY) return date_of(year, first, second, local);
    return "may have the month or the day first: tell which (--dates mdy or dmy)";
}

static const char *separated(cursor *c, price_order order, price_when *out)
{
    uint32_t part[3] = {0, 0, 0}, count[3] = {0, 0, 0};
    char mark = 0;
    for (uint32_t i = 0; i < 3; ++i) {
        count[i] = digits(c, 4, &part[i]);
        if (count[i] == 0) return "is no date";
        if (i == 2) break;
        const char now = peek(c);
        if ((now != '-' && now != '/' && now != '.') || (i == 1 && now != mark))
            return "is no date";
        mark = now;
        c->at += 1;
    }
    if (count[0] == 4 && count[1] <= 2 && count[2] <= 2)
        return date_of(part[0], part[1], part[2], &out->local);
    if (count[0] <= 2 && count[1] <= 2 && count[2] == 4)
        return year_last(part[0], part[1], part[2], mark, order, &out->local);
    return "is no date: its year has not four digits";
}

const char *price_when_parse(const char *text, size_t bytes, price_order order, price_when *out)
{
    price_when when = {0, 0, false, false};
    cursor c = {text, text + bytes};
    const char *why = NULL;
    while (c.at < c.end && (*c.at == ' ' || *c.at == '\t'))
        ++c.at;
    while (c.end > c.at && (c.end[-1] == ' ' || c.end[-1] == '\t'))
        --c.end;
    if (c.at == c.end) return "is empty";
    size_t run = c.at[0] == '-';
    while (c.at + run < c.end && is_digit(c.at[run]))
        ++run;
    if (run >= 8) why = number_alone(c.at, (size_t)(c.end - c.at), &when);
    else {
        why = separated(&c, order, &when);
        /* "2024.01.31." ends with a point where the year comes first. */
        if (!why && c.end - c.at == 1 && *c.at == '.') c.at += 1;
        if (!why && c.at < c.end && (*c.at == 'T' || *c.at == ' ')) {
            c.at += 1;
            while (peek(&c) == ' ')
                ++c.at;
            why = clock_and_offset(&c, &when);
        }
        if (!why && c.at != c.end) why = "is no date";
    }
    if (!why) *out = when;
    return why;
}
