/* test_backtest.c - the operation: strategies of text on panels that are made up, against accounts
 * that go one bar at a time; units, threads and grids that change nothing. */
#include "backtest_help.h"
#include "backtest_reference.h"

static const char ma_cross[] = "fast = 5\nslow = 20\n"
                               "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                               "exit = crosses_below(sma(close, fast), sma(close, slow))\n";
static const char both_sides[] = "n = 5\nm = 10\nstop_loss = 0.05\ntrailing_stop = 0.08\n"
                                 "entry = close > sma(close, n) and close > open\n"
                                 "exit = close < sma(close, m)\n"
                                 "short_entry = close < sma(close, n) and volume > 300000\n"
                                 "short_exit = close > sma(close, m)\n";

static void same_tables(const td_table *a, const td_table *b)
{
    td_var x, y;
    for (uint32_t i = 0; td_table_var(a, i, &x); i++) {
        CHECK(td_table_find_var(b, x.name, &y));
        CHECK_INT(x.count, y.count);
        const size_t bytes = x.dtype == TD_I32 ? 4 : 8;
        if (memcmp(x.data, y.data, x.count * bytes) != 0) CHECK_FAIL("%s differs", x.name);
    }
}

/* ---- Signals by hand, the account of the reference --------------------------------------- */

static double mean_of(const double *x, int t, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[t - i];
    return sum / n;
}

static void reference_symbol(const help_panel *panel, uint64_t s, const double *rules, int fast,
                             int slow, ref_input *in)
{
    memset(in, 0, sizeof *in);
    memcpy(in->rule, rules, sizeof in->rule);
    in->has_volume = true;
    for (uint64_t t = 0; t < panel->bars; t++) {
        const uint64_t i = s * panel->bars + t;
        if (isnan(panel->price[TD_CLOSE][i])) continue;
        const int k = in->count++;
        in->open[k] = panel->price[TD_OPEN][i];
        in->high[k] = panel->price[TD_HIGH][i];
        in->low[k] = panel->price[TD_LOW][i];
        in->close[k] = panel->price[TD_CLOSE][i];
        in->volume[k] = panel->price[TD_VOLUME][i];
    }
    int last = 0; /* of what differed last: 1 above, -1 below */
    for (int t = slow - 1; t < in->count; t++) {
        const double f = mean_of(in->close, t, fast), l = mean_of(in->close, t, slow);
        const int now = f == l ? 0 : f > l ? 1 : -1;
        in->entry[t] = now == 1 && last == -1;
        in->exit[t] = now == -1 && last == 1;
        if (now) last = now;
    }
}

static void default_rules(double *number)
{
#define RULE_NUMBER(name, field, value, min, max, unit, doc) number[RULE_##name] = (value);
#define RULE_WHOLE(name, field, value, min, max, unit, doc)  number[RULE_##name] = (value);
#define RULE_CHOICE(name, field, value, choices, doc)        number[RULE_##name] = 0;
#include "modules/market/rules.h"
    number[RULE_direction] = 2;
}

TEST(grid_equals_the_plain_account)
{
    static const help_axis axis[] = {
        {"fast", "3,5,9"}, {"slow", "20,30"}, {"stop_loss", "0,0.03"}, {NULL, NULL}};
    static const help_axis value[] = {
        {"fee", "0.0015"}, {"slippage", "0.0005"}, {"take_profit", "0.1"}, {NULL, NULL}};
    static const int fast[] = {3, 5, 9}, slow[] = {20, 30};
    static ref_input in;
    static ref_output out;
    const help_call call = {ma_cross, axis, value, false, false, 2};
    help_panel panel;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    double rules[RULE_COUNT];
    long trades = 0;
    help_make(&panel, 21, 390, true);
    /* Means must not tie: windows may add them up in another order than mean_of. */
    for (uint64_t i = 0; i < 21 * 390; i++)
        panel.price[TD_CLOSE][i] += 1e-3 * check_random_unit();
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &table, &err), &err);
    default_rules(rules);
    rules[RULE_fee] = 0.0015;
    rules[RULE_slippage] = 0.0005;
    rules[RULE_take_profit] = 0.1;
    for (uint64_t i = 0; i < 3 * 2 * 2 * 21; i++) {
        rules[RULE_stop_loss] = i / 21 % 2 ? 0.03 : 0;
        reference_symbol(&panel, i % 21, rules, fast[i / 84], slow[i / 42 % 2], &in);
        ref_run(&in, &out);
        trades += out.trade_count;
        CHECK_INT(out.trade_count, help_at(table, "trades", i));
        const double end = in.count ? out.equity[in.count - 1] / 1e6 - 1 : NAN;
        CHECK_NEAR(end, help_at(table, "total_return", i), 1e-9);
    }
    CHECK(trades > 1000);
    td_table_destroy(table);
    help_free(&panel);
}

/* ---- What must not change anything ------------------------------------------------------- */

TEST(threads_and_cuts_change_nothing)
{
    static const help_axis axis[] = {
        {"n", "3:12"}, {"m", "5,10,20"}, {"fee", "0,0.001"}, {NULL, NULL}};
    help_call call = {both_sides, axis, NULL, false, true, 1};
    help_panel panel;
    td_table *one = NULL, *many = NULL;
    td_error err = TD_ERROR_INIT;
    help_make(&panel, 61, 300, true);
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &one, &err), &err);
    call.threads = 4;
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &many, &err), &err);
    same_tables(one, many);
    td_table_destroy(one);
    td_table_destroy(many);
    help_free(&panel);
}

TEST(a_grid_of_one_is_a_point_of_the_grid)
{
    static const help_axis grid[] = {{"n", "3,7"}, {"m", "5,10"}, {NULL, NULL}};
    static const help_axis point[] = {{"n", "7"}, {"m", "5"}, {NULL, NULL}};
    help_panel panel;
    td_table *many = NULL, *one = NULL;
    td_error err = TD_ERROR_INIT;
    help_make(&panel, 19, 250, true);
    CHECK_STATUS(
        TD_OK, help_run(&panel, &(help_call){both_sides, grid, NULL, 0, 1, 1}, &many, &err), &err);
    CHECK_STATUS(
        TD_OK, help_run(&panel, &(help_call){both_sides, point, NULL, 0, 1, 1}, &one, &err), &err);
    td_var x, y;
    for (uint32_t i = 0; td_table_var(one, i, &x); i++) {
        CHECK(td_table_find_var(many, x.name, &y));
        const size_t bytes = x.dtype == TD_I32 ? 4 : 8;
        CHECK(memcmp(x.data, (const char *)y.data + 2 * 19 * bytes, 19 * bytes) == 0);
    }
    td_table_destroy(many);
    td_table_destroy(one);
    help_free(&panel);
}

/* Several strategies in one text are the same as each alone. */
TEST(strategies_stand_side_by_side)
{
    static const char text[] = "[ma_cross]\nfast = 5\nslow = 20\n"
                               "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                               "exit = crosses_below(sma(close, fast), sma(close, slow))\n"
                               "[holder]\nentry = true\n";
    static const help_axis axis[] = {
        {"strategy_name", "holder,ma_cross"}, {"fast", "5,9"}, {NULL, NULL}};
    static const help_axis alone[] = {{"fast", "5,9"}, {NULL, NULL}};
    help_panel panel;
    td_table *two = NULL, *one = NULL;
    td_error err = TD_ERROR_INIT;
    help_make(&panel, 11, 250, true);
    CHECK_STATUS(TD_OK, help_run(&panel, &(help_call){text, axis, NULL, 0, 0, 1}, &two, &err),
                 &err);
    CHECK_STATUS(TD_OK, help_run(&panel, &(help_call){ma_cross, alone, NULL, 0, 0, 1}, &one, &err),
                 &err);
    for (uint64_t i = 0; i < 22; i++) {
        CHECK_NEAR(help_at(one, "total_return", i), help_at(two, "total_return", 22 + i), 0);
        CHECK(help_at(two, "trades", i) <= 1);
    }
    td_table_destroy(two);
    td_table_destroy(one);
    help_free(&panel);
}

TEST(scaling_and_shifting_a_panel_changes_no_result)
{
    static const help_axis axis[] = {{"fast", "3,5"}, {"slow", "20,30"}, {NULL, NULL}};
    const help_call call = {ma_cross, axis, NULL, false, true, 1};
    help_panel panel;
    td_table *before = NULL, *after = NULL;
    td_error err = TD_ERROR_INIT;
    help_make(&panel, 16, 300, false);
    free(panel.benchmark);
    panel.benchmark = NULL;
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &before, &err), &err);
    for (uint64_t i = 0; i < 16 * 300; i++)
        for (int p = 0; p < TD_PRICES; p++)
            if (p != TD_VOLUME) panel.price[p][i] *= 0.125;
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &after, &err), &err);
    same_tables(before, after);
    td_table_destroy(after);
    after = NULL;
    /* Ten bars without any symbol in front: own bars are the same. */
    help_panel later = {.symbols = 16, .bars = 310};
    for (int p = 0; p < TD_PRICES; p++) {
        later.price[p] = calloc(16 * 310, sizeof(double));
        for (uint64_t s = 0; s < 16; s++)
            for (uint64_t t = 0; t < 310; t++)
                later.price[p][s * 310 + t] = t < 10 ? NAN : panel.price[p][s * 300 + t - 10];
    }
    CHECK_STATUS(TD_OK, help_run(&later, &call, &after, &err), &err);
    same_tables(before, after);
    td_table_destroy(before);
    td_table_destroy(after);
    help_free(&panel);
    help_free(&later);
}

/* ---- Traces ------------------------------------------------------------------------------ */

TEST(a_trace_tells_what_the_grid_counts)
{
    static const help_axis axis[] = {{"n", "3,7"}, {"m", "5,10"}, {NULL, NULL}};
    const help_call call = {both_sides, axis, NULL, false, false, 1};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    help_panel panel;
    help_make(&panel, 12, 250, true);
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK_STATUS(TD_OK, help_args(engine, &panel, &call, &impl, &args, &err), &err);
    CHECK_STATUS(TD_OK, td_run(engine, args, NULL, &table, NULL, &err), &err);
    for (uint64_t i = 0; i < 4 * 12; i++) {
        const uint64_t index[] = {i / 24, i / 12 % 2};
        backtest_trace *trace = NULL;
        CHECK_STATUS(TD_OK, backtest_trace_create(args, index, i % 12, &trace, &err), &err);
        CHECK_INT(help_at(table, "trades", i), trace->trade_count);
        CHECK_NEAR(help_at(table, "total_return", i), trace->equity[trace->bar_count - 1] / 1e6 - 1,
                   1e-12);
        for (uint64_t k = 0; k < trace->trade_count; k++) {
            const backtest_trade *t = &trace->trade[k];
            CHECK(t->symbol == i % 12 && t->entry_bar <= t->exit_bar && t->exit_bar < 250);
            CHECK(!isnan(panel.price[TD_CLOSE][t->symbol * 250 + t->entry_bar]));
        }
        backtest_trace_destroy(trace);
    }
    backtest_trace *none = NULL;
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 backtest_trace_create(args, (const uint64_t[]){0, 0}, 12, &none, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 backtest_trace_create(args, (const uint64_t[]){0, 2}, 0, &none, &err), &err);
    CHECK_HAS("index of m is 2, allowed 0 to 1", err.message);
    td_table_destroy(table);
    td_args_destroy(args);
    backtest_op_destroy(impl);
    td_engine_destroy(engine);
    help_free(&panel);
}

/* ---- Data -------------------------------------------------------------------------------- */

TEST(adjusted_prices_take_splits_away)
{
    static const help_axis raw[] = {{"fill", "close"}, {NULL, NULL}};
    static const help_axis adjusted[] = {{"fill", "close"}, {"prices", "adjusted"}, {NULL, NULL}};
    td_table *with = NULL, *without = NULL;
    td_error err = TD_ERROR_INIT;
    help_panel panel;
    help_make(&panel, 8, 200, false);
    CHECK_STATUS(
        TD_OK, help_run(&panel, &(help_call){"entry = true\n", NULL, raw, 0, 0, 1}, &without, &err),
        &err);
    CHECK_STATUS(
        TD_OK,
        help_run(&panel, &(help_call){"entry = true\n", NULL, adjusted, 0, 0, 1}, &with, &err),
        &err);
    for (uint64_t s = 0; s < 8; s++)
        CHECK_NEAR(2 * (1 + help_at(without, "total_return", s)),
                   1 + help_at(with, "total_return", s), 1e-9);
    td_table_destroy(with);
    td_table_destroy(without);
    help_free(&panel);
}

/* A bar whose adjusted price is missing is scaled as the one before: it is no jump. */
TEST(a_missing_adjusted_price_is_no_jump)
{
    static const help_axis adjusted[] = {{"fill", "close"}, {"prices", "adjusted"}, {NULL, NULL}};
    const help_call call = {"entry = true\n", NULL, adjusted, 0, 0, 1};
    td_table *whole = NULL, *holes = NULL;
    td_error err = TD_ERROR_INIT;
    help_panel panel;
    help_make(&panel, 8, 200, false);
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &whole, &err), &err);
    for (uint64_t s = 0; s < 8; s++) {
        panel.price[TD_ADJUSTED][s * 200 + 30 + s] = NAN;
        panel.price[TD_ADJUSTED][s * 200 + 70 + s] = 0;
    }
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &holes, &err), &err);
    for (uint64_t s = 0; s < 8; s++)
        CHECK_NEAR(help_at(whole, "volatility", s), help_at(holes, "volatility", s), 1e-9);
    td_table_destroy(whole);
    td_table_destroy(holes);
    help_free(&panel);
}

/* Open, high and low of a halted bar are 0, which is no price: ranges, lows and candles of the bars
 * around it must not see it. */
TEST(expressions_see_the_close_of_a_halted_bar)
{
    static const help_axis axis[] = {{"fill", "open,close"}, {NULL, NULL}};
    const help_call call = {"entry = lowest(low, 5) <= 0 or open <= 0 or high < close or "
                            "atr(3) > close / 3\nexit = close < 0\n",
                            axis,
                            NULL,
                            0,
                            0,
                            1};
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    help_panel panel;
    help_make(&panel, 8, 200, false);
    for (uint64_t s = 0; s < 8; s++)
        for (int p = 0; p < TD_PRICES; p++)
            if (p != TD_CLOSE && p != TD_ADJUSTED) panel.price[p][s * 200 + 20 + 9 * s] = 0;
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &table, &err), &err);
    for (uint64_t i = 0; i < 16; i++)
        CHECK_INT(0, help_at(table, "trades", i));
    td_table_destroy(table);
    help_free(&panel);
}

static void fails(const help_panel *panel, const help_call *call, const char *part)
{
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK(help_run(panel, call, &table, &err) != TD_OK);
    CHECK(table == NULL);
    CHECK_HAS(part, err.message);
}

TEST(faults_are_named)
{
    static const help_axis wrong[] = {{"fats", "1,2"}, {NULL, NULL}};
    static const help_axis stop[] = {{"stop_loss", "0,0.1"}, {NULL, NULL}};
    static const help_axis taken[] = {{"account", "symbol"}, {NULL, NULL}};
    static const help_axis close[] = {{"fill", "close"}, {NULL, NULL}};
    help_panel panel, bare;
    help_make(&panel, 4, 50, false);
    help_make(&bare, 4, 50, false);
    for (int p = 0; p < TD_PRICES; p++)
        if (p != TD_CLOSE) {
            free(bare.price[p]);
            bare.price[p] = NULL;
        }
    fails(&panel, &(help_call){ma_cross, wrong, NULL, 0, 0, 1}, "fats");
    fails(&panel, &(help_call){"entry = close >\n", NULL, NULL, 0, 0, 1}, "strategy:1:");
    fails(&panel, &(help_call){ma_cross, taken, NULL, 0, 0, 1}, "cannot be an axis");
    fails(&bare, &(help_call){ma_cross, NULL, NULL, 0, 0, 1},
          "input open is not bound, and fill=open");
    fails(&bare, &(help_call){ma_cross, stop, close, 0, 0, 1}, "and stop_loss reads it");
    fails(&bare, &(help_call){both_sides, NULL, close, 0, 0, 1}, "is not bound, and a strategy");
    help_free(&panel);
    help_free(&bare);
}

int main(int argc, char **argv)
{
    const check_test tests[] = {RUN(grid_equals_the_plain_account),
                                RUN(threads_and_cuts_change_nothing),
                                RUN(a_grid_of_one_is_a_point_of_the_grid),
                                RUN(strategies_stand_side_by_side),
                                RUN(scaling_and_shifting_a_panel_changes_no_result),
                                RUN(a_trace_tells_what_the_grid_counts),
                                RUN(adjusted_prices_take_splits_away),
                                RUN(a_missing_adjusted_price_is_no_jump),
                                RUN(expressions_see_the_close_of_a_halted_bar),
                                RUN(faults_are_named),
                                {0}};
    return check_main(argc, argv, tests);
}
