/* prices_line.h - one row of a CSV file as fields, with their quotes taken off. */
#ifndef TANDEM_IO_PRICES_LINE_H
#define TANDEM_IO_PRICES_LINE_H
#include "tandem/module.h"

typedef struct price_field {
    const char *text;    /* blanks around it are gone; not 0-terminated */
    size_t bytes;
    bool quoted;
} price_field;

typedef struct price_line {    /* {0} at first; used again from line to line */
    price_field *field;
    uint32_t count, room;
    char *unquoted;            /* fields that had "" inside */
    size_t unquoted_room;
} price_line;

/* Splits the row at *at, which ends before end. *at goes behind it, *lines by as many lines as it
 * has. *why is NULL, or what is wrong: then *at is behind the line. Only TD_E_NO_MEMORY. */
TD_MUST_USE td_status price_line_split(price_line *line, const char **at, const char *end,
                                       char delimiter, uint64_t *lines, const char **why,
                                       td_error *err);
void price_line_free(price_line *line);

#endif
