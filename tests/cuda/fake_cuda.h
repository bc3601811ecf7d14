/* fake_cuda.h - steering a CUDA driver that is played by the CPU.
 *
 * The library (libcuda.so.1 in BUILD/tests/fake-cuda) has the functions of the driver that the
 * CUDA backend calls. Streams are threads that run their queues whenever the system lets them, so
 * that what relies on an order that nobody promised fails; device memory is filled with 0xA5 and
 * copies and kernels are checked to stay inside it; kernels are the plain C ones of the table.
 * It shows that the backend's logic is right. It does not show that anything runs on a GPU.
 *
 * Programs find it through LD_LIBRARY_PATH. From outside it is steered by the environment, read
 * when it is loaded: FAKE_CUDA_DEVICES, FAKE_CUDA_BYTES, FAKE_CUDA_VERSION (13000),
 * FAKE_CUDA_CAPABILITY (90), FAKE_CUDA_MODE (0; 3 tells of a device for one process alone),
 * FAKE_CUDA_FAIL ("cuLaunchKernel:3:700": the third such call answers 700; "any:..." counts every
 * call). Tests call fake_cuda_control(). */
#ifndef TANDEM_TESTS_FAKE_CUDA_H
#define TANDEM_TESTS_FAKE_CUDA_H
#include <cuda.h>
#include <stdbool.h>
#include <stdint.h>

#define FAKE_DEVICES_MAX 4
#define FAKE_GRID_MAX    1000000

typedef struct fake_plan {
    int devices;
    uint64_t bytes;      /* of each device */
    int version;         /* that the driver supports */
    int capability;      /* 90 is 9.0 */
    int compute_mode;    /* that the driver tells; it is not enforced */
    bool mig;            /* the devices are instances of a divided one */
    int init_result;     /* of cuInit */
    char function[40];   /* whose call fails, without a version: "cuMemAlloc"; "any"; "": none */
    uint64_t fail_at;    /* from 1 */
    uint64_t fail_count; /* calls in a row; 0 is 1 */
    int fail_result;
    uint64_t async_at; /* the kernel or copy, by its number, that fails while it runs */
    int async_result;
    char tuned[40];     /* a kernel of which NAME_tuned is there too */
    uint64_t taken;     /* bytes of each device that another process holds */
    unsigned jitter_us; /* each piece of work starts up to so much later */
} fake_plan;

typedef struct fake_state {
    uint64_t calls;    /* that the plan could have failed */
    uint64_t named;    /* calls of plan.function */
    uint64_t failures; /* that the plan caused */
    uint64_t done;     /* kernels and copies that have run */
    uint64_t tuned;    /* launches of the tuned twin */
    uint64_t memory, host_memory, streams, events, modules, contexts; /* alive now */
    uint64_t device_bytes, pinned_bytes;
    uint64_t reclaimed; /* objects that were still alive when their context went */
    uint64_t misuse;    /* calls that a driver need not survive; text says which was the first */
    char text[160];
} fake_state;

typedef struct fake_control {
    void (*set)(const fake_plan *plan); /* counters start anew; what is alive stays */
    void (*get)(fake_state *state);
    int (*depth)(void);                           /* contexts on the calling thread's stack */
    uint64_t (*call_count)(const char *function); /* since set */
} fake_control;

const fake_control *fake_cuda_control(void);
/* Queues fn(data) on a stream, for the libraries over the driver. */
CUresult fake_cuda_push(CUstream stream, void (*fn)(void *data), void *data);

#define FAKE_PLAN_INIT                                                                      \
    {                                                                                       \
        .devices = 1, .bytes = (uint64_t)1 << 30, .version = CUDA_VERSION, .capability = 90 \
    }

#endif
