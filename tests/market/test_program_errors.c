/* test_program_errors.c - every message of the strategy language: where, what, what was expected.
 */
#include "modules/market/program_build.h"

#include "../check.h"

typedef struct wrong {
    const char *text;
    td_status status;
    const char *message;
} wrong;

static const wrong wrongs[] = {
    {"entry = close > ", TD_E_BAD_ARGUMENT,
     "s:1:17: expected a number, a name, a function or (, got the end of the text"},
    {"entry close > 1", TD_E_BAD_ARGUMENT, "s:1:7: expected = after the name, got \"close\""},
    {"= 5", TD_E_BAD_ARGUMENT, "s:1:1: expected a definition as \"fast = 10\", got \"=\""},
    {"entry = close > 1 )", TD_E_BAD_ARGUMENT,
     "s:1:19: expected an operator, the next definition or the end of the line, got \")\""},
    {"entry = (close > 1", TD_E_BAD_ARGUMENT,
     "s:1:19: expected an operator or ) to close the ( of 1:9, got the end of the text"},
    {"entry = sma(close, 10", TD_E_BAD_ARGUMENT,
     "s:1:22: expected a comma or ) to close the ( of 1:12, got the end of the text"},
    {"entry = sma(close, ) > 1", TD_E_BAD_ARGUMENT,
     "s:1:20: expected an argument after the comma, got \")\""},
    {"entry = sma(close 10) > 1", TD_E_BAD_ARGUMENT,
     "s:1:19: expected a comma or ) to close the ( of 1:12, got \"10\""},
    {"entry = close[1 > 2", TD_E_BAD_ARGUMENT,
     "s:1:20: expected ] to close the [ of 1:14, got the end of the text"},
    {"entry = close > 1x", TD_E_BAD_ARGUMENT,
     "s:1:17: \"1x\" is not a number, expected one as 10, 0.05 or 1e6"},
    {"entry = close > 1.2.3", TD_E_BAD_ARGUMENT,
     "s:1:17: \"1.2.3\" is not a number, expected one as 10, 0.05 or 1e6"},
    {"entry = close > 1e999", TD_E_BAD_ARGUMENT, "s:1:17: 1e999 is too large for a number"},
    {"entry = close & open", TD_E_BAD_ARGUMENT, "s:1:15: unexpected &: write \"and\""},
    {"entry = close || open", TD_E_BAD_ARGUMENT, "s:1:15: unexpected |: write \"or\""},
    {"entry = !close", TD_E_BAD_ARGUMENT, "s:1:9: unexpected !: write \"not\", or != for unequal"},
    {"entry = 5%", TD_E_BAD_ARGUMENT, "s:1:10: unexpected %: write 0.05 for 5 %"},
    {"entry = \"close\"", TD_E_BAD_ARGUMENT, "s:1:9: unexpected \": words stand without quotes"},
    {"entry = close = 3", TD_E_BAD_ARGUMENT,
     "s:1:15: expected an operator, the next definition or the end of the line, got \"=\" "
     "(== compares)"},
    {"entry = close > 1;", TD_E_BAD_ARGUMENT,
     "s:1:18: unexpected ;: a blank or a new line is between definitions"},
    {"entry = close > é", TD_E_BAD_ARGUMENT,
     "s:1:17: unexpected é: names, numbers, ( ) [ ] , . + - * / < <= > >= == != and = are "
     "what there is"},
    {"fast = 10\nfast = 11", TD_E_BAD_ARGUMENT, "s:2:1: fast is defined twice, first in 1:1"},
    {"entry = clse > 1", TD_E_BAD_ARGUMENT, "s:1:9: unknown name \"clse\", is \"close\" meant?"},
    {"entry = foo > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: unknown name \"foo\", expected a definition above, or a price: open, high, "
     "low, close, volume, adjusted, hl2, hlc3, ohlc4"},
    {"entry = foo(3) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: unknown function \"foo\", expected an indicator as sma or rsi, crosses_above, "
     "crosses_below, highest, lowest, abs, min or max"},
    {"entry = smaa(close, 3) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: unknown function \"smaa\", is \"sma\" meant?"},
    {"entry = SMA(close, 3) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: unknown function \"SMA\", is \"sma\" meant?"},
    {"entry = rsi > 50", TD_E_BAD_ARGUMENT, "s:1:9: rsi is a function: write rsi(..)"},
    {"entry = highest > 50", TD_E_BAD_ARGUMENT, "s:1:9: highest is a function: write highest(..)"},
    {"entry = slow > 1\nslow = 5", TD_E_BAD_ARGUMENT,
     "s:1:9: slow is defined below, in line 2: a definition stands above its use"},
    {"x = x + 1", TD_E_BAD_ARGUMENT, "s:1:5: x is defined by itself"},
    {"close = 5", TD_E_BAD_ARGUMENT,
     "s:1:1: close is a price and keeps its meaning: choose another name"},
    {"hl2 = 5", TD_E_BAD_ARGUMENT,
     "s:1:1: hl2 is a price and keeps its meaning: choose another name"},
    {"entry = 1", TD_E_BAD_ARGUMENT,
     "s:1:9: entry is true or false at each bar, got a number: compare it, as in x > 0"},
    {"entry = close", TD_E_BAD_ARGUMENT,
     "s:1:9: entry is true or false at each bar, got a series: compare it, as in x > 0"},
    {"entry = close and true", TD_E_BAD_ARGUMENT,
     "s:1:15: and takes truths, got a series: compare it, as in x > 0"},
    {"entry = not close", TD_E_BAD_ARGUMENT,
     "s:1:9: not takes truths, got a series: compare it, as in x > 0"},
    {"entry = (close > 1) + 2 > 3", TD_E_BAD_ARGUMENT, "s:1:21: + takes numbers, got a truth"},
    {"entry = (close > 1) > 3", TD_E_BAD_ARGUMENT, "s:1:21: > takes numbers, got a truth"},
    {"entry = -(close > 1) > 3", TD_E_BAD_ARGUMENT, "s:1:9: - takes numbers, got a truth"},
    {"entry = abs(close > 1) > 3", TD_E_BAD_ARGUMENT, "s:1:19: abs takes numbers, got a truth"},
    {"entry = sma(close > 1, 3) > 3", TD_E_BAD_ARGUMENT,
     "s:1:19: got a truth, expected sma(series, timeperiod)"},
    {"entry = sma(close, close) > 3", TD_E_BAD_ARGUMENT,
     "s:1:20: one series too many, expected sma(series, timeperiod)"},
    {"entry = sma(close, 3, 4) > 3", TD_E_BAD_ARGUMENT,
     "s:1:23: one argument too many, expected sma(series, timeperiod)"},
    {"entry = sma(close, open, 3) > 3", TD_E_BAD_ARGUMENT,
     "s:1:20: one series too many, expected sma(series, timeperiod)"},
    {"entry = sma(10, close) > 3", TD_E_BAD_ARGUMENT,
     "s:1:17: series stand before numbers, expected sma(series, timeperiod)"},
    {"entry = sma(close, window=3) > 3", TD_E_BAD_ARGUMENT,
     "s:1:20: no such parameter: window, expected sma(series, timeperiod)"},
    {"entry = sma(close, 3, timeperiod=4) > 3", TD_E_BAD_ARGUMENT,
     "s:1:23: sma: timeperiod is given twice"},
    {"entry = sma(real=close, real=open) > 3", TD_E_BAD_ARGUMENT,
     "s:1:25: sma: real is given twice"},
    {"entry = sma(timeperiod=3, close) > 3", TD_E_BAD_ARGUMENT,
     "s:1:27: sma: an argument by position behind one by name"},
    {"entry = sma(real=5) > 3", TD_E_BAD_ARGUMENT,
     "s:1:18: sma: real takes a series, got a number"},
    {"entry = sma(close, 1) > 3", TD_E_OUT_OF_RANGE,
     "s:1:9: market.sma: timeperiod is 1, allowed are whole numbers from 2 to 100000 bars"},
    {"entry = sma(close, 2.5) > 3", TD_E_OUT_OF_RANGE,
     "s:1:9: market.sma: timeperiod is 2.5, allowed are whole numbers from 2 to 100000 "
     "bars"},
    {"entry = atr(high, low, close, 14) > 3", TD_E_BAD_ARGUMENT,
     "s:1:13: one series too many, expected atr(timeperiod, first_range); the prices are "
     "implied"},
    {"entry = correl(high, 5) > 0", TD_E_BAD_ARGUMENT,
     "s:1:9: a series is missing, expected correl(real0, real1, timeperiod)"},
    {"entry = ma(close, 10, matype=emma) > 0", TD_E_BAD_ARGUMENT,
     "s:1:23: ma: matype is \"emma\", expected sma, ema, wma, dema, tema, trima, kama, mama "
     "or t3"},
    {"entry = macd(close).signal > 0", TD_E_BAD_ARGUMENT,
     "s:1:21: macd has no output \"signal\", expected macd, macdsignal or macdhist"},
    {"entry = close.signal > 0", TD_E_BAD_ARGUMENT,
     "s:1:15: .signal is an output of an indicator, as in macd(close).macdsignal"},
    {"entry = close.5 > 0", TD_E_BAD_ARGUMENT,
     "s:1:14: expected an operator, the next definition or the end of the line, got \".5\""},
    {"entry = close[-1] > 0", TD_E_BAD_ARGUMENT,
     "s:1:14: a lag of -1 looks ahead: it counts bars back, 0 to 100000"},
    {"n = 2\nentry = close[n - 3] > 0", TD_E_BAD_ARGUMENT,
     "s:2:14: a lag of -1 looks ahead: it counts bars back, 0 to 100000"},
    {"entry = close[0.5] > 0", TD_E_BAD_ARGUMENT,
     "s:1:14: a lag is 0.5, allowed whole numbers of bars back, 0 to 100000"},
    {"entry = close[close] > 0", TD_E_BAD_ARGUMENT,
     "s:1:15: a lag is a number or an expression of parameters, got a series: it must be "
     "known before the first bar"},
    {"entry = close[100001] > 0", TD_E_BAD_ARGUMENT,
     "s:1:14: a lag is 100001, allowed whole numbers of bars back, 0 to 100000"},
    {"entry = close[60000][60000] > 0", TD_E_BAD_ARGUMENT,
     "s:1:14: lags add up to 120000 bars, allowed 0 to 100000"},
    {"n = 2\nentry = n[1] > 0", TD_E_BAD_ARGUMENT,
     "s:2:10: [ ] is a lag of a series, got a number, which is the same at each bar"},
    {"entry = crosses_above(close) ", TD_E_BAD_ARGUMENT,
     "s:1:9: crosses_above takes 2 arguments, got 1"},
    {"entry = crosses_above(3, 4)", TD_E_BAD_ARGUMENT,
     "s:1:9: crosses_above takes a series, as in crosses_above(rsi(close, 14), 30)"},
    {"entry = crosses_above(a=close, b=open)", TD_E_BAD_ARGUMENT,
     "s:1:23: crosses_above takes its arguments by position, got a = .."},
    {"entry = max(close) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: max takes two numbers or more, got 1; over the last n bars it is highest(x, "
     "n)"},
    {"entry = max(high, 20) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: max(high, number) compares a price with a number; over the last n bars it is "
     "highest(high, n)"},
    {"entry = abs() > 1", TD_E_BAD_ARGUMENT, "s:1:9: abs takes 1 argument, got 0"},
    {"entry = round(close) > 1", TD_E_BAD_ARGUMENT, "s:1:9: round takes one number of parameters"},
    {"entry = close(1) > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: close is not a function; a lag is written close[1]"},
    {"fast = 5\nentry = fast(1) > 1", TD_E_BAD_ARGUMENT,
     "s:2:9: fast is not a function; a lag is written fast[1]"},
    {"exit = close > 1", TD_E_BAD_ARGUMENT,
     "s:1:1: strategy s has no entry: expected \"entry = ..\" or \"short_entry = ..\""},
    {"fast = 5", TD_E_BAD_ARGUMENT,
     "s:1:1: strategy s has no entry: expected \"entry = ..\" or \"short_entry = ..\""},
    {"entry = true\nshort_exit = close > 1", TD_E_BAD_ARGUMENT,
     "s:2:1: short_exit without short_entry"},
    {"entry = true\nentry_limit = close > 1", TD_E_BAD_ARGUMENT,
     "s:2:21: entry_limit is a price, got a truth"},
    {"entry = true\nfill = clos", TD_E_BAD_ARGUMENT,
     "s:2:8: fill takes a word, expected open or close, got clos"},
    {"entry = true\nfill = 1", TD_E_BAD_ARGUMENT,
     "s:2:8: fill takes a word, expected open or close"},
    {"entry = true\nstop_loss = 2", TD_E_OUT_OF_RANGE, "s:2:1: stop_loss is 2, allowed 0 to 1"},
    {"entry = true\nmax_bars = 2.5", TD_E_OUT_OF_RANGE,
     "s:2:1: max_bars is 2.5, allowed whole numbers from 0 to 1000000 bars"},
    {"entry = true\nstop_loss = close", TD_E_BAD_ARGUMENT,
     "s:2:13: stop_loss is a rule and takes a number or an expression of parameters, got "
     "a series"},
    {"entry = stop_loss > 1", TD_E_BAD_ARGUMENT,
     "s:1:9: stop_loss is a rule that is not set here: write \"stop_loss = ..\" above"},
    {"[a]\nentry = true\n[a]\nentry = true", TD_E_BAD_ARGUMENT,
     "a:3:1: strategy a is there twice, first in 1:1"},
    {"[a\nentry = true", TD_E_BAD_ARGUMENT,
     "s:1:1: expected the name of a strategy as [ma_cross]: 1 to 64 letters, digits, _ - "
     "or ."},
    {"[]", TD_E_BAD_ARGUMENT,
     "s:1:1: expected the name of a strategy as [ma_cross]: 1 to 64 letters, digits, _ - "
     "or ."},
    {"fast = 5\n[a]\nentry = true", TD_E_BAD_ARGUMENT,
     "s:2:1: definitions stand before the first [name]: put them below one"},
    {"[a] entry = true", TD_E_BAD_ARGUMENT,
     "a:1:5: expected the end of the line after [name], got \"entry\""},
    {"entry = crosses_above(sma(close, 10), sma(close, 50)) exit", TD_E_BAD_ARGUMENT,
     "s:1:55: expected an operator, the next definition or the end of the line, got \"exit\""},
    {"entry = sma(close, 10).real.real > 1", TD_E_BAD_ARGUMENT,
     "s:1:24: sma has no output \"real\", expected sma"},
};

static td_status compile(const char *text, const program_axis *axis, uint32_t axis_count,
                         const char *const *set, td_error *err)
{
    program *made = NULL;
    const td_status status = program_compile("s", text, axis, axis_count, set, &made, err);
    CHECK((status == TD_OK) == (made != NULL));
    program_destroy(made);
    return status;
}

TEST(messages)
{
    for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); ++i) {
        td_error err = TD_ERROR_INIT;
        const td_status status = compile(wrongs[i].text, NULL, 0, NULL, &err);
        if (!status) CHECK_FAIL("compiled: %s", wrongs[i].text);
        CHECK_TEXT(wrongs[i].message, err.message);
        CHECK_STATUS(wrongs[i].status, status, &err);
        CHECK_STATUS(status, err.status, &err);
        CHECK_STATUS(status, compile(wrongs[i].text, NULL, 0, NULL, NULL), &err);
    }
}

static void expect(const char *text, const program_axis *axis, uint32_t count,
                   const char *const *set, const char *message)
{
    td_error err = TD_ERROR_INIT;
    CHECK(compile(text, axis, count, set, &err) != TD_OK);
    CHECK_TEXT(message, err.message);
}

static const char two[] = "fast = 10 slow = 50\nentry = sma(fast) > sma(slow)\nup = close > 1";

TEST(grid_messages)
{
    const double some[] = {5, 1}, word[] = {0, 2}, gap[] = {1, NAN}, far[] = {0.5, 1.5};
    const program_axis unknown = {"fist", 2, some}, fast = {"fast", 2, some},
                       none = {"fast", 0, some}, nan = {"fast", 2, gap}, root = {"entry", 2, some},
                       truth = {"up", 2, some}, fill = {"fill", 2, word},
                       stop = {"stop_loss", 2, far};
    const program_axis twice[] = {fast, fast};
    program_axis many[TD_AXES_MAX + 1];
    expect(
        two, &unknown, 1, NULL,
        "axis \"fist\" is no parameter of strategy s and no rule, is \"fast\" meant?; parameters "
        "are fast, slow");
    expect(two, &fast, 1, NULL,
           "s:2:9: market.sma: timeperiod is 1, allowed are whole numbers from 2 to 100000 bars at "
           "fast = 1");
    expect(two, &none, 1, NULL, "axis fast has no values");
    expect(two, &nan, 1, NULL, "axis fast: value 1 is not a finite number");
    expect(two, twice, 2, NULL, "axis fast is given twice");
    expect(two, &root, 1, NULL, "s:2:1: entry is no parameter: it cannot be set or be an axis");
    expect(two, &truth, 1, NULL,
           "s:3:1: up is a truth, not a number: it cannot be set or be an axis");
    expect(two, &fill, 1, NULL, "fill is 2, allowed open or close");
    expect(two, &stop, 1, NULL, "stop_loss is 1.5, allowed 0 to 1");
    for (int a = 0; a <= TD_AXES_MAX; ++a)
        many[a] = fast;
    expect(two, many, TD_AXES_MAX + 1, NULL, "a grid of 9 axes, allowed at most 8");
}

TEST(lags_of_a_grid_do_not_look_ahead)
{
    const double some[] = {2, 1, 0};
    const program_axis axis = {"n", 3, some};
    expect("n = 5\nentry = close > close[n - 1]", &axis, 1, NULL,
           "s:2:22: a lag of -1 looks ahead: it counts bars back, 0 to 100000");
}

TEST(settings)
{
    const char *const unknown[] = {"fist=3", NULL}, *const bare[] = {"fast", NULL},
                      *const letters[] = {"fast=3x", NULL}, *const empty[] = {"fast=", NULL},
                      *const word[] = {"fill=clos", NULL},
                      *const twice[] = {"fast=3", "fast=4", NULL},
                      *const infinite[] = {"fast=inf", NULL};
    const double some[] = {5, 6};
    const program_axis fast = {"fast", 2, some};
    const char *const set[] = {"fast=3", NULL};
    expect(two, NULL, 0, unknown,
           "setting \"fist\" is no parameter of strategy s and no rule, is \"fast\" meant?; "
           "parameters "
           "are fast, slow");
    expect(two, NULL, 0, bare, "\"fast\" is no setting, expected one as \"fast=12\"");
    expect(two, NULL, 0, letters, "fast is \"3x\", expected a number");
    expect(two, NULL, 0, empty, "fast is \"\", expected a number");
    expect(two, NULL, 0, infinite, "fast is \"inf\", expected a number");
    expect(two, NULL, 0, word, "fill is \"clos\", expected open or close");
    expect(two, NULL, 0, twice, "setting fast is given twice");
    expect(two, &fast, 1, set, "setting fast is given twice");
}

/* ---- Bounds --------------------------------------------------------------------------------- */

/* before, then part count times, then after. */
static char *repeat(const char *before, const char *part, uint32_t count, const char *after)
{
    const size_t head = strlen(before), body = strlen(part), tail = strlen(after);
    char *const text = malloc(head + body * count + tail + 1);
    memcpy(text, before, head);
    for (uint32_t i = 0; i < count; ++i)
        memcpy(text + head + i * body, part, body);
    memcpy(text + head + body * count, after, tail + 1);
    return text;
}

static void expect_part(char *text, const char *part)
{
    td_error err = TD_ERROR_INIT;
    CHECK(compile(text, NULL, 0, NULL, &err) != TD_OK);
    CHECK_HAS(part, err.message);
    free(text);
}

TEST(bounds_have_names)
{
    expect_part(repeat("entry = ", "(", 100, "1"), "brackets and signs are more than 64 deep");
    expect_part(repeat("entry = ", "not ", 100, "true"),
                "brackets and signs are more than 64 deep");
    expect_part(repeat("entry = 1 < ", "-", 100, "1"), "brackets and signs are more than 64 deep");
    expect_part(repeat("entry = 1 < close", "[0]", 100, ""), "brackets and signs are more than 64");
    expect_part(repeat("entry = 1 < close", " + 1", 300, ""), "more than 200 operations deep");
    expect_part(repeat("entry = ", "sma(", 100, "close"),
                "brackets and signs are more than 64 deep");
    expect_part(repeat("entry = abs(", "1,", 20, "1) > 1"), "abs( has more than 16 arguments");
    expect_part(repeat("entry = ", "a", 65, " > 1"), "a name has at most 64 characters, got 65");
    expect_part(repeat("entry = true and ", "crosses_above(close, 1) and ", 40, "true"),
                "an expression has at most 32 crossings");
    expect_part(repeat("entry = ", "(close > 1 and ", 17, "close > 1)))))))))))))))))"),
                "keeps more than 16 values waiting");
    expect_part(repeat("entry = 1 < ", "(close + ", 17, "close)))))))))))))))))"),
                "keeps more than 16 values waiting");
    expect_part(repeat("entry = true # ", "x", PROGRAM_BYTES_MAX, ""), "longer than 1048576 bytes");
}

/* Lines of text made by format from their numbers. */
static char *lines(const char *first, const char *format, uint32_t count, const char *last)
{
    char *const text = malloc(200 * (size_t)count + 1000);
    size_t used = (size_t)snprintf(text, 200, "%s", first);
    for (uint32_t i = 1; i <= count; ++i)
        used += (size_t)snprintf(text + used, 200, format, i, i - 1, i - 1);
    snprintf(text + used, 200, "%s", last);
    return text;
}

TEST(doubling_definitions_end)
{
    expect_part(lines("a0 = close\n", "a%u = a%u + a%u\n", 60, "entry = a60 > 1"),
                "more than 256 steps");
    expect_part(lines("a0 = true\n", "a%u = a%u and a%u\n", 60, "entry = a60"),
                "more than 4096 operations");
    expect_part(lines("a0 = close\n", "a%u = a%u + 1 # %u\n", 300, "entry = a300 > 1"),
                "more than 200 operations deep");
    char *const text = lines("a0 = close\n", "a%u = sma(a%u + a%u, 2)\n", 60, "entry = a60 > 1");
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, compile(text, NULL, 0, NULL, &err), &err);
    free(text);
    expect_part(lines("", "a%u = 1 # %u %u\n", 1025, "entry = true"),
                "a strategy has at most 1024 definitions");
    expect_part(lines("entry = close > 1", " or close > %u.5 # %u %u\n", 1, "x"), "expected");
    expect_part(lines("", "[s%u]\nentry = true # %u %u\n", 4097, ""), "at most 4096 strategies");
}

TEST(slots_are_bounded)
{
    char text[8000];
    size_t used = (size_t)snprintf(text, sizeof(text), "entry = close > 0");
    for (int i = 1; i < 70; ++i)
        used += (size_t)snprintf(text + used, sizeof(text) - used, " and close > %d", i);
    expect_part(strdup(text), "reads more than 64 different series and numbers");
}

TEST(tables_of_a_grid_are_bounded)
{
    static double number[10000];
    program_axis axis[2] = {{"a", 10000, number}, {"b", 10000, number}};
    for (int i = 0; i < 10000; ++i)
        number[i] = 2 + i;
    expect(
        "a = 2 b = 2\nentry = close > a * b", axis, 2, NULL,
        "s:2:19: this depends on the axes a, b: more than 67108864 combinations, which is the most "
        "that one expression may have");
    axis[0].count = axis[1].count = 1001;
    expect(
        "a = 2 b = 2\nentry = bbands(close, a, b).lowerband > 1", axis, 2, NULL,
        "the strategies read more than 1000000 series over the grid: make the grid smaller, or run "
        "it in parts");
}

TEST(bytes_that_are_no_text)
{
    expect("a = 1\nb = \xff", NULL, 0, NULL,
           "s:2:5: byte 0xff is not UTF-8: save the strategy as UTF-8 text");
    expect("# \xc3", NULL, 0, NULL,
           "s:1:3: byte 0xc3 is not UTF-8: save the strategy as UTF-8 text");
    expect("# \xed\xa0\x80", NULL, 0, NULL,
           "s:1:3: byte 0xed is not UTF-8: save the strategy as UTF-8 text");
    expect("# \xc0\x80", NULL, 0, NULL,
           "s:1:3: byte 0xc0 is not UTF-8: save the strategy as UTF-8 text");
    expect("a = \x01", NULL, 0, NULL, "s:1:5: control character 0x01 in the text");
    expect("", NULL, 0, NULL, "s:1:1: expected a definition as \"fast = 10\", got an empty text");
    /* Columns are characters. */
    expect("# \xeb\x8b\xa8\xec\x88\x9c\nentry = (close > 1 # \xe7\xae\x80\n", NULL, 0, NULL,
           "s:3:1: expected an operator or ) to close the ( of 2:9, got the end of the text");
}

TEST(missing_arguments)
{
    td_error err = TD_ERROR_INIT;
    program *made = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_compile(NULL, "", NULL, 0, NULL, &made, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_compile("s", NULL, NULL, 0, NULL, &made, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_compile("s", two, NULL, 1, NULL, &made, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_compile("s", two, NULL, 0, NULL, NULL, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, program_parameters("s", two, NULL, NULL, &err), &err);
    program_destroy(NULL);
}

/* ---- Memory --------------------------------------------------------------------------------- */

typedef struct failing {
    int left;      /* pieces that are given before one fails */
    int64_t bytes; /* given and not taken back */
} failing;

static void *resize_failing(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    failing *const f = context;
    if (new_bytes && f->left-- <= 0) return NULL;
    f->bytes += (int64_t)new_bytes - (int64_t)old_bytes;
    if (new_bytes) return realloc(memory, new_bytes);
    free(memory);
    return NULL;
}

TEST(every_allocation_fails)
{
    static const char text[] =
        "# title\n[one]\nfast = 10 # bars\nm = macd(close - open[fast], fast)\n"
        "entry = m.macdsignal > hl2 + 3 and crosses_above(close, sma(fast))\nstop_loss = fast / "
        "100\n"
        "[two]\nentry = bbands(close, 20, matype=ema).lowerband[1] > low\nfill = close";
    const double values[] = {5, 6, 7};
    const program_axis axis = {"fast", 3, values};
    const char *const set[] = {"fee=0.001", NULL};
    td_status status = TD_E_NO_MEMORY;
    for (int n = 0; n < 1000 && status; ++n) {
        failing f = {n, 0};
        const td_allocator allocator = {resize_failing, &f};
        td_error err = TD_ERROR_INIT;
        program *made = NULL;
        status = program_compile_in(&allocator, "s", text, &axis, 1, set, &made, &err);
        if (status) CHECK_STATUS(TD_E_NO_MEMORY, status, &err);
        if (n == 0) CHECK_TEXT("no memory for the strategies", err.message);
        CHECK((status == TD_OK) == (made != NULL));
        program_destroy(made);
        CHECK_INT(0, f.bytes);
    }
    CHECK_INT(TD_OK, status);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(messages),
                                           RUN(grid_messages),
                                           RUN(lags_of_a_grid_do_not_look_ahead),
                                           RUN(settings),
                                           RUN(bounds_have_names),
                                           RUN(doubling_definitions_end),
                                           RUN(slots_are_bounded),
                                           RUN(tables_of_a_grid_are_bounded),
                                           RUN(bytes_that_are_no_text),
                                           RUN(missing_arguments),
                                           RUN(every_allocation_fails),
                                           {0}});
}
