/* grid.h - the text of an axis: "1:10", "0.05:0.1:0.001", "2,3,5", "x:l1,xy:l2". */
#ifndef TANDEM_CORE_GRID_H
#define TANDEM_CORE_GRID_H
#include "tandem/module.h"

#define GRID_VALUES_MAX 1000000   /* values of one axis */
#define GRID_TEXT_MAX   65536     /* characters of its text */

typedef struct grid_axis {
    uint64_t count;
    double  *number;     /* TD_INT, TD_FLOAT; NULL for choices */
    char   **text;       /* canonical: "0.057", "12", "xy:l2" */
} grid_axis;

/* Parses and checks against the parameter's type, range and choices. Values are held as integers
 * times a power of ten, so first + i * step is exact; each number is strtod of its text. */
TD_MUST_USE td_status grid_parse(const td_allocator *allocator, const char *op_name,
                                 const td_param *param, const char *text, grid_axis *out,
                                 td_error *err);
void grid_axis_free(const td_allocator *allocator, grid_axis *axis);

#endif
