/* op.h - reading an operation's table, and checking values and the table itself.
 *
 * A table may have been built against a newer header whose structs are longer: op_param, op_input
 * and op_output step by the table's own sizes, so nothing else may index op->params. */
#ifndef TANDEM_CORE_OP_H
#define TANDEM_CORE_OP_H
#include "tandem/module.h"

#define OP_PARAMS_MAX  1024    /* also of inputs and outputs: bounds for the loops over a table */
#define OP_CHOICES_MAX 4096
#define OP_NAME_MAX    64

const td_param *op_param(const td_op *op, uint32_t index);
const td_port  *op_input(const td_op *op, uint32_t index);
const td_port  *op_output(const td_op *op, uint32_t index);
/* The number of the one of that name, or UINT32_MAX. */
uint32_t op_find_param(const td_op *op, const char *name);
uint32_t op_find_input(const td_op *op, const char *name);
uint32_t op_find_output(const td_op *op, const char *name);
static inline bool op_param_sweeps(const td_param *param) { return param->flags & TD_PARAM_SWEEP; }

/* TD_E_BAD_ARGUMENT: "rqa.measures: there is no parameter "epss", did you mean eps". kind is
 * "parameter", "input" or "output". */
td_status op_unknown(const td_op *op, const char *kind, const char *name, td_error *err);

/* The items of a list of names "recording,m,eps", without spaces around them. Answers false at
 * the end; *next is the text at first. */
bool op_shape_next(const char **next, const char **name, size_t *length);
uint32_t op_shape_rank(const char *shape);   /* 0 for NULL and "" */

/* ---- One value against its parameter (param.c). op_name goes in front of messages. --------- */

td_status param_check_int(const char *op_name, const td_param *param, int64_t value,
                          td_error *err);
td_status param_check_float(const char *op_name, const td_param *param, double value,
                            td_error *err);
/* *choice is the table's own text. Spaces around text must be gone. */
td_status param_check_choice(const char *op_name, const td_param *param, const char *text,
                             size_t length, const char **choice, td_error *err);
/* true, yes, on, 1; false, no, off, 0. */
td_status param_check_bool(const char *op_name, const td_param *param, const char *text,
                           size_t length, bool *value, td_error *err);
uint32_t param_choice_count(const td_param *param);

/* ---- The table itself (op_check.c) ---------------------------------------------------------- */

/* A malformed table gives status, with a message that names the operation and the fault. */
td_status op_check(const td_op_impl *impl, td_status status, td_error *err);

#endif
