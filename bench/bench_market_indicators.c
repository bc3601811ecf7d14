/* bench_market_indicators.c - seconds of indicators on a panel of 800 symbols and 1,250 bars, of
 * five in one call, of reading and writing as many bytes, and of one series of a million values.
 *
 *     bench_market_indicators [THREADS [ROUNDS]]
 *
 * Prints one line each: name, the best time and the median in milliseconds. The same series are
 * made by bench/peers/market_indicators.py, which runs this program in turns with TA-Lib and
 * pandas. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tandem/market.h"

#define SYMBOLS 800
#define BARS    1250
#define LONG    1000000
#define ROUNDS  30
#define ARRAYS  12 /* high, low, close, and what the five give */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double *made(uint64_t count)
{
    double *const values = aligned_alloc(64, (count * sizeof(double) + 63) / 64 * 64);
    if (!values) exit(4);
    memset(values, 0, count * sizeof(double));
    return values;
}

/* A walk without end, of steps up to 1 %: a linear congruence is enough. */
static double walk(uint64_t *state, double from)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return from * (1 + 0.02 * ((double)(*state >> 11) * 0x1p-53 - 0.5));
}

typedef struct bench {
    td_engine *engine;
    td_panel panel;
    td_layout layout;
    td_indicator_call call[5];
    uint32_t first, count;
    double *array[ARRAYS];
} bench;

static void run_calls(bench *b)
{
    td_error err = TD_ERROR_INIT;
    if (td_indicators(b->engine, &b->panel, b->layout, TD_GAPS_SKIP, b->call + b->first, b->count,
                      &err)) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
}

/* Reads three arrays and writes nine, as the five do at least. */
static void run_bytes(bench *b)
{
    for (int j = 3; j < ARRAYS; ++j)
        memcpy(b->array[j], b->array[j % 3], (size_t)SYMBOLS * BARS * sizeof(double));
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(const char *name, bench *b, void (*run)(bench *), int rounds)
{
    double *const time = made((uint64_t)rounds);
    run(b);
    for (int i = 0; i < rounds; ++i) {
        const double begin = seconds();
        run(b);
        time[i] = seconds() - begin;
    }
    qsort(time, (size_t)rounds, sizeof *time, by_size);
    printf("%s %.4f %.4f\n", name, time[0] * 1e3, time[rounds / 2] * 1e3);
    free(time);
}

static void fill(bench *b)
{
    for (uint64_t s = 0; s < SYMBOLS; ++s) {
        uint64_t state = s + 1;
        double close = 100;
        for (uint64_t t = 0; t < BARS; ++t) {
            const uint64_t at = (s / TD_LANES * BARS + t) * TD_LANES + s % TD_LANES;
            close = walk(&state, close);
            b->array[2][at] = close;
            b->array[0][at] = close * 1.01;
            b->array[1][at] = close * 0.99;
        }
    }
    b->panel.price[TD_HIGH] = b->array[0];
    b->panel.price[TD_LOW] = b->array[1];
    b->panel.price[TD_CLOSE] = b->array[2];
}

static void measure_panel(bench *b, int rounds)
{
    static const double rsi[] = {14, 0}, sma[] = {20}, bands[] = {20, 2, 2, 0, 0};
    static const double atr[] = {14, 0};
    static const char *const names[] = {"rsi", "sma", "bbands", "macd", "atr"};
    const double *const param[] = {rsi, sma, bands, NULL, atr};
    static const int outputs[] = {1, 1, 3, 3, 1};
    for (int c = 0, next = 3; c < 5; ++c) {
        b->call[c] = (td_indicator_call){.name = names[c], .param = param[c]};
        for (int j = 0; j < outputs[c]; ++j)
            b->call[c].out[j] = b->array[next++];
    }
    b->count = 1;
    for (b->first = 0; b->first < 5; ++b->first)
        measure(names[b->first], b, run_calls, rounds);
    b->first = 0;
    b->count = 5;
    measure("five", b, run_calls, rounds);
    measure("bytes", b, run_bytes, rounds);
    b->layout = TD_BY_SYMBOL;
    measure("five_by_symbol", b, run_calls, rounds);
}

static void measure_long(bench *b, int rounds)
{
    static const double sma[] = {20};
    double *const in = made(LONG), *const out = made(LONG);
    uint64_t state = 1;
    double close = 100;
    for (uint64_t t = 0; t < LONG; ++t)
        in[t] = close = walk(&state, close);
    b->panel.symbol_count = 1;
    b->panel.bar_count = LONG;
    b->layout = TD_BY_SYMBOL;
    b->call[0] = (td_indicator_call){.name = "sma", .param = sma, .in = {in}, .out = {out}};
    b->first = 0;
    b->count = 1;
    measure("rolling_mean", b, run_calls, rounds);
    free(in);
    free(out);
}

int main(int argc, char **argv)
{
    const int threads = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 1;
    const int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS;
    bench b = {.panel = TD_PANEL_INIT, .layout = TD_BY_LANES};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_error err = TD_ERROR_INIT;
    if (threads < 1 || rounds < 1) return 2;
    config.threads = (uint32_t)threads;
    if (td_engine_create(&config, &b.engine, &err)) return 1;
    b.panel.symbol_count = SYMBOLS;
    b.panel.bar_count = BARS;
    for (int i = 0; i < ARRAYS; ++i)
        b.array[i] = made((uint64_t)SYMBOLS * BARS);
    fill(&b);
    measure_panel(&b, rounds);
    measure_long(&b, rounds);
    for (int i = 0; i < ARRAYS; ++i)
        free(b.array[i]);
    td_engine_destroy(b.engine);
    return 0;
}
