/* gpu_runs.h - which kernels have run on a GPU and given the reference's results there, and on
 * which. Every kernel of kernels/list.h stands here, which a test keeps. A name is entered after
 * tests/ops passed with it on that GPU, and the machine's results are in docs/benchmarks.
 *
 * Included more than once: GPU_RUN(kernel, gpu) says what is made of the rows; gpu is NULL for a
 * kernel that no GPU has run yet. */
/* clang-format off */
GPU_RUN(td_fill,       NULL)
GPU_RUN(td_probe,      NULL)
GPU_RUN(td_widen,      NULL)
GPU_RUN(td_bench_copy, NULL)
GPU_RUN(td_bench_f32,  NULL)
GPU_RUN(td_bench_i32,  NULL)
GPU_RUN(td_bench_f64,  NULL)
GPU_RUN(rqa_many_f32,  NULL)
GPU_RUN(rqa_one_f32,   NULL)
GPU_RUN(rqa_many_f64,  NULL)
GPU_RUN(rqa_one_f64,   NULL)
GPU_RUN(rqa_pack,      NULL)
GPU_RUN(market_sma, NULL)
GPU_RUN(market_ema, NULL)
GPU_RUN(market_macd, NULL)
GPU_RUN(market_bbands, NULL)
GPU_RUN(market_rsi, NULL)
GPU_RUN(market_atr, NULL)
GPU_RUN(market_max, NULL)
GPU_RUN(market_min, NULL)
GPU_RUN(market_mom, NULL)
GPU_RUN(market_signals, NULL)
GPU_RUN(market_machine, NULL)
/* clang-format on */
#undef GPU_RUN
