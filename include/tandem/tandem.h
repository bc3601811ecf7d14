/* tandem.h - accelerated analytics: one engine, many devices, the same answer on each.
 *
 * This header is the whole public interface. What is not declared here may change.
 *
 * The life of a program:
 *
 *     td_engine *engine = NULL;
 *     td_args   *args   = NULL;
 *     td_table  *table  = NULL;
 *     td_error   err    = TD_ERROR_INIT;
 *
 *     if (td_engine_create(NULL, &engine, &err)) goto out;
 *     if (td_args_create(engine, "rqa.measures", &args, &err)) goto out;
 *     if (td_args_sweep(args, "eps", "0.05:0.1:0.001", &err)) goto out;    (an axis)
 *     if (td_args_set(args, "profile", td_text("marwan"), &err)) goto out; (one value)
 *     if (td_args_bind_series(args, "recordings", &series, &err)) goto out;
 *     if (td_run(engine, args, NULL, &table, NULL, &err)) goto out;
 * out:
 *     if (err.status) fprintf(stderr, "tandem: %s\n", err.message);
 *     td_table_destroy(table);
 *     td_args_destroy(args);
 *     td_engine_destroy(engine);
 *
 * Rules that hold for every function:
 *
 *   Errors.     What can fail returns td_status and fills the caller's td_error, the last
 *               argument, which may be NULL. No error state is kept in a global or a thread.
 *               On failure every output is as it was before the call. Checks are made in the
 *               order of the arguments; the first that fails is reported.
 *   Ownership.  *_create gives, *_destroy takes back and accepts NULL. A const pointer that
 *               a function returns is borrowed and lives as long as the engine.
 *   Memory.     The library allocates through td_engine_config.allocator alone. An array
 *               that the caller binds is never freed, resized or kept after the run or job.
 *   Threads.    An engine may be used by many threads at once. td_args and td_job belong to
 *               one thread at a time. No function has process-wide effects.
 *   Growth.     A struct that starts with struct_size may get fields at its end. Set it with
 *               its *_INIT macro; the library reads and writes only the part you know.
 *               Values of enums are fixed for ever and never used twice.
 */
#ifndef TANDEM_H
#define TANDEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TD_VERSION_MAJOR 0
#define TD_VERSION_MINOR 1
#define TD_VERSION_PATCH 0
#define TD_VERSION (TD_VERSION_MAJOR * 1000000 + TD_VERSION_MINOR * 1000 + TD_VERSION_PATCH)

#if defined(_WIN32)
#define TD_API __declspec(dllimport)
#else
#define TD_API __attribute__((visibility("default")))
#endif

#if defined(__GNUC__) || defined(__clang__)
#define TD_MUST_USE __attribute__((warn_unused_result))
#else
#define TD_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status ---------------------------------------------------------------------------- */

/* One table for C, HTTP, gRPC and the exit code of the command line.
 *   X(name, value, http, grpc, exit, text) */
#define TD_STATUS_TABLE(X)                                                                 \
    X(OK,               0, 200,  0,   0, "success")                                        \
    X(BAD_ARGUMENT,     1, 400,  3,   2, "an argument is missing or of the wrong type")    \
    X(OUT_OF_RANGE,     2, 422, 11,   2, "a parameter is outside its documented range")    \
    X(NOT_FOUND,        3, 404,  5,   3, "no operation, device or job of that name")       \
    X(NO_MEMORY,        4, 507,  8,   4, "the host is out of memory")                      \
    X(NO_DEVICE_MEMORY, 5, 507,  8,   5, "the device is out of memory")                    \
    X(NO_DEVICE,        6, 503, 14,   6, "no fit device")                                  \
    X(DEVICE_LOST,      7, 503, 14,   7, "the device failed and was taken out of use")     \
    X(UNSUPPORTED,      8, 501, 12,   8, "not supported by this device or build")          \
    X(CANCELLED,        9, 499,  1, 130, "cancelled by the caller")                        \
    X(TIMEOUT,         10, 504,  4, 124, "the time limit was reached")                     \
    X(IO,              11, 500, 13,  74, "a file or socket failed")                        \
    X(CORRUPT,         12, 500, 15,  65, "a checkpoint or data set fails its checksum")    \
    X(INTERNAL,        13, 500, 13,  70, "a broken invariant: please report it")

typedef enum td_status {
#define TD_X(name, value, http, grpc, exit, text) TD_E_##name = (value),
    TD_STATUS_TABLE(TD_X)
#undef TD_X
    TD_OK = TD_E_OK
} td_status;

/* What went wrong, in the caller's own memory. message names the operation, the parameter,
 * the value and the range: "market.sma: window is 0, allowed 2 to 4096 bars". */
typedef struct td_error {
    uint32_t  struct_size;
    td_status status;
    int64_t   native_code;  /* the cudaError_t, cl_int or errno behind it, else 0 */
    char      message[496];
} td_error;
#define TD_ERROR_INIT {sizeof(td_error), TD_OK, 0, {0}}

TD_API uint32_t    td_version(void);              /* the library's TD_VERSION at run time */
TD_API const char *td_status_name(td_status s);   /* "NO_DEVICE_MEMORY"; never NULL */

/* ---- Engine and devices ---------------------------------------------------------------- */

typedef struct td_engine td_engine;  /* registry, pools, threads: there are no globals */
typedef struct td_device td_device;  /* one GPU, or the CPU; borrowed from the engine */

typedef struct td_allocator {  /* host memory; resize(p, 0) frees, resize(NULL, n) allocates */
    void *(*resize)(void *context, void *memory, size_t old_bytes, size_t new_bytes);
    void  *context;
} td_allocator;

typedef struct td_engine_config {
    uint32_t     struct_size;
    uint32_t     threads;        /* CPU workers; 0 means one for each core */
    const char  *backends;       /* "cuda,cpu" in order of preference; NULL means all found */
    const char  *backend_path;   /* folder of plug-ins; NULL means beside the library */
    td_allocator allocator;      /* all NULL means malloc and free */
    void       (*log)(void *context, int level, const char *line);  /* levels of td_log_level */
    void        *log_context;
    uint64_t     host_bytes_max; /* budget of running units; 0 means 80 % of what is available */
    const struct td_op_impl *const *ops;  /* more operations, ended by NULL; see module.h */
} td_engine_config;
#define TD_ENGINE_CONFIG_INIT                                                              \
    {sizeof(td_engine_config), 0, NULL, NULL, {NULL, NULL}, NULL, NULL, 0, NULL}

typedef enum td_log_level { TD_LOG_ERROR = 0, TD_LOG_WARN = 1, TD_LOG_INFO = 2 } td_log_level;

typedef enum td_device_kind { TD_CPU = 0, TD_GPU = 1 } td_device_kind;

typedef struct td_device_info {
    uint32_t       struct_size;
    td_device_kind kind;
    char           name[64];       /* "cuda:0", "opencl:0", "cpu": what options accept */
    char           title[128];     /* as the vendor writes it */
    uint64_t       memory_bytes_total;
    uint64_t       memory_bytes_free;
    uint32_t       fit;            /* 0 after a failed self-test or a lost device */
    /* What is not told is 0 or empty. */
    uint32_t       preferred;      /* 0: used by name only, as OpenCL on this CPU */
    char           driver[96];     /* "CUDA 13.0, driver 580.159" */
    char           reason[192];    /* why it is not fit, or not preferred */
    char           pci[32];        /* "0000:3b:00.0": how the monitor finds it */
    uint32_t       compute_major, compute_minor;    /* CUDA's compute capability */
    uint32_t       units;          /* multiprocessors, or compute units */
    uint32_t       clock_mhz, memory_clock_mhz, memory_bus_bits;   /* at most */
    uint32_t       float64_cost;   /* float32 operations that one of float64 costs: 2 .. 64 */
    uint64_t       memory_bytes_limit;   /* of the pool: what runs may take together */
} td_device_info;
#define TD_DEVICE_INFO_INIT                                                                \
    {sizeof(td_device_info), TD_CPU, {0}, {0}, 0, 0, 0, 0, {0}, {0}, {0}, 0, 0, 0, 0, 0, 0, 0, 0}

/* Starts an engine. A backend that cannot load is logged, never an error: the CPU is always
 * there. Each device answers a known question before it is listed as fit. */
TD_API TD_MUST_USE td_status td_engine_create(const td_engine_config *config, td_engine **out,
                                              td_error *err);
TD_API void td_engine_destroy(td_engine *engine);  /* waits for running jobs; NULL is fine */

/* Device number index, the preferred first and the CPU last; NULL past the end. Backends other
 * than the CPU's are loaded and their devices opened and tested when a device is first asked for,
 * here or by a run that could gain from one: a small run on the CPU never waits for a driver. */
TD_API const td_device *td_device_at(const td_engine *engine, size_t index);
TD_API const td_device *td_device_find(const td_engine *engine, const char *name);
TD_API TD_MUST_USE td_status td_device_describe(const td_device *device, td_device_info *info,
                                                td_error *err);

/* A plug-in that was found, whether or not it could be used. */
typedef struct td_backend_info {
    uint32_t struct_size;
    uint32_t usable;               /* 0: reason says why */
    uint32_t device_count;
    char     name[32];             /* "cuda" */
    char     path[256];
    char     reason[256];          /* "no NVIDIA driver: libcuda.so.1 cannot be opened" */
} td_backend_info;
#define TD_BACKEND_INFO_INIT {sizeof(td_backend_info), 0, 0, {0}, {0}, {0}}
/* Fills info and answers true; false past the end. Loads backends, as td_device_at does. */
TD_API bool td_backend_at(const td_engine *engine, size_t index, td_backend_info *info);

/* What a device does in a second, measured. 0: it cannot, or it was not measured. */
typedef struct td_device_rates {
    uint32_t struct_size;
    double   startup_seconds;      /* from loading its backend to the first answer */
    double   launch_seconds;       /* an empty kernel, launched and waited for */
    double   to_device, to_host;   /* bytes per second, from and to ordinary memory */
    double   on_device;            /* bytes read plus bytes written per second */
    double   float32, float64, int32;    /* operations per second: a multiply or an add is one */
} td_device_rates;
#define TD_DEVICE_RATES_INIT {sizeof(td_device_rates), 0, 0, 0, 0, 0, 0, 0, 0}
/* Measures for about so many seconds (0.02 to 60), or gives what was measured before when that
 * took at least as long. TD_E_OUT_OF_RANGE, TD_E_NO_DEVICE when it is not fit. */
TD_API TD_MUST_USE td_status td_device_measure(td_engine *engine, const td_device *device,
                                               double seconds, td_device_rates *rates,
                                               td_error *err);

/* ---- Values and arrays ----------------------------------------------------------------- */

typedef enum td_type {
    TD_BOOL = 0, TD_INT = 1, TD_FLOAT = 2, TD_TEXT = 3,
    TD_CHOICE = 4            /* given as text, one of td_param.choices */
} td_type;
typedef enum td_dtype { TD_F32 = 0, TD_F64 = 1, TD_I32 = 2, TD_I64 = 3, TD_U8 = 4 } td_dtype;

typedef struct td_value {
    td_type type;
    union { bool b; int64_t i; double f; const char *s; } as;
} td_value;

static inline td_value td_bool(bool b)        { td_value v = {TD_BOOL, {0}}; v.as.b = b; return v; }
static inline td_value td_int(int64_t i)      { td_value v = {TD_INT, {0}}; v.as.i = i; return v; }
static inline td_value td_float(double f)    { td_value v = {TD_FLOAT, {0}}; v.as.f = f; return v; }
static inline td_value td_text(const char *s) { td_value v = {TD_TEXT, {0}}; v.as.s = s; return v; }

#define TD_RANK_MAX 4

typedef struct td_buffer td_buffer;  /* memory on one device */

/* A view, never an owner. Data lies on the host (data) or in a buffer (buffer), not both. */
typedef struct td_array {
    uint32_t   struct_size;
    td_dtype   dtype;
    uint32_t   rank;
    int64_t    shape[TD_RANK_MAX];    /* in elements, slowest first */
    int64_t    stride[TD_RANK_MAX];   /* in elements; all 0 means dense, row after row */
    void      *data;
    td_buffer *buffer;
} td_array;
#define TD_ARRAY_INIT {sizeof(td_array), TD_F32, 0, {0}, {0}, NULL, NULL}

TD_API TD_MUST_USE td_status td_buffer_create(const td_device *device, size_t bytes,
                                              td_buffer **out, td_error *err);
TD_API void td_buffer_destroy(td_buffer *buffer);
/* A recording, a symbol, a signal of any length: a series set is values beside offsets. Item i
 * owns the samples offset[i] .. offset[i + 1] - 1; sample s of column c is column[c][s]. The
 * views are borrowed until the run ends. Names may be NULL. */
typedef struct td_series {
    uint32_t             struct_size;
    uint32_t             column_count;
    uint64_t             item_count;
    const uint64_t      *offset;         /* item_count + 1 of them, from 0, never decreasing */
    const double *const *column;         /* column_count of them, offset[item_count] samples each */
    const char *const   *column_name;    /* "x", "y" */
    const char *const   *item_name;      /* the coordinate of the items in the results */
} td_series;
#define TD_SERIES_INIT {sizeof(td_series), 0, 0, NULL, NULL, NULL, NULL}

/* Copies between any two arrays of one shape and dtype, host or device; waits for the end. */
TD_API TD_MUST_USE td_status td_copy(const td_array *source, const td_array *target,
                                     td_error *err);

/* ---- Operations: described once -------------------------------------------------------- */

typedef enum td_param_flags {
    TD_PARAM_ADVANCED = 1,   /* forms and help hide it until asked */
    TD_PARAM_SWEEP    = 2    /* is an axis of the grid and of the results, of one value or more */
} td_param_flags;

typedef struct td_param {
    const char        *name;      /* snake_case; the one name on every surface */
    const char        *doc;       /* one sentence */
    const char        *unit;      /* "bars", "px", "s"; NULL for a pure number */
    uint32_t           number;    /* its field in messages and checkpoints: never changed,
                                     never used twice, 0 is not allowed */
    td_type            type;
    uint32_t           flags;
    td_value           value;     /* the default */
    td_value           min, max;  /* both inclusive; TD_INT and TD_FLOAT only */
    td_value           step;      /* a sensible grid increment */
    const char *const *choices;   /* TD_CHOICE only; ends with NULL; order is for ever */
} td_param;

typedef enum td_port_flags {
    TD_PORT_RAGGED   = 1,    /* input: a td_series, bound with td_args_bind_series */
    TD_PORT_OPTIONAL = 2,    /* input: may be left unbound */
    TD_PORT_EXTRA    = 4     /* output: computed only when asked for with td_args_output */
} td_port_flags;

/* An input array, or an output variable. The shape of an output names its dimensions, slowest
 * first: the item dimension (the op's item_name), sweepable parameters, and dimensions that the
 * shape of a dense input names, "recording,m,eps", "symbol,timeperiod,bar". */
typedef struct td_port {
    const char *name;
    const char *doc;
    const char *unit;             /* NULL for a pure number */
    td_dtype    dtype;
    uint32_t    flags;
    const char *shape;
} td_port;

/* The single source of the C arguments, CLI flags, REST and gRPC messages, Python signatures,
 * web forms and reference pages of an operation. */
typedef struct td_op {
    uint32_t        struct_size;
    uint32_t        param_size;   /* sizeof(td_param) where the table was built: its stride */
    uint32_t        port_size;    /* likewise sizeof(td_port) */
    uint32_t        since;        /* TD_VERSION that first had it */
    const char     *name;         /* "market.sma" */
    const char     *title;        /* "Simple moving average" */
    const char     *doc;          /* Markdown: definition, edges, reference */
    const char     *item_name;    /* dimension of what units are dealt over: "recording" */
    const td_param *params;
    const td_port  *inputs, *outputs;
    uint32_t        param_count, input_count, output_count;
    double          tolerance;    /* largest error against the reference; 0: the same bits */
} td_op;

TD_API const td_op *td_op_at(const td_engine *engine, size_t index);  /* NULL past the end */
TD_API const td_op *td_op_find(const td_engine *engine, const char *name);

/* JSON Schema of one operation (of all, if op is NULL): what server, Python and web are built
 * from. Writes at most size bytes, always ends with a 0, returns the length it needs. */
TD_API size_t td_op_json(const td_engine *engine, const td_op *op, char *text, size_t size);

typedef struct td_args td_args;  /* parameters and arrays of one call */
typedef struct td_dim  td_dim;   /* coordinates: see Results */

TD_API TD_MUST_USE td_status td_args_create(td_engine *engine, const char *op_name,
                                            td_args **out, td_error *err);
TD_API void td_args_destroy(td_args *args);
/* Sets one parameter. Type and range are checked here, before anything runs. */
TD_API TD_MUST_USE td_status td_args_set(td_args *args, const char *param, td_value value,
                                         td_error *err);
/* Makes one sweepable parameter an axis: "1:10", "0.05:0.1:0.001" (first:last:step, both ends
 * in), "2,3,5", "x:l1,xy:l2", or a mixture. Decimals are exact: each value is the double nearest
 * to its decimal text, never a sum of steps. A value twice is an error. */
TD_API TD_MUST_USE td_status td_args_sweep(td_args *args, const char *param, const char *text,
                                           td_error *err);
/* Sets a parameter from text, as a user writes it; for a sweepable one this is td_args_sweep. */
TD_API TD_MUST_USE td_status td_args_set_text(td_args *args, const char *param, const char *text,
                                              td_error *err);
/* Asks for an output, or leaves it out. At first all that are not TD_PORT_EXTRA are wanted. */
TD_API TD_MUST_USE td_status td_args_output(td_args *args, const char *output, bool wanted,
                                            td_error *err);
/* Binds a ragged input. The view is copied, the data is not. */
TD_API TD_MUST_USE td_status td_args_bind_series(td_args *args, const char *port,
                                                 const td_series *series, td_error *err);
/* Binds a dense input. The view is copied, the data is not. */
TD_API TD_MUST_USE td_status td_args_bind(td_args *args, const char *port, const td_array *array,
                                          td_error *err);

/* Gives the items, or a dimension that dense inputs name in their shape ("bar"), coordinates:
 * numbers or texts, with a unit; copied. dim->count must be as many as the data has at the run. */
TD_API TD_MUST_USE td_status td_args_label(td_args *args, const td_dim *dim, td_error *err);

/* ---- Results: a labelled table ---------------------------------------------------------- */

typedef struct td_table td_table;
#define TD_TABLE_RANK_MAX 9

/* A dimension has coordinates of one kind: numbers, texts or neither (then it is counted). */
struct td_dim {
    const char        *name, *doc, *unit;  /* unit and doc may be NULL */
    uint64_t           count;
    const double      *number;             /* NULL unless the coordinates are numbers */
    bool               whole;              /* the numbers are integers */
    const char *const *text;               /* NULL unless the coordinates are texts */
};

typedef struct td_var {
    const char *name, *doc, *unit;
    td_dtype    dtype;
    uint32_t    rank;
    uint32_t    dim[TD_TABLE_RANK_MAX];    /* numbers of its dimensions, slowest first */
    uint64_t    count;                     /* elements in all */
    const void *data;                      /* dense; stable only when no run writes the table */
} td_var;

TD_API void     td_table_destroy(td_table *table);
TD_API uint32_t td_table_dim_count(const td_table *table);
TD_API uint32_t td_table_var_count(const td_table *table);
/* Number index, or false past the end. The names and data are borrowed from the table. */
TD_API bool td_table_dim(const td_table *table, uint32_t index, td_dim *dim);
TD_API bool td_table_var(const td_table *table, uint32_t index, td_var *var);
TD_API bool td_table_find_dim(const td_table *table, const char *name, td_dim *dim);
TD_API bool td_table_find_var(const td_table *table, const char *name, td_var *var);
/* An attribute of the whole table ("profile", "command"), or NULL. */
TD_API const char *td_table_attribute(const td_table *table, const char *name);
TD_API bool td_table_attribute_at(const td_table *table, uint32_t index, const char **name,
                                  const char **text);
/* Copies a slice, also while a run is filling the table: what is not there yet reads as NaN, or
 * as the smallest integer. first and count have one entry for each dimension of the variable. */
TD_API TD_MUST_USE td_status td_table_read(const td_table *table, const char *var,
                                           const uint64_t *first, const uint64_t *count, void *out,
                                           size_t out_bytes, td_error *err);

/* ---- Running --------------------------------------------------------------------------- */

/* What to do when a device runs out of memory or is lost. Before the first two split or move,
 * the pool is trimmed and the unit tried again. Nothing is silent: td_report says what was done. */
typedef enum td_fallback {
    TD_FALLBACK_CPU   = 0,  /* split; if that fails, another device; last the CPU */
    TD_FALLBACK_SPLIT = 1,  /* split the unit until it fits; else fail */
    TD_FALLBACK_NONE  = 2   /* fail at once: for benchmarks and tests */
} td_fallback;

typedef struct td_progress {
    uint64_t units_done, units_total;   /* done: its result is durable, if there is a store */
    uint64_t units_resumed;             /* of those done, the ones found in the store */
    double   cost_done, cost_total;     /* relative: what a bar should show */
    uint64_t units_running;             /* being computed now */
    const char *devices;                /* that they are dealt to: "cuda:0,cpu"; lives as long as
                                           the call; NULL: not told */
} td_progress;

/* A request to stop that many runs may watch. td_cancel_request is async-signal-safe. */
typedef struct td_cancel td_cancel;
TD_API TD_MUST_USE td_status td_cancel_create(td_engine *engine, td_cancel **out, td_error *err);
TD_API void td_cancel_request(td_cancel *cancel);
TD_API void td_cancel_destroy(td_cancel *cancel);

typedef struct td_run_options {
    uint32_t    struct_size;
    td_fallback fallback;
    const char *device;              /* "auto" (as NULL), "cpu", "cuda:0", "cuda:0,cuda:1" */
    uint64_t    device_bytes_max;    /* budget of each device; 0: what is free, less a reserve */
    uint32_t    timeout_ms;          /* 0 means none */
    const struct td_store *store;    /* where finished units are kept; NULL: nowhere */
    td_cancel  *cancel;              /* NULL: cannot be cancelled */
    void      (*progress)(void *context, const td_progress *progress);  /* one call at a time */
    void       *progress_context;
    struct td_trace *trace;          /* see trace.h; NULL: none is made */
} td_run_options;
#define TD_RUN_OPTIONS_INIT                                                                \
    {sizeof(td_run_options), TD_FALLBACK_CPU, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL}

#define TD_REPORT_DEVICES_MAX 16

/* What one device did in a run. */
typedef struct td_report_device {
    char     name[64];
    uint64_t units;                  /* parts of split units count one each */
    double   cost_share;             /* of the run's work, 0 to 1 */
    double   seconds_copy, seconds_kernel;    /* by the device's own clock, where it has one */
    double   busy;                   /* share of the run's time with a copy or kernel under way */
    uint64_t bytes_to_device, bytes_to_host, bytes_peak;
    uint64_t launches;
    uint32_t in_flight_max;          /* units on it at one time */
    uint32_t lost;                   /* 1: it was taken out of use */
} td_report_device;

typedef struct td_report {
    uint32_t struct_size;
    uint32_t units;                  /* pieces the work was cut into */
    uint32_t units_retried;          /* after a trim of the pool */
    uint32_t units_split;            /* cut smaller than planned */
    uint32_t units_moved;            /* done by another device than the one chosen */
    uint64_t device_bytes_peak;
    double   seconds_total, seconds_copy, seconds_kernel;
    char     device[64];             /* that did most of the work */
    char     note[192];              /* the first reason for a retry, split or move */
    uint32_t units_resumed;          /* found finished in the store */
    uint32_t warnings;               /* see the table's attribute "warnings" */
    uint64_t host_bytes_peak;        /* planned bytes of the units that ran at one time */
    char     choice[512];            /* why this device: what each was thought to take */
    uint32_t device_count;           /* of those in devices */
    td_report_device devices[TD_REPORT_DEVICES_MAX];   /* that did work; the CPU last */
} td_report;
#define TD_REPORT_INIT                                                                     \
    {sizeof(td_report), 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, {0}, {0}, 0, 0, 0, \
     {0}, 0, {{{0}, 0, 0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0, 0}}}

/* The plan without the run: units, bytes and device go to report. */
TD_API TD_MUST_USE td_status td_plan(td_engine *engine, const td_args *args,
                                     const td_run_options *options, td_report *report,
                                     td_error *err);
/* Runs and waits; *out is a new table, the caller's. options, out and report may be NULL. A run
 * that was cancelled or failed leaves *out alone; what it had finished is in the store. */
TD_API TD_MUST_USE td_status td_run(td_engine *engine, const td_args *args,
                                    const td_run_options *options, td_table **out,
                                    td_report *report, td_error *err);

/* ---- Jobs: a run on a thread of its own ------------------------------------------------- */

typedef struct td_job td_job;

typedef enum td_job_state {
    TD_JOB_QUEUED = 0, TD_JOB_RUNNING = 1, TD_JOB_DONE = 2, TD_JOB_FAILED = 3
} td_job_state;

/* Copies args (not the bound data). */
TD_API TD_MUST_USE td_status td_job_submit(td_engine *engine, const td_args *args,
                                           const td_run_options *options, td_job **out,
                                           td_error *err);
/* Waits up to timeout_ms (0 only asks, UINT32_MAX is for ever); state and report may be NULL.
 * Gives the job's own status and error when it has ended, and TD_OK while it has not: ask state.
 * report is written when the job is done. */
TD_API TD_MUST_USE td_status td_job_wait(td_job *job, uint32_t timeout_ms, td_job_state *state,
                                         td_report *report, td_error *err);
/* The table, borrowed until the job is destroyed; td_table_read may look at it while the job
 * runs. NULL before the plan is made. */
TD_API const td_table *td_job_table(const td_job *job);
TD_API void td_job_cancel(td_job *job);   /* returns at once; finished units stay in the store */
TD_API void td_job_destroy(td_job *job);  /* cancels and waits; NULL is fine */

#ifdef __cplusplus
}
#endif
#endif /* TANDEM_H */
