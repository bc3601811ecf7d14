/* dates.c - see dates.h. */
#include "market/dates.h"

#include <stdio.h>
#include <string.h>

/* Days are counted in eras of 400 years that begin on the first of March, so that the leap day is
 * the last of its year. */
#define ERA_DAYS   146097
#define EPOCH_DAYS 719468 /* from 0000-03-01 to 1970-01-01 */

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

date date_of(int64_t time)
{
    const int64_t days = floor_divide(time, DATES_DAY) + EPOCH_DAYS;
    const int64_t era = floor_divide(days, ERA_DAYS);
    const int64_t of_era = days - era * ERA_DAYS;
    const int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
    const int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int64_t month = (5 * of_year + 2) / 153; /* 0: March */
    date d = {(int)(year + era * 400), 0, (int)(of_year - (153 * month + 2) / 5 + 1)};
    d.month = (int)(month < 10 ? month + 3 : month - 9);
    d.year += d.month <= 2;
    return d;
}

int64_t date_seconds(date d)
{
    const int64_t year = d.year - (d.month <= 2);
    const int64_t era = floor_divide(year, 400), of_era = year - era * 400;
    const int64_t month = d.month > 2 ? d.month - 3 : d.month + 9;
    const int64_t of_year = (153 * month + 2) / 5 + d.day - 1;
    const int64_t days =
        era * ERA_DAYS + 365 * of_era + of_era / 4 - of_era / 100 + of_year - EPOCH_DAYS;
    return days * DATES_DAY;
}

const char *date_text(int64_t time, bool intraday, char text[DATES_TEXT_MAX])
{
    const date d = date_of(time);
    const int of_day = (int)(time - date_seconds(d));
    if (intraday)
        snprintf(text, DATES_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year % 10000, d.month,
                 d.day, of_day / 3600, of_day / 60 % 60, of_day % 60);
    else snprintf(text, DATES_TEXT_MAX, "%04d-%02d-%02d", d.year % 10000, d.month, d.day);
    return text;
}

/* count digits at text[*at], which moves on; -1: there are not so many. */
static int take_digits(const char *text, size_t bytes, size_t *at, int count)
{
    int value = 0;
    for (int i = 0; i < count; ++i, ++*at) {
        if (*at >= bytes || text[*at] < '0' || text[*at] > '9') return -1;
        value = value * 10 + (text[*at] - '0');
    }
    return value;
}

static bool take(const char *text, size_t bytes, size_t *at, char wanted)
{
    if (*at >= bytes || text[*at] != wanted) return false;
    *at += 1;
    return true;
}

/* "T09:30", "T09:30:00", "T09:30:00Z", or with a blank for the T. */
static bool take_clock(const char *text, size_t bytes, size_t *at, int *seconds)
{
    *at += 1;
    const int hour = take_digits(text, bytes, at, 2);
    const bool colon = take(text, bytes, at, ':');
    const int minute = colon ? take_digits(text, bytes, at, 2) : -1;
    const int second = take(text, bytes, at, ':') ? take_digits(text, bytes, at, 2) : 0;
    (void)take(text, bytes, at, 'Z');
    *seconds = hour * 3600 + minute * 60 + second;
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

bool date_parse(const char *text, size_t bytes, int64_t *time, int64_t *end)
{
    size_t at = 0;
    date d = {take_digits(text, bytes, &at, 4), 1, 1};
    date next = {d.year + 1, 1, 1};
    int clock = 0;
    if (d.year < 1) return false;
    if (at < bytes) {
        const bool dash = take(text, bytes, &at, '-');
        d.month = take_digits(text, bytes, &at, 2);
        if (d.month < 1 || d.month > 12) return false;
        next = (date){d.month == 12 ? d.year + 1 : d.year, d.month % 12 + 1, 1};
        if (at < bytes || !dash) {
            if (dash && !take(text, bytes, &at, '-')) return false;
            d.day = take_digits(text, bytes, &at, 2);
            const int64_t days = (date_seconds(next) - date_seconds((date){d.year, d.month, 1}));
            if (d.day < 1 || d.day > days / DATES_DAY) return false;
            next = date_of(date_seconds(d) + DATES_DAY);
        }
    }
    *time = date_seconds(d);
    if (end) *end = date_seconds(next) - 1;
    if (at < bytes && (text[at] == 'T' || text[at] == ' ')) {
        if (!take_clock(text, bytes, &at, &clock)) return false;
        *time += clock;
        if (end) *end = *time;
    }
    return at == bytes;
}
