/* fuzz_postgres.c - random bytes as a server's binary COPY stream, and as URLs. The first byte
 * chooses the columns, the second how the stream is cut into pieces. Every field is decoded as
 * every type; a tuple must be the same however the stream is cut. */
#include "io/postgres_copy.h"
#include "io/postgres_url.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 8

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static volatile unsigned char fuzz_sink; /* so that every byte is read */

static void require(bool truth)
{
    if (!truth) __builtin_trap();
}

static void check_field(const pg_field *field)
{
    for (int type = PG_OTHER; type <= PG_TIMESTAMPTZ; ++type) {
        char room[PG_INTEGER_ROOM];
        const char *text = NULL;
        size_t bytes = 0;
        int64_t time = 0;
        double value = 0;
        td_error err = TD_ERROR_INIT;
        require(pg_number((pg_type)type, field, &value, &err) == err.status);
        require(field->bytes >= 0 || isnan(value));
        err.status = TD_OK;
        require(pg_time((pg_type)type, field, &time, &err) == err.status);
        err.status = TD_OK;
        require(pg_text((pg_type)type, field, room, &text, &bytes, &err) == err.status);
        for (size_t i = 0; text && i < bytes; ++i)
            fuzz_sink = (unsigned char)text[i];
    }
}

/* A sum over all tuples, to compare; *ended and the rows too. */
static uint64_t read_stream(const unsigned char *data, size_t size, uint32_t columns, size_t piece,
                            uint64_t *rows, bool *ended)
{
    pg_copy *copy = NULL;
    pg_field field[COLUMNS_MAX];
    td_error err = TD_ERROR_INIT;
    uint64_t sum = 0;
    td_status status = pg_copy_create(columns, &copy, &err);
    for (size_t at = 0; at < size && !status; at += piece) {
        bool got = true;
        const size_t bytes = size - at < piece ? size - at : piece;
        status = pg_copy_feed(copy, data + at, bytes, &err);
        while (!status && got) {
            status = pg_copy_next(copy, field, &got, &err);
            for (uint32_t i = 0; got && !status && i < columns; ++i) {
                check_field(&field[i]);
                sum = sum * 31 + (uint64_t)(int64_t)field[i].bytes;
                for (int32_t k = 0; k < field[i].bytes; ++k)
                    sum = sum * 31 + field[i].data[k];
            }
        }
    }
    require(!status || (status == TD_E_CORRUPT && err.message[0]));
    *rows = pg_copy_rows(copy);
    *ended = !status && pg_copy_ended(copy);
    pg_copy_destroy(copy);
    return sum;
}

static void check_url(const unsigned char *data, size_t size)
{
    td_error err = TD_ERROR_INIT;
    sql_text sql = {0};
    postgres_url url;
    char *text = malloc(size + 14), *plain = NULL;
    require(text != NULL);
    memcpy(text, "postgresql://", 13);
    memcpy(text + 13, data, size);
    text[13 + size] = 0;
    plain = postgres_url_plain(text);
    /* No credentials are left. */
    require(plain && (!strchr(plain + 13, '@') ||
                      !memchr(plain + 13, ':', (size_t)(strchr(plain + 13, '@') - plain) - 13)));
    if (postgres_url_split(text, &url, &err) == TD_OK) postgres_url_free(&url);
    else require(err.status == TD_E_BAD_ARGUMENT);
    err.status = TD_OK;
    require(sql_add_table(&sql, text + 13, &err) == err.status);
    sql_free(&sql);
    free(plain);
    free(text);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    uint64_t rows = 0, rows_cut = 0;
    bool ended = false, ended_cut = false;
    if (size < 2) return 0;
    const uint32_t columns = 1 + data[0] % COLUMNS_MAX;
    const size_t piece = 1 + data[1];
    data += 2;
    size -= 2;
    const uint64_t whole = read_stream(data, size, columns, size ? size : 1, &rows, &ended);
    const uint64_t cut = read_stream(data, size, columns, piece, &rows_cut, &ended_cut);
    require(whole == cut && rows == rows_cut && ended == ended_cut);
    check_url(data, size);
    return 0;
}
