/* Panels and operations: layouts, threads, pieces of long series, grids, and what is refused. */
#include <stdatomic.h>

#include "indicator_help.h"

#define SYMBOLS 13
#define BARS    140

/* ---- td_indicators --------------------------------------------------------------------------- */

/* [symbol][bar] to blocks of TD_LANES, what is beyond the last symbol NaN. */
static double *to_lanes(const double *values, uint64_t symbols, uint64_t bars)
{
    const uint64_t blocks = (symbols + TD_LANES - 1) / TD_LANES;
    double *const lanes = aligned_alloc(64, (blocks * TD_LANES * bars + 8) * sizeof(double));
    for (uint64_t s = 0; s < blocks * TD_LANES; ++s)
        for (uint64_t b = 0; b < bars; ++b)
            lanes[(s / TD_LANES * bars + b) * TD_LANES + s % TD_LANES] =
                s < symbols ? values[s * bars + b] : NAN;
    return lanes;
}

static void compare_layouts(td_engine *engine, const made_panel *made, const indicator *it,
                            const double *param)
{
    td_panel panel = made->panel;
    td_indicator_call call = {.name = it->op->name + strlen("market."), .param = param};
    td_error err = TD_ERROR_INIT;
    double *in[TD_INDICATOR_INPUTS_MAX] = {NULL}, *out[TD_INDICATOR_OUTPUTS_MAX] = {NULL};
    made_out rows = made_out_create(SYMBOLS * BARS);
    made_call(engine, made, it, param, TD_GAPS_SKIP, rows.of);
    for (uint32_t i = 0; i < it->input_count; ++i) {
        in[i] = to_lanes(made_input(made, it, i), SYMBOLS, BARS);
        call.in[i] = in[i];
    }
    for (uint32_t j = 0; j < it->op->output_count; ++j) {
        out[j] = to_lanes(rows.of[j], SYMBOLS, BARS);
        memset(out[j], 0, SYMBOLS * BARS * sizeof(double));
        call.out[j] = out[j];
    }
    CHECK_STATUS(TD_OK, td_indicators(engine, &panel, TD_BY_LANES, TD_GAPS_SKIP, &call, 1, &err),
                 &err);
    for (uint32_t j = 0; j < it->op->output_count; ++j) {
        double *const expected = to_lanes(rows.of[j], SYMBOLS, BARS);
        for (uint64_t s = 0; s < SYMBOLS; ++s)
            for (uint64_t b = 0; b < BARS; ++b) {
                const uint64_t at = (s / TD_LANES * BARS + b) * TD_LANES + s % TD_LANES;
                CHECK_SAME(expected + at, out[j] + at, 1, it);
            }
        free(expected);
    }
    for (int i = 0; i < TD_INDICATOR_INPUTS_MAX; ++i)
        free(in[i]);
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        free(out[j]);
    made_out_destroy(&rows);
}

TEST(layouts_agree)
{
    td_engine *const engine = made_engine(1);
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    for (int round = 0; round < 2; ++round) {
        made_panel made;
        made_create(&made, SYMBOLS, BARS, round ? 0.03 : 0);
        for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
            made_param(it, 1, param);
            compare_layouts(engine, &made, it, param);
        }
        made_destroy(&made);
    }
    td_engine_destroy(engine);
}

/* A panel's symbols, one at a time, and on another number of threads. */
TEST(symbols_are_apart_and_threads_change_nothing)
{
    td_engine *const one = made_engine(1), *const many = made_engine(5);
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    made_panel made;
    made_create(&made, SYMBOLS, BARS, 0.02);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
        made_out all = made_out_create(SYMBOLS * BARS), again = made_out_create(SYMBOLS * BARS);
        const uint64_t s = check_random() % SYMBOLS;
        made_panel alone = made;
        made_param(it, 2, param);
        made_call(one, &made, it, param, TD_GAPS_SKIP, all.of);
        made_call(many, &made, it, param, TD_GAPS_SKIP, again.of);
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            CHECK_SAME(all.of[j], again.of[j], SYMBOLS * BARS, it);
        alone.panel.symbol_count = 1;
        alone.periods += s * BARS;
        for (int p = 0; p < TD_PRICES; ++p) {
            alone.price[p] += s * BARS;
            alone.panel.price[p] = alone.price[p];
        }
        made_call(one, &alone, it, param, TD_GAPS_SKIP, again.of);
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            CHECK_SAME(all.of[j] + s * BARS, again.of[j], BARS, it);
        made_out_destroy(&all);
        made_out_destroy(&again);
    }
    made_destroy(&made);
    td_engine_destroy(one);
    td_engine_destroy(many);
}

/* One long series is cut into pieces; as one of eight it is not. */
TEST(long_series_are_cut_without_a_trace)
{
    enum { LONG = 70001 };
    static const char *const names[] = {"sma", "bbands", "max",    "wma", "correl",
                                        "tsf", "ema",    "avgdev", "add", "cdldoji"};
    td_engine *const engine = made_engine(3);
    for (int round = 0; round < 2; ++round) {
        made_panel made, eight;
        made_create(&made, 1, LONG, 0);
        made_create(&eight, TD_LANES, LONG, 0);
        if (round) made.price[TD_CLOSE][LONG / 2] = NAN;
        for (int p = 0; p < TD_PRICES; ++p)
            memcpy(eight.price[p], made.price[p], LONG * sizeof(double));
        for (uint64_t n = 0; n < sizeof(names) / sizeof(names[0]); ++n) {
            const indicator *const it = indicator_find(names[n]);
            double param[TD_INDICATOR_PARAMS_MAX];
            made_out a = made_out_create(LONG), b = made_out_create(TD_LANES * LONG);
            made_param(it, (int)n % 2, param);
            made_call(engine, &made, it, param, TD_GAPS_SKIP, a.of);
            made_call(engine, &eight, it, param, TD_GAPS_SKIP, b.of);
            for (uint32_t j = 0; j < it->op->output_count; ++j)
                CHECK_SAME(a.of[j], b.of[j], LONG, it);
            made_out_destroy(&a);
            made_out_destroy(&b);
        }
        made_destroy(&made);
        made_destroy(&eight);
    }
    td_engine_destroy(engine);
}

/* The plain mean has a way of its own there: for periods that fit tiles and blocks and that do not,
 * and where it has to give up. */
TEST(long_means_are_cut_without_a_trace)
{
    enum { LONG = 70013 };
    static const double periods[] = {2, 3, 7, 16, 20, 64, 65, 512, 1000};
    td_engine *const engine = made_engine(2);
    const indicator *const it = indicator_find("sma");
    for (int round = 0; round < 2; ++round) {
        made_panel made, eight;
        made_create(&made, 1, LONG, 0);
        made_create(&eight, TD_LANES, LONG, 0);
        if (round) made.price[TD_CLOSE][LONG / 3] = INFINITY;
        memcpy(eight.price[TD_CLOSE], made.price[TD_CLOSE], LONG * sizeof(double));
        for (uint64_t n = 0; n < sizeof(periods) / sizeof(periods[0]); ++n) {
            made_out a = made_out_create(LONG), b = made_out_create(TD_LANES * LONG);
            made_call(engine, &made, it, &periods[n], TD_GAPS_SKIP, a.of);
            made_call(engine, &eight, it, &periods[n], TD_GAPS_SKIP, b.of);
            CHECK_SAME(a.of[0], b.of[0], LONG, it);
            made_out_destroy(&a);
            made_out_destroy(&b);
        }
        made_destroy(&made);
        made_destroy(&eight);
    }
    td_engine_destroy(engine);
}

/* Several calls in one pass are as each alone, also where they read different series. */
TEST(calls_do_not_disturb_each_other)
{
    enum { CALLS = 40 };
    td_engine *const engine = made_engine(2);
    made_panel made;
    td_error err = TD_ERROR_INIT;
    td_indicator_call call[CALLS];
    made_out out[CALLS];
    double param[CALLS][TD_INDICATOR_PARAMS_MAX];
    const indicator *it[CALLS];
    uint32_t count = 0;
    made_create(&made, SYMBOLS, BARS, 0.01);
    while (indicator_at(count))
        count += 1;
    for (uint32_t c = 0; c < CALLS; ++c) {
        it[c] = indicator_at((uint32_t)(check_random() % count));
        made_param(it[c], (int)(c % MADE_VARIANTS), param[c]);
        out[c] = made_out_create(SYMBOLS * BARS);
        call[c] = (td_indicator_call){.name = it[c]->op->name + 7, .param = param[c]};
        for (uint32_t i = 0; i < it[c]->input_count; ++i)
            call[c].in[i] = made_input(&made, it[c], i);
        for (uint32_t j = 0; j < it[c]->op->output_count; ++j)
            call[c].out[j] = out[c].of[j];
    }
    CHECK_STATUS(TD_OK,
                 td_indicators(engine, &made.panel, TD_BY_SYMBOL, TD_GAPS_FILL, call, CALLS, &err),
                 &err);
    for (uint32_t c = 0; c < CALLS; ++c) {
        made_out alone = made_out_create(SYMBOLS * BARS);
        made_call(engine, &made, it[c], param[c], TD_GAPS_FILL, alone.of);
        for (uint32_t j = 0; j < it[c]->op->output_count; ++j)
            CHECK_SAME(alone.of[j], out[c].of[j], SYMBOLS * BARS, it[c]);
        made_out_destroy(&alone);
        made_out_destroy(&out[c]);
    }
    made_destroy(&made);
    td_engine_destroy(engine);
}

/* ---- Operations ------------------------------------------------------------------------------ */

static td_array dense(const double *data, int64_t symbols, int64_t bars)
{
    td_array array = TD_ARRAY_INIT;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = symbols;
    array.shape[1] = bars;
    array.data = (void *)(uintptr_t)data;
    return array;
}

static void run_op(td_engine *engine, const made_panel *made, const indicator *it,
                   const char *const *axes, td_table **table)
{
    td_args *args = NULL;
    td_error err = TD_ERROR_INIT;
    CHECK_STATUS(TD_OK, td_args_create(engine, it->op->name, &args, &err), &err);
    for (uint32_t i = 0; i < it->input_count; ++i) {
        const td_array array = dense(made_input(made, it, i), SYMBOLS, BARS);
        CHECK_STATUS(TD_OK, td_args_bind(args, it->op->inputs[i].name, &array, &err), &err);
    }
    for (; axes && axes[0]; axes += 2)
        CHECK_STATUS(TD_OK, td_args_set_text(args, axes[0], axes[1], &err), &err);
    CHECK_STATUS(TD_OK, td_run(engine, args, NULL, table, NULL, &err), &err);
    td_args_destroy(args);
}

/* Element [symbol][point][bar] of a variable whose axes have points values in all. */
static double element(const td_var *var, uint64_t points, uint64_t s, uint64_t p, uint64_t b)
{
    const uint64_t at = (s * points + p) * BARS + b;
    return var->dtype == TD_F64 ? ((const double *)var->data)[at]
                                : ((const int32_t *)var->data)[at];
}

TEST(every_operation_gives_what_the_function_gives)
{
    td_engine *const engine = made_engine(2);
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    made_panel made;
    made_create(&made, SYMBOLS, BARS, 0.02);
    for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
        made_out out = made_out_create(SYMBOLS * BARS);
        td_table *table = NULL;
        made_param(it, 0, param);
        made_call(engine, &made, it, param, TD_GAPS_SKIP, out.of);
        run_op(engine, &made, it, NULL, &table);
        for (uint32_t j = 0; j < it->op->output_count; ++j) {
            td_var var;
            CHECK(td_table_find_var(table, it->op->outputs[j].name, &var));
            for (uint64_t s = 0; s < SYMBOLS; ++s)
                for (uint64_t b = 0; b < BARS; ++b) {
                    const double expected = out.of[j][s * BARS + b];
                    const double got = element(&var, 1, s, 0, b);
                    if (var.dtype == TD_I32 && isnan(expected)) CHECK(got == 0);
                    else CHECK_SAME(&expected, &got, 1, it);
                }
        }
        td_table_destroy(table);
        made_out_destroy(&out);
    }
    made_destroy(&made);
    td_engine_destroy(engine);
}

TEST(grids_are_single_calls)
{
    static const char *const axes[] = {"timeperiod", "5:30:5", "nbdevup", "1,2.5",
                                       "matype",     "wma,t3", "ddof",    "1",
                                       "gaps",       "fill",   NULL};
    td_engine *const engine = made_engine(2);
    const indicator *const it = indicator_find("bbands");
    td_table *table = NULL;
    made_panel made;
    td_var var;
    made_create(&made, SYMBOLS, BARS, 0.02);
    run_op(engine, &made, it, axes, &table);
    for (uint64_t p = 0; p < 6 * 2 * 2; ++p) {
        const double param[] = {5 + 5 * (double)(p / 4), p / 2 % 2 ? 2.5 : 1, 2, p % 2 ? 8 : 2, 1};
        made_out out = made_out_create(SYMBOLS * BARS);
        made_call(engine, &made, it, param, TD_GAPS_FILL, out.of);
        for (uint32_t j = 0; j < 3; ++j) {
            CHECK(td_table_find_var(table, it->op->outputs[j].name, &var));
            CHECK_INT(6, var.rank);
            for (uint64_t s = 0; s < SYMBOLS; ++s)
                for (uint64_t b = 0; b < BARS; ++b) {
                    const double got = element(&var, 24, s, p, b);
                    CHECK_SAME(&out.of[j][s * BARS + b], &got, 1, it);
                }
        }
        made_out_destroy(&out);
    }
    td_table_destroy(table);
    made_destroy(&made);
    td_engine_destroy(engine);
}

/* ---- What is refused ------------------------------------------------------------------------- */

TEST(bad_calls_are_named)
{
    td_engine *const engine = made_engine(1);
    made_panel made;
    td_error err = TD_ERROR_INIT;
    double out[BARS];
    const double half[] = {2.5}, odd[] = {20, 9, 0};
    uint64_t bars = 0;
    made_create(&made, 1, BARS, 0);
    td_indicator_call call = {.name = "smaa", .out = {out}};
    CHECK_STATUS(TD_E_NOT_FOUND, td_indicators(engine, &made.panel, 0, 0, &call, 1, &err), &err);
    CHECK_HAS("smaa", err.message);
    call.name = "sma";
    call.param = half;
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicators(engine, &made.panel, 0, 0, &call, 1, &err), &err);
    CHECK_HAS("timeperiod is 2.5, allowed are whole numbers from 2 to 100000 bars", err.message);
    call.param = NULL;
    made.panel.price[TD_CLOSE] = NULL;
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_indicators(engine, &made.panel, 0, 0, &call, 1, &err), &err);
    CHECK_HAS("price close", err.message);
    call.name = "correl";
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_indicators(engine, &made.panel, 0, 0, &call, 1, &err), &err);
    CHECK_HAS("real0 is not given", err.message);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_indicators(engine, NULL, 0, 0, &call, 1, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_indicators(engine, &made.panel, 2, 0, &call, 1, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_indicators(engine, &made.panel, 0, 7, &call, 1, &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_indicator_lookback("mavp", odd, &bars, &err), &err);
    CHECK_HAS("minperiod is 20", err.message);
    CHECK_STATUS(TD_OK, td_indicator_lookback("sma", NULL, &bars, &err), &err);
    CHECK_INT(29, bars);
    made_destroy(&made);
    td_engine_destroy(engine);
}

TEST(wrong_shapes_are_named)
{
    td_engine *const engine = made_engine(1);
    made_panel made;
    td_args *args = NULL;
    td_error err = TD_ERROR_INIT;
    made_create(&made, SYMBOLS, BARS, 0);
    CHECK_STATUS(TD_OK, td_args_create(engine, "market.midprice", &args, &err), &err);
    td_array array = dense(made.price[TD_HIGH], SYMBOLS, BARS);
    CHECK_STATUS(TD_OK, td_args_bind(args, "high", &array, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, NULL, NULL, NULL, &err), &err);
    CHECK_HAS("low", err.message);
    array = dense(made.price[TD_LOW], SYMBOLS, BARS - 1);
    CHECK_STATUS(TD_OK, td_args_bind(args, "low", &array, &err), &err);
    CHECK_STATUS(TD_E_BAD_ARGUMENT, td_run(engine, args, NULL, NULL, NULL, &err), &err);
    CHECK_HAS("139", err.message);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_args_sweep(args, "timeperiod", "1:5", &err), &err);
    td_args_destroy(args);
    args = NULL;
    CHECK_STATUS(TD_OK, td_args_create(engine, "market.mavp", &args, &err), &err);
    array = dense(made.price[TD_CLOSE], SYMBOLS, BARS);
    CHECK_STATUS(TD_OK, td_args_bind(args, "real", &array, &err), &err);
    CHECK_STATUS(TD_OK, td_args_bind(args, "periods", &array, &err), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "minperiod", "2,5,9", &err), &err);
    CHECK_STATUS(TD_OK, td_args_sweep(args, "maxperiod", "8", &err), &err);
    CHECK_STATUS(TD_E_OUT_OF_RANGE, td_run(engine, args, NULL, NULL, NULL, &err), &err);
    CHECK_HAS("minperiod is 9", err.message);
    td_args_destroy(args);
    made_destroy(&made);
    td_engine_destroy(engine);
}

/* No symbol, no bar, and series that are shorter than the lookback. */
TEST(small_panels_are_fine)
{
    td_engine *const engine = made_engine(1);
    const indicator *it = NULL;
    double param[TD_INDICATOR_PARAMS_MAX];
    for (uint64_t bars = 0; bars < 6; ++bars) {
        made_panel made;
        made_create(&made, 2, bars, 0);
        for (uint32_t n = 0; (it = indicator_at(n)) != NULL; ++n) {
            made_out out = made_out_create(2 * bars);
            made_param(it, 0, param);
            made_call(engine, &made, it, param, TD_GAPS_SKIP, out.of);
            for (uint64_t i = 0; i < 2 * bars && it->lookback(param) >= bars; ++i)
                CHECK(isnan(out.of[0][i]) || it->op->outputs[0].dtype == TD_I32);
            made_out_destroy(&out);
        }
        made_destroy(&made);
    }
    td_engine_destroy(engine);
}

/* ---- Memory ---------------------------------------------------------------------------------- */

typedef struct meter {
    atomic_llong calls, fail_at, pieces;
} meter;

static void *meter_resize(void *context, void *memory, size_t old_bytes, size_t new_bytes)
{
    meter *const count = context;
    (void)old_bytes;
    if (new_bytes == 0) {
        if (memory) atomic_fetch_sub(&count->pieces, 1);
        free(memory);
        return NULL;
    }
    if (atomic_fetch_add(&count->calls, 1) + 1 == atomic_load(&count->fail_at)) return NULL;
    void *const fresh = realloc(memory, new_bytes);
    if (!memory) atomic_fetch_add(&count->pieces, 1);
    return fresh;
}

/* *before: calls for memory before the run, which helps itself: it tries units again, or does
 * without. */
static td_status memory_scene(td_engine *engine, const made_panel *made, const meter *count,
                              long long *before, td_error *err)
{
    static const char *const names[] = {"sma", "atr", "bbands"};
    double *const out = malloc(SYMBOLS * BARS * sizeof(double));
    td_indicator_call call[3];
    td_stream *stream = NULL;
    td_args *args = NULL;
    td_array array = dense(made->price[TD_CLOSE], SYMBOLS, BARS);
    for (int c = 0; c < 3; ++c)
        call[c] = (td_indicator_call){.name = names[c], .out = {c == 0 ? out : NULL}};
    td_status status = td_indicators(engine, &made->panel, 0, 0, call, 3, err);
    if (!status) status = td_stream_create(engine, "sma", NULL, SYMBOLS, 0, &stream, err);
    for (uint64_t b = 0; b < 3 && !status; ++b) {
        double in[SYMBOLS];
        const double *const from[] = {in};
        for (uint64_t s = 0; s < SYMBOLS; ++s)
            in[s] = s % 3 == b ? NAN : 1;
        status = td_stream_append(stream, from, NULL, err);
    }
    if (!status) status = td_args_create(engine, "market.sma", &args, err);
    if (!status) status = td_args_sweep(args, "timeperiod", "2:20", err);
    if (!status) status = td_args_bind(args, "real", &array, err);
    *before = atomic_load(&count->calls);
    if (!status) status = td_run(engine, args, NULL, NULL, NULL, err);
    td_args_destroy(args);
    td_stream_destroy(stream);
    free(out);
    return status;
}

TEST(every_allocation_may_fail)
{
    enum { FAULTS_MAX = 5000, FAULTS_MIN = 15 };
    meter count = {0};
    long long before = 0;
    made_panel made;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    config.threads = 2;
    config.backends = "cpu";
    config.allocator = (td_allocator){meter_resize, &count};
    made_create(&made, SYMBOLS, BARS, 0);
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    CHECK_STATUS(TD_OK, memory_scene(engine, &made, &count, &before, &err), &err);
    const long long pieces = atomic_load(&count.pieces);
    long long n = 1;
    for (; n < FAULTS_MAX; ++n) {
        atomic_store(&count.calls, 0);
        atomic_store(&count.fail_at, n);
        const td_status status = memory_scene(engine, &made, &count, &before, &err);
        CHECK_INT(pieces, atomic_load(&count.pieces));
        if (atomic_load(&count.calls) < n) break;
        if (n > before && status == TD_OK) continue;
        CHECK_STATUS(TD_E_NO_MEMORY, status, &err);
        CHECK(err.message[0] != 0);
    }
    CHECK(n > FAULTS_MIN && n < FAULTS_MAX);
    printf("  %lld allocations failed in turn\n", n - 1);
    td_engine_destroy(engine);
    CHECK_INT(0, atomic_load(&count.pieces));
    made_destroy(&made);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (check_test[]){RUN(layouts_agree),
                                     RUN(symbols_are_apart_and_threads_change_nothing),
                                     RUN(long_series_are_cut_without_a_trace),
                                     RUN(long_means_are_cut_without_a_trace),
                                     RUN(calls_do_not_disturb_each_other),
                                     RUN(every_operation_gives_what_the_function_gives),
                                     RUN(grids_are_single_calls),
                                     RUN(bad_calls_are_named),
                                     RUN(wrong_shapes_are_named),
                                     RUN(small_panels_are_fine),
                                     RUN(every_allocation_may_fail),
                                     {0}});
}
