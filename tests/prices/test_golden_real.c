/* test_golden_real.c - every function of TA-Lib on six real symbols, as traded: with halts, with
 * prices outside their range, with a short history. The prices are read from $TANDEM_DATA. */
#include "../../io/csv.h"
#include "../market/golden/golden.h"
#include "../market/golden/noise.h"

typedef struct wanted {
    const char *series, *symbol;
} wanted;

static bool is_symbol(const csv *table, uint64_t row, uint32_t column, const char *symbol)
{
    const csv_text text = csv_field(table, row, column);
    return text.bytes == strlen(symbol) && memcmp(text.data, symbol, text.bytes) == 0;
}

static void read_symbol(golden_set *set, const csv *table, const wanted *which)
{
    static const char *const names[] = {"open", "high", "low", "close", "volume"};
    uint32_t symbol, column[5];
    td_error err = TD_ERROR_INIT;
    uint64_t count = 0, t = 0;
    CHECK(csv_find(table, "symbol", &symbol));
    for (int i = 0; i < 5; ++i)
        CHECK(csv_find(table, names[i], &column[i]));
    for (uint64_t row = 0; row < csv_row_count(table); ++row)
        count += is_symbol(table, row, symbol, which->symbol);
    CHECK(count > 0);
    golden_series *const series = golden_series_new(set, which->series, count);
    for (uint64_t row = 0; row < csv_row_count(table); ++row) {
        if (!is_symbol(table, row, symbol, which->symbol)) continue;
        for (int i = 0; i < 5; ++i)
            CHECK_STATUS(TD_OK, csv_number(table, row, column[i], &series->column[i][t], &err),
                         &err);
        series->column[GOLDEN_PERIODS][t] = (double)(4 + golden_hash(9, t, 5, 160)) / 4;
        t += 1;
    }
    golden_series_scale(series);
}

static void read_symbols(golden_set *set, const char *file, const wanted *which, uint32_t count)
{
    char path[4096];
    td_error err = TD_ERROR_INIT;
    csv *table = NULL;
    snprintf(path, sizeof path, "%s/market/%s", getenv("TANDEM_DATA"), file);
    CHECK_STATUS(TD_OK, csv_open(path, 0, &table, &err), &err);
    for (uint32_t i = 0; i < count; ++i)
        read_symbol(set, table, &which[i]);
    csv_close(table);
}

TEST(real_symbols_equal_talib)
{
    static const wanted krx[] = {
        {"krx.005930", "005930"}, {"krx.064400", "064400"}, {"krx.001570", "001570"}};
    static const wanted sp500[] = {
        {"sp500.AAPL", "AAPL"}, {"sp500.COL", "COL"}, {"sp500.SCG", "SCG"}};
    char path[4096];
    golden_set set = {.count = 0};
    golden_state state = {.set = &set, .noise = golden_noises, .ties = golden_ties};
    if (!getenv("TANDEM_DATA")) SKIP("TANDEM_DATA is not set");
    snprintf(path, sizeof path, "%s/market/krx_2023_2025_long.csv.xz", getenv("TANDEM_DATA"));
    FILE *const probe = fopen(path, "r");
    if (!probe) SKIP("no real prices: %s is not there", path);
    fclose(probe);
    read_symbols(&set, "krx_2023_2025_long.csv.xz", krx, 3);
    read_symbols(&set, "sp500_2016_2021_long.csv.xz", sp500, 3);
    golden_file(&state, "talib_real.txt");
    golden_set_free(&set);
    CHECK_INT(0, state.differences);
    CHECK_INT(0, state.missing);
    CHECK(state.values > 0);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(real_symbols_equal_talib), {0}});
}
