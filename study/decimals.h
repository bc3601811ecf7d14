/* decimals.h - decimal text to double as pandas.read_csv does it, to the last bit.
 *
 * pandas (1.2 and later, float_precision=None or "high") does not give the nearest double: it adds
 * up the digits in a double, leading zeros counted, drops those after the 17th, and then divides
 * or multiplies once by a power of ten. A number may come out one unit in the last place off, and
 * a pair of samples whose distance equals a threshold in decimals falls on its other side. Studies
 * that were computed from such numbers are reproduced only with them. */
#ifndef TANDEM_STUDY_DECIMALS_H
#define TANDEM_STUDY_DECIMALS_H
#include <stddef.h>

/* text: a number without spaces around it, [+-]digits[.digits][e[+-]digits], as csv_number accepts
 * it. NaN when it is none. */
double decimals_as_pandas(const char *text, size_t length);

#endif
