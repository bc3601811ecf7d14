/* test_program.c - what a compiled strategy is: steps, slots and strides, sharing, lookbacks,
 * rules, parameters; and what its signals are, against values worked out by hand. */
#include "program_eval.h"

#include <time.h>

static program *compile(const char *text, const program_axis *axis, uint32_t axis_count)
{
    td_error err = TD_ERROR_INIT;
    program *made = NULL;
    if (program_compile("s", text, axis, axis_count, NULL, &made, &err))
        CHECK_FAIL("%s\n%s", err.message, text);
    return made;
}

/* ---- Signals by hand ------------------------------------------------------------------------ */

/* The close goes 1 2 3 4 5 4 3 2 1 2 3 .., the open is 3, the high the close + 1, the low - 1. */
static void fill_wave(eval *e)
{
    for (int t = 0; t < EVAL_BARS; ++t) {
        const double close = 1 + (t % 8 <= 4 ? t % 8 : 8 - t % 8);
        e->price[TD_OPEN][t] = 3;
        e->price[TD_CLOSE][t] = e->price[TD_ADJUSTED][t] = close;
        e->price[TD_HIGH][t] = close + 1;
        e->price[TD_LOW][t] = close - 1;
        e->price[TD_VOLUME][t] = 100;
    }
}

/* want: a character for each bar, 1 and 0. */
static void expect_truths(const char *expression, const char *want)
{
    static eval e;
    char text[400];
    double got[EVAL_BARS];
    snprintf(text, sizeof(text), "two = 2\nentry = %s", expression);
    program *const made = compile(text, NULL, 0);
    fill_wave(&e);
    eval_begin(&e, made);
    eval_root(&e, 0, ROOT_ENTRY, NULL, 0, got);
    eval_end(&e);
    program_destroy(made);
    for (size_t t = 0; t < strlen(want); ++t)
        if (got[t] != (want[t] == '1')) CHECK_FAIL("%s: bar %zu is %g", expression, t, got[t]);
}

static void expect_numbers(const char *expression, const double *want, int count)
{
    static eval e;
    char text[400];
    double got[EVAL_BARS];
    snprintf(text, sizeof(text), "two = 2\nentry = true\nrank = %s", expression);
    program *const made = compile(text, NULL, 0);
    fill_wave(&e);
    eval_begin(&e, made);
    eval_root(&e, 0, ROOT_RANK, NULL, 0, got);
    eval_end(&e);
    program_destroy(made);
    for (int t = 0; t < count; ++t)
        if (got[t] != want[t] && !(isnan(got[t]) && isnan(want[t])))
            CHECK_FAIL("%s: bar %d is %g, expected %g", expression, t, got[t], want[t]);
}

TEST(comparisons)
{
    expect_truths("close > open", "000111000001");
    expect_truths("close >= open", "001111100011");
    expect_truths("close < open", "110000011100");
    expect_truths("close <= open", "111000111110");
    expect_truths("close == open", "001000100010");
    expect_truths("close != open", "110111011101");
    expect_truths("2 <= close < 4", "011000110110");
    expect_truths("1 < 2 < 3 < close", "000111000001");
    expect_truths("true", "1111");
    expect_truths("false", "0000");
    expect_truths("two == 2", "1111");
    expect_truths("two < 2", "0000");
}

TEST(logic_and_precedence)
{
    expect_truths("close > 4 or close < 2 and open > 5", "000010000000");
    expect_truths("(close > 4 or close < 2) and open == 3", "100010001000");
    expect_truths("not close > 2", "110000011100");
    expect_truths("not close > 2 and close > 1", "010000010100");
    expect_truths("not (close > 2 and close > 1)", "110000011100");
    expect_truths("not not close > 2", "001111100011");
    expect_truths("true and close > 2", "001111100011");
    expect_truths("false or close > 2", "001111100011");
    expect_truths("close > 2 and false", "000000000000");
    expect_truths("close > 2 or true", "111111111111");
    expect_truths("not (true and not (close > 2))", "001111100011");
}

TEST(arithmetic)
{
    const double linear[] = {7, 9, 11, 13}, fraction[] = {0.5, 1, 1.5}, minus[] = {-1, -2, -3},
                 least[] = {1, 2, 3, 3, 3}, most[] = {3, 3, 3, 4, 5}, distance[] = {2, 1, 0, 1, 2},
                 precedence[] = {1, 0, -1}, left[] = {-4, -3}, mean[] = {1, 2},
                 three[] = {1.75, 2.5}, folded[] = {9, 10}, root[] = {4, 5}, fixed[] = {-2, -2};
    expect_numbers("two * close + 5", linear, 4);
    expect_numbers("close / two", fraction, 3);
    expect_numbers("-close", minus, 3);
    expect_numbers("min(close, open)", least, 5);
    expect_numbers("max(close, open, two)", most, 5);
    expect_numbers("abs(close - 3)", distance, 5);
    expect_numbers("3 - close * 2 / 2 - 1 + 2 * (1 - 0) - 2", (double[]){1, 0, -1}, 3);
    expect_numbers("2 - close", precedence, 3);
    expect_numbers("close - 3 - 2", left, 2);
    expect_numbers("hl2", mean, 2);
    expect_numbers("hlc3", mean, 2);
    expect_numbers("(ohlc4 * 4 + 1) / 4 ", three, 2);
    expect_numbers("close + two * (3 + 1)", folded, 2);
    expect_numbers("close + floor(sqrt(10) + 0.2)", root, 2);
    expect_numbers("-two", fixed, 2);
    expect_numbers("close * max(-two, -5) + 2 * close - 2", fixed, 2);
}

TEST(lags)
{
    const double one[] = {NAN, 1, 2, 3, 4, 5, 4}, change[] = {NAN, NAN, 2, 2, 2, 0, -2},
                 mean[] = {NAN, NAN, 1.5, 2.5, 3.5}, nested[] = {NAN, NAN, NAN, 1, 2};
    expect_numbers("close[1]", one, 7);
    expect_numbers("close[0][1]", one, 7);
    expect_numbers("close - close[two]", change, 7);
    expect_numbers("sma(close, 2)[1]", mean, 5);
    expect_numbers("sma(close[1], 2)", mean, 5);
    expect_numbers("(close[1])[two]", nested, 5);
    expect_numbers("(close + open)[1] - open", one, 7);
    expect_truths("(close > open)[1]", "0000111000001");
    expect_truths("(not (close > open))[1]", "0111000111110");
    expect_truths("close > 3 and (close > 3)[1]", "0000110000001");
}

TEST(nan_is_never_a_signal)
{
    expect_truths("close[3] > 0", "00011111");
    expect_truths("not (close[3] > 0)", "00000000");
    expect_truths("not (close[3] <= 0)", "00011111");
    expect_truths("not (close[3] != 7)", "00000000");
    expect_truths("not (close[3] == 7)", "00011111");
    expect_truths("not (close[3] > 0 or close > 100)", "00000000");
    expect_truths("not (close[3] > 0 and close > 100)", "11111111");
    expect_truths("not (0 < close[3] < 9)", "00000000");
    expect_truths("0 / 0 > 1 or not (0 / 0 > 1)", "00000000");
    expect_truths("min(close[3], 1) == 1", "00011111");
    expect_truths("max(1, close[3]) >= 1", "00011111");
}

TEST(crossings)
{
    /* At 3 the close rises through the open by way of being equal to it. */
    expect_truths("crosses_above(close, open)", "000100000001000000010");
    expect_truths("crosses_below(close, open)", "000000010000000100000");
    expect_truths("crosses_above(close, 2.5)", "001000000010");
    expect_truths("crosses_below(2.5, close)", "001000000010");
    expect_truths("crosses_above(close, open)[1]", "000010000000100000001");
    expect_truths("not crosses_above(close, open)", "111011111110");
    expect_truths("crosses_above(close, 1.5) or crosses_above(close, 3.5)", "010100000101");
    /* NaN forgets that it was below. */
    expect_truths("crosses_above(close[3], 2)", "000001000000010000000");
    expect_truths("crosses_above(close[2], close[1])", "000000100000001000000");
}

TEST(names_of_values)
{
    expect_truths("close > open\nx = entry\nexit = not x", "000111000001");
    expect_truths("close > open and true\nrsi = sma(close, 2)\nexit = rsi[1] > 1", "000111000001");
}

/* ---- Grids ---------------------------------------------------------------------------------- */

static const char crossover[] =
    "# Crossover\nfast = 10    slow = 50    overbought = 80\n"
    "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
    "exit  = crosses_below(sma(close, fast), sma(close, slow)) or rsi(close, 14) > overbought\n"
    "stop_loss = 0.08    take_profit = 0.20    trailing_stop = 0.10    max_bars = 60\n";

static void count_up(double *number, int count, double first)
{
    for (int i = 0; i < count; ++i)
        number[i] = first + i;
}

TEST(each_call_is_there_once)
{
    double fast[10], slow[10];
    count_up(fast, 10, 5);
    count_up(slow, 10, 20);
    const program_axis axis[] = {{"fast", 10, fast}, {"slow", 10, slow}};
    program *made = compile(crossover, axis, 2);
    CHECK_INT(21, made->call_count); /* 20 means and the RSI */
    CHECK_INT(22, made->series_count);
    CHECK_INT(21, made->series_table_count);
    CHECK_INT(5, made->number_table_count);
    CHECK(made->reads[TD_CLOSE] && !made->reads[TD_OPEN] && !made->reads[TD_VOLUME]);
    program_destroy(made);
    count_up(slow, 10, 10); /* 10 .. 14 are in both */
    made = compile(crossover, axis, 2);
    CHECK_INT(16, made->call_count);
    program_destroy(made);
    made =
        compile("[a]\nentry = sma(close, 10) > 1\n[b]\nn = 10\nentry = sma(n) > sma(close[0], n)\n"
                "[c]\nentry = sma(real=close, timeperiod=5 + 5) > bbands(close).lowerband\n"
                "exit = bbands(close, timeperiod=5).upperband < open",
                NULL, 0);
    CHECK_INT(3, made->strategy_count);
    CHECK_INT(2, made->call_count); /* the mean of 10, the bands */
    program_destroy(made);
}

TEST(strides_are_of_the_axes_that_count)
{
    double fast[4], slow[5], level[6];
    const char text[] = "fast = 2 slow = 9 level = 1\n"
                        "entry = sma(fast) > sma(slow) + level * fast and close > level\n";
    count_up(fast, 4, 2);
    count_up(slow, 5, 7);
    count_up(level, 6, 1);
    const program_axis axis[] = {{"fast", 4, fast}, {"slow", 5, slow}, {"level", 6, level}};
    program *const made = compile(text, axis, 3);
    CHECK_INT(9, made->call_count);
    CHECK_INT(4 + 5 + 1, made->series_table_count);
    CHECK_INT(4 * 6 + 6, made->number_table_count);
    const program_slot *const slot = made->slot;
    CHECK(slot[0].is_series && slot[0].stride[0] == 1 && !slot[0].stride[1] && !slot[0].stride[2]);
    CHECK(slot[1].is_series && slot[1].stride[1] == 1 && !slot[1].stride[0] && !slot[1].stride[2]);
    CHECK(!slot[2].is_series && slot[2].stride[0] == 6 && !slot[2].stride[1] &&
          slot[2].stride[2] == 1);
    for (uint64_t f = 0; f < 4; ++f)
        for (uint64_t l = 0; l < 6; ++l) {
            const uint64_t index[] = {f, 3, l};
            CHECK(made->number_table[program_entry(&slot[2], index, 3)] == level[l] * fast[f]);
        }
    program_destroy(made);
}

/* A grid's program at a point, and the program of that point alone. */
TEST(a_point_of_a_grid_is_the_strategy_set_to_it)
{
    static const char text[] =
        "a = 3 b = 4 c = 1\nx = sma(close - open[c], a) / (1 + c)\n"
        "entry = crosses_above(close, highest(x, b)[c - 1]) or x[a - 1] > lowest(close, b) + c\n"
        "rank = x[c] * b\nstop_loss = c / 10";
    static eval whole, single;
    const double a[] = {2, 5}, b[] = {3, 4, 6}, c[] = {1, 2, 4};
    const program_axis axis[] = {{"a", 2, a}, {"b", 3, b}, {"c", 3, c}};
    program *const grid = compile(text, axis, 3);
    for (int t = 0; t < EVAL_BARS; ++t)
        for (int p = 0; p < TD_PRICES; ++p)
            whole.price[p][t] = single.price[p][t] = check_random_unit() * 10;
    eval_begin(&whole, grid);
    for (uint64_t point = 0; point < 18; ++point) {
        const uint64_t index[] = {point / 9, point / 3 % 3, point % 3};
        char set[3][20];
        const char *const sets[] = {set[0], set[1], set[2], NULL};
        double x[EVAL_BARS], y[EVAL_BARS];
        td_error err = TD_ERROR_INIT;
        program *made = NULL;
        snprintf(set[0], 20, "a=%g", a[index[0]]);
        snprintf(set[1], 20, "b=%g", b[index[1]]);
        snprintf(set[2], 20, "c=%g", c[index[2]]);
        CHECK_STATUS(TD_OK, program_compile("s", text, NULL, 0, sets, &made, &err), &err);
        eval_begin(&single, made);
        for (int root = ROOT_ENTRY; root <= ROOT_RANK; root += ROOT_RANK) {
            eval_root(&whole, 0, (program_root)root, index, 3, x);
            eval_root(&single, 0, (program_root)root, NULL, 0, y);
            CHECK(memcmp(x, y, sizeof(x)) == 0);
        }
        const program_strategy *const s = &grid->strategy[0];
        const program_slot *const slot = &grid->slot[s->slot_first + s->rule[RULE_stop_loss]];
        CHECK(grid->number_table[program_entry(slot, index, 3)] == c[index[2]] / 10);
        eval_end(&single);
        program_destroy(made);
    }
    eval_end(&whole);
    program_destroy(grid);
}

TEST(a_million_points_take_no_million_entries)
{
    static double number[3][100];
    for (int a = 0; a < 3; ++a)
        count_up(number[a], 100, 2 + 100 * a);
    const program_axis axis[] = {
        {"fast", 100, number[0]}, {"slow", 100, number[1]}, {"overbought", 100, number[2]}};
    const clock_t start = clock();
    program *const made = compile(crossover, axis, 3);
    printf("  1000000 points compiled in %.2f ms\n",
           1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC);
    CHECK_INT(201, made->call_count);
    CHECK_INT(201, made->series_table_count);
    CHECK_INT(104, made->number_table_count);
    program_destroy(made);
}

TEST(a_hundred_strategies_share)
{
    static char text[100 * 400];
    double fast[10];
    size_t used = 0;
    count_up(fast, 10, 5);
    for (int i = 0; i < 100; ++i)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "[s%d]\n%s", i, crossover);
    const program_axis axis = {"fast", 10, fast};
    program *const made = compile(text, &axis, 1);
    CHECK_INT(100, made->strategy_count);
    CHECK_INT(12, made->call_count);
    CHECK_TEXT("s99", made->strategy[99].name);
    CHECK_TEXT("Crossover", made->strategy[99].title);
    CHECK_INT(99 * 8, made->strategy[99].slot_first);
    program_destroy(made);
}

/* Series are made before what reads them, and lookbacks add up. */
TEST(lookbacks)
{
    program *const made =
        compile("entry = sma(sma(close, 10)[5], 3) > 0 and sma(close - open[7], 4) > 0", NULL, 0);
    uint64_t longest = 0, shortest = 1000;
    for (uint32_t s = 0; s < made->series_count; ++s) {
        const program_series *const it = &made->series[s];
        if (it->kind == SERIES_PRICE) CHECK_INT(0, it->lookback);
        if (it->kind != SERIES_CALL) continue;
        CHECK(made->call[it->call].output[it->output] == s);
        longest = it->lookback > longest ? it->lookback : longest;
        shortest = it->lookback < shortest ? it->lookback : shortest;
    }
    CHECK_INT(9 + 5 + 2, longest);
    CHECK_INT(9, shortest);
    program_destroy(made);
}

TEST(arguments_of_indicators)
{
    program *const made =
        compile("entry = bbands(close, 15, 3).upperband > 0\n"
                "exit = bbands(open, matype=ema, nbdevdn=1.5).lowerband > rsi(7)\n"
                "short_entry = atr(9) > 0 and max(high, timeperiod=5) > 1\n"
                "rank = obv() + correl(high, low, 12) + sqrt(close) + highest(3)",
                NULL, 0);
    const program_call *const call = made->call;
    CHECK_TEXT("market.bbands", call[0].indicator->op->name);
    CHECK(call[0].param[0] == 15 && call[0].param[1] == 3 && call[0].param[2] == 2);
    CHECK(call[1].param[1] == 2 && call[1].param[2] == 1.5 && call[1].param[3] == 1);
    CHECK_INT(TD_OPEN, made->series[call[1].input[0]].price);
    CHECK_INT(TD_CLOSE, made->series[call[2].input[0]].price);
    CHECK(call[2].param[0] == 7 && call[3].param[0] == 9);
    CHECK_INT(TD_HIGH, made->series[call[3].input[0]].price);
    CHECK_INT(TD_CLOSE, made->series[call[3].input[2]].price);
    CHECK_TEXT("market.max", call[4].indicator->op->name);
    CHECK_TEXT("market.obv", call[5].indicator->op->name);
    CHECK_INT(TD_VOLUME, made->series[call[5].input[1]].price);
    CHECK_TEXT("market.correl", call[6].indicator->op->name);
    CHECK_TEXT("market.sqrt", call[7].indicator->op->name);
    CHECK_INT(TD_CLOSE, made->series[call[8].input[0]].price);
    CHECK(call[0].output[0] != PROGRAM_NONE && call[0].output[2] == PROGRAM_NONE);
    program_destroy(made);
}

/* ---- Rules and parameters ------------------------------------------------------------------- */

static double rule_value(const program *it, rule which)
{
    const uint32_t slot = it->strategy[0].rule[which];
    CHECK(slot != PROGRAM_NONE && slot < it->strategy[0].slot_count);
    return it->number_table[it->slot[it->strategy[0].slot_first + slot].first];
}

TEST(rules_are_set)
{
    const char *const set[] = {"fee=0.0015", "max_bars=7", "size_by=kelly", NULL};
    td_error err = TD_ERROR_INIT;
    program *made = NULL;
    CHECK_STATUS(TD_OK,
                 program_compile("s",
                                 "risk = 0.02\nentry = true\nstop_loss = risk * 2 max_bars = 5\n"
                                 "fill = close direction=long",
                                 NULL, 0, set, &made, &err),
                 &err);
    CHECK_NEAR(0.04, rule_value(made, RULE_stop_loss), 0);
    CHECK_NEAR(7, rule_value(made, RULE_max_bars), 0);
    CHECK_NEAR(1, rule_value(made, RULE_fill), 0);
    CHECK_NEAR(0, rule_value(made, RULE_direction), 0);
    CHECK_NEAR(0.0015, rule_value(made, RULE_fee), 0);
    CHECK_NEAR(4, rule_value(made, RULE_size_by), 0);
    CHECK_INT(PROGRAM_NONE, made->strategy[0].rule[RULE_lot]);
    program_destroy(made);
    const double fills[] = {0, 1}, stops[] = {0.1, 0.2, 0.3};
    const program_axis axis[] = {{"fill", 2, fills}, {"trailing_stop", 3, stops}};
    made = compile("entry = true", axis, 2);
    const program_slot *const slot = &made->slot[made->strategy[0].rule[RULE_trailing_stop]];
    CHECK(slot->stride[0] == 0 && slot->stride[1] == 1 &&
          made->number_table[slot->first + 2] == 0.3);
    program_destroy(made);
}

/* The words of rules.h are those of rules.c. */
TEST(rules_say_what_their_table_says)
{
    static const struct {
        const char *name, *value, *choices;
    } words[] = {
#define RULE_NUMBER(name, number, value, min, max, unit, doc) {#name, NULL, NULL},
#define RULE_WHOLE(name, number, value, min, max, unit, doc)  {#name, NULL, NULL},
#define RULE_CHOICE(name, number, value, choices, doc)        {#name, value, choices},
#include "modules/market/rules.h"
    };
    for (int r = 0; r < RULE_COUNT; ++r) {
        const td_param *const it = &rule_param[r];
        char list[200] = "";
        CHECK_TEXT(words[r].name, it->name);
        for (int q = 0; q < r; ++q)
            CHECK(rule_param[q].number != it->number);
        if (!words[r].choices) continue;
        bool known = false;
        for (int c = 0; it->choices[c]; ++c) {
            snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", c ? "," : "",
                     it->choices[c]);
            known |= strcmp(it->choices[c], words[r].value) == 0;
        }
        CHECK_TEXT(words[r].choices, list);
        CHECK(known);
    }
}

typedef struct seen {
    char text[600];
    int stop;
} seen;

static td_status see(void *context, const program_parameter *it, td_error *err)
{
    seen *const s = context;
    const size_t used = strlen(s->text);
    snprintf(s->text + used, sizeof(s->text) - used, "%s.%s=%g%s(%s) ", it->strategy, it->name,
             it->value, it->whole ? "!" : "", it->doc);
    if (s->stop && --s->stop == 0) return td_fail(err, TD_E_CANCELLED, "enough");
    return TD_OK;
}

TEST(parameters_are_listed)
{
    static const char text[] =
        "[one]\n# The title\nfast = 10 slow = 5.0 # both\nlevel = -3\n"
        "twice = fast * 2\nmean = sma(fast)\nentry = mean > 1\nfill = close\n"
        "[two]\nentry = true\nstop_loss = 0.05   # of the price";
    seen s = {"", 0};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, program_parameters("x", text, see, &s, &err), &err);
    CHECK_TEXT("one.fast=10!(both) one.slow=5(both) one.level=-3!() one.twice=20() one.fill=1!() "
               "two.stop_loss=0.05(of the price) ",
               s.text);
    s = (seen){"", 2};
    CHECK_STATUS(TD_E_CANCELLED, program_parameters("x", text, see, &s, &err), &err);
    CHECK_TEXT("one.fast=10!(both) one.slow=5(both) ", s.text);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_parameters("x", "a = clse", see, &s, &err), &err);
    program *const made = compile(text, NULL, 0);
    CHECK_TEXT("The title", made->strategy[0].title);
    CHECK_TEXT("", made->strategy[1].title);
    program_destroy(made);
}

TEST(layout_of_text)
{
    program *made =
        compile("\xef\xbb\xbf# 단순 이동평균\r\n\r\nentry = (close\r\n  # in between\n > 1\n)\n"
                "exit = close < 1",
                NULL, 0);
    CHECK_TEXT("단순 이동평균", made->strategy[0].title);
    CHECK_TEXT("s", made->strategy[0].name);
    CHECK(made->strategy[0].root[ROOT_ENTRY].count == 3);
    CHECK(made->strategy[0].root[ROOT_EXIT].count == 3);
    CHECK_INT(0, made->strategy[0].root[ROOT_SHORT_ENTRY].count);
    program_destroy(made);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(comparisons),
                                           RUN(logic_and_precedence),
                                           RUN(arithmetic),
                                           RUN(lags),
                                           RUN(nan_is_never_a_signal),
                                           RUN(crossings),
                                           RUN(names_of_values),
                                           RUN(each_call_is_there_once),
                                           RUN(strides_are_of_the_axes_that_count),
                                           RUN(a_point_of_a_grid_is_the_strategy_set_to_it),
                                           RUN(a_million_points_take_no_million_entries),
                                           RUN(a_hundred_strategies_share),
                                           RUN(lookbacks),
                                           RUN(arguments_of_indicators),
                                           RUN(rules_are_set),
                                           RUN(rules_say_what_their_table_says),
                                           RUN(parameters_are_listed),
                                           RUN(layout_of_text),
                                           {0}});
}
