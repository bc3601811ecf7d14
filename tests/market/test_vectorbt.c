/* test_vectorbt.c - moving-average crosses with fees and slippage, filled at the close, against the
 * values that vectorbt gave (golden_vectorbt/README.md): the same trades, and returns, Sharpe
 * ratios and drawdowns to 1e-6. */
#include "backtest_help.h"
#include "walk.h"

#define GOLDEN_SYMBOLS 40
#define GOLDEN_BARS    1000
#define GOLDEN_ROWS    800

static const char text[] = "fast = 5\nslow = 40\n"
                           "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                           "exit = crosses_below(sma(close, fast), sma(close, slow))\n";
static const help_axis axis[] = {{"fast", "5,8,12,20,30"}, {"slow", "40,60,100,200"}, {NULL, NULL}};
static const help_axis value[] = {
    {"fill", "close"}, {"fee", "0.0015"}, {"slippage", "0.0005"}, {"year", "365"}, {NULL, NULL}};
static const int fast[] = {5, 8, 12, 20, 30}, slow[] = {40, 60, 100, 200};

static void near(int row, const char *what, double expected, double actual)
{
    if (!(fabs(expected - actual) <= 1e-6 * fmax(1, fabs(expected))))
        CHECK_FAIL("row %d: %s is %.12g, vectorbt says %.12g", row, what, actual, expected);
}

TEST(crosses_equal_vectorbt)
{
    const char *source = getenv("TANDEM_SOURCE");
    char path[1024], line[256];
    help_panel panel = {.symbols = GOLDEN_SYMBOLS, .bars = GOLDEN_BARS};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    snprintf(path, sizeof path, "%s/tests/market/golden_vectorbt/ma_cross.csv",
             source ? source : ".");
    FILE *file = fopen(path, "r");
    if (!file) CHECK_FAIL("%s cannot be opened", path);
    panel.price[TD_CLOSE] = calloc(GOLDEN_SYMBOLS * GOLDEN_BARS, sizeof(double));
    walk_fill(GOLDEN_SYMBOLS, GOLDEN_BARS, panel.price[TD_CLOSE]);
    CHECK_STATUS(TD_OK, help_run(&panel, &(help_call){text, axis, value, 0, 0, 2}, &table, &err),
                 &err);
    int row = 0;
    CHECK(fgets(line, sizeof line, file) != NULL);
    for (; fgets(line, sizeof line, file); row++) {
        int f = 0, s = 0, symbol = 0, trades = 0;
        double total = 0, sharpe = 0, drawdown = 0;
        CHECK_INT(7, sscanf(line, "%d,%d,%d,%lf,%lf,%lf,%d", &f, &s, &symbol, &total, &sharpe,
                            &drawdown, &trades));
        const uint64_t i = (uint64_t)row;
        CHECK(i < GOLDEN_ROWS && f == fast[i / 160] && s == slow[i / 40 % 4]);
        CHECK_INT(trades, help_at(table, "trades", i));
        near(row, "total_return", total, help_at(table, "total_return", i));
        near(row, "sharpe", sharpe, help_at(table, "sharpe", i));
        near(row, "max_drawdown", drawdown, help_at(table, "max_drawdown", i));
    }
    CHECK_INT(GOLDEN_ROWS, row);
    fclose(file);
    td_table_destroy(table);
    help_free(&panel);
}

int main(int argc, char **argv)
{
    const check_test tests[] = {RUN(crosses_equal_vectorbt), {0}};
    return check_main(argc, argv, tests);
}
