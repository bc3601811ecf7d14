/* csv_number.c - decimal text to the nearest double, whatever the locale is.
 *
 * Most numbers in measured data have at most 15 digits. Such a mantissa and every power of ten
 * up to 10^22 are exact doubles, so one multiplication or division, which IEEE 754 rounds once,
 * gives the nearest double (Clinger, "How to read floating point numbers accurately", 1990).
 * With up to 19 digits and as many behind the point it is a quotient of integers of 64 bits, and
 * integer division gives more of its bits than a double has. What is longer goes to strtod. */
#include "io/csv_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NUMBER_EXACT_MAX    (1ull << 53) /* integers up to here are doubles */
#define NUMBER_POWER_MAX    22           /* 10^22 is the largest exact power of ten */
#define NUMBER_EXPONENT_MAX 1000000      /* far past any double; keeps the sums small */

static const double number_powers[NUMBER_POWER_MAX + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

typedef struct number {
    const char *at, *end;
    uint64_t mantissa; /* of the digits so far; meaningless once it is cut */
    int64_t exponent;  /* value = mantissa * 10^exponent */
    bool cut;          /* more digits than the mantissa holds */
} number;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}
static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Reads digits; says whether there was one. shift: each is behind the point. */
static bool read_digits(number *n, bool shift)
{
    const char *first = n->at;
    for (; n->at < n->end && is_digit(*n->at); ++n->at) {
        const uint64_t digit = (uint64_t)(*n->at - '0');
        if (n->mantissa > (UINT64_MAX - digit) / 10) n->cut = true;
        n->mantissa = n->mantissa * 10 + digit;
    }
    if (shift) n->exponent -= n->at - first;
    return n->at > first;
}

static bool read_exponent(number *n)
{
    bool minus = false;
    int64_t value = 0;
    if (n->at < n->end && (*n->at == '+' || *n->at == '-')) minus = *n->at++ == '-';
    if (n->at == n->end) return false;
    for (; n->at < n->end && is_digit(*n->at); ++n->at)
        if (value < NUMBER_EXPONENT_MAX) value = value * 10 + (*n->at - '0');
    n->exponent += minus ? -value : value;
    return true;
}

static bool is_missing(const char *text, size_t bytes)
{
    return bytes == 0 || (bytes == 3 && strncasecmp(text, "nan", 3) == 0) ||
           (bytes == 2 && strncasecmp(text, "na", 2) == 0);
}

double csv_number_divide(uint64_t mantissa, uint32_t power)
{
    static const uint64_t tens[CSV_NUMBER_TENS_MAX + 1] = {UINT64_C(1),
                                                           UINT64_C(10),
                                                           UINT64_C(100),
                                                           UINT64_C(1000),
                                                           UINT64_C(10000),
                                                           UINT64_C(100000),
                                                           UINT64_C(1000000),
                                                           UINT64_C(10000000),
                                                           UINT64_C(100000000),
                                                           UINT64_C(1000000000),
                                                           UINT64_C(10000000000),
                                                           UINT64_C(100000000000),
                                                           UINT64_C(1000000000000),
                                                           UINT64_C(10000000000000),
                                                           UINT64_C(100000000000000),
                                                           UINT64_C(1000000000000000),
                                                           UINT64_C(10000000000000000),
                                                           UINT64_C(100000000000000000),
                                                           UINT64_C(1000000000000000000),
                                                           UINT64_C(10000000000000000000)};
    if (mantissa <= NUMBER_EXACT_MAX) return (double)mantissa / number_powers[power];
    /* Both with the highest bit set: their quotient is between 1/2 and 2, and 63 or 64 bits of it
     * stand in front of the point. What is left only says on which side of a tie it lies. */
    const uint64_t divisor = tens[power];
    const int up = __builtin_clzll(mantissa), down = __builtin_clzll(divisor);
    const unsigned __int128 wide = (unsigned __int128)(mantissa << up) << 63;
    const uint64_t high = divisor << down, quotient = (uint64_t)(wide / high);
    const bool rest = (unsigned __int128)quotient * high != wide;
    const uint64_t scale = (uint64_t)(1023 + down - up - 63) << 52;
    double power_of_two = 0.0;
    memcpy(&power_of_two, &scale, sizeof scale);
    return (double)(quotient | rest) * power_of_two;
}

bool csv_number_parse(const char *text, size_t bytes, locale_t c_locale, double *out)
{
    number n = {text, text + bytes, 0, 0, false};
    bool minus = false;
    while (n.at < n.end && is_blank(*n.at))
        ++n.at;
    while (n.end > n.at && is_blank(n.end[-1]))
        --n.end;
    if (is_missing(n.at, (size_t)(n.end - n.at))) {
        *out = NAN;
        return true;
    }
    const char *first = n.at;
    if (*n.at == '+' || *n.at == '-') minus = *n.at++ == '-';
    bool any = read_digits(&n, false);
    if (n.at < n.end && *n.at == '.') {
        ++n.at;
        any = read_digits(&n, true) || any;
    }
    if (!any) return false;
    if (n.at < n.end && (*n.at == 'e' || *n.at == 'E')) {
        ++n.at;
        if (!read_exponent(&n)) return false;
    }
    if (n.at != n.end) return false;
    double value = 0;
    if (!n.cut && n.mantissa <= NUMBER_EXACT_MAX && n.exponent >= -NUMBER_POWER_MAX &&
        n.exponent <= NUMBER_POWER_MAX) {
        value = (double)n.mantissa;
        if (n.exponent < 0) value /= number_powers[-n.exponent];
        else value *= number_powers[n.exponent];
        if (minus) value = -value;
    } else if (!n.cut && n.exponent < 0 && n.exponent >= -CSV_NUMBER_TENS_MAX) {
        value = csv_number_divide(n.mantissa, (uint32_t)-n.exponent);
        if (minus) value = -value;
    } else {
        value = strtod_l(first, NULL, c_locale);
    }
    if (isinf(value)) return false;
    *out = value;
    return true;
}
