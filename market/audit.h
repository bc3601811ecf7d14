/* audit.h - tandem market audit: what is wrong with a file of prices, told and mended.
 *
 * The faults and what each policy does are those of modules/market/audit.h. The mended file keeps
 * the attributes of the one it is made from, and has one more for each fault, "audit_halts":
 * "policy fill, found 29739 rows in 276 symbols, changed 29739 rows in 276 symbols"; and
 * "audit_limits", "audit_source", "audit_rows". A file that is audited again has both lines. */
#ifndef TANDEM_MARKET_AUDIT_H
#define TANDEM_MARKET_AUDIT_H
#include "io/prices.h"
#include "market/dates.h"
#include "modules/market/audit.h"

#define MARKET_AUDIT_EXAMPLES_MAX 10000
#define MARKET_CALENDAR_DAYS_MAX  1000000

typedef struct market_audit_request {
    const char *input;            /* as prices_open takes it */
    audit_options options;        /* calendar: taken from calendar_path */
    const char *calendar_path;    /* a date in each line, or the first column of a CSV file; NULL */
    uint32_t examples;            /* kept of each fault: the first of each symbol */
    const char *output;           /* the mended panel; NULL: none */
    const char *csv;              /* every finding; NULL: none */
    /* Called after each symbol with what is done ("audit", "mend"); false stops. May be NULL. */
    bool (*step)(void *context, const char *what, uint64_t done, uint64_t total);
    void *context;
} market_audit_request;

typedef struct market_audit_example {
    audit_finding finding;
    const char *symbol;           /* borrowed from prices */
    char time[DATES_TEXT_MAX];
} market_audit_example;

typedef struct market_audit {
    prices *prices;               /* the input */
    int64_t *calendar;
    uint64_t calendar_count;      /* 0: taken from the panel */
    audit_report report;
    audit_mended mended;          /* with an output alone */
    bool is_mended;
    uint64_t bars_after;          /* of the mended panel: bars that nobody has any more are left
                                     out */
    market_audit_example *example[AUDIT_KINDS];
    uint32_t example_count[AUDIT_KINDS], examples_max;
} market_audit;

/* out must be {0}; market_audit_free in every case. TD_E_BAD_ARGUMENT: a calendar of dates for
 * intraday bars, an output that would have no symbols left; TD_E_CORRUPT: a line of the calendar
 * that is no date; and what prices_open and prices_write say. */
TD_MUST_USE td_status market_audit_run(const market_audit_request *request, market_audit *out,
                                       td_error *err);
void market_audit_free(market_audit *audit);
/* Dates of a file, rising, without doubles; *out is the caller's to free. */
TD_MUST_USE td_status market_calendar_read(const char *path, int64_t **out, uint64_t *count,
                                           td_error *err);

#endif
