/* decimal.h - exact decimals: an integer times a power of ten, as a user writes numbers. */
#ifndef TANDEM_CORE_DECIMAL_H
#define TANDEM_CORE_DECIMAL_H
#include "tandem/tandem.h"

#define DECIMAL_EXPONENT_MAX 400   /* every double is within it */
#define DECIMAL_TEXT_MAX     64

/* mantissa * 10^exponent, in one form only: the mantissa does not end in 0; zero is 0 * 10^0. */
typedef struct decimal {
    int64_t mantissa;
    int32_t exponent;
} decimal;

/* Reads all length characters: [+-]digits[.digits][e[+-]digits]. Answers NULL, or what is wrong
 * with it: "is not a number", "has more than 18 digits", "has too large an exponent". */
const char *decimal_parse(const char *text, size_t length, decimal *out);
/* The decimal with the same text as number_text(value); false when value is not finite. */
bool decimal_from_number(double value, decimal *out);
decimal decimal_make(int64_t mantissa, int32_t exponent);
/* The mantissa at a smaller or equal exponent; false when it does not fit 64 bits. */
bool decimal_scale(decimal value, int32_t exponent, int64_t *mantissa);
/* Canonical: "0.057", "1200", "1.5e-30". Shortest, without trailing zeros. */
void decimal_text(decimal value, char text[DECIMAL_TEXT_MAX]);
double decimal_number(decimal value);   /* the nearest double; infinite when it is too large */
/* True when value is a whole number that fits; then *out is it. */
bool decimal_whole(decimal value, int64_t *out);

#endif
