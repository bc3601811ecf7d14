/* fake_internal.h - what the two files of the played driver share. See fake_cuda.h. */
#ifndef TANDEM_TESTS_FAKE_INTERNAL_H
#define TANDEM_TESTS_FAKE_INTERNAL_H
#include <pthread.h>
#include <time.h>

#include "kernels/kernels.h"
#include "tests/cuda/fake_cuda.h"

#define FAKE_EXPORT __attribute__((visibility("default")))

typedef struct fake_block { /* of device or pinned memory */
    struct fake_block *next;
    char *memory;
    size_t bytes;
} fake_block;

struct CUctx_st {
    int device, users;
    CUresult sticky;
    uint64_t used;
    fake_block *memory, *host;
    struct CUstream_st *streams;
    struct CUevent_st *events;
    struct CUmod_st *modules;
};

struct CUfunc_st {
    struct CUfunc_st *next;
    const kernel_row *row;
    bool tuned;
};

struct CUmod_st {
    struct CUmod_st *next;
    CUcontext context;
    CUfunction functions;
};

struct CUevent_st {
    struct CUevent_st *next;
    CUcontext context;
    uint64_t recorded, completed;
    bool destroyed;
    struct timespec time;
};

typedef enum fake_kind { FAKE_COPY, FAKE_LAUNCH, FAKE_RECORD, FAKE_CALL } fake_kind;

typedef struct fake_task {
    struct fake_task *next;
    fake_kind kind;
    void *target;
    const void *source;
    size_t bytes;
    CUfunction function;
    unsigned groups;
    uint64_t value[KERNEL_ARGS_MAX];
    CUevent event;
    void (*fn)(void *data);
    void *data;
} fake_task;

struct CUstream_st {
    struct CUstream_st *next;
    CUcontext context;
    pthread_t thread;
    fake_task *first, *last;
    uint64_t queued, ended;
    bool closing;
    unsigned seed;
};

/* One lock over everything; fake_moved tells of each queued and each ended piece of work. */
extern pthread_mutex_t fake_lock;
extern pthread_cond_t fake_moved;
extern fake_plan fake_planned;
extern fake_state fake_now;

/* Takes the lock, counts the call, and answers what the plan has for it. Every function starts
 * with it and ends with fake_leave; fake_enter_current also answers the current context's sticky
 * error, or CUDA_ERROR_INVALID_CONTEXT when the thread has none. */
CUresult fake_enter(const char *function);
CUresult fake_enter_current(const char *function, CUcontext *current);
CUresult fake_leave(CUresult result);
void fake_misuse(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The block that holds all of the range; NULL: none. Under the lock. */
fake_block *fake_block_find(fake_block *first, const void *memory, size_t bytes);
void fake_stream_end(CUstream stream); /* under the lock, which it opens for a while */
void fake_event_free(CUevent event);

#endif
