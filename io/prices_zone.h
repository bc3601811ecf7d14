/* prices_zone.h - time zones from the system's zone data (RFC 8536), without the process's own.
 *
 * Names are those of the data: "Asia/Seoul", "America/New_York", "UTC". They are looked for in
 * $TZDIR, else in /usr/share/zoneinfo. */
#ifndef TANDEM_IO_PRICES_ZONE_H
#define TANDEM_IO_PRICES_ZONE_H
#include "tandem/module.h"

typedef struct price_zone price_zone;    /* never changes; any thread */

/* TD_E_NOT_FOUND: no zone of that name; TD_E_CORRUPT: its data cannot be read. "UTC" needs none. */
TD_MUST_USE td_status price_zone_open(const char *name, price_zone **out, td_error *err);
/* The same from the bytes of a zone file. */
TD_MUST_USE td_status price_zone_open_memory(const char *name, const void *data, size_t bytes,
                                             price_zone **out, td_error *err);
const char *price_zone_name(const price_zone *zone);
void price_zone_close(price_zone *zone);    /* NULL is fine */

/* Seconds to be added to UTC at this instant. */
int32_t price_zone_offset(const price_zone *zone, int64_t utc);
/* local: seconds since 1970-01-01T00:00 of the clock on the wall. NULL, or why it is no instant:
 * the clock jumped over it, or showed it twice. */
const char *price_zone_utc(const price_zone *zone, int64_t local, int64_t *utc);

#endif
