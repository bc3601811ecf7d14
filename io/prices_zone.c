/* prices_zone.c - a zone's offsets from its file (RFC 8536): a list of changes, and for the time
 * after the last one a rule in the form of POSIX's TZ. */
#include "io/prices_zone.h"

#include "io/file.h"
#include "io/prices_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ZONE_FOLDER       "/usr/share/zoneinfo"
#define ZONE_BYTES_MAX    (1u << 20)
#define ZONE_NAME_MAX     128
#define ZONE_CHANGES_MAX  65536u
#define ZONE_TYPES_MAX    256u
#define ZONE_HEADER_BYTES 44u
#define ZONE_OFFSET_MAX   (26 * 3600)

typedef enum rule_kind { RULE_MONTH, RULE_JULIAN, RULE_DAY } rule_kind;

typedef struct zone_rule {
    rule_kind kind;
    uint32_t month, week, day; /* RULE_MONTH: day 0 is Sunday, week 5 the last */
    int32_t time;              /* seconds after the midnight of that day */
} zone_rule;

struct price_zone {
    char name[ZONE_NAME_MAX];
    uint32_t count;
    int64_t *at;     /* of each change, rising */
    int32_t *offset; /* from it on */
    int32_t first;   /* before the first change */
    bool has_rule, has_summer;
    int32_t standard, summer;
    zone_rule start, end; /* of summer time */
};

/* ---- The rule at the end --------------------------------------------------------------------- */

static bool rule_name(const char **text)
{
    const char *at = *text;
    if (*at == '<') {
        while (*at && *at != '>')
            ++at;
        if (*at != '>') return false;
        *text = at + 1;
        return true;
    }
    while (isalpha((unsigned char)*at))
        ++at;
    const bool any = at - *text >= 3;
    *text = at;
    return any;
}

static bool rule_number(const char **text, uint32_t most, uint32_t *out)
{
    uint32_t value = 0;
    const char *at = *text;
    for (; isdigit((unsigned char)*at) && at - *text < 4; ++at)
        value = value * 10 + (uint32_t)(*at - '0');
    const bool any = at > *text && value <= most;
    *text = at;
    *out = value;
    return any;
}

/* [+-]h[:m[:s]] */
static bool rule_time(const char **text, int32_t *out)
{
    uint32_t part[3] = {0, 0, 0};
    const bool minus = **text == '-';
    if (minus || **text == '+') *text += 1;
    if (!rule_number(text, 167, &part[0])) return false;
    for (uint32_t i = 1; i < 3 && **text == ':'; ++i) {
        *text += 1;
        if (!rule_number(text, 59, &part[i])) return false;
    }
    const int32_t seconds = (int32_t)(part[0] * 3600 + part[1] * 60 + part[2]);
    *out = minus ? -seconds : seconds;
    return true;
}

static bool rule_day(const char **text, zone_rule *rule)
{
    rule->time = 2 * 3600;
    if (**text == 'M') {
        rule->kind = RULE_MONTH;
        *text += 1;
        if (!rule_number(text, 12, &rule->month) || rule->month < 1 || *(*text)++ != '.')
            return false;
        if (!rule_number(text, 5, &rule->week) || rule->week < 1 || *(*text)++ != '.') return false;
        if (!rule_number(text, 6, &rule->day)) return false;
    } else {
        rule->kind = **text == 'J' ? RULE_JULIAN : RULE_DAY;
        if (**text == 'J') *text += 1;
        if (!rule_number(text, 365, &rule->day)) return false;
        if (rule->kind == RULE_JULIAN && rule->day < 1) return false;
    }
    if (**text != '/') return true;
    *text += 1;
    return rule_time(text, &rule->time);
}

/* "KST-9", "EST5EDT,M3.2.0,M11.1.0": POSIX counts offsets to the west. */
static bool rule_parse(const char *text, price_zone *zone)
{
    int32_t west = 0;
    if (!rule_name(&text) || !rule_time(&text, &west)) return false;
    zone->standard = -west;
    zone->summer = 3600 - west;
    zone->has_rule = true;
    if (!*text) return true;
    if (!rule_name(&text)) return false;
    if (*text && *text != ',') {
        if (!rule_time(&text, &west)) return false;
        zone->summer = -west;
    }
    zone->has_summer = true;
    if (*text++ != ',' || !rule_day(&text, &zone->start)) return false;
    return *text++ == ',' && rule_day(&text, &zone->end) && !*text;
}

/* When the rule says so in a year: seconds of the clock on the wall. */
static int64_t rule_when(const zone_rule *rule, int32_t year)
{
    int64_t day = 0;
    if (rule->kind == RULE_MONTH) {
        const int64_t first = prices_days(year, rule->month, 1);
        const uint32_t weekday = (uint32_t)(((first + 4) % 7 + 7) % 7); /* 1970-01-01: Thursday */
        const uint32_t ahead = (rule->day + 7 - weekday) % 7;
        uint32_t in_month = ahead + (rule->week - 1) * 7;
        if (in_month >= prices_month_days(year, rule->month)) in_month -= 7;
        day = first + in_month;
    } else {
        day = prices_days(year, 1, 1) + rule->day;
        if (rule->kind == RULE_JULIAN) {
            /* Days 1 to 365: February 29 is never counted. */
            day -= 1;
            if (rule->day >= 60 && prices_month_days(year, 2) == 29) day += 1;
        }
    }
    return day * PRICES_DAY_SECONDS + rule->time;
}

static int32_t rule_offset(const price_zone *zone, int64_t utc)
{
    int32_t year = 0;
    uint32_t month = 0, day = 0;
    const int64_t local = utc + zone->standard;
    if (!zone->has_summer) return zone->standard;
    prices_date((local - (local % PRICES_DAY_SECONDS + PRICES_DAY_SECONDS) % PRICES_DAY_SECONDS) /
                    PRICES_DAY_SECONDS,
                &year, &month, &day);
    const int64_t start = rule_when(&zone->start, year) - zone->standard;
    const int64_t end = rule_when(&zone->end, year) - zone->summer;
    const bool summer = start < end ? utc >= start && utc < end : utc >= start || utc < end;
    return summer ? zone->summer : zone->standard;
}

/* ---- The file -------------------------------------------------------------------------------- */

typedef struct zone_counts {
    uint32_t utc, standard, leaps, changes, types, chars;
} zone_counts;

static uint64_t big(const uint8_t *at, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; ++i)
        value = value << 8 | at[i];
    return value;
}

static bool read_header(const uint8_t *data, size_t bytes, size_t at, zone_counts *counts)
{
    if (at > bytes || bytes - at < ZONE_HEADER_BYTES || memcmp(data + at, "TZif", 4) != 0)
        return false;
    uint32_t value[6];
    for (uint32_t i = 0; i < 6; ++i)
        value[i] = (uint32_t)big(data + at + 20 + 4 * (size_t)i, 4);
    *counts = (zone_counts){value[0], value[1], value[2], value[3], value[4], value[5]};
    return counts->changes <= ZONE_CHANGES_MAX && counts->types >= 1 &&
           counts->types <= ZONE_TYPES_MAX && counts->chars <= ZONE_BYTES_MAX &&
           counts->leaps <= ZONE_CHANGES_MAX && counts->utc <= ZONE_TYPES_MAX &&
           counts->standard <= ZONE_TYPES_MAX;
}

static size_t block_bytes(const zone_counts *c, size_t width)
{
    return c->changes * (width + 1) + c->types * 6u + c->chars + c->leaps * (width + 4) +
           c->standard + c->utc;
}

static bool read_changes(price_zone *zone, const uint8_t *data, const zone_counts *counts,
                         size_t width)
{
    const uint8_t *index = data + counts->changes * width, *types = index + counts->changes;
    int32_t offset[ZONE_TYPES_MAX];
    for (uint32_t i = 0; i < counts->types; ++i) {
        offset[i] = (int32_t)big(types + 6 * (size_t)i, 4);
        if (offset[i] < -ZONE_OFFSET_MAX || offset[i] > ZONE_OFFSET_MAX) return false;
    }
    zone->first = offset[0];
    for (uint32_t i = 0; i < counts->changes; ++i) {
        const uint64_t at = big(data + i * width, (uint32_t)width);
        zone->at[i] = width == 4 ? (int64_t)(int32_t)at : (int64_t)at;
        if (index[i] >= counts->types || (i > 0 && zone->at[i] <= zone->at[i - 1])) return false;
        zone->offset[i] = offset[index[i]];
    }
    zone->count = counts->changes;
    return true;
}

/* Version 1 has times of 32 bits; from version 2 on the same follows with 64, and a rule. */
static bool read_zone(price_zone *zone, const uint8_t *data, size_t bytes)
{
    zone_counts counts;
    size_t at = 0, width = 4;
    if (!read_header(data, bytes, 0, &counts)) return false;
    if (data[4] >= '2') {
        at = ZONE_HEADER_BYTES + block_bytes(&counts, 4);
        width = 8;
        if (!read_header(data, bytes, at, &counts)) return false;
    }
    at += ZONE_HEADER_BYTES;
    const size_t block = block_bytes(&counts, width);
    if (at > bytes || block > bytes - at) return false;
    zone->at = calloc((size_t)counts.changes + 1, sizeof *zone->at);
    zone->offset = calloc((size_t)counts.changes + 1, sizeof *zone->offset);
    if (!zone->at || !zone->offset || !read_changes(zone, data + at, &counts, width)) return false;
    at += block;
    if (width == 4 || at >= bytes || data[at] != '\n') return true;
    char rule[128];
    const uint8_t *end = memchr(data + at + 1, '\n', bytes - at - 1);
    const size_t length = end ? (size_t)(end - (data + at + 1)) : sizeof rule;
    if (length >= sizeof rule) return false;
    memcpy(rule, data + at + 1, length);
    rule[length] = 0;
    return length == 0 || rule_parse(rule, zone);
}

td_status price_zone_open_memory(const char *name, const void *data, size_t bytes, price_zone **out,
                                 td_error *err)
{
    price_zone *zone = calloc(1, sizeof *zone);
    if (!zone) return td_fail(err, TD_E_NO_MEMORY, "no memory for the zone %s", name);
    snprintf(zone->name, sizeof zone->name, "%s", name);
    if (!read_zone(zone, data, bytes)) {
        price_zone_close(zone);
        return td_fail(err, TD_E_CORRUPT, "the data of the zone \"%.128s\" is damaged", name);
    }
    *out = zone;
    return TD_OK;
}

static bool name_is_fit(const char *name)
{
    const size_t bytes = strlen(name);
    if (bytes == 0 || bytes >= ZONE_NAME_MAX || name[0] == '/' || strstr(name, "..")) return false;
    for (size_t i = 0; i < bytes; ++i)
        if (!isalnum((unsigned char)name[i]) && !strchr("/_+-", name[i])) return false;
    return true;
}

td_status price_zone_open(const char *name, price_zone **out, td_error *err)
{
    char path[4096];
    void *data = NULL;
    size_t bytes = 0;
    const char *folder = getenv("TZDIR");
    if (strcmp(name, "UTC") == 0) {
        price_zone *zone = calloc(1, sizeof *zone);
        if (!zone) return td_fail(err, TD_E_NO_MEMORY, "no memory for the zone %s", name);
        snprintf(zone->name, sizeof zone->name, "UTC");
        *out = zone;
        return TD_OK;
    }
    if (!folder || !*folder) folder = ZONE_FOLDER;
    snprintf(path, sizeof path, "%.3800s/%.200s", folder, name);
    if (!name_is_fit(name) || file_read(path, ZONE_BYTES_MAX, &data, &bytes, NULL) != TD_OK)
        return td_fail(err, TD_E_NOT_FOUND,
                       "there is no time zone \"%.128s\" in %.200s; allowed are names such as "
                       "Asia/Seoul, America/New_York, UTC",
                       name, folder);
    const td_status status = price_zone_open_memory(name, data, bytes, out, err);
    free(data);
    return status;
}

void price_zone_close(price_zone *zone)
{
    if (!zone) return;
    free(zone->at);
    free(zone->offset);
    free(zone);
}

const char *price_zone_name(const price_zone *zone)
{
    return zone->name;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

int32_t price_zone_offset(const price_zone *zone, int64_t utc)
{
    uint32_t low = 0, high = zone->count; /* changes up to utc */
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (zone->at[middle] <= utc) low = middle + 1;
        else high = middle;
    }
    if (low == zone->count && zone->has_rule) return rule_offset(zone, utc);
    return low == 0 ? zone->first : zone->offset[low - 1];
}

const char *price_zone_utc(const price_zone *zone, int64_t local, int64_t *utc)
{
    /* Offsets a day before and after are all there can be in between: no zone changes twice
     * within two days. */
    const int64_t early = local - price_zone_offset(zone, local - PRICES_DAY_SECONDS);
    const int64_t late = local - price_zone_offset(zone, local + PRICES_DAY_SECONDS);
    const bool early_fits = early + price_zone_offset(zone, early) == local;
    const bool late_fits = late + price_zone_offset(zone, late) == local;
    if (!early_fits && !late_fits) return "is no time there: the clock jumped over it";
    if (early_fits && late_fits && early != late)
        return "was there twice, as the clock was put back: give it with its offset";
    *utc = early_fits ? early : late;
    return NULL;
}
