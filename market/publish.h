/* publish.h - tandem market publish: a panel of prices or a table of results into PostgreSQL.
 *
 * A panel becomes the columns date (intraday: time, a timestamptz), symbol, open, high, low, close,
 * volume, adj_close, as far as it has them; a row for each bar of a symbol. A table becomes a
 * column for each dimension, one for each text that labels a dimension, and one for each variable;
 * a row for each combination of coordinates, the last dimension fastest. What is NaN is NULL; a
 * row without any value is left out.
 *
 * All of it is one transaction: nobody sees a part, and after an error or a stop the server is as
 * it was. In a table that is there values take the types of its columns: one that does not fit (a
 * fraction in an integer) is an error, and nothing is written. */
#ifndef TANDEM_MARKET_PUBLISH_H
#define TANDEM_MARKET_PUBLISH_H
#include "io/postgres.h"

typedef struct market_publish_request {
    const char *input;       /* a panel, or a table as netcdf_read takes it */
    const char *url;         /* postgresql://..?table=NAME */
    const char *table;       /* NULL: that of the URL */
    const char *vars;        /* of a table: names with commas between them, all over the same
                                dimensions; NULL: the most that there are over the same ones */
    postgres_mode mode;
    /* Called at least every 0.2 s; false stops. May be NULL. */
    bool (*step)(void *context, uint64_t rows, uint64_t rows_total);
    void *context;
} market_publish_request;

typedef struct market_published {
    uint64_t rows, bytes;
    uint32_t columns;
    uint32_t vars_left_out;  /* of a table: they have other dimensions */
    bool panel;
    char where[512];         /* "postgresql://user@host:5432/db, table prices": no password */
} market_published;

TD_MUST_USE td_status market_publish(const market_publish_request *request, market_published *out,
                                     td_error *err);

#endif
