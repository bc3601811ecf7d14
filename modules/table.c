/* table.c - the operations that are linked into the library. */
#include "tandem/module.h"

extern const td_op_impl rqa_measures_impl;

const td_op_impl *const td_builtin_ops[] = {
    &rqa_measures_impl,
    NULL,
};
