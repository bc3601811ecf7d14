/* postgres_copy.c - takes PostgreSQL's binary COPY stream apart: see postgres_copy.h. */
#include "io/postgres_copy.h"

#include "io/postgres_numeric.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES        19             /* signature, flags, length of the extension */
#define EXTENSION_BYTES_MAX (1u << 16)     /* nothing has one today */
#define FLAG_OIDS           (1u << 16)     /* before version 12 */
#define FLAGS_CRITICAL      0xffff0000u    /* bits that a reader must know */
#define EPOCH_DAYS          INT64_C(10957) /* from 1970-01-01 to 2000-01-01 */
#define DAY_MICROSECONDS    INT64_C(86400000000)

static const uint8_t signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};

struct pg_copy {
    const uint8_t *at, *end; /* what is not taken yet: of the piece, or of carry */
    uint8_t *carry;          /* a tuple that was cut by the end of a piece, and what follows */
    size_t capacity;
    uint32_t column_count;
    uint64_t rows;
    bool started, ended;
};

/* ---- Types -------------------------------------------------------------------------------- */

pg_type pg_type_of(uint32_t oid)
{
    switch (oid) {
    case 21: return PG_INT2;
    case 23: return PG_INT4;
    case 20: return PG_INT8;
    case 700: return PG_FLOAT4;
    case 701: return PG_FLOAT8;
    case 1700: return PG_NUMERIC;
    case 19:   /* name */
    case 25:   /* text */
    case 1042: /* character(n) */
    case 1043: /* character varying */ return PG_TEXT;
    case 1082: return PG_DATE;
    case 1114: return PG_TIMESTAMP;
    case 1184: return PG_TIMESTAMPTZ;
    default: return PG_OTHER;
    }
}

const char *pg_type_sql(pg_type type)
{
    switch (type) {
    case PG_OTHER: break;
    case PG_INT2: return "smallint";
    case PG_INT4: return "integer";
    case PG_INT8: return "bigint";
    case PG_FLOAT4: return "real";
    case PG_FLOAT8: return "double precision";
    case PG_NUMERIC: return "numeric";
    case PG_TEXT: return "text";
    case PG_DATE: return "date";
    case PG_TIMESTAMP: return "timestamp";
    case PG_TIMESTAMPTZ: return "timestamptz";
    }
    return "?";
}

bool pg_type_is_number(pg_type type)
{
    return type >= PG_INT2 && type <= PG_NUMERIC;
}

bool pg_type_is_time(pg_type type)
{
    return type >= PG_DATE && type <= PG_TIMESTAMPTZ;
}

/* ---- The stream --------------------------------------------------------------------------- */

td_status pg_copy_create(uint32_t column_count, pg_copy **out, td_error *err)
{
    if (column_count == 0 || column_count > PG_COLUMNS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "%" PRIu32 " columns, allowed 1 to %d", column_count,
                       PG_COLUMNS_MAX);
    pg_copy *copy = calloc(1, sizeof *copy);
    if (!copy) return td_fail(err, TD_E_NO_MEMORY, "no memory to read from a server");
    copy->column_count = column_count;
    *out = copy;
    return TD_OK;
}

void pg_copy_destroy(pg_copy *copy)
{
    if (!copy) return;
    free(copy->carry);
    free(copy);
}

td_status pg_copy_feed(pg_copy *copy, const void *data, size_t bytes, td_error *err)
{
    const size_t left = (size_t)(copy->end - copy->at);
    if (left == 0) {
        copy->at = data;
        copy->end = bytes ? copy->at + bytes : copy->at;
        return TD_OK;
    }
    if (bytes > SIZE_MAX / 2 - left)
        return td_fail(err, TD_E_NO_MEMORY, "no memory for a row of that size");
    if (left + bytes > copy->capacity) {
        const size_t room = (left + bytes) * 2;
        uint8_t *grown = malloc(room);
        if (!grown) return td_fail(err, TD_E_NO_MEMORY, "no memory for %zu bytes of a row", room);
        memcpy(grown, copy->at, left);
        free(copy->carry);
        copy->carry = grown;
        copy->capacity = room;
    } else {
        memmove(copy->carry, copy->at, left);
    }
    if (bytes) memcpy(copy->carry + left, data, bytes);
    copy->at = copy->carry;
    copy->end = copy->carry + left + bytes;
    return TD_OK;
}

static uint32_t big32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t big16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static uint64_t big64(const uint8_t *at)
{
    return (uint64_t)big32(at) << 32 | big32(at + 4);
}

static td_status take_header(pg_copy *copy, td_error *err)
{
    const size_t left = (size_t)(copy->end - copy->at);
    const size_t known = left < sizeof signature ? left : sizeof signature;
    if (known && memcmp(copy->at, signature, known) != 0)
        return td_fail(err, TD_E_CORRUPT, "the server's answer is not in the binary COPY format");
    if (left < HEADER_BYTES) return TD_OK;
    const uint32_t flags = big32(copy->at + 11), extension = big32(copy->at + 15);
    if (flags & FLAG_OIDS)
        return td_fail(err, TD_E_CORRUPT, "the server sends row numbers (OIDs): too old a server");
    if ((flags & FLAGS_CRITICAL) || extension > EXTENSION_BYTES_MAX)
        return td_fail(err, TD_E_CORRUPT,
                       "the server's answer is of a newer format (flags %08" PRIx32
                       ", extension of %" PRIu32 " bytes)",
                       flags, extension);
    if (left < HEADER_BYTES + extension) return TD_OK;
    copy->at += HEADER_BYTES + extension;
    copy->started = true;
    return TD_OK;
}

static td_status take_end(pg_copy *copy, td_error *err)
{
    copy->at += 2;
    copy->ended = true;
    if (copy->at == copy->end) return TD_OK;
    return td_fail(err, TD_E_CORRUPT, "the server's answer goes on behind its end");
}

/* Walks over a tuple; *got stays false when it is cut. */
static td_status take_fields(pg_copy *copy, pg_field *fields, bool *got, td_error *err)
{
    const uint8_t *at = copy->at + 2;
    for (uint32_t i = 0; i < copy->column_count; ++i) {
        if (copy->end - at < 4) return TD_OK;
        const int32_t bytes = (int32_t)big32(at);
        at += 4;
        if (bytes < -1 || bytes > (int32_t)PG_FIELD_BYTES_MAX)
            return td_fail(err, TD_E_CORRUPT,
                           "row %" PRIu64 ": value %" PRIu32 " has %" PRId32
                           " bytes, allowed are up to %u",
                           copy->rows + 1, i + 1, bytes, PG_FIELD_BYTES_MAX);
        if (bytes >= 0 && copy->end - at < bytes) return TD_OK;
        fields[i].data = at;
        fields[i].bytes = bytes;
        if (bytes > 0) at += bytes;
    }
    copy->at = at;
    copy->rows += 1;
    *got = true;
    return TD_OK;
}

td_status pg_copy_next(pg_copy *copy, pg_field *fields, bool *got, td_error *err)
{
    td_status status = TD_OK;
    *got = false;
    if (!copy->started) status = take_header(copy, err);
    if (status || !copy->started || copy->at == copy->end) return status;
    if (copy->ended)
        return td_fail(err, TD_E_CORRUPT, "the server's answer goes on behind its end");
    if (copy->end - copy->at < 2) return TD_OK;
    const int16_t count = (int16_t)big16(copy->at);
    if (count == -1) return take_end(copy, err);
    if (count < 0 || (uint32_t)count != copy->column_count)
        return td_fail(err, TD_E_CORRUPT, "row %" PRIu64 " has %d values, expected are %" PRIu32,
                       copy->rows + 1, count, copy->column_count);
    return take_fields(copy, fields, got, err);
}

bool pg_copy_ended(const pg_copy *copy)
{
    return copy->ended && copy->at == copy->end;
}

uint64_t pg_copy_rows(const pg_copy *copy)
{
    return copy->rows;
}

/* ---- Values ------------------------------------------------------------------------------- */

static td_status wrong_size(pg_type type, const pg_field *field, td_error *err)
{
    return td_fail(err, TD_E_CORRUPT, "a value of type %s has %" PRId32 " bytes", pg_type_sql(type),
                   field->bytes);
}

static td_status take_integer(pg_type type, const pg_field *field, int64_t *out, td_error *err)
{
    const int32_t want = type == PG_INT2 ? 2 : type == PG_INT4 ? 4 : 8;
    if (field->bytes != want) return wrong_size(type, field, err);
    if (type == PG_INT2) *out = (int16_t)big16(field->data);
    if (type == PG_INT4) *out = (int32_t)big32(field->data);
    if (type == PG_INT8) *out = (int64_t)big64(field->data);
    return TD_OK;
}

static td_status take_float(pg_type type, const pg_field *field, double *out, td_error *err)
{
    if (field->bytes != (type == PG_FLOAT4 ? 4 : 8)) return wrong_size(type, field, err);
    if (type == PG_FLOAT4) {
        const uint32_t bits = big32(field->data);
        float value = 0;
        memcpy(&value, &bits, sizeof value);
        *out = (double)value;
    } else {
        const uint64_t bits = big64(field->data);
        memcpy(out, &bits, sizeof *out);
    }
    return TD_OK;
}

td_status pg_number(pg_type type, const pg_field *field, double *out, td_error *err)
{
    int64_t whole = 0;
    td_status status = TD_OK;
    if (field->bytes < 0) {
        *out = NAN;
        return TD_OK;
    }
    if (type == PG_NUMERIC) return pg_numeric_decode(field->data, (size_t)field->bytes, out, err);
    if (type == PG_FLOAT4 || type == PG_FLOAT8) return take_float(type, field, out, err);
    if (type != PG_INT2 && type != PG_INT4 && type != PG_INT8)
        return td_fail(err, TD_E_BAD_ARGUMENT, "a value of type %s is no number",
                       pg_type_sql(type));
    status = take_integer(type, field, &whole, err);
    if (!status) *out = (double)whole;
    return status;
}

static td_status take_stamp(pg_type type, const pg_field *field, int64_t *out, td_error *err)
{
    if (field->bytes != 8) return wrong_size(type, field, err);
    const int64_t value = (int64_t)big64(field->data);
    if (value == INT64_MAX || value == INT64_MIN)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a time is infinite");
    if (value > INT64_MAX - EPOCH_DAYS * DAY_MICROSECONDS)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a time is too far away");
    *out = value + EPOCH_DAYS * DAY_MICROSECONDS;
    return TD_OK;
}

td_status pg_time(pg_type type, const pg_field *field, int64_t *out, td_error *err)
{
    if (type == PG_TIMESTAMP || type == PG_TIMESTAMPTZ) return take_stamp(type, field, out, err);
    if (type != PG_DATE)
        return td_fail(err, TD_E_BAD_ARGUMENT, "a value of type %s is no time", pg_type_sql(type));
    if (field->bytes != 4) return wrong_size(type, field, err);
    const int32_t days = (int32_t)big32(field->data);
    if (days == INT32_MAX || days == INT32_MIN)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a date is infinite");
    if (days > INT64_MAX / DAY_MICROSECONDS - EPOCH_DAYS ||
        days < INT64_MIN / DAY_MICROSECONDS - EPOCH_DAYS)
        return td_fail(err, TD_E_OUT_OF_RANGE, "a date is too far away");
    *out = ((int64_t)days + EPOCH_DAYS) * DAY_MICROSECONDS;
    return TD_OK;
}

td_status pg_text(pg_type type, const pg_field *field, char room[PG_INTEGER_ROOM],
                  const char **text, size_t *bytes, td_error *err)
{
    int64_t whole = 0;
    if (type == PG_TEXT && field->bytes >= 0) {
        *text = (const char *)field->data;
        *bytes = (size_t)field->bytes;
        return TD_OK;
    }
    if (field->bytes < 0 || (type != PG_INT2 && type != PG_INT4 && type != PG_INT8))
        return td_fail(err, TD_E_BAD_ARGUMENT, "a value of type %s is no text", pg_type_sql(type));
    const td_status status = take_integer(type, field, &whole, err);
    if (status) return status;
    *bytes = (size_t)snprintf(room, PG_INTEGER_ROOM, "%" PRId64, whole);
    *text = room;
    return TD_OK;
}
