/* trace_sum.h - what a trace adds up to: the slowest, the kernels, and where a device waited.
 *
 * Events are as td_trace_at gives them, in any order. Pure functions: no clock, no file. */
#ifndef TANDEM_CLI_TRACE_SUM_H
#define TANDEM_CLI_TRACE_SUM_H
#include "tandem/trace.h"

#define TRACE_DEVICES_MAX 64
#define TRACE_KERNELS_MAX 64

#define TRACE_COPIES (1u << TD_TRACE_TO_DEVICE | 1u << TD_TRACE_TO_HOST | 1u << TD_TRACE_ON_DEVICE)

/* Names of devices other than the CPU that copied, computed or had a unit, in the order in which
 * they occur; answers how many. */
uint32_t trace_devices(const td_trace_event *event, uint64_t count,
                       const char *name[TRACE_DEVICES_MAX]);

/* The longest events of the kinds in the set (1 << kind), the longest first, at most most of them;
 * answers how many there are. Of equal ones the earlier in the array comes first. */
uint32_t trace_slowest(const td_trace_event *event, uint64_t count, unsigned kinds, uint32_t most,
                       const td_trace_event *slowest[]);

/* All launches of one kernel on one device. */
typedef struct trace_kernel {
    const char *name, *device;
    uint64_t launches;
    double seconds, longest;
} trace_kernel;
/* The one with most seconds first; what does not fit into TRACE_KERNELS_MAX is left out. */
uint32_t trace_kernels(const td_trace_event *event, uint64_t count,
                       trace_kernel kernel[TRACE_KERNELS_MAX]);

/* What a device did or waited for, second by second. Where several hold, the first counts. */
typedef enum trace_part {
    TRACE_PART_KERNEL = 0, /* at least one kernel ran */
    TRACE_PART_COPY = 1,   /* no kernel, but at least one copy: the kernels wait for it */
    TRACE_PART_HOST = 2,   /* a worker computed for a unit that is on the device */
    TRACE_PART_MEMORY = 3, /* a worker had a unit, and it did not fit into the memory of the
                              device or of the host */
    TRACE_PART_STORE = 4,  /* a worker waited for results to be stored */
    TRACE_PART_YIELD = 5,  /* a worker left its unit to a faster device */
    TRACE_PART_START = 6,  /* none of these, before its first copy or kernel */
    TRACE_PART_GAP = 7,    /* none of these, between its first and its last */
    TRACE_PART_TAIL = 8    /* none of these, after its last: others still computed */
} trace_part;
#define TRACE_PARTS 9
extern const char *const trace_part_name[TRACE_PARTS]; /* "kernels", for JSON too */
extern const char *const trace_part_doc[TRACE_PARTS];  /* what it says, in a few words */

typedef struct trace_share {
    double begin, end;        /* of the run: see below */
    double part[TRACE_PARTS]; /* seconds; their sum is end - begin */
} trace_share;

/* The run is from the first to the last unit, on whatever device, of the operations that had a
 * unit on this one, and what it did before and after: a trace may hold other runs as well. All 0
 * for a device without events. False: no memory. */
bool trace_sum(const td_trace_event *event, uint64_t count, const char *device, trace_share *out);

#endif
