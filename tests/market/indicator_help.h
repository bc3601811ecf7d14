/* indicator_help.h - made-up panels and calls of every indicator, for tests of what all have in
 * common. */
#ifndef TANDEM_TESTS_MARKET_INDICATOR_HELP_H
#define TANDEM_TESTS_MARKET_INDICATOR_HELP_H
#include "modules/market/indicator.h"
#include "tests/check.h"

/* A panel with memory of its own: every price, and a series of whole numbers for periods. */
typedef struct made_panel {
    td_panel panel;
    double  *price[TD_PRICES], *periods;
} made_panel;

/* share: of bars that are NaN in every price, and half as many in one price alone. */
static inline void made_create(made_panel *made, uint64_t symbols, uint64_t bars, double share)
{
    *made = (made_panel){.panel = TD_PANEL_INIT};
    made->panel.symbol_count = symbols;
    made->panel.bar_count = bars;
    for (int p = 0; p < TD_PRICES; ++p) {
        made->price[p] = malloc(symbols * bars * sizeof(double) + 1);
        made->panel.price[p] = made->price[p];
    }
    made->periods = malloc(symbols * bars * sizeof(double) + 1);
    for (uint64_t s = 0; s < symbols; ++s) {
        double close = 20 + 80 * check_random_unit();
        for (uint64_t b = 0; b < bars; ++b) {
            const uint64_t i = s * bars + b;
            const double open = close * (1 + 0.01 * (check_random_unit() - 0.5));
            /* A flat stretch now and then, as of a halted symbol. */
            if (b / 16 % 5 != 4) close = open * (1 + 0.04 * (check_random_unit() - 0.5));
            made->price[TD_OPEN][i] = open;
            made->price[TD_CLOSE][i] = close;
            made->price[TD_ADJUSTED][i] = close * 0.5;
            made->price[TD_HIGH][i] = fmax(open, close) * (1 + 0.01 * check_random_unit());
            made->price[TD_LOW][i] = fmin(open, close) * (1 - 0.01 * check_random_unit());
            made->price[TD_VOLUME][i] = floor(1000 * check_random_unit());
            made->periods[i] = 1 + (double)(check_random() % 40);
            const double chance = check_random_unit();
            const int only = (int)(check_random() % TD_PRICES);
            for (int p = 0; p < TD_PRICES; ++p)
                if (chance < share || (chance < 1.5 * share && p == only)) made->price[p][i] = NAN;
        }
    }
}

static inline void made_destroy(made_panel *made)
{
    for (int p = 0; p < TD_PRICES; ++p) free(made->price[p]);
    free(made->periods);
}

/* What an input of an indicator reads of the panel, or of one with the same shape. */
static inline const double *made_input(const made_panel *made, const indicator *it, uint32_t input)
{
    if (strcmp(it->op->inputs[input].name, "periods") == 0) return made->periods;
    if (it->input[input] != IN_REAL) return made->price[it->input[input]];
    return made->price[strcmp(it->op->inputs[input].name, "real1") == 0 ? TD_HIGH : TD_CLOSE];
}

/* Number `variant` of some parameters of the indicator: 0 the defaults; then short periods and
 * other choices. */
static inline void made_param(const indicator *it, int variant, double *param)
{
    for (uint32_t i = 0; i < indicator_param_count(it); ++i) {
        const td_param *const p = &it->op->params[i];
        uint32_t choices = 0, chosen = 0;
        param[i] = p->type == TD_INT ? (double)p->value.as.i : p->value.as.f;
        if (p->type == TD_INT && variant > 0) {
            param[i] = floor(param[i] / (1 + variant));
            if (param[i] < (double)p->min.as.i) param[i] = (double)p->min.as.i;
        }
        if (p->type != TD_CHOICE) continue;
        for (; p->choices[choices]; ++choices)
            if (strcmp(p->choices[choices], p->value.as.s) == 0) chosen = choices;
        param[i] = (chosen + (uint32_t)variant) % choices;
    }
    if (variant > 0 && indicator_check(it, param, NULL)) made_param(it, 0, param);
}

#define MADE_VARIANTS 3

/* The same bits, or NaN both. */
static inline bool same_values(const double *a, const double *b, uint64_t count,
                               uint64_t *where)
{
    for (uint64_t i = 0; i < count; ++i) {
        if (memcmp(&a[i], &b[i], sizeof *a) == 0 || (isnan(a[i]) && isnan(b[i]))) continue;
        *where = i;
        return false;
    }
    return true;
}

#define CHECK_SAME(a, b, count, it)                                                        \
    do {                                                                                   \
        uint64_t same_at = 0;                                                              \
        if (!same_values((a), (b), (count), &same_at))                                     \
            CHECK_FAIL("%s: value %llu is %.17g here and %.17g there", (it)->op->name,     \
                       (unsigned long long)same_at, (a)[same_at], (b)[same_at]);           \
    } while (0)

static inline td_engine *made_engine(uint32_t threads)
{
    td_engine_config config = TD_ENGINE_CONFIG_INIT;
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    config.threads = threads;
    config.backends = "cpu";
    CHECK_STATUS(TD_OK, td_engine_create(&config, &engine, &err), &err);
    return engine;
}

/* All outputs of a call on a panel: out[j], each symbols times bars. */
static inline void made_call(td_engine *engine, const made_panel *made, const indicator *it,
                             const double *param, td_gaps gaps, double *const *out)
{
    td_indicator_call call = {.name = it->op->name + strlen("market."), .param = param};
    td_error err = TD_ERROR_INIT;
    for (uint32_t i = 0; i < it->input_count; ++i) call.in[i] = made_input(made, it, i);
    for (uint32_t j = 0; j < it->op->output_count; ++j) call.out[j] = out[j];
    CHECK_STATUS(TD_OK, td_indicators(engine, &made->panel, TD_BY_SYMBOL, gaps, &call, 1, &err),
                 &err);
}

typedef struct made_out { double *of[TD_INDICATOR_OUTPUTS_MAX]; } made_out;

static inline made_out made_out_create(uint64_t count)
{
    made_out out;
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j) {
        out.of[j] = malloc(count * sizeof(double) + 1);
        for (uint64_t i = 0; i < count; ++i) out.of[j][i] = -77;
    }
    return out;
}

static inline void made_out_destroy(made_out *out)
{
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j) free(out->of[j]);
}

#endif
