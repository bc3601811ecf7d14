/* bench_market_backtest.c - seconds of backtests through the expression path: 100 moving-average
 * crosses of 800 symbols and 1,250 bars with 4 measures, the same with stops, and a grid of 10,000
 * points of 500 symbols with the memory that it takes.
 *
 *     bench_market_backtest [THREADS [ROUNDS]]
 *
 * Prints one line each: name, the best time and the median in milliseconds; of the large grid also
 * the peak of resident memory in MiB. bench/peers/market_backtest.py runs this program in turns
 * with vectorbt on the same prices, and compares the results, whose sums are printed last. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "modules/market/backtest.h"
#include "tests/market/walk.h"

#define SYMBOLS 800
#define BARS    1250
#define ROUNDS  9
#define FAST    "5,8,10,12,15,18,20,22,25,30"
#define SLOW    "40,50,60,70,80,90,100,120,150,200"

static const char text[] = "fast = 10\nslow = 50\n"
                           "entry = crosses_above(sma(close, fast), sma(close, slow))\n"
                           "exit = crosses_below(sma(close, fast), sma(close, slow))\n";

typedef struct bench {
    const char *name, *fast, *slow, *stop;
    uint64_t symbols;
    bool large; /* once, with all measures that are there unasked */
} bench;

static double *price[4];
static td_engine *engine;

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void must(td_status status, const td_error *err)
{
    if (status == TD_OK) return;
    fprintf(stderr, "%s\n", err->message);
    exit(1);
}

/* Opens, highs and lows around the closes. */
static void make_prices(void)
{
    for (int p = 0; p < 4; ++p)
        if (!(price[p] = malloc(sizeof(double) * SYMBOLS * BARS))) exit(4);
    double *const close = price[TD_CLOSE];
    walk_fill(SYMBOLS, BARS, close);
    for (uint64_t i = 0; i < (uint64_t)SYMBOLS * BARS; ++i) {
        const double open = i % BARS ? close[i - 1] : 100;
        price[TD_OPEN][i] = open;
        price[TD_HIGH][i] = (open > close[i] ? open : close[i]) * 1.004;
        price[TD_LOW][i] = (open < close[i] ? open : close[i]) * 0.996;
    }
}

static void prepare(td_args *args, const bench *b)
{
    static const char *const ports[] = {"open", "high", "low", "close"};
    static const char *const unasked[] = {"annual_return", "volatility", "win_rate", "exposure"};
    td_error err = TD_ERROR_INIT;
    must(td_args_sweep(args, "fast", b->fast, &err), &err);
    must(td_args_sweep(args, "slow", b->slow, &err), &err);
    if (b->stop) must(td_args_set_text(args, "stop_loss", b->stop, &err), &err);
    if (b->stop) must(td_args_set_text(args, "take_profit", "0.2", &err), &err);
    must(td_args_set_text(args, "fill", "close", &err), &err);
    must(td_args_set_text(args, "fee", "0.0015", &err), &err);
    must(td_args_set_text(args, "slippage", "0.0005", &err), &err);
    must(td_args_set_text(args, "year", "365", &err), &err);
    for (int i = 0; !b->large && i < 4; ++i)
        must(td_args_output(args, unasked[i], false, &err), &err);
    for (int p = b->stop ? 0 : 3; p < 4; ++p) {
        td_array array = TD_ARRAY_INIT;
        array.dtype = TD_F64;
        array.rank = 2;
        array.shape[0] = (int64_t)b->symbols;
        array.shape[1] = BARS;
        array.data = price[p];
        must(td_args_bind(args, ports[p], &array, &err), &err);
    }
}

static double sum_of(const td_table *table, const char *name)
{
    td_var var;
    double sum = 0;
    if (!td_table_find_var(table, name, &var)) exit(1);
    for (uint64_t i = 0; i < var.count; ++i) {
        const double value =
            var.dtype == TD_I32 ? ((const int32_t *)var.data)[i] : ((const double *)var.data)[i];
        if (value == value) sum += value;
    }
    return sum;
}

static double run_once(const bench *b, bool tell)
{
    static const char *const axis[] = {"fast", "slow"};
    const backtest_setup setup = {text, axis, 2, false};
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    must(backtest_op_create(&setup, &impl, &err), &err);
    must(td_args_create_op(engine, impl, &args, &err), &err);
    prepare(args, b);
    const double begin = seconds();
    must(td_run(engine, args, NULL, &table, NULL, &err), &err);
    const double took = seconds() - begin;
    if (tell)
        printf("sums %.12g %.12g %.12g %.12g\n", sum_of(table, "total_return"),
               sum_of(table, "sharpe"), sum_of(table, "max_drawdown"), sum_of(table, "trades"));
    td_table_destroy(table);
    td_args_destroy(args);
    backtest_op_destroy(impl);
    return took;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    static const bench benches[] = {
        {"ma_cross", FAST, SLOW, NULL, SYMBOLS, false},
        {"ma_cross_stops", FAST, SLOW, "0.08", SYMBOLS, false},
        {"grid_10000", "2:101", "102:201", NULL, 500, true},
    };
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    config.threads = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    const int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS;
    double took[1000];
    if (rounds < 1 || rounds > 1000) return 2;
    config.backends = "cpu";
    must(td_engine_create(&config, &engine, &err), &err);
    make_prices();
    for (size_t i = 0; i < sizeof benches / sizeof *benches; ++i) {
        const int times = benches[i].large ? 1 : rounds;
        for (int r = 0; r < times; ++r)
            took[r] = run_once(&benches[i], false);
        qsort(took, (size_t)times, sizeof *took, by_size);
        printf("%s %.3f %.3f\n", benches[i].name, took[0] * 1e3, took[times / 2] * 1e3);
    }
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        printf("peak_mib %.1f\n", (double)usage.ru_maxrss / 1024);
    run_once(&benches[0], true);
    td_engine_destroy(engine);
    for (int p = 0; p < 4; ++p)
        free(price[p]);
    return 0;
}
