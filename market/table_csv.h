/* table_csv.h - a table's variables as one long CSV file: a column for each dimension, then one for
 * each variable; a row for each combination of coordinates, the last dimension fastest.
 *
 *     fast,slow,symbol,total_return,sharpe,max_drawdown,trades
 *     5,40,000020,0.12,0.31,0.2,17
 *
 * Numbers are the shortest text that reads back as the same double; what is not defined is "nan".
 * A dimension whose unit counts "days since 1970-01-01" or "seconds since .." is written as dates.
 * The file is made row by row, so it takes no memory to speak of, and appears as a whole. */
#ifndef TANDEM_MARKET_TABLE_CSV_H
#define TANDEM_MARKET_TABLE_CSV_H
#include "tandem/table.h"

#define TABLE_CSV_VARS_MAX 128

typedef struct table_csv {
    const char *path;
    const char *const *var;      /* names, all over the same dimensions */
    uint32_t var_count;
    const char *const *heading;  /* of the dimensions' columns; NULL: their names */
    bool leave_out_empty;        /* rows in which no variable has a value */
    /* Called now and then with the share done; true stops with TD_E_CANCELLED. May be NULL. */
    bool (*tell)(void *context, double done);
    void *context;
} table_csv;

/* TD_E_IO: cannot be written (the path is as it was). */
TD_MUST_USE td_status table_csv_write(const td_table *table, const table_csv *how,
                                      uint64_t *rows, td_error *err);

#endif
