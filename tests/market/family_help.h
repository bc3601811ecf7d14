/* family_help.h - bars of one symbol, and an indicator's steps against a plain reference: on every
 * instruction set, at once, bar by bar and in pieces. */
#ifndef TANDEM_TESTS_MARKET_FAMILY_HELP_H
#define TANDEM_TESTS_MARKET_FAMILY_HELP_H
#include <float.h>

#include "modules/market/indicator.h"
#include "tests/check.h"

#define BARS_MAX    400
#define OUTPUTS_MAX 3

typedef enum bars_kind {
    BARS_WALK, BARS_TICKS, BARS_RISE, BARS_FLAT, BARS_ZERO, BARS_KINDS
} bars_kind;

typedef struct bars {
    uint64_t count;
    double   open[BARS_MAX], high[BARS_MAX], low[BARS_MAX], close[BARS_MAX], volume[BARS_MAX];
} bars;

/* Prices on a coarse grid have many ties, bars without range, and bars without volume. */
static inline void bars_ticks(bars *b, uint64_t t)
{
    b->close[t] = (t ? b->close[t - 1] : 50) + (double)(check_random() % 3) - 1;
    b->open[t] = b->close[t] + (double)(check_random() % 3) - 1;
    b->high[t] = fmax(b->open[t], b->close[t]) + (double)(check_random() % 2);
    b->low[t] = fmin(b->open[t], b->close[t]) - (double)(check_random() % 2);
    b->volume[t] = 100 * (double)(check_random() % 3);
}

static inline void bars_make(bars *b, bars_kind kind, uint64_t count)
{
    b->count = count;
    for (uint64_t t = 0; t < count; ++t) {
        const double before = t ? b->close[t - 1] : 100;
        switch (kind) {
        case BARS_TICKS: bars_ticks(b, t); continue;
        case BARS_WALK:
            b->open[t] = before * (1 + 0.01 * (check_random_unit() - 0.5));
            b->close[t] = b->open[t] * (1 + 0.05 * (check_random_unit() - 0.5));
            break;
        case BARS_RISE:
            b->open[t] = before + 0.25;
            b->close[t] = before + 0.5;
            break;
        case BARS_FLAT: b->open[t] = b->close[t] = 50; break;
        case BARS_ZERO:
        case BARS_KINDS: b->open[t] = b->close[t] = 0; break;
        }
        const double stretch = kind == BARS_WALK ? 0.01 * check_random_unit() : 0;
        b->high[t] = fmax(b->open[t], b->close[t]) * (1 + stretch);
        b->low[t] = fmin(b->open[t], b->close[t]) * (1 - stretch);
        b->volume[t] = kind == BARS_ZERO ? 0 : 1000 + floor(1e6 * check_random_unit());
    }
}

static inline const double *bars_input(const bars *b, indicator_input input)
{
    switch (input) {
    case IN_OPEN: return b->open;
    case IN_HIGH: return b->high;
    case IN_LOW: return b->low;
    case IN_VOLUME: return b->volume;
    case IN_CLOSE:
    case IN_REAL: return b->close;
    }
    return b->close;
}

/* Fills out[j][t], NaN (0 for whole numbers) before the first value. */
typedef void (*family_reference)(const double *param, const bars *b, double (*out)[BARS_MAX]);

/* Lane l computes b[l]; piece: bars at a time. result[l][j][t]. */
static inline void family_run(const indicator *it, const double *param, indicator_isa isa,
                              const bars *b, uint64_t piece,
                              double (*result)[OUTPUTS_MAX][BARS_MAX])
{
    static vec memory[TD_INDICATOR_INPUTS_MAX + OUTPUTS_MAX][BARS_MAX];
    const vec *in[TD_INDICATOR_INPUTS_MAX];
    vec *out[OUTPUTS_MAX];
    const size_t bytes = it->state_bytes ? it->state_bytes(param) : 0;
    void *const state = aligned_alloc(64, bytes + 64);
    CHECK(state && bytes % 64 == 0);
    memset(state, 0, bytes);
    memset((char *)state + bytes, 0x5a, 64);
    for (uint32_t i = 0; i < it->input_count; ++i) {
        in[i] = memory[i];
        for (int l = 0; l < TD_LANES; ++l)
            for (uint64_t t = 0; t < b[l].count; ++t)
                memory[i][t][l] = bars_input(&b[l], it->input[i])[t];
    }
    for (int j = 0; j < OUTPUTS_MAX; ++j) out[j] = memory[TD_INDICATOR_INPUTS_MAX + j];
    for (uint64_t t = 0; t < b->count; t += piece)
        it->run[isa](param, state, in, out, t, t + piece < b->count ? t + piece : b->count);
    for (int l = 0; l < TD_LANES; ++l)
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            for (uint64_t t = 0; t < b->count; ++t) result[l][j][t] = out[j][t][l];
    for (int i = 0; i < 64; ++i) CHECK_INT(0x5a, ((char *)state)[bytes + (size_t)i]);
    free(state);
}

/* Largest difference allowed: tolerance of the value, and of 1 where it is smaller. */
static inline void family_compare(const indicator *it, const double *param, const bars *b,
                                  family_reference reference, double tolerance,
                                  double (*result)[OUTPUTS_MAX][BARS_MAX])
{
    static double expected[OUTPUTS_MAX][BARS_MAX];
    for (int l = 0; l < TD_LANES; ++l) {
        reference(param, &b[l], expected);
        for (uint32_t j = 0; j < it->op->output_count; ++j)
            for (uint64_t t = 0; t < b->count; ++t) {
                const double e = expected[j][t], a = result[l][j][t];
                if (isnan(e) && isnan(a)) continue;
                if (fabs(e - a) <= tolerance * fmax(1, fabs(e))) continue;
                CHECK_FAIL("%s(%g, %g, %g, %g): output %u of lane %d at bar %d of %d: expected "
                           "%.17g, got %.17g",
                           it->op->name, param[0], param[1], param[2], param[3], j, l, (int)t,
                           (int)b->count, e, a);
            }
    }
}

static inline bool family_same(const double *a, const double *b, uint64_t count)
{
    for (uint64_t t = 0; t < count; ++t)
        if (!(isnan(a[t]) && isnan(b[t])) && memcmp(&a[t], &b[t], sizeof *a) != 0) return false;
    return true;
}

/* Bars of all kinds side by side, of several lengths: equal to the reference, the same bits on
 * every instruction set and however the bars come. kinds: the first so many of bars_kind. */
static inline void family_check(const char *name, const double *param, family_reference reference,
                                double tolerance, int kinds)
{
    static const uint64_t counts[] = {1, 2, 5, 33, 120, BARS_MAX}, pieces[] = {BARS_MAX, 1, 7};
    static double first[TD_LANES][OUTPUTS_MAX][BARS_MAX];
    static double other[TD_LANES][OUTPUTS_MAX][BARS_MAX];
    static bars b[TD_LANES];
    const indicator *const it = indicator_find(name);
    td_error err = TD_ERROR_INIT;
    CHECK(it != NULL);
    CHECK_STATUS(TD_OK, indicator_check(it, param, &err), &err);
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; ++c) {
        for (int l = 0; l < TD_LANES; ++l) bars_make(&b[l], (bars_kind)(l % kinds), counts[c]);
        family_run(it, param, ISA_PLAIN, b, BARS_MAX, first);
        family_compare(it, param, b, reference, tolerance, first);
        for (int isa = 0; isa <= (int)indicator_isa_best(); ++isa)
            for (int p = 0; p < 3; ++p) {
                family_run(it, param, (indicator_isa)isa, b, pieces[p], other);
                for (int l = 0; l < TD_LANES; ++l)
                    for (uint32_t j = 0; j < it->op->output_count; ++j)
                        if (!family_same(first[l][j], other[l][j], counts[c]))
                            CHECK_FAIL("%s: other bits with isa %d, %d bars at a time", name, isa,
                                       (int)pieces[p]);
            }
    }
}

/* Values of one series that is given, with the best instruction set. */
static inline void family_of(const char *name, const double *param, const bars *one,
                             double (*out)[BARS_MAX])
{
    static double all[TD_LANES][OUTPUTS_MAX][BARS_MAX];
    static bars b[TD_LANES];
    const indicator *const it = indicator_find(name);
    CHECK(it != NULL);
    for (int l = 0; l < TD_LANES; ++l) b[l] = *one;
    family_run(it, param, indicator_isa_best(), b, BARS_MAX, all);
    memcpy(out, all[0], it->op->output_count * sizeof all[0][0]);
}

static inline void family_nan(double (*out)[BARS_MAX], int outputs, uint64_t from, uint64_t end)
{
    for (int j = 0; j < outputs; ++j)
        for (uint64_t t = from; t < end; ++t) out[j][t] = NAN;
}

/* max(high - low, |high - close before|, |low - close before|). */
static inline double bars_range(const bars *b, uint64_t t)
{
    return fmax(b->high[t] - b->low[t],
                fmax(fabs(b->high[t] - b->close[t - 1]), fabs(b->low[t] - b->close[t - 1])));
}

#endif
