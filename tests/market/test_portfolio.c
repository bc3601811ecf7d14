/* test_portfolio.c - one account for all symbols: cash that is shared, places that are scarce,
 * ranks that decide, and positions that are brought back to size. */
#include "backtest_help.h"

typedef struct looked {
    td_table *table;
    backtest_trace *trace;
} looked;

/* Runs the portfolio and looks at its first point. */
static looked look(const help_panel *panel, const help_call *call)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    td_error err = TD_ERROR_INIT;
    looked got = {NULL, NULL};
    const uint64_t index[TD_AXES_MAX] = {0};
    config.backends = "cpu";
    td_status status = td_engine_create(&config, &engine, &err);
    if (!status) status = help_args(engine, panel, call, &impl, &args, &err);
    if (!status) status = td_run(engine, args, NULL, &got.table, NULL, &err);
    if (!status) status = backtest_trace_create(args, index, UINT64_MAX, &got.trace, &err);
    td_args_destroy(args);
    backtest_op_destroy(impl);
    td_engine_destroy(engine);
    CHECK_STATUS(TD_OK, status, &err);
    return got;
}

static void forget(looked *got)
{
    td_table_destroy(got->table);
    backtest_trace_destroy(got->trace);
}

static const char swing[] = "n = 8\nentry = close > sma(close, n)\nexit = close < sma(close, n)\n"
                            "rank = volume\n";

/* Positions at the close of bar b. */
static int held_at(const backtest_trace *trace, uint64_t b)
{
    int held = 0;
    for (uint64_t i = 0; i < trace->trade_count; i++) {
        const backtest_trade *t = &trace->trade[i];
        if (t->reason == TRADE_REBALANCED) continue;
        held += t->entry_bar <= b && (b < t->exit_bar || t->reason == TRADE_OPEN);
    }
    return held;
}

/* With one symbol, no faults and one place a portfolio is an account of that symbol. Answers the
 * trades of the first point. */
static double same_alone_and_together(const help_call *call)
{
    help_panel panel;
    help_call alone_call = *call, both_call = *call;
    td_table *alone = NULL;
    td_error err = TD_ERROR_INIT;
    alone_call.portfolio = false;
    both_call.portfolio = true;
    help_make(&panel, 1, 400, false);
    CHECK_STATUS(TD_OK, help_run(&panel, &alone_call, &alone, &err), &err);
    looked both = look(&panel, &both_call);
    td_var var;
    for (uint32_t i = 0; td_table_var(alone, i, &var); i++) {
        if (strcmp(var.name, "exposure") == 0) continue; /* a share of time; here of equity */
        for (uint64_t k = 0; k < var.count; k++) {
            const double e = help_at(alone, var.name, k), a = help_at(both.table, var.name, k);
            if (!(fabs(e - a) <= 1e-9 * fmax(1, fabs(e))) && !(isnan(e) && isnan(a)))
                CHECK_FAIL("%s at %d: %.15g alone, %.15g as a portfolio", var.name, (int)k, e, a);
        }
    }
    const double trades = help_at(alone, "trades", 0);
    td_table_destroy(alone);
    forget(&both);
    help_free(&panel);
    return trades;
}

TEST(one_symbol_is_its_own_account)
{
    static const help_axis axis[] = {
        {"n", "5,20"}, {"stop_loss", "0,0.02"}, {"fill", "open,close"}, {NULL, NULL}};
    static const help_axis value[] = {
        {"fee", "0.001"}, {"slippage", "0.0005"}, {"max_bars", "9"}, {NULL, NULL}};
    const help_call call = {swing, axis, value, false, true, 1};
    CHECK(same_alone_and_together(&call) > 20);
}

/* A position that turns frees its place and its money for what it turns into. */
TEST(reversals_of_one_symbol_are_those_of_its_account)
{
    static const char turns[] = "n = 8\nentry = close > sma(close, n)\n"
                                "short_entry = close < sma(close, n)\n";
    static const char breaks[] = "n = 8\nentry = close > sma(close, n)\nentry_stop = high\n"
                                 "short_entry = close < sma(close, n)\nshort_stop = low\n";
    static const char *const text[] = {turns, breaks};
    static const help_axis axis[] = {{"n", "5,20"},
                                     {"stop_loss", "0,0.02"},
                                     {"volume_max", "0,0.05"},
                                     {"limit_move", "0,0.01"},
                                     {"fill", "open,close"},
                                     {NULL, NULL}};
    static const help_axis value[] = {{"fee", "0.001"}, {"order_bars", "3"}, {NULL, NULL}};
    for (int i = 0; i < 2; i++) {
        const help_call call = {text[i], axis, value, false, true, 1};
        CHECK(same_alone_and_together(&call) > 20);
    }
}

TEST(places_are_scarce_and_the_best_rank_comes_first)
{
    static const help_axis value[] = {{"max_positions", "3"}, {NULL, NULL}};
    help_panel panel;
    help_make(&panel, 20, 200, false);
    looked got = look(&panel, &(help_call){swing, NULL, value, true, false, 1});
    int full = 0;
    for (uint64_t b = 0; b < 200; b++) {
        CHECK(held_at(got.trace, b) <= 3);
        full += held_at(got.trace, b) == 3;
    }
    CHECK(full > 100);
    /* Of the first bar's entries: three that wanted in, and none that did not has more volume. */
    const uint64_t first = got.trace->trade[0].entry_bar;
    double least = INFINITY;
    for (uint64_t i = 0; i < 3; i++) {
        const uint64_t s = got.trace->trade[i].symbol;
        CHECK_INT(first, got.trace->trade[i].entry_bar);
        least = fmin(least, panel.price[TD_VOLUME][s * 200 + first - 1]);
    }
    for (uint64_t s = 0; s < 20; s++) {
        const double *close = panel.price[TD_CLOSE] + s * 200;
        double sum = 0;
        for (uint64_t i = 0; i < 8; i++)
            sum += close[first - 1 - i];
        bool in = false;
        for (uint64_t i = 0; i < 3; i++)
            in = in || got.trace->trade[i].symbol == s;
        if (!in && close[first - 1] > sum / 8 + 1e-9)
            CHECK(panel.price[TD_VOLUME][s * 200 + first - 1] <= least);
    }
    CHECK_INT(got.trace->trade_count, help_at(got.table, "trades", 0));
    forget(&got);
    help_free(&panel);
}

/* Money: equity is cash, what is held, and nothing else; never more is held than there is. */
TEST(money_adds_up)
{
    static const help_axis value[] = {{"max_positions", "5"}, {"fee", "0.002"}, {NULL, NULL}};
    help_panel panel;
    help_make(&panel, 24, 300, true);
    looked got = look(&panel, &(help_call){swing, NULL, value, true, true, 1});
    double profit = 0, costs = 0;
    for (uint64_t i = 0; i < got.trace->trade_count; i++) {
        profit += got.trace->trade[i].profit;
        costs += got.trace->trade[i].costs;
    }
    CHECK_NEAR(1e6 + profit, got.trace->equity[299], 1e-3);
    CHECK_NEAR(costs, help_at(got.table, "costs", 0), 1e-3);
    CHECK_NEAR(got.trace->equity[299] / 1e6 - 1, help_at(got.table, "total_return", 0), 1e-12);
    for (uint64_t b = 0; b < 300; b++) {
        CHECK(got.trace->exposure[b] >= 0 && got.trace->exposure[b] <= 1 + 1e-9);
        CHECK(got.trace->equity[b] > 0);
    }
    forget(&got);
    help_free(&panel);
}

/* What trades have won and lost is what the equity has: also where covering short positions leaves
 * less than no cash, and where a bar's volume cuts what rebalancing sells. */
TEST(trades_tell_where_all_the_money_went)
{
    static const char both[] = "n = 8\nentry = close > sma(close, n)\nshort_entry = close < "
                               "sma(close, n)\nrank = volume\n";
    static const help_axis wild[] = {
        {"max_positions", "2"}, {"size", "0.97"}, {"fill", "close"}, {NULL, NULL}};
    static const help_axis thin[] = {{"rebalance", "daily"},
                                     {"volume_max", "0.003"},
                                     {"size_by", "volatility"},
                                     {"size", "0.2"},
                                     {NULL, NULL}};
    for (int i = 0; i < 40; i++) {
        help_panel panel;
        help_make(&panel, 8, 260, true);
        looked got = look(&panel, &(help_call){both, NULL, i % 2 ? wild : thin, true, true, 1});
        double profit = 0;
        for (uint64_t k = 0; k < got.trace->trade_count; k++)
            profit += got.trace->trade[k].profit;
        if (got.trace->equity[259] > 0) CHECK_NEAR(1e6 + profit, got.trace->equity[259], 1e-3);
        CHECK_INT(got.trace->trade_count, help_at(got.table, "trades", 0));
        forget(&got);
        help_free(&panel);
    }
}

TEST(rebalancing_brings_positions_back_to_size)
{
    static const help_axis none[] = {{"fill", "close"}, {NULL, NULL}};
    static const help_axis weekly[] = {{"fill", "close"}, {"rebalance", "weekly"}, {NULL, NULL}};
    static const help_axis daily[] = {{"fill", "close"}, {"rebalance", "daily"}, {NULL, NULL}};
    help_panel panel;
    help_make(&panel, 8, 120, false);
    looked kept = look(&panel, &(help_call){"entry = true\n", NULL, none, true, false, 1});
    looked week = look(&panel, &(help_call){"entry = true\n", NULL, weekly, true, false, 1});
    looked day = look(&panel, &(help_call){"entry = true\n", NULL, daily, true, false, 1});
    double product = 1, held = 0;
    for (uint64_t t = 1; t < 120; t++) {
        double mean = 0;
        for (uint64_t s = 0; s < 8; s++)
            mean += panel.price[TD_CLOSE][s * 120 + t] / panel.price[TD_CLOSE][s * 120 + t - 1] / 8;
        product *= mean;
    }
    for (uint64_t s = 0; s < 8; s++)
        held += panel.price[TD_CLOSE][s * 120 + 119] / panel.price[TD_CLOSE][s * 120] / 8;
    CHECK_NEAR(held, kept.trace->equity[119] / 1e6, 1e-9);
    /* Every day to the same size without costs: the product of mean returns. */
    CHECK_NEAR(product, day.trace->equity[119] / 1e6, 1e-9);
    CHECK_INT(8, kept.trace->trade_count);
    int some = 0;
    for (uint64_t i = 0; i < week.trace->trade_count; i++)
        if (week.trace->trade[i].reason == TRADE_REBALANCED) {
            /* Panels of these tests begin on a Thursday and have five bars a week. */
            CHECK(panel.time[week.trace->trade[i].exit_bar] / 86400 % 7 < 7);
            some++;
        }
    CHECK(some > 0 && week.trace->trade_count < day.trace->trade_count);
    forget(&kept);
    forget(&week);
    forget(&day);
    help_free(&panel);
}

TEST(threads_change_nothing)
{
    static const help_axis axis[] = {{"n", "3:14"}, {"max_positions", "2,5"}, {NULL, NULL}};
    help_call call = {swing, axis, NULL, true, true, 1};
    help_panel panel;
    td_table *one = NULL, *many = NULL;
    td_error err = TD_ERROR_INIT;
    help_make(&panel, 30, 200, true);
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &one, &err), &err);
    call.threads = 4;
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &many, &err), &err);
    td_var x, y;
    for (uint32_t i = 0; td_table_var(one, i, &x); i++) {
        CHECK(td_table_find_var(many, x.name, &y));
        CHECK(memcmp(x.data, y.data, x.count * (x.dtype == TD_I32 ? 4 : 8)) == 0);
    }
    td_table_destroy(one);
    td_table_destroy(many);
    help_free(&panel);
}

/* Changing all bars after t changes no trade that was entered up to t. */
TEST(a_portfolio_does_not_look_ahead)
{
    static const help_axis value[] = {
        {"max_positions", "4"}, {"trailing_stop", "0.05"}, {NULL, NULL}};
    const help_call call = {swing, NULL, value, true, false, 1};
    help_panel panel, other;
    help_make(&panel, 16, 200, true);
    looked before = look(&panel, &call);
    help_make(&other, 16, 200, true);
    const uint64_t t = 60 + (uint64_t)(check_random_unit() * 100);
    for (int p = 0; p < TD_PRICES; p++)
        for (uint64_t s = 0; s < 16; s++)
            memcpy(other.price[p] + s * 200, panel.price[p] + s * 200, (t + 1) * sizeof(double));
    looked after = look(&other, &call);
    uint64_t checked = 0;
    for (uint64_t i = 0; i < before.trace->trade_count; i++) {
        const backtest_trade *x = &before.trace->trade[i], *y = &after.trace->trade[i];
        if (x->entry_bar > t) break;
        CHECK(i < after.trace->trade_count);
        CHECK(x->entry_bar == y->entry_bar && x->symbol == y->symbol && x->shares == y->shares);
        CHECK(x->entry_price == y->entry_price);
        checked++;
    }
    CHECK(checked > 5);
    forget(&before);
    forget(&after);
    help_free(&panel);
    help_free(&other);
}

int main(int argc, char **argv)
{
    const check_test tests[] = {RUN(one_symbol_is_its_own_account),
                                RUN(reversals_of_one_symbol_are_those_of_its_account),
                                RUN(places_are_scarce_and_the_best_rank_comes_first),
                                RUN(money_adds_up),
                                RUN(trades_tell_where_all_the_money_went),
                                RUN(rebalancing_brings_positions_back_to_size),
                                RUN(threads_change_nothing),
                                RUN(a_portfolio_does_not_look_ahead),
                                {0}};
    return check_main(argc, argv, tests);
}
