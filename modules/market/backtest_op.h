/* backtest_op.h - what the files of the operation "market.backtest" share. */
#ifndef TANDEM_MODULES_MARKET_BACKTEST_OP_H
#define TANDEM_MODULES_MARKET_BACKTEST_OP_H
#include "backtest.h"
#include "indicator_tile.h"
#include "machine.h"
#include "measure.h"

/* Numbers of parameters beside those of rules.h. */
#define BACKTEST_PARAM_STRATEGY 1
#define BACKTEST_PARAM_SET      2
#define BACKTEST_PARAM_NAME     3       /* strategy_name, where it is an axis */
#define BACKTEST_PARAM_AXIS     1000    /* and on: the strategies' own parameters */
#define BACKTEST_SETS_MAX       1024    /* settings of "set" */

/* Inputs by number, as in the table: prices in the order of td_price, then these. */
#define BACKTEST_IN_TIME      TD_PRICES
#define BACKTEST_IN_BENCHMARK (TD_PRICES + 1)
#define BACKTEST_IN_COUNT     (TD_PRICES + 2)

typedef struct backtest_input {
    const double *data;                 /* NULL: not bound */
    int64_t       stride[2];            /* of symbols and bars; of one dimension: [1] */
} backtest_input;

/* Everything that is the same for all units. */
typedef struct backtest_state {
    td_engine      *engine;             /* NULL: memory of malloc (traces) */
    const td_args  *args;
    const td_op    *op;
    program        *program;
    bool            portfolio;
    td_unit         whole;
    uint32_t        axis_count;
    uint32_t        strategy_axis;      /* UINT32_MAX: there is one strategy, or all stand alone */
    uint32_t       *strategy_of;        /* [values of strategy_axis] */
    uint32_t        program_axis_count;
    uint32_t        program_axis[TD_AXES_MAX];   /* its axes among those of the call */
    double          number[RULE_COUNT]; /* the rules of the call; choices by number */
    uint64_t        symbols, bars;
    backtest_input  in[BACKTEST_IN_COUNT];
    const int64_t  *time;               /* [bars]; NULL: not bound */
    bool            adjusted;
    bool            wants[MEASURE_COUNT];
    bool            needs_gains;
    indicator_isa   isa;
    const machine_isa *machine;
    size_t          state_bytes;        /* the largest that a call keeps */
    size_t          gap_bytes;          /* the largest that a call takes where inputs have gaps */
} backtest_state;

/* ---- backtest_table.c ------------------------------------------------------------------------ */

extern const td_port backtest_inputs[BACKTEST_IN_COUNT];
bool backtest_is_portfolio(const td_op *op);

/* ---- backtest_open.c ------------------------------------------------------------------------- */

td_status backtest_open(td_engine *engine, const td_args *args, void **state, uint64_t *item_count,
                        td_error *err);
void backtest_close(void *state);

/* ---- backtest_plan.c ------------------------------------------------------------------------- */

td_status backtest_plan(const void *state, uint64_t host_bytes, uint64_t device_bytes,
                        td_units *units, td_error *err);
td_status backtest_split(const void *state, const td_unit *unit, td_units *units, td_error *err);
/* Points of a block of the grid. */
uint64_t backtest_points(const backtest_state *state, const td_range *axis);
/* Number point of a block, the last axis running fastest: the index of each axis in the grid. */
void backtest_index(const backtest_state *state, const td_range *axis, uint64_t point,
                    uint64_t index[TD_AXES_MAX]);

/* ---- backtest_need.c ------------------------------------------------------------------------- */

/* The series, in their order, that a block of the grid reads and that are no prices. mark: room for
 * a byte for each series of the program. need: NULL, or room for as many numbers. */
uint32_t backtest_need(const backtest_state *state, const td_range *axis, uint8_t *mark,
                       uint32_t *need);
/* Whether the call reads only prices that have a number at every bar of a symbol; what others read
 * can be NaN anywhere. */
bool backtest_reads_numbers(const program *p, const program_call *call);

/* ---- backtest_point.c: a strategy at one point ----------------------------------------------- */

typedef struct backtest_point {
    const program_strategy *strategy;
    uint32_t      number;               /* of the strategy */
    uint64_t      index[TD_AXES_MAX];   /* of the program's axes */
    machine_rules rules;
} backtest_point;

/* index: of the axes of the call. */
void backtest_point_make(const backtest_state *state, const uint64_t *index, backtest_point *out);
double backtest_rule(const backtest_state *state, const backtest_point *point, rule which);

/* ---- backtest_room.c: what a worker computes in ---------------------------------------------- */

/* One root as it was computed last for the block: the same steps need not run again. */
typedef struct backtest_root {
    uint32_t    count;
    bool        fresh;
    signal_step step[PROGRAM_STEPS_MAX];
} backtest_root;

typedef struct backtest_room {
    const backtest_state *state;
    uint64_t  bars;                     /* of the panel: the most that a lane can have */
    uint64_t  item;                     /* the first symbol of the block that is loaded */
    uint32_t  lanes;                    /* symbols of it */
    vec      *price[TD_PRICES];         /* as expressions read them; NULL: not bound */
    vec      *trade[3];                 /* open, high, low as trades see them */
    uint8_t  *alive, *tradable;
    indicator_map map;
    void     *map_memory;
    indicator_source source[TD_PRICES];
    machine_tile tile;
    uint32_t *need, need_count;         /* series of the unit */
    uint32_t *place;                    /* [series of the program]: among need */
    uint8_t  *mark;
    vec      *series;                   /* [need_count][bars] */
    vec      *unread;                   /* outputs that nobody reads */
    void     *memory_of_calls, *memory_of_gaps;
    uint8_t  *truth[4];
    vec      *price_of[5];              /* of ROOT_ENTRY_LIMIT .. ROOT_RANK */
    backtest_root *root;                /* [ROOT_COUNT] */
    signal_room *signal;
    vec      *equity, *held;            /* NULL: not wanted */
    double   *gains, *benchmark, *spare;
    machine_signals signals;
} backtest_room;

/* Lays it out at memory (64-byte aligned) and answers its bytes; memory NULL: only counts.
 * need_count: series of the unit. curves: equity and held are wanted. */
size_t backtest_room_place(const backtest_state *state, uint32_t need_count, bool curves,
                           void *memory, backtest_room *room);
/* Names the series of a block of the grid. */
void backtest_room_need(backtest_room *room, const td_range *axis);

/* ---- backtest_tile.c, backtest_series.c, backtest_signal.c ----------------------------------- */

/* Symbols item .. item + TD_LANES - 1, as far as there are. */
void backtest_tile_load(backtest_room *room, uint64_t item);
/* Computes what room->need names, for the symbols that are loaded. */
void backtest_series_run(backtest_room *room);
const vec *backtest_series_at(const backtest_room *room, uint32_t series);
/* The roots of a point, into room->signals. */
void backtest_signals_run(backtest_room *room, const backtest_point *point);
/* ROOT_RANK, or NULL: there is none. */
const vec *backtest_rank_run(backtest_room *room, const backtest_point *point);
/* Returns of the benchmark at a lane's own bars into room->benchmark; false: there is none. */
bool backtest_benchmark_run(backtest_room *room, uint32_t lane);

/* ---- backtest_results.c: where a unit's measures go ------------------------------------------ */

typedef struct backtest_results {
    const backtest_state *state;
    const td_unit *unit;
    td_block block[MEASURE_COUNT];
    bool     has[MEASURE_COUNT];
} backtest_results;

void backtest_results_open(backtest_results *results, const backtest_state *state,
                           const td_unit *unit, td_result *result);
/* index: of the axes of the call; symbol: counted from the unit's first; value: of all measures. */
void backtest_results_put(const backtest_results *results, const uint64_t *index, uint64_t symbol,
                          const double *value);

/* ---- backtest_unit.c, portfolio.c ------------------------------------------------------------ */

td_status backtest_run(const void *state, const td_unit *unit, td_work *work, td_result *result,
                       td_error *err);
td_status portfolio_run(const backtest_state *state, const td_unit *unit, td_work *work,
                        td_result *result, td_error *err);
/* Bytes that a unit of a portfolio takes beside its room. */
size_t portfolio_bytes(const backtest_state *state, uint64_t points);

/* ---- On a device: backtest_device*.c --------------------------------------------------------- */

td_status backtest_run_device(const void *state, const td_unit *unit, td_launcher *device,
                              td_result *result, td_error *err);
/* Bytes that a unit takes on a device, were it to run there; UINT64_MAX: it cannot. */
uint64_t backtest_device_bytes(const backtest_state *state, const td_unit *unit, uint32_t need);
void backtest_estimate(const void *state, const td_unit *unit, const td_device_info *device,
                       td_estimate *estimate);
extern const char *const backtest_kernels[];

#endif
