/* page.h - a growing text, and the few shapes that the surfaces write: wrapped paragraphs,
 * shell words, numbers with separators. */
#ifndef TANDEM_CLI_PAGE_H
#define TANDEM_CLI_PAGE_H
#include "tandem/module.h"

/* Starts as {0}. After a failed allocation, failed is set and nothing more is added; who writes
 * the text out asks page_check once. */
typedef struct cli_page {
    char  *data;       /* ends with a 0; NULL while nothing was added */
    size_t bytes, capacity;
    bool   failed;
} cli_page;

void page_add(cli_page *page, const char *part);
void page_add_bytes(cli_page *page, const char *part, size_t bytes);
void page_addf(cli_page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Pads with blanks to a column, counted from the last line break; at least one blank. */
void page_pad(cli_page *page, size_t column);
/* Words of part, broken at blanks so that lines end before width; later lines get indent blanks.
 * The first line goes on where the text stands. */
void page_wrap(cli_page *page, const char *part, size_t indent, size_t width);
/* A word as a shell takes it back: plain when that is safe, else in single quotes. */
void page_add_word(cli_page *page, const char *word);
/* 1234567 as "1,234,567". */
void page_add_count(cli_page *page, uint64_t count);
/* 1610612736 as "1.5 GiB". */
void page_add_size(cli_page *page, uint64_t bytes);
TD_MUST_USE td_status page_check(const cli_page *page, td_error *err);
void page_free(cli_page *page);

bool word_in_list(const char *list, const char *word);     /* "m,tau,eps" holds "tau" */

#endif
