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
#define TD_BACKEND_ABI_MINOR 0
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
    td_status (*copy)(td_stream *stream, void *target, const void *source, size_t bytes,
                      td_copy_way way, td_error *err);
    td_status (*launch)(td_stream *stream, const td_launch *launch, td_error *err);

    /* Services with a vendor's library behind them. NULL: the core's own, on the CPU. */
    td_status (*gemm)(td_stream *stream, const td_array *a, const td_array *b, td_array *c,
                      td_error *err);
    td_status (*fft)(td_stream *stream, td_array *data, int direction, td_error *err);

    bool      (*has_kernel)(const td_backend_device *device, const char *kernel);
    void      (*trim)(td_backend_device *device);    /* gives cached memory back to the device */
} td_backend;

typedef const td_backend *(*td_backend_open_fn)(uint32_t host_abi, td_error *err);

#endif
