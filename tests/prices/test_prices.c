/* test_prices.c - rows into panels, panels into files, files mapped again: the same bits, and what
 * is no such file is refused. */
#include "io/prices.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <netcdf.h>
#include <signal.h>
#include <sys/resource.h>

#define DAY INT64_C(86400)

static price_rows *make_rows(void)
{
    price_rows *rows = NULL;
    td_error err = TD_ERROR_INIT;
    uint32_t source = 0;
    CHECK_STATUS(TD_OK, price_rows_create(&rows, &err), &err);
    CHECK_STATUS(TD_OK, price_rows_source(rows, "a.csv", &source, &err), &err);
    return rows;
}

static void add(price_rows *rows, const char *symbol, int64_t time, double close, double volume,
                uint64_t line)
{
    td_error err = TD_ERROR_INIT;
    price_row row = {.fields = PRICE_BIT(TD_CLOSE), .time = time, .line = line};
    row.price[TD_CLOSE] = close;
    if (volume >= 0) {
        row.fields |= PRICE_BIT(TD_VOLUME);
        row.price[TD_VOLUME] = volume;
    }
    CHECK_STATUS(TD_OK, price_rows_symbol(rows, symbol, strlen(symbol), &row.symbol, &err), &err);
    CHECK_STATUS(TD_OK, price_rows_add(rows, &row, &err), &err);
}

/* A panel of random prices with gaps; intraday when there is a zone. */
static prices *make_panel(uint32_t symbols, uint32_t bars, const char *zone)
{
    price_rows *rows = make_rows();
    prices *made = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, price_rows_zone(rows, zone, &err), &err);
    for (uint32_t s = 0; s < symbols; ++s) {
        char symbol[32];
        price_row row = {.fields = 0x3f};
        const int bytes = snprintf(symbol, sizeof symbol, "%06u", s * 7);
        CHECK_STATUS(TD_OK, price_rows_symbol(rows, symbol, (size_t)bytes, &row.symbol, &err),
                     &err);
        for (uint32_t t = 0; t < bars; ++t) {
            if (t > 0 && check_random() % 8 == 0) continue;
            row.time = zone ? 1700000000 + (int64_t)t * 60 : (19000 + (int64_t)t) * DAY;
            for (uint32_t k = 0; k < TD_PRICES; ++k)
                row.price[k] = check_random() % 16 == 0 ? NAN : check_random_unit() * 1e5;
            CHECK_STATUS(TD_OK, price_rows_add(rows, &row, &err), &err);
        }
    }
    CHECK_STATUS(TD_OK, prices_from_rows(rows, PRICE_DUPLICATES_ERROR, &made, NULL, &err), &err);
    price_rows_destroy(rows);
    return made;
}

static void check_same(const td_panel *a, const td_panel *b)
{
    CHECK(a->symbol_count == b->symbol_count && a->bar_count == b->bar_count);
    for (uint64_t i = 0; i < a->symbol_count; ++i)
        CHECK_TEXT(a->symbol[i], b->symbol[i]);
    for (uint64_t i = 0; i < a->bar_count; ++i)
        CHECK(a->time[i] == b->time[i]);
    CHECK_TEXT(a->zone ? a->zone : "", b->zone ? b->zone : "");
    for (int k = 0; k < TD_PRICES; ++k) {
        CHECK(!a->price[k] == !b->price[k]);
        CHECK(!a->price[k] ||
              memcmp(a->price[k], b->price[k],
                     (size_t)(a->symbol_count * a->bar_count) * sizeof(double)) == 0);
    }
}

/* ---- Rows ------------------------------------------------------------------------------------ */

TEST(rows_refuse)
{
    price_rows *rows = make_rows();
    td_error err = TD_ERROR_INIT;
    uint32_t symbol = 0;
    char longest[PRICES_SYMBOL_BYTES_MAX + 1];
    memset(longest, 'x', sizeof longest);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_symbol(rows, "", 0, &symbol, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_symbol(rows, "a\0b", 3, &symbol, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_symbol(rows, "\xff", 1, &symbol, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_symbol(rows, longest, sizeof longest, &symbol, &err),
                 &err);
    CHECK_STATUS(TD_OK, price_rows_symbol(rows, longest, sizeof longest - 1, &symbol, &err), &err);
    price_row row = {.symbol = symbol, .fields = PRICE_BIT(TD_CLOSE), .time = DAY};
    const price_row good = row;
    row.symbol = 9;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_add(rows, &row, &err), &err);
    row = good;
    row.source = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_add(rows, &row, &err), &err);
    row = good;
    row.fields = 0;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_add(rows, &row, &err), &err);
    row = good;
    row.time = 1;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_add(rows, &row, &err), &err);
    row = good;
    row.time = INT64_MAX;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, price_rows_add(rows, &row, &err), &err);
    row = good;
    row.price[TD_CLOSE] = INFINITY;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, price_rows_add(rows, &row, &err), &err);
    CHECK_INT(0, price_rows_count(rows));
    CHECK_STATUS(TD_OK, price_rows_add(rows, &good, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, price_rows_zone(rows, "UTC", &err), &err);
    prices *made = NULL;
    price_rows *none = make_rows();
    CHECK_STATUS(TD_E_BAD_ARGUMENT,
                 prices_from_rows(none, PRICE_DUPLICATES_ERROR, &made, NULL, &err), &err);
    price_rows_destroy(none);
    price_rows_destroy(rows);
}

TEST(many_symbols_and_times)
{
    enum { SYMBOLS = 5000 };
    price_rows *rows = make_rows();
    for (uint32_t round = 0; round < 2; ++round)
        for (uint32_t s = 0; s < SYMBOLS; ++s) {
            char symbol[32];
            snprintf(symbol, sizeof symbol, "s%u", (s * 2654435761u) % 1000003u);
            add(rows, symbol, (int64_t)((s * 7919u) % 977u) * DAY + round * 1000 * DAY, s, -1, s);
        }
    CHECK_INT(SYMBOLS, price_rows_symbols(rows));
    CHECK_INT(977 * 2, price_rows_times(rows));
    CHECK_INT(2 * SYMBOLS, price_rows_count(rows));
    price_rows_destroy(rows);
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static prices *with_policy(price_duplicates policy, price_findings *found, td_status expected)
{
    price_rows *rows = make_rows();
    prices *made = NULL;
    td_error err = TD_ERROR_INIT;
    add(rows, "B", DAY, 5, 50, 2);
    add(rows, "A", DAY, 1, 10, 3);
    add(rows, "A", DAY, 2, NAN, 4);
    add(rows, "A", DAY, 6, 40, 5);
    add(rows, "B", DAY, 5, 50, 6);
    add(rows, "A", 2 * DAY, 7, -1, 7);
    CHECK_STATUS(expected, prices_from_rows(rows, policy, &made, found, &err), &err);
    CHECK_INT(6, found->rows);
    CHECK_INT(3, found->duplicates);
    CHECK_INT(2, found->differing);
    CHECK_INT(3, found->listed);
    CHECK_TEXT("A", found->list[0].symbol);
    CHECK_INT(4, found->list[0].line);
    CHECK_INT(3, found->list[0].line_before);
    CHECK_TEXT("a.csv", found->list[0].source);
    CHECK(found->list[0].differs && !found->list[2].differs);
    CHECK_INT(6, found->list[2].line);
    CHECK_INT(2, found->list[2].line_before);
    if (expected)
        CHECK_HAS("a.csv:4: symbol A has a row of 1970-01-02 already, in a.csv:3", err.message);
    price_rows_destroy(rows);
    return made;
}

TEST(duplicates)
{
    static const struct {
        price_duplicates policy;
        double close, volume;
    } want[] = {{PRICE_DUPLICATES_FIRST, 1, 10},
                {PRICE_DUPLICATES_LAST, 6, 40},
                {PRICE_DUPLICATES_MEAN, 3, 25}};
    price_findings found;
    CHECK(!with_policy(PRICE_DUPLICATES_ERROR, &found, TD_E_CORRUPT));
    for (size_t i = 0; i < sizeof want / sizeof *want; ++i) {
        prices *made = with_policy(want[i].policy, &found, TD_OK);
        const td_panel *panel = prices_panel(made);
        CHECK_INT(2, panel->symbol_count);
        CHECK_INT(2, panel->bar_count);
        CHECK_NEAR(want[i].close, panel->price[TD_CLOSE][0], 0);
        CHECK_NEAR(want[i].volume, panel->price[TD_VOLUME][0], 0);
        CHECK_NEAR(7, panel->price[TD_CLOSE][1], 0);
        CHECK_NEAR(NAN, panel->price[TD_VOLUME][1], 0);
        CHECK_NEAR(5, panel->price[TD_CLOSE][2], 0);
        CHECK_NEAR(NAN, panel->price[TD_CLOSE][3], 0);
        prices_close(made);
    }
}

/* The mean of equal values is that value, to the last bit. */
TEST(equal_duplicates)
{
    price_rows *rows = make_rows();
    prices *made = NULL;
    td_error err = TD_ERROR_INIT;
    for (int i = 0; i < 3; ++i)
        add(rows, "A", DAY, 0.1, 1e308, 1);
    CHECK_STATUS(TD_OK, prices_from_rows(rows, PRICE_DUPLICATES_MEAN, &made, NULL, &err), &err);
    CHECK(prices_panel(made)->price[TD_CLOSE][0] == 0.1);
    CHECK(prices_panel(made)->price[TD_VOLUME][0] == 1e308);
    prices_close(made);
    price_rows_destroy(rows);
}

/* ---- Files ----------------------------------------------------------------------------------- */

static void round_trip(uint32_t symbols, uint32_t bars, const char *zone)
{
    prices *made = make_panel(symbols, bars, zone), *opened = NULL;
    td_error err = TD_ERROR_INIT;
    const price_attribute attributes[] = {{"source", "a.csv"}, {"command", "tandem market load"}};
    const char *path = scratch("trip.nc");
    CHECK_STATUS(TD_OK, prices_write(path, prices_panel(made), attributes, 2, &err), &err);
    CHECK_STATUS(TD_OK, prices_open(path, &opened, &err), &err);
    CHECK_TEXT("mapped", prices_copied(opened) ? prices_copied(opened) : "mapped");
    check_same(prices_panel(made), prices_panel(opened));
    CHECK_TEXT("a.csv", prices_attribute(opened, "source"));
    CHECK(!prices_attribute(opened, "nothing"));
    /* What is mapped is the file as it was, also when there is a new one in its place. */
    CHECK_STATUS(TD_OK, prices_write(path, prices_panel(opened), NULL, 0, &err), &err);
    check_same(prices_panel(made), prices_panel(opened));
    prices_close(opened);
    prices_close(made);
    CHECK(!scratch_exists(scratch("trip.nc.part")));
}

TEST(files)
{
    round_trip(1, 1, NULL);
    round_trip(3, 5, NULL);
    round_trip(97, 251, NULL);
    round_trip(7, 1000, "Asia/Seoul");
    /* Any shape is aligned. */
    for (uint32_t i = 0; i < 6; ++i)
        round_trip(1 + (uint32_t)(check_random() % 40), 1 + (uint32_t)(check_random() % 80),
                   i % 2 ? "UTC" : NULL);
}

TEST(same_bytes)
{
    prices *made = make_panel(20, 30, NULL);
    td_error err = TD_ERROR_INIT;
    size_t a_bytes = 0, b_bytes = 0;
    CHECK_STATUS(TD_OK, prices_write(scratch("a.nc"), prices_panel(made), NULL, 0, &err), &err);
    CHECK_STATUS(TD_OK, prices_write(scratch("b.nc"), prices_panel(made), NULL, 0, &err), &err);
    char *a = scratch_get(scratch("a.nc"), &a_bytes), *b = scratch_get(scratch("b.nc"), &b_bytes);
    CHECK(a && b && a_bytes == b_bytes && memcmp(a, b, a_bytes) == 0);
    free(a);
    free(b);
    prices_close(made);
}

TEST(write_refuses)
{
    const char *const symbols[] = {"A"};
    const int64_t noon[] = {43200}, back[] = {DAY, DAY};
    const double price[] = {1, 2};
    td_error err = TD_ERROR_INIT;
    td_panel panel = TD_PANEL_INIT;
    panel.symbol_count = panel.bar_count = 1;
    panel.symbol = symbols;
    panel.time = noon;
    panel.price[TD_CLOSE] = price;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, prices_write(scratch("x.nc"), &panel, NULL, 0, &err), &err);
    CHECK_HAS("bar 0 is at 1970-01-01T12:00:00Z, which is no date", err.message);
    panel.time = back;
    panel.bar_count = 2;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, prices_write(scratch("x.nc"), &panel, NULL, 0, &err), &err);
    CHECK_HAS("not after the bar before it", err.message);
    panel.bar_count = 1;
    CHECK_STATUS(TD_E_IO, prices_write("/nowhere/x.nc", &panel, NULL, 0, &err), &err);
    CHECK(!scratch_exists(scratch("x.nc")));
}

/* A limit on the size of files stands for a disk that is full. */
TEST(disk_full)
{
    prices *made = make_panel(100, 300, NULL);
    td_error err = TD_ERROR_INIT;
    struct rlimit before, limit;
    scratch_put("full.nc", "old", 3);
    CHECK_INT(0, getrlimit(RLIMIT_FSIZE, &before));
    for (rlim_t bytes = 1000; bytes < 1200000; bytes *= 10) {
        limit = before;
        limit.rlim_cur = bytes;
        signal(SIGXFSZ, SIG_IGN);
        CHECK_INT(0, setrlimit(RLIMIT_FSIZE, &limit));
        const td_status status =
            prices_write(scratch("full.nc"), prices_panel(made), NULL, 0, &err);
        CHECK_INT(0, setrlimit(RLIMIT_FSIZE, &before));
        CHECK_STATUS(TD_E_IO, status, &err);
        size_t count = 0;
        char *left = scratch_get(scratch("full.nc"), &count);
        CHECK(left && count == 3 && memcmp(left, "old", 3) == 0);
        free(left);
        CHECK(!scratch_exists(scratch("full.nc.part")));
    }
    prices_close(made);
}

/* ---- Files that are none ----------------------------------------------------------------------
 */

static void expect_refused(const char *path, const char *message)
{
    prices *opened = NULL;
    td_error err = TD_ERROR_INIT;
    const td_status status = prices_open(path, &opened, &err);
    CHECK(status == TD_E_CORRUPT || status == TD_E_IO);
    CHECK(!opened);
    CHECK_HAS(message, err.message);
}

TEST(cut_off)
{
    prices *made = make_panel(20, 100, NULL);
    td_error err = TD_ERROR_INIT;
    size_t bytes = 0;
    CHECK_STATUS(TD_OK, prices_write(scratch("whole.nc"), prices_panel(made), NULL, 0, &err), &err);
    char *data = scratch_get(scratch("whole.nc"), &bytes);
    CHECK(data);
    for (int i = 0; i < 60; ++i) {
        const size_t left = i == 0 ? bytes - 1 : i == 1 ? 0 : (size_t)(check_random() % bytes);
        scratch_put("cut.nc", data, left);
        expect_refused(scratch("cut.nc"), "cut.nc: ");
    }
    free(data);
    prices_close(made);
}

TEST(no_files)
{
    scratch_put("text.nc", "date,close\n", 11);
    expect_refused(scratch("text.nc"), "it is no netCDF-4 file, or cut off");
    expect_refused(scratch("absent.nc"), "cannot open");
    expect_refused("/tmp", "is no regular file");
}

/* ---- Files of others --------------------------------------------------------------------------
 */

typedef struct foreign {
    bool turned, packed, floats;
    const char *units;
    double first; /* of the dates, in units */
    double fill;  /* 0: none */
    bool text_dates, scaled;
} foreign;

static void write_foreign(const char *path, const foreign *f)
{
    static const char *symbols[] = {"A", "B"};
    const double number[] = {f->first, f->first + 1, f->first + 2};
    const double price[2][6] = {{1, 2, -9, 4, 5, 6}, {1, 4, 2, 5, -9, 6}};
    const double fill = f->fill, two = 2;
    int nc = -1, dim[2] = {-1, -1}, var[3] = {-1, -1, -1};
    CHECK_INT(NC_NOERR, nc_create(path, NC_NETCDF4 | NC_CLOBBER, &nc));
    CHECK_INT(NC_NOERR, nc_def_dim(nc, "ticker", 2, &dim[0]));
    CHECK_INT(NC_NOERR, nc_def_dim(nc, "when", 3, &dim[1]));
    CHECK_INT(NC_NOERR, nc_def_var(nc, "ticker", NC_STRING, 1, &dim[0], &var[0]));
    CHECK_INT(NC_NOERR, nc_def_var(nc, "when", NC_DOUBLE, 1, &dim[1], &var[1]));
    const int over[2] = {f->turned ? dim[1] : dim[0], f->turned ? dim[0] : dim[1]};
    CHECK_INT(NC_NOERR,
              nc_def_var(nc, "close", f->floats ? NC_FLOAT : NC_DOUBLE, 2, over, &var[2]));
    CHECK_INT(NC_NOERR, nc_put_att_text(nc, var[1], "units", strlen(f->units), f->units));
    if (f->packed) CHECK_INT(NC_NOERR, nc_def_var_deflate(nc, var[2], 1, 1, 4));
    if (fill != 0)
        CHECK_INT(NC_NOERR, nc_put_att_double(nc, var[2], "_FillValue",
                                              f->floats ? NC_FLOAT : NC_DOUBLE, 1, &fill));
    if (f->scaled)
        CHECK_INT(NC_NOERR, nc_put_att_double(nc, var[2], "scale_factor", NC_DOUBLE, 1, &two));
    CHECK_INT(NC_NOERR, nc_enddef(nc));
    CHECK_INT(NC_NOERR, nc_put_var_string(nc, var[0], symbols));
    CHECK_INT(NC_NOERR, nc_put_var_double(nc, var[1], number));
    CHECK_INT(NC_NOERR, nc_put_var_double(nc, var[2], price[f->turned]));
    CHECK_INT(NC_NOERR, nc_close(nc));
}

TEST(files_of_others)
{
    static const foreign good[] = {
        {.units = "days since 2024-01-01", .first = 0, .fill = -9},
        {.units = "days since 2024-01-01 00:00:00", .first = 0, .fill = -9, .turned = true},
        {.units = "hours since 2023-12-31 23:00:00", .first = 1, .fill = -9, .packed = true},
        {.units = "seconds since 1970-01-01", .first = 1704067200, .fill = -9, .floats = true},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        prices *opened = NULL;
        td_error err = TD_ERROR_INIT;
        write_foreign(scratch("other.nc"), &good[i]);
        CHECK_STATUS(TD_OK, prices_open(scratch("other.nc"), &opened, &err), &err);
        const td_panel *panel = prices_panel(opened);
        CHECK(prices_copied(opened));
        CHECK_HAS("\"close\" ", prices_copied(opened));
        CHECK_INT(2, panel->symbol_count);
        CHECK_INT(3, panel->bar_count);
        CHECK_INT(1704067200, panel->time[0]);
        CHECK_TEXT(i < 2 ? "" : "UTC", panel->zone ? panel->zone : "");
        for (int c = 0; c < 6; ++c)
            CHECK_NEAR(c == 2 ? NAN : c + 1, panel->price[TD_CLOSE][c], 0);
        prices_close(opened);
    }
}

TEST(others_refused)
{
    static const struct {
        foreign file;
        const char *message;
    } bad[] = {
        {{.units = "months since 2024-01-01"}, "the unit of its dates is \"months since"},
        {{.units = "days"}, "the unit of its dates is \"days\""},
        {{.units = "hours since 2024-01-01", .first = 0.5001}, "is no whole second"},
        {{.units = "days since 2024-01-01", .scaled = true}, "is scaled by the attribute"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        write_foreign(scratch("other.nc"), &bad[i].file);
        expect_refused(scratch("other.nc"), bad[i].message);
    }
}

int main(int argc, char **argv)
{
    static const check_test tests[] = {RUN(rows_refuse),     RUN(many_symbols_and_times),
                                       RUN(duplicates),      RUN(equal_duplicates),
                                       RUN(files),           RUN(same_bytes),
                                       RUN(write_refuses),   RUN(disk_full),
                                       RUN(cut_off),         RUN(no_files),
                                       RUN(files_of_others), RUN(others_refused),
                                       {NULL, NULL}};
    return check_main(argc, argv, tests);
}
