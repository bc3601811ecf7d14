/* postgres_copy.h - PostgreSQL's binary COPY format, both ways; bytes alone, no connection.
 *
 * A stream is a header, tuples and a trailer (PostgreSQL's manual, COPY, "Binary Format"). A reader
 * is fed whatever pieces the connection gives and hands out whole tuples; nothing that the bytes
 * say is trusted: counts, lengths and values are checked against bounds. */
#ifndef TANDEM_IO_POSTGRES_COPY_H
#define TANDEM_IO_POSTGRES_COPY_H
#include "tandem/module.h"

#define PG_FIELD_BYTES_MAX (1u << 20)    /* of one value */
#define PG_COLUMNS_MAX     1600          /* PostgreSQL's own limit */

typedef enum pg_type {
    PG_OTHER = 0,    /* none of these: cannot be read */
    PG_INT2, PG_INT4, PG_INT8, PG_FLOAT4, PG_FLOAT8, PG_NUMERIC, PG_TEXT, PG_DATE, PG_TIMESTAMP,
    PG_TIMESTAMPTZ
} pg_type;

pg_type pg_type_of(uint32_t oid);              /* of pg_type.oid */
const char *pg_type_sql(pg_type type);         /* "double precision"; "?" for PG_OTHER */
bool pg_type_is_number(pg_type type);
bool pg_type_is_time(pg_type type);

/* ---- Reading ------------------------------------------------------------------------------ */

typedef struct pg_field {
    const uint8_t *data;
    int32_t bytes;           /* -1: NULL */
} pg_field;

typedef struct pg_copy pg_copy;

/* column_count: what each tuple must have, at most PG_COLUMNS_MAX. */
TD_MUST_USE td_status pg_copy_create(uint32_t column_count, pg_copy **out, td_error *err);
void pg_copy_destroy(pg_copy *copy);    /* NULL is fine */
/* The next piece; data is borrowed until the next call of feed. Tuples must have been taken before
 * (pg_copy_next said that there is none). */
TD_MUST_USE td_status pg_copy_feed(pg_copy *copy, const void *data, size_t bytes, td_error *err);
/* *got: fields[column_count] hold a tuple, valid until feed is called; else more is to be fed.
 * TD_E_CORRUPT: not this format, naming the tuple. */
TD_MUST_USE td_status pg_copy_next(pg_copy *copy, pg_field *fields, bool *got, td_error *err);
bool pg_copy_ended(const pg_copy *copy);         /* the trailer came, and nothing after it */
uint64_t pg_copy_rows(const pg_copy *copy);      /* tuples handed out */

/* A number of any of the number types as the double nearest to it; NULL is NaN. TD_E_CORRUPT: not
 * such a value. */
TD_MUST_USE td_status pg_number(pg_type type, const pg_field *field, double *out, td_error *err);
/* Microseconds since 1970-01-01T00:00, of a date, timestamp or timestamptz. TD_E_OUT_OF_RANGE:
 * infinite, or too far away. The field must not be NULL. */
TD_MUST_USE td_status pg_time(pg_type type, const pg_field *field, int64_t *out, td_error *err);
#define PG_INTEGER_ROOM 24
/* A text as it is, or an integer as decimal digits in room; *text is not 0-terminated. */
TD_MUST_USE td_status pg_text(pg_type type, const pg_field *field, char room[PG_INTEGER_ROOM],
                              const char **text, size_t *bytes, td_error *err);

/* ---- Writing ------------------------------------------------------------------------------ */

/* Starts as {0}. After a failed allocation, failed is set and nothing more is added. */
typedef struct pg_bytes {
    uint8_t *data;
    size_t bytes, capacity;
    bool failed;
} pg_bytes;

void pg_bytes_free(pg_bytes *out);
void pg_put_header(pg_bytes *out);
void pg_put_trailer(pg_bytes *out);
void pg_put_tuple(pg_bytes *out, uint32_t column_count);    /* its fields follow */
void pg_put_null(pg_bytes *out);
/* As a value of any number type; NaN is NULL. False, and nothing is added, when the type cannot
 * hold it: an integer type a fraction or too much, numeric an infinity, real a value too large.
 * real rounds. */
TD_MUST_USE bool pg_put_number(pg_bytes *out, pg_type type, double value);
/* From microseconds since 1970; a date drops the time of day. False: out of range. */
TD_MUST_USE bool pg_put_time(pg_bytes *out, pg_type type, int64_t microseconds);
/* bytes at most PG_FIELD_BYTES_MAX, else false. */
TD_MUST_USE bool pg_put_text(pg_bytes *out, const char *text, size_t bytes);

#endif
