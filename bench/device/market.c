/* market.c - backtests of moving averages that cross, over a panel that is made up: the sizes at
 * which a desk begins, and those at which a device should pay. */
#include <math.h>
#include <stdlib.h>

#include "bench.h"
#include "modules/market/backtest.h"

#define SYMBOLS 500
#define BARS    1250
#define PRICES  3
/* Operations of one bar of a point and symbol, at most: see backtest_device_plan.c. */
#define BAR_OPS 100.0

static const char text[] = "fast = 10\nslow = 50\n"
                           "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                           "exit = crosses_below(sma(close, fast), sma(close, slow))\n";
static const char stops[] =
    "fast = 10\nslow = 50\nhigh_rsi = 75\n"
    "entry = crosses_above(ema(close, fast), ema(close, slow))\n"
    "exit = crosses_below(ema(close, fast), ema(close, slow)) or rsi(close, 14) > high_rsi\n"
    "stop_loss = 0.08\ntrailing_stop = 0.1\nmax_bars = 60\n";

/* A walk by a congruential generator (Knuth, MMIX): the same on every machine. */
static void walk_fill(double *price[PRICES])
{
    uint64_t state = 20260101;
    for (size_t s = 0; s < SYMBOLS; ++s) {
        double last = 100;
        for (size_t t = 0; t < BARS; ++t) {
            double part[3];
            for (int i = 0; i < 3; ++i) {
                state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                part[i] = (double)(state >> 11) * 0x1p-53;
            }
            last *= 0.98 + 0.04 * part[0] + 0.0004;
            price[0][s * BARS + t] = last * (1 + 0.02 * part[1]);
            price[1][s * BARS + t] = last * (1 - 0.02 * part[2]);
            price[2][s * BARS + t] = last;
        }
    }
}

static td_status args_make(td_engine *engine, const td_op_impl *impl, const char *strategy,
                           const char *fast, const char *slow, double *const price[PRICES],
                           td_args **out, td_error *err)
{
    static const char *const names[PRICES] = {"high", "low", "close"};
    static const char *const unwanted[] = {"annual_return", "volatility", "win_rate", "exposure"};
    td_array array = TD_ARRAY_INIT;
    td_args *args = NULL;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = SYMBOLS;
    array.shape[1] = BARS;
    td_status status = td_args_create_op(engine, impl, &args, err);
    if (!status) status = td_args_set_text(args, "strategy", strategy, err);
    if (!status) status = td_args_set_text(args, "fill", "close", err);
    if (!status) status = td_args_set_text(args, "fee", "0.0015", err);
    if (!status) status = td_args_set_text(args, "slippage", "0.0005", err);
    if (!status) status = td_args_sweep(args, "fast", fast, err);
    if (!status) status = td_args_sweep(args, "slow", slow, err);
    for (size_t i = 0; !status && i < sizeof unwanted / sizeof *unwanted; ++i)
        status = td_args_output(args, unwanted[i], false, err);
    for (int i = strategy == stops ? 0 : 2; !status && i < PRICES; ++i) {
        array.data = price[i];
        /* Without an open the levels have no gaps to be filled at: stops want it too. */
        if (i == 0 && !status) status = td_args_bind(args, "open", &array, err);
        if (!status) status = td_args_bind(args, names[i], &array, err);
    }
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

static void market_time(bench *b, td_engine *engine, const char *name, const char *strategy,
                        const char *fast, const char *slow, uint64_t points, bool kernels,
                        double *const price[PRICES])
{
    static const char *const axes[] = {"fast", "slow"};
    const backtest_setup setup = {strategy, axes, 2, false};
    const bench_call call = {.name = name,
                             .combinations = points,
                             .repeats = b->quick ? 1 : 5,
                             .fallback = TD_FALLBACK_NONE,
                             .trace_kernels = kernels,
                             .operations = (double)points * SYMBOLS * BARS * BAR_OPS};
    td_error err = TD_ERROR_INIT;
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    td_status status = backtest_op_create(&setup, &impl, &err);
    if (!status) status = args_make(engine, impl, strategy, fast, slow, price, &args, &err);
    run_time_args(b, engine, &call, args, status, &err);
    td_args_destroy(args);
    backtest_op_destroy(impl);
}

void runs_market(bench *b, td_engine *engine)
{
    double *price[PRICES] = {NULL, NULL, NULL};
    bool made = true;
    for (int i = 0; i < PRICES; ++i) {
        price[i] = malloc(sizeof(double) * SYMBOLS * BARS);
        made = made && price[i];
    }
    if (made) {
        walk_fill(price);
        market_time(b, engine, "backtest, 100 pairs of averages, 500 x 1,250", text, "5:50:5",
                    "60:150:10", 100, false, price);
        if (!b->quick) {
            market_time(b, engine, "backtest, 10,000 pairs, 500 x 1,250", text, "3:102", "110:209",
                        10000, true, price);
            market_time(b, engine, "backtest with stops, 10,000 points, 500 x 1,250", stops,
                        "3:102", "110:209", 10000, true, price);
            market_time(b, engine, "backtest, 40,000 pairs, 500 x 1,250", text, "3:202", "210:409",
                        40000, false, price);
        }
    }
    for (int i = 0; i < PRICES; ++i)
        free(price[i]);
}
