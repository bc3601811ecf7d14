/* postgres_numeric.c - see postgres_numeric.h.
 *
 * A numeric is: the count of digits, the weight of the first (a power of 10000), the sign, the
 * count of decimal places shown, each 16 bits; then the digits, 16 bits each. */
#include "io/postgres_numeric.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_BYTES    8
#define BASE          10000
#define SIGN_MINUS    0x4000
#define SIGN_NAN      0xC000
#define SIGN_PLUSINF  0xD000
#define SIGN_MINUSINF 0xF000
#define EXACT_MAX     (UINT64_C(1) << 53)
#define EXACT_POWER   22 /* 10^22 is the largest power of ten that a double holds */
/* A double is decided by its first 767 digits, and by whether any digit is behind them. */
#define DIGITS_MAX   200
#define TEXT_ROOM    (DIGITS_MAX * 4 + 32)
#define SHORT_DIGITS 17

static unsigned big16(const uint8_t *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static int signed16(const uint8_t *at)
{
    return (int16_t)big16(at);
}

/* Few digits and a small power: one exact integer, one exact power, one rounding. */
static bool decode_short(const uint8_t *digit, unsigned count, int weight, double *out)
{
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                   1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int ten = 4 * (weight - (int)count + 1);
    uint64_t whole = 0;
    if (count > 4 || ten > EXACT_POWER || ten < -EXACT_POWER) return false;
    for (unsigned i = 0; i < count; ++i)
        whole = whole * BASE + big16(digit + 2 * i);
    if (whole > EXACT_MAX) return false;
    *out = ten < 0 ? (double)whole / power[-ten] : (double)whole * power[ten];
    return true;
}

/* Any digits, through the text without a decimal point, which no locale changes. */
static double decode_long(const uint8_t *digit, unsigned count, int weight)
{
    char text[TEXT_ROOM];
    size_t at = 0;
    bool more = false;
    const unsigned used = count < DIGITS_MAX ? count : DIGITS_MAX;
    for (unsigned i = 0; i < used; ++i)
        at += (size_t)snprintf(text + at, sizeof text - at, "%04u", big16(digit + 2 * i));
    for (unsigned i = used; i < count && !more; ++i)
        more = big16(digit + 2 * i) != 0;
    snprintf(text + at, sizeof text - at, "%se%d", more ? "1" : "",
             4 * (weight - (int)used + 1) - (more ? 1 : 0));
    return strtod(text, NULL);
}

td_status pg_numeric_decode(const uint8_t *data, size_t bytes, double *out, td_error *err)
{
    if (bytes < HEAD_BYTES || bytes != HEAD_BYTES + 2 * (size_t)big16(data))
        return td_fail(err, TD_E_CORRUPT, "a value of type numeric has %zu bytes", bytes);
    unsigned count = big16(data);
    int weight = signed16(data + 2);
    const unsigned sign = big16(data + 4);
    const uint8_t *digit = data + HEAD_BYTES;
    double value = 0.0;
    for (unsigned i = 0; i < count; ++i)
        if (big16(digit + 2 * i) >= BASE)
            return td_fail(err, TD_E_CORRUPT, "a value of type numeric has the digit %u",
                           big16(digit + 2 * i));
    if (sign != 0 && sign != SIGN_MINUS && sign != SIGN_NAN && sign != SIGN_PLUSINF &&
        sign != SIGN_MINUSINF)
        return td_fail(err, TD_E_CORRUPT, "a value of type numeric has the sign %04x", sign);
    while (count && big16(digit) == 0) { /* none is sent by a server, but none does harm */
        digit += 2;
        count -= 1;
        weight -= 1;
    }
    if (sign == SIGN_NAN) value = NAN;
    else if (sign == SIGN_PLUSINF || sign == SIGN_MINUSINF) value = INFINITY;
    else if (count && !decode_short(digit, count, weight, &value))
        value = decode_long(digit, count, weight);
    *out = sign == SIGN_MINUS || sign == SIGN_MINUSINF ? -value : value;
    return TD_OK;
}

static void put16(uint8_t *at, int value)
{
    at[0] = (uint8_t)((unsigned)value >> 8);
    at[1] = (uint8_t)value;
}

/* The fewest digits of value > 0 that give it back, and the power of ten of the first. */
static int shortest(double value, char digits[SHORT_DIGITS + 1])
{
    char text[SHORT_DIGITS + 16];
    for (int places = 0; places < SHORT_DIGITS; ++places) {
        snprintf(text, sizeof text, "%.*e", places, value);
        if (strtod(text, NULL) == value) break;
    }
    const char *mark = strchr(text, 'e');
    size_t count = 0;
    for (const char *at = text; at < mark && count < SHORT_DIGITS; ++at)
        if (*at >= '0' && *at <= '9') digits[count++] = *at;
    digits[count] = 0;
    return (int)strtol(mark + 1, NULL, 10);
}

size_t pg_numeric_encode(double value, uint8_t room[PG_NUMERIC_ROOM])
{
    char digits[SHORT_DIGITS + 1];
    memset(room, 0, PG_NUMERIC_ROOM);
    if (value == 0.0) return HEAD_BYTES;
    const int power = shortest(fabs(value), digits);
    /* The first group holds the digits down to a power of 10000: 1 to 4 of them. */
    const int weight = power >= 0 ? power / 4 : -((3 - power) / 4);
    const int lead = power - 4 * weight + 1, count = (int)strlen(digits);
    int groups = 0;
    for (int at = lead - 4; at < count; at += 4) {
        int group = 0;
        for (int k = at; k < at + 4; ++k)
            group = group * 10 + (k >= 0 && k < count ? digits[k] - '0' : 0);
        put16(room + HEAD_BYTES + 2 * groups++, group);
    }
    const int scale = count - 1 - power;
    put16(room, groups);
    put16(room + 2, weight);
    put16(room + 4, value < 0.0 ? SIGN_MINUS : 0);
    put16(room + 6, scale > 0 ? scale : 0);
    return HEAD_BYTES + 2 * (size_t)groups;
}
