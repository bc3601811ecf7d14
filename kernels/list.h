/* list.h - every kernel, once. Included more than once: TD_ROW says what is made of the rows.
 *
 * To add a kernel:
 *   1. Write it in kernels/NAME.td (a file may hold several), in the dialect of td_kernel.h.
 *   2. Name a new file in kernels/all.td.
 *   3. Add a row here: TD_ROW(name, needs, argument, ...), arguments in their order.
 *   4. Add its line to kernels/limits.txt: how many registers it may use.
 *   5. Give tests/kernels/test_order.c an input maker (rqa_* and market_*: tests/rqa, tests/ops and
 *      tests/market test them).
 *
 *     needs      ANY: runs on every device; F64: stands inside #ifdef TD_HAS_F64 in its file
 *     argument   B(type, name)  a buffer of type
 *                I(name) td_i32   U(name) td_u32   L(name) td_i64   F(name) float   D(name) double
 *
 * Includers define TD_ROW first; it is undefined at the end. */
/* clang-format off */

/* basic.td */
TD_ROW(td_fill, ANY, B(td_u32, target), U(value), L(count))
TD_ROW(td_probe, ANY, B(td_u32, x), U(count))
TD_ROW(td_widen, ANY, B(td_i32, part), B(td_i64, total), L(count))

/* bench.td */
TD_ROW(td_bench_copy, ANY, B(td_u32x4, in), B(td_u32x4, out), L(count))
TD_ROW(td_bench_f32, ANY, B(float, out), F(factor), F(term), I(rounds))
TD_ROW(td_bench_i32, ANY, B(td_u32, out), U(factor), U(term), I(rounds))
TD_ROW(td_bench_f64, F64, B(double, out), D(factor), D(term), I(rounds))

/* rqa_lines.td */
TD_ROW(rqa_many_f32, ANY, B(float, samples), B(td_u64, bits), B(td_i32, jobs), B(float, guards),
       B(td_u64, limits), B(td_i32, lines), B(td_i32, longest), I(job_count), I(group_first))
TD_ROW(rqa_one_f32, ANY, B(float, samples), B(td_u64, bits), B(td_i32, jobs), B(float, guards),
       B(td_u64, limits), B(td_i32, lines), B(td_i32, longest), I(job_count), I(group_first))
TD_ROW(rqa_many_f64, F64, B(double, samples), B(td_i32, jobs), B(double, limits),
       B(td_i32, lines), B(td_i32, longest), I(job_count), I(group_first))
TD_ROW(rqa_one_f64, F64, B(double, samples), B(td_i32, jobs), B(double, limits),
       B(td_i32, lines), B(td_i32, longest), I(job_count), I(group_first))
TD_ROW(rqa_pack, ANY, B(td_i32, lines), B(td_i32, pieces), B(td_i32, packed), I(piece_count),
       I(count))

/* market_panel.td */
TD_ROW(market_sma, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_ema, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_macd, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_bbands, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_rsi, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_atr, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_max, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_min, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))
TD_ROW(market_mom, F64, B(double, series), B(td_i32, jobs), B(double, params), I(job_count),
       I(symbol_count), I(bar_count))

/* market_signals.td */
TD_ROW(market_signals, F64, B(double, series), B(td_i32, code), B(td_i32, roots), B(td_i32, slots),
       B(double, numbers), B(td_u32, bits), I(point_count), I(symbol_count), I(bar_count),
       I(slot_count))

/* market_machine.td */
TD_ROW(market_machine, F64, B(double, open), B(double, high), B(double, low), B(double, close),
       B(double, volume), B(td_u8, tradable), B(td_i32, counts), B(td_u32, bits),
       B(double, rules), B(double, out), I(have), I(point_count), I(symbol_count), I(bar_count))

/* clang-format on */
#undef TD_ROW
