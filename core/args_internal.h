/* args_internal.h - the inside of td_args, for the files args*.c only. */
#ifndef TANDEM_CORE_ARGS_INTERNAL_H
#define TANDEM_CORE_ARGS_INTERNAL_H
#include "core/args.h"
#include "core/grid.h"
#include "core/op.h"

#define ARGS_TEXT_MAX    65536   /* characters of a TD_TEXT value */
#define ARGS_COLUMNS_MAX 4096    /* of a series set */

typedef struct args_bound {   /* of an input: at most one of the two */
    bool      has_series, has_array;
    td_series series;
    td_array  array;
} args_bound;

struct td_args {
    td_engine        *engine;
    const td_op_impl *impl;
    const td_op      *op;
    td_value         *value;                    /* of each parameter that is not an axis */
    char            **text;                     /* the copy behind a TD_TEXT value, else NULL */
    uint32_t          axis_count;
    uint32_t          axis_param[TD_AXES_MAX];  /* its number among the parameters */
    td_axis           axis[TD_AXES_MAX];        /* views of grid */
    grid_axis         grid[TD_AXES_MAX];
    args_bound       *bound;                    /* of each input */
    bool             *wanted;                   /* of each output */
};

uint32_t args_find_axis(const td_args *args, uint32_t param);   /* UINT32_MAX: not an axis */
/* Takes grid over. */
void     args_put_axis(td_args *args, uint32_t axis, grid_axis grid);

#endif
