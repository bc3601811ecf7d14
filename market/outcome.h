/* outcome.h - what a backtest has found, as its reader asks for it: points of the grid ranked by a
 * measure, and how much of the best one's lead is the luck of many tries.
 *
 * A point is a combination of the axes' values, counted with the last axis fastest. Over symbols a
 * measure is told by its median, so that no single share makes a point look good; and a point is
 * ranked when at least half of the symbols have a value, for the few that a strategy happens to
 * trade are no sample. Where no point reaches that, all with a value are ranked. */
#ifndef TANDEM_MARKET_OUTCOME_H
#define TANDEM_MARKET_OUTCOME_H
#include "tandem/module.h"

#define OUTCOME_MEASURES_MAX 96
#define OUTCOME_LABEL_MAX    160

typedef struct outcome_measure {
    td_var var;              /* name, doc, unit, data */
    bool less_is_better;     /* volatility, costs, turnover .. */
    double *median;          /* [point] over the symbols that have a value; NaN: none has */
} outcome_measure;

typedef struct outcome {
    const td_table *table;               /* borrowed */
    uint32_t axis_count;
    td_dim axis[TD_AXES_MAX];
    uint64_t point_count;
    uint64_t symbol_count;               /* 1 for a portfolio */
    const char *const *symbol;           /* NULL for a portfolio */
    uint32_t measure_count;
    outcome_measure measure[OUTCOME_MEASURES_MAX];
    uint32_t by;                         /* the measure that points are ranked by */
    uint64_t *rank;                      /* points: the ranked ones, the best first; the thin ones;
                                            those without a value */
    uint64_t ranked;
    uint64_t thin;                       /* points left out: too few symbols have a value */
} outcome;

/* by: a measure's name; NULL: "sharpe", or the first measure where there is none. The table must
 * outlive it. TD_E_BAD_ARGUMENT: no such measure (names those that there are), or no measures.
 * stop may be NULL: asked now and then, true ends with TD_E_CANCELLED. */
TD_MUST_USE td_status outcome_open(const td_table *table, const char *by,
                                   bool (*stop)(void *context), void *context, outcome **out,
                                   td_error *err);
void outcome_close(outcome *o);   /* NULL is fine */

/* NaN: not defined. */
double outcome_value(const outcome *o, uint32_t measure, uint64_t point, uint64_t symbol);
/* -1: no such measure. */
int outcome_find(const outcome *o, const char *measure);
void outcome_index(const outcome *o, uint64_t point, uint64_t index[TD_AXES_MAX]);
uint64_t outcome_point(const outcome *o, const uint64_t index[TD_AXES_MAX]);
/* "10", "ma_cross": the coordinate of an axis. Cut at OUTCOME_LABEL_MAX. */
const char *outcome_coordinate(const outcome *o, uint32_t axis, uint64_t index,
                               char out[OUTCOME_LABEL_MAX]);
/* "fast=10, slow=50"; "" without axes. */
const char *outcome_label(const outcome *o, uint64_t point, char out[OUTCOME_LABEL_MAX]);
/* Quantiles (0..1, linear between the two nearest) of count values without NaN, sorted here. */
double outcome_quantile(double *sorted, uint64_t count, double share);
/* Sorted values of a measure at a point, without NaN; out has room for symbol_count. */
uint64_t outcome_sorted(const outcome *o, uint32_t measure, uint64_t point, double *out);

/* The largest of count draws from a normal distribution of this standard deviation and mean 0, as
 * expected: D. Bailey, M. Lopez de Prado, "The Deflated Sharpe Ratio", Journal of Portfolio
 * Management 40(5), 2014, equation 1. 0 for fewer than 2 draws. */
double outcome_expected_max(uint64_t count, double deviation);
/* Standard error of a yearly Sharpe ratio that so many bars gave: A. W. Lo, "The Statistics of
 * Sharpe Ratios", Financial Analysts Journal 58(4), 2002, table 1 (independent normal returns). */
double outcome_sharpe_error(double sharpe, double bars, double year);
/* The deflated Sharpe ratio: the probability that the true one is above what luck is expected to
 * show, by that error; skew and kurtosis of the returns left out. Same source, equation 2. */
double outcome_deflated(double sharpe, double expected, double error);
/* Standard deviation (ddof 1) of a measure's medians over the ranked points; NaN for fewer than
 * 2. */
double outcome_spread(const outcome *o, uint32_t measure);

#endif
