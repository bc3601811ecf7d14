/* test_table_csv.c - tables as CSV: rows, columns, dates, quotes; and dates themselves. */
#include "market/dates.h"
#include "market/table_csv.h"
#include "tests/check.h"

#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/tandem-csv-XXXXXX";

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    char *text = calloc(1, 65536);
    const size_t bytes = fread(text, 1, 65535, file);
    text[bytes] = 0;
    fclose(file);
    return text;
}

static td_table *make_table(void)
{
    static const double fast[] = {5, 10}, day[] = {19723, 19724};
    static const char *const symbol[] = {"000020", "A,\"B\"", "=1+1"};
    td_error err = TD_ERROR_INIT;
    td_table *table = NULL;
    const td_dim dims[] = {{"fast", NULL, NULL, 2, fast, true, NULL},
                           {"symbol", NULL, NULL, 3, NULL, false, symbol},
                           {"bar", NULL, "days since 1970-01-01", 2, day, true, NULL}};
    CHECK_STATUS(TD_OK, td_table_create(NULL, &table, &err), &err);
    for (int i = 0; i < 3; ++i)
        CHECK_STATUS(TD_OK, td_table_add_dim(table, &dims[i], &err), &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "sharpe", NULL, NULL, TD_F64, "fast,symbol", &err),
                 &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "trades", NULL, NULL, TD_I32, "fast,symbol", &err),
                 &err);
    CHECK_STATUS(TD_OK, td_table_add_var(table, "rsi", NULL, NULL, TD_F64, "symbol,bar", &err),
                 &err);
    double *sharpe = td_table_data(table, "sharpe"), *rsi = td_table_data(table, "rsi");
    int32_t *trades = td_table_data(table, "trades");
    for (int i = 0; i < 6; ++i) {
        sharpe[i] = i == 4 ? NAN : 0.1 * i;
        trades[i] = i == 5 ? INT32_MIN : i;
        rsi[i] = i < 2 ? NAN : 50.25 + i;
    }
    return table;
}

TEST(csv_has_a_row_for_each_combination)
{
    static const char *const vars[] = {"sharpe", "trades"};
    char path[128];
    td_error err = TD_ERROR_INIT;
    td_table *table = make_table();
    uint64_t rows = 0;
    snprintf(path, sizeof path, "%s/a.csv", folder);
    const table_csv how = {path, vars, 2, NULL, false, NULL, NULL};
    CHECK_STATUS(TD_OK, table_csv_write(table, &how, &rows, &err), &err);
    CHECK_INT(6, rows);
    char *text = slurp(path);
    CHECK_TEXT("fast,symbol,sharpe,trades\n"
               "5,000020,0,0\n"
               "5,\"A,\"\"B\"\"\",0.1,1\n"
               "5,=1+1,0.2,2\n"
               "10,000020,0.30000000000000004,3\n"
               "10,\"A,\"\"B\"\"\",nan,4\n"
               "10,=1+1,0.5,nan\n",
               text);
    free(text);
    td_table_destroy(table);
}

TEST(csv_writes_dates_and_leaves_out_empty_rows)
{
    static const char *const vars[] = {"rsi"};
    static const char *const heading[] = {"symbol", "date"};
    char path[128];
    td_error err = TD_ERROR_INIT;
    td_table *table = make_table();
    snprintf(path, sizeof path, "%s/b.csv", folder);
    const table_csv how = {path, vars, 1, heading, true, NULL, NULL};
    CHECK_STATUS(TD_OK, table_csv_write(table, &how, NULL, &err), &err);
    char *text = slurp(path);
    CHECK_TEXT("symbol,date,rsi\n"
               "\"A,\"\"B\"\"\",2024-01-01,52.25\n"
               "\"A,\"\"B\"\"\",2024-01-02,53.25\n"
               "=1+1,2024-01-01,54.25\n"
               "=1+1,2024-01-02,55.25\n",
               text);
    free(text);
    td_table_destroy(table);
}

static bool stop(void *context, double done)
{
    (void)context;
    return done >= 0;
}

TEST(csv_leaves_nothing_when_it_fails)
{
    static const char *const mixed[] = {"sharpe", "rsi"}, *const none[] = {"nothing"};
    static const char *const vars[] = {"sharpe"};
    char path[128];
    td_error err = TD_ERROR_INIT;
    struct stat info;
    td_table *table = make_table();
    snprintf(path, sizeof path, "%s/c.csv", folder);
    table_csv how = {path, mixed, 2, NULL, false, NULL, NULL};
    CHECK_STATUS(TD_E_BAD_ARGUMENT, table_csv_write(table, &how, NULL, &err), &err);
    how.var = none;
    how.var_count = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, table_csv_write(table, &how, NULL, &err), &err);
    CHECK_HAS("nothing", err.message);
    how.var = vars;
    how.tell = stop;
    CHECK_STATUS(TD_E_CANCELLED, table_csv_write(table, &how, NULL, &err), &err);
    CHECK(stat(path, &info) != 0);
    how.tell = NULL;
    how.path = "/nowhere/at/all.csv";
    CHECK_STATUS(TD_E_IO, table_csv_write(table, &how, NULL, &err), &err);
    how.path = "/dev/full";
    CHECK_STATUS(TD_E_IO, table_csv_write(table, &how, NULL, &err), &err);
    td_table_destroy(table);
}

TEST(dates_go_both_ways)
{
    char text[DATES_TEXT_MAX];
    int64_t time = 0, end = 0;
    for (int64_t day = -719162; day < 2932896; day += 97) {
        date_text(day * DATES_DAY, false, text);
        CHECK(date_parse(text, strlen(text), &time, &end));
        CHECK_INT(day * DATES_DAY, time);
        CHECK_INT(time + DATES_DAY - 1, end);
    }
    CHECK_TEXT("2024-02-29", date_text(INT64_C(1709164800), false, text));
    CHECK_TEXT("1969-12-31T23:59:59Z", date_text(-1, true, text));
    CHECK(date_parse("2024", 4, &time, &end));
    CHECK_TEXT("2024-12-31T23:59:59Z", date_text(end, true, text));
    CHECK(date_parse("2024-02", 7, &time, &end));
    CHECK_TEXT("2024-02-29T23:59:59Z", date_text(end, true, text));
    CHECK(date_parse("20240601", 8, &time, NULL));
    CHECK_TEXT("2024-06-01", date_text(time, false, text));
    CHECK(date_parse("2024-06-01 09:30", 16, &time, NULL));
    CHECK_TEXT("2024-06-01T09:30:00Z", date_text(time, true, text));
    static const char *const bad[] = {"",          "24",         "2024-13",          "2024-02-30",
                                      "2024-6-1",  "2024-06-0x", "2024-06-01T25:00", "junk",
                                      "2024-0601", "0000-01-01", "2024-06-011"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
        if (date_parse(bad[i], strlen(bad[i]), &time, NULL)) CHECK_FAIL("%s is taken", bad[i]);
}

int main(int argc, char **argv)
{
    if (!mkdtemp(folder)) return 1;
    const int failed = check_main(argc, argv,
                                  (check_test[]){RUN(csv_has_a_row_for_each_combination),
                                                 RUN(csv_writes_dates_and_leaves_out_empty_rows),
                                                 RUN(csv_leaves_nothing_when_it_fails),
                                                 RUN(dates_go_both_ways),
                                                 {0}});
    char path[128];
    for (const char *name = "abc"; *name; ++name) {
        snprintf(path, sizeof path, "%s/%c.csv", folder, *name);
        (void)unlink(path);
    }
    (void)rmdir(folder);
    return failed;
}
