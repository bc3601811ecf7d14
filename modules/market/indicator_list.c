/* indicator_list.c - the indicators by name and number, and what their tables share. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "indicator_table.h"
#include "window.h"

#define INDICATOR(name, family) extern const indicator indicator_##name;
#include "indicator_list.h"

static const indicator *const indicators[] = {
#define INDICATOR(name, family) &indicator_##name,
#include "indicator_list.h"
};

const indicator *indicator_at(uint32_t index)
{
    return index < INDICATOR_COUNT(indicators) ? indicators[index] : NULL;
}

const indicator *indicator_find(const char *name)
{
    static const char prefix[] = "market.";
    for (uint32_t i = 0; name && i < INDICATOR_COUNT(indicators); ++i)
        if (strcmp(indicators[i]->op->name + sizeof(prefix) - 1, name) == 0) return indicators[i];
    return NULL;
}

uint32_t indicator_param_count(const indicator *it)
{
    return it->op->param_count - 1;
}

/* ---- Checks ---------------------------------------------------------------------------------- */

static td_status check_choice(const indicator *it, const td_param *param, double value,
                              td_error *err)
{
    uint32_t count = 0;
    while (param->choices[count])
        count += 1;
    if (value >= 0 && value < count && value == floor(value)) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE,
                   "%s: %s is %.10g, allowed are the numbers 0 (%s) to %u (%s)", it->op->name,
                   param->name, value, param->choices[0], count - 1, param->choices[count - 1]);
}

static td_status check_value(const indicator *it, const td_param *param, double value,
                             td_error *err)
{
    const char *const unit = param->unit ? param->unit : "";
    const char *const space = param->unit ? " " : "";
    if (param->type == TD_CHOICE) return check_choice(it, param, value, err);
    if (param->type == TD_INT) {
        const double least = (double)param->min.as.i, most = (double)param->max.as.i;
        if (value >= least && value <= most && value == floor(value)) return TD_OK;
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "%s: %s is %.10g, allowed are whole numbers from %.0f to %.0f%s%s",
                       it->op->name, param->name, value, least, most, space, unit);
    }
    if (value >= param->min.as.f && value <= param->max.as.f) return TD_OK;
    return td_fail(err, TD_E_OUT_OF_RANGE, "%s: %s is %.10g, allowed %.10g to %.10g%s%s",
                   it->op->name, param->name, value, param->min.as.f, param->max.as.f, space, unit);
}

td_status indicator_check(const indicator *it, const double *param, td_error *err)
{
    for (uint32_t i = 0; i < indicator_param_count(it); ++i) {
        const td_status status = check_value(it, &it->op->params[i], param[i], err);
        if (status) return status;
    }
    return it->check ? it->check(param, err) : TD_OK;
}

/* ---- The instruction set --------------------------------------------------------------------- */

#if defined(__x86_64__)
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2");
}
#else
static bool has_avx2(void)
{
    return false;
}
static bool has_avx512(void)
{
    return false;
}
#endif

/* What the processor cannot do is never chosen, whatever the environment says. */
indicator_isa indicator_isa_best(void)
{
    const char *const wanted = getenv("TANDEM_ISA");
    const indicator_isa most = has_avx512() ? ISA_AVX512 : has_avx2() ? ISA_AVX2 : ISA_PLAIN;
    if (!wanted) return most;
    if (strcmp(wanted, "plain") == 0) return ISA_PLAIN;
    if (strcmp(wanted, "avx2") == 0 && most >= ISA_AVX2) return ISA_AVX2;
    return most;
}

/* ---- What tables share ----------------------------------------------------------------------- */

const char *const indicator_matypes[] = {"sma",   "ema",  "wma",  "dema", "tema",
                                         "trima", "kama", "mama", "t3",   NULL};
const char *const indicator_seeds[] = {"sma", "first", NULL};
const char *const indicator_gap_names[] = {"skip", "propagate", "fill", NULL};

/* clang-format off */
#define PORT(name, doc) {name, doc, NULL, TD_F64, 0, "symbol,bar"}
#define PORT_OPEN    PORT("open", "First price of the bar")
#define PORT_HIGH    PORT("high", "Highest price of the bar")
#define PORT_LOW     PORT("low", "Lowest price of the bar")
#define PORT_CLOSE   PORT("close", "Last price of the bar")
#define PORT_VOLUME  PORT("volume", "Units traded in the bar")
const td_port indicator_ports_real[] = {PORT("real", "The series; prices mostly")};
const td_port indicator_ports_real2[] = {
    PORT("real0", "The first series"), PORT("real1", "The second series")};
const td_port indicator_ports_real_periods[] = {
    PORT("real", "The series"), PORT("periods", "Bars to look back, of each bar")};
const td_port indicator_ports_real_volume[] = {
    PORT("real", "The series; prices mostly"), PORT_VOLUME};
const td_port indicator_ports_hl[] = {PORT_HIGH, PORT_LOW};
const td_port indicator_ports_oc[] = {PORT_OPEN, PORT_CLOSE};
const td_port indicator_ports_hlc[] = {PORT_HIGH, PORT_LOW, PORT_CLOSE};
const td_port indicator_ports_ohlc[] = {PORT_OPEN, PORT_HIGH, PORT_LOW, PORT_CLOSE};
const td_port indicator_ports_hlcv[] = {PORT_HIGH, PORT_LOW, PORT_CLOSE, PORT_VOLUME};
const td_port indicator_ports_ohlcv[] = {PORT_OPEN, PORT_HIGH, PORT_LOW, PORT_CLOSE, PORT_VOLUME};
/* clang-format on */

uint64_t indicator_bars_0(const double *param)
{
    (void)param;
    return 0;
}
uint64_t indicator_bars_1(const double *param)
{
    (void)param;
    return 1;
}
uint64_t indicator_one(const double *param)
{
    (void)param;
    return 1;
}
uint64_t indicator_bars_n(const double *param)
{
    return (uint64_t)param[0];
}
uint64_t indicator_bars_n_less_1(const double *param)
{
    return (uint64_t)param[0] - 1;
}
size_t indicator_state_sum(const double *param)
{
    return window_sum_bytes((uint64_t)param[0]);
}
size_t indicator_state_extreme(const double *param)
{
    return window_extreme_bytes((uint64_t)param[0]);
}
size_t indicator_state_small(const double *param)
{
    (void)param;
    return 16 * sizeof(vec);
}
