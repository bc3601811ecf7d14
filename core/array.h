/* array.h - dense arrays: what their shape and strides mean, and whether they can be trusted. */
#ifndef TANDEM_CORE_ARRAY_H
#define TANDEM_CORE_ARRAY_H
#include "tandem/tandem.h"

/* Reads the part of given that its struct_size covers. TD_E_BAD_ARGUMENT, with what ("td_copy:
 * source") in front: no struct_size, an unknown dtype, a rank above TD_RANK_MAX, a negative
 * shape, both or neither of data and buffer (neither is fine without elements), sizes that
 * overflow. */
TD_MUST_USE td_status array_read(const td_array *given, const char *what, td_array *out,
                                 td_error *err);
uint64_t array_count(const td_array *array);   /* elements; 1 for rank 0 */
/* The strides in use, in elements: those of the array, or dense ones when all are 0. */
void array_strides(const td_array *array, int64_t stride[TD_RANK_MAX]);
/* Calls visit with runs of elements that lie side by side, row after row. */
typedef void (*array_visit_fn)(void *context, const void *data, size_t bytes);
void array_visit(const td_array *array, array_visit_fn visit, void *context);

#endif
