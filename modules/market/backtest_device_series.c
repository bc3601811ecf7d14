/* backtest_device_series.c - which series of a unit a device computes, and where each one lies. */
#include "backtest_device.h"

#include <string.h>

static const struct kernel_row {
    const char *indicator, *kernel;
    uint32_t first_only; /* the parameter that must be 0 for the kernel to know it, and so on */
} kernel_rows[] = {
    {"sma", "market_sma", UINT32_MAX},
    {"ema", "market_ema", UINT32_MAX},
    {"macd", "market_macd", UINT32_MAX},
    {"bbands", "market_bbands", 3},
    {"rsi", "market_rsi", 1},
    {"atr", "market_atr", UINT32_MAX},
    {"max", "market_max", UINT32_MAX},
    {"min", "market_min", UINT32_MAX},
    {"mom", "market_mom", UINT32_MAX},
};

const char *const backtest_kernels[] = {
    "market_sma", "market_ema", "market_macd", "market_bbands",  "market_rsi",     "market_atr",
    "market_max", "market_min", "market_mom",  "market_signals", "market_machine", NULL,
};

const char *device_kernel_of(const program_call *call)
{
    const char *name = strchr(call->indicator->op->name, '.') + 1;
    for (size_t i = 0; i < sizeof kernel_rows / sizeof *kernel_rows; ++i) {
        const struct kernel_row *row = &kernel_rows[i];
        if (strcmp(row->indicator, name) != 0) continue;
        return row->first_only == UINT32_MAX || call->param[row->first_only] == 0 ? row->kernel
                                                                                  : NULL;
    }
    return NULL;
}

size_t device_series_bytes(const program *p)
{
    return p->series_count * sizeof(uint32_t) + p->call_count * (sizeof(uint32_t) + 1) + 64;
}

/* What a series is made from is computed by the host. */
static void keep_source(const program *p, uint32_t series, uint8_t *by_host)
{
    if (p->series[series].kind == SERIES_CALL) by_host[p->series[series].call] = 1;
}

static void keep_sources(const program *p, const program_series *s, uint8_t *by_host)
{
    if (s->kind == SERIES_CALL) {
        const program_call *call = &p->call[s->call];
        for (uint32_t i = 0; i < call->indicator->input_count; ++i)
            keep_source(p, call->input[i], by_host);
    }
    for (uint32_t i = 0; s->kind == SERIES_CODE && i < s->code.count; ++i) {
        const program_step *step = &p->step[s->code.first + i];
        if (step->op == STEP_SERIES) keep_source(p, step->slot, by_host);
    }
}

/* A kernel computes what it can, but for what the host needs for a series of its own. Kernels begin
 * at bar 0 and know no gaps, so what reads another call or an expression is the host's: it has bars
 * without a value in front, and may have some in between. What reads a series has a larger number,
 * so on the way down a call is settled when its first output is met. */
static void share(const program *p, const uint8_t *mark, uint8_t *by_host)
{
    for (uint32_t i = 0; i < p->call_count; ++i)
        by_host[i] =
            device_kernel_of(&p->call[i]) == NULL || !backtest_reads_numbers(p, &p->call[i]);
    for (uint32_t i = p->series_count; i-- > 0;) {
        const program_series *s = &p->series[i];
        if (!mark[i] || s->kind == SERIES_PRICE) continue;
        if (s->kind == SERIES_CODE || by_host[s->call]) keep_sources(p, s, by_host);
    }
}

static bool on_device(const program *p, const uint8_t *mark, const device_series *out,
                      uint32_t series)
{
    const program_series *s = &p->series[series];
    return mark[series] && s->kind == SERIES_CALL && !out->by_host[s->call];
}

void device_series_make(const program *p, const uint8_t *mark, uint32_t *need, uint32_t need_count,
                        void *memory, device_series *out, uint32_t *host_count)
{
    *out = (device_series){.row = memory};
    out->scratch = out->row + p->series_count;
    out->by_host = (uint8_t *)(out->scratch + p->call_count);
    share(p, mark, out->by_host);
    *host_count = 0;
    for (uint32_t i = 0; i < p->call_count; ++i)
        out->scratch[i] = PROGRAM_NONE;
    for (uint32_t i = 0; i < p->series_count; ++i)
        out->row[i] = mark[i] && !on_device(p, mark, out, i) ? out->rows++ : PROGRAM_NONE;
    out->host_rows = out->rows;
    for (uint32_t i = 0; i < need_count; ++i)
        if (!on_device(p, mark, out, need[i])) need[(*host_count)++] = need[i];
    for (uint32_t i = 0; i < p->series_count; ++i) {
        if (!on_device(p, mark, out, i)) continue;
        const uint32_t number = p->series[i].call;
        const program_call *call = &p->call[number];
        out->row[i] = out->rows++;
        if (out->scratch[number] != PROGRAM_NONE) continue;
        out->scratch[number] = out->rows;
        for (uint32_t j = 0; j < call->indicator->op->output_count; ++j)
            if (call->output[j] == PROGRAM_NONE || !mark[call->output[j]]) out->rows += 1;
    }
}
