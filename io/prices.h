/* prices.h - rows of prices from any source become a panel; a panel becomes a file; a file becomes
 * a panel again by mapping it, without reading it.
 *
 *     rows (CSV, a query, a feed)  ->  prices_from_rows  ->  prices_write("prices.nc")
 *     prices_open("prices.nc")  ->  prices_panel  ->  indicators, backtests
 *
 * The file is netCDF-4 with the dimensions symbol (texts) and date: whole days since 1970-01-01 for
 * daily bars, seconds since 1970-01-01T00:00Z for intraday ones, whose zone is the attribute
 * "zone". open, high, low, close, volume, adjusted are float64 (symbol, date), contiguous. */
#ifndef TANDEM_IO_PRICES_H
#define TANDEM_IO_PRICES_H
#include "tandem/market.h"
#include "tandem/module.h"

#define PRICES_SYMBOL_BYTES_MAX 255          /* of one symbol's text */
#define PRICES_SYMBOLS_MAX      10000000u    /* of one panel */
#define PRICES_SOURCES_MAX      (1u << 20)   /* files or queries that rows came from */
#define PRICES_LINE_MAX         ((UINT64_C(1) << 36) - 1)
#define PRICES_LISTED_MAX       20           /* duplicates that are told one by one */
#define PRICES_DAY_SECONDS      86400

/* "open", "high", "low", "close", "volume", "adjusted": variables of the file. */
extern const char *const price_names[TD_PRICES];
#define PRICE_BIT(price) (1u << (price))

/* ---- Rows: a collector for any source ---------------------------------------------------- */

typedef struct price_rows price_rows;    /* belongs to one thread at a time */

typedef struct price_row {
    uint32_t symbol;             /* of price_rows_symbol */
    uint32_t source;             /* of price_rows_source */
    uint64_t line;               /* of the source, from 1; 0: it has none */
    int64_t  time;               /* seconds since 1970-01-01T00:00Z; a date: its midnight */
    uint32_t fields;             /* PRICE_BITs of the prices that the source has */
    double   price[TD_PRICES];   /* of those; NaN: the source has none in this row */
} price_row;

TD_MUST_USE td_status price_rows_create(price_rows **out, td_error *err);
void price_rows_destroy(price_rows *rows);    /* NULL is fine */
/* Names a file or query, for messages; 0 is the first. */
TD_MUST_USE td_status price_rows_source(price_rows *rows, const char *name, uint32_t *source,
                                        td_error *err);
/* What times are: NULL or "": dates (so it is unless told). Else instants, shown in this zone
 * ("Asia/Seoul", "UTC"). TD_E_BAD_ARGUMENT when rows of the other kind, or zone, are there. */
TD_MUST_USE td_status price_rows_zone(price_rows *rows, const char *zone, td_error *err);
/* The number of a symbol, the same for the same text. TD_E_BAD_ARGUMENT: empty, too long, no
 * UTF-8, or with a zero byte. */
TD_MUST_USE td_status price_rows_symbol(price_rows *rows, const char *text, size_t bytes,
                                        uint32_t *symbol, td_error *err);
/* Copies the row. TD_E_BAD_ARGUMENT: a symbol or source that was not given out, no fields, a date
 * that is no midnight. TD_E_OUT_OF_RANGE: a time outside the years 1 to 9999, an infinite price. */
TD_MUST_USE td_status price_rows_add(price_rows *rows, const price_row *row, td_error *err);
uint64_t price_rows_count(const price_rows *rows);
uint64_t price_rows_symbols(const price_rows *rows);
uint64_t price_rows_times(const price_rows *rows);    /* different ones */
uint32_t price_rows_fields(const price_rows *rows);   /* PRICE_BITs that any row has */
/* Memory that the panel of these rows takes: to be compared with what there is. TD_E_NO_MEMORY:
 * it does not fit any. */
TD_MUST_USE td_status price_rows_panel_bytes(const price_rows *rows, size_t *bytes, td_error *err);

/* ---- A panel and its owner ---------------------------------------------------------------- */

typedef struct prices prices;

/* What happens when a symbol has two rows of one time that give one price both. (Rows that give
 * different ones, as files of one field each do, complete each other.) */
typedef enum price_duplicates {
    PRICE_DUPLICATES_ERROR = 0,
    PRICE_DUPLICATES_FIRST = 1,    /* the first row given stays as a whole */
    PRICE_DUPLICATES_LAST  = 2,    /* the last one does */
    PRICE_DUPLICATES_MEAN  = 3     /* of each price over all rows that have it */
} price_duplicates;

typedef struct price_duplicate {
    const char *symbol;           /* borrowed from the rows, as the names of sources are */
    int64_t     time;
    const char *source, *source_before;    /* of the row, and of the one it doubles */
    uint64_t    line, line_before;
    bool        differs;          /* its prices are not those of the row it doubles */
} price_duplicate;

typedef struct price_findings {
    uint64_t rows;                /* given */
    uint64_t duplicates;          /* rows that doubled an earlier one */
    uint64_t differing;           /* of those, with other prices */
    uint32_t listed;
    price_duplicate list[PRICES_LISTED_MAX];    /* the first ones, in the order given */
} price_findings;

/* The panel of the rows: symbols in the order of their bytes, times rising, so the order of rows
 * does not matter. rows stay the caller's and unchanged. findings (may be NULL) are filled also on
 * TD_E_CORRUPT: there are duplicates, and the policy is an error; the message names the first. */
TD_MUST_USE td_status prices_from_rows(const price_rows *rows, price_duplicates policy,
                                       prices **out, price_findings *findings, td_error *err);
/* Maps a file that prices_write made. A panel that other programs wrote (xarray) is read as a
 * copy, in either order of its dimensions, packed or not; prices_copied says why.
 * TD_E_IO: cannot be read; TD_E_CORRUPT: cut off, or no panel, and why. */
TD_MUST_USE td_status prices_open(const char *path, prices **out, td_error *err);
const td_panel *prices_panel(const prices *owner);    /* lives as long as prices does */
const char *prices_attribute(const prices *owner, const char *name);   /* NULL: none */
bool prices_attribute_at(const prices *owner, uint32_t index, const char **name,
                         const char **text);
/* NULL: every price is mapped from the file (or made of rows); else why one is not. */
const char *prices_copied(const prices *owner);
void prices_close(prices *owner);    /* NULL is fine */

typedef struct price_attribute {
    const char *name, *text;
} price_attribute;

/* Writes any panel, atomically: on failure, or when the process dies, path is as it was. The
 * attribute "zone" is the panel's. Times of a panel without a zone must be midnights. */
TD_MUST_USE td_status prices_write(const char *path, const td_panel *panel,
                                   const price_attribute *attributes, uint32_t count,
                                   td_error *err);

#endif
