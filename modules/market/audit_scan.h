/* audit_scan.h - one symbol under the audit: what was found at each of its bars. */
#ifndef TANDEM_MODULES_MARKET_AUDIT_SCAN_H
#define TANDEM_MODULES_MARKET_AUDIT_SCAN_H
#include "modules/market/audit.h"

typedef struct audit_days {
    uint8_t *trading;          /* [bar] */
    uint64_t trading_count;
    uint64_t absent;
    int64_t  absent_first;
} audit_days;

/* Scratch for one symbol at a time; the arrays have bar_count values. */
typedef struct audit_scan {
    const td_panel *panel;
    const audit_options *options;
    const audit_days *days;
    const double *price[TD_PRICES];    /* of the symbol, or NULL */
    uint64_t bar_count, own_count;
    uint64_t *own;                     /* [own_count]: bars that the symbol has, rising */
    uint16_t *found;                   /* 1 << audit_kind of what is wrong at the bar */
    double *before;                    /* the last close > 0 before the bar; NaN: none */
    double *ratio;                     /* of the split at the bar; valid where found says so */
    uint64_t short_rows;               /* trading days before the first and after the last bar */
    double span_share;                 /* of the trading days that lie between them */
    bool is_short;
} audit_scan;

TD_MUST_USE td_status audit_scan_create(const td_panel *panel, const audit_options *options,
                                        const audit_days *days, audit_scan *scan, td_error *err);
void audit_scan_free(audit_scan *scan);
/* Looks at a symbol: fills everything above. */
void audit_scan_symbol(audit_scan *scan, uint64_t symbol);
/* True when any price of the bar is a number. */
bool audit_scan_is_own(const audit_scan *scan, uint64_t bar);
void audit_scan_finding(const audit_scan *scan, uint64_t symbol, uint64_t bar, audit_kind kind,
                        audit_finding *finding);

/* The ratio, as 0.5 for two new shares for one old, of a split at own bar number at that prices do
 * not account for; 0: none is seen (audit_split.c). */
double audit_split_ratio(const audit_scan *scan, uint64_t at);
/* The simple ratio that value lies next to, within slack in relation to it; 0: none. */
double audit_split_simple(double value, double slack);
/* Slack of a ratio that the adjusted close tells. */
#define AUDIT_SPLIT_SLACK_ADJUSTED 0.01

TD_MUST_USE td_status audit_days_make(const td_panel *panel, const audit_options *options,
                                      audit_days *days, td_error *err);
void audit_days_free(audit_days *days);
/* Checks panel and options for audit_run and audit_mend. */
TD_MUST_USE td_status audit_check_panel(const td_panel *panel, const audit_options *options,
                                        td_error *err);

#endif
