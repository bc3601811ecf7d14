/* args.h - the arguments of a call, as sweep/ sees them. The rest is in module.h. */
#ifndef TANDEM_CORE_ARGS_H
#define TANDEM_CORE_ARGS_H
#include "tandem/module.h"

td_engine        *args_engine(const td_args *args);
const td_op_impl *args_impl(const td_args *args);
/* TD_E_BAD_ARGUMENT when a required input is not bound. */
TD_MUST_USE td_status args_complete(const td_args *args, td_error *err);
TD_MUST_USE td_status args_copy(const td_args *args, td_args **out, td_error *err);
/* Canonical JSON of operation, version, parameters, axes, wanted outputs and a hash of the bound
 * data; what a store compares. Allocated with the engine's allocator; free with td_free. */
TD_MUST_USE td_status args_identity(const td_args *args, char **out, td_error *err);

#endif
