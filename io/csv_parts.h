/* csv_parts.h - what csv.c is made of; csv.h is the interface. */
#ifndef TANDEM_IO_CSV_PARTS_H
#define TANDEM_IO_CSV_PARTS_H
#include "tandem/module.h"

#include <locale.h>

/* True when the bytes begin as a gzip, xz or zstd file does. */
bool csv_is_packed(const void *data, size_t bytes);
/* Unpacks gzip (one member or many), xz (streams) or zstd (frames) into new memory that ends with
 * an extra 0 byte; free(*out). TD_E_CORRUPT: the archive is broken, or holds over bytes_max. */
TD_MUST_USE td_status csv_unpack(const char *name, const void *data, size_t bytes,
                                 uint64_t bytes_max, char **out, size_t *out_bytes, td_error *err);

/* The double nearest to the decimal text, blanks around it left out: [+-]digits[.digits][e[+-]
 * digits]. Empty, "nan" and "NA": NaN. False for anything else and for infinities. The byte after
 * the text must be readable and no part of a number. c_locale: a locale whose point is ".". */
bool csv_number_parse(const char *text, size_t bytes, locale_t c_locale, double *out);
/* The double nearest to mantissa / 10^power, power up to CSV_NUMBER_TENS_MAX. */
#define CSV_NUMBER_TENS_MAX 19
double csv_number_divide(uint64_t mantissa, uint32_t power);

#endif
