/* decimal.c - see decimal.h. All arithmetic is checked 64-bit integer arithmetic. */
#include "core/decimal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"

/* Texts with the point up to here are written without an exponent. */
#define DECIMAL_PLAIN_DIGITS 21
#define DECIMAL_PLAIN_ZEROS  6

decimal decimal_make(int64_t mantissa, int32_t exponent)
{
    if (mantissa == 0) return (decimal){0, 0};
    while (mantissa % 10 == 0) { /* at most 18 times */
        mantissa /= 10;
        exponent += 1;
    }
    return (decimal){mantissa, exponent};
}

typedef struct decimal_reader {
    const char *next, *end;
    int64_t mantissa; /* kept negative: its range is the larger one by one */
    int64_t exponent;
    int64_t zeros;   /* zeros read and not yet multiplied in: they may be trailing */
    uint64_t digits; /* characters 0 to 9 */
} decimal_reader;

/* Reads digits; each one behind the point lowers the exponent. False when they do not fit. */
static bool decimal_digits(decimal_reader *reader, bool behind_point)
{
    for (; reader->next < reader->end; ++reader->next) {
        const int digit = *reader->next - '0';
        if (digit < 0 || digit > 9) break;
        reader->digits += 1;
        if (behind_point) reader->exponent -= 1;
        if (digit == 0) {
            reader->zeros += 1;
            continue;
        }
        for (; reader->zeros > 0 && reader->mantissa != 0; --reader->zeros)
            if (__builtin_mul_overflow(reader->mantissa, 10, &reader->mantissa)) return false;
        reader->zeros = 0;
        if (__builtin_mul_overflow(reader->mantissa, 10, &reader->mantissa)) return false;
        if (__builtin_sub_overflow(reader->mantissa, digit, &reader->mantissa)) return false;
    }
    return true;
}

/* Reads "e-3" when it is there. False when it is not well-formed; a large one is kept large. */
static bool decimal_exponent(decimal_reader *reader, int64_t *exponent)
{
    *exponent = 0;
    if (reader->next == reader->end || (*reader->next != 'e' && *reader->next != 'E')) return true;
    reader->next += 1;
    bool negative = false;
    if (reader->next < reader->end && (*reader->next == '-' || *reader->next == '+')) {
        negative = *reader->next == '-';
        reader->next += 1;
    }
    const char *first = reader->next;
    for (; reader->next < reader->end && *reader->next >= '0' && *reader->next <= '9';
         ++reader->next) {
        if (*exponent < INT32_MAX) *exponent = *exponent * 10 + (*reader->next - '0');
    }
    if (negative) *exponent = -*exponent;
    return reader->next > first;
}

const char *decimal_parse(const char *text, size_t length, decimal *out)
{
    decimal_reader reader = {text, text + length, 0, 0, 0, 0};
    int64_t exponent = 0;
    bool negative = false;

    if (length > 0 && (*text == '-' || *text == '+')) {
        negative = *text == '-';
        reader.next += 1;
    }
    if (!decimal_digits(&reader, false)) return "has more than 18 digits";
    if (reader.next < reader.end && *reader.next == '.') {
        reader.next += 1;
        if (!decimal_digits(&reader, true)) return "has more than 18 digits";
    }
    if (reader.digits == 0) return "is not a number";
    if (!decimal_exponent(&reader, &exponent)) return "is not a number";
    if (reader.next != reader.end) return "is not a number";
    if (reader.mantissa == INT64_MIN && !negative) return "has more than 18 digits";
    if (reader.mantissa == 0) {
        *out = (decimal){0, 0};
        return NULL;
    }
    /* What was read before the trailing zeros: they only move the point. */
    exponent += reader.exponent + reader.zeros;
    if (exponent > DECIMAL_EXPONENT_MAX || exponent < -DECIMAL_EXPONENT_MAX)
        return "has too large an exponent";
    *out = decimal_make(negative ? reader.mantissa : -reader.mantissa, (int32_t)exponent);
    return NULL;
}

bool decimal_from_number(double value, decimal *out)
{
    char text[NUMBER_TEXT_MAX];
    if (!isfinite(value)) return false;
    number_text(value, text);
    return decimal_parse(text, strlen(text), out) == NULL;
}

bool decimal_scale(decimal value, int32_t exponent, int64_t *mantissa)
{
    int64_t scaled = value.mantissa;
    if (value.mantissa != 0)
        for (int32_t i = value.exponent; i > exponent; --i) /* stops at overflow: 19 rounds */
            if (__builtin_mul_overflow(scaled, 10, &scaled)) return false;
    *mantissa = scaled;
    return true;
}

bool decimal_whole(decimal value, int64_t *out)
{
    return value.exponent >= 0 && decimal_scale(value, 0, out);
}

double decimal_number(decimal value)
{
    char text[DECIMAL_TEXT_MAX];
    decimal_text(value, text);
    return number_parse(text);
}

void decimal_text(decimal value, char text[DECIMAL_TEXT_MAX])
{
    char digits[24];
    const char *sign = value.mantissa < 0 ? "-" : "";
    const uint64_t magnitude =
        value.mantissa < 0 ? 0 - (uint64_t)value.mantissa : (uint64_t)value.mantissa;
    const int count = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)magnitude);
    const int point = count + value.exponent; /* digits before the point */

    if (value.exponent >= 0 && point <= DECIMAL_PLAIN_DIGITS)
        snprintf(text, DECIMAL_TEXT_MAX, "%s%s%.*s", sign, digits, value.exponent,
                 "00000000000000000000000");
    else if (value.exponent < 0 && point > 0)
        snprintf(text, DECIMAL_TEXT_MAX, "%s%.*s.%s", sign, point, digits, digits + point);
    else if (value.exponent < 0 && point > -DECIMAL_PLAIN_ZEROS)
        snprintf(text, DECIMAL_TEXT_MAX, "%s0.%.*s%s", sign, -point, "0000000", digits);
    else if (count == 1) snprintf(text, DECIMAL_TEXT_MAX, "%s%se%d", sign, digits, point - 1);
    else snprintf(text, DECIMAL_TEXT_MAX, "%s%.1s.%se%d", sign, digits, digits + 1, point - 1);
}
