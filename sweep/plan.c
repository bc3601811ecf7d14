/* plan.c - units: lists of them, the check that they cover the grid, and their order. */
#include "sweep/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

#define CHECK_PAIRS     16 /* so few boxes are compared with each other at once */
#define CHECK_DEPTH_MAX 64 /* of cutting; what is deeper is compared pair by pair */

typedef unsigned long long ull;

void units_init(td_units *units, const td_allocator *allocator)
{
    *units = (td_units){.allocator = allocator};
}

void units_free(td_units *units)
{
    memory_give(units->unit);
    units_init(units, units->allocator);
}

td_status td_units_add(td_units *units, const td_unit *unit, td_error *err)
{
    if (units->count == UNITS_MAX)
        return td_fail(err, TD_E_OUT_OF_RANGE, "more than %llu units", (ull)UNITS_MAX);
    if (units->count == units->room) {
        const uint64_t room = units->room ? units->room * 2 : 64;
        td_unit *const more = memory_array(units->allocator, room, sizeof *more);
        if (!more)
            return td_fail(err, TD_E_NO_MEMORY, "%llu units need %zu bytes each", (ull)room,
                           sizeof *more);
        if (units->count > 0) memcpy(more, units->unit, units->count * sizeof *more);
        memory_give(units->unit);
        units->unit = more;
        units->room = room;
    }
    units->unit[units->count] = *unit;
    units->unit[units->count].number = units->count;
    units->count += 1;
    return TD_OK;
}

td_unit td_unit_whole(const td_args *args, uint64_t item_count)
{
    td_unit unit = {.items = {0, item_count}};
    const uint32_t axis_count = td_args_axis_count(args);
    for (uint32_t i = 0; i < TD_AXES_MAX; ++i) {
        unit.axis[i].first = 0;
        unit.axis[i].count = i < axis_count ? td_args_axis_at(args, i)->count : 1;
    }
    return unit;
}

/* ---- Blocks as boxes: dimension axis_count is that of the items ------------------------------ */

static const td_range *unit_range(const td_unit *unit, uint32_t dim, uint32_t axis_count)
{
    return dim < axis_count ? &unit->axis[dim] : &unit->items;
}

bool unit_same_block(const td_unit *a, const td_unit *b, uint32_t axis_count)
{
    for (uint32_t d = 0; d <= axis_count; ++d) {
        const td_range *const ra = unit_range(a, d, axis_count);
        const td_range *const rb = unit_range(b, d, axis_count);
        if (ra->first != rb->first || ra->count != rb->count) return false;
    }
    return true;
}

/* False when the number of points does not fit into 64 bits. */
static bool unit_points(const td_unit *unit, uint32_t axis_count, uint64_t *points)
{
    *points = 1;
    for (uint32_t d = 0; d <= axis_count; ++d)
        if (__builtin_mul_overflow(*points, unit_range(unit, d, axis_count)->count, points))
            return false;
    return true;
}

static bool units_overlap(const td_unit *a, const td_unit *b, uint32_t axis_count)
{
    for (uint32_t d = 0; d <= axis_count; ++d) {
        const td_range *const ra = unit_range(a, d, axis_count);
        const td_range *const rb = unit_range(b, d, axis_count);
        if (ra->first + ra->count <= rb->first) return false;
        if (rb->first + rb->count <= ra->first) return false;
    }
    return true;
}

/* ---- The check ------------------------------------------------------------------------------- */

typedef struct cover {
    const char *what;
    const td_unit *region;
    uint32_t axis_count;
    uint32_t dim; /* that compare_first sorts by */
    td_error *err;
} cover;

static td_status check_inside(const cover *c, const td_unit *unit)
{
    if (!(unit->cost >= 0.0) || isinf(unit->cost))
        return td_fail(c->err, TD_E_INTERNAL, "%s: unit %llu has cost %g, allowed 0 or more",
                       c->what, (ull)unit->number, unit->cost);
    for (uint32_t d = 0; d <= c->axis_count; ++d) {
        const td_range *const inner = unit_range(unit, d, c->axis_count);
        const td_range *const outer = unit_range(c->region, d, c->axis_count);
        if (inner->count > 0 && inner->first >= outer->first &&
            inner->first - outer->first < outer->count &&
            inner->count <= outer->count - (inner->first - outer->first))
            continue;
        return td_fail(c->err, TD_E_INTERNAL,
                       "%s: in dimension %u unit %llu has %llu values from %llu, allowed %llu from "
                       "%llu",
                       c->what, d, (ull)unit->number, (ull)inner->count, (ull)inner->first,
                       (ull)outer->count, (ull)outer->first);
    }
    return TD_OK;
}

static int compare_first(const void *a, const void *b, void *context)
{
    const cover *const c = context;
    const uint64_t fa = unit_range(*(const td_unit *const *)a, c->dim, c->axis_count)->first;
    const uint64_t fb = unit_range(*(const td_unit *const *)b, c->dim, c->axis_count)->first;
    return fa < fb ? -1 : fa > fb;
}

static td_status check_pairs(cover *c, const td_unit **box, uint64_t count)
{
    c->dim = c->axis_count;
    qsort_r(box, count, sizeof *box, compare_first, c);
    for (uint64_t i = 0; i < count; ++i) {
        const td_range *const items = unit_range(box[i], c->dim, c->axis_count);
        for (uint64_t j = i + 1; j < count; ++j) {
            if (unit_range(box[j], c->dim, c->axis_count)->first >= items->first + items->count)
                break;
            if (units_overlap(box[i], box[j], c->axis_count))
                return td_fail(c->err, TD_E_INTERNAL, "%s: units %llu and %llu overlap", c->what,
                               (ull)box[i]->number, (ull)box[j]->number);
        }
    }
    return TD_OK;
}

static td_status check_apart(cover *c, const td_unit **box, uint64_t count, uint32_t depth);

/* Cuts the boxes along one dimension wherever no box is cut through: those on two sides of such
 * a cut cannot overlap. *cut says whether there was such a place. */
static td_status check_cut(cover *c, const td_unit **box, uint64_t count, uint32_t dim,
                           uint32_t depth, bool *cut)
{
    uint64_t start = 0, reach = 0;
    c->dim = dim;
    qsort_r(box, count, sizeof *box, compare_first, c);
    *cut = false;
    for (uint64_t i = 0; i <= count; ++i) {
        const td_range *const range = i < count ? unit_range(box[i], dim, c->axis_count) : NULL;
        if (i > start && (!range || range->first >= reach)) {
            if (!range && start == 0) return TD_OK;
            *cut = true;
            const td_status status = check_apart(c, box + start, i - start, depth + 1);
            if (status) return status;
            start = i;
        }
        if (range && range->first + range->count > reach) reach = range->first + range->count;
    }
    return TD_OK;
}

static td_status check_apart(cover *c, const td_unit **box, uint64_t count, uint32_t depth)
{
    bool cut = false;
    if (count <= CHECK_PAIRS || depth >= CHECK_DEPTH_MAX) return check_pairs(c, box, count);
    for (uint32_t d = 0; d <= c->axis_count; ++d) {
        const td_status status = check_cut(c, box, count, d, depth, &cut);
        if (status || cut) return status;
    }
    return check_pairs(c, box, count);
}

td_status units_check(const char *what, const td_units *units, const td_unit *region,
                      uint32_t axis_count, td_error *err)
{
    cover c = {what, region, axis_count, 0, err};
    const td_unit **box = NULL;
    uint64_t wanted = 0, points = 0, covered = 0;
    td_status status = TD_OK;
    if (!unit_points(region, axis_count, &wanted))
        return td_fail(err, TD_E_OUT_OF_RANGE, "%s: the grid has more than 2^64 points", what);
    for (uint64_t i = 0; i < units->count; ++i) {
        status = check_inside(&c, &units->unit[i]);
        if (status) return status;
    }
    box = memory_array(units->allocator, units->count, sizeof *box);
    if (!box)
        return td_fail(err, TD_E_NO_MEMORY, "the check of %llu units needs %zu bytes each",
                       (ull)units->count, sizeof *box);
    for (uint64_t i = 0; i < units->count; ++i)
        box[i] = &units->unit[i];
    status = check_apart(&c, box, units->count, 0);
    memory_give(box);
    if (status) return status;
    /* They lie inside and apart: their points add up to the region's, or there is a hole. */
    for (uint64_t i = 0; i < units->count; ++i) {
        unit_points(&units->unit[i], axis_count, &points);
        covered += points;
    }
    if (covered == wanted) return TD_OK;
    return td_fail(err, TD_E_INTERNAL, "%s: the units leave out %llu of %llu points", what,
                   (ull)(wanted - covered), (ull)wanted);
}

/* ---- Order and plan -------------------------------------------------------------------------- */

static int compare_cost(const void *a, const void *b, void *context)
{
    const td_unit *const unit = context;
    const uint64_t na = *(const uint64_t *)a, nb = *(const uint64_t *)b;
    if (unit[na].cost != unit[nb].cost) return unit[na].cost > unit[nb].cost ? -1 : 1;
    return na < nb ? -1 : na > nb;
}

td_status units_order(const td_units *units, uint64_t **out, td_error *err)
{
    uint64_t *const order = memory_array(units->allocator, units->count, sizeof *order);
    if (!order)
        return td_fail(err, TD_E_NO_MEMORY, "the order of %llu units needs %zu bytes each",
                       (ull)units->count, sizeof *order);
    for (uint64_t i = 0; i < units->count; ++i)
        order[i] = i;
    qsort_r(order, units->count, sizeof *order, compare_cost, units->unit);
    *out = order;
    return TD_OK;
}

static uint64_t power_of_two_below(uint64_t n)
{
    return n == 0 ? 0 : (uint64_t)1 << (63 - __builtin_clzll(n));
}

td_status plan_make(const td_op_impl *impl, const void *state, const td_unit *region,
                    uint32_t axis_count, uint64_t host_bytes, uint64_t device_bytes,
                    td_units *units, td_error *err)
{
    if (device_bytes != UINT64_MAX) device_bytes = power_of_two_below(device_bytes);
    const td_status status =
        impl->plan(state, power_of_two_below(host_bytes), device_bytes, units, err);
    if (status) return status;
    return units_check(impl->op->name, units, region, axis_count, err);
}
