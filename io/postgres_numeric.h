/* postgres_numeric.h - PostgreSQL's numeric as it is sent: digits to the base of 10000. */
#ifndef TANDEM_IO_POSTGRES_NUMERIC_H
#define TANDEM_IO_POSTGRES_NUMERIC_H
#include "tandem/module.h"

/* The double nearest to the value (ties to even), however many digits it has; too large a value is
 * infinite, as strtod has it. TD_E_CORRUPT: not such a value. */
TD_MUST_USE td_status pg_numeric_decode(const uint8_t *data, size_t bytes, double *out,
                                        td_error *err);
#define PG_NUMERIC_ROOM 256
/* The shortest decimal text that gives value back, as a numeric; returns its bytes. value is
 * finite. */
size_t pg_numeric_encode(double value, uint8_t room[PG_NUMERIC_ROOM]);

#endif
