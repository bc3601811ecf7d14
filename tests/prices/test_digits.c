/* test_digits.c - the shortest text of a double reads back as it, and none is shorter. */
#include "market/digits.h"
#include "tests/check.h"

static digits *table;

static void write_text(double value, char text[DIGITS_TEXT_MAX + 1])
{
    const size_t bytes = digits_write(table, value, text);
    CHECK(bytes > 0 && bytes <= DIGITS_TEXT_MAX);
    text[bytes] = 0;
}

static size_t digit_count(const char *text)
{
    char digit[64];
    size_t count = 0;
    for (const char *c = text; *c && *c != 'e'; ++c)
        if (*c >= '0' && *c <= '9' && (count || *c != '0')) digit[count++] = *c;
    while (count && digit[count - 1] == '0')
        count -= 1;
    return count;
}

static void check_one(double value)
{
    char text[DIGITS_TEXT_MAX + 1], other[64];
    write_text(value, text);
    if (strtod(text, NULL) != value) CHECK_FAIL("%.17g is written as %s", value, text);
    for (int wanted = 1; wanted <= 17; ++wanted) {
        snprintf(other, sizeof other, "%.*e", wanted - 1, value);
        if (strtod(other, NULL) != value) continue;
        /* printf rounds correctly: where it needs this many, no text nearest to it is shorter. */
        if (digit_count(text) > digit_count(other))
            CHECK_FAIL("%.17g is written as %s, %s is shorter", value, text, other);
        return;
    }
}

TEST(digits_known)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {{0.0, "0"},
                 {-0.0, "-0"},
                 {1.0, "1"},
                 {-1.5, "-1.5"},
                 {0.1, "0.1"},
                 {100.0, "100"},
                 {1e6, "1000000"},
                 {123456789.25, "123456789.25"},
                 {1e-5, "0.00001"},
                 {1e-7, "1e-07"},
                 {1.5e300, "1.5e+300"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {9007199254740993.0, "9007199254740992"},
                 {1e16, "10000000000000000"},
                 {NAN, "nan"},
                 {INFINITY, "inf"},
                 {-INFINITY, "-inf"}};
    char text[DIGITS_TEXT_MAX + 1];
    for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
        write_text(known[i].value, text);
        CHECK_TEXT(known[i].text, text);
    }
}

TEST(digits_read_back_and_are_shortest)
{
    for (int i = 0; i < 100000; ++i) {
        const uint64_t bits = check_random();
        double value = 0.0;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) check_one(value);
    }
    for (int i = 0; i < 50000; ++i) {
        check_one(check_random_unit() - 0.5);
        check_one((double)(check_random() % 1000000) / 100.0);
    }
}

TEST(digits_at_the_powers)
{
    for (int e = -1074; e < 1024; ++e) {
        const double power = ldexp(1.0, e);
        check_one(power);
        check_one(nextafter(power, 0.0));
        check_one(nextafter(power, INFINITY));
    }
    for (int e = -323; e <= 308; ++e) {
        char text[32];
        snprintf(text, sizeof text, "1e%d", e);
        check_one(strtod(text, NULL));
        check_one(nextafter(strtod(text, NULL), 0.0));
    }
}

TEST(digits_whole)
{
    char text[DIGITS_TEXT_MAX + 1];
    const int64_t values[] = {0, 7, -7, 1234567890123, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof values / sizeof *values; ++i) {
        text[digits_write_whole(values[i], text)] = 0;
        CHECK(strtoll(text, NULL, 10) == values[i]);
    }
}

int main(int argc, char **argv)
{
    td_error err = TD_ERROR_INIT;
    if (digits_create(&table, &err)) return 1;
    const int failed = check_main(argc, argv,
                                  (check_test[]){RUN(digits_known),
                                                 RUN(digits_read_back_and_are_shortest),
                                                 RUN(digits_at_the_powers),
                                                 RUN(digits_whole),
                                                 {0}});
    digits_destroy(table);
    return failed;
}
