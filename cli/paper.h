/* paper.h - a growing text, and the few shapes that the surfaces write: wrapped paragraphs,
 * shell words, numbers with separators. */
#ifndef TANDEM_CLI_PAPER_H
#define TANDEM_CLI_PAPER_H
#include "tandem/module.h"

/* Starts as {0}. After a failed allocation, failed is set and nothing more is added; who writes
 * the text out asks paper_check once. */
typedef struct paper {
    char *data; /* ends with a 0; NULL while nothing was added */
    size_t bytes, capacity;
    bool failed;
} paper;

void paper_add(paper *page, const char *part);
void paper_add_bytes(paper *page, const char *part, size_t bytes);
void paper_addf(paper *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Pads with blanks to a column, counted from the last line break; at least one blank. */
void paper_pad(paper *page, size_t column);
/* Words of part, broken at blanks so that lines end before width; later lines get indent blanks.
 * The first line goes on where the text stands. */
void paper_wrap(paper *page, const char *part, size_t indent, size_t width);
/* A word as a shell takes it back: plain when that is safe, else in single quotes. */
void paper_add_word(paper *page, const char *word);
/* 1234567 as "1,234,567". */
void paper_add_count(paper *page, uint64_t count);
/* 1610612736 as "1.5 GiB". */
void paper_add_size(paper *page, uint64_t bytes);
TD_MUST_USE td_status paper_check(const paper *page, td_error *err);
void paper_free(paper *page);

bool word_in_list(const char *list, const char *word); /* "m,tau,eps" holds "tau" */

#endif
