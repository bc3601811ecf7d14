/* busy.h - how long something was busy: the length of the union of intervals that overlap. */
#ifndef TANDEM_SWEEP_BUSY_H
#define TANDEM_SWEEP_BUSY_H
#include "tandem/module.h"

#define BUSY_SPANS_MAX 1024

typedef struct busy_span { double begin, end; } busy_span;   /* seconds of one clock */

/* All 0 is empty. Spans may come in any order, as long as they are not much older than the newest:
 * when there are BUSY_SPANS_MAX gaps, the older half is only summed up, and what comes later and
 * lies there is not counted. */
typedef struct busy {
    double seconds;              /* of what was summed up, which ended at floor */
    double floor;
    uint32_t count;
    busy_span *span;             /* rising, apart from each other; NULL before the first */
} busy;

/* Without memory for the spans nothing is counted. */
void   busy_add(busy *b, const td_allocator *allocator, busy_span span);
double busy_seconds(const busy *b);
void   busy_free(busy *b);

#endif
