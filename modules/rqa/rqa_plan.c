/* rqa_plan.c - cuts the grid and the recordings into units.
 *
 * A unit that holds many recordings, modes and taus is cut until it costs some tens of
 * milliseconds; m, eps and lmin share one pass over the distances and are cut only where memory
 * forces it. For a device units are larger, as long as there are enough of them to overlap, and m
 * may be cut apart too: there each m has distances of its own. Nothing here looks at the number of
 * threads or devices. */
#include <string.h>

#include "rqa_cost.h"
#include "rqa_device.h"

/* Seconds of one core. */
#define COST_UNIT        25e-3
#define COST_PART        15e-3
#define COST_DEVICE_MIN  0.5 /* a few milliseconds of a device */
#define COST_DEVICE_MAX  8.0
#define DEVICE_UNITS     16 /* so many units at least, before they are as large as that */
#define DEVICE_SHARE     4  /* so many units should fit a device at one time */
#define DEVICE_LEAST     2  /* or so many, where more would cost work */
#define PARTS_MAX        64
#define PART_BYTES_MAX   (UINT64_C(256) << 20) /* the histograms of all parts of a unit */
#define BLOCK_VALUES_MAX (UINT64_C(1) << 20)   /* eps times lmin of a unit */
#define SHARE_OF_BUDGET  8                     /* so many units should fit at one time */
#define SHARE_AT_LEAST   2                     /* or so many, where more would cost work */

static double lines_cost(const rqa_state *state, uint64_t count, double m_max)
{
    const double pairs = (double)count * (double)count / 2;
    const double passes = (state->wants_diagonals ? 1 : 0) + (state->wants_rows ? 3 : 0);
    return pairs * passes * (RQA_COST_FIRST + RQA_COST_NEXT * (m_max - 1));
}

static double m_most(const rqa_state *state, const td_unit *unit)
{
    const td_range *m = &unit->axis[RQA_AXIS_M];
    const double *number = state->axis[RQA_AXIS_M].number + m->first;
    double most = 0;
    for (uint64_t i = 0; i < m->count; ++i)
        most = number[i] > most ? number[i] : most;
    return most;
}

double rqa_cost(const rqa_state *state, const td_unit *unit)
{
    const td_range *axis = unit->axis;
    const double m_max = m_most(state, unit);
    /* m = 1 alone is counted once for all tau. */
    const double taus = m_max > 1 ? (double)axis[RQA_AXIS_TAU].count : 1;
    const double modes = (double)axis[RQA_AXIS_MODE].count;
    const double values = modes * (double)axis[RQA_AXIS_M].count *
                          (double)axis[RQA_AXIS_TAU].count * (double)axis[RQA_AXIS_EPS].count *
                          (double)axis[RQA_AXIS_LMIN].count;
    double cost = 0;
    for (uint64_t i = 0; i < unit->items.count; ++i)
        cost += modes * taus * lines_cost(state, state->count[unit->items.first + i], m_max) +
                values * RQA_COST_VALUE;
    return cost;
}

uint32_t rqa_part_count(const rqa_state *state, uint64_t count, uint64_t m_max, uint64_t line_slots)
{
    const double wanted = lines_cost(state, count, (double)m_max) / COST_PART;
    uint64_t parts = wanted >= PARTS_MAX ? PARTS_MAX : (uint64_t)wanted;
    while (parts > 2 && parts * line_slots * sizeof(int32_t) > PART_BYTES_MAX)
        parts = parts > 4 ? parts / 2 : 2;
    return parts < 2 ? 1 : (uint32_t)parts;
}

/* ---- Cutting --------------------------------------------------------------------------------- */

/* What a unit is cut along: an axis, or its items. */
#define CUT_ITEMS RQA_AXIS_COUNT
#define CUT_NONE  (-1)

static td_range *range_of(td_unit *unit, int along)
{
    return along == CUT_ITEMS ? &unit->items : &unit->axis[along];
}

static uint64_t range_count(const td_unit *unit, int along)
{
    return along == CUT_ITEMS ? unit->items.count : unit->axis[along].count;
}

static int cut_first_of(const td_unit *unit, const int *order, int count)
{
    for (int i = 0; i < count; ++i)
        if (range_count(unit, order[i]) > 1) return order[i];
    return CUT_NONE;
}

/* Along what to cut for less memory. */
static int cut_for_bytes(const td_unit *unit)
{
    static const int order[] = {CUT_ITEMS, RQA_AXIS_M, RQA_AXIS_EPS, RQA_AXIS_LMIN};
    return cut_first_of(unit, order, 4);
}

/* Along what to cut for shorter units, without doing the same work twice. */
static int cut_for_cost(const td_unit *unit, bool device)
{
    static const int order[] = {CUT_ITEMS, RQA_AXIS_MODE, RQA_AXIS_TAU, RQA_AXIS_M};
    return cut_first_of(unit, order, device ? 4 : 3);
}

/* m = 1 does not depend on tau: before taus are cut apart it becomes a unit of its own. */
static bool cut_one_apart(const rqa_state *state, const td_unit *unit)
{
    const td_range *m = &unit->axis[RQA_AXIS_M];
    return m->count > 1 && state->axis[RQA_AXIS_M].number[m->first] == 1;
}

static void cut_at(const td_unit *unit, int along, uint64_t place, td_unit *left, td_unit *right)
{
    *left = *right = *unit;
    range_of(left, along)->count = place;
    range_of(right, along)->first += place;
    range_of(right, along)->count -= place;
}

/* Of what the unit gives. A double, since the whole grid may exceed any memory. */
static double result_bytes(const rqa_state *state, const td_unit *unit)
{
    const td_range *axis = unit->axis;
    const double points = (double)unit->items.count * (double)axis[RQA_AXIS_MODE].count *
                          (double)axis[RQA_AXIS_M].count * (double)axis[RQA_AXIS_TAU].count *
                          (double)axis[RQA_AXIS_EPS].count;
    double values = 0;
    for (uint32_t o = RQA_OUT_RR; o <= RQA_OUT_EPS_USED; ++o) {
        const bool lengths = strstr(rqa_measures_op.outputs[o].shape, "lmin") != NULL;
        if (state->wants[o]) values += lengths ? (double)axis[RQA_AXIS_LMIN].count : 1;
    }
    return points * values * sizeof(double);
}

/* What units are cut for. */
typedef struct cutter {
    const rqa_state *state;
    uint64_t host_bytes, device_bytes; /* of a device UINT64_MAX: there is none */
    double cost_max;
    uint64_t least; /* that a unit of the plan takes of the device */
} cutter;

static bool has_device(const cutter *c)
{
    return c->device_bytes != UINT64_MAX;
}

/* On the CPU, and beside a device where that may run it. */
static uint64_t host_need(const cutter *c, const td_unit *unit)
{
    const uint64_t bytes = rqa_unit_bytes(c->state, unit);
    rqa_room room;
    if (!has_device(c)) return bytes;
    rqa_room_measure(c->state, unit, c->device_bytes / DEVICE_SHARE, &room);
    return room.host_bytes > bytes ? room.host_bytes : bytes;
}

/* Whether it fits a device once its thresholds are cut apart. To cut them costs as many passes over
 * the distances, which is in vain where that does not help. */
static bool fits_when_cut(const cutter *c, const td_unit *unit)
{
    td_unit least = *unit;
    rqa_room room;
    least.axis[RQA_AXIS_EPS].count = 1;
    rqa_room_measure(c->state, &least, c->device_bytes / DEVICE_SHARE, &room);
    return room.device_bytes <= c->device_bytes && rqa_room_fits(c->state, &least, &room);
}

/* Along what to cut a unit that does not fit a device. One that cannot be cut so that it fits is
 * left: it will run on the CPU. */
static int cut_for_device(const cutter *c, const td_unit *unit)
{
    static const int order[] = {CUT_ITEMS, RQA_AXIS_MODE, RQA_AXIS_EPS};
    const uint64_t budget = c->device_bytes;
    rqa_room room;
    rqa_room_measure(c->state, unit, budget / DEVICE_SHARE, &room);
    if (room.device_bytes > budget / DEVICE_LEAST || !rqa_room_fits(c->state, unit, &room)) {
        const int along = cut_first_of(unit, order, 3);
        return along == RQA_AXIS_EPS && !fits_when_cut(c, unit) ? CUT_NONE : along;
    }
    if (room.device_bytes > budget / DEVICE_SHARE && unit->items.count > 1) return CUT_ITEMS;
    return CUT_NONE;
}

/* Sets the bytes that the unit may work in, and answers along what to cut it if it cannot. Its
 * result needs its share of the budget too. Recordings are cut apart until many units fit at one
 * time; where a cut costs work, fewer that fit will do. */
static int cut_choose(const cutter *c, td_unit *unit)
{
    const rqa_state *state = c->state;
    const uint64_t eps = unit->axis[RQA_AXIS_EPS].count, lmin = unit->axis[RQA_AXIS_LMIN].count;
    const uint64_t share =
        c->host_bytes / (unit->items.count > 1 ? SHARE_OF_BUDGET : SHARE_AT_LEAST);
    const double result = result_bytes(state, unit);
    if (eps > RQA_LEVELS_MAX) return RQA_AXIS_EPS;
    if (lmin > BLOCK_VALUES_MAX / eps && lmin > 1) return eps > 1 ? RQA_AXIS_EPS : RQA_AXIS_LMIN;
    unit->host_bytes = result < (double)share ? share - (uint64_t)result : 0;
    if (host_need(c, unit) > unit->host_bytes) {
        const int along = result > (double)share / 2 ? cut_for_cost(unit, has_device(c)) : CUT_NONE;
        return along == CUT_NONE ? cut_for_bytes(unit) : along;
    }
    const int along = has_device(c) ? cut_for_device(c, unit) : CUT_NONE;
    if (along != CUT_NONE) return along;
    return rqa_cost(state, unit) > c->cost_max ? cut_for_cost(unit, has_device(c)) : CUT_NONE;
}

/* device_bytes: what its batches may take; UINT64_MAX: it is for the CPU. */
static td_status plan_add(const rqa_state *state, td_unit *unit, uint64_t device_bytes,
                          td_units *units, td_error *err)
{
    unit->host_bytes = rqa_unit_bytes(state, unit);
    unit->device_bytes = 0;
    unit->cost = rqa_cost(state, unit) * 1e3;
    if (device_bytes != UINT64_MAX) {
        rqa_room room;
        rqa_room_measure(state, unit, device_bytes, &room);
        unit->device_bytes = room.device_bytes;
        if (room.host_bytes > unit->host_bytes) unit->host_bytes = room.host_bytes;
    }
    return td_units_add(units, unit, err);
}

/* Each call halves a range, so the depth is at most the sum of their logarithms. */
static td_status plan_cut(cutter *c, td_unit *unit, td_units *units, td_error *err)
{
    td_unit left, right;
    const int along = cut_choose(c, unit);
    if (along == CUT_NONE) {
        const uint64_t share = has_device(c) ? c->device_bytes / DEVICE_SHARE : UINT64_MAX;
        const td_status status = plan_add(c->state, unit, share, units, err);
        if (unit->device_bytes < c->least) c->least = unit->device_bytes;
        return status;
    }
    if (along == RQA_AXIS_TAU && cut_one_apart(c->state, unit))
        cut_at(unit, RQA_AXIS_M, 1, &left, &right);
    else cut_at(unit, along, range_count(unit, along) / 2, &left, &right);
    td_status status = plan_cut(c, &left, units, err);
    if (!status) status = plan_cut(c, &right, units, err);
    return status;
}

/* A plan for a device that holds none of its units is no plan for that device. */
static td_status plan_check(const cutter *c, td_error *err)
{
    if (!has_device(c) || c->least <= c->device_bytes) return TD_OK;
    return td_fail(err, TD_E_NO_DEVICE_MEMORY,
                   "rqa.measures: the smallest unit needs %llu bytes of the device, allowed %llu",
                   (unsigned long long)c->least, (unsigned long long)c->device_bytes);
}

td_status rqa_plan(const void *memory, uint64_t host_bytes, uint64_t device_bytes, td_units *units,
                   td_error *err)
{
    const rqa_state *state = memory;
    td_unit whole = state->whole;
    cutter c = {state, host_bytes, device_bytes, COST_UNIT, UINT64_MAX};
    if (whole.items.count == 0) return TD_OK;
    if (has_device(&c)) {
        const double each = rqa_cost(state, &whole) / DEVICE_UNITS;
        c.cost_max = each < COST_DEVICE_MIN   ? COST_DEVICE_MIN
                     : each > COST_DEVICE_MAX ? COST_DEVICE_MAX
                                              : each;
    }
    const td_status status = plan_cut(&c, &whole, units, err);
    return status ? status : plan_check(&c, err);
}

/* A part of a unit for a device is given half the bytes. That alone makes its batches smaller,
 * unless one set of lines is what takes them: then the thresholds are cut apart. */
static int split_along(const rqa_state *state, const td_unit *unit)
{
    static const int order[] = {CUT_ITEMS,     RQA_AXIS_M,   RQA_AXIS_TAU,
                                RQA_AXIS_MODE, RQA_AXIS_EPS, RQA_AXIS_LMIN};
    rqa_room room;
    if (unit->device_bytes == 0) return cut_for_bytes(unit);
    rqa_room_measure(state, unit, unit->device_bytes / 2, &room);
    if (unit->items.count == 1 && unit->axis[RQA_AXIS_EPS].count > 1 &&
        room.device_bytes > unit->device_bytes / 2)
        return RQA_AXIS_EPS;
    return cut_first_of(unit, order, 6);
}

td_status rqa_split(const void *memory, const td_unit *unit, td_units *units, td_error *err)
{
    const rqa_state *state = memory;
    const int along = split_along(state, unit);
    const uint64_t device_bytes = unit->device_bytes ? unit->device_bytes / 2 : UINT64_MAX;
    td_unit left, right;
    if (along == CUT_NONE)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "rqa.measures: a unit of one recording, m, eps and "
                       "lmin cannot be cut smaller");
    cut_at(unit, along, range_count(unit, along) / 2, &left, &right);
    td_status status = plan_add(state, &left, device_bytes, units, err);
    if (!status) status = plan_add(state, &right, device_bytes, units, err);
    return status;
}
