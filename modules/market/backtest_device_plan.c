/* backtest_device_plan.c - what a unit takes of a device, and whether one can run it at all. */
#include "backtest_device.h"

#include <math.h>

/* Of a bar of a point and symbol on a device, in operations: the stack code and the account. */
#define OPS_FLOAT 40
#define OPS_INT   60
/* Seconds of one core beside the device: of a bar that is loaded for a block of lanes, and of the
 * measures of a point and symbol. */
#define HOST_BAR   60e-9
#define HOST_POINT 60e-9
/* Seconds of one core for a bar of a point on a block of lanes, as in backtest_plan.c. */
#define CPU_BAR 12e-9

const char *device_refuses(const backtest_state *state)
{
    const program *p = state->program;
    if (state->portfolio) return "a portfolio is run by the CPU alone";
    if (state->needs_gains)
        return "measures of the returns of each bar, and log returns, are made by the CPU alone";
    if (state->bars > INT32_MAX / 64) return "so many bars are run by the CPU alone";
    for (uint32_t s = 0; s < p->strategy_count; ++s)
        for (uint32_t r = ROOT_ENTRY_LIMIT; r <= ROOT_SHORT_STOP; ++r)
            if (p->strategy[s].root[r].count > 0)
                return "limit and stop orders are run by the CPU alone";
    return NULL;
}

static uint64_t slots_most(const backtest_state *state)
{
    uint64_t most = 0;
    for (uint32_t s = 0; s < state->program->strategy_count; ++s)
        if (state->program->strategy[s].slot_count > most)
            most = state->program->strategy[s].slot_count;
    return most;
}

device_sizes device_sizes_of(const backtest_state *state, const td_unit *unit, uint32_t rows)
{
    device_sizes s = {.slots = slots_most(state), .words = (state->bars + 31) / 32};
    s.symbols = (unit->items.count + TD_LANES - 1) / TD_LANES * TD_LANES;
    const uint64_t cells = s.symbols * state->bars, points = backtest_points(state, unit->axis);
    const uint64_t each = (DEVICE_ROOTS * s.words * 4 + DEVICE_OUTS * 8) * s.symbols +
                          s.slots * 12 + DEVICE_ROOTS * 4 + 8 + DEVICE_RULES * 8;
    s.batch_points = DEVICE_BATCH_BYTES / each;
    if (s.batch_points < 1) s.batch_points = 1;
    if (s.batch_points > points) s.batch_points = points;
    s.series_bytes = rows * cells * 8;
    s.traded_bytes = cells * (DEVICE_TRADED * 8 + 1);
    s.batch_bytes = s.batch_points * each;
    s.all = s.series_bytes + s.traded_bytes + s.batch_bytes + ((uint64_t)1 << 20);
    return s;
}

/* A power of two, so that a plan does not hang on what little is free. */
uint64_t backtest_device_bytes(const backtest_state *state, const td_unit *unit, uint32_t need)
{
    if (device_refuses(state)) return UINT64_MAX;
    /* Outputs that nobody reads have rows too. */
    const uint64_t all = device_sizes_of(state, unit, 3 * need + TD_PRICES).all;
    uint64_t bytes = 1;
    while (bytes < all)
        bytes *= 2;
    return bytes;
}

void backtest_estimate(const void *opaque, const td_unit *unit, const td_device_info *device,
                       td_estimate *estimate)
{
    const backtest_state *state = opaque;
    const double points = (double)backtest_points(state, unit->axis);
    const double symbols = (double)unit->items.count, bars = (double)state->bars;
    const double blocks = ceil(symbols / TD_LANES), cells = points * symbols * bars;
    (void)device;
    estimate->cpu_seconds += blocks * bars * (CPU_BAR * points + HOST_BAR);
    /* What no device runs is never worth going to one for. */
    estimate->float64 += device_refuses(state) ? 1e30 : cells * OPS_FLOAT;
    estimate->int32 += cells * OPS_INT;
    estimate->host_seconds += blocks * bars * HOST_BAR + points * symbols * HOST_POINT;
    estimate->bytes_to_device += symbols * bars * 8 * (DEVICE_TRADED + 4);
    estimate->bytes_to_host += points * symbols * DEVICE_OUTS * 8;
    estimate->launches += 2 + points * symbols * (bars / 8 + 128) / (double)DEVICE_BATCH_BYTES;
}
