/* result.h - what units give: dense blocks of the wanted outputs, and the table they fill. */
#ifndef TANDEM_SWEEP_RESULT_H
#define TANDEM_SWEEP_RESULT_H
#include "tandem/module.h"
#include "tandem/table.h"

#define RESULT_ITEMS UINT32_MAX      /* the dimension of the items, among axes */
#define RESULT_DENSE 64              /* and the first of those that dense inputs name */
#define RESULT_DENSE_MAX 4

/* A dimension of dense inputs that outputs have too: "bar". Every unit holds all of it. */
typedef struct result_dense {
    const char *name;                /* in the port's shape: not ended by a 0 */
    size_t   length;
    td_range all;
} result_dense;

typedef struct result_var {
    uint32_t output;                 /* number of the op's output */
    td_dtype dtype;
    size_t   element;                /* bytes of one */
    uint32_t rank;
    uint32_t dim[TD_TABLE_RANK_MAX]; /* numbers of axes, RESULT_ITEMS, RESULT_DENSE + i */
} result_var;

/* The wanted outputs in the order of the op's table; also the order of the table's variables. */
typedef struct result_layout {
    const td_args *args;
    const td_op   *op;
    uint64_t       item_count;
    uint32_t       var_count;
    result_var    *var;
    uint32_t       dense_count;
    result_dense   dense[RESULT_DENSE_MAX];
} result_layout;

/* TD_E_BAD_ARGUMENT when no output is wanted. */
TD_MUST_USE td_status result_layout_init(result_layout *layout, const td_op *op,
                                         const td_args *args, uint64_t item_count,
                                         const td_allocator *allocator, td_error *err);
void result_layout_free(result_layout *layout);
/* An empty table: the dimensions that the wanted outputs have, and a variable for each. The
 * items, and dimensions of dense inputs, have the coordinates that td_args_label gave; without it
 * items are named by the first ragged input that is bound, if it has names and as many items as
 * the operation; else they are counted. */
TD_MUST_USE td_status result_table(const result_layout *layout, const td_allocator *allocator,
                                   td_table **out, td_error *err);

/* A unit's data: its block of every wanted output, dense, one after the other, each starting at a
 * multiple of 64 bytes with zeros between. This is also what a store keeps. */
TD_MUST_USE td_status result_bytes(const result_layout *layout, const td_unit *unit, size_t *bytes,
                                   td_error *err);
/* Copies a unit's data into its place in the table. */
TD_MUST_USE td_status result_paste(const result_layout *layout, const td_unit *unit, void *data,
                                   td_table *table, td_error *err);

/* What a running operation sees: the part of a planned unit that it is to fill. */
struct td_result {
    const result_layout *layout;
    const td_unit *unit;             /* as planned: data is of this */
    const td_unit *part;             /* unit itself, or what it was split into */
    char *data;
};
/* Makes everything in the part missing: NaN, the smallest integer, 0 for TD_U8. */
void result_clear(td_result *result);

#endif
