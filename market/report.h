/* report.h - the report of a backtest: one HTML file that loads nothing, light and dark.
 *
 * It says what was tried before it says what won: the best of many points is flattered by being
 * the best, so the number of points, the spread of all of them and what luck alone would show
 * stand at the top. Everything from outside (symbols, names, texts) is escaped. */
#ifndef TANDEM_MARKET_REPORT_H
#define TANDEM_MARKET_REPORT_H
#include "market/outcome.h"
#include "market/panel_pick.h"
#include "modules/market/backtest.h"
#include "tandem/market.h"

/* A level on each bar, relative to 1 at its start; NaN where there is none. */
typedef struct report_curve {
    const char *name;
    const double *level;      /* [bar]; NULL: not drawn */
} report_curve;
#define REPORT_CURVES_MAX 4

typedef struct report_rule {
    const char *name, *value, *doc;
    bool given;               /* by the caller; else the default, or as the strategy says */
} report_rule;

typedef struct report_fact {
    const char *name, *text;  /* an attribute of the panel */
} report_fact;

typedef struct market_report {
    const outcome *o;
    const td_panel *panel;           /* what was tested */
    const char *title, *command, *source;    /* source: the panel's file; NULL: not told */
    const char *strategy;            /* its text */
    const report_rule *rule;
    uint32_t rule_count;
    const report_fact *fact;
    uint32_t fact_count;
    uint64_t point;                  /* looked at closely: the best, or one that was asked for */
    /* curve[0] is the strategy: the mean of the accounts of all
     * symbols, or the portfolio's; further ones are to compare with. */
    report_curve curve[REPORT_CURVES_MAX];
    uint64_t traced;                 /* accounts in the mean */
    panel_hold hold;                 /* medians over symbols of buying and holding */
    uint64_t symbol;                 /* of the candlestick chart */
    const backtest_trace *trace;     /* of that symbol, or of the portfolio; NULL: no chart */
    double year;                     /* bars in one */
} market_report;

/* free(*html). TD_E_NO_MEMORY, TD_E_OUT_OF_RANGE: the page is too large. */
TD_MUST_USE td_status market_report_html(const market_report *report, char **html, size_t *bytes,
                                         td_error *err);

#endif
