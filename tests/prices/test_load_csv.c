/* test_load_csv.c - CSV files of prices in every language, layout, packing and encoding, and what
 * is said of a wrong one. Every text is read the fast way and the careful one. */
#include "tests/prices/load_text.h"

#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define DAY(n) ((int64_t)(n)*86400)
#define JAN31  DAY(19753) /* 2024-01-31 */

#define ROW(...) __VA_ARGS__ "\n"

static void expect(const char *name, const char *text, const char *symbol, double close)
{
    loaded one;
    load_text(&one, name, text, NULL);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(close, loaded_price(&one, symbol, JAN31, TD_CLOSE), 0);
    loaded_close(&one);
}

static void test_headers(void)
{
    static const char *const headers[] = {
        "date,symbol,open,high,low,close,volume",
        "Date,Ticker,Open,High,Low,Close,Volume",
        "DATE,SYMBOL,OPEN,HIGH,LOW,CLOSE,VOL",
        "Trade Date,Stock Code,Open Price,High Price,Low Price,Closing Price,Volume",
        "날짜,종목코드,시가,고가,저가,종가,거래량",
        "일자,단축코드,시가,고가,저가,종가,거래량",
        "日期,代码,开盘,最高,最低,收盘,成交量",
        "交易日期,股票代码,开盘价,最高价,最低价,收盘价,成交量",
        "日期,股票代號,開盤,最高,最低,收盤,成交量",
        "日付,コード,始値,高値,安値,終値,出来高",
        "\xef\xbb\xbf date,symbol,open,high,low,close,volume",
        " date , symbol , \"open\" , high , low , close , volume ",
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; ++i) {
        char text[512];
        loaded one;
        snprintf(text, sizeof text, "%s\n2024-01-31,000020,1,4,0.5,2.25,1000\n", headers[i]);
        load_text(&one, "x.csv", text, NULL);
        CHECK_STATUS(TD_OK, one.status, &one.err);
        CHECK_INT(1, one.csv.files[PRICE_LAYOUT_LONG]);
        CHECK_NEAR(1, loaded_price(&one, "000020", JAN31, TD_OPEN), 0);
        CHECK_NEAR(4, loaded_price(&one, "000020", JAN31, TD_HIGH), 0);
        CHECK_NEAR(0.5, loaded_price(&one, "000020", JAN31, TD_LOW), 0);
        CHECK_NEAR(2.25, loaded_price(&one, "000020", JAN31, TD_CLOSE), 0);
        CHECK_NEAR(1000, loaded_price(&one, "000020", JAN31, TD_VOLUME), 0);
        loaded_close(&one);
    }
}

static void test_columns(void)
{
    loaded one;
    load_text(&one, "x.csv",
              ROW("Volume,Adj Close,name,Close,Symbol,Date,PER")
                  ROW("5,1.25,\"Kia, Inc.\",2.5,A,2024-01-31,7") ROW("6,1.5,B,3,B,2024-01-30,8"),
              NULL);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(1.25, loaded_price(&one, "A", JAN31, TD_ADJUSTED), 0);
    CHECK_NEAR(2.5, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    CHECK_NEAR(NAN, loaded_price(&one, "A", JAN31 - 86400, TD_CLOSE), 0);
    CHECK_NEAR(3, loaded_price(&one, "B", JAN31 - 86400, TD_CLOSE), 0);
    CHECK_INT(2, one.csv.ignored);
    CHECK_TEXT("name", one.csv.ignored_list[0]);
    CHECK_TEXT("PER", one.csv.ignored_list[1]);
    CHECK(!prices_panel(one.prices)->price[TD_OPEN]);
    loaded_close(&one);
    const price_csv_options options = {.field = -1, .map = "close=Last,date=Datum,symbol=Name"};
    load_text(&one, "x.csv", ROW("Datum,Name,Last,Close") ROW("31.01.2024,A,1,2"), &options);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(1, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    loaded_close(&one);
}

static void test_layouts(void)
{
    loaded one;
    expect("a/000020.csv.gz",
           ROW("날짜,시가,고가,저가,종가,거래량,등락률") ROW("2024-01-31,1,2,0.5,1.5,10,0.1348"),
           "000020", 1.5);
    expect("BRK.B.csv", ROW("Date,Close") ROW("2024-01-31,1.5"), "BRK.B", 1.5);
    expect("AAPL.txt", ROW(",Open,High,Low,Close") ROW("2024-01-31,1,2,3,1.5"), "AAPL", 1.5);
    load_text(&one, "krx_volume.csv",
              ROW("Date,000020,LOW,OPEN") ROW("2024-01-30,1,,3") ROW("2024-01-31,4,5,NaN"), NULL);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_INT(1, one.csv.files[PRICE_LAYOUT_WIDE]);
    CHECK_INT(3, prices_panel(one.prices)->symbol_count);
    CHECK_NEAR(4, loaded_price(&one, "000020", JAN31, TD_VOLUME), 0);
    CHECK_NEAR(NAN, loaded_price(&one, "LOW", JAN31 - 86400, TD_VOLUME), 0);
    CHECK_NEAR(5, loaded_price(&one, "LOW", JAN31, TD_VOLUME), 0);
    CHECK_NEAR(NAN, loaded_price(&one, "OPEN", JAN31, TD_VOLUME), 0);
    loaded_close(&one);
    expect("wide.csv", ROW(",A,B") ROW("2024-01-31,1.5,2"), "A", 1.5);
    const price_csv_options wide = {.layout = PRICE_LAYOUT_WIDE, .field = TD_OPEN};
    load_text(&one, "x.csv", ROW("d,close,open") ROW("20240131,1,2"), &wide);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(1, loaded_price(&one, "close", JAN31, TD_OPEN), 0);
    loaded_close(&one);
}

/* Several wide files, one of each price, complete each other. */
static void test_wide_files(void)
{
    price_rows *rows = NULL;
    prices *made = NULL;
    static price_csv_findings csv;
    price_findings found;
    td_error err = TD_ERROR_INIT;
    const price_csv_options options = {.field = -1};
    const char *const names[] = {"close.csv", "volume.csv"};
    const char *const text[] = {"Date,A,B\n2024-01-31,1,2\n", "Date,B,A\n2024-01-31,20,10\n"};
    CHECK_STATUS(TD_OK, price_rows_create(&rows, &err), &err);
    for (int i = 0; i < 2; ++i)
        CHECK_STATUS(
            TD_OK,
            price_csv_load_memory(rows, names[i], text[i], strlen(text[i]), &options, &csv, &err),
            &err);
    CHECK_STATUS(TD_OK, prices_from_rows(rows, PRICE_DUPLICATES_ERROR, &made, &found, &err), &err);
    const td_panel *panel = prices_panel(made);
    CHECK_INT(0, found.duplicates);
    CHECK_NEAR(1, panel->price[TD_CLOSE][0], 0);
    CHECK_NEAR(10, panel->price[TD_VOLUME][0], 0);
    CHECK_NEAR(20, panel->price[TD_VOLUME][1], 0);
    prices_close(made);
    price_rows_destroy(rows);
}

static void test_forms(void)
{
    expect("A.csv", "Date,Close\r\n2024-01-31,1.5\r\n", "A", 1.5);
    expect("A.csv", "Date,Close\n2024-01-31,1.5", "A", 1.5);
    expect("A.csv", "Date;Close;Volume\n2024-01-31;1.5;3\n", "A", 1.5);
    expect("A.csv", "Date\tClose\n2024-01-31\t1,234.5\n", "A", 1234.5);
    expect("A.csv", "Date,Close\n2024-01-31,\"1,234,567.25\"\n", "A", 1234567.25);
    expect("A.csv", "Date,Close\n2024-01-31,\"-1,234\"\n", "A", -1234);
    expect("A.csv", "\n\nDate,Close\n\n2024-01-31,1.5\n\n", "A", 1.5);
    expect("A.csv", "Date,Close,note\n2024-01-30,1,\"two\nlines\"\n2024-01-31,1.5,\"a\"\"b\"\n",
           "A", 1.5);
    expect("x.csv", "Date,Symbol,Close\n2024-01-31,\"A\"\"B\",1.5\n", "A\"B", 1.5);
    expect("A.csv", "Date,Close\n 2024-01-31 , 1.5 \n", "A", 1.5);
    expect("A.csv", "Date,Close\n2024-01-31,15e-1\n", "A", 1.5);
    expect("A.csv", "Date,Close\n2024-01-31,44.959999084472656\n", "A", 44.959999084472656);
    expect("A.csv", "Date,Close\n2024-01-31,-0.1\n", "A", -0.1);
    static const char *const none[] = {"", "NaN", "nan", "NA", "N/A", "null", "-", "#N/A"};
    for (size_t i = 0; i < sizeof none / sizeof *none; ++i) {
        char text[64];
        snprintf(text, sizeof text, "Date,Close\n2024-01-31,%s\n2024-02-01,2\n", none[i]);
        expect("A.csv", text, "A", NAN);
    }
}

static void test_bad(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"", "x.csv: is empty"},
        {"date,symbol,close\n2024-01-31,A,12x\n",
         "x.csv:2: column 3 (close): \"12x\" is no number; allowed are decimals"},
        {"date,symbol,close\n2024-01-30,A,1\n2024-02-30,A,2\n",
         "x.csv:3: column 1 (date): \"2024-02-30\" is no date: the month has no such day; allowed"},
        {"date,symbol,close\n2024-01-31,,2\n", "column 2 (symbol): \"\" is empty"},
        {"date,symbol,close\n2024-01-31,A\n", "x.csv:2: the row has fewer fields than the header"},
        {"date,symbol,close\n2024-01-31,A,1,2\n", "x.csv:2: the row has more fields"},
        {"date,symbol,close\n2024-01-31,A,\"1\n", "x.csv:2: the row has a quote that never ends"},
        {"date,symbol,close\n2024-01-31,\"A\"b,1\n", "has text behind a closing quote"},
        {"date,symbol,close\n01/02/2024,A,1\n",
         "\"01/02/2024\" may have the month or the day first"},
        {"date,symbol,close\n2024-01-31,A,inf\n", "\"inf\" is no number"},
        {"date,symbol,close\n2024-01-31,A,\"12,34\"\n", "its commas do not stand at thousands"},
        {"date;symbol;close\n2024-01-31;A;1,5\n", "may be a decimal point"},
        {"date,symbol,close\n2024-01-31 09:30,A,1\n", "is a time of an unknown zone; tell it"},
        {"date,symbol,close\n2024-01-31,A,1\n2024-01-31T09:30Z,A,1\n",
         "x.csv:2: column 1 (date): \"2024-01-31\" is a date where other rows have times"},
        {"date,symbol\n2024-01-31,A\n", "no column is a price; it has \"date\", \"symbol\""},
        {"when,symbol,close\n2024-01-31,A,1\n", "no column is the date"},
        {"date,symbol,close,Close\n2024-01-31,A,1,2\n",
         "columns 3 \"close\" and 4 \"Close\" both are the close: tell which by --map close=NAME"},
        {"date,A,A\n2024-01-31,1,2\n", "column 3: the symbol \"A\" has a column already"},
        {"date,A,\n2024-01-31,1,2\n", "column 3 has no name"},
        {"date,symbol,close\n2024-01-31,A,1\n2024-01-30,A,1\n2024-01-31,A,3\n",
         "x.csv:4: symbol A has a row of 2024-01-31 already, in x.csv:2"},
        {"d\xe4te,symbol,close\n2024-01-31,A,1\n", "x.csv:1: the text is not UTF-8"},
        {"date,symbol,close\n2024-01-31,\xe4,1\n",
         "x.csv:2: column 2 (symbol): \"?\" is no symbol: it is no UTF-8 text"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        loaded one;
        load_text(&one, "x.csv", bad[i].text, NULL);
        CHECK(one.status != TD_OK);
        CHECK_HAS(bad[i].message, one.err.message);
        CHECK(!one.prices);
        loaded_close(&one);
    }
}

static void test_options(void)
{
    loaded one;
    const price_csv_options none = {.field = -1, .map = "close=Px"},
                            word = {.field = -1, .map = "shut=Px"},
                            skip = {.field = -1, .skip_bad = true},
                            dmy = {.field = -1, .order = PRICE_ORDER_DMY},
                            mdy = {.field = -1, .order = PRICE_ORDER_MDY};
    load_text(&one, "x.csv", "date,close\n", &none);
    CHECK_HAS("--map names the column \"Px\", which is not there; it has \"date\", \"close\"",
              one.err.message);
    loaded_close(&one);
    load_text(&one, "x.csv", "date,close\n", &word);
    CHECK_HAS("\"shut=Px\" is not such as close=Last", one.err.message);
    loaded_close(&one);
    load_text(&one, "A.csv", "date,close\nx,1\n2024-01-31,2\n2024-02-01,y\n2024-02-01\n", &skip);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_INT(1, one.csv.rows);
    CHECK_INT(3, one.csv.bad);
    CHECK_HAS("A.csv:4: column 2 (close): \"y\" is no number", one.csv.bad_list[1]);
    CHECK_NEAR(2, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    loaded_close(&one);
    /* A row that is bad makes no symbol. */
    load_text(&one, "x.csv", "symbol,date,close\nA,2024-01-31,1\nB,2024-01-31,z\n", &skip);
    CHECK_INT(1, prices_panel(one.prices)->symbol_count);
    loaded_close(&one);
    load_text(&one, "A.csv", "date,close\n31/01/2024,1\n1-2-2024,2\n", &dmy);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(1, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    CHECK_NEAR(2, loaded_price(&one, "A", JAN31 + 86400, TD_CLOSE), 0);
    loaded_close(&one);
    load_text(&one, "A.csv", "date,close\n01/31/2024,1\n", &mdy);
    CHECK_NEAR(1, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    loaded_close(&one);
}

/* ---- Packing and encodings ------------------------------------------------------------------- */

static const char plain[] = "date,symbol,close\n2024-01-31,000020,1.5\n";

static void check_packed(const void *data, size_t bytes)
{
    loaded one;
    load_bytes(&one, "x.csv", data, bytes, NULL, PRICE_DUPLICATES_ERROR);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(1.5, loaded_price(&one, "000020", JAN31, TD_CLOSE), 0);
    loaded_close(&one);
    load_bytes(&one, "x.csv", data, bytes - 3, NULL, PRICE_DUPLICATES_ERROR);
    CHECK_STATUS(TD_E_CORRUPT, one.status, &one.err);
    CHECK_HAS("x.csv: broken ", one.err.message);
    loaded_close(&one);
}

static void test_packed(void)
{
    uint8_t out[1024];
    size_t bytes = 0;
    z_stream z;
    memset(&z, 0, sizeof z);
    CHECK_INT(Z_OK, deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY));
    z.next_in = (Bytef *)(uintptr_t)plain;
    z.avail_in = sizeof plain - 1;
    z.next_out = out;
    z.avail_out = sizeof out;
    CHECK_INT(Z_STREAM_END, deflate(&z, Z_FINISH));
    check_packed(out, sizeof out - z.avail_out);
    deflateEnd(&z);
    CHECK_INT(LZMA_OK, lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL, (const uint8_t *)plain,
                                               sizeof plain - 1, out, &bytes, sizeof out));
    check_packed(out, bytes);
    bytes = ZSTD_compress(out, sizeof out, plain, sizeof plain - 1, 3);
    CHECK(!ZSTD_isError(bytes));
    check_packed(out, bytes);
    const price_csv_options small = {.field = -1, .bytes_max = 10};
    loaded one;
    load_bytes(&one, "x.csv", out, bytes, &small, PRICE_DUPLICATES_ERROR);
    CHECK_HAS("holds more than 10 bytes", one.err.message);
    loaded_close(&one);
}

static void test_encodings(void)
{
    loaded one;
    /* CP949: 날짜,종가 and GB18030: 日期,收盘. */
    expect("000020.csv", "\xb3\xaf\xc2\xa5,\xc1\xbe\xb0\xa1\n2024-01-31,1.5\n", "000020", 1.5);
    expect("000020.csv", "\xc8\xd5\xc6\xda,\xca\xd5\xc5\xcc\n2024-01-31,1.5\n", "000020", 1.5);
    const char utf16[] = "\xff\xfe"
                         "d\0a\0t\0e\0,\0c\0l\0o\0s\0e\0\n\0"
                         "2\0"
                         "0\0"
                         "2\0"
                         "4\0"
                         "0\0"
                         "1\0"
                         "3\0"
                         "1\0,\0"
                         "2\0\n";
    load_bytes(&one, "A.csv", utf16, sizeof utf16, NULL, PRICE_DUPLICATES_ERROR);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    CHECK_NEAR(2, loaded_price(&one, "A", JAN31, TD_CLOSE), 0);
    loaded_close(&one);
}

/* Rows in another order give the same panel, bit for bit. */
static void test_order(void)
{
    enum { DAYS = 40, SYMBOLS = 30, ROWS = DAYS * SYMBOLS };
    static char lines[ROWS][64], text[2][ROWS * 64 + 64];
    int order[ROWS];
    for (int i = 0; i < ROWS; ++i) {
        int32_t day = i % DAYS;
        snprintf(lines[i], sizeof lines[i], "2024-%02d-%02d,S%03d,%.17g,%.6f,%llu\n", 1 + day / 20,
                 1 + day % 20, i / DAYS, check_random_unit() * 1000, check_random_unit(),
                 (unsigned long long)(check_random() % 1000000));
        order[i] = i;
    }
    for (int pass = 0; pass < 2; ++pass) {
        size_t used = (size_t)snprintf(text[pass], 64, "date,symbol,open,close,volume\n");
        for (int i = 0; i < ROWS; ++i)
            used += (size_t)snprintf(text[pass] + used, sizeof lines[0], "%s", lines[order[i]]);
        for (int i = ROWS - 1; i > 0; --i) {
            const int k = (int)(check_random() % (uint64_t)(i + 1)), was = order[i];
            order[i] = order[k];
            order[k] = was;
        }
    }
    loaded a, b;
    load_text(&a, "x.csv", text[0], NULL);
    load_text(&b, "x.csv", text[1], NULL);
    CHECK_STATUS(TD_OK, a.status, &a.err);
    CHECK_STATUS(TD_OK, b.status, &b.err);
    const td_panel *x = prices_panel(a.prices), *y = prices_panel(b.prices);
    CHECK(x->symbol_count == SYMBOLS && x->bar_count == DAYS);
    for (uint64_t s = 0; s < x->symbol_count; ++s)
        CHECK_TEXT(x->symbol[s], y->symbol[s]);
    for (int k = 0; k < TD_PRICES; ++k)
        CHECK((!x->price[k] && !y->price[k]) ||
              memcmp(x->price[k], y->price[k], sizeof(double) * ROWS) == 0);
    loaded_close(&a);
    loaded_close(&b);
}

/* Decimals of any length are the doubles that strtod makes of them. */
static void test_numbers(void)
{
    static char text[200000];
    double want[2000];
    size_t used = (size_t)snprintf(text, 64, "date,symbol,close\n");
    for (int i = 0; i < 2000; ++i) {
        char number[64];
        size_t length = 0;
        const int front = (int)(check_random() % 12), behind = (int)(check_random() % 14);
        if (check_random() % 4 == 0) number[length++] = '-';
        for (int k = 0; k < front; ++k)
            number[length++] = (char)('0' + check_random() % 10);
        if (behind) number[length++] = '.';
        for (int k = 0; k < behind; ++k)
            number[length++] = (char)('0' + check_random() % 10);
        if (front + behind == 0) number[length++] = '7';
        number[length] = 0;
        want[i] = strtod(number, NULL);
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "2024-01-31,%04d,%s\n", i, number);
    }
    loaded one;
    load_text(&one, "x.csv", text, NULL);
    CHECK_STATUS(TD_OK, one.status, &one.err);
    for (int i = 0; i < 2000; ++i)
        CHECK(memcmp(&want[i], &prices_panel(one.prices)->price[TD_CLOSE][i], sizeof *want) == 0);
    loaded_close(&one);
}

static bool stop_at_once(void *context, uint64_t done, uint64_t total)
{
    *(uint64_t *)context += 1;
    (void)done;
    return total == 0;
}

static void test_stop(void)
{
    uint64_t calls = 0;
    const price_csv_options options = {.field = -1, .progress = stop_at_once, .context = &calls};
    loaded one;
    load_text(&one, "A.csv", "date,close\n2024-01-31,1\n", &options);
    CHECK_STATUS(TD_E_CANCELLED, one.status, &one.err);
    CHECK_INT(2, calls);
    loaded_close(&one);
}

int main(int argc, char **argv)
{
    static const check_test tests[] = {{"headers", test_headers},
                                       {"columns", test_columns},
                                       {"layouts", test_layouts},
                                       {"forms", test_forms},
                                       {"wide files", test_wide_files},
                                       {"bad", test_bad},
                                       {"options", test_options},
                                       {"packed", test_packed},
                                       {"encodings", test_encodings},
                                       {"order", test_order},
                                       {"numbers", test_numbers},
                                       {"stop", test_stop},
                                       {NULL, NULL}};
    return check_main(argc, argv, tests);
}
