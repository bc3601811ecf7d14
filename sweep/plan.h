/* plan.h - units: lists of them, the check that they cover the grid, and their order. */
#ifndef TANDEM_SWEEP_PLAN_H
#define TANDEM_SWEEP_PLAN_H
#include "tandem/module.h"

#define UNITS_MAX ((uint64_t)1 << 24)   /* of one plan, or of the parts of one unit */

struct td_units {
    const td_allocator *allocator;
    uint64_t count, room;
    td_unit *unit;
};

void units_init(td_units *units, const td_allocator *allocator);
void units_free(td_units *units);
/* True when all axes and the items are the same; the axes past axis_count are not looked at. */
bool unit_same_block(const td_unit *a, const td_unit *b, uint32_t axis_count);
/* Every unit lies in the region, no two overlap, and together they are the region. Otherwise
 * TD_E_INTERNAL: the operation, of which what says the name, is at fault. */
TD_MUST_USE td_status units_check(const char *what, const td_units *units, const td_unit *region,
                                  uint32_t axis_count, td_error *err);
/* The numbers of the units by falling cost, equal costs by number. Free with memory_give. */
TD_MUST_USE td_status units_order(const td_units *units, uint64_t **out, td_error *err);

/* Asks the operation for its plan over the region, numbers the units and checks them. host_bytes
 * and device_bytes (but for UINT64_MAX, which means the CPU) are rounded down to powers of two
 * first: what a machine has free differs from start to start, and a resumed run should find the
 * units it left. */
TD_MUST_USE td_status plan_make(const td_op_impl *impl, const void *state, const td_unit *region,
                                uint32_t axis_count, uint64_t host_bytes, uint64_t device_bytes,
                                td_units *units, td_error *err);

#endif
