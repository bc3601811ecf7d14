/* load.h - tandem market load: files of prices, or tables of a server, into one panel on disk.
 *
 * Attributes of the file that is written: source (the inputs, without passwords), source_files,
 * source_rows, duplicates ("3 rows doubled earlier ones, 1 with other prices: the last was kept"),
 * bad_rows, layout, zone (intraday), tandem_version, command. */
#ifndef TANDEM_MARKET_LOAD_H
#define TANDEM_MARKET_LOAD_H
#include "market/postgres.h"

#define MARKET_LOAD_FILES_MAX 1000000u

typedef struct market_load_request {
    const char *const *input;     /* files, folders of them, postgresql:// URLs */
    uint32_t     input_count;
    const char  *output;
    const char  *table, *query;   /* of the servers; NULL: the URLs tell */
    const char  *zone;            /* "Asia/Seoul", of times without an offset; NULL: not told */
    const char  *command;         /* for the attribute; NULL: none */
    price_duplicates duplicates;
    price_csv_options csv;        /* zone, progress and context are set here */
    uint64_t     host_bytes_max;  /* for the panel; 0: 80 % of what is available */
    /* Called now and then with what is done: "read", in bytes on the disk; "fetch", in rows, of a
     * total that is 0, not known; "write", 0 or 1 of 1. False stops. May be NULL. */
    bool       (*step)(void *context, const char *what, uint64_t done, uint64_t total);
    void        *context;
} market_load_request;

typedef struct market_load {
    price_csv_findings csv;
    price_findings rows;          /* its texts are borrowed from here */
    uint64_t files;               /* that were read */
    uint64_t servers, fetched;    /* tables or queries that were read, and rows of them */
    uint64_t symbols, times;
    int64_t  first, last;         /* times, when there are any */
    char     zone[128];           /* "": dates */
    uint32_t fields;              /* PRICE_BITs */
    double   seconds_read, seconds_build, seconds_write;
    price_rows *collected;
} market_load;

/* out must be {0}; market_load_free in every case. TD_E_BAD_ARGUMENT: no inputs, an output that is
 * an input; TD_E_NOT_FOUND: a folder without CSV files, an unknown zone; TD_E_NO_MEMORY: the panel
 * is larger than what is available, with its size; and what price_csv_load, prices_from_rows and
 * prices_write say. The output is written only when all is well. */
TD_MUST_USE td_status market_load_run(const market_load_request *request, market_load *out,
                                      td_error *err);
void market_load_free(market_load *load);

#endif
