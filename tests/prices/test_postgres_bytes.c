/* test_postgres_bytes.c - PostgreSQL's binary COPY format on made-up bytes, and URLs as text: all
 * that needs no server. */
#include "io/postgres_copy.h"
#include "io/postgres_numeric.h"
#include "io/postgres_url.h"

#include "tests/check.h"

#define ROWS    200
#define COLUMNS 5

static td_error err = TD_ERROR_INIT;

/* ---- The stream --------------------------------------------------------------------------- */

typedef struct value_row {
    double number, numeric, whole;
    int64_t time;
    char text[16];
} value_row;

static value_row sent[ROWS];

static double random_double(void)
{
    double value = 0;
    const uint64_t bits = check_random();
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? value : NAN;
}

static void make_stream(pg_bytes *out)
{
    pg_put_header(out);
    for (int i = 0; i < ROWS; ++i) {
        sent[i].number = random_double();
        sent[i].numeric = random_double();
        sent[i].whole = (double)(int32_t)check_random();
        sent[i].time = (int64_t)(check_random() % 400000) * 1000000000;
        snprintf(sent[i].text, sizeof sent[i].text, "%06d", i * 37);
        pg_put_tuple(out, COLUMNS);
        CHECK(pg_put_number(out, PG_FLOAT8, sent[i].number));
        CHECK(pg_put_number(out, PG_NUMERIC, sent[i].numeric));
        CHECK(pg_put_number(out, PG_INT4, sent[i].whole));
        CHECK(pg_put_time(out, PG_TIMESTAMP, sent[i].time));
        CHECK(pg_put_text(out, sent[i].text, strlen(sent[i].text)));
    }
    pg_put_trailer(out);
    CHECK(!out->failed);
}

static void check_row(const pg_field *field, const value_row *want)
{
    char room[PG_INTEGER_ROOM];
    const char *text = NULL;
    size_t bytes = 0;
    int64_t time = 0;
    double value = 0;
    CHECK_STATUS(TD_OK, pg_number(PG_FLOAT8, &field[0], &value, &err), &err);
    CHECK(isnan(want->number) ? isnan(value) : memcmp(&value, &want->number, sizeof value) == 0);
    CHECK_STATUS(TD_OK, pg_number(PG_NUMERIC, &field[1], &value, &err), &err);
    CHECK(isnan(want->numeric) ? isnan(value) : value == want->numeric);
    CHECK_STATUS(TD_OK, pg_number(PG_INT4, &field[2], &value, &err), &err);
    CHECK(value == want->whole);
    CHECK_STATUS(TD_OK, pg_time(PG_TIMESTAMP, &field[3], &time, &err), &err);
    CHECK_INT(want->time, time);
    CHECK_STATUS(TD_OK, pg_text(PG_TEXT, &field[4], room, &text, &bytes, &err), &err);
    CHECK_INT(strlen(want->text), bytes);
    CHECK(memcmp(want->text, text, bytes) == 0);
}

TEST(rows_come_back_whatever_the_pieces)
{
    pg_bytes out = {NULL, 0, 0, false};
    make_stream(&out);
    for (int round = 0; round < 20; ++round) {
        pg_copy *copy = NULL;
        pg_field field[COLUMNS];
        size_t at = 0;
        int rows = 0;
        CHECK_STATUS(TD_OK, pg_copy_create(COLUMNS, &copy, &err), &err);
        while (at < out.bytes) {
            size_t piece = round == 0 ? 1 : 1 + check_random() % (round * 40);
            bool got = true;
            if (piece > out.bytes - at) piece = out.bytes - at;
            /* A copy of its own size, so that reading past its end is seen. */
            uint8_t *held = malloc(piece);
            memcpy(held, out.data + at, piece);
            CHECK_STATUS(TD_OK, pg_copy_feed(copy, held, piece, &err), &err);
            while (got) {
                CHECK_STATUS(TD_OK, pg_copy_next(copy, field, &got, &err), &err);
                if (got) check_row(field, &sent[rows++]);
            }
            at += piece;
            CHECK_INT(at == out.bytes, pg_copy_ended(copy));
            /* What is left over is taken in before the piece may go. */
            CHECK_STATUS(TD_OK, pg_copy_feed(copy, "", 0, &err), &err);
            free(held);
        }
        CHECK_INT(ROWS, rows);
        CHECK_INT(ROWS, pg_copy_rows(copy));
        pg_copy_destroy(copy);
    }
    pg_bytes_free(&out);
}

/* Feeds bytes at once; the status of the first thing that is wrong. */
static td_status read_all(const void *data, size_t bytes, uint32_t columns, uint64_t *rows,
                          bool *ended)
{
    pg_copy *copy = NULL;
    pg_field field[8];
    bool got = true;
    td_status status = pg_copy_create(columns, &copy, &err);
    if (!status) status = pg_copy_feed(copy, data, bytes, &err);
    while (!status && got)
        status = pg_copy_next(copy, field, &got, &err);
    *rows = copy ? pg_copy_rows(copy) : 0;
    *ended = copy && pg_copy_ended(copy);
    pg_copy_destroy(copy);
    return status;
}

TEST(a_stream_that_is_cut_has_not_ended)
{
    pg_bytes out = {NULL, 0, 0, false};
    uint64_t rows = 0, before = 0;
    bool ended = false;
    make_stream(&out);
    for (size_t bytes = 0; bytes < out.bytes; ++bytes) {
        uint8_t *held = malloc(bytes + 1);
        memcpy(held, out.data, bytes);
        CHECK_STATUS(TD_OK, read_all(held, bytes, COLUMNS, &rows, &ended), &err);
        CHECK(!ended && rows >= before && rows <= ROWS);
        before = rows;
        free(held);
    }
    CHECK_INT(ROWS, rows);
    pg_bytes_free(&out);
}

static uint8_t head[64] = "PGCOPY\n\xff\r\n\0";
#define HEAD 19

TEST(bytes_that_lie_are_refused)
{
    static const struct {
        uint8_t bytes[16];
        size_t count;
        const char *says;
    } bad[] = {
        {{0, 3}, 2, "row 1 has 3 values, expected are 2"},
        {{0xff, 0xfe}, 2, "row 1 has -2 values"},
        {{0, 2, 0xff, 0xff, 0xff, 0xfe}, 6, "value 1 has -2 bytes"},
        {{0, 2, 0x7f, 0xff, 0xff, 0xff}, 6, "value 1 has 2147483647 bytes"},
        {{0, 2, 0, 0x10, 0, 1}, 6, "value 1 has 1048577 bytes"},
        {{0, 2, 0, 0, 0, 0, 0x80, 0, 0, 0}, 10, "value 2 has -2147483648 bytes"},
        {{0xff, 0xff, 0, 0}, 4, "goes on behind its end"},
    };
    uint64_t rows = 0;
    bool ended = false;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        memcpy(head + HEAD, bad[i].bytes, bad[i].count);
        CHECK_STATUS(TD_E_CORRUPT, read_all(head, HEAD + bad[i].count, 2, &rows, &ended), &err);
        CHECK_HAS(bad[i].says, err.message);
        CHECK(!ended);
    }
    memset(head + HEAD, 0, 8);
    head[12] = 1; /* rows with OIDs */
    CHECK_STATUS(TD_E_CORRUPT, read_all(head, HEAD + 2, 2, &rows, &ended), &err);
    CHECK_HAS("OID", err.message);
    head[12] = 2;
    CHECK_STATUS(TD_E_CORRUPT, read_all(head, HEAD + 2, 2, &rows, &ended), &err);
    head[12] = 0;
    head[14] = 1; /* a flag that a reader need not know */
    CHECK_STATUS(TD_OK, read_all(head, HEAD, 2, &rows, &ended), &err);
    head[14] = 0;
    head[15] = 0x7f; /* an extension of 2 GiB */
    CHECK_STATUS(TD_E_CORRUPT, read_all(head, HEAD, 2, &rows, &ended), &err);
    head[15] = 0;
    CHECK_STATUS(TD_E_CORRUPT, read_all("PGCOPX", 6, 2, &rows, &ended), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, read_all(head, HEAD, 0, &rows, &ended), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, read_all(head, HEAD, PG_COLUMNS_MAX + 1, &rows, &ended), &err);
}

/* ---- Values ------------------------------------------------------------------------------- */

static td_status number_of(pg_type type, const void *data, int32_t bytes, double *out)
{
    const pg_field field = {data, bytes};
    return pg_number(type, &field, out, &err);
}

TEST(numbers_of_every_type)
{
    double value = 0;
    CHECK_STATUS(TD_OK, number_of(PG_INT2, "\xff\xfe", 2, &value), &err);
    CHECK_NEAR(-2, value, 0);
    CHECK_STATUS(TD_OK, number_of(PG_INT4, "\x80\0\0\0", 4, &value), &err);
    CHECK_NEAR(-2147483648.0, value, 0);
    CHECK_STATUS(TD_OK, number_of(PG_INT8, "\x00\x20\0\0\0\0\0\x01", 8, &value), &err);
    CHECK_NEAR(9007199254740992.0, value, 0);
    CHECK_STATUS(TD_OK, number_of(PG_FLOAT4, "\x3f\x80\0\0", 4, &value), &err);
    CHECK_NEAR(1, value, 0);
    CHECK_STATUS(TD_OK, number_of(PG_FLOAT8, NULL, -1, &value), &err);
    CHECK(isnan(value));
    for (int type = PG_INT2; type <= PG_NUMERIC; ++type)
        for (int bytes = 0; bytes < 8; ++bytes) {
            const bool fits = (type == PG_INT2 && bytes == 2) || (type == PG_INT4 && bytes == 4) ||
                              (type == PG_FLOAT4 && bytes == 4);
            CHECK_INT(fits ? TD_OK : TD_E_CORRUPT,
                      number_of((pg_type)type, "\x01\x02\x03\x04\x05\x06\x07\x08", bytes, &value));
        }
    CHECK_STATUS(TD_E_BAD_ARGUMENT, number_of(PG_TEXT, "1", 1, &value), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, number_of(PG_OTHER, "1", 1, &value), &err);
}

/* Digits and a power of ten as a numeric, made as plainly as its definition. */
static size_t make_numeric(const char *digits, int power, uint8_t *out)
{
    char text[4096] = "";
    const int count = (int)strlen(digits);
    int last = power - count + 1, groups = 0, first = power;
    while (((first % 4) + 4) % 4 != 3) /* zeros in front, so that groups begin where they must */
        first += 1;
    memset(text, '0', sizeof text - 1);
    memcpy(text + (first - power), digits, (size_t)count);
    while (((last % 4) + 4) % 4 != 0)
        last -= 1;
    for (int at = first; at > last; at -= 4, ++groups) {
        char four[5] = "";
        memcpy(four, text + (first - at), 4);
        const int group = (int)strtol(four, NULL, 10);
        out[8 + 2 * groups] = (uint8_t)(group >> 8);
        out[9 + 2 * groups] = (uint8_t)group;
    }
    const int weight = (first - 3) / 4;
    memset(out, 0, 8);
    out[0] = (uint8_t)(groups >> 8);
    out[1] = (uint8_t)groups;
    out[2] = (uint8_t)((unsigned)weight >> 8);
    out[3] = (uint8_t)weight;
    return 8 + 2 * (size_t)groups;
}

static void check_decimal(const char *digits, int power)
{
    static uint8_t bytes[8192];
    char text[4096];
    double value = 0;
    snprintf(text, sizeof text, "%se%d", digits, power - (int)strlen(digits) + 1);
    const double want = strtod(text, NULL);
    const size_t count = make_numeric(digits, power, bytes);
    CHECK_STATUS(TD_OK, pg_numeric_decode(bytes, count, &value, &err), &err);
    if (memcmp(&value, &want, sizeof value) != 0)
        CHECK_FAIL("%s: expected %.17g, got %.17g", text, want, value);
}

TEST(numerics_are_the_nearest_double)
{
    char digits[1200];
    for (int i = 0; i < 20000; ++i) {
        const int count = 1 + (int)(check_random() % (i % 10 == 0 ? 900 : 40));
        for (int k = 0; k < count; ++k)
            digits[k] = (char)('0' + check_random() % 10);
        digits[0] = (char)('1' + check_random() % 9);
        digits[count] = 0;
        check_decimal(digits, (int)(check_random() % 640) - 330);
    }
    /* Half way between two doubles, and a hair above it, far behind: 2^53 + 1. */
    snprintf(digits, sizeof digits, "9007199254740993");
    memset(digits + 16, '0', 1000);
    digits[1016] = 0;
    check_decimal(digits, 15);
    digits[1015] = '1';
    check_decimal(digits, 15);
    check_decimal("1", 0);
    check_decimal("49", -324);
    check_decimal("17976931348623157", 308);
    check_decimal("18", 308);
}

TEST(numerics_that_are_written_come_back)
{
    uint8_t room[PG_NUMERIC_ROOM];
    static const double edges[] = {0,
                                   1,
                                   10,
                                   100,
                                   1000,
                                   10000,
                                   99999,
                                   0.1,
                                   0.01,
                                   0.001,
                                   0.0001,
                                   0.00001,
                                   12345.678,
                                   5e-324,
                                   1.7976931348623157e308,
                                   0.3,
                                   1e22,
                                   1e23,
                                   123456789012345680.0};
    for (int i = 0; i < 20000; ++i) {
        double value = i < 38 ? edges[i / 2] * (i % 2 ? -1 : 1) : random_double(), back = 0;
        if (i >= 10000) value = (double)(int64_t)(check_random() % 100000000) / 100.0;
        if (isnan(value)) continue;
        const size_t bytes = pg_numeric_encode(value, room);
        CHECK(bytes <= PG_NUMERIC_ROOM);
        CHECK_STATUS(TD_OK, pg_numeric_decode(room, bytes, &back, &err), &err);
        CHECK(back == value);
    }
    /* 0.1 is sent as 0.1: one group 1000, weight -1, one decimal place. */
    CHECK_INT(10, pg_numeric_encode(0.1, room));
    CHECK(memcmp(room, "\0\1\xff\xff\0\0\0\1\x03\xe8", 10) == 0);
    CHECK_INT(12, pg_numeric_encode(-12345.5, room) - 2);
    CHECK(memcmp(room, "\0\3\0\1\x40\0\0\1\0\1\x09\x29\x13\x88", 14) == 0);
}

TEST(numerics_that_lie_are_refused)
{
    double value = 0;
    CHECK_STATUS(TD_OK, pg_numeric_decode((const uint8_t *)"\0\0\0\0\xc0\0\0\0", 8, &value, &err),
                 &err);
    CHECK(isnan(value));
    CHECK_STATUS(TD_OK, pg_numeric_decode((const uint8_t *)"\0\0\0\0\xd0\0\0\0", 8, &value, &err),
                 &err);
    CHECK(isinf(value) && value > 0);
    CHECK_STATUS(TD_OK, pg_numeric_decode((const uint8_t *)"\0\0\0\0\xf0\0\0\0", 8, &value, &err),
                 &err);
    CHECK(isinf(value) && value < 0);
    const uint8_t digit[] = {0, 1, 0, 0, 0, 0, 0, 0, 0x27, 0x10};
    CHECK_STATUS(TD_E_CORRUPT, pg_numeric_decode(digit, 10, &value, &err), &err);
    CHECK_HAS("digit 10000", err.message);
    CHECK_STATUS(TD_E_CORRUPT, pg_numeric_decode(digit, 9, &value, &err), &err);
    CHECK_STATUS(TD_E_CORRUPT, pg_numeric_decode(digit, 7, &value, &err), &err);
    const uint8_t sign[] = {0, 0, 0, 0, 0x12, 0x34, 0, 0};
    CHECK_STATUS(TD_E_CORRUPT, pg_numeric_decode(sign, 8, &value, &err), &err);
    CHECK_HAS("sign 1234", err.message);
}

static td_status time_of(pg_type type, const void *data, int32_t bytes, int64_t *out)
{
    const pg_field field = {data, bytes};
    return pg_time(type, &field, out, &err);
}

TEST(times)
{
    int64_t time = 0;
    CHECK_STATUS(TD_OK, time_of(PG_DATE, "\0\0\0\0", 4, &time), &err);
    CHECK_INT(946684800000000, time);
    CHECK_STATUS(TD_OK, time_of(PG_DATE, "\xff\xff\xd5\x33", 4, &time), &err);
    CHECK_INT(0, time);
    CHECK_STATUS(TD_OK, time_of(PG_TIMESTAMPTZ, "\0\0\0\0\0\0\0\x01", 8, &time), &err);
    CHECK_INT(946684800000001, time);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, time_of(PG_DATE, "\x7f\xff\xff\xff", 4, &time), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, time_of(PG_DATE, "\x80\0\0\0", 4, &time), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, time_of(PG_DATE, "\x7f\xff\xff\xfe", 4, &time), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 time_of(PG_TIMESTAMP, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8, &time), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE,
                 time_of(PG_TIMESTAMP, "\x7f\xff\xff\xff\xff\xff\xff\xfe", 8, &time), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, time_of(PG_TIMESTAMP, "\x80\0\0\0\0\0\0\0", 8, &time), &err);
    CHECK_STATUS(TD_E_CORRUPT, time_of(PG_TIMESTAMP, "\0\0\0\0", 4, &time), &err);
    CHECK_STATUS(TD_E_CORRUPT, time_of(PG_DATE, "", 0, &time), &err);
    CHECK_STATUS(TD_E_CORRUPT, time_of(PG_DATE, NULL, -1, &time), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, time_of(PG_FLOAT8, "\0\0\0\0", 4, &time), &err);
    pg_bytes out = {NULL, 0, 0, false};
    CHECK(pg_put_time(&out, PG_DATE, -1)); /* the day before 1970 */
    CHECK_STATUS(TD_OK, time_of(PG_DATE, out.data + 4, 4, &time), &err);
    CHECK_INT(-86400000000, time);
    CHECK(!pg_put_time(&out, PG_DATE, INT64_MIN));
    CHECK(!pg_put_time(&out, PG_TEXT, 0));
    CHECK_INT(8, out.bytes);
    pg_bytes_free(&out);
}

TEST(values_that_a_type_cannot_hold)
{
    pg_bytes out = {NULL, 0, 0, false};
    CHECK(!pg_put_number(&out, PG_INT2, 32768));
    CHECK(!pg_put_number(&out, PG_INT4, 0.5));
    CHECK(!pg_put_number(&out, PG_INT8, 9223372036854775808.0));
    CHECK(!pg_put_number(&out, PG_NUMERIC, INFINITY));
    CHECK(!pg_put_number(&out, PG_FLOAT4, 1e300));
    CHECK(!pg_put_number(&out, PG_DATE, 1));
    CHECK(!pg_put_number(&out, PG_TEXT, NAN));
    CHECK(!pg_put_text(&out, "", (size_t)PG_FIELD_BYTES_MAX + 1));
    CHECK_INT(0, out.bytes);
    CHECK(pg_put_number(&out, PG_INT2, -32768));
    CHECK(pg_put_number(&out, PG_INT8, -9223372036854775808.0));
    CHECK(pg_put_number(&out, PG_FLOAT4, INFINITY));
    CHECK(pg_put_number(&out, PG_INT4, NAN));
    CHECK_INT(6 + 12 + 8 + 4, out.bytes);
    pg_bytes_free(&out);
}

/* ---- URLs and names ----------------------------------------------------------------------- */

static void check_plain(const char *url, const char *plain)
{
    char *made = postgres_url_plain(url);
    CHECK_TEXT(plain, made);
    free(made);
}

TEST(urls_are_shown_without_passwords)
{
    check_plain("postgresql://a:b@h:5/d", "postgresql://a@h:5/d");
    check_plain("postgres://a@h/d?x=1", "postgres://a@h/d?x=1");
    check_plain("POSTGRESQL://a:b@h", "POSTGRESQL://a@h");
    check_plain("postgresql://a:b%40c@h/d?password=z&x=1&sslpassword=y", "postgresql://a@h/d?x=1");
    check_plain("postgresql://h/d?PASSWORD=z", "postgresql://h/d");
    check_plain("postgresql://a:s@c/r?t=1@h/d", "postgresql://a@h/d");
    check_plain("postgresql://a:p/w@h", "postgresql://a@h");
    check_plain("postgresql://a:p?w=1@h", "postgresql://a@h");
    check_plain("postgresql://:only@h", "postgresql://@h");
    check_plain("postgresql://", "postgresql://");
    check_plain("prices.csv", "prices.csv");
    check_plain("a:b@c", "a:b@c");
    char text[64] = "secret, secretsecret and sec";
    postgres_scrub(text, sizeof text, "secret");
    CHECK_TEXT("***, ****** and sec", text);
    postgres_scrub(text, sizeof text, NULL);
    postgres_scrub(text, sizeof text, "");
    postgres_scrub(text, sizeof text, "an");
    CHECK_TEXT("***, ****** and sec", text);
    CHECK(postgres_is_url("postgres://x") && !postgres_is_url("x") && !postgres_is_url(NULL));
}

static td_status split(const char *text, postgres_url *url)
{
    return postgres_url_split(text, url, &err);
}

TEST(urls_are_split)
{
    postgres_url url;
    CHECK_STATUS(TD_OK,
                 split("postgresql://a:b@h/d?table=x.%22Y%22&sslmode=require&query=a%20b", &url),
                 &err);
    CHECK_TEXT("postgresql://a:b@h/d?sslmode=require", url.connect);
    CHECK_TEXT("postgresql://a@h/d?sslmode=require", url.plain);
    CHECK_TEXT("x.\"Y\"", url.table);
    CHECK_TEXT("a b", url.query);
    postgres_url_free(&url);
    CHECK_STATUS(TD_OK, split("postgresql://h", &url), &err);
    CHECK(!url.table && !url.query);
    postgres_url_free(&url);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, split("http://h", &url), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, split("postgresql://h/d?table=a&table=b", &url), &err);
    CHECK_HAS("table= twice", err.message);
    static const char *const broken[] = {"%", "a%4", "%zz", "%00"};
    for (int i = 0; i < 4; ++i) {
        char text[64];
        snprintf(text, sizeof text, "postgresql://h/d?table=%s", broken[i]);
        CHECK_STATUS(TD_E_BAD_ARGUMENT, split(text, &url), &err);
    }
    CHECK_STATUS(TD_E_BAD_ARGUMENT, split("postgresql://a:p/w@h/d", &url), &err);
    CHECK_HAS("%2F", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, split("postgresql://a:p?w=2@h/d", &url), &err);
}

static const char *table_of(const char *text, sql_text *sql)
{
    sql_free(sql);
    return sql_add_table(sql, text, &err) ? "refused" : sql->data;
}

TEST(names_are_quoted)
{
    sql_text sql = {0};
    CHECK_TEXT("\"prices\"", table_of("prices", &sql));
    CHECK_TEXT("\"a\".\"b\"", table_of("a.b", &sql));
    CHECK_TEXT("\"c\".\"a\".\"b\"", table_of("c.a.b", &sql));
    CHECK_TEXT("\"a.b\".\"c\"\"d\"", table_of("\"a.b\".\"c\"\"d\"", &sql));
    CHECK_TEXT("\"x; drop table y\"", table_of("x; drop table y", &sql));
    static const char *const bad[] = {"",   ".",   "a.",   ".a",     "a..b",  "a.b.c.d",
                                      "\"", "\"a", "\"\"", "a\"b\"", "\"a\"b"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i)
        CHECK_TEXT("refused", table_of(bad[i], &sql));
    sql_free(&sql);
    sql_add_value(&sql, "it's a \\");
    CHECK_TEXT("E'it''s a \\\\'", sql.data);
    sql_free(&sql);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(rows_come_back_whatever_the_pieces),
                                     RUN(a_stream_that_is_cut_has_not_ended),
                                     RUN(bytes_that_lie_are_refused),
                                     RUN(numbers_of_every_type),
                                     RUN(numerics_are_the_nearest_double),
                                     RUN(numerics_that_are_written_come_back),
                                     RUN(numerics_that_lie_are_refused),
                                     RUN(times),
                                     RUN(values_that_a_type_cannot_hold),
                                     RUN(urls_are_shown_without_passwords),
                                     RUN(urls_are_split),
                                     RUN(names_are_quoted),
                                     {0}});
}
