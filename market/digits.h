/* digits.h - doubles as the shortest decimal text that reads back as the same double, fast enough
 * for tables of millions of rows: one number takes about as long as a cache miss.
 *
 * The method is Schubfach (R. Giulietti, "The Schubfach way to render doubles", 2020): three
 * products with a 126-bit power of ten bound the interval in which a text still reads back as the
 * number, and the shortest multiple of a power of ten in it is found without a loop. */
#ifndef TANDEM_MARKET_DIGITS_H
#define TANDEM_MARKET_DIGITS_H
#include "tandem/module.h"

#define DIGITS_TEXT_MAX 32 /* bytes of any number; there is no 0 at the end */

typedef struct digits digits; /* a table of powers of ten; may be used by many threads */

TD_MUST_USE td_status digits_create(digits **out, td_error *err);
void digits_destroy(digits *table); /* NULL is fine */
/* Writes "12", "0.1", "-1.5e-07", "nan", "inf", "-inf"; returns the bytes. Of the texts that are
 * shortest it is the one nearest to the number. */
size_t digits_write(const digits *table, double value, char text[DIGITS_TEXT_MAX]);
size_t digits_write_whole(int64_t value, char text[DIGITS_TEXT_MAX]);

#endif
