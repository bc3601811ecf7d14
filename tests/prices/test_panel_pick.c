/* test_panel_pick.c - parts of a panel, levels to compare with, holding; and calls of indicators.
 */
#include "market/compute_call.h"
#include "market/panel_pick.h"
#include "tests/check.h"

#include <unistd.h>

#define SYMBOLS 3
#define BARS    6
#define DAY     INT64_C(86400)

static const char *const symbols[SYMBOLS] = {"000020", "000010", "BRK,A"};
static double closes[SYMBOLS * BARS], adjusted[SYMBOLS * BARS], volume[SYMBOLS * BARS];
static int64_t times[BARS];

static td_panel make_panel(void)
{
    td_panel panel = TD_PANEL_INIT;
    for (int i = 0; i < SYMBOLS * BARS; ++i) {
        closes[i] = 100.0 + i;
        adjusted[i] = 2.0 * closes[i];
        volume[i] = 1000.0 * i;
    }
    for (int t = 0; t < BARS; ++t)
        times[t] = (19723 + t) * DAY; /* 2024-01-01 on */
    panel.symbol_count = SYMBOLS;
    panel.bar_count = BARS;
    panel.symbol = symbols;
    panel.time = times;
    panel.price[TD_CLOSE] = closes;
    panel.price[TD_ADJUSTED] = adjusted;
    panel.price[TD_VOLUME] = volume;
    return panel;
}

TEST(all_of_a_panel_is_not_copied)
{
    const td_panel panel = make_panel();
    const panel_choice choice = {NULL, NULL, "2030"};
    td_error err = TD_ERROR_INIT;
    panel_pick pick;
    CHECK_STATUS(TD_OK, panel_pick_make(&panel, &choice, "p.nc", &pick, &err), &err);
    CHECK(pick.panel.price[TD_CLOSE] == closes && pick.data == NULL);
    CHECK_INT(SYMBOLS, pick.panel.symbol_count);
    panel_pick_free(&pick);
}

TEST(symbols_and_bars_are_picked)
{
    const td_panel panel = make_panel();
    const panel_choice choice = {" 000010 ,000020, 000010", "2024-01-02", "2024-01-04"};
    td_error err = TD_ERROR_INIT;
    panel_pick pick;
    CHECK_STATUS(TD_OK, panel_pick_make(&panel, &choice, "p.nc", &pick, &err), &err);
    CHECK_INT(2, pick.panel.symbol_count);
    CHECK_INT(3, pick.panel.bar_count);
    CHECK_TEXT("000010", pick.panel.symbol[0]);
    CHECK_TEXT("000020", pick.panel.symbol[1]);
    CHECK_INT(1, pick.first_bar);
    CHECK_INT(times[1], pick.panel.time[0]);
    for (int t = 0; t < 3; ++t) {
        CHECK_NEAR(closes[BARS + 1 + t], pick.panel.price[TD_CLOSE][t], 0);
        CHECK_NEAR(closes[1 + t], pick.panel.price[TD_CLOSE][3 + t], 0);
        CHECK_NEAR(volume[1 + t], pick.panel.price[TD_VOLUME][3 + t], 0);
    }
    CHECK(pick.panel.price[TD_OPEN] == NULL);
    panel_pick_free(&pick);
}

TEST(what_is_not_there_is_named)
{
    const td_panel panel = make_panel();
    const struct {
        panel_choice choice;
        td_status status;
        const char *words;
    } cases[] = {
        {{"000011", NULL, NULL}, TD_E_NOT_FOUND, "did you mean \"0000"},
        {{"000020,nothing at all", NULL, NULL}, TD_E_NOT_FOUND, "nothing at all"},
        {{" , ", NULL, NULL}, TD_E_BAD_ARGUMENT, "symbols is empty"},
        {{NULL, "2024-13", NULL}, TD_E_BAD_ARGUMENT, "from is \"2024-13\""},
        {{NULL, NULL, "soon"}, TD_E_BAD_ARGUMENT, "to is \"soon\""},
        {{NULL, "2025", NULL}, TD_E_BAD_ARGUMENT, "2024-01-06"},
        {{NULL, "2024-01-05", "2024-01-03"}, TD_E_BAD_ARGUMENT, "no bar of p.nc"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; ++i) {
        td_error err = TD_ERROR_INIT;
        panel_pick pick;
        CHECK_STATUS(cases[i].status,
                     panel_pick_make(&panel, &cases[i].choice, "p.nc", &pick, &err), &err);
        CHECK_HAS(cases[i].words, err.message);
    }
}

TEST(levels_of_a_symbol_of_all_and_of_a_file)
{
    td_panel panel = make_panel();
    const panel_choice choice = {NULL, "2024-01-03", NULL};
    char path[] = "/tmp/tandem-level-XXXXXX";
    td_error err = TD_ERROR_INIT;
    panel_pick pick;
    double level[BARS];
    closes[2] = NAN; /* 000020 has no bar on the first day that is picked */
    CHECK_STATUS(TD_OK, panel_pick_make(&panel, &choice, "p.nc", &pick, &err), &err);
    CHECK_STATUS(TD_OK, benchmark_make(&panel, &pick, "000020", false, level, &err), &err);
    CHECK_NEAR(101.0, level[0], 0); /* the close before stands in */
    CHECK_NEAR(103.0, level[1], 0);
    CHECK_STATUS(TD_OK, benchmark_make(&panel, &pick, "000010", true, level, &err), &err);
    CHECK_NEAR(2.0 * closes[BARS + 2], level[0], 0);
    CHECK_STATUS(TD_OK, benchmark_make(&panel, &pick, "equal", false, level, &err), &err);
    CHECK_NEAR(1.0, level[0], 0);
    const double a = closes[BARS + 3] / closes[BARS + 2] - 1.0;
    const double b = closes[2 * BARS + 3] / closes[2 * BARS + 2] - 1.0;
    CHECK_NEAR(1.0 + 0.5 * (a + b), level[1], 1e-15);
    const int file = mkstemp(path);
    CHECK(file >= 0);
    const char text[] = "date,close\n2024-01-05,7\n2024-01-04,5\n2024-01-06,nan\n";
    CHECK(write(file, text, sizeof text - 1) == (ssize_t)(sizeof text - 1));
    close(file);
    CHECK_STATUS(TD_OK, benchmark_make(&panel, &pick, path, false, level, &err), &err);
    CHECK(isnan(level[0]));
    CHECK_NEAR(5.0, level[1], 0);
    CHECK_NEAR(7.0, level[3], 0);
    (void)unlink(path);
    CHECK_STATUS(TD_E_NOT_FOUND, benchmark_make(&panel, &pick, "eqal", false, level, &err), &err);
    CHECK_HAS("equal", err.message);
    panel_pick_free(&pick);
}

TEST(holding_is_worked_out)
{
    const double level[] = {NAN, 100, 110, NAN, 99, 121};
    panel_hold_rules rules = {.year = 252, .ddof = 1};
    const panel_hold hold = level_hold_of(level, 6, &rules);
    CHECK_NEAR(0.21, hold.total_return, 1e-15);
    CHECK_NEAR(-0.1, hold.max_drawdown, 1e-15);
    const double r[] = {0.1, -0.1, 121.0 / 99 - 1};
    const double mean = (r[0] + r[1] + r[2]) / 3;
    double squares = 0;
    for (int i = 0; i < 3; ++i)
        squares += (r[i] - mean) * (r[i] - mean);
    CHECK_NEAR(mean / sqrt(squares / 2) * sqrt(252), hold.sharpe, 1e-12);
    CHECK(isnan(level_hold_of(level, 2, &rules).total_return));
    const double flat[] = {5, 5, 5};
    CHECK_NEAR(0.0, level_hold_of(flat, 3, &rules).total_return, 0);
    CHECK(isnan(level_hold_of(flat, 3, &rules).sharpe));
    rules.risk_free = 0.0252;
    CHECK_NEAR((mean - 0.0001) / sqrt(squares / 2) * sqrt(252),
               level_hold_of(level, 6, &rules).sharpe, 1e-12);
    rules = (panel_hold_rules){.year = 365, .ddof = 0, .log_returns = true};
    const double l[] = {log(1.1), log(0.9), log(121.0 / 99)}, centre = log(1.21) / 3;
    squares = 0;
    for (int i = 0; i < 3; ++i)
        squares += (l[i] - centre) * (l[i] - centre);
    CHECK_NEAR(centre / sqrt(squares / 3) * sqrt(365), level_hold_of(level, 6, &rules).sharpe,
               1e-12);
}

TEST(calls_are_taken_apart)
{
    td_error err = TD_ERROR_INIT;
    compute_call call;
    CHECK_STATUS(TD_OK, call_parse("market.bbands:timeperiod=5:50:5:matype=ema", &call, &err),
                 &err);
    CHECK_TEXT("bbands", call.name);
    CHECK_INT(2, call.setting_count);
    CHECK_TEXT("timeperiod", call.setting[0].name);
    CHECK_TEXT("5:50:5", call.setting[0].value);
    CHECK_TEXT("matype", call.setting[1].name);
    CHECK_TEXT("ema", call.setting[1].value);
    call_free(&call);
    CHECK_STATUS(TD_OK, call_parse("rsi", &call, &err), &err);
    CHECK_INT(0, call.setting_count);
    call_free(&call);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, call_parse("sma:5:50", &call, &err), &err);
    CHECK_STATUS(TD_OK, call_parse("x:a=:b==:c=1,2:3", &call, &err), &err);
    CHECK_TEXT("", call.setting[0].value);
    CHECK_TEXT("=", call.setting[1].value);
    CHECK_TEXT("1,2:3", call.setting[2].value);
    call_free(&call);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(all_of_a_panel_is_not_copied),
                                     RUN(symbols_and_bars_are_picked),
                                     RUN(what_is_not_there_is_named),
                                     RUN(levels_of_a_symbol_of_all_and_of_a_file),
                                     RUN(holding_is_worked_out),
                                     RUN(calls_are_taken_apart),
                                     {0}});
}
