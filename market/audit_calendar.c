/* audit_calendar.c - an exchange's trading days from a file. */
#include "market/audit.h"

#include "io/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CALENDAR_BYTES_MAX (1u << 26)
#define DATE_BYTES_MIN     8 /* "20240601": a year alone is no trading day */

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The first field of a line, without quotes and blanks. */
static const char *first_field(const char *line, size_t bytes, size_t *field)
{
    const char *end = line + bytes;
    for (const char *at = line; at < end; ++at)
        if (strchr(",;\t#", *at)) {
            end = at;
            break;
        }
    while (line < end && strchr(" \"\r", *line))
        line += 1;
    while (end > line && strchr(" \"\r", end[-1]))
        end -= 1;
    *field = (size_t)(end - line);
    return line;
}

/* Lines that hold nothing are passed over, and a first one that is no date: a heading. */
static td_status take_line(const char *path, uint64_t line, const char *text, size_t bytes,
                           int64_t *days, uint64_t *count, td_error *err)
{
    size_t field = 0;
    int64_t time = 0;
    const char *from = first_field(text, bytes, &field);
    if (field == 0) return TD_OK;
    const bool dated =
        field >= DATE_BYTES_MIN && date_parse(from, field, &time, NULL) && time % DATES_DAY == 0;
    if (!dated && line == 1) return TD_OK;
    if (!dated)
        return td_fail(err, TD_E_CORRUPT,
                       "%s:%" PRIu64 ": \"%.*s\" is no date: allowed is 2024-06-01", path, line,
                       (int)(field < 40 ? field : 40), from);
    if (*count == MARKET_CALENDAR_DAYS_MAX)
        return td_fail(err, TD_E_CORRUPT, "%s:%" PRIu64 ": more than %d days", path, line,
                       MARKET_CALENDAR_DAYS_MAX);
    days[(*count)++] = time;
    return TD_OK;
}

static void sort_days(int64_t *days, uint64_t *count)
{
    uint64_t kept = 0;
    if (*count) qsort(days, *count, sizeof *days, compare);
    for (uint64_t i = 0; i < *count; ++i)
        if (kept == 0 || days[i] != days[kept - 1]) days[kept++] = days[i];
    *count = kept;
}

td_status market_calendar_read(const char *path, int64_t **out, uint64_t *count, td_error *err)
{
    void *data = NULL;
    size_t bytes = 0, room = 0;
    int64_t *days = NULL;
    uint64_t found = 0, lines = 1, line = 0;
    td_status status = file_read(path, CALENDAR_BYTES_MAX, &data, &bytes, err);
    if (status) goto out;
    for (size_t i = 0; i < bytes; ++i)
        lines += ((const char *)data)[i] == '\n';
    if (lines > MARKET_CALENDAR_DAYS_MAX) lines = MARKET_CALENDAR_DAYS_MAX;
    status = td_bytes(lines + 1, sizeof *days, &room, err);
    if (status) goto out;
    days = malloc(room);
    if (!days) status = td_fail(err, TD_E_NO_MEMORY, "%s: no memory for its days", path);
    const char *at = data, *end = at + bytes;
    if (bytes >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    while (at < end && !status) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) stop = end;
        status = take_line(path, ++line, at, (size_t)(stop - at), days, &found, err);
        at = stop + 1;
    }
    if (!status && found == 0)
        status = td_fail(err, TD_E_CORRUPT, "%s: holds no date: a date in each line", path);
    if (status) goto out;
    sort_days(days, &found);
    *out = days;
    *count = found;
    days = NULL;
out:
    free(days);
    free(data);
    return status;
}
