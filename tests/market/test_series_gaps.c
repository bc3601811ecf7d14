/* test_series_gaps.c - series that strategies make of series: where an input has no value in
 * front or in between, an indicator sees the other bars alone, symbol by symbol, whatever symbols
 * stand beside it. The oracle takes the bars of one symbol, leaves out those at which an input is
 * NaN, and has td_indicators compute on what is left. */
#define EVAL_BARS 500

#include "backtest_help.h"
#include "program_eval.h"

#define TEXT_MAX 4000

/* A strategy on a panel, opened as a run opens it, with the memory of one worker. */
typedef struct bench {
    td_engine *engine;
    td_op_impl *impl;
    td_args *args;
    backtest_state *state;
    backtest_room room;
    void *memory;
} bench;

static void bench_open(bench *b, const help_panel *panel, const char *text)
{
    static const help_axis none[] = {{NULL, NULL}};
    const help_call call = {text, none, none, false, false, 1};
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_range axis[TD_AXES_MAX];
    td_error err = TD_ERROR_INIT;
    void *opened = NULL;
    uint64_t items = 0;
    *b = (bench){NULL, NULL, NULL, NULL, {0}, NULL};
    config.threads = 1;
    config.backends = "cpu";
    CHECK_STATUS(TD_OK, td_engine_create(&config, &b->engine, &err), &err);
    const td_status status = help_args(b->engine, panel, &call, &b->impl, &b->args, &err);
    if (status) CHECK_FAIL("%s, of\n%s", err.message, text);
    CHECK_STATUS(TD_OK, backtest_open(NULL, b->args, &opened, &items, &err), &err);
    b->state = opened;
    for (uint32_t a = 0; a < TD_AXES_MAX; ++a)
        axis[a] = (td_range){0, 1};
    uint8_t *const mark = calloc(b->state->program->series_count + 1, 1);
    const uint32_t need = backtest_need(b->state, axis, mark, NULL);
    free(mark);
    const size_t bytes = backtest_room_place(b->state, need, false, NULL, &b->room);
    b->memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    memset(b->memory, 0xff, bytes);
    backtest_room_place(b->state, need, false, b->memory, &b->room);
    backtest_room_need(&b->room, axis);
}

static void bench_close(bench *b)
{
    free(b->memory);
    backtest_close(b->state);
    td_args_destroy(b->args);
    backtest_op_destroy(b->impl);
    td_engine_destroy(b->engine);
}

/* ---- The oracle ------------------------------------------------------------------------------ */

/* The prices of a symbol at its own bars, as expressions read them: the close stands in for an
 * open, high or low that is missing, or is the 0 of a bar without trading. */
static uint64_t own_prices(eval *e, const help_panel *panel, uint64_t symbol)
{
    uint64_t count = 0;
    for (uint64_t t = 0; t < panel->bars; ++t) {
        double bar[TD_PRICES];
        for (uint32_t p = 0; p < TD_PRICES; ++p)
            bar[p] = panel->price[p][symbol * panel->bars + t];
        if (isnan(bar[TD_CLOSE])) continue;
        if (isnan(bar[TD_VOLUME])) bar[TD_VOLUME] = 0;
        const bool shut =
            bar[TD_VOLUME] == 0 || (bar[TD_OPEN] == 0 && bar[TD_HIGH] == 0 && bar[TD_LOW] == 0);
        for (uint32_t p = TD_OPEN; p <= TD_LOW; ++p)
            if (isnan(bar[p]) || (shut && bar[p] == 0)) bar[p] = bar[TD_CLOSE];
        for (uint32_t p = 0; p < TD_PRICES; ++p)
            e->price[p][count] = bar[p];
        count += 1;
    }
    return count;
}

static void eval_call_outputs(eval *e, td_engine *engine, const program_call *call, uint64_t count)
{
    static double in[TD_INDICATOR_INPUTS_MAX][EVAL_BARS], out[TD_INDICATOR_OUTPUTS_MAX][EVAL_BARS];
    static uint64_t bar[EVAL_BARS];
    const uint32_t inputs = call->indicator->input_count;
    td_panel panel = TD_PANEL_INIT;
    td_indicator_call one = {strchr(call->indicator->op->name, '.') + 1, call->param, {0}, {0}};
    td_error err = TD_ERROR_INIT;
    uint64_t front = 0, steps = 0;
    for (uint32_t i = 0; i < inputs; ++i)
        front = e->program->series[call->input[i]].lookback > front
                    ? e->program->series[call->input[i]].lookback
                    : front;
    for (uint64_t t = front; t < count; ++t) {
        bool whole = true;
        for (uint32_t i = 0; i < inputs; ++i) {
            in[i][steps] = e->series[call->input[i]][t];
            whole = whole && !isnan(in[i][steps]);
        }
        bar[steps] = t;
        steps += whole;
    }
    for (uint32_t i = 0; i < inputs; ++i)
        one.in[i] = in[i];
    for (uint32_t j = 0; j < call->indicator->op->output_count; ++j)
        one.out[j] = out[j];
    panel.symbol_count = 1;
    panel.bar_count = steps;
    if (steps > 0)
        CHECK_STATUS(
            TD_OK, td_indicators(engine, &panel, TD_BY_SYMBOL, TD_GAPS_SKIP, &one, 1, &err), &err);
    for (uint32_t j = 0; j < call->indicator->op->output_count; ++j) {
        if (call->output[j] == PROGRAM_NONE) continue;
        double *const to = e->series[call->output[j]];
        const bool whole = call->indicator->op->outputs[j].dtype == TD_I32;
        for (uint64_t t = 0; t < count; ++t)
            to[t] = whole ? 0 : (double)NAN;
        for (uint64_t i = 0; i < steps; ++i)
            to[bar[i]] = out[j][i];
    }
}

static void oracle_run(eval *e, td_engine *engine, const program *p, uint64_t count)
{
    e->program = p;
    e->series = calloc(p->series_count + 1, sizeof(e->series[0]));
    for (uint32_t s = 0; s < p->series_count; ++s) {
        const program_series *const it = &p->series[s];
        eval_machine m = {{0}, {0}, 0, 0, {0}};
        if (it->kind == SERIES_CALL) eval_call_outputs(e, engine, &p->call[it->call], count);
        if (it->kind == SERIES_PRICE)
            memcpy(e->series[s], e->price[it->price], count * sizeof(double));
        for (uint64_t t = 0; it->kind == SERIES_CODE && t < count; ++t) {
            for (uint32_t i = 0; i < it->code.count; ++i)
                eval_step(e, &m, &p->step[it->code.first + i], NULL, (int64_t)t);
            e->series[s][t] = m.number[--m.numbers];
        }
    }
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* Series with a value behind a NaN that is behind a value. */
static bool has_gap(const double *x, uint64_t count)
{
    int turns = 0;
    for (uint64_t t = 0; t < count && turns < 3; ++t)
        turns += isnan(x[t]) ? turns == 1 : turns != 1;
    return turns == 3;
}

/* Answers how many series that calls read have gaps. */
static uint64_t compare_symbol(const bench *b, const help_panel *panel, uint64_t symbol,
                               const char *text)
{
    static eval e;
    const program *const p = b->state->program;
    const uint32_t lane = (uint32_t)(symbol - b->room.item);
    const uint64_t count = own_prices(&e, panel, symbol);
    uint64_t gaps = 0;
    CHECK_INT(count, b->room.tile.count[lane]);
    oracle_run(&e, b->engine, p, count);
    for (uint32_t s = 0; s < p->series_count; ++s) {
        if (!b->room.mark[s]) continue;
        const vec *const got = backtest_series_at(&b->room, s);
        for (uint64_t t = 0; t < count; ++t)
            if (!same(e.series[s][t], got[t][lane]))
                CHECK_FAIL("series %u of symbol %d, bar %d: %.17g, expected %.17g, of\n%s", s,
                           (int)symbol, (int)t, got[t][lane], e.series[s][t], text);
    }
    for (uint32_t c = 0; c < p->call_count; ++c)
        for (uint32_t i = 0; i < p->call[c].indicator->input_count; ++i)
            gaps += has_gap(e.series[p->call[c].input[i]], count);
    eval_end(&e);
    return gaps;
}

static uint64_t compare(const help_panel *panel, const char *text)
{
    bench b;
    uint64_t gaps = 0;
    bench_open(&b, panel, text);
    for (uint64_t item = 0; item < panel->symbols; item += TD_LANES) {
        backtest_tile_load(&b.room, item);
        backtest_series_run(&b.room);
        for (uint32_t l = 0; l < b.room.lanes; ++l)
            gaps += compare_symbol(&b, panel, item + l, text);
    }
    bench_close(&b);
    return gaps;
}

/* ---- Panels and expressions ------------------------------------------------------------------ */

/* Bars without a change, stretches without volume, prices that are missing alone; the symbols of
 * a block at bars of their own. */
static void panel_make(help_panel *panel, uint64_t symbols, uint64_t bars)
{
    help_make(panel, symbols, bars, true);
    for (uint64_t i = 0; i < symbols * bars; ++i) {
        if (check_random_unit() < 0.05) panel->price[TD_OPEN][i] = panel->price[TD_CLOSE][i];
        if (check_random_unit() < 0.02) panel->price[TD_HIGH][i] = NAN;
        if (check_random_unit() < 0.02) panel->price[TD_ADJUSTED][i] = NAN;
        if (check_random_unit() < 0.02)
            for (uint64_t k = i; k < i + 8 && k < symbols * bars; ++k)
                if (!isnan(panel->price[TD_CLOSE][k])) panel->price[TD_VOLUME][k] = 0;
    }
}

static unsigned below(unsigned count)
{
    return (unsigned)(check_random() % count);
}

typedef struct words {
    char text[TEXT_MAX];
    size_t bytes;
} words;

static void add(words *to, const char *format, unsigned number)
{
    const int bytes = snprintf(to->text + to->bytes, TEXT_MAX - to->bytes, format, number);
    CHECK(bytes > 0 && to->bytes + (size_t)bytes < TEXT_MAX);
    to->bytes += (size_t)bytes;
}

/* Series that have no value at some bars, beside prices. */
static void add_source(words *to)
{
    static const char *const sources[] = {
        "close",
        "high",
        "adjusted",
        "volume",
        "hl2",
        "low[2]",
        "(close - open) / (close - open)",
        "volume / volume * close",
        "(volume - volume[1]) / abs(volume - volume[1])",
        "vwap(%u)",
        "rolling_correlation(open, close, %u)",
        "rolling_correlation(volume, close[1], %u)",
        "obv() / close",
        "atr(%u)",
        "rsi(close, %u)",
    };
    add(to, sources[below(sizeof sources / sizeof *sources)], 2 + below(6));
}

static void add_expression(words *to, int depth)
{
    /* What stands in front of one or two expressions, between them and behind. */
    static const char *const around[][3] = {
        {"sma(", NULL, ", %u)"},
        {"ema(", NULL, ", %u)"},
        {"wma(", NULL, ", %u)"},
        {"rsi(", NULL, ", %u)"},
        {"mom(", NULL, ", %u)"},
        {"highest(", NULL, ", %u)"},
        {"stddev(", NULL, ", %u)"},
        {"trix(", NULL, ", %u)"},
        {"dema(", NULL, ", %u)"},
        {"linearreg(", NULL, ", %u)"},
        {"cmo(", NULL, ", %u)"},
        {"kama(", NULL, ", %u)"},
        {"bbands(", NULL, ", %u).lowerband"},
        {"macdfix(", NULL, ", %u).macdhist"},
        {"supertrend(%u).direction * (", NULL, ")"},
        {"(", ") + (", ")"},
        {"min(", ", ", ")"},
        {"(", ") / (", ")"},
        {"abs(", ") - ema(", ", 2)[%u]"},
        {"rolling_correlation(", ", ", ", %u)"},
    };
    const char *const *const by = around[below(sizeof around / sizeof *around)];
    if (depth == 0) {
        add_source(to);
        return;
    }
    add(to, by[0], 2 + below(5));
    add_expression(to, depth - 1);
    if (by[1]) {
        add(to, by[1], 0);
        add_expression(to, depth - 1);
    }
    add(to, by[2], 2 + below(7));
}

/* ---- Tests ----------------------------------------------------------------------------------- */

TEST(random_indicators_of_indicators_skip_gaps)
{
    help_panel panel;
    uint64_t gaps = 0;
    for (int i = 0; i < 60; ++i) {
        words text = {"", 0};
        panel_make(&panel, 1 + check_random() % 19, 2 + check_random() % (EVAL_BARS - 2));
        add(&text, "entry = ema(", 0);
        add_expression(&text, 3);
        add(&text, ", 3) > ema(", 0);
        add_expression(&text, 3);
        add(&text, ", 5)\n", 0);
        gaps += compare(&panel, text.text);
        help_free(&panel);
    }
    CHECK(gaps > 1000);
}

/* Plain means of what is there, written out. Symbol 1 has no gap, 0 and 2 have gaps of their own.
 */
TEST(means_of_what_is_there_by_hand)
{
    enum { BARS = 40, SYMBOLS = 3, N = 3 };
    help_panel panel;
    bench b;
    help_make(&panel, SYMBOLS, BARS, false);
    for (uint64_t t = 0; t < BARS; ++t) {
        if (t % 7 == 4 || t < 2)
            for (int p = TD_OPEN; p <= TD_CLOSE; ++p)
                panel.price[p][t] = 50;
        if (t >= 10 && t < 20)
            for (int p = TD_OPEN; p <= TD_CLOSE; ++p)
                panel.price[p][2 * BARS + t] = 60;
    }
    bench_open(&b, &panel,
               "entry = sma((high - close) / (high - low), 3) > "
               "ema((high - close) / (high - low), 3)\n");
    backtest_tile_load(&b.room, 0);
    backtest_series_run(&b.room);
    const program *const p = b.state->program;
    CHECK_INT(2, p->call_count);
    for (uint64_t s = 0; s < SYMBOLS; ++s) {
        double seen[BARS], mean = NAN;
        int count = 0;
        for (uint64_t t = 0; t < BARS; ++t) {
            const uint64_t i = s * BARS + t;
            const double high = panel.price[TD_HIGH][i], low = panel.price[TD_LOW][i];
            const double now = (high - panel.price[TD_CLOSE][i]) / (high - low);
            double plain = NAN, smooth = NAN;
            if (!isnan(now)) {
                seen[count++] = now;
                if (count >= N) plain = (seen[count - 1] + seen[count - 2] + seen[count - 3]) / N;
                mean = count == N ? plain : mean + (now - mean) * 2 / (N + 1);
                smooth = mean;
            }
            for (uint32_t c = 0; c < 2; ++c) {
                const bool ema = strcmp(p->call[c].indicator->op->name, "market.ema") == 0;
                CHECK_NEAR(ema ? smooth : plain,
                           backtest_series_at(&b.room, p->call[c].output[0])[t][s], 1e-12);
            }
        }
        CHECK(count < BARS || s == 1);
    }
    bench_close(&b);
    help_free(&panel);
}

/* Nothing of this was ever computed where a mean of indicators remembers its NaN. */
TEST(the_example_trix_cross_trades)
{
    static const help_axis none[] = {{NULL, NULL}},
                           close_fill[] = {{"fill", "close"}, {NULL, NULL}};
    const char *const source = getenv("TANDEM_SOURCE");
    char path[1200], text[TEXT_MAX] = "";
    help_panel panel;
    td_table *table = NULL;
    td_error err = TD_ERROR_INIT;
    snprintf(path, sizeof path, "%s/examples/strategies/trix_cross.strategy",
             source ? source : ".");
    FILE *const file = fopen(path, "rb");
    if (!file) CHECK_FAIL("cannot read %s: set TANDEM_SOURCE", path);
    const size_t bytes = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    CHECK(bytes > 0);
    help_make(&panel, 11, EVAL_BARS, false);
    const help_call call = {text, none, close_fill, false, false, 1};
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &table, &err), &err);
    for (uint64_t s = 0; s < panel.symbols; ++s)
        CHECK(help_at(table, "trades", s) >= 5);
    td_table_destroy(table);
    help_free(&panel);
}

/* What a symbol earns does not hang on the symbols of its block. */
TEST(gaps_of_one_symbol_leave_the_others_alone)
{
    static const help_axis none[] = {{NULL, NULL}};
    static const char text[] = "body = (close - open) / (close - open) * close\n"
                               "entry = crosses_above(ema(body, 3), ema(vwap(4), 9))\n"
                               "exit = rsi(ema(vwap(2), 3), 5) < 40\n";
    help_panel panel;
    td_table *all = NULL, *one = NULL;
    td_error err = TD_ERROR_INIT;
    const help_call call = {text, none, none, false, false, 1};
    double traded = 0;
    panel_make(&panel, 21, 400);
    CHECK_STATUS(TD_OK, help_run(&panel, &call, &all, &err), &err);
    for (uint64_t s = 0; s < panel.symbols; ++s) {
        help_panel alone = panel;
        alone.symbols = 1;
        for (int p = 0; p < TD_PRICES; ++p)
            alone.price[p] = panel.price[p] + s * panel.bars;
        CHECK_STATUS(TD_OK, help_run(&alone, &call, &one, &err), &err);
        CHECK(same(help_at(all, "trades", s), help_at(one, "trades", 0)));
        CHECK(same(help_at(all, "total_return", s), help_at(one, "total_return", 0)));
        traded += help_at(one, "trades", 0);
        td_table_destroy(one);
        one = NULL;
    }
    CHECK(traded > 50);
    td_table_destroy(all);
    help_free(&panel);
}

int main(int argc, char **argv)
{
    return check_main(argc, argv,
                      (const check_test[]){RUN(random_indicators_of_indicators_skip_gaps),
                                           RUN(means_of_what_is_there_by_hand),
                                           RUN(the_example_trix_cross_trades),
                                           RUN(gaps_of_one_symbol_leave_the_others_alone),
                                           {0}});
}
