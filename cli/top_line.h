/* top_line.h - a page of lines, each cut at the width of the terminal. */
#ifndef TANDEM_CLI_TOP_LINE_H
#define TANDEM_CLI_TOP_LINE_H
#include "cli/top.h"

typedef enum top_ink {
    INK_PLAIN = 0,
    INK_BOLD = 1,
    INK_DIM = 2,
    INK_BAR = 3,
    INK_CALM = 4,
    INK_WARM = 5,
    INK_HOT = 6,
    INK_ALARM = 7
} top_ink;

typedef struct top_page {
    paper *paper;
    const top_style *style;
    uint32_t column, row; /* where the next character stands */
} top_page;

/* Text, clean or not, is cut where the line ends, or after width columns if that is not 0; a cut
 * is shown. */
void top_line_text(top_page *page, top_ink ink, uint32_t width, const char *text);
void top_line_textf(top_page *page, top_ink ink, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Blanks up to a column. */
void top_line_to(top_page *page, uint32_t column);
/* Text that ends at the end of the line; left out when it does not fit behind what is there. */
void top_line_right(top_page *page, top_ink ink, const char *text);
/* share 0 to 1, NAN for an empty one. */
void top_line_bar(top_page *page, top_ink ink, double share, uint32_t cells);
/* The newest of count values on the right; most stands for a full cell. NAN is a gap. */
void top_line_history(top_page *page, top_ink ink, const double *value, uint32_t count,
                      double most, uint32_t cells);
void top_line_rule(top_page *page, const char *title);
void top_line_end(top_page *page);
uint32_t top_line_room(const top_page *page); /* columns left */
/* Columns of a text. */
uint32_t top_line_width(const top_page *page, const char *text);

#endif
