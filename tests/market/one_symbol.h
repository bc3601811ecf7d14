/* one_symbol.h - one indicator on one made-up symbol, for tests against plain references. */
#ifndef TANDEM_TESTS_MARKET_ONE_SYMBOL_H
#define TANDEM_TESTS_MARKET_ONE_SYMBOL_H
#include "modules/market/indicator.h"
#include "tests/check.h"

#define ONE_BARS 700

typedef struct one_symbol {
    uint64_t count;
    double   price[5][ONE_BARS];                        /* TD_OPEN .. TD_VOLUME */
    double   out[TD_INDICATOR_OUTPUTS_MAX][ONE_BARS];
} one_symbol;

/* Bars of whole numbers, of which many are the same: ties, flat stretches, days without volume. */
static inline void one_make(one_symbol *it, uint64_t count)
{
    double close = 500;
    it->count = count;
    for (uint64_t t = 0; t < count; ++t) {
        if (close < 100) close += 400;
        const double size = check_random() % 3 ? 5 : 30;
        const double open = check_random() % 3 ? close + floor(5 * check_random_unit()) - 2 : close;
        if (t % 50 < 40) close = open + floor((2 * size + 1) * check_random_unit()) - size;
        it->price[TD_OPEN][t] = open;
        it->price[TD_CLOSE][t] = close;
        it->price[TD_HIGH][t] = fmax(open, close) + floor(8 * check_random_unit());
        it->price[TD_LOW][t] = fmin(open, close) - floor(8 * check_random_unit());
        it->price[TD_VOLUME][t] = t % 60 > 54 ? 0 : floor(1000 * check_random_unit());
    }
}

/* Into it->out; in: NULL for the prices of the symbol. */
static inline void one_run(one_symbol *it, const char *name, const double *param,
                           const double *in0, const double *in1)
{
    static int64_t time_of[ONE_BARS];
    const char *const symbol = "X";
    td_engine *engine = NULL;
    td_error err = TD_ERROR_INIT;
    td_panel panel = TD_PANEL_INIT;
    td_indicator_call call = {name, param, {in0, in1}, {NULL}};
    const indicator *const found = indicator_find(name);
    if (!found) CHECK_FAIL("no indicator %s", name);
    for (uint64_t t = 0; t < it->count; ++t) time_of[t] = (int64_t)t * 86400;
    panel.symbol_count = 1;
    panel.bar_count = it->count;
    panel.symbol = &symbol;
    panel.time = time_of;
    for (int i = TD_OPEN; i <= TD_VOLUME; ++i) panel.price[i] = it->price[i];
    for (uint32_t j = 0; j < found->op->output_count; ++j) call.out[j] = it->out[j];
    CHECK_STATUS(TD_OK, td_engine_create(NULL, &engine, &err), &err);
    const td_status status =
        td_indicators(engine, &panel, TD_BY_SYMBOL, TD_GAPS_SKIP, &call, 1, &err);
    td_engine_destroy(engine);
    CHECK_STATUS(TD_OK, status, &err);
}

/* Output j at every bar is expected(it, t, context), to 1e-9 of it. */
typedef double (*one_reference)(const one_symbol *it, uint64_t t, const double *param);

static inline void one_compare(const one_symbol *it, uint32_t output, one_reference expected,
                               const double *param)
{
    for (uint64_t t = 0; t < it->count; ++t) {
        const double e = expected(it, t, param), a = it->out[output][t];
        if (isnan(e) ? isnan(a) : fabs(e - a) <= 1e-9 * fmax(1, fabs(e))) continue;
        CHECK_FAIL("output %u at bar %" PRIu64 ": %.17g, expected %.17g", output, t, a, e);
    }
}

#endif
