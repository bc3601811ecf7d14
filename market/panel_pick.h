/* panel_pick.h - a part of a panel: some of its symbols, a stretch of its time; and a level to
 * compare with, on the same bars. */
#ifndef TANDEM_MARKET_PANEL_PICK_H
#define TANDEM_MARKET_PANEL_PICK_H
#include "tandem/market.h"
#include "tandem/module.h"

typedef struct panel_pick {
    td_panel panel;          /* what is picked; borrows from the panel it is picked of */
    double *data;            /* prices copied, where they do not lie as one block */
    const char **symbol;
    uint64_t first_bar;      /* of the other panel */
} panel_pick;

typedef struct panel_choice {
    const char *symbols;     /* names with commas between them, or a file with one in each line;
                                NULL: all */
    const char *from, *to;   /* dates, both inclusive: "2024-06-01", "2024-06", "2024"; or NULL */
} panel_choice;

/* Prices are copied only when symbols or bars are left out. name stands in errors. TD_E_NOT_FOUND:
 * a symbol that is not there (names the nearest); TD_E_BAD_ARGUMENT: a date that is none, nothing
 * left. */
TD_MUST_USE td_status panel_pick_make(const td_panel *from, const panel_choice *choice,
                                      const char *name, panel_pick *out, td_error *err);
void panel_pick_free(panel_pick *pick);

/* A level on each bar of the picked panel, to compare with; out has room for its bars.
 *
 *   "equal"      the mean of the returns of all symbols that have a bar and had one before, day by
 *                day: a portfolio that is brought back to equal parts at each bar
 *   a symbol     of the whole panel: its close, filled forward
 *   a file       CSV with a column of dates (date, time) and one of levels (close, level, value,
 *                or the only other one); the last level at or before a bar is taken
 *
 * adjusted: "equal" and a symbol take the adjusted close. TD_E_NOT_FOUND, TD_E_CORRUPT: why it
 * cannot be had. NaN before the first level. */
TD_MUST_USE td_status benchmark_make(const td_panel *whole, const panel_pick *pick,
                                     const char *what, bool adjusted, double *out, td_error *err);

/* What buying each symbol at its first bar and holding it to its last gives, without costs. The
 * drawdown is 0 or below. */
typedef struct panel_hold {
    double total_return, sharpe, max_drawdown;   /* NaN: fewer than 2 bars */
} panel_hold;
/* The conventions of the Sharpe ratio, those of the strategy that it stands beside. */
typedef struct panel_hold_rules {
    double year, risk_free;   /* bars in a year; a yearly rate */
    int ddof;
    bool log_returns;
} panel_hold_rules;

panel_hold panel_hold_of(const td_panel *panel, uint64_t symbol, bool adjusted,
                         const panel_hold_rules *rules);
/* Medians over the symbols; NaN where none has a value. */
TD_MUST_USE td_status panel_hold_medians(const td_panel *panel, bool adjusted,
                                         const panel_hold_rules *rules, panel_hold *out,
                                         td_error *err);
/* Of a level on bars. */
panel_hold level_hold_of(const double *level, uint64_t count, const panel_hold_rules *rules);

#endif
