/* table.h - making labelled tables: for io/, study/ and the engine. Reading is in tandem.h. */
#ifndef TANDEM_TABLE_H
#define TANDEM_TABLE_H
#include "tandem/tandem.h"

/* A table may be used by many threads; each function takes its lock where it writes. Names,
 * coordinates and texts are copied. allocator may be NULL: malloc and free. */
TD_MUST_USE td_status td_table_create(const td_allocator *allocator, td_table **out,
                                      td_error *err);
/* dim->number, dim->text or neither. TD_E_BAD_ARGUMENT for a name that is taken. */
TD_MUST_USE td_status td_table_add_dim(td_table *table, const td_dim *dim, td_error *err);
/* dims: names of existing dimensions, "recording,mode,m", "" for a scalar. The data starts as
 * NaN (floats), the smallest integer (TD_I32, TD_I64) or 0 (TD_U8). */
TD_MUST_USE td_status td_table_add_var(td_table *table, const char *name, const char *doc,
                                       const char *unit, td_dtype dtype, const char *dims,
                                       td_error *err);
/* Text variables label items: "group" over "recording". Read with td_table_text. */
TD_MUST_USE td_status td_table_add_text(td_table *table, const char *name, const char *doc,
                                        const char *dim, const char *const *text, td_error *err);
/* The texts of a text variable over one dimension, or NULL. *count may be NULL. */
const char *const *td_table_text(const td_table *table, const char *name, uint64_t *count);
/* Text variables by number; false past the end. */
bool td_table_text_at(const td_table *table, uint32_t index, const char **name, const char **doc,
                      uint32_t *dim);
TD_MUST_USE td_status td_table_set_attribute(td_table *table, const char *name, const char *text,
                                             td_error *err);
/* Moves everything of source into table: dimensions of the same name must have the same
 * coordinates, variables must be new (attributes of source win, "warnings" are joined). source is
 * empty after it. */
TD_MUST_USE td_status td_table_merge(td_table *table, td_table *source, td_error *err);
size_t td_dtype_bytes(td_dtype dtype);

#endif
