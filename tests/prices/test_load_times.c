/* test_load_times.c - dates, times of day, offsets, epochs and zones of CSV files. */
#include "tests/prices/load_text.h"

#include "io/prices_when.h"

#include <stdlib.h>
#include <time.h>

#define JAN31 INT64_C(1706659200) /* 2024-01-31T00:00Z */

static void expect(const char *text, int64_t local, bool has_clock, int32_t offset)
{
    price_when when = {0, 0, false, false};
    const char *why = price_when_parse(text, strlen(text), PRICE_ORDER_NONE, &when);
    if (why) CHECK_FAIL("%s %s", text, why);
    if (when.local != local) CHECK_FAIL("%s: got %lld", text, (long long)when.local);
    CHECK_INT(has_clock, when.has_clock);
    CHECK_INT(offset, when.has_offset ? when.offset : -1);
}

TEST(forms)
{
    expect("2024-01-31", JAN31, false, -1);
    expect("2024/01/31", JAN31, false, -1);
    expect("2024.01.31", JAN31, false, -1);
    expect("2024-1-31", JAN31, false, -1);
    expect("20240131", JAN31, false, -1);
    expect("31.01.2024", JAN31, false, -1);
    expect("31.1.2024", JAN31, false, -1);
    expect(" 2024-01-31 ", JAN31, false, -1);
    expect("2024-01-31 09:30", JAN31 + 34200, true, -1);
    expect("2024-01-31T09:30:05", JAN31 + 34205, true, -1);
    expect("2024-01-31T09:30:05.000", JAN31 + 34205, true, -1);
    expect("2024-01-31T09:30Z", JAN31 + 34200, true, 0);
    expect("2024-01-31 09:30:00+09:00", JAN31 + 34200, true, 32400);
    expect("2024-01-31 09:30:00 +0900", JAN31 + 34200, true, 32400);
    expect("2024-01-31 09:30:00-05", JAN31 + 34200, true, -18000);
    expect("2024-01-31 09:30:00 UTC", JAN31 + 34200, true, 0);
    expect("20240131093005", JAN31 + 34205, true, -1);
    expect("202401310930", JAN31 + 34200, true, -1);
    expect("1706659200", JAN31, true, 0);
    expect("1706659200000", JAN31, true, 0);
    expect("1706659200000000", JAN31, true, 0);
    expect("1706659200000000000", JAN31, true, 0);
    expect("1706659200.0", JAN31, true, 0);
    expect("20240131.0", JAN31, false, -1);
}

TEST(refused)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "2024",
                                      "2024-02-30",
                                      "2024-13-01",
                                      "24-01-31",
                                      "2024-01/31",
                                      "01/02/2024",
                                      "31-01-2024",
                                      "2024-01-31T",
                                      "2024-01-31T25:00",
                                      "2024-01-31 09:30:00.5",
                                      "2024-01-31T09:30+9",
                                      "2024-01-31T09:30C",
                                      "2024-01-31 x",
                                      "20240231",
                                      "202401312500",
                                      "1706659200123",
                                      "17066592000",
                                      "0000-01-01",
                                      "2024-01-31T09:30+99:00",
                                      "2024-01-31 09",
                                      "--17066592",
                                      "2024-01-310"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        price_when when = {1, 2, false, false};
        if (!price_when_parse(bad[i], strlen(bad[i]), PRICE_ORDER_NONE, &when))
            CHECK_FAIL("\"%s\" is taken for %lld", bad[i], (long long)when.local);
        CHECK(when.local == 1 && when.offset == 2);
    }
}

TEST(random_dates)
{
    for (int i = 0; i < 20000; ++i) {
        char text[64];
        const time_t day =
            (time_t)((int64_t)(check_random() % 3652059) - 719162) * 86400; /* years 1 to 9999 */
        struct tm parts;
        CHECK(gmtime_r(&day, &parts));
        snprintf(text, sizeof text, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                 parts.tm_mday);
        expect(text, (int64_t)day, false, -1);
    }
}

/* ---- Zones ----------------------------------------------------------------------------------- */

/* Against the C library's, which is asked through the environment. */
static void compare_zone(const char *name)
{
    price_zone *zone = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, price_zone_open(name, &zone, &err), &err);
    setenv("TZ", name, 1);
    tzset();
    for (int i = 0; i < 20000; ++i) {
        const int64_t utc = (int64_t)(check_random() % 6000000000) - 2000000000;
        const time_t at = (time_t)utc;
        struct tm parts;
        int64_t back = 0;
        CHECK(localtime_r(&at, &parts));
        const int32_t offset = price_zone_offset(zone, utc);
        if (offset != parts.tm_gmtoff)
            CHECK_FAIL("%s at %lld: %d, not %ld", name, (long long)utc, offset, parts.tm_gmtoff);
        if (!price_zone_utc(zone, utc + offset, &back)) CHECK_INT(utc, back);
    }
    price_zone_close(zone);
}

TEST(zones)
{
    static const char *const names[] = {"Asia/Seoul",       "America/New_York", "Europe/Berlin",
                                        "Australia/Sydney", "Asia/Shanghai",    "UTC"};
    price_zone *zone = NULL;
    td_error err = TD_ERROR_INIT;
    if (price_zone_open("Asia/Seoul", &zone, &err)) SKIP("%s", err.message);
    price_zone_close(zone);
    for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
        compare_zone(names[i]);
}

TEST(zone_edges)
{
    price_zone *zone = NULL;
    td_error err = TD_ERROR_INIT;
    int64_t utc = 0;
    static const char *const bad[] = {"", "Nowhere/Town", "../../etc/passwd", "/etc/passwd", "a b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        CHECK_STATUS(TD_E_NOT_FOUND, price_zone_open(bad[i], &zone, &err), &err);
        CHECK_HAS("Asia/Seoul", err.message);
    }
    CHECK_STATUS(TD_E_CORRUPT, price_zone_open_memory("Bad", "TZif2xxxx", 9, &zone, &err), &err);
    if (price_zone_open("America/New_York", &zone, &err)) SKIP("%s", err.message);
    /* 2024-03-10 02:30 was jumped over; 2024-11-03 01:30 was there twice. */
    CHECK_HAS("jumped over", price_zone_utc(zone, 1710037800, &utc));
    CHECK_HAS("twice", price_zone_utc(zone, 1730597400, &utc));
    CHECK(!price_zone_utc(zone, 1730597400 + 3600, &utc));
    CHECK_INT(1730597400 + 3600 + 18000, utc);
    price_zone_close(zone);
}

/* ---- In files -------------------------------------------------------------------------------- */

static void expect_file(const char *text, const price_zone *zone, int64_t time, const char *shown)
{
    const price_csv_options options = {.field = -1, .zone = zone};
    loaded one;
    load_text(&one, "A.csv", text, &options);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    const td_panel *panel = prices_panel(one.prices);
    CHECK_INT(time, panel->time[0]);
    CHECK_TEXT(shown, panel->zone ? panel->zone : "");
    loaded_close(&one);
}

TEST(dates_or_times)
{
    price_zone *seoul = NULL;
    td_error err = TD_ERROR_INIT;
    if (price_zone_open("Asia/Seoul", &seoul, &err)) SKIP("%s", err.message);
    expect_file("date,close\n2024-01-31 00:00:00,1\n2024-02-01 00:00:00,1\n", NULL, JAN31, "");
    /* A midnight of New York is that date, not the instant. */
    expect_file("date,close\n2024-01-31 00:00:00-05:00,1\n", NULL, JAN31, "");
    expect_file("date,close\n1706659200,1\n1706745600,1\n", NULL, JAN31, "");
    expect_file("date,close\n1706659260,1\n", NULL, JAN31 + 60, "UTC");
    expect_file("date,close\n2024-01-31T00:00Z,1\n2024-01-31T01:00Z,1\n", NULL, JAN31, "UTC");
    expect_file("date,close\n2024-01-31T09:30+09:00,1\n", NULL, JAN31 + 1800, "UTC");
    expect_file("date,close\n2024-01-31 09:30,1\n", seoul, JAN31 + 1800, "Asia/Seoul");
    expect_file("date,close\n2024-01-31T00:30Z,1\n", seoul, JAN31 + 1800, "Asia/Seoul");
    expect_file("date,close\n2024-01-31 00:00,1\n", seoul, JAN31 - 32400, "Asia/Seoul");
    expect_file("date,close\n2024-01-31,1\n", seoul, JAN31, "");
    expect_file("date,time,close\n2024-01-31,09:30,1\n", seoul, JAN31 + 1800, "Asia/Seoul");
    expect_file("일자,시간,종가\n20240131,093000,1\n", seoul, JAN31 + 1800, "Asia/Seoul");
    expect_file("time,close\n2024-01-31,1\n", NULL, JAN31, "");
    price_zone_close(seoul);
}

TEST(other_kind)
{
    price_rows *rows = NULL;
    static price_csv_findings found;
    td_error err = TD_ERROR_INIT;
    const price_csv_options options = {.field = -1};
    const char *const text[] = {"date,close\n2024-01-31,1\n", "date,close\n2024-01-31T09:30Z,1\n"};
    CHECK_STATUS(TD_OK, price_rows_create(&rows, &err), &err);
    CHECK_STATUS(
        TD_OK,
        price_csv_load_memory(rows, "A.csv", text[0], strlen(text[0]), &options, &found, &err),
        &err);
    CHECK_STATUS(
        TD_E_CORRUPT,
        price_csv_load_memory(rows, "B.csv", text[1], strlen(text[1]), &options, &found, &err),
        &err);
    CHECK_HAS("B.csv: times are instants shown in UTC here and dates before", err.message);
    price_rows_destroy(rows);
    loaded one;
    load_text(&one, "A.csv", "date,close\n2024-01-31T00:00Z,1\n", NULL);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    loaded_close(&one);
}

int main(int argc, char **argv)
{
    static const check_test tests[] = {RUN(forms),      RUN(refused),    RUN(random_dates),
                                       RUN(zones),      RUN(zone_edges), RUN(dates_or_times),
                                       RUN(other_kind), {NULL, NULL}};
    return check_main(argc, argv, tests);
}
