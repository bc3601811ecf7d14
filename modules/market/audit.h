/* audit.h - finds what is wrong with a panel of prices, and mends it as it is told.
 *
 * Works on a td_panel alone, one symbol after the other, in memory of a few bytes a bar. Own bars
 * of a symbol are the bars at which any of its prices is a number. A row is a symbol at one bar.
 *
 * A trading day is a bar at which at least calendar_share of the symbols that are listed then (from
 * their first own bar to their last) have an own bar; or a time that the given calendar lists.
 *
 *   halts           open = high = low = 0 and close > 0: no trade, the last close stands. Such a
 *                   row is judged by nothing below but the calendar and its close (moves, splits)
 *   gaps            a trading day between a symbol's first and last own bar without one
 *   off_calendar    an own bar on a day that is no trading day
 *   zero_volume     volume = 0 and no halt
 *   high_below_low  high < low
 *   outside_range   open or close outside low .. high, where low <= high
 *   not_positive    a price <= 0 or infinite, or a volume < 0, and no halt; not judged by the two
 *                   above
 *   missing         an own bar that lacks a price which the panel has
 *   moves           |close / previous close - 1| reaches the limit, to a relative 1e-12, over own
 *                   bars with a close > 0, halts included. The limit itself counts: 1000 to 1300 is
 *                   a move of 0.3 however the quotient is rounded
 *   splits          a close that looks as if a split or a merge of shares had not been taken into
 *                   account; see audit_split.c. Such a bar may be a move as well
 *   short           from its first to its last own bar a symbol spans fewer trading days than
 *                   history_share of all; its rows are the trading days before and after
 *
 * Duplicates and times out of order cannot stand in a panel: who loads it counts them. */
#ifndef TANDEM_MODULES_MARKET_AUDIT_H
#define TANDEM_MODULES_MARKET_AUDIT_H
#include "tandem/market.h"
#include "tandem/module.h"

typedef enum audit_kind {
    AUDIT_HALTS = 0, AUDIT_GAPS = 1, AUDIT_OFF_CALENDAR = 2, AUDIT_ZERO_VOLUME = 3,
    AUDIT_HIGH_BELOW_LOW = 4, AUDIT_OUTSIDE_RANGE = 5, AUDIT_NOT_POSITIVE = 6, AUDIT_MISSING = 7,
    AUDIT_MOVES = 8, AUDIT_SPLITS = 9, AUDIT_SHORT = 10
} audit_kind;
#define AUDIT_KINDS 11

/* What is done with the rows of a fault. */
typedef enum audit_policy {
    AUDIT_KEEP    = 0,    /* as they are */
    AUDIT_DROP    = 1,    /* no bar there any more: NaN in every price */
    AUDIT_FILL    = 2,    /* repaired: see audit_rules[].fill */
    AUDIT_EXCLUDE = 3,    /* the whole symbol is left out */
    AUDIT_ADJUST  = 4     /* splits: prices before it times the ratio, volumes divided by it */
} audit_policy;
#define AUDIT_POLICIES 5

typedef struct audit_rule {
    const char *name;     /* "zero_volume" */
    const char *title;    /* "Zero volume" */
    const char *doc;      /* what counts, one sentence */
    const char *fill;     /* what AUDIT_FILL does; NULL: it is not allowed */
    const char *value;    /* what a finding's value is */
    uint32_t    policies; /* 1 << audit_policy of those that are allowed */
} audit_rule;

extern const audit_rule audit_rules[AUDIT_KINDS];
const char *audit_policy_name(audit_policy policy);                /* "keep"; never NULL */
bool audit_policy_find(const char *name, audit_policy *policy);

typedef struct audit_options {
    double move_limit;              /* 0.3; more than 0 */
    double calendar_share;          /* 0.5; 0 to 1 */
    double history_share;           /* 1: any symbol that comes later or goes earlier; 0 to 1 */
    const int64_t *calendar;        /* times of trading days, rising; NULL: taken from the panel */
    uint64_t calendar_count;
    audit_policy policy[AUDIT_KINDS];
} audit_options;
#define AUDIT_OPTIONS_INIT                                                                 \
    {0.3, 0.5, 1.0, NULL, 0,                                                               \
     {AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP,  \
      AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP, AUDIT_KEEP}}

typedef struct audit_finding {
    audit_kind kind;
    uint64_t   symbol, bar;
    double     value;       /* audit_rules[kind].value */
    double     reference;   /* what it is held against: the previous close, the bound; or NaN */
} audit_finding;

/* All may be NULL. Findings come by symbol, then kind, then bar; one for each row, and of short
 * histories one for each symbol. finding: false stops with TD_E_CANCELLED, so does step, which
 * is called after each symbol. */
typedef struct audit_hooks {
    bool (*finding)(void *context, const audit_finding *finding);
    bool (*step)(void *context, uint64_t symbols_done);
    void *context;
} audit_hooks;

typedef struct audit_count {
    uint64_t rows, symbols;
} audit_count;

typedef struct audit_report {
    uint64_t    symbols, bars, rows;      /* rows: own bars of all symbols */
    uint64_t    empty_symbols;            /* without any bar */
    uint64_t    trading_days;
    uint64_t    absent_days;              /* of the given calendar, between the panel's first and
                                             last time, that the panel does not have at all */
    int64_t     absent_first;             /* the first of them */
    audit_count found[AUDIT_KINDS];
    double      move_min, move_max;       /* largest changes of the close, down and up; 0: none */
} audit_report;

/* TD_E_BAD_ARGUMENT: no panel, or one without a close; a calendar that does not rise.
 * TD_E_OUT_OF_RANGE: a limit, a share, or a policy that a fault does not have. hooks may be
 * NULL. *report is written on success alone. */
TD_MUST_USE td_status audit_run(const td_panel *panel, const audit_options *options,
                                const audit_hooks *hooks, audit_report *report, td_error *err);
TD_MUST_USE td_status audit_check(const audit_options *options, td_error *err);

typedef struct audit_mended {
    audit_count changed[AUDIT_KINDS];    /* rows that a policy changed; excluded symbols with all
                                            their own bars, under every fault that excludes them */
    uint64_t    rows_before, rows_after, symbols_after;
} audit_mended;

/* Mends: first symbols are left out, then rows dropped, then splits adjusted, then rows filled,
 * from bars as they are by then. What was dropped stays dropped: it is no gap. A row that is to be
 * filled from the last close where there is none yet is dropped. A move at a split that is adjusted
 * is none any more.
 *
 * price[p], for each price that the panel has, takes symbol_count x bar_count values; it must not
 * be the panel's own array. excluded[symbol] becomes 1 for a symbol that is left out, else 0: its
 * values are NaN. The findings are those of audit_run; hooks->finding is not called. On failure
 * prices are undefined. */
TD_MUST_USE td_status audit_mend(const td_panel *panel, const audit_options *options,
                                 const audit_hooks *hooks, double *const price[TD_PRICES],
                                 uint8_t *excluded, audit_mended *mended, td_error *err);

#endif
