/* decimals.c - decimal text to double as pandas.read_csv does it. */
#include "study/decimals.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGITS_MAX   17
#define POWER_MAX    308
#define EXPONENT_MAX 100000 /* larger ones overflow just the same */

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool on_digit(const cursor *text)
{
    return text->at < text->end && *text->at >= '0' && *text->at <= '9';
}

static bool take(cursor *text, char lower)
{
    if (text->at == text->end || (*text->at | 0x20) != lower) return false;
    text->at += 1;
    return true;
}

static bool take_sign(cursor *text)
{
    if (text->at == text->end || (*text->at != '-' && *text->at != '+')) return false;
    return *text->at++ == '-';
}

/* The double nearest to 10^power, 0 <= power <= POWER_MAX. */
static double power_of_ten(int power)
{
    char text[16];
    if (power <= 22) { /* exact, by exact steps */
        double value = 1.0;
        for (int i = 0; i < power; ++i)
            value *= 10.0;
        return value;
    }
    (void)snprintf(text, sizeof text, "1e%d", power);
    return strtod(text, NULL);
}

static double scale(double value, int exponent)
{
    if (exponent > POWER_MAX) return value < 0 ? -INFINITY : INFINITY;
    if (exponent > 0) return value * power_of_ten(exponent);
    if (exponent >= -POWER_MAX) return value / power_of_ten(-exponent);
    if (exponent < -2 * POWER_MAX) return 0.0 * value;
    return value / power_of_ten(-POWER_MAX - exponent) / power_of_ten(POWER_MAX);
}

static int take_exponent(cursor *text)
{
    const bool minus = take_sign(text);
    int exponent = 0;
    for (; on_digit(text); ++text->at)
        if (exponent < EXPONENT_MAX) exponent = 10 * exponent + (*text->at - '0');
    return minus ? -exponent : exponent;
}

double decimals_as_pandas(const char *text, size_t length)
{
    cursor from = {text, text + length};
    double value = 0.0;
    int digits = 0, exponent = 0;
    const bool minus = take_sign(&from);
    for (; on_digit(&from); ++from.at) {
        if (digits == DIGITS_MAX) {
            exponent += 1;
            continue;
        }
        value = value * 10.0 + (*from.at - '0');
        digits += 1;
    }
    if (from.at < from.end && *from.at == '.') {
        for (from.at += 1; on_digit(&from); ++from.at) {
            if (digits == DIGITS_MAX) continue;
            value = value * 10.0 + (*from.at - '0');
            digits += 1;
            exponent -= 1;
        }
    }
    if (digits == 0) return NAN;
    if (take(&from, 'e')) exponent += take_exponent(&from);
    if (from.at != from.end) return NAN;
    return scale(minus ? -value : value, exponent);
}
