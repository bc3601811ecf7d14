/* ops_rows.c - which row tests what. A kernel of the table that is not here is a failure. */
#include <string.h>

#include "rows.h"

/* clang-format off */
const ops_row ops_kernel_rows[] = {
    {"td_fill", row_fill},
    {"td_probe", row_probe},
    {"td_widen", row_widen},
    {"td_bench_copy", row_bench_copy},
    {"td_bench_f32", row_bench_f32},
    {"td_bench_f64", row_bench_f64},
    {"td_bench_i32", row_bench_i32},
    {"rqa_many_f32", row_rqa_many_f32},
    {"rqa_one_f32", row_rqa_one_f32},
    {"rqa_many_f64", row_rqa_many_f64},
    {"rqa_one_f64", row_rqa_one_f64},
    {"rqa_pack", row_rqa_pack},
    {"market_sma", row_market_sma},
    {"market_ema", row_market_ema},
    {"market_macd", row_market_macd},
    {"market_bbands", row_market_bbands},
    {"market_rsi", row_market_rsi},
    {"market_atr", row_market_atr},
    {"market_max", row_market_max},
    {"market_min", row_market_min},
    {"market_mom", row_market_mom},
    {"market_signals", row_market_signals},
    {"market_machine", row_market_machine},
    {NULL, NULL},
};

const ops_row ops_operation_rows[] = {
    {"rqa.measures", row_measures},
    {"market.backtest", row_backtest},
    {NULL, NULL},
};
/* clang-format on */

const ops_row *ops_row_find(const ops_row *rows, const char *name)
{
    for (; rows->name; ++rows)
        if (strcmp(rows->name, name) == 0) return rows;
    return NULL;
}
