/* prices_time.c - dates of the Gregorian calendar as days since 1970-01-01.
 *
 * Years are taken to begin in March, so that the leap day is the last one; 400 of them have 146,097
 * days whatever they are (E. G. Richards, "Mapping Time", 1998, chapter 24, algorithm F). */
#include "io/prices_parts.h"

#include <stdio.h>
#include <string.h>

#define DAYS_400_YEARS 146097
#define DAYS_TO_1970   719468 /* from 0000-03-01 */

int64_t prices_days(int32_t year, uint32_t month, uint32_t day)
{
    const int64_t y = (int64_t)year - (month < 3);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t of_era = y - era * 400;
    const int64_t of_year = (153 * (int64_t)((month + 9) % 12) + 2) / 5 + day - 1;
    return era * DAYS_400_YEARS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970;
}

void prices_date(int64_t days, int32_t *year, uint32_t *month, uint32_t *day)
{
    const int64_t z = days + DAYS_TO_1970;
    const int64_t era = (z >= 0 ? z : z - (DAYS_400_YEARS - 1)) / DAYS_400_YEARS;
    const int64_t of_era = z - era * DAYS_400_YEARS;
    const int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    const int64_t m = (5 * of_year + 2) / 153;
    *day = (uint32_t)(of_year - (153 * m + 2) / 5 + 1);
    *month = (uint32_t)(m < 10 ? m + 3 : m - 9);
    *year = (int32_t)(y + era * 400 + (*month < 3));
}

uint32_t prices_month_days(int32_t year, uint32_t month)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month < 1 || month > 12 ? 0 : days[month - 1] + (month == 2 && leap);
}

void prices_time_text(int64_t time, const char *zone, char text[PRICES_TIME_TEXT])
{
    int64_t days = time / PRICES_DAY_SECONDS, rest = time % PRICES_DAY_SECONDS;
    int32_t year = 0;
    uint32_t month = 0, day = 0;
    if (rest < 0) {
        days -= 1;
        rest += PRICES_DAY_SECONDS;
    }
    prices_date(days, &year, &month, &day);
    if (zone && *zone)
        snprintf(text, PRICES_TIME_TEXT, "%04d-%02u-%02uT%02d:%02d:%02dZ", year, month, day,
                 (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    else snprintf(text, PRICES_TIME_TEXT, "%04d-%02u-%02u", year, month, day);
}

bool prices_unit_parse(const char *text, prices_unit *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } known[] = {{"days", 86400.0},    {"hours", 3600.0},      {"minutes", 60.0},
                 {"seconds", 1.0},     {"milliseconds", 1e-3}, {"microseconds", 1e-6},
                 {"nanoseconds", 1e-9}};
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, used = 0;
    double second = 0.0;
    char word[16] = "", sign = 0;
    if (sscanf(text, "%15[a-z] since %4d-%2d-%2d%n", word, &year, &month, &day, &used) != 4 ||
        used == 0)
        return false;
    if (day < 1 || day > (int)prices_month_days(year, (uint32_t)month)) return false;
    text += used;
    if ((*text == ' ' || *text == 'T') &&
        sscanf(text + 1, "%2d:%2d%n", &hour, &minute, &used) == 2) {
        text += 1 + used;
        if (*text == ':' && sscanf(text + 1, "%lf%n", &second, &used) == 1) text += 1 + used;
    }
    /* What follows may only say that it is UTC. */
    if (!strcmp(text, "Z") || !strcmp(text, " UTC")) text = "";
    int east_hours = 0, east_minutes = 0;
    if (sscanf(text, " %c%2d:%2d%n", &sign, &east_hours, &east_minutes, &used) == 3 &&
        east_hours == 0 && east_minutes == 0)
        text += used;
    if (*text || second != (double)(int)second || hour > 23 || minute > 59 || second > 59)
        return false;
    unit->origin = prices_days(year, (uint32_t)month, (uint32_t)day) * PRICES_DAY_SECONDS +
                   hour * 3600 + minute * 60 + (int)second;
    for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
        if (strcmp(word, known[i].name) == 0) {
            unit->seconds = known[i].seconds;
            return true;
        }
    return false;
}
