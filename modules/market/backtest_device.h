/* backtest_device.h - what the files share that run a unit of "market.backtest" on a device.
 *
 * The CPU loads blocks of TD_LANES symbols as it does for itself (gaps out, own bars side by side)
 * and computes those series for which there is no kernel; the device gets prices and series in that
 * layout, computes the other series (market_panel.td), and then, batch of points after batch, the
 * signals (market_signals.td) and the accounts (market_machine.td). What accounts came to returns
 * to the CPU, which makes the measures of it as always. All steps are the CPU's operations in its
 * order, so that the measures are the same bits. */
#ifndef TANDEM_MODULES_MARKET_BACKTEST_DEVICE_H
#define TANDEM_MODULES_MARKET_BACKTEST_DEVICE_H
#include "backtest_op.h"

/* Words of the kernels' tables: kernels/market_panel.td, market_signals.td, market_machine.td. */
#define DEVICE_GROUP      128        /* items of a group */
#define DEVICE_JOB_WORDS  12
#define DEVICE_JOB_OUT    5
#define DEVICE_PARAMS     12
#define DEVICE_NONE       10         /* no number; then 1 / the first parameter */
#define DEVICE_ROOTS      4
#define DEVICE_STEP_WORDS 4
#define DEVICE_RULES      28
#define DEVICE_OUTS       16
#define DEVICE_TRADED     5          /* open, high, low, close, volume as trades see them */
#define DEVICE_BATCH_BYTES ((uint64_t)256 << 20)  /* of signals and accounts at one time */

/* A kernel that computes an indicator; NULL: there is none for these numbers. */
const char *device_kernel_of(const program_call *call);

/* Where each series lies on the device, and who computes it. */
typedef struct device_series {
    uint32_t  rows;                  /* series on the device */
    uint32_t  host_rows;             /* of those the ones that the host sends, which come first */
    uint32_t *row;                   /* [series of the program]; PROGRAM_NONE: not there */
    uint8_t  *by_host;               /* [calls]: computed by the host */
    uint32_t *scratch;               /* [calls]: the first row of outputs that nobody reads */
} device_series;

/* Bytes of memory that device_series_make wants. */
size_t device_series_bytes(const program *p);
/* mark, need, need_count: of backtest_need for the unit. need is left with the series that the host
 * computes, *host_count of them. */
void device_series_make(const program *p, const uint8_t *mark, uint32_t *need, uint32_t need_count,
                        void *memory, device_series *out, uint32_t *host_count);

typedef struct device_run {
    const backtest_state *state;
    const td_unit *unit;
    td_launcher   *launcher;
    backtest_room  room;
    device_series  series;
    backtest_results results;
    uint64_t       blocks, symbols, bars;    /* symbols: blocks * TD_LANES */
    uint64_t       batch_points;             /* at most, of one launch */
    void          *memory;                   /* of the host, in one piece */
    int32_t       *jobs;                     /* [calls][DEVICE_JOB_WORDS] */
    double        *params;
    uint8_t       *tradable;                 /* of one block */
    int32_t       *counts;                   /* [symbols] */
    int32_t       *code, *roots, *slots;
    double        *numbers, *rules, *out;
    td_memory     *d_series, *d_traded[DEVICE_TRADED], *d_tradable, *d_counts, *d_jobs, *d_params;
    td_memory     *d_code, *d_roots, *d_slots, *d_numbers, *d_rules, *d_bits, *d_out;
} device_run;

/* backtest_device_batch.c: all points of the unit. */
td_status device_points_run(device_run *run, td_error *err);

/* Sizes of a unit: backtest_device_plan.c. */
typedef struct device_sizes {
    uint64_t symbols, words, batch_points, slots;
    uint64_t series_bytes, traded_bytes, batch_bytes, all;
} device_sizes;
device_sizes device_sizes_of(const backtest_state *state, const td_unit *unit, uint32_t rows);
/* Why the unit can only be run by the CPU, or NULL. */
const char *device_refuses(const backtest_state *state);

#endif
