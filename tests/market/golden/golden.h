/* golden.h - reads golden values and holds indicators against them: see README.md beside it.
 *
 * A comparison is relative to 1e-10. Where a function subtracts what is nearly equal (or the
 * library that made the values does: its running sums leave 1e-14 of the largest input behind), the
 * difference may also be 1e-13 of the scale of its unit: golden_noise says which these are. */
#ifndef TANDEM_TESTS_MARKET_GOLDEN_H
#define TANDEM_TESTS_MARKET_GOLDEN_H
#include "../../../modules/market/indicator.h"
#include "../../check.h"

#define GOLDEN_LINE_MAX    8192
#define GOLDEN_SAMPLES_MAX 64
#define GOLDEN_SERIES_MAX  32
#define GOLDEN_COLUMNS     6             /* open, high, low, close, volume, periods */
#define GOLDEN_PERIODS     5
#define GOLDEN_RELATIVE    1e-10
#define GOLDEN_NOISE       1e-13
#define GOLDEN_DEVIATIONS  10            /* the square of the most deviations a band has */
#define GOLDEN_TOLD_MAX    6             /* differences that are printed of one function */

typedef struct golden_series {
    char     name[32];
    uint64_t count;
    double  *column[GOLDEN_COLUMNS];
    double   scale[GOLDEN_COLUMNS];      /* the largest |value| of each */
} golden_series;

typedef struct golden_set {
    golden_series series[GOLDEN_SERIES_MAX];
    uint32_t      count;
} golden_set;

/* What a function's values may be off by, beside the relative error. */
typedef enum golden_unit {
    GOLDEN_EXACT,      /* no more than that */
    GOLDEN_PRICE,      /* 1e-13 of the largest price */
    GOLDEN_SQUARE,     /* 1e-13 of its square */
    GOLDEN_ROOT,       /* compared as squares, with 1e-13 of the square of the largest price */
    GOLDEN_BAND,       /* the same of the distance to output 1 */
    GOLDEN_PERCENT,    /* 1e-13 of 100 times the series' range of scales: quotients of sums */
    GOLDEN_RATIO,      /* likewise of 1 */
    GOLDEN_VOLUME      /* 1e-13 of the sum of volumes */
} golden_unit;

typedef struct golden_noise { const char *function; golden_unit unit; } golden_noise;

/* Bars of a pattern on a series that a tie decides: see README.md. */
typedef struct golden_tie { const char *function, *series; uint32_t bars; } golden_tie;

typedef struct golden_state {
    golden_set          *set;
    const golden_noise  *noise;          /* ends with a NULL name: GOLDEN_EXACT for others */
    const golden_tie    *ties;           /* ends with a NULL function; may be NULL */
    td_engine           *engine;
    const char          *only;           /* TANDEM_GOLDEN: part of the name, or "" */
    /* the f-line */
    const indicator     *indicator;      /* NULL: not in the list */
    char                 function[64];
    uint64_t             lookback;
    double               param[TD_INDICATOR_PARAMS_MAX];
    char                 text[256];
    /* the s-line */
    const golden_series *series;
    double              *out[TD_INDICATOR_OUTPUTS_MAX];
    /* found */
    uint64_t             outputs, values, missing, differences, told;
    char                 missing_names[8192];
} golden_state;

static inline void *golden_memory(uint64_t count, size_t bytes)
{
    void *const memory = calloc(count ? count : 1, bytes);
    if (!memory) CHECK_FAIL("no memory");
    return memory;
}

/* ---- Series ---------------------------------------------------------------------------------- */

static inline golden_series *golden_series_new(golden_set *set, const char *name, uint64_t count)
{
    if (set->count == GOLDEN_SERIES_MAX) CHECK_FAIL("too many series");
    golden_series *const it = &set->series[set->count++];
    snprintf(it->name, sizeof it->name, "%s", name);
    it->count = count;
    for (int i = 0; i < GOLDEN_COLUMNS; ++i)
        it->column[i] = golden_memory(count, sizeof(double));
    return it;
}

static inline void golden_series_scale(golden_series *it)
{
    for (int i = 0; i < GOLDEN_COLUMNS; ++i) {
        it->scale[i] = 0;
        for (uint64_t t = 0; t < it->count; ++t)
            it->scale[i] = fmax(it->scale[i], fabs(it->column[i][t]));
    }
}

static inline void golden_set_free(golden_set *set)
{
    for (uint32_t s = 0; s < set->count; ++s)
        for (int i = 0; i < GOLDEN_COLUMNS; ++i)
            free(set->series[s].column[i]);
    set->count = 0;
}

static inline const golden_series *golden_set_find(const golden_set *set, const char *name)
{
    for (uint32_t s = 0; s < set->count; ++s)
        if (strcmp(set->series[s].name, name) == 0) return &set->series[s];
    return NULL;
}

static inline uint64_t golden_mix(uint64_t seed, uint64_t bar, uint64_t which)
{
    uint64_t z = seed * 0x9e3779b97f4a7c15u + bar * 8 + which;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline int64_t golden_hash(uint64_t seed, uint64_t bar, uint64_t which, uint64_t below)
{
    return (int64_t)(golden_mix(seed, bar, which) % below);
}

/* value // unit * unit of Python: down to a multiple. */
static inline int64_t golden_down(int64_t value, int64_t unit)
{
    const int64_t rest = value % unit;
    return value - (rest < 0 ? rest + unit : rest);
}

static inline int64_t golden_larger(int64_t a, int64_t b) { return a > b ? a : b; }
static inline int64_t golden_smaller(int64_t a, int64_t b) { return a < b ? a : b; }

static inline void golden_row(golden_series *it, uint64_t t, int64_t open, int64_t high,
                              int64_t low, int64_t close)
{
    it->column[TD_OPEN][t] = (double)open;
    it->column[TD_HIGH][t] = (double)high;
    it->column[TD_LOW][t] = (double)low;
    it->column[TD_CLOSE][t] = (double)close;
}

/* Ticks; golden_series_end makes prices of them. */
static inline golden_series *golden_walk(golden_set *set, const char *name, uint64_t seed,
                                         uint64_t count, int64_t step, int64_t unit)
{
    golden_series *const it = golden_series_new(set, name, count);
    int64_t close = 10000;
    for (uint64_t t = 0; t < count; ++t) {
        if (close < 5000) close += 300;
        if (close > 20000) close -= 300;
        const int64_t open = close + golden_down(golden_hash(seed, t, 0, 41) - 20, unit);
        const uint64_t width = (uint64_t)(2 * step + 1);
        close = open + golden_down(golden_hash(seed, t, 1, width) - step, unit);
        const int64_t up = golden_down(golden_hash(seed, t, 2, 60), unit);
        const int64_t down = golden_down(golden_hash(seed, t, 3, 60), unit);
        golden_row(it, t, open, golden_larger(open, close) + up,
                   golden_smaller(open, close) - down, close);
        it->column[TD_VOLUME][t] = (double)(1000 + golden_hash(seed, t, 4, 100000));
        it->column[GOLDEN_PERIODS][t] = (double)(4 + golden_hash(seed, t, 5, 160)) / 4;
    }
    return it;
}

static inline void golden_series_end(golden_series *it, double divisor, double volume_factor)
{
    for (uint64_t t = 0; t < it->count; ++t) {
        for (int i = TD_OPEN; i <= TD_CLOSE; ++i)
            it->column[i][t] /= divisor;
        it->column[TD_VOLUME][t] *= volume_factor;
    }
    golden_series_scale(it);
}

static inline void golden_faults(golden_series *it)
{
    for (uint64_t t = 0; t < it->count; ++t) {
        const int64_t before = t ? (int64_t)it->column[TD_CLOSE][t - 1] : 0;
        for (int i = TD_OPEN; i <= TD_CLOSE && t >= 900; ++i)
            it->column[i][t] *= 10;
        if (t % 17 == 0) it->column[TD_VOLUME][t] = 0;
        const bool still = (t >= 200 && t < 260) || (t >= 1000 && t < 1012);
        const bool halt = (t >= 400 && t < 420) || t == 700;
        if (still) golden_row(it, t, before, before, before, before);
        if (halt) golden_row(it, t, 0, 0, 0, before);
        if (still || halt) it->column[TD_VOLUME][t] = 0;
    }
}

/* The series of README.md that are no candles. */
static inline void golden_set_make(golden_set *set)
{
    golden_series_end(golden_walk(set, "walk", 1, 1300, 100, 1), 100, 1);
    golden_series_end(golden_walk(set, "short", 2, 120, 100, 1), 100, 1);
    golden_series_end(golden_walk(set, "brief", 3, 40, 100, 1), 100, 1);
    golden_series_end(golden_walk(set, "three", 4, 3, 100, 1), 100, 1);
    golden_series *it = golden_walk(set, "faults", 6, 1300, 200, 50);
    golden_faults(it);
    golden_series_end(it, 100, 1);
    it = golden_walk(set, "flat", 5, 120, 100, 1);
    for (uint64_t t = 0; t < 60; ++t)
        golden_row(it, t, 10000, 10000, 10000, 10000);
    golden_series_end(it, 100, 1);
    it = golden_series_new(set, "constant", 120);
    for (uint64_t t = 0; t < 120; ++t) {
        golden_row(it, t, 12345, 12345, 12345, 12345);
        it->column[TD_VOLUME][t] = 500;
        it->column[GOLDEN_PERIODS][t] = 10;
    }
    golden_series_end(it, 100, 1);
    golden_series_end(golden_walk(set, "large", 7, 300, 150, 1), 0.0078125, 1048576);
    it = golden_walk(set, "unit", 8, 300, 100, 1);
    for (uint64_t t = 0; t < 300; ++t)
        for (int i = TD_OPEN; i <= TD_CLOSE; ++i)
            it->column[i][t] -= 10000;
    golden_series_end(it, 4096, 1);
}

/* Bars of few distinct values: the second formula of README.md. */
static inline void golden_candles(golden_set *set, const char *name, uint64_t seed, uint64_t count,
                                  double divisor)
{
    static const int64_t sizes[] = {1, 3, 8, 24}, shadows[] = {0, 1, 4, 30}, odd[] = {0, 1, 8, 40};
    golden_series *const it = golden_series_new(set, name, count);
    int64_t close = 400;
    for (uint64_t t = 0; t < count; ++t) {
        const uint64_t mood = golden_mix(seed, t / 6, 6);
        const int64_t trend = (int64_t)(mood % 3) - 1;
        const int64_t shadow = shadows[(mood >> 16) % 4];
        int64_t size = sizes[(mood >> 8) % 4];
        if (golden_hash(seed, t, 7, 4) == 0) size = odd[golden_hash(seed, t, 6, 4)];
        if (close < 200) close += 100;
        if (close > 800) close -= 100;
        int64_t open = close + golden_hash(seed, t, 0, (uint64_t)(2 * size + 3)) - (size + 1);
        if (golden_hash(seed, t, 4, 3) == 0) open = close;
        close = open + golden_hash(seed, t, 1, (uint64_t)(2 * size + 1)) - size +
                trend * (size / 2);
        const uint64_t room = (uint64_t)shadow + 1;
        golden_row(it, t, open, golden_larger(open, close) + golden_hash(seed, t, 2, room),
                   golden_smaller(open, close) - golden_hash(seed, t, 3, room), close);
    }
    golden_series_end(it, divisor, 1);
}

/* One example of designed.txt; bars: those before it, then its own. */
#define GOLDEN_BEFORE   14
#define GOLDEN_BARS_MAX 24
typedef struct golden_example {
    char     name[32];
    int      value;
    bool     mirrored;
    uint32_t count;
    double   price[4][GOLDEN_BARS_MAX];      /* TD_OPEN .. TD_CLOSE */
} golden_example;

static inline bool golden_example_read(FILE *file, golden_example *it)
{
    static const double before[2][4] = {{100, 112, 98, 110}, {110, 112, 98, 100}};
    char line[GOLDEN_LINE_MAX], *save = NULL;
    do {
        if (!fgets(line, sizeof line, file)) return false;
    } while (line[0] == '#');
    for (it->count = 0; it->count < GOLDEN_BEFORE; ++it->count)
        for (int i = 0; i < 4; ++i)
            it->price[i][it->count] = before[it->count % 2][i];
    snprintf(it->name, sizeof it->name, "%s", strtok_r(line, " \n", &save));
    it->value = atoi(strtok_r(NULL, " ", &save));
    it->mirrored = strtok_r(NULL, " ", &save)[0] == 'm';
    for (char *word; (word = strtok_r(NULL, " \n", &save)) != NULL; ++it->count) {
        if (it->count == GOLDEN_BARS_MAX) CHECK_FAIL("%s has too many bars", it->name);
        for (int i = 0; i < 4; ++i, word += *word == ',')
            it->price[i][it->count] = strtod(word, &word);
    }
    return true;
}

static inline void golden_example_mirror(golden_example *it)
{
    it->value = -it->value;
    for (uint32_t t = 0; t < it->count; ++t) {
        const double high = it->price[TD_HIGH][t];
        it->price[TD_OPEN][t] = 210 - it->price[TD_OPEN][t];
        it->price[TD_HIGH][t] = 210 - it->price[TD_LOW][t];
        it->price[TD_LOW][t] = 210 - high;
        it->price[TD_CLOSE][t] = 210 - it->price[TD_CLOSE][t];
    }
}

static inline FILE *golden_open(const char *name)
{
    char path[4096];
    const char *const source = getenv("TANDEM_SOURCE");
    snprintf(path, sizeof path, "%s/tests/market/golden/%s", source ? source : ".", name);
    FILE *const file = fopen(path, "r");
    if (!file) CHECK_FAIL("cannot open %s", path);
    return file;
}

/* Appends an example to a series, with the noise of README.md. */
static inline uint64_t golden_example_add(golden_series *it, uint64_t t, const golden_example *from,
                                          bool noisy)
{
    for (uint32_t k = 0; k < from->count; ++k, ++t) {
        int64_t price[4], high = INT64_MIN, low = INT64_MAX;
        if (t >= it->count) CHECK_FAIL("designed.txt has too many bars");
        for (int i = 0; i < 4; ++i) {
            price[i] = (int64_t)from->price[i][k];
            if (noisy && golden_hash(13, t, (uint64_t)i + 4, 6) == 0)
                price[i] += golden_hash(13, t, (uint64_t)i, 3) - 1;
            high = golden_larger(high, price[i]);
            low = golden_smaller(low, price[i]);
        }
        golden_row(it, t, price[TD_OPEN], high, low, price[TD_CLOSE]);
    }
    return t;
}

static inline void golden_designed(golden_set *set)
{
    golden_series *const it = golden_series_new(set, "designed", 100000);
    FILE *const file = golden_open("designed.txt");
    uint64_t t = 0;
    for (golden_example example; golden_example_read(file, &example);)
        for (int variant = 0; variant < 16; ++variant) {
            t = golden_example_add(it, t, &example, variant >= 2);
            golden_example_mirror(&example);
        }
    fclose(file);
    it->count = t;
    golden_series_end(it, 4, 1);
}

static inline void golden_set_candles(golden_set *set)
{
    golden_candles(set, "candles", 11, 40000, 4);
    golden_candles(set, "tenths", 12, 20000, 10);
    golden_designed(set);
}

/* ---- Comparing ------------------------------------------------------------------------------- */

static inline double golden_price_scale(const golden_series *it)
{
    return fmax(fmax(it->scale[0], it->scale[1]), fmax(it->scale[2], it->scale[3]));
}

static inline golden_unit golden_unit_of(const golden_state *state)
{
    for (const golden_noise *n = state->noise; n && n->function; ++n)
        if (strcmp(n->function, state->function) == 0) return n->unit;
    return GOLDEN_EXACT;
}

static inline double golden_allowed(const golden_state *state, golden_unit unit)
{
    const double price = golden_price_scale(state->series);
    switch (unit) {
    case GOLDEN_EXACT: return 0;
    case GOLDEN_PRICE: return GOLDEN_NOISE * price;
    case GOLDEN_SQUARE:
    case GOLDEN_BAND:
    case GOLDEN_ROOT: return GOLDEN_NOISE * price * price;
    case GOLDEN_PERCENT: return GOLDEN_NOISE * 100 * 1e3;
    case GOLDEN_RATIO: return GOLDEN_NOISE * 1e3;
    case GOLDEN_VOLUME:
        return GOLDEN_NOISE * state->series->scale[TD_VOLUME] * (double)state->series->count;
    }
    return 0;
}

static inline bool golden_equal(const golden_state *state, uint64_t bar, double expected,
                                double actual)
{
    if (isnan(expected) || isnan(actual)) return isnan(expected) && isnan(actual);
    if (isinf(expected) || isinf(actual)) return expected == actual;
    const golden_unit unit = golden_unit_of(state);
    const double allowed = golden_allowed(state, unit);
    const bool is_root = unit == GOLDEN_ROOT || unit == GOLDEN_BAND;
    const double direct = is_root ? 0 : allowed;
    if (fabs(expected - actual) <= GOLDEN_RELATIVE * fabs(expected) + direct) return true;
    if (!is_root) return false;
    const double middle = unit == GOLDEN_BAND ? state->out[1][bar] : 0;
    const double a = expected - middle, b = actual - middle;
    return fabs(a * a - b * b) <= allowed * GOLDEN_DEVIATIONS;
}

#define GOLDEN_TELL(state, ...)                                                            \
    do {                                                                                   \
        (state)->differences += 1;                                                         \
        if ((state)->told++ < GOLDEN_TOLD_MAX) {                                           \
            printf("  %s%s on %s: ", (state)->function, (state)->text,                     \
                   (state)->series ? (state)->series->name : "no series");                 \
            printf(__VA_ARGS__);                                                           \
            printf("\n");                                                                  \
        }                                                                                  \
    } while (0)

/* ---- Lines ----------------------------------------------------------------------------------- */

static inline void golden_param(golden_state *state, char *word)
{
    char *const equals = strchr(word, '=');
    if (!equals) CHECK_FAIL("no = in \"%s\"", word);
    *equals = '\0';
    const uint32_t count = indicator_param_count(state->indicator);
    for (uint32_t i = 0; i < count; ++i)
        if (strcmp(state->indicator->op->params[i].name, word) == 0) {
            state->param[i] = strtod(equals + 1, NULL);
            *equals = '=';
            return;
        }
    GOLDEN_TELL(state, "no parameter %s", word);
    *equals = '=';
}

static inline double golden_default(const td_param *param)
{
    if (param->type == TD_FLOAT) return param->value.as.f;
    if (param->type == TD_INT) return (double)param->value.as.i;
    for (int i = 0; param->type == TD_CHOICE && param->choices[i]; ++i)
        if (strcmp(param->choices[i], param->value.as.s) == 0) return i;
    CHECK_FAIL("%s has no default that is a number", param->name);
    return 0;
}

static inline void golden_function(golden_state *state, char **save)
{
    char lower[64];
    const char *const name = strtok_r(NULL, " ", save);
    if (strcmp(name, state->function) != 0) state->told = 0;
    snprintf(state->function, sizeof state->function, "%s", name);
    state->lookback = strtoull(strtok_r(NULL, " ", save), NULL, 10);
    state->series = NULL;
    state->text[0] = '\0';
    size_t length = 0;
    for (; name[length] && length < sizeof lower - 1; ++length)
        lower[length] = (char)(name[length] >= 'A' && name[length] <= 'Z' ? name[length] + 32
                                                                          : name[length]);
    lower[length] = '\0';
    state->indicator = strstr(lower, state->only) ? indicator_find(lower) : NULL;
    if (!state->indicator) {
        const size_t used = strlen(state->missing_names);
        if (!strstr(lower, state->only) || strstr(state->missing_names, lower)) return;
        state->missing += 1;
        snprintf(state->missing_names + used, sizeof state->missing_names - used, " %s", lower);
        return;
    }
    for (uint32_t i = 0; i < indicator_param_count(state->indicator); ++i)
        state->param[i] = golden_default(&state->indicator->op->params[i]);
    for (char *word; (word = strtok_r(NULL, " ", save)) != NULL;) {
        golden_param(state, word);
        const size_t used = strlen(state->text);
        snprintf(state->text + used, sizeof state->text - used, " %s", word);
    }
    td_error err = TD_ERROR_INIT;
    uint64_t bars = 0;
    const td_status status = td_indicator_lookback(lower, state->param, &bars, &err);
    if (status) GOLDEN_TELL(state, "%s", err.message);
    else if (bars != state->lookback)
        GOLDEN_TELL(state, "lookback %" PRIu64 ", expected %" PRIu64, bars, state->lookback);
}

/* One series is the close, two are high and low; MAVP has close and periods. */
static inline int golden_column(const indicator *it, uint32_t input)
{
    if (it->input[input] != IN_REAL) return (int)it->input[input];
    if (it->talib && strcmp(it->talib, "MAVP") == 0) return input ? GOLDEN_PERIODS : TD_CLOSE;
    if (it->input_count == 1 || it->input[1] != IN_REAL) return TD_CLOSE;
    return input ? TD_LOW : TD_HIGH;
}

static inline void golden_compute(golden_state *state)
{
    const golden_series *const series = state->series;
    const indicator *const it = state->indicator;
    const char *const symbol = "X";
    td_error err = TD_ERROR_INIT;
    td_indicator_call call = {strchr(it->op->name, '.') + 1, state->param, {NULL}, {NULL}};
    td_panel panel = TD_PANEL_INIT;
    int64_t *const time_of = golden_memory(series->count, sizeof(int64_t));
    for (uint64_t t = 0; t < series->count; ++t)
        time_of[t] = (int64_t)t * 86400;
    panel.symbol_count = 1;
    panel.bar_count = series->count;
    panel.symbol = &symbol;
    panel.time = time_of;
    for (int i = TD_OPEN; i <= TD_VOLUME; ++i)
        panel.price[i] = series->column[i];
    for (uint32_t i = 0; i < it->input_count; ++i)
        call.in[i] = series->column[golden_column(it, i)];
    for (uint32_t j = 0; j < it->op->output_count; ++j) {
        free(state->out[j]);
        state->out[j] = golden_memory(series->count, sizeof(double));
        call.out[j] = state->out[j];
    }
    const td_status status =
        td_indicators(state->engine, &panel, TD_BY_SYMBOL, TD_GAPS_SKIP, &call, 1, &err);
    free(time_of);
    if (status) GOLDEN_TELL(state, "%s", err.message);
}

/* What the sums of one output line are, of computed values. */
typedef struct golden_sums { uint64_t finite; double sum; int64_t weighted; } golden_sums;

static inline golden_sums golden_add(const golden_state *state, const double *values, bool whole)
{
    golden_sums sums = {0, 0, 0};
    for (uint64_t t = 0; t < state->series->count; ++t) {
        if (whole) sums.weighted += (int64_t)values[t] * (int64_t)(t + 1);
        if (t < state->lookback || !isfinite(values[t])) continue;
        sums.finite += 1;
        sums.sum += fabs(values[t]);
    }
    return sums;
}

static inline void golden_front(golden_state *state, uint32_t index, const double *values,
                                bool whole)
{
    for (uint64_t t = 0; t < state->lookback && t < state->series->count; ++t)
        if (whole ? values[t] != 0 : !isnan(values[t])) {
            GOLDEN_TELL(state, "output %u has %.17g at bar %" PRIu64 ", before the lookback %"
                        PRIu64,
                        index, values[t], t, state->lookback);
            return;
        }
}

static inline uint32_t golden_tied(const golden_state *state)
{
    for (const golden_tie *tie = state->ties; tie && tie->function; ++tie)
        if (strcmp(tie->function, state->function) == 0 &&
            strcmp(tie->series, state->series->name) == 0)
            return tie->bars;
    return 0;
}

static inline void golden_totals(golden_state *state, uint32_t index, const double *values,
                                 bool whole, char **save)
{
    const golden_sums sums = golden_add(state, values, whole);
    const uint64_t finite = strtoull(strtok_r(NULL, " ", save), NULL, 10);
    const double sum = strtod(strtok_r(NULL, " ", save), NULL);
    const golden_unit unit = golden_unit_of(state);
    const bool is_root = unit == GOLDEN_ROOT || unit == GOLDEN_BAND;
    const uint32_t ties = golden_tied(state);
    const double allowed = golden_allowed(state, unit) * (double)finite + 100 * ties;
    if (finite != sums.finite)
        GOLDEN_TELL(state, "output %u: %" PRIu64 " values, expected %" PRIu64, index, sums.finite,
                    finite);
    else if (!is_root && !(fabs(sum - sums.sum) <= 1e-9 * sum + allowed) &&
             isfinite(sum))
        GOLDEN_TELL(state, "output %u: sum %.17g, expected %.17g", index, sums.sum, sum);
    if (!whole) return;
    const int64_t weighted = strtoll(strtok_r(NULL, " ", save), NULL, 10);
    if (weighted != sums.weighted && !ties)
        GOLDEN_TELL(state, "output %u: sum by bar %lld, expected %lld", index,
                    (long long)sums.weighted, (long long)weighted);
}

static inline void golden_output(golden_state *state, char **save)
{
    const uint32_t index = (uint32_t)strtoul(strtok_r(NULL, " ", save), NULL, 10);
    const bool whole = strtok_r(NULL, " ", save)[0] == 'i';
    if (index >= state->indicator->op->output_count) {
        GOLDEN_TELL(state, "no output %u", index);
        return;
    }
    const double *const values = state->out[index];
    state->outputs += 1;
    if (whole != (state->indicator->op->outputs[index].dtype == TD_I32))
        GOLDEN_TELL(state, "output %u has the wrong type", index);
    golden_front(state, index, values, whole);
    golden_totals(state, index, values, whole, save);
    for (char *word; (word = strtok_r(NULL, " ", save)) != NULL;) {
        char *colon = NULL;
        const uint64_t bar = strtoull(word, &colon, 10);
        const double expected = strtod(colon + 1, NULL);
        state->values += 1;
        if (bar >= state->series->count) CHECK_FAIL("bar %" PRIu64 " is not there", bar);
        if (whole ? expected == values[bar] : golden_equal(state, bar, expected, values[bar]))
            continue;
        GOLDEN_TELL(state, "output %u at bar %" PRIu64 ": %.17g, expected %.17g", index, bar,
                    values[bar], expected);
        return;
    }
}

/* ---- Files ----------------------------------------------------------------------------------- */

static inline void golden_line(golden_state *state, char *line)
{
    char *save = NULL;
    line[strcspn(line, "\n")] = '\0';
    const char *const kind = strtok_r(line, " ", &save);
    if (!kind || kind[0] == '#') return;
    if (kind[0] == 'f') golden_function(state, &save);
    if (kind[0] == 'f' || !state->indicator) return;
    if (kind[0] == 's') {
        const char *const name = strtok_r(NULL, " ", &save);
        state->series = golden_set_find(state->set, name);
        if (!state->series) CHECK_FAIL("no series %s", name);
        golden_compute(state);
    } else if (state->series) {
        golden_output(state, &save);
    }
}

/* Compares one file of this folder; what differs is printed and counted in the state. */
static inline void golden_file(golden_state *state, const char *name)
{
    char line[GOLDEN_LINE_MAX];
    const char *const only = getenv("TANDEM_GOLDEN");
    td_error err = TD_ERROR_INIT;
    state->only = only ? only : "";
    FILE *const file = golden_open(name);
    if (td_engine_create(NULL, &state->engine, &err)) CHECK_FAIL("%s", err.message);
    while (fgets(line, sizeof line, file)) {
        if (!strchr(line, '\n')) CHECK_FAIL("a line of %s is too long", name);
        golden_line(state, line);
    }
    fclose(file);
    td_engine_destroy(state->engine);
    for (int j = 0; j < TD_INDICATOR_OUTPUTS_MAX; ++j)
        free(state->out[j]);
    printf("  %s: %" PRIu64 " outputs, %" PRIu64 " values, %" PRIu64 " differences, %" PRIu64
           " functions missing%s\n",
           name, state->outputs, state->values, state->differences, state->missing,
           state->missing_names);
}

#endif
