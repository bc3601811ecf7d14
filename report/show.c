/* show.c - numbers as a reader wants them, with a point in every locale. */
#include "report/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_DEFINED "\xE2\x80\x93" /* an en dash: not defined */
#define MINUS       "\xE2\x88\x92" /* a real minus sign */

static const char *show_copy(char out[SHOW_MAX], const char *string)
{
    snprintf(out, SHOW_MAX, "%s", string);
    return out;
}

/* The locale's decimal point is the only character of a printed number that is not one of
 * these; it may have several bytes. */
static void show_point(char *out)
{
    char *to = out;
    bool in_point = false;
    for (const char *from = out; *from; ++from) {
        const bool plain = strchr("0123456789+-eEinfa", *from) != NULL;
        if (plain) *to++ = *from;
        else if (!in_point) *to++ = '.';
        in_point = !plain;
    }
    *to = 0;
}

const char *show_shortest(char out[SHOW_MAX], double value)
{
    int digits = 1;
    for (; digits < 17; ++digits) {
        snprintf(out, SHOW_MAX, "%.*g", digits, value);
        if (!(strtod(out, NULL) != value)) break;
    }
    const double size = fabs(value);
    if (size >= 1e-5 && size < 1e15) { /* 10, not 1e+01 */
        const int whole = (int)floor(log10(size)) + 1;
        snprintf(out, SHOW_MAX, "%.*f", digits > whole ? digits - whole : 0, value);
    } else {
        snprintf(out, SHOW_MAX, "%.*g", digits, value);
    }
    show_point(out);
    return out;
}

const char *show_plain(char out[SHOW_MAX], double value, int decimals)
{
    if (isnan(value)) return show_copy(out, "0");
    if (fabs(value) >= 1e15) return show_shortest(out, value);
    snprintf(out, SHOW_MAX, "%.*f", decimals, value);
    show_point(out);
    return out;
}

const char *show_fixed(char out[SHOW_MAX], double value, int decimals)
{
    char digits[SHOW_MAX];
    if (isnan(value)) return show_copy(out, NOT_DEFINED);
    show_plain(digits, fabs(value), decimals);
    const bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(out, SHOW_MAX, "%s%.40s", value < 0 && !zero ? MINUS : "", digits);
    return out;
}

/* 1.2 x 10^-7 with a real multiplication sign and superscripts. */
static const char *show_power(char out[SHOW_MAX], double value, int digits)
{
    static const char *const up[10] = {
        "\xE2\x81\xB0", "\xC2\xB9",     "\xC2\xB2",     "\xC2\xB3",     "\xE2\x81\xB4",
        "\xE2\x81\xB5", "\xE2\x81\xB6", "\xE2\x81\xB7", "\xE2\x81\xB8", "\xE2\x81\xB9"};
    char plain[SHOW_MAX];
    snprintf(plain, sizeof plain, "%.*e", digits > 1 ? digits - 1 : 0, value);
    show_point(plain);
    char *mark = strchr(plain, 'e');
    if (!mark) return show_copy(out, plain);
    *mark = 0;
    const long exponent = strtol(mark + 1, NULL, 10);
    char power[8];
    snprintf(power, sizeof power, "%ld", labs(exponent) % 1000);
    int length = snprintf(out, SHOW_MAX,
                          "%s\xC2\xA0\xC3\x97\xC2\xA0"
                          "10%s",
                          plain, exponent < 0 ? "\xE2\x81\xBB" : "");
    for (const char *c = power; *c; ++c)
        length += snprintf(out + length, SHOW_MAX - (size_t)length, "%s", up[*c - '0']);
    return out;
}

const char *show_significant(char out[SHOW_MAX], double value, int digits)
{
    if (isnan(value)) return show_copy(out, NOT_DEFINED);
    if (isinf(value)) return show_copy(out, value < 0 ? "-\xE2\x88\x9E" : "\xE2\x88\x9E");
    if (value == 0) return show_copy(out, "0");
    const double size = fabs(value);
    if (size < 1e-3 || size >= 1e7) return show_power(out, value, digits);
    const int whole = (int)floor(log10(size)) + 1;
    return show_fixed(out, value, digits > whole ? digits - whole : 0);
}

const char *show_p(char out[SHOW_MAX], double p)
{
    if (isnan(p)) return show_copy(out, NOT_DEFINED);
    if (p >= 0.1) return show_fixed(out, p, 2);
    return show_significant(out, p, 2);
}

const char *show_count(char out[SHOW_MAX], uint64_t count)
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)count);
    char *to = out;
    for (int i = 0; i < length; ++i) {
        if (i && (length - i) % 3 == 0) *to++ = ',';
        *to++ = digits[i];
    }
    *to = 0;
    return out;
}
