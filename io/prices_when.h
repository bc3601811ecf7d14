/* prices_when.h - what a field of a CSV file says about time. prices_csv.h lists the forms. */
#ifndef TANDEM_IO_PRICES_WHEN_H
#define TANDEM_IO_PRICES_WHEN_H
#include "io/prices_csv.h"

typedef struct price_when {
    int64_t local;      /* seconds since 1970-01-01T00:00 of the clock on the wall */
    int32_t offset;     /* what its clock is ahead of UTC */
    bool has_clock;     /* there is a time of day */
    bool has_offset;    /* offset is told: epochs and ISO 8601 with Z or +09:00 */
} price_when;

/* NULL, or what is wrong with all bytes of text. The text needs no end. */
const char *price_when_parse(const char *text, size_t bytes, price_order order, price_when *out);
/* A time of day alone: "09:30", "09:30:00", "0930", "93000"; seconds. */
const char *price_clock_parse(const char *text, size_t bytes, int32_t *out);
/* What is allowed, for messages. */
extern const char *const price_when_allowed;

#endif
