/* prices_parts.h - what prices_*.c share; prices.h is the interface. */
#ifndef TANDEM_IO_PRICES_PARTS_H
#define TANDEM_IO_PRICES_PARTS_H
#include "io/prices.h"

/* Years 1 to 9999: what a date of four digits can be. */
#define PRICES_TIME_MIN INT64_C(-62135596800)
#define PRICES_TIME_MAX INT64_C(253402300799)

/* A row is kept in words of 64 bits: symbol and number of its time, then fields, source and line,
 * then the prices that it has: 56 bytes for open, high, low, close, volume. */
#define ROW_WORDS_MAX  (2 + TD_PRICES)
#define ROW_TIME_BITS  32
#define ROW_LINE_BITS  36
#define ROW_SOURCE_BITS 20    /* fields take the 8 above */

typedef struct row_chunk {
    uint64_t *word;
    size_t count;    /* words in use */
} row_chunk;

typedef struct row_symbol {
    const char *text;    /* ends with a 0 */
    uint32_t bytes;
    uint32_t hash;       /* the low half of it: most differ in it */
} row_symbol;

struct price_rows {
    row_chunk *chunk;
    size_t chunk_count, chunk_room;
    row_symbol *symbol;
    uint32_t symbol_count, symbol_room, symbol_last;
    uint32_t *symbol_slot;    /* number + 1 by hash; 0: free; a power of two of them */
    uint32_t symbol_slots;
    char **text;              /* blocks of the texts of symbols */
    size_t text_count, text_room, text_left;
    int64_t *time;            /* by number, in the order they came */
    uint32_t time_count, time_room, time_last;
    uint32_t *time_slot;
    uint32_t time_slots;
    char **source;
    uint32_t source_count, source_room;
    char *zone;               /* NULL: dates */
    bool zone_set;
    uint32_t fields;
    uint64_t count;
};

/* Walks over rows in the order given: {rows, 0, 0} at first. False past the end. */
typedef struct row_walk {
    const price_rows *rows;
    size_t chunk, word;
} row_walk;
typedef struct row_view {
    uint32_t symbol, time;    /* time by its number */
    uint32_t fields, source;
    uint64_t line;
    const uint64_t *price;    /* bits of the doubles of fields, lowest field first */
} row_view;
/* Whether the bytes are UTF-8 (RFC 3629). */
bool prices_is_utf8(const char *text, size_t bytes);
/* The text for a message, in room bytes with its 0: cut between characters, with ".." behind then;
 * '?' for what is no UTF-8 or no character to be shown. */
void prices_quote(const char *text, size_t bytes, char *out, size_t room);
bool row_next(row_walk *walk, row_view *row);

struct prices {
    td_panel panel;
    double *data;             /* prices in memory; NULL: all are mapped */
    void *map;                /* the file; NULL: none is mapped */
    size_t map_bytes;
    char **symbol;
    uint64_t symbol_count;
    int64_t *time;
    char *zone;
    price_attribute *attribute;    /* name and text are our own */
    uint32_t attribute_count, attribute_room;
    char copied[256];         /* why a price is no map; "": all are */
};

/* ---- Times ------------------------------------------------------------------------------- */

#define PRICES_TIME_TEXT 40
/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. Any month 1 to 12 and day
 * 1 to 31 is counted on: whether there is such a day is asked of prices_month_days. */
int64_t prices_days(int32_t year, uint32_t month, uint32_t day);
void prices_date(int64_t days, int32_t *year, uint32_t *month, uint32_t *day);
uint32_t prices_month_days(int32_t year, uint32_t month);
/* "2024-01-31" without a zone, else "2024-01-31T09:00:00Z". */
void prices_time_text(int64_t time, const char *zone, char text[PRICES_TIME_TEXT]);

/* "days since 1970-01-01": a count in such a unit, times seconds, is added to origin. */
typedef struct prices_unit {
    int64_t origin;
    double seconds;
} prices_unit;
bool prices_unit_parse(const char *text, prices_unit *unit);

TD_MUST_USE td_status prices_add_attribute(prices *owner, const char *name, const char *text,
                                           td_error *err);

#endif
