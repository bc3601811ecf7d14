/* backend_test.h - how a test steers the plug-in "test": a CPU that poses as devices, with as much
 * memory as it is told, and fails when it is told. Get the control with dlopen and dlsym of
 * BACKEND_TEST_CONTROL before the engine is made; the engine then loads the same library. */
#ifndef TANDEM_BACKEND_TEST_H
#define TANDEM_BACKEND_TEST_H
#include <stdatomic.h>

#include "tandem/backend.h"

#define BACKEND_TEST_CONTROL "backend_test_control"
#define BACKEND_TEST_DEVICES 4
#define BACKEND_TEST_EVERY UINT32_MAX

typedef enum backend_test_call {
    CALL_ALLOC = 0, CALL_COPY = 1, CALL_LAUNCH = 2, CALL_WAIT = 3, CALL_STREAM = 4, CALL_ANY = 5,
    CALL_KINDS = 6
} backend_test_call;

typedef struct backend_test_plan {
    uint32_t devices;            /* how many there are */
    uint64_t bytes;              /* memory of each */
    bool     caches;             /* freed memory stays taken until trim */
    bool     deferred;           /* copies and kernels run when the stream is waited for */
    bool     wrong;              /* kernels give wrong numbers */
    bool     no_kernel;          /* but td_probe */
    bool     not_preferred;
    bool     records;            /* the table has stream_records, and each task is recorded */
    bool     pool;               /* the table has pool_stats: all memory is the pool's */
    bool     old_abi;            /* the table says 1.0, and to-device copies may be read late */
    double   rate;               /* of td_bench_f32 and _i32, operations per second; 0: none */
    uint32_t slow_us[BACKEND_TEST_DEVICES];    /* that test_sum takes on each */
    /* Calls number fail_at .. fail_at + fail_count - 1 of this kind fail, counted from 1. */
    backend_test_call fail_call;
    uint64_t fail_at, fail_count;
    td_status fail_status;
    bool     lose;               /* from the first failure on, the device answers DEVICE_LOST */
    uint32_t fail_device;        /* BACKEND_TEST_EVERY: any */
    /* What td_backend_open gives. */
    bool     refuses;            /* NULL and an error */
    bool     hollow;             /* a table without alloc */
    uint32_t abi_major;          /* 0: the right one */
    uint32_t struct_size;        /* 0: the right one */
} backend_test_plan;

typedef struct backend_test_state {
    uint64_t calls[CALL_KINDS];  /* since the last set */
    uint64_t failures;           /* calls that were made to fail */
    uint64_t trims;
    int64_t  live_memory, live_streams, live_devices;
    uint64_t live_bytes, peak_bytes;   /* of all devices together */
    uint64_t limits;             /* calls of limit since the last set, and the last value */
    uint64_t limit_bytes;
    uint64_t opens;              /* calls of td_backend_open, ever */
    uint64_t sums[BACKEND_TEST_DEVICES];       /* launches of test_sum since the last set */
} backend_test_state;

typedef struct backend_test_steer {
    /* Sets the plan and forgets the counted calls and losses; what is live stays counted. */
    void (*set)(const backend_test_plan *plan);
    void (*get)(backend_test_state *state);
} backend_test_steer;

typedef const backend_test_steer *(*backend_test_control_fn)(void);

/* The kernel of the test operation, besides td_probe:
 *   test_sum(v: double[], offset: uint64_t[items + 1], a: int64_t[na], b: int64_t[nb],
 *            out: int64_t[items][na][nb], items, na, nb: uint64_t)
 *   out[i][j][k] = sum over samples s of item i of v[s] * a[j] + (s - offset[i]) * b[k] */
#define BACKEND_TEST_KERNEL "test_sum"
/* And, with plan.rate, td_bench_f32 and td_bench_i32: they take the time and give nothing. */

#endif
