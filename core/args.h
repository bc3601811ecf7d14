/* args.h - the arguments of a call, as sweep/ sees them. The rest is in module.h. */
#ifndef TANDEM_CORE_ARGS_H
#define TANDEM_CORE_ARGS_H
#include "tandem/module.h"

td_engine        *args_engine(const td_args *args);
const td_op_impl *args_impl(const td_args *args);
/* TD_E_BAD_ARGUMENT when a required input is not bound. */
TD_MUST_USE td_status args_complete(const td_args *args, td_error *err);
/* The size of a dimension that the shape of a dense input names. TD_E_BAD_ARGUMENT when none of
 * those is bound. */
TD_MUST_USE td_status args_dense_count(const td_args *args, const char *name, size_t length,
                                       uint64_t *count, td_error *err);
/* The coordinates that td_args_label gave; false: none, and *dim is as it was. */
bool args_label(const td_args *args, const char *name, size_t length, td_dim *dim);
TD_MUST_USE td_status args_copy(const td_args *args, td_args **out, td_error *err);
/* Canonical JSON of operation, version, parameters, axes, wanted outputs and a hash of the bound
 * data; what a store compares. Allocated with the engine's allocator; free with td_free. */
TD_MUST_USE td_status args_identity(const td_args *args, char **out, td_error *err);

#endif
