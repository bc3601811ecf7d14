/* publish_parts.h - what publish*.c share: rows on their way into a table. */
#ifndef TANDEM_MARKET_PUBLISH_PARTS_H
#define TANDEM_MARKET_PUBLISH_PARTS_H
#include "io/prices.h"
#include "market/publish.h"

#include "tandem/table.h"

typedef struct publishing {
    const market_publish_request *request;
    const char *table;
    postgres *pg;
    postgres_column *column;     /* [column_count] */
    uint32_t column_count;
    pg_bytes rows;               /* not sent yet */
    uint64_t row_count, pending, rows_total;
} publishing;

TD_MUST_USE td_status publish_column(publishing *to, const char *name, pg_type type,
                                     td_error *err);
/* Begins the transaction with the columns that were added. */
TD_MUST_USE td_status publish_begin(publishing *to, td_error *err);
void publish_row(publishing *to);    /* its values follow, one for each column */
/* Values of column index, in its own type. TD_E_OUT_OF_RANGE: it does not fit. */
TD_MUST_USE td_status publish_number(publishing *to, uint32_t index, double value, td_error *err);
TD_MUST_USE td_status publish_time(publishing *to, uint32_t index, int64_t seconds, td_error *err);
TD_MUST_USE td_status publish_text(publishing *to, uint32_t index, const char *text,
                                   td_error *err);
/* Sends what has gathered, when it is enough. */
TD_MUST_USE td_status publish_send(publishing *to, td_error *err);

TD_MUST_USE td_status publish_panel(publishing *to, const td_panel *panel, td_error *err);
TD_MUST_USE td_status publish_table(publishing *to, const td_table *table, market_published *out,
                                    td_error *err);

#endif
