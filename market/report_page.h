/* report_page.h - the parts of a backtest's page, in the order in which they stand on it. */
#ifndef TANDEM_MARKET_REPORT_PAGE_H
#define TANDEM_MARKET_REPORT_PAGE_H
#include "market/report.h"
#include "report/svg.h"

typedef struct report_page {
    const market_report *in;
    text out;
    double *value;            /* room for one number of each symbol, or of each bar */
    uint64_t best;            /* the best point */
    bool intraday;
} report_page;

void report_begin(report_page *p);       /* up to <main>, with the figures under the title */
void report_summary(report_page *p);
void report_table(report_page *p);       /* the best points with all measures */
void report_maps(report_page *p);        /* the measures over the parameters */
void report_spread(report_page *p);      /* the measures over the symbols, at the best point */
void report_curves(report_page *p);      /* equity and drawdown */
void report_months(report_page *p);
void report_candles(report_page *p);     /* trades on bars */
void report_methods(report_page *p);
void report_command(report_page *p);
void report_end(report_page *p);

void report_style(text *out);
void report_script(text *out);

/* ---- Pieces --------------------------------------------------------------------------------- */

void report_section(report_page *p, const char *id, const char *title);
void report_section_end(report_page *p);
void report_note(report_page *p, const char *plain);     /* quieter, escaped */
/* A measure's value as a reader wants it: fractions in per cent where the measure is one. */
const char *report_show(char out[SHOW_MAX], const td_var *var, double value);
bool report_is_share(const td_var *var);
/* "max_drawdown" as "max drawdown". */
const char *report_title(const char *name, char out[OUTCOME_LABEL_MAX]);

#endif
