/* test_program_nested.c - indicators of indicators and of lagged prices: the engine gives them
 * their first value where the lookbacks add up to, and none is lost for good in what was missing
 * before. */
#include "backtest_help.h"

#define BARS 300

static double exposure_of(const char *expression)
{
    static const help_axis none[] = {{NULL, NULL}};
    char text[300];
    help_panel panel;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    td_var var;
    snprintf(text, sizeof(text), "entry = %s\n", expression);
    const help_call call = {text, none, none, false, false, 1};
    help_make(&panel, 3, BARS, false);
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &table, &err), &err);
    CHECK(td_table_find_var(table, "exposure", &var));
    const double exposure = ((const double *)var.data)[0];
    td_table_destroy(table);
    help_free(&panel);
    return exposure;
}

/* All of these are above 0 from their first value on, which is the bar that the lag tells. */
TEST(late_series_begin_where_lookbacks_add_up)
{
    static const char *const pairs[][2] = {
        {"ema(close[1], 3) > 0", "close[3] > 0"},
        {"ema(sma(close, 5), 3) > 0", "close[6] > 0"},
        {"sma(ema(close, 5), 3) > 0", "close[6] > 0"},
        {"ema(ema(ema(close, 4), 4), 4) > 0", "close[9] > 0"},
        {"wma(2 * wma(close, 8) - wma(close[2], 4), 3) > 0", "close[9] > 0"},
        {"atr(14) + ema(high - low[3], 5)[2] > -1000", "close[14] > 0"},
        {"bbands(ema(close, 4), 5).middleband > 0", "close[7] > 0"},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); ++i) {
        const double got = exposure_of(pairs[i][0]), want = exposure_of(pairs[i][1]);
        CHECK(want > 0.9);
        if (got != want) CHECK_FAIL("%s: exposure %g, expected %g", pairs[i][0], got, want);
    }
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(late_series_begin_where_lookbacks_add_up), {0}});
}
