/* cuda_internal.h - what the files of the CUDA backend share. cuda.c says which file does what. */
#ifndef TANDEM_CUDA_INTERNAL_H
#define TANDEM_CUDA_INTERNAL_H
#include <pthread.h>
#include <stdatomic.h>

#include "backends/common/pool.h"
#include "backends/cuda/cuda_driver.h"
#include "backends/cuda/cuda_error.h"
#include "tandem/backend.h"

#define CUDA_GROUP          128u  /* TD_GROUP of kernels/td_kernel.h: items of a group */
#define CUDA_ARGS_MAX       24u   /* KERNEL_ARGS_MAX of kernels/kernels.h */
#define CUDA_NAME_MAX       64u   /* of a kernel, with the 0 that ends it */
#define CUDA_FUNCTIONS_MAX  128u  /* kept; more are looked up each time */
#define CUDA_EVENTS_KEPT    2048u /* by a device, for the next time */
#define CUDA_SLOTS_KEPT     16u   /* likewise, of staging memory */
#define CUDA_SLOTS          4u    /* of a stream: see cuda_staging.c */
#define CUDA_SLOT_BYTES     ((size_t)4 << 20)
#define CUDA_DELIVERIES_MAX 1024u /* copies to the host that a stream has under way */
#define CUDA_TIMERS_MAX     512u  /* pieces of work that a stream has under way, timed */
#define CUDA_RECORDS_MAX    2048u /* records kept for stream_records; the oldest go first */
#define CUDA_PLANS_MAX      8u    /* of cuFFT, kept by a stream */

/* ---- Devices: cuda_device.c ------------------------------------------------------------------ */

typedef struct cuda_function {
    char name[CUDA_NAME_MAX];
    CUfunction function;
    uint32_t arg_count, threads_max;
    uint32_t arg_bytes[CUDA_ARGS_MAX];
} cuda_function;

/* Staging memory: see cuda_staging.c. */
typedef struct cuda_slot {
    char *memory; /* CUDA_SLOT_BYTES */
    bool pinned;
    bool sealed; /* passed stands behind the last copy that uses it */
    size_t used; /* bytes, from the front */
    CUevent passed;
} cuda_slot;

struct td_backend_device {
    size_t index;
    CUdevice device;
    CUcontext context; /* the primary one: retained */
    CUmodule module;
    td_device_info info; /* what does not change */
    uint32_t groups_max;
    mempool *pool;
    _Atomic uint64_t pageable; /* staging slots that are not pinned, because the driver refused */

    _Atomic bool lost;
    CUresult lost_code; /* both written once, before lost */
    char lost_text[320];

    pthread_mutex_t lock; /* of what follows */
    cuda_function function[CUDA_FUNCTIONS_MAX];
    uint32_t function_count;
    CUevent event[CUDA_EVENTS_KEPT];
    uint32_t event_count;
    cuda_slot slot[CUDA_SLOTS_KEPT];
    uint32_t slot_count;
};

size_t cuda_device_count(void);
td_status cuda_device_open(size_t index, td_backend_device **out, td_error *err);
void cuda_device_close(td_backend_device *device);
td_status cuda_device_describe(const td_backend_device *device, td_device_info *info,
                               td_error *err);

/* Every call from outside that speaks to the driver stands between these two: the device's
 * context becomes the thread's, and what the thread had comes back. TD_E_DEVICE_LOST, without a
 * word to the driver, when the device is lost; then there is nothing to leave. */
td_status cuda_enter(td_backend_device *device, td_error *err);
void cuda_leave(void);
/* For calls that cannot answer an error (free, close): after a second failure the device is lost.
 * False: it is lost. */
bool cuda_enter_or_lose(td_backend_device *device);
static inline bool cuda_is_lost(const td_backend_device *device)
{
    return atomic_load(&device->lost);
}

/* Events are made once and used again: cuEventCreate costs more than a record. */
td_status cuda_event_take(td_backend_device *device, CUevent *event, td_error *err);
void cuda_event_give(td_backend_device *device, CUevent event); /* NULL is fine */

/* ---- Memory: cuda_memory.c ------------------------------------------------------------------- */

td_status cuda_pool_open(td_backend_device *device, td_error *err);
td_status cuda_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err);
void cuda_free(td_backend_device *device, void *memory, td_stream *after);
void cuda_trim(td_backend_device *device);
void cuda_limit(td_backend_device *device, uint64_t bytes);
td_status cuda_pool_stats(const td_backend_device *device, td_pool_stats *stats, td_error *err);

/* Waits for the event, or without one for the stream, before memory goes to another owner. One more
 * try is given to a strange answer; after that the device is not to be trusted and is lost. */
void cuda_wait_or_lose(td_backend_device *device, CUevent event, CUstream stream);

/* ---- Streams: cuda_stream.c, cuda_staging.c, cuda_record.c ----------------------------------- */

typedef struct cuda_delivery { /* bytes that the host shall have, once they have arrived */
    void *target;
    uint32_t slot;
    size_t offset, bytes;
} cuda_delivery;

typedef struct cuda_timer {
    CUevent begin, end;
} cuda_timer;

typedef struct cuda_timed { /* a record before its times are known */
    cuda_timer timer;
    td_record_kind kind;
    uint64_t bytes;
    char name[48];
} cuda_timed;

typedef struct cuda_plan { /* a plan of cuFFT */
    int handle;
    bool used;
    td_dtype dtype;
    int64_t count, batch;
    uint64_t last_use;
} cuda_plan;

struct td_stream {
    td_backend_device *device;
    CUstream stream;
    pthread_mutex_t lock; /* of all that follows */
    bool dirty;           /* work was queued since the last wait */

    cuda_slot slot[CUDA_SLOTS]; /* a ring; slot_at is being filled, the one behind it is oldest */
    uint32_t slot_count, slot_at;
    cuda_delivery delivery[CUDA_DELIVERIES_MAX]; /* a ring, in the order of the copies */
    uint32_t delivery_first, delivery_count;

    CUevent base; /* its time on the host's clock is base_seconds */
    double base_seconds;
    cuda_timed timed[CUDA_TIMERS_MAX]; /* a ring */
    uint32_t timed_first, timed_count;
    td_record record[CUDA_RECORDS_MAX]; /* a ring */
    uint32_t record_first, record_count;

    void *blas; /* cuBLAS's handle, made when first used */
    cuda_plan plan[CUDA_PLANS_MAX];
    uint64_t plan_clock;
};

td_status cuda_stream_open(td_backend_device *device, td_stream **out, td_error *err);
void cuda_stream_close(td_stream *stream);
td_status cuda_stream_wait(td_stream *stream, td_error *err);
/* All that is queued is done, what is for the host is delivered, and times are known. Under the
 * stream's lock, in the device's context. */
td_status cuda_stream_settle(td_stream *stream, td_error *err);

td_status cuda_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                    td_copy_way way, td_error *err);
/* Under the stream's lock, in the device's context. */
td_status cuda_stage_in(td_stream *stream, CUdeviceptr target, const char *source, size_t bytes,
                        td_error *err);
td_status cuda_stage_out(td_stream *stream, char *target, CUdeviceptr source, size_t bytes,
                         td_error *err);
void cuda_stage_deliver(td_stream *stream); /* everything: the stream is idle */
void cuda_stage_close(td_stream *stream);   /* slots go back to the device */
void cuda_slot_free(td_backend_device *device, cuda_slot *slot);

/* Times of work on the device, on the host's clock. Under the stream's lock. */
td_status cuda_record_open(td_stream *stream, td_error *err);
void cuda_record_close(td_stream *stream);
td_status cuda_record_begin(td_stream *stream, cuda_timer *timer, td_error *err);
td_status cuda_record_end(td_stream *stream, cuda_timer *timer, td_record_kind kind,
                          const char *name, uint64_t bytes, td_error *err);
void cuda_record_drop(td_stream *stream, cuda_timer *timer);    /* begun, then it failed */
td_status cuda_record_settle(td_stream *stream, td_error *err); /* the stream is idle */
void cuda_stream_records(td_stream *stream, td_record_fn fn, void *context);

/* ---- Work: cuda_launch.c, cuda_blas.c, cuda_fft.c -------------------------------------------- */

bool cuda_has_kernel(const td_backend_device *device, const char *kernel);
td_status cuda_launch(td_stream *stream, const td_launch *launch, td_error *err);
td_status cuda_gemm(td_stream *stream, const td_array *a, const td_array *b, td_array *c,
                    td_error *err);
void cuda_blas_close(td_stream *stream);
td_status cuda_fft(td_stream *stream, td_array *data, int direction, td_error *err);
void cuda_fft_close(td_stream *stream);

/* A vendor's library by its file name, and where the toolkit has it if the loader does not know;
 * stays open. NULL: err names it (TD_E_UNSUPPORTED). */
void *cuda_library_open(const char *name, td_error *err);
/* Dense, float32 or float64, on the device, no dimension below 0; else TD_E_BAD_ARGUMENT. */
td_status cuda_array_check(const td_stream *stream, const td_array *array, const char *name,
                           uint32_t rank_min, uint32_t rank_max, td_error *err);
/* After a vendor's library failed: whether the device was lost by it. */
td_status cuda_library_failed(td_stream *stream, td_error *err, int64_t code, const char *format,
                              ...) __attribute__((format(printf, 4, 5)));

#endif
