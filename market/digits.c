/* digits.c - see digits.h. The names in the comments are those of the paper. */
#include "market/digits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POWER_FIRST (-292)
#define POWER_LAST  324
#define WORDS       40   /* of 32 bits: 10^324 has 1077, and 2^1200 is divided below */
#define HIGH_BIT    1200 /* 2^1200 / 10^292 still has more than 128 bits */
#define PLAIN_LEAST (-5) /* exponents of ten that are written without an "e" */
#define PLAIN_MOST  17

typedef struct wide {
    uint64_t high, low;
} wide;

struct digits {
    wide power[POWER_LAST - POWER_FIRST + 1]; /* 10^k with its top bit at 127, rounded up */
};

/* ---- The table --------------------------------------------------------------------------- */

/* Little-endian words of a number without a sign. */
typedef struct big {
    uint32_t word[WORDS];
} big;

static void big_multiply(big *number, uint32_t factor)
{
    uint64_t carry = 0;
    for (int i = 0; i < WORDS; ++i) {
        carry += (uint64_t)number->word[i] * factor;
        number->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void big_divide(big *number, uint32_t divisor)
{
    uint64_t rest = 0;
    for (int i = WORDS; i-- > 0;) {
        rest = rest << 32 | number->word[i];
        number->word[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
}

static bool big_bit(const big *number, int bit)
{
    return bit >= 0 && (number->word[bit / 32] >> (bit % 32) & 1u);
}

/* The 128 bits from the highest that is set, and whether a lower one is set too. */
static wide big_top(const big *number, bool *more)
{
    int top = WORDS * 32 - 1;
    wide out = {0, 0};
    while (top > 0 && !big_bit(number, top))
        top -= 1;
    for (int i = 0; i < 64; ++i)
        out.high = out.high << 1 | big_bit(number, top - i);
    for (int i = 64; i < 128; ++i)
        out.low = out.low << 1 | big_bit(number, top - i);
    *more = false;
    for (int i = top - 128; i >= 0 && !*more; --i)
        *more = big_bit(number, i);
    return out;
}

static wide wide_up(wide value)
{
    value.low += 1;
    value.high += value.low == 0;
    return value;
}

td_status digits_create(digits **out, td_error *err)
{
    digits *table = calloc(1, sizeof *table);
    if (!table) return td_fail(err, TD_E_NO_MEMORY, "no memory for the powers of ten");
    bool more = false;
    big number = {{1}};
    for (int k = 0; k <= POWER_LAST; ++k) {
        const wide top = big_top(&number, &more);
        table->power[k - POWER_FIRST] = more ? wide_up(top) : top;
        big_multiply(&number, 10);
    }
    /* Dividing 2^1200 again and again gives floor(2^1200 / 10^j), which is never exact. */
    number = (big){{0}};
    number.word[HIGH_BIT / 32] = 1u << (HIGH_BIT % 32);
    for (int j = 1; j <= -POWER_FIRST; ++j) {
        big_divide(&number, 10);
        table->power[-j - POWER_FIRST] = wide_up(big_top(&number, &more));
    }
    *out = table;
    return TD_OK;
}

void digits_destroy(digits *table)
{
    free(table);
}

/* ---- One number -------------------------------------------------------------------------- */

/* Floors of e log10(2), e log10(2) + log10(3/4), e log2(10): exact for the exponents of doubles. */
static int log10_power2(int e)
{
    return (e * 1262611) >> 22;
}

static int log10_three_quarters_power2(int e)
{
    return (e * 1262611 - 524031) >> 22;
}

static int log2_power10(int e)
{
    return (e * 1741647) >> 19;
}

/* The top of g * c, its last bit set when anything below it is. */
static uint64_t round_to_odd(wide g, uint64_t c)
{
    const unsigned __int128 low = (unsigned __int128)g.low * c;
    const unsigned __int128 high = (unsigned __int128)g.high * c + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

typedef struct shortest {
    uint64_t digits;
    int exponent;
} shortest;

/* number = c * 2^q, c with its hidden bit. */
static shortest schubfach(const digits *table, uint64_t c, int q, bool lower_is_near)
{
    const uint64_t outside = c & 1, whole = 4 * c;
    const int k = lower_is_near ? log10_three_quarters_power2(q) : log10_power2(q);
    const int h = q + log2_power10(-k) + 1;
    const wide g = table->power[-k - POWER_FIRST];
    const uint64_t left = round_to_odd(g, (whole - 2 + lower_is_near) << h);
    const uint64_t middle = round_to_odd(g, whole << h);
    const uint64_t right = round_to_odd(g, (whole + 2) << h);
    const uint64_t lower = left + outside, upper = right - outside;
    const uint64_t s = middle / 4;
    if (s >= 10) {
        const uint64_t tens = s / 10;
        const bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above) return (shortest){tens + above, k + 1};
    }
    const bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above) return (shortest){s + above, k};
    const uint64_t half = 4 * s + 2;
    const bool up = middle > half || (middle == half && (s & 1));
    return (shortest){s + up, k};
}

static size_t put_digits(uint64_t value, char out[24])
{
    char reversed[24];
    size_t count = 0;
    do {
        reversed[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < count; ++i)
        out[i] = reversed[count - 1 - i];
    return count;
}

/* Digits with the point where it belongs: exponent counts from behind the last digit. */
static size_t put_plain(const char *digit, size_t count, int exponent, char *out)
{
    const int point = (int)count + exponent; /* digits in front of the point */
    size_t at = 0;
    if (point <= 0) {
        memcpy(out, "0.", 2);
        memset(out + 2, '0', (size_t)-point);
        at = 2 + (size_t)-point;
        memcpy(out + at, digit, count);
        return at + count;
    }
    if ((size_t)point >= count) {
        memcpy(out, digit, count);
        memset(out + count, '0', (size_t)point - count);
        return (size_t)point;
    }
    memcpy(out, digit, (size_t)point);
    out[point] = '.';
    memcpy(out + point + 1, digit + point, count - (size_t)point);
    return count + 1;
}

static size_t put_power(const char *digit, size_t count, int power, char *out)
{
    size_t at = 0;
    out[at++] = digit[0];
    if (count > 1) {
        out[at++] = '.';
        memcpy(out + at, digit + 1, count - 1);
        at += count - 1;
    }
    out[at++] = 'e';
    out[at++] = power < 0 ? '-' : '+';
    const int size = power < 0 ? -power : power;
    if (size < 10) out[at++] = '0';
    return at + put_digits((uint64_t)size, out + at);
}

static size_t put_word(const char *word, char *text)
{
    const size_t bytes = strlen(word);
    memcpy(text, word, bytes);
    return bytes;
}

size_t digits_write(const digits *table, double value, char text[DIGITS_TEXT_MAX])
{
    if (isnan(value)) return put_word("nan", text);
    if (isinf(value)) return put_word(value < 0 ? "-inf" : "inf", text);
    size_t at = 0;
    if (signbit(value)) text[at++] = '-';
    if (value == 0.0) {
        text[at++] = '0';
        return at;
    }
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const int biased = (int)(bits >> 52 & 0x7ff);
    const uint64_t c = biased ? fraction | UINT64_C(1) << 52 : fraction;
    const int q = (biased ? biased : 1) - 1075;
    shortest found = schubfach(table, c, q, fraction == 0 && biased > 1);
    while (found.digits % 10 == 0) {
        found.digits /= 10;
        found.exponent += 1;
    }
    char digit[24];
    const size_t count = put_digits(found.digits, digit);
    const int power = (int)count + found.exponent - 1;
    if (power >= PLAIN_LEAST && power < PLAIN_MOST)
        return at + put_plain(digit, count, found.exponent, text + at);
    return at + put_power(digit, count, power, text + at);
}

size_t digits_write_whole(int64_t value, char text[DIGITS_TEXT_MAX])
{
    const size_t at = value < 0;
    if (at) text[0] = '-';
    return at + put_digits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, text + at);
}
