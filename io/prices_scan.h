/* prices_scan.h - the rows of one CSV text of prices. */
#ifndef TANDEM_IO_PRICES_SCAN_H
#define TANDEM_IO_PRICES_SCAN_H
#include "io/prices_header.h"
#include "io/prices_line.h"

#include <locale.h>

#define SCAN_REPORT_BYTES ((size_t)4 << 20)    /* between two calls of progress */

typedef struct price_scan {
    price_rows *rows;
    const price_csv_options *options;
    price_csv_findings *findings;
    const char *name;                /* of the file, in messages */
    const char *data, *at, *end;     /* UTF-8; the last byte is a line break */
    const char *report;              /* where progress is told next */
    uint64_t line;                   /* of the row at at, from 1 */
    char delimiter;
    price_header header;
    price_line split;
    locale_t c_locale;
    bool instants;                   /* times of day count; else dates */
    uint32_t source;
    uint32_t symbol;                 /* of a file of one symbol */
    uint32_t *column_symbol;         /* wide: of each column */
    double *cell;                    /* wide: of each column */
    uint32_t month;                  /* year * 100 + month of the last date */
    uint32_t month_days;
    int64_t month_first;             /* its first day */
} price_scan;

/* The mark between fields that the line at at has most of, outside quotes. */
char price_scan_delimiter(const char *at, const char *end);
/* Reads the header line and what the file is. */
TD_MUST_USE td_status price_scan_begin(price_scan *scan, const char *stem, td_error *err);
/* Reads all rows. */
TD_MUST_USE td_status price_scan_rows(price_scan *scan, td_error *err);
void price_scan_end(price_scan *scan);

/* ---- Between the files of the scanner ---- */

/* The row at at, quickly: the byte behind it, or NULL: there is something about it that the careful
 * way has to look at, and nothing was done. Its prices are in row, or scan->cell. *failed: what
 * adding its symbol came to. */
const char *price_scan_fast(price_scan *scan, price_row *row, td_status *failed, td_error *err);
/* The fields of split as a row. *why is NULL, or what is wrong with column *column (UINT32_MAX:
 * with the row); a status only for want of memory. */
TD_MUST_USE td_status price_scan_careful(price_scan *scan, price_row *row, const char **why,
                                         const char **allowed, uint32_t *column, td_error *err);

#endif
