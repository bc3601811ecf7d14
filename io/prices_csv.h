/* prices_csv.h - CSV files of prices into rows, at the speed of the disk.
 *
 * Layouts:  long    a column of symbols; one row a symbol and time
 *           single  one symbol; its name is that of the file without endings
 *           wide    the first column is the time, every other one a symbol; all of one price
 * Columns are known by the names of prices_header.c in English, Korean, Chinese and Japanese, or
 * as told; their order is free, others are left out. Comma, semicolon or tab; LF or CRLF; quotes;
 * UTF-8 with or without BOM, UTF-16 with one, CP949 and GB18030 by their header; gzip, xz and
 * zstd by their first bytes.
 *
 * Numbers are decimals, the double nearest to the text; in quotes, or between tabs, they may have
 * commas between thousands. Empty, NaN, NA, N/A, null and - are NaN.
 *
 * Times:  2024-01-31  2024/1/31  2024.01.31  20240131  31.01.2024 (a point: the day comes first)
 *         01/31/2024 only when the order is told
 *         2024-01-31T09:00[:00][Z|+09:00]  2024-01-31 09:00  20240131090000  202401310900
 *         seconds, milli-, micro- or nanoseconds since 1970 (9 to 10, 13, 16 or 19 digits)
 *         a date and a time of day in two columns
 * Times of day without an offset need a zone. When the first PRICES_PEEK_ROWS of a file are all
 * midnights and no zone is told, they are dates: those of the text, whatever its offset. */
#ifndef TANDEM_IO_PRICES_CSV_H
#define TANDEM_IO_PRICES_CSV_H
#include "io/prices.h"
#include "io/prices_zone.h"

#define PRICES_COLUMNS_MAX     65536
#define PRICES_PEEK_ROWS       1000
#define PRICES_TEXT_BYTES_MAX  (1ull << 36)    /* of one file, unpacked */
#define PRICES_BAD_LISTED_MAX  20
#define PRICES_IGNORED_MAX     20
#define PRICES_BAD_BYTES       480
#define PRICES_IGNORED_BYTES   40

typedef enum price_layout {
    PRICE_LAYOUT_AUTO = 0, PRICE_LAYOUT_LONG = 1, PRICE_LAYOUT_SINGLE = 2, PRICE_LAYOUT_WIDE = 3
} price_layout;

/* Of dates with the year last and slashes or hyphens; any other has one order only. */
typedef enum price_order {
    PRICE_ORDER_NONE = 0,    /* refused: the month may come first or second */
    PRICE_ORDER_DMY = 1, PRICE_ORDER_MDY = 2
} price_order;

typedef struct price_csv_options {
    const char  *map;         /* "close=Last,date=Datum": columns by their names; NULL: none */
    price_layout layout;
    price_order  order;
    int          field;       /* a td_price, that of wide files; -1: told by the file's name
                                 (volume.csv, krx_open.csv.gz), else the close */
    const price_zone *zone;   /* of times without an offset; NULL: none is told */
    bool         skip_bad;    /* rows that cannot be read are left out and listed */
    bool         careful;     /* without the fast path: the same result, for tests */
    uint64_t     bytes_max;   /* 0: PRICES_TEXT_BYTES_MAX */
    /* Called now and then with the bytes read of this file's and how many it has; false stops
     * with TD_E_CANCELLED. NULL: never. */
    bool       (*progress)(void *context, uint64_t done, uint64_t total);
    void        *context;
} price_csv_options;

/* What was found, added up over files; {0} at first. */
typedef struct price_csv_findings {
    uint64_t files[PRICE_LAYOUT_WIDE + 1];    /* by layout */
    uint64_t bytes;           /* of text, unpacked */
    uint64_t rows;            /* lines of data that were read */
    uint64_t bad;             /* lines that were left out */
    uint32_t bad_listed;
    char     bad_list[PRICES_BAD_LISTED_MAX][PRICES_BAD_BYTES];   /* "a.csv:7: ..." */
    uint32_t ignored;         /* columns without a use, by their names */
    char     ignored_list[PRICES_IGNORED_MAX][PRICES_IGNORED_BYTES];
    bool     ignored_more;    /* there are others */
} price_csv_findings;

/* TD_E_IO: it cannot be read; TD_E_CORRUPT: not such a file, with file, line, column, and what was
 * allowed; TD_E_BAD_ARGUMENT: options that do not fit it. Rows that were read before an error
 * stay in rows. */
TD_MUST_USE td_status price_csv_load(price_rows *rows, const char *path,
                                     const price_csv_options *options,
                                     price_csv_findings *findings, td_error *err);
/* The same from memory; name stands for the path. */
TD_MUST_USE td_status price_csv_load_memory(price_rows *rows, const char *name, const void *data,
                                            size_t bytes, const price_csv_options *options,
                                            price_csv_findings *findings, td_error *err);

#endif
