/* args_internal.h - the inside of td_args, for the files args*.c only. */
#ifndef TANDEM_CORE_ARGS_INTERNAL_H
#define TANDEM_CORE_ARGS_INTERNAL_H
#include "core/args.h"
#include "core/grid.h"
#include "core/op.h"

#define ARGS_TEXT_MAX    (1 << 20)   /* characters of a TD_TEXT value */
#define ARGS_LABELS_MAX  4       /* dimensions with coordinates of their own */
#define ARGS_COLUMNS_MAX 4096    /* of a series set */

typedef struct args_bound {   /* of an input: at most one of the two */
    bool      has_series, has_array;
    td_series series;
    td_array  array;
} args_bound;

typedef struct args_coordinates {   /* copies, in memory of the engine */
    td_dim   dim;
    char    *name, *doc, *unit;
    double  *number;
    char   **text;
} args_coordinates;

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
    uint32_t          label_count;
    args_coordinates  label[ARGS_LABELS_MAX];
};

uint32_t args_find_axis(const td_args *args, uint32_t param);   /* UINT32_MAX: not an axis */
/* Takes grid over. */
void     args_put_axis(td_args *args, uint32_t axis, grid_axis grid);

void     args_labels_free(td_args *args);
TD_MUST_USE td_status args_labels_copy(td_args *copy, const td_args *args, td_error *err);
/* A hash of all labels, by hash(context, bytes, count). */
void     args_labels_visit(const td_args *args,
                           void (*visit)(void *context, const void *data, size_t bytes),
                           void *context);
/* Names the first two bound inputs that differ in the size of a dimension. */
TD_MUST_USE td_status args_dense_check(const td_args *args, td_error *err);

#endif
