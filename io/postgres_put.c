/* postgres_put.c - makes PostgreSQL's binary COPY stream: see postgres_copy.h. */
#include "io/postgres_copy.h"

#include "io/postgres_numeric.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BYTES      (1u << 16)
#define EPOCH_DAYS       INT64_C(10957) /* from 1970-01-01 to 2000-01-01 */
#define DAY_MICROSECONDS INT64_C(86400000000)
#define DATE_DAYS_MIN    INT64_C(-2451545) /* 4714-11-24 BC, PostgreSQL's first, from 2000-01-01 */

void pg_bytes_free(pg_bytes *out)
{
    free(out->data);
    memset(out, 0, sizeof *out);
}

static void put(pg_bytes *out, const void *data, size_t bytes)
{
    if (out->failed) return;
    if (bytes > out->capacity - out->bytes) {
        size_t room = out->capacity ? out->capacity : FIRST_BYTES;
        while (room - out->bytes < bytes && room <= SIZE_MAX / 4)
            room *= 2;
        uint8_t *grown = room - out->bytes < bytes ? NULL : realloc(out->data, room);
        if (!grown) {
            out->failed = true;
            return;
        }
        out->data = grown;
        out->capacity = room;
    }
    memcpy(out->data + out->bytes, data, bytes);
    out->bytes += bytes;
}

/* The lowest bytes of value, the highest first. */
static void put_big(pg_bytes *out, uint64_t value, size_t bytes)
{
    uint8_t big[8];
    for (size_t i = 0; i < bytes; ++i)
        big[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    put(out, big, bytes);
}

static void put_value(pg_bytes *out, uint64_t value, size_t bytes)
{
    put_big(out, bytes, 4);
    put_big(out, value, bytes);
}

void pg_put_header(pg_bytes *out)
{
    static const uint8_t header[19] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n'};
    put(out, header, sizeof header);
}

void pg_put_trailer(pg_bytes *out)
{
    put_big(out, 0xffff, 2);
}

void pg_put_tuple(pg_bytes *out, uint32_t column_count)
{
    put_big(out, column_count, 2);
}

void pg_put_null(pg_bytes *out)
{
    put_big(out, 0xffffffff, 4);
}

static bool put_integer(pg_bytes *out, double value, size_t bytes)
{
    const double limit = ldexp(1.0, (int)bytes * 8 - 1);
    if (value != floor(value) || value < -limit || value >= limit) return false;
    put_value(out, (uint64_t)(int64_t)value, bytes);
    return true;
}

static bool put_real(pg_bytes *out, double value)
{
    const float narrow = (float)value;
    uint32_t bits = 0;
    if (isinf(narrow) && !isinf(value)) return false;
    memcpy(&bits, &narrow, sizeof bits);
    put_value(out, bits, 4);
    return true;
}

static bool put_numeric(pg_bytes *out, double value)
{
    uint8_t room[PG_NUMERIC_ROOM];
    if (isinf(value)) return false;
    const size_t bytes = pg_numeric_encode(value, room);
    put_big(out, bytes, 4);
    put(out, room, bytes);
    return true;
}

bool pg_put_number(pg_bytes *out, pg_type type, double value)
{
    uint64_t bits = 0;
    if (isnan(value) && pg_type_is_number(type)) {
        pg_put_null(out);
        return true;
    }
    switch (type) {
    case PG_INT2: return put_integer(out, value, 2);
    case PG_INT4: return put_integer(out, value, 4);
    case PG_INT8: return put_integer(out, value, 8);
    case PG_FLOAT4: return put_real(out, value);
    case PG_NUMERIC: return put_numeric(out, value);
    case PG_FLOAT8:
        memcpy(&bits, &value, sizeof bits);
        put_value(out, bits, 8);
        return true;
    case PG_OTHER:
    case PG_TEXT:
    case PG_DATE:
    case PG_TIMESTAMP:
    case PG_TIMESTAMPTZ: break;
    }
    return false;
}

bool pg_put_time(pg_bytes *out, pg_type type, int64_t microseconds)
{
    const int64_t epoch = EPOCH_DAYS * DAY_MICROSECONDS;
    if (microseconds < INT64_MIN + epoch + 1) return false;
    const int64_t stamp = microseconds - epoch;
    int64_t days = stamp / DAY_MICROSECONDS;
    if (stamp % DAY_MICROSECONDS < 0) days -= 1;
    if (days < DATE_DAYS_MIN || !pg_type_is_time(type)) return false;
    if (type == PG_DATE) put_value(out, (uint64_t)days, 4);
    else put_value(out, (uint64_t)stamp, 8);
    return true;
}

bool pg_put_text(pg_bytes *out, const char *text, size_t bytes)
{
    if (bytes > PG_FIELD_BYTES_MAX) return false;
    put_big(out, bytes, 4);
    put(out, text, bytes);
    return true;
}
