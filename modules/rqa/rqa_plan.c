/* rqa_plan.c - cuts the grid and the recordings into units.
 *
 * A unit that holds many recordings, modes and taus is cut until it costs some tens of
 * milliseconds; m, eps and lmin share one pass over the distances and are cut only where memory
 * forces it. Nothing here looks at the number of threads. */
#include <string.h>

#include "rqa_op.h"

/* What one step costs in seconds, roughly, on one core: a position at the first m, at each
 * further m, and a value of an output. Only ratios and the order of size matter. */
#define COST_FIRST       0.3e-9
#define COST_NEXT        0.4e-9
#define COST_VALUE       25e-9
#define COST_UNIT        25e-3
#define COST_PART        15e-3
#define PARTS_MAX        64
#define PART_BYTES_MAX   (UINT64_C(256) << 20) /* the histograms of all parts of a unit */
#define BLOCK_VALUES_MAX (UINT64_C(1) << 20)   /* eps times lmin of a unit */
#define SHARE_OF_BUDGET  8                     /* so many units should fit at one time */
#define SHARE_AT_LEAST   2                     /* or so many, where more would cost work */

static double lines_cost(const rqa_state *state, uint64_t count, double m_max)
{
    const double pairs = (double)count * (double)count / 2;
    const double passes = (state->wants_diagonals ? 1 : 0) + (state->wants_rows ? 3 : 0);
    return pairs * passes * (COST_FIRST + COST_NEXT * (m_max - 1));
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

static double unit_cost(const rqa_state *state, const td_unit *unit)
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
                values * COST_VALUE;
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
static int cut_for_cost(const td_unit *unit)
{
    static const int order[] = {CUT_ITEMS, RQA_AXIS_MODE, RQA_AXIS_TAU};
    return cut_first_of(unit, order, 3);
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

/* Sets the bytes that the unit may work in, and answers along what to cut it if it cannot. Its
 * result needs its share of the budget too. Recordings are cut apart until many units fit at one
 * time; where a cut costs work, fewer that fit will do. */
static int cut_choose(const rqa_state *state, td_unit *unit, uint64_t host_bytes)
{
    const uint64_t eps = unit->axis[RQA_AXIS_EPS].count, lmin = unit->axis[RQA_AXIS_LMIN].count;
    const uint64_t share = host_bytes / (unit->items.count > 1 ? SHARE_OF_BUDGET : SHARE_AT_LEAST);
    const double result = result_bytes(state, unit);
    if (eps > RQA_LEVELS_MAX) return RQA_AXIS_EPS;
    if (lmin > BLOCK_VALUES_MAX / eps && lmin > 1) return eps > 1 ? RQA_AXIS_EPS : RQA_AXIS_LMIN;
    unit->host_bytes = result < (double)share ? share - (uint64_t)result : 0;
    if (rqa_unit_bytes(state, unit) > unit->host_bytes) {
        const int along = result > (double)share / 2 ? cut_for_cost(unit) : CUT_NONE;
        return along == CUT_NONE ? cut_for_bytes(unit) : along;
    }
    return unit_cost(state, unit) > COST_UNIT ? cut_for_cost(unit) : CUT_NONE;
}

static td_status plan_add(const rqa_state *state, td_unit *unit, td_units *units, td_error *err)
{
    unit->host_bytes = rqa_unit_bytes(state, unit);
    unit->device_bytes = 0;
    unit->cost = unit_cost(state, unit) * 1e3;
    return td_units_add(units, unit, err);
}

/* Each call halves a range, so the depth is at most the sum of their logarithms. */
static td_status plan_cut(const rqa_state *state, td_unit *unit, uint64_t host_bytes,
                          td_units *units, td_error *err)
{
    td_unit left, right;
    const int along = cut_choose(state, unit, host_bytes);
    if (along == CUT_NONE) return plan_add(state, unit, units, err);
    if (along == RQA_AXIS_TAU && cut_one_apart(state, unit))
        cut_at(unit, RQA_AXIS_M, 1, &left, &right);
    else cut_at(unit, along, range_count(unit, along) / 2, &left, &right);
    td_status status = plan_cut(state, &left, host_bytes, units, err);
    if (!status) status = plan_cut(state, &right, host_bytes, units, err);
    return status;
}

td_status rqa_plan(const void *memory, uint64_t host_bytes, uint64_t device_bytes, td_units *units,
                   td_error *err)
{
    const rqa_state *state = memory;
    (void)device_bytes;
    td_unit whole = state->whole;
    if (whole.items.count == 0) return TD_OK;
    return plan_cut(state, &whole, host_bytes, units, err);
}

td_status rqa_split(const void *memory, const td_unit *unit, td_units *units, td_error *err)
{
    const rqa_state *state = memory;
    const int along = cut_for_bytes(unit);
    td_unit left, right;
    if (along == CUT_NONE)
        return td_fail(err, TD_E_OUT_OF_RANGE,
                       "rqa.measures: a unit of one recording, m, eps and "
                       "lmin cannot be cut smaller");
    cut_at(unit, along, range_count(unit, along) / 2, &left, &right);
    td_status status = plan_add(state, &left, units, err);
    if (!status) status = plan_add(state, &right, units, err);
    return status;
}
