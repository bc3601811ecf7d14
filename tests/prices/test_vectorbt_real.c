/* test_vectorbt_real.c - moving-average crosses on eight symbols of the S&P 500, as traded, against
 * the values that vectorbt gave (tests/market/golden_vectorbt/README.md). The prices are read from
 * $TANDEM_DATA. */
#include "../../io/csv.h"
#include "../market/backtest_help.h"

#define REAL_BARS    2000 /* at most */
#define REAL_SYMBOLS 8
#define REAL_ROWS    32

static const char *const names[REAL_SYMBOLS] = {"AAPL", "AMZN", "GE", "JPM",
                                                "KO",   "MSFT", "T",  "XOM"};
static const char text[] = "fast = 5\nslow = 50\n"
                           "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                           "exit = crosses_below(sma(close, fast), sma(close, slow))\n";

/* Closes of the symbols in the order of the file; answers the bars that each of them has. */
static uint64_t read_closes(const csv *table, double *close)
{
    uint64_t count[REAL_SYMBOLS] = {0};
    uint32_t symbol, column;
    td_error err = TD_ERROR_INIT;
    CHECK(csv_find(table, "symbol", &symbol) && csv_find(table, "close", &column));
    for (uint64_t row = 0; row < csv_row_count(table); ++row) {
        const csv_text field = csv_field(table, row, symbol);
        for (int s = 0; s < REAL_SYMBOLS; ++s) {
            if (field.bytes != strlen(names[s]) || memcmp(field.data, names[s], field.bytes) != 0)
                continue;
            CHECK(count[s] < REAL_BARS);
            CHECK_STATUS(TD_OK,
                         csv_number(table, row, column, &close[s * REAL_BARS + count[s]++], &err),
                         &err);
        }
    }
    for (int s = 1; s < REAL_SYMBOLS; ++s)
        CHECK_INT(count[0], count[s]);
    return count[0];
}

static void near(const char *line, const char *what, double expected, double actual)
{
    if (!(fabs(expected - actual) <= 1e-6 * fmax(1, fabs(expected))))
        CHECK_FAIL("%s: %s is %.12g, vectorbt says %.12g", line, what, actual, expected);
}

static void compare(const td_table *table)
{
    char path[4096], line[256], symbol[16];
    const char *source = getenv("TANDEM_SOURCE");
    uint64_t row = 0;
    snprintf(path, sizeof path, "%s/tests/market/golden_vectorbt/real.csv", source ? source : ".");
    FILE *file = fopen(path, "r");
    if (!file) CHECK_FAIL("%s cannot be opened", path);
    CHECK(fgets(line, sizeof line, file) != NULL);
    for (; fgets(line, sizeof line, file); ++row) {
        int fast = 0, slow = 0, trades = 0;
        double total = 0, sharpe = 0, drawdown = 0;
        CHECK_INT(7, sscanf(line, "%d,%d,%15[^,],%lf,%lf,%lf,%d", &fast, &slow, symbol, &total,
                            &sharpe, &drawdown, &trades));
        CHECK_TEXT(names[row % REAL_SYMBOLS], symbol);
        CHECK_INT(row / 16 ? 20 : 5, fast);
        CHECK_INT(row / 8 % 2 ? 120 : 50, slow);
        CHECK_INT(trades, help_at(table, "trades", row));
        near(line, "total_return", total, help_at(table, "total_return", row));
        near(line, "sharpe", sharpe, help_at(table, "sharpe", row));
        near(line, "max_drawdown", drawdown, help_at(table, "max_drawdown", row));
    }
    CHECK_INT(REAL_ROWS, row);
    fclose(file);
}

TEST(real_symbols_equal_vectorbt)
{
    static const help_axis axis[] = {{"fast", "5,20"}, {"slow", "50,120"}, {NULL, NULL}};
    static const help_axis value[] = {{"fill", "close"},
                                      {"fee", "0.0015"},
                                      {"slippage", "0.0005"},
                                      {"year", "365"},
                                      {NULL, NULL}};
    static double wide[REAL_SYMBOLS * REAL_BARS];
    const char *data = getenv("TANDEM_DATA");
    char path[4096];
    csv *table = NULL;
    td_table *result = NULL;
    td_error err = TD_ERROR_INIT;
    help_panel panel = {.symbols = REAL_SYMBOLS};
    if (!data) SKIP("TANDEM_DATA is not set");
    snprintf(path, sizeof path, "%s/market/sp500_2016_2021_long.csv.xz", data);
    FILE *const probe = fopen(path, "r");
    if (!probe) SKIP("no real prices: %s is not there", path);
    fclose(probe);
    CHECK_STATUS(TD_OK, csv_open(path, 0, &table, &err), &err);
    panel.bars = read_closes(table, wide);
    csv_close(table);
    panel.price[TD_CLOSE] = calloc(REAL_SYMBOLS * panel.bars, sizeof(double));
    for (uint64_t s = 0; s < REAL_SYMBOLS; ++s)
        memcpy(panel.price[TD_CLOSE] + s * panel.bars, wide + s * REAL_BARS,
               panel.bars * sizeof(double));
    CHECK_STATUS(TD_OK, help_run(&panel, &(help_call){text, axis, value, 0, 0, 2}, &result, &err),
                 &err);
    compare(result);
    td_table_destroy(result);
    help_free(&panel);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv, (check_test[]){RUN(real_symbols_equal_vectorbt), {0}});
}
