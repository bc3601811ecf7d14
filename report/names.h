/* names.h - numbering texts: which different ones there are, and which each item has. */
#ifndef TANDEM_REPORT_NAMES_H
#define TANDEM_REPORT_NAMES_H
#include "tandem/module.h"

/* Digits compare as numbers: q2 before q10. */
int names_compare(const char *a, const char *b);

/* Gives items of one text (and of one class, where class_of is not NULL) one number, counted in
 * natural order. number_of: count of them; name: as many as there are different ones, at most
 * count. */
TD_MUST_USE td_status names_number(const char *const *string, const int32_t *class_of,
                                   uint64_t count, int32_t *number_of, const char **name,
                                   uint64_t *different, td_error *err);

#endif
