/* csv.h - reads a delimited text file with a header line into memory.
 *
 * Accepts: comma, semicolon or tab (found in the header line); LF, CRLF; a UTF-8 BOM; quoted
 * fields with "" inside and line breaks; gzip, xz and zstd by their first bytes, whatever the name.
 * Bounds: CSV_BYTES_MAX decompressed bytes unless told, CSV_COLUMNS_MAX columns. Every error
 * names the file and the line (1 is the header): "a.csv:7: has 2 fields, the header has 3". */
#ifndef TANDEM_IO_CSV_H
#define TANDEM_IO_CSV_H
#include "tandem/module.h"

#define CSV_BYTES_MAX   (1ull << 32)
#define CSV_COLUMNS_MAX 4096

typedef struct csv csv;
typedef struct csv_text {
    const char *data;
    size_t bytes;
} csv_text; /* not 0-terminated */

/* bytes_max 0: CSV_BYTES_MAX. TD_E_IO: cannot be read; TD_E_CORRUPT: not such a file (empty,
 * ragged, a quote that never ends, a broken archive, a zero byte). */
TD_MUST_USE td_status csv_open(const char *path, uint64_t bytes_max, csv **out, td_error *err);
/* The same from memory; name stands in errors. What fuzzers call. */
TD_MUST_USE td_status csv_open_memory(const char *name, const void *data, size_t bytes,
                                      uint64_t bytes_max, csv **out, td_error *err);
void csv_close(csv *csv);               /* NULL is fine */
uint64_t csv_row_count(const csv *csv); /* data rows; blank lines are none */
uint32_t csv_column_count(const csv *csv);
const char *csv_column_name(const csv *csv, uint32_t column); /* trimmed, 0-terminated */
/* False when there is no such column; names compare exactly, else without regard to case. */
bool csv_find(const csv *csv, const char *name, uint32_t *column);
csv_text csv_field(const csv *csv, uint64_t row, uint32_t column);
uint64_t csv_line(const csv *csv, uint64_t row); /* line in the file, from 1 */
/* The double nearest to the field's text. Empty, "nan", "NA" (any case): NaN. Anything else that
 * is no number, and infinities: TD_E_CORRUPT, naming file, line, column and text. */
TD_MUST_USE td_status csv_number(const csv *csv, uint64_t row, uint32_t column, double *out,
                                 td_error *err);
/* A whole column into out[csv_row_count]. */
TD_MUST_USE td_status csv_numbers(const csv *csv, uint32_t column, double *out, td_error *err);

#endif
