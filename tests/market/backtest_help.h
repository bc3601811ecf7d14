/* backtest_help.h - panels that are made up, and backtests on them, for the tests. */
#ifndef TANDEM_TESTS_BACKTEST_HELP_H
#define TANDEM_TESTS_BACKTEST_HELP_H
#include "modules/market/backtest.h"
#include "modules/market/backtest_op.h"
#include "tests/check.h"

#define HELP_SYMBOLS_MAX 64
#define HELP_BARS_MAX    600

typedef struct help_panel {
    uint64_t symbols, bars;
    double  *price[TD_PRICES]; /* NULL: not bound */
    double  *benchmark;
    int64_t *time;
} help_panel;

typedef struct help_axis { const char *name, *text; } help_axis;

/* A backtest to run: axes and values by text, ended by a NULL name. */
typedef struct help_call {
    const char *strategy;
    const help_axis *axis, *value;
    bool portfolio, extras;
    uint32_t threads;
} help_call;

static inline void help_free(help_panel *panel)
{
    for (int p = 0; p < TD_PRICES; p++) free(panel->price[p]);
    free(panel->benchmark);
    free(panel->time);
    memset(panel, 0, sizeof *panel);
}

/* Walks with ties, gaps, halts and short histories. faults 0: none of them. */
static inline void help_make(help_panel *panel, uint64_t symbols, uint64_t bars, bool faults)
{
    *panel = (help_panel){.symbols = symbols, .bars = bars};
    for (int p = 0; p < TD_PRICES; p++)
        panel->price[p] = calloc(symbols * bars + 1, sizeof(double));
    panel->benchmark = calloc(bars + 1, sizeof(double));
    panel->time = calloc(bars + 1, sizeof(int64_t));
    double level = 1000;
    for (uint64_t t = 0; t < bars; t++) {
        level *= 1 + 0.02 * (check_random_unit() - 0.48);
        panel->benchmark[t] = level;
        panel->time[t] = (int64_t)(t + t / 5 * 2) * 86400;
    }
    for (uint64_t s = 0; s < symbols; s++) {
        double close = 20 + 80 * check_random_unit();
        const uint64_t from = faults && check_random_unit() < 0.3
                                  ? (uint64_t)(check_random_unit() * (double)bars) : 0;
        for (uint64_t t = 0; t < bars; t++) {
            const uint64_t i = s * bars + t;
            const double open = floor(close * (1 + 0.02 * (check_random_unit() - 0.5)) * 20) / 20;
            close = floor(open * (1 + 0.05 * (check_random_unit() - 0.49)) * 20 + 0.5) / 20 + 0.05;
            panel->price[TD_OPEN][i] = open;
            panel->price[TD_CLOSE][i] = close;
            panel->price[TD_HIGH][i] = fmax(open, close) * (1 + 0.01 * check_random_unit());
            panel->price[TD_LOW][i] = fmin(open, close) * (1 - 0.01 * check_random_unit());
            panel->price[TD_VOLUME][i] = floor(1e6 * check_random_unit()) + 1e4;
            panel->price[TD_ADJUSTED][i] = close * (t < bars / 2 ? 0.5 : 1);
            const bool gone = t < from || (faults && check_random_unit() < 0.02);
            if (faults && check_random_unit() < 0.02)
                for (int p = TD_OPEN; p <= TD_VOLUME; p++)
                    if (p != TD_CLOSE) panel->price[p][i] = 0;
            for (int p = 0; gone && p < TD_PRICES; p++) panel->price[p][i] = NAN;
        }
    }
}

static inline td_status help_bind(td_args *args, const help_panel *panel, td_error *err)
{
    td_status status = TD_OK;
    for (uint32_t i = 0; !status && i < BACKTEST_IN_COUNT; i++) {
        td_array array = TD_ARRAY_INIT;
        const bool flat = i >= BACKTEST_IN_TIME;
        array.dtype = i == BACKTEST_IN_TIME ? TD_I64 : TD_F64;
        array.rank = flat ? 1 : 2;
        array.shape[0] = flat ? (int64_t)panel->bars : (int64_t)panel->symbols;
        array.shape[1] = flat ? 0 : (int64_t)panel->bars;
        array.data = i == BACKTEST_IN_TIME        ? (void *)panel->time
                     : i == BACKTEST_IN_BENCHMARK ? (void *)panel->benchmark
                                                  : (void *)panel->price[i];
        if (array.data) status = td_args_bind(args, backtest_inputs[i].name, &array, err);
    }
    return status;
}

/* The operation and its arguments; destroy both. */
static inline td_status help_args(td_engine *engine, const help_panel *panel, const help_call *call,
                                  td_op_impl **impl, td_args **args, td_error *err)
{
    const char *name[TD_AXES_MAX];
    backtest_setup setup = {call->strategy, name, 0, call->portfolio};
    for (const help_axis *a = call->axis; a && a->name; a++)
        if (strcmp(a->name, "strategy_name") != 0) name[setup.axis_count++] = a->name;
    td_status status = backtest_op_create(&setup, impl, err);
    if (!status) status = td_args_create_op(engine, *impl, args, err);
    for (const help_axis *a = call->axis; !status && a && a->name; a++)
        status = td_args_sweep(*args, a->name, a->text, err);
    for (const help_axis *a = call->value; !status && a && a->name; a++)
        status = td_args_set_text(*args, a->name, a->text, err);
    for (uint32_t m = 0; !status && call->extras && m < MEASURE_COUNT; m++)
        if (panel->benchmark || m < MEASURE_alpha || m > MEASURE_down_capture)
            status = td_args_output(*args, (*impl)->op->outputs[m].name, true, err);
    return status ? status : help_bind(*args, panel, err);
}

static inline td_status help_run(const help_panel *panel, const help_call *call, td_table **table,
                                 td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    config.threads = call->threads ? call->threads : 1;
    config.backends = "cpu";
    td_status status = td_engine_create(&config, &engine, err);
    if (!status) status = help_args(engine, panel, call, &impl, &args, err);
    if (!status) status = td_run(engine, args, NULL, table, NULL, err);
    td_args_destroy(args);
    backtest_op_destroy(impl);
    /* Tables hold memory of the engine's allocator, not of the engine. */
    td_engine_destroy(engine);
    return status;
}

static inline double help_at(const td_table *table, const char *var, uint64_t index)
{
    td_var v;
    if (!td_table_find_var(table, var, &v) || index >= v.count) return NAN;
    return v.dtype == TD_I32 ? ((const int32_t *)v.data)[index] : ((const double *)v.data)[index];
}

#endif
