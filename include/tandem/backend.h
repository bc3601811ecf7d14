/* backend.h - what a backend plug-in implements. A plug-in exports one symbol:
 *
 *     const td_backend *td_backend_open(uint32_t host_abi, td_error *err);
 *
 * host_abi is TD_BACKEND_ABI of the host. The host refuses another major ABI. A smaller
 * struct_size is fine: missing functions at the end are NULL and their work falls to the CPU.
 * Functions are added at the end only. A plug-in links nothing of Tandem: it needs headers only.
 * The host looks for tandem-backend-NAME.so in td_engine_config.backend_path. */
#ifndef TANDEM_BACKEND_H
#define TANDEM_BACKEND_H
#include "tandem/tandem.h"

#define TD_BACKEND_ABI_MAJOR 1
#define TD_BACKEND_ABI_MINOR 1
#define TD_BACKEND_ABI (TD_BACKEND_ABI_MAJOR * 1000 + TD_BACKEND_ABI_MINOR)

typedef struct td_backend_device td_backend_device;  /* the plug-in's own device */
typedef struct td_stream td_stream;            /* an ordered queue of work on one device */

typedef struct td_launch_arg { const void *data; uint32_t bytes; bool is_buffer; } td_launch_arg;

typedef struct td_launch {           /* one kernel of the table built from kernels/ */
    uint32_t    struct_size;
    uint32_t    groups;              /* one dimension; TD_GROUP items each */
    const char *kernel;              /* "rqa_lines" */
    uint32_t    arg_count;
    const td_launch_arg *args;       /* is_buffer: data is the memory that alloc gave */
} td_launch;

typedef enum td_copy_way { TD_TO_DEVICE = 0, TD_TO_HOST = 1, TD_ON_DEVICE = 2 } td_copy_way;

/* One piece of work that a stream has finished, on the host's CLOCK_MONOTONIC in seconds. */
typedef enum td_record_kind {
    TD_RECORD_TO_DEVICE = 0, TD_RECORD_TO_HOST = 1, TD_RECORD_ON_DEVICE = 2, TD_RECORD_KERNEL = 3
} td_record_kind;
typedef struct td_record {
    uint32_t       struct_size;
    td_record_kind kind;
    char           name[48];         /* of the kernel */
    uint64_t       bytes;            /* of the copy */
    double         begin, end;
} td_record;
typedef void (*td_record_fn)(void *context, const td_record *record);

/* The memory pool of a device. */
typedef struct td_pool_stats {
    uint32_t struct_size;
    uint64_t limit;                  /* the pool takes no more from the device */
    uint64_t used, used_peak;        /* handed out */
    uint64_t held, held_peak;        /* taken from the device: used, and kept for the next time */
    uint64_t largest_free;           /* of what is held, the largest piece in one */
    uint64_t device_free;            /* on the device, beside the pool; other processes see it */
    uint64_t allocs, reuses, trims, failures;
    double   fragmentation;          /* 1 - largest_free / (held - used); 0 when nothing is free */
} td_pool_stats;

typedef struct td_backend {
    uint32_t struct_size, abi_major, abi_minor;
    const char *name;                                               /* "cuda" */

    size_t    (*device_count)(void);
    td_status (*device_open)(size_t index, td_backend_device **out, td_error *err);
    void      (*device_close)(td_backend_device *device);
    td_status (*device_describe)(const td_backend_device *device, td_device_info *info,
                                 td_error *err);

    /* All return TD_E_NO_DEVICE_MEMORY or TD_E_DEVICE_LOST where that is the cause. No function
     * of a backend may abort, print, throw or keep an error for a later call. free never fails;
     * after a loss it only forgets. */
    td_status (*alloc)(td_backend_device *device, size_t bytes, void **out, td_error *err);
    void      (*free)(td_backend_device *device, void *memory, td_stream *after);
    td_status (*stream_open)(td_backend_device *device, td_stream **out, td_error *err);
    void      (*stream_close)(td_stream *stream);
    td_status (*stream_wait)(td_stream *stream, td_error *err);
    /* In order with what the stream has. To the device: source may be changed or freed when copy
     * returns. To the host: target holds the data after stream_wait, and must live until then.
     * Memory of alloc may be counted into (memory + offset) here, not in a launch. */
    td_status (*copy)(td_stream *stream, void *target, const void *source, size_t bytes,
                      td_copy_way way, td_error *err);
    /* Values are copied. TD_E_OUT_OF_RANGE when the device cannot launch so many groups. */
    td_status (*launch)(td_stream *stream, const td_launch *launch, td_error *err);

    /* Services with a vendor's library behind them, loaded when first used; NULL, or
     * TD_E_UNSUPPORTED: there is none. data of the arrays is memory of alloc; float32 or float64,
     * without gaps, the last dimension the fastest.
     *   gemm  c[m][n] = a[m][k] * b[k][n]
     *   fft   in place over the last but one dimension of data[..][n][2] (real, imaginary), not
     *         scaled; direction -1 forward, +1 back */
    td_status (*gemm)(td_stream *stream, const td_array *a, const td_array *b, td_array *c,
                      td_error *err);
    td_status (*fft)(td_stream *stream, td_array *data, int direction, td_error *err);

    bool      (*has_kernel)(const td_backend_device *device, const char *kernel);
    void      (*trim)(td_backend_device *device);    /* gives cached memory back to the device */

    /* ---- ABI 1.1 ---- */
    void      (*limit)(td_backend_device *device, uint64_t bytes);   /* of the pool; 0: 80 % */
    td_status (*pool_stats)(const td_backend_device *device, td_pool_stats *stats, td_error *err);
    /* Tells and forgets all records of what the stream has finished since the last time; called
     * after stream_wait. NULL: the host's clock is used. */
    void      (*stream_records)(td_stream *stream, td_record_fn fn, void *context);
} td_backend;

typedef const td_backend *(*td_backend_open_fn)(uint32_t host_abi, td_error *err);

#endif
