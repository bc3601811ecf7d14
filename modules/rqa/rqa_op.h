/* rqa_op.h - what the files of the operation "rqa.measures" share. */
#ifndef TANDEM_RQA_OP_H
#define TANDEM_RQA_OP_H
#include "rqa_count.h"
#include "rqa_lines.h"
#include "rqa_profile.h"
#include "rqa_signal.h"

/* Outputs by number, as in the table (rqa_table.c). */
typedef enum rqa_output {
    RQA_OUT_RR,
    RQA_OUT_DET,
    RQA_OUT_L,
    RQA_OUT_LMAX,
    RQA_OUT_ENT,
    RQA_OUT_DIV,
    RQA_OUT_LAM,
    RQA_OUT_TT,
    RQA_OUT_VMAX,
    RQA_OUT_VENT,
    RQA_OUT_EPS_USED,
    RQA_OUT_SAMPLES,
    RQA_OUT_NAN_SAMPLES,
    RQA_OUT_CONSTANT,
    RQA_OUT_COUNT
} rqa_output;

/* Sweepable parameters by number: the axes of the grid. */
typedef enum rqa_axis {
    RQA_AXIS_MODE,
    RQA_AXIS_M,
    RQA_AXIS_TAU,
    RQA_AXIS_EPS,
    RQA_AXIS_LMIN
} rqa_axis;
#define RQA_AXIS_COUNT   5
#define RQA_SIGNAL_COUNT 4

extern const td_op rqa_measures_op;

typedef enum rqa_float { RQA_FLOAT_AUTO = 0, RQA_FLOAT_64 = 1, RQA_FLOAT_32 = 2 } rqa_float;
/* Where float64 costs more float32 operations than this, auto means float32. */
#define RQA_FLOAT64_COST_MAX 4

typedef struct rqa_state {
    td_engine *engine;
    uint64_t item_count;
    const char *const *item_name; /* NULL: none */
    td_unit whole;
    td_axis axis[RQA_AXIS_COUNT];
    rqa_mode *mode;                        /* of the mode axis */
    rqa_samples *signal[RQA_SIGNAL_COUNT]; /* [item_count]; NULL where no mode reads it */
    double *memory[RQA_SIGNAL_COUNT];
    uint64_t *nan_count; /* [item_count], over all columns that any mode reads */
    uint64_t *count;     /* [item_count] samples */
    rqa_eps_unit eps_unit;
    bool strict;
    int64_t vmin; /* 0: as lmin */
    uint64_t window_rate, window_diagonal, window_vertical;
    bool whole_rate;
    double entropy_scale; /* nats to the unit of the profile */
    bool wants[RQA_OUT_COUNT];
    bool wants_diagonals, wants_rows;
    const rqa_isa *isa;
    rqa_float device_float;
    rqa_logs logs;
} rqa_state;

static inline const rqa_samples *rqa_samples_of(const rqa_state *state, uint64_t item,
                                                rqa_signal signal)
{
    return &state->signal[signal][item];
}

/* The floats in which a device adds up distances; the results are the same. */
static inline bool rqa_use_float32(const rqa_state *state, const td_device_info *device)
{
    if (state->device_float != RQA_FLOAT_AUTO) return state->device_float == RQA_FLOAT_32;
    return device->float64_cost < 1 || device->float64_cost > RQA_FLOAT64_COST_MAX;
}

/* ---- rqa_open.c -------------------------------------------------------------------------------
 */

td_status rqa_open(td_engine *engine, const td_args *args, void **state, uint64_t *item_count,
                   td_error *err);
void rqa_close(void *state);

/* ---- rqa_plan.c -------------------------------------------------------------------------------
 */

td_status rqa_plan(const void *state, uint64_t host_bytes, uint64_t device_bytes, td_units *units,
                   td_error *err);
td_status rqa_split(const void *state, const td_unit *unit, td_units *units, td_error *err);

/* How many parts the lines of one recording, mode and tau are cut into, each with line_slots int32
 * of its own: 1 when the work is small. */
uint32_t rqa_part_count(const rqa_state *state, uint64_t count, uint64_t m_max,
                        uint64_t line_slots);

/* ---- rqa_unit.c -------------------------------------------------------------------------------
 */

td_status rqa_run_cpu(const void *state, const td_unit *unit, td_work *work, td_result *result,
                      td_error *err);
/* Bytes that a unit takes from the workers that run it. It may work in unit->host_bytes; what is
 * answered is more only where the unit must be cut to need less. */
uint64_t rqa_unit_bytes(const rqa_state *state, const td_unit *unit);

#endif
