/* opencl_internal.h - the OpenCL backend from within: its device, its stream, and who does what.
 *
 *   opencl.c           the table of functions that the host sees
 *   opencl_library.c   libOpenCL.so.1             opencl_error.c    codes, names, statuses
 *   opencl_choose.c    which devices, their order  opencl_describe.c what is told of one
 *   opencl_device.c    a device: open, close, loss opencl_check.c    its known question
 *   opencl_program.c   kernels, built or cached    opencl_cache.c    programs on disk
 *   opencl_memory.c    memory and its addresses    opencl_stream.c   a queue: open, wait, close
 *   opencl_rows.c      arguments of kernels
 *   opencl_copy.c      copies, the staging ring    opencl_launch.c   launches
 *   opencl_record.c    what ran when
 *
 * A device may be used by many threads at once, a stream by one at a time. */
#ifndef TANDEM_BACKENDS_OPENCL_INTERNAL_H
#define TANDEM_BACKENDS_OPENCL_INTERNAL_H
#include <pthread.h>
#include <stdatomic.h>

#include "backends/common/fail.h"
#include "backends/common/pool.h"
#include "backends/opencl/opencl_error.h"
#include "backends/opencl/opencl_library.h"
#include "tandem/backend.h"

#define OCL_DEVICES_MAX   64u
#define OCL_PLATFORMS_MAX 16u
#define OCL_TEXT_MAX      256u   /* of a name that a driver tells, with its 0 */
#define OCL_GROUP         128u   /* work-items that a device must hold in a group */
#define OCL_LOCAL_BYTES   32768u /* local memory that it must have: the least of OpenCL 1.2 */
#define OCL_KERNELS_MAX   1024u
#define OCL_ARGS_MAX      24u
#define OCL_EVENTS_MAX    1024u      /* outstanding in a stream; then the oldest is waited for */
#define OCL_RECORDS_MAX   65536u     /* that nobody asked for; what comes then is not recorded */
#define OCL_RING_BYTES    (8u << 20) /* staging memory of a stream */
#define OCL_CHUNK_BYTES   (2u << 20) /* a copy goes through it in pieces of so many */
#define OCL_SEGMENTS_MAX  256u       /* pieces in the ring */

/* ---- Devices that there are: opencl_choose.c, opencl_describe.c -------------------------------
 */

typedef struct ocl_candidate {
    cl_platform_id platform;
    cl_device_id device;
    cl_device_type type;
    unsigned version; /* of OpenCL, 102 is 1.2: the device's or its platform's, the lower */
    double score;
    bool float64;
    char reason[192]; /* why it is not fit; empty: it is */
    char pci[32];     /* "0000:3b:00.0"; empty: not told */
    size_t twin;      /* number of the better one that is the same hardware; else its own */
} ocl_candidate;

/* Fills found with at most OCL_DEVICES_MAX, the best first, those that are not fit last. *left_out
 * (OCL_TEXT_MAX bytes) says why devices of a special kind are not among them, or is empty. */
size_t ocl_choose(const ocl_library *cl, ocl_candidate *found, char *left_out);

/* A text that the driver tells, without blanks at its ends; empty when it tells none. */
void ocl_device_text(const ocl_library *cl, cl_device_id device, cl_device_info what, char *text);
void ocl_platform_text(const ocl_library *cl, cl_platform_id platform, cl_platform_info what,
                       char *text);
/* Where it is on the bus, into 32 bytes; empty when the driver does not tell. */
void ocl_device_pci(const ocl_library *cl, cl_device_id device, char *pci);
/* 0 when the driver does not tell. */
cl_ulong ocl_device_number(const ocl_library *cl, cl_device_id device, cl_device_info what,
                           size_t bytes);
bool ocl_device_extends(const ocl_library *cl, cl_device_id device, const char *extension);

/* ---- A device ---------------------------------------------------------------------------------
 */

typedef struct ocl_kernel {
    char name[48];
    size_t group;     /* work-items: reqd_work_group_size */
    const char *args; /* a letter each, as in kernels/list.h; NULL: it is not for launches */
} ocl_kernel;

typedef struct ocl_buffer { /* memory that alloc gave */
    uint64_t address, bytes;
    cl_mem memory;
} ocl_buffer;

struct td_backend_device {
    ocl_library cl;
    ocl_candidate what;
    size_t number; /* of it in the list */
    cl_context context;
    cl_command_queue queue; /* of the device itself: backs new memory, asks the known question */
    cl_program program;
    bool program_cached; /* it was not built from its text */
    ocl_kernel *kernels;
    uint32_t kernel_count;

    uint64_t memory_bytes, memory_piece_bytes; /* in all; the largest buffer */
    uint64_t alignment;                        /* bytes: where a buffer may start in another */
    mempool *pool;
    _Atomic uint64_t held_bytes; /* of the pool's slabs */
    pthread_mutex_t lock;        /* over what follows */
    ocl_buffer *buffers;         /* by address */
    size_t buffer_count, buffer_room;
    char lost_reason[192];
    _Atomic bool lost;
    char unfit_reason[192]; /* set by open; empty: fit */
};

td_status ocl_device_open(size_t index, td_backend_device **out, td_error *err);
void ocl_device_close(td_backend_device *device);
td_status ocl_device_describe(const td_backend_device *device, td_device_info *info, td_error *err);

/* As ocl_fail; a status of TD_E_DEVICE_LOST takes the device out of use. */
td_status ocl_device_fail(td_backend_device *device, td_error *err, cl_int code, ocl_place place,
                          const char *format, ...) __attribute__((format(printf, 5, 6)));
/* TD_E_DEVICE_LOST after a loss, TD_E_UNSUPPORTED for a device that is not fit, else TD_OK. */
td_status ocl_device_ready(td_backend_device *device, td_error *err);
/* What the device tells of free memory, or what it has less what is held; the pool may ask. */
uint64_t ocl_device_free_bytes(const td_backend_device *device);

/* ---- Programs ---------------------------------------------------------------------------------
 */

const char *ocl_kernels_text(size_t *bytes);
extern const char ocl_check_text[]; /* OpenCL C; ends with 0 */
#define OCL_CHECK_KERNEL "tandem_check"

/* Takes the program of all kernels from the cache (if cached is allowed) or builds it, and lists
 * its kernels. */
td_status ocl_program_open(td_backend_device *device, bool cached, td_error *err);
void ocl_program_close(td_backend_device *device);
const ocl_kernel *ocl_kernel_find(const td_backend_device *device, const char *name);
bool ocl_has_kernel(const td_backend_device *device, const char *kernel);
/* "bbul": buffers, int32, uint32, int64, float, double. NULL: the list has no such kernel. */
const char *ocl_row_args(const char *kernel);
/* Asks what is known: arithmetic that is rounded and never contracted, barriers, atomics.
 * TD_E_UNSUPPORTED for a wrong answer. */
td_status ocl_check(td_backend_device *device, td_error *err);

/* Programs on disk, in a folder of the user's own. A key is a text that names all that a program
 * depends on; what is not whole, or is of another key, is not found. Nothing here fails: without
 * a folder nothing is kept. */
bool ocl_cache_get(const char *key, unsigned char **binary, size_t *bytes); /* free() it */
void ocl_cache_put(const char *key, const unsigned char *binary, size_t bytes);
/* 128 bits of any bytes: two FNV-1a sums that differ in offset and order of steps, mixed. */
void ocl_hash(const void *data, size_t bytes, uint64_t out[2]);

/* ---- Memory -----------------------------------------------------------------------------------
 */

td_status ocl_memory_open(td_backend_device *device, td_error *err);
void ocl_memory_close(td_backend_device *device);
td_status ocl_alloc(td_backend_device *device, size_t bytes, void **out, td_error *err);
void ocl_free(td_backend_device *device, void *memory, td_stream *after);
void ocl_trim(td_backend_device *device);
void ocl_limit(td_backend_device *device, uint64_t bytes);
td_status ocl_pool_stats(const td_backend_device *device, td_pool_stats *stats, td_error *err);
/* The buffer that holds bytes from address on, and where in it. TD_E_OUT_OF_RANGE. */
td_status ocl_memory_find(td_backend_device *device, const void *address, size_t bytes,
                          cl_mem *memory, size_t *offset, td_error *err);

/* ---- Streams ----------------------------------------------------------------------------------
 */

typedef struct ocl_pending { /* queued, not yet seen to have ended */
    cl_event event;
    td_record_kind kind;
    bool goes_on;     /* another piece of the copy before it */
    const char *name; /* of the kernel */
    uint64_t bytes;
    int64_t queued_ns; /* CLOCK_MONOTONIC */
} ocl_pending;

typedef struct ocl_segment { /* of the staging ring */
    size_t offset, bytes;
    cl_event event;
    void *target; /* where its bytes go when they have come; NULL: nowhere */
} ocl_segment;

struct td_stream {
    td_backend_device *device;
    cl_command_queue queue;
    bool busy;          /* something was queued since the last wait */
    cl_kernel *kernels; /* as device->kernels; made when first launched */

    cl_mem pinned; /* the ring, or NULL: then ring is of mmap */
    char *ring;
    bool ring_in_doubt; /* the driver may still use what the ring knows nothing of any more */
    size_t ring_head;
    ocl_segment *segments; /* a ring of OCL_SEGMENTS_MAX */
    size_t segment_first, segment_count;

    ocl_pending *pending; /* a ring of OCL_EVENTS_MAX */
    size_t pending_first, pending_count;
    td_record *records;
    size_t record_count, record_room;
    int64_t clock_offset_ns; /* CLOCK_MONOTONIC less the device's clock */
};

td_status ocl_stream_open(td_backend_device *device, td_stream **out, td_error *err);
void ocl_stream_close(td_stream *stream);
td_status ocl_stream_wait(td_stream *stream, td_error *err);
td_status ocl_copy(td_stream *stream, void *target, const void *source, size_t bytes,
                   td_copy_way way, td_error *err);
td_status ocl_launch(td_stream *stream, const td_launch *launch, td_error *err);
void ocl_stream_records(td_stream *stream, td_record_fn fn, void *context);

/* As ocl_device_fail for what was queued; finds out whether CL_OUT_OF_RESOURCES is a loss. */
td_status ocl_stream_fail(td_stream *stream, td_error *err, cl_int code, const char *what);
/* Waits for one event and looks how it ended. */
td_status ocl_event_wait(td_backend_device *device, cl_event event, td_error *err);

/* Staging: empties the ring, delivering what came (deliver) or dropping it. */
td_status ocl_ring_drain(td_stream *stream, bool deliver, td_error *err);
/* A ring that is still in doubt is left to the driver for ever: no answer is a wrong one to free
 * memory upon. */
void ocl_ring_close(td_stream *stream);

int64_t ocl_now_ns(void);
/* Finds out how the device's clock stands to the host's. */
void ocl_record_clock(td_stream *stream);
/* Takes over the event in what. Waits for the oldest when there are OCL_EVENTS_MAX. */
td_status ocl_record_add(td_stream *stream, const ocl_pending *what, td_error *err);
/* Makes records of the oldest events until only keep are left. Returns the first failure of a
 * command; goes on to the end all the same. */
td_status ocl_record_harvest(td_stream *stream, size_t keep, td_error *err);
void ocl_record_drop(td_stream *stream); /* forgets all events, waiting for none */

#endif
