/* backtest_plan.c - cuts the grid and the symbols into units.
 *
 * A unit shares the series of its points for each block of TD_LANES symbols. So points stay
 * together as long as their series fit into memory near the processor, and symbols are cut apart.
 */
#include "backtest_op.h"

/* Seconds of one core, for TD_LANES symbols. */
#define COST_TRADE    12e-9                /* of a bar at a point */
#define COST_SERIES   4e-9                 /* of a bar of a series */
#define COST_BAR      60e-9                /* of a bar, loaded */
#define COST_POINT    2e-6                 /* of a point, beside its bars */
#define COST_UNIT     10e-3                /* that a unit takes, where symbols can be cut apart */
#define COST_MOST     0.3                  /* where points must be */
#define SERIES_BYTES  ((uint64_t)24 << 20) /* of the series of a unit */
#define RESULT_BYTES  ((uint64_t)16 << 20)
#define COST_DEVICE   30.0 /* on a device, in seconds of a core */
#define RESULT_DEVICE ((uint64_t)128 << 20)
#define SHARE         8                    /* so many units should fit the budget at one time */
#define STREAM_BYTES  ((uint64_t)48 << 20) /* of the signals of a portfolio's unit */

typedef struct sizes {
    uint64_t points, blocks;
    uint32_t need;
    size_t room, result, streams;
    uint64_t device; /* UINT64_MAX: no device can run it */
    double cost;
} sizes;

static void measure_unit(const backtest_state *state, const td_unit *unit, uint8_t *mark,
                         sizes *out)
{
    backtest_room room;
    const double bars = (double)state->bars;
    const uint64_t symbols = state->portfolio ? state->symbols : unit->items.count;
    out->points = backtest_points(state, unit->axis);
    out->blocks = (symbols + TD_LANES - 1) / TD_LANES;
    out->need = backtest_need(state, unit->axis, mark, NULL);
    out->room = backtest_room_place(state, out->need, state->needs_gains, NULL, &room) +
                state->program->series_count;
    out->result = out->points * unit->items.count * MEASURE_COUNT * sizeof(double);
    out->device = backtest_device_bytes(state, unit, out->need);
    out->streams = state->portfolio ? portfolio_bytes(state, out->points) : 0;
    out->cost = (double)out->blocks *
                (bars * (COST_BAR + COST_SERIES * out->need + COST_TRADE * (double)out->points) +
                 COST_POINT * (double)out->points);
}

static bool cut_points(const backtest_state *state, td_unit *left, td_unit *right)
{
    for (uint32_t a = 0; a < state->axis_count; ++a) {
        if (left->axis[a].count < 2) continue;
        const uint64_t half = left->axis[a].count / 2;
        *right = *left;
        left->axis[a].count = half;
        right->axis[a].first += half;
        right->axis[a].count -= half;
        return true;
    }
    return false;
}

/* Blocks of lanes stay whole. */
static bool cut_items(td_unit *left, td_unit *right)
{
    const uint64_t blocks = (left->items.count + TD_LANES - 1) / TD_LANES;
    if (blocks < 2) return false;
    const uint64_t half = blocks / 2 * TD_LANES;
    *right = *left;
    left->items.count = half;
    right->items.first += half;
    right->items.count -= half;
    return true;
}

/* Beside a device there are the tables and accounts of a batch, which are a part of its memory. */
static uint64_t unit_host_bytes(const sizes *s, bool on_device)
{
    return s->room + s->streams + (on_device ? s->device : 0);
}

typedef struct cutter {
    const backtest_state *state;
    uint64_t host_bytes, device_bytes;
    uint8_t *mark;
    td_units *units;
} cutter;

/* Whether the unit's points must be cut apart, whatever that costs in series computed twice. */
static bool wants_fewer_points(const cutter *c, const td_unit *unit, const sizes *s)
{
    const uint64_t budget = c->host_bytes / SHARE;
    const uint64_t series = SERIES_BYTES < budget / 2 ? SERIES_BYTES : budget / 2;
    if ((uint64_t)s->need * c->state->bars * sizeof(vec) > series) return true;
    if (s->streams > (STREAM_BYTES < budget / 2 ? STREAM_BYTES : budget / 2)) return true;
    if (s->room + s->result + s->streams > budget) return true;
    return unit->items.count <= TD_LANES && (s->cost > COST_MOST || s->result > RESULT_BYTES);
}

/* A device wants much at once: all symbols share a launch, and each batch of points is one. */
static bool cut_for_device(const cutter *c, const sizes *s, td_unit *left, td_unit *right)
{
    const uint64_t series = (uint64_t)s->need * c->state->bars * s->blocks * sizeof(vec);
    if (s->device <= c->device_bytes && s->cost <= COST_DEVICE && s->result <= RESULT_DEVICE)
        return false;
    if (s->device > c->device_bytes && series < c->device_bytes / 4 && cut_items(left, right))
        return true;
    return cut_points(c->state, left, right) || cut_items(left, right);
}

static bool cut_for_cpu(const cutter *c, const sizes *s, td_unit *left, td_unit *right)
{
    if (wants_fewer_points(c, left, s) && cut_points(c->state, left, right)) return true;
    if (s->cost <= COST_UNIT && s->result <= RESULT_BYTES) return false;
    return !c->state->portfolio && cut_items(left, right);
}

/* Each call halves a range, so the depth is at most the sum of their logarithms. */
static td_status cut(const cutter *c, const td_unit *unit, td_error *err)
{
    td_unit left = *unit, right;
    sizes s;
    measure_unit(c->state, unit, c->mark, &s);
    const bool on_device = c->device_bytes != UINT64_MAX && s.device != UINT64_MAX;
    const bool done =
        on_device ? cut_for_device(c, &s, &left, &right) : cut_for_cpu(c, &s, &left, &right);
    if (!done) {
        left.host_bytes = unit_host_bytes(&s, on_device);
        left.device_bytes = on_device ? s.device : 0;
        left.cost = s.cost * 1e3;
        return td_units_add(c->units, &left, err);
    }
    const td_status status = cut(c, &left, err);
    return status ? status : cut(c, &right, err);
}

td_status backtest_plan(const void *opaque, uint64_t host_bytes, uint64_t device_bytes,
                        td_units *units, td_error *err)
{
    const backtest_state *state = opaque;
    if (state->whole.items.count == 0) return TD_OK;
    cutter c = {state, host_bytes, device_bytes,
                td_alloc(state->engine, state->program->series_count + 1), units};
    if (!c.mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory for its plan");
    const td_status status = cut(&c, &state->whole, err);
    td_free(state->engine, c.mark);
    return status;
}

td_status backtest_split(const void *opaque, const td_unit *unit, td_units *units, td_error *err)
{
    const backtest_state *state = opaque;
    td_unit part[2] = {*unit, *unit};
    uint8_t *mark = NULL;
    td_status status = TD_OK;
    if (!cut_points(state, &part[0], &part[1]) &&
        (state->portfolio || !cut_items(&part[0], &part[1])))
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "market.backtest: a unit of one point and %d symbols cannot be cut smaller",
                       TD_LANES);
    mark = td_alloc(state->engine, state->program->series_count + 1);
    if (!mark) return td_fail(err, TD_E_NO_MEMORY, "market.backtest: no memory to cut a unit");
    for (int i = 0; !status && i < 2; ++i) {
        sizes s;
        measure_unit(state, &part[i], mark, &s);
        part[i].host_bytes = unit_host_bytes(&s, unit->device_bytes > 0);
        part[i].device_bytes = unit->device_bytes > 0 && s.device != UINT64_MAX ? s.device : 0;
        part[i].cost = s.cost * 1e3;
        status = td_units_add(units, &part[i], err);
    }
    td_free(state->engine, mark);
    return status;
}
