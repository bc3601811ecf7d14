/* fuzz_csv.c - random bytes as a CSV file. Everything that a caller may ask is asked; numbers must
 * be what strtod makes of the same text; an error must say what and where. */
#include "io/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUZZ_BYTES_MAX (1u << 20) /* of the text, also when it is packed */
#define FUZZ_TEXT_MAX  512        /* of a number that is compared */

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static volatile unsigned char fuzz_sink; /* so that every byte is read */

static void require(bool truth)
{
    if (!truth) __builtin_trap();
}

static void check_number(const csv *file, uint64_t row, uint32_t column)
{
    char text[FUZZ_TEXT_MAX + 1], *end = NULL;
    double value = 12345;
    td_error err = TD_ERROR_INIT;
    const csv_text field = csv_field(file, row, column);
    if (csv_number(file, row, column, &value, &err) != TD_OK) {
        require(err.status == TD_E_CORRUPT && err.message[0] && value == 12345);
        return;
    }
    require(!isinf(value));
    if (isnan(value) || field.bytes > FUZZ_TEXT_MAX) return;
    memcpy(text, field.data, field.bytes);
    text[field.bytes] = 0;
    const double want = strtod(text, &end);
    require(memcmp(&want, &value, sizeof value) == 0);
    require(strspn(end, " \t") == strlen(end));
}

static void check_file(const csv *file)
{
    const uint64_t rows = csv_row_count(file);
    const uint32_t columns = csv_column_count(file);
    uint64_t line = 0;
    uint32_t found = 0;
    require(columns >= 1 && columns <= CSV_COLUMNS_MAX);
    for (uint32_t c = 0; c < columns; ++c) {
        require(csv_find(file, csv_column_name(file, c), &found) && found <= c);
        require(strcmp(csv_column_name(file, c), csv_column_name(file, found)) == 0);
    }
    for (uint64_t r = 0; r < rows; ++r) {
        require(csv_line(file, r) > line);
        line = csv_line(file, r);
        for (uint32_t c = 0; c < columns; ++c) {
            const csv_text field = csv_field(file, r, c);
            for (size_t i = 0; i < field.bytes; ++i)
                fuzz_sink = (unsigned char)field.data[i];
            require(field.bytes == 0 || !memchr(field.data, 0, field.bytes));
            check_number(file, r, c);
        }
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    csv *file = NULL;
    td_error err = TD_ERROR_INIT;
    const td_status status = csv_open_memory("f.csv", data, size, FUZZ_BYTES_MAX, &file, &err);
    if (status) {
        require(status == TD_E_CORRUPT && err.status == status && !file);
        require(strncmp(err.message, "f.csv:", 6) == 0);
        return 0;
    }
    check_file(file);
    csv_close(file);
    return 0;
}
