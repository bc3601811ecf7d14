/* prices_text.h - the text of a CSV file as UTF-8 that ends with a line break. */
#ifndef TANDEM_IO_PRICES_TEXT_H
#define TANDEM_IO_PRICES_TEXT_H
#include "tandem/module.h"

typedef struct price_text {
    const char *data;    /* without a BOM */
    size_t bytes;        /* the line break at the end, which may be ours, included */
    void *owned;         /* memory, or NULL */
    void *map;           /* or NULL */
    size_t map_bytes;
} price_text;

/* Maps or reads the file, unpacks it, and turns it into UTF-8. Close it in any case. */
TD_MUST_USE td_status price_text_open(const char *path, uint64_t bytes_max, price_text *out,
                                      td_error *err);
/* The same from memory, which must stay as long as the text is used. */
TD_MUST_USE td_status price_text_open_memory(const char *name, const void *data, size_t bytes,
                                             uint64_t bytes_max, price_text *out, td_error *err);
void price_text_close(price_text *text);

#endif
