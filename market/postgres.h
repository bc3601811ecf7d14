/* postgres.h - rows of prices out of a PostgreSQL server, as those of a CSV file with long rows.
 *
 * The columns of a table or query are known by the names that CSV files have (prices_csv.h), or by
 * a map. The date is a date, timestamp or timestamptz; the symbol a text or an integer; prices any
 * number, NULL being NaN. Other columns stay on the server.
 *
 * When the first PRICES_PEEK_ROWS times are all midnights (of a timestamptz: in the zone that is
 * told, or UTC) the rows are dates; else they are instants. Then a timestamp needs a zone that is
 * told, and a timestamptz is shown in it, or in UTC. */
#ifndef TANDEM_MARKET_POSTGRES_H
#define TANDEM_MARKET_POSTGRES_H
#include "io/postgres.h"
#include "io/prices_csv.h"

#define MARKET_POSTGRES_WHERE 512

typedef struct market_postgres_request {
    const char *url;           /* postgresql://user@host/db?table=prices, or ?query=select.. */
    const char *table;         /* NAME or SCHEMA.NAME; goes before the URL's; or NULL */
    const char *query;         /* a single SELECT; goes before the URL's; or NULL */
    const char *map;           /* "close=last,date=day"; NULL: none */
    const price_zone *zone;    /* NULL: none is told */
    /* Called at least every 0.2 s; false stops with TD_E_CANCELLED. May be NULL. */
    bool (*step)(void *context, uint64_t rows, uint64_t bytes);
    void *context;
} market_postgres_request;

typedef struct market_postgres_found {
    uint64_t rows, bytes;      /* bytes: of values, as they came */
    uint32_t ignored;          /* columns without a use */
    char where[MARKET_POSTGRES_WHERE];    /* "postgresql://user@host:5432/db, table prices", as it
                                             may be shown and recorded: without a password */
} market_postgres_found;

/* Adds to rows what the server has; *found on success alone. Beside what io/postgres.h says:
 * TD_E_CORRUPT: no column is the date, the symbol or a price (names those there are), a value that
 * cannot be one, with its row; TD_E_BAD_ARGUMENT: a column of a type that does not fit, neither or
 * both of table and query. */
TD_MUST_USE td_status market_load_postgres(const market_postgres_request *request,
                                           price_rows *rows, market_postgres_found *found,
                                           td_error *err);
/* What may be shown of a word of the command line: a URL without its passwords, other text as it
 * is. NULL: no memory; free() it. */
char *market_source_shown(const char *word);

#endif
