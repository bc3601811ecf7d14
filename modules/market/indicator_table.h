/* indicator_table.h - the macros of which an indicator's table is made; for NAME.c of a family.
 *
 *     PARAMS(sma, PERIOD(1, "timeperiod", 30, 1, "Bars in the mean"))
 *     OUTPUTS(sma, OUT("sma", "Mean of the last timeperiod values", NULL, "timeperiod,"))
 *     INDICATOR_TABLE(sma, "SMA", "Simple moving average", real, ONE_BACK .., "doc")
 *
 * Row in indicator_list.h: INDICATOR(sma, overlap). Steps: INDICATOR_RUN(sma) in family_overlap.h.
 *
 * Numbers of parameters count from 1 in TA-Lib's order and are never used twice; what TA-Lib does
 * not have stands behind and counts from 20. Each gets "gaps" (number 100) at the end. The axes of
 * an output are the names of all parameters with TD_PARAM_SWEEP, each with a comma behind it. */
#ifndef TANDEM_MODULES_MARKET_INDICATOR_TABLE_H
#define TANDEM_MODULES_MARKET_INDICATOR_TABLE_H
#include <stddef.h>

#include "indicator.h"

#define INDICATOR_PERIOD_MAX 100000    /* as TA-Lib */
#define INDICATOR_SINCE      TD_VERSION
#define INDICATOR_GAPS       100       /* number of the parameter "gaps" */

/* ---- Parameters ----------------------------------------------------------------------------- */

#define VALUE_INT(v)    {TD_INT, {.i = (v)}}
#define VALUE_FLOAT(v)  {TD_FLOAT, {.f = (v)}}
#define VALUE_CHOICE(v) {TD_CHOICE, {.s = (v)}}
#define VALUE_NONE      {TD_BOOL, {0}}

/* A number of bars, from least to INDICATOR_PERIOD_MAX; an axis. */
#define PERIOD(number, name, value, least, doc)                                            \
    {name, doc, "bars", number, TD_INT, TD_PARAM_SWEEP, VALUE_INT(value), VALUE_INT(least), \
     VALUE_INT(INDICATOR_PERIOD_MAX), VALUE_INT(1), NULL}
/* A whole number that is not an axis. */
#define WHOLE(number, name, value, least, most, unit, doc)                                 \
    {name, doc, unit, number, TD_INT, 0, VALUE_INT(value), VALUE_INT(least), VALUE_INT(most), \
     VALUE_INT(1), NULL}
/* A number; an axis. TA-Lib's TA_REAL_MIN and MAX are -3e37 and 3e37. */
#define REAL(number, name, value, least, most, by, unit, doc)                              \
    {name, doc, unit, number, TD_FLOAT, TD_PARAM_SWEEP, VALUE_FLOAT(value), VALUE_FLOAT(least), \
     VALUE_FLOAT(most), VALUE_FLOAT(by), NULL}
/* The same, not an axis. */
#define REAL_FIXED(number, name, value, least, most, unit, doc)                            \
    {name, doc, unit, number, TD_FLOAT, 0, VALUE_FLOAT(value), VALUE_FLOAT(least),         \
     VALUE_FLOAT(most), VALUE_FLOAT(1), NULL}
/* One of a list of words, not an axis; in param[] its number in the list. */
#define CHOICE(number, name, value, choices, doc)                                          \
    {name, doc, NULL, number, TD_CHOICE, 0, VALUE_CHOICE(value), VALUE_NONE, VALUE_NONE,   \
     VALUE_NONE, choices}
/* A moving average by TA-Lib's number of it; an axis. */
#define MATYPE(number, name, doc)                                                          \
    {name, doc, NULL, number, TD_CHOICE, TD_PARAM_SWEEP, VALUE_CHOICE("sma"), VALUE_NONE,  \
     VALUE_NONE, VALUE_NONE, indicator_matypes}

extern const char *const indicator_matypes[];  /* sma ema wma dema tema trima kama mama t3 */
extern const char *const indicator_seeds[];    /* sma first: how exponential averages begin */
extern const char *const indicator_gap_names[];

#define PARAM_GAPS                                                                         \
    CHOICE(INDICATOR_GAPS, "gaps", "skip", indicator_gap_names,                            \
           "Bars where an input is NaN: skip (they do not exist), propagate (each stretch " \
           "without NaN is a series of its own) or fill (the last value stands in)")
#define PARAMS(name, ...) static const td_param name##_params[] = {__VA_ARGS__, PARAM_GAPS};
#define NO_PARAMS(name)   static const td_param name##_params[] = {PARAM_GAPS};

/* ---- Inputs: sets of roles ------------------------------------------------------------------ */

/* INPUTS_x: roles; indicator_ports_x: the ports, in indicator_list.c. */
#define INPUTS_real         {IN_REAL}
#define INPUTS_real2        {IN_REAL, IN_REAL}              /* real0, real1 */
#define INPUTS_real_periods {IN_REAL, IN_REAL}              /* real, periods */
#define INPUTS_real_volume  {IN_REAL, IN_VOLUME}
#define INPUTS_hl           {IN_HIGH, IN_LOW}
#define INPUTS_oc           {IN_OPEN, IN_CLOSE}
#define INPUTS_hlc          {IN_HIGH, IN_LOW, IN_CLOSE}
#define INPUTS_ohlc         {IN_OPEN, IN_HIGH, IN_LOW, IN_CLOSE}
#define INPUTS_hlcv         {IN_HIGH, IN_LOW, IN_CLOSE, IN_VOLUME}
#define INPUTS_ohlcv        {IN_OPEN, IN_HIGH, IN_LOW, IN_CLOSE, IN_VOLUME}
#define INPUTS_COUNT(set)                                                                  \
    (sizeof((const indicator_input[])INPUTS_##set) / sizeof(indicator_input))

extern const td_port indicator_ports_real[], indicator_ports_real2[],
    indicator_ports_real_periods[], indicator_ports_real_volume[], indicator_ports_hl[],
    indicator_ports_oc[], indicator_ports_hlc[], indicator_ports_ohlc[], indicator_ports_hlcv[],
    indicator_ports_ohlcv[];

/* ---- Outputs -------------------------------------------------------------------------------- */

/* axes: "timeperiod,nbdevup," or "". NaN where there is no value. */
#define OUT(name, doc, unit, axes)     {name, doc, unit, TD_F64, 0, "symbol," axes "bar"}
/* Whole numbers, kept as doubles by the step and stored as 32 bits; 0 where there is no value. */
#define OUT_I32(name, doc, unit, axes) {name, doc, unit, TD_I32, 0, "symbol," axes "bar"}
#define OUTPUTS(name, ...) static const td_port name##_outputs[] = {__VA_ARGS__};

/* ---- The table ------------------------------------------------------------------------------ */

#define INDICATOR_COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))
#define INDICATOR_STEP(name)                                                               \
    void name(const double *param, void *state, const vec *const *in, vec *const *out,     \
              uint64_t first, uint64_t end);

/* talib: "SMA" or NULL; set: of inputs, real, hlc ..; lookback, reach, state_bytes, check: as in
 * struct indicator. PARAMS and OUTPUTS of the name stand before it. */
#define INDICATOR_TABLE(name, talib, title, set, lookback, reach, state_bytes, check, doc)  \
    INDICATOR_TABLE_SPAN(name, talib, title, set, lookback, reach, state_bytes, check, NULL, doc)
/* span: as in struct indicator; of a step whose only state are windows of n bars, it is n. */
#define INDICATOR_TABLE_SPAN(name, talib, title, set, lookback, reach, state_bytes, check, span, \
                             doc)                                                          \
    INDICATOR_TABLE_LONE(name, talib, title, set, lookback, reach, state_bytes, check, span, \
                         NULL, doc)
/* lone: likewise; LONES(name) stands before it. */
#define INDICATOR_LONE_STEP(name)                                                          \
    bool name(const double *param, void *state, const double *const *in, double *const *out, \
              uint64_t count, const uint64_t *drop);
#define LONES(name)                                                                        \
    INDICATOR_LONE_STEP(name##_lone_plain)                                                 \
    INDICATOR_LONE_STEP(name##_lone_avx2)                                                  \
    INDICATOR_LONE_STEP(name##_lone_avx512)                                                \
    static const indicator_lone_run name##_lones[ISA_COUNT] = {                            \
        name##_lone_plain, name##_lone_avx2, name##_lone_avx512};
#define INDICATOR_TABLE_LONE(name, talib, title, set, lookback, reach, state_bytes, check, span, \
                             lone, doc)                                                    \
    INDICATOR_STEP(name##_plain)                                                           \
    INDICATOR_STEP(name##_avx2)                                                            \
    INDICATOR_STEP(name##_avx512)                                                          \
    extern const td_op indicator_##name##_op;                                              \
    extern const indicator indicator_##name;                                               \
    const td_op indicator_##name##_op = {                                                  \
        sizeof(td_op), sizeof(td_param), sizeof(td_port), INDICATOR_SINCE, "market." #name, \
        title, doc, "symbol", name##_params, indicator_ports_##set, name##_outputs,        \
        INDICATOR_COUNT(name##_params), INPUTS_COUNT(set), INDICATOR_COUNT(name##_outputs), 0.0}; \
    const indicator indicator_##name = {                                                   \
        &indicator_##name##_op, talib, INPUTS_COUNT(set), INPUTS_##set, lookback, reach,   \
        state_bytes, check, {name##_plain, name##_avx2, name##_avx512}, span, lone};

/* Of use to many: lookbacks and reaches of param[0] = n. */
uint64_t indicator_bars_0(const double *param);            /* 0 */
uint64_t indicator_bars_1(const double *param);            /* 1 */
uint64_t indicator_one(const double *param);               /* 1: the span of what has no state */
uint64_t indicator_bars_n(const double *param);            /* n */
uint64_t indicator_bars_n_less_1(const double *param);     /* n - 1 */
size_t   indicator_state_sum(const double *param);         /* window_sum_bytes(n) */
size_t   indicator_state_extreme(const double *param);     /* window_extreme_bytes(n) */
size_t   indicator_state_small(const double *param);       /* 16 vec */

#endif
