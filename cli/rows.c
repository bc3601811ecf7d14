/* rows.c - see rows.h. */
#include "cli/rows.h"

#include "io/csv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABELS         5 /* recording,group,subject,task,mode: texts, whatever they look like */
#define CELL_BYTES_MAX 64

static bool is_label(const csv *rows, uint32_t column)
{
    static const char *const labels[LABELS] = {"recording", "group", "subject", "task", "mode"};
    for (int i = 0; i < LABELS; ++i)
        if (strcmp(csv_column_name(rows, column), labels[i]) == 0) return true;
    return false;
}

void rows_add_field(paper *page, const char *data, size_t bytes)
{
    bool plain = true;
    for (size_t i = 0; i < bytes; ++i)
        plain &= !strchr(",\"\r\n;\t", data[i]);
    if (bytes && (data[0] == ' ' || data[bytes - 1] == ' ')) plain = false;
    if (!plain) paper_add(page, "\"");
    for (size_t i = 0; i < bytes; ++i) {
        if (data[i] == '"') paper_add(page, "\"");
        paper_add_bytes(page, data + i, 1);
    }
    if (!plain) paper_add(page, "\"");
}

/* ---- Readable --------------------------------------------------------------------------- */

static size_t characters(const char *data, size_t bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; ++i)
        count += ((unsigned char)data[i] & 0xc0) != 0x80;
    return count;
}

/* The cell's text and its length; a number goes through cell. */
static csv_text show_cell(const csv *rows, uint64_t row, uint32_t column, bool label,
                          char cell[CELL_BYTES_MAX])
{
    csv_text field = csv_field(rows, row, column);
    double value = 0.0;
    if (label || csv_number(rows, row, column, &value, NULL)) return field;
    const int bytes = snprintf(cell, CELL_BYTES_MAX, "%.6g", value);
    return (csv_text){cell, (size_t)bytes};
}

static void add_cell(paper *page, csv_text cell, size_t width, bool left, bool last)
{
    const size_t gap = width - characters(cell.data, cell.bytes);
    for (size_t i = 0; !left && i < gap; ++i)
        paper_add(page, " ");
    paper_add_bytes(page, cell.data, cell.bytes);
    for (size_t i = 0; left && !last && i < gap; ++i)
        paper_add(page, " ");
    paper_add(page, last ? "\n" : "  ");
}

td_status rows_readable(paper *page, const char *csv_data, size_t bytes, td_error *err)
{
    csv *rows = NULL;
    size_t *width = NULL;
    char cell[CELL_BYTES_MAX];
    td_status status = csv_open_memory("the result", csv_data, bytes, 0, &rows, err);
    if (status) goto out;
    const uint32_t columns = csv_column_count(rows);
    uint32_t last = 0;
    width = calloc(columns, sizeof *width);
    if (!width) {
        status = td_fail(err, TD_E_NO_MEMORY, "no memory for %u columns", columns);
        goto out;
    }
    for (uint32_t c = 0; c < columns; ++c) {
        for (uint64_t r = 0; r < csv_row_count(rows); ++r) {
            const csv_text text = show_cell(rows, r, c, is_label(rows, c), cell);
            const size_t wide = characters(text.data, text.bytes);
            if (wide > width[c]) width[c] = wide;
        }
        const size_t name = strlen(csv_column_name(rows, c));
        if (width[c] && name > width[c]) width[c] = name;
        if (width[c]) last = c;
    }
    for (uint64_t r = 0; r <= csv_row_count(rows); ++r) {
        for (uint32_t c = 0; c < columns; ++c) {
            const char *name = csv_column_name(rows, c);
            const bool label = is_label(rows, c);
            if (!width[c]) continue;
            const csv_text text =
                r == 0 ? (csv_text){name, strlen(name)} : show_cell(rows, r - 1, c, label, cell);
            add_cell(page, text, width[c], label, c == last);
        }
    }
out:
    free(width);
    csv_close(rows);
    return status;
}

/* ---- JSON ------------------------------------------------------------------------------- */

static json_t *json_cell(const csv *rows, uint64_t row, uint32_t column)
{
    const csv_text field = csv_field(rows, row, column);
    double value = 0.0;
    if (is_label(rows, column) || csv_number(rows, row, column, &value, NULL))
        return json_stringn(field.data, field.bytes);
    return isfinite(value) ? json_real(value) : json_null();
}

td_status rows_json(const char *csv_data, size_t bytes, json_t **out, td_error *err)
{
    csv *rows = NULL;
    td_status status = csv_open_memory("the result", csv_data, bytes, 0, &rows, err);
    if (status) return status;
    json_t *names = json_array(), *lines = json_array();
    for (uint32_t c = 0; c < csv_column_count(rows); ++c)
        json_array_append_new(names, json_string(csv_column_name(rows, c)));
    for (uint64_t r = 0; r < csv_row_count(rows); ++r) {
        json_t *line = json_array();
        for (uint32_t c = 0; c < csv_column_count(rows); ++c)
            json_array_append_new(line, json_cell(rows, r, c));
        json_array_append_new(lines, line);
    }
    csv_close(rows);
    *out = json_pack("{s:o, s:o}", "columns", names, "rows", lines);
    return *out ? TD_OK : td_fail(err, TD_E_NO_MEMORY, "no memory for the JSON document");
}
