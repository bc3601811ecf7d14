/* test_load.c - files and folders into one panel on disk. Of the real prices, if they are there,
 * rows, symbols and dates are those that their own description counts. */
#include "market/load.h"
#include "tests/check.h"
#include "tests/io/scratch.h"

#include <stdlib.h>

typedef struct counted {
    uint64_t rows, symbols, times;
    const char *first, *last;
} counted;

static const char *data_path(const char *name)
{
    static char path[2][1024];
    static int turn;
    turn = !turn;
    const char *folder = getenv("TANDEM_DATA");
    if (!folder) SKIP("TANDEM_DATA is not set");
    snprintf(path[turn], sizeof path[turn], "%.900s/market/%s", folder, name);
    if (access(path[turn], R_OK) != 0) SKIP("%s is not there", path[turn]);
    return path[turn];
}

static prices *load(const char *input, const char *output, market_load *out,
                    price_duplicates duplicates)
{
    prices *opened = NULL;
    td_error err = TD_ERROR_INIT;
    const market_load_request request = {.input = &input,
                                         .input_count = 1,
                                         .output = scratch(output),
                                         .command = "tandem market load",
                                         .duplicates = duplicates,
                                         .csv = {.field = -1}};
    memset(out, 0, sizeof *out);
    CHECK_STATUS(TD_OK, market_load_run(&request, out, &err), &err);
    CHECK_STATUS(TD_OK, prices_open(scratch(output), &opened, &err), &err);
    CHECK(!prices_copied(opened));
    return opened;
}

static double price_at(const prices *all, const char *symbol, uint64_t bar, td_price price)
{
    const td_panel *panel = prices_panel(all);
    for (uint64_t s = 0; s < panel->symbol_count; ++s)
        if (strcmp(panel->symbol[s], symbol) == 0)
            return panel->price[price][s * panel->bar_count + bar];
    return NAN;
}

static uint64_t count_bars(const prices *all)
{
    const td_panel *panel = prices_panel(all);
    uint64_t count = 0;
    for (uint64_t i = 0; i < panel->symbol_count * panel->bar_count; ++i)
        count += !isnan(panel->price[TD_CLOSE][i]);
    return count;
}

TEST(korea)
{
    static market_load out;
    prices *all = load(data_path("krx_2023_2025_long.csv.xz"), "krx.nc", &out, 0);
    CHECK_INT(986298, out.csv.rows);
    CHECK_INT(2761, out.symbols);
    CHECK_INT(370, out.times);
    CHECK_INT(0, out.rows.duplicates + out.csv.bad);
    CHECK_INT(1, out.csv.files[PRICE_LAYOUT_LONG]);
    CHECK_INT(986298, count_bars(all));
    CHECK_TEXT("000020", prices_panel(all)->symbol[0]);
    CHECK_INT(19696 * INT64_C(86400), prices_panel(all)->time[0]);
    CHECK_NEAR(9350, price_at(all, "000020", 0, TD_OPEN), 0);
    CHECK_NEAR(78661, price_at(all, "000020", 0, TD_VOLUME), 0);
    CHECK_TEXT("986298", prices_attribute(all, "source_rows"));
    CHECK_TEXT("none", prices_attribute(all, "duplicates"));
    CHECK_TEXT("long", prices_attribute(all, "layout"));
    prices_close(all);
    market_load_free(&out);
}

TEST(america)
{
    static market_load out;
    prices *all = load(data_path("sp500_2016_2021_long.csv.xz"), "sp.nc", &out, 0);
    CHECK_INT(578223, out.csv.rows);
    CHECK_INT(470, out.symbols);
    CHECK_INT(1259, out.times);
    CHECK_INT(578223, count_bars(all));
    CHECK(price_at(all, "A", 0, TD_OPEN) == 42.61000061035156);
    CHECK(price_at(all, "A", 1, TD_OPEN) == 44.959999084472656);
    prices_close(all);
    market_load_free(&out);
}

/* The folder's files are those of the long file's symbols: the same prices, whatever the way. */
TEST(folder)
{
    static market_load folder, file;
    prices *few = load(data_path("krx_sample"), "few.nc", &folder, 0);
    prices *all = load(data_path("krx_2023_2025_long.csv.xz"), "all.nc", &file, 0);
    const td_panel *a = prices_panel(few), *b = prices_panel(all);
    CHECK_INT(71, folder.files);
    CHECK_INT(71, folder.symbols);
    CHECK_INT(71, folder.csv.files[PRICE_LAYOUT_SINGLE]);
    CHECK_INT(1, folder.csv.ignored);
    CHECK_TEXT("등락률", folder.csv.ignored_list[0]);
    CHECK(a->bar_count == b->bar_count);
    uint64_t compared = 0;
    for (uint64_t s = 0; s < a->symbol_count; ++s)
        for (uint64_t t = 0; t < a->bar_count; ++t)
            for (int k = 0; k <= TD_VOLUME; ++k) {
                const double other = price_at(all, a->symbol[s], t, (td_price)k);
                CHECK_NEAR(other, a->price[k][s * a->bar_count + t], 0);
                compared += !isnan(other);
            }
    CHECK_INT(folder.csv.rows * 5, compared);
    prices_close(all);
    prices_close(few);
    market_load_free(&folder);
    market_load_free(&file);
}

static void expect_fail(const char *const *input, uint32_t count, const char *output,
                        td_status status, const char *message)
{
    static market_load out;
    td_error err = TD_ERROR_INIT;
    const market_load_request request = {
        .input = input, .input_count = count, .output = output, .csv = {.field = -1}};
    memset(&out, 0, sizeof out);
    CHECK_STATUS(status, market_load_run(&request, &out, &err), &err);
    CHECK_HAS(message, err.message);
    market_load_free(&out);
}

TEST(refused)
{
    const char *both[2];
    char folder[600], file[700], empty[700];
    snprintf(folder, sizeof folder, "%s", scratch("in"));
    CHECK_INT(0, mkdir(folder, 0777));
    snprintf(empty, sizeof empty, "%s/empty", folder);
    CHECK_INT(0, mkdir(empty, 0777));
    both[0] = empty;
    expect_fail(both, 1, scratch("x.nc"), TD_E_NOT_FOUND, "there is no file in this folder");
    expect_fail(both, 0, scratch("x.nc"), TD_E_BAD_ARGUMENT, "no files");
    snprintf(file, sizeof file, "%s/A.csv", folder);
    FILE *to = fopen(file, "w");
    CHECK(to && fputs("date,close\n2024-01-31,1\n", to) > 0 && fclose(to) == 0);
    both[0] = file;
    both[1] = folder;
    expect_fail(both, 2, scratch("x.nc"), TD_E_CORRUPT, "symbol A has a row of 2024-01-31 already");
    expect_fail(both + 1, 1, file, TD_E_BAD_ARGUMENT, "the output is this file");
    both[1] = file;
    expect_fail(both, 2, scratch("x.nc"), TD_E_BAD_ARGUMENT, "given twice");
    both[1] = "/nowhere/a.csv";
    expect_fail(both, 2, scratch("x.nc"), TD_E_IO, "/nowhere/a.csv: cannot open");
    CHECK(!scratch_exists(scratch("x.nc")));
}

static bool stop_at_write(void *context, const char *what, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    return strcmp(what, context) != 0;
}

TEST(limits)
{
    static market_load out;
    td_error err = TD_ERROR_INIT;
    char file[600];
    scratch_put("B.csv", "date,close\n2024-01-31,1\n2024-02-01,2\n", 37);
    snprintf(file, sizeof file, "%s", scratch("B.csv"));
    const char *input = file;
    market_load_request request = {.input = &input,
                                   .input_count = 1,
                                   .output = scratch("y.nc"),
                                   .host_bytes_max = 10,
                                   .csv = {.field = -1}};
    memset(&out, 0, sizeof out);
    CHECK_STATUS(TD_E_NO_MEMORY, market_load_run(&request, &out, &err), &err);
    CHECK_HAS("1 symbols and 2 times needs", err.message);
    market_load_free(&out);
    static const char *const steps[] = {"read", "write"};
    request.host_bytes_max = 0;
    request.step = stop_at_write;
    for (int i = 0; i < 2; ++i) {
        request.context = (void *)(uintptr_t)steps[i];
        memset(&out, 0, sizeof out);
        CHECK_STATUS(TD_E_CANCELLED, market_load_run(&request, &out, &err), &err);
        market_load_free(&out);
    }
    request.zone = "Nowhere";
    memset(&out, 0, sizeof out);
    CHECK_STATUS(TD_E_NOT_FOUND, market_load_run(&request, &out, &err), &err);
    market_load_free(&out);
    CHECK(!scratch_exists(scratch("y.nc")));
}

int main(int argc, char **argv)
{
    static const check_test tests[] = {RUN(korea),   RUN(america), RUN(folder),
                                       RUN(refused), RUN(limits),  {NULL, NULL}};
    return check_main(argc, argv, tests);
}
