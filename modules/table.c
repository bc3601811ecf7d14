/* table.c - the operations that are linked into the library. */
#include "tandem/module.h"

extern const td_op_impl market_backtest_impl, rqa_measures_impl;
#define INDICATOR(name, family) extern const td_op_impl indicator_##name##_impl;
#include "modules/market/indicator_list.h"

const td_op_impl *const td_builtin_ops[] = {
    &rqa_measures_impl,
    &market_backtest_impl,
#define INDICATOR(name, family) &indicator_##name##_impl,
#include "modules/market/indicator_list.h"
    NULL,
};
