/* rows.h - CSV text as rows: printed readably, or as JSON. */
#ifndef TANDEM_CLI_ROWS_H
#define TANDEM_CLI_ROWS_H
#include "cli/cli.h"

#include <jansson.h>

/* Adds an aligned table; numbers with six digits, columns that are empty throughout left out. */
TD_MUST_USE td_status rows_readable(paper *page, const char *csv_data, size_t bytes, td_error *err);
/* {"columns": [..], "rows": [[..], ..]}; numbers as numbers, nan as null. */
TD_MUST_USE td_status rows_json(const char *csv_data, size_t bytes, json_t **out, td_error *err);
/* A field as CSV has it: quoted where it must be. */
void rows_add_field(paper *page, const char *data, size_t bytes);

#endif
