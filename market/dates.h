/* dates.h - dates of the calendar (proleptic Gregorian) and the seconds that panels count. */
#ifndef TANDEM_MARKET_DATES_H
#define TANDEM_MARKET_DATES_H
#include <stddef.h>

#include "tandem/module.h"

#define DATES_TEXT_MAX 32
#define DATES_DAY      86400

typedef struct date {
    int year, month, day; /* month and day from 1 */
} date;

/* The date of a time in UTC; times count seconds since 1970-01-01. */
date date_of(int64_t time);
int64_t date_seconds(date d); /* of its midnight */
/* "2024-06-01", or with intraday "2024-06-01T09:30:00Z". Returns text. */
const char *date_text(int64_t time, bool intraday, char text[DATES_TEXT_MAX]);
/* "2024-06-01", "20240601", "2024-06", "2024", or what date_text wrote; all bytes. False: none of
 * these, or no such day. end: the last second that the text means ("2024" lasts a year); may be
 * NULL. */
bool date_parse(const char *text, size_t bytes, int64_t *time, int64_t *end);

#endif
