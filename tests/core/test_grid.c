/* The text of an axis: values, exactness, messages, bounds, and random grids. */
#include "core/decimal.h"
#include "core/grid.h"
#include "core/number.h"
#include "tests/core/sample.h"

static sample_memory memory;

static td_status parse(uint32_t param, const char *text, grid_axis *axis, td_error *err)
{
    const td_allocator allocator = sample_allocator(&memory);
    return grid_parse(&allocator, "sample.grid", &sample_params[param], text, axis, err);
}

static void free_axis(grid_axis *axis)
{
    const td_allocator allocator = sample_allocator(&memory);
    grid_axis_free(&allocator, axis);
}

/* Appends text to joined, with a separator between texts; returns the new length. */
static size_t join(char joined[4096], size_t length, const char *separator, const char *text)
{
    const int more =
        snprintf(joined + length, 4096 - length, "%s%s", length ? separator : "", text);
    CHECK(more >= 0 && (size_t)more < 4096 - length);
    return length + (size_t)more;
}

/* expected: the canonical texts, joined with spaces. */
static void check_axis(uint32_t param, const char *text, const char *expected)
{
    grid_axis axis = {0, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    char joined[4096] = "";
    size_t length = 0;
    CHECK_STATUS(TD_OK, parse(param, text, &axis, &err), &err);
    for (uint64_t i = 0; i < axis.count; ++i) {
        length = join(joined, length, " ", axis.text[i]);
        if (axis.number) CHECK(axis.number[i] == strtod(axis.text[i], NULL));
    }
    CHECK_TEXT(expected, joined);
    free_axis(&axis);
}

static void check_fault(uint32_t param, const char *text, td_status status, const char *message)
{
    grid_axis axis = {7, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(status, parse(param, text, &axis, &err), &err);
    CHECK_TEXT(message, err.message);
    CHECK(axis.count == 7 && !axis.number && !axis.text);
    CHECK_INT(0, atomic_load(&memory.pieces));
}

enum { M = 0, EPS = 1, MODES = 2, SCALE = 5, FLIP = 8 };

TEST(whole_numbers)
{
    check_axis(M, "3", "3");
    check_axis(M, "1:10", "1 2 3 4 5 6 7 8 9 10");
    check_axis(M, "1:10:3", "1 4 7 10");
    check_axis(M, "1:9:3", "1 4 7");
    check_axis(M, "5:5", "5");
    check_axis(M, "1:3,7,10:20:5", "1 2 3 7 10 15 20");
    check_axis(M, " 10 , 1 : 3 \t,\n7 ", "10 1 2 3 7");
    check_axis(M, "1e1,+2,03,4.0,0.5e1", "10 2 3 4 5");
}

TEST(decimals_are_exact)
{
    check_axis(EPS, "0.05:0.1:0.01", "0.05 0.06 0.07 0.08 0.09 0.1");
    check_axis(EPS, "1e-3,.5,2.,1E2,0.057,-0", "0.001 0.5 2 100 0.057 0");
    check_axis(EPS, "0.1:0.13", "0.1 0.11 0.12 0.13");
    check_axis(EPS, "1:1.05:0.02", "1 1.02 1.04");
    check_axis(EPS, "0.30000000000000000,1e5", "0.3 100000");
    check_axis(SCALE, "-1:1:0.5", "-1 -0.5 0 0.5 1");
    check_axis(SCALE, "1e-7,1.5e-30,123456789012345678,1e20,1e21,1.2e300",
               "1e-7 1.5e-30 123456789012345678 100000000000000000000 1e21 1.2e300");
    check_axis(SCALE, "0.000001,-0.00000025,4.9e-324", "0.000001 -2.5e-7 4.9e-324");

    grid_axis axis = {0, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, parse(EPS, "0.05:0.1:0.001", &axis, &err), &err);
    CHECK_INT(51, axis.count);
    CHECK_TEXT("0.057", axis.text[7]);
    CHECK(axis.number[7] == 0.057);
    CHECK(axis.number[50] == 0.1);
    free_axis(&axis);
}

TEST(choices_and_truths)
{
    check_axis(MODES, "x:l1,xy:l2", "x:l1 xy:l2");
    check_axis(MODES, " xy:l2 ", "xy:l2");
    check_axis(FLIP, "no,yes", "false true");
    check_axis(FLIP, "1", "true");
}

TEST(messages_of_range)
{
    check_fault(M, "0", TD_E_OUT_OF_RANGE, "sample.grid: m is 0, allowed 1 to 64");
    check_fault(M, "60:70", TD_E_OUT_OF_RANGE, "sample.grid: m is 65, allowed 1 to 64");
    check_fault(EPS, "-0.1", TD_E_OUT_OF_RANGE,
                "sample.grid: eps is -0.1, allowed 0 to 1000000 px");
    check_fault(EPS, "1e300", TD_E_OUT_OF_RANGE,
                "sample.grid: eps is 1e+300, allowed 0 to 1000000 px");
    check_fault(SCALE, "1e390", TD_E_OUT_OF_RANGE, "sample.grid: scale is inf, allowed any number");
    check_fault(M, "1e30", TD_E_OUT_OF_RANGE,
                "sample.grid: m is 9223372036854775807, allowed 1 to 64");
    check_fault(4, "9007199254740993", TD_E_OUT_OF_RANGE,
                "sample.grid: theiler is 9007199254740993, allowed on an axis -2^53 to 2^53");
}

TEST(messages_of_syntax)
{
    check_fault(M, "1.5", TD_E_BAD_ARGUMENT, "sample.grid: m is 1.5, allowed are whole numbers");
    check_fault(M, "1:2:0.5", TD_E_BAD_ARGUMENT,
                "sample.grid: m is 1.5, allowed are whole numbers");
    check_fault(M, "abc", TD_E_BAD_ARGUMENT, "sample.grid: m: \"abc\" is not a number");
    check_fault(M, "nan", TD_E_BAD_ARGUMENT, "sample.grid: m: \"nan\" is not a number");
    check_fault(EPS, "inf", TD_E_OUT_OF_RANGE, "sample.grid: eps is inf, allowed 0 to 1000000 px");
    check_fault(EPS, "NaN", TD_E_OUT_OF_RANGE, "sample.grid: eps is nan, allowed 0 to 1000000 px");
    check_fault(EPS, "0:-inf:1", TD_E_OUT_OF_RANGE,
                "sample.grid: eps is -inf, allowed 0 to 1000000 px");
    check_fault(EPS, "nano", TD_E_BAD_ARGUMENT, "sample.grid: eps: \"nano\" is not a number");
    check_fault(EPS, "0x10", TD_E_BAD_ARGUMENT, "sample.grid: eps: \"0x10\" is not a number");
    check_fault(EPS, "1,5,5", TD_E_BAD_ARGUMENT, "sample.grid: eps has the value \"5\" twice");
    check_fault(M, "1:5,3.0", TD_E_BAD_ARGUMENT, "sample.grid: m has the value \"3\" twice");
    check_fault(EPS, "1:2:0", TD_E_BAD_ARGUMENT,
                "sample.grid: eps: \"1:2:0\" has a step that is not above 0");
    check_fault(EPS, "1:2:-1", TD_E_BAD_ARGUMENT,
                "sample.grid: eps: \"1:2:-1\" has a step that is not above 0");
    check_fault(M, "10:1", TD_E_BAD_ARGUMENT,
                "sample.grid: m: \"10:1\" begins after its end; write first:last:step");
    check_fault(M, "1:2:3:4", TD_E_BAD_ARGUMENT,
                "sample.grid: m: \"1:2:3:4\" has more than first:last:step");
    check_fault(M, "1,,2", TD_E_BAD_ARGUMENT,
                "sample.grid: m has an empty value; write 3, 1:10, 0.05:0.1:0.001 or 2,3,5");
    check_fault(M, "1:", TD_E_BAD_ARGUMENT, "sample.grid: m: \"\" is not a number");
    check_fault(M, "1 2", TD_E_BAD_ARGUMENT, "sample.grid: m: \"1 2\" is not a number");
    check_fault(EPS, "1e", TD_E_BAD_ARGUMENT, "sample.grid: eps: \"1e\" is not a number");
    check_fault(EPS, ".", TD_E_BAD_ARGUMENT, "sample.grid: eps: \".\" is not a number");
    check_fault(EPS, "1e500", TD_E_BAD_ARGUMENT,
                "sample.grid: eps: \"1e500\" has too large an exponent");
    check_fault(EPS, "1e99999999999999999999", TD_E_BAD_ARGUMENT,
                "sample.grid: eps: \"1e99999999999999999999\" has too large an exponent");
    check_fault(EPS, "0.12345678901234567891", TD_E_BAD_ARGUMENT,
                "sample.grid: eps: \"0.12345678901234567891\" has more than 18 digits");
    check_fault(SCALE, "0:1e10:1e-10", TD_E_BAD_ARGUMENT,
                "sample.grid: scale: \"0:1e10:1e-10\" needs more than 18 digits");
    check_fault(EPS, "\x1b[31m", TD_E_BAD_ARGUMENT, "sample.grid: eps: \"?[31m\" is not a number");
}

TEST(messages_of_choices)
{
    check_fault(MODES, "x:l1,xx:l2", TD_E_OUT_OF_RANGE,
                "sample.grid: modes is \"xx:l2\", allowed x:l1, y:l1, xy:l2, x:max; did you mean "
                "xy:l2");
    check_fault(MODES, "elephants", TD_E_OUT_OF_RANGE,
                "sample.grid: modes is \"elephants\", allowed x:l1, y:l1, xy:l2, x:max");
    check_fault(MODES, "x:l1,x:l1", TD_E_BAD_ARGUMENT,
                "sample.grid: modes has the value \"x:l1\" twice");
    check_fault(MODES, "", TD_E_BAD_ARGUMENT, "sample.grid: modes has an empty value");
    check_fault(FLIP, "maybe", TD_E_BAD_ARGUMENT,
                "sample.grid: flip is \"maybe\", allowed true or false");
    check_fault(FLIP, "yes,on", TD_E_BAD_ARGUMENT,
                "sample.grid: flip has the value \"true\" twice");
    check_fault(MODES, NULL, TD_E_BAD_ARGUMENT, "sample.grid: modes has no text");
}

/* The bound is checked before memory is taken, and a run of any length is cheap to refuse. */
TEST(bounds_before_memory)
{
    const long long before = atomic_load(&memory.calls);
    check_fault(SCALE, "0:1000000:1", TD_E_OUT_OF_RANGE,
                "sample.grid: scale has more than 1000000 values, allowed 1 to 1000000");
    check_fault(SCALE, "1:500000:1,500001:1000001:1", TD_E_OUT_OF_RANGE,
                "sample.grid: scale has more than 1000000 values, allowed 1 to 1000000");
    check_fault(SCALE, "0:9e18:1", TD_E_OUT_OF_RANGE,
                "sample.grid: scale has more than 1000000 values, allowed 1 to 1000000");
    check_fault(SCALE, "-9e18:9e18:1", TD_E_OUT_OF_RANGE,
                "sample.grid: scale has more than 1000000 values, allowed 1 to 1000000");
    char *text = malloc(GRID_TEXT_MAX + 2);
    CHECK(text != NULL);
    memset(text, ' ', GRID_TEXT_MAX + 1);
    text[GRID_TEXT_MAX + 1] = 0;
    text[0] = '1';
    check_fault(M, text, TD_E_OUT_OF_RANGE,
                "sample.grid: the text of m is longer than 65536 characters");
    CHECK_INT(before, atomic_load(&memory.calls));
    text[GRID_TEXT_MAX] = 0;
    check_axis(M, text, "1");
    free(text);
}

TEST(a_million_values)
{
    grid_axis axis = {0, NULL, NULL};
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, parse(SCALE, "0.001:1000:0.001", &axis, &err), &err);
    CHECK_INT(1000000, axis.count);
    CHECK_TEXT("1000", axis.text[999999]);
    CHECK_TEXT("123.457", axis.text[123456]);
    CHECK(axis.number[123456] == 123.457);
    free_axis(&axis);
    CHECK_INT(0, atomic_load(&memory.pieces));
    CHECK_INT(0, atomic_load(&memory.bytes));
    CHECK_INT(0, atomic_load(&memory.wrong));
}

/* first + i * step, in integers, is the double of its decimal, and the texts make the same axis. */
TEST(random_grids_round_trip)
{
    for (int round = 0; round < 400; ++round) {
        const int exponent = (int)(check_random() % 7);
        const int64_t first = (int64_t)(check_random() % 2000000) - 1000000;
        const int64_t step = 1 + (int64_t)(check_random() % 1000);
        const int64_t count = 1 + (int64_t)(check_random() % 60);
        const int64_t more = (int64_t)(check_random() % (uint64_t)step); /* not hit exactly */
        const int64_t last = first + (count - 1) * step + more;
        char text[128], joined[4096] = "";
        size_t length = 0;
        grid_axis axis = {0, NULL, NULL}, again = {0, NULL, NULL};
        td_error err = TD_ERROR_INIT;
        snprintf(text, sizeof(text), "%llde-%d:%llde-%d:%llde-%d", (long long)first, exponent,
                 (long long)last, exponent, (long long)step, exponent);
        CHECK_STATUS(TD_OK, parse(SCALE, text, &axis, &err), &err);
        CHECK_INT(count, axis.count);
        for (int64_t i = 0; i < count; ++i) {
            char value[64];
            snprintf(value, sizeof(value), "%llde-%d", (long long)(first + i * step), exponent);
            CHECK(axis.number[i] == strtod(value, NULL));
            CHECK(axis.number[i] == strtod(axis.text[i], NULL));
            length = join(joined, length, ",", axis.text[i]);
        }
        CHECK_STATUS(TD_OK, parse(SCALE, joined, &again, &err), &err);
        CHECK_INT(count, again.count);
        for (int64_t i = 0; i < count; ++i)
            CHECK_TEXT(axis.text[i], again.text[i]);
        free_axis(&axis);
        free_axis(&again);
    }
}

/* Any double's shortest text is read back as it, and its decimal writes itself canonically. */
TEST(random_doubles_round_trip)
{
    for (int round = 0; round < 20000; ++round) {
        const uint64_t bits = check_random();
        double value = 0;
        decimal exact = {0, 0}, again = {0, 0};
        char text[DECIMAL_TEXT_MAX], number[NUMBER_TEXT_MAX];
        memcpy(&value, &bits, sizeof(value));
        if (!isfinite(value)) continue;
        number_text(value, number);
        CHECK(number_parse(number) == value);
        CHECK(decimal_from_number(value, &exact));
        decimal_text(exact, text);
        CHECK(number_parse(text) == value);
        CHECK(decimal_parse(text, strlen(text), &again) == NULL);
        CHECK(again.mantissa == exact.mantissa && again.exponent == exact.exponent);
    }
    decimal none = {0, 0};
    CHECK(!decimal_from_number(NAN, &none) && !decimal_from_number(INFINITY, &none));
}

/* Random text of the syntax's own letters: an answer or an error, never a crash or a leak. */
TEST(random_text_never_crashes)
{
    static const char letters[] = "0123456789.:,-+eE xl";
    uint64_t parsed = 0;
    for (int round = 0; round < 20000; ++round) {
        char text[24];
        const size_t length = check_random() % (sizeof(text) - 1);
        grid_axis axis = {0, NULL, NULL};
        td_error err = TD_ERROR_INIT;
        for (size_t i = 0; i < length; ++i)
            text[i] = letters[check_random() % 20];
        text[length] = 0;
        const td_status status = parse(check_random() % 2 ? SCALE : M, text, &axis, &err);
        CHECK(status == TD_OK || err.message[0]);
        parsed += status == TD_OK;
        if (!status) CHECK(axis.count > 0);
        free_axis(&axis);
        CHECK_INT(0, atomic_load(&memory.pieces));
    }
    CHECK(parsed > 50);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(whole_numbers),
                                     RUN(decimals_are_exact),
                                     RUN(choices_and_truths),
                                     RUN(messages_of_range),
                                     RUN(messages_of_syntax),
                                     RUN(messages_of_choices),
                                     RUN(bounds_before_memory),
                                     RUN(a_million_values),
                                     RUN(random_grids_round_trip),
                                     RUN(random_doubles_round_trip),
                                     RUN(random_text_never_crashes),
                                     {0}});
}
