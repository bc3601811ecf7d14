/* row_backtest.c - the operation market.backtest: what a device gives is what the CPU gives, bit
 * for bit, over random prices, strategies, grids and rules. The CPU is held to a plain account, bar
 * by bar, by tests/market. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "modules/market/backtest.h"
#include "rows.h"

#define PRICES      5
#define SETTING_MAX 64

/* One of these is a strategy; f and s are parameters. */
static const char *const texts[] = {
    "f = 5\ns = 20\nentry = crosses_above(sma(close, f), sma(close, s))\n"
    "exit = crosses_below(sma(close, f), sma(close, s))\n",
    "f = 5\ns = 20\nentry = crosses_above(ema(close, f), ema(close, s))\n"
    "short_entry = crosses_below(ema(close, f), ema(close, s))\n",
    "f = 14\ns = 30\nentry = rsi(close, f) < s\nexit = rsi(close, f) > 100 - s\n"
    "short_entry = rsi(close, f) > 90\nshort_exit = rsi(close, f) < 50\n",
    "f = 3\ns = 25\nentry = macd(close, f, s).macdhist > 0 and "
    "close > highest(high, f)[1] - atr(s)\n"
    "exit = macd(close, f, s).macdhist < 0 or mom(close, f) < 0\n",
    "f = 5\ns = 20\nentry = close < bbands(close, f).lowerband and close > sma(close, s)\n"
    "exit = close > bbands(close, f).middleband\n",
    /* What only the CPU computes, and a kernel's series that it needs for that. */
    "f = 5\ns = 20\nentry = cci(f) < -100 and wma(sma(close, f), s) > close[f]\n"
    "exit = cci(f) > 100 or sma(close, f) > lowest(low, s)\n",
    /* Indicators of indicators and of what has gaps: bars without volume, and halts. */
    "f = 5\ns = 20\nline = trix(close, f)\nentry = crosses_above(line, ema(line, f))\n"
    "exit = rsi(vwap(f), s) > 60 or rsi(ema(close, f), s) < 40\n",
    "f = 5\ns = 20\nbody = (high - low) / (close - open)\n"
    "entry = ema(body, f) > sma(body, s) and close > sma(close, f)\n"
    "exit = ema(max(open - close, 0) / (high - low), f) > 0.5\n",
};
#define TEXTS (sizeof texts / sizeof *texts)

typedef struct prices_case {
    uint64_t symbols, bars;
    double *price[PRICES];
    char text[2048], axis[2][32], setting[8][2][SETTING_MAX];
    const char *axis_name[2];
    uint32_t axis_count, setting_count;
    char size[64];
} prices_case;

static const char *const price_names[PRICES] = {"open", "high", "low", "close", "volume"};

/* ---- Input ----------------------------------------------------------------------------------- */

static void symbol_fill(ops_case *c, prices_case *p, uint64_t s)
{
    const uint64_t first = ops_random_below(c, 3) ? 0 : ops_random_below(c, p->bars);
    double last = 50 + 50 * ops_random_unit(c);
    for (uint64_t t = 0; t < p->bars; ++t) {
        const uint64_t at = s * p->bars + t;
        const bool gone = t < first || ops_random_below(c, 40) == 0;
        const bool halted = !gone && ops_random_below(c, 40) == 0;
        const double open = last * (0.98 + 0.04 * ops_random_unit(c));
        const double close = open * (0.96 + 0.08 * ops_random_unit(c));
        const double up = 1 + 0.02 * ops_random_unit(c);
        const double all[PRICES] = {open, (open > close ? open : close) * up,
                                    (open < close ? open : close) / up, close,
                                    floor(1e5 * ops_random_unit(c))};
        for (int i = 0; i < PRICES; ++i)
            p->price[i][at] = gone ? (double)NAN : halted ? (i == 3 ? last : 0) : all[i];
        if (!gone && !halted) last = close;
    }
}

static void set(prices_case *p, const char *name, double value)
{
    snprintf(p->setting[p->setting_count][0], SETTING_MAX, "%s", name);
    snprintf(p->setting[p->setting_count++][1], SETTING_MAX, "%.4f", value);
}

static void rules_fill(ops_case *c, prices_case *p)
{
    static const char *const some[] = {"stop_loss", "take_profit", "trailing_stop", "fee",
                                       "slippage",  "interest",    "tax_sell"};
    p->setting_count = 0;
    for (size_t i = 0; i < sizeof some / sizeof *some; ++i)
        if (ops_random_below(c, 3) == 0) set(p, some[i], 0.08 * ops_random_unit(c));
}

static void grid_fill(ops_case *c, prices_case *p)
{
    const bool many = ops_random_below(c, 3) == 0;
    if (!many) snprintf(p->text, sizeof p->text, "%s", texts[ops_random_below(c, TEXTS)]);
    else
        snprintf(p->text, sizeof p->text, "[a]\n%s[b]\n%s", texts[ops_random_below(c, TEXTS)],
                 texts[ops_random_below(c, TEXTS)]);
    p->axis_count = 2;
    p->axis_name[0] = "f";
    p->axis_name[1] = ops_random_below(c, 2) ? "s" : "max_bars";
    snprintf(p->axis[0], sizeof p->axis[0], "3:%d:2", 5 + (int)ops_random_below(c, 10));
    snprintf(p->axis[1], sizeof p->axis[1], "10,%d,33", 12 + (int)ops_random_below(c, 15));
}

/* ---- Runs ------------------------------------------------------------------------------------ */

static td_status args_make(td_engine *engine, const prices_case *p, const td_op_impl *impl,
                           td_args **out, td_error *err)
{
    td_array array = TD_ARRAY_INIT;
    td_args *args = NULL;
    array.dtype = TD_F64;
    array.rank = 2;
    array.shape[0] = (int64_t)p->symbols;
    array.shape[1] = (int64_t)p->bars;
    td_status status = td_args_create_op(engine, impl, &args, err);
    if (!status) status = td_args_set_text(args, "strategy", p->text, err);
    for (uint32_t i = 0; !status && i < p->axis_count; ++i)
        status = td_args_sweep(args, p->axis_name[i], p->axis[i], err);
    if (!status && strchr(p->text, '[') == p->text)
        status = td_args_sweep(args, "strategy_name", "a,b", err);
    for (uint32_t i = 0; !status && i < p->setting_count; ++i)
        status = td_args_set_text(args, p->setting[i][0], p->setting[i][1], err);
    for (int i = 0; !status && i < PRICES; ++i) {
        array.data = p->price[i];
        status = td_args_bind(args, price_names[i], &array, err);
    }
    if (status) td_args_destroy(args);
    else *out = args;
    return status;
}

static td_status device_run(ops_case *c, td_engine *engine, const td_args *args,
                            const prices_case *p, uint64_t budget, const td_table *wanted,
                            td_error *err)
{
    char size[96], detail[200] = "", device[64];
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_report report = TD_REPORT_INIT;
    td_table *table = NULL;
    snprintf(size, sizeof size, "%s%s", p->size, budget ? " little memory" : "");
    snprintf(device, sizeof device, "%s", c->device->info.name);
    options.device = device;
    options.fallback = budget ? TD_FALLBACK_CPU : TD_FALLBACK_NONE;
    options.device_bytes_max = budget;
    td_status status = td_run(engine, args, &options, &table, &report, err);
    if (status == TD_E_UNSUPPORTED) {
        ops_skip(c, size, "%s", err->message);
        return TD_OK;
    }
    if (status) return status;
    const uint64_t values = ops_tables_compare(wanted, table, detail, sizeof detail);
    if (values == 0) ops_fail(c, size, "%s; of\n%s", detail, p->text);
    else if (!budget && ops_launches(&report, device) == 0)
        ops_fail(c, size, "nothing ran on the device: %s", report.note);
    else
        ops_pass(c, size, "equal, %" PRIu64 " values, %u units, %u split, %u moved", values,
                 report.units, report.units_split, report.units_moved);
    td_table_destroy(table);
    return TD_OK;
}

static td_status case_run(ops_case *c, td_engine *engine, const prices_case *p, td_error *err)
{
    const backtest_setup setup = {p->text, p->axis_name, p->axis_count, false};
    td_run_options options = TD_RUN_OPTIONS_INIT;
    td_op_impl *impl = NULL;
    td_args *args = NULL;
    td_table *wanted = NULL;
    options.device = "cpu";
    td_status status = backtest_op_create(&setup, &impl, err);
    if (!status) status = args_make(engine, p, impl, &args, err);
    if (!status) status = td_run(engine, args, &options, &wanted, NULL, err);
    if (!status) status = device_run(c, engine, args, p, 0, wanted, err);
    if (!status) status = device_run(c, engine, args, p, 1u << 20, wanted, err);
    td_table_destroy(wanted);
    td_args_destroy(args);
    backtest_op_destroy(impl);
    return status;
}

static td_status case_make(ops_case *c, td_engine *engine, td_error *err)
{
    prices_case p = {.symbols = 1 + ops_random_below(c, ops_pick(c, 12, 60, 500))};
    p.bars = 2 + ops_random_below(c, ops_pick(c, 100, 400, 1250));
    td_status status = TD_OK;
    for (int i = 0; !status && i < PRICES; ++i)
        status = ops_host(p.symbols * p.bars, sizeof(double), (void **)&p.price[i], err);
    for (uint64_t s = 0; !status && s < p.symbols; ++s)
        symbol_fill(c, &p, s);
    grid_fill(c, &p);
    rules_fill(c, &p);
    snprintf(p.size, sizeof p.size, "%" PRIu64 " symbols, %" PRIu64 " bars", p.symbols, p.bars);
    if (!status) status = case_run(c, engine, &p, err);
    for (int i = 0; i < PRICES; ++i)
        free(p.price[i]);
    return status;
}

td_status row_backtest(ops_case *c, td_error *err)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    config.threads = c->run->threads;
    config.backends = c->device->name;
    config.backend_path = c->device->folder;
    td_status status = td_engine_create(&config, &engine, err);
    const uint64_t cases = ops_pick(c, 3, 12, 12);
    for (uint64_t i = 0; !status && i < cases; ++i)
        status = case_make(c, engine, err);
    td_engine_destroy(engine);
    return status;
}
