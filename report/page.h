/* page.h - the parts of the report's page, in the order in which they stand on it. Each part
 * escapes what comes from outside; a failure sticks to the text. */
#ifndef TANDEM_REPORT_PAGE_H
#define TANDEM_REPORT_PAGE_H
#include "report/fig.h"
#include "report/view.h"

#define PAGE_ROOM 4

typedef struct page {
    view    v;
    text    out;
    double *value;       /* room for PAGE_ROOM numbers of each recording */
} page;

/* Opens <html>, up to <main>: style, title, theme button, contents. Closes it, with the script. */
void page_begin(page *p);
void page_end(page *p);

void page_facts(page *p);      /* the figures under the title */
void page_summary(page *p);
void page_limits(page *p);     /* a part of the summary */
void page_quality(page *p);
void page_space(page *p);
void page_best(page *p);
void page_groups(page *p);
void page_trend(page *p);
void page_plots(page *p);
void page_eye(page *p);
void page_methods(page *p);
void page_command(page *p);

/* The numbers behind the map that the script draws; false: there is nothing to draw. */
bool page_grid_data(page *p);
void page_style(text *out);
void page_script(text *out);
/* Its frame alone, for pages of another kind, whose own script stands between: theme, tips, tables
 * that sort. There are find(selector), all(selector) and root. */
void page_script_begin(text *out);
void page_script_end(text *out);

/* ---- Pieces ---------------------------------------------------------------------------------- */

void page_section(page *p, const char *id, const char *title);
void page_section_end(page *p);
/* A paragraph; text_format's rules. For text from outside: open, escape, close. */
void page_note(page *p, const char *plain);          /* a quieter paragraph, escaped */
void page_figure_begin(page *p, const char *class_);
/* caption is escaped; NULL: none. */
void page_figure_end(page *p, const char *caption);
const char *page_plural(uint64_t count);             /* "s", or "" for 1 */
/* Why there are no statistics, or NULL when there are some. */
const char *page_why_no_statistics(const page *p);

/* The plot of a best combination; its texts live as long as words. */
typedef struct plot_words { char title[3 * VIEW_LABEL_MAX], point[VIEW_LABEL_MAX]; } plot_words;
subject_plot page_plot_of(const view *v, const best *b, plot_words *words);

/* How much of the variance of the recordings' lengths the groups explain, where it is enough to
 * be warned about; else NaN. The lengths of the observations are in value then. */
double page_length_eta2(page *p);

/* Of pair i of the groups: which two, and how many observations of each have a value there. */
typedef struct pair_size { uint64_t a, b, count_a, count_b; } pair_size;
pair_size page_pair(page *p, const measure *m, const place *at, uint64_t pair);

#endif
