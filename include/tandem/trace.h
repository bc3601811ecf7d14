/* trace.h - what happened when: a record of units, copies, kernels and allocations of runs.
 *
 * A trace has room for a fixed number of events; what comes after that is counted, not kept. It
 * may be given to many runs, at one time too, and read when they have ended. Times are seconds of
 * CLOCK_MONOTONIC. */
#ifndef TANDEM_TRACE_H
#define TANDEM_TRACE_H
#include "tandem/tandem.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct td_trace td_trace;

typedef enum td_trace_kind {
    TD_TRACE_UNIT = 0,       /* a unit, from its start to its end, on a worker */
    TD_TRACE_TO_DEVICE = 1, TD_TRACE_TO_HOST = 2, TD_TRACE_ON_DEVICE = 3,    /* copies */
    TD_TRACE_KERNEL = 4,
    TD_TRACE_ALLOC = 5, TD_TRACE_FREE = 6,    /* device memory; begin and end are the same */
    TD_TRACE_HOST = 7,       /* a worker computes for a unit that is on a device */
    TD_TRACE_WAIT = 8,       /* a worker waits for a device */
    TD_TRACE_IDLE = 9,       /* a worker has no unit that fits: name says what it waits for */
    TD_TRACE_STORE = 10,     /* results are made durable */
    TD_TRACE_RESCUE = 11     /* a retry, split or move: name says which */
} td_trace_kind;

typedef struct td_trace_event {
    uint32_t      struct_size;
    td_trace_kind kind;
    double        begin, end;
    uint32_t      worker;    /* UINT32_MAX: none */
    uint32_t      stream;    /* of the device; UINT32_MAX: none */
    uint64_t      unit;      /* UINT64_MAX: none */
    uint64_t      bytes;
    char          device[16];    /* "cuda:0"; empty: none */
    char          name[48];      /* of the operation, the kernel or the reason */
} td_trace_event;
#define TD_TRACE_EVENT_INIT                                                                \
    {sizeof(td_trace_event), TD_TRACE_UNIT, 0, 0, 0, 0, 0, 0, {0}, {0}}

/* capacity 1 to 2^24 events. TD_E_OUT_OF_RANGE, TD_E_NO_MEMORY. */
TD_API TD_MUST_USE td_status td_trace_create(td_engine *engine, uint64_t capacity, td_trace **out,
                                             td_error *err);
TD_API void     td_trace_destroy(td_trace *trace);    /* before its engine; NULL is fine */
TD_API uint64_t td_trace_count(const td_trace *trace);
TD_API uint64_t td_trace_dropped(const td_trace *trace);
/* In no order. False past the end. */
TD_API bool     td_trace_at(const td_trace *trace, uint64_t index, td_trace_event *event);

#ifdef __cplusplus
}
#endif
#endif
