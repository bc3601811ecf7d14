/* rows.h - the rows of tandem-ops: each tries its cases and reports them; see ops.h. */
#ifndef TANDEM_TEST_OPS_ROWS_H
#define TANDEM_TEST_OPS_ROWS_H
#include "ops.h"

/* row_basic.c */
td_status row_fill(ops_case *c, td_error *err);
td_status row_probe(ops_case *c, td_error *err);
td_status row_widen(ops_case *c, td_error *err);
/* row_bench.c */
td_status row_bench_copy(ops_case *c, td_error *err);
td_status row_bench_f32(ops_case *c, td_error *err);
td_status row_bench_f64(ops_case *c, td_error *err);
td_status row_bench_i32(ops_case *c, td_error *err);
/* row_rqa.c */
td_status row_rqa_many_f32(ops_case *c, td_error *err);
td_status row_rqa_one_f32(ops_case *c, td_error *err);
td_status row_rqa_many_f64(ops_case *c, td_error *err);
td_status row_rqa_one_f64(ops_case *c, td_error *err);
td_status row_rqa_pack(ops_case *c, td_error *err);
/* row_signals.c */
td_status row_market_signals(ops_case *c, td_error *err);
/* row_panel.c */
td_status row_market_sma(ops_case *c, td_error *err);
td_status row_market_ema(ops_case *c, td_error *err);
td_status row_market_macd(ops_case *c, td_error *err);
td_status row_market_bbands(ops_case *c, td_error *err);
td_status row_market_rsi(ops_case *c, td_error *err);
td_status row_market_atr(ops_case *c, td_error *err);
td_status row_market_max(ops_case *c, td_error *err);
td_status row_market_min(ops_case *c, td_error *err);
td_status row_market_mom(ops_case *c, td_error *err);
/* row_machine.c */
td_status row_market_machine(ops_case *c, td_error *err);
/* row_measures.c */
td_status row_measures(ops_case *c, td_error *err);
/* row_backtest.c */
td_status row_backtest(ops_case *c, td_error *err);

#endif
