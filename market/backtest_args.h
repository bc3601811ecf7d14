/* backtest_args.h - the call of "market.backtest" that a run makes, and the same at one point. */
#ifndef TANDEM_MARKET_BACKTEST_ARGS_H
#define TANDEM_MARKET_BACKTEST_ARGS_H
#include "market/panel_bind.h"
#include "modules/market/backtest.h"

typedef struct backtest_rule_value {
    const char *name, *value;        /* of rules.h, as text */
} backtest_rule_value;

typedef struct backtest_call {
    const char *text;                /* of the strategies */
    const char *const *grid;         /* "fast=5:30:5": axes, in the order of the results */
    uint32_t grid_count;
    const char *const *set;          /* "fast=12": a strategy's parameter, or a rule */
    uint32_t set_count;
    const backtest_rule_value *rule;
    uint32_t rule_count;
    const char *measures;            /* "sharpe,trades", "all"; NULL: the operation's own */
    const char *by;                  /* a measure that is computed too; NULL: none */
    bool benchmark;                  /* there will be one */
} backtest_call;

/* Where the value of each rule comes from: the caller, the strategies' text, or the default. */
typedef struct backtest_rules {
    bool given[RULE_COUNT];          /* by a flag, a setting or as an axis: it wins */
    bool in_text[RULE_COUNT];        /* a strategy sets it */
    bool differs[RULE_COUNT];        /* strategies set it to different values */
    double text[RULE_COUNT];         /* choices by their number */
    char portfolio[64];              /* the first strategy that says account = portfolio */
    uint32_t portfolios;             /* strategies that say so */
} backtest_rules;

typedef struct backtest_made {
    td_op_impl *impl;
    td_args *args;
    bool portfolio;
    backtest_rules rules;
} backtest_made;

/* Not bound yet. TD_E_BAD_ARGUMENT names what is wrong with an axis, a value, a measure. Destroy
 * what was made with it first. */
TD_MUST_USE td_status backtest_call_make(td_engine *engine, const backtest_call *call,
                                         backtest_made *out, td_error *err);
/* The same with no axis but "strategy_name": those of the call stand at index, as text. Measures
 * are left out. */
TD_MUST_USE td_status backtest_call_point(td_engine *engine, const backtest_call *call,
                                          const td_args *grid, const uint64_t *index,
                                          backtest_made *out, td_error *err);
void backtest_made_free(backtest_made *made);    /* {0} is fine */
/* The value of a rule of the whole call: as text, or as a number (choices by theirs; NaN: it is an
 * axis, or strategies differ in it). */
const char *backtest_rule_text(const backtest_made *made, uint32_t which, char out[64]);
double backtest_rule_number(const backtest_made *made, uint32_t which);

#endif
