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
} backtest_call;

typedef struct backtest_made {
    td_op_impl *impl;
    td_args *args;
    bool portfolio;
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
/* The value of a rule of args as text: out of room for 64 bytes. */
const char *backtest_rule_text(const td_args *args, const td_param *param, char out[64]);

#endif
