/* prices_header.h - the columns of a file of prices: which is the date, which the close. */
#ifndef TANDEM_IO_PRICES_HEADER_H
#define TANDEM_IO_PRICES_HEADER_H
#include "io/prices_csv.h"
#include "io/prices_line.h"

typedef enum price_role {
    PRICE_ROLE_NONE = 0,      /* left out */
    PRICE_ROLE_TIME = 1,      /* a date, or a date and time */
    PRICE_ROLE_CLOCK = 2,     /* the time of day, beside a date */
    PRICE_ROLE_SYMBOL = 3,
    PRICE_ROLE_CELL = 4,      /* of a wide file: a symbol's price */
    PRICE_ROLE_PRICE = 5      /* and above: PRICE_ROLE_PRICE + td_price */
} price_role;

typedef struct price_header {
    price_layout layout;
    uint32_t count;
    uint8_t *role;            /* of each column */
    char   **name;            /* as the file has them, trimmed */
    uint32_t time, clock, symbol;    /* columns; UINT32_MAX: there is none */
    uint32_t fields;          /* PRICE_BITs that a row has */
    int      field;           /* of wide files */
} price_header;

/* where: "FILE:LINE", for errors; stem: the file's name without endings. Close it in any case. */
TD_MUST_USE td_status price_header_read(const price_line *line, const char *where,
                                        const char *stem, const price_csv_options *options,
                                        price_header *out, td_error *err);
/* How many fields of the line are names that are known and need more than ASCII: they tell of an
 * encoding. */
uint32_t price_header_known(const price_line *line);
void price_header_close(price_header *header);

#endif
