/* test_audit_real.c - the counts of faults that are known of real data: Korean shares 2023 to 2025,
 * American ones 2016 to 2021. Skipped where the data is not. */
#include "io/prices_csv.h"
#include "market/audit.h"

#include "tests/check.h"

#include <unistd.h>

static prices *load(const char *name)
{
    char path[4096];
    td_error err = TD_ERROR_INIT;
    price_rows *rows = NULL;
    prices *held = NULL;
    price_csv_options options = {.field = -1};
    price_csv_findings *found = calloc(1, sizeof *found);
    const char *data = getenv("TANDEM_DATA");
    snprintf(path, sizeof path, "%s/market/%s", data ? data : ".", name);
    if (access(path, R_OK) != 0) SKIP("%s is not there", path);
    CHECK(found != NULL);
    CHECK_STATUS(TD_OK, price_rows_create(&rows, &err), &err);
    CHECK_STATUS(TD_OK, price_csv_load(rows, path, &options, found, &err), &err);
    CHECK_STATUS(TD_OK, prices_from_rows(rows, PRICE_DUPLICATES_ERROR, &held, NULL, &err), &err);
    price_rows_destroy(rows);
    free(found);
    return held;
}

static audit_report find(const prices *held, double move_limit)
{
    td_error err = TD_ERROR_INIT;
    audit_report report;
    audit_options options = AUDIT_OPTIONS_INIT;
    options.move_limit = move_limit;
    CHECK_STATUS(TD_OK, audit_run(prices_panel(held), &options, NULL, &report, &err), &err);
    return report;
}

static void check_count(const audit_report *report, audit_kind kind, uint64_t rows,
                        uint64_t symbols)
{
    printf("  %-16s %" PRIu64 " rows, %" PRIu64 " symbols\n", audit_rules[kind].name,
           report->found[kind].rows, report->found[kind].symbols);
    CHECK_INT(rows, report->found[kind].rows);
    CHECK_INT(symbols, report->found[kind].symbols);
}

TEST(korean_shares)
{
    prices *held = load("krx_2023_2025_long.csv.xz");
    const audit_report report = find(held, 0.3);
    CHECK_INT(2761, report.symbols);
    CHECK_INT(986298, report.rows);
    CHECK_INT(370, report.bars);
    CHECK_INT(370, report.trading_days);
    check_count(&report, AUDIT_HALTS, 29739, 276);
    check_count(&report, AUDIT_MOVES, 356, 280);
    check_count(&report, AUDIT_ZERO_VOLUME, 756, 112);
    check_count(&report, AUDIT_OUTSIDE_RANGE, 85, 57);
    check_count(&report, AUDIT_HIGH_BELOW_LOW, 0, 0);
    check_count(&report, AUDIT_NOT_POSITIVE, 0, 0);
    check_count(&report, AUDIT_MISSING, 0, 0);
    check_count(&report, AUDIT_GAPS, 0, 0);
    check_count(&report, AUDIT_OFF_CALENDAR, 0, 0);
    CHECK_INT(189, report.found[AUDIT_SHORT].symbols);
    /* 302 of the moves stop at the exchange's limit of exactly 30 %. */
    const audit_report beyond = find(held, 0.3 + 1e-9);
    CHECK_INT(54, beyond.found[AUDIT_MOVES].rows);
    prices_close(held);
}

TEST(american_shares)
{
    prices *held = load("sp500_2016_2021_long.csv.xz");
    const audit_report report = find(held, 0.3);
    CHECK_INT(470, report.symbols);
    CHECK_INT(578223, report.rows);
    CHECK_INT(1259, report.bars);
    check_count(&report, AUDIT_HALTS, 0, 0);
    check_count(&report, AUDIT_ZERO_VOLUME, 1697, 20);
    check_count(&report, AUDIT_GAPS, 7, 7);
    check_count(&report, AUDIT_MOVES, 64, 43);
    CHECK_INT(21, report.found[AUDIT_SHORT].symbols);
    CHECK_INT(5, report.found[AUDIT_HIGH_BELOW_LOW].rows + report.found[AUDIT_OUTSIDE_RANGE].rows);
    CHECK_NEAR(9.0, report.move_max, 1e-5);
    prices_close(held);
}

/* Filled, dropped and left out as a desk would, the Korean panel has none of these faults left,
 * and its file says what was done. */
TEST(korean_shares_mended)
{
    char input[64], output[64];
    td_error err = TD_ERROR_INIT;
    market_audit audit = {.prices = NULL};
    const audit_options fresh = AUDIT_OPTIONS_INIT;
    prices *held = load("krx_2023_2025_long.csv.xz"), *mended = NULL;
    snprintf(input, sizeof input, "/tmp/test_audit_%d.nc", (int)getpid());
    snprintf(output, sizeof output, "/tmp/test_audit_%d_clean.nc", (int)getpid());
    CHECK_STATUS(TD_OK, prices_write(input, prices_panel(held), NULL, 0, &err), &err);
    prices_close(held);
    market_audit_request request = {
        .input = input, .output = output, .options = fresh, .examples = 2};
    request.options.policy[AUDIT_HALTS] = AUDIT_FILL;
    request.options.policy[AUDIT_ZERO_VOLUME] = AUDIT_DROP;
    request.options.policy[AUDIT_OUTSIDE_RANGE] = AUDIT_FILL;
    request.options.policy[AUDIT_SHORT] = AUDIT_EXCLUDE;
    const td_status status = market_audit_run(&request, &audit, &err);
    unlink(input);
    CHECK_STATUS(TD_OK, status, &err);
    CHECK_INT(2, audit.example_count[AUDIT_MOVES]);
    market_audit_free(&audit);
    const td_status opened = prices_open(output, &mended, &err);
    unlink(output);
    CHECK_STATUS(TD_OK, opened, &err);
    const audit_report report = find(mended, 0.3);
    CHECK_INT(2761 - 189, report.symbols);
    CHECK_INT(0, report.found[AUDIT_HALTS].rows);
    CHECK_INT(0, report.found[AUDIT_OUTSIDE_RANGE].rows);
    CHECK_HAS("policy fill, found 29739 rows in 276 symbols, changed ",
              prices_attribute(mended, "audit_halts"));
    CHECK_HAS("policy exclude", prices_attribute(mended, "audit_short"));
    CHECK_HAS("move_limit 0.3", prices_attribute(mended, "audit_limits"));
    prices_close(mended);
}

int main(int argc, char **argv)
{
    return check_main(
        argc, argv,
        (check_test[]){RUN(korean_shares), RUN(american_shares), RUN(korean_shares_mended), {0}});
}
